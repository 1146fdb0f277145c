#include "core/lots.h"

#include <stdlib.h>
#include <string.h>

mz_key_bytes mz_span_key(mz_kind kind, mz_ref fund, mz_ref purpose, uint64_t position)
{
    mz_key_bytes key = mz_key_u64_u64(kind, fund, purpose);
    mz_key_add_u64(&key, position);
    return key;
}

mz_span_walk mz_span_walk_over(mz_kind kind, mz_ref fund, mz_ref purpose, uint64_t position,
                               uint64_t limit)
{
    return (mz_span_walk){
        .kind = kind, .fund = fund, .purpose = purpose, .next = position, .limit = limit};
}

static size_t span_row_size(mz_kind kind)
{
    switch ((int)kind) {
    case MZ_KIND_LOT:
        return sizeof(mz_lot);
    case MZ_KIND_FREE:
        return sizeof(mz_free);
    case MZ_KIND_USE:
        return sizeof(mz_use);
    case MZ_KIND_MOVE:
        return sizeof(mz_move);
    default:
        return sizeof(mz_gone);
    }
}

static mz_status read_span(mz_kind kind, mz_view key, mz_view value, mz_span *span, mz_reason *why)
{
    if (key.size != 25 || value.size != span_row_size(kind))
        return mz_refuse_corrupt(why, "an interval of money has a wrong size");
    memcpy(&span->row, value.data, value.size);
    span->position = mz_be64_get(key.data + 17);
    int64_t length_fen; /* every row begins with it */
    memcpy(&length_fen, value.data, sizeof length_fen);
    if (length_fen <= 0)
        return mz_refuse_corrupt(why, "an interval of money has no length");
    span->end = span->position + (uint64_t)length_fen;
    return MZ_OK;
}

mz_status mz_span_next(mz_changes *changes, mz_span_walk *walk, mz_span *span, mz_reason *why)
{
    const mz_key_bytes prefix = mz_key_u64_u64(walk->kind, walk->fund, walk->purpose);
    const mz_key_bytes key = mz_span_key(walk->kind, walk->fund, walk->purpose, walk->next);
    mz_view found, value;
    mz_status status = MZ_NOT_FOUND;
    *span = (mz_span){.position = 0};
    if (walk->next >= walk->limit)
        return MZ_NOT_FOUND;
    if (!walk->started) {
        status = mz_changes_seek_back(changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                      mz_key_view(&key), &found, &value, why);
        if (status == MZ_OK)
            status = read_span(walk->kind, found, value, span, why);
        if (status == MZ_OK && span->end <= walk->next)
            status = MZ_NOT_FOUND;
    }
    if (status == MZ_NOT_FOUND) {
        status = mz_changes_seek(changes, MZ_TABLE_STATE, mz_key_view(&prefix), mz_key_view(&key),
                                 &found, &value, why);
        if (status == MZ_OK)
            status = read_span(walk->kind, found, value, span, why);
    }
    if (status != MZ_OK)
        return status;
    if (span->position >= walk->limit)
        return MZ_NOT_FOUND;
    walk->started = true;
    walk->next = span->end;
    return MZ_OK;
}

/* A stretch of one bucket, walked in the four kinds of interval at once: they do not overlap, and
 * what none of them covers is dead. */
enum { LANE_COUNT = 4 };
static const mz_kind LANE_KINDS[LANE_COUNT] = {MZ_KIND_FREE, MZ_KIND_USE, MZ_KIND_MOVE,
                                               MZ_KIND_GONE};
typedef struct lane {
    mz_span_walk walk;
    mz_span span;
    bool loaded, ended;
} lane;
typedef struct stretch {
    mz_ref fund, purpose;
    uint64_t next, limit, tail_position;
    lane lanes[LANE_COUNT];
} stretch;
typedef struct segment {
    mz_kind
        kind; /* of `span`; MZ_KIND_LOT: dead, and there is no span; FREE of the tail: neither */
    uint64_t position, end;
    mz_span span;
} segment;

static mz_status stretch_begin(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t position,
                               int64_t length_fen, stretch *s, mz_reason *why)
{
    mz_bucket bucket;
    memset(s, 0, sizeof *s);
    const mz_status status = mz_bucket_load(changes, fund, purpose, &bucket, why);
    if (status != MZ_OK)
        return status;
    if (length_fen < 0 || position > bucket.position_end ||
        (uint64_t)length_fen > bucket.position_end - position)
        return mz_refuse_corrupt(why, "a stretch of money is outside its bucket");
    s->fund = fund;
    s->purpose = purpose;
    s->next = position;
    s->limit = position + (uint64_t)length_fen;
    s->tail_position = bucket.tail_position;
    for (size_t i = 0; i < LANE_COUNT; i++)
        s->lanes[i].walk = mz_span_walk_over(LANE_KINDS[i], fund, purpose, position, s->limit);
    return MZ_OK;
}

/* The lane whose next interval begins first; NULL when all have ended. */
static mz_status first_lane(mz_changes *changes, stretch *s, lane **first, mz_reason *why)
{
    *first = NULL;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        lane *l = &s->lanes[i];
        if (!l->loaded && !l->ended) {
            const mz_status status = mz_span_next(changes, &l->walk, &l->span, why);
            if (status != MZ_OK && status != MZ_NOT_FOUND)
                return status;
            l->loaded = status == MZ_OK;
            l->ended = status == MZ_NOT_FOUND;
        }
        if (l->loaded && (*first == NULL || l->span.position < (*first)->span.position))
            *first = l;
    }
    return MZ_OK;
}

static mz_status stretch_next(mz_changes *changes, stretch *s, segment *found, mz_reason *why)
{
    if (s->next == s->limit)
        return MZ_NOT_FOUND;
    *found = (segment){.kind = MZ_KIND_FREE, .position = s->next, .end = s->limit};
    if (s->next < s->tail_position) {
        lane *first = NULL;
        const mz_status status = first_lane(changes, s, &first, why);
        if (status != MZ_OK)
            return status;
        if (found->end > s->tail_position)
            found->end = s->tail_position;
        if (first == NULL || first->span.position >= found->end) {
            found->kind = MZ_KIND_LOT;
        } else if (first->span.position > s->next) {
            found->kind = MZ_KIND_LOT;
            found->end = first->span.position;
        } else {
            if (first->span.end <= s->next)
                return mz_refuse_corrupt(why, "intervals of money overlap");
            found->kind = first->walk.kind;
            found->span = first->span;
            if (found->end > first->span.end)
                found->end = first->span.end;
            first->loaded = false;
        }
    }
    s->next = found->end;
    return MZ_OK;
}

static mz_status visit_dead(mz_changes *changes, const stretch *s, const segment *dead,
                            mz_part_visit *visit, void *context, mz_reason *why)
{
    mz_span_walk walk =
        mz_span_walk_over(MZ_KIND_LOT, s->fund, s->purpose, dead->position, dead->end);
    mz_span lot;
    uint64_t position = dead->position;
    while (position < dead->end) {
        mz_status status = mz_span_next(changes, &walk, &lot, why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && (lot.position > position ||
                                                           lot.row.lot.reversed_index == MZ_NEVER)))
            return mz_refuse_corrupt(why, "money is neither free nor used");
        if (status != MZ_OK)
            return status;
        const uint64_t end = lot.end < dead->end ? lot.end : dead->end;
        const mz_part part = {.state = MZ_PART_REVERSED,
                              .fund = s->fund,
                              .purpose = s->purpose,
                              .position = position,
                              .length_fen = (int64_t)(end - position),
                              .index = lot.row.lot.reversed_index};
        status = visit(&part, context, why);
        if (status != MZ_OK)
            return status;
        position = end;
    }
    return MZ_OK;
}

static mz_status visit_segment(mz_changes *changes, const stretch *s, const segment *found,
                               mz_part_visit *visit, void *context, mz_reason *why)
{
    mz_part part = {.state = MZ_PART_FREE,
                    .fund = s->fund,
                    .purpose = s->purpose,
                    .position = found->position,
                    .length_fen = (int64_t)(found->end - found->position)};
    switch ((int)found->kind) {
    case MZ_KIND_LOT:
        return visit_dead(changes, s, found, visit, context, why);
    case MZ_KIND_USE:
        part.state = MZ_PART_USED;
        part.payout = found->span.row.use.payout;
        break;
    case MZ_KIND_GONE:
        part.state = MZ_PART_GONE;
        part.payout = found->span.row.gone.payout;
        part.index = found->span.row.gone.index;
        break;
    default:
        break;
    }
    return visit(&part, context, why);
}

/* A stack on the heap, since nothing bounds how often the same money is moved on. */
typedef struct stretches {
    stretch *items;
    size_t count, capacity;
} stretches;

static mz_status push_stretch(mz_changes *changes, stretches *stack, mz_ref fund, mz_ref purpose,
                              uint64_t position, int64_t length_fen, mz_reason *why)
{
    if (stack->count == stack->capacity) {
        const size_t capacity = stack->capacity == 0 ? 4 : 2 * stack->capacity;
        stretch *items = realloc(stack->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        stack->items = items;
        stack->capacity = capacity;
    }
    const mz_status status = stretch_begin(changes, fund, purpose, position, length_fen,
                                           &stack->items[stack->count], why);
    if (status == MZ_OK)
        stack->count++;
    return status;
}

mz_status mz_lots_follow(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t position,
                         int64_t length_fen, mz_part_visit *visit, void *context, mz_reason *why)
{
    stretches stack = {0};
    mz_status status = push_stretch(changes, &stack, fund, purpose, position, length_fen, why);
    while (status == MZ_OK && stack.count > 0) {
        stretch *top = &stack.items[stack.count - 1];
        segment found;
        status = stretch_next(changes, top, &found, why);
        if (status == MZ_NOT_FOUND) {
            stack.count--;
            status = MZ_OK;
        } else if (status == MZ_OK && found.kind == MZ_KIND_MOVE) {
            const mz_move *move = &found.span.row.move;
            status = push_stretch(changes, &stack, move->to_fund, move->to_purpose,
                                  move->to_position + (found.position - found.span.position),
                                  (int64_t)(found.end - found.position), why);
        } else if (status == MZ_OK) {
            status = visit_segment(changes, top, &found, visit, context, why);
        }
    }
    free(stack.items);
    return status;
}

typedef struct walks {
    mz_span_walk *items;
    size_t count, capacity;
} walks;

static mz_status push_walk(walks *stack, mz_ref fund, mz_ref purpose, uint64_t position,
                           uint64_t limit, mz_reason *why)
{
    if (stack->count == stack->capacity) {
        const size_t capacity = stack->capacity == 0 ? 4 : 2 * stack->capacity;
        mz_span_walk *items = realloc(stack->items, capacity * sizeof *items);
        if (items == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        stack->items = items;
        stack->capacity = capacity;
    }
    stack->items[stack->count++] = mz_span_walk_over(MZ_KIND_LOT, fund, purpose, position, limit);
    return MZ_OK;
}

mz_status mz_lots_origin(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t position,
                         int64_t length_fen, mz_origin_visit *visit, void *context, mz_reason *why)
{
    walks stack = {0};
    mz_status status =
        push_walk(&stack, fund, purpose, position, position + (uint64_t)length_fen, why);
    while (status == MZ_OK && stack.count > 0) {
        mz_span_walk *top = &stack.items[stack.count - 1];
        const uint64_t begin = top->next;
        const uint64_t limit = top->limit;
        mz_span lot;
        if (begin >= limit) {
            stack.count--;
            continue;
        }
        status = mz_span_next(changes, top, &lot, why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && lot.position > begin))
            status = mz_refuse_corrupt(why, "money has no origin");
        if (status != MZ_OK)
            break;
        const uint64_t end = lot.end < limit ? lot.end : limit;
        const mz_lot *row = &lot.row.lot;
        const uint64_t from = row->from_position + (begin - lot.position);
        if (row->from_fund == 0)
            status = visit(row->income, (int64_t)(end - begin), context, why);
        else
            status = push_walk(&stack, row->from_fund, row->from_purpose, from,
                               from + (end - begin), why);
    }
    free(stack.items);
    return status;
}

typedef struct sums {
    uint64_t free, used, moved, dead;    /* by their intervals */
    uint64_t booked, moved_in, reversed; /* by the lots */
    uint64_t holes;
} sums;

static mz_status check_use(mz_changes *changes, mz_ref fund, mz_ref purpose, const mz_span *span,
                           mz_reason *why)
{
    mz_payout payout;
    mz_piece piece;
    const mz_use *use = &span->row.use;
    mz_status status = mz_payout_load(changes, use->payout, &payout, why);
    if (status == MZ_OK)
        status = mz_piece_load(changes, use->payout, use->piece, &piece, why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse_corrupt(why, "money is used by a payout that is not there");
    if (status != MZ_OK)
        return status;
    const bool agrees = payout.head.fund == fund && piece.purpose == purpose &&
                        use->piece < payout.head.piece_count && span->position >= piece.position &&
                        span->end <= piece.position + (uint64_t)piece.reach_fen &&
                        piece.left_fen >= use->length_fen && piece.reach_fen <= piece.length_fen;
    return agrees ? MZ_OK : mz_refuse_corrupt(why, "a payout's piece does not hold what it used");
}

static mz_status sum_intervals(mz_changes *changes, stretch *s, sums *sum, mz_reason *why)
{
    segment found;
    mz_status status;
    uint64_t free_end = UINT64_MAX; /* of the free interval before */
    while ((status = stretch_next(changes, s, &found, why)) == MZ_OK) {
        const uint64_t length = found.end - found.position;
        const bool has_row = found.span.end != 0;
        if (has_row && (found.span.position != found.position || found.span.end != found.end))
            return mz_refuse_corrupt(why, "intervals of money overlap");
        switch ((int)found.kind) {
        case MZ_KIND_FREE:
            if (found.position == free_end)
                return mz_refuse_corrupt(why, "free money lies in two pieces");
            free_end = found.end;
            sum->free += length;
            sum->holes += has_row ? 1 : 0;
            break;
        case MZ_KIND_USE:
            sum->used += length;
            status = check_use(changes, s->fund, s->purpose, &found.span, why);
            if (status != MZ_OK)
                return status;
            break;
        case MZ_KIND_MOVE:
            sum->moved += length;
            break;
        default:
            sum->dead += length;
            break;
        }
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* Lots lie end to end; a dead one holds nothing but dead money. */
static mz_status sum_lots(mz_changes *changes, mz_ref fund, mz_ref purpose, uint64_t end, sums *sum,
                          mz_reason *why)
{
    mz_span_walk walk = mz_span_walk_over(MZ_KIND_LOT, fund, purpose, 0, UINT64_MAX);
    mz_span lot;
    uint64_t position = 0;
    mz_status status;
    while ((status = mz_span_next(changes, &walk, &lot, why)) == MZ_OK) {
        if (lot.position != position)
            return mz_refuse_corrupt(why, "lots do not lie end to end");
        position = lot.end;
        const uint64_t length = lot.end - lot.position;
        *(lot.row.lot.from_fund == 0 ? &sum->booked : &sum->moved_in) += length;
        if (lot.row.lot.reversed_index == MZ_NEVER)
            continue;
        stretch s;
        sums inside = {0};
        status = stretch_begin(changes, fund, purpose, lot.position, (int64_t)length, &s, why);
        if (status == MZ_OK)
            status = sum_intervals(changes, &s, &inside, why);
        if (status != MZ_OK)
            return status;
        if (inside.dead != length)
            return mz_refuse_corrupt(why, "a reversed income still has money");
        sum->reversed += length;
    }
    if (status != MZ_NOT_FOUND)
        return status;
    return position == end ? MZ_OK : mz_refuse_corrupt(why, "lots do not fill their bucket");
}

mz_status mz_lots_check(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_reason *why)
{
    mz_bucket b;
    stretch s;
    sums sum = {0};
    mz_status status = mz_bucket_load(changes, fund, purpose, &b, why);
    if (status == MZ_OK)
        status = sum_lots(changes, fund, purpose, b.position_end, &sum, why);
    if (status == MZ_OK)
        status = stretch_begin(changes, fund, purpose, 0, (int64_t)b.position_end, &s, why);
    if (status == MZ_OK)
        status = sum_intervals(changes, &s, &sum, why);
    if (status != MZ_OK)
        return status;
    const bool agrees =
        sum.free == (uint64_t)b.balance_fen && sum.free == (uint64_t)b.free_fen &&
        sum.used == (uint64_t)(b.paid_fen - b.returned_fen) &&
        sum.moved == (uint64_t)b.moved_out_fen && sum.moved_in == (uint64_t)b.moved_in_fen &&
        sum.booked == (uint64_t)b.confirmed_fen && sum.reversed == (uint64_t)b.reversed_fen &&
        sum.dead == sum.reversed && sum.holes == b.hole_count;
    return agrees ? MZ_OK : mz_refuse_corrupt(why, "a bucket's figures are not those of its lots");
}
