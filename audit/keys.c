#include "keys.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 8192 /* a power of two, twice MZ_KEYS_MAX: a free one is always near */

struct mz_keys {
    size_t count;
    struct {
        bool used;
        mz_known_key known;
    } slots[SLOTS];
};

mz_keys *mz_keys_new(void)
{
    return calloc(1, sizeof(mz_keys));
}

void mz_keys_free(mz_keys *keys)
{
    free(keys);
}

/* The slot that holds it, or the free one where it belongs. */
static size_t slot_of(const mz_keys *keys, const mz_hash *kid)
{
    size_t at = (size_t)mz_be32_get(kid->bytes) % SLOTS;
    while (keys->slots[at].used && !mz_hash_equal(&keys->slots[at].known.kid, kid))
        at = (at + 1) % SLOTS;
    return at;
}

const uint8_t *mz_keys_find(const mz_keys *keys, const mz_hash *kid)
{
    const size_t at = slot_of(keys, kid);
    return keys->slots[at].used ? keys->slots[at].known.key : NULL;
}

void mz_keys_add(mz_keys *keys, const mz_known_key *known)
{
    size_t at = slot_of(keys, &known->kid);
    if (keys->slots[at].used)
        return;
    if (keys->count == MZ_KEYS_MAX) {
        memset(keys, 0, sizeof *keys);
        at = slot_of(keys, &known->kid);
    }
    keys->slots[at].used = true;
    keys->slots[at].known = *known;
    keys->count++;
}
