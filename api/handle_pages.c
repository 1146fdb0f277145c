/* handle_pages.c — the public pages (api/pages) as routes: what a path and a query say becomes what
 * a page is asked with. */
#include <stdio.h>

#include "core/text.h"
#include "handlers.h"
#include "pages/pages.h"

static mz_page_asked asked_of(const mz_call *call)
{
    return (mz_page_asked){
        .changes = call->changes,
        .now_ms = call->now_ms,
        .language = call->language,
        .says_language = mz_request_query(call->request, "lang").data != NULL,
    };
}

static mz_status answer(mz_call *call, mz_status status)
{
    call->response->media_type = MZ_MEDIA_HTML;
    return status;
}

mz_status mz_handle_page_home(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_of(call);
    const uint64_t after = mz_call_query_number(call, "after", 0);
    return answer(call, mz_page_home(&asked, after, &call->response->body, why));
}

mz_status mz_handle_page_fund(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_of(call);
    const uint64_t before = mz_call_query_number(call, "until", MZ_NEVER);
    return answer(call, mz_page_fund(&asked, call->params[0], before, &call->response->body, why));
}

mz_status mz_handle_page_month(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_of(call);
    const uint64_t after = mz_call_query_number(call, "after", 0);
    return answer(call, mz_page_month(&asked, call->params[0], call->params[1], after,
                                      &call->response->body, why));
}

mz_status mz_handle_page_proposal(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_of(call);
    return answer(call, mz_page_proposal(&asked, call->params[0], &call->response->body, why));
}

mz_status mz_handle_page_entry(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_of(call);
    const uint64_t index = mz_call_number(call, 0);
    return answer(call, mz_page_entry(&asked, index, &call->response->body, why));
}

/* `/r/{receipt_no}`, and `/r?number=`, which is where a form without script leads. */
mz_status mz_handle_page_receipt(mz_call *call, mz_reason *why)
{
    bool found = false;
    const mz_page_asked asked = asked_of(call);
    const mz_view number =
        call->param_count > 0 ? call->params[0] : mz_request_query(call->request, "number");
    const mz_status status = mz_page_receipt(&asked, number, &found, &call->response->body, why);
    if (status == MZ_OK && !found) {
        call->response->code = 404;
        call->response->cache = MZ_CACHE_NONE; /* it may come in at any moment */
    }
    return answer(call, status);
}

/* ---- tables as files ---- */

/* A page that is asked for one of its tables: the last name of the path. */
static mz_page_asked asked_table_of(const mz_call *call)
{
    mz_page_asked asked = asked_of(call);
    asked.table = call->params[call->param_count - 1];
    return asked;
}

/* The file's name: of whom it is, which table. Whoever has a table has a name of plain letters. */
static mz_status answer_table(mz_call *call, mz_status status, mz_view of, const char *end)
{
    const mz_view table = call->params[call->param_count - 1];
    if (status != MZ_OK)
        return status;
    call->response->media_type = MZ_MEDIA_CSV;
    mz_response_header(call->response, "Content-Disposition",
                       "attachment; filename=\"%.*s-%.*s%s.csv\"", (int)of.size,
                       (const char *)of.data, (int)table.size, (const char *)table.data, end);
    return MZ_OK;
}

mz_status mz_handle_page_fund_table(mz_call *call, mz_reason *why)
{
    uint64_t next = 0;
    const mz_page_asked asked = asked_of(call);
    const uint64_t from = mz_call_query_number(call, "from", 0);
    const mz_status status = mz_page_csv(&asked, mz_snapshot_txn(call->snapshot), call->params[0],
                                         call->params[1], from, &next, &call->response->body, why);
    if (status == MZ_OK && next != 0)
        mz_response_header(call->response, "Link", "<?from=%llu>; rel=\"next\"",
                           (unsigned long long)next);
    return answer_table(call, status, call->params[0], from == 0 && next == 0 ? "" : "-part");
}

mz_status mz_handle_page_month_table(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_table_of(call);
    const mz_view fund = call->params[0], month = call->params[1];
    char name[128];
    const mz_status status = mz_page_month(&asked, fund, month, 0, &call->response->body, why);
    (void)snprintf(name, sizeof name, "%.*s-%.*s", (int)fund.size, (const char *)fund.data,
                   (int)month.size, (const char *)month.data);
    return answer_table(call, status, mz_view_of(name), "");
}

mz_status mz_handle_page_proposal_table(mz_call *call, mz_reason *why)
{
    const mz_page_asked asked = asked_table_of(call);
    return answer_table(call, mz_page_proposal(&asked, call->params[0], &call->response->body, why),
                        call->params[0], "");
}

/* A receipt's number may be any text, so the file is not called after it. */
mz_status mz_handle_page_receipt_table(mz_call *call, mz_reason *why)
{
    bool found = false;
    const mz_page_asked asked = asked_table_of(call);
    return answer_table(
        call, mz_page_receipt(&asked, call->params[0], &found, &call->response->body, why),
        mz_view_of("receipt"), "");
}

mz_status mz_handle_page_style(mz_call *call, mz_reason *why)
{
    const mz_view asked = mz_request_query(call->request, "v");
    if (!mz_view_is(asked, mz_page_style_version()))
        call->response->cache = MZ_CACHE_SHORT;
    call->response->media_type = "text/css; charset=utf-8";
    mz_buf_put(&call->response->body, mz_page_style());
    return call->response->body.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

void mz_refuse_with_page(mz_call *call, const mz_reason *refusal)
{
    mz_reason why = {0};
    const bool says_language = mz_request_query(call->request, "lang").data != NULL;
    const mz_status status = mz_page_refusal(call->language, says_language, call->response->code,
                                             refusal, &call->response->body, &why);
    call->response->media_type = MZ_MEDIA_HTML;
    if (status != MZ_OK)
        mz_buf_reset(&call->response->body); /* without memory there is the code alone */
}
