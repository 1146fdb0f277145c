/* rules_reversal.c — undoing an entry, once and whole, by a new one: which can be, by whom, and
 * what must not depend on it any more. */
#include <assert.h>
#include <string.h>

#include "core/booking.h"
#include "core/goods.h"
#include "core/settle.h"

typedef mz_status reverse(mz_act *act, uint64_t index);
static reverse reverse_recorded, reverse_confirmed, reverse_payout, reverse_return, reverse_session,
    reverse_need;

/* Votes, seatings and everything else that has no row stand for ever. */
static const struct row {
    mz_event event;
    mz_role role; /* who reverses it */
    reverse *reverse;
} ROWS[] = {
    {MZ_INCOME_RECORDED,   MZ_STEWARD,  reverse_recorded },
    {MZ_INCOME_CONFIRMED,  MZ_CASHIER,  reverse_confirmed},
    {MZ_PAYOUT_MADE,       MZ_REVIEWER, reverse_payout   },
    {MZ_PAYOUT_RETURNED,   MZ_CASHIER,  reverse_return   },
    {MZ_SESSION_HELD,      MZ_STEWARD,  reverse_session  },
    {MZ_NEED_LISTED,       MZ_STEWARD,  reverse_need     },
    {MZ_GOODS_RECEIVED,    MZ_STEWARD,  mz_goods_reverse },
    {MZ_GOODS_ISSUED,      MZ_STEWARD,  mz_goods_reverse },
    {MZ_GOODS_SOLD,        MZ_STEWARD,  mz_goods_reverse },
    {MZ_GOODS_WRITTEN_OFF, MZ_STEWARD,  mz_goods_reverse },
};

static mz_status refuse_dependent(mz_act *act, uint64_t index, const char *cause)
{
    return mz_refuse(act->why, MZ_DEPENDED_ON, mz_count("index", (int64_t)index),
                     mz_words("cause", cause));
}

static mz_status own_fund(mz_act *act, mz_ref fund)
{
    return mz_act_own_fund(act, fund, "entry", "target");
}

static mz_status reverse_recorded(mz_act *act, uint64_t index)
{
    mz_income income;
    mz_status status = mz_income_load(act->changes, index, &income, act->why);
    if (status == MZ_OK)
        status = own_fund(act, income.fund);
    if (status != MZ_OK)
        return status;
    if (income.stage == MZ_INCOME_CONFIRMED_STAGE)
        return refuse_dependent(
            act, index,
            MZ_BOTH("收入已入账，请先由出纳冲销入账",
                    "the income is confirmed; the cashier reverses that first"));
    if (income.stage != MZ_INCOME_RECORDED_STAGE)
        return mz_refuse(act->why, MZ_WRONG_STATE, mz_term("kind", "income"),
                         mz_words_view("id", mz_body_text(act->entry, "target")),
                         mz_term("state", "declined"), mz_term("want", "recorded"));
    return mz_income_end(act, &income, MZ_INCOME_REVERSED_STAGE);
}

/* Back to recorded, to be reversed or confirmed anew. Its receipt number stays void. */
static mz_status reverse_confirmed(mz_act *act, uint64_t index)
{
    mz_confirmation confirmation;
    mz_income income;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size = 0;
    mz_status status = mz_confirmation_load(act->changes, index, &confirmation, bank_ref,
                                            &bank_ref_size, act->why);
    if (status == MZ_OK)
        status = mz_income_load(act->changes, confirmation.income, &income, act->why);
    if (status == MZ_OK)
        status = own_fund(act, income.fund);
    if (status == MZ_OK)
        status = mz_lots_reverse(act, &income);
    if (status == MZ_OK)
        status = mz_income_count(act, &income, -1);
    if (status == MZ_OK)
        status = mz_bank_line_free(act, (mz_view){bank_ref, bank_ref_size}, income.amount_fen);
    if (status != MZ_OK)
        return status;
    confirmation.reversed_index = act->index;
    income.confirmation = 0;
    income.position = 0;
    income.stage = MZ_INCOME_RECORDED_STAGE;
    act->fund.unconfirmed_count++;
    status = mz_confirmation_store(act->changes, &confirmation, (mz_view){bank_ref, bank_ref_size},
                                   act->why);
    return status == MZ_OK ? mz_income_store(act->changes, &income, act->why) : status;
}

static mz_status undo_payout(mz_act *act, mz_payout *payout)
{
    mz_proposal proposal;
    mz_payout_draw parts[MZ_DRAWS_MAX] = {0};
    mz_payout_head *head = &payout->head;
    for (size_t i = 0; i < head->draw_count; i++)
        parts[i].purpose = payout->draws[i].purpose;
    mz_status status = mz_proposal_load(act->changes, head->proposal, &proposal, act->why);
    if (status == MZ_OK)
        status = mz_lots_give_back(act, head, head->amount_fen, MZ_LINE_REVERSED_PAYOUTS, parts,
                                   head->draw_count);
    if (status == MZ_OK)
        status = mz_proposal_paid(act, &proposal, head->party, parts, head->draw_count, -1);
    if (status == MZ_OK && mz_proposal_payable(&proposal, act->now_ms))
        status = mz_proposal_restore(act, &proposal, parts, head->draw_count);
    else if (status == MZ_OK && act->fund.stage == MZ_FUND_IS_CLOSED)
        status = mz_lots_move_residual(act, act->fund.residual_fund, act->fund.residual_purpose);
    if (status != MZ_OK)
        return status;
    if (proposal.head.standing_payout_count == 0)
        return mz_refuse_corrupt(act->why, "payouts are miscounted");
    proposal.head.standing_payout_count--;
    status = mz_payout_count_need(act, head, -1, -1);
    if (status != MZ_OK)
        return status;
    return mz_proposal_step_back(act, &proposal);
}

/* It never left the bank, as the bank's statement shows. */
static mz_status reverse_payout(mz_act *act, uint64_t index)
{
    mz_payout payout;
    mz_status status = mz_payout_load(act->changes, index, &payout, act->why);
    if (status == MZ_OK)
        status = own_fund(act, payout.head.fund);
    if (status != MZ_OK)
        return status;
    if (json_array_size(mz_body_list(act->entry, "evidence")) == 0)
        return mz_refuse(act->why, MZ_EVIDENCE_REQUIRED, mz_term("event", act->entry->row->name));
    if (payout.head.returned_fen > 0)
        return refuse_dependent(
            act, index,
            MZ_BOTH("已有退回，请先由出纳冲销退回",
                    "some of it was returned; the cashier reverses that first"));
    status = undo_payout(act, &payout);
    if (status == MZ_OK)
        status = mz_bank_line_free(
            act, (mz_view){(const uint8_t *)payout.head.bank_ref, payout.head.bank_ref_size},
            payout.head.amount_fen);
    payout.head.reversed_index = act->index;
    return status == MZ_OK ? mz_payout_store(act->changes, &payout, act->why) : status;
}

/* The return restored the reserve and payouts are still possible: the reserve must give it back. */
static mz_status release_parts(mz_act *act, mz_proposal *proposal, const mz_return *record)
{
    for (size_t i = 0; i < record->head.draw_count; i++) {
        const mz_payout_draw *part = &record->draws[i];
        size_t j = 0;
        while (j < proposal->head.draw_count && proposal->draws[j].purpose != part->purpose)
            j++;
        assert(j < proposal->head.draw_count);
        const int64_t reserved_fen = proposal->draws[j].reserved_fen;
        if (part->amount_fen > reserved_fen) {
            char name[MZ_ID_SIZE_MAX + 1];
            const mz_status status = mz_purpose_name(act->changes, part->purpose, name, act->why);
            if (status != MZ_OK)
                return status;
            return mz_refuse(act->why, MZ_BALANCE_SHORT, mz_words("purpose", name),
                             mz_fen("left", reserved_fen), mz_fen("asked", part->amount_fen));
        }
        const mz_status status =
            mz_proposal_reserve(act, proposal, j, reserved_fen - part->amount_fen);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status undo_return(mz_act *act, const mz_return *record, mz_payout *payout)
{
    mz_proposal proposal;
    mz_status status = mz_proposal_load(act->changes, payout->head.proposal, &proposal, act->why);
    if (status == MZ_OK && record->head.restored != 0 &&
        mz_proposal_payable(&proposal, act->now_ms))
        status = release_parts(act, &proposal, record);
    for (size_t i = 0; status == MZ_OK && i < record->head.draw_count; i++) {
        const mz_payout_draw *part = &record->draws[i];
        if (part->amount_fen == 0)
            continue;
        status = mz_lots_take(act, &payout->head, part->purpose, part->amount_fen,
                              MZ_LINE_REVERSED_RETURNS);
        payout->draws[i].returned_fen -= part->amount_fen;
    }
    if (status == MZ_OK && payout->head.returned_fen == payout->head.amount_fen)
        status = mz_payout_count_need(act, &payout->head, 0, 1);
    payout->head.returned_fen -= record->head.amount_fen;
    if (status == MZ_OK)
        status = mz_proposal_paid(act, &proposal, payout->head.party, record->draws,
                                  record->head.draw_count, 1);
    return status == MZ_OK ? mz_proposal_reschedule(act, &proposal) : status;
}

static mz_status reverse_return(mz_act *act, uint64_t index)
{
    mz_return record;
    mz_payout payout;
    mz_status status = mz_return_load(act->changes, index, &record, act->why);
    if (status == MZ_OK)
        status = own_fund(act, record.head.fund);
    if (status == MZ_OK)
        status = mz_payout_load(act->changes, record.head.payout, &payout, act->why);
    if (status == MZ_OK)
        status = undo_return(act, &record, &payout);
    if (status == MZ_OK)
        status = mz_bank_line_free(
            act, (mz_view){(const uint8_t *)record.head.bank_ref, record.head.bank_ref_size},
            record.head.amount_fen);
    if (status == MZ_OK)
        status = mz_payout_store(act->changes, &payout, act->why);
    record.head.reversed_index = act->index;
    return status == MZ_OK ? mz_return_store(act->changes, &record, act->why) : status;
}

static mz_status reverse_session(mz_act *act, uint64_t index)
{
    mz_session session;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, index);
    mz_status status = mz_state_load(act->changes, &key, &session, sizeof session, act->why);
    if (status == MZ_OK)
        status = own_fund(act, session.fund);
    if (status != MZ_OK)
        return status;
    if (session.dependant_count > 0)
        return refuse_dependent(
            act, index,
            MZ_BOTH("有收入或物资引用它，请先冲销那一笔",
                    "an income or a receipt of goods cites it; reverse that first"));
    session.reversed = 1;
    return mz_state_store(act->changes, &key, &session, sizeof session, act->why);
}

static mz_status reverse_need(mz_act *act, uint64_t index)
{
    mz_need need;
    mz_status status = mz_need_load(act->changes, index, &need, act->why);
    if (status == MZ_OK)
        status = own_fund(act, need.fund);
    if (status != MZ_OK)
        return status;
    if (need.proposal_count > 0 || need.payout_count > 0)
        return refuse_dependent(
            act, index,
            MZ_BOTH("有提案或拨付写明它，请先撤回提案或冲销拨付",
                    "a proposal or a payout names it; withdraw or reverse that first"));
    need.reversed_index = act->index;
    return mz_need_store(act->changes, &need, act->why);
}

static const struct row *row_of(mz_event event)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (ROWS[i].event == event)
            return &ROWS[i];
    }
    return NULL;
}

static mz_status check_reversible(mz_act *act, mz_event event, const struct row *row,
                                  uint64_t index)
{
    const mz_event_row *catalogue = mz_event_row_of(event);
    uint8_t reversal[8];
    if (row == NULL)
        return mz_refuse(act->why, MZ_NOT_REVERSIBLE,
                         mz_term("event", catalogue == NULL ? "" : catalogue->name));
    if (act->signer.role != row->role)
        return mz_refuse(
            act->why, MZ_WRONG_ROLE, mz_words_view("actor", mz_id_view(act->signer.id)),
            mz_term("role", mz_role_name((mz_role)act->signer.role)),
            mz_term("event", act->entry->row->name), mz_term("want", mz_role_name(row->role)));
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, index);
    const mz_status status = mz_state_load(act->changes, &key, reversal, sizeof reversal, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ALREADY_REVERSED, mz_count("index", (int64_t)index));
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

mz_status mz_rule_entry_reversed(mz_act *act)
{
    uint8_t jti[16], reversal[8];
    uint64_t index = 0;
    mz_event event = MZ_EVENT_NONE;
    const bool given = mz_body_jti(act->entry, "target", jti);
    assert(given);
    mz_status status = mz_jti_find(act->changes, jti, &index, &event, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(act->why, MZ_NOT_FOUND, mz_term("kind", "entry"),
                         mz_words_view("id", mz_body_text(act->entry, "target")));
    if (status != MZ_OK)
        return status;
    const struct row *row = row_of(event);
    status = check_reversible(act, event, row, index);
    if (status != MZ_OK)
        return status;
    assert(row != NULL);
    status = row->reverse(act, index);
    if (status != MZ_OK)
        return status;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, index);
    mz_be64_put(reversal, act->index);
    return mz_state_store(act->changes, &key, reversal, sizeof reversal, act->why);
}
