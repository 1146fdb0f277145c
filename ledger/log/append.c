/* append.c — entries on their way in: checked in parallel, then written by one. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"
#include "core/uuid.h"
#include "log/log.h"
#include "log/parts.h"
#include "log/store.h"

#define DAY_MS (24 * 60 * 60 * INT64_C(1000))
/* A transaction is closed when no further entry is sure to fit: its leaf, and what the rules fold.
 */
#define CHANGES_MARGIN (512u << 10)
/* Of the sealed store's transaction: see core/kv.h. */
#define SEALED_COUNT_MAX (MZ_KV_ENTRIES_MAX - MZ_DISCLOSURES_MAX)
#define SEALED_SIZE_MAX (MZ_KV_CHANGES_MAX - MZ_DISCLOSURES_MAX * (MZ_DISCLOSURE_SIZE_MAX + 64u))

void mz_submission_clear(mz_submission *submission)
{
    if (submission->decoded)
        mz_entry_clear(&submission->entry);
    free(submission->disclosed);
    submission->disclosed = NULL;
    submission->decoded = false;
    submission->pending = false;
}

/* Step one: decode and verify. Each worker looks keys up in a snapshot of its own. */

typedef struct reader {
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_hasher *hasher; /* made for the first disclosures */
    mz_status status;
    mz_reason why;
} reader;

static mz_status open_reader(mz_log *log, reader *own)
{
    if (own->changes != NULL || own->status != MZ_OK)
        return own->status;
    own->status = mz_kv_begin_read(log->kv, &own->txn, &own->why);
    if (own->status == MZ_OK) {
        own->changes = mz_changes_new(own->txn);
        if (own->changes == NULL)
            own->status = mz_refuse(&own->why, MZ_NO_MEMORY);
    }
    return own->status;
}

/* The key that kid names, if it is known by now. A thumbprint names one key for ever, so what a
 * snapshot says of it stays true. */
static mz_status verify_known(reader *own, mz_submission *submission)
{
    uint8_t key[MZ_KEY_SIZE];
    mz_status status = mz_rules_key(own->changes, &submission->entry.jws.kid, key, NULL);
    if (status == MZ_UNKNOWN_KEY)
        return MZ_OK;
    if (status != MZ_OK) {
        own->status = mz_refuse(&own->why, status);
        return status;
    }
    status = mz_entry_verify(&submission->entry, key, &submission->why);
    submission->verified = status == MZ_OK;
    return status;
}

/* What came with the entry. Most come alone. */
static mz_status unseal(reader *own, mz_submission *submission)
{
    if (submission->sealed.size <= 1)
        return MZ_OK;
    if (own->hasher == NULL)
        own->hasher = mz_hasher_new();
    return own->hasher == NULL ? mz_refuse(&submission->why, MZ_NO_MEMORY)
                               : mz_submission_unseal(submission, own->hasher, &submission->why);
}

static void prepare_one(mz_log *log, reader *own, mz_submission *submission)
{
    submission->status = mz_entry_decode(submission->jws, &submission->entry, &submission->why);
    if (submission->status != MZ_OK)
        return;
    submission->decoded = true;
    submission->status = unseal(own, submission);
    submission->pending = submission->status == MZ_OK;
    if (!submission->pending || log->origin[0] == '\0')
        return; /* entry 0 brings its keys */
    if (strcmp(submission->entry.origin, log->origin) != 0)
        submission->status =
            mz_refuse(&submission->why, MZ_FOREIGN_ORIGIN,
                      mz_words("origin", submission->entry.origin), mz_words("want", log->origin));
    else if (open_reader(log, own) == MZ_OK)
        submission->status = verify_known(own, submission);
    submission->pending = submission->status == MZ_OK;
}

/* What the reader met. `why` keeps an earlier reason. */
static mz_status close_reader(reader *own, mz_reason *why)
{
    mz_changes_free(own->changes);
    mz_kv_abort(own->txn);
    mz_hasher_free(own->hasher);
    if (own->status != MZ_OK && why != NULL && why->status == MZ_OK)
        *why = own->why;
    return own->status;
}

mz_status mz_log_prepare_here(mz_log *log, mz_submission *const submissions[], size_t count,
                              mz_reason *why)
{
    reader own = {0};
    for (size_t i = 0; i < count; i++)
        prepare_one(log, &own, submissions[i]);
    return close_reader(&own, why);
}

typedef struct preparation {
    mz_log *log;
    mz_submission *submissions;
    reader readers[]; /* one for each worker */
} preparation;

static void prepare_task(void *context, unsigned worker, size_t task)
{
    preparation *all = context;
    prepare_one(all->log, &all->readers[worker], &all->submissions[task]);
}

mz_status mz_log_prepare(mz_log *log, mz_submission *submissions, size_t count, mz_reason *why)
{
    if (log->workers == NULL)
        log->workers = mz_workers_new(count > 1 ? log->threads : 1);
    else if (count > 1 && log->threads != 1 && mz_workers_count(log->workers) == 1) {
        mz_workers_free(log->workers);
        log->workers = mz_workers_new(log->threads);
    }
    if (log->workers == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    const size_t reader_count = mz_workers_count(log->workers);
    preparation *all = calloc(1, sizeof *all + reader_count * sizeof all->readers[0]);
    if (all == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    all->log = log;
    all->submissions = submissions;
    mz_workers_run(log->workers, count, prepare_task, all);
    mz_status status = MZ_OK;
    for (size_t i = 0; i < reader_count; i++) {
        const mz_status met = close_reader(&all->readers[i], why);
        status = status == MZ_OK ? met : status;
    }
    free(all);
    return status;
}

/* Step two: one write transaction. */

typedef struct batch {
    mz_log *log;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_merkle_frontier frontier;
    uint64_t size_before;
    int64_t unix_ms; /* log time of its entries */
    bool clamped;
    bool suspect;            /* the clock */
    const mz_signer *signer; /* by the key in force before the batch; NULL: we do not have it */
    size_t put_size;         /* bytes written past the change set */
    size_t sealed_count;     /* disclosures of its entries */
    size_t sealed_size;      /* bytes of them */
    bool sealed;             /* they were put */
    bool erases;             /* it confirms an erasure */
} batch;

/* Trouble ends the whole transaction; anything else is said of one entry. */
static bool is_trouble(mz_status status)
{
    return status == MZ_IO || status == MZ_FULL || status == MZ_CORRUPT || status == MZ_NO_MEMORY ||
           status == MZ_CONFLICT || status == MZ_OUTCOME_UNKNOWN || status == MZ_BUSY ||
           status == MZ_WRONG_LOG_KEY || status == MZ_OTHER_SEALED || status == MZ_ERASURE_WAITS;
}

static const mz_signer *find_signer(const mz_log *log, const uint8_t key[MZ_KEY_SIZE])
{
    for (size_t i = 0; i < log->signer_count; i++)
        if (memcmp(log->signers[i].public_key, key, MZ_KEY_SIZE) == 0)
            return &log->signers[i];
    return NULL;
}

/* The newest time that somebody with a verified signature has stated. */
static int64_t newest_iat_ms(const mz_submission *submissions, size_t count)
{
    int64_t newest_s = 0;
    for (size_t i = 0; i < count; i++)
        if (submissions[i].pending && submissions[i].verified &&
            submissions[i].entry.iat_unix_s > newest_s)
            newest_s = submissions[i].entry.iat_unix_s;
    return newest_s > INT64_MAX / 1000 ? INT64_MAX : newest_s * 1000;
}

/* Where the log stands, read anew after the write lock is ours. */
static mz_status begin_batch(batch *work, mz_log *log, int64_t now_unix_ms, int64_t newest_ms,
                             mz_reason *why)
{
    *work = (batch){.log = log, .unix_ms = now_unix_ms};
    mz_status status = mz_kv_begin_write(log->kv, &work->txn, why);
    if (status != MZ_OK)
        return status;
    work->changes = mz_changes_new(work->txn);
    if (work->changes == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (log->origin[0] == '\0')
        return mz_store_declare(work->txn, why);
    mz_checkpoint tip;
    int64_t last_ms = 0;
    uint8_t key[MZ_KEY_SIZE];
    mz_merkle_reader nodes = mz_store_reader(work->txn);
    status = mz_store_tip(work->txn, &tip, NULL, why);
    if (status == MZ_OK)
        status = mz_store_leaf_time(work->txn, tip.size - 1, &last_ms, why);
    if (status == MZ_OK)
        status = mz_rules_log_key(work->changes, key, why);
    if (status == MZ_OK)
        status = mz_merkle_frontier_load(&work->frontier, &nodes, tip.size, why);
    if (status != MZ_OK)
        return status;
    work->size_before = tip.size;
    work->signer = find_signer(log, key);
    work->clamped = now_unix_ms < last_ms;
    if (work->clamped)
        work->unix_ms = last_ms;
    work->suspect = now_unix_ms - DAY_MS > last_ms && now_unix_ms - DAY_MS > newest_ms;
    return MZ_OK;
}

/* The same jti: the same bytes again, or a conflict. Not there: MZ_NOT_FOUND. */
static mz_status find_earlier(batch *work, mz_submission *submission, mz_reason *why)
{
    mz_event event;
    uint64_t index = 0;
    mz_view leaf;
    mz_view jws;
    int64_t unix_ms = 0;
    mz_status status = mz_jti_find(work->changes, submission->entry.jti, &index, &event, why);
    if (status == MZ_OK)
        status = mz_store_leaf(work->txn, index, &leaf, why);
    if (status == MZ_OK)
        status = mz_leaf_split(leaf, &unix_ms, &jws, why);
    if (status != MZ_OK)
        return status;
    if (!mz_view_equal(jws, submission->jws)) {
        char jti[MZ_UUID_TEXT_SIZE];
        mz_uuid_text(submission->entry.jti, jti);
        return mz_refuse(&submission->why, MZ_JTI_CONFLICT, mz_words("jti", jti),
                         mz_count("index", (int64_t)index));
    }
    submission->leaf_hash = mz_merkle_leaf_hash(work->log->hasher, leaf);
    submission->index = index;
    submission->unix_ms = unix_ms;
    submission->duplicate = true;
    return MZ_OK;
}

/* A key that was not known when the submission was prepared may be by now: enrolled in this batch,
 * or, for entry 0, in the entry itself. */
static mz_status verify_late(batch *work, mz_submission *submission)
{
    const mz_entry *entry = &submission->entry;
    uint8_t key[MZ_KEY_SIZE];
    mz_status status = work->frontier.size == 0
                           ? mz_rules_genesis_key(entry, key, &submission->why)
                           : mz_rules_key(work->changes, &entry->jws.kid, key, &submission->why);
    if (status == MZ_OK)
        status = mz_entry_verify(entry, key, &submission->why);
    submission->verified = status == MZ_OK;
    return status;
}

static mz_status put_entry(batch *work, const mz_submission *submission, mz_reason *why)
{
    mz_log *log = work->log;
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    uint64_t position = mz_merkle_node_count(submission->index);
    mz_merkle_frontier_append(&work->frontier, log->hasher, &submission->leaf_hash, nodes,
                              &node_count);
    mz_status status =
        mz_store_put_leaf(work->txn, submission->index, mz_buf_view(&log->leaf), why);
    for (size_t i = 0; i < node_count && status == MZ_OK; i++)
        status = mz_store_put_node(work->txn, position + i, &nodes[i], why);
    work->put_size += log->leaf.size + 8 + node_count * (MZ_HASH_SIZE + 8);
    return status;
}

/* Judges one new entry and puts it in place. The answer is of the transaction when it is trouble,
 * of the entry otherwise; then its reason is in the submission. */
static mz_status append_entry(batch *work, mz_submission *submission, mz_reason *why)
{
    mz_log *log = work->log;
    if (work->frontier.size == 0 && work->signer == NULL) {
        uint8_t key[MZ_KEY_SIZE];
        mz_status status = mz_rules_genesis_log_key(&submission->entry, key, &submission->why);
        if (status != MZ_OK)
            return status;
        work->signer = find_signer(log, key);
    }
    if (work->signer == NULL)
        return mz_refuse(why, MZ_WRONG_LOG_KEY);
    if (work->suspect && !log->accept_clock)
        return mz_refuse(&submission->why, MZ_CLOCK, mz_time("clock", work->unix_ms));
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    mz_leaf_prefix(work->unix_ms, prefix);
    mz_buf_reset(&log->leaf);
    mz_buf_put_text(&log->leaf, prefix);
    mz_buf_put(&log->leaf, submission->jws);
    if (log->leaf.failed)
        return mz_refuse(&submission->why, MZ_TOO_LARGE, mz_words("path", "leaf"),
                         mz_count("size", (int64_t)(submission->jws.size + strlen(prefix))),
                         mz_count("limit", MZ_LEAF_SIZE_MAX));
    submission->index = work->frontier.size;
    submission->unix_ms = work->unix_ms;
    submission->clamped = work->clamped;
    submission->leaf_hash = mz_merkle_leaf_hash(log->hasher, mz_buf_view(&log->leaf));
    mz_stamp stamp = {submission->index, submission->unix_ms, submission->leaf_hash};
    mz_mark mark = mz_changes_mark(work->changes);
    mz_status status = mz_rules_apply(work->changes, &submission->entry, &stamp, &submission->why);
    if (status != MZ_OK) {
        mz_changes_rollback(work->changes, mark);
        return status;
    }
    return put_entry(work, submission, why);
}

static mz_status take(batch *work, mz_submission *submission, mz_reason *why)
{
    mz_status status = find_earlier(work, submission, why);
    if (status == MZ_JTI_CONFLICT && !submission->verified) {
        /* Whose signature is wrong learns that first. */
        mz_reason conflict = submission->why;
        submission->why = (mz_reason){0};
        status = verify_late(work, submission);
        if (status == MZ_OK) {
            submission->why = conflict;
            status = MZ_JTI_CONFLICT;
        }
    } else if (status == MZ_NOT_FOUND) {
        status = submission->verified ? MZ_OK : verify_late(work, submission);
        if (status == MZ_OK)
            status = append_entry(work, submission, why);
    }
    if (is_trouble(status))
        return mz_refuse(why, status);
    submission->status = status;
    return MZ_OK;
}

/* Signs and makes durable what was taken. MZ_OK also when there is nothing. Ends the transaction.
 */
static mz_status finish_batch(batch *work, mz_reason *why)
{
    mz_log *log = work->log;
    if (work->frontier.size == work->size_before)
        return MZ_OK;
    mz_checkpoint checkpoint = {.size = work->frontier.size};
    checkpoint.root = mz_merkle_frontier_root(&work->frontier, log->hasher);
    mz_ledger ledger;
    mz_status status = mz_ledger_load(work->changes, &ledger, why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_refuse(why, MZ_CORRUPT, mz_words("cause", "no ledger"))
                                      : status;
    assert(strlen(ledger.origin) <= MZ_ORIGIN_SIZE_MAX);
    memcpy(checkpoint.origin, ledger.origin, strlen(ledger.origin) + 1);
    status = mz_changes_flush(work->changes, why);
    mz_buf_reset(&log->note);
    if (status == MZ_OK)
        status = mz_checkpoint_sign(log->hasher, &checkpoint, work->signer, &log->note, why);
    if (status == MZ_OK)
        status = mz_store_put_checkpoint(work->txn, checkpoint.size, mz_buf_view(&log->note), why);
    if (status == MZ_OK)
        status = mz_second_place_prepare(log->place, log->note.size, why);
    if (status != MZ_OK)
        return status;
    mz_changes_free(work->changes);
    work->changes = NULL;
    status = mz_kv_commit(work->txn, why);
    work->txn = NULL;
    if (status != MZ_OK) {
        mz_second_place_drop(log->place);
        if (status == MZ_OUTCOME_UNKNOWN)
            log->stopped = status;
        return status;
    }
    if (work->suspect)
        log->accept_clock = false;
    status = mz_second_place_publish(log->place, mz_buf_view(&log->note), why);
    if (status == MZ_OK && work->erases)
        status = mz_log_settle_sealed(log, why);
    if (status != MZ_OK)
        log->stopped =
            status; /* the entries are in; who sends them again after reopening is told so */
    return status;
}

/* Whether the state holds an erasure of one of the batch's own entries. */
static mz_status find_erasure(batch *work, mz_reason *why)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_ERASURE);
    const mz_key_bytes first = mz_key_u64(MZ_KIND_ERASURE, work->size_before);
    mz_view key, value;
    mz_status status = mz_changes_seek(work->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                       mz_key_view(&first), &key, &value, why);
    work->erases = status == MZ_OK;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* Disclosures before the entries that name them. */
static mz_status seal_batch(batch *work, const mz_submission *submissions, size_t count,
                            mz_reason *why)
{
    mz_ledger ledger;
    mz_status status = find_erasure(work, why);
    if (status != MZ_OK || work->sealed_count == 0)
        return status;
    status = mz_ledger_load(work->changes, &ledger, why);
    if (status == MZ_OK)
        status = mz_log_seal(work->log, work->changes, ledger.origin, submissions, count,
                             &work->sealed, why);
    return status;
}

/* Appends what fits one transaction, from `first` on; `*next` is where the next one begins. */
static mz_status commit_some(mz_log *log, mz_submission *submissions, size_t first, size_t count,
                             size_t *next, int64_t now_unix_ms, mz_reason *why)
{
    batch work;
    int64_t newest_ms = newest_iat_ms(submissions, count);
    size_t i = first;
    mz_status status = begin_batch(&work, log, now_unix_ms, newest_ms, why);
    for (; i < count && status == MZ_OK; i++) {
        if (work.frontier.size - work.size_before == MZ_KV_ENTRIES_MAX ||
            work.put_size + mz_changes_size(work.changes) + CHANGES_MARGIN > MZ_KV_CHANGES_MAX ||
            work.sealed_count > SEALED_COUNT_MAX || work.sealed_size > SEALED_SIZE_MAX)
            break;
        if (submissions[i].pending)
            status = take(&work, &submissions[i], why);
        const size_t sealed_count = mz_submission_sealed_count(&submissions[i]);
        work.sealed_count += sealed_count;
        work.sealed_size += sealed_count > 0 ? submissions[i].sealed.size : 0;
    }
    if (status == MZ_OK)
        status = seal_batch(&work, submissions + first, i - first, why);
    if (status == MZ_OK)
        status = finish_batch(&work, why);
    if (status != MZ_OK && work.sealed)
        log->unsettled = true;
    mz_changes_free(work.changes);
    mz_kv_abort(work.txn);
    if (status == MZ_OK)
        for (size_t k = first; k < i; k++)
            submissions[k].pending = false;
    *next = i;
    for (size_t k = first; k < count && status != MZ_OK; k++) {
        mz_submission *lost = &submissions[k];
        if (!lost->pending || (lost->duplicate && lost->index < work.size_before))
            continue;
        lost->status = status;
        lost->duplicate = false;
        lost->why = (mz_reason){0};
        if (why != NULL)
            lost->why = *why;
    }
    return status;
}

mz_status mz_log_commit(mz_log *log, mz_submission *submissions, size_t count, int64_t now_unix_ms,
                        mz_reason *why)
{
    mz_reason own = {0};
    if (why == NULL)
        why = &own;
    if (log->read_only)
        return mz_refuse(why, MZ_IO,
                         mz_words("cause", MZ_BOTH("以只读方式打开", "opened for reading only")));
    if (log->stopped == MZ_IO)
        return mz_refuse(why, MZ_IO,
                         mz_words("cause", MZ_BOTH("第二处写不进去，请重新打开账本",
                                                   "the second place could not be "
                                                   "written; reopen the ledger")));
    if (log->stopped == MZ_ERASURE_WAITS)
        return mz_refuse(why, MZ_ERASURE_WAITS, mz_words("path", log->sealed_path),
                         mz_words("cause", MZ_BOTH("请重新打开账本", "reopen the ledger")));
    if (log->stopped != MZ_OK)
        return mz_refuse(why, log->stopped);
    mz_status status = log->unsettled ? mz_log_settle_sealed(log, why) : MZ_OK;
    size_t next = 0;
    while (next < count && status == MZ_OK)
        status = commit_some(log, submissions, next, count, &next, now_unix_ms, why);
    for (size_t i = 0; i < count && status == MZ_OK; i++)
        if (submissions[i].status == MZ_CLOCK) {
            *why = submissions[i].why;
            status = MZ_CLOCK;
        }
    return status;
}

mz_status mz_log_append(mz_log *log, mz_submission *submissions, size_t count, int64_t now_unix_ms,
                        mz_reason *why)
{
    mz_status status = mz_log_prepare(log, submissions, count, why);
    return status == MZ_OK ? mz_log_commit(log, submissions, count, now_unix_ms, why) : status;
}
