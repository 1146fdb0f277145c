/* witness_http.h — the witness's door: witness.h on the strict server of ledger/http. Meant to
 * stand behind a proxy that holds TLS. */
#ifndef MZ_AUDIT_WITNESS_HTTP_H
#define MZ_AUDIT_WITNESS_HTTP_H

#include "witness.h"

#define MZ_WITNESS_CONNECTIONS_MAX 256

typedef struct mz_witness_http mz_witness_http;

/* Serves on "127.0.0.1:8090" or "[::1]:8090", port 0 for any, on a thread of its own. `on_stopped`
 * is told once, on that thread, when the service has stopped. The caller owns `*http` on MZ_OK.
 * MZ_IO {cause}: it cannot be listened on. */
typedef void mz_witness_on_stopped(void *context);
mz_status mz_witness_http_start(mz_witness_service *service, const char *listen,
                                mz_witness_on_stopped *on_stopped, void *context,
                                mz_witness_http **http, mz_reason *why) MZ_MUST_USE;
/* "127.0.0.1:40123"; borrowed until it is stopped. */
const char *mz_witness_http_address(const mz_witness_http *http);
/* No new connections; who is being answered gets the answer. NULL is fine. */
void mz_witness_http_stop(mz_witness_http *http);

#endif
