/* changes.h — a change set: what a batch of entries would change, held in memory over a transaction
 * or snapshot, which it reads through, iteration included. One ordered overlay serves a whole
 * batch; a mark before each entry lets a refused one be undone to the last byte, so it needs no
 * nested transaction and leaves no trace. Reads and dry runs use the same code over a snapshot and
 * never flush. What was read is remembered until a flush, so whoever writes to the transaction
 * directly keeps to tables that the change set does not touch. Not for two threads at once. */
#ifndef MZ_CORE_CHANGES_H
#define MZ_CORE_CHANGES_H

#include "core/kv.h"

typedef struct mz_changes mz_changes;

/* Borrows `txn`, which must not end before the change set is freed. NULL when there is no memory.
 * The caller owns it. */
mz_changes *mz_changes_new(mz_kv_txn *txn);
void mz_changes_free(mz_changes *changes); /* NULL is fine; unflushed changes are dropped */

/* As mz_kv_get, through the overlay. The view is valid until the next call on `changes`. */
mz_status mz_changes_get(mz_changes *changes, mz_table table, mz_view key, mz_view *value,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_changes_put(mz_changes *changes, mz_table table, mz_view key, mz_view value,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_changes_erase(mz_changes *changes, mz_table table, mz_view key,
                           mz_reason *why) MZ_MUST_USE;

/* The first row at or after `key`, or the last at or before it, among rows that begin with
 * `prefix`. MZ_OK and both views (valid until the next call on `changes`); MZ_NOT_FOUND, without a
 * reason. Iteration is by calling again: from the successor of the key found (its bytes and a 0x00
 * after them), or for walking down, from any key below it. */
mz_status mz_changes_seek(mz_changes *changes, mz_table table, mz_view prefix, mz_view key,
                          mz_view *found_key, mz_view *value, mz_reason *why) MZ_MUST_USE;
mz_status mz_changes_seek_back(mz_changes *changes, mz_table table, mz_view prefix, mz_view key,
                               mz_view *found_key, mz_view *value, mz_reason *why) MZ_MUST_USE;

/* A mark names the present moment; rolling back to it undoes every change since. Marks nest;
 * rolling back to an earlier one invalidates the later ones. */
typedef struct mz_mark {
    size_t position;
} mz_mark;
mz_mark mz_changes_mark(const mz_changes *changes);
void mz_changes_rollback(mz_changes *changes, mz_mark mark);

/* Bytes of keys and values that a flush would write now. */
size_t mz_changes_size(const mz_changes *changes);

/* Writes everything into the transaction, in key order per table, and empties the overlay. */
mz_status mz_changes_flush(mz_changes *changes, mz_reason *why) MZ_MUST_USE;

#endif
