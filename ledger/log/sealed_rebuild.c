/* sealed_rebuild.c — a sealed store's file made anew without what must go, and the old one made
 * unreadable. Each step says what a crash there leaves. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kv/lmdb.h"
#include "log/files.h"
#include "log/sealed_parts.h"

#define ROWS_IN_A_COMMIT 512
#define BYTES_IN_A_COMMIT (1u << 20)

int mz_hash_compare(const void *left, const void *right)
{
    return memcmp(left, right, MZ_HASH_SIZE);
}

/* --- rows --- */

typedef struct copying {
    mz_kv *to;
    mz_kv_txn *txn;
    size_t rows, bytes; /* in the transaction */
    mz_reason *why;
} copying;

static mz_status put_row(copying *work, mz_table table, mz_view key, mz_view value)
{
    mz_status status = MZ_OK;
    if (work->rows == ROWS_IN_A_COMMIT || work->bytes > BYTES_IN_A_COMMIT) {
        status = mz_kv_commit(work->txn, work->why);
        work->txn = NULL;
        work->rows = work->bytes = 0;
    }
    if (status == MZ_OK && work->txn == NULL)
        status = mz_kv_begin_write(work->to, &work->txn, work->why);
    if (status == MZ_OK)
        status = mz_kv_put(work->txn, table, key, value, work->why);
    work->rows++;
    work->bytes += key.size + value.size;
    return status;
}

static bool is_kept(const mz_kv_cursor *row, const mz_hash *drops, size_t drop_count, uint64_t size)
{
    return row->key.size == MZ_HASH_SIZE && row->value.size > 8 &&
           mz_be64_get(row->value.data) < size &&
           (drop_count == 0 ||
            bsearch(row->key.data, drops, drop_count, sizeof drops[0], mz_hash_compare) == NULL);
}

mz_status mz_sealed_copy_rows(mz_kv *from, mz_kv *to, const mz_hash *drops, size_t drop_count,
                              uint64_t size, uint64_t *count, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_kv_cursor *row = NULL;
    mz_view owner;
    copying work = {.to = to, .why = why};
    *count = 0;
    mz_status status = mz_kv_begin_read(from, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_OWNER), &owner, why);
    if (status == MZ_OK)
        status = put_row(&work, MZ_TABLE_META, mz_view_of(MZ_SEALED_OWNER), owner);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(txn, MZ_TABLE_SEALED, &row, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(row, (mz_view){NULL, 0}, why);
    while (status == MZ_OK && row->valid) {
        if (is_kept(row, drops, drop_count, size)) {
            status = put_row(&work, MZ_TABLE_SEALED, row->key, row->value);
            (*count)++;
        }
        if (status == MZ_OK)
            status = mz_kv_cursor_next(row, why);
    }
    mz_kv_cursor_close(row);
    mz_kv_abort(txn);
    if (status == MZ_OK) {
        status = mz_kv_commit(work.txn, why);
        work.txn = NULL;
    }
    mz_kv_abort(work.txn);
    return status == MZ_NOT_FOUND ? mz_refuse_corrupt(why, "a sealed store without its owner")
                                  : status;
}

/* --- files --- */

static mz_status path_in(const char *folder, const char *name, char path[MZ_SEALED_PATH_SIZE],
                         mz_reason *why)
{
    int size = snprintf(path, MZ_SEALED_PATH_SIZE, "%s/%s", folder, name);
    return size > 0 && size < MZ_SEALED_PATH_SIZE ? MZ_OK
                                                  : mz_file_failed(why, folder, ENAMETOOLONG);
}

/* Zeros over all of an open file, synced. */
static mz_status overwrite(int fd, const char *path, mz_reason *why)
{
    static const uint8_t ZEROS[65536];
    struct stat info;
    if (fstat(fd, &info) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return mz_file_failed(why, path, errno);
    mz_status status = MZ_OK;
    for (off_t left = S_ISREG(info.st_mode) ? info.st_size : 0; left > 0 && status == MZ_OK;) {
        size_t part = left < (off_t)sizeof ZEROS ? (size_t)left : sizeof ZEROS;
        status = mz_file_write(fd, path, (mz_view){ZEROS, part}, why);
        left -= (off_t)part;
    }
    if (status == MZ_OK && fsync(fd) != 0)
        status = mz_file_failed(why, path, errno);
    return status;
}

static mz_status wipe(const char *path, mz_reason *why)
{
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? MZ_OK : mz_file_failed(why, path, errno);
    mz_status status = overwrite(fd, path, why);
    close(fd);
    if (status == MZ_OK && unlink(path) != 0)
        status = mz_file_failed(why, path, errno);
    return status;
}

static mz_status wipe_in(const char *folder, const char *name, mz_reason *why)
{
    char path[MZ_SEALED_PATH_SIZE];
    mz_status status = path_in(folder, name, path, why);
    return status == MZ_OK ? wipe(path, why) : status;
}

/* A crash between the second name and the renaming leaves two names of the one file in use: then
 * only the name goes. */
static mz_status clean_old(const mz_sealed *sealed, mz_reason *why)
{
    char old[MZ_SEALED_PATH_SIZE], data[MZ_SEALED_PATH_SIZE];
    struct stat old_info, data_info;
    mz_status status = path_in(sealed->store, "old.mdb", old, why);
    if (status == MZ_OK)
        status = path_in(sealed->store, "data.mdb", data, why);
    if (status != MZ_OK || lstat(old, &old_info) != 0)
        return status;
    if (lstat(data, &data_info) != 0)
        return mz_file_failed(why, data, errno);
    if (old_info.st_ino != data_info.st_ino || old_info.st_dev != data_info.st_dev)
        return wipe(old, why);
    return unlink(old) == 0 ? MZ_OK : mz_file_failed(why, old, errno);
}

mz_status mz_sealed_clean(const mz_sealed *sealed, mz_reason *why)
{
    mz_status status = clean_old(sealed, why);
    DIR *folder = status == MZ_OK ? opendir(sealed->path) : NULL;
    if (folder == NULL)
        return status == MZ_OK ? mz_file_failed(why, sealed->path, errno) : status;
    for (struct dirent *item; status == MZ_OK && (item = readdir(folder)) != NULL;) {
        char path[MZ_SEALED_PATH_SIZE];
        /* `rebuilt` and what it was called before it was whole; an unborn `store` is empty */
        if (strncmp(item->d_name, "rebuilt", 7) != 0 && strncmp(item->d_name, "store.", 6) != 0)
            continue;
        status = path_in(sealed->path, item->d_name, path, why);
        if (status == MZ_OK)
            status = wipe_in(path, "data.mdb", why);
        if (status == MZ_OK)
            mz_folder_remove(path);
    }
    closedir(folder);
    return status;
}

void mz_sealed_destroy(const char *path)
{
    char store[MZ_SEALED_PATH_SIZE];
    mz_reason why = {0};
    if (path_in(path, "store", store, &why) != MZ_OK || wipe_in(store, "data.mdb", &why) != MZ_OK)
        return;
    mz_folder_remove(path);
}

/* --- another file in place of the old one --- */

/* The new file, whole and synced, in the folder `rebuilt`. A crash leaves the old file in use and
 * the folder to be cleaned. */
static mz_status write_new(mz_sealed *sealed, const char *rebuilt, const mz_hash *drops,
                           size_t drop_count, uint64_t erased, mz_reason *why)
{
    mz_kv *kv = NULL;
    mz_kv_txn *txn = NULL;
    uint64_t count = 0;
    uint8_t bytes[8];
    mz_be64_put(bytes, erased);
    mz_status status = mz_lmdb_create(rebuilt, NULL, &kv, why);
    if (status == MZ_OK)
        status = mz_sealed_copy_rows(sealed->kv, kv, drops, drop_count, UINT64_MAX, &count, why);
    if (status == MZ_OK)
        status = mz_kv_begin_write(kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_put(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_ERASED),
                           (mz_view){bytes, sizeof bytes}, why);
    if (status == MZ_OK) {
        status = mz_kv_commit(txn, why);
        txn = NULL;
    }
    if (status == MZ_OK)
        status = mz_lmdb_force_sync(kv, why);
    mz_kv_abort(txn);
    mz_kv_close(kv);
    return status;
}

/* The old file gets a second name, so that a crash after the renaming still finds it to overwrite;
 * where a file system has no second names, only the open descriptor is left. */
static mz_status change_files(const mz_sealed *sealed, const char *rebuilt, mz_reason *why)
{
    char data[MZ_SEALED_PATH_SIZE], old[MZ_SEALED_PATH_SIZE], made[MZ_SEALED_PATH_SIZE];
    mz_status status = path_in(sealed->store, "data.mdb", data, why);
    if (status == MZ_OK)
        status = path_in(sealed->store, "old.mdb", old, why);
    if (status == MZ_OK)
        status = path_in(rebuilt, "data.mdb", made, why);
    if (status != MZ_OK)
        return status;
    int fd = open(data, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return mz_file_failed(why, data, errno);
    bool linked = link(data, old) == 0;
    if (!linked && errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
        status = mz_file_failed(why, old, errno);
    if (status == MZ_OK && rename(made, data) != 0)
        status = mz_file_failed(why, data, errno);
    if (status == MZ_OK)
        status = mz_path_sync(sealed->store, why);
    if (status == MZ_OK) /* from here on the new file is in use, whatever happens */
        status = overwrite(fd, old, why);
    if (status == MZ_OK && linked && unlink(old) != 0)
        status = mz_file_failed(why, old, errno);
    close(fd);
    return status == MZ_OK ? mz_path_sync(sealed->store, why) : status;
}

mz_status mz_sealed_rebuild(mz_sealed *sealed, const mz_hash *drops, size_t drop_count,
                            uint64_t erased, mz_reason *why)
{
    char rebuilt[MZ_SEALED_PATH_SIZE];
    assert(sealed->mode != MZ_SEALED_READ);
    mz_status status = path_in(sealed->path, "rebuilt", rebuilt, why);
    if (status == MZ_OK)
        status = write_new(sealed, rebuilt, drops, drop_count, erased, why);
    mz_kv_close(sealed->kv); /* nobody has the old file mapped: we are alone */
    sealed->kv = NULL;
    if (status == MZ_OK)
        status = change_files(sealed, rebuilt, why);
    const mz_status cleaned = mz_sealed_clean(sealed, status == MZ_OK ? why : NULL);
    if (status == MZ_OK)
        status = cleaned;
    if (status == MZ_OK)
        status = mz_lmdb_open(sealed->store, NULL, &sealed->kv, why);
    return status;
}
