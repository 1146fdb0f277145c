#include "source.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/checkpoint.h"
#include "core/entry.h"
#include "core/note.h"
#include "kv/lmdb.h"

#define BUNDLE_LINES 10000 /* lines in one file: docs/format.md, "Bundle" */
#define LINE_SIZE_MAX (128 * 1024)
#define PATH_SIZE_MAX 4096
#define LEAVES_SIZE_MAX ((size_t)MZ_BATCH_ENTRIES * (MZ_LEAF_SIZE_MAX + 1))

struct mz_source {
    mz_kv *kv; /* of a ledger; NULL for a bundle */
    char path[PATH_SIZE_MAX];
    FILE *entries; /* of a bundle: open at entry `entries_at` */
    uint64_t entries_at;
    FILE *checkpoints;
    uint64_t checkpoint_file; /* number of the open file */
    char *line;               /* LINE_SIZE_MAX */
};

static mz_status refuse_path(const char *path, const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", path), mz_words("cause", cause));
}

static bool has_file(const char *folder, const char *name)
{
    char path[PATH_SIZE_MAX + 64];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

mz_status mz_source_open(const char *path, mz_source **source, mz_reason *why)
{
    struct stat info;
    if (strlen(path) >= PATH_SIZE_MAX || stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return refuse_path(path, MZ_BOTH("没有这个文件夹", "there is no such folder"), why);
    mz_source *made = calloc(1, sizeof *made);
    char *line = malloc(LINE_SIZE_MAX);
    mz_status status = made == NULL || line == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    if (status == MZ_OK) {
        (void)snprintf(made->path, sizeof made->path, "%s", path);
        made->line = line;
        const mz_lmdb_options options = {.read_only = true};
        if (has_file(path, "data.mdb"))
            status = mz_lmdb_open(path, &options, &made->kv, why);
        else if (!has_file(path, "manifest.json"))
            status = refuse_path(path,
                                 MZ_BOTH("既无 data.mdb，也无 manifest.json",
                                         "it holds neither data.mdb nor manifest.json"),
                                 why);
    }
    if (status != MZ_OK) {
        free(line);
        free(made);
        return status;
    }
    *source = made;
    return MZ_OK;
}

void mz_source_close(mz_source *source)
{
    if (source == NULL)
        return;
    if (source->entries != NULL)
        (void)fclose(source->entries);
    if (source->checkpoints != NULL)
        (void)fclose(source->checkpoints);
    mz_kv_close(source->kv);
    free(source->line);
    free(source);
}

const char *mz_source_kind(const mz_source *source)
{
    return source->kv != NULL ? "ledger" : "bundle";
}

mz_view mz_leaves_at(const mz_leaves *leaves, size_t i)
{
    assert(i < leaves->count);
    const size_t start = i == 0 ? 0 : leaves->ends[i - 1];
    return (mz_view){leaves->bytes.data + start, leaves->ends[i] - start};
}

static mz_status add_leaf(mz_leaves *leaves, mz_view leaf, mz_reason *why)
{
    mz_buf_put(&leaves->bytes, leaf);
    if (leaves->bytes.failed)
        return mz_refuse(why, MZ_NO_MEMORY);
    leaves->ends[leaves->count++] = leaves->bytes.size;
    return MZ_OK;
}

/* --- a ledger's folder --- */

static mz_status read_ledger(mz_source *source, mz_leaves *leaves, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_kv_cursor *cursor = NULL;
    uint8_t key[8];
    mz_be64_put(key, leaves->first);
    mz_status status = mz_kv_begin_read(source->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(txn, MZ_TABLE_ENTRIES, &cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(cursor, (mz_view){key, sizeof key}, why);
    while (status == MZ_OK && cursor->valid && leaves->count < MZ_BATCH_ENTRIES) {
        const uint64_t want = leaves->first + leaves->count;
        if (cursor->key.size != 8 || mz_be64_get(cursor->key.data) != want) {
            char cause[80];
            (void)snprintf(cause, sizeof cause, "entry %" PRIu64 " is missing", want);
            status = mz_refuse(why, MZ_CORRUPT, mz_words("cause", cause));
            break;
        }
        status = add_leaf(leaves, cursor->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_next(cursor, why);
    }
    mz_kv_cursor_close(cursor);
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_checkpoint(mz_source *source, bool last, uint64_t size, mz_buf *note,
                                   uint64_t *note_size, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_kv_cursor *cursor = NULL;
    uint8_t key[8];
    mz_be64_put(key, size + 1);
    mz_status status = mz_kv_begin_read(source->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(txn, MZ_TABLE_CHECKPOINTS, &cursor, why);
    if (status == MZ_OK)
        status = last ? mz_kv_cursor_last(cursor, why)
                      : mz_kv_cursor_seek(cursor, (mz_view){key, sizeof key}, why);
    if (status == MZ_OK && !cursor->valid)
        status = MZ_NOT_FOUND;
    if (status == MZ_OK && cursor->key.size != 8)
        status = mz_refuse(why, MZ_CORRUPT, mz_words("cause", "a checkpoint's key is not a size"));
    if (status == MZ_OK) {
        *note_size = mz_be64_get(cursor->key.data);
        if (note != NULL)
            mz_buf_put(note, cursor->value);
    }
    mz_kv_cursor_close(cursor);
    mz_kv_abort(txn);
    return status;
}

/* --- a bundle --- */

static FILE *open_numbered(mz_source *source, const char *folder, uint64_t number)
{
    char path[PATH_SIZE_MAX + 64];
    (void)snprintf(path, sizeof path, "%s/%s/%010" PRIu64 ".txt", source->path, folder, number);
    return fopen(path, "re");
}

/* One line without its LF. MZ_NOT_FOUND at the end of the file. */
static mz_status read_line(mz_source *source, FILE *file, mz_view *line, mz_reason *why)
{
    errno = 0;
    size_t size = 0;
    int c;
    while ((c = getc_unlocked(file)) != EOF && c != '\n') {
        if (size == LINE_SIZE_MAX)
            return mz_refuse(why, MZ_CORRUPT,
                             mz_words("cause", "a line of the bundle is too long"));
        source->line[size++] = (char)c;
    }
    if (ferror(file))
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    if (c == EOF && size == 0)
        return MZ_NOT_FOUND;
    if (c == EOF)
        return mz_refuse(why, MZ_CORRUPT,
                         mz_words("cause", "the last line of a bundle's file is cut off"));
    *line = (mz_view){(const uint8_t *)source->line, size};
    return MZ_OK;
}

/* Opens the file that holds the entry and skips to it. MZ_NOT_FOUND when there is no such file. */
static mz_status seek_entry(mz_source *source, uint64_t index, mz_reason *why)
{
    if (source->entries != NULL && source->entries_at == index)
        return MZ_OK;
    if (source->entries != NULL)
        (void)fclose(source->entries);
    source->entries = open_numbered(source, "entries", index / BUNDLE_LINES);
    if (source->entries == NULL)
        return errno == ENOENT ? MZ_NOT_FOUND
                               : mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    source->entries_at = index - index % BUNDLE_LINES;
    while (source->entries_at < index) {
        mz_view line;
        const mz_status status = read_line(source, source->entries, &line, why);
        if (status != MZ_OK)
            return status;
        source->entries_at++;
    }
    return MZ_OK;
}

static mz_status read_bundle(mz_source *source, mz_leaves *leaves, mz_reason *why)
{
    while (leaves->count < MZ_BATCH_ENTRIES) {
        const uint64_t index = leaves->first + leaves->count;
        if (source->entries != NULL && index % BUNDLE_LINES == 0) {
            (void)fclose(source->entries); /* the next file */
            source->entries = NULL;
        }
        mz_view line;
        mz_status status = seek_entry(source, index, why);
        if (status == MZ_OK)
            status = read_line(source, source->entries, &line, why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = add_leaf(leaves, line, why);
        if (status != MZ_OK)
            return status;
        source->entries_at = index + 1;
    }
    return MZ_OK;
}

/* `<size> <base64 note>` */
static mz_status parse_checkpoint_line(mz_view line, mz_buf *note, uint64_t *size, mz_reason *why)
{
    const uint8_t *space = line.size > 0 ? memchr(line.data, ' ', line.size) : NULL;
    uint8_t bytes[16384];
    size_t byte_count = 0;
    if (space != NULL) {
        const mz_view number = {line.data, (size_t)(space - line.data)};
        const mz_view text = {space + 1, line.size - number.size - 1};
        if (mz_decimal_parse(number, INT64_MAX, size) &&
            mz_base64_decode(text, bytes, sizeof bytes, &byte_count)) {
            if (note != NULL)
                mz_buf_put(note, (mz_view){bytes, byte_count});
            return MZ_OK;
        }
    }
    return mz_refuse(why, MZ_CORRUPT,
                     mz_words("cause", "a line of the bundle's checkpoints is malformed"));
}

/* Asked in rising order, so reading goes on where it stopped; a smaller size starts over. */
static mz_status bundle_checkpoint(mz_source *source, uint64_t size, mz_buf *note,
                                   uint64_t *note_size, mz_reason *why)
{
    for (;;) {
        if (source->checkpoints == NULL) {
            source->checkpoints = open_numbered(source, "checkpoints", source->checkpoint_file);
            if (source->checkpoints == NULL) {
                source->checkpoint_file = 0;
                return errno == ENOENT ? MZ_NOT_FOUND
                                       : mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
            }
        }
        mz_view line;
        mz_status status = read_line(source, source->checkpoints, &line, why);
        if (status == MZ_NOT_FOUND) {
            (void)fclose(source->checkpoints);
            source->checkpoints = NULL;
            source->checkpoint_file++;
            continue;
        }
        if (status == MZ_OK)
            status = parse_checkpoint_line(line, NULL, note_size, why);
        if (status == MZ_OK && *note_size > size && note != NULL)
            status = parse_checkpoint_line(line, note, note_size, why);
        if (status != MZ_OK || *note_size > size)
            return status;
    }
}

static void rewind_checkpoints(mz_source *source)
{
    if (source->checkpoints != NULL)
        (void)fclose(source->checkpoints);
    source->checkpoints = NULL;
    source->checkpoint_file = 0;
}

/* --- either --- */

mz_status mz_source_read(mz_source *source, uint64_t first, mz_leaves *leaves, mz_reason *why)
{
    leaves->first = first;
    leaves->count = 0;
    if (leaves->bytes.size_max != LEAVES_SIZE_MAX)
        mz_buf_init(&leaves->bytes, LEAVES_SIZE_MAX);
    mz_buf_reset(&leaves->bytes);
    return source->kv != NULL ? read_ledger(source, leaves, why) : read_bundle(source, leaves, why);
}

mz_status mz_source_checkpoint(mz_source *source, uint64_t size, mz_buf *note, uint64_t *note_size,
                               mz_reason *why)
{
    if (source->kv != NULL)
        return ledger_checkpoint(source, false, size, note, note_size, why);
    return bundle_checkpoint(source, size, note, note_size, why);
}

mz_status mz_source_claimed_size(mz_source *source, uint64_t *size, mz_reason *why)
{
    if (source->kv != NULL)
        return ledger_checkpoint(source, true, 0, NULL, size, why);
    mz_status status = MZ_OK;
    uint64_t found = 0;
    for (*size = 0; status == MZ_OK; *size = found)
        status = bundle_checkpoint(source, *size, NULL, &found, why);
    rewind_checkpoints(source);
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}
