/* rows.h — an ordered set of rows, by key in memcmp order. The owner's struct begins with mz_row
 * and stays the owner's: the set holds pointers only.
 *
 *     chunks:  [ a c d . ]  [ f g . . ]  [ k l m n ]      each sorted, none empty, at most
 *                                                         MZ_ROWS_CHUNK rows, in one sorted list
 *
 * A sorted array cut into chunks rather than a tree: finding is one binary search over chunks and
 * one inside, walking is an index, and there is nothing to balance. An insert moves half a chunk of
 * pointers; rows that arrive in order fill their chunks. Good to about a million rows. */
#ifndef MZ_CORE_ROWS_H
#define MZ_CORE_ROWS_H

#include "core/bytes.h"

#define MZ_ROWS_CHUNK 128

/* `key` belongs to the owner and does not change while the row is in a set. */
typedef struct mz_row {
    mz_view key;
} mz_row;

typedef struct mz_rows_chunk {
    size_t count;
    mz_row *rows[MZ_ROWS_CHUNK];
} mz_rows_chunk;

/* Zero-initialised is an empty set. The struct is the caller's, the heap inside is ours. */
typedef struct mz_rows {
    mz_rows_chunk **chunks;
    size_t chunk_count;
    size_t chunk_capacity;
} mz_rows;

/* A place in a set, valid until the set changes. The place after the last row has no row. */
typedef struct mz_rows_place {
    size_t chunk;
    size_t slot;
} mz_rows_place;

void mz_rows_clear(mz_rows *rows); /* empties and releases; the rows themselves are the owner's */

/* Negative, zero or positive as memcmp orders them; a prefix sorts first. */
int mz_key_compare(mz_view left, mz_view right);

/* The first place with a key at or after `key`. */
mz_rows_place mz_rows_seek(const mz_rows *rows, mz_view key);
/* The row there, or NULL at the end. */
mz_row *mz_rows_at(const mz_rows *rows, mz_rows_place place);
/* The next place; `place` has a row. */
mz_rows_place mz_rows_next(const mz_rows *rows, mz_rows_place place);
/* Steps to the place before; false, and nothing changed, at the first. */
bool mz_rows_step_back(const mz_rows *rows, mz_rows_place *place);
/* The row with exactly this key, or NULL. */
mz_row *mz_rows_find(const mz_rows *rows, mz_view key);

/* Adds a row whose key is not in the set. False, and nothing changed, when there is no memory. */
bool mz_rows_insert(mz_rows *rows, mz_row *row);
/* Removes a row that is in the set. */
void mz_rows_remove(mz_rows *rows, const mz_row *row);

#endif
