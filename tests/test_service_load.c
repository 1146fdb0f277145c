/* test_service_load.c — a thousand posts at the same moment, while five hundred clients who never
 * finish their request hold connections: every post is answered, every entry is in once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"
#include "service_fixture.h"

#define POSTS 1000
#define SLOW 500
#define FILES (2 * (POSTS + SLOW) + 200) /* both ends are in this process */
#define ANSWERED_MS 120000

typedef struct crowd {
    mz_served served;
    mz_buf requests[POSTS];
    bool sent[POSTS];
    unsigned codes[POSTS];
    uint64_t indexes[POSTS];
} crowd;

static bool next(void *context, size_t connection, mz_view *request)
{
    crowd *all = context;
    *request = mz_buf_view(&all->requests[connection]);
    bool first = !all->sent[connection];
    all->sent[connection] = true;
    return first;
}

static void answered(void *context, size_t connection, unsigned code, mz_view body)
{
    static const char NAME[] = "\"index\":";
    crowd *all = context;
    const uint8_t *at = memmem(body.data, body.size, NAME, sizeof NAME - 1);
    all->codes[connection] = code;
    if (at != NULL)
        all->indexes[connection] = strtoull((const char *)at + sizeof NAME - 1, NULL, 10);
}

static bool may_open(rlim_t count)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < count)
        return false;
    files.rlim_cur = files.rlim_cur < count ? count : files.rlim_cur;
    return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

static void sign_all(crowd *all)
{
    mz_buf text;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    for (size_t i = 0; i < POSTS; i++) {
        mz_served_entry(&all->served, 1 + i, &text);
        mz_buf_init(&all->requests[i], MZ_JWS_SIZE_MAX + 500);
        mz_load_put(&all->requests[i], "POST", "/v1/entries", "text/plain", mz_buf_view(&text));
    }
    mz_buf_clear(&text);
}

static void a_thousand_posts_are_each_answered(void **state)
{
    static crowd all;
    static int slow[SLOW];
    static bool is_taken[1 + POSTS];
    static const char HALF[] =
        "POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab";
    (void)state;
    if (!may_open(FILES))
        skip();
    mz_served_begin(&all.served);
    mz_served_stop(&all.served);
    all.served.http.connections_max = POSTS + SLOW + 10;
    mz_served_start(&all.served);
    sign_all(&all);
    for (size_t i = 0; i < SLOW; i++) {
        slow[i] = mz_client_connect(&all.served);
        mz_client_send(slow[i], (mz_view){(const uint8_t *)HALF, i % sizeof HALF});
    }
    const mz_load_plan plan = {mz_http_server_address(all.served.server), POSTS, next, answered,
                               &all};
    mz_load *load = mz_load_new(&plan);
    assert_non_null(load);
    assert_int_equal(mz_load_run(load, ANSWERED_MS), 0);
    assert_int_equal(mz_load_lost(load), 0);
    for (size_t i = 0; i < POSTS; i++) {
        assert_int_equal(all.codes[i], 201);
        assert_in_range(all.indexes[i], 1, POSTS);
        assert_false(is_taken[all.indexes[i]]);
        is_taken[all.indexes[i]] = true;
        mz_buf_clear(&all.requests[i]);
    }
    mz_load_free(load);
    for (size_t i = 0; i < SLOW; i++)
        close(slow[i]);
    mz_served_end(&all.served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_posts_are_each_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
