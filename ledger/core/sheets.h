/* sheets.h — the tables of a ledger, for spreadsheets: what they are called, their columns, and
 * their rows as a stream. One definition for CSV, workbooks and pages. Pure functions over a
 * transaction; memory grows with no table: rows are handed on one by one, and each fund is read,
 * as of a moment, through a change set of its own which is dropped after it.
 *
 * What stands in a table: identifiers, words of the catalogue, figures, dates, titles, names of
 * funds and things, the terms of agreements. What never does: a sealable member (a name of a person
 * or party), even where the log has it in clear; a note; a reason, an explanation or another
 * freely written remark. docs/design/0017-tables.md says why. */
#ifndef MZ_CORE_SHEETS_H
#define MZ_CORE_SHEETS_H

#include "core/state.h"

typedef enum mz_column_type {
    MZ_COLUMN_TEXT,    /* a title, a name of a thing, a term, a token */
    MZ_COLUMN_ID,      /* identifiers; several are joined by ", " */
    MZ_COLUMN_PURPOSE, /* an identifier, or the word `general` */
    MZ_COLUMN_WORD,    /* of the catalogue: mz_word_text */
    MZ_COLUMN_FEN,     /* money */
    MZ_COLUMN_COUNT,   /* how many */
    MZ_COLUMN_ENTRY,   /* the index of an entry */
    MZ_COLUMN_DAY,     /* UTC+8 */
    MZ_COLUMN_TIME     /* unix milliseconds */
} mz_column_type;

typedef struct mz_column {
    const char *code; /* JSON name, with its unit */
    mz_column_type type;
    const char *zh, *en;
} mz_column;

typedef struct mz_cell {
    bool present;
    int64_t number; /* FEN, COUNT, ENTRY, DAY, TIME */
    mz_view text;   /* the others; borrowed for the call of mz_sheet_row */
} mz_cell;

#define MZ_SHEET_COLUMNS_MAX 32

struct mz_filling;
typedef struct mz_sheet {
    const char *code; /* also the name of a file: [a-z_] */
    const char *zh, *en;
    const mz_column *columns; /* ends with a row without a code */
    bool of_ledger;           /* rows belong to no fund alone: read once, not fund by fund */
    mz_status (*walk)(struct mz_filling *filling);
} mz_sheet;

/* All of them, in the order in which a workbook has them. Static. */
const mz_sheet *mz_sheets(size_t *count);
const mz_sheet *mz_sheet_named(mz_view code); /* NULL when there is none */
size_t mz_sheet_column_count(const mz_sheet *sheet);

/* One row: as many cells as the table has columns. Anything but MZ_OK ends the reading. */
typedef mz_status mz_sheet_row(void *context, const mz_sheet *sheet, const mz_cell *cells,
                               mz_reason *why);

/* Hands every row to `row`: fund by fund in the order of opening, the oldest first. `fund` empty:
 * all funds. Of a ledger's table the rows that concern the fund. MZ_NOT_FOUND {kind, id} when there
 * is no such fund; MZ_IO, MZ_CORRUPT, MZ_NO_MEMORY; whatever `row` answers. The moment `now_ms` is
 * not before the last entry's. */
mz_status mz_sheet_read(const mz_sheet *sheet, mz_kv_txn *txn, int64_t now_ms, mz_view fund,
                        mz_sheet_row *row, void *context, mz_reason *why) MZ_MUST_USE;

/* A part of a table, so that a reading is bounded: of the tables that list entries, the rows of
 * entries from `from_index` on, until `rows_max` rows are there and their entry's are complete;
 * then `next_index` is the entry to go on with, else 0. Other tables are read whole. */
typedef struct mz_sheet_part {
    uint64_t from_index;
    size_t rows_max;
    uint64_t next_index;
} mz_sheet_part;
/* As mz_sheet_read, of one fund. Not for `grants`, which lists two kinds of entries in turn. */
mz_status mz_sheet_read_part(const mz_sheet *sheet, mz_kv_txn *txn, int64_t now_ms, mz_view fund,
                             mz_sheet_part *part, mz_sheet_row *row, void *context,
                             mz_reason *why) MZ_MUST_USE;

/* What stands in a cell, for people: money as plain yuan with two decimals (1234.50), days as
 * YYYY-MM-DD, times as YYYY-MM-DD HH:MM:SS in UTC+8, words in their language. Appends; nothing for
 * an empty cell. */
void mz_cell_put(mz_buf *out, const mz_column *column, const mz_cell *cell, mz_language language);
/* True where the text of a cell is written by people and so may say anything. */
bool mz_column_is_text(const mz_column *column);

#endif
