/* look.c — what a test may look at, and the equations that always hold. */
#include "model/world.h"

size_t model_fund_count(const model *m)
{
    return (size_t)m->now.funds_count;
}

model_fund model_fund_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const fund_row *f = &w->funds[number];
    model_fund seen = {.id = f->id,
                       .index = f->index,
                       .stage = f->stage,
                       .epoch = f->epoch,
                       .next_statement_day = f->next_from,
                       .account = f->account,
                       .opened_ms = f->opened_ms,
                       .closed_ms = f->closed_ms,
                       .stocked = stocked(w, (int)number)};
    for (int i = 0; i < w->purposes_count; i++) {
        if (w->purposes[i].fund != (int)number)
            continue;
        seen.balance_fen += balance(w, i);
        seen.reserved_fen += reserved(w, i);
    }
    return seen;
}

size_t model_bucket_count(const model *m)
{
    return (size_t)m->now.purposes_count;
}

model_bucket model_bucket_at(const model *m, size_t number)
{
    const purpose_row *p = &m->now.purposes[number];
    model_bucket seen = {.fund = (size_t)p->fund,
                         .id = p->id,
                         .index = p->index,
                         .categories = p->categories,
                         .confirmed_fen = p->confirmed,
                         .reversed_fen = p->reversed,
                         .moved_in_fen = p->in,
                         .moved_out_fen = p->out,
                         .paid_fen = p->paid,
                         .returned_fen = p->returned,
                         .lots_fen = balance(&m->now, (int)number),
                         .reserved_fen = reserved(&m->now, (int)number)};
    seen.balance_fen = p->confirmed - p->reversed + p->in - p->out - p->paid + p->returned;
    return seen;
}

size_t model_proposal_count(const model *m)
{
    return (size_t)m->now.proposals_count;
}

model_outcome model_outcome_of(const model *m, size_t number)
{
    const world *w = &m->now;
    model_outcome seen = {0};
    for (int i = 0; i < w->payouts_count; i++)
        seen.payouts += w->payouts[i].proposal == (int)number && !w->payouts[i].reversed;
    seen.issues = standing(w, (int)number) - seen.payouts;
    for (int i = 0; i < w->incomes_count; i++) {
        if (w->incomes[i].seeded_by == (int)number && w->incomes[i].stage == CONFIRMED)
            seen.seeded_fen += w->incomes[i].amount;
    }
    return seen;
}

model_proposal model_proposal_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const proposal_row *p = &w->proposals[number];
    int people[SEATS_MAX], silent;
    const seating_row *seated = seating_of(w, p->fund);
    int count = panel(w, (int)number, seated, people);
    model_proposal seen = {.id = p->id,
                           .fund = (size_t)p->fund,
                           .index = p->index,
                           .filing_sha256 = p->leaf,
                           .category = p->category,
                           .stage = p->stage,
                           .stage_ms = p->stage_ms,
                           .expiry_day = p->expiry_day,
                           .due_day = p->due_day,
                           .need_index = p->need == NONE ? 0 : w->needs[p->need].index,
                           .ratings = p->ratings,
                           .item_cap_fen = p->item_cap,
                           .goods_count = (size_t)p->goods_count,
                           .late = p->late,
                           .open_objection = p->open_objections > 0,
                           .draw_count = (size_t)p->draw_count,
                           .payee_count = (size_t)p->payee_count,
                           .panel_count = (size_t)count,
                           .needed = needed(count),
                           .suspended = suspended(w, p->fund, w->now),
                           .panel_short = is_short(seated, count)};
    seen.approval_count = (size_t)approvals(w, (int)number, people, count, &silent);
    for (int d = 0; d < p->draw_count; d++) {
        seen.draw_purpose[d] = w->purposes[p->draws[d].purpose].id;
        seen.draw_filed_fen[d] = p->draws[d].filed;
        seen.draw_reserved_fen[d] = p->draws[d].reserved;
        seen.draw_paid_fen[d] = p->draws[d].paid;
    }
    for (int i = 0; i < p->goods_count; i++) {
        seen.goods_item[i] = p->goods[i].item;
        seen.goods_filed[i] = p->goods[i].quantity;
        seen.goods_used[i] = goods_used(w, (int)number, p->goods[i].item);
    }
    for (int i = 0; i < p->payee_count; i++) {
        seen.payee[i] = w->parties[p->payees[i].party].id;
        seen.payee_cap_fen[i] = p->payees[i].cap;
        seen.payee_paid_fen[i] = p->payees[i].paid;
    }
    return seen;
}

bool model_on_panel(const model *m, size_t number, const char *id)
{
    const world *w = &m->now;
    int people[SEATS_MAX];
    int count = panel(w, (int)number, seating_of(w, w->proposals[number].fund), people);
    return among(people, count, find_actor(w, id));
}

const char *model_ballot(const model *m, size_t number, const char *id)
{
    int b = standing_ballot(&m->now, (int)number, find_actor(&m->now, id));
    return b == NONE ? NULL : m->now.ballots[b].jti;
}

const char *model_waiting_income(const model *m, size_t fund)
{
    for (int i = 0; i < m->now.incomes_count; i++) {
        if (m->now.incomes[i].fund == (int)fund && m->now.incomes[i].stage == RECORDED)
            return m->now.incomes[i].jti;
    }
    return NULL;
}

const char *model_waiting_receipt(const model *m, size_t fund)
{
    for (int i = 0; i < m->now.goods_count; i++) {
        const goods_row *g = &m->now.goods[i];
        if (m->now.items[g->item].fund == (int)fund && g->kind == RECEIVED && !g->confirmed &&
            !g->reversed)
            return g->jti;
    }
    return NULL;
}

size_t model_item_count(const model *m)
{
    return (size_t)m->now.items_count;
}

model_item model_item_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const item_row *item = &w->items[number];
    model_item seen = {
        .fund = (size_t)item->fund, .id = item->id, .stock = stock_of(w, (int)number)};
    for (int kind = RECEIVED; kind <= WRITTEN_OFF; kind++)
        seen.moved[kind] = moved_of(w, (int)number, kind);
    for (int i = 0; i < w->goods_count; i++) {
        const goods_row *g = &w->goods[i];
        if (g->item == (int)number && g->kind == RECEIVED && !g->reversed)
            seen.unit = item->unit;
    }
    return seen;
}

size_t model_need_count(const model *m)
{
    return (size_t)m->now.needs_count;
}

model_need model_need_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const need_row *n = &w->needs[number];
    model_need seen = {
        .id = n->id, .fund = (size_t)n->fund, .index = n->index, .reversed = n->reversed};
    for (int i = 0; i < w->endorsements_count; i++)
        seen.endorsements += w->endorsements[i].proposal == (int)number;
    for (int i = 0; i < w->proposals_count; i++)
        seen.proposals += w->proposals[i].need == (int)number &&
                          (w->proposals[i].stage < REJECTED || standing(w, i) > 0);
    for (int i = 0; i < w->payouts_count; i++) {
        const payout_row *out = &w->payouts[i];
        if (out->need != (int)number || out->reversed)
            continue;
        seen.payouts++;
        seen.paid += out->amount > out->returned;
    }
    return seen;
}

bool model_endorsed(const model *m, size_t number, const char *id)
{
    return pair_in(m->now.endorsements, m->now.endorsements_count, (int)number,
                   find_actor(&m->now, id));
}

size_t model_reconciliation_count(const model *m)
{
    return (size_t)m->now.reconciliations_count;
}

model_reconciliation model_reconciliation_at(const model *m, size_t number)
{
    const reconciliation_row *r = &m->now.reconciliations[number];
    return (model_reconciliation){r->account, r->last_day,    r->index,   r->bank,
                                  r->outside, r->differences, r->balances};
}

size_t model_digest_count(const model *m)
{
    return (size_t)m->now.digests_count;
}

model_digest model_digest_at(const model *m, size_t number)
{
    const digest_row *d = &m->now.digests[number];
    return (model_digest){d->bytes, d->entry, d->restricted, d->erased};
}

size_t model_payout_count(const model *m)
{
    return (size_t)m->now.payouts_count;
}

uint64_t model_payout_index(const model *m, size_t number)
{
    return m->now.payouts[number].index;
}

size_t model_trace(const model *m, size_t number, model_part *parts, size_t max)
{
    const world *w = &m->now;
    size_t count = 0;
    for (int i = 0; i < w->pieces_count; i++) {
        const piece_row *p = &w->pieces[i];
        if (p->payout != (int)number || p->amount == 0)
            continue;
        uint64_t from = w->incomes[w->lots[p->lot].income].index;
        if (count > 0 && count <= max && parts[count - 1].income_index == from) {
            parts[count - 1].amount_fen += p->amount;
            continue;
        }
        if (count < max)
            parts[count] = (model_part){from, p->amount};
        count++;
    }
    return count;
}

size_t model_income_count(const model *m)
{
    return (size_t)m->now.incomes_count;
}

uint64_t model_income_index(const model *m, size_t number)
{
    return m->now.incomes[number].index;
}

int64_t model_income_used(const model *m, size_t number, size_t by)
{
    int64_t sum = 0;
    for (int i = 0; i < m->now.pieces_count; i++) {
        const piece_row *p = &m->now.pieces[i];
        if (p->payout == (int)by && m->now.lots[p->lot].income == (int)number)
            sum += p->amount;
    }
    return sum;
}

int64_t model_income_free(const model *m, size_t number, size_t bucket)
{
    int64_t sum = 0;
    for (int i = 0; i < m->now.lots_count; i++) {
        if (m->now.lots[i].income == (int)number && m->now.lots[i].purpose == (int)bucket)
            sum += m->now.lots[i].free;
    }
    return sum;
}

model_period model_period_of(const model *m, size_t number, int32_t from_day, int32_t to_day)
{
    return period_of(&m->now, (int)number, from_day, to_day);
}

static bool wrong(char *reason, const char *what, const char *id)
{
    snprintf(reason, MODEL_REASON_SIZE, "%s: %s", what, id);
    return false;
}

/* Every fen of a standing payout has exactly one place it came from. */
static bool check_payouts(const world *w, char *reason)
{
    for (int i = 0; i < w->payouts_count; i++) {
        int64_t sum = 0;
        for (int k = 0; k < w->pieces_count; k++)
            sum += w->pieces[k].payout == i ? w->pieces[k].amount : 0;
        int64_t want = w->payouts[i].reversed ? 0 : w->payouts[i].amount - w->payouts[i].returned;
        if (sum != want)
            return wrong(reason, "payout is not its lots", w->payouts[i].jti);
    }
    return true;
}

static bool check_lots(const world *w, char *reason)
{
    for (int i = 0; i < w->lots_count; i++) {
        int64_t used = 0;
        for (int k = 0; k < w->pieces_count; k++)
            used += w->pieces[k].lot == i ? w->pieces[k].amount : 0;
        if (w->lots[i].free < 0 || used + w->lots[i].free != w->lots[i].length)
            return wrong(reason, "lot is not used + free", w->incomes[w->lots[i].income].jti);
    }
    return true;
}

/* Nothing leaves the stock that is not there, and no proposal gives more than it lists. */
static bool check_goods(const world *w, char *reason)
{
    for (int i = 0; i < w->items_count; i++) {
        if (stock_of(w, i) < 0)
            return wrong(reason, "stock below zero", w->items[i].id);
    }
    for (int i = 0; i < w->proposals_count; i++) {
        const proposal_row *p = &w->proposals[i];
        for (int k = 0; k < p->goods_count; k++) {
            if (goods_used(w, i, p->goods[k].item) > p->goods[k].quantity)
                return wrong(reason, "more goods than listed", p->id);
        }
    }
    return true;
}

bool model_check(const model *m, char reason[MODEL_REASON_SIZE])
{
    const world *w = &m->now;
    reason[0] = '\0';
    for (size_t i = 0; i < model_bucket_count(m); i++) {
        model_bucket b = model_bucket_at(m, i);
        if (b.balance_fen != b.lots_fen)
            return wrong(reason, "lots are not the balance", b.id);
        if (b.reserved_fen < 0 || b.balance_fen < b.reserved_fen)
            return wrong(reason, "reserved is not covered", b.id);
    }
    for (size_t i = 0; i < model_fund_count(m); i++) {
        model_fund f = model_fund_at(m, i);
        if (period_of(w, (int)i, 0, INT32_MAX - 1).closing_fen != f.balance_fen)
            return wrong(reason, "flows are not the balance", f.id);
        if (period_of(w, (int)i, 0, INT32_MAX - 1).reserved_fen != f.reserved_fen)
            return wrong(reason, "flows are not the reserve", f.id);
    }
    return check_payouts(w, reason) && check_lots(w, reason) && check_goods(w, reason);
}
