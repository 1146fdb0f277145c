/* judge_accounts.c — bank accounts month by month: which months nobody reconciled, and what the
 * reconciliations left to be explained. That the balances are the log's the rules have seen to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "judge.h"

#define RECONCILE_DAYS 20 /* after the month, until somebody who watches is told */

/* When each fund of an account came and went. */
typedef struct term {
    int64_t opened_ms, closed_ms;
} term;
typedef struct account {
    mz_view name;
    char bytes[MZ_KV_KEY_MAX];
    mz_ref first_fund; /* the one that opened first */
    term *terms;
    size_t count, capacity;
} account;

static mz_status add_term(mz_judge_work *j, account *a, mz_ref ref)
{
    mz_fund fund;
    const mz_status status = mz_fund_load(j->changes, ref, &fund, j->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    if (a->count == a->capacity) {
        const size_t capacity = a->capacity == 0 ? 16 : 2 * a->capacity;
        term *terms = realloc(a->terms, capacity * sizeof *terms);
        if (terms == NULL)
            return mz_refuse(j->why, MZ_NO_MEMORY);
        a->terms = terms;
        a->capacity = capacity;
    }
    if (a->count == 0 || ref < a->first_fund)
        a->first_fund = ref;
    a->terms[a->count++] = (term){fund.opened_ms, fund.closed_ms};
    return MZ_OK;
}

/* Whether a fund was in the account at that moment, when a month ended. */
static bool was_in_use(const account *a, int64_t end_ms)
{
    for (size_t i = 0; i < a->count; i++) {
        if (a->terms[i].opened_ms < end_ms && a->terms[i].closed_ms >= end_ms)
            return true;
    }
    return false;
}

static int32_t last_of_month(int32_t day)
{
    return mz_day_add_months(day - mz_day_of_month(day) + 1, 1) - 1;
}

/* --- a month --- */

/* The last reconciliation of the month counts; `index` 0: there is none. */
static mz_status last_reconciliation(mz_judge_work *j, const account *a, int32_t last_day,
                                     uint64_t *index)
{
    mz_key_bytes prefix = mz_key_account(MZ_KIND_RECONCILIATION, a->name);
    mz_view value;
    mz_status status = MZ_OK;
    mz_key_add_u32(&prefix, (uint32_t)last_day);
    mz_key_bytes at = prefix;
    for (*index = 0; (status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK;)
        *index = mz_judge_last_u64(&at);
    return mz_judge_walked(status);
}

static mz_status look_at_reconciliation(mz_judge_work *j, uint64_t index)
{
    mz_reconciled_note note;
    const mz_status status = mz_note_load_reconciled(j->changes, index, &note, j->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    if (note.difference_count > 0)
        mz_judge_see(j, MZ_F_DIFFERENCE, index, 0);
    if (note.outside_fen > 0)
        mz_judge_see(j, MZ_F_OUTSIDE, index, 0);
    if (note.outside_fen < 0)
        mz_judge_see(j, MZ_F_SHORTFALL, index, 0);
    return MZ_OK;
}

/* A bank's statement takes a while to come. */
static mz_status see_missing(mz_judge_work *j, const account *a, int32_t last_day)
{
    char about[MZ_KV_KEY_MAX + MZ_DAY_TEXT_SIZE], day[MZ_DAY_TEXT_SIZE];
    mz_judge_see_detail(j, MZ_F_NOT_RECONCILED, a->first_fund, last_day);
    mz_day_text(last_day, day);
    (void)snprintf(about, sizeof about, "%.*s %.7s", (int)a->name.size, (const char *)a->name.data,
                   day);
    const mz_due due = {.event = MZ_BALANCE_RECONCILED,
                        .index = a->first_fund,
                        .about = mz_view_of(about),
                        .until_ms = mz_day_end_ms(last_day + RECONCILE_DAYS)};
    return mz_judge_due(j, &due);
}

/* From the month in which the first fund opened on, as far as they are over. */
static mz_status look_at_months(mz_judge_work *j, const account *a)
{
    int64_t first_ms = INT64_MAX;
    mz_status status = MZ_OK;
    for (size_t i = 0; i < a->count; i++)
        first_ms = a->terms[i].opened_ms < first_ms ? a->terms[i].opened_ms : first_ms;
    int32_t last_day = a->count > 0 ? last_of_month(mz_day_of_ms(first_ms)) : MZ_DAY_MAX;
    while (status == MZ_OK && last_day < MZ_DAY_MAX && mz_judge_overdue(j, last_day, 0)) {
        uint64_t index = 0;
        status = last_reconciliation(j, a, last_day, &index);
        if (status == MZ_OK && index != 0)
            status = look_at_reconciliation(j, index);
        else if (status == MZ_OK && was_in_use(a, mz_day_end_ms(last_day)))
            status = see_missing(j, a, last_day);
        last_day = last_of_month(last_day + 1);
    }
    return status;
}

static void begin_account(account *a, mz_view name)
{
    memcpy(a->bytes, name.data, name.size);
    a->name = (mz_view){(const uint8_t *)a->bytes, name.size};
    a->count = 0;
}

mz_status mz_judge_accounts(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND_OF_ACCOUNT);
    mz_key_bytes at = prefix;
    mz_view value;
    account a = {
        .name = {NULL, 0}
    };
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        if (at.size < 11) { /* kind, a name, 0x00, fund */
            status = mz_judge_damaged(j);
            break;
        }
        const mz_view name = {at.bytes + 1, at.size - 10};
        if (!mz_view_equal(name, a.name)) {
            status = look_at_months(j, &a);
            begin_account(&a, name);
        }
        if (status == MZ_OK)
            status = add_term(j, &a, mz_judge_last_u64(&at));
        if (status != MZ_OK)
            break;
    }
    status = mz_judge_walked(status);
    if (status == MZ_OK)
        status = look_at_months(j, &a);
    free(a.terms);
    return status;
}
