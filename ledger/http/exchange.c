/* exchange.c — one request and its answer: judged at the head, its body gathered, handled,
 * answered, ended. All of it on the server's thread, but for mz_exchange_resume. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/clock.h"
#include "http/parts.h"
#include "http/strict.h"

/* A refused body of this size is still read and thrown away: a client, or a proxy, that is sending
 * would see a reset and never the answer. */
#define DRAINED_SIZE_MAX (64 * 1024 * 1024)

/* The first that the library tells of a request: its target, as it came. */
void *mz_exchange_begin(void *context, const char *target, struct MHD_Connection *connection)
{
    mz_http_server *server = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    mz_exchange *exchange = calloc(1, sizeof(*exchange));
    if (exchange == NULL || info == NULL || info->socket_context == NULL) {
        free(exchange);
        return NULL;
    }
    exchange->server = server;
    exchange->connection = connection;
    exchange->link = info->socket_context;
    exchange->link->exchange = exchange;
    exchange->started_ms = mz_clock_steady_ms();
    exchange->target_at = target;
    size_t size = strnlen(target, sizeof(exchange->target) - 1);
    memcpy(exchange->target, target, size);
    mz_response_init(&exchange->response);
    mz_buf_init(&exchange->body, 0);
    exchange->request.body_file = -1;
    mz_server_count(server, true);
    return exchange;
}

static mz_http_turn turn_of(mz_exchange *exchange)
{
    return (mz_http_turn){
        .exchange = exchange,
        .request = &exchange->request,
        .response = &exchange->response,
        .state = &exchange->state,
        .state_free = &exchange->state_free,
        .label = &exchange->label,
    };
}

static enum MHD_Result queue(mz_exchange *exchange, const mz_answer *answer)
{
    unsigned code;
    struct MHD_Response *response = mz_answer_for(answer, &exchange->request, &code);
    exchange->answered = true;
    exchange->answered_ms = mz_clock_steady_ms();
    exchange->code = code;
    exchange->size =
        response == answer->full && exchange->request.method != MZ_HEAD ? answer->size : 0;
    mz_link_hurry(exchange->link, MZ_HTTP_REQUEST_SECONDS, exchange->size);
    return MHD_queue_response(exchange->connection, code, response);
}

/* Sends what the response holds. */
static enum MHD_Result answer(mz_exchange *exchange)
{
    mz_http_server *server = exchange->server;
    mz_answer made;
    bool close = exchange->close || server->quiescing;
    if (!mz_answer_make(server->answers, &exchange->request, &exchange->response, close, &made))
        return MHD_NO; /* no memory: the connection ends */
    enum MHD_Result result = queue(exchange, &made);
    bool kept = !close && mz_kept_put(server->kept, &exchange->request,
                                      server->app.version(server->app.context),
                                      exchange->answered_ms, exchange->label, &made);
    if (!kept)
        mz_answer_clear(&made);
    return result;
}

static void fill_refusal(mz_exchange *exchange, const mz_reason *why)
{
    mz_http_server *server = exchange->server;
    mz_http_turn turn = turn_of(exchange);
    mz_response_reset(&exchange->response);
    server->app.refuse(server->app.context, &turn, why);
}

/* At once, and the connection ends: nobody knows what follows. */
static enum MHD_Result refuse(mz_exchange *exchange, const mz_reason *why)
{
    fill_refusal(exchange, why);
    exchange->close = true;
    return answer(exchange);
}

static enum MHD_Result handle(mz_exchange *exchange)
{
    mz_http_server *server = exchange->server;
    mz_http_turn turn = turn_of(exchange);
    if (mz_answers_size(server->answers) > MZ_HTTP_ANSWERS_SIZE_MAX) {
        mz_reason why = {0};
        mz_refuse(
            &why, MZ_BUSY,
            mz_words("cause", MZ_BOTH("未取走的回答过多", "too many answers wait to be fetched")));
        return refuse(exchange, &why);
    }
    exchange->wants_rest = false;
    exchange->request.body = mz_buf_view(&exchange->body);
    server->app.handle(server->app.context, &turn);
    return exchange->wants_rest ? MHD_YES : answer(exchange);
}

static enum MHD_Result add_field(void *context, enum MHD_ValueKind kind, const char *name,
                                 size_t name_size, const char *value, size_t value_size)
{
    mz_http_head *head = context;
    (void)kind;
    if (head->field_count == MZ_HTTP_HEADERS_MAX) {
        head->more_fields = true;
        return MHD_NO;
    }
    head->fields[head->field_count++] = (mz_http_field){
        .name = {(const uint8_t *)name,                                       name_size },
        .value = {(const uint8_t *)(value == NULL ? name + name_size : value), value_size}
    };
    return MHD_YES;
}

/* What lies between two places of the head; nothing that can be right when they are out of order.
 */
static mz_view gap(const void *end, const void *begin)
{
    uintptr_t from = (uintptr_t)end, to = (uintptr_t)begin;
    bool in_order = from <= to && to - from <= MZ_HTTP_CONNECTION_MEMORY;
    return (mz_view){end, in_order ? to - from : 0};
}

/* The library leaves a head where it came in, one piece, and cuts it with NULs: so what it skipped
 * still lies between the parts. */
static void measure(mz_exchange *exchange, const char *method, const char *version,
                    mz_http_head *head)
{
    const uint8_t *end = (const uint8_t *)method + head->size;
    const void *first = head->field_count > 0 ? head->fields[0].name.data : end;
    head->method_gap = gap(method + head->method.size, exchange->target_at);
    head->target_gap = gap(exchange->target_at + head->target.size, version);
    head->version_gap = gap(version + head->version.size, first);
    for (size_t i = 0; i < head->field_count; i++) {
        mz_http_field *field = &head->fields[i];
        const void *next = i + 1 < head->field_count ? field[1].name.data : end;
        field->colon_gap = gap(field->name.data + field->name.size, field->value.data);
        field->line_gap = gap(field->value.data + field->value.size, next);
    }
}

static mz_status judge(mz_exchange *exchange, const char *method, const char *version,
                       mz_reason *why)
{
    mz_http_head head = {
        .method = mz_view_of(method),
        .version = mz_view_of(version),
        .target = mz_view_of(exchange->target),
    };
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    head.size = info == NULL ? 0 : info->header_size;
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, add_field, &head);
    measure(exchange, method, version, &head);
    return mz_request_judge(&head, &exchange->request, why);
}

/* True, and the answer queued, when the same was asked a moment ago. */
static bool answer_from_kept(mz_exchange *exchange, enum MHD_Result *result)
{
    mz_http_server *server = exchange->server;
    if (server->quiescing)
        return false;
    const mz_answer *kept =
        mz_kept_find(server->kept, &exchange->request, server->app.version(server->app.context),
                     mz_clock_steady_ms(), &exchange->label);
    if (kept == NULL)
        return false;
    server->kept_hits++;
    *result = queue(exchange, kept);
    return true;
}

/* Gets ready for the body: memory, or a file that has no name and goes with its last user. */
static mz_status expect_body(mz_exchange *exchange, const mz_http_wish *wish, mz_reason *why)
{
    mz_http_server *server = exchange->server;
    mz_request *request = &exchange->request;
    if (request->content_length > wish->body_max)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("内容", "the body")),
                         mz_count("size", (int64_t)request->content_length),
                         mz_count("limit", (int64_t)wish->body_max));
    if (wish->as_file) {
        request->body_file = open(server->spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        return request->body_file >= 0 ? MZ_OK
                                       : mz_refuse(why, errno == ENOSPC ? MZ_FULL : MZ_IO,
                                                   mz_words("cause", strerror(errno)));
    }
    if (server->bodies_size + request->content_length > MZ_HTTP_BODIES_SIZE_MAX)
        return mz_refuse(
            why, MZ_BUSY,
            mz_words("cause", MZ_BOTH("同时上传的内容过多", "too much is being sent at once")));
    mz_buf_init(&exchange->body, (size_t)request->content_length);
    exchange->counted = request->content_length;
    server->bodies_size += exchange->counted;
    return MZ_OK;
}

/* The head is there. Whatever can be refused is refused now, before the client is told to send. */
static enum MHD_Result first_step(mz_exchange *exchange, const char *method, const char *version)
{
    mz_http_server *server = exchange->server;
    mz_reason why = {0};
    mz_http_wish wish = {0};
    mz_http_turn turn = turn_of(exchange);
    mz_request *request = &exchange->request;
    exchange->judged = true;
    mz_link_hurry(exchange->link, MZ_HTTP_REQUEST_SECONDS, 0);
    if (judge(exchange, method, version, &why) != MZ_OK)
        return refuse(exchange, &why);
    exchange->refused = !server->app.begin(server->app.context, &turn, &wish);
    if (!exchange->refused && expect_body(exchange, &wish, &why) != MZ_OK) {
        fill_refusal(exchange, &why);
        exchange->refused = true;
    }
    if (exchange->refused) {
        bool drained = request->content_length <= DRAINED_SIZE_MAX && !request->expects_continue;
        exchange->close = !drained;
        return drained ? MHD_YES
                       : answer(exchange); /* at the end, so that the connection goes on */
    }
    mz_link_hurry(exchange->link, MZ_HTTP_REQUEST_SECONDS, request->content_length);
    return MHD_YES;
}

/* Bytes of the body came. */
static enum MHD_Result gather(mz_exchange *exchange, mz_view part)
{
    exchange->gathered += part.size;
    if (exchange->refused)
        return MHD_YES;
    if (exchange->request.body_file < 0) {
        mz_buf_put(&exchange->body, part);
        return MHD_YES;
    }
    while (part.size > 0) {
        ssize_t written = write(exchange->request.body_file, part.data, part.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) { /* told at the end: an answer cannot be queued in between */
            exchange->body.failed = true;
            return MHD_YES;
        }
        part.data += written;
        part.size -= (size_t)written;
    }
    return MHD_YES;
}

/* All of the request is there. */
static enum MHD_Result last_step(mz_exchange *exchange)
{
    mz_reason why = {0};
    enum MHD_Result result;
    mz_request *request = &exchange->request;
    if (exchange->refused)
        return answer(exchange);
    if (answer_from_kept(exchange, &result))
        return result;
    if (exchange->body.failed || exchange->gathered != request->content_length ||
        (request->body_file >= 0 && lseek(request->body_file, 0, SEEK_SET) != 0)) {
        mz_refuse(&why, request->body_file >= 0 ? MZ_FULL : MZ_NO_MEMORY);
        return refuse(exchange, &why);
    }
    return handle(exchange);
}

enum MHD_Result mz_exchange_step(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **request_context)
{
    mz_exchange *exchange = *request_context;
    (void)context;
    (void)url;
    (void)connection;
    if (exchange == NULL)
        return MHD_NO; /* no memory when it began */
    if (!exchange->judged)
        return first_step(exchange, method, version);
    if (*upload_size == 0)
        return last_step(exchange);
    mz_view part = {(const uint8_t *)upload, *upload_size};
    *upload_size = 0;
    return gather(exchange, part);
}

void mz_exchange_suspend(mz_exchange *exchange)
{
    assert(!exchange->wants_rest);
    exchange->wants_rest = true;
    exchange->link->cut_at_ms = MZ_NO_DEADLINE; /* it waits for us */
    MHD_suspend_connection(exchange->connection);
}

void mz_exchange_resume(mz_exchange *exchange)
{
    MHD_resume_connection(exchange->connection);
}

mz_http_server *mz_exchange_server(const mz_exchange *exchange)
{
    return exchange->server;
}

static void tell(const mz_exchange *exchange)
{
    const mz_http_server *server = exchange->server;
    char address[64] = "";
    mz_http_record record = {
        .method = exchange->request.method,
        .label = exchange->label,
        .code = exchange->code,
        .size = exchange->size,
        .took_ms = mz_clock_steady_ms() - exchange->started_ms,
        .address = address,
    };
    if (server->app.wants_addresses)
        mz_link_address(exchange->link, address, sizeof(address));
    server->app.ended(server->app.context, &record);
}

void mz_exchange_end(void *context, struct MHD_Connection *connection, void **request_context,
                     enum MHD_RequestTerminationCode how)
{
    mz_http_server *server = context;
    mz_exchange *exchange = *request_context;
    (void)connection;
    if (exchange == NULL)
        return;
    *request_context = NULL;
    bool whole = exchange->answered && how == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    server->by_class[whole ? exchange->code / 100 % 6 : 0]++;
    server->answered_bytes += whole ? exchange->size : 0;
    if (!whole)
        exchange->code = 0;
    tell(exchange);
    server->bodies_size -= exchange->counted;
    if (exchange->request.body_file >= 0)
        close(exchange->request.body_file);
    exchange->link->exchange = NULL;
    mz_link_hurry(exchange->link, MZ_HTTP_IDLE_SECONDS + MZ_HTTP_REQUEST_SECONDS, 0);
    if (exchange->state_free != NULL)
        exchange->state_free(exchange->state);
    mz_response_clear(&exchange->response);
    mz_buf_clear(&exchange->body);
    free(exchange);
    mz_server_count(server, false);
}
