/* check.h — is every stored byte what the entries say it must be? Re-hashes every entry, rebuilds
 * tree, index, totals and state by the rules into a scratch store, verifies every checkpoint, and
 * compares each table byte for byte, verifies cosignatures, while others may be writing: what is
 * appended meanwhile is replayed too, and the comparison goes on at the new size. It is the
 * operator's own check; an outsider's, who trusts no table, is mingzhang-audit. Signatures of
 * entries are not verified again: the checkpoints vouch for bytes that were verified when they came
 * in. */
#ifndef MZ_LOG_CHECK_H
#define MZ_LOG_CHECK_H

#include "core/kv.h"
#include "core/policy.h"

#define MZ_CHECK_WHAT_MAX 160

/* Told now and then: entries replayed of those known; then rows compared (count 0: not known). */
typedef enum mz_check_stage { MZ_CHECK_REPLAYING, MZ_CHECK_COMPARING } mz_check_stage;
typedef void mz_check_progress(void *context, mz_check_stage stage, uint64_t done, uint64_t count);

typedef struct mz_check_options {
    const mz_policy *pin;        /* NULL: mz_check takes the pin in the folder; mz_check_kv none */
    const char *scratch_parent;  /* where mz_check puts its scratch; NULL: TMPDIR, else /tmp */
    mz_check_progress *progress; /* may be NULL */
    void *context;
    int64_t snapshot_ms; /* how old a snapshot may grow; 0: 5 seconds */
} mz_check_options;

typedef struct mz_check_result {
    uint64_t size; /* entries checked */
    mz_hash root;
    uint64_t row_count; /* rows compared, over all tables */
    /* The first difference, when there is one (the answer is then MZ_CORRUPT): */
    bool differs;
    mz_table table;
    uint8_t key[MZ_KV_KEY_MAX];
    size_t key_size;
    char what[MZ_CHECK_WHAT_MAX]; /* for a person, English: "the row is missing" ... */
} mz_check_result;

/* MZ_OK when all is as it must be. MZ_CORRUPT {cause: table, key, what} with `result` telling the
 * place. Anything else: the check could not be done. `options` may be NULL. The folder is not open
 * in this process: use mz_check_kv with mz_log_kv where it is. */
mz_status mz_check(const char *dir, const mz_check_options *options, mz_check_result *result,
                   mz_reason *why) MZ_MUST_USE;
/* The same over any two stores of one engine; `scratch` is empty and ends up as a copy of the
 * derived tables. */
mz_status mz_check_kv(mz_kv *ledger, mz_kv *scratch, const mz_check_options *options,
                      mz_check_result *result, mz_reason *why) MZ_MUST_USE;

#endif
