#include <string.h>

#include "core/date.h"
#include "print.h"
#include "print_parts.h"

void mz_print_proposals(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "提案", "proposal"), mz_say(cli, "标题", "title"),
                                    mz_say(cli, "类别", "category"), mz_say(cli, "状态", "state"),
                                    mz_say(cli, ">金额", ">amount"), mz_say(cli, ">已付", ">paid"),
                                    mz_say(cli, "期限", "last day"), NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *proposal;
    json_array_foreach(json_object_get(view, "proposals"), i, proposal)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(proposal, "proposal"));
        mz_grid_cell(grid, mz_part_text(proposal, "title"));
        mz_grid_cell(grid, mz_part_word(cli, proposal, "category"));
        mz_grid_cell(grid, mz_part_word(cli, proposal, "state"));
        mz_part_cell_fen(grid, proposal, "amount_fen");
        mz_part_cell_fen(grid, proposal, "paid_fen");
        mz_grid_cell(grid, mz_part_text(proposal, "last_day"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    if (json_object_get(view, "next") != NULL)
        printf(
            mz_say(cli, "还有更早的：--before %lld\n", "There are earlier ones: --before %lld\n"),
            (long long)mz_part_number(view, "next"));
}

/* ---- proposal ---- */

static void print_draws(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, "专款", "purpose"),    mz_say(cli, ">申请", ">filed"),
        mz_say(cli, ">核准", ">approved"), mz_say(cli, ">预留", ">reserved"),
        mz_say(cli, ">已付", ">paid"),     NULL};
    static const char *const NAMES[] = {"filed_fen", "approved_fen", "reserved_fen", "paid_fen"};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *draw;
    json_array_foreach(json_object_get(view, "draws"), i, draw)
    {
        mz_grid_row(grid);
        mz_part_cell_purpose(cli, grid, draw);
        for (size_t k = 0; k < sizeof(NAMES) / sizeof(NAMES[0]); k++)
            mz_part_cell_fen(grid, draw, NAMES[k]);
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_payees(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "收款方", "payee"), mz_say(cli, ">限额", ">cap"),
                                    mz_say(cli, ">已付", ">paid"), NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *payee;
    json_array_foreach(json_object_get(view, "payees"), i, payee)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(payee, "party"));
        mz_part_cell_fen(grid, payee, "cap_fen");
        mz_part_cell_fen(grid, payee, "paid_fen");
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_panel(const mz_cli *cli, const json_t *view)
{
    const json_t *panel = json_object_get(view, "panel");
    const char *const headings[] = {mz_say(cli, "表决人", "panel"), mz_say(cli, "票", "ballot"),
                                    NULL};
    if (panel == NULL)
        return;
    mz_part_heading(mz_say(cli, "表决", "Votes"));
    printf(mz_say(cli, "  第 %lld 届，通过需 %lld 票：同意 %lld，不同意 %lld%s%s\n",
                  "  epoch %lld, %lld approvals needed: %lld for, %lld against%s%s\n"),
           (long long)mz_part_number(panel, "epoch"), (long long)mz_part_number(panel, "needed"),
           (long long)mz_part_number(panel, "approvals"),
           (long long)mz_part_number(panel, "rejections"),
           json_is_true(json_object_get(panel, "suspended"))
               ? mz_say(cli, "；表决暂停", "; suspended")
               : "",
           json_is_true(json_object_get(panel, "short"))
               ? mz_say(cli, "；表决人不足", "; panel too short")
               : "");
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *person;
    json_array_foreach(json_object_get(panel, "people"), i, person)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(person, "actor"));
        mz_grid_cell(grid, json_object_get(person, "choice") == NULL
                               ? "-"
                               : mz_part_word(cli, person, "choice"));
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

/* Once it is decided: the ballots as they stand. */
static void print_ballots(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "表决人", "voter"),   mz_say(cli, "票", "ballot"),
                                    mz_say(cli, "何时", "when"),      mz_say(cli, ">届", ">epoch"),
                                    mz_say(cli, ">第几笔", ">entry"), NULL};
    const json_t *ballots = json_object_get(view, "ballots");
    if (json_object_get(view, "panel") != NULL || json_array_size(ballots) == 0)
        return;
    mz_part_heading(mz_say(cli, "表决", "Votes"));
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *ballot;
    json_array_foreach(ballots, i, ballot)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(ballot, "actor"));
        mz_grid_cell(grid, mz_part_word(cli, ballot, "choice"));
        mz_part_cell_time(grid, ballot, "at_ms");
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(ballot, "epoch"));
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(ballot, "ballot"));
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_recused(const mz_cli *cli, const json_t *view)
{
    size_t i;
    json_t *person;
    const json_t *recused = json_object_get(view, "recused");
    if (json_array_size(recused) == 0)
        return;
    printf("  %s", mz_say(cli, "回避：", "Recused:"));
    json_array_foreach(recused, i, person) printf(" %s", mz_part_text(person, "actor"));
    putchar('\n');
}

/* Applications, approvals, returns, completion. */
static void print_steps(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, ">第几笔", ">entry"),
                                    mz_say(cli, "何时", "when"),
                                    mz_say(cli, "事项", "step"),
                                    mz_say(cli, "签名人", "by"),
                                    mz_say(cli, ">核准", ">approved"),
                                    mz_say(cli, "说明", "remark"),
                                    NULL};
    const json_t *steps = json_object_get(view, "steps");
    if (json_array_size(steps) == 0)
        return;
    mz_part_heading(mz_say(cli, "经过", "Steps"));
    mz_grid *grid = mz_grid_new(headings);
    size_t i, k;
    json_t *step, *draw;
    json_array_foreach(steps, i, step)
    {
        int64_t total_fen = 0;
        json_array_foreach(json_object_get(step, "draws"), k, draw) total_fen +=
            mz_part_number(draw, "amount_fen"); /* the rules have checked the sum */
        mz_grid_row(grid);
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(step, "index"));
        mz_part_cell_time(grid, step, "at_ms");
        mz_grid_cell(grid, mz_part_event(cli, mz_part_text(step, "event")));
        mz_grid_cell(grid, mz_part_text(step, "actor"));
        if (json_array_size(json_object_get(step, "draws")) > 0)
            mz_grid_cell_fen(grid, total_fen);
        else
            mz_grid_cell(grid, NULL);
        mz_grid_cell(grid, json_object_get(step, "reason") != NULL ? mz_part_text(step, "reason")
                                                                   : mz_part_text(step, "summary"));
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_payouts(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, ">第几笔", ">entry"),
                                    mz_say(cli, "收款方", "payee"),
                                    mz_say(cli, ">金额", ">amount"),
                                    mz_say(cli, ">退回", ">returned"),
                                    mz_say(cli, "付款日", "booked"),
                                    mz_say(cli, "冲销", "reversed"),
                                    NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *payout;
    json_array_foreach(json_object_get(view, "payouts"), i, payout)
    {
        mz_grid_row(grid);
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(payout, "index"));
        mz_grid_cell(grid, mz_part_text(payout, "party"));
        mz_part_cell_fen(grid, payout, "amount_fen");
        mz_part_cell_fen(grid, payout, "returned_fen");
        mz_grid_cell(grid, mz_part_text(payout, "booked_on"));
        mz_grid_cell(grid, json_is_true(json_object_get(payout, "reversed"))
                               ? mz_say(cli, "是", "yes")
                               : "");
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_objections(const mz_cli *cli, const json_t *view)
{
    size_t i;
    json_t *objection;
    json_array_foreach(json_object_get(view, "objections"), i, objection) printf(
        "  #%lld [%s] %s\n", (long long)mz_part_number(objection, "index"),
        json_is_true(json_object_get(objection, "answered")) ? mz_say(cli, "已答复", "answered")
                                                             : mz_say(cli, "待答复", "open"),
        mz_part_text(objection, "text"));
}

void mz_print_proposal(const mz_cli *cli, const json_t *view)
{
    char amount[MZ_FEN_TEXT_SIZE + 4], paid[MZ_FEN_TEXT_SIZE + 4], filed[MZ_TIME_TEXT_SIZE];
    mz_part_yuan(mz_part_number(view, "amount_fen"), amount);
    mz_part_yuan(mz_part_number(view, "paid_fen"), paid);
    mz_time_text(mz_part_number(view, "filed_ms"), filed);
    printf("%s  %s  [%s]\n", mz_part_text(view, "proposal"), mz_part_text(view, "title"),
           mz_part_word(cli, view, "state"));
    printf(mz_say(cli, "基金 %s，类别 %s，金额 %s，已付 %s\n",
                  "fund %s, category %s, amount %s, paid %s\n"),
           mz_part_text(view, "fund"), mz_part_word(cli, view, "category"), amount, paid);
    printf(mz_say(cli, "%s 提出（第 %lld 笔，%s）：%s\n", "filed by %s (entry %lld, %s): %s\n"),
           mz_part_text(view, "filed_by"), (long long)mz_part_number(view, "index"), filed,
           mz_part_text(view, "why"));
    printf(mz_say(cli, "征询至 %s，表决至 %s", "consultation to %s, voting to %s"),
           mz_part_text(view, "consult_to"), mz_part_text(view, "vote_to"));
    if (json_object_get(view, "last_day") != NULL)
        printf(mz_say(cli, "；本阶段期限 %s", "; this stage's last day %s"),
               mz_part_text(view, "last_day"));
    printf("\n%s %s\n", mz_say(cli, "提案哈希", "filing_sha256"),
           mz_part_text(view, "filing_sha256"));
    if (json_array_size(json_object_get(view, "draws")) > 0) {
        mz_part_heading(mz_say(cli, "用款", "Money"));
        print_draws(cli, view);
    }
    if (json_array_size(json_object_get(view, "payees")) > 0) {
        mz_part_heading(mz_say(cli, "收款方", "Payees"));
        print_payees(cli, view);
    }
    print_panel(cli, view);
    print_ballots(cli, view);
    print_recused(cli, view);
    print_steps(cli, view);
    if (json_array_size(json_object_get(view, "objections")) > 0) {
        mz_part_heading(mz_say(cli, "异议", "Objections"));
        print_objections(cli, view);
    }
    if (json_array_size(json_object_get(view, "payouts")) > 0) {
        mz_part_heading(mz_say(cli, "拨付", "Payouts"));
        print_payouts(cli, view);
    }
}
