#include "core/sheets.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/sheets_make.h"

#define ROW_TEXT_MAX ((size_t)256 << 10) /* the texts of one row: a few of 1,000 code points */

static const mz_sheet SHEETS[] = {
    {"summary",        "基金概况", "Summary",        MZ_SUMMARY_COLUMNS,        false, mz_summary_walk  },
    {"income",         "收入",       "Income",         MZ_INCOME_COLUMNS,         false, mz_income_walk   },
    {"spending",       "支出",       "Spending",       MZ_SPENDING_COLUMNS,       false, mz_spending_walk },
    {"proposals",      "提案",       "Proposals",      MZ_PROPOSAL_COLUMNS,       false, mz_proposal_walk },
    {"draws",          "用款来源", "Draws",          MZ_DRAW_COLUMNS,           false, mz_draw_walk     },
    {"payees",         "收款方",    "Payees",         MZ_PAYEE_COLUMNS,          false, mz_payee_walk    },
    {"ballots",        "表决",       "Ballots",        MZ_BALLOT_COLUMNS,         false, mz_ballot_walk   },
    {"grants",         "资助",       "Grants",         MZ_GRANT_COLUMNS,          false, mz_grant_walk    },
    {"goods",          "物资进出", "Goods",          MZ_GOODS_COLUMNS,          false, mz_goods_walk    },
    {"stock",          "物资库存", "Stock",          MZ_STOCK_COLUMNS,          false, mz_stock_walk    },
    {"sources",        "来源",       "Sources",        MZ_SOURCE_COLUMNS,         false, mz_source_walk   },
    {"reconciliation", "银行对账", "Reconciliation", MZ_RECONCILIATION_COLUMNS, true,
     mz_reconciliation_walk                                                                                 },
    {"statements",     "公示",       "Statements",     MZ_STATEMENT_COLUMNS,      false, mz_statement_walk},
    {"needs",          "需求",       "Needs",          MZ_NEED_COLUMNS,           false, mz_need_walk     },
    {"ratings",        "评议",       "Ratings",        MZ_RATING_COLUMNS,         false, mz_rating_walk   },
};

const mz_sheet *mz_sheets(size_t *count)
{
    *count = sizeof SHEETS / sizeof SHEETS[0];
    return SHEETS;
}

const mz_sheet *mz_sheet_named(mz_view code)
{
    for (size_t i = 0; i < sizeof SHEETS / sizeof SHEETS[0]; i++) {
        if (mz_view_is(code, SHEETS[i].code))
            return &SHEETS[i];
    }
    return NULL;
}

size_t mz_sheet_column_count(const mz_sheet *sheet)
{
    size_t count = 0;
    while (sheet->columns[count].code != NULL)
        count++;
    assert(count <= MZ_SHEET_COLUMNS_MAX);
    return count;
}

/* ---- a cell as text ---- */

bool mz_column_is_text(const mz_column *column)
{
    return column->type == MZ_COLUMN_TEXT || column->type == MZ_COLUMN_ID ||
           column->type == MZ_COLUMN_PURPOSE;
}

/* Without separators of thousands, so that programs read it too. */
static void put_yuan(mz_buf *out, int64_t amount_fen)
{
    const uint64_t fen = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    mz_buf_put_format(out, "%s%" PRIu64 ".%02" PRIu64, amount_fen < 0 ? "-" : "", fen / 100,
                      fen % 100);
}

static void put_word(mz_buf *out, mz_view text, mz_language language)
{
    char word[64];
    if (text.size >= sizeof word) {
        mz_buf_put(out, text);
        return;
    }
    memcpy(word, text.data, text.size);
    word[text.size] = '\0';
    mz_buf_put_text(out, mz_word_text(word, language));
}

void mz_cell_put(mz_buf *out, const mz_column *column, const mz_cell *cell, mz_language language)
{
    char text[MZ_TIME_TEXT_SIZE];
    if (!cell->present)
        return;
    switch (column->type) {
    case MZ_COLUMN_TEXT:
    case MZ_COLUMN_ID:
        mz_buf_put(out, cell->text);
        break;
    case MZ_COLUMN_PURPOSE:
        if (mz_view_is(cell->text, "general"))
            mz_buf_put_text(out, mz_word_text("general", language));
        else
            mz_buf_put(out, cell->text);
        break;
    case MZ_COLUMN_WORD:
        put_word(out, cell->text, language);
        break;
    case MZ_COLUMN_FEN:
        put_yuan(out, cell->number);
        break;
    case MZ_COLUMN_COUNT:
    case MZ_COLUMN_ENTRY:
        mz_buf_put_format(out, "%" PRId64, cell->number);
        break;
    case MZ_COLUMN_DAY:
        mz_day_text((int32_t)cell->number, text);
        mz_buf_put_text(out, text);
        break;
    case MZ_COLUMN_TIME:
        mz_time_text(cell->number, text);
        mz_buf_put_text(out, text);
        break;
    }
}

/* ---- a row being filled (sheets_make.h) ---- */

static size_t column_at(const mz_filling *filling, const char *column)
{
    const mz_column *columns = filling->sheet->columns;
    size_t i = 0;
    while (columns[i].code != NULL && strcmp(columns[i].code, column) != 0)
        i++;
    assert(columns[i].code != NULL);
    return i;
}

static bool holds_number(mz_column_type type)
{
    return type >= MZ_COLUMN_FEN;
}

void mz_cell_number(mz_filling *filling, const char *column, int64_t number)
{
    const size_t at = column_at(filling, column);
    const mz_column_type type = filling->sheet->columns[at].type;
    assert(holds_number(type));
    if ((type == MZ_COLUMN_DAY && number == MZ_NO_DAY) ||
        (type == MZ_COLUMN_TIME && number == MZ_NO_TIME))
        return;
    filling->cells[at] = (mz_cell){.present = true, .number = number};
}

void mz_cell_entry(mz_filling *filling, const char *column, uint64_t index)
{
    if (index != 0 && index != MZ_NEVER)
        mz_cell_number(filling, column, (int64_t)index);
}

void mz_cell_text(mz_filling *filling, const char *column, mz_view text)
{
    const size_t at = column_at(filling, column);
    assert(!holds_number(filling->sheet->columns[at].type));
    if (text.size == 0)
        return;
    filling->cells[at] = (mz_cell){.present = true};
    filling->texts[at].at = filling->text.size;
    filling->texts[at].size = text.size;
    mz_buf_put(&filling->text, text);
}

void mz_cell_word(mz_filling *filling, const char *column, const char *word)
{
    mz_cell_text(filling, column, mz_view_of(word));
}

void mz_cell_yes(mz_filling *filling, const char *column, bool yes)
{
    mz_cell_word(filling, column, yes ? "yes" : "no");
}

mz_status mz_cell_actor(mz_filling *filling, const char *column, mz_actor_no no)
{
    mz_actor actor;
    if (no == 0)
        return MZ_OK;
    const mz_status status =
        mz_actor_load(filling->making.changes, no, &actor, filling->making.why);
    if (status == MZ_OK)
        mz_cell_text(filling, column, mz_id_view(actor.id));
    return status;
}

mz_status mz_cell_party(mz_filling *filling, const char *column, mz_ref ref)
{
    mz_party party;
    if (ref == 0)
        return MZ_OK;
    const mz_status status =
        mz_party_load(filling->making.changes, ref, &party, filling->making.why);
    if (status == MZ_OK)
        mz_cell_text(filling, column, mz_id_view(party.id));
    return status;
}

mz_status mz_cell_purpose(mz_filling *filling, const char *column, mz_ref ref)
{
    char name[MZ_ID_SIZE_MAX + 1];
    const mz_status status =
        mz_purpose_name(filling->making.changes, ref, name, filling->making.why);
    if (status == MZ_OK)
        mz_cell_text(filling, column, mz_view_of(name));
    return status;
}

mz_status mz_cell_proposal(mz_filling *filling, const char *column, mz_ref ref)
{
    mz_proposal proposal;
    if (ref == 0)
        return MZ_OK;
    const mz_status status =
        mz_proposal_load(filling->making.changes, ref, &proposal, filling->making.why);
    if (status == MZ_OK)
        mz_cell_text(filling, column, mz_id_view(proposal.head.id));
    return status;
}

mz_status mz_cell_source(mz_filling *filling, const char *column, mz_ref ref)
{
    mz_source source;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, ref);
    if (ref == 0)
        return MZ_OK;
    const mz_status status =
        mz_state_load(filling->making.changes, &key, &source, sizeof source, filling->making.why);
    if (status == MZ_OK)
        mz_cell_text(filling, column, mz_id_view(source.id));
    return status;
}

void mz_cell_fund(mz_filling *filling)
{
    mz_cell_text(filling, "fund", mz_id_view(filling->fund.id));
}

mz_status mz_row_end(mz_filling *filling)
{
    if (filling->text.failed)
        return mz_refuse(filling->making.why, MZ_NO_MEMORY);
    for (size_t i = 0; i < MZ_SHEET_COLUMNS_MAX; i++) {
        if (filling->texts[i].size > 0)
            filling->cells[i].text =
                (mz_view){filling->text.data + filling->texts[i].at, filling->texts[i].size};
    }
    const mz_status status =
        filling->row(filling->context, filling->sheet, filling->cells, filling->making.why);
    filling->row_count++;
    memset(filling->cells, 0, sizeof filling->cells);
    memset(filling->texts, 0, sizeof filling->texts);
    mz_buf_reset(&filling->text);
    return status;
}

/* ---- entries ---- */

mz_status mz_reading_open(mz_filling *filling, uint64_t index, mz_reading_entry *reading)
{
    *reading = (mz_reading_entry){.unix_ms = 0};
    return mz_entry_read(&filling->making, index, &reading->text, &reading->entry,
                         &reading->unix_ms);
}

void mz_reading_close(mz_reading_entry *reading)
{
    mz_entry_clear(&reading->entry);
    mz_buf_clear(&reading->text);
}

mz_status mz_cell_signer(mz_filling *filling, const char *column, const mz_reading_entry *reading)
{
    mz_actor_key row;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){reading->entry.jws.kid.bytes, MZ_HASH_SIZE});
    const mz_status status =
        mz_state_load(filling->making.changes, &key, &row, sizeof row, filling->making.why);
    return status == MZ_OK ? mz_cell_actor(filling, column, row.actor_no) : status;
}

mz_status mz_reading_cited(mz_filling *filling, const mz_reading_entry *reading, const char *member,
                           uint64_t *index)
{
    uint8_t jti[16];
    mz_event event;
    *index = 0;
    if (!mz_body_jti(&reading->entry, member, jti))
        return MZ_OK;
    return mz_jti_find(filling->making.changes, jti, index, &event, filling->making.why);
}

mz_status mz_reversal_of(mz_filling *filling, uint64_t index, uint64_t *reversal)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, index);
    uint8_t number[8];
    const mz_status status =
        mz_state_load(filling->making.changes, &key, number, sizeof number, filling->making.why);
    *reversal = status == MZ_OK ? mz_be64_get(number) : 0;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* The fund's entries of one event, one after another. */
typedef struct event_list {
    mz_key_bytes prefix, key;
    uint64_t next; /* MZ_NEVER: no more */
} event_list;

static mz_status list_next(mz_filling *filling, event_list *list)
{
    mz_view value;
    const mz_status status = mz_state_next(filling->making.changes, &list->prefix, &list->key,
                                           &value, filling->making.why);
    if (status == MZ_OK)
        list->next = mz_be64_get(list->key.bytes + list->key.size - 8);
    if (status != MZ_NOT_FOUND)
        return status;
    list->next = MZ_NEVER;
    return MZ_OK;
}

mz_status mz_fund_walk(mz_filling *filling, const mz_event *events, size_t event_count,
                       mz_entry_visit *visit)
{
    event_list lists[MZ_WALK_EVENTS_MAX];
    mz_status status = MZ_OK;
    assert(event_count >= 1 && event_count <= MZ_WALK_EVENTS_MAX);
    for (size_t i = 0; i < event_count && status == MZ_OK; i++) {
        lists[i].prefix = mz_key_u64(MZ_KIND_OF_FUND, filling->fund.ref);
        mz_key_add_u8(&lists[i].prefix, (uint8_t)events[i]);
        lists[i].key = lists[i].prefix;
        if (filling->part != NULL && filling->part->from_index > 0)
            mz_key_add_u64(&lists[i].key, filling->part->from_index - 1);
        status = list_next(filling, &lists[i]);
    }
    while (status == MZ_OK) {
        size_t first = 0;
        for (size_t i = 1; i < event_count; i++) {
            if (lists[i].next < lists[first].next)
                first = i;
        }
        if (lists[first].next == MZ_NEVER)
            return MZ_OK;
        if (filling->part != NULL && filling->row_count >= filling->part->rows_max) {
            filling->part->next_index = lists[first].next;
            return MZ_OK;
        }
        status = visit(filling, events[first], lists[first].next);
        if (status == MZ_OK)
            status = list_next(filling, &lists[first]);
    }
    return status;
}

mz_status mz_sum_add(mz_filling *filling, int64_t *sum_fen, int64_t amount_fen)
{
    return mz_fen_add(*sum_fen, amount_fen, sum_fen) ? MZ_OK : mz_refuse_limit(filling->making.why);
}

/* ---- reading ---- */

/* One fund through a change set of its own: what settling and reading leave there is dropped. */
static mz_status read_fund(mz_filling *filling, mz_ref ref)
{
    mz_making *making = &filling->making;
    mz_status status = MZ_OK;
    if (!filling->sheet->of_ledger)
        status = mz_rules_settle(making->changes, ref, making->now_ms, making->why);
    if (status == MZ_OK)
        status = mz_fund_load(making->changes, ref, &filling->fund, making->why);
    return status == MZ_OK ? filling->sheet->walk(filling) : status;
}

/* The fund after *key, or the only one; MZ_NOT_FOUND after the last. */
static mz_status find_fund(mz_filling *filling, mz_key_bytes *key, mz_ref *ref)
{
    static const char WORD[] = MZ_BOTH("基金", "fund");
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_view value;
    if (filling->only_fund.size > 0)
        return mz_named(&filling->making, MZ_NAME_FUND, WORD, filling->only_fund, ref);
    const mz_status status =
        mz_state_next(filling->making.changes, &prefix, key, &value, filling->making.why);
    if (status == MZ_OK)
        *ref = mz_be64_get(key->bytes + key->size - 8);
    return status;
}

static mz_status read_funds(mz_filling *filling, mz_kv_txn *txn)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_FUND);
    mz_status status = MZ_OK;
    while (status == MZ_OK) {
        mz_ref ref = 0;
        filling->making.changes = mz_changes_new(txn);
        if (filling->making.changes == NULL)
            return mz_refuse(filling->making.why, MZ_NO_MEMORY);
        status = find_fund(filling, &key, &ref);
        const bool over = status == MZ_NOT_FOUND && filling->only_fund.size == 0;
        if (status == MZ_OK)
            status = read_fund(filling, ref);
        mz_changes_free(filling->making.changes);
        if (over)
            return MZ_OK;
        if (filling->only_fund.size > 0)
            return status;
    }
    return status;
}

/* A ledger's table for all funds. */
static mz_status read_ledger(mz_filling *filling, mz_kv_txn *txn)
{
    filling->making.changes = mz_changes_new(txn);
    if (filling->making.changes == NULL)
        return mz_refuse(filling->making.why, MZ_NO_MEMORY);
    const mz_status status = filling->sheet->walk(filling);
    mz_changes_free(filling->making.changes);
    return status;
}

static mz_status read_sheet(const mz_sheet *sheet, mz_kv_txn *txn, int64_t now_ms, mz_view fund,
                            mz_sheet_part *part, mz_sheet_row *row, void *context, mz_reason *why)
{
    mz_filling filling = {
        .making = {.now_ms = now_ms, .why = why},
        .sheet = sheet,
        .only_fund = fund,
        .row = row,
        .context = context,
        .part = part,
    };
    mz_buf_init(&filling.text, ROW_TEXT_MAX);
    mz_reason own = {0};
    if (why == NULL)
        filling.making.why = why = &own;
    mz_status status =
        sheet->of_ledger && fund.size == 0 ? read_ledger(&filling, txn) : read_funds(&filling, txn);
    mz_buf_clear(&filling.text);
    if (status == MZ_NOT_FOUND && why->status == MZ_OK) /* not the fund that was asked for */
        status = mz_refuse_corrupt(
            why, MZ_BOTH("一行所指的另一行不存在", "a row names another that is not there"));
    return status;
}

mz_status mz_sheet_read(const mz_sheet *sheet, mz_kv_txn *txn, int64_t now_ms, mz_view fund,
                        mz_sheet_row *row, void *context, mz_reason *why)
{
    return read_sheet(sheet, txn, now_ms, fund, NULL, row, context, why);
}

mz_status mz_sheet_read_part(const mz_sheet *sheet, mz_kv_txn *txn, int64_t now_ms, mz_view fund,
                             mz_sheet_part *part, mz_sheet_row *row, void *context, mz_reason *why)
{
    assert(fund.size > 0 && sheet->walk != mz_grant_walk);
    part->next_index = 0;
    return read_sheet(sheet, txn, now_ms, fund, part, row, context, why);
}
