#include "core/disclosure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"

#define PART_COUNT 3
#define JSON_ROOM (MZ_DISCLOSURE_SIZE_MAX / 4 * 3)

static mz_status bad(mz_reason *why, size_t number, const char *cause)
{
    return mz_refuse(why, MZ_BAD_DISCLOSURE, mz_count("number", (int64_t)number),
                     mz_words("cause", cause));
}

/* --- one --- */

mz_status mz_disclosure_make(const uint8_t salt[MZ_DISCLOSURE_SALT_SIZE], const char *name,
                             const json_t *value, mz_buf *out, mz_reason *why)
{
    mz_buf text;
    mz_buf json;
    mz_buf_init(&text, MZ_BASE64URL_SIZE(MZ_DISCLOSURE_SALT_SIZE));
    mz_buf_init(&json, JSON_ROOM);
    mz_buf_put_base64url(&text, (mz_view){salt, MZ_DISCLOSURE_SALT_SIZE});
    json_t *parts =
        text.failed ? NULL
                    : json_pack("[s, s, o]", (const char *)text.data, name, json_deep_copy(value));
    mz_status status = parts != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
    const bool printed = status == MZ_OK && mz_json_print(parts, &json) == MZ_OK;
    if (printed)
        mz_buf_put_base64url(out, mz_buf_view(&json));
    if (status == MZ_OK && (!printed || out->failed))
        status = mz_refuse(why, MZ_TOO_LARGE, mz_words("path", name),
                           mz_count("size", JSON_ROOM + 1), mz_count("limit", JSON_ROOM));
    json_decref(parts);
    mz_buf_clear(&json);
    mz_buf_clear(&text);
    return status;
}

mz_hash mz_disclosure_digest(mz_hasher *hasher, mz_view text)
{
    return mz_hash_parts(hasher, &text, 1);
}

static const char *parts_fault(const json_t *parts)
{
    if (!json_is_array(parts) || json_array_size(parts) != PART_COUNT)
        return MZ_BOTH("应为盐、字段名、值三项", "it is not a list of salt, name and value");
    if (json_string_length(json_array_get(parts, 0)) == 0)
        return MZ_BOTH("盐不是非空的文字", "its salt is not a text");
    const size_t name_size = json_string_length(json_array_get(parts, 1));
    if (name_size == 0 || name_size > MZ_DISCLOSURE_NAME_SIZE_MAX)
        return MZ_BOTH("字段名不对", "its name is not acceptable");
    return NULL;
}

mz_status mz_disclosure_decode(mz_view text, size_t number, mz_disclosure *out, mz_reason *why)
{
    *out = (mz_disclosure){NULL, NULL, NULL};
    if (text.size == 0 || text.size > MZ_DISCLOSURE_SIZE_MAX)
        return bad(why, number, MZ_BOTH("长度不对", "its size is wrong"));
    uint8_t *bytes = malloc(text.size);
    size_t size = 0;
    json_t *parts = NULL;
    if (bytes == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    const char *cause = NULL;
    if (!mz_base64url_decode(text, bytes, text.size, &size))
        cause = MZ_BOTH("不是规范的 base64url", "it is not canonical base64url");
    else if (mz_json_parse_any((mz_view){bytes, size}, &parts, NULL) != MZ_OK)
        cause = MZ_BOTH("不是严格的 JSON", "it is not strict JSON"); /* whose reason may quote it */
    else
        cause = parts_fault(parts);
    free(bytes);
    if (cause != NULL) {
        json_decref(parts);
        return bad(why, number, cause);
    }
    *out = (mz_disclosure){parts, json_string_value(json_array_get(parts, 1)),
                           json_array_get(parts, 2)};
    return MZ_OK;
}

void mz_disclosure_clear(mz_disclosure *disclosure)
{
    json_decref(disclosure->parts);
    *disclosure = (mz_disclosure){NULL, NULL, NULL};
}

/* --- a set --- */

static bool is_base64url(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

bool mz_disclosure_spelled(mz_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_base64url(text.data[i]))
            return false;
    }
    return text.size > 0;
}

const char *mz_disclosures_split(mz_view text, mz_view *first, mz_view texts[MZ_DISCLOSURES_MAX],
                                 size_t *count)
{
    const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, '~', text.size);
    *count = 0;
    *first = text;
    if (end == NULL)
        return NULL;
    first->size = (size_t)(end - text.data);
    mz_view rest = {end + 1, text.size - first->size - 1};
    while (rest.size > 0) {
        end = memchr(rest.data, '~', rest.size);
        if (end == NULL)
            return MZ_BOTH("最后一个披露项之后没有波浪号",
                           "there is no tilde after the last disclosure");
        if (*count == MZ_DISCLOSURES_MAX)
            return MZ_BOTH("披露项超过 64 个", "there are more than 64 disclosures");
        const mz_view one = {rest.data, (size_t)(end - rest.data)};
        if (!mz_disclosure_spelled(one))
            return MZ_BOTH("有空的披露项，或其中有不许可的字符",
                           "a disclosure is empty, or a character in it is not allowed");
        texts[(*count)++] = one;
        rest = (mz_view){end + 1, rest.size - one.size - 1};
    }
    return NULL;
}

/* Whether `digest` is among the strings of the array `_sd`; json NULL has none. */
static bool is_named(const json_t *digests, const mz_hash *hash)
{
    char digest[MZ_BASE64URL_SIZE(MZ_HASH_SIZE) + 1];
    mz_base64url_32(hash->bytes, digest);
    for (size_t i = 0; i < json_array_size(digests); i++) {
        const char *named = json_string_value(json_array_get(digests, i));
        if (named != NULL && strcmp(named, digest) == 0)
            return true;
    }
    return false;
}

const char *mz_disclosures_fault(mz_hasher *hasher, const json_t *digests, const mz_view *texts,
                                 size_t count, mz_hash *hashes, size_t *number)
{
    for (size_t i = 0; i < count; i++) {
        *number = i + 1;
        hashes[i] = mz_disclosure_digest(hasher, texts[i]);
        for (size_t k = 0; k < i; k++) {
            if (mz_hash_equal(&hashes[k], &hashes[i]))
                return MZ_BOTH("披露项重复", "a disclosure appears twice");
        }
        if (!is_named(digests, &hashes[i]))
            return MZ_BOTH("披露项与这一笔无关", "the entry does not name a disclosure");
    }
    return NULL;
}

/* --- a set against its entry --- */

/* Takes the next part of a path, up to a slash, off it. False when there is none that fits. */
static bool take_part(const char **path, char part[MZ_DISCLOSURE_NAME_SIZE_MAX + 1])
{
    const char *slash = strchr(*path, '/');
    const size_t size = slash == NULL ? strlen(*path) : (size_t)(slash - *path);
    if (size == 0 || size > MZ_DISCLOSURE_NAME_SIZE_MAX)
        return false;
    memcpy(part, *path, size);
    part[size] = '\0';
    *path = slash == NULL ? NULL : slash + 1;
    return true;
}

static const mz_field *field_named(const mz_field *fields, const char *name)
{
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

/* The item of a list that a part such as "0" names; NULL when there is none. */
static const json_t *item_at(const json_t *list, const char *part)
{
    size_t index = 0;
    if (part[0] == '0' && part[1] != '\0')
        return NULL;
    for (; *part != '\0'; part++) {
        if (*part < '0' || *part > '9' || index > MZ_LIST_ITEMS_MAX)
            return NULL;
        index = index * 10 + (size_t)(*part - '0');
    }
    return json_array_get(list, index);
}

const mz_field *mz_disclosure_field(const mz_field *fields, const json_t *body, const char *name,
                                    bool *in_clear)
{
    char part[MZ_DISCLOSURE_NAME_SIZE_MAX + 1];
    const char *rest = name;
    const mz_field *field = NULL;
    *in_clear = false;
    while (rest != NULL && fields != NULL) {
        if (!take_part(&rest, part) || (field = field_named(fields, part)) == NULL)
            return NULL;
        const json_t *value = json_object_get(body, part);
        fields = field->fields;
        *in_clear = value != NULL;
        if (rest != NULL && field->type == MZ_TYPE_OBJECTS)
            value = take_part(&rest, part) ? item_at(value, part) : NULL;
        if (rest != NULL && !json_is_object(value))
            return NULL;
        body = value;
    }
    const bool may_be_sealed = rest == NULL && field != NULL &&
                               (field->flags & (MZ_FIELD_SEALABLE | MZ_FIELD_SEALED)) != 0;
    return may_be_sealed ? field : NULL;
}

static mz_status check_one(const mz_entry *entry, const mz_disclosure *one, size_t number,
                           mz_reason *why)
{
    bool in_clear = false;
    const mz_field *field =
        mz_disclosure_field(entry->row->fields, entry->body, one->name, &in_clear);
    if (field == NULL)
        return bad(why, number,
                   MZ_BOTH("这种事项没有这个可密封的字段",
                           "the event has no such field that may be sealed"));
    if (in_clear)
        return bad(why, number, MZ_BOTH("同一字段又有明文", "the field is there in clear as well"));
    return mz_schema_check_value(one->value, field, one->name, why);
}

mz_status mz_disclosures_check(mz_hasher *hasher, const mz_entry *entry, const mz_view *texts,
                               size_t count, mz_hash *hashes, mz_reason *why)
{
    mz_disclosure all[MZ_DISCLOSURES_MAX];
    size_t decoded = 0, number = 0;
    assert(count <= MZ_DISCLOSURES_MAX);
    const char *cause = mz_disclosures_fault(hasher, json_object_get(entry->body, "_sd"), texts,
                                             count, hashes, &number);
    mz_status status = cause == NULL ? MZ_OK : bad(why, number, cause);
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        status = mz_disclosure_decode(texts[i], i + 1, &all[i], why);
        if (status != MZ_OK)
            break;
        decoded++;
        assert(all[i].name != NULL);
        status = check_one(entry, &all[i], i + 1, why);
        for (size_t k = 0; k < i && status == MZ_OK; k++) {
            if (strcmp(all[k].name, all[i].name) == 0)
                status = bad(why, i + 1,
                             MZ_BOTH("与另一个披露项同名", "another disclosure has its name"));
        }
    }
    for (size_t i = 0; i < decoded; i++)
        mz_disclosure_clear(&all[i]);
    return status;
}
