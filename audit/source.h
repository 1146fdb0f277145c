/* source.h — where an audit gets a log from: a ledger's folder, a bundle, or a service at a URL.
 * Only what was published: entries and checkpoints, as bytes that nobody has vouched for. */
#ifndef MZ_AUDIT_SOURCE_H
#define MZ_AUDIT_SOURCE_H

#include "core/kv.h"
#include "core/merkle.h"
#include "core/policy.h"

/* As many as one commit of the log may hold, so that a batch can end where a checkpoint is. */
#define MZ_BATCH_ENTRIES MZ_KV_ENTRIES_MAX

typedef struct mz_source mz_source;

/* Byte strings end to end. */
typedef struct mz_strings {
    size_t count;
    size_t ends[MZ_BATCH_ENTRIES]; /* where each ends in `bytes` */
    mz_buf bytes;
} mz_strings;
mz_view mz_strings_at(const mz_strings *strings, size_t i);

/* A run of leaves and the checkpoints of its sizes, copied, so that no snapshot stays open while
 * they are looked at. */
typedef struct mz_stretch {
    uint64_t first;    /* index of the first leaf */
    mz_strings leaves; /* none at the end */
    mz_strings notes;  /* signed checkpoint notes ... */
    uint64_t
        sizes[MZ_BATCH_ENTRIES]; /* ... of these sizes, ascending, first + 1 .. first + count */
} mz_stretch;
void mz_stretch_init(mz_stretch *stretch);
void mz_stretch_clear(mz_stretch *stretch);

typedef struct mz_source_options {
    const char *path;    /* a folder or a URL */
    const char *ca_file; /* certificates trusted for https; NULL: the system's */
    int64_t answer_ms;   /* how long one answer of a service may take; 0: 60 seconds */
    unsigned tries;      /* of one request; 0: 4 */
    int64_t wait_ms;     /* before the second try; 0: half a second */
    bool witnessed;      /* a checkpoint that witnesses have cosigned is looked for too */
} mz_source_options;
bool mz_source_is_url(const char *path);

/* Opens it. MZ_NOT_A_LEDGER, MZ_IO, MZ_CORRUPT, MZ_BAD_VALUE. The caller owns `*source`. */
mz_status mz_source_open(const mz_source_options *options, mz_source **source,
                         mz_reason *why) MZ_MUST_USE;
void mz_source_close(mz_source *source); /* NULL is fine */
/* "ledger", "bundle" or "url". */
const char *mz_source_kind(const mz_source *source);
/* Whether it has every checkpoint that was published; a service does not. */
bool mz_source_has_every_note(const mz_source *source);

/* How many entries the largest checkpoint claims, and its note, replacing what `note` holds.
 * MZ_CORRUPT when there is none that can be read, or when there are entries that it does not claim.
 */
mz_status mz_source_claim(mz_source *source, uint64_t *size, mz_buf *note,
                          mz_reason *why) MZ_MUST_USE;

/* Reads up to MZ_BATCH_ENTRIES leaves from index `first` on, below `end`, and no further than the
 * last checkpoint on the way if there is one. Fewer, or none, when they are not there. MZ_CORRUPT
 * when what is there cannot be leaves and checkpoints in order. To be called with `first` rising;
 * going back is allowed and slow. */
mz_status mz_source_read(mz_source *source, uint64_t first, uint64_t end, mz_stretch *stretch,
                         mz_reason *why) MZ_MUST_USE;
/* The checkpoint of exactly this size, replacing what `note` holds. MZ_NOT_FOUND without a reason.
 */
mz_status mz_source_note(mz_source *source, uint64_t size, mz_buf *note,
                         mz_reason *why) MZ_MUST_USE;
/* Cosignature lines by size, the latest first. */
#define MZ_COSIGNED_MAX 64
typedef struct mz_cosigned {
    size_t count;
    uint64_t sizes[MZ_COSIGNED_MAX];
    mz_buf lines[MZ_COSIGNED_MAX];
} mz_cosigned;
void mz_cosigned_clear(mz_cosigned *cosigned); /* an empty one is fine */
/* The latest sizes of at most `end` that bear the marks of enough of the pin's witnesses: of its
 * quorum, or of any one where it asks for none. Nothing is verified. `cosigned` starts zeroed. Of
 * a service only the one that its receipts are against, if mz_source_options asked for it. */
mz_status mz_source_cosigned(mz_source *source, const mz_policy *pin, uint64_t end,
                             mz_cosigned *cosigned, mz_reason *why) MZ_MUST_USE;
/* Whether there are entries or checkpoints above `size`, which was claimed to be the end. A ledger
 * may have grown since, which is no matter: false. */
mz_status mz_source_goes_on(mz_source *source, uint64_t size, bool *goes_on,
                            mz_reason *why) MZ_MUST_USE;

/* The nodes of the claimed tree where hashes are published: each leads to the root claimed, or is
 * refused as MZ_CORRUPT, MZ_NOT_FOUND, MZ_IO. False where none are. Borrows `source`. */
bool mz_source_reader(mz_source *source, mz_merkle_reader *reader);

/* What was wrong with what a service sent last, and at which entry. */
typedef enum mz_source_fault {
    MZ_FAULT_NONE,    /* or nothing that is the log's */
    MZ_FAULT_MISSING, /* it says that there is no such thing */
    MZ_FAULT_FORM,    /* no entries at all */
    MZ_FAULT_HASHES,  /* hashes that do not lead to the root */
    MZ_FAULT_ALTERED, /* an entry that is not the tree's */
    MZ_FAULT_MOVED    /* an entry of the tree at another's place */
} mz_source_fault;
mz_source_fault mz_source_fault_of(const mz_source *source, uint64_t *index);

#endif
