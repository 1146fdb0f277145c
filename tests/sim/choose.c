/* choose.c — who, where and what an act is about. */
#include "sim/sim.h"

int anybody(sim *s)
{
    return below(s, s->people_count);
}

/* Somebody of a role in effect; now and then anybody at all. */
int signer_of(sim *s, mz_role role)
{
    if (chance(s, 2))
        return anybody(s);
    for (int tries = 0; tries < 200; tries++) {
        int who = anybody(s);
        const person *p = &s->people[who];
        if (p->role == (int)role && p->in_effect && (!p->retired || chance(s, 2)))
            return who;
    }
    return anybody(s);
}

int steward_of(sim *s, int fund)
{
    for (int tries = 0; tries < 60; tries++) {
        int who = signer_of(s, MZ_STEWARD);
        if ((s->people[who].funds >> fund & 1u) || chance(s, 2))
            return who;
    }
    return signer_of(s, MZ_STEWARD);
}

int any_fund(sim *s)
{
    /* The first funds are the busy ones. */
    int fund = below(s, s->fund_count);
    for (int i = 0; i < 12 && !chance(s, 4); i++) {
        fund = below(s, s->fund_count);
        if (chance(s, 50))
            fund = below(s, fund + 1);
        if (fund < (int)model_fund_count(s->m) && model_fund_at(s->m, (size_t)fund).stage != 3)
            break;
    }
    return fund;
}

const char *fund_id(sim *s, int fund)
{
    return fund < (int)model_fund_count(s->m) ? model_fund_at(s->m, (size_t)fund).id : "nowhere";
}

/* The fund to write on an entry: its own, seldom another or none. */
const char *fund_for(sim *s, int fund)
{
    if (below(s, 150) == 0)
        return NULL;
    return fund_id(s, chance(s, 1) ? any_fund(s) : fund);
}

thing *pick(sim *s, things *list)
{
    if (list->count == 0)
        return NULL;
    int recent = list->count > 12 && chance(s, 70) ? list->count - 12 : 0;
    return &list->rows[recent + below(s, list->count - recent)];
}

/* One of a fund that has closed, when there is one. */
thing *pick_closed(sim *s, things *list)
{
    for (int i = 0; i < 40 && list->count > 0; i++) {
        thing *t = &list->rows[below(s, list->count)];
        if (t->fund >= 0 && model_fund_at(s->m, (size_t)t->fund).stage == 3)
            return t;
    }
    return pick(s, list);
}

thing *add_thing(sim *s, things *list, int fund)
{
    if (list->count == THINGS) { /* forget the oldest half */
        memmove(list->rows, list->rows + THINGS / 2, sizeof list->rows / 2);
        list->count = THINGS / 2;
    }
    thing *t = &list->rows[list->count++];
    memset(t, 0, sizeof *t);
    memcpy(t->jti, s->jti, sizeof t->jti);
    t->fund = fund;
    t->ms = s->now;
    return t;
}

const char *day_text(int32_t day)
{
    static char texts[4][MZ_DAY_TEXT_SIZE];
    static int turn;
    char *text = texts[turn++ % 4];
    mz_day_text(day, text);
    return text;
}

int32_t today(const sim *s)
{
    return mz_day_of_ms(s->now);
}

/* Of a bank line or a gift: now and then a day that has not come yet. */
const char *booked_text(sim *s)
{
    return day_text(today(s) + (below(s, 100) == 0));
}

/* A purpose of a fund; NULL when there is none. */
const char *any_purpose(sim *s, int fund, int64_t *free_fen)
{
    const char *found = NULL;
    int seen = 0;
    for (size_t i = 0; i < model_bucket_count(s->m); i++) {
        model_bucket b = model_bucket_at(s->m, i);
        if ((int)b.fund == fund && below(s, ++seen) == 0) {
            found = b.id;
            if (free_fen != NULL)
                *free_fen = b.balance_fen - b.reserved_fen;
        }
    }
    return found == NULL || below(s, 200) == 0 ? "nosuch" : found;
}

int any_party(sim *s)
{
    return below(s, s->party_count);
}

#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'e.png'}]"

const char *evidence(sim *s, const char *before)
{
    static char text[300];
    snprintf(text, sizeof text, "%s%s", before, EVIDENCE);
    return below(s, 40) == 0 ? "" : text;
}
