/* text.c — the report for people: the same JSON, told in their language. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "assertions.h"
#include "cli.h"
#include "core/date.h"
#include "core/money.h"

#define LINE_COLUMNS 96

typedef struct page {
    const json_t *report;
    mz_language language;
} page;

static const char *say(const page *p, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
static const char *say(const page *p, const char *zh, const char *en)
{
    return p->language == MZ_CHINESE ? zh : en;
}

static const char *word(const page *p, const json_t *object)
{
    const char *text =
        json_string_value(json_object_get(object, p->language == MZ_CHINESE ? "zh" : "en"));
    return text != NULL ? text : "";
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static long long number_of(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
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

static void print_left(const char *text, int width)
{
    printf("%s%*s", text, width > columns_of(text) ? width - columns_of(text) : 0, "");
}

static void print_right(const char *text, int width)
{
    printf("%*s%s", width > columns_of(text) ? width - columns_of(text) : 0, "", text);
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
static void print_wrapped(const char *text, int indent)
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
        printf("%*s%.*s\n", indent, "", (int)length, text);
        text = end;
    }
}

static void yuan(const json_t *object, const char *name, char *text, size_t size)
{
    char amount[MZ_FEN_TEXT_SIZE];
    mz_fen_text(json_integer_value(json_object_get(object, name)), amount);
    if (amount[0] == '-')
        (void)snprintf(text, size, "-¥%s", amount + 1);
    else
        (void)snprintf(text, size, "¥%s", amount);
}

static void print_failure(const page *p, const json_t *failure)
{
    printf("%s\n", say(p, "不成立：这本账不可信。", "FAILED: this log is not to be trusted."));
    printf(say(p, "  第 %lld 笔处：", "  At entry or size %lld: "), number_of(failure, "index"));
    printf("%s\n", word(p, failure));
    const json_t *reason = json_object_get(failure, "reason");
    if (reason != NULL)
        printf("  %s [%s]\n", word(p, reason), text_of(reason, "code"));
}

static void print_head(const page *p)
{
    char time[MZ_TIME_TEXT_SIZE];
    const json_t *r = p->report;
    const json_t *run = json_object_get(r, "run");
    const json_t *failure = json_object_get(r, "failure");
    if (failure != NULL)
        print_failure(p, failure);
    else
        printf("%s\n", say(p, "已证：这本账从头到尾合乎规则。",
                           "PROVED: this log keeps the rules from its first entry to its last."));
    printf("\n");
    print_left(say(p, "账本", "log"), 14);
    printf("%s\n", text_of(r, "origin"));
    print_left(say(p, "笔数", "entries"), 14);
    printf("%lld", number_of(r, "size"));
    if (number_of(run, "resumed_from") > 0)
        printf(say(p, "（其中 %lld 笔上次已审）", " (%lld of them audited before)"),
               number_of(run, "resumed_from"));
    printf("\n");
    print_left(say(p, "根", "root"), 14);
    printf("%s\n", text_of(r, "root"));
    if (json_object_get(r, "last_ms") != NULL) {
        print_left(say(p, "起止", "from .. to"), 14);
        mz_time_text(number_of(r, "first_ms"), time);
        printf("%s .. ", time);
        mz_time_text(number_of(r, "last_ms"), time);
        printf("%s (UTC+8)\n", time);
    }
    if (json_object_get(r, "as_of_ms") != NULL) {
        print_left(say(p, "截至", "as of"), 14);
        mz_time_text(number_of(r, "as_of_ms"), time);
        printf("%s (UTC+8)\n", time);
    }
}

static void print_since(const page *p)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(p->report, "since"), i, row)
    {
        const char *result = text_of(row, "result");
        const bool extended = strcmp(result, "extended") == 0;
        print_left(say(p, "旧印章", "since"), 14);
        printf("%s  %lld  %s\n", text_of(row, "file"), number_of(row, "size"),
               extended ? say(p, "账本是它的延续", "the log extends it") : result);
    }
}

static void print_counts(const page *p)
{
    static const struct {
        const char *name, *zh, *en;
    } ROWS[] = {
        {"checkpoints",       "总账印章",    "checkpoints"      },
        {"incomes_confirmed", "入账收入",    "incomes confirmed"},
        {"with_receipt",      "其中有票据", "  with a receipt" },
        {"payouts",           "拨付",          "payouts"          },
        {"returns",           "退回",          "returned payouts" },
        {"reversals",         "冲销",          "reversals"        },
        {"statements",        "公示",          "statements"       },
    };
    const json_t *counts = json_object_get(p->report, "counts");
    printf("\n");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        print_left(say(p, ROWS[i].zh, ROWS[i].en), 20);
        printf("%10lld\n", number_of(counts, ROWS[i].name));
    }
}

static void print_assertion(const page *p, const json_t *row)
{
    const char *code = text_of(row, "verdict");
    const char *verdict = code;
    for (mz_verdict v = MZ_PROVED; v <= MZ_UNPROVED; v++) {
        if (strcmp(code, mz_verdict_code(v)) == 0)
            verdict = mz_verdict_text(v, p->language);
    }
    print_left(verdict, 14);
    printf("%s\n", word(p, json_object_get(row, "title")));
    print_wrapped(word(p, json_object_get(row, "proves")), 14);
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(row, "entries"), i, entry)
    {
        printf("%14s#%lld  %s", "", number_of(entry, "index"), word(p, entry));
        if (json_object_get(entry, "other") != NULL)
            printf(say(p, "（见 #%lld）", " (see #%lld)"), number_of(entry, "other"));
        printf("\n");
    }
    const long long more =
        number_of(row, "count") - (long long)json_array_size(json_object_get(row, "entries"));
    if (more > 0)
        printf(say(p, "%14s另有 %lld 项\n", "%14sand %lld more\n"), "", more);
    const char *ask = word(p, json_object_get(row, "ask"));
    if (ask[0] != '\0' && strcmp(code, "proved") != 0 && strcmp(code, "unproved") != 0) {
        printf("%14s%s\n", "", say(p, "问人：", "Ask people:"));
        print_wrapped(ask, 16);
    }
}

static void print_funds(const page *p)
{
    size_t i, k;
    json_t *fund, *bucket;
    char balance[48], reserved[48], paid[48];
    int64_t total_fen = 0;
    const json_t *funds = json_object_get(p->report, "funds");
    if (json_array_size(funds) == 0)
        return;
    printf("\n");
    print_left(say(p, "基金 / 专款", "fund / purpose"), 34);
    print_right(say(p, "余额", "balance"), 20);
    print_right(say(p, "预留", "reserved"), 20);
    print_right(say(p, "净拨付", "paid, net"), 20);
    printf("\n");
    json_array_foreach(funds, i, fund)
    {
        char label[96];
        yuan(fund, "balance_fen", balance, sizeof balance);
        yuan(fund, "reserved_fen", reserved, sizeof reserved);
        (void)snprintf(label, sizeof label, "%s (%s)", text_of(fund, "fund"),
                       text_of(fund, "state"));
        print_left(label, 34);
        print_right(balance, 20);
        print_right(reserved, 20);
        if (text_of(fund, "published_to")[0] != '\0')
            printf(say(p, "   公示 %lld 期至 %s", "   %lld statements, to %s"),
                   number_of(fund, "statements"), text_of(fund, "published_to"));
        printf("\n");
        total_fen += json_integer_value(json_object_get(fund, "balance_fen"));
        json_array_foreach(json_object_get(fund, "purposes"), k, bucket)
        {
            char amount[MZ_FEN_TEXT_SIZE];
            yuan(bucket, "balance_fen", balance, sizeof balance);
            yuan(bucket, "reserved_fen", reserved, sizeof reserved);
            mz_fen_text(number_of(bucket, "paid_fen") - number_of(bucket, "returned_fen"), amount);
            (void)snprintf(paid, sizeof paid, "¥%s", amount);
            printf("  ");
            print_left(text_of(bucket, "purpose"), 32);
            print_right(balance, 20);
            print_right(reserved, 20);
            print_right(paid, 20);
            printf("\n");
        }
    }
    char amount[MZ_FEN_TEXT_SIZE];
    mz_fen_text(total_fen, amount);
    (void)snprintf(balance, sizeof balance, "¥%s", amount);
    print_left(say(p, "合计", "total"), 34);
    print_right(balance, 20);
    printf("\n");
}

void mz_audit_print(const json_t *report, mz_language language)
{
    const page p = {report, language};
    size_t i;
    json_t *row;
    print_head(&p);
    print_since(&p);
    print_counts(&p);
    print_funds(&p);
    printf("\n");
    json_array_foreach(json_object_get(report, "assertions"), i, row) print_assertion(&p, row);
    printf("\n%s\n", say(&p, "账本看不见、要靠人的：", "What no log can close, left to people:"));
    json_array_foreach(json_object_get(report, "open"), i, row) printf("  - %s\n", word(&p, row));
}

void mz_audit_print_receipt(const json_t *report, mz_language language)
{
    const page p = {report, language};
    char time[MZ_TIME_TEXT_SIZE];
    const json_t *reason = json_object_get(report, "reason");
    if (reason != NULL) {
        printf("%s\n  %s [%s]\n",
               say(&p, "不成立：这张收据不可信。", "FAILED: this receipt is not to be trusted."),
               word(&p, reason), text_of(reason, "code"));
        return;
    }
    printf("%s\n", say(&p, "已证：这一笔在账本里。", "PROVED: this entry is in the log."));
    print_left(say(&p, "账本", "log"), 14);
    printf("%s\n", text_of(report, "origin"));
    print_left(say(&p, "序号", "index"), 14);
    printf(say(&p, "%lld（印章 %lld 笔）\n", "%lld (checkpoint of %lld entries)\n"),
           number_of(report, "index"), number_of(report, "size"));
    print_left(say(&p, "时间", "log time"), 14);
    mz_time_text(number_of(report, "unix_ms"), time);
    printf("%s (UTC+8)\n", time);
    print_left(say(&p, "事项", "event"), 14);
    printf("%s\n", text_of(report, "event"));
    (void)json_dumpf(json_object_get(report, "body"), stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    printf("\n%s\n", say(&p, "签名人的签名和规则要用整本账来证：mingzhang-audit PATH --pin PIN。",
                         "The signer's own signature and the rules are proved with the whole log: "
                         "mingzhang-audit PATH --pin PIN."));
}
