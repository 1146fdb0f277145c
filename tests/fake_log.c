#include "fake_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tile.h"

static mz_hash node(const world *w, mz_hasher *hasher, unsigned level, uint64_t index)
{
    mz_merkle_frontier frontier = {0};
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t count = 0;
    const uint64_t width = UINT64_C(1) << level;
    for (uint64_t i = index * width; i < (index + 1) * width; i++) {
        const mz_hash leaf =
            mz_merkle_leaf_hash(hasher, (mz_view){w->leaves[i].data, w->leaves[i].size});
        mz_merkle_frontier_append(&frontier, hasher, &leaf, nodes, &count);
    }
    return mz_merkle_frontier_root(&frontier, hasher);
}

static bool covers(const fake_log *log, const mz_tile *tile, unsigned level)
{
    return tile->level == level && tile->index == log->at >> (MZ_TILE_HEIGHT * (level + 1));
}

static void put_hashes(const fake_log *log, const mz_tile *tile, fake_answer *answer)
{
    mz_hasher *hasher = mz_hasher_new();
    assert_non_null(hasher);
    const bool here = covers(log, tile, 0), above = covers(log, tile, 1);
    for (unsigned i = 0; i < tile->width; i++) {
        const uint64_t index = tile->index * MZ_TILE_WIDTH + i;
        mz_hash hash = node(log->w, hasher, MZ_TILE_HEIGHT * tile->level, index);
        if ((log->lie == LIE_TILE && here && index == log->at) ||
            (log->lie == LIE_TILE_ABOVE && above && index == log->at >> MZ_TILE_HEIGHT))
            hash.bytes[7] ^= 1;
        if (log->lie != LIE_SHORT_TILE || !here || i + 1 < tile->width)
            mz_buf_put(&answer->body, (mz_view){hash.bytes, sizeof hash.bytes});
    }
    if (log->lie == LIE_NO_TILE && here)
        answer->code = 404;
    mz_hasher_free(hasher);
}

static void put_entry(fake_answer *answer, const world_leaf *leaf, bool altered)
{
    const uint8_t length[2] = {(uint8_t)(leaf->size >> 8), (uint8_t)leaf->size};
    mz_buf_put(&answer->body, (mz_view){length, 2});
    mz_buf_put(&answer->body, (mz_view){leaf->data, leaf->size});
    if (altered)
        answer->body.data[answer->body.size - 30] ^= 1;
}

static void put_entries(fake_log *log, const mz_tile *tile, fake_answer *answer)
{
    const bool here = tile->index == log->at / MZ_TILE_WIDTH;
    log->bundles++;
    for (unsigned i = 0; i < tile->width; i++) {
        size_t index = tile->index * MZ_TILE_WIDTH + i;
        const bool altered = log->lie == LIE_ALTER && index == log->at;
        if (log->lie == LIE_SWAP && index == log->at)
            index++;
        else if (log->lie == LIE_SWAP && index == log->at + 1)
            index--;
        put_entry(answer, &log->w->leaves[index], altered);
    }
    if (!here)
        return;
    if (log->lie == LIE_NO_BUNDLE)
        answer->code = 404;
    if (log->lie == LIE_HANG)
        answer->hang = true;
    if (log->lie == LIE_CUT_BUNDLE)
        answer->body.size -= 10;
    if (log->lie == LIE_LONG_BUNDLE)
        mz_buf_put_text(&answer->body, "x");
}

static void put_checkpoint(const fake_log *log, fake_answer *answer)
{
    if (log->note != NULL) {
        mz_buf_put_text(&answer->body, log->note);
        return;
    }
    const mz_hash root = world_root(log->w, log->size);
    world_note(log->w, log->size, log->key != NULL ? log->key : log->w->log_key, &root,
               &answer->body);
}

static void handle(void *context, const fake_request *request, fake_answer *answer)
{
    fake_log *log = context;
    mz_tile tile;
    answer->media_type = "application/octet-stream";
    if (log->lie == LIE_BUSY && log->times > 0) {
        log->times--;
        answer->code = 503;
    } else if (log->lie == LIE_HUGE) {
        (void)mz_buf_extend(&answer->body, 20 << 20);
        memset(answer->body.data, 'x', 20 << 20);
    } else if (strcmp(request->path, "/checkpoint") == 0) {
        answer->media_type = "text/plain; charset=utf-8";
        put_checkpoint(log, answer);
    } else if (!mz_tile_parse(mz_view_of(request->path + 1), &tile) ||
               !mz_tile_there(&tile, log->w->count) ||
               (log->lie == LIE_ONLY_FULL && tile.width < MZ_TILE_WIDTH)) {
        answer->code = 404;
    } else if (tile.entries) {
        put_entries(log, &tile, answer);
    } else {
        put_hashes(log, &tile, answer);
    }
}

void fake_log_start(fake_log *log, const world *w)
{
    *log = (fake_log){.w = w, .size = w->count};
    log->server = fake_server_start(handle, log);
}

const char *fake_log_url(const fake_log *log)
{
    return fake_server_url(log->server);
}

void fake_log_stop(fake_log *log)
{
    fake_server_stop(log->server);
}
