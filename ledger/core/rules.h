/* rules.h — may this entry follow this history, and what changes if it does? The workflow of the
 * fund as one question. Reads no clock, file or socket: the server, a clerk's laptop and an audit
 * in ten years all get the same answer. docs/rules.md is the rule book in words. */
#ifndef MZ_CORE_RULES_H
#define MZ_CORE_RULES_H

#include "core/state.h"

#define MZ_RULES_VERSION 1

/* Where an entry stands in the log. */
typedef struct mz_stamp {
    uint64_t index;
    int64_t unix_ms; /* log time */
    mz_hash leaf_hash;
} mz_stamp;

/* Checks `entry`, whose signature has been verified, against the state seen through `changes`, then
 * folds it in. On a refusal the caller rolls `changes` back to its mark from before the call, and
 * `why` holds the first broken rule with its figures. MZ_IO, MZ_FULL, MZ_CORRUPT, MZ_NO_MEMORY: the
 * state could not be read. Borrows all. */
mz_status mz_rules_apply(mz_changes *changes, const mz_entry *entry, const mz_stamp *stamp,
                         mz_reason *why) MZ_MUST_USE;

/* Closes everything that is due in a fund at a moment: deadlines, and what entries of no fund did
 * to its proposals, merged by time. mz_rules_apply does this itself; readers call it over a
 * snapshot before they look, so that nothing depends on a sweep. */
mz_status mz_rules_settle(mz_changes *changes, mz_ref fund, int64_t unix_ms,
                          mz_reason *why) MZ_MUST_USE;

/* The public key that `kid` names, whoever's and whether or not replaced: enough to verify a
 * signature; whether the key may still sign is for mz_rules_apply. MZ_UNKNOWN_KEY with its reason.
 * Entry 0 brings its own keys: mz_entry_genesis_key. */
mz_status mz_rules_key(mz_changes *changes, const mz_hash *kid, uint8_t key[32],
                       mz_reason *why) MZ_MUST_USE;
/* The key of the registrar in a ledger.opened body that `kid` names. MZ_UNKNOWN_KEY. */
mz_status mz_rules_genesis_key(const mz_entry *entry, uint8_t key[32], mz_reason *why) MZ_MUST_USE;
/* The log's key that signs the next checkpoint after the state seen. Before entry 0: from its body.
 */
mz_status mz_rules_log_key(mz_changes *changes, uint8_t key[32], mz_reason *why) MZ_MUST_USE;
mz_status mz_rules_genesis_log_key(const mz_entry *entry, uint8_t key[32],
                                   mz_reason *why) MZ_MUST_USE;

#endif
