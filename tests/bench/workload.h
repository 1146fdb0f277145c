/* workload.h — a year of many funds as signed entries, the same ones every time: what the
 * benchmarks append and audit. The mix is that of the sample year: people, committees, gifts,
 * proposals, ballots, applications, payouts in two instalments, completions. Leaves have 700 to 900
 * bytes, most of them. */
#ifndef MZ_TESTS_BENCH_WORKLOAD_H
#define MZ_TESTS_BENCH_WORKLOAD_H

#include "core/bytes.h"
#include "core/key.h"

#define MZ_WORKLOAD_BATCH 256

typedef struct mz_workload {
    mz_signer log_signer;
    size_t count;               /* entries, entry 0 among them */
    mz_view *jws;               /* count of them, into `bytes` */
    const uint8_t (**keys)[32]; /* the public key of each entry's signer */
    int64_t *batch_ms; /* log time of each batch: entry 0 alone, then MZ_WORKLOAD_BATCH each */
    size_t batch_count;
    mz_buf bytes;
    void *people; /* owns the keys */
} mz_workload;

/* `fund_count` funds with 100 proposals each and enough gifts for 2,000 entries each; entries stop
 * at `count_max`. Takes about 30 µs an entry. The caller ends with mz_workload_free. */
void mz_workload_make(mz_workload *workload, size_t fund_count, size_t count_max);
void mz_workload_free(mz_workload *workload);

/* Where batch `i` begins and how many entries it has. */
size_t mz_workload_batch(const mz_workload *workload, size_t i, size_t *first);

#endif
