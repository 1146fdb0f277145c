/* source.h — where an audit gets a log from: a ledger's folder or a bundle. Only what was
 * published: entries and checkpoints, as bytes that nobody has vouched for. */
#ifndef MZ_AUDIT_SOURCE_H
#define MZ_AUDIT_SOURCE_H

#include "core/kv.h"

#define MZ_BATCH_ENTRIES 1000

typedef struct mz_source mz_source;

/* A run of leaves, copied, so that no snapshot stays open while they are looked at. */
typedef struct mz_leaves {
    uint64_t first; /* index of the first */
    size_t count;
    size_t ends[MZ_BATCH_ENTRIES]; /* where each leaf ends in `bytes` */
    mz_buf bytes;
} mz_leaves;

/* Opens `path`. MZ_NOT_A_LEDGER, MZ_IO, MZ_CORRUPT. The caller owns `*source`. */
mz_status mz_source_open(const char *path, mz_source **source, mz_reason *why) MZ_MUST_USE;
void mz_source_close(mz_source *source); /* NULL is fine */
/* "ledger" or "bundle". */
const char *mz_source_kind(const mz_source *source);

/* Reads up to MZ_BATCH_ENTRIES leaves from index `first` on; none at the end. `leaves->bytes` has
 * been initialised and is reused. */
mz_status mz_source_read(mz_source *source, uint64_t first, mz_leaves *leaves,
                         mz_reason *why) MZ_MUST_USE;
mz_view mz_leaves_at(const mz_leaves *leaves, size_t i);

/* The smallest published checkpoint of a size above `size`: appended to `note`. MZ_NOT_FOUND
 * without a reason when there is none. */
mz_status mz_source_checkpoint(mz_source *source, uint64_t size, mz_buf *note, uint64_t *note_size,
                               mz_reason *why) MZ_MUST_USE;
/* The size of the largest published checkpoint, for a progress bar: a claim. */
mz_status mz_source_claimed_size(mz_source *source, uint64_t *size, mz_reason *why) MZ_MUST_USE;

#endif
