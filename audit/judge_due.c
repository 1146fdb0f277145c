/* judge_due.c — deadlines: what somebody has still to do, and by when. Only where it is asked for,
 * for who watches a log. */
#include <string.h>

#include "core/date.h"
#include "judge.h"

#define DUE_SHOWN 2000

mz_status mz_judge_due(mz_judge_work *j, const mz_due *due)
{
    mz_judgement *judgement = j->judgement;
    const int64_t ahead_ms = (int64_t)j->audit->options->due_days * 24 * 3600 * 1000;
    mz_fund fund;
    if (j->audit->options->due_days <= 0 || due->until_ms - judgement->as_of_ms > ahead_ms)
        return MZ_OK;
    if (json_array_size(judgement->due) == DUE_SHOWN) {
        judgement->due_more = true;
        return MZ_OK;
    }
    json_t *row = json_pack("{s:s, s:I, s:I, s:b}", "do", mz_event_row_of(due->event)->name,
                            "index", (json_int_t)due->index, "until_ms", (json_int_t)due->until_ms,
                            "overdue", due->until_ms <= judgement->as_of_ms ? 1 : 0);
    if (json_array_append_new(judgement->due, row) != 0)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    if (due->about.size > 0)
        json_object_set_new(row, "about",
                            json_stringn((const char *)due->about.data, due->about.size));
    if (due->fund == 0)
        return MZ_OK;
    const mz_status status = mz_fund_load(j->changes, due->fund, &fund, j->why);
    if (status == MZ_OK)
        json_object_set_new(row, "fund", mz_tell_id(fund.id));
    return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
}

mz_status mz_judge_due_statement(mz_judge_work *j, const mz_fund *fund)
{
    char from[MZ_DAY_TEXT_SIZE];
    const int32_t due_day = fund->statement_to_day + (int32_t)fund->profile.statement_days;
    mz_day_text(fund->statement_to_day + 1, from);
    const mz_due due = {MZ_STATEMENT_PUBLISHED, fund->ref, fund->ref, mz_view_of(from),
                        mz_day_end_ms(due_day)};
    return mz_judge_due(j, &due);
}

mz_status mz_judge_due_proposal(mz_judge_work *j, const mz_proposal_head *head)
{
    static const struct {
        uint32_t stage;
        mz_event event;
    } STEPS[] = {
        {MZ_CONSULTING, MZ_VOTE_CAST           },
        {MZ_VOTING,     MZ_VOTE_CAST           },
        {MZ_ADOPTED,    MZ_APPLICATION_SENT    },
        {MZ_APPLIED,    MZ_APPLICATION_APPROVED},
        {MZ_APPROVED,   MZ_PAYOUT_MADE         },
        {MZ_PAYING,     MZ_PROJECT_COMPLETED   },
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        const int32_t day = head->stage <= MZ_VOTING ? head->expiry_day : head->due_day;
        if (STEPS[i].stage != head->stage || day == 0 || day == MZ_NO_DAY)
            continue;
        const mz_due due = {STEPS[i].event, head->ref, head->fund, mz_id_view(head->id),
                            mz_day_end_ms(day)};
        return mz_judge_due(j, &due);
    }
    return MZ_OK;
}

/* What waits to be confirmed by another registrar or an auditor. */
mz_status mz_judge_pending(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_PENDING);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    if (j->audit->options->due_days <= 0)
        return MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_pending pending;
        if (value.size < sizeof pending)
            return mz_judge_damaged(j);
        memcpy(&pending, value.data, sizeof pending);
        if (pending.confirmed != 0 || pending.until_ms <= j->judgement->as_of_ms)
            continue; /* void once its time is over, and so no longer due */
        const mz_event_row *event = mz_event_row_of((mz_event)pending.event);
        const mz_due due = {MZ_REGISTRY_CONFIRMED, mz_judge_last_u64(&at), pending.fund,
                            mz_view_of(event != NULL ? event->name : ""), pending.until_ms};
        status = mz_judge_due(j, &due);
        if (status != MZ_OK)
            return status;
    }
    return mz_judge_walked(status);
}
