/* handle_about.c — about the service itself: what can be asked, how it is. */
#include <stdlib.h>

#include "core/event.h"
#include "handlers.h"
#include "http/server.h"
#include "openapi.h"

mz_status mz_handle_schema(mz_call *call, mz_reason *why)
{
    return mz_response_json(call->response, mz_catalogue_json(), why);
}

mz_status mz_handle_openapi(mz_call *call, mz_reason *why)
{
    return mz_response_json(call->response, mz_openapi_json(), why);
}

static json_t *checked_json(const mz_health *health, int64_t now_ms)
{
    const mz_checked *checked = &health->checked;
    json_t *out = json_pack("{s:I, s:b}", "every_seconds", (json_int_t)health->check_seconds,
                            "running", (int)checked->running);
    if (!checked->ever)
        return out;
    json_object_set_new(out, "result", json_string(mz_status_code(checked->status)));
    json_object_set_new(out, "at_ms", json_integer(checked->at_ms));
    json_object_set_new(out, "age_seconds", json_integer((now_ms - checked->at_ms) / 1000));
    json_object_set_new(out, "took_ms", json_integer(checked->took_ms));
    json_object_set_new(out, "size", json_integer((json_int_t)checked->size));
    if (checked->status != MZ_OK)
        json_object_set_new(out, "cause", json_string(checked->cause));
    return out;
}

static json_t *witness_json(const mz_witness_health *health)
{
    json_t *out = json_pack("{s:s, s:b, s:I, s:b, s:b}", "name", health->name, "ok",
                            (int)(health->why.status == MZ_OK), "cosigned_size",
                            (json_int_t)health->cosigned_size, "ahead", (int)health->ahead,
                            "forked", (int)health->forked);
    if (health->ahead)
        json_object_set_new(out, "known_size", json_integer((json_int_t)health->known_size));
    return out;
}

/* NULL when there is no memory. */
static json_t *witnesses_json(mz_service *service)
{
    mz_witness_health *all = calloc(MZ_LIST_ITEMS_MAX, sizeof *all);
    json_t *out = all == NULL ? NULL : json_array();
    const size_t count = out == NULL ? 0 : mz_service_witnesses(service, all, MZ_LIST_ITEMS_MAX);
    for (size_t i = 0; i < count && i < MZ_LIST_ITEMS_MAX; i++)
        json_array_append_new(out, witness_json(&all[i]));
    free(all);
    return out;
}

mz_status mz_handle_health(mz_call *call, mz_reason *why)
{
    mz_health health;
    mz_service_health(call->service, &health);
    bool good = mz_health_good(&health, call->now_ms);
    json_t *out = json_pack(
        "{s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "ok", (int)good, "origin",
        mz_service_origin(call->service), "writing", mz_status_code(health.writing), "size",
        (json_int_t)health.size, "last_entry_ms", (json_int_t)health.last_unix_ms, "waiting",
        (json_int_t)health.writer.unanswered, "free_bytes", (json_int_t)health.free_space,
        "up_seconds", (json_int_t)((call->now_ms - health.started_ms) / 1000), "check",
        checked_json(&health, call->now_ms), "witnesses", witnesses_json(call->service));
    call->response->code = good ? 200 : 503;
    return mz_response_json(call->response, out, why);
}

/* --- metrics, as Prometheus reads them --- */

static void put(mz_buf *out, const char *name, const char *type, const char *labels, uint64_t value)
{
    if (type != NULL)
        mz_buf_put_format(out, "# TYPE mingzhang_%s %s\n", name, type);
    mz_buf_put_format(out, "mingzhang_%s%s %llu\n", name, labels, (unsigned long long)value);
}

static void put_writer(mz_buf *out, const mz_health *health)
{
    const mz_sequencer_figures *writer = &health->writer;
    put(out, "entries", "gauge", "", health->size);
    put(out, "last_entry_seconds", "gauge", "", (uint64_t)(health->last_unix_ms / 1000));
    put(out, "submissions_total", "counter", "{outcome=\"accepted\"}", writer->accepted);
    put(out, "submissions_total", NULL, "{outcome=\"refused\"}", writer->refused);
    put(out, "submissions_total", NULL, "{outcome=\"duplicate\"}", writer->duplicates);
    put(out, "submissions_total", NULL, "{outcome=\"failed\"}", writer->failed);
    put(out, "submissions_total", NULL, "{outcome=\"turned_away\"}", writer->turned_away);
    put(out, "submissions_waiting", "gauge", "", writer->unanswered);
    put(out, "commits_total", "counter", "", writer->commits);
    put(out, "reopened_total", "counter", "", writer->reopened);
    put(out, "writing_stopped", "gauge", "", health->writing == MZ_OK ? 0 : 1);
    put(out, "free_bytes", "gauge", "", health->free_space);
}

static void put_check(mz_buf *out, const mz_health *health, int64_t now_ms)
{
    const mz_checked *checked = &health->checked;
    put(out, "check_running", "gauge", "", checked->running ? 1 : 0);
    if (!checked->ever)
        return;
    put(out, "check_age_seconds", "gauge", "", (uint64_t)((now_ms - checked->at_ms) / 1000));
    put(out, "check_duration_seconds", "gauge", "", (uint64_t)(checked->took_ms / 1000));
    put(out, "check_status", "gauge", "", (uint64_t)checked->status);
    put(out, "check_entries", "gauge", "", checked->size);
}

static void put_witnesses(mz_buf *out, mz_service *service, const mz_health *health)
{
    mz_witness_health *all = calloc(MZ_LIST_ITEMS_MAX, sizeof *all);
    uint64_t failing = 0;
    const size_t count = all == NULL ? 0 : mz_service_witnesses(service, all, MZ_LIST_ITEMS_MAX);
    for (size_t i = 0; i < count && i < MZ_LIST_ITEMS_MAX; i++)
        failing += all[i].why.status == MZ_OK ? 0 : 1;
    put(out, "witnesses", "gauge", "", count);
    put(out, "witnesses_failing", "gauge", "", failing);
    put(out, "witness_alarm", "gauge", "", health->witness_alarm ? 1 : 0);
    free(all);
}

static void put_http(mz_buf *out, const mz_http_figures *http)
{
    static const char *const CLASSES[] = {"{code=\"none\"}", "{code=\"1xx\"}", "{code=\"2xx\"}",
                                          "{code=\"3xx\"}",  "{code=\"4xx\"}", "{code=\"5xx\"}"};
    put(out, "connections", "gauge", "", http->connections_now);
    put(out, "connections_total", "counter", "", http->connections);
    for (size_t i = 0; i < 6; i++)
        put(out, "answers_total", i == 0 ? "counter" : NULL, CLASSES[i], http->answers[i]);
    put(out, "answered_bytes_total", "counter", "", http->answered_bytes);
    put(out, "answers_kept_total", "counter", "", http->kept_hits);
    put(out, "cut_off_total", "counter", "", http->cut_off);
}

mz_status mz_handle_metrics(mz_call *call, mz_reason *why)
{
    mz_health health;
    mz_http_figures http;
    mz_buf *out = &call->response->body;
    mz_service_health(call->service, &health);
    mz_http_server_read(mz_exchange_server(call->exchange), &http);
    put_writer(out, &health);
    put_check(out, &health, call->now_ms);
    put_witnesses(out, call->service, &health);
    put_http(out, &http);
    put(out, "up_seconds", "gauge", "", (uint64_t)((call->now_ms - health.started_ms) / 1000));
    call->response->media_type = "text/plain; version=0.0.4; charset=utf-8";
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}
