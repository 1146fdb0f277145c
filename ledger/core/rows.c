/* rows.c — the chunks of an ordered set. */
#include "core/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int mz_key_compare(mz_view left, mz_view right)
{
    size_t shared_size = left.size < right.size ? left.size : right.size;
    int order = shared_size == 0 ? 0 : memcmp(left.data, right.data, shared_size);
    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

static size_t pointers_size(size_t count)
{
    return count * sizeof(void *);
}

void mz_rows_clear(mz_rows *rows)
{
    for (size_t i = 0; i < rows->chunk_count; i++)
        free(rows->chunks[i]);
    free(rows->chunks);
    *rows = (mz_rows){0};
}

/* The slot of the first row at or after `key`, `count` when all are before it. */
static size_t slot_seek(const mz_rows_chunk *chunk, mz_view key)
{
    size_t low = 0;
    size_t high = chunk->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mz_key_compare(chunk->rows[middle]->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const mz_row *chunk_last(const mz_rows_chunk *chunk)
{
    return chunk->rows[chunk->count - 1];
}

mz_rows_place mz_rows_seek(const mz_rows *rows, mz_view key)
{
    size_t low = 0; /* the first chunk whose last row is at or after `key` */
    size_t high = rows->chunk_count;
    /* Keys that arrive in order are the common case: one comparison tells. */
    if (high > 0 && mz_key_compare(chunk_last(rows->chunks[high - 1])->key, key) < 0)
        low = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mz_key_compare(chunk_last(rows->chunks[middle])->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == rows->chunk_count)
        return (mz_rows_place){.chunk = low, .slot = 0};
    return (mz_rows_place){.chunk = low, .slot = slot_seek(rows->chunks[low], key)};
}

mz_row *mz_rows_at(const mz_rows *rows, mz_rows_place place)
{
    return place.chunk < rows->chunk_count ? rows->chunks[place.chunk]->rows[place.slot] : NULL;
}

mz_rows_place mz_rows_next(const mz_rows *rows, mz_rows_place place)
{
    assert(place.chunk < rows->chunk_count);
    if (place.slot + 1 < rows->chunks[place.chunk]->count)
        return (mz_rows_place){.chunk = place.chunk, .slot = place.slot + 1};
    return (mz_rows_place){.chunk = place.chunk + 1, .slot = 0};
}

bool mz_rows_step_back(const mz_rows *rows, mz_rows_place *place)
{
    if (place->slot > 0) {
        place->slot--;
        return true;
    }
    if (place->chunk == 0)
        return false;
    place->chunk--;
    place->slot = rows->chunks[place->chunk]->count - 1;
    return true;
}

mz_row *mz_rows_find(const mz_rows *rows, mz_view key)
{
    mz_row *row = mz_rows_at(rows, mz_rows_seek(rows, key));
    return row != NULL && mz_key_compare(row->key, key) == 0 ? row : NULL;
}

/* Puts an empty chunk at `index` of the list. */
static bool chunk_add(mz_rows *rows, size_t index)
{
    if (rows->chunk_count == rows->chunk_capacity) {
        size_t capacity = rows->chunk_capacity == 0 ? 8 : rows->chunk_capacity * 2;
        mz_rows_chunk **chunks = realloc(rows->chunks, pointers_size(capacity));
        if (chunks == NULL)
            return false;
        rows->chunks = chunks;
        rows->chunk_capacity = capacity;
    }
    mz_rows_chunk *chunk = malloc(sizeof *chunk);
    if (chunk == NULL)
        return false;
    chunk->count = 0;
    memmove(&rows->chunks[index + 1], &rows->chunks[index],
            pointers_size(rows->chunk_count - index));
    rows->chunks[index] = chunk;
    rows->chunk_count++;
    return true;
}

/* Moves the upper half of a full chunk into a new one after it, and `place` with its row. */
static bool chunk_split(mz_rows *rows, mz_rows_place *place)
{
    if (!chunk_add(rows, place->chunk + 1))
        return false;
    mz_rows_chunk *lower = rows->chunks[place->chunk];
    mz_rows_chunk *upper = rows->chunks[place->chunk + 1];
    size_t half = lower->count / 2;
    upper->count = lower->count - half;
    memcpy(upper->rows, &lower->rows[half], pointers_size(upper->count));
    lower->count = half;
    if (place->slot > half) {
        place->chunk++;
        place->slot -= half;
    }
    return true;
}

/* Where a row that goes to `place` finds room: after all others, at the end of the last chunk. */
static bool make_room(mz_rows *rows, mz_rows_place *place)
{
    if (place->chunk == rows->chunk_count) {
        size_t chunk_count = rows->chunk_count;
        if (chunk_count == 0 || rows->chunks[chunk_count - 1]->count == MZ_ROWS_CHUNK)
            return chunk_add(rows, chunk_count);
        place->chunk--;
        place->slot = rows->chunks[place->chunk]->count;
    }
    return rows->chunks[place->chunk]->count < MZ_ROWS_CHUNK || chunk_split(rows, place);
}

bool mz_rows_insert(mz_rows *rows, mz_row *row)
{
    mz_rows_place place = mz_rows_seek(rows, row->key);
    if (!make_room(rows, &place))
        return false;
    mz_rows_chunk *chunk = rows->chunks[place.chunk];
    memmove(&chunk->rows[place.slot + 1], &chunk->rows[place.slot],
            pointers_size(chunk->count - place.slot));
    chunk->rows[place.slot] = row;
    chunk->count++;
    return true;
}

void mz_rows_remove(mz_rows *rows, const mz_row *row)
{
    mz_rows_place place = mz_rows_seek(rows, row->key);
    assert(mz_rows_at(rows, place) == row);
    mz_rows_chunk *chunk = rows->chunks[place.chunk];
    chunk->count--;
    memmove(&chunk->rows[place.slot], &chunk->rows[place.slot + 1],
            pointers_size(chunk->count - place.slot));
    if (chunk->count > 0)
        return;
    free(chunk);
    rows->chunk_count--;
    memmove(&rows->chunks[place.chunk], &rows->chunks[place.chunk + 1],
            pointers_size(rows->chunk_count - place.chunk));
}
