/* test_service_text.c — requests and answers as text: tests/service/ *.txt, each request a test.
 * The form:
 *
 *     # a remark
 *     request: NAME          a new connection; `again: NAME` goes on with the last one
 *     > GET / HTTP/1.1       sent with an end of line; `>| ` sends exactly these bytes
 *     < 400                  the answer's code; `< closed` alone: no answer, the connection ends
 *     < Name: text           that header holds the text; `< !Name` it is not there
 *     < body: text           the body holds the text; `< body!` it is empty
 *     < closed, < open       the connection afterwards
 *
 * In what is sent \r \n \t \0 \\ \xHH stand for bytes and {N*c} for N times the character c; {jws}
 * is a signed entry, {jws2} another with its jti, {jws size} its bytes, {etag} the tag of the
 * answer before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "service_fixture.h"

#define CASES_MAX 400
#define LINES_MAX 40

typedef struct text_case {
    char *name;
    bool again;
    size_t line_count;
    char *lines[LINES_MAX];
} text_case;

static text_case cases[CASES_MAX];
static size_t case_count;
static mz_served served;
static mz_buf jws, jws_other;
static char last_etag[256];
static int connection = -1;

/* --- reading the files --- */

static void read_file(const char *path)
{
    char line[8192];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        bool again = strncmp(line, "again: ", 7) == 0;
        if (strncmp(line, "request: ", 9) == 0 || again) {
            assert_true(case_count < CASES_MAX);
            const char *base = strrchr(path, '/') + 1;
            char name[256];
            snprintf(name, sizeof name, "%.*s: %s", (int)strcspn(base, "."), base,
                     line + (again ? 7 : 9));
            cases[case_count++] = (text_case){.name = strdup(name), .again = again};
        } else if ((line[0] == '>' || line[0] == '<') && case_count > 0) {
            text_case *one = &cases[case_count - 1];
            assert_true(one->line_count < LINES_MAX);
            one->lines[one->line_count++] = strdup(line);
        } else {
            assert_true(line[0] == '#' || line[0] == '\0'); /* anything else is a slip */
        }
    }
    fclose(file);
}

static void read_files(void)
{
    glob_t found;
    assert_int_equal(glob(MZ_TEST_SOURCE_DIR "/service/*.txt", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_file(found.gl_pathv[i]);
    globfree(&found);
}

/* --- sending --- */

static const char *put_braced(mz_buf *out, const char *at)
{
    char *end;
    unsigned long count = strtoul(at + 1, &end, 10);
    if (strncmp(at, "{jws}", 5) == 0)
        mz_buf_put(out, mz_buf_view(&jws));
    else if (strncmp(at, "{jws2}", 6) == 0)
        mz_buf_put(out, mz_buf_view(&jws_other));
    else if (strncmp(at, "{jws size}", 10) == 0)
        mz_buf_put_format(out, "%zu", jws.size);
    else if (strncmp(at, "{jws size + 1}", 14) == 0)
        mz_buf_put_format(out, "%zu", jws.size + 1);
    else if (strncmp(at, "{jws2 size}", 11) == 0)
        mz_buf_put_format(out, "%zu", jws_other.size);
    else if (strncmp(at, "{etag}", 6) == 0)
        mz_buf_put_text(out, last_etag);
    else if (end > at + 1 && *end == '*' && end[2] == '}')
        for (; count > 0; count--)
            mz_buf_put(out, (mz_view){(const uint8_t *)end + 1, 1});
    else
        return NULL; /* a brace as such */
    return strchr(at, '}') + 1;
}

static const char *put_escaped(mz_buf *out, const char *at)
{
    static const char NAMES[] = "rnt0\\";
    static const uint8_t BYTES[] = {'\r', '\n', '\t', '\0', '\\'};
    const char *found = strchr(NAMES, at[1]);
    if (at[1] == 'x') {
        char hex[3] = {at[2], at[3], '\0'};
        uint8_t byte = (uint8_t)strtoul(hex, NULL, 16);
        mz_buf_put(out, (mz_view){&byte, 1});
        return at + 4;
    }
    assert_true(found != NULL && at[1] != '\0');
    mz_buf_put(out, (mz_view){&BYTES[found - NAMES], 1});
    return at + 2;
}

static void put_line(mz_buf *out, const char *line)
{
    bool exactly = line[1] == '|';
    const char *at = line + (exactly ? 2 : 1);
    at += *at == ' ' ? 1 : 0;
    while (*at != '\0') {
        const char *next = *at == '{' ? put_braced(out, at) : NULL;
        if (next == NULL && *at == '\\')
            next = put_escaped(out, at);
        if (next == NULL) {
            mz_buf_put(out, (mz_view){(const uint8_t *)at, 1});
            next = at + 1;
        }
        at = next;
    }
    if (!exactly)
        mz_buf_put_text(out, "\r\n");
}

/* --- looking at the answer --- */

static bool holds(mz_view text, const char *wanted)
{
    return text.size > 0 && memmem(text.data, text.size, wanted, strlen(wanted)) != NULL;
}

static void expect(const text_case *one, const char *line, const mz_got *got)
{
    char value[256], name[64];
    const char *colon = strstr(line, ": ");
    if (strncmp(line, "body: ", 6) == 0) {
        if (!holds(mz_got_body(got), line + 6))
            fail_msg("%s: no %s in the body: %.*s", one->name, line + 6,
                     (int)(mz_got_body(got).size < 600 ? mz_got_body(got).size : 600),
                     (const char *)mz_got_body(got).data);
    } else if (strcmp(line, "body!") == 0) {
        assert_int_equal(mz_got_body(got).size, 0);
    } else if (line[0] == '!') {
        if (mz_got_header(got, line + 1, value))
            fail_msg("%s: there is a %s: %s", one->name, line + 1, value);
    } else if (strcmp(line, "closed") == 0 || strcmp(line, "open") == 0) {
        bool wanted = strcmp(line, "closed") == 0;
        if (mz_client_closed(connection, wanted) != wanted)
            fail_msg("%s: the connection is not %s", one->name, line);
    } else if (colon != NULL) {
        snprintf(name, sizeof name, "%.*s", (int)(colon - line), line);
        if (!mz_got_header(got, name, value) || strstr(value, colon + 2) == NULL)
            fail_msg("%s: header %s is not %s:\n%.*s", one->name, name, colon + 2,
                     (int)got->head_size, (const char *)got->text.data);
    } else {
        fail_msg("%s: what is '%s'?", one->name, line);
    }
}

static void run_case(void **state)
{
    const text_case *one = *state;
    mz_buf request;
    mz_got got = {0};
    mz_buf_init(&request, 4u << 20);
    if (!one->again) {
        if (connection >= 0)
            close(connection);
        connection = mz_client_connect(&served);
    }
    for (size_t i = 0; i < one->line_count; i++)
        if (one->lines[i][0] == '>')
            put_line(&request, one->lines[i]);
    bool is_head = request.size > 5 && memcmp(request.data, "HEAD ", 5) == 0;
    bool sends = request.size > 0;
    mz_client_send(connection, mz_buf_view(&request));
    mz_buf_clear(&request);
    bool answered = mz_client_read(connection, is_head, &got);
    for (size_t i = 0; i < one->line_count; i++) {
        const char *line = one->lines[i] + 2;
        if (one->lines[i][0] == '>')
            continue;
        if (strcmp(line, "closed") == 0 && !answered)
            continue; /* no answer, and that is right */
        if (line[0] >= '1' && line[0] <= '5') {
            if (!answered)
                fail_msg("%s: no answer%s", one->name, sends ? "" : " (nothing was sent)");
            if (got.code != (unsigned)atoi(line))
                fail_msg("%s: %u, not %s: %.*s", one->name, got.code, line, (int)got.text.size,
                         (const char *)got.text.data);
            continue;
        }
        expect(one, line, &got);
    }
    if (answered)
        (void)mz_got_header(&got, "ETag", last_etag);
    mz_got_clear(&got);
}

static int begin(void **state)
{
    (void)state;
    mz_served_begin(&served);
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    mz_buf_init(&jws_other, MZ_JWS_SIZE_MAX);
    mz_served_entry(&served, 7, &jws);
    mz_sample_sign("reg-a", 7, served.now_ms, "party.registered", NULL,
                   "{'party':'p-other','kind':'person','name':'某人'}", &jws_other);
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (connection >= 0)
        close(connection);
    mz_served_end(&served);
    mz_buf_clear(&jws);
    mz_buf_clear(&jws_other);
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[CASES_MAX];
    read_files();
    for (size_t i = 0; i < case_count; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, &cases[i]};
    int failed = _cmocka_run_group_tests("test_service_text", tests, case_count, begin, end);
    for (size_t i = 0; i < case_count; i++) {
        for (size_t line = 0; line < cases[i].line_count; line++)
            free(cases[i].lines[line]);
        free(cases[i].name);
    }
    return failed;
}
