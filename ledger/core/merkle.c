#include "core/merkle.h"

#include <assert.h>

static const uint8_t LEAF_PREFIX = 0x00;
static const uint8_t NODE_PREFIX = 0x01;

/* --- hashes --- */

mz_hash mz_merkle_leaf_hash_parts(mz_hasher *hasher, const mz_view *parts, size_t part_count)
{
    assert(part_count <= MZ_MERKLE_LEAF_PARTS_MAX);
    mz_view prefixed[MZ_MERKLE_LEAF_PARTS_MAX + 1] = {
        {.data = &LEAF_PREFIX, .size = 1}
    };
    for (size_t i = 0; i < part_count; i++)
        prefixed[i + 1] = parts[i];
    return mz_hash_parts(hasher, prefixed, part_count + 1);
}

mz_hash mz_merkle_leaf_hash(mz_hasher *hasher, mz_view leaf)
{
    return mz_merkle_leaf_hash_parts(hasher, &leaf, 1);
}

mz_hash mz_merkle_node_hash(mz_hasher *hasher, const mz_hash *left, const mz_hash *right)
{
    const mz_view parts[] = {
        {.data = &NODE_PREFIX, .size = 1           },
        {.data = left->bytes,  .size = MZ_HASH_SIZE},
        {.data = right->bytes, .size = MZ_HASH_SIZE}
    };
    return mz_hash_parts(hasher, parts, 3);
}

mz_hash mz_merkle_empty_root(mz_hasher *hasher)
{
    return mz_hash_parts(hasher, NULL, 0);
}

/* --- positions --- */

static uint64_t bits_set(uint64_t value)
{
    uint64_t count = 0;
    for (; value != 0; value &= value - 1) /* clears the lowest */
        count++;
    return count;
}

uint64_t mz_merkle_node_count(uint64_t leaf_count)
{
    assert(leaf_count <= MZ_MERKLE_SIZE_MAX);
    /* n leaves have floor(n / 2^k) complete nodes at level k: together 2n less the bits set in n.
     */
    return 2 * leaf_count - bits_set(leaf_count);
}

uint64_t mz_merkle_node_position(unsigned level, uint64_t index)
{
    assert(level < MZ_MERKLE_LEVELS - 1);
    assert(index < MZ_MERKLE_SIZE_MAX >> level);
    /* The node is completed by its last leaf, `level` nodes after that leaf's own. */
    uint64_t last_leaf = ((index + 1) << level) - 1;
    return mz_merkle_node_count(last_leaf) + level;
}

void mz_merkle_node_at(uint64_t position, unsigned *level, uint64_t *index)
{
    assert(position < mz_merkle_node_count(MZ_MERKLE_SIZE_MAX));
    /* The leaf whose nodes stand there is at least half the position, and at most the number of
     * bits of a size further. */
    uint64_t leaf = position / 2;
    while (mz_merkle_node_count(leaf + 1) <= position)
        leaf++;
    *level = (unsigned)(position - mz_merkle_node_count(leaf));
    *index = leaf >> *level;
}

/* --- the right edge --- */

/* Reads the complete subtree that bit `level` of (end - start) stands for in the cover of [start,
 * end) by ever smaller complete subtrees. `start` is a multiple of a power of two not below end -
 * start. */
static mz_status read_cover(const mz_merkle_reader *reader, uint64_t start, uint64_t end,
                            unsigned level, mz_hash *out, mz_reason *why)
{
    uint64_t larger = ((end - start) >> level) & ~UINT64_C(1); /* the cover's larger subtrees */
    uint64_t index = (start >> level) + larger;
    return reader->read(reader->context, mz_merkle_node_position(level, index), out, why);
}

mz_status mz_merkle_frontier_load(mz_merkle_frontier *frontier, const mz_merkle_reader *reader,
                                  uint64_t size, mz_reason *why)
{
    assert(size <= MZ_MERKLE_SIZE_MAX);
    mz_merkle_frontier loaded = {.size = size};
    for (unsigned level = 0; level < MZ_MERKLE_LEVELS; level++) {
        if ((size >> level & 1) == 0)
            continue;
        mz_status status = read_cover(reader, 0, size, level, &loaded.roots[level], why);
        if (status != MZ_OK)
            return status;
    }
    *frontier = loaded;
    return MZ_OK;
}

void mz_merkle_frontier_append(mz_merkle_frontier *frontier, mz_hasher *hasher,
                               const mz_hash *leaf_hash, mz_hash nodes[MZ_MERKLE_LEVELS + 1],
                               size_t *node_count)
{
    assert(frontier->size < MZ_MERKLE_SIZE_MAX);
    unsigned level = 0;
    nodes[0] = *leaf_hash;
    while (frontier->size >> level & 1) {
        nodes[level + 1] = mz_merkle_node_hash(hasher, &frontier->roots[level], &nodes[level]);
        level++;
    }
    frontier->roots[level] = nodes[level];
    frontier->size++;
    *node_count = level + 1;
}

mz_hash mz_merkle_frontier_root(const mz_merkle_frontier *frontier, mz_hasher *hasher)
{
    if (frontier->size == 0)
        return mz_merkle_empty_root(hasher);
    unsigned level = (unsigned)__builtin_ctzll(frontier->size);
    mz_hash root = frontier->roots[level];
    for (level++; level < MZ_MERKLE_LEVELS; level++) {
        if (frontier->size >> level & 1)
            root = mz_merkle_node_hash(hasher, &frontier->roots[level], &root);
    }
    return root;
}

/* --- proofs --- */

/* The hash of the leaves [start, end), a subtree as RFC 6962 splits them; see read_cover on
 * `start`. */
static mz_status range_root(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t start,
                            uint64_t end, mz_hash *root, mz_reason *why)
{
    assert(start < end);
    unsigned level = (unsigned)__builtin_ctzll(end - start);
    mz_status status = read_cover(reader, start, end, level, root, why);
    for (level++; status == MZ_OK && level < MZ_MERKLE_LEVELS; level++) {
        if (((end - start) >> level & 1) == 0)
            continue;
        mz_hash left;
        status = read_cover(reader, start, end, level, &left, why);
        if (status == MZ_OK)
            *root = mz_merkle_node_hash(hasher, &left, root);
    }
    return status;
}

/* The largest power of two below `count`, which is at least 2. */
static uint64_t split_of(uint64_t count)
{
    return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

static void reverse(mz_merkle_proof *proof)
{
    for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
        j--;
        mz_hash first = proof->hashes[i];
        proof->hashes[i] = proof->hashes[j];
        proof->hashes[j] = first;
    }
}

static mz_status push_range(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t start,
                            uint64_t end, mz_merkle_proof *proof, mz_reason *why)
{
    assert(proof->count < MZ_MERKLE_PROOF_MAX);
    return range_root(hasher, reader, start, end, &proof->hashes[proof->count++], why);
}

mz_status mz_merkle_root(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t size,
                         mz_hash *root, mz_reason *why)
{
    assert(size <= MZ_MERKLE_SIZE_MAX);
    if (size == 0) {
        *root = mz_merkle_empty_root(hasher);
        return MZ_OK;
    }
    return range_root(hasher, reader, 0, size, root, why);
}

/* Both proofs walk from the root down to what they are about and so find the hashes in reverse. */
mz_status mz_merkle_inclusion(mz_hasher *hasher, const mz_merkle_reader *reader, uint64_t index,
                              uint64_t size, mz_merkle_proof *proof, mz_reason *why)
{
    if (index >= size || size > MZ_MERKLE_SIZE_MAX)
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("记录", "entry")),
                         mz_count("id", (int64_t)(index & MZ_MERKLE_SIZE_MAX)));
    uint64_t start = 0;
    uint64_t end = size;
    mz_status status = MZ_OK;
    proof->count = 0;
    while (status == MZ_OK && end - start > 1) {
        uint64_t middle = start + split_of(end - start);
        if (index < middle) {
            status = push_range(hasher, reader, middle, end, proof, why);
            end = middle;
        } else {
            status = push_range(hasher, reader, start, middle, proof, why);
            start = middle;
        }
    }
    reverse(proof);
    return status;
}

mz_status mz_merkle_consistency(mz_hasher *hasher, const mz_merkle_reader *reader,
                                uint64_t old_size, uint64_t new_size, mz_merkle_proof *proof,
                                mz_reason *why)
{
    if (old_size > new_size || new_size > MZ_MERKLE_SIZE_MAX)
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("总账印章", "checkpoint")),
                         mz_count("id", (int64_t)(old_size & MZ_MERKLE_SIZE_MAX)));
    proof->count = 0;
    if (old_size == 0)
        return MZ_OK;
    uint64_t start = 0;
    uint64_t end = new_size;
    mz_status status = MZ_OK;
    while (status == MZ_OK && end != old_size) {
        uint64_t middle = start + split_of(end - start);
        if (old_size <= middle) {
            status = push_range(hasher, reader, middle, end, proof, why);
            end = middle;
        } else {
            status = push_range(hasher, reader, start, middle, proof, why);
            start = middle;
        }
    }
    if (status == MZ_OK && start != 0) /* from 0 on it is the old root, which the verifier has */
        status = push_range(hasher, reader, start, end, proof, why);
    reverse(proof);
    return status;
}

/* --- verification, in the steps of RFC 9162 --- */

/* The path from a node up: `node` is its index at the present level, `last` the index of the last
 * one there. At each hash: is the node a right child, or the lone last one, its sibling is on the
 * left. */
typedef struct climb {
    uint64_t node;
    uint64_t last;
} climb;

static bool sibling_is_left(const climb *at)
{
    return (at->node & 1) != 0 || at->node == at->last;
}

static void climb_after_left(climb *at)
{
    while ((at->node & 1) == 0 && at->node != 0) { /* a lone last node has no sibling here */
        at->node >>= 1;
        at->last >>= 1;
    }
}

static void climb_one(climb *at)
{
    at->node >>= 1;
    at->last >>= 1;
}

bool mz_merkle_verify_inclusion(mz_hasher *hasher, uint64_t index, uint64_t size,
                                const mz_hash *leaf_hash, const mz_hash *proof, size_t count,
                                const mz_hash *root)
{
    if (index >= size || count > MZ_MERKLE_PROOF_MAX)
        return false;
    climb at = {.node = index, .last = size - 1};
    mz_hash hash = *leaf_hash;
    for (size_t i = 0; i < count; i++) {
        if (at.last == 0)
            return false; /* too many hashes */
        if (sibling_is_left(&at)) {
            hash = mz_merkle_node_hash(hasher, &proof[i], &hash);
            climb_after_left(&at);
        } else {
            hash = mz_merkle_node_hash(hasher, &hash, &proof[i]);
        }
        climb_one(&at);
    }
    return at.last == 0 && mz_hash_equal(&hash, root);
}

bool mz_merkle_verify_consistency(mz_hasher *hasher, uint64_t old_size, uint64_t new_size,
                                  const mz_hash *old_root, const mz_hash *new_root,
                                  const mz_hash *proof, size_t count)
{
    if (old_size == 0 || old_size > new_size || count > MZ_MERKLE_PROOF_MAX)
        return false;
    if (old_size == new_size)
        return count == 0 && mz_hash_equal(old_root, new_root);
    bool old_is_complete = (old_size & (old_size - 1)) == 0; /* then its root is a node of ours */
    if (count == 0)
        return false;
    climb at = {.node = old_size - 1, .last = new_size - 1};
    while (at.node & 1)
        climb_one(&at);
    mz_hash old_hash = old_is_complete ? *old_root : proof[0];
    mz_hash new_hash = old_hash;
    for (size_t i = old_is_complete ? 0 : 1; i < count; i++) {
        if (at.last == 0)
            return false;
        if (sibling_is_left(&at)) {
            old_hash = mz_merkle_node_hash(hasher, &proof[i], &old_hash);
            new_hash = mz_merkle_node_hash(hasher, &proof[i], &new_hash);
            climb_after_left(&at);
        } else {
            new_hash = mz_merkle_node_hash(hasher, &new_hash, &proof[i]);
        }
        climb_one(&at);
    }
    return at.last == 0 && mz_hash_equal(&old_hash, old_root) && mz_hash_equal(&new_hash, new_root);
}
