/* ledger_fixture.h — a small charity to try the rules on: a log in memory whose people have keys
 * derived from their names, and whose clock stands where the test puts it. Entries go the road of
 * real ones, from payload text through mz_entry_decode_payload to mz_rules_apply; only signatures
 * are left out, since the rules never see them. Whatever is refused is checked to have left no
 * trace, to the last byte.
 *
 *     people   reg-a reg-b (registrars, from entry 0), aud-a (auditor), rev-a rev-b (reviewers),
 *              cash-a cash-b (cashiers), mem-a .. mem-g (members), sup-a sup-b (supervisors)
 *     fund-a   account bank-a, steward stew-a, purposes elders (activity, visit, meals, care,
 * wishes) and repairs (repair) fund-b   account bank-a, steward stew-b, no committee seated fund-a:
 * mem-a (chair) mem-b mem-c; alternates mem-d mem-e; supervisor sup-a; the term ends on 2029-03-01
 *
 * In texts of bodies a single quote stands for a double one. */
#ifndef MZ_TESTS_LEDGER_FIXTURE_H
#define MZ_TESTS_LEDGER_FIXTURE_H

#include "core/rules.h"
#include "core/uuid.h"

#define MZ_FIXTURE_ORIGIN "fund.example.org/test"
#define MZ_FIXTURE_DAY "2026-03-02" /* when everything above happens, at 09:00 in UTC+8 */
#define MZ_FIXTURE_CHARITY_CODE "53370300MJD0000019"

/* Members for a body. */
#define MZ_FIXTURE_EVIDENCE                                                                        \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'e.png','visibility':'public'}]"

typedef enum mz_fixture_until {
    MZ_FIXTURE_EMPTY,  /* no entry yet */
    MZ_FIXTURE_OPENED, /* entry 0 */
    MZ_FIXTURE_PEOPLE, /* everyone but the stewards */
    MZ_FIXTURE_FUNDS,  /* the funds, their stewards and purposes */
    MZ_FIXTURE_SEATED  /* all of the above */
} mz_fixture_until;

typedef struct mz_fixture {
    mz_changes *changes;
    int64_t now_ms;              /* log time of the next entry */
    uint64_t entry_count;        /* the index of the next entry */
    mz_reason why;               /* of the last write */
    mz_hash leaf_hash;           /* of the last accepted entry */
    char jti[MZ_UUID_TEXT_SIZE]; /* its jti */
    uint64_t jti_count;
    mz_kv *kv;
    mz_kv_txn *txn;
    mz_hasher *hasher;
} mz_fixture;

/* Fails the test when it cannot. The caller owns it. */
mz_fixture *mz_fixture_new(mz_fixture_until until);
void mz_fixture_free(mz_fixture *fixture); /* NULL is fine */

/* Puts the clock: to a moment; to "YYYY-MM-DD HH:MM:SS" in UTC+8; so many days on. Never back. */
void mz_fixture_at(mz_fixture *fixture, int64_t unix_ms);
void mz_fixture_at_time(mz_fixture *fixture, const char *local_time);
void mz_fixture_days_later(mz_fixture *fixture, int days);

/* Submits one entry, whose signer is whoever `key` belongs to: a key's name is its actor's, or of a
 * later key whatever the test called it. `fund` NULL: none. On MZ_OK the jti is in `jti`, which may
 * be NULL; on a refusal fixture->why says why. */
mz_status mz_fixture_write(mz_fixture *fixture, const char *key, const char *event,
                           const char *fund, const char *body, char jti[MZ_UUID_TEXT_SIZE]);
/* The same with a format for the body, which must be accepted, or be refused with `want`. */
void mz_fixture_must(mz_fixture *fixture, const char *key, const char *event, const char *fund,
                     char jti[MZ_UUID_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void mz_fixture_refuses(mz_fixture *fixture, mz_status want, const char *key, const char *event,
                        const char *fund, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* registry.confirmed of an entry, by reg-b, or by whoever is named. */
void mz_fixture_confirm(mz_fixture *fixture, const char *fund, const char *jti);
mz_status mz_fixture_confirm_by(mz_fixture *fixture, const char *key, const char *fund,
                                const char *jti);
/* mz_fixture_must by reg-a, then mz_fixture_confirm. */
void mz_fixture_registered(mz_fixture *fixture, const char *event, const char *fund,
                           char jti[MZ_UUID_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Registers a party (organisation when it has a code) and verifies it by rev-a. */
void mz_fixture_party(mz_fixture *fixture, const char *party, const char *credit_code);

/* The key of a name, and its members `'key':'...','proof':'...'` for a body that names `actor`. */
#define MZ_FIXTURE_KEY_TEXT_SIZE 200
void mz_fixture_signer(const char *name, mz_signer *signer);
void mz_fixture_key_text(const char *name, const char *actor, char text[MZ_FIXTURE_KEY_TEXT_SIZE]);
/* `{'vkey':'...','proof':'...'}` of a log key, and `{'vkey':'...'}` of a witness's. */
#define MZ_FIXTURE_VKEY_TEXT_SIZE 600
void mz_fixture_log_key_text(const char *name, const char *origin,
                             char text[MZ_FIXTURE_VKEY_TEXT_SIZE]);
void mz_fixture_witness_text(const char *name, char text[MZ_FIXTURE_VKEY_TEXT_SIZE]);

/* Records, settled to the clock; the test fails when there is none. */
void mz_fixture_fund(mz_fixture *fixture, const char *id, mz_fund *fund);
void mz_fixture_actor(mz_fixture *fixture, const char *id, mz_actor *actor);
void mz_fixture_proposal(mz_fixture *fixture, const char *id, mz_proposal *proposal);
/* "voting", "adopted" ...: the stage of a proposal, settled. */
const char *mz_fixture_stage(mz_fixture *fixture, const char *proposal);
void mz_fixture_bucket(mz_fixture *fixture, const char *fund, const char *purpose,
                       mz_bucket *bucket);
/* The index of an entry. */
uint64_t mz_fixture_index(mz_fixture *fixture, const char *jti);
/* A digest of everything that the rules remember. */
mz_hash mz_fixture_digest(mz_fixture *fixture);

#endif
