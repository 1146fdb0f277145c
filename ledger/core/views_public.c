/* views_public.c — the funds of a charity, and one fund as it is disclosed. */
#include "core/views_public.h"

#include <string.h>

#include "core/money.h"
#include "core/totals.h"
#include "core/views_make.h"
#include "core/views_public_make.h"

/* ---- the log ---- */

mz_status mz_log_end(mz_making *making, uint64_t *size, int64_t *last_ms)
{
    static const uint8_t LAST[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    mz_view key, leaf, jws;
    mz_status status = mz_changes_seek_back(making->changes, MZ_TABLE_ENTRIES, (mz_view){NULL, 0},
                                            (mz_view){LAST, sizeof LAST}, &key, &leaf, making->why);
    if (status == MZ_OK && key.size != sizeof LAST)
        return mz_refuse_corrupt(making->why, "an entry has a wrong key");
    if (status != MZ_OK)
        return status;
    *size = mz_be64_get(key.data) + 1;
    return mz_leaf_split(leaf, last_ms, &jws, making->why);
}

mz_status mz_origin_view(mz_changes *changes, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"charity", NULL};
    mz_making making = {.changes = changes, .why = why};
    uint64_t size = 0;
    int64_t last_ms = 0;
    json_t *made = json_object();
    mz_status status = mz_log_end(&making, &size, &last_ms);
    mz_put_count(&making, made, "size", size);
    mz_put_ms(&making, made, "last_ms", last_ms);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, 0, NAMES);
    return mz_making_end(&making, status, made, out);
}

/* ---- funds ---- */

static mz_status put_listed_fund(mz_making *making, mz_ref ref, json_t *rows)
{
    mz_fund fund;
    mz_status status = mz_rules_settle(making->changes, ref, making->now_ms, making->why);
    if (status == MZ_OK)
        status = mz_fund_load(making->changes, ref, &fund, making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, rows);
    status = mz_put_fund_row(making, &fund, row);
    mz_put_statement_state(making, &fund, row);
    return status;
}

mz_status mz_funds_view(mz_changes *changes, uint64_t after, int64_t now_ms, json_t **out,
                        mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes key = after == 0 ? prefix : mz_key_u64(MZ_KIND_FUND, after);
    json_t *made = json_object(), *rows = mz_put_list(&making, made, "funds");
    mz_status status = MZ_OK;
    mz_ref last = 0;
    while (status == MZ_OK) {
        mz_view value;
        status = mz_state_next(changes, &prefix, &key, &value, why);
        if (status == MZ_OK && json_array_size(rows) == MZ_PUBLIC_FUNDS_MAX) {
            mz_put_next(&making, made, last);
            break;
        }
        if (status != MZ_OK)
            break;
        last = mz_be64_get(key.bytes + key.size - 8);
        status = put_listed_fund(&making, last, rows);
    }
    return mz_making_end(&making, status == MZ_NOT_FOUND ? MZ_OK : status, made, out);
}

/* ---- the figures of a period ---- */

static void put_lines(mz_making *making, json_t *out, const char *name, const char *member,
                      const char *const *words, const int64_t *amounts_fen, size_t count)
{
    json_t *lines = mz_put_list(making, out, name);
    for (size_t i = 0; i < count; i++) {
        if (amounts_fen[i] == 0)
            continue;
        json_t *line = mz_add_object(making, lines);
        mz_put(making, line, member, json_string(words[i]));
        mz_put(making, line, "amount_fen", json_integer(amounts_fen[i]));
    }
}

static mz_status add_up(const int64_t *amounts_fen, size_t count, int64_t *sum_fen, mz_reason *why)
{
    *sum_fen = 0;
    for (size_t i = 0; i < count; i++) {
        if (!mz_fen_add(*sum_fen, amounts_fen[i], sum_fen))
            return mz_refuse_limit(why);
    }
    return MZ_OK;
}

mz_status mz_put_figures(mz_making *making, const mz_period *period, json_t *out)
{
    int64_t income_fen, spending_fen;
    mz_status status = add_up(period->income_fen, MZ_INCOME_KIND_COUNT, &income_fen, making->why);
    if (status == MZ_OK)
        status = add_up(period->spending_fen, MZ_CATEGORY_COUNT, &spending_fen, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_day(making, out, "from", period->from_day);
    mz_put_day(making, out, "to", period->to_day);
    mz_put(making, out, "opening_fen", json_integer(period->opening_fen));
    put_lines(making, out, "income", "kind", MZ_INCOME_KINDS, period->income_fen,
              MZ_INCOME_KIND_COUNT);
    put_lines(making, out, "spending", "category", MZ_CATEGORIES, period->spending_fen,
              MZ_CATEGORY_COUNT);
    mz_put(making, out, "income_fen", json_integer(income_fen));
    mz_put(making, out, "spending_fen", json_integer(spending_fen));
    mz_put(making, out, "returned_fen", json_integer(period->returned_fen));
    mz_put(making, out, "corrections_fen", json_integer(period->corrections_fen));
    mz_put(making, out, "moved_fen", json_integer(period->moved_fen));
    mz_put(making, out, "closing_fen", json_integer(period->closing_fen));
    return MZ_OK;
}

int32_t mz_month_first(int32_t day)
{
    return day - (mz_day_of_month(day) - 1);
}

static mz_status put_year(mz_making *making, const mz_fund *fund, json_t *out)
{
    const int32_t today = mz_day_of_ms(making->now_ms), opened = mz_day_of_ms(fund->opened_ms);
    const int32_t new_year =
        mz_month_first(mz_day_add_months(mz_month_first(today), 1 - mz_day_month(today)));
    const int32_t from = new_year > opened ? new_year : opened;
    mz_period flows;
    mz_status status = mz_flows_read(making->changes, fund->ref, from, today, &flows, making->why);
    if (status != MZ_OK)
        return status;
    flows.opening_fen = fund->balance_fen - flows.closing_fen;
    flows.closing_fen = fund->balance_fen;
    json_t *year = mz_put_object(making, out, "year");
    mz_put(making, year, "year", json_integer(mz_day_year(today)));
    return mz_put_figures(making, &flows, year);
}

/* From today's balance back, so that it costs the days of these months alone. */
static mz_status put_months(mz_making *making, const mz_fund *fund, json_t *out)
{
    const int32_t opened = mz_day_of_ms(fund->opened_ms);
    int32_t to = mz_day_of_ms(making->now_ms);
    int64_t balance_fen = fund->balance_fen;
    json_t *months = mz_put_list(making, out, "months");
    for (size_t i = 0; i < MZ_PUBLIC_MONTHS && to >= opened; i++) {
        char text[MZ_MONTH_TEXT_SIZE];
        const int32_t from = mz_month_first(to);
        int64_t income_fen, spending_fen;
        mz_period flows;
        mz_status status = mz_flows_read(making->changes, fund->ref, from, to, &flows, making->why);
        if (status == MZ_OK)
            status = add_up(flows.income_fen, MZ_INCOME_KIND_COUNT, &income_fen, making->why);
        if (status == MZ_OK)
            status = add_up(flows.spending_fen, MZ_CATEGORY_COUNT, &spending_fen, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = json_object();
        if (json_array_insert_new(months, 0, row) != 0)
            making->failed = true;
        mz_month_text(from, text);
        mz_put(making, row, "month", json_string(text));
        mz_put(making, row, "income_fen", json_integer(income_fen));
        mz_put(making, row, "spending_fen", json_integer(spending_fen));
        mz_put(making, row, "balance_fen", json_integer(balance_fen));
        balance_fen -= flows.closing_fen;
        to = from - 1;
    }
    return MZ_OK;
}

/* ---- proposals ---- */

static mz_status put_ballots(mz_making *making, const mz_fund *fund, const mz_proposal *proposal,
                             json_t *row)
{
    mz_panel panel;
    const char *cause = NULL;
    if (fund->epoch == 0 || proposal->head.stage > MZ_VOTING)
        return MZ_OK;
    mz_status status =
        mz_panel_read(making->changes, proposal, fund->epoch, MZ_AS_OF_NOW, &panel, making->why);
    if (status == MZ_OK)
        status = mz_voting_suspended(making->changes, fund, making->now_ms, MZ_AS_OF_NOW, &cause,
                                     making->why);
    if (status != MZ_OK)
        return status;
    json_t *object = mz_put_object(making, row, "panel");
    mz_put_count(making, object, "needed", panel.needed);
    mz_put_count(making, object, "approvals", panel.approvals);
    mz_put_count(making, object, "rejections", panel.rejections);
    mz_put_count(making, object, "count", panel.count);
    mz_put(making, object, "short", json_boolean(panel.is_short));
    mz_put(making, object, "suspended", json_boolean(cause != NULL));
    return MZ_OK;
}

/* At most 200, by the rules. */
static mz_status put_open(mz_making *making, const mz_fund *fund, json_t *out)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_OPEN, fund->ref);
    mz_key_bytes key = prefix;
    json_t *rows = mz_put_list(making, out, "open");
    for (;;) {
        mz_view value;
        mz_proposal proposal;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = mz_proposal_load(making->changes, mz_be64_get(key.bytes + key.size - 8),
                                      &proposal, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = mz_add_object(making, rows);
        status = mz_put_proposal_head(making, &proposal, row);
        mz_put(making, row, "has_need", json_boolean(proposal.head.need != 0));
        if (status == MZ_OK)
            status = put_ballots(making, fund, &proposal, row);
        if (status != MZ_OK)
            return status;
    }
}

static mz_status past_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_proposal proposal;
    mz_moment rated;
    (void)go_on;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK || proposal.head.stage < MZ_PAYING)
        return status;
    json_t *row = mz_add_object(making, context);
    status = mz_put_proposal_head(making, &proposal, row);
    return status == MZ_OK ? mz_put_ratings(making, &proposal, row, &rated) : status;
}

static mz_status put_past(mz_making *making, const mz_fund *fund, uint64_t before, json_t *out)
{
    uint64_t next = MZ_NEVER;
    const mz_status status =
        mz_fund_rows(making, fund->ref, MZ_PROPOSAL_FILED, before, MZ_PUBLIC_PROJECTS_MAX, past_row,
                     mz_put_list(making, out, "past"), &next);
    mz_put_next(making, out, next);
    return status;
}

/* ---- where money comes from ---- */

mz_status mz_put_party_public(mz_making *making, mz_ref ref, json_t *out)
{
    static const char *const NAMES[] = {"name", NULL};
    mz_party party;
    if (ref == 0)
        return MZ_OK;
    mz_status status = mz_party_load(making->changes, ref, &party, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_view(making, out, "party", mz_id_view(party.id));
    mz_put(making, out, "party_kind", json_string(MZ_PARTY_KINDS[party.kind]));
    if (party.kind == MZ_PARTY_PERSON)
        return MZ_OK;
    json_t *body = json_object();
    status = mz_put_body(making, body, party.registration != 0 ? party.registration : ref, NAMES);
    mz_put_copy(making, out, "party_name", body, "name");
    json_decref(body);
    return status;
}

static mz_status source_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"agreement", NULL};
    mz_source source;
    (void)go_on;
    mz_status status = mz_source_load(making->changes, index, &source, making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, context), *body = json_object();
    mz_put_view(making, row, "source", mz_id_view(source.id));
    mz_put(making, row, "kind", json_string(MZ_SOURCE_KINDS[source.kind]));
    mz_put_count(making, row, "index", index);
    status = mz_put_body(making, body, index, NAMES);
    mz_put_copy(making, row, "service_type", json_object_get(body, "agreement"), "service_type");
    json_decref(body);
    mz_put_day(making, row, "signed_on", source.signed_day);
    mz_put_day(making, row, "ends_on", source.ends_day);
    mz_put(making, row, "ended",
           json_boolean(source.ends_day < mz_day_of_ms(making->now_ms) ||
                        source.ended_index != MZ_NEVER));
    mz_put(making, row, "gratuitous", json_boolean(source.gratuitous != 0));
    mz_put(making, row, "confirmed_fen", json_integer(source.confirmed_fen));
    return status == MZ_OK ? mz_put_party_public(making, source.party, row) : status;
}

static mz_status put_sources(mz_making *making, const mz_fund *fund, json_t *out)
{
    uint64_t next = MZ_NEVER;
    const mz_status status =
        mz_fund_rows(making, fund->ref, MZ_SOURCE_REGISTERED, MZ_NEVER, MZ_PUBLIC_SOURCES_MAX,
                     source_row, mz_put_list(making, out, "sources"), &next);
    if (next != MZ_NEVER)
        mz_put(making, out, "more_sources", json_true());
    return status;
}

/* ---- what was published, and who acts ---- */

static mz_status put_statements(mz_making *making, const mz_fund *fund, json_t *out)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_STATEMENT, fund->ref);
    mz_key_bytes at = prefix;
    json_t *rows = mz_put_list(making, out, "statements");
    mz_key_add_u32(&at, UINT32_MAX);
    while (json_array_size(rows) < MZ_PUBLIC_STATEMENTS_MAX) {
        mz_view found, value;
        mz_statement statement;
        mz_status status =
            mz_changes_seek_back(making->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                 mz_key_view(&at), &found, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK && value.size != sizeof statement)
            return mz_refuse_corrupt(making->why, "a statement has a wrong size");
        if (status != MZ_OK)
            return status;
        memcpy(&statement, value.data, sizeof statement);
        json_t *row = mz_add_object(making, rows);
        mz_put_count(making, row, "index", statement.index);
        mz_put_day(making, row, "from", statement.from_day);
        mz_put_day(making, row, "to", statement.to_day);
        mz_put(making, row, "closing_fen", json_integer(statement.closing_fen));
        if (statement.to_day <= 0)
            return MZ_OK;
        at = prefix;
        mz_key_add_u32(&at, (uint32_t)statement.to_day - 1);
    }
    return MZ_OK;
}

/* Who signed the newest entry of an event. */
static mz_status handler_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {NULL};
    *go_on = false;
    return mz_put_told(making, context, index, NAMES);
}

static mz_status put_handlers(mz_making *making, const mz_fund *fund, json_t *out)
{
    static const struct {
        mz_event event;
        mz_role role;
    } WORK[] = {
        {MZ_INCOME_RECORDED,      MZ_STEWARD },
        {MZ_PROPOSAL_FILED,       MZ_STEWARD },
        {MZ_APPLICATION_APPROVED, MZ_REVIEWER},
        {MZ_INCOME_CONFIRMED,     MZ_CASHIER },
        {MZ_PAYOUT_MADE,          MZ_CASHIER },
    };
    json_t *rows = mz_put_list(making, out, "handled");
    for (size_t i = 0; i < sizeof WORK / sizeof WORK[0]; i++) {
        uint64_t next;
        json_t *told = json_object();
        const mz_status status =
            mz_fund_rows(making, fund->ref, WORK[i].event, MZ_NEVER, 1, handler_row, told, &next);
        if (status == MZ_OK && json_object_size(told) > 0) {
            json_t *row = mz_add_object(making, rows);
            mz_put(making, row, "role", json_string(mz_role_name(WORK[i].role)));
            mz_put(making, row, "event", json_string(mz_event_row_of(WORK[i].event)->name));
            mz_put_copy(making, row, "actor", told, "actor");
            mz_put_copy(making, row, "index", told, "index");
            mz_put_copy(making, row, "at_ms", told, "at_ms");
        }
        json_decref(told);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

/* ---- one fund ---- */

mz_status mz_disclosure_view(mz_changes *changes, mz_view id, uint64_t before, int64_t now_ms,
                             json_t **out, mz_reason *why)
{
    typedef mz_status part(mz_making *, const mz_fund *, json_t *);
    static part *const PARTS[] = {mz_put_fund_row,
                                  put_year,
                                  put_months,
                                  mz_put_buckets,
                                  put_open,
                                  mz_put_need_summary,
                                  mz_put_goods_summary,
                                  mz_put_rating_summary,
                                  mz_put_account_summary,
                                  put_sources,
                                  put_statements,
                                  mz_put_committee,
                                  put_handlers};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0] && status == MZ_OK; i++)
        status = PARTS[i](&making, &fund, made);
    if (status == MZ_OK)
        status = put_past(&making, &fund, before, made);
    mz_put_view(&making, made, "account", mz_id_view(fund.account));
    mz_put_ms(&making, made, "opened_ms", fund.opened_ms);
    mz_put_count(&making, made, "unconfirmed_count", fund.unconfirmed_count);
    mz_put_statement_state(&making, &fund, made);
    return mz_making_end(&making, status, made, out);
}

mz_status mz_party_public_view(mz_changes *changes, mz_view id, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    uint64_t ref;
    json_t *made = json_object();
    mz_status status = mz_named(&making, MZ_NAME_PARTY, MZ_BOTH("往来方", "party"), id, &ref);
    if (status == MZ_OK)
        status = mz_put_party_public(&making, ref, made);
    return mz_making_end(&making, status, made, out);
}

mz_status mz_fund_called_view(mz_changes *changes, mz_view id, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"name", "community", NULL};
    mz_making making = {.changes = changes, .why = why};
    uint64_t ref;
    json_t *made = json_object();
    mz_status status = mz_named(&making, MZ_NAME_FUND, MZ_BOTH("基金", "fund"), id, &ref);
    mz_put_view(&making, made, "fund", id);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, ref, NAMES);
    return mz_making_end(&making, status, made, out);
}
