/* fuzz_jws.c — whatever is taken as a JWS is the only spelling of what it holds. */
#include <stdbool.h>

#include "core/jws.h"
#include "target.h"

/* What was decoded, encoded again, must be the received bytes. */
static void check_spelling(mz_view text, mz_view header, const mz_jws *jws)
{
    mz_buf again;
    mz_buf_init(&again, MZ_JWS_SIZE_MAX);
    mz_buf_put_base64url(&again, header);
    mz_buf_put_text(&again, ".");
    mz_buf_put_base64url(&again, jws->payload);
    assert(mz_view_equal(mz_buf_view(&again), jws->signing_input));
    mz_buf_put_text(&again, ".");
    mz_buf_put_base64url(&again, (mz_view){jws->signature, MZ_SIGNATURE_SIZE});
    assert(mz_view_equal(mz_buf_view(&again), text));
    mz_buf_clear(&again);
}

static bool check_typ(mz_view text, const char *typ, mz_buf *payload)
{
    mz_reason why = {0};
    mz_jws jws;
    mz_status status = mz_jws_parse(text, typ, &jws, payload, &why);
    assert(status == why.status);
    if (status != MZ_OK)
        return false;
    assert(jws.payload.size <= MZ_JWS_PAYLOAD_MAX);
    assert(jws.signing_input.data == text.data);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mz_view text = {data, size};
    mz_buf header, payload;
    mz_buf_init(&header, MZ_JWS_SIZE_MAX);
    mz_buf_init(&payload, MZ_JWS_PAYLOAD_MAX);
    bool entry = check_typ(text, MZ_JWS_TYP_ENTRY, &payload);
    bool token = check_typ(text, MZ_JWS_TYP_AUTH, &payload);
    assert(!(entry && token));
    mz_jws jws;
    mz_status status = mz_jws_split(text, &jws, &header, &payload, NULL);
    assert(status == MZ_OK || (!entry && !token));
    if (status == MZ_OK)
        check_spelling(text, mz_buf_view(&header), &jws);
    mz_buf_clear(&header);
    mz_buf_clear(&payload);
    return 0;
}
