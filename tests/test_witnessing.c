/* test_witnessing.c — the log's witnesses asked in the background: every new size reaches them, one
 * that hangs or fails holds up nobody, alarms are told once, and closing waits for nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/clock.h"
#include "log_fixture.h"
#include "witness_world.h"

#define PATIENCE_MS 30000

typedef struct place {
    witness_world world;
    mz_witnessing *witnessing;
    atomic_uint alarms;
    atomic_bool taken_away; /* the log is being opened anew */
} place;

static mz_kv *take(void *context)
{
    place *p = context;
    return atomic_load(&p->taken_away) ? NULL : mz_log_kv(p->world.log);
}

static void give_back(void *context)
{
    (void)context;
}

static void count_alarm(void *context, const mz_witness_health *health)
{
    place *p = context;
    if (!health->ahead && !health->forked)
        abort();
    atomic_fetch_add(&p->alarms, 1);
}

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
    mz_witnessing_close(p->witnessing);
    witness_world_clear(&p->world);
    free(p);
    return 0;
}

static void start(place *p, int64_t poll_ms, int64_t retry_max_ms)
{
    const mz_witnessing_options options = {
        .log = {p, take, give_back},
        .transport = witness_world_transport(&p->world),
        .alarm = count_alarm,
        .context = p,
        .interval_ms = 1,
        .poll_ms = poll_ms,
        .retry_min_ms = 1,
        .retry_max_ms = retry_max_ms
    };
    assert_int_equal(mz_witnessing_new(&options, &p->witnessing, NULL), MZ_OK);
}

/* Looks again and again until it is so. */
typedef bool is_so(const mz_witness_health *health, uint64_t number);
static mz_witness_health wait_until(place *p, const char *name, is_so *so, uint64_t number)
{
    const int64_t until_ms = mz_clock_steady_ms() + PATIENCE_MS;
    const struct timespec pause = {.tv_nsec = 2000000};
    while (mz_clock_steady_ms() < until_ms) {
        mz_witness_health all[8];
        const size_t count = mz_witnessing_read(p->witnessing, all, 8);
        for (size_t i = 0; i < count && i < 8; i++) {
            if (strcmp(all[i].name, name) == 0 && so(&all[i], number))
                return all[i];
        }
        (void)nanosleep(&pause, NULL);
    }
    fail_msg("%s: it did not come to be", name);
    return (mz_witness_health){0};
}

static bool has_cosigned(const mz_witness_health *health, uint64_t size)
{
    return health->cosigned_size == size;
}

static bool has_failed(const mz_witness_health *health, uint64_t count)
{
    return health->failed_count >= count;
}

#define W0 "witness.example.net/w0"
#define W1 "witness.example.net/w1"
#define W2 "witness.example.net/w2"

static uint64_t witnessed(place *p)
{
    mz_snapshot *snapshot = NULL;
    uint64_t size = 0;
    assert_int_equal(mz_snapshot_open(p->world.log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_witnessed(snapshot, &size, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    return size;
}

static void test_each_size(void **state)
{
    place *p = *state;
    start(p, PATIENCE_MS * 10, 10); /* so that notices alone bring it on */
    (void)wait_until(p, W0, has_cosigned, 1);
    (void)wait_until(p, W1, has_cosigned, 1);
    for (unsigned i = 0; i < 5; i++) {
        const uint64_t size = witness_world_append(&p->world, 3);
        mz_witnessing_notify(p->witnessing);
        (void)wait_until(p, W0, has_cosigned, size);
        (void)wait_until(p, W1, has_cosigned, size);
        assert_int_equal(witnessed(p), size);
    }
    assert_int_equal(atomic_load(&p->alarms), 0);
}

static void test_unasked(void **state)
{
    place *p = *state;
    start(p, 5, 10);
    const uint64_t size = witness_world_append(&p->world, 3); /* nobody says so */
    (void)wait_until(p, W0, has_cosigned, size);
    (void)wait_until(p, W1, has_cosigned, size);
}

static void test_one_fails(void **state)
{
    place *p = *state;
    p->world.hangs[0] = true;
    p->world.answers_with[1] = 503;
    start(p, 5, 20);
    const mz_witness_health failed = wait_until(p, W1, has_failed, 5);
    assert_int_equal(failed.why.status, MZ_IO);
    assert_int_equal(failed.cosigned_count, 0);
    const uint64_t size = witness_world_append(&p->world, 2); /* the writer does not wait */
    (void)pthread_mutex_lock(&p->world.mutex);
    p->world.answers_with[1] = 0;
    (void)pthread_mutex_unlock(&p->world.mutex);
    const mz_witness_health well = wait_until(p, W1, has_cosigned, size);
    assert_int_equal(well.why.status, MZ_OK);
    (void)pthread_mutex_lock(&p->world.mutex);
    assert_int_equal(p->world.posts[0], 1); /* still hanging; tear_down ends it */
    (void)pthread_mutex_unlock(&p->world.mutex);
    assert_int_equal(atomic_load(&p->alarms), 0);
}

/* A pause is doubled with each failure, up to the most. */
static void test_pauses(void **state)
{
    place *p = *state;
    p->world.answers_with[0] = p->world.answers_with[1] = 404;
    const int64_t before_ms = mz_clock_steady_ms();
    start(p, 1, 64);
    (void)wait_until(p, W0, has_failed, 10);
    /* At least half of 1, 2, 4, 8, 16, 32, 64, 64, 64 ms. */
    assert_true(mz_clock_steady_ms() - before_ms >= 127);
}

static bool is_ahead(const mz_witness_health *health, uint64_t known)
{
    return health->ahead && health->known_size == known;
}

static bool is_forked(const mz_witness_health *health, uint64_t ignored)
{
    (void)ignored;
    return health->forked;
}

/* Another ledger of the same origin and key has been there before: larger, then of the same size.
 */
static void test_alarms(void **state)
{
    place *p = *state;
    witness_world *w = &p->world, *other = calloc(1, sizeof *other);
    uint64_t old_size = 0;
    mz_asked asked;
    void *connection = NULL;
    witness_world_init(other);
    assert_int_equal(witness_world_append(other, 4), 5);
    const mz_log_borrow log = mz_log_borrow_kv(mz_log_kv(other->log));
    const mz_witness_transport transport = witness_world_transport(w); /* of ours */
    const mz_log_witness witness = {.key = w->keys[0], .url = "http://w0"};
    assert_int_equal(transport.open(transport.context, &connection, NULL), MZ_OK);
    assert_int_equal(
        mz_witness_ask(&log, &transport, connection, &witness, &old_size, &asked, NULL), MZ_OK);
    assert_int_equal(asked.step, MZ_STEP_DONE);
    transport.close(connection);
    start(p, 5, 10);
    (void)wait_until(p, W0, is_ahead, 5);
    (void)wait_until(p, W1, has_cosigned, 1); /* who saw nothing of it */
    (void)wait_until(p, W0, has_failed, 5);
    assert_int_equal(atomic_load(&p->alarms), 1); /* once, though it is tried again */
    assert_int_equal(witness_world_append(w, 4), 5);
    (void)wait_until(p, W0, is_forked, 0);
    (void)wait_until(p, W1, has_cosigned, 5);
    assert_int_equal(atomic_load(&p->alarms), 2);
    witness_world_clear(other);
    free(other);
}

/* Witnesses that the log names later are asked too, and the others no longer. */
static void test_amended(void **state)
{
    place *p = *state;
    mz_buf body;
    mz_buf_init(&body, 4096);
    start(p, 5, 10);
    (void)wait_until(p, W0, has_cosigned, 1);
    (void)wait_until(p, W1, has_cosigned, 1);
    mz_buf_put_text(&body, "{'witnesses':[");
    for (size_t i = 1; i < WITNESS_COUNT; i++) {
        mz_buf_put_text(&body, i > 1 ? "," : "");
        witness_world_put(&p->world, i, &body);
    }
    mz_buf_put_text(&body, "],'quorum':2}");
    const uint64_t size = witness_world_amend(&p->world, (const char *)body.data);
    (void)wait_until(p, W1, has_cosigned, size);
    (void)wait_until(p, W2, has_cosigned, size);
    assert_int_equal(witnessed(p), size);
    mz_witness_health all[8];
    assert_int_equal(mz_witnessing_read(p->witnessing, all, 8), 2);
    mz_buf_clear(&body);
}

static void test_taken_away(void **state)
{
    place *p = *state;
    const struct timespec a_while = {.tv_nsec = 50000000};
    atomic_store(&p->taken_away, true);
    start(p, 5, 10);
    (void)nanosleep(&a_while, NULL);
    assert_int_equal(mz_witnessing_read(p->witnessing, NULL, 0), 0);
    witness_world_reopen(&p->world); /* nobody uses it */
    atomic_store(&p->taken_away, false);
    (void)wait_until(p, W0, has_cosigned, 1);
    (void)wait_until(p, W1, has_cosigned, 1);
}

#define WITNESSING_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITNESSING_TEST(test_each_size),  WITNESSING_TEST(test_unasked),
        WITNESSING_TEST(test_one_fails),  WITNESSING_TEST(test_pauses),
        WITNESSING_TEST(test_alarms),     WITNESSING_TEST(test_amended),
        WITNESSING_TEST(test_taken_away),
    };
    return cmocka_run_group_tests_name("witnessing", TESTS, NULL, NULL);
}
