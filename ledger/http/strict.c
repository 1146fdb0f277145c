#include "http/strict.h"

#include <string.h>

#define BLANKS_MAX 8 /* before a value */

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_REQUEST, mz_words("cause", cause));
}

static bool same_name(mz_view name, const char *want)
{
    if (name.size != strlen(want))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        if (byte >= 'A' && byte <= 'Z')
            byte |= 0x20;
        if (byte != (uint8_t)want[i])
            return false;
    }
    return true;
}

/* A token of RFC 9110. */
static bool is_token(mz_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= '0' && byte <= '9');
        if (!letter && (byte == '\0' || strchr("!#$%&'*+-.^_`|~", byte) == NULL))
            return false;
    }
    return text.size > 0;
}

static bool is_field_value(mz_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((text.data[i] < 0x20 && text.data[i] != '\t') || text.data[i] == 0x7f)
            return false;
    return true;
}

static const struct {
    const char *name;
    mz_method method;
} METHODS[] = {
    {"GET",     MZ_GET    },
    {"HEAD",    MZ_HEAD   },
    {"POST",    MZ_POST   },
    {"PUT",     MZ_PUT    },
    {"OPTIONS", MZ_OPTIONS},
};

static mz_method method_of(mz_view text)
{
    for (size_t i = 0; i < sizeof(METHODS) / sizeof(METHODS[0]); i++)
        if (mz_view_is(text, METHODS[i].name))
            return METHODS[i].method;
    return MZ_METHOD_OTHER;
}

const char *mz_method_name(mz_method method)
{
    for (size_t i = 0; i < sizeof(METHODS) / sizeof(METHODS[0]); i++)
        if (METHODS[i].method == method)
            return METHODS[i].name;
    return "?";
}

/* The fields that may come once only, and where their value goes. */
typedef enum once {
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    AUTHORIZATION,
    EXPECT,
    IF_NONE_MATCH,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    TRANSFER_ENCODING,
    ONCE_COUNT
} once;

static const char *const ONCE_NAMES[] = {
    [HOST] = "host",
    [CONTENT_LENGTH] = "content-length",
    [CONTENT_TYPE] = "content-type",
    [CONTENT_ENCODING] = "content-encoding",
    [AUTHORIZATION] = "authorization",
    [EXPECT] = "expect",
    [IF_NONE_MATCH] = "if-none-match",
    [ACCEPT_ENCODING] = "accept-encoding",
    [ACCEPT_LANGUAGE] = "accept-language",
    [TRANSFER_ENCODING] = "transfer-encoding",
};
_Static_assert(sizeof(ONCE_NAMES) / sizeof(ONCE_NAMES[0]) == ONCE_COUNT,
               "every field has its name");

typedef struct found {
    bool is_there[ONCE_COUNT];
    mz_view value[ONCE_COUNT];
} found;

static mz_status collect(const mz_http_head *head, found *fields, mz_reason *why)
{
    for (size_t i = 0; i < head->field_count; i++) {
        const mz_http_field *field = &head->fields[i];
        if (field->name.size + field->value.size > MZ_HTTP_HEADER_SIZE_MAX)
            return mz_refuse(why, MZ_HEAD_TOO_LARGE,
                             mz_words("cause", MZ_BOTH("一个字段过长", "one field is too long")),
                             mz_count("limit", MZ_HTTP_HEADER_SIZE_MAX));
        if (!is_token(field->name) || !is_field_value(field->value))
            return bad(why, MZ_BOTH("请求头中有不许可的字符",
                                    "a header field holds a character that is not allowed"));
        for (size_t name = 0; name < ONCE_COUNT; name++) {
            if (!same_name(field->name, ONCE_NAMES[name]))
                continue;
            if (fields->is_there[name])
                return bad(why, MZ_BOTH("Host、长度等字段只能出现一次",
                                        "a field such as Host or Content-Length is repeated"));
            fields->is_there[name] = true;
            fields->value[name] = field->value;
        }
    }
    return MZ_OK;
}

/* Letters, digits, dots, hyphens; brackets and colons of addresses and ports. */
static bool is_host(mz_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        bool letter =
            ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || (byte >= '0' && byte <= '9');
        if (!letter && (byte == '\0' || strchr(".-:[]_", byte) == NULL))
            return false;
    }
    return text.size > 0 && text.size <= 255;
}

/* Digits only: the library reads a number more generously. */
static bool read_length(mz_view text, uint64_t *length)
{
    *length = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *length = *length * 10 + (text.data[i] - '0');
    }
    return text.size > 0 && text.size <= 15;
}

/* How long the body is: what two programs must never read differently. */
static mz_status judge_framing(const found *fields, mz_request *request, mz_reason *why)
{
    bool takes_body = request->method == MZ_POST || request->method == MZ_PUT;
    if (fields->is_there[TRANSFER_ENCODING] && fields->is_there[CONTENT_LENGTH])
        return bad(why, MZ_BOTH("同时有 Transfer-Encoding 和 Content-Length",
                                "it has both Transfer-Encoding and Content-Length"));
    if (fields->is_there[TRANSFER_ENCODING])
        return mz_refuse(why, MZ_LENGTH_REQUIRED);
    if (!fields->is_there[CONTENT_LENGTH])
        return takes_body ? mz_refuse(why, MZ_LENGTH_REQUIRED) : MZ_OK;
    if (!read_length(fields->value[CONTENT_LENGTH], &request->content_length))
        return bad(why, MZ_BOTH("Content-Length 不是一个数", "Content-Length is not a number"));
    if (!takes_body && request->content_length > 0)
        return bad(why, MZ_BOTH("这种请求不得带内容", "a request of this kind has no body"));
    return MZ_OK;
}

static mz_status judge_fields(const mz_http_head *head, mz_request *request, mz_reason *why)
{
    found fields = {0};
    mz_status status = collect(head, &fields, why);
    if (status != MZ_OK)
        return status;
    if (!fields.is_there[HOST] || !is_host(fields.value[HOST]))
        return bad(why, MZ_BOTH("须有且只有一个正确的 Host", "it must have one proper Host"));
    status = judge_framing(&fields, request, why);
    if (status != MZ_OK)
        return status;
    if (fields.is_there[EXPECT] && !same_name(fields.value[EXPECT], "100-continue"))
        return mz_refuse(why, MZ_BAD_EXPECTATION, mz_words_view("is", fields.value[EXPECT]));
    if (fields.is_there[CONTENT_ENCODING] && !same_name(fields.value[CONTENT_ENCODING], "identity"))
        return mz_refuse(why, MZ_WRONG_MEDIA, mz_words_view("is", fields.value[CONTENT_ENCODING]),
                         mz_words("want", MZ_BOTH("未压缩的内容", "content that is not packed")));
    request->expects_continue = fields.is_there[EXPECT];
    request->content_type = fields.value[CONTENT_TYPE];
    request->authorization = fields.value[AUTHORIZATION];
    request->if_none_match = fields.value[IF_NONE_MATCH];
    request->accept_encoding = fields.value[ACCEPT_ENCODING];
    request->accept_language = fields.value[ACCEPT_LANGUAGE];
    return MZ_OK;
}

static bool is_gap(mz_view gap, size_t size, const char *bytes)
{
    for (size_t i = 0; i < gap.size && gap.size == size; i++)
        if (gap.data[i] != '\0' && strchr(bytes, gap.data[i]) == NULL)
            return false;
    return gap.size == size;
}

static bool is_colon(mz_view gap)
{
    mz_view blanks = {gap.data + 1, gap.size - 1};
    return gap.size >= 1 && gap.size <= BLANKS_MAX + 1 &&
           (gap.data[0] == ':' || gap.data[0] == '\0') && is_gap(blanks, blanks.size, " \t");
}

/* Bare line feeds, NULs, lines that go on, more blanks than one: whatever the library passes over
 * in silence lies between the parts. Behind the last field there are two line ends. */
static mz_status judge_layout(const mz_http_head *head, mz_reason *why)
{
    bool even = is_gap(head->method_gap, 1, " ") && is_gap(head->target_gap, 1, " ") &&
                is_gap(head->version_gap, head->field_count == 0 ? 4 : 2, "\r\n");
    for (size_t i = 0; i < head->field_count; i++)
        even = even && is_colon(head->fields[i].colon_gap) &&
               is_gap(head->fields[i].line_gap, i + 1 == head->field_count ? 4 : 2, "\r\n");
    return even ? MZ_OK
                : bad(why, MZ_BOTH("行尾须为 CR LF，行内不得有 NUL，不得续行或多余空格",
                                   "lines must end in CR LF, hold no NUL, not go on in the next, "
                                   "and have single blanks"));
}

mz_status mz_request_judge(const mz_http_head *head, mz_request *request, mz_reason *why)
{
    request->method = method_of(head->method);
    request->content_length = 0;
    if (!mz_view_is(head->version, "HTTP/1.1") && !mz_view_is(head->version, "HTTP/1.0"))
        return mz_refuse(why, MZ_HTTP_VERSION, mz_words_view("is", head->version));
    if (head->more_fields)
        return mz_refuse(why, MZ_HEAD_TOO_LARGE,
                         mz_words("cause", MZ_BOTH("字段过多", "it has too many fields")),
                         mz_count("limit", MZ_HTTP_HEADERS_MAX));
    if (head->size > MZ_HTTP_HEAD_SIZE_MAX && head->target.size <= MZ_HTTP_TARGET_SIZE_MAX)
        return mz_refuse(why, MZ_HEAD_TOO_LARGE,
                         mz_words("cause", MZ_BOTH("总字节数", "bytes in all")),
                         mz_count("limit", MZ_HTTP_HEAD_SIZE_MAX));
    mz_status status = mz_target_decode(head->target, request, why);
    if (status == MZ_OK)
        status = judge_layout(head, why);
    if (status == MZ_OK)
        status = judge_fields(head, request, why);
    return status;
}
