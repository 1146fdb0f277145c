/* fake_server.h — an HTTP server on loopback whose answers a function of the test's makes: for
 * clients of a whole service. Connections are kept alive, each has a thread. */
#ifndef MZ_TESTS_FAKE_SERVER_H
#define MZ_TESTS_FAKE_SERVER_H

#include "core/bytes.h"

typedef struct fake_server fake_server;

typedef struct fake_request {
    char method[8];
    char path[512];      /* with its query */
    char token[4096];    /* of Authorization, "" when there is none */
    char media_type[64]; /* of the body */
    mz_view body;
} fake_request;

typedef struct fake_answer {
    unsigned code;          /* 200 at first */
    const char *media_type; /* "application/json" at first */
    int retry_after_s;      /* -1: not said */
    bool hang;              /* no answer; the connection stays until the client goes away */
    bool cut;               /* half of the body, then the connection ends */
    mz_buf body;            /* initialised, released by the server */
} fake_answer;

/* Called on the threads of connections, one call at a time. */
typedef void fake_handler(void *context, const fake_request *request, fake_answer *answer);

/* Stops the test when it cannot be started. */
fake_server *fake_server_start(fake_handler *handler, void *context);
const char *fake_server_url(const fake_server *server); /* "http://127.0.0.1:PORT" */
unsigned fake_server_count(fake_server *server);        /* requests so far */
void fake_server_stop(fake_server *server);

#endif
