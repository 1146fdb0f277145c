#include "core/uuid.h"

#include <assert.h>

/* The hyphens of 8-4-4-4-12 stand before these bytes. */
static bool hyphen_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool mz_uuid_parse(mz_view text, uint8_t uuid[MZ_UUID_SIZE])
{
    if (text.size != MZ_UUID_TEXT_SIZE - 1)
        return false;
    const uint8_t *at = text.data;
    for (size_t i = 0; i < MZ_UUID_SIZE; i++) {
        if (hyphen_before(i) && *at++ != '-')
            return false;
        size_t size = 0;
        if (!mz_hex_decode((mz_view){at, 2}, &uuid[i], 1, &size))
            return false;
        at += 2;
    }
    return true;
}

void mz_uuid_text(const uint8_t uuid[MZ_UUID_SIZE], char text[MZ_UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < MZ_UUID_SIZE; i++) {
        if (hyphen_before(i))
            *text++ = '-';
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 15];
    }
    *text = '\0';
}

bool mz_uuid7_valid(const uint8_t uuid[MZ_UUID_SIZE])
{
    return uuid[6] >> 4 == 7 && uuid[8] >> 6 == 2;
}

int64_t mz_uuid7_unix_ms(const uint8_t uuid[MZ_UUID_SIZE])
{
    return (int64_t)(mz_be64_get(uuid) >> 16);
}

void mz_uuid7_stamp(int64_t unix_ms, uint8_t uuid[MZ_UUID_SIZE])
{
    assert(unix_ms >= 0);
    assert(unix_ms < INT64_C(1) << 48);
    for (size_t i = 0; i < 6; i++)
        uuid[i] = (uint8_t)(unix_ms >> (40 - 8 * (int)i));
    uuid[6] = (uint8_t)(0x70 | (uuid[6] & 0x0f));
    uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
}
