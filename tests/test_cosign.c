/* test_cosign.c — cosignatures on the log's side: which are kept, how they are given out, what a
 * check finds, and what a witness that is asked makes of an old copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/receipt.h"
#include "log/backup.h"
#include "log/bundle.h"
#include "log/check.h"
#include "log/files.h"
#include "log_fixture.h"
#include "witness_world.h"

#define T 1772413200

static int set_up(void **state)
{
    witness_world *w = calloc(1, sizeof *w);
    witness_world_init(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    witness_world_clear(*state);
    free(*state);
    return 0;
}

/* What is given out of `size`: which of the three witnesses, with which times. */
static void given(witness_world *w, uint64_t size, mz_note_seal seals[WITNESS_COUNT])
{
    mz_snapshot *snapshot = NULL;
    mz_checkpoint checkpoint;
    mz_vkey log_key;
    mz_note parsed;
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_cosigned(snapshot, size, &note, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    assert_int_equal(mz_vkey_make(w->hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                                  w->log_signer.public_key, &log_key, NULL),
                     MZ_OK);
    assert_int_equal(mz_checkpoint_open(mz_buf_view(&note), &log_key, &checkpoint, NULL), MZ_OK);
    assert_int_equal(mz_note_parse(mz_buf_view(&note), &parsed, NULL), MZ_OK);
    const mz_status any = mz_note_verify(&parsed, w->keys, WITNESS_COUNT, seals, NULL);
    size_t count = 1;
    for (size_t i = 0; i < WITNESS_COUNT; i++)
        count += seals[i].valid ? 1 : 0;
    assert_int_equal(parsed.signature_count, count); /* and nobody else */
    assert_int_equal(any == MZ_OK, count > 1);
    mz_buf_clear(&note);
}

static uint64_t witnessed(witness_world *w)
{
    mz_snapshot *snapshot = NULL;
    uint64_t size = 77;
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_witnessed(snapshot, &size, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    return size;
}

static size_t keep(witness_world *w, uint64_t size, const mz_buf *lines)
{
    size_t stored = 99;
    assert_int_equal(mz_log_cosign(mz_log_kv(w->log), size, mz_buf_view(lines), &stored, NULL),
                     MZ_OK);
    return stored;
}

static mz_status check(witness_world *w, mz_check_result *result)
{
    mz_log_close(w->log);
    w->log = NULL;
    const mz_status status = mz_check(w->dir, NULL, result, NULL);
    assert_int_equal(mz_log_open(&w->options, &w->log, NULL), MZ_OK);
    return status;
}

static void test_kept(void **state)
{
    witness_world *w = *state;
    mz_note_seal seals[WITNESS_COUNT];
    mz_check_result result;
    mz_buf lines;
    mz_buf_init(&lines, MZ_WITNESS_ANSWER_SIZE_MAX);
    assert_int_equal(witness_world_append(w, 3), 4);
    assert_int_equal(witnessed(w), 0);
    witness_world_cosign(w, 0, 3, T, &lines);
    assert_int_equal(keep(w, 3, &lines), 1);
    assert_int_equal(keep(w, 3, &lines), 0); /* once */
    mz_buf_reset(&lines);
    witness_world_cosign(w, 0, 3, T + 5, &lines);
    assert_int_equal(keep(w, 3, &lines), 0); /* the first time counts */
    assert_int_equal(keep(w, 4, &lines), 0); /* it is of another size */
    given(w, 3, seals);
    assert_true(seals[0].valid && seals[0].unix_s == T && !seals[1].valid);
    assert_int_equal(witnessed(w), 0); /* one of two */
    mz_buf_reset(&lines);
    witness_world_cosign(w, 2, 3, T, &lines); /* whom the log does not know */
    witness_world_cosign(w, 1, 3, T + 1, &lines);
    assert_int_equal(keep(w, 3, &lines), 1);
    given(w, 3, seals);
    assert_true(seals[0].valid && seals[1].valid && !seals[2].valid);
    assert_int_equal(witnessed(w), 3);
    given(w, 4, seals);
    mz_buf_reset(&lines);
    mz_buf_put_text(&lines, "not a line\n");
    assert_int_equal(keep(w, 4, &lines), 0);
    assert_int_equal(mz_log_cosign(mz_log_kv(w->log), 5, mz_buf_view(&lines), NULL, NULL),
                     MZ_NOT_FOUND);
    assert_int_equal(check(w, &result), MZ_OK);
    witness_world_reopen(w);
    given(w, 3, seals);
    assert_true(seals[0].valid && seals[1].valid);
    mz_buf_clear(&lines);
}

/* Witnesses come and go; what was cosigned in their time stays good. */
static void test_amended(void **state)
{
    witness_world *w = *state;
    mz_note_seal seals[WITNESS_COUNT];
    mz_check_result result;
    mz_buf lines, body;
    mz_buf_init(&lines, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_buf_init(&body, 4096);
    witness_world_cosign(w, 0, 1, T, &lines);
    witness_world_cosign(w, 1, 1, T, &lines);
    assert_int_equal(keep(w, 1, &lines), 2);
    assert_int_equal(witnessed(w), 1);
    mz_buf_put_text(&body, "{'witnesses':[");
    witness_world_put(w, 1, &body);
    mz_buf_put_text(&body, ",");
    witness_world_put(w, 2, &body);
    mz_buf_put_text(&body, "],'quorum':1}");
    assert_int_equal(witness_world_amend(w, (const char *)body.data), 3);
    assert_int_equal(witnessed(w), 1); /* one of those now in force is enough */
    mz_buf_reset(&lines);
    witness_world_cosign(w, 0, 3, T, &lines);
    assert_int_equal(keep(w, 3, &lines), 0); /* no longer */
    witness_world_cosign(w, 2, 3, T, &lines);
    assert_int_equal(keep(w, 3, &lines), 1); /* from now on */
    assert_int_equal(witnessed(w), 3);
    given(w, 1, seals);
    assert_true(seals[0].valid && seals[1].valid);
    assert_int_equal(check(w, &result), MZ_OK);
    assert_int_equal(witness_world_amend(w, "{'witnesses':[],'quorum':0}"), 5);
    assert_int_equal(witnessed(w), 0);
    assert_int_equal(check(w, &result), MZ_OK);
    mz_buf_clear(&lines);
    mz_buf_clear(&body);
}

/* --- receipts --- */

static mz_policy *pin_of(witness_world *w, size_t quorum)
{
    mz_policy *pin = NULL;
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    witness_world_pin(w, quorum, &text);
    assert_int_equal(mz_pin_parse(w->hasher, mz_buf_view(&text), &pin, NULL), MZ_OK);
    mz_buf_clear(&text);
    return pin;
}

/* The size that the receipt of an entry is against, 0 when it does not meet the quorum. */
static uint64_t receipt_under(witness_world *w, uint64_t index, const mz_policy *pin)
{
    mz_snapshot *snapshot = NULL;
    mz_checkpoint checkpoint = {.size = 0};
    mz_receipt receipt;
    mz_buf text;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_receipt(snapshot, index, &text, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    assert_int_equal(mz_receipt_parse(mz_buf_view(&text), &receipt, NULL), MZ_OK);
    if (mz_receipt_verify(w->hasher, &receipt, pin, &checkpoint, NULL) != MZ_OK)
        checkpoint.size = 0;
    mz_receipt_clear(&receipt);
    mz_buf_clear(&text);
    return checkpoint.size;
}

static void test_receipts(void **state)
{
    witness_world *w = *state;
    mz_policy *two = pin_of(w, 2), *one = pin_of(w, 1);
    mz_buf lines;
    mz_buf_init(&lines, MZ_WITNESS_ANSWER_SIZE_MAX);
    (void)witness_world_append(w, 5);
    assert_int_equal(receipt_under(w, 2, two), 0);
    witness_world_cosign(w, 0, 6, T, &lines);
    (void)keep(w, 6, &lines);
    assert_int_equal(receipt_under(w, 2, two), 0);
    assert_int_equal(receipt_under(w, 2, one), 6); /* what there is comes with it */
    mz_buf_reset(&lines);
    witness_world_cosign(w, 0, 4, T, &lines);
    witness_world_cosign(w, 1, 4, T, &lines);
    (void)keep(w, 4, &lines);
    assert_int_equal(receipt_under(w, 2, two), 4); /* the latest with enough */
    assert_int_equal(receipt_under(w, 3, two), 4);
    assert_int_equal(receipt_under(w, 4, two), 0); /* which does not hold this one yet */
    assert_int_equal(receipt_under(w, 4, one), 6);
    mz_policy_free(two);
    mz_policy_free(one);
    mz_buf_clear(&lines);
}

/* --- what a check finds --- */

typedef enum damage { FLIP, OTHER_SIZE, OTHER_ID, SHORT_KEY, STRANGER, TWO_LINES } damage;

static const struct {
    const char *name;
    damage what;
    const char *says;
} DAMAGES[] = {
    {"a flipped bit",      FLIP,       "not a cosignature"},
    {"of another size",    OTHER_SIZE, "not a cosignature"},
    {"of no checkpoint",   OTHER_ID,   "no checkpoint"    },
    {"a key that is none", SHORT_KEY,  "the key is not"   },
    {"by a stranger",      STRANGER,   "not a cosignature"},
    {"two lines",          TWO_LINES,  "not a cosignature"},
};

static void damage_row(witness_world *w, damage what)
{
    mz_kv_txn *txn = NULL;
    mz_buf line;
    uint8_t key[12];
    size_t key_size = sizeof key;
    mz_buf_init(&line, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_be64_put(key, 2);
    mz_be32_put(key + 8, w->keys[0].id);
    witness_world_cosign(w, what == STRANGER ? 2 : 0, what == OTHER_SIZE ? 3 : 2, T, &line);
    if (what == FLIP)
        line.data[line.size - 20] ^= 1;
    if (what == OTHER_ID)
        mz_be64_put(key, 99);
    if (what == SHORT_KEY)
        key_size = 8;
    if (what == STRANGER)
        mz_be32_put(key + 8, w->keys[2].id);
    if (what == TWO_LINES)
        witness_world_cosign(w, 0, 2, T, &line);
    assert_int_equal(mz_kv_begin_write(mz_log_kv(w->log), &txn, NULL), MZ_OK);
    assert_int_equal(
        mz_kv_put(txn, MZ_TABLE_COSIGNATURES, (mz_view){key, key_size}, mz_buf_view(&line), NULL),
        MZ_OK);
    assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
    mz_buf_clear(&line);
}

static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DAMAGES / sizeof DAMAGES[0]; i++) {
        witness_world *w = calloc(1, sizeof *w);
        mz_check_result result;
        witness_world_init(w);
        (void)witness_world_append(w, 3);
        damage_row(w, DAMAGES[i].what);
        if (check(w, &result) != MZ_CORRUPT || result.table != MZ_TABLE_COSIGNATURES ||
            strstr(result.what, DAMAGES[i].says) == NULL)
            fail_msg("%s: %s", DAMAGES[i].name, result.what);
        witness_world_clear(w);
        free(w);
    }
}

static void test_bundle(void **state)
{
    witness_world *w = *state;
    char to[128], path[200];
    mz_bundle_result result;
    mz_buf lines, text;
    mz_buf_init(&lines, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_buf_init(&text, MZ_WITNESS_ANSWER_SIZE_MAX);
    (void)witness_world_append(w, 1);
    witness_world_cosign(w, 0, 2, T, &lines);
    witness_world_cosign(w, 1, 2, T, &lines);
    (void)keep(w, 2, &lines);
    (void)snprintf(to, sizeof to, "%s/bundle", w->root);
    assert_int_equal(mz_bundle_export(w->log, to, &result, NULL), MZ_OK);
    assert_int_equal(result.cosignature_count, 2);
    (void)snprintf(path, sizeof path, "%s/cosignatures/0000000000.txt", to);
    assert_int_equal(mz_file_read(path, &text, NULL), MZ_OK);
    assert_int_equal(strncmp((const char *)text.data, "2 ", 2), 0);
    mz_buf_clear(&lines);
    mz_buf_clear(&text);
}

/* --- asking --- */

static mz_asked ask(witness_world *w, size_t i, uint64_t *old_size, mz_status want)
{
    const mz_log_borrow log = mz_log_borrow_kv(mz_log_kv(w->log));
    const mz_witness_transport transport = witness_world_transport(w);
    mz_log_witness witness = {.key = w->keys[i]};
    void *connection = NULL;
    mz_asked asked;
    mz_reason why = {0};
    (void)snprintf(witness.url, sizeof witness.url, "http://w%zu", i);
    assert_int_equal(transport.open(transport.context, &connection, NULL), MZ_OK);
    assert_int_equal(mz_witness_ask(&log, &transport, connection, &witness, old_size, &asked, &why),
                     want);
    assert_int_equal(why.status == MZ_OK, asked.step == MZ_STEP_DONE);
    transport.close(connection);
    return asked;
}

static void test_asked(void **state)
{
    witness_world *w = *state;
    mz_note_seal seals[WITNESS_COUNT];
    uint64_t old_size = 0;
    (void)witness_world_append(w, 4);
    mz_asked asked = ask(w, 0, &old_size, MZ_OK);
    assert_int_equal(asked.step, MZ_STEP_DONE);
    assert_int_equal(asked.size, 5);
    assert_int_equal(old_size, 5);
    assert_int_equal(w->posts[0], 1);
    given(w, 5, seals);
    assert_true(seals[0].valid && seals[0].unix_s == asked.unix_s);
    (void)witness_world_append(w, 2);
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_DONE);
    assert_int_equal(w->posts[0], 2); /* what it knows was remembered */
    (void)witness_world_append(w, 2);
    old_size = 0; /* a log that has just been started */
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_DONE);
    assert_int_equal(w->posts[0], 4);
    w->answers_with[0] = 500;
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_LATER);
    assert_int_equal(w->posts[0], 5);
}

/* The folder as it was before, without its second place's objection. */
static void restore(witness_world *w, const char *backup)
{
    char second[128];
    mz_log_close(w->log);
    w->log = NULL;
    (void)snprintf(second, sizeof second, "%s.checkpoint", w->dir);
    mz_folder_remove(w->dir);
    assert_int_equal(remove(second), 0);
    assert_int_equal(rename(backup, w->dir), 0);
    mz_log_options options = w->options;
    char accepted[160];
    (void)snprintf(accepted, sizeof accepted, "%s/accepted", w->root);
    options.accept_checkpoint = accepted;
    assert_int_equal(mz_log_open(&options, &w->log, NULL), MZ_OK);
}

static void test_old_copy(void **state)
{
    witness_world *w = *state;
    char backup[128], accepted[160];
    mz_backup_result result;
    mz_snapshot *snapshot = NULL;
    mz_view note;
    uint64_t old_size = 0;
    (void)witness_world_append(w, 3);
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_DONE);
    (void)snprintf(backup, sizeof backup, "%s/backup", w->root);
    (void)snprintf(accepted, sizeof accepted, "%s/accepted", w->root);
    assert_int_equal(mz_backup(w->log, backup, true, &result, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, 0, &note, NULL), MZ_OK);
    assert_int_equal(mz_file_create(accepted, note, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    (void)witness_world_append(w, 3);
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_DONE);
    restore(w, backup);
    mz_asked asked = ask(w, 0, &old_size, MZ_OK); /* still thinks of the larger size */
    assert_int_equal(asked.step, MZ_STEP_AHEAD);
    assert_int_equal(asked.known, 7);
    old_size = 0;
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_AHEAD);
    /* Writing on, as if nothing had been: other entries under the same numbers. */
    w->number += 1000;
    (void)witness_world_append(w, 3);
    old_size = 0;
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_FORKED); /* the same size */
    (void)witness_world_append(w, 1);
    assert_int_equal(ask(w, 0, &old_size, MZ_OK).step, MZ_STEP_FORKED); /* beyond it */
}

static void test_not_to_be_had(void **state)
{
    witness_world *w = *state;
    const mz_log_borrow log = mz_log_borrow_kv(NULL);
    const mz_witness_transport transport = witness_world_transport(w);
    const mz_log_witness witness = {.key = w->keys[0], .url = "http://w0"};
    void *connection = NULL;
    uint64_t old_size = 0;
    mz_asked asked;
    assert_int_equal(transport.open(transport.context, &connection, NULL), MZ_OK);
    assert_int_equal(
        mz_witness_ask(&log, &transport, connection, &witness, &old_size, &asked, NULL), MZ_BUSY);
    assert_int_equal(w->posts[0], 0);
    transport.close(connection);
}

#define COSIGN_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        COSIGN_TEST(test_kept),        COSIGN_TEST(test_amended),       COSIGN_TEST(test_receipts),
        cmocka_unit_test(test_damage), COSIGN_TEST(test_bundle),        COSIGN_TEST(test_asked),
        COSIGN_TEST(test_old_copy),    COSIGN_TEST(test_not_to_be_had),
    };
    return cmocka_run_group_tests_name("cosign", TESTS, NULL, NULL);
}
