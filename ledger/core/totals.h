/* totals.h — totals per fund and day, so that a statement costs days, not entries. In
 * MZ_TABLE_TOTALS, as 8-byte little-endian integers: be64 fund, 0, be32 day, line -> what moved
 * that day; be64 fund, 1, be32 day -> what was reserved when the day was over, for days on which
 * that changed. A money entry belongs to the UTC+8 day of its log time; a lapse to its deadline's
 * moment. */
#ifndef MZ_CORE_TOTALS_H
#define MZ_CORE_TOTALS_H

#include "core/state.h"

/* A line of a day: income by kind, spending by category, and the rest. Stored; numbers stay. */
enum {
    MZ_LINE_INCOME = 0,    /* + kind */
    MZ_LINE_SPENDING = 32, /* + category */
    MZ_LINE_RETURNED = 64,
    MZ_LINE_REVERSED_PAYOUTS = 65,
    MZ_LINE_REVERSED_INCOMES = 66,
    MZ_LINE_REVERSED_RETURNS = 67,
    MZ_LINE_MOVED_IN = 68, /* from other funds */
    MZ_LINE_MOVED_OUT = 69,
    MZ_LINE_COUNT = 70
};

/* Adds to a line of a day: MZ_BALANCE_LIMIT above MZ_AMOUNT_MAX. */
mz_status mz_totals_add(mz_changes *changes, mz_ref fund, int32_t day, unsigned line,
                        int64_t amount_fen, mz_reason *why) MZ_MUST_USE;
mz_status mz_totals_set_reserved(mz_changes *changes, mz_ref fund, int32_t day,
                                 int64_t reserved_fen, mz_reason *why) MZ_MUST_USE;

/* A period's figures for a whole fund, as a statement states them. */
typedef struct mz_period {
    int32_t from_day, to_day;
    int64_t opening_fen, closing_fen, reserved_fen; /* reserved at the end of to_day */
    int64_t income_fen[MZ_INCOME_KIND_COUNT];
    int64_t spending_fen[MZ_CATEGORY_COUNT];
    int64_t returned_fen, corrections_fen, moved_fen;
} mz_period;
/* The fund has been settled to a moment after to_day. Costs the days of the period, not its
 * entries. */
mz_status mz_period_read(mz_changes *changes, mz_ref fund, int32_t from_day, int32_t to_day,
                         mz_period *period, mz_reason *why) MZ_MUST_USE;
/* What moved from from_day to to_day, as above with an opening balance of zero: the closing one is
 * what the days changed. Costs these days alone, whatever came before them. */
mz_status mz_flows_read(mz_changes *changes, mz_ref fund, int32_t from_day, int32_t to_day,
                        mz_period *flows, mz_reason *why) MZ_MUST_USE;

#endif
