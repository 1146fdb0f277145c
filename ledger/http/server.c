/* server.c — the socket, the thread, connections and their deadlines. */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/note.h"
#include "edge/clock.h"
#include "http/parts.h"

#define LINGER_PAUSE_MS 5
#define SWEEP_MS 500
#define BACKLOG 511
#define SLOWEST_BYTES_PER_S 16384 /* a body or an answer gets this much more time for its size */

/* --- the socket --- */

static mz_status no_socket(mz_reason *why, const char *listen_on, const char *cause)
{
    char text[MZ_REASON_WORDS_MAX];
    snprintf(text, sizeof(text), "%s: %s", listen_on, cause);
    return mz_refuse(why, MZ_IO, mz_words("cause", text));
}

/* "host:port" or "[host]:port" in two. */
static bool split(const char *text, char host[128], char port[8])
{
    const char *colon = strrchr(text, ':');
    uint64_t number = 0; /* getaddrinfo takes 65536 for 0 */
    if (colon == NULL || !mz_decimal_parse(mz_view_of(colon + 1), UINT16_MAX, &number))
        return false;
    size_t size = (size_t)(colon - text);
    if (size >= 2 && text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    } else if (memchr(text, ':', size) != NULL) {
        return false;
    }
    if (size == 0 || size >= 128)
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

static int bound(const struct addrinfo *at)
{
    int on = 1;
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    /* without NODELAY an answer of two parts waits for the client's acknowledgement */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
        bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static void write_address(const struct sockaddr *address, socklen_t size, char *text,
                          size_t text_size, bool with_port)
{
    char host[64], port[8];
    if (getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        snprintf(text, text_size, "?");
    else if (!with_port)
        snprintf(text, text_size, "%s", host);
    else
        snprintf(text, text_size, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s", host, port);
}

static mz_status listen_on(mz_http_server *server, const char *where, int *fd, mz_reason *why)
{
    char host[128], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    struct sockaddr_storage mine;
    socklen_t size = sizeof(mine);
    if (!split(where, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
        return no_socket(why, where,
                         MZ_BOTH("不是“地址:端口”，如 127.0.0.1:8080",
                                 "not ADDRESS:PORT such as 127.0.0.1:8080"));
    *fd = bound(found);
    freeaddrinfo(found);
    if (*fd < 0)
        return no_socket(why, where, strerror(errno));
    getsockname(*fd, (struct sockaddr *)&mine, &size);
    write_address((struct sockaddr *)&mine, size, server->address, sizeof(server->address), true);
    return MZ_OK;
}

void mz_link_address(const mz_link *link, char *text, size_t text_size)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof(peer);
    if (getpeername(link->fd, (struct sockaddr *)&peer, &size) != 0)
        snprintf(text, text_size, "?");
    else
        write_address((struct sockaddr *)&peer, size, text, text_size, false);
}

/* --- connections --- */

void mz_link_hurry(mz_link *link, int64_t seconds, uint64_t size)
{
    link->cut_at_ms =
        mz_clock_steady_ms() + (seconds + (int64_t)(size / SLOWEST_BYTES_PER_S)) * 1000;
}

void mz_server_count(mz_http_server *server, bool begins)
{
    pthread_mutex_lock(&server->mutex);
    server->exchanges += begins ? 1u : UINT64_MAX;
    if (server->exchanges == 0)
        pthread_cond_broadcast(&server->wake);
    pthread_mutex_unlock(&server->mutex);
}

static void connection_begins(mz_http_server *server, struct MHD_Connection *connection,
                              void **context)
{
    mz_link *link = calloc(1, sizeof *link);
    *context = link;
    if (link == NULL)
        return;
    link->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    mz_link_hurry(link, MZ_HTTP_IDLE_SECONDS + MZ_HTTP_REQUEST_SECONDS, 0);
    pthread_mutex_lock(&server->mutex);
    link->next = server->links;
    if (link->next != NULL)
        link->next->before = link;
    server->links = link;
    pthread_mutex_unlock(&server->mutex);
    server->connections++;
    server->connections_now++;
}

/* The library closes the socket after this: the sweeper never cuts another's. */
static void connection_ends(mz_http_server *server, void **context)
{
    mz_link *link = *context;
    if (link == NULL)
        return;
    pthread_mutex_lock(&server->mutex);
    if (link->next != NULL)
        link->next->before = link->before;
    if (link->before != NULL)
        link->before->next = link->next;
    else
        server->links = link->next;
    pthread_mutex_unlock(&server->mutex);
    *context = NULL;
    free(link);
    server->connections_now--;
}

static void connection_notice(void *context, struct MHD_Connection *connection,
                              void **connection_context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        connection_begins(context, connection, connection_context);
    else
        connection_ends(context, connection_context);
}

/* --- the sweeper: cuts connections that are too slow --- */

/* The mutex is held. The library sees the end of the connection and tidies up. */
static void sweep(mz_http_server *server)
{
    int64_t now_ms = mz_clock_steady_ms();
    for (mz_link *link = server->links; link != NULL; link = link->next) {
        if (now_ms < link->cut_at_ms)
            continue;
        link->cut_at_ms = MZ_NO_DEADLINE; /* once */
        server->cut_off++;
        shutdown(link->fd, SHUT_RDWR);
    }
}

/* Waits on the server's condition, at most so long. The mutex is held. */
static void doze(mz_http_server *server, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&server->wake, &server->mutex, &until);
}

static void *run_sweeper(void *context)
{
    mz_http_server *server = context;
    pthread_mutex_lock(&server->mutex);
    while (!server->ending) {
        doze(server, SWEEP_MS);
        sweep(server);
    }
    pthread_mutex_unlock(&server->mutex);
    return NULL;
}

static bool begin_mutex(mz_http_server *server)
{
    pthread_condattr_t attributes;
    if (pthread_mutex_init(&server->mutex, NULL) != 0)
        return false;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    server->has_mutex = pthread_cond_init(&server->wake, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return server->has_mutex;
}

/* --- its life --- */

static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static struct MHD_Daemon *start(mz_http_server *server, const mz_http_options *options, int fd)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET,                                               fd,                                 NULL                               },
        {MHD_OPTION_CONNECTION_LIMIT,
         options->connections_max == 0 ? MZ_HTTP_CONNECTIONS_MAX
                                       : (intptr_t)options->connections_max,
         NULL                                                                                                                                           },
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT,                                     (intptr_t)options->per_address_max, NULL                               },
        {MHD_OPTION_CONNECTION_TIMEOUT,                                          MZ_HTTP_IDLE_SECONDS,               NULL                               },
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT,                                     MZ_HTTP_CONNECTION_MEMORY,          NULL                               },
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP,                                      1,                                  NULL                               },
        {MHD_OPTION_URI_LOG_CALLBACK,                                            (intptr_t)mz_exchange_begin,        server                             },
        {MHD_OPTION_UNESCAPE_CALLBACK,                                           (intptr_t)leave_escaped,            NULL                               },
        {MHD_OPTION_NOTIFY_COMPLETED,                                            (intptr_t)mz_exchange_end,          server                             },
        {MHD_OPTION_NOTIFY_CONNECTION,                                           (intptr_t)connection_notice,        server                             },
        {options->tls_cert == NULL ? MHD_OPTION_END : MHD_OPTION_HTTPS_MEM_CERT, 0,
         (void *)(uintptr_t)options->tls_cert                                                                                                           },
        {MHD_OPTION_HTTPS_MEM_KEY,                                               0,                                  (void *)(uintptr_t)options->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES,                                            0,
         (void *)(uintptr_t) "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"                                                                            },
        {MHD_OPTION_END,                                                         0,                                  NULL                               },
    };
    if (options->tls_cert != NULL)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, 0, NULL, NULL, mz_exchange_step, server, MHD_OPTION_ARRAY, items,
                            MHD_OPTION_END);
}

static mz_status begin(mz_http_server *server, const mz_http_options *options, mz_reason *why)
{
    int fd = -1;
    mz_status status = listen_on(server, options->listen, &fd, why);
    if (status != MZ_OK)
        return status;
    server->daemon = start(server, options, fd);
    if (server->daemon == NULL) {
        close(fd);
        return mz_refuse(
            why, MZ_IO,
            mz_words("cause", options->tls_cert == NULL
                                  ? MZ_BOTH("HTTP 服务无法启动", "the HTTP service did not start")
                                  : MZ_BOTH("HTTPS 无法启动，请核对证书与私钥",
                                            "HTTPS did not start; check certificate and key")));
    }
    server->has_sweeper = pthread_create(&server->sweeper, NULL, run_sweeper, server) == 0;
    return server->has_sweeper ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

mz_status mz_http_server_new(const mz_http_options *options, const mz_http_app *app,
                             mz_http_server **out, mz_reason *why)
{
    mz_http_server *server = calloc(1, sizeof(*server));
    mz_status status = MZ_NO_MEMORY;
    if (server == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    server->app = *app;
    if (options->spool_dir != NULL)
        snprintf(server->spool_dir, sizeof server->spool_dir, "%s", options->spool_dir);
    server->answers = mz_answers_new(options->tls_cert != NULL);
    server->kept = mz_kept_new();
    if (begin_mutex(server) && server->answers != NULL && server->kept != NULL)
        status = begin(server, options, why);
    else
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        *out = server;
    else
        mz_http_server_close(server, 0);
    return status;
}

const char *mz_http_server_address(const mz_http_server *server)
{
    return server->address;
}

void mz_http_server_quiesce(mz_http_server *server)
{
    if (server->quiescing)
        return;
    server->quiescing = true;
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

void mz_http_server_linger(mz_http_server *server, int64_t wait_ms)
{
    const struct timespec pause = {.tv_nsec = LINGER_PAUSE_MS * 1000000L};
    const int64_t until_ms = mz_clock_steady_ms() + wait_ms;
    while (server->connections_now > 0 && mz_clock_steady_ms() < until_ms)
        (void)nanosleep(&pause, NULL);
}

/* Waits until no exchange is under way, then ends the sweeper. */
static void wind_down(mz_http_server *server, int64_t wait_ms)
{
    int64_t until_ms = mz_clock_steady_ms() + wait_ms;
    pthread_mutex_lock(&server->mutex);
    for (int64_t left_ms = wait_ms; server->exchanges > 0 && left_ms > 0;
         left_ms = until_ms - mz_clock_steady_ms())
        doze(server, left_ms);
    server->ending = true;
    pthread_cond_broadcast(&server->wake);
    pthread_mutex_unlock(&server->mutex);
    if (server->has_sweeper)
        pthread_join(server->sweeper, NULL);
}

void mz_http_server_close(mz_http_server *server, int64_t wait_ms)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL) {
        mz_http_server_quiesce(server);
        wind_down(server, wait_ms);
        MHD_stop_daemon(server->daemon);
    }
    mz_kept_free(server->kept);
    mz_answers_free(server->answers);
    if (server->has_mutex) {
        pthread_cond_destroy(&server->wake);
        pthread_mutex_destroy(&server->mutex);
    }
    free(server);
}

void mz_http_server_read(const mz_http_server *server, mz_http_figures *figures)
{
    figures->connections_now = server->connections_now;
    figures->connections = server->connections;
    for (size_t i = 0; i < 6; i++)
        figures->answers[i] = server->by_class[i];
    figures->answered_bytes = server->answered_bytes;
    figures->kept_hits = server->kept_hits;
    figures->cut_off = server->cut_off;
}
