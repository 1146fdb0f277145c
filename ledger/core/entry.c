#include "core/entry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/json.h"
#include "core/uuid.h"

#define HOURS_24_MS (INT64_C(24) * 3600 * 1000)
#define IAT_MAX (INT64_C(253402300799)) /* the last second of year 9999 */

static const mz_field PAYLOAD[] = {
    {"aud",  MZ_TYPE_ORIGIN,  0,                 0, 0,       NULL, NULL, "账本",                "the log's origin"    },
    {"jti",  MZ_TYPE_JTI,     0,                 0, 0,       NULL, NULL, "编号",                "UUIDv7 of this entry"},
    {"iat",  MZ_TYPE_INTEGER, 0,                 0, IAT_MAX, NULL, NULL, "签名时间（秒）",
     "signing time in seconds"                                                                                          },
    {"type", MZ_TYPE_TITLE,   0,                 0, 0,       NULL, NULL, "事项",                "event"               },
    {"fund", MZ_TYPE_ID,      MZ_FIELD_OPTIONAL, 0, 0,       NULL, NULL, "基金",                "fund"                },
    {NULL,   MZ_TYPE_TEXT,    0,                 0, 0,       NULL, NULL, NULL,                    NULL                  },
};

static void copy_text(char *to, size_t to_size, mz_view text)
{
    assert(text.size < to_size);
    if (text.size > 0)
        memcpy(to, text.data, text.size);
    to[text.size] = '\0';
}

/* The payload's own members. `body` is looked at apart, since its table depends on `type`. */
static mz_status read_envelope(json_t *payload, mz_entry *entry, mz_reason *why)
{
    json_t *body = json_incref(json_object_get(payload, "body"));
    if (body != NULL)
        (void)json_object_del(payload, "body");
    mz_status status = mz_schema_check(payload, PAYLOAD, "payload", why);
    if (body != NULL)
        (void)json_object_set_new(payload, "body", body);
    if (status != MZ_OK)
        return status;
    if (!json_is_object(body))
        return body == NULL ? mz_refuse(why, MZ_MISSING_MEMBER, mz_words("path", "payload.body"))
                            : mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", "payload.body"),
                                        mz_words("want", "object"));
    entry->body = body;
    entry->iat_unix_s = json_integer_value(json_object_get(payload, "iat"));
    copy_text(entry->origin, sizeof entry->origin, mz_json_text(payload, "aud"));
    copy_text(entry->fund, sizeof entry->fund, mz_json_text(payload, "fund"));
    const bool parsed = mz_uuid_parse(mz_json_text(payload, "jti"), entry->jti);
    assert(parsed);
    const int64_t difference_ms = mz_uuid7_unix_ms(entry->jti) - entry->iat_unix_s * 1000;
    if (difference_ms > HOURS_24_MS || difference_ms < -HOURS_24_MS)
        return mz_refuse(why, MZ_BAD_JTI);
    return MZ_OK;
}

static mz_status read_event(json_t *payload, mz_entry *entry, mz_reason *why)
{
    const mz_view type = mz_json_text(payload, "type");
    entry->row = mz_event_row_named(type);
    if (entry->row == NULL)
        return mz_refuse(why, MZ_UNKNOWN_EVENT,
                         mz_words_sized("event", (const char *)type.data, type.size));
    const mz_event_row *row = entry->row;
    if (row->fund == MZ_FUND_REQUIRED && entry->fund[0] == '\0')
        return mz_refuse(why, MZ_FUND_MISSING, mz_term("event", row->name));
    if (row->fund == MZ_FUND_NONE && entry->fund[0] != '\0')
        return mz_refuse(why, MZ_FUND_UNEXPECTED, mz_term("event", row->name));
    const mz_status status = mz_schema_check(entry->body, row->fields, "body", why);
    if (status != MZ_OK)
        return status;
    if (row->evidence_required && json_object_get(entry->body, "evidence") == NULL)
        return mz_refuse(why, MZ_EVIDENCE_REQUIRED, mz_term("event", row->name));
    return MZ_OK;
}

static mz_status decode(mz_view payload, mz_entry *entry, mz_reason *why)
{
    json_t *root = NULL;
    mz_status status = mz_json_parse(payload, &root, why);
    if (status == MZ_OK)
        status = read_envelope(root, entry, why);
    if (status == MZ_OK)
        status = read_event(root, entry, why);
    if (status == MZ_OK) {
        entry->payload = root;
    } else {
        json_decref(root);
        memset(entry, 0, sizeof *entry);
    }
    return status;
}

mz_status mz_entry_decode(mz_view jws, mz_entry *entry, mz_reason *why)
{
    memset(entry, 0, sizeof *entry);
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_jws parsed;
    mz_status status = mz_jws_parse(jws, MZ_ENTRY_TYP, &parsed, &payload, why);
    if (status == MZ_OK)
        status = decode(parsed.payload, entry, why);
    if (status == MZ_OK) {
        entry->jws = parsed;
        entry->jws.payload = (mz_view){NULL, 0}; /* its buffer ends here */
    }
    mz_buf_clear(&payload);
    return status;
}

mz_status mz_entry_decode_payload(mz_view payload, mz_entry *entry, mz_reason *why)
{
    memset(entry, 0, sizeof *entry);
    if (payload.size > MZ_PAYLOAD_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "payload"),
                         mz_count("size", (int64_t)payload.size),
                         mz_count("limit", MZ_PAYLOAD_SIZE_MAX));
    return decode(payload, entry, why);
}

void mz_entry_clear(mz_entry *entry)
{
    if (entry->payload != NULL)
        json_decref(entry->payload);
    memset(entry, 0, sizeof *entry);
}

mz_status mz_entry_verify(const mz_entry *entry, const uint8_t key[32], mz_reason *why)
{
    return mz_jws_verify(&entry->jws, key) ? MZ_OK : mz_refuse(why, MZ_BAD_SIGNATURE);
}

mz_view mz_json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (mz_view){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

int64_t mz_json_integer(const json_t *object, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool mz_body_has(const mz_entry *entry, const char *name)
{
    return json_object_get(entry->body, name) != NULL;
}

mz_view mz_body_text(const mz_entry *entry, const char *name)
{
    return mz_json_text(entry->body, name);
}

int64_t mz_body_integer(const mz_entry *entry, const char *name, int64_t fallback)
{
    return mz_json_integer(entry->body, name, fallback);
}

bool mz_body_boolean(const mz_entry *entry, const char *name)
{
    return json_is_true(json_object_get(entry->body, name));
}

const json_t *mz_body_list(const mz_entry *entry, const char *name)
{
    return json_object_get(entry->body, name);
}

int mz_body_value(const mz_entry *entry, const char *name, const char *const *values)
{
    const mz_view text = mz_body_text(entry, name);
    return text.data == NULL ? -1 : mz_value_index(values, text);
}

bool mz_body_day(const mz_entry *entry, const char *name, int32_t *day)
{
    const mz_view text = mz_body_text(entry, name);
    return text.data != NULL && mz_day_parse(text, day);
}

bool mz_body_jti(const mz_entry *entry, const char *name, uint8_t jti[16])
{
    const mz_view text = mz_body_text(entry, name);
    return text.data != NULL && mz_uuid_parse(text, jti);
}

bool mz_body_bytes_32(const mz_entry *entry, const char *name, uint8_t bytes[32])
{
    const mz_view text = mz_body_text(entry, name);
    size_t size = 0;
    return text.data != NULL && mz_base64url_decode(text, bytes, 32, &size) && size == 32;
}

size_t mz_leaf_prefix(int64_t unix_ms, char prefix[MZ_LEAF_PREFIX_MAX + 1])
{
    assert(unix_ms >= 0);
    const int size = snprintf(prefix, MZ_LEAF_PREFIX_MAX + 1, "%" PRId64 " ", unix_ms);
    assert(size > 0 && size <= MZ_LEAF_PREFIX_MAX);
    return (size_t)size;
}

mz_status mz_leaf_split(mz_view leaf, int64_t *unix_ms, mz_view *jws, mz_reason *why)
{
    int64_t value = 0;
    size_t at = 0;
    while (at < leaf.size && leaf.data[at] >= '0' && leaf.data[at] <= '9') {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, leaf.data[at] - '0', &value))
            return mz_refuse_corrupt(why, "a leaf's time is out of range");
        at++;
    }
    const bool canonical = at == 1 || (at > 1 && leaf.data[0] != '0');
    if (!canonical || at == leaf.size || leaf.data[at] != ' ' || leaf.size > MZ_LEAF_SIZE_MAX)
        return mz_refuse_corrupt(why, "a leaf is not `<time> <jws>`");
    *unix_ms = value;
    *jws = (mz_view){leaf.data + at + 1, leaf.size - at - 1};
    return MZ_OK;
}
