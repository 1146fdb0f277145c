/* witness.h — what mingzhang-witness does with a request, without its sockets: 见证人. It cosigns
 * checkpoints of the logs that it was told to watch, and remembers each log's last one durably
 * before the cosignature leaves: never two roots for one size, never a smaller size after a larger,
 * also when it is killed in between.
 *
 * The state is a folder of its own, made once by mz_witness_state_create and bound to the witness's
 * key: a witness that has lost it could be led to cosign a fork, so it is never made in passing. A
 * second program on it is refused by `witness.lock`. */
#ifndef MZ_AUDIT_WITNESS_H
#define MZ_AUDIT_WITNESS_H

#include "core/policy.h"
#include "core/witness.h"

#define MZ_WITNESS_WATCHED_MAX 256 /* keys of logs */

typedef struct mz_witness_service mz_witness_service;

/* Makes the folder `dir` for the witness of that name and key. MZ_EXISTS, MZ_IO, MZ_FULL,
 * MZ_BAD_NOTE (the name). */
mz_status mz_witness_state_create(const char *dir, const mz_signer *signer, const char *name,
                                  mz_vkey *vkey, mz_reason *why) MZ_MUST_USE;
/* Whose state it is. MZ_BAD_VALUE: not a witness's state. */
mz_status mz_witness_state_vkey(const char *dir, mz_vkey *vkey, mz_reason *why) MZ_MUST_USE;

/* Opens the state. `signer` is copied. The caller owns `*service` on MZ_OK. MZ_BAD_VALUE: not a
 * witness's state, or of another key; MZ_BUSY: another program has it open; MZ_IO, MZ_CORRUPT. */
mz_status mz_witness_service_open(const char *dir, const mz_signer *signer,
                                  mz_witness_service **service, mz_reason *why) MZ_MUST_USE;
void mz_witness_service_close(mz_witness_service *service); /* NULL is fine */
const mz_vkey *mz_witness_service_vkey(const mz_witness_service *service);
size_t mz_witness_service_key_count(const mz_witness_service *service); /* of logs */

/* Watches the log of this key (type 0x01, its name the origin) too; a log may have several.
 * MZ_BAD_NOTE: no such key; MZ_TOO_MANY. */
mz_status mz_witness_watch(mz_witness_service *service, const mz_vkey *log,
                           mz_reason *why) MZ_MUST_USE;

typedef struct mz_witness_reply {
    unsigned code;
    const char *media_type; /* a literal */
    const char *allow;      /* of a 405: a literal; else NULL */
    mz_buf body;            /* the caller's to clear */
} mz_witness_reply;

/* Answers one request: POST /add-checkpoint, and to look at GET /logs, /logs/<hex SHA-256 of the
 * origin>/checkpoint, /healthz and /metrics. From one thread at a time. `path` is as sent, without
 * a query. */
void mz_witness_answer_request(mz_witness_service *service, const char *method, mz_view path,
                               mz_view body, int64_t now_unix_s, mz_witness_reply *reply);
/* A refusal of the server's own, counted. */
void mz_witness_answer_refusal(mz_witness_service *service, unsigned code, const mz_reason *why,
                               mz_witness_reply *reply);
/* Whether the state may not be what it should be on disk, so that the program has to end and begin
 * anew: from then on everything is answered with 503. */
bool mz_witness_service_stopped(const mz_witness_service *service);

#endif
