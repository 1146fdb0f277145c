/* sheets_account.c — the tables of giving account: needs and what became of them, ratings beside
 * the money, bank accounts reconciled. */
#include <string.h>

#include "core/sheets_make.h"

/* ---- needs ---- */

const mz_column MZ_NEED_COLUMNS[] = {
    {"fund",         MZ_COLUMN_ID,    "基金编号",          "fund"            },
    {"need",         MZ_COLUMN_ID,    "需求",                "need"            },
    {"entry",        MZ_COLUMN_ENTRY, "第几笔",             "entry"           },
    {"listed_ms",    MZ_COLUMN_TIME,  "登记时间",          "listed at"       },
    {"listed_by",    MZ_COLUMN_ID,    "登记人",             "listed by"       },
    {"kind",         MZ_COLUMN_WORD,  "类别",                "kind"            },
    {"item",         MZ_COLUMN_ID,    "需要什么",          "what is needed"  },
    {"count",        MZ_COLUMN_COUNT, "数量",                "how many"        },
    {"channel",      MZ_COLUMN_WORD,  "收集渠道",          "channel"         },
    {"endorsements", MZ_COLUMN_COUNT, "附议",                "endorsements"    },
    {"proposals",    MZ_COLUMN_COUNT, "涉及提案",          "proposals for it"},
    {"payouts",      MZ_COLUMN_COUNT, "拨付笔数",          "payouts for it"  },
    {"paid",         MZ_COLUMN_WORD,  "已支付",             "paid"            },
    {"reversed_by",  MZ_COLUMN_ENTRY, "冲销（第几笔）", "reversed by"     },
    {NULL,           MZ_COLUMN_TEXT,  NULL,                    NULL              },
};

static mz_status need_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_need need;
    mz_reading_entry reading;
    (void)event;
    mz_status status = mz_need_load(filling->making.changes, index, &need, filling->making.why);
    if (status == MZ_OK)
        status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_text(filling, "need", mz_id_view(need.id));
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "listed_ms", reading.unix_ms);
    mz_cell_word(filling, "kind", MZ_NEED_KINDS[need.kind]);
    mz_cell_text(filling, "item", mz_body_text(&reading.entry, "item"));
    mz_cell_number(filling, "count", need.count);
    mz_cell_word(filling, "channel", MZ_NEED_CHANNELS[need.channel]);
    mz_cell_number(filling, "endorsements", need.endorsement_count);
    mz_cell_number(filling, "proposals", need.proposal_count);
    mz_cell_number(filling, "payouts", need.payout_count);
    mz_cell_yes(filling, "paid", need.paid_count > 0);
    mz_cell_entry(filling, "reversed_by", need.reversed_index);
    status = mz_cell_signer(filling, "listed_by", &reading);
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_need_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_NEED_LISTED};
    return mz_fund_walk(filling, EVENTS, 1, need_row);
}

/* ---- ratings ---- */

const mz_column MZ_RATING_COLUMNS[] = {
    {"fund",           MZ_COLUMN_ID,    "基金编号",    "fund"          },
    {"proposal",       MZ_COLUMN_ID,    "提案",          "proposal"      },
    {"title",          MZ_COLUMN_TEXT,  "标题",          "title"         },
    {"category",       MZ_COLUMN_WORD,  "类别",          "category"      },
    {"paid_fen",       MZ_COLUMN_FEN,   "已付（净）", "paid, net"     },
    {"entry",          MZ_COLUMN_ENTRY, "第几笔",       "entry"         },
    {"at_ms",          MZ_COLUMN_TIME,  "评议时间",    "rated at"      },
    {"rater",          MZ_COLUMN_WORD,  "评议方",       "rater"         },
    {"very_satisfied", MZ_COLUMN_COUNT, "非常满意",    "very satisfied"},
    {"satisfied",      MZ_COLUMN_COUNT, "满意",          "satisfied"     },
    {"neutral",        MZ_COLUMN_COUNT, "一般",          "neutral"       },
    {"dissatisfied",   MZ_COLUMN_COUNT, "不满意",       "dissatisfied"  },
    {NULL,             MZ_COLUMN_TEXT,  NULL,              NULL            },
};

static void put_grades(mz_filling *filling, const mz_entry *entry)
{
    const json_t *counts = mz_body_list(entry, "counts");
    for (size_t i = 0; i < MZ_GRADE_COUNT; i++)
        mz_cell_number(filling, MZ_GRADES[i], 0);
    for (size_t i = 0; i < json_array_size(counts); i++) {
        const json_t *count = json_array_get(counts, i);
        const int grade = mz_value_index(MZ_GRADES, mz_json_text(count, "grade"));
        if (grade >= 0)
            mz_cell_number(filling, MZ_GRADES[grade], mz_json_integer(count, "count", 0));
    }
}

static mz_status put_rated(mz_filling *filling, mz_view id)
{
    uint64_t ref = 0;
    mz_proposal proposal;
    mz_reading_entry filing;
    mz_status status =
        mz_name_find(filling->making.changes, MZ_NAME_PROPOSAL, 0, id, &ref, filling->making.why);
    if (status == MZ_OK)
        status = mz_proposal_load(filling->making.changes, ref, &proposal, filling->making.why);
    if (status == MZ_OK)
        status = mz_reading_open(filling, ref, &filing);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "proposal", id);
    mz_cell_text(filling, "title", mz_body_text(&filing.entry, "title"));
    mz_cell_word(filling, "category", MZ_CATEGORIES[proposal.head.category]);
    mz_cell_number(filling, "paid_fen", proposal.head.paid_fen);
    mz_reading_close(&filing);
    return MZ_OK;
}

static mz_status rating_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_reading_entry reading;
    (void)event;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "at_ms", reading.unix_ms);
    mz_cell_text(filling, "rater", mz_body_text(&reading.entry, "rater"));
    put_grades(filling, &reading.entry);
    status = put_rated(filling, mz_body_text(&reading.entry, "proposal"));
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_rating_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_PROJECT_RATED};
    return mz_fund_walk(filling, EVENTS, 1, rating_row);
}

/* ---- reconciliation ---- */

const mz_column MZ_RECONCILIATION_COLUMNS[] = {
    {"account",          MZ_COLUMN_ID,    "银行账户",          "account"              },
    {"month",            MZ_COLUMN_TEXT,  "月份",                "month"                },
    {"entry",            MZ_COLUMN_ENTRY, "第几笔",             "entry"                },
    {"at_ms",            MZ_COLUMN_TIME,  "对账时间",          "reconciled at"        },
    {"by",               MZ_COLUMN_ID,    "对账人",             "by"                   },
    {"bank_balance_fen", MZ_COLUMN_FEN,   "银行余额",          "bank balance"         },
    {"balance_fen",      MZ_COLUMN_FEN,   "各基金余额合计", "balances of the funds"},
    {"outside_fen",      MZ_COLUMN_FEN,   "不属于基金的款", "outside the funds"    },
    {"difference_fen",   MZ_COLUMN_FEN,   "差额合计",          "differences"          },
    {"differences",      MZ_COLUMN_COUNT, "差额笔数",          "differences: number"  },
    {"funds",            MZ_COLUMN_ID,    "基金",                "funds"                },
    {NULL,               MZ_COLUMN_TEXT,  NULL,                    NULL                   },
};

#define FUNDS_TEXT_MAX ((size_t)MZ_ACCOUNT_FUNDS_MAX * (MZ_ID_SIZE_MAX + 2))

static void put_fund_list(mz_filling *filling, const mz_entry *entry)
{
    const json_t *balances = mz_body_list(entry, "balances");
    mz_buf list;
    mz_buf_init(&list, FUNDS_TEXT_MAX);
    for (size_t i = 0; i < json_array_size(balances); i++) {
        if (i > 0)
            mz_buf_put_text(&list, ", ");
        mz_buf_put(&list, mz_json_text(json_array_get(balances, i), "fund"));
    }
    mz_cell_text(filling, "funds", mz_buf_view(&list));
    filling->text.failed = filling->text.failed || list.failed;
    mz_buf_clear(&list);
}

static mz_status reconciliation_row(mz_filling *filling, mz_view value)
{
    mz_reconciliation record;
    mz_reading_entry reading;
    if (value.size != sizeof record)
        return mz_refuse_corrupt(filling->making.why, "a reconciliation has a wrong size");
    memcpy(&record, value.data, sizeof record);
    mz_status status = mz_reading_open(filling, record.index, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "account", mz_body_text(&reading.entry, "account"));
    mz_cell_text(filling, "month", mz_body_text(&reading.entry, "month"));
    mz_cell_entry(filling, "entry", record.index);
    mz_cell_number(filling, "at_ms", reading.unix_ms);
    mz_cell_number(filling, "bank_balance_fen", record.bank_balance_fen);
    mz_cell_number(filling, "balance_fen", record.balance_fen);
    mz_cell_number(filling, "outside_fen", record.outside_fen);
    mz_cell_number(filling, "difference_fen", record.difference_fen);
    mz_cell_number(filling, "differences", record.difference_count);
    put_fund_list(filling, &reading.entry);
    status = mz_cell_signer(filling, "by", &reading);
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

/* Of a fund: those of its account. */
mz_status mz_reconciliation_walk(mz_filling *filling)
{
    const mz_key_bytes prefix =
        filling->only_fund.size == 0
            ? mz_key_of(MZ_KIND_RECONCILIATION)
            : mz_key_account(MZ_KIND_RECONCILIATION, mz_id_view(filling->fund.account));
    mz_key_bytes key = prefix;
    mz_view value;
    for (;;) {
        mz_status status =
            mz_state_next(filling->making.changes, &prefix, &key, &value, filling->making.why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = reconciliation_row(filling, value);
        if (status != MZ_OK)
            return status;
    }
}
