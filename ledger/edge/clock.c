#include "edge/clock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    int rc = clock_gettime(clock, &now);
    assert(rc == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t mz_clock_now_unix_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t mz_clock_steady_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

mz_status mz_random(uint8_t *bytes, size_t size, mz_reason *why)
{
    while (size > 0) {
        ssize_t got = getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
        bytes += got;
        size -= (size_t)got;
    }
    return MZ_OK;
}

void mz_uuid7(int64_t unix_ms, uint8_t uuid[MZ_UUID_SIZE])
{
    mz_status status = mz_random(uuid, MZ_UUID_SIZE, NULL);
    assert(status == MZ_OK);
    mz_uuid7_stamp(unix_ms, uuid);
}

void mz_uuid7_new_text(int64_t unix_ms, char text[MZ_UUID_TEXT_SIZE])
{
    uint8_t uuid[MZ_UUID_SIZE];
    mz_uuid7(unix_ms, uuid);
    mz_uuid_text(uuid, text);
}
