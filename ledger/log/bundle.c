#include "log/bundle.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/policy.h"
#include "edge/clock.h"
#include "log/files.h"
#include "log/parts.h"
#include "log/store.h"

#define SNAPSHOT_MS 5000
#define PART_SIZE (1u << 20) /* bytes gathered before they are written */
#define PART_SIZE_MAX (PART_SIZE + (256u << 10))
#define MANIFEST_SIZE_MAX (64u << 20)

typedef struct bundle {
    mz_log *log;
    const char *dir;
    mz_kv_txn *txn;
    int64_t txn_since_ms;
    mz_checkpoint tip; /* of the first snapshot: where the bundle ends */
    mz_bundle_result *result;
    mz_buf manifest; /* its rows of files */
    mz_reason *why;
    /* The file being written: */
    char name[64]; /* in the bundle */
    char path[MZ_LOG_PATH_SIZE + 64];
    int fd; /* -1: none */
    mz_buf part;
    uint64_t size;
    uint64_t line_count;
    crypto_hash_sha256_state hash;
} bundle;

static mz_status renew(bundle *b)
{
    mz_kv_abort(b->txn);
    b->txn = NULL;
    b->txn_since_ms = mz_clock_steady_ms();
    return mz_kv_begin_read(b->log->kv, &b->txn, b->why);
}

static mz_status renew_if_old(bundle *b)
{
    return mz_clock_steady_ms() - b->txn_since_ms < SNAPSHOT_MS ? MZ_OK : renew(b);
}

static bool path_of(bundle *b, const char *name)
{
    snprintf(b->name, sizeof b->name, "%s", name);
    int size = snprintf(b->path, sizeof b->path, "%s/%s", b->dir, name);
    return size > 0 && (size_t)size < sizeof b->path;
}

static mz_status begin_file(bundle *b, const char *name)
{
    if (!path_of(b, name))
        return mz_file_failed(b->why, b->dir, ENAMETOOLONG);
    b->fd = open(b->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (b->fd < 0)
        return mz_file_failed(b->why, b->path, errno);
    mz_buf_reset(&b->part);
    b->size = 0;
    b->line_count = 0;
    crypto_hash_sha256_init(&b->hash);
    return MZ_OK;
}

static mz_status write_part(bundle *b)
{
    if (b->part.failed)
        return mz_refuse(b->why, MZ_NO_MEMORY);
    mz_view part = mz_buf_view(&b->part);
    mz_status status = mz_file_write(b->fd, b->path, part, b->why);
    crypto_hash_sha256_update(&b->hash, part.data, part.size);
    b->size += part.size;
    mz_buf_reset(&b->part);
    return status;
}

/* Makes the file durable and enters it in the manifest. */
static mz_status end_file(bundle *b)
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    char hex[65];
    mz_status status = write_part(b);
    if (status == MZ_OK && fsync(b->fd) != 0)
        status = mz_file_failed(b->why, b->path, errno);
    if (close(b->fd) != 0 && status == MZ_OK)
        status = mz_file_failed(b->why, b->path, errno);
    b->fd = -1;
    crypto_hash_sha256_final(&b->hash, digest);
    mz_hex_32(digest, hex);
    mz_buf_put_format(&b->manifest, "%s\n{\"name\":\"%s\",\"size\":%llu,\"sha256\":\"%s\"}",
                      b->manifest.size > 0 ? "," : "", b->name, (unsigned long long)b->size, hex);
    if (status == MZ_OK && b->manifest.failed)
        status = mz_refuse(b->why, MZ_NO_MEMORY);
    return status;
}

static mz_status put_file(bundle *b, const char *name, mz_view content)
{
    mz_status status = begin_file(b, name);
    if (status == MZ_OK) {
        mz_buf_put(&b->part, content);
        status = end_file(b);
    }
    return status;
}

static mz_status make_folder(bundle *b, const char *name)
{
    if (!path_of(b, name))
        return mz_file_failed(b->why, b->dir, ENAMETOOLONG);
    return mkdir(b->path, 0755) == 0 ? MZ_OK : mz_file_failed(b->why, b->path, errno);
}

/* Lines come from rows of a table, in files of MZ_BUNDLE_LINES_MAX. */
typedef struct series {
    mz_table table;
    const char *folder;
    uint64_t line_count;
} series;

/* A line of its table: see bundle.h. */
static bool put_line(mz_buf *out, mz_table table, mz_view key, mz_view value)
{
    uint64_t number = mz_be64_get(key.data);
    if (table == MZ_TABLE_ENTRIES) {
        mz_buf_put(out, value);
    } else if (table == MZ_TABLE_CHECKPOINTS) {
        mz_buf_put_format(out, "%llu ", (unsigned long long)number);
        mz_buf_put_base64(out, value);
    } else {
        if (key.size != 12)
            return false;
        mz_buf_put_format(out, "%llu %08x ", (unsigned long long)number,
                          (unsigned)mz_be32_get(key.data + 8));
        mz_buf_put_base64(out, value);
    }
    mz_buf_put_text(out, "\n");
    return true;
}

static mz_status put_row(bundle *b, series *s, const mz_kv_cursor *row)
{
    mz_status status = MZ_OK;
    if (b->fd >= 0 && b->line_count == MZ_BUNDLE_LINES_MAX) /* a full file */
        status = end_file(b);
    if (status == MZ_OK && b->fd < 0) {
        char name[64];
        snprintf(name, sizeof name, "%s/%010llu.txt", s->folder,
                 (unsigned long long)(s->line_count / MZ_BUNDLE_LINES_MAX));
        status = begin_file(b, name);
    }
    if (status == MZ_OK && !put_line(&b->part, s->table, row->key, row->value))
        status = mz_refuse(b->why, MZ_CORRUPT, mz_words("cause", mz_table_name(s->table)));
    s->line_count++;
    b->line_count++;
    if (status == MZ_OK && b->part.size >= PART_SIZE)
        status = write_part(b);
    return status;
}

/* Writes rows from `key` on, up to the bundle's size, until the snapshot is old; `*ended` at the
 * last. */
static mz_status put_rows(bundle *b, series *s, uint8_t key[MZ_KV_KEY_MAX + 1], size_t *key_size,
                          bool *ended)
{
    mz_kv_cursor *row = NULL;
    uint64_t last = s->table == MZ_TABLE_ENTRIES ? b->tip.size - 1 : b->tip.size;
    mz_status status = mz_kv_cursor_open(b->txn, s->table, &row, b->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(row, (mz_view){key, *key_size}, b->why);
    while (status == MZ_OK) {
        *ended = !row->valid || row->key.size < 8 || mz_be64_get(row->key.data) > last;
        if (*ended)
            break;
        if (s->table == MZ_TABLE_ENTRIES && mz_be64_get(row->key.data) != s->line_count)
            status = mz_refuse(b->why, MZ_CORRUPT, mz_words("cause", "entries: a row is missing"));
        if (status == MZ_OK)
            status = put_row(b, s, row);
        memcpy(key, row->key.data, row->key.size);
        key[row->key.size] = 0;
        *key_size = row->key.size + 1;
        if (s->line_count % 256 == 0 && mz_clock_steady_ms() - b->txn_since_ms >= SNAPSHOT_MS)
            break;
        if (status == MZ_OK)
            status = mz_kv_cursor_next(row, b->why);
    }
    mz_kv_cursor_close(row);
    return status;
}

static mz_status put_series(bundle *b, series *s)
{
    uint8_t key[MZ_KV_KEY_MAX + 1] = {0};
    size_t key_size = 0;
    bool ended = false;
    mz_status status = make_folder(b, s->folder);
    while (status == MZ_OK && !ended) {
        status = put_rows(b, s, key, &key_size, &ended);
        if (status == MZ_OK)
            status = renew_if_old(b);
    }
    if (status == MZ_OK && b->fd >= 0)
        status = end_file(b);
    return status;
}

static mz_status put_manifest(bundle *b)
{
    mz_buf text;
    char hex[65];
    mz_hex_32(b->tip.root.bytes, hex);
    mz_buf_init(&text, MANIFEST_SIZE_MAX + 4096);
    mz_buf_put_text(&text, "{\"format\":\"" MZ_BUNDLE_FORMAT "\",\"origin\":\"");
    for (const char *c = b->tip.origin; *c != '\0'; c++)
        mz_buf_put_format(&text, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    mz_buf_put_format(&text, "\",\"size\":%llu,\"root\":\"%s\",\"files\":[",
                      (unsigned long long)b->tip.size, hex);
    mz_buf_put(&text, mz_buf_view(&b->manifest));
    mz_buf_put_text(&text, "\n]}\n");
    mz_status status = text.failed ? mz_refuse(b->why, MZ_NO_MEMORY)
                       : path_of(b, "manifest.json")
                           ? mz_file_create(b->path, mz_buf_view(&text), b->why)
                           : mz_file_failed(b->why, b->dir, ENAMETOOLONG);
    mz_buf_clear(&text);
    return status;
}

static mz_status put_pin(bundle *b)
{
    char path[MZ_LOG_PATH_SIZE + MZ_ORIGIN_SIZE_MAX + 8];
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_status status = mz_log_pin_path(b->log->dir, b->log->origin, path, sizeof path)
                           ? mz_file_read(path, &text, b->why)
                           : mz_file_failed(b->why, b->dir, ENAMETOOLONG);
    if (status == MZ_NOT_FOUND)
        status = mz_file_failed(b->why, path, ENOENT);
    if (status == MZ_OK)
        status = put_file(b, "log.pin", mz_buf_view(&text));
    mz_buf_clear(&text);
    return status;
}

static mz_status put_all(bundle *b)
{
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    series entries = {MZ_TABLE_ENTRIES, "entries", 0};
    series checkpoints = {MZ_TABLE_CHECKPOINTS, "checkpoints", 0};
    series cosignatures = {MZ_TABLE_COSIGNATURES, "cosignatures", 0};
    mz_status status = renew(b);
    if (status == MZ_OK)
        status = mz_store_tip(b->txn, &b->tip, &note, b->why);
    if (status == MZ_OK)
        status = put_pin(b);
    if (status == MZ_OK)
        status = put_file(b, "checkpoint", mz_buf_view(&note));
    if (status == MZ_OK)
        status = put_series(b, &entries);
    if (status == MZ_OK)
        status = put_series(b, &checkpoints);
    if (status == MZ_OK)
        status = put_series(b, &cosignatures);
    if (status == MZ_OK)
        status = put_manifest(b);
    if (status == MZ_OK)
        *b->result = (mz_bundle_result){b->tip.size, b->tip.root, checkpoints.line_count,
                                        cosignatures.line_count};
    mz_buf_clear(&note);
    return status;
}

static mz_status sync_folders(bundle *b)
{
    static const char *const FOLDERS[] = {"entries", "checkpoints", "cosignatures", "."};
    mz_status status = MZ_OK;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS && status == MZ_OK; i++)
        status = path_of(b, FOLDERS[i]) ? mz_path_sync(b->path, b->why)
                                        : mz_file_failed(b->why, b->dir, ENAMETOOLONG);
    return status;
}

mz_status mz_bundle_export(mz_log *log, const char *to, mz_bundle_result *result, mz_reason *why)
{
    char suffix[64];
    char unborn[MZ_LOG_PATH_SIZE];
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    if (!mz_path_beside(to, suffix, unborn, sizeof unborn))
        return mz_file_failed(why, to, ENAMETOOLONG);
    if (mz_path_exists(to))
        return mz_file_failed(why, to, EEXIST);
    bundle *b = calloc(1, sizeof *b);
    if (b == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    b->log = log;
    b->dir = unborn;
    b->result = result;
    b->why = why;
    b->fd = -1;
    mz_buf_init(&b->manifest, MANIFEST_SIZE_MAX);
    mz_buf_init(&b->part, PART_SIZE_MAX);
    mz_folder_remove(unborn);
    mz_status status = mkdir(unborn, 0755) == 0 ? MZ_OK : mz_file_failed(why, unborn, errno);
    if (status == MZ_OK)
        status = put_all(b);
    if (status == MZ_OK)
        status = sync_folders(b);
    if (status == MZ_OK)
        status = mz_folder_publish(unborn, to, why);
    if (b->fd >= 0)
        close(b->fd);
    if (status != MZ_OK)
        mz_folder_remove(unborn);
    mz_kv_abort(b->txn);
    mz_buf_clear(&b->manifest);
    mz_buf_clear(&b->part);
    free(b);
    return status;
}
