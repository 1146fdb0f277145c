/* bench_service.h — what the measurements of the service share: a folder that goes when they end,
 * the entries, ledgers made by the library, the program served over one of them. Each measurement
 * prints lines `name value`; tests/bench/service/run makes ratios of them, its peers' beside. */
#ifndef MZ_TESTS_BENCH_SERVICE_H
#define MZ_TESTS_BENCH_SERVICE_H

#include "daemon.h"
#include "load.h"
#include "mix.h"

#define BENCH_CONNECTIONS 64
#define BENCH_BATCH 256
#define BENCH_ROUNDS_MAX 101

typedef struct bench {
    const char *program; /* mingzhangd */
    size_t entry_count;  /* posted, or of the large ledger */
    size_t rounds;       /* 0: each measurement's own */
    const char *nginx;   /* the peer's program; NULL: without it */
    const char *sql;     /* folder for statements; of `sql` alone */
    const char *cache;   /* folder in which the large ledger is kept; NULL: made anew */
    char root[300];
    char log_path[400]; /* the service's */
    mz_signer signer;
} bench;

/* The measurements. */
void bench_post(bench *b);
void bench_alone(bench *b);
void bench_page(bench *b);
void bench_grown(bench *b);
void bench_sql(bench *b);

_Noreturn void bench_fail(const char *what, const mz_reason *why);
/* A child that a failure would end: `before` 0 for a new one, `now` 0 for one that has ended. */
void bench_child(pid_t before, pid_t now);
double bench_now_s(void);
/* Of this process: tells work from waiting, and from others who use the cores. */
double bench_cpu_s(void);
double bench_median(double *values, size_t count);
void bench_say(const char *name, double value);

/* A path in the folder. */
void bench_path(const bench *b, const char *name, char path[400]);
/* The mix that a service takes, its founding entries besides. */
mz_mix *bench_mix(size_t entry_count);
/* A new ledger with the first entries of the mix; open. Ends with mz_log_close. */
mz_log *bench_create(const bench *b, const mz_mix *mix, const char *dir, size_t first_count);
mz_log *bench_open(const bench *b, const char *dir);
/* Appends entries `first` to `end` - 1, in batches. */
void bench_append(mz_log *log, const mz_mix *mix, size_t first, size_t end, bool timeless);
/* Serves a ledger that is closed. */
void bench_serve(const bench *b, const char *dir, mz_daemon *daemon);
void bench_stop(mz_daemon *daemon);
/* One request over a connection of its own; false unless it is answered with 200 or 201. */
bool bench_ask(const mz_daemon *daemon, mz_view request, mz_buf *body);

/* One client: a connection on which one request after another is timed. */
typedef struct bench_client bench_client;
bench_client *bench_client_new(const mz_daemon *daemon);
void bench_client_free(bench_client *client);
/* Returns the seconds it took; stops the program unless the answer's code is below 300. */
double bench_client_ask(bench_client *client, mz_view request);
/* The bytes of the last answer's body. */
size_t bench_client_got(const bench_client *client);

#endif
