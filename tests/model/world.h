/* world.h — what the model remembers, and how its parts call each other. Internal to tests/model;
 * model.h is its face. A `step` is one entry on its way through the rules; a rule that refuses says
 * why and returns false. */
#ifndef MZ_TESTS_MODEL_WORLD_H
#define MZ_TESTS_MODEL_WORLD_H

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

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
enum { RECEIVED, ISSUED, SOLD, WRITTEN_OFF }; /* what goods do; as model_item.moved */
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
    NEEDS = 600,
    ENDORSEMENTS = 2000,
    ITEMS = 120,
    GOODS_ROWS = 4000,
    RECONCILIATIONS = 400,
    REPORTS = 300,
    DIGESTS = 4000,
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
    int stage, seating, epoch;    /* seating: NONE before the first */
    int64_t opened_ms, closed_ms; /* closed_ms: INT64_MAX until then */
    int64_t days[8];              /* the profile, by position */
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
    int fund, purpose, kind, source, session, seeded_by, stage, lot, bank;
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
    int fund, category, stage, filer, open_objections, epoch, returns, need, ratings;
    uint64_t index;
    int64_t filed_ms, stage_ms, approved_ms;
    int64_t vote_days, apply_days, review_days, pay_days, item_cap; /* item_cap 0: none */
    int32_t consult_day, expiry_day, answered_day, adopted_day, due_day, planned_end;
    bool replaced, seating_seen, late, resolution_used;
    uint8_t approver_kid[32];
    int draw_count, payee_count, goods_count;
    draw draws[MODEL_DRAWS_MAX];
    struct {
        int party;
        int64_t cap, paid;
    } payees[MODEL_DRAWS_MAX];
    struct {
        char item[41];
        int64_t quantity;
    } goods[MODEL_GOODS_MAX];
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
    int proposal, actor; /* or a need, and who endorsed it */
} pair;

typedef struct {
    char jti[37];
    uint64_t index;
    int proposal, payee, need, bank; /* payee, need: NONE where there is none */
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

typedef struct {
    char id[41], jti[37];
    int fund;
    uint64_t index;
    bool reversed;
} need_row;

typedef struct {
    char id[41], unit[41];
    int fund;
} item_row;

typedef struct { /* one movement of goods */
    char jti[37];
    int item, kind, proposal, session; /* NONE: does not name one */
    int64_t quantity, value;           /* value 0: not valued */
    bool confirmed, reversed;
} goods_row;

typedef struct {
    char account[41];
    int32_t last_day;
    uint64_t index;
    int64_t bank, outside, differences, balances;
} reconciliation_row;

typedef struct {
    char jti[37];
    int findings;
} report_row;

typedef struct {
    uint8_t bytes[32];
    uint64_t entry, restricted, erased; /* 0: not */
} digest_row;

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
    LIST(need_row, needs, NEEDS)
    LIST(pair, endorsements, ENDORSEMENTS) /* the need, the member */
    LIST(item_row, items, ITEMS)
    LIST(goods_row, goods, GOODS_ROWS)
    LIST(reconciliation_row, reconciliations, RECONCILIATIONS)
    LIST(report_row, reports, REPORTS)
    LIST(digest_row, digests, DIGESTS)
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

bool refuse(const step *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
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

/* The catalogue's words, by position; NULL at the end. */
extern const char *const CATEGORIES[];
extern const char *const KINDS[];
extern const char *const SOURCES_OF[];
extern const char *const PROFILE[];
extern const char *const ROLES[];
extern const char *const GRADES[];
enum { WISHES = 5, FEES = 6, GOODS = 7, RESOLUTION = 8 };
enum { KIND_MARKET = 2, KIND_FISCAL = 8 };

#define OWN_PROPOSAL(number, p)                                                                    \
    int number = own_proposal(s);                                                                  \
    REQUIRE(number != NONE, "no such proposal here");                                              \
    proposal_row *p = &s->w->proposals[number]

/* read.c: words, dates, bodies; finding a thing by its name */
int32_t day_of(int64_t ms);
int64_t end_of(int64_t day);
const char *text_in(const json_t *object, const char *name);
const char *text(const step *s, const char *name);
bool has(const step *s, const char *name);
int64_t number_in(const json_t *object, const char *name);
int64_t number(const step *s, const char *name);
const json_t *list(const step *s, const char *name);
int32_t date(const step *s, const char *name);
int32_t month_end(const char *month);
int year_of(int32_t day);
int32_t next_year(int32_t day);
int word(const char *value, const char *const *words);
int find_actor(const world *w, const char *key);
int find_fund(const world *w, const char *key);
int find_party(const world *w, const char *key);
int find_source(const world *w, const char *key);
int find_proposal(const world *w, const char *key);
int find_registration(const world *w, const char *key);
int find_conflict(const world *w, const char *key);
int find_session(const world *w, const char *key);
int find_income(const world *w, const char *key);
int find_objection(const world *w, const char *key);
int find_payout(const world *w, const char *key);
int find_return(const world *w, const char *key);
int find_need(const world *w, const char *key);
int find_need_entry(const world *w, const char *key);
int find_goods(const world *w, const char *key);
int find_report(const world *w, const char *key);
int find_confirmed(const world *w, const char *key);
int find_record(const world *w, const char *key);
int find_purpose(const world *w, int fund, const char *id);
bool in_effect(const world *w, int actor);
int officers(const world *w);
bool among(const int *people, int count, int actor);
bool pair_in(const pair *pairs, int count, int proposal, int actor);

/* conflicts.c: who is in conflict, and what finding it does */
bool recused(const world *w, int proposal, int actor);
bool party_conflict(const world *w, int actor, int party, uint64_t filed);
bool conflicted(const world *w, int proposal, int actor);
bool barred(const world *w, int proposal, int actor);
bool *conflicts_now(const world *w);
void conflicts_found(step *s, bool *before);

/* money.c: balances, reserves, lots, bank lines, residual */
int64_t balance(const world *w, int purpose);
int64_t reserved(const world *w, int purpose);
int64_t unreserved(const world *w, int purpose);
int64_t fund_balance(const world *w, int fund);
void note_flow(step *s, int fund, int what, int detail, int64_t ms, int64_t amount);
void change_reserve(step *s, int proposal, int d, int64_t delta, int64_t ms);
void release(step *s, int proposal, int64_t ms);
int64_t holds(const proposal_row *p);
void queue(step *s, int purpose, int income, int64_t amount);
void use(step *s, int purpose, int payout, int64_t amount);
void restore(step *s, int payout, int64_t amount, int64_t parts[MODEL_DRAWS_MAX]);
void move_residual(step *s, int from);
bool bank_take(step *s, bool in, int64_t amount, int *row);

/* committee.c: seatings, panels, ballots */
const seating_row *seating_of(const world *w, int fund);
const seating_row *seating_of_epoch(const world *w, int fund, int epoch);
bool suspended(const world *w, int fund, int64_t ms);
int panel(const world *w, int proposal, const seating_row *seated, int people[SEATS_MAX]);
bool is_short(const seating_row *seated, int count);
int needed(int count);
int standing_ballot(const world *w, int proposal, int actor);
int approvals(const world *w, int proposal, const int *people, int count, int *silent);
void void_ballots(world *w, int proposal, int actor); /* NONE: everybody's */
bool seated_member(const world *w, int fund, int actor);
bool seated_supervisor(const world *w, int fund, int actor);

/* deadlines.c: stages, and what falls due */
void enter(step *s, int proposal, int stage, int64_t ms);
bool undecided(const proposal_row *p);
bool can_pay(const proposal_row *p, int64_t ms);
int standing(const world *w, int proposal);
void nothing_left(step *s, int proposal, bool payable);
void settle(step *s, int64_t ms);
void open_if_ready(step *s, int number);
void reject_if_hopeless(step *s, int number);

/* goods.c: needs, and goods in their own quantities */
int find_item(const world *w, int fund, const char *id);
int64_t stock_of(const world *w, int item);
int64_t goods_used(const world *w, int proposal, const char *item);
int stocked(const world *w, int fund);
model_amount moved_of(const world *w, int item, int kind);
bool need_listed(step *s);
bool need_endorsed(step *s);
bool reverse_need(step *s, int need);
bool goods_received(step *s);
bool goods_issued(step *s);
bool goods_sold(step *s);
bool goods_written_off(step *s);
bool goods_confirmed(step *s);
bool reverse_goods(step *s, int number);

/* records.c: audits, and what is known of sealed records */
bool new_digests(step *s);
void name_digests(step *s);
bool audit_reported(step *s);
bool finding_answered(step *s);
bool record_restricted(step *s);
bool record_erased(step *s);

/* registry.c: the log, its keys and its people */
bool decode_key(const char *encoded, uint8_t key[32]);
bool ledger_opened(step *s);
bool ledger_amended(step *s);
bool rules_adopted(step *s);
bool actor_enrolled(step *s);
bool actor_assigned(step *s);
bool actor_rekeyed(step *s);
bool actor_retired(step *s);

/* funds.c: funds, purposes, committees */
bool fund_opened(step *s);
bool fund_amended(step *s);
bool fund_closing(step *s);
bool fund_closed(step *s);
bool committee_seated(step *s);
bool purpose_defined(step *s);
bool purpose_changed(step *s);

/* parties.c: parties, conflicts, sources, sessions */
bool party_registered(step *s);
bool party_verified(step *s);
bool conflict_declared(step *s);
bool conflict_ended(step *s);
bool source_registered(step *s);
int own_source(const step *s);
bool source_ended(step *s);
bool session_held(step *s);

/* income.c: incomes */
bool income_recorded(step *s);
bool income_confirmed(step *s);
bool income_declined(step *s);

/* proposals.c: filing and consultation */
int own_proposal(const step *s);
bool proposal_filed(step *s);
bool proposal_withdrawn(step *s);
bool objection_filed(step *s);
bool objection_answered(step *s);
bool opinion_given(step *s);

/* votes.c: ballots and recusals */
bool vote_cast(step *s);
bool member_recused(step *s);

/* payments.c: applications, payouts, returns, completion */
bool application_sent(step *s);
bool application_approved(step *s);
bool application_returned(step *s);
bool application_refused(step *s);
bool payout_made(step *s);
bool payout_returned(step *s);
bool project_completed(step *s);
bool project_rated(step *s);
int64_t paid_for(const world *w, int need);
bool unreversed_for(const world *w, int need);

/* reversals.c: reversals */
bool entry_reversed(step *s);

/* accounts.c: statements and reconciliations */
model_period period_of(const world *w, int fund, int32_t from, int32_t to);
bool statement_published(step *s);
bool balance_reconciled(step *s);

#endif
