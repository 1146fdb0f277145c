/* booking_move.c — money that queues anew in another bucket: to another purpose, or all of a
 * closing fund's. */
#include <assert.h>
#include <stdlib.h>

#include "core/booking.h"
#include "core/bucket.h"

/* A stretch that was carved out of `from` queues in `to`. */
static mz_status transfer(mz_act *act, mz_place *from, mz_place *to, uint64_t position,
                          uint64_t end)
{
    const int64_t length_fen = (int64_t)(end - position);
    const mz_move move = {.length_fen = length_fen,
                          .to_fund = to->fund,
                          .to_purpose = to->purpose,
                          .to_position = to->bucket.position_end,
                          .index = act->moment_index};
    const mz_lot lot = {.length_fen = length_fen,
                        .since_index = act->moment_index,
                        .reversed_index = MZ_NEVER,
                        .from_fund = from->fund,
                        .from_purpose = from->purpose,
                        .from_position = position};
    mz_status status = mz_place_put(act, MZ_KIND_MOVE, from, position, &move, sizeof move);
    if (status == MZ_OK)
        status = mz_place_put(act, MZ_KIND_LOT, to, to->bucket.position_end, &lot, sizeof lot);
    from->bucket.moved_out_fen += length_fen;
    from->bucket.balance_fen -= length_fen;
    to->bucket.position_end += (uint64_t)length_fen;
    to->bucket.free_fen += length_fen;
    to->bucket.moved_in_fen += length_fen;
    to->bucket.balance_fen += length_fen;
    if (to->bucket.balance_fen > MZ_AMOUNT_MAX || to->bucket.moved_in_fen > MZ_AMOUNT_MAX)
        return mz_refuse_limit(act->why);
    return status;
}

typedef struct free_parts {
    mz_ref fund, purpose; /* only what lies here */
    mz_part *items;
    size_t count, capacity;
    int64_t sum_fen;
} free_parts;

static mz_status collect_free(const mz_part *part, void *context, mz_reason *why)
{
    free_parts *parts = context;
    if (part->state != MZ_PART_FREE || part->fund != parts->fund || part->purpose != parts->purpose)
        return MZ_OK;
    if (parts->count == parts->capacity) {
        const size_t capacity = parts->capacity == 0 ? 8 : 2 * parts->capacity;
        mz_part *items = realloc(parts->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        parts->items = items;
        parts->capacity = capacity;
    }
    parts->items[parts->count++] = *part;
    parts->sum_fen += part->length_fen;
    return MZ_OK;
}

static int compare_part(const void *left, const void *right)
{
    const uint64_t a = ((const mz_part *)left)->position;
    const uint64_t b = ((const mz_part *)right)->position;
    return (a > b) - (a < b);
}

static mz_status transfer_parts(mz_act *act, free_parts *parts, mz_ref to_purpose,
                                int64_t amount_fen)
{
    mz_place from, to;
    mz_status status = mz_place_load(act, parts->fund, parts->purpose, &from);
    if (status == MZ_OK)
        status = mz_place_load(act, parts->fund, to_purpose, &to);
    qsort(parts->items, parts->count, sizeof parts->items[0], compare_part);
    for (size_t i = 0; status == MZ_OK && amount_fen > 0; i++) {
        assert(i < parts->count);
        const mz_part *part = &parts->items[i];
        const int64_t length_fen = part->length_fen < amount_fen ? part->length_fen : amount_fen;
        const uint64_t end = part->position + (uint64_t)length_fen;
        status = mz_place_carve(act, &from, part->position, end);
        if (status == MZ_OK)
            status = transfer(act, &from, &to, part->position, end);
        amount_fen -= length_fen;
    }
    if (status == MZ_OK)
        status = mz_place_store(act, &from);
    if (status == MZ_OK)
        status = mz_place_store(act, &to);
    return status;
}

mz_status mz_lots_move(mz_act *act, const mz_income *income, mz_ref from, mz_ref to,
                       int64_t amount_fen)
{
    assert(from != to);
    free_parts parts = {.fund = act->fund.ref, .purpose = from};
    mz_status status = mz_lots_follow(act->changes, income->fund, income->purpose, income->position,
                                      income->amount_fen, collect_free, &parts, act->why);
    if (status == MZ_OK && amount_fen > parts.sum_fen)
        status = mz_refuse_short(act, from, parts.sum_fen, amount_fen);
    if (status == MZ_OK)
        status = transfer_parts(act, &parts, to, amount_fen);
    free(parts.items);
    return status;
}

/* A bucket of a closing fund whose free money leaves it in order. */
typedef struct source {
    mz_place place;
    uint64_t position, hole_end;   /* the free interval in hand, already carved out */
    uint64_t lot_end, since_index; /* of the lot at `position` */
    bool empty;
} source;
typedef struct source_list {
    source *items;
    size_t count, capacity;
} source_list;

static mz_status find_lot(mz_act *act, source *s, uint64_t position, mz_span *lot)
{
    mz_span_walk walk =
        mz_span_walk_over(MZ_KIND_LOT, s->place.fund, s->place.purpose, position, position + 1);
    const mz_status status = mz_span_next(act->changes, &walk, lot, act->why);
    return status == MZ_NOT_FOUND ? mz_refuse_corrupt(act->why, "money has no origin") : status;
}

/* Brings the next free interval in hand when the one before is used up, and the lot it begins in.
 */
static mz_status refill(mz_act *act, source *s)
{
    mz_status status = MZ_OK;
    if (s->position == s->hole_end) {
        if (s->place.bucket.free_fen == 0) {
            s->empty = true;
            return MZ_OK;
        }
        status = mz_place_take(act, &s->place, s->hole_end, s->place.bucket.free_fen, &s->position,
                               &s->hole_end);
    }
    mz_span lot;
    if (status == MZ_OK)
        status = find_lot(act, s, s->position, &lot);
    if (status != MZ_OK)
        return status;
    s->lot_end = lot.end;
    s->since_index = lot.row.lot.since_index;
    return MZ_OK;
}

static mz_status push_source(mz_act *act, source_list *list, mz_ref purpose)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        source *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(act->why, MZ_NO_MEMORY);
        list->items = items;
        list->capacity = capacity;
    }
    source *s = &list->items[list->count];
    *s = (source){0};
    mz_status status = mz_place_load(act, act->fund.ref, purpose, &s->place);
    if (status == MZ_OK && s->place.bucket.free_fen > 0) {
        list->count++;
        status = refill(act, s);
    }
    return status;
}

static mz_status gather_sources(mz_act *act, source_list *list)
{
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_BUCKET, act->fund.ref);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_status status;
    while ((status = mz_state_next(act->changes, &prefix, &key, &value, act->why)) == MZ_OK) {
        if (key.size != 17)
            return mz_refuse_corrupt(act->why, "a bucket has a wrong key");
        status = push_source(act, list, mz_be64_get(key.bytes + 9));
        if (status != MZ_OK)
            return status;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* The source whose money queued first, and since when the first of the others did. */
static source *first_source(source_list *list, uint64_t *others_since)
{
    source *first = NULL;
    *others_since = UINT64_MAX;
    for (size_t i = 0; i < list->count; i++) {
        source *s = &list->items[i];
        if (s->empty)
            continue;
        if (first == NULL || s->since_index < first->since_index) {
            if (first != NULL && first->since_index < *others_since)
                *others_since = first->since_index;
            first = s;
        } else if (s->since_index < *others_since) {
            *others_since = s->since_index;
        }
    }
    return first;
}

/* Takes from `s` what queued before `others_since`, or at least the lot in hand, in one piece. */
static mz_status next_stretch(mz_act *act, source *s, uint64_t others_since, uint64_t *position,
                              uint64_t *end)
{
    *position = s->position;
    *end = s->lot_end < s->hole_end ? s->lot_end : s->hole_end;
    if (others_since == UINT64_MAX)
        *end = s->hole_end;
    while (*end < s->hole_end) {
        mz_span lot;
        const mz_status status = find_lot(act, s, *end, &lot);
        if (status != MZ_OK)
            return status;
        if (lot.row.lot.since_index >= others_since)
            break;
        *end = lot.end < s->hole_end ? lot.end : s->hole_end;
    }
    s->position = *end;
    return MZ_OK;
}

static mz_status drain_sources(mz_act *act, source_list *list, mz_place *to, int64_t *sum_fen)
{
    source *s;
    uint64_t others_since;
    while ((s = first_source(list, &others_since)) != NULL) {
        uint64_t position, end;
        mz_status status = next_stretch(act, s, others_since, &position, &end);
        if (status == MZ_OK)
            status = transfer(act, &s->place, to, position, end);
        if (status == MZ_OK)
            status = refill(act, s);
        if (status != MZ_OK)
            return status;
        *sum_fen += (int64_t)(end - position);
    }
    for (size_t i = 0; i < list->count; i++) {
        const mz_status status = mz_place_store(act, &list->items[i].place);
        if (status != MZ_OK)
            return status;
    }
    return mz_place_store(act, to);
}

mz_status mz_lots_move_residual(mz_act *act, mz_ref to_fund, mz_ref to_purpose)
{
    mz_fund target;
    mz_place to;
    source_list list = {0};
    int64_t sum_fen = 0;
    mz_status status = mz_fund_load(act->changes, to_fund, &target, act->why);
    while (status == MZ_OK && target.stage == MZ_FUND_IS_CLOSED) {
        to_purpose = target.residual_purpose;
        status = mz_fund_load(act->changes, target.residual_fund, &target, act->why);
    }
    if (status == MZ_NOT_FOUND || (status == MZ_OK && target.ref == act->fund.ref))
        return mz_refuse_corrupt(act->why, "a closed fund's money has nowhere to go");
    if (status == MZ_OK)
        status = mz_place_load(act, target.ref, to_purpose, &to);
    if (status == MZ_OK)
        status = gather_sources(act, &list);
    if (status == MZ_OK && list.count > 0)
        status = drain_sources(act, &list, &to, &sum_fen);
    free(list.items);
    if (status != MZ_OK || sum_fen == 0)
        return status;
    status = mz_book(act, &act->fund, -sum_fen, MZ_LINE_MOVED_OUT, sum_fen);
    if (status == MZ_OK)
        status = mz_book(act, &target, sum_fen, MZ_LINE_MOVED_IN, sum_fen);
    if (status == MZ_OK)
        status = mz_fund_store(act->changes, &target, act->why);
    return status;
}
