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
 * Here the intervals are read; booking.h, internal to the rules, changes them. */
#ifndef MZ_CORE_LOTS_H
#define MZ_CORE_LOTS_H

#include "core/state.h"

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

#endif
