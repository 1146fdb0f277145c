/* rules_income.c — income from its recording to the cashier's word on it, and money that moves to
 * another purpose. */
#include <assert.h>
#include <string.h>

#include "core/booking.h"
#include "core/uuid.h"

static const char *stage_term(uint32_t stage)
{
    switch (stage) {
    case MZ_INCOME_RECORDED_STAGE:
        return "recorded";
    case MZ_INCOME_CONFIRMED_STAGE:
        return "confirmed";
    case MZ_INCOME_DECLINED_STAGE:
        return "declined";
    default:
        return "reversed";
    }
}

/* --- income.recorded --- */

/* The kind of source that a kind of income must have; -1: it may have any, or none. */
static int needed_source(int kind)
{
    switch (kind) {
    case MZ_INCOME_PARTNER_SHARE:
        return MZ_SOURCE_PARTNER;
    case MZ_INCOME_MARKET:
        return MZ_SOURCE_MARKET;
    case MZ_INCOME_MICRO_ENTERPRISE:
        return MZ_SOURCE_MICRO_ENTERPRISE;
    case MZ_INCOME_PRODUCE:
        return MZ_SOURCE_PRODUCE;
    case MZ_INCOME_OPERATION:
        return MZ_SOURCE_OPERATION;
    default:
        return -1;
    }
}

/* The kinds that come from an agreement: the source is of that kind, and the money was earned while
 * the agreement held. An agreement that has ended since still owes what it earned. */
static mz_status check_agreement(mz_act *act, int kind, const mz_source *source,
                                 const mz_session *session)
{
    const mz_figure income_kind = mz_term("kind", MZ_INCOME_KINDS[kind]);
    if (source->ref == 0)
        return mz_refuse(act->why, MZ_SOURCE_REQUIRED, income_kind);
    if ((int)source->kind != needed_source(kind))
        return mz_refuse(act->why, MZ_SOURCE_KIND, mz_words_view("source", mz_id_view(source->id)),
                         mz_term("state", MZ_SOURCE_KINDS[source->kind]), income_kind);
    if (kind == MZ_INCOME_MARKET && session->source != source->ref)
        return mz_refuse(act->why, MZ_SESSION_REQUIRED);
    int32_t day = session->day;
    if (session->ref == 0 && !mz_body_day(act->entry, "earned_to", &day))
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.earned_to"));
    if (day < source->signed_day || day > source->ends_day)
        return mz_refuse(act->why, MZ_OUTSIDE_AGREEMENT, mz_day("date", day),
                         mz_day("from", source->signed_day), mz_day("until", source->ends_day));
    return MZ_OK;
}

/* Where the money came from: party, source, session. */
static mz_status read_origin(mz_act *act, mz_income *income, mz_session *session)
{
    const mz_view party_id = mz_body_text(act->entry, "party");
    mz_source source = {0};
    mz_status status = MZ_OK;
    if (party_id.data != NULL) {
        mz_party party;
        status = mz_act_party(act, party_id, &party);
        if (status != MZ_OK)
            return status;
        income->party = party.ref;
    }
    if (mz_body_has(act->entry, "source"))
        status = mz_act_source(act, &source);
    if (status == MZ_OK && mz_body_has(act->entry, "session"))
        status = mz_act_session(act, session);
    if (status == MZ_OK && needed_source((int)income->kind) >= 0)
        status = check_agreement(act, (int)income->kind, &source, session);
    if (status == MZ_OK && session->ref != 0 && source.ref == 0)
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.source"));
    if (status == MZ_OK && session->ref != 0 && session->source != source.ref)
        return mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.session"),
                         mz_words("want", MZ_BOTH("所写来源的场次", "a session of the source")));
    income->source = source.ref;
    income->session = session->ref;
    return status;
}

/* `seeded_by`: a proposal of the fund with something paid, as section 5 of the rules means it. */
static mz_status read_seed(mz_act *act, mz_income *income)
{
    const mz_view id = mz_body_text(act->entry, "seeded_by");
    mz_proposal proposal;
    if (id.data == NULL)
        return MZ_OK;
    const mz_status status = mz_act_proposal(act, id, &proposal);
    if (status != MZ_OK)
        return status;
    if (proposal.head.standing_payout_count == 0 && proposal.head.standing_issue_count == 0)
        return mz_refuse(act->why, MZ_NOTHING_PAID, mz_words_view("id", id));
    income->seeded_by = proposal.head.ref;
    return MZ_OK;
}

/* `replaces`: a reversed or declined income of the fund, each once ever. */
static mz_status read_replaced(mz_act *act, mz_income *income)
{
    mz_income replaced;
    uint64_t index = 0;
    if (!mz_body_has(act->entry, "replaces"))
        return MZ_OK;
    const mz_figure id = mz_words_view("id", mz_body_text(act->entry, "replaces"));
    mz_status status = mz_act_cited(act, "replaces", MZ_INCOME_RECORDED, "income", &index);
    if (status == MZ_OK)
        status = mz_income_load(act->changes, index, &replaced, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, replaced.fund, "income", "replaces");
    if (status != MZ_OK)
        return status;
    if (replaced.stage == MZ_INCOME_RECORDED_STAGE || replaced.stage == MZ_INCOME_CONFIRMED_STAGE)
        return mz_refuse(act->why, MZ_WRONG_STATE, mz_term("kind", "income"), id,
                         mz_term("state", stage_term(replaced.stage)),
                         mz_term("want", "reversed | declined"));
    if (replaced.replaced_by != 0)
        return mz_refuse(act->why, MZ_ALREADY_REPLACED, mz_term("kind", "income"), id);
    replaced.replaced_by = income->ref;
    return mz_income_store(act->changes, &replaced, act->why);
}

mz_status mz_rule_income_recorded(mz_act *act)
{
    const int kind = mz_body_value(act->entry, "kind", MZ_INCOME_KINDS);
    mz_income income = {.ref = act->index,
                        .fund = act->fund.ref,
                        .amount_fen = mz_body_integer(act->entry, "amount_fen", 0),
                        .recorded_ms = act->now_ms,
                        .kind = (uint32_t)kind,
                        .stage = MZ_INCOME_RECORDED_STAGE};
    mz_purpose purpose;
    mz_session session = {0};
    assert(kind >= 0);
    if (kind >= MZ_INCOME_KIND_COUNT)
        return mz_refuse(act->why, MZ_NOT_FUND_MONEY, mz_term("kind", MZ_INCOME_KINDS[kind]));
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_purpose(act, mz_body_text(act->entry, "purpose"), &purpose);
    if (status == MZ_OK)
        status = read_origin(act, &income, &session);
    if (status == MZ_OK)
        status = read_seed(act, &income);
    if (status == MZ_OK)
        status = mz_act_past_day(act, "received_on", &income.received_day);
    if (status == MZ_OK)
        status = read_replaced(act, &income);
    if (status != MZ_OK)
        return status;
    income.purpose = purpose.ref;
    act->fund.unconfirmed_count++;
    if (session.ref != 0) {
        const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, session.ref);
        session.dependant_count++;
        status = mz_state_store(act->changes, &key, &session, sizeof session, act->why);
    }
    if (status == MZ_OK)
        status = mz_income_store(act->changes, &income, act->why);
    return status;
}

/* --- income.confirmed, income.declined --- */

/* The income that the body cites, which waits for the cashier. */
static mz_status load_waiting(mz_act *act, mz_income *income)
{
    uint64_t index = 0;
    mz_status status = mz_act_cited(act, "income", MZ_INCOME_RECORDED, "income", &index);
    if (status == MZ_OK)
        status = mz_income_load(act->changes, index, income, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, income->fund, "income", "income");
    if (status != MZ_OK || income->stage == MZ_INCOME_RECORDED_STAGE)
        return status;
    return mz_refuse(act->why, MZ_WRONG_STATE, mz_term("kind", "income"),
                     mz_words_view("id", mz_body_text(act->entry, "income")),
                     mz_term("state", stage_term(income->stage)),
                     mz_term("want", stage_term(MZ_INCOME_RECORDED_STAGE)));
}

/* The cashier saw the money, not the steward's words: amount and purpose are stated again. */
static mz_status check_repeated(mz_act *act, const mz_income *income)
{
    const int64_t amount_fen = mz_body_integer(act->entry, "amount_fen", 0);
    const mz_view purpose = mz_body_text(act->entry, "purpose");
    char name[MZ_ID_SIZE_MAX + 1];
    if (amount_fen != income->amount_fen)
        return mz_refuse(act->why, MZ_FIGURE_DIFFERS, mz_words("path", "body.amount_fen"),
                         mz_fen("is", amount_fen), mz_fen("want", income->amount_fen));
    const mz_status status = mz_purpose_name(act->changes, income->purpose, name, act->why);
    if (status != MZ_OK || mz_view_is(purpose, name))
        return status;
    return mz_refuse(act->why, MZ_FIGURE_DIFFERS, mz_words("path", "body.purpose"),
                     mz_words_view("is", purpose), mz_words("want", name));
}

/* A donation receipt, once ever, for what was given without return; else the reason for none. */
static mz_status take_receipt(mz_act *act, const mz_income *income)
{
    const mz_view receipt_no = mz_body_text(act->entry, "receipt_no");
    uint64_t taken = 0;
    if ((receipt_no.data != NULL) == mz_body_has(act->entry, "receipt_waived"))
        return mz_refuse(act->why, MZ_RECEIPT_CHOICE);
    if (receipt_no.data == NULL)
        return MZ_OK;
    if (income->source != 0) {
        mz_source source;
        const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, income->source);
        const mz_status status =
            mz_state_load(act->changes, &key, &source, sizeof source, act->why);
        if (status != MZ_OK)
            return status;
        if (source.gratuitous == 0)
            return mz_refuse(act->why, MZ_NO_DONATION_RECEIPT,
                             mz_words_view("source", mz_id_view(source.id)));
    }
    const mz_status status =
        mz_name_find(act->changes, MZ_NAME_RECEIPT, 0, receipt_no, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_RECEIPT_TAKEN, mz_words_view("receipt", receipt_no));
    if (status != MZ_NOT_FOUND)
        return status;
    return mz_name_take(act->changes, MZ_NAME_RECEIPT, 0, receipt_no, act->index, act->why);
}

static mz_status count_source(mz_act *act, const mz_income *income, int sign)
{
    mz_source source;
    const mz_status status = mz_source_load(act->changes, income->source, &source, act->why);
    if (status != MZ_OK)
        return status;
    /* no limit of its own: it would take thousands of purposes, each at theirs, to pass an int64 */
    if (!mz_fen_add(source.confirmed_fen, sign * income->amount_fen, &source.confirmed_fen))
        return mz_refuse_limit(act->why);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, income->source);
    return mz_state_store(act->changes, &key, &source, sizeof source, act->why);
}

static mz_status count_seed(mz_act *act, const mz_income *income, int sign)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(act->changes, income->seeded_by, &proposal, act->why);
    if (status != MZ_OK)
        return status;
    if (!mz_fen_add(proposal.head.seeded_fen, sign * income->amount_fen,
                    &proposal.head.seeded_fen) ||
        proposal.head.seeded_fen > MZ_AMOUNT_MAX)
        return mz_refuse_limit(act->why);
    return mz_proposal_store(act->changes, &proposal, act->why);
}

mz_status mz_income_count(mz_act *act, const mz_income *income, int sign)
{
    mz_status status = MZ_OK;
    if (income->source != 0)
        status = count_source(act, income, sign);
    if (status == MZ_OK && income->seeded_by != 0)
        status = count_seed(act, income, sign);
    return status;
}

mz_status mz_rule_income_confirmed(mz_act *act)
{
    mz_income income;
    mz_confirmation confirmation = {
        .ref = act->index, .confirmed_ms = act->now_ms, .reversed_index = MZ_NEVER};
    const mz_view bank_ref = mz_body_text(act->entry, "bank_ref");
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = load_waiting(act, &income);
    if (status == MZ_OK)
        status = check_repeated(act, &income);
    if (status == MZ_OK)
        status = mz_act_past_day(act, "booked_on", &confirmation.booked_day);
    if (status == MZ_OK)
        status = take_receipt(act, &income);
    if (status == MZ_OK)
        status = mz_bank_line_use(act, bank_ref, MZ_BANK_IN, income.amount_fen,
                                  mz_body_integer(act->entry, "bank_total_fen", 0));
    if (status == MZ_OK)
        status = mz_lots_append(act, &income);
    if (status == MZ_OK)
        status = mz_income_count(act, &income, 1);
    if (status != MZ_OK)
        return status;
    confirmation.income = income.ref;
    confirmation.previous = income.last_confirmation;
    confirmation.position = income.position;
    income.confirmation = act->index;
    income.last_confirmation = act->index;
    income.stage = MZ_INCOME_CONFIRMED_STAGE;
    act->fund.unconfirmed_count--;
    status = mz_confirmation_store(act->changes, &confirmation, bank_ref, act->why);
    if (status == MZ_OK)
        status = mz_income_store(act->changes, &income, act->why);
    return status;
}

mz_status mz_income_end(mz_act *act, mz_income *income, mz_income_stage stage)
{
    mz_status status = MZ_OK;
    if (income->session != 0) {
        mz_session session;
        const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, income->session);
        status = mz_state_load(act->changes, &key, &session, sizeof session, act->why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && session.dependant_count == 0))
            return mz_refuse_corrupt(act->why, "a session is miscounted");
        if (status != MZ_OK)
            return status;
        session.dependant_count--;
        status = mz_state_store(act->changes, &key, &session, sizeof session, act->why);
    }
    income->stage = stage;
    act->fund.unconfirmed_count--;
    return status == MZ_OK ? mz_income_store(act->changes, income, act->why) : status;
}

mz_status mz_rule_income_declined(mz_act *act)
{
    mz_income income;
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = load_waiting(act, &income);
    if (status == MZ_OK)
        status = mz_income_end(act, &income, MZ_INCOME_DECLINED_STAGE);
    return status;
}

/* --- purpose.changed --- */

/* The incomes of `lots`, each once and confirmed, in any fund: its money may have come here when
 * that fund closed. Whether any lies here, mz_lots_move finds out. */
static mz_status read_moved(mz_act *act, const json_t *lots, mz_income *incomes, int64_t *total_fen)
{
    *total_fen = 0;
    for (size_t i = 0; i < json_array_size(lots); i++) {
        const json_t *lot = json_array_get(lots, i);
        const mz_view text = mz_json_text(lot, "income");
        uint8_t jti[16];
        uint64_t index = 0;
        mz_event event = MZ_EVENT_NONE;
        const bool parsed = mz_uuid_parse(text, jti);
        assert(parsed);
        mz_status status = mz_jti_find(act->changes, jti, &index, &event, act->why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && event != MZ_INCOME_RECORDED))
            return mz_refuse(act->why, MZ_NOT_FOUND, mz_term("kind", "income"),
                             mz_words_view("id", text));
        if (status == MZ_OK)
            status = mz_income_load(act->changes, index, &incomes[i], act->why);
        if (status != MZ_OK)
            return status;
        if (incomes[i].stage != MZ_INCOME_CONFIRMED_STAGE)
            return mz_refuse(act->why, MZ_WRONG_STATE, mz_term("kind", "income"),
                             mz_words_view("id", text),
                             mz_term("state", stage_term(incomes[i].stage)),
                             mz_term("want", stage_term(MZ_INCOME_CONFIRMED_STAGE)));
        for (size_t j = 0; j < i; j++) {
            if (incomes[j].ref == index)
                return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", "body.lots"));
        }
        /* At most 64 amounts of at most 10^15 each. */
        *total_fen += mz_json_integer(lot, "amount_fen", 0);
    }
    return MZ_OK;
}

static mz_status check_purposes(mz_act *act, mz_purpose *from, mz_purpose *to)
{
    mz_status status = mz_act_purpose(act, mz_body_text(act->entry, "purpose"), from);
    if (status == MZ_OK)
        status = mz_act_purpose(act, mz_body_text(act->entry, "to"), to);
    if (status != MZ_OK)
        return status;
    if (from->ref == to->ref)
        return mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.to"),
                         mz_words("want", MZ_BOTH("另一项专款", "another purpose")));
    if ((to->categories & ~from->categories) != 0)
        return mz_refuse(act->why, MZ_WIDER_PURPOSE, mz_words_view("purpose", mz_id_view(to->id)));
    return MZ_OK;
}

/* Lots move in the order of the list; of each, its oldest unspent part in this bucket first. */
mz_status mz_rule_purpose_changed(mz_act *act)
{
    mz_purpose from, to;
    mz_income incomes[MZ_LIST_ITEMS_MAX];
    mz_bucket bucket;
    int64_t total_fen = 0;
    const json_t *lots = mz_body_list(act->entry, "lots");
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = check_purposes(act, &from, &to);
    if (status == MZ_OK)
        status = read_moved(act, lots, incomes, &total_fen);
    if (status == MZ_OK)
        status = mz_bucket_load(act->changes, act->fund.ref, from.ref, &bucket, act->why);
    if (status != MZ_OK)
        return status;
    if (total_fen > bucket.balance_fen - bucket.reserved_fen)
        return mz_refuse(act->why, MZ_BALANCE_SHORT, mz_words_view("purpose", mz_id_view(from.id)),
                         mz_fen("left", bucket.balance_fen - bucket.reserved_fen),
                         mz_fen("asked", total_fen));
    for (size_t i = 0; status == MZ_OK && i < json_array_size(lots); i++)
        status = mz_lots_move(act, &incomes[i], from.ref, to.ref,
                              mz_json_integer(json_array_get(lots, i), "amount_fen", 0));
    return status;
}
