/* tile.h — which part of the log is asked for: C2SP tlog-tiles v0.1.0. A tile is up to 256 hashes
 * of one level of the tree, or up to 256 entries; a path names it.
 *
 *     tile/0/x001/x234/067        hashes: level 0, tile 1234067, all 256
 *     tile/1/000.p/12             level 1, tile 0, its first 12
 *     tile/entries/x001/x234/067  entries 1234067 * 256 and the 255 after it
 *
 * A tile once there never changes, a partial one neither: the next larger one is another tile. */
#ifndef MZ_CORE_TILE_H
#define MZ_CORE_TILE_H

#include "core/bytes.h"

#define MZ_TILE_HEIGHT 8
#define MZ_TILE_WIDTH (1u << MZ_TILE_HEIGHT)
#define MZ_TILE_LEVELS 8 /* levels 0..7 hold every node of a tree of 2^63 leaves */
#define MZ_TILE_PATH_SIZE_MAX 64

typedef struct mz_tile {
    bool entries;   /* a bundle of entries; level is 0 */
    unsigned level; /* of hashes: its nodes lie at level MZ_TILE_HEIGHT * level of the tree */
    uint64_t index;
    unsigned width; /* 1..MZ_TILE_WIDTH */
} mz_tile;

/* Reads a path after its leading slash. Strict: exactly the form that mz_tile_path writes; false
 * for anything else. */
bool mz_tile_parse(mz_view path, mz_tile *tile) MZ_MUST_USE;
/* Writes it, with a NUL. */
void mz_tile_path(const mz_tile *tile, char path[MZ_TILE_PATH_SIZE_MAX]);

/* Whether a tree of `size` leaves has all of the tile. */
bool mz_tile_there(const mz_tile *tile, uint64_t size);

#endif
