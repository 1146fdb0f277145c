/* judge_bank.c — what was booked at the bank, line by line and per account, for people to compare
 * with what the bank says. */
#include <string.h>

#include "core/money.h"
#include "judge.h"

#define BANK_LINES_SHOWN 10000

/* Of one account. */
typedef struct account_sum {
    mz_view account;
    char bytes[MZ_KV_KEY_MAX];
    int64_t line_count[MZ_BANK_OUT + 1], sum_fen[MZ_BANK_OUT + 1];
} account_sum;

/* A row's key after its kind: the account, 0x00, the reference. */
static bool split_key(const mz_key_bytes *at, mz_view *account, mz_view *reference)
{
    const uint8_t *start = at->bytes + 1;
    const size_t size = at->size - 1;
    const uint8_t *end = memchr(start, 0, size);
    if (end == NULL)
        return false;
    *account = (mz_view){start, (size_t)(end - start)};
    *reference = (mz_view){end + 1, size - account->size - 1};
    return true;
}

static mz_status add_line(mz_judge_work *j, mz_view account, mz_view reference,
                          const mz_bank_line *line)
{
    if (json_array_size(j->judgement->bank_lines) == BANK_LINES_SHOWN) {
        j->judgement->bank_lines_more = true;
        return MZ_OK;
    }
    json_t *row = json_pack("{s:s%, s:s%, s:s, s:I, s:I}", "account", (const char *)account.data,
                            account.size, "bank_ref", (const char *)reference.data, reference.size,
                            "direction", line->direction == MZ_BANK_IN ? "in" : "out", "amount_fen",
                            (json_int_t)line->used_fen, "entries", (json_int_t)line->count);
    return json_array_append_new(j->judgement->bank_lines, row) == 0
               ? MZ_OK
               : mz_refuse(j->why, MZ_NO_MEMORY);
}

/* Where a line is shared, all its parts are to be there. `at` is the row's key after its kind. */
static mz_status look_at_line(mz_judge_work *j, const mz_key_bytes *at, const mz_bank_line *line)
{
    mz_key_bytes key = mz_note_key(MZ_N_BANK_LINE);
    mz_view value;
    if (line->total_fen == 0 || line->used_fen == line->total_fen)
        return MZ_OK;
    mz_key_add_text(&key, (mz_view){at->bytes + 1, at->size - 1});
    const mz_status status =
        mz_changes_get(j->changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, j->why);
    if (status == MZ_OK)
        mz_judge_see(j, MZ_F_BANK_LINE_SHORT, mz_be64_get(value.data), 0);
    return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
}

static mz_status end_account(mz_judge_work *j, const account_sum *sum)
{
    if (sum->account.size == 0)
        return MZ_OK;
    json_t *row = json_pack("{s:s%, s:I, s:I, s:I, s:I}", "account", sum->bytes, sum->account.size,
                            "in_count", (json_int_t)sum->line_count[MZ_BANK_IN], "in_fen",
                            (json_int_t)sum->sum_fen[MZ_BANK_IN], "out_count",
                            (json_int_t)sum->line_count[MZ_BANK_OUT], "out_fen",
                            (json_int_t)sum->sum_fen[MZ_BANK_OUT]);
    return json_array_append_new(j->judgement->bank_accounts, row) == 0
               ? MZ_OK
               : mz_refuse(j->why, MZ_NO_MEMORY);
}

static void begin_account(account_sum *sum, mz_view account)
{
    *sum = (account_sum){
        .account = {NULL, account.size}
    };
    memcpy(sum->bytes, account.data, account.size);
    sum->account.data = (const uint8_t *)sum->bytes;
}

static mz_status add_to_account(mz_judge_work *j, account_sum *sum, mz_view account,
                                const mz_bank_line *line)
{
    mz_status status = MZ_OK;
    if (!mz_view_equal(sum->account, account)) {
        status = end_account(j, sum);
        begin_account(sum, account);
    }
    int64_t *sum_fen = &sum->sum_fen[line->direction];
    sum->line_count[line->direction]++;
    if (status == MZ_OK && !mz_fen_add(*sum_fen, line->used_fen, sum_fen))
        status = mz_refuse_limit(j->why);
    return status;
}

mz_status mz_judge_bank(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_BANK_LINE);
    mz_key_bytes at = prefix;
    mz_view value, account, reference;
    account_sum sum = {
        .account = {NULL, 0}
    };
    mz_status status = MZ_OK;
    j->judgement->bank_lines = json_array();
    j->judgement->bank_accounts = json_array();
    if (j->judgement->bank_lines == NULL || j->judgement->bank_accounts == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_bank_line line;
        if (value.size != sizeof line || !split_key(&at, &account, &reference))
            return mz_judge_damaged(j);
        memcpy(&line, value.data, sizeof line);
        if (line.direction != MZ_BANK_IN && line.direction != MZ_BANK_OUT)
            return mz_judge_damaged(j);
        status = add_line(j, account, reference, &line);
        if (status == MZ_OK)
            status = add_to_account(j, &sum, account, &line);
        if (status == MZ_OK)
            status = look_at_line(j, &at, &line);
        if (status != MZ_OK)
            return status;
    }
    return status == MZ_NOT_FOUND ? end_account(j, &sum) : status;
}
