/* merkle.h — the hash tree over the log's leaves (RFC 6962 section 2.1, SHA-256): what a checkpoint
 * signs and what a receipt leads to.
 *
 * Every complete node is stored once, in post order: at its *position*, the moment at which it is
 * completed while leaves are appended. A node at level k and index i covers the leaves
 * [i * 2^k, (i + 1) * 2^k). Seven leaves, each node drawn with its position:
 *
 *     level 2              6
 *     level 1       2             5             9
 *     level 0    0     1       3     4       7     8     10
 *     leaf       0     1       2     3       4     5      6
 *
 * So there is one append point, nothing is rewritten, and any node of any historical size is found
 * by arithmetic. Level 8*L, index i is hash i of level L in C2SP tlog-tiles. Indexes start at 0;
 * sizes and counts are numbers of leaves or nodes. */
#ifndef MZ_CORE_MERKLE_H
#define MZ_CORE_MERKLE_H

#include "core/hash.h"

/* No tree here is larger; sizes from outside are checked against it. */
#define MZ_MERKLE_SIZE_MAX ((uint64_t)INT64_MAX)
#define MZ_MERKLE_LEVELS 64
#define MZ_MERKLE_PROOF_MAX 64

/* Hands out stored nodes. MZ_OK with `out` filled, or a refusal kept in `why` (MZ_IO, MZ_CORRUPT).
 */
typedef mz_status mz_merkle_read(void *context, uint64_t node_position, mz_hash *out,
                                 mz_reason *why);
typedef struct mz_merkle_reader {
    mz_merkle_read *read;
    void *context;
} mz_merkle_reader;

/* SHA-256(0x00 || leaf); SHA-256(0x01 || left || right); SHA-256(""). */
mz_hash mz_merkle_leaf_hash(mz_hasher *hasher, mz_view leaf);
#define MZ_MERKLE_LEAF_PARTS_MAX 8
/* The same for a leaf lying in at most MZ_MERKLE_LEAF_PARTS_MAX parts, without putting them
 * together. */
mz_hash mz_merkle_leaf_hash_parts(mz_hasher *hasher, const mz_view *parts, size_t part_count);
mz_hash mz_merkle_node_hash(mz_hasher *hasher, const mz_hash *left, const mz_hash *right);
mz_hash mz_merkle_empty_root(mz_hasher *hasher);

/* The number of stored nodes of a tree of `leaf_count` leaves, at most MZ_MERKLE_SIZE_MAX. */
uint64_t mz_merkle_node_count(uint64_t leaf_count);
/* Where the node at `level` (0: leaves) and `index` is stored. Its last leaf lies below
 * MZ_MERKLE_SIZE_MAX. */
uint64_t mz_merkle_node_position(unsigned level, uint64_t index);
/* Which node is stored there; the other way round. */
void mz_merkle_node_at(uint64_t position, unsigned *level, uint64_t *index);

/* The right edge of a tree: the root of the complete subtree of 2^k leaves for each bit k of
 * `size`. A value without pointers; zero-initialised it is the empty tree. */
typedef struct mz_merkle_frontier {
    uint64_t size;
    mz_hash roots[MZ_MERKLE_LEVELS]; /* roots[k] has a meaning only when bit k of size is set */
} mz_merkle_frontier;

/* Loads the right edge of the first `size` leaves: at most 63 reads. */
mz_status mz_merkle_frontier_load(mz_merkle_frontier *frontier, const mz_merkle_reader *reader,
                                  uint64_t size, mz_reason *why) MZ_MUST_USE;
/* Appends one leaf. The `*node_count` nodes that this completes, the leaf's own hash first, go to
 * `nodes`; they are stored from position mz_merkle_node_count(size before) on. The size before is
 * below MZ_MERKLE_SIZE_MAX. */
void mz_merkle_frontier_append(mz_merkle_frontier *frontier, mz_hasher *hasher,
                               const mz_hash *leaf_hash, mz_hash nodes[MZ_MERKLE_LEVELS + 1],
                               size_t *node_count);
mz_hash mz_merkle_frontier_root(const mz_merkle_frontier *frontier, mz_hasher *hasher);

/* A proof: hashes in the order of RFC 6962. A value without pointers. */
typedef struct mz_merkle_proof {
    mz_hash hashes[MZ_MERKLE_PROOF_MAX];
    size_t count;
} mz_merkle_proof;

/* The root of the first `size` leaves, for any size up to that of the stored tree. */
mz_status mz_merkle_root(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t size,
                         mz_hash *root, mz_reason *why) MZ_MUST_USE;
/* That the leaf at `index` is in the tree of the first `size` leaves (RFC 6962 section 2.1.1).
 * O(log size) reads. MZ_NOT_FOUND unless index < size <= MZ_MERKLE_SIZE_MAX; the caller sees to it
 * that `size` is stored. */
mz_status mz_merkle_inclusion(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t index,
                              uint64_t size, mz_merkle_proof *proof, mz_reason *why) MZ_MUST_USE;
/* That the tree of `old_size` leaves is the beginning of that of `new_size` (RFC 6962
 * section 2.1.2). Empty when the sizes are equal or `old_size` is 0. MZ_NOT_FOUND unless old_size
 * <= new_size. */
mz_status mz_merkle_consistency(mz_hasher *hasher, const mz_merkle_reader *reader,
                                uint64_t old_size, uint64_t new_size, mz_merkle_proof *proof,
                                mz_reason *why) MZ_MUST_USE;

/* RFC 9162 sections 2.1.3.2 and 2.1.4.2. Strict: a proof with too few or too many hashes is wrong,
 * and so is any proof from an old size of 0, with which every tree is consistent. Everything may
 * come from outside. */
bool mz_merkle_verify_inclusion(mz_hasher *hasher, uint64_t index, uint64_t size,
                                const mz_hash *leaf_hash, const mz_hash *proof, size_t count,
                                const mz_hash *root) MZ_MUST_USE;
bool mz_merkle_verify_consistency(mz_hasher *hasher, uint64_t old_size, uint64_t new_size,
                                  const mz_hash *old_root, const mz_hash *new_root,
                                  const mz_hash *proof, size_t count) MZ_MUST_USE;

#endif
