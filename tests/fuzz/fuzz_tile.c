/* fuzz_tile.c — any bytes as the path of a tile, as a bundle of entries, and as the proof of a
 * fork: nothing crashes, what is accepted is written again byte for byte, a bundle is taken apart
 * into exactly its bytes, and nothing proves a fork of the golden receipts' log. The first byte
 * says which; of a bundle the second says how many entries. */
#include <stdlib.h>
#include <string.h>

#include "audit/fork.h"
#include "core/tile.h"
#include "remote/tlog.h"
#include "target.h"

/* tests/vectors/receipt/pin */
static const char PIN[] =
    "log fund.example.org/zibo+53118573+AW1E+Tn4KdQ1mLze3akN4B22n6pQyqM+jGwyikuQDU2s\n"
    "# genesis 0c7930ce0d1162c3a6480a1dff66e414e739cd0e9e71e7ab1d4cf6be1f418b72\n"
    "quorum none\n";

static mz_hasher *hasher;
static mz_policy *pin;

static void set_up(void)
{
    hasher = mz_hasher_new();
    if (hasher == NULL || mz_pin_parse(hasher, mz_view_of(PIN), &pin, NULL) != MZ_OK)
        abort();
}

static void try_path(mz_view input)
{
    mz_tile tile;
    char again[MZ_TILE_PATH_SIZE_MAX];
    if (!mz_tile_parse(input, &tile))
        return;
    assert(tile.width >= 1 && tile.width <= MZ_TILE_WIDTH && tile.level < MZ_TILE_LEVELS);
    mz_tile_path(&tile, again);
    assert(mz_view_is(input, again));
    (void)mz_tile_there(&tile, MZ_MERKLE_SIZE_MAX);
}

static void try_bundle(mz_view input)
{
    size_t ends[MZ_TILE_WIDTH];
    if (input.size == 0)
        return;
    const unsigned width = (unsigned)input.data[0] + 1;
    const mz_view bytes = {input.data + 1, input.size - 1};
    if (!mz_bundle_split(bytes, width, ends))
        return;
    size_t at = 0;
    for (unsigned i = 0; i < width; i++) {
        assert(ends[i] >= at + 2 && ends[i] <= bytes.size);
        const size_t length = (size_t)bytes.data[at] << 8 | bytes.data[at + 1];
        assert(ends[i] == at + 2 + length);
        at = ends[i];
    }
    assert(at == bytes.size);
}

static void try_fork(mz_view input)
{
    mz_fork fork;
    mz_checkpoint older, newer;
    mz_buf again;
    if (mz_fork_parse(input, &fork, NULL) != MZ_OK)
        return;
    mz_buf_init(&again, MZ_FORK_SIZE_MAX);
    const mz_status status = mz_fork_put(&again, &fork, NULL);
    assert(status == MZ_OK);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
    const mz_status verified = mz_fork_verify(hasher, &fork, pin, &older, &newer, NULL);
    assert(verified != MZ_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (hasher == NULL)
        set_up();
    if (size == 0)
        return 0;
    const mz_view rest = {data + 1, size - 1};
    if (data[0] == 'p')
        try_path(rest);
    else if (data[0] == 'b')
        try_bundle(rest);
    else
        try_fork(rest);
    return 0;
}
