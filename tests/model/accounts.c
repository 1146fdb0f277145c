/* accounts.c — statements and reconciliations. */
#include "model/world.h"

static int64_t flow_value(const flow *f)
{
    switch (f->what) {
    case F_INCOME:
    case F_RETURNED:
    case F_REV_PAYOUT:
    case F_IN:
        return f->amount;
    case F_RESERVED:
        return 0;
    default:
        return -f->amount;
    }
}

static void add_flow(model_period *period, const flow *f)
{
    if (f->what == F_INCOME)
        period->income_fen[f->detail] += f->amount;
    else if (f->what == F_SPEND)
        period->spending_fen[f->detail] += f->amount;
    else if (f->what == F_RETURNED)
        period->returned_fen += f->amount;
    else if (f->what == F_IN || f->what == F_OUT)
        period->moved_fen += flow_value(f);
    else if (f->what != F_RESERVED)
        period->corrections_fen += flow_value(f);
}

model_period period_of(const world *w, int fund, int32_t from, int32_t to)
{
    model_period period = {0};
    for (int i = 0; i < w->flows_count; i++) {
        const flow *f = &w->flows[i];
        if (f->fund != fund || day_of(f->ms) > to)
            continue;
        period.closing_fen += flow_value(f);
        if (f->what == F_RESERVED)
            period.reserved_fen += f->amount;
        if (day_of(f->ms) < from)
            period.opening_fen += flow_value(f);
        else
            add_flow(&period, f);
    }
    return period;
}

static bool same_lines(step *s, const char *name, const char *member, const char *const *words,
                       const int64_t *want, int count)
{
    int64_t stated[10] = {0};
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, name), i, item)
    {
        int which = word(text_in(item, member), words);
        REQUIRE(which >= 0 && which < count && stated[which] == 0, "%s: line repeated", name);
        stated[which] = number_in(item, "amount_fen");
    }
    for (int k = 0; k < count; k++)
        REQUIRE(stated[k] == want[k], "%s differs: %s", name, words[k]);
    return true;
}

bool statement_published(step *s)
{
    fund_row *f = &s->w->funds[s->fund];
    int32_t from = date(s, "from"), to = date(s, "to");
    REQUIRE(seated_member(s->w, s->fund, s->signer), "not a seated member");
    REQUIRE(from == f->next_from, "period does not join");
    REQUIRE(to >= from && to < s->day, "period is not over");
    model_period want = period_of(s->w, s->fund, from, to);
    REQUIRE(number(s, "opening_fen") == want.opening_fen, "opening differs");
    REQUIRE(number(s, "returned_fen") == want.returned_fen, "returned differs");
    REQUIRE(number(s, "corrections_fen") == want.corrections_fen, "corrections differ");
    REQUIRE(number(s, "moved_fen") == want.moved_fen, "moved differs");
    REQUIRE(number(s, "closing_fen") == want.closing_fen, "closing differs");
    REQUIRE(number(s, "reserved_fen") == want.reserved_fen, "reserved differs");
    if (!same_lines(s, "income", "kind", KINDS, want.income_fen, 8) ||
        !same_lines(s, "spending", "category", CATEGORIES, want.spending_fen, 10))
        return false;
    f->next_from = to + 1;
    return true;
}

/* ---- reconciliation ---- */

/* Whether a fund lay in an account at the end of a month. */
static bool in_account(const fund_row *f, const char *account, int32_t last_day)
{
    return strcmp(f->account, account) == 0 && f->opened_ms < end_of(last_day) &&
           f->closed_ms >= end_of(last_day);
}

/* Every fund of the account, once, with the log's balance; their sum. */
static bool check_balances(step *s, const char *account, int32_t last_day, int64_t *sum)
{
    const world *w = s->w;
    size_t i;
    const json_t *item;
    bool listed[FUNDS] = {false};
    json_array_foreach(list(s, "balances"), i, item)
    {
        int f = find_fund(w, text_in(item, "fund"));
        REQUIRE(f != NONE, "no such fund");
        REQUIRE(in_account(&w->funds[f], account, last_day), "fund is not in the account");
        REQUIRE(!listed[f], "fund listed twice");
        listed[f] = true;
        int64_t stated = number_in(item, "balance_fen");
        REQUIRE(stated == period_of(w, f, last_day, last_day).closing_fen, "balance differs");
        *sum += stated;
    }
    for (int f = 0; f < w->funds_count; f++)
        REQUIRE(listed[f] || !in_account(&w->funds[f], account, last_day), "fund left out");
    return true;
}

bool balance_reconciled(step *s)
{
    world *w = s->w;
    size_t i;
    const json_t *item;
    const char *account = text(s, "account");
    int32_t last_day = month_end(text(s, "month"));
    int64_t balances = 0, differences = 0;
    bool known = false;
    REQUIRE(s->ms >= end_of(last_day), "month is not over");
    for (int f = 0; f < w->funds_count; f++)
        known = known || strcmp(w->funds[f].account, account) == 0;
    REQUIRE(known, "no fund has this account");
    if (!check_balances(s, account, last_day, &balances))
        return false;
    json_array_foreach(list(s, "differences"), i, item)
    {
        differences += number_in(item, "amount_fen");
    }
    REQUIRE(number(s, "bank_balance_fen") == balances + number(s, "outside_fen") + differences,
            "bank balance is not the sum");
    reconciliation_row *r = &w->reconciliations[ADD(reconciliations)];
    *r = (reconciliation_row){.last_day = last_day,
                              .index = s->index,
                              .bank = number(s, "bank_balance_fen"),
                              .outside = number(s, "outside_fen"),
                              .differences = differences,
                              .balances = balances};
    snprintf(r->account, sizeof r->account, "%s", account);
    return true;
}
