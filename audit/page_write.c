#include "page.h"

#include <stdio.h>

#include "core/money.h"

const char *mz_page_say(const mz_page *p, const char *zh, const char *en)
{
    return mz_say(&p->told, zh, en);
}

void mz_page_element(mz_page *p, const char *name, const char *class_name, const char *text)
{
    mz_html_element(&p->html, name, class_name, text);
}

void mz_page_begin(mz_page *p, const char *name, const char *class_name)
{
    mz_html_open_class(&p->html, name, class_name);
}

void mz_page_end(mz_page *p, const char *name)
{
    mz_html_close(&p->html, name);
}

void mz_page_number_cell(mz_page *p, long long number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", number);
    mz_page_element(p, "td", "number", number != 0 ? text : "–");
}

void mz_page_fen_cell(mz_page *p, const char *name, int64_t amount_fen)
{
    char text[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, text);
    mz_page_element(p, name, "number", text);
}

void mz_page_heading(mz_page *p, const char *text)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%u. ", ++p->section);
    mz_page_begin(p, "h2", NULL);
    mz_html_text(&p->html, number);
    mz_html_text(&p->html, text);
    mz_page_end(p, "h2");
}

void mz_page_table_head(mz_page *p, const char *class_name, const char *const *columns,
                        size_t column_count, size_t text_count)
{
    mz_page_begin(p, "table", class_name);
    mz_page_begin(p, "thead", NULL);
    mz_page_begin(p, "tr", NULL);
    for (size_t i = 0; i < column_count; i++) {
        mz_page_begin(p, "th", i < text_count ? NULL : "number");
        mz_html_attribute(&p->html, "scope", "col");
        mz_html_text(&p->html, columns[i]);
        mz_page_end(p, "th");
    }
    mz_page_end(p, "tr");
    mz_page_end(p, "thead");
    mz_page_begin(p, "tbody", NULL);
}

void mz_page_table_end(mz_page *p)
{
    mz_page_end(p, "tbody");
    mz_page_end(p, "table");
}

void mz_page_verdict(mz_page *p, const char *code)
{
    char classes[48];
    (void)snprintf(classes, sizeof classes, "verdict %s", code);
    mz_page_element(p, "span", classes, mz_told_verdict(&p->told, code));
}
