#include "core/trace.h"

typedef struct income_visit {
    mz_income_part_visit *visit;
    void *context;
} income_visit;

static mz_status tell_income_part(const mz_part *part, void *context, mz_reason *why)
{
    const income_visit *told = context;
    const mz_income_part income_part = {.state = part->state,
                                        .amount_fen = part->length_fen,
                                        .payout = part->payout,
                                        .fund = part->fund,
                                        .purpose = part->purpose,
                                        .index = part->index};
    return told->visit(&income_part, told->context, why);
}

/* The confirmation that follows `after` in the chain that ends with `last`; after 0: the first. The
 * chain is linked backwards and short: each link is a mistake that was put right. */
static mz_status next_confirmation(mz_changes *changes, mz_ref last, mz_ref after,
                                   mz_confirmation *found, mz_reason *why)
{
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size;
    for (mz_ref ref = last;;) {
        const mz_status status =
            mz_confirmation_load(changes, ref, found, bank_ref, &bank_ref_size, why);
        if (status == MZ_NOT_FOUND || (status == MZ_OK && found->previous >= ref))
            return mz_refuse_corrupt(why, "a confirmation is not there");
        if (status != MZ_OK || found->previous == after)
            return status;
        ref = found->previous;
    }
}

mz_status mz_trace_income(mz_changes *changes, mz_ref income, mz_income_part_visit *visit,
                          void *context, mz_reason *why)
{
    mz_income record;
    income_visit told = {visit, context};
    mz_confirmation confirmation = {0};
    mz_status status = mz_income_load(changes, income, &record, why);
    if (status != MZ_OK || record.last_confirmation == 0)
        return status;
    while (status == MZ_OK && confirmation.ref != record.last_confirmation) {
        status = next_confirmation(changes, record.last_confirmation, confirmation.ref,
                                   &confirmation, why);
        if (status == MZ_OK)
            status = mz_lots_follow(changes, record.fund, record.purpose, confirmation.position,
                                    record.amount_fen, tell_income_part, &told, why);
    }
    return status;
}

typedef struct payout_visit {
    mz_payout_part_visit *visit;
    void *context;
    mz_payout_part part; /* of the stretch whose incomes are being told */
} payout_visit;

static mz_status tell_payout_part(mz_ref income, int64_t amount_fen, void *context, mz_reason *why)
{
    payout_visit *told = context;
    told->part.income = income;
    told->part.amount_fen = amount_fen;
    return told->visit(&told->part, told->context, why);
}

/* The next interval of `walk` that belongs to this piece, cut to the piece; an empty one at the
 * piece's end when there is none. */
static mz_status next_of_piece(mz_changes *changes, mz_span_walk *walk, mz_ref payout,
                               uint32_t number, mz_span *span, mz_reason *why)
{
    const uint64_t limit = walk->limit;
    mz_status status;
    while ((status = mz_span_next(changes, walk, span, why)) == MZ_OK) {
        const bool used = walk->kind == MZ_KIND_USE;
        if ((used ? span->row.use.payout : span->row.gone.payout) == payout &&
            (used ? span->row.use.piece : span->row.gone.piece) == number)
            return MZ_OK;
    }
    if (status == MZ_NOT_FOUND) {
        span->position = span->end = limit;
        return MZ_OK;
    }
    return status;
}

static mz_status tell_stretch(mz_changes *changes, mz_ref fund, payout_visit *told,
                              mz_payout_part_state state, uint64_t index, uint64_t position,
                              uint64_t end, mz_reason *why)
{
    if (position == end)
        return MZ_OK;
    told->part.state = state;
    told->part.index = index;
    return mz_lots_origin(changes, fund, told->part.purpose, position, (int64_t)(end - position),
                          tell_payout_part, told, why);
}

/* Whatever of a piece is neither used nor gone has come back. */
static mz_status tell_piece(mz_changes *changes, const mz_payout_head *payout, uint32_t number,
                            const mz_piece *piece, payout_visit *told, mz_reason *why)
{
    const uint64_t limit = piece->position + (uint64_t)piece->length_fen;
    mz_span_walk uses =
        mz_span_walk_over(MZ_KIND_USE, payout->fund, piece->purpose, piece->position, limit);
    mz_span_walk gones =
        mz_span_walk_over(MZ_KIND_GONE, payout->fund, piece->purpose, piece->position, limit);
    mz_span use, gone;
    uint64_t position = piece->position;
    mz_status status = next_of_piece(changes, &uses, payout->ref, number, &use, why);
    if (status == MZ_OK)
        status = next_of_piece(changes, &gones, payout->ref, number, &gone, why);
    while (status == MZ_OK && position < limit) {
        const bool use_first = use.position <= gone.position;
        const mz_span first = use_first ? use : gone;
        status = tell_stretch(changes, payout->fund, told, MZ_PAYOUT_PART_RETURNED, 0, position,
                              first.position, why);
        if (status == MZ_OK)
            status =
                tell_stretch(changes, payout->fund, told,
                             use_first ? MZ_PAYOUT_PART_STANDS : MZ_PAYOUT_PART_REPLACED,
                             use_first ? 0 : first.row.gone.index, first.position, first.end, why);
        position = first.end;
        if (status == MZ_OK)
            status = next_of_piece(changes, use_first ? &uses : &gones, payout->ref, number,
                                   use_first ? &use : &gone, why);
    }
    return status;
}

mz_status mz_trace_payout(mz_changes *changes, mz_ref payout, mz_payout_part_visit *visit,
                          void *context, mz_reason *why)
{
    mz_payout record;
    payout_visit told = {.visit = visit, .context = context};
    mz_status status = mz_payout_load(changes, payout, &record, why);
    for (uint32_t i = 0; status == MZ_OK && i < record.head.piece_count; i++) {
        mz_piece piece;
        status = mz_piece_load(changes, payout, i, &piece, why);
        if (status == MZ_NOT_FOUND)
            return mz_refuse_corrupt(why, "a payout's piece is not there");
        if (status != MZ_OK)
            return status;
        told.part.purpose = piece.purpose;
        told.part.since_index = piece.since_index;
        status = tell_piece(changes, &record.head, i, &piece, &told, why);
    }
    return status;
}
