/* test_audit_page.c — the report to be filed: what is on it, in both languages, and that nobody's
 * text can change its shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit/cli.h"
#include "audit_place.h"
#include "golden.h"

#define PAGE_MAX (1 << 22)

static void make_page(const json_t *report, mz_language language, mz_buf *out)
{
    mz_buf_reset(out);
    mz_audit_page(report, language, mz_html_to_buf, out);
    assert_false(out->failed);
}

static bool says(const mz_buf *out, const char *text)
{
    return strstr((const char *)out->data, text) != NULL;
}

static void check_golden(place *p, mz_language language, const char *name)
{
    mz_buf out;
    mz_buf_init(&out, PAGE_MAX);
    json_t *report = json_deep_copy(p->result.report);
    json_object_set_new(json_object_get(report, "run"), "version", json_string("0.0.0"));
    make_page(report, language, &out);
    json_decref(report);
    golden_check(name, mz_buf_view(&out));
    mz_buf_clear(&out);
}

/* A charity with something of everything that a report shows. */
static world *varied(void)
{
    world *w = charity_honest();
    const size_t oil = world_add(w, "stew-a", "goods.received", "fund-a",
                                 "{'item':'oil','unit':'桶','quantity':12,'value_fen':null,"
                                 "'basis':'捐赠，未估值','party':'canteen'}");
    world_add(w, "mem-b", "goods.confirmed", "fund-a", "{'target':'%s'}", w->leaves[oil].jti);
    world_add(w, "stew-a", "goods.received", "fund-a",
              "{'item':'rice','unit':'袋','quantity':40,'value_fen':200000,'basis':'市价'}");
    w->behind_ms = INT64_C(73) * 3600 * 1000;
    charity_gift(w, 8800, "", NULL);
    w->behind_ms = 0;
    world_days(w, 30);
    world_add(w, "rev-a", "balance.reconciled", NULL,
              "{'account':'bank-a','month':'2026-03','bank_balance_fen':69000,'outside_fen':0,"
              "'differences':[{'amount_fen':-1000,'reason':'在途'}],'balances':[{'fund':'fund-a',"
              "'balance_fen':70000}]," EVIDENCE("0a") "}");
    return w;
}

static void test_golden(void **state)
{
    place *p = *state;
    p->w = varied();
    place_audit_after(p, 40);
    check_golden(p, MZ_CHINESE, "report/zh.html");
    check_golden(p, MZ_ENGLISH, "report/en.html");
}

static void test_failed(void **state)
{
    place *p = *state;
    mz_buf out;
    place_given_honest(p);
    world_put(p->dir, MZ_TABLE_ENTRIES, 7, NULL);
    place_must_fail(p, "entry_missing", 7);
    mz_buf_init(&out, PAGE_MAX);
    make_page(p->result.report, MZ_ENGLISH, &out);
    assert_true(says(&out, "Failed: this log is not to be trusted."));
    assert_true(says(&out, "At entry or size 7: This entry is missing."));
    assert_true(says(&out, "verdict unproved"));
    assert_false(says(&out, "Proved: this log keeps the rules"));
    make_page(p->result.report, MZ_CHINESE, &out);
    assert_true(says(&out, "不成立：这本账不可信。"));
    mz_buf_clear(&out);
}

/* --- nobody's text changes the shape --- */

static const char HOSTILE[] =
    "\"'></td></style></title><script>alert(1)</script><!-- &lt;]]>\n\x7f\xe2\x80\xae%s%n";

/* Replaces every text in the report that is not empty. */
static json_t *poisoned(const json_t *value)
{
    const char *name;
    size_t i;
    json_t *item, *out;
    if (json_is_string(value))
        return json_string(json_string_length(value) > 0 ? HOSTILE : "");
    if (json_is_array(value)) {
        out = json_array();
        json_array_foreach((json_t *)(uintptr_t)value, i, item)
            json_array_append_new(out, poisoned(item));
        return out;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    out = json_object();
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
        json_object_set_new(out, name, poisoned(item));
    return out;
}

/* The page with whatever is text or an attribute's value taken out: only its tags are left. */
static void strip(const mz_buf *page, mz_buf *out)
{
    bool in_tag = false, in_value = false;
    mz_buf_reset(out);
    for (size_t i = 0; i < page->size; i++) {
        const uint8_t c = page->data[i];
        if (!in_tag && c == '<')
            in_tag = true;
        if (in_tag && c == '"')
            in_value = !in_value;
        if (in_tag && !in_value)
            mz_buf_put(out, (mz_view){&page->data[i], 1});
        if (in_tag && !in_value && c == '>')
            in_tag = false;
    }
    assert_false(in_tag || in_value || out->failed);
}

static void test_hostile_texts(void **state)
{
    place *p = *state;
    mz_buf page, benign, hostile;
    place_given_honest(p);
    p->options.as_of_ms = p->w->now_ms + INT64_C(800) * 24 * 3600 * 1000;
    place_must_prove(p);
    json_t *report = poisoned(p->result.report);
    mz_buf_init(&page, PAGE_MAX);
    mz_buf_init(&benign, PAGE_MAX);
    mz_buf_init(&hostile, PAGE_MAX);
    for (mz_language language = MZ_CHINESE; language <= MZ_ENGLISH; language++) {
        make_page(p->result.report, language, &page);
        strip(&page, &benign);
        make_page(report, language, &page);
        strip(&page, &hostile);
        assert_true(says(&page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert_false(says(&page, "<script"));
        assert_false(says(&page, "\x7f"));
        assert_false(says(&page, "\xe2\x80\xae"));
        assert_true(mz_view_equal(mz_buf_view(&benign), mz_buf_view(&hostile)));
    }
    json_decref(report);
    mz_buf_clear(&page);
    mz_buf_clear(&benign);
    mz_buf_clear(&hostile);
}

/* A report of another program, or of none: members that are not there are blank, nothing else. */
static void test_empty_report(void **state)
{
    mz_buf out;
    json_t *report = json_object();
    (void)state;
    mz_buf_init(&out, PAGE_MAX);
    make_page(report, MZ_ENGLISH, &out);
    assert_true(says(&out, "</html>"));
    json_decref(report);
    mz_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_golden),
        PLACE_TEST(test_failed),
        PLACE_TEST(test_hostile_texts),
        cmocka_unit_test(test_empty_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
