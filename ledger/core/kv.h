/* kv.h — an ordered key-value transaction: the seam behind which the engines stand.
 *
 * The contract, for every engine, and tests/test_kv.c runs all of it over each:
 * - A fixed list of tables. Keys of 1 to 255 bytes, in memcmp order (a prefix sorts first);
 *   values of 0 to 65,535 bytes.
 * - One writer at a time over all processes: mz_kv_begin_write waits for it. Any number of
 *   snapshots. A write transaction begins and ends on one thread.
 * - A transaction reads its own writes. It holds at most 1,024 entries' worth or 4 MiB of
 *   changes; the caller sees to that.
 * - Views returned by a get or a cursor are valid until the next call on the same transaction;
 *   a put may not be given one of its own transaction.
 * - While a cursor on a table is open nothing may be written to that table in that transaction.
 * - A snapshot may be used on any thread, by one thread at a time, and is renewed after 5
 *   seconds by whoever holds it, since an old snapshot keeps old pages alive.
 * - Commit ends the transaction whatever it answers: MZ_OK; MZ_FULL or MZ_CONFLICT, when nothing
 *   was written; MZ_OUTCOME_UNKNOWN, when the store must be reopened to learn what happened. When
 *   a put or erase of it had failed, commit answers that status again and writes nothing.
 * - No cache outlives a transaction unless it is keyed by tree size.
 * Engines: kv/lmdb.h (default), kv/memory.h (tests). */
#ifndef MZ_CORE_KV_H
#define MZ_CORE_KV_H

#include "core/bytes.h"

#define MZ_KV_KEY_MAX 255
#define MZ_KV_VALUE_MAX 65535
#define MZ_KV_ENTRIES_MAX 1024       /* entries in one transaction */
#define MZ_KV_CHANGES_MAX (4u << 20) /* bytes of changes in one transaction */

/* clang-format off */
/* number, name: numbers are stored and stay. */
#define MZ_TABLE_MAP(X) \
    X(MZ_TABLE_META, 0, "meta")               /* what the store is: format version */ \
    X(MZ_TABLE_ENTRIES, 1, "entries")         /* be64 index -> leaf bytes */ \
    X(MZ_TABLE_NODES, 2, "nodes")             /* be64 post-order position -> 32-byte node hash */ \
    X(MZ_TABLE_CHECKPOINTS, 3, "checkpoints") /* be64 size -> signed checkpoint note */ \
    X(MZ_TABLE_COSIGNATURES, 4, "cosignatures") /* be64 size, key id -> cosignature line */ \
    X(MZ_TABLE_JTI, 5, "jti")                 /* 16-byte jti -> be64 index, be16 event type */ \
    X(MZ_TABLE_STATE, 6, "state")             /* the rules' own state: core/state.h */ \
    X(MZ_TABLE_TOTALS, 7, "totals")           /* the rules' totals by fund and day: core/totals.h */ \
    X(MZ_TABLE_AUDIT, 8, "audit")             /* of an audit or a witness, in its own store; else empty */ \
    X(MZ_TABLE_SEALED, 9, "sealed")           /* 32-byte digest -> be64 index, disclosure, in its own store; else empty */
/* clang-format on */

typedef enum mz_table {
#define MZ_TABLE_ENUM(name, number, label) name = number,
    MZ_TABLE_MAP(MZ_TABLE_ENUM)
#undef MZ_TABLE_ENUM
        MZ_TABLE_COUNT
} mz_table;

const char *mz_table_name(mz_table table);

typedef struct mz_kv mz_kv;
typedef struct mz_kv_txn mz_kv_txn;
typedef struct mz_kv_cursor mz_kv_cursor;

/* What an engine provides. Each engine's own structs begin with those below. */
typedef struct mz_kv_engine {
    const char *name;
    mz_status (*begin)(mz_kv *kv, bool write, mz_kv_txn **txn, mz_reason *why);
    mz_status (*commit)(mz_kv_txn *txn, mz_reason *why); /* frees, whatever it answers */
    void (*abort)(mz_kv_txn *txn);
    mz_status (*get)(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value, mz_reason *why);
    mz_status (*put)(mz_kv_txn *txn, mz_table table, mz_view key, mz_view value, mz_reason *why);
    mz_status (*erase)(mz_kv_txn *txn, mz_table table, mz_view key, mz_reason *why);
    mz_status (*cursor_open)(mz_kv_txn *txn, mz_table table, mz_kv_cursor **cursor, mz_reason *why);
    mz_status (*cursor_seek)(mz_kv_cursor *cursor, mz_view key, mz_reason *why);
    mz_status (*cursor_next)(mz_kv_cursor *cursor, mz_reason *why);
    mz_status (*cursor_previous)(mz_kv_cursor *cursor, mz_reason *why);
    mz_status (*cursor_last)(mz_kv_cursor *cursor, mz_reason *why);
    void (*cursor_close)(mz_kv_cursor *cursor);
    void (*close)(mz_kv *kv);
} mz_kv_engine;

struct mz_kv {
    const mz_kv_engine *engine;
};
struct mz_kv_txn {
    const mz_kv_engine *engine;
};
/* `valid` says whether the cursor stands on a row; only then are key and value to be read. */
struct mz_kv_cursor {
    const mz_kv_engine *engine;
    bool valid;
    mz_view key;
    mz_view value;
};

/* Begin: the caller owns `*txn` on MZ_OK and ends it with commit or abort; untouched otherwise. */
mz_status mz_kv_begin_read(mz_kv *kv, mz_kv_txn **txn, mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_begin_write(mz_kv *kv, mz_kv_txn **txn, mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_commit(mz_kv_txn *txn, mz_reason *why) MZ_MUST_USE;
void mz_kv_abort(mz_kv_txn *txn); /* NULL is fine */

/* MZ_OK and the value; MZ_NOT_FOUND, without a reason, when there is none; MZ_IO, MZ_CORRUPT. */
mz_status mz_kv_get(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value,
                    mz_reason *why) MZ_MUST_USE;
/* Puts or replaces. MZ_FULL, MZ_IO. */
mz_status mz_kv_put(mz_kv_txn *txn, mz_table table, mz_view key, mz_view value,
                    mz_reason *why) MZ_MUST_USE;
/* MZ_OK also when there was none. */
mz_status mz_kv_erase(mz_kv_txn *txn, mz_table table, mz_view key, mz_reason *why) MZ_MUST_USE;

/* A cursor is opened on no row. Seek: the first row with key >= `key`, which may be empty or one
 * byte longer than a key; last: the last row of the table; next and previous: from a row, or to no
 * row at the end. Running off the end is MZ_OK with `valid` false. The caller closes it before the
 * transaction ends. */
mz_status mz_kv_cursor_open(mz_kv_txn *txn, mz_table table, mz_kv_cursor **cursor,
                            mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_cursor_last(mz_kv_cursor *cursor, mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_cursor_next(mz_kv_cursor *cursor, mz_reason *why) MZ_MUST_USE;
mz_status mz_kv_cursor_previous(mz_kv_cursor *cursor, mz_reason *why) MZ_MUST_USE;
void mz_kv_cursor_close(mz_kv_cursor *cursor); /* NULL is fine */

/* The number and the value of the last row of a table whose keys are be64; `value` may be NULL.
 * MZ_NOT_FOUND, without a reason, when the table is empty; MZ_CORRUPT when the key is no number. */
mz_status mz_kv_last_number(mz_kv_txn *txn, mz_table table, uint64_t *number, mz_buf *value,
                            mz_reason *why) MZ_MUST_USE;

void mz_kv_close(mz_kv *kv); /* NULL is fine; every transaction has ended */

#endif
