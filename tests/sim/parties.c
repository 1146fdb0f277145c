/* parties.c — parties, conflicts, sources and sessions. */
#include "sim/sim.h"

static void verify(sim *s, const char *registration, int party)
{
    write_body(s, "{'registration':'%s'", registration);
    if (below(s, 14) == 0)
        add_body(s, ",'actor':'%s'", s->people[signer_of(s, MZ_MEMBER)].id);
    if (below(s, 14) == 0 && s->party_count > 0)
        add_body(s, ",'same_as':'%s'", s->parties[any_party(s)].id);
    add_body(s, "}");
    if (submit(s, "party.verified", signer_of(s, MZ_REVIEWER), NULL))
        s->parties[party].verified = true;
}

void register_party(sim *s, const char *code, bool surely)
{
    bool again = !surely && s->party_count > 0 && chance(s, 15);
    if (!again && s->party_count == PARTIES)
        return;
    int number = again ? any_party(s) : s->party_count;
    bool organisation = again ? s->parties[number].organisation : code != NULL || chance(s, 50);
    char made[24];
    snprintf(made, sizeof made, "91370300MA%08u", (unsigned)number % 100000000u);
    snprintf(s->parties[number].id, sizeof s->parties[number].id, "y%d", number);
    if (code == NULL)
        code = again ? s->parties[number].code : made;
    if (!surely && below(s, 30) == 0 && s->party_count > 0)
        code = s->parties[any_party(s)].code;
    write_body(s, "{'party':'y%d','kind':'%s','name':'n'", number,
               organisation    ? "organisation"
               : chance(s, 80) ? "person"
                               : "collective");
    if (organisation != (below(s, 40) == 0) && code[0] != '\0')
        add_body(s, ",'credit_code':'%s'", code);
    add_body(s, "}");
    if (!submit(s, "party.registered", signer_of(s, chance(s, 50) ? MZ_STEWARD : MZ_REGISTRAR),
                NULL))
        return;
    char jti[MZ_UUID_TEXT_SIZE];
    memcpy(jti, s->jti, sizeof jti);
    add_thing(s, &s->registrations, -1)->about = number;
    s->parties[number].organisation = organisation;
    snprintf(s->parties[number].code, sizeof s->parties[number].code, "%.18s",
             organisation ? code : "");
    s->party_count += !again;
    if (surely || chance(s, 70))
        verify(s, jti, number);
}

void act_party(sim *s)
{
    thing *t = pick(s, &s->registrations);
    if (t != NULL && chance(s, 40))
        verify(s, t->jti, t->about);
    else
        register_party(s, NULL, false);
}

void act_conflict(sim *s)
{
    int fund = any_fund(s), who = anybody(s), signer;
    if (chance(s, 70) && s->seats[fund].member_count > 0)
        who = s->seats[fund].members[below(s, s->seats[fund].member_count)];
    if (s->party_count == 0)
        return;
    int party = any_party(s);
    for (size_t i = 0; i < model_proposal_count(s->m); i++) { /* where it matters */
        model_proposal p = model_proposal_at(s->m, i);
        if (p.stage < MZ_VOTING || p.stage > MZ_APPROVED || p.payee_count == 0 ||
            !chance(s, p.stage == MZ_VOTING ? 20 : 60))
            continue;
        party = (int)strtol(p.payee[0] + 1, NULL, 10);
        for (int k = 0; k < s->people_count; k++) { /* one who voted */
            if (model_ballot(s->m, i, s->people[k].id) != NULL && chance(s, 40))
                who = k;
        }
    }
    signer = chance(s, 60) ? who : signer_of(s, chance(s, 50) ? MZ_SUPERVISOR : MZ_REGISTRAR);
    write_body(s, "{'actor':'%s','party':'y%d','relation':'r'}", s->people[who].id, party);
    if (!submit(s, "conflict.declared", signer, NULL))
        return;
    if (signer == who)
        add_thing(s, &s->conflicts, -1);
    else
        often_confirm(s, add_wait(s, "conflict.declared", -1, signer, who), 85);
}

void act_conflict_end(sim *s)
{
    thing *t = pick(s, &s->conflicts);
    int signer = chance(s, 50) ? signer_of(s, MZ_SUPERVISOR) : signer_of(s, MZ_REGISTRAR);
    if (t == NULL)
        return;
    write_body(s, "{'declaration':'%s','reason':'r'}", t->jti);
    if (submit(s, "conflict.ended", signer, NULL))
        often_confirm(s, add_wait(s, "conflict.ended", -1, signer, -1), 85);
}

void register_source(sim *s, int fund, int kind)
{
    if (s->source_count == SOURCES)
        return;
    int number = s->source_count;
    int32_t signed_on = today(s) - below(s, 200);
    write_body(s, "{'source':'s%d','kind':'%s','gratuitous':%s,'signed_on':'%s'",
               below(s, 30) == 0 ? 0 : number, MZ_SOURCE_KINDS[kind],
               chance(s, 50) ? "true" : "false", day_text(signed_on));
    if (chance(s, 40))
        add_body(s, ",'ends_on':'%s'", day_text(today(s) - 20 + below(s, 300)));
    if (kind != 5 || chance(s, 30))
        add_body(s, ",'agreement':{'service_type':'a','hours':'b'%s,'liability':'d'}",
                 below(s, 25) == 0 ? "" : ",'operation':'c'");
    if (s->party_count > 0 && chance(s, 50))
        add_body(s, ",'party':'%s'", s->parties[any_party(s)].id);
    add_body(s, "%s}", evidence(s, ","));
    if (!submit(s, "source.registered", steward_of(s, fund), fund_for(s, fund)))
        return;
    snprintf(s->sources[number].id, sizeof s->sources[number].id, "s%d", number);
    s->sources[number].fund = fund;
    s->sources[number].kind = kind;
    s->sources[number].signed_on = signed_on;
    s->source_count++;
}

/* A source of a fund, of a kind unless `kind` is -1; -1 when there is none. */
int any_source(sim *s, int fund, int kind)
{
    int found = -1, seen = 0;
    for (int i = 0; i < s->source_count; i++) {
        if (s->sources[i].fund == fund && (kind < 0 || s->sources[i].kind == kind) &&
            below(s, ++seen) == 0)
            found = i;
    }
    return found;
}

void act_source(sim *s)
{
    int fund = any_fund(s);
    int old = any_source(s, fund, -1);
    if (old >= 0 && chance(s, 12)) {
        write_body(s, "{'source':'s%d','reason':'r'}", old);
        submit(s, "source.ended", steward_of(s, fund), fund_for(s, fund));
        return;
    }
    if (s->source_count < 12 || chance(s, 20))
        register_source(s, fund, below(s, 6));
}

void act_session(sim *s)
{
    int fund = any_fund(s);
    int market = any_source(s, fund, chance(s, 95) ? MZ_SOURCE_MARKET : -1);
    if (market < 0)
        return;
    write_body(
        s, "{'source':'s%d','number':%d,'date':'%s','place':'p','stalls':1,'firms':2,'visits':3}",
        market, below(s, 20) == 0 ? s->number - below(s, 60) : ++s->number,
        day_text(today(s) + (below(s, 20) == 0) - below(s, 30)));
    if (submit(s, "session.held", steward_of(s, fund), fund_for(s, fund)))
        add_thing(s, &s->sessions, fund)->about = market;
}
