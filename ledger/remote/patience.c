#include "remote/patience.h"

#include <time.h>

#define TRIES 4
#define WAIT_MS 500
#define STEP_MS 100 /* how soon a stopped client is noticed */

static bool may_get_better(mz_status status, const mz_http_reply *reply)
{
    if (status != MZ_OK)
        return status == MZ_IO;
    return reply->code == 429 || reply->code == 502 || reply->code == 503 || reply->code == 504;
}

static int64_t wait_of(unsigned try, int64_t wait_ms, mz_status status, const mz_http_reply *reply)
{
    int64_t wait = wait_ms;
    for (unsigned i = 1; i < try && wait < MZ_PATIENCE_WAIT_MAX_MS; i++)
        wait *= 2;
    if (status == MZ_OK && reply->retry_after_s > wait / 1000)
        wait = reply->retry_after_s < MZ_PATIENCE_WAIT_MAX_MS / 1000 ? reply->retry_after_s * 1000
                                                                     : MZ_PATIENCE_WAIT_MAX_MS;
    return wait < MZ_PATIENCE_WAIT_MAX_MS ? wait : MZ_PATIENCE_WAIT_MAX_MS;
}

static void wait_for(const mz_http_client *client, int64_t wait_ms)
{
    while (wait_ms > 0 && !mz_http_client_stopped(client)) {
        const int64_t step_ms = wait_ms < STEP_MS ? wait_ms : STEP_MS;
        const struct timespec step = {.tv_nsec = (long)step_ms * 1000000};
        (void)nanosleep(&step, NULL); /* a signal only shortens the wait */
        wait_ms -= step_ms;
    }
}

mz_status mz_http_call_patiently(mz_http_client *client, const mz_http_call *call,
                                 const mz_patience *patience, mz_http_reply *reply, mz_buf *body,
                                 mz_reason *why)
{
    static const mz_patience USUAL = {0};
    if (patience == NULL)
        patience = &USUAL;
    const unsigned tries = patience->tries > 0 ? patience->tries : TRIES;
    const int64_t wait_ms = patience->wait_ms > 0 ? patience->wait_ms : WAIT_MS;
    for (unsigned try = 1;; try++) {
        mz_reason reason = {0};
        const mz_status status = mz_http_client_call(client, call, reply, body, &reason);
        if (try == tries || !may_get_better(status, reply) || mz_http_client_stopped(client)) {
            if (status != MZ_OK && why != NULL && why->status == MZ_OK)
                *why = reason;
            return status;
        }
        const int64_t next_ms = wait_of(try, wait_ms, status, reply);
        if (patience->told != NULL)
            patience->told(patience->context, &reason, status == MZ_OK ? reply->code : 0, next_ms);
        wait_for(client, next_ms);
    }
}
