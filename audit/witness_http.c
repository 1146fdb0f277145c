#include "witness_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "edge/clock.h"

#define MEMORY_PER_CONNECTION ((size_t)16 * 1024) /* the library's: request line and header */

struct mz_witness_http {
    struct MHD_Daemon *daemon;
    mz_witness_service *service;
    mz_witness_on_stopped *on_stopped;
    void *context;
    bool told;
};

/* One request on its way in. */
typedef struct exchange {
    int64_t started_ms;
    unsigned refused; /* a code of HTTP; 0: not */
    mz_buf body;
} exchange;

/* --- what is let in --- */

typedef struct counts {
    unsigned hosts, lengths, encodings;
    bool bad_length, too_long;
} counts;

static enum MHD_Result count_field(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    counts *seen = context;
    uint64_t length = 0;
    (void)kind;
    if (strcasecmp(name, "Host") == 0)
        seen->hosts++;
    if (strcasecmp(name, "Transfer-Encoding") == 0)
        seen->encodings++;
    if (strcasecmp(name, "Content-Length") == 0) {
        seen->lengths++;
        seen->bad_length |=
            value == NULL || !mz_decimal_parse(mz_view_of(value), INT64_MAX, &length);
        seen->too_long |= length > MZ_WITNESS_REQUEST_SIZE_MAX;
    }
    return MHD_YES;
}

/* The library's parser is lax, and programs that read one request in two ways can be played against
 * each other: one Host, at most one length, no other framing. 0, or the code to refuse with. */
static unsigned judge_head(struct MHD_Connection *connection)
{
    counts seen = {0};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_field, &seen);
    if (seen.hosts != 1 || seen.encodings > 0 || seen.lengths > 1 || seen.bad_length)
        return 400;
    return seen.too_long ? 413 : 0;
}

/* --- answers --- */

static enum MHD_Result send_reply(struct MHD_Connection *connection, mz_witness_reply *reply,
                                  bool close_after)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.size, reply->body.data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", reply->media_type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
    if (reply->allow != NULL)
        (void)MHD_add_response_header(response, "Allow", reply->allow);
    if (close_after)
        (void)MHD_add_response_header(response, "Connection", "close");
    const enum MHD_Result sent = MHD_queue_response(connection, reply->code, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result refuse(mz_witness_http *http, struct MHD_Connection *connection,
                              unsigned code)
{
    mz_witness_reply reply;
    mz_witness_answer_refusal(http->service, code, &reply);
    const enum MHD_Result sent = send_reply(connection, &reply, true);
    mz_buf_clear(&reply.body);
    return sent;
}

static enum MHD_Result answer(mz_witness_http *http, struct MHD_Connection *connection,
                              const char *method, const char *path, const exchange *now)
{
    mz_witness_reply reply;
    mz_witness_answer_request(http->service, method, path, mz_buf_view(&now->body),
                              mz_clock_now_unix_ms() / 1000, &reply);
    const bool stopped = mz_witness_service_stopped(http->service);
    const enum MHD_Result sent = send_reply(connection, &reply, stopped);
    mz_buf_clear(&reply.body);
    if (stopped && !http->told) {
        http->told = true;
        http->on_stopped(http->context);
    }
    return sent;
}

static exchange *begin_exchange(struct MHD_Connection *connection)
{
    exchange *now = calloc(1, sizeof *now);
    if (now == NULL)
        return NULL;
    now->started_ms = mz_clock_steady_ms();
    now->refused = judge_head(connection);
    mz_buf_init(&now->body, MZ_WITNESS_REQUEST_SIZE_MAX);
    return now;
}

/* Called with the head, with each piece of the body, and at its end. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    mz_witness_http *http = context;
    exchange *now = *state;
    (void)version;
    if (now == NULL) {
        now = begin_exchange(connection);
        *state = now;
        if (now == NULL)
            return MHD_NO;
        /* Before the library says "100 Continue". */
        return now->refused != 0 ? refuse(http, connection, now->refused) : MHD_YES;
    }
    if (mz_clock_steady_ms() - now->started_ms > MZ_WITNESS_REQUEST_SECONDS * INT64_C(1000))
        return MHD_NO;
    if (*upload_size > 0) {
        mz_buf_put(&now->body, (mz_view){(const uint8_t *)upload, *upload_size});
        *upload_size = 0;
        return MHD_YES;
    }
    return now->body.failed ? refuse(http, connection, 413)
                            : answer(http, connection, method, path, now);
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    exchange *now = *state;
    (void)context, (void)connection, (void)code;
    if (now != NULL)
        mz_buf_clear(&now->body);
    free(now);
    *state = NULL;
}

/* A percent sign stays as sent: no path of ours has one. */
static size_t leave_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    return strlen(text);
}

/* --- the door --- */

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address;

static bool parse_listen(const char *listen, address *out)
{
    char host[64];
    uint64_t port = 0;
    const char *colon = strrchr(listen, ':');
    if (colon == NULL || !mz_decimal_parse(mz_view_of(colon + 1), 65535, &port))
        return false;
    const bool bracketed = listen[0] == '[' && colon > listen && colon[-1] == ']';
    const char *from = bracketed ? listen + 1 : listen;
    const size_t size = (size_t)(colon - from) - (bracketed ? 1 : 0);
    if (size == 0 || size >= sizeof host)
        return false;
    memcpy(host, from, size);
    host[size] = '\0';
    memset(out, 0, sizeof *out);
    if (bracketed) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1;
}

mz_status mz_witness_http_start(mz_witness_service *service, const char *listen,
                                mz_witness_on_stopped *on_stopped, void *context,
                                mz_witness_http **out, mz_reason *why)
{
    address where;
    if (!parse_listen(listen, &where))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--listen"),
                         mz_words("want", "127.0.0.1:8090, [::1]:8090"));
    mz_witness_http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *http = (mz_witness_http){.service = service, .on_stopped = on_stopped, .context = context};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
    if (where.any.sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    http->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, http, MHD_OPTION_SOCK_ADDR, &where.any,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)MZ_WITNESS_CONNECTIONS_MAX,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)MZ_WITNESS_CONNECTIONS_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)MZ_WITNESS_IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_PER_CONNECTION, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        end_exchange, NULL, MHD_OPTION_END);
    if (http->daemon == NULL) {
        char cause[MZ_REASON_WORDS_MAX];
        snprintf(cause, sizeof cause, "%.80s: %.60s", listen, strerror(errno));
        free(http);
        return mz_refuse(why, MZ_IO, mz_words("cause", cause));
    }
    *out = http;
    return MZ_OK;
}

uint16_t mz_witness_http_port(const mz_witness_http *http)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

void mz_witness_http_stop(mz_witness_http *http)
{
    if (http == NULL)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}
