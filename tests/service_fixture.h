/* service_fixture.h — a service of a test's own: a sample ledger in a temporary folder, served on a
 * port that the kernel chooses, and a client of bare sockets that sends exactly the bytes it is
 * told. Nothing waits longer than MZ_ANSWER_MS. */
#ifndef MZ_TESTS_SERVICE_FIXTURE_H
#define MZ_TESTS_SERVICE_FIXTURE_H

#include "dispatch.h"
#include "http/server.h"
#include "log_fixture.h"
#include "service.h"

#define MZ_ANSWER_MS 20000

typedef struct mz_served {
    char root[64], dir[96];
    mz_signer signer;
    mz_service_options options;
    mz_service *service;
    mz_dispatch dispatch;
    mz_http_options http;
    mz_http_server *server;
    int64_t now_ms; /* when its entries are signed */
    uint64_t next;  /* number for the next sample entry */
} mz_served;

void mz_served_begin(mz_served *served);
/* The service alone, then begun again over the same folder. */
void mz_served_stop(mz_served *served);
void mz_served_start(mz_served *served);
void mz_served_end(mz_served *served);

int mz_client_connect(const mz_served *served);
void mz_client_send(int fd, mz_view bytes);
/* One answer: head and body. False when the connection ended, or nothing came, before it was
 * whole. `is_head`: it has no body whatever its length says. */
typedef struct mz_got {
    unsigned code;
    mz_buf text; /* head and body */
    size_t head_size;
} mz_got;
bool mz_client_read(int fd, bool is_head, mz_got *got);
void mz_got_clear(mz_got *got);
mz_view mz_got_body(const mz_got *got);
/* The value of a header field, copied; false when it is not there. */
bool mz_got_header(const mz_got *got, const char *name, char value[256]);
/* Whether the server has ended the connection: waits for it when `wanted`. */
bool mz_client_closed(int fd, bool wanted);

/* Sends `method` `target` with a body of that type, if any, and reads the answer. */
bool mz_client_ask(int fd, const char *method, const char *target, const char *type, mz_view body,
                   mz_got *got);
/* A new sample entry, signed; `number` is its own. */
void mz_served_entry(mz_served *served, uint64_t number, mz_buf *out);

#endif
