/* fund.c — `/f/{fund}`: one fund, from what it has to who answers for it. */
#include <stdio.h>

#include "core/views_public.h"
#include "pages/web.h"

/* ---- what there is ---- */

static void put_buckets(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"用途",                "Purpose",         false},
        {"余额",                "Balance",         true },
        {"已决定、未支付", "Decided, unpaid", true },
        {"还可动用",          "Free",            true },
        {NULL,                    NULL,              false},
    };
    size_t i;
    json_t *row;
    const json_t *buckets = json_object_get(view, "buckets");
    mz_web_table table = mz_web_table_begin(
        w, "purposes", "purposes",
        mz_web_say(w, "专款与非限定的钱", "What is earmarked, and what is not"), COLUMNS);
    json_array_foreach(buckets, i, row)
    {
        const char *purpose = mz_web_text_of(row, "purpose");
        mz_web_row(w, &table, NULL);
        mz_web_cell(w, &table);
        mz_web_put(w,
                   mz_web_has(row, "text") ? mz_web_text_of(row, "text") : mz_web_word(w, purpose));
        mz_web_cell_end(w, &table);
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "balance_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "reserved_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "free_fen"));
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "summary");
}

static void put_balance(mz_web *w, const json_t *view)
{
    const int64_t unconfirmed = mz_web_number_of(view, "unconfirmed_count");
    mz_web_section(w, "balance", mz_web_say(w, "现在有多少钱", "What there is now"));
    mz_web_facts(w, "figures");
    mz_web_fact_yuan(w, mz_web_say(w, "账上余额", "Balance"),
                     mz_web_number_of(view, "balance_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "已决定、未支付", "Decided, not yet paid"),
                     mz_web_number_of(view, "reserved_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "还可动用", "Free"), mz_web_number_of(view, "free_fen"));
    mz_web_facts_end(w);
    if (unconfirmed > 0)
        mz_web_format(w, "p", "quiet",
                      mz_web_say(w,
                                 "另有 %lld 笔收入已登记，等待出纳核对银行流水后入账，未计在内。",
                                 "%lld incomes are recorded and wait for the cashier to find them "
                                 "at the bank; they are not counted."),
                      (long long)unconfirmed);
    put_buckets(w, view);
    mz_web_close(w, "section");
}

/* ---- the year ---- */

static void put_months(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"月份",       "Month",    false},
        {"收入",       "Income",   true },
        {"支出",       "Spending", true },
        {"月末余额", "Balance",  true },
        {NULL,           NULL,       false},
    };
    const json_t *months = json_object_get(view, "months");
    const char *fund = mz_web_text_of(view, "fund");
    mz_web_table table = mz_web_table_begin(w, "months-table", "months",
                                            mz_web_say(w, "逐月收支", "Month by month"), COLUMNS);
    for (size_t i = json_array_size(months); i > 0; i--) {
        const json_t *row = json_array_get(months, i - 1);
        char path[MZ_WEB_PATH_SIZE];
        (void)snprintf(path, sizeof path, "/f/%s/%s", fund, mz_web_text_of(row, "month"));
        mz_web_row(w, &table, NULL);
        mz_web_cell(w, &table);
        mz_web_open_link(w, NULL, path);
        mz_web_month(w, mz_web_text_of(row, "month"));
        mz_web_close(w, "a");
        mz_web_cell_end(w, &table);
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "income_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "spending_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "balance_fen"));
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, fund, NULL);
}

static void put_year(mz_web *w, const json_t *view)
{
    char title[64];
    const json_t *year = json_object_get(view, "year");
    (void)snprintf(title, sizeof title, mz_web_say(w, "今年的收支（%lld 年）", "This year: %lld"),
                   (long long)mz_web_number_of(year, "year"));
    mz_web_section(w, "year", title);
    mz_web_sums(w, year);
    mz_web_flows(w, year, mz_web_text_of(view, "fund"));
    mz_web_close(w, "section");
    mz_web_section(w, "months", mz_web_say(w, "过去十二个月", "The last twelve months"));
    mz_web_balances(w, json_object_get(view, "months"));
    put_months(w, view);
    mz_web_close(w, "section");
}

/* ---- the page ---- */

static void put_contents(mz_web *w)
{
    static const struct {
        const char *path, *zh, *en;
    } PARTS[] = {
        {"#balance",    "余额",    "Balance"    },
        {"#year",       "收支",    "This year"  },
        {"#open",       "在议",    "In progress"},
        {"#projects",   "办过",    "Projects"   },
        {"#goods",      "物资",    "Goods"      },
        {"#sources",    "来源",    "Sources"    },
        {"#statements", "公示",    "Statements" },
        {"#people",     "谁负责", "Who answers"},
    };
    mz_html_open(&w->html, "nav");
    mz_html_attribute(&w->html, "class", "contents");
    mz_html_attribute(&w->html, "aria-label", mz_web_say(w, "本页内容", "On this page"));
    mz_web_open(w, "ul", NULL);
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        mz_web_open(w, "li", NULL);
        mz_html_open(&w->html, "a");
        mz_html_address(&w->html, "href", PARTS[i].path);
        mz_web_put(w, mz_web_say(w, PARTS[i].zh, PARTS[i].en));
        mz_web_close(w, "a");
        mz_web_close(w, "li");
    }
    mz_web_close(w, "ul");
    mz_web_close(w, "nav");
}

static void put_heading(mz_web *w, const json_t *view)
{
    const char *state = mz_web_text_of(view, "state");
    mz_web_open(w, "header", "page");
    mz_web_element(w, "h1", NULL, mz_web_text_of(view, "name"));
    mz_web_open(w, "p", "quiet");
    mz_web_put(w, mz_web_text_of(view, "community"));
    mz_web_put(w, mz_web_say(w, "，设立于 ", ", opened on "));
    mz_web_day_of(w, mz_web_number_of(view, "opened_ms"));
    mz_web_put(w, " ");
    mz_web_element(w, "span", "tag", mz_web_word(w, state));
    mz_web_close(w, "p");
    mz_web_close(w, "header");
}

static mz_status write_fund(const mz_page_asked *asked, uint64_t before, const json_t *origin,
                            const json_t *view, const json_t *goods, mz_buf *out, mz_reason *why)
{
    mz_web w;
    char path[MZ_WEB_PATH_SIZE], json[MZ_WEB_PATH_SIZE];
    const char *fund = mz_web_text_of(view, "fund");
    (void)snprintf(json, sizeof json, "/v1/funds/%s", fund);
    (void)snprintf(path, sizeof path, "/f/%s", fund);
    if (before != MZ_NEVER)
        (void)snprintf(path, sizeof path, "/f/%s?until=%llu", fund, (unsigned long long)before);
    const mz_web_frame frame = {
        .title = mz_web_text_of(view, "name"), .path = path, .json = json, .origin = origin};
    mz_web_begin(&w, asked, &frame, out);
    put_heading(&w, view);
    put_contents(&w);
    put_balance(&w, view);
    put_year(&w, view);
    mz_web_needs(&w, view);
    mz_web_open_projects(&w, view);
    mz_web_past_projects(&w, view);
    mz_web_goods(&w, view, goods);
    mz_web_sources(&w, view);
    mz_web_statements(&w, view, asked->now_ms);
    mz_web_people(&w, view, origin);
    return mz_web_end(&w, &frame, why);
}

mz_status mz_page_fund(const mz_page_asked *asked, mz_view fund, uint64_t before, mz_buf *out,
                       mz_reason *why)
{
    json_t *origin = NULL, *view = NULL, *goods = NULL;
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status == MZ_OK)
        status = mz_disclosure_view(asked->changes, fund, before, asked->now_ms, &view, why);
    if (status == MZ_OK)
        status = mz_goods_view(asked->changes, fund, MZ_NEVER, asked->now_ms, &goods, why);
    if (status == MZ_OK)
        status = write_fund(asked, before, origin, view, goods, out, why);
    json_decref(goods);
    json_decref(view);
    json_decref(origin);
    return status;
}
