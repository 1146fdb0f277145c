/* reversals.c — reversals. */
#include "model/world.h"

static bool reverse_confirmation(step *s, int number)
{
    world *w = s->w;
    income_row *in = &w->incomes[number];
    REQUIRE(!in->moved, "part of it was moved");
    REQUIRE(unreserved(w, in->purpose) >= in->amount, "no cover");
    lot_row *gone = &w->lots[in->lot];
    gone->free = gone->length = 0;
    int count = w->pieces_count;
    for (int i = 0; i < w->payouts_count; i++) {
        int64_t fed = 0;
        for (int k = 0; k < count; k++) {
            if (w->pieces[k].payout == i && w->pieces[k].lot == in->lot) {
                fed += w->pieces[k].amount;
                w->pieces[k].amount = 0;
            }
        }
        use(s, in->purpose, i, fed);
    }
    w->bank[in->bank].stands = false;
    w->purposes[in->purpose].reversed += in->amount;
    in->stage = RECORDED;
    in->confirmation[0] = '\0';
    in->lot = NONE;
    note_flow(s, s->fund, F_REV_INCOME, 0, s->ms, in->amount);
    return true;
}

static bool reverse_payout(step *s, int number)
{
    world *w = s->w;
    payout_row *out = &w->payouts[number];
    proposal_row *p = &w->proposals[out->proposal];
    int64_t parts[MODEL_DRAWS_MAX] = {0};
    REQUIRE(json_array_size(list(s, "evidence")) > 0, "evidence missing");
    REQUIRE(out->returned == 0, "a return of it stands");
    bool payable = can_pay(p, s->ms);
    restore(s, number, out->amount, parts);
    for (int d = 0; d < p->draw_count; d++) {
        p->draws[d].paid -= parts[d];
        w->purposes[p->draws[d].purpose].paid -= parts[d];
        if (payable)
            change_reserve(s, out->proposal, d, parts[d], s->ms);
    }
    out->reversed = true;
    if (out->payee != NONE)
        p->payees[out->payee].paid -= out->amount;
    w->bank[out->bank].stands = false;
    note_flow(s, s->fund, F_REV_PAYOUT, 0, s->ms, out->amount);
    nothing_left(s, out->proposal, payable);
    if (w->funds[s->fund].stage == CLOSED)
        move_residual(s, s->fund);
    return true;
}

static bool reverse_return(step *s, int number)
{
    world *w = s->w;
    giveback *back = &w->returns[number];
    payout_row *out = &w->payouts[back->payout];
    proposal_row *p = &w->proposals[out->proposal];
    bool from_reserve = back->restored && can_pay(p, s->ms);
    for (int d = 0; d < p->draw_count; d++) {
        int of = p->draws[d].purpose;
        int64_t part = back->parts[d];
        REQUIRE(part <= (from_reserve ? p->draws[d].reserved : unreserved(w, of)), "no cover");
        if (from_reserve)
            change_reserve(s, out->proposal, d, -part, s->ms);
        use(s, of, back->payout, part);
        p->draws[d].paid += part;
        w->purposes[of].returned -= part;
    }
    back->reversed = true;
    out->returned -= back->amount;
    if (out->payee != NONE)
        p->payees[out->payee].paid += back->amount;
    w->bank[back->bank].stands = false;
    note_flow(s, s->fund, F_REV_RETURN, 0, s->ms, back->amount);
    return true;
}

static bool reverse_session(step *s, int number)
{
    for (int i = 0; i < s->w->incomes_count; i++)
        REQUIRE(s->w->incomes[i].session != number || s->w->incomes[i].stage >= DECLINED,
                "income cites it");
    for (int i = 0; i < s->w->goods_count; i++)
        REQUIRE(s->w->goods[i].session != number || s->w->goods[i].reversed, "goods cite it");
    s->w->sessions[number].reversed = true;
    return true;
}

static bool reverse_record(step *s, int number)
{
    REQUIRE(s->w->incomes[number].stage == RECORDED, "not waiting");
    s->w->incomes[number].stage = REVERSED;
    return true;
}

/* What can be reversed, by whom, and where to find it. */
static const struct {
    mz_event event;
    int role;
    int (*find)(const world *w, const char *jti);
    bool (*reverse)(step *s, int number);
} REVERSIBLE[] = {
    {MZ_INCOME_RECORDED,   STEWARD,  find_income,     reverse_record      },
    {MZ_INCOME_CONFIRMED,  CASHIER,  find_confirmed,  reverse_confirmation},
    {MZ_PAYOUT_MADE,       REVIEWER, find_payout,     reverse_payout      },
    {MZ_PAYOUT_RETURNED,   CASHIER,  find_return,     reverse_return      },
    {MZ_SESSION_HELD,      STEWARD,  find_session,    reverse_session     },
    {MZ_NEED_LISTED,       STEWARD,  find_need_entry, reverse_need        },
    {MZ_GOODS_RECEIVED,    STEWARD,  find_goods,      reverse_goods       },
    {MZ_GOODS_ISSUED,      STEWARD,  find_goods,      reverse_goods       },
    {MZ_GOODS_SOLD,        STEWARD,  find_goods,      reverse_goods       },
    {MZ_GOODS_WRITTEN_OFF, STEWARD,  find_goods,      reverse_goods       },
};

bool entry_reversed(step *s)
{
    world *w = s->w;
    int r = find_record(w, text(s, "target"));
    REQUIRE(r != NONE && w->records[r].fund == s->fund, "no such entry of this fund");
    REQUIRE(!w->records[r].reversed, "reversed before");
    mz_event event = w->records[r].event;
    bool closed = s->fund != NONE && w->funds[s->fund].stage == CLOSED;
    REQUIRE(!closed || event == MZ_PAYOUT_MADE, "fund is closed");
    w->records[r].reversed = true;
    for (size_t i = 0; i < sizeof REVERSIBLE / sizeof REVERSIBLE[0]; i++) {
        if (REVERSIBLE[i].event != event)
            continue;
        REQUIRE(w->actors[s->signer].role == REVERSIBLE[i].role, "another role reverses it");
        int found = REVERSIBLE[i].find(w, w->records[r].jti);
        REQUIRE(found != NONE, "not standing");
        return REVERSIBLE[i].reverse(s, found);
    }
    REFUSE("not reversible");
}
