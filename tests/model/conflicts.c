/* conflicts.c — who is in conflict, and what finding it does. */
#include "model/world.h"

bool recused(const world *w, int proposal, int actor)
{
    return pair_in(w->recusals, w->recusals_count, proposal, actor);
}

bool party_conflict(const world *w, int actor, int party, uint64_t filed)
{
    int group = w->parties[party].group;
    for (int i = 0; i < w->parties_count; i++) {
        if (w->parties[i].group == group && w->parties[i].owners[actor])
            return true;
    }
    for (int i = 0; i < w->conflicts_count; i++) {
        const conflict_row *c = &w->conflicts[i];
        if (c->actor == actor && w->parties[c->party].group == group && filed < c->ended)
            return true;
    }
    return false;
}

bool conflicted(const world *w, int proposal, int actor)
{
    for (int i = 0; i < w->proposals[proposal].payee_count; i++) {
        if (party_conflict(w, actor, w->proposals[proposal].payees[i].party,
                           w->proposals[proposal].index))
            return true;
    }
    return false;
}

bool barred(const world *w, int proposal, int actor)
{
    return recused(w, proposal, actor) || conflicted(w, proposal, actor);
}

static void rejudge_adopted(step *s, int number)
{
    world *w = s->w;
    proposal_row *p = &w->proposals[number];
    int people[SEATS_MAX], silent;
    const seating_row *seated = seating_of_epoch(w, p->fund, p->epoch);
    int count = panel(w, number, seated, people);
    if (!is_short(seated, count) && approvals(w, number, people, count, &silent) >= needed(count))
        return;
    release(s, number, s->ms);
    enter(s, number, VOTING, s->ms);
    p->expiry_day = s->day + (int32_t)p->vote_days;
    if (p->epoch != w->funds[p->fund].epoch)
        void_ballots(w, number, NONE);
    for (int i = 0; i < w->actors_count; i++) {
        if (conflicted(w, number, i))
            void_ballots(w, number, i);
    }
    p->epoch = 0;
    reject_if_hopeless(s, number);
}

/* Whether a person sat, as member or alternate, when the proposal was adopted. */
static bool sat_at_adoption(const world *w, int number, int actor)
{
    const proposal_row *p = &w->proposals[number];
    const seating_row *seated = seating_of_epoch(w, p->fund, p->epoch);
    return seated != NULL && (among(seated->members, seated->member_count, actor) ||
                              among(seated->alternates, seated->alternate_count, actor));
}

/* Whether a conflict found may still change a proposal. */
static bool changeable(const proposal_row *p)
{
    return p->stage <= APPROVED;
}

/* What was in conflict before an entry, to learn what it found. */
bool *conflicts_now(const world *w)
{
    bool *found = calloc((size_t)PROPOSALS * ACTORS, sizeof *found);
    assert(found != NULL);
    for (int i = 0; i < w->proposals_count; i++) {
        for (int a = 0; changeable(&w->proposals[i]) && a < w->actors_count; a++)
            found[i * ACTORS + a] = conflicted(w, i, a);
    }
    return found;
}

void conflicts_found(step *s, bool *before)
{
    world *w = s->w;
    for (int i = 0; i < w->proposals_count; i++) {
        bool found = false, sat = false;
        proposal_row *p = &w->proposals[i];
        for (int a = 0; changeable(p) && a < w->actors_count; a++) {
            if (before[i * ACTORS + a] || !conflicted(w, i, a))
                continue;
            found = true;
            sat = sat || (p->epoch != 0 && sat_at_adoption(w, i, a));
            if (undecided(p))
                void_ballots(w, i, a);
        }
        if (!found)
            continue;
        if (p->stage == VOTING)
            reject_if_hopeless(s, i);
        else if ((p->stage == ADOPTED || p->stage == APPLIED || p->stage == APPROVED) &&
                 standing(w, i) == 0 && sat)
            rejudge_adopted(s, i);
    }
    free(before);
}
