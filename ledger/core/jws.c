#include "core/jws.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The prescribed header in its three parts: before the kid, between, and after the typ. */
#define HEADER_HEAD "{\"alg\":\"Ed25519\",\"kid\":\""
#define HEADER_MIDDLE "\",\"typ\":\""
#define HEADER_TAIL "\"}"
#define KID_SIZE MZ_BASE64URL_SIZE(MZ_HASH_SIZE)
#define HEADER_MAX 128

/* Writes the header for a kid of 43 characters and returns its size. */
static size_t header_put(char header[HEADER_MAX], const char *kid, const char *typ)
{
    int size =
        snprintf(header, HEADER_MAX, HEADER_HEAD "%.43s" HEADER_MIDDLE "%s" HEADER_TAIL, kid, typ);
    assert(size > 0 && size < HEADER_MAX);
    return (size_t)size;
}

typedef struct jws_parts {
    mz_view header, payload, signature;
    mz_view signing_input;
} jws_parts;

static mz_status parts_split(mz_view text, jws_parts *parts, mz_reason *why)
{
    if (text.size > MZ_JWS_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "JWS"),
                         mz_count("size", (int64_t)text.size), mz_count("limit", MZ_JWS_SIZE_MAX));
    const uint8_t *dots[2];
    size_t dot_count = 0;
    const uint8_t *end = text.data + text.size;
    for (const uint8_t *at = text.data;
         at < end && (at = memchr(at, '.', (size_t)(end - at))) != NULL; at++) {
        if (dot_count < 2)
            dots[dot_count] = at;
        dot_count++;
    }
    if (dot_count != 2)
        return mz_refuse(why, MZ_BAD_JWS,
                         mz_words("cause", MZ_BOTH("不是以点分开的三段",
                                                   "it is not three parts between two dots")));
    parts->header = (mz_view){text.data, (size_t)(dots[0] - text.data)};
    parts->payload = (mz_view){dots[0] + 1, (size_t)(dots[1] - dots[0] - 1)};
    parts->signature = (mz_view){dots[1] + 1, (size_t)(end - dots[1] - 1)};
    parts->signing_input = (mz_view){text.data, (size_t)(dots[1] - text.data)};
    return MZ_OK;
}

static mz_status base64_refuse(const char *path, mz_reason *why)
{
    return mz_refuse(why, MZ_BAD_BASE64, mz_words("path", path));
}

static mz_status decode_into(mz_view text, const char *path, mz_buf *out, mz_reason *why)
{
    mz_buf_reset(out);
    size_t size = text.size / 4 * 3 + (text.size % 4 == 0 ? 0 : text.size % 4 - 1);
    if (size > out->size_max)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", path), mz_count("size", (int64_t)size),
                         mz_count("limit", (int64_t)out->size_max));
    uint8_t *room = mz_buf_extend(out, size);
    if (room == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (!mz_base64url_decode(text, room, size, &size)) {
        mz_buf_reset(out);
        return base64_refuse(path, why);
    }
    return MZ_OK;
}

static mz_status payload_decode(mz_view text, mz_buf *payload, mz_reason *why)
{
    if (text.size > MZ_BASE64URL_SIZE(MZ_JWS_PAYLOAD_MAX))
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "payload"),
                         mz_count("size", (int64_t)(text.size / 4 * 3)),
                         mz_count("limit", MZ_JWS_PAYLOAD_MAX));
    return decode_into(text, "payload", payload, why);
}

static mz_status signature_decode(mz_view text, uint8_t signature[MZ_SIGNATURE_SIZE],
                                  mz_reason *why)
{
    if (text.size != MZ_BASE64URL_SIZE(MZ_SIGNATURE_SIZE))
        return mz_refuse(
            why, MZ_BAD_JWS,
            mz_words("cause", MZ_BOTH("签名不是 64 字节", "the signature is not 64 bytes")));
    size_t size = 0;
    if (!mz_base64url_decode(text, signature, MZ_SIGNATURE_SIZE, &size))
        return base64_refuse("signature", why);
    return MZ_OK;
}

/* The header is compared with the one that its own kid would give. */
static mz_status header_check(mz_view text, const char *typ, mz_hash *kid, mz_reason *why)
{
    uint8_t header[HEADER_MAX];
    size_t size = 0;
    if (text.size > MZ_BASE64URL_SIZE(HEADER_MAX))
        return mz_refuse(why, MZ_BAD_HEADER);
    if (!mz_base64url_decode(text, header, sizeof(header), &size))
        return base64_refuse("header", why);
    size_t head = strlen(HEADER_HEAD), middle = strlen(HEADER_MIDDLE), tail = strlen(HEADER_TAIL);
    size_t typ_size = strlen(typ);
    if (size != head + KID_SIZE + middle + typ_size + tail)
        return mz_refuse(why, MZ_BAD_HEADER);
    const uint8_t *at = header;
    bool same = memcmp(at, HEADER_HEAD, head) == 0;
    at += head;
    mz_view kid_text = {at, KID_SIZE};
    at += KID_SIZE;
    same = same && memcmp(at, HEADER_MIDDLE, middle) == 0;
    at += middle;
    same = same && memcmp(at, typ, typ_size) == 0;
    at += typ_size;
    same = same && memcmp(at, HEADER_TAIL, tail) == 0;
    size_t kid_size = 0;
    if (!same || !mz_base64url_decode(kid_text, kid->bytes, MZ_HASH_SIZE, &kid_size))
        return mz_refuse(why, MZ_BAD_HEADER);
    return MZ_OK;
}

mz_status mz_jws_parse(mz_view text, const char *typ, mz_jws *out, mz_buf *payload, mz_reason *why)
{
    *out = (mz_jws){0};
    mz_buf_reset(payload);
    jws_parts parts = {0};
    mz_status status = parts_split(text, &parts, why);
    if (status == MZ_OK)
        status = header_check(parts.header, typ, &out->kid, why);
    if (status == MZ_OK)
        status = payload_decode(parts.payload, payload, why);
    if (status == MZ_OK)
        status = signature_decode(parts.signature, out->signature, why);
    if (status != MZ_OK)
        return status;
    out->signing_input = parts.signing_input;
    out->payload = mz_buf_view(payload);
    return MZ_OK;
}

mz_status mz_jws_split(mz_view text, mz_jws *out, mz_buf *header, mz_buf *payload, mz_reason *why)
{
    *out = (mz_jws){0};
    mz_buf_reset(header);
    mz_buf_reset(payload);
    jws_parts parts = {0};
    mz_status status = parts_split(text, &parts, why);
    if (status == MZ_OK)
        status = decode_into(parts.header, "header", header, why);
    if (status == MZ_OK)
        status = payload_decode(parts.payload, payload, why);
    if (status == MZ_OK)
        status = signature_decode(parts.signature, out->signature, why);
    if (status != MZ_OK)
        return status;
    out->signing_input = parts.signing_input;
    out->payload = mz_buf_view(payload);
    return MZ_OK;
}

bool mz_jws_verify(const mz_jws *jws, const uint8_t key[MZ_KEY_SIZE])
{
    return mz_key_verify(key, jws->signing_input, jws->signature);
}

mz_status mz_jws_sign(const mz_signer *signer, const char *typ, mz_view payload, mz_buf *out,
                      mz_reason *why)
{
    if (payload.size > MZ_JWS_PAYLOAD_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "payload"),
                         mz_count("size", (int64_t)payload.size),
                         mz_count("limit", MZ_JWS_PAYLOAD_MAX));
    char kid[44], header[HEADER_MAX];
    mz_base64url_32(signer->thumbprint.bytes, kid);
    size_t header_size = header_put(header, kid, typ);
    size_t start = out->size;
    mz_buf_put_base64url(out, (mz_view){(const uint8_t *)header, header_size});
    mz_buf_put_text(out, ".");
    mz_buf_put_base64url(out, payload);
    uint8_t signature[MZ_SIGNATURE_SIZE] = {0};
    if (!out->failed)
        mz_signer_sign(signer, (mz_view){out->data + start, out->size - start}, signature);
    mz_buf_put_text(out, ".");
    mz_buf_put_base64url(out, (mz_view){signature, sizeof(signature)});
    if (out->failed)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "JWS"),
                         mz_count("size", (int64_t)(payload.size / 3 * 4)),
                         mz_count("limit", (int64_t)out->size_max));
    return MZ_OK;
}
