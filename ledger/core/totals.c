#include "core/totals.h"

#include <string.h>

#include "core/money.h"

enum { FLOWS = 0, RESERVED = 1 }; /* the byte after the fund in a key */

static mz_key_bytes day_key(mz_ref fund, uint8_t family, int32_t day)
{
    mz_key_bytes key = {.size = 0};
    mz_key_add_u64(&key, fund);
    mz_key_add_u8(&key, family);
    mz_key_add_u32(&key, (uint32_t)day);
    return key;
}

static mz_status read_fen(mz_view value, int64_t *amount_fen, mz_reason *why)
{
    if (value.size != sizeof *amount_fen)
        return mz_refuse_corrupt(why, "a total has a wrong size");
    memcpy(amount_fen, value.data, sizeof *amount_fen);
    return MZ_OK;
}

static mz_status put_fen(mz_changes *changes, const mz_key_bytes *key, int64_t amount_fen,
                         mz_reason *why)
{
    uint8_t bytes[sizeof amount_fen];
    memcpy(bytes, &amount_fen, sizeof bytes);
    return mz_changes_put(changes, MZ_TABLE_TOTALS, mz_key_view(key),
                          (mz_view){bytes, sizeof bytes}, why);
}

mz_status mz_totals_add(mz_changes *changes, mz_ref fund, int32_t day, unsigned line,
                        int64_t amount_fen, mz_reason *why)
{
    mz_key_bytes key = day_key(fund, FLOWS, day);
    mz_key_add_u8(&key, (uint8_t)line);
    mz_view value;
    int64_t sum_fen = 0;
    mz_status status = mz_changes_get(changes, MZ_TABLE_TOTALS, mz_key_view(&key), &value, why);
    if (status == MZ_OK)
        status = read_fen(value, &sum_fen, why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    if (!mz_fen_add(sum_fen, amount_fen, &sum_fen) || sum_fen > MZ_AMOUNT_MAX)
        return mz_refuse_limit(why);
    return put_fen(changes, &key, sum_fen, why);
}

mz_status mz_totals_set_reserved(mz_changes *changes, mz_ref fund, int32_t day,
                                 int64_t reserved_fen, mz_reason *why)
{
    const mz_key_bytes key = day_key(fund, RESERVED, day);
    return put_fen(changes, &key, reserved_fen, why);
}

/* Where a line counts in a period, and with which sign in its closing. NULL: no such line. */
static int64_t *line_figure(mz_period *period, unsigned line, int *sign)
{
    *sign = 1;
    if (line < MZ_LINE_INCOME + MZ_INCOME_KIND_COUNT)
        return &period->income_fen[line - MZ_LINE_INCOME];
    if (line >= MZ_LINE_SPENDING && line < MZ_LINE_SPENDING + MZ_CATEGORY_COUNT)
        return &period->spending_fen[line - MZ_LINE_SPENDING];
    switch (line) {
    case MZ_LINE_RETURNED:
        return &period->returned_fen;
    case MZ_LINE_REVERSED_INCOMES:
    case MZ_LINE_REVERSED_RETURNS:
        *sign = -1;
        return &period->corrections_fen;
    case MZ_LINE_REVERSED_PAYOUTS:
        return &period->corrections_fen;
    case MZ_LINE_MOVED_OUT:
        *sign = -1;
        return &period->moved_fen;
    case MZ_LINE_MOVED_IN:
        return &period->moved_fen;
    default:
        return NULL;
    }
}

/* Adds the lines of from_day..to_day to the period's figures. */
static mz_status add_days(mz_changes *changes, mz_ref fund, int32_t from_day, int32_t to_day,
                          mz_period *period, mz_reason *why)
{
    mz_key_bytes prefix = {.size = 0};
    mz_key_add_u64(&prefix, fund);
    mz_key_add_u8(&prefix, FLOWS);
    mz_key_bytes key = day_key(fund, FLOWS, from_day);
    for (;;) {
        mz_view found, value;
        int64_t amount_fen = 0;
        int sign = 0;
        mz_status status = mz_changes_seek(changes, MZ_TABLE_TOTALS, mz_key_view(&prefix),
                                           mz_key_view(&key), &found, &value, why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = read_fen(value, &amount_fen, why);
        if (status != MZ_OK)
            return status;
        if (found.size != 14)
            return mz_refuse_corrupt(why, "a total has a wrong key");
        if (mz_be32_get(found.data + 9) > (uint32_t)to_day)
            return MZ_OK;
        int64_t *figure = line_figure(period, found.data[13], &sign);
        if (figure == NULL)
            return mz_refuse_corrupt(why, "a total has a wrong key");
        if (!mz_fen_add(*figure, sign * amount_fen, figure))
            return mz_refuse_limit(why);
        memcpy(key.bytes, found.data, found.size);
        key.bytes[found.size] = 0x00;
        key.size = found.size + 1;
    }
}

/* opening + income - spending + returned + corrections + moved */
static bool period_close(mz_period *period)
{
    int64_t sum_fen = period->opening_fen;
    bool fits = true;
    for (size_t i = 0; i < MZ_INCOME_KIND_COUNT; i++)
        fits = fits && mz_fen_add(sum_fen, period->income_fen[i], &sum_fen);
    for (size_t i = 0; i < MZ_CATEGORY_COUNT; i++)
        fits = fits && mz_fen_sub(sum_fen, period->spending_fen[i], &sum_fen);
    fits = fits && mz_fen_add(sum_fen, period->returned_fen, &sum_fen) &&
           mz_fen_add(sum_fen, period->corrections_fen, &sum_fen) &&
           mz_fen_add(sum_fen, period->moved_fen, &sum_fen);
    period->closing_fen = sum_fen;
    return fits;
}

/* The balance at the beginning of from_day: that of the last statement before, and the days since.
 */
static mz_status read_opening(mz_changes *changes, mz_ref fund, int32_t from_day,
                              int64_t *opening_fen, mz_reason *why)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_STATEMENT, fund);
    mz_key_bytes key = prefix;
    mz_key_add_u32(&key, from_day > 0 ? (uint32_t)from_day - 1 : 0);
    mz_view found, value;
    mz_statement statement;
    mz_period before = {.from_day = 0, .to_day = from_day - 1};
    mz_status status = mz_changes_seek_back(changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                            mz_key_view(&key), &found, &value, why);
    if (status == MZ_OK) {
        if (value.size != sizeof statement)
            return mz_refuse_corrupt(why, "a statement has a wrong size");
        memcpy(&statement, value.data, sizeof statement);
        before.from_day = statement.to_day + 1;
        before.opening_fen = statement.closing_fen;
    } else if (status != MZ_NOT_FOUND) {
        return status;
    }
    if (before.from_day <= before.to_day) {
        status = add_days(changes, fund, before.from_day, before.to_day, &before, why);
        if (status != MZ_OK)
            return status;
    }
    if (!period_close(&before))
        return mz_refuse_limit(why);
    *opening_fen = before.closing_fen;
    return MZ_OK;
}

static mz_status read_reserved(mz_changes *changes, mz_ref fund, int32_t day, int64_t *reserved_fen,
                               mz_reason *why)
{
    mz_key_bytes prefix = {.size = 0};
    mz_key_add_u64(&prefix, fund);
    mz_key_add_u8(&prefix, RESERVED);
    const mz_key_bytes key = day_key(fund, RESERVED, day);
    mz_view found, value;
    const mz_status status = mz_changes_seek_back(changes, MZ_TABLE_TOTALS, mz_key_view(&prefix),
                                                  mz_key_view(&key), &found, &value, why);
    *reserved_fen = 0;
    if (status == MZ_NOT_FOUND)
        return MZ_OK;
    return status == MZ_OK ? read_fen(value, reserved_fen, why) : status;
}

mz_status mz_period_read(mz_changes *changes, mz_ref fund, int32_t from_day, int32_t to_day,
                         mz_period *period, mz_reason *why)
{
    *period = (mz_period){.from_day = from_day, .to_day = to_day};
    mz_status status = read_opening(changes, fund, from_day, &period->opening_fen, why);
    if (status == MZ_OK)
        status = add_days(changes, fund, from_day, to_day, period, why);
    if (status == MZ_OK)
        status = read_reserved(changes, fund, to_day, &period->reserved_fen, why);
    if (status != MZ_OK)
        return status;
    return period_close(period) ? MZ_OK : mz_refuse_limit(why);
}

mz_status mz_flows_read(mz_changes *changes, mz_ref fund, int32_t from_day, int32_t to_day,
                        mz_period *flows, mz_reason *why)
{
    *flows = (mz_period){.from_day = from_day, .to_day = to_day};
    const mz_status status = add_days(changes, fund, from_day, to_day, flows, why);
    if (status != MZ_OK)
        return status;
    return period_close(flows) ? MZ_OK : mz_refuse_limit(why);
}
