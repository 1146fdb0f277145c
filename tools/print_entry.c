#include <string.h>

#include "core/date.h"
#include "core/entry.h"
#include "print.h"
#include "print_parts.h"

/* ---- any object ---- */

/* Members of views that are in no body. */
static const mz_field VIEWED[] = {
    {"index",         MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "第几笔",                "entry"       },
    {"state",         MZ_TYPE_ENUM,    0, 0, 0, NULL, NULL, "状态",                   "state"       },
    {"fund",          MZ_TYPE_ID,      0, 0, 0, NULL, NULL, "基金",                   "fund"        },
    {"verified",      MZ_TYPE_BOOLEAN, 0, 0, 0, NULL, NULL, "已核实",                "verified"    },
    {"verified_ms",   MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "核实于",                "verified at" },
    {"same_as",       MZ_TYPE_ID,      0, 0, 0, NULL, NULL, "与此方为同一主体", "the same as" },
    {"actor",         MZ_TYPE_ID,      0, 0, 0, NULL, NULL, "人员",                   "actor"       },
    {"ended",         MZ_TYPE_BOOLEAN, 0, 0, 0, NULL, NULL, "已终止",                "ended"       },
    {"last_session",  MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "最近场次",             "last session"},
    {"at_ms",         MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "何时",                   "at"          },
    {"confirmed_fen", MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "已入账",                "confirmed"   },
    {"sessions",      MZ_TYPE_TEXT,    0, 0, 0, NULL, NULL, "场次",                   "sessions"    },
    {"reversed",      MZ_TYPE_BOOLEAN, 0, 0, 0, NULL, NULL, "已冲销",                "reversed"    },
    {"cited_count",   MZ_TYPE_INTEGER, 0, 0, 0, NULL, NULL, "引用它的",             "cited by"    },
    {NULL,            MZ_TYPE_TEXT,    0, 0, 0, NULL, NULL, NULL,                       NULL          },
};

static const mz_field *field_named(const mz_field *fields, const char *name)
{
    for (; fields != NULL && fields->name != NULL; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* A member of a view, or of something that a view lists. */
static const mz_field *field_viewed(const char *name)
{
    const mz_field *field = field_named(VIEWED, name);
    return field != NULL ? field : field_named(mz_event_row_of(MZ_SESSION_HELD)->fields, name);
}

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name), end_size = strlen(end);
    return size > end_size && strcmp(name + size - end_size, end) == 0;
}

void mz_part_label(const mz_cli *cli, const char *name, const mz_field *field, mz_buf *label)
{
    static const char *const REMARKS[] = {"（", "，", ",", ";", ":"};
    if (field == NULL)
        field = field_viewed(name);
    const char *title = field == NULL ? name : mz_say(cli, field->zh, field->en);
    size_t size = strlen(title);
    for (size_t i = 0; i < sizeof(REMARKS) / sizeof(REMARKS[0]); i++) {
        const char *remark = strstr(title, REMARKS[i]);
        if (remark != NULL && remark > title && (size_t)(remark - title) < size)
            size = (size_t)(remark - title);
    }
    mz_buf_put(label, (mz_view){(const uint8_t *)title, size});
}

/* A value without members. */
static void put_scalar(const mz_cli *cli, const char *name, const mz_field *field,
                       const json_t *value, mz_buf *out)
{
    char text[MZ_YUAN_TEXT_SIZE > MZ_TIME_TEXT_SIZE ? MZ_YUAN_TEXT_SIZE : MZ_TIME_TEXT_SIZE];
    const char *string = json_string_value(value);
    if (field == NULL)
        field = field_viewed(name);
    bool is_word = field != NULL && (field->type == MZ_TYPE_ENUM || field->type == MZ_TYPE_ENUMS);
    if (json_is_integer(value) && ends_with(name, "_fen")) {
        mz_part_yuan(json_integer_value(value), text);
        mz_buf_put_text(out, text);
    } else if (json_is_integer(value) &&
               (ends_with(name, "_ms") || strcmp(name, "compromised_since") == 0)) {
        mz_time_text(json_integer_value(value), text);
        mz_buf_put_text(out, text);
    } else if (json_is_integer(value)) {
        mz_buf_put_format(out, "%lld", (long long)json_integer_value(value));
    } else if (string != NULL) {
        mz_buf_put_text(out, is_word || strcmp(string, "general") == 0
                                 ? mz_word_text(string, cli->language)
                                 : string);
    } else if (json_is_boolean(value)) {
        mz_buf_put_text(out,
                        json_is_true(value) ? mz_say(cli, "是", "yes") : mz_say(cli, "否", "no"));
    }
}

static bool is_flat(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

/* Few members, each of them short: told in one line. */
static bool is_short(const json_t *object)
{
    const char *name;
    json_t *value;
    if (json_object_size(object) > 3)
        return false;
    /* jansson's iteration wants a value that is not const; it is not changed */
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!is_flat(value) || json_string_length(value) > MZ_ID_SIZE_MAX)
            return false;
    }
    return true;
}

static void put_short(const mz_cli *cli, const mz_field *fields, const json_t *object, mz_buf *line)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const mz_field *field = field_named(fields, name);
        mz_buf_put_text(line, line->size == 0 ? "" : mz_say(cli, "，", ", "));
        mz_part_label(cli, name, field, line);
        mz_buf_put_text(line, " ");
        put_scalar(cli, name, field, value, line);
    }
}

static void print_object(const mz_cli *cli, const mz_field *fields, const json_t *object,
                         int indent);

/* Each object of a list in a line, or its members below a dash; everything else in one line. */
static void print_list(const mz_cli *cli, const char *name, const mz_field *field,
                       const json_t *list, int indent)
{
    size_t i;
    json_t *item;
    mz_buf line;
    bool flat = true;
    mz_buf_init(&line, 65536);
    json_array_foreach(list, i, item)
    {
        if (json_is_object(item) && is_short(item)) {
            mz_buf_reset(&line);
            put_short(cli, field == NULL ? NULL : field->fields, item, &line);
            printf("%s%*s%s", i == 0 ? "\n" : "", indent, "", (const char *)line.data);
            putchar('\n');
        } else if (json_is_object(item)) {
            printf("%s%*s- %zu\n", i == 0 ? "\n" : "", indent, "", i + 1);
            print_object(cli, field == NULL ? NULL : field->fields, item, indent + 2);
        } else {
            mz_buf_put_text(&line, " ");
            put_scalar(cli, name, field, item, &line);
        }
        flat = flat && !json_is_object(item);
    }
    if (flat)
        printf("%s\n", line.size == 0 ? " -" : (const char *)line.data);
    mz_buf_clear(&line);
}

static void print_object(const mz_cli *cli, const mz_field *fields, const json_t *object,
                         int indent)
{
    const char *name;
    json_t *value;
    mz_buf text;
    mz_buf_init(&text, 65536);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const mz_field *field = field_named(fields, name);
        mz_buf_reset(&text);
        mz_part_label(cli, name, field, &text);
        printf("%*s", indent, "");
        if (is_flat(value)) {
            mz_text_pad(stdout, (const char *)text.data, 22 - indent);
            mz_buf_reset(&text);
            put_scalar(cli, name, field, value, &text);
            printf(" %s\n", text.data == NULL ? "" : (const char *)text.data);
        } else if (json_is_object(value)) {
            puts((const char *)text.data);
            print_object(cli, field == NULL ? NULL : field->fields, value, indent + 2);
        } else {
            bool objects = json_is_object(json_array_get(value, 0));
            mz_text_pad(stdout, (const char *)text.data, objects ? 0 : 22 - indent);
            print_list(cli, name, field, value, indent + 2);
        }
    }
    mz_buf_clear(&text);
}

void mz_print_source(const mz_cli *cli, const json_t *view)
{
    print_object(cli, mz_event_row_of(MZ_SOURCE_REGISTERED)->fields, view, 0);
}

void mz_print_party(const mz_cli *cli, const json_t *view)
{
    print_object(cli, mz_event_row_of(MZ_PARTY_REGISTERED)->fields, view, 0);
}

void mz_print_text(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    fputs(mz_part_text(view, "text"), stdout);
}

void mz_print_vkey(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    puts(mz_part_text(view, "vkey"));
}

void mz_print_checkpoint(const mz_cli *cli, const json_t *view)
{
    (void)cli;
    fputs(mz_part_text(view, "note"), stdout);
}

/* ---- entries ---- */

/* How many sealed fields there are, and which of them may be read no longer. */
static void print_sealed(const mz_cli *cli, const json_t *view)
{
    const json_t *sealed = json_object_get(view, "sealed");
    size_t i;
    json_t *field;
    if (json_array_size(sealed) == 0)
        return;
    printf(mz_say(cli, "密封字段 %zu 项\n", "%zu sealed fields\n"), json_array_size(sealed));
    json_array_foreach(sealed, i, field)
    {
        bool erased = json_object_get(field, "erased_by") != NULL;
        const char *by = erased ? "erased_by" : "restricted_by";
        if (json_object_get(field, by) != NULL)
            printf("  %s  %s #%lld\n", mz_part_text(field, "digest"),
                   mz_part_word(cli, field, "state"), (long long)mz_part_number(field, by));
    }
}

void mz_print_entry(const mz_cli *cli, const json_t *view)
{
    char at[MZ_TIME_TEXT_SIZE];
    mz_time_text(mz_part_number(view, "at_ms"), at);
    printf(mz_say(cli, "第 %lld 笔  %s（%s）  %s\n", "entry %lld  %s (%s)  %s\n"),
           (long long)mz_part_number(view, "index"), mz_part_text(view, "event"),
           mz_part_event(cli, mz_part_text(view, "event")), at);
    printf(mz_say(cli, "签名人 %s（%s）%s%s\n", "signed by %s (%s)%s%s\n"),
           mz_part_text(view, "actor"), mz_part_word(cli, view, "role"),
           json_object_get(view, "fund") == NULL ? "" : mz_say(cli, "，基金 ", ", fund "),
           mz_part_text(view, "fund"));
    printf("jti %s\nleaf %s\nkid %s\n", mz_part_text(view, "jti"), mz_part_text(view, "leaf_hash"),
           mz_part_text(view, "kid"));
    if (json_object_get(view, "reversed_by") != NULL)
        printf(mz_say(cli, "已由第 %lld 笔冲销\n", "reversed by entry %lld\n"),
               (long long)mz_part_number(view, "reversed_by"));
    print_sealed(cli, view);
    const json_t *confirmation = json_object_get(view, "confirmation");
    if (confirmation != NULL)
        puts(json_is_true(json_object_get(confirmation, "confirmed"))
                 ? mz_say(cli, "已确认", "confirmed")
                 : mz_say(cli, "待确认", "not confirmed"));
    const mz_event_row *row = mz_event_row_named(mz_view_of(mz_part_text(view, "event")));
    print_object(cli, row == NULL ? NULL : row->fields, json_object_get(view, "body"), 2);
}

void mz_print_entries(const mz_cli *cli, const json_t *view)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(view, "entries"), i, entry)
    {
        if (i > 0)
            putchar('\n');
        mz_print_entry(cli, entry);
    }
    mz_part_next(cli, view);
}
