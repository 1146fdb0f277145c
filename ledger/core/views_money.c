/* views_money.c — the money of a period, drawn up as a statement, and the way of every fen. */
#include <stdio.h>

#include "core/act.h"
#include "core/totals.h"
#include "core/trace.h"
#include "core/views_make.h"

/* ---- the next statement ---- */

static void put_lines(mz_making *making, json_t *out, const char *name, const char *member,
                      const char *const *words, const int64_t *amounts_fen, size_t count)
{
    json_t *lines = json_array();
    mz_put(making, out, name, lines);
    for (size_t i = 0; i < count; i++) {
        if (amounts_fen[i] == 0)
            continue;
        json_t *line = json_object();
        mz_add(making, lines, line);
        mz_put(making, line, member, json_string(words[i]));
        mz_put(making, line, "amount_fen", json_integer(amounts_fen[i]));
    }
}

mz_status mz_statement_view(mz_changes *changes, mz_view id, int32_t to_day, int64_t now_ms,
                            json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    mz_period period;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status == MZ_OK && now_ms < mz_day_end_ms(to_day))
        status = mz_refuse(why, MZ_PERIOD_OPEN, mz_day("date", to_day));
    if (status == MZ_OK && to_day <= fund.statement_to_day)
        status = mz_refuse(why, MZ_PERIOD_GAP, mz_day("want", fund.statement_to_day + 1),
                           mz_day("date", to_day));
    if (status == MZ_OK)
        status = mz_period_read(changes, fund.ref, fund.statement_to_day + 1, to_day, &period, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_day(&making, made, "from", period.from_day);
    mz_put_day(&making, made, "to", period.to_day);
    mz_put(&making, made, "opening_fen", json_integer(period.opening_fen));
    put_lines(&making, made, "income", "kind", MZ_INCOME_KINDS, period.income_fen,
              MZ_INCOME_KIND_COUNT);
    put_lines(&making, made, "spending", "category", MZ_CATEGORIES, period.spending_fen,
              MZ_CATEGORY_COUNT);
    mz_put(&making, made, "returned_fen", json_integer(period.returned_fen));
    mz_put(&making, made, "corrections_fen", json_integer(period.corrections_fen));
    mz_put(&making, made, "moved_fen", json_integer(period.moved_fen));
    mz_put(&making, made, "closing_fen", json_integer(period.closing_fen));
    mz_put(&making, made, "reserved_fen", json_integer(period.reserved_fen));
    return mz_making_end(&making, status, made, out);
}

/* ---- the way of every fen ---- */

typedef struct tracing {
    mz_making *making;
    json_t *rows;
    bool more;
} tracing;

static json_t *part_row(tracing *of, const char *state, int64_t amount_fen)
{
    of->more = json_array_size(of->rows) >= MZ_TRACE_PARTS_MAX;
    if (of->more)
        return NULL;
    json_t *row = json_object();
    mz_add(of->making, of->rows, row);
    mz_put(of->making, row, "state", json_string(state));
    mz_put(of->making, row, "amount_fen", json_integer(amount_fen));
    return row;
}

static mz_status income_part(const mz_income_part *part, void *context, mz_reason *why)
{
    static const char *const STATES[] = {"", "free", "used", "was_used", "reversed"};
    tracing *of = context;
    mz_fund fund;
    json_t *row = part_row(of, STATES[part->state], part->amount_fen);
    if (row == NULL)
        return MZ_OK;
    mz_put_index(of->making, row, "payout", part->payout);
    mz_put_index(of->making, row, "reversal", part->index);
    mz_status status = mz_fund_load(of->making->changes, part->fund, &fund, why);
    if (status != MZ_OK)
        return status;
    mz_put_view(of->making, row, "fund", mz_id_view(fund.id));
    return mz_put_purpose(of->making, row, "purpose", part->purpose);
}

static mz_status payout_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    static const char *const STATES[] = {"", "stands", "replaced", "returned"};
    tracing *of = context;
    (void)why;
    json_t *row = part_row(of, STATES[part->state], part->amount_fen);
    if (row == NULL)
        return MZ_OK;
    mz_put_index(of->making, row, "income", part->income);
    mz_put_index(of->making, row, "reversal", part->index);
    return mz_put_purpose(of->making, row, "purpose", part->purpose);
}

/* The income or payout that an entry is, or speaks of. */
static mz_status traced_ref(mz_making *making, uint64_t index, mz_event *event, mz_ref *ref)
{
    mz_buf text;
    mz_entry entry = {0};
    int64_t unix_ms;
    uint8_t jti[16];
    mz_status status = mz_entry_read(making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return status;
    *event = entry.row->event;
    *ref = index;
    bool confirms = *event == MZ_INCOME_CONFIRMED && mz_body_jti(&entry, "income", jti);
    bool returns = *event == MZ_PAYOUT_RETURNED && mz_body_jti(&entry, "payout", jti);
    if (confirms || returns)
        status = mz_jti_find(making->changes, jti, ref, event, making->why);
    else if (*event != MZ_INCOME_RECORDED && *event != MZ_PAYOUT_MADE)
        status = MZ_NOT_FOUND;
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_trace_view(mz_changes *changes, uint64_t index, int64_t now_ms, json_t **out,
                        mz_reason *why)
{
    static const char *const INCOME[] = {"amount_fen", "kind", NULL};
    static const char *const PAYOUT[] = {"proposal", "party", "draws", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_event event = MZ_EVENT_NONE;
    mz_ref ref = 0;
    json_t *made = json_object();
    tracing of = {.making = &making, .rows = json_array()};
    mz_status status = traced_ref(&making, index, &event, &ref);
    bool income = event == MZ_INCOME_RECORDED;
    mz_put(&making, made, "index", json_integer((json_int_t)ref));
    mz_put(&making, made, "event", json_string(income ? "income.recorded" : "payout.made"));
    mz_put(&making, made, "parts", of.rows);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, ref, income ? INCOME : PAYOUT);
    if (status == MZ_OK)
        status = income ? mz_trace_income(changes, ref, income_part, &of, why)
                        : mz_trace_payout(changes, ref, payout_part, &of, why);
    mz_put(&making, made, "more", json_boolean(of.more));
    if (status == MZ_NOT_FOUND) {
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
        status = mz_refuse(why, MZ_NOT_FOUND, mz_words("id", number),
                           mz_words("kind", MZ_BOTH("收入或拨付", "income or payout")));
    }
    return mz_making_end(&making, status, made, out);
}
