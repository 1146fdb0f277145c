/* The tree: literals of the certificate-transparency reference tests, a naive tree written from the
 * definitions of RFC 6962 section 2.1, and vectors of other implementations. */
#include "golden.h"

#include "core/merkle.h"

#define NAIVE_MAX 256

static mz_hasher *hasher;

/* --- the naive tree: MTH, PATH and PROOF as RFC 6962 section 2.1 defines them --- */

static mz_hash naive_leaves[NAIVE_MAX];
static mz_hash naive_ranges[NAIVE_MAX][NAIVE_MAX + 1]; /* MTH(D[start:end]) for start < end */

static size_t naive_split(size_t count)
{
    size_t split = 1;
    while (split * 2 < count)
        split *= 2;
    return split;
}

static void naive_fill(void)
{
    for (size_t count = 1; count <= NAIVE_MAX; count++) {
        for (size_t start = 0; start + count <= NAIVE_MAX; start++) {
            size_t split = count == 1 ? 0 : start + naive_split(count);
            naive_ranges[start][start + count] =
                count == 1 ? naive_leaves[start]
                           : mz_merkle_node_hash(hasher, &naive_ranges[start][split],
                                                 &naive_ranges[split][start + count]);
        }
    }
}

static void naive_path(size_t index, size_t start, size_t end, mz_merkle_proof *proof)
{
    if (end - start == 1)
        return;
    size_t split = start + naive_split(end - start);
    if (index < split) {
        naive_path(index, start, split, proof);
        proof->hashes[proof->count++] = naive_ranges[split][end];
    } else {
        naive_path(index, split, end, proof);
        proof->hashes[proof->count++] = naive_ranges[start][split];
    }
}

static void naive_subproof(size_t size, size_t start, size_t end, bool known,
                           mz_merkle_proof *proof)
{
    if (size == end) {
        if (!known)
            proof->hashes[proof->count++] = naive_ranges[start][end];
        return;
    }
    size_t split = start + naive_split(end - start);
    if (size <= split) {
        naive_subproof(size, start, split, known, proof);
        proof->hashes[proof->count++] = naive_ranges[split][end];
    } else {
        naive_subproof(size, split, end, false, proof);
        proof->hashes[proof->count++] = naive_ranges[start][split];
    }
}

/* --- a stored tree over an array --- */

static mz_hash stored[2 * NAIVE_MAX];
static uint64_t stored_count;
static uint64_t read_count;

static mz_status read_stored(void *context, uint64_t position, mz_hash *out, mz_reason *why)
{
    (void)context;
    read_count++;
    if (position >= stored_count)
        return mz_refuse(why, MZ_CORRUPT, mz_words("cause", "node"));
    *out = stored[position];
    return MZ_OK;
}

static const mz_merkle_reader READER = {.read = read_stored};

static int set_up(void **state)
{
    (void)state;
    hasher = mz_hasher_new();
    mz_merkle_frontier frontier = {0};
    for (size_t i = 0; i < NAIVE_MAX; i++) {
        uint8_t leaf[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        size_t count = 0;
        naive_leaves[i] = mz_merkle_leaf_hash(hasher, (mz_view){leaf, sizeof leaf});
        mz_merkle_frontier_append(&frontier, hasher, &naive_leaves[i], nodes, &count);
        for (size_t k = 0; k < count; k++)
            stored[stored_count++] = nodes[k];
    }
    naive_fill();
    return hasher == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    mz_hasher_free(hasher);
    return 0;
}

/* --- literals --- */

static const char *const CT_LEAVES[] = {"",
                                        "00",
                                        "10",
                                        "2021",
                                        "3031",
                                        "40414243",
                                        "5051525354555657",
                                        "606162636465666768696a6b6c6d6e6f"};
static const char *const CT_ROOTS[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static mz_hash hash_of_hex(const char *hex)
{
    mz_hash hash;
    size_t size = 0;
    if (!mz_hex_decode(mz_view_of(hex), hash.bytes, sizeof hash.bytes, &size) || size != 32)
        fail_msg("not a hash: %s", hex);
    return hash;
}

static void assert_hash(const mz_hash *got, const mz_hash *want, const char *name)
{
    char text[65];
    mz_hex_32(got->bytes, text);
    if (!mz_hash_equal(got, want))
        fail_msg("%s: got %s", name, text);
}

static void ct_roots(void **state)
{
    (void)state;
    mz_merkle_frontier frontier = {0};
    for (size_t n = 0; n <= 8; n++) {
        mz_hash want = hash_of_hex(CT_ROOTS[n]);
        mz_hash got = mz_merkle_frontier_root(&frontier, hasher);
        assert_hash(&got, &want, CT_ROOTS[n]);
        if (n == 8)
            break;
        uint8_t leaf[16];
        size_t size = 0;
        size_t count = 0;
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        assert_true(mz_hex_decode(mz_view_of(CT_LEAVES[n]), leaf, sizeof leaf, &size));
        mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, (mz_view){leaf, size});
        mz_merkle_frontier_append(&frontier, hasher, &leaf_hash, nodes, &count);
    }
}

static void leaf_in_parts(void **state)
{
    (void)state;
    const mz_view parts[] = {mz_view_of("1732341600000"), mz_view_of(" "), mz_view_of("a.b.c"),
                             mz_view_of("")};
    mz_hash whole = mz_merkle_leaf_hash(hasher, mz_view_of("1732341600000 a.b.c"));
    mz_hash split = mz_merkle_leaf_hash_parts(hasher, parts, 4);
    assert_hash(&split, &whole, "parts");
}

/* --- positions --- */

static void positions(void **state)
{
    (void)state;
    uint64_t next = 0;
    for (uint64_t leaf = 0; leaf < 1000; leaf++) {
        assert_int_equal(mz_merkle_node_count(leaf), next);
        for (unsigned level = 0; (leaf + 1) % (UINT64_C(1) << level) == 0; level++) {
            unsigned level_at = 99;
            uint64_t index_at = 0;
            mz_merkle_node_at(next, &level_at, &index_at);
            assert_int_equal(level_at, level);
            assert_int_equal(index_at, leaf >> level);
            assert_int_equal(mz_merkle_node_position(level, leaf >> level), next++);
        }
    }
    unsigned last_level = 99;
    uint64_t last_index = 0;
    mz_merkle_node_at(UINT64_C(18446744073709551550), &last_level, &last_index);
    assert_int_equal(last_level, 0);
    assert_true(last_index == MZ_MERKLE_SIZE_MAX - 1);
    assert_int_equal(mz_merkle_node_position(8, 0), 510); /* the first full tile's parent */
    assert_true(mz_merkle_node_count(MZ_MERKLE_SIZE_MAX) == UINT64_C(18446744073709551551));
    assert_true(mz_merkle_node_position(62, 0) == (UINT64_C(1) << 63) - 2);
    assert_true(mz_merkle_node_position(0, MZ_MERKLE_SIZE_MAX - 1) ==
                UINT64_C(18446744073709551550));
}

/* --- the frontier --- */

static void frontier_roots(void **state)
{
    (void)state;
    assert_int_equal(stored_count, mz_merkle_node_count(NAIVE_MAX));
    for (uint64_t size = 1; size <= NAIVE_MAX; size++) {
        mz_merkle_frontier frontier = {.size = 99};
        mz_hash root;
        assert_int_equal(mz_merkle_frontier_load(&frontier, &READER, size, NULL), MZ_OK);
        mz_hash edge = mz_merkle_frontier_root(&frontier, hasher);
        assert_hash(&edge, &naive_ranges[0][size], "frontier");
        assert_int_equal(mz_merkle_root(hasher, &READER, size, &root, NULL), MZ_OK);
        assert_hash(&root, &naive_ranges[0][size], "root");
        if (size == NAIVE_MAX)
            continue;
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        size_t count = 0;
        mz_merkle_frontier_append(&frontier, hasher, &naive_leaves[size], nodes, &count);
        assert_int_equal(frontier.size, size + 1);
        assert_int_equal(count, mz_merkle_node_count(size + 1) - mz_merkle_node_count(size));
        assert_memory_equal(nodes, &stored[mz_merkle_node_count(size)], count * sizeof nodes[0]);
    }
}

static void unreadable_nodes(void **state)
{
    (void)state;
    uint64_t whole = stored_count;
    mz_merkle_frontier frontier = {.size = 7};
    mz_merkle_proof proof;
    mz_hash root;
    mz_reason why = {0};
    stored_count = 10; /* the node at position 10 is missing: leaf 6 */
    assert_int_equal(mz_merkle_frontier_load(&frontier, &READER, 7, &why), MZ_CORRUPT);
    assert_int_equal(why.status, MZ_CORRUPT);
    assert_int_equal(frontier.size, 7);
    assert_int_equal(mz_merkle_root(hasher, &READER, 7, &root, NULL), MZ_CORRUPT);
    assert_int_equal(mz_merkle_inclusion(hasher, &READER, 0, 7, &proof, NULL), MZ_CORRUPT);
    assert_int_equal(mz_merkle_consistency(hasher, &READER, 6, 7, &proof, NULL), MZ_CORRUPT);
    assert_int_equal(mz_merkle_inclusion(hasher, &READER, 0, 6, &proof, NULL), MZ_OK);
    stored_count = whole;
}

static void sizes_out_of_range(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t first;
        uint64_t size;
        mz_status inclusion;
        mz_status consistency;
    } CASES[] = {
        {"empty tree",           0,          0,                 MZ_NOT_FOUND, MZ_OK       },
        {"index is the size",    8,          8,                 MZ_NOT_FOUND, MZ_OK       },
        {"index past the size",  9,          8,                 MZ_NOT_FOUND, MZ_NOT_FOUND},
        {"last index",           7,          8,                 MZ_OK,        MZ_OK       },
        {"from nothing",         0,          8,                 MZ_OK,        MZ_OK       },
        {"size past all trees",  1,          UINT64_C(1) << 63, MZ_NOT_FOUND, MZ_NOT_FOUND},
        {"index past all trees", UINT64_MAX, UINT64_MAX,        MZ_NOT_FOUND, MZ_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_merkle_proof proof;
        mz_status inclusion =
            mz_merkle_inclusion(hasher, &READER, CASES[i].first, CASES[i].size, &proof, NULL);
        mz_status consistency =
            mz_merkle_consistency(hasher, &READER, CASES[i].first, CASES[i].size, &proof, NULL);
        if (inclusion != CASES[i].inclusion || consistency != CASES[i].consistency)
            fail_msg("%s: %d, %d", CASES[i].name, (int)inclusion, (int)consistency);
    }
}

/* --- proofs, all sizes --- */

static bool included(uint64_t index, uint64_t size, const mz_merkle_proof *proof,
                     const mz_hash *root)
{
    return mz_merkle_verify_inclusion(hasher, index, size, &naive_leaves[index % NAIVE_MAX],
                                      proof->hashes, proof->count, root);
}

/* Each changed proof must fail. */
static void refuse_inclusions(uint64_t index, uint64_t size, mz_merkle_proof proof)
{
    const mz_hash *root = &naive_ranges[0][size];
    mz_hash other = *root;
    other.bytes[31] ^= 1;
    assert_false(included(index, size, &proof, &other));
    assert_false(included(index + NAIVE_MAX, size, &proof, root));
    if (index + 1 < size)
        assert_false(mz_merkle_verify_inclusion(hasher, index + 1, size, &naive_leaves[index],
                                                proof.hashes, proof.count, root));
    proof.hashes[proof.count++] = *root;
    assert_false(included(index, size, &proof, root));
    proof.count--;
    if (proof.count == 0)
        return;
    proof.hashes[index % proof.count].bytes[index % 32] ^= 0x40;
    assert_false(included(index, size, &proof, root));
    proof.hashes[index % proof.count].bytes[index % 32] ^= 0x40;
    proof.count--;
    assert_false(included(index, size, &proof, root));
}

static void all_inclusions(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= NAIVE_MAX; size++) {
        for (uint64_t index = 0; index < size; index++) {
            mz_merkle_proof proof;
            mz_merkle_proof want = {.count = 0};
            naive_path(index, 0, size, &want);
            read_count = 0;
            assert_int_equal(mz_merkle_inclusion(hasher, &READER, index, size, &proof, NULL),
                             MZ_OK);
            assert_true(read_count <= 16);
            assert_int_equal(proof.count, want.count);
            assert_memory_equal(proof.hashes, want.hashes, want.count * sizeof want.hashes[0]);
            assert_true(included(index, size, &proof, &naive_ranges[0][size]));
            refuse_inclusions(index, size, proof);
        }
    }
}

static bool consistent(uint64_t old_size, uint64_t new_size, const mz_merkle_proof *proof)
{
    return mz_merkle_verify_consistency(hasher, old_size, new_size, &naive_ranges[0][old_size],
                                        &naive_ranges[0][new_size], proof->hashes, proof->count);
}

static void refuse_consistencies(uint64_t old_size, uint64_t new_size, mz_merkle_proof proof)
{
    const mz_hash *old_root = &naive_ranges[0][old_size];
    const mz_hash *new_root = &naive_ranges[0][new_size];
    mz_hash other = *old_root;
    other.bytes[0] ^= 0x80;
    assert_false(mz_merkle_verify_consistency(hasher, old_size, new_size, &other, new_root,
                                              proof.hashes, proof.count));
    assert_false(mz_merkle_verify_consistency(hasher, old_size, new_size, old_root, &other,
                                              proof.hashes, proof.count));
    if (old_size != new_size)
        assert_false(mz_merkle_verify_consistency(hasher, new_size, old_size, new_root, old_root,
                                                  proof.hashes, proof.count));
    proof.hashes[proof.count++] = *new_root;
    assert_false(consistent(old_size, new_size, &proof));
    proof.count--;
    if (proof.count == 0)
        return;
    proof.hashes[old_size % proof.count].bytes[old_size % 32] ^= 0x40;
    assert_false(consistent(old_size, new_size, &proof));
    proof.hashes[old_size % proof.count].bytes[old_size % 32] ^= 0x40;
    proof.count--;
    assert_false(consistent(old_size, new_size, &proof));
}

static void all_consistencies(void **state)
{
    (void)state;
    for (uint64_t new_size = 1; new_size <= NAIVE_MAX; new_size++) {
        for (uint64_t old_size = 1; old_size <= new_size; old_size++) {
            mz_merkle_proof proof;
            mz_merkle_proof want = {.count = 0};
            naive_subproof(old_size, 0, new_size, true, &want);
            assert_int_equal(
                mz_merkle_consistency(hasher, &READER, old_size, new_size, &proof, NULL), MZ_OK);
            assert_int_equal(proof.count, want.count);
            assert_memory_equal(proof.hashes, want.hashes, want.count * sizeof want.hashes[0]);
            assert_true(consistent(old_size, new_size, &proof));
            refuse_consistencies(old_size, new_size, proof);
        }
    }
}

static void from_nothing(void **state)
{
    (void)state;
    mz_hash empty = mz_merkle_empty_root(hasher);
    assert_false(mz_merkle_verify_consistency(hasher, 0, 0, &empty, &empty, NULL, 0));
    assert_false(mz_merkle_verify_consistency(hasher, 0, 8, &empty, &naive_ranges[0][8], NULL, 0));
    mz_merkle_proof proof = {.count = MZ_MERKLE_PROOF_MAX};
    assert_false(mz_merkle_verify_inclusion(hasher, 0, UINT64_MAX, &empty, proof.hashes,
                                            MZ_MERKLE_PROOF_MAX + 1, &empty));
}

/* --- other people's vectors --- */

static void parse_hex_proof(const json_t *list, mz_merkle_proof *proof)
{
    proof->count = json_array_size(list);
    for (size_t i = 0; i < proof->count; i++)
        proof->hashes[i] = hash_of_hex(json_string_value(json_array_get(list, i)));
}

static uint64_t number_of(const json_t *object, const char *name)
{
    /* Read as a real, since some lie beyond int64; all but these are small. */
    double value = json_number_value(json_object_get(object, name));
    return value >= 9.2e18 ? UINT64_MAX : (uint64_t)value;
}

static void ct8_vectors(void **state)
{
    (void)state;
    json_t *root = shared_vectors("rfc6962-ct8.json", 0);
    const json_t *roots = json_object_get(root, "roots_by_size");
    const json_t *leaves = json_object_get(root, "leaf_hashes");
    size_t i = 0;
    const json_t *item = NULL;
    assert_int_equal(json_array_size(json_object_get(root, "inclusion")), 36);
    json_array_foreach(json_object_get(root, "inclusion"), i, item)
    {
        mz_merkle_proof proof;
        uint64_t size = number_of(item, "size");
        uint64_t index = number_of(item, "index");
        mz_hash leaf = hash_of_hex(json_string_value(json_array_get(leaves, index)));
        mz_hash want = hash_of_hex(json_string_value(json_array_get(roots, size)));
        parse_hex_proof(json_object_get(item, "proof"), &proof);
        assert_true(mz_merkle_verify_inclusion(hasher, index, size, &leaf, proof.hashes,
                                               proof.count, &want));
    }
    assert_int_equal(json_array_size(json_object_get(root, "consistency")), 36);
    json_array_foreach(json_object_get(root, "consistency"), i, item)
    {
        mz_merkle_proof proof;
        uint64_t old_size = number_of(item, "size1");
        uint64_t new_size = number_of(item, "size2");
        mz_hash old_root = hash_of_hex(json_string_value(json_array_get(roots, old_size)));
        mz_hash new_root = hash_of_hex(json_string_value(json_array_get(roots, new_size)));
        parse_hex_proof(json_object_get(item, "proof"), &proof);
        assert_true(mz_merkle_verify_consistency(hasher, old_size, new_size, &old_root, &new_root,
                                                 proof.hashes, proof.count));
    }
    json_decref(root);
}

/* Some roots there are shorter words, filled up with zeros here; an empty one is no hash at all. */
static bool base64_hash(const json_t *text, mz_hash *hash)
{
    size_t size = 0;
    *hash = (mz_hash){{0}};
    return mz_base64_decode(mz_view_of(json_string_value(text)), hash->bytes, sizeof hash->bytes,
                            &size) &&
           size > 0;
}

static bool base64_proof(const json_t *list, mz_merkle_proof *proof)
{
    proof->count = json_array_size(list); /* null has none */
    for (size_t i = 0; i < proof->count; i++) {
        if (!base64_hash(json_array_get(list, i), &proof->hashes[i]))
            return false;
    }
    return true;
}

static bool inclusion_holds(const json_t *item)
{
    mz_hash leaf;
    mz_hash root;
    mz_merkle_proof proof;
    return base64_hash(json_object_get(item, "leafHash"), &leaf) &&
           base64_hash(json_object_get(item, "root"), &root) &&
           base64_proof(json_object_get(item, "proof"), &proof) &&
           mz_merkle_verify_inclusion(hasher, number_of(item, "leafIdx"),
                                      number_of(item, "treeSize"), &leaf, proof.hashes, proof.count,
                                      &root);
}

static bool consistency_holds(const json_t *item)
{
    mz_hash old_root;
    mz_hash new_root;
    mz_merkle_proof proof;
    return base64_hash(json_object_get(item, "root1"), &old_root) &&
           base64_hash(json_object_get(item, "root2"), &new_root) &&
           base64_proof(json_object_get(item, "proof"), &proof) &&
           mz_merkle_verify_consistency(hasher, number_of(item, "size1"), number_of(item, "size2"),
                                        &old_root, &new_root, proof.hashes, proof.count);
}

static void transparency_dev_vectors(void **state)
{
    (void)state;
    json_t *root = shared_vectors("rfc6962-proofs-transparency-dev.json", JSON_DECODE_INT_AS_REAL);
    static const struct {
        const char *name;
        bool (*holds)(const json_t *item);
    } KINDS[] = {
        {"inclusion",   inclusion_holds  },
        {"consistency", consistency_holds}
    };
    for (size_t k = 0; k < 2; k++) {
        const json_t *cases = json_object_get(root, KINDS[k].name);
        size_t i = 0;
        size_t held = 0;
        const json_t *item = NULL;
        assert_int_equal(json_array_size(cases), 98);
        json_array_foreach(cases, i, item)
        {
            bool want = !json_is_true(json_object_get(item, "wantErr"));
            if (KINDS[k].holds(item) != want)
                fail_msg("%s", json_string_value(json_object_get(item, "file")));
            held += want ? 1 : 0;
        }
        assert_int_equal(held, 6);
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ct_roots),
        cmocka_unit_test(leaf_in_parts),
        cmocka_unit_test(positions),
        cmocka_unit_test(frontier_roots),
        cmocka_unit_test(unreadable_nodes),
        cmocka_unit_test(sizes_out_of_range),
        cmocka_unit_test(all_inclusions),
        cmocka_unit_test(all_consistencies),
        cmocka_unit_test(from_nothing),
        cmocka_unit_test(ct8_vectors),
        cmocka_unit_test(transparency_dev_vectors),
    };
    return cmocka_run_group_tests_name("merkle", tests, set_up, tear_down);
}
