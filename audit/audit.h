/* audit.h — what does a log prove, to somebody who trusts a pin and nothing else? 审计。
 *
 * Replays the published entries by the same rules into a store of the auditor's own, checks every
 * signature, the tree and every checkpoint, and sorts what it sees under one list of assertions:
 * proved, failed, a finding, or a question for people. The writer's own state is never read. */
#ifndef MZ_AUDIT_AUDIT_H
#define MZ_AUDIT_AUDIT_H

#include <jansson.h>

#include "core/hash.h"

#define MZ_AUDIT_SINCE_MAX 16

/* Told between batches: entries replayed, of those claimed. */
typedef void mz_audit_progress(void *context, uint64_t done, uint64_t total);

typedef struct mz_audit_options {
    const char *path;         /* a ledger's folder, a bundle, or a URL */
    const char *pin_file;     /* what is trusted */
    const char *const *since; /* files: older checkpoints or receipts that the log must extend */
    size_t since_count;       /* at most MZ_AUDIT_SINCE_MAX */
    const char
        *state_dir; /* the auditor's own, kept for the next time; made when absent. NULL: none */
    const char *scratch_parent; /* for a throw-away store; NULL: TMPDIR, else /tmp */
    int due_days;     /* lists what is overdue, or due within so many days; 0: nothing of that */
    int64_t as_of_ms; /* deadlines are judged at this moment, or at the last entry's if later */
    unsigned threads; /* 0: one per core */
    /* Of a URL, as in mz_source_options: */
    const char *ca_file;
    int64_t answer_ms, wait_ms;
    unsigned tries;
    mz_audit_progress *progress; /* may be NULL */
    void *context;
} mz_audit_options;

typedef struct mz_audit_result {
    bool proved;           /* nothing failed; findings there may be */
    uint64_t size;         /* entries replayed, over all audits of this state */
    uint64_t resumed_from; /* entries that an earlier audit had replayed */
    mz_hash root;          /* of `size` entries */
    json_t *report;        /* everything: mingzhang-audit.1 lists the members. Owned */
} mz_audit_result;

/* MZ_OK when the audit was carried through, whatever it says: then `result` is to be released with
 * mz_audit_result_clear. Anything else: it could not be done, with the reason: MZ_NOT_A_LEDGER,
 * MZ_BAD_POLICY (the pin), MZ_BAD_NOTE or MZ_BAD_RECEIPT (a --since file), MZ_IO, MZ_FULL,
 * MZ_NO_MEMORY; MZ_CORRUPT when the files are too damaged to be read at all. */
mz_status mz_audit_run(const mz_audit_options *options, mz_audit_result *result,
                       mz_reason *why) MZ_MUST_USE;
void mz_audit_result_clear(mz_audit_result *result);

/* One receipt, offline, against a pin. MZ_OK and a report {"proved", ...}, a new reference; else as
 * above. */
mz_status mz_audit_receipt(const char *file, const char *pin_file, bool *proved, json_t **report,
                           mz_reason *why) MZ_MUST_USE;

#endif
