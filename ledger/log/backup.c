#include "log/backup.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/policy.h"
#include "kv/lmdb.h"
#include "log/documents.h"
#include "log/evidence.h"
#include "log/files.h"
#include "log/parts.h"
#include "log/sealed.h"
#include "log/store.h"

/* What recovery would look at, in the copy. */
static mz_status verify_copy(const char *dir, mz_backup_result *result, mz_reason *why)
{
    mz_kv *copy = NULL;
    mz_kv_txn *txn = NULL;
    mz_checkpoint tip;
    mz_lmdb_options engine = {.read_only = true};
    mz_status status = mz_lmdb_open(dir, &engine, &copy, why);
    if (status == MZ_OK)
        status = mz_kv_begin_read(copy, &txn, why);
    if (status == MZ_OK)
        status = mz_store_verify_tip(txn, &tip, NULL, why);
    if (status == MZ_OK)
        *result = (mz_backup_result){.size = tip.size, .root = tip.root};
    mz_kv_abort(txn);
    mz_kv_close(copy);
    return status;
}

static mz_status copy_pin(const mz_log *log, const char *dir, mz_reason *why)
{
    char from[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    char to[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    if (!mz_log_pin_path(log->dir, log->origin, from, sizeof from) ||
        !mz_log_pin_path(dir, log->origin, to, sizeof to))
        return mz_file_failed(why, dir, ENAMETOOLONG);
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_status status = mz_file_read(from, &text, why);
    if (status == MZ_NOT_FOUND)
        status = mz_file_failed(why, from, ENOENT);
    if (status == MZ_OK)
        status = mz_file_create(to, mz_buf_view(&text), why);
    mz_buf_clear(&text);
    return status;
}

/* ---- documents ---- */

typedef struct documents_copy {
    mz_documents *walk;       /* over the copy */
    mz_evidence_folder *from; /* NULL: there is none */
    mz_evidence_folder *to;   /* NULL until there is something to copy */
    const char *to_path;
    bool sealed;
    mz_backup_result *result;
} documents_copy;

static mz_status need_target(documents_copy *c, mz_reason *why)
{
    if (c->to != NULL)
        return MZ_OK;
    mz_status status = mz_evidence_open(c->to_path, true, &c->to, why);
    return status == MZ_OK ? mz_evidence_lock(c->to, why) : status;
}

/* One that is missing or damaged here does not keep the others from being copied. */
static mz_status copy_document(documents_copy *c, const mz_hash *sha256, mz_reason *why)
{
    int64_t size = 0;
    mz_reason local = {0};
    mz_status status =
        c->from == NULL ? MZ_DOCUMENT_MISSING : mz_evidence_size(c->from, sha256, &size, &local);
    if (status == MZ_OK)
        status = need_target(c, &local);
    if (status == MZ_OK)
        status = mz_evidence_copy(c->from, sha256, c->to, &size, &local);
    if (status == MZ_DOCUMENT_MISSING) {
        c->result->missing_count++;
    } else if (status == MZ_DOCUMENT_DAMAGED) {
        c->result->damaged_count++;
    } else if (status == MZ_OK) {
        c->result->copied_count++;
        c->result->copied_size += size;
    } else {
        *why = local;
        return status;
    }
    return MZ_OK;
}

static mz_status copy_documents(documents_copy *c, mz_reason *why)
{
    mz_document document;
    mz_document_standing standing;
    bool found = true;
    for (;;) {
        mz_status status = mz_documents_next(c->walk, &document, &found, why);
        if (status != MZ_OK || !found)
            return status;
        mz_hash sha256 = document.sha256;
        status = mz_documents_standing(c->walk, &sha256, &standing, why);
        if (status == MZ_OK && (standing.is_public || c->sealed))
            status = copy_document(c, &sha256, why);
        if (status != MZ_OK)
            return status;
        mz_documents_pass(c->walk, &sha256);
    }
}

/* Those that the copied ledger names, from beside `log` to `to_path`. */
static mz_status copy_evidence(const mz_log *log, const char *copy, const char *to_path,
                               bool sealed, mz_backup_result *result, mz_reason *why)
{
    char from_path[MZ_LOG_PATH_SIZE];
    mz_kv *kv = NULL;
    mz_lmdb_options engine = {.read_only = true};
    documents_copy c = {.to_path = to_path, .sealed = sealed, .result = result};
    if (!mz_evidence_path(log->dir, from_path, sizeof from_path))
        return mz_file_failed(why, log->dir, ENAMETOOLONG);
    mz_status status = mz_evidence_open(from_path, false, &c.from, why);
    status = status == MZ_NOT_FOUND ? MZ_OK : status;
    if (status == MZ_OK)
        status = mz_lmdb_open(copy, &engine, &kv, why);
    if (status == MZ_OK)
        status = mz_documents_open(kv, &c.walk, why);
    if (status == MZ_OK)
        status = copy_documents(&c, why);
    mz_documents_close(c.walk);
    mz_kv_close(kv);
    mz_evidence_close(c.from);
    mz_evidence_close(c.to);
    return status;
}

/* ---- the whole ---- */

typedef struct paths {
    char unborn[MZ_LOG_PATH_SIZE], unborn_evidence[MZ_LOG_PATH_SIZE], evidence[MZ_LOG_PATH_SIZE];
    char sealed[MZ_LOG_PATH_SIZE];
} paths;

static bool make_paths(const char *to, paths *p)
{
    char suffix[64];
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    return mz_path_beside(to, suffix, p->unborn, sizeof p->unborn) &&
           mz_evidence_path(p->unborn, p->unborn_evidence, sizeof p->unborn_evidence) &&
           mz_evidence_path(to, p->evidence, sizeof p->evidence) &&
           mz_path_beside(to, ".sealed", p->sealed, sizeof p->sealed);
}

/* The documents first: a ledger that has its name has them. */
static mz_status publish(const paths *p, const char *to, bool has_evidence, mz_reason *why)
{
    mz_status status =
        has_evidence ? mz_folder_publish(p->unborn_evidence, p->evidence, why) : MZ_OK;
    if (status != MZ_OK)
        return status;
    status = mz_folder_publish(p->unborn, to, why);
    if (status != MZ_OK && has_evidence)
        mz_folder_remove(p->evidence);
    return status;
}

mz_status mz_backup(mz_log *log, const char *to, bool sealed, mz_backup_result *result,
                    mz_reason *why)
{
    paths p;
    if (!make_paths(to, &p))
        return mz_file_failed(why, to, ENAMETOOLONG);
    if (mz_path_exists(to))
        return mz_file_failed(why, to, EEXIST);
    if (mz_path_exists(p.evidence))
        return mz_file_failed(why, p.evidence, EEXIST);
    if (sealed && mz_path_exists(p.sealed))
        return mz_file_failed(why, p.sealed, EEXIST);
    mz_folder_remove(p.unborn);
    mz_folder_remove(p.unborn_evidence);
    mz_status status = mz_lmdb_copy(log->kv, p.unborn, why);
    if (status == MZ_OK)
        status = verify_copy(p.unborn, result, why);
    if (status == MZ_OK)
        status = copy_pin(log, p.unborn, why);
    if (status == MZ_OK)
        status = mz_path_sync(p.unborn, why);
    if (status == MZ_OK)
        status = copy_evidence(log, p.unborn, p.unborn_evidence, sealed, result, why);
    /* After the ledger's: what it does not name yet is left out, what it has erased is gone. */
    const bool copied = status == MZ_OK && sealed;
    if (copied)
        status = mz_sealed_copy(log->sealed_path, log->origin, p.sealed, result->size,
                                &result->sealed_count, why);
    if (status == MZ_OK)
        status = publish(&p, to, result->copied_count > 0, why);
    if (status != MZ_OK && copied)
        mz_sealed_destroy(p.sealed);
    mz_folder_remove(p.unborn_evidence); /* what is left of it */
    if (status != MZ_OK)
        mz_folder_remove(p.unborn);
    return status;
}
