/* rules_reconciliation.c — a bank account at a month's end: what the bank says is what the log
 * says, and what does not belong to any fund, and differences with their reasons. */
#include <assert.h>
#include <stdio.h>

#include "core/act.h"
#include "core/totals.h"

typedef struct reconciliation {
    mz_view account, month;
    int32_t first_day, last_day;
    mz_ref funds[MZ_ACCOUNT_FUNDS_MAX];
    size_t fund_count;
    mz_reconciliation record;
} reconciliation;

/* Whether the fund was in the account when the month ended. */
static bool was_there(const reconciliation *work, const mz_fund *fund)
{
    return mz_fund_in_account(fund, work->account, mz_day_end_ms(work->last_day));
}

static mz_status differs(mz_act *act, const char *path, int64_t is_fen, int64_t want_fen)
{
    return mz_refuse(act->why, MZ_RECONCILIATION_DIFFERS, mz_words("path", path),
                     mz_fen("is", is_fen), mz_fen("want", want_fen));
}

static mz_status read_balance(mz_act *act, reconciliation *work, size_t i, const json_t *item)
{
    const mz_view id = mz_json_text(item, "fund");
    const int64_t balance_fen = mz_json_integer(item, "balance_fen", 0);
    char path[64];
    mz_ref ref = 0;
    mz_fund fund;
    mz_period period;
    mz_status status = mz_name_find(act->changes, MZ_NAME_FUND, 0, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "fund", id);
    for (size_t j = 0; j < work->fund_count; j++) {
        if (work->funds[j] == ref) {
            (void)snprintf(path, sizeof path, "body.balances[%zu]", i);
            return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", path));
        }
    }
    status = mz_fund_load(act->changes, ref, &fund, act->why);
    if (status == MZ_OK && !was_there(work, &fund))
        return mz_refuse(act->why, MZ_OTHER_ACCOUNT, mz_words_view("month", work->month),
                         mz_words_view("fund", id), mz_words_view("account", work->account));
    if (status == MZ_OK)
        status =
            mz_period_read(act->changes, ref, work->first_day, work->last_day, &period, act->why);
    if (status != MZ_OK)
        return status;
    (void)snprintf(path, sizeof path, "body.balances[%zu].balance_fen", i);
    if (balance_fen != period.closing_fen)
        return differs(act, path, balance_fen, period.closing_fen);
    work->funds[work->fund_count++] = ref;
    work->record.balance_fen += balance_fen; /* at most 500 of at most 10^15 */
    return MZ_OK;
}

static bool listed(const reconciliation *work, mz_ref ref)
{
    for (size_t i = 0; i < work->fund_count; i++) {
        if (work->funds[i] == ref)
            return true;
    }
    return false;
}

/* Every fund that was in the account is listed. */
static mz_status check_complete(mz_act *act, const reconciliation *work)
{
    const mz_key_bytes prefix = mz_key_account(MZ_KIND_FUND_OF_ACCOUNT, work->account);
    mz_key_bytes key = prefix;
    for (;;) {
        mz_view value;
        mz_fund fund;
        mz_status status = mz_state_next(act->changes, &prefix, &key, &value, act->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        const mz_ref ref = mz_be64_get(key.bytes + prefix.size);
        if (status == MZ_OK)
            status = mz_fund_load(act->changes, ref, &fund, act->why);
        if (status != MZ_OK)
            return status;
        if (was_there(work, &fund) && !listed(work, ref))
            return mz_refuse(act->why, MZ_FUND_LEFT_OUT, mz_words_view("account", work->account),
                             mz_words_view("fund", mz_id_view(fund.id)));
    }
}

static mz_status check_bank(mz_act *act, reconciliation *work)
{
    const json_t *differences = mz_body_list(act->entry, "differences");
    mz_reconciliation *record = &work->record;
    for (size_t i = 0; i < json_array_size(differences); i++)
        record->difference_fen += mz_json_integer(json_array_get(differences, i), "amount_fen", 0);
    record->difference_count = (uint32_t)json_array_size(differences);
    record->fund_count = (uint32_t)work->fund_count;
    /* Each of some 570 summands is within 10^15, so the sum fits. */
    const int64_t want_fen = record->balance_fen + record->outside_fen + record->difference_fen;
    return record->bank_balance_fen == want_fen
               ? MZ_OK
               : differs(act, "body.bank_balance_fen", record->bank_balance_fen, want_fen);
}

mz_status mz_rule_balance_reconciled(mz_act *act)
{
    const json_t *balances = mz_body_list(act->entry, "balances");
    reconciliation work = {
        .account = mz_body_text(act->entry, "account"),
        .month = mz_body_text(act->entry, "month"),
        .record = {.index = act->index,
                   .bank_balance_fen = mz_body_integer(act->entry, "bank_balance_fen", 0),
                   .outside_fen = mz_body_integer(act->entry, "outside_fen", 0)}
    };
    const bool parsed = mz_month_parse(work.month, &work.first_day, &work.last_day);
    assert(parsed);
    if (act->now_ms < mz_day_end_ms(work.last_day))
        return mz_refuse(act->why, MZ_MONTH_OPEN, mz_words_view("month", work.month));
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(balances); i++)
        status = read_balance(act, &work, i, json_array_get(balances, i));
    if (status == MZ_OK)
        status = check_complete(act, &work);
    if (status == MZ_OK)
        status = check_bank(act, &work);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_key_account(MZ_KIND_RECONCILIATION, work.account);
    mz_key_add_u32(&key, (uint32_t)work.last_day);
    mz_key_add_u64(&key, act->index);
    return mz_state_store(act->changes, &key, &work.record, sizeof work.record, act->why);
}
