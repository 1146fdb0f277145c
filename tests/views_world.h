/* views_world.h — a ledger in a folder of its own, for what people ask of it: one history written
 * by a test file, and answers looked up by path. */
#ifndef MZ_TESTS_VIEWS_WORLD_H
#define MZ_TESTS_VIEWS_WORLD_H

#include <jansson.h>

#include "core/uuid.h"
#include "log/log.h"
#include "log_fixture.h"

#define VIEWS_ENTRIES_MAX 200

typedef struct views_world {
    char root[64], dir[80];
    mz_signer signer;
    mz_log *log;
    uint64_t count; /* entries written, which is the next number too */
    int64_t now_ms;
    char jtis[VIEWS_ENTRIES_MAX][MZ_UUID_TEXT_SIZE];
} views_world;

/* A ledger with entry 0, at MZ_SAMPLE_START_MS; the test fails when it cannot be made. */
views_world *views_world_new(void);
void views_world_free(views_world *w); /* removes the folder */

/* One entry, a minute after the last: it must be accepted. Its index. In `body` a single quote
 * stands for a double one, and `@N@` for the jti of entry N, `@@` for that of the last. */
uint64_t views_write(views_world *w, const char *who, const char *event, const char *fund,
                     const char *body);
/* Enrols and confirms; `more` are further members of the body. */
void views_enrol(views_world *w, const char *actor, const char *role, const char *more);
/* The ballot of a person in fund-a, completed by the view itself. */
void views_vote(views_world *w, const char *who, const char *proposal, const char *choice);
void views_days_later(views_world *w, int days);

/* What an answer must be. `path`: members and positions, "committee.members.0.actor"; "" the whole;
 * ending in "#" the size of a list; NULL when `want` is the code of a refusal. In `want` a single
 * quote stands for a double one. Ends `made`. */
void views_expect(mz_status status, const mz_reason *why, json_t *made, const char *path,
                  const char *want);

#endif
