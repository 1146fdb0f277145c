/* booking.h — what the rules do to the money of lots.h. Every function takes its moment from act,
 * keeps bucket, fund and the day's totals in step, and checks the invariants of mz_bucket whenever
 * it stores one (MZ_CORRUPT). Sums stay within MZ_AMOUNT_MAX: MZ_BALANCE_LIMIT. Internal to the
 * rules. */
#ifndef MZ_CORE_BOOKING_H
#define MZ_CORE_BOOKING_H

#include "core/act.h"
#include "core/lots.h"
#include "core/totals.h"

/* A confirmed income queues at the end of its purpose's bucket. Sets income->position. */
mz_status mz_lots_append(mz_act *act, mz_income *income) MZ_MUST_USE;

/* A payout takes the bucket's oldest free money, appended to its pieces; adds to
 * payout->piece_count, which the caller stores. `line` of the totals: spending, or a reversed
 * return, which lowers what was returned. MZ_BALANCE_SHORT when the unreserved balance does not
 * cover it, so what was reserved for it is released first. */
mz_status mz_lots_take(mz_act *act, mz_payout_head *payout, mz_ref purpose, int64_t amount_fen,
                       unsigned line) MZ_MUST_USE;

/* Frees `amount_fen` of a payout's own money, last used first, at its old place. Adds what went to
 * each purpose to parts[i].amount_fen, whose purposes the caller has set to those of the payout's
 * draws. `line`: MZ_LINE_RETURNED or MZ_LINE_REVERSED_PAYOUTS. */
mz_status mz_lots_give_back(mz_act *act, const mz_payout_head *payout, int64_t amount_fen,
                            unsigned line, mz_payout_draw *parts, size_t part_count) MZ_MUST_USE;

/* The lot of a confirmed income dies. MZ_DEPENDED_ON when a part was moved, MZ_BALANCE_SHORT when
 * the unreserved balance does not cover it. Payouts that it fed, in log order, take the oldest free
 * money of the bucket in its place, which counts as their last used. */
mz_status mz_lots_reverse(mz_act *act, const mz_income *income) MZ_MUST_USE;

/* Moves `amount_fen` of what is free of an income in bucket `from` of act's fund to the end of
 * bucket `to`: the parts of that income which lie lowest in the bucket first. The unreserved
 * balance is the caller's to check over all lots. MZ_BALANCE_SHORT when not so much of it is free
 * there. */
mz_status mz_lots_move(mz_act *act, const mz_income *income, mz_ref from, mz_ref to,
                       int64_t amount_fen) MZ_MUST_USE;

/* Moves all that is free in act's fund to another fund, followed onward while that one is closed,
 * in the order in which it had queued: by the entry that put it into its bucket, whatever the
 * purpose, then by position. Between funds in the totals of both. For fund.closed, and for what
 * comes back later. Nothing free is fine. */
mz_status mz_lots_move_residual(mz_act *act, mz_ref to_fund, mz_ref to_purpose) MZ_MUST_USE;

/* Changes what is reserved of a bucket by `delta_fen`: MZ_BALANCE_SHORT when it would pass the
 * balance. Also the fund's total and the day's. */
mz_status mz_bucket_reserve(mz_act *act, mz_ref purpose, int64_t delta_fen);

/* A bank_ref serves one entry of an account, or parts of one bank line in one direction
 * (MZ_BANK_IN, MZ_BANK_OUT) which state the same total, never above it together. Zero: no total was
 * stated. MZ_BANK_REF_TAKEN, MZ_BANK_LINE_OVER. */
mz_status mz_bank_line_use(mz_act *act, mz_view bank_ref, uint32_t direction, int64_t amount_fen,
                           int64_t bank_total_fen) MZ_MUST_USE;
mz_status mz_bank_line_free(mz_act *act, mz_view bank_ref, int64_t amount_fen) MZ_MUST_USE;

/* What the parts of a payout, a return or a reversal do to the proposal's net figures: `sign` 1 for
 * money paid, -1 for money back. `parts` are by purpose. rules_payment.c */
mz_status mz_proposal_paid(mz_act *act, mz_proposal *proposal, mz_ref party,
                           const mz_payout_draw *parts, size_t part_count, int sign) MZ_MUST_USE;
/* Sets aside again what came back, for a proposal that may still pay. */
mz_status mz_proposal_restore(mz_act *act, mz_proposal *proposal, const mz_payout_draw *parts,
                              size_t part_count) MZ_MUST_USE;
/* Adds to how many payouts there are for the need of a payout, and how many of them are not wholly
 * returned. Nothing where it has none. rules_payment.c */
mz_status mz_payout_count_need(mz_act *act, const mz_payout_head *payout, int payouts,
                               int paid) MZ_MUST_USE;

/* A recorded income ends unconfirmed: declined or reversed. Its session no longer depends on it,
 * the fund no longer waits for it. Stores it. rules_income.c */
mz_status mz_income_end(mz_act *act, mz_income *income, mz_income_stage stage) MZ_MUST_USE;
/* Counts a confirmed income (`sign` 1), or no longer (-1), to the source that it cites and to the
 * proposal that brought it up. rules_income.c */
mz_status mz_income_count(mz_act *act, const mz_income *income, int sign) MZ_MUST_USE;

#endif
