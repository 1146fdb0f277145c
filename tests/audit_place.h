/* audit_place.h — an audit in a test: a folder to write a log to, what an audit of it says, and a
 * small charity whose log it may be. Every function fails the test when it cannot. */
#ifndef MZ_TESTS_AUDIT_PLACE_H
#define MZ_TESTS_AUDIT_PLACE_H

#include "audit/audit.h"
#include "audit_world.h"

#define PATH_SIZE 160

typedef struct place {
    char root[80];
    char dir[PATH_SIZE], pin[PATH_SIZE], state[PATH_SIZE], other[PATH_SIZE];
    int published; /* how often place_audit_after has been asked */
    world *w;
    mz_audit_options options;
    mz_audit_result result;
    mz_reason why;
} place;

int place_set_up(void **state);
int place_tear_down(void **state);
#define PLACE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, place_set_up, place_tear_down)

/* Writes the log of `w` and its pin. */
void place_publish(place *p);
void place_given_honest(place *p);

/* Audits; the result is in the place. */
void place_audit(place *p);
void place_must_prove(place *p);
/* With the code and the place; `index` -1 for any. */
void place_must_fail(place *p, const char *code, long long index);
const char *place_failure_code(const place *p);
/* Audits with a state at each of some sizes, and compares the last with an audit of the whole. */
void place_audit_in_parts(place *p);

const json_t *place_assertion(const place *p, const char *code);
void place_verdict_is(const place *p, const char *code, const char *verdict);
/* How often an assertion lists this finding, or informs of it; -1 in `index`: anywhere. */
size_t place_found(const place *p, const char *code, const char *finding, long long index);
/* The report without what is of the run. A new reference. */
json_t *place_of_log(const place *p);

/* One more finding that an audit must list. */
typedef struct place_want {
    const char *assertion, *finding;
    size_t index;
} place_want;
/* Each is listed once, with its question to people in both languages. */
void place_must_find(const place *p, const place_want *wants, size_t want_count);
/* Writes the log and audits it as of so many days after its last entry. */
void place_audit_after(place *p, int days);
/* A member of the one entry with this finding; NULL when the entry has no such member. */
const json_t *place_member(const place *p, const char *code, const char *finding,
                           const char *member);

/* --- an honest charity: fund-a, its people, and what they do --- */

#define EVIDENCE(byte)                                                                             \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000" byte   \
    "','size':1,'media_type':'image/png','name':'e.png'}]"

void charity_people(world *w);
/* Opens another fund, with a steward of its own and the same committee; what follows is its. */
void charity_fund(world *w, const char *fund, const char *steward, const char *account);
void charity_party(world *w, const char *id);
/* The index of the income.recorded; confirmed when `ref` is not NULL. */
size_t charity_gift(world *w, int64_t amount_fen, const char *more, const char *ref);
/* Filed; the index. */
size_t charity_file(world *w, const char *id, const char *payee, int64_t amount_fen);
void charity_adopt(world *w, const char *id, size_t filing);
size_t charity_approve(world *w, const char *id, int64_t amount_fen);
size_t charity_pay(world *w, const char *id, const char *payee, int64_t amount_fen, const char *ref,
                   const char *evidence);
/* All of that with days between; the index of the payout. */
size_t charity_project(world *w, const char *id, const char *payee, int64_t amount_fen,
                       const char *ref, const char *evidence);
/* `more`: members to add, evidence for one. */
size_t charity_reverse(world *w, const char *who, size_t index, const char *more);
/* A charity that receives 1000.00 and spends 300.00, with nothing to find. */
world *charity_honest(void);

#endif
