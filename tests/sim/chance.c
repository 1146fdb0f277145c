/* chance.c — chance, from the seed. */
#include "sim/sim.h"

static uint64_t roll(sim *s)
{
    s->state ^= s->state >> 12;
    s->state ^= s->state << 25;
    s->state ^= s->state >> 27;
    return s->state * UINT64_C(2685821657736338717);
}

int below(sim *s, int limit)
{
    return limit <= 0 ? 0 : (int)((roll(s) >> 11) % (uint64_t)limit);
}

bool chance(sim *s, int percent)
{
    return below(s, 100) < percent;
}

int64_t amount_below(sim *s, int64_t limit)
{
    return limit <= 1 ? 1 : 1 + (int64_t)((roll(s) >> 11) % (uint64_t)limit);
}
