#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "edge/clock.h"
#include "log/evidence.h"
#include "log/files.h"
#include "service_parts.h"
#include "witnesses.h"

#define SNAPSHOT_MS 1000 /* what others write into the folder is seen this late at most */

/* --- the lock: one mingzhangd on a folder --- */

static mz_status take_lock(mz_service *service, mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    int size = snprintf(path, sizeof(path), "%s/mingzhangd.lock", service->options.log.dir);
    if (size < 0 || size >= (int)sizeof(path))
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(ENAMETOOLONG)));
    service->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (service->lock < 0)
        return mz_refuse(why, errno == ENOENT ? MZ_NOT_A_LEDGER : MZ_IO,
                         mz_words("path", service->options.log.dir),
                         mz_words("cause", strerror(errno)));
    if (flock(service->lock, LOCK_EX | LOCK_NB) == 0)
        return MZ_OK;
    if (errno != EWOULDBLOCK)
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    return mz_refuse(why, MZ_BUSY,
                     mz_words("cause", MZ_BOTH("这个账本已有一个 mingzhangd 在服务",
                                               "another mingzhangd serves this ledger")));
}

/* --- readers --- */

static void forget_snapshot(mz_service *service)
{
    mz_snapshot_close(service->snapshot);
    service->snapshot = NULL;
}

mz_status mz_service_enter(mz_service *service, mz_snapshot **snapshot, mz_reason *why)
{
    static const char OPENING[] = MZ_BOTH("正在重新打开账本", "the ledger is being opened anew");
    if (pthread_mutex_trylock(&service->reading) != 0)
        return mz_refuse(why, MZ_BUSY, mz_words("cause", OPENING));
    int64_t now_ms = mz_clock_steady_ms();
    mz_status status = MZ_OK;
    if (service->snapshot != NULL &&
        (service->stale || now_ms - service->snapshot_ms >= SNAPSHOT_MS))
        forget_snapshot(service);
    if (service->log == NULL) {
        status = mz_refuse(why, MZ_BUSY, mz_words("cause", OPENING));
    } else if (service->snapshot == NULL) {
        service->stale = false; /* before it is taken: what comes meanwhile makes it stale again */
        status = mz_snapshot_open(service->log, &service->snapshot, why);
        service->snapshot_ms = now_ms;
    }
    if (status != MZ_OK) {
        pthread_mutex_unlock(&service->reading);
        return status;
    }
    if (mz_snapshot_size(service->snapshot) != service->size) {
        service->size = mz_snapshot_size(service->snapshot);
        service->last_unix_ms = mz_snapshot_last_unix_ms(service->snapshot);
        service->version++;
    }
    *snapshot = service->snapshot;
    return MZ_OK;
}

void mz_service_leave(mz_service *service)
{
    pthread_mutex_unlock(&service->reading);
}

uint64_t mz_service_version(mz_service *service)
{
    return service->version;
}

void mz_service_renew(mz_service *service)
{
    service->stale = true;
    service->version++;
}

/* --- the log, opened and opened anew --- */

static void committed(void *context)
{
    mz_service *service = context;
    mz_service_renew(service);
    mz_witnesses_notify(service);
}

static mz_status reopen(void *context, mz_log **log, mz_reason *why)
{
    mz_service *service = context;
    mz_log_options options = service->options.log;
    options.accept_checkpoint = NULL; /* these were for the first time only */
    options.accept_clock = false;
    pthread_mutex_lock(&service->borrowing);
    pthread_mutex_lock(&service->reading);
    forget_snapshot(service);
    mz_log_close(*log);
    *log = NULL;
    mz_status status = mz_log_open(&options, log, why);
    service->version++;
    pthread_mutex_unlock(&service->reading);
    pthread_mutex_unlock(&service->borrowing);
    return status;
}

/* The signers are needed again at each opening; the caller's are wiped after the first. */
static void copy_signers(mz_service *service, const mz_service_options *options)
{
    service->options = *options;
    for (size_t i = 0; i < options->log.signer_count; i++)
        service->signers[i] = options->log.signers[i];
    service->options.log.signers = service->signers;
}

static mz_status begin(mz_service *service, mz_reason *why)
{
    mz_status status = take_lock(service, why);
    if (status == MZ_OK)
        status = mz_log_open(&service->options.log, &service->log, why);
    if (status != MZ_OK)
        return status;
    if (service->options.evidence != NULL)
        snprintf(service->evidence, sizeof service->evidence, "%s", service->options.evidence);
    else if (!mz_evidence_path(service->options.log.dir, service->evidence,
                               sizeof service->evidence))
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(ENAMETOOLONG)));
    service->jobs = mz_jobs_new();
    if (service->jobs == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    snprintf(service->sealed, sizeof service->sealed, "%s", mz_log_sealed(service->log));
    snprintf(service->origin, sizeof(service->origin), "%s", mz_log_origin(service->log));
    mz_sequencer_options options = {
        .checkers = service->options.log.threads,
        .free_space_min = service->options.free_space_min,
        .reopen = reopen,
        .committed = committed,
        .context = service,
    };
    status = mz_sequencer_new(&service->log, &options, &service->sequencer, why);
    mz_snapshot *snapshot;
    if (status == MZ_OK)
        status = mz_service_enter(service, &snapshot, why);
    if (status != MZ_OK)
        return status;
    mz_service_leave(service);
    status = mz_witnesses_start(service, why);
    if (status != MZ_OK)
        return status;
    if (service->options.check_seconds > 0 && service->options.check_program != NULL &&
        !mz_checker_start(&service->checker, service->options.check_program,
                          service->options.log.dir, service->options.check_seconds))
        return mz_refuse(why, MZ_NO_MEMORY);
    return MZ_OK;
}

mz_status mz_service_open(const mz_service_options *options, mz_service **out, mz_reason *why)
{
    mz_service *service = calloc(1, sizeof(*service));
    mz_status status = MZ_NO_MEMORY;
    if (service == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    copy_signers(service, options);
    service->lock = -1;
    service->started_ms = mz_clock_now_unix_ms();
    service->has_reading = pthread_mutex_init(&service->reading, NULL) == 0;
    service->has_submitting = pthread_mutex_init(&service->submitting, NULL) == 0;
    service->has_borrowing = pthread_mutex_init(&service->borrowing, NULL) == 0;
    if (service->has_reading && service->has_submitting && service->has_borrowing)
        status = begin(service, why);
    else
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        *out = service;
    else
        mz_service_close(service);
    return status;
}

void mz_service_drain(mz_service *service)
{
    pthread_mutex_lock(&service->submitting);
    service->draining = true;
    pthread_mutex_unlock(&service->submitting);
    mz_sequencer_close(service->sequencer); /* nobody submits any more */
    mz_jobs_free(service->jobs);
    service->jobs = NULL;
    pthread_mutex_lock(&service->submitting);
    service->sequencer = NULL;
    pthread_mutex_unlock(&service->submitting);
}

void mz_service_close(mz_service *service)
{
    if (service == NULL)
        return;
    mz_checker_stop(&service->checker);
    if (service->has_submitting) {
        mz_service_drain(service);
        pthread_mutex_destroy(&service->submitting);
    }
    mz_witnesses_stop(service);
    forget_snapshot(service);
    mz_log_close(service->log);
    if (service->has_borrowing)
        pthread_mutex_destroy(&service->borrowing);
    if (service->has_reading)
        pthread_mutex_destroy(&service->reading);
    if (service->lock >= 0)
        close(service->lock);
    for (size_t i = 0; i < MZ_LOG_SIGNERS_MAX; i++)
        mz_signer_wipe(&service->signers[i]);
    free(service);
}

/* --- writing --- */

static const char STOPPING[] = MZ_BOTH("服务正在停止", "the service is stopping");

mz_status mz_service_submit(mz_service *service, mz_view text, mz_sequencer_done *done,
                            void *context, mz_reason *why)
{
    mz_status status;
    pthread_mutex_lock(&service->submitting);
    if (service->draining)
        status = mz_refuse(why, MZ_BUSY, mz_words("cause", STOPPING));
    else
        status = mz_sequencer_submit(service->sequencer, text, done, context, why);
    pthread_mutex_unlock(&service->submitting);
    return status;
}

mz_status mz_service_add_job(mz_service *service, mz_job *job, void *context, mz_reason *why)
{
    mz_status status;
    pthread_mutex_lock(&service->submitting);
    if (service->draining)
        status = mz_refuse(why, MZ_BUSY, mz_words("cause", STOPPING));
    else
        status = mz_jobs_add(service->jobs, job, context, why);
    pthread_mutex_unlock(&service->submitting);
    return status;
}

/* --- how it is --- */

const char *mz_service_origin(const mz_service *service)
{
    return service->origin;
}

const char *mz_service_sealed(const mz_service *service)
{
    return service->sealed;
}

const char *mz_service_evidence(const mz_service *service)
{
    return service->evidence;
}

mz_kv *mz_service_kv(mz_service *service)
{
    return mz_log_kv(service->log);
}

const char *mz_service_dir(const mz_service *service)
{
    return service->options.log.dir;
}

void mz_service_health(mz_service *service, mz_health *health)
{
    *health = (mz_health){
        .started_ms = service->started_ms,
        .size = service->size,
        .last_unix_ms = service->last_unix_ms,
        .check_seconds = service->checker.has_thread ? service->checker.seconds : 0,
    };
    const uint64_t free_space = mz_folder_free_space(service->options.log.dir);
    health->free_space = free_space == UINT64_MAX ? 0 : free_space;
    pthread_mutex_lock(&service->submitting);
    if (service->sequencer != NULL)
        mz_sequencer_read(service->sequencer, &health->writer);
    pthread_mutex_unlock(&service->submitting);
    health->writing = health->writer.stopped;
    if (health->writing == MZ_OK && free_space < service->options.free_space_min)
        health->writing = MZ_FULL;
    if (service->checker.has_thread)
        mz_checker_read(&service->checker, &health->checked);
    health->witness_alarm = mz_witnesses_alarmed(service);
}

bool mz_health_good(const mz_health *health, int64_t now_ms)
{
    const mz_checked *checked = &health->checked;
    int64_t since_ms = checked->ever ? checked->at_ms : health->started_ms;
    bool overdue =
        health->check_seconds > 0 && now_ms - since_ms > (2 * health->check_seconds + 3600) * 1000;
    return !health->witness_alarm && health->writing == MZ_OK &&
           !(checked->ever && checked->status != MZ_OK) && !overdue;
}
