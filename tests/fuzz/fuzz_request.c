/* fuzz_request.c — any bytes as a request's head, a target and a cursor: nothing crashes. A head
 * that is taken is, byte for byte, what anybody else would read in it: written again from its parts
 * it is the same. A target that is taken has no part that leads out or up. */
#include <string.h>

#include "cursor.h"
#include "head_text.h"
#include "match.h"
#include "target.h"

static bool is_line_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n' || byte == '\0';
}

/* One reading only: no byte of the head is in none of its parts. A NUL before a bare line feed
 * cannot be told from a carriage return there, because the library has written over both. */
static void check_same(const mz_http_head *head, mz_view input)
{
    mz_buf again;
    mz_buf_init(&again, head->size + 1);
    mz_buf_put(&again, head->method);
    mz_buf_put_text(&again, " ");
    mz_buf_put(&again, head->target);
    mz_buf_put_text(&again, " ");
    mz_buf_put(&again, head->version);
    mz_buf_put_text(&again, "\r\n");
    for (size_t i = 0; i < head->field_count; i++) {
        const mz_http_field *field = &head->fields[i];
        mz_buf_put(&again, field->name);
        mz_buf_put(&again, field->colon_gap);
        mz_buf_put(&again, field->value);
        mz_buf_put_text(&again, "\r\n");
    }
    mz_buf_put_text(&again, "\r\n");
    assert(again.size == head->size);
    for (size_t i = 0; i < head->size; i++)
        assert(again.data[i] == input.data[i] ||
               (is_line_end(again.data[i]) && is_line_end(input.data[i])));
    mz_buf_clear(&again);
}

static void check_target(const mz_request *request)
{
    mz_match match;
    for (size_t i = 0; i < request->segment_count; i++) {
        mz_view segment = request->segments[i];
        assert(segment.size > 0 && !mz_view_is(segment, ".") && !mz_view_is(segment, ".."));
        assert(memchr(segment.data, '\0', segment.size) == NULL);
    }
    if (mz_route_match(request, &match, NULL) != MZ_OK)
        return;
    assert(match.route != NULL && (match.methods & request->method) != 0);
    for (size_t i = 0; i < match.param_count; i++)
        assert(mz_param_fits(match.kinds[i], match.params[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mz_request request;
    static mz_http_head head;
    const mz_view input = {data, size};
    uint64_t before;
    if (mz_head_text(input, &head) && mz_request_judge(&head, &request, NULL) == MZ_OK) {
        check_same(&head, input);
        check_target(&request);
        (void)mz_request_language(&request);
    }
    if (mz_target_decode(input, &request, NULL) == MZ_OK) {
        request.method = MZ_GET;
        check_target(&request);
    }
    if (mz_cursor_read(input, &before)) {
        char text[MZ_CURSOR_SIZE + 1];
        mz_cursor_write(before, text);
        assert(mz_view_is(input, text));
    }
    return 0;
}
