/* rules_payment.c — money that leaves the fund's bank account under a proposal, and money that the
 * bank sends back. */
#include <assert.h>
#include <string.h>

#include "core/booking.h"
#include "core/conflict.h"
#include "core/panel.h"
#include "core/settle.h"

_Static_assert(sizeof(mz_payout_draw) == 8 * 3, "mz_payout_draw has padding");

/* --- the proposal's figures --- */

static mz_draw *draw_of(mz_proposal *proposal, mz_ref purpose)
{
    for (size_t i = 0; i < proposal->head.draw_count; i++) {
        if (proposal->draws[i].purpose == purpose)
            return &proposal->draws[i];
    }
    return NULL;
}

static mz_payee *payee_of(mz_proposal *proposal, mz_ref party)
{
    for (size_t i = 0; i < proposal->head.payee_count; i++) {
        if (proposal->payees[i].party == party)
            return &proposal->payees[i];
    }
    return NULL;
}

mz_status mz_proposal_paid(mz_act *act, mz_proposal *proposal, mz_ref party,
                           const mz_payout_draw *parts, size_t part_count, int sign)
{
    mz_payee *payee = payee_of(proposal, party);
    int64_t sum_fen = 0;
    for (size_t i = 0; i < part_count; i++) {
        mz_draw *draw = draw_of(proposal, parts[i].purpose);
        if (draw == NULL)
            return mz_refuse_corrupt(act->why, "a payout has another draw");
        draw->paid_fen += sign * parts[i].amount_fen;
        sum_fen += sign * parts[i].amount_fen;
    }
    if (payee != NULL) /* wishes have none */
        payee->paid_fen += sum_fen;
    proposal->head.paid_fen += sum_fen;
    if (proposal->head.paid_fen < 0)
        return mz_refuse_corrupt(act->why, "a proposal paid less than none");
    return MZ_OK;
}

mz_status mz_proposal_restore(mz_act *act, mz_proposal *proposal, const mz_payout_draw *parts,
                              size_t part_count)
{
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < part_count; i++) {
        const mz_draw *draw = draw_of(proposal, parts[i].purpose);
        assert(draw != NULL);
        status = mz_proposal_reserve(act, proposal, (size_t)(draw - proposal->draws),
                                     draw->reserved_fen + parts[i].amount_fen);
    }
    return status;
}

mz_status mz_payout_count_need(mz_act *act, const mz_payout_head *payout, int payouts, int paid)
{
    mz_need need;
    if (payout->need == 0)
        return MZ_OK;
    const mz_status status = mz_need_load(act->changes, payout->need, &need, act->why);
    if (status != MZ_OK)
        return status;
    if ((int64_t)need.payout_count + payouts < 0 || (int64_t)need.paid_count + paid < 0)
        return mz_refuse_corrupt(act->why, "a need's payouts are miscounted");
    need.payout_count = (uint32_t)((int64_t)need.payout_count + payouts);
    need.paid_count = (uint32_t)((int64_t)need.paid_count + paid);
    return mz_need_store(act->changes, &need, act->why);
}

/* --- payout.made --- */

static mz_status check_payable(mz_act *act, const mz_proposal *proposal)
{
    const mz_figure id = mz_words_view("id", mz_id_view(proposal->head.id));
    if (proposal->head.stage != MZ_APPROVED && proposal->head.stage != MZ_PAYING)
        return mz_refuse(act->why, MZ_WRONG_STAGE, id,
                         mz_term("state", mz_stage_name((mz_stage)proposal->head.stage)),
                         mz_term("want", "approved | paying"));
    if (!mz_proposal_payable(proposal, act->now_ms))
        return mz_refuse(act->why, MZ_TOO_LATE, mz_term("kind", "proposal"), id,
                         mz_time("until", mz_day_end_ms(proposal->head.due_day)));
    return MZ_OK;
}

/* The payee: named in the filing, verified by now, and nobody's friend. */
static mz_status check_payee(mz_act *act, mz_proposal *proposal, const mz_party *party)
{
    const mz_payee *payee = payee_of(proposal, party->ref);
    if (payee == NULL)
        return mz_refuse(act->why, MZ_NOT_A_PAYEE, mz_words_view("party", mz_id_view(party->id)),
                         mz_words_view("id", mz_id_view(proposal->head.id)));
    return MZ_OK;
}

/* How many of those who endorsed the need have no conflict with the payee. */
static mz_status count_endorsers(mz_act *act, const mz_proposal *proposal, const mz_need *need,
                                 mz_ref party, int64_t *count)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_ENDORSEMENT, need->ref);
    mz_key_bytes key = prefix;
    *count = 0;
    while (*count < MZ_NEED_ENDORSERS) {
        mz_view value;
        bool barred = false;
        mz_status status = mz_state_next(act->changes, &prefix, &key, &value, act->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = mz_conflict_bars(act->changes, mz_be32_get(key.bytes + prefix.size), party,
                                      proposal->head.ref, act->moment_index, &barred, act->why);
        if (status != MZ_OK)
            return status;
        *count += barred ? 0 : 1;
    }
    return MZ_OK;
}

/* A wish is named at its payout: endorsed, not paid yet, and its payee nobody's friend. */
static mz_status check_wish(mz_act *act, const mz_proposal *proposal, const mz_party *party,
                            mz_need *need)
{
    const mz_view id = mz_body_text(act->entry, "need");
    int64_t count = 0;
    if (id.data == NULL)
        return mz_refuse(act->why, MZ_NEED_REQUIRED);
    mz_status status = mz_act_need(act, id, need);
    if (status == MZ_OK && need->paid_count > 0)
        return mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "need"),
                         mz_words_view("id", id));
    if (status == MZ_OK)
        status = count_endorsers(act, proposal, need, party->ref, &count);
    if (status == MZ_OK && count < MZ_NEED_ENDORSERS)
        return mz_refuse(act->why, MZ_NOT_ENDORSED, mz_words_view("id", id),
                         mz_count("count", count), mz_count("want", MZ_NEED_ENDORSERS));
    return status;
}

/* Whom the payout goes to, and for which wish. */
static mz_status read_payee(mz_act *act, mz_proposal *proposal, mz_party *party, mz_need *need)
{
    const bool wishes = proposal->head.category == MZ_CATEGORY_WISHES;
    bool barred = false;
    mz_status status = mz_act_party(act, mz_body_text(act->entry, "party"), party);
    if (status == MZ_OK && !wishes && mz_body_has(act->entry, "need"))
        return mz_refuse(act->why, MZ_UNKNOWN_MEMBER, mz_words("path", "body.need"));
    if (status == MZ_OK && !wishes)
        status = check_payee(act, proposal, party);
    if (status == MZ_OK && party->registration == 0)
        return mz_refuse(act->why, MZ_NOT_VERIFIED, mz_words_view("party", mz_id_view(party->id)));
    if (status == MZ_OK && !wishes)
        return mz_proposal_no_conflict(act, proposal, act->signer.no);
    if (status == MZ_OK)
        status = check_wish(act, proposal, party, need);
    if (status == MZ_OK)
        status = mz_conflict_bars(act->changes, act->signer.no, party->ref, proposal->head.ref,
                                  act->moment_index, &barred, act->why);
    if (status == MZ_OK && barred)
        return mz_refuse(act->why, MZ_CONFLICT_OF_INTEREST,
                         mz_words_view("actor", mz_id_view(act->signer.id)),
                         mz_words_view("party", mz_id_view(party->id)));
    return status;
}

/* The payout's draws, brought into the order of the filing, each within what is left of it. */
static mz_status read_draws(mz_act *act, const mz_proposal *proposal, mz_payout *payout)
{
    int64_t amounts_fen[MZ_DRAWS_MAX] = {0};
    const json_t *draws = mz_body_list(act->entry, "draws");
    for (size_t i = 0; i < json_array_size(draws); i++) {
        const json_t *item = json_array_get(draws, i);
        const int64_t amount_fen = mz_json_integer(item, "amount_fen", 0);
        mz_purpose purpose;
        size_t j = 0;
        const mz_status status = mz_act_purpose(act, mz_json_text(item, "purpose"), &purpose);
        if (status != MZ_OK)
            return status;
        while (j < proposal->head.draw_count && proposal->draws[j].purpose != purpose.ref)
            j++;
        if (j == proposal->head.draw_count)
            return mz_refuse(
                act->why, MZ_BAD_DRAWS, mz_words("path", "body.draws"),
                mz_words("want", MZ_BOTH("只能是提案中的专款", "only purposes of the filing")));
        if (amounts_fen[j] != 0)
            return mz_refuse(act->why, MZ_BAD_DRAWS, mz_words("path", "body.draws"),
                             mz_words("want", MZ_BOTH("每项专款只能一次", "each purpose once")));
        if (amount_fen > proposal->draws[j].reserved_fen)
            return mz_refuse(
                act->why, MZ_OVER_BUDGET, mz_words_view("purpose", mz_id_view(purpose.id)),
                mz_fen("asked", amount_fen), mz_fen("left", proposal->draws[j].reserved_fen));
        amounts_fen[j] = amount_fen;
        payout->head.amount_fen += amount_fen; /* within the reserves, so within the limit */
    }
    for (size_t j = 0; j < proposal->head.draw_count; j++) {
        if (amounts_fen[j] > 0)
            payout->draws[payout->head.draw_count++] = (mz_payout_draw){
                .purpose = proposal->draws[j].purpose, .amount_fen = amounts_fen[j]};
    }
    return MZ_OK;
}

/* A payee has its cap over all payouts; a wish, paid once, the cap of each. */
static mz_status check_cap(mz_act *act, mz_proposal *proposal, mz_ref party, int64_t amount_fen)
{
    const mz_payee *payee = payee_of(proposal, party);
    int64_t left_fen = INT64_MAX;
    if (payee != NULL)
        left_fen = payee->cap_fen > payee->paid_fen ? payee->cap_fen - payee->paid_fen : 0;
    else if (proposal->head.item_cap_fen != 0)
        left_fen = proposal->head.item_cap_fen;
    if (amount_fen <= left_fen)
        return MZ_OK;
    return mz_refuse(act->why, MZ_OVER_CAP,
                     mz_words_view("party", mz_body_text(act->entry, "party")),
                     mz_fen("asked", amount_fen), mz_fen("left", left_fen));
}

/* Each draw: out of the reserve, then out of the oldest money of its bucket. */
static mz_status pay(mz_act *act, mz_proposal *proposal, mz_payout *payout)
{
    const unsigned line = MZ_LINE_SPENDING + proposal->head.category;
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < payout->head.draw_count; i++) {
        const mz_payout_draw *part = &payout->draws[i];
        const mz_draw *draw = draw_of(proposal, part->purpose);
        assert(draw != NULL);
        status = mz_proposal_reserve(act, proposal, (size_t)(draw - proposal->draws),
                                     draw->reserved_fen - part->amount_fen);
        if (status == MZ_OK)
            status = mz_lots_take(act, &payout->head, part->purpose, part->amount_fen, line);
    }
    if (status == MZ_OK)
        status = mz_proposal_paid(act, proposal, payout->head.party, payout->draws,
                                  payout->head.draw_count, 1);
    return status;
}

mz_status mz_rule_payout_made(mz_act *act)
{
    mz_proposal proposal;
    mz_payout payout = {
        .head = {.ref = act->index,
                 .fund = act->fund.ref,
                 .made_ms = act->now_ms,
                 .reversed_index = MZ_NEVER}
    };
    mz_party party;
    mz_need need = {0};
    const mz_view bank_ref = mz_body_text(act->entry, "bank_ref");
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_proposal(act, mz_body_text(act->entry, "proposal"), &proposal);
    if (status == MZ_OK)
        status = check_payable(act, &proposal);
    if (status == MZ_OK)
        status = read_payee(act, &proposal, &party, &need);
    if (status == MZ_OK)
        status = read_draws(act, &proposal, &payout);
    if (status == MZ_OK)
        status = check_cap(act, &proposal, party.ref, payout.head.amount_fen);
    if (status == MZ_OK)
        status = mz_act_past_day(act, "booked_on", &payout.head.booked_day);
    if (status == MZ_OK)
        status = mz_bank_line_use(act, bank_ref, MZ_BANK_OUT, payout.head.amount_fen,
                                  mz_body_integer(act->entry, "bank_total_fen", 0));
    if (status != MZ_OK)
        return status;
    payout.head.proposal = proposal.head.ref;
    payout.head.party = party.ref;
    payout.head.need = need.ref;
    payout.head.bank_ref_size = (uint16_t)bank_ref.size;
    memcpy(payout.head.bank_ref, bank_ref.data, bank_ref.size);
    status = pay(act, &proposal, &payout);
    if (status == MZ_OK)
        status = mz_payout_count_need(act, &payout.head, 1, 1);
    if (status == MZ_OK)
        status = mz_payout_store(act->changes, &payout, act->why);
    if (status != MZ_OK)
        return status;
    proposal.head.standing_payout_count++;
    return proposal.head.stage == MZ_APPROVED ? mz_proposal_enter(act, &proposal, MZ_PAYING)
                                              : mz_proposal_reschedule(act, &proposal);
}

/* --- payout.returned --- */

static mz_status load_payout(mz_act *act, mz_payout *payout)
{
    uint64_t index = 0;
    mz_status status = mz_act_cited(act, "payout", MZ_PAYOUT_MADE, "payout", &index);
    if (status == MZ_OK)
        status = mz_payout_load(act->changes, index, payout, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, payout->head.fund, "payout", "payout");
    if (status == MZ_OK && payout->head.reversed_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_ALREADY_REVERSED, mz_count("index", (int64_t)index));
    return status;
}

/* The money goes back to its old places, and from there to the reserve while payouts are still
 * possible, to the bucket after that, and onward when the fund is closed. */
static mz_status take_back(mz_act *act, mz_payout *payout, mz_return *record)
{
    mz_proposal proposal;
    mz_status status = mz_proposal_load(act->changes, payout->head.proposal, &proposal, act->why);
    record->head.draw_count = payout->head.draw_count;
    for (size_t i = 0; i < payout->head.draw_count; i++)
        record->draws[i].purpose = payout->draws[i].purpose;
    if (status == MZ_OK)
        status = mz_lots_give_back(act, &payout->head, record->head.amount_fen, MZ_LINE_RETURNED,
                                   record->draws, record->head.draw_count);
    if (status == MZ_OK)
        status = mz_proposal_paid(act, &proposal, payout->head.party, record->draws,
                                  record->head.draw_count, -1);
    if (status != MZ_OK)
        return status;
    payout->head.returned_fen += record->head.amount_fen;
    for (size_t i = 0; i < payout->head.draw_count; i++)
        payout->draws[i].returned_fen += record->draws[i].amount_fen;
    if (payout->head.returned_fen == payout->head.amount_fen)
        status = mz_payout_count_need(act, &payout->head, 0, -1);
    if (status != MZ_OK)
        return status;
    if (mz_proposal_payable(&proposal, act->now_ms)) {
        record->head.restored = 1;
        status = mz_proposal_restore(act, &proposal, record->draws, record->head.draw_count);
    } else if (act->fund.stage == MZ_FUND_IS_CLOSED) {
        record->head.to_fund = act->fund.residual_fund;
        record->head.to_purpose = act->fund.residual_purpose;
        status = mz_lots_move_residual(act, act->fund.residual_fund, act->fund.residual_purpose);
    }
    return status == MZ_OK ? mz_proposal_reschedule(act, &proposal) : status;
}

mz_status mz_rule_payout_returned(mz_act *act)
{
    mz_payout payout;
    mz_return record = {
        .head = {.ref = act->index,
                 .fund = act->fund.ref,
                 .amount_fen = mz_body_integer(act->entry, "amount_fen", 0),
                 .made_ms = act->now_ms,
                 .reversed_index = MZ_NEVER}
    };
    const mz_view bank_ref = mz_body_text(act->entry, "bank_ref");
    mz_status status = load_payout(act, &payout);
    if (status != MZ_OK)
        return status;
    const int64_t left_fen = payout.head.amount_fen - payout.head.returned_fen;
    if (record.head.amount_fen > left_fen)
        return mz_refuse(act->why, MZ_RETURN_OVER, mz_fen("asked", record.head.amount_fen),
                         mz_fen("left", left_fen));
    status = mz_act_past_day(act, "booked_on", &record.head.booked_day);
    if (status == MZ_OK)
        status = mz_bank_line_use(act, bank_ref, MZ_BANK_IN, record.head.amount_fen,
                                  mz_body_integer(act->entry, "bank_total_fen", 0));
    if (status != MZ_OK)
        return status;
    record.head.payout = payout.head.ref;
    record.head.bank_ref_size = (uint16_t)bank_ref.size;
    memcpy(record.head.bank_ref, bank_ref.data, bank_ref.size);
    status = take_back(act, &payout, &record);
    if (status == MZ_OK)
        status = mz_payout_store(act->changes, &payout, act->why);
    if (status == MZ_OK)
        status = mz_return_store(act->changes, &record, act->why);
    return status;
}
