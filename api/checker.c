/* checker.c — the full check by a timer: runs `mingzhangd --ledger DIR --check`, which prints its
 * result as one line of JSON. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/json.h"
#include "edge/clock.h"
#include "service_parts.h"

extern char **environ;

#define RESULT_SIZE_MAX 8192
#define FIRST_AFTER_SECONDS 30 /* not while the service is starting */

/* Reads what the child prints, to its end. */
static size_t read_all(int fd, char *text, size_t text_size)
{
    size_t size = 0;
    char rest[512];
    for (;;) {
        bool has_room = size < text_size;
        ssize_t got =
            has_room ? read(fd, text + size, text_size - size) : read(fd, rest, sizeof(rest));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return size;
        size += has_room ? (size_t)got : 0;
    }
}

/* Starts the child with a pipe for what it prints. */
static pid_t begin(const mz_checker *checker, int *fd)
{
    int ends[2];
    pid_t child = -1;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    /* posix_spawn does not write to them */
    char *arguments[] = {(char *)(uintptr_t)checker->program, (char *)(uintptr_t) "--ledger",
                         (char *)(uintptr_t)checker->dir, (char *)(uintptr_t) "--check", NULL};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none); /* ours are blocked */
    if (posix_spawn(&child, checker->program, &actions, &attributes, arguments, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (child < 0)
        close(ends[0]);
    *fd = ends[0];
    return child;
}

/* {"status","size","cause"} as --check prints it. */
static void understand(const char *text, size_t size, int exit_status, mz_checked *checked)
{
    json_t *result = NULL;
    checked->status = MZ_IO;
    snprintf(checked->cause, sizeof(checked->cause), "the check ended with %d", exit_status);
    if (mz_json_parse((mz_view){(const uint8_t *)text, size}, &result, NULL) != MZ_OK)
        return;
    checked->status = (mz_status)json_integer_value(json_object_get(result, "status"));
    checked->size = (uint64_t)json_integer_value(json_object_get(result, "size"));
    const char *cause = json_string_value(json_object_get(result, "en"));
    snprintf(checked->cause, sizeof(checked->cause), "%s", cause == NULL ? "" : cause);
    json_decref(result);
}

/* The mutex is held, but for while the child runs. */
static void check_once(mz_checker *checker)
{
    char text[RESULT_SIZE_MAX];
    int fd = -1, exit_status = -1;
    mz_checked checked = {.ever = true};
    int64_t begun_ms = mz_clock_steady_ms();
    pid_t child = begin(checker, &fd);
    size_t size = 0;
    if (child > 0) {
        checker->child = child;
        checker->last.running = true;
        pthread_mutex_unlock(&checker->mutex);
        size = read_all(fd, text, sizeof(text));
        pthread_mutex_lock(&checker->mutex);
        close(fd);
        while (waitpid(child, &exit_status, 0) < 0 && errno == EINTR)
            ;
        checker->child = 0;
    }
    understand(text, size, exit_status, &checked);
    checked.at_ms = mz_clock_now_unix_ms();
    checked.took_ms = mz_clock_steady_ms() - begun_ms;
    if (!checker->ending)
        checker->last = checked;
}

static void *run(void *context)
{
    mz_checker *checker = context;
    int64_t wait_seconds =
        checker->seconds < FIRST_AFTER_SECONDS ? checker->seconds : FIRST_AFTER_SECONDS;
    pthread_mutex_lock(&checker->mutex);
    while (!checker->ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += wait_seconds;
        wait_seconds = checker->seconds;
        int rc = 0;
        while (!checker->ending && rc != ETIMEDOUT)
            rc = pthread_cond_timedwait(&checker->wake, &checker->mutex, &until);
        if (!checker->ending)
            check_once(checker);
    }
    pthread_mutex_unlock(&checker->mutex);
    return NULL;
}

bool mz_checker_start(mz_checker *checker, const char *program, const char *dir, int64_t seconds)
{
    pthread_condattr_t attributes;
    checker->program = program;
    checker->dir = dir;
    checker->seconds = seconds;
    if (pthread_mutex_init(&checker->mutex, NULL) != 0)
        return false;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&checker->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    checker->has_thread = pthread_create(&checker->thread, NULL, run, checker) == 0;
    if (!checker->has_thread) {
        pthread_cond_destroy(&checker->wake);
        pthread_mutex_destroy(&checker->mutex);
    }
    return checker->has_thread;
}

void mz_checker_stop(mz_checker *checker)
{
    if (!checker->has_thread)
        return;
    pthread_mutex_lock(&checker->mutex);
    checker->ending = true;
    if (checker->child > 0)
        kill(checker->child, SIGTERM);
    pthread_cond_signal(&checker->wake);
    pthread_mutex_unlock(&checker->mutex);
    pthread_join(checker->thread, NULL);
    pthread_cond_destroy(&checker->wake);
    pthread_mutex_destroy(&checker->mutex);
    checker->has_thread = false;
}

void mz_checker_read(mz_checker *checker, mz_checked *checked)
{
    pthread_mutex_lock(&checker->mutex);
    *checked = checker->last;
    pthread_mutex_unlock(&checker->mutex);
}
