#include "log/backup.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/policy.h"
#include "kv/lmdb.h"
#include "log/files.h"
#include "log/parts.h"
#include "log/store.h"

/* What recovery would look at, in the copy. */
static mz_status verify_copy(const char *dir, mz_backup_result *result, mz_reason *why)
{
    mz_kv *copy = NULL;
    mz_kv_txn *txn = NULL;
    mz_checkpoint tip;
    mz_lmdb_options engine = {.read_only = true};
    mz_status status = mz_lmdb_open(dir, &engine, &copy, why);
    if (status == MZ_OK)
        status = mz_kv_begin_read(copy, &txn, why);
    if (status == MZ_OK)
        status = mz_store_verify_tip(txn, &tip, NULL, why);
    if (status == MZ_OK)
        *result = (mz_backup_result){.size = tip.size, .root = tip.root};
    mz_kv_abort(txn);
    mz_kv_close(copy);
    return status;
}

static mz_status copy_pin(const mz_log *log, const char *dir, mz_reason *why)
{
    char from[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    char to[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    if (!mz_log_pin_path(log->dir, log->origin, from, sizeof from) ||
        !mz_log_pin_path(dir, log->origin, to, sizeof to))
        return mz_file_failed(why, dir, ENAMETOOLONG);
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_status status = mz_file_read(from, &text, why);
    if (status == MZ_NOT_FOUND)
        status = mz_file_failed(why, from, ENOENT);
    if (status == MZ_OK)
        status = mz_file_create(to, mz_buf_view(&text), why);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_backup(mz_log *log, const char *to, mz_backup_result *result, mz_reason *why)
{
    char suffix[64];
    char unborn[MZ_LOG_PATH_SIZE];
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    if (!mz_path_beside(to, suffix, unborn, sizeof unborn))
        return mz_file_failed(why, to, ENAMETOOLONG);
    if (mz_path_exists(to))
        return mz_file_failed(why, to, EEXIST);
    mz_folder_remove(unborn);
    mz_status status = mz_lmdb_copy(log->kv, unborn, why);
    if (status == MZ_OK)
        status = verify_copy(unborn, result, why);
    if (status == MZ_OK)
        status = copy_pin(log, unborn, why);
    if (status == MZ_OK)
        status = mz_path_sync(unborn, why);
    if (status == MZ_OK)
        status = mz_folder_publish(unborn, to, why);
    if (status != MZ_OK)
        mz_folder_remove(unborn);
    return status;
}
