/* pages.h — the public disclosure: what residents, donors and journalists read, as whole pages of
 * HTML that need no script. Pure functions over a change set on a snapshot; data comes from the
 * core's views, and bytes leave through core/html.h alone, so whatever people wrote is shown and
 * never obeyed. docs/design/0022-pages.md says what is shown of whom.
 *
 * Each function appends one page to `out` on MZ_OK. On a refusal (MZ_NOT_FOUND, MZ_BAD_VALUE;
 * MZ_IO, MZ_CORRUPT, MZ_NO_MEMORY) what was appended is not to be used, and mz_page_refusal makes
 * the page that says so. MZ_NO_MEMORY too when `out` has no room. Views of paths are borrowed. */
#ifndef MZ_PAGES_PAGES_H
#define MZ_PAGES_PAGES_H

#include "core/changes.h"

/* What every page is asked with. A table's file has the rows and columns of the table on the page;
 * a page that has no such table, perhaps because there is nothing to list, answers MZ_NOT_FOUND. */
typedef struct mz_page_asked {
    mz_changes *changes; /* settled to now_ms by the views; never flushed */
    int64_t now_ms;
    mz_language language;
    bool says_language; /* the address said it (?lang=): links on the page say it too */
    mz_view table;      /* empty: the page; else that table of it alone, as CSV: borrowed */
} mz_page_asked;

/* `/`: the funds that were opened after entry `after` (0: from the first). */
mz_status mz_page_home(const mz_page_asked *asked, uint64_t after, mz_buf *out,
                       mz_reason *why) MZ_MUST_USE;
/* `/f/{fund}`: its finished projects filed before entry `before` (MZ_NEVER: the newest). */
mz_status mz_page_fund(const mz_page_asked *asked, mz_view fund, uint64_t before, mz_buf *out,
                       mz_reason *why) MZ_MUST_USE;
/* `/f/{fund}/{month}`: the entries after entry `after` (0: from the first). */
mz_status mz_page_month(const mz_page_asked *asked, mz_view fund, mz_view month, uint64_t after,
                        mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* `/p/{proposal}`. */
mz_status mz_page_proposal(const mz_page_asked *asked, mz_view proposal, mz_buf *out,
                           mz_reason *why) MZ_MUST_USE;
/* `/e/{index}`. */
mz_status mz_page_entry(const mz_page_asked *asked, uint64_t index, mz_buf *out,
                        mz_reason *why) MZ_MUST_USE;
/* `/r/{receipt_no}`: is the gift in, and what has it paid for. Blanks around it are dropped: people
 * type it. A number that is not there is
 * answered with a page of its own, and `*found` is false: it is what a donor most wants explained.
 */
mz_status mz_page_receipt(const mz_page_asked *asked, mz_view receipt_no, bool *found, mz_buf *out,
                          mz_reason *why) MZ_MUST_USE;
/* The page of a refusal, with the HTTP code that it is answered with. Reads nothing. */
mz_status mz_page_refusal(mz_language language, bool says_language, unsigned code,
                          const mz_reason *refusal, mz_buf *out, mz_reason *why) MZ_MUST_USE;

/* `/f/{fund}/{table}.csv`: a table of sheets.h, or a month ("2026-03": its entries), from entry
 * `from` on (0: from the first), or a table of the fund's page. At most MZ_PAGE_CSV_ROWS_MAX rows
 * and what belongs to the same entry; then `*next` is where to go on and the last line says so,
 * else 0. */
#define MZ_PAGE_CSV_ROWS_MAX 2000
mz_status mz_page_csv(const mz_page_asked *asked, mz_kv_txn *txn, mz_view fund, mz_view table,
                      uint64_t from, uint64_t *next, mz_buf *out, mz_reason *why) MZ_MUST_USE;

/* The style sheet, and the digits of its address: MZ_PAGE_STYLE "?v=" version. For good. */
#define MZ_PAGE_STYLE "/style.css"
mz_view mz_page_style(void);
const char *mz_page_style_version(void);

#endif
