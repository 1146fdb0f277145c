#include "core/key.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(MZ_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "");
_Static_assert(MZ_SEED_SIZE == crypto_sign_SEEDBYTES, "");
_Static_assert(MZ_SIGNATURE_SIZE == crypto_sign_BYTES, "");
_Static_assert(sizeof(((mz_signer *)0)->secret) == crypto_sign_SECRETKEYBYTES, "");

bool mz_key_valid(const uint8_t key[MZ_KEY_SIZE])
{
    return crypto_core_ed25519_is_valid_point(key) == 1;
}

mz_hash mz_key_thumbprint(const uint8_t key[MZ_KEY_SIZE])
{
    char x[44];
    mz_base64url_32(key, x);
    char jwk[96];
    int size = snprintf(jwk, sizeof(jwk), "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
    assert(size > 0 && (size_t)size < sizeof(jwk));
    mz_hash thumbprint;
    crypto_hash_sha256(thumbprint.bytes, (const uint8_t *)jwk, (unsigned)size);
    return thumbprint;
}

bool mz_key_verify(const uint8_t key[MZ_KEY_SIZE], mz_view message,
                   const uint8_t signature[MZ_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, message.data, message.size, key) == 0;
}

void mz_key_proof_message(const char *origin, const char *actor, const uint8_t key[MZ_KEY_SIZE],
                          mz_buf *out)
{
    char x[44];
    mz_base64url_32(key, x);
    mz_buf_put_text(out, "mingzhang key v1\n");
    mz_buf_put_text(out, origin);
    mz_buf_put_text(out, "\n");
    mz_buf_put_text(out, actor);
    mz_buf_put_text(out, "\n");
    mz_buf_put_text(out, x);
    mz_buf_put_text(out, "\n");
}

/* Origins and actors are short; the ceiling only keeps a mistake from growing. */
#define PROOF_MESSAGE_MAX 4096

bool mz_key_proof_verify(const char *origin, const char *actor, const uint8_t key[MZ_KEY_SIZE],
                         const uint8_t proof[MZ_SIGNATURE_SIZE])
{
    mz_buf message;
    mz_buf_init(&message, PROOF_MESSAGE_MAX);
    mz_key_proof_message(origin, actor, key, &message);
    bool good = !message.failed && mz_key_verify(key, mz_buf_view(&message), proof);
    mz_buf_clear(&message);
    return good;
}

void mz_signer_from_seed(mz_signer *signer, const uint8_t seed[MZ_SEED_SIZE])
{
    int rc = crypto_sign_seed_keypair(signer->public_key, signer->secret, seed);
    assert(rc == 0);
    signer->thumbprint = mz_key_thumbprint(signer->public_key);
}

void mz_signer_sign(const mz_signer *signer, mz_view message, uint8_t signature[MZ_SIGNATURE_SIZE])
{
    int rc = crypto_sign_detached(signature, NULL, message.data, message.size, signer->secret);
    assert(rc == 0);
}

bool mz_signer_prove(const mz_signer *signer, const char *origin, const char *actor,
                     uint8_t proof[MZ_SIGNATURE_SIZE])
{
    mz_buf message;
    mz_buf_init(&message, PROOF_MESSAGE_MAX);
    mz_key_proof_message(origin, actor, signer->public_key, &message);
    bool good = !message.failed;
    if (good)
        mz_signer_sign(signer, mz_buf_view(&message), proof);
    mz_buf_clear(&message);
    return good;
}

void mz_signer_wipe(mz_signer *signer)
{
    sodium_memzero(signer, sizeof(*signer));
}
