/* service_parts.h — what the files of the service share. */
#ifndef MZ_API_SERVICE_PARTS_H
#define MZ_API_SERVICE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "service.h"

/* The full check, by a timer, in a process of its own: it takes minutes and much memory on a large
 * ledger, the library opens a folder once in a process, and a page that makes it fall over must not
 * take the service along. */
typedef struct mz_checker {
    const char *program, *dir;
    int64_t seconds;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool ending;
    int child; /* process id while it runs; 0 */
    mz_checked last;
} mz_checker;
bool mz_checker_start(mz_checker *checker, const char *program, const char *dir, int64_t seconds);
void mz_checker_stop(mz_checker *checker);
void mz_checker_read(mz_checker *checker, mz_checked *checked);

struct mz_service {
    mz_service_options options;
    mz_signer signers[MZ_LOG_SIGNERS_MAX];
    char origin[128];
    int lock;
    int64_t started_ms;
    mz_log *log;
    /* Guards `log` and `snapshot` of the readers against being replaced. */
    pthread_mutex_t reading;
    bool has_reading;
    mz_snapshot *snapshot;
    int64_t snapshot_ms;
    _Atomic bool stale; /* an entry was accepted since the snapshot was taken */
    _Atomic uint64_t version;
    _Atomic uint64_t size;
    _Atomic int64_t last_unix_ms;
    /* Guards the sequencer against being closed under who submits. */
    pthread_mutex_t submitting;
    bool has_submitting;
    bool draining;
    mz_sequencer *sequencer;
    mz_jobs *jobs;
    /* Guards `log` of the witnessing against being replaced: readers do not wait for it. */
    pthread_mutex_t borrowing;
    bool has_borrowing;
    mz_witnessing *witnessing;
    char evidence[MZ_LOG_PATH_MAX], sealed[MZ_LOG_PATH_MAX];
    mz_checker checker;
};

#endif
