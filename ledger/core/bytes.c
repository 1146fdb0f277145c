#include "core/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mz_view mz_view_of(const char *text)
{
    return (mz_view){(const uint8_t *)text, strlen(text)};
}

bool mz_view_equal(mz_view left, mz_view right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

bool mz_view_is(mz_view view, const char *text)
{
    return mz_view_equal(view, mz_view_of(text));
}

mz_figure mz_words_view(const char *name, mz_view words)
{
    return mz_words_sized(name, (const char *)words.data, words.size);
}

void mz_buf_init(mz_buf *buf, size_t size_max)
{
    assert(size_max < SIZE_MAX);
    *buf = (mz_buf){.size_max = size_max};
}

void mz_buf_clear(mz_buf *buf)
{
    free(buf->data);
    *buf = (mz_buf){.size_max = buf->size_max};
}

void mz_buf_reset(mz_buf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->data != NULL)
        buf->data[0] = 0;
}

/* Room for `size` more bytes and the NUL, by doubling, never above the ceiling. */
static bool buf_reserve(mz_buf *buf, size_t size)
{
    if (buf->failed)
        return false;
    if (size > buf->size_max - buf->size) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->size + size + 1;
    if (need <= buf->capacity)
        return true;
    size_t ceiling = buf->size_max + 1;
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < need)
        capacity = capacity > ceiling / 2 ? ceiling : capacity * 2;
    if (capacity > ceiling)
        capacity = ceiling;
    uint8_t *data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

uint8_t *mz_buf_extend(mz_buf *buf, size_t size)
{
    if (!buf_reserve(buf, size))
        return NULL;
    uint8_t *room = buf->data + buf->size;
    buf->size += size;
    buf->data[buf->size] = 0;
    return room;
}

void mz_buf_put(mz_buf *buf, mz_view bytes)
{
    uint8_t *room = mz_buf_extend(buf, bytes.size);
    if (room != NULL && bytes.size > 0)
        memcpy(room, bytes.data, bytes.size);
}

void mz_buf_put_text(mz_buf *buf, const char *text)
{
    mz_buf_put(buf, mz_view_of(text));
}

void mz_buf_put_format(mz_buf *buf, const char *format, ...)
{
    char text[256]; /* most are short, and formatted once */
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size < 0) {
        buf->failed = true;
        return;
    }
    if ((size_t)size < sizeof(text)) {
        mz_buf_put(buf, (mz_view){(const uint8_t *)text, (size_t)size});
        return;
    }
    uint8_t *room = mz_buf_extend(buf, (size_t)size);
    if (room == NULL)
        return;
    va_start(arguments, format);
    vsnprintf((char *)room, (size_t)size + 1, format, arguments);
    va_end(arguments);
}

mz_view mz_buf_view(const mz_buf *buf)
{
    if (buf->data == NULL)
        return (mz_view){(const uint8_t *)"", 0};
    return (mz_view){buf->data, buf->size};
}

static const char STANDARD_LETTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_LETTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Our own base 64, because libsodium's works in constant time and takes twelve times as long to
 * decode an entry; nothing that passes here is secret. Six bits per letter, and a high bit for the
 * others. */
#define NO 0x80
/* clang-format off */
static const uint8_t STANDARD_VALUE[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO, NO, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
static const uint8_t URL_VALUE[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, 63,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
/* clang-format on */

/* Writes MZ_BASE64URL_SIZE(bytes.size) letters. */
static char *letters_put(char *text, mz_view bytes, const char *letters)
{
    const uint8_t *in = bytes.data;
    size_t left = bytes.size;
    for (; left >= 3; left -= 3, in += 3) {
        uint32_t three = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *text++ = letters[three >> 18];
        *text++ = letters[three >> 12 & 63];
        *text++ = letters[three >> 6 & 63];
        *text++ = letters[three & 63];
    }
    if (left == 0)
        return text;
    uint32_t rest = (uint32_t)in[0] << 16 | (left == 2 ? (uint32_t)in[1] << 8 : 0);
    *text++ = letters[rest >> 18];
    *text++ = letters[rest >> 12 & 63];
    if (left == 2)
        *text++ = letters[rest >> 6 & 63];
    return text;
}

/* Text without padding. Refuses foreign letters, a single letter left over, and spare bits. */
static bool letters_get(mz_view text, const uint8_t value[256], uint8_t *out, size_t out_max,
                        size_t *out_size)
{
    size_t left = text.size % 4;
    size_t size = text.size / 4 * 3 + (left == 0 ? 0 : left - 1);
    if (left == 1 || size > out_max)
        return false;
    const uint8_t *in = text.data;
    uint32_t foreign = 0;
    for (size_t quads = text.size / 4; quads > 0; quads--, in += 4, out += 3) {
        uint32_t a = value[in[0]], b = value[in[1]], c = value[in[2]], d = value[in[3]];
        foreign |= a | b | c | d;
        out[0] = (uint8_t)(a << 2 | b >> 4);
        out[1] = (uint8_t)(b << 4 | c >> 2);
        out[2] = (uint8_t)(c << 6 | d);
    }
    if (left > 0) {
        uint32_t a = value[in[0]], b = value[in[1]], c = left == 3 ? value[in[2]] : 0;
        foreign |= a | b | c;
        uint32_t spare = left == 3 ? c & 3 : b & 15;
        if (spare != 0)
            return false;
        out[0] = (uint8_t)(a << 2 | b >> 4);
        if (left == 3)
            out[1] = (uint8_t)(b << 4 | c >> 2);
    }
    *out_size = size;
    return (foreign & NO) == 0;
}

void mz_buf_put_base64(mz_buf *buf, mz_view bytes)
{
    if (bytes.size > SIZE_MAX / 2) {
        buf->failed = true;
        return;
    }
    char *text = (char *)mz_buf_extend(buf, (bytes.size + 2) / 3 * 4);
    if (text == NULL)
        return;
    text = letters_put(text, bytes, STANDARD_LETTERS);
    for (size_t over = bytes.size % 3; over == 1 || over == 2; over++)
        *text++ = '=';
}

void mz_buf_put_base64url(mz_buf *buf, mz_view bytes)
{
    if (bytes.size > SIZE_MAX / 8) {
        buf->failed = true;
        return;
    }
    char *text = (char *)mz_buf_extend(buf, MZ_BASE64URL_SIZE(bytes.size));
    if (text != NULL)
        letters_put(text, bytes, URL_LETTERS);
}

static const char HEX_DIGITS[] = "0123456789abcdef";

static void hex_put(char *text, mz_view bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        text[2 * i] = HEX_DIGITS[bytes.data[i] >> 4];
        text[2 * i + 1] = HEX_DIGITS[bytes.data[i] & 15];
    }
}

void mz_buf_put_hex(mz_buf *buf, mz_view bytes)
{
    if (bytes.size > SIZE_MAX / 2) {
        buf->failed = true;
        return;
    }
    char *text = (char *)mz_buf_extend(buf, bytes.size * 2);
    if (text != NULL)
        hex_put(text, bytes);
}

bool mz_base64_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size)
{
    if (text.size % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text.size > 0 && text.data[text.size - 1] == '='; i++)
        text.size--;
    return letters_get(text, STANDARD_VALUE, out, out_max, out_size);
}

bool mz_base64url_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size)
{
    return letters_get(text, URL_VALUE, out, out_max, out_size);
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

bool mz_hex_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size)
{
    if (text.size % 2 != 0 || text.size / 2 > out_max)
        return false;
    for (size_t i = 0; i < text.size / 2; i++) {
        int high = hex_value(text.data[2 * i]);
        int low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *out_size = text.size / 2;
    return true;
}

void mz_base64url_32(const uint8_t bytes[32], char text[44])
{
    *letters_put(text, (mz_view){bytes, 32}, URL_LETTERS) = '\0';
}

void mz_hex_32(const uint8_t bytes[32], char text[65])
{
    hex_put(text, (mz_view){bytes, 32});
    text[64] = '\0';
}

void mz_be64_put(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

uint64_t mz_be64_get(const uint8_t bytes[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

void mz_be32_put(uint8_t bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

uint32_t mz_be32_get(const uint8_t bytes[4])
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 8 | bytes[i];
    return value;
}
