/* test_changes.c — the change set: reading through, undoing, walking, flushing; by hand, and seeded
 * at random against a plain map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/changes.h"
#include "kv_engines.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))
#define TABLE MZ_TABLE_STATE

static mz_view text(const char *words)
{
    return mz_view_of(words);
}

/* --- a store with the rows b, d, f, and a change set over a write transaction --- */

typedef struct fixture {
    test_store store;
    mz_kv_txn *txn;
    mz_changes *changes;
} fixture;

static void fixture_write(fixture *f, const char *const rows[][2], size_t row_count)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    assert_int_equal(mz_kv_begin_write(f->store.kv, &txn, &why), MZ_OK);
    for (size_t i = 0; i < row_count; i++)
        assert_int_equal(mz_kv_put(txn, TABLE, text(rows[i][0]), text(rows[i][1]), &why), MZ_OK);
    assert_int_equal(mz_kv_commit(txn, &why), MZ_OK);
}

static void fixture_begin(fixture *f)
{
    mz_reason why = {0};
    assert_int_equal(mz_kv_begin_write(f->store.kv, &f->txn, &why), MZ_OK);
    f->changes = mz_changes_new(f->txn);
    assert_non_null(f->changes);
}

static void fixture_open(fixture *f, engine_kind kind)
{
    static const char *const rows[][2] = {
        {"b", "stored b"},
        {"d", "stored d"},
        {"f", "stored f"}
    };
    test_store_open(&f->store, kind);
    fixture_write(f, rows, ARRAY_LEN(rows));
    fixture_begin(f);
}

static void fixture_flush(fixture *f)
{
    mz_reason why = {0};
    assert_int_equal(mz_changes_flush(f->changes, &why), MZ_OK);
    mz_changes_free(f->changes);
    assert_int_equal(mz_kv_commit(f->txn, &why), MZ_OK);
    fixture_begin(f);
}

static void fixture_close(fixture *f)
{
    mz_changes_free(f->changes);
    mz_kv_abort(f->txn);
    test_store_close(&f->store);
}

static void put(fixture *f, const char *key, const char *value)
{
    mz_reason why = {0};
    assert_int_equal(mz_changes_put(f->changes, TABLE, text(key), text(value), &why), MZ_OK);
}

static void erase(fixture *f, const char *key)
{
    mz_reason why = {0};
    assert_int_equal(mz_changes_erase(f->changes, TABLE, text(key), &why), MZ_OK);
}

/* `want` NULL: nothing, and no reason is given. */
static void expect(fixture *f, const char *key, const char *want)
{
    mz_reason why = {0};
    mz_view value = {0};
    mz_status status = mz_changes_get(f->changes, TABLE, text(key), &value, &why);
    assert_int_equal(status, want != NULL ? MZ_OK : MZ_NOT_FOUND);
    assert_int_equal(why.status, MZ_OK);
    if (want != NULL)
        assert_true(mz_view_is(value, want));
}

static void expect_seek(fixture *f, bool is_back, const char *prefix, const char *key,
                        const char *want)
{
    mz_reason why = {0};
    mz_view found = {0};
    mz_view value = {0};
    mz_status status = (is_back ? mz_changes_seek_back : mz_changes_seek)(
        f->changes, TABLE, text(prefix), text(key), &found, &value, &why);
    assert_int_equal(status, want != NULL ? MZ_OK : MZ_NOT_FOUND);
    assert_int_equal(why.status, MZ_OK);
    if (want != NULL)
        assert_true(mz_view_is(found, want));
}

/* --- by hand --- */

static void reads_through_and_remembers(fixture *f)
{
    expect(f, "b", "stored b");
    expect(f, "c", NULL);
    expect(f, "b", "stored b");
    expect(f, "c", NULL);
    put(f, "b", "new b");
    expect(f, "b", "new b");
    erase(f, "b");
    expect(f, "b", NULL);
    put(f, "c", "");
    expect(f, "c", "");
    expect(f, "d", "stored d");
}

static void tables_are_apart(fixture *f)
{
    mz_reason why = {0};
    mz_view value;
    put(f, "b", "new b");
    assert_int_equal(mz_changes_get(f->changes, MZ_TABLE_TOTALS, text("b"), &value, &why),
                     MZ_NOT_FOUND);
    assert_int_equal(mz_changes_put(f->changes, MZ_TABLE_TOTALS, text("b"), text("9"), &why),
                     MZ_OK);
    expect(f, "b", "new b");
}

static void rollback_restores_every_state(fixture *f)
{
    put(f, "changed before", "1");
    erase(f, "d");
    expect(f, "f", "stored f");
    size_t size = mz_changes_size(f->changes);
    mz_mark mark = mz_changes_mark(f->changes);
    put(f, "changed before", "2");
    put(f, "changed before", "3");
    put(f, "d", "back");
    put(f, "f", "other");
    erase(f, "b");
    put(f, "never seen", "x");
    erase(f, "nor this");
    mz_mark inner = mz_changes_mark(f->changes);
    erase(f, "changed before");
    mz_changes_rollback(f->changes, inner);
    expect(f, "changed before", "3");
    mz_changes_rollback(f->changes, mark);
    assert_int_equal(mz_changes_size(f->changes), size);
    expect(f, "changed before", "1");
    expect(f, "d", NULL);
    expect(f, "f", "stored f");
    expect(f, "b", "stored b");
    expect(f, "never seen", NULL);
    expect_seek(f, false, "", "g", NULL);
    expect_seek(f, false, "", "", "b");
    expect_seek(f, false, "", "b\x01", "changed before");
    mz_changes_rollback(f->changes, mark); /* nothing since: nothing happens */
    fixture_flush(f);
    expect(f, "changed before", "1");
    expect(f, "d", NULL);
    expect(f, "nor this", NULL);
}

static void rollback_to_the_start_leaves_nothing(fixture *f)
{
    mz_mark mark = mz_changes_mark(f->changes);
    put(f, "a", "1");
    erase(f, "b");
    mz_changes_rollback(f->changes, mark);
    assert_int_equal(mz_changes_size(f->changes), 0);
    fixture_flush(f);
    expect(f, "a", NULL);
    expect(f, "b", "stored b");
}

static void seeks_merge_both_sources(fixture *f)
{
    static const struct {
        bool is_back;
        const char *prefix;
        const char *key;
        const char *want;
    } rows[] = {
        {false, "",   "",      "a" },
        {false, "",   "a\x01", "b" },
        {false, "",   "b\x01", "e" }, /* d is erased */
        {false, "",   "f\x01", "ga"},
        {false, "",   "gc",    NULL},
        {false, "g",  "",      "ga"},
        {false, "g",  "ga",    "ga"},
        {false, "g",  "gaa",   "gb"},
        {false, "g",  "gbb",   NULL},
        {false, "d",  "",      NULL},
        {false, "c",  "",      NULL},
        {false, "a",  "b",     NULL},
        {true,  "",   "z",     "gb"},
        {true,  "",   "gb",    "gb"},
        {true,  "",   "gaz",   "ga"},
        {true,  "",   "fz",    "f" },
        {true,  "",   "dz",    "b" },
        {true,  "",   "az",    "a" },
        {true,  "",   "A",     NULL},
        {true,  "g",  "z",     "gb"},
        {true,  "g",  "ga",    "ga"},
        {true,  "g",  "g",     NULL},
        {true,  "g",  "f",     NULL},
        {true,  "d",  "z",     NULL},
        {true,  "gb", "ga",    NULL},
    };
    put(f, "a", "1");
    put(f, "b", "over");
    erase(f, "d");
    put(f, "e", "1");
    put(f, "ga", "1");
    put(f, "gb", "1");
    put(f, "gc", "1");
    erase(f, "gc");
    erase(f, "never there");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_seek(f, rows[i].is_back, rows[i].prefix, rows[i].key, rows[i].want);
    mz_reason why = {0};
    mz_view key;
    mz_view value;
    assert_int_equal(mz_changes_seek(f->changes, TABLE, text(""), text("b"), &key, &value, &why),
                     MZ_OK);
    assert_true(mz_view_is(value, "over"));
}

static void prefix_of_highest_bytes(fixture *f)
{
    put(f, "\xff\xff", "1");
    put(f, "\xff\xff\x01", "2");
    put(f, "\xfe", "3");
    expect_seek(f, true, "\xff\xff", "\xff\xff\xff", "\xff\xff\x01");
    expect_seek(f, true, "\xff", "\xff\xff\xff", "\xff\xff\x01");
    expect_seek(f, true, "\xfe", "\xff", "\xfe");
    expect_seek(f, false, "\xff", "", "\xff\xff");
}

static void flush_writes_and_forgets(fixture *f)
{
    put(f, "b", "new b");
    put(f, "c", "new c");
    erase(f, "d");
    erase(f, "never there");
    assert_true(mz_changes_size(f->changes) > 0);
    mz_reason why = {0};
    assert_int_equal(mz_changes_flush(f->changes, &why), MZ_OK);
    assert_int_equal(mz_changes_size(f->changes), 0);
    assert_int_equal(mz_changes_mark(f->changes).position, 0);
    expect(f, "b", "new b"); /* now from the transaction */
    put(f, "e", "second batch");
    fixture_flush(f);
    expect(f, "b", "new b");
    expect(f, "c", "new c");
    expect(f, "d", NULL);
    expect(f, "e", "second batch");
    expect(f, "f", "stored f");
}

/* An empty value is not the same as none. */
static void flush_tells_empty_from_absent(fixture *f)
{
    put(f, "empty", "");
    fixture_flush(f);
    expect(f, "empty", "");
    expect(f, "absent", NULL);
    erase(f, "empty");
    put(f, "absent", "");
    fixture_flush(f);
    expect(f, "empty", NULL);
    expect(f, "absent", "");
}

static void size_counts_what_would_be_written(fixture *f)
{
    assert_int_equal(mz_changes_size(f->changes), 0);
    expect(f, "b", "stored b");
    assert_int_equal(mz_changes_size(f->changes), 0);
    put(f, "ab", "123");
    assert_int_equal(mz_changes_size(f->changes), 5);
    put(f, "ab", "1");
    assert_int_equal(mz_changes_size(f->changes), 3);
    erase(f, "ab");
    assert_int_equal(mz_changes_size(f->changes), 2);
    put(f, "b", "stored b"); /* as it is stored: no change */
    assert_int_equal(mz_changes_size(f->changes), 2);
}

static void large_values_pass_through(fixture *f)
{
    static uint8_t bytes[MZ_KV_VALUE_MAX];
    memset(bytes, 0x5a, sizeof bytes);
    mz_view large = {bytes, sizeof bytes};
    mz_reason why = {0};
    mz_view value;
    assert_int_equal(mz_changes_put(f->changes, TABLE, text("large"), large, &why), MZ_OK);
    fixture_flush(f);
    for (int i = 0; i < 2; i++) { /* too large to be remembered: read twice */
        assert_int_equal(mz_changes_get(f->changes, TABLE, text("large"), &value, &why), MZ_OK);
        assert_true(mz_view_equal(value, large));
    }
    mz_mark mark = mz_changes_mark(f->changes);
    put(f, "large", "small");
    mz_changes_rollback(f->changes, mark);
    assert_int_equal(mz_changes_get(f->changes, TABLE, text("large"), &value, &why), MZ_OK);
    assert_true(mz_view_equal(value, large));
}

static void many_rows_outgrow_every_first_size(fixture *f)
{
    mz_reason why = {0};
    uint8_t key[8];
    mz_mark mark = mz_changes_mark(f->changes);
    for (int pass = 0; pass < 2; pass++) {
        mz_changes_rollback(f->changes, mark);
        for (uint64_t i = 0; i < 20000; i++) {
            mz_be64_put(key, i * 7919 % 20011);
            assert_int_equal(
                mz_changes_put(f->changes, TABLE, (mz_view){key, 8}, (mz_view){key, 8}, &why),
                MZ_OK);
        }
    }
    fixture_flush(f);
    mz_view found;
    mz_view value;
    mz_view last = {0};
    uint8_t copy[9] = {0};
    size_t count = 0;
    while (mz_changes_seek(f->changes, TABLE, text(""), last, &found, &value, &why) == MZ_OK) {
        if (found.size == 8) {
            assert_true(mz_view_equal(found, value));
            count++;
        }
        memcpy(copy, found.data, found.size);
        copy[found.size] = 0; /* the successor of the key found */
        last = (mz_view){copy, found.size + 1};
    }
    assert_int_equal(count, 20000);
}

/* --- at random, against a plain map --- */

#define MODEL_KEYS 200
#define MODEL_DEPTH 4
#define NOTHING 0u

/* Row i of the map is the value of key i, NOTHING when absent. */
typedef struct model {
    uint32_t rows[MODEL_KEYS];
} model;

static uint32_t next_random(uint32_t *seed) /* xorshift: the same on every machine */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Keys in order of i: two letters and, for odd i, a zero byte more, so that keys are prefixes of
 * keys. */
static mz_view model_key(uint32_t i, uint8_t bytes[3])
{
    bytes[0] = (uint8_t)(i / 2 / 10 + 0xf0);
    bytes[1] = (uint8_t)(i / 2 % 10 + 0xf6);
    bytes[2] = 0;
    return (mz_view){bytes, i % 2 == 0 ? 2 : 3};
}

static mz_view model_value(uint32_t value, uint8_t bytes[4])
{
    mz_be32_put(bytes, value);
    return (mz_view){bytes, 4};
}

static void model_step(fixture *f, model *map, uint32_t *seed)
{
    mz_reason why = {0};
    uint8_t key_bytes[3];
    uint8_t value_bytes[4];
    uint32_t i = next_random(seed) % MODEL_KEYS;
    mz_view key = model_key(i, key_bytes);
    mz_view value;
    switch (next_random(seed) % 4) {
    case 0:
        map->rows[i] = NOTHING;
        assert_int_equal(mz_changes_erase(f->changes, TABLE, key, &why), MZ_OK);
        break;
    case 1:
        map->rows[i] = 1 + next_random(seed) % 3; /* few values, so that some repeat */
        value = model_value(map->rows[i], value_bytes);
        assert_int_equal(mz_changes_put(f->changes, TABLE, key, value, &why), MZ_OK);
        break;
    default:
        if (map->rows[i] == NOTHING) {
            assert_int_equal(mz_changes_get(f->changes, TABLE, key, &value, &why), MZ_NOT_FOUND);
        } else {
            assert_int_equal(mz_changes_get(f->changes, TABLE, key, &value, &why), MZ_OK);
            assert_true(mz_view_equal(value, model_value(map->rows[i], value_bytes)));
        }
    }
}

static bool model_holds(const model *map, uint32_t i, mz_view prefix)
{
    uint8_t bytes[3];
    mz_view key = model_key(i, bytes);
    return map->rows[i] != NOTHING && key.size >= prefix.size &&
           (prefix.size == 0 || memcmp(bytes, prefix.data, prefix.size) == 0);
}

/* One seek each way, from a random key among a random prefix. */
static void model_seek(fixture *f, const model *map, uint32_t *seed)
{
    uint8_t from_bytes[3];
    uint8_t prefix_bytes[3];
    uint32_t from = next_random(seed) % MODEL_KEYS;
    mz_view key = model_key(from, from_bytes);
    mz_view prefix = model_key(next_random(seed) % MODEL_KEYS, prefix_bytes);
    prefix.size = next_random(seed) % (prefix.size + 1);
    bool is_back = next_random(seed) % 2 == 0;
    uint32_t want = from;
    while (want < MODEL_KEYS && !model_holds(map, want, prefix))
        want = is_back ? want - 1 : want + 1; /* 0 - 1 is above MODEL_KEYS, too */
    mz_reason why = {0};
    mz_view found;
    mz_view value;
    mz_status status = (is_back ? mz_changes_seek_back : mz_changes_seek)(
        f->changes, TABLE, prefix, key, &found, &value, &why);
    if (want >= MODEL_KEYS) {
        assert_int_equal(status, MZ_NOT_FOUND);
        return;
    }
    uint8_t want_bytes[3];
    uint8_t value_bytes[4];
    assert_int_equal(status, MZ_OK);
    assert_true(mz_view_equal(found, model_key(want, want_bytes)));
    assert_true(mz_view_equal(value, model_value(map->rows[want], value_bytes)));
}

/* Marks and rollbacks nested up to MODEL_DEPTH, then a flush, and sometimes an abort. */
static void model_batch(fixture *f, model *committed, uint32_t *seed)
{
    model states[MODEL_DEPTH];
    mz_mark marks[MODEL_DEPTH];
    size_t depth = 0;
    model now = *committed;
    for (int i = 0; i < 400; i++) {
        uint32_t what = next_random(seed) % 40;
        if (what == 0 && depth < MODEL_DEPTH) {
            states[depth] = now;
            marks[depth++] = mz_changes_mark(f->changes);
        } else if (what == 1 && depth > 0) {
            depth = next_random(seed) % depth;
            mz_changes_rollback(f->changes, marks[depth]);
            now = states[depth];
        } else if (what < 20) {
            model_seek(f, &now, seed);
        } else {
            model_step(f, &now, seed);
        }
    }
    if (next_random(seed) % 4 == 0) {
        mz_changes_free(f->changes);
        mz_kv_abort(f->txn);
        fixture_begin(f);
    } else {
        fixture_flush(f);
        *committed = now;
    }
}

static void matches_a_plain_map(fixture *f)
{
    const char *given = getenv("MZ_TEST_SEED");
    uint32_t seed = given != NULL ? (uint32_t)strtoul(given, NULL, 10) : 20240901u;
    model committed = {0};
    print_message("seed %u\n", seed);
    erase(f, "b"); /* the map begins empty */
    erase(f, "d");
    erase(f, "f");
    fixture_flush(f);
    for (int round = 0; round < 200; round++)
        model_batch(f, &committed, &seed);
}

/* --- every case over every engine --- */

typedef struct test_case {
    const char *name;
    void (*check)(fixture *f);
} test_case;

static const test_case CASES[] = {
    {"reads through and remembers",            reads_through_and_remembers         },
    {"tables are apart",                       tables_are_apart                    },
    {"a rollback restores every state",        rollback_restores_every_state       },
    {"a rollback to the start leaves nothing", rollback_to_the_start_leaves_nothing},
    {"seeks merge both sources",               seeks_merge_both_sources            },
    {"a prefix of highest bytes has an end",   prefix_of_highest_bytes             },
    {"a flush writes and forgets",             flush_writes_and_forgets            },
    {"the size is what would be written",      size_counts_what_would_be_written   },
    {"a flush tells empty from absent",        flush_tells_empty_from_absent       },
    {"large values pass through",              large_values_pass_through           },
    {"many rows outgrow every first size",     many_rows_outgrow_every_first_size  },
    {"random steps match a plain map",         matches_a_plain_map                 },
};

typedef struct case_row {
    engine_kind kind;
    const test_case *test;
    char name[80];
} case_row;

static void check_row(void **state)
{
    const case_row *row = *state;
    fixture f;
    fixture_open(&f, row->kind);
    row->test->check(&f);
    fixture_close(&f);
}

int main(void)
{
    static const char *const kind_names[ENGINE_KIND_COUNT] = {"memory", "lmdb"};
    static case_row rows[ENGINE_KIND_COUNT * ARRAY_LEN(CASES)];
    static struct CMUnitTest tests[ARRAY_LEN(rows)];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        rows[i].kind = (engine_kind)(i / ARRAY_LEN(CASES));
        rows[i].test = &CASES[i % ARRAY_LEN(CASES)];
        snprintf(rows[i].name, sizeof rows[i].name, "%s: %s", kind_names[rows[i].kind],
                 rows[i].test->name);
        tests[i] = (struct CMUnitTest){
            .name = rows[i].name, .test_func = check_row, .initial_state = &rows[i]};
    }
    return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
