/* income.c — incomes and reversals. */
#include "sim/sim.h"

static void confirm_income(sim *s, const thing *t)
{
    char purpose[12];
    memcpy(purpose, t->purpose, sizeof purpose);
    int64_t amount = t->amount + (below(s, 60) == 0);
    int64_t total = 0;
    int ref = ++s->number;
    if (chance(s, 25)) { /* one bank line, many gifts */
        ref = below(s, 6);
        total = 3000;
    }
    write_body(
        s, "{'income':'%s','amount_fen':%lld,'purpose':'%s','booked_on':'%s','bank_ref':'B%d'",
        t->jti, (long long)amount, below(s, 60) == 0 ? "general" : purpose, booked_text(s), ref);
    if (total != 0)
        add_body(s, ",'bank_total_fen':%lld", (long long)total + (below(s, 20) == 0));
    bool waive = t->kind < 0 ? chance(s, 60) : chance(s, 20);
    if (!waive || below(s, 60) == 0)
        add_body(s, ",'receipt_no':'R%d'", below(s, 40) == 0 ? s->number / 2 : s->number);
    if (waive || below(s, 60) == 0)
        add_body(s, ",'receipt_waived':'w'");
    add_body(s, "}");
    thing recorded = *t;
    if (!submit(s, "income.confirmed", signer_of(s, MZ_CASHIER), fund_for(s, t->fund)))
        return;
    thing *c = add_thing(s, &s->confirmations, recorded.fund);
    memcpy(c->other, recorded.jti, sizeof c->other);
    memcpy(c->purpose, recorded.purpose, sizeof c->purpose);
    c->amount = recorded.amount;
}

static void add_income_source(sim *s, int fund, int kind)
{
    int from = any_source(s, fund, kind - 1 + (below(s, 40) == 0));
    thing *held = pick(s, &s->sessions);
    if (from < 0 && !chance(s, 3))
        return;
    if (kind == MZ_INCOME_MARKET || chance(s, 3)) {
        for (int i = 0; i < 20 && held != NULL && (held->fund != fund || chance(s, 2)); i++)
            held = pick(s, &s->sessions);
        if (held != NULL && below(s, 12) != 0)
            from = held->about;
        if (held != NULL && below(s, 40) != 0)
            add_body(s, ",'session':'%s'", held->jti);
    } else if (below(s, 30) != 0 && from >= 0) {
        add_body(s, ",'earned_to':'%s'", day_text(s->sources[from].signed_on + below(s, 200) - 4));
    }
    if (from >= 0)
        add_body(s, ",'source':'s%d'", from);
}

void act_income(sim *s)
{
    int fund = any_fund(s);
    int kind = chance(s, 60) ? MZ_INCOME_DONATION : below(s, 8);
    if (below(s, 80) == 0)
        kind = 8 + below(s, 2);
    thing recorded = {0};
    recorded.amount = amount_below(s, 1500);
    if (s->seed % 5 == 0 && chance(s, 4)) /* near the greatest sum */
        recorded.amount = INT64_C(1000000000000000) - (chance(s, 50) ? below(s, 4000) : 0);
    recorded.kind = kind >= 1 && kind <= 5 ? -1 : 0;
    snprintf(recorded.purpose, sizeof recorded.purpose, "%s", any_purpose(s, fund, NULL));
    write_body(s, "{'kind':'%s','amount_fen':%lld,'received_on':'%s','purpose':'%s'",
               MZ_INCOME_KINDS[kind], (long long)recorded.amount, booked_text(s), recorded.purpose);
    if (kind >= 1 && kind <= 5)
        add_income_source(s, fund, kind);
    if (s->party_count > 0 && chance(s, 20))
        add_body(s, ",'party':'%s'", s->parties[any_party(s)].id);
    thing *old = pick(s, &s->incomes);
    if (old != NULL && chance(s, 6))
        add_body(s, ",'replaces':'%s'", old->jti);
    if (chance(s, 10) && model_proposal_count(s->m) > 0)
        add_body(s, ",'seeded_by':'%s'",
                 model_proposal_at(s->m, (size_t)below(s, (int)model_proposal_count(s->m))).id);
    add_body(s, "}");
    if (!submit(s, "income.recorded", steward_of(s, fund), fund_for(s, fund)))
        return;
    thing *t = add_thing(s, &s->incomes, fund);
    t->amount = recorded.amount;
    t->kind = recorded.kind;
    memcpy(t->purpose, recorded.purpose, sizeof t->purpose);
    s->now += below(s, 200) * MINUTE_MS;
    if (chance(s, 80))
        confirm_income(s, t);
}

void act_old_income(sim *s)
{
    thing *t = pick(s, &s->incomes);
    if (t == NULL)
        return;
    if (chance(s, 70)) {
        confirm_income(s, t);
        return;
    }
    write_body(s, "{'income':'%s','reason':'r'}", t->jti);
    submit(s, "income.declined", signer_of(s, MZ_CASHIER), fund_for(s, t->fund));
}

void act_reverse(sim *s)
{
    struct {
        things *list;
        mz_role role;
        int weight;
    } kinds[] = {
        {&s->incomes,       MZ_STEWARD,  15},
        {&s->confirmations, MZ_CASHIER,  30},
        {&s->payouts,       MZ_REVIEWER, 20},
        {&s->returns,       MZ_CASHIER,  25},
        {&s->sessions,      MZ_STEWARD,  6 },
        {&s->needs,         MZ_STEWARD,  6 },
        {&s->goods,         MZ_STEWARD,  24},
        {&s->filings,       MZ_STEWARD,  1 },
        {&s->objections,    MZ_REVIEWER, 1 },
        {&s->registrations, MZ_STEWARD,  1 }
    };
    int choice = below(s, 129), k = 0;
    while (choice >= kinds[k].weight)
        choice -= kinds[k++].weight;
    thing *t = chance(s, kinds[k].list == &s->payouts ? 60 : 12) ? pick_closed(s, kinds[k].list)
                                                                 : pick(s, kinds[k].list);
    if (t == NULL)
        return;
    int signer = kinds[k].role == MZ_STEWARD && t->fund >= 0 ? steward_of(s, t->fund)
                                                             : signer_of(s, kinds[k].role);
    write_body(s, "{'target':'%s','reason':'r'%s}", t->jti,
               kinds[k].role == MZ_REVIEWER || chance(s, 20) ? evidence(s, ",") : "");
    submit(s, "entry.reversed", signer, t->fund < 0 ? NULL : fund_for(s, t->fund));
}
