/* page_figures.c — the figures of the whole log: counts, funds, goods, bank accounts. */
#include <stdio.h>

#include "page.h"

static void put_counts(mz_page *p)
{
    size_t count = 0;
    const mz_count_row *rows = mz_count_rows(&count);
    const json_t *counts = json_object_get(p->told.report, "counts");
    const char *const columns[] = {mz_page_say(p, "全部各笔之中", "in the whole log"),
                                   mz_page_say(p, "笔数", "number")};
    mz_page_table_head(p, NULL, columns, 2, 1);
    for (size_t i = 0; i < count; i++) {
        mz_page_begin(p, "tr", NULL);
        mz_page_element(p, "td", NULL, mz_page_say(p, rows[i].zh, rows[i].en));
        mz_page_number_cell(p, mz_told_number(counts, rows[i].name));
        mz_page_end(p, "tr");
    }
    mz_page_table_end(p);
}

/* Moved in less moved out, paid less returned: what a reader needs; the JSON has all. */
static void put_bucket(mz_page *p, const json_t *bucket)
{
    mz_page_begin(p, "tr", NULL);
    mz_page_element(p, "td", NULL, mz_told_purpose(&p->told, bucket));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "confirmed_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "reversed_fen"));
    mz_page_fen_cell(
        p, "td", mz_told_number(bucket, "moved_in_fen") - mz_told_number(bucket, "moved_out_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "paid_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "returned_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "balance_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(bucket, "reserved_fen"));
    mz_page_end(p, "tr");
}

static void put_fund(mz_page *p, const json_t *fund)
{
    size_t i;
    json_t *bucket;
    char published[96] = "";
    if (mz_told_text(fund, "published_to")[0] != '\0')
        (void)snprintf(published, sizeof published,
                       mz_page_say(p, "，公示 %lld 期至 %s", ", %lld statements to %s"),
                       mz_told_number(fund, "statements"), mz_told_text(fund, "published_to"));
    mz_page_begin(p, "tr", NULL);
    mz_page_begin(p, "th", NULL);
    mz_html_attribute(&p->html, "colspan", "6");
    mz_html_attribute(&p->html, "scope", "rowgroup");
    mz_html_text(&p->html, mz_told_text(fund, "name"));
    mz_html_text(&p->html, " · ");
    mz_html_text(&p->html, mz_told_text(fund, "fund"));
    mz_html_text(&p->html, " · ");
    mz_html_text(&p->html, mz_told_term(&p->told, mz_told_text(fund, "state")));
    mz_html_text(&p->html, published);
    mz_page_end(p, "th");
    mz_page_fen_cell(p, "th", mz_told_number(fund, "balance_fen"));
    mz_page_fen_cell(p, "th", mz_told_number(fund, "reserved_fen"));
    mz_page_end(p, "tr");
    json_array_foreach(json_object_get(fund, "purposes"), i, bucket) put_bucket(p, bucket);
}

static void put_funds(mz_page *p)
{
    size_t i;
    json_t *fund;
    const json_t *funds = json_object_get(p->told.report, "funds");
    const char *const columns[] = {mz_page_say(p, "基金 / 专款（元）", "fund / purpose (yuan)"),
                                   mz_page_say(p, "入账", "confirmed"),
                                   mz_page_say(p, "冲销", "reversed"),
                                   mz_page_say(p, "净转入", "moved, net"),
                                   mz_page_say(p, "拨付", "paid"),
                                   mz_page_say(p, "退回", "returned"),
                                   mz_page_say(p, "余额", "balance"),
                                   mz_page_say(p, "其中预留", "reserved")};
    if (json_array_size(funds) == 0)
        return;
    mz_page_table_head(p, "figures", columns, 8, 1);
    json_array_foreach(funds, i, fund) put_fund(p, fund);
    mz_page_begin(p, "tr", "sum");
    mz_page_begin(p, "th", NULL);
    mz_html_attribute(&p->html, "colspan", "6");
    mz_html_text(&p->html, mz_page_say(p, "各基金合计", "all funds"));
    mz_page_end(p, "th");
    mz_page_fen_cell(p, "td", mz_told_number(p->told.report, "balance_fen"));
    mz_page_fen_cell(p, "td", mz_told_number(p->told.report, "reserved_fen"));
    mz_page_end(p, "tr");
    mz_page_table_end(p);
}

static void put_item(mz_page *p, const json_t *row)
{
    static const char *const NUMBERS[] = {"received",    "issued", "sold",
                                          "written_off", "stock",  "unvalued"};
    mz_page_begin(p, "tr", NULL);
    mz_page_element(p, "td", NULL, mz_told_text(row, "fund"));
    mz_page_element(p, "td", NULL, mz_told_text(row, "item"));
    mz_page_element(p, "td", NULL, mz_told_text(row, "unit"));
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        mz_page_number_cell(p, mz_told_number(row, NUMBERS[i]));
    mz_page_element(p, "td", "count", "");
    mz_page_end(p, "tr");
}

/* The last column is left empty for whoever counts. */
static void put_goods(mz_page *p)
{
    size_t i;
    json_t *row;
    const json_t *goods = json_object_get(p->told.report, "goods");
    const char *const columns[] = {
        mz_page_say(p, "基金", "fund"),        mz_page_say(p, "物资", "item"),
        mz_page_say(p, "单位", "unit"),        mz_page_say(p, "收到", "received"),
        mz_page_say(p, "发放", "issued"),      mz_page_say(p, "义卖", "sold"),
        mz_page_say(p, "核销", "written off"), mz_page_say(p, "库存", "stock"),
        mz_page_say(p, "未估值", "unvalued"),  mz_page_say(p, "盘点", "counted")};
    if (json_array_size(goods) == 0)
        return;
    mz_page_table_head(p, "figures", columns, 10, 3);
    json_array_foreach(goods, i, row) put_item(p, row);
    mz_page_table_end(p);
    if (json_is_true(json_object_get(p->told.report, "goods_more")))
        mz_page_element(p, "p", "small",
                        mz_page_say(p, "还有物资未列。", "There are more items than are listed."));
}

static void put_accounts(mz_page *p)
{
    size_t i;
    json_t *row;
    const json_t *accounts = json_object_get(p->told.report, "bank_accounts");
    const char *const columns[] = {
        mz_page_say(p, "银行账户（元）", "bank account (yuan)"),
        mz_page_say(p, "收入行数", "lines in"), mz_page_say(p, "收入合计", "in"),
        mz_page_say(p, "支出行数", "lines out"), mz_page_say(p, "支出合计", "out")};
    if (json_array_size(accounts) == 0)
        return;
    mz_page_table_head(p, NULL, columns, 5, 1);
    json_array_foreach(accounts, i, row)
    {
        mz_page_begin(p, "tr", NULL);
        mz_page_element(p, "td", NULL, mz_told_text(row, "account"));
        mz_page_number_cell(p, mz_told_number(row, "in_count"));
        mz_page_fen_cell(p, "td", mz_told_number(row, "in_fen"));
        mz_page_number_cell(p, mz_told_number(row, "out_count"));
        mz_page_fen_cell(p, "td", mz_told_number(row, "out_fen"));
        mz_page_end(p, "tr");
    }
    mz_page_table_end(p);
    mz_page_element(
        p, "p", "small",
        mz_page_say(
            p, "每一行的流水号和金额用 --json 列出（bank_lines），供与银行对账单逐笔核对。",
            "Every line's reference and amount is in --json (bank_lines), to compare with the "
            "bank's statements one by one."));
}

void mz_page_figures(mz_page *p)
{
    mz_page_heading(p, mz_page_say(p, "数字", "Figures"));
    put_counts(p);
    put_funds(p);
    put_goods(p);
    put_accounts(p);
}
