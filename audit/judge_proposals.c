/* judge_proposals.c — what was promised and not carried through: proposals, and income recorded. */
#include "core/date.h"
#include "judge.h"

#define UNCONFIRMED_DAYS 30

static bool not_decided(const mz_proposal *proposal)
{
    return proposal->head.stage == MZ_LAPSED && proposal->head.lapsed_from == MZ_APPLIED;
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

mz_status mz_judge_proposals(mz_judge_work *j)
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
        if (not_decided(&proposal))
            mz_judge_see(j, MZ_F_NOT_DECIDED, mz_judge_last_u64(&at), 0);
        else if (proposal.head.stage == MZ_PAYING && proposal.head.late != 0)
            mz_judge_see(j, MZ_F_NOT_COMPLETED, mz_judge_last_u64(&at), 0);
    }
    return mz_judge_walked(status);
}

mz_status mz_judge_unconfirmed(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_UNCONFIRMED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_income income;
        status = mz_income_load(j->changes, mz_judge_last_u64(&at), &income, j->why);
        if (status != MZ_OK)
            break;
        if (mz_judge_overdue(j, mz_day_of_ms(income.recorded_ms), UNCONFIRMED_DAYS))
            mz_judge_see(j, MZ_F_UNCONFIRMED, mz_judge_last_u64(&at), 0);
    }
    return mz_judge_walked(status);
}
