#include "options.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/language.h"
#include "edge/workers.h"

typedef enum kind { TEXT, FLAG, NUMBER, LANGUAGE } kind;
typedef struct option_row {
    const char *name, *value;
    kind kind;
    size_t at;
    uint64_t low, high, otherwise;
    const char *zh, *en;
} option_row;

#define AT(member) offsetof(mz_options, member)
/* clang-format off */
static const option_row ROWS[] = {
    {"ledger", "DIR", TEXT, AT(ledger), 0, 0, 0, "账本文件夹", "the ledger's folder"},
    {"listen", "ADDRESS:PORT", TEXT, AT(listen), 0, 0, 0, "监听地址，默认 127.0.0.1:8080；端口 0 由系统选定；[::1]:8080 为 IPv6",
     "where to listen; 127.0.0.1:8080. Port 0: the system chooses; [::1]:8080 for IPv6"},
    {"log-key", "FILE", TEXT, AT(log_key), 0, 0, 0, "账本密钥文件，默认 DIR.log-key.pem", "the log's key file; DIR.log-key.pem"},
    {"log-passphrase-file", "FILE", TEXT, AT(log_passphrase_file), 0, 0, 0,
     "其口令文件；否则取 MINGZHANG_LOG_PASSPHRASE、MINGZHANG_PASSPHRASE、systemd 凭证 log-passphrase、终端",
     "its passphrase; else MINGZHANG_LOG_PASSPHRASE, MINGZHANG_PASSPHRASE, the systemd credential log-passphrase, the terminal"},
    {"second-place", "FILE", TEXT, AT(second_place), 0, 0, 0, "总账印章的第二处，默认 DIR.checkpoint；最好在另一块磁盘",
     "second place of the checkpoint; DIR.checkpoint. Best on another disk"},
    {"sealed", "DIR", TEXT, AT(sealed), 0, 0, 0, "密封库的文件夹，默认 DIR.sealed", "folder of the sealed store; DIR.sealed"},
    {"evidence", "DIR", TEXT, AT(evidence), 0, 0, 0, "凭证文件夹，默认 DIR.evidence", "folder of documents; DIR.evidence"},
    {"accept-checkpoint", "FILE", TEXT, AT(accept_checkpoint), 0, 0, 0, "第二处丢失时以此总账印章为准", "accept this checkpoint for a lost second place"},
    {"accept-clock", NULL, FLAG, AT(accept_clock), 0, 0, 0, "确认时钟无误，放行一次", "the clock is right: let one batch pass"},
    {"tls-cert", "FILE", TEXT, AT(tls_cert), 0, 0, 0, "证书链（PEM）：直接以 HTTPS 服务；默认不用，由前面的代理负责",
     "certificate chain (PEM): serve HTTPS directly. Not by default: a proxy in front does that"},
    {"tls-key", "FILE", TEXT, AT(tls_key), 0, 0, 0, "证书的私钥（PEM）", "the certificate's private key (PEM)"},
    {"connections", "N", NUMBER, AT(connections), 8, 60000, 1024, "同时的连接数，默认 1024", "connections at once; 1024"},
    {"per-address", "N", NUMBER, AT(per_address), 0, 60000, 0, "每个地址的连接数；默认 0 不限，因为代理只有一个地址；直接面向公众时请设 64",
     "connections of one address; 0, no limit, since a proxy has one address. Facing the public directly, set 64"},
    {"free-space", "MIB", NUMBER, AT(free_space_mib), 0, 1u << 30, 256, "磁盘须留的空间，默认 256 MiB；不足时停止写入（507），查询照常",
     "space of the disk that stays free; 256 MiB. Below, writing stops (507) and reading goes on"},
    {"check-hours", "N", NUMBER, AT(check_hours), 0, 8760, 24, "全面核对的间隔，默认 24 小时；0 不核对", "hours between full checks; 24. 0: none"},
    {"threads", "N", NUMBER, AT(threads), 0, MZ_WORKERS_MAX, 0, "验证签名的线程数，默认每核一个", "threads that check signatures; one for each core"},
    {"log-requests", NULL, FLAG, AT(log_requests), 0, 0, 0, "日志记录每个请求（默认只记提交与故障）", "log every request, not only submissions and trouble"},
    {"log-addresses", NULL, FLAG, AT(log_addresses), 0, 0, 0, "日志记录来访地址（个人信息，默认不记）", "log addresses of clients (personal data; not by default)"},
    {"check", NULL, FLAG, AT(check), 0, 0, 0, "只做一次全面核对，输出一行 JSON，然后结束", "do one full check, print its result as a line of JSON, and end"},
    {"lang", "zh|en", LANGUAGE, AT(language), 0, 0, 0, "消息的语言", "language of messages"},
    {"version", NULL, FLAG, AT(version), 0, 0, 0, "版本", "the version"},
    {"help", NULL, FLAG, AT(help), 0, 0, 0, "这份说明", "this help"},
};
/* clang-format on */
#define ROW_COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

static bool mistake(mz_language language, const char *zh, const char *en, const char *what)
{
    bool chinese = language == MZ_CHINESE;
    fprintf(stderr, "mingzhangd: %s: %s\n%s\n", what, chinese ? zh : en,
            chinese ? "用法见：mingzhangd --help" : "See: mingzhangd --help");
    return false;
}

static bool mistake_number(const option_row *row, mz_language language)
{
    char zh[80], en[80];
    const unsigned long long low = row->low, high = row->high;
    snprintf(zh, sizeof(zh), "须是 %llu 到 %llu 的整数", low, high);
    snprintf(en, sizeof(en), "it must be a whole number from %llu to %llu", low, high);
    return mistake(language, zh, en, row->name);
}

static bool read_number(const option_row *row, const char *text, uint64_t *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    *number = strtoull(text, &end, 10);
    return *end == '\0' && *number >= row->low && *number <= row->high;
}

static bool set(const option_row *row, const char *value, mz_options *options)
{
    char *base = (char *)options + row->at;
    uint64_t number;
    bool is_zh = value != NULL && strncmp(value, "zh", 2) == 0;
    switch (row->kind) {
    case TEXT:
        memcpy(base, &value, sizeof(value));
        return true;
    case FLAG:
        *(bool *)base = true;
        return true;
    case NUMBER:
        assert(value != NULL); /* its row has one */
        if (!read_number(row, value, &number))
            return mistake_number(row, options->language);
        memcpy(base, &number, sizeof(number));
        return true;
    case LANGUAGE:
        options->language = is_zh ? MZ_CHINESE : MZ_ENGLISH;
        return true;
    }
    return false;
}

static const option_row *row_named(const char *name, size_t size)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strlen(ROWS[i].name) == size && memcmp(ROWS[i].name, name, size) == 0)
            return &ROWS[i];
    return NULL;
}

static bool check_whole(const mz_options *options)
{
    if (options->help || options->version)
        return true;
    if (options->ledger == NULL)
        return mistake(options->language, "没有给出账本文件夹", "the ledger's folder is not given",
                       "--ledger");
    if ((options->tls_cert == NULL) != (options->tls_key == NULL))
        return mistake(options->language, "证书和私钥要一起给出", "certificate and key go together",
                       "--tls-cert --tls-key");
    return true;
}

bool mz_options_read(int argc, char **argv, mz_options *options)
{
    *options = (mz_options){.language = mz_language_of_environment(), .listen = "127.0.0.1:8080"};
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (ROWS[i].kind == NUMBER)
            memcpy((char *)options + ROWS[i].at, &ROWS[i].otherwise, sizeof(uint64_t));
    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        size_t size = equals == NULL ? strlen(argv[i]) : (size_t)(equals - argv[i]);
        const option_row *row =
            size > 2 && strncmp(argv[i], "--", 2) == 0 ? row_named(argv[i] + 2, size - 2) : NULL;
        const char *value = equals == NULL ? NULL : equals + 1;
        if (row == NULL || (row->value == NULL && value != NULL))
            return mistake(options->language, "没有这个选项", "there is no such option", argv[i]);
        if (row->value != NULL && value == NULL) {
            if (i + 1 == argc)
                return mistake(options->language, "缺少它的值", "its value is missing", argv[i]);
            value = argv[++i];
        }
        if (!set(row, value, options))
            return false;
    }
    return check_whole(options);
}

void mz_options_help(mz_language language)
{
    bool chinese = language == MZ_CHINESE;
    puts(chinese ? "mingzhangd：账本的网络服务\n\n用法：mingzhangd --ledger DIR [--listen "
                   "地址:端口] ...\n\n选项："
                 : "mingzhangd: the ledger's service\n\nUsage: mingzhangd --ledger DIR [--listen "
                   "ADDRESS:PORT] ...\n\nOptions:");
    for (size_t i = 0; i < ROW_COUNT; i++)
        printf("  --%s%s%s\n        %s\n", ROWS[i].name, ROWS[i].value == NULL ? "" : " ",
               ROWS[i].value == NULL ? "" : ROWS[i].value, chinese ? ROWS[i].zh : ROWS[i].en);
    puts(chinese
             ? "\n就绪时在标准输出印出一行地址；日志在标准错误，每行一个 JSON。\n"
               "SIGTERM 或 SIGINT：不再接受连接，已提交的都得到回答，然后结束。\n"
               "默认只在本机监听、不加密，由前面的 nginx 负责 HTTPS：见 /usr/share/mingzhang "
               "中的配置样例。\n"
               "例：mingzhangd --ledger /var/lib/mingzhang/ledger --listen 127.0.0.1:8080\n"
               "试：curl http://127.0.0.1:8080/v1/funds\n退出码：0 正常结束，2 用法错误，3 "
               "磁盘或网络故障。"
             : "\nWhen it is ready, it prints its address as one line on standard output; logs are "
               "on standard error, a JSON object a line.\n"
               "SIGTERM or SIGINT: no new connections, everybody who waits is answered, then it "
               "ends.\n"
               "By default it listens on this machine only, in plain HTTP, behind an nginx that "
               "does HTTPS: see the configuration in /usr/share/mingzhang.\n"
               "Example: mingzhangd --ledger /var/lib/mingzhang/ledger --listen 127.0.0.1:8080\n"
               "Try: curl http://127.0.0.1:8080/v1/funds\nExit codes: 0 ended as asked, 2 usage, 3 "
               "trouble with disk or network.");
}
