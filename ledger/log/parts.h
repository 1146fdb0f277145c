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
    mz_status stopped; /* why nothing may be written until it is reopened; MZ_OK */
};

#endif
