#include "canned_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct canned_server {
    int listener;
    char url[64];
    const char *answer;
    size_t answer_size;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t heard;
    unsigned request_count;
    char request[16384];
};

static size_t body_size_of(const char *request)
{
    const char *length = strstr(request, "Content-Length: ");
    return length == NULL ? 0 : strtoul(length + strlen("Content-Length: "), NULL, 10);
}

static void hear(canned_server *server, int connection)
{
    char text[sizeof server->request];
    size_t size = 0;
    bool whole = false;
    while (!whole && size + 1 < sizeof text) {
        const ssize_t got = recv(connection, text + size, sizeof text - 1 - size, 0);
        if (got <= 0)
            break;
        size += (size_t)got;
        text[size] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        whole = end != NULL && size >= (size_t)(end + 4 - text) + body_size_of(text);
    }
    text[size] = '\0';
    (void)pthread_mutex_lock(&server->mutex);
    memcpy(server->request, text, size + 1);
    server->request_count++;
    (void)pthread_cond_broadcast(&server->heard);
    (void)pthread_mutex_unlock(&server->mutex);
}

static void say(const canned_server *server, int connection)
{
    char rest[64];
    for (size_t at = 0; at < server->answer_size;) {
        const ssize_t put =
            send(connection, server->answer + at, server->answer_size - at, MSG_NOSIGNAL);
        if (put <= 0)
            return;
        at += (size_t)put;
    }
    if (server->answer == NULL) /* silence, until the other side goes away */
        while (recv(connection, rest, sizeof rest, 0) > 0)
            continue;
}

static void *serve(void *context)
{
    canned_server *server = context;
    for (;;) {
        const int connection = accept(server->listener, NULL, NULL);
        if (connection < 0)
            return NULL; /* shut down */
        hear(server, connection);
        say(server, connection);
        close(connection);
    }
}

canned_server *canned_server_start(const char *answer, size_t size)
{
    canned_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t address_size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert(server != NULL);
    server->answer = answer;
    server->answer_size = size;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listening =
        server->listener >= 0 &&
        bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(server->listener, 16) == 0 &&
        getsockname(server->listener, (struct sockaddr *)&address, &address_size) == 0;
    assert(listening);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    (void)pthread_mutex_init(&server->mutex, NULL);
    (void)pthread_cond_init(&server->heard, NULL);
    const int rc = pthread_create(&server->thread, NULL, serve, server);
    assert(rc == 0);
    return server;
}

const char *canned_server_url(const canned_server *server)
{
    return server->url;
}

const char *canned_server_request(const canned_server *server)
{
    return server->request;
}

void canned_server_wait(canned_server *server)
{
    (void)pthread_mutex_lock(&server->mutex);
    while (server->request_count == 0)
        (void)pthread_cond_wait(&server->heard, &server->mutex);
    (void)pthread_mutex_unlock(&server->mutex);
}

void canned_server_stop(canned_server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    close(server->listener);
    (void)pthread_mutex_destroy(&server->mutex);
    (void)pthread_cond_destroy(&server->heard);
    free(server);
}
