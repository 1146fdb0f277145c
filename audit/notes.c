/* notes.c — what is written down as the entries go by: findings that are seen in passing, and rows
 * by which later entries, or the end, are compared with earlier ones. The event's own part is in
 * notes_*.c, by subject. */
#include "notes.h"

#include <assert.h>
#include <string.h>

#include "core/date.h"
#include "core/trace.h"

#define LATE_MS (INT64_C(72) * 3600 * 1000)

mz_key_bytes mz_note_key(mz_note_kind kind)
{
    mz_key_bytes key = {.size = 0};
    mz_key_add_u8(&key, (uint8_t)kind);
    return key;
}

mz_key_bytes mz_note_key_u64(mz_note_kind kind, uint64_t a)
{
    mz_key_bytes key = mz_note_key(kind);
    mz_key_add_u64(&key, a);
    return key;
}

static mz_status put(mz_changes *changes, const mz_key_bytes *key, const void *value, size_t size,
                     mz_reason *why)
{
    return mz_changes_put(changes, MZ_TABLE_AUDIT, mz_key_view(key), (mz_view){value, size}, why);
}

mz_status mz_note_finding(mz_changes *changes, mz_finding finding, uint64_t index, uint64_t other,
                          mz_reason *why)
{
    uint8_t value[8];
    mz_key_bytes key = mz_note_key(MZ_N_FINDING);
    mz_key_add_u8(&key, (uint8_t)mz_finding_row_of(finding)->assertion);
    mz_key_add_u64(&key, index);
    mz_key_add_u8(&key, (uint8_t)finding);
    mz_be64_put(value, other);
    return put(changes, &key, value, sizeof value, why);
}

mz_status mz_note_meta_store(mz_changes *changes, const mz_meta *meta, mz_reason *why)
{
    const mz_key_bytes key = mz_note_key(MZ_N_META);
    return put(changes, &key, meta, sizeof *meta, why);
}

mz_status mz_note_meta_load(mz_changes *changes, mz_meta *meta, mz_reason *why)
{
    const mz_key_bytes key = mz_note_key(MZ_N_META);
    mz_view value;
    const mz_status status =
        mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, why);
    if (status != MZ_OK)
        return status;
    uint64_t version = 0;
    if (value.size >= sizeof version)
        memcpy(&version, value.data, sizeof version);
    if (value.size != sizeof *meta || version != MZ_META_VERSION)
        return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", "--state"),
                         mz_words("cause", MZ_BOTH("是另一版审计程序的；请换一个新文件夹",
                                                   "it is of another version of this program; "
                                                   "name a new folder")));
    memcpy(meta, value.data, sizeof *meta);
    return MZ_OK;
}

mz_status mz_note_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                       mz_view *value, mz_reason *why)
{
    uint8_t from[MZ_KV_KEY_MAX + 1];
    mz_view found;
    memcpy(from, key->bytes, key->size);
    from[key->size] = 0;
    const mz_status status = mz_changes_seek(changes, MZ_TABLE_AUDIT, mz_key_view(prefix),
                                             (mz_view){from, key->size + 1}, &found, value, why);
    if (status == MZ_OK) {
        assert(found.size <= sizeof key->bytes);
        memcpy(key->bytes, found.data, found.size);
        key->size = found.size;
    }
    return status;
}

static mz_status refuse_damaged(mz_reason *why)
{
    return mz_refuse(why, MZ_IO, mz_words("cause", "the replayed state is damaged"));
}

mz_status mz_note_load_entry(mz_changes *changes, uint64_t index, mz_entry_note *entry,
                             mz_reason *why)
{
    const mz_key_bytes key = mz_note_key_u64(MZ_N_ENTRY, index);
    mz_view value;
    const mz_status status =
        mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, why);
    if (status == MZ_OK && value.size != sizeof *entry)
        return refuse_damaged(why);
    if (status == MZ_OK)
        memcpy(entry, value.data, sizeof *entry);
    return status;
}

mz_status mz_note_load_reconciled(mz_changes *changes, uint64_t index, mz_reconciled_note *note,
                                  mz_reason *why)
{
    const mz_key_bytes key = mz_note_key_u64(MZ_N_RECONCILED, index);
    mz_view value;
    const mz_status status =
        mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, why);
    if (status == MZ_OK && value.size != sizeof *note)
        return refuse_damaged(why);
    if (status == MZ_OK)
        memcpy(note, value.data, sizeof *note);
    return status;
}

mz_status mz_note_load_text(mz_changes *changes, mz_note_kind kind, uint64_t index, mz_view *text,
                            mz_reason *why)
{
    const mz_key_bytes key = mz_note_key_u64(kind, index);
    return mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), text, why);
}

/* --- rows --- */

mz_status mz_note_put(mz_note_work *n, const mz_key_bytes *key, const void *value, size_t size)
{
    return put(n->changes, key, value, size, n->why);
}

mz_status mz_note_put_u64(mz_note_work *n, const mz_key_bytes *key, uint64_t number)
{
    uint8_t value[8];
    mz_be64_put(value, number);
    return mz_note_put(n, key, value, sizeof value);
}

mz_status mz_note_put_first(mz_note_work *n, const mz_key_bytes *key, uint64_t number)
{
    mz_view value;
    const mz_status status =
        mz_changes_get(n->changes, MZ_TABLE_AUDIT, mz_key_view(key), &value, n->why);
    return status == MZ_NOT_FOUND ? mz_note_put_u64(n, key, number) : status;
}

mz_status mz_note_mark(mz_note_work *n, mz_note_kind kind, uint64_t a)
{
    const mz_key_bytes key = mz_note_key_u64(kind, a);
    return mz_note_put(n, &key, NULL, 0);
}

mz_status mz_note_mark_pair(mz_note_work *n, mz_note_kind kind, uint64_t a, uint64_t b)
{
    mz_key_bytes key = mz_note_key_u64(kind, a);
    mz_key_add_u64(&key, b);
    return mz_note_put(n, &key, NULL, 0);
}

mz_status mz_note_unmark(mz_note_work *n, mz_note_kind kind, uint64_t a)
{
    const mz_key_bytes key = mz_note_key_u64(kind, a);
    return mz_changes_erase(n->changes, MZ_TABLE_AUDIT, mz_key_view(&key), n->why);
}

mz_status mz_note_find(mz_note_work *n, mz_finding finding, uint64_t other)
{
    return mz_note_finding(n->changes, finding, n->stamp->index, other, n->why);
}

mz_status mz_note_text(mz_note_work *n, const char *member)
{
    const mz_view text = mz_body_text(n->entry, member);
    const mz_key_bytes key = mz_note_key_u64(MZ_N_TEXT, n->stamp->index);
    return mz_note_put(n, &key, text.data, text.size);
}

/* --- what entries cite --- */

mz_status mz_note_cited(mz_note_work *n, const char *member, uint64_t *index, mz_event *event)
{
    uint8_t jti[16];
    const bool given = mz_body_jti(n->entry, member, jti);
    assert(given); /* the rules have applied the entry */
    return mz_jti_find(n->changes, jti, index, event, n->why);
}

mz_status mz_note_named(mz_note_work *n, mz_name_kind kind, mz_view id, uint64_t *ref)
{
    return mz_name_find(n->changes, kind, 0, id, ref, n->why);
}

mz_status mz_note_fund(mz_note_work *n, mz_fund *fund)
{
    uint64_t ref = 0;
    const mz_status status = mz_note_named(n, MZ_NAME_FUND, mz_view_of(n->entry->fund), &ref);
    return status == MZ_OK ? mz_fund_load(n->changes, ref, fund, n->why) : status;
}

mz_status mz_note_day(mz_note_work *n, const char *member)
{
    int32_t day = 0;
    mz_fund fund;
    if (!mz_body_day(n->entry, member, &day))
        return MZ_OK;
    const int32_t today = mz_day_of_ms(n->stamp->unix_ms);
    mz_status status = mz_note_fund(n, &fund);
    if (status == MZ_OK && (today - day > MZ_FAR_DAYS || day - today > MZ_FAR_DAYS))
        status = mz_note_find(n, MZ_F_RECEIVED_FAR, 0);
    if (status == MZ_OK && day <= fund.statement_to_day && day >= mz_day_of_ms(fund.opened_ms))
        status = mz_note_find(n, MZ_F_RECEIVED_PUBLISHED, 0);
    return status;
}

mz_status mz_note_bank_line(mz_note_work *n)
{
    mz_fund fund;
    if (!mz_body_has(n->entry, "bank_total_fen"))
        return MZ_OK;
    const mz_status status = mz_note_fund(n, &fund);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_note_key(MZ_N_BANK_LINE);
    mz_key_add_text(&key, mz_id_view(fund.account));
    mz_key_add_u8(&key, 0);
    mz_key_add_text(&key, mz_body_text(n->entry, "bank_ref"));
    return mz_note_put_u64(n, &key, n->stamp->index);
}

/* What the parts of a payout sum to. */
static mz_status add_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    int64_t *sum_fen = context;
    (void)why;
    if (part->state == MZ_PAYOUT_PART_STANDS)
        *sum_fen += part->amount_fen;
    return MZ_OK;
}

mz_status mz_note_trace(mz_note_work *n, mz_ref payout)
{
    mz_payout record;
    mz_reason reason = {0};
    int64_t sum_fen = 0, draws_fen = 0;
    mz_status status = mz_payout_load(n->changes, payout, &record, n->why);
    if (status == MZ_OK) {
        status = mz_trace_payout(n->changes, payout, add_part, &sum_fen, &reason);
        if (status != MZ_OK && !mz_audit_is_trouble(status))
            return mz_audit_fail(n->audit, MZ_X_TRACE, payout, &reason);
        if (status != MZ_OK)
            *n->why = reason;
    }
    if (status != MZ_OK)
        return status;
    const bool stands = record.head.reversed_index == MZ_NEVER;
    const int64_t net_fen = stands ? record.head.amount_fen - record.head.returned_fen : 0;
    for (uint32_t i = 0; i < record.head.draw_count; i++)
        draws_fen += record.draws[i].amount_fen;
    if (sum_fen != net_fen || draws_fen != record.head.amount_fen)
        return mz_audit_fail(n->audit, MZ_X_TRACE, payout, NULL);
    return MZ_OK;
}

/* --- every entry --- */

static mz_status note_entry(mz_note_work *n)
{
    mz_actor_key signer;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    uint64_t fund = 0;
    mz_key_add_text(&key, (mz_view){n->entry->jws.kid.bytes, sizeof n->entry->jws.kid.bytes});
    mz_status status = mz_state_load(n->changes, &key, &signer, sizeof signer, n->why);
    if (status == MZ_OK && n->entry->fund[0] != '\0')
        status = mz_note_named(n, MZ_NAME_FUND, mz_view_of(n->entry->fund), &fund);
    if (status != MZ_OK)
        return status;
    const mz_entry_note row = {n->stamp->leaf_hash, n->stamp->unix_ms, fund, signer.actor_no,
                               (uint32_t)n->entry->row->event};
    const mz_key_bytes at = mz_note_key_u64(MZ_N_ENTRY, n->stamp->index);
    return mz_note_put(n, &at, &row, sizeof row);
}

static mz_note_function *const NOTES[MZ_EVENT_NUMBER_MAX + 1] = {
    [MZ_LEDGER_OPENED] = mz_note_opened,
    [MZ_ACTOR_ENROLLED] = mz_note_enrolled,
    [MZ_REGISTRY_CONFIRMED] = mz_note_registry,
    [MZ_FUND_OPENED] = mz_note_fund_opened,
    [MZ_PARTY_REGISTERED] = mz_note_party,
    [MZ_SOURCE_REGISTERED] = mz_note_source,
    [MZ_INCOME_RECORDED] = mz_note_income,
    [MZ_INCOME_CONFIRMED] = mz_note_income_confirmed,
    [MZ_INCOME_DECLINED] = mz_note_declined,
    [MZ_ENTRY_REVERSED] = mz_note_reversed,
    [MZ_GOODS_RECEIVED] = mz_note_goods,
    [MZ_GOODS_ISSUED] = mz_note_goods,
    [MZ_GOODS_SOLD] = mz_note_goods,
    [MZ_GOODS_WRITTEN_OFF] = mz_note_goods,
    [MZ_GOODS_CONFIRMED] = mz_note_goods_confirmed,
    [MZ_PROPOSAL_FILED] = mz_note_filed,
    [MZ_PAYOUT_MADE] = mz_note_payout,
    [MZ_PAYOUT_RETURNED] = mz_note_returned,
    [MZ_PROJECT_COMPLETED] = mz_note_completed,
    [MZ_PROJECT_RATED] = mz_note_rated,
    [MZ_STATEMENT_PUBLISHED] = mz_note_statement,
    [MZ_BALANCE_RECONCILED] = mz_note_reconciled,
    [MZ_AUDIT_REPORTED] = mz_note_reported,
    [MZ_RECORD_RESTRICTED] = mz_note_restricted,
    [MZ_RECORD_ERASED] = mz_note_erased,
};

mz_status mz_note_entry(mz_audit *audit, mz_changes *changes, const mz_entry *entry,
                        const mz_stamp *stamp)
{
    mz_note_work n = {audit, changes, entry, stamp, audit->why};
    mz_status status = note_entry(&n);
    if (status == MZ_OK && stamp->unix_ms - entry->iat_unix_s * 1000 > LATE_MS)
        status = mz_note_find(&n, MZ_F_LATE_ENTRY, 0);
    if (status == MZ_OK && NOTES[entry->row->event] != NULL)
        status = NOTES[entry->row->event](&n);
    return status == MZ_NOT_FOUND ? refuse_damaged(audit->why)
                                  : status; /* what it cites is there */
}
