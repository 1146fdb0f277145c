/* main.c — mingzhang, the command line of registrars, stewards, members, reviewers and cashiers.
 * The table below drives dispatch and help; an event's name is a verb too. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "args.h"
#include "commands.h"
#include "edge/faults.h"
#include "table.h"

/* clang-format off */
const mz_command MZ_COMMANDS[] = {
    {"init", mz_run_init, "DIR --origin NAME --charity NAME --credit-code CODE --registrar ID=KEYFILE --registrar ID=KEYFILE",
     "新建账本：第 0 笔、账本密钥与信任文件（pin）", "create a ledger: entry 0, the log's key and the pin"},
    {"key", mz_run_key, "new|show|proof FILE [--origin NAME --actor ID]",
     "生成或查看密钥文件，出具持有证明", "make or show a key file, prove possession of it"},
    {"events", mz_run_events, "", "列出可以登记的事项；每个名称也是一个命令", "list the events; each name is a command too"},
    {"sign", mz_run_sign, "EVENT --key FILE --origin NAME|--pin FILE ...", "离线签名一笔，输出 JWS", "sign an entry offline and print the JWS"},
    {"submit", mz_run_submit, "DIR|URL FILE|-", "提交已签名的一笔或多笔（每行一个 JWS）", "submit signed entries, one JWS a line"},
    {"show", mz_run_show, "ledger|fund|proposal|proposals|need|needs|goods|item|reconciliation|reports|entry|entries|source|party|pin|vkey|checkpoint DIR|URL [ID]",
     "查看账本、基金、提案、需求、物资、对账、审计报告、一笔、来源、往来方、信任文件、公钥",
     "show the ledger, a fund, a proposal, needs, goods, an account, audit reports, an entry, a source, a party, the pin, the key"},
    {"todo", mz_run_todo, "DIR|URL ACTOR", "什么事在等某人，及期限", "what waits for a person, with deadlines"},
    {"trace", mz_run_trace, "DIR|URL INDEX", "一笔收入用在哪里，或一笔拨付是谁的钱", "what an income paid for, or whose money a payout was"},
    {"statement", mz_run_statement, "DIR|URL --fund ID --to DATE", "草拟下一期公示，供委员签名", "draw up the next statement for a member to sign"},
    {"reconcile", mz_run_reconcile, "DIR --account ID --month YYYY-MM [--bank-balance YUAN] [--outside YUAN] [--difference YUAN:REASON]",
     "草拟一个账户的月末对账，供审核员或审计员签名", "draw up a month's reconciliation for a reviewer or auditor to sign"},
    {"receipt", mz_run_receipt, "DIR|URL INDEX [--out FILE]", "出具一笔的收据（.tlog-proof），可离线验证", "make the receipt of an entry, to be verified offline"},
    {"evidence", mz_run_evidence, "missing|repeated|add|get|check DIR ...", "凭证文件：哪些缺、哪些重复，放入、取出、核对", "documents: which are missing or repeated; put in, take out, check"},
    {"disclose", mz_run_disclose, "DIR|URL INDEX --key FILE [--receipt FILE]", "有权查阅的人查看一笔的密封字段", "show an entry's sealed fields to who may read them"},
    {"witness", mz_run_witness, "list|ask|pin DIR",
     "见证人：名单、现在请他们签名、写出要求见证的信任文件", "the witnesses: who they are, ask them now, the pin that demands them"},
    {"seed", mz_run_seed, "DIR SCRIPT", "按脚本建立示例账本（格式见 seeds/README.md）", "play a script into a new ledger (seeds/README.md)"},
    {"export", mz_run_export, "FORMAT DIR OUT", "导出供审计的文件包及其他格式", "export a bundle for auditors, and other formats"},
    {"backup", mz_run_backup, "DIR OUT [--public]", "在他人写入时做一份经核对的副本，凭证文件在 OUT.evidence", "a verified copy while others write, with the documents in OUT.evidence"},
    {"check", mz_run_check, "DIR", "逐字节核对账本，指出第一处差异", "check every stored byte and name the first difference"},
    {"schema", mz_run_schema, "[--json|--markdown]", "事项目录：JSON Schema 或文档表格", "the catalogue as JSON Schema or as tables for documents"},
    {0},
};
/* clang-format on */

const mz_command *mz_command_named(const char *name)
{
    const mz_command *command = MZ_COMMANDS;
    while (command->name != NULL && strcmp(command->name, name) != 0)
        command++;
    return command->name == NULL ? NULL : command;
}

static void print_help(const mz_cli *cli)
{
    puts(mz_say(cli, "明账 mingzhang：社区发展基金的账本\n\n用法：mingzhang 命令 ...\n\n命令：",
                "mingzhang: the open book of community development funds\n\nUsage: mingzhang "
                "COMMAND ...\n\nCommands:"));
    for (const mz_command *command = MZ_COMMANDS; command->name != NULL; command++) {
        printf("  ");
        mz_text_pad(stdout, command->name, 12);
        puts(mz_say(cli, command->zh, command->en));
    }
    puts(mz_say(cli, "\n登记一笔：mingzhang 事项 DIR --key FILE ...；事项：",
                "\nTo write an entry: mingzhang EVENT DIR --key FILE ...; the events:"));
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    for (size_t i = 0; i < count; i++) {
        printf("  ");
        mz_text_pad(stdout, rows[i].name, 24);
        puts(mz_say(cli, rows[i].zh, rows[i].en));
    }
    puts(
        mz_say(cli,
               "\nmingzhang 命令 --help 给出各自的说明。口令取自终端、--passphrase-file 或 "
               "MINGZHANG_PASSPHRASE。\n退出码：0 完成，1 不合规则，2 用法错误，3 磁盘或网络故障。",
               "\nmingzhang COMMAND --help tells more. The passphrase comes from the terminal, "
               "--passphrase-file or MINGZHANG_PASSPHRASE.\nExit codes: 0 done, 1 refused by a "
               "rule, 2 usage, 3 trouble with disk or network."));
}

static mz_exit unknown_command(const mz_cli *cli, const char *name)
{
    const char *names[200];
    size_t name_count = 0, row_count;
    const mz_event_row *rows = mz_event_rows(&row_count);
    for (const mz_command *command = MZ_COMMANDS; command->name != NULL; command++)
        names[name_count++] = command->name;
    for (size_t i = 0; i < row_count && name_count < 200; i++)
        names[name_count++] = rows[i].name;
    const char *near = mz_nearest(name, names, name_count);
    if (near != NULL)
        return mz_cli_usage(cli, NULL, "没有命令 %s；是不是 %s？",
                            "There is no command %s; did you mean %s?", name, near);
    return mz_cli_usage(cli, NULL, "没有命令 %s。", "There is no command %s.", name);
}

static mz_exit run(mz_cli *cli, int argc, char **argv)
{
    int first = 1;
    while (first < argc && (strncmp(argv[first], "--lang=", 7) == 0 ||
                            (strcmp(argv[first], "--lang") == 0 && first + 1 < argc)))
        first += argv[first][6] == '=' ? 1 : 2;
    if (first >= argc) {
        print_help(cli);
        return MZ_EXIT_USAGE;
    }
    const char *name = argv[first];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(cli);
        return MZ_EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("mingzhang " MZ_VERSION);
        return MZ_EXIT_DONE;
    }
    const mz_command *command = mz_command_named(name);
    if (command != NULL)
        return command->run(cli, argc - first, argv + first);
    const mz_event_row *row = mz_event_row_named(mz_view_of(name));
    if (row != NULL)
        return mz_run_event(cli, row, argc - first, argv + first);
    return unknown_command(cli, name);
}

static bool has_word(int argc, char **argv, const char *word)
{
    bool found = false;
    for (int i = 1; i < argc; i++)
        found = found || strcmp(argv[i], word) == 0;
    return found;
}

int main(int argc, char **argv)
{
    /* widths of Chinese text need a UTF-8 locale, whatever the messages' language */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX < 4)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    mz_cli cli = {.language = mz_cli_language(argc, argv)};
    mz_faults_install("mingzhang", cli.language, has_word(argc, argv, "--json"), MZ_EXIT_TROUBLE);
    if (sodium_init() < 0 || (cli.hasher = mz_hasher_new()) == NULL) {
        fputs("mingzhang: libsodium or libcrypto does not start\n", stderr);
        return MZ_EXIT_TROUBLE;
    }
    mz_exit code = run(&cli, argc, argv);
    mz_hasher_free(cli.hasher);
    if (fflush(stdout) != 0 && code == MZ_EXIT_DONE) {
        perror("mingzhang: stdout");
        code = MZ_EXIT_TROUBLE;
    }
    return (int)code;
}
