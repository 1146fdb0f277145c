#include <limits.h>

#include "core/date.h"
#include "vectors.h"

#define HOUR_MS INT64_C(3600000)

static int32_t day_of(const char *text)
{
    int32_t day = -1;
    if (!mz_day_parse(mz_view_of(text), &day))
        fail_msg("no day: %s", text);
    return day;
}

static const struct day_row {
    const char *text;
    int32_t day; /* -1: refused */
} DAYS[] = {
    {"1970-01-01",  0         },
    {"1970-12-31",  364       },
    {"1972-02-29",  789       },
    {"2000-02-29",  11016     },
    {"2026-11-23",  20780     },
    {"9999-12-31",  MZ_DAY_MAX},
    {"1969-12-31",  -1        },
    {"2100-02-29",  -1        },
    {"2023-02-29",  -1        },
    {"2023-04-31",  -1        },
    {"2023-00-10",  -1        },
    {"2023-13-10",  -1        },
    {"2023-01-00",  -1        },
    {"2023-01-32",  -1        },
    {"2023-1-01",   -1        },
    {"2023-01-1",   -1        },
    {"2023/01/01",  -1        },
    {"20230101",    -1        },
    {"2023-01-01 ", -1        },
    {"+023-01-01",  -1        },
    {"-023-01-01",  -1        },
    {"2023-01--1",  -1        },
    {"２023-01-0", -1        },
    {"",            -1        },
};

static void days(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(DAYS); i++) {
        int32_t day = -1;
        row_assert(DAYS[i].text,
                   mz_day_parse(mz_view_of(DAYS[i].text), &day) == (DAYS[i].day >= 0));
        row_assert(DAYS[i].text, day == DAYS[i].day);
    }
    char text[MZ_DAY_TEXT_SIZE];
    mz_day_text(-1, text);
    assert_int_equal(strspn(text, "?"), 10);
    mz_day_text(MZ_DAY_MAX + 1, text);
    assert_int_equal(strspn(text, "?"), 10);
}

/* Counts the calendar by hand, day after day, to its end. */
static void calendar_counts_through(void **state)
{
    (void)state;
    int year = 1970, month = 1, date = 1;
    for (int32_t day = 0; day <= MZ_DAY_MAX; day++) {
        char text[MZ_DAY_TEXT_SIZE], want[40];
        mz_day_text(day, text);
        snprintf(want, sizeof(want), "%04d-%02d-%02d", year, month, date);
        int32_t again = -1;
        if (memcmp(text, want, 11) != 0 || !mz_day_parse(mz_view_of(text), &again) || again != day)
            fail_msg("day %d is %s, not %s", day, text, want);
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int length = month == 2                                              ? (leap ? 29 : 28)
                     : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                             : 31;
        if (++date > length) {
            date = 1;
            month++;
        }
        if (month > 12) {
            month = 1;
            year++;
        }
    }
    assert_int_equal(year, 10000);
}

static const struct month_row {
    const char *from;
    int months;
    const char *want;
} MONTHS[] = {
    {"2023-01-31", 1,       "2023-02-28"},
    {"2024-01-31", 1,       "2024-02-29"},
    {"2024-02-29", 12,      "2025-02-28"},
    {"2024-02-29", 48,      "2028-02-29"},
    {"2023-11-30", 3,       "2024-02-29"},
    {"2023-12-15", 1,       "2024-01-15"},
    {"2024-01-15", -1,      "2023-12-15"},
    {"2024-03-31", -1,      "2024-02-29"},
    {"2024-03-31", 0,       "2024-03-31"},
    {"2024-05-31", -13,     "2023-04-30"},
    {"9999-12-01", 1,       "9999-12-31"},
    {"1970-01-15", -1,      "1970-01-01"},
    {"2024-01-01", INT_MAX, "9999-12-31"},
    {"2024-01-01", INT_MIN, "1970-01-01"},
};

static void months(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(MONTHS); i++) {
        char text[MZ_DAY_TEXT_SIZE];
        mz_day_text(mz_day_add_months(day_of(MONTHS[i].from), MONTHS[i].months), text);
        assert_string_equal(text, MONTHS[i].want);
    }
    int32_t first = 0, last = 0;
    assert_true(mz_month_parse(mz_view_of("2024-02"), &first, &last));
    assert_int_equal(first, day_of("2024-02-01"));
    assert_int_equal(last, day_of("2024-02-29"));
    assert_true(mz_month_parse(mz_view_of("9999-12"), &first, &last));
    assert_int_equal(last, MZ_DAY_MAX);
    static const char *const refused[] = {"2024-13",    "2024-00", "2024-2",  "2024",
                                          "2024-02-01", "1969-12", "2024/02", ""};
    for (size_t i = 0; i < ROW_COUNT(refused); i++)
        row_assert(refused[i], !mz_month_parse(mz_view_of(refused[i]), &first, &last));
    assert_int_equal(mz_day_year(day_of("2024-12-31")), 2024);
    assert_int_equal(mz_day_month(day_of("2024-12-31")), 12);
    assert_int_equal(mz_day_of_month(day_of("2024-12-31")), 31);
}

/* A day begins at 16:00 UTC of the day before, and its end is the next one's start. */
static void days_begin_in_china(void **state)
{
    (void)state;
    assert_true(mz_day_start_ms(0) == -HOUR_MS * 8);
    assert_int_equal(mz_day_of_ms(0), 0);
    assert_int_equal(mz_day_of_ms(HOUR_MS * 16 - 1), 0);
    assert_int_equal(mz_day_of_ms(HOUR_MS * 16), 1);
    assert_int_equal(mz_day_of_ms(-HOUR_MS * 8), 0);
    assert_int_equal(mz_day_of_ms(-HOUR_MS * 8 - 1), -1);
    assert_int_equal(mz_day_of_ms(INT64_MAX), INT32_MAX);
    assert_int_equal(mz_day_of_ms(INT64_MIN), INT32_MIN);
    for (int32_t day = -400; day < 40000; day += 13) {
        assert_int_equal(mz_day_of_ms(mz_day_start_ms(day)), day);
        assert_int_equal(mz_day_of_ms(mz_day_end_ms(day) - 1), day);
        assert_true(mz_day_end_ms(day) == mz_day_start_ms(day + 1));
    }
}

static const struct time_row {
    const char *text;
    bool accepted;
    int64_t unix_ms;
} TIMES[] = {
    {"2023-11-15T06:13:20+08:00",  true,  1700000000000  },
    {"2023-11-15T06:13:20",        true,  1700000000000  },
    {"2023-11-15 06:13:20",        true,  1700000000000  },
    {"1970-01-01T08:00:00+08:00",  true,  0              },
    {"1970-01-01T00:00:00",        true,  -28800000      },
    {"9999-12-31T23:59:59",        true,  253402271999000},
    {"2023-11-15T24:00:00",        false, 0              },
    {"2023-11-15T06:60:00",        false, 0              },
    {"2023-11-15T06:13:60",        false, 0              },
    {"2023-11-31T06:13:20",        false, 0              },
    {"2023-11-15T06:13:20Z",       false, 0              },
    {"2023-11-15T06:13:20+00:00",  false, 0              },
    {"2023-11-15T06:13:20+08:00 ", false, 0              },
    {"2023-11-15T06:13",           false, 0              },
    {"2023-11-15",                 false, 0              },
    {"2023-11-15t06:13:20",        false, 0              },
    {"2023-11-15T06-13-20",        false, 0              },
    {"2023-11-15T-6:13:20",        false, 0              },
    {"",                           false, 0              },
};

static void times(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(TIMES); i++) {
        const struct time_row *row = &TIMES[i];
        int64_t unix_ms = 0;
        row_assert(row->text, mz_time_parse(mz_view_of(row->text), &unix_ms) == row->accepted);
        row_assert(row->text, unix_ms == row->unix_ms);
        if (!row->accepted)
            continue;
        char text[MZ_TIME_TEXT_SIZE];
        mz_time_text(unix_ms + 999, text);
        row_assert(row->text, memcmp(text, row->text, 10) == 0 && text[10] == ' ');
        row_assert(row->text, memcmp(text + 11, row->text + 11, 8) == 0 && text[19] == '\0');
    }
    char text[MZ_TIME_TEXT_SIZE];
    mz_time_text(INT64_MIN, text);
    assert_int_equal(strspn(text, "?"), 19);
    mz_time_text(INT64_C(253402272000000), text);
    assert_int_equal(strspn(text, "?"), 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),   cmocka_unit_test(calendar_counts_through),
        cmocka_unit_test(months), cmocka_unit_test(days_begin_in_china),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
