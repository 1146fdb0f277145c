#include "edge/workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define CLAIM 2 /* tasks taken at once: a task may be a signature, 40 us */

typedef struct worker {
    mz_workers *workers;
    pthread_t thread;
    unsigned number;
} worker;

struct mz_workers {
    pthread_mutex_t mutex;
    pthread_cond_t work_there; /* a new run, or the end */
    pthread_cond_t all_done;   /* busy fell to 0 */
    /* Under the mutex: */
    unsigned long run; /* its number: a worker that sees a new one joins it */
    unsigned busy;     /* threads that have not left the run yet */
    bool ending;
    mz_worker_task *task;
    void *context;
    size_t task_count;
    /* By all, while a run goes on: */
    atomic_size_t next_task;
    unsigned count; /* workers, the caller included */
    worker threads[MZ_WORKERS_MAX];
};

static void work(mz_workers *workers, unsigned number)
{
    for (;;) {
        size_t first = atomic_fetch_add(&workers->next_task, CLAIM);
        if (first >= workers->task_count)
            return;
        size_t end = first + CLAIM < workers->task_count ? first + CLAIM : workers->task_count;
        for (size_t i = first; i < end; i++)
            workers->task(workers->context, number, i);
    }
}

static void *thread_main(void *argument)
{
    worker *self = argument;
    mz_workers *workers = self->workers;
    unsigned long seen = 0;
    pthread_mutex_lock(&workers->mutex);
    for (;;) {
        while (!workers->ending && workers->run == seen)
            pthread_cond_wait(&workers->work_there, &workers->mutex);
        if (workers->ending)
            break;
        seen = workers->run;
        pthread_mutex_unlock(&workers->mutex);
        work(workers, self->number);
        pthread_mutex_lock(&workers->mutex);
        if (--workers->busy == 0)
            pthread_cond_signal(&workers->all_done);
    }
    pthread_mutex_unlock(&workers->mutex);
    return NULL;
}

unsigned mz_workers_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > MZ_WORKERS_MAX ? MZ_WORKERS_MAX : (unsigned)cores;
}

mz_workers *mz_workers_new(unsigned count)
{
    if (count == 0)
        count = mz_workers_cores();
    if (count > MZ_WORKERS_MAX)
        count = MZ_WORKERS_MAX;
    mz_workers *workers = calloc(1, sizeof *workers);
    if (workers == NULL)
        return NULL;
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->work_there, NULL);
    pthread_cond_init(&workers->all_done, NULL);
    workers->count = 1;
    while (workers->count < count) {
        worker *next = &workers->threads[workers->count];
        *next = (worker){.workers = workers, .number = workers->count};
        if (pthread_create(&next->thread, NULL, thread_main, next) != 0) {
            mz_workers_free(workers);
            return NULL;
        }
        workers->count++;
    }
    return workers;
}

void mz_workers_free(mz_workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->mutex);
    assert(workers->busy == 0);
    workers->ending = true;
    pthread_cond_broadcast(&workers->work_there);
    pthread_mutex_unlock(&workers->mutex);
    for (unsigned i = 1; i < workers->count; i++)
        pthread_join(workers->threads[i].thread, NULL);
    pthread_cond_destroy(&workers->all_done);
    pthread_cond_destroy(&workers->work_there);
    pthread_mutex_destroy(&workers->mutex);
    free(workers);
}

unsigned mz_workers_count(const mz_workers *workers)
{
    return workers->count;
}

void mz_workers_run(mz_workers *workers, size_t count, mz_worker_task *task, void *context)
{
    pthread_mutex_lock(&workers->mutex);
    assert(workers->busy == 0);
    workers->task = task;
    workers->context = context;
    workers->task_count = count;
    atomic_store(&workers->next_task, 0);
    bool alone = count <= CLAIM;
    if (!alone) {
        workers->busy = workers->count - 1;
        workers->run++;
        pthread_cond_broadcast(&workers->work_there);
    }
    pthread_mutex_unlock(&workers->mutex);
    work(workers, 0);
    pthread_mutex_lock(&workers->mutex);
    while (workers->busy > 0)
        pthread_cond_wait(&workers->all_done, &workers->mutex);
    pthread_mutex_unlock(&workers->mutex);
}
