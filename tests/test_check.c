/* test_check.c — every bit of every stored value of a small ledger is turned, one at a time,
 * through the kv seam, and the check finds each, with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/uuid.h"
#include "edge/workers.h"
#include "kv/memory.h"
#include "log/check.h"
#include "log/files.h"
#include "log_fixture.h"

#define START MZ_SAMPLE_START_MS
#define ENTRY_COUNT 20
#define ROWS_MAX 4096
/* Every bit; where each check costs ten times as much, under a sanitizer, every 13th. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BIT_STRIDE 13
#else
#define BIT_STRIDE 1
#endif

/* All rows of a ledger, copied out. */
typedef struct row {
    mz_table table;
    uint8_t key[MZ_KV_KEY_MAX];
    size_t key_size;
    uint8_t *value;
    size_t value_size;
} row;

typedef struct image {
    row rows[ROWS_MAX];
    size_t row_count;
} image;

static image IMAGE; /* made once, then only read */

static void append(mz_log *log, mz_buf *texts, size_t count, int64_t now_ms)
{
    mz_submission submissions[8];
    mz_reason why = {0};
    for (size_t i = 0; i < count; i++)
        mz_submission_init(&submissions[i], mz_buf_view(&texts[i]));
    assert_int_equal(mz_log_append(log, submissions, count, now_ms, &why), MZ_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(submissions[i].status, MZ_OK);
        mz_submission_clear(&submissions[i]);
    }
}

/* 20 entries in batches of several sizes, so that every table has rows: entry 0; an auditor, a
 * steward and a cashier enrolled; a fund with a purpose; an income recorded and confirmed; goods
 * with a document and something sealed; a need; and parties. */
static void write_entries(mz_log *log)
{
    mz_buf texts[8];
    uint8_t jti[16];
    char jti_text[MZ_UUID_TEXT_SIZE];
    char body[300];
    for (size_t i = 0; i < 8; i++)
        mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
    mz_sample_enrol("aud-a", "auditor", "", 1, START, &texts[0], &texts[1]);
    mz_sample_sign("reg-a", 3, START, "fund.opened", "fund-a",
                   "{'name':'闻韶社区基金','community':'闻韶社区','agreement_no':'1',"
                   "'account':'bank-a','profile':{}}",
                   &texts[2]);
    mz_sample_sign("reg-a", 4, START, "purpose.defined", "fund-a",
                   "{'purpose':'elders','text':'敬老','categories':['visit','care']}", &texts[3]);
    append(log, texts, 4, START);
    mz_sample_enrol("stew-a", "steward", ",'funds':['fund-a']", 5, START + 1, &texts[0], &texts[1]);
    mz_sample_enrol("cash-a", "cashier", "", 7, START + 1, &texts[2], &texts[3]);
    append(log, texts, 4, START + 1);
    mz_sample_sign("stew-a", 9, START + 2, "income.recorded", "fund-a",
                   "{'kind':'donation','amount_fen':1234500,'received_on':'2026-03-02',"
                   "'purpose':'elders'}",
                   &texts[0]);
    append(log, texts, 1, START + 2);
    mz_sample_jti(9, START + 2, jti);
    mz_uuid_text(jti, jti_text);
    snprintf(body, sizeof body,
             "{'income':'%s','amount_fen':1234500,'purpose':'elders','booked_on':'2026-03-02',"
             "'bank_ref':'B-1','receipt_no':'R-1'}",
             jti_text);
    mz_sample_sign("cash-a", 10, START + 3, "income.confirmed", "fund-a", body, &texts[0]);
    mz_sample_sign("stew-a", 11, START + 3, "goods.received", "fund-a",
                   "{'item':'rice','unit':'袋','quantity':3,'value_fen':null,'basis':'无',"
                   "'_sd':['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],'evidence':[{'sha256':"
                   "'00000000000000000000000000000000000000000000000000000000000000e1','size':1,"
                   "'media_type':'image/png','name':'e.png'}]}",
                   &texts[1]);
    mz_sample_sign("stew-a", 12, START + 3, "need.listed", "fund-a",
                   "{'need':'lamp','kind':'wishes','item':'lamp','count':1,'channel':'visit'}",
                   &texts[2]);
    append(log, texts, 3, START + 3);
    for (uint64_t number = 13; number < ENTRY_COUNT; number++)
        mz_sample_party(number, START + 4, &texts[number - 13]);
    append(log, texts, ENTRY_COUNT - 13, START + 4);
    for (size_t i = 0; i < 8; i++)
        mz_buf_clear(&texts[i]);
}

static void copy_out(mz_kv *kv)
{
    mz_kv_txn *txn = NULL;
    assert_int_equal(mz_kv_begin_read(kv, &txn, NULL), MZ_OK);
    for (unsigned table = 0; table < MZ_TABLE_COUNT; table++) {
        mz_kv_cursor *cursor = NULL;
        assert_int_equal(mz_kv_cursor_open(txn, (mz_table)table, &cursor, NULL), MZ_OK);
        assert_int_equal(mz_kv_cursor_seek(cursor, (mz_view){NULL, 0}, NULL), MZ_OK);
        while (cursor->valid) {
            /* What the engine says of itself is checked by the engine, and is not in memory. */
            bool engines = table == MZ_TABLE_META && !mz_view_is(cursor->key, "ledger");
            assert_true(IMAGE.row_count < ROWS_MAX);
            row *r = &IMAGE.rows[IMAGE.row_count];
            r->table = (mz_table)table;
            r->key_size = cursor->key.size;
            memcpy(r->key, cursor->key.data, cursor->key.size);
            r->value_size = cursor->value.size;
            r->value = malloc(r->value_size + 1);
            assert_non_null(r->value);
            if (r->value_size > 0)
                memcpy(r->value, cursor->value.data, r->value_size);
            if (engines)
                free(r->value);
            else
                IMAGE.row_count++;
            assert_int_equal(mz_kv_cursor_next(cursor, NULL), MZ_OK);
        }
        mz_kv_cursor_close(cursor);
    }
    mz_kv_abort(txn);
}

static int make_image(void **state)
{
    (void)state;
    char root[64];
    char dir[80];
    const char *parent = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/mz-check-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(root));
    snprintf(dir, sizeof dir, "%s/ledger", root);
    mz_signer signer;
    mz_log *log = NULL;
    mz_buf genesis;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_signer("log", &signer);
    mz_sample_genesis(START, &genesis);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    assert_int_equal(mz_log_create(&options, mz_buf_view(&genesis), START, &log, NULL), MZ_OK);
    write_entries(log);
    copy_out(mz_log_kv(log));
    mz_log_close(log);
    mz_buf_clear(&genesis);
    mz_folder_remove(root);
    return 0;
}

static int free_image(void **state)
{
    (void)state;
    for (size_t i = 0; i < IMAGE.row_count; i++)
        free(IMAGE.rows[i].value);
    return 0;
}

static void must(bool holds)
{
    if (!holds)
        abort(); /* of any thread, where cmocka's asserts cannot be used */
}

static void put(mz_kv *kv, const row *r, mz_view value)
{
    mz_kv_txn *txn = NULL;
    must(mz_kv_begin_write(kv, &txn, NULL) == MZ_OK);
    must(mz_kv_put(txn, r->table, (mz_view){r->key, r->key_size}, value, NULL) == MZ_OK);
    must(mz_kv_commit(txn, NULL) == MZ_OK);
}

static void erase(mz_kv *kv, const row *r)
{
    mz_kv_txn *txn = NULL;
    must(mz_kv_begin_write(kv, &txn, NULL) == MZ_OK);
    must(mz_kv_erase(txn, r->table, (mz_view){r->key, r->key_size}, NULL) == MZ_OK);
    must(mz_kv_commit(txn, NULL) == MZ_OK);
}

static mz_kv *ledger_in_memory(void)
{
    mz_kv *kv = mz_memory_new();
    must(kv != NULL);
    for (size_t i = 0; i < IMAGE.row_count; i++)
        put(kv, &IMAGE.rows[i], (mz_view){IMAGE.rows[i].value, IMAGE.rows[i].value_size});
    return kv;
}

static mz_status check(mz_kv *ledger, mz_check_result *result)
{
    mz_kv *scratch = mz_memory_new();
    mz_reason why = {0};
    must(scratch != NULL);
    mz_status status = mz_check_kv(ledger, scratch, NULL, result, &why);
    mz_kv_close(scratch);
    must(status == MZ_OK || why.status == status);
    return status;
}

static bool is_at(const mz_check_result *result, const row *r)
{
    return result->differs && result->table == r->table && result->key_size == r->key_size &&
           memcmp(result->key, r->key, r->key_size) == 0;
}

static void untouched_ledger_is_sound(void **state)
{
    (void)state;
    mz_kv *ledger = ledger_in_memory();
    mz_check_result result;
    assert_int_equal(check(ledger, &result), MZ_OK);
    assert_int_equal(result.size, ENTRY_COUNT);
    assert_int_equal(result.row_count, IMAGE.row_count);
    mz_kv_close(ledger);
}

typedef struct flips {
    mz_kv *ledgers[64]; /* one for each worker */
    size_t found[64];
    size_t missed[64];
    size_t misplaced[64];
    size_t starts[ROWS_MAX + 1]; /* bits before row i */
} flips;

static void flip_bit(void *context, unsigned worker, size_t task)
{
    flips *all = context;
    size_t bit = task * BIT_STRIDE;
    size_t low = 0;
    size_t high = IMAGE.row_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (all->starts[middle] <= bit)
            low = middle;
        else
            high = middle;
    }
    const row *r = &IMAGE.rows[low];
    size_t place = bit - all->starts[low];
    uint8_t *value = malloc(r->value_size);
    must(value != NULL);
    memcpy(value, r->value, r->value_size);
    value[place / 8] ^= (uint8_t)(1u << place % 8);
    put(all->ledgers[worker], r, (mz_view){value, r->value_size});
    mz_check_result result;
    if (check(all->ledgers[worker], &result) == MZ_OK)
        all->missed[worker]++;
    else if (!is_at(&result, r))
        all->misplaced[worker]++;
    else
        all->found[worker]++;
    put(all->ledgers[worker], r, (mz_view){r->value, r->value_size});
    free(value);
}

static void every_bit_matters(void **state)
{
    (void)state;
    flips *all = calloc(1, sizeof *all);
    mz_workers *workers = mz_workers_new(0);
    assert_true(all != NULL && workers != NULL);
    for (size_t i = 0; i < IMAGE.row_count; i++)
        all->starts[i + 1] = all->starts[i] + IMAGE.rows[i].value_size * 8;
    size_t bit_count = (all->starts[IMAGE.row_count] + BIT_STRIDE - 1) / BIT_STRIDE;
    for (unsigned i = 0; i < mz_workers_count(workers); i++)
        all->ledgers[i] = ledger_in_memory();
    mz_workers_run(workers, bit_count, flip_bit, all);
    size_t found = 0;
    size_t missed = 0;
    size_t misplaced = 0;
    for (unsigned i = 0; i < mz_workers_count(workers); i++) {
        found += all->found[i];
        missed += all->missed[i];
        misplaced += all->misplaced[i];
        mz_kv_close(all->ledgers[i]);
    }
    mz_workers_free(workers);
    free(all);
    print_message("%zu bits in %zu rows: %zu found at their place, %zu elsewhere, %zu missed\n",
                  bit_count, IMAGE.row_count, found, misplaced, missed);
    assert_int_equal(missed, 0);
    assert_int_equal(misplaced, 0);
    assert_int_equal(found, bit_count);
}

static void every_lost_row_is_missed(void **state)
{
    (void)state;
    mz_kv *ledger = ledger_in_memory();
    for (size_t i = 0; i < IMAGE.row_count; i++) {
        const row *r = &IMAGE.rows[i];
        mz_check_result result;
        erase(ledger, r);
        mz_status status = check(ledger, &result);
        /* A checkpoint between others says nothing that the next one does not say too; the last one
         * is missed by the entries after it. */
        bool between = r->table == MZ_TABLE_CHECKPOINTS && i + 1 < IMAGE.row_count &&
                       IMAGE.rows[i + 1].table == MZ_TABLE_CHECKPOINTS;
        if (status != (between ? MZ_OK : MZ_CORRUPT))
            fail_msg("row %zu, table %s", i, mz_table_name(r->table));
        put(ledger, r, (mz_view){r->value, r->value_size});
    }
    mz_kv_close(ledger);
}

/* A row too many in each table: after the last, and one whose key is a longer spelling of the
 * first. */
static void every_added_row_is_noticed(void **state)
{
    (void)state;
    mz_kv *ledger = ledger_in_memory();
    for (unsigned table = 0; table < MZ_TABLE_COUNT; table++) {
        static const struct {
            uint8_t key[12];
            size_t size;
        } ADDED[] = {
            {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 8},
            {{0, 0, 0, 0, 0, 0, 0, 3, 0},                      9},
            {{0},                                              1},
        };
        for (size_t i = 0; i < sizeof ADDED / sizeof *ADDED; i++) {
            row added = {.table = (mz_table)table, .key_size = ADDED[i].size};
            memcpy(added.key, ADDED[i].key, ADDED[i].size);
            put(ledger, &added, mz_view_of("x"));
            mz_check_result result;
            if (check(ledger, &result) != MZ_CORRUPT || !is_at(&result, &added))
                fail_msg("table %s, row %zu: %s", mz_table_name((mz_table)table), i, result.what);
            erase(ledger, &added);
        }
    }
    mz_kv_close(ledger);
}

static void pin_of_another_log_differs(void **state)
{
    (void)state;
    mz_kv *ledger = ledger_in_memory();
    mz_hasher *hasher = mz_hasher_new();
    mz_signer signer;
    static const struct {
        const char *name, *key;
        bool genesis;
        mz_status want;
    } CASES[] = {
        {"its own pin",     "log",   true,  MZ_OK     },
        {"another key",     "log-2", true,  MZ_CORRUPT},
        {"another entry 0", "log",   false, MZ_CORRUPT},
    };
    const row *first = NULL;
    for (size_t i = 0; first == NULL; i++)
        if (IMAGE.rows[i].table == MZ_TABLE_ENTRIES)
            first = &IMAGE.rows[i];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        mz_vkey vkey;
        mz_buf text;
        mz_policy *pin = NULL;
        mz_hash genesis = mz_merkle_leaf_hash(hasher, (mz_view){first->value, first->value_size});
        if (!CASES[i].genesis)
            genesis.bytes[31] ^= 1;
        mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
        mz_sample_signer(CASES[i].key, &signer);
        assert_int_equal(mz_vkey_make(hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                                      signer.public_key, &vkey, NULL),
                         MZ_OK);
        mz_pin_put(&text, &vkey, &genesis);
        assert_int_equal(mz_pin_parse(hasher, mz_buf_view(&text), &pin, NULL), MZ_OK);
        mz_check_options options = {.pin = pin};
        mz_check_result result;
        mz_kv *scratch = mz_memory_new();
        mz_status status = mz_check_kv(ledger, scratch, &options, &result, NULL);
        if (status != CASES[i].want)
            fail_msg("%s: %d", CASES[i].name, (int)status);
        mz_kv_close(scratch);
        mz_policy_free(pin);
        mz_buf_clear(&text);
    }
    mz_hasher_free(hasher);
    mz_kv_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untouched_ledger_is_sound),  cmocka_unit_test(every_bit_matters),
        cmocka_unit_test(every_lost_row_is_missed),   cmocka_unit_test(every_added_row_is_noticed),
        cmocka_unit_test(pin_of_another_log_differs),
    };
    return cmocka_run_group_tests(tests, make_image, free_image);
}
