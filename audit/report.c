/* report.c — what an audit says, as JSON: one value from which the text for people is made too. */
#include <string.h>

#include "core/date.h"
#include "parts.h"

static json_t *hex(const mz_hash *hash)
{
    char text[65];
    mz_hex_32(hash->bytes, text);
    return json_string(text);
}

json_t *mz_report_reason(const mz_reason *why)
{
    char zh[1024], en[1024];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    return json_pack("{s:s, s:i, s:s, s:s}", "code", mz_status_code(why->status), "status",
                     (int)why->status, "zh", zh, "en", en);
}

static json_t *failure_json(const mz_audit *audit)
{
    const mz_failure_row *row = mz_failure_row_of(audit->failure);
    json_t *out = json_pack("{s:s, s:s, s:I, s:s, s:s}", "code", row->code, "assertion",
                            mz_assertion_row_of(audit->failed)->code, "index",
                            (json_int_t)audit->failed_index, "zh", row->zh, "en", row->en);
    if (audit->failed_why.status != MZ_OK)
        json_object_set_new(out, "reason", mz_report_reason(&audit->failed_why));
    return out;
}

static mz_verdict verdict_of(const mz_audit *audit, const mz_judgement *judgement,
                             mz_assertion assertion)
{
    if (audit->failure != MZ_X_NONE && audit->failed == assertion)
        return MZ_FAILED;
    if (judgement == NULL)
        return MZ_UNPROVED;
    if (judgement->lists[assertion].count > 0)
        return MZ_FINDING;
    return mz_assertion_row_of(assertion)->ask_en[0] != '\0' ? MZ_NEEDS_PEOPLE : MZ_PROVED;
}

/* What kinds of finding there are under an assertion, how many of each, and what to ask. */
static json_t *kinds_json(const mz_judgement *judgement, mz_assertion assertion)
{
    json_t *out = json_array();
    for (unsigned i = 1; judgement != NULL && i < MZ_FINDING_END; i++) {
        const mz_finding_row *row = mz_finding_row_of((mz_finding)i);
        if (row->assertion != assertion || judgement->counts[i] == 0)
            continue;
        json_array_append_new(out, json_pack("{s:s, s:b, s:I, s:s, s:s, s:{s:s, s:s}}", "code",
                                             row->code, "informs", row->informs, "count",
                                             (json_int_t)judgement->counts[i], "zh", row->zh, "en",
                                             row->en, "ask", "zh", row->ask_zh, "en", row->ask_en));
    }
    return out;
}

static json_t *list_json(const mz_judgement *judgement, json_t *told)
{
    return judgement != NULL && told != NULL ? json_incref(told) : json_array();
}

static json_t *assertion_json(const mz_audit *audit, const mz_judgement *judgement,
                              mz_assertion assertion)
{
    const mz_assertion_row *row = mz_assertion_row_of(assertion);
    const mz_verdict verdict = verdict_of(audit, judgement, assertion);
    const bool judged = judgement != NULL;
    return json_pack(
        "{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:s}, s:I, s:o, s:I, s:o, s:o}", "code",
        row->code, "verdict", mz_verdict_code(verdict), "title", "zh", row->title_zh, "en",
        row->title_en, "proves", "zh", row->proves_zh, "en", row->proves_en, "ask", "zh",
        row->ask_zh, "en", row->ask_en, "count",
        (json_int_t)(judged ? judgement->lists[assertion].count : 0), "entries",
        list_json(judgement, judged ? judgement->entries[assertion] : NULL), "information_count",
        (json_int_t)(judged ? judgement->informed[assertion].count : 0), "information",
        list_json(judgement, judged ? judgement->information[assertion] : NULL), "kinds",
        kinds_json(judgement, assertion));
}

static json_t *since_json(const mz_audit *audit)
{
    json_t *out = json_array();
    for (size_t i = 0; i < audit->options->since_count; i++) {
        const mz_since *since = &audit->since[i];
        const bool reached = audit->replayed;
        json_t *row = json_pack(
            "{s:s, s:I, s:o, s:s}", "file", since->file, "size", (json_int_t)since->checkpoint.size,
            "root", hex(&since->checkpoint.root), "result",
            !reached                      ? "unproved"
            : since->failure == MZ_X_NONE ? "extended"
                                          : mz_failure_row_of(since->failure)->code);
        if (since->is_receipt)
            json_object_set_new(row, "index", json_integer((json_int_t)since->index));
        json_array_append_new(out, row);
    }
    return out;
}

static json_t *counts_json(const mz_meta *meta)
{
    static const char *const NAMES[MZ_COUNT_END] = {
        [MZ_COUNT_INCOMES] = "incomes_confirmed",
        [MZ_COUNT_RECEIPTS] = "with_receipt",
        [MZ_COUNT_PAYOUTS] = "payouts",
        [MZ_COUNT_RETURNS] = "returns",
        [MZ_COUNT_REVERSALS] = "reversals",
        [MZ_COUNT_STATEMENTS] = "statements",
        [MZ_COUNT_CHECKPOINTS] = "checkpoints",
        [MZ_COUNT_RATINGS] = "ratings",
        [MZ_COUNT_GOODS] = "goods",
        [MZ_COUNT_RECONCILIATIONS] = "reconciliations",
        [MZ_COUNT_REPORTS] = "audit_reports",
    };
    json_t *out = json_object();
    for (size_t i = 0; i < MZ_COUNT_END; i++)
        json_object_set_new(out, NAMES[i], json_integer((json_int_t)meta->counts[i]));
    return out;
}

static json_t *open_json(void)
{
    size_t count = 0;
    const mz_open_row *rows = mz_open_rows(&count);
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, json_pack("{s:s, s:s, s:s}", "code", rows[i].code, "zh",
                                             rows[i].zh, "en", rows[i].en));
    return out;
}

/* The last checkpoint, as published, when it has the form of one. */
static json_t *checkpoint_json(const mz_audit *audit)
{
    mz_note note;
    const mz_view text = mz_buf_view(&audit->last_note);
    if (mz_note_parse(text, &note, NULL) != MZ_OK)
        return json_null();
    json_t *out = json_stringn((const char *)text.data, text.size);
    return out != NULL ? out : json_null();
}

/* Whom the auditor trusts: the log's keys in the pin. */
static json_t *pin_json(const mz_policy *pin)
{
    json_t *keys = json_array();
    mz_buf text;
    mz_buf_init(&text, MZ_VKEY_TEXT_MAX);
    for (size_t i = 0; i < pin->log_count; i++) {
        mz_buf_reset(&text);
        mz_vkey_put(&text, &pin->logs[i].key);
        json_array_append_new(keys, json_stringn((const char *)text.data, text.size));
    }
    mz_buf_clear(&text);
    return json_pack("{s:o, s:I}", "log_keys", keys, "witnesses", (json_int_t)pin->witness_count);
}

static json_t *run_json(const mz_audit *audit)
{
    return json_pack("{s:s, s:I, s:I, s:s, s:i}", "source",
                     audit->source != NULL ? mz_source_kind(audit->source) : "", "claimed",
                     (json_int_t)audit->end, "resumed_from", (json_int_t)audit->resumed_from,
                     "version", MZ_AUDIT_VERSION, "rules", MZ_RULES_VERSION);
}

static void add_judgement(json_t *out, const mz_judgement *judgement)
{
    json_object_set_new(out, "as_of_ms", json_integer((json_int_t)judgement->as_of_ms));
    json_object_set(out, "charity", judgement->charity);
    json_object_set(out, "funds", judgement->funds);
    json_object_set(out, "goods", judgement->goods);
    json_object_set_new(out, "goods_more", json_boolean(judgement->goods_more));
    json_object_set_new(out, "balance_fen", json_integer((json_int_t)judgement->balance_fen));
    json_object_set_new(out, "reserved_fen", json_integer((json_int_t)judgement->reserved_fen));
    if (json_array_size(judgement->due) > 0) {
        json_object_set(out, "due", judgement->due);
        json_object_set_new(out, "due_more", json_boolean(judgement->due_more));
    }
    json_object_set(out, "bank_accounts", judgement->bank_accounts);
    json_object_set(out, "bank_lines", judgement->bank_lines);
    json_object_set_new(out, "bank_lines_more", json_boolean(judgement->bank_lines_more));
}

/* jansson's functions take the NULL of a member without memory as their own failure. */
json_t *mz_report(const mz_audit *audit, const mz_judgement *judgement)
{
    const mz_meta *meta = &audit->meta;
    const mz_hash root = mz_merkle_frontier_root(&meta->frontier, audit->hasher);
    json_t *assertions = json_array();
    for (unsigned i = 0; i < MZ_ASSERTION_COUNT; i++)
        json_array_append_new(assertions, assertion_json(audit, judgement, (mz_assertion)i));
    json_t *out =
        json_pack("{s:s, s:b, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "format",
                  "mingzhang-audit-1", "proved", audit->failure == MZ_X_NONE, "origin",
                  mz_policy_origin(audit->pin), "size", (json_int_t)meta->frontier.size, "root",
                  hex(&root), "genesis", hex(&audit->pin->genesis), "assertions", assertions,
                  "counts", counts_json(meta), "since", since_json(audit), "open", open_json());
    if (out == NULL)
        return NULL;
    if (meta->frontier.size > 0) {
        json_object_set_new(out, "first_ms", json_integer((json_int_t)meta->first_ms));
        json_object_set_new(out, "last_ms", json_integer((json_int_t)meta->last_ms));
    }
    if (audit->failure != MZ_X_NONE)
        json_object_set_new(out, "failure", failure_json(audit));
    if (judgement != NULL)
        add_judgement(out, judgement);
    json_object_set_new(out, "pin", pin_json(audit->pin));
    json_object_set_new(out, "checkpoint", checkpoint_json(audit));
    json_object_set_new(out, "run", run_json(audit));
    return out;
}
