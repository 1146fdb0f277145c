/* notes_income.c — where money comes from, and whether it came. */
#include "core/date.h"
#include "notes.h"

mz_status mz_note_source(mz_note_work *n)
{
    uint64_t party = 0;
    if (!mz_body_has(n->entry, "party"))
        return MZ_OK;
    const mz_status status =
        mz_note_named(n, MZ_NAME_PARTY, mz_body_text(n->entry, "party"), &party);
    if (status != MZ_OK)
        return status;
    const mz_key_bytes key = mz_note_key_u64(MZ_N_SOURCE_PARTY, party);
    return mz_note_put_first(n, &key, n->stamp->index);
}

/* What a source brings long after its agreement is over: was it earned within, or does the work go
 * on without an agreement? */
static mz_status look_at_agreement(mz_note_work *n, mz_ref ref)
{
    mz_source source;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, ref);
    if (ref == 0)
        return MZ_OK;
    const mz_status status = mz_state_load(n->changes, &key, &source, sizeof source, n->why);
    if (status != MZ_OK || source.ends_day == MZ_NO_DAY ||
        mz_day_of_ms(n->stamp->unix_ms) - source.ends_day <= MZ_FAR_DAYS)
        return status;
    return mz_note_find(n, MZ_F_AFTER_AGREEMENT, ref);
}

mz_status mz_note_income(mz_note_work *n)
{
    mz_income income;
    mz_status status = mz_note_mark(n, MZ_N_UNCONFIRMED, n->stamp->index);
    if (status == MZ_OK)
        status = mz_note_day(n, "received_on");
    if (status == MZ_OK)
        status = mz_income_load(n->changes, n->stamp->index, &income, n->why);
    return status == MZ_OK ? look_at_agreement(n, income.source) : status;
}

mz_status mz_note_income_confirmed(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event;
    mz_income income;
    mz_status status = mz_note_cited(n, "income", &index, &event);
    if (status == MZ_OK)
        status = mz_note_unmark(n, MZ_N_UNCONFIRMED, index);
    if (status == MZ_OK)
        status = mz_note_day(n, "booked_on");
    if (status == MZ_OK)
        status = mz_note_bank_line(n);
    if (status == MZ_OK)
        status = mz_income_load(n->changes, index, &income, n->why);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_INCOMES]++;
    n->audit->meta.counts[MZ_COUNT_RECEIPTS] += mz_body_has(n->entry, "receipt_no") ? 1 : 0;
    if (income.party == 0 || income.kind != MZ_INCOME_DONATION)
        return MZ_OK;
    return mz_note_mark_pair(n, MZ_N_DONOR, income.party, index);
}

mz_status mz_note_declined(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event;
    const mz_status status = mz_note_cited(n, "income", &index, &event);
    return status == MZ_OK ? mz_note_unmark(n, MZ_N_UNCONFIRMED, index) : status;
}
