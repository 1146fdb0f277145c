/* views_need.c — 点事 as people see it: what neighbours lack, who of the committee stands by it,
 * which proposals name it, and what was paid for it. */
#include <string.h>

#include "core/views_make.h"

const char *mz_need_state(const mz_need *need)
{
    if (need->reversed_index != MZ_NEVER)
        return "reversed";
    if (need->paid_count > 0)
        return "paid";
    return need->endorsement_count >= MZ_NEED_ENDORSERS ? "endorsed" : "listed";
}

static mz_status put_need(mz_making *making, const mz_need *need, json_t *row)
{
    static const char *const NAMES[] = {"item", NULL};
    mz_put_view(making, row, "need", mz_id_view(need->id));
    mz_put(making, row, "kind", json_string(MZ_NEED_KINDS[need->kind]));
    mz_status status = mz_put_told(making, row, need->ref, NAMES);
    mz_put(making, row, "count", json_integer(need->count));
    mz_put(making, row, "channel", json_string(MZ_NEED_CHANNELS[need->channel]));
    mz_put(making, row, "state", json_string(mz_need_state(need)));
    mz_put_count(making, row, "endorsement_count", need->endorsement_count);
    mz_put_count(making, row, "proposal_count", need->proposal_count);
    mz_put_count(making, row, "payout_count", need->payout_count);
    mz_put_index(making, row, "reversed_by", need->reversed_index);
    return status;
}

/* ---- one need ---- */

static mz_status put_endorsers(mz_making *making, const mz_need *need, json_t *out)
{
    static const char *const NAMES[] = {NULL};
    json_t *rows = mz_put_list(making, out, "endorsed_by");
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_ENDORSEMENT, need->ref);
    mz_key_bytes key = prefix;
    for (;;) {
        mz_view value;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK && value.size != 8)
            return mz_refuse_corrupt(making->why, "an endorsement has a wrong size");
        if (status == MZ_OK)
            status =
                mz_put_told(making, mz_add_object(making, rows), mz_be64_get(value.data), NAMES);
        if (status != MZ_OK)
            return status;
    }
}

static mz_status naming_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_proposal proposal;
    (void)go_on;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, context);
    mz_put_view(making, row, "proposal", mz_id_view(proposal.head.id));
    mz_put_count(making, row, "index", index);
    mz_put(making, row, "state", json_string(mz_stage_name((mz_stage)proposal.head.stage)));
    mz_put_step(making, &proposal.head, row);
    return MZ_OK;
}

static mz_status wish_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_payout payout;
    mz_proposal proposal;
    (void)go_on;
    mz_status status = mz_payout_load(making->changes, index, &payout, making->why);
    if (status == MZ_OK)
        status = mz_proposal_load(making->changes, payout.head.proposal, &proposal, making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, context);
    mz_put_count(making, row, "index", index);
    mz_put_ms(making, row, "at_ms", payout.head.made_ms);
    mz_put_view(making, row, "proposal", mz_id_view(proposal.head.id));
    mz_put(making, row, "amount_fen", json_integer(payout.head.amount_fen));
    mz_put(making, row, "returned_fen", json_integer(payout.head.returned_fen));
    mz_put(making, row, "reversed", json_boolean(payout.head.reversed_index != MZ_NEVER));
    return mz_put_party(making, row, "party", payout.head.party);
}

static mz_status put_speakers(mz_making *making, const mz_need *need, json_t *out)
{
    mz_status status = mz_about_rows(making, need->ref, MZ_PROPOSAL_FILED, naming_row,
                                     mz_put_list(making, out, "proposals"));
    return status == MZ_OK ? mz_about_rows(making, need->ref, MZ_PAYOUT_MADE, wish_row,
                                           mz_put_list(making, out, "payouts"))
                           : status;
}

mz_status mz_need_view(mz_changes *changes, mz_view id, int64_t now_ms, json_t **out,
                       mz_reason *why)
{
    static const char *const NAMES[] = {"note", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_need need;
    uint64_t ref = 0;
    json_t *made = json_object();
    mz_status status = mz_named(&making, MZ_NAME_NEED, MZ_BOTH("需求", "need"), id, &ref);
    if (status == MZ_OK)
        status = mz_need_load(changes, ref, &need, why);
    if (status == MZ_OK)
        status = mz_rules_settle(changes, need.fund, now_ms, why);
    if (status == MZ_OK)
        status = mz_need_load(changes, ref, &need, why); /* a proposal that ended lets go of it */
    if (status == MZ_OK)
        status = put_need(&making, &need, made);
    if (status == MZ_OK)
        status = mz_put_fund(&making, made, "fund", need.fund);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, need.ref, NAMES);
    if (status == MZ_OK)
        status = put_endorsers(&making, &need, made);
    if (status == MZ_OK)
        status = put_speakers(&making, &need, made);
    return mz_making_end(&making, status, made, out);
}

/* ---- the needs of a fund ---- */

static mz_status need_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_need need;
    (void)go_on;
    mz_status status = mz_need_load(making->changes, index, &need, making->why);
    return status == MZ_OK ? put_need(making, &need, mz_add_object(making, context)) : status;
}

mz_status mz_needs_view(mz_changes *changes, mz_view id, uint64_t before, int64_t now_ms,
                        json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    uint64_t next = MZ_NEVER;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    mz_put_view(&making, made, "fund", id);
    json_t *rows = mz_put_list(&making, made, "needs");
    if (status == MZ_OK)
        status = mz_fund_rows(&making, fund.ref, MZ_NEED_LISTED, before, MZ_VIEW_ROWS_MAX, need_row,
                              rows, &next);
    mz_put_next(&making, made, next);
    return mz_making_end(&making, status, made, out);
}

/* How many needs are in each state. */
typedef struct need_counts {
    uint64_t listed, endorsed, paid, reversed;
} need_counts;

static mz_status count_need(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    need_counts *counts = context;
    mz_need need;
    (void)go_on;
    mz_status status = mz_need_load(making->changes, index, &need, making->why);
    if (status != MZ_OK)
        return status;
    const char *state = mz_need_state(&need);
    counts->listed += strcmp(state, "listed") == 0;
    counts->endorsed += strcmp(state, "endorsed") == 0;
    counts->paid += strcmp(state, "paid") == 0;
    counts->reversed += strcmp(state, "reversed") == 0;
    return MZ_OK;
}

mz_status mz_put_need_summary(mz_making *making, const mz_fund *fund, json_t *out)
{
    need_counts counts = {0};
    uint64_t next = MZ_NEVER;
    mz_status status = mz_fund_rows(making, fund->ref, MZ_NEED_LISTED, MZ_NEVER,
                                    MZ_COUNTED_ROWS_MAX, count_need, &counts, &next);
    json_t *object = mz_put_object(making, out, "needs");
    mz_put_count(making, object, "listed_count", counts.listed);
    mz_put_count(making, object, "endorsed_count", counts.endorsed);
    mz_put_count(making, object, "paid_count", counts.paid);
    mz_put_count(making, object, "reversed_count", counts.reversed);
    if (next != MZ_NEVER)
        mz_put(making, object, "more", json_true());
    return status;
}
