/* checkpoint.h — the log's size and root, signed by the log (C2SP tlog-checkpoint v1.0.0):
 * 总账印章.
 *
 *     fund.example.org/zibo
 *     20
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 *     — fund.example.org/zibo Az3grlgtzPICa5OS8npVmf1M...
 *
 * The key's name is the origin. Ours have no extension lines. */
#ifndef MZ_CORE_CHECKPOINT_H
#define MZ_CORE_CHECKPOINT_H

#include "core/merkle.h"
#include "core/note.h"

#define MZ_ORIGIN_SIZE_MAX 100

/* The log's own name: 1 to MZ_ORIGIN_SIZE_MAX printable ASCII characters without space and plus. */
bool mz_origin_valid(mz_view origin);

/* A value without pointers. */
typedef struct mz_checkpoint {
    char origin[MZ_ORIGIN_SIZE_MAX + 1];
    uint64_t size; /* at most MZ_MERKLE_SIZE_MAX */
    mz_hash root;
} mz_checkpoint;

/* At most this many bytes: a checkpoint with the log's signature alone. */
#define MZ_CHECKPOINT_SIZE_MAX 512

/* Appends the three lines that are signed. */
void mz_checkpoint_put_text(mz_buf *out, const mz_checkpoint *checkpoint);
/* Appends the signed note. MZ_BAD_CHECKPOINT when the origin is not acceptable, MZ_NO_MEMORY when
 * `out` has failed. */
mz_status mz_checkpoint_sign(mz_hasher *hasher, const mz_checkpoint *checkpoint,
                             const mz_signer *signer, mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* Reads the three lines out of a note's text; says nothing about signatures. More than three are
 * refused. */
mz_status mz_checkpoint_parse_text(mz_view text, mz_checkpoint *checkpoint,
                                   mz_reason *why) MZ_MUST_USE;
/* The same of another log, for a witness: extension lines after the three are borne. */
mz_status mz_checkpoint_parse_foreign(mz_view text, mz_checkpoint *checkpoint,
                                      mz_reason *why) MZ_MUST_USE;
/* Reads a note that `log` (type 0x01, its name equal to the origin) has signed; other signatures
 * are ignored. MZ_BAD_NOTE, MZ_BAD_CHECKPOINT, MZ_TOO_LARGE. */
mz_status mz_checkpoint_open(mz_view note, const mz_vkey *log, mz_checkpoint *checkpoint,
                             mz_reason *why) MZ_MUST_USE;

#endif
