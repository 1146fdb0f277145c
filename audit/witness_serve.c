/* witness_serve.c — what a witness answers. */
#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "witness_parts.h"

#define TEXT "text/plain; charset=utf-8"
#define JSON "application/json"
#define METRICS "text/plain; version=0.0.4"
#define NOTE_SIZE_MAX (MZ_NOTE_SIZE_MAX + 1024) /* with our own line */
#define BODY_SIZE_MAX (1u << 20)

/* --- replies --- */

static void refuse_with(mz_witness_reply *reply, unsigned code, const char *zh, const char *en)
{
    mz_buf_reset(&reply->body);
    reply->code = code;
    reply->media_type = TEXT;
    mz_buf_put_format(&reply->body, "%s\n%s\n", zh, en);
}

static void refuse_because(mz_witness_reply *reply, unsigned code, const mz_reason *why)
{
    char zh[600], en[600];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    refuse_with(reply, code, zh, en);
}

static void reply_json(mz_witness_reply *reply, json_t *value)
{
    char *text = value == NULL ? NULL : (char *)mz_buf_extend(&reply->body, BODY_SIZE_MAX / 2);
    const size_t size = text == NULL ? 0 : json_dumpb(value, text, BODY_SIZE_MAX / 2, JSON_COMPACT);
    json_decref(value);
    if (size == 0 || size > BODY_SIZE_MAX / 2) {
        refuse_with(reply, 500, "内存不足。", "There is not enough memory.");
        return;
    }
    reply->body.size = size;
    mz_buf_put_text(&reply->body, "\n");
    reply->media_type = JSON;
}

/* --- add-checkpoint --- */

typedef struct refusal {
    mz_witness_verdict verdict;
    const char *zh, *en;
} refusal;
/* clang-format off */
static const refusal REFUSALS[] = {
    {MZ_WITNESS_NOT_WATCHED, "这里不见证这个账本。", "This witness does not watch a log of this origin."},
    {MZ_WITNESS_NOT_SIGNED, "没有这个账本的已知密钥的签名。", "No known key of this log has signed the checkpoint."},
    {MZ_WITNESS_OTHER_ROOT, "这个笔数已经见证过另一个根：账本分叉了。", "Another root of this size is cosigned already: the log has forked."},
    {MZ_WITNESS_NOT_PROVED, "证明不成立：这枚总账印章不是已见证的那一枚的延续。", "The proof does not hold: this checkpoint is not shown to extend the one cosigned before."},
    {MZ_WITNESS_MALFORMED, "old 大于总账印章的笔数。", "The old size is above the checkpoint's."},
};
/* clang-format on */

static void refuse_verdict(mz_witness_reply *reply, mz_witness_verdict verdict,
                           const mz_witness_record *known)
{
    if (verdict == MZ_WITNESS_OTHER_SIZE) {
        reply->code = mz_witness_code(verdict);
        reply->media_type = MZ_WITNESS_SIZE_TYPE;
        mz_buf_put_format(&reply->body, "%llu\n", (unsigned long long)known->size);
        return;
    }
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        if (REFUSALS[i].verdict == verdict)
            refuse_with(reply, mz_witness_code(verdict), REFUSALS[i].zh, REFUSALS[i].en);
    }
}

/* Trouble of our own. What is not known to be on disk must not be built upon. */
static void refuse_trouble(mz_witness_service *service, mz_witness_reply *reply, mz_status status,
                           const mz_reason *why)
{
    if (status == MZ_OUTCOME_UNKNOWN || status == MZ_CORRUPT)
        service->stopped = true;
    refuse_because(reply, status == MZ_TOO_LARGE ? 400 : status == MZ_FULL ? 507 : 503, why);
}

/* Puts the new record and, once that is durable, the cosignature into the reply. Ends `txn`. A
 * crash before the commit leaves what was; one after it a witness that has cosigned and not said
 * so, which the log finds out by asking again. */
static mz_status cosign(mz_witness_service *service, mz_kv_txn *txn,
                        const mz_witness_request *request, const mz_checkpoint *claimed,
                        mz_view text, const mz_witness_record *known, int64_t now_unix_s,
                        mz_witness_reply *reply, mz_reason *why)
{
    mz_witness_record record = {claimed->size, claimed->root, known->unix_s};
    mz_buf line, note;
    mz_buf_init(&line, 1024);
    mz_buf_init(&note, NOTE_SIZE_MAX);
    if (now_unix_s > 0 && (uint64_t)now_unix_s > record.unix_s)
        record.unix_s = (uint64_t)now_unix_s; /* cosignatures never go back in time */
    mz_status status = mz_note_cosign(service->hasher, text, mz_view_of(service->vkey.name),
                                      &service->signer, record.unix_s, &line, why);
    mz_witness_put_verified(&note, request, claimed, service->keys, service->key_count);
    mz_buf_put(&note, mz_buf_view(&line));
    if (status == MZ_OK && note.failed)
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = mz_witness_record_store(txn, claimed->origin, &record, mz_buf_view(&note), why);
    if (status == MZ_OK)
        status = mz_kv_commit(txn, why);
    else
        mz_kv_abort(txn);
    if (status == MZ_OK)
        mz_buf_put(&reply->body, mz_buf_view(&line));
    mz_buf_clear(&line);
    mz_buf_clear(&note);
    return status;
}

/* Reading what is known and writing what is new are one transaction: of two requests that build on
 * the same size one comes second. */
static void decide(mz_witness_service *service, const mz_witness_request *request,
                   const mz_checkpoint *claimed, mz_view text, int64_t now_unix_s,
                   mz_witness_reply *reply)
{
    mz_kv_txn *txn = NULL;
    mz_witness_record known = {0};
    mz_reason why = {0};
    mz_status status = mz_kv_begin_write(service->kv, &txn, &why);
    if (status == MZ_OK)
        status = mz_witness_record_load(txn, claimed->origin, &known, NULL, &why);
    if (status != MZ_OK) {
        mz_kv_abort(txn);
        refuse_trouble(service, reply, status, &why);
        return;
    }
    const mz_witness_verdict verdict = mz_witness_judge(service->hasher, request, claimed,
                                                        service->keys, service->key_count, &known);
    if (verdict != MZ_WITNESS_COSIGN) {
        mz_kv_abort(txn);
        refuse_verdict(reply, verdict, &known);
        return;
    }
    status = cosign(service, txn, request, claimed, text, &known, now_unix_s, reply, &why);
    if (status != MZ_OK)
        refuse_trouble(service, reply, status, &why);
}

static void add_checkpoint(mz_witness_service *service, mz_view parameter, mz_view body,
                           int64_t now_unix_s, mz_witness_reply *reply)
{
    mz_witness_request request;
    mz_checkpoint claimed;
    mz_view text = {0};
    mz_reason why = {0};
    (void)parameter;
    mz_status status = mz_witness_request_parse(body, &request, &why);
    if (status == MZ_OK)
        status = mz_witness_claim(&request, &claimed, &text, &why);
    if (status == MZ_OK)
        decide(service, &request, &claimed, text, now_unix_s, reply);
    else
        refuse_because(reply, status == MZ_TOO_LARGE ? 413 : 400, &why);
}

/* --- to look at --- */

/* The first key of each origin stands for the log. */
static bool is_first(const mz_witness_service *service, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(service->keys[k].name, service->keys[i].name) == 0)
            return false;
    }
    return true;
}

static void origin_id(const mz_witness_service *service, const char *origin, char hex[65])
{
    const mz_view name = mz_view_of(origin);
    const mz_hash hash = mz_hash_parts(service->hasher, &name, 1);
    mz_hex_32(hash.bytes, hex);
}

typedef void each_log(void *context, const char *origin, const char *id,
                      const mz_witness_record *record);
/* MZ_OK after all logs that are watched. */
static mz_status walk_logs(mz_witness_service *service, each_log *each, void *context,
                           mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_read(service->kv, &txn, why);
    for (size_t i = 0; status == MZ_OK && i < service->key_count; i++) {
        mz_witness_record record;
        char id[65];
        if (!is_first(service, i))
            continue;
        status = mz_witness_record_load(txn, service->keys[i].name, &record, NULL, why);
        origin_id(service, service->keys[i].name, id);
        if (status == MZ_OK)
            each(context, service->keys[i].name, id, &record);
    }
    mz_kv_abort(txn);
    return status;
}

static void list_log(void *context, const char *origin, const char *id,
                     const mz_witness_record *record)
{
    json_t *logs = context;
    char root[65] = "";
    if (record->size > 0)
        mz_hex_32(record->root.bytes, root);
    json_t *log =
        json_pack("{s:s, s:s, s:I}", "origin", origin, "id", id, "size", (json_int_t)record->size);
    if (record->size > 0) {
        (void)json_object_set_new(log, "root", json_string(root));
        (void)json_object_set_new(log, "unix_s", json_integer((json_int_t)record->unix_s));
    }
    (void)json_array_append_new(logs, log);
}

static void show_logs(mz_witness_service *service, mz_view parameter, mz_view body,
                      int64_t now_unix_s, mz_witness_reply *reply)
{
    mz_reason why = {0};
    mz_buf vkey;
    json_t *logs = json_array();
    (void)parameter, (void)body, (void)now_unix_s;
    mz_buf_init(&vkey, MZ_VKEY_TEXT_MAX);
    mz_vkey_put(&vkey, &service->vkey);
    const mz_status status = walk_logs(service, list_log, logs, &why);
    if (status != MZ_OK) {
        json_decref(logs);
        refuse_trouble(service, reply, status, &why);
    } else {
        reply_json(reply, json_pack("{s:s, s:o}", "witness",
                                    vkey.failed ? "" : (const char *)vkey.data, "logs", logs));
    }
    mz_buf_clear(&vkey);
}

static void show_checkpoint(mz_witness_service *service, mz_view parameter, mz_view body,
                            int64_t now_unix_s, mz_witness_reply *reply)
{
    mz_kv_txn *txn = NULL;
    mz_reason why = {0};
    mz_witness_record record = {0};
    (void)body, (void)now_unix_s;
    mz_status status = mz_kv_begin_read(service->kv, &txn, &why);
    for (size_t i = 0; status == MZ_OK && i < service->key_count; i++) {
        char id[65];
        origin_id(service, service->keys[i].name, id);
        if (!mz_view_is(parameter, id))
            continue;
        status = mz_witness_record_load(txn, service->keys[i].name, &record, &reply->body, &why);
        break;
    }
    mz_kv_abort(txn);
    reply->media_type = TEXT;
    if (status != MZ_OK)
        refuse_trouble(service, reply, status, &why);
    else if (record.size == 0)
        refuse_with(reply, 404, "没有见证过这个账本的总账印章。",
                    "No checkpoint of this log has been cosigned here.");
}

static void show_health(mz_witness_service *service, mz_view parameter, mz_view body,
                        int64_t now_unix_s, mz_witness_reply *reply)
{
    (void)parameter, (void)body, (void)now_unix_s;
    reply_json(reply,
               json_pack("{s:s, s:s, s:I}", "status", service->stopped ? "stopped" : "ok",
                         "witness", service->vkey.name, "keys", (json_int_t)service->key_count));
    if (reply->code == 200 && service->stopped)
        reply->code = 503;
}

/* A label's value: a backslash and a quote are written with a backslash before. */
static void put_label(mz_buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        mz_buf_put_format(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void measure_log(void *context, const char *origin, const char *id,
                        const mz_witness_record *record)
{
    static const char *const NAMES[] = {"size", "time_seconds"};
    const uint64_t values[] = {record->size, record->unix_s};
    (void)id;
    for (size_t i = 0; i < 2; i++) {
        mz_buf_put_format(context, "mingzhang_witness_log_%s{origin=\"", NAMES[i]);
        put_label(context, origin);
        mz_buf_put_format(context, "\"} %llu\n", (unsigned long long)values[i]);
    }
}

static void show_metrics(mz_witness_service *service, mz_view parameter, mz_view body,
                         int64_t now_unix_s, mz_witness_reply *reply)
{
    mz_reason why = {0};
    (void)parameter, (void)body, (void)now_unix_s;
    reply->media_type = METRICS;
    for (unsigned code = 0; code < MZ_WITNESS_CODES_MAX; code++) {
        if (service->answered[code] > 0)
            mz_buf_put_format(&reply->body, "mingzhang_witness_answers_total{code=\"%u\"} %llu\n",
                              code, (unsigned long long)service->answered[code]);
    }
    mz_buf_put_format(&reply->body, "mingzhang_witness_stopped %d\n", service->stopped ? 1 : 0);
    const mz_status status = walk_logs(service, measure_log, &reply->body, &why);
    if (status != MZ_OK)
        refuse_trouble(service, reply, status, &why);
}

/* --- routes --- */

typedef void handler(mz_witness_service *service, mz_view parameter, mz_view body,
                     int64_t now_unix_s, mz_witness_reply *reply);
/* What stands between `path` and `rest` is the handler's parameter; `rest` NULL: there is none. */
static const struct {
    const char *allow, *path, *rest;
    handler *handle;
    bool when_stopped;
} ROUTES[] = {
    {"POST",      "/add-checkpoint", NULL,          add_checkpoint,  false},
    {"GET, HEAD", "/logs",           NULL,          show_logs,       false},
    {"GET, HEAD", "/logs/",          "/checkpoint", show_checkpoint, false},
    {"GET, HEAD", "/healthz",        NULL,          show_health,     true },
    {"GET, HEAD", "/metrics",        NULL,          show_metrics,    true },
};
#define ROUTE_COUNT (sizeof ROUTES / sizeof ROUTES[0])

static bool has(mz_view text, size_t at, const char *part)
{
    return text.size >= at + strlen(part) && memcmp(text.data + at, part, strlen(part)) == 0;
}

static bool matches(size_t route, mz_view path, mz_view *parameter)
{
    const size_t head = strlen(ROUTES[route].path);
    const size_t tail = ROUTES[route].rest == NULL ? 0 : strlen(ROUTES[route].rest);
    if (path.size < head + tail || !has(path, 0, ROUTES[route].path))
        return false;
    *parameter = (mz_view){path.data + head, path.size - head - tail};
    return ROUTES[route].rest == NULL ? parameter->size == 0
                                      : has(path, path.size - tail, ROUTES[route].rest);
}

static bool takes(size_t route, const char *method)
{
    return ROUTES[route].allow[0] == 'P'
               ? strcmp(method, "POST") == 0
               : strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void begin_reply(mz_witness_reply *reply)
{
    *reply = (mz_witness_reply){.code = 200, .media_type = TEXT};
    mz_buf_init(&reply->body, BODY_SIZE_MAX);
}

static void end_reply(mz_witness_service *service, mz_witness_reply *reply)
{
    if (reply->body.failed)
        refuse_with(reply, 500, "内存不足。", "There is not enough memory.");
    assert(reply->code < MZ_WITNESS_CODES_MAX);
    service->answered[reply->code]++;
}

void mz_witness_answer_request(mz_witness_service *service, const char *method, mz_view path,
                               mz_view body, int64_t now_unix_s, mz_witness_reply *reply)
{
    size_t route = 0;
    mz_view parameter = {0};
    begin_reply(reply);
    while (route < ROUTE_COUNT && !matches(route, path, &parameter))
        route++;
    if (route == ROUTE_COUNT) {
        refuse_with(reply, 404, "没有这个地址。见证的地址是 POST /add-checkpoint。",
                    "There is nothing here. Checkpoints are brought to POST /add-checkpoint.");
    } else if (!takes(route, method)) {
        refuse_with(reply, 405, "这个地址不接受这种方法。", "This method is not for this address.");
        reply->allow = ROUTES[route].allow;
    } else if (service->stopped && !ROUTES[route].when_stopped) {
        refuse_with(reply, 503, "见证已停止，请重新启动。",
                    "The witness has stopped; start it anew.");
    } else {
        ROUTES[route].handle(service, parameter, body, now_unix_s, reply);
    }
    end_reply(service, reply);
}

void mz_witness_answer_refusal(mz_witness_service *service, unsigned code, const mz_reason *why,
                               mz_witness_reply *reply)
{
    begin_reply(reply);
    refuse_because(reply, code, why);
    end_reply(service, reply);
}
