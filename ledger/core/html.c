#include "core/html.h"

#include <assert.h>
#include <string.h>

#include "core/text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

void mz_html_to_buf(void *context, mz_view bytes)
{
    mz_buf_put(context, bytes);
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

static bool is_void(const char *element)
{
    static const char *const WORDS[] = {"meta", "br", "hr", "col", "img", "input", "link", NULL};
    return is_one_of(element, WORDS);
}

/* After the end of these a new line begins, for whoever reads the source. */
static bool ends_line(const char *element)
{
    static const char *const WORDS[] = {
        "html", "head",    "body", "meta",     "link",    "title",  "style",  "h1",    "h2",
        "h3",   "p",       "pre",  "div",      "section", "header", "footer", "main",  "nav",
        "ul",   "ol",      "li",   "dl",       "dd",      "table",  "thead",  "tbody", "tfoot",
        "tr",   "caption", "form", "colgroup", "br",      "hr",     NULL};
    return is_one_of(element, WORDS);
}

static bool is_name(const char *word)
{
    if (word[0] < 'a' || word[0] > 'z')
        return false;
    for (; *word != '\0'; word++) {
        const char c = *word;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

static bool is_plain_attribute(const char *name)
{
    static const char *const KEPT_APART[] = {"style",      "href", "src",    "action",
                                             "formaction", "data", "srcset", "poster",
                                             "background", "ping", "srcdoc", NULL};
    return is_name(name) && strncmp(name, "on", 2) != 0 && !is_one_of(name, KEPT_APART);
}

static void put(mz_html *html, const char *literal)
{
    html->sink(html->context, mz_view_of(literal));
}

static void end_tag(mz_html *html)
{
    if (html->in_tag)
        put(html, ">");
    html->in_tag = false;
}

/* What stands for a character, or NULL when it stands for itself. */
static const char *escape_of(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "\n";
    default:
        return mz_point_acceptable(point) ? NULL : REPLACEMENT;
    }
}

static void put_escaped(mz_html *html, mz_view text)
{
    size_t plain = 0; /* bytes before `at` that stand for themselves and are not written yet */
    for (size_t at = 0; at < text.size;) {
        uint32_t point = 0;
        const size_t size = mz_utf8_first((mz_view){text.data + at, text.size - at}, &point);
        const char *escape = size == 0 ? REPLACEMENT : escape_of(point);
        const size_t step = size == 0 ? 1 : size;
        if (escape != NULL) {
            if (plain > 0)
                html->sink(html->context, (mz_view){text.data + at - plain, plain});
            put(html, escape);
            plain = 0;
        } else {
            plain += step;
        }
        at += step;
    }
    if (plain > 0)
        html->sink(html->context, (mz_view){text.data + text.size - plain, plain});
}

void mz_html_begin(mz_html *html, mz_html_sink *sink, void *context)
{
    *html = (mz_html){.sink = sink, .context = context};
    put(html, "<!DOCTYPE html>\n");
}

void mz_html_end(mz_html *html)
{
    assert(html->depth == 0);
}

void mz_html_open(mz_html *html, const char *element)
{
    assert(is_name(element));
    assert(html->depth < MZ_HTML_DEPTH_MAX);
    assert(html->depth == 0 || !is_void(html->open[html->depth - 1]));
    end_tag(html);
    put(html, "<");
    put(html, element);
    html->open[html->depth++] = element;
    html->in_tag = true;
}

static void put_attribute(mz_html *html, const char *name, const char *value)
{
    assert(html->in_tag);
    put(html, " ");
    put(html, name);
    put(html, "=\"");
    put_escaped(html, mz_view_of(value));
    put(html, "\"");
}

void mz_html_attribute(mz_html *html, const char *name, const char *value)
{
    assert(is_plain_attribute(name));
    put_attribute(html, name, value);
}

/* Browsers read a backslash as a slash, and drop blanks and controls before they look for a scheme:
 * so none of these, and no colon before the first slash. */
static bool stays_here(const char *address)
{
    bool in_first_part = true;
    if (address[0] == '/' && (address[1] == '/' || address[1] == '\\'))
        return false;
    for (const char *at = address; *at != '\0'; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c <= 0x20 || c == 0x7f || c == '\\' || (c == ':' && in_first_part))
            return false;
        if (c == '/' || c == '?' || c == '#')
            in_first_part = false;
    }
    return address[0] != '\0';
}

void mz_html_address(mz_html *html, const char *name, const char *address)
{
    static const char *const NAMES[] = {"href", "src", "action", NULL};
    assert(is_one_of(name, NAMES));
    put_attribute(html, name, stays_here(address) ? address : "#");
}

void mz_html_text_view(mz_html *html, mz_view text)
{
    assert(html->depth > 0);
    const char *inside = html->open[html->depth - 1];
    assert(!is_void(inside) && strcmp(inside, "script") != 0 && strcmp(inside, "style") != 0);
    end_tag(html);
    put_escaped(html, text);
}

void mz_html_text(mz_html *html, const char *text)
{
    mz_html_text_view(html, mz_view_of(text));
}

void mz_html_close(mz_html *html, const char *element)
{
    assert(html->depth > 0 && strcmp(html->open[html->depth - 1], element) == 0);
    html->depth--;
    if (is_void(element)) {
        put(html, " />");
    } else {
        end_tag(html);
        put(html, "</");
        put(html, element);
        put(html, ">");
    }
    html->in_tag = false;
    if (ends_line(element))
        put(html, "\n");
}

void mz_html_open_class(mz_html *html, const char *element, const char *class_name)
{
    mz_html_open(html, element);
    if (class_name != NULL)
        mz_html_attribute(html, "class", class_name);
}

void mz_html_element(mz_html *html, const char *element, const char *class_name, const char *text)
{
    mz_html_open_class(html, element, class_name);
    mz_html_text(html, text);
    mz_html_close(html, element);
}

void mz_html_style(mz_html *html, const char *rules)
{
    assert(strchr(rules, '<') == NULL && strchr(rules, '&') == NULL);
    mz_html_open(html, "style");
    end_tag(html);
    put(html, rules);
    mz_html_close(html, "style");
}
