/* evidence_work.h — what one run of `mingzhang evidence` works with, and the list it writes. */
#ifndef MZ_TOOLS_EVIDENCE_WORK_H
#define MZ_TOOLS_EVIDENCE_WORK_H

#include "args.h"
#include "cli.h"
#include "log/documents.h"
#include "log/evidence.h"
#include "table.h"

typedef struct mz_evidence_work {
    mz_cli *cli;
    const mz_args *args;
    mz_log *log;
    mz_evidence_folder *folder; /* NULL: there is none, so no document is there */
    mz_documents *walk;
    mz_progress progress;
    uint64_t listed; /* items written to the list */
} mz_evidence_work;

/* A list that is written while it is found: begun; each item as JSON, or its cells for people (at
 * least `width` columns each); ended. */
void mz_evidence_list_begin(const mz_evidence_work *work);
/* Ends `item`. */
void mz_evidence_list_json(mz_evidence_work *work, json_t *item);
void mz_evidence_list_cell(const char *text, int width);
/* Ends `totals`, which hold what the list comes to. A walk that broke off says so instead. */
mz_exit mz_evidence_list_end(const mz_evidence_work *work, mz_status status, const mz_reason *why,
                             json_t *totals);

/* Documents that entries name and whose bytes are not here; with --check, or are damaged. */
mz_exit mz_evidence_missing(mz_evidence_work *work);
/* Documents that more than one entry names, across funds. */
mz_exit mz_evidence_repeated(mz_evidence_work *work);

#endif
