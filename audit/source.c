#include "source.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/entry.h"
#include "core/note.h"
#include "source_parts.h"

#define LEAVES_SIZE_MAX ((size_t)MZ_BATCH_ENTRIES * (MZ_LEAF_SIZE_MAX + 1))
#define NOTES_SIZE_MAX ((size_t)MZ_BATCH_ENTRIES * MZ_NOTE_SIZE_MAX)

mz_view mz_strings_at(const mz_strings *strings, size_t i)
{
    assert(i < strings->count);
    const size_t start = i == 0 ? 0 : strings->ends[i - 1];
    return (mz_view){strings->bytes.data + start, strings->ends[i] - start};
}

mz_status mz_strings_add(mz_strings *strings, mz_view bytes, mz_reason *why)
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

bool mz_source_is_url(const char *path)
{
    return strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0;
}

static mz_status refuse_path(const char *path, const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", path), mz_words("cause", cause));
}

static bool has_file(const char *folder, const char *name)
{
    char path[MZ_SOURCE_PATH_MAX + 64];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

mz_status mz_source_open(const mz_source_options *options, mz_source **source, mz_reason *why)
{
    const char *path = options->path;
    struct stat info;
    if (mz_source_is_url(path))
        return mz_source_url_open(options, source, why);
    if (strlen(path) >= MZ_SOURCE_PATH_MAX || stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return refuse_path(path, MZ_BOTH("没有这个文件夹", "there is no such folder"), why);
    if (has_file(path, "data.mdb"))
        return mz_source_ledger_open(path, source, why);
    if (has_file(path, "manifest.json"))
        return mz_source_bundle_open(path, source, why);
    return refuse_path(
        path,
        MZ_BOTH("既无 data.mdb，也无 manifest.json", "it holds neither data.mdb nor manifest.json"),
        why);
}

void mz_source_close(mz_source *source)
{
    if (source != NULL)
        source->kind->close(source);
}

const char *mz_source_kind(const mz_source *source)
{
    return source->kind->name;
}

bool mz_source_has_every_note(const mz_source *source)
{
    return source->kind->every_note;
}

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
    const mz_status status = source->kind->read(source, end, stretch, why);
    cut_at_checkpoint(stretch);
    return status;
}

mz_status mz_source_note(mz_source *source, uint64_t size, mz_buf *note, mz_reason *why)
{
    mz_buf_reset(note);
    return source->kind->note(source, size, note, why);
}

mz_status mz_source_claim(mz_source *source, uint64_t *size, mz_buf *note, mz_reason *why)
{
    mz_buf_reset(note);
    return source->kind->claim(source, size, note, why);
}

mz_status mz_source_goes_on(mz_source *source, uint64_t size, bool *goes_on, mz_reason *why)
{
    *goes_on = false;
    return source->kind->goes_on(source, size, goes_on, why);
}

bool mz_source_reader(mz_source *source, mz_merkle_reader *reader)
{
    if (source->kind->reader == NULL)
        return false;
    *reader = source->kind->reader(source);
    return true;
}

mz_source_fault mz_source_fault_of(const mz_source *source, uint64_t *index)
{
    return source->kind->fault == NULL ? MZ_FAULT_NONE : source->kind->fault(source, index);
}
