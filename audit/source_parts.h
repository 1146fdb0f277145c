/* source_parts.h — what a kind of source is made of. Internal to audit/source*.c. */
#ifndef MZ_AUDIT_SOURCE_PARTS_H
#define MZ_AUDIT_SOURCE_PARTS_H

#include "source.h"

#define MZ_SOURCE_PATH_MAX 4096

/* Lines of one size, gathered until the next size begins. source_cosigned.c */
typedef struct mz_gathering {
    const mz_policy *pin;
    mz_cosigned *out;
    bool newest_first; /* how sizes come: set by the kind */
    uint64_t size;     /* 0: none yet */
    mz_buf lines;
    bool marked[MZ_POLICY_WITNESSES_MAX];
} mz_gathering;
mz_status mz_gather(mz_gathering *g, uint64_t size, uint32_t key_id, mz_view line,
                    mz_reason *why) MZ_MUST_USE;

/* The functions of source.h, for one kind. `note` and the strings are empty when they are handed
 * in; `stretch->first` is set. */
typedef struct mz_source_kind_row {
    const char *name;
    bool every_note; /* it has all checkpoints */
    void (*close)(mz_source *source);
    mz_status (*claim)(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why);
    mz_status (*read)(mz_source *source, uint64_t end, mz_stretch *stretch, mz_reason *why);
    mz_status (*note)(mz_source *source, uint64_t size, mz_buf *note, mz_reason *why);
    mz_status (*goes_on)(mz_source *source, uint64_t size, bool *goes_on, mz_reason *why);
    /* Hands every cosignature to mz_gather, sizes rising or falling; NULL where none are kept. */
    mz_status (*cosigned)(mz_source *source, uint64_t end, mz_gathering *gathering, mz_reason *why);
    mz_merkle_reader (*reader)(mz_source *source); /* NULL where no hashes are published */
    mz_source_fault (*fault)(const mz_source *source, uint64_t *index);
} mz_source_kind_row;

/* Each kind's own struct begins with this. */
struct mz_source {
    const mz_source_kind_row *kind;
};

mz_status mz_source_ledger_open(const char *path, mz_source **source, mz_reason *why) MZ_MUST_USE;
mz_status mz_source_bundle_open(const char *path, mz_source **source, mz_reason *why) MZ_MUST_USE;
mz_status mz_source_url_open(const mz_source_options *options, mz_source **source,
                             mz_reason *why) MZ_MUST_USE;

mz_status mz_strings_add(mz_strings *strings, mz_view bytes, mz_reason *why) MZ_MUST_USE;

#endif
