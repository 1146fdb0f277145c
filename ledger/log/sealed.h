/* sealed.h — the disclosures of sealed fields (core/disclosure.h), kept beside the ledger and not
 * in it, so that a copy of the ledger carries no personal data and a value can be erased for good.
 * 密封库。
 *
 *     DIR.sealed/                mode 0700; locked (flock) while anybody has the store open
 *         store/data.mdb         one environment of kv/lmdb.h; lock.mdb beside it
 *         rebuilt/, store/old.mdb    left by a crash; overwritten and removed at the next opening
 *
 * Table `sealed`: 32-byte digest -> be64 index of the entry, the disclosure's text.
 * Table `meta`: "sealed" -> what the store is and whose; "last" -> the digests of the last batch;
 * "erased" -> be64 index up to which the log's erasures are carried out.
 *
 * Three promises. What an accepted entry discloses is durable before the entry is committed. What
 * was put for a batch that then failed goes again: the digests of the last batch are remembered,
 * and whatever of them the log does not know is removed at the next opening or batch. What the log
 * has erased is in no file any more: an erasure writes the rows that stay into a new file, renames
 * it over the old one and overwrites the old one with zeros, because a page of the database keeps
 * what was removed from it. A crash at any point leaves the old file or the new one, whole.
 *
 * Opened for one operation and closed again, so that nobody keeps an old file mapped: readers share
 * the lock, a writer is alone. Within a process one opening waits for the other. */
#ifndef MZ_LOG_SEALED_H
#define MZ_LOG_SEALED_H

#include "core/rules.h"

typedef struct mz_sealed mz_sealed;

typedef enum mz_sealed_mode {
    MZ_SEALED_READ,
    MZ_SEALED_WRITE, /* what is there */
    MZ_SEALED_CREATE /* and makes it when it is not */
} mz_sealed_mode;

/* Waits for the lock and opens. MZ_NOT_FOUND without a reason when there is no store;
 * MZ_OTHER_SEALED when it is not of `origin`; MZ_IO, MZ_FULL, MZ_CORRUPT. On MZ_OK the caller ends
 * with mz_sealed_close, on the same thread. */
mz_status mz_sealed_open(const char *path, const char *origin, mz_sealed_mode mode, mz_sealed **out,
                         mz_reason *why) MZ_MUST_USE;
void mz_sealed_close(mz_sealed *sealed); /* NULL is fine */

/* Replaces `text` by the disclosure of a digest. MZ_NOT_FOUND without a reason. */
mz_status mz_sealed_get(mz_sealed *sealed, const mz_hash *digest, mz_buf *text,
                        mz_reason *why) MZ_MUST_USE;

typedef struct mz_sealed_row {
    mz_hash digest;
    uint64_t index; /* of the entry that names it */
    mz_view text;
} mz_sealed_row;

/* Puts the rows of a batch, durably: all or none. First the leavings of the batch before are
 * removed; `state` is what the log will be with this batch. After an error nothing of this batch
 * counts: see mz_sealed_settle. */
mz_status mz_sealed_put(mz_sealed *sealed, mz_changes *state, const mz_sealed_row *rows,
                        size_t count, mz_reason *why) MZ_MUST_USE;

/* Makes the store what the committed log says, of which `state` sees `size` entries and which
 * nobody is writing to (the caller holds its write lock): removes what the last batch left without
 * an entry, carries out the erasures that wait. Does nothing, and writes nothing, when there is
 * nothing to do. After an error the store is to be closed, and the next settling does the rest. */
mz_status mz_sealed_settle(mz_sealed *sealed, mz_changes *state, uint64_t size,
                           mz_reason *why) MZ_MUST_USE;

/* Copies to the new folder `to` the disclosures of entries below `size`, row by row, so that no
 * stale page goes along. `*count` rows. MZ_OK and no folder when there is no store at `path`.
 * MZ_EXISTS. */
mz_status mz_sealed_copy(const char *path, const char *origin, const char *to, uint64_t size,
                         uint64_t *count, mz_reason *why) MZ_MUST_USE;

/* Verifies every row: the key is the digest of the text, and `state`, a snapshot taken after the
 * opening, knows it as a digest of that entry which is not erased. MZ_CORRUPT; MZ_ERASURE_WAITS;
 * `*count` rows. */
mz_status mz_sealed_check(mz_sealed *sealed, mz_changes *state, uint64_t *count,
                          mz_reason *why) MZ_MUST_USE;

/* Overwrites and removes a store that nothing names any more: of a ledger that did not come to be.
 */
void mz_sealed_destroy(const char *path);

#endif
