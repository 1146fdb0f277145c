/* views_list.c — lists that go across: all entries of a fund, and what all funds owe the public. */
#include "core/views.h"
#include "core/views_make.h"

/* --- all entries of a fund ---
 *
 * Rows lie by event, so the newest of each event are compared and the newest of all is taken: one
 * look for each event, then one for each row. */

typedef struct fund_heads {
    mz_making *making;
    mz_ref fund;
    size_t count;
    const mz_event_row *rows;
    uint64_t newest[MZ_EVENT_NUMBER_MAX + 1]; /* by position in the catalogue; MZ_NEVER: no more */
} fund_heads;

static mz_status newest_before(fund_heads *heads, size_t position, uint64_t before)
{
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_OF_FUND, heads->fund);
    mz_view found, value;
    mz_key_add_u8(&prefix, (uint8_t)heads->rows[position].event);
    mz_key_bytes at = prefix;
    heads->newest[position] = MZ_NEVER;
    if (before == 0)
        return MZ_OK;
    mz_key_add_u64(&at, before - 1);
    mz_status status =
        mz_changes_seek_back(heads->making->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                             mz_key_view(&at), &found, &value, heads->making->why);
    if (status == MZ_OK)
        heads->newest[position] = mz_be64_get(found.data + found.size - 8);
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* The position of the newest of all; `count` when there is none. */
static size_t newest_of_all(const fund_heads *heads)
{
    size_t best = heads->count;
    for (size_t i = 0; i < heads->count; i++)
        if (heads->newest[i] != MZ_NEVER &&
            (best == heads->count || heads->newest[i] > heads->newest[best]))
            best = i;
    return best;
}

static mz_status put_rows(fund_heads *heads, json_t *entries, uint64_t *next)
{
    mz_status status = MZ_OK;
    for (size_t row_count = 0; status == MZ_OK; row_count++) {
        size_t position = newest_of_all(heads);
        if (position == heads->count)
            return MZ_OK;
        uint64_t index = heads->newest[position];
        if (row_count == MZ_VIEW_ROWS_MAX) {
            *next = index + 1;
            return MZ_OK;
        }
        json_t *row = json_object();
        mz_add(heads->making, entries, row);
        status = mz_put_entry(heads->making, index, row);
        if (status == MZ_OK)
            status = newest_before(heads, position, index);
    }
    return status;
}

mz_status mz_fund_history_view(mz_changes *changes, mz_view id, uint64_t before, json_t **out,
                               mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    fund_heads heads = {.making = &making};
    uint64_t next = MZ_NEVER;
    json_t *made = json_object(), *entries = json_array();
    mz_put(&making, made, "entries", entries);
    heads.rows = mz_event_rows(&heads.count);
    mz_status status = mz_named(&making, MZ_NAME_FUND, MZ_BOTH("基金", "fund"), id, &heads.fund);
    for (size_t i = 0; i < heads.count && status == MZ_OK; i++)
        status = newest_before(&heads, i, before);
    if (status == MZ_OK)
        status = put_rows(&heads, entries, &next);
    if (next != MZ_NEVER)
        mz_put(&making, made, "next", json_integer((json_int_t)next));
    return mz_making_end(&making, status, made, out);
}

/* --- what each fund owes the public --- */

static mz_status put_due(mz_making *making, mz_ref ref, int32_t today, json_t *out)
{
    mz_fund fund;
    mz_status status = mz_fund_load(making->changes, ref, &fund, making->why);
    if (status != MZ_OK)
        return status;
    int32_t due_day = fund.statement_to_day + (int32_t)fund.profile.statement_days;
    json_t *row = json_object();
    mz_add(making, out, row);
    mz_put_view(making, row, "fund", mz_id_view(fund.id));
    mz_put(making, row, "state", json_string(mz_fund_stage_word(fund.stage)));
    if (fund.statement_to_day >= mz_day_of_ms(fund.opened_ms))
        mz_put_day(making, row, "published_to", fund.statement_to_day);
    mz_put_day(making, row, "next_from", fund.statement_to_day + 1);
    mz_put_day(making, row, "due_on", due_day);
    mz_put(making, row, "overdue",
           json_boolean(fund.stage != MZ_FUND_IS_CLOSED && today > due_day));
    return MZ_OK;
}

mz_status mz_statements_due_view(mz_changes *changes, int64_t now_ms, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_ref refs[MZ_FUNDS_LISTED_MAX];
    size_t count;
    json_t *made = json_object(), *funds = json_array();
    mz_put(&making, made, "funds", funds);
    mz_status status = mz_fund_refs(&making, refs, MZ_FUNDS_LISTED_MAX, &count);
    for (size_t i = 0; i < count && status == MZ_OK; i++)
        status = put_due(&making, refs[i], mz_day_of_ms(now_ms), funds);
    return mz_making_end(&making, status, made, out);
}
