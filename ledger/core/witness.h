/* witness.h — how a log asks a witness (见证人) to cosign, and what the witness makes of it: C2SP
 * tlog-witness v1.0.0, bodies and decisions alone. The cosignature itself (tlog-cosignature v1.0.1)
 * is a line of a signed note: note.h.
 *
 *     old 20852014
 *     PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
 *
 *     <the checkpoint with the log's signature, verbatim>
 *
 * A witness remembers one size and root of each log. It cosigns a checkpoint that is proved to
 * extend them, and never two roots of one size, or a smaller size after a larger. */
#ifndef MZ_CORE_WITNESS_H
#define MZ_CORE_WITNESS_H

#include "core/checkpoint.h"

#define MZ_WITNESS_PROOF_MAX 63           /* hashes */
#define MZ_WITNESS_REQUEST_SIZE_MAX 65536 /* bytes of a request's body */
#define MZ_WITNESS_ANSWER_SIZE_MAX 65536
#define MZ_WITNESS_SIZE_TYPE "text/x.tlog.size" /* media type of a 409 that says the size */

/* --- the request --- */

typedef struct mz_witness_request {
    uint64_t old_size;
    mz_merkle_proof proof;
    mz_view note; /* borrowed from the parsed body; to build one, borrowed */
} mz_witness_request;

void mz_witness_request_put(mz_buf *out, const mz_witness_request *request);
/* The form alone. MZ_BAD_CHECKPOINT, MZ_TOO_LARGE. */
mz_status mz_witness_request_parse(mz_view body, mz_witness_request *request,
                                   mz_reason *why) MZ_MUST_USE;

/* --- the witness's side --- */

/* What the witness remembers of a log. Size 0: it has cosigned nothing yet. A value. */
typedef struct mz_witness_record {
    uint64_t size;
    mz_hash root;
    uint64_t unix_s; /* of the last cosignature */
} mz_witness_record;

/* The numbers are HTTP's. */
typedef enum mz_witness_verdict {
    MZ_WITNESS_COSIGN = 200,
    MZ_WITNESS_MALFORMED = 400,
    MZ_WITNESS_NOT_SIGNED = 403, /* by no key that is known for this origin */
    MZ_WITNESS_NOT_WATCHED = 404,
    MZ_WITNESS_OTHER_SIZE = 409,  /* the body says which */
    MZ_WITNESS_OTHER_ROOT = 1409, /* also 409: two roots for one size */
    MZ_WITNESS_NOT_PROVED = 422
} mz_witness_verdict;
unsigned mz_witness_code(mz_witness_verdict verdict); /* of HTTP */

/* Whose checkpoint the request claims to bring: what it says, before anything is verified. `text`
 * is what would be cosigned, borrowed from the request. MZ_BAD_NOTE, MZ_BAD_CHECKPOINT,
 * MZ_TOO_LARGE: the request is malformed. Extension lines are borne: they are not ours. */
mz_status mz_witness_claim(const mz_witness_request *request, mz_checkpoint *claimed, mz_view *text,
                           mz_reason *why) MZ_MUST_USE;
/* What to do with it: `keys` are all that the witness trusts, of any origin. */
mz_witness_verdict mz_witness_judge(mz_hasher *hasher, const mz_witness_request *request,
                                    const mz_checkpoint *claimed, const mz_vkey *keys,
                                    size_t key_count, const mz_witness_record *known);

/* Appends the checkpoint with those signature lines alone that a key of its log among `keys` has
 * verified: what a witness remembers and shows, its own line after it. Nothing when the note cannot
 * be parsed. */
void mz_witness_put_verified(mz_buf *out, const mz_witness_request *request,
                             const mz_checkpoint *claimed, const mz_vkey *keys, size_t key_count);

/* --- the log's side --- */

/* A verified cosignature. */
typedef struct mz_cosignature {
    uint64_t unix_s;
    mz_view line; /* with its newline; borrowed from `lines` */
} mz_cosignature;

/* Finds the line of `witness` (type 0x04) among `lines`, the body of a 200 or those of a note, and
 * verifies it over `text`, the three signed lines. Lines of others are passed over. MZ_BAD_NOTE
 * when there is none, it is wrong, or a line is no signature line: `cosignature` is empty then. */
mz_status mz_cosignature_find(mz_view text, mz_view lines, const mz_vkey *witness,
                              mz_cosignature *cosignature, mz_reason *why) MZ_MUST_USE;

/* The body of a 409. */
bool mz_witness_size_parse(mz_view body, uint64_t *size);

/* What a witness answered. */
typedef struct mz_witness_answer {
    unsigned code;
    char media_type[64]; /* "" when there is none, or it is longer */
    mz_buf body;
} mz_witness_answer;

/* What the log makes of an answer to its request for `size`. */
typedef enum mz_witness_step {
    MZ_STEP_DONE,  /* `cosignature` is good */
    MZ_STEP_AGAIN, /* ask again at once, with a proof from `old_size` */
    MZ_STEP_LATER, /* no use asking at once: trouble over there, or we are not known there */
    MZ_STEP_AHEAD, /* it knows `old_size`, which is larger than ours: we are an old copy, or forked
                    */
    MZ_STEP_FORKED /* what it knows is not the beginning of our log */
} mz_witness_step;
/* `text` is that of the checkpoint asked for, `asked_old_size` from where its proof led. Every
 * answer but a cosignature and a size to try gives a reason. */
mz_witness_step mz_witness_follow(const mz_witness_answer *answer, mz_view text, uint64_t size,
                                  uint64_t asked_old_size, const mz_vkey *witness,
                                  mz_cosignature *cosignature, uint64_t *old_size, mz_reason *why);

/* How a request reaches a witness: the wire is not the core's. A connection is for one thread. */
typedef struct mz_witness_transport {
    void *context;
    mz_status (*open)(void *context, void **connection, mz_reason *why);
    /* MZ_OK whatever the code of the answer; its body is initialised by the caller. */
    mz_status (*post)(void *connection, const char *url, mz_view body, mz_witness_answer *answer,
                      mz_reason *why);
    void (*stop)(void *connection); /* from any thread: ends a post that is under way */
    void (*close)(void *connection);
} mz_witness_transport;

#endif
