/* passphrase.h — a passphrase from the terminal, without echo. */
#ifndef MZ_EDGE_PASSPHRASE_H
#define MZ_EDGE_PASSPHRASE_H

#include "core/bytes.h"

/* Asks for the passphrase of `subject`; `out` was initialised, and is ended with mz_passphrase_wipe
 * whatever this answers. MZ_BAD_KEY_FILE {path, cause} when there is no terminal or nothing was
 * read. */
mz_status mz_passphrase_ask(mz_language language, const char *subject, mz_buf *out,
                            mz_reason *why) MZ_MUST_USE;
/* The same of a new one: asked twice, and equal. */
mz_status mz_passphrase_choose(mz_language language, const char *subject, mz_buf *out,
                               mz_reason *why) MZ_MUST_USE;
void mz_passphrase_wipe(mz_buf *passphrase);

#endif
