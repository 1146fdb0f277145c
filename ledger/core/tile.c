#include "core/tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GROUP 1000 /* an index is written in groups of three digits */

static bool take(mz_view *path, const char *prefix)
{
    const size_t size = strlen(prefix);
    if (path->size < size || memcmp(path->data, prefix, size) != 0)
        return false;
    path->data += size;
    path->size -= size;
    return true;
}

/* A decimal number without leading zeros, up to `max`. */
static bool take_number(mz_view *path, unsigned max, unsigned *number)
{
    unsigned value = 0;
    size_t digits = 0;
    while (digits < path->size && path->data[digits] >= '0' && path->data[digits] <= '9') {
        value = value * 10 + (path->data[digits++] - '0');
        if (value > max || (digits > 1 && path->data[0] == '0'))
            return false;
    }
    path->data += digits;
    path->size -= digits;
    *number = value;
    return digits > 0;
}

/* `x001/x234/067`: all groups but the last bear an x, and the first is not x000. */
static bool take_index(mz_view *path, uint64_t *index)
{
    uint64_t value = 0;
    for (bool first = true;; first = false) {
        const bool more = take(path, "x");
        unsigned group = 0;
        if (path->size < 3)
            return false;
        for (size_t i = 0; i < 3; i++) {
            if (path->data[i] < '0' || path->data[i] > '9')
                return false;
            group = group * 10 + (path->data[i] - '0');
        }
        path->data += 3;
        path->size -= 3;
        if ((first && more && group == 0) || value > (UINT64_MAX - group) / GROUP)
            return false;
        value = value * GROUP + group;
        if (!more)
            break;
        if (!take(path, "/"))
            return false;
    }
    *index = value;
    return true;
}

bool mz_tile_parse(mz_view path, mz_tile *tile)
{
    *tile = (mz_tile){.width = MZ_TILE_WIDTH};
    if (path.size >= MZ_TILE_PATH_SIZE_MAX || !take(&path, "tile/"))
        return false;
    tile->entries = take(&path, "entries/");
    if (!tile->entries &&
        !(take_number(&path, MZ_TILE_LEVELS - 1, &tile->level) && take(&path, "/")))
        return false;
    if (!take_index(&path, &tile->index))
        return false;
    if (take(&path, ".p/") &&
        (!take_number(&path, MZ_TILE_WIDTH - 1, &tile->width) || tile->width == 0))
        return false;
    return path.size == 0;
}

static int put_index(char *out, size_t size, uint64_t index)
{
    int used = 0;
    if (index >= GROUP) {
        char above[MZ_TILE_PATH_SIZE_MAX];
        (void)put_index(above, sizeof above, index / GROUP);
        /* What was the last group bears an x now. */
        const size_t last = strlen(above) - 3;
        used = snprintf(out, size, "%.*sx%s/", (int)last, above, above + last);
    }
    return used + snprintf(out + used, size - (size_t)used, "%03" PRIu64, index % GROUP);
}

void mz_tile_path(const mz_tile *tile, char path[MZ_TILE_PATH_SIZE_MAX])
{
    char index[MZ_TILE_PATH_SIZE_MAX], level[16] = "entries";
    char part[16] = "";
    (void)put_index(index, sizeof index, tile->index);
    if (!tile->entries)
        (void)snprintf(level, sizeof level, "%u", tile->level);
    if (tile->width < MZ_TILE_WIDTH)
        (void)snprintf(part, sizeof part, ".p/%u", tile->width);
    const int size = snprintf(path, MZ_TILE_PATH_SIZE_MAX, "tile/%s/%s%s", level, index, part);
    assert(size > 0 && size < MZ_TILE_PATH_SIZE_MAX);
}

bool mz_tile_there(const mz_tile *tile, uint64_t size)
{
    const uint64_t nodes = size >> (MZ_TILE_HEIGHT * tile->level);
    return tile->index < nodes / MZ_TILE_WIDTH ||
           (tile->index == nodes / MZ_TILE_WIDTH && tile->width <= nodes % MZ_TILE_WIDTH);
}
