/* conflict.h — who may not act where whom is paid: parties that are one, and what ties an actor to
 * a party. The rule book, section 4. Every answer is as of an entry, so that what was found later
 * does not colour what happened before. */
#ifndef MZ_CORE_CONFLICT_H
#define MZ_CORE_CONFLICT_H

#include "core/state.h"

#define MZ_PARTY_GROUP_MAX 64 /* parties that are one by same_as */

/* Who led the party's same_as group as of entry `as_of` (inclusive): itself when it was alone. */
mz_status mz_party_leader(mz_changes *changes, mz_ref party, uint64_t as_of, mz_ref *leader,
                          mz_reason *why) MZ_MUST_USE;
/* Walks whoever ever was in a leader's group: `prefix` is MZ_KIND_PARTY_GROUP and the leader, *key
 * starts as its copy. MZ_NOT_FOUND at the end. */
mz_status mz_party_group_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                              mz_ref *member, mz_reason *why) MZ_MUST_USE;
mz_status mz_same_party(mz_changes *changes, mz_ref left, mz_ref right, uint64_t as_of, bool *same,
                        mz_reason *why) MZ_MUST_USE;

/* Whether `actor` is barred where `party` is a payee, as of entry `as_of` (inclusive), for a
 * proposal filed at `filed_index` (an ended conflict still bars proposals filed before its end;
 * pass as_of for "now"): a declared conflict with the party or one of its same_as group, or its own
 * party. */
mz_status mz_conflict_bars(mz_changes *changes, mz_actor_no actor_no, mz_ref party,
                           uint64_t filed_index, uint64_t as_of, bool *bars,
                           mz_reason *why) MZ_MUST_USE;

#endif
