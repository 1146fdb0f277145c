/* text.c — the report for people: the same JSON, told in their language. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/date.h"
#include "words.h"

#define LINE_COLUMNS 96

typedef struct page {
    mz_told told;
    FILE *out;
} page;

static const char *say(const page *p, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
static const char *say(const page *p, const char *zh, const char *en)
{
    return mz_say(&p->told, zh, en);
}

static const char *word(const page *p, const json_t *object)
{
    return mz_told_word(&p->told, object);
}

/* Bytes of the character at `text`, and the columns that it takes: two for what is wide in East
 * Asian type. */
static size_t character(const char *text, int *columns)
{
    const unsigned char c = (unsigned char)text[0];
    size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < size; i++) {
        if (text[i] == '\0')
            size = i;
    }
    *columns = c >= 0xe3 ? 2 : 1;
    return size;
}

static int columns_of(const char *text)
{
    int sum = 0, columns = 0;
    while (*text != '\0') {
        text += character(text, &columns);
        sum += columns;
    }
    return sum;
}

static void print_left(const page *p, const char *text, int width)
{
    fprintf(p->out, "%s%*s", text, width > columns_of(text) ? width - columns_of(text) : 0, "");
}

static void print_right(const page *p, const char *text, int width)
{
    fprintf(p->out, "%*s%s", width > columns_of(text) ? width - columns_of(text) : 0, "", text);
}

/* Whether a line may be broken before the character at `text`. */
static bool breaks_before(const char *text, const char *start)
{
    int columns = 0;
    (void)character(text, &columns);
    if (text == start)
        return false;
    if (columns == 1)
        return text[-1] == ' ';
    return strncmp(text, "，", 3) != 0 && strncmp(text, "。", 3) != 0 &&
           strncmp(text, "、", 3) != 0 && strncmp(text, "；", 3) != 0 &&
           strncmp(text, "：", 3) != 0 && strncmp(text, "？", 3) != 0 &&
           strncmp(text, "）", 3) != 0;
}

/* A paragraph under `indent` blanks, broken between words or Chinese characters. */
static void print_wrapped(const page *p, const char *text, int indent)
{
    while (*text != '\0') {
        const char *at = text, *end = NULL;
        int used = indent, columns = 0;
        while (*at != '\0') {
            const size_t size = character(at, &columns);
            if (breaks_before(at, text))
                end = at;
            if (used + columns > LINE_COLUMNS && end != NULL)
                break;
            used += columns;
            at += size;
        }
        if (*at == '\0')
            end = at;
        assert(end != NULL && end > text); /* a line holds at least one character */
        size_t length = (size_t)(end - text);
        while (length > 0 && text[length - 1] == ' ')
            length--;
        fprintf(p->out, "%*s%.*s\n", indent, "", (int)length, text);
        text = end;
    }
}

static void print_failure(const page *p, const json_t *failure)
{
    fprintf(p->out, "%s\n",
            say(p, "不成立：这本账不可信。", "FAILED: this log is not to be trusted."));
    fprintf(p->out, say(p, "  第 %lld 笔处：", "  At entry or size %lld: "),
            mz_told_number(failure, "index"));
    fprintf(p->out, "%s\n", word(p, failure));
    const json_t *reason = json_object_get(failure, "reason");
    if (reason != NULL)
        fprintf(p->out, "  %s [%s]\n", word(p, reason), mz_told_text(reason, "code"));
}

static void print_head(const page *p)
{
    char time[MZ_TIME_TEXT_SIZE];
    const json_t *r = p->told.report;
    const json_t *run = json_object_get(r, "run");
    const json_t *failure = json_object_get(r, "failure");
    if (failure != NULL)
        print_failure(p, failure);
    else
        fprintf(p->out, "%s\n",
                say(p, "已证：这本账从头到尾合乎规则。",
                    "PROVED: this log keeps the rules from its first entry to its last."));
    const json_t *charity = json_object_get(r, "charity");
    fprintf(p->out, "\n");
    if (charity != NULL) {
        print_left(p, say(p, "慈善组织", "charity"), 14);
        fprintf(p->out, "%s (%s)\n", mz_told_text(charity, "name"),
                mz_told_text(charity, "credit_code"));
    }
    print_left(p, say(p, "账本", "log"), 14);
    fprintf(p->out, "%s\n", mz_told_text(r, "origin"));
    print_left(p, say(p, "笔数", "entries"), 14);
    fprintf(p->out, "%lld", mz_told_number(r, "size"));
    if (mz_told_number(run, "resumed_from") > 0)
        fprintf(p->out, say(p, "（其中 %lld 笔上次已审）", " (%lld of them audited before)"),
                mz_told_number(run, "resumed_from"));
    fprintf(p->out, "\n");
    print_left(p, say(p, "根", "root"), 14);
    fprintf(p->out, "%s\n", mz_told_text(r, "root"));
    if (json_object_get(r, "last_ms") != NULL) {
        print_left(p, say(p, "起止", "from .. to"), 14);
        mz_time_text(mz_told_number(r, "first_ms"), time);
        fprintf(p->out, "%s .. ", time);
        mz_time_text(mz_told_number(r, "last_ms"), time);
        fprintf(p->out, "%s (UTC+8)\n", time);
    }
    if (json_object_get(r, "as_of_ms") != NULL) {
        print_left(p, say(p, "截至", "as of"), 14);
        mz_time_text(mz_told_number(r, "as_of_ms"), time);
        fprintf(p->out, "%s (UTC+8)\n", time);
    }
}

static void print_since(const page *p)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(p->told.report, "since"), i, row)
    {
        const char *result = mz_told_text(row, "result");
        const bool extended = strcmp(result, "extended") == 0;
        print_left(p, say(p, "旧印章", "since"), 14);
        fprintf(p->out, "%s  %lld  %s\n", mz_told_text(row, "file"), mz_told_number(row, "size"),
                extended ? say(p, "账本是它的延续", "the log extends it") : result);
    }
}

static void print_counts(const page *p)
{
    size_t count = 0;
    const mz_count_row *rows = mz_count_rows(&count);
    const json_t *counts = json_object_get(p->told.report, "counts");
    fprintf(p->out, "\n");
    for (size_t i = 0; i < count; i++) {
        print_left(p, say(p, rows[i].zh, rows[i].en), 20);
        fprintf(p->out, "%10lld\n", mz_told_number(counts, rows[i].name));
    }
}

/* `#12  2026-03-01  payout.made  zibo  ¥95.00`, and below it what is found and known. */
static void print_entry(const page *p, const json_t *entry)
{
    char day[MZ_DAY_TEXT_SIZE], amount[MZ_YUAN_TEXT_SIZE], about[MZ_ABOUT_SIZE];
    mz_day_text(mz_day_of_ms(mz_told_number(entry, "unix_ms")), day);
    fprintf(p->out, "%14s#%lld  %s  %s  %s", "", mz_told_number(entry, "index"), day,
            mz_told_term(&p->told, mz_told_text(entry, "event")), mz_told_text(entry, "fund"));
    mz_told_yuan(entry, "amount_fen", amount);
    if (json_object_get(entry, "amount_fen") != NULL)
        fprintf(p->out, "  %s", amount);
    fprintf(p->out, "\n%16s%s", "", word(p, entry));
    if (json_object_get(entry, "other") != NULL)
        fprintf(p->out, say(p, "（见 #%lld）", " (see #%lld)"), mz_told_number(entry, "other"));
    fprintf(p->out, "\n");
    mz_told_about(&p->told, entry, about, sizeof about);
    print_wrapped(p, about, 16);
}

static void print_entries(const page *p, const json_t *row, const char *list, const char *count)
{
    size_t i;
    json_t *entry;
    const json_t *entries = json_object_get(row, list);
    json_array_foreach(entries, i, entry) print_entry(p, entry);
    const long long more = mz_told_number(row, count) - (long long)json_array_size(entries);
    if (more > 0)
        fprintf(p->out, say(p, "%14s另有 %lld 项\n", "%14sand %lld more\n"), "", more);
}

static void print_ask(const page *p, const char *ask)
{
    if (ask[0] == '\0')
        return;
    fprintf(p->out, "%14s%s\n", "", say(p, "问人：", "Ask people:"));
    print_wrapped(p, ask, 16);
}

static void print_assertion(const page *p, const json_t *row)
{
    size_t i;
    json_t *kind;
    const char *verdict = mz_told_text(row, "verdict");
    print_left(p, mz_told_verdict(&p->told, verdict), 14);
    fprintf(p->out, "%s\n", word(p, json_object_get(row, "title")));
    print_wrapped(p, word(p, json_object_get(row, "proves")), 14);
    print_entries(p, row, "entries", "count");
    if (mz_told_number(row, "information_count") > 0)
        fprintf(p->out, "%14s%s\n", "", say(p, "备查：", "To be known:"));
    print_entries(p, row, "information", "information_count");
    json_array_foreach(json_object_get(row, "kinds"), i, kind)
        print_ask(p, word(p, json_object_get(kind, "ask")));
    if (strcmp(verdict, mz_verdict_code(MZ_UNPROVED)) != 0)
        print_ask(p, word(p, json_object_get(row, "ask")));
}

static void print_fund(const page *p, const json_t *fund)
{
    char label[96], balance[MZ_YUAN_TEXT_SIZE], reserved[MZ_YUAN_TEXT_SIZE];
    mz_told_yuan(fund, "balance_fen", balance);
    mz_told_yuan(fund, "reserved_fen", reserved);
    (void)snprintf(label, sizeof label, "%s (%s)", mz_told_text(fund, "fund"),
                   mz_told_term(&p->told, mz_told_text(fund, "state")));
    print_left(p, label, 34);
    print_right(p, balance, 20);
    print_right(p, reserved, 20);
    if (mz_told_text(fund, "published_to")[0] != '\0')
        fprintf(p->out, say(p, "   公示 %lld 期至 %s", "   %lld statements, to %s"),
                mz_told_number(fund, "statements"), mz_told_text(fund, "published_to"));
    fprintf(p->out, "\n");
}

static void print_bucket(const page *p, const json_t *bucket)
{
    char balance[MZ_YUAN_TEXT_SIZE], reserved[MZ_YUAN_TEXT_SIZE], paid[MZ_YUAN_TEXT_SIZE];
    mz_told_yuan(bucket, "balance_fen", balance);
    mz_told_yuan(bucket, "reserved_fen", reserved);
    mz_yuan_text(mz_told_number(bucket, "paid_fen") - mz_told_number(bucket, "returned_fen"), paid);
    fprintf(p->out, "  ");
    print_left(p, mz_told_purpose(&p->told, bucket), 32);
    print_right(p, balance, 20);
    print_right(p, reserved, 20);
    print_right(p, paid, 20);
    fprintf(p->out, "\n");
}

static void print_funds(const page *p)
{
    size_t i, k;
    json_t *fund, *bucket;
    char total[MZ_YUAN_TEXT_SIZE];
    const json_t *funds = json_object_get(p->told.report, "funds");
    if (json_array_size(funds) == 0)
        return;
    fprintf(p->out, "\n");
    print_left(p, say(p, "基金 / 专款", "fund / purpose"), 34);
    print_right(p, say(p, "余额", "balance"), 20);
    print_right(p, say(p, "预留", "reserved"), 20);
    print_right(p, say(p, "净拨付", "paid, net"), 20);
    fprintf(p->out, "\n");
    json_array_foreach(funds, i, fund)
    {
        print_fund(p, fund);
        json_array_foreach(json_object_get(fund, "purposes"), k, bucket) print_bucket(p, bucket);
    }
    mz_told_yuan(p->told.report, "balance_fen", total);
    print_left(p, say(p, "合计", "total"), 34);
    print_right(p, total, 20);
    fprintf(p->out, "\n");
}

/* What there should be on the shelves. */
static void print_goods(const page *p)
{
    static const struct {
        const char *name, *zh, *en;
    } COLUMNS[] = {
        {"received",    "收到",    "received"   },
        {"issued",      "发放",    "issued"     },
        {"sold",        "义卖",    "sold"       },
        {"written_off", "核销",    "written off"},
        {"stock",       "库存",    "stock"      },
        {"unvalued",    "未估值", "unvalued"   },
    };
    size_t i, k;
    json_t *row;
    char text[160];
    const json_t *goods = json_object_get(p->told.report, "goods");
    if (json_array_size(goods) == 0)
        return;
    fprintf(p->out, "\n");
    print_left(p, say(p, "物资", "goods"), 34);
    for (k = 0; k < sizeof COLUMNS / sizeof COLUMNS[0]; k++)
        print_right(p, say(p, COLUMNS[k].zh, COLUMNS[k].en), 13);
    fprintf(p->out, "\n");
    json_array_foreach(goods, i, row)
    {
        (void)snprintf(text, sizeof text, "%s %s", mz_told_text(row, "fund"),
                       mz_told_text(row, "item"));
        print_left(p, text, 34);
        for (k = 0; k < sizeof COLUMNS / sizeof COLUMNS[0]; k++) {
            (void)snprintf(text, sizeof text, "%lld", mz_told_number(row, COLUMNS[k].name));
            print_right(p, text, 13);
        }
        fprintf(p->out, "  %s\n", mz_told_text(row, "unit"));
    }
}

/* What of the log's accounts is to be compared with the bank's statements. */
static void print_accounts(const page *p)
{
    size_t i;
    json_t *row;
    char in[MZ_YUAN_TEXT_SIZE], out[MZ_YUAN_TEXT_SIZE];
    const json_t *accounts = json_object_get(p->told.report, "bank_accounts");
    if (json_array_size(accounts) > 0)
        fprintf(p->out, "\n");
    json_array_foreach(accounts, i, row)
    {
        mz_told_yuan(row, "in_fen", in);
        mz_told_yuan(row, "out_fen", out);
        fprintf(p->out,
                say(p, "银行账户 %s：收入 %lld 行共 %s，支出 %lld 行共 %s\n",
                    "bank account %s: %lld lines in, %s; %lld lines out, %s\n"),
                mz_told_text(row, "account"), mz_told_number(row, "in_count"), in,
                mz_told_number(row, "out_count"), out);
    }
}

void mz_audit_print(const json_t *report, mz_language language, FILE *out)
{
    const page whole = {
        {report, language},
        out
    };
    const page *p = &whole;
    size_t i;
    json_t *row;
    print_head(p);
    print_since(p);
    print_counts(p);
    print_funds(p);
    print_goods(p);
    print_accounts(p);
    fprintf(out, "\n");
    json_array_foreach(json_object_get(report, "assertions"), i, row) print_assertion(p, row);
    fprintf(out, "\n%s\n",
            say(p, "账本看不见、要靠人的：", "What no log can close, left to people:"));
    json_array_foreach(json_object_get(report, "open"), i, row)
        fprintf(out, "  - %s\n", word(p, row));
}

void mz_audit_print_receipt(const json_t *report, mz_language language, FILE *out)
{
    const page whole = {
        {report, language},
        out
    };
    const page *p = &whole;
    char time[MZ_TIME_TEXT_SIZE];
    const json_t *reason = json_object_get(report, "reason");
    if (reason != NULL) {
        fprintf(out, "%s\n  %s [%s]\n",
                say(p, "不成立：这张收据不可信。", "FAILED: this receipt is not to be trusted."),
                word(p, reason), mz_told_text(reason, "code"));
        return;
    }
    fprintf(out, "%s\n", say(p, "已证：这一笔在账本里。", "PROVED: this entry is in the log."));
    print_left(p, say(p, "账本", "log"), 14);
    fprintf(out, "%s\n", mz_told_text(report, "origin"));
    print_left(p, say(p, "序号", "index"), 14);
    fprintf(out, say(p, "%lld（印章 %lld 笔）\n", "%lld (checkpoint of %lld entries)\n"),
            mz_told_number(report, "index"), mz_told_number(report, "size"));
    print_left(p, say(p, "时间", "log time"), 14);
    mz_time_text(mz_told_number(report, "unix_ms"), time);
    fprintf(out, "%s (UTC+8)\n", time);
    print_left(p, say(p, "事项", "event"), 14);
    fprintf(out, "%s\n", mz_told_text(report, "event"));
    size_t i;
    json_t *field;
    json_array_foreach(json_object_get(report, "disclosed"), i, field)
    {
        print_left(p, say(p, "密封字段", "disclosed"), 14);
        fprintf(out, "%s: %s\n", mz_told_text(field, "name"), mz_told_text(field, "value"));
    }
    (void)json_dumpf(json_object_get(report, "body"), out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    fprintf(out, "\n%s\n",
            say(p, "签名人的签名和规则要用整本账来证：mingzhang-audit PATH --pin PIN。",
                "The signer's own signature and the rules are proved with the whole log: "
                "mingzhang-audit PATH --pin PIN."));
}
