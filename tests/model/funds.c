/* funds.c — funds, purposes, committees. */
#include "model/world.h"

static bool read_profile(step *s, int64_t days[8])
{
    const json_t *profile = json_object_get(s->body, "profile");
    for (int i = 0; PROFILE[i] != NULL; i++) {
        if (json_object_get(profile, PROFILE[i]) != NULL)
            days[i] = number_in(profile, PROFILE[i]);
    }
    REQUIRE(days[0] % 2 == 1, "min_seats is even");
    return true;
}

bool fund_opened(step *s)
{
    static const int64_t DEFAULTS[8] = {3, 7, 30, 30, 60, 180, 92, 0};
    const json_t *id = json_object_get(s->body, "\1fund");
    const char *name = json_string_value(id);
    REQUIRE(find_fund(s->w, name) == NONE, "fund exists");
    REQUIRE(officers(s->w) >= 3, "too few officers");
    int number = ADD(funds);
    fund_row *f = &s->w->funds[number];
    snprintf(f->id, sizeof f->id, "%s", name);
    snprintf(f->account, sizeof f->account, "%s", text(s, "account"));
    f->index = s->index;
    f->stage = OPEN;
    f->seating = f->residual_purpose = NONE;
    f->next_from = s->day;
    f->opened_ms = s->ms;
    f->closed_ms = INT64_MAX;
    memcpy(f->days, DEFAULTS, sizeof DEFAULTS);
    purpose_row *general = &s->w->purposes[ADD(purposes)];
    *general = (purpose_row){.id = "general", .fund = number, .categories = 0x3ff};
    return read_profile(s, f->days);
}

bool fund_amended(step *s)
{
    int p = find_proposal(s->w, text(s, "proposal"));
    REQUIRE(p != NONE && s->w->proposals[p].fund == s->fund, "no such proposal here");
    proposal_row *resolution = &s->w->proposals[p];
    REQUIRE(resolution->category == RESOLUTION && resolution->stage == COMPLETED,
            "not a completed resolution");
    REQUIRE(!resolution->resolution_used, "resolution used before");
    REQUIRE(json_object_size(json_object_get(s->body, "profile")) > 0, "nothing amended");
    resolution->resolution_used = true;
    return read_profile(s, s->w->funds[s->fund].days);
}

bool fund_closing(step *s)
{
    REQUIRE(s->w->funds[s->fund].stage == OPEN, "fund is not open");
    s->w->funds[s->fund].stage = CLOSING;
    return true;
}

bool fund_closed(step *s)
{
    world *w = s->w;
    const json_t *residual = json_object_get(s->body, "residual_to");
    REQUIRE(w->funds[s->fund].stage == CLOSING, "fund is not closing");
    for (int i = 0; i < w->proposals_count; i++) {
        if (w->proposals[i].fund == s->fund)
            REQUIRE(w->proposals[i].stage >= COMPLETED && holds(&w->proposals[i]) == 0,
                    "proposal %s is not done", w->proposals[i].id);
    }
    for (int i = 0; i < w->incomes_count; i++)
        REQUIRE(w->incomes[i].fund != s->fund || w->incomes[i].stage != RECORDED, "income waits");
    REQUIRE(stocked(w, s->fund) == 0, "goods are left");
    int to = find_fund(w, text_in(residual, "fund"));
    REQUIRE(to != NONE && w->funds[to].stage == OPEN, "residual fund is not open");
    int target = find_purpose(w, to, text_in(residual, "purpose"));
    REQUIRE(target != NONE, "no such residual purpose");
    w->funds[s->fund].stage = CLOSED;
    w->funds[s->fund].closed_ms = s->ms;
    w->funds[s->fund].residual_purpose = target;
    move_residual(s, s->fund);
    return true;
}

static bool seat(step *s, const char *name, int role, int *people, int *count, int *all, int *total)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, name), i, item)
    {
        int a = find_actor(s->w, json_string_value(item));
        REQUIRE(in_effect(s->w, a) && s->w->actors[a].role == role, "%s: not such a person", name);
        REQUIRE(!among(all, *total, a), "%s: repeated", name);
        all[(*total)++] = people[(*count)++] = a;
    }
    return true;
}

bool committee_seated(step *s)
{
    world *w = s->w;
    fund_row *f = &w->funds[s->fund];
    int all[3 * SEATS_MAX], total = 0;
    int number = ADD(seatings);
    seating_row *seated = &w->seatings[number];
    if (!seat(s, "members", MEMBER, seated->members, &seated->member_count, all, &total) ||
        !seat(s, "alternates", MEMBER, seated->alternates, &seated->alternate_count, all, &total) ||
        !seat(s, "supervisors", SUPERVISOR, seated->supervisors, &seated->supervisor_count, all,
              &total))
        return false;
    REQUIRE(seated->member_count % 2 == 1, "even committee");
    REQUIRE(seated->member_count >= f->days[0], "too few seats");
    seated->chair = find_actor(w, text(s, "chair"));
    REQUIRE(among(seated->members, seated->member_count, seated->chair), "chair is no member");
    seated->term_ends = date(s, "term_ends");
    REQUIRE(seated->term_ends >= s->day, "term is over");
    seated->fund = s->fund;
    seated->epoch = ++f->epoch;
    f->seating = number;
    for (int i = 0; i < w->proposals_count; i++) {
        proposal_row *p = &w->proposals[i];
        if (p->fund != s->fund || !undecided(p))
            continue;
        void_ballots(w, i, NONE);
        if (p->stage == VOTING && !p->seating_seen) {
            p->seating_seen = true;
            if (s->day + (int32_t)p->vote_days > p->expiry_day)
                p->expiry_day = s->day + (int32_t)p->vote_days;
        }
        open_if_ready(s, i);
    }
    return true;
}

bool purpose_defined(step *s)
{
    size_t i;
    const json_t *item;
    REQUIRE(find_purpose(s->w, s->fund, text(s, "purpose")) == NONE, "purpose exists");
    purpose_row *p = &s->w->purposes[ADD(purposes)];
    snprintf(p->id, sizeof p->id, "%s", text(s, "purpose"));
    p->fund = s->fund;
    p->index = s->index;
    json_array_foreach(list(s, "categories"), i, item)
    {
        p->categories |= 1u << word(json_string_value(item), CATEGORIES);
    }
    return true;
}

static bool move_lot(step *s, int from, int to, int income, int64_t amount)
{
    world *w = s->w;
    int count = w->lots_count;
    for (int i = 0; amount > 0 && i < count; i++) {
        lot_row *l = &w->lots[i];
        if (l->purpose != from || l->income != income || l->free == 0)
            continue;
        int64_t part = l->free < amount ? l->free : amount;
        l->free -= part;
        l->length -= part;
        amount -= part;
        queue(s, to, income, part);
        w->purposes[from].out += part;
        w->purposes[to].in += part;
        w->incomes[income].moved = true;
    }
    REQUIRE(amount == 0, "not that much free of that income");
    return true;
}

bool purpose_changed(step *s)
{
    world *w = s->w;
    size_t i;
    const json_t *item;
    int from = find_purpose(w, s->fund, text(s, "purpose"));
    int to = find_purpose(w, s->fund, text(s, "to"));
    REQUIRE(from != NONE && to != NONE, "no such purpose");
    REQUIRE(from != to, "the same purpose");
    REQUIRE((w->purposes[to].categories & ~w->purposes[from].categories) == 0, "wider purpose");
    json_array_foreach(list(s, "lots"), i, item)
    {
        int in = find_income(w, text_in(item, "income"));
        REQUIRE(in != NONE, "no such income");
        for (size_t j = 0; j < i; j++)
            REQUIRE(strcmp(text_in(json_array_get(list(s, "lots"), j), "income"),
                           text_in(item, "income")) != 0,
                    "income named twice");
        REQUIRE(number_in(item, "amount_fen") <= unreserved(w, from), "reserved");
        if (!move_lot(s, from, to, in, number_in(item, "amount_fen")))
            return false;
    }
    return true;
}
