/* compare_main.c — mingzhang-audit compare. */
#include <string.h>

#include "command.h"
#include "compare.h"
#include "draft.h"
#include "edge/faults.h"
#include "fork.h"

static const char HELP_ZH[] =
    "mingzhang-audit compare A B --pin FILE [--log PATH] [--out FILE] [--json]\n"
    "mingzhang-audit compare --verify FILE --pin FILE [--json]\n"
    "\n"
    "两枚总账印章是否同属一段历史。一致则说一致；分叉则写出一份分叉证明，任何人凭信任文件\n"
    "就能离线核对，谁也抵赖不了。\n"
    "\n"
    "  A、B           总账印章或收据的文件，也可以是账本文件夹、审计包或网址（取其最新的印章）\n"
    "  --pin FILE     信任文件；两枚印章都须由其中的账本密钥签名\n"
    "  --log PATH     笔数不同时从哪里取证明：网址、账本文件夹或审计包；A 或 B 就是账本时可不写\n"
    "  --out FILE     分叉时把分叉证明写入这个文件；从不覆盖。不写则输出到屏幕\n"
    "  --verify FILE  核对一份分叉证明，不需要网络和账本\n"
    "  --ca-file FILE、--timeout N   网址的证书，每个回答最多等几秒\n"
    "\n"
    "退出码：0 一致（--verify：证明成立），1 分叉（--verify：什么也没有证明），2 用法不对，\n"
    "3 无法比对。\n"
    "\n"
    "例：\n"
    "  mingzhang-audit compare ~/2025.checkpoint https://ledger.example.org --pin ~/zibo.pin \\\n"
    "      --out fork.txt\n"
    "  mingzhang-audit compare mine.tlog-proof yours.tlog-proof --pin ~/zibo.pin --log ./bundle\n"
    "  mingzhang-audit compare --verify fork.txt --pin ~/zibo.pin\n";

static const char HELP_EN[] =
    "mingzhang-audit compare A B --pin FILE [--log PATH] [--out FILE] [--json]\n"
    "mingzhang-audit compare --verify FILE --pin FILE [--json]\n"
    "\n"
    "Whether two checkpoints belong to one history. If they do not, writes out the proof of the\n"
    "fork, which anybody with a pin can check offline and nobody can deny.\n"
    "\n"
    "  A, B           files with a checkpoint or a receipt; or a ledger's folder, a bundle or a\n"
    "                 URL, whose last checkpoint is meant\n"
    "  --pin FILE     whom you trust: both must be signed by a log key in it\n"
    "  --log PATH     where the proof comes from when the sizes differ: a URL, a ledger's folder\n"
    "                 or a bundle; not needed when A or B is one\n"
    "  --out FILE     the proof of a fork goes into this file, which is never overwritten; else\n"
    "                 to the screen\n"
    "  --verify FILE  checks the proof of a fork, without network or log\n"
    "  --ca-file FILE, --timeout N   certificates of a URL; seconds that one answer may take\n"
    "\n"
    "Exit codes: 0 consistent (--verify: it proves a fork), 1 forked (--verify: it proves "
    "nothing),\n"
    "2 usage, 3 could not be compared.\n"
    "\n"
    "Examples:\n"
    "  mingzhang-audit compare ~/2025.checkpoint https://ledger.example.org --pin ~/zibo.pin \\\n"
    "      --out fork.txt\n"
    "  mingzhang-audit compare mine.tlog-proof yours.tlog-proof --pin ~/zibo.pin --log ./bundle\n"
    "  mingzhang-audit compare --verify fork.txt --pin ~/zibo.pin\n";

typedef struct comparing {
    mz_command *command;
    const char *out, *verify;
    mz_compare_options options;
} comparing;

static mz_exit exit_of(mz_compare_verdict verdict)
{
    switch (verdict) {
    case MZ_COMPARE_SAME:
    case MZ_COMPARE_CONSISTENT:
        return MZ_EXIT_PROVED;
    case MZ_COMPARE_FORKED:
        return MZ_EXIT_FAILED;
    case MZ_COMPARE_NO_LOG:
    case MZ_COMPARE_LOG_SHORT:
        break;
    }
    return MZ_EXIT_TROUBLE;
}

static void print_side(const mz_command *command, const char *zh, const char *en,
                       const json_t *side)
{
    printf("  %s %lld %s %s\n", mz_command_say(command, zh, en),
           (long long)json_integer_value(json_object_get(side, "size")),
           mz_command_say(command, "笔，根", "entries, root"),
           json_string_value(json_object_get(side, "root")));
}

static void print_sides(const mz_command *command, const json_t *report)
{
    print_side(command, "旧：", "older:", json_object_get(report, "older"));
    print_side(command, "新：", "newer:", json_object_get(report, "newer"));
}

static mz_status write_fork(const comparing *c, const mz_buf *fork, mz_reason *why)
{
    mz_draft draft;
    const mz_status status = mz_draft_begin(&draft, c->out, why);
    if (status != MZ_OK)
        return status;
    (void)fwrite(fork->data, 1, fork->size, draft.file); /* the draft asks for errors at the end */
    return mz_draft_keep(&draft, why);
}

static void print_comparison(const comparing *c, mz_compare_verdict verdict, json_t *report,
                             const mz_buf *fork)
{
    const bool forked = verdict == MZ_COMPARE_FORKED;
    if (c->command->json) {
        if (forked)
            json_object_set_new(report, "proof",
                                json_stringn((const char *)fork->data, fork->size));
        mz_command_json(report, stdout);
        return;
    }
    puts(mz_compare_text(verdict, c->command->language));
    print_sides(c->command, report);
    if (forked && c->out == NULL) {
        putchar('\n');
        (void)fwrite(fork->data, 1, fork->size, stdout);
    } else if (forked) {
        printf(
            mz_command_say(c->command,
                           "证明已写入 %s；核对：mingzhang-audit compare --verify %s --pin PIN\n",
                           "The proof is in %s; to check it: mingzhang-audit compare --verify "
                           "%s --pin PIN\n"),
            c->out, c->out);
    }
}

static mz_exit run_compare(comparing *c)
{
    mz_reason why = {0};
    mz_compare_verdict verdict = MZ_COMPARE_SAME;
    json_t *report = NULL;
    mz_buf fork;
    mz_buf_init(&fork, MZ_FORK_SIZE_MAX);
    mz_status status = mz_compare(&c->options, &verdict, &report, &fork, &why);
    mz_command_progress_end(c->command);
    if (status == MZ_OK && verdict == MZ_COMPARE_FORKED && c->out != NULL)
        status = write_fork(c, &fork, &why);
    mz_exit code = exit_of(verdict);
    if (status == MZ_OK)
        print_comparison(c, verdict, report, &fork);
    else /* nothing is said of the two, so never a fork's code */
        (void)mz_command_refuse(c->command, &why), code = MZ_EXIT_TROUBLE;
    mz_buf_clear(&fork);
    json_decref(report);
    return fflush(stdout) == 0 ? code : MZ_EXIT_TROUBLE;
}

static void print_verified(const mz_command *command, const json_t *report, bool proved)
{
    if (command->json) {
        mz_command_json(report, stdout);
    } else if (proved) {
        puts(mz_command_say(command, "这份文件证明账本分叉：账本密钥签了两段不能并存的历史。",
                            "This file proves a fork: the log's key signed two histories that "
                            "cannot both be."));
        print_sides(command, report);
    } else {
        const json_t *reason = json_object_get(report, "reason");
        puts(mz_command_say(command, "这份文件什么也没有证明。", "This file proves nothing."));
        printf("  %s\n", json_string_value(json_object_get(
                             reason, command->language == MZ_CHINESE ? "zh" : "en")));
    }
}

static mz_exit run_verify(const comparing *c)
{
    mz_reason why = {0};
    bool proved = false;
    json_t *report = NULL;
    const mz_status status =
        mz_compare_verify(c->verify, c->options.pin_file, &proved, &report, &why);
    if (status != MZ_OK)
        return mz_command_refuse(c->command, &why);
    print_verified(c->command, report, proved);
    json_decref(report);
    return fflush(stdout) != 0 ? MZ_EXIT_TROUBLE : proved ? MZ_EXIT_PROVED : MZ_EXIT_FAILED;
}

mz_exit mz_compare_main(mz_command *command, int argc, char **argv)
{
    comparing c = {.command = command};
    mz_service_words service = {0};
    const mz_option options[] = {
        {.name = "--pin",               .value = &c.options.pin_file},
        {.name = "--log",                             .value = &c.options.log.path},
        {.name = "--out",.value = &c.out},
        {.name = "--verify",               .value = &c.verify},
        MZ_SERVICE_OPTIONS(&service),
        {0                            },
    };
    const char *words[2] = {NULL, NULL};
    size_t word_count = 0;
    int64_t timeout_s = 0;
    command->help_zh = HELP_ZH;
    command->help_en = HELP_EN;
    command->progress_zh = "散列";
    command->progress_en = "hashed";
    const mz_exit code = mz_command_parse(command, options, argc, argv, words, 2, &word_count);
    if (code != MZ_EXIT_PROVED)
        return code;
    if (command->help)
        return mz_command_help(command);
    if (c.options.pin_file == NULL)
        return mz_command_usage(command, "请用 --pin 给出信任文件。", "name the pin with --pin.",
                                "");
    if (word_count != (c.verify != NULL ? 0 : 2))
        return mz_command_usage(command, "请写出两枚印章，或用 --verify 给出分叉证明。",
                                "name two checkpoints, or a proof with --verify.", "");
    if (!mz_command_number(command, service.timeout, "--timeout", 3600, &timeout_s))
        return MZ_EXIT_USAGE;
    mz_faults_install("mingzhang-audit", command->language, command->json, MZ_EXIT_TROUBLE);
    c.options.log.answer_ms = timeout_s * 1000;
    c.options.log.ca_file = service.ca_file;
    c.options.a = words[0];
    c.options.b = words[1];
    c.options.progress = mz_command_progress;
    c.options.context = command;
    return c.verify != NULL ? run_verify(&c) : run_compare(&c);
}
