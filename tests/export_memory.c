/* export_memory.c — the exports' memory does not grow with the log: every format is made of a small
 * and of a large ledger under one limit on what a process may allocate, which a third run shows to
 * bite.
 *
 *     export_memory PROGRAM [ENTRIES]
 *
 * RLIMIT_DATA counts anonymous memory and not the store, which is mapped and shared. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/files.h"
#include "log_fixture.h"
#include "mix.h"

#define SMALL 2000
#define LARGE 50000
#define FUNDS 16
#define BATCH 64 /* of one moment: with more, one fund would take several steps at once */
#define LIMIT_BYTES ((rlim_t)16 << 20)
#define TOO_LITTLE_BYTES ((rlim_t)512 << 10)

static _Noreturn void fail(const char *what, const char *of)
{
    fprintf(stderr, "export_memory: %s %s\n", what, of);
    exit(1);
}

static void append(mz_log *log, const mz_mix *mix, size_t first, size_t count)
{
    mz_submission submissions[BATCH];
    mz_reason why = {0};
    for (size_t i = 0; i < count; i++)
        mz_submission_init(&submissions[i], mz_mix_text(mix, first + i));
    if (mz_log_append(log, submissions, count, mz_mix_log_ms(mix, first), &why) != MZ_OK)
        fail("cannot append", mz_status_code(why.status));
    for (size_t i = 0; i < count; i++) {
        if (submissions[i].status != MZ_OK)
            fail("an entry is refused:", mz_status_code(submissions[i].status));
        mz_submission_clear(&submissions[i]);
    }
}

static void make_ledger(const char *dir, size_t entry_count)
{
    mz_mix *mix = mz_mix_new(FUNDS, entry_count, BATCH);
    mz_signer signer;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_sample_signer("log", &signer);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    if (mz_log_create(&options, mz_mix_text(mix, 0), mz_mix_log_ms(mix, 0), &log, &why) != MZ_OK)
        fail("cannot create", dir);
    for (size_t first = 1; first < mix->entry_count; first += BATCH) {
        const size_t left = mix->entry_count - first;
        append(log, mix, first, left < BATCH ? left : BATCH);
    }
    mz_log_close(log);
    mz_mix_free(mix);
}

/* The child: `export FORMAT DIR OUT` with its memory limited; its words go nowhere. */
static _Noreturn void run_export(const char *program, const char *format, const char *dir,
                                 const char *out, rlim_t bytes)
{
    const struct rlimit limit = {bytes, bytes};
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || setrlimit(RLIMIT_DATA, &limit) != 0)
        _exit(125);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execl(program, program, "export", format, dir, out, (char *)NULL);
    _exit(126);
}

static bool can_export(const char *program, const char *format, const char *dir, const char *root,
                       rlim_t bytes)
{
    char out[256];
    int status = 0;
    snprintf(out, sizeof out, "%s/out", root);
    const pid_t child = fork();
    if (child == 0)
        run_export(program, format, dir, out, bytes);
    if (child < 0 || waitpid(child, &status, 0) != child)
        fail("cannot run", program);
    const bool done = WIFEXITED(status) && WEXITSTATUS(status) == 0 && mz_path_exists(out);
    mz_folder_remove(out);
    return done;
}

int main(int argc, char **argv)
{
    static const char *const FORMATS[] = {"csv", "xlsx", "jsonl", "grants"};
    char root[128], small[160], large[160];
    const char *parent = getenv("TMPDIR");
    int failures = 0;
    if (argc < 2)
        fail("usage: export_memory PROGRAM", "[ENTRIES]");
    snprintf(root, sizeof root, "%s/mz-export-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(root) == NULL)
        fail("cannot make", root);
    snprintf(small, sizeof small, "%s/small", root);
    snprintf(large, sizeof large, "%s/large", root);
    make_ledger(small, SMALL);
    make_ledger(large, argc > 2 ? strtoul(argv[2], NULL, 10) : LARGE);
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
        const bool of_small = can_export(argv[1], FORMATS[i], small, root, LIMIT_BYTES);
        const bool of_large = can_export(argv[1], FORMATS[i], large, root, LIMIT_BYTES);
        const bool limited = !can_export(argv[1], FORMATS[i], small, root, TOO_LITTLE_BYTES);
        printf("%s: small %s, large %s, limit %s\n", FORMATS[i], of_small ? "done" : "FAILED",
               of_large ? "done" : "FAILED", limited ? "bites" : "DOES NOT BITE");
        failures += !of_small + !of_large + !limited;
    }
    mz_folder_remove(root);
    return failures == 0 ? 0 : 1;
}
