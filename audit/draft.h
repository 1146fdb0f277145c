/* draft.h — a file that appears whole or not at all, and never in the place of another. It is
 * written beside its place under a name of its own; only mz_draft_keep gives it its name. */
#ifndef MZ_AUDIT_DRAFT_H
#define MZ_AUDIT_DRAFT_H

#include <stdio.h>

#include "core/status.h"

#define MZ_DRAFT_PATH_MAX 4096

typedef struct mz_draft {
    FILE *file; /* to be written to; NULL: there is no draft */
    const char *path;
    char beside[MZ_DRAFT_PATH_MAX + 16];
} mz_draft;

/* Begins a draft, which ends with mz_draft_keep or mz_draft_drop. `path` must outlive it. MZ_EXISTS
 * when something is there already; MZ_IO {cause}; MZ_FULL. */
mz_status mz_draft_begin(mz_draft *draft, const char *path, mz_reason *why) MZ_MUST_USE;
/* Writes all to the disk and names it; whatever the answer, the draft has ended. */
mz_status mz_draft_keep(mz_draft *draft, mz_reason *why) MZ_MUST_USE;
void mz_draft_drop(mz_draft *draft); /* none is fine */

#endif
