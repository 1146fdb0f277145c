/* patience.h — a request that is tried again while that can help: 重试。
 *
 * No answer, 429, 502, 503 and 504 may be better the next time; everything else is final. So only
 * what may safely be asked twice goes this way: reading, and signed entries, of which the log keeps
 * one however often they are sent. */
#ifndef MZ_REMOTE_PATIENCE_H
#define MZ_REMOTE_PATIENCE_H

#include "remote/http_client.h"

#define MZ_PATIENCE_WAIT_MAX_MS 30000 /* whatever the server asks for */

/* Told before a wait: what went wrong, or the code of the answer; and how long. */
typedef void mz_patience_told(void *context, const mz_reason *why, unsigned code, int64_t wait_ms);

/* Zero-initialised: four tries, the second after half a second, then a second, then two. */
typedef struct mz_patience {
    unsigned tries;         /* 0: 4 */
    int64_t wait_ms;        /* before the second try, doubled from then on; 0: 500 */
    mz_patience_told *told; /* may be NULL */
    void *context;
} mz_patience;

/* As mz_http_client_call, of the last try. Retry-After in seconds is honoured, up to
 * MZ_PATIENCE_WAIT_MAX_MS. A client that was stopped tries no more. */
mz_status mz_http_call_patiently(mz_http_client *client, const mz_http_call *call,
                                 const mz_patience *patience, mz_http_reply *reply, mz_buf *body,
                                 mz_reason *why) MZ_MUST_USE;

#endif
