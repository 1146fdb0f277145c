/* sealing.c — the sealed store on an entry's way in: disclosures checked with the entry, put before
 * it is committed, and what waits in the store done when the log says so. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "log/files.h"
#include "log/parts.h"
#include "log/sealed.h"
#include "log/store.h"

void mz_submission_init(mz_submission *submission, mz_view text)
{
    memset(submission, 0, sizeof *submission);
    const uint8_t *tilde = text.size > 0 ? memchr(text.data, '~', text.size) : NULL;
    submission->jws = text;
    if (tilde == NULL)
        return;
    submission->jws.size = (size_t)(tilde - text.data);
    submission->sealed = (mz_view){tilde, text.size - submission->jws.size};
}

mz_status mz_submission_unseal(mz_submission *submission, mz_hasher *hasher, mz_reason *why)
{
    mz_view none;
    mz_disclosed *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    const char *cause = mz_disclosures_split(submission->sealed, &none, made->texts, &made->count);
    mz_status status = cause == NULL ? mz_disclosures_check(hasher, &submission->entry, made->texts,
                                                            made->count, made->digests, why)
                                     : mz_refuse(why, MZ_BAD_DISCLOSURE,
                                                 mz_count("number", (int64_t)made->count + 1),
                                                 mz_words("cause", cause));
    if (status == MZ_OK)
        submission->disclosed = made;
    else
        free(made);
    return status;
}

/* Accepted, now or before. */
static bool is_in(const mz_submission *submission)
{
    return submission->pending && submission->status == MZ_OK && submission->disclosed != NULL;
}

size_t mz_submission_sealed_count(const mz_submission *submission)
{
    return is_in(submission) ? submission->disclosed->count : 0;
}

/* What is erased is never put again, whoever sends it. */
static mz_status add_rows(mz_changes *state, const mz_submission *submission, mz_sealed_row *rows,
                          size_t *row_count, mz_reason *why)
{
    mz_status status = MZ_OK;
    const mz_disclosed *disclosed = submission->disclosed;
    for (size_t i = 0; status == MZ_OK && i < disclosed->count; i++) {
        mz_digest known;
        status = mz_digest_load(state, disclosed->digests[i].bytes, &known, why);
        if (status == MZ_OK && known.erased == 0)
            rows[(*row_count)++] =
                (mz_sealed_row){disclosed->digests[i], submission->index, disclosed->texts[i]};
    }
    return status == MZ_NOT_FOUND
               ? mz_refuse_corrupt(why, "the state does not know a digest of the log")
               : status;
}

/* Words of an engine about its own outcome say nothing of the ledger, which is not committed yet.
 */
static mz_status put_failed(mz_status status, const mz_reason *cause, const char *path,
                            mz_reason *why)
{
    if (status == MZ_OUTCOME_UNKNOWN)
        return mz_refuse(why, MZ_IO, mz_words("cause", path));
    if (why != NULL && why->status == MZ_OK)
        *why = *cause;
    return status;
}

mz_status mz_log_seal(mz_log *log, mz_changes *state, const char *origin,
                      const mz_submission *submissions, size_t count, bool *put, mz_reason *why)
{
    size_t row_max = 0, row_count = 0;
    mz_sealed *sealed = NULL;
    mz_reason own = {0};
    for (size_t i = 0; i < count; i++)
        row_max += mz_submission_sealed_count(&submissions[i]);
    mz_sealed_row *rows = calloc(row_max + 1, sizeof rows[0]);
    mz_status status = rows == NULL ? mz_refuse(&own, MZ_NO_MEMORY) : MZ_OK;
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        assert(rows != NULL);
        if (is_in(&submissions[i]))
            status = add_rows(state, &submissions[i], rows, &row_count, &own);
    }
    if (status == MZ_OK && row_count > 0) {
        status = mz_sealed_open(log->sealed_path, origin, MZ_SEALED_CREATE, &sealed, &own);
        *put = status == MZ_OK;
    }
    if (sealed != NULL)
        status = mz_sealed_put(sealed, state, rows, row_count, &own);
    mz_sealed_close(sealed);
    free(rows);
    return status == MZ_OK ? MZ_OK : put_failed(status, &own, log->sealed_path, why);
}

/* Under the ledger's write lock: a batch of another process, whose disclosures are put and whose
 * entries are not committed yet, would else look like one that failed. */
static mz_status settle(mz_log *log, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_checkpoint tip;
    mz_changes *state = NULL;
    mz_sealed *sealed = NULL;
    mz_status status = mz_kv_begin_write(log->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_store_tip(txn, &tip, NULL, why);
    if (status == MZ_OK) {
        state = mz_changes_new(txn);
        if (state == NULL)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK) {
        status = mz_sealed_open(log->sealed_path, log->origin, MZ_SEALED_WRITE, &sealed, why);
        if (status == MZ_OK)
            status = mz_sealed_settle(sealed, state, tip.size, why);
        else if (status == MZ_NOT_FOUND)
            status = MZ_OK;
    }
    mz_sealed_close(sealed);
    mz_changes_free(state);
    mz_kv_abort(txn);
    return status;
}

/* Another reason as the cause of ours. */
static const char *trouble_words(const mz_reason *own)
{
    if (own->status == MZ_FULL)
        return MZ_BOTH("磁盘已满", "the disk is full");
    for (size_t i = 0; i < own->figure_count; i++)
        if (strcmp(own->figures[i].name, "cause") == 0)
            return own->figures[i].words;
    return mz_status_code(own->status);
}

mz_status mz_log_settle_sealed(mz_log *log, mz_reason *why)
{
    mz_reason own = {0};
    if (!mz_path_exists(log->sealed_path))
        return MZ_OK;
    mz_status status = settle(log, &own);
    if (status == MZ_OK) {
        log->unsettled = false;
        return MZ_OK;
    }
    if (status == MZ_OTHER_SEALED)
        return put_failed(status, &own, log->sealed_path, why);
    return mz_refuse(why, MZ_ERASURE_WAITS, mz_words("path", log->sealed_path),
                     mz_words("cause", trouble_words(&own)));
}
