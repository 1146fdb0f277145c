/* read.c — words, dates, bodies; finding a thing by its name. */
#include "model/world.h"

#include <stdarg.h>

const char *const CATEGORIES[] = {"activity", "repair", "visit",      "meals", "care", "wishes",
                                  "fees",     "goods",  "resolution", "other", NULL};
const char *const KINDS[] = {"donation", "partner_share", "market",   "micro_enterprise",
                             "produce",  "operation",     "interest", "other",
                             "fiscal",   "wages",         NULL};
const char *const SOURCES_OF[] = {"partner", "market", "micro_enterprise", "produce", "operation",
                                  "other",   NULL};
const char *const PROFILE[] = {"min_seats",      "consult_days",  "vote_days",
                               "apply_days",     "review_days",   "pay_days",
                               "statement_days", "goods_cap_fen", NULL};
const char *const GRADES[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied", NULL};
const char *const ROLES[] = {"registrar", "reviewer",   "cashier", "steward",
                             "member",    "supervisor", "auditor", NULL};

bool refuse(const step *s, const char *format, ...)
{
    if (s->m->reason != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(s->m->reason, MODEL_REASON_SIZE, format, args);
        va_end(args);
    }
    return false;
}

int32_t day_of(int64_t ms)
{
    return (int32_t)((ms + ZONE_MS) / DAY_MS);
}

int64_t end_of(int64_t day)
{
    return (day + 1) * DAY_MS - ZONE_MS;
}

static int32_t day_from_civil(int year, int month, int day)
{
    int32_t days = 0;
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    for (int y = 1970; y < year; y++)
        days += (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 366 : 365;
    days += before[month - 1] + day - 1;
    if (month > 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        days++;
    return days;
}

const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

const char *text(const step *s, const char *name)
{
    return text_in(s->body, name);
}

bool has(const step *s, const char *name)
{
    return json_object_get(s->body, name) != NULL;
}

int64_t number_in(const json_t *object, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(object, name));
}

int64_t number(const step *s, const char *name)
{
    return number_in(s->body, name);
}

const json_t *list(const step *s, const char *name)
{
    return json_object_get(s->body, name);
}

int32_t date(const step *s, const char *name)
{
    const char *value = text(s, name);
    if (value == NULL)
        return NONE;
    int year = (int)strtol(value, NULL, 10);
    int month = (int)strtol(value + 5, NULL, 10);
    int day = (int)strtol(value + 8, NULL, 10);
    return day_from_civil(year, month, day);
}

/* The last day of YYYY-MM. */
int32_t month_end(const char *month)
{
    int year = (int)strtol(month, NULL, 10);
    int number_of = (int)strtol(month + 5, NULL, 10);
    return (number_of == 12 ? day_from_civil(year + 1, 1, 1)
                            : day_from_civil(year, number_of + 1, 1)) -
           1;
}

int year_of(int32_t day)
{
    int year = 1970;
    while (day_from_civil(year + 1, 1, 1) <= day)
        year++;
    return year;
}

/* The same date next year; 28 February for the 29th. */
int32_t next_year(int32_t day)
{
    int year = year_of(day);
    int month = 12;
    while (day_from_civil(year, month, 1) > day)
        month--;
    int of_month = day - day_from_civil(year, month, 1) + 1;
    if (month == 2 && of_month == 29)
        of_month = 28;
    return day_from_civil(year + 1, month, of_month);
}

int word(const char *value, const char *const *words)
{
    for (int i = 0; value != NULL && words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0)
            return i;
    }
    return NONE;
}

#define FIND(function, list, field)                                                                \
    int function(const world *w, const char *key)                                                  \
    {                                                                                              \
        for (int i = 0; key != NULL && i < w->list##_count; i++) {                                 \
            if (strcmp(w->list[i].field, key) == 0)                                                \
                return i;                                                                          \
        }                                                                                          \
        return NONE;                                                                               \
    }
FIND(find_actor, actors, id)
FIND(find_fund, funds, id)
FIND(find_party, parties, id)
FIND(find_source, sources, id)
FIND(find_proposal, proposals, id)
FIND(find_registration, registrations, jti)
FIND(find_conflict, conflicts, jti)
FIND(find_session, sessions, jti)
FIND(find_income, incomes, jti)
FIND(find_objection, objections, jti)
FIND(find_payout, payouts, jti)
FIND(find_return, returns, jti)
FIND(find_record, records, jti)
FIND(find_need, needs, id)
FIND(find_need_entry, needs, jti)
FIND(find_goods, goods, jti)
FIND(find_report, reports, jti)
FIND(find_confirmed, incomes, confirmation)

int find_purpose(const world *w, int fund, const char *id)
{
    for (int i = 0; id != NULL && i < w->purposes_count; i++) {
        if (w->purposes[i].fund == fund && strcmp(w->purposes[i].id, id) == 0)
            return i;
    }
    return NONE;
}

bool in_effect(const world *w, int actor)
{
    return actor != NONE && !w->actors[actor].retired;
}

int officers(const world *w)
{
    int count = 0;
    for (int i = 0; i < w->actors_count; i++)
        count += !w->actors[i].retired &&
                 (w->actors[i].role == REGISTRAR || w->actors[i].role == AUDITOR);
    return count;
}

bool among(const int *people, int count, int actor)
{
    for (int i = 0; i < count; i++) {
        if (people[i] == actor)
            return true;
    }
    return false;
}

bool pair_in(const pair *pairs, int count, int proposal, int actor)
{
    for (int i = 0; i < count; i++) {
        if (pairs[i].proposal == proposal && pairs[i].actor == actor)
            return true;
    }
    return false;
}
