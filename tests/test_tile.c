/* test_tile.c — paths of tiles by the table of the specification, and tiles of a log against hashes
 * computed from its entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kv/memory.h"
#include "log/store.h"
#include "log/tiles.h"
#include "log_fixture.h"

/* --- paths --- */

static const struct {
    const char *path;
    bool entries;
    unsigned level;
    uint64_t index;
    unsigned width;
} PATHS[] = {
    {"tile/0/000",                                         false, 0, 0,              256},
    {"tile/0/000.p/1",                                     false, 0, 0,              1  },
    {"tile/1/999.p/255",                                   false, 1, 999,            255},
    {"tile/7/x001/000",                                    false, 7, 1000,           256},
    {"tile/0/x001/x234/067",                               false, 0, 1234067,        256},
    {"tile/entries/x001/x234/067",                         true,  0, 1234067,        256},
    {"tile/entries/000.p/42",                              true,  0, 0,              42 },
    {"tile/0/x018/x446/x744/x073/x709/x551/615",           false, 0, UINT64_MAX,     256},
    {"tile/entries/x018/x446/x744/x073/x709/x551/614.p/9", true,  0, UINT64_MAX - 1, 9  },
};

static const char *const WRONG[] = {
    "",
    "tile",
    "tile/",
    "tile/0",
    "tile/0/",
    "tile/00/000",
    "tile/8/000",
    "tile/-1/000",
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/1000",
    "tile/0/x000/001",
    "tile/0/x001",
    "tile/0/x001/",
    "tile/0/x001/x002",
    "tile/0/001/002",
    "tile/0/x001/x234/067/",
    "tile/0/000.p",
    "tile/0/000.p/",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/1000000000000",
    "tile/0/000.p/1/",
    "tile/0/000.p/1.p/1",
    "tile/entries",
    "tile/entries/",
    "tile/entries/0/000",
    "tile/data/000",
    "tile/0/x018/x446/x744/x073/x709/x551/616",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
    "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001",
    "/tile/0/000",
    "tile/0/000 ",
    "tile/0/0%300",
    "tile//000",
    "tile/0/../000",
};

static void test_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        mz_tile tile;
        char path[MZ_TILE_PATH_SIZE_MAX];
        if (!mz_tile_parse(mz_view_of(PATHS[i].path), &tile))
            fail_msg("%s is refused", PATHS[i].path);
        assert_int_equal(tile.entries, PATHS[i].entries);
        assert_int_equal(tile.level, PATHS[i].level);
        assert_true(tile.index == PATHS[i].index);
        assert_int_equal(tile.width, PATHS[i].width);
        mz_tile_path(&tile, path);
        assert_string_equal(path, PATHS[i].path);
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        mz_tile tile;
        if (mz_tile_parse(mz_view_of(WRONG[i]), &tile))
            fail_msg("%s is taken", WRONG[i]);
    }
}

static void test_there(void **state)
{
    (void)state;
    static const struct {
        mz_tile tile;
        uint64_t size; /* the smallest with all of it */
    } CASES[] = {
        {{.level = 0, .index = 0, .width = 1},   1         },
        {{.level = 0, .index = 0, .width = 255}, 255       },
        {{.level = 0, .index = 0, .width = 256}, 256       },
        {{.level = 0, .index = 1, .width = 1},   257       },
        {{.level = 1, .index = 0, .width = 1},   256       },
        {{.level = 1, .index = 0, .width = 256}, 65536     },
        {{.level = 2, .index = 0, .width = 2},   2 * 65536 },
        {{.level = 7, .index = 0, .width = 1},   1ull << 56},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(mz_tile_there(&CASES[i].tile, CASES[i].size - 1));
        assert_true(mz_tile_there(&CASES[i].tile, CASES[i].size));
    }
    const mz_tile last = {.level = 0, .index = UINT64_MAX, .width = 256};
    assert_false(mz_tile_there(&last, INT64_MAX));
}

/* --- the tiles of a log --- */

#define SIZE 600 /* entries: level 1 has two hashes, and a partial tile at each level */

typedef struct world {
    mz_kv *kv;
    mz_snapshot *snapshot;
    mz_hasher *hasher;
    mz_hash leaves[SIZE];
} world;

/* A store with entries of all lengths and their nodes; no rules are asked. */
static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    mz_kv_txn *txn = NULL;
    mz_merkle_frontier frontier = {0};
    mz_signer signer;
    mz_checkpoint checkpoint = {.origin = MZ_SAMPLE_ORIGIN, .size = SIZE};
    mz_buf note;
    assert_non_null(w);
    w->hasher = mz_hasher_new();
    w->kv = mz_memory_new();
    assert_true(w->hasher != NULL && w->kv != NULL);
    assert_int_equal(mz_kv_begin_write(w->kv, &txn, NULL), MZ_OK);
    for (uint64_t i = 0; i < SIZE; i++) {
        static char text[70000];
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        size_t node_count = 0;
        const int prefix = snprintf(text, sizeof text, "%d leaf-%llu-", 5, (unsigned long long)i);
        memset(text + prefix, 'a', i * 3);
        const mz_view leaf = {(const uint8_t *)text, (size_t)prefix + i * 3};
        w->leaves[i] = mz_merkle_leaf_hash(w->hasher, leaf);
        const uint64_t position = mz_merkle_node_count(i);
        mz_merkle_frontier_append(&frontier, w->hasher, &w->leaves[i], nodes, &node_count);
        assert_int_equal(mz_store_put_leaf(txn, i, leaf, NULL), MZ_OK);
        for (size_t j = 0; j < node_count; j++)
            assert_int_equal(mz_store_put_node(txn, position + j, &nodes[j], NULL), MZ_OK);
    }
    checkpoint.root = mz_merkle_frontier_root(&frontier, w->hasher);
    mz_sample_signer("log", &signer);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_checkpoint_sign(w->hasher, &checkpoint, &signer, &note, NULL), MZ_OK);
    assert_int_equal(mz_store_put_checkpoint(txn, SIZE, mz_buf_view(&note), NULL), MZ_OK);
    mz_buf_clear(&note);
    assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_open_kv(w->kv, &w->snapshot, NULL), MZ_OK);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    mz_snapshot_close(w->snapshot);
    mz_kv_close(w->kv);
    mz_hasher_free(w->hasher);
    free(w);
    return 0;
}

static mz_status tile_of(world *w, const char *path, mz_buf *out)
{
    mz_tile tile;
    mz_reason why = {0};
    assert_true(mz_tile_parse(mz_view_of(path), &tile));
    mz_buf_init(out, MZ_TILE_ENTRIES_SIZE_MAX);
    const mz_status status = mz_snapshot_tile(w->snapshot, &tile, out, &why);
    assert_int_equal(why.status, status);
    return status;
}

static void test_hashes(void **state)
{
    world *w = *state;
    mz_buf out;
    assert_int_equal(tile_of(w, "tile/0/001", &out), MZ_OK);
    assert_int_equal(out.size, 256 * 32);
    assert_memory_equal(out.data, w->leaves[256].bytes, 256 * 32);
    mz_buf_clear(&out);
    for (unsigned width = 1; width <= 88; width++) {
        char path[40];
        (void)snprintf(path, sizeof path, "tile/0/002.p/%u", width);
        assert_int_equal(tile_of(w, path, &out), MZ_OK);
        assert_int_equal(out.size, width * 32);
        assert_memory_equal(out.data, w->leaves[512].bytes, width * 32);
        mz_buf_clear(&out);
    }
    /* The second hash of level 1 is the root over leaves 256 .. 511. */
    mz_merkle_frontier frontier = {0};
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    for (size_t i = 256; i < 512; i++)
        mz_merkle_frontier_append(&frontier, w->hasher, &w->leaves[i], nodes, &node_count);
    const mz_hash root = mz_merkle_frontier_root(&frontier, w->hasher);
    assert_int_equal(tile_of(w, "tile/1/000.p/2", &out), MZ_OK);
    assert_memory_equal(out.data + 32, root.bytes, 32);
    mz_buf_clear(&out);
}

static void test_entries(void **state)
{
    world *w = *state;
    mz_buf out;
    assert_int_equal(tile_of(w, "tile/entries/002.p/88", &out), MZ_OK);
    size_t at = 0;
    for (size_t i = 512; i < SIZE; i++) {
        assert_true(at + 2 <= out.size);
        const size_t size = (size_t)out.data[at] << 8 | out.data[at + 1];
        assert_true(at + 2 + size <= out.size);
        const mz_hash hash = mz_merkle_leaf_hash(w->hasher, (mz_view){out.data + at + 2, size});
        assert_true(mz_hash_equal(&hash, &w->leaves[i]));
        at += 2 + size;
    }
    assert_int_equal(at, out.size);
    mz_buf_clear(&out);
}

static void test_not_there(void **state)
{
    world *w = *state;
    static const char *const PATHS_BEYOND[] = {
        "tile/0/002",     "tile/0/002.p/89", "tile/0/003.p/1",   "tile/1/000",
        "tile/1/000.p/3", "tile/2/000.p/1",  "tile/entries/002", "tile/entries/002.p/89"};
    for (size_t i = 0; i < sizeof PATHS_BEYOND / sizeof PATHS_BEYOND[0]; i++) {
        mz_buf out;
        assert_int_equal(tile_of(w, PATHS_BEYOND[i], &out), MZ_NOT_FOUND);
        mz_buf_clear(&out);
    }
    /* Room for less than the tile: nothing is cut silently. */
    mz_tile tile = {.level = 0, .index = 0, .width = 256};
    mz_buf small;
    mz_buf_init(&small, 100);
    assert_int_equal(mz_snapshot_tile(w->snapshot, &tile, &small, NULL), MZ_NO_MEMORY);
    mz_buf_clear(&small);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_paths),     cmocka_unit_test(test_there),
        cmocka_unit_test(test_hashes),    cmocka_unit_test(test_entries),
        cmocka_unit_test(test_not_there),
    };
    return cmocka_run_group_tests_name("tiles", TESTS, set_up, tear_down);
}
