/* handle_sealed.c — the sealed fields of an entry, for a reader with a token. What the log lets the
 * reader see is asked here, the values are fetched by a job, because that waits for a lock. */
#include <stdlib.h>

#include "handlers.h"
#include "log/shown.h"
#include "reader.h"

typedef struct fetching {
    mz_exchange *exchange;
    const char *path, *origin;
    mz_status status;
    mz_reason why;
    mz_shown shown;
} fetching;

static void free_fetching(void *state)
{
    fetching *one = state;
    mz_shown_clear(&one->shown);
    free(one);
}

static void fetch(void *context)
{
    fetching *one = context;
    one->status = mz_shown_fetch(&one->shown, one->path, one->origin, &one->why);
    mz_exchange_resume(one->exchange);
}

static mz_status begin(mz_call *call, mz_reason *why)
{
    mz_actor reader;
    mz_status status = mz_reader_of(call, &reader, why);
    if (status != MZ_OK)
        return status;
    fetching *one = calloc(1, sizeof *one);
    if (one == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *call->state = one;
    *call->state_free = free_fetching;
    one->exchange = call->exchange;
    one->path = mz_service_sealed(call->service);
    one->origin = mz_service_origin(call->service);
    status = mz_shown_open(call->snapshot, call->changes, reader.no, mz_call_number(call, 0),
                           call->now_ms, &one->shown, why);
    if (status != MZ_OK)
        return status;
    mz_exchange_suspend(call->exchange);
    status = mz_service_add_job(call->service, fetch, one, &one->why);
    if (status != MZ_OK) { /* told in the next turn */
        one->status = status;
        mz_exchange_resume(call->exchange);
    }
    return MZ_OK;
}

mz_status mz_handle_disclosures(mz_call *call, mz_reason *why)
{
    const fetching *one = *call->state;
    if (one == NULL)
        return begin(call, why);
    if (one->status != MZ_OK) {
        *why = one->why;
        return mz_refuse(why, one->status);
    }
    return mz_response_json(call->response, mz_shown_json(&one->shown), why);
}
