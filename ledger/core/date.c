#include "core/date.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define OFFSET_MS (8 * INT64_C(3600000)) /* UTC+8 */

typedef struct civil {
    int year, month, day;
} civil;

static const int DAYS_BEFORE_MONTH[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Leap years from year 1 to `year`. */
static int leaps_through(int year)
{
    return year / 4 - year / 100 + year / 400;
}

/* The day number of 1 January. */
static int32_t year_start(int year)
{
    return (year - 1970) * 365 + leaps_through(year - 1) - leaps_through(1969);
}

static int days_before_month(int year, int month)
{
    return DAYS_BEFORE_MONTH[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

static int month_length(int year, int month)
{
    return DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1] +
           (month == 2 && is_leap(year) ? 1 : 0);
}

static int32_t day_of_civil(civil date)
{
    return year_start(date.year) + days_before_month(date.year, date.month) + date.day - 1;
}

static civil civil_of_day(int32_t day)
{
    assert(day >= 0);
    assert(day <= MZ_DAY_MAX);
    civil date = {.year = 1970 + day / 366, .month = 1};
    while (year_start(date.year + 1) <= day) /* at most seven times, for the leap days counted in */
        date.year++;
    int within = day - year_start(date.year);
    while (date.month < 12 && days_before_month(date.year, date.month + 1) <= within)
        date.month++;
    date.day = within - days_before_month(date.year, date.month) + 1;
    return date;
}

/* `count` digits at `at`, or -1. */
static int digits_get(mz_view text, size_t at, size_t count)
{
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

static bool year_month_get(mz_view text, civil *date)
{
    if (text.size < 7 || text.data[4] != '-')
        return false;
    date->year = digits_get(text, 0, 4);
    date->month = digits_get(text, 5, 2);
    return date->year >= 1970 && date->month >= 1 && date->month <= 12;
}

bool mz_day_parse(mz_view text, int32_t *day)
{
    civil date;
    if (text.size != 10 || !year_month_get(text, &date) || text.data[7] != '-')
        return false;
    date.day = digits_get(text, 8, 2);
    if (date.day < 1 || date.day > month_length(date.year, date.month))
        return false;
    *day = day_of_civil(date);
    return true;
}

static void number_put(char *text, int value, int width)
{
    while (width > 0) {
        text[--width] = (char)('0' + value % 10);
        value /= 10;
    }
}

static void unknown_put(char *text, size_t text_size)
{
    memset(text, '?', text_size - 1);
    text[text_size - 1] = '\0';
}

void mz_day_text(int32_t day, char text[MZ_DAY_TEXT_SIZE])
{
    if (day < 0 || day > MZ_DAY_MAX) {
        unknown_put(text, MZ_DAY_TEXT_SIZE);
        return;
    }
    civil date = civil_of_day(day);
    memcpy(text, "0000-00-00", MZ_DAY_TEXT_SIZE);
    number_put(text, date.year, 4);
    number_put(text + 5, date.month, 2);
    number_put(text + 8, date.day, 2);
}

int32_t mz_day_of_ms(int64_t unix_ms)
{
    int64_t day = unix_ms / MZ_DAY_MS;
    int64_t within_ms = unix_ms % MZ_DAY_MS;
    if (within_ms < 0) {
        day--;
        within_ms += MZ_DAY_MS;
    }
    if (within_ms + OFFSET_MS >= MZ_DAY_MS)
        day++;
    if (day < INT32_MIN)
        return INT32_MIN;
    return day > INT32_MAX ? INT32_MAX : (int32_t)day;
}

int64_t mz_day_start_ms(int32_t day)
{
    return (int64_t)day * MZ_DAY_MS - OFFSET_MS;
}

int64_t mz_day_end_ms(int32_t day)
{
    return mz_day_start_ms(day) + MZ_DAY_MS;
}

int32_t mz_day_add_months(int32_t day, int months)
{
    civil date = civil_of_day(day);
    int64_t month_index = (int64_t)date.year * 12 + (date.month - 1) + months;
    if (month_index < INT64_C(1970) * 12)
        return 0;
    if (month_index >= INT64_C(10000) * 12)
        return MZ_DAY_MAX;
    date.year = (int)(month_index / 12);
    date.month = (int)(month_index % 12) + 1;
    int length = month_length(date.year, date.month);
    if (date.day > length)
        date.day = length;
    return day_of_civil(date);
}

int mz_day_year(int32_t day)
{
    return civil_of_day(day).year;
}

int mz_day_month(int32_t day)
{
    return civil_of_day(day).month;
}

int mz_day_of_month(int32_t day)
{
    return civil_of_day(day).day;
}

bool mz_month_parse(mz_view text, int32_t *first_day, int32_t *last_day)
{
    civil date = {.day = 1};
    if (text.size != 7 || !year_month_get(text, &date))
        return false;
    *first_day = day_of_civil(date);
    *last_day = *first_day + month_length(date.year, date.month) - 1;
    return true;
}

void mz_time_text(int64_t unix_ms, char text[MZ_TIME_TEXT_SIZE])
{
    int32_t day = mz_day_of_ms(unix_ms);
    if (day < 0 || day > MZ_DAY_MAX) {
        unknown_put(text, MZ_TIME_TEXT_SIZE);
        return;
    }
    mz_day_text(day, text);
    memcpy(text + 10, " 00:00:00", 10);
    int seconds = (int)((unix_ms - mz_day_start_ms(day)) / 1000);
    number_put(text + 11, seconds / 3600, 2);
    number_put(text + 14, seconds / 60 % 60, 2);
    number_put(text + 17, seconds % 60, 2);
}

bool mz_time_parse(mz_view text, int64_t *unix_ms)
{
    bool suffixed = text.size == 25;
    if (!suffixed && text.size != 19)
        return false;
    if (suffixed && !mz_view_is((mz_view){text.data + 19, 6}, "+08:00"))
        return false;
    int32_t day = 0;
    if (!mz_day_parse((mz_view){text.data, 10}, &day))
        return false;
    if ((text.data[10] != 'T' && text.data[10] != ' ') || text.data[13] != ':' ||
        text.data[16] != ':')
        return false;
    int hour = digits_get(text, 11, 2);
    int minute = digits_get(text, 14, 2);
    int second = digits_get(text, 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *unix_ms = mz_day_start_ms(day) + ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
    return true;
}
