/* evidence.h — the documents that entries name by their hash. 凭证。
 *
 * An entry holds a document's SHA-256 and size; the bytes lie in a folder of their own beside the
 * ledger, so that copies of the ledger's folder carry none. A name is made of the hash alone, never
 * of what somebody called the file:
 *
 *     DIR.evidence/              0700; flock(2) on it is held while something is put in place
 *         3f/                    0700: the first two digits
 *             3f9a...            64 lowercase hex digits, 0600: a document, whole, never altered
 *         staged-0123456789abcdef    a copy in the making, locked by whoever makes it
 *
 * A document comes in two steps: staged (copied, hashed and synced under a name of its own), then
 * kept (put in its place, durably), right before the entry that names it is appended. So an entry
 * in the log has its bytes, and a copy that a crash left behind is one that no entry names; it goes
 * when the folder is next written. Reading hashes again. One folder handle is for one thread at a
 * time; any number of handles and processes may work on one folder. */
#ifndef MZ_LOG_EVIDENCE_H
#define MZ_LOG_EVIDENCE_H

#include "core/hash.h"

/* Bytes of a document. A contract of forty pages scanned in colour has some 40 MB and a phone's
 * photograph 10; it is hashed whole before the entry that names it is answered and each time it is
 * read, so films stay outside. */
#define MZ_EVIDENCE_SIZE_MAX ((int64_t)64 << 20)

typedef struct mz_evidence_folder mz_evidence_folder;
typedef struct mz_staged mz_staged;

/* `DIR.evidence` of a ledger's folder. False when it does not fit. */
bool mz_evidence_path(const char *dir, char *path, size_t path_size);
/* Opens the folder at `path`; with `create` it is made where it is missing. MZ_NOT_FOUND, without a
 * reason, when it is not there: no document is. The caller owns it. */
mz_status mz_evidence_open(const char *path, bool create, mz_evidence_folder **folder,
                           mz_reason *why) MZ_MUST_USE;
/* Every staged document and reader of it has ended. NULL is fine. */
void mz_evidence_close(mz_evidence_folder *folder);

/* Opens what is to be a document: a regular file, no link, at most MZ_EVIDENCE_SIZE_MAX bytes. The
 * caller closes `*fd`. MZ_NOT_A_DOCUMENT, MZ_DOCUMENT_TOO_LARGE, MZ_IO. */
mz_status mz_evidence_source(const char *path, int *fd, mz_reason *why) MZ_MUST_USE;
/* Hash and size of an open file, nothing kept. `path` is for messages. MZ_DOCUMENT_CHANGED when it
 * is altered meanwhile. */
mz_status mz_evidence_measure(mz_hasher *hasher, int fd, const char *path, mz_hash *sha256,
                              int64_t *size, mz_reason *why) MZ_MUST_USE;

/* Copies an open file into the folder while hashing it, and syncs the copy; copies that a crash
 * left are removed first. On MZ_OK the caller ends with mz_staged_end; else nothing stays. Refuses
 * as mz_evidence_measure; MZ_FULL. `fd` may be closed afterwards. */
mz_status mz_evidence_stage(mz_evidence_folder *folder, int fd, const char *path,
                            mz_staged **staged, mz_reason *why) MZ_MUST_USE;
/* The same of bytes in memory; `name` is for messages. */
mz_status mz_evidence_stage_bytes(mz_evidence_folder *folder, mz_view bytes, const char *name,
                                  mz_staged **staged, mz_reason *why) MZ_MUST_USE;
mz_hash mz_staged_hash(const mz_staged *staged);
int64_t mz_staged_size(const mz_staged *staged);

/* One writer at a time keeps documents, from before the first is kept until it is known whether the
 * entry that names them is in: otherwise one whose entry is refused could take away what another
 * is just naming. Waits. */
mz_status mz_evidence_lock(mz_evidence_folder *folder, mz_reason *why) MZ_MUST_USE;
void mz_evidence_unlock(mz_evidence_folder *folder);
bool mz_evidence_locked(const mz_evidence_folder *folder); /* by this handle */
/* Puts the document in its place and makes that durable; the lock is held. Whole bytes that are
 * there already stay, damaged ones are replaced. MZ_DOCUMENT_CHANGED when the file that was staged
 * has been altered since; the copy then stays staged, as after every failure. */
mz_status mz_evidence_keep(mz_staged *staged, mz_reason *why) MZ_MUST_USE;
/* Takes out again what mz_evidence_keep has put in place, for an entry that was refused and whose
 * document no other names; the lock is held. Does nothing when the document was there before. */
void mz_staged_take_back(mz_staged *staged);
/* Ends it; a copy that was not kept is removed. NULL is fine. */
void mz_staged_end(mz_staged *staged);

/* The size on disk. MZ_DOCUMENT_MISSING {id}. */
mz_status mz_evidence_size(mz_evidence_folder *folder, const mz_hash *sha256, int64_t *size,
                           mz_reason *why) MZ_MUST_USE;
/* Reads a document, hashing: `part` is empty at the end, and MZ_OK with an empty part says that the
 * bytes were those of the hash. MZ_DOCUMENT_MISSING, MZ_DOCUMENT_DAMAGED {id}; what was handed out
 * before a damage was told is to be thrown away. */
typedef struct mz_evidence_reader mz_evidence_reader;
mz_status mz_evidence_reader_open(mz_evidence_folder *folder, const mz_hash *sha256,
                                  mz_evidence_reader **reader, mz_reason *why) MZ_MUST_USE;
mz_status mz_evidence_reader_next(mz_evidence_reader *reader, mz_view *part,
                                  mz_reason *why) MZ_MUST_USE;
void mz_evidence_reader_close(mz_evidence_reader *reader); /* NULL is fine */
/* Reads all of it. The same refusals. */
mz_status mz_evidence_verify(mz_evidence_folder *folder, const mz_hash *sha256,
                             mz_reason *why) MZ_MUST_USE;
/* Copies a document into another folder, which is locked. The same refusals, and MZ_FULL. */
mz_status mz_evidence_copy(mz_evidence_folder *folder, const mz_hash *sha256,
                           mz_evidence_folder *to, int64_t *size, mz_reason *why) MZ_MUST_USE;

/* What lies in the folder, in no order; copies in the making are left out. `is_document` is false
 * for a name that is not ours; `name` is its path in the folder. */
typedef struct mz_evidence_item {
    bool is_document;
    mz_hash sha256;
    const char *name;
} mz_evidence_item;
typedef mz_status mz_evidence_visit(void *context, const mz_evidence_item *item, mz_reason *why);
/* Ends early with what a visit answers but MZ_OK. */
mz_status mz_evidence_list(mz_evidence_folder *folder, mz_evidence_visit *visit, void *context,
                           mz_reason *why) MZ_MUST_USE;

#endif
