#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/receipt.h"
#include "core/state.h"
#include "core/uuid.h"
#include "log/cosign.h"
#include "log/log.h"
#include "log/store.h"

struct mz_snapshot {
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_hasher
        *hasher; /* made when first needed: a look-up in libcrypto costs more than most reads */
    mz_checkpoint tip;
    int64_t last_unix_ms;
    mz_store_nodes nodes; /* for proofs */
};

mz_status mz_snapshot_open(mz_log *log, mz_snapshot **snapshot, mz_reason *why)
{
    return mz_snapshot_open_kv(mz_log_kv(log), snapshot, why);
}

mz_status mz_snapshot_open_kv(mz_kv *kv, mz_snapshot **out, mz_reason *why)
{
    mz_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_status status = mz_kv_begin_read(kv, &snapshot->txn, why);
    if (status == MZ_OK)
        status = mz_store_tip(snapshot->txn, &snapshot->tip, NULL, why);
    if (status == MZ_OK)
        status =
            mz_store_leaf_time(snapshot->txn, snapshot->tip.size - 1, &snapshot->last_unix_ms, why);
    if (status == MZ_OK) {
        snapshot->changes = mz_changes_new(snapshot->txn);
        if (snapshot->changes == NULL)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK)
        *out = snapshot;
    else
        mz_snapshot_close(snapshot);
    return status;
}

void mz_snapshot_close(mz_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    mz_store_nodes_close(&snapshot->nodes);
    mz_changes_free(snapshot->changes);
    mz_kv_abort(snapshot->txn);
    mz_hasher_free(snapshot->hasher);
    free(snapshot);
}

uint64_t mz_snapshot_size(const mz_snapshot *snapshot)
{
    return snapshot->tip.size;
}

mz_hash mz_snapshot_root(const mz_snapshot *snapshot)
{
    return snapshot->tip.root;
}

int64_t mz_snapshot_last_unix_ms(const mz_snapshot *snapshot)
{
    return snapshot->last_unix_ms;
}

mz_kv_txn *mz_snapshot_txn(mz_snapshot *snapshot)
{
    return snapshot->txn;
}

mz_changes *mz_snapshot_changes(mz_snapshot *snapshot)
{
    return snapshot->changes;
}

static mz_status not_found(mz_reason *why, const char *kind, uint64_t number)
{
    char id[24];
    snprintf(id, sizeof id, "%llu", (unsigned long long)number);
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", kind), mz_words("id", id));
}

mz_status mz_snapshot_leaf(mz_snapshot *snapshot, uint64_t index, mz_view *leaf, mz_reason *why)
{
    if (index >= snapshot->tip.size)
        return not_found(why, MZ_BOTH("记录", "entry"), index);
    return mz_store_leaf(snapshot->txn, index, leaf, why);
}

mz_status mz_snapshot_find(mz_snapshot *snapshot, const uint8_t jti[16], uint64_t *index,
                           mz_reason *why)
{
    mz_event event;
    mz_status status = mz_jti_find(snapshot->changes, jti, index, &event, why);
    if (status != MZ_NOT_FOUND)
        return status;
    char text[MZ_UUID_TEXT_SIZE];
    mz_uuid_text(jti, text);
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("记录", "entry")),
                     mz_words("id", text));
}

mz_status mz_snapshot_checkpoint(mz_snapshot *snapshot, uint64_t size, mz_view *note,
                                 mz_reason *why)
{
    if (size == 0)
        size = snapshot->tip.size;
    mz_status status = mz_store_checkpoint(snapshot->txn, size, note, why);
    return status == MZ_NOT_FOUND ? not_found(why, MZ_BOTH("总账印章", "checkpoint of size"), size)
                                  : status;
}

static mz_status need_hasher(mz_snapshot *snapshot, mz_reason *why)
{
    if (snapshot->hasher == NULL)
        snapshot->hasher = mz_hasher_new();
    return snapshot->hasher != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

mz_status mz_snapshot_inclusion(mz_snapshot *snapshot, uint64_t index, uint64_t size,
                                mz_merkle_proof *proof, mz_reason *why)
{
    if (size > snapshot->tip.size || index >= size)
        return not_found(why, MZ_BOTH("记录", "entry"), index);
    snapshot->nodes.txn = snapshot->txn;
    mz_merkle_reader reader = mz_store_nodes_reader(&snapshot->nodes);
    mz_status status = need_hasher(snapshot, why);
    if (status == MZ_OK)
        status = mz_merkle_inclusion(snapshot->hasher, &reader, index, size, proof, why);
    return status;
}

mz_status mz_snapshot_consistency(mz_snapshot *snapshot, uint64_t old_size, uint64_t new_size,
                                  mz_merkle_proof *proof, mz_reason *why)
{
    if (new_size > snapshot->tip.size || old_size > new_size)
        return not_found(why, MZ_BOTH("总账印章", "checkpoint of size"), new_size);
    snapshot->nodes.txn = snapshot->txn;
    mz_merkle_reader reader = mz_store_nodes_reader(&snapshot->nodes);
    mz_status status = need_hasher(snapshot, why);
    if (status == MZ_OK)
        status = mz_merkle_consistency(snapshot->hasher, &reader, old_size, new_size, proof, why);
    return status;
}

mz_status mz_snapshot_root_of(mz_snapshot *snapshot, uint64_t size, mz_hash *root, mz_reason *why)
{
    if (size > snapshot->tip.size)
        return not_found(why, MZ_BOTH("总账印章", "checkpoint of size"), size);
    snapshot->nodes.txn = snapshot->txn;
    mz_merkle_reader reader = mz_store_nodes_reader(&snapshot->nodes);
    mz_status status = need_hasher(snapshot, why);
    return status == MZ_OK ? mz_merkle_root(snapshot->hasher, &reader, size, root, why) : status;
}

/* A copy: the next read would end the view. */
static mz_status copy(mz_buf *out, mz_view bytes, mz_reason *why)
{
    mz_buf_reset(out);
    mz_buf_put(out, bytes);
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* The latest checkpoint; or, where the log asks for witnesses, the latest that has enough of them
 * if it holds the entry already. */
static mz_status receipt_size(mz_snapshot *snapshot, uint64_t index, uint64_t *size, mz_reason *why)
{
    uint64_t witnessed = 0;
    mz_ledger ledger;
    *size = snapshot->tip.size;
    mz_status status = mz_ledger_load(snapshot->changes, &ledger, why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse_corrupt(why, "no ledger in the state");
    if (status != MZ_OK || ledger.quorum == 0)
        return status;
    status = mz_snapshot_witnessed(snapshot, &witnessed, why);
    if (status == MZ_OK && witnessed > index)
        *size = witnessed;
    return status;
}

mz_status mz_snapshot_receipt(mz_snapshot *snapshot, uint64_t index, mz_buf *out, mz_reason *why)
{
    return mz_snapshot_receipt_disclosed(snapshot, index, NULL, 0, out, why);
}

mz_status mz_snapshot_receipt_disclosed(mz_snapshot *snapshot, uint64_t index,
                                        const mz_view *disclosures, size_t disclosure_count,
                                        mz_buf *out, mz_reason *why)
{
    assert(disclosure_count <= MZ_RECEIPT_DISCLOSURES_MAX);
    mz_buf leaf;
    mz_buf note;
    mz_buf_init(&leaf, MZ_LEAF_SIZE_MAX);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    mz_receipt receipt = {.index = index, .disclosure_count = disclosure_count};
    for (size_t i = 0; i < disclosure_count; i++)
        receipt.disclosures[i] = disclosures[i];
    mz_view view = {NULL, 0};
    uint64_t size = 0;
    mz_status status = mz_snapshot_leaf(snapshot, index, &view, why);
    if (status == MZ_OK)
        status = copy(&leaf, view, why);
    if (status == MZ_OK)
        status = receipt_size(snapshot, index, &size, why);
    if (status == MZ_OK)
        status = mz_snapshot_cosigned(snapshot, size, &note, why);
    if (status == MZ_OK)
        status = mz_snapshot_inclusion(snapshot, index, size, &receipt.proof, why);
    if (status == MZ_OK) {
        receipt.leaf = mz_buf_view(&leaf);
        receipt.checkpoint_note = mz_buf_view(&note);
        status = mz_receipt_put(out, &receipt, why);
    }
    mz_buf_clear(&leaf);
    mz_buf_clear(&note);
    return status;
}
