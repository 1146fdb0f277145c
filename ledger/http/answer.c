/* answer.c — what every answer has: security headers, tag, caching, packing, length. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "http/parts.h"

/* Nothing of a page is loaded from elsewhere, nothing runs that is not a file of ours, and nobody
 * frames it. */
static const char CONTENT_POLICY[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";
static const struct {
    const char *name, *value;
} ALWAYS[] = {
    {"Content-Security-Policy",    CONTENT_POLICY                                                },
    {"X-Content-Type-Options",     "nosniff"                                                     },
    {"X-Frame-Options",            "DENY"                                                        },
    {"Referrer-Policy",            "no-referrer"                                                 },
    {"Cross-Origin-Opener-Policy", "same-origin"                                                 },
    {"Permissions-Policy",         "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};
static const char *const CACHE_CONTROL[] = {
    [MZ_CACHE_NONE] = "no-store",
    [MZ_CACHE_SHORT] = "public, max-age=5",
    [MZ_CACHE_IMMUTABLE] = "public, max-age=31536000, immutable",
};

struct mz_answers {
    bool tls;
    mz_hasher *hasher;
    z_stream packer;
    bool has_packer;
    uint64_t size; /* of the server's thread alone: the library frees answers there too */
};

mz_answers *mz_answers_new(bool tls)
{
    mz_answers *answers = calloc(1, sizeof(*answers));
    if (answers == NULL)
        return NULL;
    answers->tls = tls;
    answers->hasher = mz_hasher_new();
    answers->has_packer =
        deflateInit2(&answers->packer, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (answers->hasher == NULL || !answers->has_packer) {
        mz_answers_free(answers);
        return NULL;
    }
    return answers;
}

void mz_answers_free(mz_answers *answers)
{
    if (answers == NULL)
        return;
    if (answers->has_packer)
        deflateEnd(&answers->packer);
    mz_hasher_free(answers->hasher);
    free(answers);
}

uint64_t mz_answers_size(const mz_answers *answers)
{
    return answers->size;
}

static bool has_word(mz_view list, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= list.size; i++) {
        bool starts = i == 0 || list.data[i - 1] == ',' || list.data[i - 1] == ' ';
        mz_view rest = {list.data + i + size, list.size - i - size};
        if (!starts || memcmp(list.data + i, word, size) != 0)
            continue;
        /* "gzip;q=0" says no */
        return !(rest.size >= 4 && memcmp(rest.data, ";q=0", 4) == 0 &&
                 (rest.size == 4 || rest.data[4] == ',' ||
                  (rest.size > 5 && rest.data[4] == '.' && rest.data[5] == '0')));
    }
    return false;
}

bool mz_request_accepts_gzip(const mz_request *request)
{
    return has_word(request->accept_encoding, "gzip");
}

static bool is_text(const char *media_type)
{
    return strncmp(media_type, "text/", 5) == 0 || strstr(media_type, "json") != NULL ||
           strstr(media_type, "svg") != NULL || strstr(media_type, "javascript") != NULL;
}

/* Packs the body if the client takes that and it gets smaller. */
static bool pack(mz_answers *answers, const mz_request *request, mz_response *response)
{
    size_t size = response->body.size;
    if (response->packed || size < MZ_HTTP_GZIP_SIZE_MIN || size > MZ_HTTP_GZIP_SIZE_MAX ||
        !is_text(response->media_type) || !mz_request_accepts_gzip(request))
        return false;
    mz_buf packed;
    mz_buf_init(&packed, size);
    uint8_t *out = mz_buf_extend(&packed, size);
    if (out == NULL)
        return false;
    deflateReset(&answers->packer);
    answers->packer.next_in = response->body.data;
    answers->packer.avail_in = (uInt)size;
    answers->packer.next_out = out;
    answers->packer.avail_out = (uInt)size;
    bool smaller = deflate(&answers->packer, Z_FINISH) == Z_STREAM_END;
    if (smaller) {
        packed.size = size - answers->packer.avail_out;
        mz_buf_clear(&response->body);
        response->body = packed;
    } else {
        mz_buf_clear(&packed);
    }
    return smaller;
}

/* A strong tag: bytes that differ, packed or not, have tags that differ. */
static void make_etag(mz_answers *answers, mz_view body, bool packed, char etag[MZ_ETAG_SIZE])
{
    mz_hash hash = mz_hash_parts(answers->hasher, &body, 1);
    char text[44];
    mz_base64url_32(hash.bytes, text);
    snprintf(etag, MZ_ETAG_SIZE, "\"%.22s%s\"", text, packed ? "-gz" : ""); /* 132 bits */
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(const mz_answers *answers, const mz_response *from, const mz_answer *answer,
                        bool packed, bool close, struct MHD_Response *to)
{
    bool ok = true;
    for (size_t i = 0; i < sizeof(ALWAYS) / sizeof(ALWAYS[0]); i++)
        ok = ok && add(to, ALWAYS[i].name, ALWAYS[i].value);
    /* what is public may be read by any page; sealed matter and refusals only by ours */
    bool is_public = from->cache != MZ_CACHE_NONE;
    ok = ok && add(to, "Cross-Origin-Resource-Policy", is_public ? "cross-origin" : "same-origin");
    if (answers->tls)
        ok = ok && add(to, "Strict-Transport-Security", "max-age=31536000");
    ok = ok && add(to, "Cache-Control", CACHE_CONTROL[from->cache]);
    if (is_public)
        ok = ok && add(to, "Vary",
                       strncmp(from->media_type, "text/html", 9) == 0 ||
                               strncmp(from->media_type, "text/csv", 8) == 0
                           ? "Accept-Encoding, Accept-Language"
                           : "Accept-Encoding");
    if (answer->etag[0] != '\0')
        ok = ok && add(to, "ETag", answer->etag);
    for (size_t i = 0; i < from->header_count; i++)
        ok = ok && add(to, from->headers[i].name, from->headers[i].value);
    if (packed)
        ok = ok && add(to, "Content-Encoding", "gzip");
    if (close)
        ok = ok && add(to, "Connection", "close");
    return ok;
}

/* The library calls it when the last client has its bytes. */
struct fetched {
    mz_answers *answers;
    uint8_t *body;
    size_t size;
};

static void was_fetched(void *context)
{
    struct fetched *fetched = context;
    fetched->answers->size -= fetched->size;
    free(fetched->body);
    free(fetched);
}

static struct MHD_Response *take_body(mz_answers *answers, mz_response *response)
{
    if (response->file >= 0) { /* the library closes it */
        int file = response->file;
        response->file = -1;
        return MHD_create_response_from_fd64(response->file_size, file);
    }
    mz_buf *body = &response->body;
    if (body->size == 0) {
        mz_buf_clear(body);
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    struct fetched *fetched = malloc(sizeof(*fetched));
    if (fetched == NULL)
        return NULL;
    *fetched = (struct fetched){answers, body->data, body->size};
    struct MHD_Response *made = MHD_create_response_from_buffer_with_free_callback_cls(
        body->size, body->data, was_fetched, fetched);
    if (made == NULL) {
        free(fetched);
        return NULL;
    }
    answers->size += fetched->size;
    size_t size_max = body->size_max;
    mz_buf_init(body, size_max);
    return made;
}

bool mz_answer_make(mz_answers *answers, const mz_request *request, mz_response *response,
                    bool close, mz_answer *answer)
{
    *answer = (mz_answer){.code = response->code};
    bool packed = pack(answers, request, response);
    if (response->code == 200 && response->cache != MZ_CACHE_NONE && response->file < 0)
        make_etag(answers, mz_buf_view(&response->body), packed, answer->etag);
    answer->size = response->file >= 0 ? response->file_size : response->body.size;
    answer->full = take_body(answers, response);
    bool ok =
        answer->full != NULL && add_headers(answers, response, answer, packed, close, answer->full);
    if (ok && response->code != 204)
        ok = add(answer->full, "Content-Type", response->media_type);
    if (ok && answer->etag[0] != '\0') {
        answer->unchanged = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        ok = answer->unchanged != NULL &&
             add_headers(answers, response, answer, false, close, answer->unchanged);
    }
    if (!ok)
        mz_answer_clear(answer);
    return ok;
}

void mz_answer_clear(mz_answer *answer)
{
    if (answer->full != NULL)
        MHD_destroy_response(answer->full);
    if (answer->unchanged != NULL)
        MHD_destroy_response(answer->unchanged);
    *answer = (mz_answer){0};
}

/* If-None-Match compares weakly; a proxy that packs what we sent makes our tag weak. */
static bool tag_matches(mz_view list, const char *etag)
{
    size_t size = strlen(etag);
    if (list.size == 1 && list.data[0] == '*')
        return true;
    for (size_t i = 0; i + size <= list.size; i++)
        if (memcmp(list.data + i, etag, size) == 0)
            return true;
    return false;
}

struct MHD_Response *mz_answer_for(const mz_answer *answer, const mz_request *request,
                                   unsigned *code)
{
    bool unchanged = answer->unchanged != NULL && request->if_none_match.size > 0 &&
                     tag_matches(request->if_none_match, answer->etag);
    *code = unchanged ? 304 : answer->code;
    return unchanged ? answer->unchanged : answer->full;
}
