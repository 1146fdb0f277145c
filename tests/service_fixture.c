#include "service_fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "edge/clock.h"
#include "log/files.h"

#define ANSWER_SIZE_MAX (32u << 20)

static _Noreturn void fail(const char *what, const mz_reason *why)
{
    char text[400] = "";
    if (why != NULL)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "service_fixture: %s %s\n", what, text);
    exit(1);
}

void mz_served_start(mz_served *served)
{
    mz_reason why = {0};
    if (mz_service_open(&served->options, &served->service, &why) != MZ_OK)
        fail("service:", &why);
    served->dispatch.service = served->service;
    const mz_http_app app = mz_dispatch_app(&served->dispatch);
    if (mz_http_server_new(&served->http, &app, &served->server, &why) != MZ_OK)
        fail("server:", &why);
}

void mz_served_begin(mz_served *served)
{
    const char *parent = getenv("TMPDIR");
    mz_buf genesis;
    mz_log *log = NULL;
    mz_reason why = {0};
    *served = (mz_served){.now_ms = mz_clock_now_unix_ms(), .next = 1};
    (void)snprintf(served->root, sizeof served->root, "%s/mz-srv-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    if (mkdtemp(served->root) == NULL)
        fail("mkdtemp", NULL);
    (void)snprintf(served->dir, sizeof served->dir, "%s/ledger", served->root);
    mz_sample_signer("log", &served->signer);
    served->options = (mz_service_options){
        .log = {.dir = served->dir, .signers = &served->signer, .signer_count = 1}
    };
    served->http = (mz_http_options){.listen = "127.0.0.1:0", .spool_dir = served->root};
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(served->now_ms, &genesis);
    if (mz_log_create(&served->options.log, mz_buf_view(&genesis), served->now_ms, &log, &why) !=
        MZ_OK)
        fail("create:", &why);
    mz_buf_clear(&genesis);
    mz_log_close(log);
    mz_served_start(served);
}

void mz_served_stop(mz_served *served)
{
    mz_http_server_quiesce(served->server);
    mz_service_drain(served->service);
    mz_http_server_close(served->server, 5000);
    mz_service_close(served->service);
    served->server = NULL;
    served->service = NULL;
}

void mz_served_end(mz_served *served)
{
    if (served->service != NULL)
        mz_served_stop(served);
    mz_folder_remove(served->root);
}

int mz_client_connect(const mz_served *served)
{
    const char *address = mz_http_server_address(served->server);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect", NULL);
    return fd;
}

void mz_client_send(int fd, mz_view bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return; /* the answer tells */
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
}

static bool wait_for(int fd, int64_t ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int rc;
    while ((rc = poll(&one, 1, (int)ms)) < 0 && errno == EINTR)
        ;
    return rc > 0;
}

bool mz_got_header(const mz_got *got, const char *name, char value[256])
{
    const char *at = (const char *)got->text.data, *end = at + got->head_size;
    size_t size = strlen(name);
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if ((size_t)(end - at) <= size + 1 || strncasecmp(at, name, size) != 0 || at[size] != ':')
            continue;
        at += size + 1;
        while (*at == ' ')
            at++;
        snprintf(value, 256, "%.*s", (int)strcspn(at, "\r\n"), at);
        return true;
    }
    return false;
}

/* The size of the whole answer once its head is there; 0 until then. */
static size_t size_of(mz_got *got, bool is_head)
{
    char value[256];
    const uint8_t *end =
        got->text.size == 0 ? NULL : memmem(got->text.data, got->text.size, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    got->head_size = (size_t)(end - got->text.data) + 4;
    got->code = (unsigned)atoi((const char *)got->text.data + 9);
    bool has_body = !is_head && got->code != 304 && got->code != 204 && got->code >= 200;
    size_t body =
        has_body && mz_got_header(got, "Content-Length", value) ? strtoul(value, NULL, 10) : 0;
    return got->head_size + body;
}

bool mz_client_read(int fd, bool is_head, mz_got *got)
{
    uint8_t part[65536];
    *got = (mz_got){0};
    mz_buf_init(&got->text, ANSWER_SIZE_MAX);
    for (;;) {
        size_t want = size_of(got, is_head);
        if (want > 0 && got->text.size >= want)
            return true;
        /* not a byte more than this answer: the next may follow at once */
        size_t ask = want == 0 ? 1 : want - got->text.size;
        if (!wait_for(fd, MZ_ANSWER_MS))
            return false;
        ssize_t read_size = recv(fd, part, ask < sizeof part ? ask : sizeof part, 0);
        if (read_size < 0 && errno == EINTR)
            continue;
        if (read_size <= 0)
            return false;
        mz_buf_put(&got->text, (mz_view){part, (size_t)read_size});
    }
}

void mz_got_clear(mz_got *got)
{
    mz_buf_clear(&got->text);
}

mz_view mz_got_body(const mz_got *got)
{
    return (mz_view){got->text.data + got->head_size, got->text.size - got->head_size};
}

bool mz_client_closed(int fd, bool wanted)
{
    char rest[4096];
    while (wait_for(fd, wanted ? MZ_ANSWER_MS : 50))
        if (recv(fd, rest, sizeof rest, 0) <= 0)
            return true;
    return false;
}

bool mz_client_ask(int fd, const char *method, const char *target, const char *type, mz_view body,
                   mz_got *got)
{
    mz_buf text;
    mz_buf_init(&text, ANSWER_SIZE_MAX);
    mz_buf_put_format(&text, "%s %s HTTP/1.1\r\nHost: test\r\n", method, target);
    if (type != NULL)
        mz_buf_put_format(&text, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body.size);
    mz_buf_put_text(&text, "\r\n");
    mz_buf_put(&text, body);
    mz_client_send(fd, mz_buf_view(&text));
    mz_buf_clear(&text);
    return mz_client_read(fd, strcmp(method, "HEAD") == 0, got);
}

void mz_served_entry(mz_served *served, uint64_t number, mz_buf *out)
{
    mz_sample_party(number, served->now_ms, out);
}
