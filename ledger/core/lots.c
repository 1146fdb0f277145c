/* lots.c — what changes the intervals of lots.h. Every function here loads buckets, changes their
 * intervals and figures, and stores them through store_place, which checks the invariants. */
#include "core/lots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mz_bucket) == 8 * 12, "mz_bucket has padding");
_Static_assert(sizeof(mz_lot) == 8 * 7, "mz_lot has padding");
_Static_assert(sizeof(mz_free) == 8, "mz_free has padding");
_Static_assert(sizeof(mz_move) == 8 * 5, "mz_move has padding");
_Static_assert(sizeof(mz_gone) == 8 * 3 + 4 * 2, "mz_gone has padding");
_Static_assert(sizeof(mz_piece) == 8 * 6, "mz_piece has padding");

typedef struct place { /* a bucket in hand */
    mz_ref fund, purpose;
    mz_bucket bucket;
} place;

static mz_status refuse_corrupt(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_CORRUPT, mz_words("cause", cause));
}

static mz_status refuse_limit(mz_reason *why)
{
    return mz_refuse(why, MZ_BALANCE_LIMIT, mz_count("limit", MZ_AMOUNT_MAX));
}

mz_status mz_purpose_name(mz_changes *changes, mz_ref purpose, char name[MZ_ID_SIZE_MAX + 1],
                          mz_reason *why)
{
    mz_view id = mz_view_of("general");
    mz_purpose record;
    if (purpose != MZ_GENERAL) {
        const mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, purpose);
        const mz_status status = mz_state_load(changes, &key, &record, sizeof record, why);
        if (status == MZ_NOT_FOUND)
            return refuse_corrupt(why, "a bucket's purpose is not there");
        if (status != MZ_OK)
            return status;
        id = mz_id_view(record.id);
    }
    memcpy(name, id.data, id.size);
    name[id.size] = '\0';
    return MZ_OK;
}

static mz_status refuse_short(mz_act *act, mz_ref purpose, int64_t left_fen, int64_t asked_fen)
{
    char name[MZ_ID_SIZE_MAX + 1];
    const mz_status status = mz_purpose_name(act->changes, purpose, name, act->why);
    if (status != MZ_OK)
        return status;
    return mz_refuse(act->why, MZ_BALANCE_SHORT, mz_words("purpose", name),
                     mz_fen("left", left_fen), mz_fen("asked", asked_fen));
}

mz_status mz_bucket_load(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_bucket *bucket,
                         mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, fund, purpose);
    const mz_status status = mz_state_load(changes, &key, bucket, sizeof *bucket, why);
    if (status != MZ_NOT_FOUND)
        return status;
    *bucket = (mz_bucket){0};
    return MZ_OK;
}

static mz_status load_place(mz_act *act, mz_ref fund, mz_ref purpose, place *p)
{
    p->fund = fund;
    p->purpose = purpose;
    return mz_bucket_load(act->changes, fund, purpose, &p->bucket, act->why);
}

/* Each figure was within the limit before, and one amount within the limit was added: no overflow.
 */
static mz_status check_bucket(const mz_bucket *b, mz_reason *why)
{
    const int64_t figures[] = {b->confirmed_fen, b->reversed_fen, b->moved_in_fen, b->moved_out_fen,
                               b->paid_fen,      b->returned_fen, b->balance_fen};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (figures[i] > MZ_AMOUNT_MAX)
            return refuse_limit(why);
        if (figures[i] < 0)
            return refuse_corrupt(why, "a bucket's figure is below zero");
    }
    if (b->confirmed_fen - b->reversed_fen + b->moved_in_fen - b->moved_out_fen - b->paid_fen +
            b->returned_fen !=
        b->balance_fen)
        return refuse_corrupt(why, "a bucket's movements do not add up to its balance");
    if (b->reserved_fen < 0 || b->reserved_fen > b->balance_fen)
        return refuse_corrupt(why, "a bucket's reserve is not within its balance");
    if (b->free_fen != b->balance_fen || b->tail_position > b->position_end)
        return refuse_corrupt(why, "a bucket's lots do not add up to its balance");
    return MZ_OK;
}

static mz_status store_place(mz_act *act, const place *p)
{
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, p->fund, p->purpose);
    const mz_status status = check_bucket(&p->bucket, act->why);
    if (status != MZ_OK)
        return status;
    return mz_state_store(act->changes, &key, &p->bucket, sizeof p->bucket, act->why);
}

/* A movement of a fund's money: its balance, its last movement, its line of the day. */
static mz_status book(mz_act *act, mz_fund *fund, int64_t change_fen, unsigned line,
                      int64_t amount_fen)
{
    fund->balance_fen += change_fen;
    if (fund->balance_fen > MZ_AMOUNT_MAX)
        return refuse_limit(act->why);
    if (fund->balance_fen < 0)
        return refuse_corrupt(act->why, "a fund's balance is below zero");
    fund->last_movement_ms = act->now_ms;
    return mz_totals_add(act->changes, fund->ref, mz_day_of_ms(act->now_ms), line, amount_fen,
                         act->why);
}

mz_status mz_bucket_reserve(mz_act *act, mz_ref purpose, int64_t delta_fen)
{
    place p;
    mz_status status = load_place(act, act->fund.ref, purpose, &p);
    if (status != MZ_OK || delta_fen == 0)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (delta_fen > left_fen)
        return refuse_short(act, purpose, left_fen, delta_fen);
    p.bucket.reserved_fen += delta_fen;
    act->fund.reserved_fen += delta_fen;
    if (act->fund.reserved_fen < 0 || act->fund.reserved_fen > act->fund.balance_fen)
        return refuse_corrupt(act->why, "a fund's reserve is not within its balance");
    status = store_place(act, &p);
    if (status != MZ_OK)
        return status;
    return mz_totals_set_reserved(act->changes, act->fund.ref, mz_day_of_ms(act->now_ms),
                                  act->fund.reserved_fen, act->why);
}

static mz_status put_row(mz_act *act, mz_kind kind, const place *p, uint64_t position,
                         const void *row, size_t size)
{
    const mz_key_bytes key = mz_span_key(kind, p->fund, p->purpose, position);
    return mz_state_store(act->changes, &key, row, size, act->why);
}

static mz_status erase_row(mz_act *act, mz_kind kind, const place *p, uint64_t position)
{
    const mz_key_bytes key = mz_span_key(kind, p->fund, p->purpose, position);
    return mz_state_erase(act->changes, &key, act->why);
}

/* Free intervals: rows are holes, of which no two touch, nor does one touch the tail. These three
 * keep rows, hole_count, tail_position and free_fen; the balance is the caller's. */
static mz_status put_hole(mz_act *act, place *p, uint64_t position, uint64_t end)
{
    if (position == end)
        return MZ_OK;
    const mz_free hole = {.length_fen = (int64_t)(end - position)};
    p->bucket.hole_count++;
    return put_row(act, MZ_KIND_FREE, p, position, &hole, sizeof hole);
}

static mz_status erase_hole(mz_act *act, place *p, uint64_t position)
{
    if (p->bucket.hole_count == 0)
        return refuse_corrupt(act->why, "a bucket's free money is miscounted");
    p->bucket.hole_count--;
    return erase_row(act, MZ_KIND_FREE, p, position);
}

/* What was not free becomes free, in one piece with its neighbours. */
static mz_status free_span(mz_act *act, place *p, uint64_t position, uint64_t end)
{
    p->bucket.free_fen += (int64_t)(end - position);
    if (p->bucket.hole_count > 0) {
        mz_span_walk walk =
            mz_span_walk_over(MZ_KIND_FREE, p->fund, p->purpose, position == 0 ? 0 : position - 1,
                              end < UINT64_MAX ? end + 1 : end);
        mz_span hole;
        mz_status status;
        while ((status = mz_span_next(act->changes, &walk, &hole, act->why)) == MZ_OK) {
            if (hole.end != position && hole.position != end)
                return refuse_corrupt(act->why, "money would be free twice");
            if (hole.position < position)
                position = hole.position;
            if (hole.end > end)
                end = hole.end;
            status = erase_hole(act, p, hole.position);
            if (status != MZ_OK)
                return status;
        }
        if (status != MZ_NOT_FOUND)
            return status;
    }
    if (end > p->bucket.tail_position)
        return refuse_corrupt(act->why, "money would be free twice");
    if (end < p->bucket.tail_position)
        return put_hole(act, p, position, end);
    p->bucket.tail_position = position;
    return MZ_OK;
}

/* Takes position..end, which lies in one free interval, out of it. */
static mz_status carve_span(mz_act *act, place *p, uint64_t position, uint64_t end)
{
    p->bucket.free_fen -= (int64_t)(end - position);
    if (position >= p->bucket.tail_position) {
        const uint64_t tail = p->bucket.tail_position;
        p->bucket.tail_position = end;
        return put_hole(act, p, tail, position);
    }
    mz_span_walk walk = mz_span_walk_over(MZ_KIND_FREE, p->fund, p->purpose, position, end);
    mz_span hole;
    mz_status status = mz_span_next(act->changes, &walk, &hole, act->why);
    if (status == MZ_NOT_FOUND || (status == MZ_OK && (hole.position > position || hole.end < end)))
        return refuse_corrupt(act->why, "money that should be free is not");
    if (status == MZ_OK)
        status = erase_hole(act, p, hole.position);
    if (status == MZ_OK)
        status = put_hole(act, p, hole.position, position);
    if (status == MZ_OK)
        status = put_hole(act, p, end, hole.end);
    return status;
}

/* Takes the lowest free money at or after `from`, at most `want_fen` of it in one piece. */
static mz_status take_lowest(mz_act *act, place *p, uint64_t from, int64_t want_fen,
                             uint64_t *position, uint64_t *end)
{
    mz_bucket *b = &p->bucket;
    mz_span hole;
    mz_status status = MZ_NOT_FOUND;
    bool of_tail = false;
    if (b->hole_count > 0) {
        mz_span_walk walk =
            mz_span_walk_over(MZ_KIND_FREE, p->fund, p->purpose, from, b->tail_position);
        walk.started = true; /* no hole reaches over `from`: what lay before it was taken */
        status = mz_span_next(act->changes, &walk, &hole, act->why);
    }
    if (status == MZ_OK) {
        *position = hole.position;
        *end = hole.end;
        status = erase_hole(act, p, hole.position);
    } else if (status == MZ_NOT_FOUND) {
        *position = b->tail_position;
        *end = b->position_end;
        if (*position == *end)
            return refuse_corrupt(act->why, "a bucket has less free money than it says");
        of_tail = true;
        status = MZ_OK;
    }
    if (status != MZ_OK)
        return status;
    const uint64_t whole_end = *end;
    if (*end - *position > (uint64_t)want_fen)
        *end = *position + (uint64_t)want_fen;
    b->free_fen -= (int64_t)(*end - *position);
    if (of_tail) {
        b->tail_position = *end;
        return MZ_OK;
    }
    return put_hole(act, p, *end, whole_end);
}

/* The oldest free money becomes the payout's last used. Balances are the caller's. */
static mz_status use_lowest(mz_act *act, place *p, mz_payout_head *payout, int64_t amount_fen)
{
    uint64_t from = 0;
    while (amount_fen > 0) {
        uint64_t position, end;
        mz_status status = take_lowest(act, p, from, amount_fen, &position, &end);
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
        status = put_row(act, MZ_KIND_USE, p, position, &use, sizeof use);
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
    place p;
    mz_status status = load_place(act, income->fund, income->purpose, &p);
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
    status = put_row(act, MZ_KIND_LOT, &p, income->position, &lot, sizeof lot);
    if (status == MZ_OK)
        status = store_place(act, &p);
    if (status == MZ_OK)
        status = book(act, &act->fund, income->amount_fen, MZ_LINE_INCOME + income->kind,
                      income->amount_fen);
    return status;
}

mz_status mz_lots_take(mz_act *act, mz_payout_head *payout, mz_ref purpose, int64_t amount_fen,
                       unsigned line)
{
    place p;
    mz_status status = load_place(act, payout->fund, purpose, &p);
    if (status != MZ_OK)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (amount_fen > left_fen)
        return refuse_short(act, purpose, left_fen, amount_fen);
    status = use_lowest(act, &p, payout, amount_fen);
    if (status != MZ_OK)
        return status;
    p.bucket.balance_fen -= amount_fen;
    if (line == MZ_LINE_REVERSED_RETURNS)
        p.bucket.returned_fen -= amount_fen;
    else
        p.bucket.paid_fen += amount_fen;
    status = store_place(act, &p);
    if (status == MZ_OK)
        status = book(act, &act->fund, -amount_fen, line, amount_fen);
    return status;
}

mz_status mz_piece_load(mz_changes *changes, mz_ref payout, uint32_t number, mz_piece *piece,
                        mz_reason *why)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_PIECE, payout);
    mz_key_add_u32(&key, number);
    return mz_state_load(changes, &key, piece, sizeof *piece, why);
}

static mz_status store_piece(mz_act *act, mz_ref payout, uint32_t number, const mz_piece *piece)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_PIECE, payout);
    mz_key_add_u32(&key, number);
    return mz_state_store(act->changes, &key, piece, sizeof *piece, act->why);
}

/* The highest stretch that the piece still uses: nobody else's can lie within its reach, since what
 * came back lies above it, and what died is nobody's. */
static mz_status last_use(mz_act *act, const place *p, mz_ref payout, uint32_t number,
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
    return refuse_corrupt(act->why, "a payout's piece does not hold what it used");
}

/* Frees at most `want_fen` of one piece, from its end. */
static mz_status give_back_piece(mz_act *act, place *p, mz_ref payout, uint32_t number,
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
            status = put_row(act, MZ_KIND_USE, p, position, &rest, sizeof rest);
        else
            status = erase_row(act, MZ_KIND_USE, p, position);
        if (status == MZ_OK)
            status = free_span(act, p, cut, end);
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
    return refuse_corrupt(act->why, "a payout used money of a purpose that it does not draw on");
}

mz_status mz_lots_give_back(mz_act *act, const mz_payout_head *payout, int64_t amount_fen,
                            unsigned line, mz_payout_draw *parts, size_t part_count)
{
    int64_t left_fen = amount_fen;
    for (uint32_t number = payout->piece_count; number-- > 0 && left_fen > 0;) {
        mz_piece piece;
        place p;
        int64_t freed_fen;
        mz_status status = mz_piece_load(act->changes, payout->ref, number, &piece, act->why);
        if (status == MZ_NOT_FOUND)
            break;
        if (status == MZ_OK && piece.left_fen == 0)
            continue;
        if (status == MZ_OK)
            status = load_place(act, payout->fund, piece.purpose, &p);
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
        status = store_place(act, &p);
        if (status == MZ_OK)
            status = add_part(act, parts, part_count, piece.purpose, freed_fen);
        if (status != MZ_OK)
            return status;
    }
    if (left_fen > 0)
        return refuse_corrupt(act->why, "a payout used less money than it paid");
    return book(act, &act->fund, amount_fen, line, amount_fen);
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
static mz_status cut_use(mz_act *act, const place *p, const mz_span *span, uint64_t begin,
                         uint64_t end)
{
    mz_use rest = span->row.use;
    mz_piece piece;
    mz_status status = MZ_OK;
    if (span->position < begin) {
        rest.length_fen = (int64_t)(begin - span->position);
        status = put_row(act, MZ_KIND_USE, p, span->position, &rest, sizeof rest);
    } else {
        status = erase_row(act, MZ_KIND_USE, p, span->position);
    }
    if (status == MZ_OK && span->end > end) {
        rest.length_fen = (int64_t)(span->end - end);
        status = put_row(act, MZ_KIND_USE, p, end, &rest, sizeof rest);
    }
    if (status == MZ_OK)
        status = mz_piece_load(act->changes, rest.payout, rest.piece, &piece, act->why);
    if (status == MZ_NOT_FOUND)
        return refuse_corrupt(act->why, "money is used by a payout that is not there");
    if (status != MZ_OK)
        return status;
    piece.left_fen -= (int64_t)(end - begin);
    return store_piece(act, rest.payout, rest.piece, &piece);
}

/* Everything in the lot dies: free parts, and used ones, which `list` collects. */
static mz_status kill_span(mz_act *act, place *p, uint64_t position, uint64_t limit, fed_list *list)
{
    mz_span_walk holes = mz_span_walk_over(MZ_KIND_FREE, p->fund, p->purpose, position, limit);
    mz_span_walk uses = mz_span_walk_over(MZ_KIND_USE, p->fund, p->purpose, position, limit);
    mz_span span;
    mz_status status;
    while ((status = mz_span_next(act->changes, &holes, &span, act->why)) == MZ_OK) {
        status = carve_span(act, p, span.position > position ? span.position : position,
                            span.end < limit ? span.end : limit);
        if (status != MZ_OK)
            return status;
    }
    const uint64_t tail = p->bucket.tail_position;
    if (status == MZ_NOT_FOUND && tail < limit)
        status = carve_span(act, p, tail > position ? tail : position, limit);
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
            status = put_row(act, MZ_KIND_GONE, p, begin, &gone, sizeof gone);
        if (status == MZ_OK)
            status = push_fed(list, gone.payout, gone.length_fen, act->why);
        if (status != MZ_OK)
            return status;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* In log order, each payout takes as much as it lost. */
static mz_status feed_again(mz_act *act, place *p, fed_list *list)
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
            return refuse_corrupt(act->why, "money is used by a payout that is not there");
        if (status == MZ_OK)
            status = use_lowest(act, p, &payout.head, amount_fen);
        if (status == MZ_OK)
            status = mz_payout_store(act->changes, &payout, act->why);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status refuse_moved(mz_act *act, const place *p, const mz_income *income)
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
    place p;
    fed_list list = {0};
    mz_span lot;
    mz_span_walk walk = mz_span_walk_over(MZ_KIND_LOT, income->fund, income->purpose,
                                          income->position, income->position + 1);
    mz_status status = load_place(act, income->fund, income->purpose, &p);
    if (status == MZ_OK)
        status = refuse_moved(act, &p, income);
    if (status != MZ_OK)
        return status;
    const int64_t left_fen = p.bucket.balance_fen - p.bucket.reserved_fen;
    if (income->amount_fen > left_fen)
        return refuse_short(act, income->purpose, left_fen, income->amount_fen);
    status = mz_span_next(act->changes, &walk, &lot, act->why);
    if (status == MZ_NOT_FOUND ||
        (status == MZ_OK &&
         (lot.position != income->position || lot.row.lot.income != income->ref ||
          lot.row.lot.length_fen != income->amount_fen)))
        return refuse_corrupt(act->why, "a confirmed income has no lot");
    if (status != MZ_OK)
        return status;
    lot.row.lot.reversed_index = act->moment_index;
    status = put_row(act, MZ_KIND_LOT, &p, lot.position, &lot.row.lot, sizeof lot.row.lot);
    if (status == MZ_OK)
        status = kill_span(act, &p, lot.position, lot.end, &list);
    if (status == MZ_OK)
        status = feed_again(act, &p, &list);
    free(list.items);
    if (status != MZ_OK)
        return status;
    p.bucket.reversed_fen += income->amount_fen;
    p.bucket.balance_fen -= income->amount_fen;
    status = store_place(act, &p);
    if (status == MZ_OK)
        status = book(act, &act->fund, -income->amount_fen, MZ_LINE_REVERSED_INCOMES,
                      income->amount_fen);
    return status;
}

/* A stretch that was carved out of `from` queues in `to`. */
static mz_status transfer(mz_act *act, place *from, place *to, uint64_t position, uint64_t end)
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
    mz_status status = put_row(act, MZ_KIND_MOVE, from, position, &move, sizeof move);
    if (status == MZ_OK)
        status = put_row(act, MZ_KIND_LOT, to, to->bucket.position_end, &lot, sizeof lot);
    from->bucket.moved_out_fen += length_fen;
    from->bucket.balance_fen -= length_fen;
    to->bucket.position_end += (uint64_t)length_fen;
    to->bucket.free_fen += length_fen;
    to->bucket.moved_in_fen += length_fen;
    to->bucket.balance_fen += length_fen;
    if (to->bucket.balance_fen > MZ_AMOUNT_MAX || to->bucket.moved_in_fen > MZ_AMOUNT_MAX)
        return refuse_limit(act->why);
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
    place from, to;
    mz_status status = load_place(act, parts->fund, parts->purpose, &from);
    if (status == MZ_OK)
        status = load_place(act, parts->fund, to_purpose, &to);
    qsort(parts->items, parts->count, sizeof parts->items[0], compare_part);
    for (size_t i = 0; status == MZ_OK && amount_fen > 0; i++) {
        assert(i < parts->count);
        const mz_part *part = &parts->items[i];
        const int64_t length_fen = part->length_fen < amount_fen ? part->length_fen : amount_fen;
        const uint64_t end = part->position + (uint64_t)length_fen;
        status = carve_span(act, &from, part->position, end);
        if (status == MZ_OK)
            status = transfer(act, &from, &to, part->position, end);
        amount_fen -= length_fen;
    }
    if (status == MZ_OK)
        status = store_place(act, &from);
    if (status == MZ_OK)
        status = store_place(act, &to);
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
        status = refuse_short(act, from, parts.sum_fen, amount_fen);
    if (status == MZ_OK)
        status = transfer_parts(act, &parts, to, amount_fen);
    free(parts.items);
    return status;
}

/* A bucket of a closing fund whose free money leaves it in order. */
typedef struct source {
    place place;
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
    return status == MZ_NOT_FOUND ? refuse_corrupt(act->why, "money has no origin") : status;
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
        status = take_lowest(act, &s->place, s->hole_end, s->place.bucket.free_fen, &s->position,
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
    mz_status status = load_place(act, act->fund.ref, purpose, &s->place);
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
            return refuse_corrupt(act->why, "a bucket has a wrong key");
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

static mz_status drain_sources(mz_act *act, source_list *list, place *to, int64_t *sum_fen)
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
        const mz_status status = store_place(act, &list->items[i].place);
        if (status != MZ_OK)
            return status;
    }
    return store_place(act, to);
}

mz_status mz_lots_move_residual(mz_act *act, mz_ref to_fund, mz_ref to_purpose)
{
    mz_fund target;
    place to;
    source_list list = {0};
    int64_t sum_fen = 0;
    mz_status status = mz_fund_load(act->changes, to_fund, &target, act->why);
    while (status == MZ_OK && target.stage == MZ_FUND_IS_CLOSED) {
        to_purpose = target.residual_purpose;
        status = mz_fund_load(act->changes, target.residual_fund, &target, act->why);
    }
    if (status == MZ_NOT_FOUND || (status == MZ_OK && target.ref == act->fund.ref))
        return refuse_corrupt(act->why, "a closed fund's money has nowhere to go");
    if (status == MZ_OK)
        status = load_place(act, target.ref, to_purpose, &to);
    if (status == MZ_OK)
        status = gather_sources(act, &list);
    if (status == MZ_OK && list.count > 0)
        status = drain_sources(act, &list, &to, &sum_fen);
    free(list.items);
    if (status != MZ_OK || sum_fen == 0)
        return status;
    status = book(act, &act->fund, -sum_fen, MZ_LINE_MOVED_OUT, sum_fen);
    if (status == MZ_OK)
        status = book(act, &target, sum_fen, MZ_LINE_MOVED_IN, sum_fen);
    if (status == MZ_OK)
        status = mz_fund_store(act->changes, &target, act->why);
    return status;
}

static mz_key_bytes bank_line_key(const mz_act *act, mz_view bank_ref)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_BANK_LINE);
    mz_key_add_text(&key, mz_id_view(act->fund.account));
    mz_key_add_u8(&key, 0);
    mz_key_add_text(&key, bank_ref);
    return key;
}

mz_status mz_bank_line_use(mz_act *act, mz_view bank_ref, uint32_t direction, int64_t amount_fen,
                           int64_t bank_total_fen)
{
    const mz_key_bytes key = bank_line_key(act, bank_ref);
    mz_bank_line line;
    const mz_status status = mz_state_load(act->changes, &key, &line, sizeof line, act->why);
    if (status == MZ_NOT_FOUND)
        line = (mz_bank_line){.total_fen = bank_total_fen, .direction = direction};
    else if (status != MZ_OK)
        return status;
    else if (bank_total_fen == 0 || bank_total_fen != line.total_fen || direction != line.direction)
        return mz_refuse(act->why, MZ_BANK_REF_TAKEN, mz_words_view("bank_ref", bank_ref));
    if (bank_total_fen != 0 && amount_fen > bank_total_fen - line.used_fen)
        return mz_refuse(act->why, MZ_BANK_LINE_OVER, mz_words_view("bank_ref", bank_ref),
                         mz_fen("total", bank_total_fen), mz_fen("used", line.used_fen),
                         mz_fen("asked", amount_fen));
    line.used_fen += amount_fen;
    line.count++;
    return mz_state_store(act->changes, &key, &line, sizeof line, act->why);
}

mz_status mz_bank_line_free(mz_act *act, mz_view bank_ref, int64_t amount_fen)
{
    const mz_key_bytes key = bank_line_key(act, bank_ref);
    mz_bank_line line;
    const mz_status status = mz_state_load(act->changes, &key, &line, sizeof line, act->why);
    if (status == MZ_NOT_FOUND ||
        (status == MZ_OK && (line.count == 0 || line.used_fen < amount_fen)))
        return refuse_corrupt(act->why, "a bank line does not hold what was recorded on it");
    if (status != MZ_OK)
        return status;
    line.used_fen -= amount_fen;
    line.count--;
    if (line.count == 0)
        return mz_state_erase(act->changes, &key, act->why);
    return mz_state_store(act->changes, &key, &line, sizeof line, act->why);
}

mz_status mz_income_load(mz_changes *changes, mz_ref ref, mz_income *income, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_INCOME, ref);
    return mz_state_load(changes, &key, income, sizeof *income, why);
}

mz_status mz_income_store(mz_changes *changes, const mz_income *income, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_INCOME, income->ref);
    return mz_state_store(changes, &key, income, sizeof *income, why);
}

mz_status mz_confirmation_load(mz_changes *changes, mz_ref ref, mz_confirmation *confirmation,
                               uint8_t bank_ref[MZ_TOKEN_BYTES_MAX], size_t *bank_ref_size,
                               mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_CONFIRMATION, ref);
    return mz_state_load_tail(changes, &key, confirmation, sizeof *confirmation, bank_ref, 1,
                              MZ_TOKEN_BYTES_MAX, bank_ref_size, why);
}

mz_status mz_confirmation_store(mz_changes *changes, const mz_confirmation *confirmation,
                                mz_view bank_ref, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_CONFIRMATION, confirmation->ref);
    return mz_state_store_tail(changes, &key, confirmation, sizeof *confirmation, bank_ref.data,
                               bank_ref.size, why);
}

mz_status mz_return_load(mz_changes *changes, mz_ref ref, mz_return *record, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_RETURN, ref);
    size_t count = 0;
    const mz_status status =
        mz_state_load_tail(changes, &key, &record->head, sizeof record->head, record->draws,
                           sizeof record->draws[0], MZ_DRAWS_MAX, &count, why);
    return status == MZ_OK && count != record->head.draw_count
               ? refuse_corrupt(why, "a returned payout has a wrong size")
               : status;
}

mz_status mz_return_store(mz_changes *changes, const mz_return *record, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_RETURN, record->head.ref);
    return mz_state_store_tail(changes, &key, &record->head, sizeof record->head, record->draws,
                               record->head.draw_count * sizeof record->draws[0], why);
}
