/* witness_parts.h — what the files of the witness share. */
#ifndef MZ_AUDIT_WITNESS_PARTS_H
#define MZ_AUDIT_WITNESS_PARTS_H

#include "core/kv.h"
#include "witness.h"

#define MZ_WITNESS_CODES_MAX 600

struct mz_witness_service {
    mz_kv *kv;
    int lock_fd;
    mz_vkey vkey;
    mz_signer signer;
    mz_hasher *hasher;
    size_t key_count;
    mz_vkey keys[MZ_WITNESS_WATCHED_MAX];
    bool stopped;
    uint64_t answered[MZ_WITNESS_CODES_MAX]; /* by code of HTTP, since the start */
};

/* witness_state.c. The record of an origin, zero when there is none yet; `note`, which may be NULL,
 * is replaced by its cosigned checkpoint, empty when there is none. */
mz_status mz_witness_record_load(mz_kv_txn *txn, const char *origin, mz_witness_record *record,
                                 mz_buf *note, mz_reason *why) MZ_MUST_USE;
/* MZ_TOO_LARGE when the note does not fit a row. */
mz_status mz_witness_record_store(mz_kv_txn *txn, const char *origin,
                                  const mz_witness_record *record, mz_view note,
                                  mz_reason *why) MZ_MUST_USE;

#endif
