#include "cursor.h"

#include <string.h>

#define VERSION 1

void mz_cursor_write(uint64_t before, char text[MZ_CURSOR_SIZE + 1])
{
    uint8_t bytes[9] = {VERSION};
    mz_buf out;
    mz_be64_put(bytes + 1, before);
    mz_buf_init(&out, MZ_CURSOR_SIZE);
    mz_buf_put_base64url(&out, (mz_view){bytes, sizeof(bytes)});
    text[0] = '\0';
    if (!out.failed)
        memcpy(text, out.data, MZ_CURSOR_SIZE + 1);
    mz_buf_clear(&out);
}

bool mz_cursor_read(mz_view text, uint64_t *before)
{
    uint8_t bytes[9];
    size_t size;
    if (text.size != MZ_CURSOR_SIZE || !mz_base64url_decode(text, bytes, sizeof(bytes), &size) ||
        size != sizeof(bytes) || bytes[0] != VERSION)
        return false;
    *before = mz_be64_get(bytes + 1);
    return true;
}
