/* sheets_make.h — what the tables are made with: a row being filled by the names of its columns,
 * and walks over a fund's entries. Internal to sheets*.c. */
#ifndef MZ_CORE_SHEETS_MAKE_H
#define MZ_CORE_SHEETS_MAKE_H

#include "core/sheets.h"
#include "core/views_make.h"

/* A table being read. `making` lends the readers of the views: changes, moment and reason. */
typedef struct mz_filling {
    mz_making making;
    const mz_sheet *sheet;
    mz_view only_fund; /* empty: all */
    mz_fund fund;      /* being walked, settled; not for a ledger's table */
    mz_sheet_row *row;
    void *context;
    mz_cell cells[MZ_SHEET_COLUMNS_MAX];
    struct {
        size_t at, size;
    } texts[MZ_SHEET_COLUMNS_MAX]; /* in `text`, which may move while a row is filled */
    mz_buf text;
    mz_sheet_part *part; /* NULL: all of it */
    size_t row_count;
} mz_filling;

/* Cells of the row being filled, by column; the column is there and has a fitting type. What is
 * not set stays empty: a day MZ_NO_DAY, a time MZ_NO_TIME, an entry 0 or MZ_NEVER, a ref 0. */
void mz_cell_number(mz_filling *filling, const char *column, int64_t number);
void mz_cell_entry(mz_filling *filling, const char *column, uint64_t index);
void mz_cell_text(mz_filling *filling, const char *column, mz_view text);
void mz_cell_word(mz_filling *filling, const char *column, const char *word);
void mz_cell_yes(mz_filling *filling, const char *column, bool yes);
mz_status mz_cell_actor(mz_filling *filling, const char *column, mz_actor_no no);
mz_status mz_cell_party(mz_filling *filling, const char *column, mz_ref ref);
mz_status mz_cell_purpose(mz_filling *filling, const char *column, mz_ref ref);
mz_status mz_cell_proposal(mz_filling *filling, const char *column, mz_ref ref);
mz_status mz_cell_source(mz_filling *filling, const char *column, mz_ref ref);
/* The fund being walked, in column `fund`. */
void mz_cell_fund(mz_filling *filling);
/* Hands the row on and empties the cells. */
mz_status mz_row_end(mz_filling *filling) MZ_MUST_USE;

/* An entry of the log, decoded; ends with mz_reading_close. */
typedef struct mz_reading_entry {
    mz_buf text;
    mz_entry entry;
    int64_t unix_ms;
} mz_reading_entry;
mz_status mz_reading_open(mz_filling *filling, uint64_t index,
                          mz_reading_entry *reading) MZ_MUST_USE;
void mz_reading_close(mz_reading_entry *reading);
/* Who signed it. */
mz_status mz_cell_signer(mz_filling *filling, const char *column, const mz_reading_entry *reading);
/* The entry that a member of the body cites by its jti; 0 when it is missing. */
mz_status mz_reading_cited(mz_filling *filling, const mz_reading_entry *reading, const char *member,
                           uint64_t *index) MZ_MUST_USE;

/* Calls `row` for every entry of the fund of one of these events, in the order of the log. */
#define MZ_WALK_EVENTS_MAX 6
typedef mz_status mz_entry_visit(mz_filling *filling, mz_event event, uint64_t index);
mz_status mz_fund_walk(mz_filling *filling, const mz_event *events, size_t event_count,
                       mz_entry_visit *visit) MZ_MUST_USE;
/* The entry that reversed `index`; 0: none did. */
mz_status mz_reversal_of(mz_filling *filling, uint64_t index, uint64_t *reversal) MZ_MUST_USE;

/* Adds to a sum that the rules have bounded; MZ_BALANCE_LIMIT when the state says otherwise. */
mz_status mz_sum_add(mz_filling *filling, int64_t *sum_fen, int64_t amount_fen) MZ_MUST_USE;

/* The tables, by file. */
extern const mz_column MZ_SUMMARY_COLUMNS[], MZ_INCOME_COLUMNS[], MZ_SPENDING_COLUMNS[],
    MZ_STATEMENT_COLUMNS[]; /* sheets_money.c */
mz_status mz_summary_walk(mz_filling *filling), mz_income_walk(mz_filling *filling),
    mz_spending_walk(mz_filling *filling), mz_statement_walk(mz_filling *filling);
extern const mz_column MZ_PROPOSAL_COLUMNS[], MZ_DRAW_COLUMNS[], MZ_PAYEE_COLUMNS[],
    MZ_BALLOT_COLUMNS[]; /* sheets_proposal.c */
mz_status mz_proposal_walk(mz_filling *filling), mz_draw_walk(mz_filling *filling),
    mz_payee_walk(mz_filling *filling), mz_ballot_walk(mz_filling *filling);
extern const mz_column MZ_GRANT_COLUMNS[]; /* sheets_grant.c */
mz_status mz_grant_walk(mz_filling *filling);
extern const mz_column MZ_GOODS_COLUMNS[], MZ_STOCK_COLUMNS[]; /* sheets_goods.c */
mz_status mz_goods_walk(mz_filling *filling), mz_stock_walk(mz_filling *filling);
extern const mz_column MZ_NEED_COLUMNS[], MZ_RATING_COLUMNS[],
    MZ_RECONCILIATION_COLUMNS[]; /* sheets_account.c */
mz_status mz_need_walk(mz_filling *filling), mz_rating_walk(mz_filling *filling),
    mz_reconciliation_walk(mz_filling *filling);
extern const mz_column MZ_SOURCE_COLUMNS[]; /* sheets_source.c */
mz_status mz_source_walk(mz_filling *filling);

#endif
