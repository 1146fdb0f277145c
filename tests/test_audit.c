/* test_audit.c — what an audit proves and what it does not let pass: one honest log, and the same
 * log after each thing that somebody could do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit_place.h"
#include "log/bundle.h"
#include "log/files.h"
#include "log_fixture.h"

static void test_honest(void **state)
{
    place *p = *state;
    place_given_honest(p);
    place_must_prove(p);
    const mz_hash root = world_root(p->w, p->w->count);
    assert_true(mz_hash_equal(&p->result.root, &root));
    assert_int_equal(p->result.size, p->w->count);
    place_verdict_is(p, "integrity", "proved");
    place_verdict_is(p, "accuracy", "proved");
    place_verdict_is(p, "existence", "needs_people");
    place_verdict_is(p, "related_parties", "proved");
    const json_t *fund = json_array_get(json_object_get(p->result.report, "funds"), 0);
    assert_int_equal(json_integer_value(json_object_get(fund, "balance_fen")), 70000);
    assert_int_equal(json_integer_value(json_object_get(fund, "reserved_fen")), 0);
    const json_t *lines = json_object_get(p->result.report, "bank_lines");
    assert_int_equal(json_array_size(lines), 2);
    const json_t *line = json_array_get(lines, 1);
    assert_string_equal(json_string_value(json_object_get(line, "account")), "bank-a");
    assert_string_equal(json_string_value(json_object_get(line, "bank_ref")), "out-1");
    assert_int_equal(json_integer_value(json_object_get(line, "amount_fen")), 30000);
}

static void test_bundle(void **state)
{
    place *p = *state;
    p->w = charity_honest();
    world_write_pin(p->w, p->pin, "log");
    world_write(p->w, p->other);
    p->options.path = p->other;
    place_must_prove(p);
    json_t *ledger = place_of_log(p);
    world_write_bundle(p->w, p->dir);
    p->options.path = p->dir;
    place_must_prove(p);
    json_t *bundle = place_of_log(p);
    assert_true(json_equal(ledger, bundle));
    json_decref(ledger);
    json_decref(bundle);
}

/* What `mingzhang export` writes, from a ledger that the log itself wrote. */
static void test_real_log(void **state)
{
    place *p = *state;
    mz_signer signer;
    mz_log *log = NULL;
    mz_buf text;
    mz_bundle_result exported;
    char pin[PATH_SIZE + 64], manifest[PATH_SIZE + 64];
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = p->dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &text);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&text), MZ_SAMPLE_START_MS, &log, &p->why),
                     MZ_OK);
    for (uint64_t i = 1; i < 40; i++) {
        mz_submission one;
        mz_sample_party(i, MZ_SAMPLE_START_MS, &text);
        mz_submission_init(&one, mz_buf_view(&text));
        assert_int_equal(mz_log_append(log, &one, 1, MZ_SAMPLE_START_MS, &p->why), MZ_OK);
        mz_submission_clear(&one);
    }
    mz_buf_clear(&text);
    assert_int_equal(mz_bundle_export(log, p->other, &exported, &p->why), MZ_OK);
    mz_log_close(log);
    assert_true(mz_log_pin_path(p->dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin));
    p->options.pin_file = pin;
    place_must_prove(p);
    assert_int_equal(p->result.size, 40);
    json_t *ledger = place_of_log(p);
    (void)snprintf(manifest, sizeof manifest, "%s/manifest.json", p->other);
    world_write_file(manifest, mz_view_of("not what it was\n")); /* it proves nothing either way */
    p->options.path = p->other;
    place_must_prove(p);
    json_t *bundle = place_of_log(p);
    assert_true(json_equal(ledger, bundle));
    json_decref(ledger);
    json_decref(bundle);
}

/* --- what somebody could do to a ledger's files --- */

typedef struct tampering {
    const char *name;
    void (*tamper)(place *p);
    const char *code;
    long long index;
} tampering;

static void flip(place *p, mz_table table, uint64_t key, size_t at)
{
    mz_buf value;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    world_get(p->dir, table, key, &value);
    assert_true(at < value.size);
    value.data[at] ^= 1;
    const mz_view changed = mz_buf_view(&value);
    world_put(p->dir, table, key, &changed);
    mz_buf_clear(&value);
}

static void flip_signature(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, p->w->leaves[5].size - 40);
}

static void flip_payload(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, p->w->leaves[5].size - 200);
}

static void flip_time(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, 12); /* the last digit: a millisecond */
}

static void flip_genesis(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 0, 100);
}

static void swap(place *p)
{
    /* Two enrolments, confirmed later: each is as good in the other's place. */
    const mz_view left = {p->w->leaves[1].data, p->w->leaves[1].size};
    const mz_view right = {p->w->leaves[3].data, p->w->leaves[3].size};
    world_put(p->dir, MZ_TABLE_ENTRIES, 1, &right);
    world_put(p->dir, MZ_TABLE_ENTRIES, 3, &left);
}

static void drop(place *p)
{
    world_put(p->dir, MZ_TABLE_ENTRIES, 7, NULL);
}

static void cut_last(place *p)
{
    world_put(p->dir, MZ_TABLE_ENTRIES, p->w->count - 1, NULL);
}

static void drop_last_note(place *p)
{
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, p->w->count, NULL);
}

static void flip_note(place *p)
{
    flip(p, MZ_TABLE_CHECKPOINTS, 6, strlen(MZ_SAMPLE_ORIGIN) + 5);
}

static void forge_note(place *p)
{
    const mz_hash root = world_root(p->w, 6);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(p->w, 6, "somebody", &root, &note);
    const mz_view forged = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 6, &forged);
    mz_buf_clear(&note);
}

/* By the log's own key: two roots for one size. */
static void fork_note(place *p)
{
    const mz_hash root = world_root(p->w, 5);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(p->w, 6, "log", &root, &note);
    const mz_view forged = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 6, &forged);
    mz_buf_clear(&note);
}

static void move_note(place *p)
{
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_get(p->dir, MZ_TABLE_CHECKPOINTS, 6, &note);
    const mz_view moved = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 7, &moved);
    mz_buf_clear(&note);
}

static const tampering TAMPERINGS[] = {
    {"a signature's bit is turned",               flip_signature, "entry_signature",      5 },
    {"a payload's bit is turned",                 flip_payload,   NULL,                   5 },
    {"a log time is moved by a millisecond",      flip_time,      NULL,                   -1},
    {"a bit of entry 0 is turned",                flip_genesis,   "genesis",              0 },
    {"two entries change places",                 swap,           NULL,                   -1},
    {"an entry is dropped",                       drop,           "entry_missing",        7 },
    {"the last entry is cut off",                 cut_last,       "entry_missing",        -1},
    {"the last checkpoint is dropped",            drop_last_note, "no_checkpoint",        -1},
    {"a checkpoint's bit is turned",              flip_note,      "checkpoint_signature", 6 },
    {"a checkpoint is another key's",             forge_note,     "checkpoint_signature", 6 },
    {"a checkpoint by the log has another root",  fork_note,      "checkpoint_root",      6 },
    {"a checkpoint is published as another size", move_note,      "checkpoint_root",      7 },
};

static void test_tampering(void **state)
{
    place *p = *state;
    place_given_honest(p);
    place_must_prove(p);
    for (size_t i = 0; i < sizeof TAMPERINGS / sizeof TAMPERINGS[0]; i++) {
        const tampering *t = &TAMPERINGS[i];
        (void)snprintf(p->dir, sizeof p->dir, "%s/tampered-%zu", p->root, i);
        world_write(p->w, p->dir);
        t->tamper(p);
        place_audit(p);
        if (p->result.proved)
            fail_msg("%s: not noticed", t->name);
        const char *code = place_failure_code(p);
        const long long index = json_integer_value(
            json_object_get(json_object_get(p->result.report, "failure"), "index"));
        if ((t->code != NULL && strcmp(code, t->code) != 0) || (t->index >= 0 && index != t->index))
            fail_msg("%s: found as %s at %lld", t->name, code, index);
    }
}

/* Every byte of a leaf and of a checkpoint matters. */
static void test_every_byte(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 5);
    place_publish(p);
    mz_buf value;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    for (int round = 0; round < 2; round++) {
        const mz_table table = round == 0 ? MZ_TABLE_ENTRIES : MZ_TABLE_CHECKPOINTS;
        const uint64_t key = round == 0 ? 2 : 3;
        world_get(p->dir, table, key, &value);
        const mz_view whole = mz_buf_view(&value);
        for (size_t at = 0; at < whole.size; at += 7) {
            flip(p, table, key, at);
            place_audit(p);
            if (p->result.proved)
                fail_msg("%s: byte %zu", mz_table_name(table), at);
            world_put(p->dir, table, key, &whole);
        }
    }
    mz_buf_clear(&value);
    place_must_prove(p);
}

/* --- what the holder of the log's key could do --- */

static void must_break(place *p, const char *code, size_t index, const char *reason)
{
    place_publish(p);
    place_must_fail(p, code, (long long)index);
    const json_t *why = json_object_get(json_object_get(p->result.report, "failure"), "reason");
    if (reason != NULL)
        assert_string_equal(json_string_value(json_object_get(why, "code")), reason);
}

static void test_payout_without_approval(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    charity_gift(w, 100000, "", "1");
    const size_t filing = charity_file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    charity_adopt(w, "meals-1", filing);
    const size_t at = charity_pay(w, "meals-1", "canteen", 30000, "1", EVIDENCE("01"));
    must_break(p, "rule", at, "wrong_stage");
    place_verdict_is(p, "authorisation", "failed");
    place_verdict_is(p, "accuracy", "unproved");
}

static void test_too_few_votes(void **state)
{
    place *p = *state;
    char hash[65];
    world *w = p->w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    charity_gift(w, 100000, "", "1");
    const size_t filing = charity_file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    world_leaf_hash(w, filing, hash);
    world_add(w, "mem-a", "vote.cast", "fund-a",
              "{'proposal':'meals-1','filing_sha256':'%s','epoch':1,'choice':'approve'}", hash);
    const size_t at = world_add(w, "mem-a", "application.sent", "fund-a", "{'proposal':'meals-1'}");
    must_break(p, "rule", at, "wrong_stage");
}

static void test_payout_after_completion(void **state)
{
    place *p = *state;
    p->w = charity_honest();
    const size_t at = charity_pay(p->w, "meals-1", "canteen", 1, "9", EVIDENCE("03"));
    must_break(p, "rule", at, NULL);
}

static void test_time_backwards(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 3);
    p->w->now_ms -= 1;
    world_parties(p->w, 1);
    must_break(p, "time_backwards", 4, NULL);
}

static void test_jti_twice(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 2);
    p->w->number--;
    world_add(p->w, "reg-a", "party.registered", NULL,
              "{'party':'q','kind':'collective','name':'邻里'}");
    must_break(p, "rule", 3, "jti_conflict");
    place_verdict_is(p, "integrity", "failed");
}

static void test_unknown_signer(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 2);
    world_add(p->w, "nobody", "party.registered", NULL,
              "{'party':'q','kind':'collective','name':'邻里'}");
    must_break(p, "entry_signature", 3, "unknown_key");
}

/* A whole log of its own under the true log's key: good in itself, but not the one that is trusted.
 */
static void test_other_genesis(void **state)
{
    place *p = *state;
    p->w = charity_honest();
    world *forged = world_new_at(1);
    world_parties(forged, 20);
    world_write(forged, p->dir);
    world_write_pin(forged, p->pin, "log");
    place_must_prove(p); /* with its own pin */
    world_write_pin(p->w, p->pin, "log");
    place_must_fail(p, "genesis", 0);
    world_free(forged);
}

static void test_other_pins(void **state)
{
    place *p = *state;
    place_given_honest(p);
    world_write_pin(p->w, p->pin, "somebody");
    place_must_fail(p, "pin_key", -1);
    world_write_file(p->pin, mz_view_of("not a pin\n"));
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_BAD_POLICY);
}

static size_t amend(world *w)
{
    mz_buf key;
    mz_buf_init(&key, 1024);
    mz_sample_put_log_key(&key, "log-2");
    const size_t at =
        world_add(w, "reg-a", "ledger.amended", NULL, "{'log_key':%s}", (const char *)key.data);
    mz_buf_clear(&key);
    return world_confirm(w, at, NULL);
}

/* The old key signs the checkpoint that holds the confirmation, the new one from the next on. */
static void test_log_key_replaced(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    world_parties(w, 4);
    const size_t confirmed = amend(w);
    world_parties(w, 10);
    w->rotated = (confirmed / w->every + 1) * w->every;
    place_publish(p);
    place_must_prove(p);
    world_write_pin(w, p->pin, "log-2"); /* a pin renewed since */
    place_must_prove(p);
    world_write_pin(w, p->pin, "log-3");
    place_must_fail(p, "pin_key", -1);
    world_write_pin(w, p->pin, "log");
    (void)snprintf(p->dir, sizeof p->dir, "%s/early", p->root);
    w->rotated -= w->every; /* the new key a checkpoint too early */
    world_write(w, p->dir);
    const size_t wrong = w->rotated + w->every;
    place_must_fail(p, "checkpoint_signature", (long long)wrong);
    (void)snprintf(p->dir, sizeof p->dir, "%s/late", p->root);
    w->rotated += 2 * w->every; /* or too late */
    world_write(w, p->dir);
    place_must_fail(p, "checkpoint_signature", (long long)w->rotated);
}

/* --- older checkpoints and receipts --- */

static void write_since(place *p, const world *w, size_t size, const char *key)
{
    const mz_hash root = world_root(w, size);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(w, size, key, &root, &note);
    world_write_file(p->other, mz_buf_view(&note));
    mz_buf_clear(&note);
}

static void test_since(void **state)
{
    place *p = *state;
    const char *files[1] = {p->other};
    place_given_honest(p);
    world *other = world_new();
    world_parties(other, 60);
    p->options.since = files;
    p->options.since_count = 1;
    write_since(p, p->w, 7, "log"); /* kept by somebody; never published */
    place_must_prove(p);
    write_since(p, p->w, p->w->count, "log");
    place_must_prove(p);
    write_since(p, p->w, 7, "somebody");
    place_must_fail(p, "since_signature", 7);
    write_since(p, other, 7, "log");
    place_must_fail(p, "since_root", 7);
    place_verdict_is(p, "completeness", "failed");
    place_verdict_is(p, "accuracy", "proved"); /* the log itself was replayed */
    write_since(p, other, 61, "log");
    place_must_fail(p, "since_beyond", 61);
    p->options.state_dir = p->state; /* below what an earlier audit saw */
    p->options.since_count = 0;
    place_must_prove(p);
    p->options.since_count = 1;
    write_since(p, p->w, 7, "log");
    place_must_prove(p);
    write_since(p, other, 7, "log");
    place_must_fail(p, "since_root", 7);
    world_free(other);
}

static void test_receipts(void **state)
{
    place *p = *state;
    mz_signer signer;
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_buf text, receipt;
    char pin[PATH_SIZE + 64];
    bool proved = false;
    json_t *report = NULL;
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = p->dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_buf_init(&receipt, 600000);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &text);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&text), MZ_SAMPLE_START_MS, &log, &p->why),
                     MZ_OK);
    for (uint64_t i = 1; i < 6; i++) {
        mz_submission one;
        mz_sample_party(i, MZ_SAMPLE_START_MS, &text);
        mz_submission_init(&one, mz_buf_view(&text));
        assert_int_equal(mz_log_append(log, &one, 1, MZ_SAMPLE_START_MS, &p->why), MZ_OK);
        mz_submission_clear(&one);
    }
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_receipt(snapshot, 3, &receipt, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    assert_true(mz_log_pin_path(p->dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin));
    for (size_t at = 0; at <= receipt.size; at += 5) {
        const bool whole = at == 0;
        if (!whole)
            receipt.data[at - 1] ^= 1;
        world_write_file(p->other, mz_buf_view(&receipt));
        assert_int_equal(mz_audit_receipt(p->other, pin, &proved, &report, &p->why), MZ_OK);
        if (proved != whole)
            fail_msg("a receipt with byte %zu altered", at);
        json_decref(report);
        if (!whole)
            receipt.data[at - 1] ^= 1;
    }
    const char *files[1] = {p->other};
    world_write_file(p->other, mz_buf_view(&receipt));
    p->options.pin_file = pin;
    p->options.since = files;
    p->options.since_count = 1;
    place_must_prove(p);
    world_write_file(p->other, mz_view_of("nothing\n"));
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_BAD_NOTE);
    mz_buf_clear(&text);
    mz_buf_clear(&receipt);
}

/* --- one audit after another --- */

static void test_state(void **state)
{
    place *p = *state;
    p->w = charity_honest();
    place_audit_in_parts(p);
}

static void test_state_of_another_past(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 30);
    place_publish(p);
    p->options.state_dir = p->state;
    place_must_prove(p);
    world *other = world_new(); /* the same log until entry 10, then another past */
    world_parties(other, 9);
    other->now_ms += 1;
    world_parties(other, 40);
    (void)snprintf(p->dir, sizeof p->dir, "%s/rewritten", p->root);
    world_write(other, p->dir);
    place_must_fail(p, "not_an_extension", 31);
    place_verdict_is(p, "completeness", "failed");
    other->every = 100; /* no checkpoint at 31 to compare with */
    (void)snprintf(p->dir, sizeof p->dir, "%s/hidden", p->root);
    world_write(other, p->dir);
    place_must_fail(p, "not_an_extension", 31);
    p->w->count = 20; /* an old copy */
    (void)snprintf(p->dir, sizeof p->dir, "%s/old", p->root);
    world_write(p->w, p->dir);
    place_must_fail(p, "state_beyond", 20);
    p->w->count = 31;
    world_free(other);
    other = world_new_at(5);
    world_write_pin(other, p->pin, "log");
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
    world_free(other);
}

/* Batches, their order, and keys that are enrolled while others are checked. */
static void test_pipeline(void **state)
{
    place *p = *state;
    static const unsigned THREADS[] = {1, 2, 4, 7};
    json_t *first = NULL;
    p->w = world_new();
    p->w->every = 7;
    for (int i = 0; i < 12; i++) {
        char actor[32];
        (void)snprintf(actor, sizeof actor, "reg-%d", i);
        world_enrol(p->w, actor, "registrar", "");
        world_parties(p->w, 251);
        world_add(p->w, actor, "party.registered", NULL,
                  "{'party':'of-%d','kind':'collective','name':'邻里'}", i);
    }
    place_publish(p);
    p->options.as_of_ms = p->w->now_ms;
    for (size_t i = 0; i < sizeof THREADS / sizeof THREADS[0]; i++) {
        p->options.threads = THREADS[i];
        place_must_prove(p);
        assert_int_equal(p->result.size, p->w->count);
        json_t *report = place_of_log(p);
        if (first == NULL)
            first = json_incref(report);
        assert_true(json_equal(first, report));
        json_decref(report);
    }
    json_decref(first);
    flip(p, MZ_TABLE_ENTRIES, 2500, p->w->leaves[2500].size - 40);
    place_must_fail(p, "entry_signature", 2500);
}

static void test_not_a_log(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_write_pin(p->w, p->pin, "log");
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
    p->options.path = p->root;
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_honest),         PLACE_TEST(test_bundle),
        PLACE_TEST(test_real_log),       PLACE_TEST(test_tampering),
        PLACE_TEST(test_every_byte),     PLACE_TEST(test_payout_without_approval),
        PLACE_TEST(test_too_few_votes),  PLACE_TEST(test_payout_after_completion),
        PLACE_TEST(test_time_backwards), PLACE_TEST(test_jti_twice),
        PLACE_TEST(test_unknown_signer), PLACE_TEST(test_other_genesis),
        PLACE_TEST(test_other_pins),     PLACE_TEST(test_log_key_replaced),
        PLACE_TEST(test_since),          PLACE_TEST(test_receipts),
        PLACE_TEST(test_state),          PLACE_TEST(test_state_of_another_past),
        PLACE_TEST(test_pipeline),       PLACE_TEST(test_not_a_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
