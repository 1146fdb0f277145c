/* witness_state.c — what a witness remembers: one row for each origin, in a store of its own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "kv/lmdb.h"
#include "witness_parts.h"

#define WITNESS_KEY "witness" /* in MZ_TABLE_META */
#define FORMAT "mingzhang witness 1\n"
#define LOCK_NAME "witness.lock"
#define RECORD_SIZE (8 + MZ_HASH_SIZE + 8) /* be64 size, root, be64 time; then the note */
#define PATH_SIZE 4200

/* --- the store --- */

static mz_status not_a_state(const char *dir, mz_reason *why)
{
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", dir),
                     mz_words("want", MZ_BOTH("mingzhang-witness init 建立的状态文件夹",
                                              "a state made by mingzhang-witness init")));
}

static mz_status put_format(mz_kv *kv, const mz_vkey *vkey, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_buf value;
    mz_buf_init(&value, sizeof FORMAT + MZ_VKEY_TEXT_MAX);
    mz_buf_put_text(&value, FORMAT);
    mz_vkey_put(&value, vkey);
    mz_status status =
        value.failed ? mz_refuse(why, MZ_NO_MEMORY) : mz_kv_begin_write(kv, &txn, why);
    if (status == MZ_OK) {
        status = mz_kv_put(txn, MZ_TABLE_META, mz_view_of(WITNESS_KEY), mz_buf_view(&value), why);
        if (status == MZ_OK)
            status = mz_kv_commit(txn, why);
        else
            mz_kv_abort(txn);
    }
    mz_buf_clear(&value);
    return status;
}

mz_status mz_witness_state_create(const char *dir, const mz_signer *signer, const char *name,
                                  mz_vkey *vkey, mz_reason *why)
{
    mz_kv *kv = NULL;
    mz_hasher *hasher = mz_hasher_new();
    mz_status status = hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY)
                                      : mz_vkey_make(hasher, mz_view_of(name), MZ_VKEY_COSIGNATURE,
                                                     signer->public_key, vkey, why);
    if (status == MZ_OK)
        status = mz_lmdb_create(dir, NULL, &kv, why);
    if (status == MZ_OK)
        status = put_format(kv, vkey, why);
    mz_kv_close(kv);
    mz_hasher_free(hasher);
    return status;
}

static mz_status read_format(const char *dir, mz_kv *kv, mz_vkey *vkey, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_view value;
    const size_t size = sizeof FORMAT - 1;
    mz_hasher *hasher = mz_hasher_new();
    mz_status status =
        hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY) : mz_kv_begin_read(kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(WITNESS_KEY), &value, why);
    if (status == MZ_NOT_FOUND ||
        (status == MZ_OK && (value.size <= size || memcmp(value.data, FORMAT, size) != 0 ||
                             mz_vkey_parse(hasher, (mz_view){value.data + size, value.size - size},
                                           vkey, NULL) != MZ_OK)))
        status = not_a_state(dir, why);
    mz_kv_abort(txn);
    mz_hasher_free(hasher);
    return status;
}

static mz_status open_store(const char *dir, bool read_only, mz_kv **kv, mz_vkey *vkey,
                            mz_reason *why)
{
    const mz_lmdb_options options = {.read_only = read_only};
    mz_reason reason = {0};
    mz_status status = mz_lmdb_open(dir, &options, kv, &reason);
    if (status == MZ_NOT_A_LEDGER)
        return not_a_state(dir, why);
    if (status == MZ_OK)
        status = read_format(dir, *kv, vkey, &reason);
    if (status != MZ_OK && why != NULL && why->status == MZ_OK)
        *why = reason;
    return status;
}

mz_status mz_witness_state_vkey(const char *dir, mz_vkey *vkey, mz_reason *why)
{
    mz_kv *kv = NULL;
    const mz_status status = open_store(dir, true, &kv, vkey, why);
    mz_kv_close(kv);
    return status;
}

/* --- opening --- */

/* Held until the process ends, however it ends. */
static mz_status take_lock(mz_witness_service *service, const char *dir, mz_reason *why)
{
    char path[PATH_SIZE];
    const int size = snprintf(path, sizeof path, "%s/" LOCK_NAME, dir);
    if (size < 0 || (size_t)size >= sizeof path)
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(ENAMETOOLONG)));
    service->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (service->lock_fd < 0)
        return errno == ENOENT ? not_a_state(dir, why)
                               : mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    if (flock(service->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return MZ_OK;
    return errno == EWOULDBLOCK
               ? mz_refuse(why, MZ_BUSY,
                           mz_words("cause", MZ_BOTH("另一个见证程序正在使用同一个 --state",
                                                     "another witness uses the same --state")))
               : mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
}

static mz_status check_key(const mz_witness_service *service, mz_reason *why)
{
    if (memcmp(service->vkey.public_key, service->signer.public_key, MZ_KEY_SIZE) == 0)
        return MZ_OK;
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--key"),
                     mz_words("want", MZ_BOTH("建立这个状态文件夹时的密钥",
                                              "the key that this state was made for")));
}

mz_status mz_witness_service_open(const char *dir, const mz_signer *signer,
                                  mz_witness_service **out, mz_reason *why)
{
    mz_witness_service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    service->signer = *signer;
    service->lock_fd = -1;
    service->hasher = mz_hasher_new();
    mz_status status =
        service->hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY) : take_lock(service, dir, why);
    if (status == MZ_OK)
        status = open_store(dir, false, &service->kv, &service->vkey, why);
    if (status == MZ_OK)
        status = check_key(service, why);
    /* What an earlier program wrote and was killed over may be seen here and not be on disk. */
    if (status == MZ_OK)
        status = mz_lmdb_force_sync(service->kv, why);
    if (status == MZ_OK)
        *out = service;
    else
        mz_witness_service_close(service);
    return status;
}

void mz_witness_service_close(mz_witness_service *service)
{
    if (service == NULL)
        return;
    mz_kv_close(service->kv);
    mz_hasher_free(service->hasher);
    mz_signer_wipe(&service->signer);
    if (service->lock_fd >= 0)
        close(service->lock_fd);
    free(service);
}

const mz_vkey *mz_witness_service_vkey(const mz_witness_service *service)
{
    return &service->vkey;
}

size_t mz_witness_service_key_count(const mz_witness_service *service)
{
    return service->key_count;
}

bool mz_witness_service_stopped(const mz_witness_service *service)
{
    return service->stopped;
}

mz_status mz_witness_watch(mz_witness_service *service, const mz_vkey *log, mz_reason *why)
{
    if (log->type != MZ_VKEY_ED25519 || !mz_origin_valid(mz_view_of(log->name)))
        return mz_refuse(why, MZ_BAD_NOTE,
                         mz_words("cause", MZ_BOTH("不是日志的验证密钥（类型 0x01）",
                                                   "not a log's vkey (type 0x01)")));
    for (size_t i = 0; i < service->key_count; i++) {
        if (service->keys[i].id == log->id && strcmp(service->keys[i].name, log->name) == 0)
            return MZ_OK;
    }
    if (service->key_count == MZ_WITNESS_WATCHED_MAX)
        return mz_refuse(why, MZ_TOO_MANY, mz_words("path", "--watch"),
                         mz_count("count", MZ_WITNESS_WATCHED_MAX + 1), mz_count("low", 1),
                         mz_count("limit", MZ_WITNESS_WATCHED_MAX));
    service->keys[service->key_count++] = *log;
    return MZ_OK;
}

/* --- records --- */

mz_status mz_witness_record_load(mz_kv_txn *txn, const char *origin, mz_witness_record *record,
                                 mz_buf *note, mz_reason *why)
{
    mz_view value;
    *record = (mz_witness_record){0};
    if (note != NULL)
        mz_buf_reset(note);
    const mz_status status = mz_kv_get(txn, MZ_TABLE_AUDIT, mz_view_of(origin), &value, why);
    if (status == MZ_NOT_FOUND)
        return MZ_OK;
    if (status != MZ_OK)
        return status;
    if (value.size < RECORD_SIZE)
        return mz_refuse_corrupt(why, "a record of the witness");
    record->size = mz_be64_get(value.data);
    memcpy(record->root.bytes, value.data + 8, MZ_HASH_SIZE);
    record->unix_s = mz_be64_get(value.data + 8 + MZ_HASH_SIZE);
    if (note != NULL)
        mz_buf_put(note, (mz_view){value.data + RECORD_SIZE, value.size - RECORD_SIZE});
    return note != NULL && note->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

mz_status mz_witness_record_store(mz_kv_txn *txn, const char *origin,
                                  const mz_witness_record *record, mz_view note, mz_reason *why)
{
    mz_buf value;
    mz_status status = MZ_OK;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    uint8_t *head = mz_buf_extend(&value, RECORD_SIZE);
    if (head == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_be64_put(head, record->size);
    memcpy(head + 8, record->root.bytes, MZ_HASH_SIZE);
    mz_be64_put(head + 8 + MZ_HASH_SIZE, record->unix_s);
    mz_buf_put(&value, note);
    if (value.failed)
        status = mz_refuse(why, MZ_TOO_LARGE, mz_words("path", origin),
                           mz_count("size", (int64_t)note.size),
                           mz_count("limit", MZ_KV_VALUE_MAX - RECORD_SIZE));
    else
        status = mz_kv_put(txn, MZ_TABLE_AUDIT, mz_view_of(origin), mz_buf_view(&value), why);
    mz_buf_clear(&value);
    return status;
}
