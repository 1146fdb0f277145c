#include "model.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define ZONE_MS INT64_C(28800000)
#define AMOUNT_MAX INT64_C(1000000000000000)
#define NEVER UINT64_MAX
#define NONE (-1)

enum { REGISTRAR = 1, REVIEWER, CASHIER, STEWARD, MEMBER, SUPERVISOR, AUDITOR };
enum {
    CONSULTING = 1,
    VOTING,
    ADOPTED,
    APPLIED,
    APPROVED,
    PAYING,
    COMPLETED,
    REJECTED,
    WITHDRAWN,
    EXPIRED,
    REFUSED,
    LAPSED
};
enum { OPEN = 1, CLOSING, CLOSED };
enum { RECORDED = 1, CONFIRMED, DECLINED, REVERSED };
enum { SEATS_MAX = 64 };

/* Room for one simulated history; more is a mistake of the test, not of the log. */
enum {
    ACTORS = 128,
    KEYS = 256,
    FUNDS = 16,
    SEATINGS = 500,
    PURPOSES = 96,
    PARTIES = 128,
    REGISTRATIONS = 700,
    CONFLICTS = 1500,
    SOURCES = 128,
    SESSIONS = 256,
    INCOMES = 2000,
    LOTS = 3000,
    PIECES = 8000,
    PROPOSALS = 1200,
    OBJECTIONS = 1200,
    BALLOTS = 6000,
    RECUSALS = 1200,
    OPINIONS = 2000,
    PAYOUTS = 1500,
    RETURNS = 800,
    BANK = 5000,
    FLOWS = 16000,
    ENTRIES = 16000
};

typedef struct {
    char id[41];
    int role;
    bool retired;
    uint8_t kid[32];
    bool funds[FUNDS];
} actor_row;

typedef struct {
    uint8_t key[32];
} used_key;

typedef struct {
    char id[41], account[41];
    uint64_t index;
    int stage, seating, epoch; /* seating: NONE before the first */
    int64_t days[8];           /* the profile, by position */
    int residual_purpose;
    int32_t next_from;
} fund_row;

typedef struct {
    int fund, epoch, chair;
    int32_t term_ends;
    int member_count, alternate_count, supervisor_count;
    int members[SEATS_MAX], alternates[SEATS_MAX], supervisors[SEATS_MAX];
} seating_row;

typedef struct {
    char id[41];
    int fund;
    uint64_t index;
    unsigned categories;
    int64_t confirmed, reversed, in, out, paid, returned;
} purpose_row;

typedef struct {
    char id[41], code[19];
    int group;
    bool verified, owners[ACTORS]; /* whose own it was found to be */
} party_row;

typedef struct {
    char jti[37], code[19];
    int party;
    bool verified;
} registration_row;

typedef struct {
    char jti[37];
    int actor, party;
    uint64_t ended; /* index of the confirmed end */
} conflict_row;

typedef struct {
    char id[41];
    int fund, kind;
    bool gratuitous, ended;
    int32_t signed_on, ends_on; /* ends_on: INT32_MAX when open */
} source_row;

typedef struct {
    char jti[37];
    int fund, source;
    int32_t date;
    int64_t number;
    bool reversed;
} session_row;

typedef struct {
    char jti[37], confirmation[37];
    uint64_t index;
    int fund, purpose, kind, source, session, stage, lot, bank;
    int64_t amount;
    bool moved, replaced;
} income_row;

typedef struct { /* in the order of queueing, over all purposes */
    int purpose, income;
    int64_t free, length; /* length: what is here, used or not */
} lot_row;

typedef struct { /* in the order of use */
    int payout, lot;
    int64_t amount;
} piece_row;

typedef struct {
    int purpose;
    int64_t filed, reserved, paid;
} draw;

typedef struct {
    char id[41], leaf[65];
    int fund, category, stage, filer, open_objections, epoch, returns, standing;
    uint64_t index;
    int64_t filed_ms, stage_ms, approved_ms;
    int64_t vote_days, apply_days, review_days, pay_days;
    int32_t consult_day, expiry_day, answered_day, adopted_day, due_day, planned_end;
    bool goods, replaced, seating_seen, late, resolution_used;
    uint8_t approver_kid[32];
    int draw_count, payee_count;
    draw draws[MODEL_DRAWS_MAX];
    struct {
        int party;
        int64_t cap, paid;
    } payees[MODEL_DRAWS_MAX];
} proposal_row;

typedef struct {
    char jti[37];
    int proposal;
    bool answered;
} objection_row;

typedef struct {
    char jti[37];
    uint8_t kid[32];
    int proposal, actor, epoch;
    int64_t ms;
    bool approve, stands;
} ballot_row;

typedef struct {
    int proposal, actor;
} pair;

typedef struct {
    char jti[37];
    uint64_t index;
    int proposal, party, bank;
    int64_t amount, returned;
    bool reversed;
} payout_row;

typedef struct {
    char jti[37];
    int payout, bank;
    int64_t amount, parts[MODEL_DRAWS_MAX]; /* by the proposal's draws */
    bool reversed, restored;
} giveback;

typedef struct {
    char account[41], ref[65];
    int64_t total, amount;
    bool in, stands;
} bank_entry;

enum {
    F_INCOME,
    F_SPEND,
    F_RETURNED,
    F_REV_PAYOUT,
    F_REV_INCOME,
    F_REV_RETURN,
    F_IN,
    F_OUT,
    F_RESERVED
};
typedef struct {
    int fund, what, detail;
    int64_t ms, amount;
} flow;

typedef struct {
    char jti[37];
    mz_event event;
    int fund, signer, subject;
    int64_t ms;
    bool pending, confirmed, reversed;
} record;

/* Everything remembered, without pointers, so that a copy of it is the way back. */
typedef struct {
    char origin[101], code[19];
    int64_t now;
#define LIST(type, name, room)                                                                     \
    type name[room];                                                                               \
    int name##_count;
    LIST(actor_row, actors, ACTORS)
    LIST(used_key, keys, KEYS)
    LIST(fund_row, funds, FUNDS)
    LIST(seating_row, seatings, SEATINGS)
    LIST(purpose_row, purposes, PURPOSES)
    LIST(party_row, parties, PARTIES)
    LIST(registration_row, registrations, REGISTRATIONS)
    LIST(conflict_row, conflicts, CONFLICTS)
    LIST(source_row, sources, SOURCES)
    LIST(session_row, sessions, SESSIONS)
    LIST(income_row, incomes, INCOMES)
    LIST(lot_row, lots, LOTS)
    LIST(piece_row, pieces, PIECES)
    LIST(proposal_row, proposals, PROPOSALS)
    LIST(objection_row, objections, OBJECTIONS)
    LIST(ballot_row, ballots, BALLOTS)
    LIST(pair, recusals, RECUSALS)
    LIST(pair, opinions, OPINIONS)
    LIST(payout_row, payouts, PAYOUTS)
    LIST(giveback, returns, RETURNS)
    LIST(bank_entry, bank, BANK)
    LIST(flow, flows, FLOWS)
    LIST(record, records, ENTRIES)
    char receipts[INCOMES][65];
    int receipts_count;
} world;

struct model {
    world now, before;
    json_t *payloads[ENTRIES]; /* of entries that wait for confirmation, by position in records */
    char *reason;
};

/* One entry on its way through the rules. */
typedef struct {
    world *w;
    struct model *m;
    const json_t *body;
    const char *jti;
    mz_event event;
    int fund, signer;
    uint64_t index;
    int64_t ms;
    int32_t day;
    const mz_hash *leaf, *kid;
} step;

#define REFUSE(...) return refuse(s, __VA_ARGS__)
#define REQUIRE(condition, ...)                                                                    \
    do {                                                                                           \
        if (!(condition))                                                                          \
            REFUSE(__VA_ARGS__);                                                                   \
    } while (0)
/* The next free row of a list, zeroed. */
#define ADD(list)                                                                                  \
    (assert((size_t)s->w->list##_count < sizeof s->w->list / sizeof s->w->list[0]),                \
     memset(&s->w->list[s->w->list##_count], 0, sizeof s->w->list[0]), s->w->list##_count++)

static bool refuse(const step *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(const step *s, const char *format, ...)
{
    if (s->m->reason != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(s->m->reason, MODEL_REASON_SIZE, format, args);
        va_end(args);
    }
    return false;
}

/* ---- reading ---- */

static int32_t day_of(int64_t ms)
{
    return (int32_t)((ms + ZONE_MS) / DAY_MS);
}

static int64_t end_of(int64_t day)
{
    return (day + 1) * DAY_MS - ZONE_MS;
}

static int32_t day_from_civil(int year, int month, int day)
{
    int32_t days = 0;
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    for (int y = 1970; y < year; y++)
        days += (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 366 : 365;
    days += before[month - 1] + day - 1;
    if (month > 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        days++;
    return days;
}

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *text(const step *s, const char *name)
{
    return text_in(s->body, name);
}

static bool has(const step *s, const char *name)
{
    return json_object_get(s->body, name) != NULL;
}

static int64_t number_in(const json_t *object, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(object, name));
}

static int64_t number(const step *s, const char *name)
{
    return number_in(s->body, name);
}

static const json_t *list(const step *s, const char *name)
{
    return json_object_get(s->body, name);
}

static int32_t date(const step *s, const char *name)
{
    const char *value = text(s, name);
    if (value == NULL)
        return NONE;
    int year = (int)strtol(value, NULL, 10);
    int month = (int)strtol(value + 5, NULL, 10);
    int day = (int)strtol(value + 8, NULL, 10);
    return day_from_civil(year, month, day);
}

static int year_of(int32_t day)
{
    int year = 1970;
    while (day_from_civil(year + 1, 1, 1) <= day)
        year++;
    return year;
}

/* The same date next year; 28 February for the 29th. */
static int32_t next_year(int32_t day)
{
    int year = year_of(day);
    int month = 12;
    while (day_from_civil(year, month, 1) > day)
        month--;
    int of_month = day - day_from_civil(year, month, 1) + 1;
    if (month == 2 && of_month == 29)
        of_month = 28;
    return day_from_civil(year + 1, month, of_month);
}

static int word(const char *value, const char *const *words)
{
    for (int i = 0; value != NULL && words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0)
            return i;
    }
    return NONE;
}

static const char *const CATEGORIES[] = {"activity",   "repair", "visit", "meals",
                                         "care",       "wishes", "fees",  "goods",
                                         "resolution", "other",  NULL};
enum { WISHES = 5, FEES = 6, GOODS = 7, RESOLUTION = 8 };
static const char *const KINDS[] = {"donation", "partner_share", "market",   "micro_enterprise",
                                    "produce",  "operation",     "interest", "other",
                                    "fiscal",   "wages",         NULL};
enum { KIND_MARKET = 2, KIND_FISCAL = 8 };
static const char *const SOURCES_OF[] = {
    "partner", "market", "micro_enterprise", "produce", "operation", "other", NULL};
static const char *const PROFILE[] = {"min_seats",      "consult_days",  "vote_days",
                                      "apply_days",     "review_days",   "pay_days",
                                      "statement_days", "goods_cap_fen", NULL};
static const char *const ROLES[] = {"registrar", "reviewer",   "cashier", "steward",
                                    "member",    "supervisor", "auditor", NULL};

/* ---- finding ---- */

#define FIND(function, list, field)                                                                \
    static int function(const world *w, const char *key)                                           \
    {                                                                                              \
        for (int i = 0; key != NULL && i < w->list##_count; i++) {                                 \
            if (strcmp(w->list[i].field, key) == 0)                                                \
                return i;                                                                          \
        }                                                                                          \
        return NONE;                                                                               \
    }
FIND(find_actor, actors, id)
FIND(find_fund, funds, id)
FIND(find_party, parties, id)
FIND(find_source, sources, id)
FIND(find_proposal, proposals, id)
FIND(find_registration, registrations, jti)
FIND(find_conflict, conflicts, jti)
FIND(find_session, sessions, jti)
FIND(find_income, incomes, jti)
FIND(find_objection, objections, jti)
FIND(find_payout, payouts, jti)
FIND(find_return, returns, jti)
FIND(find_record, records, jti)

static int find_purpose(const world *w, int fund, const char *id)
{
    for (int i = 0; id != NULL && i < w->purposes_count; i++) {
        if (w->purposes[i].fund == fund && strcmp(w->purposes[i].id, id) == 0)
            return i;
    }
    return NONE;
}

static bool in_effect(const world *w, int actor)
{
    return actor != NONE && !w->actors[actor].retired;
}

static int officers(const world *w)
{
    int count = 0;
    for (int i = 0; i < w->actors_count; i++)
        count += !w->actors[i].retired &&
                 (w->actors[i].role == REGISTRAR || w->actors[i].role == AUDITOR);
    return count;
}

static bool among(const int *people, int count, int actor)
{
    for (int i = 0; i < count; i++) {
        if (people[i] == actor)
            return true;
    }
    return false;
}

static bool pair_in(const pair *pairs, int count, int proposal, int actor)
{
    for (int i = 0; i < count; i++) {
        if (pairs[i].proposal == proposal && pairs[i].actor == actor)
            return true;
    }
    return false;
}

static bool recused(const world *w, int proposal, int actor)
{
    return pair_in(w->recusals, w->recusals_count, proposal, actor);
}

static bool party_conflict(const world *w, int actor, int party, uint64_t filed)
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

static bool conflicted(const world *w, int proposal, int actor)
{
    for (int i = 0; i < w->proposals[proposal].payee_count; i++) {
        if (party_conflict(w, actor, w->proposals[proposal].payees[i].party,
                           w->proposals[proposal].index))
            return true;
    }
    return false;
}

static bool barred(const world *w, int proposal, int actor)
{
    return recused(w, proposal, actor) || conflicted(w, proposal, actor);
}

/* ---- money ---- */

static int64_t balance(const world *w, int purpose)
{
    int64_t sum = 0;
    for (int i = 0; i < w->lots_count; i++) {
        if (w->lots[i].purpose == purpose)
            sum += w->lots[i].free;
    }
    return sum;
}

static int64_t reserved(const world *w, int purpose)
{
    int64_t sum = 0;
    for (int i = 0; i < w->proposals_count; i++) {
        for (int d = 0; d < w->proposals[i].draw_count; d++) {
            if (w->proposals[i].draws[d].purpose == purpose)
                sum += w->proposals[i].draws[d].reserved;
        }
    }
    return sum;
}

static int64_t unreserved(const world *w, int purpose)
{
    return balance(w, purpose) - reserved(w, purpose);
}

static int64_t fund_balance(const world *w, int fund)
{
    int64_t sum = 0;
    for (int i = 0; i < w->purposes_count; i++) {
        if (w->purposes[i].fund == fund)
            sum += balance(w, i);
    }
    return sum;
}

static void note_flow(step *s, int fund, int what, int detail, int64_t ms, int64_t amount)
{
    flow *f = &s->w->flows[ADD(flows)];
    *f = (flow){fund, what, detail, ms, amount};
}

static void change_reserve(step *s, int proposal, int d, int64_t delta, int64_t ms)
{
    if (delta == 0)
        return;
    s->w->proposals[proposal].draws[d].reserved += delta;
    note_flow(s, s->w->proposals[proposal].fund, F_RESERVED, 0, ms, delta);
}

static void release(step *s, int proposal, int64_t ms)
{
    for (int d = 0; d < s->w->proposals[proposal].draw_count; d++)
        change_reserve(s, proposal, d, -s->w->proposals[proposal].draws[d].reserved, ms);
}

static int64_t holds(const proposal_row *p)
{
    int64_t sum = 0;
    for (int d = 0; d < p->draw_count; d++)
        sum += p->draws[d].reserved;
    return sum;
}

static void queue(step *s, int purpose, int income, int64_t amount)
{
    lot_row *l = &s->w->lots[ADD(lots)];
    *l = (lot_row){.purpose = purpose, .income = income, .free = amount, .length = amount};
}

/* The oldest unused money of a purpose for a payout, at the end of its list. */
static void use(step *s, int purpose, int payout, int64_t amount)
{
    for (int i = 0; amount > 0 && i < s->w->lots_count; i++) {
        lot_row *l = &s->w->lots[i];
        if (l->purpose != purpose || l->free == 0)
            continue;
        int64_t part = l->free < amount ? l->free : amount;
        piece_row *p = &s->w->pieces[ADD(pieces)];
        *p = (piece_row){payout, i, part};
        l->free -= part;
        amount -= part;
    }
    assert(amount == 0);
}

/* Gives money of a payout back to its places, last used first; what came back, by the draws. */
static void restore(step *s, int payout, int64_t amount, int64_t parts[MODEL_DRAWS_MAX])
{
    const proposal_row *p = &s->w->proposals[s->w->payouts[payout].proposal];
    for (int i = s->w->pieces_count - 1; amount > 0 && i >= 0; i--) {
        piece_row *used = &s->w->pieces[i];
        if (used->payout != payout || used->amount == 0)
            continue;
        int64_t part = used->amount < amount ? used->amount : amount;
        lot_row *l = &s->w->lots[used->lot];
        used->amount -= part;
        l->free += part;
        amount -= part;
        for (int d = 0; d < p->draw_count; d++) {
            if (p->draws[d].purpose == l->purpose)
                parts[d] += part;
        }
    }
    assert(amount == 0);
}

/* All free money of a closed fund moves to where its residual went, in the order of queueing. */
static void move_residual(step *s, int from)
{
    world *w = s->w;
    int target = w->funds[from].residual_purpose;
    while (w->funds[w->purposes[target].fund].stage == CLOSED)
        target = w->funds[w->purposes[target].fund].residual_purpose;
    int count = w->lots_count;
    for (int i = 0; i < count; i++) {
        int64_t amount = w->lots[i].free;
        int source = w->lots[i].purpose;
        if (w->purposes[source].fund != from || amount == 0)
            continue;
        w->lots[i].free = 0;
        w->lots[i].length -= amount;
        w->purposes[source].out += amount;
        w->purposes[target].in += amount;
        w->incomes[w->lots[i].income].moved = true;
        queue(s, target, w->lots[i].income, amount);
        note_flow(s, from, F_OUT, 0, s->ms, amount);
        note_flow(s, w->purposes[target].fund, F_IN, 0, s->ms, amount);
    }
}

/* ---- the bank ---- */

static bool bank_take(step *s, bool in, int64_t amount, int *row)
{
    world *w = s->w;
    char account[sizeof w->bank[0].account];
    memcpy(account, w->funds[s->fund].account, sizeof account);
    const char *ref = text(s, "bank_ref");
    int64_t total = number(s, "bank_total_fen"); /* 0: not stated */
    int64_t sum = amount;
    REQUIRE(date(s, "booked_on") <= s->day, "booked_on is to come");
    for (int i = 0; i < w->bank_count; i++) {
        const bank_entry *b = &w->bank[i];
        if (!b->stands || strcmp(b->account, account) != 0 || strcmp(b->ref, ref) != 0)
            continue;
        REQUIRE(total != 0 && b->total == total && b->in == in, "bank_ref used");
        sum += b->amount;
    }
    REQUIRE(total == 0 || sum <= total, "bank line over its total");
    bank_entry *b = &w->bank[ *row = ADD(bank)];
    *b = (bank_entry){.total = total, .amount = amount, .in = in, .stands = true};
    memcpy(b->account, account, sizeof account);
    snprintf(b->ref, sizeof b->ref, "%s", ref);
    return true;
}

/* ---- the committee ---- */

static const seating_row *seating_of(const world *w, int fund)
{
    return w->funds[fund].seating == NONE ? NULL : &w->seatings[w->funds[fund].seating];
}

static const seating_row *seating_of_epoch(const world *w, int fund, int epoch)
{
    for (int i = 0; i < w->seatings_count; i++) {
        if (w->seatings[i].fund == fund && w->seatings[i].epoch == epoch)
            return &w->seatings[i];
    }
    return NULL;
}

static bool suspended(const world *w, int fund, int64_t ms)
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

static int panel(const world *w, int proposal, const seating_row *seated, int people[SEATS_MAX])
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

static bool is_short(const seating_row *seated, int count)
{
    return seated == NULL || count <= seated->member_count / 2;
}

static int needed(int count)
{
    return count / 2 + 1 > 2 ? count / 2 + 1 : 2;
}

static int standing_ballot(const world *w, int proposal, int actor)
{
    for (int i = w->ballots_count - 1; i >= 0; i--) {
        const ballot_row *b = &w->ballots[i];
        if (b->stands && b->proposal == proposal && b->actor == actor)
            return i;
    }
    return NONE;
}

/* Approvals among `people`, and how many of them have no ballot. */
static int approvals(const world *w, int proposal, const int *people, int count, int *silent)
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

static void void_ballots(world *w, int proposal, int actor) /* NONE: everybody's */
{
    for (int i = 0; i < w->ballots_count; i++) {
        if (w->ballots[i].proposal == proposal && (actor == NONE || w->ballots[i].actor == actor))
            w->ballots[i].stands = false;
    }
}

static bool seated_member(const world *w, int fund, int actor)
{
    const seating_row *seated = seating_of(w, fund);
    return seated != NULL && in_effect(w, actor) &&
           among(seated->members, seated->member_count, actor);
}

static bool seated_supervisor(const world *w, int fund, int actor)
{
    const seating_row *seated = seating_of(w, fund);
    return seated != NULL && in_effect(w, actor) &&
           among(seated->supervisors, seated->supervisor_count, actor);
}

/* ---- stages and deadlines ---- */

static void enter(step *s, int proposal, int stage, int64_t ms)
{
    s->w->proposals[proposal].stage = stage;
    s->w->proposals[proposal].stage_ms = ms;
    if (stage >= COMPLETED)
        release(s, proposal, ms);
}

static bool undecided(const proposal_row *p)
{
    return p->stage == CONSULTING || p->stage == VOTING;
}

static bool can_pay(const proposal_row *p, int64_t ms)
{
    return (p->stage == APPROVED || p->stage == PAYING) && !p->late && ms < end_of(p->due_day);
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
    } else if (p->stage == PAYING && p->standing > 0) {
        p->late = true;
        release(s, number, ms);
    } else {
        enter(s, number, LAPSED, ms);
    }
}

/* Deadlines of all funds up to a moment, in order of time, then of filing. */
static void settle(step *s, int64_t ms)
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
static void open_if_ready(step *s, int number)
{
    if (s->w->proposals[number].stage == CONSULTING && opening_ms(s->w, number) <= s->ms)
        enter(s, number, VOTING, s->ms);
}

static void reject_if_hopeless(step *s, int number)
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

/* ---- conflicts found ---- */

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

/* What was in conflict before an entry, to learn what it found. */
static bool *conflicts_now(const world *w)
{
    bool *found = calloc((size_t)PROPOSALS * ACTORS, sizeof *found);
    assert(found != NULL);
    for (int i = 0; i < w->proposals_count; i++) {
        for (int a = 0; a < w->actors_count; a++)
            found[i * ACTORS + a] = conflicted(w, i, a);
    }
    return found;
}

static void conflicts_found(step *s, bool *before)
{
    world *w = s->w;
    for (int i = 0; i < w->proposals_count; i++) {
        bool found = false, sat = false;
        proposal_row *p = &w->proposals[i];
        for (int a = 0; a < w->actors_count; a++) {
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
                 p->standing == 0 && sat)
            rejudge_adopted(s, i);
    }
    free(before);
}

/* ---- the registry ---- */

static bool decode_key(const char *encoded, uint8_t key[32])
{
    size_t size;
    return sodium_base642bin(key, 32, encoded, strlen(encoded), NULL, &size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == 32;
}

/* RFC 7638 over the key's JWK. */
static void thumbprint(const char *encoded, uint8_t kid[32])
{
    char jwk[128];
    int size =
        snprintf(jwk, sizeof jwk, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", encoded);
    crypto_hash_sha256(kid, (const unsigned char *)jwk, (unsigned long long)size);
}

static bool take_key(step *s, const char *who, const json_t *object, uint8_t kid[32])
{
    uint8_t key[32], proof[64];
    size_t size;
    const char *encoded = text_in(object, "key"), *shown = text_in(object, "proof");
    char message[512];
    REQUIRE(decode_key(encoded, key) && crypto_core_ed25519_is_valid_point(key), "bad key");
    int length = snprintf(message, sizeof message, "mingzhang key v1\n%s\n%s\n%s\n", s->w->origin,
                          who, encoded);
    REQUIRE(sodium_base642bin(proof, 64, shown, strlen(shown), NULL, &size, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
                size == 64 &&
                crypto_sign_verify_detached(proof, (const unsigned char *)message,
                                            (unsigned long long)length, key) == 0,
            "bad proof of possession");
    for (int i = 0; i < s->w->keys_count; i++)
        REQUIRE(memcmp(s->w->keys[i].key, key, 32) != 0, "key used before");
    memcpy(s->w->keys[ADD(keys)].key, key, 32);
    thumbprint(encoded, kid);
    return true;
}

static bool add_actor(step *s, const json_t *object, int role)
{
    const char *id = text_in(object, "actor");
    uint8_t kid[32];
    REQUIRE(find_actor(s->w, id) == NONE, "actor %s exists", id);
    if (!take_key(s, id, object, kid))
        return false;
    actor_row *a = &s->w->actors[ADD(actors)];
    snprintf(a->id, sizeof a->id, "%s", id);
    a->role = role;
    memcpy(a->kid, kid, 32);
    return true;
}

/* The log's key is used up too: name+hash+base64 of a type byte and 32 bytes. */
static bool take_log_key(step *s, const json_t *object)
{
    const char *vkey = text_in(object, "vkey");
    uint8_t bytes[33];
    size_t size;
    char url[64];
    /* The name of a vkey has no plus, the hash neither; the base64 may: count from the left. */
    const char *encoded = strchr(vkey, '+');
    encoded = encoded == NULL ? NULL : strchr(encoded + 1, '+');
    REQUIRE(encoded != NULL &&
                sodium_base642bin(bytes, sizeof bytes, encoded + 1, strlen(encoded + 1), NULL,
                                  &size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                size == 33,
            "bad vkey");
    sodium_bin2base64(url, sizeof url, bytes + 1, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    json_t *key = json_pack("{s:s, s:s}", "key", url, "proof", text_in(object, "proof"));
    uint8_t kid[32];
    bool taken = take_key(s, "-", key, kid);
    json_decref(key);
    return taken;
}

static bool ledger_opened(step *s)
{
    const json_t *charity = json_object_get(s->body, "charity");
    snprintf(s->w->code, sizeof s->w->code, "%s", text_in(charity, "credit_code"));
    REQUIRE(number(s, "rules") == 1, "rules version");
    REQUIRE(number(s, "quorum") <= (int64_t)json_array_size(list(s, "witnesses")), "quorum");
    if (!take_log_key(s, json_object_get(s->body, "log_key")))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!add_actor(s, json_array_get(list(s, "registrars"), i), REGISTRAR))
            return false;
    }
    for (int i = 0; i < 2; i++) {
        if (memcmp(s->w->actors[i].kid, s->kid->bytes, 32) == 0)
            return true;
    }
    REFUSE("entry 0 is signed by one of its registrars");
}

static bool ledger_amended(step *s)
{
    REQUIRE(has(s, "log_key") || has(s, "witnesses") || has(s, "quorum"), "nothing amended");
    return !has(s, "log_key") || take_log_key(s, json_object_get(s->body, "log_key"));
}

static bool rules_adopted(step *s)
{
    REQUIRE(number(s, "rules") == 1, "rules version");
    return true;
}

static bool read_funds(step *s, bool funds[FUNDS])
{
    size_t i;
    const json_t *item;
    memset(funds, 0, FUNDS * sizeof *funds);
    json_array_foreach(list(s, "funds"), i, item)
    {
        int f = find_fund(s->w, json_string_value(item));
        REQUIRE(f != NONE && s->w->funds[f].stage != CLOSED, "a fund listed is not there");
        funds[f] = true;
    }
    return true;
}

static bool actor_enrolled(step *s)
{
    int role = word(text(s, "role"), ROLES) + 1;
    bool funds[FUNDS];
    REQUIRE(has(s, "funds") == (role == STEWARD), "funds are a steward's");
    if (!read_funds(s, funds) || !add_actor(s, s->body, role))
        return false;
    memcpy(s->w->actors[s->w->actors_count - 1].funds, funds, sizeof funds);
    return true;
}

static bool actor_assigned(step *s)
{
    int a = find_actor(s->w, text(s, "actor"));
    bool funds[FUNDS];
    REQUIRE(in_effect(s->w, a), "no such actor in effect");
    REQUIRE(s->w->actors[a].role == STEWARD, "not a steward");
    if (!read_funds(s, funds))
        return false;
    memcpy(s->w->actors[a].funds, funds, sizeof funds);
    return true;
}

static void compromised(step *s, const uint8_t kid[32], int64_t since)
{
    world *w = s->w;
    for (int i = 0; i < w->proposals_count; i++) {
        proposal_row *p = &w->proposals[i];
        bool touched = false;
        for (int b = 0; b < w->ballots_count; b++) {
            ballot_row *cast = &w->ballots[b];
            if (cast->stands && cast->proposal == i && memcmp(cast->kid, kid, 32) == 0 &&
                cast->ms >= since && undecided(p)) {
                cast->stands = false;
                touched = true;
            }
        }
        if (touched)
            reject_if_hopeless(s, i);
        if (p->stage == APPROVED && p->standing == 0 && p->approved_ms >= since &&
            memcmp(p->approver_kid, kid, 32) == 0) {
            enter(s, i, APPLIED, s->ms);
            p->due_day = s->day + (int32_t)p->review_days;
        }
    }
}

static bool actor_rekeyed(step *s)
{
    int a = find_actor(s->w, text(s, "actor"));
    uint8_t kid[32], old[32];
    REQUIRE(in_effect(s->w, a), "no such actor in effect");
    REQUIRE(number(s, "compromised_since") <= s->ms, "compromised in the future");
    if (!take_key(s, s->w->actors[a].id, s->body, kid))
        return false;
    memcpy(old, s->w->actors[a].kid, 32);
    memcpy(s->w->actors[a].kid, kid, 32);
    if (has(s, "compromised_since"))
        compromised(s, old, number(s, "compromised_since"));
    return true;
}

static bool actor_retired(step *s)
{
    world *w = s->w;
    int a = find_actor(w, text(s, "actor"));
    REQUIRE(in_effect(w, a), "no such actor in effect");
    w->actors[a].retired = true;
    for (int f = 0; f < w->funds_count; f++)
        REQUIRE(w->funds[f].stage == CLOSED || officers(w) >= 3, "too few officers left");
    for (int i = 0; i < w->proposals_count; i++)
        reject_if_hopeless(s, i);
    return true;
}

/* ---- funds, purposes, committees ---- */

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

static bool fund_opened(step *s)
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
    memcpy(f->days, DEFAULTS, sizeof DEFAULTS);
    purpose_row *general = &s->w->purposes[ADD(purposes)];
    *general = (purpose_row){.id = "general", .fund = number, .categories = 0x3ff};
    return read_profile(s, f->days);
}

static bool fund_amended(step *s)
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

static bool fund_closing(step *s)
{
    REQUIRE(s->w->funds[s->fund].stage == OPEN, "fund is not open");
    s->w->funds[s->fund].stage = CLOSING;
    return true;
}

static bool fund_closed(step *s)
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
    int to = find_fund(w, text_in(residual, "fund"));
    REQUIRE(to != NONE && w->funds[to].stage == OPEN, "residual fund is not open");
    int target = find_purpose(w, to, text_in(residual, "purpose"));
    REQUIRE(target != NONE, "no such residual purpose");
    w->funds[s->fund].stage = CLOSED;
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

static bool committee_seated(step *s)
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

static bool purpose_defined(step *s)
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

static bool purpose_changed(step *s)
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

/* ---- parties, conflicts, sources ---- */

static bool party_registered(step *s)
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

static bool party_verified(step *s)
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

static bool conflict_declared(step *s)
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

static bool conflict_ended(step *s)
{
    int c = find_conflict(s->w, text(s, "declaration"));
    REQUIRE(c != NONE, "no such declaration in effect");
    REQUIRE(s->w->conflicts[c].ended == NEVER, "ended before");
    s->w->conflicts[c].ended = s->index;
    return true;
}

static bool source_registered(step *s)
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

static int own_source(const step *s)
{
    int found = find_source(s->w, text(s, "source"));
    return found != NONE && s->w->sources[found].fund == s->fund ? found : NONE;
}

static bool source_ended(step *s)
{
    int found = own_source(s);
    REQUIRE(found != NONE, "no such source here");
    REQUIRE(!s->w->sources[found].ended, "ended before");
    s->w->sources[found].ended = true;
    if (s->day < s->w->sources[found].ends_on)
        s->w->sources[found].ends_on = s->day;
    return true;
}

static bool session_held(step *s)
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

/* ---- income ---- */

static bool check_source(step *s, int kind, int source_no, int session_no)
{
    const world *w = s->w;
    REQUIRE(!has(s, "source") || source_no != NONE, "no such source here");
    REQUIRE(!has(s, "session") || session_no != NONE, "no such session");
    if (session_no != NONE) {
        REQUIRE(w->sessions[session_no].fund == s->fund, "session of another fund");
        REQUIRE(!w->sessions[session_no].reversed, "session was reversed");
        REQUIRE(w->sessions[session_no].source == source_no, "session of another source");
    }
    if (kind < 1 || kind > 5)
        return true;
    REQUIRE(source_no != NONE, "source missing");
    const source_row *from = &w->sources[source_no];
    REQUIRE(from->kind == kind - 1, "source of another kind");
    REQUIRE(kind != KIND_MARKET || session_no != NONE, "session missing");
    int32_t when = session_no != NONE ? w->sessions[session_no].date : date(s, "earned_to");
    REQUIRE(when != NONE && when >= from->signed_on && when <= from->ends_on, "outside agreement");
    return true;
}

static bool income_recorded(step *s)
{
    world *w = s->w;
    int kind = word(text(s, "kind"), KINDS);
    REQUIRE(kind < KIND_FISCAL, "not the fund's money");
    int to = find_purpose(w, s->fund, text(s, "purpose"));
    REQUIRE(to != NONE, "no such purpose");
    REQUIRE(!has(s, "party") || find_party(w, text(s, "party")) != NONE, "no such party");
    REQUIRE(date(s, "received_on") <= s->day, "received_on is to come");
    int from = has(s, "source") ? own_source(s) : NONE;
    int held = find_session(w, text(s, "session"));
    if (!check_source(s, kind, from, held))
        return false;
    if (has(s, "seeded_by")) {
        int p = find_proposal(w, text(s, "seeded_by"));
        REQUIRE(p != NONE && w->proposals[p].fund == s->fund, "no such proposal here");
        REQUIRE(w->proposals[p].standing > 0, "nothing paid");
    }
    if (has(s, "replaces")) {
        int old = find_income(w, text(s, "replaces"));
        REQUIRE(old != NONE && w->incomes[old].fund == s->fund, "no such income here");
        REQUIRE(w->incomes[old].stage >= DECLINED, "not reversed or declined");
        REQUIRE(!w->incomes[old].replaced, "replaced before");
        w->incomes[old].replaced = true;
    }
    income_row *in = &w->incomes[ADD(incomes)];
    *in = (income_row){.index = s->index,
                       .fund = s->fund,
                       .purpose = to,
                       .kind = kind,
                       .source = from,
                       .session = held,
                       .stage = RECORDED,
                       .lot = NONE,
                       .bank = NONE,
                       .amount = number(s, "amount_fen")};
    snprintf(in->jti, sizeof in->jti, "%s", s->jti);
    return true;
}

static int waiting_income(const step *s)
{
    int in = find_income(s->w, text(s, "income"));
    return in != NONE && s->w->incomes[in].fund == s->fund && s->w->incomes[in].stage == RECORDED
               ? in
               : NONE;
}

static bool income_confirmed(step *s)
{
    world *w = s->w;
    int number_of = waiting_income(s);
    REQUIRE(number_of != NONE, "no such recorded income here");
    income_row *in = &w->incomes[number_of];
    REQUIRE(number(s, "amount_fen") == in->amount, "amount differs");
    REQUIRE(strcmp(text(s, "purpose"), w->purposes[in->purpose].id) == 0, "purpose differs");
    const char *receipt = text(s, "receipt_no");
    REQUIRE((receipt != NULL) != has(s, "receipt_waived"), "receipt or waiver");
    REQUIRE(receipt == NULL || in->source == NONE || w->sources[in->source].gratuitous,
            "no donation receipt");
    for (int i = 0; receipt != NULL && i < w->receipts_count; i++)
        REQUIRE(strcmp(w->receipts[i], receipt) != 0, "receipt_no used");
    if (receipt != NULL)
        snprintf(w->receipts[ADD(receipts)], sizeof w->receipts[0], "%s", receipt);
    if (!bank_take(s, true, in->amount, &in->bank))
        return false;
    in->stage = CONFIRMED;
    in->lot = w->lots_count;
    queue(s, in->purpose, number_of, in->amount);
    w->purposes[in->purpose].confirmed += in->amount;
    snprintf(in->confirmation, sizeof in->confirmation, "%s", s->jti);
    note_flow(s, s->fund, F_INCOME, in->kind, s->ms, in->amount);
    return true;
}

static bool income_declined(step *s)
{
    int in = waiting_income(s);
    REQUIRE(in != NONE, "no such recorded income here");
    s->w->incomes[in].stage = DECLINED;
    return true;
}

/* ---- proposals ---- */

static int own_proposal(const step *s)
{
    int p = find_proposal(s->w, text(s, "proposal"));
    return p != NONE && s->w->proposals[p].fund == s->fund ? p : NONE;
}

#define OWN_PROPOSAL(number, p)                                                                    \
    int number = own_proposal(s);                                                                  \
    REQUIRE(number != NONE, "no such proposal here");                                              \
    proposal_row *p = &s->w->proposals[number]

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

static bool check_filing(step *s, const proposal_row *p)
{
    const world *w = s->w;
    if (p->category == RESOLUTION)
        REQUIRE(p->draw_count == 0 && p->payee_count == 0 && !p->goods, "resolution with money");
    else
        REQUIRE(p->draw_count > 0 || p->goods, "neither draws nor goods");
    REQUIRE(p->category != GOODS || p->goods, "goods missing");
    const json_t *goods = json_object_get(s->body, "goods");
    for (size_t i = 0; i < json_array_size(goods); i++)
        for (size_t j = 0; j < i; j++)
            REQUIRE(!json_equal(json_object_get(json_array_get(goods, i), "item"),
                                json_object_get(json_array_get(goods, j), "item")),
                    "an item twice");
    if (p->category == WISHES)
        REQUIRE(p->draw_count > 0 && p->payee_count == 0 && p->planned_end != NONE &&
                    p->planned_end <= next_year(s->day),
                "wishes: draws, payees or planned_end");
    else
        REQUIRE((p->draw_count > 0) == (p->payee_count > 0), "draws and payees");
    REQUIRE(p->planned_end == NONE || p->planned_end >= s->day, "planned_end is past");
    REQUIRE(p->category == WISHES || !has(s, "item_cap_fen"), "item_cap_fen");
    if (p->category == FEES)
        REQUIRE(p->payee_count == 1 && w->parties[p->payees[0].party].verified &&
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
    REQUIRE(undecided(p) || (p->stage >= REJECTED && p->standing == 0), "not ended unpaid");
    p->replaced = true;
    if (undecided(p))
        enter(s, old, WITHDRAWN, s->ms);
    return true;
}

static bool proposal_filed(step *s)
{
    world *w = s->w;
    int busy = 0;
    REQUIRE(w->funds[s->fund].stage == OPEN, "fund is closing");
    for (int i = 0; i < w->proposals_count; i++)
        busy += w->proposals[i].fund == s->fund &&
                (undecided(&w->proposals[i]) || holds(&w->proposals[i]) > 0);
    REQUIRE(busy < 200, "too many open proposals");
    REQUIRE(find_proposal(w, text(s, "proposal")) == NONE, "proposal exists");
    REQUIRE(!has(s, "need"), "no such need");
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
    p->goods = has(s, "goods");
    return read_draws(s, p) && read_payees(s, p) && check_filing(s, p);
}

static bool proposal_withdrawn(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(undecided(p), "decided already");
    enter(s, number, WITHDRAWN, s->ms);
    return true;
}

static bool objection_filed(step *s)
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

static bool objection_answered(step *s)
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

static bool opinion_given(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(undecided(p), "decided already");
    REQUIRE(seated_supervisor(s->w, s->fund, s->signer), "not a seated supervisor");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    s->w->opinions[ADD(opinions)] = (pair){number, s->signer};
    open_if_ready(s, number);
    return true;
}

static bool envelope_taken(const world *w, int number)
{
    const proposal_row *p = &w->proposals[number];
    for (int i = 0; i < w->proposals_count; i++) {
        const proposal_row *other = &w->proposals[i];
        if (i == number || other->fund != p->fund || other->category != FEES ||
            year_of(day_of(other->filed_ms)) != year_of(day_of(p->filed_ms)))
            continue;
        if ((other->stage >= ADOPTED && other->stage <= COMPLETED) || other->standing > 0)
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

static bool vote_cast(step *s)
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

static bool member_recused(step *s)
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

/* ---- application and payment ---- */

static bool application_sent(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == ADOPTED, "not adopted");
    const seating_row *seated = seating_of(w, s->fund);
    REQUIRE(seated != NULL && seated_member(w, s->fund, s->signer), "not a seated member");
    REQUIRE(!barred(w, number, s->signer), "recused or in conflict");
    int chair = seated->chair;
    REQUIRE(s->signer == chair || !in_effect(w, chair) || barred(w, number, chair) ||
                s->ms >= end_of((int64_t)p->adopted_day + 7),
            "the chair first");
    enter(s, number, APPLIED, s->ms);
    p->due_day = s->day + (int32_t)p->review_days;
    return true;
}

static int draw_of(const step *s, const proposal_row *p, const json_t *item)
{
    int of = find_purpose(s->w, s->fund, text_in(item, "purpose"));
    for (int d = 0; of != NONE && d < p->draw_count; d++) {
        if (p->draws[d].purpose == of)
            return d;
    }
    return NONE;
}

static bool draw_amounts(step *s, const proposal_row *p, int64_t amounts[MODEL_DRAWS_MAX])
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "draws"), i, item)
    {
        int d = draw_of(s, p, item);
        REQUIRE(d != NONE, "no such draw");
        REQUIRE(amounts[d] == 0, "purpose twice");
        amounts[d] = number_in(item, "amount_fen");
        REQUIRE(amounts[d] <= p->draws[d].reserved, "more than is left of the draw");
    }
    return true;
}

static bool application_approved(step *s)
{
    OWN_PROPOSAL(number, p);
    int64_t amounts[MODEL_DRAWS_MAX] = {0};
    REQUIRE(p->stage == APPLIED, "not applied");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    if (!draw_amounts(s, p, amounts))
        return false;
    REQUIRE((json_array_size(list(s, "draws")) == 0) == (p->draw_count == 0), "nothing approved");
    for (int d = 0; d < p->draw_count; d++)
        change_reserve(s, number, d, amounts[d] - p->draws[d].reserved, s->ms);
    enter(s, number, APPROVED, s->ms);
    p->approved_ms = s->ms;
    memcpy(p->approver_kid, s->kid->bytes, 32);
    int32_t from = p->planned_end > s->day ? p->planned_end : s->day;
    p->due_day = p->category == WISHES ? p->planned_end : from + (int32_t)p->pay_days;
    REQUIRE(s->ms < end_of(p->due_day), "the last day to pay is over");
    return true;
}

static bool application_returned(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == APPLIED, "not applied");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    REQUIRE(p->returns < 2, "returned twice");
    p->returns++;
    enter(s, number, ADOPTED, s->ms);
    p->due_day = s->day + (int32_t)p->apply_days;
    return true;
}

static bool application_refused(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == APPLIED || p->stage == APPROVED || p->stage == PAYING, "wrong stage");
    REQUIRE(!conflicted(s->w, number, s->signer), "in conflict");
    enter(s, number, REFUSED, s->ms);
    return true;
}

static bool payout_made(step *s)
{
    world *w = s->w;
    OWN_PROPOSAL(number, p);
    int64_t amounts[MODEL_DRAWS_MAX] = {0}, amount = 0;
    int who = find_party(w, text(s, "party")), payee = NONE;
    REQUIRE(can_pay(p, s->ms), "cannot be paid now");
    REQUIRE(p->category != WISHES, "wishes wait for needs");
    REQUIRE(!conflicted(w, number, s->signer), "in conflict");
    for (int i = 0; i < p->payee_count; i++)
        payee = p->payees[i].party == who ? i : payee;
    REQUIRE(payee != NONE, "not a payee");
    REQUIRE(w->parties[who].verified, "not verified");
    if (!draw_amounts(s, p, amounts))
        return false;
    for (int d = 0; d < p->draw_count; d++)
        amount += amounts[d];
    REQUIRE(amount <= p->payees[payee].cap - p->payees[payee].paid, "over the cap");
    int made = ADD(payouts);
    payout_row *out = &w->payouts[made];
    *out = (payout_row){.index = s->index, .proposal = number, .party = payee, .amount = amount};
    snprintf(out->jti, sizeof out->jti, "%s", s->jti);
    if (!bank_take(s, false, amount, &out->bank))
        return false;
    for (int d = 0; d < p->draw_count; d++) {
        change_reserve(s, number, d, -amounts[d], s->ms);
        p->draws[d].paid += amounts[d];
        use(s, p->draws[d].purpose, made, amounts[d]);
        w->purposes[p->draws[d].purpose].paid += amounts[d];
    }
    p->payees[payee].paid += amount;
    p->standing++;
    if (p->stage != PAYING)
        enter(s, number, PAYING, s->ms);
    note_flow(s, s->fund, F_SPEND, p->category, s->ms, amount);
    return true;
}

static bool payout_returned(step *s)
{
    world *w = s->w;
    int of = find_payout(w, text(s, "payout"));
    int64_t amount = number(s, "amount_fen");
    REQUIRE(of != NONE && w->proposals[w->payouts[of].proposal].fund == s->fund,
            "no such payout here");
    payout_row *out = &w->payouts[of];
    proposal_row *p = &w->proposals[out->proposal];
    REQUIRE(!out->reversed, "payout was reversed");
    REQUIRE(amount <= out->amount - out->returned, "more than was paid");
    giveback *back = &w->returns[ADD(returns)];
    *back = (giveback){.payout = of, .amount = amount, .restored = can_pay(p, s->ms)};
    snprintf(back->jti, sizeof back->jti, "%s", s->jti);
    if (!bank_take(s, true, amount, &back->bank))
        return false;
    restore(s, of, amount, back->parts);
    for (int d = 0; d < p->draw_count; d++) {
        p->draws[d].paid -= back->parts[d];
        w->purposes[p->draws[d].purpose].returned += back->parts[d];
        if (back->restored)
            change_reserve(s, out->proposal, d, back->parts[d], s->ms);
    }
    out->returned += amount;
    p->payees[out->party].paid -= amount;
    note_flow(s, s->fund, F_RETURNED, 0, s->ms, amount);
    if (w->funds[s->fund].stage == CLOSED)
        move_residual(s, s->fund);
    return true;
}

static bool project_completed(step *s)
{
    OWN_PROPOSAL(number, p);
    REQUIRE(p->stage == PAYING, "not paying");
    enter(s, number, COMPLETED, s->ms);
    return true;
}

/* ---- reversals ---- */

static bool reverse_confirmation(step *s, int number)
{
    world *w = s->w;
    income_row *in = &w->incomes[number];
    REQUIRE(!in->moved, "part of it was moved");
    REQUIRE(unreserved(w, in->purpose) >= in->amount, "no cover");
    lot_row *gone = &w->lots[in->lot];
    gone->free = gone->length = 0;
    int count = w->pieces_count;
    for (int i = 0; i < w->payouts_count; i++) {
        int64_t fed = 0;
        for (int k = 0; k < count; k++) {
            if (w->pieces[k].payout == i && w->pieces[k].lot == in->lot) {
                fed += w->pieces[k].amount;
                w->pieces[k].amount = 0;
            }
        }
        use(s, in->purpose, i, fed);
    }
    w->bank[in->bank].stands = false;
    w->purposes[in->purpose].reversed += in->amount;
    in->stage = RECORDED;
    in->confirmation[0] = '\0';
    in->lot = NONE;
    note_flow(s, s->fund, F_REV_INCOME, 0, s->ms, in->amount);
    return true;
}

static bool reverse_payout(step *s, int number)
{
    world *w = s->w;
    payout_row *out = &w->payouts[number];
    proposal_row *p = &w->proposals[out->proposal];
    int64_t parts[MODEL_DRAWS_MAX] = {0};
    REQUIRE(json_array_size(list(s, "evidence")) > 0, "evidence missing");
    REQUIRE(out->returned == 0, "a return of it stands");
    bool payable = can_pay(p, s->ms);
    restore(s, number, out->amount, parts);
    for (int d = 0; d < p->draw_count; d++) {
        p->draws[d].paid -= parts[d];
        w->purposes[p->draws[d].purpose].paid -= parts[d];
        if (payable)
            change_reserve(s, out->proposal, d, parts[d], s->ms);
    }
    out->reversed = true;
    p->payees[out->party].paid -= out->amount;
    p->standing--;
    w->bank[out->bank].stands = false;
    note_flow(s, s->fund, F_REV_PAYOUT, 0, s->ms, out->amount);
    if (p->stage == PAYING && p->standing == 0)
        enter(s, out->proposal, payable ? APPROVED : LAPSED, s->ms);
    if (w->funds[s->fund].stage == CLOSED)
        move_residual(s, s->fund);
    return true;
}

static bool reverse_return(step *s, int number)
{
    world *w = s->w;
    giveback *back = &w->returns[number];
    payout_row *out = &w->payouts[back->payout];
    proposal_row *p = &w->proposals[out->proposal];
    bool from_reserve = back->restored && can_pay(p, s->ms);
    for (int d = 0; d < p->draw_count; d++) {
        int of = p->draws[d].purpose;
        int64_t part = back->parts[d];
        REQUIRE(part <= (from_reserve ? p->draws[d].reserved : unreserved(w, of)), "no cover");
        if (from_reserve)
            change_reserve(s, out->proposal, d, -part, s->ms);
        use(s, of, back->payout, part);
        p->draws[d].paid += part;
        w->purposes[of].returned -= part;
    }
    back->reversed = true;
    out->returned -= back->amount;
    p->payees[out->party].paid += back->amount;
    w->bank[back->bank].stands = false;
    note_flow(s, s->fund, F_REV_RETURN, 0, s->ms, back->amount);
    return true;
}

static bool reverse_session(step *s, int number)
{
    for (int i = 0; i < s->w->incomes_count; i++)
        REQUIRE(s->w->incomes[i].session != number || s->w->incomes[i].stage >= DECLINED,
                "income cites it");
    s->w->sessions[number].reversed = true;
    return true;
}

static bool entry_reversed(step *s)
{
    world *w = s->w;
    int r = find_record(w, text(s, "target"));
    int role = w->actors[s->signer].role;
    REQUIRE(r != NONE && w->records[r].fund == s->fund, "no such entry of this fund");
    REQUIRE(!w->records[r].reversed, "reversed before");
    mz_event event = w->records[r].event;
    const char *jti = w->records[r].jti;
    bool closed = s->fund != NONE && w->funds[s->fund].stage == CLOSED;
    REQUIRE(!closed || event == MZ_PAYOUT_MADE, "fund is closed");
    w->records[r].reversed = true;
    if (event == MZ_INCOME_RECORDED) {
        int in = find_income(w, jti);
        REQUIRE(role == STEWARD, "a steward reverses it");
        REQUIRE(w->incomes[in].stage == RECORDED, "not waiting");
        w->incomes[in].stage = REVERSED;
        return true;
    }
    if (event == MZ_INCOME_CONFIRMED) {
        REQUIRE(role == CASHIER, "a cashier reverses it");
        for (int i = 0; i < w->incomes_count; i++) {
            if (strcmp(w->incomes[i].confirmation, jti) == 0)
                return reverse_confirmation(s, i);
        }
        REFUSE("not standing");
    }
    if (event == MZ_PAYOUT_MADE) {
        REQUIRE(role == REVIEWER, "a reviewer reverses it");
        return reverse_payout(s, find_payout(w, jti));
    }
    if (event == MZ_PAYOUT_RETURNED) {
        REQUIRE(role == CASHIER, "a cashier reverses it");
        return reverse_return(s, find_return(w, jti));
    }
    REQUIRE(event == MZ_SESSION_HELD, "not reversible");
    REQUIRE(role == STEWARD, "a steward reverses it");
    return reverse_session(s, find_session(w, jti));
}

/* ---- statements ---- */

static int64_t flow_value(const flow *f)
{
    switch (f->what) {
    case F_INCOME:
    case F_RETURNED:
    case F_REV_PAYOUT:
    case F_IN:
        return f->amount;
    case F_RESERVED:
        return 0;
    default:
        return -f->amount;
    }
}

static void add_flow(model_period *period, const flow *f)
{
    if (f->what == F_INCOME)
        period->income_fen[f->detail] += f->amount;
    else if (f->what == F_SPEND)
        period->spending_fen[f->detail] += f->amount;
    else if (f->what == F_RETURNED)
        period->returned_fen += f->amount;
    else if (f->what == F_IN || f->what == F_OUT)
        period->moved_fen += flow_value(f);
    else if (f->what != F_RESERVED)
        period->corrections_fen += flow_value(f);
}

static model_period period_of(const world *w, int fund, int32_t from, int32_t to)
{
    model_period period = {0};
    for (int i = 0; i < w->flows_count; i++) {
        const flow *f = &w->flows[i];
        if (f->fund != fund || day_of(f->ms) > to)
            continue;
        period.closing_fen += flow_value(f);
        if (f->what == F_RESERVED)
            period.reserved_fen += f->amount;
        if (day_of(f->ms) < from)
            period.opening_fen += flow_value(f);
        else
            add_flow(&period, f);
    }
    return period;
}

static bool same_lines(step *s, const char *name, const char *member, const char *const *words,
                       const int64_t *want, int count)
{
    int64_t stated[10] = {0};
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, name), i, item)
    {
        int which = word(text_in(item, member), words);
        REQUIRE(which >= 0 && which < count && stated[which] == 0, "%s: line repeated", name);
        stated[which] = number_in(item, "amount_fen");
    }
    for (int k = 0; k < count; k++)
        REQUIRE(stated[k] == want[k], "%s differs: %s", name, words[k]);
    return true;
}

static bool statement_published(step *s)
{
    fund_row *f = &s->w->funds[s->fund];
    int32_t from = date(s, "from"), to = date(s, "to");
    REQUIRE(seated_member(s->w, s->fund, s->signer), "not a seated member");
    REQUIRE(from == f->next_from, "period does not join");
    REQUIRE(to >= from && to < s->day, "period is not over");
    model_period want = period_of(s->w, s->fund, from, to);
    REQUIRE(number(s, "opening_fen") == want.opening_fen, "opening differs");
    REQUIRE(number(s, "returned_fen") == want.returned_fen, "returned differs");
    REQUIRE(number(s, "corrections_fen") == want.corrections_fen, "corrections differ");
    REQUIRE(number(s, "moved_fen") == want.moved_fen, "moved differs");
    REQUIRE(number(s, "closing_fen") == want.closing_fen, "closing differs");
    REQUIRE(number(s, "reserved_fen") == want.reserved_fen, "reserved differs");
    if (!same_lines(s, "income", "kind", KINDS, want.income_fen, 8) ||
        !same_lines(s, "spending", "category", CATEGORIES, want.spending_fen, 10))
        return false;
    f->next_from = to + 1;
    return true;
}

/* ---- one entry ---- */

static bool registry_confirmed(step *s);

static const struct {
    mz_event event;
    unsigned roles; /* bits by role */
    bool (*judge)(step *s);
} EVENTS[] = {
    {MZ_LEDGER_OPENED,        1u << REGISTRAR,                                 ledger_opened       },
    {MZ_LEDGER_AMENDED,       1u << REGISTRAR,                                 ledger_amended      },
    {MZ_RULES_ADOPTED,        1u << REGISTRAR,                                 rules_adopted       },
    {MZ_ACTOR_ENROLLED,       1u << REGISTRAR,                                 actor_enrolled      },
    {MZ_ACTOR_REKEYED,        1u << REGISTRAR,                                 actor_rekeyed       },
    {MZ_ACTOR_ASSIGNED,       1u << REGISTRAR,                                 actor_assigned      },
    {MZ_ACTOR_RETIRED,        1u << REGISTRAR,                                 actor_retired       },
    {MZ_REGISTRY_CONFIRMED,   1u << REGISTRAR | 1u << AUDITOR,                 registry_confirmed  },
    {MZ_FUND_OPENED,          1u << REGISTRAR,                                 fund_opened         },
    {MZ_FUND_AMENDED,         1u << REGISTRAR,                                 fund_amended        },
    {MZ_FUND_CLOSING,         1u << REGISTRAR,                                 fund_closing        },
    {MZ_FUND_CLOSED,          1u << REGISTRAR,                                 fund_closed         },
    {MZ_COMMITTEE_SEATED,     1u << REGISTRAR,                                 committee_seated    },
    {MZ_PURPOSE_DEFINED,      1u << REGISTRAR,                                 purpose_defined     },
    {MZ_PURPOSE_CHANGED,      1u << REVIEWER,                                  purpose_changed     },
    {MZ_PARTY_REGISTERED,     1u << STEWARD | 1u << REGISTRAR,                 party_registered    },
    {MZ_PARTY_VERIFIED,       1u << REVIEWER,                                  party_verified      },
    {MZ_CONFLICT_DECLARED,    0xfe,                                            conflict_declared   },
    {MZ_CONFLICT_ENDED,       0xfe,                                            conflict_ended      },
    {MZ_SOURCE_REGISTERED,    1u << STEWARD,                                   source_registered   },
    {MZ_SOURCE_ENDED,         1u << STEWARD,                                   source_ended        },
    {MZ_SESSION_HELD,         1u << STEWARD,                                   session_held        },
    {MZ_INCOME_RECORDED,      1u << STEWARD,                                   income_recorded     },
    {MZ_INCOME_CONFIRMED,     1u << CASHIER,                                   income_confirmed    },
    {MZ_INCOME_DECLINED,      1u << CASHIER,                                   income_declined     },
    {MZ_ENTRY_REVERSED,       1u << STEWARD | 1u << CASHIER | 1u << REVIEWER,  entry_reversed      },
    {MZ_PROPOSAL_FILED,       1u << STEWARD,                                   proposal_filed      },
    {MZ_PROPOSAL_WITHDRAWN,   1u << STEWARD,                                   proposal_withdrawn  },
    {MZ_OBJECTION_FILED,      1u << STEWARD | 1u << MEMBER | 1u << SUPERVISOR, objection_filed     },
    {MZ_OBJECTION_ANSWERED,   1u << MEMBER,                                    objection_answered  },
    {MZ_OPINION_GIVEN,        1u << SUPERVISOR,                                opinion_given       },
    {MZ_VOTE_CAST,            1u << MEMBER,                                    vote_cast           },
    {MZ_MEMBER_RECUSED,       1u << MEMBER,                                    member_recused      },
    {MZ_APPLICATION_SENT,     1u << MEMBER,                                    application_sent    },
    {MZ_APPLICATION_APPROVED, 1u << REVIEWER,                                  application_approved},
    {MZ_APPLICATION_RETURNED, 1u << REVIEWER,                                  application_returned},
    {MZ_APPLICATION_REFUSED,  1u << REVIEWER,                                  application_refused },
    {MZ_PAYOUT_MADE,          1u << CASHIER,                                   payout_made         },
    {MZ_PAYOUT_RETURNED,      1u << CASHIER,                                   payout_returned     },
    {MZ_PROJECT_COMPLETED,    1u << STEWARD,                                   project_completed   },
    {MZ_STATEMENT_PUBLISHED,  1u << MEMBER,                                    statement_published },
};
enum { EVENT_ROWS = sizeof EVENTS / sizeof EVENTS[0] };

static int row_of(mz_event event)
{
    for (int i = 0; i < EVENT_ROWS; i++) {
        if (EVENTS[i].event == event)
            return i;
    }
    return NONE;
}

/* Whether it takes effect only when confirmed, and whose affair it is. */
static bool needs_confirmation(const step *s, int *subject)
{
    int about = find_actor(s->w, text(s, "actor"));
    *subject = NONE;
    switch ((int)s->event) {
    case MZ_LEDGER_AMENDED:
    case MZ_RULES_ADOPTED:
    case MZ_FUND_CLOSED:
    case MZ_COMMITTEE_SEATED:
        return true;
    case MZ_ACTOR_ENROLLED:
    case MZ_ACTOR_REKEYED:
    case MZ_ACTOR_ASSIGNED:
        *subject = about;
        return true;
    case MZ_CONFLICT_DECLARED:
        *subject = about;
        return about != s->signer;
    case MZ_CONFLICT_ENDED:
        about = find_conflict(s->w, text(s, "declaration"));
        *subject = about == NONE ? NONE : s->w->conflicts[about].actor;
        return true;
    default:
        return false;
    }
}

/* Who may sign what concerns a person: that person, a supervisor or a registrar. */
static bool may_speak_for(step *s)
{
    int role = s->w->actors[s->signer].role;
    int subject;
    if (s->event != MZ_CONFLICT_DECLARED && s->event != MZ_CONFLICT_ENDED)
        return true;
    (void)needs_confirmation(s, &subject);
    REQUIRE(subject == s->signer || role == SUPERVISOR || role == REGISTRAR, "not for others");
    return true;
}

static bool open_to(step *s, mz_event event)
{
    if (s->fund == NONE || s->w->funds[s->fund].stage != CLOSED)
        return true;
    REQUIRE(event == MZ_PAYOUT_RETURNED || event == MZ_ENTRY_REVERSED ||
                event == MZ_STATEMENT_PUBLISHED,
            "fund is closed");
    return true;
}

static bool registry_confirmed(step *s)
{
    world *w = s->w;
    int r = find_record(w, text(s, "target"));
    REQUIRE(r != NONE, "no such entry");
    record *target = &w->records[r];
    REQUIRE(target->pending, "not confirmable");
    REQUIRE(target->fund == s->fund, "fund is not the target's");
    REQUIRE(!target->confirmed, "confirmed before");
    REQUIRE(target->signer != s->signer && target->subject != s->signer, "own affair");
    REQUIRE(s->ms < end_of((int64_t)day_of(target->ms) + 30), "too late");
    REQUIRE(!w->actors[target->signer].retired, "its signer has retired");
    target->confirmed = true;
    step inner = *s;
    inner.event = target->event;
    inner.jti = target->jti;
    inner.signer = target->signer;
    inner.body = json_object_get(s->m->payloads[r], "body");
    return open_to(&inner, inner.event) && EVENTS[row_of(inner.event)].judge(&inner);
}

static bool judge_time(step *s, const mz_entry *entry)
{
    int64_t iat_ms = entry->iat_unix_s * 1000;
    REQUIRE(iat_ms <= s->ms + 300000, "iat is ahead");
    REQUIRE(iat_ms >= s->ms - 30 * DAY_MS, "iat is behind");
    REQUIRE(find_record(s->w, s->jti) == NONE, "jti used");
    return true;
}

static bool judge_signer(step *s, unsigned roles, bool own_funds)
{
    s->signer = NONE;
    for (int i = 0; i < s->w->actors_count; i++) {
        if (memcmp(s->w->actors[i].kid, s->kid->bytes, 32) == 0)
            s->signer = i;
    }
    REQUIRE(s->signer != NONE, "unknown or replaced key");
    const actor_row *a = &s->w->actors[s->signer];
    REQUIRE(!a->retired, "signer has retired");
    REQUIRE(roles & (1u << a->role), "wrong role");
    REQUIRE(!own_funds || a->role != STEWARD || a->funds[s->fund], "not this steward's fund");
    return true;
}

static bool judge_fund(step *s, const mz_entry *entry)
{
    s->fund = NONE;
    if (s->event == MZ_FUND_OPENED)
        return true;
    if (entry->row->fund == MZ_FUND_NONE)
        return true;
    if (entry->fund[0] == '\0') {
        REQUIRE(entry->row->fund == MZ_FUND_TARGET, "fund missing");
        return true;
    }
    s->fund = find_fund(s->w, entry->fund);
    REQUIRE(s->fund != NONE, "no such fund");
    return open_to(s, s->event == MZ_REGISTRY_CONFIRMED ? MZ_EVENT_NONE : s->event);
}

/* No sum of a purpose, however it came about, and no balance of a fund passes the greatest amount.
 */
static bool within_limits(step *s)
{
    const world *w = s->w;
    for (int i = 0; i < w->purposes_count; i++) {
        const purpose_row *p = &w->purposes[i];
        REQUIRE(p->confirmed <= AMOUNT_MAX && p->reversed <= AMOUNT_MAX && p->in <= AMOUNT_MAX &&
                    p->out <= AMOUNT_MAX && p->paid <= AMOUNT_MAX && p->returned <= AMOUNT_MAX,
                "sum limit");
    }
    for (int i = 0; i < w->funds_count; i++)
        REQUIRE(fund_balance(w, i) <= AMOUNT_MAX, "balance limit");
    return true;
}

static bool judge(step *s, const mz_entry *entry)
{
    int row = row_of(s->event);
    assert(row != NONE);
    if (s->event == MZ_LEDGER_OPENED || s->index == 0) {
        REQUIRE(s->event == MZ_LEDGER_OPENED && s->index == 0, "entry 0 opens the log");
        snprintf(s->w->origin, sizeof s->w->origin, "%s", entry->origin);
        s->signer = s->fund = NONE;
        return judge_time(s, entry) && ledger_opened(s);
    }
    REQUIRE(strcmp(entry->origin, s->w->origin) == 0, "another log");
    if (!judge_time(s, entry) || !judge_fund(s, entry) ||
        !judge_signer(s, EVENTS[row].roles, s->fund != NONE) || !may_speak_for(s))
        return false;
    if (entry->row->evidence_required)
        REQUIRE(json_array_size(list(s, "evidence")) > 0, "evidence missing");
    return EVENTS[row].judge(s) && within_limits(s);
}

/* fund.opened finds its identifier in the body, under a name that no body has. */
static json_t *body_with_fund(const mz_entry *entry)
{
    json_t *body = json_copy(entry->body);
    json_object_set_new_nocheck(body, "\1fund", json_string(entry->fund));
    return body;
}

static void remember(step *s, bool pending, int subject, const json_t *payload)
{
    int number = ADD(records);
    record *r = &s->w->records[number];
    *r = (record){.event = s->event,
                  .fund = s->fund,
                  .signer = s->signer,
                  .subject = subject,
                  .ms = s->ms,
                  .pending = pending};
    snprintf(r->jti, sizeof r->jti, "%s", s->jti);
    if (s->event == MZ_FUND_OPENED)
        r->fund = s->w->funds_count - 1;
    if (pending)
        s->m->payloads[number] = json_incref((json_t *)(uintptr_t)payload);
}

bool model_apply(model *m, const mz_entry *entry, const model_stamp *stamp,
                 char reason[MODEL_REASON_SIZE])
{
    json_t *body = body_with_fund(entry);
    step s = {.w = &m->now,
              .m = m,
              .body = body,
              .jti = text_in(entry->payload, "jti"),
              .event = entry->row->event,
              .fund = NONE,
              .signer = NONE,
              .index = stamp->index,
              .ms = stamp->unix_ms,
              .day = day_of(stamp->unix_ms),
              .leaf = &stamp->leaf_hash,
              .kid = &stamp->kid};
    m->reason = reason;
    reason[0] = '\0';
    settle(&s, stamp->unix_ms);
    memcpy(&m->before, &m->now, sizeof m->now);
    bool accepted = judge(&s, entry);
    int subject = NONE;
    s.w = &m->before; /* whose affair it is, as it stood */
    bool pending = accepted && stamp->index > 0 && needs_confirmation(&s, &subject);
    s.w = &m->now;
    if (!accepted || pending)
        memcpy(&m->now, &m->before, sizeof m->now);
    if (accepted) {
        /* Judged once; what it does waits for its confirmation. */
        remember(&s, pending, subject, entry->payload);
        m->now.now = stamp->unix_ms;
    }
    json_decref(body);
    return accepted;
}

void model_settle(model *m, int64_t unix_ms)
{
    step s = {.w = &m->now, .m = m, .ms = unix_ms, .day = day_of(unix_ms)};
    settle(&s, unix_ms);
    m->now.now = unix_ms;
}

model *model_new(void)
{
    return calloc(1, sizeof(model));
}

void model_free(model *m)
{
    if (m == NULL)
        return;
    for (int i = 0; i < ENTRIES; i++)
        json_decref(m->payloads[i]);
    free(m);
}

/* ---- looking ---- */

size_t model_fund_count(const model *m)
{
    return (size_t)m->now.funds_count;
}

model_fund model_fund_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const fund_row *f = &w->funds[number];
    model_fund seen = {f->id, f->index, f->stage, f->epoch, 0, 0, f->next_from};
    for (int i = 0; i < w->purposes_count; i++) {
        if (w->purposes[i].fund != (int)number)
            continue;
        seen.balance_fen += balance(w, i);
        seen.reserved_fen += reserved(w, i);
    }
    return seen;
}

size_t model_bucket_count(const model *m)
{
    return (size_t)m->now.purposes_count;
}

model_bucket model_bucket_at(const model *m, size_t number)
{
    const purpose_row *p = &m->now.purposes[number];
    model_bucket seen = {.fund = (size_t)p->fund,
                         .id = p->id,
                         .index = p->index,
                         .categories = p->categories,
                         .confirmed_fen = p->confirmed,
                         .reversed_fen = p->reversed,
                         .moved_in_fen = p->in,
                         .moved_out_fen = p->out,
                         .paid_fen = p->paid,
                         .returned_fen = p->returned,
                         .lots_fen = balance(&m->now, (int)number),
                         .reserved_fen = reserved(&m->now, (int)number)};
    seen.balance_fen = p->confirmed - p->reversed + p->in - p->out - p->paid + p->returned;
    return seen;
}

size_t model_proposal_count(const model *m)
{
    return (size_t)m->now.proposals_count;
}

model_proposal model_proposal_at(const model *m, size_t number)
{
    const world *w = &m->now;
    const proposal_row *p = &w->proposals[number];
    int people[SEATS_MAX], silent;
    const seating_row *seated = seating_of(w, p->fund);
    int count = panel(w, (int)number, seated, people);
    model_proposal seen = {.id = p->id,
                           .fund = (size_t)p->fund,
                           .index = p->index,
                           .filing_sha256 = p->leaf,
                           .category = p->category,
                           .stage = p->stage,
                           .stage_ms = p->stage_ms,
                           .expiry_day = p->expiry_day,
                           .due_day = p->due_day,
                           .goods = p->goods,
                           .late = p->late,
                           .open_objection = p->open_objections > 0,
                           .draw_count = (size_t)p->draw_count,
                           .payee_count = (size_t)p->payee_count,
                           .panel_count = (size_t)count,
                           .needed = needed(count),
                           .suspended = suspended(w, p->fund, w->now),
                           .panel_short = is_short(seated, count)};
    seen.approval_count = (size_t)approvals(w, (int)number, people, count, &silent);
    for (int d = 0; d < p->draw_count; d++) {
        seen.draw_purpose[d] = w->purposes[p->draws[d].purpose].id;
        seen.draw_filed_fen[d] = p->draws[d].filed;
        seen.draw_reserved_fen[d] = p->draws[d].reserved;
        seen.draw_paid_fen[d] = p->draws[d].paid;
    }
    for (int i = 0; i < p->payee_count; i++) {
        seen.payee[i] = w->parties[p->payees[i].party].id;
        seen.payee_cap_fen[i] = p->payees[i].cap;
        seen.payee_paid_fen[i] = p->payees[i].paid;
    }
    return seen;
}

bool model_on_panel(const model *m, size_t number, const char *id)
{
    const world *w = &m->now;
    int people[SEATS_MAX];
    int count = panel(w, (int)number, seating_of(w, w->proposals[number].fund), people);
    return among(people, count, find_actor(w, id));
}

const char *model_ballot(const model *m, size_t number, const char *id)
{
    int b = standing_ballot(&m->now, (int)number, find_actor(&m->now, id));
    return b == NONE ? NULL : m->now.ballots[b].jti;
}

size_t model_payout_count(const model *m)
{
    return (size_t)m->now.payouts_count;
}

uint64_t model_payout_index(const model *m, size_t number)
{
    return m->now.payouts[number].index;
}

size_t model_trace(const model *m, size_t number, model_part *parts, size_t max)
{
    const world *w = &m->now;
    size_t count = 0;
    for (int i = 0; i < w->pieces_count; i++) {
        const piece_row *p = &w->pieces[i];
        if (p->payout != (int)number || p->amount == 0)
            continue;
        uint64_t from = w->incomes[w->lots[p->lot].income].index;
        if (count > 0 && count <= max && parts[count - 1].income_index == from) {
            parts[count - 1].amount_fen += p->amount;
            continue;
        }
        if (count < max)
            parts[count] = (model_part){from, p->amount};
        count++;
    }
    return count;
}

size_t model_income_count(const model *m)
{
    return (size_t)m->now.incomes_count;
}

uint64_t model_income_index(const model *m, size_t number)
{
    return m->now.incomes[number].index;
}

int64_t model_income_used(const model *m, size_t number, size_t by)
{
    int64_t sum = 0;
    for (int i = 0; i < m->now.pieces_count; i++) {
        const piece_row *p = &m->now.pieces[i];
        if (p->payout == (int)by && m->now.lots[p->lot].income == (int)number)
            sum += p->amount;
    }
    return sum;
}

int64_t model_income_free(const model *m, size_t number, size_t bucket)
{
    int64_t sum = 0;
    for (int i = 0; i < m->now.lots_count; i++) {
        if (m->now.lots[i].income == (int)number && m->now.lots[i].purpose == (int)bucket)
            sum += m->now.lots[i].free;
    }
    return sum;
}

model_period model_period_of(const model *m, size_t number, int32_t from_day, int32_t to_day)
{
    return period_of(&m->now, (int)number, from_day, to_day);
}

static bool wrong(char *reason, const char *what, const char *id)
{
    snprintf(reason, MODEL_REASON_SIZE, "%s: %s", what, id);
    return false;
}

/* Every fen of a standing payout has exactly one place it came from. */
static bool check_payouts(const world *w, char *reason)
{
    for (int i = 0; i < w->payouts_count; i++) {
        int64_t sum = 0;
        for (int k = 0; k < w->pieces_count; k++)
            sum += w->pieces[k].payout == i ? w->pieces[k].amount : 0;
        int64_t want = w->payouts[i].reversed ? 0 : w->payouts[i].amount - w->payouts[i].returned;
        if (sum != want)
            return wrong(reason, "payout is not its lots", w->payouts[i].jti);
    }
    return true;
}

static bool check_lots(const world *w, char *reason)
{
    for (int i = 0; i < w->lots_count; i++) {
        int64_t used = 0;
        for (int k = 0; k < w->pieces_count; k++)
            used += w->pieces[k].lot == i ? w->pieces[k].amount : 0;
        if (w->lots[i].free < 0 || used + w->lots[i].free != w->lots[i].length)
            return wrong(reason, "lot is not used + free", w->incomes[w->lots[i].income].jti);
    }
    return true;
}

bool model_check(const model *m, char reason[MODEL_REASON_SIZE])
{
    const world *w = &m->now;
    reason[0] = '\0';
    for (size_t i = 0; i < model_bucket_count(m); i++) {
        model_bucket b = model_bucket_at(m, i);
        if (b.balance_fen != b.lots_fen)
            return wrong(reason, "lots are not the balance", b.id);
        if (b.reserved_fen < 0 || b.balance_fen < b.reserved_fen)
            return wrong(reason, "reserved is not covered", b.id);
    }
    for (size_t i = 0; i < model_fund_count(m); i++) {
        model_fund f = model_fund_at(m, i);
        if (period_of(w, (int)i, 0, INT32_MAX - 1).closing_fen != f.balance_fen)
            return wrong(reason, "flows are not the balance", f.id);
        if (period_of(w, (int)i, 0, INT32_MAX - 1).reserved_fen != f.reserved_fen)
            return wrong(reason, "flows are not the reserve", f.id);
    }
    return check_payouts(w, reason) && check_lots(w, reason);
}
