/* judge_proposals.c — what was promised and not carried through: proposals, and income recorded. */
#include "core/date.h"
#include "judge.h"

#define RATING_DAYS 90

static bool not_decided(const mz_proposal *proposal)
{
    return proposal->head.stage == MZ_LAPSED && proposal->head.ended_from == MZ_APPLIED;
}

/* Proposals that have ended change no more. */
mz_status mz_judge_keep_ended(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_UNFINISHED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_proposal proposal;
        status = mz_proposal_load(j->changes, mz_judge_last_u64(&at), &proposal, j->why);
        if (status != MZ_OK)
            break;
        if (proposal.head.stage < MZ_COMPLETED)
            continue;
        if (not_decided(&proposal))
            status =
                mz_note_finding(j->changes, MZ_F_NOT_DECIDED, mz_judge_last_u64(&at), 0, j->why);
        if (status == MZ_OK)
            status = mz_changes_erase(j->changes, MZ_TABLE_AUDIT, mz_key_view(&at), j->why);
        if (status == MZ_OK)
            status = mz_judge_flush(j);
        if (status != MZ_OK)
            break;
    }
    return mz_judge_walked(status);
}

static mz_status look_at_unfinished(mz_judge_work *j, uint64_t index)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(j->changes, index, &proposal, j->why);
    if (status != MZ_OK)
        return status;
    if (not_decided(&proposal))
        mz_judge_see(j, MZ_F_NOT_DECIDED, index, 0);
    else if (proposal.head.stage == MZ_PAYING && proposal.head.late != 0)
        mz_judge_see(j, MZ_F_NOT_COMPLETED, index, 0);
    return mz_judge_due_proposal(j, &proposal.head);
}

mz_status mz_judge_proposals(mz_judge_work *j)
{
    return mz_judge_each(j, MZ_N_UNFINISHED, look_at_unfinished);
}

static mz_status look_at_unconfirmed(mz_judge_work *j, uint64_t index)
{
    mz_income income;
    const mz_status status = mz_income_load(j->changes, index, &income, j->why);
    if (status != MZ_OK)
        return status;
    const int32_t day = mz_day_of_ms(income.recorded_ms);
    if (mz_judge_overdue(j, day, MZ_UNCONFIRMED_DAYS))
        mz_judge_see(j, MZ_F_UNCONFIRMED, index, 0);
    const mz_due due = {.event = MZ_INCOME_CONFIRMED,
                        .index = index,
                        .fund = income.fund,
                        .until_ms = mz_day_end_ms(day + MZ_UNCONFIRMED_DAYS)};
    return mz_judge_due(j, &due);
}

mz_status mz_judge_unconfirmed(mz_judge_work *j)
{
    return mz_judge_each(j, MZ_N_UNCONFIRMED, look_at_unconfirmed);
}

/* Completed, with money paid, and nobody was asked what came of it. */
static mz_status look_at_unrated(mz_judge_work *j, uint64_t index)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(j->changes, index, &proposal, j->why);
    if (status == MZ_OK && proposal.head.paid_fen > 0 &&
        mz_judge_overdue(j, mz_day_of_ms(proposal.head.stage_ms), RATING_DAYS))
        mz_judge_see(j, MZ_F_NOT_RATED, index, 0);
    return status;
}

mz_status mz_judge_ratings(mz_judge_work *j)
{
    return mz_judge_each(j, MZ_N_UNRATED, look_at_unrated);
}
