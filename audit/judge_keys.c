/* judge_keys.c — what entries of no fund came to, once for each such effect. */
#include "judge.h"

#define READS_KEPT 4096 /* a change set remembers what it read until it is flushed */

/* An actor's entries between two of its rekeyings are all signed with the key of that time, so what
 * was noted of each entry tells what the key signed. Walks back from the effect to the time since
 * when the key is not to be trusted: rare, and bounded by that time. */
static mz_status find_compromised(mz_judge_work *j, const mz_effect *effect)
{
    mz_key_bytes key_at = mz_key_of(MZ_KIND_KEY);
    mz_actor_key key;
    mz_key_add_text(&key_at, (mz_view){effect->thumbprint, sizeof effect->thumbprint});
    mz_status status = mz_state_load(j->changes, &key_at, &key, sizeof key, j->why);
    for (uint64_t index = effect->index; status == MZ_OK && index > 0; index--) {
        mz_entry_note entry;
        status = mz_note_load_entry(j->changes, index - 1, &entry, j->why);
        if (status != MZ_OK || entry.unix_ms < effect->since_ms)
            break;
        if (entry.actor_no == key.actor_no && index - 1 >= key.since_index)
            status =
                mz_note_finding(j->changes, MZ_F_COMPROMISED, index - 1, effect->index, j->why);
        if (status == MZ_OK && index % READS_KEPT == 0)
            status = mz_changes_flush(j->changes, j->why);
    }
    return status;
}

mz_status mz_judge_keep_effects(mz_judge_work *j)
{
    mz_ledger ledger;
    mz_meta *meta = &j->audit->meta;
    mz_status status = mz_ledger_load(j->changes, &ledger, j->why);
    while (status == MZ_OK && meta->effects_seen < ledger.effect_count) {
        mz_effect effect;
        const mz_key_bytes key = mz_key_u64(MZ_KIND_EFFECT, meta->effects_seen + 1);
        status = mz_state_load(j->changes, &key, &effect, sizeof effect, j->why);
        if (status == MZ_OK && effect.kind == MZ_EFFECT_COMPROMISE)
            status = find_compromised(j, &effect);
        else if (status == MZ_OK &&
                 (effect.kind == MZ_EFFECT_CONFLICT || effect.kind == MZ_EFFECT_PARTY))
            status = mz_judge_keep_conflict(j, &effect);
        meta->effects_seen++;
        if (status == MZ_OK)
            status = mz_judge_flush(j);
    }
    return status;
}
