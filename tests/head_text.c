#include "head_text.h"

#include <string.h>

/* The next line without its end; false when none ends. */
static bool next_line(mz_view *rest, mz_view *line)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL)
        return false;
    size_t size = (size_t)(end - rest->data);
    *line = (mz_view){rest->data, size > 0 && end[-1] == '\r' ? size - 1 : size};
    *rest = (mz_view){end + 1, rest->size - size - 1};
    return true;
}

/* What stands before the first byte of that kind; all of it when there is none. */
static mz_view until(mz_view text, uint8_t byte)
{
    const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, byte, text.size);
    return (mz_view){text.data, end == NULL ? text.size : (size_t)(end - text.data)};
}

static mz_view behind(mz_view text, size_t size)
{
    return (mz_view){text.data + size, text.size - size};
}

static mz_view without_blanks(mz_view text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = behind(text, 1);
    return text;
}

static mz_view gap(mz_view left, const uint8_t *right)
{
    const uint8_t *end = left.data + left.size;
    return (mz_view){end, (size_t)(right - end)};
}

static bool first_line(mz_view line, mz_http_head *head)
{
    head->method = until(line, ' ');
    mz_view rest = without_blanks(behind(line, head->method.size));
    mz_view target = until(rest, ' ');
    head->target = until(target, '\0');
    rest = without_blanks(behind(rest, target.size));
    head->version = rest;
    head->method_gap = gap(head->method, head->target.data);
    head->target_gap = gap(head->target, head->version.data);
    return head->method.size > 0 && head->target.size > 0 && head->version.size > 0;
}

static void add_field(mz_view line, mz_http_head *head)
{
    mz_http_field field = {.name = until(line, ':')};
    mz_view rest = behind(line, field.name.size);
    if (rest.size > 0)
        rest = without_blanks(behind(rest, 1));
    field.value = until(rest, '\0');
    if (head->field_count == MZ_HTTP_HEADERS_MAX)
        head->more_fields = true;
    else
        head->fields[head->field_count++] = field;
}

bool mz_head_text(mz_view text, mz_http_head *head)
{
    mz_view rest = text, line, last = {0};
    *head = (mz_http_head){0};
    if (!next_line(&rest, &line) || !first_line(line, head))
        return false;
    for (;;) {
        last.data = rest.data;
        if (!next_line(&rest, &line))
            return false;
        if (line.size == 0)
            break;
        bool goes_on = (line.data[0] == ' ' || line.data[0] == '\t') && head->field_count > 0;
        mz_view *value = goes_on ? &head->fields[head->field_count - 1].value : NULL;
        if (goes_on)
            value->size = (size_t)(line.data + line.size - value->data);
        else
            add_field(line, head);
    }
    head->size = (size_t)(rest.data - text.data);
    const uint8_t *end = text.data + head->size;
    head->version_gap = gap(head->version, head->field_count > 0 ? head->fields[0].name.data : end);
    for (size_t i = 0; i < head->field_count; i++) {
        mz_http_field *field = &head->fields[i];
        field->colon_gap = gap(field->name, field->value.data);
        field->line_gap = gap(field->value, i + 1 < head->field_count ? field[1].name.data : end);
    }
    return last.data != NULL;
}
