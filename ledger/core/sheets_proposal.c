/* sheets_proposal.c — the tables of decisions: proposals, what they draw on, whom they pay, and
 * every ballot. */
#include <string.h>

#include "core/sheets_make.h"

/* ---- proposals ---- */

const mz_column MZ_PROPOSAL_COLUMNS[] = {
    {"fund",            MZ_COLUMN_ID,    "基金编号",          "fund"                  },
    {"proposal",        MZ_COLUMN_ID,    "提案",                "proposal"              },
    {"title",           MZ_COLUMN_TEXT,  "标题",                "title"                 },
    {"category",        MZ_COLUMN_WORD,  "类别",                "category"              },
    {"step",            MZ_COLUMN_WORD,  "环节",                "step"                  },
    {"state",           MZ_COLUMN_WORD,  "状态",                "state"                 },
    {"entry",           MZ_COLUMN_ENTRY, "提出（第几笔）", "entry"                 },
    {"filed_ms",        MZ_COLUMN_TIME,  "提出时间",          "filed at"              },
    {"filed_by",        MZ_COLUMN_ID,    "提出人",             "filed by"              },
    {"need",            MZ_COLUMN_ID,    "需求",                "need"                  },
    {"filed_fen",       MZ_COLUMN_FEN,   "申请金额",          "asked for"             },
    {"approved_fen",    MZ_COLUMN_FEN,   "核准金额",          "approved"              },
    {"reserved_fen",    MZ_COLUMN_FEN,   "已预留",             "reserved"              },
    {"paid_fen",        MZ_COLUMN_FEN,   "已付（净）",       "paid, net"             },
    {"item_cap_fen",    MZ_COLUMN_FEN,   "单项限额",          "cap of each item"      },
    {"consult_to",      MZ_COLUMN_DAY,   "征询至",             "consulted to"          },
    {"vote_to",         MZ_COLUMN_DAY,   "表决至",             "voting to"             },
    {"adopted_on",      MZ_COLUMN_DAY,   "通过日期",          "adopted on"            },
    {"approved_ms",     MZ_COLUMN_TIME,  "核准时间",          "approved at"           },
    {"planned_end",     MZ_COLUMN_DAY,   "计划完成日",       "planned end"           },
    {"last_day",        MZ_COLUMN_DAY,   "本阶段最后一日", "last day of this state"},
    {"state_ms",        MZ_COLUMN_TIME,  "进入状态时间",    "in this state since"   },
    {"epoch",           MZ_COLUMN_COUNT, "届次",                "epoch"                 },
    {"panel",           MZ_COLUMN_COUNT, "表决人数",          "panel"                 },
    {"needed",          MZ_COLUMN_COUNT, "所需同意票",       "approvals needed"      },
    {"approvals",       MZ_COLUMN_COUNT, "同意",                "approvals"             },
    {"rejections",      MZ_COLUMN_COUNT, "不同意",             "rejections"            },
    {"recused",         MZ_COLUMN_COUNT, "回避",                "recused"               },
    {"open_objections", MZ_COLUMN_COUNT, "未答复异议",       "objections open"       },
    {"times_returned",  MZ_COLUMN_COUNT, "退回次数",          "times returned"        },
    {NULL,              MZ_COLUMN_TEXT,  NULL,                    NULL                    },
};

/* The epoch whose ballots decide or decided; 0: none was seated. What ended without being adopted
 * was decided by the committee of that time. */
static mz_status deciding_epoch(mz_filling *filling, const mz_proposal_head *head, uint32_t *epoch)
{
    *epoch = head->epoch != 0 ? head->epoch : filling->fund.epoch;
    if (head->epoch != 0 || head->stage <= MZ_VOTING)
        return MZ_OK;
    for (; *epoch > 0; (*epoch)--) {
        mz_seating seating;
        mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
        const mz_status status = mz_seating_load(filling->making.changes, head->fund, *epoch,
                                                 &seating, people, filling->making.why);
        if (status != MZ_OK)
            return status;
        if (seating.confirmed_ms <= head->stage_ms)
            break;
    }
    return MZ_OK;
}

typedef struct ballot_count {
    int64_t approvals, rejections, recused;
} ballot_count;

static mz_status count_ballots(mz_filling *filling, const mz_proposal_head *head, uint32_t epoch,
                               ballot_count *count)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_VOTER, head->ref);
    mz_key_bytes key = prefix;
    mz_view value;
    *count = (ballot_count){.approvals = 0};
    for (;;) {
        mz_voter voter;
        const mz_status status =
            mz_state_next(filling->making.changes, &prefix, &key, &value, filling->making.why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        if (value.size != sizeof voter)
            return mz_refuse_corrupt(filling->making.why, "voter");
        memcpy(&voter, value.data, sizeof voter);
        count->recused += voter.recused != 0;
        if (voter.ballot != 0 && voter.epoch == epoch)
            *(voter.choice == MZ_APPROVE ? &count->approvals : &count->rejections) += 1;
    }
}

/* The panel as it was only while it is the one that decides: later conflicts re-form it. */
static mz_status put_result(mz_filling *filling, const mz_proposal *proposal)
{
    const mz_proposal_head *head = &proposal->head;
    uint32_t epoch = 0;
    ballot_count count;
    mz_panel panel;
    mz_status status = deciding_epoch(filling, head, &epoch);
    if (status == MZ_OK)
        status = count_ballots(filling, head, epoch, &count);
    if (status != MZ_OK)
        return status;
    mz_cell_number(filling, "recused", count.recused);
    if (epoch == 0)
        return MZ_OK;
    mz_cell_number(filling, "epoch", epoch);
    mz_cell_number(filling, "approvals", count.approvals);
    mz_cell_number(filling, "rejections", count.rejections);
    if (head->stage > MZ_VOTING)
        return MZ_OK;
    status = mz_panel_read(filling->making.changes, proposal, epoch, MZ_AS_OF_NOW, &panel,
                           filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_number(filling, "panel", (int64_t)panel.count);
    mz_cell_number(filling, "needed", (int64_t)panel.needed);
    return MZ_OK;
}

static mz_status put_sums(mz_filling *filling, const mz_proposal *proposal)
{
    int64_t filed_fen = 0, approved_fen = 0, reserved_fen = 0;
    mz_status status = MZ_OK;
    for (uint32_t i = 0; i < proposal->head.draw_count && status == MZ_OK; i++) {
        status = mz_sum_add(filling, &filed_fen, proposal->draws[i].filed_fen);
        if (status == MZ_OK)
            status = mz_sum_add(filling, &approved_fen, proposal->draws[i].approved_fen);
        if (status == MZ_OK)
            status = mz_sum_add(filling, &reserved_fen, proposal->draws[i].reserved_fen);
    }
    mz_cell_number(filling, "filed_fen", filed_fen);
    if (proposal->head.approved_ms != 0)
        mz_cell_number(filling, "approved_fen", approved_fen);
    mz_cell_number(filling, "reserved_fen", reserved_fen);
    mz_cell_number(filling, "paid_fen", proposal->head.paid_fen);
    return status;
}

static void put_dates(mz_filling *filling, const mz_proposal_head *head)
{
    mz_cell_number(filling, "filed_ms", head->filed_ms);
    mz_cell_number(filling, "consult_to", head->consult_day);
    mz_cell_number(filling, "vote_to", head->expiry_day);
    mz_cell_number(filling, "planned_end", head->planned_end_day);
    mz_cell_number(filling, "last_day", mz_proposal_last_day(head));
    mz_cell_number(filling, "state_ms", head->stage_ms);
    if (head->epoch != 0)
        mz_cell_number(filling, "adopted_on", head->adopted_day);
    if (head->approved_ms != 0)
        mz_cell_number(filling, "approved_ms", head->approved_ms);
}

static mz_status put_filing(mz_filling *filling, uint64_t index)
{
    mz_reading_entry filing;
    const mz_status status = mz_reading_open(filling, index, &filing);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "title", mz_body_text(&filing.entry, "title"));
    mz_cell_text(filling, "need", mz_body_text(&filing.entry, "need"));
    mz_reading_close(&filing);
    return MZ_OK;
}

static mz_status proposal_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_proposal proposal;
    const mz_proposal_head *head = &proposal.head;
    (void)event;
    mz_status status =
        mz_proposal_load(filling->making.changes, index, &proposal, filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_text(filling, "proposal", mz_id_view(head->id));
    mz_cell_word(filling, "category", MZ_CATEGORIES[head->category]);
    mz_cell_word(filling, "step", MZ_STEPS[mz_proposal_step(head)]);
    mz_cell_word(filling, "state", mz_stage_name((mz_stage)head->stage));
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "open_objections", head->open_objection_count);
    mz_cell_number(filling, "times_returned", head->return_count);
    if (head->item_cap_fen != 0)
        mz_cell_number(filling, "item_cap_fen", head->item_cap_fen);
    put_dates(filling, head);
    status = put_sums(filling, &proposal);
    if (status == MZ_OK)
        status = put_filing(filling, index);
    if (status == MZ_OK)
        status = mz_cell_actor(filling, "filed_by", head->filer_no);
    if (status == MZ_OK)
        status = put_result(filling, &proposal);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

static const mz_event FILED[] = {MZ_PROPOSAL_FILED};

mz_status mz_proposal_walk(mz_filling *filling)
{
    return mz_fund_walk(filling, FILED, 1, proposal_row);
}

/* ---- draws and payees ---- */

const mz_column MZ_DRAW_COLUMNS[] = {
    {"fund",         MZ_COLUMN_ID,      "基金编号",    "fund"     },
    {"proposal",     MZ_COLUMN_ID,      "提案",          "proposal" },
    {"category",     MZ_COLUMN_WORD,    "类别",          "category" },
    {"state",        MZ_COLUMN_WORD,    "状态",          "state"    },
    {"purpose",      MZ_COLUMN_PURPOSE, "专款",          "purpose"  },
    {"filed_fen",    MZ_COLUMN_FEN,     "申请金额",    "asked for"},
    {"approved_fen", MZ_COLUMN_FEN,     "核准金额",    "approved" },
    {"reserved_fen", MZ_COLUMN_FEN,     "已预留",       "reserved" },
    {"paid_fen",     MZ_COLUMN_FEN,     "已付（净）", "paid, net"},
    {NULL,           MZ_COLUMN_TEXT,    NULL,              NULL       },
};
const mz_column MZ_PAYEE_COLUMNS[] = {
    {"fund",     MZ_COLUMN_ID,   "基金编号",    "fund"     },
    {"proposal", MZ_COLUMN_ID,   "提案",          "proposal" },
    {"category", MZ_COLUMN_WORD, "类别",          "category" },
    {"state",    MZ_COLUMN_WORD, "状态",          "state"    },
    {"party",    MZ_COLUMN_ID,   "收款方",       "party"    },
    {"kind",     MZ_COLUMN_WORD, "收款方种类", "kind"     },
    {"cap_fen",  MZ_COLUMN_FEN,  "限额",          "cap"      },
    {"paid_fen", MZ_COLUMN_FEN,  "已付（净）", "paid, net"},
    {NULL,       MZ_COLUMN_TEXT, NULL,              NULL       },
};

static void put_proposal(mz_filling *filling, const mz_proposal_head *head)
{
    mz_cell_fund(filling);
    mz_cell_text(filling, "proposal", mz_id_view(head->id));
    mz_cell_word(filling, "category", MZ_CATEGORIES[head->category]);
    mz_cell_word(filling, "state", mz_stage_name((mz_stage)head->stage));
}

static mz_status draw_rows(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_proposal proposal;
    (void)event;
    mz_status status =
        mz_proposal_load(filling->making.changes, index, &proposal, filling->making.why);
    for (uint32_t i = 0; status == MZ_OK && i < proposal.head.draw_count; i++) {
        const mz_draw *draw = &proposal.draws[i];
        put_proposal(filling, &proposal.head);
        mz_cell_number(filling, "filed_fen", draw->filed_fen);
        if (proposal.head.approved_ms != 0)
            mz_cell_number(filling, "approved_fen", draw->approved_fen);
        mz_cell_number(filling, "reserved_fen", draw->reserved_fen);
        mz_cell_number(filling, "paid_fen", draw->paid_fen);
        status = mz_cell_purpose(filling, "purpose", draw->purpose);
        if (status == MZ_OK)
            status = mz_row_end(filling);
    }
    return status;
}

static mz_status payee_rows(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_proposal proposal;
    (void)event;
    mz_status status =
        mz_proposal_load(filling->making.changes, index, &proposal, filling->making.why);
    for (uint32_t i = 0; status == MZ_OK && i < proposal.head.payee_count; i++) {
        const mz_payee *payee = &proposal.payees[i];
        mz_party party;
        status = mz_party_load(filling->making.changes, payee->party, &party, filling->making.why);
        if (status != MZ_OK)
            break;
        put_proposal(filling, &proposal.head);
        mz_cell_text(filling, "party", mz_id_view(party.id));
        mz_cell_word(filling, "kind", MZ_PARTY_KINDS[party.kind]);
        mz_cell_number(filling, "cap_fen", payee->cap_fen);
        mz_cell_number(filling, "paid_fen", payee->paid_fen);
        status = mz_row_end(filling);
    }
    return status;
}

mz_status mz_draw_walk(mz_filling *filling)
{
    return mz_fund_walk(filling, FILED, 1, draw_rows);
}

mz_status mz_payee_walk(mz_filling *filling)
{
    return mz_fund_walk(filling, FILED, 1, payee_rows);
}

/* ---- ballots ---- */

const mz_column MZ_BALLOT_COLUMNS[] = {
    {"fund",     MZ_COLUMN_ID,    "基金编号",                "fund"    },
    {"proposal", MZ_COLUMN_ID,    "提案",                      "proposal"},
    {"title",    MZ_COLUMN_TEXT,  "标题",                      "title"   },
    {"entry",    MZ_COLUMN_ENTRY, "第几笔",                   "entry"   },
    {"at_ms",    MZ_COLUMN_TIME,  "表决时间",                "cast at" },
    {"actor",    MZ_COLUMN_ID,    "表决人",                   "voter"   },
    {"epoch",    MZ_COLUMN_COUNT, "届次",                      "epoch"   },
    {"choice",   MZ_COLUMN_WORD,  "选择",                      "choice"  },
    {"counts",   MZ_COLUMN_WORD,  "计票",                      "counts"  },
    {"replaces", MZ_COLUMN_ENTRY, "替换前票（第几笔）", "replaces"},
    {NULL,       MZ_COLUMN_TEXT,  NULL,                          NULL      },
};

/* Standing: it is its voter's last ballot, of the epoch that decides, and neither recusal,
 * conflict nor a compromised key has voided it. */
static mz_status put_standing(mz_filling *filling, uint64_t index, const mz_reading_entry *reading)
{
    mz_actor_key row;
    mz_voter voter;
    mz_proposal proposal;
    uint64_t ref = 0;
    uint32_t epoch = 0;
    mz_making *making = &filling->making;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){reading->entry.jws.kid.bytes, MZ_HASH_SIZE});
    mz_status status = mz_state_load(making->changes, &key, &row, sizeof row, making->why);
    if (status == MZ_OK)
        status = mz_name_find(making->changes, MZ_NAME_PROPOSAL, 0,
                              mz_body_text(&reading->entry, "proposal"), &ref, making->why);
    if (status == MZ_OK)
        status = mz_proposal_load(making->changes, ref, &proposal, making->why);
    if (status == MZ_OK)
        status = deciding_epoch(filling, &proposal.head, &epoch);
    if (status == MZ_OK)
        status = mz_voter_load(making->changes, ref, row.actor_no, &voter, making->why);
    if (status != MZ_OK)
        return status;
    mz_cell_word(filling, "counts",
                 voter.ballot == index && voter.epoch == epoch ? "standing" : "voided");
    mz_reading_entry filing;
    status = mz_reading_open(filling, ref, &filing);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "title", mz_body_text(&filing.entry, "title"));
    mz_reading_close(&filing);
    return mz_cell_actor(filling, "actor", row.actor_no);
}

static mz_status ballot_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_reading_entry reading;
    uint64_t replaced = 0;
    (void)event;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    const int choice = mz_body_value(&reading.entry, "choice", MZ_CHOICES);
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "at_ms", reading.unix_ms);
    mz_cell_text(filling, "proposal", mz_body_text(&reading.entry, "proposal"));
    mz_cell_number(filling, "epoch", mz_body_integer(&reading.entry, "epoch", 0));
    mz_cell_word(filling, "choice", MZ_CHOICES[choice == MZ_APPROVE ? MZ_APPROVE : MZ_REJECT]);
    status = mz_reading_cited(filling, &reading, "supersedes", &replaced);
    mz_cell_entry(filling, "replaces", replaced);
    if (status == MZ_OK)
        status = put_standing(filling, index, &reading);
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_ballot_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_VOTE_CAST};
    return mz_fund_walk(filling, EVENTS, 1, ballot_row);
}
