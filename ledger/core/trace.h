/* trace.h — the way of every fen, told: what an income paid for, and whose money a payout was, over
 * all moves and funds. Streams to a callback; memory does not grow with the answer. */
#ifndef MZ_CORE_TRACE_H
#define MZ_CORE_TRACE_H

#include "core/lots.h"

/* One part of an income. Parts of its reversed confirmations come first, those of the standing one
 * last, each confirmation's in the order of its fen. */
typedef struct mz_income_part {
    mz_part_state state;
    int64_t amount_fen;
    mz_ref payout;        /* used, or used until the reversal; else 0 */
    mz_ref fund, purpose; /* the bucket where it lies now; another than the income's: moved there */
    uint64_t index;       /* of the reversal; 0: none */
} mz_income_part;
typedef mz_status mz_income_part_visit(const mz_income_part *part, void *context, mz_reason *why);
/* MZ_NOT_FOUND without a reason when there is no such income. An unconfirmed one has no parts. */
mz_status mz_trace_income(mz_changes *changes, mz_ref income, mz_income_part_visit *visit,
                          void *context, mz_reason *why) MZ_MUST_USE;

/* One part of a payout, in order of use. */
typedef enum mz_payout_part_state {
    MZ_PAYOUT_PART_STANDS = 1,
    MZ_PAYOUT_PART_REPLACED =
        2,                      /* its income was reversed by `index`; other money took its place */
    MZ_PAYOUT_PART_RETURNED = 3 /* came back, or the payout was reversed */
} mz_payout_part_state;
typedef struct mz_payout_part {
    mz_payout_part_state state;
    mz_ref income; /* whose money */
    int64_t amount_fen;
    mz_ref purpose;       /* the bucket of the payout's fund that it was paid from */
    uint64_t since_index; /* the payout, or the reversal that gave it in place of other money */
    uint64_t index;       /* of the reversal; 0: none */
} mz_payout_part;
typedef mz_status mz_payout_part_visit(const mz_payout_part *part, void *context, mz_reason *why);
/* MZ_NOT_FOUND without a reason when there is no such payout. */
mz_status mz_trace_payout(mz_changes *changes, mz_ref payout, mz_payout_part_visit *visit,
                          void *context, mz_reason *why) MZ_MUST_USE;

#endif
