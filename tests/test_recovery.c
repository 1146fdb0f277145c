/* test_recovery.c — opening after trouble: old copies, forks, lost and damaged second places,
 * commits that fail, full disks, folders that may not be written, damaged databases. Each is told
 * apart, and the ledger is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <lmdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/uuid.h"
#include "kv/lmdb.h"
#include "log/backup.h"
#include "log/check.h"
#include "log/files.h"
#include "log/second_place.h"
#include "log_fixture.h"

#define START MZ_SAMPLE_START_MS
#define NOBODY 65534

/* --- a commit that fails, once, when its countdown comes to zero --- */

typedef enum commit_failure {
    COMMIT_WORKS,
    COMMIT_ANSWERS,      /* nothing is written, the code is answered */
    COMMIT_THEN_ANSWERS, /* it is written, and the code is answered all the same */
    PUT_ANSWERS,
    ENGINE_CONFLICTS /* as a distributed engine may; ours never do */
} commit_failure;
static commit_failure failing;
static int countdown;
static int failure;

int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (failing == COMMIT_ANSWERS && countdown-- == 0) {
        mdb_txn_abort(txn);
        return failure;
    }
    int rc = __real_mdb_txn_commit(txn);
    return failing == COMMIT_THEN_ANSWERS && countdown-- == 0 ? failure : rc;
}

static bool renaming_fails;

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    errno = EROFS;
    return renaming_fails ? -1 : __real_rename(from, to);
}

/* As on a file system that cannot exchange two names. */
static bool exchanging_fails;

int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    errno = EINVAL;
    return renaming_fails || exchanging_fails ? -1
                                              : __real_renameat2(from_fd, from, to_fd, to, flags);
}

/* What happens before the next read of a file. */
static mz_log *meanwhile;
static void happen_meanwhile(mz_log *log);

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
    mz_log *log = meanwhile;
    meanwhile = NULL;
    if (log != NULL)
        happen_meanwhile(log);
    return __real_read(fd, bytes, size);
}

int __real_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags)
{
    if (failing == PUT_ANSWERS && countdown-- == 0)
        return failure;
    return __real_mdb_cursor_put(at, key, value, flags);
}

mz_status __real_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    if (failing != ENGINE_CONFLICTS || countdown-- != 0)
        return __real_mz_kv_commit(txn, why);
    mz_kv_abort(txn);
    return mz_refuse(why, MZ_CONFLICT);
}

/* --- a ledger of a test's own --- */

typedef struct place {
    char root[64];
    char dir[80];
    char second[96];
    mz_signer signer;
    mz_log_options options;
} place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    const char *parent = getenv("TMPDIR");
    snprintf(p->root, sizeof p->root, "%s/mz-rec-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(p->root));
    snprintf(p->dir, sizeof p->dir, "%s/ledger", p->root);
    snprintf(p->second, sizeof p->second, "%s/ledger.checkpoint", p->root);
    mz_sample_signer("log", &p->signer);
    p->options = (mz_log_options){.dir = p->dir, .signers = &p->signer, .signer_count = 1};
    failing = COMMIT_WORKS;
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    failing = COMMIT_WORKS;
    mz_folder_remove(p->root);
    free(p);
    return 0;
}

static mz_log *create(place *p)
{
    mz_buf genesis;
    mz_log *log = NULL;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(START, &genesis);
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, NULL), MZ_OK);
    mz_buf_clear(&genesis);
    return log;
}

/* The answer of the log, or where that is MZ_OK, of the entry. */
static mz_status append_at(mz_log *log, uint64_t number, int64_t now_ms, bool *duplicate)
{
    mz_buf text;
    mz_submission submission;
    mz_reason why = {0};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_party(number, START, &text);
    mz_submission_init(&submission, mz_buf_view(&text));
    mz_status status = mz_log_append(log, &submission, 1, now_ms, &why);
    assert_int_equal(why.status, status);
    if (status == MZ_OK)
        status = submission.status;
    if (duplicate != NULL)
        *duplicate = submission.duplicate;
    mz_submission_clear(&submission);
    mz_buf_clear(&text);
    return status;
}

static mz_status append(mz_log *log, uint64_t number)
{
    return append_at(log, number, START, NULL);
}

static mz_log *create_with(place *p, uint64_t count)
{
    mz_log *log = create(p);
    for (uint64_t number = 1; number <= count; number++)
        assert_int_equal(append(log, number), MZ_OK);
    return log;
}

static mz_status try_open(const mz_log_options *options)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    mz_status status = mz_log_open(options, &log, &why);
    assert_int_equal(why.status, status);
    assert_true((log != NULL) == (status == MZ_OK));
    mz_log_close(log);
    return status;
}

static uint64_t size_of(const place *p)
{
    mz_log_options options = p->options;
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    options.read_only = true;
    assert_int_equal(mz_log_open(&options, &log, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    uint64_t size = mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    return size;
}

static void assert_sound(const place *p, uint64_t size)
{
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
    assert_int_equal(result.size, size);
}

static void write_text(const char *path, mz_view text)
{
    unlink(path);
    assert_int_equal(mz_file_create(path, text, NULL), MZ_OK);
}

static void copy_file(const char *from, const char *to)
{
    mz_buf text;
    mz_buf_init(&text, 1 << 20);
    assert_int_equal(mz_file_read(from, &text, NULL), MZ_OK);
    write_text(to, mz_buf_view(&text));
    mz_buf_clear(&text);
}

static uint64_t second_size(const place *p)
{
    mz_buf note;
    mz_checkpoint checkpoint;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_second_place_read(p->second, &note, &checkpoint, NULL), MZ_OK);
    mz_buf_clear(&note);
    return checkpoint.size;
}

/* --- the second place --- */

static void happen_meanwhile(mz_log *log)
{
    assert_int_equal(append(log, 3), MZ_OK);
    failing = COMMIT_ANSWERS;
    countdown = 0;
    failure = ENOSPC;
    assert_int_equal(append(log, 4), MZ_FULL);
    failing = COMMIT_WORKS;
}

static void second_place_follows(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    for (uint64_t number = 1; number < 9; number++) {
        exchanging_fails = number > 4;
        assert_int_equal(append(log, number), MZ_OK);
        assert_int_equal(second_size(p), number + 1); /* before the answer */
    }
    exchanging_fails = false;
    mz_log_close(log);
}

/* What lies beside a folder is the same however the folder is named. */
static void beside_is_beside(void **state)
{
    static const char *const NAMES[] = {"%s", "%s/", "%s//", "%s/.", "%s/./", "%s/../ledger"};
    place *p = *state;
    char name[128], path[256], want[256];
    mz_log_close(create(p));
    snprintf(want, sizeof want, "%s.checkpoint", p->dir);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct stat wanted, found;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(name, sizeof name, NAMES[i], p->dir);
#pragma GCC diagnostic pop
        assert_true(mz_path_beside(name, ".checkpoint", path, sizeof path));
        assert_int_equal(stat(want, &wanted), 0);
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(wanted.st_ino, found.st_ino);
    }
    assert_true(mz_path_beside("a/b.", "c", path, sizeof path));
    assert_string_equal(path, "a/b.c");
    assert_false(mz_path_beside("a/b", "c", path, 4));
}

/* The files take turns, and whoever has kept one under another name keeps it as it was. */
static void kept_second_place_stays(void **state)
{
    place *p = *state;
    char kept[128], before[128];
    mz_buf note;
    mz_checkpoint checkpoint;
    mz_log *log = create_with(p, 2);
    snprintf(kept, sizeof kept, "%s/kept", p->root);
    snprintf(before, sizeof before, "%s.before", p->second);
    assert_int_equal(link(p->second, kept), 0);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    for (uint64_t number = 3; number < 13; number++) { /* to a size of one digit more */
        assert_int_equal(append(log, number), MZ_OK);
        assert_int_equal(second_size(p), number + 1);
        mz_buf_reset(&note);
        assert_int_equal(mz_second_place_read(before, &note, &checkpoint, NULL), MZ_OK);
        assert_int_equal(checkpoint.size, number);
    }
    mz_buf_reset(&note);
    assert_int_equal(mz_second_place_read(kept, &note, &checkpoint, NULL), MZ_OK);
    assert_int_equal(checkpoint.size, 3);
    assert_int_equal(unlink(p->second), 0); /* a link is replaced, not followed */
    assert_int_equal(symlink(kept, p->second), 0);
    for (uint64_t number = 13; number < 16; number++)
        assert_int_equal(append(log, number), MZ_OK);
    assert_int_equal(second_size(p), 16);
    mz_buf_reset(&note);
    assert_int_equal(mz_second_place_read(kept, &note, &checkpoint, NULL), MZ_OK);
    assert_int_equal(checkpoint.size, 3);
    mz_buf_clear(&note);
    mz_log_close(log);
}

/* Between a reader's open and its read one batch is committed and the next one only prepared: the
 * file that the reader has open holds what nobody has committed. */
static void second_place_never_leads(void **state)
{
    place *p = *state;
    char before[128];
    mz_buf note;
    mz_checkpoint checkpoint;
    mz_log *log = create_with(p, 2);
    meanwhile = log;
    assert_int_equal(second_size(p), 4);
    assert_null(meanwhile);
    snprintf(before, sizeof before, "%s.before", p->second);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_second_place_read(before, &note, &checkpoint, NULL), MZ_OK);
    assert_int_equal(checkpoint.size, 3); /* not the one that was never committed */
    mz_buf_clear(&note);
    mz_log_close(log);
    assert_sound(p, 4);
}

static void second_place_may_lag(void **state)
{
    place *p = *state;
    char early[128];
    mz_log *log = create_with(p, 2);
    snprintf(early, sizeof early, "%s/early", p->root);
    copy_file(p->second, early);
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
    copy_file(early, p->second);
    assert_int_equal(try_open(&p->options), MZ_OK);
    assert_int_equal(second_size(p), 4); /* brought up to date */
}

static void old_copy_is_refused(void **state)
{
    place *p = *state;
    char copy[128];
    mz_backup_result result;
    mz_log *log = create_with(p, 2);
    snprintf(copy, sizeof copy, "%s/copy", p->root);
    assert_int_equal(mz_backup(log, copy, true, &result, NULL), MZ_OK);
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
    mz_folder_remove(p->dir);
    assert_int_equal(rename(copy, p->dir), 0);
    assert_int_equal(try_open(&p->options), MZ_BEHIND);
    assert_int_equal(second_size(p), 4); /* and the second place is as it was */
    mz_log_options reader = p->options;
    reader.read_only = true; /* reading an old copy is no harm */
    assert_int_equal(try_open(&reader), MZ_OK);
}

static void fork_is_refused(void **state)
{
    place *p = *state;
    char copy[128];
    char copy_second[128];
    mz_backup_result result;
    mz_log *log = create_with(p, 2);
    snprintf(copy, sizeof copy, "%s/copy", p->root);
    snprintf(copy_second, sizeof copy_second, "%s/copy.checkpoint", p->root);
    assert_int_equal(mz_backup(log, copy, true, &result, NULL), MZ_OK);
    copy_file(p->second, copy_second);
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
    /* The copy goes its own way ... */
    mz_log_options options = p->options;
    options.dir = copy;
    assert_int_equal(mz_log_open(&options, &log, NULL), MZ_OK);
    assert_int_equal(append(log, 4), MZ_OK);
    mz_log_close(log);
    /* ... and is then put in place of the first, as long, and then longer. */
    options.second_place = p->second;
    assert_int_equal(try_open(&options), MZ_FORKED);
    options.second_place = NULL;
    assert_int_equal(mz_log_open(&options, &log, NULL), MZ_OK);
    assert_int_equal(append(log, 5), MZ_OK);
    mz_log_close(log);
    options.second_place = p->second;
    assert_int_equal(try_open(&options), MZ_FORKED);
}

static void lost_second_place_is_asked_for(void **state)
{
    place *p = *state;
    char kept[128];
    char later[128];
    mz_log *log = create_with(p, 2);
    snprintf(kept, sizeof kept, "%s/kept", p->root);
    snprintf(later, sizeof later, "%s/later", p->root);
    copy_file(p->second, kept);
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
    unlink(p->second);
    assert_int_equal(try_open(&p->options), MZ_NO_SECOND_PLACE);
    write_text(p->second, mz_view_of("")); /* renamed, not synced, power lost */
    assert_int_equal(try_open(&p->options), MZ_NO_SECOND_PLACE);
    mz_log_options options = p->options;
    options.accept_checkpoint = later; /* which is not there */
    assert_int_equal(try_open(&options), MZ_NO_SECOND_PLACE);
    options.accept_checkpoint = kept;
    assert_int_equal(try_open(&options), MZ_OK);
    assert_int_equal(second_size(p), 4);
    assert_int_equal(try_open(&p->options), MZ_OK);
}

static void accepted_checkpoint_may_not_lead(void **state)
{
    place *p = *state;
    char copy[128];
    char kept[128];
    mz_backup_result result;
    mz_log *log = create_with(p, 2);
    snprintf(copy, sizeof copy, "%s/copy", p->root);
    snprintf(kept, sizeof kept, "%s/kept", p->root);
    assert_int_equal(mz_backup(log, copy, true, &result, NULL), MZ_OK);
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
    copy_file(p->second, kept);
    mz_log_options options = p->options;
    options.dir = copy;
    assert_int_equal(try_open(&options), MZ_NO_SECOND_PLACE);
    options.accept_checkpoint = kept;
    assert_int_equal(try_open(&options), MZ_BEHIND);
}

static void strange_second_places_are_refused(void **state)
{
    place *p = *state;
    mz_log_close(create(p));
    write_text(p->second, mz_view_of("not a checkpoint\n"));
    assert_int_equal(try_open(&p->options), MZ_BAD_NOTE);
    mz_hasher *hasher = mz_hasher_new();
    mz_checkpoint other = {.origin = "elsewhere.example/log", .size = 1};
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_checkpoint_sign(hasher, &other, &p->signer, &note, NULL), MZ_OK);
    write_text(p->second, mz_buf_view(&note));
    assert_int_equal(try_open(&p->options), MZ_BAD_CHECKPOINT);
    mz_buf_clear(&note);
    mz_hasher_free(hasher);
}

/* Whatever may fail about the second place fails before the commit, where it can. */
static void unwritable_second_place_stops_in_time(void **state)
{
    place *p = *state;
    char folder[128];
    char hidden[128];
    char file[160];
    snprintf(folder, sizeof folder, "%s/away", p->root);
    snprintf(hidden, sizeof hidden, "%s/hidden", p->root);
    snprintf(file, sizeof file, "%s/checkpoint", folder);
    assert_int_equal(mkdir(folder, 0755), 0);
    p->options.second_place = file;
    mz_log *log = create_with(p, 1);
    assert_int_equal(rename(folder, hidden), 0);
    assert_int_equal(append(log, 2), MZ_IO);
    assert_int_equal(append(log, 2), MZ_IO);
    assert_int_equal(rename(hidden, folder), 0);
    assert_int_equal(append(log, 3), MZ_OK); /* nothing had been written, so nothing is unknown */
    mz_log_close(log);
    assert_sound(p, 3);
}

static void unpublished_second_place_stops_the_writer(void **state)
{
    place *p = *state;
    bool duplicate = false;
    mz_log *log = create_with(p, 1);
    unlink(p->second);
    renaming_fails = true;
    assert_int_equal(append(log, 2), MZ_IO);
    renaming_fails = false;
    assert_int_equal(append(log, 3), MZ_IO); /* until it is reopened */
    mz_log_close(log);
    log = NULL;
    assert_int_equal(try_open(&p->options), MZ_NO_SECOND_PLACE);
    char kept[128];
    snprintf(kept, sizeof kept, "%s/kept", p->root);
    mz_log_options options = p->options;
    options.read_only = true;
    mz_snapshot *snapshot = NULL;
    mz_view note;
    assert_int_equal(mz_log_open(&options, &log, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, 2, &note, NULL), MZ_OK);
    write_text(kept, note);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    p->options.accept_checkpoint = kept;
    assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
    assert_int_equal(append_at(log, 2, START, &duplicate), MZ_OK);
    assert_true(duplicate); /* it was in */
    mz_log_close(log);
}

/* --- commits that fail --- */

static void failing_commits(void **state)
{
    static const struct {
        const char *name;
        commit_failure how;
        int rc;
        mz_status want;
        bool stops, written;
    } CASES[] = {
        {"the disk is full",          COMMIT_ANSWERS,      ENOSPC,       MZ_FULL,            false, false},
        {"the map is full at a put",  PUT_ANSWERS,         MDB_MAP_FULL, MZ_FULL,            false, false},
        {"another program was first", ENGINE_CONFLICTS,    0,            MZ_CONFLICT,        false, false},
        {"unknown, and not written",  COMMIT_ANSWERS,      EIO,          MZ_OUTCOME_UNKNOWN, true,  false},
        {"unknown, and written",      COMMIT_THEN_ANSWERS, EIO,          MZ_OUTCOME_UNKNOWN, true,  true },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        void *one = NULL;
        (void)state;
        assert_int_equal(set_up(&one), 0);
        place *p = one;
        bool duplicate = false;
        mz_log *log = create_with(p, 2);
        failing = CASES[i].how;
        failure = CASES[i].rc;
        countdown = 0;
        mz_status status = append(log, 3);
        if (status != CASES[i].want)
            fail_msg("%s: %s", CASES[i].name, mz_status_code(status));
        assert_int_equal(second_size(p), 3); /* never ahead */
        failing = COMMIT_WORKS;
        if (CASES[i].stops) {
            assert_int_equal(append(log, 4), CASES[i].want);
            mz_log_close(log);
            log = NULL;
            assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
        }
        assert_int_equal(append_at(log, 3, START, &duplicate), MZ_OK);
        assert_int_equal(duplicate, CASES[i].written);
        mz_log_close(log);
        assert_sound(p, 4);
        tear_down(&one);
    }
}

/* --- disks and folders --- */

/* Appends until it is refused; exits with 0 if that was MZ_FULL and reading goes on. */
static int fill(const mz_log_options *options)
{
    enum { BATCH = 64 };
    mz_log *log = NULL;
    mz_buf texts[BATCH];
    mz_submission batch[BATCH];
    if (mz_log_open(options, &log, NULL) != MZ_OK)
        return 2;
    for (size_t i = 0; i < BATCH; i++)
        mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
    for (uint64_t number = 10; number < 100000; number += BATCH) {
        mz_snapshot *snapshot = NULL;
        for (size_t i = 0; i < BATCH; i++) {
            mz_sample_party(number + i, START, &texts[i]);
            mz_submission_init(&batch[i], mz_buf_view(&texts[i]));
        }
        mz_status status = mz_log_append(log, batch, BATCH, START, NULL);
        for (size_t i = 0; i < BATCH; i++)
            mz_submission_clear(&batch[i]);
        if (status == MZ_OK)
            continue;
        bool reads = mz_snapshot_open(log, &snapshot, NULL) == MZ_OK;
        mz_snapshot_close(snapshot);
        mz_log_close(log);
        return status == MZ_FULL && reads && batch[0].status == MZ_FULL ? 0 : 3;
    }
    return 4;
}

static int in_child(int (*work)(place *p), place *p)
{
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(work(p));
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how)); /* not killed by a signal */
    return WEXITSTATUS(how);
}

static int fill_limited(place *p)
{
    struct rlimit limit = {400000, 400000};
    signal(SIGXFSZ, SIG_IGN);
    return setrlimit(RLIMIT_FSIZE, &limit) == 0 ? fill(&p->options) : 5;
}

static void file_limit_is_full(void **state)
{
    place *p = *state;
    mz_log_close(create_with(p, 2));
    assert_int_equal(in_child(fill_limited, p), 0);
    uint64_t size = size_of(p);
    assert_true(size > 3 && (size - 3) % 64 == 0); /* whole batches only */
    assert_sound(p, size);
    mz_log *log = NULL;
    assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK); /* there is room again */
    assert_int_equal(append(log, 3), MZ_OK);
    mz_log_close(log);
}

/* A disk of one megabyte, seen by the child alone. 77: not allowed here. */
static int fill_disk(place *p)
{
    char disk[128];
    char dir[160];
    mz_buf genesis;
    mz_log *log = NULL;
    snprintf(disk, sizeof disk, "%s/disk", p->root);
    snprintf(dir, sizeof dir, "%s/ledger", disk);
    if (mkdir(disk, 0755) != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", disk, "tmpfs", 0, "size=1m") != 0)
        return 77;
    p->options.dir = dir;
    p->options.second_place = p->second;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(START, &genesis);
    if (mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, NULL) != MZ_OK)
        return 6;
    mz_log_close(log);
    int answer = fill(&p->options);
    if (answer != 0)
        return answer;
    mz_check_result result;
    mz_check_options check = {.scratch_parent = p->root};
    if (mz_check(dir, &check, &result, NULL) != MZ_OK || (result.size - 1) % 64 != 0)
        return 7;
    return 0;
}

static void full_disk_is_full(void **state)
{
    int answer = in_child(fill_disk, *state);
    if (answer == 77)
        skip();
    assert_int_equal(answer, 0);
}

static int open_as_nobody(place *p)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return 77;
    mz_status status = mz_log_open(&p->options, &log, &why);
    return status == MZ_IO && why.status == MZ_IO ? 0 : 1;
}

static void folder_that_may_not_be_written(void **state)
{
    place *p = *state;
    char path[128];
    if (getuid() != 0)
        skip();
    mz_log_close(create_with(p, 2));
    assert_int_equal(chmod(p->root, 0755), 0);
    assert_int_equal(chmod(p->dir, 0555), 0);
    snprintf(path, sizeof path, "%s/data.mdb", p->dir);
    assert_int_equal(chmod(path, 0444), 0);
    snprintf(path, sizeof path, "%s/lock.mdb", p->dir);
    assert_int_equal(chmod(path, 0444), 0);
    int answer = in_child(open_as_nobody, p);
    if (answer == 77)
        skip();
    assert_int_equal(answer, 0);
    assert_sound(p, 3);
}

/* --- damage --- */

/* A page at the end that nothing uses may be missing: then the ledger is sound. */
static int open_cut(place *p)
{
    mz_log *log = NULL;
    mz_reason why = {0};
    mz_status status = mz_log_open(&p->options, &log, &why);
    mz_log_close(log);
    mz_check_result result;
    if (status == MZ_OK)
        return mz_check(p->dir, NULL, &result, NULL) == MZ_OK && result.size == 41 ? 0 : 1;
    return status == MZ_NOT_A_LEDGER || status == MZ_CORRUPT ? 0 : 2;
}

static void truncated_database(void **state)
{
    place *p = *state;
    char path[128];
    struct stat info;
    mz_log *log = create_with(p, 40);
    mz_log_close(log);
    snprintf(path, sizeof path, "%s/data.mdb", p->dir);
    assert_int_equal(stat(path, &info), 0);
    for (off_t size = info.st_size - 4096; size >= 0; size -= 4096) {
        assert_int_equal(truncate(path, size), 0);
        if (in_child(open_cut, p) != 0)
            fail_msg("cut to %lld of %lld bytes", (long long)size, (long long)info.st_size);
    }
}

/* Bytes of the last batch altered in the database itself: found at the door. */
static void altered_end_is_found(void **state)
{
    static const struct {
        const char *name;
        mz_table table;
        uint64_t number; /* of the row */
        bool erase;
    } CASES[] = {
        {"an entry of the last batch",   MZ_TABLE_ENTRIES,     12, false},
        {"the last entry",               MZ_TABLE_ENTRIES,     14, false},
        {"the last entry, taken away",   MZ_TABLE_ENTRIES,     14, true },
        {"the first node of the edge",   MZ_TABLE_NODES,       14, false}, /* of 8 leaves */
        {"a node of the last batch",     MZ_TABLE_NODES,       25, false},
        {"a lost node",                  MZ_TABLE_NODES,       25, true },
        {"the last checkpoint",          MZ_TABLE_CHECKPOINTS, 15, false},
        {"the last checkpoint, removed", MZ_TABLE_CHECKPOINTS, 15, true },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        void *one = NULL;
        (void)state;
        assert_int_equal(set_up(&one), 0);
        place *p = one;
        mz_log *log = create_with(p, 11);
        mz_buf texts[3];
        mz_submission batch[3];
        for (uint64_t k = 0; k < 3; k++) {
            mz_buf_init(&texts[k], MZ_JWS_SIZE_MAX);
            mz_sample_party(12 + k, START, &texts[k]);
            mz_submission_init(&batch[k], mz_buf_view(&texts[k]));
        }
        assert_int_equal(mz_log_append(log, batch, 3, START, NULL), MZ_OK);
        for (size_t k = 0; k < 3; k++) {
            mz_submission_clear(&batch[k]);
            mz_buf_clear(&texts[k]);
        }
        mz_log_close(log);
        mz_kv *kv = NULL;
        mz_kv_txn *txn = NULL;
        mz_view value;
        uint8_t key[8];
        uint8_t copy[4096];
        mz_be64_put(key, CASES[i].number);
        assert_int_equal(mz_lmdb_open(p->dir, NULL, &kv, NULL), MZ_OK);
        assert_int_equal(mz_kv_begin_write(kv, &txn, NULL), MZ_OK);
        assert_int_equal(mz_kv_get(txn, CASES[i].table, (mz_view){key, 8}, &value, NULL), MZ_OK);
        assert_true(value.size <= sizeof copy);
        memcpy(copy, value.data, value.size);
        copy[value.size - 3] ^= 1;
        value.data = copy;
        if (CASES[i].erase)
            assert_int_equal(mz_kv_erase(txn, CASES[i].table, (mz_view){key, 8}, NULL), MZ_OK);
        else
            assert_int_equal(mz_kv_put(txn, CASES[i].table, (mz_view){key, 8}, value, NULL), MZ_OK);
        assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
        mz_kv_close(kv);
        mz_status status = try_open(&p->options);
        if (status != MZ_CORRUPT)
            fail_msg("%s: %s", CASES[i].name, mz_status_code(status));
        tear_down(&one);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(second_place_follows),
        TEST(beside_is_beside),
        TEST(kept_second_place_stays),
        TEST(second_place_never_leads),
        TEST(second_place_may_lag),
        TEST(old_copy_is_refused),
        TEST(fork_is_refused),
        TEST(lost_second_place_is_asked_for),
        TEST(accepted_checkpoint_may_not_lead),
        TEST(strange_second_places_are_refused),
        TEST(unwritable_second_place_stops_in_time),
        TEST(unpublished_second_place_stops_the_writer),
        TEST(failing_commits),
        TEST(file_limit_is_full),
        TEST(full_disk_is_full),
        TEST(folder_that_may_not_be_written),
        TEST(truncated_database),
        TEST(altered_end_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
