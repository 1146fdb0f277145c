/* main.c — mingzhang-audit: the command line. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "cli.h"
#include "core/date.h"
#include "draft.h"
#include "edge/clock.h"
#include "edge/faults.h"
#include "edge/json_memory.h"
#include "edge/language.h"

typedef struct command {
    mz_language language;
    bool json, help, receipt;
    const char *file;       /* of a receipt */
    const char *out, *html; /* files to be made; NULL: none */
    const char *since[MZ_AUDIT_SINCE_MAX];
    mz_audit_options options;
    int64_t started_ms, shown_ms;
} command;

static const char HELP_ZH[] =
    "mingzhang-audit PATH --pin FILE [--since FILE]... [--state DIR] [--as-of YYYY-MM-DD] "
    "[--json]\n"
    "                [--out FILE] [--html FILE]\n"
    "mingzhang-audit receipt FILE --pin FILE [--json] [--out FILE]\n"
    "\n"
    "凭一份信任文件证明一本账：重放每一笔，核对每个签名、每枚总账印章、每条规则，\n"
    "再按审计认定逐项说明：已证、不成立、有发现、须人核。从不读取记账方自己的状态。\n"
    "\n"
    "  PATH           账本文件夹，或 mingzhang export bundle 导出的审计包\n"
    "  --pin FILE     信任文件，必须是您自己早先从可信处取得的，而不是账本里带的那份\n"
    "  --since FILE   您手里的旧总账印章，或任何人手里的收据；证明现在的账本是它的延续。可多次\n"
    "  --state DIR    保存审计进度；下次只看新增的各笔。首次使用时新建\n"
    "  --as-of DATE   期限算到这一天结束（UTC+8）；不写则算到此刻\n"
    "  --json         全部结果，供程序读取\n"
    "  --out FILE     结果写入文件，不写到屏幕\n"
    "  --html FILE    另写一页可打印、可归档的报告，末尾留有审计意见和签名的位置\n"
    "  --lang zh|en   语言；不写则看 LC_ALL、LC_MESSAGES、LANG\n"
    "\n"
    "--out 和 --html 从不覆盖已有的文件。\n"
    "\n"
    "退出码：0 已证（可以有发现），1 有不成立，2 用法不对，3 磁盘或内存有问题，没有结论。\n"
    "\n"
    "例：\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin\n"
    "  mingzhang-audit ./bundle --pin ~/zibo.pin --since ~/2025.checkpoint --state ~/audit-zibo\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin --html 2026.html --json --out 2026.json\n"
    "  mingzhang-audit receipt ./gift.tlog-proof --pin ~/zibo.pin\n";

static const char HELP_EN[] =
    "mingzhang-audit PATH --pin FILE [--since FILE]... [--state DIR] [--as-of YYYY-MM-DD] "
    "[--json]\n"
    "                [--out FILE] [--html FILE]\n"
    "mingzhang-audit receipt FILE --pin FILE [--json] [--out FILE]\n"
    "\n"
    "Proves a log from a pin alone: replays every entry, checks every signature, checkpoint and\n"
    "rule, and reports assertion by assertion: proved, failed, a finding, or a question for "
    "people.\n"
    "The writer's own state is never read.\n"
    "\n"
    "  PATH           a ledger's folder, or a bundle written by mingzhang export bundle\n"
    "  --pin FILE     whom you trust: a copy that you obtained yourself, not the one in the log\n"
    "  --since FILE   an older checkpoint that you kept, or anybody's receipt: proves that the "
    "log\n"
    "                 extends it. May be given several times\n"
    "  --state DIR    keeps the audit's progress, so that the next one reads only what is new;\n"
    "                 made when it is not there\n"
    "  --as-of DATE   deadlines are judged at the end of this day (UTC+8); else now\n"
    "  --json         everything, for programs\n"
    "  --out FILE     the result goes into this file instead of the screen\n"
    "  --html FILE    writes a report to be printed and filed besides, with room for the "
    "auditor's\n"
    "                 opinion and signature\n"
    "  --lang zh|en   else LC_ALL, LC_MESSAGES, LANG decide\n"
    "\n"
    "Neither --out nor --html overwrites a file.\n"
    "\n"
    "Exit codes: 0 proved (there may be findings), 1 something failed, 2 usage, 3 trouble with "
    "disk\n"
    "or memory: nothing is said of the log.\n"
    "\n"
    "Examples:\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin\n"
    "  mingzhang-audit ./bundle --pin ~/zibo.pin --since ~/2025.checkpoint --state ~/audit-zibo\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin --html 2026.html --json --out 2026.json\n"
    "  mingzhang-audit receipt ./gift.tlog-proof --pin ~/zibo.pin\n";

static mz_exit usage(const command *c, const char *zh, const char *en, const char *what)
{
    const bool chinese = c->language == MZ_CHINESE;
    fprintf(stderr, "mingzhang-audit: %s%s%s\n", chinese ? zh : en, what[0] != '\0' ? " " : "",
            what);
    fputs(chinese ? "用法见：mingzhang-audit --help\n" : "See: mingzhang-audit --help\n", stderr);
    return MZ_EXIT_USAGE;
}

static mz_exit refuse(const command *c, const mz_reason *why)
{
    char zh[1024], en[1024];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    fprintf(stderr, "mingzhang-audit: %s [%s]\n", c->language == MZ_CHINESE ? zh : en,
            mz_status_code(why->status));
    if (c->json) {
        json_t *out = json_pack("{s:b, s:s, s:s, s:s}", "proved", 0, "code",
                                mz_status_code(why->status), "zh", zh, "en", en);
        (void)json_dumpf(out, stdout, JSON_INDENT(2));
        (void)putchar('\n');
        json_decref(out);
    }
    return mz_audit_exit(why->status);
}

static void progress(void *context, uint64_t done, uint64_t total)
{
    command *c = context;
    const int64_t now_ms = mz_clock_steady_ms();
    if (now_ms - c->started_ms < 1000 || now_ms - c->shown_ms < 200 || !isatty(STDERR_FILENO))
        return;
    c->shown_ms = now_ms;
    fprintf(stderr,
            c->language == MZ_CHINESE ? "\r重放 %llu / %llu 笔\033[K"
                                      : "\rreplayed %llu of %llu entries\033[K",
            (unsigned long long)done, (unsigned long long)total);
}

/* The value of an option, from the same word or the next. NULL when there is none. */
static const char *value_of(int argc, char **argv, int *i, const char *name)
{
    const size_t size = strlen(name);
    if (argv[*i][size] == '=')
        return argv[*i] + size + 1;
    return *i + 1 < argc ? argv[++*i] : NULL;
}

static bool is_option(const char *word, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(word, name, size) == 0 && (word[size] == '\0' || word[size] == '=');
}

static bool set_value(command *c, const char *name, const char *value)
{
    int32_t day = 0;
    if (strcmp(name, "--pin") == 0) {
        c->options.pin_file = value;
    } else if (strcmp(name, "--state") == 0) {
        c->options.state_dir = value;
    } else if (strcmp(name, "--since") == 0) {
        if (c->options.since_count == MZ_AUDIT_SINCE_MAX)
            return false;
        c->since[c->options.since_count++] = value;
    } else if (strcmp(name, "--out") == 0) {
        c->out = value;
    } else if (strcmp(name, "--html") == 0) {
        c->html = value;
    } else if (strcmp(name, "--as-of") == 0) {
        if (!mz_day_parse(mz_view_of(value), &day))
            return false;
        c->options.as_of_ms = mz_day_end_ms(day);
    } else {
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            return false;
        c->language = value[0] == 'z' ? MZ_CHINESE : MZ_ENGLISH;
    }
    return true;
}

/* MZ_EXIT_PROVED when the line makes sense. */
static mz_exit parse(command *c, int argc, char **argv)
{
    static const char *const VALUES[] = {"--pin",  "--state", "--since", "--as-of",
                                         "--lang", "--out",   "--html"};
    const char *words[2] = {NULL, NULL};
    size_t word_count = 0;
    for (int i = 1; i < argc; i++) {
        const char *name = NULL;
        for (size_t k = 0; k < sizeof VALUES / sizeof VALUES[0]; k++) {
            if (is_option(argv[i], VALUES[k]))
                name = VALUES[k];
        }
        if (name != NULL) {
            const char *given = argv[i];
            const char *value = value_of(argc, argv, &i, name);
            if (value == NULL || !set_value(c, name, value))
                return usage(c, "这个选项的值不对：",
                             "this option has no acceptable value:", given);
        } else if (strcmp(argv[i], "--json") == 0) {
            c->json = true;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            c->help = true;
        } else if (argv[i][0] == '-' || word_count == 2) {
            return usage(c, "不认识：", "not understood:", argv[i]);
        } else {
            words[word_count++] = argv[i];
        }
    }
    if (c->help)
        return MZ_EXIT_PROVED;
    c->receipt = word_count > 0 && strcmp(words[0], "receipt") == 0 && word_count == 2;
    if (word_count == 2 && !c->receipt)
        return usage(c, "不认识：", "not understood:", words[1]);
    if (word_count == 0)
        return usage(c, "请写出账本或审计包的路径。", "name the ledger's folder or the bundle.",
                     "");
    if (c->options.pin_file == NULL)
        return usage(c, "请用 --pin 给出信任文件。", "name the pin with --pin.", "");
    if (c->receipt && c->html != NULL)
        return usage(c, "一张收据没有这样的报告：",
                     "there is no such report of a receipt:", "--html");
    if (c->html != NULL && c->out != NULL && strcmp(c->html, c->out) == 0)
        return usage(c, "两个文件不能同名：", "two files cannot have one name:", c->out);
    c->file = c->options.path = words[word_count - 1];
    return MZ_EXIT_PROVED;
}

static void write_report(const command *c, const json_t *report, FILE *out)
{
    if (c->json) {
        (void)json_dumpf(report, out, isatty(fileno(out)) ? JSON_INDENT(2) : JSON_COMPACT);
        (void)putc('\n', out);
    } else if (c->receipt) {
        mz_audit_print_receipt(report, c->language, out);
    } else {
        mz_audit_print(report, c->language, out);
    }
}

static void to_file(void *context, mz_view bytes)
{
    (void)fwrite(bytes.data, 1, bytes.size, context); /* the draft asks for errors at the end */
}

static mz_status make_file(const command *c, const char *path, const json_t *report, bool page,
                           mz_reason *why)
{
    mz_draft draft;
    const mz_status status = mz_draft_begin(&draft, path, why);
    if (status != MZ_OK)
        return status;
    if (page)
        mz_audit_page(report, c->language, to_file, draft.file);
    else
        write_report(c, report, draft.file);
    return mz_draft_keep(&draft, why);
}

/* Whether the files could be made, before the work is done. */
static mz_status try_files(const command *c, mz_reason *why)
{
    const char *const paths[] = {c->out, c->html};
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < sizeof paths / sizeof paths[0]; i++) {
        mz_draft draft;
        if (paths[i] == NULL)
            continue;
        status = mz_draft_begin(&draft, paths[i], why);
        if (status == MZ_OK)
            mz_draft_drop(&draft);
    }
    return status;
}

static mz_exit print(const command *c, const json_t *report, bool proved)
{
    mz_reason why = {0};
    mz_status status = MZ_OK;
    if (c->html != NULL)
        status = make_file(c, c->html, report, true, &why);
    if (status == MZ_OK && c->out != NULL)
        status = make_file(c, c->out, report, false, &why);
    if (status != MZ_OK)
        return refuse(c, &why);
    if (c->out == NULL)
        write_report(c, report, stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        return MZ_EXIT_TROUBLE;
    return proved ? MZ_EXIT_PROVED : MZ_EXIT_FAILED;
}

static mz_exit run_receipt(command *c)
{
    mz_reason why = {0};
    bool proved = false;
    json_t *report = NULL;
    mz_status status = try_files(c, &why);
    if (status == MZ_OK)
        status = mz_audit_receipt(c->file, c->options.pin_file, &proved, &report, &why);
    if (status != MZ_OK)
        return refuse(c, &why);
    const mz_exit code = print(c, report, proved);
    json_decref(report);
    return code;
}

static mz_exit run_audit(command *c)
{
    mz_reason why = {0};
    mz_audit_result result = {0};
    c->options.since = c->since;
    c->options.progress = progress;
    c->options.context = c;
    c->started_ms = mz_clock_steady_ms();
    mz_status status = try_files(c, &why);
    if (status == MZ_OK)
        status = mz_audit_run(&c->options, &result, &why);
    if (c->shown_ms != 0)
        fputs("\r\033[K", stderr);
    if (status != MZ_OK)
        return refuse(c, &why);
    const mz_exit code = print(c, result.report, result.proved);
    mz_audit_result_clear(&result);
    return code;
}

int main(int argc, char **argv)
{
    mz_json_memory_install();
    command c = {.language = mz_language_of_environment(),
                 .options = {.as_of_ms = mz_clock_now_unix_ms()}};
    const mz_exit code = parse(&c, argc, argv);
    if (code != MZ_EXIT_PROVED)
        return (int)code;
    if (c.help) {
        fputs(c.language == MZ_CHINESE ? HELP_ZH : HELP_EN, stdout);
        return MZ_EXIT_PROVED;
    }
    mz_faults_install("mingzhang-audit", c.language, c.json, MZ_EXIT_TROUBLE);
    return (int)(c.receipt ? run_receipt(&c) : run_audit(&c));
}
