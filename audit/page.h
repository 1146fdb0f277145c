/* page.h — what the files that make the report's page share: the page as it is written, and the few
 * shapes that it is made of. Internal to audit/. */
#ifndef MZ_AUDIT_PAGE_H
#define MZ_AUDIT_PAGE_H

#include "core/html.h"
#include "words.h"

typedef struct mz_page {
    mz_told told;
    mz_html html;
    unsigned section; /* of the last heading */
} mz_page;

const char *mz_page_say(const mz_page *p, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));

/* --- page_write.c --- */

/* `class_name` may be NULL. */
void mz_page_begin(mz_page *p, const char *name, const char *class_name);
void mz_page_end(mz_page *p, const char *name);
void mz_page_element(mz_page *p, const char *name, const char *class_name, const char *text);
/* A numbered heading. */
void mz_page_heading(mz_page *p, const char *text);
/* The head of a table: its columns, of which those after `text_count` hold numbers. */
void mz_page_table_head(mz_page *p, const char *class_name, const char *const *columns,
                        size_t column_count, size_t text_count);
void mz_page_table_end(mz_page *p);
/* What there is none of is a dash, so that the eye finds the rest. */
void mz_page_number_cell(mz_page *p, long long number);
/* Without the sign of the currency: the table's heading says it. */
void mz_page_fen_cell(mz_page *p, const char *name, int64_t amount_fen);
void mz_page_verdict(mz_page *p, const char *code);

/* --- parts of the report, in its order --- */

/* page_figures.c: funds, goods, bank accounts. */
void mz_page_figures(mz_page *p);
/* page_findings.c: assertion by assertion. */
void mz_page_findings(mz_page *p);

#endif
