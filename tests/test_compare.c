/* test_compare.c — two checkpoints: the same, one after the other, or a fork whose proof stands on
 * its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/compare.h"
#include "audit/fork.h"
#include "audit_place.h"
#include "fake_log.h"

/* A log and another under the same keys, which parts from it at entry 10. */
typedef struct fork_place {
    place *p;
    world *left, *right;
    char a[PATH_SIZE + 16], b[PATH_SIZE + 16], proof[PATH_SIZE + 16];
    mz_compare_options options;
    mz_compare_verdict verdict;
    json_t *report;
    mz_buf fork;
    mz_reason why;
} fork_place;

static int set_up(void **state)
{
    void *made = NULL;
    fork_place *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(place_set_up(&made), 0);
    f->p = made;
    f->left = world_new();
    world_parties(f->left, 9);
    world_parties(f->left, 390);
    f->right = world_new();
    world_parties(f->right, 9);
    f->right->now_ms += 1;
    world_parties(f->right, 390);
    world_write_pin(f->left, f->p->pin, "log");
    (void)snprintf(f->a, sizeof f->a, "%s/a", f->p->root);
    (void)snprintf(f->b, sizeof f->b, "%s/b", f->p->root);
    (void)snprintf(f->proof, sizeof f->proof, "%s/fork", f->p->root);
    f->options = (mz_compare_options){.a = f->a, .b = f->b, .pin_file = f->p->pin};
    mz_buf_init(&f->fork, MZ_FORK_SIZE_MAX);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fork_place *f = *state;
    void *p = f->p;
    json_decref(f->report);
    mz_buf_clear(&f->fork);
    world_free(f->left);
    world_free(f->right);
    (void)place_tear_down(&p);
    free(f);
    return 0;
}

static void write_note(const world *w, size_t size, const char *key, const char *path)
{
    const mz_hash root = world_root(w, size);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(w, size, key, &root, &note);
    world_write_file(path, mz_buf_view(&note));
    mz_buf_clear(&note);
}

static mz_status compare(fork_place *f)
{
    json_decref(f->report);
    f->report = NULL;
    mz_buf_reset(&f->fork);
    f->why = (mz_reason){0};
    return mz_compare(&f->options, &f->verdict, &f->report, &f->fork, &f->why);
}

/* What was written out is a proof for anybody with the pin, and for nobody with another. */
static void proof_must_stand(fork_place *f)
{
    bool proved = false;
    json_t *report = NULL;
    world_write_file(f->proof, mz_buf_view(&f->fork));
    assert_int_equal(mz_compare_verify(f->proof, f->p->pin, &proved, &report, NULL), MZ_OK);
    assert_true(proved);
    json_decref(report);
    world_write_pin(f->left, f->p->pin, "log-2");
    assert_int_equal(mz_compare_verify(f->proof, f->p->pin, &proved, &report, NULL), MZ_OK);
    assert_false(proved);
    json_decref(report);
    world_write_pin(f->left, f->p->pin, "log");
}

typedef enum from_where { FROM_NOWHERE, FROM_URL, FROM_LEDGER, FROM_BUNDLE } from_where;

typedef struct compare_case {
    const char *name;
    size_t left, right; /* sizes; b is of the right world when `forked`, else of the left */
    bool forked;
    from_where where; /* the right world's log when forked, else the left's */
    mz_compare_verdict want;
} compare_case;

static const compare_case CASES[] = {
    {"one and the same",                      300, 300, false, FROM_NOWHERE, MZ_COMPARE_SAME      },
    {"one size, two roots: no log needed",    300, 300, true,  FROM_NOWHERE, MZ_COMPARE_FORKED    },
    {"two sizes and no log",                  300, 301, false, FROM_NOWHERE, MZ_COMPARE_NO_LOG    },
    {"the larger extends the smaller",        300, 301, false, FROM_URL,     MZ_COMPARE_CONSISTENT},
    {"the other way round",                   399, 1,   false, FROM_URL,     MZ_COMPARE_CONSISTENT},
    {"by a ledger's folder",                  257, 390, false, FROM_LEDGER,  MZ_COMPARE_CONSISTENT},
    {"by a bundle",                           12,  300, false, FROM_BUNDLE,  MZ_COMPARE_CONSISTENT},
    {"a fork, the smaller on the other side", 200, 390, true,  FROM_URL,     MZ_COMPARE_FORKED    },
    {"a fork, the larger on the other side",  390, 200, true,  FROM_URL,     MZ_COMPARE_FORKED    },
    {"a fork by a ledger's folder",           200, 390, true,  FROM_LEDGER,  MZ_COMPARE_FORKED    },
    {"a fork by a bundle",                    390, 200, true,  FROM_BUNDLE,  MZ_COMPARE_FORKED    },
    {"the same until they part",              10,  390, true,  FROM_URL,     MZ_COMPARE_CONSISTENT},
    {"one entry after they part",             11,  12,  true,  FROM_URL,     MZ_COMPARE_FORKED    },
};

static void test_cases(void **state)
{
    fork_place *f = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const compare_case *c = &CASES[i];
        const world *w = c->forked ? f->right : f->left;
        fake_log log;
        char path[PATH_SIZE + 32];
        (void)snprintf(path, sizeof path, "%s/log-%zu", f->p->root, i);
        write_note(f->left, c->left, "log", f->a);
        write_note(w, c->right, "log", f->b);
        fake_log_start(&log, w);
        if (c->where == FROM_LEDGER)
            world_write(w, path);
        if (c->where == FROM_BUNDLE)
            world_write_bundle(w, path);
        f->options.log.path = c->where == FROM_NOWHERE ? NULL
                              : c->where == FROM_URL   ? fake_log_url(&log)
                                                       : path;
        if (compare(f) != MZ_OK || f->verdict != c->want)
            fail_msg("%s: %s, %s", c->name, mz_status_code(f->why.status),
                     mz_compare_code(f->verdict));
        assert_int_equal(f->fork.size > 0, c->want == MZ_COMPARE_FORKED);
        if (c->want == MZ_COMPARE_FORKED)
            proof_must_stand(f);
        fake_log_stop(&log);
    }
}

/* The checkpoint that I kept against the service as it is now. */
static void test_against_url(void **state)
{
    fork_place *f = *state;
    fake_log log;
    fake_log_start(&log, f->left);
    f->options.b = fake_log_url(&log);
    write_note(f->left, 123, "log", f->a);
    assert_int_equal(compare(f), MZ_OK);
    assert_int_equal(f->verdict, MZ_COMPARE_CONSISTENT);
    write_note(f->right, 123, "log", f->a);
    assert_int_equal(compare(f), MZ_OK);
    assert_int_equal(f->verdict, MZ_COMPARE_FORKED);
    proof_must_stand(f);
    log.size = 100; /* it has been cut off since */
    assert_int_equal(compare(f), MZ_OK);
    assert_int_equal(f->verdict, MZ_COMPARE_LOG_SHORT);
    log.size = 399;
    log.lie = LIE_TILE;
    log.at = 390;
    assert_int_equal(compare(f), MZ_CORRUPT);
    fake_log_stop(&log);
}

/* Two that both belong to no log that is shown: the log itself has forked from one of them. */
static void test_third_side(void **state)
{
    fork_place *f = *state;
    fake_log log;
    fake_log_start(&log, f->right);
    f->options.log.path = fake_log_url(&log);
    write_note(f->left, 50, "log", f->a);
    write_note(f->left, 60, "log", f->b);
    assert_int_equal(compare(f), MZ_OK);
    assert_int_equal(f->verdict, MZ_COMPARE_FORKED);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(f->report, "newer"), "size")),
        f->right->count);
    proof_must_stand(f);
    fake_log_stop(&log);
}

static void test_refusals(void **state)
{
    fork_place *f = *state;
    write_note(f->left, 20, "log", f->a);
    write_note(f->left, 20, "somebody", f->b);
    assert_int_equal(compare(f), MZ_BAD_NOTE);
    world_write_file(f->b, mz_view_of("no note"));
    assert_int_equal(compare(f), MZ_BAD_NOTE);
    (void)remove(f->b);
    assert_int_equal(compare(f), MZ_IO);
    write_note(f->left, 21, "log", f->b);
    f->options.log.path = f->a; /* not a log */
    assert_int_equal(compare(f), MZ_NOT_A_LEDGER);
}

/* --- a file that claims to prove a fork --- */

typedef struct forgery {
    const char *name;
    const char *from, *to; /* the first `from` becomes `to`; NULL: at the end */
} forgery;

static const forgery FORGERIES[] = {
    {"another version",           "@v1",     "@v2"                                           },
    {"a size that is too large",  "older 1", "older 9"                                       },
    {"a size with a zero",        "older ",  "older 0"                                       },
    {"the words change places",   "newer ",  "later "                                        },
    {"no root",                   "root ",   "rood "                                         },
    {"something after the end",   NULL,      "x\n"                                           },
    {"no end of line at the end", NULL,      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="  },
    {"one hash more",             NULL,      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"},
};

static void test_forgeries(void **state)
{
    fork_place *f = *state;
    fake_log log;
    bool proved = false;
    json_t *report = NULL;
    fake_log_start(&log, f->right);
    f->options.log.path = fake_log_url(&log);
    write_note(f->left, 200, "log", f->a);
    write_note(f->right, 390, "log", f->b);
    assert_int_equal(compare(f), MZ_OK);
    for (size_t i = 0; i < sizeof FORGERIES / sizeof FORGERIES[0]; i++) {
        const forgery *c = &FORGERIES[i];
        mz_buf text;
        const char *whole = (const char *)f->fork.data;
        const char *at = c->from == NULL ? whole + f->fork.size : strstr(whole, c->from);
        assert_non_null(at);
        mz_buf_init(&text, MZ_FORK_SIZE_MAX);
        mz_buf_put(&text, (mz_view){f->fork.data, (size_t)(at - whole)});
        mz_buf_put_text(&text, c->to);
        mz_buf_put_text(&text, at + (c->from == NULL ? 0 : strlen(c->from)));
        world_write_file(f->proof, mz_buf_view(&text));
        assert_int_equal(mz_compare_verify(f->proof, f->p->pin, &proved, &report, NULL), MZ_OK);
        if (proved)
            fail_msg("%s: passes", c->name);
        json_decref(report);
        mz_buf_clear(&text);
    }
    fake_log_stop(&log);
}

/* An honest log must not be accused: its own checkpoints and its own proof prove nothing. */
static void test_honest_log(void **state)
{
    fork_place *f = *state;
    mz_buf older, newer, text;
    mz_fork fork = {0};
    bool proved = true;
    json_t *report = NULL;
    mz_hasher *hasher = mz_hasher_new();
    mz_tree *tree = NULL;
    mz_source *source = NULL;
    fake_log log;
    fake_log_start(&log, f->left);
    const mz_source_options options = {.path = fake_log_url(&log)};
    assert_int_equal(mz_source_open(&options, &source, NULL), MZ_OK);
    assert_int_equal(mz_tree_open(source, NULL, NULL, &tree, NULL), MZ_OK);
    mz_buf_init(&older, MZ_NOTE_SIZE_MAX);
    mz_buf_init(&newer, MZ_NOTE_SIZE_MAX);
    mz_buf_init(&text, MZ_FORK_SIZE_MAX);
    const mz_hash old_root = world_root(f->left, 100), new_root = world_root(f->left, 300);
    world_note(f->left, 100, "log", &old_root, &older);
    world_note(f->left, 300, "log", &new_root, &newer);
    fork.older = mz_buf_view(&older);
    fork.newer = mz_buf_view(&newer);
    assert_int_equal(mz_tree_consistency(tree, 100, 300, &fork.proof, NULL), MZ_OK);
    for (int round = 0; round < 4; round++) {
        fork.same_size = round == 0;
        fork.root = round == 1 ? old_root : new_root; /* 2, 3: a root of the accuser's own */
        if (round == 3)
            fork.proof.count = 0;
        mz_buf_reset(&text);
        assert_int_equal(mz_fork_put(&text, &fork, NULL), MZ_OK);
        world_write_file(f->proof, mz_buf_view(&text));
        assert_int_equal(mz_compare_verify(f->proof, f->p->pin, &proved, &report, NULL), MZ_OK);
        assert_false(proved);
        json_decref(report);
    }
    mz_buf_clear(&older);
    mz_buf_clear(&newer);
    mz_buf_clear(&text);
    mz_tree_close(tree);
    mz_hasher_free(hasher);
    fake_log_stop(&log);
}

/* A folder whose entries are not those of its last checkpoint proves nothing about others. */
static void test_damaged_log(void **state)
{
    fork_place *f = *state;
    mz_buf value;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    world_write(f->left, f->p->dir);
    world_get(f->p->dir, MZ_TABLE_ENTRIES, 42, &value);
    value.data[20] ^= 1;
    const mz_view changed = mz_buf_view(&value);
    world_put(f->p->dir, MZ_TABLE_ENTRIES, 42, &changed);
    write_note(f->left, 20, "log", f->a);
    write_note(f->left, 30, "log", f->b);
    f->options.log.path = f->p->dir;
    assert_int_equal(compare(f), MZ_CORRUPT);
    world_put(f->p->dir, MZ_TABLE_ENTRIES, 42, NULL);
    assert_int_equal(compare(f), MZ_CORRUPT);
    mz_buf_clear(&value);
}

#define FORK_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FORK_TEST(test_cases),       FORK_TEST(test_against_url), FORK_TEST(test_third_side),
        FORK_TEST(test_refusals),    FORK_TEST(test_forgeries),   FORK_TEST(test_honest_log),
        FORK_TEST(test_damaged_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
