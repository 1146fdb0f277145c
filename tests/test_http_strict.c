/* test_http_strict.c — which heads are taken, row by row; how targets are decoded; which language
 * and which code. Without a socket: what the library makes of odd bytes is tried in tests/service/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cursor.h"
#include "head_text.h"
#include "match.h"
#include "problem.h"

/* --- heads --- */

struct head_case {
    const char *name, *text;
    mz_status want;
};

#define GET(fields) "GET / HTTP/1.1\r\n" fields "\r\n"
#define POST(fields) "POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"

static const struct head_case HEAD_CASES[] = {
    {"head: the least",                             GET("Host: a\r\n"),                                                      MZ_OK             },
    {"head: HTTP/1.0",                              "GET / HTTP/1.0\r\nHost: a\r\n\r\n",                                     MZ_OK             },
    {"head: no blank after the colon",              GET("Host:a\r\n"),                                                       MZ_OK             },
    {"head: eight blanks",                          GET("Host:        a\r\n"),                                               MZ_OK             },
    {"head: nine blanks",                           GET("Host:         a\r\n"),                                              MZ_BAD_REQUEST    },
    {"head: names in any case",                     GET("hOsT: a\r\n"),                                                      MZ_OK             },
    {"head: an address as host",                    GET("Host: [::1]:8080\r\n"),                                             MZ_OK             },
    {"head: obs-text in a value that nobody reads", GET("Host: a\r\nX: \xff\r\n"),                                           MZ_OK             },
    {"head: HTTP/1.2",                              "GET / HTTP/1.2\r\nHost: a\r\n\r\n",                                     MZ_HTTP_VERSION   },
    {"head: http in small letters",                 "GET / http/1.1\r\nHost: a\r\n\r\n",                                     MZ_HTTP_VERSION   },
    {"head: no host",                               GET(""),                                                                 MZ_BAD_REQUEST    },
    {"head: two hosts",                             GET("Host: a\r\nhost: a\r\n"),                                           MZ_BAD_REQUEST    },
    {"head: host with a path",                      GET("Host: a/b\r\n"),                                                    MZ_BAD_REQUEST    },
    {"head: host with a blank",                     GET("Host: a b\r\n"),                                                    MZ_BAD_REQUEST    },
    {"head: bare line feeds",                       "GET / HTTP/1.1\nHost: a\n\n",                                           MZ_BAD_REQUEST    },
    {"head: one bare line feed",                    "GET / HTTP/1.1\r\nHost: a\n\r\n",                                       MZ_BAD_REQUEST    },
    {"head: the last line end is bare",             "GET / HTTP/1.1\r\nHost: a\r\n\n",                                       MZ_BAD_REQUEST    },
    {"head: two blanks",                            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",                                    MZ_BAD_REQUEST    },
    {"head: a tab",                                 "GET /\tHTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n",                           MZ_BAD_REQUEST    },
    {"head: a line that goes on",                   GET("Host: a\r\nX: b\r\n c\r\n"),                                        MZ_BAD_REQUEST    },
    {"head: a name with a blank",                   GET("Host : a\r\n"),                                                     MZ_BAD_REQUEST    },
    {"head: a line without a colon",                GET("Host: a\r\nX\r\n"),                                                 MZ_BAD_REQUEST    },
    {"head: an empty name",                         GET("Host: a\r\n: x\r\n"),                                               MZ_BAD_REQUEST    },
    {"head: DEL in a value",                        GET("Host: a\r\nX: \x7f\r\n"),                                           MZ_BAD_REQUEST    },
    {"head: a carriage return in a value",          GET("Host: a\r\nX: a\rb\r\n"),                                           MZ_BAD_REQUEST    },
    {"head: a tab in a value",                      GET("Host: a\r\nX: a\tb\r\n"),                                           MZ_OK             },
    {"length: one",                                 POST("Content-Length: 1\r\n"),                                           MZ_OK             },
    {"length: zeros in front",                      POST("Content-Length: 0001\r\n"),                                        MZ_OK             },
    {"length: none",                                POST(""),                                                                MZ_LENGTH_REQUIRED},
    {"length: empty",                               POST("Content-Length:\r\n"),                                             MZ_BAD_REQUEST    },
    {"length: negative",                            POST("Content-Length: -1\r\n"),                                          MZ_BAD_REQUEST    },
    {"length: plus",                                POST("Content-Length: +1\r\n"),                                          MZ_BAD_REQUEST    },
    {"length: a list",                              POST("Content-Length: 1,1\r\n"),                                         MZ_BAD_REQUEST    },
    {"length: a blank behind",                      POST("Content-Length: 1 \r\n"),                                          MZ_BAD_REQUEST    },
    {"length: twice",                               POST("Content-Length: 1\r\nContent-Length: 1\r\n"),                      MZ_BAD_REQUEST    },
    {"length: sixteen digits",                      POST("Content-Length: 1000000000000000\r\n"),                            MZ_BAD_REQUEST    },
    {"length: a body of a GET",                     GET("Host: a\r\nContent-Length: 1\r\n"),                                 MZ_BAD_REQUEST    },
    {"length: nothing of a GET",                    GET("Host: a\r\nContent-Length: 0\r\n"),                                 MZ_OK             },
    {"coding: chunked",                             POST("Transfer-Encoding: chunked\r\n"),                                  MZ_LENGTH_REQUIRED},
    {"coding: identity",                            POST("Transfer-Encoding: identity\r\n"),                                 MZ_LENGTH_REQUIRED},
    {"coding: empty",                               POST("Transfer-Encoding:\r\n"),                                          MZ_LENGTH_REQUIRED},
    {"coding: beside a length",                     POST("Transfer-Encoding: x\r\nContent-Length: 1\r\n"),
     MZ_BAD_REQUEST                                                                                                                            },
    {"coding: twice",                               POST("Transfer-Encoding: x\r\nTransfer-Encoding: y\r\n"),                MZ_BAD_REQUEST    },
    {"coding: of a GET",                            GET("Host: a\r\nTransfer-Encoding: chunked\r\n"),                        MZ_LENGTH_REQUIRED},
    {"coding: a packed body",                       POST("Content-Length: 1\r\nContent-Encoding: gzip\r\n"),
     MZ_WRONG_MEDIA                                                                                                                            },
    {"coding: one that is none",                    POST("Content-Length: 1\r\nContent-Encoding: identity\r\n"),
     MZ_OK                                                                                                                                     },
    {"expect: the usual",                           POST("Content-Length: 1\r\nExpect: 100-Continue\r\n"),                   MZ_OK             },
    {"expect: another",                             POST("Content-Length: 1\r\nExpect: x\r\n"),                              MZ_BAD_EXPECTATION},
    {"expect: twice",                               POST("Content-Length: 1\r\nExpect: x\r\nExpect: x\r\n"),                 MZ_BAD_REQUEST    },
    {"token: twice",                                GET("Host: a\r\nAuthorization: x\r\nAuthorization: x\r\n"),              MZ_BAD_REQUEST    },
    {"type: twice",                                 POST("Content-Length: 1\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n"),
     MZ_BAD_REQUEST                                                                                                                            },
};

static void check_head(void **state)
{
    const struct head_case *c = *state;
    mz_http_head head;
    mz_request request;
    mz_reason why = {0};
    assert_true(mz_head_text(mz_view_of(c->text), &head));
    assert_int_equal(mz_request_judge(&head, &request, &why), c->want);
    assert_int_equal(why.status, c->want);
}

/* --- targets --- */

struct target_case {
    const char *name, *target;
    mz_status want;
    const char *parts; /* segments and members, each behind a bar */
};

static const struct target_case TARGET_CASES[] = {
    {"target: the root",                       "/",                            MZ_OK,          ""                        },
    {"target: two parts",                      "/a/b",                         MZ_OK,          "|a|b"                    },
    {"target: escaped",                        "/%e9%97%bb%2F",                MZ_OK,          "|闻/"                   },
    {"target: plus in a path is plus",         "/a+b",                         MZ_OK,          "|a+b"                    },
    {"target: a query",                        "/a?b=c&d=%20+e",               MZ_OK,          "|a|b|c|d|  e"            },
    {"target: a member without a value",       "/a?b",                         MZ_OK,          "|a|b|"                   },
    {"target: an empty query",                 "/a?",                          MZ_OK,          "|a"                      },
    {"target: a question in a query",          "/a?b=c?d",                     MZ_OK,          "|a|b|c?d"                },
    {"target: two equals signs",               "/a?b=c=d",                     MZ_OK,          "|a|b|c=d"                },
    {"target: empty",                          "",                             MZ_BAD_REQUEST, NULL                      },
    {"target: no slash",                       "a",                            MZ_BAD_REQUEST, NULL                      },
    {"target: an empty part",                  "/a//b",                        MZ_BAD_REQUEST, NULL                      },
    {"target: a slash at the end",             "/a/",                          MZ_BAD_REQUEST, NULL                      },
    {"target: a dot",                          "/./a",                         MZ_BAD_REQUEST, NULL                      },
    {"target: two dots",                       "/a/..",                        MZ_BAD_REQUEST, NULL                      },
    {"target: two dots escaped",               "/a/%2E%2e",                    MZ_BAD_REQUEST, NULL                      },
    {"target: three dots are a name",          "/...",                         MZ_OK,          "|..."                    },
    {"target: an escape cut short",            "/a%2",                         MZ_BAD_REQUEST, NULL                      },
    {"target: an escape at the end of a part", "/a%2/b",                       MZ_BAD_REQUEST, NULL                      },
    {"target: no hexadecimal",                 "/a%2g",                        MZ_BAD_REQUEST, NULL                      },
    {"target: NUL",                            "/a%00",                        MZ_BAD_REQUEST, NULL                      },
    {"target: a control character",            "/a?b=%0a",                     MZ_BAD_REQUEST, NULL                      },
    {"target: no UTF-8",                       "/%c0%af",                      MZ_BAD_REQUEST, NULL                      },
    {"target: a quote",                        "/a\"b",                        MZ_BAD_REQUEST, NULL                      },
    {"target: a member twice",                 "/a?b=1&b=2",                   MZ_BAD_REQUEST, NULL                      },
    {"target: a member twice, escaped",        "/a?b=1&%62=2",                 MZ_BAD_REQUEST, NULL                      },
    {"target: a member without a name",        "/a?=1",                        MZ_BAD_REQUEST, NULL                      },
    {"target: an empty member",                "/a?b=1&&c=2",                  MZ_BAD_REQUEST, NULL                      },
    {"target: twelve parts",                   "/a/b/c/d/e/f/g/h/i/j/k/l",     MZ_OK,          "|a|b|c|d|e|f|g|h|i|j|k|l"},
    {"target: thirteen parts",                 "/a/b/c/d/e/f/g/h/i/j/k/l/m",   MZ_BAD_REQUEST, NULL                      },
    {"target: nine members",                   "/?a=&b=&c=&d=&e=&f=&g=&h=&i=", MZ_BAD_REQUEST, NULL                      },
};

static void check_target(void **state)
{
    const struct target_case *c = *state;
    static mz_request request;
    char parts[600] = "";
    assert_int_equal(mz_target_decode(mz_view_of(c->target), &request, NULL), c->want);
    if (c->want != MZ_OK)
        return;
    for (size_t i = 0; i < request.segment_count; i++)
        snprintf(parts + strlen(parts), sizeof parts - strlen(parts), "|%.*s",
                 (int)request.segments[i].size, (const char *)request.segments[i].data);
    for (size_t i = 0; i < request.query_count; i++)
        snprintf(parts + strlen(parts), sizeof parts - strlen(parts), "|%.*s|%.*s",
                 (int)request.query[i].name.size, (const char *)request.query[i].name.data,
                 (int)request.query[i].value.size, (const char *)request.query[i].value.data);
    assert_string_equal(parts, c->parts);
}

/* --- languages --- */

struct language_case {
    const char *name, *target, *accept;
    mz_language want;
};

static const struct language_case LANGUAGE_CASES[] = {
    {"language: Chinese unless asked",            "/",         "",                MZ_CHINESE},
    {"language: English",                         "/",         "en",              MZ_ENGLISH},
    {"language: British",                         "/",         "en-GB,en;q=0.9",  MZ_ENGLISH},
    {"language: English before Chinese",          "/",         "en, zh;q=0.9",    MZ_ENGLISH},
    {"language: Chinese before English",          "/",         "en;q=0.8, zh-CN", MZ_CHINESE},
    {"language: as much of both",                 "/",         "en, zh",          MZ_CHINESE},
    {"language: something else",                  "/",         "fr, de",          MZ_CHINESE},
    {"language: something else and English",      "/",         "fr, en;q=0.1",    MZ_ENGLISH},
    {"language: English refused",                 "/",         "en;q=0",          MZ_CHINESE},
    {"language: the address decides",             "/?lang=en", "zh",              MZ_ENGLISH},
    {"language: the address decides for Chinese", "/?lang=zh", "en",              MZ_CHINESE},
};

static void check_language(void **state)
{
    const struct language_case *c = *state;
    static mz_request request;
    assert_int_equal(mz_target_decode(mz_view_of(c->target), &request, NULL), MZ_OK);
    request.accept_language = mz_view_of(c->accept);
    assert_int_equal(mz_request_language(&request), c->want);
}

/* --- the table --- */

struct match_case {
    const char *name;
    mz_method method;
    const char *target;
    mz_status want;
    const char *pattern;
};

static const struct match_case MATCH_CASES[] = {
    {"match: a literal",                             MZ_GET,          "/v1/funds",                                     MZ_OK,             "/v1/funds"                    },
    {"match: HEAD comes with GET",                   MZ_HEAD,         "/v1/funds",                                     MZ_OK,             "/v1/funds"                    },
    {"match: a name",                                MZ_GET,          "/v1/funds/wenshao",                             MZ_OK,             "/v1/funds/{fund}"             },
    {"match: behind a name",                         MZ_GET,          "/v1/funds/wenshao/entries",                     MZ_OK,
     "/v1/funds/{fund}/entries"                                                                                                                                          },
    {"match: a number",                              MZ_GET,          "/v1/entries/0",                                 MZ_OK,             "/v1/entries/{index}"          },
    {"match: the largest number",                    MZ_GET,          "/v1/entries/9007199254740991",                  MZ_OK,
     "/v1/entries/{index}"                                                                                                                                               },
    {"match: larger",                                MZ_GET,          "/v1/entries/9007199254740992",                  MZ_NO_SUCH_PAGE,   NULL                           },
    {"match: no number",                             MZ_GET,          "/v1/entries/-1",                                MZ_NO_SUCH_PAGE,   NULL                           },
    {"match: no identifier",                         MZ_GET,          "/v1/funds/A",                                   MZ_NO_SUCH_PAGE,   NULL                           },
    {"match: a receipt number with a slash",         MZ_GET,          "/v1/receipts/A%2F1",                            MZ_OK,
     "/v1/receipts/{receipt_no}"                                                                                                                                         },
    {"match: a receipt number with a blank",         MZ_GET,          "/v1/receipts/A%201",                            MZ_OK,
     "/v1/receipts/{receipt_no}"                                                                                                                                         },
    {"match: a receipt number in Chinese",           MZ_GET,          "/v1/receipts/%E6%B7%84%201",                    MZ_OK,
     "/v1/receipts/{receipt_no}"                                                                                                                                         },
    {"match: a receipt number that ends in a blank", MZ_GET,          "/v1/receipts/A%20",                             MZ_NO_SUCH_PAGE,
     NULL                                                                                                                                                                },
    {"match: an item",                               MZ_GET,          "/v1/funds/a/goods/rice",                        MZ_OK,             "/v1/funds/{fund}/goods/{item}"},
    {"match: a month",                               MZ_GET,          "/v1/accounts/a/reconciliations?before=2026-13", MZ_BAD_VALUE,      NULL                           },
    {"match: a tile",                                MZ_GET,          "/tile/entries/x001/x234/067.p/12",              MZ_OK,             "/tile/{rest}"                 },
    {"match: a day",                                 MZ_GET,          "/v1/funds/a/statement?to=2026-02-30",           MZ_BAD_VALUE,      NULL                           },
    {"match: the path decides before the method",    MZ_POST,         "/nowhere",                                      MZ_NO_SUCH_PAGE,   NULL                           },
    {"match: the method",                            MZ_POST,         "/v1/funds",                                     MZ_WRONG_METHOD,   NULL                           },
    {"match: a method that nobody knows",            MZ_METHOD_OTHER, "/v1/funds",                                     MZ_WRONG_METHOD,   NULL                           },
    {"match: OPTIONS of anything there is",          MZ_OPTIONS,      "/v1/entries?x=y",                               MZ_OK,             "/v1/entries"                  },
    {"match: a member",                              MZ_GET,          "/v1/statements?fund=a",                         MZ_OK,             "/v1/statements"               },
    {"match: an unknown member",                     MZ_GET,          "/v1/statements?found=a",                        MZ_UNKNOWN_MEMBER, NULL                           },
    {"match: a member that does not fit",            MZ_GET,          "/v1/statements?fund=A",                         MZ_BAD_VALUE,      NULL                           },
    {"match: an event",                              MZ_GET,          "/v1/funds/a/entries?event=payout.made",         MZ_OK,
     "/v1/funds/{fund}/entries"                                                                                                                                          },
    {"match: no event",                              MZ_GET,          "/v1/funds/a/entries?event=payout",              MZ_BAD_VALUE,      NULL                           },
    {"match: a language",                            MZ_GET,          "/v1/funds?lang=fr",                             MZ_BAD_VALUE,      NULL                           },
};

static void check_match(void **state)
{
    const struct match_case *c = *state;
    static mz_request request;
    mz_match match;
    assert_int_equal(mz_target_decode(mz_view_of(c->target), &request, NULL), MZ_OK);
    request.method = c->method;
    assert_int_equal(mz_route_match(&request, &match, NULL), c->want);
    if (c->want == MZ_OK)
        assert_string_equal(match.route->pattern, c->pattern);
}

/* Every name of the table is explained, and no row is behind one that hides it. */
static void the_table_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < MZ_ROUTE_COUNT; i++) {
        const mz_route *route = &MZ_ROUTES[i];
        assert_non_null(route->handler);
        assert_non_null(route->zh);
        assert_non_null(route->en);
        assert_non_null(route->answers);
        for (const char *at = strchr(route->pattern, '{'); at != NULL; at = strchr(at + 1, '{'))
            assert_non_null(
                mz_param_named((mz_view){(const uint8_t *)at + 1, strcspn(at + 1, "}")}));
        for (const char *const *name = route->query; name != NULL && *name != NULL; name++)
            assert_non_null(mz_param_named(mz_view_of(*name)));
        for (size_t before = 0; before < i; before++)
            assert_false(strcmp(MZ_ROUTES[before].pattern, route->pattern) == 0 &&
                         (MZ_ROUTES[before].methods & route->methods) != 0);
        if ((route->methods & (MZ_POST | MZ_PUT)) != 0)
            assert_true(route->body_max > 0);
    }
}

static void cursors(void **state)
{
    static const uint64_t numbers[] = {0, 1, 1000000, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[MZ_CURSOR_SIZE + 1];
        uint64_t before = 7;
        mz_cursor_write(numbers[i], text);
        assert_true(mz_cursor_read(mz_view_of(text), &before));
        assert_true(before == numbers[i]);
        text[0] = 'z'; /* another version */
        assert_false(mz_cursor_read(mz_view_of(text), &before));
    }
    uint64_t before;
    assert_false(mz_cursor_read(mz_view_of(""), &before));
    assert_false(mz_cursor_read(mz_view_of("AQAAAAAAAAA="), &before));
    assert_false(mz_cursor_read(mz_view_of("AQAAAAAAAAAAA"), &before));
}

/* --- codes --- */

/* Each code that there is, by one status that has it. */
static const struct {
    mz_status status;
    unsigned code;
} CODES[] = {
    {MZ_OK,              200},
    {MZ_BAD_JWS,         400},
    {MZ_BAD_REQUEST,     400},
    {MZ_TOKEN_NEEDED,    401},
    {MZ_UNKNOWN_KEY,     403},
    {MZ_NOT_FOUND,       404},
    {MZ_NO_SUCH_PAGE,    404},
    {MZ_WRONG_METHOD,    405},
    {MZ_JTI_CONFLICT,    409},
    {MZ_SEALED_ERASED,   410},
    {MZ_LENGTH_REQUIRED, 411},
    {MZ_TOO_LARGE,       413},
    {MZ_TARGET_TOO_LONG, 414},
    {MZ_WRONG_MEDIA,     415},
    {MZ_BAD_EXPECTATION, 417},
    {MZ_BALANCE_SHORT,   422},
    {MZ_HEAD_TOO_LARGE,  431},
    {MZ_CORRUPT,         500},
    {MZ_CLOCK,           503},
    {MZ_BUSY,            503},
    {MZ_OUTCOME_UNKNOWN, 503},
    {MZ_HTTP_VERSION,    505},
    {MZ_FULL,            507},
};

static void codes(void **state)
{
    const mz_status *list;
    size_t count = mz_status_list(&list);
    (void)state;
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        assert_int_equal(mz_http_code(CODES[i].status), CODES[i].code);
    for (size_t i = 0; i < count; i++) { /* and no status has another one */
        bool known = false;
        for (size_t k = 0; k < sizeof CODES / sizeof CODES[0]; k++)
            known = known || CODES[k].code == mz_http_code(list[i]);
        assert_true(known);
        assert_int_equal(mz_http_code(list[i]) == 200, list[i] == MZ_OK);
    }
    assert_int_equal(mz_http_code_of_entry(MZ_NOT_FOUND), 422);
    assert_int_equal(mz_http_code_of_entry(MZ_JTI_CONFLICT), 409);
}

/* A problem has all that RFC 9457 and our clients want, whatever the refusal. */
static void problems(void **state)
{
    static const char *const NAMES[] = {"type",   "title",   "status", "detail", "code",
                                        "number", "figures", "zh",     "en"};
    const mz_status *list;
    size_t count = mz_status_list(&list);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        mz_response response;
        mz_reason why = {0};
        json_t *value;
        if (list[i] == MZ_OK)
            continue;
        mz_response_init(&response);
        mz_refuse(&why, list[i], mz_fen("asked", 7000));
        mz_problem_write(&response, mz_http_code(list[i]), &why, MZ_ENGLISH);
        value = json_loadb((const char *)response.body.data, response.body.size, 0, NULL);
        for (size_t n = 0; n < sizeof NAMES / sizeof NAMES[0]; n++)
            assert_non_null(json_object_get(value, NAMES[n]));
        assert_string_equal(json_string_value(json_object_get(value, "detail")),
                            json_string_value(json_object_get(value, "en")));
        json_decref(value);
        mz_response_clear(&response);
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROWS(array, check)                                                                         \
    for (size_t i = 0; i < COUNT(array); i++)                                                      \
        tests[count++] = (struct CMUnitTest)                                                       \
        {                                                                                          \
            (array)[i].name, check, NULL, NULL, (void *)(uintptr_t) & (array)[i]                   \
        }

int main(void)
{
    static struct CMUnitTest tests[200] = {
        {"the table is whole", the_table_is_whole, NULL, NULL, NULL},
        {"cursors",            cursors,            NULL, NULL, NULL},
        {"codes",              codes,              NULL, NULL, NULL},
        {"problems",           problems,           NULL, NULL, NULL},
    };
    size_t count = 4;
    ROWS(HEAD_CASES, check_head);
    ROWS(TARGET_CASES, check_target);
    ROWS(LANGUAGE_CASES, check_language);
    ROWS(MATCH_CASES, check_match);
    return _cmocka_run_group_tests("test_http_strict", tests, count, NULL, NULL);
}
