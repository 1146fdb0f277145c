/* parts.h — what the files of an audit share. Internal to audit/.
 *
 *     source*.c read batches           keys.c   remembers keys          chain.c  the pipeline
 *     notes.c   writes down, per entry, what may be a finding           run.c    sets up and ends
 *     judge.c   looks at the end, by subject in judge_*.c; tell.c says of what entry it speaks
 *     witnessed.c  whom the pin's witnesses vouch for
 *     report.c  JSON                   text.c   for people              page*.c  to be printed
 *
 * Besides the rules' tables the audit's store holds, in MZ_TABLE_AUDIT, the rows of mz_note_kind.
 */
#ifndef MZ_AUDIT_PARTS_H
#define MZ_AUDIT_PARTS_H

#include "assertions.h"
#include "audit.h"
#include "core/policy.h"
#include "core/rules.h"
#include "edge/workers.h"
#include "keys.h"
#include "source.h"

#define MZ_FINDINGS_SHOWN 100 /* of one assertion; all are counted */

/* First byte of a key in MZ_TABLE_AUDIT. Stored; numbers stay. */
typedef enum mz_note_kind {
    MZ_N_META = 1,         /* -> mz_meta */
    MZ_N_FINDING = 2,      /* assertion, be64 index, finding -> be64 other index */
    MZ_N_EVIDENCE = 3,     /* sha256 of a document, be64 payout that it is attached to -> empty */
    MZ_N_FILING = 4,       /* be64 fund, be64 payee's group, be64 proposal -> be64 log time */
    MZ_N_NEAR_CAP = 5,     /* be64 payee's group, be64 payout -> be64 log time, be64 proposal */
    MZ_N_PAYEE = 6,        /* be64 party, be64 payout -> empty */
    MZ_N_DONOR = 7,        /* be64 party, be64 donation that was once confirmed -> empty */
    MZ_N_SOURCE_PARTY = 8, /* be64 party -> be64 its first source */
    MZ_N_UNCONFIRMED = 9,  /* be64 income -> empty: recorded and nothing more */
    MZ_N_UNFINISHED = 10,  /* be64 proposal -> empty: not yet seen to have ended */
    MZ_N_LOG_KEY = 11,     /* be64 index from which on it signs -> 32-byte key */
    MZ_N_ENTRY = 12,       /* be64 index -> mz_entry_note: of every entry */
    MZ_N_NAME = 13,        /* be64 fund, or 0 for the charity -> its name */
    MZ_N_TEXT = 14,        /* be64 index -> the reason or ground that the entry gives */
    MZ_N_REPEATED = 15,    /* sha256 of a document of more than one payout -> empty */
    MZ_N_BANK_LINE = 16,   /* account, 0x00, bank_ref -> be64 the last entry that shares the line */
    MZ_N_WISH = 17,        /* be64 need, be64 payout -> empty */
    MZ_N_WISH_AGAIN = 18,  /* be64 need -> empty: a return for it was reversed */
    MZ_N_UNRATED = 19,     /* be64 completed proposal that nobody has rated -> empty */
    MZ_N_GOODS_WAITING = 20, /* be64 goods.* -> empty: neither confirmed nor reversed */
    MZ_N_GOODS_GONE = 21,    /* be64 sale or write-off -> empty: not reversed */
    MZ_N_GIVER = 22,         /* be64 party, be64 goods.received -> empty */
    MZ_N_RECONCILED = 23     /* be64 balance.reconciled -> mz_reconciled_note */
} mz_note_kind;
/* The beginning of such a key, for mz_key_add_... */
mz_key_bytes mz_note_key(mz_note_kind kind);
mz_key_bytes mz_note_key_u64(mz_note_kind kind, uint64_t a);

typedef enum mz_count_of {
    MZ_COUNT_INCOMES,  /* income.confirmed */
    MZ_COUNT_RECEIPTS, /* of these, with a receipt number */
    MZ_COUNT_PAYOUTS,
    MZ_COUNT_RETURNS,
    MZ_COUNT_REVERSALS,
    MZ_COUNT_STATEMENTS,
    MZ_COUNT_CHECKPOINTS, /* verified */
    MZ_COUNT_RATINGS,
    MZ_COUNT_GOODS, /* received, issued, sold, written off */
    MZ_COUNT_RECONCILIATIONS,
    MZ_COUNT_REPORTS, /* audit.reported */
    MZ_COUNT_END
} mz_count_of;

/* How far the replay has come. Stored with every batch, as an image. */
#define MZ_META_VERSION 3
typedef struct mz_meta {
    uint64_t version;
    mz_hash genesis;
    mz_merkle_frontier frontier; /* of the entries replayed */
    int64_t first_ms, last_ms;   /* log times */
    uint64_t note_from;          /* the first entry that no checkpoint has covered yet */
    uint8_t note_key[32];        /* the log key that signs the checkpoint which will */
    uint8_t log_key[32];         /* in force after the last entry */
    uint64_t effects_seen;
    uint64_t reports_from; /* reports before this index have had their root compared */
    int64_t counts[MZ_COUNT_END];
    char origin[MZ_ORIGIN_SIZE_MAX + 4];
} mz_meta;

/* What is kept of every entry, so that a finding can say what it speaks of without reading the log
 * again: an earlier audit has seen that it is so, and nobody vouches for what lies there now. */
typedef struct mz_entry_note {
    mz_hash leaf_hash;
    int64_t unix_ms;
    mz_ref fund; /* 0: none */
    mz_actor_no actor_no;
    uint32_t event;
} mz_entry_note;

/* What is kept of a reconciliation. */
typedef struct mz_reconciled_note {
    char account[40];
    int64_t outside_fen;
    int64_t difference_fen;    /* the sum of all */
    int32_t last_day;          /* of its month */
    uint32_t difference_count; /* of those that are not zero */
} mz_reconciled_note;

/* One entry on its way. */
typedef struct mz_batch_item {
    mz_entry entry;
    bool decoded;
    bool
        verified; /* the signature; false with MZ_OK: its key was not known when it was looked at */
    int64_t unix_ms;
    mz_hash leaf_hash;
    mz_status status;
    mz_reason why;
} mz_batch_item;

/* A batch going through the pipeline: read, checked, applied. */
typedef struct mz_batch {
    mz_stretch stretch;
    mz_status status; /* of reading */
    mz_reason why;
    mz_source_fault fault;
    uint64_t fault_index;
    mz_batch_item items[MZ_BATCH_ENTRIES];
    bool notes_verified[MZ_BATCH_ENTRIES]; /* checkpoint j is signed by ... */
    mz_checkpoint checkpoints[MZ_BATCH_ENTRIES];
    uint8_t guess[32]; /* ... this key: the one in force when the batch was looked at */
} mz_batch;

typedef struct mz_since {
    const char *file;
    mz_buf note;
    mz_checkpoint checkpoint;
    bool is_receipt;
    uint64_t index; /* of the receipt's entry */
    mz_hash leaf_hash;
    bool entry_fits; /* its proof leads to the checkpoint */
    mz_hash root;    /* the log's own, once `seen` */
    bool seen;
    mz_failure failure;
} mz_since;

/* The latest checkpoint that enough of the pin's witnesses have cosigned. */
typedef struct mz_witnessed {
    mz_checkpoint checkpoint; /* size 0: there is none */
    int64_t unix_s; /* when the first of them saw it; 0: in no time that an entry can have */
    mz_hash root;   /* the log's own, once `seen` */
    bool seen;
} mz_witnessed;

typedef struct mz_audit {
    const mz_audit_options *options;
    mz_reason *why;
    mz_policy *pin;
    mz_source *source;
    uint64_t end; /* how many entries the source claims */
    mz_buf last_note;
    mz_kv *kv;
    char scratch[4096]; /* a folder to remove; "" for none */
    mz_workers *workers;
    mz_hasher *hashers[MZ_WORKERS_MAX];
    mz_hasher *hasher; /* the applier's */
    mz_meta meta;
    uint64_t resumed_from;
    mz_since since[MZ_AUDIT_SINCE_MAX];
    mz_keys *keys;
    mz_known_key learned[MZ_BATCH_ENTRIES]; /* by the applier, in this phase */
    size_t learned_count;
    mz_vkey guess; /* the log key in force when the phase began */
    mz_batch *batches[3];
    /* The first failure. */
    mz_failure failure;
    mz_assertion failed;
    uint64_t failed_index; /* of an entry, or the size of a checkpoint */
    mz_reason failed_why;
    bool replayed; /* to the end */
    mz_witnessed witnessed;
} mz_audit;

/* failure.c. Keeps the first failure; answers MZ_CORRUPT, which ends the replay. `reason` may be
 * NULL. */
mz_status mz_audit_fail(mz_audit *audit, mz_failure failure, uint64_t index,
                        const mz_reason *reason);
/* The same for a source that could not be read: what was wrong with it, else `failure` at
 * `index`. */
mz_status mz_audit_fail_source(mz_audit *audit, mz_source_fault fault, uint64_t fault_index,
                               mz_failure failure, uint64_t index, const mz_reason *reason);
/* Whether a status means that the work could not be done, and says nothing of the log. */
bool mz_audit_is_trouble(mz_status status);

/* witnessed.c. Before the replay: finds the checkpoint. At the end: whether the pin's quorum has
 * vouched for this history. */
mz_status mz_witnessed_find(mz_audit *audit) MZ_MUST_USE;
void mz_witnessed_check(mz_audit *audit);
/* Keeps the root at this moment of a replay for whoever compares it later: older checkpoints, and
 * the witnessed one. */
void mz_audit_see_root(mz_audit *audit, const mz_merkle_frontier *frontier);

/* chain.c: replays to the end, or to the first failure (MZ_CORRUPT, audit->failure set). */
mz_status mz_chain_replay(mz_audit *audit) MZ_MUST_USE;

/* notes.c: after an entry was applied. Trouble, or MZ_CORRUPT with audit->failure set. */
mz_status mz_note_entry(mz_audit *audit, mz_changes *changes, const mz_entry *entry,
                        const mz_stamp *stamp) MZ_MUST_USE;
mz_status mz_note_finding(mz_changes *changes, mz_finding finding, uint64_t index, uint64_t other,
                          mz_reason *why) MZ_MUST_USE;
mz_status mz_note_meta_store(mz_changes *changes, const mz_meta *meta, mz_reason *why) MZ_MUST_USE;
/* MZ_NOT_FOUND without a reason in a new store. */
mz_status mz_note_meta_load(mz_changes *changes, mz_meta *meta, mz_reason *why) MZ_MUST_USE;
/* Walks the rows under `prefix`, as mz_state_next. */
mz_status mz_note_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                       mz_view *value, mz_reason *why) MZ_MUST_USE;
/* MZ_NOT_FOUND without a reason. */
mz_status mz_note_load_entry(mz_changes *changes, uint64_t index, mz_entry_note *entry,
                             mz_reason *why) MZ_MUST_USE;
mz_status mz_note_load_reconciled(mz_changes *changes, uint64_t index, mz_reconciled_note *note,
                                  mz_reason *why) MZ_MUST_USE;
/* A row of MZ_N_NAME or MZ_N_TEXT. The view is valid until the next call on `changes`. */
mz_status mz_note_load_text(mz_changes *changes, mz_note_kind kind, uint64_t index, mz_view *text,
                            mz_reason *why) MZ_MUST_USE;

/* judge.c. What was found at an index, kept or seen only now. */
typedef struct mz_found {
    mz_finding finding;
    uint64_t index, other;
    int64_t detail; /* of some findings: the last day of a month, the number in a list */
} mz_found;
typedef struct mz_found_list {
    uint64_t count; /* all */
    size_t shown;
    mz_found items[MZ_FINDINGS_SHOWN]; /* the first of them, by index */
} mz_found_list;
typedef struct mz_judgement {
    mz_found_list lists[MZ_ASSERTION_COUNT];    /* findings */
    mz_found_list informed[MZ_ASSERTION_COUNT]; /* what only informs */
    uint64_t counts[MZ_FINDING_END];
    int64_t as_of_ms;
    int64_t balance_fen, reserved_fen; /* of all funds */
    /* Owned; NULL where the judgement did not come. */
    json_t *charity, *funds, *goods, *bank_lines, *bank_accounts;
    json_t *entries[MZ_ASSERTION_COUNT], *information[MZ_ASSERTION_COUNT]; /* the lists, told */
    bool goods_more, bank_lines_more;                                      /* than are listed */
    json_t *due; /* deadlines, where asked for */
    bool due_more;
} mz_judgement;
void mz_judgement_free(mz_judgement *judgement);
/* Closes what the replay left open and keeps it; then looks at the state as of a moment. */
mz_status mz_judge(mz_audit *audit, mz_judgement *judgement) MZ_MUST_USE;

/* report.c: a new reference, NULL without memory. `judgement` NULL: the replay did not get there.
 */
json_t *mz_report(const mz_audit *audit, const mz_judgement *judgement);
json_t *mz_report_reason(const mz_reason *why);

/* A whole file of at most `size_max` bytes into `out`, which is initialised. MZ_IO, MZ_TOO_LARGE.
 */
mz_status mz_audit_read_file(const char *path, size_t size_max, mz_buf *out,
                             mz_reason *why) MZ_MUST_USE;
/* A receipt, by its first line; else a checkpoint is taken to be meant. */
bool mz_audit_is_receipt(mz_view text);
mz_status mz_audit_read_pin(const char *path, mz_hasher *hasher, mz_policy **pin,
                            mz_reason *why) MZ_MUST_USE;

#endif
