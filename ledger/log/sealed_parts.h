/* sealed_parts.h — what an open sealed store is made of: sealed.c and sealed_rebuild.c. */
#ifndef MZ_LOG_SEALED_PARTS_H
#define MZ_LOG_SEALED_PARTS_H

#include "log/sealed.h"

#define MZ_SEALED_PATH_SIZE 4400

struct mz_sealed {
    char path[MZ_SEALED_PATH_SIZE];
    char store[MZ_SEALED_PATH_SIZE]; /* path/store */
    int lock_fd;
    mz_kv *kv; /* NULL between two files, and after a rebuilding that failed */
    mz_sealed_mode mode;
};

#define MZ_SEALED_OWNER "sealed" /* keys of the table meta */
#define MZ_SEALED_LAST "last"
#define MZ_SEALED_ERASED "erased"

/* Writes all rows but those of the `drop_count` digests in `drops`, sorted, into a new file, which
 * takes the place of the old one, and forgets the last batch. `erased` is the new value of that
 * row. Then the old file is overwritten and gone. */
mz_status mz_sealed_rebuild(mz_sealed *sealed, const mz_hash *drops, size_t drop_count,
                            uint64_t erased, mz_reason *why) MZ_MUST_USE;

/* Copies the rows of entries below `size` but those of `drops`, and who the owner is, into the
 * empty store `to`. */
mz_status mz_sealed_copy_rows(mz_kv *from, mz_kv *to, const mz_hash *drops, size_t drop_count,
                              uint64_t size, uint64_t *count, mz_reason *why) MZ_MUST_USE;

/* Overwrites and removes what a crash left in the store's folder. The caller is alone in it. */
mz_status mz_sealed_clean(const mz_sealed *sealed, mz_reason *why) MZ_MUST_USE;

int mz_hash_compare(const void *left, const void *right); /* for qsort and bsearch */

#endif
