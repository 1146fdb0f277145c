/* hash.h — SHA-256 (FIPS 180-4) with a context that is made once and handed in, because libcrypto's
 * look-up of an algorithm costs more than hashing an entry. One hasher serves one thread at a time.
 */
#ifndef MZ_CORE_HASH_H
#define MZ_CORE_HASH_H

#include "core/bytes.h"

#define MZ_HASH_SIZE 32

typedef struct mz_hash {
    uint8_t bytes[MZ_HASH_SIZE];
} mz_hash;

typedef struct mz_hasher mz_hasher;

/* NULL when there is no memory or libcrypto has no SHA-256. The caller owns the result. */
mz_hasher *mz_hasher_new(void);
void mz_hasher_free(mz_hasher *hasher); /* NULL is fine */

/* The digest of the parts, one after the other. Borrows all. */
mz_hash mz_hash_parts(mz_hasher *hasher, const mz_view *parts, size_t part_count);
/* The same in steps, for what does not fit into memory; a begin forgets what was not ended. */
void mz_hash_begin(mz_hasher *hasher);
void mz_hash_add(mz_hasher *hasher, mz_view part);
mz_hash mz_hash_end(mz_hasher *hasher);
bool mz_hash_equal(const mz_hash *left, const mz_hash *right);

#endif
