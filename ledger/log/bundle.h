/* bundle.h — a log as a folder of text, for auditors: all that was published and nothing secret.
 *
 *     manifest.json                  {"format":"mingzhang-bundle-1","origin":"...","size":N,
 *                                     "root":"<hex>","files":[{"name":"checkpoint","size":n,
 *                                     "sha256":"<hex>"}, ...]}: one line per file, every other file
 *     log.pin                        the pin, as in the ledger's folder
 *     checkpoint                     the checkpoint of size N, verbatim
 *     entries/0000000000.txt         leaves in order, each followed by LF; file k holds the entries
 *     entries/0000000001.txt         from 10,000 k on, all files but the last hold 10,000
 *     checkpoints/0000000000.txt     every checkpoint, one to a line, by size: <size> <base64
 * note>; 10,000 to a file cosignatures/0000000000.txt    likewise: <size> <key id, 8 hex digits>
 * <base64 line>; no file when there are none
 *
 * Names in the manifest are relative, in the order of this list. A reader trusts the pin it was
 * given, not the one in the bundle, and takes the manifest as a help against broken copies only. */
#ifndef MZ_LOG_BUNDLE_H
#define MZ_LOG_BUNDLE_H

#include "log/log.h"

#define MZ_BUNDLE_FORMAT "mingzhang-bundle-1"
#define MZ_BUNDLE_LINES_MAX 10000 /* lines in one file */

typedef struct mz_bundle_result {
    uint64_t size; /* entries */
    mz_hash root;
    uint64_t checkpoint_count;
    uint64_t cosignature_count;
} mz_bundle_result;

/* Writes the new folder `to`, under a temporary name until it is whole and synced. Memory does not
 * grow with the log. MZ_EXISTS, MZ_FULL, MZ_IO. */
mz_status mz_bundle_export(mz_log *log, const char *to, mz_bundle_result *result,
                           mz_reason *why) MZ_MUST_USE;

#endif
