/* log.h — the ledger as one folder: create, open, append a batch, read, prove. 账本。
 *
 * The folder holds the database and the pin; the log's signing key and the second place lie
 * outside. A batch goes two steps, so that signatures are checked on all cores while the batch
 * before is being made durable: mz_log_prepare needs no lock, mz_log_commit is the one writer.
 * Either may run on any thread, and both at the same time; each alone is for one thread at a time.
 * Two processes on one folder are safe: nothing is remembered between transactions. A process opens
 * one folder at most once at a time. docs/design tells what is durable when. */
#ifndef MZ_LOG_LOG_H
#define MZ_LOG_LOG_H

#include "core/disclosure.h"
#include "core/merkle.h"
#include "core/rules.h"

#define MZ_LOG_PATH_MAX 4096

typedef struct mz_log mz_log;

typedef struct mz_log_options {
    const char *dir;          /* the ledger's folder */
    const char *second_place; /* file; NULL: `DIR.checkpoint` beside the folder */
    const char *sealed;       /* folder of the sealed store (sealed.h); NULL: `DIR.sealed` */
    const mz_signer *signers; /* keys of the log: the one in force signs; copied. May be none. */
    size_t signer_count;      /* at most MZ_LOG_SIGNERS_MAX: two while a key is replaced */
    const char
        *accept_checkpoint; /* file whose checkpoint to accept for a lost second place; NULL */
    bool accept_clock;      /* once, a batch of which the clock is suspected */
    bool read_only;         /* reads and proofs only; the second place is not looked at */
    unsigned threads;       /* that check signatures; 0: one per core */
} mz_log_options;
#define MZ_LOG_SIGNERS_MAX 2

/* Creates the folder with entry 0, its checkpoint, the pin and the second place, and opens it. The
 * folder appears under its name only when it is whole. The log's key that `genesis` names is among
 * the signers. MZ_EXISTS when the folder, the second place or the sealed store is there;
 * MZ_WRONG_LOG_KEY; whatever entry 0 is refused for. The caller owns `*log` on MZ_OK: mz_log_close.
 */
mz_status mz_log_create(const mz_log_options *options, mz_view genesis, int64_t now_unix_ms,
                        mz_log **log, mz_reason *why) MZ_MUST_USE;

/* Opens and recovers: syncs before anything is served, then checks the last checkpoint's signature,
 * the root from the right edge, the last batch and the second place; O(log n + batch).
 * MZ_NOT_A_LEDGER, MZ_CORRUPT, MZ_IO; MZ_BEHIND, MZ_FORKED, MZ_NO_SECOND_PLACE (second_place.h).
 * Signers are looked at only when something is to be signed. Ends with mz_log_close. */
mz_status mz_log_open(const mz_log_options *options, mz_log **log, mz_reason *why) MZ_MUST_USE;
/* Syncs the second place and closes. Every snapshot has been closed. NULL is fine. */
void mz_log_close(mz_log *log);

/* Borrowed until the log is closed. */
const char *mz_log_origin(const mz_log *log);
const char *mz_log_dir(const mz_log *log);
const char *mz_log_second_place(const mz_log *log);
const char *mz_log_sealed(const mz_log *log); /* the folder, whether or not it is there */
mz_kv *mz_log_kv(mz_log *log);                /* for check, backup, bundle */
/* Why nothing more can be written until the log is opened anew; MZ_OK when it can. Of the thread
 * that commits. */
mz_status mz_log_stopped(const mz_log *log);
/* The pin's path in a folder: `<origin>.pin`, each byte of the origin that is not a letter, digit,
 * dot or hyphen written as `_`. Returns false when `path` is too small. */
bool mz_log_pin_path(const char *dir, const char *origin, char *path, size_t path_size);

/* The disclosures that came with an entry. */
typedef struct mz_disclosed {
    size_t count;
    mz_view texts[MZ_DISCLOSURES_MAX];
    mz_hash digests[MZ_DISCLOSURES_MAX];
} mz_disclosed;

/* One entry on its way in, and what became of it. */
typedef struct mz_submission {
    mz_view jws;    /* set by the caller; borrowed until mz_submission_clear */
    mz_view sealed; /* what followed it, from the first tilde on; empty: nothing */
    /* After mz_log_prepare, and final where `status` is not MZ_OK: */
    mz_entry entry;          /* decoded; empty when that was refused */
    mz_disclosed *disclosed; /* owned; NULL: none */
    bool decoded;
    bool verified;     /* false with MZ_OK: the key is not known yet, the writer verifies */
    bool pending;      /* it awaits its outcome from mz_log_commit */
    mz_hash leaf_hash; /* after mz_log_commit */
    mz_status status;
    mz_reason why; /* of a refusal */
    /* After mz_log_commit answered MZ_OK, where `status` is MZ_OK: */
    uint64_t index;
    int64_t unix_ms; /* log time */
    bool duplicate;  /* the same bytes were there before: index and time are the first one's */
    bool clamped;    /* the clock ran behind the last entry; its time was taken instead */
} mz_submission;
/* `text` is `<jws>`, or `<jws>~<disclosure>~...~`. Leaf, receipt and what counts as the same entry
 * look at the JWS alone. */
void mz_submission_init(mz_submission *submission, mz_view text);
void mz_submission_clear(mz_submission *submission);

/* Decodes and verifies, on all threads. Answers MZ_OK also when some are refused: each has its own
 * status. MZ_IO, MZ_NO_MEMORY: nothing is known of any. */
mz_status mz_log_prepare(mz_log *log, mz_submission *submissions, size_t count,
                         mz_reason *why) MZ_MUST_USE;
/* The same on the caller's thread alone. Several threads may at once, each with submissions of its
 * own. */
mz_status mz_log_prepare_here(mz_log *log, mz_submission *const submissions[], size_t count,
                              mz_reason *why) MZ_MUST_USE;

/* Appends what was prepared, in order: each is accepted or refused by itself, the accepted are one
 * durable commit (more than one above MZ_KV_ENTRIES_MAX entries or MZ_KV_CHANGES_MAX bytes), and
 * the second place is written before this answers. Disclosures are durable in the sealed store
 * before the entries are; those that come with an entry which is in the log already are put there
 * if they are missing and not erased. MZ_OK: each submission has its outcome.
 * Otherwise no submission of the transaction that failed is in the log, and `status` of each that
 * has no outcome is what is answered: MZ_CLOCK, MZ_FULL, MZ_CONFLICT, MZ_IO, MZ_WRONG_LOG_KEY.
 * After MZ_OUTCOME_UNKNOWN, and when the second place cannot be written (MZ_IO; the entries are
 * in) or an erasure not be carried out (MZ_ERASURE_WAITS; the entries are in), the log refuses to
 * write until it is reopened; sending the same entries again is safe. */
mz_status mz_log_commit(mz_log *log, mz_submission *submissions, size_t count, int64_t now_unix_ms,
                        mz_reason *why) MZ_MUST_USE;
/* Prepare, then commit. */
mz_status mz_log_append(mz_log *log, mz_submission *submissions, size_t count, int64_t now_unix_ms,
                        mz_reason *why) MZ_MUST_USE;

/* A moment of the ledger, for reading: of one thread at a time, closed before the log and renewed
 * after some 5 seconds by whoever holds it. */
typedef struct mz_snapshot mz_snapshot;
mz_status mz_snapshot_open(mz_log *log, mz_snapshot **snapshot, mz_reason *why) MZ_MUST_USE;
/* The same over any store that holds a ledger: a backup, a test's memory. Borrows `kv`. */
mz_status mz_snapshot_open_kv(mz_kv *kv, mz_snapshot **snapshot, mz_reason *why) MZ_MUST_USE;
void mz_snapshot_close(mz_snapshot *snapshot); /* NULL is fine */

uint64_t mz_snapshot_size(const mz_snapshot *snapshot); /* number of entries, at least 1 */
mz_hash mz_snapshot_root(const mz_snapshot *snapshot);
int64_t mz_snapshot_last_unix_ms(const mz_snapshot *snapshot); /* log time of the last entry */
mz_kv_txn *mz_snapshot_txn(mz_snapshot *snapshot);
/* For rules and views; the snapshot's own, never flushed. Views that settle to a moment should not
 * go back to an earlier one with the same change set: make another over mz_snapshot_txn. */
mz_changes *mz_snapshot_changes(mz_snapshot *snapshot);

/* Views are valid until the next call on the snapshot, its transaction or its change set.
 * MZ_NOT_FOUND {kind, id} when there is no such entry or checkpoint. */
mz_status mz_snapshot_leaf(mz_snapshot *snapshot, uint64_t index, mz_view *leaf,
                           mz_reason *why) MZ_MUST_USE;
mz_status mz_snapshot_find(mz_snapshot *snapshot, const uint8_t jti[16], uint64_t *index,
                           mz_reason *why) MZ_MUST_USE;
/* Of exactly that size; 0: the latest. With the log's signature alone: cosign.h has the others. */
mz_status mz_snapshot_checkpoint(mz_snapshot *snapshot, uint64_t size, mz_view *note,
                                 mz_reason *why) MZ_MUST_USE;
/* O(log n). MZ_NOT_FOUND unless index < size, or old <= new, and both within the snapshot. */
mz_status mz_snapshot_inclusion(mz_snapshot *snapshot, uint64_t index, uint64_t size,
                                mz_merkle_proof *proof, mz_reason *why) MZ_MUST_USE;
mz_status mz_snapshot_consistency(mz_snapshot *snapshot, uint64_t old_size, uint64_t new_size,
                                  mz_merkle_proof *proof, mz_reason *why) MZ_MUST_USE;
/* The root of the first `size` entries. O(log n). MZ_NOT_FOUND unless size is within the snapshot.
 */
mz_status mz_snapshot_root_of(mz_snapshot *snapshot, uint64_t size, mz_hash *root,
                              mz_reason *why) MZ_MUST_USE;
/* Appends the receipt (receipt.h) of an entry against the latest checkpoint, with its cosignatures;
 * or against the latest that meets the log's quorum, when it has one and that holds the entry. */
mz_status mz_snapshot_receipt(mz_snapshot *snapshot, uint64_t index, mz_buf *out,
                              mz_reason *why) MZ_MUST_USE;
/* The same with disclosures of the entry in it: for the person whom they are about, and nobody
 * else.
 */
mz_status mz_snapshot_receipt_disclosed(mz_snapshot *snapshot, uint64_t index,
                                        const mz_view *disclosures, size_t disclosure_count,
                                        mz_buf *out, mz_reason *why) MZ_MUST_USE;

#endif
