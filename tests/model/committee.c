/* committee.c — seatings, panels, ballots. */
#include "model/world.h"

const seating_row *seating_of(const world *w, int fund)
{
    return w->funds[fund].seating == NONE ? NULL : &w->seatings[w->funds[fund].seating];
}

const seating_row *seating_of_epoch(const world *w, int fund, int epoch)
{
    for (int i = 0; i < w->seatings_count; i++) {
        if (w->seatings[i].fund == fund && w->seatings[i].epoch == epoch)
            return &w->seatings[i];
    }
    return NULL;
}

bool suspended(const world *w, int fund, int64_t ms)
{
    const seating_row *seated = seating_of(w, fund);
    if (seated == NULL || ms >= end_of(seated->term_ends))
        return true;
    for (int i = 0; i < seated->member_count; i++) {
        if (w->actors[seated->members[i]].retired)
            return true;
    }
    return false;
}

int panel(const world *w, int proposal, const seating_row *seated, int people[SEATS_MAX])
{
    int count = 0;
    for (int i = 0; seated != NULL && i < seated->member_count; i++) {
        if (!barred(w, proposal, seated->members[i]))
            people[count++] = seated->members[i];
    }
    for (int i = 0; seated != NULL && i < seated->alternate_count; i++) {
        int person = seated->alternates[i];
        if (count < seated->member_count && !barred(w, proposal, person) &&
            !w->actors[person].retired)
            people[count++] = person;
    }
    return count;
}

bool is_short(const seating_row *seated, int count)
{
    return seated == NULL || count <= seated->member_count / 2;
}

int needed(int count)
{
    return count / 2 + 1 > 2 ? count / 2 + 1 : 2;
}

int standing_ballot(const world *w, int proposal, int actor)
{
    for (int i = w->ballots_count - 1; i >= 0; i--) {
        const ballot_row *b = &w->ballots[i];
        if (b->stands && b->proposal == proposal && b->actor == actor)
            return i;
    }
    return NONE;
}

/* Approvals among `people`, and how many of them have no ballot. */
int approvals(const world *w, int proposal, const int *people, int count, int *silent)
{
    int yes = 0;
    *silent = 0;
    for (int i = 0; i < count; i++) {
        int b = standing_ballot(w, proposal, people[i]);
        if (b == NONE)
            (*silent)++;
        else
            yes += w->ballots[b].approve;
    }
    return yes;
}

void void_ballots(world *w, int proposal, int actor)
{
    for (int i = 0; i < w->ballots_count; i++) {
        if (w->ballots[i].proposal == proposal && (actor == NONE || w->ballots[i].actor == actor))
            w->ballots[i].stands = false;
    }
}

bool seated_member(const world *w, int fund, int actor)
{
    const seating_row *seated = seating_of(w, fund);
    return seated != NULL && in_effect(w, actor) &&
           among(seated->members, seated->member_count, actor);
}

bool seated_supervisor(const world *w, int fund, int actor)
{
    const seating_row *seated = seating_of(w, fund);
    return seated != NULL && in_effect(w, actor) &&
           among(seated->supervisors, seated->supervisor_count, actor);
}
