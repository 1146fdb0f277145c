/* command.h — what the subcommands of mingzhang-audit share: options from a table, usage errors,
 * refusals. */
#ifndef MZ_AUDIT_COMMAND_H
#define MZ_AUDIT_COMMAND_H

#include <stdbool.h>

#include "cli.h"
#include "core/status.h"
#include "source.h"

typedef struct mz_command {
    mz_language language;
    bool json, help; /* --json, --help, --lang are known to all */
    const char *help_zh, *help_en;
    int64_t started_ms, shown_ms; /* of the progress on a terminal */
    const char *progress_zh, *progress_en;
} mz_command;

/* One option: a flag, one value, or values that may be given again. */
typedef struct mz_option {
    const char *name; /* with its dashes; NULL ends the table */
    bool *flag;
    const char **value; /* or the first of `value_max` */
    size_t *count;      /* NULL: at most one; given again, the last counts */
    size_t value_max;
} mz_option;

/* Reads argv[1..]: options by the table, `--name value` or `--name=value`; up to `word_max` other
 * words. MZ_EXIT_PROVED when it could be read; else the mistake has been printed. */
mz_exit mz_command_parse(mz_command *command, const mz_option *options, int argc, char **argv,
                         const char **words, size_t word_max, size_t *word_count);
/* A mistake in the command line: what, then how to get help. */
mz_exit mz_command_usage(const mz_command *command, const char *zh, const char *en,
                         const char *what);
mz_exit mz_command_help(const mz_command *command);
/* Prints why it could not be done; with --json on stdout too. */
mz_exit mz_command_refuse(const mz_command *command, const mz_reason *why);
void mz_command_progress(void *command, uint64_t done, uint64_t total);
void mz_command_progress_end(mz_command *command);
/* A JSON value on `out`, one line unless it is a terminal. */
void mz_command_json(const json_t *value, FILE *out);
const char *mz_command_say(const mz_command *command, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
/* A whole number of 1..max; false and a usage error for anything else. NULL leaves `number`. */
bool mz_command_number(const mz_command *command, const char *text, const char *option, int64_t max,
                       int64_t *number);

/* The options of whatever reads from a service. */
typedef struct mz_service_words {
    const char *ca_file, *timeout;
} mz_service_words;
#define MZ_SERVICE_OPTIONS(words)                                                                  \
    {.name = "--ca-file", .value = &(words)->ca_file},                                             \
    {                                                                                              \
        .name = "--timeout", .value = &(words)->timeout                                            \
    }

/* The subcommands; argv[0] is their name. */
mz_exit mz_compare_main(mz_command *command, int argc, char **argv);
mz_exit mz_watch_main(mz_command *command, int argc, char **argv);

#endif
