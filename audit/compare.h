/* compare.h — do two checkpoints belong to one history? 比对印章。 */
#ifndef MZ_AUDIT_COMPARE_H
#define MZ_AUDIT_COMPARE_H

#include <jansson.h>

#include "core/status.h"
#include "source.h"
#include "tree.h"

typedef struct mz_compare_options {
    const char *a, *b; /* each a file (a checkpoint or a receipt), a folder, a bundle or a URL */
    const char *pin_file;
    mz_source_options log; /* where the proof comes from; path NULL: `a` or `b` when one is a log */
    mz_tree_progress *progress; /* may be NULL */
    void *context;
} mz_compare_options;

typedef enum mz_compare_verdict {
    MZ_COMPARE_SAME,       /* one checkpoint */
    MZ_COMPARE_CONSISTENT, /* the newer extends the older */
    MZ_COMPARE_FORKED,
    MZ_COMPARE_NO_LOG,   /* two sizes, and no log to prove anything with */
    MZ_COMPARE_LOG_SHORT /* the log has fewer entries than the newer checkpoint */
} mz_compare_verdict;

/* `report`, owned by the caller: {"verdict","older":{"size","root"},"newer":{...},"log_size"?};
 * `fork` gets the proof of a fork, a text (fork.h). MZ_OK whatever the verdict. MZ_BAD_POLICY,
 * MZ_BAD_NOTE, MZ_BAD_CHECKPOINT, MZ_BAD_RECEIPT: not to be compared; MZ_IO and so on: not done. */
mz_status mz_compare(const mz_compare_options *options, mz_compare_verdict *verdict,
                     json_t **report, mz_buf *fork, mz_reason *why) MZ_MUST_USE;

/* Whether a file proves a fork of the pin's log. MZ_OK and `*proved`; the report tells why not. */
mz_status mz_compare_verify(const char *file, const char *pin_file, bool *proved, json_t **report,
                            mz_reason *why) MZ_MUST_USE;

/* The words of a verdict: a code, and a sentence in the language. */
const char *mz_compare_code(mz_compare_verdict verdict);
const char *mz_compare_text(mz_compare_verdict verdict, mz_language language);

#endif
