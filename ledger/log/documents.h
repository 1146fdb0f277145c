/* documents.h — which documents the entries name: a walk by hash over the state's index, and what
 * follows for one of them: is it known, is it public, who may read it. It says nothing of bytes:
 * those are evidence.h's. A walk takes no more memory in a long log, and renews its snapshot. */
#ifndef MZ_LOG_DOCUMENTS_H
#define MZ_LOG_DOCUMENTS_H

#include "core/state.h"
#include "log/log.h"

/* One entry's naming of one document. */
typedef struct mz_document {
    mz_hash sha256;
    uint64_t index; /* of the entry */
    mz_ref fund;    /* of the entry; 0: none */
    int64_t size;   /* in bytes, as the entry says */
    bool is_public;
    bool reversed; /* the entry was reversed: its documents are free again */
} mz_document;

/* What the entry says besides. */
typedef struct mz_document_words {
    const mz_event_row *row;
    char fund[MZ_ID_SIZE_MAX + 1]; /* empty: none */
    char name[4 * MZ_TITLE_POINTS_MAX + 1];
    char media_type[101];
} mz_document_words;

typedef struct mz_documents mz_documents;

/* A walk stands before the first. The store of a ledger (mz_log_kv), borrowed until it is closed.
 */
mz_status mz_documents_open(mz_kv *kv, mz_documents **walk, mz_reason *why) MZ_MUST_USE;
void mz_documents_close(mz_documents *walk); /* NULL is fine */
/* The next naming, in order of hash and index. `*found` is false at the end. */
mz_status mz_documents_next(mz_documents *walk, mz_document *document, bool *found,
                            mz_reason *why) MZ_MUST_USE;
/* The next one will be the first naming of this hash, or what follows it. */
void mz_documents_seek(mz_documents *walk, const mz_hash *sha256);
/* The next one will be of a hash behind this one. */
void mz_documents_pass(mz_documents *walk, const mz_hash *sha256);
mz_status mz_documents_words(mz_documents *walk, const mz_document *document,
                             mz_document_words *words, mz_reason *why) MZ_MUST_USE;

/* What the log says of one document. Whose word counts: the fund of the first entry that names it
 * (or of none), because any steward can write any hash down, and must not thereby open or read what
 * another fund has sealed. It is public when an entry of that fund says so. Moves the walk. */
typedef struct mz_document_standing {
    bool known; /* an entry names it */
    bool is_public;
} mz_document_standing;
mz_status mz_documents_standing(mz_documents *walk, const mz_hash *sha256,
                                mz_document_standing *standing, mz_reason *why) MZ_MUST_USE;
/* Whether the actor may read what is sealed in one of the entries whose word counts, at that
 * moment. Moves the walk. */
mz_status mz_documents_readable(mz_documents *walk, const mz_hash *sha256, const mz_actor *reader,
                                int64_t now_unix_ms, bool *readable, mz_reason *why) MZ_MUST_USE;

#endif
