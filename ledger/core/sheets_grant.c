/* sheets_grant.c — what was granted to whom: one row for each approved proposal and payee, and one
 * for each wish that was paid. */
#include <string.h>

#include "core/sheets_make.h"

const mz_column MZ_GRANT_COLUMNS[] = {
    {"fund",          MZ_COLUMN_ID,    "基金编号",                "fund"          },
    {"fund_name",     MZ_COLUMN_TEXT,  "基金",                      "fund's name"   },
    {"community",     MZ_COLUMN_TEXT,  "社区",                      "community"     },
    {"proposal",      MZ_COLUMN_ID,    "提案",                      "proposal"      },
    {"title",         MZ_COLUMN_TEXT,  "标题",                      "title"         },
    {"category",      MZ_COLUMN_WORD,  "类别",                      "category"      },
    {"state",         MZ_COLUMN_WORD,  "状态",                      "state"         },
    {"payout",        MZ_COLUMN_ENTRY, "心愿拨付（第几笔）", "wish's payout" },
    {"party",         MZ_COLUMN_ID,    "受助方",                   "recipient"     },
    {"kind",          MZ_COLUMN_WORD,  "受助方种类",             "kind"          },
    {"credit_code",   MZ_COLUMN_TEXT,  "统一社会信用代码",    "credit code"   },
    {"awarded_on",    MZ_COLUMN_DAY,   "核准日期",                "awarded on"    },
    {"planned_end",   MZ_COLUMN_DAY,   "计划完成日",             "planned end"   },
    {"awarded_fen",   MZ_COLUMN_FEN,   "核准金额",                "awarded"       },
    {"disbursed_fen", MZ_COLUMN_FEN,   "已付（净）",             "disbursed, net"},
    {NULL,            MZ_COLUMN_TEXT,  NULL,                          NULL            },
};

static mz_status put_recipient(mz_filling *filling, mz_ref ref)
{
    mz_party party;
    const mz_status status =
        mz_party_load(filling->making.changes, ref, &party, filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "party", mz_id_view(party.id));
    mz_cell_word(filling, "kind", MZ_PARTY_KINDS[party.kind]);
    mz_cell_text(filling, "credit_code",
                 (mz_view){(const uint8_t *)party.credit_code,
                           strnlen(party.credit_code, sizeof party.credit_code)});
    return MZ_OK;
}

/* What the row says of the fund and of the filing. */
static mz_status put_about(mz_filling *filling, const mz_proposal_head *head)
{
    mz_reading_entry reading;
    mz_status status = mz_reading_open(filling, filling->fund.ref, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_text(filling, "fund_name", mz_body_text(&reading.entry, "name"));
    mz_cell_text(filling, "community", mz_body_text(&reading.entry, "community"));
    mz_reading_close(&reading);
    status = mz_reading_open(filling, head->ref, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "title", mz_body_text(&reading.entry, "title"));
    mz_reading_close(&reading);
    mz_cell_text(filling, "proposal", mz_id_view(head->id));
    mz_cell_word(filling, "category", MZ_CATEGORIES[head->category]);
    mz_cell_word(filling, "state", mz_stage_name((mz_stage)head->stage));
    mz_cell_number(filling, "planned_end", head->planned_end_day);
    return MZ_OK;
}

/* The approval grants a sum to all payees together, within the cap of each. So that what stands in
 * the rows adds up to no more than was approved, each payee is first granted what it was paid, and
 * the rest goes to the payees in the filing's order, up to their caps. */
static mz_status share_out(mz_filling *filling, const mz_proposal *proposal,
                           int64_t awarded_fen[MZ_PAYEES_MAX])
{
    int64_t left_fen = 0;
    mz_status status = MZ_OK;
    for (uint32_t i = 0; i < proposal->head.draw_count && status == MZ_OK; i++)
        status = mz_sum_add(filling, &left_fen, proposal->draws[i].approved_fen);
    for (uint32_t i = 0; i < proposal->head.payee_count; i++) {
        awarded_fen[i] = proposal->payees[i].paid_fen;
        left_fen -= awarded_fen[i]; /* payouts stay within the approval */
    }
    for (uint32_t i = 0; i < proposal->head.payee_count && left_fen > 0; i++) {
        const int64_t room_fen = proposal->payees[i].cap_fen - awarded_fen[i];
        const int64_t more_fen = room_fen < left_fen ? room_fen : left_fen;
        awarded_fen[i] += more_fen;
        left_fen -= more_fen;
    }
    return status;
}

/* In force, or ended after money was paid. */
static bool is_granted(const mz_proposal_head *head)
{
    return head->approved_ms != 0 && head->draw_count > 0 &&
           ((head->stage >= MZ_APPROVED && head->stage <= MZ_COMPLETED) || head->paid_fen > 0);
}

static mz_status approved_rows(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_proposal proposal;
    int64_t awarded_fen[MZ_PAYEES_MAX];
    (void)event;
    mz_status status =
        mz_proposal_load(filling->making.changes, index, &proposal, filling->making.why);
    if (status != MZ_OK || !is_granted(&proposal.head))
        return status;
    status = share_out(filling, &proposal, awarded_fen);
    for (uint32_t i = 0; i < proposal.head.payee_count && status == MZ_OK; i++) {
        status = put_about(filling, &proposal.head);
        mz_cell_number(filling, "awarded_on", mz_day_of_ms(proposal.head.approved_ms));
        mz_cell_number(filling, "awarded_fen", awarded_fen[i]);
        mz_cell_number(filling, "disbursed_fen", proposal.payees[i].paid_fen);
        if (status == MZ_OK)
            status = put_recipient(filling, proposal.payees[i].party);
        if (status == MZ_OK)
            status = mz_row_end(filling);
    }
    return status;
}

/* Wishes name nobody until they are paid: each payout that stands is a grant. */
static mz_status wish_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_payout payout;
    mz_proposal proposal;
    (void)event;
    mz_status status = mz_payout_load(filling->making.changes, index, &payout, filling->making.why);
    if (status == MZ_OK)
        status = mz_proposal_load(filling->making.changes, payout.head.proposal, &proposal,
                                  filling->making.why);
    if (status != MZ_OK || proposal.head.category != MZ_CATEGORY_WISHES ||
        payout.head.reversed_index != MZ_NEVER)
        return status;
    status = put_about(filling, &proposal.head);
    mz_cell_entry(filling, "payout", index);
    mz_cell_number(filling, "awarded_on", mz_day_of_ms(payout.head.made_ms));
    mz_cell_number(filling, "awarded_fen", payout.head.amount_fen);
    mz_cell_number(filling, "disbursed_fen", payout.head.amount_fen - payout.head.returned_fen);
    if (status == MZ_OK)
        status = put_recipient(filling, payout.head.party);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_grant_walk(mz_filling *filling)
{
    static const mz_event FILED[] = {MZ_PROPOSAL_FILED}, PAID[] = {MZ_PAYOUT_MADE};
    const mz_status status = mz_fund_walk(filling, FILED, 1, approved_rows);
    return status == MZ_OK ? mz_fund_walk(filling, PAID, 1, wish_row) : status;
}
