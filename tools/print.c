#include "print.h"

#include <string.h>

#include "core/date.h"
#include "core/event.h"
#include "core/money.h"
#include "table.h"

/* ---- members of a view ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *word_of(const mz_cli *cli, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : mz_word_text(text, cli->language);
}

static void yuan(int64_t amount_fen, char text[MZ_FEN_TEXT_SIZE + 4])
{
    char plain[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, plain);
    bool negative = plain[0] == '-';
    snprintf(text, MZ_FEN_TEXT_SIZE + 4, "%s¥%s", negative ? "-" : "", plain + (negative ? 1 : 0));
}

static void cell_fen(mz_grid *grid, const json_t *row, const char *name)
{
    if (json_object_get(row, name) == NULL)
        mz_grid_cell(grid, NULL);
    else
        mz_grid_cell_fen(grid, number_of(row, name));
}

static void cell_time(mz_grid *grid, const json_t *row, const char *name)
{
    char text[MZ_TIME_TEXT_SIZE];
    if (json_object_get(row, name) == NULL) {
        mz_grid_cell(grid, NULL);
        return;
    }
    mz_time_text(number_of(row, name), text);
    mz_grid_cell(grid, text);
}

/* A period that ends at 24:00 is told by its last day. */
static void cell_until(mz_grid *grid, const json_t *row, const char *name)
{
    char text[MZ_DAY_TEXT_SIZE];
    if (json_object_get(row, name) == NULL) {
        mz_grid_cell(grid, NULL);
        return;
    }
    mz_day_text(mz_day_of_ms(number_of(row, name) - 1), text);
    mz_grid_cell(grid, text);
}

static void heading(const char *text)
{
    printf("\n%s\n", text);
}

static const char *event_text(const mz_cli *cli, const char *name)
{
    const mz_event_row *row = mz_event_row_named(mz_view_of(name));
    return row == NULL ? name : mz_say(cli, row->zh, row->en);
}

/* ---- any object ---- */

static void print_value(const mz_cli *cli, const char *name, const json_t *value)
{
    size_t size = strlen(name);
    char text[MZ_FEN_TEXT_SIZE + 4];
    if (json_is_integer(value) && size > 4 && strcmp(name + size - 4, "_fen") == 0) {
        yuan(json_integer_value(value), text);
        puts(text);
    } else if (json_is_integer(value) && size > 3 && strcmp(name + size - 3, "_ms") == 0) {
        mz_time_text(json_integer_value(value), text);
        puts(text);
    } else if (json_is_string(value)) {
        puts(mz_word_text(json_string_value(value), cli->language));
    } else if (json_is_boolean(value)) {
        puts(json_is_true(value) ? mz_say(cli, "是", "yes") : mz_say(cli, "否", "no"));
    } else {
        json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
        putchar('\n');
    }
}

static void print_members(const mz_cli *cli, const json_t *view, int indent)
{
    const char *name;
    json_t *value;
    /* jansson's iteration wants a value that is not const; it is not changed */
    json_object_foreach((json_t *)(uintptr_t)view, name, value)
    {
        printf("%*s", indent, "");
        mz_text_pad(stdout, name, 18 - indent);
        if (json_is_object(value)) {
            putchar('\n');
            print_members(cli, value, indent + 2);
        } else {
            putchar(' ');
            print_value(cli, name, value);
        }
    }
}

void mz_print_members(const mz_cli *cli, const json_t *view)
{
    print_members(cli, view, 0);
}

void mz_print_text(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    fputs(text_of(view, "text"), stdout);
}

void mz_print_vkey(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    puts(text_of(view, "vkey"));
}

void mz_print_checkpoint(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    fputs(text_of(view, "note"), stdout);
}

/* ---- ledger ---- */

void mz_print_balances(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "基金", "fund"),
                                    mz_say(cli, "名称", "name"),
                                    mz_say(cli, "状态", "state"),
                                    mz_say(cli, ">余额", ">balance"),
                                    mz_say(cli, ">已预留", ">reserved"),
                                    mz_say(cli, ">可用", ">free"),
                                    NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *fund;
    json_array_foreach(json_object_get(view, "funds"), i, fund)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, text_of(fund, "fund"));
        mz_grid_cell(grid, text_of(fund, "name"));
        mz_grid_cell(grid, word_of(cli, fund, "state"));
        cell_fen(grid, fund, "balance_fen");
        cell_fen(grid, fund, "reserved_fen");
        cell_fen(grid, fund, "free_fen");
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

static void print_actors(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, "人员", "actor"),     mz_say(cli, "职务", "role"),
        mz_say(cli, "在任", "in effect"), mz_say(cli, "登记于", "enrolled"),
        mz_say(cli, "负责基金", "funds"), NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *actor;
    json_array_foreach(json_object_get(view, "actors"), i, actor)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, text_of(actor, "actor"));
        mz_grid_cell(grid, word_of(cli, actor, "role"));
        mz_grid_cell(grid, json_is_true(json_object_get(actor, "in_effect"))
                               ? mz_say(cli, "是", "yes")
                               : mz_say(cli, "否", "no"));
        cell_time(grid, actor, "enrolled_ms");
        mz_buf funds;
        mz_buf_init(&funds, 4096);
        size_t k;
        json_t *fund;
        json_array_foreach(json_object_get(actor, "funds"), k, fund)
            mz_buf_put_format(&funds, "%s%s", k == 0 ? "" : " ", json_string_value(fund));
        mz_grid_cell(grid, (const char *)funds.data);
        mz_buf_clear(&funds);
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

void mz_print_ledger(const mz_cli *cli, const json_t *view)
{
    printf("%s  %s\n", text_of(json_object_get(view, "charity"), "name"), text_of(view, "origin"));
    printf(mz_say(cli, "%lld 笔，根 %s，第 %lld 版规则\n",
                  "%lld entries, root %s, rules version %lld\n"),
           (long long)number_of(view, "size"), text_of(view, "root"),
           (long long)number_of(view, "rules"));
    heading(mz_say(cli, "基金", "Funds"));
    mz_print_balances(cli, view);
    heading(mz_say(cli, "人员", "People"));
    print_actors(cli, view);
}

/* ---- fund ---- */

static void print_buckets(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "专款", "purpose"),
                                    mz_say(cli, ">入账", ">confirmed"),
                                    mz_say(cli, ">冲销", ">reversed"),
                                    mz_say(cli, ">拨付", ">paid"),
                                    mz_say(cli, ">退回", ">returned"),
                                    mz_say(cli, ">余额", ">balance"),
                                    mz_say(cli, ">已预留", ">reserved"),
                                    mz_say(cli, ">可用", ">free"),
                                    NULL};
    static const char *const NAMES[] = {"confirmed_fen", "reversed_fen", "paid_fen", "returned_fen",
                                        "balance_fen",   "reserved_fen", "free_fen"};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *bucket;
    json_array_foreach(json_object_get(view, "buckets"), i, bucket)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, word_of(cli, bucket, "purpose"));
        for (size_t k = 0; k < sizeof(NAMES) / sizeof(NAMES[0]); k++)
            cell_fen(grid, bucket, NAMES[k]);
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

static void print_people(const char *label, const json_t *people)
{
    size_t i;
    json_t *person;
    if (json_array_size(people) == 0)
        return;
    printf("  ");
    mz_text_pad(stdout, label, 12);
    json_array_foreach(people, i, person)
        printf(" %s%s", text_of(person, "actor"),
               json_is_false(json_object_get(person, "in_effect")) ? "(-)" : "");
    putchar('\n');
}

static void print_committee(const mz_cli *cli, const json_t *view)
{
    const json_t *committee = json_object_get(view, "committee");
    heading(mz_say(cli, "委员会", "Committee"));
    if (committee == NULL) {
        puts(mz_say(cli, "  尚未就任", "  none is seated"));
        return;
    }
    printf(mz_say(cli, "  第 %lld 届，任期至 %s%s，主任 %s\n",
                  "  epoch %lld, term to %s%s, chair %s\n"),
           (long long)number_of(committee, "epoch"), text_of(committee, "term_ends"),
           json_is_true(json_object_get(committee, "term_over"))
               ? mz_say(cli, "（已满）", " (over)")
               : "",
           text_of(committee, "chair"));
    print_people(mz_say(cli, "委员", "members"), json_object_get(committee, "members"));
    print_people(mz_say(cli, "候补", "alternates"), json_object_get(committee, "alternates"));
    print_people(mz_say(cli, "监督员", "supervisors"), json_object_get(committee, "supervisors"));
}

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
        mz_grid_cell(grid, text_of(proposal, "proposal"));
        mz_grid_cell(grid, text_of(proposal, "title"));
        mz_grid_cell(grid, word_of(cli, proposal, "category"));
        mz_grid_cell(grid, word_of(cli, proposal, "state"));
        cell_fen(grid, proposal, "amount_fen");
        cell_fen(grid, proposal, "paid_fen");
        mz_grid_cell(grid, text_of(proposal, "last_day"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    if (json_object_get(view, "next") != NULL)
        printf(
            mz_say(cli, "还有更早的：--before %lld\n", "There are earlier ones: --before %lld\n"),
            (long long)number_of(view, "next"));
}

static void print_sources(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "来源", "source"),  mz_say(cli, "类别", "kind"),
                                    mz_say(cli, "往来方", "party"), mz_say(cli, "签订", "signed"),
                                    mz_say(cli, "到期", "ends"),    NULL};
    static const char *const NAMES[] = {"source", "kind", "party", "signed_on", "ends_on"};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(view, "sources"), i, source)
    {
        mz_grid_row(grid);
        for (size_t k = 0; k < sizeof(NAMES) / sizeof(NAMES[0]); k++)
            mz_grid_cell(grid, k == 1 ? word_of(cli, source, NAMES[k]) : text_of(source, NAMES[k]));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

static void print_unconfirmed(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, ">第几笔", ">entry"), mz_say(cli, "类别", "kind"),
        mz_say(cli, "专款", "purpose"),   mz_say(cli, ">金额", ">amount"),
        mz_say(cli, "收到", "received"),  NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *income;
    json_array_foreach(json_object_get(view, "unconfirmed"), i, income)
    {
        mz_grid_row(grid);
        mz_grid_cell_format(grid, "%lld", (long long)number_of(income, "index"));
        mz_grid_cell(grid, word_of(cli, income, "kind"));
        mz_grid_cell(grid, word_of(cli, income, "purpose"));
        cell_fen(grid, income, "amount_fen");
        mz_grid_cell(grid, text_of(income, "received_on"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

void mz_print_fund(const mz_cli *cli, const json_t *view)
{
    char balance[MZ_FEN_TEXT_SIZE + 4], reserved[MZ_FEN_TEXT_SIZE + 4], free[MZ_FEN_TEXT_SIZE + 4];
    const json_t *statement = json_object_get(view, "statement");
    yuan(number_of(view, "balance_fen"), balance);
    yuan(number_of(view, "reserved_fen"), reserved);
    yuan(number_of(view, "free_fen"), free);
    printf("%s  %s  %s  [%s]\n", text_of(view, "fund"), text_of(view, "name"),
           text_of(view, "community"), word_of(cli, view, "state"));
    printf(mz_say(cli, "余额 %s，已预留 %s，可用 %s\n", "balance %s, reserved %s, free %s\n"),
           balance, reserved, free);
    printf(mz_say(cli, "公示已到 %s，下一期最迟 %s\n",
                  "statements published to %s, the next due %s\n"),
           json_object_get(statement, "published_to") == NULL
               ? mz_say(cli, "（尚无）", "(none yet)")
               : text_of(statement, "published_to"),
           text_of(statement, "due_on"));
    heading(mz_say(cli, "专款", "Purposes"));
    print_buckets(cli, view);
    print_committee(cli, view);
    if (json_array_size(json_object_get(view, "proposals")) > 0) {
        heading(mz_say(cli, "提案", "Proposals"));
        mz_print_proposals(cli, view);
    }
    if (json_array_size(json_object_get(view, "sources")) > 0) {
        heading(mz_say(cli, "来源", "Sources"));
        print_sources(cli, view);
    }
    if (json_array_size(json_object_get(view, "unconfirmed")) > 0) {
        heading(mz_say(cli, "待入账", "Income to be confirmed"));
        print_unconfirmed(cli, view);
    }
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
        mz_grid_cell(grid, word_of(cli, draw, "purpose"));
        for (size_t k = 0; k < sizeof(NAMES) / sizeof(NAMES[0]); k++)
            cell_fen(grid, draw, NAMES[k]);
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
        mz_grid_cell(grid, text_of(payee, "party"));
        cell_fen(grid, payee, "cap_fen");
        cell_fen(grid, payee, "paid_fen");
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
    heading(mz_say(cli, "表决", "Votes"));
    printf(mz_say(cli, "  第 %lld 届，通过需 %lld 票：同意 %lld，不同意 %lld%s%s\n",
                  "  epoch %lld, %lld approvals needed: %lld for, %lld against%s%s\n"),
           (long long)number_of(panel, "epoch"), (long long)number_of(panel, "needed"),
           (long long)number_of(panel, "approvals"), (long long)number_of(panel, "rejections"),
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
        mz_grid_cell(grid, text_of(person, "actor"));
        mz_grid_cell(
            grid, json_object_get(person, "choice") == NULL ? "-" : word_of(cli, person, "choice"));
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
        mz_grid_cell_format(grid, "%lld", (long long)number_of(payout, "index"));
        mz_grid_cell(grid, text_of(payout, "party"));
        cell_fen(grid, payout, "amount_fen");
        cell_fen(grid, payout, "returned_fen");
        mz_grid_cell(grid, text_of(payout, "booked_on"));
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
        "  #%lld [%s] %s\n", (long long)number_of(objection, "index"),
        json_is_true(json_object_get(objection, "answered")) ? mz_say(cli, "已答复", "answered")
                                                             : mz_say(cli, "待答复", "open"),
        text_of(objection, "text"));
}

void mz_print_proposal(const mz_cli *cli, const json_t *view)
{
    char amount[MZ_FEN_TEXT_SIZE + 4], paid[MZ_FEN_TEXT_SIZE + 4], filed[MZ_TIME_TEXT_SIZE];
    yuan(number_of(view, "amount_fen"), amount);
    yuan(number_of(view, "paid_fen"), paid);
    mz_time_text(number_of(view, "filed_ms"), filed);
    printf("%s  %s  [%s]\n", text_of(view, "proposal"), text_of(view, "title"),
           word_of(cli, view, "state"));
    printf(mz_say(cli, "基金 %s，类别 %s，金额 %s，已付 %s\n",
                  "fund %s, category %s, amount %s, paid %s\n"),
           text_of(view, "fund"), word_of(cli, view, "category"), amount, paid);
    printf(mz_say(cli, "%s 提出（第 %lld 笔，%s）：%s\n", "filed by %s (entry %lld, %s): %s\n"),
           text_of(view, "filed_by"), (long long)number_of(view, "index"), filed,
           text_of(view, "why"));
    printf(mz_say(cli, "征询至 %s，表决至 %s", "consultation to %s, voting to %s"),
           text_of(view, "consult_to"), text_of(view, "vote_to"));
    if (json_object_get(view, "last_day") != NULL)
        printf(mz_say(cli, "；本阶段期限 %s", "; this stage's last day %s"),
               text_of(view, "last_day"));
    printf("\n%s %s\n", mz_say(cli, "提案哈希", "filing_sha256"), text_of(view, "filing_sha256"));
    heading(mz_say(cli, "用款", "Money"));
    print_draws(cli, view);
    print_payees(cli, view);
    print_panel(cli, view);
    if (json_array_size(json_object_get(view, "objections")) > 0) {
        heading(mz_say(cli, "异议", "Objections"));
        print_objections(cli, view);
    }
    if (json_array_size(json_object_get(view, "payouts")) > 0) {
        heading(mz_say(cli, "拨付", "Payouts"));
        print_payouts(cli, view);
    }
}

/* ---- entries ---- */

void mz_print_entry(const mz_cli *cli, const json_t *view)
{
    char at[MZ_TIME_TEXT_SIZE];
    mz_time_text(number_of(view, "at_ms"), at);
    printf(mz_say(cli, "第 %lld 笔  %s（%s）  %s\n", "entry %lld  %s (%s)  %s\n"),
           (long long)number_of(view, "index"), text_of(view, "event"),
           event_text(cli, text_of(view, "event")), at);
    printf(mz_say(cli, "签名人 %s（%s）%s%s\n", "signed by %s (%s)%s%s\n"), text_of(view, "actor"),
           word_of(cli, view, "role"),
           json_object_get(view, "fund") == NULL ? "" : mz_say(cli, "，基金 ", ", fund "),
           text_of(view, "fund"));
    printf("jti %s\nleaf %s\nkid %s\n", text_of(view, "jti"), text_of(view, "leaf_hash"),
           text_of(view, "kid"));
    if (json_object_get(view, "reversed_by") != NULL)
        printf(mz_say(cli, "已由第 %lld 笔冲销\n", "reversed by entry %lld\n"),
               (long long)number_of(view, "reversed_by"));
    const json_t *confirmation = json_object_get(view, "confirmation");
    if (confirmation != NULL)
        puts(json_is_true(json_object_get(confirmation, "confirmed"))
                 ? mz_say(cli, "已确认", "confirmed")
                 : mz_say(cli, "待确认", "not confirmed"));
    print_members(cli, json_object_get(view, "body"), 2);
}

void mz_print_entries(const mz_cli *cli, const json_t *view)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(view, "entries"), i, entry)
    {
        if (i > 0)
            putchar('\n');
        mz_print_entry(cli, entry);
    }
    if (json_object_get(view, "next") != NULL)
        printf(
            mz_say(cli, "还有更早的：--before %lld\n", "There are earlier ones: --before %lld\n"),
            (long long)number_of(view, "next"));
}

/* ---- todo ---- */

void mz_print_todo(const mz_cli *cli, const json_t *view)
{
    const json_t *rows = json_object_get(view, "todo");
    const char *const headings[] = {mz_say(cli, "最迟", "by"),      mz_say(cli, "办理", "do"),
                                    mz_say(cli, "基金", "fund"),    mz_say(cli, "对象", "about"),
                                    mz_say(cli, "第几笔", "entry"), mz_say(cli, ">金额", ">amount"),
                                    mz_say(cli, "标题", "title"),   NULL};
    printf(mz_say(cli, "%s（%s）%s\n", "%s (%s)%s\n"), text_of(view, "actor"),
           word_of(cli, view, "role"),
           json_array_size(rows) == 0 ? mz_say(cli, "：没有待办", ": nothing waits") : "");
    if (json_array_size(rows) == 0)
        return;
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        mz_grid_row(grid);
        cell_until(grid, row, "until_ms");
        mz_grid_cell_format(grid, "%s %s", event_text(cli, text_of(row, "do")), text_of(row, "do"));
        mz_grid_cell(grid, text_of(row, "fund"));
        const char *about = text_of(row, "about");
        mz_grid_cell(grid, strchr(about, '.') != NULL ? event_text(cli, about)
                                                      : mz_word_text(about, cli->language));
        if (json_object_get(row, "index") == NULL)
            mz_grid_cell(grid, NULL);
        else
            mz_grid_cell_format(grid, "#%lld", (long long)number_of(row, "index"));
        cell_fen(grid, row, "amount_fen");
        mz_grid_cell(grid, text_of(row, json_object_get(row, "title") == NULL ? "actor" : "title"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

/* ---- trace ---- */

static const char *part_text(const mz_cli *cli, const char *state)
{
    static const struct {
        const char *state, *zh, *en;
    } TEXTS[] = {
        {"free",     "未用",                      "not used yet"                   },
        {"used",     "用于拨付",                "paid out"                       },
        {"was_used", "曾用于拨付，后冲销", "was paid out, until reversed"   },
        {"reversed", "未用，已冲销",          "not used, reversed"             },
        {"stands",   "来自收入",                "from income"                    },
        {"replaced", "原来自收入，已替换", "was from income, since replaced"},
        {"returned", "已退回或冲销",          "returned or reversed"           },
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        if (strcmp(TEXTS[i].state, state) == 0)
            return mz_say(cli, TEXTS[i].zh, TEXTS[i].en);
    return state;
}

void mz_print_trace(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, ">金额", ">amount"), mz_say(cli, "去向或来历", "way"),
        mz_say(cli, "第几笔", "entry"),  mz_say(cli, "专款", "purpose"),
        mz_say(cli, "冲销", "reversal"), NULL};
    printf(mz_say(cli, "第 %lld 笔（%s）\n", "entry %lld (%s)\n"),
           (long long)number_of(view, "index"), event_text(cli, text_of(view, "event")));
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(view, "parts"), i, part)
    {
        json_t *other = json_object_get(part, "payout");
        if (other == NULL)
            other = json_object_get(part, "income");
        mz_grid_row(grid);
        cell_fen(grid, part, "amount_fen");
        mz_grid_cell(grid, part_text(cli, text_of(part, "state")));
        if (other == NULL)
            mz_grid_cell(grid, NULL);
        else
            mz_grid_cell_format(grid, "#%lld", (long long)json_integer_value(other));
        mz_grid_cell(grid, word_of(cli, part, "purpose"));
        if (json_object_get(part, "reversal") == NULL)
            mz_grid_cell(grid, NULL);
        else
            mz_grid_cell_format(grid, "#%lld", (long long)number_of(part, "reversal"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    if (json_is_true(json_object_get(view, "more")))
        puts(mz_say(cli, "其余从略", "The rest is left out"));
}
