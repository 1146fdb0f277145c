#include "witnesses.h"

#include "log_line.h"
#include "remote/witness_http.h"

static mz_kv *take(void *context)
{
    mz_service *service = context;
    pthread_mutex_lock(&service->borrowing);
    if (service->log != NULL)
        return mz_log_kv(service->log);
    pthread_mutex_unlock(&service->borrowing);
    return NULL;
}

static void give_back(void *context)
{
    mz_service *service = context;
    pthread_mutex_unlock(&service->borrowing);
}

static void alarm_of(void *context, const mz_witness_health *health)
{
    mz_log_line line;
    (void)context;
    mz_log_line_begin(&line, "error",
                      health->ahead ? "a witness knows a larger size: this is an old copy or a fork"
                                    : "a witness knows another history: the log has forked");
    mz_log_line_text(&line, "witness", health->name);
    if (health->ahead)
        mz_log_line_number(&line, "known_size", (int64_t)health->known_size);
    mz_log_line_end(&line);
}

/* The checkpoint and receipts carry it from now on. */
static void cosigned(void *context, const mz_witness_health *health)
{
    (void)health;
    mz_service_renew(context);
}

mz_status mz_witnesses_start(mz_service *service, mz_reason *why)
{
    const mz_witnessing_options options = {
        .log = {service, take, give_back},
        .transport = mz_witness_over_http(NULL),
        .alarm = alarm_of,
        .cosigned = cosigned,
        .context = service,
    };
    return mz_witnessing_new(&options, &service->witnessing, why);
}

void mz_witnesses_stop(mz_service *service)
{
    mz_witnessing_close(service->witnessing);
    service->witnessing = NULL;
}

void mz_witnesses_notify(mz_service *service)
{
    if (service->witnessing != NULL)
        mz_witnessing_notify(service->witnessing);
}

bool mz_witnesses_alarmed(mz_service *service)
{
    return service->witnessing != NULL && mz_witnessing_alarmed(service->witnessing);
}

size_t mz_service_witnesses(mz_service *service, mz_witness_health *witnesses, size_t max)
{
    return service->witnessing == NULL ? 0
                                       : mz_witnessing_read(service->witnessing, witnesses, max);
}
