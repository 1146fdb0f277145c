#include "print.h"

#include <string.h>

#include "core/date.h"
#include "print_parts.h"

/* ---- members of a view ---- */

const char *mz_part_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

int64_t mz_part_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

const char *mz_part_word(const mz_cli *cli, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : mz_word_text(text, cli->language);
}

void mz_part_yuan(int64_t amount_fen, char text[MZ_FEN_TEXT_SIZE + 4])
{
    char plain[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, plain);
    bool negative = plain[0] == '-';
    snprintf(text, MZ_FEN_TEXT_SIZE + 4, "%s¥%s", negative ? "-" : "", plain + (negative ? 1 : 0));
}

void mz_part_cell_fen(mz_grid *grid, const json_t *row, const char *name)
{
    if (json_object_get(row, name) == NULL)
        mz_grid_cell(grid, NULL);
    else
        mz_grid_cell_fen(grid, mz_part_number(row, name));
}

void mz_part_cell_time(mz_grid *grid, const json_t *row, const char *name)
{
    char text[MZ_TIME_TEXT_SIZE];
    if (json_object_get(row, name) == NULL) {
        mz_grid_cell(grid, NULL);
        return;
    }
    mz_time_text(mz_part_number(row, name), text);
    mz_grid_cell(grid, text);
}

void mz_part_cell_purpose(const mz_cli *cli, mz_grid *grid, const json_t *row)
{
    const char *purpose =
        mz_part_text(row, "purpose"); /* an identifier may be spelt as a word is */
    mz_grid_cell(grid,
                 strcmp(purpose, "general") == 0 ? mz_word_text(purpose, cli->language) : purpose);
}

void mz_part_heading(const char *text)
{
    printf("\n%s\n", text);
}

void mz_part_next(const mz_cli *cli, const json_t *view)
{
    const json_t *next = json_object_get(view, "next");
    if (json_is_string(next))
        printf(mz_say(cli, "还有更早的：--before %s\n", "There are earlier ones: --before %s\n"),
               json_string_value(next));
    else if (next != NULL)
        printf(
            mz_say(cli, "还有更早的：--before %lld\n", "There are earlier ones: --before %lld\n"),
            (long long)json_integer_value(next));
}

void mz_part_cell_index(mz_grid *grid, const json_t *row, const char *name)
{
    if (json_object_get(row, name) == NULL)
        mz_grid_cell(grid, NULL);
    else
        mz_grid_cell_format(grid, "#%lld", (long long)mz_part_number(row, name));
}

void mz_part_cell_number(mz_grid *grid, const json_t *row, const char *name)
{
    if (json_is_integer(json_object_get(row, name)))
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(row, name));
    else
        mz_grid_cell(grid, NULL);
}

const char *mz_part_step(const mz_cli *cli, const char *code)
{
    for (mz_step step = MZ_STEP_NEED; step < MZ_STEP_COUNT; step++)
        if (strcmp(MZ_STEPS[step], code) == 0)
            return mz_step_text(step, cli->language);
    return code;
}

const char *mz_part_event(const mz_cli *cli, const char *name)
{
    const mz_event_row *row = mz_event_row_named(mz_view_of(name));
    return row == NULL ? name : mz_say(cli, row->zh, row->en);
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
        mz_grid_cell(grid, mz_part_text(fund, "fund"));
        mz_grid_cell(grid, mz_part_text(fund, "name"));
        mz_grid_cell(grid, mz_part_word(cli, fund, "state"));
        mz_part_cell_fen(grid, fund, "balance_fen");
        mz_part_cell_fen(grid, fund, "reserved_fen");
        mz_part_cell_fen(grid, fund, "free_fen");
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
        mz_grid_cell(grid, mz_part_text(actor, "actor"));
        mz_grid_cell(grid, mz_part_word(cli, actor, "role"));
        mz_grid_cell(grid, json_is_true(json_object_get(actor, "in_effect"))
                               ? mz_say(cli, "是", "yes")
                               : mz_say(cli, "否", "no"));
        mz_part_cell_time(grid, actor, "enrolled_ms");
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
    printf("%s  %s\n", mz_part_text(json_object_get(view, "charity"), "name"),
           mz_part_text(view, "origin"));
    printf(mz_say(cli, "%lld 笔，根 %s，第 %lld 版规则\n",
                  "%lld entries, root %s, rules version %lld\n"),
           (long long)mz_part_number(view, "size"), mz_part_text(view, "root"),
           (long long)mz_part_number(view, "rules"));
    mz_part_heading(mz_say(cli, "基金", "Funds"));
    mz_print_balances(cli, view);
    mz_part_heading(mz_say(cli, "人员", "People"));
    print_actors(cli, view);
}

/* ---- fund ---- */

/* Columns of the purposes; the optional ones are there when a figure of theirs is not zero. */
static const struct {
    const char *name, *zh, *en;
    bool optional;
} BUCKET_COLUMNS[] = {
    {"confirmed_fen", ">入账",    ">confirmed", false},
    {"reversed_fen",  ">冲销",    ">reversed",  false},
    {"moved_in_fen",  ">移入",    ">moved in",  true },
    {"moved_out_fen", ">移出",    ">moved out", true },
    {"paid_fen",      ">拨付",    ">paid",      false},
    {"returned_fen",  ">退回",    ">returned",  false},
    {"balance_fen",   ">余额",    ">balance",   false},
    {"reserved_fen",  ">已预留", ">reserved",  false},
    {"free_fen",      ">可用",    ">free",      false},
};
#define BUCKET_COLUMN_COUNT (sizeof(BUCKET_COLUMNS) / sizeof(BUCKET_COLUMNS[0]))

static bool any_not_zero(const json_t *rows, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (mz_part_number(row, name) != 0)
            return true;
    }
    return false;
}

static void print_purposes(const mz_cli *cli, const json_t *buckets)
{
    size_t i, k;
    json_t *bucket, *category;
    json_array_foreach(buckets, i, bucket)
    {
        if (json_object_get(bucket, "text") == NULL)
            continue;
        printf("%s  %s", mz_part_text(bucket, "purpose"), mz_part_text(bucket, "text"));
        json_array_foreach(json_object_get(bucket, "categories"), k, category)
            printf("%s%s", k == 0 ? mz_say(cli, "（", " (") : mz_say(cli, "、", ", "),
                   mz_word_text(json_string_value(category), cli->language));
        puts(mz_say(cli, "）", ")"));
    }
}

static void print_buckets(const mz_cli *cli, const json_t *view)
{
    const json_t *buckets = json_object_get(view, "buckets");
    const char *headings[BUCKET_COLUMN_COUNT + 2] = {mz_say(cli, "专款", "purpose")};
    const char *names[BUCKET_COLUMN_COUNT];
    size_t count = 0, i;
    json_t *bucket;
    for (size_t k = 0; k < BUCKET_COLUMN_COUNT; k++) {
        if (BUCKET_COLUMNS[k].optional && !any_not_zero(buckets, BUCKET_COLUMNS[k].name))
            continue;
        headings[count + 1] = mz_say(cli, BUCKET_COLUMNS[k].zh, BUCKET_COLUMNS[k].en);
        names[count++] = BUCKET_COLUMNS[k].name;
    }
    mz_grid *grid = mz_grid_new(headings);
    json_array_foreach(buckets, i, bucket)
    {
        mz_grid_row(grid);
        mz_part_cell_purpose(cli, grid, bucket);
        for (size_t k = 0; k < count; k++)
            mz_part_cell_fen(grid, bucket, names[k]);
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    print_purposes(cli, buckets);
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
        printf(" %s%s", mz_part_text(person, "actor"),
               json_is_false(json_object_get(person, "in_effect")) ? "(-)" : "");
    putchar('\n');
}

static void print_committee(const mz_cli *cli, const json_t *view)
{
    const json_t *committee = json_object_get(view, "committee");
    mz_part_heading(mz_say(cli, "委员会", "Committee"));
    if (committee == NULL) {
        puts(mz_say(cli, "  尚未就任", "  none is seated"));
        return;
    }
    printf(mz_say(cli, "  第 %lld 届，任期至 %s%s，主任 %s\n",
                  "  epoch %lld, term to %s%s, chair %s\n"),
           (long long)mz_part_number(committee, "epoch"), mz_part_text(committee, "term_ends"),
           json_is_true(json_object_get(committee, "term_over"))
               ? mz_say(cli, "（已满）", " (over)")
               : "",
           mz_part_text(committee, "chair"));
    print_people(mz_say(cli, "委员", "members"), json_object_get(committee, "members"));
    print_people(mz_say(cli, "候补", "alternates"), json_object_get(committee, "alternates"));
    print_people(mz_say(cli, "监督员", "supervisors"), json_object_get(committee, "supervisors"));
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
            mz_grid_cell(grid, k == 1 ? mz_part_word(cli, source, NAMES[k])
                                      : mz_part_text(source, NAMES[k]));
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
        mz_grid_cell_format(grid, "%lld", (long long)mz_part_number(income, "index"));
        mz_grid_cell(grid, mz_part_word(cli, income, "kind"));
        mz_part_cell_purpose(cli, grid, income);
        mz_part_cell_fen(grid, income, "amount_fen");
        mz_grid_cell(grid, mz_part_text(income, "received_on"));
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

/* Needs, goods, ratings and the bank, a line each where there is something to tell. */
static void print_summaries(const mz_cli *cli, const json_t *view)
{
    const json_t *needs = json_object_get(view, "needs"), *goods = json_object_get(view, "goods"),
                 *ratings = json_object_get(view, "ratings"),
                 *bank = json_object_get(view, "reconciliation");
    long long listed = mz_part_number(needs, "listed_count"),
              endorsed = mz_part_number(needs, "endorsed_count"),
              paid = mz_part_number(needs, "paid_count");
    if (listed + endorsed + paid > 0)
        printf(mz_say(cli, "需求：待附议 %lld，已附议 %lld，已支付 %lld\n",
                      "needs: %lld listed, %lld endorsed, %lld paid\n"),
               listed, endorsed, paid);
    if (mz_part_number(goods, "item_count") > 0)
        printf(mz_say(cli, "物资：%lld 种，有库存 %lld 种，待确认 %lld 笔\n",
                      "goods: %lld items, %lld in stock, %lld movements to be confirmed\n"),
               (long long)mz_part_number(goods, "item_count"),
               (long long)mz_part_number(goods, "in_stock_count"),
               (long long)mz_part_number(goods, "waiting_count"));
    if (mz_part_number(ratings, "completed_count") > 0)
        printf(mz_say(cli, "评事：完成 %lld 件，已评议 %lld 件\n",
                      "ratings: %lld completed, %lld rated\n"),
               (long long)mz_part_number(ratings, "completed_count"),
               (long long)mz_part_number(ratings, "rated_count"));
    if (json_object_get(bank, "month") == NULL && mz_part_number(bank, "missing_count") == 0)
        return;
    printf(mz_say(cli, "账户 %s 已对账到 %s，未对账 %lld 个月\n",
                  "account %s reconciled to %s, %lld months missing\n"),
           mz_part_text(view, "account"),
           json_object_get(bank, "month") == NULL ? mz_say(cli, "（尚无）", "(none yet)")
                                                  : mz_part_text(bank, "month"),
           (long long)mz_part_number(bank, "missing_count"));
}

void mz_print_fund(const mz_cli *cli, const json_t *view)
{
    char balance[MZ_FEN_TEXT_SIZE + 4], reserved[MZ_FEN_TEXT_SIZE + 4], free[MZ_FEN_TEXT_SIZE + 4];
    const json_t *statement = json_object_get(view, "statement");
    mz_part_yuan(mz_part_number(view, "balance_fen"), balance);
    mz_part_yuan(mz_part_number(view, "reserved_fen"), reserved);
    mz_part_yuan(mz_part_number(view, "free_fen"), free);
    printf("%s  %s  %s  [%s]\n", mz_part_text(view, "fund"), mz_part_text(view, "name"),
           mz_part_text(view, "community"), mz_part_word(cli, view, "state"));
    printf(mz_say(cli, "余额 %s，已预留 %s，可用 %s\n", "balance %s, reserved %s, free %s\n"),
           balance, reserved, free);
    printf(mz_say(cli, "公示已到 %s，下一期最迟 %s\n",
                  "statements published to %s, the next due %s\n"),
           json_object_get(statement, "published_to") == NULL
               ? mz_say(cli, "（尚无）", "(none yet)")
               : mz_part_text(statement, "published_to"),
           mz_part_text(statement, "due_on"));
    print_summaries(cli, view);
    mz_part_heading(mz_say(cli, "专款", "Purposes"));
    print_buckets(cli, view);
    print_committee(cli, view);
    if (json_array_size(json_object_get(view, "proposals")) > 0) {
        mz_part_heading(mz_say(cli, "提案", "Proposals"));
        mz_print_proposals(cli, view);
    }
    if (json_array_size(json_object_get(view, "sources")) > 0) {
        mz_part_heading(mz_say(cli, "来源", "Sources"));
        print_sources(cli, view);
    }
    if (json_array_size(json_object_get(view, "unconfirmed")) > 0) {
        mz_part_heading(mz_say(cli, "待入账", "Income to be confirmed"));
        print_unconfirmed(cli, view);
    }
}
