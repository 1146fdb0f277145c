#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/keyfile.h"
#include "log/files.h"

extern char **environ;

#define PASSPHRASE "a passphrase for a test"

bool mz_daemon_key(const char *dir, const mz_signer *signer)
{
    char path[MZ_LOG_PATH_MAX];
    return mz_path_beside(dir, ".log-key.pem", path, sizeof path) &&
           mz_keyfile_write(path, signer, mz_view_of(PASSPHRASE), 0, NULL) == MZ_OK;
}

bool mz_daemon_start(mz_daemon *daemon, const char *program, const char *dir, const char *log_path)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    /* posix_spawn does not write to them */
    char *arguments[] = {(char *)(uintptr_t)program,
                         (char *)(uintptr_t) "--ledger",
                         (char *)(uintptr_t)dir,
                         (char *)(uintptr_t) "--listen",
                         (char *)(uintptr_t) "127.0.0.1:0",
                         (char *)(uintptr_t) "--check-hours",
                         (char *)(uintptr_t) "0",
                         NULL};
    *daemon = (mz_daemon){.pid = -1, .out = -1};
    if (setenv("MINGZHANG_LOG_PASSPHRASE", PASSPHRASE, 1) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_path,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (posix_spawn(&daemon->pid, program, &actions, NULL, arguments, environ) != 0)
        daemon->pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    daemon->out = ends[0];
    if (daemon->pid < 0)
        close(ends[0]);
    return daemon->pid > 0;
}

bool mz_daemon_ready(mz_daemon *daemon, int64_t ms)
{
    static const char SCHEME[] = "http://";
    char line[sizeof SCHEME + sizeof daemon->address] = "";
    size_t size = 0;
    int64_t until_ms = mz_clock_steady_ms() + ms;
    while (memchr(line, '\n', size) == NULL && size + 1 < sizeof line) {
        struct pollfd one = {.fd = daemon->out, .events = POLLIN};
        int64_t left_ms = until_ms - mz_clock_steady_ms();
        int rc = left_ms <= 0 ? 0 : poll(&one, 1, (int)left_ms);
        if (rc < 0 && errno == EINTR)
            continue;
        ssize_t got = rc <= 0 ? 0 : read(daemon->out, line + size, sizeof line - 1 - size);
        if (got <= 0)
            return false;
        size += (size_t)got;
    }
    if (strncmp(line, SCHEME, sizeof SCHEME - 1) != 0)
        return false;
    const char *address = line + sizeof SCHEME - 1;
    size = strcspn(address, "\n");
    if (size >= sizeof daemon->address)
        return false;
    memcpy(daemon->address, address, size);
    daemon->address[size] = '\0';
    return true;
}

int mz_daemon_end(mz_daemon *daemon, int signal)
{
    int how = 0;
    if (daemon->pid <= 0)
        return -1;
    kill(daemon->pid, signal);
    while (waitpid(daemon->pid, &how, 0) < 0 && errno == EINTR) {
    }
    close(daemon->out);
    *daemon = (mz_daemon){.pid = -1, .out = -1};
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

double mz_daemon_cpu_s(const mz_daemon *daemon)
{
    char path[64];
    char text[1000] = "";
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)daemon->pid);
    FILE *stat = fopen(path, "r");
    if (stat == NULL)
        return 0;
    const char *end = fgets(text, sizeof text, stat) == NULL ? NULL : strrchr(text, ')');
    fclose(stat);
    if (end == NULL || sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                              &user, &kernel) != 2)
        return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

long mz_daemon_anonymous_kib(const mz_daemon *daemon)
{
    char path[64];
    char line[200];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)daemon->pid);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kib) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return kib;
}
