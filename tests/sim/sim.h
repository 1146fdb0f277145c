/* sim.h — one simulated charity: who is in it, what its entries may cite, and how the parts of the
 * simulation call each other. Internal to tests/sim; sim_ledger.c tells what it is for. */
#ifndef MZ_TESTS_SIM_H
#define MZ_TESTS_SIM_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checkpoint.h"
#include "core/date.h"
#include "core/json.h"
#include "core/lots.h"
#include "core/panel.h"
#include "core/rules.h"
#include "core/totals.h"
#include "core/trace.h"
#include "core/uuid.h"
#include "core/views.h"
#include "journal_check.h"
#include "kv/memory.h"
#include "model/model.h"

#define ORIGIN "fund.example.org/sim"
#define CHARITY_CODE "53370300MJD0000019"
#define MINUTE_MS INT64_C(60000)
#define START_MS INT64_C(1767229200000) /* 2026-01-01 09:00 in UTC+8 */
#define BODY_MAX 8000

enum {
    PEOPLE = 110,
    KEYS = 400,
    FUNDS = 14,
    PARTIES = 60,
    SOURCES = 60,
    THINGS = 400,
    LOG_LINES = 60,
    SEATS = 9,
    ACCEPTED = 12000,
    KEY_TEXT = 44 /* 32 bytes in base64url */
};

typedef struct {
    char id[12];
    int role, key;
    bool in_effect, retired;
    unsigned funds;
} person;

/* A † entry that waits, and what the generator learns when it is confirmed. */
typedef struct {
    char jti[MZ_UUID_TEXT_SIZE], event[24];
    int fund, signer, subject, key;
    unsigned funds;
    int members[SEATS], member_count, alternates[SEATS], alternate_count, supervisors[SEATS],
        supervisor_count, chair;
    int32_t term_ends;
    bool done;
} waiting;

/* An entry of a fund that later ones cite. */
typedef struct {
    char jti[MZ_UUID_TEXT_SIZE], other[MZ_UUID_TEXT_SIZE], purpose[12];
    int fund, about, kind, of; /* of: a proposal by its number; -1: none */
    int64_t amount;
    int64_t ms;
} thing;

typedef struct {
    thing rows[THINGS];
    int count;
} things;

typedef struct {
    char *payload;
    mz_hash kid;
    mz_stamp stamp;
} accepted;

/* What was met, over all seeds. */
typedef struct {
    unsigned refusals[1000], accepted[MZ_EVENT_NUMBER_MAX + 1], posted[8];
} tally;

typedef struct {
    uint64_t seed, state;
    bool verbose;
    int64_t now;
    uint64_t jti_count;
    mz_kv *kv;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_hasher *hasher;
    model *m;
    journal_check *journal;
    mz_hash digest;
    mz_signer signers[KEYS];
    int key_count;
    person people[PEOPLE];
    int people_count;
    struct {
        int member_count, members[SEATS], alternate_count, alternates[SEATS], supervisor_count,
            supervisors[SEATS], chair;
        int32_t term_ends;
        bool seated;
    } seats[FUNDS];
    waiting waits[THINGS];
    int wait_count;
    struct {
        char id[12], code[19];
        bool organisation, verified;
    } parties[PARTIES];
    int party_count;
    struct {
        char id[12];
        int fund, kind;
        int32_t signed_on;
    } sources[SOURCES];
    int source_count, fund_count, purpose_count, proposal_count, need_count, number;
    things incomes, confirmations, sessions, registrations, payouts, returns, objections, conflicts,
        filings, needs, goods, reports;
    accepted log[ACCEPTED];
    int log_count;
    int focus; /* a proposal at whose deadline time has just stopped; -1: none */
    int tried, refused, refused_by_form;
    tally *met;
    char jti[MZ_UUID_TEXT_SIZE]; /* of the last submitted entry */
    char lines[LOG_LINES][BODY_MAX / 4];
    int line_count;
    char body[BODY_MAX];
} sim;

/* chance.c: chance, from the seed */
int below(sim *s, int limit);
bool chance(sim *s, int percent);
int64_t amount_below(sim *s, int64_t limit);

/* state.c: telling what happened; the state, whole */
void note_line(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fail(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
void require_ok(sim *s, mz_status status, const mz_reason *why, const char *what);
mz_hash digest_of(sim *s, mz_changes *changes);

/* compare.c: what the rules and the model must agree on */
void compare(sim *s, bool traces);

/* step.c: one step: both judge, and must agree */
const char *time_text(int64_t ms);
bool submit(sim *s, const char *event, int signer, const char *fund);
void write_body(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void add_body(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* choose.c: who, where and what an act is about */
int anybody(sim *s);
int signer_of(sim *s, mz_role role);
int steward_of(sim *s, int fund);
int any_fund(sim *s);
const char *fund_id(sim *s, int fund);
const char *fund_for(sim *s, int fund);
thing *pick(sim *s, things *list);
thing *pick_closed(sim *s, things *list);
thing *add_thing(sim *s, things *list, int fund);
const char *day_text(int32_t day);
int32_t today(const sim *s);
const char *booked_text(sim *s);
const char *any_purpose(sim *s, int fund, int64_t *free_fen);
int any_party(sim *s);
const char *evidence(sim *s, const char *before);

/* people.c: people, keys and confirmations */
int new_key(sim *s);
void add_key(sim *s, int key, const char *id);
waiting *add_wait(sim *s, const char *event, int fund, int signer, int subject);
bool confirm(sim *s, waiting *w);
void act_confirm(sim *s);
void often_confirm(sim *s, waiting *w, int percent);
void enrol(sim *s, mz_role role, unsigned funds, bool surely);
mz_role scarce_role(const sim *s);
void act_enrol(sim *s);
void act_rekey(sim *s);
void rekey(sim *s, int who, int64_t compromised_since);
void act_assign(sim *s);
void act_retire(sim *s);
void act_ledger(sim *s);

/* funds.c: funds, purposes and committees */
void open_fund(sim *s);
void act_fund(sim *s);
void act_amend(sim *s);
void act_close(sim *s);
void seat(sim *s, int fund);
void act_seat(sim *s);
void act_reseat_suspended(sim *s);
void act_purpose(sim *s);
void act_move(sim *s);

/* parties.c: parties, conflicts, sources and sessions */
void register_party(sim *s, const char *code, bool surely);
void act_party(sim *s);
void act_conflict(sim *s);
void act_conflict_end(sim *s);
void register_source(sim *s, int fund, int kind);
int any_source(sim *s, int fund, int kind);
void act_source(sim *s);
void act_session(sim *s);

/* income.c: incomes and reversals */
void act_income(sim *s);
void act_old_income(sim *s);
void act_reverse(sim *s);

/* proposals.c: proposals on their road */
void act_file(sim *s);
int seated_person(sim *s, int fund);
void simple(sim *s, const char *event, int signer, const model_proposal *p, const char *more);
void act_answer(sim *s);
void act_return(sim *s);
void act_advance(sim *s);

/* goods.c: needs, and goods */
int any_need(sim *s, int fund);
int grantable_need(sim *s, int fund);
void act_need(sim *s);
void act_wish(sim *s, int fund);
void act_goods(sim *s);
void issue_for(sim *s, const model_proposal *p);
void act_unissue(sim *s, const model_proposal *p);
void add_goods_list(sim *s);
bool clear_stock(sim *s, int fund);

/* accounts.c: statements, reconciliations, audits */
void act_statement(sim *s);
int32_t month_last(int32_t day);
void act_reconcile(sim *s);
void act_audit(sim *s);
void act_record(sim *s);

/* time.c: time, to before, at and past every kind of deadline */
void to_month_end(sim *s);
void pass_time(sim *s);

#endif
