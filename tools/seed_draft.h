/* seed_draft.h — what the log itself knows and a seed script may leave out: ballots, statements,
 * reconciliations and the root that an audit report names. */
#ifndef MZ_TOOLS_SEED_DRAFT_H
#define MZ_TOOLS_SEED_DRAFT_H

#include "core/event.h"
#include "log/log.h"

/* Adds to `body` what the log's figures give at `now_ms` and the body lacks. `fund` may be NULL.
 * What cannot be drawn up because the body is wrong stays as it is: the ledger refuses that. */
mz_status mz_seed_draft(mz_log *log, const mz_event_row *row, const char *fund, const char *actor,
                        json_t *body, int64_t now_ms, mz_reason *why) MZ_MUST_USE;

#endif
