/* tlog.h — somebody else's log, read over HTTP as C2SP tlog-tiles v0.1.0 has it: 远程账本。
 *
 * Nothing that the server sends is believed. The caller names a tree with mz_tlog_trust, by the
 * size and root of a checkpoint whose signature it has looked at; from then on a hash is used once
 * it leads to that root, and an entry is handed out once it hashes to such a hash. So all that a
 * server can do is to fail, and mz_tlog_fault_of tells how and where. One thread at a time. */
#ifndef MZ_REMOTE_TLOG_H
#define MZ_REMOTE_TLOG_H

#include "core/merkle.h"
#include "core/tile.h"
#include "remote/patience.h"

typedef struct mz_tlog mz_tlog;

typedef struct mz_tlog_options {
    const char *url; /* "https://ledger.example.org", a path is allowed */
    mz_http_client_options http;
    mz_patience patience;
} mz_tlog_options;

/* The caller owns `*tlog` on MZ_OK. MZ_BAD_VALUE: not a URL; MZ_NO_MEMORY; MZ_IO. */
mz_status mz_tlog_open(const mz_tlog_options *options, mz_tlog **tlog, mz_reason *why) MZ_MUST_USE;
void mz_tlog_close(mz_tlog *tlog); /* NULL is fine */
/* From any thread: as mz_http_client_stop. */
void mz_tlog_stop(mz_tlog *tlog);

/* How a server failed. */
typedef enum mz_tlog_fault_kind {
    MZ_TLOG_NO_FAULT,
    MZ_TLOG_NO_ANSWER, /* none, or none that can be used, after all tries */
    MZ_TLOG_MISSING,   /* 404 for what a log of the trusted size has */
    MZ_TLOG_TILE,      /* hashes that do not lead to the trusted root */
    MZ_TLOG_FORM,      /* bytes that are no bundle of entries */
    MZ_TLOG_ALTERED,   /* an entry that is not the one of the tree */
    MZ_TLOG_MOVED      /* an entry of the tree, at another's place */
} mz_tlog_fault_kind;
/* The last failure. */
typedef struct mz_tlog_fault {
    mz_tlog_fault_kind kind;
    uint64_t index; /* of the first entry concerned; the trusted size where hashes are */
    char path[MZ_TILE_PATH_SIZE_MAX + 16]; /* what was asked for, below the URL */
} mz_tlog_fault;
const mz_tlog_fault *mz_tlog_fault_of(const mz_tlog *tlog);

/* The server's latest checkpoint as it is sent, replacing what `note` holds, which has room for at
 * least MZ_NOTE_SIZE_MAX. MZ_IO, MZ_TOO_LARGE; MZ_NOT_FOUND: there is no log at this URL. */
mz_status mz_tlog_checkpoint(mz_tlog *tlog, mz_buf *note, mz_reason *why) MZ_MUST_USE;

/* The receipt (core/receipt.h) that the server gives of entry 0, as it is sent, replacing what
 * `receipt` holds, which has room for at least MZ_RECEIPT_SIZE_MAX. It is against a checkpoint that
 * the log's quorum has cosigned, once there is one. A service of ours has it, other logs have not:
 * MZ_NOT_FOUND; MZ_IO, MZ_TOO_LARGE. None of these is a fault of the log, and none is worth another
 * try. */
mz_status mz_tlog_receipt(mz_tlog *tlog, mz_buf *receipt, mz_reason *why) MZ_MUST_USE;

/* From now on the tree is this one. Reads its right edge, at most one tile of each level.
 * MZ_CORRUPT {cause} when that does not lead to the root: then no tree is trusted. MZ_IO,
 * MZ_TOO_LARGE, MZ_NOT_FOUND. */
mz_status mz_tlog_trust(mz_tlog *tlog, uint64_t size, const mz_hash *root,
                        mz_reason *why) MZ_MUST_USE;
uint64_t mz_tlog_size(const mz_tlog *tlog); /* of the trusted tree; 0: none */

/* The nodes of the trusted tree, for mz_merkle_root, mz_merkle_inclusion and
 * mz_merkle_consistency up to its size. Errors as mz_tlog_trust. Borrows `tlog`. */
mz_merkle_reader mz_tlog_reader(mz_tlog *tlog);

/* The leaf at `index` below the size of the trusted tree, borrowed until the next call. Reading
 * forwards asks for each bundle once. MZ_CORRUPT {cause}: what is there is not the tree's;
 * MZ_NOT_FOUND, MZ_IO, MZ_TOO_LARGE. */
mz_status mz_tlog_leaf(mz_tlog *tlog, uint64_t index, mz_view *leaf, mz_reason *why) MZ_MUST_USE;

/* Takes an entry bundle apart: `ends[i]` is where leaf i ends in `bytes`, its two bytes of length
 * in front of it. False unless the bytes are exactly `width` entries. */
bool mz_bundle_split(mz_view bytes, unsigned width, size_t ends[MZ_TILE_WIDTH]) MZ_MUST_USE;

#endif
