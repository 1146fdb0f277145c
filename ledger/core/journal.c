#include "core/journal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What an entry is read with. `sign` is 1 for what happens and -1 for its reversal. */
typedef struct reading {
    mz_changes *changes;
    const mz_entry *entry;
    uint64_t index;
    mz_journal *journal;
    int sign;
    mz_reason *why;
} reading;

const char *mz_posting_step_name(mz_posting_step step)
{
    static const char *const NAMES[] = {"", "booked", "carried", "released", "moved"};
    assert(step >= MZ_STEP_BOOKED && step <= MZ_STEP_MOVED);
    return NAMES[step];
}

void mz_journal_clear(mz_journal *journal)
{
    free(journal->items);
    *journal = (mz_journal){0};
}

static mz_status post(reading *r, const mz_posting *posting)
{
    mz_journal *journal = r->journal;
    if (journal->count == journal->capacity) {
        const size_t capacity = journal->capacity == 0 ? 16 : 2 * journal->capacity;
        mz_posting *items = realloc(journal->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(r->why, MZ_NO_MEMORY);
        journal->items = items;
        journal->capacity = capacity;
    }
    journal->items[journal->count++] = *posting;
    return MZ_OK;
}

/* A debit and the credit that balances it. */
static mz_status post_pair(reading *r, mz_posting_step step, mz_posting debit, mz_posting credit,
                           int64_t amount_fen)
{
    debit.step = credit.step = step;
    debit.amount_fen = r->sign * amount_fen;
    credit.amount_fen = -r->sign * amount_fen;
    mz_status status = post(r, &debit);
    return status == MZ_OK ? post(r, &credit) : status;
}

static mz_posting bank_of(mz_ref fund, mz_ref purpose)
{
    return (mz_posting){.role = MZ_POST_BANK, .fund = fund, .purpose = purpose};
}

static mz_posting net_of(mz_ref fund, mz_ref purpose)
{
    return (mz_posting){.role = MZ_POST_NET, .fund = fund, .purpose = purpose};
}

static mz_posting carried_of(mz_ref fund)
{
    return (mz_posting){.role = MZ_POST_CARRIED, .fund = fund};
}

/* ---- income ---- */

static mz_status post_income(reading *r, mz_ref ref)
{
    mz_income income;
    mz_status status = mz_income_load(r->changes, ref, &income, r->why);
    if (status != MZ_OK)
        return status;
    const mz_posting earned = {.role = MZ_POST_INCOME,
                               .fund = income.fund,
                               .purpose = income.purpose,
                               .detail = income.kind};
    r->journal->party = income.party;
    r->journal->source = income.source;
    status = post_pair(r, MZ_STEP_BOOKED, bank_of(income.fund, income.purpose), earned,
                       income.amount_fen);
    if (status == MZ_OK)
        status = post_pair(r, MZ_STEP_CARRIED, carried_of(income.fund),
                           net_of(income.fund, income.purpose), income.amount_fen);
    return status;
}

static mz_status read_confirmed(reading *r, uint64_t index)
{
    mz_confirmation confirmation;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size;
    mz_status status =
        mz_confirmation_load(r->changes, index, &confirmation, bank_ref, &bank_ref_size, r->why);
    if (status != MZ_OK)
        return status;
    if (r->sign > 0)
        r->journal->about = confirmation.income;
    return post_income(r, confirmation.income);
}

/* ---- moving on: the same money under another purpose or fund ---- */

static mz_status post_move(reading *r, mz_ref fund, mz_ref purpose, mz_ref to_fund,
                           mz_ref to_purpose, int64_t amount_fen)
{
    mz_status status = post_pair(r, MZ_STEP_MOVED, bank_of(to_fund, to_purpose),
                                 bank_of(fund, purpose), amount_fen);
    if (status == MZ_OK)
        status = post_pair(r, MZ_STEP_MOVED, net_of(fund, purpose), net_of(to_fund, to_purpose),
                           amount_fen);
    return status;
}

static mz_status purpose_named(reading *r, mz_view name, mz_ref fund, mz_ref *purpose)
{
    *purpose = MZ_GENERAL;
    if (mz_view_is(name, "general"))
        return MZ_OK;
    return mz_name_find(r->changes, MZ_NAME_PURPOSE, fund, name, purpose, r->why);
}

static mz_status read_purpose_changed(reading *r, uint64_t index)
{
    const json_t *lots = mz_body_list(r->entry, "lots");
    const mz_ref fund = r->journal->fund;
    mz_ref from, to;
    int64_t sum_fen = 0;
    (void)index;
    mz_status status = purpose_named(r, mz_body_text(r->entry, "purpose"), fund, &from);
    if (status == MZ_OK)
        status = purpose_named(r, mz_body_text(r->entry, "to"), fund, &to);
    if (status != MZ_OK)
        return status;
    for (size_t i = 0; i < json_array_size(lots); i++)
        sum_fen += mz_json_integer(json_array_get(lots, i), "amount_fen", 0);
    return post_move(r, fund, from, fund, to, sum_fen);
}

/* Whether the fund was closed when the entry was written. */
static bool closed_by(const mz_fund *fund, uint64_t index)
{
    return fund->closed_index < index;
}

/* What came back to a closed fund went on at once, to where an open fund stood then. */
static mz_status post_onward(reading *r, const mz_fund *fund, const mz_payout_draw *parts,
                             size_t part_count)
{
    mz_fund target = *fund;
    mz_ref purpose = MZ_GENERAL;
    const int sign = r->sign;
    mz_status status = MZ_OK;
    while (status == MZ_OK && closed_by(&target, r->index)) {
        purpose = target.residual_purpose;
        status = mz_fund_load(r->changes, target.residual_fund, &target, r->why);
    }
    r->sign = 1; /* it moves on, whether it was returned or its payout reversed */
    for (size_t i = 0; status == MZ_OK && i < part_count; i++)
        if (parts[i].amount_fen > 0)
            status =
                post_move(r, fund->ref, parts[i].purpose, target.ref, purpose, parts[i].amount_fen);
    r->sign = sign;
    return status;
}

/* ---- payouts ---- */

static mz_status post_payment(reading *r, mz_ref fund, mz_ref purpose, uint32_t category,
                              int64_t amount_fen)
{
    const mz_posting spent = {
        .role = MZ_POST_EXPENSE, .fund = fund, .purpose = purpose, .detail = category};
    mz_status status = post_pair(r, MZ_STEP_BOOKED, spent, bank_of(fund, purpose), amount_fen);
    if (status == MZ_OK && purpose != MZ_GENERAL)
        status = post_pair(r, MZ_STEP_RELEASED, net_of(fund, purpose), net_of(fund, MZ_GENERAL),
                           amount_fen);
    if (status == MZ_OK)
        status =
            post_pair(r, MZ_STEP_CARRIED, net_of(fund, MZ_GENERAL), carried_of(fund), amount_fen);
    return status;
}

static mz_status post_parts(reading *r, const mz_payout_head *payout, const mz_payout_draw *parts,
                            size_t part_count)
{
    mz_proposal proposal;
    r->journal->party = payout->party;
    r->journal->proposal = payout->proposal;
    mz_status status = mz_proposal_load(r->changes, payout->proposal, &proposal, r->why);
    for (size_t i = 0; status == MZ_OK && i < part_count; i++)
        if (parts[i].amount_fen > 0)
            status = post_payment(r, payout->fund, parts[i].purpose, proposal.head.category,
                                  parts[i].amount_fen);
    return status;
}

/* Parts that came back, and went on when the fund was closed by then. */
static mz_status post_back(reading *r, const mz_payout_head *payout, const mz_payout_draw *parts,
                           size_t part_count)
{
    mz_fund fund;
    mz_status status = post_parts(r, payout, parts, part_count);
    if (status == MZ_OK)
        status = mz_fund_load(r->changes, payout->fund, &fund, r->why);
    if (status == MZ_OK && closed_by(&fund, r->index))
        status = post_onward(r, &fund, parts, part_count);
    return status;
}

static mz_status read_payout(reading *r, uint64_t index)
{
    mz_payout payout;
    mz_status status = mz_payout_load(r->changes, index, &payout, r->why);
    if (status != MZ_OK)
        return status;
    return r->sign > 0 ? post_parts(r, &payout.head, payout.draws, payout.head.draw_count)
                       : post_back(r, &payout.head, payout.draws, payout.head.draw_count);
}

static mz_status read_return(reading *r, uint64_t index)
{
    mz_return record;
    mz_payout payout;
    mz_status status = mz_return_load(r->changes, index, &record, r->why);
    if (status == MZ_OK)
        status = mz_payout_load(r->changes, record.head.payout, &payout, r->why);
    if (status != MZ_OK)
        return status;
    const bool comes_back = r->sign > 0;
    if (comes_back)
        r->journal->about = record.head.payout;
    r->sign = -r->sign; /* a return is a payout's opposite */
    return comes_back ? post_back(r, &payout.head, record.draws, record.head.draw_count)
                      : post_parts(r, &payout.head, record.draws, record.head.draw_count);
}

/* ---- closing ---- */

/* All that left the fund by the entry at r->index: the moves of that index, per purpose. Costs the
 * moves of the fund, once in its life. */
static mz_status read_closed(reading *r, uint64_t index)
{
    const mz_ref fund = r->journal->fund;
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_MOVE, fund);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_move move, sum = {0};
    mz_ref purpose = MZ_GENERAL;
    mz_status status;
    r->journal->about = index;
    while ((status = mz_state_next(r->changes, &prefix, &key, &value, r->why)) == MZ_OK) {
        if (key.size != 25 || value.size != sizeof move)
            return mz_refuse_corrupt(r->why, "a move has a wrong size");
        memcpy(&move, value.data, sizeof move);
        if (move.index != r->index)
            continue;
        if (sum.length_fen > 0 && purpose != mz_be64_get(key.bytes + 9)) {
            status = post_move(r, fund, purpose, sum.to_fund, sum.to_purpose, sum.length_fen);
            if (status != MZ_OK)
                return status;
            sum.length_fen = 0;
        }
        purpose = mz_be64_get(key.bytes + 9);
        move.length_fen += sum.length_fen;
        sum = move;
    }
    if (status != MZ_NOT_FOUND)
        return status;
    return sum.length_fen == 0
               ? MZ_OK
               : post_move(r, fund, purpose, sum.to_fund, sum.to_purpose, sum.length_fen);
}

/* ---- which entries move money ---- */

typedef mz_status reader(reading *r, uint64_t index);
static reader read_reversed, read_registry;

/* `reversed`: also read, with the opposite sign, where an entry of it is reversed. `confirmed`: it
 * moves money when it is confirmed, not when it is written. */
static const struct row {
    mz_event event;
    reader *read;
    bool reversed, confirmed;
} ROWS[] = {
    {MZ_INCOME_CONFIRMED,   read_confirmed,       true,  false},
    {MZ_PAYOUT_MADE,        read_payout,          true,  false},
    {MZ_PAYOUT_RETURNED,    read_return,          true,  false},
    {MZ_PURPOSE_CHANGED,    read_purpose_changed, false, false},
    {MZ_FUND_CLOSED,        read_closed,          false, true },
    {MZ_ENTRY_REVERSED,     read_reversed,        false, false},
    {MZ_REGISTRY_CONFIRMED, read_registry,        false, false},
};

static const struct row *row_of(mz_event event)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].event == event)
            return &ROWS[i];
    return NULL;
}

static mz_status find_target(reading *r, uint64_t *index, mz_event *event)
{
    uint8_t jti[16];
    const bool given = mz_body_jti(r->entry, "target", jti);
    assert(given);
    return mz_jti_find(r->changes, jti, index, event, r->why);
}

static mz_status read_reversed(reading *r, uint64_t index)
{
    mz_event event;
    mz_status status = find_target(r, &index, &event);
    if (status != MZ_OK)
        return status;
    const struct row *row = row_of(event);
    if (row == NULL || !row->reversed)
        return MZ_OK;
    r->sign = -1;
    r->journal->event = event;
    r->journal->reversal = true;
    r->journal->about = index;
    return row->read(r, index);
}

static mz_status read_registry(reading *r, uint64_t index)
{
    mz_event event;
    mz_status status = find_target(r, &index, &event);
    if (status != MZ_OK)
        return status;
    const struct row *row = row_of(event);
    if (row == NULL || !row->confirmed)
        return MZ_OK;
    r->journal->event = event;
    return row->read(r, index);
}

mz_status mz_journal_read(mz_changes *changes, const mz_entry *entry, uint64_t index,
                          mz_journal *journal, mz_reason *why)
{
    reading r = {changes, entry, index, journal, 1, why};
    mz_posting *items = journal->items;
    const size_t capacity = journal->capacity;
    const struct row *row = row_of(entry->row->event);
    *journal = (mz_journal){.event = entry->row->event, .items = items, .capacity = capacity};
    if (row == NULL || row->confirmed)
        return MZ_OK;
    mz_status status = MZ_OK;
    if (entry->fund[0] != '\0')
        status =
            mz_name_find(changes, MZ_NAME_FUND, 0, mz_view_of(entry->fund), &journal->fund, why);
    if (status == MZ_OK)
        status = row->read(&r, index);
    if (status == MZ_NOT_FOUND)
        status = mz_refuse_corrupt(why, "what a money entry made is not there");
    return status;
}
