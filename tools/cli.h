/* cli.h — what every subcommand of mingzhang is handed, and how it speaks: sentences in the
 * language of the person, JSON for programs, and the four exit codes. Only main exits. */
#ifndef MZ_TOOLS_CLI_H
#define MZ_TOOLS_CLI_H

#include <jansson.h>
#include <stdbool.h>

#include "core/hash.h"
#include "core/json.h"
#include "edge/passphrase.h"

typedef enum mz_exit {
    MZ_EXIT_DONE = 0,
    MZ_EXIT_REFUSED = 1, /* by a rule */
    MZ_EXIT_USAGE = 2,
    MZ_EXIT_TROUBLE = 3 /* with the disk or the network, or the ledger itself */
} mz_exit;

/* From the class of the status (core/status.h). */
mz_exit mz_exit_code(mz_status status);

typedef struct mz_cli {
    mz_language language;
    bool json; /* --json */
    mz_hasher *hasher;
} mz_cli;

/* A subcommand: argv[0] is its own name. */
typedef mz_exit mz_command_run(mz_cli *cli, int argc, char **argv);
typedef struct mz_command {
    const char *name;
    mz_command_run *run;
    const char *arguments; /* "DIR [--json]" */
    const char *zh, *en;
} mz_command;
/* The rows of the table, in the order of the help; ends with a row without a name. main.c */
extern const mz_command MZ_COMMANDS[];

/* zh or en, by the language. */
const char *mz_say(const mz_cli *cli, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));

/* --lang and the locale: LC_ALL, LC_MESSAGES, LANG; the first that is set decides. */
mz_language mz_cli_language(int argc, char **argv);

/* Prints the refusal and returns its exit code. For people one sentence on stderr; with --json an
 * object {"code","status","figures","zh","en"} on stdout. */
mz_exit mz_cli_refuse(const mz_cli *cli, const mz_reason *why);

/* A mistake in the command line: what, then how to get help. `topic` is the subcommand or NULL. */
mz_exit mz_cli_usage(const mz_cli *cli, const char *topic, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* Prints a JSON value on stdout: indented on a terminal, one line else. Ends `value`, which may be
 * NULL (no memory). */
mz_exit mz_cli_json(const mz_cli *cli, json_t *value);

/* Progress of something that may take longer than a second, on stderr when that is a terminal. */
typedef struct mz_progress {
    const mz_cli *cli;
    const char *zh, *en;
    int64_t started_ms, shown_ms;
} mz_progress;
void mz_progress_begin(mz_progress *progress, const mz_cli *cli, const char *zh, const char *en);
void mz_progress_step(mz_progress *progress, uint64_t done, uint64_t total); /* total 0: unknown */
void mz_progress_end(mz_progress *progress);

/* The whole of a file, or of standard input for "-". MZ_IO, MZ_TOO_LARGE. `out` is initialised here
 * and the caller's to clear on MZ_OK. */
mz_status mz_cli_read_file(const char *path, size_t size_max, mz_buf *out,
                           mz_reason *why) MZ_MUST_USE;
/* Creates a file, synced; never replaces one. MZ_EXISTS, MZ_IO, MZ_FULL. */
mz_status mz_cli_create_file(const char *path, mz_view bytes, mz_reason *why) MZ_MUST_USE;

/* The passphrase of `subject`: --passphrase-file if given, else MINGZHANG_PASSPHRASE, else asked on
 * the terminal without echo, twice for a new key. MZ_BAD_KEY_FILE when there is none of these.
 * `out` is initialised here; the caller ends it with mz_passphrase_wipe. */
mz_status mz_passphrase_get(const mz_cli *cli, const char *file, const char *subject, bool is_new,
                            mz_buf *out, mz_reason *why) MZ_MUST_USE;

#endif
