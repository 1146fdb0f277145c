/* test_audit_witnesses.c — an audit that asks for witnesses: of a ledger and of its bundle, through
 * the pin that the log's own word makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "edge/clock.h"
#include "log/bundle.h"
#include "log/files.h"
#include "log_fixture.h"
#include "witness_world.h"

typedef struct place {
    witness_world world;
    char pin[160];
    unsigned bundles;
} place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    witness_world_init(&p->world);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    witness_world_clear(&p->world);
    free(p);
    return 0;
}

static void write_pin(place *p, size_t quorum)
{
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    witness_world_pin(&p->world, quorum, &text);
    (void)snprintf(p->pin, sizeof p->pin, "%s/pin", p->world.root);
    (void)remove(p->pin);
    assert_int_equal(mz_file_create(p->pin, mz_buf_view(&text), NULL), MZ_OK);
    mz_buf_clear(&text);
}

static void cosign(place *p, size_t i, uint64_t size, int64_t unix_ms)
{
    mz_buf lines;
    size_t stored = 0;
    mz_buf_init(&lines, MZ_WITNESS_ANSWER_SIZE_MAX);
    witness_world_cosign(&p->world, i, size, (uint64_t)(unix_ms / 1000), &lines);
    assert_int_equal(
        mz_log_cosign(mz_log_kv(p->world.log), size, mz_buf_view(&lines), &stored, NULL), MZ_OK);
    assert_int_equal(stored, 1);
    mz_buf_clear(&lines);
}

/* --- what an audit says --- */

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static const json_t *assertion_of(const json_t *report)
{
    const json_t *all = json_object_get(report, "assertions");
    size_t i;
    const json_t *item;
    json_array_foreach(all, i, item)
    {
        if (strcmp(member(item, "code"), "cosignatures") == 0)
            return item;
    }
    fail_msg("no such assertion");
    return NULL;
}

/* The index at which this was found; -1: it was not. */
static int64_t found_at(const json_t *report, const char *code)
{
    const json_t *entries = json_object_get(assertion_of(report), "entries");
    size_t i;
    const json_t *item;
    json_array_foreach(entries, i, item)
    {
        if (strcmp(member(item, "code"), code) == 0)
            return json_integer_value(json_object_get(item, "index"));
    }
    return -1;
}

typedef struct want {
    const char *failure;          /* NULL: proved */
    int64_t not_witnessed, after; /* index; -1: not found */
} want;

static void audit_one(place *p, const char *path, const char *state_dir, const want *w)
{
    const mz_audit_options options = {.path = path,
                                      .pin_file = p->pin,
                                      .state_dir = state_dir,
                                      .scratch_parent = p->world.root,
                                      .as_of_ms = p->world.now_ms};
    mz_audit_result result = {0};
    mz_reason why = {0};
    assert_int_equal(mz_audit_run(&options, &result, &why), MZ_OK);
    const char *failure = member(json_object_get(result.report, "failure"), "code");
    assert_string_equal(failure, w->failure != NULL ? w->failure : "");
    assert_int_equal(result.proved, w->failure == NULL);
    if (w->failure == NULL) {
        assert_int_equal(found_at(result.report, "not_witnessed"), w->not_witnessed);
        assert_int_equal(found_at(result.report, "after_cosignature"), w->after);
    }
    mz_audit_result_clear(&result);
}

/* The ledger and its bundle say the same. */
static void audit(place *p, want w)
{
    char bundle[128];
    mz_bundle_result result;
    (void)snprintf(bundle, sizeof bundle, "%s/bundle-%u", p->world.root, p->bundles++);
    assert_int_equal(mz_bundle_export(p->world.log, bundle, &result, NULL), MZ_OK);
    mz_log_close(p->world.log);
    p->world.log = NULL;
    audit_one(p, p->world.dir, NULL, &w);
    audit_one(p, bundle, NULL, &w);
    assert_int_equal(mz_log_open(&p->world.options, &p->world.log, NULL), MZ_OK);
}

static void test_quorum(void **state)
{
    place *p = *state;
    const int64_t now_ms = p->world.now_ms + 1000;
    write_pin(p, 2);
    (void)witness_world_append(&p->world, 5);
    audit(p, (want){.failure = "quorum"});
    cosign(p, 0, 4, now_ms);
    audit(p, (want){.failure = "quorum"});
    cosign(p, 1, 3, now_ms); /* two witnesses, of two sizes */
    audit(p, (want){.failure = "quorum"});
    cosign(p, 0, 3, now_ms);
    audit(p, (want){.not_witnessed = 3, .after = -1});
    cosign(p, 1, 6, now_ms);
    audit(p, (want){.not_witnessed = 3, .after = -1});
    cosign(p, 0, 6, now_ms);
    audit(p, (want){.not_witnessed = -1, .after = -1});
    write_pin(p, 0);
    audit(p, (want){.not_witnessed = -1, .after = -1});
    (void)witness_world_append(&p->world, 1);
    audit(p, (want){.not_witnessed = 6, .after = -1});
}

static void test_no_quorum(void **state)
{
    place *p = *state;
    write_pin(p, 0);
    (void)witness_world_append(&p->world, 2);
    audit(p, (want){.not_witnessed = -1, .after = -1}); /* nobody is asked for */
}

/* A witness saw the log before the log says that it was written. */
static void test_times(void **state)
{
    place *p = *state;
    witness_world *w = &p->world;
    write_pin(p, 1);
    (void)witness_world_append(w, 2);
    const int64_t before_ms = w->now_ms;
    w->now_ms += 5000;
    (void)witness_world_append(w, 2);
    cosign(p, 0, 5, before_ms);
    audit(p, (want){.not_witnessed = -1, .after = 3});
}

static void test_times_of_two(void **state)
{
    place *p = *state;
    witness_world *w = &p->world;
    write_pin(p, 1);
    w->now_ms += 5000;
    (void)witness_world_append(w, 2);
    cosign(p, 0, 3, w->now_ms + 1000);
    audit(p, (want){.not_witnessed = -1, .after = -1});
    cosign(p, 1, 3, w->now_ms - 4000); /* the earlier of the two */
    audit(p, (want){.not_witnessed = -1, .after = 1});
}

/* Puts another history's checkpoint of `size`, cosigned, in the place of ours. */
static void put_other_history(place *p, uint64_t size)
{
    witness_world *other = calloc(1, sizeof *other);
    mz_snapshot *snapshot = NULL;
    mz_kv_txn *txn = NULL;
    mz_view bytes;
    mz_buf line, note;
    uint8_t key[12];
    mz_buf_init(&line, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    witness_world_init(other);
    other->number = 5000;
    (void)witness_world_append(other, 3);
    assert_int_equal(mz_snapshot_open(other->log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, size, &bytes, NULL), MZ_OK);
    mz_buf_put(&note, bytes);
    mz_snapshot_close(snapshot);
    witness_world_cosign(other, 0, size, (uint64_t)(p->world.now_ms / 1000 + 1), &line);
    mz_be64_put(key, size);
    mz_be32_put(key + 8, p->world.keys[0].id);
    assert_int_equal(mz_kv_begin_write(mz_log_kv(p->world.log), &txn, NULL), MZ_OK);
    assert_int_equal(
        mz_kv_put(txn, MZ_TABLE_COSIGNATURES, (mz_view){key, sizeof key}, mz_buf_view(&line), NULL),
        MZ_OK);
    assert_int_equal(
        mz_kv_put(txn, MZ_TABLE_CHECKPOINTS, (mz_view){key, 8}, mz_buf_view(&note), NULL), MZ_OK);
    assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
    mz_buf_clear(&line);
    mz_buf_clear(&note);
    witness_world_clear(other);
    free(other);
}

static void test_forked(void **state)
{
    place *p = *state;
    const want w = {.failure = "checkpoint_root"}; /* the replay is there first */
    write_pin(p, 1);
    (void)witness_world_append(&p->world, 3);
    put_other_history(p, 4);
    mz_log_close(p->world.log);
    p->world.log = NULL;
    audit_one(p, p->world.dir, NULL, &w);
}

/* Where an earlier audit has been, only what the witnesses say tells. */
static void test_forked_before(void **state)
{
    place *p = *state;
    char dir[128];
    const want first = {.not_witnessed = -1, .after = -1}, second = {.failure = "witnessed_root"};
    (void)snprintf(dir, sizeof dir, "%s/auditor", p->world.root);
    write_pin(p, 0);
    (void)witness_world_append(&p->world, 3);
    mz_log_close(p->world.log);
    p->world.log = NULL;
    audit_one(p, p->world.dir, dir, &first);
    assert_int_equal(mz_log_open(&p->world.options, &p->world.log, NULL), MZ_OK);
    put_other_history(p, 2);
    mz_log_close(p->world.log);
    p->world.log = NULL;
    audit_one(p, p->world.dir, dir, &second);
}

/* The next visit: what was witnessed lies before what was audited. */
static void test_state(void **state)
{
    place *p = *state;
    char dir[128];
    const int64_t now_ms = p->world.now_ms + 1000;
    (void)snprintf(dir, sizeof dir, "%s/auditor", p->world.root);
    write_pin(p, 1);
    (void)witness_world_append(&p->world, 3);
    cosign(p, 0, 2, now_ms);
    const want first = {.not_witnessed = 2, .after = -1};
    const want later = {.not_witnessed = 4, .after = -1};
    for (unsigned i = 0; i < 2; i++) {
        mz_log_close(p->world.log);
        p->world.log = NULL;
        audit_one(p, p->world.dir, dir, &first);
        assert_int_equal(mz_log_open(&p->world.options, &p->world.log, NULL), MZ_OK);
    }
    cosign(p, 0, 4, now_ms);
    (void)witness_world_append(&p->world, 2);
    mz_log_close(p->world.log);
    p->world.log = NULL;
    audit_one(p, p->world.dir, dir, &later);
    assert_int_equal(mz_log_open(&p->world.options, &p->world.log, NULL), MZ_OK);
}

/* Lines of a bundle that cannot be. */
static const struct {
    const char *name, *text;
} LINES[] = {
    {"no size",              "x 00000000 AAAA\n"                 },
    {"no key's id",          "2 0000000 AAAA\n"                  },
    {"no base64",            "2 00000000 ****\n"                 },
    {"nothing after the id", "2 00000000\n"                      },
    {"sizes going back",     "3 00000000 AAAA\n2 00000000 AAAA\n"},
    {"cut off",              "2 00000000 AAAA"                   },
    {"empty",                "\n"                                },
};

static void test_bundle_lines(void **state)
{
    place *p = *state;
    const want w = {.failure = "quorum"};
    write_pin(p, 1);
    (void)witness_world_append(&p->world, 3);
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        char bundle[128], path[200];
        mz_bundle_result result;
        (void)snprintf(bundle, sizeof bundle, "%s/lines-%zu", p->world.root, i);
        (void)snprintf(path, sizeof path, "%s/cosignatures/0000000000.txt", bundle);
        assert_int_equal(mz_bundle_export(p->world.log, bundle, &result, NULL), MZ_OK);
        assert_int_equal(mz_file_create(path, mz_view_of(LINES[i].text), NULL), MZ_OK);
        audit_one(p, bundle, NULL, &w);
    }
}

#define WITNESS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITNESS_TEST(test_quorum), WITNESS_TEST(test_no_quorum),
        WITNESS_TEST(test_times),  WITNESS_TEST(test_times_of_two),
        WITNESS_TEST(test_forked), WITNESS_TEST(test_forked_before),
        WITNESS_TEST(test_state),  WITNESS_TEST(test_bundle_lines),
    };
    return cmocka_run_group_tests_name("audit: witnesses", TESTS, NULL, NULL);
}
