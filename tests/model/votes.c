/* votes.c — ballots and recusals. */
#include "model/world.h"

static bool envelope_taken(const world *w, int number)
{
    const proposal_row *p = &w->proposals[number];
    for (int i = 0; i < w->proposals_count; i++) {
        const proposal_row *other = &w->proposals[i];
        if (i == number || other->fund != p->fund || other->category != FEES ||
            year_of(day_of(other->filed_ms)) != year_of(day_of(p->filed_ms)))
            continue;
        if ((other->stage >= ADOPTED && other->stage <= COMPLETED) || standing(w, i) > 0)
            return true;
    }
    return false;
}

static bool adopt(step *s, int number)
{
    proposal_row *p = &s->w->proposals[number];
    REQUIRE(p->category != FEES || !envelope_taken(s->w, number), "an envelope is adopted");
    for (int d = 0; d < p->draw_count; d++) {
        REQUIRE(unreserved(s->w, p->draws[d].purpose) >= p->draws[d].filed, "no cover");
        change_reserve(s, number, d, p->draws[d].filed, s->ms);
    }
    p->epoch = s->w->funds[p->fund].epoch;
    p->adopted_day = s->day;
    p->due_day = s->day + (int32_t)p->apply_days;
    enter(s, number, p->category == RESOLUTION ? COMPLETED : ADOPTED, s->ms);
    return true;
}

bool vote_cast(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == VOTING, "not voting");
    REQUIRE(!suspended(w, s->fund, s->ms), "voting is suspended");
    const seating_row *seated = seating_of(w, s->fund);
    int people[SEATS_MAX], silent;
    int count = panel(w, number, seated, people);
    REQUIRE(among(people, count, s->signer), "not on the panel");
    REQUIRE(!is_short(seated, count), "panel is short");
    REQUIRE(strcmp(text(s, "filing_sha256"), p->leaf) == 0, "another filing");
    REQUIRE(number_in(s->body, "epoch") == w->funds[s->fund].epoch, "another epoch");
    int old = standing_ballot(w, number, s->signer);
    const char *supersedes = text(s, "supersedes");
    REQUIRE((old == NONE) == (supersedes == NULL), "supersedes");
    REQUIRE(old == NONE || strcmp(w->ballots[old].jti, supersedes) == 0, "another ballot");
    if (old != NONE)
        w->ballots[old].stands = false;
    ballot_row *b = &w->ballots[ADD(ballots)];
    *b = (ballot_row){.proposal = number,
                      .actor = s->signer,
                      .epoch = seated->epoch,
                      .ms = s->ms,
                      .approve = strcmp(text(s, "choice"), "approve") == 0,
                      .stands = true};
    memcpy(b->kid, s->kid->bytes, 32);
    snprintf(b->jti, sizeof b->jti, "%s", s->jti);
    if (approvals(w, number, people, count, &silent) >= needed(count))
        return adopt(s, number);
    reject_if_hopeless(s, number);
    return true;
}

bool member_recused(step *s)
{
    OWN_PROPOSAL(number, p);
    const seating_row *seated = seating_of(s->w, s->fund);
    REQUIRE(undecided(p), "decided already");
    REQUIRE(seated != NULL && (among(seated->members, seated->member_count, s->signer) ||
                               among(seated->alternates, seated->alternate_count, s->signer)),
            "neither member nor alternate");
    REQUIRE(!recused(s->w, number, s->signer), "recused before");
    s->w->recusals[ADD(recusals)] = (pair){number, s->signer};
    void_ballots(s->w, number, s->signer);
    reject_if_hopeless(s, number);
    return true;
}
