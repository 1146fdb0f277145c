#include "small_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds)
{
    if (!holds)
        abort();
}

static mz_status read_node(void *context, uint64_t position, mz_hash *out, mz_reason *why)
{
    const small_log *log = context;
    (void)why;
    must(position < log->node_count);
    *out = log->nodes[position];
    return MZ_OK;
}

static mz_merkle_reader reader_of(const small_log *log)
{
    return (mz_merkle_reader){read_node, (void *)(uintptr_t)log};
}

void small_log_init(small_log *log, const char *origin, uint8_t seed, int fork)
{
    mz_merkle_frontier frontier = {0};
    uint8_t seed_bytes[MZ_SEED_SIZE];
    *log = (small_log){.origin = origin, .hasher = mz_hasher_new()};
    must(log->hasher != NULL);
    memset(seed_bytes, seed, sizeof seed_bytes);
    mz_signer_from_seed(&log->signer, seed_bytes);
    for (unsigned i = 0; i < SMALL_LOG_LEAVES; i++) {
        char leaf[32];
        size_t count = 0;
        mz_hash nodes[MZ_MERKLE_LEVELS + 1];
        snprintf(leaf, sizeof leaf, "leaf %u of %d", i, i < SMALL_LOG_FORK ? 0 : fork);
        const mz_hash hash = mz_merkle_leaf_hash(log->hasher, mz_view_of(leaf));
        mz_merkle_frontier_append(&frontier, log->hasher, &hash, nodes, &count);
        memcpy(&log->nodes[log->node_count], nodes, count * sizeof nodes[0]);
        log->node_count += count;
    }
}

void small_log_clear(small_log *log)
{
    mz_hasher_free(log->hasher);
    log->hasher = NULL;
}

void small_log_vkey(const small_log *log, mz_vkey *vkey)
{
    must(mz_vkey_make(log->hasher, mz_view_of(log->origin), MZ_VKEY_ED25519, log->signer.public_key,
                      vkey, NULL) == MZ_OK);
}

mz_checkpoint small_log_checkpoint(const small_log *log, uint64_t size)
{
    mz_checkpoint checkpoint = {.size = size};
    const mz_merkle_reader reader = reader_of(log);
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", log->origin);
    must(mz_merkle_root(log->hasher, &reader, size, &checkpoint.root, NULL) == MZ_OK);
    return checkpoint;
}

void small_log_note(const small_log *log, uint64_t size, mz_buf *out)
{
    const mz_checkpoint checkpoint = small_log_checkpoint(log, size);
    mz_buf_reset(out);
    must(mz_checkpoint_sign(log->hasher, &checkpoint, &log->signer, out, NULL) == MZ_OK);
}

void small_log_proof(const small_log *log, uint64_t old_size, uint64_t size, mz_merkle_proof *proof)
{
    const mz_merkle_reader reader = reader_of(log);
    must(mz_merkle_consistency(log->hasher, &reader, old_size, size, proof, NULL) == MZ_OK);
}

void small_log_request(const small_log *log, uint64_t old_size, uint64_t size, mz_buf *out)
{
    mz_witness_request request = {.old_size = old_size};
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    small_log_note(log, size, &note);
    small_log_proof(log, old_size, size, &request.proof);
    request.note = mz_buf_view(&note);
    mz_buf_reset(out);
    mz_witness_request_put(out, &request);
    must(!out->failed);
    mz_buf_clear(&note);
}
