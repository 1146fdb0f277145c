/* lots.h — every fen has a way. A bucket (a purpose of a fund) is a running total on which its
 * confirmed incomes lie end to end, in the order in which they queued; a position is a number of
 * fen from its beginning. What became of each stretch is kept as intervals, never as rows per
 * income:
 *
 *     lots    |--A--|-----B-----|--C--|-D-|--E--|      MZ_KIND_LOT: whose money, for ever
 *     uses    [== payout 7 ==][p8 ]                    MZ_KIND_USE: pieces of payouts
 *     moves                        [mv]                MZ_KIND_MOVE: gone to another bucket
 *     free                   ^^^^^^    ^^|^^^^^^^^     MZ_KIND_FREE, and the tail of the bucket
 *
 * A payout takes the lowest free positions, so it is one piece however many gifts it uses up. A
 * return frees its payout's pieces at their old positions, last used first. Money that moves,
 * between purposes or out of a closing fund, leaves a MOVE and queues at the end of the other
 * bucket as one lot for each stretch that was in one piece; that lot tells where it came from.
 *
 * A reversed income's positions die: what was used of them is kept as GONE, and the payouts take
 * other money, appended to their pieces.
 *
 * The functions that change something take their moment from act, keep bucket, fund and the day's
 * totals in step, and check the invariants of mz_bucket whenever they store one (MZ_CORRUPT). Sums
 * stay within MZ_AMOUNT_MAX: MZ_BALANCE_LIMIT. Internal to the rules, but for follow, origin,
 * check. */
#ifndef MZ_CORE_LOTS_H
#define MZ_CORE_LOTS_H

#include "core/act.h"
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

/* What became of a stretch of money, wherever it moved, as of now. */
typedef enum mz_part_state {
    MZ_PART_FREE = 1,
    MZ_PART_USED = 2,    /* by `payout` */
    MZ_PART_GONE = 3,    /* was used by `payout` until its income was reversed by `index` */
    MZ_PART_REVERSED = 4 /* was unused when its income was reversed by `index` */
} mz_part_state;
typedef struct mz_part {
    mz_part_state state;
    mz_ref fund, purpose; /* the bucket where it is now */
    uint64_t position;
    int64_t length_fen;
    mz_ref payout;
    uint64_t index;
} mz_part;
/* Anything but MZ_OK ends the walk and is its answer. The state must not be changed from inside. */
typedef mz_status mz_part_visit(const mz_part *part, void *context, mz_reason *why);
/* Visits the parts of a stretch in order of position, a moved part where it stood. Memory grows
 * with how often money was moved on, not with the number of parts. */
mz_status mz_lots_follow(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t position,
                         int64_t length_fen, mz_part_visit *visit, void *context,
                         mz_reason *why) MZ_MUST_USE;

/* Visits the incomes that a stretch is made of, in order of position. */
typedef mz_status mz_origin_visit(mz_ref income, int64_t amount_fen, void *context, mz_reason *why);
mz_status mz_lots_origin(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t position,
                         int64_t length_fen, mz_origin_visit *visit, void *context,
                         mz_reason *why) MZ_MUST_USE;

/* The rows of one kind of interval in a bucket that overlap next..limit, in order of position: the
 * first may begin before `next`, the last end after `limit`. Rows may be changed between calls. */
typedef struct mz_span_walk {
    mz_kind kind;
    mz_ref fund, purpose;
    uint64_t next, limit;
    bool started;
} mz_span_walk;
typedef struct mz_span {
    uint64_t position, end;
    union {
        mz_lot lot;
        mz_free free;
        mz_use use;
        mz_move move;
        mz_gone gone;
    } row;
} mz_span;
mz_span_walk mz_span_walk_over(mz_kind kind, mz_ref fund, mz_ref purpose, uint64_t position,
                               uint64_t limit);
/* MZ_NOT_FOUND without a reason at the end. */
mz_status mz_span_next(mz_changes *changes, mz_span_walk *walk, mz_span *span,
                       mz_reason *why) MZ_MUST_USE;
mz_key_bytes mz_span_key(mz_kind kind, mz_ref fund, mz_ref purpose, uint64_t position);

/* The whole of a bucket, for checks and tests: every position is exactly one of free, used, moved
 * and dead, free sums to the balance, and pieces agree with uses. Costs its rows. MZ_CORRUPT. */
mz_status mz_lots_check(mz_changes *changes, mz_ref fund, mz_ref purpose,
                        mz_reason *why) MZ_MUST_USE;

/* "general", or the purpose's identifier, for refusals. */
mz_status mz_purpose_name(mz_changes *changes, mz_ref purpose, char name[MZ_ID_SIZE_MAX + 1],
                          mz_reason *why) MZ_MUST_USE;

/* A bank_ref serves one entry of an account, or parts of one bank line in one
 * direction which state the same total, never above it together. Zero: no total was stated.
 * MZ_BANK_REF_TAKEN, MZ_BANK_LINE_OVER. */
enum { MZ_BANK_IN = 1, MZ_BANK_OUT = 2 };
mz_status mz_bank_line_use(mz_act *act, mz_view bank_ref, uint32_t direction, int64_t amount_fen,
                           int64_t bank_total_fen) MZ_MUST_USE;
mz_status mz_bank_line_free(mz_act *act, mz_view bank_ref, int64_t amount_fen) MZ_MUST_USE;

/* Records of money. As mz_state_load. */
mz_status mz_income_load(mz_changes *changes, mz_ref ref, mz_income *income,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_income_store(mz_changes *changes, const mz_income *income, mz_reason *why) MZ_MUST_USE;
mz_status mz_confirmation_load(mz_changes *changes, mz_ref ref, mz_confirmation *confirmation,
                               uint8_t bank_ref[MZ_TOKEN_BYTES_MAX], size_t *bank_ref_size,
                               mz_reason *why) MZ_MUST_USE;
mz_status mz_confirmation_store(mz_changes *changes, const mz_confirmation *confirmation,
                                mz_view bank_ref, mz_reason *why) MZ_MUST_USE;
mz_status mz_return_load(mz_changes *changes, mz_ref ref, mz_return *record,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_return_store(mz_changes *changes, const mz_return *record, mz_reason *why) MZ_MUST_USE;
mz_status mz_piece_load(mz_changes *changes, mz_ref payout, uint32_t number, mz_piece *piece,
                        mz_reason *why) MZ_MUST_USE;

/* What the parts of a payout, a return or a reversal do to the proposal's net figures: `sign` 1 for
 * money paid, -1 for money back. `parts` are by purpose. rules_payment.c */
mz_status mz_proposal_paid(mz_act *act, mz_proposal *proposal, mz_ref party,
                           const mz_payout_draw *parts, size_t part_count, int sign) MZ_MUST_USE;
/* Sets aside again what came back, for a proposal that may still pay. */
mz_status mz_proposal_restore(mz_act *act, mz_proposal *proposal, const mz_payout_draw *parts,
                              size_t part_count) MZ_MUST_USE;

/* A recorded income ends unconfirmed: declined or reversed. Its session no longer depends on it,
 * the fund no longer waits for it. Stores it. rules_income.c */
mz_status mz_income_end(mz_act *act, mz_income *income, mz_income_stage stage) MZ_MUST_USE;

/* Zero when there is none yet. */
mz_status mz_bucket_load(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_bucket *bucket,
                         mz_reason *why) MZ_MUST_USE;
/* Changes what is reserved of a bucket by `delta_fen`: MZ_BALANCE_SHORT when it would pass the
 * balance. Also the fund's total and the day's. */
mz_status mz_bucket_reserve(mz_act *act, mz_ref purpose, int64_t delta_fen);

#endif
