/* rules_goods.c — goods in their own quantities, apart from money: received, issued, sold, written
 * off, each confirmed by somebody of the committee. Stock counts from the confirmation of a
 * receipt; what goes out is deducted at once. Unknown value is counted as unvalued, never as zero.
 */
#include <assert.h>
#include <string.h>

#include "core/goods.h"
#include "core/settle.h"

/* An item with its unit, and what it counted for in the fund when it was loaded. */
typedef struct holding {
    mz_item item;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size;
    uint32_t counted;
} holding;

/* --- items --- */

/* In stock, or about to be: what a fund must not close over. */
static uint32_t stocked(const mz_item *item)
{
    return (item->stock > 0 ? 1 : 0) + item->waiting_count;
}

static mz_status load_holding(mz_act *act, mz_ref ref, holding *held)
{
    const mz_status status =
        mz_item_load(act->changes, ref, &held->item, held->unit, &held->unit_size, act->why);
    if (status == MZ_OK)
        held->counted = stocked(&held->item);
    return status;
}

static mz_status store_holding(mz_act *act, const holding *held)
{
    assert(act->fund.stocked_count >= held->counted);
    act->fund.stocked_count = act->fund.stocked_count - held->counted + stocked(&held->item);
    return mz_item_store(act->changes, &held->item, (mz_view){held->unit, held->unit_size},
                         act->why);
}

static mz_status find_item(mz_act *act, holding *held)
{
    const mz_view id = mz_body_text(act->entry, "item");
    mz_ref ref = 0;
    const mz_status status =
        mz_name_find(act->changes, MZ_NAME_ITEM, act->fund.ref, id, &ref, act->why);
    return status == MZ_OK ? load_holding(act, ref, held) : mz_act_found(act, status, "item", id);
}

static mz_status new_item(mz_act *act, holding *held)
{
    const mz_view id = mz_body_text(act->entry, "item");
    memset(held, 0, sizeof *held);
    held->item.ref = act->index;
    held->item.fund = act->fund.ref;
    mz_id_set(held->item.id, id);
    const mz_key_bytes listed = mz_key_u64_u64(MZ_KIND_ITEM_OF_FUND, act->fund.ref, held->item.ref);
    const mz_status status = mz_state_mark(act->changes, &listed, act->why);
    return status == MZ_OK ? mz_name_take(act->changes, MZ_NAME_ITEM, act->fund.ref, id,
                                          held->item.ref, act->why)
                           : status;
}

/* Adds a movement to the sums of its kind, or with `sign` -1 takes it out again. */
static mz_status count_move(mz_act *act, mz_item *item, const mz_goods *goods, int sign)
{
    mz_amount *sum = &item->moved[goods->move];
    sum->quantity += sign * goods->quantity;
    if (goods->value_fen == 0)
        sum->unvalued_quantity += sign * goods->quantity;
    if (!mz_fen_add(sum->value_fen, sign * goods->value_fen, &sum->value_fen) ||
        sum->value_fen > MZ_AMOUNT_MAX)
        return mz_refuse_limit(act->why);
    item->stock += goods->move == MZ_GOODS_IN ? sign * goods->quantity : -sign * goods->quantity;
    return MZ_OK;
}

static mz_goods read_goods(const mz_act *act, mz_goods_move move)
{
    return (mz_goods){.ref = act->index,
                      .fund = act->fund.ref,
                      .quantity = mz_body_integer(act->entry, "quantity", 0),
                      .value_fen = mz_body_integer(act->entry, "value_fen", 0),
                      .made_ms = act->now_ms,
                      .confirmed_index = MZ_NEVER,
                      .reversed_index = MZ_NEVER,
                      .move = move};
}

static mz_key_bytes waiting_key(const mz_goods *goods)
{
    return mz_key_u64_u64(MZ_KIND_GOODS_WAITING, goods->fund, goods->ref);
}

/* A new movement: among its item's, and among those that wait to be confirmed. */
static mz_status store_new(mz_act *act, const mz_goods *goods)
{
    const mz_key_bytes listed = mz_key_u64_u64(MZ_KIND_GOODS_OF_ITEM, goods->item, goods->ref);
    const mz_key_bytes waiting = waiting_key(goods);
    mz_status status = mz_state_mark(act->changes, &listed, act->why);
    if (status == MZ_OK)
        status = mz_state_mark(act->changes, &waiting, act->why);
    return status == MZ_OK ? mz_goods_store(act->changes, goods, act->why) : status;
}

/* It has been confirmed, or reversed: it waits no longer. */
static mz_status store_settled(mz_act *act, const mz_goods *goods)
{
    const mz_key_bytes waiting = waiting_key(goods);
    const mz_status status = mz_state_erase(act->changes, &waiting, act->why);
    return status == MZ_OK ? mz_goods_store(act->changes, goods, act->why) : status;
}

/* --- goods.received --- */

/* The unit is that of the item's first receipt that stands. */
static mz_status read_unit(mz_act *act, holding *held)
{
    const mz_view unit = mz_body_text(act->entry, "unit");
    const mz_view known = {held->unit, held->unit_size};
    if (held->item.receipt_count > 0 && !mz_view_equal(unit, known))
        return mz_refuse(act->why, MZ_UNIT_DIFFERS,
                         mz_words_view("item", mz_id_view(held->item.id)),
                         mz_words_view("is", unit), mz_words_view("want", known));
    assert(unit.size <= sizeof held->unit);
    memcpy(held->unit, unit.data, unit.size);
    held->unit_size = unit.size;
    return MZ_OK;
}

static mz_status change_session(mz_act *act, mz_ref ref, int change)
{
    mz_session session;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, ref);
    const mz_status status = mz_state_load(act->changes, &key, &session, sizeof session, act->why);
    if (status != MZ_OK)
        return status;
    assert(change > 0 || session.dependant_count > 0);
    session.dependant_count += (uint32_t)change;
    return mz_state_store(act->changes, &key, &session, sizeof session, act->why);
}

/* Who gave, and at which market. */
static mz_status read_giver(mz_act *act, mz_goods *goods)
{
    mz_party party;
    mz_session session;
    mz_status status = MZ_OK;
    if (mz_body_has(act->entry, "party")) {
        status = mz_act_party(act, mz_body_text(act->entry, "party"), &party);
        goods->party = status == MZ_OK ? party.ref : 0;
    }
    if (status == MZ_OK && mz_body_has(act->entry, "session")) {
        status = mz_act_session(act, &session);
        goods->session = status == MZ_OK ? session.ref : 0;
    }
    return status == MZ_OK && goods->session != 0 ? change_session(act, goods->session, 1) : status;
}

mz_status mz_rule_goods_received(mz_act *act)
{
    mz_goods goods = read_goods(act, MZ_GOODS_IN);
    holding held;
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status != MZ_OK)
        return status;
    status = mz_name_find(act->changes, MZ_NAME_ITEM, act->fund.ref,
                          mz_body_text(act->entry, "item"), &goods.item, act->why);
    if (status == MZ_OK)
        status = load_holding(act, goods.item, &held);
    else if (status == MZ_NOT_FOUND)
        status = new_item(act, &held);
    if (status == MZ_OK)
        status = read_unit(act, &held);
    if (status == MZ_OK)
        status = read_giver(act, &goods);
    if (status != MZ_OK)
        return status;
    goods.item = held.item.ref;
    held.item.receipt_count++;
    held.item.waiting_count++;
    status = store_holding(act, &held);
    return status == MZ_OK ? store_new(act, &goods) : status;
}

/* --- what goes out --- */

static mz_good *good_of(mz_proposal *proposal, const mz_item *item)
{
    for (size_t i = 0; i < proposal->head.goods_count; i++) {
        if (memcmp(proposal->goods[i].item, item->id, sizeof item->id) == 0)
            return &proposal->goods[i];
    }
    return NULL;
}

/* The proposal under which goods go out, and what its filing lists of the item. */
static mz_status use_proposal(mz_act *act, const mz_item *item, mz_goods *goods)
{
    mz_proposal proposal;
    const mz_status status = mz_act_proposal(act, mz_body_text(act->entry, "proposal"), &proposal);
    if (status != MZ_OK)
        return status;
    const mz_figure id = mz_words_view("id", mz_id_view(proposal.head.id));
    if (proposal.head.stage != MZ_APPROVED && proposal.head.stage != MZ_PAYING)
        return mz_refuse(act->why, MZ_WRONG_STAGE, id,
                         mz_term("state", mz_stage_name((mz_stage)proposal.head.stage)),
                         mz_term("want", "approved | paying"));
    mz_good *good = good_of(&proposal, item);
    const int64_t left = good == NULL ? 0 : good->quantity - good->used;
    if (good == NULL || goods->quantity > left)
        return mz_refuse(act->why, MZ_OVER_GOODS, id, mz_words_view("item", mz_id_view(item->id)),
                         mz_count("left", left), mz_count("asked", goods->quantity));
    good->used += goods->quantity;
    goods->proposal = proposal.head.ref;
    return mz_proposal_store(act->changes, &proposal, act->why);
}

/* Above the fund's cap, or of unknown value, the committee has to have decided. */
static mz_status check_decided(mz_act *act, const mz_item *item, mz_goods *goods)
{
    if (mz_body_has(act->entry, "proposal"))
        return use_proposal(act, item, goods);
    if (goods->value_fen != 0 && goods->value_fen <= act->fund.profile.goods_cap_fen)
        return MZ_OK;
    return mz_refuse(act->why, MZ_GOODS_UNDECIDED, mz_words_view("item", mz_id_view(item->id)),
                     mz_fen("limit", act->fund.profile.goods_cap_fen));
}

/* A sale names the income that it brought. */
static mz_status read_income(mz_act *act, mz_goods *goods)
{
    mz_income income;
    uint64_t index = 0;
    mz_status status = mz_act_cited(act, "income", MZ_INCOME_RECORDED, "income", &index);
    if (status == MZ_OK)
        status = mz_income_load(act->changes, index, &income, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, income.fund, "income", "income");
    if (status != MZ_OK)
        return status;
    goods->income = index;
    if (income.stage == MZ_INCOME_RECORDED_STAGE || income.stage == MZ_INCOME_CONFIRMED_STAGE)
        return MZ_OK;
    return mz_refuse(act->why, MZ_NOT_IN_EFFECT, mz_term("kind", "income"),
                     mz_words_view("id", mz_body_text(act->entry, "income")));
}

static mz_status take_out(mz_act *act, mz_goods_move move)
{
    mz_goods goods = read_goods(act, move);
    holding held = {.counted = 0};
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = find_item(act, &held);
    if (status == MZ_OK && goods.quantity > held.item.stock)
        return mz_refuse(act->why, MZ_STOCK_SHORT, mz_words_view("item", mz_id_view(held.item.id)),
                         mz_count("left", held.item.stock), mz_count("asked", goods.quantity));
    if (status == MZ_OK)
        status = move == MZ_GOODS_SALE ? read_income(act, &goods)
                                       : check_decided(act, &held.item, &goods);
    if (status == MZ_OK)
        status = count_move(act, &held.item, &goods, 1);
    if (status != MZ_OK)
        return status;
    goods.item = held.item.ref;
    status = store_holding(act, &held);
    return status == MZ_OK ? store_new(act, &goods) : status;
}

mz_status mz_rule_goods_issued(mz_act *act)
{
    return take_out(act, MZ_GOODS_ISSUE);
}

mz_status mz_rule_goods_sold(mz_act *act)
{
    return take_out(act, MZ_GOODS_SALE);
}

mz_status mz_rule_goods_written_off(mz_act *act)
{
    return take_out(act, MZ_GOODS_WRITE_OFF);
}

/* --- goods.confirmed --- */

static mz_status load_target(mz_act *act, mz_goods *goods)
{
    const mz_view id = mz_body_text(act->entry, "target");
    uint8_t jti[16];
    uint64_t index = 0;
    mz_event event;
    const bool given = mz_body_jti(act->entry, "target", jti);
    assert(given);
    mz_status status = mz_jti_find(act->changes, jti, &index, &event, act->why);
    if (status == MZ_OK)
        status = mz_goods_load(act->changes, index, goods, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "goods", id);
    status = mz_act_own_fund(act, goods->fund, "goods", "target");
    if (status == MZ_OK && goods->reversed_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_ALREADY_REVERSED, mz_count("index", (int64_t)index));
    if (status == MZ_OK && goods->confirmed_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_ALREADY_CONFIRMED, mz_count("index", (int64_t)index));
    return status;
}

/* A confirmed issue counts as something paid: the first one begins the paying. */
static mz_status count_issue(mz_act *act, mz_ref ref)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(act->changes, ref, &proposal, act->why);
    if (status != MZ_OK)
        return status;
    proposal.head.standing_issue_count++;
    return proposal.head.stage == MZ_APPROVED ? mz_proposal_enter(act, &proposal, MZ_PAYING)
                                              : mz_proposal_reschedule(act, &proposal);
}

mz_status mz_rule_goods_confirmed(mz_act *act)
{
    mz_goods goods = {.ref = 0};
    holding held = {.counted = 0};
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_seated(act, (mz_role)act->signer.role, NULL);
    if (status == MZ_OK)
        status = load_target(act, &goods);
    if (status != MZ_OK)
        return status;
    goods.confirmed_index = act->index;
    if (goods.move == MZ_GOODS_IN) {
        status = load_holding(act, goods.item, &held);
        if (status == MZ_OK)
            status = count_move(act, &held.item, &goods, 1);
        if (status != MZ_OK)
            return status;
        held.item.waiting_count--;
        status = store_holding(act, &held);
    } else if (goods.move == MZ_GOODS_ISSUE && goods.proposal != 0) {
        status = count_issue(act, goods.proposal);
    }
    return status == MZ_OK ? store_settled(act, &goods) : status;
}

/* --- reversal --- */

static mz_status leave_proposal(mz_act *act, const mz_goods *goods, const mz_item *item)
{
    mz_proposal proposal;
    if (goods->proposal == 0)
        return MZ_OK;
    const mz_status status = mz_proposal_load(act->changes, goods->proposal, &proposal, act->why);
    if (status != MZ_OK)
        return status;
    mz_good *good = good_of(&proposal, item);
    if (good == NULL || good->used < goods->quantity)
        return mz_refuse_corrupt(act->why, "a proposal's goods are miscounted");
    good->used -= goods->quantity;
    if (goods->move == MZ_GOODS_ISSUE && goods->confirmed_index != MZ_NEVER) {
        if (proposal.head.standing_issue_count == 0)
            return mz_refuse_corrupt(act->why, "a proposal's issues are miscounted");
        proposal.head.standing_issue_count--;
    }
    return mz_proposal_step_back(act, &proposal);
}

static mz_status undo_receipt(mz_act *act, const mz_goods *goods, mz_item *item)
{
    item->receipt_count--;
    if (goods->confirmed_index == MZ_NEVER) {
        item->waiting_count--;
        return MZ_OK;
    }
    if (item->stock < goods->quantity)
        return mz_refuse(act->why, MZ_DEPENDED_ON, mz_count("index", (int64_t)goods->ref),
                         mz_words("cause", MZ_BOTH("物资已经发出，请先冲销发出的各笔",
                                                   "the goods have gone out; reverse that first")));
    return count_move(act, item, goods, -1);
}

mz_status mz_goods_reverse(mz_act *act, mz_ref ref)
{
    mz_goods goods = {.ref = 0};
    holding held;
    mz_status status = mz_goods_load(act->changes, ref, &goods, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, goods.fund, "entry", "target");
    if (status == MZ_OK)
        status = load_holding(act, goods.item, &held);
    if (status == MZ_OK && goods.move == MZ_GOODS_IN)
        status = undo_receipt(act, &goods, &held.item);
    else if (status == MZ_OK)
        status = count_move(act, &held.item, &goods, -1);
    if (status == MZ_OK)
        status = store_holding(act, &held);
    if (status == MZ_OK && goods.session != 0)
        status = change_session(act, goods.session, -1);
    if (status == MZ_OK)
        status = leave_proposal(act, &goods, &held.item);
    goods.reversed_index = act->index;
    return status == MZ_OK ? store_settled(act, &goods) : status;
}
