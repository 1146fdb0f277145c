/* keys.h — public keys by their thumbprint, a few thousand of them: what the checking of signatures
 * on all cores looks up without touching the store. A thumbprint names one key for ever, so what is
 * here never becomes wrong. Read by many threads while nobody adds. */
#ifndef MZ_AUDIT_KEYS_H
#define MZ_AUDIT_KEYS_H

#include "core/key.h"

#define MZ_KEYS_MAX 4096

typedef struct mz_known_key {
    mz_hash kid;
    uint8_t key[MZ_KEY_SIZE];
} mz_known_key;

typedef struct mz_keys mz_keys;
mz_keys *mz_keys_new(void);       /* NULL without memory */
void mz_keys_free(mz_keys *keys); /* NULL is fine */
/* NULL when it is not known. */
const uint8_t *mz_keys_find(const mz_keys *keys, const mz_hash *kid);
/* Forgets all others when there are MZ_KEYS_MAX. */
void mz_keys_add(mz_keys *keys, const mz_known_key *known);

#endif
