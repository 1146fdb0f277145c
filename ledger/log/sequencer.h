/* sequencer.h — many submitters, one writer: 排队入账。 Entries are handed over from any thread and
 * answered later. Signatures are checked on all cores, one thread writes: those of what came
 * meanwhile are checked while the batch before is being made durable. What waits is committed
 * together, of many at most half at a time; there is no timer, the disk sets the pace. They are
 * written in the order in which they were handed over.
 *
 * Every submission that was taken is answered exactly once, after its entry is durable and under a
 * checkpoint, or with the reason why it is not. A refused one does not disturb its neighbours. */
#ifndef MZ_LOG_SEQUENCER_H
#define MZ_LOG_SEQUENCER_H

#include "log/log.h"

typedef struct mz_sequencer mz_sequencer;

/* Told once of each submission, on a thread of the sequencer: what became of it, as after
 * mz_log_commit; `status` and `why` say why it is not in, if it is not. The submission is borrowed
 * for the call. Must not block, and must not call the sequencer. */
typedef void mz_sequencer_done(void *context, const mz_submission *submission);

/* Opens the log anew after the outcome of a commit was unknown, or the second place could not be
 * written: ends `*log`, which may be NULL, and puts the new one there, or NULL. Nothing else of the
 * sequencer uses the log meanwhile; whoever else reads it is the callee's to keep out. */
typedef mz_status mz_sequencer_reopen(void *context, mz_log **log, mz_reason *why);

/* Told once after a commit of entries that were accepted, before any of them is answered, on a
 * thread of the sequencer: what is read from now on has them. Must not block, and must not call the
 * sequencer. */
typedef void mz_sequencer_committed(void *context);

typedef struct mz_sequencer_options {
    unsigned checkers;                 /* threads that check signatures; 0: one for each core */
    size_t unanswered_max;             /* submissions that may wait for their answer; 0: 4,096 */
    size_t unanswered_bytes_max;       /* their bytes together; 0: 32 MiB */
    uint64_t free_space_min;           /* bytes of the disk that stay free: below, MZ_FULL */
    mz_sequencer_reopen *reopen;       /* NULL: once stopped, it stays stopped */
    mz_sequencer_committed *committed; /* NULL: nobody needs to know */
    void *context;                     /* of both */
} mz_sequencer_options;

/* Starts its threads, the checkers and the writer. `log` is the caller's, is not written to by
 * anybody else of this process while the sequencer lives, and is replaced only by `reopen`. The
 * caller owns `*sequencer` on MZ_OK. MZ_NO_MEMORY. */
mz_status mz_sequencer_new(mz_log **log, const mz_sequencer_options *options,
                           mz_sequencer **sequencer, mz_reason *why) MZ_MUST_USE;
/* Takes nothing more, lets the writer drain, waits until everyone is answered, ends the threads.
 * NULL is fine. */
void mz_sequencer_close(mz_sequencer *sequencer);

/* Hands over a copy of `text`, as mz_submission_init takes it. MZ_OK: `done` will be called. Else
 * it never is: MZ_BUSY when too many wait or the sequencer is closing; MZ_OUTCOME_UNKNOWN while the
 * log is being opened anew; MZ_NO_MEMORY. From any thread. */
mz_status mz_sequencer_submit(mz_sequencer *sequencer, mz_view text, mz_sequencer_done *done,
                              void *context, mz_reason *why) MZ_MUST_USE;

/* What it has done since it began. From any thread. */
typedef struct mz_sequencer_figures {
    uint64_t accepted, refused, duplicates, failed; /* failed: trouble, not a refusal */
    uint64_t turned_away;                           /* MZ_BUSY */
    uint64_t commits, reopened;
    uint64_t unanswered; /* now */
    mz_status stopped;   /* MZ_OK, or why nothing is written now */
} mz_sequencer_figures;
void mz_sequencer_read(mz_sequencer *sequencer, mz_sequencer_figures *figures);

#endif
