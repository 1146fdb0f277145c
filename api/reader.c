#include "reader.h"

#include <stdio.h>
#include <string.h>

#include "core/auth.h"
#include "log/documents.h"

static const char SCHEME[] = "mz-auth ";

mz_status mz_reader_of(mz_call *call, mz_actor *reader, mz_reason *why)
{
    mz_view token = call->request->authorization;
    size_t size = sizeof SCHEME - 1;
    if (token.size <= size || strncasecmp((const char *)token.data, SCHEME, size) != 0)
        return mz_refuse(why, MZ_TOKEN_NEEDED);
    token = (mz_view){token.data + size, token.size - size};
    return mz_auth_verify(call->changes, token, mz_service_origin(call->service),
                          call->now_ms / 1000, reader, why);
}

mz_status mz_reader_may_document(mz_call *call, mz_documents *walk, const mz_hash *sha256,
                                 mz_reason *why)
{
    char cause[200], hex[65];
    mz_actor reader;
    bool readable = false;
    mz_status status = mz_reader_of(call, &reader, why);
    if (status == MZ_OK)
        status = mz_documents_readable(walk, sha256, &reader, call->now_ms, &readable, why);
    if (status != MZ_OK || readable)
        return status;
    mz_view actor = mz_id_view(reader.id);
    snprintf(cause, sizeof cause, MZ_BOTH("%.*s 无权查阅", "%.*s may not read it"), (int)actor.size,
             (const char *)actor.data, (int)actor.size, (const char *)actor.data);
    mz_hex_32(sha256->bytes, hex);
    return mz_refuse(why, MZ_DOCUMENT_SEALED, mz_words("id", hex), mz_words("cause", cause));
}
