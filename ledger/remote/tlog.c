#include "remote/tlog.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/note.h"

#define TILES_KEPT 64
#define HASHES_SIZE_MAX (MZ_TILE_WIDTH * MZ_HASH_SIZE)
#define BUNDLE_SIZE_MAX ((size_t)MZ_TILE_WIDTH * (2 + UINT16_MAX))

/* A full tile that leads to the trusted root. */
typedef struct kept_tile {
    bool there;
    unsigned level;
    uint64_t index, used; /* `used`: when last */
    mz_hash hashes[MZ_TILE_WIDTH];
} kept_tile;

struct mz_tlog {
    mz_http_client *client;
    mz_patience patience;
    mz_hasher *hasher;
    mz_tlog_fault fault;
    char url[MZ_HTTP_CLIENT_URL_MAX];
    mz_buf answer; /* of hash tiles */
    uint64_t size; /* of the trusted tree */
    /* The tiles of its right edge that are not full, of its size % 256 hashes and so on. */
    mz_hash edge[MZ_TILE_LEVELS][MZ_TILE_WIDTH];
    kept_tile kept[TILES_KEPT];
    uint64_t clock;
    /* The bundle read last, when `held`. */
    bool held;
    uint64_t bundle_index;
    mz_buf bundle;
    size_t ends[MZ_TILE_WIDTH];
};

mz_status mz_tlog_open(const mz_tlog_options *options, mz_tlog **tlog, mz_reason *why)
{
    mz_tlog *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    size_t size = strlen(options->url);
    while (size > 0 && options->url[size - 1] == '/')
        size--;
    mz_buf_init(&made->answer, HASHES_SIZE_MAX);
    mz_buf_init(&made->bundle, BUNDLE_SIZE_MAX);
    made->patience = options->patience;
    made->hasher = mz_hasher_new();
    mz_status status = MZ_OK;
    if (size + sizeof made->fault.path >= sizeof made->url)
        status = mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "URL"),
                           mz_words("want", MZ_BOTH("短一些的网址", "a shorter URL")));
    else if (made->hasher == NULL)
        status = mz_refuse(why, MZ_NO_MEMORY);
    else
        status = mz_http_client_new(&options->http, &made->client, why);
    if (status != MZ_OK) {
        mz_tlog_close(made);
        return status;
    }
    memcpy(made->url, options->url, size);
    *tlog = made;
    return MZ_OK;
}

void mz_tlog_close(mz_tlog *tlog)
{
    if (tlog == NULL)
        return;
    mz_http_client_free(tlog->client);
    mz_hasher_free(tlog->hasher);
    mz_buf_clear(&tlog->answer);
    mz_buf_clear(&tlog->bundle);
    free(tlog);
}

void mz_tlog_stop(mz_tlog *tlog)
{
    mz_http_client_stop(tlog->client);
}

const mz_tlog_fault *mz_tlog_fault_of(const mz_tlog *tlog)
{
    return &tlog->fault;
}

uint64_t mz_tlog_size(const mz_tlog *tlog)
{
    return tlog->size;
}

/* --- asking --- */

static void set_fault(mz_tlog *tlog, mz_tlog_fault_kind kind, uint64_t index)
{
    tlog->fault.kind = kind;
    tlog->fault.index = index;
}

static mz_status refuse_answer(mz_tlog *tlog, const mz_http_reply *reply, uint64_t index,
                               mz_reason *why)
{
    char cause[MZ_REASON_WORDS_MAX];
    if (reply->code == 404 || reply->code == 410) {
        set_fault(tlog, MZ_TLOG_MISSING, index);
        return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("网上的", "page")),
                         mz_words("id", tlog->fault.path));
    }
    set_fault(tlog, MZ_TLOG_NO_ANSWER, index);
    (void)snprintf(cause, sizeof cause, "%s: HTTP %u", tlog->fault.path, reply->code);
    return mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

/* Gets `path` below the URL. `index` is the first entry that it is about. */
static mz_status get(mz_tlog *tlog, const char *path, uint64_t index, mz_buf *body, mz_reason *why)
{
    char url[MZ_HTTP_CLIENT_URL_MAX + sizeof tlog->fault.path];
    mz_http_reply reply = {0};
    (void)snprintf(tlog->fault.path, sizeof tlog->fault.path, "/%s", path);
    (void)snprintf(url, sizeof url, "%s%s", tlog->url, tlog->fault.path);
    const mz_http_call call = {.method = MZ_CALL_GET, .url = url};
    const mz_status status =
        mz_http_call_patiently(tlog->client, &call, &tlog->patience, &reply, body, why);
    if (status != MZ_OK)
        set_fault(tlog, status == MZ_TOO_LARGE ? MZ_TLOG_FORM : MZ_TLOG_NO_ANSWER, index);
    else if (reply.code != 200)
        return refuse_answer(tlog, &reply, index, why);
    return status;
}

mz_status mz_tlog_checkpoint(mz_tlog *tlog, mz_buf *note, mz_reason *why)
{
    return get(tlog, "checkpoint", 0, note, why);
}

mz_status mz_tlog_receipt(mz_tlog *tlog, mz_buf *receipt, mz_reason *why)
{
    const mz_patience usual = tlog->patience;
    tlog->patience.tries = 1;
    const mz_status status = get(tlog, "v1/entries/0/receipt", 0, receipt, why);
    tlog->patience = usual;
    set_fault(tlog, MZ_TLOG_NO_FAULT, 0);
    return status;
}

/* The first entry below a tile. */
static uint64_t first_entry(unsigned level, uint64_t index)
{
    return level + 1 < MZ_TILE_LEVELS ? index << (MZ_TILE_HEIGHT * (level + 1)) : 0;
}

/* A tile's bytes. A partial one may be gone once the full one is there: then that is taken, and
 * `*width` tells. */
static mz_status get_tile(mz_tlog *tlog, const mz_tile *tile, unsigned *width, mz_buf *body,
                          mz_reason *why)
{
    char path[MZ_TILE_PATH_SIZE_MAX];
    const uint64_t first = first_entry(tile->level, tile->index);
    mz_reason reason = {0};
    *width = tile->width;
    mz_tile_path(tile, path);
    mz_status status = get(tlog, path, first, body, &reason);
    if (status == MZ_NOT_FOUND && tile->width < MZ_TILE_WIDTH) {
        mz_reason second = {0};
        mz_tile full = *tile;
        full.width = MZ_TILE_WIDTH;
        mz_tile_path(&full, path);
        const mz_status again = get(tlog, path, first, body, &second);
        if (again != MZ_NOT_FOUND) {
            *width = MZ_TILE_WIDTH;
            reason = second;
            status = again;
        }
    }
    if (status != MZ_OK && why != NULL && why->status == MZ_OK)
        *why = reason;
    return status;
}

static mz_status refuse_corrupt(mz_tlog *tlog, mz_tlog_fault_kind kind, uint64_t index,
                                const char *zh, const char *en, mz_reason *why)
{
    char cause[200];
    set_fault(tlog, kind, index);
    (void)snprintf(cause, sizeof cause, MZ_BOTH("%.40s：%.48s", "%.40s: %.50s"), tlog->fault.path,
                   zh, tlog->fault.path, en);
    return mz_refuse_corrupt(why, cause);
}

/* --- hashes --- */

static mz_status get_hashes(mz_tlog *tlog, unsigned level, uint64_t index, unsigned width,
                            mz_hash hashes[MZ_TILE_WIDTH], mz_reason *why)
{
    const mz_tile tile = {.level = level, .index = index, .width = width};
    unsigned sent = 0;
    const mz_status status = get_tile(tlog, &tile, &sent, &tlog->answer, why);
    if (status != MZ_OK)
        return status;
    if (tlog->answer.size != (size_t)sent * MZ_HASH_SIZE)
        return refuse_corrupt(tlog, MZ_TLOG_TILE, tlog->size, "散列瓦片的长度不对",
                              "a tile of hashes has the wrong length", why);
    for (unsigned i = 0; i < width; i++)
        memcpy(hashes[i].bytes, tlog->answer.data + (size_t)i * MZ_HASH_SIZE, MZ_HASH_SIZE);
    return MZ_OK;
}

/* The root of the complete subtree over `count` hashes, a power of two. */
static mz_hash fold(mz_hasher *hasher, const mz_hash *hashes, unsigned count)
{
    mz_hash row[MZ_TILE_WIDTH];
    memcpy(row, hashes, count * sizeof *row);
    for (; count > 1; count /= 2) {
        for (unsigned i = 0; i < count / 2; i++)
            row[i] = mz_merkle_node_hash(hasher, &row[(size_t)2 * i], &row[(size_t)2 * i + 1]);
    }
    return row[0];
}

/* How many hashes of a level the trusted tree has. */
static uint64_t hash_count(const mz_tlog *tlog, unsigned level)
{
    return tlog->size >> (MZ_TILE_HEIGHT * level);
}

mz_status mz_tlog_trust(mz_tlog *tlog, uint64_t size, const mz_hash *root, mz_reason *why)
{
    mz_merkle_frontier *frontier = calloc(1, sizeof *frontier);
    mz_status status = frontier == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    assert(size <= MZ_MERKLE_SIZE_MAX);
    for (size_t i = 0; i < TILES_KEPT; i++)
        tlog->kept[i].there = false;
    tlog->held = false;
    tlog->size = size;
    for (unsigned level = 0; status == MZ_OK && level < MZ_TILE_LEVELS; level++) {
        const unsigned width = hash_count(tlog, level) % MZ_TILE_WIDTH;
        if (width == 0)
            continue;
        status = get_hashes(tlog, level, hash_count(tlog, level) / MZ_TILE_WIDTH, width,
                            tlog->edge[level], why);
        for (unsigned bit = 0; status == MZ_OK && bit < MZ_TILE_HEIGHT; bit++) {
            if ((width >> bit & 1) == 0)
                continue; /* else the larger subtrees stand before it */
            const unsigned before = width >> (bit + 1) << (bit + 1);
            frontier->roots[MZ_TILE_HEIGHT * level + bit] =
                fold(tlog->hasher, &tlog->edge[level][before], 1u << bit);
        }
    }
    if (status == MZ_OK) {
        frontier->size = size;
        const mz_hash found = mz_merkle_frontier_root(frontier, tlog->hasher);
        if (!mz_hash_equal(&found, root))
            status = refuse_corrupt(tlog, MZ_TLOG_TILE, size, "散列瓦片得不出总账印章的根",
                                    "the hashes do not lead to the checkpoint's root", why);
    }
    if (status != MZ_OK)
        tlog->size = 0;
    free(frontier);
    return status;
}

static kept_tile *find_kept(mz_tlog *tlog, unsigned level, uint64_t index)
{
    for (size_t i = 0; i < TILES_KEPT; i++) {
        kept_tile *tile = &tlog->kept[i];
        if (tile->there && tile->level == level && tile->index == index)
            return tile;
    }
    return NULL;
}

static kept_tile *oldest_kept(mz_tlog *tlog)
{
    kept_tile *oldest = &tlog->kept[0];
    for (size_t i = 0; i < TILES_KEPT; i++) {
        if (!tlog->kept[i].there)
            return &tlog->kept[i];
        if (tlog->kept[i].used < oldest->used)
            oldest = &tlog->kept[i];
    }
    return oldest;
}

/* The trusted hashes of a tile: of the right edge, kept, or asked for now and led to the hash that
 * stands for the tile one level up. Borrowed until the next call. */
/* NOLINTNEXTLINE(misc-no-recursion): one call for each of at most eight levels */
static mz_status find_hashes(mz_tlog *tlog, unsigned level, uint64_t index, const mz_hash **hashes,
                             mz_reason *why)
{
    if (index == hash_count(tlog, level) / MZ_TILE_WIDTH) {
        *hashes = tlog->edge[level];
        return MZ_OK;
    }
    assert(level + 1 < MZ_TILE_LEVELS); /* no tile of the topmost level is full */
    kept_tile *tile = find_kept(tlog, level, index);
    if (tile == NULL) {
        const mz_hash *above = NULL;
        mz_status status = find_hashes(tlog, level + 1, index / MZ_TILE_WIDTH, &above, why);
        if (status != MZ_OK)
            return status;
        assert(above != NULL); /* MZ_OK set it */
        const mz_hash want = above[index % MZ_TILE_WIDTH];
        tile = oldest_kept(tlog);
        tile->there = false;
        status = get_hashes(tlog, level, index, MZ_TILE_WIDTH, tile->hashes, why);
        if (status != MZ_OK)
            return status;
        const mz_hash found = fold(tlog->hasher, tile->hashes, MZ_TILE_WIDTH);
        if (!mz_hash_equal(&found, &want))
            return refuse_corrupt(tlog, MZ_TLOG_TILE, first_entry(level, index),
                                  "散列瓦片与上一层不符",
                                  "a tile of hashes does not fit the level above", why);
        tile->there = true;
        tile->level = level;
        tile->index = index;
    }
    tile->used = ++tlog->clock;
    *hashes = tile->hashes;
    return MZ_OK;
}

static mz_status read_node(void *context, uint64_t node_position, mz_hash *out, mz_reason *why)
{
    mz_tlog *tlog = context;
    unsigned level = 0;
    uint64_t index = 0;
    const mz_hash *hashes = NULL;
    mz_merkle_node_at(node_position, &level, &index);
    assert(tlog->size > 0 && index < tlog->size >> level);
    const unsigned above = level % MZ_TILE_HEIGHT; /* within the tile */
    const uint64_t first = index << above;
    const mz_status status =
        find_hashes(tlog, level / MZ_TILE_HEIGHT, first / MZ_TILE_WIDTH, &hashes, why);
    if (status == MZ_OK)
        *out = fold(tlog->hasher, &hashes[first % MZ_TILE_WIDTH], 1u << above);
    return status;
}

mz_merkle_reader mz_tlog_reader(mz_tlog *tlog)
{
    return (mz_merkle_reader){read_node, tlog};
}

/* --- entries --- */

bool mz_bundle_split(mz_view bytes, unsigned width, size_t ends[MZ_TILE_WIDTH])
{
    size_t at = 0;
    for (unsigned i = 0; i < width; i++) {
        if (bytes.size - at < 2)
            return false;
        const size_t size = (size_t)bytes.data[at] << 8 | bytes.data[at + 1];
        at += 2;
        if (bytes.size - at < size)
            return false;
        at += size;
        ends[i] = at;
    }
    return at == bytes.size;
}

static mz_view leaf_of(const mz_tlog *tlog, unsigned i)
{
    const size_t start = (i == 0 ? 0 : tlog->ends[i - 1]) + 2;
    return (mz_view){tlog->bundle.data + start, tlog->ends[i] - start};
}

/* Names the first entry of the bundle that is not the tree's. */
static mz_status blame(mz_tlog *tlog, uint64_t index, const mz_hash *leaves, unsigned width,
                       mz_reason *why)
{
    const mz_hash *hashes = NULL;
    char path[sizeof tlog->fault.path];
    memcpy(path, tlog->fault.path, sizeof path);
    const mz_status status = find_hashes(tlog, 0, index, &hashes, why);
    if (status != MZ_OK)
        return status;
    memcpy(tlog->fault.path, path, sizeof path); /* of the bundle */
    for (unsigned i = 0; i < width; i++) {
        if (mz_hash_equal(&leaves[i], &hashes[i]))
            continue;
        for (unsigned j = 0; j < width; j++) {
            if (mz_hash_equal(&leaves[i], &hashes[j]))
                return refuse_corrupt(tlog, MZ_TLOG_MOVED, index * MZ_TILE_WIDTH + i,
                                      "各笔的次序被调换", "entries stand in another order", why);
        }
        return refuse_corrupt(tlog, MZ_TLOG_ALTERED, index * MZ_TILE_WIDTH + i,
                              "这一笔不是总账印章里的那一笔",
                              "this entry is not the one of the checkpoint", why);
    }
    return MZ_OK;
}

static mz_status prove_bundle(mz_tlog *tlog, uint64_t index, unsigned width, mz_reason *why)
{
    mz_hash leaves[MZ_TILE_WIDTH];
    const mz_hash *above = NULL;
    for (unsigned i = 0; i < width; i++)
        leaves[i] = mz_merkle_leaf_hash(tlog->hasher, leaf_of(tlog, i));
    if (width < MZ_TILE_WIDTH)
        return blame(tlog, index, leaves, width, why);
    /* A full one is judged by one hash, so that its tile need not be asked for. */
    char path[sizeof tlog->fault.path];
    memcpy(path, tlog->fault.path, sizeof path);
    const mz_status status = find_hashes(tlog, 1, index / MZ_TILE_WIDTH, &above, why);
    if (status != MZ_OK)
        return status;
    memcpy(tlog->fault.path, path, sizeof path);
    const mz_hash found = fold(tlog->hasher, leaves, width);
    return mz_hash_equal(&found, &above[index % MZ_TILE_WIDTH])
               ? MZ_OK
               : blame(tlog, index, leaves, width, why);
}

static mz_status read_bundle(mz_tlog *tlog, uint64_t index, mz_reason *why)
{
    const uint64_t left = tlog->size - index * MZ_TILE_WIDTH;
    const mz_tile tile = {
        .entries = true,
        .index = index,
        .width = left < MZ_TILE_WIDTH ? (unsigned)left : MZ_TILE_WIDTH,
    };
    unsigned sent = 0;
    tlog->held = false;
    mz_status status = get_tile(tlog, &tile, &sent, &tlog->bundle, why);
    if (status != MZ_OK)
        return status;
    if (!mz_bundle_split(mz_buf_view(&tlog->bundle), sent, tlog->ends))
        return refuse_corrupt(tlog, MZ_TLOG_FORM, index * MZ_TILE_WIDTH, "各笔的包不合格式",
                              "a bundle of entries is malformed", why);
    status = prove_bundle(tlog, index, tile.width, why);
    if (status != MZ_OK)
        return status;
    tlog->held = true;
    tlog->bundle_index = index;
    return MZ_OK;
}

mz_status mz_tlog_leaf(mz_tlog *tlog, uint64_t index, mz_view *leaf, mz_reason *why)
{
    mz_status status = MZ_OK;
    assert(index < tlog->size);
    if (!tlog->held || tlog->bundle_index != index / MZ_TILE_WIDTH)
        status = read_bundle(tlog, index / MZ_TILE_WIDTH, why);
    if (status == MZ_OK)
        *leaf = leaf_of(tlog, index % MZ_TILE_WIDTH);
    return status;
}
