/* page.c — the report to be printed and filed: the same JSON as one page of HTML, whole in itself,
 * without script, picture or anything from outside. Readable in black and white: what matters is
 * said in words and lines, never by colour alone. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/date.h"
#include "page.h"

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

/* --- the head of the report --- */

static void put_head_element(mz_page *p, const char *title)
{
    mz_page_begin(p, "head", NULL);
    mz_html_open(&p->html, "meta");
    mz_html_attribute(&p->html, "charset", "utf-8");
    mz_page_end(p, "meta");
    mz_html_open(&p->html, "meta"); /* nothing on this page runs or is fetched */
    mz_html_attribute(&p->html, "http-equiv", "Content-Security-Policy");
    mz_html_attribute(&p->html, "content", "default-src 'none'; style-src 'unsafe-inline'");
    mz_page_end(p, "meta");
    mz_html_open(&p->html, "meta");
    mz_html_attribute(&p->html, "name", "viewport");
    mz_html_attribute(&p->html, "content", "width=device-width, initial-scale=1");
    mz_page_end(p, "meta");
    mz_page_element(p, "title", NULL, title);
    mz_html_style(&p->html, RULES);
    mz_page_end(p, "head");
}

static void fact(mz_page *p, const char *name, const char *class_name, const char *text)
{
    mz_page_begin(p, "tr", NULL);
    mz_page_begin(p, "th", NULL);
    mz_html_attribute(&p->html, "scope", "row");
    mz_html_text(&p->html, name);
    mz_page_end(p, "th");
    mz_page_element(p, "td", class_name, text);
    mz_page_end(p, "tr");
}

static void put_result(mz_page *p)
{
    char where[64];
    const json_t *failure = json_object_get(p->told.report, "failure");
    mz_page_begin(p, "div", failure == NULL ? "result" : "result failed");
    if (failure == NULL) {
        mz_page_element(
            p, "p", NULL,
            mz_page_say(p, "已证：这本账从头到尾合乎规则。",
                        "Proved: this log keeps the rules from its first entry to its last."));
    } else {
        const json_t *reason = json_object_get(failure, "reason");
        (void)snprintf(where, sizeof where,
                       mz_page_say(p, "第 %lld 笔处：", "At entry or size %lld: "),
                       mz_told_number(failure, "index"));
        mz_page_element(
            p, "p", NULL,
            mz_page_say(p, "不成立：这本账不可信。", "Failed: this log is not to be trusted."));
        mz_page_begin(p, "p", "detail");
        mz_html_text(&p->html, where);
        mz_html_text(&p->html, mz_told_word(&p->told, failure));
        mz_page_end(p, "p");
        if (reason != NULL)
            mz_page_element(p, "p", "detail", mz_told_word(&p->told, reason));
    }
    mz_page_end(p, "div");
}

/* "2026-03-01 10:00:00 (UTC+8)", of one or two members in ms; nothing when they are not there. */
static void time_fact(mz_page *p, const char *name, const char *from, const char *to)
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

static void put_size(mz_page *p)
{
    char text[96];
    const json_t *run = json_object_get(p->told.report, "run");
    const long long before = mz_told_number(run, "resumed_from");
    const long long size = mz_told_number(p->told.report, "size");
    if (before > 0)
        (void)snprintf(
            text, sizeof text,
            mz_page_say(p, "%lld（其中 %lld 笔上次已审）", "%lld (%lld of them audited before)"),
            size, before);
    else
        (void)snprintf(text, sizeof text, "%lld", size);
    fact(p, mz_page_say(p, "笔数", "entries"), NULL, text);
}

static void put_since(mz_page *p)
{
    size_t i;
    json_t *row;
    char text[160];
    json_array_foreach(json_object_get(p->told.report, "since"), i, row)
    {
        const char *result = mz_told_text(row, "result");
        const bool extended = strcmp(result, "extended") == 0;
        (void)snprintf(text, sizeof text, mz_page_say(p, "%lld 笔：%s", "%lld entries: %s"),
                       mz_told_number(row, "size"),
                       extended ? mz_page_say(p, "账本是它的延续", "the log extends it") : result);
        mz_page_begin(p, "tr", NULL);
        mz_page_element(p, "th", NULL, mz_page_say(p, "旧印章或收据", "older proof"));
        mz_page_begin(p, "td", NULL);
        mz_page_element(p, "span", "mono", mz_told_text(row, "file"));
        mz_html_text(&p->html, " — ");
        mz_html_text(&p->html, text);
        mz_page_end(p, "td");
        mz_page_end(p, "tr");
    }
}

static void put_pin(mz_page *p)
{
    size_t i;
    json_t *key;
    const json_t *pin = json_object_get(p->told.report, "pin");
    json_array_foreach(json_object_get(pin, "log_keys"), i, key) fact(
        p, mz_page_say(p, "信任的账本公钥", "trusted log key"), "mono", json_string_value(key));
    fact(p, mz_page_say(p, "第 0 笔的哈希", "hash of entry 0"), "mono",
         mz_told_text(p->told.report, "genesis"));
}

static void put_facts(mz_page *p)
{
    char program[96];
    const json_t *r = p->told.report;
    const json_t *run = json_object_get(r, "run");
    const char *checkpoint = json_string_value(json_object_get(r, "checkpoint"));
    (void)snprintf(program, sizeof program,
                   mz_page_say(p, "mingzhang-audit %s，规则第 %lld 版",
                               "mingzhang-audit %s, rules version %lld"),
                   mz_told_text(run, "version"), mz_told_number(run, "rules"));
    mz_page_begin(p, "table", "facts");
    mz_page_begin(p, "tbody", NULL);
    fact(p, mz_page_say(p, "账本", "log"), NULL, mz_told_text(r, "origin"));
    put_size(p);
    fact(p, mz_page_say(p, "树根", "root"), "mono", mz_told_text(r, "root"));
    time_fact(p, mz_page_say(p, "账本时间", "log time"), "first_ms", "last_ms");
    time_fact(p, mz_page_say(p, "期限算到", "deadlines as of"), "as_of_ms", NULL);
    put_pin(p);
    put_since(p);
    if (checkpoint != NULL) {
        mz_page_begin(p, "tr", NULL);
        mz_page_element(p, "th", NULL, mz_page_say(p, "最后一枚印章", "last checkpoint"));
        mz_page_begin(p, "td", NULL);
        mz_page_element(p, "pre", NULL, checkpoint);
        mz_page_end(p, "td");
        mz_page_end(p, "tr");
    }
    fact(p, mz_page_say(p, "程序", "program"), NULL, program);
    mz_page_table_end(p);
}

static void put_header(mz_page *p)
{
    const json_t *charity = json_object_get(p->told.report, "charity");
    mz_page_begin(p, "header", NULL);
    mz_page_element(p, "h1", NULL, mz_page_say(p, "账本审计报告", "Report on the audit of a log"));
    if (charity != NULL) {
        mz_page_element(p, "p", "charity", mz_told_text(charity, "name"));
        mz_page_begin(p, "p", "small");
        mz_html_text(&p->html, mz_page_say(p, "统一社会信用代码 ", "Unified social credit code "));
        mz_html_text(&p->html, mz_told_text(charity, "credit_code"));
        mz_page_end(p, "p");
    }
    put_result(p);
    put_facts(p);
    mz_page_end(p, "header");
}

/* --- all assertions at a glance --- */

static void put_summary_row(mz_page *p, size_t number, const json_t *row)
{
    char address[64], place[24];
    (void)snprintf(address, sizeof address, "#%s", mz_told_text(row, "code"));
    (void)snprintf(place, sizeof place, "%zu", number + 1);
    mz_page_begin(p, "tr", NULL);
    mz_page_element(p, "td", "order", place);
    mz_page_begin(p, "td", NULL);
    mz_html_open(&p->html, "a");
    mz_html_address(&p->html, "href", address);
    mz_html_text(&p->html, mz_told_word(&p->told, json_object_get(row, "title")));
    mz_page_end(p, "a");
    mz_page_end(p, "td");
    mz_page_begin(p, "td", NULL);
    mz_page_verdict(p, mz_told_text(row, "verdict"));
    mz_page_end(p, "td");
    mz_page_number_cell(p, mz_told_number(row, "count"));
    mz_page_number_cell(p, mz_told_number(row, "information_count"));
    mz_page_end(p, "tr");
}

static void put_summary(mz_page *p)
{
    size_t i;
    json_t *row;
    const char *const columns[] = {mz_page_say(p, "序", "no."), mz_page_say(p, "认定", "assertion"),
                                   mz_page_say(p, "结论", "verdict"),
                                   mz_page_say(p, "发现", "findings"),
                                   mz_page_say(p, "备查", "to be known")};
    mz_page_heading(p, mz_page_say(p, "逐项结论", "Verdicts"));
    mz_page_element(
        p, "p", "small",
        mz_page_say(
            p,
            "“已证”：每一笔都成立；“有发现”：形式上成立，所列各笔请审计人看；"
            "“须人核”：账本之内无可挑剔，其余只能问人查物；“不成立”：账本不可信。",
            "Proved: it holds for every entry. Finding: it holds in form, and the entries listed "
            "are for the auditor to look at. Needs people: nothing was found in the log, and the "
            "rest can only be asked or looked up. Failed: the log is not to be trusted."));
    mz_page_table_head(p, NULL, columns, 5, 3);
    json_array_foreach(json_object_get(p->told.report, "assertions"), i, row)
        put_summary_row(p, i, row);
    mz_page_table_end(p);
}

/* --- the end --- */

static void put_open(mz_page *p)
{
    size_t i;
    json_t *row;
    mz_page_heading(p, mz_page_say(p, "账本看不见、要靠人的", "What no log can close"));
    mz_page_begin(p, "ul", NULL);
    json_array_foreach(json_object_get(p->told.report, "open"), i, row)
        mz_page_element(p, "li", NULL, mz_told_word(&p->told, row));
    mz_page_end(p, "ul");
}

/* Left empty: the opinion is the auditor's, not the program's. */
static void put_signature(mz_page *p)
{
    const char *const LINES[2][2] = {
        {mz_page_say(p, "审计人（签名）", "Auditor (signature)"),
         mz_page_say(p,                                                                 "单位（盖章）", "Organisation (seal)")},
        {mz_page_say(p, "姓名",                "Name"),                mz_page_say(p, "日期",             "Date")               },
    };
    mz_page_begin(p, "section", "signature");
    mz_page_heading(p, mz_page_say(p, "审计意见", "The auditor's opinion"));
    mz_page_begin(p, "div", "box");
    mz_page_element(
        p, "p", "small",
        mz_page_say(
            p, "由审计人填写。以上各项由程序据账本作出，不代替审计人的意见。",
            "For the auditor to fill in. What stands above the program found in the log; it is "
            "no opinion."));
    mz_page_end(p, "div");
    mz_page_begin(p, "table", "lines");
    mz_page_begin(p, "tbody", NULL);
    for (size_t i = 0; i < 2; i++) {
        mz_page_begin(p, "tr", NULL);
        for (size_t k = 0; k < 2; k++)
            mz_page_element(p, "td", NULL, LINES[i][k]);
        mz_page_end(p, "tr");
    }
    mz_page_table_end(p);
    mz_page_end(p, "section");
}

void mz_audit_page(const json_t *report, mz_language language, mz_html_sink *sink, void *context)
{
    mz_page whole = {
        .told = {report, language}
    };
    mz_page *p = &whole;
    char title[160];
    (void)snprintf(title, sizeof title, mz_page_say(p, "审计报告 %s", "Audit of %s"),
                   mz_told_text(report, "origin"));
    mz_html_begin(&p->html, sink, context);
    mz_html_open(&p->html, "html");
    mz_html_attribute(&p->html, "lang", mz_page_say(p, "zh-Hans", "en"));
    put_head_element(p, title);
    mz_page_begin(p, "body", NULL);
    put_header(p);
    put_summary(p);
    mz_page_figures(p);
    mz_page_findings(p);
    put_open(p);
    put_signature(p);
    mz_page_end(p, "body");
    mz_page_end(p, "html");
    mz_html_end(&p->html);
}
