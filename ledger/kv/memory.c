/* memory.c — versioned rows in memory.
 *
 * Every row keeps its versions, newest first; a transaction of version V sees of each row the
 * newest version at or before V. The one writer works at `committed + 1`: abort takes those
 * versions off again, commit makes them visible and drops what no snapshot can see any more. One
 * lock guards every call, since snapshots may live on other threads; a snapshot's views stay
 * readable without it, because what a snapshot sees is not freed while it lives. */
#include "kv/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"

typedef struct version {
    struct version *older;
    uint64_t number;
    bool present; /* false: erased */
    size_t size;
    uint8_t value[];
} version;

typedef struct memory_row {
    mz_row row; /* first: the ordered set hands this back */
    version *newest;
    uint8_t key[];
} memory_row;

typedef struct touched_row {
    mz_table table;
    memory_row *row;
} touched_row;

typedef struct memory_kv {
    mz_kv kv;
    pthread_mutex_t lock;
    pthread_cond_t writer_left;
    bool has_writer;
    uint64_t committed;
    struct memory_txn *snapshots; /* all that live, in no order */
    mz_rows tables[MZ_TABLE_COUNT];
} memory_kv;

typedef struct memory_txn {
    mz_kv_txn txn;
    memory_kv *kv;
    bool is_write;
    uint64_t version; /* what it sees; a writer's own changes are of this version */
    struct memory_txn *next;
    touched_row *touched; /* rows that got a version of this transaction, once each */
    size_t touched_count;
    size_t touched_capacity;
} memory_txn;

typedef struct memory_cursor {
    mz_kv_cursor cursor;
    memory_txn *txn;
    mz_table table;
} memory_cursor;

static const mz_kv_engine ENGINE;

static void lock(memory_kv *kv)
{
    int rc = pthread_mutex_lock(&kv->lock);
    assert(rc == 0);
    (void)rc;
}

static void unlock(memory_kv *kv)
{
    int rc = pthread_mutex_unlock(&kv->lock);
    assert(rc == 0);
    (void)rc;
}

/* --- rows and versions; all under the lock --- */

static const version *visible(const memory_row *row, uint64_t number)
{
    const version *found = row->newest;
    while (found != NULL && found->number > number)
        found = found->older;
    return found != NULL && found->present ? found : NULL;
}

static void versions_free(version *list)
{
    while (list != NULL) {
        version *older = list->older;
        free(list);
        list = older;
    }
}

static void row_free(memory_row *row)
{
    versions_free(row->newest);
    free(row);
}

/* Drops what a snapshot of `oldest` or later cannot see, and the row itself when nothing is left.
 */
static void prune(memory_kv *kv, const touched_row *touched, uint64_t oldest)
{
    memory_row *row = touched->row;
    version *seen = row->newest;
    while (seen != NULL && seen->number > oldest)
        seen = seen->older;
    if (seen != NULL) {
        versions_free(seen->older);
        seen->older = NULL;
    }
    if (row->newest == NULL || (row->newest == seen && !seen->present)) {
        mz_rows_remove(&kv->tables[touched->table], &row->row);
        row_free(row);
    }
}

static uint64_t oldest_seen(const memory_kv *kv)
{
    uint64_t oldest = kv->committed;
    for (const memory_txn *snapshot = kv->snapshots; snapshot != NULL; snapshot = snapshot->next)
        if (snapshot->version < oldest)
            oldest = snapshot->version;
    return oldest;
}

/* --- transactions --- */

static mz_status memory_begin(mz_kv *base, bool write, mz_kv_txn **out, mz_reason *why)
{
    memory_kv *kv = (memory_kv *)base;
    memory_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    txn->txn.engine = &ENGINE;
    txn->kv = kv;
    txn->is_write = write;
    lock(kv);
    while (write && kv->has_writer)
        pthread_cond_wait(&kv->writer_left, &kv->lock);
    txn->version = kv->committed + (write ? 1 : 0);
    if (write) {
        kv->has_writer = true;
    } else {
        txn->next = kv->snapshots;
        kv->snapshots = txn;
    }
    unlock(kv);
    *out = &txn->txn;
    return MZ_OK;
}

/* Takes the transaction off the store's books and frees it; under the lock, which it releases. */
static void leave(memory_txn *txn)
{
    memory_kv *kv = txn->kv;
    if (txn->is_write) {
        kv->has_writer = false;
        pthread_cond_signal(&kv->writer_left);
    } else {
        memory_txn **link = &kv->snapshots;
        while (*link != NULL && *link != txn)
            link = &(*link)->next;
        assert(*link == txn);
        *link = txn->next;
    }
    unlock(kv);
    free(txn->touched);
    free(txn);
}

static mz_status memory_commit(mz_kv_txn *base, mz_reason *why)
{
    (void)why;
    memory_txn *txn = (memory_txn *)base;
    memory_kv *kv = txn->kv;
    lock(kv);
    if (txn->is_write) {
        kv->committed = txn->version;
        uint64_t oldest = oldest_seen(kv);
        for (size_t i = 0; i < txn->touched_count; i++)
            prune(kv, &txn->touched[i], oldest);
    }
    leave(txn);
    return MZ_OK;
}

static void memory_abort(mz_kv_txn *base)
{
    memory_txn *txn = (memory_txn *)base;
    memory_kv *kv = txn->kv;
    lock(kv);
    uint64_t oldest = oldest_seen(kv);
    for (size_t i = 0; i < txn->touched_count; i++) {
        version *own = txn->touched[i].row->newest;
        assert(own->number == txn->version);
        txn->touched[i].row->newest = own->older;
        free(own);
        prune(kv, &txn->touched[i], oldest);
    }
    leave(txn);
}

/* --- one key --- */

static mz_status memory_get(mz_kv_txn *base, mz_table table, mz_view key, mz_view *value,
                            mz_reason *why)
{
    (void)why;
    memory_txn *txn = (memory_txn *)base;
    lock(txn->kv);
    const memory_row *row = (const memory_row *)mz_rows_find(&txn->kv->tables[table], key);
    const version *found = row != NULL ? visible(row, txn->version) : NULL;
    unlock(txn->kv);
    if (found == NULL)
        return MZ_NOT_FOUND;
    *value = (mz_view){found->value, found->size};
    return MZ_OK;
}

static bool touch(memory_txn *txn, mz_table table, memory_row *row)
{
    if (txn->touched_count == txn->touched_capacity) {
        size_t capacity = txn->touched_capacity == 0 ? 64 : txn->touched_capacity * 2;
        touched_row *touched = realloc(txn->touched, capacity * sizeof *touched);
        if (touched == NULL)
            return false;
        txn->touched = touched;
        txn->touched_capacity = capacity;
    }
    txn->touched[txn->touched_count++] = (touched_row){table, row};
    return true;
}

/* A row without versions, in its set. NULL when there is no memory. */
static memory_row *row_add(memory_kv *kv, mz_table table, mz_view key)
{
    memory_row *row = malloc(sizeof *row + key.size);
    if (row == NULL)
        return NULL;
    row->newest = NULL;
    memcpy(row->key, key.data, key.size);
    row->row.key = (mz_view){row->key, key.size};
    if (!mz_rows_insert(&kv->tables[table], &row->row)) {
        free(row);
        return NULL;
    }
    return row;
}

/* Gives the row of `key` the version, which is taken over. Under the lock. */
static bool set(memory_txn *txn, mz_table table, mz_view key, version *made)
{
    memory_row *row = (memory_row *)mz_rows_find(&txn->kv->tables[table], key);
    if (row != NULL && row->newest != NULL && row->newest->number == txn->version) {
        version *own = row->newest;
        made->older = own->older;
        row->newest = made;
        free(own);
        return true;
    }
    if (row == NULL)
        row = row_add(txn->kv, table, key);
    if (row == NULL)
        return false;
    if (!touch(txn, table, row)) {
        if (row->newest == NULL)
            prune(txn->kv, &(touched_row){table, row}, txn->version);
        return false;
    }
    made->older = row->newest;
    row->newest = made;
    return true;
}

static mz_status change(mz_kv_txn *base, mz_table table, mz_view key, bool present, mz_view value,
                        mz_reason *why)
{
    memory_txn *txn = (memory_txn *)base;
    if (!txn->is_write)
        return mz_refuse(why, MZ_IO, mz_words("cause", "a snapshot cannot be written to"));
    version *made = malloc(sizeof *made + value.size);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *made = (version){.number = txn->version, .present = present, .size = value.size};
    if (value.size > 0)
        memcpy(made->value, value.data, value.size);
    lock(txn->kv);
    bool is_done = set(txn, table, key, made);
    unlock(txn->kv);
    if (is_done)
        return MZ_OK;
    free(made);
    return mz_refuse(why, MZ_NO_MEMORY);
}

static mz_status memory_put(mz_kv_txn *txn, mz_table table, mz_view key, mz_view value,
                            mz_reason *why)
{
    return change(txn, table, key, true, value, why);
}

static mz_status memory_erase(mz_kv_txn *txn, mz_table table, mz_view key, mz_reason *why)
{
    return change(txn, table, key, false, (mz_view){0}, why);
}

/* --- cursors: they stand on a key and find their place anew, since the set may have changed --- */

static mz_status memory_cursor_open(mz_kv_txn *txn, mz_table table, mz_kv_cursor **out,
                                    mz_reason *why)
{
    memory_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    cursor->cursor.engine = &ENGINE;
    cursor->txn = (memory_txn *)txn;
    cursor->table = table;
    *out = &cursor->cursor;
    return MZ_OK;
}

/* Stands on the row at `place` when the transaction sees it. Under the lock. */
static bool stand(memory_cursor *cursor, const mz_rows *rows, mz_rows_place place)
{
    const memory_row *row = (const memory_row *)mz_rows_at(rows, place);
    const version *found = visible(row, cursor->txn->version);
    if (found == NULL)
        return false;
    cursor->cursor.valid = true;
    cursor->cursor.key = row->row.key;
    cursor->cursor.value = (mz_view){found->value, found->size};
    return true;
}

/* The first visible row from `key` on; after it when `is_after`. */
static mz_status walk_up(memory_cursor *cursor, mz_view key, bool is_after)
{
    lock(cursor->txn->kv);
    const mz_rows *rows = &cursor->txn->kv->tables[cursor->table];
    mz_rows_place place = mz_rows_seek(rows, key);
    const mz_row *row = mz_rows_at(rows, place);
    if (is_after && row != NULL && mz_key_compare(row->key, key) == 0)
        place = mz_rows_next(rows, place);
    cursor->cursor.valid = false;
    while (mz_rows_at(rows, place) != NULL && !stand(cursor, rows, place))
        place = mz_rows_next(rows, place);
    unlock(cursor->txn->kv);
    return MZ_OK;
}

/* The last visible row before `key`, or of the table when `key` is NULL. */
static mz_status walk_down(memory_cursor *cursor, const mz_view *key)
{
    lock(cursor->txn->kv);
    const mz_rows *rows = &cursor->txn->kv->tables[cursor->table];
    mz_rows_place place = {.chunk = rows->chunk_count};
    if (key != NULL)
        place = mz_rows_seek(rows, *key);
    cursor->cursor.valid = false;
    while (mz_rows_step_back(rows, &place) && !stand(cursor, rows, place))
        continue;
    unlock(cursor->txn->kv);
    return MZ_OK;
}

static mz_status memory_cursor_seek(mz_kv_cursor *base, mz_view key, mz_reason *why)
{
    (void)why;
    return walk_up((memory_cursor *)base, key, false);
}

static mz_status memory_cursor_next(mz_kv_cursor *base, mz_reason *why)
{
    (void)why;
    return walk_up((memory_cursor *)base, base->key, true);
}

static mz_status memory_cursor_previous(mz_kv_cursor *base, mz_reason *why)
{
    (void)why;
    mz_view key = base->key;
    return walk_down((memory_cursor *)base, &key);
}

static mz_status memory_cursor_last(mz_kv_cursor *base, mz_reason *why)
{
    (void)why;
    return walk_down((memory_cursor *)base, NULL);
}

static void memory_cursor_close(mz_kv_cursor *base)
{
    free(base);
}

/* --- the store --- */

static void memory_close(mz_kv *base)
{
    memory_kv *kv = (memory_kv *)base;
    assert(!kv->has_writer);
    assert(kv->snapshots == NULL);
    for (size_t table = 0; table < MZ_TABLE_COUNT; table++) {
        mz_rows *rows = &kv->tables[table];
        for (mz_rows_place place = {0}; mz_rows_at(rows, place) != NULL;
             place = mz_rows_next(rows, place))
            row_free((memory_row *)mz_rows_at(rows, place));
        mz_rows_clear(rows);
    }
    pthread_cond_destroy(&kv->writer_left);
    pthread_mutex_destroy(&kv->lock);
    free(kv);
}

static const mz_kv_engine ENGINE = {
    .name = "memory",
    .begin = memory_begin,
    .commit = memory_commit,
    .abort = memory_abort,
    .get = memory_get,
    .put = memory_put,
    .erase = memory_erase,
    .cursor_open = memory_cursor_open,
    .cursor_seek = memory_cursor_seek,
    .cursor_next = memory_cursor_next,
    .cursor_previous = memory_cursor_previous,
    .cursor_last = memory_cursor_last,
    .cursor_close = memory_cursor_close,
    .close = memory_close,
};

mz_kv *mz_memory_new(void)
{
    memory_kv *kv = calloc(1, sizeof *kv);
    if (kv == NULL)
        return NULL;
    kv->kv.engine = &ENGINE;
    if (pthread_mutex_init(&kv->lock, NULL) != 0) {
        free(kv);
        return NULL;
    }
    if (pthread_cond_init(&kv->writer_left, NULL) != 0) {
        pthread_mutex_destroy(&kv->lock);
        free(kv);
        return NULL;
    }
    return &kv->kv;
}
