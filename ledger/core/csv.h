/* csv.h — tables as comma-separated values that spreadsheet programs open: UTF-8 behind a byte
 * order mark, lines ended by CR LF, quoting as in RFC 4180.
 *
 * A spreadsheet takes a cell that begins with one of = + - @ for a formula, quoted or not, and then
 * runs what a stranger wrote into a title. So a text that begins with one of these, or with their
 * full-width forms, gets an apostrophe before it. Figures and dates are ours and stay as they are.
 */
#ifndef MZ_CORE_CSV_H
#define MZ_CORE_CSV_H

#include "core/sheets.h"

/* The byte order mark and the headings. Appends. */
void mz_csv_put_head(mz_buf *out, const mz_sheet *sheet, mz_language language);
/* One row. Appends. */
void mz_csv_put_row(mz_buf *out, const mz_sheet *sheet, const mz_cell *cells, mz_language language);
/* Whether a spreadsheet may take the text for a formula. */
bool mz_text_is_formula(mz_view text);

#endif
