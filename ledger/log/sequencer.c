#include "log/sequencer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/clock.h"
#include "edge/workers.h"
#include "log/files.h"

#define UNANSWERED_MAX 4096
#define UNANSWERED_BYTES_MAX (32u << 20)
#define CHECKED_AT_ONCE 2 /* by one checker: few, so that every core has some */
/* Found by measuring, docs/design/0024: */
#define COMMIT_WHOLE 32   /* as many are one commit, though they be more than half of all */
#define WORTH_A_COMMIT 24 /* fewer wait for those that are being checked */
#define REOPEN_PAUSE_MS 200

/* Somebody who waits for an answer. */
typedef struct ticket {
    mz_sequencer_done *done;
    void *context;
    bool checked;
    mz_submission submission;
    size_t size;
    uint8_t text[];
} ticket;

/* Every submission has a number, in the order in which they came. Those from `taken` on stand in
 * the ring; up to `ready` all are checked, up to `claimed` somebody has begun to. */
struct mz_sequencer {
    mz_log **log;
    mz_sequencer_options options;
    pthread_t checkers[MZ_WORKERS_MAX], writer;
    size_t checker_count;
    /* Guards the log itself against being replaced while it is checked with. */
    pthread_rwlock_t log_use;
    /* Guards all below. */
    pthread_mutex_t mutex;
    pthread_cond_t arrived; /* something is to be checked, or closing */
    pthread_cond_t checked; /* `ready` went on, or closing */
    ticket **ring;
    uint64_t taken, ready, claimed, submitted; /* none is ahead of the next */
    size_t unanswered_count, unanswered_bytes; /* in the ring, or with the writer */
    bool closing;
    mz_status stopped;
    mz_sequencer_figures figures;
    /* The writer's own: */
    size_t writing_count;
    ticket *writing[MZ_KV_ENTRIES_MAX];
    mz_submission submissions[MZ_KV_ENTRIES_MAX];
};

static ticket **place(const mz_sequencer *sequencer, uint64_t number)
{
    return &sequencer->ring[number % sequencer->options.unanswered_max];
}

/* --- checkers --- */

/* Waits for something to check; 0 when there will be nothing more. */
static size_t claim(mz_sequencer *sequencer, ticket *own[CHECKED_AT_ONCE])
{
    size_t count = 0;
    (void)pthread_mutex_lock(&sequencer->mutex);
    while (sequencer->claimed == sequencer->submitted && !sequencer->closing)
        (void)pthread_cond_wait(&sequencer->arrived, &sequencer->mutex);
    while (sequencer->claimed < sequencer->submitted && count < CHECKED_AT_ONCE)
        own[count++] = *place(sequencer, sequencer->claimed++);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    return count;
}

/* Trouble has no outcome of its own: what the whole came to is each one's answer. */
static void settle(mz_submission *submission, mz_status status, const mz_reason *why)
{
    if (!submission->pending)
        return;
    submission->pending = false;
    submission->status = status;
    submission->why = *why;
}

static void check(mz_sequencer *sequencer, ticket *const own[], size_t count)
{
    mz_submission *submissions[CHECKED_AT_ONCE];
    mz_reason why = {0};
    for (size_t i = 0; i < count; i++)
        submissions[i] = &own[i]->submission;
    (void)pthread_rwlock_rdlock(&sequencer->log_use);
    const mz_status status = *sequencer->log == NULL
                                 ? mz_refuse(&why, MZ_OUTCOME_UNKNOWN)
                                 : mz_log_prepare_here(*sequencer->log, submissions, count, &why);
    (void)pthread_rwlock_unlock(&sequencer->log_use);
    for (size_t i = 0; status != MZ_OK && i < count; i++) {
        submissions[i]->pending = true;
        settle(submissions[i], status, &why);
    }
}

/* What was claimed first is written first, whoever was done with it first. */
static void hand_over(mz_sequencer *sequencer, ticket *const own[], size_t count)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    for (size_t i = 0; i < count; i++)
        own[i]->checked = true;
    const uint64_t before = sequencer->ready;
    while (sequencer->ready < sequencer->claimed && (*place(sequencer, sequencer->ready))->checked)
        sequencer->ready++;
    if (sequencer->ready > before)
        (void)pthread_cond_signal(&sequencer->checked);
    (void)pthread_mutex_unlock(&sequencer->mutex);
}

static void *run_checker(void *context)
{
    mz_sequencer *sequencer = context;
    ticket *own[CHECKED_AT_ONCE];
    for (size_t count; (count = claim(sequencer, own)) > 0;) {
        check(sequencer, own, count);
        hand_over(sequencer, own, count);
    }
    return NULL;
}

/* --- the writer --- */

/* How many one commit takes: at most half of all that are not answered yet, so that the other half
 * is on its way while the disk is waited for; were all in one commit, the cores would stand still.
 * Few are taken whole, since a commit costs as much as many entries. The mutex is held. */
static size_t commit_size(const mz_sequencer *sequencer)
{
    size_t size = (sequencer->unanswered_count + 1) / 2;
    if (size < COMMIT_WHOLE)
        size = COMMIT_WHOLE;
    return size < MZ_KV_ENTRIES_MAX ? size : MZ_KV_ENTRIES_MAX;
}

/* For the same reason few wait for those that are being checked, or are about to be; one alone
 * waits for nobody. The mutex is held. */
static bool is_worth_waiting(const mz_sequencer *sequencer)
{
    const uint64_t ready = sequencer->ready - sequencer->taken;
    if (sequencer->ready == sequencer->submitted)
        return ready == 0 && !sequencer->closing;
    return ready < WORTH_A_COMMIT;
}

static bool take_ready(mz_sequencer *sequencer)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    while (is_worth_waiting(sequencer))
        (void)pthread_cond_wait(&sequencer->checked, &sequencer->mutex);
    const size_t count_max = commit_size(sequencer);
    size_t count = 0;
    while (sequencer->taken < sequencer->ready && count < count_max)
        sequencer->writing[count++] = *place(sequencer, sequencer->taken++);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    for (size_t i = 0; i < count; i++)
        sequencer->submissions[i] = sequencer->writing[i]->submission;
    sequencer->writing_count = count;
    return count > 0;
}

static void count(mz_sequencer_figures *figures, const mz_submission *submission)
{
    if (submission->status == MZ_OK && submission->duplicate)
        figures->duplicates++;
    else if (submission->status == MZ_OK)
        figures->accepted++;
    else if (submission->status >= MZ_CLOCK)
        figures->failed++;
    else
        figures->refused++;
}

static void answer_all(mz_sequencer *sequencer)
{
    bool accepted = false;
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->figures.commits++;
    for (size_t i = 0; i < sequencer->writing_count; i++) {
        count(&sequencer->figures, &sequencer->submissions[i]);
        accepted = accepted || sequencer->submissions[i].status == MZ_OK;
        sequencer->unanswered_bytes -= sequencer->writing[i]->size;
    }
    sequencer->unanswered_count -= sequencer->writing_count;
    (void)pthread_mutex_unlock(&sequencer->mutex);
    if (accepted && sequencer->options.committed != NULL)
        sequencer->options.committed(sequencer->options.context);
    for (size_t i = 0; i < sequencer->writing_count; i++) {
        ticket *own = sequencer->writing[i];
        own->done(own->context, &sequencer->submissions[i]);
        mz_submission_clear(&sequencer->submissions[i]);
        free(own);
    }
}

/* Keeps some of the disk free, so that reading, logging and recovery go on. */
static mz_status check_space(const mz_sequencer *sequencer, mz_reason *why)
{
    return mz_folder_free_space(mz_log_dir(*sequencer->log)) >= sequencer->options.free_space_min
               ? MZ_OK
               : mz_refuse(why, MZ_FULL);
}

static mz_status write_all(mz_sequencer *sequencer)
{
    mz_submission *all = sequencer->submissions;
    mz_reason why = {0};
    mz_status status = *sequencer->log == NULL ? mz_refuse(&why, MZ_OUTCOME_UNKNOWN)
                                               : check_space(sequencer, &why);
    if (status == MZ_OK)
        status = mz_log_commit(*sequencer->log, all, sequencer->writing_count,
                               mz_clock_now_unix_ms(), &why);
    for (size_t i = 0; status != MZ_OK && i < sequencer->writing_count; i++)
        settle(&all[i], status, &why);
    return status;
}

static void set_stopped(mz_sequencer *sequencer, mz_status stopped)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->stopped = stopped;
    sequencer->figures.reopened += stopped == MZ_OK ? 1 : 0;
    (void)pthread_mutex_unlock(&sequencer->mutex);
}

static bool is_closing(mz_sequencer *sequencer)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    const bool closing = sequencer->closing;
    (void)pthread_mutex_unlock(&sequencer->mutex);
    return closing;
}

/* Opens the log anew until that succeeds, or nobody needs it any more. */
static void reopen(mz_sequencer *sequencer, mz_status stopped)
{
    const struct timespec pause = {.tv_nsec = REOPEN_PAUSE_MS * 1000000L};
    set_stopped(sequencer, stopped);
    if (sequencer->options.reopen == NULL)
        return;
    for (;;) {
        mz_reason why = {0};
        (void)pthread_rwlock_wrlock(&sequencer->log_use);
        const mz_status status =
            sequencer->options.reopen(sequencer->options.context, sequencer->log, &why);
        (void)pthread_rwlock_unlock(&sequencer->log_use);
        if (status == MZ_OK) {
            set_stopped(sequencer, MZ_OK);
            return;
        }
        if (is_closing(sequencer))
            return;
        (void)nanosleep(&pause, NULL);
    }
}

static void *run_writer(void *context)
{
    mz_sequencer *sequencer = context;
    while (take_ready(sequencer)) {
        const mz_status status = write_all(sequencer);
        answer_all(sequencer);
        if (*sequencer->log == NULL || mz_log_stopped(*sequencer->log) != MZ_OK)
            reopen(sequencer, status);
    }
    return NULL;
}

/* --- from outside --- */

static void free_all(mz_sequencer *sequencer)
{
    (void)pthread_rwlock_destroy(&sequencer->log_use);
    (void)pthread_mutex_destroy(&sequencer->mutex);
    (void)pthread_cond_destroy(&sequencer->arrived);
    (void)pthread_cond_destroy(&sequencer->checked);
    free(sequencer->ring);
    free(sequencer);
}

/* The checkers end when nothing is to be checked. */
static void end_checkers(mz_sequencer *sequencer)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->closing = true;
    (void)pthread_cond_broadcast(&sequencer->arrived);
    (void)pthread_cond_signal(&sequencer->checked);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    for (size_t i = 0; i < sequencer->checker_count; i++)
        (void)pthread_join(sequencer->checkers[i], NULL);
}

static bool start(mz_sequencer *sequencer)
{
    const unsigned asked = sequencer->options.checkers;
    const size_t wanted = asked == 0 ? mz_workers_cores() : asked;
    while (sequencer->checker_count < wanted && sequencer->checker_count < MZ_WORKERS_MAX &&
           pthread_create(&sequencer->checkers[sequencer->checker_count], NULL, run_checker,
                          sequencer) == 0)
        sequencer->checker_count++;
    if (sequencer->checker_count > 0 &&
        pthread_create(&sequencer->writer, NULL, run_writer, sequencer) == 0)
        return true;
    end_checkers(sequencer);
    return false;
}

mz_status mz_sequencer_new(mz_log **log, const mz_sequencer_options *options,
                           mz_sequencer **sequencer, mz_reason *why)
{
    mz_sequencer *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->log = log;
    made->options = *options;
    if (made->options.unanswered_max == 0)
        made->options.unanswered_max = UNANSWERED_MAX;
    if (made->options.unanswered_bytes_max == 0)
        made->options.unanswered_bytes_max = UNANSWERED_BYTES_MAX;
    (void)pthread_rwlock_init(&made->log_use, NULL);
    (void)pthread_mutex_init(&made->mutex, NULL);
    (void)pthread_cond_init(&made->arrived, NULL);
    (void)pthread_cond_init(&made->checked, NULL);
    made->ring = calloc(made->options.unanswered_max, sizeof(ticket *));
    if (made->ring == NULL || !start(made)) {
        free_all(made);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    *sequencer = made;
    return MZ_OK;
}

void mz_sequencer_close(mz_sequencer *sequencer)
{
    if (sequencer == NULL)
        return;
    end_checkers(sequencer);
    (void)pthread_join(sequencer->writer, NULL);
    free_all(sequencer);
}

static mz_status refuse_now(mz_sequencer *sequencer, size_t size, mz_reason *why)
{
    const mz_sequencer_options *options = &sequencer->options;
    if (sequencer->stopped != MZ_OK)
        return mz_refuse(why, MZ_OUTCOME_UNKNOWN);
    if (!sequencer->closing && sequencer->unanswered_count < options->unanswered_max &&
        sequencer->unanswered_bytes + size <= options->unanswered_bytes_max)
        return MZ_OK;
    sequencer->figures.turned_away++;
    return mz_refuse(why, MZ_BUSY,
                     mz_words("cause", sequencer->closing
                                           ? MZ_BOTH("服务正在停止", "the service is stopping")
                                           : MZ_BOTH("排队的条目太多", "too many entries wait")));
}

mz_status mz_sequencer_submit(mz_sequencer *sequencer, mz_view text, mz_sequencer_done *done,
                              void *context, mz_reason *why)
{
    ticket *next = calloc(1, sizeof *next + text.size);
    if (next == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    next->done = done;
    next->context = context;
    next->size = text.size;
    if (text.size > 0)
        memcpy(next->text, text.data, text.size);
    mz_submission_init(&next->submission, (mz_view){next->text, text.size});
    (void)pthread_mutex_lock(&sequencer->mutex);
    const mz_status status = refuse_now(sequencer, text.size, why);
    if (status == MZ_OK) {
        *place(sequencer, sequencer->submitted++) = next;
        sequencer->unanswered_count++;
        sequencer->unanswered_bytes += text.size;
        (void)pthread_cond_signal(&sequencer->arrived);
    }
    (void)pthread_mutex_unlock(&sequencer->mutex);
    if (status != MZ_OK)
        free(next);
    return status;
}

void mz_sequencer_read(mz_sequencer *sequencer, mz_sequencer_figures *figures)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    *figures = sequencer->figures;
    figures->unanswered = sequencer->unanswered_count;
    figures->stopped = sequencer->stopped;
    (void)pthread_mutex_unlock(&sequencer->mutex);
}
