#include "seal.h"

#include <stdlib.h>
#include <string.h>

#include "edge/clock.h"

static const unsigned SEALS = MZ_FIELD_SEALED | MZ_FIELD_SEALABLE;

bool mz_event_seals(const mz_field *fields)
{
    for (; fields->name != NULL; fields++) {
        if ((fields->flags & SEALS) != 0 ||
            (fields->fields != NULL && mz_event_seals(fields->fields)))
            return true;
    }
    return false;
}

static int compare_texts(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

/* `_sd` holds its digests in order, so that theirs says nothing. */
static mz_status add_digest(json_t *body, const char *digest, mz_reason *why)
{
    const char *texts[MZ_LIST_ITEMS_MAX + 1];
    const json_t *before = json_object_get(body, "_sd");
    size_t count = json_array_size(before);
    json_t *list = json_array();
    if (count >= MZ_LIST_ITEMS_MAX) {
        json_decref(list);
        return mz_refuse(why, MZ_TOO_MANY, mz_words("path", "body._sd"),
                         mz_count("count", (int64_t)count + 1), mz_count("low", 1),
                         mz_count("limit", MZ_LIST_ITEMS_MAX));
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(before, i));
        texts[i] = text == NULL ? "" : text; /* what is no text, the catalogue refuses */
    }
    texts[count++] = digest;
    qsort(texts, count, sizeof(texts[0]), compare_texts);
    int failed = list == NULL ? -1 : 0;
    for (size_t i = 0; i < count && failed == 0; i++)
        failed = json_array_append_new(list, json_string(texts[i]));
    if (failed != 0)
        json_decref(list);
    else
        failed = json_object_set_new(body, "_sd", list);
    return failed != 0 ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

mz_status mz_body_seal_value(const mz_cli *cli, json_t *body, const char *path, const json_t *value,
                             mz_buf *out, mz_reason *why)
{
    uint8_t salt[MZ_DISCLOSURE_SALT_SIZE];
    char digest[44];
    mz_buf text;
    mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX);
    mz_status status = mz_random(salt, sizeof(salt), why);
    if (status == MZ_OK)
        status = mz_disclosure_make(salt, path, value, &text, why);
    if (status == MZ_OK) {
        mz_base64url_32(mz_disclosure_digest(cli->hasher, mz_buf_view(&text)).bytes, digest);
        status = add_digest(body, digest, why);
    }
    if (status == MZ_OK) {
        if (out->size == 0)
            mz_buf_put_text(out, "~");
        mz_buf_put(out, mz_buf_view(&text));
        mz_buf_put_text(out, "~");
        if (out->failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&text);
    return status;
}

/* ---- a whole body ---- */

typedef struct sealing {
    const mz_cli *cli;
    const mz_args *args;
    bool open_name; /* names of organisations and collectives are no personal data */
    json_t *body;
    mz_buf *out;
    mz_reason *why;
} sealing;

/* Whether an option names the field, by its path or its last part. */
static bool is_named(const sealing *s, const char *option, const char *path)
{
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; s->args != NULL && i < s->args->given_count; i++) {
        const char *value = s->args->given[i].value;
        if (strcmp(s->args->given[i].name, option) == 0 &&
            (strcmp(value, path) == 0 || (slash != NULL && strcmp(value, slash + 1) == 0)))
            return true;
    }
    return false;
}

static bool is_sealed(const sealing *s, const mz_field *field, const char *path)
{
    if ((field->flags & MZ_FIELD_SEALED) != 0)
        return true;
    if ((field->flags & MZ_FIELD_SEALABLE) == 0 || is_named(s, "clear", path))
        return false;
    return !s->open_name || is_named(s, "seal", path);
}

static mz_status seal_fields(const sealing *s, const mz_field *fields, json_t *object,
                             const char *prefix);

static mz_status seal_list(const sealing *s, const mz_field *field, json_t *list, const char *path)
{
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(list); i++) {
        char prefix[200];
        snprintf(prefix, sizeof(prefix), "%s/%zu/", path, i);
        status = seal_fields(s, field->fields, json_array_get(list, i), prefix);
    }
    return status;
}

static mz_status seal_fields(const sealing *s, const mz_field *fields, json_t *object,
                             const char *prefix)
{
    mz_status status = MZ_OK;
    for (; status == MZ_OK && fields->name != NULL; fields++) {
        char path[160];
        json_t *value = json_object_get(object, fields->name);
        snprintf(path, sizeof(path), "%.90s%s", prefix, fields->name);
        if (value == NULL)
            continue;
        if (fields->type == MZ_TYPE_OBJECTS)
            status = seal_list(s, fields, value, path);
        if (!is_sealed(s, fields, path))
            continue;
        status = mz_schema_check_value(value, fields, path, s->why);
        if (status == MZ_OK)
            status = mz_body_seal_value(s->cli, s->body, path, value, s->out, s->why);
        if (status == MZ_OK)
            json_object_del(object, fields->name);
    }
    return status;
}

mz_status mz_body_seal(const mz_cli *cli, const mz_event_row *row, const mz_args *args,
                       json_t *body, mz_buf *out, mz_reason *why)
{
    const char *kind = json_string_value(json_object_get(body, "kind"));
    const sealing s = {.cli = cli,
                       .args = args,
                       .open_name = row->event == MZ_PARTY_REGISTERED && kind != NULL &&
                                    strcmp(kind, MZ_PARTY_KINDS[MZ_PARTY_PERSON]) != 0,
                       .body = body,
                       .out = out,
                       .why = why};
    return seal_fields(&s, row->fields, body, "");
}
