#include <string.h>

#include "core/date.h"
#include "print.h"
#include "print_parts.h"

void mz_print_proposals(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "提案", "proposal"),
                                    mz_say(cli, "标题", "title"),
                                    mz_say(cli, "类别", "category"),
                                    mz_say(cli, "六步", "step"),
                                    mz_say(cli, "状态", "state"),
                                    mz_say(cli, ">金额", ">amount"),
                                    mz_say(cli, ">已付", ">paid"),
                                    mz_say(cli, "期限", "last day"),
                                    NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *proposal;
    json_array_foreach(json_object_get(view, "proposals"), i, proposal)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(proposal, "proposal"));
        mz_grid_cell(grid, mz_part_text(proposal, "title"));
        mz_grid_cell(grid, mz_part_word(cli, proposal, "category"));
        mz_grid_cell(grid, mz_part_step(cli, mz_part_text(proposal, "step")));
        mz_grid_cell(grid, mz_part_word(cli, proposal, "state"));
        mz_part_cell_fen(grid, proposal, "amount_fen");
        mz_part_cell_fen(grid, proposal, "paid_fen");
        mz_grid_cell(grid, mz_part_text(proposal, "last_day"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    mz_part_next(cli, view);
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
static void print_history(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, ">第几笔", ">entry"),
                                    mz_say(cli, "何时", "when"),
                                    mz_say(cli, "事项", "what"),
                                    mz_say(cli, "签名人", "by"),
                                    mz_say(cli, ">核准", ">approved"),
                                    mz_say(cli, "说明", "remark"),
                                    NULL};
    const json_t *history = json_object_get(view, "history");
    if (json_array_size(history) == 0)
        return;
    mz_part_heading(mz_say(cli, "经过", "History"));
    mz_grid *grid = mz_grid_new(headings);
    size_t i, k;
    json_t *past, *draw;
    json_array_foreach(history, i, past)
    {
        int64_t total_fen = 0;
        json_array_foreach(json_object_get(past, "draws"), k, draw) total_fen +=
            mz_part_number(draw, "amount_fen"); /* the rules have checked the sum */
        mz_grid_row(grid);
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(past, "index"));
        mz_part_cell_time(grid, past, "at_ms");
        mz_grid_cell(grid, mz_part_event(cli, mz_part_text(past, "event")));
        mz_grid_cell(grid, mz_part_text(past, "actor"));
        if (json_array_size(json_object_get(past, "draws")) > 0)
            mz_grid_cell_fen(grid, total_fen);
        else
            mz_grid_cell(grid, NULL);
        mz_grid_cell(grid, json_object_get(past, "reason") != NULL ? mz_part_text(past, "reason")
                                                                   : mz_part_text(past, "summary"));
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

/* The six of them in one line: done, now, ahead, skipped. */
static void print_steps(const mz_cli *cli, const json_t *view)
{
    static const struct {
        const char *state, *mark;
    } MARKS[] = {
        {"done",    "✓"},
        {"now",     "▶"},
        {"ahead",   "○"},
        {"skipped", "–"}
    };
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(view, "steps"), i, step)
    {
        const char *mark = "";
        for (size_t k = 0; k < sizeof(MARKS) / sizeof(MARKS[0]); k++)
            if (strcmp(MARKS[k].state, mz_part_text(step, "state")) == 0)
                mark = MARKS[k].mark;
        printf("%s%s %s", i == 0 ? "" : "  ", mark, mz_part_step(cli, mz_part_text(step, "step")));
    }
    putchar('\n');
}

static void print_filed_goods(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "物资", "item"), mz_say(cli, ">数量", ">quantity"),
                                    mz_say(cli, ">已用", ">used"), NULL};
    const json_t *goods = json_object_get(view, "goods");
    size_t i;
    json_t *good;
    if (json_array_size(goods) == 0)
        return;
    mz_part_heading(mz_say(cli, "物资", "Goods"));
    mz_grid *grid = mz_grid_new(headings);
    json_array_foreach(goods, i, good)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(good, "item"));
        mz_part_cell_number(grid, good, "quantity");
        mz_part_cell_number(grid, good, "used_quantity");
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static int64_t grade_count(const json_t *rating, const char *grade)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(rating, "counts"), i, row)
    {
        if (strcmp(mz_part_text(row, "grade"), grade) == 0)
            return mz_part_number(row, "count");
    }
    return 0;
}

/* What was said, then what it cost, whom it served and what came back. */
static void print_ratings(const mz_cli *cli, const json_t *view)
{
    const char *headings[MZ_GRADE_COUNT + 4] = {mz_say(cli, "评议方", "rater"),
                                                mz_say(cli, ">第几笔", ">entry")};
    const json_t *ratings = json_object_get(view, "ratings");
    char heading[MZ_GRADE_COUNT][40];
    size_t i;
    json_t *rating;
    if (json_array_size(ratings) == 0)
        return;
    for (size_t k = 0; k < MZ_GRADE_COUNT; k++) {
        snprintf(heading[k], sizeof(heading[k]), ">%s", mz_word_text(MZ_GRADES[k], cli->language));
        headings[2 + k] = heading[k];
    }
    headings[2 + MZ_GRADE_COUNT] = mz_say(cli, "最新", "latest");
    mz_part_heading(mz_say(cli, "评议", "Ratings"));
    mz_grid *grid = mz_grid_new(headings);
    json_array_foreach(ratings, i, rating)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_word(cli, rating, "rater"));
        mz_part_cell_number(grid, rating, "index");
        for (size_t k = 0; k < MZ_GRADE_COUNT; k++)
            mz_grid_cell_format(grid, "%lld", (long long)grade_count(rating, MZ_GRADES[k]));
        mz_grid_cell(grid, json_is_true(json_object_get(rating, "latest")) ? "✓" : "");
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

static void print_results(const mz_cli *cli, const json_t *view)
{
    const json_t *results = json_object_get(view, "results"),
                 *seeded = json_object_get(view, "seeded");
    char amount[MZ_YUAN_TEXT_SIZE];
    if (results != NULL) {
        mz_part_yuan(mz_part_number(results, "paid_fen"), amount);
        printf(mz_say(cli, "\n支付 %s，受益 %lld 人次", "\npaid %s, %lld people served"), amount,
               (long long)mz_part_number(results, "people_served"));
        mz_part_yuan(mz_part_number(results, "per_person_fen"), amount);
        if (json_object_get(results, "per_person_fen") != NULL)
            printf(mz_say(cli, "，人均 %s", ", %s each"), amount);
        putchar('\n');
    }
    if (seeded == NULL)
        return;
    mz_part_yuan(mz_part_number(seeded, "confirmed_fen"), amount);
    printf(mz_say(cli, "反哺 %s", "came back %s"), amount);
    if (json_object_get(seeded, "per_yuan") != NULL)
        printf(mz_say(cli, "，每支付 1 元收回 %s 元", ", %s yuan for each yuan paid"),
               mz_part_text(seeded, "per_yuan"));
    putchar('\n');
}

void mz_print_proposal(const mz_cli *cli, const json_t *view)
{
    char amount[MZ_FEN_TEXT_SIZE + 4], paid[MZ_FEN_TEXT_SIZE + 4], filed[MZ_TIME_TEXT_SIZE];
    mz_part_yuan(mz_part_number(view, "amount_fen"), amount);
    mz_part_yuan(mz_part_number(view, "paid_fen"), paid);
    mz_time_text(mz_part_number(view, "filed_ms"), filed);
    printf("%s  %s  [%s]\n", mz_part_text(view, "proposal"), mz_part_text(view, "title"),
           mz_part_word(cli, view, "state"));
    print_steps(cli, view);
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
    print_filed_goods(cli, view);
    print_panel(cli, view);
    print_ballots(cli, view);
    print_recused(cli, view);
    print_history(cli, view);
    if (json_array_size(json_object_get(view, "objections")) > 0) {
        mz_part_heading(mz_say(cli, "异议", "Objections"));
        print_objections(cli, view);
    }
    if (json_array_size(json_object_get(view, "payouts")) > 0) {
        mz_part_heading(mz_say(cli, "拨付", "Payouts"));
        print_payouts(cli, view);
    }
    mz_print_moves(cli, mz_say(cli, "发放", "Issued"), json_object_get(view, "issues"));
    mz_print_moves(cli, mz_say(cli, "核销", "Written off"), json_object_get(view, "write_offs"));
    print_ratings(cli, view);
    print_results(cli, view);
}
