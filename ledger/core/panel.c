#include "core/panel.h"

#include <assert.h>
#include <string.h>

#include "core/conflict.h"

static mz_key_bytes voter_key(mz_ref proposal, mz_actor_no actor_no)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_VOTER, proposal);
    mz_key_add_u32(&key, actor_no);
    return key;
}

mz_status mz_voter_load(mz_changes *changes, mz_ref proposal, mz_actor_no actor_no, mz_voter *voter,
                        mz_reason *why)
{
    const mz_key_bytes key = voter_key(proposal, actor_no);
    const mz_status status = mz_state_load(changes, &key, voter, sizeof *voter, why);
    if (status != MZ_NOT_FOUND)
        return status;
    memset(voter, 0, sizeof *voter);
    return MZ_OK;
}

mz_status mz_voter_store(mz_changes *changes, mz_ref proposal, mz_actor_no actor_no,
                         const mz_voter *voter, mz_reason *why)
{
    const mz_key_bytes key = voter_key(proposal, actor_no);
    return mz_state_store(changes, &key, voter, sizeof *voter, why);
}

static bool retired(const mz_actor *actor, uint64_t as_of)
{
    return actor->retired_index <= as_of;
}

mz_status mz_voting_suspended(mz_changes *changes, const mz_fund *fund, int64_t now_ms,
                              uint64_t as_of, const char **cause, mz_reason *why)
{
    *cause = NULL;
    if (fund->epoch == 0) {
        *cause = MZ_BOTH("没有委员会就任", "no committee is seated");
        return MZ_OK;
    }
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    mz_status status = mz_seating_load(changes, fund->ref, fund->epoch, &seating, people, why);
    if (status != MZ_OK)
        return status;
    if (now_ms >= mz_day_end_ms(seating.term_ends_day)) {
        *cause = MZ_BOTH("委员会任期已满", "the committee's term is over");
        return MZ_OK;
    }
    for (size_t i = 0; i < seating.member_count; i++) {
        mz_actor actor;
        status = mz_actor_load(changes, people[i], &actor, why);
        if (status != MZ_OK)
            return status;
        if (retired(&actor, as_of)) {
            *cause = MZ_BOTH("有委员离任", "a member has retired");
            return MZ_OK;
        }
    }
    return MZ_OK;
}

mz_status mz_proposal_bars(mz_changes *changes, const mz_proposal *proposal, mz_actor_no actor_no,
                           uint64_t as_of, bool *bars, mz_party *party, mz_reason *why)
{
    *bars = false;
    mz_actor actor;
    mz_status status = mz_actor_load(changes, actor_no, &actor, why);
    if (status != MZ_OK || actor.tie_count == 0)
        return status;
    for (size_t i = 0; i < proposal->head.payee_count; i++) {
        const mz_ref payee = proposal->payees[i].party;
        status = mz_conflict_bars(changes, actor_no, payee, proposal->head.ref, as_of, bars, why);
        if (status != MZ_OK)
            return status;
        if (*bars)
            return mz_party_load(changes, payee, party, why);
    }
    return MZ_OK;
}

/* Members vote unless recused or conflicted; alternates stand in unless also retired. */
static mz_status may_vote(mz_changes *changes, const mz_proposal *proposal, mz_actor_no actor_no,
                          bool alternate, uint64_t as_of, bool *may, mz_voter *voter,
                          mz_reason *why)
{
    bool bars = false;
    mz_party party;
    mz_actor actor;
    *may = false;
    mz_status status = mz_voter_load(changes, proposal->head.ref, actor_no, voter, why);
    if (status != MZ_OK || voter->recused != 0)
        return status;
    status = mz_actor_load(changes, actor_no, &actor, why);
    if (status == MZ_OK && actor.tie_count != 0)
        status = mz_proposal_bars(changes, proposal, actor_no, as_of, &bars, &party, why);
    if (status == MZ_OK)
        *may = !bars && !(alternate && retired(&actor, as_of));
    return status;
}

static void count_ballot(mz_panel *panel, const mz_voter *voter, uint32_t epoch)
{
    if (voter->ballot == 0 || voter->epoch != epoch)
        return;
    if (voter->choice == MZ_APPROVE)
        panel->approvals++;
    else
        panel->rejections++;
}

mz_status mz_panel_read(mz_changes *changes, const mz_proposal *proposal, uint32_t epoch,
                        uint64_t as_of, mz_panel *panel, mz_reason *why)
{
    assert(epoch != 0);
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    memset(panel, 0, sizeof *panel);
    mz_status status = mz_seating_load(changes, proposal->head.fund, epoch, &seating, people, why);
    panel->seats = seating.member_count;
    const size_t candidate_count = (size_t)seating.member_count + seating.alternate_count;
    for (size_t i = 0; status == MZ_OK && i < candidate_count && panel->count < panel->seats; i++) {
        bool may = false;
        mz_voter voter;
        status =
            may_vote(changes, proposal, people[i], i >= panel->seats, as_of, &may, &voter, why);
        if (status == MZ_OK && may) {
            panel->people[panel->count++] = people[i];
            count_ballot(panel, &voter, epoch);
        }
    }
    const size_t majority = panel->count / 2 + 1;
    panel->needed = majority > 2 ? majority : 2;
    panel->is_short = panel->count <= panel->seats / 2;
    return status;
}

mz_status mz_proposal_no_conflict(mz_act *act, const mz_proposal *proposal, mz_actor_no actor_no)
{
    bool bars = false;
    mz_party party;
    mz_status status = mz_proposal_bars(act->changes, proposal, actor_no, act->moment_index, &bars,
                                        &party, act->why);
    if (status != MZ_OK || !bars)
        return status;
    mz_actor actor;
    status = mz_actor_load(act->changes, actor_no, &actor, act->why);
    if (status != MZ_OK)
        return status;
    return mz_refuse(act->why, MZ_CONFLICT_OF_INTEREST,
                     mz_words_view("actor", mz_id_view(actor.id)),
                     mz_words_view("party", mz_id_view(party.id)));
}
