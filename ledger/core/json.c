#include "core/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What can be told from the letters alone, in one pass before parsing. */
typedef struct outline {
    size_t depth;       /* the deepest level */
    bool fraction_seen; /* outside strings: a point, or an exponent */
} outline;

static outline outline_of(mz_view text)
{
    outline seen = {0};
    size_t level = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            level++;
            if (level > seen.depth)
                seen.depth = level;
        } else if (c == '}' || c == ']') {
            if (level > 0)
                level--;
        } else if (c == '.' || c == 'E' || (c == 'e' && i > 0 && text.data[i - 1] <= '9')) {
            seen.fraction_seen = true;
        }
    }
    return seen;
}

/* A path that grows and shrinks with the walk; what does not fit is left out. */
typedef struct walk_path {
    char text[MZ_REASON_WORDS_MAX];
    size_t size;
} walk_path;

static void path_add(walk_path *path, const char *separator, const char *name)
{
    size_t room = sizeof(path->text) - path->size;
    int added = snprintf(path->text + path->size, room, "%s%s", separator, name);
    if (added > 0)
        path->size += (size_t)added < room ? (size_t)added : room - 1;
}

static void path_back(walk_path *path, size_t size)
{
    path->size = size;
    path->text[size] = '\0';
}

/* Finds the first real number and leaves its path: "body.draws[0].amount_fen". No deeper than
 * MZ_JSON_DEPTH_MAX, which was checked before. */
static bool real_find(json_t *value, walk_path *path)
{
    size_t size = path->size;
    const char *name = NULL;
    json_t *member = NULL;
    json_object_foreach(value, name, member)
    {
        path_add(path, size > 0 ? "." : "", name);
        if (real_find(member, path))
            return true;
        path_back(path, size);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        char place[24];
        snprintf(place, sizeof(place), "[%zu]", i);
        path_add(path, place, "");
        if (real_find(json_array_get(value, i), path))
            return true;
        path_back(path, size);
    }
    return json_is_real(value);
}

static const char *cause_zh(enum json_error_code code)
{
    /* The other codes belong to calls that are not made here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
    switch (code) {
    case json_error_premature_end_of_input:
        return "内容不完整";
    case json_error_end_of_input_expected:
        return "结尾之后还有内容";
    case json_error_invalid_utf8:
        return "不是有效的 UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "含有空字符";
    case json_error_duplicate_key:
        return "字段重复";
    case json_error_numeric_overflow:
        return "数字过大";
    default:
        return "语法错误";
    }
#pragma GCC diagnostic pop
}

static mz_status parse_refuse(const json_error_t *error, mz_reason *why)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_out_of_memory)
        return mz_refuse(why, MZ_NO_MEMORY);
    char cause[MZ_REASON_WORDS_MAX];
    /* What stood there ("... near '1380000'") may be a sealed value: a reason does not repeat it.
     */
    const char *near = strstr(error->text, " near ");
    int size = near == NULL ? (int)strlen(error->text) : (int)(near - error->text);
    snprintf(cause, sizeof(cause), MZ_BOTH("第 %d 行第 %d 列，%s", "line %d, column %d: %.*s"),
             error->line, error->column, cause_zh(code), error->line, error->column,
             size > 80 ? 80 : size, error->text);
    return mz_refuse(why, MZ_BAD_JSON, mz_words("cause", cause), mz_count("line", error->line),
                     mz_count("column", error->column));
}

static mz_status top_refuse(mz_reason *why)
{
    return mz_refuse(why, MZ_BAD_JSON,
                     mz_words("cause", MZ_BOTH("最外层不是对象", "the top is not an object")),
                     mz_count("line", 1), mz_count("column", 1));
}

static mz_status depth_refuse(mz_reason *why)
{
    return mz_refuse(why, MZ_BAD_JSON,
                     mz_words("cause", MZ_BOTH("嵌套超过 8 层", "it is nested more than 8 deep")),
                     mz_count("limit", MZ_JSON_DEPTH_MAX));
}

mz_status mz_json_parse_any(mz_view text, json_t **out, mz_reason *why)
{
    if (text.size > MZ_JSON_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "JSON"),
                         mz_count("size", (int64_t)text.size), mz_count("limit", MZ_JSON_SIZE_MAX));
    outline seen = outline_of(text);
    if (seen.depth > MZ_JSON_DEPTH_MAX)
        return depth_refuse(why);
    json_error_t error;
    json_t *value = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL)
        return parse_refuse(&error, why);
    walk_path path = {.size = 0};
    if (seen.fraction_seen && real_find(value, &path)) {
        json_decref(value);
        return mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", path.text),
                         mz_words("want", MZ_BOTH("整数", "a whole number")));
    }
    *out = value;
    return MZ_OK;
}

mz_status mz_json_parse(mz_view text, json_t **out, mz_reason *why)
{
    json_t *value = NULL;
    mz_status status = mz_json_parse_any(text, &value, why);
    if (status != MZ_OK)
        return status;
    if (!json_is_object(value)) {
        json_decref(value);
        return top_refuse(why);
    }
    *out = value;
    return MZ_OK;
}

static int print_chunk(const char *chunk, size_t size, void *data)
{
    mz_buf *out = data;
    mz_buf_put(out, (mz_view){(const uint8_t *)chunk, size});
    return out->failed ? -1 : 0;
}

mz_status mz_json_print(const json_t *value, mz_buf *out)
{
    int rc = json_dump_callback(value, print_chunk, out, JSON_COMPACT | JSON_ENCODE_ANY);
    if (rc != 0)
        out->failed = true;
    return out->failed ? MZ_TOO_LARGE : MZ_OK;
}

void mz_json_put_string(mz_buf *out, mz_view text)
{
    static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* a byte, then what stands for it */
    size_t plain = 0; /* from here on nothing is to be escaped so far */
    mz_buf_put_text(out, "\"");
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t byte = text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        mz_buf_put(out, (mz_view){text.data + plain, i - plain});
        plain = i + 1;
        size_t at = 0;
        while (SHORT[at] != '\0' && (uint8_t)SHORT[at] != byte)
            at += 2;
        if (SHORT[at] == '\0') {
            mz_buf_put_format(out, "\\u%04X", byte);
            continue;
        }
        const uint8_t pair[] = {'\\', (uint8_t)SHORT[at + 1]};
        mz_buf_put(out, (mz_view){pair, sizeof(pair)});
    }
    mz_buf_put(out, (mz_view){text.data + plain, text.size - plain});
    mz_buf_put_text(out, "\"");
}

json_t *mz_reason_json(const mz_reason *why)
{
    char zh[1024], en[1024];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof(zh));
    mz_reason_text(why, MZ_ENGLISH, en, sizeof(en));
    json_t *figures = json_object();
    for (size_t i = 0; i < why->figure_count; i++) {
        char text[256];
        mz_reason_figure_text(why, i, MZ_ENGLISH, text, sizeof(text));
        bool is_number =
            why->figures[i].kind == MZ_FIGURE_FEN || why->figures[i].kind == MZ_FIGURE_COUNT;
        json_object_set_new(figures, why->figures[i].name,
                            is_number ? json_integer(why->figures[i].number) : json_string(text));
    }
    return json_pack("{s:s, s:i, s:o, s:s, s:s}", "code", mz_status_code(why->status), "status",
                     (int)why->status, "figures", figures, "zh", zh, "en", en);
}
