/* jws.h — compact JWS (RFC 7515) signed with Ed25519 (RFC 8037, RFC 9864), in the one form we take.
 *
 *     <base64url header> . <base64url payload> . <base64url signature>
 *
 * The header is compared, not interpreted: it is byte for byte
 * {"alg":"Ed25519","kid":"<43 characters>","typ":"<typ>"}. The received bytes are what is verified,
 * hashed, stored and served; nothing is ever serialised again. */
#ifndef MZ_CORE_JWS_H
#define MZ_CORE_JWS_H

#include "core/key.h"

#define MZ_JWS_TYP_ENTRY "mz-entry+sd-jwt"
#define MZ_JWS_TYP_AUTH "mz-auth"
#define MZ_JWS_PAYLOAD_MAX 47999 /* bytes: payloads are under 48,000 */
/* A leaf is at most 65,535 bytes and begins with the log time and a blank. */
#define MZ_JWS_SIZE_MAX (65535 - 21)

typedef struct mz_jws {
    mz_hash kid;
    mz_view signing_input; /* into the parsed text: header, dot, payload */
    mz_view payload;       /* into the buffer given to mz_jws_parse */
    uint8_t signature[MZ_SIGNATURE_SIZE];
} mz_jws;

/* Reads the form only; the signature is not verified. `text` is borrowed for as long as `out` is
 * used. `payload` is initialised by the caller, emptied here and then holds the decoded payload.
 * MZ_TOO_LARGE, MZ_BAD_JWS {cause}, MZ_BAD_BASE64 {path}, MZ_BAD_HEADER. */
mz_status mz_jws_parse(mz_view text, const char *typ, mz_jws *out, mz_buf *payload,
                       mz_reason *why) MZ_MUST_USE;

bool mz_jws_verify(const mz_jws *jws, const uint8_t key[MZ_KEY_SIZE]);

/* Appends the JWS to `out`. MZ_TOO_LARGE when the payload is too long or `out` has no room. */
mz_status mz_jws_sign(const mz_signer *signer, const char *typ, mz_view payload, mz_buf *out,
                      mz_reason *why) MZ_MUST_USE;

/* Below the comparison of headers: the three parts of any compact JWS that carries an Ed25519
 * signature, canonical base64url each; `header` and `payload` are initialised by the caller,
 * emptied and filled. `out->kid` is zero. The same refusals but MZ_BAD_HEADER. */
mz_status mz_jws_split(mz_view text, mz_jws *out, mz_buf *header, mz_buf *payload,
                       mz_reason *why) MZ_MUST_USE;

#endif
