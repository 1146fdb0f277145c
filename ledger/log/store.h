/* store.h — the ledger's own tables, read and written in their one form: entries, nodes,
 * checkpoints, what the store is. Internal to ledger/log. Views are valid until the next call on
 * the transaction. */
#ifndef MZ_LOG_STORE_H
#define MZ_LOG_STORE_H

#include "core/checkpoint.h"
#include "core/kv.h"

/* MZ_TABLE_META, key "ledger". The number changes with the layout of the records in state.h:
 * another one is refused, not guessed at. */
#define MZ_STORE_FORMAT "mingzhang ledger 3"

/* Whether the store says that it is a ledger of the format that we know. MZ_NOT_A_LEDGER. */
mz_status mz_store_identify(mz_kv_txn *txn, mz_reason *why) MZ_MUST_USE;
/* Makes it say so. */
mz_status mz_store_declare(mz_kv_txn *txn, mz_reason *why) MZ_MUST_USE;

/* The last checkpoint, unverified, and that the last entry belongs to it: where the log ends.
 * MZ_CORRUPT when there is none, or they do not fit. `note` may be NULL: a copy of the checkpoint.
 */
mz_status mz_store_tip(mz_kv_txn *txn, mz_checkpoint *tip, mz_buf *note,
                       mz_reason *why) MZ_MUST_USE;
/* The size of the checkpoint before the one of `size`; 0 when it is the first. */
mz_status mz_store_size_before(mz_kv_txn *txn, uint64_t size, uint64_t *before,
                               mz_reason *why) MZ_MUST_USE;

/* A leaf. A missing one is MZ_CORRUPT: callers ask below the size. */
mz_status mz_store_leaf(mz_kv_txn *txn, uint64_t index, mz_view *leaf, mz_reason *why) MZ_MUST_USE;
mz_status mz_store_leaf_time(mz_kv_txn *txn, uint64_t index, int64_t *unix_ms,
                             mz_reason *why) MZ_MUST_USE;
mz_status mz_store_put_leaf(mz_kv_txn *txn, uint64_t index, mz_view leaf,
                            mz_reason *why) MZ_MUST_USE;

/* Stored nodes for merkle.h. A missing one, or one of another size, is MZ_CORRUPT. */
mz_merkle_reader mz_store_reader(mz_kv_txn *txn);
/* The same for one proof after another: the nodes of a proof lie near each other, so a cursor that
 * stands on the last one finds the next without coming down the whole tree. Opened at the first
 * read; nothing may be written to the nodes meanwhile. Starts with `txn` alone set; the caller ends
 * it with mz_store_nodes_close before the transaction. */
typedef struct mz_store_nodes {
    mz_kv_txn *txn;
    mz_kv_cursor *cursor;
} mz_store_nodes;
mz_merkle_reader mz_store_nodes_reader(mz_store_nodes *nodes);
void mz_store_nodes_close(mz_store_nodes *nodes);
mz_status mz_store_put_node(mz_kv_txn *txn, uint64_t position, const mz_hash *node,
                            mz_reason *why) MZ_MUST_USE;

/* The checkpoint of exactly that size. MZ_NOT_FOUND without a reason. */
mz_status mz_store_checkpoint(mz_kv_txn *txn, uint64_t size, mz_view *note,
                              mz_reason *why) MZ_MUST_USE;
mz_status mz_store_put_checkpoint(mz_kv_txn *txn, uint64_t size, mz_view note,
                                  mz_reason *why) MZ_MUST_USE;

/* Verifies that the log ends soundly, at a cost of O(log n + batch): the last checkpoint's
 * signature by the log's key, the root from the right edge of the tree, and every leaf and node of
 * the last batch. MZ_NOT_A_LEDGER, MZ_CORRUPT, MZ_IO. `note` may be NULL. */
mz_status mz_store_verify_tip(mz_kv_txn *txn, mz_checkpoint *tip, mz_buf *note,
                              mz_reason *why) MZ_MUST_USE;

/* Whether `log`, by its keys as the state has them, signed the note of a checkpoint which begins
 * after `size_before` entries. MZ_CORRUPT when not. */
mz_status mz_store_open_checkpoint(mz_kv_txn *txn, mz_view note, uint64_t size_before,
                                   mz_checkpoint *checkpoint, mz_reason *why) MZ_MUST_USE;

#endif
