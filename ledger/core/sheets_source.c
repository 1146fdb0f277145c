/* sheets_source.c — where money comes from: sources, the terms of their agreements, and what they
 * have brought so far. */
#include <stdlib.h>
#include <string.h>

#include "core/sheets_make.h"

const mz_column MZ_SOURCE_COLUMNS[] = {
    {"fund",          MZ_COLUMN_ID,    "基金编号",          "fund"              },
    {"source",        MZ_COLUMN_ID,    "来源",                "source"            },
    {"kind",          MZ_COLUMN_WORD,  "种类",                "kind"              },
    {"party",         MZ_COLUMN_ID,    "往来方",             "party"             },
    {"entry",         MZ_COLUMN_ENTRY, "登记（第几笔）", "registered by"     },
    {"gratuitous",    MZ_COLUMN_WORD,  "无偿",                "gratuitous"        },
    {"signed_on",     MZ_COLUMN_DAY,   "签订日期",          "signed on"         },
    {"ends_on",       MZ_COLUMN_DAY,   "最后一日",          "ends on"           },
    {"ended_by",      MZ_COLUMN_ENTRY, "终止（第几笔）", "ended by"          },
    {"service_type",  MZ_COLUMN_TEXT,  "服务内容",          "service"           },
    {"hours",         MZ_COLUMN_TEXT,  "服务时间",          "hours"             },
    {"operation",     MZ_COLUMN_TEXT,  "运营方式",          "operation"         },
    {"liability",     MZ_COLUMN_TEXT,  "责任划分",          "liability"         },
    {"share",         MZ_COLUMN_TEXT,  "反哺约定",          "share"             },
    {"confirmed",     MZ_COLUMN_COUNT, "已入账笔数",       "incomes confirmed" },
    {"confirmed_fen", MZ_COLUMN_FEN,   "已入账金额",       "income confirmed"  },
    {"recorded_fen",  MZ_COLUMN_FEN,   "待入账金额",       "income unconfirmed"},
    {NULL,            MZ_COLUMN_TEXT,  NULL,                    NULL                },
};

/* So many sources are added up in one walk over the fund's incomes: the memory stays the same
 * however many there are, and few funds have more. */
#define SOURCES_AT_ONCE 256

typedef struct source_sum {
    mz_ref ref;
    int64_t confirmed, confirmed_fen, recorded_fen;
} source_sum;

typedef struct source_sums {
    size_t count;
    source_sum of[SOURCES_AT_ONCE]; /* by rising ref */
} source_sums;

static int by_ref(const void *left, const void *right)
{
    const source_sum *a = left, *b = right;
    return a->ref < b->ref ? -1 : a->ref > b->ref;
}

static mz_status add_income(mz_filling *filling, source_sums *sums, uint64_t index)
{
    mz_income income;
    mz_status status = mz_income_load(filling->making.changes, index, &income, filling->making.why);
    if (status != MZ_OK)
        return status;
    const source_sum wanted = {.ref = income.source};
    source_sum *sum = bsearch(&wanted, sums->of, sums->count, sizeof sums->of[0], by_ref);
    if (sum == NULL)
        return MZ_OK;
    if (income.stage == MZ_INCOME_CONFIRMED_STAGE) {
        sum->confirmed++;
        return mz_sum_add(filling, &sum->confirmed_fen, income.amount_fen);
    }
    return income.stage == MZ_INCOME_RECORDED_STAGE
               ? mz_sum_add(filling, &sum->recorded_fen, income.amount_fen)
               : MZ_OK;
}

/* The rows of one event in the fund, from *key on. MZ_NOT_FOUND after the last. */
static mz_status next_of(mz_filling *filling, mz_event event, mz_key_bytes *key, uint64_t *index)
{
    mz_view value;
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_OF_FUND, filling->fund.ref);
    mz_key_add_u8(&prefix, (uint8_t)event);
    if (key->size == 0)
        *key = prefix;
    const mz_status status =
        mz_state_next(filling->making.changes, &prefix, key, &value, filling->making.why);
    if (status == MZ_OK)
        *index = mz_be64_get(key->bytes + key->size - 8);
    return status;
}

static mz_status put_agreement(mz_filling *filling, const mz_source *source)
{
    static const char *const TERMS[] = {"service_type", "hours", "operation", "liability", "share"};
    mz_reading_entry reading;
    const mz_status status = mz_reading_open(filling, source->ref, &reading);
    if (status != MZ_OK)
        return status;
    const json_t *agreement = json_object_get(reading.entry.body, "agreement");
    for (size_t i = 0; i < sizeof TERMS / sizeof TERMS[0]; i++)
        mz_cell_text(filling, TERMS[i], mz_json_text(agreement, TERMS[i]));
    mz_reading_close(&reading);
    return MZ_OK;
}

static mz_status source_row(mz_filling *filling, const source_sum *sum)
{
    mz_source source;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, sum->ref);
    mz_status status =
        mz_state_load(filling->making.changes, &key, &source, sizeof source, filling->making.why);
    if (status != MZ_OK)
        return status;
    mz_cell_fund(filling);
    mz_cell_text(filling, "source", mz_id_view(source.id));
    mz_cell_word(filling, "kind", MZ_SOURCE_KINDS[source.kind]);
    mz_cell_entry(filling, "entry", source.ref);
    mz_cell_yes(filling, "gratuitous", source.gratuitous != 0);
    mz_cell_number(filling, "signed_on", source.signed_day);
    mz_cell_number(filling, "ends_on", source.ends_day);
    mz_cell_entry(filling, "ended_by", source.ended_index);
    mz_cell_number(filling, "confirmed", sum->confirmed);
    mz_cell_number(filling, "confirmed_fen", sum->confirmed_fen);
    mz_cell_number(filling, "recorded_fen", sum->recorded_fen);
    status = mz_cell_party(filling, "party", source.party);
    if (status == MZ_OK)
        status = put_agreement(filling, &source);
    return status == MZ_OK ? mz_row_end(filling) : status;
}

/* One block of sources: found, added up, written. */
static mz_status put_block(mz_filling *filling, source_sums *sums, mz_key_bytes *source_key,
                           bool *more)
{
    mz_key_bytes key = {.size = 0};
    uint64_t index = 0;
    mz_status status = MZ_OK;
    memset(sums, 0, sizeof *sums);
    while (sums->count < SOURCES_AT_ONCE && status == MZ_OK) {
        status = next_of(filling, MZ_SOURCE_REGISTERED, source_key, &index);
        if (status == MZ_OK)
            sums->of[sums->count++].ref = index;
    }
    *more = status == MZ_OK;
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    if (sums->count == 0)
        return MZ_OK;
    while ((status = next_of(filling, MZ_INCOME_RECORDED, &key, &index)) == MZ_OK) {
        status = add_income(filling, sums, index);
        if (status != MZ_OK)
            return status;
    }
    if (status != MZ_NOT_FOUND)
        return status;
    status = MZ_OK;
    for (size_t i = 0; i < sums->count && status == MZ_OK; i++)
        status = source_row(filling, &sums->of[i]);
    return status;
}

mz_status mz_source_walk(mz_filling *filling)
{
    mz_key_bytes key = {.size = 0};
    bool more = true;
    source_sums *sums = malloc(sizeof *sums);
    if (sums == NULL)
        return mz_refuse(filling->making.why, MZ_NO_MEMORY);
    mz_status status = MZ_OK;
    while (more && status == MZ_OK)
        status = put_block(filling, sums, &key, &more);
    free(sums);
    return status;
}
