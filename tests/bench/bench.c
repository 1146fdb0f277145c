/* bench.c — the speeds that are promised, as ratios within one run: medians of several rounds, both
 * sides of a ratio measured in turn.
 *
 *     bench [--entries N] [--funds N] [--rounds N] [--dir FOLDER] [--audit PROGRAM] [--limits]
 *
 * The audit is the one beside this program unless another is named. With --limits it ends with 1
 * when a limit is missed. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/date.h"
#include "core/state.h"
#include "edge/json_memory.h"
#include "edge/workers.h"
#include "log/files.h"
#include "log_fixture.h"
#include "mix.h"

#define BATCH 256
#define SMALL 200
#define ROUNDS_MAX 51
#define FUNDS_MIN 52 /* with fewer, a batch would span a proposal's days of consultation */

typedef struct settings {
    size_t entry_count, fund_count, rounds;
    const char *parent, *audit;
    bool limits;
} settings;

static _Noreturn void fail(const char *what, const mz_reason *why)
{
    char text[400] = "";
    if (why != NULL && why->status != MZ_OK)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "bench: %s %s\n", what, text);
    exit(3);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of the whole process: tells work from waiting, and from others who use the cores. */
static double cpu_s(void)
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

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* --- libsodium alone --- */

typedef struct signature {
    mz_view signed_bytes;
    uint8_t bytes[crypto_sign_BYTES];
    const uint8_t *key;
} signature;

static signature *take_signatures(const mz_mix *mix)
{
    signature *all = calloc(mix->entry_count, sizeof *all);
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    if (all == NULL)
        fail("no memory", NULL);
    for (size_t i = 0; i < mix->entry_count; i++) {
        mz_jws jws;
        if (mz_jws_parse(mz_mix_text(mix, i), MZ_JWS_TYP_ENTRY, &jws, &payload, NULL) != MZ_OK)
            fail("not a JWS", NULL);
        all[i].signed_bytes = jws.signing_input;
        memcpy(all[i].bytes, jws.signature, sizeof all[i].bytes);
        all[i].key = mix->signers[mix->entries[i].signer].public_key;
    }
    mz_buf_clear(&payload);
    return all;
}

static void verify_one(void *context, unsigned worker, size_t task)
{
    const signature *one = (const signature *)context + task;
    (void)worker;
    if (crypto_sign_verify_detached(one->bytes, one->signed_bytes.data, one->signed_bytes.size,
                                    one->key) != 0)
        fail("a signature is wrong", NULL);
}

static double verify_s(mz_workers *workers, signature *signatures, size_t count)
{
    double start = now_s();
    mz_workers_run(workers, count, verify_one, signatures);
    return now_s() - start;
}

/* --- appending --- */

static void remove_ledger(const char *dir)
{
    char second[600];
    static const char *const SUFFIXES[] = {".checkpoint", ".checkpoint.lock"};
    mz_folder_remove(dir);
    for (size_t i = 0; i < 2; i++)
        if (mz_path_beside(dir, SUFFIXES[i], second, sizeof second))
            unlink(second);
}

static mz_log *create(const mz_mix *mix, const char *dir)
{
    mz_signer signer;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_sample_signer("log", &signer);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    if (mz_log_create(&options, mz_mix_text(mix, 0), mz_mix_log_ms(mix, 0), &log, &why) != MZ_OK)
        fail("create:", &why);
    return log;
}

typedef struct batch {
    mz_submission submissions[BATCH];
    size_t first, count;
} batch;

typedef struct committer {
    mz_log *log;
    const mz_mix *mix;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    batch *waiting; /* prepared, to be committed; NULL: none */
    bool busy, ending;
} committer;

static void commit(mz_log *log, const mz_mix *mix, batch *b)
{
    mz_reason why = {0};
    if (mz_log_commit(log, b->submissions, b->count, mz_mix_log_ms(mix, b->first), &why) != MZ_OK)
        fail("commit:", &why);
    for (size_t i = 0; i < b->count; i++) {
        if (b->submissions[i].status != MZ_OK) {
            fprintf(stderr, "bench: entry %zu: %.*s\n", b->first + i, 200,
                    b->submissions[i].decoded ? b->submissions[i].entry.row->name : "not decoded");
            fail("refused:", &b->submissions[i].why);
        }
        if (b->submissions[i].index != b->first + i)
            fail("an entry stands at the wrong index", NULL);
        mz_submission_clear(&b->submissions[i]);
    }
}

static void *commit_main(void *argument)
{
    committer *c = argument;
    pthread_mutex_lock(&c->mutex);
    for (;;) {
        while (c->waiting == NULL && !c->ending)
            pthread_cond_wait(&c->changed, &c->mutex);
        if (c->waiting == NULL)
            break;
        batch *b = c->waiting;
        c->waiting = NULL;
        c->busy = true;
        pthread_cond_broadcast(&c->changed);
        pthread_mutex_unlock(&c->mutex);
        commit(c->log, c->mix, b);
        pthread_mutex_lock(&c->mutex);
        c->busy = false;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static void hand_over(committer *c, batch *b)
{
    pthread_mutex_lock(&c->mutex);
    while (c->waiting != NULL)
        pthread_cond_wait(&c->changed, &c->mutex);
    c->waiting = b;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
}

/* Batch after batch: one is prepared on all cores while the one before is made durable. */
static double append_s(const mz_mix *mix, mz_log *log, size_t batch_size)
{
    enum { AHEAD = 3 }; /* being prepared, waiting, being committed */
    batch *batches = calloc(AHEAD, sizeof *batches);
    committer c = {.log = log, .mix = mix};
    pthread_t thread;
    mz_reason why = {0};
    if (batches == NULL || pthread_mutex_init(&c.mutex, NULL) != 0 ||
        pthread_cond_init(&c.changed, NULL) != 0)
        fail("no memory", NULL);
    double start = now_s();
    if (pthread_create(&thread, NULL, commit_main, &c) != 0)
        fail("no thread", NULL);
    size_t turn = 0;
    for (size_t first = 1; first < mix->entry_count; first += batch_size) {
        batch *b = &batches[turn++ % AHEAD];
        b->first = first;
        b->count = mix->entry_count - first < batch_size ? mix->entry_count - first : batch_size;
        for (size_t i = 0; i < b->count; i++)
            mz_submission_init(&b->submissions[i], mz_mix_text(mix, first + i));
        if (mz_log_prepare(log, b->submissions, b->count, &why) != MZ_OK)
            fail("prepare:", &why);
        hand_over(&c, b);
    }
    pthread_mutex_lock(&c.mutex);
    c.ending = true;
    pthread_cond_broadcast(&c.changed);
    pthread_mutex_unlock(&c.mutex);
    pthread_join(thread, NULL);
    double took = now_s() - start;
    pthread_cond_destroy(&c.changed);
    pthread_mutex_destroy(&c.mutex);
    free(batches);
    return took;
}

/* --- opening and proving --- */

/* The balance of a fund as of the last entry: settled, then read. */
static mz_status read_balance(mz_snapshot *snapshot, int64_t *balance_fen, mz_reason *why)
{
    mz_changes *changes = mz_snapshot_changes(snapshot);
    mz_ref ref = 0;
    mz_fund fund;
    mz_status status = mz_name_find(changes, MZ_NAME_FUND, 0, mz_view_of(MZ_MIX_FUND), &ref, why);
    if (status == MZ_OK)
        status = mz_rules_settle(changes, ref, mz_snapshot_last_unix_ms(snapshot), why);
    if (status == MZ_OK)
        status = mz_fund_load(changes, ref, &fund, why);
    if (status == MZ_OK)
        *balance_fen = fund.balance_fen;
    return status;
}

static double open_and_balance_s(const char *dir)
{
    mz_signer signer;
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    int64_t balance_fen = 0;
    mz_sample_signer("log", &signer);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    double start = now_s();
    if (mz_log_open(&options, &log, &why) != MZ_OK ||
        mz_snapshot_open(log, &snapshot, &why) != MZ_OK ||
        read_balance(snapshot, &balance_fen, &why) != MZ_OK || balance_fen <= 0)
        fail("open and balance:", &why);
    double took = now_s() - start;
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    return took;
}

/* One proof as it is asked for: of an entry, against the latest checkpoint. */
static mz_status prove(mz_log *log, uint64_t random, mz_reason *why)
{
    mz_snapshot *snapshot = NULL;
    mz_merkle_proof proof;
    mz_status status = mz_snapshot_open(log, &snapshot, why);
    if (status == MZ_OK) {
        uint64_t size = mz_snapshot_size(snapshot);
        status = mz_snapshot_inclusion(snapshot, random % size, size, &proof, why);
        mz_snapshot_close(snapshot);
    }
    return status;
}

static double inclusion_s(const char *dir, size_t count)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    mz_log_options options = {.dir = dir, .read_only = true};
    if (mz_log_open(&options, &log, &why) != MZ_OK)
        fail("open:", &why);
    uint64_t random = 1;
    double start = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        if (i == count)
            start = now_s(); /* once the pages that are used are mapped */
        random = random * 6364136223846793005u + 1442695040888963407u;
        if (prove(log, random >> 20, &why) != MZ_OK)
            fail("inclusion:", &why);
    }
    double took = (now_s() - start) / (double)count;
    mz_log_close(log);
    return took;
}

/* --- the audit, a program of its own --- */

static long anonymous_kib(pid_t child)
{
    char path[64];
    char line[200];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)child);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kib) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return kib;
}

static double audit_s(const char *program, const char *dir, int64_t last_ms, double *cpu,
                      long *peak_kib)
{
    char pin[600];
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(last_ms), day); /* the charity's clock is made up */
    if (!mz_log_pin_path(dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin))
        fail("no pin", NULL);
    double start = now_s();
    char *command[] = {strdup(program),   strdup(dir), strdup("--pin"),  strdup(pin),
                       strdup("--as-of"), strdup(day), strdup("--json"), NULL};
    pid_t child = 0;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, program, &quiet, NULL, command, environ) != 0)
        fail("the audit cannot be started", NULL);
    posix_spawn_file_actions_destroy(&quiet);
    for (size_t i = 0; command[i] != NULL; i++)
        free(command[i]);
    int how = 0;
    *peak_kib = 0;
    struct rusage usage;
    while (wait4(child, &how, WNOHANG, &usage) == 0) {
        struct timespec moment = {.tv_nsec = 5000000};
        long kib = anonymous_kib(child);
        if (kib > *peak_kib)
            *peak_kib = kib;
        nanosleep(&moment, NULL);
    }
    double took = now_s() - start;
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0)
        fail("the audit failed", NULL);
    *cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return took;
}

/* --- the report --- */

static bool report(const char *what, double value, double limit, bool at_least, const char *goal)
{
    bool met = at_least ? value >= limit : value <= limit;
    printf("%-46s %8.3f   %s %.2f%s   %s\n", what, value, at_least ? ">=" : "<=", limit, goal,
           met ? "met" : "MISSED");
    return met;
}

typedef struct results {
    double verify[ROUNDS_MAX], append[ROUNDS_MAX], audit[ROUNDS_MAX];
    double append_ratio[ROUNDS_MAX], audit_ratio[ROUNDS_MAX];
    double open_small[ROUNDS_MAX], open_large[ROUNDS_MAX];
    double prove_small[ROUNDS_MAX], prove_large[ROUNDS_MAX];
    long audit_kib;
} results;

static void measure(const settings *s, const mz_mix *mix, const char *small_dir,
                    const char *large_dir, results *r)
{
    signature *signatures = take_signatures(mix);
    mz_workers *workers = mz_workers_new(0);
    if (workers == NULL)
        fail("no threads", NULL);
    double count = (double)mix->entry_count;
    int64_t last_ms = mz_mix_log_ms(mix, mix->entry_count - 1);
    for (size_t i = 0; i < s->rounds; i++) {
        double audit_cpu = 0;
        double verify_cpu = cpu_s();
        r->verify[i] = verify_s(workers, signatures, mix->entry_count);
        verify_cpu = cpu_s() - verify_cpu;
        remove_ledger(large_dir);
        mz_log *log = create(mix, large_dir);
        double append_cpu = cpu_s();
        r->append[i] = append_s(mix, log, mix->batch_size);
        append_cpu = cpu_s() - append_cpu;
        mz_log_close(log);
        r->append_ratio[i] = r->verify[i] / r->append[i];
        if (s->audit != NULL) {
            long kib = 0;
            r->audit[i] = audit_s(s->audit, large_dir, last_ms, &audit_cpu, &kib);
            r->audit_ratio[i] = r->verify[i] / r->audit[i];
            r->audit_kib = kib > r->audit_kib ? kib : r->audit_kib;
        }
        printf("round %zu: verify %.0f/s (%.1f us of a core), append %.0f/s (%.1f us): %.3f", i + 1,
               count / r->verify[i], verify_cpu / count * 1e6, count / r->append[i],
               append_cpu / count * 1e6, r->append_ratio[i]);
        if (s->audit != NULL)
            printf(", audit %.0f/s (%.1f us): %.3f", count / r->audit[i], audit_cpu / count * 1e6,
                   r->audit_ratio[i]);
        printf("\n");
        fflush(stdout);
    }
    for (size_t i = 0; i < ROUNDS_MAX; i++) {
        r->open_small[i] = open_and_balance_s(small_dir);
        r->open_large[i] = open_and_balance_s(large_dir);
        r->prove_small[i] = inclusion_s(small_dir, 2000);
        r->prove_large[i] = inclusion_s(large_dir, 2000);
    }
    mz_workers_free(workers);
    free(signatures);
}

static bool print_results(const settings *s, results *r)
{
    double open_small = median(r->open_small, ROUNDS_MAX);
    double open_large = median(r->open_large, ROUNDS_MAX);
    double prove_small = median(r->prove_small, ROUNDS_MAX);
    double prove_large = median(r->prove_large, ROUNDS_MAX);
    printf("open and balance: %.3f ms at %d entries, %.3f ms at %zu\n", open_small * 1e3, SMALL,
           open_large * 1e3, s->entry_count);
    printf("inclusion proof: %.2f us at %d entries, %.2f us at %zu\n", prove_small * 1e6, SMALL,
           prove_large * 1e6, s->entry_count);
    bool met = report("append / libsodium verifying alone", median(r->append_ratio, s->rounds),
                      0.50, true, " (goal 0.55)");
    if (s->audit != NULL) {
        printf("audit: peak anonymous memory %ld KiB\n", r->audit_kib);
        met = report("audit / libsodium verifying alone", median(r->audit_ratio, s->rounds), 0.65,
                     true, " (goal 0.70)") &&
              met;
    }
    /* "As fast": two syncs of the same disk differ by more than a few tenths. */
    met =
        report("open and balance: large / small", open_large / open_small, 1.50, false, "") && met;
    met =
        report("inclusion proof: large / small", prove_large / prove_small, 4.00, false, "") && met;
    return met;
}

static settings read_settings(int count, char **arguments)
{
    settings s = {.entry_count = 200000, .fund_count = 100, .rounds = 5};
    s.parent = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--limits") == 0) {
            s.limits = true;
            continue;
        }
        if (strcmp(arguments[i], "--entries") == 0)
            s.entry_count = strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--funds") == 0)
            s.fund_count = strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--rounds") == 0)
            s.rounds = strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--dir") == 0)
            s.parent = value;
        else if (strcmp(arguments[i], "--audit") == 0)
            s.audit = value;
        else
            s.rounds = 0;
        i++;
    }
    static char beside[4200];
    const char *slash = strrchr(arguments[0], '/');
    int size = snprintf(beside, sizeof beside, "%.*s/mingzhang-audit",
                        slash != NULL ? (int)(slash - arguments[0]) : 1,
                        slash != NULL ? arguments[0] : ".");
    if (s.audit == NULL && size > 0 && (size_t)size < sizeof beside && access(beside, X_OK) == 0)
        s.audit = beside;
    if (s.rounds < 1 || s.rounds > ROUNDS_MAX || s.entry_count < SMALL ||
        s.fund_count < FUNDS_MIN) {
        fprintf(stderr, "bench [--entries N] [--funds N] [--rounds N] [--dir FOLDER] "
                        "[--audit PROGRAM] [--limits]\n");
        exit(2);
    }
    return s;
}

int main(int argument_count, char **arguments)
{
    mz_json_memory_install(); /* as the programs do */
    static results r;
    settings s = read_settings(argument_count, arguments);
    char root[400];
    char small_dir[420];
    char large_dir[420];
    snprintf(root, sizeof root, "%s/mz-bench-XXXXXX", s.parent);
    if (sodium_init() < 0 || mkdtemp(root) == NULL)
        fail("cannot begin", NULL);
    snprintf(small_dir, sizeof small_dir, "%s/small", root);
    snprintf(large_dir, sizeof large_dir, "%s/large", root);
    mz_mix *small = mz_mix_new(1, SMALL, 2);
    mz_log *log = create(small, small_dir);
    append_s(small, log, small->batch_size);
    mz_log_close(log);
    mz_mix_free(small);
    mz_mix *mix = mz_mix_new(s.fund_count, s.entry_count, BATCH);
    printf("%zu entries, %zu funds, %zu proposals, %.0f bytes to a JWS, batches of %d, %ld cores\n",
           mix->entry_count, s.fund_count, mix->proposal_count,
           (double)mix->texts_size / (double)mix->entry_count, BATCH,
           sysconf(_SC_NPROCESSORS_ONLN));
    fflush(stdout);
    measure(&s, mix, small_dir, large_dir, &r);
    bool met = print_results(&s, &r);
    mz_mix_free(mix);
    mz_folder_remove(root);
    return met || !s.limits ? 0 : 1;
}
