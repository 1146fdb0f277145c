#include "match.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/event.h"
#include "core/text.h"
#include "cursor.h"

#define NUMBER_MAX (((uint64_t)1 << 53) - 1) /* what every JSON reader holds */

bool mz_number_read(mz_view text, uint64_t *number)
{
    *number = 0;
    if (text.size == 0 || text.size > 16 || (text.data[0] == '0' && text.size > 1))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *number = *number * 10 + (text.data[i] - '0');
    }
    return *number <= NUMBER_MAX;
}

static bool is_month(mz_view text)
{
    if (text.size != 7 || text.data[4] != '-')
        return false;
    for (size_t i = 0; i < 7; i++)
        if (i != 4 && (text.data[i] < '0' || text.data[i] > '9'))
            return false;
    int month = (text.data[5] - '0') * 10 + text.data[6] - '0';
    return month >= 1 && month <= 12;
}

static bool is_day(mz_view text)
{
    int32_t day;
    return mz_day_parse(text, &day);
}

static bool is_sha256(mz_view text)
{
    uint8_t bytes[32];
    size_t size;
    return text.size == 64 && mz_hex_decode(text, bytes, sizeof(bytes), &size) && size == 32;
}

bool mz_param_fits(mz_param_kind kind, mz_view text)
{
    uint64_t number;
    switch (kind) {
    case MZ_PARAM_ID:
        return mz_id_valid(text);
    case MZ_PARAM_NUMBER:
        return mz_number_read(text, &number);
    case MZ_PARAM_SHA256:
        return is_sha256(text);
    case MZ_PARAM_TOKEN:
        return mz_ascii_token(text, 64);
    case MZ_PARAM_TEXT:
        return mz_text_check_bytes(text, 64, "", NULL) == MZ_OK;
    case MZ_PARAM_MONTH:
        return is_month(text);
    case MZ_PARAM_DAY:
        return is_day(text);
    case MZ_PARAM_EVENT:
        return mz_event_row_named(text) != NULL;
    case MZ_PARAM_CURSOR:
        return mz_cursor_read(text, &number);
    case MZ_PARAM_LANGUAGE:
        return mz_view_is(text, "zh") || mz_view_is(text, "en");
    case MZ_PARAM_REST:
        return true;
    }
    return false;
}

const char *mz_param_kind_text(mz_param_kind kind)
{
    static const char *const TEXTS[] = {
        [MZ_PARAM_ID] = MZ_BOTH("编号", "an identifier"),
        [MZ_PARAM_NUMBER] = MZ_BOTH("不带符号的整数", "a whole number without sign"),
        [MZ_PARAM_SHA256] = MZ_BOTH("64 位小写十六进制", "64 lowercase hex digits"),
        [MZ_PARAM_TOKEN] = MZ_BOTH("1 至 64 个可见字符", "1 to 64 visible characters"),
        [MZ_PARAM_TEXT] = MZ_BOTH("1 至 64 字节的文字", "1 to 64 bytes of text"),
        [MZ_PARAM_MONTH] = "YYYY-MM",
        [MZ_PARAM_DAY] = "YYYY-MM-DD",
        [MZ_PARAM_EVENT] = MZ_BOTH("事项目录中的名称", "a name of the catalogue"),
        [MZ_PARAM_CURSOR] = MZ_BOTH("上一个回答中的 next", "next of the answer before"),
        [MZ_PARAM_LANGUAGE] = "zh | en",
        [MZ_PARAM_REST] = MZ_BOTH("路径", "a path"),
    };
    return TEXTS[kind];
}

const mz_param *mz_param_named(mz_view name)
{
    for (size_t i = 0; i < MZ_PARAM_COUNT; i++)
        if (mz_view_is(name, MZ_PARAMS[i].name))
            return &MZ_PARAMS[i];
    return NULL;
}

/* The next part of a pattern, without its slash; false at the end. */
static bool next_part(const char **pattern, mz_view *part)
{
    if (**pattern == '\0' || strcmp(*pattern, "/") == 0)
        return false;
    const char *begin = *pattern + 1, *end = strchr(begin, '/');
    size_t size = end == NULL ? strlen(begin) : (size_t)(end - begin);
    *part = (mz_view){(const uint8_t *)begin, size};
    *pattern = begin + size;
    return true;
}

/* The rest of the path from a segment on, as sent. */
static mz_view rest_from(const mz_request *request, size_t segment)
{
    mz_view rest = {request->path.data + 1, request->path.size - 1};
    for (; segment > 0; segment--) {
        const uint8_t *slash = memchr(rest.data, '/', rest.size);
        rest = (mz_view){slash + 1, rest.size - (size_t)(slash + 1 - rest.data)};
    }
    return rest;
}

/* Of "{table}.csv" and "income.csv" leaves "{table}" and "income"; false when the ends differ. */
static bool cut_end(mz_view *part, mz_view *given)
{
    const uint8_t *brace = memchr(part->data, '}', part->size);
    assert(brace != NULL);
    const mz_view end = {brace + 1, part->size - (size_t)(brace + 1 - part->data)};
    part->size -= end.size;
    if (given->size < end.size)
        return false;
    given->size -= end.size;
    return mz_view_equal((mz_view){given->data + given->size, end.size}, end);
}

static bool fits(const mz_request *request, const mz_route *route, mz_match *match)
{
    const char *pattern = route->pattern;
    mz_view part;
    size_t segment = 0;
    match->param_count = 0;
    for (; next_part(&pattern, &part); segment++) {
        if (segment == request->segment_count)
            return false;
        mz_view given = request->segments[segment];
        if (part.data[0] != '{') {
            if (!mz_view_equal(part, given))
                return false;
            continue;
        }
        if (!cut_end(&part, &given))
            return false;
        const mz_param *param = mz_param_named((mz_view){part.data + 1, part.size - 2});
        if (param == NULL || !mz_param_fits(param->kind, given))
            return false;
        bool is_rest = param->kind == MZ_PARAM_REST;
        match->kinds[match->param_count] = param->kind;
        match->params[match->param_count++] = is_rest ? rest_from(request, segment) : given;
        if (is_rest)
            return true;
    }
    return segment == request->segment_count;
}

void mz_methods_text(unsigned methods, char text[64])
{
    static const struct {
        mz_method method;
        const char *name;
    } names[] = {
        {MZ_GET,     "GET"    },
        {MZ_HEAD,    "HEAD"   },
        {MZ_POST,    "POST"   },
        {MZ_PUT,     "PUT"    },
        {MZ_OPTIONS, "OPTIONS"}
    };
    size_t size = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if ((methods & names[i].method) != 0)
            size += (size_t)snprintf(text + size, 64 - size, "%s%s", size == 0 ? "" : ", ",
                                     names[i].name);
}

static unsigned methods_of(const mz_route *route)
{
    return route->methods | MZ_OPTIONS | ((route->methods & MZ_GET) != 0 ? MZ_HEAD : 0u);
}

static mz_status check_query(const mz_request *request, const mz_route *route, mz_reason *why)
{
    for (size_t i = 0; i < request->query_count; i++) {
        mz_view name = request->query[i].name, value = request->query[i].value;
        const char *const *known = route->query;
        while (known != NULL && *known != NULL && !mz_view_is(name, *known))
            known++;
        if (known == NULL || *known == NULL) {
            if (route->any_query)
                continue;
            return mz_refuse(why, MZ_UNKNOWN_MEMBER, mz_words_view("path", name));
        }
        const mz_param *param = mz_param_named(name);
        assert(param != NULL); /* every member of a route's query has its row: see the tests */
        if (!mz_param_fits(param->kind, value))
            return mz_refuse(why, MZ_BAD_VALUE, mz_words_view("path", name),
                             mz_words("want", mz_param_kind_text(param->kind)));
    }
    return MZ_OK;
}

mz_status mz_route_match(const mz_request *request, mz_match *match, mz_reason *why)
{
    char want[64];
    mz_match fitting;
    *match = (mz_match){0};
    for (size_t i = 0; i < MZ_ROUTE_COUNT; i++) {
        const mz_route *route = &MZ_ROUTES[i];
        if (!fits(request, route, &fitting))
            continue;
        unsigned methods = methods_of(route);
        if (match->route == NULL && (methods & request->method) != 0) {
            unsigned before = match->methods;
            *match = fitting;
            match->route = route;
            match->methods = before;
        }
        match->methods |= methods;
    }
    if (match->methods == 0)
        return mz_refuse(why, MZ_NO_SUCH_PAGE, mz_words_view("path", request->path));
    if (match->route == NULL) {
        mz_methods_text(match->methods, want);
        return mz_refuse(why, MZ_WRONG_METHOD, mz_words("method", mz_method_name(request->method)),
                         mz_words("want", want));
    }
    return request->method == MZ_OPTIONS ? MZ_OK : check_query(request, match->route, why);
}
