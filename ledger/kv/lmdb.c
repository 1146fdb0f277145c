/* lmdb.c — the contract of core/kv.h over LMDB 0.9. */
#include "kv/lmdb.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kv/lmdb_pages.h"

#define MAP_SIZE_DEFAULT ((size_t)64 << 30)
#define MAP_SIZE_LEAST ((size_t)64 << 20)
#define READERS_MAX 512
#define ROOM_OF_A_COMMIT (16u << 20)       /* more than one transaction writes */
#define LOCK_ROOM ((READERS_MAX + 2) * 64) /* a cache line for each reader, two for itself */
#define FILE_MODE 0640
#define PATH_SIZE_MAX 4096
#define TEMPORARY_SUFFIX ".new-XXXXXX" /* mkdtemp fills it in */
#define FORMAT_KEY "format"
#define FORMAT_VALUE "mingzhang 1"

typedef struct lmdb_kv {
    mz_kv kv;
    MDB_env *env;
    MDB_dbi tables[MZ_TABLE_COUNT];
} lmdb_kv;

typedef struct lmdb_txn {
    mz_kv_txn txn;
    lmdb_kv *kv;
    MDB_txn *mdb;
    bool is_write;
    mz_status failed; /* what a put or erase failed with: such a transaction is not committed */
    /* Where the last put of each table was. Puts come in key order, and a cursor finds a place near
     * its own without coming down the tree. LMDB closes them with the transaction. */
    MDB_cursor *writers[MZ_TABLE_COUNT];
} lmdb_txn;

typedef struct lmdb_cursor {
    mz_kv_cursor cursor;
    MDB_cursor *mdb;
} lmdb_cursor;

static const mz_kv_engine ENGINE;

/* --- answers --- */

static mz_status refuse_io(mz_reason *why, int rc)
{
    return mz_refuse(why, MZ_IO, mz_words("cause", mdb_strerror(rc)));
}

/* For everything but a commit. */
static mz_status refuse_rc(mz_reason *why, int rc)
{
    switch (rc) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
        return mz_refuse(why, MZ_FULL);
    case ENOMEM:
        return mz_refuse(why, MZ_NO_MEMORY);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
        return mz_refuse(why, MZ_CORRUPT, mz_words("cause", mdb_strerror(rc)));
    case MDB_READERS_FULL:
        return mz_refuse(why, MZ_BUSY, mz_words("cause", mdb_strerror(rc)));
    case MDB_MAP_RESIZED:
        return mz_refuse(why, MZ_BUSY, mz_words("cause", "the store has grown; reopen it"));
    default:
        return refuse_io(why, rc);
    }
}

/* LMDB takes keys and values without const but does not write to them. */
static MDB_val val_of(mz_view view)
{
    MDB_val val = {.mv_size = view.size, .mv_data = NULL};
    const void *data = view.size > 0 ? (const void *)view.data : "";
    memcpy(&val.mv_data, &data, sizeof val.mv_data);
    return val;
}

static mz_view view_of(const MDB_val *val)
{
    return (mz_view){val->mv_data, val->mv_size};
}

/* --- transactions --- */

static int begin_mdb(MDB_env *env, bool write, MDB_txn **txn)
{
    unsigned flags = write ? 0 : MDB_RDONLY;
    int rc = mdb_txn_begin(env, NULL, flags, txn);
    if (rc != MDB_READERS_FULL)
        return rc;
    int dead_count = 0; /* slots of processes that were killed */
    rc = mdb_reader_check(env, &dead_count);
    return rc == MDB_SUCCESS ? mdb_txn_begin(env, NULL, flags, txn) : rc;
}

static mz_status lmdb_begin(mz_kv *base, bool write, mz_kv_txn **out, mz_reason *why)
{
    lmdb_kv *kv = (lmdb_kv *)base;
    lmdb_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    int rc = begin_mdb(kv->env, write, &txn->mdb);
    if (rc != MDB_SUCCESS) {
        free(txn);
        if (rc == EACCES)
            return mz_refuse(why, MZ_IO,
                             mz_words("cause", "the ledger was opened for reading only"));
        return refuse_rc(why, rc);
    }
    txn->txn.engine = &ENGINE;
    txn->kv = kv;
    txn->is_write = write;
    *out = &txn->txn;
    return MZ_OK;
}

/* LMDB writes the meta page last. While that has not been tried nothing was written; when it
 * failed, the environment answers MDB_PANIC from then on, and what the disk holds is not known. */
static bool meta_was_tried(MDB_env *env)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc == MDB_SUCCESS)
        mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

/* LMDB answers a write that was cut short by a full disk, or by the limit on file sizes, with EIO
 * as it does a broken disk. Little room left, or a limit near the file's end, tells them apart. */
static bool is_cut_short(MDB_env *env)
{
    mdb_filehandle_t fd;
    struct stat file;
    struct statvfs disk;
    struct rlimit limit;
    if (mdb_env_get_fd(env, &fd) != MDB_SUCCESS || fstat(fd, &file) != 0)
        return false;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < (rlim_t)file.st_size + ROOM_OF_A_COMMIT)
        return true;
    return fstatvfs(fd, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < ROOM_OF_A_COMMIT;
}

static mz_status refuse_commit(mz_reason *why, lmdb_kv *kv, int rc)
{
    bool is_full = rc == ENOSPC || rc == EDQUOT || rc == EFBIG || rc == MDB_MAP_FULL ||
                   rc == MDB_TXN_FULL || (rc == EIO && is_cut_short(kv->env));
    if (is_full && !meta_was_tried(kv->env))
        return mz_refuse(why, MZ_FULL);
    return mz_refuse(why, MZ_OUTCOME_UNKNOWN);
}

static mz_status lmdb_commit(mz_kv_txn *base, mz_reason *why)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    lmdb_kv *kv = txn->kv;
    mz_status failed = txn->failed;
    int rc = MDB_SUCCESS;
    if (failed == MZ_OK && txn->is_write)
        rc = mdb_txn_commit(txn->mdb); /* frees, whatever it answers */
    else
        mdb_txn_abort(txn->mdb);
    free(txn);
    if (failed != MZ_OK)
        return mz_refuse(why, failed, mz_words("cause", "an earlier write of this batch failed"));
    return rc == MDB_SUCCESS ? MZ_OK : refuse_commit(why, kv, rc);
}

static void lmdb_abort(mz_kv_txn *base)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    mdb_txn_abort(txn->mdb);
    free(txn);
}

/* --- one key --- */

/* A damaged page may give out a row of a size that nobody could have put there. */
static bool fits(size_t key_size, size_t value_size)
{
    return key_size >= 1 && key_size <= MZ_KV_KEY_MAX && value_size <= MZ_KV_VALUE_MAX;
}

static mz_status refuse_row(mz_reason *why)
{
    return mz_refuse_corrupt(why, MZ_BOTH("有一行大小不合规定", "a row has an impossible size"));
}

static mz_status lmdb_get(mz_kv_txn *base, mz_table table, mz_view key, mz_view *value,
                          mz_reason *why)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    MDB_val mdb_key = val_of(key);
    MDB_val mdb_value;
    int rc = mdb_get(txn->mdb, txn->kv->tables[table], &mdb_key, &mdb_value);
    if (rc == MDB_NOTFOUND)
        return MZ_NOT_FOUND;
    if (rc != MDB_SUCCESS)
        return refuse_rc(why, rc);
    if (!fits(key.size, mdb_value.mv_size))
        return refuse_row(why);
    *value = view_of(&mdb_value);
    return MZ_OK;
}

static mz_status refuse_write(lmdb_txn *txn, mz_reason *why, int rc)
{
    if (rc == EACCES)
        return mz_refuse(why, MZ_IO, mz_words("cause", "a snapshot cannot be written to"));
    mz_status status = refuse_rc(why, rc);
    if (txn->failed == MZ_OK)
        txn->failed = status;
    return status;
}

/* Tables whose keys only grow: a row put at their end fills pages whole and is found at once. */
static bool grows_at_end(mz_table table)
{
    return table == MZ_TABLE_ENTRIES || table == MZ_TABLE_NODES || table == MZ_TABLE_CHECKPOINTS;
}

static mz_status lmdb_put(mz_kv_txn *base, mz_table table, mz_view key, mz_view value,
                          mz_reason *why)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    MDB_val mdb_key = val_of(key);
    MDB_val mdb_value = val_of(value);
    int rc = txn->is_write ? MDB_SUCCESS : EACCES;
    if (rc == MDB_SUCCESS && txn->writers[table] == NULL)
        rc = mdb_cursor_open(txn->mdb, txn->kv->tables[table], &txn->writers[table]);
    if (rc == MDB_SUCCESS)
        rc = MDB_KEYEXIST; /* also: not after the last key */
    if (rc == MDB_KEYEXIST && grows_at_end(table))
        rc = mdb_cursor_put(txn->writers[table], &mdb_key, &mdb_value, MDB_APPEND);
    if (rc == MDB_KEYEXIST)
        rc = mdb_cursor_put(txn->writers[table], &mdb_key, &mdb_value, 0);
    return rc == MDB_SUCCESS ? MZ_OK : refuse_write(txn, why, rc);
}

static mz_status lmdb_erase(mz_kv_txn *base, mz_table table, mz_view key, mz_reason *why)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    MDB_val mdb_key = val_of(key);
    int rc = mdb_del(txn->mdb, txn->kv->tables[table], &mdb_key, NULL);
    if (rc == MDB_SUCCESS || rc == MDB_NOTFOUND)
        return MZ_OK;
    return refuse_write(txn, why, rc);
}

/* --- cursors --- */

static mz_status lmdb_cursor_open(mz_kv_txn *base, mz_table table, mz_kv_cursor **out,
                                  mz_reason *why)
{
    lmdb_txn *txn = (lmdb_txn *)base;
    lmdb_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    int rc = mdb_cursor_open(txn->mdb, txn->kv->tables[table], &cursor->mdb);
    if (rc != MDB_SUCCESS) {
        free(cursor);
        return refuse_rc(why, rc);
    }
    cursor->cursor.engine = &ENGINE;
    *out = &cursor->cursor;
    return MZ_OK;
}

static mz_status move(mz_kv_cursor *base, MDB_val key, MDB_cursor_op where, mz_reason *why)
{
    lmdb_cursor *cursor = (lmdb_cursor *)base;
    MDB_val value;
    int rc = mdb_cursor_get(cursor->mdb, &key, &value, where);
    base->valid = rc == MDB_SUCCESS;
    if (rc == MDB_NOTFOUND)
        return MZ_OK;
    if (rc != MDB_SUCCESS)
        return refuse_rc(why, rc);
    base->valid = fits(key.mv_size, value.mv_size);
    if (!base->valid)
        return refuse_row(why);
    base->key = view_of(&key);
    base->value = view_of(&value);
    return MZ_OK;
}

static mz_status lmdb_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why)
{
    return move(cursor, val_of(key), key.size == 0 ? MDB_FIRST : MDB_SET_RANGE, why);
}

static mz_status lmdb_cursor_next(mz_kv_cursor *cursor, mz_reason *why)
{
    return move(cursor, (MDB_val){0}, MDB_NEXT, why);
}

static mz_status lmdb_cursor_previous(mz_kv_cursor *cursor, mz_reason *why)
{
    return move(cursor, (MDB_val){0}, MDB_PREV, why);
}

static mz_status lmdb_cursor_last(mz_kv_cursor *cursor, mz_reason *why)
{
    return move(cursor, (MDB_val){0}, MDB_LAST, why);
}

static void lmdb_cursor_close(mz_kv_cursor *base)
{
    lmdb_cursor *cursor = (lmdb_cursor *)base;
    mdb_cursor_close(cursor->mdb);
    free(cursor);
}

static void lmdb_close(mz_kv *base)
{
    lmdb_kv *kv = (lmdb_kv *)base;
    mdb_env_close(kv->env);
    free(kv);
}

static const mz_kv_engine ENGINE = {
    .name = "lmdb",
    .begin = lmdb_begin,
    .commit = lmdb_commit,
    .abort = lmdb_abort,
    .get = lmdb_get,
    .put = lmdb_put,
    .erase = lmdb_erase,
    .cursor_open = lmdb_cursor_open,
    .cursor_seek = lmdb_cursor_seek,
    .cursor_next = lmdb_cursor_next,
    .cursor_previous = lmdb_cursor_previous,
    .cursor_last = lmdb_cursor_last,
    .cursor_close = lmdb_cursor_close,
    .close = lmdb_close,
};

/* --- opening --- */

/* LMDB asserts what it finds in the file. That is a fault of the file like an unreadable page, and
 * not one of our own assertions: it ends the process as such (edge/faults.h says so to people). */
static void file_is_damaged(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
    (void)raise(SIGBUS);
}

/* Opens the environment with as much address space as asked for, or as there is. On MDB_SUCCESS the
 * caller owns `*out`. */
static int open_env(const char *dir, unsigned flags, size_t map_size, MDB_env **out)
{
    size_t size = map_size != 0 ? map_size : MAP_SIZE_DEFAULT;
    for (;;) {
        MDB_env *env = NULL;
        int rc = mdb_env_create(&env);
        if (rc != MDB_SUCCESS)
            return rc;
        rc = mdb_env_set_assert(env, file_is_damaged);
        if (rc == MDB_SUCCESS)
            rc = mdb_env_set_maxdbs(env, MZ_TABLE_COUNT);
        if (rc == MDB_SUCCESS)
            rc = mdb_env_set_maxreaders(env, READERS_MAX);
        if (rc == MDB_SUCCESS)
            rc = mdb_env_set_mapsize(env, size);
        if (rc == MDB_SUCCESS)
            rc = mdb_env_open(env, dir, flags, FILE_MODE);
        if (rc == MDB_SUCCESS) {
            *out = env;
            return MDB_SUCCESS;
        }
        mdb_env_close(env);
        /* Refused address space, or with scratch a file size: try with half of it. */
        if ((rc != ENOMEM && rc != EFBIG) || map_size != 0 || size / 2 < MAP_SIZE_LEAST)
            return rc;
        size /= 2;
    }
}

static mz_status refuse_not_a_ledger(mz_reason *why, const char *dir, const char *cause)
{
    return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", dir), mz_words("cause", cause));
}

/* Looks at the data file before LMDB maps it. */
static mz_status check_file(const char *dir, mz_reason *why)
{
    char path[PATH_SIZE_MAX];
    int size = snprintf(path, sizeof path, "%s/data.mdb", dir);
    if (size < 0 || (size_t)size >= sizeof path)
        return refuse_io(why, ENAMETOOLONG);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return refuse_not_a_ledger(why, dir, "it has no data.mdb");
    if (fd < 0)
        return refuse_io(why, errno);
    struct stat file;
    mz_pages_answer answer = MZ_PAGES_ERROR;
    if (fstat(fd, &file) == 0)
        answer = S_ISREG(file.st_mode) ? mz_lmdb_pages_check(fd) : MZ_PAGES_FOREIGN;
    int error = errno;
    close(fd);
    switch (answer) {
    case MZ_PAGES_WHOLE:
        return MZ_OK;
    case MZ_PAGES_CUT_OFF:
        return mz_refuse(why, MZ_CORRUPT, mz_words("cause", "data.mdb is cut off"));
    case MZ_PAGES_FOREIGN:
        return refuse_not_a_ledger(why, dir, "its data.mdb is not an LMDB file");
    case MZ_PAGES_ERROR:
        break;
    }
    return refuse_io(why, error);
}

static mz_status refuse_open(mz_reason *why, const char *dir, bool read_only, int rc)
{
    switch (rc) {
    case ENOENT:
        return refuse_not_a_ledger(why, dir, "it has no data.mdb");
    case MDB_VERSION_MISMATCH:
        return refuse_not_a_ledger(why, dir, mdb_strerror(rc));
    case EACCES:
    case EPERM:
    case EROFS:
        return mz_refuse(why, MZ_IO,
                         mz_words("cause", read_only
                                               ? "reading needs write permission for lock.mdb; "
                                                 "allow it, or read a copy of the folder"
                                               : "no permission to write data.mdb and lock.mdb"));
    case EAGAIN:
        return mz_refuse(why, MZ_BUSY, mz_words("cause", "lock.mdb is locked"));
    default:
        return refuse_rc(why, rc);
    }
}

/* Opens, or with MDB_CREATE makes, every table, and checks or writes the format row. */
static int open_tables(lmdb_kv *kv, MDB_txn *txn, unsigned flags)
{
    MDB_val key = val_of((mz_view){(const uint8_t *)FORMAT_KEY, sizeof FORMAT_KEY - 1});
    MDB_val want = val_of((mz_view){(const uint8_t *)FORMAT_VALUE, sizeof FORMAT_VALUE - 1});
    MDB_val is;
    for (int table = 0; table < (int)MZ_TABLE_COUNT; table++) {
        int rc = mdb_dbi_open(txn, mz_table_name((mz_table)table), flags, &kv->tables[table]);
        if (rc != MDB_SUCCESS)
            return rc;
    }
    if ((flags & MDB_CREATE) != 0)
        return mdb_put(txn, kv->tables[MZ_TABLE_META], &key, &want, 0);
    int rc = mdb_get(txn, kv->tables[MZ_TABLE_META], &key, &is);
    if (rc == MDB_SUCCESS &&
        (is.mv_size != want.mv_size || memcmp(is.mv_data, want.mv_data, want.mv_size) != 0))
        return MDB_INCOMPATIBLE;
    return rc;
}

static mz_status open_store(lmdb_kv *kv, const char *dir, const mz_lmdb_options *options,
                            mz_reason *why)
{
    unsigned flags = MDB_NOTLS; /* so that a snapshot can move between threads */
    if (options->read_only)
        flags |= MDB_RDONLY;
    if (options->scratch)
        flags |= MDB_WRITEMAP | MDB_NOSYNC | MDB_NORDAHEAD; /* reading ahead would fill holes */
    int rc = open_env(dir, flags, options->map_size, &kv->env);
    if (rc != MDB_SUCCESS)
        return refuse_open(why, dir, options->read_only, rc);
    int dead_count = 0;
    rc = mdb_reader_check(kv->env, &dead_count);
    if (rc != MDB_SUCCESS)
        return refuse_rc(why, rc);
    MDB_txn *txn = NULL;
    rc = begin_mdb(kv->env, false, &txn);
    if (rc != MDB_SUCCESS)
        return refuse_rc(why, rc);
    rc = open_tables(kv, txn, 0);
    if (rc == MDB_SUCCESS)
        rc = mdb_txn_commit(txn); /* keeps the handles */
    else
        mdb_txn_abort(txn);
    if (rc == MDB_NOTFOUND)
        return refuse_not_a_ledger(why, dir, "tables are missing");
    if (rc == MDB_INCOMPATIBLE)
        return refuse_not_a_ledger(why, dir, "it is written in another format");
    return rc == MDB_SUCCESS ? MZ_OK : refuse_rc(why, rc);
}

mz_status mz_lmdb_open(const char *dir, const mz_lmdb_options *options, mz_kv **out, mz_reason *why)
{
    static const mz_lmdb_options defaults = {0};
    mz_status status = check_file(dir, why);
    if (status != MZ_OK)
        return status;
    lmdb_kv *kv = calloc(1, sizeof *kv);
    if (kv == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    kv->kv.engine = &ENGINE;
    status = open_store(kv, dir, options != NULL ? options : &defaults, why);
    if (status != MZ_OK) {
        if (kv->env != NULL)
            mdb_env_close(kv->env);
        free(kv);
        return status;
    }
    *out = &kv->kv;
    return MZ_OK;
}

/* --- making a new folder: under a temporary name, synced, renamed --- */

typedef struct new_folder {
    char dir[PATH_SIZE_MAX];
    char parent[PATH_SIZE_MAX];
    char temporary[PATH_SIZE_MAX];
} new_folder;

static mz_status refuse_errno(mz_reason *why)
{
    return refuse_rc(why, errno);
}

static mz_status sync_path(const char *path, mz_reason *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return refuse_errno(why);
    int rc = fsync(fd);
    int error = errno;
    close(fd);
    return rc == 0 ? MZ_OK : refuse_rc(why, error);
}

static mz_status sync_in(const char *dir, const char *name, mz_reason *why)
{
    char path[PATH_SIZE_MAX + 16];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return sync_path(path, why);
}

static void remove_in(const char *dir, const char *name)
{
    char path[PATH_SIZE_MAX + 16];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)unlink(path);
}

static void new_folder_drop(const new_folder *folder)
{
    remove_in(folder->temporary, "data.mdb");
    remove_in(folder->temporary, "lock.mdb");
    (void)rmdir(folder->temporary);
}

/* On MZ_OK the temporary folder exists; the caller finishes or drops it. */
static mz_status new_folder_begin(new_folder *folder, const char *dir, mz_reason *why)
{
    size_t size = strlen(dir);
    while (size > 1 && dir[size - 1] == '/')
        size--;
    if (size == 0 || size + sizeof TEMPORARY_SUFFIX > sizeof folder->dir)
        return refuse_io(why, size == 0 ? ENOENT : ENAMETOOLONG);
    memcpy(folder->dir, dir, size);
    folder->dir[size] = '\0';
    const char *slash = strrchr(folder->dir, '/');
    size_t parent_size = slash == NULL ? 1 : (size_t)(slash - folder->dir);
    if (parent_size == 0) /* in the root */
        parent_size = 1;
    memcpy(folder->parent, slash == NULL ? "." : folder->dir, parent_size);
    folder->parent[parent_size] = '\0';
    struct stat existing;
    if (lstat(folder->dir, &existing) == 0)
        return mz_refuse(why, MZ_EXISTS, mz_words("path", folder->dir));
    memcpy(folder->temporary, folder->dir, size);
    memcpy(folder->temporary + size, TEMPORARY_SUFFIX, sizeof TEMPORARY_SUFFIX);
    return mkdtemp(folder->temporary) != NULL ? MZ_OK : refuse_errno(why);
}

static mz_status new_folder_finish(const new_folder *folder, mz_reason *why)
{
    mz_status status = sync_in(folder->temporary, "data.mdb", why);
    if (status == MZ_OK)
        status = sync_path(folder->temporary, why);
    if (status != MZ_OK)
        return status;
    int rc = renameat2(AT_FDCWD, folder->temporary, AT_FDCWD, folder->dir, RENAME_NOREPLACE);
    if (rc != 0 && (errno == EINVAL || errno == ENOSYS)) /* a file system without that flag */
        rc = rename(folder->temporary, folder->dir);
    if (rc != 0 && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR))
        return mz_refuse(why, MZ_EXISTS, mz_words("path", folder->dir));
    if (rc != 0)
        return refuse_errno(why);
    return sync_path(folder->parent, why);
}

/* Puts an empty database into the folder. */
static mz_status write_empty(const char *dir, mz_reason *why)
{
    lmdb_kv kv = {0};
    MDB_txn *txn = NULL;
    int rc = open_env(dir, MDB_NOTLS, 0, &kv.env);
    if (rc == MDB_SUCCESS)
        rc = begin_mdb(kv.env, true, &txn);
    if (rc == MDB_SUCCESS)
        rc = open_tables(&kv, txn, MDB_CREATE);
    if (rc == MDB_SUCCESS) {
        rc = mdb_txn_commit(txn);
        txn = NULL;
    }
    if (txn != NULL)
        mdb_txn_abort(txn);
    if (kv.env != NULL)
        mdb_env_close(kv.env);
    return rc == MDB_SUCCESS ? MZ_OK : refuse_rc(why, rc);
}

/* LMDB maps its file of readers and lets it be a hole, which on a full disk ends in SIGBUS: so the
 * room is taken beforehand, where a full disk is an answer. */
static mz_status reserve_lock(const char *dir, mz_reason *why)
{
    char path[PATH_SIZE_MAX + 16];
    snprintf(path, sizeof path, "%s/lock.mdb", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return refuse_errno(why);
    int rc = posix_fallocate(fd, 0, LOCK_ROOM);
    close(fd);
    return rc == 0 ? MZ_OK : refuse_rc(why, rc);
}

mz_status mz_lmdb_create(const char *dir, const mz_lmdb_options *options, mz_kv **out,
                         mz_reason *why)
{
    new_folder folder;
    mz_status status = new_folder_begin(&folder, dir, why);
    if (status != MZ_OK)
        return status;
    status = reserve_lock(folder.temporary, why);
    if (status == MZ_OK)
        status = write_empty(folder.temporary, why);
    if (status == MZ_OK)
        status = new_folder_finish(&folder, why);
    if (status != MZ_OK) {
        new_folder_drop(&folder);
        return status;
    }
    return mz_lmdb_open(folder.dir, options, out, why);
}

/* --- the rest --- */

mz_status mz_lmdb_force_sync(mz_kv *base, mz_reason *why)
{
    assert(base->engine == &ENGINE);
    int rc = mdb_env_sync(((lmdb_kv *)base)->env, 1);
    return rc == MDB_SUCCESS ? MZ_OK : refuse_rc(why, rc);
}

mz_status mz_lmdb_copy(mz_kv *base, const char *dir, mz_reason *why)
{
    assert(base->engine == &ENGINE);
    new_folder folder;
    mz_status status = new_folder_begin(&folder, dir, why);
    if (status != MZ_OK)
        return status;
    int rc = mdb_env_copy2(((lmdb_kv *)base)->env, folder.temporary, 0);
    status = rc == MDB_SUCCESS ? new_folder_finish(&folder, why) : refuse_rc(why, rc);
    if (status != MZ_OK)
        new_folder_drop(&folder);
    return status;
}
