#include "source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/checkpoint.h"
#include "core/entry.h"
#include "core/note.h"
#include "kv/lmdb.h"

#define BUNDLE_LINES 10000 /* lines in one file: docs/format.md, "Bundle" */
#define LINE_SIZE_MAX (128 * 1024)
#define PATH_SIZE_MAX 4096
#define LEAVES_SIZE_MAX ((size_t)MZ_BATCH_ENTRIES * (MZ_LEAF_SIZE_MAX + 1))
#define NOTES_SIZE_MAX ((size_t)MZ_BATCH_ENTRIES * MZ_NOTE_SIZE_MAX)

struct mz_source {
    mz_kv *kv; /* of a ledger; NULL for a bundle */
    char path[PATH_SIZE_MAX];
    FILE *entries; /* of a bundle: open at entry `entries_at` */
    uint64_t entries_at;
    FILE *checkpoints;
    uint64_t checkpoint_file; /* number of the open file, or of the next one to open */
    char *line;               /* LINE_SIZE_MAX */
    /* The line of checkpoints that comes next, when it was read already: */
    bool held;
    uint64_t held_size;
    mz_buf held_note;
    uint64_t passed_size; /* every line of at most this size lies behind */
};

mz_view mz_strings_at(const mz_strings *strings, size_t i)
{
    assert(i < strings->count);
    const size_t start = i == 0 ? 0 : strings->ends[i - 1];
    return (mz_view){strings->bytes.data + start, strings->ends[i] - start};
}

static mz_status add_string(mz_strings *strings, mz_view bytes, mz_reason *why)
{
    assert(strings->count < MZ_BATCH_ENTRIES);
    mz_buf_put(&strings->bytes, bytes);
    if (strings->bytes.failed)
        return mz_refuse(why, MZ_NO_MEMORY);
    strings->ends[strings->count++] = strings->bytes.size;
    return MZ_OK;
}

void mz_stretch_init(mz_stretch *stretch)
{
    stretch->first = 0;
    stretch->leaves.count = stretch->notes.count = 0;
    mz_buf_init(&stretch->leaves.bytes, LEAVES_SIZE_MAX);
    mz_buf_init(&stretch->notes.bytes, NOTES_SIZE_MAX);
}

void mz_stretch_clear(mz_stretch *stretch)
{
    mz_buf_clear(&stretch->leaves.bytes);
    mz_buf_clear(&stretch->notes.bytes);
    stretch->leaves.count = stretch->notes.count = 0;
}

static mz_status refuse_path(const char *path, const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", path), mz_words("cause", cause));
}

static mz_status refuse_corrupt(const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_CORRUPT, mz_words("cause", cause));
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
    mz_status status = MZ_OK;
    if (made == NULL || line == NULL) {
        free(line);
        free(made);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    (void)snprintf(made->path, sizeof made->path, "%s", path);
    made->line = line;
    mz_buf_init(&made->held_note, MZ_NOTE_SIZE_MAX);
    const mz_lmdb_options options = {.read_only = true};
    if (has_file(path, "data.mdb"))
        status = mz_lmdb_open(path, &options, &made->kv, why);
    else if (!has_file(path, "manifest.json"))
        status = refuse_path(path,
                             MZ_BOTH("既无 data.mdb，也无 manifest.json",
                                     "it holds neither data.mdb nor manifest.json"),
                             why);
    if (status != MZ_OK) {
        free(line);
        free(made);
        return status;
    }
    *source = made;
    return MZ_OK;
}

static void close_checkpoints(mz_source *source)
{
    if (source->checkpoints != NULL)
        (void)fclose(source->checkpoints);
    source->checkpoints = NULL;
    source->held = false;
}

void mz_source_close(mz_source *source)
{
    if (source == NULL)
        return;
    if (source->entries != NULL)
        (void)fclose(source->entries);
    close_checkpoints(source);
    mz_buf_clear(&source->held_note);
    mz_kv_close(source->kv);
    free(source->line);
    free(source);
}

const char *mz_source_kind(const mz_source *source)
{
    return source->kv != NULL ? "ledger" : "bundle";
}

/* --- a ledger's folder --- */

static mz_status open_cursor(mz_source *source, mz_kv_txn *txn, mz_table table, uint64_t from,
                             mz_kv_cursor **cursor, mz_reason *why)
{
    uint8_t key[8];
    mz_be64_put(key, from);
    (void)source;
    mz_status status = mz_kv_cursor_open(txn, table, cursor, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(*cursor, (mz_view){key, sizeof key}, why);
    return status;
}

static mz_status ledger_leaves(mz_source *source, mz_kv_txn *txn, uint64_t end, mz_stretch *stretch,
                               mz_reason *why)
{
    mz_kv_cursor *cursor = NULL;
    mz_status status = open_cursor(source, txn, MZ_TABLE_ENTRIES, stretch->first, &cursor, why);
    while (status == MZ_OK && cursor->valid && stretch->leaves.count < MZ_BATCH_ENTRIES) {
        const uint64_t want = stretch->first + stretch->leaves.count;
        if (want == end || cursor->key.size != 8 || mz_be64_get(cursor->key.data) != want)
            break; /* what is missing is seen by who counts */
        status = add_string(&stretch->leaves, cursor->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_next(cursor, why);
    }
    mz_kv_cursor_close(cursor);
    return status;
}

static mz_status ledger_notes(mz_source *source, mz_kv_txn *txn, mz_stretch *stretch,
                              mz_reason *why)
{
    const uint64_t end = stretch->first + stretch->leaves.count;
    mz_kv_cursor *cursor = NULL;
    mz_status status =
        open_cursor(source, txn, MZ_TABLE_CHECKPOINTS, stretch->first + 1, &cursor, why);
    while (status == MZ_OK && cursor->valid) {
        if (cursor->key.size != 8) {
            status = refuse_corrupt("a checkpoint's key is not a size", why);
            break;
        }
        const uint64_t size = mz_be64_get(cursor->key.data);
        if (size > end)
            break;
        stretch->sizes[stretch->notes.count] = size;
        status = add_string(&stretch->notes, cursor->value, why);
        if (status == MZ_OK)
            status = mz_kv_cursor_next(cursor, why);
    }
    mz_kv_cursor_close(cursor);
    return status;
}

static mz_status read_ledger(mz_source *source, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_read(source->kv, &txn, why);
    if (status == MZ_OK)
        status = ledger_leaves(source, txn, end, stretch, why);
    if (status == MZ_OK)
        status = ledger_notes(source, txn, stretch, why);
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_claim(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint64_t last = 0;
    mz_status status = mz_kv_begin_read(source->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_last_number(txn, MZ_TABLE_CHECKPOINTS, size, note, why);
    if (status == MZ_NOT_FOUND)
        status = refuse_corrupt(MZ_BOTH("没有总账印章", "there is no checkpoint"), why);
    if (status == MZ_OK) {
        status = mz_kv_last_number(txn, MZ_TABLE_ENTRIES, &last, NULL, why);
        if (status == MZ_OK && last >= *size)
            status = refuse_corrupt(
                MZ_BOTH("最后几笔没有总账印章", "the last entries have no checkpoint"), why);
        if (status == MZ_NOT_FOUND)
            status = MZ_OK; /* the missing entries are found where they should be */
    }
    mz_kv_abort(txn);
    return status;
}

static mz_status ledger_note(mz_source *source, uint64_t size, mz_buf *note, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    uint8_t key[8];
    mz_view value;
    mz_be64_put(key, size);
    mz_status status = mz_kv_begin_read(source->kv, &txn, why);
    if (status == MZ_OK)
        status = mz_kv_get(txn, MZ_TABLE_CHECKPOINTS, (mz_view){key, sizeof key}, &value, why);
    if (status == MZ_OK)
        mz_buf_put(note, value);
    mz_kv_abort(txn);
    return status;
}

/* --- a bundle --- */

/* A bundle comes from anywhere: only a regular file is read, and opening never waits for a writer.
 */
static FILE *open_regular(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (fd < 0)
        return NULL;
    FILE *file = NULL;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        errno = EINVAL;
    else
        file = fdopen(fd, "r");
    if (file == NULL) {
        const int kept = errno;
        (void)close(fd);
        errno = kept;
    }
    return file;
}

static FILE *open_numbered(const mz_source *source, const char *folder, uint64_t number)
{
    char path[PATH_SIZE_MAX + 64];
    (void)snprintf(path, sizeof path, "%s/%s/%010" PRIu64 ".txt", source->path, folder, number);
    return open_regular(path);
}

/* No such file is MZ_NOT_FOUND. */
static mz_status open_failed(mz_reason *why)
{
    return errno == ENOENT ? MZ_NOT_FOUND
                           : mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
}

/* One line without its LF. MZ_NOT_FOUND at the end of the file. */
static mz_status read_line(mz_source *source, FILE *file, mz_view *line, mz_reason *why)
{
    errno = 0;
    size_t size = 0;
    int c;
    while ((c = getc_unlocked(file)) != EOF && c != '\n') {
        if (size == LINE_SIZE_MAX)
            return refuse_corrupt("a line of the bundle is too long", why);
        source->line[size++] = (char)c;
    }
    if (ferror(file))
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    if (c == EOF && size == 0)
        return MZ_NOT_FOUND;
    if (c == EOF)
        return refuse_corrupt("the last line of a bundle's file is cut off", why);
    *line = (mz_view){(const uint8_t *)source->line, size};
    return MZ_OK;
}

/* Opens the file that holds the entry and skips to it. MZ_NOT_FOUND when there is no such file. */
static mz_status seek_entry(mz_source *source, uint64_t index, mz_reason *why)
{
    if (source->entries != NULL && source->entries_at == index && index % BUNDLE_LINES != 0)
        return MZ_OK;
    if (source->entries != NULL)
        (void)fclose(source->entries);
    source->entries = open_numbered(source, "entries", index / BUNDLE_LINES);
    if (source->entries == NULL)
        return open_failed(why);
    source->entries_at = index - index % BUNDLE_LINES;
    while (source->entries_at < index) {
        mz_view line = {NULL, 0};
        const mz_status status = read_line(source, source->entries, &line, why);
        if (status != MZ_OK)
            return status;
        source->entries_at++;
    }
    return MZ_OK;
}

static mz_status bundle_leaves(mz_source *source, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    while (stretch->leaves.count < MZ_BATCH_ENTRIES) {
        const uint64_t index = stretch->first + stretch->leaves.count;
        if (index == end)
            return MZ_OK;
        mz_view line = {NULL, 0};
        mz_status status = seek_entry(source, index, why);
        if (status == MZ_OK)
            status = read_line(source, source->entries, &line, why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = add_string(&stretch->leaves, line, why);
        if (status != MZ_OK)
            return status;
        source->entries_at = index + 1;
        if (source->entries_at % BUNDLE_LINES == 0) { /* the file ends here */
            status = read_line(source, source->entries, &line, why);
            if (status != MZ_NOT_FOUND)
                return status == MZ_OK
                           ? refuse_corrupt("a file of the bundle has too many lines", why)
                           : status;
        }
    }
    return MZ_OK;
}

/* `<size> <base64 note>`: into held_size and held_note. */
static mz_status parse_checkpoint_line(mz_source *source, mz_view line, mz_reason *why)
{
    const uint8_t *space = line.size > 0 ? memchr(line.data, ' ', line.size) : NULL;
    size_t byte_count = 0;
    uint64_t size = 0;
    if (space != NULL) {
        const mz_view number = {line.data, (size_t)(space - line.data)};
        const mz_view text = {space + 1, line.size - number.size - 1};
        mz_buf_reset(&source->held_note);
        uint8_t *bytes = mz_buf_extend(&source->held_note, MZ_NOTE_SIZE_MAX);
        if (bytes == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        if (mz_decimal_parse(number, MZ_MERKLE_SIZE_MAX, &size) &&
            mz_base64_decode(text, bytes, MZ_NOTE_SIZE_MAX, &byte_count)) {
            source->held_note.size = byte_count;
            source->held_size = size;
            return MZ_OK;
        }
    }
    return refuse_corrupt("a line of the bundle's checkpoints is malformed", why);
}

/* The next line of checkpoints, held. MZ_NOT_FOUND at the end of them all. */
static mz_status hold_checkpoint(mz_source *source, mz_reason *why)
{
    mz_status status = source->held ? MZ_OK : MZ_NOT_FOUND;
    while (status == MZ_NOT_FOUND) {
        if (source->checkpoints == NULL)
            source->checkpoints = open_numbered(source, "checkpoints", source->checkpoint_file);
        if (source->checkpoints == NULL)
            return open_failed(why);
        mz_view line = {NULL, 0};
        status = read_line(source, source->checkpoints, &line, why);
        if (status == MZ_NOT_FOUND) {
            close_checkpoints(source);
            source->checkpoint_file++;
        } else if (status == MZ_OK) {
            status = parse_checkpoint_line(source, line, why);
            if (status == MZ_OK && source->held_size <= source->passed_size)
                status = refuse_corrupt("the bundle's checkpoints are not in ascending order", why);
            source->held = status == MZ_OK;
        }
    }
    return status;
}

static void pass_checkpoint(mz_source *source)
{
    source->held = false;
    source->passed_size = source->held_size;
}

static void restart_checkpoints(mz_source *source, uint64_t file, uint64_t passed_size)
{
    close_checkpoints(source);
    source->checkpoint_file = file;
    source->passed_size = passed_size;
}

/* Goes to the last file whose first line is not above `size`, reading first lines only. */
static mz_status find_checkpoint_file(mz_source *source, uint64_t size, mz_reason *why)
{
    uint64_t passed_size = 0;
    mz_status status = MZ_OK;
    uint64_t file = 0;
    for (;; file++) {
        restart_checkpoints(source, file, 0);
        status = hold_checkpoint(source, why);
        if (status != MZ_OK || source->held_size > size)
            break;
        passed_size = source->held_size - 1;
    }
    restart_checkpoints(source, file > 0 ? file - 1 : 0, passed_size);
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* Holds the first checkpoint of at least this size. MZ_NOT_FOUND when there is none. */
static mz_status seek_checkpoint(mz_source *source, uint64_t size, mz_reason *why)
{
    mz_status status = MZ_OK;
    if (source->passed_size >= size || source->checkpoints == NULL)
        status = find_checkpoint_file(source, size, why);
    while (status == MZ_OK) {
        status = hold_checkpoint(source, why);
        if (status != MZ_OK || source->held_size >= size)
            return status;
        pass_checkpoint(source);
    }
    return status;
}

static mz_status bundle_notes(mz_source *source, mz_stretch *stretch, mz_reason *why)
{
    const uint64_t end = stretch->first + stretch->leaves.count;
    mz_status status = seek_checkpoint(source, stretch->first + 1, why);
    while (status == MZ_OK && source->held_size <= end) {
        stretch->sizes[stretch->notes.count] = source->held_size;
        status = add_string(&stretch->notes, mz_buf_view(&source->held_note), why);
        pass_checkpoint(source);
        if (status == MZ_OK)
            status = hold_checkpoint(source, why);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status bundle_claim(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why)
{
    char path[PATH_SIZE_MAX + 64];
    mz_note parsed;
    mz_checkpoint checkpoint;
    (void)snprintf(path, sizeof path, "%s/checkpoint", source->path);
    FILE *file = open_regular(path);
    if (file == NULL)
        return refuse_corrupt(MZ_BOTH("没有总账印章", "there is no checkpoint"), why);
    uint8_t *bytes = mz_buf_extend(note, MZ_NOTE_SIZE_MAX);
    if (bytes != NULL)
        note->size = fread(bytes, 1, MZ_NOTE_SIZE_MAX, file);
    const bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (bytes == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (failed)
        return mz_refuse(why, MZ_IO, mz_words("cause", path));
    mz_status status = mz_note_parse(mz_buf_view(note), &parsed, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(parsed.text, &checkpoint, why);
    if (status != MZ_OK)
        return MZ_CORRUPT;
    *size = checkpoint.size;
    return MZ_OK;
}

/* --- either --- */

/* Ends where the last checkpoint on the way is. */
static void cut_at_checkpoint(mz_stretch *stretch)
{
    if (stretch->notes.count > 0)
        stretch->leaves.count = (size_t)(stretch->sizes[stretch->notes.count - 1] - stretch->first);
}

mz_status mz_source_read(mz_source *source, uint64_t first, uint64_t end, mz_stretch *stretch,
                         mz_reason *why)
{
    stretch->first = first;
    stretch->leaves.count = stretch->notes.count = 0;
    mz_buf_reset(&stretch->leaves.bytes);
    mz_buf_reset(&stretch->notes.bytes);
    mz_status status = MZ_OK;
    if (source->kv != NULL) {
        status = read_ledger(source, end, stretch, why);
    } else {
        status = bundle_leaves(source, end, stretch, why);
        if (status == MZ_OK)
            status = bundle_notes(source, stretch, why);
    }
    cut_at_checkpoint(stretch);
    return status;
}

mz_status mz_source_note(mz_source *source, uint64_t size, mz_buf *note, mz_reason *why)
{
    mz_buf_reset(note);
    if (source->kv != NULL)
        return ledger_note(source, size, note, why);
    const mz_status status = seek_checkpoint(source, size, why);
    if (status == MZ_OK && source->held_size != size)
        return MZ_NOT_FOUND;
    if (status == MZ_OK)
        mz_buf_put(note, mz_buf_view(&source->held_note));
    return status;
}

mz_status mz_source_claim(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why)
{
    mz_buf_reset(note);
    return source->kv != NULL ? ledger_claim(source, size, note, why)
                              : bundle_claim(source, size, note, why);
}

mz_status mz_source_goes_on(mz_source *source, uint64_t size, bool *goes_on, mz_reason *why)
{
    *goes_on = false;
    if (source->kv != NULL)
        return MZ_OK;
    mz_view line = {NULL, 0};
    mz_status status = seek_entry(source, size, why);
    if (status == MZ_OK)
        status = read_line(source, source->entries, &line, why);
    *goes_on = status == MZ_OK;
    if (status == MZ_NOT_FOUND) {
        status = seek_checkpoint(source, size + 1, why);
        *goes_on = status == MZ_OK;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}
