/* sheets_money.c — the tables of money: what a fund has, what came in, what went out, what was
 * published. */
#include <string.h>

#include "core/sheets_make.h"
#include "core/totals.h"

/* ---- summary ---- */

const mz_column MZ_SUMMARY_COLUMNS[] = {
    {"fund",              MZ_COLUMN_ID,    "基金编号",          "fund"                },
    {"name",              MZ_COLUMN_TEXT,  "名称",                "name"                },
    {"community",         MZ_COLUMN_TEXT,  "社区",                "community"           },
    {"state",             MZ_COLUMN_WORD,  "状态",                "state"               },
    {"balance_fen",       MZ_COLUMN_FEN,   "余额",                "balance"             },
    {"reserved_fen",      MZ_COLUMN_FEN,   "已预留",             "reserved"            },
    {"free_fen",          MZ_COLUMN_FEN,   "可用",                "free"                },
    {"year_income_fen",   MZ_COLUMN_FEN,   "本年收入",          "income this year"    },
    {"year_spending_fen", MZ_COLUMN_FEN,   "本年支出",          "spending this year"  },
    {"income_fen",        MZ_COLUMN_FEN,   "累计收入",          "income in total"     },
    {"spending_fen",      MZ_COLUMN_FEN,   "累计支出",          "spending in total"   },
    {"returned_fen",      MZ_COLUMN_FEN,   "累计退回",          "returned in total"   },
    {"corrections_fen",   MZ_COLUMN_FEN,   "累计更正",          "corrections in total"},
    {"moved_fen",         MZ_COLUMN_FEN,   "基金间累计转入", "moved in from funds" },
    {"unconfirmed",       MZ_COLUMN_COUNT, "待入账笔数",       "incomes unconfirmed" },
    {"open_proposals",    MZ_COLUMN_COUNT, "未了提案",          "proposals unfinished"},
    {"last_movement_ms",  MZ_COLUMN_TIME,  "最近收支",          "last movement"       },
    {"statement_to",      MZ_COLUMN_DAY,   "已公示至",          "published to"        },
    {"statement_due_on",  MZ_COLUMN_DAY,   "公示截止",          "statement due on"    },
    {NULL,                MZ_COLUMN_TEXT,  NULL,                    NULL                  },
};

/* The sums of what came in and went out in a period, gross. */
static mz_status add_up(mz_filling *filling, const mz_period *period, int64_t *income_fen,
                        int64_t *spending_fen)
{
    mz_status status = MZ_OK;
    *income_fen = *spending_fen = 0;
    for (size_t i = 0; i < MZ_INCOME_KIND_COUNT && status == MZ_OK; i++)
        status = mz_sum_add(filling, income_fen, period->income_fen[i]);
    for (size_t i = 0; i < MZ_CATEGORY_COUNT && status == MZ_OK; i++)
        status = mz_sum_add(filling, spending_fen, period->spending_fen[i]);
    return status;
}

/* From the opening, and from the first of January, to the day of the moment. */
static mz_status put_flows(mz_filling *filling)
{
    const mz_making *making = &filling->making;
    const mz_fund *fund = &filling->fund;
    const int32_t opened = mz_day_of_ms(fund->opened_ms), today = mz_day_of_ms(making->now_ms);
    int32_t new_year = mz_day_add_months(today, 1 - mz_day_month(today));
    new_year -= mz_day_of_month(new_year) - 1;
    const int32_t year_from = new_year > opened ? new_year : opened;
    int64_t income_fen, spending_fen;
    mz_period period;
    mz_status status =
        mz_period_read(making->changes, fund->ref, year_from, today, &period, making->why);
    if (status == MZ_OK)
        status = add_up(filling, &period, &income_fen, &spending_fen);
    if (status != MZ_OK)
        return status;
    mz_cell_number(filling, "year_income_fen", income_fen);
    mz_cell_number(filling, "year_spending_fen", spending_fen);
    status = mz_period_read(making->changes, fund->ref, opened, today, &period, making->why);
    if (status == MZ_OK)
        status = add_up(filling, &period, &income_fen, &spending_fen);
    if (status != MZ_OK)
        return status;
    mz_cell_number(filling, "income_fen", income_fen);
    mz_cell_number(filling, "spending_fen", spending_fen);
    mz_cell_number(filling, "returned_fen", period.returned_fen);
    mz_cell_number(filling, "corrections_fen", period.corrections_fen);
    mz_cell_number(filling, "moved_fen", period.moved_fen);
    return MZ_OK;
}

mz_status mz_summary_walk(mz_filling *filling)
{
    const mz_fund *fund = &filling->fund;
    mz_reading_entry opening;
    mz_status status = mz_reading_open(filling, fund->ref, &opening);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_text(filling, "name", mz_body_text(&opening.entry, "name"));
    mz_cell_text(filling, "community", mz_body_text(&opening.entry, "community"));
    mz_reading_close(&opening);
    mz_cell_word(filling, "state", mz_fund_stage_word(fund->stage));
    mz_cell_number(filling, "balance_fen", fund->balance_fen);
    mz_cell_number(filling, "reserved_fen", fund->reserved_fen);
    mz_cell_number(filling, "free_fen", fund->balance_fen - fund->reserved_fen);
    mz_cell_number(filling, "unconfirmed", fund->unconfirmed_count);
    mz_cell_number(filling, "open_proposals", fund->unfinished_count);
    mz_cell_number(filling, "last_movement_ms", fund->last_movement_ms);
    if (fund->statement_to_day >= mz_day_of_ms(fund->opened_ms))
        mz_cell_number(filling, "statement_to", fund->statement_to_day);
    mz_cell_number(filling, "statement_due_on",
                   fund->statement_to_day + (int32_t)fund->profile.statement_days);
    status = put_flows(filling);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

/* ---- income ---- */

const mz_column MZ_INCOME_COLUMNS[] = {
    {"fund",         MZ_COLUMN_ID,      "基金编号",                "fund"                    },
    {"entry",        MZ_COLUMN_ENTRY,   "登记（第几笔）",       "entry"                   },
    {"recorded_ms",  MZ_COLUMN_TIME,    "登记时间",                "recorded at"             },
    {"recorded_by",  MZ_COLUMN_ID,      "登记人",                   "recorded by"             },
    {"state",        MZ_COLUMN_WORD,    "状态",                      "state"                   },
    {"kind",         MZ_COLUMN_WORD,    "种类",                      "kind"                    },
    {"purpose",      MZ_COLUMN_PURPOSE, "专款",                      "purpose"                 },
    {"amount_fen",   MZ_COLUMN_FEN,     "金额",                      "amount"                  },
    {"received_on",  MZ_COLUMN_DAY,     "收到日期",                "received on"             },
    {"earned_to",    MZ_COLUMN_DAY,     "收益截至",                "earned to"               },
    {"party",        MZ_COLUMN_ID,      "往来方",                   "party"                   },
    {"source",       MZ_COLUMN_ID,      "来源",                      "source"                  },
    {"session",      MZ_COLUMN_ENTRY,   "市集场次（第几笔）", "session"                 },
    {"seeded_by",    MZ_COLUMN_ID,      "扶持来源提案",          "seeded by"               },
    {"confirmation", MZ_COLUMN_ENTRY,   "入账（第几笔）",       "confirmed by"            },
    {"confirmed_ms", MZ_COLUMN_TIME,    "入账时间",                "confirmed at"            },
    {"booked_on",    MZ_COLUMN_DAY,     "银行记账日",             "booked on"               },
    {"bank_ref",     MZ_COLUMN_TEXT,    "银行流水号",             "bank reference"          },
    {"receipt",      MZ_COLUMN_WORD,    "票据",                      "receipt"                 },
    {"receipt_no",   MZ_COLUMN_TEXT,    "票据号",                   "receipt number"          },
    {"reversed_by",  MZ_COLUMN_ENTRY,   "冲销（第几笔）",       "reversed by"             },
    {"unbooked_by",  MZ_COLUMN_ENTRY,   "入账冲销（第几笔）", "confirmation reversed by"},
    {NULL,           MZ_COLUMN_TEXT,    NULL,                          NULL                      },
};

static const char *income_stage_word(uint32_t stage)
{
    static const char *const WORDS[] = {
        [MZ_INCOME_RECORDED_STAGE] = "recorded",
        [MZ_INCOME_CONFIRMED_STAGE] = "confirmed",
        [MZ_INCOME_DECLINED_STAGE] = "declined",
        [MZ_INCOME_REVERSED_STAGE] = "reversed",
    };
    return WORDS[stage];
}

/* The standing confirmation; of one that was reversed only that it was. */
static mz_status put_confirmation(mz_filling *filling, const mz_income *income)
{
    mz_making *making = &filling->making;
    mz_confirmation confirmation;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size = 0;
    mz_reading_entry reading;
    if (income->last_confirmation == 0)
        return MZ_OK;
    mz_status status = mz_confirmation_load(making->changes, income->last_confirmation,
                                            &confirmation, bank_ref, &bank_ref_size, making->why);
    if (status != MZ_OK)
        return status;
    mz_cell_entry(filling, "unbooked_by", confirmation.reversed_index);
    if (income->confirmation == 0)
        return MZ_OK;
    mz_cell_entry(filling, "confirmation", income->confirmation);
    mz_cell_number(filling, "confirmed_ms", confirmation.confirmed_ms);
    mz_cell_number(filling, "booked_on", confirmation.booked_day);
    mz_cell_text(filling, "bank_ref", (mz_view){bank_ref, bank_ref_size});
    status = mz_reading_open(filling, income->confirmation, &reading);
    if (status != MZ_OK)
        return status;
    const bool issued = mz_body_has(&reading.entry, "receipt_no");
    mz_cell_word(filling, "receipt", issued ? "issued" : "waived");
    mz_cell_text(filling, "receipt_no", mz_body_text(&reading.entry, "receipt_no"));
    mz_reading_close(&reading);
    return MZ_OK;
}

/* What only the entry has. */
static mz_status put_recorded(mz_filling *filling, uint64_t index)
{
    mz_reading_entry reading;
    int32_t day = MZ_NO_DAY;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    if (mz_body_day(&reading.entry, "earned_to", &day))
        mz_cell_number(filling, "earned_to", day);
    mz_cell_text(filling, "seeded_by", mz_body_text(&reading.entry, "seeded_by"));
    status = mz_cell_signer(filling, "recorded_by", &reading);
    mz_reading_close(&reading);
    return status;
}

static mz_status income_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_income income;
    uint64_t reversal = 0;
    (void)event;
    mz_status status = mz_income_load(filling->making.changes, index, &income, filling->making.why);
    if (status == MZ_OK)
        status = mz_reversal_of(filling, index, &reversal);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "recorded_ms", income.recorded_ms);
    mz_cell_word(filling, "state", income_stage_word(income.stage));
    mz_cell_word(filling, "kind", MZ_INCOME_KINDS[income.kind]);
    mz_cell_number(filling, "amount_fen", income.amount_fen);
    mz_cell_number(filling, "received_on", income.received_day);
    mz_cell_entry(filling, "session", income.session);
    mz_cell_entry(filling, "reversed_by", reversal);
    status = mz_cell_purpose(filling, "purpose", income.purpose);
    if (status == MZ_OK)
        status = mz_cell_party(filling, "party", income.party);
    if (status == MZ_OK)
        status = mz_cell_source(filling, "source", income.source);
    if (status == MZ_OK)
        status = put_recorded(filling, index);
    if (status == MZ_OK)
        status = put_confirmation(filling, &income);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_income_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_INCOME_RECORDED};
    return mz_fund_walk(filling, EVENTS, 1, income_row);
}

/* ---- spending ---- */

/* One row for each purpose that an entry touches. `amount_fen` is signed: a payout and a reversed
 * return add to what was spent, a return and a reversed payout take from it, so that any sum of the
 * column is net. */
const mz_column MZ_SPENDING_COLUMNS[] = {
    {"fund",        MZ_COLUMN_ID,      "基金编号",             "fund"                  },
    {"entry",       MZ_COLUMN_ENTRY,   "第几笔",                "entry"                 },
    {"at_ms",       MZ_COLUMN_TIME,    "记录时间",             "at"                    },
    {"by",          MZ_COLUMN_ID,      "记录人",                "by"                    },
    {"event",       MZ_COLUMN_WORD,    "事项",                   "event"                 },
    {"concerns",    MZ_COLUMN_ENTRY,   "针对（第几笔）",    "concerns entry"        },
    {"proposal",    MZ_COLUMN_ID,      "提案",                   "proposal"              },
    {"category",    MZ_COLUMN_WORD,    "类别",                   "category"              },
    {"party",       MZ_COLUMN_ID,      "收款方",                "party"                 },
    {"purpose",     MZ_COLUMN_PURPOSE, "专款",                   "purpose"               },
    {"amount_fen",  MZ_COLUMN_FEN,     "支出（退回为负）", "spent (back: negative)"},
    {"net_fen",     MZ_COLUMN_FEN,     "本笔净支出",          "net of the payout"     },
    {"booked_on",   MZ_COLUMN_DAY,     "银行记账日",          "booked on"             },
    {"bank_ref",    MZ_COLUMN_TEXT,    "银行流水号",          "bank reference"        },
    {"reversed_by", MZ_COLUMN_ENTRY,   "冲销（第几笔）",    "reversed by"           },
    {NULL,          MZ_COLUMN_TEXT,    NULL,                       NULL                    },
};

/* What an entry did to the money: its own draws, or those of the entry that it undoes. */
typedef struct movement {
    uint64_t index;
    mz_event event;
    uint64_t concerns; /* of a return or reversal: the entry before it; 0: none */
    int64_t at_ms;
    uint64_t reversed_index;
    int32_t booked_day;
    mz_view bank_ref;
    int sign; /* of its draws in the column */
    bool is_payout;
    const mz_payout *payout;
    const mz_payout_draw *draws;
    size_t draw_count;
} movement;

static mz_status movement_row(mz_filling *filling, const movement *of, const mz_payout_draw *draw,
                              uint32_t category)
{
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", of->index);
    mz_cell_number(filling, "at_ms", of->at_ms);
    mz_cell_word(filling, "event", mz_event_row_of(of->event)->name);
    mz_cell_entry(filling, "concerns", of->concerns);
    mz_cell_word(filling, "category", MZ_CATEGORIES[category]);
    mz_cell_number(filling, "amount_fen", of->sign * draw->amount_fen);
    if (of->is_payout)
        mz_cell_number(filling, "net_fen",
                       of->reversed_index != MZ_NEVER ? 0 : draw->amount_fen - draw->returned_fen);
    mz_cell_number(filling, "booked_on", of->booked_day);
    mz_cell_text(filling, "bank_ref", of->bank_ref);
    mz_cell_entry(filling, "reversed_by", of->reversed_index);
    mz_status status = mz_cell_purpose(filling, "purpose", draw->purpose);
    if (status == MZ_OK)
        status = mz_cell_party(filling, "party", of->payout->head.party);
    if (status == MZ_OK)
        status = mz_cell_proposal(filling, "proposal", of->payout->head.proposal);
    mz_reading_entry reading;
    if (status == MZ_OK)
        status = mz_reading_open(filling, of->index, &reading);
    if (status != MZ_OK)
        return status;
    status = mz_cell_signer(filling, "by", &reading);
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

static mz_status movement_rows(mz_filling *filling, const movement *of)
{
    mz_proposal proposal;
    mz_status status = mz_proposal_load(filling->making.changes, of->payout->head.proposal,
                                        &proposal, filling->making.why);
    for (size_t i = 0; i < of->draw_count && status == MZ_OK; i++) {
        if (of->draws[i].amount_fen != 0)
            status = movement_row(filling, of, &of->draws[i], proposal.head.category);
    }
    return status;
}

static mz_status payout_rows(mz_filling *filling, uint64_t index, movement of)
{
    mz_payout payout;
    const mz_status status =
        mz_payout_load(filling->making.changes, index, &payout, filling->making.why);
    if (status != MZ_OK)
        return status;
    of.payout = &payout;
    of.draws = payout.draws;
    of.draw_count = payout.head.draw_count;
    if (of.event == MZ_PAYOUT_MADE) {
        of.is_payout = true;
        of.sign = 1;
        of.at_ms = payout.head.made_ms;
        of.reversed_index = payout.head.reversed_index;
        of.booked_day = payout.head.booked_day;
        of.bank_ref = (mz_view){(const uint8_t *)payout.head.bank_ref, payout.head.bank_ref_size};
    } else {
        of.sign = -1;
    }
    return movement_rows(filling, &of);
}

static mz_status return_rows(mz_filling *filling, uint64_t index, movement of)
{
    mz_return record;
    mz_payout payout;
    mz_status status = mz_return_load(filling->making.changes, index, &record, filling->making.why);
    if (status == MZ_OK)
        status = mz_payout_load(filling->making.changes, record.head.payout, &payout,
                                filling->making.why);
    if (status != MZ_OK)
        return status;
    of.payout = &payout;
    of.draws = record.draws;
    of.draw_count = record.head.draw_count;
    if (of.event == MZ_PAYOUT_RETURNED) {
        of.sign = -1;
        of.concerns = record.head.payout;
        of.at_ms = record.head.made_ms;
        of.reversed_index = record.head.reversed_index;
        of.booked_day = record.head.booked_day;
        of.bank_ref = (mz_view){(const uint8_t *)record.head.bank_ref, record.head.bank_ref_size};
    } else {
        of.sign = 1;
    }
    return movement_rows(filling, &of);
}

/* A reversal's rows are those of what it undoes, the other way; of other entries there are none. */
static mz_status reversal_rows(mz_filling *filling, uint64_t index, movement of)
{
    mz_reading_entry reading;
    mz_reading_entry target;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    of.at_ms = reading.unix_ms;
    status = mz_reading_cited(filling, &reading, "target", &of.concerns);
    mz_reading_close(&reading);
    if (status == MZ_OK)
        status = mz_reading_open(filling, of.concerns, &target);
    if (status != MZ_OK)
        return status;
    const mz_event event = target.entry.row->event;
    mz_reading_close(&target);
    if (event == MZ_PAYOUT_MADE)
        return payout_rows(filling, of.concerns, of);
    return event == MZ_PAYOUT_RETURNED ? return_rows(filling, of.concerns, of) : MZ_OK;
}

static mz_status spending_rows(mz_filling *filling, mz_event event, uint64_t index)
{
    const movement of = {
        .index = index, .event = event, .reversed_index = MZ_NEVER, .booked_day = MZ_NO_DAY};
    if (event == MZ_PAYOUT_MADE)
        return payout_rows(filling, index, of);
    return event == MZ_PAYOUT_RETURNED ? return_rows(filling, index, of)
                                       : reversal_rows(filling, index, of);
}

mz_status mz_spending_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_PAYOUT_MADE, MZ_PAYOUT_RETURNED, MZ_ENTRY_REVERSED};
    return mz_fund_walk(filling, EVENTS, 3, spending_rows);
}

/* ---- statements ---- */

const mz_column MZ_STATEMENT_COLUMNS[] = {
    {"fund",            MZ_COLUMN_ID,    "基金编号",    "fund"        },
    {"entry",           MZ_COLUMN_ENTRY, "第几笔",       "entry"       },
    {"at_ms",           MZ_COLUMN_TIME,  "公示时间",    "published at"},
    {"by",              MZ_COLUMN_ID,    "公示人",       "by"          },
    {"from",            MZ_COLUMN_DAY,   "起",             "from"        },
    {"to",              MZ_COLUMN_DAY,   "止",             "to"          },
    {"opening_fen",     MZ_COLUMN_FEN,   "期初余额",    "opening"     },
    {"income_fen",      MZ_COLUMN_FEN,   "收入",          "income"      },
    {"spending_fen",    MZ_COLUMN_FEN,   "支出",          "spending"    },
    {"returned_fen",    MZ_COLUMN_FEN,   "退回",          "returned"    },
    {"corrections_fen", MZ_COLUMN_FEN,   "更正",          "corrections" },
    {"moved_fen",       MZ_COLUMN_FEN,   "基金间转入", "moved in"    },
    {"closing_fen",     MZ_COLUMN_FEN,   "期末余额",    "closing"     },
    {"reserved_fen",    MZ_COLUMN_FEN,   "已预留",       "reserved"    },
    {NULL,              MZ_COLUMN_TEXT,  NULL,              NULL          },
};

static mz_status put_lines(mz_filling *filling, const mz_entry *entry, const char *member,
                           const char *column)
{
    const json_t *lines = mz_body_list(entry, member);
    int64_t sum_fen = 0;
    mz_status status = MZ_OK;
    for (size_t i = 0; i < json_array_size(lines) && status == MZ_OK; i++)
        status = mz_sum_add(filling, &sum_fen,
                            mz_json_integer(json_array_get(lines, i), "amount_fen", 0));
    mz_cell_number(filling, column, sum_fen);
    return status;
}

static mz_status statement_row(mz_filling *filling, mz_event event, uint64_t index)
{
    static const char *const FIGURES[] = {"opening_fen", "returned_fen", "corrections_fen",
                                          "moved_fen",   "closing_fen",  "reserved_fen"};
    static const char *const DAYS[] = {"from", "to"};
    mz_reading_entry reading;
    int32_t day = MZ_NO_DAY;
    (void)event;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "at_ms", reading.unix_ms);
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        if (mz_body_day(&reading.entry, DAYS[i], &day))
            mz_cell_number(filling, DAYS[i], day);
    }
    for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++)
        mz_cell_number(filling, FIGURES[i], mz_body_integer(&reading.entry, FIGURES[i], 0));
    status = put_lines(filling, &reading.entry, "income", "income_fen");
    if (status == MZ_OK)
        status = put_lines(filling, &reading.entry, "spending", "spending_fen");
    if (status == MZ_OK)
        status = mz_cell_signer(filling, "by", &reading);
    mz_reading_close(&reading);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_statement_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_STATEMENT_PUBLISHED};
    return mz_fund_walk(filling, EVENTS, 1, statement_row);
}
