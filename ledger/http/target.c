/* target.c — path and query of a request, taken apart and percent-decoded, once. */
#include <string.h>

#include "core/text.h"
#include "http/strict.h"

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_REQUEST, mz_words("cause", cause));
}

/* What RFC 3986 lets stand in a path or query, the percent sign included. */
static bool may_stand(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("-._~!$&'()*+,;=:@/?%", byte) != NULL);
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
        return (byte | 0x20) - 'a' + 10;
    return -1;
}

static bool acceptable(mz_view text)
{
    if (!mz_utf8_valid(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] == 0x7f)
            return false;
    return true;
}

/* Decodes into the request's room, where everything decoded fits: it is never longer. */
static bool decode(mz_view text, bool plus_is_blank, mz_request *request, mz_view *out)
{
    uint8_t *to = request->room + request->room_used;
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte == '%') {
            bool whole = text.size - i > 2;
            int high = whole ? hex_digit(text.data[i + 1]) : -1;
            int low = whole ? hex_digit(text.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            byte = (uint8_t)(high * 16 + low);
            i += 2;
        } else if (byte == '+' && plus_is_blank) {
            byte = ' ';
        }
        to[size++] = byte;
    }
    *out = (mz_view){to, size};
    request->room_used += size;
    return acceptable(*out);
}

static mz_status split_path(mz_request *request, mz_reason *why)
{
    mz_view rest = {request->path.data + 1, request->path.size - 1};
    request->segment_count = 0;
    while (rest.size > 0 || request->path.data[request->path.size - 1] == '/') {
        if (rest.size == 0 && request->segment_count == 0)
            return MZ_OK; /* "/" */
        const uint8_t *slash = rest.size == 0 ? NULL : memchr(rest.data, '/', rest.size);
        size_t size = slash == NULL ? rest.size : (size_t)(slash - rest.data);
        mz_view segment;
        if (request->segment_count == MZ_HTTP_SEGMENTS_MAX)
            return bad(why, MZ_BOTH("路径层数过多", "the path has too many parts"));
        if (!decode((mz_view){rest.data, size}, false, request, &segment))
            return bad(why, MZ_BOTH("路径的百分号编码不对", "the path is not properly encoded"));
        if (segment.size == 0 || mz_view_is(segment, ".") || mz_view_is(segment, ".."))
            return bad(why, MZ_BOTH("路径中有空的、“.”或“..”一段",
                                    "the path has an empty part, \".\" or \"..\""));
        request->segments[request->segment_count++] = segment;
        if (slash == NULL)
            return MZ_OK;
        rest = (mz_view){slash + 1, rest.size - size - 1};
    }
    return MZ_OK;
}

static mz_status split_query(mz_view query, mz_request *request, mz_reason *why)
{
    request->query_count = 0;
    while (query.size > 0) {
        const uint8_t *end = memchr(query.data, '&', query.size);
        size_t size = end == NULL ? query.size : (size_t)(end - query.data);
        const uint8_t *equals = size == 0 ? NULL : memchr(query.data, '=', size);
        size_t name_size = equals == NULL ? size : (size_t)(equals - query.data);
        mz_view name, value = {query.data, 0};
        if (request->query_count == MZ_HTTP_QUERY_MAX || name_size == 0)
            return bad(why, MZ_BOTH("查询参数过多或没有名称",
                                    "the query has too many members, or one without a name"));
        if (!decode((mz_view){query.data, name_size}, true, request, &name) ||
            (equals != NULL &&
             !decode((mz_view){equals + 1, size - name_size - 1}, true, request, &value)))
            return bad(why,
                       MZ_BOTH("查询参数的百分号编码不对", "the query is not properly encoded"));
        for (size_t i = 0; i < request->query_count; i++)
            if (mz_view_equal(request->query[i].name, name))
                return bad(why, MZ_BOTH("同一个查询参数出现了两次", "a query member is repeated"));
        request->query[request->query_count].name = name;
        request->query[request->query_count++].value = value;
        if (end == NULL)
            return MZ_OK;
        query = (mz_view){end + 1, query.size - size - 1};
    }
    return MZ_OK;
}

mz_status mz_target_decode(mz_view target, mz_request *request, mz_reason *why)
{
    if (target.size > MZ_HTTP_TARGET_SIZE_MAX)
        return mz_refuse(why, MZ_TARGET_TOO_LONG, mz_count("size", (int64_t)target.size),
                         mz_count("limit", MZ_HTTP_TARGET_SIZE_MAX));
    if (target.size == 0 || target.data[0] != '/')
        return bad(why, MZ_BOTH("网址须以“/”开头", "the target must begin with a slash"));
    for (size_t i = 0; i < target.size; i++)
        if (!may_stand(target.data[i]))
            return bad(why, MZ_BOTH("网址中有未编码的字符",
                                    "the target holds a character that is not encoded"));
    const uint8_t *mark = memchr(target.data, '?', target.size);
    request->target = target;
    request->room_used = 0;
    request->path =
        (mz_view){target.data, mark == NULL ? target.size : (size_t)(mark - target.data)};
    mz_status status = split_path(request, why);
    if (status == MZ_OK && mark != NULL)
        status =
            split_query((mz_view){mark + 1, target.size - request->path.size - 1}, request, why);
    else if (status == MZ_OK)
        request->query_count = 0;
    return status;
}
