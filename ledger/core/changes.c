/* changes.c — the overlay: an index by hash for the rules' many reads of one key, and one ordered
 * set of changed rows per table for walking and flushing.
 *
 * A row of the index knows two things: what the transaction holds (once it was read), and what the
 * change set makes of it (once it was changed). Rows, keys and values lie in an arena which is
 * released as a whole by a flush, so a value that was replaced stays readable for a rollback, and
 * the journal of undone states can point at it.
 *
 * The hash is not keyed: a signer who builds colliding keys makes lookups of his own batch linear
 * in its at most 1,024 entries, no more. */
#include "core/changes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"

#define ARENA_BLOCK_SIZE ((size_t)64 << 10)
#define READ_VALUE_MAX 4096              /* a longer value that was only read is not kept */
#define READ_BYTES_MAX ((size_t)8 << 20) /* kept for rows that were only read */
#define INDEX_SLOTS_FIRST                                                                          \
    64 /* a power of two, as every size of the index; few, since a                                 \
          request makes a set and often reads nothing by it */

typedef struct row_state {
    bool known; /* stored: it was read. changed: the change set has an opinion. */
    bool present;
    mz_view value;
} row_state;

typedef struct overlay_row {
    mz_row row; /* first: the ordered set hands this back */
    mz_table table;
    row_state stored;
    row_state changed;
} overlay_row;

typedef struct index_slot {
    uint64_t hash;
    overlay_row *row; /* NULL: free */
} index_slot;

typedef struct undo {
    overlay_row *row;
    row_state changed; /* before the change */
} undo;

typedef struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    _Alignas(16) uint8_t bytes[];
} arena_block;

struct mz_changes {
    mz_kv_txn *txn;
    mz_kv_cursor *cursors[MZ_TABLE_COUNT]; /* opened on first use, closed by a flush */
    mz_rows changed[MZ_TABLE_COUNT];
    index_slot *slots;
    size_t slot_count;
    size_t row_count;
    undo *journal;
    size_t journal_count;
    size_t journal_capacity;
    arena_block *arena; /* newest first */
    size_t read_size;
    size_t changed_size;
};

/* --- arena --- */

static void *arena_take(mz_changes *changes, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    arena_block *block = changes->arena;
    if (block == NULL || block->size - block->used < size) {
        size_t block_size = size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE;
        block = malloc(sizeof *block + block_size);
        if (block == NULL)
            return NULL;
        *block = (arena_block){.next = changes->arena, .size = block_size};
        changes->arena = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

/* An empty view is taken without memory. */
static bool arena_copy(mz_changes *changes, mz_view from, mz_view *to)
{
    *to = (mz_view){0};
    if (from.size == 0)
        return true;
    uint8_t *bytes = arena_take(changes, from.size);
    if (bytes == NULL)
        return false;
    memcpy(bytes, from.data, from.size);
    *to = (mz_view){bytes, from.size};
    return true;
}

/* Empties the arena but for one block, so that the next batch starts with memory. */
static void arena_reset(mz_changes *changes)
{
    while (changes->arena != NULL && changes->arena->next != NULL) {
        arena_block *block = changes->arena;
        changes->arena = block->next;
        free(block);
    }
    if (changes->arena != NULL)
        changes->arena->used = 0;
}

/* --- index --- */

static uint64_t key_hash(mz_table table, mz_view key)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15); /* odd, bits evenly spread */
    uint64_t hash = ((uint64_t)table + 1) * factor + key.size;
    for (size_t at = 0; at < key.size; at += 8) {
        uint64_t word = 0;
        size_t left = key.size - at;
        if (left >= 8)
            memcpy(&word, key.data + at, 8);
        else
            memcpy(&word, key.data + at, left);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    return hash;
}

/* The slot of the key, or the free slot where it would go. The index always has a free slot. */
static index_slot *index_find(const mz_changes *changes, mz_table table, mz_view key, uint64_t hash)
{
    size_t mask = changes->slot_count - 1;
    for (size_t at = (size_t)hash & mask;; at = (at + 1) & mask) {
        index_slot *slot = &changes->slots[at];
        if (slot->row == NULL)
            return slot;
        if (slot->hash == hash && slot->row->table == table &&
            slot->row->row.key.size == key.size &&
            memcmp(slot->row->row.key.data, key.data, key.size) == 0)
            return slot;
    }
}

static bool index_grow(mz_changes *changes)
{
    size_t slot_count = changes->slot_count * 2;
    index_slot *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < changes->slot_count; i++) {
        if (changes->slots[i].row == NULL)
            continue;
        size_t at = (size_t)changes->slots[i].hash & (slot_count - 1);
        while (slots[at].row != NULL)
            at = (at + 1) & (slot_count - 1);
        slots[at] = changes->slots[i];
    }
    free(changes->slots);
    changes->slots = slots;
    changes->slot_count = slot_count;
    return true;
}

/* Puts a row that knows nothing yet into the free slot. NULL when there is no memory. */
static overlay_row *index_add(mz_changes *changes, index_slot *slot, mz_table table, mz_view key,
                              uint64_t hash)
{
    assert(slot->row == NULL);
    if (changes->row_count + 1 > changes->slot_count - changes->slot_count / 4) {
        if (!index_grow(changes))
            return NULL;
        slot = index_find(changes, table, key, hash);
    }
    overlay_row *row = arena_take(changes, sizeof *row + key.size);
    if (row == NULL)
        return NULL;
    uint8_t *key_bytes = (uint8_t *)(row + 1);
    memcpy(key_bytes, key.data, key.size);
    *row = (overlay_row){
        .row.key = {key_bytes, key.size},
          .table = table
    };
    *slot = (index_slot){hash, row};
    changes->row_count++;
    return row;
}

/* --- life --- */

mz_changes *mz_changes_new(mz_kv_txn *txn)
{
    mz_changes *changes = calloc(1, sizeof *changes);
    if (changes == NULL)
        return NULL;
    changes->txn = txn;
    changes->slot_count = INDEX_SLOTS_FIRST;
    changes->slots = calloc(changes->slot_count, sizeof *changes->slots);
    if (changes->slots == NULL) {
        free(changes);
        return NULL;
    }
    return changes;
}

static void close_cursors(mz_changes *changes)
{
    for (size_t table = 0; table < MZ_TABLE_COUNT; table++) {
        mz_kv_cursor_close(changes->cursors[table]);
        changes->cursors[table] = NULL;
    }
}

/* Forgets every row, read or changed. */
static void forget(mz_changes *changes)
{
    for (size_t table = 0; table < MZ_TABLE_COUNT; table++)
        mz_rows_clear(&changes->changed[table]);
    memset(changes->slots, 0, changes->slot_count * sizeof *changes->slots);
    changes->row_count = 0;
    changes->journal_count = 0;
    changes->read_size = 0;
    changes->changed_size = 0;
    arena_reset(changes);
}

void mz_changes_free(mz_changes *changes)
{
    if (changes == NULL)
        return;
    close_cursors(changes);
    forget(changes);
    free(changes->arena);
    free(changes->journal);
    free(changes->slots);
    free(changes);
}

/* --- reading one key --- */

static mz_status answer(const row_state *state, mz_view *value)
{
    if (!state->present)
        return MZ_NOT_FOUND;
    *value = state->value;
    return MZ_OK;
}

/* Remembers what the transaction holds, within limits: whatever fails here costs only time. */
static void remember_read(mz_changes *changes, index_slot *slot, mz_table table, mz_view key,
                          uint64_t hash, mz_status found, mz_view *value)
{
    mz_view stored = found == MZ_OK ? *value : (mz_view){0};
    if (stored.size > READ_VALUE_MAX || changes->read_size > READ_BYTES_MAX)
        return;
    mz_view copy;
    if (!arena_copy(changes, stored, &copy))
        return;
    overlay_row *row = slot->row;
    if (row == NULL)
        row = index_add(changes, slot, table, key, hash);
    if (row == NULL)
        return;
    row->stored = (row_state){.known = true, .present = found == MZ_OK, .value = copy};
    changes->read_size += sizeof *row + key.size + copy.size;
    if (found == MZ_OK)
        *value = copy;
}

mz_status mz_changes_get(mz_changes *changes, mz_table table, mz_view key, mz_view *value,
                         mz_reason *why)
{
    assert(table < MZ_TABLE_COUNT);
    assert(key.size >= 1 && key.size <= MZ_KV_KEY_MAX);
    uint64_t hash = key_hash(table, key);
    index_slot *slot = index_find(changes, table, key, hash);
    if (slot->row != NULL && slot->row->changed.known)
        return answer(&slot->row->changed, value);
    if (slot->row != NULL && slot->row->stored.known)
        return answer(&slot->row->stored, value);
    mz_status status = mz_kv_get(changes->txn, table, key, value, why);
    if (status == MZ_OK || status == MZ_NOT_FOUND)
        remember_read(changes, slot, table, key, hash, status, value);
    return status;
}

/* --- changing --- */

static size_t state_size(const overlay_row *row, const row_state *state)
{
    return state->known ? row->row.key.size + state->value.size : 0;
}

/* Makes `state` the opinion on `row`, which is in the ordered set exactly when it has one. Never
 * fails when the set needs no new row. */
static bool set_changed(mz_changes *changes, overlay_row *row, row_state state)
{
    mz_rows *set = &changes->changed[row->table];
    if (state.known && !row->changed.known && !mz_rows_insert(set, &row->row))
        return false;
    if (!state.known && row->changed.known)
        mz_rows_remove(set, &row->row);
    changes->changed_size += state_size(row, &state);
    changes->changed_size -= state_size(row, &row->changed);
    row->changed = state;
    return true;
}

static bool journal_reserve(mz_changes *changes)
{
    if (changes->journal_count < changes->journal_capacity)
        return true;
    size_t capacity = changes->journal_capacity == 0 ? 256 : changes->journal_capacity * 2;
    undo *journal = realloc(changes->journal, capacity * sizeof *journal);
    if (journal == NULL)
        return false;
    changes->journal = journal;
    changes->journal_capacity = capacity;
    return true;
}

static bool same_state(const row_state *known, bool present, mz_view value)
{
    return known->present == present && mz_view_equal(known->value, value);
}

static mz_status change(mz_changes *changes, mz_table table, mz_view key, bool present,
                        mz_view value, mz_reason *why)
{
    assert(table < MZ_TABLE_COUNT);
    assert(key.size >= 1 && key.size <= MZ_KV_KEY_MAX);
    assert(value.size <= MZ_KV_VALUE_MAX);
    uint64_t hash = key_hash(table, key);
    index_slot *slot = index_find(changes, table, key, hash);
    overlay_row *row = slot->row;
    if (row == NULL)
        row = index_add(changes, slot, table, key, hash);
    if (row == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    const row_state *now = row->changed.known ? &row->changed : &row->stored;
    if (now->known && same_state(now, present, value))
        return MZ_OK;
    row_state state = {.known = true, .present = present};
    undo before = {row, row->changed};
    if (!journal_reserve(changes) || !arena_copy(changes, value, &state.value) ||
        !set_changed(changes, row, state))
        return mz_refuse(why, MZ_NO_MEMORY);
    changes->journal[changes->journal_count++] = before;
    return MZ_OK;
}

mz_status mz_changes_put(mz_changes *changes, mz_table table, mz_view key, mz_view value,
                         mz_reason *why)
{
    return change(changes, table, key, true, value, why);
}

mz_status mz_changes_erase(mz_changes *changes, mz_table table, mz_view key, mz_reason *why)
{
    return change(changes, table, key, false, (mz_view){0}, why);
}

/* --- walking --- */

static bool begins_with(mz_view key, mz_view prefix)
{
    return key.size >= prefix.size &&
           (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

static mz_status table_cursor(mz_changes *changes, mz_table table, mz_kv_cursor **cursor,
                              mz_reason *why)
{
    if (changes->cursors[table] == NULL) {
        mz_status status = mz_kv_cursor_open(changes->txn, table, &changes->cursors[table], why);
        if (status != MZ_OK)
            return status;
    }
    *cursor = changes->cursors[table];
    return MZ_OK;
}

/* The row that a walk has come to: the overlay's when it has one there, else the transaction's. */
static mz_status found(const overlay_row *row, const mz_kv_cursor *cursor, mz_view prefix,
                       mz_view *found_key, mz_view *value)
{
    mz_view key = row != NULL ? row->row.key : cursor->key;
    if (!begins_with(key, prefix))
        return MZ_NOT_FOUND;
    *found_key = key;
    *value = row != NULL ? row->changed.value : cursor->value;
    return MZ_OK;
}

mz_status mz_changes_seek(mz_changes *changes, mz_table table, mz_view prefix, mz_view key,
                          mz_view *found_key, mz_view *value, mz_reason *why)
{
    assert(table < MZ_TABLE_COUNT);
    mz_view start = mz_key_compare(key, prefix) < 0 ? prefix : key;
    mz_kv_cursor *cursor = NULL;
    mz_status status = table_cursor(changes, table, &cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(cursor, start, why);
    const mz_rows *set = &changes->changed[table];
    mz_rows_place place = mz_rows_seek(set, start);
    while (status == MZ_OK) {
        const overlay_row *row = (const overlay_row *)mz_rows_at(set, place);
        if (row == NULL && !cursor->valid)
            return MZ_NOT_FOUND;
        int order = row == NULL ? -1 : 1; /* of the transaction's row to the overlay's */
        if (row != NULL && cursor->valid)
            order = mz_key_compare(cursor->key, row->row.key);
        if (order < 0)
            return found(NULL, cursor, prefix, found_key, value);
        if (row->changed.present || !begins_with(row->row.key, prefix))
            return found(row, cursor, prefix, found_key, value);
        if (order == 0)
            status = mz_kv_cursor_next(cursor, why);
        place = mz_rows_next(set, place);
    }
    return status;
}

/* The first key after all that begin with `prefix`, in `bytes`; false when nothing can come after.
 */
static bool prefix_end(mz_view prefix, uint8_t bytes[MZ_KV_KEY_MAX + 1], mz_view *end)
{
    size_t size = prefix.size;
    while (size > 0 && prefix.data[size - 1] == 0xff)
        size--;
    if (size == 0)
        return false;
    memcpy(bytes, prefix.data, size);
    bytes[size - 1]++;
    *end = (mz_view){bytes, size};
    return true;
}

/* Where a walk down begins: at or before `key`, strictly before `key`, or at the table's last row.
 */
typedef struct upper_bound {
    bool is_last;
    bool is_exclusive;
    mz_view key;
} upper_bound;

static mz_status cursor_seek_back(mz_kv_cursor *cursor, const upper_bound *bound, mz_reason *why)
{
    if (bound->is_last)
        return mz_kv_cursor_last(cursor, why);
    mz_status status = mz_kv_cursor_seek(cursor, bound->key, why);
    if (status != MZ_OK)
        return status;
    if (!cursor->valid)
        return mz_kv_cursor_last(cursor, why);
    if (!bound->is_exclusive && mz_key_compare(cursor->key, bound->key) == 0)
        return MZ_OK;
    return mz_kv_cursor_previous(cursor, why);
}

/* False when no row of the set is within the bound. */
static bool set_seek_back(const mz_rows *set, const upper_bound *bound, mz_rows_place *place)
{
    *place = (mz_rows_place){.chunk = set->chunk_count};
    if (!bound->is_last) {
        *place = mz_rows_seek(set, bound->key);
        const mz_row *row = mz_rows_at(set, *place);
        if (row != NULL && !bound->is_exclusive && mz_key_compare(row->key, bound->key) == 0)
            return true;
    }
    return mz_rows_step_back(set, place);
}

mz_status mz_changes_seek_back(mz_changes *changes, mz_table table, mz_view prefix, mz_view key,
                               mz_view *found_key, mz_view *value, mz_reason *why)
{
    assert(table < MZ_TABLE_COUNT);
    assert(prefix.size <= MZ_KV_KEY_MAX);
    uint8_t end_bytes[MZ_KV_KEY_MAX + 1];
    upper_bound bound = {.key = key};
    if (!begins_with(key, prefix)) {
        if (mz_key_compare(key, prefix) < 0)
            return MZ_NOT_FOUND;
        bound.is_last = !prefix_end(prefix, end_bytes, &bound.key);
        bound.is_exclusive = true;
    }
    mz_kv_cursor *cursor = NULL;
    mz_status status = table_cursor(changes, table, &cursor, why);
    if (status == MZ_OK)
        status = cursor_seek_back(cursor, &bound, why);
    const mz_rows *set = &changes->changed[table];
    mz_rows_place place;
    bool in_set = set_seek_back(set, &bound, &place);
    while (status == MZ_OK) {
        const overlay_row *row = in_set ? (const overlay_row *)mz_rows_at(set, place) : NULL;
        if (row == NULL && !cursor->valid)
            return MZ_NOT_FOUND;
        int order = row == NULL ? 1 : -1; /* of the transaction's row to the overlay's */
        if (row != NULL && cursor->valid)
            order = mz_key_compare(cursor->key, row->row.key);
        if (order > 0)
            return found(NULL, cursor, prefix, found_key, value);
        if (row->changed.present || !begins_with(row->row.key, prefix))
            return found(row, cursor, prefix, found_key, value);
        if (order == 0)
            status = mz_kv_cursor_previous(cursor, why);
        in_set = mz_rows_step_back(set, &place);
    }
    return status;
}

/* --- marks and flush --- */

mz_mark mz_changes_mark(const mz_changes *changes)
{
    return (mz_mark){.position = changes->journal_count};
}

void mz_changes_rollback(mz_changes *changes, mz_mark mark)
{
    assert(mark.position <= changes->journal_count);
    while (changes->journal_count > mark.position) {
        const undo *last = &changes->journal[--changes->journal_count];
        bool is_done = set_changed(changes, last->row, last->changed);
        assert(is_done); /* a row that regains an opinion never lost its place in the set */
        (void)is_done;
    }
}

size_t mz_changes_size(const mz_changes *changes)
{
    return changes->changed_size;
}

static mz_status flush_row(mz_changes *changes, const overlay_row *row, mz_reason *why)
{
    const row_state *changed = &row->changed;
    if (row->stored.known && same_state(&row->stored, changed->present, changed->value))
        return MZ_OK;
    if (changed->present)
        return mz_kv_put(changes->txn, row->table, row->row.key, changed->value, why);
    return mz_kv_erase(changes->txn, row->table, row->row.key, why);
}

mz_status mz_changes_flush(mz_changes *changes, mz_reason *why)
{
    close_cursors(changes);
    for (size_t table = 0; table < MZ_TABLE_COUNT; table++) {
        const mz_rows *set = &changes->changed[table];
        for (mz_rows_place place = {0}; mz_rows_at(set, place) != NULL;
             place = mz_rows_next(set, place)) {
            const overlay_row *row = (const overlay_row *)mz_rows_at(set, place);
            mz_status status = flush_row(changes, row, why);
            if (status != MZ_OK)
                return status;
        }
    }
    forget(changes);
    return MZ_OK;
}
