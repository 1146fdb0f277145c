/* args.h — options and arguments of a subcommand, from a table that also makes its help. An option
 * is `--name value` or `--name=value`; a flag is `--name`; `--` ends options. */
#ifndef MZ_TOOLS_ARGS_H
#define MZ_TOOLS_ARGS_H

#include "cli.h"

typedef struct mz_option {
    const char *name;  /* without the dashes */
    const char *value; /* what stands for it in help; NULL: a flag */
    bool repeats;
    const char *zh, *en;
} mz_option;

#define MZ_ARGS_MAX 256
typedef struct mz_args {
    size_t count; /* positional arguments */
    const char *at[MZ_ARGS_MAX];
    size_t given_count;
    struct {
        const char *name, *value;
    } given[MZ_ARGS_MAX];
    bool help;
} mz_args;

/* Reads argv[1..] by `options` (ends with a row without a name; --json, --lang and --help are known
 * to all, and --json sets cli->json). False: a usage error has been printed. */
bool mz_args_parse(mz_cli *cli, const mz_option *options, int argc, char **argv, mz_args *args);
/* The value given, "" for a flag; NULL when it was not given. */
const char *mz_args_value(const mz_args *args, const char *name);
bool mz_args_has(const mz_args *args, const char *name);
/* True when there are low..high positional arguments; else prints the usage of `argv0`. */
bool mz_args_count(const mz_cli *cli, const mz_args *args, const char *argv0, size_t low,
                   size_t high);
/* A whole decimal number from 0. */
bool mz_args_number(const char *text, uint64_t *value);

/* The help of a subcommand in the table: usage line, what it does, its options. */
void mz_args_help(const mz_cli *cli, const mz_command *command, const mz_option *options);
void mz_options_print(const mz_cli *cli, const mz_option *options);
/* The name among `names` that is nearest to `wrong`, or NULL when none is near. */
const char *mz_nearest(const char *wrong, const char *const *names, size_t name_count);

#endif
