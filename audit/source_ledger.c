/* source_ledger.c — a ledger's folder: its entries and checkpoints, and nothing else of it. */
#include <stdlib.h>

#include "kv/lmdb.h"
#include "source_parts.h"

typedef struct ledger_source {
    mz_source head;
    mz_kv *kv;
} ledger_source;

static mz_kv *kv_of(mz_source *source)
{
    return ((ledger_source *)source)->kv;
}

static mz_status open_cursor(mz_kv_txn *txn, mz_table table, uint64_t from, mz_kv_cursor **cursor,
                             mz_reason *why)
{
    uint8_t key[8];
    mz_be64_put(key, from);
    mz_status status = mz_kv_cursor_open(txn, table, cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(*cursor, (mz_view){key, sizeof key}, why);
    return status;
}

static mz_status ledger_leaves(mz_kv_txn *txn, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    mz_kv_cursor *cursor = NULL;
    mz_status status = open_cursor(txn, MZ_TABLE_ENTRIES, stretch->first, &cursor, why);
    while (status == MZ_OK && cursor->valid && stretch->leaves.count < MZ_BATCH_ENTRIES) {
        const uint64_t want = stretch->first + stretch->leaves.count;
        if (want == end || cursor->key.size != 8 || mz_be64_get(cursor->key.data) != want)
            break; /* what is missing is seen by who counts */
        status = mz_strings_add(&stretch->leaves, cursor->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_next(cursor, why);
    }
    mz_kv_cursor_close(cursor);
    return status;
}

static mz_status ledger_notes(mz_kv_txn *txn, mz_stretch *stretch, mz_reason *why)
{
    const uint64_t end = stretch->first + stretch->leaves.count;
    mz_kv_cursor *cursor = NULL;
    mz_status status = open_cursor(txn, MZ_TABLE_CHECKPOINTS, stretch->first + 1, &cursor, why);
    while (status == MZ_OK && cursor->valid) {
        if (cursor->key.size != 8) {
            status = mz_refuse_corrupt(why, "a checkpoint's key is not a size");
            break;
        }
        const uint64_t size = mz_be64_get(cursor->key.data);
        if (size > end)
            break;
        stretch->sizes[stretch->notes.count] = size;
        status = mz_strings_add(&stretch->notes, cursor->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_next(cursor, why);
    }
    mz_kv_cursor_close(cursor);
    return status;
}

static mz_status read_ledger(mz_source *source, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_read(kv_of(source), &txn, why);
    if (status == MZ_OK)
        status = ledger_leaves(txn, end, stretch, why);
    if (status == MZ_OK)
        status = ledger_notes(txn, stretch, why);
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_claim(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint64_t last = 0;
    mz_status status = mz_kv_begin_read(kv_of(source), &txn, why);
    if (status == MZ_OK)
        status = mz_kv_last_number(txn, MZ_TABLE_CHECKPOINTS, size, note, why);
    if (status == MZ_NOT_FOUND)
        status = mz_refuse_corrupt(why, MZ_BOTH("没有总账印章", "there is no checkpoint"));
    if (status == MZ_OK) {
        status = mz_kv_last_number(txn, MZ_TABLE_ENTRIES, &last, NULL, why);
        if (status == MZ_OK && last >= *size)
            status = mz_refuse_corrupt(
                why, MZ_BOTH("最后几笔没有总账印章", "the last entries have no checkpoint"));
        if (status == MZ_NOT_FOUND)
            status = MZ_OK; /* the missing entries are found where they should be */
    }
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_note(mz_source *source, uint64_t size, mz_buf *note, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint8_t key[8];
    mz_view value;
    mz_be64_put(key, size);
    mz_status status = mz_kv_begin_read(kv_of(source), &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_CHECKPOINTS, (mz_view){key, sizeof key}, &value, why);
    if (status == MZ_OK)
        mz_buf_put(note, value);
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_cosigned(mz_source *source, uint64_t end, mz_gathering *g, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_kv_cursor *row = NULL;
    mz_status status = mz_kv_begin_read(kv_of(source), &txn, why);
    g->newest_first = true;
    if (status == MZ_OK)
        status = mz_kv_cursor_open(txn, MZ_TABLE_COSIGNATURES, &row, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_last(row, why);
    while (status == MZ_OK && row->valid && g->out->count < MZ_COSIGNED_MAX) {
        if (row->key.size != 12)
            status = mz_refuse_corrupt(why, "a cosignature's key is not a size and a key's id");
        else if (mz_be64_get(row->key.data) <= end)
            status = mz_gather(g, mz_be64_get(row->key.data), mz_be32_get(row->key.data + 8),
                               row->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_previous(row, why);
    }
    mz_kv_cursor_close(row);
    mz_kv_abort(txn);
    return status;
}

/* A ledger may have grown since it was looked at. */
static mz_status ledger_goes_on(mz_source *source, uint64_t size, bool *goes_on, mz_reason *why)
{
    (void)source, (void)size, (void)why;
    *goes_on = false;
    return MZ_OK;
}

static void ledger_close(mz_source *source)
{
    mz_kv_close(kv_of(source));
    free(source);
}

mz_status mz_source_ledger_open(const char *path, mz_source **source, mz_reason *why)
{
    static const mz_source_kind_row KIND = {
        .name = "ledger",
        .every_note = true,
        .close = ledger_close,
        .claim = ledger_claim,
        .read = read_ledger,
        .note = ledger_note,
        .goes_on = ledger_goes_on,
        .cosigned = ledger_cosigned,
    };
    const mz_lmdb_options options = {.read_only = true};
    ledger_source *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->head.kind = &KIND;
    const mz_status status = mz_lmdb_open(path, &options, &made->kv, why);
    if (status == MZ_OK)
        *source = &made->head;
    else
        free(made);
    return status;
}
