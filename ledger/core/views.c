/* views.c — the ledger, a fund, a source and a party as people see them. */
#include "core/views_make.h"

#include <string.h>

#include "core/act.h"

/* ---- ledger ---- */

static mz_status put_actors(mz_making *making, const mz_ledger *ledger, json_t *out)
{
    json_t *actors = json_array();
    mz_put(making, out, "actors", actors);
    for (mz_actor_no no = 1; no <= ledger->actor_count && !making->failed; no++) {
        mz_actor actor;
        mz_ref funds[MZ_LIST_ITEMS_MAX];
        mz_status status = mz_actor_load_funds(making->changes, no, &actor, funds, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = json_object();
        mz_add(making, actors, row);
        mz_put_view(making, row, "actor", mz_id_view(actor.id));
        mz_put(making, row, "role", json_string(mz_role_name((mz_role)actor.role)));
        mz_put(making, row, "enrolled_ms", json_integer(actor.enrolled_ms));
        mz_put(making, row, "in_effect", json_boolean(actor.retired_index == MZ_NEVER));
        if (actor.role != MZ_STEWARD)
            continue;
        json_t *names = json_array();
        mz_put(making, row, "funds", names);
        for (uint32_t i = 0; i < actor.fund_count; i++) {
            mz_fund fund;
            status = mz_fund_load(making->changes, funds[i], &fund, making->why);
            if (status != MZ_OK)
                return status;
            mz_view id = mz_id_view(fund.id);
            mz_add(making, names, json_stringn((const char *)id.data, id.size));
        }
    }
    return MZ_OK;
}

mz_status mz_put_fund_row(mz_making *making, const mz_fund *fund, json_t *row)
{
    static const char *const NAMES[] = {"name", "community", NULL};
    mz_put_view(making, row, "fund", mz_id_view(fund->id));
    mz_put(making, row, "state", json_string(mz_fund_stage_word(fund->stage)));
    mz_put(making, row, "balance_fen", json_integer(fund->balance_fen));
    mz_put(making, row, "reserved_fen", json_integer(fund->reserved_fen));
    mz_put(making, row, "free_fen", json_integer(fund->balance_fen - fund->reserved_fen));
    return mz_put_body(making, row, fund->ref, NAMES);
}

mz_status mz_fund_refs(mz_making *making, mz_ref *refs, size_t refs_max, size_t *count)
{
    mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes key = prefix;
    mz_view value;
    *count = 0;
    for (;;) {
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && *count == refs_max))
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        refs[(*count)++] = mz_be64_get(key.bytes + key.size - 8);
    }
}

static mz_status put_funds(mz_making *making, json_t *out)
{
    mz_ref refs[MZ_FUNDS_LISTED_MAX];
    size_t count;
    mz_status status = mz_fund_refs(making, refs, MZ_FUNDS_LISTED_MAX, &count);
    json_t *funds = json_array();
    mz_put(making, out, "funds", funds);
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        mz_fund fund;
        status = mz_rules_settle(making->changes, refs[i], making->now_ms, making->why);
        if (status == MZ_OK)
            status = mz_fund_load(making->changes, refs[i], &fund, making->why);
        json_t *row = json_object();
        mz_add(making, funds, row);
        if (status == MZ_OK)
            status = mz_put_fund_row(making, &fund, row);
    }
    return status;
}

mz_status mz_ledger_view(mz_changes *changes, int64_t now_ms, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"charity", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_ledger ledger;
    json_t *made = json_object();
    mz_status status = mz_ledger_load(changes, &ledger, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    char log_key[44];
    mz_base64url_32(ledger.log_key, log_key);
    mz_put(&making, made, "origin", json_string(ledger.origin));
    mz_put(&making, made, "rules", json_integer(ledger.rules_version));
    mz_put(&making, made, "log_key", json_string(log_key));
    mz_put(&making, made, "officers", json_integer(ledger.officer_count));
    status = mz_put_body(&making, made, 0, NAMES);
    if (status == MZ_OK)
        status = put_actors(&making, &ledger, made);
    if (status == MZ_OK)
        status = put_funds(&making, made);
    return mz_making_end(&making, status, made, out);
}

/* ---- fund ---- */

static void put_profile(mz_making *making, const mz_profile *profile, json_t *out)
{
    const int64_t values[] = {profile->min_seats,      profile->consult_days, profile->vote_days,
                              profile->apply_days,     profile->review_days,  profile->pay_days,
                              profile->statement_days, profile->goods_cap_fen};
    json_t *object = json_object();
    mz_put(making, out, "profile", object);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        mz_put(making, object, MZ_PROFILE_NAMES[i], json_integer(values[i]));
}

static void put_bucket(mz_making *making, const mz_bucket *bucket, json_t *row)
{
    const struct {
        const char *name;
        int64_t amount_fen;
    } figures[] = {
        {"balance_fen",   bucket->balance_fen                       },
        {"reserved_fen",  bucket->reserved_fen                      },
        {"free_fen",      bucket->balance_fen - bucket->reserved_fen},
        {"confirmed_fen", bucket->confirmed_fen                     },
        {"reversed_fen",  bucket->reversed_fen                      },
        {"moved_in_fen",  bucket->moved_in_fen                      },
        {"moved_out_fen", bucket->moved_out_fen                     },
        {"paid_fen",      bucket->paid_fen                          },
        {"returned_fen",  bucket->returned_fen                      },
    };
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        mz_put(making, row, figures[i].name, json_integer(figures[i].amount_fen));
}

static mz_status put_bucket_row(mz_making *making, mz_ref fund, mz_ref purpose, json_t *buckets)
{
    static const char *const NAMES[] = {"text", "categories", NULL};
    mz_bucket bucket;
    memset(&bucket, 0, sizeof(bucket)); /* no row yet: nothing has been booked to it */
    mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, fund, purpose);
    mz_status status = mz_state_load(making->changes, &key, &bucket, sizeof(bucket), making->why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    json_t *row = json_object();
    mz_add(making, buckets, row);
    status = mz_put_purpose(making, row, "purpose", purpose);
    if (status == MZ_OK && purpose != MZ_GENERAL)
        status = mz_put_body(making, row, purpose, NAMES);
    put_bucket(making, &bucket, row);
    return status;
}

typedef struct bucket_list {
    mz_ref fund;
    json_t *buckets;
} bucket_list;

static mz_status bucket_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    bucket_list *list = context;
    (void)go_on;
    return put_bucket_row(making, list->fund, index, list->buckets);
}

mz_status mz_put_buckets(mz_making *making, const mz_fund *fund, json_t *out)
{
    bucket_list list = {.fund = fund->ref, .buckets = json_array()};
    uint64_t next;
    mz_put(making, out, "buckets", list.buckets);
    mz_status status = put_bucket_row(making, fund->ref, MZ_GENERAL, list.buckets);
    if (status == MZ_OK)
        status = mz_fund_rows(making, fund->ref, MZ_PURPOSE_DEFINED, MZ_NEVER, MZ_VIEW_ROWS_MAX,
                              bucket_row, &list, &next);
    return status;
}

static mz_status put_people(mz_making *making, json_t *out, const char *name,
                            const mz_actor_no *people, size_t count)
{
    json_t *list = json_array();
    mz_put(making, out, name, list);
    for (size_t i = 0; i < count; i++) {
        mz_actor actor;
        mz_status status = mz_actor_load(making->changes, people[i], &actor, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = json_object();
        mz_add(making, list, row);
        mz_put_view(making, row, "actor", mz_id_view(actor.id));
        mz_put(making, row, "in_effect", json_boolean(actor.retired_index == MZ_NEVER));
    }
    return MZ_OK;
}

mz_status mz_put_committee(mz_making *making, const mz_fund *fund, json_t *out)
{
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    if (fund->epoch == 0)
        return MZ_OK;
    mz_status status =
        mz_seating_load(making->changes, fund->ref, fund->epoch, &seating, people, making->why);
    if (status != MZ_OK)
        return status;
    json_t *object = json_object();
    mz_put(making, out, "committee", object);
    mz_put(making, object, "epoch", json_integer(seating.epoch));
    mz_put_ms(making, object, "seated_ms", seating.confirmed_ms);
    mz_put_day(making, object, "term_ends", seating.term_ends_day);
    mz_put(making, object, "term_over",
           json_boolean(making->now_ms >= mz_day_end_ms(seating.term_ends_day)));
    status = mz_put_actor(making, object, "chair", seating.chair);
    if (status == MZ_OK)
        status = put_people(making, object, "members", people, seating.member_count);
    if (status == MZ_OK)
        status = put_people(making, object, "alternates", people + seating.member_count,
                            seating.alternate_count);
    if (status == MZ_OK)
        status = put_people(making, object, "supervisors",
                            people + seating.member_count + seating.alternate_count,
                            seating.supervisor_count);
    return status;
}

static mz_status source_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_source source;
    mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, index);
    (void)go_on;
    mz_status status = mz_state_load(making->changes, &key, &source, sizeof(source), making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = json_object();
    mz_add(making, context, row);
    mz_put_view(making, row, "source", mz_id_view(source.id));
    mz_put(making, row, "kind", json_string(MZ_SOURCE_KINDS[source.kind]));
    mz_put_day(making, row, "signed_on", source.signed_day);
    mz_put_day(making, row, "ends_on", source.ends_day);
    return mz_put_party(making, row, "party", source.party);
}

typedef struct unconfirmed {
    json_t *rows;
    uint32_t left;
} unconfirmed;

static mz_status unconfirmed_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    unconfirmed *list = context;
    mz_income income;
    mz_key_bytes key = mz_key_u64(MZ_KIND_INCOME, index);
    mz_status status = mz_state_load(making->changes, &key, &income, sizeof(income), making->why);
    if (status != MZ_OK || income.stage != MZ_INCOME_RECORDED_STAGE)
        return status;
    json_t *row = json_object();
    mz_add(making, list->rows, row);
    mz_put(making, row, "index", json_integer((json_int_t)index));
    mz_put(making, row, "kind", json_string(MZ_INCOME_KINDS[income.kind]));
    mz_put(making, row, "amount_fen", json_integer(income.amount_fen));
    mz_put_day(making, row, "received_on", income.received_day);
    mz_put_ms(making, row, "recorded_ms", income.recorded_ms);
    status = mz_put_purpose(making, row, "purpose", income.purpose);
    *go_on = --list->left > 0;
    return status;
}

/* Walks back only as far as the oldest of those that the fund counts. */
mz_status mz_put_unconfirmed(mz_making *making, const mz_fund *fund, json_t *out, const char *name)
{
    unconfirmed list = {.rows = json_array(), .left = fund->unconfirmed_count};
    uint64_t next;
    mz_put(making, out, name, list.rows);
    if (list.left == 0)
        return MZ_OK;
    return mz_fund_rows(making, fund->ref, MZ_INCOME_RECORDED, MZ_NEVER, SIZE_MAX, unconfirmed_row,
                        &list, &next);
}

void mz_put_statement_state(mz_making *making, const mz_fund *fund, json_t *out)
{
    json_t *object = json_object();
    mz_put(making, out, "statement", object);
    if (fund->statement_to_day >= mz_day_of_ms(fund->opened_ms))
        mz_put_day(making, object, "published_to", fund->statement_to_day);
    mz_put_day(making, object, "next_from", fund->statement_to_day + 1);
    mz_put_day(making, object, "due_on",
               fund->statement_to_day + (int32_t)fund->profile.statement_days);
}

mz_status mz_fund_view(mz_changes *changes, mz_view id, int64_t now_ms, json_t **out,
                       mz_reason *why)
{
    static const char *const NAMES[] = {"agreement_no", NULL};
    static mz_status (*const SUMMARIES[])(mz_making *, const mz_fund *, json_t *) = {
        mz_put_need_summary, mz_put_goods_summary, mz_put_rating_summary, mz_put_account_summary};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    uint64_t next = MZ_NEVER;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status == MZ_OK)
        status = mz_put_fund_row(&making, &fund, made);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, fund.ref, NAMES);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_view(&making, made, "account", mz_id_view(fund.account));
    mz_put_ms(&making, made, "opened_ms", fund.opened_ms);
    put_profile(&making, &fund.profile, made);
    status = mz_put_buckets(&making, &fund, made);
    if (status == MZ_OK)
        status = mz_put_committee(&making, &fund, made);
    if (status == MZ_OK)
        status = mz_fund_rows(&making, fund.ref, MZ_SOURCE_REGISTERED, MZ_NEVER, MZ_VIEW_ROWS_MAX,
                              source_row, mz_put_list(&making, made, "sources"), &next);
    if (status == MZ_OK)
        status = mz_put_unconfirmed(&making, &fund, made, "unconfirmed");
    if (status == MZ_OK)
        status = mz_put_proposals(&making, &fund, MZ_NEVER, made);
    for (size_t i = 0; i < sizeof(SUMMARIES) / sizeof(SUMMARIES[0]) && status == MZ_OK; i++)
        status = SUMMARIES[i](&making, &fund, made);
    mz_put_statement_state(&making, &fund, made);
    return mz_making_end(&making, status, made, out);
}

/* ---- source and party ---- */

/* The sessions of one source. */
typedef struct session_list {
    mz_ref source;
    json_t *rows;
} session_list;

static mz_status session_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"number", "date",   "place", "stalls",
                                        "firms",  "visits", NULL};
    session_list *list = context;
    mz_session session;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, index);
    mz_status status = mz_state_load(making->changes, &key, &session, sizeof(session), making->why);
    *go_on = index > list->source && json_array_size(list->rows) < MZ_VIEW_ROWS_MAX;
    if (status != MZ_OK || session.source != list->source)
        return status;
    json_t *row = mz_add_object(making, list->rows);
    mz_put(making, row, "reversed", json_boolean(session.reversed != 0));
    mz_put_count(making, row, "cited_count", session.dependant_count);
    return mz_put_told(making, row, index, NAMES);
}

static mz_status put_sessions(mz_making *making, const mz_source *source, json_t *out)
{
    uint64_t next;
    session_list list = {.source = source->ref, .rows = mz_put_list(making, out, "sessions")};
    return mz_fund_rows(making, source->fund, MZ_SESSION_HELD, MZ_NEVER, SIZE_MAX, session_row,
                        &list, &next);
}

mz_status mz_source_view(mz_changes *changes, mz_view id, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"agreement", "gratuitous", "signed_on", "evidence", NULL};
    mz_making making = {.changes = changes, .why = why};
    uint64_t ref = 0;
    mz_source source;
    json_t *made = json_object();
    mz_status status = mz_named(&making, MZ_NAME_SOURCE, MZ_BOTH("来源", "source"), id, &ref);
    if (status == MZ_OK)
        status = mz_source_load(changes, ref, &source, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_view(&making, made, "source", mz_id_view(source.id));
    status = mz_put_fund(&making, made, "fund", source.fund);
    mz_put(&making, made, "kind", json_string(MZ_SOURCE_KINDS[source.kind]));
    mz_put_count(&making, made, "index", ref);
    if (status == MZ_OK)
        status = mz_put_party(&making, made, "party", source.party);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, ref, NAMES);
    mz_put_day(&making, made, "ends_on", source.ends_day);
    mz_put(&making, made, "confirmed_fen", json_integer(source.confirmed_fen));
    if (status == MZ_OK)
        status = put_sessions(&making, &source, made);
    return mz_making_end(&making, status, made, out);
}

mz_status mz_party_view(mz_changes *changes, mz_view id, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"name", NULL};
    mz_making making = {.changes = changes, .why = why};
    uint64_t ref;
    mz_party party;
    json_t *made = json_object();
    mz_status status = mz_named(&making, MZ_NAME_PARTY, MZ_BOTH("往来方", "party"), id, &ref);
    if (status == MZ_OK)
        status = mz_party_load(changes, ref, &party, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_view(&making, made, "party", mz_id_view(party.id));
    mz_put(&making, made, "kind", json_string(MZ_PARTY_KINDS[party.kind]));
    mz_put(&making, made, "verified", json_boolean(party.registration != 0));
    mz_put(&making, made, "index", json_integer((json_int_t)ref));
    if (party.credit_code[0] != '\0')
        mz_put(
            &making, made, "credit_code",
            json_stringn(party.credit_code, strnlen(party.credit_code, sizeof(party.credit_code))));
    status = mz_put_body(&making, made, party.registration != 0 ? party.registration : ref, NAMES);
    if (status == MZ_OK)
        status = mz_put_actor(&making, made, "person", party.actor_no);
    if (status == MZ_OK && party.group != 0 && party.group != ref)
        status = mz_put_party(&making, made, "same_as", party.group);
    return mz_making_end(&making, status, made, out);
}
