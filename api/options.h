/* options.h — what mingzhangd is told on its command line, and its help. */
#ifndef MZ_API_OPTIONS_H
#define MZ_API_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef struct mz_options {
    mz_language language;
    bool help, version, check;
    const char *ledger, *listen, *log_key, *log_passphrase_file, *second_place, *accept_checkpoint,
        *evidence, *sealed;
    const char *tls_cert, *tls_key;
    bool accept_clock, log_requests, log_addresses;
    uint64_t free_space_mib, check_hours, connections, per_address, threads;
} mz_options;

/* Reads the command line; on a mistake says so on standard error and returns false. Strings are
 * argv's. */
bool mz_options_read(int argc, char **argv, mz_options *options);
void mz_options_help(mz_language language);

#endif
