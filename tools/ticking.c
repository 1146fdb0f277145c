#include "ticking.h"

#include <time.h>
#include <unistd.h>

static void *tick(void *context)
{
    mz_ticking *ticking = context;
    uint64_t ticks = 0;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    pthread_mutex_lock(&ticking->lock);
    while (!ticking->done) {
        at.tv_sec++;
        while (!ticking->done && pthread_cond_timedwait(&ticking->over, &ticking->lock, &at) == 0) {
        }
        if (!ticking->done)
            mz_progress_step(&ticking->progress, ++ticks, 0);
    }
    pthread_mutex_unlock(&ticking->lock);
    return NULL;
}

void mz_ticking_begin(mz_ticking *ticking, const mz_cli *cli, const char *zh, const char *en)
{
    pthread_condattr_t attributes;
    *ticking = (mz_ticking){.started = false};
    mz_progress_begin(&ticking->progress, cli, zh, en);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&ticking->lock, NULL);
    pthread_cond_init(&ticking->over, &attributes);
    pthread_condattr_destroy(&attributes);
    ticking->started =
        isatty(STDERR_FILENO) && pthread_create(&ticking->thread, NULL, tick, ticking) == 0;
}

void mz_ticking_end(mz_ticking *ticking)
{
    pthread_mutex_lock(&ticking->lock);
    ticking->done = true;
    pthread_cond_signal(&ticking->over);
    pthread_mutex_unlock(&ticking->lock);
    if (ticking->started)
        pthread_join(ticking->thread, NULL);
    mz_progress_end(&ticking->progress);
    pthread_cond_destroy(&ticking->over);
    pthread_mutex_destroy(&ticking->lock);
}
