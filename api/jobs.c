#include "jobs.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct mz_jobs {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t arrived;
    bool ending;
    size_t first, count;
    struct {
        mz_job *job;
        void *context;
    } ring[MZ_JOBS_MAX];
};

static void *run(void *context)
{
    mz_jobs *jobs = context;
    pthread_mutex_lock(&jobs->mutex);
    while (jobs->count > 0 || !jobs->ending) {
        if (jobs->count == 0) {
            pthread_cond_wait(&jobs->arrived, &jobs->mutex);
            continue;
        }
        mz_job *job = jobs->ring[jobs->first].job;
        void *its = jobs->ring[jobs->first].context;
        jobs->first = (jobs->first + 1) % MZ_JOBS_MAX;
        jobs->count--;
        pthread_mutex_unlock(&jobs->mutex);
        job(its);
        pthread_mutex_lock(&jobs->mutex);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return NULL;
}

mz_jobs *mz_jobs_new(void)
{
    mz_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs == NULL)
        return NULL;
    (void)pthread_mutex_init(&jobs->mutex, NULL);
    (void)pthread_cond_init(&jobs->arrived, NULL);
    if (pthread_create(&jobs->thread, NULL, run, jobs) == 0)
        return jobs;
    pthread_cond_destroy(&jobs->arrived);
    pthread_mutex_destroy(&jobs->mutex);
    free(jobs);
    return NULL;
}

void mz_jobs_free(mz_jobs *jobs)
{
    if (jobs == NULL)
        return;
    pthread_mutex_lock(&jobs->mutex);
    jobs->ending = true;
    pthread_cond_signal(&jobs->arrived);
    pthread_mutex_unlock(&jobs->mutex);
    pthread_join(jobs->thread, NULL);
    pthread_cond_destroy(&jobs->arrived);
    pthread_mutex_destroy(&jobs->mutex);
    free(jobs);
}

mz_status mz_jobs_add(mz_jobs *jobs, mz_job *job, void *context, mz_reason *why)
{
    pthread_mutex_lock(&jobs->mutex);
    bool fits = jobs->count < MZ_JOBS_MAX && !jobs->ending;
    if (fits) {
        size_t at = (jobs->first + jobs->count++) % MZ_JOBS_MAX;
        jobs->ring[at].job = job;
        jobs->ring[at].context = context;
        pthread_cond_signal(&jobs->arrived);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return fits
               ? MZ_OK
               : mz_refuse(why, MZ_BUSY,
                           mz_words("cause", MZ_BOTH("排队的文件过多", "too many documents wait")));
}
