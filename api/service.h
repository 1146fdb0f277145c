/* service.h — the ledger that is served, and what a handler gets of it. */
#ifndef MZ_API_SERVICE_H
#define MZ_API_SERVICE_H

#include "http/request.h"
#include "http/response.h"
#include "log/log.h"

typedef struct mz_service mz_service;

/* One request on its way through its handler. The handler runs on the server's one thread, so it is
 * quick: O(log n), or one page of rows. Everything is borrowed for the call. */
typedef struct mz_call {
    mz_service *service;
    const mz_request *request;
    const struct mz_route *route;
    mz_view params[MZ_HTTP_SEGMENTS_MAX]; /* what stood for the {names} of the pattern, in order */
    size_t param_count;
    mz_language language;
    int64_t now_ms;        /* views are as of this moment */
    mz_snapshot *snapshot; /* at most some seconds old, never older than the last answered entry */
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

const char *mz_service_origin(const mz_service *service);

#endif
