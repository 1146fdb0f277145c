/* source_bundle.c — an audit bundle: a folder of text files, docs/format.md. */
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
#include "source_parts.h"

#define BUNDLE_LINES 10000 /* lines in one file: docs/format.md, "Bundle" */
#define LINE_SIZE_MAX (128 * 1024)

typedef struct bundle_source {
    mz_source head;
    char path[MZ_SOURCE_PATH_MAX];
    FILE *entries; /* open at entry `entries_at` */
    uint64_t entries_at;
    FILE *checkpoints;
    uint64_t checkpoint_file; /* number of the open file, or of the next one to open */
    char *line;               /* LINE_SIZE_MAX */
    /* The line of checkpoints that comes next, when it was read already: */
    bool held;
    uint64_t held_size;
    mz_buf held_note;
    uint64_t passed_size; /* every line of at most this size lies behind */
} bundle_source;

static void close_checkpoints(bundle_source *source)
{
    if (source->checkpoints != NULL)
        (void)fclose(source->checkpoints);
    source->checkpoints = NULL;
    source->held = false;
}

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

static FILE *open_numbered(const bundle_source *source, const char *folder, uint64_t number)
{
    char path[MZ_SOURCE_PATH_MAX + 64];
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
static mz_status read_line(bundle_source *source, FILE *file, mz_view *line, mz_reason *why)
{
    errno = 0;
    size_t size = 0;
    int c;
    while ((c = getc_unlocked(file)) != EOF && c != '\n') {
        if (size == LINE_SIZE_MAX)
            return mz_refuse_corrupt(why, "a line of the bundle is too long");
        source->line[size++] = (char)c;
    }
    if (ferror(file))
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(errno)));
    if (c == EOF && size == 0)
        return MZ_NOT_FOUND;
    if (c == EOF)
        return mz_refuse_corrupt(why, "the last line of a bundle's file is cut off");
    *line = (mz_view){(const uint8_t *)source->line, size};
    return MZ_OK;
}

/* Opens the file that holds the entry and skips to it. MZ_NOT_FOUND when there is no such file. */
static mz_status seek_entry(bundle_source *source, uint64_t index, mz_reason *why)
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

static mz_status bundle_leaves(bundle_source *source, uint64_t end, mz_stretch *stretch,
                               mz_reason *why)
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
            status = mz_strings_add(&stretch->leaves, line, why);
        if (status != MZ_OK)
            return status;
        source->entries_at = index + 1;
        if (source->entries_at % BUNDLE_LINES == 0) { /* the file ends here */
            status = read_line(source, source->entries, &line, why);
            if (status != MZ_NOT_FOUND)
                return status == MZ_OK
                           ? mz_refuse_corrupt(why, "a file of the bundle has too many lines")
                           : status;
        }
    }
    return MZ_OK;
}

/* `<size> <base64 note>`: into held_size and held_note. */
static mz_status parse_checkpoint_line(bundle_source *source, mz_view line, mz_reason *why)
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
    return mz_refuse_corrupt(why, "a line of the bundle's checkpoints is malformed");
}

/* The next line of checkpoints, held. MZ_NOT_FOUND at the end of them all. */
static mz_status hold_checkpoint(bundle_source *source, mz_reason *why)
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
                status =
                    mz_refuse_corrupt(why, "the bundle's checkpoints are not in ascending order");
            source->held = status == MZ_OK;
        }
    }
    return status;
}

static void pass_checkpoint(bundle_source *source)
{
    source->held = false;
    source->passed_size = source->held_size;
}

static void restart_checkpoints(bundle_source *source, uint64_t file, uint64_t passed_size)
{
    close_checkpoints(source);
    source->checkpoint_file = file;
    source->passed_size = passed_size;
}

/* Goes to the last file whose first line is not above `size`, reading first lines only. */
static mz_status find_checkpoint_file(bundle_source *source, uint64_t size, mz_reason *why)
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
static mz_status seek_checkpoint(bundle_source *source, uint64_t size, mz_reason *why)
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

static mz_status bundle_notes(bundle_source *source, mz_stretch *stretch, mz_reason *why)
{
    const uint64_t end = stretch->first + stretch->leaves.count;
    mz_status status = seek_checkpoint(source, stretch->first + 1, why);
    while (status == MZ_OK && source->held_size <= end) {
        stretch->sizes[stretch->notes.count] = source->held_size;
        status = mz_strings_add(&stretch->notes, mz_buf_view(&source->held_note), why);
        pass_checkpoint(source);
        if (status == MZ_OK)
            status = hold_checkpoint(source, why);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status bundle_claim(mz_source *head, uint64_t *size, mz_buf *note, mz_reason *why)
{
    const bundle_source *source = (const bundle_source *)head;
    char path[MZ_SOURCE_PATH_MAX + 64];
    mz_note parsed;
    mz_checkpoint checkpoint;
    (void)snprintf(path, sizeof path, "%s/checkpoint", source->path);
    FILE *file = open_regular(path);
    if (file == NULL)
        return mz_refuse_corrupt(why, MZ_BOTH("没有总账印章", "there is no checkpoint"));
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

static mz_status bundle_read(mz_source *head, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    bundle_source *source = (bundle_source *)head;
    const mz_status status = bundle_leaves(source, end, stretch, why);
    return status == MZ_OK ? bundle_notes(source, stretch, why) : status;
}

static mz_status bundle_note(mz_source *head, uint64_t size, mz_buf *note, mz_reason *why)
{
    bundle_source *source = (bundle_source *)head;
    const mz_status status = seek_checkpoint(source, size, why);
    if (status == MZ_OK && source->held_size != size)
        return MZ_NOT_FOUND;
    if (status == MZ_OK)
        mz_buf_put(note, mz_buf_view(&source->held_note));
    return status;
}

/* `<size> <key id, 8 hex digits> <base64 line>`. */
static mz_status gather_line(mz_gathering *g, mz_view line, uint64_t end, mz_reason *why)
{
    static const char MALFORMED[] = "a line of the bundle's cosignatures is malformed";
    uint8_t id[4], bytes[MZ_NOTE_NAME_MAX + 256];
    size_t id_size = 0, size = 0;
    uint64_t number = 0;
    const uint8_t *space = line.size > 0 ? memchr(line.data, ' ', line.size) : NULL;
    if (space == NULL || line.size - (size_t)(space - line.data) < 11)
        return mz_refuse_corrupt(why, MALFORMED);
    const mz_view head = {line.data, (size_t)(space - line.data)};
    const mz_view text = {space + 10, line.size - head.size - 10};
    if (!mz_decimal_parse(head, MZ_MERKLE_SIZE_MAX, &number) || number < g->size ||
        !mz_hex_decode((mz_view){space + 1, 8}, id, sizeof id, &id_size) || space[9] != ' ' ||
        !mz_base64_decode(text, bytes, sizeof bytes, &size))
        return mz_refuse_corrupt(why, MALFORMED);
    return number <= end ? mz_gather(g, number, mz_be32_get(id), (mz_view){bytes, size}, why)
                         : MZ_OK;
}

static mz_status bundle_cosigned(mz_source *head, uint64_t end, mz_gathering *g, mz_reason *why)
{
    bundle_source *source = (bundle_source *)head;
    for (uint64_t number = 0;; number++) {
        mz_status status = MZ_OK;
        FILE *file = open_numbered(source, "cosignatures", number);
        if (file == NULL) {
            status = open_failed(why);
            return status == MZ_NOT_FOUND ? MZ_OK : status;
        }
        while (status == MZ_OK) {
            mz_view line = {NULL, 0};
            status = read_line(source, file, &line, why);
            if (status == MZ_OK)
                status = gather_line(g, line, end, why);
        }
        (void)fclose(file);
        if (status != MZ_NOT_FOUND)
            return status;
    }
}

static mz_status bundle_goes_on(mz_source *head, uint64_t size, bool *goes_on, mz_reason *why)
{
    bundle_source *source = (bundle_source *)head;
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

static void bundle_close(mz_source *head)
{
    bundle_source *source = (bundle_source *)head;
    if (source->entries != NULL)
        (void)fclose(source->entries);
    close_checkpoints(source);
    mz_buf_clear(&source->held_note);
    free(source->line);
    free(source);
}

mz_status mz_source_bundle_open(const char *path, mz_source **source, mz_reason *why)
{
    static const mz_source_kind_row KIND = {
        .name = "bundle",
        .every_note = true,
        .close = bundle_close,
        .claim = bundle_claim,
        .read = bundle_read,
        .note = bundle_note,
        .goes_on = bundle_goes_on,
        .cosigned = bundle_cosigned,
    };
    bundle_source *made = calloc(1, sizeof *made);
    char *line = malloc(LINE_SIZE_MAX);
    if (made == NULL || line == NULL) {
        free(line);
        free(made);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    made->head.kind = &KIND;
    made->line = line;
    (void)snprintf(made->path, sizeof made->path, "%s", path);
    mz_buf_init(&made->held_note, MZ_NOTE_SIZE_MAX);
    *source = &made->head;
    return MZ_OK;
}
