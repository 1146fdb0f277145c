/* handle_views.c — the ledger's views as JSON, one page of rows at a time. */
#include "core/date.h"
#include "core/views.h"
#include "handlers.h"

mz_status mz_handle_funds(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_ledger_view(call->changes, call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_fund(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_fund_view(call->changes, call->params[0], call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_fund_entries(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_view event = mz_request_query(call->request, "event");
    uint64_t before = mz_call_cursor(call);
    mz_status status;
    if (event.data == NULL)
        status = mz_fund_history_view(call->changes, call->params[0], before, &view, why);
    else
        status = mz_fund_entries_view(call->changes, call->params[0],
                                      mz_event_row_named(event)->event, before, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_fund_proposals(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_proposals_view(call->changes, call->params[0], mz_call_cursor(call),
                                         call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_proposal(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_proposal_view(call->changes, call->params[0], call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_entry(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_entry_view(call->changes, mz_call_number(call, 0), &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_entry_receipt(mz_call *call, mz_reason *why)
{
    uint64_t index = mz_call_number(call, 0);
    mz_status status = mz_snapshot_receipt(call->snapshot, index, &call->response->body, why);
    if (status != MZ_OK)
        return status;
    call->response->media_type = MZ_MEDIA_TEXT;
    mz_response_header(call->response, "Content-Disposition",
                       "attachment; filename=\"%llu.tlog-proof\"", (unsigned long long)index);
    return MZ_OK;
}

/* Adds to `out` what a view makes; ends it when that fails. */
static mz_status add_view(json_t *out, const char *name, mz_status status, json_t *view)
{
    if (status == MZ_OK && json_object_set_new(out, name, view) != 0)
        return MZ_NO_MEMORY;
    return status;
}

/* What a receipt's number stands for: the confirmed income, and where its money went. */
mz_status mz_handle_receipt_no(mz_call *call, mz_reason *why)
{
    uint64_t index;
    json_t *view = NULL, *out = NULL;
    mz_status status =
        mz_name_find(call->changes, MZ_NAME_RECEIPT, 0, call->params[0], &index, why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("票据", "receipt")),
                         mz_words_view("id", call->params[0]));
    if (status != MZ_OK)
        return status;
    out = json_pack("{s:s%, s:I}", "receipt_no", (const char *)call->params[0].data,
                    call->params[0].size, "index", (json_int_t)index);
    if (out == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    status = mz_entry_view(call->changes, index, &view, why);
    status = add_view(out, "entry", status, view);
    if (status == MZ_OK) {
        view = NULL;
        status = mz_trace_view(call->changes, index, call->now_ms, &view, why);
        status = add_view(out, "trace", status, view);
    }
    if (status == MZ_OK)
        return mz_call_answer(call, out, why);
    json_decref(out);
    return mz_refuse(why, status);
}

mz_status mz_handle_trace(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status =
        mz_trace_view(call->changes, mz_call_number(call, 0), call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_todo(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_todo_view(call->changes, call->params[0], call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

/* Of one fund what it has published, newest first; without ?fund= how far each fund is. */
mz_status mz_handle_statements(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_view fund = mz_request_query(call->request, "fund");
    mz_status status;
    if (fund.data == NULL)
        status = mz_statements_due_view(call->changes, call->now_ms, &view, why);
    else
        status = mz_fund_entries_view(call->changes, fund, MZ_STATEMENT_PUBLISHED,
                                      mz_call_cursor(call), &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_source(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_source_view(call->changes, call->params[0], &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_party(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_party_view(call->changes, call->params[0], &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_need(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_need_view(call->changes, call->params[0], call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_needs(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_needs_view(call->changes, call->params[0], mz_call_cursor(call),
                                     call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_goods(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_goods_view(call->changes, call->params[0], mz_call_cursor(call),
                                     call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_item(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_item_view(call->changes, call->params[0], call->params[1],
                                    mz_call_cursor(call), call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

mz_status mz_handle_reports(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_status status = mz_reports_view(call->changes, mz_call_cursor(call), &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

/* Pages of this list are named by the month before which they lie: the `next` of the view. */
mz_status mz_handle_reconciliations(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    mz_view before = mz_request_query(call->request, "before");
    int32_t first_day = MZ_NO_DAY, last_day;
    if (before.data != NULL && !mz_month_parse(before, &first_day, &last_day))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "before"),
                         mz_words("want", "YYYY-MM"));
    mz_status status = mz_reconciliations_view(call->changes, call->params[0], first_day,
                                               call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}

/* To ?to=, else to yesterday, the last day that is over. */
mz_status mz_handle_statement_draft(mz_call *call, mz_reason *why)
{
    json_t *view = NULL;
    const mz_view to = mz_request_query(call->request, "to");
    int32_t to_day = mz_day_of_ms(call->now_ms) - 1;
    if (to.data != NULL && !mz_day_parse(to, &to_day))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "to"), mz_words("want", "YYYY-MM-DD"));
    mz_status status =
        mz_statement_view(call->changes, call->params[0], to_day, call->now_ms, &view, why);
    return status == MZ_OK ? mz_call_answer(call, view, why) : status;
}
