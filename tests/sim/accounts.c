/* accounts.c — statements. */
#include "sim/sim.h"

/* The body as the program draws it up for people. */
static void drawn_up(sim *s, const char *fund, int32_t to)
{
    mz_reason why = {0};
    json_t *view = NULL;
    mz_buf text;
    mz_mark mark = mz_changes_mark(s->changes);
    require_ok(s, mz_statement_view(s->changes, mz_view_of(fund), to, s->now, &view, &why), &why,
               "statement");
    mz_changes_rollback(s->changes, mark);
    mz_buf_init(&text, BODY_MAX - 1);
    require_ok(s, mz_json_print(view, &text), &why, "statement");
    write_body(s, "%s", (const char *)text.data);
    mz_buf_clear(&text);
    json_decref(view);
}

void act_statement(sim *s)
{
    int fund = any_fund(s);
    model_fund f = model_fund_at(s->m, (size_t)fund);
    int32_t from = f.next_statement_day + (below(s, 30) == 0);
    int32_t to = today(s) - 1 + (below(s, 30) == 0) - (chance(s, 40) ? below(s, 10) : 0);
    if (to < from && !chance(s, 3))
        return;
    if (to < today(s) && to >= f.next_statement_day && chance(s, 25)) {
        drawn_up(s, f.id, to);
        submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
        return;
    }
    model_period p = model_period_of(s->m, (size_t)fund, from, to);
    int wrong = chance(s, 30) ? below(s, 8) : -1;
    write_body(s, "{'from':'%s','to':'%s','opening_fen':%lld,'income':[", day_text(from),
               day_text(to), (long long)p.opening_fen + (wrong == 0));
    for (int i = 0, first = 1; i < 8; i++) {
        if (p.income_fen[i] != 0) {
            add_body(s, "%s{'kind':'%s','amount_fen':%lld}", first ? "" : ",", MZ_INCOME_KINDS[i],
                     (long long)p.income_fen[i] + (first && wrong == 1));
            first = 0;
        }
    }
    add_body(s, "],'spending':[");
    for (int i = 0, first = 1; i < 10; i++) {
        if (p.spending_fen[i] != 0 && (wrong != 7 || !first)) {
            add_body(s, "%s{'category':'%s','amount_fen':%lld}", first ? "" : ",", MZ_CATEGORIES[i],
                     (long long)p.spending_fen[i]);
            first = 0;
        }
    }
    add_body(s,
             "],'returned_fen':%lld,'corrections_fen':%lld,'moved_fen':%lld,'closing_fen':%lld,"
             "'reserved_fen':%lld}",
             (long long)p.returned_fen + (wrong == 2), (long long)p.corrections_fen + (wrong == 3),
             (long long)p.moved_fen + (wrong == 4), (long long)p.closing_fen + (wrong == 5),
             (long long)p.reserved_fen + (wrong == 6));
    submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
}
