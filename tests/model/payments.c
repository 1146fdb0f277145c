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
    enter(s, number, APPROVED, s->ms);
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

bool payout_made(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    int64_t amounts[MODEL_DRAWS_MAX] = {0}, amount = 0;
    int who = find_party(w, text(s, "party")), payee = NONE;
    REQUIRE(can_pay(p, s->ms), "cannot be paid now");
    REQUIRE(p->category != WISHES, "wishes wait for needs");
    REQUIRE(!conflicted(w, number, s->signer), "in conflict");
    for (int i = 0; i < p->payee_count; i++)
        payee = p->payees[i].party == who ? i : payee;
    REQUIRE(payee != NONE, "not a payee");
    REQUIRE(w->parties[who].verified, "not verified");
    if (!draw_amounts(s, p, amounts))
        return false;
    for (int d = 0; d < p->draw_count; d++)
        amount += amounts[d];
    REQUIRE(amount <= p->payees[payee].cap - p->payees[payee].paid, "over the cap");
    int made = ADD(payouts);
    payout_row *out = &w->payouts[made];
    *out = (payout_row){.index = s->index, .proposal = number, .party = payee, .amount = amount};
    snprintf(out->jti, sizeof out->jti, "%s", s->jti);
    if (!bank_take(s, false, amount, &out->bank))
        return false;
    for (int d = 0; d < p->draw_count; d++) {
        change_reserve(s, number, d, -amounts[d], s->ms);
        p->draws[d].paid += amounts[d];
        use(s, p->draws[d].purpose, made, amounts[d]);
        w->purposes[p->draws[d].purpose].paid += amounts[d];
    }
    p->payees[payee].paid += amount;
    p->standing++;
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
    p->payees[out->party].paid -= amount;
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
