#include "event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/money.h"
#include "seal.h"
#include "table.h"
#include "teach.h"

/* ---- options ---- */

static const char *remember(mz_event_options *made, const char *text)
{
    char *room = made->texts[made->text_count++];
    snprintf(room, sizeof(made->texts[0]), "%s", text);
    return room;
}

/* `--key` and `--log-key` are key files, so the fields of these names have options of other names.
 */
static const char *option_word(const char *name)
{
    if (strcmp(name, "key") == 0)
        return "public_key";
    if (strcmp(name, "log_key") == 0)
        return "new_log_key";
    return name[0] == '_' ? name + 1 : name;
}

static const char *dashed(mz_event_options *made, const char *name)
{
    char text[96];
    snprintf(text, sizeof(text), "%s", option_word(name));
    for (char *at = text; *at != '\0'; at++)
        if (*at == '_')
            *at = '-';
    return remember(made, text);
}

static bool is_fen(const mz_field *field)
{
    size_t size = strlen(field->name);
    return field->type == MZ_TYPE_INTEGER && size > 4 &&
           strcmp(field->name + size - 4, "_fen") == 0;
}

static const char *placeholder(const mz_field *field)
{
    switch (field->type) {
    case MZ_TYPE_DATE:
        return "YYYY-MM-DD";
    case MZ_TYPE_MONTH:
        return "YYYY-MM";
    case MZ_TYPE_INTEGER:
        return (field->flags & MZ_FIELD_NULLABLE) != 0 ? "N|null" : "N";
    case MZ_TYPE_BOOLEAN:
        return "yes|no";
    case MZ_TYPE_ID:
        return "ID";
    case MZ_TYPE_JTI:
        return "JTI|#INDEX";
    case MZ_TYPE_ENUM:
        return "WORD";
    case MZ_TYPE_OBJECT:
        return "K=V,...|JSON";
    case MZ_TYPE_OBJECTS:
        return strcmp(field->name, "evidence") == 0 ? "FILE|JSON" : "K=V,...|JSON";
    case MZ_TYPE_IDS:
        return "ID,...";
    case MZ_TYPE_ENUMS:
        return "WORD,...";
    case MZ_TYPE_DIGESTS:
        return "DIGEST,...";
    case MZ_TYPE_TEXTS:
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
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
    return "TEXT";
}

static void add_option(mz_event_options *made, const char *name, const char *value, bool repeats,
                       const char *zh, const char *en)
{
    if (made->count + 1 < MZ_ARGS_MAX)
        made->options[made->count++] = (mz_option){name, value, repeats, zh, en};
}

void mz_event_options_make(const mz_event_row *row, const mz_option *others, mz_event_options *made)
{
    memset(made, 0, sizeof(*made));
    for (const mz_field *field = row->fields; field->name != NULL; field++) {
        add_option(made, dashed(made, field->name), placeholder(field),
                   mz_type_is_list(field->type), field->zh, field->en);
        if (is_fen(field)) {
            char yuan[96];
            snprintf(yuan, sizeof(yuan), "%.*s", (int)strlen(field->name) - 4, field->name);
            add_option(made, dashed(made, yuan),
                       (field->flags & MZ_FIELD_NULLABLE) != 0 ? "YUAN|null" : "YUAN", false,
                       field->zh, field->en);
        }
    }
    if (row->fund != MZ_FUND_NONE)
        add_option(made, "fund", "ID", false, "基金", "the fund");
    add_option(made, "body", "JSON|@FILE", false, "整个 body；其余选项覆盖其中的字段",
               "the whole body; other options replace its members");
    add_option(made, "visibility", "public|sealed", false, "--evidence 的公开程度，默认 sealed",
               "of --evidence; sealed when absent");
    if (mz_event_seals(row->fields)) {
        add_option(
            made, "clear", "FIELD", true,
            "此字段写成明文，不密封：须有本人同意，并附凭证（--evidence）",
            "write this field in clear: only with the person's consent, shown by --evidence");
        add_option(made, "seal", "FIELD", true, "机构的名称也密封",
                   "seal this field too, where it stays in clear by default");
    }
    for (; others->name != NULL; others++)
        add_option(made, others->name, others->value, others->repeats, others->zh, others->en);
}

/* ---- values ---- */

static mz_status bad_value(const mz_field *field, const char *path, mz_status code, mz_reason *why)
{
    char want[200], zh[100], en[100];
    mz_field_type_text(field, MZ_CHINESE, zh, sizeof(zh));
    mz_field_type_text(field, MZ_ENGLISH, en, sizeof(en));
    snprintf(want, sizeof(want), MZ_BOTH("%s", "%s"), zh, en);
    return mz_refuse(why, code, mz_words("path", path), mz_words("want", want));
}

static mz_status from_text(const mz_field *field, const char *path, const char *text, json_t **out,
                           mz_reason *why);

/* One `k=v`: a member `amount_fen` may be given in yuan as `amount`. `pair` is cut at its sign. */
static mz_status pair_from_text(const mz_field *fields, const char *path, char *pair,
                                json_t *object, mz_reason *why)
{
    char member[300], fen[128];
    json_t *value = NULL;
    int64_t amount_fen;
    char *equals = strchr(pair, '=');
    if (equals == NULL)
        return mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", path),
                         mz_words("want", "name=value,name=value"));
    *equals = '\0';
    snprintf(member, sizeof(member), "%.150s.%.100s", path, pair);
    snprintf(fen, sizeof(fen), "%.100s_fen", pair);
    const mz_field *field = fields;
    while (field->name != NULL && strcmp(field->name, pair) != 0 && strcmp(field->name, fen) != 0)
        field++;
    mz_status status = MZ_OK;
    if (field->name == NULL)
        return mz_refuse(why, MZ_UNKNOWN_MEMBER, mz_words("path", member));
    if (strcmp(field->name, fen) != 0)
        status = from_text(field, member, equals + 1, &value, why);
    else if (mz_fen_parse(mz_view_of(equals + 1), &amount_fen))
        value = json_integer(amount_fen);
    else
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", member),
                         mz_words("want", MZ_BOTH("元，如 12.34", "yuan, as 12.34")));
    if (status == MZ_OK && json_object_set_new(object, field->name, value) != 0)
        status = mz_refuse(why, MZ_NO_MEMORY);
    return status;
}

/* `k=v,k=v` */
static mz_status pairs_from_text(const mz_field *fields, const char *path, const char *text,
                                 json_t **out, mz_reason *why)
{
    json_t *object = json_object();
    mz_status status = object == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    while (status == MZ_OK && *text != '\0') {
        size_t size = strcspn(text, ",");
        char pair[4096];
        if (size >= sizeof(pair)) {
            status = mz_refuse(why, MZ_TOO_LONG, mz_words("path", path),
                               mz_count("size", (int64_t)size), mz_count("limit", 4095));
            break;
        }
        memcpy(pair, text, size);
        pair[size] = '\0';
        text += size + (text[size] == ',' ? 1 : 0);
        status = pair_from_text(fields, path, pair, object, why);
    }
    if (status == MZ_OK)
        *out = object;
    else
        json_decref(object);
    return status;
}

static mz_status words_from_text(const char *path, const char *text, json_t **out, mz_reason *why)
{
    json_t *list = json_array();
    while (*text != '\0') {
        size_t size = strcspn(text, ",");
        if (json_array_append_new(list, json_stringn(text, size)) != 0) {
            json_decref(list);
            return mz_refuse(why, MZ_BAD_TEXT, mz_words("path", path),
                             mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")));
        }
        text += size + (text[size] == ',' ? 1 : 0);
    }
    *out = list;
    return MZ_OK;
}

static mz_status integer_from_text(const mz_field *field, const char *path, const char *text,
                                   json_t **out, mz_reason *why)
{
    char *end;
    if ((field->flags & MZ_FIELD_NULLABLE) != 0 && strcmp(text, "null") == 0) {
        *out = json_null();
        return MZ_OK;
    }
    errno = 0;
    long long number = strtoll(text, &end, 10);
    bool plain = text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
    if (!plain || *end != '\0')
        return bad_value(field, path, MZ_WRONG_TYPE, why);
    if (errno != 0)
        return bad_value(field, path, MZ_BAD_VALUE, why);
    *out = json_integer(number);
    return MZ_OK;
}

static mz_status from_text(const mz_field *field, const char *path, const char *text, json_t **out,
                           mz_reason *why)
{
    bool json = text[0] == '{' || text[0] == '[';
    if (field->type == MZ_TYPE_INTEGER)
        return integer_from_text(field, path, text, out, why);
    if (field->type == MZ_TYPE_BOOLEAN) {
        bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
        if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
            return bad_value(field, path, MZ_BAD_VALUE, why);
        *out = json_boolean(yes);
        return MZ_OK;
    }
    if (json && (field->type == MZ_TYPE_OBJECT || mz_type_is_list(field->type)))
        return mz_json_parse_any(mz_view_of(text), out, why);
    if (field->type == MZ_TYPE_OBJECT || field->type == MZ_TYPE_OBJECTS)
        return pairs_from_text(field->fields, path, text, out, why);
    if (mz_type_is_list(field->type) && field->type != MZ_TYPE_TEXTS)
        return words_from_text(path, text, out, why);
    *out = json_string(text);
    if (*out == NULL)
        return mz_refuse(why, MZ_BAD_TEXT, mz_words("path", path),
                         mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")));
    return MZ_OK;
}

/* ---- the body ---- */

static mz_status add_to_list(json_t *body, const mz_field *field, json_t *value, mz_reason *why)
{
    json_t *list = json_object_get(body, field->name);
    if (list == NULL) {
        list = json_array();
        if (json_object_set_new(body, field->name, list) != 0)
            return mz_refuse(why, MZ_NO_MEMORY);
    }
    int failed =
        json_is_array(value) ? json_array_extend(list, value) : json_array_append(list, value);
    json_decref(value);
    return failed != 0 ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

static mz_status take_option(json_t *body, const mz_field *field, const mz_args *args,
                             mz_attachments *attached, const char *text, mz_reason *why)
{
    json_t *value = NULL;
    char path[128];
    const char *visibility = mz_args_value(args, "visibility");
    snprintf(path, sizeof(path), "body.%s", field->name);
    mz_status status = strcmp(field->name, "evidence") == 0 && text[0] != '{' && text[0] != '['
                           ? mz_attach_file(attached, text, visibility, &value, why)
                           : from_text(field, path, text, &value, why);
    if (status != MZ_OK)
        return status;
    if (mz_type_is_list(field->type))
        return add_to_list(body, field, value, why);
    return json_object_set_new(body, field->name, value) != 0 ? mz_refuse(why, MZ_NO_MEMORY)
                                                              : MZ_OK;
}

static bool names_field(const char *option, const mz_field *field, bool *in_yuan)
{
    const char *name = option_word(field->name);
    size_t i = 0;
    while (option[i] != '\0' && (option[i] == name[i] || (option[i] == '-' && name[i] == '_')))
        i++;
    *in_yuan = option[i] == '\0' && is_fen(field) && strcmp(name + i, "_fen") == 0;
    return option[i] == '\0' && (name[i] == '\0' || *in_yuan);
}

static mz_status fill_field(json_t *body, const mz_field *field, const mz_args *args,
                            mz_attachments *attached, mz_reason *why)
{
    bool first = true;
    for (size_t i = 0; i < args->given_count; i++) {
        bool in_yuan;
        int64_t amount_fen;
        const char *text = args->given[i].value;
        if (!names_field(args->given[i].name, field, &in_yuan))
            continue;
        if (first && mz_type_is_list(field->type))
            json_object_del(body, field->name); /* the options replace what --body says */
        mz_status status = MZ_OK;
        bool not_valued = (field->flags & MZ_FIELD_NULLABLE) != 0 && strcmp(text, "null") == 0;
        if (!first && !mz_type_is_list(field->type)) /* in fen and in yuan */
            status = mz_refuse(why, MZ_REPEATED_ITEM, mz_words("path", field->name));
        else if (!in_yuan || not_valued)
            status = take_option(body, field, args, attached, text, why);
        else if (!mz_fen_parse(mz_view_of(text), &amount_fen))
            status =
                mz_refuse(why, MZ_BAD_VALUE, mz_words("path", args->given[i].name),
                          mz_words("want", MZ_BOTH("元，最多两位小数，如 12.34",
                                                   "yuan with at most two decimals, as 12.34")));
        else if (json_object_set_new(body, field->name, json_integer(amount_fen)) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
        if (status != MZ_OK)
            return status;
        first = false;
    }
    bool required = (field->flags & (MZ_FIELD_OPTIONAL | MZ_FIELD_SEALABLE)) == 0;
    if (required && mz_type_is_list(field->type) && field->low == 0 &&
        json_object_get(body, field->name) == NULL &&
        json_object_set_new(body, field->name, json_array()) != 0)
        return mz_refuse(why, MZ_NO_MEMORY);
    return MZ_OK;
}

static mz_status body_given(const mz_args *args, json_t **body, mz_reason *why)
{
    const char *given = mz_args_value(args, "body");
    if (given == NULL) {
        *body = json_object();
        return *body == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    }
    if (given[0] != '@')
        return mz_json_parse(mz_view_of(given), body, why);
    mz_buf text;
    mz_status status = mz_cli_read_file(given + 1, MZ_JSON_SIZE_MAX, &text, why);
    if (status != MZ_OK)
        return status;
    status = mz_json_parse(mz_buf_view(&text), body, why);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_event_body(const mz_event_row *row, const mz_args *args, mz_attachments *attached,
                        json_t **body, mz_reason *why)
{
    json_t *made = NULL;
    mz_status status = body_given(args, &made, why);
    for (const mz_field *field = row->fields; field->name != NULL && status == MZ_OK; field++)
        status = fill_field(made, field, args, attached, why);
    if (status == MZ_OK)
        *body = made;
    else
        json_decref(made);
    return status;
}

/* ---- help ---- */

void mz_roles_text(unsigned roles, mz_language language, mz_buf *out)
{
    bool first = true;
    for (unsigned role = MZ_REGISTRAR; role <= MZ_AUDITOR; role++) {
        if ((roles & MZ_ROLE_BIT(role)) == 0)
            continue;
        if (!first)
            mz_buf_put_text(out, language == MZ_CHINESE ? "、" : ", ");
        mz_buf_put_text(out, mz_role_text((mz_role)role, language));
        first = false;
    }
}

static void print_fields(const mz_cli *cli, const mz_field *fields, int indent)
{
    for (const mz_field *field = fields; field->name != NULL; field++) {
        char left[128], type[200];
        snprintf(left, sizeof(left), "%*s%s%s", indent, "", field->name,
                 (field->flags & MZ_FIELD_OPTIONAL) != 0 ? "?" : "");
        mz_field_type_text(field, cli->language, type, sizeof(type));
        mz_text_pad(stdout, left, 26);
        printf(" %s%s\n", mz_say(cli, field->zh, field->en),
               (field->flags & MZ_FIELD_SEALED) != 0
                   ? mz_say(cli, " [必须密封]", " [always sealed]")
               : (field->flags & MZ_FIELD_SEALABLE) != 0
                   ? mz_say(cli, " [默认密封]", " [sealed by default]")
                   : "");
        printf("%*s %s", 26, "", type);
        if (mz_type_is_list(field->type))
            printf(mz_say(cli, "，%lld 至 %lld 项", ", %lld to %lld items"), (long long)field->low,
                   (long long)field->high);
        putchar('\n');
        if (field->fields != NULL && strcmp(field->name, "evidence") != 0)
            print_fields(cli, field->fields, indent + 2);
    }
}

void mz_event_help(const mz_cli *cli, const mz_event_row *row)
{
    mz_buf roles;
    mz_buf_init(&roles, 1024);
    mz_roles_text(row->roles, cli->language, &roles);
    printf("%s mingzhang %s DIR --key FILE%s ...\n\n%s\n\n%s %s\n", mz_say(cli, "用法：", "Usage:"),
           row->name, row->fund == MZ_FUND_NONE ? "" : " --fund ID", mz_say(cli, row->zh, row->en),
           mz_say(cli, "签名人：", "Signed by:"),
           roles.data == NULL ? "" : (const char *)roles.data);
    mz_buf_clear(&roles);
    if (row->confirm != MZ_CONFIRM_NEVER)
        puts(mz_say(
            cli, "须由另一位登记员或审计员在 30 天内确认后生效。",
            "Takes effect when another registrar or an auditor confirms it within 30 days."));
    if (row->evidence_required)
        puts(mz_say(cli, "必须附凭证（--evidence）。", "Evidence is required (--evidence)."));
    printf("\n%s\n", mz_say(cli, "内容（? 为可选）：", "Body (? optional):"));
    print_fields(cli, row->fields, 2);
    mz_teach_event(cli, row);
}
