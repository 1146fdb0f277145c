/* load.h — many clients at once on one thread: keep-alive connections that each send a request,
 * wait for its answer, and go on with the next. What is sent and what becomes of the answers is the
 * caller's. Light, because in a benchmark it shares the cores with what it measures: two system
 * calls to a request, and of an answer it reads no more than it must. */
#ifndef MZ_TESTS_LOAD_H
#define MZ_TESTS_LOAD_H

#include "core/bytes.h"

typedef struct mz_load mz_load;

/* The next request of this connection, whole; valid until its answer is there. False: it has no
 * more, for now. */
typedef bool mz_load_next(void *context, size_t connection, mz_view *request);
/* The answer to it. */
typedef void mz_load_answered(void *context, size_t connection, unsigned code, mz_view body);

typedef struct mz_load_plan {
    const char *address; /* of IPv4, with port */
    size_t connection_count;
    mz_load_next *next;
    mz_load_answered *answered;
    void *context;
} mz_load_plan;

/* Connects them all. NULL when that fails: nobody listens. */
mz_load *mz_load_new(const mz_load_plan *plan);
void mz_load_free(mz_load *load); /* NULL is fine */

/* Asks connections without a request for one, then goes on until none waits for an answer, or so
 * much time has passed. Returns how many still wait. May be called again. */
size_t mz_load_run(mz_load *load, int64_t ms);
/* Connections that the server ended, or that answered what is no HTTP. */
size_t mz_load_lost(const mz_load *load);

/* Appends a request. `type` NULL: it has no body. */
void mz_load_put(mz_buf *out, const char *method, const char *target, const char *type,
                 mz_view body);

#endif
