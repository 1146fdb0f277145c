/* print_account.c — reconciliations and audit reports as people read them. */
#include "core/date.h"
#include "print.h"
#include "print_parts.h"

/* ---- reconciliations ---- */

static void print_differences(const mz_cli *cli, const json_t *month)
{
    char amount[MZ_YUAN_TEXT_SIZE];
    size_t i;
    json_t *difference;
    json_array_foreach(json_object_get(month, "differences"), i, difference)
    {
        mz_part_yuan(mz_part_number(difference, "amount_fen"), amount);
        printf(mz_say(cli, "%s 差额 %s：%s\n", "%s difference %s: %s\n"),
               mz_part_text(month, "month"), amount, mz_part_text(difference, "reason"));
    }
}

static void print_fund_balances(const mz_cli *cli, const json_t *month)
{
    char amount[MZ_YUAN_TEXT_SIZE];
    size_t i;
    json_t *balance;
    printf(mz_say(cli, "%s 各基金：", "%s by fund:"), mz_part_text(month, "month"));
    json_array_foreach(json_object_get(month, "balances"), i, balance)
    {
        mz_part_yuan(mz_part_number(balance, "balance_fen"), amount);
        printf("%s%s %s", i == 0 ? " " : mz_say(cli, "，", ", "), mz_part_text(balance, "fund"),
               amount);
    }
    putchar('\n');
}

void mz_print_reconciliation(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "月份", "month"),
                                    mz_say(cli, ">银行余额", ">bank balance"),
                                    mz_say(cli, ">各基金合计", ">all funds"),
                                    mz_say(cli, ">基金之外", ">outside"),
                                    mz_say(cli, ">差额", ">difference"),
                                    mz_say(cli, "签名人", "signed by"),
                                    mz_say(cli, ">第几笔", ">entry"),
                                    NULL};
    static const char *const SUMS[] = {"bank_balance_fen", "balance_fen", "outside_fen",
                                       "difference_fen"};
    const json_t *months = json_object_get(view, "months"),
                 *missing = json_object_get(view, "missing");
    size_t i;
    json_t *month;
    printf(mz_say(cli, "账户 %s\n", "account %s\n"), mz_part_text(view, "account"));
    mz_grid *grid = mz_grid_new(headings);
    json_array_foreach(months, i, month)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(month, "month"));
        for (size_t k = 0; k < sizeof(SUMS) / sizeof(SUMS[0]); k++)
            mz_part_cell_fen(grid, month, SUMS[k]);
        mz_grid_cell(grid, mz_part_text(month, "actor"));
        mz_part_cell_number(grid, month, "index");
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    json_array_foreach(months, i, month)
    {
        print_fund_balances(cli, month);
        print_differences(cli, month);
    }
    mz_part_next(cli, view);
    if (json_array_size(missing) == 0) {
        puts(mz_say(cli, "没有未对账的月份", "No month is missing"));
        return;
    }
    printf("%s", mz_say(cli, "未对账：", "Not reconciled:"));
    json_array_foreach(missing, i, month) printf(" %s", json_string_value(month));
    printf(mz_say(cli, "\n草拟：mingzhang reconcile DIR --account %s --month %s\n",
                  "\nTo draw up: mingzhang reconcile DIR --account %s --month %s\n"),
           mz_part_text(view, "account"), json_string_value(json_array_get(missing, 0)));
}

/* ---- audit reports ---- */

static void print_finding(const mz_cli *cli, const json_t *finding)
{
    const json_t *answers = json_object_get(finding, "answers");
    size_t i;
    json_t *answer;
    printf(mz_say(cli, "  发现 %lld：%s\n", "  finding %lld: %s\n"),
           (long long)mz_part_number(finding, "finding"), mz_part_text(finding, "text"));
    json_array_foreach(answers, i, answer)
        printf(mz_say(cli, "    %s 答复（第 %lld 笔）：%s\n", "    %s answered (entry %lld): %s\n"),
               mz_part_text(answer, "actor"), (long long)mz_part_number(answer, "index"),
               mz_part_text(answer, "text"));
    if (json_array_size(answers) == 0)
        puts(mz_say(cli, "    待答复（finding.answered）",
                    "    not answered yet (finding.answered)"));
}

void mz_print_reports(const mz_cli *cli, const json_t *view)
{
    const json_t *reports = json_object_get(view, "reports");
    size_t i, k;
    json_t *report, *finding;
    if (json_array_size(reports) == 0)
        puts(mz_say(cli, "尚无审计报告", "There is no audit report yet"));
    json_array_foreach(reports, i, report)
    {
        char at[MZ_TIME_TEXT_SIZE];
        mz_time_text(mz_part_number(report, "at_ms"), at);
        printf(mz_say(cli, "%s第 %lld 笔  %s  审计员 %s：审计到 %lld 笔，根 %s\n",
                      "%sentry %lld  %s  auditor %s: %lld entries, root %s\n"),
               i == 0 ? "" : "\n", (long long)mz_part_number(report, "index"), at,
               mz_part_text(report, "actor"), (long long)mz_part_number(report, "size"),
               mz_part_text(report, "root"));
        printf(mz_say(cli, "  意见：%s\n", "  opinion: %s\n"), mz_part_text(report, "opinion"));
        json_array_foreach(json_object_get(report, "findings"), k, finding)
            print_finding(cli, finding);
    }
    mz_part_next(cli, view);
}
