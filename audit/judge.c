/* judge.c — when the replay is over: what the entries left open, and what the state shows as of a
 * moment. What can no longer change is kept in the store, so that the next audit need not look. */
#include <stdlib.h>
#include <string.h>

#include "core/conflict.h"
#include "core/date.h"
#include "core/lots.h"
#include "core/money.h"
#include "parts.h"

#define CHANGES_MAX (3u << 20)
#define UNCONFIRMED_DAYS 30
#define DORMANT_MONTHS 12
#define BANK_LINES_SHOWN 10000

typedef struct judge {
    mz_audit *audit;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_judgement *judgement;
    mz_reason *why;
} judge;

static mz_status open_judge(judge *j, bool write)
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

static mz_status close_judge(judge *j, bool keep, mz_status status)
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

/* The end of a walk is no trouble. */
static mz_status walked(mz_status status)
{
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static uint64_t last_u64(const mz_key_bytes *key)
{
    return mz_be64_get(key->bytes + key->size - 8);
}

/* --- kept: compromise and conflicts, once for each effect --- */

static mz_status leaf_time(mz_audit *audit, uint64_t index, int64_t *unix_ms)
{
    mz_stretch *stretch = &audit->batches[0]->stretch;
    mz_view jws;
    mz_status status = mz_source_read(audit->source, index, index + 1, stretch, audit->why);
    if (status == MZ_OK && stretch->leaves.count == 0)
        status = mz_refuse(audit->why, MZ_IO, mz_words("cause", "an entry has gone"));
    return status == MZ_OK
               ? mz_leaf_split(mz_strings_at(&stretch->leaves, 0), unix_ms, &jws, audit->why)
               : status;
}

/* The first entry of at least this log time, below `end`. */
static mz_status first_since(mz_audit *audit, int64_t since_ms, uint64_t end, uint64_t *index)
{
    uint64_t low = 0, high = end;
    mz_status status = MZ_OK;
    while (status == MZ_OK && low < high) {
        const uint64_t middle = low + (high - low) / 2;
        int64_t unix_ms = 0;
        status = leaf_time(audit, middle, &unix_ms);
        if (unix_ms < since_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return status;
}

static mz_status match_leaf(judge *j, mz_view leaf, const mz_effect *effect, uint64_t index,
                            mz_buf *payload)
{
    int64_t unix_ms = 0;
    mz_view text;
    mz_jws jws;
    mz_buf_reset(payload);
    if (mz_leaf_split(leaf, &unix_ms, &text, NULL) != MZ_OK ||
        mz_jws_parse(text, MZ_ENTRY_TYP, &jws, payload, NULL) != MZ_OK)
        return MZ_OK; /* it was verified when it was replayed */
    if (memcmp(jws.kid.bytes, effect->thumbprint, sizeof jws.kid.bytes) != 0)
        return MZ_OK;
    return mz_note_finding(j->changes, MZ_F_COMPROMISED, index, effect->index, j->why);
}

/* Reads again what was written since the key was compromised: rare, and bounded by that time. */
static mz_status find_compromised(judge *j, const mz_effect *effect)
{
    mz_stretch *stretch = &j->audit->batches[0]->stretch;
    uint64_t at = 0;
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_status status = first_since(j->audit, effect->since_ms, effect->index, &at);
    while (status == MZ_OK && at < effect->index) {
        status = mz_source_read(j->audit->source, at, effect->index, stretch, j->why);
        if (status == MZ_OK && stretch->leaves.count == 0)
            status = mz_refuse(j->why, MZ_IO, mz_words("cause", "an entry has gone"));
        for (size_t i = 0; status == MZ_OK && i < stretch->leaves.count; i++)
            status = match_leaf(j, mz_strings_at(&stretch->leaves, i), effect, at + i, &payload);
        at += stretch->leaves.count;
    }
    mz_buf_clear(&payload);
    return status;
}

/* Payouts to one party before an entry. */
static mz_status find_paid_before(judge *j, mz_ref party, uint64_t index)
{
    mz_key_bytes prefix = mz_note_key(MZ_N_PAYEE);
    mz_view value;
    mz_status status = MZ_OK;
    mz_key_add_u64(&prefix, party);
    mz_key_bytes at = prefix;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK &&
           last_u64(&at) < index) {
        status = mz_note_finding(j->changes, MZ_F_CONFLICT_LATE, last_u64(&at), index, j->why);
        if (status != MZ_OK)
            break;
    }
    return walked(status);
}

/* Walks whoever was ever found to be the same as `party`. */
static mz_status group_prefix(judge *j, mz_ref party, mz_key_bytes *prefix)
{
    mz_ref leader = 0;
    const mz_status status = mz_party_leader(j->changes, party, MZ_NEVER - 1, &leader, j->why);
    *prefix = mz_key_u64(MZ_KIND_PARTY_GROUP, leader);
    return status;
}

static mz_status find_conflict(judge *j, const mz_effect *effect)
{
    mz_key_bytes prefix;
    if (effect->party == 0 || effect->actor_no == 0)
        return MZ_OK;
    mz_status status = group_prefix(j, effect->party, &prefix);
    mz_key_bytes at = prefix;
    mz_ref member = 0;
    while (status == MZ_OK &&
           (status = mz_party_group_next(j->changes, &prefix, &at, &member, j->why)) == MZ_OK) {
        bool same = false;
        status = mz_same_party(j->changes, member, effect->party, effect->index, &same, j->why);
        if (status == MZ_OK && same)
            status = find_paid_before(j, member, effect->index);
    }
    return walked(status);
}

static mz_status keep_effects(judge *j)
{
    mz_ledger ledger;
    mz_meta *meta = &j->audit->meta;
    mz_status status = mz_ledger_load(j->changes, &ledger, j->why);
    while (status == MZ_OK && meta->effects_seen < ledger.effect_count) {
        mz_effect effect;
        const mz_key_bytes key = mz_key_u64(MZ_KIND_EFFECT, meta->effects_seen + 1);
        status = mz_state_load(j->changes, &key, &effect, sizeof effect, j->why);
        if (status == MZ_OK && effect.kind == MZ_EFFECT_COMPROMISE)
            status = find_compromised(j, &effect);
        else if (status == MZ_OK &&
                 (effect.kind == MZ_EFFECT_CONFLICT || effect.kind == MZ_EFFECT_PARTY))
            status = find_conflict(j, &effect);
        meta->effects_seen++;
        if (status == MZ_OK && mz_changes_size(j->changes) > CHANGES_MAX)
            status = mz_changes_flush(j->changes, j->why);
    }
    return status;
}

/* --- proposals --- */

static bool not_decided(const mz_proposal *proposal)
{
    return proposal->head.stage == MZ_LAPSED && proposal->head.lapsed_from == MZ_APPLIED;
}

/* Proposals that have ended change no more. */
static mz_status keep_ended(judge *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_UNFINISHED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_proposal proposal;
        status = mz_proposal_load(j->changes, last_u64(&at), &proposal, j->why);
        if (status != MZ_OK)
            break;
        if (proposal.head.stage < MZ_COMPLETED)
            continue;
        if (not_decided(&proposal))
            status = mz_note_finding(j->changes, MZ_F_NOT_DECIDED, last_u64(&at), 0, j->why);
        if (status == MZ_OK)
            status = mz_changes_erase(j->changes, MZ_TABLE_AUDIT, mz_key_view(&at), j->why);
        if (status == MZ_OK && mz_changes_size(j->changes) > CHANGES_MAX)
            status = mz_changes_flush(j->changes, j->why);
        if (status != MZ_OK)
            break;
    }
    return walked(status);
}

/* --- seen now --- */

static void add_found(mz_found_list *list, mz_found found)
{
    size_t at = list->shown;
    list->count++;
    while (at > 0 && (list->items[at - 1].index > found.index ||
                      (list->items[at - 1].index == found.index &&
                       list->items[at - 1].finding > found.finding)))
        at--;
    if (at == MZ_FINDINGS_SHOWN)
        return;
    if (list->shown < MZ_FINDINGS_SHOWN)
        list->shown++;
    memmove(&list->items[at + 1], &list->items[at], (list->shown - 1 - at) * sizeof list->items[0]);
    list->items[at] = found;
}

static void see(judge *j, mz_finding finding, uint64_t index, uint64_t other)
{
    add_found(&j->judgement->lists[mz_finding_row_of(finding)->assertion],
              (mz_found){finding, index, other});
}

static mz_status see_kept(judge *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_FINDING);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        if (at.size == 11 && value.size == 8 && at.bytes[10] < MZ_FINDING_END)
            see(j, (mz_finding)at.bytes[10], mz_be64_get(at.bytes + 2), mz_be64_get(value.data));
    }
    return walked(status);
}

static mz_status see_proposals(judge *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_UNFINISHED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_proposal proposal;
        status = mz_proposal_load(j->changes, last_u64(&at), &proposal, j->why);
        if (status != MZ_OK)
            break;
        if (not_decided(&proposal))
            see(j, MZ_F_NOT_DECIDED, last_u64(&at), 0);
        else if (proposal.head.stage == MZ_PAYING && proposal.head.late != 0)
            see(j, MZ_F_NOT_COMPLETED, last_u64(&at), 0);
    }
    return walked(status);
}

static mz_status see_unconfirmed(judge *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_UNCONFIRMED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_income income;
        status = mz_income_load(j->changes, last_u64(&at), &income, j->why);
        if (status != MZ_OK)
            break;
        const int32_t last_day = mz_day_of_ms(income.recorded_ms) + UNCONFIRMED_DAYS;
        if (j->judgement->as_of_ms >= mz_day_end_ms(last_day))
            see(j, MZ_F_UNCONFIRMED, last_u64(&at), 0);
    }
    return walked(status);
}

/* A note by party: its number. MZ_NOT_FOUND. */
static mz_status party_note(judge *j, mz_note_kind kind, mz_ref party, uint64_t *number)
{
    mz_key_bytes key = mz_note_key(kind);
    mz_view value;
    mz_key_add_u64(&key, party);
    const mz_status status =
        mz_changes_get(j->changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, j->why);
    if (status == MZ_OK)
        *number = mz_be64_get(value.data);
    return status;
}

/* The first income and the first source of whoever is the same as a payee; 0: none. */
static mz_status related(judge *j, mz_ref party, uint64_t *income, uint64_t *source)
{
    mz_key_bytes prefix;
    mz_status status = group_prefix(j, party, &prefix);
    mz_key_bytes at = prefix;
    *income = *source = 0;
    mz_ref member = 0;
    while (status == MZ_OK &&
           (status = mz_party_group_next(j->changes, &prefix, &at, &member, j->why)) == MZ_OK) {
        if (*income == 0)
            status = walked(party_note(j, MZ_N_DONOR, member, income));
        if (status == MZ_OK && *source == 0)
            status = walked(party_note(j, MZ_N_SOURCE_PARTY, member, source));
    }
    return walked(status);
}

static mz_status see_related_payout(judge *j, mz_ref ref, uint64_t income, uint64_t source)
{
    mz_payout payout;
    const mz_status status = mz_payout_load(j->changes, ref, &payout, j->why);
    if (status != MZ_OK || payout.head.reversed_index != MZ_NEVER)
        return status;
    if (income != 0)
        see(j, MZ_F_DONOR_PAID, ref, income);
    if (source != 0)
        see(j, MZ_F_SOURCE_PAID, ref, source);
    return MZ_OK;
}

static mz_status see_related(judge *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_PAYEE);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_ref party = 0;
    uint64_t income = 0, source = 0;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        const mz_ref next = mz_be64_get(at.bytes + 1);
        if (next != party)
            status = related(j, next, &income, &source);
        party = next;
        if (status == MZ_OK && (income != 0 || source != 0))
            status = see_related_payout(j, last_u64(&at), income, source);
        if (status != MZ_OK)
            break;
    }
    return walked(status);
}

/* --- funds --- */

static void fail_balance(judge *j, mz_ref fund, const mz_reason *reason)
{
    (void)mz_audit_fail(j->audit, MZ_X_BALANCE, fund, reason);
}

static bool bucket_holds(const mz_bucket *b)
{
    int64_t sum_fen = 0;
    return mz_fen_sub(b->confirmed_fen, b->reversed_fen, &sum_fen) &&
           mz_fen_add(sum_fen, b->moved_in_fen, &sum_fen) &&
           mz_fen_sub(sum_fen, b->moved_out_fen, &sum_fen) &&
           mz_fen_sub(sum_fen, b->paid_fen, &sum_fen) &&
           mz_fen_add(sum_fen, b->returned_fen, &sum_fen) && sum_fen == b->balance_fen &&
           b->balance_fen >= b->reserved_fen && b->reserved_fen >= 0 &&
           b->free_fen == b->balance_fen;
}

/* The whole of a bucket is walked once; afterwards each payout is traced when it is made. */
static mz_status check_bucket(judge *j, mz_ref fund, mz_ref purpose, const mz_bucket *bucket)
{
    mz_reason reason = {0};
    mz_status status = MZ_OK;
    if (j->audit->resumed_from == 0)
        status = mz_lots_check(j->changes, fund, purpose, &reason);
    if (mz_audit_is_trouble(status)) {
        *j->why = reason;
        return status;
    }
    if (status != MZ_OK || !bucket_holds(bucket))
        fail_balance(j, fund, &reason);
    return MZ_OK;
}

static json_t *bucket_json(const char *purpose, const mz_bucket *b)
{
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "purpose", purpose, "confirmed_fen",
        (json_int_t)b->confirmed_fen, "reversed_fen", (json_int_t)b->reversed_fen, "moved_in_fen",
        (json_int_t)b->moved_in_fen, "moved_out_fen", (json_int_t)b->moved_out_fen, "paid_fen",
        (json_int_t)b->paid_fen, "returned_fen", (json_int_t)b->returned_fen, "balance_fen",
        (json_int_t)b->balance_fen, "reserved_fen", (json_int_t)b->reserved_fen);
}

static mz_status look_at_buckets(judge *j, const mz_fund *fund, json_t *rows)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_BUCKET, fund->ref);
    mz_key_bytes at = prefix;
    mz_view value;
    int64_t balance_fen = 0, reserved_fen = 0;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_bucket bucket;
        char name[MZ_ID_SIZE_MAX + 1];
        const mz_ref purpose = last_u64(&at);
        status = mz_state_load(j->changes, &at, &bucket, sizeof bucket, j->why);
        if (status == MZ_OK)
            status = check_bucket(j, fund->ref, purpose, &bucket);
        if (status == MZ_OK)
            status = mz_purpose_name(j->changes, purpose, name, j->why);
        if (status == MZ_OK && json_array_append_new(rows, bucket_json(name, &bucket)) != 0)
            status = mz_refuse(j->why, MZ_NO_MEMORY);
        if (status != MZ_OK)
            return status;
        balance_fen += bucket.balance_fen; /* many at most 10^15, checked when stored */
        reserved_fen += bucket.reserved_fen;
    }
    if (balance_fen != fund->balance_fen || reserved_fen != fund->reserved_fen)
        fail_balance(j, fund->ref, NULL);
    return walked(status);
}

static void see_fund(judge *j, const mz_fund *fund)
{
    const int64_t as_of_ms = j->judgement->as_of_ms;
    const bool moved = fund->last_movement_ms != MZ_NO_TIME;
    const int64_t last_ms = moved ? fund->last_movement_ms : fund->opened_ms;
    const int32_t last_day = mz_day_of_ms(last_ms);
    const bool closed = fund->stage == MZ_FUND_IS_CLOSED;
    const int32_t due_day = fund->statement_to_day + (int32_t)fund->profile.statement_days;
    if (!closed && as_of_ms >= mz_day_end_ms(mz_day_add_months(last_day, DORMANT_MONTHS)))
        see(j, MZ_F_DORMANT, fund->ref, 0);
    if (fund->stage == MZ_FUND_IS_CLOSING)
        see(j, MZ_F_CLOSING, fund->ref, 0);
    if (as_of_ms >= mz_day_end_ms(due_day) && !(closed && fund->statement_to_day >= last_day))
        see(j, MZ_F_STATEMENT_OVERDUE, fund->ref, 0);
}

static mz_status count_statements(judge *j, mz_ref fund, uint64_t *count)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_STATEMENT, fund);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    for (*count = 0; (status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK;)
        (*count)++;
    return walked(status);
}

static mz_status look_at_fund(judge *j, mz_ref ref)
{
    static const char *const STAGES[] = {"", "open", "closing", "closed"};
    mz_fund fund;
    uint64_t statements = 0;
    char to[MZ_DAY_TEXT_SIZE] = "";
    json_t *buckets = json_array();
    mz_status status = buckets == NULL
                           ? mz_refuse(j->why, MZ_NO_MEMORY)
                           : mz_rules_settle(j->changes, ref, j->judgement->as_of_ms, j->why);
    if (status == MZ_OK)
        status = mz_fund_load(j->changes, ref, &fund, j->why);
    if (status == MZ_OK)
        status = look_at_buckets(j, &fund, buckets);
    if (status == MZ_OK)
        status = count_statements(j, ref, &statements);
    if (status != MZ_OK) {
        json_decref(buckets);
        return status;
    }
    see_fund(j, &fund);
    if (statements > 0)
        mz_day_text(fund.statement_to_day, to);
    const mz_view id = mz_id_view(fund.id);
    json_t *row =
        json_pack("{s:s%, s:I, s:s, s:I, s:I, s:I, s:s, s:I, s:o}", "fund", (const char *)id.data,
                  id.size, "index", (json_int_t)ref, "state", STAGES[fund.stage & 3], "balance_fen",
                  (json_int_t)fund.balance_fen, "reserved_fen", (json_int_t)fund.reserved_fen,
                  "statements", (json_int_t)statements, "published_to", to, "unconfirmed",
                  (json_int_t)fund.unconfirmed_count, "purposes", buckets);
    return json_array_append_new(j->judgement->funds, row) == 0 ? MZ_OK
                                                                : mz_refuse(j->why, MZ_NO_MEMORY);
}

static mz_status look_at_funds(judge *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        status = look_at_fund(j, last_u64(&at));
        if (status != MZ_OK)
            break;
    }
    return walked(status);
}

/* What was booked at the bank, by account and reference, for people to compare. */
static json_t *bank_line_json(const mz_key_bytes *at, const mz_bank_line *line)
{
    const char *account = (const char *)at->bytes + 1; /* after the kind, up to the 0x00 */
    const size_t size = strnlen(account, at->size - 1);
    const char *reference = account + size + 1;
    if (size + 2 > at->size)
        return NULL;
    return json_pack("{s:s%, s:s%, s:s, s:I, s:I}", "account", account, size, "bank_ref", reference,
                     at->size - size - 2, "direction", line->direction == MZ_BANK_IN ? "in" : "out",
                     "amount_fen", (json_int_t)line->used_fen, "entries", (json_int_t)line->count);
}

static mz_status list_bank_lines(judge *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_BANK_LINE);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_bank_line line;
        if (json_array_size(j->judgement->bank_lines) == BANK_LINES_SHOWN) {
            j->judgement->bank_lines_more = true;
            return MZ_OK;
        }
        if (value.size != sizeof line)
            return mz_refuse(j->why, MZ_CORRUPT, mz_words("cause", "a bank line"));
        memcpy(&line, value.data, sizeof line);
        if (json_array_append_new(j->judgement->bank_lines, bank_line_json(&at, &line)) != 0)
            return mz_refuse(j->why, MZ_NO_MEMORY);
    }
    return walked(status);
}

mz_status mz_judge(mz_audit *audit, mz_judgement *judgement)
{
    judge j = {.audit = audit, .judgement = judgement, .why = audit->why};
    judgement->as_of_ms = audit->options->as_of_ms > audit->meta.last_ms ? audit->options->as_of_ms
                                                                         : audit->meta.last_ms;
    judgement->funds = json_array();
    judgement->bank_lines = json_array();
    mz_status status = judgement->funds == NULL || judgement->bank_lines == NULL
                           ? mz_refuse(audit->why, MZ_NO_MEMORY)
                           : open_judge(&j, true);
    if (status == MZ_OK) {
        status = keep_effects(&j);
        if (status == MZ_OK)
            status = keep_ended(&j);
        if (status == MZ_OK)
            status = mz_note_meta_store(j.changes, &audit->meta, j.why);
        status = close_judge(&j, true, status);
    }
    if (status == MZ_OK)
        status = open_judge(&j, false);
    if (status == MZ_OK)
        status = look_at_funds(&j);
    if (status == MZ_OK)
        status = see_kept(&j);
    if (status == MZ_OK)
        status = see_proposals(&j);
    if (status == MZ_OK)
        status = see_unconfirmed(&j);
    if (status == MZ_OK)
        status = see_related(&j);
    if (status == MZ_OK)
        status = list_bank_lines(&j);
    return j.txn != NULL ? close_judge(&j, false, status) : status;
}
