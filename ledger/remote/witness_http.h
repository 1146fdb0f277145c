/* witness_http.h — witnesses asked over HTTP: the transport of core/witness.h on http_client.h. */
#ifndef MZ_REMOTE_WITNESS_HTTP_H
#define MZ_REMOTE_WITNESS_HTTP_H

#include "core/witness.h"
#include "remote/http_client.h"

/* Posts to `<url of the witness>/add-checkpoint`. Borrows `options`, which may be NULL. */
mz_witness_transport mz_witness_over_http(const mz_http_client_options *options);

#endif
