/* proposals.c — proposals on their road. */
#include "sim/sim.h"

static void add_draws(sim *s, int fund, int category)
{
    const char *general = NULL;
    int count = 0;
    add_body(s, "'draws':[");
    for (size_t i = 0; i < model_bucket_count(s->m) && count < 4; i++) {
        model_bucket b = model_bucket_at(s->m, i);
        int64_t left = b.balance_fen - b.reserved_fen;
        if ((int)b.fund != fund || (left < 20 && !chance(s, 8)))
            continue;
        if (b.index == 0 && below(s, 20) != 0) {
            general = b.id;
            continue;
        }
        if (!(b.categories >> category & 1u) && below(s, 20) != 0)
            continue;
        if (!chance(s, 60))
            continue;
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",", b.id,
                 (long long)amount_below(s, left / 2 + 30));
    }
    if (general != NULL && (count == 0 || chance(s, 50)))
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count == 0 ? "" : ",", general,
                 (long long)amount_below(s, 600));
    add_body(s, "],");
}

static void add_payees(sim *s, int category)
{
    int count = category == MZ_CATEGORY_FEES ? 1 : 1 + below(s, 3);
    add_body(s, "'payees':[");
    for (int i = 0; i < count; i++) {
        int party = category == MZ_CATEGORY_FEES && below(s, 20) != 0 ? 0 : any_party(s);
        for (int t = 0; t < 10 && !s->parties[party].verified && !chance(s, 8); t++)
            party = any_party(s);
        add_body(s, "%s{'party':'y%d','cap_fen':%lld}", i == 0 ? "" : ",", party,
                 (long long)(200 + amount_below(s, 1500)));
    }
    add_body(s, "],");
}

void act_file(sim *s)
{
    static const int CATEGORIES[] = {0, 0, 1, 1, 2, 3, 4, 9, 5, 5, 5, 6, 6, 7, 7, 7, 8, 8};
    int fund = any_fund(s), category = CATEGORIES[below(s, 18)];
    bool money = category != MZ_CATEGORY_RESOLUTION && category != MZ_CATEGORY_GOODS;
    bool odd = below(s, 30) == 0;
    if (s->party_count == 0 || s->proposal_count > 900)
        return;
    write_body(s, "{'proposal':'b%d','title':'t','category':'%s','why':'w',",
               below(s, 60) == 0 ? 0 : s->proposal_count, MZ_CATEGORIES[category]);
    if (money != odd)
        add_draws(s, fund, category);
    else
        add_body(s, "'draws':[],");
    if ((money && category != MZ_CATEGORY_WISHES) != (below(s, 30) == 0))
        add_payees(s, category);
    else
        add_body(s, "'payees':[],");
    if (category == MZ_CATEGORY_GOODS ? below(s, 40) != 0 : chance(s, 10))
        add_goods_list(s);
    int need = any_need(s, fund);
    if (need >= 0 && chance(s, 15))
        add_body(s, "'need':'%s',", model_need_at(s->m, (size_t)need).id);
    if (category == MZ_CATEGORY_WISHES ? below(s, 20) != 0 : chance(s, 25))
        add_body(s, "'planned_end':'%s',",
                 day_text(today(s) + (category == MZ_CATEGORY_WISHES && chance(s, 20)
                                          ? 363 + below(s, 5)
                                          : below(s, 40) - (below(s, 10) == 0))));
    if (category == MZ_CATEGORY_WISHES ? chance(s, 80) : below(s, 60) == 0)
        add_body(s, "'item_cap_fen':100,");
    if (chance(s, 12) && model_proposal_count(s->m) > 0)
        add_body(s, "'replaces':'%s',",
                 model_proposal_at(s->m, (size_t)below(s, (int)model_proposal_count(s->m))).id);
    add_body(s, "'note':'n'}");
    if (submit(s, "proposal.filed", steward_of(s, fund), fund_for(s, fund))) {
        add_thing(s, &s->filings, fund);
        s->proposal_count++;
    }
}

int seated_person(sim *s, int fund)
{
    if (s->seats[fund].member_count == 0)
        return signer_of(s, MZ_MEMBER);
    if (s->seats[fund].alternate_count > 0 && chance(s, 25))
        return s->seats[fund].alternates[below(s, s->seats[fund].alternate_count)];
    return s->seats[fund].members[below(s, s->seats[fund].member_count)];
}

static void vote(sim *s, size_t number, const model_proposal *p)
{
    int who = seated_person(s, (int)p->fund);
    for (int i = 0; i < 10 && !chance(s, 5); i++) { /* somebody who has not voted yet, mostly */
        if (model_on_panel(s->m, number, s->people[who].id) &&
            (model_ballot(s->m, number, s->people[who].id) == NULL || chance(s, 15)))
            break;
        who = seated_person(s, (int)p->fund);
    }
    const char *ballot = model_ballot(s->m, number, s->people[who].id);
    char leaf[65];
    snprintf(leaf, sizeof leaf, "%s", p->filing_sha256);
    if (below(s, 60) == 0)
        leaf[0] = leaf[0] == '0' ? '1' : '0';
    int epoch = model_fund_at(s->m, p->fund).epoch;
    write_body(s, "{'proposal':'%s','filing_sha256':'%s','epoch':%d,'choice':'%s'", p->id, leaf,
               epoch + (below(s, 60) == 0 || epoch == 0), chance(s, 72) ? "approve" : "reject");
    if ((ballot != NULL) != (below(s, 60) == 0))
        add_body(s, ",'supersedes':'%s'", ballot != NULL ? ballot : s->log_count > 0 ? s->jti : "");
    add_body(s, "}");
    submit(s, "vote.cast", who, fund_for(s, (int)p->fund));
}

void simple(sim *s, const char *event, int signer, const model_proposal *p, const char *more)
{
    write_body(s, "{'proposal':'%s'%s}", p->id, more);
    submit(s, event, signer, fund_for(s, (int)p->fund));
}

static void act_objection(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund;
    int signer = chance(s, 40) ? steward_of(s, fund)
                               : signer_of(s, chance(s, 60) ? MZ_MEMBER : MZ_SUPERVISOR);
    write_body(s, "{'proposal':'%s','channel':'meeting','text':'t'}", p->id);
    if (submit(s, "objection.filed", signer, fund_for(s, fund)))
        add_thing(s, &s->objections, fund);
}

void act_answer(sim *s)
{
    thing *t = pick(s, &s->objections);
    for (int i = 0; i < 30 && t != NULL && t->about == 1 && !chance(s, 2); i++)
        t = &s->objections.rows[below(s, s->objections.count)];
    if (t == NULL || (t->about == 1 && !chance(s, 5)))
        return;
    int who = chance(s, 95) && s->seats[t->fund].seated ? s->seats[t->fund].members[0]
                                                        : seated_person(s, t->fund);
    write_body(s, "{'objection':'%s','text':'t'}", t->jti);
    if (submit(s, "objection.answered", who, fund_for(s, t->fund)))
        t->about = 1;
}

static void act_opinion(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund, who = signer_of(s, MZ_SUPERVISOR);
    if (s->seats[fund].supervisor_count > 0 && !chance(s, 10))
        who = s->seats[fund].supervisors[below(s, s->seats[fund].supervisor_count)];
    simple(s, "opinion.given", who, p, ",'text':'t'");
}

static void act_approve(sim *s, const model_proposal *p)
{
    int count = 0;
    write_body(s, "{'proposal':'%s','draws':[", p->id);
    for (size_t d = 0; d < p->draw_count; d++) {
        int64_t most = p->draw_reserved_fen[d];
        if (most == 0 || below(s, 8) == 0)
            continue;
        int64_t amount = chance(s, 60) ? most : amount_below(s, most);
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",",
                 p->draw_purpose[d], (long long)(amount + (below(s, 60) == 0)));
    }
    add_body(s, "]}");
    submit(s, "application.approved", signer_of(s, MZ_REVIEWER), fund_for(s, (int)p->fund));
}

/* The payee of a wish: anybody, mostly verified. */
static const char *any_payee(sim *s)
{
    int party = any_party(s);
    for (int t = 0; t < 10 && !s->parties[party].verified && !chance(s, 4); t++)
        party = any_party(s);
    return s->parties[party].id;
}

static void act_pay(sim *s, const model_proposal *p)
{
    bool wish = p->category == MZ_CATEGORY_WISHES;
    int64_t left = wish ? p->item_cap_fen + (below(s, 6) == 0) : 0;
    int count = 0;
    size_t payee = p->payee_count == 0 ? 0 : (size_t)below(s, (int)p->payee_count);
    if (wish && left == 0)
        left = 300;
    if (p->payee_count > 0)
        left = p->payee_cap_fen[payee] - p->payee_paid_fen[payee];
    write_body(s, "{'proposal':'%s','party':'%s','draws':[", p->id,
               p->payee_count == 0 || below(s, 40) == 0 ? any_payee(s) : p->payee[payee]);
    for (size_t d = 0; d < p->draw_count; d++) {
        int64_t most = p->draw_reserved_fen[d] < left ? p->draw_reserved_fen[d] : left;
        if ((most <= 0 || chance(s, 20)) && below(s, 10) != 0)
            continue;
        int64_t amount = chance(s, 30) ? most : amount_below(s, most / 3);
        amount = amount < 1 ? 1 : amount + (below(s, 40) == 0);
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",",
                 p->draw_purpose[d], (long long)amount);
        left -= amount;
    }
    bool shared = chance(s, 15);
    add_body(s, "],'booked_on':'%s','bank_ref':'%s%d'", booked_text(s), shared ? "O" : "P",
             shared ? below(s, 8) : ++s->number);
    if (shared)
        add_body(s, ",'bank_total_fen':2000");
    int need = wish ? grantable_need(s, (int)p->fund) : -1;
    if (need < 0 || below(s, 12) == 0)
        need = any_need(s, (int)p->fund);
    if (need >= 0 && wish != (below(s, wish ? 9 : 40) == 0))
        add_body(s, ",'need':'%s'", model_need_at(s->m, (size_t)need).id);
    add_body(s, "}");
    if (count == 0)
        return;
    if (submit(s, "payout.made", signer_of(s, MZ_CASHIER), fund_for(s, (int)p->fund)))
        add_thing(s, &s->payouts, (int)p->fund)->about = (int)strtol(p->id + 1, NULL, 10);
}

void act_return(sim *s)
{
    thing *t = chance(s, 50) ? pick_closed(s, &s->payouts) : pick(s, &s->payouts);
    if (t == NULL)
        return;
    bool shared = chance(s, 15);
    write_body(s, "{'payout':'%s','amount_fen':%lld,'booked_on':'%s','bank_ref':'%s%d'", t->jti,
               (long long)amount_below(s, chance(s, 50) ? 60 : 400), booked_text(s),
               shared ? "B" : "Q", shared ? below(s, 6) : ++s->number);
    if (shared)
        add_body(s, ",'bank_total_fen':3000");
    add_body(s, "}");
    int fund = t->fund;
    if (submit(s, "payout.returned", signer_of(s, MZ_CASHIER), fund_for(s, fund)))
        add_thing(s, &s->returns, fund);
}

/* What people say of a completed project. */
static void act_rate(sim *s, const model_proposal *p)
{
    int count = 1 + below(s, 3), first = below(s, 4);
    write_body(s, "{'proposal':'%s','rater':'%s','counts':[", p->id, MZ_RATERS[below(s, 3)]);
    for (int i = 0; i < count; i++)
        add_body(s, "%s{'grade':'%s','count':%d}", i == 0 ? "" : ",",
                 MZ_GRADES[(first + (below(s, 20) == 0 ? 0 : i)) % 4], 1 + below(s, 50));
    add_body(s, "]%s}", evidence(s, ","));
    submit(s, "project.rated", steward_of(s, (int)p->fund), fund_for(s, (int)p->fund));
}

/* A payout that never left the bank. */
static void act_unpay(sim *s, const model_proposal *p)
{
    int about = (int)strtol(p->id + 1, NULL, 10);
    for (int i = s->payouts.count - 1; i >= 0; i--) {
        if (s->payouts.rows[i].about != about || (!p->late && chance(s, 20)))
            continue;
        write_body(s, "{'target':'%s','reason':'r'%s}", s->payouts.rows[i].jti, evidence(s, ","));
        submit(s, "entry.reversed", signer_of(s, MZ_REVIEWER), fund_for(s, (int)p->fund));
        if (!p->late) /* when it is late, all of them: nothing then stands */
            return;
    }
}

static void advance_undecided(sim *s, size_t number, const model_proposal *p, int stage)
{
    int fund = (int)p->fund, dice = below(s, 100);
    if (stage == MZ_CONSULTING && dice < 3)
        act_objection(s, p);
    else if (stage == MZ_CONSULTING && dice < 40 && p->open_objection)
        act_answer(s);
    else if (stage == MZ_CONSULTING && dice < 10)
        act_opinion(s, p);
    else if (dice > 98)
        simple(s, "proposal.withdrawn", steward_of(s, fund), p, ",'reason':'r'");
    else if (dice > 96)
        simple(s, "member.recused", seated_person(s, fund), p, ",'reason':'r'");
    else if (stage == MZ_VOTING && (p->suspended || p->panel_short) && dice < 60)
        seat(s, fund);
    else if (stage == MZ_VOTING && dice < 5)
        act_objection(s, p);
    else if (stage == MZ_VOTING)
        vote(s, number, p);
}

/* Adopted or applied. */
static void advance_applied(sim *s, size_t number, const model_proposal *p, int stage)
{
    int fund = (int)p->fund, dice = below(s, 100);
    bool chair = s->seats[fund].seated && chance(s, s->focus == (int)number ? 30 : 60);
    if (stage == MZ_ADOPTED)
        simple(s, "application.sent", chair ? s->seats[fund].chair : seated_person(s, fund), p, "");
    else if (dice < 12)
        simple(s, "application.returned", signer_of(s, MZ_REVIEWER), p, ",'reason':'r'");
    else if (dice < 14)
        simple(s, "application.refused", signer_of(s, MZ_REVIEWER), p, ",'reason':'r'");
    else
        act_approve(s, p);
}

/* What is paid or given next; seldom an approval is undone first. */
static void act_spend(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund;
    if (p->goods_count > 0 && chance(s, p->stage == MZ_APPROVED ? 8 : 0))
        rekey(s, signer_of(s, MZ_REVIEWER), p->stage_ms - below(s, 2) * MINUTE_MS);
    else if (p->goods_count > 0 && chance(s, p->draw_count == 0 ? 95 : 50))
        issue_for(s, p);
    else if (p->category == MZ_CATEGORY_WISHES && grantable_need(s, fund) < 0 && chance(s, 85))
        act_wish(s, fund);
    else
        act_pay(s, p);
}

/* Approved or paying. */
static void advance_granted(sim *s, const model_proposal *p, int stage)
{
    int dice = below(s, 100);
    bool paying = stage == MZ_PAYING;
    if (dice == 12 || dice == 13)
        simple(s, "application.refused", signer_of(s, MZ_REVIEWER), p, ",'reason':'r'");
    else if (paying && dice > (p->late ? 8 : 90) && p->goods_count > 0 && chance(s, 60))
        act_unissue(s, p);
    else if (paying && dice > (p->late ? 8 : 90))
        act_unpay(s, p);
    else if (paying && dice < (p->late ? 4 : 12))
        simple(s, "project.completed", steward_of(s, (int)p->fund), p,
               ",'summary':'s','people_served':1");
    else if (paying && dice < 35)
        act_return(s);
    else
        act_spend(s, p);
}

/* The natural next act of a proposal at its stage; now and then one of another stage. */
static void advance(sim *s, size_t number)
{
    model_proposal p = model_proposal_at(s->m, number);
    int stage = chance(s, 3) ? 1 + below(s, 12) : p.stage;
    if (stage <= MZ_VOTING)
        advance_undecided(s, number, &p, stage);
    else if (stage <= MZ_APPLIED)
        advance_applied(s, number, &p, stage);
    else if (stage <= MZ_PAYING)
        advance_granted(s, &p, stage);
    else if (stage == MZ_COMPLETED)
        act_rate(s, &p);
}

void act_advance(sim *s)
{
    int count = (int)model_proposal_count(s->m);
    if (count == 0)
        return;
    int number = chance(s, 90) ? s->focus : -1;
    int best = number < 0 ? 0 : MZ_LAPSED;
    for (int tries = 0; tries < 40; tries++) { /* the further on, the likelier */
        int other = chance(s, 60) && count > 20 ? count - 20 + below(s, 20) : below(s, count);
        int stage = model_proposal_at(s->m, (size_t)other).stage;
        if (stage >= MZ_COMPLETED && below(s, 400) != 0)
            continue;
        if (number < 0 || (stage > best && chance(s, 40))) {
            number = other;
            best = stage;
        }
    }
    if (number >= 0)
        advance(s, (size_t)number);
    s->focus = -1;
}
