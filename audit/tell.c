/* tell.c — what is known of the entries that a report speaks of: the event, its fund, when, who
 * signed it, and where the state has it, of whom and how much. All from what was replayed. */
#include "core/date.h"
#include "judge.h"

json_t *mz_tell_id(const char id[40])
{
    const mz_view text = mz_id_view(id);
    return json_stringn((const char *)text.data, text.size);
}

static mz_status put_new(json_t *out, const char *name, json_t *value, mz_reason *why)
{
    return json_object_set_new(out, name, value) == 0 ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

mz_status mz_tell_name(mz_changes *changes, mz_ref fund, json_t **name, mz_reason *why)
{
    mz_view text;
    const mz_status status = mz_note_load_text(changes, MZ_N_NAME, fund, &text, why);
    if (status != MZ_OK)
        return status;
    *name = json_stringn((const char *)text.data, text.size);
    return *name != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

/* --- what the state has of an entry, by its event --- */

typedef struct about {
    mz_changes *changes;
    uint64_t index;
    json_t *out;
    mz_reason *why;
} about;
typedef mz_status tell_function(const about *a);

static mz_status put_party(const about *a, mz_ref ref)
{
    mz_party party;
    if (ref == 0)
        return MZ_OK;
    const mz_status status = mz_party_load(a->changes, ref, &party, a->why);
    return status == MZ_OK ? put_new(a->out, "party", mz_tell_id(party.id), a->why) : status;
}

static mz_status put_proposal(const about *a, mz_ref ref)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(a->changes, ref, &proposal, a->why);
    return status == MZ_OK ? put_new(a->out, "proposal", mz_tell_id(proposal.head.id), a->why)
                           : status;
}

static mz_status put_amount(const about *a, int64_t amount_fen)
{
    return put_new(a->out, "amount_fen", json_integer((json_int_t)amount_fen), a->why);
}

static mz_status tell_income(const about *a)
{
    mz_income income;
    mz_status status = mz_income_load(a->changes, a->index, &income, a->why);
    if (status == MZ_OK)
        status = put_party(a, income.party);
    return status == MZ_OK ? put_amount(a, income.amount_fen) : status;
}

static mz_status tell_confirmed(const about *a)
{
    mz_confirmation confirmation;
    mz_income income;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t size = 0;
    mz_status status =
        mz_confirmation_load(a->changes, a->index, &confirmation, bank_ref, &size, a->why);
    if (status == MZ_OK)
        status = mz_income_load(a->changes, confirmation.income, &income, a->why);
    return status == MZ_OK ? put_amount(a, income.amount_fen) : status;
}

static mz_status tell_filing(const about *a)
{
    return put_proposal(a, a->index);
}

static mz_status tell_payout(const about *a)
{
    mz_payout payout;
    mz_status status = mz_payout_load(a->changes, a->index, &payout, a->why);
    if (status == MZ_OK)
        status = put_proposal(a, payout.head.proposal);
    if (status == MZ_OK)
        status = put_party(a, payout.head.party);
    return status == MZ_OK ? put_amount(a, payout.head.amount_fen) : status;
}

static mz_status tell_return(const about *a)
{
    mz_return record;
    const mz_status status = mz_return_load(a->changes, a->index, &record, a->why);
    return status == MZ_OK ? put_amount(a, record.head.amount_fen) : status;
}

static mz_status tell_goods(const about *a)
{
    mz_goods goods;
    mz_item item;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size = 0;
    mz_status status = mz_goods_load(a->changes, a->index, &goods, a->why);
    if (status == MZ_OK)
        status = mz_item_load(a->changes, goods.item, &item, unit, &unit_size, a->why);
    if (status == MZ_OK)
        status = put_new(a->out, "item", mz_tell_id(item.id), a->why);
    if (status == MZ_OK)
        status = put_new(a->out, "quantity", json_integer((json_int_t)goods.quantity), a->why);
    if (status == MZ_OK)
        status = put_party(a, goods.party);
    if (status == MZ_OK && goods.proposal != 0)
        status = put_proposal(a, goods.proposal);
    return status == MZ_OK && goods.value_fen != 0 ? put_amount(a, goods.value_fen) : status;
}

static mz_status tell_source(const about *a)
{
    mz_source source;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, a->index);
    mz_status status = mz_state_load(a->changes, &key, &source, sizeof source, a->why);
    if (status == MZ_OK)
        status = put_new(a->out, "source", mz_tell_id(source.id), a->why);
    return status == MZ_OK ? put_party(a, source.party) : status;
}

static mz_status put_month(const about *a, int32_t last_day)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(last_day, day);
    day[sizeof "YYYY-MM" - 1] = '\0';
    return put_new(a->out, "month", json_string(day), a->why);
}

static mz_status tell_reconciliation(const about *a)
{
    mz_reconciled_note note;
    mz_status status = mz_note_load_reconciled(a->changes, a->index, &note, a->why);
    if (status == MZ_OK)
        status = put_new(a->out, "account", mz_tell_id(note.account), a->why);
    return status == MZ_OK ? put_month(a, note.last_day) : status;
}

static mz_status tell_registration(const about *a)
{
    mz_registration record;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REGISTRATION, a->index);
    const mz_status status = mz_state_load(a->changes, &key, &record, sizeof record, a->why);
    return status == MZ_OK ? put_party(a, record.party) : status;
}

static tell_function *const TELL[MZ_EVENT_NUMBER_MAX + 1] = {
    [MZ_PARTY_REGISTERED] = tell_registration,
    [MZ_SOURCE_REGISTERED] = tell_source,
    [MZ_INCOME_RECORDED] = tell_income,
    [MZ_INCOME_CONFIRMED] = tell_confirmed,
    [MZ_GOODS_RECEIVED] = tell_goods,
    [MZ_GOODS_ISSUED] = tell_goods,
    [MZ_GOODS_SOLD] = tell_goods,
    [MZ_GOODS_WRITTEN_OFF] = tell_goods,
    [MZ_PROPOSAL_FILED] = tell_filing,
    [MZ_PAYOUT_MADE] = tell_payout,
    [MZ_PAYOUT_RETURNED] = tell_return,
    [MZ_BALANCE_RECONCILED] = tell_reconciliation,
};

/* --- what belongs to the finding rather than to its entry --- */

/* The account of the fund whose opening the finding is at, and the month. */
static mz_status tell_missing_month(const about *a, int64_t last_day)
{
    mz_fund fund;
    mz_status status = mz_fund_load(a->changes, a->index, &fund, a->why);
    if (status == MZ_OK)
        status = put_new(a->out, "account", mz_tell_id(fund.account), a->why);
    return status == MZ_OK ? put_month(a, (int32_t)last_day) : status;
}

static mz_status tell_bank_money(const about *a, bool outside)
{
    mz_reconciled_note note;
    const mz_status status = mz_note_load_reconciled(a->changes, a->index, &note, a->why);
    return status == MZ_OK ? put_amount(a, outside ? note.outside_fen : note.difference_fen)
                           : status;
}

static mz_status tell_text(const about *a, const char *member)
{
    mz_view text;
    const mz_status status = mz_note_load_text(a->changes, MZ_N_TEXT, a->index, &text, a->why);
    return status == MZ_OK
               ? put_new(a->out, member, json_stringn((const char *)text.data, text.size), a->why)
               : status;
}

static mz_status tell_more(const about *a, const mz_found *found)
{
    if (found->finding == MZ_F_NOT_RECONCILED)
        return tell_missing_month(a, found->detail);
    if (found->finding == MZ_F_UNANSWERED)
        return put_new(a->out, "finding", json_integer((json_int_t)found->detail), a->why);
    if (found->finding == MZ_F_DIFFERENCE)
        return tell_bank_money(a, false);
    if (found->finding == MZ_F_OUTSIDE || found->finding == MZ_F_SHORTFALL)
        return tell_bank_money(a, true);
    if (found->finding == MZ_F_REVERSAL || found->finding == MZ_F_WRITTEN_OFF)
        return tell_text(a, "reason");
    if (found->finding == MZ_F_RESTRICTED || found->finding == MZ_F_ERASED)
        return tell_text(a, "ground");
    return MZ_OK;
}

/* --- an entry --- */

static mz_status tell_who(mz_changes *changes, const mz_entry_note *note, json_t *out,
                          mz_reason *why)
{
    mz_fund fund;
    mz_actor actor;
    mz_status status = MZ_OK;
    if (note->fund != 0) {
        status = mz_fund_load(changes, note->fund, &fund, why);
        if (status == MZ_OK)
            status = put_new(out, "fund", mz_tell_id(fund.id), why);
    }
    if (status == MZ_OK)
        status = mz_actor_load(changes, note->actor_no, &actor, why);
    return status == MZ_OK ? put_new(out, "actor", mz_tell_id(actor.id), why) : status;
}

/* Into `out`, an object. */
static mz_status tell_entry(mz_changes *changes, uint64_t index, json_t *out, mz_reason *why)
{
    mz_entry_note note;
    const about a = {changes, index, out, why};
    mz_status status = put_new(out, "index", json_integer((json_int_t)index), why);
    if (status == MZ_OK)
        status = mz_note_load_entry(changes, index, &note, why);
    if (status != MZ_OK)
        return status;
    const mz_event_row *row = mz_event_row_of((mz_event)note.event);
    if (row == NULL)
        return mz_refuse(why, MZ_IO, mz_words("cause", "the replayed state is damaged"));
    status = put_new(out, "event", json_string(row->name), why);
    if (status == MZ_OK)
        status = put_new(out, "unix_ms", json_integer((json_int_t)note.unix_ms), why);
    if (status == MZ_OK)
        status = tell_who(changes, &note, out, why);
    if (status == MZ_OK && TELL[note.event] != NULL)
        status = TELL[note.event](&a);
    return status;
}

static mz_status tell_found(mz_changes *changes, const mz_found *found, json_t *list,
                            mz_reason *why)
{
    const mz_finding_row *row = mz_finding_row_of(found->finding);
    json_t *out = json_pack("{s:s, s:s, s:s}", "code", row->code, "zh", row->zh, "en", row->en);
    if (json_array_append_new(list, out) != 0)
        return mz_refuse(why, MZ_NO_MEMORY);
    const about a = {changes, found->index, out, why};
    mz_status status = tell_entry(changes, found->index, out, why);
    if (status == MZ_OK)
        status = tell_more(&a, found);
    if (status != MZ_OK || found->other == 0)
        return status;
    json_t *other = json_object();
    status = put_new(out, "other", json_integer((json_int_t)found->other), why);
    if (status == MZ_OK)
        status = put_new(out, "other_entry", other, why);
    else
        json_decref(other);
    return status == MZ_OK ? tell_entry(changes, found->other, other, why) : status;
}

static mz_status tell_list(mz_changes *changes, const mz_found_list *list, json_t **out,
                           mz_reason *why)
{
    mz_status status = MZ_OK;
    *out = json_array();
    if (*out == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    for (size_t i = 0; status == MZ_OK && i < list->shown; i++)
        status = tell_found(changes, &list->items[i], *out, why);
    return status;
}

static mz_status tell_charity(mz_judge_work *j)
{
    mz_ledger ledger;
    json_t *name = NULL;
    mz_status status = mz_ledger_load(j->changes, &ledger, j->why);
    if (status == MZ_OK)
        status = mz_tell_name(j->changes, 0, &name, j->why);
    if (status != MZ_OK)
        return status;
    j->judgement->charity =
        json_pack("{s:o, s:s}", "name", name, "credit_code", ledger.credit_code);
    return j->judgement->charity != NULL ? MZ_OK : mz_refuse(j->why, MZ_NO_MEMORY);
}

mz_status mz_judge_tell(mz_judge_work *j)
{
    mz_judgement *judgement = j->judgement;
    mz_status status = tell_charity(j);
    for (unsigned i = 0; status == MZ_OK && i < MZ_ASSERTION_COUNT; i++) {
        status = tell_list(j->changes, &judgement->lists[i], &judgement->entries[i], j->why);
        if (status == MZ_OK)
            status =
                tell_list(j->changes, &judgement->informed[i], &judgement->information[i], j->why);
    }
    return status == MZ_NOT_FOUND /* what was replayed is there */
               ? mz_judge_damaged(j)
               : status;
}
