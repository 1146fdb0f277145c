/* test_audit_url.c — an audit over the network: an honest service proves what its folder proves,
 * the next audit asks only for what is new, and each thing that a service could do is told apart
 * and placed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit_place.h"
#include "fake_log.h"
#include "log_fixture.h"

static void ask_service(place *p, const fake_log *log)
{
    p->options.path = fake_log_url(log);
    p->options.answer_ms = 1500;
    p->options.tries = 2;
    p->options.wait_ms = 1;
}

static void test_honest(void **state)
{
    place *p = *state;
    fake_log log;
    place_given_honest(p);
    place_must_prove(p);
    json_t *folder = place_of_log(p);
    fake_log_start(&log, p->w);
    ask_service(p, &log);
    place_must_prove(p);
    json_t *service = place_of_log(p);
    const json_t *run = json_object_get(p->result.report, "run");
    assert_string_equal(json_string_value(json_object_get(run, "source")), "url");
    const json_t *counts = json_object_get(service, "counts");
    assert_int_equal(json_integer_value(json_object_get(counts, "checkpoints")), 1);
    json_object_del(json_object_get(folder, "counts"), "checkpoints"); /* a folder has all */
    json_object_del(json_object_get(service, "counts"), "checkpoints");
    assert_true(json_equal(folder, service));
    json_decref(folder);
    json_decref(service);
    fake_log_stop(&log);
}

typedef struct service_case {
    const char *name;
    fake_lie lie;
    size_t at;        /* in a log of 600 */
    const char *code; /* NULL: proved */
    long long index;
} service_case;

static const service_case SERVICES[] = {
    {"honest",                         LIE_NONE,        0,   NULL,            0  },
    {"busy at first",                  LIE_BUSY,        0,   NULL,            0  },
    {"an entry is altered",            LIE_ALTER,       300, "entry_altered", 300},
    {"the last entry is altered",      LIE_ALTER,       599, "entry_altered", 599},
    {"two entries change places",      LIE_SWAP,        40,  "entry_moved",   40 },
    {"a bundle is not there",          LIE_NO_BUNDLE,   300, "entry_missing", 256},
    {"the end is not there",           LIE_NO_BUNDLE,   599, "entry_missing", 512},
    {"a bundle is cut off",            LIE_CUT_BUNDLE,  300, "server_bundle", 256},
    {"the last bundle goes on",        LIE_LONG_BUNDLE, 599, "server_bundle", 512},
    {"the right edge is not there",    LIE_NO_TILE,     599, "entry_missing", 512},
    {"hashes do not lead to the root", LIE_TILE,        580, "server_hashes", 600},
    {"hashes above are altered",       LIE_TILE_ABOVE,  300, "server_hashes", 600},
};

static void test_services(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 599);
    world_write_pin(p->w, p->pin, "log");
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        const service_case *c = &SERVICES[i];
        fake_log log;
        fake_log_start(&log, p->w);
        log.lie = c->lie;
        log.at = c->at;
        log.times = 1;
        ask_service(p, &log);
        place_audit(p);
        const json_t *failure = json_object_get(p->result.report, "failure");
        const long long index = json_integer_value(json_object_get(failure, "index"));
        if (strcmp(place_failure_code(p), c->code != NULL ? c->code : "") != 0 || index != c->index)
            fail_msg("%s: %s at %lld", c->name, place_failure_code(p), index);
        fake_log_stop(&log);
    }
}

/* What keeps an audit from being done says nothing of the log. */
static void test_no_answer(void **state)
{
    place *p = *state;
    fake_log log;
    p->w = world_new();
    world_parties(p->w, 299);
    world_write_pin(p->w, p->pin, "log");
    fake_log_start(&log, p->w);
    ask_service(p, &log);
    p->options.answer_ms = 300;
    log.lie = LIE_HANG;
    log.at = 256;
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_IO);
    assert_non_null(strstr(p->why.figures[0].words, "/tile/entries/001.p/44"));
    log.lie = LIE_HUGE;
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
    log.lie = LIE_BUSY;
    log.times = 100;
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_IO);
    char url[64];
    (void)snprintf(url, sizeof url, "%s", fake_log_url(&log));
    fake_log_stop(&log);
    p->options.path = url;
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_IO);
    p->options.path = "http://a user@127.0.0.1/";
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_BAD_VALUE);
}

/* --- one audit after another --- */

static void test_only_what_is_new(void **state)
{
    place *p = *state;
    fake_log log;
    p->w = world_new();
    world_parties(p->w, 599);
    world_write_pin(p->w, p->pin, "log");
    fake_log_start(&log, p->w);
    ask_service(p, &log);
    p->options.state_dir = p->state;
    log.size = 520;
    place_must_prove(p);
    assert_int_equal(log.bundles, 3);
    place_must_prove(p); /* nothing new: no entries are asked for */
    assert_int_equal(log.bundles, 3);
    log.size = 600;
    place_must_prove(p);
    assert_int_equal(log.bundles, 4); /* the last one, of which 80 are new */
    assert_int_equal(p->result.resumed_from, 520);
    const mz_hash root = world_root(p->w, 600);
    assert_true(mz_hash_equal(&p->result.root, &root));
    log.size = 599;
    place_must_fail(p, "state_beyond", 599);
    log.size = 600;
    log.lie = LIE_TILE_ABOVE;
    place_must_fail(p, "server_hashes", 600);
    log.lie = LIE_NONE;
    place_must_prove(p);
    assert_int_equal(log.bundles, 4);
    fake_log_stop(&log);
}

/* A log under the same keys with another past from entry 10 on. */
static void test_another_past(void **state)
{
    place *p = *state;
    fake_log log;
    p->w = world_new();
    world_parties(p->w, 299);
    world_write_pin(p->w, p->pin, "log");
    world *other = world_new();
    world_parties(other, 9);
    other->now_ms += 1;
    world_parties(other, 400);
    fake_log_start(&log, p->w);
    ask_service(p, &log);
    p->options.state_dir = p->state;
    place_must_prove(p);
    log.w = other;
    log.size = 300;
    place_must_fail(p, "not_an_extension", 300);
    log.size = 410;
    place_must_fail(p, "not_an_extension", 300);
    place_verdict_is(p, "completeness", "failed");
    world_free(other);
    fake_log_stop(&log);
}

static void write_since(place *p, const world *w, size_t size)
{
    const mz_hash root = world_root(w, size);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(w, size, "log", &root, &note);
    world_write_file(p->other, mz_buf_view(&note));
    mz_buf_clear(&note);
}

/* An older checkpoint is compared without reading the entries again. */
static void test_since(void **state)
{
    place *p = *state;
    const char *files[1] = {p->other};
    fake_log log;
    p->w = world_new();
    world_parties(p->w, 599);
    world_write_pin(p->w, p->pin, "log");
    world *other = world_new();
    world_parties(other, 9);
    other->now_ms += 1;
    world_parties(other, 590);
    fake_log_start(&log, p->w);
    ask_service(p, &log);
    p->options.state_dir = p->state;
    p->options.since = files;
    p->options.since_count = 1;
    write_since(p, p->w, 7);
    place_must_prove(p);
    const unsigned bundles = log.bundles;
    write_since(p, p->w, 300);
    place_must_prove(p);
    write_since(p, p->w, 600);
    place_must_prove(p);
    write_since(p, other, 300);
    place_must_fail(p, "since_root", 300);
    write_since(p, other, 600);
    place_must_fail(p, "since_root", 600);
    assert_int_equal(log.bundles, bundles);
    world_free(other);
    fake_log_stop(&log);
}

/* --- the log's key --- */

static void test_key(void **state)
{
    place *p = *state;
    fake_log log;
    mz_buf key;
    world *w = p->w = world_new();
    mz_buf_init(&key, 1024);
    mz_sample_put_log_key(&key, "log-2");
    world_parties(w, 4);
    world_confirm(
        w, world_add(w, "reg-a", "ledger.amended", NULL, "{'log_key':%s}", (const char *)key.data),
        NULL);
    world_parties(w, 10);
    mz_buf_clear(&key);
    world_write_pin(w, p->pin, "log");
    fake_log_start(&log, w);
    ask_service(p, &log);
    log.key = "log"; /* the old key, when all came in one batch */
    place_must_prove(p);
    log.key = "log-2";
    place_must_prove(p);
    p->options.state_dir = p->state;
    place_must_prove(p);
    world_parties(w, 1);
    log.size = w->count;
    place_must_prove(p);
    world_parties(w, 1);
    log.size = w->count;
    log.key = "log"; /* no longer */
    place_must_fail(p, "checkpoint_signature", (long long)w->count);
    log.key = "somebody";
    place_must_fail(p, "checkpoint_signature", (long long)w->count);
    log.note = "not a note\n";
    place_must_fail(p, "no_checkpoint", -1);
    fake_log_stop(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_honest),       PLACE_TEST(test_services),
        PLACE_TEST(test_no_answer),    PLACE_TEST(test_only_what_is_new),
        PLACE_TEST(test_another_past), PLACE_TEST(test_since),
        PLACE_TEST(test_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
