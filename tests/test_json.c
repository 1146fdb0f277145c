#include "core/json.h"
#include "vectors.h"

static const struct json_row {
    const char *name;
    mz_view text;
    mz_status want;
    const char *path; /* of MZ_WRONG_TYPE */
} ROWS[] = {
    {"empty object",            BYTES("{}"),                                                   MZ_OK,         NULL        },
    {"blanks around",           BYTES(" \n{ \"a\" : 1 }\t\r\n"),                               MZ_OK,         NULL        },
    {"integers",                BYTES("{\"a\":0,\"b\":-1,\"c\":9223372036854775807}"),         MZ_OK,         NULL        },
    {"the least integer",       BYTES("{\"a\":-9223372036854775808}"),                         MZ_OK,         NULL        },
    {"text that looks real",    BYTES("{\"a\":\"1.5e3\",\"e.E\":\"\\\"1.5\"}"),                MZ_OK,         NULL        },
    {"true, false, null",       BYTES("{\"a\":[true,false,null]}"),                            MZ_OK,         NULL        },
    {"eight levels",            BYTES("{\"a\":[[[[[[[1]]]]]]]}"),                              MZ_OK,         NULL        },
    {"brackets in text",        BYTES("{\"a\":\"[[[[[[[[[[[[{{{{\\\\\"}"),                     MZ_OK,         NULL        },
    {"escapes",                 BYTES("{\"a\":\"\\u660e\\ud842\\udfb7\\n\"}"),                 MZ_OK,         NULL        },
    {"nine levels",             BYTES("{\"a\":[[[[[[[[1]]]]]]]]}"),                            MZ_BAD_JSON,   NULL        },
    {"nothing",                 BYTES(""),                                                     MZ_BAD_JSON,   NULL        },
    {"an array on top",         BYTES("[1]"),                                                  MZ_BAD_JSON,   NULL        },
    {"a string on top",         BYTES("\"a\""),                                                MZ_BAD_JSON,   NULL        },
    {"a member twice",          BYTES("{\"a\":1,\"a\":1}"),                                    MZ_BAD_JSON,   NULL        },
    {"a member twice, escaped", BYTES("{\"a\":1,\"\\u0061\":1}"),                              MZ_BAD_JSON,   NULL        },
    {"a member twice, deep",    BYTES("{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}"),                  MZ_BAD_JSON,   NULL        },
    {"something after",         BYTES("{} {}"),                                                MZ_BAD_JSON,   NULL        },
    {"NUL after",               BYTES("{}\0"),                                                 MZ_BAD_JSON,   NULL        },
    {"byte order mark",         BYTES("\xef\xbb\xbf{}"),                                       MZ_BAD_JSON,   NULL        },
    {"a comment",               BYTES("{/* */}"),                                              MZ_BAD_JSON,   NULL        },
    {"a comma too many",        BYTES("{\"a\":1,}"),                                           MZ_BAD_JSON,   NULL        },
    {"single quotes",           BYTES("{'a':1}"),                                              MZ_BAD_JSON,   NULL        },
    {"no end",                  BYTES("{\"a\":1"),                                             MZ_BAD_JSON,   NULL        },
    {"a string without end",    BYTES("{\"a\":\"1"),                                           MZ_BAD_JSON,   NULL        },
    {"ends in an escape",       BYTES("{\"a\":\"1\\"),                                         MZ_BAD_JSON,   NULL        },
    {"a leading zero",          BYTES("{\"a\":01}"),                                           MZ_BAD_JSON,   NULL        },
    {"a plus",                  BYTES("{\"a\":+1}"),                                           MZ_BAD_JSON,   NULL        },
    {"hexadecimal",             BYTES("{\"a\":0x1}"),                                          MZ_BAD_JSON,   NULL        },
    {"too big an integer",      BYTES("{\"a\":9223372036854775808}"),                          MZ_BAD_JSON,   NULL        },
    {"NaN",                     BYTES("{\"a\":NaN}"),                                          MZ_BAD_JSON,   NULL        },
    {"NUL in a string",         BYTES("{\"a\":\"b\\u0000c\"}"),                                MZ_BAD_JSON,   NULL        },
    {"NUL in a name",           BYTES("{\"a\\u0000\":1}"),                                     MZ_BAD_JSON,   NULL        },
    {"a raw NUL in a string",   BYTES("{\"a\":\"\0\"}"),                                       MZ_BAD_JSON,   NULL        },
    {"a raw newline",           BYTES("{\"a\":\"\n\"}"),                                       MZ_BAD_JSON,   NULL        },
    {"bad UTF-8",               BYTES("{\"a\":\"\xc0\xaf\"}"),                                 MZ_BAD_JSON,   NULL        },
    {"a surrogate in UTF-8",    BYTES("{\"a\":\"\xed\xa0\x80\"}"),                             MZ_BAD_JSON,   NULL        },
    {"a lone surrogate",        BYTES("{\"a\":\"\\ud842\"}"),                                  MZ_BAD_JSON,   NULL        },
    {"a real beyond range",     BYTES("{\"a\":1e999}"),                                        MZ_BAD_JSON,   NULL        },
    {"a real",                  BYTES("{\"a\":1.5}"),                                          MZ_WRONG_TYPE, "a"         },
    {"a real that is whole",    BYTES("{\"a\":1.0}"),                                          MZ_WRONG_TYPE, "a"         },
    {"an exponent",             BYTES("{\"a\":{\"b\":1e2}}"),                                  MZ_WRONG_TYPE, "a.b"       },
    {"a capital exponent",      BYTES("{\"a\":[1,1E2]}"),                                      MZ_WRONG_TYPE, "a[1]"      },
    {"a real in a list",        BYTES("{\"x\":{\"y\":[]},\"draws\":[{\"f\":1},{\"f\":0.1}]}"),
     MZ_WRONG_TYPE,                                                                                           "draws[1].f"},
};

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(ROWS); i++) {
        const struct json_row *row = &ROWS[i];
        json_t *value = NULL;
        mz_reason why = {0};
        mz_status status = mz_json_parse(row->text, &value, &why);
        row_assert(row->name, status == row->want);
        row_assert(row->name, (value != NULL) == (status == MZ_OK));
        row_assert(row->name, why.status == status);
        if (row->path != NULL)
            assert_string_equal(why.figures[0].words, row->path);
        json_decref(value);
    }
}

static void any_takes_an_array(void **state)
{
    (void)state;
    json_t *value = NULL;
    assert_int_equal(mz_json_parse_any(VIEW("[1,{\"a\":2}]"), &value, NULL), MZ_OK);
    assert_int_equal(json_array_size(value), 2);
    json_decref(value);
    value = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_json_parse_any(VIEW("[1,[2.5]]"), &value, &why), MZ_WRONG_TYPE);
    assert_string_equal(why.figures[0].words, "[1][0]");
    assert_null(value);
}

static void cause_says_where(void **state)
{
    (void)state;
    json_t *value = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_json_parse(VIEW("{\"a\":1,\n\"a\":2}"), &value, &why), MZ_BAD_JSON);
    char text[512];
    mz_reason_text(&why, MZ_CHINESE, text, sizeof(text));
    assert_non_null(strstr(text, "第 2 行"));
    assert_non_null(strstr(text, "字段重复"));
    mz_reason_text(&why, MZ_ENGLISH, text, sizeof(text));
    assert_non_null(strstr(text, "line 2"));
    assert_non_null(strstr(text, "duplicate"));
    assert_string_equal(why.figures[1].name, "line");
    assert_int_equal(why.figures[1].number, 2);
}

/* A payload of the largest size is read; one byte more is not, and nor is what nests without end.
 */
static void sizes_and_depths_are_bounded(void **state)
{
    (void)state;
    mz_buf text;
    mz_buf_init(&text, 200000);
    mz_buf_put_text(&text, "{\"a\":\"");
    while (text.size < MZ_JSON_SIZE_MAX - 2)
        mz_buf_put_text(&text, "x");
    mz_buf_put_text(&text, "\"}");
    json_t *value = NULL;
    assert_int_equal(mz_json_parse(mz_buf_view(&text), &value, NULL), MZ_OK);
    json_decref(value);
    value = NULL;
    mz_buf_put_text(&text, " ");
    assert_int_equal(mz_json_parse(mz_buf_view(&text), &value, NULL), MZ_TOO_LARGE);
    mz_buf_reset(&text);
    for (int i = 0; i < 60000; i++)
        mz_buf_put_text(&text, "[");
    assert_int_equal(mz_json_parse(mz_buf_view(&text), &value, NULL), MZ_BAD_JSON);
    mz_buf_clear(&text);
    assert_null(value);
}

static void printing_keeps_order(void **state)
{
    (void)state;
    static const char text[] =
        "{\"z\":1,\"a\":[true,null,\"明\\n\\\"\"],\"m\":{\"y\":-2,\"b\":{}}}";
    json_t *value = NULL;
    assert_int_equal(mz_json_parse(VIEW(text), &value, NULL), MZ_OK);
    mz_buf out;
    mz_buf_init(&out, 100);
    assert_int_equal(mz_json_print(value, &out), MZ_OK);
    assert_true(mz_view_is(mz_buf_view(&out), text));
    mz_buf_clear(&out);
    mz_buf_init(&out, 10);
    assert_int_equal(mz_json_print(value, &out), MZ_TOO_LARGE);
    assert_true(out.failed);
    mz_buf_clear(&out);
    json_decref(value);
}

/* Every byte that a text can have, and one of each length of UTF-8. */
static void a_string_is_put_as_it_is_printed(void **state)
{
    static const char *const ENDS[] = {"", "é", "明", "💰", "\"", "\\\\", "a/b"};
    mz_buf put, printed;
    (void)state;
    mz_buf_init(&put, 1000);
    mz_buf_init(&printed, 1000);
    for (unsigned byte = 1; byte < 0x80; byte++)
        for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
            char text[20];
            snprintf(text, sizeof text, "x%c%s", (int)byte, ENDS[i]);
            json_t *value = json_string(text);
            mz_buf_reset(&put);
            mz_buf_reset(&printed);
            mz_json_put_string(&put, mz_view_of(text));
            assert_int_equal(mz_json_print(value, &printed), MZ_OK);
            assert_true(mz_view_equal(mz_buf_view(&put), mz_buf_view(&printed)));
            json_decref(value);
        }
    mz_buf_reset(&put);
    mz_json_put_string(&put, (mz_view){0});
    assert_true(mz_view_is(mz_buf_view(&put), "\"\""));
    mz_buf_clear(&put);
    mz_buf_clear(&printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(any_takes_an_array),
        cmocka_unit_test(cause_says_where),
        cmocka_unit_test(sizes_and_depths_are_bounded),
        cmocka_unit_test(printing_keeps_order),
        cmocka_unit_test(a_string_is_put_as_it_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
