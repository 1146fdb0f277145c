#include "core/conflict.h"

/* Who led the party's group as of an entry, itself included. */
mz_status mz_party_leader(mz_changes *changes, mz_ref ref, uint64_t as_of, mz_ref *leader,
                          mz_reason *why)
{
    for (size_t i = 0; i <= MZ_PARTY_GROUP_MAX; i++) {
        mz_party party;
        mz_status status = mz_party_load(changes, ref, &party, why);
        if (status != MZ_OK)
            return status;
        if (party.group == ref || party.group_index > as_of) {
            *leader = ref;
            return MZ_OK;
        }
        ref = party.group;
    }
    return mz_refuse_corrupt(why, "a group of parties has no leader");
}

mz_status mz_same_party(mz_changes *changes, mz_ref left, mz_ref right, uint64_t as_of, bool *same,
                        mz_reason *why)
{
    *same = left == right && left != 0;
    if (left == right || left == 0 || right == 0)
        return MZ_OK;
    mz_ref left_leader = 0, right_leader = 0;
    mz_status status = mz_party_leader(changes, left, as_of, &left_leader, why);
    if (status == MZ_OK)
        status = mz_party_leader(changes, right, as_of, &right_leader, why);
    *same = status == MZ_OK && left_leader == right_leader;
    return status;
}

/* Walks whoever ever was in a leader's group: *key starts as the prefix. */
mz_status mz_party_group_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                              mz_ref *member, mz_reason *why)
{
    mz_view value;
    mz_status status = mz_state_next(changes, prefix, key, &value, why);
    if (status == MZ_OK)
        *member = mz_be64_get(key->bytes + key->size - 8);
    return status;
}

/* Whether a tie between the actor and just this party was in force. */
static mz_status tied(mz_changes *changes, mz_actor_no actor_no, mz_ref party, uint64_t filed_index,
                      uint64_t as_of, bool *found, mz_reason *why)
{
    mz_key_bytes prefix = mz_key_u32(MZ_KIND_CONFLICT_OF, actor_no);
    mz_key_add_u64(&prefix, party);
    mz_key_bytes key = prefix;
    for (*found = false; !*found;) {
        mz_view value;
        mz_conflict conflict;
        mz_status status = mz_state_next(changes, &prefix, &key, &value, why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        mz_key_bytes row = mz_key_u64(MZ_KIND_CONFLICT, mz_be64_get(key.bytes + key.size - 8));
        if (status == MZ_OK)
            status = mz_state_load(changes, &row, &conflict, sizeof conflict, why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_refuse_corrupt(why, "a conflict has no row")
                                          : status;
        *found = conflict.since_index <= as_of && filed_index < conflict.ended_index;
    }
    return MZ_OK;
}

mz_status mz_conflict_bars(mz_changes *changes, mz_actor_no actor_no, mz_ref party,
                           uint64_t filed_index, uint64_t as_of, bool *bars, mz_reason *why)
{
    *bars = false;
    if (party == 0)
        return MZ_OK;
    mz_ref leader = 0;
    mz_status status = mz_party_leader(changes, party, as_of, &leader, why);
    if (status != MZ_OK)
        return status;
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_PARTY_GROUP, leader);
    mz_key_bytes key = prefix;
    while (!*bars) {
        mz_ref member = 0;
        bool same = false;
        status = mz_party_group_next(changes, &prefix, &key, &member, why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = mz_same_party(changes, member, leader, as_of, &same, why);
        if (status == MZ_OK && !same)
            continue; /* joined later */
        if (status == MZ_OK)
            status = tied(changes, actor_no, member, filed_index, as_of, bars, why);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}
