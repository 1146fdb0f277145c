/* web_shapes.c — text and figures: the shapes that pages are made of. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "core/text.h"
#include "pages/web.h"

#define FORMAT_SIZE 1024 /* of the text of one element that is made from a format */

/* ---- members of views ---- */

const char *mz_web_text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

int64_t mz_web_number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool mz_web_has(const json_t *object, const char *name)
{
    return json_object_get(object, name) != NULL;
}

bool mz_web_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

/* ---- elements ---- */

void mz_web_open(mz_web *w, const char *element, const char *class_name)
{
    mz_html_open_class(&w->html, element, class_name);
}

void mz_web_close(mz_web *w, const char *element)
{
    mz_html_close(&w->html, element);
}

void mz_web_put(mz_web *w, const char *text)
{
    mz_html_text(&w->html, text);
    mz_web_file_text(w, mz_view_of(text));
}

void mz_web_element(mz_web *w, const char *element, const char *class_name, const char *text)
{
    mz_html_element(&w->html, element, class_name, text);
    mz_web_file_apart(w);
    mz_web_file_text(w, mz_view_of(text));
}

void mz_web_format(mz_web *w, const char *element, const char *class_name, const char *format, ...)
{
    char text[FORMAT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const mz_view whole = {(const uint8_t *)text,
                           size < (int)sizeof text ? (size_t)size : sizeof text - 1};
    const mz_view cut = {whole.data, mz_utf8_cut(whole, whole.size)};
    mz_html_open_class(&w->html, element, class_name);
    mz_html_text_view(&w->html, cut);
    mz_html_close(&w->html, element);
    mz_web_file_apart(w);
    mz_web_file_text(w, cut);
}

void mz_web_section(mz_web *w, const char *id, const char *title)
{
    char heading[64];
    (void)snprintf(heading, sizeof heading, "%s-title", id);
    mz_html_open(&w->html, "section");
    mz_html_attribute(&w->html, "id", id);
    mz_html_attribute(&w->html, "aria-labelledby", heading);
    mz_html_open(&w->html, "h2");
    mz_html_attribute(&w->html, "id", heading);
    mz_html_text(&w->html, title);
    mz_html_close(&w->html, "h2");
}

/* ---- links ---- */

void mz_web_address(const mz_web *w, const char *path, char address[MZ_WEB_PATH_SIZE])
{
    const char *part = strchr(path, '#');
    const int size = part == NULL ? (int)strlen(path) : (int)(part - path);
    const char *language = w->language == MZ_CHINESE ? "zh" : "en";
    if (w->says_language)
        (void)snprintf(address, MZ_WEB_PATH_SIZE, "%.*s%clang=%s%s", size, path,
                       memchr(path, '?', (size_t)size) == NULL ? '?' : '&', language,
                       part == NULL ? "" : part);
    else
        (void)snprintf(address, MZ_WEB_PATH_SIZE, "%s", path);
}

void mz_web_open_link(mz_web *w, const char *class_name, const char *path)
{
    char address[MZ_WEB_PATH_SIZE];
    mz_web_address(w, path, address);
    mz_html_open_class(&w->html, "a", class_name);
    mz_html_address(&w->html, "href", address);
}

void mz_web_link(mz_web *w, const char *path, const char *text)
{
    mz_web_open_link(w, NULL, path);
    mz_web_put(w, text);
    mz_web_close(w, "a");
}

void mz_web_entry_link(mz_web *w, int64_t index)
{
    char path[MZ_WEB_PATH_SIZE], text[64];
    (void)snprintf(path, sizeof path, "/e/%lld", (long long)index);
    (void)snprintf(text, sizeof text, mz_web_say(w, "第 %lld 笔", "entry %lld"), (long long)index);
    mz_web_open_link(w, "entry", path);
    mz_html_text(&w->html, text);
    mz_web_close(w, "a");
    mz_web_file_number(w, MZ_COLUMN_ENTRY, index);
}

void mz_web_proposal_link(mz_web *w, const char *proposal, const char *title)
{
    char path[MZ_WEB_PATH_SIZE];
    (void)snprintf(path, sizeof path, "/p/%s", proposal);
    mz_web_link(w, path, title[0] == '\0' ? proposal : title);
}

void mz_web_segment(const char *text, char segment[MZ_WEB_PATH_SIZE])
{
    size_t size = 0;
    for (; *text != '\0' && size + 4 < MZ_WEB_PATH_SIZE; text++) {
        const unsigned char c = (unsigned char)*text;
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (plain)
            segment[size++] = (char)c;
        else
            size += (size_t)snprintf(segment + size, 4, "%%%02X", c);
    }
    segment[size] = '\0';
}

/* ---- figures ---- */

void mz_web_yuan_text(int64_t amount_fen, char text[MZ_WEB_YUAN_SIZE])
{
    char figure[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, figure);
    if (amount_fen < 0)
        (void)snprintf(text, MZ_WEB_YUAN_SIZE, "\xe2\x88\x92¥%s", figure + 1);
    else
        (void)snprintf(text, MZ_WEB_YUAN_SIZE, "¥%s", figure);
}

void mz_web_yuan(mz_web *w, int64_t amount_fen)
{
    char text[MZ_WEB_YUAN_SIZE];
    mz_web_yuan_text(amount_fen, text);
    mz_html_element(&w->html, "span", "yuan", text);
    mz_web_file_number(w, MZ_COLUMN_FEN, amount_fen);
}

static const char *month_name(int month)
{
    static const char *const NAMES[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return NAMES[month - 1];
}

/* "2026年3月2日", "2 March 2026". */
static void day_text(const mz_web *w, int32_t day, char text[64])
{
    const int year = mz_day_year(day), month = mz_day_month(day);
    if (w->language == MZ_CHINESE)
        (void)snprintf(text, 64, "%d年%d月%d日", year, month, mz_day_of_month(day));
    else
        (void)snprintf(text, 64, "%d %s %d", mz_day_of_month(day), month_name(month), year);
}

static void put_time(mz_web *w, const char *machine, const char *text)
{
    mz_html_open(&w->html, "time");
    mz_html_attribute(&w->html, "datetime", machine);
    mz_html_text(&w->html, text);
    mz_web_close(w, "time");
}

void mz_web_day(mz_web *w, const char *day)
{
    int32_t number;
    char text[64];
    if (!mz_day_parse(mz_view_of(day), &number)) {
        mz_web_put(w, day);
        return;
    }
    day_text(w, number, text);
    put_time(w, day, text);
    mz_web_file_number(w, MZ_COLUMN_DAY, number);
}

void mz_web_month(mz_web *w, const char *month)
{
    int32_t first, last;
    char text[64];
    if (!mz_month_parse(mz_view_of(month), &first, &last)) {
        mz_web_put(w, month);
        return;
    }
    if (w->language == MZ_CHINESE)
        (void)snprintf(text, sizeof text, "%d年%d月", mz_day_year(first), mz_day_month(first));
    else
        (void)snprintf(text, sizeof text, "%s %d", month_name(mz_day_month(first)),
                       mz_day_year(first));
    put_time(w, month, text);
    mz_web_file_text(w, mz_view_of(month));
}

void mz_web_moment(mz_web *w, int64_t unix_ms)
{
    char local[MZ_TIME_TEXT_SIZE], machine[32], day[64], text[80];
    mz_time_text(unix_ms, local);
    (void)snprintf(machine, sizeof machine, "%.10sT%.8s+08:00", local, local + 11);
    day_text(w, mz_day_of_ms(unix_ms), day);
    (void)snprintf(text, sizeof text, "%s %.5s", day, local + 11);
    put_time(w, machine, text);
    mz_web_file_number(w, MZ_COLUMN_TIME, unix_ms);
}

void mz_web_day_of(mz_web *w, int64_t unix_ms)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(unix_ms), day);
    mz_web_day(w, day);
}

void mz_web_actor(mz_web *w, const char *role, const char *actor)
{
    mz_web_open(w, "span", "actor");
    if (role != NULL && role[0] != '\0') {
        mz_web_put(w, mz_web_word(w, role));
        mz_web_put(w, " ");
    }
    mz_web_element(w, "span", "id", actor);
    mz_web_close(w, "span");
}

void mz_web_party(mz_web *w, const json_t *row)
{
    const char *name = mz_web_text_of(row, "party_name");
    if (name[0] != '\0') {
        mz_web_put(w, name);
        return;
    }
    if (mz_web_has(row, "party_kind")) {
        mz_web_put(w, mz_web_word(w, mz_web_text_of(row, "party_kind")));
        mz_web_put(w, " ");
    }
    mz_web_element(w, "span", "id", mz_web_text_of(row, "party"));
}

/* ---- terms ---- */

void mz_web_facts(mz_web *w, const char *class_name)
{
    mz_web_open(w, "dl", class_name);
}

void mz_web_facts_end(mz_web *w)
{
    mz_web_close(w, "dl");
}

void mz_web_fact(mz_web *w, const char *term)
{
    mz_web_open(w, "div", NULL);
    mz_web_element(w, "dt", NULL, term);
    mz_web_open(w, "dd", NULL);
}

void mz_web_fact_end(mz_web *w)
{
    mz_web_close(w, "dd");
    mz_web_close(w, "div");
}

void mz_web_fact_text(mz_web *w, const char *term, const char *text)
{
    mz_web_fact(w, term);
    mz_web_put(w, text);
    mz_web_fact_end(w);
}

void mz_web_fact_yuan(mz_web *w, const char *term, int64_t amount_fen)
{
    mz_web_fact(w, term);
    mz_web_yuan(w, amount_fen);
    mz_web_fact_end(w);
}

void mz_web_fact_day(mz_web *w, const char *term, const char *day)
{
    mz_web_fact(w, term);
    mz_web_day(w, day);
    mz_web_fact_end(w);
}
