/* notes_spending.c — what is asked for and paid: splitting, documents used twice, wishes, and what
 * is published of it. */
#include <assert.h>

#include "core/conflict.h"
#include "core/date.h"
#include "core/lots.h"
#include "notes.h"

#define SPLIT_MS (INT64_C(30) * 24 * 3600 * 1000)
#define SPLIT_FILINGS 3
#define NEAR_PERCENT 95

/* --- filings --- */

/* How many proposals of the fund named the payee's group in the last 30 days, this one included. */
static mz_status count_filings(mz_note_work *n, const mz_key_bytes *prefix, unsigned *count,
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

static mz_status note_payee(mz_note_work *n, const mz_proposal *proposal, mz_ref party)
{
    mz_ref leader = 0;
    unsigned count = 0;
    uint64_t other = 0;
    mz_status status = mz_party_leader(n->changes, party, n->stamp->index, &leader, n->why);
    mz_key_bytes prefix = mz_note_key_u64(MZ_N_FILING, proposal->head.fund);
    mz_key_add_u64(&prefix, leader);
    mz_key_bytes key = prefix;
    mz_key_add_u64(&key, n->stamp->index);
    if (status == MZ_OK)
        status = mz_note_put_u64(n, &key, (uint64_t)n->stamp->unix_ms);
    if (status == MZ_OK)
        status = count_filings(n, &prefix, &count, &other);
    if (status == MZ_OK && count >= SPLIT_FILINGS)
        status = mz_note_find(n, MZ_F_MANY_FILINGS, other);
    return status;
}

mz_status mz_note_filed(mz_note_work *n)
{
    mz_proposal proposal;
    mz_status status = mz_note_mark(n, MZ_N_UNFINISHED, n->stamp->index);
    if (status == MZ_OK)
        status = mz_proposal_load(n->changes, n->stamp->index, &proposal, n->why);
    for (uint32_t i = 0; status == MZ_OK && i < proposal.head.payee_count; i++)
        status = note_payee(n, &proposal, proposal.payees[i].party);
    return status;
}

/* --- payouts --- */

/* Every payout of a document is kept; what has more than one is looked at in the end, when it is
 * known which of them stand. */
static mz_status note_document(mz_note_work *n, mz_view hex)
{
    uint8_t hash[32];
    size_t size = 0;
    mz_view found, value;
    const bool decoded = mz_hex_decode(hex, hash, sizeof hash, &size);
    assert(decoded && size == sizeof hash); /* the schema's */
    mz_key_bytes prefix = mz_note_key(MZ_N_EVIDENCE), repeated = mz_note_key(MZ_N_REPEATED);
    mz_key_add_text(&prefix, (mz_view){hash, sizeof hash});
    mz_key_add_text(&repeated, (mz_view){hash, sizeof hash});
    mz_status status = mz_changes_seek(n->changes, MZ_TABLE_AUDIT, mz_key_view(&prefix),
                                       mz_key_view(&prefix), &found, &value, n->why);
    if (status == MZ_OK)
        status = mz_note_put(n, &repeated, NULL, 0);
    mz_key_add_u64(&prefix, n->stamp->index);
    return status == MZ_OK || status == MZ_NOT_FOUND ? mz_note_put(n, &prefix, NULL, 0) : status;
}

static mz_status note_documents(mz_note_work *n)
{
    size_t i;
    json_t *document;
    mz_status status = MZ_OK;
    json_array_foreach(json_object_get(n->entry->body, "evidence"), i, document)
    {
        if (status == MZ_OK)
            status = note_document(n, mz_json_text(document, "sha256"));
    }
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
static mz_status near_other(mz_note_work *n, const mz_key_bytes *prefix, mz_ref proposal,
                            uint64_t *other)
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

static mz_status note_cap(mz_note_work *n, const mz_payout *payout)
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
    mz_key_bytes prefix = mz_note_key_u64(MZ_N_NEAR_CAP, leader);
    if (status == MZ_OK)
        status = near_other(n, &prefix, payout->head.proposal, &other);
    if (status == MZ_OK && other != 0)
        status = mz_note_find(n, MZ_F_NEAR_CAPS, other);
    mz_key_add_u64(&prefix, n->stamp->index);
    mz_be64_put(value, (uint64_t)n->stamp->unix_ms);
    mz_be64_put(value + 8, payout->head.proposal);
    return status == MZ_OK ? mz_note_put(n, &prefix, value, sizeof value) : status;
}

mz_status mz_note_payout(mz_note_work *n)
{
    mz_payout payout;
    mz_status status = mz_note_day(n, "booked_on");
    if (status == MZ_OK)
        status = mz_note_bank_line(n);
    if (status == MZ_OK)
        status = note_documents(n);
    if (status == MZ_OK)
        status = mz_payout_load(n->changes, n->stamp->index, &payout, n->why);
    if (status != MZ_OK)
        return status;
    n->audit->meta.counts[MZ_COUNT_PAYOUTS]++;
    status = mz_note_mark_pair(n, MZ_N_PAYEE, payout.head.party, n->stamp->index);
    if (status == MZ_OK && payout.head.need != 0)
        status = mz_note_mark_pair(n, MZ_N_WISH, payout.head.need, n->stamp->index);
    if (status == MZ_OK)
        status = note_cap(n, &payout);
    return status == MZ_OK ? mz_note_trace(n, n->stamp->index) : status;
}

mz_status mz_note_returned(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event;
    mz_status status = mz_note_day(n, "booked_on");
    if (status == MZ_OK)
        status = mz_note_bank_line(n);
    if (status == MZ_OK)
        status = mz_note_cited(n, "payout", &index, &event);
    n->audit->meta.counts[MZ_COUNT_RETURNS]++;
    return status == MZ_OK ? mz_note_trace(n, index) : status;
}

/* --- projects --- */

static mz_status named_proposal(mz_note_work *n, uint64_t *ref)
{
    return mz_note_named(n, MZ_NAME_PROPOSAL, mz_body_text(n->entry, "proposal"), ref);
}

mz_status mz_note_completed(mz_note_work *n)
{
    uint64_t ref = 0;
    const mz_status status = named_proposal(n, &ref);
    return status == MZ_OK ? mz_note_mark(n, MZ_N_UNRATED, ref) : status;
}

mz_status mz_note_rated(mz_note_work *n)
{
    uint64_t ref = 0;
    const mz_status status = named_proposal(n, &ref);
    n->audit->meta.counts[MZ_COUNT_RATINGS]++;
    return status == MZ_OK ? mz_note_unmark(n, MZ_N_UNRATED, ref) : status;
}

mz_status mz_note_statement(mz_note_work *n)
{
    mz_fund fund;
    int32_t from = 0;
    mz_status status = mz_note_fund(n, &fund);
    const bool given = mz_body_day(n->entry, "from", &from);
    assert(given);
    n->audit->meta.counts[MZ_COUNT_STATEMENTS]++;
    if (status == MZ_OK &&
        n->stamp->unix_ms >= mz_day_end_ms(from - 1 + (int32_t)fund.profile.statement_days))
        status = mz_note_find(n, MZ_F_STATEMENT_LATE, 0);
    return status;
}
