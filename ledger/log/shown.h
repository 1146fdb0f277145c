/* shown.h — the sealed fields of an entry, as one reader may see them: 密封内容的查阅。 In two
 * steps, because the second waits for the store's lock: first what the log lets the reader see,
 * then the values. */
#ifndef MZ_LOG_SHOWN_H
#define MZ_LOG_SHOWN_H

#include "core/disclosure.h"
#include "core/reading.h"
#include "log/log.h"

typedef struct mz_shown_field {
    mz_hash digest;
    mz_buf text; /* the disclosure */
    mz_disclosure disclosure;
} mz_shown_field;

typedef struct mz_shown {
    mz_buf leaf;
    mz_entry entry;
    mz_reader reading;
    size_t digest_count, restricted_count, erased_count, absent_count;
    size_t wanted_count; /* digests whose values the reader may have */
    mz_hash wanted[MZ_DISCLOSURES_MAX];
    size_t count; /* fields that are shown, by name */
    mz_shown_field fields[MZ_DISCLOSURES_MAX];
} mz_shown;

/* Which digests of entry `index` an actor, who was verified (auth.h), may have at `now_unix_ms`. On
 * any answer the caller ends it with mz_shown_clear. MZ_NOT_FOUND; MZ_NOT_A_READER; when there are
 * sealed fields and none may be had, why: MZ_SEALED_RESTRICTED, MZ_SEALED_ERASED. */
mz_status mz_shown_open(mz_snapshot *snapshot, mz_changes *changes, mz_actor_no reader,
                        uint64_t index, int64_t now_unix_ms, mz_shown *shown,
                        mz_reason *why) MZ_MUST_USE;
/* Their values, from the sealed store of `origin` at `path`. Waits for its lock; needs no log. */
mz_status mz_shown_fetch(mz_shown *shown, const char *path, const char *origin,
                         mz_reason *why) MZ_MUST_USE;
void mz_shown_clear(mz_shown *shown);

/* The catalogue's row of a field; NULL when there is none. */
const mz_field *mz_shown_field_row(const mz_shown *shown, const char *name);
/* {"code","index","event","fields":[{"name","zh","en","value"}],"restricted","erased","absent"}: a
 * new reference, NULL without memory. */
json_t *mz_shown_json(const mz_shown *shown);

#endif
