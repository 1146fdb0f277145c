/* deadlines.c — stages, and what falls due. */
#include "model/world.h"

void enter(step *s, int proposal, int stage, int64_t ms)
{
    s->w->proposals[proposal].stage = stage;
    s->w->proposals[proposal].stage_ms = ms;
    if (stage >= COMPLETED)
        release(s, proposal, ms);
}

bool undecided(const proposal_row *p)
{
    return p->stage == CONSULTING || p->stage == VOTING;
}

bool can_pay(const proposal_row *p, int64_t ms)
{
    return (p->stage == APPROVED || p->stage == PAYING) && !p->late && ms < end_of(p->due_day);
}

/* How much was paid out of a proposal and stands: payouts, and issues of goods once confirmed. */
int standing(const world *w, int number)
{
    int count = 0;
    for (int i = 0; i < w->payouts_count; i++)
        count += w->payouts[i].proposal == number && !w->payouts[i].reversed;
    for (int i = 0; i < w->goods_count; i++)
        count += w->goods[i].proposal == number && w->goods[i].kind == ISSUED &&
                 w->goods[i].confirmed && !w->goods[i].reversed;
    return count;
}

/* After a reversal: where nothing paid is left, a proposal in paying steps back, or has lapsed. */
void nothing_left(step *s, int number, bool payable)
{
    if (s->w->proposals[number].stage == PAYING && standing(s->w, number) == 0)
        enter(s, number, payable ? APPROVED : LAPSED, s->ms);
}

/* When consultation ends by time alone; INT64_MAX while an objection is open. */
static int64_t opening_ms(const world *w, int number)
{
    const proposal_row *p = &w->proposals[number];
    if (p->open_objections > 0)
        return INT64_MAX;
    int64_t ms = end_of(p->consult_day);
    const seating_row *seated = seating_of(w, p->fund);
    int32_t last = p->answered_day > p->consult_day ? p->answered_day : p->consult_day;
    for (int i = 0; seated != NULL && i < seated->supervisor_count; i++) {
        if (!pair_in(w->opinions, w->opinions_count, number, seated->supervisors[i]))
            ms = end_of((int64_t)last + 7);
    }
    return ms;
}

/* The next deadline of a proposal; INT64_MAX when there is none. */
static int64_t due_ms(const world *w, int number)
{
    const proposal_row *p = &w->proposals[number];
    int64_t expiry = end_of(p->expiry_day);
    int64_t opening;
    switch (p->stage) {
    case CONSULTING:
        opening = opening_ms(w, number);
        return opening < expiry ? opening : expiry;
    case VOTING:
        return expiry;
    case ADOPTED:
    case APPLIED:
    case APPROVED:
        return end_of(p->due_day);
    case PAYING:
        return p->late ? INT64_MAX : end_of(p->due_day);
    default:
        return INT64_MAX;
    }
}

static void fall_due(step *s, int number, int64_t ms)
{
    proposal_row *p = &s->w->proposals[number];
    if (p->stage == CONSULTING && opening_ms(s->w, number) <= ms && ms < end_of(p->expiry_day)) {
        enter(s, number, VOTING, ms);
    } else if (undecided(p)) {
        enter(s, number, EXPIRED, ms);
    } else if (p->stage == PAYING && standing(s->w, number) > 0) {
        p->late = true;
        release(s, number, ms);
    } else {
        enter(s, number, LAPSED, ms);
    }
}

/* Deadlines of all funds up to a moment, in order of time, then of filing. */
void settle(step *s, int64_t ms)
{
    for (;;) {
        int first = NONE;
        int64_t when = ms;
        for (int i = 0; i < s->w->proposals_count; i++) {
            int64_t due = due_ms(s->w, i);
            if (due < when || (due == when && first == NONE)) {
                first = i;
                when = due;
            }
        }
        if (first == NONE)
            return;
        fall_due(s, first, when);
    }
}

/* Voting begins at this entry when it supplied what was missing. */
void open_if_ready(step *s, int number)
{
    if (s->w->proposals[number].stage == CONSULTING && opening_ms(s->w, number) <= s->ms)
        enter(s, number, VOTING, s->ms);
}

void reject_if_hopeless(step *s, int number)
{
    world *w = s->w;
    const proposal_row *p = &w->proposals[number];
    if (p->stage != VOTING || suspended(w, p->fund, s->ms))
        return;
    int people[SEATS_MAX], silent;
    int count = panel(w, number, seating_of(w, p->fund), people);
    if (is_short(seating_of(w, p->fund), count))
        return;
    if (approvals(w, number, people, count, &silent) + silent < needed(count))
        enter(s, number, REJECTED, s->ms);
}
