#include "log/sealed.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/disclosure.h"
#include "kv/lmdb.h"
#include "log/files.h"
#include "log/sealed_parts.h"

#define DROPS_SIZE_MAX ((size_t)1 << 30)
#define INDEX_SIZE 8 /* of the entry, before the text */
#define OWNER_PREFIX "mingzhang sealed 1 "

/* An environment must not be opened twice in one process, and flock alone would let two readers. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static mz_view hash_view(const mz_hash *hash)
{
    return (mz_view){hash->bytes, sizeof hash->bytes};
}

/* --- opening --- */

/* The folder and its lock. */
static mz_status lock_folder(mz_sealed *sealed, mz_reason *why)
{
    if (sealed->mode == MZ_SEALED_CREATE) {
        bool made = mkdir(sealed->path, 0700) == 0;
        if (!made && errno != EEXIST)
            return mz_file_failed(why, sealed->path, errno);
        mz_status status = made ? mz_parent_sync(sealed->path, why) : MZ_OK;
        if (status != MZ_OK)
            return status;
    }
    sealed->lock_fd = open(sealed->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (sealed->lock_fd < 0)
        return errno == ENOENT ? MZ_NOT_FOUND : mz_file_failed(why, sealed->path, errno);
    while (flock(sealed->lock_fd, sealed->mode == MZ_SEALED_READ ? LOCK_SH : LOCK_EX) != 0) {
        if (errno != EINTR)
            return mz_file_failed(why, sealed->path, errno);
    }
    return MZ_OK;
}

static mz_status refuse_other(const mz_sealed *sealed, const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_OTHER_SEALED, mz_words("path", sealed->path),
                     mz_words("cause", cause));
}

/* Whose it is. A store that says nothing is one whose making was cut short: it is empty. */
static mz_status check_owner(mz_sealed *sealed, const char *origin, mz_reason *why)
{
    char want[sizeof OWNER_PREFIX + MZ_ORIGIN_SIZE_MAX];
    mz_kv_txn *txn = NULL;
    mz_view owner;
    snprintf(want, sizeof want, OWNER_PREFIX "%.*s", MZ_ORIGIN_SIZE_MAX, origin);
    mz_status status = sealed->mode == MZ_SEALED_READ ? mz_kv_begin_read(sealed->kv, &txn, why)
                                                      : mz_kv_begin_write(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_OWNER), &owner, why);
    if (status == MZ_OK && !mz_view_is(owner, want))
        status = refuse_other(sealed, MZ_BOTH("它属于另一个账本", "it is another ledger's"), why);
    if (status == MZ_NOT_FOUND && sealed->mode != MZ_SEALED_READ) {
        status = mz_kv_put(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_OWNER), mz_view_of(want), why);
        if (status == MZ_OK) {
            status = mz_kv_commit(txn, why);
            txn = NULL;
        }
    }
    mz_kv_abort(txn);
    return status;
}

static mz_status open_store(mz_sealed *sealed, const char *origin, mz_reason *why)
{
    mz_lmdb_options engine = {.read_only = sealed->mode == MZ_SEALED_READ};
    mz_status status = lock_folder(sealed, why);
    if (status == MZ_OK && sealed->mode != MZ_SEALED_READ)
        status = mz_sealed_clean(sealed, why);
    if (status != MZ_OK)
        return status;
    if (mz_path_exists(sealed->store))
        status = mz_lmdb_open(sealed->store, &engine, &sealed->kv, why);
    else if (sealed->mode == MZ_SEALED_CREATE)
        status = mz_lmdb_create(sealed->store, NULL, &sealed->kv, why);
    else
        return MZ_NOT_FOUND; /* its making was cut short */
    return status == MZ_OK ? check_owner(sealed, origin, why) : status;
}

mz_status mz_sealed_open(const char *path, const char *origin, mz_sealed_mode mode, mz_sealed **out,
                         mz_reason *why)
{
    mz_sealed *sealed = calloc(1, sizeof *sealed);
    if (sealed == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    sealed->mode = mode;
    sealed->lock_fd = -1;
    if (!mz_path_beside(path, "", sealed->path, sizeof sealed->path) ||
        !mz_path_beside(path, "/store", sealed->store, sizeof sealed->store)) {
        free(sealed);
        return mz_file_failed(why, path, ENAMETOOLONG);
    }
    pthread_mutex_lock(&one_at_a_time);
    mz_status status = open_store(sealed, origin, why);
    if (status == MZ_OK)
        *out = sealed;
    else
        mz_sealed_close(sealed);
    return status;
}

void mz_sealed_close(mz_sealed *sealed)
{
    if (sealed == NULL)
        return;
    mz_kv_close(sealed->kv);
    if (sealed->lock_fd >= 0)
        close(sealed->lock_fd); /* which ends the lock */
    pthread_mutex_unlock(&one_at_a_time);
    free(sealed);
}

/* --- reading --- */

mz_status mz_sealed_get(mz_sealed *sealed, const mz_hash *digest, mz_buf *text, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_view value;
    mz_status status = mz_kv_begin_read(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_SEALED, hash_view(digest), &value, why);
    if (status == MZ_OK && value.size <= INDEX_SIZE)
        status = mz_refuse_corrupt(why, "a row of the sealed store is too short");
    if (status == MZ_OK) {
        mz_buf_reset(text);
        mz_buf_put(text, (mz_view){value.data + INDEX_SIZE, value.size - INDEX_SIZE});
        if (text->failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_kv_abort(txn);
    return status;
}

/* --- what must go --- */

/* Digests end to end, growing. */
typedef struct drops {
    mz_buf bytes;
} drops;

static mz_status add_drop(drops *all, const uint8_t digest[MZ_HASH_SIZE], mz_reason *why)
{
    mz_buf_put(&all->bytes, (mz_view){digest, MZ_HASH_SIZE});
    return all->bytes.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* Of `digests`, end to end, those in the store: all of them, or with `state` those that it does not
 * know as digests of the log. */
static mz_status add_present(drops *all, mz_kv_txn *txn, mz_changes *state, mz_view digests,
                             mz_reason *why)
{
    mz_status status = MZ_OK;
    for (size_t at = 0; status == MZ_OK && at + MZ_HASH_SIZE <= digests.size; at += MZ_HASH_SIZE) {
        const uint8_t *digest = digests.data + at;
        mz_digest known;
        mz_view value;
        status = state == NULL ? MZ_NOT_FOUND : mz_digest_load(state, digest, &known, why);
        if (status != MZ_NOT_FOUND)
            continue;
        status = mz_kv_get(txn, MZ_TABLE_SEALED, (mz_view){digest, MZ_HASH_SIZE}, &value, why);
        if (status == MZ_OK)
            status = add_drop(all, digest, why);
        else if (status == MZ_NOT_FOUND)
            status = MZ_OK;
    }
    return status;
}

/* A copy of a row of meta; empty when there is none. */
static mz_status read_meta(mz_kv_txn *txn, const char *key, mz_buf *out, mz_reason *why)
{
    mz_view value;
    mz_status status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(key), &value, why);
    mz_buf_reset(out);
    if (status == MZ_OK)
        mz_buf_put(out, value);
    if (status == MZ_NOT_FOUND)
        status = MZ_OK;
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : status;
}

/* What the last batch left. `*any` also when all of it is known: then the row can go. */
static mz_status find_unknown(drops *all, mz_kv_txn *txn, mz_changes *state, bool *any,
                              mz_reason *why)
{
    mz_buf last;
    mz_buf_init(&last, MZ_KV_VALUE_MAX);
    mz_status status = read_meta(txn, MZ_SEALED_LAST, &last, why);
    if (status == MZ_OK)
        status = add_present(all, txn, state, mz_buf_view(&last), why);
    *any = last.size > 0;
    mz_buf_clear(&last);
    return status;
}

static mz_status read_erased(mz_kv_txn *txn, uint64_t *erased, mz_reason *why)
{
    mz_view value;
    mz_status status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_ERASED), &value, why);
    *erased = status == MZ_OK && value.size == 8 ? mz_be64_get(value.data) : 0;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* What was erased by confirmations from entry `from` on; moves `from` behind the last of them. */
static mz_status find_erased(drops *all, mz_kv_txn *txn, mz_changes *state, uint64_t *from,
                             mz_reason *why)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_ERASURE);
    mz_key_bytes row = *from == 0 ? prefix : mz_key_u64(MZ_KIND_ERASURE, *from - 1);
    mz_view digests;
    mz_status status;
    while ((status = mz_state_next(state, &prefix, &row, &digests, why)) == MZ_OK) {
        if (row.size != 9)
            return mz_refuse_corrupt(why, "an erasure in the state has a wrong key");
        status = add_present(all, txn, NULL, digests, why);
        if (status != MZ_OK)
            return status;
        *from = mz_be64_get(row.bytes + 1) + 1;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status rebuild_without(mz_sealed *sealed, drops *all, uint64_t erased, mz_reason *why)
{
    mz_hash *digests = (mz_hash *)(void *)all->bytes.data;
    size_t count = all->bytes.size / sizeof(mz_hash);
    qsort(digests, count, sizeof digests[0], mz_hash_compare);
    return mz_sealed_rebuild(sealed, digests, count, erased, why);
}

mz_status mz_sealed_settle(mz_sealed *sealed, mz_changes *state, uint64_t size, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint64_t before = 0, erased = 0;
    bool any = false;
    drops all;
    mz_buf_init(&all.bytes, DROPS_SIZE_MAX);
    mz_status status = mz_kv_begin_read(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = find_unknown(&all, txn, state, &any, why);
    if (status == MZ_OK)
        status = read_erased(txn, &before, why);
    /* A store that is ahead of its ledger, an older copy put in place: begin anew. */
    erased = before > size ? 0 : before;
    if (status == MZ_OK)
        status = find_erased(&all, txn, state, &erased, why);
    mz_kv_abort(txn);
    txn = NULL;
    if (status == MZ_OK && all.bytes.size > 0) {
        status = rebuild_without(sealed, &all, erased, why);
    } else if (status == MZ_OK && (any || erased != before)) {
        uint8_t bytes[8];
        mz_be64_put(bytes, erased);
        status = mz_kv_begin_write(sealed->kv, &txn, why);
        if (status == MZ_OK)
            status = mz_kv_erase(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_LAST), why);
        if (status == MZ_OK)
            status = mz_kv_put(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_ERASED),
                               (mz_view){bytes, sizeof bytes}, why);
        if (status == MZ_OK) {
            status = mz_kv_commit(txn, why);
            txn = NULL;
        }
        mz_kv_abort(txn);
    }
    mz_buf_clear(&all.bytes);
    return status;
}

/* --- putting --- */

static mz_status drop_leavings(mz_sealed *sealed, mz_changes *state, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint64_t erased = 0;
    bool any = false;
    drops all;
    mz_buf_init(&all.bytes, MZ_KV_VALUE_MAX);
    mz_status status = mz_kv_begin_read(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = find_unknown(&all, txn, state, &any, why);
    if (status == MZ_OK)
        status = read_erased(txn, &erased, why);
    mz_kv_abort(txn);
    if (status == MZ_OK && all.bytes.size > 0)
        status = rebuild_without(sealed, &all, erased, why);
    mz_buf_clear(&all.bytes);
    return status;
}

static mz_status put_rows(mz_kv_txn *txn, const mz_sealed_row *rows, size_t count, mz_reason *why)
{
    mz_buf value, last;
    mz_status status = MZ_OK;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    mz_buf_init(&last, MZ_KV_VALUE_MAX);
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        uint8_t index[INDEX_SIZE];
        mz_be64_put(index, rows[i].index);
        mz_buf_reset(&value);
        mz_buf_put(&value, (mz_view){index, sizeof index});
        mz_buf_put(&value, rows[i].text);
        mz_buf_put(&last, hash_view(&rows[i].digest));
        status = value.failed || last.failed
                     ? mz_refuse(why, MZ_NO_MEMORY)
                     : mz_kv_put(txn, MZ_TABLE_SEALED, hash_view(&rows[i].digest),
                                 mz_buf_view(&value), why);
    }
    if (status == MZ_OK)
        status = mz_kv_put(txn, MZ_TABLE_META, mz_view_of(MZ_SEALED_LAST), mz_buf_view(&last), why);
    mz_buf_clear(&value);
    mz_buf_clear(&last);
    return status;
}

mz_status mz_sealed_put(mz_sealed *sealed, mz_changes *state, const mz_sealed_row *rows,
                        size_t count, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_status status = drop_leavings(sealed, state, why);
    if (status == MZ_OK)
        status = mz_kv_begin_write(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = put_rows(txn, rows, count, why);
    if (status == MZ_OK) {
        status = mz_kv_commit(txn, why);
        txn = NULL;
    }
    mz_kv_abort(txn);
    return status;
}

/* --- all of it --- */

mz_status mz_sealed_copy(const char *path, const char *origin, const char *to, uint64_t size,
                         uint64_t *count, mz_reason *why)
{
    char suffix[64], unborn[MZ_SEALED_PATH_SIZE], store[MZ_SEALED_PATH_SIZE + 8];
    mz_sealed *sealed = NULL;
    mz_kv *copy = NULL;
    *count = 0;
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    if (!mz_path_beside(to, suffix, unborn, sizeof unborn))
        return mz_file_failed(why, to, ENAMETOOLONG);
    snprintf(store, sizeof store, "%s/store", unborn);
    if (mz_path_exists(to))
        return mz_file_failed(why, to, EEXIST);
    mz_status status = mz_sealed_open(path, origin, MZ_SEALED_READ, &sealed, why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? MZ_OK : status;
    assert(sealed != NULL);
    mz_sealed_destroy(unborn); /* of a process of our number that died here */
    if (mkdir(unborn, 0700) != 0)
        status = mz_file_failed(why, unborn, errno);
    if (status == MZ_OK)
        status = mz_lmdb_create(store, NULL, &copy, why);
    if (status == MZ_OK)
        status = mz_sealed_copy_rows(sealed->kv, copy, NULL, 0, size, count, why);
    mz_kv_close(copy);
    if (status == MZ_OK)
        status = mz_path_sync(unborn, why);
    if (status == MZ_OK)
        status = mz_folder_publish(unborn, to, why);
    if (status != MZ_OK)
        mz_sealed_destroy(unborn);
    mz_sealed_close(sealed);
    return status;
}

typedef struct checking {
    const mz_sealed *sealed;
    mz_hasher *hasher;
    mz_changes *state;
    mz_buf last; /* digests that a batch on its way may have put before its entries */
    mz_reason *why;
} checking;

static bool is_last(const checking *c, const uint8_t digest[MZ_HASH_SIZE])
{
    for (size_t at = 0; at + MZ_HASH_SIZE <= c->last.size; at += MZ_HASH_SIZE) {
        if (memcmp(c->last.data + at, digest, MZ_HASH_SIZE) == 0)
            return true;
    }
    return false;
}

static mz_status check_row(const checking *c, const mz_kv_cursor *row)
{
    mz_digest known;
    if (row->key.size != MZ_HASH_SIZE || row->value.size <= INDEX_SIZE)
        return mz_refuse_corrupt(c->why, "a row of the sealed store has a wrong size");
    const mz_view text = {row->value.data + INDEX_SIZE, row->value.size - INDEX_SIZE};
    const mz_hash digest = mz_disclosure_digest(c->hasher, text);
    if (memcmp(digest.bytes, row->key.data, MZ_HASH_SIZE) != 0)
        return mz_refuse_corrupt(c->why, "a disclosure of the sealed store is not of its digest");
    mz_status status = mz_digest_load(c->state, digest.bytes, &known, c->why);
    if (status == MZ_NOT_FOUND)
        return is_last(c, digest.bytes)
                   ? MZ_OK
                   : mz_refuse_corrupt(c->why, "the sealed store holds what no entry names");
    if (status == MZ_OK && known.entry != mz_be64_get(row->value.data))
        return mz_refuse_corrupt(c->why, "a disclosure of the sealed store is another entry's");
    if (status == MZ_OK && known.erased != 0)
        return mz_refuse(
            c->why, MZ_ERASURE_WAITS, mz_words("path", c->sealed->path),
            mz_words("cause", MZ_BOTH("账本上已登记删除", "the log says that it is erased")));
    return status;
}

mz_status mz_sealed_check(mz_sealed *sealed, mz_changes *state, uint64_t *count, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_kv_cursor *row = NULL;
    checking c = {.sealed = sealed, .hasher = mz_hasher_new(), .state = state, .why = why};
    mz_buf_init(&c.last, MZ_KV_VALUE_MAX);
    *count = 0;
    mz_status status =
        c.hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY) : mz_kv_begin_read(sealed->kv, &txn, why);
    if (status == MZ_OK)
        status = read_meta(txn, MZ_SEALED_LAST, &c.last, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(txn, MZ_TABLE_SEALED, &row, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(row, (mz_view){NULL, 0}, why);
    while (status == MZ_OK && row->valid) {
        status = check_row(&c, row);
        (*count)++;
        if (status == MZ_OK)
            status = mz_kv_cursor_next(row, why);
    }
    mz_kv_cursor_close(row);
    mz_kv_abort(txn);
    mz_hasher_free(c.hasher);
    mz_buf_clear(&c.last);
    return status;
}
