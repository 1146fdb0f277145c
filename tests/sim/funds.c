/* funds.c — funds, purposes and committees. */
#include "sim/sim.h"

static void add_profile(sim *s)
{
    static const char *const NAMES[] = {"consult_days", "vote_days", "apply_days", "review_days",
                                        "pay_days"};
    static const int MOST[] = {6, 20, 14, 14, 40};
    add_body(s, "'profile':{");
    for (int i = 0; i < 5; i++)
        add_body(s, "%s'%s':%d", i == 0 ? "" : ",", NAMES[i],
                 1 + below(s, i == 4 && chance(s, 50) ? 5 : MOST[i]));
    if (chance(s, 20))
        add_body(s, ",'min_seats':%d", 3 + below(s, 4));
    if (chance(s, 60))
        add_body(s, ",'goods_cap_fen':%d", below(s, 600));
    add_body(s, "}");
}

void open_fund(sim *s)
{
    char id[12];
    if (s->fund_count == FUNDS)
        return;
    if (chance(s, 15))
        to_month_end(s);
    snprintf(id, sizeof id, "f%d", below(s, 15) == 0 ? 0 : s->fund_count);
    write_body(s, "{'name':'n','community':'c','agreement_no':'a','account':'bank%d',",
               below(s, 2));
    add_profile(s);
    add_body(s, "}");
    if (submit(s, "fund.opened", signer_of(s, MZ_REGISTRAR), id))
        s->fund_count++;
}

void act_fund(sim *s)
{
    int live = 0;
    for (size_t i = 0; i < model_fund_count(s->m); i++)
        live += model_fund_at(s->m, i).stage == 1;
    if (live >= 3 && !chance(s, 10))
        return;
    open_fund(s);
    for (int i = 0; i < 3; i++)
        act_assign(s);
    seat(s, s->fund_count - 1);
}

void act_amend(sim *s)
{
    int fund = any_fund(s);
    const char *proposal = "nosuch";
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if ((int)p.fund == fund && p.category == MZ_CATEGORY_RESOLUTION &&
            (p.stage == MZ_COMPLETED || chance(s, 5)) && chance(s, 60))
            proposal = p.id;
    }
    if (strcmp(proposal, "nosuch") == 0 && !chance(s, 10))
        return;
    write_body(s, "{");
    add_profile(s);
    add_body(s, ",'proposal':'%s'}", proposal);
    submit(s, "fund.amended", signer_of(s, MZ_REGISTRAR), fund_for(s, fund));
}

/* A closing fund is wound up, one act at a time. */
static void wind_up(sim *s, int fund)
{
    int signer = signer_of(s, MZ_REGISTRAR), to = any_fund(s);
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if ((int)p.fund != fund || p.stage >= MZ_COMPLETED || p.stage == MZ_ADOPTED)
            continue;
        if (p.stage <= MZ_VOTING)
            simple(s, "proposal.withdrawn", steward_of(s, fund), &p, ",'reason':'r'");
        else if (p.stage == MZ_PAYING)
            simple(s, "project.completed", steward_of(s, fund), &p,
                   ",'summary':'s','people_served':1");
        else
            simple(s, "application.refused", signer_of(s, MZ_REVIEWER), &p, ",'reason':'r'");
        return;
    }
    const char *first = model_waiting_income(s->m, (size_t)fund);
    if (first != NULL && !chance(s, 5)) {
        write_body(s, "{'income':'%s','reason':'r'}", first);
        submit(s, "income.declined", signer_of(s, MZ_CASHIER), fund_for(s, fund));
        return;
    }
    if (!chance(s, 5) && clear_stock(s, fund))
        return;
    write_body(s, "{'residual_to':{'fund':'%s','purpose':'%s'}}", fund_id(s, to),
               any_purpose(s, to, NULL));
    if (!submit(s, "fund.closed", signer, fund_for(s, fund)))
        return;
    waiting *w = add_wait(s, "fund.closed", fund, signer, -1);
    if (chance(s, 40)) {
        to_month_end(s);
        (void)confirm(s, w);
    } else {
        often_confirm(s, w, 85);
    }
    for (int i = 0; i < 3; i++) { /* what still comes back */
        act_return(s);
        act_reverse(s);
    }
}

void act_close(sim *s)
{
    int fund = any_fund(s);
    int signer = signer_of(s, MZ_REGISTRAR);
    for (int f = 0; f < s->fund_count; f++) {
        if (model_fund_at(s->m, (size_t)f).stage == 2 && !chance(s, 10)) {
            wind_up(s, f);
            return;
        }
    }
    int live = 0;
    for (int f = 0; f < s->fund_count; f++)
        live += model_fund_at(s->m, (size_t)f).stage == 1;
    if (live < 3 || !chance(s, 4))
        return;
    write_body(s, "{'reason':'r'}");
    (void)submit(s, "fund.closing", signer, fund_for(s, fund));
}

static int seat_people(sim *s, const char *name, mz_role role, int count, int *people,
                       uint64_t *used)
{
    int seated = 0;
    add_body(s, "'%s':[", name);
    for (int tries = 0; seated < count && tries < 300; tries++) {
        int who = signer_of(s, role);
        if (who < 64 && (*used >> who & 1u) && below(s, 400) != 0)
            continue;
        if (who < 64)
            *used |= UINT64_C(1) << who;
        add_body(s, "%s'%s'", seated == 0 ? "" : ",", s->people[who].id);
        people[seated++] = who;
    }
    add_body(s, "],");
    return seated;
}

void seat(sim *s, int fund)
{
    static const int SIZES[] = {3, 3, 3, 5, 5, 7, 4};
    waiting made = {0};
    uint64_t used = 0;
    int signer = signer_of(s, MZ_REGISTRAR);
    write_body(s, "{");
    made.member_count =
        seat_people(s, "members", MZ_MEMBER, SIZES[below(s, 7)], made.members, &used);
    made.alternate_count =
        seat_people(s, "alternates", MZ_MEMBER, below(s, 4), made.alternates, &used);
    made.supervisor_count =
        seat_people(s, "supervisors", MZ_SUPERVISOR, below(s, 3), made.supervisors, &used);
    if (made.member_count == 0)
        return;
    made.chair = below(s, 40) == 0 ? anybody(s) : made.members[below(s, made.member_count)];
    made.term_ends = today(s) + (chance(s, 25) ? 5 + below(s, 30) : 60 + below(s, 400));
    if (below(s, 20) == 0)
        made.term_ends = today(s) - 1 + below(s, 12);
    add_body(s, "'chair':'%s','term_ends':'%s'}", s->people[made.chair].id,
             day_text(made.term_ends));
    if (!submit(s, "committee.seated", signer, fund_for(s, fund)))
        return;
    waiting *w = add_wait(s, "committee.seated", fund, signer, -1);
    memcpy(made.jti, w->jti, sizeof made.jti);
    memcpy(made.event, w->event, sizeof made.event);
    made.fund = fund;
    made.signer = signer;
    made.subject = -1;
    *w = made;
    often_confirm(s, w, 85);
}

void act_seat(sim *s)
{
    int fund = any_fund(s);
    if (!s->seats[fund].seated || chance(s, 6))
        seat(s, fund);
}

void act_reseat_suspended(sim *s)
{
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if (p.stage == MZ_VOTING && (p.suspended || p.panel_short) && chance(s, 10)) {
            seat(s, (int)p.fund);
            return;
        }
    }
}

void act_purpose(sim *s)
{
    int fund = any_fund(s);
    if (s->purpose_count > 24 && !chance(s, 5))
        return;
    write_body(s, "{'purpose':'%s','text':'t','categories':[", below(s, 30) == 0 ? "general" : "u");
    if (s->body[13] == 'u')
        write_body(s, "{'purpose':'u%d','text':'t','categories':[",
                   below(s, 20) == 0 ? 0 : s->purpose_count++);
    for (int c = 0, first = 1; c < MZ_CATEGORY_COUNT; c++) {
        if (chance(s, 60) || (c == 9 && first)) {
            add_body(s, "%s'%s'", first ? "" : ",", MZ_CATEGORIES[c]);
            first = 0;
        }
    }
    add_body(s, "]}");
    submit(s, "purpose.defined", signer_of(s, MZ_REGISTRAR), fund_for(s, fund));
}

void act_move(sim *s)
{
    thing *t = pick(s, &s->confirmations), *other = pick(s, &s->confirmations);
    if (t == NULL || other == NULL)
        return;
    const char *from = chance(s, 85) ? t->purpose : any_purpose(s, t->fund, NULL);
    write_body(s, "{'purpose':'%s','lots':[{'income':'%s','amount_fen':%lld}", from, t->other,
               (long long)amount_below(s, t->amount));
    if (other->fund == t->fund && (other != t || chance(s, 5)) && chance(s, 50))
        add_body(s, ",{'income':'%s','amount_fen':%lld}", other->other,
                 (long long)amount_below(s, other->amount));
    const char *to = any_purpose(s, t->fund, NULL);
    for (int i = 0; i < 8 && strcmp(to, from) == 0; i++)
        to = any_purpose(s, t->fund, NULL);
    add_body(s, "],'to':'%s','ground':'g'%s}", to, evidence(s, ","));
    submit(s, "purpose.changed", signer_of(s, MZ_REVIEWER), fund_for(s, t->fund));
}
