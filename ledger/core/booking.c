/* booking.c — incomes, payouts, what comes back, and incomes that die. Moves are in booking_move.c.
 */
#include "core/booking.h"

#include <stdlib.h>
#include <string.h>

#include "core/bucket.h"

mz_status mz_bucket_reserve(mz_act *act, mz_ref purpose, int64_t delta_fen)
{
    mz_place p;
    mz_status status = mz_place_load(act, act->fund.ref, purpose, &p);
    if (status != MZ_OK || delta_fen == 0)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (delta_fen > left_fen)
        return mz_refuse_short(act, purpose, left_fen, delta_fen);
    p.bucket.reserved_fen += delta_fen;
    act->fund.reserved_fen += delta_fen;
    if (act->fund.reserved_fen < 0 || act->fund.reserved_fen > act->fund.balance_fen)
        return mz_refuse_corrupt(act->why, "a fund's reserve is not within its balance");
    status = mz_place_store(act, &p);
    if (status != MZ_OK)
        return status;
    return mz_totals_set_reserved(act->changes, act->fund.ref, mz_day_of_ms(act->now_ms),
                                  act->fund.reserved_fen, act->why);
}

/* The oldest free money becomes the payout's last used. Balances are the caller's. */
static mz_status use_lowest(mz_act *act, mz_place *p, mz_payout_head *payout, int64_t amount_fen)
{
    uint64_t from = 0;
    while (amount_fen > 0) {
        uint64_t position, end;
        mz_status status = mz_place_take(act, p, from, amount_fen, &position, &end);
        if (status != MZ_OK)
            return status;
        const int64_t length_fen = (int64_t)(end - position);
        const mz_use use = {
            .length_fen = length_fen, .payout = payout->ref, .piece = payout->piece_count};
        const mz_piece piece = {.purpose = p->purpose,
                                .position = position,
                                .length_fen = length_fen,
                                .left_fen = length_fen,
                                .reach_fen = length_fen,
                                .since_index = act->moment_index};
        mz_key_bytes key = mz_key_u64(MZ_KIND_PIECE, payout->ref);
        mz_key_add_u32(&key, payout->piece_count);
        payout->piece_count++;
        status = mz_place_put(act, MZ_KIND_USE, p, position, &use, sizeof use);
        if (status == MZ_OK)
            status = mz_state_store(act->changes, &key, &piece, sizeof piece, act->why);
        if (status != MZ_OK)
            return status;
        amount_fen -= length_fen;
        from = end;
    }
    return MZ_OK;
}

mz_status mz_lots_append(mz_act *act, mz_income *income)
{
    mz_place p;
    mz_status status = mz_place_load(act, income->fund, income->purpose, &p);
    if (status != MZ_OK)
        return status;
    const mz_lot lot = {.length_fen = income->amount_fen,
                        .income = income->ref,
                        .since_index = act->moment_index,
                        .reversed_index = MZ_NEVER};
    income->position = p.bucket.position_end;
    p.bucket.position_end += (uint64_t)income->amount_fen;
    p.bucket.free_fen += income->amount_fen;
    p.bucket.confirmed_fen += income->amount_fen;
    p.bucket.balance_fen += income->amount_fen;
    status = mz_place_put(act, MZ_KIND_LOT, &p, income->position, &lot, sizeof lot);
    if (status == MZ_OK)
        status = mz_place_store(act, &p);
    if (status == MZ_OK)
        status = mz_book(act, &act->fund, income->amount_fen, MZ_LINE_INCOME + income->kind,
                         income->amount_fen);
    return status;
}

mz_status mz_lots_take(mz_act *act, mz_payout_head *payout, mz_ref purpose, int64_t amount_fen,
                       unsigned line)
{
    mz_place p;
    mz_status status = mz_place_load(act, payout->fund, purpose, &p);
    if (status != MZ_OK)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (amount_fen > left_fen)
        return mz_refuse_short(act, purpose, left_fen, amount_fen);
    status = use_lowest(act, &p, payout, amount_fen);
    if (status != MZ_OK)
        return status;
    p.bucket.balance_fen -= amount_fen;
    if (line == MZ_LINE_REVERSED_RETURNS)
        p.bucket.returned_fen -= amount_fen;
    else
        p.bucket.paid_fen += amount_fen;
    status = mz_place_store(act, &p);
    if (status == MZ_OK)
        status = mz_book(act, &act->fund, -amount_fen, line, amount_fen);
    return status;
}

static mz_status store_piece(mz_act *act, mz_ref payout, uint32_t number, const mz_piece *piece)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_PIECE, payout);
    mz_key_add_u32(&key, number);
    return mz_state_store(act->changes, &key, piece, sizeof *piece, act->why);
}

/* The highest stretch that the piece still uses: nobody else's can lie within its reach, since what
 * came back lies above it, and what died is nobody's. */
static mz_status last_use(mz_act *act, const mz_place *p, mz_ref payout, uint32_t number,
                          const mz_piece *piece, uint64_t *position, uint64_t *end)
{
    const mz_key_bytes prefix = mz_key_u64_u64(MZ_KIND_USE, p->fund, p->purpose);
    const mz_key_bytes key = mz_span_key(MZ_KIND_USE, p->fund, p->purpose,
                                         piece->position + (uint64_t)piece->reach_fen - 1);
    mz_view found, value;
    mz_use use = {0};
    const mz_status status =
        mz_changes_seek_back(act->changes, MZ_TABLE_STATE, mz_key_view(&prefix), mz_key_view(&key),
                             &found, &value, act->why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    if (status == MZ_OK && found.size == key.size && value.size == sizeof use) {
        memcpy(&use, value.data, sizeof use);
        *position = mz_be64_get(found.data + 17);
        *end = *position + (uint64_t)use.length_fen;
        if (use.payout == payout && use.piece == number && *position >= piece->position)
            return MZ_OK;
    }
    return mz_refuse_corrupt(act->why, "a payout's piece does not hold what it used");
}

/* Frees at most `want_fen` of one piece, from its end. */
static mz_status give_back_piece(mz_act *act, mz_place *p, mz_ref payout, uint32_t number,
                                 mz_piece *piece, int64_t want_fen, int64_t *freed_fen)
{
    *freed_fen = 0;
    while (*freed_fen < want_fen && piece->left_fen > 0) {
        uint64_t position = 0, end = 0;
        mz_status status = last_use(act, p, payout, number, piece, &position, &end);
        if (status != MZ_OK)
            return status;
        uint64_t cut = position;
        if ((int64_t)(end - position) > want_fen - *freed_fen)
            cut = end - (uint64_t)(want_fen - *freed_fen);
        const mz_use rest = {
            .length_fen = (int64_t)(cut - position), .payout = payout, .piece = number};
        if (cut > position)
            status = mz_place_put(act, MZ_KIND_USE, p, position, &rest, sizeof rest);
        else
            status = mz_place_erase(act, MZ_KIND_USE, p, position);
        if (status == MZ_OK)
            status = mz_place_free(act, p, cut, end);
        if (status != MZ_OK)
            return status;
        piece->left_fen -= (int64_t)(end - cut);
        piece->reach_fen = (int64_t)(cut - piece->position);
        *freed_fen += (int64_t)(end - cut);
    }
    return store_piece(act, payout, number, piece);
}

static mz_status add_part(mz_act *act, mz_payout_draw *parts, size_t part_count, mz_ref purpose,
                          int64_t amount_fen)
{
    for (size_t i = 0; i < part_count; i++) {
        if (parts[i].purpose == purpose) {
            parts[i].amount_fen += amount_fen;
            return MZ_OK;
        }
    }
    return mz_refuse_corrupt(act->why, "a payout used money of a purpose that it does not draw on");
}

mz_status mz_lots_give_back(mz_act *act, const mz_payout_head *payout, int64_t amount_fen,
                            unsigned line, mz_payout_draw *parts, size_t part_count)
{
    int64_t left_fen = amount_fen;
    for (uint32_t number = payout->piece_count; number-- > 0 && left_fen > 0;) {
        mz_piece piece;
        mz_place p;
        int64_t freed_fen;
        mz_status status = mz_piece_load(act->changes, payout->ref, number, &piece, act->why);
        if (status == MZ_NOT_FOUND)
            break;
        if (status == MZ_OK && piece.left_fen == 0)
            continue;
        if (status == MZ_OK)
            status = mz_place_load(act, payout->fund, piece.purpose, &p);
        if (status == MZ_OK)
            status = give_back_piece(act, &p, payout->ref, number, &piece, left_fen, &freed_fen);
        if (status != MZ_OK)
            return status;
        p.bucket.balance_fen += freed_fen;
        if (line == MZ_LINE_REVERSED_PAYOUTS)
            p.bucket.paid_fen -= freed_fen;
        else
            p.bucket.returned_fen += freed_fen;
        left_fen -= freed_fen;
        status = mz_place_store(act, &p);
        if (status == MZ_OK)
            status = add_part(act, parts, part_count, piece.purpose, freed_fen);
        if (status != MZ_OK)
            return status;
    }
    if (left_fen > 0)
        return mz_refuse_corrupt(act->why, "a payout used less money than it paid");
    return mz_book(act, &act->fund, amount_fen, line, amount_fen);
}

/* Reversal of an income: who had how much of it. */
typedef struct fed {
    mz_ref payout;
    int64_t amount_fen;
} fed;
typedef struct fed_list {
    fed *items;
    size_t count, capacity;
} fed_list;

static mz_status push_fed(fed_list *list, mz_ref payout, int64_t amount_fen, mz_reason *why)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        fed *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = (fed){payout, amount_fen};
    return MZ_OK;
}

static int compare_fed(const void *left, const void *right)
{
    const mz_ref a = ((const fed *)left)->payout;
    const mz_ref b = ((const fed *)right)->payout;
    return (a > b) - (a < b);
}

/* What lies in begin..end stops being used; what sticks out on either side stays. */
static mz_status cut_use(mz_act *act, const mz_place *p, const mz_span *span, uint64_t begin,
                         uint64_t end)
{
    mz_use rest = span->row.use;
    mz_piece piece;
    mz_status status = MZ_OK;
    if (span->position < begin) {
        rest.length_fen = (int64_t)(begin - span->position);
        status = mz_place_put(act, MZ_KIND_USE, p, span->position, &rest, sizeof rest);
    } else {
        status = mz_place_erase(act, MZ_KIND_USE, p, span->position);
    }
    if (status == MZ_OK && span->end > end) {
        rest.length_fen = (int64_t)(span->end - end);
        status = mz_place_put(act, MZ_KIND_USE, p, end, &rest, sizeof rest);
    }
    if (status == MZ_OK)
        status = mz_piece_load(act->changes, rest.payout, rest.piece, &piece, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse_corrupt(act->why, "money is used by a payout that is not there");
    if (status != MZ_OK)
        return status;
    piece.left_fen -= (int64_t)(end - begin);
    return store_piece(act, rest.payout, rest.piece, &piece);
}

/* Everything in the lot dies: free parts, and used ones, which `list` collects. */
static mz_status kill_span(mz_act *act, mz_place *p, uint64_t position, uint64_t limit,
                           fed_list *list)
{
    mz_span_walk holes = mz_span_walk_over(MZ_KIND_FREE, p->fund, p->purpose, position, limit);
    mz_span_walk uses = mz_span_walk_over(MZ_KIND_USE, p->fund, p->purpose, position, limit);
    mz_span span;
    mz_status status;
    while ((status = mz_span_next(act->changes, &holes, &span, act->why)) == MZ_OK) {
        status = mz_place_carve(act, p, span.position > position ? span.position : position,
                                span.end < limit ? span.end : limit);
        if (status != MZ_OK)
            return status;
    }
    const uint64_t tail = p->bucket.tail_position;
    if (status == MZ_NOT_FOUND && tail < limit)
        status = mz_place_carve(act, p, tail > position ? tail : position, limit);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    while ((status = mz_span_next(act->changes, &uses, &span, act->why)) == MZ_OK) {
        const uint64_t begin = span.position > position ? span.position : position;
        const uint64_t end = span.end < limit ? span.end : limit;
        const mz_gone gone = {.length_fen = (int64_t)(end - begin),
                              .payout = span.row.use.payout,
                              .piece = span.row.use.piece,
                              .index = act->moment_index};
        status = cut_use(act, p, &span, begin, end);
        if (status == MZ_OK)
            status = mz_place_put(act, MZ_KIND_GONE, p, begin, &gone, sizeof gone);
        if (status == MZ_OK)
            status = push_fed(list, gone.payout, gone.length_fen, act->why);
        if (status != MZ_OK)
            return status;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* In log order, each payout takes as much as it lost. */
static mz_status feed_again(mz_act *act, mz_place *p, fed_list *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof list->items[0], compare_fed);
    for (size_t i = 0; i < list->count;) {
        const mz_ref ref = list->items[i].payout;
        int64_t amount_fen = 0;
        for (; i < list->count && list->items[i].payout == ref; i++)
            amount_fen += list->items[i].amount_fen;
        mz_payout payout;
        mz_status status = mz_payout_load(act->changes, ref, &payout, act->why);
        if (status == MZ_NOT_FOUND)
            return mz_refuse_corrupt(act->why, "money is used by a payout that is not there");
        if (status == MZ_OK)
            status = use_lowest(act, p, &payout.head, amount_fen);
        if (status == MZ_OK)
            status = mz_payout_store(act->changes, &payout, act->why);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status refuse_moved(mz_act *act, const mz_place *p, const mz_income *income)
{
    mz_span_walk walk = mz_span_walk_over(MZ_KIND_MOVE, p->fund, p->purpose, income->position,
                                          income->position + (uint64_t)income->amount_fen);
    mz_span span;
    const mz_status status = mz_span_next(act->changes, &walk, &span, act->why);
    if (status == MZ_NOT_FOUND)
        return MZ_OK;
    if (status != MZ_OK)
        return status;
    return mz_refuse(
        act->why, MZ_DEPENDED_ON, mz_count("index", (int64_t)income->confirmation),
        mz_words(
            "cause",
            MZ_BOTH(
                "其中一部分已移往别的专款或基金，只能另作一笔更正",
                "a part of it was moved to another purpose or fund; correct it by a new entry")));
}

mz_status mz_lots_reverse(mz_act *act, const mz_income *income)
{
    mz_place p;
    fed_list list = {0};
    mz_span lot;
    mz_span_walk walk = mz_span_walk_over(MZ_KIND_LOT, income->fund, income->purpose,
                                          income->position, income->position + 1);
    mz_status status = mz_place_load(act, income->fund, income->purpose, &p);
    if (status == MZ_OK)
        status = refuse_moved(act, &p, income);
    if (status != MZ_OK)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (income->amount_fen > left_fen)
        return mz_refuse_short(act, income->purpose, left_fen, income->amount_fen);
    status = mz_span_next(act->changes, &walk, &lot, act->why);
    if (status == MZ_NOT_FOUND ||
        (status == MZ_OK &&
         (lot.position != income->position || lot.row.lot.income != income->ref ||
          lot.row.lot.length_fen != income->amount_fen)))
        return mz_refuse_corrupt(act->why, "a confirmed income has no lot");
    if (status != MZ_OK)
        return status;
    lot.row.lot.reversed_index = act->moment_index;
    status = mz_place_put(act, MZ_KIND_LOT, &p, lot.position, &lot.row.lot, sizeof lot.row.lot);
    if (status == MZ_OK)
        status = kill_span(act, &p, lot.position, lot.end, &list);
    if (status == MZ_OK)
        status = feed_again(act, &p, &list);
    free(list.items);
    if (status != MZ_OK)
        return status;
    p.bucket.reversed_fen += income->amount_fen;
    p.bucket.balance_fen -= income->amount_fen;
    status = mz_place_store(act, &p);
    if (status == MZ_OK)
        status = mz_book(act, &act->fund, -income->amount_fen, MZ_LINE_REVERSED_INCOMES,
                         income->amount_fen);
    return status;
}
