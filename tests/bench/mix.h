/* mix.h — the entries of a made-up charity, the same ones every time: what the seeds do, for as
 * many funds and entries as are asked for. Each fund records and confirms incomes and each step
 * files a proposal, hears the supervisor, votes, applies, is approved, paid in one or two parts,
 * completed; some are objected to, some rejected. Goods come in and go out, confirmed; needs are
 * listed and endorsed; incomes have their bank slip as evidence, payouts seal who received.
 * Committees have 3, 5 and 7 seats. Leaves have 700 to 900 bytes. Statements and reconciliations
 * are left out: their figures would need the ledger.
 *
 * Ballots cite the leaf hash of what they are about, so the mix fits only the log times that it was
 * made for. For a service, whose clock decides, there is the mix that is `timeless`: proposals are
 * withdrawn instead of voted on, and all of it is signed at one moment. */
#ifndef MZ_TESTS_BENCH_MIX_H
#define MZ_TESTS_BENCH_MIX_H

#include "log/log.h"

#define MZ_MIX_FUND "fund-1" /* the first fund */

typedef struct mz_mix_entry {
    size_t offset, size; /* of its JWS in `texts` */
    uint32_t signer;
    uint32_t fund; /* from 1; 0: of none. In one fund the order is kept, others may come between */
} mz_mix_entry;

typedef struct mz_mix {
    size_t entry_count;
    size_t batch_size; /* entry 0 is alone, then this many share a log time */
    int64_t batch_ms;  /* from one batch to the next */
    int64_t start_ms;
    size_t founding_count; /* entries until all funds are open; from then on each is of a fund */
    mz_mix_entry *entries;
    uint8_t *texts;
    size_t texts_size;
    mz_signer *signers;
    size_t signer_count;
    size_t proposal_count;
} mz_mix;

typedef struct mz_mix_plan {
    size_t fund_count, entry_count, batch_size;
    int64_t start_ms; /* log time of entry 0 */
    bool timeless;
} mz_mix_plan;

/* Stops the program when there is no memory. */
mz_mix *mz_mix_make(const mz_mix_plan *plan);
/* The same, from MZ_SAMPLE_START_MS on. */
mz_mix *mz_mix_new(size_t fund_count, size_t entry_count, size_t batch_size);
void mz_mix_free(mz_mix *mix);
mz_view mz_mix_text(const mz_mix *mix, size_t index);
/* The log time at which the entry must be committed, because ballots cite leaf hashes. */
int64_t mz_mix_log_ms(const mz_mix *mix, size_t index);

#endif
