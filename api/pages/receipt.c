/* receipt.c — `/r/{receipt_no}`: is my gift in, and what has it paid for. */
#include <stdio.h>
#include <string.h>

#include "core/views_public.h"
#include "pages/web.h"

static void put_parts(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"办了什么事", "For what", false},
        {"用了您的",    "Of yours", true },
        {"付给",          "Paid to",  false},
        {"何时",          "When",     false},
        {"哪一笔",       "Entry",    false},
        {NULL,              NULL,       false},
    };
    size_t i;
    json_t *row;
    const json_t *parts = json_object_get(view, "parts");
    mz_web_section(w, "used", mz_web_say(w, "这笔捐款办了什么事", "What this gift has paid for"));
    if (json_array_size(parts) == 0) {
        mz_web_element(w, "p", NULL,
                       mz_web_say(w, "还没有用到。它在基金里，按入账先后使用。",
                                  "Nothing yet. It lies in the fund; money is used in the order in "
                                  "which it came."));
    } else {
        mz_web_table table = mz_web_table_begin(
            w, "parts", "parts", mz_web_say(w, "按拨付先后", "In the order of payouts"), COLUMNS);
        json_array_foreach(parts, i, row)
        {
            mz_web_row(w, &table, NULL);
            mz_web_cell(w, &table);
            mz_web_proposal_link(w, mz_web_text_of(row, "proposal"), mz_web_text_of(row, "title"));
            mz_web_cell_end(w, &table);
            mz_web_cell_yuan(w, &table, mz_web_number_of(row, "amount_fen"));
            mz_web_cell(w, &table);
            mz_web_party(w, row);
            mz_web_cell_end(w, &table);
            mz_web_cell(w, &table);
            mz_web_moment(w, mz_web_number_of(row, "at_ms"));
            mz_web_cell_end(w, &table);
            mz_web_cell(w, &table);
            mz_web_entry_link(w, mz_web_number_of(row, "payout"));
            mz_web_cell_end(w, &table);
            mz_web_row_end(w, &table);
        }
        mz_web_table_end(w, &table, NULL, NULL);
    }
    if (mz_web_true(view, "more"))
        mz_web_element(w, "p", "quiet",
                       mz_web_say(w, "拨付太多，这里只列了前面的；合计以上面的数字为准。",
                                  "There are more payouts than are listed here; the sums above "
                                  "count them all."));
    mz_web_close(w, "section");
}

static void put_state(mz_web *w, const json_t *view)
{
    const bool stands = strcmp(mz_web_text_of(view, "state"), "confirmed") == 0;
    mz_web_open(w, "p", stands ? "answer" : "warning");
    if (stands) {
        mz_web_put(w, mz_web_say(w, "已入账：", "It is in: "));
        mz_web_yuan(w, mz_web_number_of(view, "amount_fen"));
        mz_web_put(w, mz_web_say(w, "，银行入账日 ", ", booked by the bank on "));
        mz_web_day(w, mz_web_text_of(view, "booked_on"));
        mz_web_put(w, mz_web_say(w, "。", "."));
    } else {
        mz_web_put(w, mz_web_say(w, "这张票据的入账已被冲销，号码作废。见",
                                 "The confirmation under this number was reversed, and the number "
                                 "is void. See "));
        mz_web_entry_link(w, mz_web_number_of(view, "reversed_by"));
        mz_web_put(w, mz_web_say(w, "。", "."));
    }
    mz_web_close(w, "p");
}

static void put_facts(mz_web *w, const json_t *view)
{
    char path[MZ_WEB_PATH_SIZE];
    (void)snprintf(path, sizeof path, "/f/%s", mz_web_text_of(view, "fund"));
    mz_web_facts(w, "facts");
    mz_web_fact(w, mz_web_say(w, "基金", "Fund"));
    mz_web_link(w, path, mz_web_text_of(view, "fund_name"));
    mz_web_fact_end(w);
    mz_web_fact_text(w, mz_web_say(w, "用途", "Purpose"),
                     mz_web_word(w, mz_web_text_of(view, "purpose")));
    mz_web_fact_day(w, mz_web_say(w, "收到", "Received"), mz_web_text_of(view, "received_on"));
    mz_web_fact(w, mz_web_say(w, "登记与入账", "Recorded, confirmed"));
    mz_web_entry_link(w, mz_web_number_of(view, "income"));
    mz_web_put(w, mz_web_say(w, "、", ", "));
    mz_web_entry_link(w, mz_web_number_of(view, "confirmation"));
    mz_web_fact_end(w);
    if (mz_web_has(view, "used_fen")) {
        mz_web_fact_yuan(w, mz_web_say(w, "已用", "Used"), mz_web_number_of(view, "used_fen"));
        mz_web_fact_yuan(w, mz_web_say(w, "未用", "Not used yet"),
                         mz_web_number_of(view, "free_fen"));
    }
    mz_web_facts_end(w);
}

static void put_unknown(mz_web *w)
{
    mz_web_element(w, "p", "warning",
                   mz_web_say(w, "账本里没有这个票据号。", "The log has no such receipt number."));
    mz_web_open(w, "ul", "plain");
    mz_web_element(w, "li", NULL,
                   mz_web_say(w, "请核对号码，字母大小写和横线也要一致。",
                              "Check the number: letters, case and dashes must be the same."));
    mz_web_element(w, "li", NULL,
                   mz_web_say(w,
                              "刚捐的款要等出纳在银行流水里核对到才入账，通常不超过 30 天；"
                              "入账以前还没有票据号。",
                              "A new gift is confirmed once the cashier finds it at the bank, "
                              "within 30 days as a rule; before that it has no number."));
    mz_web_element(w, "li", NULL,
                   mz_web_say(w, "仍然找不到，请拿着票据问慈善总会：没有入账的捐款应当有人说明。",
                              "If it is still missing, ask the charity with the receipt in hand: "
                              "somebody must answer for a gift that is not in."));
    mz_web_close(w, "ul");
    mz_web_open(w, "p", NULL);
    mz_web_link(w, "/", mz_web_say(w, "回到首页再查", "Back, to try again"));
    mz_web_close(w, "p");
}

static mz_status write_receipt(const mz_page_asked *asked, const char *number, const json_t *origin,
                               const json_t *view, mz_buf *out, mz_reason *why)
{
    mz_web w = {.language = asked->language};
    char title[256], path[MZ_WEB_PATH_SIZE + 4], segment[MZ_WEB_PATH_SIZE];
    mz_web_segment(number, segment);
    (void)snprintf(path, sizeof path, "/r/%s", segment);
    (void)snprintf(title, sizeof title, mz_web_say(&w, "票据 %s", "Receipt %s"), number);
    const mz_web_frame frame = {.title = title,
                                .path = path,
                                .fund = view == NULL ? NULL : mz_web_text_of(view, "fund"),
                                .fund_name = mz_web_text_of(view, "fund_name"),
                                .origin = origin};
    mz_web_begin(&w, asked, &frame, out);
    mz_web_element(&w, "h1", NULL, title);
    if (view == NULL) {
        put_unknown(&w);
    } else {
        put_state(&w, view);
        put_facts(&w, view);
        if (mz_web_has(view, "parts"))
            put_parts(&w, view);
    }
    return mz_web_end(&w, &frame, why);
}

/* The size of the blank at the beginning or the end, 0 when there is none; those of Chinese
 * keyboards too. */
static size_t blank_at(mz_view text, bool at_end)
{
    static const char *const BLANKS[] = {" ", "\t", "\xe3\x80\x80"};
    for (size_t i = 0; i < sizeof BLANKS / sizeof BLANKS[0]; i++) {
        const size_t size = strlen(BLANKS[i]);
        if (text.size >= size &&
            memcmp(text.data + (at_end ? text.size - size : 0), BLANKS[i], size) == 0)
            return size;
    }
    return 0;
}

static mz_view trimmed(mz_view text)
{
    for (size_t size; (size = blank_at(text, false)) > 0;)
        text = (mz_view){text.data + size, text.size - size};
    for (size_t size; (size = blank_at(text, true)) > 0;)
        text.size -= size;
    return text;
}

mz_status mz_page_receipt(const mz_page_asked *asked, mz_view receipt_no, bool *found, mz_buf *out,
                          mz_reason *why)
{
    char number[MZ_TOKEN_BYTES_MAX + 1];
    json_t *origin = NULL, *view = NULL;
    mz_reason unknown = {0};
    receipt_no = trimmed(receipt_no);
    const size_t size = receipt_no.size < sizeof number ? receipt_no.size : sizeof number - 1;
    if (size > 0)
        memcpy(number, receipt_no.data, size);
    number[size] = '\0';
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status != MZ_OK)
        return status;
    status = receipt_no.size == 0 || receipt_no.size > MZ_TOKEN_BYTES_MAX
                 ? MZ_NOT_FOUND
                 : mz_gift_view(asked->changes, receipt_no, asked->now_ms, &view, &unknown);
    *found = status == MZ_OK;
    if (status == MZ_OK || status == MZ_NOT_FOUND)
        status = write_receipt(asked, number, origin, view, out, why);
    else
        *why = unknown;
    json_decref(view);
    json_decref(origin);
    return status;
}
