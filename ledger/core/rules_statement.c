/* rules_statement.c — what a committee tells the public about a period must be what the log says.
 */
#include <assert.h>
#include <stdio.h>

#include "core/act.h"
#include "core/totals.h"

/* Periods join without a gap, and nothing can still enter a published one. */
static mz_status read_days(mz_act *act, int32_t *from_day, int32_t *to_day)
{
    const bool given =
        mz_body_day(act->entry, "from", from_day) && mz_body_day(act->entry, "to", to_day);
    assert(given);
    if (*from_day != act->fund.statement_to_day + 1)
        return mz_refuse(act->why, MZ_PERIOD_GAP, mz_day("want", act->fund.statement_to_day + 1),
                         mz_day("date", *from_day));
    if (*to_day < *from_day)
        return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", "body.to"),
                         mz_day("date", *to_day),
                         mz_words("want", MZ_BOTH("不早于起始日", "not before the first day")));
    if (*to_day >= mz_day_of_ms(act->now_ms))
        return mz_refuse(act->why, MZ_PERIOD_OPEN, mz_day("date", *to_day));
    return MZ_OK;
}

static mz_status compare(mz_act *act, const char *path, int64_t is_fen, int64_t want_fen)
{
    if (is_fen == want_fen)
        return MZ_OK;
    return mz_refuse(act->why, MZ_STATEMENT_DIFFERS, mz_words("path", path), mz_fen("is", is_fen),
                     mz_fen("want", want_fen));
}

static mz_status compare_member(mz_act *act, const char *name, int64_t want_fen)
{
    char path[48];
    (void)snprintf(path, sizeof path, "body.%s", name);
    return compare(act, path, mz_body_integer(act->entry, name, 0), want_fen);
}

/* A list of {label, amount_fen}: each value of the catalogue at most once, with its figure; what
 * had no movement is left out, and the schema lets no zero in. */
static mz_status compare_list(mz_act *act, const char *list, const char *label,
                              const char *const *values, const int64_t *want_fen, size_t count)
{
    int64_t stated_fen[MZ_LIST_ITEMS_MAX] = {0};
    const json_t *items = mz_body_list(act->entry, list);
    char path[64];
    assert(count <= MZ_LIST_ITEMS_MAX);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const int value = mz_value_index(values, mz_json_text(item, label));
        assert(value >= 0 && (size_t)value < count); /* the schema's enum */
        if (stated_fen[value] != 0) {
            (void)snprintf(path, sizeof path, "body.%s[%zu]", list, i);
            return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", path));
        }
        stated_fen[value] = mz_json_integer(item, "amount_fen", 0);
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "body.%s.%s", list, values[i]);
        const mz_status status = compare(act, path, stated_fen[i], want_fen[i]);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status compare_period(mz_act *act, const mz_period *period)
{
    mz_status status = compare_member(act, "opening_fen", period->opening_fen);
    if (status == MZ_OK)
        status = compare_list(act, "income", "kind", MZ_INCOME_KINDS, period->income_fen,
                              MZ_INCOME_KIND_COUNT);
    if (status == MZ_OK)
        status = compare_list(act, "spending", "category", MZ_CATEGORIES, period->spending_fen,
                              MZ_CATEGORY_COUNT);
    if (status == MZ_OK)
        status = compare_member(act, "returned_fen", period->returned_fen);
    if (status == MZ_OK)
        status = compare_member(act, "corrections_fen", period->corrections_fen);
    if (status == MZ_OK)
        status = compare_member(act, "moved_fen", period->moved_fen);
    if (status == MZ_OK)
        status = compare_member(act, "closing_fen", period->closing_fen);
    if (status == MZ_OK)
        status = compare_member(act, "reserved_fen", period->reserved_fen);
    return status;
}

mz_status mz_rule_statement_published(mz_act *act)
{
    mz_statement statement = {.index = act->index};
    mz_period period;
    mz_status status = mz_act_seated(act, MZ_MEMBER, NULL);
    if (status == MZ_OK)
        status = read_days(act, &statement.from_day, &statement.to_day);
    if (status == MZ_OK)
        status = mz_period_read(act->changes, act->fund.ref, statement.from_day, statement.to_day,
                                &period, act->why);
    if (status == MZ_OK)
        status = compare_period(act, &period);
    if (status != MZ_OK)
        return status;
    statement.closing_fen = period.closing_fen;
    mz_key_bytes key = mz_key_u64(MZ_KIND_STATEMENT, act->fund.ref);
    mz_key_add_u32(&key, (uint32_t)statement.to_day);
    act->fund.statement_to_day = statement.to_day;
    return mz_state_store(act->changes, &key, &statement, sizeof statement, act->why);
}
