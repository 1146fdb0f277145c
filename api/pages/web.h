/* web.h — what the files that make pages share: the page as it is written, its frame, and the few
 * shapes that it is made of. Internal to api/pages/. */
#ifndef MZ_PAGES_WEB_H
#define MZ_PAGES_WEB_H

#include <jansson.h>

#include "core/html.h"
#include "core/sheets.h"
#include "pages/pages.h"

/* The table of the page that is asked for as a file, and the row of it that is being filled. */
typedef struct mz_web_file {
    mz_view name;                            /* empty: the page is asked for; borrowed */
    bool found, in_table, in_cell;           /* found: the page has such a table */
    mz_column columns[MZ_SHEET_COLUMNS_MAX]; /* the type is the cell's of this row */
    mz_cell cells[MZ_SHEET_COLUMNS_MAX];
    size_t cell, cell_at; /* which one, and where its text begins */
    mz_buf text;          /* of the row; ours */
} mz_web_file;

typedef struct mz_web {
    mz_html html;
    mz_language language;
    bool says_language;
    const char *path; /* of the frame */
    mz_buf *out;      /* the page, or the file */
    mz_web_file file;
} mz_web;

#define MZ_WEB_PATH_SIZE 512 /* of an address on this site, with its NUL */

/* --- web.c: the frame --- */

const char *mz_web_say(const mz_web *w, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
/* A word of the catalogue, an event by its name, in the page's language. */
const char *mz_web_word(const mz_web *w, const char *word);
const char *mz_web_event(const mz_web *w, const char *event);

typedef struct mz_web_frame {
    const char *title;
    const char *path; /* this page's, without the language */
    const char *json; /* where programs read the same; NULL: nowhere */
    const char *fund; /* whose page it is part of: a link back; NULL: of none */
    const char *fund_name;
    const json_t *origin; /* mz_origin_view; NULL on the page of a refusal */
} mz_web_frame;
void mz_web_begin(mz_web *w, const mz_page_asked *asked, const mz_web_frame *frame, mz_buf *out);
/* MZ_NO_MEMORY when the page has outgrown its buffer; MZ_NOT_FOUND {kind, id} when it has no table
 * of the name that was asked for. Comes after each mz_web_begin: it releases. */
mz_status mz_web_end(mz_web *w, const mz_web_frame *frame, mz_reason *why) MZ_MUST_USE;

/* --- web_shapes.c: text and figures --- */

/* Members of views: "" and 0 where there is none. */
const char *mz_web_text_of(const json_t *object, const char *name);
int64_t mz_web_number_of(const json_t *object, const char *name);
bool mz_web_has(const json_t *object, const char *name);
bool mz_web_true(const json_t *object, const char *name);

void mz_web_open(mz_web *w, const char *element, const char *class_name);
void mz_web_close(mz_web *w, const char *element);
void mz_web_put(mz_web *w, const char *text);
void mz_web_element(mz_web *w, const char *element, const char *class_name, const char *text);
/* An element whose text is made from a format. */
void mz_web_format(mz_web *w, const char *element, const char *class_name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A section with its heading, which names it. Ends with mz_web_close(w, "section"). */
void mz_web_section(mz_web *w, const char *id, const char *title);

/* The address of a path on this site, with the language when the page's address said it. */
void mz_web_address(const mz_web *w, const char *path, char address[MZ_WEB_PATH_SIZE]);
void mz_web_open_link(mz_web *w, const char *class_name, const char *path);
void mz_web_link(mz_web *w, const char *path, const char *text);
void mz_web_entry_link(mz_web *w, int64_t index);
void mz_web_proposal_link(mz_web *w, const char *proposal, const char *title);
/* Any bytes as one segment of a path. */
void mz_web_segment(const char *text, char segment[MZ_WEB_PATH_SIZE]);

#define MZ_WEB_YUAN_SIZE 40
void mz_web_yuan_text(int64_t amount_fen, char text[MZ_WEB_YUAN_SIZE]);
void mz_web_yuan(mz_web *w, int64_t amount_fen);
/* YYYY-MM-DD as people say it, in a time element; another text as it is. */
void mz_web_day(mz_web *w, const char *day);
void mz_web_month(mz_web *w, const char *month);
/* To the minute, UTC+8. */
void mz_web_moment(mz_web *w, int64_t unix_ms);
void mz_web_day_of(mz_web *w, int64_t unix_ms);
/* Somebody who signed: role and identifier; never a name. `role` may be NULL. */
void mz_web_actor(mz_web *w, const char *role, const char *actor);
/* A party, by "party", "party_name", "party_kind" of a row: its name where it may be said, else its
 * kind and identifier. */
void mz_web_party(mz_web *w, const json_t *row);

/* Terms and what they are: dl. */
void mz_web_facts(mz_web *w, const char *class_name);
void mz_web_facts_end(mz_web *w);
void mz_web_fact(mz_web *w, const char *term); /* opens its dd */
void mz_web_fact_end(mz_web *w);
void mz_web_fact_text(mz_web *w, const char *term, const char *text);
void mz_web_fact_yuan(mz_web *w, const char *term, int64_t amount_fen);
void mz_web_fact_day(mz_web *w, const char *term, const char *day);

/* --- web_tables.c --- */

/* A table: on a narrow screen each row becomes a block, and a cell says what its column is. */
typedef struct mz_web_column {
    const char *zh, *en;
    bool number;
} mz_web_column;
typedef struct mz_web_table {
    const mz_web_column *columns; /* ends with a row without zh */
    size_t at;                    /* the next cell's column */
    const char *file;             /* its own; NULL: none */
} mz_web_table;
/* `file`: the name under which the table can be asked for as CSV below the page's path ("draws":
 * draws.csv), no sheet's on a fund's page; NULL for a list of which the page may have a part: a
 * sheet has all of it. */
mz_web_table mz_web_table_begin(mz_web *w, const char *id, const char *file, const char *caption,
                                const mz_web_column *columns);
/* With links to its file, and to `sheet`: the table of core/sheets.h, or the month, that tells more
 * of `fund`; NULL: none does. A table has one of them. */
void mz_web_table_end(mz_web *w, mz_web_table *table, const char *fund, const char *sheet);
void mz_web_row(mz_web *w, mz_web_table *table, const char *class_name);
void mz_web_row_end(mz_web *w, mz_web_table *table);
void mz_web_cell(mz_web *w, mz_web_table *table); /* opens it; the first one is the row's heading */
void mz_web_cell_end(mz_web *w, mz_web_table *table);
void mz_web_cell_text(mz_web *w, mz_web_table *table, const char *text);
void mz_web_cell_yuan(mz_web *w, mz_web_table *table, int64_t amount_fen);
void mz_web_cell_count(mz_web *w, mz_web_table *table, int64_t count);
void mz_web_cell_day(mz_web *w, mz_web_table *table, const char *day);

/* `name` empty: no file. */
void mz_web_file_init(mz_web_file *file, mz_view name);
mz_status mz_web_file_end(mz_web_file *file, mz_reason *why) MZ_MUST_USE;
/* What the file says where the page says it in its own way; nothing outside the cells of a file. A
 * number that stands alone in its cell stays one. */
void mz_web_file_text(mz_web *w, mz_view text);
void mz_web_file_number(mz_web *w, mz_column_type type, int64_t number);
/* A blank between what the page sets apart by its looks. */
void mz_web_file_apart(mz_web *w);

/* --- web_charts.c --- */

/* A cell with the part that one amount is of a whole, as a bar and in per cent. */
void mz_web_cell_share(mz_web *w, mz_web_table *table, int64_t part_fen, int64_t whole_fen);
/* Columns over months: member `balance_fen` of rows of "month". */
void mz_web_balances(mz_web *w, const json_t *months);
/* The six public steps of a proposal: as "steps" of its view says, or as its row in a list implies.
 */
void mz_web_steps(mz_web *w, const json_t *proposal);

/* --- fund_projects.c: part of a fund's page --- */
void mz_web_open_projects(mz_web *w, const json_t *view);
void mz_web_past_projects(mz_web *w, const json_t *view);
void mz_web_needs(mz_web *w, const json_t *view);
/* Counts of a rating: "very satisfied 3, satisfied 1". */
void mz_web_grades(mz_web *w, const json_t *counts);
/* --- fund_accounts.c --- */
void mz_web_sources(mz_web *w, const json_t *view);
void mz_web_goods(mz_web *w, const json_t *view, const json_t *goods);
void mz_web_statements(mz_web *w, const json_t *view, int64_t now_ms);
void mz_web_people(mz_web *w, const json_t *view, const json_t *origin);
/* Income by kind and spending by category, with shares. */
void mz_web_flows(mz_web *w, const json_t *figures, const char *fund);
/* The sums that lead from one balance to another. */
void mz_web_sums(mz_web *w, const json_t *figures);

/* --- body.c: what an entry says --- */
void mz_web_body(mz_web *w, const json_t *entry, const json_t *links);
/* In one line, for a list of entries. */
void mz_web_brief(mz_web *w, const json_t *entry);
/* The amount of money of an entry; false when it has none. */
bool mz_web_amount(const json_t *entry, int64_t *amount_fen);

#endif
