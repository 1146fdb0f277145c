/* test_tlog.c — somebody else's log over HTTP: what an honest server has is read whatever the size
 * of the tree, and each thing that another could do is noticed, told apart, and placed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_log.h"
#include "remote/tlog.h"

static mz_tlog *opened(const char *url)
{
    mz_tlog *tlog = NULL;
    const mz_tlog_options options = {
        .url = url, .http = {.total_ms = 2000},
             .patience = { .tries = 3,    .wait_ms = 1}
    };
    assert_int_equal(mz_tlog_open(&options, &tlog, NULL), MZ_OK);
    return tlog;
}

/* --- trees of any size --- */

#define LEAVES_MAX 66000

/* Entries that are numbers, and all nodes of their tree. */
typedef struct numbers {
    mz_hasher *hasher;
    mz_hash *nodes;
    fake_server *server;
} numbers;

static void put_number_tile(const numbers *all, const mz_tile *tile, mz_buf *out)
{
    for (uint64_t i = 0; i < tile->width; i++) {
        const uint64_t index = tile->index * MZ_TILE_WIDTH + i;
        if (tile->entries) {
            char text[24];
            const int size = snprintf(text, sizeof text, "%llu", (unsigned long long)index);
            const uint8_t length[2] = {0, (uint8_t)size};
            mz_buf_put(out, (mz_view){length, 2});
            mz_buf_put_text(out, text);
        } else {
            const mz_hash *hash =
                &all->nodes[mz_merkle_node_position(MZ_TILE_HEIGHT * tile->level, index)];
            mz_buf_put(out, (mz_view){hash->bytes, MZ_HASH_SIZE});
        }
    }
}

static void serve_numbers(void *context, const fake_request *request, fake_answer *answer)
{
    mz_tile tile;
    if (mz_tile_parse(mz_view_of(request->path + 1), &tile) && mz_tile_there(&tile, LEAVES_MAX))
        put_number_tile(context, &tile, &answer->body);
    else
        answer->code = 404;
}

static int start_numbers(void **state)
{
    numbers *all = calloc(1, sizeof *all);
    mz_merkle_frontier frontier = {0};
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t count = 0, at = 0;
    assert_non_null(all);
    all->hasher = mz_hasher_new();
    all->nodes = calloc(mz_merkle_node_count(LEAVES_MAX), sizeof *all->nodes);
    assert_non_null(all->nodes);
    for (uint64_t i = 0; i < LEAVES_MAX; i++) {
        char text[24];
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)i);
        const mz_hash leaf = mz_merkle_leaf_hash(all->hasher, mz_view_of(text));
        mz_merkle_frontier_append(&frontier, all->hasher, &leaf, nodes, &count);
        memcpy(&all->nodes[at], nodes, count * sizeof *nodes);
        at += count;
    }
    all->server = fake_server_start(serve_numbers, all);
    *state = all;
    return 0;
}

static int stop_numbers(void **state)
{
    numbers *all = *state;
    fake_server_stop(all->server);
    mz_hasher_free(all->hasher);
    free(all->nodes);
    free(all);
    return 0;
}

static mz_status read_stored(void *context, uint64_t position, mz_hash *out, mz_reason *why)
{
    const numbers *all = context;
    (void)why;
    *out = all->nodes[position];
    return MZ_OK;
}

static void check_proofs(numbers *all, mz_tlog *tlog, uint64_t size, const mz_hash *root)
{
    const uint64_t some[] = {0, 1, size / 3, size / 2, size - 1};
    const mz_merkle_reader stored = {read_stored, all};
    const mz_merkle_reader reader = mz_tlog_reader(tlog);
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        mz_merkle_proof proof = {0};
        mz_hash old_root;
        mz_view leaf;
        const uint64_t index = some[i] < size ? some[i] : size - 1;
        assert_int_equal(mz_tlog_leaf(tlog, index, &leaf, NULL), MZ_OK);
        const mz_hash hash = mz_merkle_leaf_hash(all->hasher, leaf);
        assert_int_equal(mz_merkle_inclusion(all->hasher, &reader, index, size, &proof, NULL),
                         MZ_OK);
        assert_true(mz_merkle_verify_inclusion(all->hasher, index, size, &hash, proof.hashes,
                                               proof.count, root));
        assert_int_equal(mz_merkle_root(all->hasher, &stored, index + 1, &old_root, NULL), MZ_OK);
        assert_int_equal(mz_merkle_consistency(all->hasher, &reader, index + 1, size, &proof, NULL),
                         MZ_OK);
        assert_true(mz_merkle_verify_consistency(all->hasher, index + 1, size, &old_root, root,
                                                 proof.hashes, proof.count));
    }
}

static void test_sizes(void **state)
{
    static const uint64_t SIZES[] = {1,   2,   3,     255,   256,   257,  511,
                                     512, 513, 65535, 65536, 65537, 65999};
    numbers *all = *state;
    const mz_merkle_reader stored = {read_stored, all};
    mz_tlog *tlog = opened(fake_server_url(all->server));
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        mz_hash root;
        mz_reason why = {0};
        assert_int_equal(mz_merkle_root(all->hasher, &stored, SIZES[i], &root, NULL), MZ_OK);
        if (mz_tlog_trust(tlog, SIZES[i], &root, &why) != MZ_OK)
            fail_msg("size %llu: %s", (unsigned long long)SIZES[i], mz_tlog_fault_of(tlog)->path);
        check_proofs(all, tlog, SIZES[i], &root);
        root.bytes[0] ^= 1;
        assert_int_equal(mz_tlog_trust(tlog, SIZES[i], &root, NULL), MZ_CORRUPT);
        assert_int_equal(mz_tlog_size(tlog), 0);
    }
    mz_tlog_close(tlog);
}

/* A proof in a large tree costs a few tiles, not the log. */
static void test_cost(void **state)
{
    numbers *all = *state;
    const mz_merkle_reader stored = {read_stored, all};
    mz_hash root;
    mz_merkle_proof proof = {0};
    mz_tlog *tlog = opened(fake_server_url(all->server));
    const unsigned before = fake_server_count(all->server);
    assert_int_equal(mz_merkle_root(all->hasher, &stored, 65999, &root, NULL), MZ_OK);
    assert_int_equal(mz_tlog_trust(tlog, 65999, &root, NULL), MZ_OK);
    const mz_merkle_reader reader = mz_tlog_reader(tlog);
    for (uint64_t i = 30000; i < 30100; i++)
        assert_int_equal(mz_merkle_inclusion(all->hasher, &reader, i, 65999, &proof, NULL), MZ_OK);
    assert_true(fake_server_count(all->server) - before <= 3 + 2 + 2);
    mz_tlog_close(tlog);
}

/* --- what a server could do --- */

typedef struct lie_case {
    const char *name;
    fake_lie lie;
    size_t at; /* in a log of 600 */
    mz_status want;
    mz_tlog_fault_kind kind;
    uint64_t index;
} lie_case;

static const lie_case LIES[] = {
    {"honest",                                 LIE_NONE,        0,   MZ_OK,        MZ_TLOG_NO_FAULT,  0  },
    {"an entry of a full bundle is altered",   LIE_ALTER,       300, MZ_CORRUPT,   MZ_TLOG_ALTERED,   300},
    {"an entry of the last bundle is altered", LIE_ALTER,       599, MZ_CORRUPT,   MZ_TLOG_ALTERED,   599},
    {"entry 0 is altered",                     LIE_ALTER,       0,   MZ_CORRUPT,   MZ_TLOG_ALTERED,   0  },
    {"two entries change places",              LIE_SWAP,        40,  MZ_CORRUPT,   MZ_TLOG_MOVED,     40 },
    {"two of the last bundle change places",   LIE_SWAP,        550, MZ_CORRUPT,   MZ_TLOG_MOVED,     550},
    {"a bundle is not there",                  LIE_NO_BUNDLE,   256, MZ_NOT_FOUND, MZ_TLOG_MISSING,   256},
    {"the last bundle is not there",           LIE_NO_BUNDLE,   599, MZ_NOT_FOUND, MZ_TLOG_MISSING,   512},
    {"a bundle is cut off",                    LIE_CUT_BUNDLE,  300, MZ_CORRUPT,   MZ_TLOG_FORM,      256},
    {"a bundle goes on",                       LIE_LONG_BUNDLE, 599, MZ_CORRUPT,   MZ_TLOG_FORM,      512},
    {"the right edge is not there",            LIE_NO_TILE,     599, MZ_NOT_FOUND, MZ_TLOG_MISSING,   512},
    {"the right edge is altered",              LIE_TILE,        580, MZ_CORRUPT,   MZ_TLOG_TILE,      600},
    {"the level above is altered",             LIE_TILE_ABOVE,  300, MZ_CORRUPT,   MZ_TLOG_TILE,      600},
    {"a tile of hashes lacks one",             LIE_SHORT_TILE,  599, MZ_CORRUPT,   MZ_TLOG_TILE,      600},
    {"no answer",                              LIE_HANG,        300, MZ_IO,        MZ_TLOG_NO_ANSWER, 256},
    {"an answer without an end",               LIE_HUGE,        0,   MZ_TOO_LARGE, MZ_TLOG_FORM,      512},
};

static mz_status read_all(const world *w, mz_tlog *tlog, mz_reason *why)
{
    const mz_hash root = world_root(w, w->count);
    mz_status status = mz_tlog_trust(tlog, w->count, &root, why);
    for (size_t i = 0; status == MZ_OK && i < w->count; i++) {
        mz_view leaf;
        status = mz_tlog_leaf(tlog, i, &leaf, why);
        if (status == MZ_OK)
            assert_memory_equal(leaf.data, w->leaves[i].data, w->leaves[i].size);
    }
    return status;
}

static void test_lies(void **state)
{
    world *w = world_new();
    (void)state;
    world_parties(w, 599);
    for (size_t i = 0; i < sizeof LIES / sizeof LIES[0]; i++) {
        const lie_case *c = &LIES[i];
        fake_log log;
        mz_reason why = {0};
        fake_log_start(&log, w);
        log.lie = c->lie;
        log.at = c->at;
        mz_tlog *tlog = opened(fake_log_url(&log));
        const mz_status status = read_all(w, tlog, &why);
        const mz_tlog_fault *fault = mz_tlog_fault_of(tlog);
        if (status != c->want || why.status != c->want || fault->kind != c->kind ||
            fault->index != c->index)
            fail_msg("%s: %s, fault %d at %llu", c->name, mz_status_code(status), (int)fault->kind,
                     (unsigned long long)fault->index);
        mz_tlog_close(tlog);
        fake_log_stop(&log);
    }
    world_free(w);
}

/* A full tile is asked for, and judged against the level above, only when something needs it. */
static void test_inner_tile(void **state)
{
    world *w = world_new();
    fake_log log;
    mz_hash found;
    mz_reason why = {0};
    (void)state;
    world_parties(w, 599);
    const mz_hash root = world_root(w, 600);
    fake_log_start(&log, w);
    log.lie = LIE_TILE;
    log.at = 300;
    mz_tlog *tlog = opened(fake_log_url(&log));
    assert_int_equal(mz_tlog_trust(tlog, 600, &root, &why), MZ_OK);
    const mz_merkle_reader reader = mz_tlog_reader(tlog);
    mz_hasher *hasher = mz_hasher_new();
    assert_int_equal(mz_merkle_root(hasher, &reader, 512, &found, &why), MZ_OK);
    assert_int_equal(mz_merkle_root(hasher, &reader, 400, &found, &why), MZ_CORRUPT);
    assert_int_equal(mz_tlog_fault_of(tlog)->index, 256);
    log.lie = LIE_NONE; /* nothing of the lie was kept */
    assert_int_equal(mz_merkle_root(hasher, &reader, 400, &found, &why), MZ_OK);
    const mz_hash want = world_root(w, 400);
    assert_true(mz_hash_equal(&found, &want));
    mz_hasher_free(hasher);
    mz_tlog_close(tlog);
    fake_log_stop(&log);
    world_free(w);
}

/* The log has grown, and the server has dropped the partial tiles of the size that is read. */
static void test_full_for_partial(void **state)
{
    world *w = world_new();
    fake_log log;
    (void)state;
    world_parties(w, 255);
    fake_log_start(&log, w);
    log.lie = LIE_ONLY_FULL;
    mz_tlog *tlog = opened(fake_log_url(&log));
    const mz_hash root = world_root(w, 100);
    mz_view leaf;
    assert_int_equal(mz_tlog_trust(tlog, 100, &root, NULL), MZ_OK);
    assert_int_equal(mz_tlog_leaf(tlog, 99, &leaf, NULL), MZ_OK);
    assert_memory_equal(leaf.data, w->leaves[99].data, leaf.size);
    mz_tlog_close(tlog);
    fake_log_stop(&log);
    world_free(w);
}

static void count_waits(void *context, const mz_reason *why, unsigned code, int64_t wait_ms)
{
    unsigned *count = context;
    assert_int_equal(code, 503);
    assert_int_equal(why->status, MZ_OK);
    assert_true(wait_ms > 0);
    (*count)++;
}

static void test_patience(void **state)
{
    world *w = world_new();
    fake_log log;
    mz_buf note;
    mz_tlog *tlog = NULL;
    unsigned waits = 0;
    (void)state;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    fake_log_start(&log, w);
    log.lie = LIE_BUSY;
    log.times = 2;
    mz_tlog_options options = {
        .url = fake_log_url(&log),
        .patience = {.tries = 3, .wait_ms = 1, .told = count_waits, .context = &waits}
    };
    assert_int_equal(mz_tlog_open(&options, &tlog, NULL), MZ_OK);
    assert_int_equal(mz_tlog_checkpoint(tlog, &note, NULL), MZ_OK);
    assert_int_equal(waits, 2);
    log.times = 3;
    mz_reason why = {0};
    assert_int_equal(mz_tlog_checkpoint(tlog, &note, &why), MZ_IO);
    assert_non_null(strstr(why.figures[0].words, "HTTP 503"));
    mz_tlog_stop(tlog);
    assert_int_equal(mz_tlog_checkpoint(tlog, &note, NULL), MZ_IO);
    mz_tlog_close(tlog);
    options.url = "ftp://x";
    assert_int_equal(mz_tlog_open(&options, &tlog, NULL), MZ_OK);
    assert_int_equal(mz_tlog_checkpoint(tlog, &note, NULL), MZ_BAD_VALUE);
    mz_tlog_close(tlog);
    fake_log_stop(&log);
    mz_buf_clear(&note);
    world_free(w);
}

static void test_bundle_split(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t size;
        unsigned width;
        bool want;
    } CASES[] = {
        {"one",              "\0\1a",       3, 1, true },
        {"two",              "\0\1a\0\2bc", 7, 2, true },
        {"an empty one",     "\0\0",        2, 1, true },
        {"fewer than asked", "\0\1a",       3, 2, false},
        {"more than asked",  "\0\1a\0\1b",  6, 1, false},
        {"a length cut off", "\0\1a\0",     4, 2, false},
        {"an entry cut off", "\0\2a",       3, 1, false},
        {"nothing",          "",            0, 1, false},
    };
    size_t ends[MZ_TILE_WIDTH];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        if (mz_bundle_split((mz_view){(const uint8_t *)CASES[i].bytes, CASES[i].size},
                            CASES[i].width, ends) != CASES[i].want)
            fail_msg("%s", CASES[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sizes, start_numbers, stop_numbers),
        cmocka_unit_test_setup_teardown(test_cost, start_numbers, stop_numbers),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_inner_tile),
        cmocka_unit_test(test_full_for_partial),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_bundle_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
