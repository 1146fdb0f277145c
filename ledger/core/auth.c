#include "core/auth.h"

#include <string.h>

#include "core/json.h"

#define PAYLOAD_SIZE_MAX 512
#define TIME_MAX (INT64_C(253402300799)) /* the last second of year 9999 */

static const mz_field PAYLOAD[] = {
    {"aud", MZ_TYPE_ORIGIN,  0, 0, 0,        NULL, NULL, "账本", "the log's origin"},
    {"iat", MZ_TYPE_INTEGER, 0, 0, TIME_MAX, NULL, NULL, "自",    "from"            },
    {"exp", MZ_TYPE_INTEGER, 0, 0, TIME_MAX, NULL, NULL, "至",    "until"           },
    {NULL,  MZ_TYPE_TEXT,    0, 0, 0,        NULL, NULL, NULL,     NULL              },
};

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_TOKEN, mz_words("cause", cause));
}

mz_status mz_auth_make(const mz_signer *signer, const char *origin, int64_t now_unix_s, mz_buf *out,
                       mz_reason *why)
{
    mz_buf payload;
    mz_buf_init(&payload, PAYLOAD_SIZE_MAX);
    json_t *members = json_pack("{s:s, s:I, s:I}", "aud", origin, "iat", (json_int_t)now_unix_s,
                                "exp", (json_int_t)(now_unix_s + MZ_AUTH_SECONDS_MAX));
    mz_status status = members == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    if (status == MZ_OK && mz_json_print(members, &payload) != MZ_OK)
        status = bad(why, MZ_BOTH("账本名称过长", "the log's name is too long"));
    if (status == MZ_OK)
        status = mz_jws_sign(signer, MZ_JWS_TYP_AUTH, mz_buf_view(&payload), out, why);
    json_decref(members);
    mz_buf_clear(&payload);
    return status;
}

/* What the token says, in form. Reasons of the parts speak of entries, so ours stands for them. */
static mz_status parse(mz_view token, mz_jws *jws, json_t **members, mz_reason *why)
{
    mz_buf payload;
    mz_buf_init(&payload, PAYLOAD_SIZE_MAX);
    mz_status status = MZ_OK;
    if (token.size > MZ_AUTH_SIZE_MAX)
        status = bad(why, MZ_BOTH("过长", "it is too long"));
    else if (mz_jws_parse(token, MZ_JWS_TYP_AUTH, jws, &payload, NULL) != MZ_OK)
        status = bad(why, MZ_BOTH("不是 typ 为 mz-auth 的 JWS", "it is not a JWS of typ mz-auth"));
    else if (mz_json_parse(jws->payload, members, NULL) != MZ_OK ||
             mz_schema_check(*members, PAYLOAD, "token", NULL) != MZ_OK)
        status = bad(why, MZ_BOTH("内容应为 aud、iat、exp", "it must hold aud, iat and exp"));
    jws->payload = (mz_view){NULL, 0}; /* its buffer ends here */
    mz_buf_clear(&payload);
    return status;
}

static mz_status check_times(const json_t *members, const char *origin, int64_t now_unix_s,
                             mz_reason *why)
{
    const int64_t from_s = json_integer_value(json_object_get(members, "iat"));
    const int64_t until_s = json_integer_value(json_object_get(members, "exp"));
    const char *aud = json_string_value(json_object_get(members, "aud"));
    if (strcmp(aud, origin) != 0)
        return bad(why, MZ_BOTH("它给的是另一个账本", "it is for another log"));
    if (until_s < from_s || until_s - from_s > MZ_AUTH_SECONDS_MAX)
        return bad(why, MZ_BOTH("有效时间应为 0 至 300 秒", "it must hold for 0 to 300 seconds"));
    if (now_unix_s < from_s - MZ_AUTH_SKEW_SECONDS || now_unix_s > until_s + MZ_AUTH_SKEW_SECONDS)
        return mz_refuse(why, MZ_TOKEN_TIME, mz_time("from", from_s * 1000),
                         mz_time("until", until_s * 1000), mz_time("clock", now_unix_s * 1000));
    return MZ_OK;
}

/* The actor of a key that mz_rules_key knows, and so a person's: present and in office? */
static mz_status find_reader(mz_changes *changes, const mz_hash *kid, mz_actor *reader,
                             mz_reason *why)
{
    mz_actor_key record;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){kid->bytes, MZ_HASH_SIZE});
    mz_status status = mz_state_load(changes, &key, &record, sizeof record, why);
    if (status == MZ_OK)
        status = mz_actor_load(changes, record.actor_no, reader, why);
    if (status != MZ_OK)
        return status;
    if (record.replaced_index != MZ_NEVER)
        return mz_refuse(why, MZ_KEY_REPLACED, mz_words_view("actor", mz_id_view(reader->id)));
    if (reader->retired_index != MZ_NEVER)
        return mz_refuse(why, MZ_SIGNER_RETIRED, mz_words_view("actor", mz_id_view(reader->id)));
    return MZ_OK;
}

mz_status mz_auth_verify(mz_changes *changes, mz_view token, const char *origin, int64_t now_unix_s,
                         mz_actor *reader, mz_reason *why)
{
    mz_jws jws;
    json_t *members = NULL;
    uint8_t key[MZ_KEY_SIZE];
    mz_status status = parse(token, &jws, &members, why);
    if (status == MZ_OK)
        status = check_times(members, origin, now_unix_s, why);
    if (status == MZ_OK)
        status = mz_rules_key(changes, &jws.kid, key, why);
    if (status == MZ_OK && !mz_jws_verify(&jws, key))
        status = mz_refuse(why, MZ_BAD_SIGNATURE);
    if (status == MZ_OK)
        status = find_reader(changes, &jws.kid, reader, why);
    json_decref(members);
    return status;
}
