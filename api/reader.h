/* reader.h — who reads sealed matter: `Authorization: mz-auth TOKEN`, the token of auth.h. */
#ifndef MZ_API_READER_H
#define MZ_API_READER_H

#include "service.h"

/* MZ_TOKEN_NEEDED when there is none; what mz_auth_verify and the rules of reading refuse with. */
mz_status mz_reader_of(mz_call *call, mz_actor *reader, mz_reason *why) MZ_MUST_USE;
/* Whether the reader may have a sealed document. */
mz_status mz_reader_may_document(mz_call *call, const mz_hash *sha256, mz_reason *why) MZ_MUST_USE;

#endif
