#include "core/money.h"
#include "vectors.h"

static const struct text_row {
    int64_t amount_fen;
    const char *text;
} TEXTS[] = {
    {0,             "0.00"                      },
    {1,             "0.01"                      },
    {-5,            "-0.05"                     },
    {99,            "0.99"                      },
    {100,           "1.00"                      },
    {99999,         "999.99"                    },
    {100000,        "1,000.00"                  },
    {123456,        "1,234.56"                  },
    {-100000000,    "-1,000,000.00"             },
    {MZ_AMOUNT_MAX, "10,000,000,000,000.00"     },
    {INT64_MAX,     "92,233,720,368,547,758.07" },
    {INT64_MIN,     "-92,233,720,368,547,758.08"},
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(TEXTS); i++) {
        char text[MZ_FEN_TEXT_SIZE];
        mz_fen_text(TEXTS[i].amount_fen, text);
        assert_string_equal(text, TEXTS[i].text);
        int64_t again = 7;
        bool within = TEXTS[i].amount_fen <= MZ_AMOUNT_MAX && TEXTS[i].amount_fen >= -MZ_AMOUNT_MAX;
        row_assert(text, mz_fen_parse(mz_view_of(text), &again) == within);
        row_assert(text, again == (within ? TEXTS[i].amount_fen : 7));
    }
}

static const struct parse_row {
    const char *text;
    bool accepted;
    int64_t amount_fen;
} PARSES[] = {
    {"12",                      true,  1200          },
    {"12.3",                    true,  1230          },
    {"12.34",                   true,  1234          },
    {"0",                       true,  0             },
    {"0.05",                    true,  5             },
    {"-0.05",                   true,  -5            },
    {"¥12",                    true,  1200          },
    {"￥12.50",                true,  1250          },
    {"-¥3",                    true,  -300          },
    {"1,234.50",                true,  123450        },
    {"12,345,678",              true,  1234567800    },
    {"1234567",                 true,  123456700     },
    {"10000000000000",          true,  MZ_AMOUNT_MAX },
    {"10000000000000.00",       true,  MZ_AMOUNT_MAX },
    {"-10000000000000",         true,  -MZ_AMOUNT_MAX},
    {"10000000000000.01",       false, 0             },
    {"10000000000001",          false, 0             },
    {"99999999999999999999999", false, 0             },
    {"",                        false, 0             },
    {"-",                       false, 0             },
    {"¥",                      false, 0             },
    {"¥¥1",                   false, 0             },
    {"¥-3",                    false, 0             },
    {"--3",                     false, 0             },
    {"+3",                      false, 0             },
    {" 3",                      false, 0             },
    {"3 ",                      false, 0             },
    {".5",                      false, 0             },
    {"5.",                      false, 0             },
    {"5.123",                   false, 0             },
    {"5.1x",                    false, 0             },
    {"5.x1",                    false, 0             },
    {"1.2.3",                   false, 0             },
    {"012",                     false, 0             },
    {"00",                      false, 0             },
    {"0,123",                   false, 0             },
    {",123",                    false, 0             },
    {"1234,567",                false, 0             },
    {"1,23",                    false, 0             },
    {"1,2345",                  false, 0             },
    {"1,,234",                  false, 0             },
    {"1,234,",                  false, 0             },
    {"1,234567",                false, 0             },
    {"1e3",                     false, 0             },
    {"0x10",                    false, 0             },
    {"１２",                  false, 0             },
    {"12元",                   false, 0             },
};

static void parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(PARSES); i++) {
        const struct parse_row *row = &PARSES[i];
        int64_t amount_fen = -77;
        row_assert(row->text, mz_fen_parse(mz_view_of(row->text), &amount_fen) == row->accepted);
        row_assert(row->text, amount_fen == (row->accepted ? row->amount_fen : -77));
    }
}

static void sums_are_checked(void **state)
{
    (void)state;
    int64_t sum = 7;
    assert_true(mz_fen_add(INT64_MAX - 1, 1, &sum));
    assert_true(sum == INT64_MAX);
    assert_false(mz_fen_add(INT64_MAX, 1, &sum));
    assert_false(mz_fen_add(INT64_MIN, -1, &sum));
    assert_true(sum == INT64_MAX);
    assert_true(mz_fen_sub(0, INT64_MAX, &sum));
    assert_true(sum == -INT64_MAX);
    assert_false(mz_fen_sub(0, INT64_MIN, &sum));
    assert_false(mz_fen_sub(INT64_MIN, 1, &sum));
    assert_true(mz_fen_add(sum, sum, &sum) == false && sum == -INT64_MAX);
    sum = 5;
    assert_true(mz_fen_add(sum, 2, &sum) && sum == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(parses),
        cmocka_unit_test(sums_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
