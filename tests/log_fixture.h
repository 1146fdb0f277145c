/* log_fixture.h — signed entries for trying the log on, the same ones every time: keys from names,
 * numbers from counting. Knows no test library, so that the crash test and the benchmark use it
 * too. In texts of bodies a single quote stands for a double one. Stops the program when something
 * that cannot fail does. */
#ifndef MZ_TESTS_LOG_FIXTURE_H
#define MZ_TESTS_LOG_FIXTURE_H

#include "log/log.h"

#define MZ_SAMPLE_ORIGIN "fund.example.org/log"
#define MZ_SAMPLE_START_MS INT64_C(1772413200000) /* 2026-03-02 09:00 in UTC+8 */

void mz_sample_signer(const char *name, mz_signer *signer);
/* A number for an entry of that time: the same for the same two. */
void mz_sample_jti(uint64_t number, int64_t unix_ms, uint8_t jti[16]);

/* Replaces the content of `out` by an entry, signed at `unix_ms`. `fund` may be NULL. */
void mz_sample_sign(const char *who, uint64_t number, int64_t unix_ms, const char *event,
                    const char *fund, const char *body, mz_buf *out);
/* Entry 0: registrars reg-a and reg-b, the log's key of the name "log". */
void mz_sample_genesis(int64_t unix_ms, mz_buf *out);
/* The same with a digest in `_sd`. */
void mz_sample_genesis_sealed(int64_t unix_ms, const char *digest, mz_buf *out);
/* The same with these witnesses: "'witnesses':[...],'quorum':2". */
void mz_sample_genesis_witnessed(int64_t unix_ms, const char *witnesses, mz_buf *out);
/* An entry that is always accepted: reg-a registers the party p-<number>. */
void mz_sample_party(uint64_t number, int64_t unix_ms, mz_buf *out);
/* Two entries, numbered `number` and `number` + 1: reg-a enrols the actor with its own key, reg-b
 * confirms. `more` is put at the end of the body: "" or ",'funds':['a']". */
void mz_sample_enrol(const char *actor, const char *role, const char *more, uint64_t number,
                     int64_t unix_ms, mz_buf *enrolled, mz_buf *confirmed);
/* 'key':'...','proof':'...' of a person's key, for a body. */
void mz_sample_put_key(mz_buf *out, const char *name, const char *actor);
/* {'vkey':'...','proof':'...'} of a key of the log. */
void mz_sample_put_log_key(mz_buf *out, const char *name);

#endif
