#include "log/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/policy.h"
#include "kv/lmdb.h"
#include "log/files.h"
#include "log/parts.h"
#include "log/sealed.h"
#include "log/store.h"

const char *mz_log_origin(const mz_log *log)
{
    return log->origin;
}

const char *mz_log_dir(const mz_log *log)
{
    return log->dir;
}

const char *mz_log_second_place(const mz_log *log)
{
    return log->second_path;
}

mz_status mz_log_stopped(const mz_log *log)
{
    return log->stopped;
}

const char *mz_log_sealed(const mz_log *log)
{
    return log->sealed_path;
}

mz_kv *mz_log_kv(mz_log *log)
{
    return log->kv;
}

bool mz_log_pin_path(const char *dir, const char *origin, char *path, size_t path_size)
{
    char name[MZ_ORIGIN_SIZE_MAX + 1];
    size_t size = strlen(origin);
    assert(size <= MZ_ORIGIN_SIZE_MAX);
    for (size_t i = 0; i <= size; i++) {
        char c = origin[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '-' || c == '\0';
        name[i] = (char)(plain ? c : '_');
    }
    int written = snprintf(path, path_size, "%s/%s.pin", dir, name);
    return written > 0 && (size_t)written < path_size;
}

/* A path that was given, else the one beside the folder. */
static bool set_path(const char *given, const char *dir, const char *suffix,
                     char path[MZ_LOG_PATH_SIZE])
{
    if (given == NULL)
        return mz_path_beside(dir, suffix, path, MZ_LOG_PATH_SIZE);
    return strlen(given) <= MZ_LOG_PATH_MAX && mz_path_beside(given, "", path, MZ_LOG_PATH_SIZE);
}

/* Everything of a log but its database. */
static mz_status prepare_log(const mz_log_options *options, mz_log **out, mz_reason *why)
{
    assert(options->signer_count <= MZ_LOG_SIGNERS_MAX);
    mz_log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_buf_init(&log->leaf, MZ_LEAF_SIZE_MAX);
    mz_buf_init(&log->note, MZ_NOTE_SIZE_MAX);
    log->signer_count = options->signer_count;
    for (size_t i = 0; i < options->signer_count; i++)
        log->signers[i] = options->signers[i];
    log->accept_clock = options->accept_clock;
    log->read_only = options->read_only;
    log->threads = options->threads;
    if (!set_path(options->dir, NULL, NULL, log->dir) ||
        !set_path(options->second_place, options->dir, ".checkpoint", log->second_path) ||
        !set_path(options->sealed, options->dir, ".sealed", log->sealed_path)) {
        mz_log_close(log);
        return mz_file_failed(why, options->dir, ENAMETOOLONG);
    }
    log->hasher = mz_hasher_new();
    if (!options->read_only)
        log->place = mz_second_place_new(log->second_path);
    if (log->hasher == NULL || (!options->read_only && log->place == NULL)) {
        mz_log_close(log);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    *out = log;
    return MZ_OK;
}

void mz_log_close(mz_log *log)
{
    if (log == NULL)
        return;
    mz_workers_free(log->workers);
    mz_second_place_free(log->place);
    mz_kv_close(log->kv);
    mz_hasher_free(log->hasher);
    mz_buf_clear(&log->leaf);
    mz_buf_clear(&log->note);
    for (size_t i = 0; i < log->signer_count; i++)
        mz_signer_wipe(&log->signers[i]);
    free(log);
}

/* A checkpoint from outside the database against ours: never ahead, never another root. */
static mz_status compare_outside(mz_kv_txn *txn, mz_hasher *hasher, const mz_checkpoint *tip,
                                 const mz_checkpoint *outside, const char *path, mz_reason *why)
{
    if (strcmp(outside->origin, tip->origin) != 0)
        return mz_refuse(why, MZ_BAD_CHECKPOINT,
                         mz_words("cause", MZ_BOTH("属于另一个账本", "it is another log's")));
    if (outside->size > tip->size)
        return mz_refuse(why, MZ_BEHIND, mz_count("want", (int64_t)outside->size),
                         mz_count("count", (int64_t)tip->size));
    mz_merkle_reader reader = mz_store_reader(txn);
    mz_hash root;
    mz_status status = mz_merkle_root(hasher, &reader, outside->size, &root, why);
    if (status == MZ_OK && !mz_hash_equal(&root, &outside->root))
        status = mz_refuse(why, MZ_FORKED, mz_count("count", (int64_t)outside->size),
                           mz_words("path", path));
    return status;
}

/* Reads the second place; when it is missing, the checkpoint that we were told to accept instead.
 */
static mz_status read_outside(const mz_log *log, const char *accept_path, mz_checkpoint *outside,
                              const char **path, mz_reason *why)
{
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    *path = log->second_path;
    mz_reason missing = {0};
    mz_status status = mz_second_place_read(*path, &note, outside, &missing);
    if (status == MZ_NO_SECOND_PLACE && accept_path != NULL) {
        *path = accept_path;
        status = mz_second_place_read(*path, &note, outside, why);
    } else if (status != MZ_OK && why != NULL && why->status == MZ_OK) {
        *why = missing;
    }
    mz_buf_clear(&note);
    return status;
}

/* A second place that lags, or was lost, is brought up to date: but never set back, because another
 * process may have written meanwhile, so it is read again under its lock. */
static mz_status refresh_second_place(mz_log *log, const mz_checkpoint *tip, mz_reason *why)
{
    mz_buf there;
    mz_buf_init(&there, MZ_NOTE_SIZE_MAX);
    mz_checkpoint outside;
    mz_status status = mz_second_place_prepare(log->place, log->note.size, why);
    if (status == MZ_OK) {
        bool newer = mz_second_place_read(log->second_path, &there, &outside, NULL) == MZ_OK &&
                     outside.size >= tip->size;
        if (newer)
            mz_second_place_drop(log->place);
        else
            status = mz_second_place_publish(log->place, mz_buf_view(&log->note), why);
    }
    mz_buf_clear(&there);
    return status;
}

static mz_status recover(mz_log *log, const mz_log_options *options, mz_reason *why)
{
    mz_status status = MZ_OK;
    mz_checkpoint outside = {.size = 0};
    const char *outside_path = NULL;
    /* Before the snapshot, or another writer could seem to be ahead of us. */
    if (!log->read_only)
        status = read_outside(log, options->accept_checkpoint, &outside, &outside_path, why);
    mz_kv_txn *txn = NULL;
    mz_checkpoint tip;
    if (status == MZ_OK)
        status = mz_kv_begin_read(log->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_store_verify_tip(txn, &tip, &log->note, why);
    if (status == MZ_OK && !log->read_only)
        status = compare_outside(txn, log->hasher, &tip, &outside, outside_path, why);
    mz_kv_abort(txn);
    if (status == MZ_OK)
        memcpy(log->origin, tip.origin, sizeof log->origin);
    if (status == MZ_OK && !log->read_only &&
        (outside.size < tip.size || outside_path != log->second_path))
        status = refresh_second_place(log, &tip, why);
    return status;
}

/* LMDB's own sync refuses a database opened for reading only; the file is the same. */
static mz_status sync_data(const mz_log *log, mz_reason *why)
{
    if (!log->read_only)
        return mz_lmdb_force_sync(log->kv, why);
    char path[MZ_LOG_PATH_SIZE + 16];
    return mz_path_beside(log->dir, "/data.mdb", path, sizeof path)
               ? mz_path_sync(path, why)
               : mz_file_failed(why, log->dir, ENAMETOOLONG);
}

mz_status mz_log_open(const mz_log_options *options, mz_log **out, mz_reason *why)
{
    mz_log *log = NULL;
    mz_status status = prepare_log(options, &log, why);
    if (status != MZ_OK)
        return status;
    assert(log != NULL);
    mz_lmdb_options engine = {.read_only = options->read_only};
    status = mz_lmdb_open(log->dir, &engine, &log->kv, why);
    if (status == MZ_OK)
        status = sync_data(log, why);
    if (status == MZ_OK)
        status = recover(log, options, why);
    if (status == MZ_OK && !log->read_only)
        status = mz_log_settle_sealed(log, why);
    if (status == MZ_OK)
        *out = log;
    else
        mz_log_close(log);
    return status;
}

/* The pin beside the database: the log's key and the hash of entry 0. */
static mz_status write_pin(mz_log *log, const mz_submission *genesis, const char *dir,
                           mz_reason *why)
{
    uint8_t key[MZ_KEY_SIZE];
    mz_vkey vkey;
    char path[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_status status = mz_rules_genesis_log_key(&genesis->entry, key, why);
    if (status == MZ_OK)
        status = mz_vkey_make(log->hasher, mz_view_of(genesis->entry.origin), MZ_VKEY_ED25519, key,
                              &vkey, why);
    if (status == MZ_OK) {
        mz_pin_put(&text, &vkey, &genesis->leaf_hash);
        if (text.failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
        else if (!mz_log_pin_path(dir, genesis->entry.origin, path, sizeof path))
            status = mz_file_failed(why, dir, ENAMETOOLONG);
        else
            status = mz_file_create(path, mz_buf_view(&text), why);
    }
    mz_buf_clear(&text);
    return status;
}

/* Entry 0 with all that belongs to it, in the folder `dir`, which nobody knows yet. `published`
 * tells whether the second place has been written. */
static mz_status write_genesis(mz_log *log, const char *dir, mz_view genesis, int64_t now_unix_ms,
                               bool *published, mz_reason *why)
{
    mz_submission submission;
    mz_submission_init(&submission, genesis);
    mz_status status = mz_lmdb_create(dir, NULL, &log->kv, why);
    if (status == MZ_OK)
        status = mz_log_append(log, &submission, 1, now_unix_ms, why);
    *published = status == MZ_OK && submission.status == MZ_OK;
    if (status == MZ_OK && submission.status != MZ_OK) {
        status = submission.status;
        if (why != NULL && why->status == MZ_OK)
            *why = submission.why;
    }
    if (status == MZ_OK)
        status = write_pin(log, &submission, dir, why);
    mz_submission_clear(&submission);
    return status;
}

mz_status mz_log_create(const mz_log_options *options, mz_view genesis, int64_t now_unix_ms,
                        mz_log **out, mz_reason *why)
{
    assert(!options->read_only);
    mz_log *log = NULL;
    mz_status status = prepare_log(options, &log, why);
    if (status != MZ_OK)
        return status;
    assert(log != NULL);
    char suffix[64];
    char unborn[MZ_LOG_PATH_SIZE + sizeof suffix];
    snprintf(suffix, sizeof suffix, ".init-%ld", (long)getpid());
    bool published = false;
    if (mz_path_exists(log->dir))
        status = mz_file_failed(why, log->dir, EEXIST);
    else if (mz_path_exists(log->second_path))
        status = mz_file_failed(why, log->second_path, EEXIST);
    else if (mz_path_exists(log->sealed_path))
        status = mz_file_failed(why, log->sealed_path, EEXIST);
    else if (!mz_path_beside(log->dir, suffix, unborn, sizeof unborn))
        status = mz_file_failed(why, log->dir, ENAMETOOLONG);
    else {
        mz_folder_remove(unborn); /* of a process of our number that died here */
        status = write_genesis(log, unborn, genesis, now_unix_ms, &published, why);
        mz_kv_close(log->kv);
        log->kv = NULL;
        if (status == MZ_OK)
            status = mz_path_sync(unborn, why);
        if (status == MZ_OK)
            status = mz_folder_publish(unborn, log->dir, why);
        if (status != MZ_OK) {
            mz_folder_remove(unborn);
            mz_sealed_destroy(log->sealed_path);
        }
        if (status != MZ_OK && published)
            unlink(log->second_path);
    }
    mz_log_close(log);
    return status == MZ_OK ? mz_log_open(options, out, why) : status;
}
