/* test_kv.c — the contract of core/kv.h, run over every engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>

#include "kv_engines.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

/* --- short words for the cases --- */

static mz_view text(const char *words)
{
    return mz_view_of(words);
}

static mz_kv_txn *begin(mz_kv *kv, bool write)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    mz_status status = write ? mz_kv_begin_write(kv, &txn, &why) : mz_kv_begin_read(kv, &txn, &why);
    assert_int_equal(status, MZ_OK);
    return txn;
}

static void commit(mz_kv_txn *txn)
{
    mz_reason why = {0};
    assert_int_equal(mz_kv_commit(txn, &why), MZ_OK);
}

static void put_sized(mz_kv_txn *txn, mz_table table, mz_view key, mz_view value)
{
    mz_reason why = {0};
    assert_int_equal(mz_kv_put(txn, table, key, value, &why), MZ_OK);
}

static void put(mz_kv_txn *txn, const char *key, const char *value)
{
    put_sized(txn, MZ_TABLE_STATE, text(key), text(value));
}

static void erase(mz_kv_txn *txn, const char *key)
{
    mz_reason why = {0};
    assert_int_equal(mz_kv_erase(txn, MZ_TABLE_STATE, text(key), &why), MZ_OK);
}

/* `want` NULL: there is no such row, and no reason is given for that. */
static void expect_in(mz_kv_txn *txn, mz_table table, mz_view key, const mz_view *want)
{
    mz_reason why = {0};
    mz_view value = {0};
    mz_status status = mz_kv_get(txn, table, key, &value, &why);
    assert_int_equal(status, want != NULL ? MZ_OK : MZ_NOT_FOUND);
    assert_int_equal(why.status, MZ_OK);
    if (want != NULL)
        assert_true(mz_view_equal(value, *want));
}

static void expect(mz_kv_txn *txn, const char *key, const char *want)
{
    mz_view value = text(want != NULL ? want : "");
    expect_in(txn, MZ_TABLE_STATE, text(key), want != NULL ? &value : NULL);
}

static mz_kv_cursor *cursor_on(mz_kv_txn *txn, mz_table table)
{
    mz_reason why = {0};
    mz_kv_cursor *cursor = NULL;
    assert_int_equal(mz_kv_cursor_open(txn, table, &cursor, &why), MZ_OK);
    assert_false(cursor->valid);
    return cursor;
}

typedef mz_status step_function(mz_kv_cursor *cursor, mz_reason *why);

static void expect_at(const mz_kv_cursor *cursor, const char *want)
{
    assert_int_equal(cursor->valid, want != NULL);
    if (want != NULL)
        assert_true(mz_view_is(cursor->key, want));
}

static void step(mz_kv_cursor *cursor, step_function *function, const char *want)
{
    mz_reason why = {0};
    assert_int_equal(function(cursor, &why), MZ_OK);
    expect_at(cursor, want);
}

static void seek(mz_kv_cursor *cursor, const char *key, const char *want)
{
    mz_reason why = {0};
    assert_int_equal(mz_kv_cursor_seek(cursor, text(key), &why), MZ_OK);
    expect_at(cursor, want);
}

/* --- the cases --- */

static void empty_store_has_no_rows(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, false);
    for (int table = (int)MZ_TABLE_ENTRIES; table < (int)MZ_TABLE_COUNT; table++) {
        expect_in(txn, (mz_table)table, text("a"), NULL);
        mz_kv_cursor *cursor = cursor_on(txn, (mz_table)table);
        seek(cursor, "", NULL);
        seek(cursor, "a", NULL);
        step(cursor, mz_kv_cursor_last, NULL);
        mz_kv_cursor_close(cursor);
    }
    mz_kv_abort(txn);
}

static void transaction_reads_its_own_writes(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    put(txn, "a", "one");
    expect(txn, "a", "one");
    put(txn, "a", "two");
    expect(txn, "a", "two");
    erase(txn, "a");
    expect(txn, "a", NULL);
    put(txn, "a", "three");
    mz_kv_cursor *cursor = cursor_on(txn, MZ_TABLE_STATE);
    seek(cursor, "", "a");
    assert_true(mz_view_is(cursor->value, "three"));
    mz_kv_cursor_close(cursor);
    commit(txn);
    txn = begin(kv, false);
    expect(txn, "a", "three");
    commit(txn); /* a snapshot may be ended by either */
}

static void abort_leaves_no_trace(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    put(txn, "kept", "1");
    put(txn, "erased", "1");
    commit(txn);
    txn = begin(kv, true);
    put(txn, "kept", "2");
    put(txn, "new", "2");
    put(txn, "new", "3");
    erase(txn, "erased");
    erase(txn, "new");
    mz_kv_abort(txn);
    mz_kv_abort(NULL);
    txn = begin(kv, false);
    expect(txn, "kept", "1");
    expect(txn, "erased", "1");
    expect(txn, "new", NULL);
    mz_kv_abort(txn);
}

static void erase_of_nothing_is_fine(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    erase(txn, "nothing");
    commit(txn);
}

static void sizes_reach_their_limits(mz_kv *kv)
{
    static uint8_t bytes[MZ_KV_VALUE_MAX];
    memset(bytes, 0xa5, sizeof bytes);
    static const size_t value_sizes[] = {0, 1, 2000, 4096, MZ_KV_VALUE_MAX};
    static const size_t key_sizes[] = {1, 2, MZ_KV_KEY_MAX};
    mz_kv_txn *txn = begin(kv, true);
    for (size_t k = 0; k < ARRAY_LEN(key_sizes); k++)
        for (size_t v = 0; v < ARRAY_LEN(value_sizes); v++) {
            mz_view key = {bytes, key_sizes[k]};
            mz_view value = {value_sizes[v] > 0 ? bytes : NULL, value_sizes[v]};
            put_sized(txn, MZ_TABLE_ENTRIES, key, value);
            expect_in(txn, MZ_TABLE_ENTRIES, key, &value);
        }
    commit(txn);
    mz_view key = {bytes, MZ_KV_KEY_MAX};
    mz_view value = {bytes, MZ_KV_VALUE_MAX};
    txn = begin(kv, false);
    expect_in(txn, MZ_TABLE_ENTRIES, key, &value);
    mz_kv_cursor *cursor = cursor_on(txn, MZ_TABLE_ENTRIES);
    mz_reason why = {0};
    mz_view beyond = {bytes, MZ_KV_KEY_MAX + 1}; /* the successor of the longest key */
    assert_int_equal(mz_kv_cursor_seek(cursor, beyond, &why), MZ_OK);
    assert_false(cursor->valid);
    mz_kv_cursor_close(cursor);
    mz_kv_abort(txn);
}

static void keys_are_in_memcmp_order(mz_kv *kv)
{
    static const char *const in_order[] = {"\x01", "a",    "aa",   "ab",      "b",
                                           "\x7f", "\x80", "\xff", "\xff\xff"};
    static const size_t put_order[] = {4, 8, 0, 2, 6, 1, 7, 3, 5};
    mz_kv_txn *txn = begin(kv, true);
    for (size_t i = 0; i < ARRAY_LEN(put_order); i++)
        put(txn, in_order[put_order[i]], "v");
    put_sized(txn, MZ_TABLE_STATE, (mz_view){(const uint8_t *)"a\0", 2}, text("v"));
    mz_kv_cursor *cursor = cursor_on(txn, MZ_TABLE_STATE);
    seek(cursor, "", in_order[0]);
    step(cursor, mz_kv_cursor_next, "a");
    mz_reason why = {0};
    assert_int_equal(mz_kv_cursor_next(cursor, &why), MZ_OK); /* "a\0" follows "a" */
    assert_int_equal(cursor->key.size, 2);
    for (size_t i = 2; i < ARRAY_LEN(in_order); i++)
        step(cursor, mz_kv_cursor_next, in_order[i]);
    step(cursor, mz_kv_cursor_next, NULL);
    mz_kv_cursor_close(cursor);
    mz_kv_abort(txn);
}

static void tables_are_apart(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    for (int table = (int)MZ_TABLE_ENTRIES; table < (int)MZ_TABLE_COUNT; table++)
        put_sized(txn, (mz_table)table, text("k"), text(mz_table_name((mz_table)table)));
    mz_reason why = {0};
    assert_int_equal(mz_kv_erase(txn, MZ_TABLE_JTI, text("k"), &why), MZ_OK);
    commit(txn);
    txn = begin(kv, false);
    for (int table = (int)MZ_TABLE_ENTRIES; table < (int)MZ_TABLE_COUNT; table++) {
        mz_view want = text(mz_table_name((mz_table)table));
        expect_in(txn, (mz_table)table, text("k"), table == (int)MZ_TABLE_JTI ? NULL : &want);
    }
    mz_kv_abort(txn);
}

static void cursor_walks_both_ways(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    put(txn, "b", "1");
    put(txn, "d", "2");
    put(txn, "f", "3");
    put(txn, "e", "gone");
    erase(txn, "e");
    commit(txn);
    txn = begin(kv, false);
    mz_kv_cursor *cursor = cursor_on(txn, MZ_TABLE_STATE);
    seek(cursor, "d", "d");
    assert_true(mz_view_is(cursor->value, "2"));
    step(cursor, mz_kv_cursor_next, "f");
    step(cursor, mz_kv_cursor_previous, "d");
    step(cursor, mz_kv_cursor_previous, "b");
    step(cursor, mz_kv_cursor_previous, NULL);
    seek(cursor, "a", "b");
    seek(cursor, "c", "d");
    seek(cursor, "dd", "f");
    step(cursor, mz_kv_cursor_next, NULL);
    step(cursor, mz_kv_cursor_last, "f");
    step(cursor, mz_kv_cursor_next, NULL);
    seek(cursor, "g", NULL);
    seek(cursor, "", "b");
    mz_kv_cursor_close(cursor);
    mz_kv_cursor_close(NULL);
    mz_kv_abort(txn);
}

static void snapshots_do_not_move(mz_kv *kv)
{
    mz_kv_txn *before = begin(kv, false);
    mz_kv_txn *txn = begin(kv, true);
    put(txn, "a", "1");
    put(txn, "b", "1");
    mz_kv_txn *during = begin(kv, false);
    commit(txn);
    mz_kv_txn *first = begin(kv, false);
    txn = begin(kv, true);
    put(txn, "a", "2");
    erase(txn, "b");
    put(txn, "c", "2");
    commit(txn);
    mz_kv_txn *second = begin(kv, false);
    for (int i = 0; i < 2; i++) { /* before and after a further change of the same rows */
        expect(before, "a", NULL);
        expect(during, "a", NULL);
        expect(first, "a", "1");
        expect(first, "b", "1");
        expect(first, "c", NULL);
        expect(second, "a", "2");
        expect(second, "b", NULL);
        mz_kv_cursor *cursor = cursor_on(first, MZ_TABLE_STATE);
        seek(cursor, "", "a");
        step(cursor, mz_kv_cursor_next, "b");
        step(cursor, mz_kv_cursor_next, NULL);
        step(cursor, mz_kv_cursor_last, "b");
        mz_kv_cursor_close(cursor);
        txn = begin(kv, true);
        put(txn, "b", "3");
        erase(txn, "a");
        commit(txn);
    }
    mz_kv_abort(first);
    mz_kv_abort(before);
    mz_kv_abort(second);
    mz_kv_abort(during);
    txn = begin(kv, false);
    expect(txn, "a", NULL);
    expect(txn, "b", "3");
    mz_kv_abort(txn);
}

static void snapshot_cannot_be_written(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, false);
    mz_reason why = {0};
    assert_int_equal(mz_kv_put(txn, MZ_TABLE_STATE, text("a"), text("1"), &why), MZ_IO);
    assert_int_equal(why.status, MZ_IO);
    mz_kv_abort(txn);
}

static void *read_on_another_thread(void *argument)
{
    mz_kv_txn *txn = argument;
    mz_reason why = {0};
    mz_view value = {0};
    bool is_there =
        mz_kv_get(txn, MZ_TABLE_STATE, text("a"), &value, &why) == MZ_OK && mz_view_is(value, "1");
    mz_kv_abort(txn);
    return is_there ? txn : NULL;
}

static void snapshot_moves_between_threads(mz_kv *kv)
{
    mz_kv_txn *txn = begin(kv, true);
    put(txn, "a", "1");
    commit(txn);
    mz_kv_txn *kept = begin(kv, false);
    mz_kv_txn *given = begin(kv, false);
    pthread_t thread;
    void *answer = NULL;
    assert_int_equal(pthread_create(&thread, NULL, read_on_another_thread, given), 0);
    assert_int_equal(pthread_join(thread, &answer), 0);
    assert_non_null(answer);
    expect(kept, "a", "1");
    mz_kv_abort(kept);
}

#define COUNTING_THREADS 4
#define COUNTS_PER_THREAD 200

/* Reads, adds one, writes: loses counts unless there is one writer at a time. */
static void *count_up(void *argument)
{
    mz_kv *kv = argument;
    mz_reason why = {0};
    for (int i = 0; i < COUNTS_PER_THREAD; i++) {
        mz_kv_txn *txn = NULL;
        mz_view value = {0};
        uint8_t bytes[8] = {0};
        if (mz_kv_begin_write(kv, &txn, &why) != MZ_OK)
            return NULL;
        uint64_t count = 0;
        if (mz_kv_get(txn, MZ_TABLE_STATE, text("count"), &value, &why) == MZ_OK)
            count = mz_be64_get(value.data);
        sched_yield(); /* give the others every chance to come between */
        mz_be64_put(bytes, count + 1);
        if (mz_kv_put(txn, MZ_TABLE_STATE, text("count"), (mz_view){bytes, 8}, &why) != MZ_OK ||
            mz_kv_commit(txn, &why) != MZ_OK)
            return NULL;
    }
    return kv;
}

static void writers_wait_for_each_other(mz_kv *kv)
{
    pthread_t threads[COUNTING_THREADS];
    for (size_t i = 0; i < COUNTING_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, kv), 0);
    uint64_t seen = 0;
    for (int i = 0; i < 200; i++) { /* snapshots meanwhile never go back */
        mz_kv_txn *txn = begin(kv, false);
        mz_reason why = {0};
        mz_view value = {0};
        if (mz_kv_get(txn, MZ_TABLE_STATE, text("count"), &value, &why) == MZ_OK) {
            assert_true(mz_be64_get(value.data) >= seen);
            seen = mz_be64_get(value.data);
        }
        mz_kv_abort(txn);
    }
    for (size_t i = 0; i < COUNTING_THREADS; i++) {
        void *answer = NULL;
        assert_int_equal(pthread_join(threads[i], &answer), 0);
        assert_non_null(answer);
    }
    uint8_t bytes[8];
    mz_be64_put(bytes, (uint64_t)COUNTING_THREADS * COUNTS_PER_THREAD);
    mz_kv_txn *txn = begin(kv, false);
    expect_in(txn, MZ_TABLE_STATE, text("count"), &(mz_view){bytes, 8});
    mz_kv_abort(txn);
}

static void largest_transaction_fits(mz_kv *kv)
{
    static uint8_t value[MZ_KV_CHANGES_MAX / MZ_KV_ENTRIES_MAX];
    mz_kv_txn *txn = begin(kv, true);
    for (uint64_t i = 0; i < MZ_KV_ENTRIES_MAX; i++) {
        uint8_t key[8];
        mz_be64_put(key, i);
        mz_be64_put(value, i);
        put_sized(txn, MZ_TABLE_ENTRIES, (mz_view){key, 8}, (mz_view){value, sizeof value});
    }
    commit(txn);
    txn = begin(kv, false);
    for (uint64_t i = 0; i < MZ_KV_ENTRIES_MAX; i++) {
        uint8_t key[8];
        mz_be64_put(key, i);
        mz_be64_put(value, i);
        expect_in(txn, MZ_TABLE_ENTRIES, (mz_view){key, 8}, &(mz_view){value, sizeof value});
    }
    mz_kv_abort(txn);
}

/* The engines may put faster at the end of a table; any order must come to the same. */
static void growing_tables_take_any_order(mz_kv *kv)
{
    static const struct {
        const char *key;
        const char *value;
    } puts[] = {
        {"b", "1"},
        {"c", "2"},
        {"c", "3"},
        {"a", "4"},
        {"b", "5"},
        {"d", "6"}
    };
    static const mz_table tables[] = {MZ_TABLE_ENTRIES, MZ_TABLE_NODES, MZ_TABLE_CHECKPOINTS};
    for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
        mz_kv_txn *txn = begin(kv, true);
        for (size_t i = 0; i < ARRAY_LEN(puts); i++)
            put_sized(txn, tables[t], text(puts[i].key), text(puts[i].value));
        commit(txn);
        txn = begin(kv, false);
        mz_kv_cursor *cursor = cursor_on(txn, tables[t]);
        seek(cursor, "", "a");
        assert_true(mz_view_is(cursor->value, "4"));
        step(cursor, mz_kv_cursor_next, "b");
        assert_true(mz_view_is(cursor->value, "5"));
        step(cursor, mz_kv_cursor_next, "c");
        assert_true(mz_view_is(cursor->value, "3"));
        step(cursor, mz_kv_cursor_next, "d");
        step(cursor, mz_kv_cursor_next, NULL);
        mz_kv_cursor_close(cursor);
        mz_kv_abort(txn);
    }
}

#define MODEL_KEYS 3000

static uint32_t next_random(uint32_t *seed) /* xorshift: the same on every machine */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void many_rows_match_a_model(mz_kv *kv)
{
    static uint32_t model[MODEL_KEYS]; /* 0: absent */
    static uint32_t pending[MODEL_KEYS];
    memset(model, 0, sizeof model);
    uint32_t seed = 2463534242u;
    for (int round = 0; round < 40; round++) {
        memcpy(pending, model, sizeof model);
        mz_kv_txn *txn = begin(kv, true);
        for (int i = 0; i < 400; i++) {
            uint32_t at = next_random(&seed) % MODEL_KEYS;
            uint8_t bytes[4];
            char key[16];
            snprintf(key, sizeof key, "%u", at);
            pending[at] = next_random(&seed) % 3 == 0 ? 0 : next_random(&seed);
            mz_be32_put(bytes, pending[at]);
            if (pending[at] == 0)
                erase(txn, key);
            else
                put_sized(txn, MZ_TABLE_STATE, text(key), (mz_view){bytes, 4});
        }
        bool is_kept = next_random(&seed) % 4 != 0;
        if (is_kept)
            commit(txn);
        else
            mz_kv_abort(txn);
        if (is_kept)
            memcpy(model, pending, sizeof model);
        txn = begin(kv, false);
        for (uint32_t at = 0; at < MODEL_KEYS; at++) {
            uint8_t bytes[4];
            char key[16];
            snprintf(key, sizeof key, "%u", at);
            mz_be32_put(bytes, model[at]);
            expect_in(txn, MZ_TABLE_STATE, text(key), model[at] != 0 ? &(mz_view){bytes, 4} : NULL);
        }
        mz_kv_abort(txn);
    }
}

/* --- every case over every engine --- */

typedef struct contract {
    const char *name;
    void (*check)(mz_kv *kv);
} contract;

static const contract CONTRACT[] = {
    {"an empty store has no rows",         empty_store_has_no_rows         },
    {"a transaction reads its own writes", transaction_reads_its_own_writes},
    {"abort leaves no trace",              abort_leaves_no_trace           },
    {"erasing nothing is fine",            erase_of_nothing_is_fine        },
    {"sizes reach their limits",           sizes_reach_their_limits        },
    {"keys are in memcmp order",           keys_are_in_memcmp_order        },
    {"tables are apart",                   tables_are_apart                },
    {"a cursor walks both ways",           cursor_walks_both_ways          },
    {"snapshots do not move",              snapshots_do_not_move           },
    {"a snapshot cannot be written",       snapshot_cannot_be_written      },
    {"a snapshot moves between threads",   snapshot_moves_between_threads  },
    {"writers wait for each other",        writers_wait_for_each_other     },
    {"the largest transaction fits",       largest_transaction_fits        },
    {"tables that grow take any order",    growing_tables_take_any_order   },
    {"many rows match a model",            many_rows_match_a_model         },
};

typedef struct contract_row {
    engine_kind kind;
    const contract *contract;
    char name[80];
} contract_row;

static void check_row(void **state)
{
    const contract_row *row = *state;
    test_store store;
    test_store_open(&store, row->kind);
    row->contract->check(store.kv);
    test_store_close(&store);
}

int main(void)
{
    static const char *const kind_names[ENGINE_KIND_COUNT] = {"memory", "lmdb"};
    static contract_row rows[ENGINE_KIND_COUNT * ARRAY_LEN(CONTRACT)];
    static struct CMUnitTest tests[ARRAY_LEN(rows)];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        rows[i].kind = (engine_kind)(i / ARRAY_LEN(CONTRACT));
        rows[i].contract = &CONTRACT[i % ARRAY_LEN(CONTRACT)];
        snprintf(rows[i].name, sizeof rows[i].name, "%s: %s", kind_names[rows[i].kind],
                 rows[i].contract->name);
        tests[i] = (struct CMUnitTest){
            .name = rows[i].name, .test_func = check_row, .initial_state = &rows[i]};
    }
    return cmocka_run_group_tests_name("kv", tests, NULL, NULL);
}
