/* second_place.h — a copy of the last checkpoint outside the ledger's folder, best on another disk:
 * what tells a ledger from an old copy of itself. It is written after each commit and before the
 * answer, so it may lag behind the ledger but never lead it. Beside the file lie `<file>.lock`,
 * which keeps two writers apart, and `<file>.before`, the checkpoint that was there before: the two
 * files take turns. */
#ifndef MZ_LOG_SECOND_PLACE_H
#define MZ_LOG_SECOND_PLACE_H

#include "core/checkpoint.h"

typedef struct mz_second_place mz_second_place;

/* Borrows nothing. NULL when there is no memory. */
mz_second_place *mz_second_place_new(const char *path);
/* Syncs what was published since the last sync. Nothing is prepared. NULL is fine. */
void mz_second_place_free(mz_second_place *place);

/* Reads the checkpoint there, or in any file, into `note`, and what it says into `checkpoint`; the
 * signature is not looked at. MZ_NO_SECOND_PLACE {path} when there is no file; MZ_IO,
 * MZ_BAD_CHECKPOINT. */
mz_status mz_second_place_read(const char *path, mz_buf *note, mz_checkpoint *checkpoint,
                               mz_reason *why) MZ_MUST_USE;

/* Before a commit: takes the lock and makes room for a note of `note_size` bytes, at most
 * MZ_NOTE_SIZE_MAX, so that what may fail fails while nothing is committed. On MZ_OK exactly one of
 * publish and drop follows; otherwise nothing is held. A crash here leaves nothing that is read.
 * MZ_IO. */
mz_status mz_second_place_prepare(mz_second_place *place, size_t note_size,
                                  mz_reason *why) MZ_MUST_USE;
/* After the commit: writes the note into the spare, and spare and file change names in one step. A
 * crash before leaves the second place one batch behind, a power failure some seconds. Synced at
 * most once a second, by a thread of its own. MZ_IO. */
mz_status mz_second_place_publish(mz_second_place *place, mz_view note, mz_reason *why) MZ_MUST_USE;
void mz_second_place_drop(mz_second_place *place);

#endif
