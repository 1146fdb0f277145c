#include "core/settle.h"

#include <assert.h>
#include <string.h>

#include "core/booking.h"
#include "core/conflict.h"
#include "core/panel.h"

#define SILENCE_DAYS 7

static bool undecided(mz_stage stage)
{
    return stage == MZ_CONSULTING || stage == MZ_VOTING;
}

static bool ended(mz_stage stage)
{
    return stage >= MZ_COMPLETED;
}

bool mz_proposal_unpaid(const mz_proposal *proposal)
{
    return proposal->head.standing_payout_count == 0 && proposal->head.standing_issue_count == 0;
}

bool mz_proposal_ended_unpaid(const mz_proposal *proposal)
{
    return proposal->head.stage > MZ_COMPLETED && mz_proposal_unpaid(proposal);
}

bool mz_proposal_payable(const mz_proposal *proposal, int64_t now_ms)
{
    const mz_stage stage = (mz_stage)proposal->head.stage;
    return (stage == MZ_APPROVED || stage == MZ_PAYING) &&
           now_ms < mz_day_end_ms(proposal->head.due_day);
}

/* --- when consultation ends --- */

/* Whether every supervisor of the seating in force has given an opinion. Retired and conflicted
 * ones are awaited too: their silence counts like anyone's. */
static mz_status all_opined(mz_act *act, const mz_proposal *proposal, bool *all)
{
    *all = true;
    if (act->fund.epoch == 0)
        return MZ_OK;
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    mz_status status =
        mz_seating_load(act->changes, act->fund.ref, act->fund.epoch, &seating, people, act->why);
    const size_t first = (size_t)seating.member_count + seating.alternate_count;
    for (size_t i = 0; status == MZ_OK && *all && i < seating.supervisor_count; i++) {
        mz_voter voter;
        status =
            mz_voter_load(act->changes, proposal->head.ref, people[first + i], &voter, act->why);
        if (status == MZ_OK && voter.opined == 0)
            *all = false;
    }
    return status;
}

/* The moment at which voting opens if nothing else happens; MZ_NO_TIME while an objection is open.
 */
static mz_status opening_ms(mz_act *act, const mz_proposal *proposal, int64_t *moment_ms)
{
    const mz_proposal_head *head = &proposal->head;
    bool all = false;
    *moment_ms = MZ_NO_TIME;
    if (head->open_objection_count > 0)
        return MZ_OK;
    const mz_status status = all_opined(act, proposal, &all);
    if (status != MZ_OK)
        return status;
    if (all) {
        *moment_ms = mz_day_end_ms(head->consult_day);
        return MZ_OK;
    }
    int32_t day = head->consult_day;
    if (head->answered_ms != 0 && mz_day_of_ms(head->answered_ms) > day)
        day = mz_day_of_ms(head->answered_ms);
    *moment_ms = mz_day_end_ms(day + SILENCE_DAYS);
    return MZ_OK;
}

/* --- the due row and the fund's counts --- */

static mz_key_bytes due_key(const mz_proposal *proposal)
{
    mz_key_bytes key =
        mz_key_u64_u64(MZ_KIND_DUE, proposal->head.fund, (uint64_t)proposal->head.due_ms);
    mz_key_add_u64(&key, proposal->head.ref);
    return key;
}

static mz_status set_due(mz_act *act, mz_proposal *proposal, int64_t due_ms)
{
    mz_proposal_head *head = &proposal->head;
    if (head->due_ms == due_ms)
        return MZ_OK;
    mz_status status = MZ_OK;
    if (head->due_ms != MZ_NO_TIME) {
        const mz_key_bytes key = due_key(proposal);
        status = mz_state_erase(act->changes, &key, act->why);
    }
    head->due_ms = due_ms;
    if (status == MZ_OK && due_ms != MZ_NO_TIME) {
        const mz_key_bytes key = due_key(proposal);
        status = mz_state_mark(act->changes, &key, act->why);
        if (due_ms < act->fund.next_due_ms)
            act->fund.next_due_ms = due_ms;
    }
    return status;
}

static mz_status due_of(mz_act *act, const mz_proposal *proposal, int64_t *due_ms)
{
    const mz_proposal_head *head = &proposal->head;
    *due_ms = MZ_NO_TIME;
    switch ((mz_stage)head->stage) {
    case MZ_CONSULTING: {
        const mz_status status = opening_ms(act, proposal, due_ms);
        if (*due_ms > mz_day_end_ms(head->expiry_day))
            *due_ms = mz_day_end_ms(head->expiry_day);
        return status;
    }
    case MZ_VOTING:
        *due_ms = mz_day_end_ms(head->expiry_day);
        return MZ_OK;
    case MZ_ADOPTED:
    case MZ_APPLIED:
    case MZ_APPROVED:
    case MZ_PAYING:
        if (head->late == 0)
            *due_ms = mz_day_end_ms(head->due_day);
        return MZ_OK;
    case MZ_STAGE_NONE:
    case MZ_COMPLETED:
    case MZ_REJECTED:
    case MZ_WITHDRAWN:
    case MZ_EXPIRED:
    case MZ_REFUSED:
    case MZ_LAPSED:
        return MZ_OK;
    }
    return MZ_OK;
}

static int64_t reserved_of(const mz_proposal *proposal)
{
    int64_t reserved_fen = 0;
    for (size_t i = 0; i < proposal->head.draw_count; i++)
        reserved_fen += proposal->draws[i].reserved_fen; /* each draw's share of a checked total */
    return reserved_fen;
}

static uint32_t adjust(uint32_t count, uint32_t counted, bool counts)
{
    assert(counted == 0 || count > 0);
    return count - counted + (counts ? 1 : 0);
}

/* A need depends on what is done for it: it counts the proposals that name it. */
static mz_status count_for_need(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    const bool counts = !mz_proposal_ended_unpaid(proposal);
    if (head->need == 0 || counts == (head->counted_need != 0))
        return MZ_OK;
    mz_need need;
    const mz_status status = mz_need_load(act->changes, head->need, &need, act->why);
    if (status != MZ_OK)
        return status;
    need.proposal_count = adjust(need.proposal_count, head->counted_need, counts);
    head->counted_need = counts;
    return mz_need_store(act->changes, &need, act->why);
}

/* Keeps what the fund counts and lists in step with the proposal, and stores the proposal. */
static mz_status store(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    const mz_stage stage = (mz_stage)head->stage;
    const bool open = undecided(stage) || reserved_of(proposal) > 0;
    const bool unfinished = !ended(stage);
    act->fund.open_count = adjust(act->fund.open_count, head->counted_open, open);
    act->fund.unfinished_count =
        adjust(act->fund.unfinished_count, head->counted_unfinished, unfinished);
    head->counted_open = open;
    head->counted_unfinished = unfinished;
    const mz_status status = count_for_need(act, proposal);
    if (status != MZ_OK)
        return status;
    return mz_proposal_store(act->changes, proposal, act->why);
}

static mz_status list_open(mz_act *act, const mz_proposal *proposal, mz_stage before)
{
    const mz_stage stage = (mz_stage)proposal->head.stage;
    const bool was = before >= MZ_CONSULTING && before <= MZ_APPROVED;
    const bool is = stage >= MZ_CONSULTING && stage <= MZ_APPROVED;
    if (was == is)
        return MZ_OK;
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_OPEN, proposal->head.fund, proposal->head.ref);
    return is ? mz_state_mark(act->changes, &key, act->why)
              : mz_state_erase(act->changes, &key, act->why);
}

mz_status mz_proposal_reschedule(mz_act *act, mz_proposal *proposal)
{
    int64_t due_ms;
    mz_status status = due_of(act, proposal, &due_ms);
    /* Consultation that lacks nothing any more ends with the entry that brought the last of it. */
    if (status == MZ_OK && proposal->head.stage == MZ_CONSULTING && due_ms <= act->now_ms)
        return mz_proposal_enter(act, proposal, MZ_VOTING);
    if (status == MZ_OK)
        status = set_due(act, proposal, due_ms);
    return status == MZ_OK ? store(act, proposal) : status;
}

mz_status mz_proposal_reserve(mz_act *act, mz_proposal *proposal, size_t i, int64_t reserved_fen)
{
    assert(i < proposal->head.draw_count);
    assert(reserved_fen >= 0);
    mz_draw *draw = &proposal->draws[i];
    if (draw->reserved_fen == reserved_fen)
        return MZ_OK;
    const mz_status status =
        mz_bucket_reserve(act, draw->purpose, reserved_fen - draw->reserved_fen);
    if (status == MZ_OK)
        draw->reserved_fen = reserved_fen;
    return status;
}

static mz_status release(mz_act *act, mz_proposal *proposal)
{
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < proposal->head.draw_count; i++)
        status = mz_proposal_reserve(act, proposal, i, 0);
    return status;
}

mz_status mz_proposal_enter(mz_act *act, mz_proposal *proposal, mz_stage stage)
{
    const mz_stage before = (mz_stage)proposal->head.stage;
    proposal->head.stage = stage;
    proposal->head.stage_ms = act->now_ms;
    if (stage > MZ_COMPLETED)
        proposal->head.ended_from = before;
    mz_status status = MZ_OK;
    if (ended(stage) || stage == MZ_VOTING)
        status = release(act, proposal);
    if (status == MZ_OK)
        status = list_open(act, proposal, before);
    int64_t due_ms = MZ_NO_TIME;
    if (status == MZ_OK)
        status = due_of(act, proposal, &due_ms);
    if (status == MZ_OK)
        status = set_due(act, proposal, due_ms);
    return status == MZ_OK ? store(act, proposal) : status;
}

mz_status mz_proposal_step_back(mz_act *act, mz_proposal *proposal)
{
    if (proposal->head.stage != MZ_PAYING || !mz_proposal_unpaid(proposal))
        return mz_proposal_reschedule(act, proposal);
    return mz_proposal_enter(act, proposal,
                             mz_proposal_payable(proposal, act->now_ms) ? MZ_APPROVED : MZ_LAPSED);
}

mz_status mz_proposal_recheck(mz_act *act, mz_proposal *proposal)
{
    if (proposal->head.stage != MZ_VOTING)
        return MZ_OK;
    const char *cause;
    mz_status status = mz_voting_suspended(act->changes, &act->fund, act->now_ms, act->moment_index,
                                           &cause, act->why);
    if (status != MZ_OK || cause != NULL)
        return status;
    mz_panel panel;
    status =
        mz_panel_read(act->changes, proposal, act->fund.epoch, act->moment_index, &panel, act->why);
    if (status != MZ_OK || panel.is_short)
        return status;
    if (panel.count - panel.rejections >= panel.needed)
        return MZ_OK;
    return mz_proposal_enter(act, proposal, MZ_REJECTED);
}

/* --- deadlines --- */

static mz_status pass_deadline(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    switch ((mz_stage)head->stage) {
    case MZ_CONSULTING: /* at one moment expiry precedes opening */
        if (act->now_ms < mz_day_end_ms(head->expiry_day))
            return mz_proposal_enter(act, proposal, MZ_VOTING);
        return mz_proposal_enter(act, proposal, MZ_EXPIRED);
    case MZ_VOTING:
        return mz_proposal_enter(act, proposal, MZ_EXPIRED);
    case MZ_ADOPTED:
    case MZ_APPLIED:
    case MZ_APPROVED:
        return mz_proposal_enter(act, proposal, MZ_LAPSED);
    case MZ_PAYING: {
        head->late = 1;
        const mz_status status = release(act, proposal);
        return status == MZ_OK ? mz_proposal_reschedule(act, proposal) : status;
    }
    case MZ_STAGE_NONE:
    case MZ_COMPLETED:
    case MZ_REJECTED:
    case MZ_WITHDRAWN:
    case MZ_EXPIRED:
    case MZ_REFUSED:
    case MZ_LAPSED:
        break;
    }
    assert(false && "an ended proposal is not due");
    return MZ_CORRUPT;
}

/* The fund's first due row; MZ_NOT_FOUND when there is none. */
static mz_status first_due(mz_act *act, int64_t *due_ms, mz_ref *proposal)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_DUE, act->fund.ref);
    mz_view key, value;
    const mz_status status = mz_changes_seek(act->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                             mz_key_view(&prefix), &key, &value, act->why);
    if (status != MZ_OK)
        return status;
    assert(key.size == prefix.size + 16);
    *due_ms = (int64_t)mz_be64_get(key.data + prefix.size);
    *proposal = mz_be64_get(key.data + prefix.size + 8);
    return MZ_OK;
}

/* Passes every deadline up to and including `until_ms`, in order of time and then of filing. */
static mz_status pass_deadlines(mz_act *act, int64_t until_ms)
{
    while (act->fund.next_due_ms <= until_ms) {
        int64_t due_ms = MZ_NO_TIME;
        mz_ref ref = 0;
        mz_status status = first_due(act, &due_ms, &ref);
        if (status != MZ_OK && status != MZ_NOT_FOUND)
            return status;
        act->fund.next_due_ms = due_ms;
        if (due_ms > until_ms)
            return MZ_OK;
        mz_proposal proposal;
        act->now_ms = due_ms;
        status = mz_proposal_load(act->changes, ref, &proposal, act->why);
        if (status == MZ_OK)
            status = pass_deadline(act, &proposal);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

/* --- effects of entries of no fund --- */

static mz_status void_ballot(mz_act *act, const mz_proposal *proposal, mz_actor_no actor_no,
                             mz_voter *voter)
{
    voter->ballot = 0;
    return mz_voter_store(act->changes, proposal->head.ref, actor_no, voter, act->why);
}

/* Whether the entry of this moment barred the actor, who was not barred just before it. */
static mz_status newly_barred(mz_act *act, const mz_proposal *proposal, mz_actor_no actor_no,
                              bool *found)
{
    bool before = false;
    mz_party party;
    mz_status status = mz_proposal_bars(act->changes, proposal, actor_no, act->moment_index, found,
                                        &party, act->why);
    if (status == MZ_OK && *found)
        status = mz_proposal_bars(act->changes, proposal, actor_no, act->moment_index - 1, &before,
                                  &party, act->why);
    *found = *found && !before;
    return status;
}

/* Voids the ballots of everyone in a seating whose conflict was found now. `touched`: somebody's.
 */
static mz_status void_barred(mz_act *act, const mz_proposal *proposal, uint32_t epoch,
                             bool *touched)
{
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    *touched = false;
    if (epoch == 0)
        return MZ_OK;
    mz_status status =
        mz_seating_load(act->changes, act->fund.ref, epoch, &seating, people, act->why);
    const size_t count = (size_t)seating.member_count + seating.alternate_count;
    for (size_t i = 0; status == MZ_OK && i < count; i++) {
        bool found = false;
        mz_voter voter;
        status = newly_barred(act, proposal, people[i], &found);
        if (status != MZ_OK || !found)
            continue;
        *touched = true;
        status = mz_voter_load(act->changes, proposal->head.ref, people[i], &voter, act->why);
        if (status == MZ_OK && voter.ballot != 0)
            status = void_ballot(act, proposal, people[i], &voter);
    }
    return status;
}

/* A conflict found after adoption: do the approvals still suffice without that ballot? */
static mz_status judge_adoption(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    mz_panel panel;
    mz_status status =
        mz_panel_read(act->changes, proposal, head->epoch, act->moment_index, &panel, act->why);
    if (status != MZ_OK || (!panel.is_short && panel.approvals >= panel.needed))
        return status;
    head->epoch = 0;
    head->expiry_day = mz_day_of_ms(act->now_ms) + (int32_t)head->vote_days;
    status = mz_proposal_enter(act, proposal, MZ_VOTING);
    return status == MZ_OK ? mz_proposal_recheck(act, proposal) : status;
}

static mz_status conflict_found(mz_act *act, const mz_effect *effect, mz_proposal *proposal)
{
    bool same = false, touched = false;
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && !same && i < proposal->head.payee_count; i++)
        status = mz_same_party(act->changes, proposal->payees[i].party, effect->party,
                               effect->index, &same, act->why);
    if (status != MZ_OK || !same)
        return status;
    if (undecided((mz_stage)proposal->head.stage)) {
        status = void_barred(act, proposal, act->fund.epoch, &touched);
        return status == MZ_OK && touched ? mz_proposal_recheck(act, proposal) : status;
    }
    if (!mz_proposal_unpaid(proposal))
        return MZ_OK; /* a finding */
    status = void_barred(act, proposal, proposal->head.epoch, &touched);
    return status == MZ_OK && touched ? judge_adoption(act, proposal) : status;
}

static mz_status key_compromised(mz_act *act, const mz_effect *effect, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    if (undecided((mz_stage)head->stage)) {
        mz_voter voter;
        mz_status status =
            mz_voter_load(act->changes, head->ref, effect->actor_no, &voter, act->why);
        if (status != MZ_OK || voter.ballot == 0 || voter.ballot_ms < effect->since_ms ||
            memcmp(voter.thumbprint, effect->thumbprint, sizeof voter.thumbprint) != 0)
            return status;
        status = void_ballot(act, proposal, effect->actor_no, &voter);
        return status == MZ_OK ? mz_proposal_recheck(act, proposal) : status;
    }
    if (head->stage != MZ_APPROVED || !mz_proposal_unpaid(proposal) ||
        head->approved_ms < effect->since_ms ||
        memcmp(head->approver_thumbprint, effect->thumbprint, sizeof effect->thumbprint) != 0)
        return MZ_OK;
    head->due_day = mz_day_of_ms(act->now_ms) + (int32_t)head->review_days;
    return mz_proposal_enter(act, proposal, MZ_APPLIED);
}

static mz_status apply_effect(mz_act *act, const mz_effect *effect, mz_proposal *proposal)
{
    switch ((mz_effect_kind)effect->kind) {
    case MZ_EFFECT_RETIRED:
        return mz_proposal_recheck(act, proposal);
    case MZ_EFFECT_CONFLICT:
    case MZ_EFFECT_PARTY:
        return conflict_found(act, effect, proposal);
    case MZ_EFFECT_COMPROMISE:
        return key_compromised(act, effect, proposal);
    }
    return mz_refuse_corrupt(act->why, "an unknown effect in the state");
}

typedef mz_status each_open(mz_act *act, const mz_effect *effect, mz_proposal *proposal);

/* Every open proposal of the fund, in order of filing: at most 200 that vote or hold money. */
static mz_status for_each_open(mz_act *act, const mz_effect *effect, each_open *visit)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_OPEN, act->fund.ref);
    mz_key_bytes key = prefix;
    for (;;) {
        mz_view value;
        mz_status status = mz_state_next(act->changes, &prefix, &key, &value, act->why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? MZ_OK : status;
        mz_proposal proposal;
        status = mz_proposal_load(act->changes, mz_be64_get(key.bytes + prefix.size), &proposal,
                                  act->why);
        if (status == MZ_OK)
            status = visit(act, effect, &proposal);
        if (status != MZ_OK)
            return status;
    }
}

static mz_status catch_up(mz_act *act, uint64_t number, int64_t until_ms)
{
    mz_effect effect;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_EFFECT, number);
    mz_status status = mz_state_load(act->changes, &key, &effect, sizeof effect, act->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_refuse_corrupt(act->why, "an effect is missing")
                                      : status;
    if (effect.unix_ms > until_ms) { /* a read of an earlier moment */
        act->effect_count = act->fund.effects_seen;
        return MZ_OK;
    }
    status = pass_deadlines(act, effect.unix_ms);
    if (status != MZ_OK)
        return status;
    act->now_ms = effect.unix_ms;
    act->moment_index = effect.index;
    act->fund.effects_seen = number;
    return for_each_open(act, &effect, apply_effect);
}

mz_status mz_settle(mz_act *act)
{
    const int64_t until_ms = act->now_ms;
    const uint64_t moment_index = act->moment_index;
    mz_status status = MZ_OK;
    while (status == MZ_OK && act->fund.effects_seen < act->effect_count)
        status = catch_up(act, act->fund.effects_seen + 1, until_ms);
    act->moment_index = moment_index;
    if (status == MZ_OK)
        status = pass_deadlines(act, until_ms);
    act->now_ms = until_ms;
    return status;
}

/* --- a new seating --- */

/* Ballots of an older epoch no longer count; the first seating that comes while a proposal is
 * voting gives the new committee its days. */
static mz_status reseated(mz_act *act, const mz_effect *effect, mz_proposal *proposal)
{
    (void)effect;
    mz_proposal_head *head = &proposal->head;
    if (!undecided((mz_stage)head->stage))
        return MZ_OK;
    if (head->stage == MZ_VOTING && head->seating_seen == 0) {
        const int32_t day = mz_day_of_ms(act->now_ms) + (int32_t)head->vote_days;
        head->seating_seen = 1;
        if (day > head->expiry_day)
            head->expiry_day = day;
    }
    return mz_proposal_reschedule(act, proposal);
}

mz_status mz_proposals_reseated(mz_act *act)
{
    return for_each_open(act, NULL, reseated);
}
