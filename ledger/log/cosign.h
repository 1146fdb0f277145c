/* cosign.h — what witnesses (见证人) said of this log's checkpoints, on the log's side. A
 * cosignature is stored once it is verified, beside the checkpoint and never in it, and given out
 * with it. */
#ifndef MZ_LOG_COSIGN_H
#define MZ_LOG_COSIGN_H

#include "core/state.h"
#include "core/witness.h"
#include "log/log.h"

/* A witness that the log has named. A value. */
typedef struct mz_log_witness {
    mz_vkey key;
    char url[MZ_WITNESS_TEXT_MAX + 1]; /* "" when there is none: it is asked by nobody here */
} mz_log_witness;

typedef struct mz_log_witnesses {
    uint32_t quorum; /* how many of them must have cosigned, by the log's own word */
    size_t count;
    mz_log_witness items[MZ_LIST_ITEMS_MAX];
} mz_log_witnesses;

/* Those in force, in the order in which they were named. */
mz_status mz_log_witnesses_load(mz_changes *changes, mz_log_witnesses *witnesses,
                                mz_reason *why) MZ_MUST_USE;

/* Stores the lines, as a witness answered them for the checkpoint of `size`, that are good and by
 * witnesses in force; passes over the others, and over what is stored already: the first time is
 * what counts. One durable commit, none when there is nothing new. `*stored` may be NULL. From any
 * thread, beside the writer. MZ_NOT_FOUND {kind, id}: there is no such checkpoint. */
mz_status mz_log_cosign(mz_kv *ledger, uint64_t size, mz_view lines, size_t *stored,
                        mz_reason *why) MZ_MUST_USE;

/* Replaces `note` by the checkpoint of exactly that size (0: the latest), with whatever
 * cosignatures it has: what is published. MZ_NOT_FOUND {kind, id}. */
mz_status mz_snapshot_cosigned(mz_snapshot *snapshot, uint64_t size, mz_buf *note,
                               mz_reason *why) MZ_MUST_USE;
/* The largest size that as many witnesses in force have cosigned as the log's quorum asks for, at
 * least one; 0 when there is none, or none among the latest. */
mz_status mz_snapshot_witnessed(mz_snapshot *snapshot, uint64_t *size, mz_reason *why) MZ_MUST_USE;

/* For check: what is wrong with a row of the table, NULL when nothing is. `state` holds the
 * witnesses that the log ever named. */
mz_status mz_cosignature_check(mz_kv_txn *ledger, mz_changes *state, mz_view key, mz_view value,
                               const char **what, mz_reason *why) MZ_MUST_USE;

#endif
