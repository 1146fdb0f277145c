/* attach.h — the documents that an entry brings along: from a file to the evidence folder beside
 * the ledger. Staged while the entry's body is made, put in place before it is appended, and taken
 * out again when it is refused and no other entry names them. */
#ifndef MZ_TOOLS_ATTACH_H
#define MZ_TOOLS_ATTACH_H

#include "cli.h"
#include "log/evidence.h"
#include "log/log.h"

/* Zero-initialised but for `cli` and `dir`. */
typedef struct mz_attachments {
    const mz_cli *cli;
    const char *dir; /* the ledger's folder; NULL: hash only, nothing is kept */
    mz_evidence_folder *folder;
    size_t count;
    mz_staged *staged[MZ_LIST_ITEMS_MAX];
    json_t *named[MZ_LIST_ITEMS_MAX]; /* what the entry says of each */
} mz_attachments;
/* Drops what was not appended, and forgets the rest. */
void mz_attachments_clear(mz_attachments *attached);

/* A document for the list `evidence`: {"sha256","size","media_type","name","visibility"}. The name
 * is the file's, the type goes by its ending; `visibility` NULL is sealed. New reference.
 * MZ_NOT_A_DOCUMENT, MZ_DOCUMENT_TOO_LARGE, MZ_DOCUMENT_CHANGED, MZ_IO, MZ_FULL. */
mz_status mz_attach_file(mz_attachments *attached, const char *path, const char *visibility,
                         json_t **out, mz_reason *why) MZ_MUST_USE;
/* The same of a text, which is the document. */
mz_status mz_attach_text(mz_attachments *attached, const char *text, const char *name,
                         const char *visibility, json_t **out, mz_reason *why) MZ_MUST_USE;

/* Puts the documents in place, durably, and holds the folder's lock until mz_attachments_settle, to
 * be called whatever is answered here. */
mz_status mz_attachments_keep(mz_attachments *attached, mz_reason *why) MZ_MUST_USE;
/* `status` is what became of the entry: unless it is in the log, or nobody can tell, what no entry
 * names is taken out again. `log` NULL: there is none. */
void mz_attachments_settle(mz_attachments *attached, mz_log *log, mz_status status);
/* mz_log_append of one entry between the two. The answer, and where it is MZ_OK the submission's
 * status, are the entry's. */
mz_status mz_attachments_submit(mz_attachments *attached, mz_log *log, mz_submission *submission,
                                int64_t now_unix_ms, mz_reason *why) MZ_MUST_USE;

/* A line for each document that came along; as JSON into `outcome`, a list `attached`. */
void mz_attachments_tell(const mz_attachments *attached);
void mz_attachments_tell_json(const mz_attachments *attached, json_t *outcome);

#endif
