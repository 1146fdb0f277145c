/* judge_payouts.c — what was paid twice, or may have been: of the payouts that belong together, how
 * many stand now. */
#include "judge.h"

/* Of payouts under one prefix. */
typedef struct series {
    mz_key_bytes prefix, at;
    uint64_t standing; /* the last one that stands; 0: none yet */
    mz_ref fund;       /* its fund */
} series;

static series series_of(mz_key_bytes prefix)
{
    return (series){.prefix = prefix, .at = prefix};
}

/* The next payout with money that did not come back. MZ_NOT_FOUND at the end. */
static mz_status next_standing(mz_judge_work *j, series *s, mz_payout *payout)
{
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &s->prefix, &s->at, &value, j->why)) == MZ_OK) {
        status = mz_payout_load(j->changes, mz_judge_last_u64(&s->at), payout, j->why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
        if (payout->head.reversed_index == MZ_NEVER &&
            payout->head.returned_fen < payout->head.amount_fen)
            return MZ_OK;
    }
    return status;
}

static mz_status look_at_wish(mz_judge_work *j, uint64_t need)
{
    series s = series_of(mz_note_key_u64(MZ_N_WISH, need));
    mz_payout payout;
    mz_status status = MZ_OK;
    while ((status = next_standing(j, &s, &payout)) == MZ_OK) {
        if (s.standing != 0)
            mz_judge_see(j, MZ_F_WISH_TWICE, payout.head.ref, s.standing);
        s.standing = payout.head.ref;
    }
    return mz_judge_walked(status);
}

mz_status mz_judge_wishes(mz_judge_work *j)
{
    return mz_judge_each(j, MZ_N_WISH_AGAIN, look_at_wish);
}

static mz_status look_at_document(mz_judge_work *j, mz_view hash)
{
    mz_key_bytes prefix = mz_note_key(MZ_N_EVIDENCE);
    mz_key_add_text(&prefix, hash);
    series s = series_of(prefix);
    mz_payout payout;
    mz_status status = MZ_OK;
    while ((status = next_standing(j, &s, &payout)) == MZ_OK) {
        if (s.standing != 0)
            mz_judge_see(
                j, s.fund == payout.head.fund ? MZ_F_SAME_EVIDENCE : MZ_F_SAME_EVIDENCE_ACROSS,
                payout.head.ref, s.standing);
        s.standing = payout.head.ref;
        s.fund = payout.head.fund;
    }
    return mz_judge_walked(status);
}

mz_status mz_judge_documents(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_REPEATED);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        status = look_at_document(j, (mz_view){at.bytes + prefix.size, at.size - prefix.size});
        if (status != MZ_OK)
            return status;
    }
    return mz_judge_walked(status);
}
