/* parts.h — what an open log is made of. Internal to ledger/log. */
#ifndef MZ_LOG_PARTS_H
#define MZ_LOG_PARTS_H

#include "edge/workers.h"
#include "log/log.h"
#include "log/second_place.h"

#define MZ_LOG_PATH_SIZE 4200 /* with room for our suffixes */

struct mz_log {
    char dir[MZ_LOG_PATH_SIZE];
    char second_path[MZ_LOG_PATH_SIZE];
    char sealed_path[MZ_LOG_PATH_SIZE];
    char origin[MZ_ORIGIN_SIZE_MAX + 1]; /* empty while entry 0 is being written */
    mz_kv *kv;
    mz_signer signers[MZ_LOG_SIGNERS_MAX];
    size_t signer_count;
    unsigned threads;
    bool read_only;
    /* Of mz_log_prepare alone: */
    mz_workers *workers; /* made when first needed */
    /* Of mz_log_commit alone: */
    mz_second_place *place; /* NULL when read_only */
    mz_hasher *hasher;
    mz_buf leaf;
    mz_buf note;
    bool accept_clock;
    bool unsettled;    /* a commit failed after disclosures were put */
    mz_status stopped; /* why nothing may be written until it is reopened; MZ_OK */
};

/* Does what waits in the sealed store: removes what a failed batch left there, carries out
 * erasures. Nothing when there is no store. MZ_ERASURE_WAITS {path, cause}. sealing.c */
mz_status mz_log_settle_sealed(mz_log *log, mz_reason *why) MZ_MUST_USE;
/* Decodes and checks what came with a decoded entry. */
mz_status mz_submission_unseal(mz_submission *submission, mz_hasher *hasher,
                               mz_reason *why) MZ_MUST_USE;
/* How much of the sealed store's room an accepted submission takes, in rows. */
size_t mz_submission_sealed_count(const mz_submission *submission);
/* Before the commit: puts the disclosures of the accepted among these, durably. `state` is what the
 * log will be. `*put` tells whether there were any. */
mz_status mz_log_seal(mz_log *log, mz_changes *state, const char *origin,
                      const mz_submission *submissions, size_t count, bool *put,
                      mz_reason *why) MZ_MUST_USE;

#endif
