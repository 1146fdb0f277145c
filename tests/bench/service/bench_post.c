/* bench_post.c — entries that are durable and acknowledged, to a second; and one alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_service.h"
#include "log/files.h"

#define ENTRIES 20000
#define ROUNDS 3
#define ALONE 300
#define LOOK_AT_MEMORY 512 /* answers from one look to the next */
#define ROUND_MS 600000

/* Every fund's entries in their order on a connection of its own, as its clerks would send them. */
typedef struct queue {
    size_t *entries;
    size_t count, sent;
} queue;

typedef struct posting {
    const mz_mix *mix;
    const mz_daemon *daemon;
    mz_buf texts; /* the requests, made before the clock runs */
    size_t *offsets;
    queue queues[BENCH_CONNECTIONS];
    size_t accepted_count, refused_count;
    char refused[300]; /* the first one's answer */
    long peak_kib;
    /* Of the last round: */
    double served_cpu_s, client_cpu_s, appended_cpu_s, entries_per_commit;
} posting;

static posting *prepare(const mz_mix *mix)
{
    posting *p = calloc(1, sizeof *p);
    if (p == NULL)
        bench_fail("no memory", NULL);
    p->mix = mix;
    p->offsets = calloc(mix->entry_count + 1, sizeof *p->offsets);
    mz_buf_init(&p->texts, mix->texts_size + mix->entry_count * 200);
    for (size_t i = 0; i < BENCH_CONNECTIONS; i++)
        p->queues[i].entries = calloc(mix->entry_count, sizeof *p->queues[i].entries);
    for (size_t i = mix->founding_count; i < mix->entry_count; i++) {
        queue *own = &p->queues[mix->entries[i].fund % BENCH_CONNECTIONS];
        if (p->offsets == NULL || own->entries == NULL)
            bench_fail("no memory", NULL);
        p->offsets[i] = p->texts.size;
        mz_load_put(&p->texts, "POST", "/v1/entries", "text/plain", mz_mix_text(mix, i));
        p->offsets[i + 1] = p->texts.size;
        own->entries[own->count++] = i;
    }
    if (p->texts.failed)
        bench_fail("no memory", NULL);
    return p;
}

static void free_posting(posting *p)
{
    for (size_t i = 0; i < BENCH_CONNECTIONS; i++)
        free(p->queues[i].entries);
    mz_buf_clear(&p->texts);
    free(p->offsets);
    free(p);
}

static mz_view request_of(const posting *p, size_t entry)
{
    return (mz_view){p->texts.data + p->offsets[entry], p->offsets[entry + 1] - p->offsets[entry]};
}

static bool next(void *context, size_t connection, mz_view *request)
{
    posting *p = context;
    queue *own = &p->queues[connection];
    if (own->sent == own->count)
        return false;
    *request = request_of(p, own->entries[own->sent++]);
    return true;
}

static void answered(void *context, size_t connection, unsigned code, mz_view body)
{
    posting *p = context;
    (void)connection;
    if (code == 201)
        p->accepted_count++;
    else if (p->refused_count++ == 0)
        snprintf(p->refused, sizeof p->refused, "%u %.*s", code, (int)body.size, body.data);
    if (p->accepted_count % LOOK_AT_MEMORY != 0)
        return;
    long kib = mz_daemon_anonymous_kib(p->daemon);
    p->peak_kib = kib > p->peak_kib ? kib : p->peak_kib;
}

/* The seconds until every entry was acknowledged. */
static double post_all(posting *p, const mz_daemon *daemon)
{
    const mz_load_plan plan = {daemon->address, BENCH_CONNECTIONS, next, answered, p};
    for (size_t i = 0; i < BENCH_CONNECTIONS; i++)
        p->queues[i].sent = 0;
    p->accepted_count = p->refused_count = 0;
    p->daemon = daemon;
    mz_load *load = mz_load_new(&plan);
    if (load == NULL)
        bench_fail("no connection", NULL);
    double served_cpu_s = mz_daemon_cpu_s(daemon);
    double client_cpu_s = bench_cpu_s();
    double begun_s = bench_now_s();
    size_t waiting = mz_load_run(load, ROUND_MS);
    double took_s = bench_now_s() - begun_s;
    p->served_cpu_s = mz_daemon_cpu_s(daemon) - served_cpu_s;
    p->client_cpu_s = bench_cpu_s() - client_cpu_s;
    mz_load_free(load);
    if (waiting > 0 || p->accepted_count != p->mix->entry_count - p->mix->founding_count) {
        fprintf(stderr, "%s\n", p->refused);
        bench_fail("not every entry was accepted", NULL);
    }
    return took_s;
}

/* How many entries shared a commit: the service tells how many commits it made. */
static double entries_per_commit(const mz_daemon *daemon, size_t accepted_count)
{
    static const char NAME[] = "\nmingzhang_commits_total ";
    mz_buf request, body;
    mz_buf_init(&request, 500);
    mz_buf_init(&body, 1u << 20);
    mz_load_put(&request, "GET", "/metrics", NULL, (mz_view){0});
    if (!bench_ask(daemon, mz_buf_view(&request), &body))
        bench_fail("no figures", NULL);
    const uint8_t *at = memmem(body.data, body.size, NAME, sizeof NAME - 1);
    double commits = at == NULL ? 0 : strtod((const char *)at + sizeof NAME - 1, NULL);
    mz_buf_clear(&request);
    mz_buf_clear(&body);
    return commits > 0 ? (double)accepted_count / commits : 0;
}

static void forget(const char *dir)
{
    static const char *const BESIDE[] = {".checkpoint", ".checkpoint.lock", ".log-key.pem"};
    char path[500];
    mz_folder_remove(dir);
    for (size_t i = 0; i < sizeof BESIDE / sizeof BESIDE[0]; i++)
        if (mz_path_beside(dir, BESIDE[i], path, sizeof path))
            remove(path);
}

static double served_s(const bench *b, const mz_mix *mix, posting *p, const char *dir)
{
    mz_daemon daemon;
    mz_log_close(bench_create(b, mix, dir, mix->founding_count));
    bench_serve(b, dir, &daemon);
    double took_s = post_all(p, &daemon);
    p->entries_per_commit = entries_per_commit(&daemon, p->accepted_count);
    bench_stop(&daemon);
    mz_snapshot *snapshot = NULL;
    mz_log *log = bench_open(b, dir);
    if (mz_snapshot_open(log, &snapshot, NULL) != MZ_OK ||
        mz_snapshot_size(snapshot) != mix->entry_count)
        bench_fail("what was acknowledged is not what is there", NULL);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    return took_s;
}

static double appended_s(const bench *b, const mz_mix *mix, posting *p, const char *dir)
{
    mz_log *log = bench_create(b, mix, dir, mix->founding_count);
    double cpu_s = bench_cpu_s();
    double begun_s = bench_now_s();
    bench_append(log, mix, mix->founding_count, mix->entry_count, true);
    double took_s = bench_now_s() - begun_s;
    p->appended_cpu_s = bench_cpu_s() - cpu_s;
    mz_log_close(log);
    return took_s;
}

void bench_post(bench *b)
{
    char served[400], appended[400];
    double post[BENCH_ROUNDS_MAX], append[BENCH_ROUNDS_MAX], ratio[BENCH_ROUNDS_MAX];
    size_t rounds = b->rounds == 0 ? ROUNDS : b->rounds;
    mz_mix *mix = bench_mix(b->entry_count == 0 ? ENTRIES : b->entry_count);
    posting *p = prepare(mix);
    double count = (double)(mix->entry_count - mix->founding_count);
    bench_path(b, "served", served);
    bench_path(b, "appended", appended);
    for (size_t i = 0; i < rounds; i++) {
        post[i] = count / served_s(b, mix, p, served);
        append[i] = count / appended_s(b, mix, p, appended);
        ratio[i] = post[i] / append[i];
        forget(served);
        forget(appended);
    }
    bench_say("post_per_s", bench_median(post, rounds));
    bench_say("append_per_s", bench_median(append, rounds));
    bench_say("post_append_ratio", bench_median(ratio, rounds));
    bench_say("post_entries_per_commit", p->entries_per_commit);
    bench_say("post_served_cpu_us", 1e6 * p->served_cpu_s / count);
    bench_say("post_client_cpu_us", 1e6 * p->client_cpu_s / count);
    bench_say("append_cpu_us", 1e6 * p->appended_cpu_s / count);
    bench_say("post_anonymous_kib", (double)p->peak_kib);
    free_posting(p);
    mz_mix_free(mix);
}

/* --- one client alone --- */

/* The seconds of one commit: checked before, as the service checks it before the writer's turn. */
static double commit_s(mz_log *log, mz_view text)
{
    mz_submission one;
    mz_reason why = {0};
    mz_submission_init(&one, text);
    if (mz_log_prepare(log, &one, 1, &why) != MZ_OK)
        bench_fail("prepare:", &why);
    double begun_s = bench_now_s();
    if (mz_log_commit(log, &one, 1, one.entry.iat_unix_s * 1000 + 1000, &why) != MZ_OK ||
        one.status != MZ_OK)
        bench_fail("commit:", &why);
    double took_s = bench_now_s() - begun_s;
    mz_submission_clear(&one);
    return took_s;
}

void bench_alone(bench *b)
{
    char served[400], committed[400];
    static double post_ms[ALONE], commit_ms[ALONE], more_ms[ALONE];
    size_t count = b->entry_count == 0 || b->entry_count > ALONE ? ALONE : b->entry_count;
    mz_mix *mix = bench_mix(ALONE);
    posting *p = prepare(mix);
    mz_daemon daemon;
    bench_path(b, "served", served);
    bench_path(b, "committed", committed);
    mz_log_close(bench_create(b, mix, served, mix->founding_count));
    mz_log *log = bench_create(b, mix, committed, mix->founding_count);
    bench_serve(b, served, &daemon);
    bench_client *client = bench_client_new(&daemon);
    for (size_t i = 0; i < count; i++) {
        size_t entry = mix->founding_count + i;
        post_ms[i] = 1e3 * bench_client_ask(client, request_of(p, entry));
        commit_ms[i] = 1e3 * commit_s(log, mz_mix_text(mix, entry));
        more_ms[i] = post_ms[i] - commit_ms[i];
    }
    bench_client_free(client);
    bench_stop(&daemon);
    mz_log_close(log);
    bench_say("alone_post_ms", bench_median(post_ms, count));
    bench_say("alone_commit_ms", bench_median(commit_ms, count));
    bench_say("alone_more_ms", bench_median(more_ms, count));
    free_posting(p);
    mz_mix_free(mix);
}

/* --- the same bytes, as statements --- */

/* An entry has no quote and no backslash in it: base64url and dots. */
static void write_statement(const bench *b, const char *table, size_t number, mz_view text)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s-%02zu.sql", b->sql, table, number);
    FILE *file = fopen(path, "w");
    if (file == NULL ||
        fprintf(file, "INSERT INTO %s (jws) VALUES ('%.*s');\n", table, (int)text.size, text.data) <
            0 ||
        fclose(file) != 0)
        bench_fail("a statement cannot be written", NULL);
}

void bench_sql(bench *b)
{
    if (b->sql == NULL)
        bench_fail("sql: --sql FOLDER is missing", NULL);
    mz_mix *mix = bench_mix(BENCH_CONNECTIONS);
    for (size_t i = 0; i < BENCH_CONNECTIONS; i++) {
        write_statement(b, "plain", i, mz_mix_text(mix, mix->founding_count + i));
        write_statement(b, "chained", i, mz_mix_text(mix, mix->founding_count + i));
    }
    mz_mix_free(mix);
}
