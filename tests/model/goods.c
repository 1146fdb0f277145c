/* goods.c — needs, and goods in their own quantities. */
#include "model/world.h"

/* ---- needs ---- */

static int own_need(const step *s, const char *id)
{
    int found = find_need(s->w, id);
    return found != NONE && s->w->needs[found].fund == s->fund && !s->w->needs[found].reversed
               ? found
               : NONE;
}

bool need_listed(step *s)
{
    REQUIRE(find_need(s->w, text(s, "need")) == NONE, "need exists");
    need_row *n = &s->w->needs[ADD(needs)];
    snprintf(n->id, sizeof n->id, "%s", text(s, "need"));
    snprintf(n->jti, sizeof n->jti, "%s", s->jti);
    n->fund = s->fund;
    n->index = s->index;
    return true;
}

bool need_endorsed(step *s)
{
    int need = own_need(s, text(s, "need"));
    REQUIRE(need != NONE, "no such need here");
    REQUIRE(seated_member(s->w, s->fund, s->signer), "not a seated member");
    REQUIRE(!pair_in(s->w->endorsements, s->w->endorsements_count, need, s->signer),
            "endorsed before");
    s->w->endorsements[ADD(endorsements)] = (pair){need, s->signer};
    return true;
}

bool reverse_need(step *s, int need)
{
    const world *w = s->w;
    for (int i = 0; i < w->proposals_count; i++)
        REQUIRE(w->proposals[i].need != need ||
                    (w->proposals[i].stage >= REJECTED && standing(w, i) == 0),
                "a proposal names it");
    REQUIRE(!unreversed_for(w, need), "a payout is for it");
    s->w->needs[need].reversed = true;
    return true;
}

/* ---- goods ---- */

int find_item(const world *w, int fund, const char *id)
{
    for (int i = 0; id != NULL && i < w->items_count; i++) {
        if (w->items[i].fund == fund && strcmp(w->items[i].id, id) == 0)
            return i;
    }
    return NONE;
}

/* What counts of one kind of movement: receipts once confirmed, the others at once. */
model_amount moved_of(const world *w, int item, int kind)
{
    model_amount sum = {0};
    for (int i = 0; i < w->goods_count; i++) {
        const goods_row *g = &w->goods[i];
        if (g->item != item || g->kind != kind || g->reversed ||
            (kind == RECEIVED && !g->confirmed))
            continue;
        sum.quantity += g->quantity;
        sum.unvalued_quantity += g->value == 0 ? g->quantity : 0;
        sum.value_fen += g->value;
    }
    return sum;
}

int64_t stock_of(const world *w, int item)
{
    return moved_of(w, item, RECEIVED).quantity - moved_of(w, item, ISSUED).quantity -
           moved_of(w, item, SOLD).quantity - moved_of(w, item, WRITTEN_OFF).quantity;
}

/* Items of a fund in stock, and receipts that wait to be confirmed. */
int stocked(const world *w, int fund)
{
    int count = 0;
    for (int i = 0; i < w->items_count; i++)
        count += w->items[i].fund == fund && stock_of(w, i) > 0;
    for (int i = 0; i < w->goods_count; i++)
        count += w->items[w->goods[i].item].fund == fund && w->goods[i].kind == RECEIVED &&
                 !w->goods[i].confirmed && !w->goods[i].reversed;
    return count;
}

int64_t goods_used(const world *w, int proposal, const char *item)
{
    int64_t sum = 0;
    for (int i = 0; i < w->goods_count; i++) {
        const goods_row *g = &w->goods[i];
        if (g->proposal == proposal && !g->reversed && strcmp(w->items[g->item].id, item) == 0)
            sum += g->quantity;
    }
    return sum;
}

static bool within_value(step *s, int item)
{
    for (int kind = RECEIVED; kind <= WRITTEN_OFF; kind++)
        REQUIRE(moved_of(s->w, item, kind).value_fen <= AMOUNT_MAX, "value limit");
    return true;
}

static goods_row *add_goods(step *s, int item, int kind)
{
    goods_row *g = &s->w->goods[ADD(goods)];
    *g = (goods_row){.item = item,
                     .kind = kind,
                     .proposal = NONE,
                     .session = NONE,
                     .quantity = number(s, "quantity"),
                     .value = number(s, "value_fen")};
    snprintf(g->jti, sizeof g->jti, "%s", s->jti);
    return g;
}

/* The first receipt that stands says in what the item is counted. */
static bool check_unit(step *s, int item)
{
    for (int i = 0; i < s->w->goods_count; i++) {
        const goods_row *g = &s->w->goods[i];
        if (g->item == item && g->kind == RECEIVED && !g->reversed)
            REQUIRE(strcmp(s->w->items[item].unit, text(s, "unit")) == 0, "another unit");
    }
    snprintf(s->w->items[item].unit, sizeof s->w->items[item].unit, "%s", text(s, "unit"));
    return true;
}

bool goods_received(step *s)
{
    world *w = s->w;
    int item = find_item(w, s->fund, text(s, "item"));
    int held = find_session(w, text(s, "session"));
    REQUIRE(!has(s, "party") || find_party(w, text(s, "party")) != NONE, "no such party");
    REQUIRE(!has(s, "session") ||
                (held != NONE && w->sessions[held].fund == s->fund && !w->sessions[held].reversed),
            "no such session here");
    if (item == NONE) {
        item = ADD(items);
        w->items[item].fund = s->fund;
        snprintf(w->items[item].id, sizeof w->items[item].id, "%s", text(s, "item"));
    }
    if (!check_unit(s, item))
        return false;
    add_goods(s, item, RECEIVED)->session = held;
    return true;
}

/* What all ways out of the stock ask; the item, or NONE. */
static bool take_out(step *s, int kind, int proposal)
{
    int item = find_item(s->w, s->fund, text(s, "item"));
    REQUIRE(item != NONE, "no such item");
    REQUIRE(number(s, "quantity") <= stock_of(s->w, item), "not in stock");
    add_goods(s, item, kind)->proposal = proposal;
    return within_value(s, item);
}

/* Goods of great or unknown value are decided by a proposal. */
static bool check_decided(step *s, int *proposal)
{
    const world *w = s->w;
    int64_t value = number(s, "value_fen");
    *proposal = NONE;
    if (!has(s, "proposal")) {
        REQUIRE(value != 0 && value <= w->funds[s->fund].days[7], "a proposal must decide it");
        return true;
    }
    OWN_PROPOSAL(found, p);
    REQUIRE(p->stage == APPROVED || p->stage == PAYING, "not approved");
    for (int i = 0; i < p->goods_count; i++) {
        if (strcmp(p->goods[i].item, text(s, "item")) != 0)
            continue;
        REQUIRE(goods_used(w, found, p->goods[i].item) + number(s, "quantity") <=
                    p->goods[i].quantity,
                "more than the proposal lists");
        *proposal = found;
        return true;
    }
    REFUSE("the proposal does not list it");
}

bool goods_issued(step *s)
{
    int proposal;
    return check_decided(s, &proposal) && take_out(s, ISSUED, proposal);
}

bool goods_written_off(step *s)
{
    int proposal;
    return check_decided(s, &proposal) && take_out(s, WRITTEN_OFF, proposal);
}

bool goods_sold(step *s)
{
    int in = find_income(s->w, text(s, "income"));
    REQUIRE(in != NONE && s->w->incomes[in].fund == s->fund, "no such income here");
    REQUIRE(s->w->incomes[in].stage == RECORDED || s->w->incomes[in].stage == CONFIRMED,
            "income does not stand");
    return take_out(s, SOLD, NONE);
}

bool goods_confirmed(step *s)
{
    world *w = s->w;
    int found = find_goods(w, text(s, "target"));
    REQUIRE(found != NONE && w->items[w->goods[found].item].fund == s->fund, "no such goods here");
    goods_row *g = &w->goods[found];
    REQUIRE(seated_member(w, s->fund, s->signer) || seated_supervisor(w, s->fund, s->signer),
            "neither seated member nor supervisor");
    REQUIRE(!g->reversed, "reversed");
    REQUIRE(!g->confirmed, "confirmed before");
    g->confirmed = true;
    if (g->kind == ISSUED && g->proposal != NONE && w->proposals[g->proposal].stage == APPROVED)
        enter(s, g->proposal, PAYING, s->ms);
    return within_value(s, g->item);
}

bool reverse_goods(step *s, int number_of)
{
    goods_row *g = &s->w->goods[number_of];
    REQUIRE(g->kind != RECEIVED || !g->confirmed || stock_of(s->w, g->item) >= g->quantity,
            "no longer in stock");
    bool paid = g->kind == ISSUED && g->confirmed && g->proposal != NONE;
    g->reversed = true;
    if (paid)
        nothing_left(s, g->proposal, can_pay(&s->w->proposals[g->proposal], s->ms));
    return true;
}
