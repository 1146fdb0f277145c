/* parties.c — parties, conflicts, sources, sessions. */
#include "model/world.h"

bool party_registered(step *s)
{
    world *w = s->w;
    bool organisation = strcmp(text(s, "kind"), "organisation") == 0;
    const char *code = text(s, "credit_code");
    REQUIRE(organisation == (code != NULL), "credit_code is an organisation's");
    int p = find_party(w, text(s, "party"));
    for (int i = 0; code != NULL && i < w->registrations_count; i++)
        REQUIRE(strcmp(w->registrations[i].code, code) != 0 || w->registrations[i].party == p,
                "credit_code is another's");
    if (p == NONE) {
        p = ADD(parties);
        snprintf(w->parties[p].id, sizeof w->parties[p].id, "%s", text(s, "party"));
        w->parties[p].group = p;
    }
    registration_row *r = &w->registrations[ADD(registrations)];
    snprintf(r->jti, sizeof r->jti, "%s", s->jti);
    snprintf(r->code, sizeof r->code, "%s", code == NULL ? "" : code);
    r->party = p;
    return true;
}

bool party_verified(step *s)
{
    world *w = s->w;
    int r = find_registration(w, text(s, "registration"));
    REQUIRE(r != NONE, "no such registration");
    REQUIRE(!w->registrations[r].verified, "verified before");
    int p = w->registrations[r].party;
    int same = find_party(w, text(s, "same_as"));
    int who = find_actor(w, text(s, "actor"));
    REQUIRE(!has(s, "same_as") || (same != NONE && same != p), "same_as: no other party");
    REQUIRE(!has(s, "actor") || in_effect(w, who), "actor is not in effect");
    bool *before = conflicts_now(w);
    w->registrations[r].verified = true;
    w->parties[p].verified = true;
    memcpy(w->parties[p].code, w->registrations[r].code, sizeof w->parties[p].code);
    if (who != NONE)
        w->parties[p].owners[who] = true;
    if (same != NONE) {
        int old = w->parties[p].group, group = w->parties[same].group;
        for (int i = 0; i < w->parties_count; i++) {
            if (w->parties[i].group == old)
                w->parties[i].group = group;
        }
    }
    conflicts_found(s, before);
    return true;
}

bool conflict_declared(step *s)
{
    world *w = s->w;
    int who = find_actor(w, text(s, "actor"));
    int about = find_party(w, text(s, "party"));
    REQUIRE(in_effect(w, who), "no such actor in effect");
    REQUIRE(about != NONE, "no such party");
    bool *before = conflicts_now(w);
    conflict_row *c = &w->conflicts[ADD(conflicts)];
    *c = (conflict_row){.actor = who, .party = about, .ended = NEVER};
    snprintf(c->jti, sizeof c->jti, "%s", s->jti);
    conflicts_found(s, before);
    return true;
}

bool conflict_ended(step *s)
{
    int c = find_conflict(s->w, text(s, "declaration"));
    REQUIRE(c != NONE, "no such declaration in effect");
    REQUIRE(s->w->conflicts[c].ended == NEVER, "ended before");
    s->w->conflicts[c].ended = s->index;
    return true;
}

bool source_registered(step *s)
{
    static const char *const FOUR[] = {"service_type", "hours", "operation", "liability", NULL};
    int kind = word(text(s, "kind"), SOURCES_OF);
    const json_t *agreement = json_object_get(s->body, "agreement");
    REQUIRE(find_source(s->w, text(s, "source")) == NONE, "source exists");
    REQUIRE(agreement != NULL || kind == 5, "agreement missing");
    for (int i = 0; agreement != NULL && FOUR[i] != NULL; i++)
        REQUIRE(json_object_get(agreement, FOUR[i]) != NULL, "agreement incomplete");
    REQUIRE(!has(s, "party") || find_party(s->w, text(s, "party")) != NONE, "no such party");
    REQUIRE(!has(s, "ends_on") || date(s, "ends_on") >= date(s, "signed_on"), "ends before");
    source_row *made = &s->w->sources[ADD(sources)];
    snprintf(made->id, sizeof made->id, "%s", text(s, "source"));
    made->fund = s->fund;
    made->kind = kind;
    made->gratuitous = json_is_true(json_object_get(s->body, "gratuitous"));
    made->signed_on = date(s, "signed_on");
    made->ends_on = has(s, "ends_on") ? date(s, "ends_on") : INT32_MAX;
    return true;
}

int own_source(const step *s)
{
    int found = find_source(s->w, text(s, "source"));
    return found != NONE && s->w->sources[found].fund == s->fund ? found : NONE;
}

bool source_ended(step *s)
{
    int found = own_source(s);
    REQUIRE(found != NONE, "no such source here");
    REQUIRE(!s->w->sources[found].ended, "ended before");
    s->w->sources[found].ended = true;
    if (s->day < s->w->sources[found].ends_on)
        s->w->sources[found].ends_on = s->day;
    return true;
}

bool session_held(step *s)
{
    int found = own_source(s);
    REQUIRE(found != NONE, "no such source here");
    REQUIRE(s->w->sources[found].kind == 1, "not a market");
    REQUIRE(date(s, "date") >= s->w->sources[found].signed_on &&
                date(s, "date") <= s->w->sources[found].ends_on,
            "outside agreement");
    REQUIRE(date(s, "date") <= s->day, "date is to come");
    for (int i = 0; i < s->w->sessions_count; i++)
        REQUIRE(s->w->sessions[i].reversed || s->w->sessions[i].source != found ||
                    s->w->sessions[i].number != number(s, "number"),
                "number used");
    session_row *held = &s->w->sessions[ADD(sessions)];
    snprintf(held->jti, sizeof held->jti, "%s", s->jti);
    held->fund = s->fund;
    held->source = found;
    held->date = date(s, "date");
    held->number = number(s, "number");
    return true;
}
