/* bench_service.c — the service beside its peers, one measurement at a time:
 *
 *     bench_service post|alone|page|grown|sql [--entries N] [--rounds N] [--program MINGZHANGD]
 *                   [--nginx NGINX] [--cache FOLDER] [--sql FOLDER]
 *
 *   post   64 connections post entries; then the library appends the same ones in batches
 *   alone  one client's post, and one commit of the library
 *   page   an answer of 2 KB that is kept; with --nginx, the same bytes served by it
 *   grown  reads, posts and start-up at N entries and at 1,000
 *   sql    writes entries as statements for pgbench into the folder
 *
 * The program is the one beside this one unless another is named. Folders are made in TMPDIR. */
#include "bench_service.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/json_memory.h"
#include "log/files.h"
#include "log_fixture.h"

#define READY_MS 60000
#define ANSWER_MS 30000

/* So that a failure leaves nothing behind. */
#define CHILDREN 4
static bench running;
static pid_t children[CHILDREN];

void bench_child(pid_t before, pid_t now)
{
    size_t i = 0;
    while (i + 1 < CHILDREN && children[i] != before)
        i++;
    children[i] = now;
}

_Noreturn void bench_fail(const char *what, const mz_reason *why)
{
    char text[400] = "";
    if (why != NULL && why->status != MZ_OK)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "bench_service: %s %s\n", what, text);
    for (size_t i = 0; i < CHILDREN; i++)
        if (children[i] > 0)
            kill(children[i], SIGKILL);
    if (running.root[0] != '\0')
        mz_folder_remove(running.root);
    exit(3);
}

double bench_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_size(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return *a < *b ? -1 : *a > *b;
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void bench_say(const char *name, double value)
{
    printf("%s %.6g\n", name, value);
    fflush(stdout);
}

void bench_path(const bench *b, const char *name, char path[400])
{
    snprintf(path, 400, "%s/%s", b->root, name);
}

/* --- ledgers --- */

mz_mix *bench_mix(size_t entry_count)
{
    mz_mix_plan plan = {.fund_count = BENCH_CONNECTIONS,
                        .entry_count = 1,
                        .batch_size = BENCH_BATCH,
                        .start_ms = mz_clock_now_unix_ms(),
                        .timeless = true};
    plan.entry_count = BENCH_CONNECTIONS * 40 + entry_count; /* a fund is opened by 23 to 31 */
    return mz_mix_make(&plan);
}

mz_log *bench_open(const bench *b, const char *dir)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    const mz_log_options options = {.dir = dir, .signers = &b->signer, .signer_count = 1};
    if (mz_log_open(&options, &log, &why) != MZ_OK)
        bench_fail("open:", &why);
    return log;
}

void bench_append(mz_log *log, const mz_mix *mix, size_t first, size_t end, bool timeless)
{
    static mz_submission submissions[BENCH_BATCH];
    while (first < end) {
        size_t count = end - first < BENCH_BATCH ? end - first : BENCH_BATCH;
        mz_reason why = {0};
        for (size_t i = 0; i < count; i++)
            mz_submission_init(&submissions[i], mz_mix_text(mix, first + i));
        int64_t now_ms = timeless ? mz_clock_now_unix_ms() : mz_mix_log_ms(mix, first);
        if (mz_log_append(log, submissions, count, now_ms, &why) != MZ_OK)
            bench_fail("append:", &why);
        for (size_t i = 0; i < count; i++) {
            if (submissions[i].status != MZ_OK)
                bench_fail("refused:", &submissions[i].why);
            mz_submission_clear(&submissions[i]);
        }
        first += count;
    }
}

mz_log *bench_create(const bench *b, const mz_mix *mix, const char *dir, size_t first_count)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    const mz_log_options options = {.dir = dir, .signers = &b->signer, .signer_count = 1};
    if (mz_log_create(&options, mz_mix_text(mix, 0), mix->start_ms, &log, &why) != MZ_OK)
        bench_fail("create:", &why);
    bench_append(log, mix, 1, first_count, mix->batch_ms == 0);
    return log;
}

/* --- the service --- */

void bench_serve(const bench *b, const char *dir, mz_daemon *daemon)
{
    char key[420];
    if (mz_path_beside(dir, ".log-key.pem", key, sizeof key) && !mz_path_exists(key) &&
        !mz_daemon_key(dir, &b->signer))
        bench_fail("no key file", NULL);
    if (!mz_daemon_start(daemon, b->program, dir, b->log_path) ||
        !mz_daemon_ready(daemon, READY_MS)) {
        mz_daemon_end(daemon, SIGKILL);
        bench_fail("the service does not start; is there a program mingzhangd beside this one?",
                   NULL);
    }
    bench_child(0, daemon->pid);
}

void bench_stop(mz_daemon *daemon)
{
    bench_child(daemon->pid, 0);
    if (mz_daemon_end(daemon, SIGTERM) != 0)
        bench_fail("the service did not end well", NULL);
}

/* --- one client --- */

struct bench_client {
    mz_load *load;
    mz_view request; /* data NULL: it was sent */
    unsigned code;
    mz_buf *body; /* may be NULL */
    size_t size;  /* of the body */
    double answered_s;
};

static bool next(void *context, size_t connection, mz_view *request)
{
    bench_client *client = context;
    (void)connection;
    if (client->request.data == NULL)
        return false;
    *request = client->request;
    client->request = (mz_view){0};
    return true;
}

static void answered(void *context, size_t connection, unsigned code, mz_view body)
{
    bench_client *client = context;
    (void)connection;
    client->answered_s = bench_now_s();
    client->code = code;
    client->size = body.size;
    if (client->body != NULL)
        mz_buf_put(client->body, body);
}

bench_client *bench_client_new(const mz_daemon *daemon)
{
    bench_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        bench_fail("no memory", NULL);
    const mz_load_plan plan = {daemon->address, 1, next, answered, client};
    client->load = mz_load_new(&plan);
    if (client->load == NULL)
        bench_fail("no connection", NULL);
    return client;
}

void bench_client_free(bench_client *client)
{
    mz_load_free(client->load);
    free(client);
}

double bench_client_ask(bench_client *client, mz_view request)
{
    double begun_s = bench_now_s();
    client->request = request;
    client->code = 0;
    (void)mz_load_run(client->load, ANSWER_MS);
    if (client->code < 200 || client->code >= 300) {
        fprintf(stderr, "%.*s\n", (int)(request.size < 200 ? request.size : 200), request.data);
        bench_fail("an answer that was not hoped for", NULL);
    }
    return client->answered_s - begun_s;
}

size_t bench_client_got(const bench_client *client)
{
    return client->size;
}

bool bench_ask(const mz_daemon *daemon, mz_view request, mz_buf *body)
{
    bench_client *client = bench_client_new(daemon);
    client->request = request;
    client->body = body;
    (void)mz_load_run(client->load, ANSWER_MS);
    bool good = client->code == 200 || client->code == 201;
    bench_client_free(client);
    return good;
}

/* --- main --- */

static const struct {
    const char *name;
    void (*run)(bench *b);
} MEASUREMENTS[] = {
    {"post",  bench_post },
    {"alone", bench_alone},
    {"page",  bench_page },
    {"grown", bench_grown},
    {"sql",   bench_sql  },
};
#define MEASUREMENT_COUNT (sizeof MEASUREMENTS / sizeof MEASUREMENTS[0])

static bool read_options(bench *b, int count, char **arguments)
{
    for (int i = 2; i + 1 < count; i += 2) {
        const char *name = arguments[i];
        const char *value = arguments[i + 1];
        if (strcmp(name, "--entries") == 0)
            b->entry_count = strtoul(value, NULL, 10);
        else if (strcmp(name, "--rounds") == 0)
            b->rounds = strtoul(value, NULL, 10);
        else if (strcmp(name, "--program") == 0)
            b->program = value;
        else if (strcmp(name, "--nginx") == 0)
            b->nginx = value;
        else if (strcmp(name, "--cache") == 0)
            b->cache = value;
        else if (strcmp(name, "--sql") == 0)
            b->sql = value;
        else
            return false;
    }
    return count % 2 == 0 && b->rounds <= BENCH_ROUNDS_MAX;
}

int main(int argument_count, char **arguments)
{
    static char beside[4200];
    bench *b = &running;
    const char *parent = getenv("TMPDIR");
    size_t chosen = 0;
    mz_json_memory_install(); /* as the programs do */
    const char *slash = strrchr(arguments[0], '/');
    snprintf(beside, sizeof beside, "%.*s/mingzhangd",
             slash != NULL ? (int)(slash - arguments[0]) : 1, slash != NULL ? arguments[0] : ".");
    b->program = beside;
    while (argument_count > 1 && chosen < MEASUREMENT_COUNT &&
           strcmp(arguments[1], MEASUREMENTS[chosen].name) != 0)
        chosen++;
    if (argument_count < 2 || chosen == MEASUREMENT_COUNT ||
        !read_options(b, argument_count, arguments)) {
        fprintf(stderr, "bench_service post|alone|page|grown|sql [--entries N] [--rounds N] "
                        "[--program MINGZHANGD] [--nginx NGINX] [--cache FOLDER] [--sql FOLDER]\n");
        return 2;
    }
    snprintf(b->root, sizeof b->root, "%s/mz-bench-XXXXXX", parent != NULL ? parent : "/tmp");
    if (sodium_init() < 0 || mkdtemp(b->root) == NULL)
        bench_fail("cannot begin", NULL);
    bench_path(b, "log", b->log_path);
    mz_sample_signer("log", &b->signer);
    MEASUREMENTS[chosen].run(b);
    mz_folder_remove(b->root);
    return 0;
}
