/* main.c — mingzhangd: opens the ledger, serves it, and ends gracefully when told to. Signals are
 * blocked everywhere and waited for here; only main exits. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include "core/json.h"
#include "dispatch.h"
#include "edge/clock.h"
#include "edge/faults.h"
#include "http/server.h"
#include "log/check.h"
#include "log_key.h"
#include "log_line.h"
#include "options.h"
#include "service.h"

#define EXIT_DONE 0
#define EXIT_USAGE 2
#define EXIT_TROUBLE 3
#define LINGER_MS 500  /* for requests that were sent already */
#define DRAIN_MS 15000 /* for clients to fetch their last answers */
#define PEM_SIZE_MAX (256 * 1024)

static int trouble(const mz_options *options, const mz_reason *why)
{
    char text[1024];
    mz_log_line line;
    mz_reason_text(why, options->language, text, sizeof(text));
    fprintf(stderr, "mingzhangd: %s [%s %d]\n", text, mz_status_code(why->status),
            (int)why->status);
    mz_log_line_begin(&line, "error", "not started");
    mz_log_line_reason(&line, why);
    mz_log_line_end(&line);
    return EXIT_TROUBLE;
}

/* --- the one full check --- */

static int check(const mz_options *options)
{
    mz_check_result result = {0};
    mz_reason why = {0};
    int priority = setpriority(PRIO_PROCESS, 0, 10); /* the service comes first */
    (void)priority;
    mz_status status = mz_check(options->ledger, NULL, &result, &why);
    json_t *out =
        status == MZ_OK ? json_pack("{s:s, s:i}", "code", "ok", "status", 0) : mz_reason_json(&why);
    json_object_set_new(out, "size", json_integer((json_int_t)result.size));
    json_object_set_new(out, "rows", json_integer((json_int_t)result.row_count));
    json_dumpf(out, stdout, JSON_COMPACT);
    json_decref(out);
    putchar('\n');
    return status == MZ_OK ? EXIT_DONE : EXIT_TROUBLE;
}

/* --- serving --- */

/* One connection is one file; the ledger, the log and the rest need some more. */
static void raise_file_limit(const mz_options *options)
{
    struct rlimit limit;
    rlim_t want = options->connections + 64;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
        return;
    limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= want)
        return;
    mz_log_line line;
    mz_log_line_begin(&line, "warning", "fewer files than connections");
    mz_log_line_number(&line, "files", (int64_t)limit.rlim_cur);
    mz_log_line_end(&line);
}

static void tell(const char *what, const char *name, const char *value)
{
    mz_log_line line;
    mz_log_line_begin(&line, "info", what);
    if (name != NULL)
        mz_log_line_text(&line, name, value);
    mz_log_line_end(&line);
}

/* Serves until a signal comes. */
static mz_status serve(const mz_options *options, mz_service *service, const sigset_t *signals,
                       mz_reason *why)
{
    mz_buf cert, key;
    mz_http_server *server = NULL;
    mz_dispatch dispatch = {.service = service,
                            .log_requests = options->log_requests,
                            .log_addresses = options->log_addresses};
    mz_http_options http = {
        .listen = options->listen,
        .spool_dir = options->ledger,
        .connections_max = (unsigned)options->connections,
        .per_address_max = (unsigned)options->per_address,
    };
    mz_status status = MZ_OK;
    mz_buf_init(&cert, PEM_SIZE_MAX);
    mz_buf_init(&key, PEM_SIZE_MAX);
    if (options->tls_cert != NULL) {
        status = mz_file_wanted(options->tls_cert, &cert, why);
        if (status == MZ_OK)
            status = mz_file_wanted(options->tls_key, &key, why);
        http.tls_cert = (const char *)cert.data;
        http.tls_key = (const char *)key.data;
    }
    mz_http_app app = mz_dispatch_app(&dispatch);
    if (status == MZ_OK)
        status = mz_http_server_new(&http, &app, &server, why);
    if (key.data != NULL)
        sodium_memzero(key.data, key.size);
    mz_buf_clear(&key);
    mz_buf_clear(&cert);
    if (status != MZ_OK)
        return status;
    printf("%s://%s\n", options->tls_cert == NULL ? "http" : "https",
           mz_http_server_address(server));
    fflush(stdout);
    tell("serving", "listen", mz_http_server_address(server));
    int number = 0;
    sigwait(signals, &number);
    tell("stopping", NULL, NULL);
    mz_http_server_quiesce(server);
    mz_http_server_linger(server, LINGER_MS);
    mz_service_drain(service); /* everybody who waits is answered */
    mz_http_server_close(server, DRAIN_MS);
    return MZ_OK;
}

/* A wrong path is told as such, before its log key is missed. */
static mz_status find_ledger(const mz_options *options, mz_reason *why)
{
    const mz_log_options reader = {.dir = options->ledger, .read_only = true};
    mz_log *log = NULL;
    mz_status status = mz_log_open(&reader, &log, why);
    mz_log_close(log);
    return status == MZ_NOT_A_LEDGER ? status : MZ_OK; /* any other comes again, in its place */
}

static int run(const mz_options *options)
{
    mz_reason why = {0};
    mz_signer signer;
    mz_service *service = NULL;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    mz_status status = find_ledger(options, &why);
    if (status == MZ_OK) {
        why = (mz_reason){0};
        status = mz_log_key_read(options, &signer, &why);
    }
    if (status != MZ_OK)
        return trouble(options, &why);
    /* from here on a signal waits for sigwait; a broken connection is no signal */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit(options);
    mz_service_options service_options = {
        .log = {.dir = options->ledger,
                .second_place = options->second_place,
                .sealed = options->sealed,
                .signers = &signer,
                .signer_count = 1,
                .accept_checkpoint = options->accept_checkpoint,
                .accept_clock = options->accept_clock,
                .threads = (unsigned)options->threads},
        .evidence = options->evidence,
        .free_space_min = options->free_space_mib << 20,
        .check_seconds = (int64_t)options->check_hours * 3600,
        .check_program = "/proc/self/exe",
    };
    status = mz_service_open(&service_options, &service, &why);
    mz_signer_wipe(&signer);
    if (status == MZ_OK)
        status = serve(options, service, &signals, &why);
    mz_service_close(service);
    if (status != MZ_OK)
        return trouble(options, &why);
    tell("stopped", NULL, NULL);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    mz_options options;
    setlocale(LC_CTYPE, "");
    if (!mz_options_read(argc, argv, &options))
        return EXIT_USAGE;
    if (options.help) {
        mz_options_help(options.language);
        return EXIT_DONE;
    }
    if (options.version) {
        puts("mingzhangd " MZ_VERSION);
        return EXIT_DONE;
    }
    if (sodium_init() < 0)
        return EXIT_TROUBLE;
    mz_faults_install("mingzhangd", options.language, options.check, EXIT_TROUBLE);
    return options.check ? check(&options) : run(&options);
}
