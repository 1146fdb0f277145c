/* kv.c — the seam's own checks, then the engine's function. */
#include "core/kv.h"

#include <assert.h>

const char *mz_table_name(mz_table table)
{
    static const char *const NAMES[] = {
#define MZ_TABLE_LABEL(name, number, label) [(number)] = (label),
        MZ_TABLE_MAP(MZ_TABLE_LABEL)
#undef MZ_TABLE_LABEL
    };
    assert(table < MZ_TABLE_COUNT);
    return NAMES[table];
}

static void assert_key(mz_table table, mz_view key)
{
    assert(table < MZ_TABLE_COUNT);
    assert(key.size >= 1);
    assert(key.size <= MZ_KV_KEY_MAX);
}

mz_status mz_kv_begin_read(mz_kv *kv, mz_kv_txn **txn, mz_reason *why)
{
    return kv->engine->begin(kv, false, txn, why);
}

mz_status mz_kv_begin_write(mz_kv *kv, mz_kv_txn **txn, mz_reason *why)
{
    return kv->engine->begin(kv, true, txn, why);
}

mz_status mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    return txn->engine->commit(txn, why);
}

void mz_kv_abort(mz_kv_txn *txn)
{
    if (txn != NULL)
        txn->engine->abort(txn);
}

mz_status mz_kv_get(mz_kv_txn *txn, mz_table table, mz_view key, mz_view *value, mz_reason *why)
{
    assert_key(table, key);
    return txn->engine->get(txn, table, key, value, why);
}

mz_status mz_kv_put(mz_kv_txn *txn, mz_table table, mz_view key, mz_view value, mz_reason *why)
{
    assert_key(table, key);
    assert(value.size <= MZ_KV_VALUE_MAX);
    return txn->engine->put(txn, table, key, value, why);
}

mz_status mz_kv_erase(mz_kv_txn *txn, mz_table table, mz_view key, mz_reason *why)
{
    assert_key(table, key);
    return txn->engine->erase(txn, table, key, why);
}

mz_status mz_kv_cursor_open(mz_kv_txn *txn, mz_table table, mz_kv_cursor **cursor, mz_reason *why)
{
    assert(table < MZ_TABLE_COUNT);
    return txn->engine->cursor_open(txn, table, cursor, why);
}

mz_status mz_kv_cursor_seek(mz_kv_cursor *cursor, mz_view key, mz_reason *why)
{
    assert(key.size <= MZ_KV_KEY_MAX + 1);
    return cursor->engine->cursor_seek(cursor, key, why);
}

mz_status mz_kv_cursor_last(mz_kv_cursor *cursor, mz_reason *why)
{
    return cursor->engine->cursor_last(cursor, why);
}

mz_status mz_kv_cursor_next(mz_kv_cursor *cursor, mz_reason *why)
{
    assert(cursor->valid);
    return cursor->engine->cursor_next(cursor, why);
}

mz_status mz_kv_cursor_previous(mz_kv_cursor *cursor, mz_reason *why)
{
    assert(cursor->valid);
    return cursor->engine->cursor_previous(cursor, why);
}

void mz_kv_cursor_close(mz_kv_cursor *cursor)
{
    if (cursor != NULL)
        cursor->engine->cursor_close(cursor);
}

mz_status mz_kv_last_number(mz_kv_txn *txn, mz_table table, uint64_t *number, mz_buf *value,
                            mz_reason *why)
{
    mz_kv_cursor *cursor = NULL;
    mz_status status = mz_kv_cursor_open(txn, table, &cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_last(cursor, why);
    if (status == MZ_OK && !cursor->valid)
        status = MZ_NOT_FOUND;
    if (status == MZ_OK && cursor->key.size != 8)
        status = mz_refuse_corrupt(why, "a row's key is not a number");
    if (status == MZ_OK) {
        *number = mz_be64_get(cursor->key.data);
        if (value != NULL) {
            mz_buf_reset(value);
            mz_buf_put(value, cursor->value);
            if (value->failed)
                status = mz_refuse(why, MZ_NO_MEMORY);
        }
    }
    mz_kv_cursor_close(cursor);
    return status;
}

void mz_kv_close(mz_kv *kv)
{
    if (kv != NULL)
        kv->engine->close(kv);
}
