/* test_pages.c — the public pages as bytes: golden files; nothing that runs or styles on any of
 * them, whatever people wrote; no name of a person; links that keep the language; lists in parts; a
 * file beside each table; and the same work however long the log is. What a browser makes of them
 * is for pages.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/sheets.h"
#include "golden.h"
#include "page_asked.h"
#include "page_world.h"
#include "pages/pages.h"

static views_world *worlds[2]; /* plain, hostile */

/* ---- golden files ---- */

static const struct golden_case {
    const char *file, *path;
} GOLDENS[] = {
    {"pages/home.zh.html",     "/"                                           },
    {"pages/home.en.html",     "/?lang=en"                                   },
    {"pages/fund.zh.html",     "/f/fund-a"                                   },
    {"pages/fund.en.html",     "/f/fund-a?lang=en"                           },
    {"pages/late.zh.html",     "/f/fund-b"                                   },
    {"pages/month.zh.html",    "/f/fund-a/2026-03"                           },
    {"pages/month.en.html",    "/f/fund-a/2026-05?lang=en"                   },
    {"pages/proposal.zh.html", "/p/fix"                                      },
    {"pages/proposal.en.html", "/p/vote?lang=en"                             },
    {"pages/entry.zh.html",    "/e/30"                                       },
    {"pages/entry.en.html",    "/e/37?lang=en"                               },
    {"pages/receipt.zh.html",  "/r/R-1"                                      },
    {"pages/receipt.en.html",  "/r/R-9?lang=en"                              },
    {"pages/missing.zh.html",  "/f/nowhere"                                  },
    {"pages/month.csv",        "/f/fund-a/2026-03.csv"                       },
    {"pages/months.csv",       "/f/fund-a/months.csv"                        },
    {"pages/purposes.csv",     "/f/fund-a/purposes.csv"                      },
    {"pages/kinds.csv",        "/f/fund-a/2026-03/income-by-kind.csv?lang=en"},
    {"pages/draws.csv",        "/p/fix/draws.csv"                            },
    {"pages/payees.csv",       "/p/fix/payees.csv"                           },
    {"pages/payouts.csv",      "/p/fix/payouts.csv?lang=en"                  },
    {"pages/parts.csv",        "/r/R-1/parts.csv"                            },
};

/* The style sheet's version changes with each of its rules: no page's business. */
static void without_version(const mz_buf *page, mz_buf *out)
{
    const char *text = (const char *)page->data, *version = mz_page_style_version();
    for (const char *at; (at = strstr(text, version)) != NULL; text = at + strlen(version)) {
        mz_buf_put(out, (mz_view){(const uint8_t *)text, (size_t)(at - text)});
        mz_buf_put_text(out, "VERSION");
    }
    mz_buf_put_text(out, text);
}

static void check_golden(void **state)
{
    const struct golden_case *c = *state;
    mz_buf page, plain;
    mz_buf_init(&page, PAGE_SIZE_MAX);
    mz_buf_init(&plain, PAGE_SIZE_MAX);
    (void)page_ask(worlds[0]->log, c->path, worlds[0]->now_ms, &page);
    without_version(&page, &plain);
    golden_check(c->file, mz_buf_view(&plain));
    mz_buf_clear(&plain);
    mz_buf_clear(&page);
}

/* ---- every page, plain and hostile, in both languages ---- */

static void ask(const views_world *w, const char *path, const char *language, mz_buf *page,
                unsigned *code)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s%clang=%s", path, strchr(path, '?') == NULL ? '?' : '&',
             language);
    mz_buf_init(page, PAGE_SIZE_MAX);
    *code = page_ask(w->log, whole, w->now_ms, page);
    assert_false(page->failed);
}

static bool is_missing(const char *path)
{
    return strcmp(path, "/r/R-9") == 0 || strcmp(path, "/missing") == 0 ||
           strcmp(path, "/f/nowhere") == 0;
}

/* Every address of a page: on this site, and in its language. */
static void check_addresses(const char *path, const char *text, const char *language)
{
    static const char HREF[] = " href=\"";
    char want[16];
    snprintf(want, sizeof want, "lang=%s", language);
    for (const char *at = text; (at = strstr(at, HREF)) != NULL;) {
        at += strlen(HREF);
        const size_t size = strcspn(at, "\"");
        assert_true(at[0] == '/' || at[0] == '#');
        assert_true(at[1] != '/');
        const bool page = at[0] == '/' && (at[2] == '/' || at[1] == '?' || size == 1);
        if (page && memmem(at, size, "lang=", 5) == NULL)
            fail_msg("%s: %.*s forgets the language", path, (int)size, at);
    }
    assert_non_null(strstr(text, want));
}

static void check_page(const views_world *w, const char *path, const char *language)
{
    static const char *const NEVER[] = {
        "<script",         "<img",        "<iframe", " style=",  " onerror", "<style>",
        PAGE_WORLD_PERSON, "javascript:", "http://", "https://", "%s",       "%lld"};
    mz_buf page;
    unsigned code;
    ask(w, path, language, &page, &code);
    assert_int_equal(code, is_missing(path) ? 404 : 200);
    const char *text = (const char *)page.data;
    for (size_t i = 0; i < sizeof NEVER / sizeof NEVER[0]; i++) {
        const bool escaped = w == worlds[1] && strcmp(NEVER[i], " onerror") == 0;
        if (!escaped && strstr(text, NEVER[i]) != NULL)
            fail_msg("%s (%s) holds %s", path, language, NEVER[i]);
    }
    assert_non_null(
        strstr(text, strcmp(language, "en") == 0 ? "<html lang=\"en\">" : "<html lang=\"zh-CN\">"));
    check_addresses(path, text, language);
    mz_buf_clear(&page);
}

static void check_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (const char *const *path = PAGE_WORLD_PATHS; *path != NULL; path++) {
            check_page(worlds[i], *path, "zh");
            check_page(worlds[i], *path, "en");
        }
    }
}

/* What was written is there to be read, each character of it. */
static void check_hostile_words(void **state)
{
    static const char WORDS[] = "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
                                "&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;"
                                "&amp;lt;WWWWWWWWWWWWWWWWWW";
    static const char *const PATHS[] = {
        "/", "/f/fund-a", "/f/fund-a/2026-03", "/p/fix", "/p/talk", "/e/3", "/e/19", "/r/R-1"};
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        mz_buf page;
        unsigned code;
        ask(worlds[1], PATHS[i], "zh", &page, &code);
        if (strstr((const char *)page.data, WORDS) == NULL)
            fail_msg("%s does not show what was written", PATHS[i]);
        mz_buf_clear(&page);
    }
}

/* A receipt number comes from an address: whatever it is. */
static void check_receipt_numbers(void **state)
{
    static const char *const NUMBERS[] = {
        "%3Cscript%3E",
        "%22%27%3E",
        "..%2F..",
        "%25s%25n",
        "%E6%94%B6%E6%8D%AE",
        "0123456789012345678901234567890123456789012345678901234567890123456789"};
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        char path[128];
        mz_buf page;
        unsigned code;
        snprintf(path, sizeof path, "/r/%s", NUMBERS[i]);
        ask(worlds[0], path, "en", &page, &code);
        assert_int_equal(code, 404);
        assert_null(strstr((const char *)page.data, "<script"));
        mz_buf_clear(&page);
    }
}

/* ---- a file beside each table ---- */

static size_t count_of(const char *text, const char *end, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL && at < end; at += strlen(what))
        count++;
    return count;
}

/* Lines of a file that are not inside quotes, its heading too; and the fields of the heading. */
static void measure_csv(const mz_buf *file, size_t *line_count, size_t *column_count)
{
    bool quoted = false;
    *line_count = 0;
    *column_count = 1;
    for (size_t i = 0; i < file->size; i++) {
        quoted = file->data[i] == '"' ? !quoted : quoted;
        *line_count += !quoted && file->data[i] == '\n' ? 1 : 0;
        *column_count += !quoted && file->data[i] == ',' && *line_count == 0 ? 1 : 0;
    }
}

/* The file of a link, from its address on, in HTML; after it begins the next. */
static const char *ask_file(const views_world *w, const char *link, mz_buf *file, char path[256])
{
    const size_t size = strcspn(link, "\"");
    snprintf(path, 256, "%.*s", (int)size, link);
    assert_null(strchr(path, '&')); /* needs no decoding: of these addresses `lang` is all */
    mz_buf_init(file, PAGE_SIZE_MAX);
    if (page_ask(w->log, path, w->now_ms, file) != 200)
        fail_msg("%s is not there", path);
    assert_memory_equal(file->data, "\xef\xbb\xbf", 3);
    return link + size;
}

/* A table of the core or a month's entries: columns of its own; `proposals` has open ones too. */
static bool is_sheet(const char *path)
{
    char name[64] = "";
    return sscanf(path, "/f/%*[^/]/%63[^.]", name) == 1 && strchr(name, '/') == NULL &&
           (mz_sheet_named(mz_view_of(name)) != NULL || name[0] == '2');
}

static void check_beside(const views_world *w, const char *page, const char *table, const char *end)
{
    static const char BESIDE[] = "<p class=\"csv\"><a href=\"", HREF[] = "<a href=\"";
    const size_t row_count = count_of(table, end, "scope=\"row\"");
    size_t line_count, column_count;
    char path[256];
    mz_buf file;
    end += strlen("</table>");
    end += strspn(end, "\n");
    if (strncmp(end, BESIDE, strlen(BESIDE)) != 0)
        fail_msg("%s: no file beside %.60s", page, table);
    const char *at = ask_file(w, end + strlen(BESIDE), &file, path);
    measure_csv(&file, &line_count, &column_count);
    mz_buf_clear(&file);
    if (strstr(path, "/proposals.csv") == NULL && line_count != 1 + row_count)
        fail_msg("%s has %zu lines for %zu rows", path, line_count, row_count);
    if (!is_sheet(path) && column_count != count_of(table, end, "scope=\"col\""))
        fail_msg("%s has %zu columns", path, column_count);
    const char *over = strstr(at, "</p>");
    for (; (at = strstr(at, HREF)) != NULL && at < over; mz_buf_clear(&file))
        at = ask_file(w, at + strlen(HREF), &file, path);
}

static void check_tables(void **state)
{
    size_t table_count = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (const char *const *path = PAGE_WORLD_PATHS; *path != NULL; path++) {
            mz_buf page;
            unsigned code;
            ask(worlds[i], *path, "en", &page, &code);
            for (const char *at = (const char *)page.data; (at = strstr(at, "<table")) != NULL;) {
                const char *end = strstr(at, "</table>");
                assert_non_null(end);
                check_beside(worlds[i], *path, at, end);
                at = end;
                table_count++;
            }
            mz_buf_clear(&page);
        }
    }
    assert_true(table_count > 50);
}

/* ---- the same work in a long log ---- */

static uint64_t reads; /* of the store, since it was set to 0 */

mz_status __real_mz_kv_get(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value,
                           mz_reason *why);
mz_status __wrap_mz_kv_get(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value,
                           mz_reason *why);
mz_status __wrap_mz_kv_get(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value,
                           mz_reason *why)
{
    reads++;
    return __real_mz_kv_get(txn, table, key, value, why);
}

#define COUNTED_MOVE(name)                                                                         \
    mz_status __real_##name(mz_kv_cursor *cursor, mz_reason *why);                                 \
    mz_status __wrap_##name(mz_kv_cursor *cursor, mz_reason *why);                                 \
    mz_status __wrap_##name(mz_kv_cursor *cursor, mz_reason *why)                                  \
    {                                                                                              \
        reads++;                                                                                   \
        return __real_##name(cursor, why);                                                         \
    }
COUNTED_MOVE(mz_kv_cursor_next)
COUNTED_MOVE(mz_kv_cursor_previous)

mz_status __real_mz_kv_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why);
mz_status __wrap_mz_kv_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why);
mz_status __wrap_mz_kv_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why)
{
    reads++;
    return __real_mz_kv_cursor_seek(cursor, key, why);
}

static const char *const COUNTED[] = {"/",     "/f/fund-a", "/f/fund-a/2026-03", "/p/fix",
                                      "/e/30", "/r/R-1",    "/f/fund-b"};
#define COUNTED_COUNT (sizeof COUNTED / sizeof COUNTED[0])

static void count_reads(const views_world *w, uint64_t counts[COUNTED_COUNT])
{
    for (size_t i = 0; i < COUNTED_COUNT; i++) {
        mz_buf page;
        unsigned code;
        reads = 0;
        ask(w, COUNTED[i], "zh", &page, &code);
        assert_int_equal(code, 200);
        counts[i] = reads;
        mz_buf_clear(&page);
    }
}

#define BATCH 128

static void append(views_world *w, mz_buf texts[BATCH], uint64_t *number)
{
    mz_submission submissions[BATCH];
    mz_reason why = {0};
    for (size_t i = 0; i < BATCH; i++)
        mz_submission_init(&submissions[i], mz_buf_view(&texts[i]));
    assert_int_equal(mz_log_append(w->log, submissions, BATCH, w->now_ms, &why), MZ_OK);
    for (size_t i = 0; i < BATCH; i++) {
        assert_int_equal(submissions[i].status, MZ_OK);
        mz_submission_clear(&submissions[i]);
        mz_buf_clear(&texts[i]);
    }
    *number += BATCH;
}

/* Thousands of entries later, in this fund too: in another month, so that the pages above are about
 * the same. */
static void grow(views_world *w, size_t batch_count)
{
    uint64_t number = 100000;
    w->now_ms += 40 * (int64_t)MZ_DAY_MS;
    for (size_t batch = 0; batch < batch_count; batch++) {
        mz_buf texts[BATCH];
        w->now_ms += 60000;
        for (size_t i = 0; i < BATCH; i++) {
            mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
            if (batch % 2 == 0)
                mz_sample_party(number + i, w->now_ms, &texts[i]);
            else
                mz_sample_sign("stew-a", number + i, w->now_ms, "income.recorded", "fund-a",
                               "{'kind':'interest','amount_fen':7,'received_on':'2026-03-02',"
                               "'purpose':'general'}",
                               &texts[i]);
        }
        append(w, texts, &number);
    }
}

/* A bisection of the log, twice, may take some steps more; nothing else may. */
static void check_cost(void **state)
{
    uint64_t before[COUNTED_COUNT], after[COUNTED_COUNT];
    views_world *w = page_world_new(false);
    (void)state;
    grow(w, 2);
    count_reads(w, before);
    grow(w, 40);
    count_reads(w, after);
    for (size_t i = 0; i < COUNTED_COUNT; i++) {
        if (after[i] > before[i] + 24)
            fail_msg("%s reads %d times in a short log and %d times in a long one", COUNTED[i],
                     (int)before[i], (int)after[i]);
    }
    views_world_free(w);
}

/* A month of more entries than a page holds goes on, and so does its file. */
static void check_long_month(void **state)
{
    mz_buf page;
    unsigned code;
    size_t lines = 0;
    views_world *w = page_world_new(false);
    (void)state;
    grow(w, 4);
    ask(w, "/f/fund-a/2026-06", "zh", &page, &code);
    assert_int_equal(code, 200);
    const char *next = strstr((const char *)page.data, "/f/fund-a/2026-06?after=");
    assert_non_null(next);
    char path[64];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(next, "#&\""), next);
    mz_buf_clear(&page);
    ask(w, path, "zh", &page, &code);
    assert_int_equal(code, 200);
    assert_null(strstr((const char *)page.data, "id=\"sums\""));
    mz_buf_clear(&page);
    ask(w, "/f/fund-a/2026-06.csv", "zh", &page, &code);
    for (const char *at = (const char *)page.data; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    assert_int_equal(lines, 1 + 2 * BATCH);
    mz_buf_clear(&page);
    views_world_free(w);
}

static int begin(void **state)
{
    (void)state;
    worlds[0] = page_world_new(false);
    worlds[1] = page_world_new(true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    views_world_free(worlds[1]);
    views_world_free(worlds[0]);
    return 0;
}

int main(void)
{
    enum { GOLDEN_COUNT = sizeof GOLDENS / sizeof GOLDENS[0], MORE = 6 };
    struct CMUnitTest tests[GOLDEN_COUNT + MORE] = {
        cmocka_unit_test(check_pages),           cmocka_unit_test(check_hostile_words),
        cmocka_unit_test(check_receipt_numbers), cmocka_unit_test(check_cost),
        cmocka_unit_test(check_long_month),      cmocka_unit_test(check_tables),
    };
    for (size_t i = 0; i < GOLDEN_COUNT; i++)
        tests[MORE + i] = (struct CMUnitTest){.name = GOLDENS[i].path,
                                              .test_func = check_golden,
                                              .initial_state = (void *)(uintptr_t)&GOLDENS[i]};
    return cmocka_run_group_tests(tests, begin, end);
}
