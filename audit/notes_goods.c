/* notes_goods.c — goods that wait for their confirmation, who gave them, and how they left. */
#include "core/date.h"
#include "notes.h"

mz_status mz_note_goods(mz_note_work *n)
{
    mz_goods goods;
    mz_status status = mz_goods_load(n->changes, n->stamp->index, &goods, n->why);
    if (status == MZ_OK)
        status = mz_note_mark(n, MZ_N_GOODS_WAITING, n->stamp->index);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_GOODS]++;
    if (goods.move == MZ_GOODS_IN && goods.party != 0)
        return mz_note_mark_pair(n, MZ_N_GIVER, goods.party, n->stamp->index);
    if (goods.move == MZ_GOODS_WRITE_OFF)
        status = mz_note_text(n, "reason");
    if (status == MZ_OK && (goods.move == MZ_GOODS_SALE || goods.move == MZ_GOODS_WRITE_OFF))
        status = mz_note_mark(n, MZ_N_GOODS_GONE, n->stamp->index);
    return status;
}

mz_status mz_note_goods_confirmed(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event;
    mz_goods goods;
    mz_status status = mz_note_cited(n, "target", &index, &event);
    if (status == MZ_OK)
        status = mz_goods_load(n->changes, index, &goods, n->why);
    if (status == MZ_OK)
        status = mz_note_unmark(n, MZ_N_GOODS_WAITING, index);
    if (status != MZ_OK ||
        n->stamp->unix_ms < mz_day_end_ms(mz_day_of_ms(goods.made_ms) + MZ_UNCONFIRMED_DAYS))
        return status;
    return mz_note_finding(n->changes, MZ_F_GOODS_LATE, index, n->stamp->index, n->why);
}
