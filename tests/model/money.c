/* money.c — balances, reserves, lots, bank lines, residual. */
#include "model/world.h"

int64_t balance(const world *w, int purpose)
{
    int64_t sum = 0;
    for (int i = 0; i < w->lots_count; i++) {
        if (w->lots[i].purpose == purpose)
            sum += w->lots[i].free;
    }
    return sum;
}

int64_t reserved(const world *w, int purpose)
{
    int64_t sum = 0;
    for (int i = 0; i < w->proposals_count; i++) {
        for (int d = 0; d < w->proposals[i].draw_count; d++) {
            if (w->proposals[i].draws[d].purpose == purpose)
                sum += w->proposals[i].draws[d].reserved;
        }
    }
    return sum;
}

int64_t unreserved(const world *w, int purpose)
{
    return balance(w, purpose) - reserved(w, purpose);
}

int64_t fund_balance(const world *w, int fund)
{
    int64_t sum = 0;
    for (int i = 0; i < w->purposes_count; i++) {
        if (w->purposes[i].fund == fund)
            sum += balance(w, i);
    }
    return sum;
}

void note_flow(step *s, int fund, int what, int detail, int64_t ms, int64_t amount)
{
    flow *f = &s->w->flows[ADD(flows)];
    *f = (flow){fund, what, detail, ms, amount};
}

void change_reserve(step *s, int proposal, int d, int64_t delta, int64_t ms)
{
    if (delta == 0)
        return;
    s->w->proposals[proposal].draws[d].reserved += delta;
    note_flow(s, s->w->proposals[proposal].fund, F_RESERVED, 0, ms, delta);
}

void release(step *s, int proposal, int64_t ms)
{
    for (int d = 0; d < s->w->proposals[proposal].draw_count; d++)
        change_reserve(s, proposal, d, -s->w->proposals[proposal].draws[d].reserved, ms);
}

int64_t holds(const proposal_row *p)
{
    int64_t sum = 0;
    for (int d = 0; d < p->draw_count; d++)
        sum += p->draws[d].reserved;
    return sum;
}

void queue(step *s, int purpose, int income, int64_t amount)
{
    lot_row *l = &s->w->lots[ADD(lots)];
    *l = (lot_row){.purpose = purpose, .income = income, .free = amount, .length = amount};
}

/* The oldest unused money of a purpose for a payout, at the end of its list. */
void use(step *s, int purpose, int payout, int64_t amount)
{
    for (int i = 0; amount > 0 && i < s->w->lots_count; i++) {
        lot_row *l = &s->w->lots[i];
        if (l->purpose != purpose || l->free == 0)
            continue;
        int64_t part = l->free < amount ? l->free : amount;
        piece_row *p = &s->w->pieces[ADD(pieces)];
        *p = (piece_row){payout, i, part};
        l->free -= part;
        amount -= part;
    }
    assert(amount == 0);
}

/* Gives money of a payout back to its places, last used first; what came back, by the draws. */
void restore(step *s, int payout, int64_t amount, int64_t parts[MODEL_DRAWS_MAX])
{
    const proposal_row *p = &s->w->proposals[s->w->payouts[payout].proposal];
    for (int i = s->w->pieces_count - 1; amount > 0 && i >= 0; i--) {
        piece_row *used = &s->w->pieces[i];
        if (used->payout != payout || used->amount == 0)
            continue;
        int64_t part = used->amount < amount ? used->amount : amount;
        lot_row *l = &s->w->lots[used->lot];
        used->amount -= part;
        l->free += part;
        amount -= part;
        for (int d = 0; d < p->draw_count; d++) {
            if (p->draws[d].purpose == l->purpose)
                parts[d] += part;
        }
    }
    assert(amount == 0);
}

/* All free money of a closed fund moves to where its residual went, in the order of queueing. */
void move_residual(step *s, int from)
{
    world *w = s->w;
    int target = w->funds[from].residual_purpose;
    while (w->funds[w->purposes[target].fund].stage == CLOSED)
        target = w->funds[w->purposes[target].fund].residual_purpose;
    int count = w->lots_count;
    for (int i = 0; i < count; i++) {
        int64_t amount = w->lots[i].free;
        int source = w->lots[i].purpose;
        if (w->purposes[source].fund != from || amount == 0)
            continue;
        w->lots[i].free = 0;
        w->lots[i].length -= amount;
        w->purposes[source].out += amount;
        w->purposes[target].in += amount;
        w->incomes[w->lots[i].income].moved = true;
        queue(s, target, w->lots[i].income, amount);
        note_flow(s, from, F_OUT, 0, s->ms, amount);
        note_flow(s, w->purposes[target].fund, F_IN, 0, s->ms, amount);
    }
}

bool bank_take(step *s, bool in, int64_t amount, int *row)
{
    world *w = s->w;
    char account[sizeof w->bank[0].account];
    memcpy(account, w->funds[s->fund].account, sizeof account);
    const char *ref = text(s, "bank_ref");
    int64_t total = number(s, "bank_total_fen"); /* 0: not stated */
    int64_t sum = amount;
    REQUIRE(date(s, "booked_on") <= s->day, "booked_on is to come");
    for (int i = 0; i < w->bank_count; i++) {
        const bank_entry *b = &w->bank[i];
        if (!b->stands || strcmp(b->account, account) != 0 || strcmp(b->ref, ref) != 0)
            continue;
        REQUIRE(total != 0 && b->total == total && b->in == in, "bank_ref used");
        sum += b->amount;
    }
    REQUIRE(total == 0 || sum <= total, "bank line over its total");
    bank_entry *b = &w->bank[ *row = ADD(bank)];
    *b = (bank_entry){.total = total, .amount = amount, .in = in, .stands = true};
    memcpy(b->account, account, sizeof account);
    snprintf(b->ref, sizeof b->ref, "%s", ref);
    return true;
}
