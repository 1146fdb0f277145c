/* tiles.h — the log as others read it: C2SP tlog-tiles v0.1.0, made from the stored nodes and
 * entries, so that no file has to be kept in step. */
#ifndef MZ_LOG_TILES_H
#define MZ_LOG_TILES_H

#include "core/tile.h"
#include "log/log.h"

/* Bytes of the largest answers: 256 hashes, and 256 entries with two bytes of length each. */
#define MZ_TILE_HASHES_SIZE_MAX (MZ_TILE_WIDTH * MZ_HASH_SIZE)
#define MZ_TILE_ENTRIES_SIZE_MAX (MZ_TILE_WIDTH * (size_t)(MZ_LEAF_SIZE_MAX + 2))

/* Appends the tile's bytes: hashes of 32 bytes, or entries with their big-endian length before
 * each. O(width). MZ_NOT_FOUND {kind, id} when the snapshot's tree does not have all of it;
 * MZ_NO_MEMORY when `out` is too small. */
mz_status mz_snapshot_tile(mz_snapshot *snapshot, const mz_tile *tile, mz_buf *out,
                           mz_reason *why) MZ_MUST_USE;

#endif
