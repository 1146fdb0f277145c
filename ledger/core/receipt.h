/* receipt.h — an entry with all that proves it is in the log (C2SP tlog-proof): 收据. One text
 * file,
 * `.tlog-proof`, to be checked offline against a pin.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64 of: <log time ms> <jws>~<disclosure>~...~>
 *     index 7
 *     <base64 of each hash of the inclusion proof, the leaf's sibling first>
 *
 *     <the checkpoint with its signatures, verbatim>
 *
 * The leaf is what precedes the first `~` of the extra data; a sealed field's disclosure may
 * follow. */
#ifndef MZ_CORE_RECEIPT_H
#define MZ_CORE_RECEIPT_H

#include "core/disclosure.h"
#include "core/policy.h"

#define MZ_RECEIPT_SIZE_MAX 524288
#define MZ_RECEIPT_LEAF_MAX 65535 /* bytes of a leaf */
#define MZ_RECEIPT_DISCLOSURES_MAX MZ_DISCLOSURES_MAX

/* A receipt's parts. To build one, borrow all of them. A parsed one owns what `leaf` and
 * `disclosures` borrow (in `extra`) and borrows `checkpoint_note` from the parsed text. */
typedef struct mz_receipt {
    mz_view leaf; /* "<ms> <jws>" */
    size_t disclosure_count;
    mz_view disclosures[MZ_RECEIPT_DISCLOSURES_MAX]; /* base64url text, without `~` */
    uint64_t index;
    mz_merkle_proof proof;
    mz_view checkpoint_note;
    uint8_t *extra; /* of a parsed receipt: the decoded extra data. NULL when building */
} mz_receipt;

/* Appends the receipt as text. MZ_BAD_RECEIPT when a part is not acceptable, MZ_TOO_LARGE when it
 * would pass MZ_RECEIPT_SIZE_MAX, MZ_NO_MEMORY. Says nothing about truth. */
mz_status mz_receipt_put(mz_buf *out, const mz_receipt *receipt, mz_reason *why) MZ_MUST_USE;

/* Reads the form. On MZ_OK `receipt` is to be released with mz_receipt_clear; otherwise it is
 * empty. MZ_BAD_RECEIPT, MZ_TOO_LARGE, MZ_NO_MEMORY. */
mz_status mz_receipt_parse(mz_view text, mz_receipt *receipt, mz_reason *why) MZ_MUST_USE;
void mz_receipt_clear(mz_receipt *receipt); /* an empty one is fine */

/* The truth of a parsed receipt: the checkpoint is signed by a log of `policy` and by its quorum,
 * the leaf is in the checkpoint's tree at the index, index 0 is the policy's genesis, and every
 * disclosure is named once by `_sd` in the body of the entry. The entry's own signature and rules
 * are not looked at: they need the log. `checkpoint` (may be NULL) is what it was proved against.
 * MZ_BAD_INCLUSION, MZ_BAD_RECEIPT, MZ_BAD_NOTE, MZ_BAD_CHECKPOINT. */
mz_status mz_receipt_verify(mz_hasher *hasher, const mz_receipt *receipt, const mz_policy *policy,
                            mz_checkpoint *checkpoint, mz_reason *why) MZ_MUST_USE;

#endif
