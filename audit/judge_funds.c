/* judge_funds.c — every fund's figures, summed again, and whether somebody looks after it. */
#include "core/date.h"
#include "core/lots.h"
#include "core/money.h"
#include "judge.h"

#define DORMANT_MONTHS 12

static void fail_balance(mz_judge_work *j, mz_ref fund, const mz_reason *reason)
{
    (void)mz_audit_fail(j->audit, MZ_X_BALANCE, fund, reason);
}

static bool bucket_holds(const mz_bucket *b)
{
    int64_t sum_fen = 0;
    return mz_fen_sub(b->confirmed_fen, b->reversed_fen, &sum_fen) &&
           mz_fen_add(sum_fen, b->moved_in_fen, &sum_fen) &&
           mz_fen_sub(sum_fen, b->moved_out_fen, &sum_fen) &&
           mz_fen_sub(sum_fen, b->paid_fen, &sum_fen) &&
           mz_fen_add(sum_fen, b->returned_fen, &sum_fen) && sum_fen == b->balance_fen &&
           b->balance_fen >= b->reserved_fen && b->reserved_fen >= 0 &&
           b->free_fen == b->balance_fen;
}

/* The whole of a bucket is walked once; afterwards each payout is traced when it is made. */
static mz_status check_bucket(mz_judge_work *j, mz_ref fund, mz_ref purpose,
                              const mz_bucket *bucket)
{
    mz_reason reason = {0};
    mz_status status = MZ_OK;
    if (j->audit->resumed_from == 0)
        status = mz_lots_check(j->changes, fund, purpose, &reason);
    if (mz_audit_is_trouble(status)) {
        *j->why = reason;
        return status;
    }
    if (status != MZ_OK || !bucket_holds(bucket))
        fail_balance(j, fund, &reason);
    return MZ_OK;
}

static json_t *bucket_json(const char *purpose, const mz_bucket *b)
{
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "purpose", purpose, "confirmed_fen",
        (json_int_t)b->confirmed_fen, "reversed_fen", (json_int_t)b->reversed_fen, "moved_in_fen",
        (json_int_t)b->moved_in_fen, "moved_out_fen", (json_int_t)b->moved_out_fen, "paid_fen",
        (json_int_t)b->paid_fen, "returned_fen", (json_int_t)b->returned_fen, "balance_fen",
        (json_int_t)b->balance_fen, "reserved_fen", (json_int_t)b->reserved_fen);
}

static mz_status look_at_buckets(mz_judge_work *j, const mz_fund *fund, json_t *rows)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_BUCKET, fund->ref);
    mz_key_bytes at = prefix;
    mz_view value;
    int64_t balance_fen = 0, reserved_fen = 0;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_bucket bucket;
        char name[MZ_ID_SIZE_MAX + 1];
        const mz_ref purpose = mz_judge_last_u64(&at);
        status = mz_state_load(j->changes, &at, &bucket, sizeof bucket, j->why);
        if (status == MZ_OK)
            status = check_bucket(j, fund->ref, purpose, &bucket);
        if (status == MZ_OK)
            status = mz_purpose_name(j->changes, purpose, name, j->why);
        if (status == MZ_OK && json_array_append_new(rows, bucket_json(name, &bucket)) != 0)
            status = mz_refuse(j->why, MZ_NO_MEMORY);
        if (status != MZ_OK)
            return status;
        balance_fen += bucket.balance_fen; /* many at most 10^15, checked when stored */
        reserved_fen += bucket.reserved_fen;
    }
    if (balance_fen != fund->balance_fen || reserved_fen != fund->reserved_fen)
        fail_balance(j, fund->ref, NULL);
    return mz_judge_walked(status);
}

static mz_status see_fund(mz_judge_work *j, const mz_fund *fund)
{
    const int64_t as_of_ms = j->judgement->as_of_ms;
    const bool moved = fund->last_movement_ms != MZ_NO_TIME;
    const int64_t last_ms = moved ? fund->last_movement_ms : fund->opened_ms;
    const int32_t last_day = mz_day_of_ms(last_ms);
    const bool closed = fund->stage == MZ_FUND_IS_CLOSED;
    const int32_t due_day = fund->statement_to_day + (int32_t)fund->profile.statement_days;
    if (!closed && as_of_ms >= mz_day_end_ms(mz_day_add_months(last_day, DORMANT_MONTHS)))
        mz_judge_see(j, MZ_F_DORMANT, fund->ref, 0);
    if (fund->stage == MZ_FUND_IS_CLOSING)
        mz_judge_see(j, MZ_F_CLOSING, fund->ref, 0);
    if (closed && fund->statement_to_day >= last_day)
        return MZ_OK;
    if (as_of_ms >= mz_day_end_ms(due_day))
        mz_judge_see(j, MZ_F_STATEMENT_OVERDUE, fund->ref, 0);
    return mz_judge_due_statement(j, fund);
}

static mz_status count_statements(mz_judge_work *j, mz_ref fund, uint64_t *count)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_STATEMENT, fund);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    for (*count = 0; (status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK;)
        (*count)++;
    return mz_judge_walked(status);
}

static mz_status look_at_fund(mz_judge_work *j, mz_ref ref)
{
    static const char *const STAGES[] = {"", "open", "closing", "closed"};
    mz_fund fund;
    uint64_t statements = 0;
    json_t *name = NULL;
    char to[MZ_DAY_TEXT_SIZE] = "";
    json_t *buckets = json_array();
    mz_status status = buckets == NULL
                           ? mz_refuse(j->why, MZ_NO_MEMORY)
                           : mz_rules_settle(j->changes, ref, j->judgement->as_of_ms, j->why);
    if (status == MZ_OK)
        status = mz_fund_load(j->changes, ref, &fund, j->why);
    if (status == MZ_OK)
        status = look_at_buckets(j, &fund, buckets);
    if (status == MZ_OK)
        status = count_statements(j, ref, &statements);
    if (status == MZ_OK)
        status = mz_tell_name(j->changes, ref, &name, j->why);
    if (status == MZ_OK)
        status = see_fund(j, &fund);
    if (status != MZ_OK) {
        json_decref(name);
        json_decref(buckets);
        return status;
    }
    if (!mz_fen_add(j->judgement->balance_fen, fund.balance_fen, &j->judgement->balance_fen) ||
        !mz_fen_add(j->judgement->reserved_fen, fund.reserved_fen, &j->judgement->reserved_fen)) {
        json_decref(buckets);
        json_decref(name);
        return mz_refuse_limit(j->why);
    }
    if (statements > 0)
        mz_day_text(fund.statement_to_day, to);
    const mz_view id = mz_id_view(fund.id), account = mz_id_view(fund.account);
    json_t *row = json_pack(
        "{s:s%, s:o, s:s%, s:I, s:s, s:I, s:I, s:I, s:s, s:I, s:o}", "fund", (const char *)id.data,
        id.size, "name", name, "account", (const char *)account.data, account.size, "index",
        (json_int_t)ref, "state", STAGES[fund.stage & 3], "balance_fen",
        (json_int_t)fund.balance_fen, "reserved_fen", (json_int_t)fund.reserved_fen, "statements",
        (json_int_t)statements, "published_to", to, "unconfirmed",
        (json_int_t)fund.unconfirmed_count, "purposes", buckets);
    return json_array_append_new(j->judgement->funds, row) == 0 ? MZ_OK
                                                                : mz_refuse(j->why, MZ_NO_MEMORY);
}

mz_status mz_judge_funds(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    j->judgement->funds = json_array();
    if (j->judgement->funds == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        status = look_at_fund(j, mz_judge_last_u64(&at));
        if (status != MZ_OK)
            break;
    }
    return mz_judge_walked(status);
}
