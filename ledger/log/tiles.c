#include "log/tiles.h"

#include "log/store.h"

static mz_status put_hashes(mz_snapshot *snapshot, const mz_tile *tile, mz_buf *out, mz_reason *why)
{
    mz_store_nodes nodes = {.txn = mz_snapshot_txn(snapshot)};
    const mz_merkle_reader reader = mz_store_nodes_reader(&nodes);
    mz_status status = MZ_OK;
    for (uint64_t i = 0; status == MZ_OK && i < tile->width; i++) {
        mz_hash hash;
        const uint64_t index = tile->index * MZ_TILE_WIDTH + i;
        status =
            reader.read(reader.context,
                        mz_merkle_node_position(MZ_TILE_HEIGHT * tile->level, index), &hash, why);
        if (status == MZ_OK)
            mz_buf_put(out, (mz_view){hash.bytes, sizeof hash.bytes});
    }
    mz_store_nodes_close(&nodes);
    return status;
}

static mz_status put_entries(mz_snapshot *snapshot, const mz_tile *tile, mz_buf *out,
                             mz_reason *why)
{
    mz_status status = MZ_OK;
    for (uint64_t i = 0; status == MZ_OK && i < tile->width; i++) {
        mz_view leaf;
        status = mz_snapshot_leaf(snapshot, tile->index * MZ_TILE_WIDTH + i, &leaf, why);
        if (status != MZ_OK)
            return status;
        const uint8_t length[2] = {(uint8_t)(leaf.size >> 8), (uint8_t)(leaf.size & 0xff)};
        mz_buf_put(out, (mz_view){length, sizeof length});
        mz_buf_put(out, leaf);
    }
    return status;
}

mz_status mz_snapshot_tile(mz_snapshot *snapshot, const mz_tile *tile, mz_buf *out, mz_reason *why)
{
    if (!mz_tile_there(tile, mz_snapshot_size(snapshot))) {
        char path[MZ_TILE_PATH_SIZE_MAX];
        mz_tile_path(tile, path);
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("瓦片", "tile")),
                         mz_words("id", path));
    }
    const mz_status status = tile->entries ? put_entries(snapshot, tile, out, why)
                                           : put_hashes(snapshot, tile, out, why);
    return status == MZ_OK && out->failed ? mz_refuse(why, MZ_NO_MEMORY) : status;
}
