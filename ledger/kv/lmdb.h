/* lmdb.h — the engine of a real ledger: an LMDB environment in a folder, `data.mdb` and `lock.mdb`.
 *
 * What was committed survives kill -9 and power loss: LMDB's default durability and no flag that
 * weakens it (the scratch option apart, which no ledger uses). Only mz_lmdb_create makes a
 * database; opening never does. A process opens one folder at most once at a time: a second opening
 * would drop the locks of the first when it closes (POSIX record locks). A write transaction begins
 * and ends on one thread. */
#ifndef MZ_KV_LMDB_H
#define MZ_KV_LMDB_H

#include "core/kv.h"

typedef struct mz_lmdb_options {
    bool read_only; /* no write transactions; works while another process writes */
    bool
        scratch; /* an audit's throw-away file alone: commits are not synced, a crash may ruin it */
    size_t
        map_size; /* bytes of address space to reserve; 0: 64 GiB, or less where that is refused */
} mz_lmdb_options;

/* Creates the folder `dir` with an empty database and opens it. It is made under a temporary name
 * beside `dir`, synced, then renamed, so a crash leaves `dir` whole or absent. MZ_EXISTS when there
 * is something of that name, which is left as it is; MZ_FULL, MZ_IO. `options` may be NULL. */
mz_status mz_lmdb_create(const char *dir, const mz_lmdb_options *options, mz_kv **out,
                         mz_reason *why) MZ_MUST_USE;

/* Opens an existing database. MZ_NOT_A_LEDGER when there is none or it is something else;
 * MZ_CORRUPT when the file is cut off or damaged where it is described; MZ_IO, with the remedy in
 * its words, when permissions stand in the way (reading needs `lock.mdb` writable, unless the file
 * system itself is mounted read-only). The caller owns `*out` on MZ_OK: mz_kv_close. `options` may
 * be NULL. */
mz_status mz_lmdb_open(const char *dir, const mz_lmdb_options *options, mz_kv **out,
                       mz_reason *why) MZ_MUST_USE;

/* Syncs the file to the disk now, whatever was synced before. `kv` is of this engine. */
mz_status mz_lmdb_force_sync(mz_kv *kv, mz_reason *why) MZ_MUST_USE;

/* Copies a consistent snapshot into the new folder `dir`, synced, while others read and write; made
 * under a temporary name as mz_lmdb_create does. MZ_EXISTS, MZ_FULL, MZ_IO. */
mz_status mz_lmdb_copy(mz_kv *kv, const char *dir, mz_reason *why) MZ_MUST_USE;

#endif
