/* small_log.h — a log of a few leaves in memory, signed by a key of its own: what a witness is
 * asked with. Two of them with different `fork` agree up to SMALL_LOG_FORK leaves and no further.
 */
#ifndef MZ_TESTS_SMALL_LOG_H
#define MZ_TESTS_SMALL_LOG_H

#include "core/witness.h"

#define SMALL_LOG_LEAVES 64
#define SMALL_LOG_FORK 10

typedef struct small_log {
    const char *origin;
    mz_signer signer;
    mz_hasher *hasher;
    mz_hash nodes[2 * SMALL_LOG_LEAVES];
    size_t node_count;
} small_log;

/* Stops the test when it cannot. */
void small_log_init(small_log *log, const char *origin, uint8_t seed, int fork);
void small_log_clear(small_log *log);
void small_log_vkey(const small_log *log, mz_vkey *vkey);
mz_checkpoint small_log_checkpoint(const small_log *log, uint64_t size);
/* Replaces `out` by the checkpoint's signed note. */
void small_log_note(const small_log *log, uint64_t size, mz_buf *out);
void small_log_proof(const small_log *log, uint64_t old_size, uint64_t size,
                     mz_merkle_proof *proof);
/* Replaces `out` by the body of an honest request. */
void small_log_request(const small_log *log, uint64_t old_size, uint64_t size, mz_buf *out);

#endif
