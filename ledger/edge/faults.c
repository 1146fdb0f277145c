#include "edge/faults.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
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

#define ROOM_LEAST ((uint64_t)1 << 20)

/* Made beforehand: in a handler only system calls are safe. */
typedef struct answer {
    char message[1280], json[2304];
    size_t message_size, json_size;
} answer;

static answer corrupt, full;
static const char *scratch_parent;
static int fault_exit_code;

/* A scratch store is a file with holes: where its disk has no room for one, that is SIGBUS too. */
static bool is_scratch_full(void)
{
    struct statvfs disk;
    return statvfs(scratch_parent, &disk) == 0 &&
           (uint64_t)disk.f_bavail * disk.f_frsize < ROOM_LEAST;
}

static void on_fault(int signal_number)
{
    const answer *is = signal_number == SIGBUS && is_scratch_full() ? &full : &corrupt;
    if (write(STDERR_FILENO, is->message, is->message_size) < 0 ||
        write(STDOUT_FILENO, is->json, is->json_size) < 0)
        _exit(fault_exit_code); /* there is nobody to tell */
    _exit(fault_exit_code);
}

/* Neither text holds what JSON would have escaped: both come from the status list and from here. */
static void make_answer(answer *is, const mz_reason *why, const char *program, mz_language language,
                        bool json)
{
    char zh[1024], en[1024];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    const char *code = mz_status_code(why->status);
    snprintf(is->message, sizeof is->message, "%s: %s [%s %d]\n", program,
             language == MZ_CHINESE ? zh : en, code, (int)why->status);
    is->message_size = strlen(is->message);
    if (json)
        snprintf(is->json, sizeof is->json,
                 "{\"code\":\"%s\",\"status\":%d,\"zh\":\"%s\",\"en\":\"%s\"}\n", code,
                 (int)why->status, zh, en);
    is->json_size = strlen(is->json);
}

void mz_faults_install(const char *program, mz_language language, bool json, int exit_code)
{
    static const int SIGNALS[] = {SIGSEGV, SIGBUS};
    if (WATCHED_BY_SANITIZER)
        return;
    mz_reason damage = {0}, room = {0};
    (void)mz_refuse(&damage, MZ_CORRUPT,
                    mz_words("cause", MZ_BOTH("读取数据页时出错，程序已停止",
                                              "the program stopped at a page of data.mdb that "
                                              "cannot be read")));
    (void)mz_refuse(&room, MZ_FULL);
    make_answer(&corrupt, &damage, program, language, json);
    make_answer(&full, &room, program, language, json);
    scratch_parent = getenv("TMPDIR");
    if (scratch_parent == NULL || scratch_parent[0] == '\0')
        scratch_parent = "/tmp";
    fault_exit_code = exit_code;
    struct sigaction action = {.sa_handler = on_fault};
    (void)sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        (void)sigaction(SIGNALS[i], &action, NULL);
}
