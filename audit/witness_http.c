#include "witness_http.h"

#include <stdlib.h>

#include "edge/clock.h"
#include "http/server.h"

#define STOP_WAIT_MS 10000

struct mz_witness_http {
    mz_http_server *server;
    mz_witness_service *service;
    mz_witness_on_stopped *on_stopped;
    void *context;
    bool told;
};

static const char *method_name(mz_method method)
{
    switch (method) {
    case MZ_GET:
        return "GET";
    case MZ_HEAD:
        return "HEAD";
    case MZ_POST:
        return "POST";
    case MZ_PUT:
        return "PUT";
    case MZ_OPTIONS:
        return "OPTIONS";
    case MZ_METHOD_OTHER:
        break;
    }
    return "";
}

/* Takes what the reply holds. */
static void give(mz_response *response, mz_witness_reply *reply)
{
    response->code = reply->code;
    response->media_type = reply->media_type;
    response->cache = MZ_CACHE_NONE;
    mz_buf_put(&response->body, mz_buf_view(&reply->body));
    if (reply->allow != NULL)
        mz_response_header(response, "Allow", "%s", reply->allow);
    mz_buf_clear(&reply->body);
}

/* A body is taken of any request that is small enough; what it is for is judged when it is there.
 */
static bool begin(void *context, mz_http_turn *turn, mz_http_wish *wish)
{
    (void)context, (void)turn;
    *wish = (mz_http_wish){.body_max = MZ_WITNESS_REQUEST_SIZE_MAX};
    return true;
}

static void handle(void *context, mz_http_turn *turn)
{
    mz_witness_http *http = context;
    const mz_request *request = turn->request;
    mz_witness_reply reply;
    mz_witness_answer_request(http->service, method_name(request->method), request->path,
                              request->body, mz_clock_now_unix_ms() / 1000, &reply);
    give(turn->response, &reply);
    if (mz_witness_service_stopped(http->service) && !http->told) {
        http->told = true;
        http->on_stopped(http->context);
    }
}

static void refuse(void *context, mz_http_turn *turn, const mz_reason *why)
{
    static const struct {
        mz_status status;
        unsigned code;
    } CODES[] = {
        {MZ_LENGTH_REQUIRED, 411},
        {MZ_TOO_LARGE,       413},
        {MZ_TARGET_TOO_LONG, 414},
        {MZ_WRONG_MEDIA,     415},
        {MZ_BAD_EXPECTATION, 417},
        {MZ_HEAD_TOO_LARGE,  431},
        {MZ_BUSY,            503},
        {MZ_NO_MEMORY,       503},
        {MZ_HTTP_VERSION,    505},
        {MZ_FULL,            507},
    };
    mz_witness_http *http = context;
    mz_witness_reply reply;
    unsigned code = 400;
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        if (CODES[i].status == why->status)
            code = CODES[i].code;
    }
    mz_witness_answer_refusal(http->service, code, why, &reply);
    give(turn->response, &reply);
}

static uint64_t version(void *context)
{
    (void)context;
    return 0; /* nothing that is answered here is kept */
}

static void ended(void *context, const mz_http_record *record)
{
    (void)context, (void)record;
}

mz_status mz_witness_http_start(mz_witness_service *service, const char *listen,
                                mz_witness_on_stopped *on_stopped, void *context,
                                mz_witness_http **out, mz_reason *why)
{
    mz_witness_http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *http = (mz_witness_http){.service = service, .on_stopped = on_stopped, .context = context};
    const mz_http_app app = {.context = http,
                             .begin = begin,
                             .handle = handle,
                             .refuse = refuse,
                             .version = version,
                             .ended = ended};
    const mz_http_options options = {.listen = listen,
                                     .connections_max = MZ_WITNESS_CONNECTIONS_MAX};
    const mz_status status = mz_http_server_new(&options, &app, &http->server, why);
    if (status == MZ_OK)
        *out = http;
    else
        free(http);
    return status;
}

const char *mz_witness_http_address(const mz_witness_http *http)
{
    return mz_http_server_address(http->server);
}

void mz_witness_http_stop(mz_witness_http *http)
{
    if (http == NULL)
        return;
    mz_http_server_close(http->server, STOP_WAIT_MS);
    free(http);
}
