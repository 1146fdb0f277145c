/* goods.c — needs, and goods in their own units. */
#include "sim/sim.h"

/* ---- needs ---- */

/* A need of a fund, mostly a late one; -1 when there is none. */
int any_need(sim *s, int fund)
{
    int count = (int)model_need_count(s->m), found = -1, seen = 0;
    for (int i = count - 1; i >= 0 && seen < 8; i--) {
        model_need n = model_need_at(s->m, (size_t)i);
        if (((int)n.fund == fund && (!n.reversed || chance(s, 3))) || below(s, 300) == 0) {
            seen++;
            if (found < 0 || below(s, seen) == 0)
                found = i;
        }
    }
    return found;
}

/* One that a wish can be granted for, when there is one. */
int grantable_need(sim *s, int fund)
{
    for (int i = 0; i < 12; i++) {
        int need = any_need(s, fund);
        if (need < 0)
            return -1;
        model_need n = model_need_at(s->m, (size_t)need);
        if (n.endorsements >= 2 && n.paid == 0 && !n.reversed)
            return need;
    }
    return -1;
}

static void act_endorse(sim *s, int need)
{
    if (need < 0)
        return;
    model_need n = model_need_at(s->m, (size_t)need);
    int fund = (int)n.fund, who = seated_person(s, fund);
    for (int i = 0; i < 10 && model_endorsed(s->m, (size_t)need, s->people[who].id); i++)
        who = seated_person(s, fund);
    write_body(s, "{'need':'%s'}", n.id);
    submit(s, "need.endorsed", who, fund_for(s, fund));
}

static bool list_need(sim *s, int fund)
{
    if (model_need_count(s->m) > 500)
        return false;
    write_body(s, "{'need':'n%d','kind':'%s','item':'i%d','count':%d,'channel':'%s'}",
               below(s, 30) == 0 ? 0 : s->need_count++, MZ_NEED_KINDS[below(s, 8)], below(s, 9),
               1 + below(s, 20), MZ_NEED_CHANNELS[below(s, 6)]);
    if (!submit(s, "need.listed", steward_of(s, fund), fund_for(s, fund)))
        return false;
    add_thing(s, &s->needs, fund);
    return true;
}

void act_need(sim *s)
{
    int fund = any_fund(s), need = any_need(s, fund);
    if (need >= 0 && chance(s, 60))
        act_endorse(s, need);
    else if (list_need(s, fund) && chance(s, 50))
        act_endorse(s, (int)model_need_count(s->m) - 1);
}

/* A wish of a fund, on the way to where it can be granted. */
void act_wish(sim *s, int fund)
{
    int need = any_need(s, fund);
    if ((need >= 0 && !chance(s, 15)) || list_need(s, fund)) {
        need = any_need(s, fund);
        for (int i = 1 + below(s, 3); i > 0; i--)
            act_endorse(s, need);
    }
}

/* ---- goods ---- */

static const char *const ITEMS[] = {"g", "h", "k"};
static const char *const UNITS[] = {"个", "袋", "件"};

/* An item of a fund, where asked one with a stock; -1 when there is none. */
static int any_item(sim *s, int fund, bool stocked)
{
    int found = -1, seen = 0;
    for (size_t i = 0; i < model_item_count(s->m); i++) {
        model_item item = model_item_at(s->m, i);
        if ((int)item.fund == fund && (!stocked || item.stock > 0) && below(s, ++seen) == 0)
            found = (int)i;
    }
    return found;
}

void add_goods_list(sim *s)
{
    int count = 1 + below(s, 2), first = below(s, 3);
    add_body(s, "'goods':[");
    for (int i = 0; i < count; i++)
        add_body(s, "%s{'item':'%s','quantity':%d}", i == 0 ? "" : ",",
                 ITEMS[(first + (below(s, 20) == 0 ? 0 : i)) % 3], 1 + below(s, 12));
    add_body(s, "],");
}

/* `limit_fen` or less when the value is known; now and then it is not. */
static void add_value(sim *s, int percent_unvalued, int64_t limit_fen)
{
    if (chance(s, percent_unvalued))
        add_body(s, ",'value_fen':null");
    else if (s->seed % 5 == 0 && chance(s, 6)) /* near the greatest sum */
        add_body(s, ",'value_fen':%lld", (long long)INT64_C(1000000000000000) - below(s, 300));
    else
        add_body(s, ",'value_fen':%lld", (long long)amount_below(s, limit_fen));
}

/* `under`: the proposal, or NULL. */
static void after_goods(sim *s, int fund, const model_proposal *under)
{
    add_thing(s, &s->goods, fund)->of = under == NULL ? -1 : (int)strtol(under->id + 1, NULL, 10);
}

static void confirm_goods(sim *s, thing *t)
{
    int fund = t->fund, who = seated_person(s, fund);
    char jti[MZ_UUID_TEXT_SIZE];
    memcpy(jti, t->jti, sizeof jti);
    if (s->seats[fund].supervisor_count > 0 && chance(s, 40))
        who = s->seats[fund].supervisors[below(s, s->seats[fund].supervisor_count)];
    else if (s->seats[fund].seated && chance(s, 80))
        who = s->seats[fund].members[below(s, s->seats[fund].member_count)];
    else if (chance(s, 10))
        who = signer_of(s, MZ_SUPERVISOR);
    write_body(s, "{'target':'%s'}", jti);
    if (submit(s, "goods.confirmed", who, fund_for(s, fund)))
        t->about = 1;
}

static void confirm_last_goods(sim *s, int percent)
{
    if (s->goods.count > 0 && chance(s, percent))
        confirm_goods(s, &s->goods.rows[s->goods.count - 1]);
}

static void receive_goods(sim *s, int fund)
{
    int which = below(s, 3);
    thing *held = pick(s, &s->sessions);
    write_body(s, "{'item':'%s','unit':'%s','quantity':%d,'basis':'b'", ITEMS[which],
               UNITS[below(s, 25) == 0 ? below(s, 3) : which], 1 + below(s, 30));
    add_value(s, 25, 2000);
    if (s->party_count > 0 && chance(s, 30))
        add_body(s, ",'party':'%s'", below(s, 25) == 0 ? "nobody" : s->parties[any_party(s)].id);
    for (int i = 0; i < 20 && held != NULL && held->fund != fund; i++)
        held = pick(s, &s->sessions);
    if (held != NULL && chance(s, held->fund == fund ? 25 : 2))
        add_body(s, ",'session':'%s'", held->jti);
    add_body(s, "}");
    if (!submit(s, "goods.received", steward_of(s, fund), fund_for(s, fund)))
        return;
    after_goods(s, fund, NULL);
    confirm_last_goods(s, 80);
}

/* How much of an item to take: mostly no more than there is. */
static int some_of(sim *s, int64_t stock, int64_t limit)
{
    int64_t most = stock < limit ? stock : limit;
    return (int)amount_below(s, most) + (below(s, 15) == 0 ? (int)amount_below(s, 30) : 0);
}

/* An issue or a write-off that needs no proposal; seldom it would. */
static void give_out(sim *s, int fund, bool issue)
{
    int number = any_item(s, fund, !chance(s, 10));
    if (number < 0)
        return;
    model_item item = model_item_at(s->m, (size_t)number);
    write_body(s, "{'item':'%s','quantity':%d", below(s, 40) == 0 ? "nosuch" : item.id,
               some_of(s, item.stock, 4));
    add_value(s, 6, chance(s, 90) ? 100 : 1500);
    if (below(s, 12) == 0 && model_proposal_count(s->m) > 0)
        add_body(s, ",'proposal':'%s'",
                 model_proposal_at(s->m, (size_t)below(s, (int)model_proposal_count(s->m))).id);
    add_body(s, issue ? ",'recipient_count':%d}" : ",'reason':'r%d'}", below(s, 9));
    if (!submit(s, issue ? "goods.issued" : "goods.written_off", steward_of(s, fund),
                fund_for(s, fund)))
        return;
    after_goods(s, fund, NULL);
    confirm_last_goods(s, 60);
}

/* Takes goods out under a proposal that lists them. */
void issue_for(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund;
    size_t k = (size_t)below(s, (int)p->goods_count);
    int64_t stock = 0, left = p->goods_filed[k] - p->goods_used[k];
    bool issue = chance(s, 80);
    for (size_t i = 0; i < model_item_count(s->m); i++) {
        model_item item = model_item_at(s->m, i);
        if ((int)item.fund == fund && strcmp(item.id, p->goods_item[k]) == 0)
            stock = item.stock;
    }
    if (stock == 0 && chance(s, 80)) {
        receive_goods(s, fund);
        return;
    }
    write_body(s, "{'item':'%s','quantity':%d,'proposal':'%s'",
               below(s, 30) == 0 ? ITEMS[below(s, 3)] : p->goods_item[k],
               left < 1 ? 1 : some_of(s, stock, left), p->id);
    add_value(s, 40, 3000);
    add_body(s, issue ? ",'recipient_count':%d}" : ",'reason':'r%d'}", below(s, 9));
    if (!submit(s, issue ? "goods.issued" : "goods.written_off", steward_of(s, fund),
                fund_for(s, fund)))
        return;
    after_goods(s, fund, p);
    confirm_last_goods(s, 45);
}

/* Goods that were given under a proposal come back, one or all. */
void act_unissue(sim *s, const model_proposal *p)
{
    int of = (int)strtol(p->id + 1, NULL, 10), fund = (int)p->fund;
    for (int i = s->goods.count - 1; i >= 0; i--) {
        if (s->goods.rows[i].of != of || (!p->late && chance(s, 20)))
            continue;
        write_body(s, "{'target':'%s','reason':'r'}", s->goods.rows[i].jti);
        submit(s, "entry.reversed", steward_of(s, fund), fund_for(s, fund));
        if (!p->late && chance(s, 60))
            return;
    }
}

static void sell_goods(sim *s, int fund)
{
    int number = any_item(s, fund, !chance(s, 10));
    thing *income = pick(s, &s->incomes);
    for (int i = 0; i < 20 && income != NULL && income->fund != fund; i++)
        income = pick(s, &s->incomes);
    if (number < 0 || income == NULL)
        return;
    model_item item = model_item_at(s->m, (size_t)number);
    write_body(s, "{'item':'%s','quantity':%d,'income':'%s'", item.id, some_of(s, item.stock, 6),
               income->jti);
    add_value(s, 30, 3000);
    add_body(s, "}");
    if (!submit(s, "goods.sold", steward_of(s, fund), fund_for(s, fund)))
        return;
    after_goods(s, fund, NULL);
    confirm_last_goods(s, 60);
}

void act_goods(sim *s)
{
    int fund = any_fund(s), dice = below(s, 100);
    if (dice < 35)
        receive_goods(s, fund);
    else if (dice < 50)
        give_out(s, fund, true);
    else if (dice < 60)
        give_out(s, fund, false);
    else if (dice < 72)
        sell_goods(s, fund);
    else {
        thing *t = pick(s, &s->goods);
        for (int i = 0; i < 20 && t != NULL && t->about == 1 && !chance(s, 5); i++)
            t = pick(s, &s->goods);
        if (t != NULL)
            confirm_goods(s, t);
    }
}

/* A fund that closes gives away what it has. False when nothing is left. */
bool clear_stock(sim *s, int fund)
{
    if (model_fund_at(s->m, (size_t)fund).stocked == 0)
        return false;
    const char *first = model_waiting_receipt(s->m, (size_t)fund);
    if (first != NULL) {
        bool keep = chance(s, 40) && s->seats[fund].seated;
        write_body(s, keep ? "{'target':'%s'}" : "{'target':'%s','reason':'r'}", first);
        submit(s, keep ? "goods.confirmed" : "entry.reversed",
               keep ? seated_person(s, fund) : steward_of(s, fund), fund_for(s, fund));
        return true;
    }
    if (chance(s, 50))
        sell_goods(s, fund);
    else
        give_out(s, fund, chance(s, 50));
    return true;
}
