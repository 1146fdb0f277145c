/* kill9.c — a writer is killed with SIGKILL while it appends, again and again. What it had
 * acknowledged over a pipe is in the ledger each time it is reopened; what it had not is there
 * whole or not at all; sending again what was not acknowledged doubles nothing; and the second
 * place never leads. At the end the whole ledger is checked.
 *
 *     kill9 [RUNS [SEED]]          200 runs, seed 1 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log/check.h"
#include "log/files.h"
#include "log_fixture.h"

#define BATCH_MAX 6

typedef struct ack {
    uint64_t number, index;
} ack;

static uint64_t random_state;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static _Noreturn void fail(const char *what, const mz_reason *why)
{
    char text[400] = "";
    if (why != NULL)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "kill9: %s %s\n", what, text);
    exit(1);
}

/* Entry `number` is the same every time, so that it can be sent again; it comes to stand at the
 * index of the same number, because nothing is sent before all below it are acknowledged. */
static void append(mz_log *log, uint64_t number, size_t count, int pipe_fd)
{
    mz_buf texts[BATCH_MAX];
    mz_submission submissions[BATCH_MAX];
    ack acks[BATCH_MAX];
    mz_reason why = {0};
    for (size_t i = 0; i < count; i++) {
        mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
        mz_sample_party(number + i, MZ_SAMPLE_START_MS + (int64_t)(number + i), &texts[i]);
        mz_submission_init(&submissions[i], mz_buf_view(&texts[i]));
    }
    int64_t now_ms = MZ_SAMPLE_START_MS + (int64_t)(number + count);
    if (mz_log_append(log, submissions, count, now_ms, &why) != MZ_OK)
        fail("append:", &why);
    for (size_t i = 0; i < count; i++) {
        if (submissions[i].status != MZ_OK)
            fail("refused:", &submissions[i].why);
        acks[i] = (ack){number + i, submissions[i].index};
        mz_submission_clear(&submissions[i]);
        mz_buf_clear(&texts[i]);
    }
    if (write(pipe_fd, acks, count * sizeof *acks) != (ssize_t)(count * sizeof *acks))
        exit(0); /* the parent is gone */
}

static _Noreturn void write_until_killed(const mz_log_options *options, uint64_t number,
                                         int pipe_fd)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    if (mz_log_open(options, &log, &why) != MZ_OK)
        fail("open to write:", &why);
    for (;;) {
        size_t count = 1 + (size_t)(next_random() % BATCH_MAX);
        append(log, number, count, pipe_fd);
        number += count;
    }
}

static bool take_ack(int pipe_fd, uint64_t *next)
{
    ack one;
    ssize_t got;
    while ((got = read(pipe_fd, &one, sizeof one)) < 0 && errno == EINTR) {
    }
    if (got == 0)
        return false;
    if (got != (ssize_t)sizeof one)
        fail("half an acknowledgement", NULL);
    if (one.number != *next || one.index != one.number)
        fail("an entry stands at the wrong index", NULL);
    (*next)++;
    return true;
}

/* Some acknowledgements, then a moment at random, within the next batch or so. */
static void kill_somewhere(pid_t child, int pipe_fd, uint64_t *next)
{
    for (uint64_t wanted = next_random() % 8; wanted > 0; wanted--)
        if (!take_ack(pipe_fd, next))
            fail("the writer ended by itself", NULL);
    struct timespec start;
    struct timespec now;
    long wait_ns = (long)(next_random() % 3000000);
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < wait_ns);
    if (kill(child, SIGKILL) != 0)
        fail("kill", NULL);
    while (take_ack(pipe_fd, next)) {
    }
    int how = 0;
    if (waitpid(child, &how, 0) != child || !WIFSIGNALED(how))
        fail("the writer ended by itself", NULL);
}

/* Reopens, which verifies the last batch and the second place, and looks for what was acknowledged
 * since the last time. */
static uint64_t verify(const mz_log_options *options, uint64_t first, uint64_t next)
{
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    if (mz_log_open(options, &log, &why) != MZ_OK ||
        mz_snapshot_open(log, &snapshot, &why) != MZ_OK)
        fail("reopen:", &why);
    uint64_t size = mz_snapshot_size(snapshot);
    if (size < next)
        fail("an acknowledged entry is lost", NULL);
    mz_buf text;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    for (uint64_t number = first; number < size; number++) {
        mz_view leaf;
        mz_view jws;
        int64_t unix_ms = 0;
        mz_sample_party(number, MZ_SAMPLE_START_MS + (int64_t)number, &text);
        if (mz_snapshot_leaf(snapshot, number, &leaf, &why) != MZ_OK ||
            mz_leaf_split(leaf, &unix_ms, &jws, &why) != MZ_OK ||
            !mz_view_equal(jws, mz_buf_view(&text)))
            fail("an entry is not the one that was sent", &why);
    }
    mz_buf_clear(&text);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    return size;
}

int main(int argument_count, char **arguments)
{
    unsigned long runs = argument_count > 1 ? strtoul(arguments[1], NULL, 10) : 200;
    random_state = argument_count > 2 ? strtoul(arguments[2], NULL, 10) : 1;
    random_state = random_state * 0x9e3779b97f4a7c15u + 1;
    const char *parent = getenv("TMPDIR");
    char root[256];
    char dir[300];
    mz_signer signer;
    mz_buf genesis;
    mz_log *log = NULL;
    mz_reason why = {0};
    snprintf(root, sizeof root, "%s/mz-kill9-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(root) == NULL)
        fail("mkdtemp", NULL);
    snprintf(dir, sizeof dir, "%s/ledger", root);
    mz_sample_signer("log", &signer);
    mz_log_options options = {.dir = dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &genesis);
    if (mz_log_create(&options, mz_buf_view(&genesis), MZ_SAMPLE_START_MS, &log, &why) != MZ_OK)
        fail("create:", &why);
    mz_log_close(log);
    mz_buf_clear(&genesis);
    uint64_t next = 1; /* the first number that is not acknowledged */
    uint64_t beyond = 0;
    for (unsigned long run = 0; run < runs; run++) {
        int ends[2];
        uint64_t first = next;
        if (pipe(ends) != 0)
            fail("pipe", NULL);
        uint64_t child_random = next_random();
        pid_t child = fork();
        if (child < 0)
            fail("fork", NULL);
        if (child == 0) {
            close(ends[0]);
            random_state = child_random;
            write_until_killed(&options, next, ends[1]);
        }
        close(ends[1]);
        kill_somewhere(child, ends[0], &next);
        close(ends[0]);
        beyond += verify(&options, first, next) - next;
    }
    mz_check_result result;
    if (mz_check(dir, NULL, &result, &why) != MZ_OK)
        fail("check:", &why);
    printf(
        "kill9: %lu kills, %llu entries acknowledged and found, %llu times one was there that was "
        "not acknowledged\n",
        runs, (unsigned long long)(next - 1), (unsigned long long)beyond);
    mz_folder_remove(root);
    return 0;
}
