/* views_goods.c — goods as people see them: what is there, what came in and went out, and what
 * waits for somebody of the committee. Who received them is sealed, and in no view. */
#include "core/date.h"
#include "core/views_make.h"

static const struct {
    mz_goods_move move;
    mz_event event;
    const char *name; /* of the sums in an item's view */
} MOVES[MZ_GOODS_MOVE_COUNT] = {
    {MZ_GOODS_IN,        MZ_GOODS_RECEIVED,    "received"   },
    {MZ_GOODS_ISSUE,     MZ_GOODS_ISSUED,      "issued"     },
    {MZ_GOODS_SALE,      MZ_GOODS_SOLD,        "sold"       },
    {MZ_GOODS_WRITE_OFF, MZ_GOODS_WRITTEN_OFF, "written_off"},
};

int64_t mz_goods_until_ms(const mz_goods *goods)
{
    return mz_day_end_ms(mz_day_of_ms(goods->made_ms) + MZ_UNCONFIRMED_DAYS);
}

/* ---- one movement ---- */

static mz_status put_item_id(mz_making *making, json_t *row, mz_ref ref, mz_item *item)
{
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size;
    mz_status status = mz_item_load(making->changes, ref, item, unit, &unit_size, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_view(making, row, "item", mz_id_view(item->id));
    mz_put_view(making, row, "unit", (mz_view){unit, unit_size});
    return MZ_OK;
}

static mz_status put_proposal_id(mz_making *making, json_t *row, mz_ref ref)
{
    mz_proposal proposal;
    if (ref == 0)
        return MZ_OK;
    mz_status status = mz_proposal_load(making->changes, ref, &proposal, making->why);
    if (status == MZ_OK)
        mz_put_view(making, row, "proposal", mz_id_view(proposal.head.id));
    return status;
}

mz_status mz_put_goods(mz_making *making, const mz_goods *goods, json_t *row)
{
    static const char *const NAMES[] = {"basis", "reason", "recipient_count", NULL};
    mz_item item;
    mz_put(making, row, "event", json_string(mz_event_row_of(MOVES[goods->move].event)->name));
    mz_status status = put_item_id(making, row, goods->item, &item);
    mz_put(making, row, "quantity", json_integer(goods->quantity));
    mz_put(making, row, "value_fen",
           goods->value_fen == 0 ? json_null() : json_integer(goods->value_fen));
    if (status == MZ_OK)
        status = mz_put_told(making, row, goods->ref, NAMES);
    if (status == MZ_OK)
        status = put_proposal_id(making, row, goods->proposal);
    if (status == MZ_OK)
        status = mz_put_party(making, row, "party", goods->party);
    mz_put_index(making, row, "income", goods->income);
    mz_put_index(making, row, "session", goods->session);
    mz_put_index(making, row, "confirmed_by", goods->confirmed_index);
    mz_put_index(making, row, "reversed_by", goods->reversed_index);
    if (goods->confirmed_index == MZ_NEVER && goods->reversed_index == MZ_NEVER)
        mz_put_ms(making, row, "until_ms", mz_goods_until_ms(goods));
    return status;
}

static mz_status goods_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_goods goods;
    (void)go_on;
    mz_status status = mz_goods_load(making->changes, index, &goods, making->why);
    return status == MZ_OK ? mz_put_goods(making, &goods, mz_add_object(making, context)) : status;
}

mz_status mz_goods_waiting(mz_making *making, mz_ref fund, size_t rows_max, mz_each_row *row,
                           void *context, uint64_t *next)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_GOODS_WAITING, fund);
    return mz_rows_back(making, &prefix, MZ_NEVER, rows_max, row, context, next);
}

/* ---- items ---- */

static void put_amounts(mz_making *making, const mz_item *item, json_t *row)
{
    for (size_t i = 0; i < MZ_GOODS_MOVE_COUNT; i++) {
        const mz_amount *amount = &item->moved[MOVES[i].move];
        json_t *sums = mz_put_object(making, row, MOVES[i].name);
        mz_put(making, sums, "quantity", json_integer(amount->quantity));
        mz_put(making, sums, "unvalued_quantity", json_integer(amount->unvalued_quantity));
        mz_put(making, sums, "value_fen", json_integer(amount->value_fen));
    }
}

static mz_status put_item(mz_making *making, mz_ref ref, json_t *row)
{
    mz_item item;
    const mz_status status = put_item_id(making, row, ref, &item);
    if (status != MZ_OK)
        return status;
    mz_put_count(making, row, "index", ref);
    mz_put(making, row, "stock", json_integer(item.stock));
    put_amounts(making, &item, row);
    mz_put_count(making, row, "waiting_count", item.waiting_count);
    return MZ_OK;
}

static mz_status item_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    (void)go_on;
    return put_item(making, index, mz_add_object(making, context));
}

mz_status mz_goods_view(mz_changes *changes, mz_view id, uint64_t before, int64_t now_ms,
                        json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    uint64_t next = MZ_NEVER, more = MZ_NEVER;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    const mz_key_bytes items = mz_key_u64(MZ_KIND_ITEM_OF_FUND, fund.ref);
    mz_put_view(&making, made, "fund", id);
    status = mz_rows_back(&making, &items, before, MZ_VIEW_ROWS_MAX, item_row,
                          mz_put_list(&making, made, "items"), &next);
    mz_put_next(&making, made, next);
    if (status == MZ_OK)
        status = mz_goods_waiting(&making, fund.ref, MZ_VIEW_ROWS_MAX, goods_row,
                                  mz_put_list(&making, made, "waiting"), &more);
    if (more != MZ_NEVER)
        mz_put(&making, made, "more_waiting", json_true());
    return mz_making_end(&making, status, made, out);
}

mz_status mz_item_view(mz_changes *changes, mz_view fund_id, mz_view id, uint64_t before,
                       int64_t now_ms, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    uint64_t ref = 0, next = MZ_NEVER;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, fund_id, &fund);
    if (status == MZ_OK) {
        status = mz_name_find(changes, MZ_NAME_ITEM, fund.ref, id, &ref, why);
        if (status == MZ_NOT_FOUND)
            status = mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("物资", "item")),
                               mz_words_view("id", id));
    }
    if (status == MZ_OK)
        status = put_item(&making, ref, made);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    const mz_key_bytes moves = mz_key_u64(MZ_KIND_GOODS_OF_ITEM, ref);
    mz_put_view(&making, made, "fund", fund_id);
    status = mz_rows_back(&making, &moves, before, MZ_VIEW_ROWS_MAX, goods_row,
                          mz_put_list(&making, made, "moves"), &next);
    mz_put_next(&making, made, next);
    return mz_making_end(&making, status, made, out);
}

/* ---- the fund's summary ---- */

typedef struct goods_counts {
    uint64_t items, in_stock, waiting;
} goods_counts;

static mz_status count_item(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    goods_counts *counts = context;
    mz_item item;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size;
    (void)go_on;
    mz_status status = mz_item_load(making->changes, index, &item, unit, &unit_size, making->why);
    if (status != MZ_OK)
        return status;
    counts->items++;
    counts->in_stock += item.stock > 0;
    return MZ_OK;
}

static mz_status count_waiting(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    goods_counts *counts = context;
    (void)making;
    (void)index;
    (void)go_on;
    counts->waiting++;
    return MZ_OK;
}

mz_status mz_put_goods_summary(mz_making *making, const mz_fund *fund, json_t *out)
{
    goods_counts counts = {0};
    uint64_t next = MZ_NEVER, more = MZ_NEVER;
    const mz_key_bytes items = mz_key_u64(MZ_KIND_ITEM_OF_FUND, fund->ref);
    mz_status status =
        mz_rows_back(making, &items, MZ_NEVER, MZ_COUNTED_ROWS_MAX, count_item, &counts, &next);
    if (status == MZ_OK)
        status =
            mz_goods_waiting(making, fund->ref, MZ_COUNTED_ROWS_MAX, count_waiting, &counts, &more);
    json_t *object = mz_put_object(making, out, "goods");
    mz_put_count(making, object, "item_count", counts.items);
    mz_put_count(making, object, "in_stock_count", counts.in_stock);
    mz_put_count(making, object, "waiting_count", counts.waiting);
    if (next != MZ_NEVER || more != MZ_NEVER)
        mz_put(making, object, "more", json_true());
    return status;
}
