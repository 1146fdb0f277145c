/* judge_parties.c — who is paid, and what else ties them to the fund or to those who decide. */
#include <string.h>

#include "core/conflict.h"
#include "judge.h"

/* Payouts to one party before an entry. */
static mz_status find_paid_before(mz_judge_work *j, mz_ref party, uint64_t index)
{
    const mz_key_bytes prefix = mz_note_key_u64(MZ_N_PAYEE, party);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
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

/* --- payees and what else they are --- */

/* The first entry that ties whoever is the same as a payee to the fund in another way; 0: none. */
typedef struct ties {
    uint64_t income, source, goods, officer;
    bool charity; /* its credit code is the charity's */
} ties;

/* The first income or goods of the party that stands. MZ_NOT_FOUND. */
static mz_status first_income(mz_judge_work *j, mz_ref party, uint64_t *first)
{
    const mz_key_bytes prefix = mz_note_key_u64(MZ_N_DONOR, party);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_income income;
        status = mz_income_load(j->changes, mz_judge_last_u64(&at), &income, j->why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
        if (income.stage == MZ_INCOME_CONFIRMED_STAGE) {
            *first = income.ref;
            return MZ_OK;
        }
    }
    return status;
}

static mz_status first_goods(mz_judge_work *j, mz_ref party, uint64_t *first)
{
    const mz_key_bytes prefix = mz_note_key_u64(MZ_N_GIVER, party);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_goods goods;
        status = mz_goods_load(j->changes, mz_judge_last_u64(&at), &goods, j->why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
        if (goods.reversed_index == MZ_NEVER) {
            *first = goods.ref;
            return MZ_OK;
        }
    }
    return status;
}

static mz_status first_source(mz_judge_work *j, mz_ref party, uint64_t *first)
{
    const mz_key_bytes key = mz_note_key_u64(MZ_N_SOURCE_PARTY, party);
    mz_view value;
    const mz_status status =
        mz_changes_get(j->changes, MZ_TABLE_AUDIT, mz_key_view(&key), &value, j->why);
    if (status == MZ_OK)
        *first = mz_be64_get(value.data);
    return status;
}

/* Whose party it is, and whether it is the charity's own. */
static mz_status see_party(mz_judge_work *j, mz_ref ref, ties *t)
{
    mz_party party;
    mz_actor actor;
    mz_ledger ledger;
    mz_status status = mz_party_load(j->changes, ref, &party, j->why);
    if (status == MZ_OK)
        status = mz_ledger_load(j->changes, &ledger, j->why);
    if (status != MZ_OK)
        return status;
    if (party.credit_code[0] != '\0' &&
        memcmp(party.credit_code, ledger.credit_code, sizeof party.credit_code) == 0)
        t->charity = true;
    if (party.actor_no == 0)
        return MZ_OK;
    status = mz_actor_load(j->changes, party.actor_no, &actor, j->why);
    if (status == MZ_OK)
        t->officer = actor.enrolled_index;
    return status;
}

static mz_status find_ties(mz_judge_work *j, mz_ref party, ties *t)
{
    mz_key_bytes prefix;
    mz_status status = group_prefix(j, party, &prefix);
    mz_key_bytes at = prefix;
    mz_ref member = 0;
    *t = (ties){0};
    while (status == MZ_OK &&
           (status = mz_party_group_next(j->changes, &prefix, &at, &member, j->why)) == MZ_OK) {
        if (t->income == 0)
            status = mz_judge_walked(first_income(j, member, &t->income));
        if (status == MZ_OK && t->source == 0)
            status = mz_judge_walked(first_source(j, member, &t->source));
        if (status == MZ_OK && t->goods == 0)
            status = mz_judge_walked(first_goods(j, member, &t->goods));
        if (status == MZ_OK)
            status = see_party(j, member, t);
    }
    return mz_judge_walked(status);
}

/* The charity is paid its fees out of their own envelope; anything else it is paid is to be seen.
 */
static mz_status see_charity(mz_judge_work *j, const mz_payout *payout)
{
    mz_proposal proposal;
    const mz_status status = mz_proposal_load(j->changes, payout->head.proposal, &proposal, j->why);
    if (status == MZ_OK && proposal.head.category != MZ_CATEGORY_FEES)
        mz_judge_see(j, MZ_F_CHARITY_PAID, payout->head.ref, 0);
    return status;
}

static mz_status see_ties(mz_judge_work *j, mz_ref ref, const ties *t)
{
    mz_payout payout;
    const mz_status status = mz_payout_load(j->changes, ref, &payout, j->why);
    if (status != MZ_OK || payout.head.reversed_index != MZ_NEVER)
        return status;
    if (t->income != 0)
        mz_judge_see(j, MZ_F_DONOR_PAID, ref, t->income);
    if (t->source != 0)
        mz_judge_see(j, MZ_F_SOURCE_PAID, ref, t->source);
    if (t->goods != 0)
        mz_judge_see(j, MZ_F_GIVER_PAID, ref, t->goods);
    if (t->officer != 0)
        mz_judge_see(j, MZ_F_OFFICER_PAID, ref, t->officer);
    return t->charity ? see_charity(j, &payout) : MZ_OK;
}

/* In all funds: who gave to one may be paid by another. */
mz_status mz_judge_parties(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_PAYEE);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_ref party = 0;
    ties t = {0};
    mz_status status = MZ_OK;
    while ((status = mz_note_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        const mz_ref next = mz_be64_get(at.bytes + 1);
        if (next != party)
            status = find_ties(j, next, &t);
        party = next;
        if (status == MZ_OK)
            status = see_ties(j, mz_judge_last_u64(&at), &t);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    }
    return mz_judge_walked(status);
}

/* --- sources --- */

/* Agreements that are over while nobody has ended the source. */
mz_status mz_judge_sources(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_SOURCE);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_source source;
        if (value.size != sizeof source)
            return mz_judge_damaged(j);
        memcpy(&source, value.data, sizeof source);
        if (source.ended_index == MZ_NEVER && source.ends_day != MZ_NO_DAY &&
            mz_judge_overdue(j, source.ends_day, 0))
            mz_judge_see(j, MZ_F_AGREEMENT_OVER, source.ref, 0);
    }
    return mz_judge_walked(status);
}
