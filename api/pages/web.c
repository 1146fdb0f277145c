#include "pages/web.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/event.h"

const char *mz_web_say(const mz_web *w, const char *zh, const char *en)
{
    return w->language == MZ_CHINESE ? zh : en;
}

const char *mz_web_word(const mz_web *w, const char *word)
{
    return mz_word_text(word, w->language);
}

const char *mz_web_event(const mz_web *w, const char *event)
{
    const mz_event_row *row = mz_event_row_named(mz_view_of(event));
    return row == NULL ? event : mz_web_say(w, row->zh, row->en);
}

/* ---- the head ---- */

static void put_meta(mz_web *w, const char *name, const char *content)
{
    mz_html_open(&w->html, "meta");
    mz_html_attribute(&w->html, "name", name);
    mz_html_attribute(&w->html, "content", content);
    mz_html_close(&w->html, "meta");
}

static void put_head_link(mz_web *w, const char *rel, const char *type, const char *language,
                          const char *address)
{
    mz_html_open(&w->html, "link");
    mz_html_attribute(&w->html, "rel", rel);
    if (type != NULL)
        mz_html_attribute(&w->html, "type", type);
    if (language != NULL)
        mz_html_attribute(&w->html, "hreflang", language);
    mz_html_address(&w->html, "href", address);
    mz_html_close(&w->html, "link");
}

/* The same page in a language. */
static void put_path_in(const char *path, const char *language, char address[MZ_WEB_PATH_SIZE])
{
    (void)snprintf(address, MZ_WEB_PATH_SIZE, "%s%clang=%s", path,
                   strchr(path, '?') == NULL ? '?' : '&', language);
}

static void put_head(mz_web *w, const mz_web_frame *frame)
{
    char address[MZ_WEB_PATH_SIZE];
    mz_web_open(w, "head", NULL);
    mz_html_open(&w->html, "meta");
    mz_html_attribute(&w->html, "charset", "utf-8");
    mz_html_close(&w->html, "meta");
    put_meta(w, "viewport", "width=device-width, initial-scale=1");
    put_meta(w, "color-scheme", "light dark");
    put_meta(w, "format-detection", "telephone=no");
    mz_web_format(w, "title", NULL, mz_web_say(w, "%s · 明账", "%s · Mingzhang"), frame->title);
    (void)snprintf(address, sizeof address, "%s?v=%s", MZ_PAGE_STYLE, mz_page_style_version());
    put_head_link(w, "stylesheet", NULL, NULL, address);
    if (frame->path != NULL) {
        put_path_in(frame->path, "zh", address);
        put_head_link(w, "alternate", NULL, "zh", address);
        put_path_in(frame->path, "en", address);
        put_head_link(w, "alternate", NULL, "en", address);
    }
    if (frame->json != NULL)
        put_head_link(w, "alternate", "application/json", NULL, frame->json);
    mz_web_close(w, "head");
}

/* ---- above and below the content ---- */

static void put_language_link(mz_web *w, const mz_web_frame *frame)
{
    const bool chinese = w->language == MZ_CHINESE;
    char address[MZ_WEB_PATH_SIZE];
    put_path_in(frame->path == NULL ? "/" : frame->path, chinese ? "en" : "zh", address);
    mz_html_open(&w->html, "a");
    mz_html_attribute(&w->html, "class", "language");
    mz_html_attribute(&w->html, "lang", chinese ? "en" : "zh");
    mz_html_attribute(&w->html, "hreflang", chinese ? "en" : "zh");
    mz_html_address(&w->html, "href", address);
    mz_html_text(&w->html, chinese ? "English" : "中文");
    mz_web_close(w, "a");
}

static void put_header(mz_web *w, const mz_web_frame *frame)
{
    char path[MZ_WEB_PATH_SIZE];
    const char *charity = mz_web_text_of(json_object_get(frame->origin, "charity"), "name");
    mz_html_open(&w->html, "a");
    mz_html_attribute(&w->html, "class", "skip");
    mz_html_address(&w->html, "href", "#main");
    mz_html_text(&w->html, mz_web_say(w, "跳到正文", "Skip to the content"));
    mz_web_close(w, "a");
    mz_web_open(w, "header", "site");
    mz_html_open(&w->html, "nav");
    mz_html_attribute(&w->html, "aria-label", mz_web_say(w, "位置", "Where you are"));
    mz_web_open_link(w, "brand", "/");
    mz_web_put(w, charity[0] == '\0' ? mz_web_say(w, "明账", "Mingzhang") : charity);
    mz_web_close(w, "a");
    if (frame->fund != NULL) {
        (void)snprintf(path, sizeof path, "/f/%s", frame->fund);
        mz_web_element(w, "span", "divider", "›");
        mz_web_link(w, path, frame->fund_name);
    }
    mz_web_close(w, "nav");
    put_language_link(w, frame);
    mz_web_close(w, "header");
}

static void put_footer(mz_web *w, const mz_web_frame *frame)
{
    mz_web_open(w, "footer", "site");
    if (frame->origin != NULL) {
        mz_web_open(w, "p", NULL);
        mz_web_put(w, mz_web_say(w, "本页由账本直接生成。账本至今 ",
                                 "This page is made from the log itself. The log has "));
        mz_web_format(w, "strong", NULL, "%lld",
                      (long long)mz_web_number_of(frame->origin, "size"));
        mz_web_put(w, mz_web_say(w, " 笔，最近一笔记于 ", " entries, the latest written "));
        mz_web_moment(w, mz_web_number_of(frame->origin, "last_ms"));
        mz_web_put(w, mz_web_say(w, "。每一笔都由经手人签名，只增不改；更正另记一笔。",
                                 ". Each is signed by whoever took the step. Entries are only "
                                 "added; a correction is an entry of its own."));
        mz_web_close(w, "p");
    }
    mz_web_open(w, "p", NULL);
    mz_html_open(&w->html, "a");
    mz_html_address(&w->html, "href", "/checkpoint");
    mz_web_put(w, mz_web_say(w, "总账印章（供核对）", "Checkpoint, for whoever verifies"));
    mz_web_close(w, "a");
    if (frame->json != NULL) {
        mz_web_put(w, " · ");
        mz_html_open(&w->html, "a");
        mz_html_address(&w->html, "href", frame->json);
        mz_web_put(w, mz_web_say(w, "本页数据（JSON）", "This page as data (JSON)"));
        mz_web_close(w, "a");
    }
    mz_web_close(w, "p");
    mz_web_close(w, "footer");
}

static void put_nowhere(void *context, mz_view bytes)
{
    (void)context;
    (void)bytes;
}

void mz_web_begin(mz_web *w, const mz_page_asked *asked, const mz_web_frame *frame, mz_buf *out)
{
    *w = (mz_web){.language = asked->language,
                  .says_language = asked->says_language,
                  .path = frame->path,
                  .out = out};
    mz_web_file_init(&w->file, asked->table);
    mz_html_begin(&w->html, asked->table.size == 0 ? mz_html_to_buf : put_nowhere, out);
    mz_html_open(&w->html, "html");
    mz_html_attribute(&w->html, "lang", mz_web_say(w, "zh-CN", "en"));
    put_head(w, frame);
    mz_web_open(w, "body", NULL);
    put_header(w, frame);
    mz_html_open(&w->html, "main");
    mz_html_attribute(&w->html, "id", "main");
}

mz_status mz_web_end(mz_web *w, const mz_web_frame *frame, mz_reason *why)
{
    mz_web_close(w, "main");
    put_footer(w, frame);
    mz_web_close(w, "body");
    mz_web_close(w, "html");
    mz_html_end(&w->html);
    const mz_status status = mz_web_file_end(&w->file, why);
    if (status != MZ_OK)
        return status;
    return w->out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}
