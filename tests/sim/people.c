/* people.c — people, keys and confirmations. */
#include "sim/sim.h"

int new_key(sim *s)
{
    uint8_t seed[32] = {0};
    assert(s->key_count < KEYS);
    mz_be64_put(seed, s->seed);
    mz_be64_put(seed + 8, (uint64_t)s->key_count + 1);
    mz_signer_from_seed(&s->signers[s->key_count], seed);
    return s->key_count++;
}

/* `'key':...,'proof':...` for a body that names `id`. */
void add_key(sim *s, int key, const char *id)
{
    uint8_t proof[64];
    char text[100];
    mz_buf buf;
    bool proved = mz_signer_prove(&s->signers[key], ORIGIN, id, proof);
    assert(proved);
    (void)proved;
    if (below(s, 60) == 0)
        proof[below(s, 64)] ^= 1;
    mz_base64url_32(s->signers[key].public_key, text);
    mz_buf_init(&buf, 200);
    mz_buf_put_base64url(&buf, (mz_view){proof, 64});
    add_body(s, "'key':'%s','proof':'%s'", text, (const char *)buf.data);
    mz_buf_clear(&buf);
}

waiting *add_wait(sim *s, const char *event, int fund, int signer, int subject)
{
    if (s->wait_count == THINGS) {
        memmove(s->waits, s->waits + THINGS / 2, sizeof s->waits / 2);
        s->wait_count = THINGS / 2;
    }
    waiting *w = &s->waits[s->wait_count++];
    memset(w, 0, sizeof *w);
    memcpy(w->jti, s->jti, sizeof w->jti);
    snprintf(w->event, sizeof w->event, "%s", event);
    w->fund = fund;
    w->signer = signer;
    w->subject = subject;
    return w;
}

/* What a confirmation means to the generator. */
static void learn(sim *s, waiting *w)
{
    w->done = true;
    person *p = w->subject >= 0 ? &s->people[w->subject] : NULL;
    if (strcmp(w->event, "actor.enrolled") == 0 && p != NULL)
        p->in_effect = true;
    else if (strcmp(w->event, "actor.rekeyed") == 0 && p != NULL)
        p->key = w->key;
    else if (strcmp(w->event, "actor.assigned") == 0 && p != NULL)
        p->funds = w->funds;
    else if (strcmp(w->event, "conflict.declared") == 0)
        memcpy(add_thing(s, &s->conflicts, -1)->jti, w->jti, sizeof w->jti);
    else if (strcmp(w->event, "committee.seated") == 0) {
        s->seats[w->fund].seated = true;
        s->seats[w->fund].chair = w->chair;
        s->seats[w->fund].term_ends = w->term_ends;
        s->seats[w->fund].member_count = w->member_count;
        s->seats[w->fund].alternate_count = w->alternate_count;
        s->seats[w->fund].supervisor_count = w->supervisor_count;
        memcpy(s->seats[w->fund].members, w->members, sizeof w->members);
        memcpy(s->seats[w->fund].alternates, w->alternates, sizeof w->alternates);
        memcpy(s->seats[w->fund].supervisors, w->supervisors, sizeof w->supervisors);
    }
}

bool confirm(sim *s, waiting *w)
{
    int who = signer_of(s, chance(s, 30) ? MZ_AUDITOR : MZ_REGISTRAR);
    for (int i = 0; i < 20 && (who == w->signer || who == w->subject) && !chance(s, 5); i++)
        who = signer_of(s, chance(s, 30) ? MZ_AUDITOR : MZ_REGISTRAR);
    write_body(s, "{'target':'%s'}", w->jti);
    const char *fund = w->fund >= 0 ? fund_id(s, w->fund) : NULL;
    if (below(s, 100) == 0)
        fund = fund_id(s, any_fund(s));
    if (!submit(s, "registry.confirmed", who, fund))
        return false;
    learn(s, w);
    return true;
}

void act_confirm(sim *s)
{
    if (s->wait_count == 0)
        return;
    waiting *w = &s->waits[below(s, s->wait_count)];
    for (int i = 0; i < 40 && w->done && !chance(s, 3); i++)
        w = &s->waits[below(s, s->wait_count)];
    confirm(s, w);
}

/* Most † entries are confirmed at once. */
void often_confirm(sim *s, waiting *w, int percent)
{
    if (!chance(s, percent))
        return;
    s->now += below(s, 600) * MINUTE_MS;
    confirm(s, w);
}

void enrol(sim *s, mz_role role, unsigned funds, bool surely)
{
    if (s->people_count == PEOPLE || s->key_count + 1 >= KEYS)
        return;
    int who = s->people_count++;
    person *p = &s->people[who];
    memset(p, 0, sizeof *p);
    snprintf(p->id, sizeof p->id, "p%d", who);
    p->role = (int)role;
    p->funds = funds;
    p->key = new_key(s);
    int key = !surely && below(s, 20) == 0 ? below(s, s->key_count) : p->key;
    const char *id = !surely && below(s, 20) == 0 ? s->people[anybody(s)].id : p->id;
    write_body(s, "{'actor':'%s','name':'人%d','role':'%s',", id, who, mz_role_name(role));
    if (role == MZ_STEWARD || (!surely && below(s, 40) == 0)) {
        add_body(s, "'funds':[");
        for (int f = 0, first = 1; f < FUNDS; f++) {
            if (funds >> f & 1u) {
                add_body(s, "%s'%s'", first ? "" : ",", fund_id(s, f));
                first = 0;
            }
        }
        add_body(s, "],");
    }
    add_key(s, key, id);
    add_body(s, "}");
    int signer = surely ? 0 : signer_of(s, MZ_REGISTRAR);
    bool plain = key == p->key && strcmp(id, p->id) == 0;
    if (submit(s, "actor.enrolled", signer, NULL))
        often_confirm(s, add_wait(s, "actor.enrolled", -1, signer, plain ? who : -1),
                      surely ? 100 : 85);
}

static unsigned some_funds(sim *s)
{
    unsigned funds = 0;
    for (int f = 0; f < s->fund_count; f++) {
        bool closed = model_fund_at(s->m, (size_t)f).stage == 3;
        funds |= chance(s, closed ? 2 : 75) ? 1u << f : 0;
    }
    return funds;
}

/* A role with too few people in effect to go on; MZ_ROLE_NONE when there is none. */
mz_role scarce_role(const sim *s)
{
    static const int LEAST[] = {0, 3, 2, 2, 3, 12, 4, 1};
    static const mz_role FIRST[] = {MZ_REGISTRAR, MZ_STEWARD,    MZ_CASHIER, MZ_REVIEWER,
                                    MZ_MEMBER,    MZ_SUPERVISOR, MZ_AUDITOR};
    for (size_t k = 0; k < sizeof FIRST / sizeof FIRST[0]; k++) {
        int count = 0;
        for (int i = 0; i < s->people_count; i++)
            count += s->people[i].role == (int)FIRST[k] && s->people[i].in_effect &&
                     !s->people[i].retired;
        if (count < LEAST[FIRST[k]])
            return FIRST[k];
    }
    return MZ_ROLE_NONE;
}

void act_enrol(sim *s)
{
    static const mz_role ROLES[] = {MZ_MEMBER,     MZ_MEMBER,  MZ_MEMBER,   MZ_MEMBER,
                                    MZ_SUPERVISOR, MZ_STEWARD, MZ_REVIEWER, MZ_CASHIER,
                                    MZ_REGISTRAR,  MZ_AUDITOR};
    mz_role role = scarce_role(s);
    if (role == MZ_ROLE_NONE && s->people_count > 80)
        return;
    if (role == MZ_ROLE_NONE)
        role = ROLES[below(s, 10)];
    enrol(s, role, role == MZ_STEWARD || chance(s, 3) ? some_funds(s) : 0, false);
}

/* `compromised_since` 0: it is not said to be. */
void rekey(sim *s, int who, int64_t compromised_since)
{
    int signer = signer_of(s, MZ_REGISTRAR);
    if (s->key_count + 40 >= KEYS)
        return;
    int key = new_key(s);
    if (below(s, 20) == 0)
        key = below(s, s->key_count);
    write_body(s, "{'actor':'%s',", s->people[who].id);
    add_key(s, key, s->people[who].id);
    add_body(s, ",'reason':'r'");
    if (compromised_since != 0)
        add_body(s, ",'compromised_since':%lld", (long long)compromised_since);
    add_body(s, "}");
    if (submit(s, "actor.rekeyed", signer, NULL)) {
        waiting *w = add_wait(s, "actor.rekeyed", -1, signer, who);
        w->key = key;
        often_confirm(s, w, 85);
    }
}

void act_rekey(sim *s)
{
    int who = anybody(s), fund = any_fund(s);
    int64_t since = s->now + MINUTE_MS - below(s, 60) * 1440 * MINUTE_MS / 2;
    if (chance(s, 45) && s->seats[fund].member_count > 0)
        who = s->seats[fund].members[below(s, s->seats[fund].member_count)];
    else if (chance(s, 60))
        who = signer_of(s, MZ_REVIEWER);
    rekey(s, who, chance(s, 60) ? since : 0);
}

void act_assign(sim *s)
{
    int who = signer_of(s, MZ_STEWARD), signer = signer_of(s, MZ_REGISTRAR);
    unsigned funds = some_funds(s);
    write_body(s, "{'actor':'%s','funds':[", s->people[who].id);
    for (int f = 0, first = 1; f < FUNDS; f++) {
        if (funds >> f & 1u) {
            add_body(s, "%s'%s'", first ? "" : ",", fund_id(s, f));
            first = 0;
        }
    }
    add_body(s, "]}");
    if (submit(s, "actor.assigned", signer, NULL)) {
        waiting *w = add_wait(s, "actor.assigned", -1, signer, who);
        w->funds = funds;
        often_confirm(s, w, 85);
    }
}

void act_retire(sim *s)
{
    static const mz_role ROLES[] = {MZ_MEMBER,     MZ_MEMBER,    MZ_MEMBER,  MZ_SUPERVISOR,
                                    MZ_SUPERVISOR, MZ_REGISTRAR, MZ_STEWARD, MZ_REVIEWER};
    int who = signer_of(s, ROLES[below(s, 8)]);
    int fund = any_fund(s);
    if (chance(s, 50) && s->seats[fund].alternate_count > 0)
        who = s->seats[fund].alternates[below(s, s->seats[fund].alternate_count)];
    write_body(s, "{'actor':'%s','reason':'r'}", s->people[who].id);
    if (submit(s, "actor.retired", signer_of(s, MZ_REGISTRAR), NULL))
        s->people[who].retired = true;
}

void act_ledger(sim *s)
{
    int signer = signer_of(s, MZ_REGISTRAR);
    const char *event = chance(s, 50) ? "ledger.amended" : "rules.adopted";
    if (event[0] == 'l')
        write_body(s, "{%s}", chance(s, 20) ? "" : "'witnesses':[],'quorum':0");
    else
        write_body(s, "{'rules':%d}", 1 + (below(s, 4) == 0));
    if (submit(s, event, signer, NULL))
        often_confirm(s, add_wait(s, event, -1, signer, -1), 80);
}
