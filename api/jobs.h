/* jobs.h — what takes longer than an answer may: hashing and syncing documents. One thread, in
 * order; a handler suspends its exchange, hands over a job, and the job resumes it. */
#ifndef MZ_API_JOBS_H
#define MZ_API_JOBS_H

#include "core/status.h"

#define MZ_JOBS_MAX 64 /* that wait */

typedef struct mz_jobs mz_jobs;
typedef void mz_job(void *context);

mz_jobs *mz_jobs_new(void); /* NULL without memory */
/* Does what waits, then ends. NULL is fine. */
void mz_jobs_free(mz_jobs *jobs);
/* MZ_OK: `job` will be called once, on the thread of the jobs. MZ_BUSY. */
mz_status mz_jobs_add(mz_jobs *jobs, mz_job *job, void *context, mz_reason *why) MZ_MUST_USE;

#endif
