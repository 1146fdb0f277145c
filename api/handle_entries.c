/* handle_entries.c — POST /v1/entries: hands the entry to the writer, lets the connection wait, and
 * answers with the receipt once the entry is durable. */
#include <stdlib.h>

#include "core/json.h"
#include "handlers.h"

/* One submission that waits. The writer's thread fills it, then resumes. */
typedef struct outcome {
    mz_exchange *exchange;
    mz_status status;
    mz_reason why;
    uint64_t index;
    int64_t unix_ms;
    mz_hash leaf_hash;
    bool duplicate;
} outcome;

static void done(void *context, const mz_submission *submission)
{
    outcome *waiting = context;
    waiting->status = submission->status;
    waiting->why = submission->why;
    waiting->index = submission->index;
    waiting->unix_ms = submission->unix_ms;
    waiting->leaf_hash = submission->leaf_hash;
    waiting->duplicate = submission->duplicate;
    mz_exchange_resume(waiting->exchange);
}

/* The text as the signing program printed it: an end of line after it is no part of it. */
static mz_view without_line_end(mz_view body)
{
    if (body.size > 0 && body.data[body.size - 1] == '\n')
        body.size--;
    if (body.size > 0 && body.data[body.size - 1] == '\r')
        body.size--;
    return body;
}

static mz_status hand_over(mz_call *call, mz_reason *why)
{
    outcome *waiting = calloc(1, sizeof(*waiting));
    if (waiting == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *call->state = waiting;
    *call->state_free = free;
    waiting->exchange = call->exchange;
    mz_exchange_suspend(call->exchange); /* before: it may be resumed at once */
    mz_reason refused = {0};
    mz_status status = mz_service_submit(call->service, without_line_end(call->request->body), done,
                                         waiting, &refused);
    if (status != MZ_OK) { /* `done` is not called: the refusal is told in the next turn */
        waiting->status = status;
        waiting->why = refused;
        mz_exchange_resume(call->exchange);
    }
    return MZ_OK;
}

/* By hand: of all answers this one is made most often. */
static mz_status write_answer(mz_response *response, const outcome *waiting, const char *leaf_hash,
                              mz_view receipt, mz_reason *why)
{
    mz_buf *body = &response->body;
    mz_buf_put_format(body,
                      "{\"index\":%llu,\"at_ms\":%lld,\"leaf_hash\":\"%s\",\"duplicate\":%s,"
                      "\"receipt\":",
                      (unsigned long long)waiting->index, (long long)waiting->unix_ms, leaf_hash,
                      waiting->duplicate ? "true" : "false");
    mz_json_put_string(body, receipt);
    mz_buf_put_text(body, "}\n");
    response->media_type = MZ_MEDIA_JSON;
    return body->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

static mz_status answer(mz_call *call, const outcome *waiting, mz_reason *why)
{
    char leaf_hash[65];
    mz_buf receipt;
    if (call->snapshot == NULL) /* it is in; sending it again gives the receipt */
        return mz_refuse(why, MZ_BUSY,
                         mz_words("cause", MZ_BOTH("正在重新打开账本，请再次发送同一笔",
                                                   "the ledger is being opened anew; send the "
                                                   "same entry again")));
    mz_buf_init(&receipt, MZ_HTTP_ANSWER_SIZE_MAX);
    mz_status status = mz_snapshot_receipt(call->snapshot, waiting->index, &receipt, why);
    if (status == MZ_OK) {
        mz_hex_32(waiting->leaf_hash.bytes, leaf_hash);
        call->response->code = waiting->duplicate ? 200 : 201;
        mz_response_header(call->response, "Location", "/v1/entries/%llu",
                           (unsigned long long)waiting->index);
        status = write_answer(call->response, waiting, leaf_hash, mz_buf_view(&receipt), why);
    }
    mz_buf_clear(&receipt);
    return status;
}

mz_status mz_handle_submit(mz_call *call, mz_reason *why)
{
    const outcome *waiting = *call->state;
    if (waiting == NULL)
        return hand_over(call, why);
    if (waiting->status != MZ_OK) {
        *why = waiting->why;
        return mz_refuse(why, waiting->status);
    }
    return answer(call, waiting, why);
}
