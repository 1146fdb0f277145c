/* server.h — HTTP made strict: one thread and epoll, requests judged before anything else happens,
 * limits and deadlines for everything, the same headers on every answer. Knows nothing of ledgers:
 * an application fills the answers. What the library under it does with odd requests is told in
 * docs/design/0020-service.md and tried in tests/service/. */
#ifndef MZ_HTTP_SERVER_H
#define MZ_HTTP_SERVER_H

#include "http/request.h"
#include "http/response.h"

typedef struct mz_http_server mz_http_server;

/* A request in its application's hands. */
typedef struct mz_http_turn {
    mz_exchange *exchange;
    const mz_request *request;
    mz_response *response;
    /* What the application keeps from one turn of an exchange to the next; `state_free` is called
     * on it when the exchange ends, however it ends. */
    void **state;
    void (**state_free)(void *state);
    const char **label; /* what stands in the log for the address: a literal, nobody's name */
} mz_http_turn;

typedef struct mz_http_record {
    mz_method method;
    const char *label; /* NULL: refused before it came to the application */
    unsigned code;     /* 0: the client was gone, or cut off */
    uint64_t size;     /* bytes of the body */
    int64_t took_ms;
    const char *address; /* of the client, as text; empty unless the application wants it */
} mz_http_record;

/* What an application takes of a body. */
typedef struct mz_http_wish {
    uint64_t body_max; /* bytes */
    bool as_file;      /* into a file without a name, not into memory */
} mz_http_wish;

typedef struct mz_http_app {
    void *context;
    /* The head is judged, no byte of the body was asked for. True: go on, with the body that
     * `wish` allows. False: the response holds the refusal. */
    bool (*begin)(void *context, mz_http_turn *turn, mz_http_wish *wish);
    /* Everything is there: fills the response, or suspends and is called again after resume. */
    void (*handle)(void *context, mz_http_turn *turn);
    /* The server itself refuses: fills the response, which is reset. */
    void (*refuse)(void *context, mz_http_turn *turn, const mz_reason *why);
    /* A number that changes whenever answers that were kept may be wrong. */
    uint64_t (*version)(void *context);
    void (*ended)(void *context, const mz_http_record *record);
    bool wants_addresses; /* in its records */
} mz_http_app;

typedef struct mz_http_options {
    const char *listen;             /* "127.0.0.1:8080", "[::1]:8080"; port 0: the kernel chooses */
    const char *tls_cert, *tls_key; /* PEM texts; NULL: plain */
    const char *spool_dir;          /* where bodies that become files are gathered; NULL: none do */
    unsigned connections_max;       /* 0: MZ_HTTP_CONNECTIONS_MAX */
    unsigned per_address_max;       /* 0: no limit, as behind a proxy */
} mz_http_options;

/* Listens and starts the thread. The caller owns `*server` on MZ_OK. MZ_IO {cause}. */
mz_status mz_http_server_new(const mz_http_options *options, const mz_http_app *app,
                             mz_http_server **server, mz_reason *why) MZ_MUST_USE;
/* "127.0.0.1:40123"; borrowed until close. */
const char *mz_http_server_address(const mz_http_server *server);
/* No new connection is accepted from now on, and each one that is open ends with its next answer.
 * From any thread. */
void mz_http_server_quiesce(mz_http_server *server);
/* Goes on answering what is on its way already, until no connection is open, at most `wait_ms`.
 * After mz_http_server_quiesce. */
void mz_http_server_linger(mz_http_server *server, int64_t wait_ms);
/* Quiesces, waits for all answers to be fetched, at most `wait_ms`; ends. Every suspended exchange
 * has been resumed before. NULL is fine. */
void mz_http_server_close(mz_http_server *server, int64_t wait_ms);

/* What it has done. From any thread. */
typedef struct mz_http_figures {
    uint64_t connections_now, connections;
    uint64_t answers[6]; /* by the code's first digit; 0: cut off before an answer */
    uint64_t answered_bytes;
    uint64_t kept_hits; /* answered from what was kept */
    uint64_t cut_off;   /* too slow */
} mz_http_figures;
void mz_http_server_read(const mz_http_server *server, mz_http_figures *figures);

#endif
