/* bench_page.c — an answer of 2 KB that the service keeps, and nginx with the same bytes: the same
 * head but for its own, the same body, the same client. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_service.h"
#include "cursor.h"
#include "edge/clock.h"

extern char **environ;

#define WANTED_SIZE 2048
#define SECONDS_EACH 2.0
#define ROUNDS 5
#define NGINX_MS 10000

typedef struct getting {
    mz_view request;
    size_t answer_count, other_count; /* other: not 200, or not that body */
    double until_s;
    mz_view body;
} getting;

static bool next(void *context, size_t connection, mz_view *request)
{
    getting *g = context;
    (void)connection;
    /* the clock is read for some of them: it is the same for both that are measured */
    if (g->answer_count % BENCH_CONNECTIONS == 0 && bench_now_s() >= g->until_s)
        g->until_s = 0;
    *request = g->request;
    return g->until_s > 0;
}

static void answered(void *context, size_t connection, unsigned code, mz_view body)
{
    getting *g = context;
    (void)connection;
    g->answer_count++;
    g->other_count += code != 200 || !mz_view_equal(body, g->body) ? 1 : 0;
}

/* Answers to a second. */
static double get_per_s(const char *address, const char *target, mz_view body, double seconds)
{
    mz_buf request;
    mz_buf_init(&request, 1000);
    mz_load_put(&request, "GET", target, NULL, (mz_view){0});
    getting g = {.request = mz_buf_view(&request), .body = body};
    const mz_load_plan plan = {address, BENCH_CONNECTIONS, next, answered, &g};
    mz_load *load = mz_load_new(&plan);
    if (load == NULL)
        bench_fail("no connection", NULL);
    double begun_s = bench_now_s();
    g.until_s = begun_s + seconds;
    (void)mz_load_run(load, 60000);
    double took_s = bench_now_s() - begun_s;
    if (g.other_count > 0 || mz_load_lost(load) > 0)
        bench_fail("another answer than before", NULL);
    mz_load_free(load);
    mz_buf_clear(&request);
    return (double)g.answer_count / took_s;
}

static void fetch(const mz_daemon *daemon, const char *target, mz_buf *body)
{
    mz_buf request;
    mz_buf_init(&request, 1000);
    mz_buf_reset(body);
    mz_load_put(&request, "GET", target, NULL, (mz_view){0});
    if (!bench_ask(daemon, mz_buf_view(&request), body))
        bench_fail("no answer", NULL);
    mz_buf_clear(&request);
}

/* A list that goes on from a place has the more rows the later the place: of all, the page next to
 * 2 KB. */
static void choose(const mz_daemon *daemon, const mz_mix *mix, char target[100], mz_buf *body)
{
    size_t best = SIZE_MAX;
    mz_buf got;
    mz_buf_init(&got, 1u << 20);
    for (uint64_t before = 1; before < mix->founding_count && before < 60; before++) {
        char path[100], cursor[MZ_CURSOR_SIZE + 1];
        mz_cursor_write(before, cursor);
        snprintf(path, sizeof path, "/v1/funds/" MZ_MIX_FUND "/entries?cursor=%s", cursor);
        fetch(daemon, path, &got);
        size_t off = got.size > WANTED_SIZE ? got.size - WANTED_SIZE : WANTED_SIZE - got.size;
        if (off < best) {
            best = off;
            snprintf(target, 100, "%s", path);
            mz_buf_reset(body);
            mz_buf_put(body, mz_buf_view(&got));
        }
    }
    mz_buf_clear(&got);
}

/* --- nginx --- */

/* Nobody listens there now. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        bench_fail("no port", NULL);
    close(fd);
    return ntohs(address.sin_port);
}

static void write_file(const bench *b, const char *name, mz_view content)
{
    char path[400];
    bench_path(b, name, path);
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(content.data, 1, content.size, file) != content.size ||
        fclose(file) != 0)
        bench_fail("a file cannot be written", NULL);
}

/* As Debian sets it up, but for paths, the port, and a log of requests, which the service does not
 * write for reads either. The head has what the service's has. */
static void write_configuration(const bench *b, unsigned port)
{
    mz_buf text;
    mz_buf_init(&text, 8192);
    mz_buf_put_format(&text,
                      "daemon off;\nworker_processes auto;\npid %s/nginx.pid;\n"
                      "error_log %s/nginx.log;\nevents { worker_connections 768; }\nhttp {\n"
                      "sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000000;\n"
                      "open_file_cache max=100;\n"
                      "client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path "
                      "%s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
                      "server { listen 127.0.0.1:%u; root %s; default_type application/json;\n",
                      b->root, b->root, b->root, b->root, b->root, b->root, b->root, port, b->root);
    /* clang-format off */
    static const struct {
        const char *name, *value;
    } HEADERS[] = {
        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
                                    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
        {"Cross-Origin-Resource-Policy", "cross-origin"},
        {"Cache-Control", "public, max-age=5"},
        {"Vary", "Accept-Encoding"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++)
        mz_buf_put_format(&text, "add_header %s \"%s\";\n", HEADERS[i].name, HEADERS[i].value);
    mz_buf_put_text(&text, "}\n}\n");
    if (text.failed)
        bench_fail("no memory", NULL);
    write_file(b, "nginx.conf", mz_buf_view(&text));
    mz_buf_clear(&text);
}

static bool listens(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    if (fd >= 0)
        close(fd);
    return yes;
}

static pid_t start_nginx(const bench *b, unsigned port)
{
    char configuration[400];
    pid_t child = -1;
    bench_path(b, "nginx.conf", configuration);
    /* posix_spawn does not write to them */
    char *arguments[] = {(char *)(uintptr_t)b->nginx,
                         (char *)(uintptr_t) "-p",
                         (char *)(uintptr_t)b->root,
                         (char *)(uintptr_t) "-c",
                         configuration,
                         NULL};
    if (posix_spawn(&child, b->nginx, NULL, NULL, arguments, environ) != 0)
        bench_fail("nginx cannot be started", NULL);
    bench_child(0, child);
    int64_t until_ms = mz_clock_steady_ms() + NGINX_MS;
    while (!listens(port)) {
        if (waitpid(child, NULL, WNOHANG) != 0 || mz_clock_steady_ms() > until_ms)
            bench_fail("nginx does not start", NULL);
        usleep(10000);
    }
    return child;
}

static void end_nginx(pid_t child)
{
    bench_child(child, 0);
    kill(child, SIGTERM);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* --- both --- */

void bench_page(bench *b)
{
    char dir[400], target[100] = "", nginx_address[64];
    double served[BENCH_ROUNDS_MAX], nginx[BENCH_ROUNDS_MAX], ratio[BENCH_ROUNDS_MAX];
    size_t rounds = b->rounds == 0 ? ROUNDS : b->rounds;
    mz_mix *mix = bench_mix(1);
    mz_daemon daemon;
    mz_buf body;
    mz_buf_init(&body, 1u << 20);
    bench_path(b, "served", dir);
    mz_log_close(bench_create(b, mix, dir, mix->founding_count));
    bench_serve(b, dir, &daemon);
    choose(&daemon, mix, target, &body);
    pid_t child = -1;
    if (b->nginx != NULL) {
        unsigned port = free_port();
        chmod(b->root, 0711); /* its workers are nobody */
        write_file(b, "page.json", mz_buf_view(&body));
        write_configuration(b, port);
        snprintf(nginx_address, sizeof nginx_address, "127.0.0.1:%u", port);
        child = start_nginx(b, port);
    }
    for (size_t i = 0; i < rounds; i++) {
        served[i] = get_per_s(daemon.address, target, mz_buf_view(&body), SECONDS_EACH);
        if (child < 0)
            continue;
        nginx[i] = get_per_s(nginx_address, "/page.json", mz_buf_view(&body), SECONDS_EACH);
        ratio[i] = served[i] / nginx[i];
    }
    bench_say("page_bytes", (double)body.size);
    bench_say("page_per_s", bench_median(served, rounds));
    bench_say("page_anonymous_kib", (double)mz_daemon_anonymous_kib(&daemon));
    if (child > 0) {
        end_nginx(child);
        bench_say("page_nginx_per_s", bench_median(nginx, rounds));
        bench_say("page_nginx_ratio", bench_median(ratio, rounds));
    }
    bench_stop(&daemon);
    mz_buf_clear(&body);
    mz_mix_free(mix);
}
