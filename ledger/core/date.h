/* date.h — days and local times of the fixed offset UTC+8, which has no daylight saving: so a day
 * is a number and a deadline is arithmetic, without a time zone database. A day is the number of
 * days since 1970-01-01 (proleptic Gregorian calendar); a moment is unix milliseconds UTC. */
#ifndef MZ_CORE_DATE_H
#define MZ_CORE_DATE_H

#include "core/bytes.h"

#define MZ_DAY_MS 86400000
#define MZ_DAY_TEXT_SIZE 11  /* YYYY-MM-DD and a NUL */
#define MZ_TIME_TEXT_SIZE 20 /* YYYY-MM-DD HH:MM:SS and a NUL */
/* 9999-12-31, the last day that can be written. */
#define MZ_DAY_MAX 2932896

/* Exactly YYYY-MM-DD, a day that exists, 1970-01-01 to 9999-12-31. */
bool mz_day_parse(mz_view text, int32_t *day) MZ_MUST_USE;
/* Days outside 0..MZ_DAY_MAX are written as ten question marks. */
void mz_day_text(int32_t day, char text[MZ_DAY_TEXT_SIZE]);

/* The UTC+8 day that holds the moment. Moments too far for an int32 give its nearest end. */
int32_t mz_day_of_ms(int64_t unix_ms);
/* The first moment of the day, and the first after it (24:00): a period that ends with a day is
 * over at its end_ms, and that moment itself is late. */
int64_t mz_day_start_ms(int32_t day);
int64_t mz_day_end_ms(int32_t day);

/* The same date so many months later (or earlier), or the last day of that month if it is shorter.
 * `day` is within 0..MZ_DAY_MAX; a result outside is clamped to that range. */
int32_t mz_day_add_months(int32_t day, int months);
int mz_day_year(int32_t day);
/* 1..12 and 1..31. */
int mz_day_month(int32_t day);
int mz_day_of_month(int32_t day);

/* Exactly YYYY-MM: its first and last day. */
bool mz_month_parse(mz_view text, int32_t *first_day, int32_t *last_day) MZ_MUST_USE;

/* "YYYY-MM-DD HH:MM:SS" in UTC+8; question marks for moments outside 1970..9999. */
void mz_time_text(int64_t unix_ms, char text[MZ_TIME_TEXT_SIZE]);
/* "YYYY-MM-DDTHH:MM:SS", with or without "+08:00"; a space may stand for the T. Seconds 00..59. */
bool mz_time_parse(mz_view text, int64_t *unix_ms) MZ_MUST_USE;

#endif
