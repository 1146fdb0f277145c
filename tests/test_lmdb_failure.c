/* test_lmdb_failure.c — calls of LMDB and of the system made to fail on purpose (-Wl,--wrap).
 * Whatever fails: the status is the promised one, a reason is given, what was stored before is
 * there, and of the failed batch there is nothing, or, where the outcome is said to be unknown,
 * nothing or all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <lmdb.h>
#include <sys/stat.h>

#include "core/changes.h"
#include "kv_engines.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

/* --- the wrapped calls: one of them fails, once, when its countdown comes to zero --- */

typedef enum call {
    CALL_NONE,
    CALL_TXN_BEGIN,
    CALL_TXN_COMMIT,
    CALL_TXN_COMMIT_AFTER, /* the commit happens, then an error is answered */
    CALL_META_PAGE,        /* as the last write of a commit failing: MDB_PANIC from then on */
    CALL_PUT,
    CALL_DEL,
    CALL_GET,
    CALL_CURSOR_OPEN,
    CALL_CURSOR_GET,
    CALL_ENV_OPEN,
    CALL_ENV_SYNC,
    CALL_ENV_COPY,
    CALL_FSYNC,
    CALL_RENAME
} call;

static call failing;
static int countdown; /* calls that still work */
static int failure;   /* what is answered then: an LMDB code, or errno for system calls */

static void make_fail(call which, int after_count, int rc)
{
    failing = which;
    countdown = after_count;
    failure = rc;
}

static bool fails_now(call which)
{
    return failing == which && countdown-- == 0;
}

int __real_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __real_mdb_txn_commit(MDB_txn *txn);
int __real_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags);
int __real_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags);
int __real_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int __real_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int __real_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor);
int __real_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op);
int __real_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __real_mdb_env_sync(MDB_env *env, int force);
int __real_mdb_env_copy2(MDB_env *env, const char *path, unsigned flags);
int __real_fsync(int fd);
int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);

int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags);
int __wrap_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int __wrap_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int __wrap_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor);
int __wrap_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_sync(MDB_env *env, int force);
int __wrap_mdb_env_copy2(MDB_env *env, const char *path, unsigned flags);
int __wrap_fsync(int fd);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);

int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn)
{
    if (fails_now(CALL_TXN_BEGIN))
        return failure;
    return __real_mdb_txn_begin(env, parent, flags, txn);
}

int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (fails_now(CALL_TXN_COMMIT)) {
        mdb_txn_abort(txn); /* as LMDB does: a failed commit has freed it */
        return failure;
    }
    if (fails_now(CALL_META_PAGE)) {
        int rc = failure;
        mdb_txn_abort(txn);
        make_fail(CALL_TXN_BEGIN, 0, MDB_PANIC);
        return rc;
    }
    int rc = __real_mdb_txn_commit(txn);
    return fails_now(CALL_TXN_COMMIT_AFTER) ? failure : rc;
}

int __wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags)
{
    return fails_now(CALL_PUT) ? failure : __real_mdb_put(txn, dbi, key, value, flags);
}

int __wrap_mdb_cursor_put(MDB_cursor *at, MDB_val *key, MDB_val *value, unsigned flags)
{
    return fails_now(CALL_PUT) ? failure : __real_mdb_cursor_put(at, key, value, flags);
}

int __wrap_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
    return fails_now(CALL_DEL) ? failure : __real_mdb_del(txn, dbi, key, value);
}

/* A page that gives out a row which nobody could have put: said by this code, answered as found. */
#define IMPOSSIBLE_SIZE (-1)

static int fail_read(MDB_val *value)
{
    static uint8_t bytes[1];
    if (failure != IMPOSSIBLE_SIZE)
        return failure;
    *value = (MDB_val){MZ_KV_VALUE_MAX + 1, bytes};
    return MDB_SUCCESS;
}

int __wrap_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
    return fails_now(CALL_GET) ? fail_read(value) : __real_mdb_get(txn, dbi, key, value);
}

int __wrap_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor)
{
    return fails_now(CALL_CURSOR_OPEN) ? failure : __real_mdb_cursor_open(txn, dbi, cursor);
}

int __wrap_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
    return fails_now(CALL_CURSOR_GET) ? fail_read(value)
                                      : __real_mdb_cursor_get(cursor, key, value, op);
}

int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
    return fails_now(CALL_ENV_OPEN) ? failure : __real_mdb_env_open(env, path, flags, mode);
}

int __wrap_mdb_env_sync(MDB_env *env, int force)
{
    return fails_now(CALL_ENV_SYNC) ? failure : __real_mdb_env_sync(env, force);
}

int __wrap_mdb_env_copy2(MDB_env *env, const char *path, unsigned flags)
{
    return fails_now(CALL_ENV_COPY) ? failure : __real_mdb_env_copy2(env, path, flags);
}

int __wrap_fsync(int fd)
{
    if (!fails_now(CALL_FSYNC))
        return __real_fsync(fd);
    errno = failure;
    return -1;
}

int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    if (!fails_now(CALL_RENAME))
        return __real_renameat2(from_fd, from, to_fd, to, flags);
    errno = failure;
    return -1;
}

/* --- a batch of changes that meets a failure --- */

static mz_view text(const char *words)
{
    return mz_view_of(words);
}

/* Three puts and an erase, flushed and committed. */
static mz_status write_batch(mz_kv *kv, const char *value, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_write(kv, &txn, why);
    if (status != MZ_OK)
        return status;
    mz_changes *changes = mz_changes_new(txn);
    assert_non_null(changes);
    static const char *const keys[] = {"a", "b", "c"};
    for (size_t i = 0; status == MZ_OK && i < ARRAY_LEN(keys); i++)
        status = mz_changes_put(changes, MZ_TABLE_STATE, text(keys[i]), text(value), why);
    if (status == MZ_OK)
        status = mz_changes_erase(changes, MZ_TABLE_STATE, text("gone"), why);
    if (status == MZ_OK)
        status = mz_changes_flush(changes, why);
    mz_changes_free(changes);
    if (status == MZ_OK)
        return mz_kv_commit(txn, why);
    mz_kv_abort(txn);
    return status;
}

/* True when all three rows have that value. */
static bool holds(mz_kv *kv, const char *value)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    assert_int_equal(mz_kv_begin_read(kv, &txn, &why), MZ_OK);
    static const char *const keys[] = {"a", "b", "c"};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        mz_view is = {0};
        assert_int_equal(mz_kv_get(txn, MZ_TABLE_STATE, text(keys[i]), &is, &why), MZ_OK);
        count += mz_view_is(is, value);
    }
    mz_kv_abort(txn);
    assert_true(count == 0 || count == ARRAY_LEN(keys)); /* whole or not at all */
    return count > 0;
}

typedef struct fixture {
    char folder[PATH_MAX];
    char db[PATH_MAX];
    mz_kv *kv;
} fixture;

static void fixture_make(fixture *f)
{
    mz_reason why = {0};
    make_fail(CALL_NONE, 0, 0);
    temporary_make(f->folder);
    temporary_path(f->folder, "db", f->db);
    assert_int_equal(mz_lmdb_create(f->db, NULL, &f->kv, &why), MZ_OK);
    assert_int_equal(write_batch(f->kv, "before", &why), MZ_OK);
}

static void fixture_drop(fixture *f)
{
    make_fail(CALL_NONE, 0, 0);
    mz_kv_close(f->kv);
    temporary_remove_database(f->folder, "db");
    assert_int_equal(rmdir(f->folder), 0); /* nothing was left behind */
}

typedef struct batch_case {
    const char *name;
    call which;
    int after_count;
    int rc;
    mz_status want;
    bool is_written;
} batch_case;

static batch_case BATCHES[] = {
    {"begin: an error of the disk",             CALL_TXN_BEGIN,        0, EIO,             MZ_IO,              false},
    {"begin: the environment must be reopened", CALL_TXN_BEGIN,        0, MDB_PANIC,       MZ_IO,              false},
    {"begin: another process has grown it",     CALL_TXN_BEGIN,        0, MDB_MAP_RESIZED, MZ_BUSY,            false},
    {"begin: no memory",                        CALL_TXN_BEGIN,        0, ENOMEM,          MZ_NO_MEMORY,       false},
    {"put: the map is full",                    CALL_PUT,              0, MDB_MAP_FULL,    MZ_FULL,            false},
    {"put: the map is full at the last row",    CALL_PUT,              2, MDB_MAP_FULL,    MZ_FULL,            false},
    {"put: the transaction is full",            CALL_PUT,              1, MDB_TXN_FULL,    MZ_FULL,            false},
    {"put: the disk is full",                   CALL_PUT,              1, ENOSPC,          MZ_FULL,            false},
    {"put: a page is damaged",                  CALL_PUT,              1, MDB_CORRUPTED,   MZ_CORRUPT,         false},
    {"put: an error of the disk",               CALL_PUT,              1, EIO,             MZ_IO,              false},
    {"erase: the map is full",                  CALL_DEL,              0, MDB_MAP_FULL,    MZ_FULL,            false},
    {"commit: the map is full",                 CALL_TXN_COMMIT,       0, MDB_MAP_FULL,    MZ_FULL,            false},
    {"commit: the disk is full",                CALL_TXN_COMMIT,       0, ENOSPC,          MZ_FULL,            false},
    {"commit: the quota is used up",            CALL_TXN_COMMIT,       0, EDQUOT,          MZ_FULL,            false},
    {"commit: the disk is full, at the end",    CALL_META_PAGE,        0, ENOSPC,          MZ_OUTCOME_UNKNOWN, false},
    {"commit: an error, nothing written",       CALL_TXN_COMMIT,       0, EIO,             MZ_OUTCOME_UNKNOWN, false},
    {"commit: an error, all written",           CALL_TXN_COMMIT_AFTER, 0, EIO,             MZ_OUTCOME_UNKNOWN, true },
    {"commit: any other error",                 CALL_TXN_COMMIT,       0, MDB_BAD_TXN,     MZ_OUTCOME_UNKNOWN, false},
};

static void check_batch(void **state)
{
    const batch_case *row = *state;
    mz_reason why = {0};
    fixture f = {0};
    fixture_make(&f);
    make_fail(row->which, row->after_count, row->rc);
    assert_int_equal(write_batch(f.kv, "after", &why), row->want);
    assert_int_equal(why.status, row->want);
    make_fail(CALL_NONE, 0, 0);
    assert_int_equal(holds(f.kv, "after"), row->is_written); /* reading goes on */
    mz_kv_close(f.kv);
    f.kv = NULL;
    assert_int_equal(mz_lmdb_open(f.db, NULL, &f.kv, &why), MZ_OK);
    assert_int_equal(holds(f.kv, "after"), row->is_written);
    memset(&why, 0, sizeof why);
    assert_int_equal(write_batch(f.kv, "again", &why), MZ_OK); /* sending again is safe */
    assert_true(holds(f.kv, "again"));
    fixture_drop(&f);
}

/* A caller who overlooks a failed put is not allowed to commit the rest. */
static void commit_after_a_failed_put_writes_nothing(void **state)
{
    (void)state;
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    fixture f = {0};
    fixture_make(&f);
    assert_int_equal(mz_kv_begin_write(f.kv, &txn, &why), MZ_OK);
    assert_int_equal(mz_kv_put(txn, MZ_TABLE_STATE, text("a"), text("after"), &why), MZ_OK);
    make_fail(CALL_PUT, 0, MDB_MAP_FULL);
    assert_int_equal(mz_kv_put(txn, MZ_TABLE_STATE, text("b"), text("after"), &why), MZ_FULL);
    make_fail(CALL_NONE, 0, 0);
    assert_int_equal(mz_kv_put(txn, MZ_TABLE_STATE, text("c"), text("after"), &why), MZ_OK);
    assert_int_equal(mz_kv_commit(txn, &why), MZ_FULL);
    assert_true(holds(f.kv, "before"));
    fixture_drop(&f);
}

/* --- reading --- */

static void reads_report_damage(void **state)
{
    static const struct {
        int rc;
        mz_status want;
    } rows[] = {
        {IMPOSSIBLE_SIZE,   MZ_CORRUPT  },
        {MDB_CORRUPTED,     MZ_CORRUPT  },
        {MDB_PAGE_NOTFOUND, MZ_CORRUPT  },
        {EIO,               MZ_IO       },
        {ENOMEM,            MZ_NO_MEMORY},
    };
    (void)state;
    fixture f = {0};
    fixture_make(&f);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        mz_reason why = {0};
        mz_kv_txn *txn = NULL;
        mz_view key;
        mz_view value;
        assert_int_equal(mz_kv_begin_read(f.kv, &txn, &why), MZ_OK);
        mz_changes *changes = mz_changes_new(txn);
        assert_non_null(changes);
        make_fail(CALL_GET, 0, rows[i].rc);
        assert_int_equal(mz_changes_get(changes, MZ_TABLE_STATE, text("a"), &value, &why),
                         rows[i].want);
        assert_int_equal(why.status, rows[i].want);
        if (rows[i].rc != IMPOSSIBLE_SIZE) { /* opening gives out no row */
            make_fail(CALL_CURSOR_OPEN, 0, rows[i].rc);
            assert_int_equal(
                mz_changes_seek(changes, MZ_TABLE_STATE, text(""), text("a"), &key, &value, &why),
                rows[i].want);
        }
        make_fail(CALL_CURSOR_GET, 0, rows[i].rc);
        assert_int_equal(
            mz_changes_seek(changes, MZ_TABLE_STATE, text(""), text("a"), &key, &value, &why),
            rows[i].want);
        make_fail(CALL_CURSOR_GET, 0, rows[i].rc);
        assert_int_equal(
            mz_changes_seek_back(changes, MZ_TABLE_STATE, text(""), text("a"), &key, &value, &why),
            rows[i].want);
        make_fail(CALL_NONE, 0, 0); /* and the change set has not learned anything wrong */
        assert_int_equal(mz_changes_get(changes, MZ_TABLE_STATE, text("a"), &value, &why), MZ_OK);
        assert_true(mz_view_is(value, "before"));
        mz_changes_free(changes);
        mz_kv_abort(txn);
    }
    fixture_drop(&f);
}

/* --- creating, opening, copying: nothing half made is left --- */

typedef struct folder_case {
    const char *name;
    bool is_copy; /* else a creation */
    call which;
    int after_count;
    int rc;
    mz_status want;
} folder_case;

static folder_case FOLDERS[] = {
    {"create: half the address space will do", false, CALL_ENV_OPEN,   0, ENOMEM,       MZ_OK    },
    {"create: no permission",                  false, CALL_ENV_OPEN,   0, EACCES,       MZ_IO    },
    {"create: the disk is full at opening",    false, CALL_ENV_OPEN,   0, ENOSPC,       MZ_FULL  },
    {"create: begin fails",                    false, CALL_TXN_BEGIN,  0, EIO,          MZ_IO    },
    {"create: the first put fails",            false, CALL_PUT,        0, MDB_MAP_FULL, MZ_FULL  },
    {"create: commit fails",                   false, CALL_TXN_COMMIT, 0, EIO,          MZ_IO    },
    {"create: commit on a full disk",          false, CALL_TXN_COMMIT, 0, ENOSPC,       MZ_FULL  },
    {"create: the file is not synced",         false, CALL_FSYNC,      0, EIO,          MZ_IO    },
    {"create: the folder is not synced",       false, CALL_FSYNC,      1, EIO,          MZ_IO    },
    {"create: someone was faster",             false, CALL_RENAME,     0, EEXIST,       MZ_EXISTS},
    {"create: no such flag of rename",         false, CALL_RENAME,     0, EINVAL,       MZ_OK    },
    {"create: the rename fails",               false, CALL_RENAME,     0, EIO,          MZ_IO    },
    {"copy: all is well",                      true,  CALL_NONE,       0, 0,            MZ_OK    },
    {"copy: the disk is full",                 true,  CALL_ENV_COPY,   0, ENOSPC,       MZ_FULL  },
    {"copy: an error of the disk",             true,  CALL_ENV_COPY,   0, EIO,          MZ_IO    },
    {"copy: the file is not synced",           true,  CALL_FSYNC,      0, ENOSPC,       MZ_FULL  },
    {"copy: the rename fails",                 true,  CALL_RENAME,     0, EIO,          MZ_IO    },
};

static void check_folder(void **state)
{
    const folder_case *row = *state;
    mz_reason why = {0};
    mz_kv *kv = NULL;
    fixture f = {0};
    char made[PATH_MAX];
    struct stat folder;
    fixture_make(&f);
    temporary_path(f.folder, "made", made);
    make_fail(row->which, row->after_count, row->rc);
    mz_status status =
        row->is_copy ? mz_lmdb_copy(f.kv, made, &why) : mz_lmdb_create(made, NULL, &kv, &why);
    make_fail(CALL_NONE, 0, 0);
    assert_int_equal(status, row->want);
    assert_int_equal(why.status, row->want);
    assert_int_equal(kv != NULL, !row->is_copy && row->want == MZ_OK);
    assert_int_equal(stat(made, &folder), row->want == MZ_OK ? 0 : -1);
    mz_kv_close(kv);
    temporary_remove_database(f.folder, "made");
    fixture_drop(&f); /* finds the folder empty: no temporary name was left */
}

static folder_case OPENINGS[] = {
    {"open: half the address space will do", false, CALL_ENV_OPEN,  0, ENOMEM,               MZ_OK          },
    {"open: the file is gone",               false, CALL_ENV_OPEN,  0, ENOENT,               MZ_NOT_A_LEDGER},
    {"open: a later LMDB wrote it",          false, CALL_ENV_OPEN,  0, MDB_VERSION_MISMATCH, MZ_NOT_A_LEDGER},
    {"open: LMDB finds it damaged",          false, CALL_ENV_OPEN,  0, MDB_INVALID,          MZ_CORRUPT     },
    {"open: the lock is held",               false, CALL_ENV_OPEN,  0, EAGAIN,               MZ_BUSY        },
    {"open: read-only file system",          false, CALL_ENV_OPEN,  0, EROFS,                MZ_IO          },
    {"open: begin fails",                    false, CALL_TXN_BEGIN, 0, EIO,                  MZ_IO          },
    {"open: readers are cleared once",       false, CALL_TXN_BEGIN, 0, MDB_READERS_FULL,     MZ_OK          },
    {"open: the format row is damaged",      false, CALL_GET,       0, MDB_CORRUPTED,        MZ_CORRUPT     },
    {"open: the format row is missing",      false, CALL_GET,       0, MDB_NOTFOUND,         MZ_NOT_A_LEDGER},
};

static void check_opening(void **state)
{
    const folder_case *row = *state;
    mz_reason why = {0};
    fixture f = {0};
    fixture_make(&f);
    mz_kv_close(f.kv);
    f.kv = NULL;
    make_fail(row->which, row->after_count, row->rc);
    assert_int_equal(mz_lmdb_open(f.db, NULL, &f.kv, &why), row->want);
    make_fail(CALL_NONE, 0, 0);
    assert_int_equal(why.status, row->want);
    assert_int_equal(f.kv != NULL, row->want == MZ_OK);
    if (f.kv == NULL)
        assert_int_equal(mz_lmdb_open(f.db, NULL, &f.kv, &why), MZ_OK);
    assert_true(holds(f.kv, "before"));
    fixture_drop(&f);
}

static void force_sync_reports_errors(void **state)
{
    (void)state;
    mz_reason why = {0};
    fixture f = {0};
    fixture_make(&f);
    make_fail(CALL_ENV_SYNC, 0, EIO);
    assert_int_equal(mz_lmdb_force_sync(f.kv, &why), MZ_IO);
    memset(&why, 0, sizeof why);
    assert_int_equal(mz_lmdb_force_sync(f.kv, &why), MZ_OK);
    fixture_drop(&f);
}

int main(void)
{
    static struct CMUnitTest
        tests[ARRAY_LEN(BATCHES) + ARRAY_LEN(FOLDERS) + ARRAY_LEN(OPENINGS) + 3] = {
            cmocka_unit_test(commit_after_a_failed_put_writes_nothing),
            cmocka_unit_test(reads_report_damage),
            cmocka_unit_test(force_sync_reports_errors),
        };
    struct CMUnitTest *test = tests + 3;
    for (size_t i = 0; i < ARRAY_LEN(BATCHES); i++, test++)
        *test = (struct CMUnitTest){BATCHES[i].name, check_batch, NULL, NULL, &BATCHES[i]};
    for (size_t i = 0; i < ARRAY_LEN(FOLDERS); i++, test++)
        *test = (struct CMUnitTest){FOLDERS[i].name, check_folder, NULL, NULL, &FOLDERS[i]};
    for (size_t i = 0; i < ARRAY_LEN(OPENINGS); i++, test++)
        *test = (struct CMUnitTest){OPENINGS[i].name, check_opening, NULL, NULL, &OPENINGS[i]};
    return cmocka_run_group_tests_name("lmdb failures", tests, NULL, NULL);
}
