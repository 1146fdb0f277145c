/* main.c — mingzhang-audit: the command line. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "command.h"
#include "core/date.h"
#include "draft.h"
#include "edge/clock.h"
#include "edge/faults.h"
#include "edge/json_memory.h"
#include "edge/language.h"

typedef struct command {
    mz_command common;
    bool receipt;
    const char *file;       /* of a receipt */
    const char *out, *html; /* files to be made; NULL: none */
    const char *since[MZ_AUDIT_SINCE_MAX];
    const char *as_of;
    mz_service_words service;
    mz_audit_options options;
} command;

static const char HELP_ZH[] =
    "mingzhang-audit PATH --pin FILE [--since FILE]... [--state DIR] [--as-of YYYY-MM-DD] "
    "[--json]\n"
    "                [--out FILE] [--html FILE]\n"
    "mingzhang-audit receipt FILE --pin FILE [--json] [--out FILE]\n"
    "mingzhang-audit compare A B --pin FILE ...   两枚总账印章是否同属一段历史\n"
    "mingzhang-audit watch URL --pin FILE ...     守着一本账，失信、逾期、将到期即报警\n"
    "\n"
    "凭一份信任文件证明一本账：重放每一笔，核对每个签名、每枚总账印章、每条规则，\n"
    "再按审计认定逐项说明：已证、不成立、有发现、须人核。从不读取记账方自己的状态。\n"
    "\n"
    "  PATH           账本文件夹，mingzhang export bundle 导出的审计包，或服务的网址\n"
    "  --pin FILE     信任文件，必须是您自己早先从可信处取得的，而不是账本里带的那份\n"
    "  --since FILE   您手里的旧总账印章，或任何人手里的收据；证明现在的账本是它的延续。可多次\n"
    "  --state DIR    保存审计进度；下次只看新增的各笔。首次使用时新建\n"
    "  --as-of DATE   期限算到这一天结束（UTC+8）；不写则算到此刻\n"
    "  --ca-file FILE 网址为 https 时信任的证书；不写则用系统的\n"
    "  --timeout N    网址的每个回答最多等 N 秒，默认 60\n"
    "  --json         全部结果，供程序读取\n"
    "  --out FILE     结果写入文件，不写到屏幕\n"
    "  --html FILE    另写一页可打印、可归档的报告，末尾留有审计意见和签名的位置\n"
    "  --lang zh|en   语言；不写则看 LC_ALL、LC_MESSAGES、LANG\n"
    "\n"
    "--out 和 --html 从不覆盖已有的文件。\n"
    "\n"
    "退出码：0 已证（可以有发现），1 有不成立，2 用法不对，3 磁盘、内存或网络有问题，没有结论。\n"
    "\n"
    "例：\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin\n"
    "  mingzhang-audit ./bundle --pin ~/zibo.pin --since ~/2025.checkpoint --state ~/audit-zibo\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin --html 2026.html --json --out 2026.json\n"
    "  mingzhang-audit https://ledger.example.org --pin ~/zibo.pin --state ~/audit-zibo\n"
    "  mingzhang-audit receipt ./gift.tlog-proof --pin ~/zibo.pin\n";

static const char HELP_EN[] =
    "mingzhang-audit PATH --pin FILE [--since FILE]... [--state DIR] [--as-of YYYY-MM-DD] "
    "[--json]\n"
    "                [--out FILE] [--html FILE]\n"
    "mingzhang-audit receipt FILE --pin FILE [--json] [--out FILE]\n"
    "mingzhang-audit compare A B --pin FILE ...   whether two checkpoints are of one history\n"
    "mingzhang-audit watch URL --pin FILE ...     alarms when a log breaks a promise or is late\n"
    "\n"
    "Proves a log from a pin alone: replays every entry, checks every signature, checkpoint and\n"
    "rule, and reports assertion by assertion: proved, failed, a finding, or a question for "
    "people.\n"
    "The writer's own state is never read.\n"
    "\n"
    "  PATH           a ledger's folder, a bundle written by mingzhang export bundle, or a URL\n"
    "  --pin FILE     whom you trust: a copy that you obtained yourself, not the one in the log\n"
    "  --since FILE   an older checkpoint that you kept, or anybody's receipt: proves that the "
    "log\n"
    "                 extends it. May be given several times\n"
    "  --state DIR    keeps the audit's progress, so that the next one reads only what is new;\n"
    "                 made when it is not there\n"
    "  --as-of DATE   deadlines are judged at the end of this day (UTC+8); else now\n"
    "  --ca-file FILE certificates trusted for an https URL; else the system's\n"
    "  --timeout N    seconds that one answer of a URL may take, 60 when absent\n"
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
    "disk,\n"
    "memory or network: nothing is said of the log.\n"
    "\n"
    "Examples:\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin\n"
    "  mingzhang-audit ./bundle --pin ~/zibo.pin --since ~/2025.checkpoint --state ~/audit-zibo\n"
    "  mingzhang-audit /srv/zibo --pin ~/zibo.pin --html 2026.html --json --out 2026.json\n"
    "  mingzhang-audit https://ledger.example.org --pin ~/zibo.pin --state ~/audit-zibo\n"
    "  mingzhang-audit receipt ./gift.tlog-proof --pin ~/zibo.pin\n";

static mz_exit check_words(command *c, const char *const words[2], size_t word_count)
{
    const mz_command *common = &c->common;
    int32_t day = 0;
    int64_t timeout_s = 0;
    c->receipt = word_count > 0 && strcmp(words[0], "receipt") == 0 && word_count == 2;
    if (word_count == 2 && !c->receipt)
        return mz_command_usage(common, "不认识：", "not understood:", words[1]);
    if (word_count == 0)
        return mz_command_usage(common, "请写出账本、审计包的路径，或网址。",
                                "name the ledger's folder, the bundle or the URL.", "");
    if (c->options.pin_file == NULL)
        return mz_command_usage(common, "请用 --pin 给出信任文件。", "name the pin with --pin.",
                                "");
    if (c->receipt && c->html != NULL)
        return mz_command_usage(common, "一张收据没有这样的报告：",
                                "there is no such report of a receipt:", "--html");
    if (c->html != NULL && c->out != NULL && strcmp(c->html, c->out) == 0)
        return mz_command_usage(common, "两个文件不能同名：",
                                "two files cannot have one name:", c->out);
    if (c->as_of != NULL && !mz_day_parse(mz_view_of(c->as_of), &day))
        return mz_command_usage(common, "这个选项的值不对：",
                                "this option has no acceptable value:", "--as-of");
    if (c->as_of != NULL)
        c->options.as_of_ms = mz_day_end_ms(day);
    if (!mz_command_number(common, c->service.timeout, "--timeout", 3600, &timeout_s))
        return MZ_EXIT_USAGE;
    c->options.answer_ms = timeout_s * 1000;
    c->options.ca_file = c->service.ca_file;
    c->file = c->options.path = words[word_count - 1];
    return MZ_EXIT_PROVED;
}

/* MZ_EXIT_PROVED when the line makes sense. */
static mz_exit parse(command *c, int argc, char **argv)
{
    const mz_option options[] = {
        {.name = "--pin",                  .value = &c->options.pin_file},
        {.name = "--state",                                .value = &c->options.state_dir},
        {.name = "--since",
         .value = c->since,
         .count = &c->options.since_count,
         .value_max = MZ_AUDIT_SINCE_MAX},
        {.name = "--as-of",                .value = &c->as_of},
        {.name = "--out", .value = &c->out},
        {.name = "--html",                                .value = &c->html},
        MZ_SERVICE_OPTIONS(&c->service),
        {0},
    };
    const char *words[2] = {NULL, NULL};
    size_t word_count = 0;
    const mz_exit code = mz_command_parse(&c->common, options, argc, argv, words, 2, &word_count);
    return code != MZ_EXIT_PROVED || c->common.help ? code : check_words(c, words, word_count);
}

static void write_report(const command *c, const json_t *report, FILE *out)
{
    if (c->common.json)
        mz_command_json(report, out);
    else if (c->receipt)
        mz_audit_print_receipt(report, c->common.language, out);
    else
        mz_audit_print(report, c->common.language, out);
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
        mz_audit_page(report, c->common.language, to_file, draft.file);
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
        return mz_command_refuse(&c->common, &why);
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
        return mz_command_refuse(&c->common, &why);
    const mz_exit code = print(c, report, proved);
    json_decref(report);
    return code;
}

static mz_exit run_audit(command *c)
{
    mz_reason why = {0};
    mz_audit_result result = {0};
    c->options.since = c->since;
    c->options.progress = mz_command_progress;
    c->options.context = &c->common;
    mz_status status = try_files(c, &why);
    if (status == MZ_OK)
        status = mz_audit_run(&c->options, &result, &why);
    mz_command_progress_end(&c->common);
    if (status != MZ_OK)
        return mz_command_refuse(&c->common, &why);
    const mz_exit code = print(c, result.report, result.proved);
    mz_audit_result_clear(&result);
    return code;
}

static mz_exit run_usual(mz_command *common, int argc, char **argv)
{
    command c = {.common = *common, .options = {.as_of_ms = mz_clock_now_unix_ms()}};
    const mz_exit code = parse(&c, argc, argv);
    if (code != MZ_EXIT_PROVED)
        return code;
    if (c.common.help)
        return mz_command_help(&c.common);
    mz_faults_install("mingzhang-audit", c.common.language, c.common.json, MZ_EXIT_TROUBLE);
    return c.receipt ? run_receipt(&c) : run_audit(&c);
}

int main(int argc, char **argv)
{
    mz_json_memory_install();
    mz_command common = {
        .language = mz_language_of_environment(),
        .help_zh = HELP_ZH,
        .help_en = HELP_EN,
        .started_ms = mz_clock_steady_ms(),
        .progress_zh = "重放",
        .progress_en = "replayed",
    };
    if (argc > 1 && strcmp(argv[1], "compare") == 0)
        return (int)mz_compare_main(&common, argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "watch") == 0)
        return (int)mz_watch_main(&common, argc - 1, argv + 1);
    return (int)run_usual(&common, argc, argv);
}
