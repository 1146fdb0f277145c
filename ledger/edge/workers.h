/* workers.h — the same small task many times, on all cores: a handful of threads that wait. */
#ifndef MZ_EDGE_WORKERS_H
#define MZ_EDGE_WORKERS_H

#include "core/status.h"

typedef struct mz_workers mz_workers;

/* Does task `task` of a run. `worker` is below mz_workers_count: what one worker owns, only it
 * uses. */
typedef void mz_worker_task(void *context, unsigned worker, size_t task);

#define MZ_WORKERS_MAX 64 /* threads that share such work, whoever starts them */

/* Cores that the system has on line, at least 1 and at most MZ_WORKERS_MAX. */
unsigned mz_workers_cores(void);

/* `count` 0: one per core. The caller's own thread is worker 0. NULL when there is no memory or no
 * thread. The caller owns it. */
mz_workers *mz_workers_new(unsigned count);
void mz_workers_free(mz_workers *workers); /* NULL is fine; no run is going on */
unsigned mz_workers_count(const mz_workers *workers);

/* Does tasks 0 to `count` - 1, in any order, and returns when all are done. One run at a time. */
void mz_workers_run(mz_workers *workers, size_t count, mz_worker_task *task, void *context);

#endif
