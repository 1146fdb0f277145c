#include "dispatch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cursor.h"
#include "edge/clock.h"
#include "handlers.h"
#include "log_line.h"
#include "match.h"
#include "problem.h"

/* What is known of a request between its head and its end. */
typedef struct found {
    mz_match match;
    void *state; /* the handler's */
    void (*state_free)(void *state);
} found;

static void free_found(void *state)
{
    found *known = state;
    if (known->state_free != NULL)
        known->state_free(known->state);
    free(known);
}

/* --- what handlers ask of their call --- */

uint64_t mz_call_number(const mz_call *call, size_t param)
{
    uint64_t number = 0;
    return param < call->param_count && mz_number_read(call->params[param], &number) ? number : 0;
}

uint64_t mz_call_query_number(const mz_call *call, const char *name, uint64_t otherwise)
{
    uint64_t number;
    mz_view text = mz_request_query(call->request, name);
    return text.data != NULL && mz_number_read(text, &number) ? number : otherwise;
}

uint64_t mz_call_cursor(const mz_call *call)
{
    uint64_t before;
    mz_view text = mz_request_query(call->request, "cursor");
    return text.data != NULL && mz_cursor_read(text, &before) ? before : MZ_NEVER;
}

mz_status mz_call_answer(mz_call *call, json_t *view, mz_reason *why)
{
    const json_t *next = json_object_get(view, "next");
    if (json_is_integer(next)) {
        char text[MZ_CURSOR_SIZE + 1];
        mz_cursor_write((uint64_t)json_integer_value(next), text);
        json_object_set_new(view, "next", json_string(text));
    }
    return mz_response_json(call->response, view, why);
}

/* --- refusals --- */

/* The addresses of people's pages begin with one letter: who mistypes one is answered as a person.
 */
static bool is_page(const mz_request *request)
{
    return request->segment_count > 0 && request->segments[0].size == 1;
}

static void write_refusal(mz_call *call, unsigned code, const mz_reason *why)
{
    mz_response_reset(call->response);
    call->response->code = code;
    if (call->route != NULL && call->route->refuse != NULL)
        call->route->refuse(call, why);
    else if (call->route == NULL && is_page(call->request))
        mz_refuse_with_page(call, why);
    else
        mz_problem_write(call->response, code, why, call->language);
}

static mz_call call_of(const mz_dispatch *dispatch, const mz_http_turn *turn, found *known)
{
    mz_call call = {
        .service = dispatch->service,
        .request = turn->request,
        .language = mz_request_language(turn->request),
        .now_ms = mz_clock_now_unix_ms(),
        .response = turn->response,
        .exchange = turn->exchange,
    };
    if (known != NULL) {
        call.route = known->match.route;
        call.param_count = known->match.param_count;
        memcpy(call.params, known->match.params, sizeof(call.params));
        call.state = &known->state;
        call.state_free = &known->state_free;
    }
    return call;
}

static void refuse(void *context, mz_http_turn *turn, const mz_reason *why)
{
    mz_call call = call_of(context, turn, NULL);
    write_refusal(&call, mz_http_code(why->status), why);
}

/* Runs a handler over a moment of the ledger. A handler that was resumed runs without one too: its
 * outcome is known, and must be told while the log is being opened anew. */
static mz_status run(mz_call *call, mz_handler *handler, mz_reason *why)
{
    assert(call->route != NULL && call->state != NULL);
    bool resumed = *call->state != NULL;
    if (call->route->no_ledger)
        return handler(call, why);
    mz_status status = mz_service_enter(call->service, &call->snapshot, why);
    if (status != MZ_OK && resumed) {
        *why = (mz_reason){0};
        call->snapshot = NULL;
        return handler(call, why);
    }
    if (status != MZ_OK)
        return status;
    call->changes = mz_changes_new(mz_snapshot_txn(call->snapshot));
    status = call->changes == NULL ? mz_refuse(why, MZ_NO_MEMORY) : handler(call, why);
    mz_changes_free(call->changes);
    mz_service_leave(call->service);
    return status;
}

/* --- the head is there --- */

static bool takes(const mz_route *route, mz_view media)
{
    const uint8_t *semicolon = media.size == 0 ? NULL : memchr(media.data, ';', media.size);
    size_t size = semicolon == NULL ? media.size : (size_t)(semicolon - media.data);
    while (size > 0 && media.data[size - 1] == ' ')
        size--;
    if (route->takes == NULL)
        return true;
    for (const char *const *one = route->takes; *one != NULL; one++)
        if (strlen(*one) == size && strncasecmp(*one, (const char *)media.data, size) == 0)
            return true;
    return false;
}

static mz_status check_media(const mz_request *request, const mz_route *route, mz_reason *why)
{
    char want[MZ_REASON_WORDS_MAX] = "";
    if ((request->method != MZ_POST && request->method != MZ_PUT) ||
        takes(route, request->content_type))
        return MZ_OK;
    for (const char *const *one = route->takes; *one != NULL; one++) {
        strncat(want, want[0] == '\0' ? "" : " | ", sizeof(want) - strlen(want) - 1);
        strncat(want, *one, sizeof(want) - strlen(want) - 1);
    }
    return mz_refuse(why, MZ_WRONG_MEDIA, mz_words_view("is", request->content_type),
                     mz_words("want", want));
}

/* What can be refused before the body is sent. */
static mz_status admit(mz_call *call, mz_reason *why)
{
    mz_status status = check_media(call->request, call->route, why);
    if (status == MZ_OK && call->route->before != NULL && call->request->method != MZ_OPTIONS)
        status = run(call, call->route->before, why);
    return status;
}

static bool begin(void *context, mz_http_turn *turn, mz_http_wish *wish)
{
    mz_dispatch *dispatch = context;
    mz_reason why = {0};
    found *known = calloc(1, sizeof(*known));
    if (known == NULL) {
        mz_refuse(&why, MZ_NO_MEMORY);
        refuse(dispatch, turn, &why);
        return false;
    }
    *turn->state = known;
    *turn->state_free = free_found;
    mz_status status = mz_route_match(turn->request, &known->match, &why);
    const mz_route *route = known->match.route;
    if (route != NULL) {
        *turn->label = route->pattern;
        turn->response->cache = route->cache;
        *wish = (mz_http_wish){.body_max = route->body_max, .as_file = route->body_as_file};
    }
    mz_call call = call_of(dispatch, turn, known);
    if (status == MZ_OK && route != NULL)
        status = admit(&call, &why);
    if (status == MZ_OK)
        return true;
    write_refusal(&call, mz_http_code(status), &why);
    if (status == MZ_WRONG_METHOD) {
        char methods[64];
        mz_methods_text(known->match.methods, methods);
        mz_response_header(turn->response, "Allow", "%s", methods);
    }
    return false;
}

/* --- all of it is there --- */

static void handle(void *context, mz_http_turn *turn)
{
    mz_dispatch *dispatch = context;
    mz_reason why = {0};
    found *known = *turn->state;
    assert(known != NULL && known->match.route != NULL);
    mz_call call = call_of(dispatch, turn, known);
    if (turn->request->method == MZ_OPTIONS) {
        char methods[64];
        mz_methods_text(known->match.methods, methods);
        turn->response->code = 204;
        turn->response->cache = MZ_CACHE_NONE;
        mz_response_header(turn->response, "Allow", "%s", methods);
        return;
    }
    mz_status status = run(&call, call.route->handler, &why);
    if (status != MZ_OK)
        write_refusal(&call,
                      turn->request->method == MZ_POST ? mz_http_code_of_entry(status)
                                                       : mz_http_code(status),
                      &why);
}

static uint64_t version(void *context)
{
    const mz_dispatch *dispatch = context;
    return mz_service_version(dispatch->service);
}

static void ended(void *context, const mz_http_record *record)
{
    const mz_dispatch *dispatch = context;
    bool matters = record->method == MZ_POST || record->method == MZ_PUT || record->code >= 500;
    if (!matters && !dispatch->log_requests)
        return;
    mz_log_line line;
    mz_log_line_begin(&line, record->code >= 500 ? "error" : "info", "request");
    mz_log_line_text(&line, "method", mz_method_name(record->method));
    mz_log_line_text(&line, "route", record->label == NULL ? "-" : record->label);
    mz_log_line_number(&line, "code", (int64_t)record->code);
    mz_log_line_number(&line, "bytes", (int64_t)record->size);
    mz_log_line_number(&line, "took_ms", record->took_ms);
    if (dispatch->log_addresses)
        mz_log_line_text(&line, "address", record->address);
    mz_log_line_end(&line);
}

mz_http_app mz_dispatch_app(mz_dispatch *dispatch)
{
    return (mz_http_app){
        .context = dispatch,
        .begin = begin,
        .handle = handle,
        .refuse = refuse,
        .version = version,
        .ended = ended,
        .wants_addresses = dispatch->log_addresses,
    };
}
