/* source_cosigned.c — which sizes the witnesses of a pin seem to have cosigned, out of whatever
 * order a kind of source keeps their lines in. */
#include <string.h>

#include "source_parts.h"

void mz_cosigned_clear(mz_cosigned *cosigned)
{
    for (size_t i = 0; i < cosigned->count; i++)
        mz_buf_clear(&cosigned->lines[i]);
    cosigned->count = 0;
}

static bool is_enough(const mz_gathering *g)
{
    bool any = false;
    for (size_t i = 0; i < g->pin->witness_count; i++)
        any = any || g->marked[i];
    return any && mz_policy_quorum_met(g->pin, g->marked);
}

/* Keeps what was gathered if it is enough; the oldest goes when there is no room. */
static void keep_gathered(mz_gathering *g)
{
    mz_cosigned *out = g->out;
    size_t at = out->count;
    if (g->size != 0 && is_enough(g) && (at < MZ_COSIGNED_MAX || !g->newest_first)) {
        if (at == MZ_COSIGNED_MAX)
            mz_buf_clear(&out->lines[--at]);
        out->count = at + 1;
        if (!g->newest_first) {
            memmove(&out->sizes[1], &out->sizes[0], at * sizeof out->sizes[0]);
            memmove(&out->lines[1], &out->lines[0], at * sizeof out->lines[0]);
            at = 0;
        }
        out->sizes[at] = g->size;
        out->lines[at] = g->lines;
        mz_buf_init(&g->lines, MZ_NOTE_SIZE_MAX);
    }
    mz_buf_reset(&g->lines);
    memset(g->marked, 0, sizeof g->marked);
}

mz_status mz_gather(mz_gathering *g, uint64_t size, uint32_t key_id, mz_view line, mz_reason *why)
{
    if (size != g->size) {
        keep_gathered(g);
        g->size = size;
    }
    for (size_t i = 0; i < g->pin->witness_count; i++)
        g->marked[i] = g->marked[i] || g->pin->witnesses[i].key.id == key_id;
    mz_buf_put(&g->lines, line);
    return g->lines.failed ? mz_refuse_corrupt(why, "too many cosignatures of one size") : MZ_OK;
}

mz_status mz_source_cosigned(mz_source *source, const mz_policy *pin, uint64_t end,
                             mz_cosigned *cosigned, mz_reason *why)
{
    mz_gathering g = {.pin = pin, .out = cosigned};
    mz_buf_init(&g.lines, MZ_NOTE_SIZE_MAX);
    if (pin->witness_count == 0 || source->kind->cosigned == NULL)
        return MZ_OK;
    const mz_status status = source->kind->cosigned(source, end, &g, why);
    if (status == MZ_OK)
        keep_gathered(&g);
    mz_buf_clear(&g.lines);
    return status;
}
