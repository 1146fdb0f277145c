#include "attach.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "log/documents.h"

static const char *media_type_of(const char *name)
{
    static const struct {
        const char *end, *type;
    } TYPES[] = {
        {".pdf",  "application/pdf"                                                        },
        {".jpg",  "image/jpeg"                                                             },
        {".jpeg", "image/jpeg"                                                             },
        {".png",  "image/png"                                                              },
        {".txt",  "text/plain"                                                             },
        {".csv",  "text/csv"                                                               },
        {".json", "application/json"                                                       },
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"      },
        {".ofd",  "application/ofd"                                                        },
    };
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof(TYPES) / sizeof(TYPES[0]); i++) {
        size_t end = strlen(TYPES[i].end);
        if (size > end && strcasecmp(name + size - end, TYPES[i].end) == 0)
            return TYPES[i].type;
    }
    return "application/octet-stream";
}

/* ---- what the entry says ---- */

static mz_status name_document(mz_attachments *attached, const mz_hash *sha256, int64_t size,
                               const char *media_type, const char *name, const char *visibility,
                               json_t **out, mz_reason *why)
{
    char hex[65];
    mz_hex_32(sha256->bytes, hex);
    json_t *named = json_pack("{s:s, s:I, s:s, s:s, s:s}", "sha256", hex, "size", (json_int_t)size,
                              "media_type", media_type, "name", name, "visibility",
                              visibility == NULL ? "sealed" : visibility);
    if (named == NULL)
        return mz_refuse(why, MZ_BAD_TEXT, mz_words("path", "evidence.name"),
                         mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")));
    attached->named[attached->count++] = json_incref(named);
    *out = named;
    return MZ_OK;
}

/* Room for one more, and the folder when something is to be kept. */
static mz_status make_ready(mz_attachments *attached, mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    if (attached->count == MZ_LIST_ITEMS_MAX)
        return mz_refuse(why, MZ_TOO_MANY, mz_words("path", "evidence"),
                         mz_count("count", MZ_LIST_ITEMS_MAX + 1), mz_count("low", 1),
                         mz_count("limit", MZ_LIST_ITEMS_MAX));
    if (attached->dir == NULL || attached->folder != NULL)
        return MZ_OK;
    if (!mz_evidence_path(attached->dir, path, sizeof(path)))
        return mz_refuse(why, MZ_IO, mz_words("cause", attached->dir));
    return mz_evidence_open(path, true, &attached->folder, why);
}

static mz_status stage_file(mz_attachments *attached, int fd, const char *path, mz_hash *sha256,
                            int64_t *size, mz_reason *why)
{
    mz_status status = make_ready(attached, why);
    if (status != MZ_OK)
        return status;
    if (attached->folder == NULL)
        return mz_evidence_measure(attached->cli->hasher, fd, path, sha256, size, why);
    mz_staged **staged = &attached->staged[attached->count];
    status = mz_evidence_stage(attached->folder, fd, path, staged, why);
    if (status == MZ_OK) {
        *sha256 = mz_staged_hash(*staged);
        *size = mz_staged_size(*staged);
    }
    return status;
}

mz_status mz_attach_file(mz_attachments *attached, const char *path, const char *visibility,
                         json_t **out, mz_reason *why)
{
    int fd = -1;
    mz_hash sha256;
    int64_t size = 0;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    mz_status status = mz_evidence_source(path, &fd, why);
    if (status != MZ_OK)
        return status;
    status = stage_file(attached, fd, path, &sha256, &size, why);
    close(fd);
    return status == MZ_OK ? name_document(attached, &sha256, size, media_type_of(name), name,
                                           visibility, out, why)
                           : status;
}

mz_status mz_attach_text(mz_attachments *attached, const char *text, const char *name,
                         const char *visibility, json_t **out, mz_reason *why)
{
    mz_view bytes = mz_view_of(text);
    mz_hash sha256 = mz_hash_parts(attached->cli->hasher, &bytes, 1);
    mz_status status = make_ready(attached, why);
    if (status == MZ_OK && attached->folder != NULL)
        status = mz_evidence_stage_bytes(attached->folder, bytes, name,
                                         &attached->staged[attached->count], why);
    return status == MZ_OK ? name_document(attached, &sha256, (int64_t)bytes.size, "text/plain",
                                           name, visibility, out, why)
                           : status;
}

void mz_attachments_clear(mz_attachments *attached)
{
    for (size_t i = 0; i < MZ_LIST_ITEMS_MAX; i++) {
        mz_staged_end(attached->staged[i]);
        json_decref(attached->named[i]);
    }
    mz_evidence_close(attached->folder);
    *attached = (mz_attachments){.cli = attached->cli, .dir = attached->dir};
}

/* ---- with the entry ---- */

mz_status mz_attachments_keep(mz_attachments *attached, mz_reason *why)
{
    if (attached->folder == NULL)
        return MZ_OK;
    mz_status status = mz_evidence_lock(attached->folder, why);
    for (size_t i = 0; i < attached->count && status == MZ_OK; i++)
        status = mz_evidence_keep(attached->staged[i], why);
    return status;
}

/* Whether an entry names it. When that cannot be told it stays: a document too many does no harm.
 */
static bool is_named(mz_log *log, const mz_hash *sha256)
{
    mz_documents *walk = NULL;
    mz_document_standing standing = {.known = true};
    if (log == NULL)
        return false;
    if (mz_documents_open(mz_log_kv(log), &walk, NULL) == MZ_OK &&
        mz_documents_standing(walk, sha256, &standing, NULL) != MZ_OK)
        standing.known = true;
    mz_documents_close(walk);
    return standing.known;
}

void mz_attachments_settle(mz_attachments *attached, mz_log *log, mz_status status)
{
    if (attached->folder == NULL || !mz_evidence_locked(attached->folder))
        return;
    bool is_out = status != MZ_OK && status != MZ_OUTCOME_UNKNOWN;
    for (size_t i = 0; i < attached->count && is_out; i++) {
        mz_hash sha256 = mz_staged_hash(attached->staged[i]);
        if (!is_named(log, &sha256))
            mz_staged_take_back(attached->staged[i]);
    }
    mz_evidence_unlock(attached->folder);
}

mz_status mz_attachments_submit(mz_attachments *attached, mz_log *log, mz_submission *submission,
                                int64_t now_unix_ms, mz_reason *why)
{
    mz_status status = mz_attachments_keep(attached, why);
    if (status == MZ_OK)
        status = mz_log_append(log, submission, 1, now_unix_ms, why);
    mz_attachments_settle(attached, log, status == MZ_OK ? submission->status : status);
    return status;
}

/* ---- telling ---- */

void mz_attachments_tell(const mz_attachments *attached)
{
    for (size_t i = 0; i < attached->count; i++) {
        const json_t *named = attached->named[i];
        bool is_public =
            strcmp(json_string_value(json_object_get(named, "visibility")), "public") == 0;
        printf(mz_say(attached->cli, "已附凭证 %s，%lld 字节，%s，sha256 %s\n",
                      "attached %s, %lld bytes, %s, sha256 %s\n"),
               json_string_value(json_object_get(named, "name")),
               (long long)json_integer_value(json_object_get(named, "size")),
               is_public ? mz_say(attached->cli, "公开", "public")
                         : mz_say(attached->cli, "密封", "sealed"),
               json_string_value(json_object_get(named, "sha256")));
    }
}

void mz_attachments_tell_json(const mz_attachments *attached, json_t *outcome)
{
    json_t *list = json_array();
    for (size_t i = 0; i < attached->count; i++)
        json_array_append(list, attached->named[i]);
    if (attached->count > 0)
        json_object_set(outcome, "attached", list);
    json_decref(list);
}
