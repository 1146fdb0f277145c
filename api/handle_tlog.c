/* handle_tlog.c — the log for those who watch it: C2SP tlog-tiles v0.1.0. */
#include <stdio.h>

#include "handlers.h"
#include "log/cosign.h"
#include "log/tiles.h"

/* The latest, never older than an entry that was answered, with the cosignatures that it has. */
mz_status mz_handle_checkpoint(mz_call *call, mz_reason *why)
{
    call->response->media_type = MZ_MEDIA_TEXT;
    return mz_snapshot_cosigned(call->snapshot, 0, &call->response->body, why);
}

/* Hashes, or entries. Neither a full tile nor a partial one ever changes. */
mz_status mz_handle_tile(mz_call *call, mz_reason *why)
{
    char path[MZ_TILE_PATH_SIZE_MAX];
    mz_tile tile;
    const mz_view rest = call->params[0];
    const int size = rest.size < sizeof(path) ? snprintf(path, sizeof(path), "tile/%.*s",
                                                         (int)rest.size, (const char *)rest.data)
                                              : -1;
    if (size < 0 || (size_t)size >= sizeof(path) || !mz_tile_parse(mz_view_of(path), &tile))
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("瓦片", "tile")),
                         mz_words_view("id", rest));
    mz_status status = mz_snapshot_tile(call->snapshot, &tile, &call->response->body, why);
    call->response->media_type = MZ_MEDIA_BYTES;
    call->response->packed = !tile.entries; /* hashes do not shrink */
    return status;
}
