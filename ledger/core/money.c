#include "core/money.h"

#include <inttypes.h>
#include <stdio.h>

bool mz_fen_add(int64_t left_fen, int64_t right_fen, int64_t *sum_fen)
{
    int64_t sum;
    if (__builtin_add_overflow(left_fen, right_fen, &sum))
        return false;
    *sum_fen = sum;
    return true;
}

bool mz_fen_sub(int64_t left_fen, int64_t right_fen, int64_t *difference_fen)
{
    int64_t difference;
    if (__builtin_sub_overflow(left_fen, right_fen, &difference))
        return false;
    *difference_fen = difference;
    return true;
}

void mz_fen_text(int64_t amount_fen, char text[MZ_FEN_TEXT_SIZE])
{
    uint64_t size = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    /* Written from the right into the end of a scratch: fen, point, then yuan in threes. */
    char scratch[MZ_FEN_TEXT_SIZE];
    char *at = scratch + sizeof(scratch);
    *--at = '\0';
    *--at = (char)('0' + size % 10);
    *--at = (char)('0' + size / 10 % 10);
    *--at = '.';
    uint64_t yuan = size / 100;
    int digits = 0;
    do {
        if (digits > 0 && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + yuan % 10);
        yuan /= 10;
        digits++;
    } while (yuan > 0);
    if (amount_fen < 0)
        *--at = '-';
    snprintf(text, MZ_FEN_TEXT_SIZE, "%s", at);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Skips the text if it comes next. */
static bool skip(mz_view *text, const char *expected)
{
    mz_view want = mz_view_of(expected);
    if (text->size < want.size || !mz_view_equal((mz_view){text->data, want.size}, want))
        return false;
    *text = (mz_view){text->data + want.size, text->size - want.size};
    return true;
}

/* Takes the yuan off the front: no needless zero, and commas all where they belong or not at all.
 */
static bool take_yuan(mz_view *text, int64_t *yuan)
{
    size_t digits = 0, group = 0, commas = 0, i = 0;
    int64_t value = 0;
    for (; i < text->size; i++) {
        uint8_t c = text->data[i];
        if (c == ',') {
            if (commas == 0 ? group < 1 || group > 3 : group != 3)
                return false;
            commas++;
            group = 0;
        } else if (is_digit(c)) {
            value = value * 10 + (c - '0');
            digits++;
            group++;
            if (value > MZ_AMOUNT_MAX / 100)
                return false;
        } else {
            break;
        }
    }
    if (digits == 0 || (commas > 0 && group != 3) || (digits > 1 && text->data[0] == '0'))
        return false;
    *text = (mz_view){text->data + i, text->size - i};
    *yuan = value;
    return true;
}

bool mz_fen_parse(mz_view text, int64_t *amount_fen)
{
    bool negative = skip(&text, "-");
    if (!skip(&text, "¥"))
        (void)skip(&text, "￥");
    int64_t yuan = 0, fen = 0;
    if (!take_yuan(&text, &yuan))
        return false;
    if (skip(&text, ".")) {
        if (text.size < 1 || text.size > 2 || !is_digit(text.data[0]) ||
            !is_digit(text.data[text.size - 1]))
            return false;
        fen = (text.data[0] - '0') * 10 + (text.size == 2 ? text.data[1] - '0' : 0);
    } else if (text.size > 0) {
        return false;
    }
    int64_t amount = yuan * 100 + fen;
    if (amount > MZ_AMOUNT_MAX)
        return false;
    *amount_fen = negative ? -amount : amount;
    return true;
}

mz_status mz_refuse_limit(mz_reason *why)
{
    return mz_refuse(why, MZ_BALANCE_LIMIT, mz_count("limit", MZ_AMOUNT_MAX));
}
