#include "core/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct mz_hasher {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

mz_hasher *mz_hasher_new(void)
{
    mz_hasher *hasher = calloc(1, sizeof(*hasher));
    if (hasher == NULL)
        return NULL;
    hasher->algorithm = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->algorithm == NULL || hasher->context == NULL ||
        EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL) != 1) {
        mz_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

void mz_hasher_free(mz_hasher *hasher)
{
    if (hasher == NULL)
        return;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->algorithm);
    free(hasher);
}

/* A digest that was fetched and started once cannot fail on bytes: its memory is there already. */
void mz_hash_begin(mz_hasher *hasher)
{
    int done = EVP_DigestInit_ex2(hasher->context, NULL, NULL);
    assert(done == 1);
}

void mz_hash_add(mz_hasher *hasher, mz_view part)
{
    if (part.size == 0)
        return;
    int done = EVP_DigestUpdate(hasher->context, part.data, part.size);
    assert(done == 1);
}

mz_hash mz_hash_end(mz_hasher *hasher)
{
    mz_hash hash;
    unsigned size = 0;
    int done = EVP_DigestFinal_ex(hasher->context, hash.bytes, &size);
    assert(done == 1);
    assert(size == MZ_HASH_SIZE);
    return hash;
}

mz_hash mz_hash_parts(mz_hasher *hasher, const mz_view *parts, size_t part_count)
{
    mz_hash_begin(hasher);
    for (size_t i = 0; i < part_count; i++)
        mz_hash_add(hasher, parts[i]);
    return mz_hash_end(hasher);
}

bool mz_hash_equal(const mz_hash *left, const mz_hash *right)
{
    return memcmp(left->bytes, right->bytes, MZ_HASH_SIZE) == 0;
}
