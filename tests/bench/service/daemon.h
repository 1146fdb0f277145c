/* daemon.h — the service as it is installed: the program mingzhangd, started over a folder as a
 * process of its own, with the log's key in a file as an operator has it. */
#ifndef MZ_TESTS_DAEMON_H
#define MZ_TESTS_DAEMON_H

#include <sys/types.h>

#include "log/log.h"

typedef struct mz_daemon {
    pid_t pid;
    int out; /* what it prints */
    char address[64];
} mz_daemon;

/* Writes the key file that the program looks for beside the folder. False when that fails. */
bool mz_daemon_key(const char *dir, const mz_signer *signer);

/* Starts it; its log goes into the file `log_path`. False when there is no such program. */
bool mz_daemon_start(mz_daemon *daemon, const char *program, const char *dir, const char *log_path);
/* Waits until it serves and has told its address. False when it ended instead, or so much time
 * passed. */
bool mz_daemon_ready(mz_daemon *daemon, int64_t ms);
/* Ends it by this signal and waits. Returns its exit status, or -1 when it ended by the signal. */
int mz_daemon_end(mz_daemon *daemon, int signal);
/* Of all its threads since it began; to a hundredth of a second. 0 when it cannot be read. */
double mz_daemon_cpu_s(const mz_daemon *daemon);
/* Memory that is not of files; 0 when it cannot be read. */
long mz_daemon_anonymous_kib(const mz_daemon *daemon);

#endif
