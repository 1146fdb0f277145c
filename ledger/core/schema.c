#include "core/schema.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/text.h"
#include "core/uuid.h"

#define PATH_MAX_SIZE 256
#define NAME_SIZE_MAX 60 /* of an unknown member, which may be long */
#define ORIGIN_SIZE_MAX 100
#define VKEY_SIZE_MAX 200
#define URL_SIZE_MAX 200
#define MEDIA_TYPE_SIZE_MAX 100
#define CREDIT_CODE_SIZE 18
#define WANTED_SIZE 200

/* Where a value stands. Written out only when it is refused: most never are. */
typedef struct place {
    const struct place *parent;
    const char *name; /* of a member, or of the root; NULL: item `index` of its parent */
    size_t index;
} place;

static void place_put(const place *at, mz_buf *out)
{
    if (at->parent != NULL)
        place_put(at->parent, out);
    if (at->name == NULL)
        mz_buf_put_format(out, "[%zu]", at->index);
    else
        mz_buf_put_format(out, "%s%.*s", at->parent != NULL ? "." : "",
                          (int)mz_utf8_cut(mz_view_of(at->name), NAME_SIZE_MAX), at->name);
}

typedef struct path {
    char text[PATH_MAX_SIZE];
} path;

static path path_of(const place *at)
{
    path p = {""};
    mz_buf text;
    mz_buf_init(&text, sizeof p.text - 1);
    place_put(at, &text);
    if (text.size > 0)
        memcpy(p.text, text.data, text.size);
    mz_buf_clear(&text);
    return p;
}

bool mz_type_is_list(mz_type type)
{
    return type == MZ_TYPE_OBJECTS || type == MZ_TYPE_IDS || type == MZ_TYPE_ENUMS ||
           type == MZ_TYPE_TEXTS || type == MZ_TYPE_DIGESTS;
}

int mz_value_index(const char *const *values, mz_view text)
{
    for (int i = 0; values[i] != NULL; i++) {
        if (mz_view_is(text, values[i]))
            return i;
    }
    return -1;
}

static mz_view string_view(const json_t *value)
{
    return (mz_view){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

static bool all_within(mz_view text, const char *allowed)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\0' || strchr(allowed, text.data[i]) == NULL)
            return false;
    }
    return true;
}

static bool printable_ascii(mz_view text, size_t size_max)
{
    if (text.size == 0 || text.size > size_max)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7e)
            return false;
    }
    return true;
}

static bool base64url_of(mz_view text, size_t size)
{
    uint8_t bytes[64];
    size_t got = 0;
    assert(size <= sizeof bytes);
    return text.size == MZ_BASE64URL_SIZE(size) && mz_base64url_decode(text, bytes, size, &got) &&
           got == size;
}

static bool hex_of_32(mz_view text)
{
    uint8_t bytes[32];
    size_t got = 0;
    return text.size == 64 && mz_hex_decode(text, bytes, sizeof bytes, &got);
}

static bool media_type(mz_view text)
{
    const char *const allowed = "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-/";
    const uint8_t *slash = text.size > 0 ? memchr(text.data, '/', text.size) : NULL;
    return slash != NULL && slash != text.data && slash != text.data + text.size - 1 &&
           text.size <= MEDIA_TYPE_SIZE_MAX && all_within(text, allowed) &&
           memchr(slash + 1, '/', (size_t)(text.data + text.size - slash - 1)) == NULL;
}

static bool jti_of(mz_view text)
{
    uint8_t uuid[16];
    return mz_uuid_parse(text, uuid) && mz_uuid7_valid(uuid);
}

static bool word_fits(const mz_field *field, mz_view text)
{
    int32_t day, last_day;
    switch (field->type) {
    case MZ_TYPE_ID:
        return mz_id_valid(text);
    case MZ_TYPE_JTI:
        return jti_of(text);
    case MZ_TYPE_DATE:
        return mz_day_parse(text, &day);
    case MZ_TYPE_MONTH:
        return mz_month_parse(text, &day, &last_day);
    case MZ_TYPE_ENUM:
        return mz_value_index(field->values, text) >= 0;
    case MZ_TYPE_KEY:
        return base64url_of(text, 32);
    case MZ_TYPE_SIGNATURE:
        return base64url_of(text, 64);
    case MZ_TYPE_HEX:
        return hex_of_32(text);
    case MZ_TYPE_CREDIT_CODE: /* GB 32100-2015 leaves out I, O, S, V and Z */
        return text.size == CREDIT_CODE_SIZE && all_within(text, "0123456789ABCDEFGHJKLMNPQRTUWXY");
    case MZ_TYPE_ORIGIN:
        return printable_ascii(text, ORIGIN_SIZE_MAX) && memchr(text.data, '+', text.size) == NULL;
    case MZ_TYPE_VKEY:
        return printable_ascii(text, VKEY_SIZE_MAX);
    case MZ_TYPE_URL:
        return printable_ascii(text, URL_SIZE_MAX);
    case MZ_TYPE_MEDIA_TYPE:
        return media_type(text);
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
    case MZ_TYPE_INTEGER:
    case MZ_TYPE_BOOLEAN:
    case MZ_TYPE_OBJECT:
    case MZ_TYPE_OBJECTS:
    case MZ_TYPE_IDS:
    case MZ_TYPE_ENUMS:
    case MZ_TYPE_TEXTS:
    case MZ_TYPE_DIGESTS:
        break;
    }
    assert(false && "a type that is not a word");
    return false;
}

/* What a field must be, for refusals: mz_words of both languages. */
static void wanted_text(const mz_field *field, char text[WANTED_SIZE]);

static mz_status refuse_type(const mz_field *field, const place *at, mz_reason *why)
{
    char want[WANTED_SIZE];
    wanted_text(field, want);
    return mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", path_of(at).text),
                     mz_words("want", want));
}

typedef mz_status text_check(mz_view text, size_t limit, const char *path, mz_reason *why);

/* The path is written for the second, refusing call only. */
static mz_status check_text(mz_view text, size_t limit, const place *at, text_check *check,
                            mz_reason *why)
{
    if (check(text, limit, "", NULL) == MZ_OK)
        return MZ_OK;
    return check(text, limit, path_of(at).text, why);
}

static mz_status check_string(const json_t *value, const mz_field *field, const place *at,
                              mz_reason *why)
{
    if (!json_is_string(value))
        return refuse_type(field, at, why);
    const mz_view text = string_view(value);
    if (field->type == MZ_TYPE_TITLE)
        return check_text(text, MZ_TITLE_POINTS_MAX, at, mz_text_check, why);
    if (field->type == MZ_TYPE_TEXT)
        return check_text(text, MZ_TEXT_POINTS_MAX, at, mz_text_check, why);
    if (field->type == MZ_TYPE_TOKEN)
        return check_text(text, MZ_TOKEN_BYTES_MAX, at, mz_text_check_bytes, why);
    if (word_fits(field, text))
        return MZ_OK;
    char want[WANTED_SIZE];
    wanted_text(field, want);
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", path_of(at).text), mz_words("want", want));
}

static bool is_amount(const mz_field *field)
{
    const size_t size = strlen(field->name);
    return size > 4 && strcmp(field->name + size - 4, "_fen") == 0;
}

static mz_status check_integer(const json_t *value, const mz_field *field, const place *at,
                               mz_reason *why)
{
    if (json_is_null(value) && (field->flags & MZ_FIELD_NULLABLE) != 0)
        return MZ_OK;
    if (!json_is_integer(value))
        return refuse_type(field, at, why);
    const json_int_t number = json_integer_value(value);
    if (number >= field->low && number <= field->high)
        return MZ_OK;
    if (is_amount(field))
        return mz_refuse(why, MZ_BAD_AMOUNT, mz_words("path", path_of(at).text),
                         mz_count("low", field->low), mz_count("limit", field->high));
    char want[WANTED_SIZE];
    wanted_text(field, want);
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", path_of(at).text), mz_words("want", want));
}

static mz_status check_list_size(const json_t *value, const mz_field *field, const place *at,
                                 mz_reason *why)
{
    if (!json_is_array(value))
        return refuse_type(field, at, why);
    const int64_t count = (int64_t)json_array_size(value);
    if (count >= field->low && count <= field->high)
        return MZ_OK;
    return mz_refuse(why, MZ_TOO_MANY, mz_words("path", path_of(at).text), mz_count("count", count),
                     mz_count("low", field->low), mz_count("limit", field->high));
}

/* Different words, each of the list's kind. Lists are short, so looking back is cheap. */
static mz_status check_words(const json_t *value, const mz_field *field, mz_type item_type,
                             const place *at, mz_reason *why)
{
    mz_status status = check_list_size(value, field, at, why);
    mz_field item = *field;
    item.type = item_type;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(value); i++) {
        const json_t *word = json_array_get(value, i);
        const place p = {.parent = at, .index = i};
        status = check_string(word, &item, &p, why);
        for (size_t j = 0; status == MZ_OK && j < i; j++) {
            if (json_equal(json_array_get(value, j), word))
                status = mz_refuse(why, MZ_REPEATED_ITEM, mz_words("path", path_of(&p).text));
        }
    }
    return status;
}

/* Texts may repeat: two findings can read the same. */
static mz_status check_texts(const json_t *value, const mz_field *field, const place *at,
                             mz_reason *why)
{
    mz_status status = check_list_size(value, field, at, why);
    mz_field item = *field;
    item.type = MZ_TYPE_TEXT;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(value); i++) {
        const place p = {.parent = at, .index = i};
        status = check_string(json_array_get(value, i), &item, &p, why);
    }
    return status;
}

static mz_status check_object(const json_t *object, const mz_field *fields, const place *at,
                              mz_reason *why);

static mz_status check_objects(const json_t *value, const mz_field *field, const place *at,
                               mz_reason *why)
{
    mz_status status = check_list_size(value, field, at, why);
    for (size_t i = 0; status == MZ_OK && i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        const place p = {.parent = at, .index = i};
        status = json_is_object(item) ? check_object(item, field->fields, &p, why)
                                      : refuse_type(field, &p, why);
    }
    return status;
}

/* RFC 9901 section 4.2.4.1, in our profile: sorted, so that their order says nothing. */
static mz_status check_digests(const json_t *value, const mz_field *field, const place *at,
                               mz_reason *why)
{
    mz_status status = check_list_size(value, field, at, why);
    mz_view previous = {NULL, 0};
    for (size_t i = 0; status == MZ_OK && i < json_array_size(value); i++) {
        const json_t *digest = json_array_get(value, i);
        if (!json_is_string(digest) || !base64url_of(string_view(digest), 32))
            return mz_refuse(why, MZ_BAD_DIGEST,
                             mz_words("cause", MZ_BOTH("摘要不是 43 个 base64url 字符",
                                                       "a digest is 43 characters of base64url")));
        const mz_view text = string_view(digest);
        if (previous.size != 0 && memcmp(previous.data, text.data, text.size) >= 0)
            return mz_refuse(
                why, MZ_BAD_DIGEST,
                mz_words("cause", MZ_BOTH("次序不对，或重复", "not sorted, or repeated")));
        previous = text;
    }
    return status;
}

static mz_status check_value(const json_t *value, const mz_field *field, const place *at,
                             mz_reason *why)
{
    if ((field->flags & MZ_FIELD_SEALED) != 0)
        return mz_refuse(why, MZ_SEALED_IN_CLEAR, mz_words("path", path_of(at).text));
    switch (field->type) {
    case MZ_TYPE_INTEGER:
        return check_integer(value, field, at, why);
    case MZ_TYPE_BOOLEAN:
        return json_is_boolean(value) ? MZ_OK : refuse_type(field, at, why);
    case MZ_TYPE_OBJECT:
        return json_is_object(value) ? check_object(value, field->fields, at, why)
                                     : refuse_type(field, at, why);
    case MZ_TYPE_OBJECTS:
        return check_objects(value, field, at, why);
    case MZ_TYPE_IDS:
        return check_words(value, field, MZ_TYPE_ID, at, why);
    case MZ_TYPE_ENUMS:
        return check_words(value, field, MZ_TYPE_ENUM, at, why);
    case MZ_TYPE_TEXTS:
        return check_texts(value, field, at, why);
    case MZ_TYPE_DIGESTS:
        return check_digests(value, field, at, why);
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
    case MZ_TYPE_ID:
    case MZ_TYPE_JTI:
    case MZ_TYPE_DATE:
    case MZ_TYPE_MONTH:
    case MZ_TYPE_ENUM:
    case MZ_TYPE_KEY:
    case MZ_TYPE_SIGNATURE:
    case MZ_TYPE_HEX:
    case MZ_TYPE_CREDIT_CODE:
    case MZ_TYPE_ORIGIN:
    case MZ_TYPE_VKEY:
    case MZ_TYPE_URL:
    case MZ_TYPE_MEDIA_TYPE:
        break;
    }
    return check_string(value, field, at, why);
}

static const mz_field *field_named(const mz_field *fields, const char *name)
{
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

static mz_status refuse_unknown(const json_t *object, const mz_field *fields, const place *at,
                                mz_reason *why)
{
    const char *name;
    json_t *value;
    json_t *borrowed = json_incref((json_t *)(uintptr_t)object); /* the macro wants it writable */
    path unknown = {""};
    json_object_foreach(borrowed, name, value)
    {
        if (field_named(fields, name) == NULL) {
            const place p = {.parent = at, .name = name};
            unknown = path_of(&p);
            break;
        }
    }
    json_decref(borrowed);
    return mz_refuse(why, MZ_UNKNOWN_MEMBER, mz_words("path", unknown.text));
}

/* Known members first, in the table's order, so that the first refusal is the same whatever order
 * the sender chose; then whatever the table does not know. A required member that is missing counts
 * before an unknown one, which is often the same member misspelt. */
static mz_status check_object(const json_t *object, const mz_field *fields, const place *at,
                              mz_reason *why)
{
    size_t known_count = 0;
    for (const mz_field *field = fields; field->name != NULL; field++) {
        const json_t *value = json_object_get(object, field->name);
        const place p = {.parent = at, .name = field->name};
        if (value == NULL) {
            if ((field->flags & (MZ_FIELD_OPTIONAL | MZ_FIELD_SEALABLE)) != 0)
                continue;
            return mz_refuse(why, MZ_MISSING_MEMBER, mz_words("path", path_of(&p).text));
        }
        known_count++;
        const mz_status status = check_value(value, field, &p, why);
        if (status != MZ_OK)
            return status;
    }
    return known_count == json_object_size(object) ? MZ_OK
                                                   : refuse_unknown(object, fields, at, why);
}

mz_status mz_schema_check(const json_t *object, const mz_field *fields, const char *path_text,
                          mz_reason *why)
{
    const place root = {.name = path_text};
    return check_object(object, fields, &root, why);
}

mz_status mz_schema_check_value(const json_t *value, const mz_field *field, const char *path_text,
                                mz_reason *why)
{
    const place at = {.name = path_text};
    mz_field open = *field;
    open.flags &= ~(unsigned)MZ_FIELD_SEALED;
    return check_value(value, &open, &at, why);
}

static void values_text(const char *const *values, char *text, size_t text_size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; values[i] != NULL; i++) {
        const int wrote =
            snprintf(text + used, text_size - used, "%s%s", i == 0 ? "" : " | ", values[i]);
        if (wrote < 0 || (size_t)wrote >= text_size - used)
            return;
        used += (size_t)wrote;
    }
}

/* In both languages, but for what reads the same in both. */
static const char *type_words(mz_type type)
{
    switch (type) {
    case MZ_TYPE_TITLE:
        return MZ_BOTH("不超过 100 字的文字", "text, at most 100 characters");
    case MZ_TYPE_TEXT:
        return MZ_BOTH("不超过 1000 字的文字", "text, at most 1000 characters");
    case MZ_TYPE_TOKEN:
        return MZ_BOTH("不超过 64 字节的文字", "text, at most 64 bytes");
    case MZ_TYPE_ID:
        return MZ_BOTH("编号 [a-z0-9][a-z0-9-]{0,39}", "identifier [a-z0-9][a-z0-9-]{0,39}");
    case MZ_TYPE_JTI:
        return MZ_BOTH("条目的编号 jti", "jti of an entry");
    case MZ_TYPE_DATE:
        return MZ_BOTH("日期 YYYY-MM-DD", "YYYY-MM-DD");
    case MZ_TYPE_MONTH:
        return MZ_BOTH("月份 YYYY-MM", "YYYY-MM");
    case MZ_TYPE_INTEGER:
        return MZ_BOTH("整数", "integer");
    case MZ_TYPE_BOOLEAN:
        return "true | false";
    case MZ_TYPE_ENUM:
    case MZ_TYPE_ENUMS:
        return MZ_BOTH("规定的词之一", "one of a list");
    case MZ_TYPE_KEY:
        return MZ_BOTH("43 个 base64url 字符", "43 characters of base64url");
    case MZ_TYPE_SIGNATURE:
        return MZ_BOTH("86 个 base64url 字符", "86 characters of base64url");
    case MZ_TYPE_HEX:
        return MZ_BOTH("64 个小写十六进制数字", "64 lowercase hex digits");
    case MZ_TYPE_CREDIT_CODE:
        return MZ_BOTH("18 位统一社会信用代码", "18 characters of a credit code");
    case MZ_TYPE_ORIGIN:
        return MZ_BOTH("账本名称", "name of a log");
    case MZ_TYPE_VKEY:
        return MZ_BOTH("验证公钥 name+hash+key", "verifier key name+hash+key");
    case MZ_TYPE_URL:
        return MZ_BOTH("不超过 200 字节的网址", "address, at most 200 bytes");
    case MZ_TYPE_MEDIA_TYPE:
        return MZ_BOTH("媒体类型，如 application/pdf", "media type such as application/pdf");
    case MZ_TYPE_OBJECT:
        return MZ_BOTH("对象", "object");
    case MZ_TYPE_OBJECTS:
        return MZ_BOTH("对象的列表", "list of objects");
    case MZ_TYPE_IDS:
        return MZ_BOTH("编号的列表", "list of identifiers");
    case MZ_TYPE_TEXTS:
        return MZ_BOTH("文字的列表", "list of texts");
    case MZ_TYPE_DIGESTS:
        return MZ_BOTH("按序排列的摘要列表", "sorted list of digests");
    }
    return "";
}

static void wanted_text(const mz_field *field, char text[WANTED_SIZE])
{
    if (field->type == MZ_TYPE_ENUM || field->type == MZ_TYPE_ENUMS)
        values_text(field->values, text, WANTED_SIZE);
    else if (field->type == MZ_TYPE_INTEGER)
        (void)snprintf(text, WANTED_SIZE, "%" PRId64 "..%" PRId64 "%s", field->low, field->high,
                       (field->flags & MZ_FIELD_NULLABLE) != 0 ? " | null" : "");
    else
        (void)snprintf(text, WANTED_SIZE, "%s", type_words(field->type));
}

void mz_field_type_text(const mz_field *field, mz_language language, char *text, size_t text_size)
{
    char both[WANTED_SIZE];
    wanted_text(field, both);
    char *english = strchr(both, '\x1f');
    if (english != NULL)
        *english++ = '\0';
    (void)snprintf(text, text_size, "%s",
                   english == NULL || language == MZ_CHINESE ? both : english);
}

/* JSON Schema 2020-12 says patterns and lengths; what it cannot say stays in the description. */
static const char *type_pattern(mz_type type)
{
    switch (type) {
    case MZ_TYPE_ID:
        return "^[a-z0-9][a-z0-9-]{0,39}$";
    case MZ_TYPE_JTI:
        return "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
    case MZ_TYPE_DATE:
        return "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    case MZ_TYPE_MONTH:
        return "^[0-9]{4}-[0-9]{2}$";
    case MZ_TYPE_KEY:
    case MZ_TYPE_DIGESTS:
        return "^[A-Za-z0-9_-]{43}$";
    case MZ_TYPE_SIGNATURE:
        return "^[A-Za-z0-9_-]{86}$";
    case MZ_TYPE_HEX:
        return "^[0-9a-f]{64}$";
    case MZ_TYPE_CREDIT_CODE:
        return "^[0-9A-HJ-NP-RTUWXY]{18}$";
    case MZ_TYPE_ORIGIN:
    case MZ_TYPE_VKEY:
    case MZ_TYPE_URL:
    case MZ_TYPE_MEDIA_TYPE:
        return "^[!-~]+$";
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
    case MZ_TYPE_INTEGER:
    case MZ_TYPE_BOOLEAN:
    case MZ_TYPE_ENUM:
    case MZ_TYPE_OBJECT:
    case MZ_TYPE_OBJECTS:
    case MZ_TYPE_IDS:
    case MZ_TYPE_ENUMS:
    case MZ_TYPE_TEXTS:
        break;
    }
    return NULL;
}

static json_t *values_json(const char *const *values)
{
    json_t *list = json_array();
    for (int i = 0; list != NULL && values[i] != NULL; i++)
        (void)json_array_append_new(list, json_string(values[i]));
    return list;
}

static json_t *string_json(mz_type type, const char *const *values)
{
    json_t *schema = json_pack("{s:s}", "type", "string");
    if (type == MZ_TYPE_ENUM)
        (void)json_object_set_new(schema, "enum", values_json(values));
    if (type_pattern(type) != NULL)
        (void)json_object_set_new(schema, "pattern", json_string(type_pattern(type)));
    if (type == MZ_TYPE_TITLE || type == MZ_TYPE_TEXT)
        (void)json_object_set_new(
            schema, "maxLength",
            json_integer(type == MZ_TYPE_TITLE ? MZ_TITLE_POINTS_MAX : MZ_TEXT_POINTS_MAX));
    if (type == MZ_TYPE_TOKEN)
        (void)json_object_set_new(schema, "maxLength", json_integer(MZ_TOKEN_BYTES_MAX));
    return schema;
}

static json_t *list_json(const mz_field *field, json_t *items)
{
    json_t *schema =
        json_pack("{s:s, s:I, s:I, s:o}", "type", "array", "minItems", (json_int_t)field->low,
                  "maxItems", (json_int_t)field->high, "items", items);
    if (field->type != MZ_TYPE_OBJECTS && field->type != MZ_TYPE_TEXTS)
        (void)json_object_set_new(schema, "uniqueItems", json_true());
    return schema;
}

static json_t *integer_json(const mz_field *field)
{
    const bool nullable = (field->flags & MZ_FIELD_NULLABLE) != 0;
    json_t *type = nullable ? json_pack("[s, s]", "integer", "null") : json_string("integer");
    return json_pack("{s:o, s:I, s:I}", "type", type, "minimum", (json_int_t)field->low, "maximum",
                     (json_int_t)field->high);
}

static json_t *field_json(const mz_field *field)
{
    switch (field->type) {
    case MZ_TYPE_INTEGER:
        return integer_json(field);
    case MZ_TYPE_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case MZ_TYPE_OBJECT:
        return mz_schema_json(field->fields);
    case MZ_TYPE_OBJECTS:
        return list_json(field, mz_schema_json(field->fields));
    case MZ_TYPE_IDS:
        return list_json(field, string_json(MZ_TYPE_ID, NULL));
    case MZ_TYPE_ENUMS:
        return list_json(field, string_json(MZ_TYPE_ENUM, field->values));
    case MZ_TYPE_TEXTS:
        return list_json(field, string_json(MZ_TYPE_TEXT, NULL));
    case MZ_TYPE_DIGESTS:
        return list_json(field, string_json(MZ_TYPE_DIGESTS, NULL));
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
    case MZ_TYPE_ID:
    case MZ_TYPE_JTI:
    case MZ_TYPE_DATE:
    case MZ_TYPE_MONTH:
    case MZ_TYPE_ENUM:
    case MZ_TYPE_KEY:
    case MZ_TYPE_SIGNATURE:
    case MZ_TYPE_HEX:
    case MZ_TYPE_CREDIT_CODE:
    case MZ_TYPE_ORIGIN:
    case MZ_TYPE_VKEY:
    case MZ_TYPE_URL:
    case MZ_TYPE_MEDIA_TYPE:
        break;
    }
    return string_json(field->type, field->values);
}

json_t *mz_schema_json(const mz_field *fields)
{
    json_t *properties = json_object();
    json_t *required = json_array();
    for (; fields->name != NULL; fields++) {
        if ((fields->flags & MZ_FIELD_SEALED) != 0)
            continue; /* never in clear: only its digest appears */
        json_t *schema = field_json(fields);
        (void)json_object_set_new(schema, "title", json_string(fields->zh));
        (void)json_object_set_new(schema, "description", json_string(fields->en));
        (void)json_object_set_new(properties, fields->name, schema);
        if ((fields->flags & (MZ_FIELD_OPTIONAL | MZ_FIELD_SEALABLE)) == 0)
            (void)json_array_append_new(required, json_string(fields->name));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}
