/* rules_proposal.c — from a filing to its completion, but for ballots and money. The rule book,
 * sections 4 and 5. */
#include <assert.h>
#include <string.h>

#include "core/panel.h"
#include "core/settle.h"

#define OPEN_PROPOSALS_MAX 200
#define RETURNS_MAX 2
#define CHAIR_DAYS 7
#define WISHES_MONTHS 12

/* --- proposal.filed --- */

static mz_status bad_draws(mz_act *act, const char *path, const char *want)
{
    return mz_refuse(act->why, MZ_BAD_DRAWS, mz_words("path", path), mz_words("want", want));
}

static mz_status bad_payees(mz_act *act, const char *path, const char *want)
{
    return mz_refuse(act->why, MZ_BAD_PAYEES, mz_words("path", path), mz_words("want", want));
}

static mz_status read_draw(mz_act *act, const json_t *item, mz_proposal *proposal,
                           bool *general_seen)
{
    mz_purpose purpose;
    const mz_view id = mz_json_text(item, "purpose");
    const mz_status status = mz_act_purpose(act, id, &purpose);
    if (status != MZ_OK)
        return status;
    for (size_t i = 0; i < proposal->head.draw_count; i++) {
        if (proposal->draws[i].purpose == purpose.ref)
            return bad_draws(act, "body.draws", MZ_BOTH("每项专款只能一次", "each purpose once"));
    }
    if (purpose.ref != MZ_GENERAL && *general_seen)
        return bad_draws(act, "body.draws",
                         MZ_BOTH("专款在前，非限定在后", "restricted purposes before general"));
    *general_seen = purpose.ref == MZ_GENERAL;
    if ((purpose.categories & (1u << proposal->head.category)) == 0)
        return mz_refuse(act->why, MZ_CATEGORY_NOT_ALLOWED,
                         mz_words_view("purpose", mz_id_view(purpose.id)),
                         mz_term("category", MZ_CATEGORIES[proposal->head.category]));
    proposal->draws[proposal->head.draw_count++] =
        (mz_draw){.purpose = purpose.ref, .filed_fen = mz_json_integer(item, "amount_fen", 0)};
    return MZ_OK;
}

static mz_status read_draws(mz_act *act, mz_proposal *proposal)
{
    const json_t *list = mz_body_list(act->entry, "draws");
    bool general_seen = false;
    int64_t total_fen = 0;
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        status = read_draw(act, item, proposal, &general_seen);
        if (status == MZ_OK &&
            (!mz_fen_add(total_fen, mz_json_integer(item, "amount_fen", 0), &total_fen) ||
             total_fen > MZ_AMOUNT_MAX))
            status = mz_refuse_limit(act->why);
    }
    return status;
}

static mz_status read_payees(mz_act *act, mz_proposal *proposal)
{
    const json_t *list = mz_body_list(act->entry, "payees");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        mz_party party;
        const mz_status status = mz_act_party(act, mz_json_text(item, "party"), &party);
        if (status != MZ_OK)
            return status;
        for (size_t j = 0; j < i; j++) {
            if (proposal->payees[j].party == party.ref)
                return bad_payees(act, "body.payees",
                                  MZ_BOTH("每个收款方只能一次", "each party once"));
        }
        proposal->payees[proposal->head.payee_count++] =
            (mz_payee){.party = party.ref, .cap_fen = mz_json_integer(item, "cap_fen", 0)};
    }
    return MZ_OK;
}

/* What each category may and must hold. */
static mz_status check_shape(mz_act *act, const mz_proposal *proposal)
{
    const mz_proposal_head *head = &proposal->head;
    const bool wishes = head->category == MZ_CATEGORY_WISHES;
    if (head->category == MZ_CATEGORY_RESOLUTION) {
        if (head->draw_count != 0)
            return bad_draws(
                act, "body.draws",
                MZ_BOTH("决议不花钱，不应填写", "a resolution spends nothing and has none"));
        if (head->payee_count != 0 || head->goods_count != 0)
            return bad_payees(act, "body.payees",
                              MZ_BOTH("决议不花钱，收款方和物资都不应填写",
                                      "a resolution spends nothing: no payees and no goods"));
    } else if (head->draw_count == 0 && head->goods_count == 0) {
        return bad_draws(act, "body.draws",
                         MZ_BOTH("至少一项用款，或物资", "at least one draw, or goods"));
    }
    if (wishes && head->draw_count == 0)
        return bad_draws(act, "body.draws", MZ_BOTH("至少一项用款", "at least one draw"));
    if (head->category == MZ_CATEGORY_GOODS && head->goods_count == 0)
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.goods"));
    if (wishes && head->payee_count != 0)
        return bad_payees(act, "body.payees",
                          MZ_BOTH("微心愿到拨付时才写明收款方，这里不应填写",
                                  "wishes name theirs at payout and have none here"));
    if (!wishes && (head->draw_count != 0) != (head->payee_count != 0))
        return bad_payees(
            act, "body.payees",
            MZ_BOTH("有用款才有收款方，有收款方必有用款", "payees exactly when there are draws"));
    if (head->category == MZ_CATEGORY_FEES && head->goods_count != 0)
        return mz_refuse(act->why, MZ_UNKNOWN_MEMBER, mz_words("path", "body.goods"));
    if (!wishes && mz_body_has(act->entry, "item_cap_fen"))
        return mz_refuse(act->why, MZ_UNKNOWN_MEMBER, mz_words("path", "body.item_cap_fen"));
    if (wishes && head->planned_end_day == MZ_NO_DAY)
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.planned_end"));
    return MZ_OK;
}

static mz_status check_planned_end(mz_act *act, const mz_proposal *proposal)
{
    const mz_proposal_head *head = &proposal->head;
    const int32_t today = mz_day_of_ms(act->now_ms);
    if (head->planned_end_day == MZ_NO_DAY)
        return MZ_OK;
    if (head->planned_end_day < today)
        return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", "body.planned_end"),
                         mz_day("date", head->planned_end_day),
                         mz_words("want", MZ_BOTH("不早于今天", "not before today")));
    if (head->category == MZ_CATEGORY_WISHES &&
        head->planned_end_day > mz_day_add_months(today, WISHES_MONTHS))
        return mz_refuse(
            act->why, MZ_DATE_RANGE, mz_words("path", "body.planned_end"),
            mz_day("date", head->planned_end_day),
            mz_words("want", MZ_BOTH("不晚于明年同日", "at most the same date next year")));
    return MZ_OK;
}

/* Management and bank fees go to the charity itself, and to nobody else. */
static mz_status check_fees(mz_act *act, const mz_proposal *proposal)
{
    if (proposal->head.category != MZ_CATEGORY_FEES)
        return MZ_OK;
    if (proposal->head.payee_count != 1)
        return bad_payees(act, "body.payees",
                          MZ_BOTH("恰好一个，即慈善总会", "exactly one, the charity itself"));
    mz_party party;
    mz_ledger ledger;
    mz_status status = mz_party_load(act->changes, proposal->payees[0].party, &party, act->why);
    if (status == MZ_OK)
        status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status != MZ_OK)
        return status;
    if (party.registration == 0)
        return mz_refuse(act->why, MZ_NOT_VERIFIED, mz_words_view("party", mz_id_view(party.id)));
    if (strncmp(party.credit_code, ledger.credit_code, sizeof party.credit_code) != 0)
        return bad_payees(act, "body.payees[0].party",
                          MZ_BOTH("统一社会信用代码为慈善总会的往来方",
                                  "the party with the charity's credit code"));
    return MZ_OK;
}

static mz_status read_need(mz_act *act, mz_proposal *proposal)
{
    const mz_view id = mz_body_text(act->entry, "need");
    mz_need need;
    if (id.data == NULL)
        return MZ_OK;
    const mz_status status = mz_act_need(act, id, &need);
    if (status == MZ_OK)
        proposal->head.need = need.ref;
    return status;
}

/* An item is listed once, so that a proposal says one quantity of it. It need not be in stock, nor
 * known yet: what is asked for may still be given. */
static mz_status read_goods(mz_act *act, mz_proposal *proposal)
{
    const json_t *list = mz_body_list(act->entry, "goods");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        const mz_view item = mz_json_text(object, "item");
        for (size_t j = 0; j < i; j++) {
            if (mz_view_equal(item, mz_id_view(proposal->goods[j].item)))
                return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", "body.goods"));
        }
        mz_good *good = &proposal->goods[proposal->head.goods_count++];
        *good = (mz_good){.quantity = mz_json_integer(object, "quantity", 0)};
        mz_id_set(good->item, item);
    }
    return MZ_OK;
}

/* A changed payee, amount or purpose is a new filing: it names the ended one, or withdraws it. */
static mz_status replace(mz_act *act)
{
    const mz_view id = mz_body_text(act->entry, "replaces");
    if (id.data == NULL)
        return MZ_OK;
    mz_proposal old;
    mz_status status = mz_act_proposal(act, id, &old);
    if (status != MZ_OK)
        return status;
    if (old.head.replaced_by != 0)
        return mz_refuse(act->why, MZ_ALREADY_REPLACED, mz_term("kind", "proposal"),
                         mz_words_view("id", id));
    const bool undecided = old.head.stage == MZ_CONSULTING || old.head.stage == MZ_VOTING;
    if (!undecided && !mz_proposal_ended_unpaid(&old))
        return mz_refuse(act->why, MZ_WRONG_STAGE, mz_words_view("id", id),
                         mz_term("state", mz_stage_name((mz_stage)old.head.stage)),
                         mz_words("want", MZ_BOTH("未决，或已结束且未支付",
                                                  "undecided, or ended with nothing paid")));
    old.head.replaced_by = act->index;
    if (undecided)
        return mz_proposal_enter(act, &old, MZ_WITHDRAWN);
    return mz_proposal_store(act->changes, &old, act->why);
}

static void start_proposal(mz_act *act, mz_proposal *proposal)
{
    mz_proposal_head *head = &proposal->head;
    const mz_profile *profile = &act->fund.profile;
    const int32_t today = mz_day_of_ms(act->now_ms);
    memset(head, 0, sizeof *head);
    mz_id_set(head->id, mz_body_text(act->entry, "proposal"));
    memcpy(head->filing_hash, act->leaf_hash.bytes, sizeof head->filing_hash);
    head->ref = act->index;
    head->fund = act->fund.ref;
    head->filed_ms = act->now_ms;
    head->due_ms = MZ_NO_TIME;
    head->item_cap_fen = mz_body_integer(act->entry, "item_cap_fen", 0);
    head->consult_day = today + (int32_t)profile->consult_days;
    head->expiry_day = head->consult_day + (int32_t)profile->vote_days;
    head->planned_end_day = MZ_NO_DAY;
    (void)mz_body_day(act->entry, "planned_end", &head->planned_end_day);
    head->vote_days = (uint32_t)profile->vote_days;
    head->apply_days = (uint32_t)profile->apply_days;
    head->review_days = (uint32_t)profile->review_days;
    head->pay_days = (uint32_t)profile->pay_days;
    head->category = (uint32_t)mz_body_value(act->entry, "category", MZ_CATEGORIES);
    head->filer_no = act->signer.no;
}

static mz_status check_new(mz_act *act, const mz_proposal *proposal)
{
    uint64_t ref = 0;
    mz_status status = mz_act_fund_stage(act, MZ_FUND_OPEN);
    if (status != MZ_OK)
        return status;
    status = mz_name_find(act->changes, MZ_NAME_PROPOSAL, 0, mz_id_view(proposal->head.id), &ref,
                          act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "proposal"),
                         mz_words_view("id", mz_id_view(proposal->head.id)));
    if (status != MZ_NOT_FOUND)
        return status;
    if (act->fund.open_count >= OPEN_PROPOSALS_MAX)
        return mz_refuse(
            act->why, MZ_TOO_MANY_PROPOSALS, mz_words_view("fund", mz_id_view(act->fund.id)),
            mz_count("count", act->fund.open_count), mz_count("limit", OPEN_PROPOSALS_MAX));
    return MZ_OK;
}

mz_status mz_rule_proposal_filed(mz_act *act)
{
    mz_proposal proposal;
    start_proposal(act, &proposal);
    mz_status status = check_new(act, &proposal);
    if (status == MZ_OK)
        status = read_need(act, &proposal);
    if (status == MZ_OK)
        status = read_goods(act, &proposal);
    if (status == MZ_OK)
        status = read_draws(act, &proposal);
    if (status == MZ_OK)
        status = read_payees(act, &proposal);
    if (status == MZ_OK)
        status = check_shape(act, &proposal);
    if (status == MZ_OK)
        status = check_planned_end(act, &proposal);
    if (status == MZ_OK)
        status = check_fees(act, &proposal);
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, &proposal, act->signer.no);
    if (status == MZ_OK)
        status = replace(act);
    if (status == MZ_OK)
        status = mz_name_take(act->changes, MZ_NAME_PROPOSAL, 0, mz_id_view(proposal.head.id),
                              act->index, act->why);
    return status == MZ_OK ? mz_proposal_enter(act, &proposal, MZ_CONSULTING) : status;
}

/* --- before adoption --- */

static mz_status load_in_stages(mz_act *act, mz_proposal *proposal, unsigned stages,
                                const char *want)
{
    const mz_status status = mz_act_proposal(act, mz_body_text(act->entry, "proposal"), proposal);
    if (status != MZ_OK || (stages & (1u << proposal->head.stage)) != 0)
        return status;
    return mz_refuse(act->why, MZ_WRONG_STAGE, mz_words_view("id", mz_id_view(proposal->head.id)),
                     mz_term("state", mz_stage_name((mz_stage)proposal->head.stage)),
                     mz_term("want", want));
}

#define IN(stage) (1u << (stage))

mz_status mz_rule_proposal_withdrawn(mz_act *act)
{
    mz_proposal proposal;
    mz_status status =
        load_in_stages(act, &proposal, IN(MZ_CONSULTING) | IN(MZ_VOTING), "consulting | voting");
    return status == MZ_OK ? mz_proposal_enter(act, &proposal, MZ_WITHDRAWN) : status;
}

/* Any member may object, seated or not: consultation may come before a seating. */
mz_status mz_rule_objection_filed(mz_act *act)
{
    mz_proposal proposal;
    mz_status status =
        load_in_stages(act, &proposal, IN(MZ_CONSULTING) | IN(MZ_VOTING), "consulting | voting");
    if (status == MZ_OK && act->signer.role == MZ_SUPERVISOR)
        status = mz_act_seated(act, MZ_SUPERVISOR, NULL);
    if (status != MZ_OK)
        return status;
    const mz_objection objection = {
        .ref = act->index, .proposal = proposal.head.ref, .answered_index = MZ_NEVER};
    const mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, act->index);
    status = mz_state_store(act->changes, &key, &objection, sizeof objection, act->why);
    if (status != MZ_OK)
        return status;
    proposal.head.open_objection_count++;
    return mz_proposal_reschedule(act, &proposal);
}

mz_status mz_rule_objection_answered(mz_act *act)
{
    uint64_t index = 0;
    mz_objection objection;
    mz_proposal proposal;
    mz_status status = mz_act_cited(act, "objection", MZ_OBJECTION_FILED, "objection", &index);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, index);
    if (status == MZ_OK)
        status = mz_state_load(act->changes, &key, &objection, sizeof objection, act->why);
    if (status == MZ_OK)
        status = mz_proposal_load(act->changes, objection.proposal, &proposal, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, proposal.head.fund, "objection", "objection");
    if (status == MZ_OK && objection.answered_index != MZ_NEVER)
        status = mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "objection"),
                           mz_words_view("id", mz_body_text(act->entry, "objection")));
    if (status == MZ_OK)
        status = mz_act_seated(act, MZ_MEMBER, NULL);
    if (status != MZ_OK)
        return status;
    objection.answered_index = act->index;
    status = mz_state_store(act->changes, &key, &objection, sizeof objection, act->why);
    if (status != MZ_OK)
        return status;
    assert(proposal.head.open_objection_count > 0);
    proposal.head.open_objection_count--;
    proposal.head.answered_ms = act->now_ms;
    return mz_proposal_reschedule(act, &proposal);
}

mz_status mz_rule_opinion_given(mz_act *act)
{
    mz_proposal proposal;
    mz_voter voter;
    mz_status status =
        load_in_stages(act, &proposal, IN(MZ_CONSULTING) | IN(MZ_VOTING), "consulting | voting");
    if (status == MZ_OK)
        status = mz_act_seated(act, MZ_SUPERVISOR, NULL);
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, &proposal, act->signer.no);
    if (status == MZ_OK)
        status = mz_voter_load(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    if (status != MZ_OK)
        return status;
    voter.opined = 1;
    status = mz_voter_store(act->changes, proposal.head.ref, act->signer.no, &voter, act->why);
    return status == MZ_OK ? mz_proposal_reschedule(act, &proposal) : status;
}

/* --- the application --- */

/* The chair sends it; another member when the chair cannot, or has let seven days pass. */
static mz_status check_applicant(mz_act *act, const mz_proposal *proposal, mz_actor_no chair_no)
{
    mz_voter voter;
    mz_actor chair;
    mz_party party;
    bool barred = false;
    mz_status status =
        mz_voter_load(act->changes, proposal->head.ref, act->signer.no, &voter, act->why);
    if (status == MZ_OK && voter.recused != 0)
        status = mz_refuse(act->why, MZ_ALREADY_RECUSED,
                           mz_words_view("actor", mz_id_view(act->signer.id)),
                           mz_words_view("id", mz_id_view(proposal->head.id)));
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, proposal, act->signer.no);
    if (status != MZ_OK || act->signer.no == chair_no)
        return status;
    const int64_t others_ms = mz_day_end_ms(proposal->head.adopted_day + CHAIR_DAYS);
    if (act->now_ms >= others_ms)
        return MZ_OK;
    status = mz_voter_load(act->changes, proposal->head.ref, chair_no, &voter, act->why);
    if (status == MZ_OK)
        status = mz_actor_load(act->changes, chair_no, &chair, act->why);
    if (status == MZ_OK)
        status = mz_proposal_bars(act->changes, proposal, chair_no, act->moment_index, &barred,
                                  &party, act->why);
    if (status != MZ_OK || barred || voter.recused != 0 || chair.retired_index != MZ_NEVER)
        return status;
    return mz_refuse(act->why, MZ_TOO_EARLY, mz_words_view("id", mz_id_view(proposal->head.id)),
                     mz_time("until", others_ms));
}

mz_status mz_rule_application_sent(mz_act *act)
{
    mz_proposal proposal;
    mz_actor_no chair_no = 0;
    mz_status status = load_in_stages(act, &proposal, IN(MZ_ADOPTED), "adopted");
    if (status == MZ_OK)
        status = mz_act_seated(act, MZ_MEMBER, &chair_no);
    if (status == MZ_OK)
        status = check_applicant(act, &proposal, chair_no);
    if (status != MZ_OK)
        return status;
    proposal.head.due_day = mz_day_of_ms(act->now_ms) + (int32_t)proposal.head.review_days;
    return mz_proposal_enter(act, &proposal, MZ_APPLIED);
}

/* What is approved of each draw: `approved` by the proposal's own order; an omitted one is zero. */
static mz_status read_approved(mz_act *act, const mz_proposal *proposal,
                               int64_t approved[MZ_DRAWS_MAX])
{
    const json_t *list = mz_body_list(act->entry, "draws");
    memset(approved, 0, MZ_DRAWS_MAX * sizeof approved[0]);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const int64_t amount_fen = mz_json_integer(item, "amount_fen", 0);
        mz_purpose purpose;
        const mz_status status = mz_act_purpose(act, mz_json_text(item, "purpose"), &purpose);
        if (status != MZ_OK)
            return status;
        size_t at = 0;
        while (at < proposal->head.draw_count && proposal->draws[at].purpose != purpose.ref)
            at++;
        if (at == proposal->head.draw_count)
            return bad_draws(act, "body.draws",
                             MZ_BOTH("只能是提案中的专款", "only purposes of the filing"));
        if (approved[at] != 0)
            return bad_draws(act, "body.draws", MZ_BOTH("每项专款只能一次", "each purpose once"));
        if (amount_fen > proposal->draws[at].reserved_fen)
            return mz_refuse(
                act->why, MZ_OVER_BUDGET, mz_words_view("purpose", mz_id_view(purpose.id)),
                mz_fen("asked", amount_fen), mz_fen("left", proposal->draws[at].reserved_fen));
        approved[at] = amount_fen;
    }
    if (proposal->head.draw_count > 0 && json_array_size(list) == 0)
        return bad_draws(act, "body.draws",
                         MZ_BOTH("至少保留一项用款", "at least one draw remains"));
    return MZ_OK;
}

static int32_t last_day_to_pay(const mz_proposal *proposal, int32_t today)
{
    const mz_proposal_head *head = &proposal->head;
    if (head->category == MZ_CATEGORY_WISHES)
        return head->planned_end_day;
    const bool later = head->planned_end_day != MZ_NO_DAY && head->planned_end_day > today;
    return (later ? head->planned_end_day : today) + (int32_t)head->pay_days;
}

mz_status mz_rule_application_approved(mz_act *act)
{
    mz_proposal proposal;
    int64_t approved[MZ_DRAWS_MAX];
    mz_status status = load_in_stages(act, &proposal, IN(MZ_APPLIED), "applied");
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, &proposal, act->signer.no);
    if (status == MZ_OK)
        status = read_approved(act, &proposal, approved);
    if (status != MZ_OK)
        return status;
    mz_proposal_head *head = &proposal.head;
    head->due_day = last_day_to_pay(&proposal, mz_day_of_ms(act->now_ms));
    if (act->now_ms >= mz_day_end_ms(head->due_day))
        return mz_refuse(act->why, MZ_TOO_LATE, mz_term("kind", "proposal"),
                         mz_words_view("id", mz_id_view(head->id)),
                         mz_time("until", mz_day_end_ms(head->due_day)));
    for (size_t i = 0; status == MZ_OK && i < head->draw_count; i++) {
        proposal.draws[i].approved_fen = approved[i];
        status = mz_proposal_reserve(act, &proposal, i, approved[i]);
    }
    head->approved_ms = act->now_ms;
    memcpy(head->approver_thumbprint, act->thumbprint.bytes, sizeof head->approver_thumbprint);
    /* An issue may have been confirmed since an earlier approval was undone. */
    const mz_stage stage = mz_proposal_unpaid(&proposal) ? MZ_APPROVED : MZ_PAYING;
    return status == MZ_OK ? mz_proposal_enter(act, &proposal, stage) : status;
}

mz_status mz_rule_application_returned(mz_act *act)
{
    mz_proposal proposal;
    mz_status status = load_in_stages(act, &proposal, IN(MZ_APPLIED), "applied");
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, &proposal, act->signer.no);
    if (status == MZ_OK && proposal.head.return_count >= RETURNS_MAX)
        status = mz_refuse(act->why, MZ_RETURNED_TWICE);
    if (status != MZ_OK)
        return status;
    proposal.head.return_count++;
    proposal.head.due_day = mz_day_of_ms(act->now_ms) + (int32_t)proposal.head.apply_days;
    return mz_proposal_enter(act, &proposal, MZ_ADOPTED);
}

mz_status mz_rule_application_refused(mz_act *act)
{
    mz_proposal proposal;
    mz_status status =
        load_in_stages(act, &proposal, IN(MZ_APPLIED) | IN(MZ_APPROVED) | IN(MZ_PAYING),
                       "applied | approved | paying");
    if (status == MZ_OK)
        status = mz_proposal_no_conflict(act, &proposal, act->signer.no);
    return status == MZ_OK ? mz_proposal_enter(act, &proposal, MZ_REFUSED) : status;
}

mz_status mz_rule_project_completed(mz_act *act)
{
    mz_proposal proposal;
    mz_status status = load_in_stages(act, &proposal, IN(MZ_PAYING), "paying");
    return status == MZ_OK ? mz_proposal_enter(act, &proposal, MZ_COMPLETED) : status;
}

mz_status mz_rule_project_rated(mz_act *act)
{
    mz_proposal proposal;
    mz_rating rating = {.ref = act->index};
    const json_t *counts = mz_body_list(act->entry, "counts");
    mz_status status = load_in_stages(act, &proposal, IN(MZ_COMPLETED), "completed");
    if (status != MZ_OK)
        return status;
    for (size_t i = 0; i < json_array_size(counts); i++) {
        const json_t *object = json_array_get(counts, i);
        const int grade = mz_value_index(MZ_GRADES, mz_json_text(object, "grade"));
        assert(grade >= 0 && grade < MZ_GRADE_COUNT);
        if (rating.counts[grade] != 0)
            return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", "body.counts"));
        rating.counts[grade] = mz_json_integer(object, "count", 0);
    }
    rating.proposal = proposal.head.ref;
    rating.rater = (uint32_t)mz_body_value(act->entry, "rater", MZ_RATERS);
    proposal.head.rating_count++;
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_RATING, rating.proposal, rating.ref);
    status = mz_state_store(act->changes, &key, &rating, sizeof rating, act->why);
    return status == MZ_OK ? mz_proposal_store(act->changes, &proposal, act->why) : status;
}
