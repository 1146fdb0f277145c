/* page_findings.c — assertion by assertion: what is proved, what is found, what to ask people. */
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "page.h"

static void put_entry_name(mz_page *p, const json_t *entry)
{
    char text[32];
    (void)snprintf(text, sizeof text, "#%lld", mz_told_number(entry, "index"));
    mz_html_text(&p->html, text);
    mz_html_text(&p->html, " ");
    mz_html_text(&p->html, mz_told_term(&p->told, mz_told_text(entry, "event")));
}

static void put_day(mz_page *p, const json_t *entry)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(mz_told_number(entry, "unix_ms")), day);
    mz_html_text(&p->html, day);
}

static void put_other(mz_page *p, const json_t *other)
{
    mz_html_text(&p->html, mz_page_say(p, "。参见 ", ". See "));
    put_entry_name(p, other);
    mz_html_text(&p->html, mz_page_say(p, "，", ", "));
    if (json_object_get(other, "fund") != NULL) {
        mz_html_text(&p->html, mz_told_text(other, "fund"));
        mz_html_text(&p->html, mz_page_say(p, "，", ", "));
    }
    put_day(p, other);
}

static void put_finding_cell(mz_page *p, const json_t *entry)
{
    char about[MZ_ABOUT_SIZE];
    const json_t *other = json_object_get(entry, "other_entry");
    mz_told_about(&p->told, entry, about, sizeof about);
    mz_page_begin(p, "td", NULL);
    mz_html_text(&p->html, mz_told_word(&p->told, entry));
    mz_html_open(&p->html, "br");
    mz_page_end(p, "br");
    mz_page_begin(p, "span", "small");
    mz_html_text(&p->html, about);
    if (other != NULL)
        put_other(p, other);
    mz_page_end(p, "span");
    mz_page_end(p, "td");
}

static void put_entry(mz_page *p, const json_t *entry)
{
    mz_page_begin(p, "tr", NULL);
    mz_page_begin(p, "td", "nowrap");
    put_entry_name(p, entry);
    mz_page_end(p, "td");
    mz_page_begin(p, "td", "nowrap");
    put_day(p, entry);
    mz_page_end(p, "td");
    mz_page_element(p, "td", NULL, mz_told_text(entry, "fund"));
    put_finding_cell(p, entry);
    if (json_object_get(entry, "amount_fen") != NULL)
        mz_page_fen_cell(p, "td", mz_told_number(entry, "amount_fen"));
    else
        mz_page_element(p, "td", NULL, "");
    mz_page_end(p, "tr");
}

static void put_entries(mz_page *p, const json_t *row, const char *list, const char *count,
                        const char *title)
{
    size_t i;
    json_t *entry;
    char more[64];
    const json_t *entries = json_object_get(row, list);
    const long long left = mz_told_number(row, count) - (long long)json_array_size(entries);
    const char *const columns[] = {mz_page_say(p, "笔", "entry"), mz_page_say(p, "日期", "date"),
                                   mz_page_say(p, "基金", "fund"), title,
                                   mz_page_say(p, "元", "yuan")};
    if (json_array_size(entries) == 0)
        return;
    mz_page_table_head(p, NULL, columns, 5, 4);
    json_array_foreach(entries, i, entry) put_entry(p, entry);
    mz_page_table_end(p);
    if (left > 0) {
        (void)snprintf(more, sizeof more,
                       mz_page_say(p, "另有 %lld 项，未列。", "And %lld more, not listed."), left);
        mz_page_element(p, "p", "small", more);
    }
}

static void put_ask(mz_page *p, const char *about, const char *ask)
{
    if (ask[0] == '\0')
        return;
    mz_page_begin(p, "div", "ask");
    mz_page_begin(p, "p", "label");
    mz_html_text(&p->html, mz_page_say(p, "问人", "To ask people"));
    if (about[0] != '\0') {
        mz_html_text(&p->html, mz_page_say(p, "：", ": "));
        mz_html_text(&p->html, about);
    }
    mz_page_end(p, "p");
    mz_page_element(p, "p", NULL, ask);
    mz_page_end(p, "div");
}

static void put_assertion(mz_page *p, size_t number, const json_t *row)
{
    size_t i;
    json_t *kind;
    char text[40];
    (void)snprintf(text, sizeof text, "%u.%zu ", p->section, number + 1);
    mz_page_begin(p, "section", NULL);
    mz_html_attribute(&p->html, "id", mz_told_text(row, "code"));
    mz_page_begin(p, "h3", NULL);
    mz_html_text(&p->html, text);
    mz_html_text(&p->html, mz_told_word(&p->told, json_object_get(row, "title")));
    mz_html_text(&p->html, " ");
    mz_page_verdict(p, mz_told_text(row, "verdict"));
    mz_page_end(p, "h3");
    mz_page_element(p, "p", NULL, mz_told_word(&p->told, json_object_get(row, "proves")));
    put_entries(p, row, "entries", "count", mz_page_say(p, "发现", "finding"));
    put_entries(p, row, "information", "information_count", mz_page_say(p, "备查", "to be known"));
    json_array_foreach(json_object_get(row, "kinds"), i, kind) put_ask(
        p, mz_told_word(&p->told, kind), mz_told_word(&p->told, json_object_get(kind, "ask")));
    if (strcmp(mz_told_text(row, "verdict"), mz_verdict_code(MZ_UNPROVED)) != 0)
        put_ask(p, "", mz_told_word(&p->told, json_object_get(row, "ask")));
    mz_page_end(p, "section");
}

void mz_page_findings(mz_page *p)
{
    size_t i;
    json_t *row;
    mz_page_heading(p, mz_page_say(p, "逐项说明", "Assertion by assertion"));
    json_array_foreach(json_object_get(p->told.report, "assertions"), i, row)
        put_assertion(p, i, row);
}
