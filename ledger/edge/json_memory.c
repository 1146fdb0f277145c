#include "edge/json_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <jansson.h>

#define SLAB_SIZE ((size_t)64 * 1024)
#define BLOCK_MAX ((size_t)4 * 1024) /* larger ones go to the C library */
#define ALIGNMENT 16
#define SPARE_MAX 128 /* 8 MiB */

/* `live` counts the blocks cut and not freed, and one more while a thread cuts from the slab, so
 * that whoever brings it to 0 is alone with it. */
typedef struct slab {
    atomic_uint live;
    size_t used;
    _Alignas(ALIGNMENT) uint8_t bytes[];
} slab;

/* Before each block: whose it is. NULL: the C library's. */
typedef struct label {
    _Alignas(ALIGNMENT) slab *owner;
} label;
_Static_assert(sizeof(label) == ALIGNMENT, "a block after its label is aligned");

static _Thread_local slab *current;

/* Slabs between two uses, so that their pages stay ours. */
static pthread_mutex_t spare_mutex = PTHREAD_MUTEX_INITIALIZER;
static slab *spare[SPARE_MAX];
static size_t spare_count;

static slab *take_spare(void)
{
    slab *found = NULL;
    pthread_mutex_lock(&spare_mutex);
    if (spare_count > 0)
        found = spare[--spare_count];
    pthread_mutex_unlock(&spare_mutex);
    return found;
}

static bool keep_spare(slab *unused)
{
    pthread_mutex_lock(&spare_mutex);
    const bool kept = spare_count < SPARE_MAX;
    if (kept)
        spare[spare_count++] = unused;
    pthread_mutex_unlock(&spare_mutex);
    return kept;
}

static void release(slab *owner)
{
    if (atomic_fetch_sub_explicit(&owner->live, 1, memory_order_acq_rel) == 1 && !keep_spare(owner))
        free(owner);
}

static slab *new_slab(void)
{
    slab *made = take_spare();
    if (made == NULL)
        made = malloc(SLAB_SIZE);
    if (made == NULL)
        return NULL;
    atomic_init(&made->live, 1);
    made->used = 0;
    return made;
}

static void *from_library(size_t size)
{
    label *made = size <= SIZE_MAX - sizeof *made ? malloc(sizeof *made + size) : NULL;
    if (made == NULL)
        return NULL;
    made->owner = NULL;
    return made + 1;
}

static void *take(size_t size)
{
    if (size > BLOCK_MAX)
        return from_library(size);
    const size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    const size_t whole = sizeof(label) + rounded;
    if (current == NULL || current->used + whole > SLAB_SIZE - sizeof(slab)) {
        slab *next = new_slab();
        if (next == NULL)
            return NULL;
        if (current != NULL)
            release(current);
        current = next;
    }
    label *made = (label *)(void *)(current->bytes + current->used);
    current->used += whole;
    atomic_fetch_add_explicit(&current->live, 1, memory_order_relaxed);
    made->owner = current;
    return made + 1;
}

static void give_back(void *block)
{
    if (block == NULL)
        return;
    label *of = (label *)block - 1;
    if (of->owner == NULL)
        free(of);
    else
        release(of->owner);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MZ_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MZ_WATCHED 1
#endif
#endif

void mz_json_memory_install(void)
{
#ifdef MZ_WATCHED
    (void)take;
    (void)give_back;
#else
    json_set_alloc_funcs(take, give_back);
#endif
}
