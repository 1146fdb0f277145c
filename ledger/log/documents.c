#include "log/documents.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/reading.h"
#include "edge/clock.h"

#define SNAPSHOT_MS 5000
#define INDEX_KEY_SIZE (1 + MZ_HASH_SIZE + 8) /* kind, hash, be64 index */

struct mz_documents {
    mz_kv *kv;
    mz_snapshot *snapshot;
    mz_kv_cursor *cursor;
    int64_t since_ms;
    uint8_t from[INDEX_KEY_SIZE + 1]; /* the next row is the first at or after */
    size_t from_size;
};

static void close_snapshot(mz_documents *walk)
{
    mz_kv_cursor_close(walk->cursor);
    walk->cursor = NULL;
    mz_snapshot_close(walk->snapshot);
    walk->snapshot = NULL;
}

static mz_status open_snapshot(mz_documents *walk, mz_reason *why)
{
    close_snapshot(walk);
    walk->since_ms = mz_clock_steady_ms();
    mz_status status = mz_snapshot_open_kv(walk->kv, &walk->snapshot, why);
    if (status == MZ_OK)
        status =
            mz_kv_cursor_open(mz_snapshot_txn(walk->snapshot), MZ_TABLE_STATE, &walk->cursor, why);
    return status;
}

mz_status mz_documents_open(mz_kv *kv, mz_documents **out, mz_reason *why)
{
    mz_documents *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    walk->kv = kv;
    walk->from[0] = MZ_KIND_EVIDENCE;
    walk->from_size = 1;
    mz_status status = open_snapshot(walk, why);
    if (status == MZ_OK)
        *out = walk;
    else
        mz_documents_close(walk);
    return status;
}

void mz_documents_close(mz_documents *walk)
{
    if (walk == NULL)
        return;
    close_snapshot(walk);
    free(walk);
}

void mz_documents_seek(mz_documents *walk, const mz_hash *sha256)
{
    memcpy(walk->from + 1, sha256->bytes, MZ_HASH_SIZE);
    walk->from_size = 1 + MZ_HASH_SIZE;
}

void mz_documents_pass(mz_documents *walk, const mz_hash *sha256)
{
    mz_documents_seek(walk, sha256);
    mz_be64_put(walk->from + walk->from_size, MZ_NEVER); /* no entry has that index */
    walk->from_size = INDEX_KEY_SIZE;
}

static mz_status read_row(const mz_kv_cursor *row, mz_document *document, mz_reason *why)
{
    mz_evidence record;
    if (row->key.size != INDEX_KEY_SIZE || row->value.size != sizeof record)
        return mz_refuse_corrupt(why, "the index of documents");
    memcpy(&record, row->value.data, sizeof record);
    memcpy(document->sha256.bytes, row->key.data + 1, MZ_HASH_SIZE);
    document->index = mz_be64_get(row->key.data + 1 + MZ_HASH_SIZE);
    document->fund = record.fund;
    document->size = record.size;
    document->is_public = strcmp(MZ_VISIBILITIES[record.visibility == 0 ? 0 : 1], "public") == 0;
    return MZ_OK;
}

mz_status mz_documents_next(mz_documents *walk, mz_document *document, bool *found, mz_reason *why)
{
    mz_status status = MZ_OK;
    *found = false;
    if (walk->cursor == NULL || mz_clock_steady_ms() - walk->since_ms >= SNAPSHOT_MS)
        status = open_snapshot(walk, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(walk->cursor, (mz_view){walk->from, walk->from_size}, why);
    if (status != MZ_OK || !walk->cursor->valid || walk->cursor->key.data[0] != MZ_KIND_EVIDENCE)
        return status;
    status = read_row(walk->cursor, document, why);
    if (status != MZ_OK)
        return status;
    memcpy(walk->from, walk->cursor->key.data, INDEX_KEY_SIZE);
    walk->from[INDEX_KEY_SIZE] = 0; /* the least key above */
    walk->from_size = INDEX_KEY_SIZE + 1;
    mz_view ignored;
    mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, document->index);
    status = mz_kv_get(mz_snapshot_txn(walk->snapshot), MZ_TABLE_STATE, mz_key_view(&key), &ignored,
                       why);
    document->reversed = status == MZ_OK;
    *found = status == MZ_OK || status == MZ_NOT_FOUND;
    return *found ? MZ_OK : status;
}

/* ---- what an entry says ---- */

static void copy_text(char *to, size_t to_size, mz_view text)
{
    snprintf(to, to_size, "%.*s", (int)text.size, text.size == 0 ? "" : (const char *)text.data);
}

static void find_words(const mz_entry *entry, const mz_hash *sha256, mz_document_words *words)
{
    char hex[65];
    size_t i;
    json_t *item;
    mz_hex_32(sha256->bytes, hex);
    json_array_foreach((json_t *)(uintptr_t)mz_body_list(entry, "evidence"), i, item)
    {
        if (!mz_view_is(mz_json_text(item, "sha256"), hex))
            continue;
        copy_text(words->name, sizeof words->name, mz_json_text(item, "name"));
        copy_text(words->media_type, sizeof words->media_type, mz_json_text(item, "media_type"));
        return;
    }
}

/* The caller clears the entry. */
static mz_status read_entry(const mz_documents *walk, uint64_t index, mz_entry *entry,
                            mz_reason *why)
{
    mz_view leaf, jws;
    int64_t unix_ms;
    mz_status status = mz_snapshot_leaf(walk->snapshot, index, &leaf, why);
    if (status == MZ_OK)
        status = mz_leaf_split(leaf, &unix_ms, &jws, why);
    return status == MZ_OK ? mz_entry_decode(jws, entry, why) : status;
}

mz_status mz_documents_words(mz_documents *walk, const mz_document *document,
                             mz_document_words *words, mz_reason *why)
{
    mz_entry entry;
    mz_status status =
        walk->cursor == NULL ? open_snapshot(walk, why) : MZ_OK; /* after a failed renewal */
    if (status == MZ_OK)
        status = read_entry(walk, document->index, &entry, why);
    if (status != MZ_OK)
        return status;
    *words = (mz_document_words){.row = entry.row};
    memcpy(words->fund, entry.fund, sizeof words->fund);
    find_words(&entry, &document->sha256, words);
    mz_entry_clear(&entry);
    return MZ_OK;
}

/* ---- what the log says of a document ---- */

/* The next naming of this hash by the fund of its first: `*found` false when there is no more. */
static mz_status next_that_counts(mz_documents *walk, const mz_hash *sha256, mz_document *document,
                                  bool first, bool *found, mz_reason *why)
{
    const uint64_t fund = document->fund;
    for (;;) {
        mz_status status = mz_documents_next(walk, document, found, why);
        *found = status == MZ_OK && *found && mz_hash_equal(&document->sha256, sha256);
        if (!*found || first || document->fund == fund)
            return status;
    }
}

mz_status mz_documents_standing(mz_documents *walk, const mz_hash *sha256,
                                mz_document_standing *standing, mz_reason *why)
{
    mz_document document = {.fund = 0};
    bool found = false;
    *standing = (mz_document_standing){.known = false};
    mz_documents_seek(walk, sha256);
    mz_status status = next_that_counts(walk, sha256, &document, true, &found, why);
    while (found) {
        standing->known = true;
        standing->is_public = standing->is_public || document.is_public;
        status = next_that_counts(walk, sha256, &document, false, &found, why);
    }
    return status;
}

/* Whether somebody in office may read all that an entry seals: core/reading.h decides. */
static mz_status may_read(mz_documents *walk, const mz_actor *reader, uint64_t index,
                          int64_t now_unix_ms, bool *may, mz_reason *why)
{
    mz_entry entry;
    mz_reader admitted = {.reach = MZ_REACH_NONE};
    mz_reason refused = {0};
    *may = false;
    mz_status status = read_entry(walk, index, &entry, why);
    if (status != MZ_OK)
        return status;
    const int64_t last_ms = mz_snapshot_last_unix_ms(walk->snapshot);
    mz_changes *changes = mz_changes_new(mz_snapshot_txn(walk->snapshot));
    status = changes == NULL ? mz_refuse(&refused, MZ_NO_MEMORY)
                             : mz_reader_admit(changes, reader->no, &entry, index,
                                               now_unix_ms > last_ms ? now_unix_ms : last_ms,
                                               &admitted, &refused);
    mz_changes_free(changes);
    mz_entry_clear(&entry);
    if (status == MZ_NOT_A_READER)
        return MZ_OK;
    if (status == MZ_OK)
        *may = admitted.reach == MZ_REACH_ALL;
    else if (why != NULL && why->status == MZ_OK)
        *why = refused;
    return status;
}

mz_status mz_documents_readable(mz_documents *walk, const mz_hash *sha256, const mz_actor *reader,
                                int64_t now_unix_ms, bool *readable, mz_reason *why)
{
    mz_document document = {.fund = 0};
    bool found = false;
    *readable = false;
    mz_documents_seek(walk, sha256);
    mz_status status = next_that_counts(walk, sha256, &document, true, &found, why);
    while (found && !*readable) {
        status = may_read(walk, reader, document.index, now_unix_ms, readable, why);
        if (status == MZ_OK)
            status = next_that_counts(walk, sha256, &document, false, &found, why);
        found = found && status == MZ_OK;
    }
    return status;
}
