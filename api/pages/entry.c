/* entry.c — `/e/{index}`: one entry, what it says, what became of it, and its receipt. */
#include <stdio.h>
#include <string.h>

#include "core/views_public.h"
#include "pages/web.h"

static void put_confirmation(mz_web *w, const json_t *entry)
{
    const json_t *confirmation = json_object_get(entry, "confirmation");
    if (confirmation == NULL)
        return;
    mz_web_fact(w, mz_web_say(w, "确认", "Confirmation"));
    if (mz_web_true(confirmation, "confirmed")) {
        mz_web_put(w, mz_web_say(w, "已由另一人确认，生效", "confirmed by another, in effect"));
    } else {
        mz_web_put(w, mz_web_say(w, "尚待另一人确认，截止 ", "to be confirmed by another until "));
        mz_web_moment(w, mz_web_number_of(confirmation, "until_ms"));
    }
    mz_web_fact_end(w);
}

static void put_facts(mz_web *w, const json_t *entry, const json_t *called, const json_t *links)
{
    char path[MZ_WEB_PATH_SIZE];
    const json_t *about = json_object_get(links, "about");
    mz_web_facts(w, "facts");
    mz_web_fact(w, mz_web_say(w, "记账时间", "Written"));
    mz_web_moment(w, mz_web_number_of(entry, "at_ms"));
    mz_web_fact_end(w);
    mz_web_fact(w, mz_web_say(w, "签名人", "Signed by"));
    mz_web_actor(w, mz_web_text_of(entry, "role"), mz_web_text_of(entry, "actor"));
    mz_web_fact_end(w);
    if (mz_web_has(entry, "fund")) {
        (void)snprintf(path, sizeof path, "/f/%s", mz_web_text_of(entry, "fund"));
        mz_web_fact(w, mz_web_say(w, "基金", "Fund"));
        mz_web_link(w, path, mz_web_text_of(called, "name"));
        mz_web_fact_end(w);
    }
    if (mz_web_has(about, "title")) {
        mz_web_fact(w, mz_web_say(w, "关于提案", "About the proposal"));
        mz_web_proposal_link(w, mz_web_text_of(about, "proposal"), mz_web_text_of(about, "title"));
        mz_web_fact_end(w);
    }
    if (mz_web_has(about, "party")) {
        mz_web_fact(w, mz_web_say(w, "往来方", "Party"));
        mz_web_party(w, about);
        mz_web_fact_end(w);
    }
    put_confirmation(w, entry);
    mz_web_facts_end(w);
}

/* Both ways: what took this back or answered it stands here, and what this takes back stands in the
 * body. */
static void put_done(mz_web *w, const json_t *links)
{
    static const struct {
        const char *relation, *zh, *en;
        bool warns;
    } WORDS[] = {
        {"reversed_by",  "已被冲销，见", "Reversed by ",  true },
        {"replaced_by",  "已被替换，见", "Replaced by ",  true },
        {"confirmed_by", "已确认，见",    "Confirmed by ", false},
        {"answered_by",  "已答复，见",    "Answered by ",  false},
    };
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(links, "done"), i, row)
    {
        for (size_t k = 0; k < sizeof WORDS / sizeof WORDS[0]; k++) {
            if (strcmp(WORDS[k].relation, mz_web_text_of(row, "relation")) != 0)
                continue;
            mz_web_open(w, "p", WORDS[k].warns ? "warning" : "note");
            mz_web_put(w, mz_web_say(w, WORDS[k].zh, WORDS[k].en));
            mz_web_entry_link(w, mz_web_number_of(row, "index"));
            mz_web_put(w, mz_web_say(w, "。", "."));
            mz_web_close(w, "p");
        }
    }
}

static void put_proof(mz_web *w, const json_t *entry)
{
    static const struct {
        const char *name, *zh, *en;
    } CODES[] = {
        {"leaf_hash", "叶子哈希", "Leaf hash"  },
        {"jti",       "编号",       "Identifier" },
        {"kid",       "签名密钥", "Signing key"},
    };
    char path[MZ_WEB_PATH_SIZE];
    const long long index = (long long)mz_web_number_of(entry, "index");
    mz_web_section(w, "proof", mz_web_say(w, "收据与核对", "Receipt and proof"));
    (void)snprintf(path, sizeof path, "/v1/entries/%lld/receipt", index);
    mz_web_open(w, "p", NULL);
    mz_html_open(&w->html, "a");
    mz_html_attribute(&w->html, "class", "button");
    mz_html_attribute(&w->html, "download", "download");
    mz_html_address(&w->html, "href", path);
    mz_web_put(w, mz_web_say(w, "下载这一笔的收据", "Download the receipt of this entry"));
    mz_web_close(w, "a");
    mz_web_close(w, "p");
    mz_web_element(
        w, "p", "quiet",
        mz_web_say(w,
                   "收据含这一笔的原文、签名和在账本里的位置证明，离线也能核对；账本若被改动，"
                   "它就是证据。",
                   "The receipt holds the entry, its signature and the proof of its place in the "
                   "log. It can be checked offline; if the log is ever altered, it is evidence."));
    mz_web_facts(w, "facts");
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        mz_web_fact(w, mz_web_say(w, CODES[i].zh, CODES[i].en));
        mz_web_element(w, "span", "code", mz_web_text_of(entry, CODES[i].name));
        mz_web_fact_end(w);
    }
    mz_web_facts_end(w);
    mz_web_close(w, "section");
}

static void put_neighbours(mz_web *w, const json_t *entry, const json_t *origin)
{
    char path[MZ_WEB_PATH_SIZE];
    const long long index = (long long)mz_web_number_of(entry, "index");
    mz_html_open(&w->html, "nav");
    mz_html_attribute(&w->html, "class", "neighbours");
    mz_html_attribute(&w->html, "aria-label", mz_web_say(w, "前后各笔", "Entries around it"));
    if (index > 0) {
        (void)snprintf(path, sizeof path, "/e/%lld", index - 1);
        mz_web_link(w, path, mz_web_say(w, "前一笔", "Entry before"));
    }
    if (index + 1 < mz_web_number_of(origin, "size")) {
        (void)snprintf(path, sizeof path, "/e/%lld", index + 1);
        mz_web_link(w, path, mz_web_say(w, "后一笔", "Entry after"));
    }
    mz_web_close(w, "nav");
}

static mz_status write_entry(const mz_page_asked *asked, const json_t *origin, const json_t *called,
                             const json_t *entry, const json_t *links, mz_buf *out, mz_reason *why)
{
    mz_web w = {.language = asked->language};
    char title[128], path[MZ_WEB_PATH_SIZE], json[MZ_WEB_PATH_SIZE];
    const long long index = (long long)mz_web_number_of(entry, "index");
    (void)snprintf(title, sizeof title, mz_web_say(&w, "第 %lld 笔：%s", "Entry %lld: %s"), index,
                   mz_web_event(&w, mz_web_text_of(entry, "event")));
    (void)snprintf(path, sizeof path, "/e/%lld", index);
    (void)snprintf(json, sizeof json, "/v1/entries/%lld", index);
    const mz_web_frame frame = {.title = title,
                                .path = path,
                                .json = json,
                                .fund = called == NULL ? NULL : mz_web_text_of(entry, "fund"),
                                .fund_name = mz_web_text_of(called, "name"),
                                .origin = origin};
    mz_web_begin(&w, asked, &frame, out);
    mz_web_element(&w, "h1", NULL, title);
    put_done(&w, links);
    put_facts(&w, entry, called, links);
    mz_web_section(&w, "says", mz_web_say(&w, "这一笔写的是", "What it says"));
    mz_web_body(&w, entry, links);
    mz_web_close(&w, "section");
    put_proof(&w, entry);
    put_neighbours(&w, entry, origin);
    return mz_web_end(&w, &frame, why);
}

mz_status mz_page_entry(const mz_page_asked *asked, uint64_t index, mz_buf *out, mz_reason *why)
{
    json_t *origin = NULL, *called = NULL, *entry = NULL, *links = NULL;
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status == MZ_OK)
        status = mz_entry_view(asked->changes, index, &entry, why);
    const char *fund = mz_web_text_of(entry, "fund");
    if (status == MZ_OK && fund[0] != '\0')
        status = mz_fund_called_view(asked->changes, mz_view_of(fund), &called, why);
    if (status == MZ_OK)
        status = mz_links_view(asked->changes, index, &links, why);
    if (status == MZ_OK)
        status = write_entry(asked, origin, called, entry, links, out, why);
    json_decref(called);
    json_decref(links);
    json_decref(entry);
    json_decref(origin);
    return status;
}
