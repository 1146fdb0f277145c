/* test_html.c — whatever anybody's text is, the page keeps its shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/html.h"

#define FFFD "\xef\xbf\xbd"

typedef struct row {
    const char *name;
    mz_view text;
    const char *want;
} row;
/* clang-format off */
#define BYTES(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
static const row TEXTS[] = {
    {"plain",                 BYTES("睦邻 fund 1"),             "睦邻 fund 1"},
    {"empty",                 BYTES(""),                        ""},
    {"markup",                BYTES("<b>&amp;</b>"),            "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
    {"quotes",                BYTES("\"a\" 'b'"),               "&quot;a&quot; &#39;b&#39;"},
    {"end of a comment",      BYTES("--><script>"),             "--&gt;&lt;script&gt;"},
    {"a newline stays",       BYTES("a\nb"),                    "a\nb"},
    {"a tab does not",        BYTES("a\tb"),                    "a" FFFD "b"},
    {"a carriage return",     BYTES("a\rb"),                    "a" FFFD "b"},
    {"NUL",                   BYTES("a\0b"),                    "a" FFFD "b"},
    {"escape",                BYTES("\x1b[2J"),                 FFFD "[2J"},
    {"DEL and C1",            BYTES("\x7f\xc2\x85"),            FFFD FFFD},
    {"right-to-left",         BYTES("a\xe2\x80\xae" "b"),       "a" FFFD "b"},
    {"line separator",        BYTES("\xe2\x80\xa8"),            FFFD},
    {"byte order mark",       BYTES("\xef\xbb\xbf"),            FFFD},
    {"noncharacter",          BYTES("\xef\xbf\xbf"),            FFFD},
    {"a lone byte",           BYTES("a\xff<"),                  "a" FFFD "&lt;"},
    {"a surrogate",           BYTES("\xed\xa0\x80"),            FFFD FFFD FFFD},
    {"an overlong <",         BYTES("\xc0\xbc"),                FFFD FFFD},
    {"cut in a character",    BYTES("a\xe7\x9d"),               "a" FFFD FFFD},
    {"beyond the first plane",BYTES("\xf0\x9f\x8f\xa0"),        "\xf0\x9f\x8f\xa0"},
};
/* clang-format on */

static void is(const mz_buf *out, const char *want, const char *name)
{
    if (out->failed || !mz_view_is(mz_buf_view(out), want))
        fail_msg("%s: got %s, want %s", name, (const char *)out->data, want);
}

static void test_text(void **state)
{
    mz_buf out;
    char want[256];
    (void)state;
    mz_buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        mz_html html;
        mz_buf_reset(&out);
        mz_html_begin(&html, mz_html_to_buf, &out);
        mz_html_open(&html, "p");
        mz_html_text_view(&html, TEXTS[i].text);
        mz_html_close(&html, "p");
        mz_html_end(&html);
        (void)snprintf(want, sizeof want, "<!DOCTYPE html>\n<p>%s</p>\n", TEXTS[i].want);
        is(&out, want, TEXTS[i].name);
    }
    mz_buf_clear(&out);
}

static void test_shape(void **state)
{
    mz_html html;
    mz_buf out;
    (void)state;
    mz_buf_init(&out, 4096);
    mz_html_begin(&html, mz_html_to_buf, &out);
    mz_html_open(&html, "html");
    mz_html_attribute(&html, "lang", "zh-Hans");
    mz_html_open(&html, "meta");
    mz_html_attribute(&html, "content", "\"><script>x</script>\n");
    mz_html_close(&html, "meta");
    mz_html_style(&html, "p { margin: 0 }");
    mz_html_element(&html, "p", NULL, "a");
    mz_html_element(&html, "p", "b c", "");
    mz_html_open_class(&html, "td", "d");
    mz_html_close(&html, "td");
    mz_html_open(&html, "br");
    mz_html_close(&html, "br");
    mz_html_close(&html, "html");
    mz_html_end(&html);
    is(&out,
       "<!DOCTYPE html>\n"
       "<html lang=\"zh-Hans\">"
       "<meta content=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\n\" />\n"
       "<style>p { margin: 0 }</style>\n"
       "<p>a</p>\n"
       "<p class=\"b c\"></p>\n"
       "<td class=\"d\"></td>"
       "<br />\n"
       "</html>\n",
       "shape");
    mz_buf_clear(&out);
}

/* Each address, and whether it stays on this site. */
static const struct {
    const char *address;
    bool stays;
} ADDRESSES[] = {
    {"#part",               true },
    {"/e/12",               true },
    {"/e/12?a=b:c",         true },
    {"p/meals-1",           true },
    {"?page=2",             true },
    {"../x:y",              true },
    {"",                    false},
    {"javascript:alert(1)", false},
    {"JAVASCRIPT:x",        false},
    {" javascript:x",       false},
    {"java\tscript:x",      false},
    {"data:text/html,x",    false},
    {"https://example.org", false},
    {"//example.org/",      false},
    {"/\\example.org/",     false},
    {"\\\\example.org",     false},
    {"\x01"
     "/x",             false},
};

static void test_addresses(void **state)
{
    mz_buf out;
    (void)state;
    mz_buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof ADDRESSES[0]; i++) {
        mz_html html;
        char want[128];
        mz_buf_reset(&out);
        mz_html_begin(&html, mz_html_to_buf, &out);
        mz_html_open(&html, "a");
        mz_html_address(&html, "href", ADDRESSES[i].address);
        mz_html_close(&html, "a");
        mz_html_end(&html);
        (void)snprintf(want, sizeof want, "<!DOCTYPE html>\n<a href=\"%s\"></a>",
                       ADDRESSES[i].stays ? ADDRESSES[i].address : "#");
        is(&out, want, ADDRESSES[i].address);
    }
    mz_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
