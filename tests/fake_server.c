#include "fake_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define REQUEST_SIZE_MAX (1 << 20)
#define ANSWER_SIZE_MAX (32 << 20)

struct fake_server {
    int listener;
    char url[64];
    fake_handler *handler;
    void *context;
    pthread_t thread;
    pthread_mutex_t mutex;
    unsigned request_count;
    size_t connection_count;
    struct {
        pthread_t thread;
        int socket;
    } connections[CONNECTIONS_MAX];
};

typedef struct talk {
    fake_server *server;
    int socket;
} talk;

/* One whole request, header and body; false at the end of the connection. */
static bool hear(int connection, mz_buf *text, size_t *head_size)
{
    mz_buf_reset(text);
    *head_size = 0;
    size_t want = 0;
    while (*head_size == 0 || text->size < want) {
        uint8_t block[4096];
        const ssize_t got = recv(connection, block, sizeof block, 0);
        if (got <= 0)
            return false;
        mz_buf_put(text, (mz_view){block, (size_t)got});
        if (text->failed)
            return false;
        const char *end = strstr((const char *)text->data, "\r\n\r\n");
        if (*head_size != 0 || end == NULL)
            continue;
        const char *length = strcasestr((const char *)text->data, "\r\ncontent-length: ");
        *head_size = (size_t)(end - (const char *)text->data) + 4;
        want = *head_size + (length != NULL && length < end
                                 ? strtoul(length + strlen("\r\ncontent-length: "), NULL, 10)
                                 : 0);
        if (strcasestr((const char *)text->data, "\r\nexpect: 100-continue") != NULL)
            (void)send(connection, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
    }
    return true;
}

static void take_field(const char *head, const char *name, char *out, size_t out_size)
{
    const char *at = strcasestr(head, name);
    out[0] = '\0';
    if (at == NULL)
        return;
    at += strlen(name);
    const size_t size = strcspn(at, "\r");
    if (size < out_size)
        (void)snprintf(out, out_size, "%.*s", (int)size, at);
}

static bool send_all(int connection, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const ssize_t put = send(connection, data, size, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        data += put;
        size -= (size_t)put;
    }
    return true;
}

static bool say(int connection, const fake_answer *answer)
{
    char head[512], wait[64] = "";
    char block[64];
    if (answer->hang) {
        while (recv(connection, block, sizeof block, 0) > 0)
            continue;
        return false;
    }
    if (answer->retry_after_s >= 0)
        (void)snprintf(wait, sizeof wait, "Retry-After: %d\r\n", answer->retry_after_s);
    const int size = snprintf(head, sizeof head,
                              "HTTP/1.1 %u X\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n",
                              answer->code, answer->media_type, wait, answer->body.size);
    return send_all(connection, (const uint8_t *)head, (size_t)size) &&
           send_all(connection, answer->body.data,
                    answer->cut ? answer->body.size / 2 : answer->body.size) &&
           !answer->cut;
}

static bool serve_one(fake_server *server, int connection, mz_buf *text)
{
    size_t head_size = 0;
    fake_request request = {0};
    fake_answer answer = {.code = 200, .media_type = "application/json", .retry_after_s = -1};
    if (!hear(connection, text, &head_size))
        return false;
    const char *head = (const char *)text->data;
    const bool read = sscanf(head, "%7s %511s ", request.method, request.path) == 2;
    assert(read);
    take_field(head, "\r\nauthorization: ", request.token, sizeof request.token);
    take_field(head, "\r\ncontent-type: ", request.media_type, sizeof request.media_type);
    request.body = (mz_view){text->data + head_size, text->size - head_size};
    mz_buf_init(&answer.body, ANSWER_SIZE_MAX);
    (void)pthread_mutex_lock(&server->mutex);
    server->request_count++;
    server->handler(server->context, &request, &answer);
    (void)pthread_mutex_unlock(&server->mutex);
    const bool goes_on = say(connection, &answer);
    mz_buf_clear(&answer.body);
    return goes_on;
}

static void *converse(void *context)
{
    talk *with = context;
    mz_buf text;
    mz_buf_init(&text, REQUEST_SIZE_MAX);
    while (serve_one(with->server, with->socket, &text))
        continue;
    (void)shutdown(with->socket, SHUT_RDWR);
    mz_buf_clear(&text);
    free(with);
    return NULL;
}

static void *welcome(void *context)
{
    fake_server *server = context;
    for (;;) {
        const int connection = accept(server->listener, NULL, NULL);
        if (connection < 0)
            return NULL;       /* shut down */
        const int at_once = 1; /* or each answer waits for an acknowledgement */
        (void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        talk *with = malloc(sizeof *with);
        assert(with != NULL && server->connection_count < CONNECTIONS_MAX);
        *with = (talk){server, connection};
        server->connections[server->connection_count].socket = connection;
        const int rc = pthread_create(&server->connections[server->connection_count].thread, NULL,
                                      converse, with);
        assert(rc == 0);
        server->connection_count++;
    }
}

fake_server *fake_server_start(fake_handler *handler, void *context)
{
    fake_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t address_size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert(server != NULL);
    server->handler = handler;
    server->context = context;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listening =
        server->listener >= 0 &&
        bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(server->listener, 16) == 0 &&
        getsockname(server->listener, (struct sockaddr *)&address, &address_size) == 0;
    assert(listening);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u",
                   (unsigned)ntohs(address.sin_port));
    (void)pthread_mutex_init(&server->mutex, NULL);
    const int rc = pthread_create(&server->thread, NULL, welcome, server);
    assert(rc == 0);
    return server;
}

const char *fake_server_url(const fake_server *server)
{
    return server->url;
}

unsigned fake_server_count(fake_server *server)
{
    (void)pthread_mutex_lock(&server->mutex);
    const unsigned count = server->request_count;
    (void)pthread_mutex_unlock(&server->mutex);
    return count;
}

void fake_server_stop(fake_server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->listener);
    for (size_t i = 0; i < server->connection_count; i++) {
        (void)shutdown(server->connections[i].socket, SHUT_RDWR);
        (void)pthread_join(server->connections[i].thread, NULL);
        (void)close(server->connections[i].socket);
    }
    (void)pthread_mutex_destroy(&server->mutex);
    free(server);
}
