/* proposals.c — filing and consultation. */
#include "model/world.h"

int own_proposal(const step *s)
{
    int p = find_proposal(s->w, text(s, "proposal"));
    return p != NONE && s->w->proposals[p].fund == s->fund ? p : NONE;
}

static bool read_draws(step *s, proposal_row *p)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "draws"), i, item)
    {
        int of = find_purpose(s->w, s->fund, text_in(item, "purpose"));
        REQUIRE(of != NONE, "no such purpose");
        for (int d = 0; d < p->draw_count; d++) {
            REQUIRE(p->draws[d].purpose != of, "purpose twice");
            REQUIRE(s->w->purposes[p->draws[d].purpose].index != 0, "general before restricted");
        }
        REQUIRE(s->w->purposes[of].categories & (1u << p->category), "category not allowed");
        assert(p->draw_count < MODEL_DRAWS_MAX);
        p->draws[p->draw_count++] = (draw){.purpose = of, .filed = number_in(item, "amount_fen")};
    }
    return true;
}

static bool read_payees(step *s, proposal_row *p)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "payees"), i, item)
    {
        int who = find_party(s->w, text_in(item, "party"));
        REQUIRE(who != NONE, "payee is not registered");
        for (int k = 0; k < p->payee_count; k++)
            REQUIRE(p->payees[k].party != who, "payee twice");
        REQUIRE(!party_conflict(s->w, s->signer, who, s->index), "filer is in conflict");
        assert(p->payee_count < MODEL_DRAWS_MAX);
        p->payees[p->payee_count].party = who;
        p->payees[p->payee_count++].cap = number_in(item, "cap_fen");
    }
    return true;
}

static bool read_goods(step *s, proposal_row *p)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "goods"), i, item)
    {
        const char *id = text_in(item, "item");
        for (int k = 0; k < p->goods_count; k++)
            REQUIRE(strcmp(p->goods[k].item, id) != 0, "an item twice");
        assert(p->goods_count < MODEL_GOODS_MAX);
        snprintf(p->goods[p->goods_count].item, sizeof p->goods[0].item, "%s", id);
        p->goods[p->goods_count++].quantity = number_in(item, "quantity");
    }
    return true;
}

static bool check_filing(step *s, const proposal_row *p)
{
    const world *w = s->w;
    if (p->category == RESOLUTION)
        REQUIRE(p->draw_count == 0 && p->payee_count == 0 && p->goods_count == 0,
                "resolution with money");
    else
        REQUIRE(p->draw_count > 0 || p->goods_count > 0, "neither draws nor goods");
    REQUIRE(p->category != GOODS || p->goods_count > 0, "goods missing");
    if (p->category == WISHES)
        REQUIRE(p->draw_count > 0 && p->payee_count == 0 && p->planned_end != NONE &&
                    p->planned_end <= next_year(s->day),
                "wishes: draws, payees or planned_end");
    else
        REQUIRE((p->draw_count > 0) == (p->payee_count > 0), "draws and payees");
    REQUIRE(p->planned_end == NONE || p->planned_end >= s->day, "planned_end is past");
    REQUIRE(p->category == WISHES || !has(s, "item_cap_fen"), "item_cap_fen");
    if (p->category == FEES)
        REQUIRE(p->goods_count == 0 && p->payee_count == 1 &&
                    w->parties[p->payees[0].party].verified &&
                    strcmp(w->parties[p->payees[0].party].code, w->code) == 0,
                "fees: payee is not the charity");
    return true;
}

static bool replace_proposal(step *s)
{
    int old = find_proposal(s->w, text(s, "replaces"));
    REQUIRE(old != NONE && s->w->proposals[old].fund == s->fund, "no such proposal here");
    proposal_row *p = &s->w->proposals[old];
    REQUIRE(!p->replaced, "replaced before");
    REQUIRE(undecided(p) || (p->stage >= REJECTED && standing(s->w, old) == 0), "not ended unpaid");
    p->replaced = true;
    if (undecided(p))
        enter(s, old, WITHDRAWN, s->ms);
    return true;
}

bool proposal_filed(step *s)
{
    world *w = s->w;
    int busy = 0;
    REQUIRE(w->funds[s->fund].stage == OPEN, "fund is closing");
    for (int i = 0; i < w->proposals_count; i++)
        busy += w->proposals[i].fund == s->fund &&
                (undecided(&w->proposals[i]) || holds(&w->proposals[i]) > 0);
    REQUIRE(busy < 200, "too many open proposals");
    REQUIRE(find_proposal(w, text(s, "proposal")) == NONE, "proposal exists");
    int wanted = find_need(w, text(s, "need"));
    REQUIRE(!has(s, "need") ||
                (wanted != NONE && w->needs[wanted].fund == s->fund && !w->needs[wanted].reversed),
            "no such need");
    if (has(s, "replaces") && !replace_proposal(s))
        return false;
    const int64_t *days = w->funds[s->fund].days;
    proposal_row *p = &w->proposals[ADD(proposals)];
    snprintf(p->id, sizeof p->id, "%s", text(s, "proposal"));
    for (int i = 0; i < 32; i++)
        snprintf(p->leaf + 2 * i, 3, "%02x", s->leaf->bytes[i]);
    p->fund = s->fund;
    p->category = word(text(s, "category"), CATEGORIES);
    p->filer = s->signer;
    p->index = s->index;
    p->filed_ms = p->stage_ms = s->ms;
    p->stage = CONSULTING;
    p->consult_day = s->day + (int32_t)days[1];
    p->expiry_day = p->consult_day + (int32_t)days[2];
    p->vote_days = days[2];
    p->apply_days = days[3];
    p->review_days = days[4];
    p->pay_days = days[5];
    p->answered_day = NONE;
    p->planned_end = date(s, "planned_end");
    p->need = wanted;
    p->item_cap = number(s, "item_cap_fen");
    return read_draws(s, p) && read_payees(s, p) && read_goods(s, p) && check_filing(s, p);
}

bool proposal_withdrawn(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(undecided(p), "decided already");
    enter(s, number, WITHDRAWN, s->ms);
    return true;
}

bool objection_filed(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(undecided(p), "decided already");
    REQUIRE(s->w->actors[s->signer].role != SUPERVISOR ||
                seated_supervisor(s->w, s->fund, s->signer),
            "not a seated supervisor");
    objection_row *o = &s->w->objections[ADD(objections)];
    snprintf(o->jti, sizeof o->jti, "%s", s->jti);
    o->proposal = number;
    p->open_objections++;
    return true;
}

bool objection_answered(step *s)
{
    int o = find_objection(s->w, text(s, "objection"));
    REQUIRE(o != NONE && s->w->proposals[s->w->objections[o].proposal].fund == s->fund,
            "no such objection here");
    REQUIRE(!s->w->objections[o].answered, "answered before");
    REQUIRE(seated_member(s->w, s->fund, s->signer), "not a seated member");
    proposal_row *p = &s->w->proposals[s->w->objections[o].proposal];
    s->w->objections[o].answered = true;
    p->open_objections--;
    p->answered_day = s->day;
    open_if_ready(s, s->w->objections[o].proposal);
    return true;
}

bool opinion_given(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(undecided(p), "decided already");
    REQUIRE(seated_supervisor(s->w, s->fund, s->signer), "not a seated supervisor");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    s->w->opinions[ADD(opinions)] = (pair){number, s->signer};
    open_if_ready(s, number);
    return true;
}
