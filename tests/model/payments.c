/* payments.c — applications, payouts, returns, completion. */
#include "model/world.h"

bool application_sent(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == ADOPTED, "not adopted");
    const seating_row *seated = seating_of(w, s->fund);
    REQUIRE(seated != NULL && seated_member(w, s->fund, s->signer), "not a seated member");
    REQUIRE(!barred(w, number, s->signer), "recused or in conflict");
    int chair = seated->chair;
    REQUIRE(s->signer == chair || !in_effect(w, chair) || barred(w, number, chair) ||
                s->ms >= end_of((int64_t)p->adopted_day + 7),
            "the chair first");
    enter(s, number, APPLIED, s->ms);
    p->due_day = s->day + (int32_t)p->review_days;
    return true;
}

static int draw_of(const step *s, const proposal_row *p, const json_t *item)
{
    int of = find_purpose(s->w, s->fund, text_in(item, "purpose"));
    for (int d = 0; of != NONE && d < p->draw_count; d++) {
        if (p->draws[d].purpose == of)
            return d;
    }
    return NONE;
}

static bool draw_amounts(step *s, const proposal_row *p, int64_t amounts[MODEL_DRAWS_MAX])
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "draws"), i, item)
    {
        int d = draw_of(s, p, item);
        REQUIRE(d != NONE, "no such draw");
        REQUIRE(amounts[d] == 0, "purpose twice");
        amounts[d] = number_in(item, "amount_fen");
        REQUIRE(amounts[d] <= p->draws[d].reserved, "more than is left of the draw");
    }
    return true;
}

bool application_approved(step *s)
{
    OWN_PROPOSAL(number, p);
    int64_t amounts[MODEL_DRAWS_MAX] = {0};
    REQUIRE(p->stage == APPLIED, "not applied");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    if (!draw_amounts(s, p, amounts))
        return false;
    REQUIRE((json_array_size(list(s, "draws")) == 0) == (p->draw_count == 0), "nothing approved");
    for (int d = 0; d < p->draw_count; d++)
        change_reserve(s, number, d, amounts[d] - p->draws[d].reserved, s->ms);
    enter(s, number, standing(s->w, number) > 0 ? PAYING : APPROVED, s->ms);
    p->approved_ms = s->ms;
    memcpy(p->approver_kid, s->kid->bytes, 32);
    int32_t from = p->planned_end > s->day ? p->planned_end : s->day;
    p->due_day = p->category == WISHES ? p->planned_end : from + (int32_t)p->pay_days;
    REQUIRE(s->ms < end_of(p->due_day), "the last day to pay is over");
    return true;
}

bool application_returned(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == APPLIED, "not applied");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    REQUIRE(p->returns < 2, "returned twice");
    p->returns++;
    enter(s, number, ADOPTED, s->ms);
    p->due_day = s->day + (int32_t)p->apply_days;
    return true;
}

bool application_refused(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == APPLIED || p->stage == APPROVED || p->stage == PAYING, "wrong stage");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    enter(s, number, REFUSED, s->ms);
    return true;
}

/* What was paid for a need and did not come back, of payouts that stand. */
int64_t paid_for(const world *w, int need)
{
    int64_t most = 0;
    for (int i = 0; i < w->payouts_count; i++) {
        const payout_row *out = &w->payouts[i];
        if (out->need == need && !out->reversed && out->amount - out->returned > most)
            most = out->amount - out->returned;
    }
    return most;
}

bool unreversed_for(const world *w, int need)
{
    for (int i = 0; i < w->payouts_count; i++) {
        if (w->payouts[i].need == need && !w->payouts[i].reversed)
            return true;
    }
    return false;
}

/* A wish is granted to whom two of its endorsers, and the cashier, have no tie with. */
static bool check_wish(step *s, const proposal_row *p, int who, int64_t amount)
{
    const world *w = s->w;
    int need = find_need(w, text(s, "need")), free_of_ties = 0;
    REQUIRE(has(s, "need") == (p->category == WISHES), "need is for wishes");
    if (p->category != WISHES)
        return true;
    REQUIRE(need != NONE && w->needs[need].fund == s->fund, "no such need here");
    REQUIRE(!w->needs[need].reversed, "need was reversed");
    REQUIRE(paid_for(w, need) == 0, "need is paid");
    REQUIRE(!party_conflict(w, s->signer, who, p->index), "cashier is in conflict");
    for (int i = 0; i < w->endorsements_count; i++)
        free_of_ties += w->endorsements[i].proposal == need &&
                        !party_conflict(w, w->endorsements[i].actor, who, p->index);
    REQUIRE(free_of_ties >= 2, "too few endorsers");
    REQUIRE(p->item_cap == 0 || amount <= p->item_cap, "over the cap of an item");
    return true;
}

/* The payee by its number, NONE for wishes, and who that is. */
static bool check_payee(step *s, const proposal_row *p, int *payee, int *who)
{
    *payee = NONE;
    *who = find_party(s->w, text(s, "party"));
    for (int i = 0; i < p->payee_count; i++)
        *payee = p->payees[i].party == *who ? i : *payee;
    REQUIRE(*who != NONE, "no such party");
    REQUIRE(p->category == WISHES || *payee != NONE, "not a payee");
    REQUIRE(s->w->parties[*who].verified, "not verified");
    return true;
}

bool payout_made(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    int64_t amounts[MODEL_DRAWS_MAX] = {0}, amount = 0;
    int who, payee;
    REQUIRE(can_pay(p, s->ms), "cannot be paid now");
    REQUIRE(!conflicted(w, number, s->signer), "in conflict");
    if (!check_payee(s, p, &payee, &who) || !draw_amounts(s, p, amounts))
        return false;
    for (int d = 0; d < p->draw_count; d++)
        amount += amounts[d];
    REQUIRE(payee == NONE || amount <= p->payees[payee].cap - p->payees[payee].paid,
            "over the cap");
    if (!check_wish(s, p, who, amount))
        return false;
    int made = ADD(payouts);
    payout_row *out = &w->payouts[made];
    *out = (payout_row){.index = s->index,
                        .proposal = number,
                        .payee = payee,
                        .need = find_need(w, text(s, "need")),
                        .amount = amount};
    snprintf(out->jti, sizeof out->jti, "%s", s->jti);
    if (!bank_take(s, false, amount, &out->bank))
        return false;
    for (int d = 0; d < p->draw_count; d++) {
        change_reserve(s, number, d, -amounts[d], s->ms);
        p->draws[d].paid += amounts[d];
        use(s, p->draws[d].purpose, made, amounts[d]);
        w->purposes[p->draws[d].purpose].paid += amounts[d];
    }
    if (payee != NONE)
        p->payees[payee].paid += amount;
    if (p->stage != PAYING)
        enter(s, number, PAYING, s->ms);
    note_flow(s, s->fund, F_SPEND, p->category, s->ms, amount);
    return true;
}

bool payout_returned(step *s)
{
    world *w = s->w;
    int of = find_payout(w, text(s, "payout"));
    int64_t amount = number(s, "amount_fen");
    REQUIRE(of != NONE && w->proposals[w->payouts[of].proposal].fund == s->fund,
            "no such payout here");
    payout_row *out = &w->payouts[of];
    proposal_row *p = &w->proposals[out->proposal];
    REQUIRE(!out->reversed, "payout was reversed");
    REQUIRE(amount <= out->amount - out->returned, "more than was paid");
    giveback *back = &w->returns[ADD(returns)];
    *back = (giveback){.payout = of, .amount = amount, .restored = can_pay(p, s->ms)};
    snprintf(back->jti, sizeof back->jti, "%s", s->jti);
    if (!bank_take(s, true, amount, &back->bank))
        return false;
    restore(s, of, amount, back->parts);
    for (int d = 0; d < p->draw_count; d++) {
        p->draws[d].paid -= back->parts[d];
        w->purposes[p->draws[d].purpose].returned += back->parts[d];
        if (back->restored)
            change_reserve(s, out->proposal, d, back->parts[d], s->ms);
    }
    out->returned += amount;
    if (out->payee != NONE)
        p->payees[out->payee].paid -= amount;
    note_flow(s, s->fund, F_RETURNED, 0, s->ms, amount);
    if (w->funds[s->fund].stage == CLOSED)
        move_residual(s, s->fund);
    return true;
}

bool project_completed(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == PAYING, "not paying");
    enter(s, number, COMPLETED, s->ms);
    return true;
}

bool project_rated(step *s)
{
    OWN_PROPOSAL(number, p);
    size_t i;
    const json_t *item;
    int seen = 0;
    REQUIRE(p->stage == COMPLETED, "not completed");
    json_array_foreach(list(s, "counts"), i, item)
    {
        int grade = word(text_in(item, "grade"), GRADES);
        REQUIRE((seen >> grade & 1) == 0, "a grade twice");
        seen |= 1 << grade;
    }
    p->ratings++;
    return true;
}
