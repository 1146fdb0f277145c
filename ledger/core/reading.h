/* reading.h — who may read what is sealed: disclosures of an entry's fields, and its sealed
 * documents. Pure: asked of a state at a moment.
 *
 *     officers of the charity (registrar, reviewer, cashier) and auditors    everything
 *     the panel of a proposal that is undecided or holds reserve             what its entries seal;
 *                                                                            the name of its payees
 *     everybody else                                                         nothing
 *     restricted by record.restricted                                        auditors only
 *     erased by record.erased                                                nobody
 *
 * The entries of a proposal are its filing and all that cite it: objections and their answers,
 * opinions, payouts, goods. A payee's name is that of its verified registration; contact and
 * account stay the charity's. Who is recused or in conflict is not on the panel. */
#ifndef MZ_CORE_READING_H
#define MZ_CORE_READING_H

#include "core/rules.h"

typedef enum mz_reach {
    MZ_REACH_NONE,
    MZ_REACH_NAME, /* of a payee, and nothing else of its registration */
    MZ_REACH_ALL
} mz_reach;

typedef struct mz_reader {
    mz_actor reader;
    uint64_t index; /* of the entry */
    mz_reach reach; /* never MZ_REACH_NONE once admitted */
} mz_reader;

/* What the reader, an actor who has not retired (auth.h), may see of entry `index` at
 * `now_unix_ms`. The funds in question are settled to that moment in `changes`, which is never
 * flushed. MZ_OK, or MZ_NOT_A_READER {index, actor, role}. */
mz_status mz_reader_admit(mz_changes *changes, mz_actor_no reader, const mz_entry *entry,
                          uint64_t index, int64_t now_unix_ms, mz_reader *out,
                          mz_reason *why) MZ_MUST_USE;

/* Whether one of the entry's digests may be read: MZ_SEALED_ERASED, MZ_SEALED_RESTRICTED {index}.
 */
mz_status mz_reader_digest(mz_changes *changes, const mz_reader *reading,
                           const uint8_t digest[MZ_HASH_SIZE], mz_reason *why) MZ_MUST_USE;

/* Whether a field of that name is within reach, once its disclosure has been read. */
bool mz_reader_shows(const mz_reader *reading, const char *name);

#endif
