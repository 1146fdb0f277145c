/* table.h — aligned columns for a terminal. Chinese characters are two columns wide, so widths come
 * from wcwidth under a UTF-8 locale, not from bytes. */
#ifndef MZ_TOOLS_TABLE_H
#define MZ_TOOLS_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "core/bytes.h"

#define MZ_GRID_COLUMNS_MAX 12

typedef struct mz_grid mz_grid;

/* Headings: NULL-terminated; one that begins with '>' aligns its column to the right. NULL when
 * there is no memory. The caller owns it. */
mz_grid *mz_grid_new(const char *const *headings);
void mz_grid_free(mz_grid *table);
/* Begins a row; cells follow from the left. Missing cells are blank. */
void mz_grid_row(mz_grid *table);
void mz_grid_cell(mz_grid *table, const char *text); /* NULL is blank */
void mz_grid_cell_format(mz_grid *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void mz_grid_cell_fen(mz_grid *table, int64_t amount_fen); /* ¥1,234.50 */
size_t mz_grid_rows(const mz_grid *table);
/* Prints headings, a rule and the rows, each line after `indent` blanks. */
void mz_grid_print(const mz_grid *table, FILE *out, int indent);

/* Columns that the text takes on a terminal. */
int mz_text_width(const char *text);
/* Prints text and blanks up to `width` columns. */
void mz_text_pad(FILE *out, const char *text, int width);

#endif
