/* witness_main.c — mingzhang-witness: the command line. */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "edge/clock.h"
#include "edge/faults.h"
#include "edge/keyfile.h"
#include "edge/language.h"
#include "parts.h"
#include "witness_http.h"

#define NAME "mingzhang-witness"

typedef struct command {
    mz_language language;
    bool help;
    const char *verb; /* "init", "vkey"; NULL: watch */
    const char *state, *key, *passphrase_file, *name, *listen;
    const char *watch[MZ_WITNESS_WATCHED_MAX];
    size_t watch_count;
} command;

static const char HELP_ZH[] = NAME
    " init --state DIR --key FILE --name NAME [--passphrase-file FILE]\n" NAME
    " vkey --state DIR\n" NAME " --state DIR --key FILE --watch PIN|VKEY... --listen ADDRESS:PORT\n"
    "                  [--passphrase-file FILE]\n"
    "\n"
    "见证人：为指定的账本见证总账印章（C2SP tlog-witness）。先写下所见再签名，\n"
    "同一笔数从不签两个根，签过多的从不再签少的。\n"
    "\n"
    "  init           建立状态文件夹，与密钥和名称绑定，显示见证人的验证密钥\n"
    "  vkey           显示验证密钥，供账本登记（ledger.opened、ledger.amended）\n"
    "  --state DIR    状态文件夹。丢失后这把密钥必须停用：请另作密钥，重新 init\n"
    "  --key FILE     密钥文件，用 mingzhang key new 生成，只用于见证\n"
    "  --name NAME    见证人的名称，如 witness.example.org\n"
    "  --watch ...    见证哪个账本：它的信任文件（pin），或日志的验证密钥。可多次\n"
    "  --listen A:P   监听地址，如 127.0.0.1:8090；前面放一个管 TLS 的代理\n"
    "  --passphrase-file FILE  口令文件；否则取 MINGZHANG_PASSPHRASE\n"
    "  --lang zh|en   语言；不写则看 LC_ALL、LC_MESSAGES、LANG\n"
    "\n"
    "地址：POST /add-checkpoint；GET /logs、/logs/<编号>/checkpoint、/healthz、/metrics\n"
    "退出码：0 完成，1 文件内容不合规定，2 用法不对，3 磁盘或网络有问题。\n";

static const char HELP_EN[] = NAME
    " init --state DIR --key FILE --name NAME [--passphrase-file FILE]\n" NAME
    " vkey --state DIR\n" NAME " --state DIR --key FILE --watch PIN|VKEY... --listen ADDRESS:PORT\n"
    "                  [--passphrase-file FILE]\n"
    "\n"
    "A witness: cosigns checkpoints of the logs that it is told to watch (C2SP tlog-witness).\n"
    "It writes down what it saw before it signs; never two roots for one size, never a\n"
    "smaller size after a larger.\n"
    "\n"
    "  init           makes the state, bound to key and name, and shows the verifier key\n"
    "  vkey           shows the verifier key, for ledger.opened or ledger.amended of a log\n"
    "  --state DIR    the state. If it is lost the key must retire: make another, init anew\n"
    "  --key FILE     key file, made by mingzhang key new, for this use alone\n"
    "  --name NAME    the witness's name, such as witness.example.org\n"
    "  --watch ...    which log: its pin, or the log's verifier key. May be repeated\n"
    "  --listen A:P   such as 127.0.0.1:8090; put a proxy that holds TLS before it\n"
    "  --passphrase-file FILE  else MINGZHANG_PASSPHRASE\n"
    "  --lang zh|en   else LC_ALL, LC_MESSAGES, LANG decide\n"
    "\n"
    "Addresses: POST /add-checkpoint; GET /logs, /logs/<id>/checkpoint, /healthz, /metrics\n"
    "Exit codes: 0 done, 1 a file is not acceptable, 2 usage, 3 trouble with disk or network.\n";

static mz_exit usage(const command *c, const char *zh, const char *en, const char *what)
{
    const bool chinese = c->language == MZ_CHINESE;
    fprintf(stderr, NAME ": %s%s%s\n", chinese ? zh : en, what[0] != '\0' ? " " : "", what);
    fputs(chinese ? "用法见：" NAME " --help\n" : "See: " NAME " --help\n", stderr);
    return MZ_EXIT_USAGE;
}

static mz_exit refuse(const command *c, const mz_reason *why)
{
    char text[1024];
    mz_reason_text(why, c->language, text, sizeof text);
    fprintf(stderr, NAME ": %s [%s]\n", text, mz_status_code(why->status));
    return mz_audit_exit(why->status);
}

/* --- the command line --- */

static bool set_value(command *c, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **where;
    } VALUES[] = {
        {"--state",           &c->state          },
        {"--key",             &c->key            },
        {"--name",            &c->name           },
        {"--listen",          &c->listen         },
        {"--passphrase-file", &c->passphrase_file},
    };
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        if (strcmp(name, VALUES[i].name) == 0) {
            *VALUES[i].where = value;
            return true;
        }
    }
    if (strcmp(name, "--watch") == 0 && c->watch_count < MZ_WITNESS_WATCHED_MAX) {
        c->watch[c->watch_count++] = value;
        return true;
    }
    if (strcmp(name, "--lang") == 0 && (strcmp(value, "zh") == 0 || strcmp(value, "en") == 0)) {
        c->language = value[0] == 'z' ? MZ_CHINESE : MZ_ENGLISH;
        return true;
    }
    return false;
}

static bool is_verb(const char *word)
{
    return strcmp(word, "init") == 0 || strcmp(word, "vkey") == 0;
}

/* MZ_EXIT_PROVED when every word is understood. */
static mz_exit parse(command *c, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char name[32];
        const char *equals = strchr(argv[i], '=');
        const size_t size = equals != NULL ? (size_t)(equals - argv[i]) : strlen(argv[i]);
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            c->help = true;
            continue;
        }
        if (i == 1 && is_verb(argv[i])) {
            c->verb = argv[i];
            continue;
        }
        if (argv[i][0] != '-' || size >= sizeof name)
            return usage(c, "不认识：", "not understood:", argv[i]);
        memcpy(name, argv[i], size);
        name[size] = '\0';
        const char *value = equals != NULL ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (value == NULL || value[0] == '\0' || !set_value(c, name, value))
            return usage(c, "不认识，或这个选项的值不对：",
                         "not understood, or no acceptable value:", name);
    }
    return MZ_EXIT_PROVED;
}

/* What each verb needs, and takes. */
static mz_exit check(const command *c)
{
    const bool init = c->verb != NULL && c->verb[0] == 'i', watch = c->verb == NULL;
    const struct {
        const char *name;
        bool given, needed, taken;
    } OPTIONS[] = {
        {"--state",  c->state != NULL,   true,          true         },
        {"--key",    c->key != NULL,     init || watch, init || watch},
        {"--name",   c->name != NULL,    init,          init         },
        {"--watch",  c->watch_count > 0, watch,         watch        },
        {"--listen", c->listen != NULL,  watch,         watch        },
    };
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
        if (OPTIONS[i].needed && !OPTIONS[i].given)
            return usage(c, "请给出", "give", OPTIONS[i].name);
        if (OPTIONS[i].given && !OPTIONS[i].taken)
            return usage(c, "这里不用", "not used here:", OPTIONS[i].name);
    }
    return MZ_EXIT_PROVED;
}

/* --- the key --- */

static mz_status read_passphrase(const command *c, mz_buf *out, mz_reason *why)
{
    const char *named = getenv("MINGZHANG_PASSPHRASE");
    mz_status status = MZ_OK;
    if (c->passphrase_file != NULL) {
        status = mz_audit_read_file(c->passphrase_file, MZ_PASSPHRASE_SIZE_MAX, out, why);
        while (out->size > 0 &&
               (out->data[out->size - 1] == '\n' || out->data[out->size - 1] == '\r'))
            out->size--;
    } else if (named != NULL) {
        mz_buf_put_text(out, named);
    }
    if (status == MZ_OK && (out->failed || out->size == 0))
        status = mz_refuse(why, MZ_BAD_KEY_FILE, mz_words("path", c->key),
                           mz_words("cause", MZ_BOTH("没有口令（--passphrase-file 或 "
                                                     "MINGZHANG_PASSPHRASE）",
                                                     "no passphrase (--passphrase-file or "
                                                     "MINGZHANG_PASSPHRASE)")));
    return status;
}

static mz_status read_key(const command *c, mz_signer *signer, mz_reason *why)
{
    mz_buf passphrase;
    mz_buf_init(&passphrase, 2 * MZ_PASSPHRASE_SIZE_MAX + 16384);
    mz_status status = read_passphrase(c, &passphrase, why);
    if (status == MZ_OK)
        status = mz_keyfile_read(c->key, mz_buf_view(&passphrase), signer, why);
    if (passphrase.data != NULL)
        sodium_memzero(passphrase.data, passphrase.capacity);
    mz_buf_clear(&passphrase);
    return status;
}

/* --- the verbs --- */

static mz_exit print_vkey(const mz_vkey *vkey)
{
    mz_buf text;
    mz_buf_init(&text, MZ_VKEY_TEXT_MAX + 1);
    mz_vkey_put(&text, vkey);
    mz_buf_put_text(&text, "\n");
    const bool printed =
        !text.failed && fwrite(text.data, 1, text.size, stdout) == text.size && fflush(stdout) == 0;
    mz_buf_clear(&text);
    return printed ? MZ_EXIT_PROVED : MZ_EXIT_TROUBLE;
}

static mz_exit run_init(const command *c)
{
    mz_reason why = {0};
    mz_signer signer;
    mz_vkey vkey;
    mz_status status = read_key(c, &signer, &why);
    if (status == MZ_OK) {
        status = mz_witness_state_create(c->state, &signer, c->name, &vkey, &why);
        mz_signer_wipe(&signer);
    }
    return status == MZ_OK ? print_vkey(&vkey) : refuse(c, &why);
}

static mz_exit run_vkey(const command *c)
{
    mz_reason why = {0};
    mz_vkey vkey;
    return mz_witness_state_vkey(c->state, &vkey, &why) == MZ_OK ? print_vkey(&vkey)
                                                                 : refuse(c, &why);
}

/* A verifier key, or the file of a pin. */
static mz_status watch_one(mz_witness_service *service, mz_hasher *hasher, const char *what,
                           mz_reason *why)
{
    mz_policy *pin = NULL;
    mz_vkey vkey;
    mz_status status = mz_vkey_parse(hasher, mz_view_of(what), &vkey, NULL);
    if (status == MZ_OK)
        return mz_witness_watch(service, &vkey, why);
    if (status == MZ_NO_MEMORY)
        return mz_refuse(why, status);
    status = mz_audit_read_pin(what, hasher, &pin, why);
    for (size_t i = 0; status == MZ_OK && i < pin->log_count; i++)
        status = mz_witness_watch(service, &pin->logs[i].key, why);
    mz_policy_free(pin);
    return status;
}

static mz_status watch_all(const command *c, mz_witness_service *service, mz_reason *why)
{
    mz_hasher *hasher = mz_hasher_new();
    mz_status status = hasher != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
    for (size_t i = 0; status == MZ_OK && i < c->watch_count; i++)
        status = watch_one(service, hasher, c->watch[i], why);
    mz_hasher_free(hasher);
    return status;
}

static void end_myself(void *context)
{
    (void)context;
    (void)kill(getpid(), SIGTERM);
}

static mz_status serve(const command *c, mz_witness_service *service, const sigset_t *signals,
                       mz_reason *why)
{
    mz_witness_http *http = NULL;
    int signal_number = 0;
    mz_status status = mz_witness_http_start(service, c->listen, end_myself, NULL, &http, why);
    if (status != MZ_OK)
        return status;
    printf(c->language == MZ_CHINESE ? "%s 在 %s 见证 %zu 把日志密钥\n"
                                     : "%s listens on %s and watches %zu log keys\n",
           mz_witness_service_vkey(service)->name, mz_witness_http_address(http),
           mz_witness_service_key_count(service));
    (void)fflush(stdout);
    (void)sigwait(signals, &signal_number);
    mz_witness_http_stop(http);
    return mz_witness_service_stopped(service) ? mz_refuse(why, MZ_OUTCOME_UNKNOWN) : MZ_OK;
}

static mz_exit run_watch(const command *c)
{
    mz_reason why = {0};
    mz_signer signer;
    sigset_t signals;
    mz_witness_service *service = NULL;
    /* Before any thread: they inherit it. */
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    mz_status status = read_key(c, &signer, &why);
    if (status == MZ_OK) {
        status = mz_witness_service_open(c->state, &signer, &service, &why);
        mz_signer_wipe(&signer);
    }
    if (status == MZ_OK)
        status = watch_all(c, service, &why);
    if (status == MZ_OK)
        status = serve(c, service, &signals, &why);
    mz_witness_service_close(service);
    return status == MZ_OK ? MZ_EXIT_PROVED : refuse(c, &why);
}

int main(int argc, char **argv)
{
    command c = {.language = mz_language_of_environment()};
    mz_exit code = parse(&c, argc, argv);
    if (code == MZ_EXIT_PROVED && c.help) {
        fputs(c.language == MZ_CHINESE ? HELP_ZH : HELP_EN, stdout);
        return MZ_EXIT_PROVED;
    }
    if (code == MZ_EXIT_PROVED)
        code = check(&c);
    if (code != MZ_EXIT_PROVED)
        return (int)code;
    mz_faults_install(NAME, c.language, false, MZ_EXIT_TROUBLE);
    if (c.verb == NULL)
        return (int)run_watch(&c);
    return (int)(c.verb[0] == 'i' ? run_init(&c) : run_vkey(&c));
}
