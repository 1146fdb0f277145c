/* auth.h — the token by which a reader of sealed matter says who is asking: 查阅凭据. A compact JWS
 * in the form of jws.h, typ `mz-auth`, signed by the reader's own present key:
 *
 *     {"aud": "<origin>", "iat": <seconds>, "exp": <seconds>}
 *
 * It holds from iat to exp, at most five minutes, give or take a minute of difference between two
 * clocks. It carries no number of its own: within its five minutes whoever has it can read what the
 * reader can, so it goes over protected connections only, and is never written into a log. */
#ifndef MZ_CORE_AUTH_H
#define MZ_CORE_AUTH_H

#include "core/rules.h"

#define MZ_AUTH_SECONDS_MAX 300 /* exp - iat */
#define MZ_AUTH_SKEW_SECONDS 60 /* clock differences that are forgiven */
#define MZ_AUTH_SIZE_MAX 1024   /* bytes of a token */

/* Appends a token that holds from now on for as long as may be. MZ_TOO_LARGE. */
mz_status mz_auth_make(const mz_signer *signer, const char *origin, int64_t now_unix_s, mz_buf *out,
                       mz_reason *why) MZ_MUST_USE;

/* Whose token it is: an actor who has not retired, by the key now in force. MZ_BAD_TOKEN {cause};
 * MZ_TOKEN_TIME {from, until, clock}; MZ_UNKNOWN_KEY; MZ_BAD_SIGNATURE;
 * MZ_KEY_REPLACED; MZ_SIGNER_RETIRED. */
mz_status mz_auth_verify(mz_changes *changes, mz_view token, const char *origin, int64_t now_unix_s,
                         mz_actor *reader, mz_reason *why) MZ_MUST_USE;

#endif
