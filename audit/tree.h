/* tree.h — the hash tree of a source, whatever it is: a service's by the hashes that it publishes,
 * a folder's or bundle's by hashing its entries once. */
#ifndef MZ_AUDIT_TREE_H
#define MZ_AUDIT_TREE_H

#include "core/checkpoint.h"
#include "source.h"

typedef struct mz_tree mz_tree;

/* Told while entries are hashed. */
typedef void mz_tree_progress(void *context, uint64_t done, uint64_t total);

/* Takes the source, which is closed whatever is answered. The tree leads to the root of the
 * source's last checkpoint, whose signature nobody has looked at. MZ_CORRUPT when it does not;
 * MZ_IO, MZ_FULL, MZ_NO_MEMORY. `progress` may be NULL. The caller owns `*tree`. */
mz_status mz_tree_open(mz_source *source, mz_tree_progress *progress, void *context, mz_tree **tree,
                       mz_reason *why) MZ_MUST_USE;
void mz_tree_close(mz_tree *tree); /* NULL is fine */

/* The last checkpoint, and as it was published. Borrowed. */
const mz_checkpoint *mz_tree_checkpoint(const mz_tree *tree);
mz_view mz_tree_note(const mz_tree *tree);

/* Up to the size of the last checkpoint. MZ_CORRUPT, MZ_NOT_FOUND, MZ_IO. */
mz_status mz_tree_root(mz_tree *tree, uint64_t size, mz_hash *root, mz_reason *why) MZ_MUST_USE;
mz_status mz_tree_consistency(mz_tree *tree, uint64_t old_size, uint64_t new_size,
                              mz_merkle_proof *proof, mz_reason *why) MZ_MUST_USE;

#endif
