/* bucket.h — a bucket in hand, for booking.h alone: its figures, the rows of its intervals, and
 * what of it is free. Balances are the caller's, but for what a comment says. */
#ifndef MZ_CORE_BUCKET_H
#define MZ_CORE_BUCKET_H

#include "core/act.h"
#include "core/lots.h"

typedef struct mz_place {
    mz_ref fund, purpose;
    mz_bucket bucket;
} mz_place;

mz_status mz_place_load(mz_act *act, mz_ref fund, mz_ref purpose, mz_place *p) MZ_MUST_USE;
/* Checks the invariants first: MZ_BALANCE_LIMIT, MZ_CORRUPT. */
mz_status mz_place_store(mz_act *act, const mz_place *p) MZ_MUST_USE;
/* A row of an interval: its writing, in place of any at that position, and its erasing. */
mz_status mz_place_put(mz_act *act, mz_kind kind, const mz_place *p, uint64_t position,
                       const void *row, size_t size) MZ_MUST_USE;
mz_status mz_place_erase(mz_act *act, mz_kind kind, const mz_place *p,
                         uint64_t position) MZ_MUST_USE;

/* What was not free becomes free, in one piece with its neighbours. */
mz_status mz_place_free(mz_act *act, mz_place *p, uint64_t position, uint64_t end) MZ_MUST_USE;
/* Takes position..end, which lies in one free interval, out of it. */
mz_status mz_place_carve(mz_act *act, mz_place *p, uint64_t position, uint64_t end) MZ_MUST_USE;
/* Takes the lowest free money at or after `from`, below which none is left, at most `want_fen` of
 * it in one piece: *position..*end. MZ_CORRUPT when none is free. */
mz_status mz_place_take(mz_act *act, mz_place *p, uint64_t from, int64_t want_fen,
                        uint64_t *position, uint64_t *end) MZ_MUST_USE;

/* A movement of a fund's money: its balance, its last movement, its line of the day. */
mz_status mz_book(mz_act *act, mz_fund *fund, int64_t change_fen, unsigned line,
                  int64_t amount_fen) MZ_MUST_USE;

/* MZ_BALANCE_SHORT, naming the purpose. */
mz_status mz_refuse_short(mz_act *act, mz_ref purpose, int64_t left_fen, int64_t asked_fen);

#endif
