/* page.c — the report to be printed and filed: the same JSON as one page of HTML, whole in itself,
 * without script, picture or anything from outside. Readable in black and white: what matters is
 * said in words and lines, never by colour alone. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/date.h"
#include "core/money.h"
#include "words.h"

typedef struct page {
    mz_told told;
    mz_html html;
    unsigned section; /* of the last heading */
} page;

static const char RULES[] =
    "@page { size: A4; margin: 20mm 18mm 20mm;\n"
    "  @bottom-center { content: counter(page) ' / ' counter(pages);\n"
    "    font: 9pt 'Times New Roman', 'Liberation Serif', serif; color: #444; } }\n"
    "* { box-sizing: border-box; }\n"
    "html { font: 12pt/1.6 'Times New Roman', 'Liberation Serif', 'Source Han Serif SC',\n"
    "  'Noto Serif CJK SC', 'Songti SC', SimSun, serif; color: #111; background: #fff; }\n"
    "body { max-width: 178mm; margin: 0 auto; padding: 12mm 2mm; }\n"
    "h1, h2, h3, th, .verdict, .result { font-family: Arial, 'Liberation Sans',\n"
    "  'Source Han Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', SimHei,\n"
    "  sans-serif; }\n"
    "h1 { font-size: 20pt; line-height: 1.3; margin: 0 0 2mm; }\n"
    "h2 { font-size: 14pt; margin: 10mm 0 3mm; padding-bottom: 1mm;\n"
    "  border-bottom: 1.5pt solid #111; break-after: avoid; }\n"
    "h3 { font-size: 12pt; margin: 6mm 0 1mm; break-after: avoid; }\n"
    "p { margin: 0 0 2mm; orphans: 3; widows: 3; }\n"
    "section > p:not(:last-child) { break-after: avoid; }\n"
    "header .charity { font-size: 13pt; margin: 0; }\n"
    ".small { font-size: 9.5pt; color: #444; }\n"
    "td .small { font-size: 9pt; }\n"
    ".mono { font-family: 'Liberation Mono', 'DejaVu Sans Mono', Consolas, monospace;\n"
    "  font-size: 9pt; overflow-wrap: anywhere; }\n"
    "pre { font: 8pt/1.4 'Liberation Mono', 'DejaVu Sans Mono', Consolas, monospace;\n"
    "  white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }\n"
    ".result { border: 1.5pt solid #111; padding: 3mm 4mm; margin: 5mm 0; font-size: 12.5pt;\n"
    "  font-weight: bold; break-inside: avoid; }\n"
    ".result p { margin: 0; }\n"
    ".result .detail { font-weight: normal; font-size: 10.5pt; margin-top: 1mm; }\n"
    ".result.failed { border-width: 4pt; border-style: double; }\n"
    "table { width: 100%; border-collapse: collapse; font-size: 10pt; line-height: 1.45;\n"
    "  margin: 2mm 0 4mm; }\n"
    "thead { display: table-header-group; }\n"
    "tr { break-inside: avoid; }\n"
    "th, td { text-align: left; vertical-align: top; padding: 1.2mm 2mm; }\n"
    "thead th { border-bottom: 1pt solid #111; font-size: 9.5pt; }\n"
    "tbody tr { border-bottom: 0.4pt solid #999; }\n"
    "tbody th { font-weight: bold; background: #f2f2f2; }\n"
    ".facts th { width: 30mm; font-weight: normal; color: #444; background: none; }\n"
    ".order { width: 10mm; text-align: right; }\n"
    ".number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
    ".sum td, .sum th { border-top: 1pt solid #111; font-weight: bold; background: none; }\n"
    ".figures { font-size: 8.5pt; }\n"
    ".figures th, .figures td { padding: 1mm 1.2mm; }\n"
    ".count { border: 0.6pt solid #111; width: 16mm; }\n"
    ".nowrap { white-space: nowrap; }\n"
    ".verdict { display: inline-block; padding: 0 1.6mm; border: 0.8pt solid #111;\n"
    "  font-size: 9pt; line-height: 1.5; white-space: nowrap; }\n"
    ".verdict.proved { border-color: #fff; padding: 0; }\n"
    ".verdict.needs_people { border-style: dashed; }\n"
    ".verdict.finding { border-width: 1.5pt; font-weight: bold; }\n"
    ".verdict.unproved { border-style: dotted; }\n"
    ".verdict.failed { border: 3pt double #111; font-weight: bold; }\n"
    ".ask { break-before: avoid; border-left: 2.5pt solid #111; padding: 0 0 0 3mm; margin: 2mm 0 "
    "3mm;\n"
    "  break-inside: avoid; }\n"
    ".ask p { margin: 0; }\n"
    ".ask .label { font-weight: bold; font-size: 9.5pt; }\n"
    ".signature { break-inside: avoid; }\n"
    ".box { border: 0.8pt solid #111; height: 55mm; padding: 2mm 3mm; margin: 2mm 0 6mm; }\n"
    ".lines td { border: 0; border-bottom: 0.8pt solid #111; height: 13mm;\n"
    "  vertical-align: bottom; width: 50%; }\n"
    ".lines tr { border: 0; }\n"
    "a { color: inherit; text-decoration: none; }\n"
    "@media screen { a { text-decoration: underline; } }\n"
    "@media print { body { max-width: none; padding: 0; } }\n";

/* --- small words --- */

static const char *say(const page *p, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
static const char *say(const page *p, const char *zh, const char *en)
{
    return mz_say(&p->told, zh, en);
}

static void element(page *p, const char *name, const char *class_name, const char *text)
{
    mz_html_element(&p->html, name, class_name, text);
}

static void open(page *p, const char *name, const char *class_name)
{
    mz_html_open_class(&p->html, name, class_name);
}

static void close(page *p, const char *name)
{
    mz_html_close(&p->html, name);
}

/* What there is none of is a dash, so that the eye finds the rest. */
static void number_cell(page *p, long long number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", number);
    element(p, "td", "number", number != 0 ? text : "–");
}

/* Without the sign of the currency: the table's heading says it. */
static void fen_cell(page *p, const char *name, int64_t amount_fen)
{
    char text[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, text);
    element(p, name, "number", text);
}

static void heading(page *p, const char *text)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%u. ", ++p->section);
    open(p, "h2", NULL);
    mz_html_text(&p->html, number);
    mz_html_text(&p->html, text);
    close(p, "h2");
}

/* The head of a table: its columns, of which those after `text_count` hold numbers. */
static void table_head(page *p, const char *class_name, const char *const *columns,
                       size_t column_count, size_t text_count)
{
    open(p, "table", class_name);
    open(p, "thead", NULL);
    open(p, "tr", NULL);
    for (size_t i = 0; i < column_count; i++) {
        open(p, "th", i < text_count ? NULL : "number");
        mz_html_attribute(&p->html, "scope", "col");
        mz_html_text(&p->html, columns[i]);
        close(p, "th");
    }
    close(p, "tr");
    close(p, "thead");
    open(p, "tbody", NULL);
}

static void table_end(page *p)
{
    close(p, "tbody");
    close(p, "table");
}

static void verdict(page *p, const char *code)
{
    char classes[48];
    (void)snprintf(classes, sizeof classes, "verdict %s", code);
    element(p, "span", classes, mz_told_verdict(&p->told, code));
}

/* --- the head of the report --- */

static void put_head_element(page *p, const char *title)
{
    open(p, "head", NULL);
    mz_html_open(&p->html, "meta");
    mz_html_attribute(&p->html, "charset", "utf-8");
    close(p, "meta");
    mz_html_open(&p->html, "meta"); /* nothing on this page runs or is fetched */
    mz_html_attribute(&p->html, "http-equiv", "Content-Security-Policy");
    mz_html_attribute(&p->html, "content", "default-src 'none'; style-src 'unsafe-inline'");
    close(p, "meta");
    mz_html_open(&p->html, "meta");
    mz_html_attribute(&p->html, "name", "viewport");
    mz_html_attribute(&p->html, "content", "width=device-width, initial-scale=1");
    close(p, "meta");
    element(p, "title", NULL, title);
    mz_html_style(&p->html, RULES);
    close(p, "head");
}

static void fact(page *p, const char *name, const char *class_name, const char *text)
{
    open(p, "tr", NULL);
    open(p, "th", NULL);
    mz_html_attribute(&p->html, "scope", "row");
    mz_html_text(&p->html, name);
    close(p, "th");
    element(p, "td", class_name, text);
    close(p, "tr");
}

static void put_result(page *p)
{
    char where[64];
    const json_t *failure = json_object_get(p->told.report, "failure");
    open(p, "div", failure == NULL ? "result" : "result failed");
    if (failure == NULL) {
        element(p, "p", NULL,
                say(p, "已证：这本账从头到尾合乎规则。",
                    "Proved: this log keeps the rules from its first entry to its last."));
    } else {
        const json_t *reason = json_object_get(failure, "reason");
        (void)snprintf(where, sizeof where, say(p, "第 %lld 笔处：", "At entry or size %lld: "),
                       mz_told_number(failure, "index"));
        element(p, "p", NULL,
                say(p, "不成立：这本账不可信。", "Failed: this log is not to be trusted."));
        open(p, "p", "detail");
        mz_html_text(&p->html, where);
        mz_html_text(&p->html, mz_told_word(&p->told, failure));
        close(p, "p");
        if (reason != NULL)
            element(p, "p", "detail", mz_told_word(&p->told, reason));
    }
    close(p, "div");
}

/* "2026-03-01 10:00:00 (UTC+8)", of one or two members in ms; nothing when they are not there. */
static void time_fact(page *p, const char *name, const char *from, const char *to)
{
    char first[MZ_TIME_TEXT_SIZE], last[MZ_TIME_TEXT_SIZE], text[80];
    if (json_object_get(p->told.report, from) == NULL)
        return;
    mz_time_text(mz_told_number(p->told.report, from), first);
    if (to == NULL) {
        (void)snprintf(text, sizeof text, "%s (UTC+8)", first);
    } else {
        mz_time_text(mz_told_number(p->told.report, to), last);
        (void)snprintf(text, sizeof text, "%s – %s (UTC+8)", first, last);
    }
    fact(p, name, NULL, text);
}

static void put_size(page *p)
{
    char text[96];
    const json_t *run = json_object_get(p->told.report, "run");
    const long long before = mz_told_number(run, "resumed_from");
    const long long size = mz_told_number(p->told.report, "size");
    if (before > 0)
        (void)snprintf(text, sizeof text,
                       say(p, "%lld（其中 %lld 笔上次已审）", "%lld (%lld of them audited before)"),
                       size, before);
    else
        (void)snprintf(text, sizeof text, "%lld", size);
    fact(p, say(p, "笔数", "entries"), NULL, text);
}

static void put_since(page *p)
{
    size_t i;
    json_t *row;
    char text[160];
    json_array_foreach(json_object_get(p->told.report, "since"), i, row)
    {
        const char *result = mz_told_text(row, "result");
        const bool extended = strcmp(result, "extended") == 0;
        (void)snprintf(text, sizeof text, say(p, "%lld 笔：%s", "%lld entries: %s"),
                       mz_told_number(row, "size"),
                       extended ? say(p, "账本是它的延续", "the log extends it") : result);
        open(p, "tr", NULL);
        element(p, "th", NULL, say(p, "旧印章或收据", "older proof"));
        open(p, "td", NULL);
        element(p, "span", "mono", mz_told_text(row, "file"));
        mz_html_text(&p->html, " — ");
        mz_html_text(&p->html, text);
        close(p, "td");
        close(p, "tr");
    }
}

static void put_pin(page *p)
{
    size_t i;
    json_t *key;
    const json_t *pin = json_object_get(p->told.report, "pin");
    json_array_foreach(json_object_get(pin, "log_keys"), i, key)
        fact(p, say(p, "信任的账本公钥", "trusted log key"), "mono", json_string_value(key));
    fact(p, say(p, "第 0 笔的哈希", "hash of entry 0"), "mono",
         mz_told_text(p->told.report, "genesis"));
}

static void put_facts(page *p)
{
    char program[96];
    const json_t *r = p->told.report;
    const json_t *run = json_object_get(r, "run");
    const char *checkpoint = json_string_value(json_object_get(r, "checkpoint"));
    (void)snprintf(
        program, sizeof program,
        say(p, "mingzhang-audit %s，规则第 %lld 版", "mingzhang-audit %s, rules version %lld"),
        mz_told_text(run, "version"), mz_told_number(run, "rules"));
    open(p, "table", "facts");
    open(p, "tbody", NULL);
    fact(p, say(p, "账本", "log"), NULL, mz_told_text(r, "origin"));
    put_size(p);
    fact(p, say(p, "树根", "root"), "mono", mz_told_text(r, "root"));
    time_fact(p, say(p, "账本时间", "log time"), "first_ms", "last_ms");
    time_fact(p, say(p, "期限算到", "deadlines as of"), "as_of_ms", NULL);
    put_pin(p);
    put_since(p);
    if (checkpoint != NULL) {
        open(p, "tr", NULL);
        element(p, "th", NULL, say(p, "最后一枚印章", "last checkpoint"));
        open(p, "td", NULL);
        element(p, "pre", NULL, checkpoint);
        close(p, "td");
        close(p, "tr");
    }
    fact(p, say(p, "程序", "program"), NULL, program);
    table_end(p);
}

static void put_header(page *p)
{
    const json_t *charity = json_object_get(p->told.report, "charity");
    open(p, "header", NULL);
    element(p, "h1", NULL, say(p, "账本审计报告", "Report on the audit of a log"));
    if (charity != NULL) {
        element(p, "p", "charity", mz_told_text(charity, "name"));
        open(p, "p", "small");
        mz_html_text(&p->html, say(p, "统一社会信用代码 ", "Unified social credit code "));
        mz_html_text(&p->html, mz_told_text(charity, "credit_code"));
        close(p, "p");
    }
    put_result(p);
    put_facts(p);
    close(p, "header");
}

/* --- all assertions at a glance --- */

static void put_summary_row(page *p, size_t number, const json_t *row)
{
    char address[64], place[24];
    (void)snprintf(address, sizeof address, "#%s", mz_told_text(row, "code"));
    (void)snprintf(place, sizeof place, "%zu", number + 1);
    open(p, "tr", NULL);
    element(p, "td", "order", place);
    open(p, "td", NULL);
    mz_html_open(&p->html, "a");
    mz_html_address(&p->html, "href", address);
    mz_html_text(&p->html, mz_told_word(&p->told, json_object_get(row, "title")));
    close(p, "a");
    close(p, "td");
    open(p, "td", NULL);
    verdict(p, mz_told_text(row, "verdict"));
    close(p, "td");
    number_cell(p, mz_told_number(row, "count"));
    number_cell(p, mz_told_number(row, "information_count"));
    close(p, "tr");
}

static void put_summary(page *p)
{
    size_t i;
    json_t *row;
    const char *const columns[] = {say(p, "序", "no."), say(p, "认定", "assertion"),
                                   say(p, "结论", "verdict"), say(p, "发现", "findings"),
                                   say(p, "备查", "to be known")};
    heading(p, say(p, "逐项结论", "Verdicts"));
    element(
        p, "p", "small",
        say(p,
            "“已证”：每一笔都成立；“有发现”：形式上成立，所列各笔请审计人看；"
            "“须人核”：账本之内无可挑剔，其余只能问人查物；“不成立”：账本不可信。",
            "Proved: it holds for every entry. Finding: it holds in form, and the entries listed "
            "are for the auditor to look at. Needs people: nothing was found in the log, and the "
            "rest can only be asked or looked up. Failed: the log is not to be trusted."));
    table_head(p, NULL, columns, 5, 3);
    json_array_foreach(json_object_get(p->told.report, "assertions"), i, row)
        put_summary_row(p, i, row);
    table_end(p);
}

/* --- figures --- */

static void put_counts(page *p)
{
    size_t count = 0;
    const mz_count_row *rows = mz_count_rows(&count);
    const json_t *counts = json_object_get(p->told.report, "counts");
    const char *const columns[] = {say(p, "全部各笔之中", "in the whole log"),
                                   say(p, "笔数", "number")};
    table_head(p, NULL, columns, 2, 1);
    for (size_t i = 0; i < count; i++) {
        open(p, "tr", NULL);
        element(p, "td", NULL, say(p, rows[i].zh, rows[i].en));
        number_cell(p, mz_told_number(counts, rows[i].name));
        close(p, "tr");
    }
    table_end(p);
}

/* Moved in less moved out, paid less returned: what a reader needs; the JSON has all. */
static void put_bucket(page *p, const json_t *bucket)
{
    open(p, "tr", NULL);
    element(p, "td", NULL, mz_told_purpose(&p->told, bucket));
    fen_cell(p, "td", mz_told_number(bucket, "confirmed_fen"));
    fen_cell(p, "td", mz_told_number(bucket, "reversed_fen"));
    fen_cell(p, "td",
             mz_told_number(bucket, "moved_in_fen") - mz_told_number(bucket, "moved_out_fen"));
    fen_cell(p, "td", mz_told_number(bucket, "paid_fen"));
    fen_cell(p, "td", mz_told_number(bucket, "returned_fen"));
    fen_cell(p, "td", mz_told_number(bucket, "balance_fen"));
    fen_cell(p, "td", mz_told_number(bucket, "reserved_fen"));
    close(p, "tr");
}

static void put_fund(page *p, const json_t *fund)
{
    size_t i;
    json_t *bucket;
    char published[96] = "";
    if (mz_told_text(fund, "published_to")[0] != '\0')
        (void)snprintf(published, sizeof published,
                       say(p, "，公示 %lld 期至 %s", ", %lld statements to %s"),
                       mz_told_number(fund, "statements"), mz_told_text(fund, "published_to"));
    open(p, "tr", NULL);
    open(p, "th", NULL);
    mz_html_attribute(&p->html, "colspan", "6");
    mz_html_attribute(&p->html, "scope", "rowgroup");
    mz_html_text(&p->html, mz_told_text(fund, "name"));
    mz_html_text(&p->html, " · ");
    mz_html_text(&p->html, mz_told_text(fund, "fund"));
    mz_html_text(&p->html, " · ");
    mz_html_text(&p->html, mz_told_term(&p->told, mz_told_text(fund, "state")));
    mz_html_text(&p->html, published);
    close(p, "th");
    fen_cell(p, "th", mz_told_number(fund, "balance_fen"));
    fen_cell(p, "th", mz_told_number(fund, "reserved_fen"));
    close(p, "tr");
    json_array_foreach(json_object_get(fund, "purposes"), i, bucket) put_bucket(p, bucket);
}

static void put_funds(page *p)
{
    size_t i;
    json_t *fund;
    const json_t *funds = json_object_get(p->told.report, "funds");
    const char *const columns[] = {say(p, "基金 / 专款（元）", "fund / purpose (yuan)"),
                                   say(p, "入账", "confirmed"),
                                   say(p, "冲销", "reversed"),
                                   say(p, "净转入", "moved, net"),
                                   say(p, "拨付", "paid"),
                                   say(p, "退回", "returned"),
                                   say(p, "余额", "balance"),
                                   say(p, "其中预留", "reserved")};
    if (json_array_size(funds) == 0)
        return;
    table_head(p, "figures", columns, 8, 1);
    json_array_foreach(funds, i, fund) put_fund(p, fund);
    open(p, "tr", "sum");
    open(p, "th", NULL);
    mz_html_attribute(&p->html, "colspan", "6");
    mz_html_text(&p->html, say(p, "各基金合计", "all funds"));
    close(p, "th");
    fen_cell(p, "td", mz_told_number(p->told.report, "balance_fen"));
    fen_cell(p, "td", mz_told_number(p->told.report, "reserved_fen"));
    close(p, "tr");
    table_end(p);
}

static void put_item(page *p, const json_t *row)
{
    static const char *const NUMBERS[] = {"received",    "issued", "sold",
                                          "written_off", "stock",  "unvalued"};
    open(p, "tr", NULL);
    element(p, "td", NULL, mz_told_text(row, "fund"));
    element(p, "td", NULL, mz_told_text(row, "item"));
    element(p, "td", NULL, mz_told_text(row, "unit"));
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        number_cell(p, mz_told_number(row, NUMBERS[i]));
    element(p, "td", "count", "");
    close(p, "tr");
}

/* The last column is left empty for whoever counts. */
static void put_goods(page *p)
{
    size_t i;
    json_t *row;
    const json_t *goods = json_object_get(p->told.report, "goods");
    const char *const columns[] = {say(p, "基金", "fund"),        say(p, "物资", "item"),
                                   say(p, "单位", "unit"),        say(p, "收到", "received"),
                                   say(p, "发放", "issued"),      say(p, "义卖", "sold"),
                                   say(p, "核销", "written off"), say(p, "库存", "stock"),
                                   say(p, "未估值", "unvalued"),  say(p, "盘点", "counted")};
    if (json_array_size(goods) == 0)
        return;
    table_head(p, "figures", columns, 10, 3);
    json_array_foreach(goods, i, row) put_item(p, row);
    table_end(p);
    if (json_is_true(json_object_get(p->told.report, "goods_more")))
        element(p, "p", "small", say(p, "还有物资未列。", "There are more items than are listed."));
}

static void put_accounts(page *p)
{
    size_t i;
    json_t *row;
    const json_t *accounts = json_object_get(p->told.report, "bank_accounts");
    const char *const columns[] = {say(p, "银行账户（元）", "bank account (yuan)"),
                                   say(p, "收入行数", "lines in"), say(p, "收入合计", "in"),
                                   say(p, "支出行数", "lines out"), say(p, "支出合计", "out")};
    if (json_array_size(accounts) == 0)
        return;
    table_head(p, NULL, columns, 5, 1);
    json_array_foreach(accounts, i, row)
    {
        open(p, "tr", NULL);
        element(p, "td", NULL, mz_told_text(row, "account"));
        number_cell(p, mz_told_number(row, "in_count"));
        fen_cell(p, "td", mz_told_number(row, "in_fen"));
        number_cell(p, mz_told_number(row, "out_count"));
        fen_cell(p, "td", mz_told_number(row, "out_fen"));
        close(p, "tr");
    }
    table_end(p);
    element(p, "p", "small",
            say(p, "每一行的流水号和金额用 --json 列出（bank_lines），供与银行对账单逐笔核对。",
                "Every line's reference and amount is in --json (bank_lines), to compare with the "
                "bank's statements one by one."));
}

static void put_figures(page *p)
{
    heading(p, say(p, "数字", "Figures"));
    put_counts(p);
    put_funds(p);
    put_goods(p);
    put_accounts(p);
}

/* --- assertion by assertion --- */

static void put_entry_name(page *p, const json_t *entry)
{
    char text[32];
    (void)snprintf(text, sizeof text, "#%lld", mz_told_number(entry, "index"));
    mz_html_text(&p->html, text);
    mz_html_text(&p->html, " ");
    mz_html_text(&p->html, mz_told_term(&p->told, mz_told_text(entry, "event")));
}

static void put_day(page *p, const json_t *entry)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(mz_told_number(entry, "unix_ms")), day);
    mz_html_text(&p->html, day);
}

static void put_other(page *p, const json_t *other)
{
    mz_html_text(&p->html, say(p, "。参见 ", ". See "));
    put_entry_name(p, other);
    mz_html_text(&p->html, say(p, "，", ", "));
    if (json_object_get(other, "fund") != NULL) {
        mz_html_text(&p->html, mz_told_text(other, "fund"));
        mz_html_text(&p->html, say(p, "，", ", "));
    }
    put_day(p, other);
}

static void put_finding_cell(page *p, const json_t *entry)
{
    char about[MZ_ABOUT_SIZE];
    const json_t *other = json_object_get(entry, "other_entry");
    mz_told_about(&p->told, entry, about, sizeof about);
    open(p, "td", NULL);
    mz_html_text(&p->html, mz_told_word(&p->told, entry));
    mz_html_open(&p->html, "br");
    close(p, "br");
    open(p, "span", "small");
    mz_html_text(&p->html, about);
    if (other != NULL)
        put_other(p, other);
    close(p, "span");
    close(p, "td");
}

static void put_entry(page *p, const json_t *entry)
{
    open(p, "tr", NULL);
    open(p, "td", "nowrap");
    put_entry_name(p, entry);
    close(p, "td");
    open(p, "td", "nowrap");
    put_day(p, entry);
    close(p, "td");
    element(p, "td", NULL, mz_told_text(entry, "fund"));
    put_finding_cell(p, entry);
    if (json_object_get(entry, "amount_fen") != NULL)
        fen_cell(p, "td", mz_told_number(entry, "amount_fen"));
    else
        element(p, "td", NULL, "");
    close(p, "tr");
}

static void put_entries(page *p, const json_t *row, const char *list, const char *count,
                        const char *title)
{
    size_t i;
    json_t *entry;
    char more[64];
    const json_t *entries = json_object_get(row, list);
    const long long left = mz_told_number(row, count) - (long long)json_array_size(entries);
    const char *const columns[] = {say(p, "笔", "entry"), say(p, "日期", "date"),
                                   say(p, "基金", "fund"), title, say(p, "元", "yuan")};
    if (json_array_size(entries) == 0)
        return;
    table_head(p, NULL, columns, 5, 4);
    json_array_foreach(entries, i, entry) put_entry(p, entry);
    table_end(p);
    if (left > 0) {
        (void)snprintf(more, sizeof more,
                       say(p, "另有 %lld 项，未列。", "And %lld more, not listed."), left);
        element(p, "p", "small", more);
    }
}

static void put_ask(page *p, const char *about, const char *ask)
{
    if (ask[0] == '\0')
        return;
    open(p, "div", "ask");
    open(p, "p", "label");
    mz_html_text(&p->html, say(p, "问人", "To ask people"));
    if (about[0] != '\0') {
        mz_html_text(&p->html, say(p, "：", ": "));
        mz_html_text(&p->html, about);
    }
    close(p, "p");
    element(p, "p", NULL, ask);
    close(p, "div");
}

static void put_assertion(page *p, size_t number, const json_t *row)
{
    size_t i;
    json_t *kind;
    char text[40];
    (void)snprintf(text, sizeof text, "%u.%zu ", p->section, number + 1);
    open(p, "section", NULL);
    mz_html_attribute(&p->html, "id", mz_told_text(row, "code"));
    open(p, "h3", NULL);
    mz_html_text(&p->html, text);
    mz_html_text(&p->html, mz_told_word(&p->told, json_object_get(row, "title")));
    mz_html_text(&p->html, " ");
    verdict(p, mz_told_text(row, "verdict"));
    close(p, "h3");
    element(p, "p", NULL, mz_told_word(&p->told, json_object_get(row, "proves")));
    put_entries(p, row, "entries", "count", say(p, "发现", "finding"));
    put_entries(p, row, "information", "information_count", say(p, "备查", "to be known"));
    json_array_foreach(json_object_get(row, "kinds"), i, kind) put_ask(
        p, mz_told_word(&p->told, kind), mz_told_word(&p->told, json_object_get(kind, "ask")));
    if (strcmp(mz_told_text(row, "verdict"), mz_verdict_code(MZ_UNPROVED)) != 0)
        put_ask(p, "", mz_told_word(&p->told, json_object_get(row, "ask")));
    close(p, "section");
}

static void put_assertions(page *p)
{
    size_t i;
    json_t *row;
    heading(p, say(p, "逐项说明", "Assertion by assertion"));
    json_array_foreach(json_object_get(p->told.report, "assertions"), i, row)
        put_assertion(p, i, row);
}

/* --- the end --- */

static void put_open(page *p)
{
    size_t i;
    json_t *row;
    heading(p, say(p, "账本看不见、要靠人的", "What no log can close"));
    open(p, "ul", NULL);
    json_array_foreach(json_object_get(p->told.report, "open"), i, row)
        element(p, "li", NULL, mz_told_word(&p->told, row));
    close(p, "ul");
}

/* Left empty: the opinion is the auditor's, not the program's. */
static void put_signature(page *p)
{
    const char *const LINES[2][2] = {
        {say(p, "审计人（签名）", "Auditor (signature)"),
         say(p,                                                         "单位（盖章）", "Organisation (seal)")},
        {say(p, "姓名",                "Name"),                say(p, "日期",             "Date")               },
    };
    open(p, "section", "signature");
    heading(p, say(p, "审计意见", "The auditor's opinion"));
    open(p, "div", "box");
    element(p, "p", "small",
            say(p, "由审计人填写。以上各项由程序据账本作出，不代替审计人的意见。",
                "For the auditor to fill in. What stands above the program found in the log; it is "
                "no opinion."));
    close(p, "div");
    open(p, "table", "lines");
    open(p, "tbody", NULL);
    for (size_t i = 0; i < 2; i++) {
        open(p, "tr", NULL);
        for (size_t k = 0; k < 2; k++)
            element(p, "td", NULL, LINES[i][k]);
        close(p, "tr");
    }
    table_end(p);
    close(p, "section");
}

void mz_audit_page(const json_t *report, mz_language language, mz_html_sink *sink, void *context)
{
    page whole = {
        .told = {report, language}
    };
    page *p = &whole;
    char title[160];
    (void)snprintf(title, sizeof title, say(p, "审计报告 %s", "Audit of %s"),
                   mz_told_text(report, "origin"));
    mz_html_begin(&p->html, sink, context);
    mz_html_open(&p->html, "html");
    mz_html_attribute(&p->html, "lang", say(p, "zh-Hans", "en"));
    put_head_element(p, title);
    open(p, "body", NULL);
    put_header(p);
    put_summary(p);
    put_figures(p);
    put_assertions(p);
    put_open(p);
    put_signature(p);
    close(p, "body");
    close(p, "html");
    mz_html_end(&p->html);
}
