/* html.h — HTML, written so that nothing can be forgotten: elements, attributes and text are
 * separate calls, and whatever is a value is escaped here and nowhere else. There is no call that
 * takes markup. What comes out is well-formed XML as well (elements nest and are closed, every
 * attribute is quoted, the void ones end in " />"), so that other programs can check it.
 *
 *     mz_html_begin(&html, sink, context);
 *     mz_html_open(&html, "p");
 *     mz_html_attribute(&html, "class", "remark");
 *     mz_html_text(&html, words_of_anybody);
 *     mz_html_close(&html, "p");
 *     mz_html_end(&html);
 *
 * Names of elements and attributes are ours, literals, and asserted; values may be anybody's bytes:
 * what is not UTF-8, controls, and characters that hide or reorder others are shown as U+FFFD. */
#ifndef MZ_CORE_HTML_H
#define MZ_CORE_HTML_H

#include "core/bytes.h"

/* Takes the bytes as they are made, in small pieces; remembers its own failures. */
typedef void mz_html_sink(void *context, mz_view bytes);
/* A sink into a mz_buf, its context. */
void mz_html_to_buf(void *context, mz_view bytes);

#define MZ_HTML_DEPTH_MAX 32

typedef struct mz_html {
    mz_html_sink *sink;
    void *context;
    const char *open[MZ_HTML_DEPTH_MAX]; /* from the outermost in */
    size_t depth;
    bool in_tag; /* the last start tag still takes attributes */
} mz_html;

/* The doctype; then one element, `html`. The struct is the caller's and needs no release. */
void mz_html_begin(mz_html *html, mz_html_sink *sink, void *context);
/* Asserts that every element is closed. */
void mz_html_end(mz_html *html);

/* `element` and `name` must live until the element is closed. Attributes follow mz_html_open at
 * once; none that runs code, styles, or holds an address. A void element (meta, br, hr, col, img,
 * input) has no content; it is closed all the same. */
void mz_html_open(mz_html *html, const char *element);
void mz_html_attribute(mz_html *html, const char *name, const char *value);
/* An attribute that holds an address: href, src, action. Only what stays on this site is written
 * (`#part`, `/path`, a relative path without a scheme); anything else becomes `#`. */
void mz_html_address(mz_html *html, const char *name, const char *address);
/* Not inside script or style. */
void mz_html_text(mz_html *html, const char *text);
void mz_html_text_view(mz_html *html, mz_view text);
/* Closes the innermost element, which must be `element`. */
void mz_html_close(mz_html *html, const char *element);

/* A whole element of text; `class_name` may be NULL. */
void mz_html_element(mz_html *html, const char *element, const char *class_name, const char *text);
/* The start of one with a class. */
void mz_html_open_class(mz_html *html, const char *element, const char *class_name);
/* A style element of our own rules, a literal without `<` and `&`. */
void mz_html_style(mz_html *html, const char *rules);

#endif
