/* test_sequencer.c — many submitters at once: everyone is answered once, nobody's refusal is
 * another's, nothing is lost when a commit fails or the disk is full, and what waits has a limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/clock.h"
#include "kv/lmdb.h"
#include "log/files.h"
#include "log/sequencer.h"
#include "log_fixture.h"

/* --- a commit whose outcome is not known, once --- */

static bool commit_is_lost;    /* nothing was written */
static bool commit_is_unknown; /* it was written, and nobody knows */

mz_status __real_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    if (commit_is_lost) {
        commit_is_lost = false;
        mz_kv_abort(txn);
        return mz_refuse(why, MZ_OUTCOME_UNKNOWN);
    }
    const mz_status status = __real_mz_kv_commit(txn, why);
    if (!commit_is_unknown || status != MZ_OK)
        return status;
    commit_is_unknown = false;
    return mz_refuse(why, MZ_OUTCOME_UNKNOWN);
}

/* --- a ledger of a test's own --- */

typedef struct place {
    char root[64], dir[80];
    mz_signer signer;
    mz_log_options options;
    mz_log *log;
    int64_t now_ms; /* when its entries are signed */
} place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    mz_buf genesis;
    const char *parent = getenv("TMPDIR");
    assert_non_null(p);
    (void)snprintf(p->root, sizeof p->root, "%s/mz-seq-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(p->root));
    (void)snprintf(p->dir, sizeof p->dir, "%s/ledger", p->root);
    mz_sample_signer("log", &p->signer);
    p->options = (mz_log_options){.dir = p->dir, .signers = &p->signer, .signer_count = 1};
    p->now_ms = mz_clock_now_unix_ms();
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(p->now_ms, &genesis);
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), p->now_ms, &p->log, NULL),
                     MZ_OK);
    mz_buf_clear(&genesis);
    commit_is_lost = commit_is_unknown = false;
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    mz_log_close(p->log);
    mz_folder_remove(p->root);
    free(p);
    return 0;
}

static mz_sequencer *start(place *p, mz_sequencer_options options)
{
    mz_sequencer *sequencer = NULL;
    assert_int_equal(mz_sequencer_new(&p->log, &options, &sequencer, NULL), MZ_OK);
    return sequencer;
}

static uint64_t entry_count(place *p)
{
    mz_snapshot *snapshot = NULL;
    assert_int_equal(mz_snapshot_open(p->log, &snapshot, NULL), MZ_OK);
    const uint64_t size = mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    return size;
}

/* --- somebody who waits --- */

typedef struct waiter {
    sem_t answered;
    sem_t *gate; /* the answer is not taken before it is posted; NULL: at once */
    unsigned answers;
    mz_status status;
    uint64_t index;
    bool duplicate;
} waiter;

static void take_answer(void *context, const mz_submission *submission)
{
    waiter *w = context;
    if (w->gate != NULL)
        while (sem_wait(w->gate) != 0)
            continue;
    w->answers++;
    w->status = submission->status;
    w->index = submission->index;
    w->duplicate = submission->duplicate;
    if (submission->status != MZ_OK && submission->why.status != submission->status)
        w->answers += 100; /* a refusal without its reason */
    (void)sem_post(&w->answered);
}

static void begin(waiter *w)
{
    memset(w, 0, sizeof *w);
    assert_int_equal(sem_init(&w->answered, 0, 0), 0);
}

static void wait_for(waiter *w)
{
    while (sem_wait(&w->answered) != 0)
        continue;
    assert_int_equal(w->answers, 1);
    (void)sem_destroy(&w->answered);
}

static mz_status submit_party(const place *p, mz_sequencer *sequencer, uint64_t number, waiter *w)
{
    mz_buf text;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_party(number, p->now_ms, &text);
    const mz_status status =
        mz_sequencer_submit(sequencer, mz_buf_view(&text), take_answer, w, NULL);
    mz_buf_clear(&text);
    return status;
}

static mz_status answer_of(const place *p, mz_sequencer *sequencer, uint64_t number, waiter *w)
{
    begin(w);
    assert_int_equal(submit_party(p, sequencer, number, w), MZ_OK);
    wait_for(w);
    return w->status;
}

/* --- many at once --- */

#define THREADS 8
#define EACH 200

typedef struct submitter {
    place *p;
    mz_sequencer *sequencer;
    unsigned number;
    waiter waiters[EACH];
} submitter;

/* Every tenth is no entry at all, every eleventh a copy of the one before. */
static void *submit_many(void *context)
{
    submitter *s = context;
    for (uint64_t i = 0; i < EACH; i++) {
        waiter *w = &s->waiters[i];
        const uint64_t number = s->number * 1000 + (i % 11 == 10 ? i - 1 : i) + 1;
        begin(w);
        const mz_status status =
            i % 10 == 9
                ? mz_sequencer_submit(s->sequencer, mz_view_of("rubbish"), take_answer, w, NULL)
                : submit_party(s->p, s->sequencer, number, w);
        if (status != MZ_OK)
            abort();
    }
    return NULL;
}

static void test_many_at_once(void **state)
{
    place *p = *state;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){0});
    submitter *all = calloc(THREADS, sizeof *all);
    pthread_t threads[THREADS];
    uint8_t *seen = calloc(THREADS * EACH + 1, 1);
    uint64_t accepted = 0;
    assert_true(all != NULL && seen != NULL);
    for (unsigned i = 0; i < THREADS; i++) {
        all[i] = (submitter){.p = p, .sequencer = sequencer, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &all[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        for (unsigned j = 0; j < EACH; j++) {
            waiter *w = &all[i].waiters[j];
            wait_for(w);
            assert_int_equal(w->status, j % 10 == 9 ? MZ_BAD_JWS : MZ_OK);
            if (w->status != MZ_OK || w->duplicate)
                continue;
            assert_in_range(w->index, 1, THREADS * EACH);
            assert_int_equal(seen[w->index]++, 0); /* nobody else's place */
            accepted++;
        }
    }
    mz_sequencer_figures figures;
    mz_sequencer_read(sequencer, &figures);
    assert_int_equal(figures.accepted, accepted);
    assert_int_equal(figures.refused, THREADS * EACH / 10);
    assert_int_equal(figures.accepted + figures.duplicates + figures.refused, THREADS * EACH);
    assert_int_equal(figures.failed + figures.turned_away + figures.unanswered, 0);
    assert_true(figures.commits < figures.accepted); /* what waits is committed together */
    mz_sequencer_close(sequencer);
    assert_int_equal(entry_count(p), accepted + 1);
    free(all);
    free(seen);
}

/* --- limits and ends --- */

static void test_limit(void **state)
{
    place *p = *state;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){.unanswered_max = 3});
    sem_t gate;
    waiter waiters[4];
    assert_int_equal(sem_init(&gate, 0, 0), 0);
    for (unsigned i = 0; i < 3; i++) {
        begin(&waiters[i]);
        waiters[i].gate = &gate;
        assert_int_equal(submit_party(p, sequencer, i + 1, &waiters[i]), MZ_OK);
    }
    begin(&waiters[3]);
    assert_int_equal(submit_party(p, sequencer, 4, &waiters[3]), MZ_BUSY);
    for (unsigned i = 0; i < 3; i++)
        (void)sem_post(&gate);
    for (unsigned i = 0; i < 3; i++)
        wait_for(&waiters[i]);
    /* Answers come before the places are free to be counted, so that one may still be missing. */
    while (submit_party(p, sequencer, 4, &waiters[3]) == MZ_BUSY)
        continue;
    wait_for(&waiters[3]);
    assert_int_equal(waiters[3].status, MZ_OK);
    mz_sequencer_close(sequencer);
    (void)sem_destroy(&gate);
}

static void test_bytes_limit(void **state)
{
    place *p = *state;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){.unanswered_bytes_max = 10});
    waiter w;
    begin(&w);
    assert_int_equal(submit_party(p, sequencer, 1, &w), MZ_BUSY);
    assert_int_equal(
        mz_sequencer_submit(sequencer, mz_view_of("0123456789"), take_answer, &w, NULL), MZ_OK);
    wait_for(&w);
    assert_int_equal(w.status, MZ_BAD_JWS);
    mz_sequencer_close(sequencer);
}

static void count_commit(void *context)
{
    unsigned *commits = context;
    ++*commits; /* by the writer's thread, before an answer that is waited for */
}

static void test_close_answers_all(void **state)
{
    place *p = *state;
    unsigned commits = 0;
    mz_sequencer *sequencer = start(
        p, (mz_sequencer_options){.checkers = 1, .committed = count_commit, .context = &commits});
    waiter waiters[300];
    uint64_t index = 0;
    for (unsigned i = 0; i < 300; i++) { /* every third is checked in no time */
        begin(&waiters[i]);
        assert_int_equal(i % 3 == 2 ? mz_sequencer_submit(sequencer, mz_view_of("rubbish"),
                                                          take_answer, &waiters[i], NULL)
                                    : submit_party(p, sequencer, i + 1, &waiters[i]),
                         MZ_OK);
    }
    mz_sequencer_close(sequencer);
    for (unsigned i = 0; i < 300; i++) {
        wait_for(&waiters[i]);
        assert_int_equal(waiters[i].status, i % 3 == 2 ? MZ_BAD_JWS : MZ_OK);
        if (i % 3 != 2)
            assert_int_equal(waiters[i].index, ++index); /* in the order in which they came */
    }
    assert_in_range(commits, 2, 199); /* together, but not all at once */
    assert_int_equal(entry_count(p), 201);
    mz_sequencer_close(NULL);
}

/* What is refused changes nothing, and nobody hears of it. */
static void test_committed(void **state)
{
    place *p = *state;
    unsigned commits = 0;
    waiter w;
    mz_sequencer *sequencer =
        start(p, (mz_sequencer_options){.committed = count_commit, .context = &commits});
    for (unsigned i = 0; i < 3; i++) {
        begin(&w);
        assert_int_equal(
            mz_sequencer_submit(sequencer, mz_view_of("rubbish"), take_answer, &w, NULL), MZ_OK);
        wait_for(&w);
    }
    assert_int_equal(commits, 0);
    assert_int_equal(answer_of(p, sequencer, 1, &w), MZ_OK);
    assert_int_equal(commits, 1); /* before its answer */
    mz_sequencer_close(sequencer);
}

static void test_full_disk(void **state)
{
    place *p = *state;
    waiter w;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){.free_space_min = UINT64_MAX / 2});
    assert_int_equal(answer_of(p, sequencer, 1, &w), MZ_FULL);
    mz_sequencer_close(sequencer);
    assert_int_equal(entry_count(p), 1);
    sequencer = start(p, (mz_sequencer_options){.free_space_min = 1});
    assert_int_equal(answer_of(p, sequencer, 1, &w), MZ_OK);
    mz_sequencer_close(sequencer);
}

/* --- a commit that fails --- */

static unsigned reopen_fails;

static mz_status reopen(void *context, mz_log **log, mz_reason *why)
{
    const place *p = context;
    mz_log_close(*log);
    *log = NULL;
    if (reopen_fails > 0) {
        reopen_fails--;
        return mz_refuse(why, MZ_IO, mz_words("cause", "not yet"));
    }
    return mz_log_open(&p->options, log, why);
}

/* Sent again after any trouble, an entry is in the log once. */
static void check_recovery(place *p, unsigned failures, bool was_written)
{
    waiter w;
    mz_sequencer_figures figures;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){.reopen = reopen, .context = p});
    reopen_fails = failures;
    assert_int_equal(answer_of(p, sequencer, 1, &w), MZ_OK);
    commit_is_lost = !was_written;
    commit_is_unknown = was_written;
    assert_int_equal(answer_of(p, sequencer, 2, &w), MZ_OUTCOME_UNKNOWN);
    do { /* turned away, or told again, until the log is open */
        begin(&w);
        if (submit_party(p, sequencer, 2, &w) == MZ_OK)
            wait_for(&w);
        else
            w.status = MZ_OUTCOME_UNKNOWN;
    } while (w.status == MZ_OUTCOME_UNKNOWN);
    assert_int_equal(w.status, MZ_OK);
    assert_int_equal(w.duplicate, was_written);
    assert_int_equal(w.index, 2);
    mz_sequencer_read(sequencer, &figures);
    assert_int_equal(figures.reopened, 1);
    assert_int_equal(figures.stopped, MZ_OK);
    mz_sequencer_close(sequencer);
    assert_int_equal(entry_count(p), 3);
}

static void test_commit_lost(void **state)
{
    check_recovery(*state, 0, false);
}

static void test_commit_written_unknown(void **state)
{
    check_recovery(*state, 0, true);
}

static void test_reopening_takes_a_while(void **state)
{
    check_recovery(*state, 2, true);
}

static void test_without_reopening_it_stays_stopped(void **state)
{
    place *p = *state;
    waiter w;
    mz_sequencer *sequencer = start(p, (mz_sequencer_options){0});
    commit_is_lost = true;
    assert_int_equal(answer_of(p, sequencer, 1, &w), MZ_OUTCOME_UNKNOWN);
    begin(&w);
    if (submit_party(p, sequencer, 1, &w) == MZ_OK) { /* before the writer has said so */
        wait_for(&w);
        assert_int_equal(w.status, MZ_OUTCOME_UNKNOWN);
    }
    mz_sequencer_close(sequencer);
    assert_int_equal(entry_count(p), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        TEST(test_many_at_once),
        TEST(test_limit),
        TEST(test_bytes_limit),
        TEST(test_close_answers_all),
        TEST(test_committed),
        TEST(test_full_disk),
        TEST(test_commit_lost),
        TEST(test_commit_written_unknown),
        TEST(test_reopening_takes_a_while),
        TEST(test_without_reopening_it_stays_stopped),
    };
    return cmocka_run_group_tests_name("sequencer", TESTS, NULL, NULL);
}
