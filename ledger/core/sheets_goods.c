/* sheets_goods.c — goods, in their own quantities: every movement, and what is in stock. */
#include <stdio.h>

#include "core/sheets_make.h"

const mz_column MZ_GOODS_COLUMNS[] = {
    {"fund",            MZ_COLUMN_ID,    "基金编号",                "fund"        },
    {"entry",           MZ_COLUMN_ENTRY, "第几笔",                   "entry"       },
    {"at_ms",           MZ_COLUMN_TIME,  "记录时间",                "at"          },
    {"by",              MZ_COLUMN_ID,    "记录人",                   "by"          },
    {"event",           MZ_COLUMN_WORD,  "事项",                      "event"       },
    {"item",            MZ_COLUMN_ID,    "物资",                      "item"        },
    {"unit",            MZ_COLUMN_TEXT,  "单位",                      "unit"        },
    {"quantity",        MZ_COLUMN_COUNT, "数量",                      "quantity"    },
    {"valuation",       MZ_COLUMN_WORD,  "估值",                      "valuation"   },
    {"value_fen",       MZ_COLUMN_FEN,   "总价值",                   "value"       },
    {"party",           MZ_COLUMN_ID,    "捐赠方",                   "given by"    },
    {"session",         MZ_COLUMN_ENTRY, "市集场次（第几笔）", "session"     },
    {"proposal",        MZ_COLUMN_ID,    "提案",                      "proposal"    },
    {"income",          MZ_COLUMN_ENTRY, "所得收入（第几笔）", "income"      },
    {"recipient_count", MZ_COLUMN_COUNT, "受益人数",                "recipients"  },
    {"confirmation",    MZ_COLUMN_ENTRY, "确认（第几笔）",       "confirmed by"},
    {"reversed_by",     MZ_COLUMN_ENTRY, "冲销（第几笔）",       "reversed by" },
    {NULL,              MZ_COLUMN_TEXT,  NULL,                          NULL          },
};

static mz_status put_item(mz_filling *filling, mz_ref ref, mz_item *item)
{
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size = 0;
    const mz_status status =
        mz_item_load(filling->making.changes, ref, item, unit, &unit_size, filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_text(filling, "item", mz_id_view(item->id));
    mz_cell_text(filling, "unit", (mz_view){unit, unit_size});
    return MZ_OK;
}

static mz_status put_goods_entry(mz_filling *filling, uint64_t index)
{
    mz_reading_entry reading;
    mz_status status = mz_reading_open(filling, index, &reading);
    if (status != MZ_OK)
        return status;
    if (mz_body_has(&reading.entry, "recipient_count"))
        mz_cell_number(filling, "recipient_count",
                       mz_body_integer(&reading.entry, "recipient_count", 0));
    status = mz_cell_signer(filling, "by", &reading);
    mz_reading_close(&reading);
    return status;
}

static mz_status goods_row(mz_filling *filling, mz_event event, uint64_t index)
{
    mz_goods goods;
    mz_item item;
    mz_status status = mz_goods_load(filling->making.changes, index, &goods, filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_entry(filling, "entry", index);
    mz_cell_number(filling, "at_ms", goods.made_ms);
    mz_cell_word(filling, "event", mz_event_row_of(event)->name);
    mz_cell_number(filling, "quantity", goods.quantity);
    mz_cell_word(filling, "valuation", goods.value_fen != 0 ? "valued" : "unvalued");
    if (goods.value_fen != 0)
        mz_cell_number(filling, "value_fen", goods.value_fen);
    mz_cell_entry(filling, "session", goods.session);
    mz_cell_entry(filling, "income", goods.income);
    mz_cell_entry(filling, "confirmation", goods.confirmed_index);
    mz_cell_entry(filling, "reversed_by", goods.reversed_index);
    status = put_item(filling, goods.item, &item);
    if (status == MZ_OK)
        status = mz_cell_party(filling, "party", goods.party);
    if (status == MZ_OK)
        status = mz_cell_proposal(filling, "proposal", goods.proposal);
    if (status == MZ_OK)
        status = put_goods_entry(filling, index);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

mz_status mz_goods_walk(mz_filling *filling)
{
    static const mz_event EVENTS[] = {MZ_GOODS_RECEIVED, MZ_GOODS_ISSUED, MZ_GOODS_SOLD,
                                      MZ_GOODS_WRITTEN_OFF};
    return mz_fund_walk(filling, EVENTS, sizeof EVENTS / sizeof EVENTS[0], goods_row);
}

/* ---- stock ---- */

/* Of each movement the quantity, the value where it is known, and how much is not valued. */
const mz_column MZ_STOCK_COLUMNS[] = {
    {"fund",                 MZ_COLUMN_ID,    "基金编号",          "fund"                 },
    {"item",                 MZ_COLUMN_ID,    "物资",                "item"                 },
    {"unit",                 MZ_COLUMN_TEXT,  "单位",                "unit"                 },
    {"stock",                MZ_COLUMN_COUNT, "库存",                "in stock"             },
    {"unconfirmed",          MZ_COLUMN_COUNT, "待确认收货笔数", "receipts unconfirmed" },
    {"received",             MZ_COLUMN_COUNT, "收到",                "received"             },
    {"received_fen",         MZ_COLUMN_FEN,   "收到价值",          "received: value"      },
    {"received_unvalued",    MZ_COLUMN_COUNT, "收到中未估值",    "received: unvalued"   },
    {"issued",               MZ_COLUMN_COUNT, "发放",                "issued"               },
    {"issued_fen",           MZ_COLUMN_FEN,   "发放价值",          "issued: value"        },
    {"issued_unvalued",      MZ_COLUMN_COUNT, "发放中未估值",    "issued: unvalued"     },
    {"sold",                 MZ_COLUMN_COUNT, "义卖",                "sold"                 },
    {"sold_fen",             MZ_COLUMN_FEN,   "义卖价值",          "sold: value"          },
    {"sold_unvalued",        MZ_COLUMN_COUNT, "义卖中未估值",    "sold: unvalued"       },
    {"written_off",          MZ_COLUMN_COUNT, "核销",                "written off"          },
    {"written_off_fen",      MZ_COLUMN_FEN,   "核销价值",          "written off: value"   },
    {"written_off_unvalued", MZ_COLUMN_COUNT, "核销中未估值",    "written off: unvalued"},
    {NULL,                   MZ_COLUMN_TEXT,  NULL,                    NULL                   },
};

static void put_moved(mz_filling *filling, const char *move, const mz_amount *amount)
{
    char column[40];
    mz_cell_number(filling, move, amount->quantity);
    snprintf(column, sizeof column, "%s_fen", move);
    mz_cell_number(filling, column, amount->value_fen);
    snprintf(column, sizeof column, "%s_unvalued", move);
    mz_cell_number(filling, column, amount->unvalued_quantity);
}

static mz_status stock_row(mz_filling *filling, mz_ref ref)
{
    static const char *const MOVES[MZ_GOODS_MOVE_COUNT] = {
        [MZ_GOODS_IN] = "received",
        [MZ_GOODS_ISSUE] = "issued",
        [MZ_GOODS_SALE] = "sold",
        [MZ_GOODS_WRITE_OFF] = "written_off",
    };
    mz_item item;
    mz_cell_fund(filling);
    const mz_status status = put_item(filling, ref, &item);
    if (status != MZ_OK)
        return status;
    mz_cell_number(filling, "stock", item.stock);
    mz_cell_number(filling, "unconfirmed", item.waiting_count);
    for (size_t i = 0; i < MZ_GOODS_MOVE_COUNT; i++)
        put_moved(filling, MOVES[i], &item.moved[i]);
    return mz_row_end(filling);
}

mz_status mz_stock_walk(mz_filling *filling)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_ITEM_OF_FUND, filling->fund.ref);
    mz_key_bytes key = prefix;
    mz_view value;
    for (;;) {
        mz_status status =
            mz_state_next(filling->making.changes, &prefix, &key, &value, filling->making.why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = stock_row(filling, mz_be64_get(key.bytes + key.size - 8));
        if (status != MZ_OK)
            return status;
    }
}
