/* witnessing.h — brings each new checkpoint to the log's witnesses and keeps what they cosign:
 * 送请见证. In the background, one thread for each witness, so that a slow one holds up nobody; the
 * writer never waits for any. A witness that knows a larger size than ours, or another history,
 * raises an alarm: this is an old copy of the log, or a fork of it. */
#ifndef MZ_LOG_WITNESSING_H
#define MZ_LOG_WITNESSING_H

#include "log/cosign.h"

/* --- one witness, once --- */

/* What came of asking a witness for the latest checkpoint. */
typedef struct mz_asked {
    mz_witness_step step; /* never MZ_STEP_AGAIN */
    uint64_t size;        /* of the checkpoint that was brought */
    uint64_t known;       /* what the witness knows, when it is ahead */
    uint64_t unix_s;      /* of the cosignature, when it is done */
} mz_asked;

/* Where the log's store is got from, for a moment at a time: it may be opened anew meanwhile. */
typedef struct mz_log_borrow {
    void *context;
    mz_kv *(*take)(void *context); /* NULL: not now */
    void (*give_back)(void *context);
} mz_log_borrow;
mz_log_borrow mz_log_borrow_kv(mz_kv *kv); /* of a store that stays open */

/* Brings the latest checkpoint to the witness, with the proof from the size that it knows, and
 * stores what it cosigns. `*old_size` is what it is thought to know, 0 at first, and is kept for
 * the next time. MZ_OK and `asked`, with a reason in `why` unless it is done. Else nothing came of
 * it: MZ_IO, MZ_BUSY (the log is not to be had), MZ_FULL... */
mz_status mz_witness_ask(const mz_log_borrow *log, const mz_witness_transport *transport,
                         void *connection, const mz_log_witness *witness, uint64_t *old_size,
                         mz_asked *asked, mz_reason *why) MZ_MUST_USE;

/* --- all of them, always --- */

typedef struct mz_witnessing mz_witnessing;

/* How one witness does. */
typedef struct mz_witness_health {
    char name[MZ_NOTE_NAME_MAX + 1];
    uint64_t cosigned_size; /* the latest; 0: none since the start */
    uint64_t cosigned_unix_s;
    uint64_t cosigned_count, failed_count; /* since the start */
    bool ahead, forked;                    /* alarms */
    uint64_t known_size;                   /* when it is ahead */
    mz_reason why;                         /* of the last failure, when the last try failed */
} mz_witness_health;

/* Told on a thread of the witnessing, which it must not call. */
typedef void mz_witness_news(void *context, const mz_witness_health *health);

typedef struct mz_witnessing_options {
    mz_log_borrow log;
    mz_witness_transport transport;
    mz_witness_news *alarm;             /* when an alarm begins; may be NULL */
    mz_witness_news *cosigned;          /* when a cosignature was stored; may be NULL */
    void *context;                      /* of these */
    int64_t interval_ms;                /* from one request to a witness to the next; 0: 1 second */
    int64_t poll_ms;                    /* how often the log is looked at unasked; 0: 10 seconds */
    int64_t retry_min_ms, retry_max_ms; /* after a failure, doubled each time; 0: 1 s, 5 min */
} mz_witnessing_options;

/* Starts. The caller owns `*witnessing` on MZ_OK. MZ_NO_MEMORY. */
mz_status mz_witnessing_new(const mz_witnessing_options *options, mz_witnessing **witnessing,
                            mz_reason *why) MZ_MUST_USE;
/* Ends what is under way within about a second. NULL is fine. */
void mz_witnessing_close(mz_witnessing *witnessing);
/* There is a new checkpoint. Quick; from any thread. */
void mz_witnessing_notify(mz_witnessing *witnessing);
/* Whether one of them is ahead, or knows another history. From any thread. */
bool mz_witnessing_alarmed(mz_witnessing *witnessing);
/* Copies up to `max` and answers how many there are. From any thread. */
size_t mz_witnessing_read(mz_witnessing *witnessing, mz_witness_health *health, size_t max);

#endif
