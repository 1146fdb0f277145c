/* service.h — the ledger that is served, and what a handler gets of it. */
#ifndef MZ_API_SERVICE_H
#define MZ_API_SERVICE_H

#include "http/request.h"
#include "http/response.h"
#include "jobs.h"
#include "log/log.h"
#include "log/sequencer.h"
#include "log/witnessing.h"

typedef struct mz_service mz_service;

/* --- what a handler gets --- */

/* One request on its way through its handler. The handler runs on the server's one thread, so it is
 * quick: O(log n), or one page of rows; what takes longer is a job (jobs.h). Everything is borrowed
 * for the call. */
typedef struct mz_call {
    mz_service *service;
    const mz_request *request;
    const struct mz_route *route;
    mz_view params[MZ_HTTP_SEGMENTS_MAX]; /* what stood for the {names} of the pattern, in order */
    size_t param_count;
    mz_language language;
    int64_t now_ms;        /* views are as of this moment */
    mz_snapshot *snapshot; /* at most a second old, never older than the last answered entry; NULL
                              for routes without a ledger, and perhaps after a resume */
    mz_changes *changes;   /* over the snapshot, this call's own: for views and rules */
    mz_response *response;
    mz_exchange *exchange; /* to suspend */
    /* What the handler keeps from its first run to the one after resume; NULL at the first.
     * `state_free` is called on it in the end, whatever happens. */
    void **state;
    void (**state_free)(void *state);
} mz_call;

/* A whole number from 0 that a parameter of kind MZ_PARAM_NUMBER holds; it was checked. */
uint64_t mz_call_number(const mz_call *call, size_t param);
/* The same of a query member; `otherwise` when it is not there. */
uint64_t mz_call_query_number(const mz_call *call, const char *name, uint64_t otherwise);
/* Where the list that ?cursor= names goes on: rows before this; MZ_NEVER without it. */
uint64_t mz_call_cursor(const mz_call *call);
/* Writes the answer of a view. A list's "next" becomes the cursor that clients hand back. Ends
 * `view`. */
mz_status mz_call_answer(mz_call *call, json_t *view, mz_reason *why) MZ_MUST_USE;

const char *mz_service_origin(const mz_service *service);
const char *mz_service_dir(const mz_service *service);
/* The folder of documents (log/evidence.h), whether or not it is there. */
const char *mz_service_evidence(const mz_service *service);
/* The folder of the sealed store (log/sealed.h), whether or not it is there. */
const char *mz_service_sealed(const mz_service *service);
/* As mz_jobs_add; MZ_BUSY too once the service is ending. */
mz_status mz_service_add_job(mz_service *service, mz_job *job, void *context,
                             mz_reason *why) MZ_MUST_USE;
/* The store, for walks of their own; during a handler only. */
mz_kv *mz_service_kv(mz_service *service);
/* As mz_sequencer_submit; MZ_BUSY too once the service is ending. What is read after `done` has the
 * entry. */
mz_status mz_service_submit(mz_service *service, mz_view text, mz_sequencer_done *done,
                            void *context, mz_reason *why) MZ_MUST_USE;
/* Answers made before may be wrong, though there is no new entry. From any thread. */
void mz_service_renew(mz_service *service);

/* --- its life --- */

typedef struct mz_service_options {
    const char *evidence;      /* folder of documents; NULL: DIR.evidence */
    mz_log_options log;        /* how the ledger is opened: each time */
    uint64_t free_space_min;   /* bytes */
    int64_t check_seconds;     /* between two full checks; 0: never */
    const char *check_program; /* what is run for it: this program; NULL: none */
} mz_service_options;

/* Takes the folder's lock, opens the ledger, starts the writer. Strings are borrowed until close.
 * MZ_BUSY when another mingzhangd has the folder; what mz_log_open says. */
mz_status mz_service_open(const mz_service_options *options, mz_service **service,
                          mz_reason *why) MZ_MUST_USE;
/* Takes no more entries; everybody who waits is answered when this returns. */
void mz_service_drain(mz_service *service);
/* Drains; closes the ledger, whose second place is synced. No handler runs any more. NULL is fine.
 */
void mz_service_close(mz_service *service);

/* A moment for readers, on the server's thread. MZ_OK: until mz_service_leave the log is not
 * replaced. MZ_BUSY while it is being replaced. */
mz_status mz_service_enter(mz_service *service, mz_snapshot **snapshot, mz_reason *why) MZ_MUST_USE;
void mz_service_leave(mz_service *service);
/* Changes whenever an answer made before may be wrong. From any thread. */
uint64_t mz_service_version(mz_service *service);

/* --- how it is --- */

typedef struct mz_checked {
    bool ever; /* a check has ended */
    bool running;
    mz_status status; /* MZ_OK: all as it must be */
    uint64_t size;    /* entries that were checked */
    int64_t at_ms;    /* when it ended */
    int64_t took_ms;
    char cause[MZ_REASON_WORDS_MAX];
} mz_checked;

typedef struct mz_health {
    int64_t started_ms;
    uint64_t size;
    int64_t last_unix_ms; /* log time of the last entry */
    uint64_t free_space;  /* bytes; 0 too when the system does not tell */
    mz_status writing;    /* MZ_OK, or why what is submitted now would not be written */
    int64_t check_seconds;
    mz_checked checked;
    bool witness_alarm;
    mz_sequencer_figures writer;
} mz_health;
/* From any thread. */
void mz_service_health(mz_service *service, mz_health *health);
/* The ledger's witnesses that are asked: copies up to `max`, answers how many there are. */
size_t mz_service_witnesses(mz_service *service, mz_witness_health *witnesses, size_t max);
/* Nothing is wrong: writing goes on, the last check found nothing and is not overdue, and no
 * witness knows more than we do, or something else. */
bool mz_health_good(const mz_health *health, int64_t now_ms);

#endif
