/* kill9_service.c — mingzhangd is killed with SIGKILL while clients post to it, and while it
 * starts, again and again. After each restart everything is sent again of which the last answer is
 * not known, and what was acknowledged since the start before: an acknowledged entry is there, at
 * the index that was told; none is there twice. At the end all of it is sent once more, and the
 * ledger is audited.
 *
 *     kill9_service [ROUNDS [SEED]]          30 rounds, seed 1
 *
 * The programs mingzhangd and mingzhang-audit are those beside this one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "edge/clock.h"
#include "load.h"
#include "log/check.h"
#include "log/files.h"
#include "log/second_place.h"
#include "log_fixture.h"

extern char **environ;

#define CONNECTIONS 16
#define NEW_MAX 400      /* entries of a round that were never sent before */
#define LOAD_MS 250      /* a round's posting lasts this long at most, then it is killed */
#define READY_MS 60000   /* a start that lasts longer has failed */
#define FINISH_MS 900000 /* to send everything once more */

/* Entry `number` is the same every time, so that it can be sent again. */
typedef struct entry {
    uint64_t index; /* where it stands in the log, as told; 0: never told */
    bool again;     /* to be sent: never answered, or not seen since the kill after its answer */
    bool fresh;     /* answered for the first time since the last start */
} entry;

static struct {
    char root[256], dir[300], log_path[300], beside[4000];
    uint64_t random_state;
    int64_t signed_ms;
    entry *entries; /* by number, from 1 */
    size_t entry_count, room;
    uint64_t *by_index; /* the number that stands there; 0: not told */
    size_t by_index_count;
    /* The round that goes on. */
    size_t next_again, new_left;
    uint64_t sent[CONNECTIONS]; /* what each connection waits for */
    mz_buf requests[CONNECTIONS];
    mz_daemon daemon;
    /* For the report. */
    unsigned long kills_in_start, found_again, found_unacknowledged;
} all;

static _Noreturn void fail(const char *what, const mz_reason *why)
{
    char text[400] = "";
    if (why != NULL)
        mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fprintf(stderr, "kill9_service: %s %s\nThe ledger and the service's log: %s\n", what, text,
            all.root);
    (void)mz_daemon_end(&all.daemon, SIGKILL);
    exit(1);
}

static uint64_t next_random(void)
{
    all.random_state ^= all.random_state << 13;
    all.random_state ^= all.random_state >> 7;
    all.random_state ^= all.random_state << 17;
    return all.random_state;
}

/* --- the entries --- */

static uint64_t new_entry(void)
{
    if (all.entry_count + 2 > all.room) {
        size_t room = all.room == 0 ? 4096 : 2 * all.room;
        all.entries = realloc(all.entries, room * sizeof *all.entries);
        if (all.entries == NULL)
            fail("no memory", NULL);
        memset(all.entries + all.room, 0, (room - all.room) * sizeof *all.entries);
        all.room = room;
    }
    all.entries[all.entry_count + 1] = (entry){.again = true};
    return ++all.entry_count;
}

static void note_index(uint64_t number, uint64_t index)
{
    if (index >= all.by_index_count) {
        size_t count = 2 * (size_t)index + 4096;
        all.by_index = realloc(all.by_index, count * sizeof *all.by_index);
        if (all.by_index == NULL)
            fail("no memory", NULL);
        memset(all.by_index + all.by_index_count, 0,
               (count - all.by_index_count) * sizeof *all.by_index);
        all.by_index_count = count;
    }
    if (all.by_index[index] != 0 && all.by_index[index] != number)
        fail("two entries were told the same index", NULL);
    all.by_index[index] = number;
}

static bool next(void *context, size_t connection, mz_view *request)
{
    mz_buf text;
    uint64_t number = 0;
    (void)context;
    while (all.next_again <= all.entry_count && !all.entries[all.next_again].again)
        all.next_again++;
    if (all.next_again <= all.entry_count)
        number = all.next_again++;
    else if (all.new_left > 0) {
        all.new_left--;
        number = new_entry();
        all.next_again = number + 1;
    }
    if (number == 0)
        return false;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_party(number, all.signed_ms, &text);
    mz_buf_reset(&all.requests[connection]);
    mz_load_put(&all.requests[connection], "POST", "/v1/entries", "text/plain", mz_buf_view(&text));
    mz_buf_clear(&text);
    all.sent[connection] = number;
    *request = mz_buf_view(&all.requests[connection]);
    return true;
}

/* The number after `"index":`; 0 is no index that an entry of ours could have. */
static uint64_t index_in(mz_view body)
{
    static const char NAME[] = "\"index\":";
    const uint8_t *at = memmem(body.data, body.size, NAME, sizeof NAME - 1);
    return at == NULL ? 0 : strtoull((const char *)at + sizeof NAME - 1, NULL, 10);
}

static void answered(void *context, size_t connection, unsigned code, mz_view body)
{
    uint64_t number = all.sent[connection];
    entry *one = &all.entries[number];
    uint64_t index = index_in(body);
    (void)context;
    if ((code != 200 && code != 201) || index == 0) {
        fprintf(stderr, "%u %.*s\n", code, (int)body.size, body.data);
        fail("refused", NULL);
    }
    if (one->index != 0 && code == 201)
        fail("an acknowledged entry was not there any more, or is there twice", NULL);
    if (one->index != 0 && one->index != index)
        fail("an acknowledged entry stands elsewhere", NULL);
    all.found_again += one->index != 0 ? 1 : 0;
    all.found_unacknowledged += one->index == 0 && code == 200 ? 1 : 0;
    one->fresh = one->index == 0;
    note_index(number, index);
    one->index = index;
    one->again = false;
}

/* What was newly acknowledged since the last start is sent again after the next one. */
static void end_round(void)
{
    for (size_t number = 1; number <= all.entry_count; number++) {
        entry *one = &all.entries[number];
        one->again = one->again || one->fresh;
        one->fresh = false;
    }
}

/* --- the service --- */

static void start(void)
{
    char program[4100];
    snprintf(program, sizeof program, "%s/mingzhangd", all.beside);
    if (!mz_daemon_start(&all.daemon, program, all.dir, all.log_path))
        fail("mingzhangd cannot be started", NULL);
}

static void pause_us(uint64_t us)
{
    struct timespec wait = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000) * 1000};
    while (nanosleep(&wait, &wait) != 0 && errno == EINTR) {
    }
}

static void kill_it(void)
{
    if (mz_daemon_end(&all.daemon, SIGKILL) != -1)
        fail("the service ended by itself", NULL);
}

/* Somewhere in its start, most often near its end, when the ledger is opened. */
static void kill_in_start(int64_t start_ms)
{
    uint64_t us = (uint64_t)start_ms * 1000;
    start();
    pause_us(next_random() % 3 == 0 ? next_random() % (us + 1)
                                    : us - us / 8 + next_random() % (us / 5 + 1));
    kill_it();
    all.kills_in_start++;
}

static mz_load *connect_all(void)
{
    const mz_load_plan plan = {all.daemon.address, CONNECTIONS, next, answered, NULL};
    mz_load *load = mz_load_new(&plan);
    if (load == NULL)
        fail("no connection", NULL);
    return load;
}

/* The log's key never signed, anywhere on the disk, what the log has not: whoever found it would
 * have the proof of a fork once the log goes on otherwise. */
static void look_beside(void)
{
    char path[MZ_LOG_PATH_MAX];
    const mz_log_options reader = {.dir = all.dir, .read_only = true};
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_buf note;
    mz_checkpoint beside;
    mz_reason why = {0};
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    snprintf(path, sizeof path, "%s.checkpoint.before", all.dir);
    if (mz_log_open(&reader, &log, &why) != MZ_OK ||
        mz_snapshot_open(log, &snapshot, &why) != MZ_OK)
        fail("the ledger cannot be read:", &why);
    if (mz_second_place_read(path, &note, &beside, NULL) == MZ_OK &&
        beside.size > mz_snapshot_size(snapshot))
        fail("a checkpoint of what was never committed lies beside", NULL);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    mz_buf_clear(&note);
}

static void kill_under_load(void)
{
    start();
    if (!mz_daemon_ready(&all.daemon, READY_MS))
        fail("the service does not start again", NULL);
    all.next_again = 1;
    all.new_left = NEW_MAX;
    mz_load *load = connect_all();
    (void)mz_load_run(load, (int64_t)(next_random() % LOAD_MS));
    pause_us(next_random() % 1000);
    kill_it();
    all.new_left = 0; /* answers that it sent before it died are read, and nothing is sent */
    all.next_again = all.entry_count + 1;
    if (mz_load_run(load, READY_MS) != 0)
        fail("a connection outlives the service", NULL);
    mz_load_free(load);
    look_beside();
    end_round();
}

/* Returns how long a start takes. */
static int64_t time_start(void)
{
    int64_t begun_ms = mz_clock_steady_ms();
    start();
    if (!mz_daemon_ready(&all.daemon, READY_MS))
        fail("the service does not start", NULL);
    int64_t took_ms = mz_clock_steady_ms() - begun_ms;
    if (mz_daemon_end(&all.daemon, SIGTERM) != 0)
        fail("the service did not end well", NULL);
    return took_ms;
}

/* --- the end --- */

static void send_everything_again(void)
{
    start();
    if (!mz_daemon_ready(&all.daemon, READY_MS))
        fail("the service does not start", NULL);
    for (size_t number = 1; number <= all.entry_count; number++)
        all.entries[number].again = true;
    all.next_again = 1;
    mz_load *load = connect_all();
    size_t waiting = mz_load_run(load, FINISH_MS);
    if (waiting > 0 || mz_load_lost(load) > 0)
        fail("not everything was answered", NULL);
    mz_load_free(load);
    if (mz_daemon_end(&all.daemon, SIGTERM) != 0)
        fail("the service did not end well", NULL);
    for (size_t number = 1; number <= all.entry_count; number++)
        if (all.entries[number].again)
            fail("not everything was sent", NULL);
}

static void check(void)
{
    mz_check_result result;
    mz_reason why = {0};
    if (mz_check(all.dir, NULL, &result, &why) != MZ_OK)
        fail("check:", &why);
    if (result.size != 1 + all.entry_count)
        fail("the log has not as many entries as were sent", NULL);
}

static void audit(void)
{
    char program[4100], pin[MZ_LOG_PATH_MAX];
    posix_spawn_file_actions_t quiet;
    pid_t child = -1;
    int how = 0;
    snprintf(program, sizeof program, "%s/mingzhang-audit", all.beside);
    if (!mz_log_pin_path(all.dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin))
        fail("no pin", NULL);
    char *arguments[] = {program, all.dir, (char *)(uintptr_t) "--pin", pin, NULL};
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, program, &quiet, NULL, arguments, environ) != 0)
        fail("mingzhang-audit cannot be started", NULL);
    posix_spawn_file_actions_destroy(&quiet);
    while (waitpid(child, &how, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0)
        fail("the audit found something", NULL);
}

/* --- main --- */

static void begin(const char *self)
{
    const char *parent = getenv("TMPDIR");
    const char *slash = strrchr(self, '/');
    mz_signer signer;
    mz_buf genesis;
    mz_log *log = NULL;
    mz_reason why = {0};
    snprintf(all.beside, sizeof all.beside, "%.*s", slash != NULL ? (int)(slash - self) : 1,
             slash != NULL ? self : ".");
    snprintf(all.root, sizeof all.root, "%s/mz-kill9-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(all.root) == NULL)
        fail("mkdtemp", NULL);
    snprintf(all.dir, sizeof all.dir, "%s/ledger", all.root);
    snprintf(all.log_path, sizeof all.log_path, "%s/log", all.root);
    all.signed_ms = mz_clock_now_unix_ms();
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = all.dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(all.signed_ms, &genesis);
    if (mz_log_create(&options, mz_buf_view(&genesis), all.signed_ms, &log, &why) != MZ_OK)
        fail("create:", &why);
    mz_log_close(log);
    mz_buf_clear(&genesis);
    if (!mz_daemon_key(all.dir, &signer))
        fail("no key file", NULL);
    for (size_t i = 0; i < CONNECTIONS; i++)
        mz_buf_init(&all.requests[i], MZ_JWS_SIZE_MAX + 500);
}

static void clear(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        mz_buf_clear(&all.requests[i]);
    free(all.entries);
    free(all.by_index);
    mz_folder_remove(all.root);
}

int main(int argument_count, char **arguments)
{
    unsigned long rounds = argument_count > 1 ? strtoul(arguments[1], NULL, 10) : 30;
    all.random_state = argument_count > 2 ? strtoul(arguments[2], NULL, 10) : 1;
    all.random_state = all.random_state * 0x9e3779b97f4a7c15u + 1;
    begin(arguments[0]);
    int64_t begun_ms = mz_clock_steady_ms();
    int64_t start_ms = time_start();
    for (unsigned long round = 0; round < rounds; round++)
        if (next_random() % 4 == 0)
            kill_in_start(start_ms);
        else
            kill_under_load();
    send_everything_again();
    check();
    audit();
    printf("kill9_service: %lu kills, %lu of them in its start, %zu entries, %lu acknowledged and "
           "found again, %lu found that were not acknowledged, %lld s\n",
           rounds, all.kills_in_start, all.entry_count, all.found_again, all.found_unacknowledged,
           (long long)((mz_clock_steady_ms() - begun_ms) / 1000));
    clear();
    return 0;
}
