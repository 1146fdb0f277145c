/* reconcile.c — a bank account's month drawn up: the log's balances, and what the person says of
 * the bank. */
#include <string.h>

#include "commands.h"
#include "core/date.h"
#include "core/money.h"
#include "core/views.h"
#include "edge/clock.h"
#include "ledger.h"

static const mz_option RECONCILE_OPTIONS[] = {
    {"account",                   "ID", false, "银行账户", "the bank account"},
    {"month",                      "YYYY-MM", false, "月份，须已过完", "the month, which is over"},
    {"bank-balance",         "YUAN", false, "银行对账单的月末余额",
     "the bank's balance at the month's end"},
    {"outside",                     "YUAN", false, "账户中不属于基金的款，默认 0",
     "money of the account that is no fund's; 0"},
    {"difference",                      "YUAN:REASON", true, "一项差额及原因，如 -12.00:手续费尚未入账",
     "a difference and its reason, as -12.00:fee not booked yet"},
    {0},
};

/* `12.34:REASON` appended to `differences`. */
static bool add_difference(json_t *differences, const char *text)
{
    const char *colon = strchr(text, ':');
    int64_t amount_fen;
    if (colon == NULL || colon[1] == '\0' ||
        !mz_fen_parse((mz_view){(const uint8_t *)text, (size_t)(colon - text)}, &amount_fen))
        return false;
    json_t *row =
        json_pack("{s:I, s:s}", "amount_fen", (json_int_t)amount_fen, "reason", colon + 1);
    return row != NULL && json_array_append_new(differences, row) == 0;
}

/* False: a usage error has been printed. */
static bool read_bank(const mz_cli *cli, const mz_args *args, json_t *differences,
                      mz_bank_figures *bank)
{
    const char *balance = mz_args_value(args, "bank-balance"),
               *outside = mz_args_value(args, "outside");
    *bank = (mz_bank_figures){.known = balance != NULL, .differences = differences};
    if ((balance != NULL && !mz_fen_parse(mz_view_of(balance), &bank->balance_fen)) ||
        (outside != NULL && !mz_fen_parse(mz_view_of(outside), &bank->outside_fen))) {
        mz_cli_usage(cli, "reconcile", "金额应为元，最多两位小数，如 12.34。",
                     "Amounts are in yuan with at most two decimals, as 12.34.");
        return false;
    }
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].name, "difference") != 0 ||
            add_difference(differences, args->given[i].value))
            continue;
        mz_cli_usage(cli, "reconcile", "--difference 应形如 -12.00:手续费尚未入账。",
                     "--difference must be like -12.00:fee not booked yet.");
        return false;
    }
    return true;
}

/* Prints the body on one line, for `balance.reconciled --body`. */
static mz_exit draft(const mz_cli *cli, const mz_args *args, const mz_bank_figures *bank)
{
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    json_t *body = NULL;
    mz_status status = mz_cli_open_read(args->at[0], &log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK) {
        int64_t now_ms = mz_clock_now_unix_ms(), last_ms = mz_snapshot_last_unix_ms(snapshot);
        status = mz_reconciliation_draft(mz_snapshot_changes(snapshot),
                                         mz_view_of(mz_args_value(args, "account")),
                                         mz_view_of(mz_args_value(args, "month")), bank,
                                         now_ms > last_ms ? now_ms : last_ms, &body, &why);
    }
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    if (!bank->known)
        fprintf(stderr, "%s",
                mz_say(cli,
                       "mingzhang: 草稿没有银行余额。请照银行对账单给出 --bank-balance，差额用 "
                       "--difference 说明。\n",
                       "mingzhang: the draft lacks the bank's balance. Give it from the bank's "
                       "statement with --bank-balance, and explain what differs with "
                       "--difference.\n"));
    return mz_cli_json(cli, body);
}

mz_exit mz_run_reconcile(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_bank_figures bank;
    int32_t first_day, last_day;
    if (!mz_args_parse(cli, RECONCILE_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("reconcile"), RECONCILE_OPTIONS);
        return MZ_EXIT_DONE;
    }
    const char *month = mz_args_value(&args, "month");
    if (!mz_args_count(cli, &args, argv[0], 1, 1) || mz_cli_refuses_url(cli, argv[0], args.at[0]))
        return MZ_EXIT_USAGE;
    if (mz_args_value(&args, "account") == NULL || month == NULL)
        return mz_cli_usage(cli, argv[0], "需要 --account 和 --month；账户见 mingzhang show fund。",
                            "--account and --month are needed; mingzhang show fund tells the "
                            "account.");
    if (!mz_month_parse(mz_view_of(month), &first_day, &last_day))
        return mz_cli_usage(cli, argv[0], "--month 应为 YYYY-MM。", "--month must be YYYY-MM.");
    json_t *differences = json_array();
    mz_exit code =
        read_bank(cli, &args, differences, &bank) ? draft(cli, &args, &bank) : MZ_EXIT_USAGE;
    json_decref(differences);
    return code;
}
