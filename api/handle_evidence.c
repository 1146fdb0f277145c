/* handle_evidence.c — documents by their hash. Whoever has the bytes may put them in, once an entry
 * names their hash: the hash says that they are the right ones. Public ones are for everybody,
 * sealed ones for readers with a token. Hashing and syncing is a job, not the server's thread's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers.h"
#include "log/documents.h"
#include "log/evidence.h"
#include "reader.h"

/* A document on its way in or out. The job's thread fills it, then resumes. */
typedef struct passage {
    mz_exchange *exchange;
    const char *folder_path;
    mz_hash sha256;
    int body_file; /* of the request; -1: on its way out */
    mz_status status;
    mz_reason why;
    bool was_there;
    bool is_public;
    int file; /* on its way out: verified, to be sent; -1 */
    int64_t size;
    char media_type[101];
} passage;

static void free_passage(void *state)
{
    passage *document = state;
    if (document->file >= 0)
        close(document->file);
    free(document);
}

static mz_hash hash_of(const mz_call *call)
{
    mz_hash sha256 = {0};
    size_t size;
    bool is_hash = mz_hex_decode(call->params[0], sha256.bytes, MZ_HASH_SIZE, &size);
    (void)is_hash; /* the table has checked it */
    return sha256;
}

/* --- what the log says of it --- */

typedef struct log_says {
    mz_document_standing standing;
    int64_t size;
    char media_type[101];
} log_says;

/* `to_read`: and whether whoever asks may have it. */
static mz_status ask_log(mz_call *call, const mz_hash *sha256, bool to_read, log_says *out,
                         mz_reason *why)
{
    mz_documents *walk = NULL;
    mz_document document;
    mz_document_words words;
    bool found = false;
    mz_status status = mz_documents_open(mz_service_kv(call->service), &walk, why);
    if (status == MZ_OK)
        status = mz_documents_standing(walk, sha256, &out->standing, why);
    if (status == MZ_OK && !out->standing.known)
        status = mz_refuse(why, MZ_DOCUMENT_UNKNOWN, mz_words_view("id", call->params[0]));
    if (status == MZ_OK) {
        mz_documents_seek(walk, sha256);
        status = mz_documents_next(walk, &document, &found, why);
    }
    if (status == MZ_OK && found)
        status = mz_documents_words(walk, &document, &words, why);
    if (status == MZ_OK && found) {
        out->size = document.size;
        memcpy(out->media_type, words.media_type, sizeof out->media_type);
    }
    if (status == MZ_OK && to_read && !out->standing.is_public)
        status = mz_reader_may_document(call, walk, sha256, why);
    mz_documents_close(walk);
    return status;
}

/* --- the job --- */

static mz_status keep(passage *document, mz_evidence_folder *folder)
{
    mz_staged *staged = NULL;
    int64_t size;
    mz_status status = mz_evidence_size(folder, &document->sha256, &size, NULL);
    document->was_there = status == MZ_OK;
    status = mz_evidence_stage(folder, document->body_file, "upload", &staged, &document->why);
    if (status != MZ_OK)
        return status;
    mz_hash got = mz_staged_hash(staged);
    if (!mz_hash_equal(&got, &document->sha256))
        status =
            mz_refuse(&document->why, MZ_BAD_VALUE, mz_words("path", MZ_BOTH("内容", "the body")),
                      mz_words("want", MZ_BOTH("与网址中散列相符的文件",
                                               "the document whose hash is in the address")));
    if (status == MZ_OK)
        status = mz_evidence_lock(folder, &document->why);
    if (status == MZ_OK) {
        status = mz_evidence_keep(staged, &document->why);
        mz_evidence_unlock(folder);
    }
    mz_staged_end(staged);
    return status;
}

/* Opens the bytes by their hash, which is all of the path that came from outside, and as bytes. */
static mz_status take_out(passage *document, mz_evidence_folder *folder)
{
    char hex[65], path[MZ_LOG_PATH_MAX + 80];
    mz_status status = mz_evidence_verify(folder, &document->sha256, &document->why);
    if (status == MZ_OK)
        status = mz_evidence_size(folder, &document->sha256, &document->size, &document->why);
    if (status != MZ_OK)
        return status;
    mz_hex_32(document->sha256.bytes, hex);
    snprintf(path, sizeof path, "%s/%.2s/%s", document->folder_path, hex, hex);
    document->file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return document->file >= 0
               ? MZ_OK
               : mz_refuse(&document->why, MZ_IO, mz_words("cause", strerror(errno)));
}

static void carry(void *context)
{
    passage *document = context;
    mz_evidence_folder *folder = NULL;
    bool inward = document->body_file >= 0;
    mz_status status = mz_evidence_open(document->folder_path, inward, &folder, &document->why);
    if (status == MZ_OK)
        status = inward ? keep(document, folder) : take_out(document, folder);
    mz_evidence_close(folder);
    if (status == MZ_NOT_FOUND || status == MZ_DOCUMENT_MISSING) {
        char hex[65];
        mz_hex_32(document->sha256.bytes, hex);
        status = mz_refuse(&document->why, MZ_DOCUMENT_MISSING, mz_words("id", hex));
    }
    document->status = status;
    mz_exchange_resume(document->exchange);
}

static mz_status hand_over(mz_call *call, const log_says *said, int body_file, mz_reason *why)
{
    passage *document = calloc(1, sizeof *document);
    if (document == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *document = (passage){.exchange = call->exchange,
                          .folder_path = mz_service_evidence(call->service),
                          .sha256 = hash_of(call),
                          .body_file = body_file,
                          .is_public = said->standing.is_public,
                          .file = -1};
    memcpy(document->media_type, said->media_type, sizeof document->media_type);
    *call->state = document;
    *call->state_free = free_passage;
    mz_exchange_suspend(call->exchange);
    mz_status status = mz_service_add_job(call->service, carry, document, &document->why);
    if (status != MZ_OK) { /* told in the next turn */
        document->status = status;
        mz_exchange_resume(call->exchange);
    }
    return MZ_OK;
}

/* --- PUT --- */

/* Before a byte is sent: an entry names it, and it has the size that the entry says. */
mz_status mz_before_evidence_put(mz_call *call, mz_reason *why)
{
    log_says said = {0};
    mz_hash sha256 = hash_of(call);
    mz_status status = ask_log(call, &sha256, false, &said, why);
    if (status == MZ_OK && (uint64_t)said.size != call->request->content_length)
        status = mz_refuse(why, MZ_FIGURE_DIFFERS, mz_words("path", "Content-Length"),
                           mz_count("is", (int64_t)call->request->content_length),
                           mz_count("want", said.size));
    return status;
}

mz_status mz_handle_evidence_put(mz_call *call, mz_reason *why)
{
    const passage *document = *call->state;
    log_says said = {0};
    if (document == NULL)
        return hand_over(call, &said, call->request->body_file, why);
    if (document->status != MZ_OK) {
        *why = document->why;
        return mz_refuse(why, document->status);
    }
    call->response->code = document->was_there ? 200 : 201;
    return mz_response_json(call->response,
                            json_pack("{s:s%, s:I}", "sha256", (const char *)call->params[0].data,
                                      call->params[0].size, "size",
                                      (json_int_t)call->request->content_length),
                            why);
}

/* --- GET --- */

/* Types that no browser runs; whatever else an entry says is sent as plain bytes. */
static const char *safe_type(const char *media_type)
{
    static const char *const SAFE[] = {"image/jpeg", "image/png", "image/webp", "application/pdf"};
    for (size_t i = 0; i < sizeof SAFE / sizeof SAFE[0]; i++)
        if (strcmp(media_type, SAFE[i]) == 0)
            return SAFE[i];
    return MZ_MEDIA_BYTES;
}

static mz_status send_out(mz_call *call, passage *document)
{
    call->response->file = document->file;
    call->response->file_size = (uint64_t)document->size;
    document->file = -1;
    call->response->cache = document->is_public ? MZ_CACHE_IMMUTABLE : MZ_CACHE_NONE;
    call->response->media_type = safe_type(document->media_type);
    mz_response_header(call->response, "Content-Disposition", "attachment; filename=\"%.16s\"",
                       (const char *)call->params[0].data);
    return MZ_OK;
}

mz_status mz_handle_evidence_get(mz_call *call, mz_reason *why)
{
    passage *document = *call->state;
    log_says said = {0};
    mz_hash sha256 = hash_of(call);
    if (document != NULL && document->status == MZ_OK)
        return send_out(call, document);
    if (document != NULL) {
        *why = document->why;
        return mz_refuse(why, document->status);
    }
    mz_status status = ask_log(call, &sha256, true, &said, why);
    return status == MZ_OK ? hand_over(call, &said, -1, why) : status;
}
