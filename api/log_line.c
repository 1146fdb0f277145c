#include "log_line.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"
#include "edge/clock.h"

static void put(mz_log_line *line, const char *text, size_t size)
{
    size_t room = sizeof(line->text) - 3 - line->size; /* for `"}` and the line's end */
    if (size > room)
        size = 0; /* a member that does not fit is left out whole by its writer; see fits */
    memcpy(line->text + line->size, text, size);
    line->size += size;
}

static bool fits(const mz_log_line *line, size_t size)
{
    return line->size + size + 8 < sizeof(line->text) - 3;
}

static void put_name(mz_log_line *line, const char *name)
{
    put(line, line->size > 1 ? ",\"" : "\"", line->size > 1 ? 2 : 1);
    put(line, name, strlen(name));
    put(line, "\":", 2);
}

void mz_log_line_text(mz_log_line *line, const char *name, const char *value)
{
    char escaped[768];
    size_t size = 0;
    for (; *value != '\0' && size + 7 < sizeof(escaped); value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte == '"' || byte == '\\')
            escaped[size++] = '\\';
        if (byte < 0x20)
            size += (size_t)snprintf(escaped + size, 7, "\\u%04x", byte);
        else
            escaped[size++] = (char)byte;
    }
    size = mz_utf8_cut((mz_view){(const uint8_t *)escaped, size}, size);
    if (!fits(line, strlen(name) + size))
        return;
    put_name(line, name);
    put(line, "\"", 1);
    put(line, escaped, size);
    put(line, "\"", 1);
}

void mz_log_line_number(mz_log_line *line, const char *name, int64_t value)
{
    char text[24];
    int size = snprintf(text, sizeof(text), "%lld", (long long)value);
    if (!fits(line, strlen(name) + (size_t)size))
        return;
    put_name(line, name);
    put(line, text, (size_t)size);
}

void mz_log_line_begin(mz_log_line *line, const char *level, const char *what)
{
    char at[80];
    int64_t now_ms = mz_clock_now_unix_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    snprintf(at, sizeof(at), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
             (int)(now_ms % 1000));
    line->size = 0;
    put(line, "{", 1);
    mz_log_line_text(line, "at", at);
    mz_log_line_text(line, "level", level);
    mz_log_line_text(line, "what", what);
}

void mz_log_line_reason(mz_log_line *line, const mz_reason *why)
{
    char text[512];
    mz_reason_text(why, MZ_ENGLISH, text, sizeof(text));
    mz_log_line_text(line, "code", mz_status_code(why->status));
    mz_log_line_number(line, "number", (int64_t)why->status);
    mz_log_line_text(line, "cause", text);
}

void mz_log_line_end(mz_log_line *line)
{
    line->text[line->size++] = '}';
    line->text[line->size++] = '\n';
    /* one write, so that lines of several threads do not mix; a log that is full stops nobody */
    ssize_t written = write(STDERR_FILENO, line->text, line->size);
    (void)written;
}
