/* fork.h — the proof that a log has told two stories: 分叉证明。One text file that anybody who has
 * a pin can check offline:
 *
 *     mingzhang-fork-proof@v1
 *     older 214
 *     <the checkpoint of fewer entries, 214 bytes, verbatim>
 *     newer 214
 *     <the other one>
 *     root <base64: what the newer tree has as the root of the older size>
 *     <base64 of each hash of the consistency proof from the older size to the newer>
 *
 * Two checkpoints of one size with two roots prove it by themselves: then nothing follows them.
 * Otherwise the proof leads from the root given to the newer checkpoint's, so the newer tree holds
 * other entries below the older size than the older checkpoint signed. */
#ifndef MZ_AUDIT_FORK_H
#define MZ_AUDIT_FORK_H

#include "core/policy.h"

#define MZ_FORK_SIZE_MAX (2 * MZ_NOTE_SIZE_MAX + 8192)

/* Borrows the notes. */
typedef struct mz_fork {
    mz_view older, newer; /* signed notes; of one size where they are of one size */
    bool same_size;
    mz_hash root; /* unless same_size */
    mz_merkle_proof proof;
} mz_fork;

/* Appends it. MZ_NO_MEMORY, MZ_TOO_LARGE. */
mz_status mz_fork_put(mz_buf *out, const mz_fork *fork, mz_reason *why) MZ_MUST_USE;
/* Reads exactly the form that mz_fork_put writes. Borrows `text`. MZ_BAD_CHECKPOINT {cause}. */
mz_status mz_fork_parse(mz_view text, mz_fork *fork, mz_reason *why) MZ_MUST_USE;
/* Whether it is a fork of the pin's log: both notes are signed by keys of the pin, and one cannot
 * follow the other. `older` and `newer` are what they say. MZ_BAD_NOTE, MZ_BAD_CHECKPOINT {cause}.
 */
mz_status mz_fork_verify(mz_hasher *hasher, const mz_fork *fork, const mz_policy *pin,
                         mz_checkpoint *older, mz_checkpoint *newer, mz_reason *why) MZ_MUST_USE;

/* Reads a checkpoint that one of the pin's log keys signed, whoever has cosigned it. MZ_BAD_NOTE,
 * MZ_BAD_CHECKPOINT, MZ_TOO_LARGE. */
mz_status mz_pin_open_checkpoint(const mz_policy *pin, mz_view note, mz_checkpoint *checkpoint,
                                 mz_reason *why) MZ_MUST_USE;

#endif
