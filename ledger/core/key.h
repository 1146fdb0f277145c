/* key.h — Ed25519 keys (RFC 8032), verified and used by libsodium. A key serves one actor, or the
 * log, once ever. Only canonical points of large order are keys: verifiers differ on the others,
 * and a signature that some accept and some refuse would split the book. */
#ifndef MZ_CORE_KEY_H
#define MZ_CORE_KEY_H

#include "core/hash.h"

#define MZ_KEY_SIZE 32
#define MZ_SEED_SIZE 32
#define MZ_SIGNATURE_SIZE 64

/* A point in canonical form, on the curve, in the main subgroup. */
bool mz_key_valid(const uint8_t key[MZ_KEY_SIZE]);

/* RFC 7638, over {"crv":"Ed25519","kty":"OKP","x":"<base64url key>"}: the `kid` of what it signs.
 */
mz_hash mz_key_thumbprint(const uint8_t key[MZ_KEY_SIZE]);

/* RFC 8032 with libsodium's strictness: small-order keys and spellings of S at or above L fail. */
bool mz_key_verify(const uint8_t key[MZ_KEY_SIZE], mz_view message,
                   const uint8_t signature[MZ_SIGNATURE_SIZE]);

/* Proof of possession: `mingzhang key v1\n<origin>\n<actor>\n<base64url key>\n`, signed raw.
 * `actor` is
 * "-" for the log's own key. The message is appended to `out`. */
void mz_key_proof_message(const char *origin, const char *actor, const uint8_t key[MZ_KEY_SIZE],
                          mz_buf *out);
/* False also when there is no memory. */
bool mz_key_proof_verify(const char *origin, const char *actor, const uint8_t key[MZ_KEY_SIZE],
                         const uint8_t proof[MZ_SIGNATURE_SIZE]);

/* A private key in the caller's memory. Wipe it when done. */
typedef struct mz_signer {
    uint8_t public_key[MZ_KEY_SIZE];
    uint8_t secret[64]; /* seed, then public key, as libsodium wants it */
    mz_hash thumbprint;
} mz_signer;

void mz_signer_from_seed(mz_signer *signer, const uint8_t seed[MZ_SEED_SIZE]);
/* Ed25519 signatures are deterministic: the same message gives the same signature. */
void mz_signer_sign(const mz_signer *signer, mz_view message, uint8_t signature[MZ_SIGNATURE_SIZE]);
/* False when there is no memory. */
bool mz_signer_prove(const mz_signer *signer, const char *origin, const char *actor,
                     uint8_t proof[MZ_SIGNATURE_SIZE]) MZ_MUST_USE;
void mz_signer_wipe(mz_signer *signer);

#endif
