#include "log/sequencer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "edge/clock.h"

#define UNANSWERED_MAX 4096
#define UNANSWERED_BYTES_MAX (32u << 20)
#define CHECKED_AT_ONCE 128 /* so that the writer does not wait for a long queue to be checked */
#define WORTH_A_COMMIT 32   /* entries that are not kept waiting for more */
#define REOPEN_PAUSE_MS 200

/* Somebody who waits for an answer, and the text, ours. */
typedef struct ticket {
    uint8_t *text;
    size_t size;
    mz_sequencer_done *done;
    void *context;
} ticket;

/* Submissions on their way together, and whose they are: `tickets[i]` of `submissions[i]`. */
typedef struct convoy {
    size_t count;
    ticket tickets[MZ_KV_ENTRIES_MAX];
    mz_submission submissions[MZ_KV_ENTRIES_MAX];
} convoy;

struct mz_sequencer {
    mz_log **log;
    mz_sequencer_options options;
    pthread_t checker, writer;
    size_t thread_count;
    /* Guards the log itself against being replaced while it is checked with. */
    pthread_mutex_t log_use;
    /* Guards all below. */
    pthread_mutex_t mutex;
    pthread_cond_t arrived; /* something waits, or closing */
    pthread_cond_t taken;   /* the writer has taken what was checked: there is room again */
    pthread_cond_t checked; /* something is checked, or the checker has ended */
    ticket *waiting;        /* a ring */
    size_t first, waiting_count;
    size_t unanswered_count, unanswered_bytes; /* waiting, or on their way */
    convoy *ready;                             /* checked; the writer takes all of it */
    convoy *writing;                           /* the writer's own */
    convoy *checking;                          /* the checker's own */
    bool closing, checker_busy, checker_ended;
    mz_status stopped;
    mz_sequencer_figures figures;
};

/* --- answers --- */

/* Trouble has no outcome of its own: what the whole commit came to is each one's answer. */
static void settle(mz_submission *submission, mz_status status, const mz_reason *why)
{
    if (!submission->pending)
        return;
    submission->pending = false;
    submission->status = status;
    submission->why = *why;
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

static void answer_all(mz_sequencer *sequencer, convoy *all)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    for (size_t i = 0; i < all->count; i++) {
        count(&sequencer->figures, &all->submissions[i]);
        sequencer->unanswered_bytes -= all->tickets[i].size;
    }
    sequencer->unanswered_count -= all->count;
    (void)pthread_mutex_unlock(&sequencer->mutex);
    for (size_t i = 0; i < all->count; i++) {
        all->tickets[i].done(all->tickets[i].context, &all->submissions[i]);
        mz_submission_clear(&all->submissions[i]);
        free(all->tickets[i].text);
    }
    all->count = 0;
}

/* --- the checker --- */

/* Waits for work; false when there will be none. */
static bool take_waiting(mz_sequencer *sequencer)
{
    convoy *checking = sequencer->checking;
    (void)pthread_mutex_lock(&sequencer->mutex);
    while (sequencer->waiting_count == 0 && !sequencer->closing)
        (void)pthread_cond_wait(&sequencer->arrived, &sequencer->mutex);
    while (sequencer->waiting_count > 0 && checking->count < CHECKED_AT_ONCE) {
        const ticket next = sequencer->waiting[sequencer->first];
        sequencer->first = (sequencer->first + 1) % sequencer->options.unanswered_max;
        sequencer->waiting_count--;
        checking->tickets[checking->count] = next;
        mz_submission_init(&checking->submissions[checking->count++],
                           (mz_view){next.text, next.size});
    }
    sequencer->checker_busy = checking->count > 0;
    (void)pthread_mutex_unlock(&sequencer->mutex);
    return checking->count > 0;
}

static void check(mz_sequencer *sequencer)
{
    convoy *checking = sequencer->checking;
    mz_reason why = {0};
    (void)pthread_mutex_lock(&sequencer->log_use);
    const mz_status status =
        *sequencer->log == NULL
            ? mz_refuse(&why, MZ_OUTCOME_UNKNOWN)
            : mz_log_prepare(*sequencer->log, checking->submissions, checking->count, &why);
    (void)pthread_mutex_unlock(&sequencer->log_use);
    for (size_t i = 0; status != MZ_OK && i < checking->count; i++) {
        checking->submissions[i].pending = true;
        settle(&checking->submissions[i], status, &why);
    }
}

/* Hands what is checked to the writer, waiting for room. */
static void hand_over(mz_sequencer *sequencer)
{
    convoy *checking = sequencer->checking;
    (void)pthread_mutex_lock(&sequencer->mutex);
    while (sequencer->ready->count + checking->count > MZ_KV_ENTRIES_MAX)
        (void)pthread_cond_wait(&sequencer->taken, &sequencer->mutex);
    convoy *ready = sequencer->ready; /* the writer may have taken the one before */
    memcpy(&ready->tickets[ready->count], checking->tickets,
           checking->count * sizeof checking->tickets[0]);
    memcpy(&ready->submissions[ready->count], checking->submissions,
           checking->count * sizeof checking->submissions[0]);
    ready->count += checking->count;
    checking->count = 0;
    sequencer->checker_busy = false;
    (void)pthread_cond_signal(&sequencer->checked);
    (void)pthread_mutex_unlock(&sequencer->mutex);
}

static void *run_checker(void *context)
{
    mz_sequencer *sequencer = context;
    while (take_waiting(sequencer)) {
        check(sequencer);
        hand_over(sequencer);
    }
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->checker_ended = true;
    (void)pthread_cond_signal(&sequencer->checked);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    return NULL;
}

/* --- the writer --- */

/* A commit costs as much as many entries, so who is being checked or about to be comes along, up to
 * a number; one alone waits for nobody. The mutex is held. */
static bool is_worth_waiting(const mz_sequencer *sequencer)
{
    const size_t ready = sequencer->ready->count;
    return ready == 0 ||
           (ready < WORTH_A_COMMIT && (sequencer->checker_busy || sequencer->waiting_count > 0));
}

static bool take_ready(mz_sequencer *sequencer)
{
    (void)pthread_mutex_lock(&sequencer->mutex);
    while (!sequencer->checker_ended && is_worth_waiting(sequencer))
        (void)pthread_cond_wait(&sequencer->checked, &sequencer->mutex);
    convoy *taken = sequencer->ready;
    sequencer->ready = sequencer->writing;
    sequencer->writing = taken;
    (void)pthread_cond_signal(&sequencer->taken);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    return taken->count > 0;
}

/* Keeps some of the disk free, so that reading, logging and recovery go on. */
static mz_status check_space(const mz_sequencer *sequencer, mz_reason *why)
{
    struct statvfs disk;
    if (sequencer->options.free_space_min == 0 || statvfs(mz_log_dir(*sequencer->log), &disk) != 0)
        return MZ_OK;
    const uint64_t block = disk.f_frsize;
    return disk.f_bavail >= sequencer->options.free_space_min / (block == 0 ? 1 : block)
               ? MZ_OK
               : mz_refuse(why, MZ_FULL);
}

static mz_status write_all(mz_sequencer *sequencer, convoy *all)
{
    mz_reason why = {0};
    mz_status status = *sequencer->log == NULL ? mz_refuse(&why, MZ_OUTCOME_UNKNOWN)
                                               : check_space(sequencer, &why);
    if (status == MZ_OK)
        status = mz_log_commit(*sequencer->log, all->submissions, all->count,
                               mz_clock_now_unix_ms(), &why);
    for (size_t i = 0; status != MZ_OK && i < all->count; i++)
        settle(&all->submissions[i], status, &why);
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
        (void)pthread_mutex_lock(&sequencer->log_use);
        const mz_status status =
            sequencer->options.reopen(sequencer->options.context, sequencer->log, &why);
        (void)pthread_mutex_unlock(&sequencer->log_use);
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
        const mz_status status = write_all(sequencer, sequencer->writing);
        (void)pthread_mutex_lock(&sequencer->mutex);
        sequencer->figures.commits++;
        (void)pthread_mutex_unlock(&sequencer->mutex);
        answer_all(sequencer, sequencer->writing);
        if (*sequencer->log == NULL || mz_log_stopped(*sequencer->log) != MZ_OK)
            reopen(sequencer, status);
    }
    return NULL;
}

/* --- from outside --- */

static void free_all(mz_sequencer *sequencer)
{
    (void)pthread_mutex_destroy(&sequencer->log_use);
    (void)pthread_mutex_destroy(&sequencer->mutex);
    (void)pthread_cond_destroy(&sequencer->arrived);
    (void)pthread_cond_destroy(&sequencer->taken);
    (void)pthread_cond_destroy(&sequencer->checked);
    free(sequencer->waiting);
    free(sequencer->ready);
    free(sequencer->writing);
    free(sequencer->checking);
    free(sequencer);
}

static bool start(mz_sequencer *sequencer)
{
    if (pthread_create(&sequencer->checker, NULL, run_checker, sequencer) != 0)
        return false;
    if (pthread_create(&sequencer->writer, NULL, run_writer, sequencer) == 0)
        return true;
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->closing = true;
    (void)pthread_cond_broadcast(&sequencer->arrived);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    (void)pthread_join(sequencer->checker, NULL);
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
    (void)pthread_mutex_init(&made->log_use, NULL);
    (void)pthread_mutex_init(&made->mutex, NULL);
    (void)pthread_cond_init(&made->arrived, NULL);
    (void)pthread_cond_init(&made->taken, NULL);
    (void)pthread_cond_init(&made->checked, NULL);
    made->waiting = calloc(made->options.unanswered_max, sizeof made->waiting[0]);
    made->ready = calloc(1, sizeof *made->ready);
    made->writing = calloc(1, sizeof *made->writing);
    made->checking = calloc(1, sizeof *made->checking);
    if (made->waiting == NULL || made->ready == NULL || made->writing == NULL ||
        made->checking == NULL || !start(made)) {
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
    (void)pthread_mutex_lock(&sequencer->mutex);
    sequencer->closing = true;
    (void)pthread_cond_broadcast(&sequencer->arrived);
    (void)pthread_mutex_unlock(&sequencer->mutex);
    (void)pthread_join(sequencer->checker, NULL);
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
    ticket next = {malloc(text.size == 0 ? 1 : text.size), text.size, done, context};
    if (next.text == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (text.size > 0)
        memcpy(next.text, text.data, text.size);
    (void)pthread_mutex_lock(&sequencer->mutex);
    const mz_status status = refuse_now(sequencer, text.size, why);
    if (status == MZ_OK) {
        const size_t at =
            (sequencer->first + sequencer->waiting_count) % sequencer->options.unanswered_max;
        sequencer->waiting[at] = next;
        sequencer->waiting_count++;
        sequencer->unanswered_count++;
        sequencer->unanswered_bytes += text.size;
        (void)pthread_cond_signal(&sequencer->arrived);
    }
    (void)pthread_mutex_unlock(&sequencer->mutex);
    if (status != MZ_OK)
        free(next.text);
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
