/* backup.h — a consistent copy of a ledger's folder while others write: database and pin, verified
 * before it gets its name, and the documents of its entries beside it. It holds no private key.
 * Beside it, unless it is for the public, lies a copy of the sealed store too, which must follow
 * later erasures: docs/operations.md. */
#ifndef MZ_LOG_BACKUP_H
#define MZ_LOG_BACKUP_H

#include "log/log.h"

typedef struct mz_backup_result {
    uint64_t size; /* entries in the copy */
    mz_hash root;
    /* Documents that its entries name: */
    uint64_t copied_count; /* into `<to>.evidence` */
    int64_t copied_size;
    uint64_t sealed_count;                 /* disclosures in `<to>.sealed` */
    uint64_t missing_count, damaged_count; /* not in the copy, since their bytes were not here */
} mz_backup_result;

/* Copies to the new folder `to`, checks there the last checkpoint's signature, the root and the
 * last batch, syncs, and renames; `to` is whole or absent. The documents go to `<to>.evidence`,
 * each hashed on the way; there is no such folder when there is none to copy. With `sealed`, the
 * sealed documents too, and the disclosures of its entries to `<to>.sealed`. Opened for writing (a
 * restore), the copy needs a second place that is not ahead of it. MZ_EXISTS, MZ_FULL, MZ_IO,
 * MZ_CORRUPT. */
mz_status mz_backup(mz_log *log, const char *to, bool sealed, mz_backup_result *result,
                    mz_reason *why) MZ_MUST_USE;

#endif
