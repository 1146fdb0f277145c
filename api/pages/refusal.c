/* refusal.c — the page of what could not be shown. Reads nothing, so that it works when nothing
 * does. */
#include "pages/web.h"

static const char *title_of(mz_language language, unsigned code)
{
    const bool chinese = language == MZ_CHINESE;
    if (code == 404)
        return chinese ? "没有这一页" : "There is no such page";
    if (code < 500)
        return chinese ? "地址不对" : "The address is not right";
    return chinese ? "暂时打不开" : "It cannot be shown now";
}

mz_status mz_page_refusal(mz_language language, bool says_language, unsigned code,
                          const mz_reason *refusal, mz_buf *out, mz_reason *why)
{
    mz_web w;
    char sentence[512];
    const mz_page_asked asked = {.language = language, .says_language = says_language};
    const mz_web_frame frame = {.title = title_of(language, code)};
    mz_reason_text(refusal, language, sentence, sizeof sentence);
    mz_web_begin(&w, &asked, &frame, out);
    mz_web_element(&w, "h1", NULL, frame.title);
    mz_web_element(&w, "p", NULL, sentence);
    if (code >= 500)
        mz_web_element(&w, "p", NULL,
                       mz_web_say(&w, "请过一会儿再试。", "Please try again in a while."));
    mz_web_open(&w, "p", NULL);
    mz_web_link(&w, "/", mz_web_say(&w, "回到首页", "Back to the first page"));
    mz_web_close(&w, "p");
    return mz_web_end(&w, &frame, why);
}
