#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "edge/clock.h"

#define ANSWER_SIZE_MAX (64u << 10)
#define EVENTS 64
#define FOREVER_MS INT64_C(1000000000)

typedef struct connection {
    int fd;        /* -1: lost */
    bool waits;    /* for an answer */
    mz_view rest;  /* of the request, not sent yet */
    size_t filled; /* bytes of the answer */
    uint8_t *bytes;
} connection;

struct mz_load {
    mz_load_plan plan;
    int epoll;
    size_t waiting_count, lost_count;
    connection *connections;
};

static bool read_address(const char *text, struct sockaddr_in *address)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    size_t size = colon == NULL ? sizeof host : (size_t)(colon - text);
    if (size >= sizeof host)
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    *address = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static bool connect_one(mz_load *load, const struct sockaddr_in *address, size_t index)
{
    connection *one = &load->connections[index];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = index};
    int on = 1;
    one->bytes = malloc(ANSWER_SIZE_MAX);
    one->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return one->bytes != NULL && one->fd >= 0 &&
           connect(one->fd, (const struct sockaddr *)address, sizeof *address) == 0 &&
           setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           fcntl(one->fd, F_SETFL, O_NONBLOCK) == 0 &&
           epoll_ctl(load->epoll, EPOLL_CTL_ADD, one->fd, &event) == 0;
}

mz_load *mz_load_new(const mz_load_plan *plan)
{
    struct sockaddr_in address;
    mz_load *load = calloc(1, sizeof *load);
    if (load == NULL)
        return NULL;
    load->plan = *plan;
    load->connections = calloc(plan->connection_count, sizeof *load->connections);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    bool ok =
        load->connections != NULL && load->epoll >= 0 && read_address(plan->address, &address);
    for (size_t i = 0; load->connections != NULL && i < plan->connection_count; i++)
        load->connections[i].fd = -1;
    for (size_t i = 0; ok && i < plan->connection_count; i++)
        ok = connect_one(load, &address, i);
    if (ok)
        return load;
    mz_load_free(load);
    return NULL;
}

void mz_load_free(mz_load *load)
{
    if (load == NULL)
        return;
    for (size_t i = 0; load->connections != NULL && i < load->plan.connection_count; i++) {
        if (load->connections[i].fd >= 0)
            close(load->connections[i].fd);
        free(load->connections[i].bytes);
    }
    if (load->epoll >= 0)
        close(load->epoll);
    free(load->connections);
    free(load);
}

static void lose(mz_load *load, connection *one)
{
    close(one->fd); /* epoll forgets it */
    one->fd = -1;
    load->lost_count++;
    load->waiting_count -= one->waits ? 1 : 0;
    one->waits = false;
}

/* Listens for room too while something is left to be sent. */
static void listen_for(const mz_load *load, const connection *one, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(one - load->connections)};
    (void)epoll_ctl(load->epoll, EPOLL_CTL_MOD, one->fd, &event);
}

static void send_rest(mz_load *load, connection *one)
{
    while (one->rest.size > 0) {
        ssize_t sent = send(one->fd, one->rest.data, one->rest.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN) {
            listen_for(load, one, EPOLLIN | EPOLLOUT);
            return;
        }
        if (sent < 0) {
            one->rest.size = 0; /* an answer may be there all the same: its end is read */
            return;
        }
        one->rest.data += sent;
        one->rest.size -= (size_t)sent;
    }
}

static void ask_next(mz_load *load, connection *one)
{
    size_t index = (size_t)(one - load->connections);
    if (!load->plan.next(load->plan.context, index, &one->rest))
        return;
    one->waits = true;
    load->waiting_count++;
    send_rest(load, one);
}

/* The size that the head tells of its body; 0 when it tells none. */
static size_t body_size(const uint8_t *head, size_t head_size)
{
    static const char NAME[] = "\nContent-Length:";
    const uint8_t *at = head;
    while ((at = memchr(at, '\n', head_size - (size_t)(at - head))) != NULL) {
        if (head_size - (size_t)(at - head) > sizeof NAME &&
            strncasecmp((const char *)at, NAME, sizeof NAME - 1) == 0)
            return strtoul((const char *)at + sizeof NAME - 1, NULL, 10);
        at++;
    }
    return 0;
}

/* Tells of the answer if it is whole. False when it is none that could be. */
static bool take_answer(mz_load *load, connection *one)
{
    const uint8_t *end = memmem(one->bytes, one->filled, "\r\n\r\n", 4);
    if (end == NULL)
        return one->filled < ANSWER_SIZE_MAX;
    size_t head_size = (size_t)(end - one->bytes) + 4;
    size_t size = body_size(one->bytes, head_size);
    if (!one->waits || size > ANSWER_SIZE_MAX - head_size || one->filled > head_size + size ||
        head_size < 16)
        return false;
    if (one->filled < head_size + size)
        return true;
    unsigned code = (unsigned)strtoul((const char *)one->bytes + 9, NULL, 10);
    one->waits = false;
    one->filled = 0;
    load->waiting_count--;
    load->plan.answered(load->plan.context, (size_t)(one - load->connections), code,
                        (mz_view){one->bytes + head_size, size});
    return true;
}

static void receive(mz_load *load, connection *one)
{
    ssize_t got = recv(one->fd, one->bytes + one->filled, ANSWER_SIZE_MAX - one->filled, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        lose(load, one);
        return;
    }
    one->filled += (size_t)got;
    if (!take_answer(load, one))
        lose(load, one);
    else if (!one->waits)
        ask_next(load, one);
}

static void turn(mz_load *load, const struct epoll_event *event)
{
    connection *one = &load->connections[event->data.u64];
    if (one->fd >= 0 && (event->events & EPOLLOUT) != 0) {
        listen_for(load, one, EPOLLIN);
        send_rest(load, one);
    }
    if (one->fd >= 0 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
        receive(load, one);
}

size_t mz_load_run(mz_load *load, int64_t ms)
{
    struct epoll_event events[EVENTS];
    int64_t until_ms = mz_clock_steady_ms() + (ms < FOREVER_MS ? ms : FOREVER_MS);
    for (size_t i = 0; i < load->plan.connection_count; i++)
        if (load->connections[i].fd >= 0 && !load->connections[i].waits)
            ask_next(load, &load->connections[i]);
    while (load->waiting_count > 0) {
        int64_t left_ms = until_ms - mz_clock_steady_ms();
        if (left_ms <= 0)
            break;
        int count = epoll_wait(load->epoll, events, EVENTS, (int)left_ms);
        for (int i = 0; i < count; i++)
            turn(load, &events[i]);
    }
    return load->waiting_count;
}

size_t mz_load_lost(const mz_load *load)
{
    return load->lost_count;
}

void mz_load_put(mz_buf *out, const char *method, const char *target, const char *type,
                 mz_view body)
{
    mz_buf_put_format(out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, target);
    if (type != NULL)
        mz_buf_put_format(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body.size);
    mz_buf_put_text(out, "\r\n");
    mz_buf_put(out, body);
}
