/* watch_main.c — mingzhang-audit watch. */
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "core/date.h"
#include "edge/clock.h"
#include "edge/faults.h"
#include "watch.h"

#define INTERVAL_S 60
#define WITHIN_DAYS 7
#define COMMAND_MAX_MS 60000

static const char HELP_ZH[] =
    "mingzhang-audit watch URL --pin FILE --state DIR [--once] [--interval N] [--within DAYS]\n"
    "                [--alarm-command CMD] [--json]\n"
    "\n"
    "替您守着一本账：每隔一会儿审计新增的各笔，有事说一次，了结了再说一次。\n"
    "\n"
    "报警的事：\n"
    "  失信 broken       分叉、截短、改动、违反规则、时间倒流、印章不对、见证不足；\n"
    "                    分叉时在 DIR 里写出分叉证明\n"
    "  逾期 overdue      公示、对账（月末后 20 天）、入账确认、物资确认、项目办结、审计答复\n"
    "  将到期 due        上述各项，以及待表决、待申请、待审核、待拨付、待确认，N 天内到期的\n"
    "  读不到 unreachable 连续三次读不到账本\n"
    "\n"
    "  URL                服务的网址；账本文件夹和审计包也可以\n"
    "  --pin FILE         信任文件，必须是您自己早先从可信处取得的\n"
    "  --state DIR        守望的记录，首次使用时新建；重启以后接着守\n"
    "  --once             只看一次就结束，供定时任务使用\n"
    "  --interval N       两次之间隔几秒，默认 60\n"
    "  --within DAYS      几天内到期的算将到期，默认 7\n"
    "  --alarm-command CMD  每条报警交给这个 shell 命令，内容以一行 JSON 送到它的标准输入；\n"
    "                     它失败时下一次再报\n"
    "  --json             每条报警一行 JSON，供程序读取\n"
    "  --ca-file FILE、--timeout N   网址的证书，每个回答最多等几秒\n"
    "\n"
    "退出码（--once）：0 无事，1 有失信，2 用法不对，3 没有看成，4 没有失信，但有逾期或将到期。\n"
    "\n"
    "例：\n"
    "  mingzhang-audit watch https://ledger.example.org --pin ~/zibo.pin --state ~/watch-zibo\n"
    "  mingzhang-audit watch https://ledger.example.org --pin ~/zibo.pin --state ~/watch-zibo \\\n"
    "      --once --alarm-command 'mail -s mingzhang auditor@example.org'\n";

static const char HELP_EN[] =
    "mingzhang-audit watch URL --pin FILE --state DIR [--once] [--interval N] [--within DAYS]\n"
    "                [--alarm-command CMD] [--json]\n"
    "\n"
    "Watches a log: audits what is new every now and then, says once what is wrong, and once when\n"
    "it no longer is.\n"
    "\n"
    "Alarms:\n"
    "  broken       a fork, a cut, an alteration, a broken rule, time running backwards, a wrong\n"
    "               checkpoint, too few witnesses; the proof of a fork is written into DIR\n"
    "  overdue      statements, reconciliations (20 days after the month), income, goods,\n"
    "               projects, answers to audits\n"
    "  due          these, and votes, applications, decisions, payouts and confirmations, when\n"
    "               their time is over within so many days\n"
    "  unreachable  the log could not be read three times in a row\n"
    "\n"
    "  URL                a service; a ledger's folder or a bundle will do too\n"
    "  --pin FILE         whom you trust: a copy that you obtained yourself\n"
    "  --state DIR        what the monitor knows, made when it is not there; it goes on from "
    "there\n"
    "  --once             one look, for a timer\n"
    "  --interval N       seconds between two looks, 60 when absent\n"
    "  --within DAYS      what is over within so many days is due, 7 when absent\n"
    "  --alarm-command CMD  a shell command that gets each alarm on its standard input, as one\n"
    "                     line of JSON; when it fails, the alarm comes again the next time\n"
    "  --json             a line of JSON for each alarm, for programs\n"
    "  --ca-file FILE, --timeout N   certificates of a URL; seconds that one answer may take\n"
    "\n"
    "Exit codes (--once): 0 all is well, 1 a promise is broken, 2 usage, 3 it could not be looked\n"
    "at, 4 nothing is broken, but something is overdue or due soon.\n"
    "\n"
    "Examples:\n"
    "  mingzhang-audit watch https://ledger.example.org --pin ~/zibo.pin --state ~/watch-zibo\n"
    "  mingzhang-audit watch https://ledger.example.org --pin ~/zibo.pin --state ~/watch-zibo \\\n"
    "      --once --alarm-command 'mail -s mingzhang auditor@example.org'\n";

typedef struct watching {
    mz_command *command;
    const char *alarm_command;
    bool once;
    int64_t interval_s;
    mz_watch_options options;
} watching;

/* --- the command of an alarm --- */

static void wait_ms(int64_t ms)
{
    const struct timespec time = {.tv_sec = (time_t)(ms / 1000),
                                  .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&time, NULL);
}

/* Whether it ended well, in time. */
static bool await(pid_t child)
{
    int state = 0;
    const int64_t end_ms = mz_clock_steady_ms() + COMMAND_MAX_MS;
    while (waitpid(child, &state, WNOHANG) == 0) {
        if (mz_clock_steady_ms() > end_ms) {
            (void)kill(-child, SIGKILL);
            (void)waitpid(child, &state, 0);
            return false;
        }
        wait_ms(10);
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

/* In a process group of its own, with `input` as its standard input. */
static bool start(const char *text, int input, pid_t *child)
{
    extern char **environ;
    char shell[] = "sh", option[] = "-c";
    char *line = strdup(text);
    char *argv[] = {shell, option, line, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    bool started = false;
    if (line == NULL || posix_spawn_file_actions_init(&actions) != 0) {
        free(line);
        return false;
    }
    if (posix_spawnattr_init(&attributes) == 0) {
        started = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
                  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP) == 0 &&
                  posix_spawn(child, "/bin/sh", &actions, &attributes, argv, environ) == 0;
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    free(line);
    return started;
}

/* The alarm lies in a file without a name, so that a command that does not read cannot hold us. */
static bool run_command(const char *text, const json_t *alarm)
{
    pid_t child = 0;
    FILE *input = tmpfile();
    if (input == NULL)
        return false;
    (void)json_dumpf(alarm, input, JSON_COMPACT);
    (void)fputc('\n', input);
    const bool written = fflush(input) == 0 && !ferror(input) && fseek(input, 0, SEEK_SET) == 0 &&
                         lseek(fileno(input), 0, SEEK_SET) == 0;
    const bool fine = written && start(text, fileno(input), &child) && await(child);
    (void)fclose(input);
    return fine;
}

/* --- telling --- */

static void print(const watching *w, const json_t *alarm)
{
    char at[MZ_TIME_TEXT_SIZE];
    const mz_command *command = w->command;
    if (command->json) {
        (void)json_dumpf(alarm, stdout, JSON_COMPACT);
        (void)putchar('\n');
        return;
    }
    const bool raised = strcmp(json_string_value(json_object_get(alarm, "event")), "raised") == 0;
    const char *proof = json_string_value(json_object_get(alarm, "proof"));
    mz_time_text(json_integer_value(json_object_get(alarm, "at_ms")), at);
    printf(
        "%s %s%s\n", at, raised ? "" : mz_command_say(command, "已了结——", "no longer: "),
        json_string_value(json_object_get(alarm, command->language == MZ_CHINESE ? "zh" : "en")));
    if (raised && proof != NULL)
        printf(mz_command_say(command, "  分叉证明：%s\n", "  the proof of the fork: %s\n"), proof);
}

static bool tell(void *context, const json_t *alarm)
{
    const watching *w = context;
    if (w->alarm_command != NULL && !run_command(w->alarm_command, alarm)) {
        fprintf(stderr, "mingzhang-audit: %s\n",
                mz_command_say(w->command, "--alarm-command 没有成功，下次再报。",
                               "--alarm-command failed; the alarm comes again the next time."));
        return false;
    }
    print(w, alarm);
    return fflush(stdout) == 0;
}

/* --- rounds --- */

static mz_exit exit_of(const mz_watch_result *result)
{
    if (result->broken > 0)
        return MZ_EXIT_FAILED;
    if (!result->looked)
        return MZ_EXIT_TROUBLE;
    return result->due > 0 ? MZ_EXIT_DUE : MZ_EXIT_PROVED;
}

static void say_unlooked(const watching *w, const mz_watch_result *result)
{
    char text[1024];
    mz_reason_text(&result->why, w->command->language, text, sizeof text);
    fprintf(stderr, "mingzhang-audit: %s [%s]\n", text, mz_status_code(result->why.status));
}

static mz_exit run(watching *w)
{
    for (;;) {
        mz_reason why = {0};
        mz_watch_result result;
        w->options.now_ms = mz_clock_now_unix_ms();
        const mz_status status = mz_watch_round(&w->options, &result, &why);
        if (status != MZ_OK && w->once)
            return (void)mz_command_refuse(w->command, &why), MZ_EXIT_TROUBLE;
        if (status != MZ_OK) /* a full disk may get room, a lock be released */
            result.why = why;
        if (status != MZ_OK || !result.looked)
            say_unlooked(w, &result);
        if (w->once)
            return exit_of(&result);
        wait_ms(w->interval_s * 1000);
    }
}

mz_exit mz_watch_main(mz_command *command, int argc, char **argv)
{
    watching w = {.command = command, .interval_s = INTERVAL_S};
    mz_service_words service = {0};
    const char *interval = NULL, *within = NULL;
    const mz_option options[] = {
        {.name = "--pin",                .value = &w.options.pin_file},
        {.name = "--state",                              .value = &w.options.state_dir},
        {.name = "--once",.flag = &w.once},
        {.name = "--interval",               .value = &interval},
        {.name = "--within",                              .value = &within},
        {.name = "--alarm-command",.value = &w.alarm_command},
        MZ_SERVICE_OPTIONS(&service),
        {0            },
    };
    const char *words[1] = {NULL};
    size_t word_count = 0;
    int64_t timeout_s = 0, days = WITHIN_DAYS;
    command->help_zh = HELP_ZH;
    command->help_en = HELP_EN;
    const mz_exit code = mz_command_parse(command, options, argc, argv, words, 1, &word_count);
    if (code != MZ_EXIT_PROVED)
        return code;
    if (command->help)
        return mz_command_help(command);
    if (word_count == 0 || w.options.pin_file == NULL || w.options.state_dir == NULL)
        return mz_command_usage(command,
                                "请写出网址，并用 --pin 给出信任文件，--state 给出记录的文件夹。",
                                "name the URL, the pin with --pin and a folder with --state.", "");
    if (!mz_command_number(command, service.timeout, "--timeout", 3600, &timeout_s) ||
        !mz_command_number(command, interval, "--interval", 86400, &w.interval_s) ||
        !mz_command_number(command, within, "--within", 3650, &days))
        return MZ_EXIT_USAGE;
    mz_faults_install("mingzhang-audit", command->language, command->json, MZ_EXIT_TROUBLE);
    w.options.log = (mz_source_options){
        .path = words[0], .ca_file = service.ca_file, .answer_ms = timeout_s * 1000};
    w.options.due_days = (int)days;
    w.options.tell = tell;
    w.options.context = &w;
    return run(&w);
}
