/* judge_goods.c — goods: what waits to be confirmed, what was sold without money, and what there
 * should be on the shelf, for people to count. */
#include "core/date.h"
#include "judge.h"

#define ITEMS_SHOWN 2000

/* --- movements --- */

static mz_status look_at_waiting(mz_judge_work *j, uint64_t index)
{
    mz_goods goods;
    const mz_status status = mz_goods_load(j->changes, index, &goods, j->why);
    if (status != MZ_OK)
        return status;
    const int32_t day = mz_day_of_ms(goods.made_ms);
    if (mz_judge_overdue(j, day, MZ_UNCONFIRMED_DAYS))
        mz_judge_see(j, MZ_F_GOODS_UNCONFIRMED, index, 0);
    const mz_due due = {.event = MZ_GOODS_CONFIRMED,
                        .index = index,
                        .fund = goods.fund,
                        .until_ms = mz_day_end_ms(day + MZ_UNCONFIRMED_DAYS)};
    return mz_judge_due(j, &due);
}

/* Money that was sold for and never came: declined, reversed, or not confirmed in time. */
static mz_status look_at_sale(mz_judge_work *j, const mz_goods *goods)
{
    mz_income income;
    const mz_status status = mz_income_load(j->changes, goods->income, &income, j->why);
    if (status != MZ_OK || income.stage == MZ_INCOME_CONFIRMED_STAGE)
        return status;
    if (income.stage != MZ_INCOME_RECORDED_STAGE ||
        mz_judge_overdue(j, mz_day_of_ms(goods->made_ms), MZ_UNCONFIRMED_DAYS))
        mz_judge_see(j, MZ_F_SALE_UNPAID, goods->ref, goods->income);
    return MZ_OK;
}

static mz_status look_at_gone(mz_judge_work *j, uint64_t index)
{
    mz_goods goods;
    const mz_status status = mz_goods_load(j->changes, index, &goods, j->why);
    if (status != MZ_OK)
        return status;
    if (goods.move == MZ_GOODS_SALE)
        return look_at_sale(j, &goods);
    mz_judge_see(j, MZ_F_WRITTEN_OFF, index, 0);
    return MZ_OK;
}

/* --- items --- */

static const char *const MOVES[MZ_GOODS_MOVE_COUNT] = {"received", "issued", "sold", "written_off"};

static json_t *item_json(const mz_item *item, const mz_fund *fund, mz_view unit)
{
    json_t *out = json_pack("{s:o, s:o, s:s%, s:I, s:I}", "fund", mz_tell_id(fund->id), "item",
                            mz_tell_id(item->id), "unit", (const char *)unit.data, unit.size,
                            "index", (json_int_t)item->ref, "stock", (json_int_t)item->stock);
    int64_t unvalued = 0;
    for (size_t i = 0; out != NULL && i < MZ_GOODS_MOVE_COUNT; i++) {
        json_object_set_new(out, MOVES[i], json_integer((json_int_t)item->moved[i].quantity));
        unvalued += item->moved[i].unvalued_quantity; /* at most 10^9 each, many of them fit */
    }
    json_object_set_new(out, "unvalued", json_integer((json_int_t)unvalued));
    return out;
}

static mz_status list_item(mz_judge_work *j, const mz_item *item, mz_view unit)
{
    mz_fund fund;
    if (json_array_size(j->judgement->goods) == ITEMS_SHOWN) {
        j->judgement->goods_more = true;
        return MZ_OK;
    }
    const mz_status status = mz_fund_load(j->changes, item->fund, &fund, j->why);
    if (status != MZ_OK)
        return status;
    return json_array_append_new(j->judgement->goods, item_json(item, &fund, unit)) == 0
               ? MZ_OK
               : mz_refuse(j->why, MZ_NO_MEMORY);
}

static mz_status look_at_item(mz_judge_work *j, mz_ref ref)
{
    mz_item item;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size = 0;
    const mz_status status = mz_item_load(j->changes, ref, &item, unit, &unit_size, j->why);
    if (status != MZ_OK)
        return status;
    if (item.moved[MZ_GOODS_IN].unvalued_quantity > 0)
        mz_judge_see(j, MZ_F_UNVALUED, ref, 0);
    return list_item(j, &item, (mz_view){unit, unit_size});
}

static mz_status look_at_items(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_ITEM);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        status = look_at_item(j, mz_judge_last_u64(&at));
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    }
    return mz_judge_walked(status);
}

mz_status mz_judge_goods(mz_judge_work *j)
{
    j->judgement->goods = json_array();
    if (j->judgement->goods == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    mz_status status = mz_judge_each(j, MZ_N_GOODS_WAITING, look_at_waiting);
    if (status == MZ_OK)
        status = mz_judge_each(j, MZ_N_GOODS_GONE, look_at_gone);
    return status == MZ_OK ? look_at_items(j) : status;
}
