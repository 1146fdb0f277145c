#include "reader.h"

mz_status mz_reader_may_document(mz_call *call, const mz_hash *sha256, mz_reason *why)
{
    (void)call;
    (void)sha256;
    return mz_refuse(why, MZ_TOKEN_NEEDED);
}
