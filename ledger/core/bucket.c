#include "core/bucket.h"

#include "core/totals.h"

mz_status mz_refuse_short(mz_act *act, mz_ref purpose, int64_t left_fen, int64_t asked_fen)
{
    char name[MZ_ID_SIZE_MAX + 1];
    const mz_status status = mz_purpose_name(act->changes, purpose, name, act->why);
    if (status != MZ_OK)
        return status;
    return mz_refuse(act->why, MZ_BALANCE_SHORT, mz_words("purpose", name),
                     mz_fen("left", left_fen), mz_fen("asked", asked_fen));
}

mz_status mz_place_load(mz_act *act, mz_ref fund, mz_ref purpose, mz_place *p)
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
            return mz_refuse_limit(why);
        if (figures[i] < 0)
            return mz_refuse_corrupt(why, "a bucket's figure is below zero");
    }
    if (b->confirmed_fen - b->reversed_fen + b->moved_in_fen - b->moved_out_fen - b->paid_fen +
            b->returned_fen !=
        b->balance_fen)
        return mz_refuse_corrupt(why, "a bucket's movements do not add up to its balance");
    if (b->reserved_fen < 0 || b->reserved_fen > b->balance_fen)
        return mz_refuse_corrupt(why, "a bucket's reserve is not within its balance");
    if (b->free_fen != b->balance_fen || b->tail_position > b->position_end)
        return mz_refuse_corrupt(why, "a bucket's lots do not add up to its balance");
    return MZ_OK;
}

mz_status mz_place_store(mz_act *act, const mz_place *p)
{
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, p->fund, p->purpose);
    const mz_status status = check_bucket(&p->bucket, act->why);
    if (status != MZ_OK)
        return status;
    return mz_state_store(act->changes, &key, &p->bucket, sizeof p->bucket, act->why);
}

mz_status mz_book(mz_act *act, mz_fund *fund, int64_t change_fen, unsigned line, int64_t amount_fen)
{
    fund->balance_fen += change_fen;
    if (fund->balance_fen > MZ_AMOUNT_MAX)
        return mz_refuse_limit(act->why);
    if (fund->balance_fen < 0)
        return mz_refuse_corrupt(act->why, "a fund's balance is below zero");
    fund->last_movement_ms = act->now_ms;
    return mz_totals_add(act->changes, fund->ref, mz_day_of_ms(act->now_ms), line, amount_fen,
                         act->why);
}

mz_status mz_place_put(mz_act *act, mz_kind kind, const mz_place *p, uint64_t position,
                       const void *row, size_t size)
{
    const mz_key_bytes key = mz_span_key(kind, p->fund, p->purpose, position);
    return mz_state_store(act->changes, &key, row, size, act->why);
}

mz_status mz_place_erase(mz_act *act, mz_kind kind, const mz_place *p, uint64_t position)
{
    const mz_key_bytes key = mz_span_key(kind, p->fund, p->purpose, position);
    return mz_state_erase(act->changes, &key, act->why);
}

/* Free intervals: rows are holes, of which no two touch, nor does one touch the tail. These three
 * keep rows, hole_count, tail_position and free_fen; the balance is the caller's. */
static mz_status put_hole(mz_act *act, mz_place *p, uint64_t position, uint64_t end)
{
    if (position == end)
        return MZ_OK;
    const mz_free hole = {.length_fen = (int64_t)(end - position)};
    p->bucket.hole_count++;
    return mz_place_put(act, MZ_KIND_FREE, p, position, &hole, sizeof hole);
}

static mz_status erase_hole(mz_act *act, mz_place *p, uint64_t position)
{
    if (p->bucket.hole_count == 0)
        return mz_refuse_corrupt(act->why, "a bucket's free money is miscounted");
    p->bucket.hole_count--;
    return mz_place_erase(act, MZ_KIND_FREE, p, position);
}

mz_status mz_place_free(mz_act *act, mz_place *p, uint64_t position, uint64_t end)
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
                return mz_refuse_corrupt(act->why, "money would be free twice");
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
        return mz_refuse_corrupt(act->why, "money would be free twice");
    if (end < p->bucket.tail_position)
        return put_hole(act, p, position, end);
    p->bucket.tail_position = position;
    return MZ_OK;
}

mz_status mz_place_carve(mz_act *act, mz_place *p, uint64_t position, uint64_t end)
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
        return mz_refuse_corrupt(act->why, "money that should be free is not");
    if (status == MZ_OK)
        status = erase_hole(act, p, hole.position);
    if (status == MZ_OK)
        status = put_hole(act, p, hole.position, position);
    if (status == MZ_OK)
        status = put_hole(act, p, end, hole.end);
    return status;
}

mz_status mz_place_take(mz_act *act, mz_place *p, uint64_t from, int64_t want_fen,
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
            return mz_refuse_corrupt(act->why, "a bucket has less free money than it says");
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
