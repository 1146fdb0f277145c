/* test_views_public.c — what the public asks of the ledger: one history, a row for each answer; and
 * that answers are the same in parts, and cost the same in a long log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/csv.h"
#include "core/date.h"
#include "core/totals.h"
#include "core/views_public.h"
#include "page_world.h"

typedef enum asked { ORIGIN, FUNDS, FUND, MONTH, GIFT, LINKS, PARTY, CALLED } asked;

typedef struct view_case {
    const char *name;
    asked what;
    const char *id, *more;
    const char *path; /* NULL: refused */
    const char *want;
} view_case;

/* clang-format off */
static const view_case CASES[] = {
    {"the log's size", ORIGIN, "", "", "size", "71"},
    {"the charity", ORIGIN, "", "", "charity.name", "'某市慈善总会'"},
    {"funds in order of opening", FUNDS, "0", "", "funds.1.fund", "'fund-b'"},
    {"a late statement's day", FUNDS, "0", "", "funds.1.statement.due_on", "'2026-04-10'"},
    {"no further funds", FUNDS, "0", "", "next", "null"},
    {"funds after one", FUNDS, "3", "", "funds.#", "1"},
    {"the year begins with the fund", FUND, "fund-a", "", "year.from", "'2026-03-02'"},
    {"income is gross", FUND, "fund-a", "", "year.income_fen", "3123456"},
    {"a kind that had none is left out", FUND, "fund-a", "", "year.income.#", "2"},
    {"a reversal is a correction", FUND, "fund-a", "", "year.corrections_fen", "-500000"},
    {"the year leads from nothing", FUND, "fund-a", "", "year.opening_fen", "0"},
    {"to the balance", FUND, "fund-a", "", "year.closing_fen", "2263456"},
    {"months since the fund", FUND, "fund-a", "", "months.#", "3"},
    {"the oldest month first", FUND, "fund-a", "", "months.0",
     "{'month':'2026-03','income_fen':3123456,'spending_fen':380000,'balance_fen':2263456}"},
    {"open proposals in order of filing", FUND, "fund-a", "", "open.0.proposal", "'vote'"},
    {"ballots so far", FUND, "fund-a", "", "open.0.panel.approvals", "1"},
    {"approvals needed", FUND, "fund-a", "", "open.0.panel.needed", "2"},
    {"a proposal without a need", FUND, "fund-a", "", "open.0.has_need", "false"},
    {"others, newest first", FUND, "fund-a", "", "past.0.proposal", "'bad'"},
    {"with their ratings", FUND, "fund-a", "", "past.2.ratings.0.rater", "'residents'"},
    {"filed before an entry", FUND, "fund-a", "41", "past.#", "1"},
    {"a source's party by name", FUND, "fund-a", "", "sources.0.party_name", "'惠民超市有限公司'"},
    {"what a source brought", FUND, "fund-a", "", "sources.0.confirmed_fen", "123456"},
    {"statements", FUND, "fund-a", "", "statements.0.to", "'2026-03-31'"},
    {"who paid last", FUND, "fund-a", "", "handled.4.actor", "'cash-a'"},
    {"what waits to be confirmed", FUND, "fund-a", "", "unconfirmed_count", "1"},
    {"a fund with nothing", FUND, "fund-b", "", "year.income.#", "0"},
    {"no such fund", FUND, "fund-c", "", NULL, "not_found"},
    {"a month begins with its first entry", MONTH, "fund-a", "2026-03", "entries.0.index", "3"},
    {"and has all of them", MONTH, "fund-a", "2026-03", "entries.#", "40"},
    {"a confirmed income's kind", MONTH, "fund-a", "2026-03", "entries.7.about.kind", "'donation'"},
    {"of a person's gift no name", MONTH, "fund-a", "2026-03", "entries.8.about.party_name", "null"},
    {"but the kind of party", MONTH, "fund-a", "2026-03", "entries.8.about.party_kind", "'person'"},
    {"what a reversal reverses", MONTH, "fund-a", "2026-03", "entries.10.about.cites", "30"},
    {"a proposal's title", MONTH, "fund-a", "2026-03", "entries.20.about.title", "'集市棚架'"},
    {"the month before it is none", MONTH, "fund-a", "2026-03", "previous", "null"},
    {"the month after", MONTH, "fund-a", "2026-03", "following", "'2026-04'"},
    {"its opening", MONTH, "fund-a", "2026-04", "opening_fen", "2263456"},
    {"the present month is open", MONTH, "fund-a", "2026-05", "open", "true"},
    {"and has no next", MONTH, "fund-a", "2026-05", "following", "null"},
    {"a month before the fund", MONTH, "fund-a", "2026-02", NULL, "not_found"},
    {"a month to come", MONTH, "fund-a", "2026-06", NULL, "not_found"},
    {"no month", MONTH, "fund-a", "2026-13", NULL, "bad_value"},
    {"a gift is in", GIFT, "R-1", "", "state", "'confirmed'"},
    {"its fund", GIFT, "R-1", "", "fund_name", "'闻韶社区基金'"},
    {"what it paid for", GIFT, "R-1", "", "parts.0.title", "'修屋顶'"},
    {"how much of it, net of what came back", GIFT, "R-1", "", "parts.0.amount_fen", "260000"},
    {"all that was used", GIFT, "R-1", "", "used_fen", "360000"},
    {"and what was not", GIFT, "R-1", "", "free_fen", "1640000"},
    {"a reversed number", GIFT, "R-2", "", "state", "'reversed'"},
    {"by which entry", GIFT, "R-2", "", "reversed_by", "31"},
    {"has paid for nothing", GIFT, "R-2", "", "parts", "null"},
    {"the number that took its place", GIFT, "R-3", "", "free_fen", "500000"},
    {"no such number", GIFT, "R-9", "", NULL, "not_found"},
    {"what an entry cites", LINKS, "28", "", "cites.0.index", "27"},
    {"what confirmed an income", LINKS, "27", "", "done", "[{'relation':'confirmed_by','index':28}]"},
    {"what reversed a confirmation", LINKS, "30", "", "done.0.relation", "'reversed_by'"},
    {"an income confirmed anew", LINKS, "29", "", "done.0.index", "32"},
    {"goods confirmed", LINKS, "37", "", "done.0.index", "38"},
    {"an objection answered", LINKS, "67", "", "done.0", "{'relation':'answered_by','index':68}"},
    {"no such entry", LINKS, "99", "", NULL, "not_found"},
    {"an organisation is named", PARTY, "shop", "", "party_name", "'惠民超市有限公司'"},
    {"a person is not", PARTY, "lifa", "", "party_name", "null"},
    {"a fund's name", CALLED, "fund-b", "", "name", "'辛东社区基金'"},
};
/* clang-format on */

static views_world *the_world;

static mz_status ask(mz_changes *changes, const view_case *c, json_t **out, mz_reason *why)
{
    const int64_t now_ms = the_world->now_ms;
    const uint64_t number = strtoull(c->id, NULL, 10);
    const mz_view id = mz_view_of(c->id);
    switch (c->what) {
    case ORIGIN:
        return mz_origin_view(changes, out, why);
    case FUNDS:
        return mz_funds_view(changes, number, now_ms, out, why);
    case FUND:
        return mz_disclosure_view(changes, id,
                                  c->more[0] == '\0' ? MZ_NEVER : strtoull(c->more, NULL, 10),
                                  now_ms, out, why);
    case MONTH:
        return mz_month_view(changes, id, mz_view_of(c->more), 0, now_ms, out, why);
    case GIFT:
        return mz_gift_view(changes, id, now_ms, out, why);
    case LINKS:
        return mz_links_view(changes, number, out, why);
    case PARTY:
        return mz_party_public_view(changes, id, out, why);
    case CALLED:
        return mz_fund_called_view(changes, id, out, why);
    }
    return MZ_IO;
}

static void check_view(void **state)
{
    const view_case *c = *state;
    mz_snapshot *snapshot = NULL;
    json_t *made = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    const mz_status status = ask(mz_snapshot_changes(snapshot), c, &made, &why);
    views_expect(status, &why, made, c->path, c->want);
    mz_snapshot_close(snapshot);
}

/* ---- a month, entry by entry ---- */

static void check_month_parts(void **state)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *whole = NULL, *rest = NULL;
    (void)state;
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    mz_changes *changes = mz_snapshot_changes(snapshot);
    const mz_view fund = mz_view_of("fund-a"), month = mz_view_of("2026-03");
    assert_int_equal(mz_month_view(changes, fund, month, 0, the_world->now_ms, &whole, &why),
                     MZ_OK);
    const json_t *entries = json_object_get(whole, "entries");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const uint64_t index = (uint64_t)json_integer_value(json_object_get(entry, "index"));
        assert_int_equal(mz_month_view(changes, fund, month, index, the_world->now_ms, &rest, &why),
                         MZ_OK);
        const json_t *further = json_object_get(rest, "entries");
        assert_int_equal(json_array_size(further), json_array_size(entries) - i - 1);
        if (json_array_size(further) > 0)
            assert_true(json_equal(json_array_get(further, 0), json_array_get(entries, i + 1)));
        json_decref(rest);
    }
    json_decref(whole);
    mz_snapshot_close(snapshot);
}

/* ---- a moment's place ---- */

static void check_index_at(void **state)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    uint64_t index;
    (void)state;
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    mz_changes *changes = mz_snapshot_changes(snapshot);
    const uint64_t size = mz_snapshot_size(snapshot);
    for (uint64_t i = 0; i < size; i++) {
        mz_view leaf, jws;
        int64_t at_ms = 0;
        assert_int_equal(mz_snapshot_leaf(snapshot, i, &leaf, &why), MZ_OK);
        assert_int_equal(mz_leaf_split(leaf, &at_ms, &jws, &why), MZ_OK);
        assert_int_equal(mz_index_at(changes, at_ms + 1, &index, &why), MZ_OK);
        assert_true(index > i);
        assert_int_equal(mz_index_at(changes, at_ms, &index, &why), MZ_OK);
        assert_true(index <= i);
    }
    assert_int_equal(mz_index_at(changes, 0, &index, &why), MZ_OK);
    assert_int_equal(index, 0);
    assert_int_equal(mz_index_at(changes, INT64_MAX, &index, &why), MZ_OK);
    assert_int_equal(index, size);
    mz_snapshot_close(snapshot);
}

/* ---- flows are a period without what came before ---- */

static void check_flows(void **state)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    (void)state;
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    mz_changes *changes = mz_snapshot_changes(snapshot);
    const int32_t first = mz_day_of_ms(MZ_SAMPLE_START_MS);
    const int32_t last = mz_day_of_ms(the_world->now_ms);
    for (int32_t from = first; from <= last; from += 5) {
        mz_period flows, period;
        assert_int_equal(mz_flows_read(changes, 3, from, last, &flows, &why), MZ_OK);
        assert_int_equal(mz_period_read(changes, 3, from, last, &period, &why), MZ_OK);
        assert_int_equal(flows.opening_fen, 0);
        assert_int_equal(flows.closing_fen, period.closing_fen - period.opening_fen);
        assert_memory_equal(flows.income_fen, period.income_fen, sizeof flows.income_fen);
        assert_memory_equal(flows.spending_fen, period.spending_fen, sizeof flows.spending_fen);
    }
    mz_snapshot_close(snapshot);
}

/* ---- a table in parts is the table ---- */

static mz_status put_row(void *context, const mz_sheet *sheet, const mz_cell *cells, mz_reason *why)
{
    (void)why;
    mz_csv_put_row(context, sheet, cells, MZ_CHINESE);
    return MZ_OK;
}

static void check_sheet(mz_kv_txn *txn, const mz_sheet *sheet)
{
    mz_buf whole, parts;
    mz_reason why = {0};
    mz_sheet_part part = {.rows_max = 2};
    mz_buf_init(&whole, 1 << 20);
    mz_buf_init(&parts, 1 << 20);
    assert_int_equal(
        mz_sheet_read(sheet, txn, the_world->now_ms, mz_view_of("fund-a"), put_row, &whole, &why),
        MZ_OK);
    do {
        part.from_index = part.next_index;
        assert_int_equal(mz_sheet_read_part(sheet, txn, the_world->now_ms, mz_view_of("fund-a"),
                                            &part, put_row, &parts, &why),
                         MZ_OK);
        assert_true(part.next_index == 0 || part.next_index > part.from_index);
    } while (part.next_index != 0);
    if (!mz_view_equal(mz_buf_view(&whole), mz_buf_view(&parts)))
        fail_msg("%s in parts:\n%s\nwhole:\n%s", sheet->code, (const char *)parts.data,
                 (const char *)whole.data);
    mz_buf_clear(&parts);
    mz_buf_clear(&whole);
}

static void check_sheets(void **state)
{
    size_t count;
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    const mz_sheet *sheets = mz_sheets(&count);
    (void)state;
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(sheets[i].code, "grants") != 0)
            check_sheet(mz_snapshot_txn(snapshot), &sheets[i]);
    }
    mz_snapshot_close(snapshot);
}

static int begin(void **state)
{
    (void)state;
    the_world = page_world_new(false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    views_world_free(the_world);
    return 0;
}

int main(void)
{
    enum { CASE_COUNT = sizeof CASES / sizeof CASES[0], MORE = 4 };
    struct CMUnitTest tests[CASE_COUNT + MORE] = {
        cmocka_unit_test(check_month_parts),
        cmocka_unit_test(check_index_at),
        cmocka_unit_test(check_flows),
        cmocka_unit_test(check_sheets),
    };
    for (size_t i = 0; i < CASE_COUNT; i++)
        tests[MORE + i] = (struct CMUnitTest){.name = CASES[i].name,
                                              .test_func = check_view,
                                              .initial_state = (void *)(uintptr_t)&CASES[i]};
    return cmocka_run_group_tests(tests, begin, end);
}
