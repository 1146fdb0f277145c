/* test_watch.c — a monitor: each alarm once, over restarts, silence and failures to tell; and once
 * more when it no longer stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/compare.h"
#include "audit/watch.h"
#include "audit_place.h"
#include "fake_log.h"
#include "log_fixture.h"

#define TOLD_MAX 64
#define DAY_MS (INT64_C(24) * 3600 * 1000)

typedef struct watch_place {
    place *p;
    fake_log log;
    mz_watch_options options;
    mz_watch_result result;
    bool deaf;           /* nothing can be told */
    const char *ignored; /* a code that the test is not about */
    size_t told_count;
    json_t *told[TOLD_MAX];
} watch_place;

static bool hear(void *context, const json_t *alarm)
{
    watch_place *f = context;
    if (f->deaf)
        return false;
    if (f->ignored != NULL &&
        strcmp(f->ignored, json_string_value(json_object_get(alarm, "code"))) == 0)
        return true;
    assert_true(f->told_count < TOLD_MAX);
    f->told[f->told_count] = json_deep_copy(alarm);
    assert_non_null(f->told[f->told_count]);
    f->told_count++;
    return true;
}

static int set_up(void **state)
{
    void *made = NULL;
    watch_place *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(place_set_up(&made), 0);
    f->p = made;
    *state = f;
    return 0;
}

static void forget(watch_place *f)
{
    for (size_t i = 0; i < f->told_count; i++)
        json_decref(f->told[i]);
    f->told_count = 0;
}

static int tear_down(void **state)
{
    watch_place *f = *state;
    void *p = f->p;
    forget(f);
    if (f->log.server != NULL)
        fake_log_stop(&f->log);
    (void)place_tear_down(&p);
    free(f);
    return 0;
}

/* Serves the place's world; as of its last entry. */
static void watch_it(watch_place *f)
{
    world_write_pin(f->p->w, f->p->pin, "log");
    fake_log_start(&f->log, f->p->w);
    f->options = (mz_watch_options){
        .log = {.path = fake_log_url(&f->log), .answer_ms = 2000, .tries = 1, .wait_ms = 1},
        .pin_file = f->p->pin,
        .state_dir = f->p->state,
        .due_days = 7,
        .now_ms = f->p->w->now_ms,
        .threads = 1,
        .tell = hear,
        .context = f
    };
}

static void look(watch_place *f)
{
    mz_reason why = {0};
    f->log.size = f->p->w->count;
    forget(f);
    const mz_status status = mz_watch_round(&f->options, &f->result, &why);
    if (status != MZ_OK)
        fail_msg("%s: %s", mz_status_code(status), why.figures[0].words);
}

/* Exactly one thing was told. */
static const json_t *one_told(const watch_place *f, const char *event, const char *alarm,
                              const char *code)
{
    if (f->told_count != 1)
        fail_msg("%zu told, not one %s: %s", f->told_count, code,
                 f->told_count == 0 ? "" : json_string_value(json_object_get(f->told[0], "en")));
    const json_t *told = f->told[0];
    assert_string_equal(json_string_value(json_object_get(told, "event")), event);
    assert_string_equal(json_string_value(json_object_get(told, "alarm")), alarm);
    assert_string_equal(json_string_value(json_object_get(told, "code")), code);
    assert_true(json_string_length(json_object_get(told, "zh")) > 0);
    assert_true(json_string_length(json_object_get(told, "en")) > 0);
    return told;
}

static void nothing_told(const watch_place *f)
{
    if (f->told_count != 0)
        fail_msg("told: %s", json_string_value(json_object_get(f->told[0], "en")));
}

/* --- promises --- */

typedef struct broken_case {
    const char *name;
    fake_lie lie;
    size_t at;
    const char *code;
} broken_case;

static const broken_case BROKEN[] = {
    {"an entry is altered",       LIE_ALTER,     310, "entry_altered"},
    {"entries change places",     LIE_SWAP,      310, "entry_moved"  },
    {"entries are missing",       LIE_NO_BUNDLE, 310, "entry_missing"},
    {"hashes are not the tree's", LIE_TILE,      310, "server_hashes"},
};

static void test_broken(void **state)
{
    watch_place *f = *state;
    f->p->w = world_new();
    world_parties(f->p->w, 299);
    watch_it(f);
    look(f);
    nothing_told(f);
    assert_int_equal(f->result.size, 300);
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        if (f->p->w->count == 300)
            world_parties(f->p->w, 20);
        f->log.lie = BROKEN[i].lie;
        f->log.at = BROKEN[i].at;
        look(f);
        one_told(f, "raised", "broken", BROKEN[i].code);
        assert_int_equal(f->result.broken, 1);
        look(f);
        nothing_told(f);
        assert_int_equal(f->result.broken, 1); /* it still stands */
        f->p->w->count -= 20; /* as if the 20 had not been there, or this could happen only once */
        f->log.lie = LIE_NONE;
        look(f);
        one_told(f, "cleared", "broken", BROKEN[i].code);
        assert_int_equal(f->result.broken, 0);
        f->p->w->count += 20;
    }
}

/* Two histories: the alarm comes with a proof that stands without the monitor. */
static void test_fork(void **state)
{
    watch_place *f = *state;
    bool proved = false;
    json_t *report = NULL;
    world *w = f->p->w = world_new();
    world_parties(w, 9);
    world_parties(w, 100);
    world *other = world_new();
    world_parties(other, 9);
    other->now_ms += 1;
    world_parties(other, 200);
    watch_it(f);
    look(f);
    nothing_told(f);
    f->p->w = other;
    f->log.w = other;
    look(f);
    const json_t *told = one_told(f, "raised", "broken", "not_an_extension");
    const char *proof = json_string_value(json_object_get(told, "proof"));
    assert_non_null(proof);
    assert_int_equal(mz_compare_verify(proof, f->p->pin, &proved, &report, NULL), MZ_OK);
    assert_true(proved);
    json_decref(report);
    world_parties(other, 3); /* it goes on on its way */
    look(f);
    nothing_told(f);
    f->p->w = w;
    f->log.w = w;
    look(f);
    one_told(f, "cleared", "broken", "not_an_extension");
    w->count -= 5;
    look(f);
    one_told(f, "raised", "broken", "state_beyond");
    w->count -= 5; /* shorter still: the same alarm */
    look(f);
    nothing_told(f);
    w->count += 10;
    world_free(other);
}

static void test_rule_broken(void **state)
{
    watch_place *f = *state;
    f->p->w = world_new();
    world_parties(f->p->w, 3);
    watch_it(f);
    look(f);
    nothing_told(f);
    const size_t at = world_add(f->p->w, "somebody", "party.registered", NULL,
                                "{'party':'x','kind':'collective','name':'x'}");
    world_parties(f->p->w, 1);
    look(f);
    const json_t *told = one_told(f, "raised", "broken", "entry_signature");
    assert_int_equal(json_integer_value(json_object_get(told, "index")), at);
}

/* --- telling --- */

/* What could not be told is told the next time, by whoever watches then. */
static void test_deaf(void **state)
{
    watch_place *f = *state;
    f->p->w = world_new();
    world_parties(f->p->w, 30);
    watch_it(f);
    f->log.lie = LIE_ALTER;
    f->log.at = 7;
    f->deaf = true;
    look(f);
    assert_int_equal(f->result.told, 0);
    f->deaf = false;
    look(f);
    one_told(f, "raised", "broken", "entry_altered");
    f->log.lie = LIE_NONE;
    f->deaf = true;
    look(f);
    assert_int_equal(f->result.cleared, 0);
    f->deaf = false;
    look(f);
    one_told(f, "cleared", "broken", "entry_altered");
    look(f);
    nothing_told(f);
}

/* Silence is an alarm when it lasts, and hides nothing that was known. */
static void test_silence(void **state)
{
    watch_place *f = *state;
    f->p->w = world_new();
    world_parties(f->p->w, 30);
    watch_it(f);
    f->log.lie = LIE_ALTER;
    f->log.at = 7;
    look(f);
    one_told(f, "raised", "broken", "entry_altered");
    f->log.lie = LIE_BUSY;
    f->log.times = 1000;
    for (int round = 1; round < MZ_WATCH_ROUNDS; round++) {
        look(f);
        nothing_told(f);
        assert_false(f->result.looked);
        assert_int_equal(f->result.why.status, MZ_IO);
        assert_int_equal(f->result.broken, 1);
    }
    look(f);
    one_told(f, "raised", "unreachable", "io");
    look(f);
    nothing_told(f);
    f->log.lie = LIE_ALTER;
    look(f);
    one_told(f, "cleared", "unreachable", "io");
    f->log.lie = LIE_BUSY;
    look(f);
    nothing_told(f); /* counted anew */
}

/* Witnesses come a little later than the log; only when they stay away is that an alarm. */
static void test_unwitnessed(void **state)
{
    watch_place *f = *state;
    f->p->w = world_new();
    world_parties(f->p->w, 3);
    watch_it(f);
    mz_hasher *hasher = mz_hasher_new();
    mz_signer signer;
    mz_vkey key;
    mz_buf pin;
    mz_sample_signer("witness", &signer);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of("witness.example.net"), MZ_VKEY_COSIGNATURE,
                                  signer.public_key, &key, NULL),
                     MZ_OK);
    mz_buf_init(&pin, 4096);
    uint8_t *room = mz_buf_extend(&pin, 2048);
    FILE *file = fopen(f->p->pin, "rb");
    assert_non_null(file);
    pin.size = fread(room, 1, 2048, file) - strlen("quorum none\n");
    assert_int_equal(fclose(file), 0);
    mz_buf_put_text(&pin, "witness w ");
    mz_vkey_put(&pin, &key);
    mz_buf_put_text(&pin, "\nquorum w\n");
    world_write_file(f->p->pin, mz_buf_view(&pin));
    for (int round = 1; round < MZ_WATCH_ROUNDS; round++) {
        look(f);
        nothing_told(f);
        world_parties(f->p->w, 1);
    }
    look(f);
    one_told(f, "raised", "broken", "quorum");
    world_parties(f->p->w, 1);
    look(f);
    nothing_told(f);
    mz_buf note;
    mz_checkpoint checkpoint = {.origin = MZ_SAMPLE_ORIGIN, .size = f->p->w->count};
    checkpoint.root = world_root(f->p->w, f->p->w->count);
    mz_buf text;
    mz_buf_init(&text, 1024);
    mz_buf_init(&note, 4096);
    mz_checkpoint_put_text(&text, &checkpoint);
    world_note(f->p->w, f->p->w->count, "log", &checkpoint.root, &note);
    assert_int_equal(mz_note_cosign(hasher, mz_buf_view(&text), mz_view_of("witness.example.net"),
                                    &signer, (uint64_t)f->p->w->now_ms / 1000 + 1, &note, NULL),
                     MZ_OK);
    f->log.note = (const char *)note.data;
    look(f);
    one_told(f, "cleared", "broken", "quorum");
    mz_buf_clear(&note);
    mz_buf_clear(&text);
    mz_buf_clear(&pin);
    mz_hasher_free(hasher);
}

/* --- deadlines --- */

static void test_deadlines(void **state)
{
    watch_place *f = *state;
    world *w = f->p->w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    (void)charity_gift(w, 100000, "", NULL); /* not confirmed */
    watch_it(f);
    look(f);
    nothing_told(f);
    const int64_t start_ms = w->now_ms;
    f->ignored = "statement.published"; /* due too */
    f->options.now_ms = start_ms + 22 * DAY_MS;
    look(f);
    nothing_told(f);
    f->options.now_ms = start_ms + 24 * DAY_MS; /* 30 days, told 7 days ahead */
    look(f);
    const json_t *told = one_told(f, "raised", "due", "income.confirmed");
    assert_string_equal(json_string_value(json_object_get(told, "fund")), "fund-a");
    assert_int_equal(f->result.due, 2);
    look(f);
    nothing_told(f);
    f->options.now_ms = start_ms + 31 * DAY_MS;
    look(f); /* one is no longer due soon, but overdue */
    assert_int_equal(f->told_count, 2);
    assert_int_equal(f->result.due, 2);
    assert_string_equal(json_string_value(json_object_get(f->told[0], "alarm")), "overdue");
    assert_string_equal(json_string_value(json_object_get(f->told[1], "event")), "cleared");
    f->log.lie = LIE_BUSY; /* silence clears nothing */
    f->log.times = 1;
    look(f);
    nothing_told(f);
    assert_int_equal(f->result.due, 2);
    f->log.lie = LIE_NONE;
    w->now_ms = f->options.now_ms;
    world_add(w, "cash-a", "income.declined", "fund-a", "{'income':'%s','reason':'x'}",
              w->leaves[w->count - 1].jti);
    look(f);
    one_told(f, "cleared", "overdue", "income.confirmed");
}

/* Everything that has a deadline is there. */
static void test_all_deadlines(void **state)
{
    static const char *const WANT[] = {"statement.published", "vote.cast", "balance.reconciled",
                                       "goods.confirmed", "registry.confirmed"};
    watch_place *f = *state;
    world *w = f->p->w = world_new();
    mz_buf key;
    charity_people(w);
    charity_party(w, "canteen");
    (void)charity_gift(w, 100000, "", "1");
    (void)charity_file(w, "meals-1", "canteen", 30000);
    world_add(w, "stew-a", "goods.received", "fund-a",
              "{'item':'rice','unit':'袋','quantity':5,'value_fen':null,'basis':'捐赠'}");
    mz_buf_init(&key, 1024);
    mz_sample_put_key(&key, "late", "late");
    world_add(w, "reg-a", "actor.enrolled", NULL, "{'actor':'late','role':'cashier',%s}",
              (const char *)key.data);
    mz_buf_clear(&key);
    watch_it(f);
    f->options.due_days = 100;
    look(f);
    for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
        bool found = false;
        for (size_t j = 0; j < f->told_count; j++)
            found =
                found || strcmp(WANT[i], json_string_value(json_object_get(f->told[j], "do"))) == 0;
        if (!found && strcmp(WANT[i], "balance.reconciled") != 0)
            fail_msg("%s is not there", WANT[i]);
    }
    f->options.now_ms = w->now_ms + 60 * DAY_MS;
    look(f);
    bool reconciled = false;
    for (size_t j = 0; j < f->told_count; j++) {
        const char *about = json_string_value(json_object_get(f->told[j], "about"));
        reconciled = reconciled || strcmp(about, "bank-a 2026-03") == 0;
    }
    assert_true(reconciled);
}

/* --- the monitor's own folder --- */

static void test_folder(void **state)
{
    watch_place *f = *state;
    char path[PATH_SIZE + 32];
    mz_reason why = {0};
    f->p->w = world_new();
    watch_it(f);
    look(f);
    (void)snprintf(path, sizeof path, "%s/alarms.json", f->p->state);
    world_write_file(path, mz_view_of("{\"format\":\"another\"}"));
    assert_int_equal(mz_watch_round(&f->options, &f->result, &why), MZ_NOT_A_LEDGER);
    world_write_file(path, mz_view_of("{"));
    why = (mz_reason){0};
    assert_int_equal(mz_watch_round(&f->options, &f->result, &why), MZ_NOT_A_LEDGER);
    assert_int_equal(unlink(path), 0);
    look(f); /* it remembers nothing, and goes on */
    nothing_told(f);
    f->options.pin_file = path;
    why = (mz_reason){0};
    assert_int_equal(mz_watch_round(&f->options, &f->result, &why), MZ_BAD_POLICY);
    f->options.pin_file = f->p->pin;
    f->options.state_dir = f->p->pin; /* a file */
    why = (mz_reason){0};
    assert_int_equal(mz_watch_round(&f->options, &f->result, &why), MZ_IO);
}

#define WATCH_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_broken),    WATCH_TEST(test_fork),          WATCH_TEST(test_rule_broken),
        WATCH_TEST(test_deaf),      WATCH_TEST(test_silence),       WATCH_TEST(test_unwitnessed),
        WATCH_TEST(test_deadlines), WATCH_TEST(test_all_deadlines), WATCH_TEST(test_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
