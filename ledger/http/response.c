#include "http/response.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"

void mz_response_init(mz_response *response)
{
    *response = (mz_response){.code = 200, .media_type = MZ_MEDIA_JSON, .file = -1};
    mz_buf_init(&response->body, MZ_HTTP_ANSWER_SIZE_MAX);
}

void mz_response_clear(mz_response *response)
{
    mz_response_reset(response);
}

void mz_response_reset(mz_response *response)
{
    mz_buf_clear(&response->body);
    if (response->file >= 0)
        close(response->file);
    response->file = -1;
    response->packed = false;
    response->cache = MZ_CACHE_NONE;
    response->header_count = 0;
}

void mz_response_header(mz_response *response, const char *name, const char *format, ...)
{
    assert(response->header_count < MZ_RESPONSE_HEADERS_MAX);
    char *value = response->headers[response->header_count].value;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(value, MZ_RESPONSE_HEADER_SIZE_MAX, format, arguments);
    va_end(arguments);
    assert(size > 0 && size < MZ_RESPONSE_HEADER_SIZE_MAX);
    for (int i = 0; i < size; i++)
        assert(value[i] >= 0x20 && value[i] < 0x7f);
    response->headers[response->header_count++].name = name;
}

mz_status mz_response_json(mz_response *response, json_t *value, mz_reason *why)
{
    mz_status status = MZ_NO_MEMORY;
    if (value != NULL)
        status = mz_json_print(value, &response->body);
    json_decref(value);
    if (status == MZ_TOO_LARGE)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("回答", "the answer")),
                         mz_count("size", MZ_HTTP_ANSWER_SIZE_MAX + 1),
                         mz_count("limit", MZ_HTTP_ANSWER_SIZE_MAX));
    if (status != MZ_OK)
        return mz_refuse(why, status);
    mz_buf_put_text(&response->body, "\n");
    response->media_type = MZ_MEDIA_JSON;
    return response->body.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}
