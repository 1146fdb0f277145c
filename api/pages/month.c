/* month.c — `/f/{fund}/{month}`: every entry of a month with who signed it, made to be printed and
 * hung on the notice board. */
#include <stdio.h>
#include <string.h>

#include "core/views_public.h"
#include "pages/web.h"

/* What an entry did to the balance, with its sign; or the amount it speaks of. */
static void put_amount(mz_web *w, mz_web_table *table, const json_t *entry)
{
    static const struct {
        const char *event;
        const char *sign;
    } MOVES[] = {
        {"income.confirmed", "+"           },
        {"payout.returned",  "+"           },
        {"payout.made",      "\xe2\x88\x92"},
    };
    int64_t amount_fen = 0;
    char figure[MZ_WEB_YUAN_SIZE], text[MZ_WEB_YUAN_SIZE + 8];
    const char *sign = NULL;
    mz_web_cell(w, table);
    if (mz_web_amount(entry, &amount_fen)) {
        mz_web_yuan_text(amount_fen, figure);
        for (size_t i = 0; i < sizeof MOVES / sizeof MOVES[0]; i++) {
            if (strcmp(MOVES[i].event, mz_web_text_of(entry, "event")) == 0)
                sign = MOVES[i].sign;
        }
        (void)snprintf(text, sizeof text, sign == NULL ? "%s(%s)" : "%s%s",
                       sign == NULL ? "" : sign, figure);
        mz_web_element(w, "span", sign == NULL ? "yuan quiet" : "yuan moves", text);
    }
    mz_web_cell_end(w, table);
}

static void put_entry(mz_web *w, mz_web_table *table, const json_t *entry)
{
    mz_web_row(w, table, NULL);
    mz_web_cell(w, table);
    mz_web_moment(w, mz_web_number_of(entry, "at_ms"));
    mz_web_put(w, " ");
    mz_web_entry_link(w, mz_web_number_of(entry, "index"));
    mz_web_cell_end(w, table);
    mz_web_cell(w, table);
    mz_web_brief(w, entry);
    mz_web_cell_end(w, table);
    put_amount(w, table, entry);
    mz_web_cell(w, table);
    mz_web_actor(w, mz_web_text_of(entry, "role"), mz_web_text_of(entry, "actor"));
    mz_web_cell_end(w, table);
    mz_web_row_end(w, table);
}

static void put_entries(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"记账时间", "Written",   false},
        {"事项",       "What",      false},
        {"金额",       "Amount",    true },
        {"签名人",    "Signed by", false},
        {NULL,           NULL,        false},
    };
    size_t i;
    json_t *entry;
    char path[MZ_WEB_PATH_SIZE];
    const char *fund = mz_web_text_of(view, "fund"), *month = mz_web_text_of(view, "month");
    const json_t *entries = json_object_get(view, "entries");
    mz_web_section(w, "entries", mz_web_say(w, "本月的每一笔", "Every entry of the month"));
    if (json_array_size(entries) == 0) {
        mz_web_element(w, "p", NULL,
                       mz_web_say(w, "这里没有更多记录。", "There is nothing more here."));
    } else {
        mz_web_element(
            w, "p", "quiet",
            mz_web_say(w, "带 + 或 − 的改变余额；括号里的只是登记、申请或核准的金额。",
                       "Amounts with + or − changed the balance; those in brackets were only "
                       "recorded, asked for or approved."));
        mz_web_table table = mz_web_table_begin(
            w, "entries-table", NULL,
            mz_web_say(w, "逐笔记录与签名人", "Entries and who signed them"), COLUMNS);
        json_array_foreach(entries, i, entry) put_entry(w, &table, entry);
        mz_web_table_end(w, &table, fund, month);
    }
    if (mz_web_has(view, "next")) {
        (void)snprintf(path, sizeof path, "/f/%s/%s?after=%lld#entries", fund, month,
                       (long long)mz_web_number_of(view, "next"));
        mz_web_open(w, "p", "next");
        mz_web_link(w, path, mz_web_say(w, "后面的记录", "Further entries"));
        mz_web_close(w, "p");
    }
    mz_web_close(w, "section");
}

static void put_neighbours(mz_web *w, const json_t *view)
{
    static const struct {
        const char *name, *zh, *en;
    } WAYS[] = {
        {"previous",  "上个月：", "Month before: "},
        {"following", "下个月：", "Month after: " },
    };
    char path[MZ_WEB_PATH_SIZE];
    mz_html_open(&w->html, "nav");
    mz_html_attribute(&w->html, "class", "neighbours");
    mz_html_attribute(&w->html, "aria-label", mz_web_say(w, "其他月份", "Other months"));
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        if (!mz_web_has(view, WAYS[i].name))
            continue;
        (void)snprintf(path, sizeof path, "/f/%s/%s", mz_web_text_of(view, "fund"),
                       mz_web_text_of(view, WAYS[i].name));
        mz_web_open_link(w, NULL, path);
        mz_web_put(w, mz_web_say(w, WAYS[i].zh, WAYS[i].en));
        mz_web_month(w, mz_web_text_of(view, WAYS[i].name));
        mz_web_close(w, "a");
    }
    mz_web_close(w, "nav");
}

static void put_heading(mz_web *w, const json_t *view)
{
    mz_web_open(w, "header", "page");
    mz_web_open(w, "h1", NULL);
    mz_web_put(w, mz_web_text_of(view, "name"));
    mz_web_put(w, " ");
    mz_web_month(w, mz_web_text_of(view, "month"));
    mz_web_put(w, mz_web_say(w, "收支", ": accounts"));
    mz_web_close(w, "h1");
    if (mz_web_true(view, "open"))
        mz_web_element(w, "p", "quiet",
                       mz_web_say(w, "这个月还没有过完，以下是到现在为止的记录。",
                                  "The month is not over: this is what there is so far."));
    mz_web_close(w, "header");
}

static mz_status write_month(const mz_page_asked *asked, uint64_t after, const json_t *origin,
                             const json_t *view, mz_buf *out, mz_reason *why)
{
    mz_web w;
    char title[256], path[MZ_WEB_PATH_SIZE];
    const char *fund = mz_web_text_of(view, "fund"), *month = mz_web_text_of(view, "month");
    (void)snprintf(title, sizeof title, "%s %s", mz_web_text_of(view, "name"), month);
    (void)snprintf(path, sizeof path, "/f/%s/%s", fund, month);
    if (after != 0)
        (void)snprintf(path, sizeof path, "/f/%s/%s?after=%llu", fund, month,
                       (unsigned long long)after);
    const mz_web_frame frame = {.title = title,
                                .path = path,
                                .fund = fund,
                                .fund_name = mz_web_text_of(view, "name"),
                                .origin = origin};
    mz_web_begin(&w, asked, &frame, out);
    put_heading(&w, view);
    if (after == 0) {
        mz_web_section(&w, "sums", mz_web_say(&w, "本月合计", "The month in sum"));
        mz_web_sums(&w, view);
        mz_web_flows(&w, view, fund);
        mz_web_close(&w, "section");
    }
    put_entries(&w, view);
    put_neighbours(&w, view);
    return mz_web_end(&w, &frame, why);
}

mz_status mz_page_month(const mz_page_asked *asked, mz_view fund, mz_view month, uint64_t after,
                        mz_buf *out, mz_reason *why)
{
    json_t *origin = NULL, *view = NULL;
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status == MZ_OK)
        status = mz_month_view(asked->changes, fund, month, after, asked->now_ms, &view, why);
    if (status == MZ_OK)
        status = write_month(asked, after, origin, view, out, why);
    json_decref(view);
    json_decref(origin);
    return status;
}
