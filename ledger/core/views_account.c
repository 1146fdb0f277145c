/* views_account.c — a bank account as people see it: the months that were reconciled, those that
 * nobody has, and the next one drawn up. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/totals.h"
#include "core/views_make.h"

/* The funds that ever were in an account, as of now. */
typedef struct account_funds {
    mz_view id;
    mz_fund *rows; /* ours; NULL until loaded */
    size_t count;
} account_funds;

void mz_month_text(int32_t day, char text[MZ_MONTH_TEXT_SIZE])
{
    char whole[MZ_DAY_TEXT_SIZE];
    mz_day_text(day, whole);
    memcpy(text, whole, MZ_MONTH_TEXT_SIZE - 1);
    text[MZ_MONTH_TEXT_SIZE - 1] = '\0';
}

static int32_t month_start(int32_t day)
{
    return day - mz_day_of_month(day) + 1;
}

/* ---- the funds of an account ---- */

static mz_status count_funds(mz_making *making, const mz_key_bytes *prefix, size_t *count)
{
    mz_key_bytes key = *prefix;
    mz_view value;
    mz_status status;
    *count = 0;
    while ((status = mz_state_next(making->changes, prefix, &key, &value, making->why)) == MZ_OK)
        ++*count;
    return status == MZ_NOT_FOUND && *count > 0 ? MZ_OK : status;
}

/* The caller frees `rows`. MZ_NOT_FOUND when there is no such account. */
static mz_status load_funds(mz_making *making, mz_view id, account_funds *funds)
{
    *funds = (account_funds){.id = id};
    if (id.size > MZ_ID_SIZE_MAX)
        return MZ_NOT_FOUND;
    const mz_key_bytes prefix = mz_key_account(MZ_KIND_FUND_OF_ACCOUNT, id);
    mz_key_bytes key = prefix;
    size_t count = 0;
    mz_status status = count_funds(making, &prefix, &count);
    if (status != MZ_OK)
        return status;
    funds->rows = calloc(count, sizeof(*funds->rows));
    if (funds->rows == NULL)
        return mz_refuse(making->why, MZ_NO_MEMORY);
    while (status == MZ_OK && funds->count < count) {
        mz_view value;
        status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        const mz_ref ref = mz_be64_get(key.bytes + key.size - 8);
        if (status == MZ_OK)
            status = mz_rules_settle(making->changes, ref, making->now_ms, making->why);
        if (status == MZ_OK)
            status = mz_fund_load(making->changes, ref, &funds->rows[funds->count], making->why);
        funds->count++;
    }
    return status;
}

static bool any_fund_there(const account_funds *funds, int32_t last_day)
{
    for (size_t i = 0; i < funds->count; i++)
        if (mz_fund_in_account(&funds->rows[i], funds->id, mz_day_end_ms(last_day)))
            return true;
    return false;
}

/* ---- reconciliations ---- */

/* The last reconciliation of a month, or of the latest month that ends on or before `*last_day`,
 * which it sets. MZ_NOT_FOUND. */
static mz_status latest_of(mz_making *making, mz_view account, int32_t *last_day,
                           mz_reconciliation *record)
{
    const mz_key_bytes prefix = mz_key_account(MZ_KIND_RECONCILIATION, account);
    mz_key_bytes at = prefix;
    mz_view key, value;
    mz_key_add_u32(&at, (uint32_t)*last_day);
    mz_key_add_u64(&at, MZ_NEVER);
    mz_status status = mz_changes_seek_back(making->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                            mz_key_view(&at), &key, &value, making->why);
    if (status != MZ_OK)
        return status;
    if (value.size != sizeof(*record) || key.size != prefix.size + 12)
        return mz_refuse_corrupt(making->why, "a reconciliation has a wrong size");
    *last_day = (int32_t)mz_be32_get(key.data + prefix.size);
    memcpy(record, value.data, sizeof(*record));
    return MZ_OK;
}

static mz_status find_missing(mz_making *making, const account_funds *funds, json_t *months,
                              mz_missing_months *missing)
{
    int32_t first_day = MZ_NO_DAY;
    *missing = (mz_missing_months){.first_day = MZ_NO_DAY};
    for (size_t i = 0; i < funds->count; i++) {
        const int32_t day = mz_day_of_ms(funds->rows[i].opened_ms);
        first_day = day < first_day ? day : first_day;
    }
    first_day = month_start(first_day);
    for (;;) {
        const int32_t next_day = mz_day_add_months(first_day, 1);
        int32_t found_day = next_day - 1;
        mz_reconciliation record = {.index = 0};
        if (next_day <= first_day || making->now_ms < mz_day_start_ms(next_day))
            return MZ_OK;
        mz_status status = latest_of(making, funds->id, &found_day, &record);
        if (status != MZ_OK && status != MZ_NOT_FOUND)
            return status;
        const bool done = status == MZ_OK && found_day == next_day - 1;
        if (!done && any_fund_there(funds, next_day - 1)) {
            char text[MZ_MONTH_TEXT_SIZE];
            mz_month_text(first_day, text);
            if (missing->count++ == 0)
                missing->first_day = first_day;
            if (months != NULL)
                mz_add(making, months, json_string(text));
        }
        first_day = next_day;
    }
}

mz_status mz_missing_months_find(mz_making *making, mz_view account, json_t *months,
                                 mz_missing_months *missing)
{
    account_funds funds = {.rows = NULL};
    mz_status status = load_funds(making, account, &funds);
    if (status == MZ_OK)
        status = find_missing(making, &funds, months, missing);
    free(funds.rows);
    return status;
}

static mz_status put_month(mz_making *making, int32_t last_day, const mz_reconciliation *record,
                           json_t *row)
{
    static const char *const NAMES[] = {"differences", "balances", "evidence", "note", NULL};
    char text[MZ_MONTH_TEXT_SIZE];
    mz_month_text(last_day, text);
    mz_put(making, row, "month", json_string(text));
    mz_put(making, row, "bank_balance_fen", json_integer(record->bank_balance_fen));
    mz_put(making, row, "outside_fen", json_integer(record->outside_fen));
    mz_put(making, row, "balance_fen", json_integer(record->balance_fen));
    mz_put(making, row, "difference_fen", json_integer(record->difference_fen));
    return mz_put_told(making, row, record->index, NAMES);
}

/* The months up to `last_day`, newest first, each by its last reconciliation. */
static mz_status put_months(mz_making *making, mz_view account, int32_t last_day, json_t *out)
{
    json_t *rows = mz_put_list(making, out, "months");
    for (;;) {
        mz_reconciliation record = {.index = 0};
        mz_status status = latest_of(making, account, &last_day, &record);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK && json_array_size(rows) == MZ_VIEW_ROWS_MAX) {
            char text[MZ_MONTH_TEXT_SIZE];
            mz_month_text(last_day + 1, text);
            mz_put(making, out, "next", json_string(text));
            return MZ_OK;
        }
        if (status == MZ_OK)
            status = put_month(making, last_day, &record, mz_add_object(making, rows));
        if (status != MZ_OK || last_day < 31)
            return status;
        last_day = month_start(last_day) - 1;
    }
}

static mz_status no_account(mz_making *making, mz_view id)
{
    return mz_refuse(making->why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("账户", "account")),
                     mz_words_view("id", id));
}

mz_status mz_reconciliations_view(mz_changes *changes, mz_view account, int32_t before_day,
                                  int64_t now_ms, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    account_funds funds = {.rows = NULL};
    mz_missing_months missing = {.first_day = MZ_NO_DAY};
    json_t *made = json_object();
    mz_status status = load_funds(&making, account, &funds);
    if (status == MZ_NOT_FOUND)
        status = no_account(&making, account);
    mz_put_view(&making, made, "account", account);
    if (status == MZ_OK)
        status = put_months(&making, account, before_day == MZ_NO_DAY ? MZ_DAY_MAX : before_day - 1,
                            made);
    if (status == MZ_OK)
        status = find_missing(&making, &funds, mz_put_list(&making, made, "missing"), &missing);
    free(funds.rows);
    return mz_making_end(&making, status, made, out);
}

mz_status mz_put_account_summary(mz_making *making, const mz_fund *fund, json_t *out)
{
    mz_reconciliation record = {.index = 0};
    mz_missing_months missing = {.first_day = MZ_NO_DAY};
    int32_t last_day = MZ_DAY_MAX;
    json_t *object = mz_put_object(making, out, "reconciliation");
    mz_status status = latest_of(making, mz_id_view(fund->account), &last_day, &record);
    if (status == MZ_OK) {
        char text[MZ_MONTH_TEXT_SIZE];
        mz_month_text(last_day, text);
        mz_put(making, object, "month", json_string(text));
        mz_put(making, object, "difference_fen", json_integer(record.difference_fen));
        mz_put_count(making, object, "index", record.index);
    } else if (status != MZ_NOT_FOUND) {
        return status;
    }
    status = mz_missing_months_find(making, mz_id_view(fund->account), NULL, &missing);
    mz_put_count(making, object, "missing_count", missing.count);
    return status;
}

/* ---- the next one, drawn up ---- */

/* Each fund that was there, with its balance at the month's end; their sum. */
static mz_status put_balances(mz_making *making, const account_funds *funds, int32_t first_day,
                              int32_t last_day, json_t *body, int64_t *sum_fen)
{
    json_t *balances = mz_put_list(making, body, "balances");
    *sum_fen = 0;
    for (size_t i = 0; i < funds->count; i++) {
        mz_period period;
        if (!mz_fund_in_account(&funds->rows[i], funds->id, mz_day_end_ms(last_day)))
            continue;
        mz_status status = mz_period_read(making->changes, funds->rows[i].ref, first_day, last_day,
                                          &period, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = mz_add_object(making, balances);
        mz_put_view(making, row, "fund", mz_id_view(funds->rows[i].id));
        mz_put(making, row, "balance_fen", json_integer(period.closing_fen));
        *sum_fen += period.closing_fen; /* at most 500 of at most 10^15 */
    }
    return MZ_OK;
}

/* What the person says of the bank; a balance that the rest does not explain is refused here, as it
 * would be when signed. */
static mz_status put_bank(mz_making *making, const mz_bank_figures *bank, int64_t sum_fen,
                          json_t *body)
{
    int64_t want_fen = sum_fen + bank->outside_fen;
    size_t i;
    json_t *difference;
    json_array_foreach(bank->differences, i, difference) want_fen +=
        mz_json_integer(difference, "amount_fen", 0);
    mz_put(making, body, "outside_fen", json_integer(bank->outside_fen));
    mz_put(making, body, "differences",
           bank->differences == NULL ? json_array() : json_deep_copy(bank->differences));
    if (!bank->known)
        return MZ_OK;
    mz_put(making, body, "bank_balance_fen", json_integer(bank->balance_fen));
    return bank->balance_fen == want_fen
               ? MZ_OK
               : mz_refuse(making->why, MZ_RECONCILIATION_DIFFERS,
                           mz_words("path", "bank_balance_fen"), mz_fen("is", bank->balance_fen),
                           mz_fen("want", want_fen));
}

mz_status mz_reconciliation_draft(mz_changes *changes, mz_view account, mz_view month,
                                  const mz_bank_figures *bank, int64_t now_ms, json_t **out,
                                  mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    account_funds funds = {.rows = NULL};
    int32_t first_day = 0, last_day = 0;
    int64_t sum_fen = 0;
    json_t *body = json_object();
    mz_status status = load_funds(&making, account, &funds);
    if (status == MZ_NOT_FOUND)
        status = no_account(&making, account);
    if (status == MZ_OK && !mz_month_parse(month, &first_day, &last_day))
        status =
            mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "month"), mz_words("want", "YYYY-MM"));
    if (status == MZ_OK && now_ms < mz_day_end_ms(last_day))
        status = mz_refuse(why, MZ_MONTH_OPEN, mz_words_view("month", month));
    if (status == MZ_OK && !any_fund_there(&funds, last_day))
        status = mz_refuse(
            why, MZ_NOT_FOUND, mz_words_view("id", month),
            mz_words("kind", MZ_BOTH("月末在账户中的基金：", "fund in the account at the end of")));
    mz_put_view(&making, body, "account", account);
    mz_put_view(&making, body, "month", month);
    if (status == MZ_OK)
        status = put_balances(&making, &funds, first_day, last_day, body, &sum_fen);
    if (status == MZ_OK)
        status = put_bank(&making, bank, sum_fen, body);
    free(funds.rows);
    return mz_making_end(&making, status, body, out);
}
