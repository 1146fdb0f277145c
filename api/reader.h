/* reader.h — who reads sealed matter: `Authorization: mz-auth TOKEN`, the token of core/auth.h. */
#ifndef MZ_API_READER_H
#define MZ_API_READER_H

#include "log/documents.h"
#include "service.h"

/* MZ_TOKEN_NEEDED when there is none; what mz_auth_verify refuses with. */
mz_status mz_reader_of(mz_call *call, mz_actor *reader, mz_reason *why) MZ_MUST_USE;
/* Whether the reader may have a sealed document: MZ_DOCUMENT_SEALED. Moves the walk. */
mz_status mz_reader_may_document(mz_call *call, mz_documents *walk, const mz_hash *sha256,
                                 mz_reason *why) MZ_MUST_USE;

#endif
