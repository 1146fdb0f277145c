#include "log/store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/entry.h"
#include "core/rules.h"
#include "core/state.h"

#define LEDGER_KEY "ledger" /* beside what the engine says of itself */

static mz_view key_of(uint64_t number, uint8_t bytes[8])
{
    mz_be64_put(bytes, number);
    return (mz_view){bytes, 8};
}

static mz_status corrupt(mz_reason *why, const char *what, uint64_t number)
{
    char cause[MZ_REASON_WORDS_MAX];
    snprintf(cause, sizeof cause, "%s %llu", what, (unsigned long long)number);
    return mz_refuse(why, MZ_CORRUPT, mz_words("cause", cause));
}

mz_status mz_store_declare(mz_kv_txn *txn, mz_reason *why)
{
    return mz_kv_put(txn, MZ_TABLE_META, mz_view_of(LEDGER_KEY), mz_view_of(MZ_STORE_FORMAT), why);
}

mz_status mz_store_identify(mz_kv_txn *txn, mz_reason *why)
{
    mz_view format;
    mz_status status = mz_kv_get(txn, MZ_TABLE_META, mz_view_of(LEDGER_KEY), &format, why);
    if (status == MZ_OK && mz_view_is(format, MZ_STORE_FORMAT))
        return MZ_OK;
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", "data.mdb"),
                     mz_words("cause", "it does not say " MZ_STORE_FORMAT));
}

/* Reads the text of a checkpoint note without looking at who signed it. */
static mz_status parse_checkpoint(mz_view note, mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_note parsed;
    mz_status status = mz_note_parse(note, &parsed, why);
    return status == MZ_OK ? mz_checkpoint_parse_text(parsed.text, checkpoint, why) : status;
}

mz_status mz_store_tip(mz_kv_txn *txn, mz_checkpoint *tip, mz_buf *note, mz_reason *why)
{
    mz_buf own;
    mz_buf_init(&own, MZ_NOTE_SIZE_MAX);
    mz_buf *text = note != NULL ? note : &own;
    uint64_t size = 0;
    uint64_t last_index = 0;
    mz_status status = mz_kv_last_number(txn, MZ_TABLE_CHECKPOINTS, &size, text, why);
    if (status == MZ_OK)
        status = mz_kv_last_number(txn, MZ_TABLE_ENTRIES, &last_index, NULL, why);
    if (status == MZ_NOT_FOUND)
        status = corrupt(why, "no entry, or no checkpoint, in a ledger: entries", 0);
    if (status == MZ_OK && (size == 0 || size > MZ_MERKLE_SIZE_MAX || last_index != size - 1))
        status =
            corrupt(why, "the last entry does not belong to the last checkpoint, of size", size);
    if (status == MZ_OK && parse_checkpoint(mz_buf_view(text), tip, NULL) != MZ_OK)
        status = corrupt(why, "not a checkpoint: table checkpoints, size", size);
    if (status == MZ_OK && tip->size != size)
        status = corrupt(why, "a checkpoint under another size: table checkpoints, size", size);
    mz_buf_clear(&own);
    return status;
}

mz_status mz_store_size_before(mz_kv_txn *txn, uint64_t size, uint64_t *before, mz_reason *why)
{
    uint8_t bytes[8];
    mz_kv_cursor *cursor = NULL;
    mz_status status = mz_kv_cursor_open(txn, MZ_TABLE_CHECKPOINTS, &cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(cursor, key_of(size, bytes), why);
    if (status == MZ_OK && !cursor->valid)
        status = corrupt(why, "the row is missing: table checkpoints, size", size);
    if (status == MZ_OK)
        status = mz_kv_cursor_previous(cursor, why);
    if (status == MZ_OK) {
        *before = 0;
        if (cursor->valid && cursor->key.size != 8)
            status = corrupt(why, "a key of the wrong size in table", MZ_TABLE_CHECKPOINTS);
        else if (cursor->valid)
            *before = mz_be64_get(cursor->key.data);
    }
    mz_kv_cursor_close(cursor);
    return status;
}

mz_status mz_store_leaf(mz_kv_txn *txn, uint64_t index, mz_view *leaf, mz_reason *why)
{
    uint8_t bytes[8];
    mz_status status = mz_kv_get(txn, MZ_TABLE_ENTRIES, key_of(index, bytes), leaf, why);
    return status == MZ_NOT_FOUND ? corrupt(why, "the row is missing: table entries, index", index)
                                  : status;
}

mz_status mz_store_leaf_time(mz_kv_txn *txn, uint64_t index, int64_t *unix_ms, mz_reason *why)
{
    mz_view leaf;
    mz_view jws;
    mz_status status = mz_store_leaf(txn, index, &leaf, why);
    return status == MZ_OK ? mz_leaf_split(leaf, unix_ms, &jws, why) : status;
}

mz_status mz_store_put_leaf(mz_kv_txn *txn, uint64_t index, mz_view leaf, mz_reason *why)
{
    uint8_t bytes[8];
    return mz_kv_put(txn, MZ_TABLE_ENTRIES, key_of(index, bytes), leaf, why);
}

static mz_status take_node(uint64_t node_position, bool found, mz_view value, mz_hash *out,
                           mz_reason *why)
{
    if (!found)
        return corrupt(why, "the row is missing: table nodes, position", node_position);
    if (value.size != MZ_HASH_SIZE)
        return corrupt(why, "not a node: table nodes, position", node_position);
    memcpy(out->bytes, value.data, MZ_HASH_SIZE);
    return MZ_OK;
}

static mz_status read_node(void *context, uint64_t node_position, mz_hash *out, mz_reason *why)
{
    uint8_t bytes[8];
    mz_view value = {NULL, 0};
    mz_status status =
        mz_kv_get(context, MZ_TABLE_NODES, key_of(node_position, bytes), &value, why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    return take_node(node_position, status == MZ_OK, value, out, why);
}

mz_merkle_reader mz_store_reader(mz_kv_txn *txn)
{
    return (mz_merkle_reader){read_node, txn};
}

static mz_status read_near_node(void *context, uint64_t node_position, mz_hash *out, mz_reason *why)
{
    mz_store_nodes *nodes = context;
    uint8_t bytes[8];
    const mz_view key = key_of(node_position, bytes);
    mz_status status = MZ_OK;
    if (nodes->cursor == NULL)
        status = mz_kv_cursor_open(nodes->txn, MZ_TABLE_NODES, &nodes->cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(nodes->cursor, key, why);
    if (status != MZ_OK)
        return status;
    const bool found = nodes->cursor->valid && mz_view_equal(nodes->cursor->key, key);
    return take_node(node_position, found, nodes->cursor->value, out, why);
}

mz_merkle_reader mz_store_nodes_reader(mz_store_nodes *nodes)
{
    return (mz_merkle_reader){read_near_node, nodes};
}

void mz_store_nodes_close(mz_store_nodes *nodes)
{
    mz_kv_cursor_close(nodes->cursor);
    nodes->cursor = NULL;
}

mz_status mz_store_put_node(mz_kv_txn *txn, uint64_t position, const mz_hash *node, mz_reason *why)
{
    uint8_t bytes[8];
    return mz_kv_put(txn, MZ_TABLE_NODES, key_of(position, bytes),
                     (mz_view){node->bytes, MZ_HASH_SIZE}, why);
}

mz_status mz_store_checkpoint(mz_kv_txn *txn, uint64_t size, mz_view *note, mz_reason *why)
{
    uint8_t bytes[8];
    return mz_kv_get(txn, MZ_TABLE_CHECKPOINTS, key_of(size, bytes), note, why);
}

mz_status mz_store_put_checkpoint(mz_kv_txn *txn, uint64_t size, mz_view note, mz_reason *why)
{
    uint8_t bytes[8];
    return mz_kv_put(txn, MZ_TABLE_CHECKPOINTS, key_of(size, bytes), note, why);
}

static bool signed_by(mz_hasher *hasher, const char *origin, const uint8_t key[MZ_KEY_SIZE],
                      mz_view note, mz_checkpoint *checkpoint)
{
    mz_vkey vkey;
    return mz_vkey_make(hasher, mz_view_of(origin), MZ_VKEY_ED25519, key, &vkey, NULL) == MZ_OK &&
           mz_checkpoint_open(note, &vkey, checkpoint, NULL) == MZ_OK;
}

/* The key that signs next is usually the key that signed last. Just after a new key has taken
 * effect it is not: then it is one of the log's keys that was still in force when the batch began.
 */
static mz_status open_by_any_key(mz_hasher *hasher, mz_changes *changes, mz_view note,
                                 uint64_t size_before, mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_ledger ledger;
    mz_status status = mz_ledger_load(changes, &ledger, why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? corrupt(why, "no ledger in the state: size", size_before)
                                      : status;
    if (signed_by(hasher, ledger.origin, ledger.log_key, note, checkpoint))
        return MZ_OK;
    mz_key_bytes prefix = mz_key_of(MZ_KIND_KEY);
    mz_key_bytes row = prefix;
    mz_view value;
    while ((status = mz_state_next(changes, &prefix, &row, &value, why)) == MZ_OK) {
        mz_actor_key key;
        if (value.size != sizeof key)
            return corrupt(why, "not a key in the state: size", size_before);
        memcpy(&key, value.data, sizeof key);
        if (key.actor_no == 0 && key.replaced_index >= size_before &&
            signed_by(hasher, ledger.origin, key.key, note, checkpoint))
            return MZ_OK;
    }
    if (status != MZ_NOT_FOUND)
        return status;
    return corrupt(why, "the checkpoint is not signed by the log's key: first entry", size_before);
}

mz_status mz_store_open_checkpoint(mz_kv_txn *txn, mz_view note, uint64_t size_before,
                                   mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_hasher *hasher = mz_hasher_new();
    mz_changes *changes = mz_changes_new(txn);
    mz_status status = hasher != NULL && changes != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = open_by_any_key(hasher, changes, note, size_before, checkpoint, why);
    mz_changes_free(changes);
    mz_hasher_free(hasher);
    return status;
}

/* Rebuilds the tree from the end of the batch before, comparing every node with the stored one. */
static mz_status verify_batch(mz_kv_txn *txn, mz_hasher *hasher, uint64_t before,
                              const mz_checkpoint *tip, mz_reason *why)
{
    mz_merkle_reader reader = mz_store_reader(txn);
    mz_merkle_frontier frontier;
    mz_status status = mz_merkle_frontier_load(&frontier, &reader, before, why);
    while (status == MZ_OK && frontier.size < tip->size) {
        uint64_t index = frontier.size;
        uint64_t position = mz_merkle_node_count(index);
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        size_t node_count = 0;
        mz_view leaf;
        status = mz_store_leaf(txn, index, &leaf, why);
        if (status != MZ_OK)
            return status;
        mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, leaf);
        mz_merkle_frontier_append(&frontier, hasher, &leaf_hash, nodes, &node_count);
        for (size_t i = 0; i < node_count && status == MZ_OK; i++) {
            mz_hash stored;
            status = read_node(txn, position + i, &stored, why);
            if (status == MZ_OK && !mz_hash_equal(&stored, &nodes[i]))
                status = corrupt(why, "the entry is not the one that was hashed: index", index);
        }
    }
    if (status != MZ_OK)
        return status;
    mz_hash root = mz_merkle_frontier_root(&frontier, hasher);
    return mz_hash_equal(&root, &tip->root)
               ? MZ_OK
               : corrupt(why, "the tree does not lead to the checkpoint of size", tip->size);
}

mz_status mz_store_verify_tip(mz_kv_txn *txn, mz_checkpoint *tip, mz_buf *note, mz_reason *why)
{
    mz_buf own;
    mz_buf_init(&own, MZ_NOTE_SIZE_MAX);
    mz_buf *text = note != NULL ? note : &own;
    uint64_t before = 0;
    mz_checkpoint opened;
    mz_hasher *hasher = mz_hasher_new();
    mz_status status = hasher != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = mz_store_identify(txn, why);
    if (status == MZ_OK)
        status = mz_store_tip(txn, tip, text, why);
    if (status == MZ_OK)
        status = mz_store_size_before(txn, tip->size, &before, why);
    if (status == MZ_OK)
        status = mz_store_open_checkpoint(txn, mz_buf_view(text), before, &opened, why);
    if (status == MZ_OK)
        status = verify_batch(txn, hasher, before, tip, why);
    mz_hasher_free(hasher);
    mz_buf_clear(&own);
    return status;
}
