/* second_place.h — a copy of the last checkpoint outside the ledger's folder, best on another disk:
 * what tells a ledger from an old copy of itself. It is written after each commit and before the
 * answer, so it may lag behind the ledger but never lead it. */
#ifndef MZ_LOG_SECOND_PLACE_H
#define MZ_LOG_SECOND_PLACE_H

#include "core/checkpoint.h"

typedef struct mz_second_place mz_second_place;

/* Borrows nothing. NULL when there is no memory. */
mz_second_place *mz_second_place_new(const char *path);
/* Syncs what was written since the last sync. NULL is fine. */
void mz_second_place_free(mz_second_place *place);

/* Reads the text of the checkpoint there, or in any file, into `note`. MZ_NO_SECOND_PLACE {path}
 * when there is no file; MZ_IO, MZ_BAD_CHECKPOINT. */
mz_status mz_second_place_read(const char *path, mz_buf *note, mz_reason *why) MZ_MUST_USE;

/* Replaces the file (temporary name, rename). Synced at most once a second, in the background. */
mz_status mz_second_place_write(mz_second_place *place, mz_view note, mz_reason *why) MZ_MUST_USE;

#endif
