/* views_month.c — every entry of a fund in a calendar month, and the month's figures. Cost: the
 * month's place in the log by bisection, the totals of its days, and the rows of one answer. */
#include "core/uuid.h"
#include "core/views_public.h"
#include "core/views_public_make.h"

/* ---- a moment's place in the log ---- */

mz_status mz_index_at(mz_changes *changes, int64_t unix_ms, uint64_t *index, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    uint64_t low = 0, high = 0;
    int64_t at_ms = 0;
    mz_status status = mz_log_end(&making, &high, &at_ms);
    while (status == MZ_OK && low < high) {
        uint8_t key[8];
        mz_view leaf, jws;
        const uint64_t middle = low + (high - low) / 2;
        mz_be64_put(key, middle);
        status = mz_changes_get(changes, MZ_TABLE_ENTRIES, (mz_view){key, sizeof key}, &leaf, why);
        if (status == MZ_NOT_FOUND)
            return mz_refuse_corrupt(why, "an entry is missing");
        if (status == MZ_OK)
            status = mz_leaf_split(leaf, &at_ms, &jws, why);
        if (at_ms < unix_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return status;
}

/* ---- what an entry is about ---- */

static mz_status about_proposal(mz_making *making, mz_ref ref, json_t *about)
{
    static const char *const NAMES[] = {"title", NULL};
    mz_proposal proposal;
    mz_status status = mz_proposal_load(making->changes, ref, &proposal, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_view(making, about, "proposal", mz_id_view(proposal.head.id));
    return mz_put_body(making, about, ref, NAMES);
}

static mz_status about_income(mz_making *making, mz_ref ref, json_t *about)
{
    mz_income income;
    mz_status status = mz_income_load(making->changes, ref, &income, making->why);
    if (status != MZ_OK)
        return status;
    mz_put(making, about, "kind", json_string(MZ_INCOME_KINDS[income.kind]));
    return mz_put_party_public(making, income.party, about);
}

static mz_status about_payout(mz_making *making, mz_ref ref, json_t *about)
{
    mz_payout payout;
    mz_status status = mz_payout_load(making->changes, ref, &payout, making->why);
    if (status == MZ_OK)
        status = about_proposal(making, payout.head.proposal, about);
    return status == MZ_OK ? mz_put_party_public(making, payout.head.party, about) : status;
}

static mz_status about_objection(mz_making *making, mz_ref ref, json_t *about)
{
    mz_objection objection;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, ref);
    const mz_status status =
        mz_state_load(making->changes, &key, &objection, sizeof objection, making->why);
    return status == MZ_OK ? about_proposal(making, objection.proposal, about) : status;
}

static mz_status about_goods(mz_making *making, mz_ref ref, json_t *about)
{
    mz_goods goods;
    mz_item item;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size = 0;
    mz_status status = mz_goods_load(making->changes, ref, &goods, making->why);
    if (status == MZ_OK)
        status = mz_item_load(making->changes, goods.item, &item, unit, &unit_size, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_view(making, about, "item", mz_id_view(item.id));
    mz_put_view(making, about, "unit", (mz_view){unit, unit_size});
    mz_put(making, about, "quantity", json_integer(goods.quantity));
    return mz_put_party_public(making, goods.party, about);
}

/* The entry itself, or the one that it cites, told by what it is. */
static mz_status about_event(mz_making *making, mz_event event, mz_ref ref, json_t *about)
{
    static const struct {
        mz_event event;
        mz_status (*tell)(mz_making *, mz_ref, json_t *);
    } TELLERS[] = {
        {MZ_INCOME_RECORDED,   about_income   },
        {MZ_PAYOUT_MADE,       about_payout   },
        {MZ_OBJECTION_FILED,   about_objection},
        {MZ_GOODS_RECEIVED,    about_goods    },
        {MZ_GOODS_ISSUED,      about_goods    },
        {MZ_GOODS_SOLD,        about_goods    },
        {MZ_GOODS_WRITTEN_OFF, about_goods    },
    };
    for (size_t i = 0; i < sizeof TELLERS / sizeof TELLERS[0]; i++) {
        if (TELLERS[i].event == event)
            return TELLERS[i].tell(making, ref, about);
    }
    return MZ_OK;
}

/* The entry that a body cites, if any: what is confirmed, returned, answered, reversed. */
static mz_status about_cited(mz_making *making, const json_t *body, json_t *about)
{
    static const char *const MEMBERS[] = {"income", "payout", "objection", "target"};
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        uint8_t jti[16];
        uint64_t index;
        mz_event event;
        if (!mz_uuid_parse(mz_json_text(body, MEMBERS[i]), jti))
            continue;
        mz_status status = mz_jti_find(making->changes, jti, &index, &event, making->why);
        if (status != MZ_OK)
            return status;
        mz_put_count(making, about, "cites", index);
        mz_put(making, about, "cites_event", json_string(mz_event_row_of(event)->name));
        return about_event(making, event, index, about);
    }
    return MZ_OK;
}

mz_status mz_put_about(mz_making *making, mz_event event, uint64_t index, const json_t *body,
                       json_t *out)
{
    uint64_t ref;
    json_t *about = mz_put_object(making, out, "about");
    mz_status status = about_event(making, event, index, about);
    if (status == MZ_OK && json_object_size(about) == 0)
        status = about_cited(making, body, about);
    const mz_view proposal = mz_json_text(body, "proposal");
    if (status == MZ_OK && proposal.size > 0 && json_object_get(about, "title") == NULL) {
        status = mz_name_find(making->changes, MZ_NAME_PROPOSAL, 0, proposal, &ref, making->why);
        if (status == MZ_OK)
            status = about_proposal(making, ref, about);
        else if (status == MZ_NOT_FOUND) /* confirmed later, or never */
            status = MZ_OK;
    }
    return status;
}

/* ---- the entries of a fund, of all events, in the order of the log ---- */

typedef struct fund_walk {
    mz_ref fund;
    uint64_t next[MZ_EVENT_NUMBER_MAX + 1]; /* by event; MZ_NEVER: no more */
} fund_walk;

static mz_status walk_to(mz_making *making, fund_walk *walk, mz_event event, uint64_t from)
{
    mz_view found, value;
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_OF_FUND, walk->fund);
    mz_key_add_u8(&prefix, (uint8_t)event);
    mz_key_bytes at = prefix;
    mz_key_add_u64(&at, from);
    const mz_status status = mz_changes_seek(making->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                             mz_key_view(&at), &found, &value, making->why);
    walk->next[event] = status == MZ_OK ? mz_be64_get(found.data + found.size - 8) : MZ_NEVER;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status walk_begin(mz_making *making, fund_walk *walk, uint64_t from)
{
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    mz_status status = MZ_OK;
    for (size_t i = 0; i <= MZ_EVENT_NUMBER_MAX; i++)
        walk->next[i] = MZ_NEVER;
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        if (rows[i].fund != MZ_FUND_NONE)
            status = walk_to(making, walk, rows[i].event, from);
    }
    return status;
}

static mz_event walk_first(const fund_walk *walk)
{
    size_t first = 0;
    for (size_t i = 1; i <= MZ_EVENT_NUMBER_MAX; i++) {
        if (walk->next[i] < walk->next[first])
            first = i;
    }
    return (mz_event)first;
}

static mz_status put_entries(mz_making *making, mz_ref fund, uint64_t from, uint64_t end,
                             json_t *out)
{
    fund_walk walk = {.fund = fund};
    json_t *rows = mz_put_list(making, out, "entries");
    mz_status status = walk_begin(making, &walk, from);
    while (status == MZ_OK) {
        const mz_event event = walk_first(&walk);
        const uint64_t index = walk.next[event];
        if (index >= end)
            return MZ_OK;
        if (json_array_size(rows) == MZ_VIEW_ROWS_MAX) {
            mz_put_next(making, out, index - 1);
            return MZ_OK;
        }
        json_t *row = mz_add_object(making, rows);
        status = mz_put_entry(making, index, row);
        if (status == MZ_OK)
            status = mz_put_about(making, event, index, json_object_get(row, "body"), row);
        if (status == MZ_OK)
            status = walk_to(making, &walk, event, index + 1);
    }
    return status;
}

/* ---- the month ---- */

static void put_neighbours(mz_making *making, const mz_fund *fund, int32_t first, int32_t last,
                           json_t *out)
{
    char text[MZ_MONTH_TEXT_SIZE];
    if (first > mz_day_of_ms(fund->opened_ms)) {
        mz_month_text(first - 1, text);
        mz_put(making, out, "previous", json_string(text));
    }
    if (last < mz_day_of_ms(making->now_ms)) {
        mz_month_text(last + 1, text);
        mz_put(making, out, "following", json_string(text));
    }
}

/* Its days, cut to those of the fund until today. */
static mz_status month_days(mz_making *making, const mz_fund *fund, mz_view month, int32_t *first,
                            int32_t *last)
{
    if (!mz_month_parse(month, first, last))
        return mz_refuse(making->why, MZ_BAD_VALUE, mz_words("path", "month"),
                         mz_words("want", MZ_BOTH("YYYY-MM 形式的月份", "a month, YYYY-MM")));
    if (*last < mz_day_of_ms(fund->opened_ms) || *first > mz_day_of_ms(making->now_ms))
        return mz_refuse(making->why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("月份", "month")),
                         mz_words_view("id", month));
    return MZ_OK;
}

mz_status mz_month_view(mz_changes *changes, mz_view id, mz_view month, uint64_t after,
                        int64_t now_ms, json_t **out, mz_reason *why)
{
    static const char *const NAMES[] = {"name", "community", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    mz_period period;
    int32_t first = 0, last = 0;
    uint64_t from = 0, end = 0;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status == MZ_OK)
        status = month_days(&making, &fund, month, &first, &last);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, fund.ref, NAMES);
    if (status == MZ_OK)
        status = mz_index_at(changes, mz_day_start_ms(first), &from, why);
    if (status == MZ_OK)
        status = mz_index_at(changes, mz_day_end_ms(last), &end, why);
    if (status == MZ_OK)
        status = mz_period_read(changes, fund.ref, first, last, &period, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_view(&making, made, "fund", mz_id_view(fund.id));
    mz_put_view(&making, made, "month", month);
    mz_put(&making, made, "open", json_boolean(now_ms < mz_day_end_ms(last)));
    put_neighbours(&making, &fund, first, last, made);
    status = mz_put_figures(&making, &period, made);
    mz_put(&making, made, "reserved_fen", json_integer(period.reserved_fen));
    if (status == MZ_OK)
        status = put_entries(&making, fund.ref, after + 1 > from ? after + 1 : from, end, made);
    return mz_making_end(&making, status, made, out);
}
