/* notes_reversal.c — what an undone entry leaves to be looked at, and what it takes away. */
#include "core/trace.h"
#include "notes.h"

/* A payout that the reversed income had fed has other money now: its parts must sum again. The
 * walk must not change the state, so payouts are kept and traced afterwards; of one income, whole
 * or nearly whole gifts, there are few, and beyond these the walk of the buckets at the end tells.
 */
#define FED_MAX 64
typedef struct fed {
    uint64_t reversal;
    mz_ref payouts[FED_MAX];
    size_t count;
} fed;

static mz_status add_fed(const mz_income_part *part, void *context, mz_reason *why)
{
    fed *all = context;
    (void)why;
    if (part->payout == 0 || part->index != all->reversal)
        return MZ_OK;
    for (size_t i = 0; i < all->count; i++) {
        if (all->payouts[i] == part->payout)
            return MZ_OK;
    }
    if (all->count < FED_MAX)
        all->payouts[all->count++] = part->payout;
    return MZ_OK;
}

static mz_status note_unconfirmed_again(mz_note_work *n, uint64_t confirmation)
{
    mz_confirmation record;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size = 0;
    fed all = {.reversal = n->stamp->index};
    mz_status status =
        mz_confirmation_load(n->changes, confirmation, &record, bank_ref, &bank_ref_size, n->why);
    if (status != MZ_OK)
        return status;
    status = mz_note_mark(n, MZ_N_UNCONFIRMED, record.income);
    if (status == MZ_OK)
        status = mz_trace_income(n->changes, record.income, add_fed, &all, n->why);
    for (size_t i = 0; status == MZ_OK && i < all.count; i++)
        status = mz_note_trace(n, all.payouts[i]);
    return status;
}

static mz_status undo_income(mz_note_work *n, uint64_t index)
{
    return mz_note_unmark(n, MZ_N_UNCONFIRMED, index);
}

/* Money that came back and then did not may leave a wish paid twice. */
static mz_status undo_return(mz_note_work *n, uint64_t index)
{
    mz_return returned;
    mz_payout payout;
    mz_status status = mz_return_load(n->changes, index, &returned, n->why);
    if (status == MZ_OK)
        status = mz_payout_load(n->changes, returned.head.payout, &payout, n->why);
    if (status == MZ_OK && payout.head.need != 0)
        status = mz_note_mark(n, MZ_N_WISH_AGAIN, payout.head.need);
    return status == MZ_OK ? mz_note_trace(n, returned.head.payout) : status;
}

static mz_status undo_goods(mz_note_work *n, uint64_t index)
{
    const mz_status status = mz_note_unmark(n, MZ_N_GOODS_WAITING, index);
    return status == MZ_OK ? mz_note_unmark(n, MZ_N_GOODS_GONE, index) : status;
}

typedef mz_status undo_function(mz_note_work *n, uint64_t index);
static undo_function *const UNDO[MZ_EVENT_NUMBER_MAX + 1] = {
    [MZ_INCOME_RECORDED] = undo_income, [MZ_INCOME_CONFIRMED] = note_unconfirmed_again,
    [MZ_PAYOUT_MADE] = mz_note_trace,   [MZ_PAYOUT_RETURNED] = undo_return,
    [MZ_GOODS_RECEIVED] = undo_goods,   [MZ_GOODS_ISSUED] = undo_goods,
    [MZ_GOODS_SOLD] = undo_goods,       [MZ_GOODS_WRITTEN_OFF] = undo_goods,
};

mz_status mz_note_reversed(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event = MZ_EVENT_NONE;
    mz_status status = mz_note_cited(n, "target", &index, &event);
    if (status == MZ_OK)
        status = mz_note_text(n, "reason");
    if (status == MZ_OK)
        status = mz_note_find(n, MZ_F_REVERSAL, index);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_REVERSALS]++;
    return UNDO[event] != NULL ? UNDO[event](n, index) : MZ_OK;
}
