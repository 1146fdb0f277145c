#include "seed_draft.h"

#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "core/views.h"

typedef struct draft {
    mz_snapshot *snapshot;
    const char *fund, *actor;
    json_t *body;
    int64_t now_ms;
    mz_reason *why;
} draft;

static mz_status set_new(const draft *of, const char *name, json_t *value)
{
    return json_object_set_new(of->body, name, value) == 0 ? MZ_OK
                                                           : mz_refuse(of->why, MZ_NO_MEMORY);
}

static bool lacks(const draft *of, const char *name)
{
    return json_object_get(of->body, name) == NULL;
}

/* ---- vote.cast, statement.published ---- */

static mz_status draft_ballot(const draft *of)
{
    char id[MZ_ID_SIZE_MAX + 1];
    mz_reason unknown = {0};
    bool no_supersedes = json_is_null(json_object_get(of->body, "supersedes"));
    if (no_supersedes)
        json_object_del(of->body, "supersedes");
    snprintf(id, sizeof(id), "%.*s", (int)strcspn(of->actor, "#"), of->actor);
    /* a ballot that cannot be completed is the ledger's to refuse */
    if (mz_ballot_complete(mz_snapshot_changes(of->snapshot), mz_view_of(id), of->body, of->now_ms,
                           &unknown) == MZ_OK &&
        no_supersedes)
        json_object_del(of->body, "supersedes");
    return MZ_OK;
}

static mz_status draft_statement(const draft *of)
{
    int32_t to_day;
    json_t *made = NULL;
    const char *to = json_string_value(json_object_get(of->body, "$draft_to"));
    if (to == NULL)
        return MZ_OK;
    if (!mz_day_parse(mz_view_of(to), &to_day))
        return mz_refuse(of->why, MZ_BAD_VALUE, mz_words("path", "$draft_to"),
                         mz_words("want", "YYYY-MM-DD"));
    mz_status status = mz_statement_view(mz_snapshot_changes(of->snapshot),
                                         mz_view_of(of->fund == NULL ? "" : of->fund), to_day,
                                         of->now_ms, &made, of->why);
    json_object_del(of->body, "$draft_to");
    if (status == MZ_OK && json_object_update_missing(of->body, made) != 0)
        status = mz_refuse(of->why, MZ_NO_MEMORY);
    json_decref(made);
    return status;
}

/* ---- balance.reconciled ---- */

/* The balances of the account's funds, also of a month that is not over: that is the ledger's to
 * refuse. An account or month that is none is, too. */
static mz_status draft_balances(const draft *of, const char *account, const char *month)
{
    const mz_bank_figures bank = {.known = false};
    int32_t first_day, last_day;
    json_t *made = NULL;
    mz_reason unknown = {0};
    if (!mz_month_parse(mz_view_of(month), &first_day, &last_day))
        return MZ_OK;
    const int64_t end_ms = mz_day_end_ms(last_day);
    if (mz_reconciliation_draft(mz_snapshot_changes(of->snapshot), mz_view_of(account),
                                mz_view_of(month), &bank, of->now_ms > end_ms ? of->now_ms : end_ms,
                                &made, &unknown) != MZ_OK)
        return MZ_OK;
    const mz_status status =
        set_new(of, "balances", json_incref(json_object_get(made, "balances")));
    json_decref(made);
    return status;
}

static bool add_up(const json_t *list, const char *name, int64_t *total_fen)
{
    bool fits = true;
    for (size_t i = 0; i < json_array_size(list) && fits; i++)
        fits = mz_fen_add(*total_fen,
                          json_integer_value(json_object_get(json_array_get(list, i), name)),
                          total_fen);
    return fits;
}

/* The balances, and what the bank then says if the script's outside money and differences hold. */
static mz_status draft_reconciliation(const draft *of)
{
    const char *account = json_string_value(json_object_get(of->body, "account"));
    const char *month = json_string_value(json_object_get(of->body, "month"));
    int64_t bank_fen = json_integer_value(json_object_get(of->body, "outside_fen"));
    mz_status status = MZ_OK;
    if (account == NULL || month == NULL)
        return MZ_OK;
    if (lacks(of, "balances"))
        status = draft_balances(of, account, month);
    if (status != MZ_OK || !lacks(of, "bank_balance_fen") ||
        !add_up(json_object_get(of->body, "balances"), "balance_fen", &bank_fen) ||
        !add_up(json_object_get(of->body, "differences"), "amount_fen", &bank_fen))
        return status;
    return set_new(of, "bank_balance_fen", json_integer(bank_fen));
}

/* ---- audit.reported ---- */

/* The whole log as it is, with its root. */
static mz_status draft_report(const draft *of)
{
    char hex[65];
    const mz_hash root = mz_snapshot_root(of->snapshot);
    mz_status status = MZ_OK;
    mz_hex_32(root.bytes, hex);
    if (lacks(of, "size"))
        status = set_new(of, "size", json_integer((json_int_t)mz_snapshot_size(of->snapshot)));
    return status == MZ_OK && lacks(of, "root") ? set_new(of, "root", json_string(hex)) : status;
}

static const struct {
    mz_event event;
    mz_status (*draft)(const draft *of);
} DRAFTS[] = {
    {MZ_VOTE_CAST,           draft_ballot        },
    {MZ_STATEMENT_PUBLISHED, draft_statement     },
    {MZ_BALANCE_RECONCILED,  draft_reconciliation},
    {MZ_AUDIT_REPORTED,      draft_report        },
};

mz_status mz_seed_draft(mz_log *log, const mz_event_row *row, const char *fund, const char *actor,
                        json_t *body, int64_t now_ms, mz_reason *why)
{
    draft of = {.fund = fund, .actor = actor, .body = body, .now_ms = now_ms, .why = why};
    for (size_t i = 0; i < sizeof(DRAFTS) / sizeof(DRAFTS[0]); i++) {
        if (DRAFTS[i].event != row->event)
            continue;
        mz_status status = mz_snapshot_open(log, &of.snapshot, why);
        if (status == MZ_OK)
            status = DRAFTS[i].draft(&of);
        mz_snapshot_close(of.snapshot);
        return status;
    }
    return MZ_OK;
}
