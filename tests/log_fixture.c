#include "log_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/note.h"
#include "core/uuid.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static mz_hash digest(mz_view bytes)
{
    mz_hasher *hasher = mz_hasher_new();
    must(hasher != NULL);
    mz_hash hash = mz_hash_parts(hasher, &bytes, 1);
    mz_hasher_free(hasher);
    return hash;
}

void mz_sample_signer(const char *name, mz_signer *signer)
{
    mz_hash seed = digest(mz_view_of(name));
    mz_signer_from_seed(signer, seed.bytes);
}

void mz_sample_jti(uint64_t number, int64_t unix_ms, uint8_t jti[16])
{
    /* In order of counting within a millisecond, as a real clock's would be by time. */
    memset(jti, 0, 16);
    mz_be64_put(jti + 8, number);
    mz_uuid7_stamp(unix_ms, jti);
}

static void put_quoted(mz_buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        mz_buf_put(out, (mz_view){(const uint8_t *)(*text == '\'' ? "\"" : text), 1});
}

void mz_sample_sign(const char *who, uint64_t number, int64_t unix_ms, const char *event,
                    const char *fund, const char *body, mz_buf *out)
{
    mz_signer signer;
    uint8_t jti[16];
    char jti_text[MZ_UUID_TEXT_SIZE];
    mz_buf payload;
    mz_sample_signer(who, &signer);
    mz_sample_jti(number, unix_ms, jti);
    mz_uuid_text(jti, jti_text);
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_buf_put_format(
        &payload, "{\"aud\":\"" MZ_SAMPLE_ORIGIN "\",\"jti\":\"%s\",\"iat\":%lld,\"type\":\"%s\",",
        jti_text, (long long)(unix_ms / 1000), event);
    if (fund != NULL)
        mz_buf_put_format(&payload, "\"fund\":\"%s\",", fund);
    mz_buf_put_text(&payload, "\"body\":");
    put_quoted(&payload, body);
    mz_buf_put_text(&payload, "}");
    mz_buf_reset(out);
    must(mz_jws_sign(&signer, MZ_JWS_TYP_ENTRY, mz_buf_view(&payload), out, NULL) == MZ_OK);
    mz_buf_clear(&payload);
}

static void put_proof(mz_buf *out, const mz_signer *signer, const char *actor)
{
    uint8_t proof[MZ_SIGNATURE_SIZE];
    must(mz_signer_prove(signer, MZ_SAMPLE_ORIGIN, actor, proof));
    mz_buf_put_text(out, "'proof':'");
    mz_buf_put_base64url(out, (mz_view){proof, sizeof proof});
    mz_buf_put_text(out, "'");
}

void mz_sample_put_key(mz_buf *out, const char *name, const char *actor)
{
    mz_signer signer;
    mz_sample_signer(name, &signer);
    mz_buf_put_text(out, "'key':'");
    mz_buf_put_base64url(out, (mz_view){signer.public_key, sizeof signer.public_key});
    mz_buf_put_text(out, "',");
    put_proof(out, &signer, actor);
}

void mz_sample_put_log_key(mz_buf *out, const char *name)
{
    mz_signer signer;
    mz_vkey vkey;
    mz_hasher *hasher = mz_hasher_new();
    must(hasher != NULL);
    mz_sample_signer(name, &signer);
    must(mz_vkey_make(hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519, signer.public_key,
                      &vkey, NULL) == MZ_OK);
    mz_hasher_free(hasher);
    mz_buf_put_text(out, "{'vkey':'");
    mz_vkey_put(out, &vkey);
    mz_buf_put_text(out, "',");
    put_proof(out, &signer, "-");
    mz_buf_put_text(out, "}");
}

#define NO_WITNESSES "'witnesses':[],'quorum':0"

static void put_genesis(int64_t unix_ms, const char *witnesses, const char *more, mz_buf *out)
{
    mz_buf body;
    mz_buf_init(&body, 8192);
    mz_buf_put_text(&body, "{'charity':{'name':'慈善总会','credit_code':'53370300MJD000001X'},"
                           "'log_key':");
    mz_sample_put_log_key(&body, "log");
    mz_buf_put_text(&body, ",'registrars':[{'actor':'reg-a',");
    mz_sample_put_key(&body, "reg-a", "reg-a");
    mz_buf_put_text(&body, "},{'actor':'reg-b',");
    mz_sample_put_key(&body, "reg-b", "reg-b");
    mz_buf_put_format(&body, "}],%s,'rules':1%s}", witnesses, more);
    must(!body.failed);
    mz_sample_sign("reg-a", 0, unix_ms, "ledger.opened", NULL, (const char *)body.data, out);
    mz_buf_clear(&body);
}

void mz_sample_genesis(int64_t unix_ms, mz_buf *out)
{
    put_genesis(unix_ms, NO_WITNESSES, "", out);
}

void mz_sample_genesis_witnessed(int64_t unix_ms, const char *witnesses, mz_buf *out)
{
    put_genesis(unix_ms, witnesses, "", out);
}

void mz_sample_genesis_sealed(int64_t unix_ms, const char *digest, mz_buf *out)
{
    char more[80];
    snprintf(more, sizeof more, ",'_sd':['%s']", digest);
    put_genesis(unix_ms, NO_WITNESSES, more, out);
}

void mz_sample_party(uint64_t number, int64_t unix_ms, mz_buf *out)
{
    char body[200];
    snprintf(body, sizeof body,
             "{'party':'p-%llu','kind':'collective','name':'邻里互助组第%llu组'}",
             (unsigned long long)number, (unsigned long long)number);
    mz_sample_sign("reg-a", number, unix_ms, "party.registered", NULL, body, out);
}

void mz_sample_enrol(const char *actor, const char *role, const char *more, uint64_t number,
                     int64_t unix_ms, mz_buf *enrolled, mz_buf *confirmed)
{
    uint8_t jti[16];
    char jti_text[MZ_UUID_TEXT_SIZE];
    char target[64];
    mz_buf body;
    mz_buf_init(&body, 4096);
    mz_buf_put_format(&body, "{'actor':'%s','role':'%s',", actor, role);
    mz_sample_put_key(&body, actor, actor);
    mz_buf_put_format(&body, "%s}", more);
    must(!body.failed);
    mz_sample_sign("reg-a", number, unix_ms, "actor.enrolled", NULL, (const char *)body.data,
                   enrolled);
    mz_sample_jti(number, unix_ms, jti);
    mz_uuid_text(jti, jti_text);
    snprintf(target, sizeof target, "{'target':'%s'}", jti_text);
    mz_sample_sign("reg-b", number + 1, unix_ms, "registry.confirmed", NULL, target, confirmed);
    mz_buf_clear(&body);
}
