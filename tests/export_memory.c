/* export_memory — whether the memory of an export grows with the log.
 *
 *     export_memory PROGRAM SMALL LARGE FORMAT ...
 *
 * Makes two ledgers of the same made-up charity (bench/mix.h), of SMALL and of LARGE entries. Finds
 * the least data memory (RLIMIT_DATA: heap and private mappings, not the mapped store) in which
 * PROGRAM exports the small one, in steps of a quarter of a mebibyte; with 1 MiB more it must
 * export the large one. For each FORMAT of one text file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "log/files.h"
#include "log_fixture.h"
#include "mix.h"

#define BATCH 64
#define FUNDS 52                /* as many as mix.h needs for its batches */
#define STEP_BYTES (256u << 10) /* how closely the least memory is found */
#define STEPS_MAX 256
#define MORE_BYTES (1u << 20) /* what is granted above it */

static void fail(const char *what, const mz_reason *why)
{
    char text[512] = "";
    if (why != NULL)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "export_memory: %s %s\n", what, text);
    exit(1);
}

static void append(const mz_mix *mix, mz_log *log, size_t first, size_t count)
{
    static mz_submission submissions[BATCH];
    mz_reason why = {0};
    for (size_t i = 0; i < count; i++)
        mz_submission_init(&submissions[i], mz_mix_text(mix, first + i));
    if (mz_log_append(log, submissions, count, mz_mix_log_ms(mix, first), &why) != MZ_OK)
        fail("append:", &why);
    for (size_t i = 0; i < count; i++) {
        if (submissions[i].status != MZ_OK)
            fail("refused:", &submissions[i].why);
        mz_submission_clear(&submissions[i]);
    }
}

static void make_ledger(const char *dir, size_t entry_count)
{
    mz_signer signer;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_mix *mix = mz_mix_new(FUNDS, entry_count, BATCH);
    mz_sample_signer("log", &signer);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    if (mz_log_create(&options, mz_mix_text(mix, 0), mz_mix_log_ms(mix, 0), &log, &why) != MZ_OK)
        fail("create:", &why);
    for (size_t first = 1; first < mix->entry_count; first += BATCH)
        append(mix, log, first,
               mix->entry_count - first < BATCH ? mix->entry_count - first : BATCH);
    mz_log_close(log);
    mz_mix_free(mix);
}

/* Whether PROGRAM exports the ledger when it may have so much memory. */
static bool exports(const char *program, const char *format, const char *dir, rlim_t data_bytes)
{
    fflush(stdout); /* else the child would print it again */
    const pid_t child = fork();
    if (child < 0)
        fail("no process", NULL);
    if (child == 0) {
        const struct rlimit limit = {data_bytes, data_bytes};
        const struct rlimit no_core = {0, 0};
        if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_DATA, &limit);
        execl(program, program, "export", format, dir, "-", (char *)NULL);
        _exit(2);
    }
    int how = 0;
    waitpid(child, &how, 0);
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

static bool check(const char *program, const char *format, const char *small, const char *large)
{
    unsigned steps = 1;
    while (steps < STEPS_MAX && !exports(program, format, small, (rlim_t)steps * STEP_BYTES))
        steps++;
    const rlim_t least = (rlim_t)steps * STEP_BYTES;
    const bool fine =
        steps < STEPS_MAX && exports(program, format, large, least + (rlim_t)MORE_BYTES);
    printf("%s: %s: the small ledger takes %llu KiB%s\n", fine ? "ok" : "FAILED", format,
           (unsigned long long)(least >> 10),
           fine ? ", the large one no more than 1 MiB above" : "");
    return fine;
}

int main(int argument_count, char **arguments)
{
    char root[400], small[420], large[420];
    const char *parent = getenv("TMPDIR");
    bool fine = true;
    if (argument_count < 5 || sodium_init() < 0) {
        fprintf(stderr, "export_memory PROGRAM SMALL LARGE FORMAT ...\n");
        return 2;
    }
    snprintf(root, sizeof root, "%s/mz-export-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(root) == NULL)
        fail("no temporary folder", NULL);
    snprintf(small, sizeof small, "%s/small", root);
    snprintf(large, sizeof large, "%s/large", root);
    make_ledger(small, strtoul(arguments[2], NULL, 10));
    make_ledger(large, strtoul(arguments[3], NULL, 10));
    for (int i = 4; i < argument_count; i++)
        fine = check(arguments[1], arguments[i], small, large) && fine;
    mz_folder_remove(root);
    return fine ? 0 : 1;
}
