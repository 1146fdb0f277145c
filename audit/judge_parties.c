/* judge_parties.c — who is paid, and what else ties them to the fund or to those who decide. */
#include "core/conflict.h"
#include "judge.h"

/* Payouts to one party before an entry. */
static mz_status find_paid_before(mz_judge_work *j, mz_ref party, uint64_t index)
{
    mz_key_bytes prefix = mz_note_key(MZ_N_PAYEE);
    mz_view value;
    mz_status status = MZ_OK;
    mz_key_add_u64(&prefix, party);
    mz_key_bytes at = prefix;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK &&
           mz_judge_last_u64(&at) < index) {
        status =
            mz_note_finding(j->changes, MZ_F_CONFLICT_LATE, mz_judge_last_u64(&at), index, j->why);
        if (status != MZ_OK)
            break;
    }
    return mz_judge_walked(status);
}

/* Walks whoever was ever found to be the same as `party`. */
static mz_status group_prefix(mz_judge_work *j, mz_ref party, mz_key_bytes *prefix)
{
    mz_ref leader = 0;
    const mz_status status = mz_party_leader(j->changes, party, MZ_NEVER - 1, &leader, j->why);
    *prefix = mz_key_u64(MZ_KIND_PARTY_GROUP, leader);
    return status;
}

mz_status mz_judge_keep_conflict(mz_judge_work *j, const mz_effect *effect)
{
    mz_key_bytes prefix;
    if (effect->party == 0 || effect->actor_no == 0)
        return MZ_OK;
    mz_status status = group_prefix(j, effect->party, &prefix);
    mz_key_bytes at = prefix;
    mz_ref member = 0;
    while (status == MZ_OK &&
           (status = mz_party_group_next(j->changes, &prefix, &at, &member, j->why)) == MZ_OK) {
        bool same = false;
        status = mz_same_party(j->changes, member, effect->party, effect->index, &same, j->why);
        if (status == MZ_OK && same)
            status = find_paid_before(j, member, effect->index);
    }
    return mz_judge_walked(status);
}

/* A note by party: its number. MZ_NOT_FOUND. */
static mz_status party_note(mz_judge_work *j, mz_note_kind kind, mz_ref party, uint64_t *number)
{
    mz_key_bytes key = mz_note_key(kind);
    mz_view value;
    mz_key_add_u64(&key, party);
    const mz_status status =
        mz_changes_get(j->changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, j->why);
    if (status == MZ_OK)
        *number = mz_be64_get(value.data);
    return status;
}

/* The first income and the first source of whoever is the same as a payee; 0: none. */
static mz_status related(mz_judge_work *j, mz_ref party, uint64_t *income, uint64_t *source)
{
    mz_key_bytes prefix;
    mz_status status = group_prefix(j, party, &prefix);
    mz_key_bytes at = prefix;
    *income = *source = 0;
    mz_ref member = 0;
    while (status == MZ_OK &&
           (status = mz_party_group_next(j->changes, &prefix, &at, &member, j->why)) == MZ_OK) {
        if (*income == 0)
            status = mz_judge_walked(party_note(j, MZ_N_DONOR, member, income));
        if (status == MZ_OK && *source == 0)
            status = mz_judge_walked(party_note(j, MZ_N_SOURCE_PARTY, member, source));
    }
    return mz_judge_walked(status);
}

static mz_status see_related_payout(mz_judge_work *j, mz_ref ref, uint64_t income, uint64_t source)
{
    mz_payout payout;
    const mz_status status = mz_payout_load(j->changes, ref, &payout, j->why);
    if (status != MZ_OK || payout.head.reversed_index != MZ_NEVER)
        return status;
    if (income != 0)
        mz_judge_see(j, MZ_F_DONOR_PAID, ref, income);
    if (source != 0)
        mz_judge_see(j, MZ_F_SOURCE_PAID, ref, source);
    return MZ_OK;
}

mz_status mz_judge_parties(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_PAYEE);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_ref party = 0;
    uint64_t income = 0, source = 0;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        const mz_ref next = mz_be64_get(at.bytes + 1);
        if (next != party)
            status = related(j, next, &income, &source);
        party = next;
        if (status == MZ_OK && (income != 0 || source != 0))
            status = see_related_payout(j, mz_judge_last_u64(&at), income, source);
        if (status != MZ_OK)
            break;
    }
    return mz_judge_walked(status);
}
