/* home.c — `/`: the charity's funds. */
#include <stdio.h>

#include "core/date.h"
#include "core/views_public.h"
#include "pages/web.h"

/* By its receipt number a donor finds the gift: a form without script. */
static void put_receipt_form(mz_web *w)
{
    mz_html_open(&w->html, "form");
    mz_html_attribute(&w->html, "method", "get");
    mz_html_attribute(&w->html, "class", "lookup");
    mz_html_address(&w->html, "action", "/r");
    mz_html_open(&w->html, "label");
    mz_html_attribute(&w->html, "for", "receipt-number");
    mz_web_put(w, mz_web_say(w, "捐赠票据号", "Number of a donation receipt"));
    mz_web_close(w, "label");
    mz_html_open(&w->html, "input");
    mz_html_attribute(&w->html, "id", "receipt-number");
    mz_html_attribute(&w->html, "name", "number");
    mz_html_attribute(&w->html, "maxlength", "64");
    mz_html_attribute(&w->html, "required", "required");
    mz_html_attribute(&w->html, "autocomplete", "off");
    mz_web_close(w, "input");
    if (w->says_language) {
        mz_html_open(&w->html, "input");
        mz_html_attribute(&w->html, "type", "hidden");
        mz_html_attribute(&w->html, "name", "lang");
        mz_html_attribute(&w->html, "value", mz_web_say(w, "zh", "en"));
        mz_web_close(w, "input");
    }
    mz_html_open(&w->html, "button");
    mz_html_attribute(&w->html, "type", "submit");
    mz_web_put(w, mz_web_say(w, "查我的捐款", "Find my gift"));
    mz_web_close(w, "button");
    mz_web_close(w, "form");
}

static bool is_overdue(const json_t *fund, int64_t now_ms)
{
    int32_t due = 0;
    const json_t *statement = json_object_get(fund, "statement");
    return mz_day_parse(mz_view_of(mz_web_text_of(statement, "due_on")), &due) &&
           now_ms >= mz_day_end_ms(due) &&
           !mz_view_is(mz_view_of(mz_web_text_of(fund, "state")), "closed");
}

static void put_fund(mz_web *w, const json_t *fund, int64_t now_ms)
{
    char path[MZ_WEB_PATH_SIZE];
    const char *state = mz_web_text_of(fund, "state");
    (void)snprintf(path, sizeof path, "/f/%s", mz_web_text_of(fund, "fund"));
    mz_web_open(w, "li", NULL);
    mz_web_open(w, "article", NULL);
    mz_web_open(w, "h3", NULL);
    mz_web_link(w, path, mz_web_text_of(fund, "name"));
    mz_web_close(w, "h3");
    mz_web_open(w, "p", "quiet");
    mz_web_put(w, mz_web_text_of(fund, "community"));
    if (!mz_view_is(mz_view_of(state), "open")) {
        mz_web_put(w, " ");
        mz_web_element(w, "span", "tag", mz_web_word(w, state));
    }
    mz_web_close(w, "p");
    mz_web_facts(w, "figures");
    mz_web_fact_yuan(w, mz_web_say(w, "余额", "Balance"), mz_web_number_of(fund, "balance_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "已决定、未支付", "Decided, not yet paid"),
                     mz_web_number_of(fund, "reserved_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "还可动用", "Free"), mz_web_number_of(fund, "free_fen"));
    mz_web_facts_end(w);
    if (is_overdue(fund, now_ms))
        mz_web_element(w, "p", "warning",
                       mz_web_say(w, "公示已逾期。", "Its statement is overdue."));
    mz_web_close(w, "article");
    mz_web_close(w, "li");
}

static void put_funds(mz_web *w, const json_t *view, int64_t now_ms)
{
    size_t i;
    json_t *fund;
    char path[MZ_WEB_PATH_SIZE];
    const json_t *funds = json_object_get(view, "funds");
    mz_web_section(w, "funds", mz_web_say(w, "各社区基金", "The communities' funds"));
    if (json_array_size(funds) == 0)
        mz_web_element(w, "p", NULL, mz_web_say(w, "还没有基金。", "There is no fund yet."));
    else
        mz_web_open(w, "ul", "cards");
    json_array_foreach(funds, i, fund) put_fund(w, fund, now_ms);
    if (json_array_size(funds) > 0)
        mz_web_close(w, "ul");
    if (mz_web_has(view, "next")) {
        (void)snprintf(path, sizeof path, "/?after=%lld#funds",
                       (long long)mz_web_number_of(view, "next"));
        mz_web_open(w, "p", "next");
        mz_web_link(w, path, mz_web_say(w, "后面的基金", "Further funds"));
        mz_web_close(w, "p");
    }
    mz_web_close(w, "section");
}

static mz_status write_home(const mz_page_asked *asked, uint64_t after, const json_t *origin,
                            const json_t *view, mz_buf *out, mz_reason *why)
{
    mz_web w;
    char path[MZ_WEB_PATH_SIZE];
    const json_t *charity = json_object_get(origin, "charity");
    const bool chinese = asked->language == MZ_CHINESE;
    (void)snprintf(path, sizeof path, after == 0 ? "/" : "/?after=%llu", (unsigned long long)after);
    const mz_web_frame frame = {
        .title = chinese ? "社区发展基金公开账" : "Community development funds: open books",
        .path = path,
        .json = "/v1/funds",
        .origin = origin,
    };
    mz_web_begin(&w, asked, &frame, out);
    mz_web_element(&w, "h1", NULL, frame.title);
    mz_web_format(
        &w, "p", "lead",
        mz_web_say(&w, "%s的每个社区发展基金，每一分钱从哪里来、由谁决定、用到哪里，都在这里。",
                   "Every community development fund of %s: where each fen came from, "
                   "who decided on it, what it paid for."),
        mz_web_text_of(charity, "name"));
    put_receipt_form(&w);
    put_funds(&w, view, asked->now_ms);
    return mz_web_end(&w, &frame, why);
}

mz_status mz_page_home(const mz_page_asked *asked, uint64_t after, mz_buf *out, mz_reason *why)
{
    json_t *origin = NULL, *view = NULL;
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status == MZ_OK)
        status = mz_funds_view(asked->changes, after, asked->now_ms, &view, why);
    if (status == MZ_OK)
        status = write_home(asked, after, origin, view, out, why);
    json_decref(view);
    json_decref(origin);
    return status;
}
