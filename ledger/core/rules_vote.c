/* rules_vote.c — ballots and recusals. The rule book, section 4. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/booking.h"
#include "core/panel.h"
#include "core/settle.h"

static mz_status refuse_stage(mz_act *act, const mz_proposal *proposal, const char *want)
{
    return mz_refuse(act->why, MZ_WRONG_STAGE, mz_words_view("id", mz_id_view(proposal->head.id)),
                     mz_term("state", mz_stage_name((mz_stage)proposal->head.stage)),
                     mz_term("want", want));
}

static mz_status check_not_suspended(mz_act *act)
{
    const char *cause;
    const mz_status status = mz_voting_suspended(act->changes, &act->fund, act->now_ms,
                                                 act->moment_index, &cause, act->why);
    if (status != MZ_OK || cause == NULL)
        return status;
    return mz_refuse(act->why, MZ_VOTING_SUSPENDED, mz_words("cause", cause));
}

static mz_status check_binding(mz_act *act, const mz_proposal *proposal)
{
    uint8_t hash[32];
    size_t size = 0;
    const bool hex =
        mz_hex_decode(mz_body_text(act->entry, "filing_sha256"), hash, sizeof hash, &size);
    assert(hex && size == sizeof hash);
    if (memcmp(hash, proposal->head.filing_hash, sizeof hash) != 0)
        return mz_refuse(act->why, MZ_OTHER_FILING,
                         mz_words_view("id", mz_id_view(proposal->head.id)));
    const int64_t epoch = mz_body_integer(act->entry, "epoch", 0);
    if (epoch != act->fund.epoch)
        return mz_refuse(act->why, MZ_OTHER_EPOCH, mz_count("is", epoch),
                         mz_count("want", act->fund.epoch));
    return MZ_OK;
}

static mz_status check_in_panel(mz_act *act, const mz_proposal *proposal, const mz_panel *panel,
                                const mz_voter *voter)
{
    if (voter->recused != 0)
        return mz_refuse(act->why, MZ_ALREADY_RECUSED,
                         mz_words_view("actor", mz_id_view(act->signer.id)),
                         mz_words_view("id", mz_id_view(proposal->head.id)));
    const mz_status status = mz_proposal_no_conflict(act, proposal, act->signer.no);
    if (status != MZ_OK)
        return status;
    for (size_t i = 0; i < panel->count; i++) {
        if (panel->people[i] == act->signer.no)
            return MZ_OK;
    }
    return mz_refuse(act->why, MZ_NOT_IN_PANEL, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_words_view("id", mz_id_view(proposal->head.id)));
}

/* A ballot names the one that it replaces, so that no old or withheld ballot can come back. */
static mz_status check_supersedes(mz_act *act, const mz_voter *voter)
{
    const bool standing = voter->ballot != 0 && voter->epoch == act->fund.epoch;
    uint8_t jti[16];
    if (mz_body_jti(act->entry, "supersedes", jti)) {
        uint64_t index = 0;
        mz_event event;
        const mz_status status = mz_jti_find(act->changes, jti, &index, &event, act->why);
        if (status != MZ_OK && status != MZ_NOT_FOUND)
            return status;
        if (status == MZ_OK && standing && index == voter->ballot)
            return MZ_OK;
    } else if (!standing) {
        return MZ_OK;
    }
    char want[80];
    if (!standing)
        return mz_refuse(act->why, MZ_OTHER_BALLOT,
                         mz_words("want", MZ_BOTH("没有，不应填写", "none; name none")));
    (void)snprintf(want, sizeof want, MZ_BOTH("第 %" PRIu64 " 笔", "entry %" PRIu64), voter->ballot,
                   voter->ballot);
    return mz_refuse(act->why, MZ_OTHER_BALLOT, mz_words("want", want));
}

/* --- adoption --- */

/* One fees envelope per fund and calendar year of filing, unless the earlier one ended unpaid. */
static mz_status take_envelope(mz_act *act, const mz_proposal *proposal)
{
    char year[8];
    const int filing_year = mz_day_year(mz_day_of_ms(proposal->head.filed_ms));
    (void)snprintf(year, sizeof year, "%d", filing_year);
    uint64_t ref = 0;
    const mz_status status = mz_name_find(act->changes, MZ_NAME_ENVELOPE, act->fund.ref,
                                          mz_view_of(year), &ref, act->why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    if (status == MZ_OK) {
        mz_proposal other;
        const mz_status loaded = mz_proposal_load(act->changes, ref, &other, act->why);
        if (loaded != MZ_OK)
            return loaded;
        if (ref != proposal->head.ref && other.head.stage >= MZ_ADOPTED &&
            !mz_proposal_ended_unpaid(&other))
            return mz_refuse(act->why, MZ_ENVELOPE_TAKEN, mz_count("year", filing_year));
    }
    return mz_name_take(act->changes, MZ_NAME_ENVELOPE, act->fund.ref, mz_view_of(year),
                        proposal->head.ref, act->why);
}

static mz_status purpose_id(mz_act *act, mz_ref ref, char id[40])
{
    if (ref == MZ_GENERAL) {
        mz_id_set(id, mz_view_of("general"));
        return MZ_OK;
    }
    mz_purpose purpose;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, ref);
    const mz_status status = mz_state_load(act->changes, &key, &purpose, sizeof purpose, act->why);
    if (status == MZ_OK)
        memcpy(id, purpose.id, sizeof purpose.id);
    return status;
}

static mz_status reserve_draws(mz_act *act, mz_proposal *proposal)
{
    for (size_t i = 0; i < proposal->head.draw_count; i++) {
        const mz_draw *draw = &proposal->draws[i];
        mz_bucket bucket;
        char id[40];
        mz_status status =
            mz_bucket_load(act->changes, act->fund.ref, draw->purpose, &bucket, act->why);
        if (status == MZ_OK && bucket.balance_fen - bucket.reserved_fen < draw->filed_fen) {
            status = purpose_id(act, draw->purpose, id);
            return status != MZ_OK
                       ? status
                       : mz_refuse(act->why, MZ_NO_COVER, mz_words_view("purpose", mz_id_view(id)),
                                   mz_fen("asked", draw->filed_fen),
                                   mz_fen("left", bucket.balance_fen - bucket.reserved_fen));
        }
        if (status == MZ_OK)
            status = mz_proposal_reserve(act, proposal, i, draw->filed_fen);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status adopt(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    head->epoch = act->fund.epoch;
    head->adopted_day = mz_day_of_ms(act->now_ms);
    head->due_day = head->adopted_day + (int32_t)head->apply_days;
    if (head->category == MZ_CATEGORY_RESOLUTION)
        return mz_proposal_enter(act, proposal, MZ_COMPLETED);
    mz_status status = MZ_OK;
    if (head->category == MZ_CATEGORY_FEES)
        status = take_envelope(act, proposal);
    if (status == MZ_OK)
        status = reserve_draws(act, proposal);
    return status == MZ_OK ? mz_proposal_enter(act, proposal, MZ_ADOPTED) : status;
}

mz_status mz_rule_vote_cast(mz_act *act)
{
    mz_proposal proposal;
    mz_voter voter;
    mz_panel panel;
    mz_status status = mz_act_proposal(act, mz_body_text(act->entry, "proposal"), &proposal);
    if (status == MZ_OK && proposal.head.stage != MZ_VOTING)
        status = refuse_stage(act, &proposal, "voting");
    if (status == MZ_OK)
        status = check_not_suspended(act);
    if (status == MZ_OK)
        status = check_binding(act, &proposal);
    if (status == MZ_OK)
        status = mz_voter_load(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    if (status == MZ_OK)
        status = mz_panel_read(act->changes, &proposal, act->fund.epoch, act->moment_index, &panel,
                               act->why);
    if (status == MZ_OK)
        status = check_in_panel(act, &proposal, &panel, &voter);
    if (status == MZ_OK && panel.is_short)
        status = mz_refuse(act->why, MZ_PANEL_SHORT, mz_count("count", (int64_t)panel.count),
                           mz_count("seats", (int64_t)panel.seats));
    if (status == MZ_OK)
        status = check_supersedes(act, &voter);
    if (status != MZ_OK)
        return status;
    const bool replaced = voter.ballot != 0 && voter.epoch == act->fund.epoch;
    const uint32_t choice = (uint32_t)mz_body_value(act->entry, "choice", MZ_CHOICES);
    if (replaced)
        *(voter.choice == MZ_APPROVE ? &panel.approvals : &panel.rejections) -= 1;
    *(choice == MZ_APPROVE ? &panel.approvals : &panel.rejections) += 1;
    voter.ballot = act->index;
    voter.ballot_ms = act->now_ms;
    voter.choice = choice;
    voter.epoch = act->fund.epoch;
    memcpy(voter.thumbprint, act->thumbprint.bytes, sizeof voter.thumbprint);
    status = mz_voter_store(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    if (status != MZ_OK)
        return status;
    if (panel.approvals >= panel.needed)
        return adopt(act, &proposal);
    if (panel.count - panel.rejections < panel.needed)
        return mz_proposal_enter(act, &proposal, MZ_REJECTED);
    return MZ_OK;
}

/* Members and alternates of the seating in force; with no seating, nobody has a seat to leave. */
static mz_status check_has_seat(mz_act *act)
{
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    if (act->fund.epoch != 0) {
        const mz_status status = mz_seating_load(act->changes, act->fund.ref, act->fund.epoch,
                                                 &seating, people, act->why);
        if (status != MZ_OK)
            return status;
        for (size_t i = 0; i < (size_t)seating.member_count + seating.alternate_count; i++) {
            if (people[i] == act->signer.no)
                return MZ_OK;
        }
    }
    return mz_refuse(act->why, MZ_NOT_SEATED, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_term("want", "member | alternate"));
}

mz_status mz_rule_member_recused(mz_act *act)
{
    mz_proposal proposal;
    mz_voter voter;
    mz_status status = mz_act_proposal(act, mz_body_text(act->entry, "proposal"), &proposal);
    if (status == MZ_OK && proposal.head.stage != MZ_CONSULTING && proposal.head.stage != MZ_VOTING)
        status = refuse_stage(act, &proposal, "consulting | voting");
    if (status == MZ_OK)
        status = check_has_seat(act);
    if (status == MZ_OK)
        status = mz_voter_load(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    if (status == MZ_OK && voter.recused != 0)
        status = mz_refuse(act->why, MZ_ALREADY_RECUSED,
                           mz_words_view("actor", mz_id_view(act->signer.id)),
                           mz_words_view("id", mz_id_view(proposal.head.id)));
    if (status != MZ_OK)
        return status;
    voter.recused = 1;
    voter.ballot = 0;
    status = mz_voter_store(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    return status == MZ_OK ? mz_proposal_recheck(act, &proposal) : status;
}
