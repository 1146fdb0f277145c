/* bench_grown.c — does the length of the log cost anything? Start-up, reads and posts at 1,000
 * entries and at a million, in turn. The large ledger takes minutes to make, so
 * it may be kept from one run to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_service.h"
#include "dispatch.h"
#include "edge/clock.h"
#include "log/files.h"
#include "log_fixture.h"

#define SMALL 1000
#define LARGE 1000000
#define FUNDS 52 /* with fewer, a batch would span a proposal's days of consultation */
#define BATCH BENCH_BATCH
#define START_MS INT64_C(631152000000) /* 1990: so many years of 52 funds end before today */
#define ROUNDS 21
#define TARGETS_MAX 12

enum { AT_SMALL, AT_LARGE, SIZES };

typedef struct grown {
    bench *b;
    char dirs[SIZES][400];
    size_t entry_counts[SIZES];
    mz_daemon daemons[SIZES];
    bench_client *clients[SIZES];
} grown;

/* --- the ledgers --- */

/* One fund alone has the small ledger, so that its pages are as full as those of the large one. */
static void make_ledger(const bench *b, const char *dir, size_t entry_count)
{
    const size_t batch = entry_count <= SMALL ? 2 : BATCH;
    const mz_mix_plan plan = {.fund_count = entry_count <= SMALL ? 1 : FUNDS,
                              .entry_count = entry_count,
                              .batch_size = batch,
                              .start_ms = START_MS};
    mz_mix *mix = mz_mix_make(&plan);
    mz_log *log = bench_create(b, mix, dir, 1);
    const size_t last = entry_count - 1; /* alone: opening looks at the whole last batch */
    for (size_t first = 1; first < last; first += batch)
        bench_append(log, mix, first, first + batch < last ? first + batch : last, false);
    bench_append(log, mix, last, entry_count, false);
    mz_log_close(log);
    mz_mix_free(mix);
}

/* The entries of the ledger in the folder; 0: none that can be used. */
static size_t size_of(const bench *b, const char *dir)
{
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    size_t size = 0;
    const mz_log_options options = {.dir = dir, .signers = &b->signer, .signer_count = 1};
    if (mz_log_open(&options, &log, NULL) == MZ_OK &&
        mz_snapshot_open(log, &snapshot, NULL) == MZ_OK)
        size = (size_t)mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    return size;
}

static void find_large(grown *g, size_t entry_count)
{
    const bench *b = g->b;
    char *dir = g->dirs[AT_LARGE];
    char holder[400], making[420];
    if (b->cache == NULL) {
        bench_path(b, "large", dir);
        make_ledger(b, dir, entry_count);
        return;
    }
    snprintf(holder, sizeof holder, "%s/ledger-%zu", b->cache, entry_count);
    if (snprintf(dir, 400, "%s/ledger", holder) >= 400)
        bench_fail("--cache: the path is too long", NULL);
    if (size_of(b, dir) >= entry_count)
        return;
    fprintf(stderr, "bench_service: making a ledger of %zu entries in %s; kept for the next time\n",
            entry_count, b->cache);
    mkdir(b->cache, 0777);
    mz_folder_remove(holder);
    snprintf(making, sizeof making, "%s/ledger-%zu-new", b->cache, entry_count);
    mz_folder_remove(making);
    mkdir(making, 0777);
    char inside[440];
    snprintf(inside, sizeof inside, "%s/ledger", making);
    make_ledger(b, inside, entry_count);
    if (rename(making, holder) != 0)
        bench_fail("the ledger cannot be kept", NULL);
    sync(); /* what is still being written out is not what is measured */
}

/* --- start-up --- */

/* From nothing to serving: without what does not depend on the ledger, the key's derivation. */
static double start_s(const bench *b, const char *dir)
{
    mz_service_options options = {
        .log = {.dir = dir, .signers = &b->signer, .signer_count = 1}
    };
    mz_http_options http = {.listen = "127.0.0.1:0", .spool_dir = dir};
    mz_dispatch dispatch = {0};
    mz_http_server *server = NULL;
    mz_reason why = {0};
    double begun_s = bench_now_s();
    if (mz_service_open(&options, &dispatch.service, &why) != MZ_OK)
        bench_fail("service:", &why);
    const mz_http_app app = mz_dispatch_app(&dispatch);
    if (mz_http_server_new(&http, &app, &server, &why) != MZ_OK)
        bench_fail("server:", &why);
    double took_s = bench_now_s() - begun_s;
    mz_http_server_quiesce(server);
    mz_service_drain(dispatch.service);
    mz_http_server_close(server, 1000);
    mz_service_close(dispatch.service);
    return took_s;
}

static void measure_start(grown *g, size_t rounds)
{
    double took_ms[SIZES][BENCH_ROUNDS_MAX];
    for (size_t i = 0; i < rounds; i++)
        for (size_t at = 0; at < SIZES; at++)
            took_ms[at][i] = 1e3 * start_s(g->b, g->dirs[at]);
    double small_ms = bench_median(took_ms[AT_SMALL], rounds);
    double large_ms = bench_median(took_ms[AT_LARGE], rounds);
    bench_say("start_small_ms", small_ms);
    bench_say("start_large_ms", large_ms);
    bench_say("start_ratio", large_ms / small_ms);
}

/* --- reads and posts --- */

/* `%zu` in a target is an entry of the log, another one each time. */
static const struct {
    const char *name, *target;
} READS[] = {
    {"fund",      "/v1/funds/fund-1"           },
    {"entries",   "/v1/funds/fund-1/entries"   },
    {"proposals", "/v1/funds/fund-1/proposals" },
    {"proposal",  "/v1/proposals/prop-1-0"     },
    {"entry",     "/v1/entries/%zu"            },
    {"receipt",   "/v1/entries/%zu/receipt"    },
    {"gift",      "/v1/receipts/R-1-0"         },
    {"todo",      "/v1/actors/stew-1-0/todo"   },
    {"statement", "/v1/statements?fund=fund-1" },
    {"needs",     "/v1/funds/fund-1/needs"     },
    {"need",      "/v1/needs/need-1-0"         },
    {"goods",     "/v1/funds/fund-1/goods"     },
    {"item",      "/v1/funds/fund-1/goods/rice"},
    {"source",    "/v1/sources/source-1"       },
    {"party",     "/v1/parties/party-1-1"      },
    {"reports",   "/v1/reports"                },
    {"health",    "/healthz"                   },
};
#define READ_COUNT (sizeof READS / sizeof READS[0])

static double post_one(const grown *g, size_t at, uint64_t number)
{
    mz_buf text, request;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_buf_init(&request, MZ_JWS_SIZE_MAX + 500);
    mz_sample_party(number, mz_clock_now_unix_ms(), &text);
    mz_load_put(&request, "POST", "/v1/entries", "text/plain", mz_buf_view(&text));
    double took_s = bench_client_ask(g->clients[at], mz_buf_view(&request));
    mz_buf_clear(&text);
    mz_buf_clear(&request);
    return took_s;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static double read_one(const grown *g, size_t at, size_t read, size_t entry)
{
    char target[200];
    mz_buf request;
    snprintf(target, sizeof target, READS[read].target, entry);
    mz_buf_init(&request, 500);
    mz_load_put(&request, "GET", target, NULL, (mz_view){0});
    double took_s = bench_client_ask(g->clients[at], mz_buf_view(&request));
    mz_buf_clear(&request);
    return took_s;
}
#pragma GCC diagnostic pop

typedef struct timing {
    double ms[READ_COUNT + 1][BENCH_ROUNDS_MAX]; /* the last: of the posts */
    double bytes[READ_COUNT];                    /* of the answer */
} timing;

/* What was measured, and the sum over all reads of what they take at the large size, as a part of
 * what they take at the small one. A list that has more rows by then may take as much longer as its
 * answer is longer. */
static void report_reads(timing timings[SIZES], size_t rounds)
{
    double small_ms = 0;
    double large_ms = 0;
    char name[60];
    for (size_t read = 0; read <= READ_COUNT; read++) {
        double ms[SIZES];
        for (size_t at = 0; at < SIZES; at++) {
            ms[at] = bench_median(timings[at].ms[read], rounds);
            snprintf(name, sizeof name, "%s_%s_ms", read == READ_COUNT ? "post" : READS[read].name,
                     at == AT_SMALL ? "small" : "large");
            bench_say(name, ms[at]);
        }
        if (read == READ_COUNT)
            break;
        const double longer = timings[AT_LARGE].bytes[read] / timings[AT_SMALL].bytes[read];
        small_ms += ms[AT_SMALL] * (longer > 1 ? longer : 1);
        large_ms += ms[AT_LARGE];
    }
    bench_say("reads_ratio", large_ms / small_ms);
}

/* A post before the reads makes what the service keeps of answers stale: each read is made anew. */
static void measure_reads(grown *g, size_t rounds)
{
    static timing timings[SIZES];
    uint64_t number = (uint64_t)mz_clock_now_unix_ms(); /* none that an earlier run has used */
    size_t entry = 1;
    for (size_t i = 0; i < rounds; i++)
        for (size_t at = 0; at < SIZES; at++) {
            timings[at].ms[READ_COUNT][i] = 1e3 * post_one(g, at, number + i);
            entry = (entry * 7919 + 104729) % g->entry_counts[at];
            for (size_t read = 0; read < READ_COUNT; read++) {
                timings[at].ms[read][i] = 1e3 * read_one(g, at, read, entry);
                timings[at].bytes[read] = (double)bench_client_got(g->clients[at]);
            }
        }
    report_reads(timings, rounds);
}

void bench_grown(bench *b)
{
    grown g = {
        .b = b, .entry_counts = {SMALL, b->entry_count == 0 ? LARGE : b->entry_count}
    };
    size_t rounds = b->rounds == 0 ? ROUNDS : b->rounds;
    bench_path(b, "small", g.dirs[AT_SMALL]);
    make_ledger(b, g.dirs[AT_SMALL], SMALL);
    find_large(&g, g.entry_counts[AT_LARGE]);
    measure_start(&g, rounds);
    for (size_t at = 0; at < SIZES; at++) {
        bench_serve(b, g.dirs[at], &g.daemons[at]);
        g.clients[at] = bench_client_new(&g.daemons[at]);
    }
    measure_reads(&g, rounds);
    bench_say("large_anonymous_kib", (double)mz_daemon_anonymous_kib(&g.daemons[AT_LARGE]));
    for (size_t at = 0; at < SIZES; at++) {
        bench_client_free(g.clients[at]);
        bench_stop(&g.daemons[at]);
    }
}
