/* notes.c — what is written down as the entries go by: findings that are seen in passing, and rows
 * by which later entries, or the end, are compared with earlier ones. */
#include <assert.h>
#include <string.h>

#include "core/conflict.h"
#include "core/date.h"
#include "core/lots.h"
#include "core/trace.h"
#include "parts.h"

#define FAR_DAYS 30
#define LATE_MS (INT64_C(72) * 3600 * 1000)
#define SPLIT_MS (INT64_C(30) * 24 * 3600 * 1000)
#define SPLIT_FILINGS 3
#define NEAR_PERCENT 95

typedef struct note {
    mz_audit *audit;
    mz_changes *changes;
    const mz_entry *entry;
    const mz_stamp *stamp;
    mz_reason *why;
} note;

mz_key_bytes mz_note_key(mz_note_kind kind)
{
    mz_key_bytes key = {.size = 0};
    mz_key_add_u8(&key, (uint8_t)kind);
    return key;
}

static mz_key_bytes key_u64(mz_note_kind kind, uint64_t a)
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

static mz_status put_u64(mz_changes *changes, const mz_key_bytes *key, uint64_t number,
                         mz_reason *why)
{
    uint8_t value[8];
    mz_be64_put(value, number);
    return put(changes, key, value, sizeof value, why);
}

/* Puts the number unless there is one. */
static mz_status put_first(mz_changes *changes, const mz_key_bytes *key, uint64_t number,
                           mz_reason *why)
{
    mz_view value;
    const mz_status status = mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(key), &value, why);
    return status == MZ_NOT_FOUND ? put_u64(changes, key, number, why) : status;
}

mz_status mz_note_finding(mz_changes *changes, mz_finding finding, uint64_t index, uint64_t other,
                          mz_reason *why)
{
    mz_key_bytes key = mz_note_key(MZ_N_FINDING);
    mz_key_add_u8(&key, (uint8_t)mz_finding_row_of(finding)->assertion);
    mz_key_add_u64(&key, index);
    mz_key_add_u8(&key, (uint8_t)finding);
    return put_u64(changes, &key, other, why);
}

static mz_status find(note *n, mz_finding finding, uint64_t other)
{
    return mz_note_finding(n->changes, finding, n->stamp->index, other, n->why);
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

static mz_status note_of_entry(note *n)
{
    mz_actor_key signer;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    uint64_t fund = 0;
    mz_key_add_text(&key, (mz_view){n->entry->jws.kid.bytes, sizeof n->entry->jws.kid.bytes});
    mz_status status = mz_state_load(n->changes, &key, &signer, sizeof signer, n->why);
    if (status == MZ_OK && n->entry->fund[0] != '\0')
        status =
            mz_name_find(n->changes, MZ_NAME_FUND, 0, mz_view_of(n->entry->fund), &fund, n->why);
    if (status != MZ_OK)
        return status;
    const mz_entry_note row = {n->stamp->unix_ms, fund, signer.actor_no,
                               (uint32_t)n->entry->row->event};
    const mz_key_bytes at = key_u64(MZ_N_ENTRY, n->stamp->index);
    return put(n->changes, &at, &row, sizeof row, n->why);
}

mz_status mz_note_load_entry(mz_changes *changes, uint64_t index, mz_entry_note *entry,
                             mz_reason *why)
{
    const mz_key_bytes key = key_u64(MZ_N_ENTRY, index);
    mz_view value;
    const mz_status status =
        mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, why);
    if (status == MZ_OK && value.size != sizeof *entry)
        return mz_refuse(why, MZ_IO, mz_words("cause", "the replayed state is damaged"));
    if (status == MZ_OK)
        memcpy(entry, value.data, sizeof *entry);
    return status;
}

static mz_status note_name_of(note *n, mz_ref fund, mz_view name)
{
    const mz_key_bytes key = key_u64(MZ_N_NAME, fund);
    return put(n->changes, &key, name.data, name.size, n->why);
}

mz_status mz_note_load_name(mz_changes *changes, mz_ref fund, mz_view *name, mz_reason *why)
{
    const mz_key_bytes key = key_u64(MZ_N_NAME, fund);
    return mz_changes_get(changes, MZ_TABLE_AUDIT, mz_key_view(&key), name, why);
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

/* --- what entries cite --- */

static mz_status cited(note *n, const char *name, uint64_t *index, mz_event *event)
{
    uint8_t jti[16];
    const bool given = mz_body_jti(n->entry, name, jti);
    assert(given); /* the rules have applied the entry */
    return mz_jti_find(n->changes, jti, index, event, n->why);
}

static mz_status named(note *n, mz_name_kind kind, mz_view id, uint64_t *ref)
{
    return mz_name_find(n->changes, kind, 0, id, ref, n->why);
}

static mz_status entry_fund(note *n, mz_fund *fund)
{
    uint64_t ref = 0;
    const mz_status status = named(n, MZ_NAME_FUND, mz_view_of(n->entry->fund), &ref);
    return status == MZ_OK ? mz_fund_load(n->changes, ref, fund, n->why) : status;
}

/* --- notes that several events share --- */

static mz_status note_day(note *n, const char *name)
{
    int32_t day = 0;
    mz_fund fund;
    if (!mz_body_day(n->entry, name, &day))
        return MZ_OK;
    const int32_t today = mz_day_of_ms(n->stamp->unix_ms);
    mz_status status = entry_fund(n, &fund);
    if (status == MZ_OK && (today - day > FAR_DAYS || day - today > FAR_DAYS))
        status = find(n, MZ_F_RECEIVED_FAR, 0);
    if (status == MZ_OK && day <= fund.statement_to_day && day >= mz_day_of_ms(fund.opened_ms))
        status = find(n, MZ_F_RECEIVED_PUBLISHED, 0);
    return status;
}

static mz_status note_name(note *n, const json_t *object)
{
    if (json_object_get(object, "name") == NULL || mz_body_has(n->entry, "evidence"))
        return MZ_OK;
    return find(n, MZ_F_NAME_IN_CLEAR, 0);
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

static mz_status trace(note *n, mz_ref payout)
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

/* --- one function per event that leaves a note --- */

static mz_status note_opened(note *n)
{
    size_t i;
    json_t *registrar;
    const json_t *charity = json_object_get(n->entry->body, "charity");
    mz_status status = note_name_of(n, 0, mz_json_text(charity, "name"));
    json_array_foreach(json_object_get(n->entry->body, "registrars"), i, registrar)
    {
        if (status == MZ_OK)
            status = note_name(n, registrar);
    }
    return status;
}

static mz_status note_fund(note *n)
{
    return note_name_of(n, n->stamp->index, mz_body_text(n->entry, "name"));
}

static mz_status note_enrolled(note *n)
{
    return note_name(n, n->entry->body);
}

static mz_status note_party(note *n)
{
    if (mz_body_value(n->entry, "kind", MZ_PARTY_KINDS) != MZ_PARTY_PERSON)
        return MZ_OK;
    return note_name(n, n->entry->body);
}

static mz_status note_source(note *n)
{
    uint64_t party = 0;
    if (!mz_body_has(n->entry, "party"))
        return MZ_OK;
    const mz_status status = named(n, MZ_NAME_PARTY, mz_body_text(n->entry, "party"), &party);
    if (status != MZ_OK)
        return status;
    const mz_key_bytes key = key_u64(MZ_N_SOURCE_PARTY, party);
    return put_first(n->changes, &key, n->stamp->index, n->why);
}

static mz_status note_income(note *n)
{
    const mz_key_bytes key = key_u64(MZ_N_UNCONFIRMED, n->stamp->index);
    const mz_status status = put(n->changes, &key, NULL, 0, n->why);
    return status == MZ_OK ? note_day(n, "received_on") : status;
}

static mz_status erase_unconfirmed(note *n, uint64_t income)
{
    const mz_key_bytes key = key_u64(MZ_N_UNCONFIRMED, income);
    return mz_changes_erase(n->changes, MZ_TABLE_AUDIT, mz_key_view(&key), n->why);
}

static mz_status note_confirmed(note *n)
{
    uint64_t index = 0;
    mz_event event;
    mz_income income;
    mz_status status = cited(n, "income", &index, &event);
    if (status == MZ_OK)
        status = erase_unconfirmed(n, index);
    if (status == MZ_OK)
        status = note_day(n, "booked_on");
    if (status == MZ_OK)
        status = mz_income_load(n->changes, index, &income, n->why);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_INCOMES]++;
    n->audit->meta.counts[MZ_COUNT_RECEIPTS] += mz_body_has(n->entry, "receipt_no") ? 1 : 0;
    if (income.party == 0 || income.kind != MZ_INCOME_DONATION)
        return MZ_OK;
    const mz_key_bytes key = key_u64(MZ_N_DONOR, income.party);
    return put_first(n->changes, &key, index, n->why);
}

static mz_status note_declined(note *n)
{
    uint64_t index = 0;
    mz_event event;
    const mz_status status = cited(n, "income", &index, &event);
    return status == MZ_OK ? erase_unconfirmed(n, index) : status;
}

/* How many proposals of the fund named the payee's group in the last 30 days, this one included. */
static mz_status count_filings(note *n, const mz_key_bytes *prefix, unsigned *count,
                               uint64_t *other)
{
    mz_key_bytes at = *prefix;
    mz_view found, value;
    mz_status status = MZ_OK;
    mz_key_add_u64(&at, n->stamp->index);
    *count = 0;
    while (status == MZ_OK && *count < SPLIT_FILINGS) {
        status = mz_changes_seek_back(n->changes, MZ_TABLE_AUDIT, mz_key_view(prefix),
                                      mz_key_view(&at), &found, &value, n->why);
        if (status != MZ_OK)
            break;
        if (n->stamp->unix_ms - (int64_t)mz_be64_get(value.data) > SPLIT_MS)
            break;
        const uint64_t proposal = mz_be64_get(found.data + found.size - 8);
        *other = proposal;
        (*count)++;
        if (proposal == 0)
            break;
        at = *prefix;
        mz_key_add_u64(&at, proposal - 1);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status note_payee(note *n, const mz_proposal *proposal, mz_ref party)
{
    mz_ref leader = 0;
    unsigned count = 0;
    uint64_t other = 0;
    mz_status status = mz_party_leader(n->changes, party, n->stamp->index, &leader, n->why);
    mz_key_bytes prefix = key_u64(MZ_N_FILING, proposal->head.fund);
    mz_key_add_u64(&prefix, leader);
    mz_key_bytes key = prefix;
    mz_key_add_u64(&key, n->stamp->index);
    if (status == MZ_OK)
        status = put_u64(n->changes, &key, (uint64_t)n->stamp->unix_ms, n->why);
    if (status == MZ_OK)
        status = count_filings(n, &prefix, &count, &other);
    if (status == MZ_OK && count >= SPLIT_FILINGS)
        status = find(n, MZ_F_MANY_FILINGS, other);
    return status;
}

static mz_status note_filed(note *n)
{
    mz_proposal proposal;
    const mz_key_bytes key = key_u64(MZ_N_UNFINISHED, n->stamp->index);
    mz_status status = put(n->changes, &key, NULL, 0, n->why);
    if (status == MZ_OK)
        status = mz_proposal_load(n->changes, n->stamp->index, &proposal, n->why);
    for (uint32_t i = 0; status == MZ_OK && i < proposal.head.payee_count; i++)
        status = note_payee(n, &proposal, proposal.payees[i].party);
    return status;
}

static mz_status note_document(note *n, mz_view hex)
{
    uint8_t hash[32];
    size_t size = 0;
    mz_view value;
    mz_payout earlier;
    if (!mz_hex_decode(hex, hash, sizeof hash, &size) || size != sizeof hash)
        return MZ_OK;
    mz_key_bytes key = mz_note_key(MZ_N_EVIDENCE);
    mz_key_add_text(&key, (mz_view){hash, sizeof hash});
    mz_status status =
        mz_changes_get(n->changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, n->why);
    if (status == MZ_OK) {
        const uint64_t index = mz_be64_get(value.data);
        status = mz_payout_load(n->changes, index, &earlier, n->why);
        if (status == MZ_OK && index != n->stamp->index && earlier.head.reversed_index == MZ_NEVER)
            return find(n, MZ_F_SAME_EVIDENCE, index);
    }
    if (status == MZ_OK || status == MZ_NOT_FOUND)
        status = put_u64(n->changes, &key, n->stamp->index, n->why);
    return status;
}

static const mz_payee *payee_of(const mz_proposal *proposal, mz_ref party)
{
    for (uint32_t i = 0; i < proposal->head.payee_count; i++) {
        if (proposal->payees[i].party == party)
            return &proposal->payees[i];
    }
    return NULL;
}

/* Whether the payee's group was paid near its cap under another proposal in the last 30 days. */
static mz_status near_other(note *n, const mz_key_bytes *prefix, mz_ref proposal, uint64_t *other)
{
    mz_key_bytes at = *prefix;
    mz_view found, value;
    mz_status status = MZ_OK;
    mz_key_add_u64(&at, n->stamp->index);
    while (status == MZ_OK) {
        status = mz_changes_seek_back(n->changes, MZ_TABLE_AUDIT, mz_key_view(prefix),
                                      mz_key_view(&at), &found, &value, n->why);
        if (status != MZ_OK || n->stamp->unix_ms - (int64_t)mz_be64_get(value.data) > SPLIT_MS)
            break;
        const uint64_t payout = mz_be64_get(found.data + found.size - 8);
        if (mz_be64_get(value.data + 8) != proposal) {
            *other = payout;
            break;
        }
        at = *prefix;
        mz_key_add_u64(&at, payout - 1);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status note_cap(note *n, const mz_payout *payout)
{
    mz_proposal proposal;
    mz_ref leader = 0;
    uint64_t other = 0;
    uint8_t value[16];
    mz_status status = mz_proposal_load(n->changes, payout->head.proposal, &proposal, n->why);
    if (status != MZ_OK)
        return status;
    const mz_payee *payee = payee_of(&proposal, payout->head.party);
    if (payee == NULL || payee->paid_fen * 100 < payee->cap_fen * NEAR_PERCENT)
        return MZ_OK; /* amounts are at most 10^15 */
    status = mz_party_leader(n->changes, payout->head.party, n->stamp->index, &leader, n->why);
    mz_key_bytes prefix = key_u64(MZ_N_NEAR_CAP, leader);
    if (status == MZ_OK)
        status = near_other(n, &prefix, payout->head.proposal, &other);
    if (status == MZ_OK && other != 0)
        status = find(n, MZ_F_NEAR_CAPS, other);
    mz_key_add_u64(&prefix, n->stamp->index);
    mz_be64_put(value, (uint64_t)n->stamp->unix_ms);
    mz_be64_put(value + 8, payout->head.proposal);
    return status == MZ_OK ? put(n->changes, &prefix, value, sizeof value, n->why) : status;
}

static mz_status note_payout(note *n)
{
    mz_payout payout;
    size_t i;
    json_t *document;
    mz_status status = note_day(n, "booked_on");
    json_array_foreach(json_object_get(n->entry->body, "evidence"), i, document)
    {
        if (status == MZ_OK)
            status = note_document(n, mz_json_text(document, "sha256"));
    }
    if (status == MZ_OK)
        status = mz_payout_load(n->changes, n->stamp->index, &payout, n->why);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_PAYOUTS]++;
    mz_key_bytes key = key_u64(MZ_N_PAYEE, payout.head.party);
    mz_key_add_u64(&key, n->stamp->index);
    status = put(n->changes, &key, NULL, 0, n->why);
    if (status == MZ_OK)
        status = note_cap(n, &payout);
    return status == MZ_OK ? trace(n, n->stamp->index) : status;
}

static mz_status note_returned(note *n)
{
    uint64_t index = 0;
    mz_event event;
    mz_status status = note_day(n, "booked_on");
    if (status == MZ_OK)
        status = cited(n, "payout", &index, &event);
    n->audit->meta.counts[MZ_COUNT_RETURNS]++;
    return status == MZ_OK ? trace(n, index) : status;
}

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

static mz_status note_unconfirmed_again(note *n, uint64_t confirmation)
{
    mz_confirmation record;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size = 0;
    fed all = {.reversal = n->stamp->index};
    mz_status status =
        mz_confirmation_load(n->changes, confirmation, &record, bank_ref, &bank_ref_size, n->why);
    if (status != MZ_OK)
        return status;
    const mz_key_bytes key = key_u64(MZ_N_UNCONFIRMED, record.income);
    status = put(n->changes, &key, NULL, 0, n->why);
    if (status == MZ_OK)
        status = mz_trace_income(n->changes, record.income, add_fed, &all, n->why);
    for (size_t i = 0; status == MZ_OK && i < all.count; i++)
        status = trace(n, all.payouts[i]);
    return status;
}

static mz_status note_reversed(note *n)
{
    uint64_t index = 0;
    mz_event event = MZ_EVENT_NONE;
    mz_return returned;
    mz_status status = cited(n, "target", &index, &event);
    if (status == MZ_OK)
        status = find(n, MZ_F_REVERSAL, index);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_REVERSALS]++;
    if (event == MZ_INCOME_RECORDED)
        return erase_unconfirmed(n, index);
    if (event == MZ_INCOME_CONFIRMED)
        return note_unconfirmed_again(n, index);
    if (event == MZ_PAYOUT_MADE)
        return trace(n, index);
    if (event != MZ_PAYOUT_RETURNED)
        return MZ_OK;
    status = mz_return_load(n->changes, index, &returned, n->why);
    return status == MZ_OK ? trace(n, returned.head.payout) : status;
}

static mz_status note_statement(note *n)
{
    mz_fund fund;
    int32_t from = 0;
    mz_status status = entry_fund(n, &fund);
    const bool given = mz_body_day(n->entry, "from", &from);
    assert(given);
    n->audit->meta.counts[MZ_COUNT_STATEMENTS]++;
    if (status == MZ_OK &&
        n->stamp->unix_ms >= mz_day_end_ms(from - 1 + (int32_t)fund.profile.statement_days))
        status = find(n, MZ_F_STATEMENT_LATE, 0);
    return status;
}

typedef mz_status note_function(note *n);
static note_function *const NOTES[MZ_EVENT_NUMBER_MAX + 1] = {
    [MZ_LEDGER_OPENED] = note_opened,
    [MZ_ACTOR_ENROLLED] = note_enrolled,
    [MZ_FUND_OPENED] = note_fund,
    [MZ_PARTY_REGISTERED] = note_party,
    [MZ_SOURCE_REGISTERED] = note_source,
    [MZ_INCOME_RECORDED] = note_income,
    [MZ_INCOME_CONFIRMED] = note_confirmed,
    [MZ_INCOME_DECLINED] = note_declined,
    [MZ_PROPOSAL_FILED] = note_filed,
    [MZ_PAYOUT_MADE] = note_payout,
    [MZ_PAYOUT_RETURNED] = note_returned,
    [MZ_ENTRY_REVERSED] = note_reversed,
    [MZ_STATEMENT_PUBLISHED] = note_statement,
};

mz_status mz_note_entry(mz_audit *audit, mz_changes *changes, const mz_entry *entry,
                        const mz_stamp *stamp)
{
    note n = {audit, changes, entry, stamp, audit->why};
    mz_status status = note_of_entry(&n);
    if (status == MZ_OK && stamp->unix_ms - entry->iat_unix_s * 1000 > LATE_MS)
        status = find(&n, MZ_F_LATE_ENTRY, 0);
    if (status == MZ_OK && NOTES[entry->row->event] != NULL)
        status = NOTES[entry->row->event](&n);
    if (status == MZ_NOT_FOUND) /* what an accepted entry cites is there */
        status = mz_refuse(audit->why, MZ_IO, mz_words("cause", "the replayed state is damaged"));
    return status;
}
