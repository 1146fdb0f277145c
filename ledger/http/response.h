/* response.h — an answer in the making: a handler fills it, the server adds what every answer has
 * (security headers, Date, ETag, Cache-Control, gzip, Vary, length) and answers HEAD and 304 from
 * it. */
#ifndef MZ_HTTP_RESPONSE_H
#define MZ_HTTP_RESPONSE_H

#include <jansson.h>

#include "core/bytes.h"
#include "http/limits.h"

#define MZ_MEDIA_JSON "application/json"
#define MZ_MEDIA_PROBLEM "application/problem+json"
#define MZ_MEDIA_TEXT "text/plain; charset=utf-8"
#define MZ_MEDIA_HTML "text/html; charset=utf-8"
#define MZ_MEDIA_CSV "text/csv; charset=utf-8"
#define MZ_MEDIA_BYTES "application/octet-stream"

/* How long others may keep an answer. */
typedef enum mz_cache {
    MZ_CACHE_NONE,     /* no-store: sealed matter, submissions, health */
    MZ_CACHE_SHORT,    /* some seconds, then asked for again by its ETag: whatever can change */
    MZ_CACHE_IMMUTABLE /* for good: full tiles, entries, files named by their hash */
} mz_cache;

typedef struct mz_response {
    unsigned code;          /* 200 to begin with */
    const char *media_type; /* a literal; MZ_MEDIA_JSON to begin with */
    mz_cache cache;         /* the route's to begin with; NONE for every refusal */
    bool packed;            /* the body is compressed already, or bytes that do not shrink */
    mz_buf body;            /* at most MZ_HTTP_ANSWER_SIZE_MAX; the server takes it */
    int file;               /* instead of the body when it is not -1: sent as it is, then closed */
    uint64_t file_size;
    size_t header_count;
    struct {
        const char *name; /* a literal */
        char value[MZ_RESPONSE_HEADER_SIZE_MAX];
    } headers[MZ_RESPONSE_HEADERS_MAX];
} mz_response;

void mz_response_init(mz_response *response);
void mz_response_clear(mz_response *response);
/* Empties the body, drops the headers: an answer is begun anew, for a refusal. */
void mz_response_reset(mz_response *response);

/* Adds a header: Location, Retry-After, Content-Disposition, Link... A value that is too long or
 * holds anything but visible ASCII and blanks is our own mistake: asserted. */
void mz_response_header(mz_response *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The body is this value, printed; ends `value`, which may be NULL (no memory). MZ_NO_MEMORY;
 * MZ_TOO_LARGE. */
mz_status mz_response_json(mz_response *response, json_t *value, mz_reason *why) MZ_MUST_USE;

#endif
