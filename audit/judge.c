/* judge.c — when the replay is over: what the entries left open, and what the state shows as of a
 * moment. What can no longer change is kept in the store, so that the next audit need not look. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "core/date.h"

static mz_status open_judge(mz_judge_work *j, bool write)
{
    mz_status status = write ? mz_kv_begin_write(j->audit->kv, &j->txn, j->why)
                             : mz_kv_begin_read(j->audit->kv, &j->txn, j->why);
    if (status == MZ_OK) {
        j->changes = mz_changes_new(j->txn);
        if (j->changes == NULL)
            status = mz_refuse(j->why, MZ_NO_MEMORY);
    }
    return status;
}

static mz_status close_judge(mz_judge_work *j, bool keep, mz_status status)
{
    if (keep && status == MZ_OK)
        status = mz_changes_flush(j->changes, j->why);
    mz_changes_free(j->changes);
    if (keep && status == MZ_OK)
        status = mz_kv_commit(j->txn, j->why);
    else
        mz_kv_abort(j->txn);
    j->changes = NULL;
    j->txn = NULL;
    return status;
}

mz_status mz_judge_walked(mz_status status)
{
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

mz_status mz_judge_damaged(mz_judge_work *j)
{
    return mz_refuse(j->why, MZ_IO, mz_words("cause", "the replayed state is damaged"));
}

uint64_t mz_judge_last_u64(const mz_key_bytes *key)
{
    return mz_be64_get(key->bytes + key->size - 8);
}

bool mz_judge_overdue(const mz_judge_work *j, int32_t day, int days)
{
    return j->judgement->as_of_ms >= mz_day_end_ms(day + days);
}

mz_status mz_judge_flush(mz_judge_work *j)
{
    return mz_changes_size(j->changes) > MZ_JUDGE_CHANGES_MAX ? mz_changes_flush(j->changes, j->why)
                                                              : MZ_OK;
}

/* By index, then by finding, then by detail. */
static bool comes_after(const mz_found *left, const mz_found *right)
{
    if (left->index != right->index)
        return left->index > right->index;
    if (left->finding != right->finding)
        return left->finding > right->finding;
    return left->detail > right->detail;
}

static void add_found(mz_found_list *list, mz_found found)
{
    size_t at = list->shown;
    list->count++;
    while (at > 0 && comes_after(&list->items[at - 1], &found))
        at--;
    if (at == MZ_FINDINGS_SHOWN)
        return;
    if (list->shown < MZ_FINDINGS_SHOWN)
        list->shown++;
    memmove(&list->items[at + 1], &list->items[at], (list->shown - 1 - at) * sizeof list->items[0]);
    list->items[at] = found;
}

static void see(mz_judge_work *j, mz_found found)
{
    const mz_finding_row *row = mz_finding_row_of(found.finding);
    mz_judgement *judgement = j->judgement;
    judgement->counts[found.finding]++;
    add_found(row->informs ? &judgement->informed[row->assertion]
                           : &judgement->lists[row->assertion],
              found);
}

void mz_judge_see(mz_judge_work *j, mz_finding finding, uint64_t index, uint64_t other)
{
    see(j, (mz_found){finding, index, other, 0});
}

void mz_judge_see_detail(mz_judge_work *j, mz_finding finding, uint64_t index, int64_t detail)
{
    see(j, (mz_found){finding, index, 0, detail});
}

mz_status mz_judge_each(mz_judge_work *j, mz_note_kind kind, mz_judge_look *look)
{
    const mz_key_bytes prefix = mz_note_key(kind);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        status = look(j, mz_judge_last_u64(&at));
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    }
    return mz_judge_walked(status);
}

static mz_status see_kept(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_FINDING);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        if (at.size == 11 && value.size == 8 && at.bytes[10] < MZ_FINDING_END)
            mz_judge_see(j, (mz_finding)at.bytes[10], mz_be64_get(at.bytes + 2),
                         mz_be64_get(value.data));
    }
    return mz_judge_walked(status);
}

static mz_status keep(mz_judge_work *j)
{
    mz_status status = mz_judge_keep_effects(j);
    if (status == MZ_OK)
        status = mz_judge_keep_ended(j);
    if (status == MZ_OK)
        status = mz_judge_keep_reports(j);
    if (status == MZ_OK)
        status = mz_note_meta_store(j->changes, &j->audit->meta, j->why);
    return status;
}

/* In this order: the funds are settled for the moment first, and all is told last. */
static mz_status look(mz_judge_work *j)
{
    static mz_status (*const STEPS[])(mz_judge_work *) = {
        mz_judge_pending,     mz_judge_funds,   see_kept,         mz_judge_proposals,
        mz_judge_unconfirmed, mz_judge_wishes,  mz_judge_ratings, mz_judge_documents,
        mz_judge_parties,     mz_judge_sources, mz_judge_goods,   mz_judge_accounts,
        mz_judge_bank,        mz_judge_audits,  mz_judge_tell,
    };
    mz_status status = MZ_OK;
    j->judgement->due = json_array();
    if (j->judgement->due == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    for (size_t i = 0; status == MZ_OK && i < sizeof STEPS / sizeof STEPS[0]; i++)
        status = STEPS[i](j);
    return status;
}

mz_status mz_judge(mz_audit *audit, mz_judgement *judgement)
{
    mz_judge_work j = {.audit = audit, .judgement = judgement, .why = audit->why};
    judgement->as_of_ms = audit->options->as_of_ms > audit->meta.last_ms ? audit->options->as_of_ms
                                                                         : audit->meta.last_ms;
    mz_status status = open_judge(&j, true);
    if (status == MZ_OK)
        status = close_judge(&j, true, keep(&j));
    if (status == MZ_OK)
        status = open_judge(&j, false);
    if (status == MZ_OK)
        status = look(&j);
    return j.txn != NULL ? close_judge(&j, false, status) : status;
}

void mz_judgement_free(mz_judgement *judgement)
{
    if (judgement == NULL)
        return;
    json_decref(judgement->charity);
    json_decref(judgement->funds);
    json_decref(judgement->goods);
    json_decref(judgement->due);
    json_decref(judgement->bank_lines);
    json_decref(judgement->bank_accounts);
    for (unsigned i = 0; i < MZ_ASSERTION_COUNT; i++) {
        json_decref(judgement->entries[i]);
        json_decref(judgement->information[i]);
    }
    free(judgement);
}
