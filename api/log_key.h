/* log_key.h — the log's signing key, and the passphrase of its file. */
#ifndef MZ_API_LOG_KEY_H
#define MZ_API_LOG_KEY_H

#include "core/key.h"
#include "options.h"

/* The key of --log-key. The passphrase is the first that there is of: --log-passphrase-file, the
 * environment, the systemd credential `log-passphrase`, the terminal. On MZ_OK the caller wipes
 * `signer`. */
mz_status mz_log_key_read(const mz_options *options, mz_signer *signer, mz_reason *why) MZ_MUST_USE;

/* The whole of a file that must be there. MZ_IO; MZ_TOO_LARGE. */
mz_status mz_file_wanted(const char *path, mz_buf *out, mz_reason *why) MZ_MUST_USE;

#endif
