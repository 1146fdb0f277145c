/* test_http_client.c — what a client makes of any answer, on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "canned_server.h"
#include "edge/clock.h"
#include "remote/http_client.h"

#define BODY_MAX 64
#define TOTAL_MS 1500

static mz_http_client *client_new(void)
{
    const mz_http_client_options options = {.connect_ms = TOTAL_MS, .total_ms = TOTAL_MS};
    mz_http_client *client = NULL;
    assert_int_equal(mz_http_client_new(&options, &client, NULL), MZ_OK);
    return client;
}

/* --- answers --- */

#define HEAD(line, length) "HTTP/1.1 " line "\r\nContent-Length: " length "\r\n"

typedef struct answer_case {
    const char *name;
    const char *answer; /* NULL: none */
    mz_status want;
    unsigned code;
    const char *media_type, *etag, *body;
    int64_t retry_after_s;
} answer_case;

/* clang-format off */
static const answer_case ANSWERS[] = {
    {"plain", HEAD("200 OK", "2") "Content-Type: text/plain\r\nETag: \"a1\"\r\n\r\nhi", MZ_OK, 200,
     "text/plain", "\"a1\"", "hi", -1},
    {"conflict", HEAD("409 Conflict", "3") "Content-Type: text/x.tlog.size\r\n\r\n12\n", MZ_OK, 409,
     "text/x.tlog.size", "", "12\n", -1},
    {"come later", HEAD("503 Busy", "0") "Retry-After: 17\r\n\r\n", MZ_OK, 503, "", "", "", 17},
    {"later, as a date", HEAD("503 Busy", "0") "Retry-After: Fri, 31 Dec 1999\r\n\r\n", MZ_OK, 503,
     "", "", "", -1},
    {"a redirect is an answer", HEAD("302 Found", "0") "Location: http://127.0.0.1:1/\r\n\r\n",
     MZ_OK, 302, "", "", "", -1},
    {"as much as may come",
     HEAD("200 OK", "64") "\r\n0123456789012345678901234567890123456789012345678901234567890123",
     MZ_OK, 200, "", "", "0123456789012345678901234567890123456789012345678901234567890123", -1},
    {"a byte more",
     HEAD("200 OK", "65") "\r\n01234567890123456789012345678901234567890123456789012345678901234",
     MZ_TOO_LARGE, 0, NULL, NULL, NULL, 0},
    {"more than may come, in pieces",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n"
     "0123456789012345678901234567890123456789\r\n28\r\n0123456789012345678901234567890123456789"
     "\r\n0\r\n\r\n",
     MZ_TOO_LARGE, 0, NULL, NULL, NULL, 0},
    {"cut short", HEAD("200 OK", "10") "\r\nhi", MZ_IO, 0, NULL, NULL, NULL, 0},
    {"no HTTP", "hello\r\n\r\n", MZ_IO, 0, NULL, NULL, NULL, 0},
    {"gone", "", MZ_IO, 0, NULL, NULL, NULL, 0},
    {"silence", NULL, MZ_IO, 0, NULL, NULL, NULL, 0},
    {"a type that is too long",
     HEAD("200 OK", "0") "Content-Type: "
                         "text/0123456789012345678901234567890123456789012345678901234567890123456"
                         "7890123456789012345678901234567890\r\n\r\n",
     MZ_OK, 200, "", "", "", -1},
};
/* clang-format on */

static void test_answer(void **state)
{
    const answer_case *c = *state;
    canned_server *server =
        canned_server_start(c->answer, c->answer != NULL ? strlen(c->answer) : 0);
    mz_http_client *client = client_new();
    const mz_http_call call = {.url = canned_server_url(server)};
    mz_http_reply reply;
    mz_reason why = {0};
    mz_buf body;
    mz_buf_init(&body, BODY_MAX);
    mz_buf_put_text(&body, "from before");
    const int64_t before_ms = mz_clock_steady_ms();
    assert_int_equal(mz_http_client_call(client, &call, &reply, &body, &why), c->want);
    assert_true(mz_clock_steady_ms() - before_ms < 10 * TOTAL_MS);
    assert_int_equal(why.status, c->want);
    if (c->want == MZ_OK) {
        assert_int_equal(reply.code, c->code);
        assert_string_equal(reply.media_type, c->media_type);
        assert_string_equal(reply.etag, c->etag);
        assert_int_equal(reply.retry_after_s, c->retry_after_s);
        assert_true(mz_view_is(mz_buf_view(&body), c->body));
    }
    mz_buf_clear(&body);
    mz_http_client_free(client);
    canned_server_stop(server);
}

/* --- requests --- */

typedef struct request_case {
    const char *name;
    mz_http_call call; /* without its URL */
    const char *line;
    const char *const *has, *const *has_not; /* up to NULL */
    const char *body;
} request_case;

static const char *const NO_FORM[] = {"Content-Type", "Expect", "Transfer-Encoding", NULL};
static const char *const PLAIN[] = {"\r\nContent-Type: text/plain\r\n", "\r\nContent-Length: 5\r\n",
                                    NULL};
static const char *const FIELDS[] = {"\r\nAccept: text/csv\r\n", "\r\nIf-None-Match: \"x\"\r\n",
                                     NULL};
static const char *const EMPTY[] = {"\r\nContent-Length: 0\r\n", NULL};
static const char *const NOTHING[] = {NULL};

/* clang-format off */
static const request_case REQUESTS[] = {
    {"get",
     {.field_count = 2, .fields = {"Accept: text/csv", "If-None-Match: \"x\""}},
     "GET /a?b=c HTTP/1.1\r\n", FIELDS, NO_FORM, ""},
    {"post",
     {.method = MZ_CALL_POST, .media_type = "text/plain", .body = {(const uint8_t *)"a\0b\n!", 5}},
     "POST /a?b=c HTTP/1.1\r\n", PLAIN, NOTHING, NULL},
    {"post of nothing", {.method = MZ_CALL_POST}, "POST /a?b=c HTTP/1.1\r\n", EMPTY, NO_FORM, ""},
    {"put",
     {.method = MZ_CALL_PUT, .media_type = "text/plain", .body = {(const uint8_t *)"12345", 5}},
     "PUT /a?b=c HTTP/1.1\r\n", PLAIN, NOTHING, "12345"},
};
/* clang-format on */

static void test_request(void **state)
{
    static const char ANSWER[] = HEAD("200 OK", "0") "\r\n";
    const request_case *c = *state;
    canned_server *server = canned_server_start(ANSWER, sizeof ANSWER - 1);
    mz_http_client *client = client_new();
    mz_http_call call = c->call;
    mz_http_reply reply;
    char url[100];
    mz_buf body;
    mz_buf_init(&body, BODY_MAX);
    (void)snprintf(url, sizeof url, "%s/a?b=c", canned_server_url(server));
    call.url = url;
    for (int i = 0; i < 2; i++) { /* the second finds the connection closed */
        assert_int_equal(mz_http_client_call(client, &call, &reply, &body, NULL), MZ_OK);
        const char *request = canned_server_request(server);
        assert_int_equal(strncmp(request, c->line, strlen(c->line)), 0);
        for (const char *const *text = c->has; *text != NULL; text++)
            assert_non_null(strstr(request, *text));
        for (const char *const *text = c->has_not; *text != NULL; text++)
            assert_null(strstr(request, *text));
        if (c->body != NULL)
            assert_string_equal(strstr(request, "\r\n\r\n") + 4, c->body);
    }
    mz_buf_clear(&body);
    mz_http_client_free(client);
    canned_server_stop(server);
}

/* clang-format off */
static const mz_http_call NOT_CALLS[] = {
    {.url = ""},
    {.url = "example.org"},
    {.url = "ftp://example.org/"},
    {.url = "file:///etc/passwd"},
    {.url = "http://"},
    {.url = "http://user:secret@example.org/"},
    {.url = "http://example.org/#part"},
    {.url = "http://exa mple.org/"},
    {.url = "http://127.0.0.1:1/", .field_count = 1, .fields = {"A: b\r\nC: d"}},
};
/* clang-format on */

static void test_not_a_call(void **state)
{
    (void)state;
    mz_http_client *client = client_new();
    for (size_t i = 0; i < sizeof NOT_CALLS / sizeof NOT_CALLS[0]; i++) {
        mz_http_reply reply;
        mz_reason why = {0};
        mz_buf body;
        mz_buf_init(&body, BODY_MAX);
        assert_int_equal(mz_http_client_call(client, &NOT_CALLS[i], &reply, &body, &why),
                         MZ_BAD_VALUE);
        mz_buf_clear(&body);
    }
    mz_http_client_free(client);
}

static void test_nobody_there(void **state)
{
    (void)state;
    canned_server *server = canned_server_start("", 0);
    char url[64];
    (void)snprintf(url, sizeof url, "%s", canned_server_url(server));
    canned_server_stop(server);
    mz_http_client *client = client_new();
    const mz_http_call call = {.url = url};
    mz_http_reply reply;
    mz_reason why = {0};
    char text[400];
    mz_buf body;
    mz_buf_init(&body, BODY_MAX);
    assert_int_equal(mz_http_client_call(client, &call, &reply, &body, &why), MZ_IO);
    mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
    assert_non_null(strstr(text, url)); /* whose answer is missing */
    mz_buf_clear(&body);
    mz_http_client_free(client);
}

/* --- stopping --- */

typedef struct stopping {
    mz_http_client *client;
    canned_server *server;
    mz_status status;
} stopping;

static void *call_on(void *context)
{
    stopping *s = context;
    const mz_http_call call = {.url = canned_server_url(s->server)};
    mz_http_reply reply;
    mz_buf body;
    mz_buf_init(&body, BODY_MAX);
    s->status = mz_http_client_call(s->client, &call, &reply, &body, NULL);
    mz_buf_clear(&body);
    return NULL;
}

static void test_stop(void **state)
{
    (void)state;
    const mz_http_client_options patient = {.total_ms = INT64_C(3600) * 1000};
    stopping s = {.server = canned_server_start(NULL, 0), .status = MZ_OK};
    pthread_t thread;
    assert_int_equal(mz_http_client_new(&patient, &s.client, NULL), MZ_OK);
    assert_int_equal(pthread_create(&thread, NULL, call_on, &s), 0);
    canned_server_wait(s.server); /* the call is under way */
    mz_http_client_stop(s.client);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(s.status, MZ_IO);
    s.status = MZ_OK;
    call_on(&s); /* and so is every later one */
    assert_int_equal(s.status, MZ_IO);
    mz_http_client_free(s.client);
    canned_server_stop(s.server);
}

int main(void)
{
    enum { ANSWER_COUNT = sizeof ANSWERS / sizeof ANSWERS[0] };
    enum { REQUEST_COUNT = sizeof REQUESTS / sizeof REQUESTS[0] };
    struct CMUnitTest tests[ANSWER_COUNT + REQUEST_COUNT + 3];
    size_t count = 0;
    for (size_t i = 0; i < ANSWER_COUNT; i++) {
        answer_case *row = (answer_case *)(uintptr_t)&ANSWERS[i];
        tests[count++] =
            (struct CMUnitTest){.name = row->name, .test_func = test_answer, .initial_state = row};
    }
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        request_case *row = (request_case *)(uintptr_t)&REQUESTS[i];
        tests[count++] =
            (struct CMUnitTest){.name = row->name, .test_func = test_request, .initial_state = row};
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_not_a_call);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_nobody_there);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_stop);
    return cmocka_run_group_tests_name("http_client", tests, NULL, NULL);
}
