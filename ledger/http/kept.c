/* kept.c — answers that are kept: a fixed table by the hash of what was asked. A newer answer takes
 * the place of an older one with the same place, so its memory is bounded and nothing is swept. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/parts.h"

#define PLACES 256
#define KEPT_SIZE_MAX (32 * 1024) /* of one body: 8 MiB in all */
#define KEPT_MS 2000              /* a view is as of a moment: deadlines pass by themselves */

typedef struct place {
    char *asked;
    size_t asked_size;
    uint64_t version;
    int64_t made_ms;
    const char *label;
    mz_answer answer;
} place;

struct mz_kept {
    place places[PLACES];
};

mz_kept *mz_kept_new(void)
{
    return calloc(1, sizeof(mz_kept));
}

static void empty(place *at)
{
    mz_answer_clear(&at->answer);
    free(at->asked);
    *at = (place){0};
}

void mz_kept_free(mz_kept *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++)
        empty(&kept->places[i]);
    free(kept);
}

/* What decides the answer: the target, the language, and whether it may be packed. */
static size_t asked_text(const mz_request *request, char text[MZ_HTTP_TARGET_SIZE_MAX + 4])
{
    size_t size = request->target.size;
    memcpy(text, request->target.data, size);
    text[size++] = ' ';
    text[size++] = mz_request_language(request) == MZ_ENGLISH ? 'e' : 'z';
    text[size++] = mz_request_accepts_gzip(request) ? 'g' : '-';
    return size;
}

/* FNV-1a; who makes two addresses share a place gains nothing but our making answers anew. */
static size_t place_of(const char *text, size_t size)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)text[i]) * 1099511628211u;
    return (size_t)(hash % PLACES);
}

static bool may_be_kept(const mz_request *request)
{
    return (request->method == MZ_GET || request->method == MZ_HEAD) &&
           request->authorization.size == 0;
}

const mz_answer *mz_kept_find(mz_kept *kept, const mz_request *request, uint64_t version,
                              int64_t now_ms, const char **label)
{
    char text[MZ_HTTP_TARGET_SIZE_MAX + 4];
    if (!may_be_kept(request))
        return NULL;
    size_t size = asked_text(request, text);
    place *at = &kept->places[place_of(text, size)];
    if (at->asked == NULL || at->asked_size != size || memcmp(at->asked, text, size) != 0)
        return NULL;
    if (at->version != version || now_ms - at->made_ms > KEPT_MS) {
        empty(at);
        return NULL;
    }
    *label = at->label;
    return &at->answer;
}

bool mz_kept_put(mz_kept *kept, const mz_request *request, uint64_t version, int64_t now_ms,
                 const char *label, mz_answer *answer)
{
    char text[MZ_HTTP_TARGET_SIZE_MAX + 4];
    if (!may_be_kept(request) || answer->etag[0] == '\0' || answer->size > KEPT_SIZE_MAX)
        return false;
    size_t size = asked_text(request, text);
    place *at = &kept->places[place_of(text, size)];
    empty(at);
    assert(size > 0);
    at->asked = malloc(size);
    if (at->asked == NULL)
        return false;
    memcpy(at->asked, text, size);
    at->asked_size = size;
    at->version = version;
    at->made_ms = now_ms;
    at->label = label;
    at->answer = *answer;
    *answer = (mz_answer){0};
    return true;
}
