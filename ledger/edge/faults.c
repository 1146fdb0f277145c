#include "edge/faults.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#define MZ_HAS_FEATURE(x) __has_feature(x)
#else
#define MZ_HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    MZ_HAS_FEATURE(address_sanitizer) || MZ_HAS_FEATURE(thread_sanitizer)
#define WATCHED_BY_SANITIZER 1
#else
#define WATCHED_BY_SANITIZER 0
#endif

/* Made beforehand: in a handler only write and _exit are safe. */
static char message[1280];
static char json_message[2304];
static size_t message_size, json_message_size;
static int fault_exit_code;

static void on_fault(int signal_number)
{
    (void)signal_number;
    if (write(STDERR_FILENO, message, message_size) < 0 ||
        write(STDOUT_FILENO, json_message, json_message_size) < 0)
        _exit(fault_exit_code); /* there is nobody to tell */
    _exit(fault_exit_code);
}

/* Neither text holds what JSON would have escaped: both come from the status list and from here. */
static void make_messages(const char *program, mz_language language, bool json)
{
    mz_reason why = {0};
    char zh[1024], en[1024];
    (void)mz_refuse(&why, MZ_CORRUPT,
                    mz_words("cause", MZ_BOTH("读取数据页时出错，程序已停止",
                                              "the program stopped at a page of data.mdb that "
                                              "cannot be read")));
    mz_reason_text(&why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(&why, MZ_ENGLISH, en, sizeof en);
    const char *code = mz_status_code(MZ_CORRUPT);
    snprintf(message, sizeof message, "%s: %s [%s %d]\n", program, language == MZ_CHINESE ? zh : en,
             code, (int)MZ_CORRUPT);
    message_size = strlen(message);
    if (json)
        snprintf(json_message, sizeof json_message,
                 "{\"code\":\"%s\",\"status\":%d,\"zh\":\"%s\",\"en\":\"%s\"}\n", code,
                 (int)MZ_CORRUPT, zh, en);
    json_message_size = strlen(json_message);
}

void mz_faults_install(const char *program, mz_language language, bool json, int exit_code)
{
    static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGABRT};
    if (WATCHED_BY_SANITIZER)
        return;
    make_messages(program, language, json);
    fault_exit_code = exit_code;
    struct sigaction action = {.sa_handler = on_fault};
    (void)sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        (void)sigaction(SIGNALS[i], &action, NULL);
}
