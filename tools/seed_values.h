/* seed_values.h — the values that a seed script leaves to the runner: keys, cited entries, hashes.
 * The format is in seeds/README.md. */
#ifndef MZ_TOOLS_SEED_VALUES_H
#define MZ_TOOLS_SEED_VALUES_H

#include "attach.h"
#include "core/key.h"
#include "log/log.h"

#define MZ_SEED_NAME_MAX 64

typedef struct mz_seed_key {
    char name[MZ_SEED_NAME_MAX]; /* "wang", "wang#2" */
    mz_signer signer;
} mz_seed_key;

/* What has been made and written so far. */
typedef struct mz_seed_values {
    const mz_cli *cli;
    char origin[MZ_ORIGIN_SIZE_MAX + 1];
    mz_seed_key *keys;
    size_t key_count;
    mz_signer log_keys[MZ_LOG_SIGNERS_MAX];
    size_t log_key_count;
    json_t *refs;            /* name -> jti */
    json_t *filings;         /* proposal -> hex of its leaf hash */
    json_t *ballots;         /* proposal/actor -> jti */
    json_t *digests;         /* ref/path -> digest of a sealed field */
    const char *script;      /* its path: files of evidence are named from its folder */
    mz_attachments attached; /* of the step that is being filled */
} mz_seed_values;

mz_status mz_seed_values_init(mz_seed_values *values, const mz_cli *cli,
                              mz_reason *why) MZ_MUST_USE;
void mz_seed_values_clear(mz_seed_values *values); /* wipes the keys */

/* The key of that name, made when it is named first. Borrowed until the next call. */
mz_status mz_seed_key_of(mz_seed_values *values, const char *name, mz_signer **signer,
                         mz_reason *why) MZ_MUST_USE;

/* Makes every key that a script names, before anything is signed. `value` is a whole line. */
mz_status mz_seed_keys_named(mz_seed_values *values, const json_t *value,
                             mz_reason *why) MZ_MUST_USE;

/* A copy of `value` with everything filled in; its documents are attached. MZ_NOT_FOUND {kind, id}
 * for what is not known. New reference in `*out`. */
mz_status mz_seed_fill(mz_seed_values *values, const json_t *value, json_t **out,
                       mz_reason *why) MZ_MUST_USE;

/* Remembers what an accepted entry is called. `ref` may be NULL. */
mz_status mz_seed_remember(mz_seed_values *values, const mz_submission *submission, const char *ref,
                           const char *actor, mz_reason *why) MZ_MUST_USE;

#endif
