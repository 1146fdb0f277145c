/* notes_accounts.c — what reviewers and auditors enter of accounts and of audits. */
#include <assert.h>

#include "core/date.h"
#include "notes.h"

mz_status mz_note_reconciled(mz_note_work *n)
{
    size_t i;
    json_t *difference;
    int32_t first_day = 0;
    mz_reconciled_note row = {.outside_fen = mz_body_integer(n->entry, "outside_fen", 0)};
    const bool parsed = mz_month_parse(mz_body_text(n->entry, "month"), &first_day, &row.last_day);
    assert(parsed);
    mz_id_set(row.account, mz_body_text(n->entry, "account"));
    json_array_foreach(json_object_get(n->entry->body, "differences"), i, difference)
    {
        const int64_t amount_fen = mz_json_integer(difference, "amount_fen", 0);
        row.difference_fen += amount_fen; /* at most 64 within 10^15 */
        row.difference_count += amount_fen != 0 ? 1 : 0;
    }
    n->audit->meta.counts[MZ_COUNT_RECONCILIATIONS]++;
    const mz_key_bytes key = mz_note_key_u64(MZ_N_RECONCILED, n->stamp->index);
    return mz_note_put(n, &key, &row, sizeof row);
}

mz_status mz_note_reported(mz_note_work *n)
{
    n->audit->meta.counts[MZ_COUNT_REPORTS]++;
    return MZ_OK;
}
