#include "log/shown.h"

#include <stdlib.h>
#include <string.h>

#include "core/receipt.h"
#include "log/sealed.h"

void mz_shown_clear(mz_shown *shown)
{
    for (size_t i = 0; i < shown->count; i++) {
        mz_disclosure_clear(&shown->fields[i].disclosure);
        mz_buf_clear(&shown->fields[i].text);
    }
    mz_entry_clear(&shown->entry);
    mz_buf_clear(&shown->leaf);
}

static mz_status read_entry(mz_snapshot *snapshot, uint64_t index, mz_shown *shown, mz_reason *why)
{
    mz_view leaf, jws;
    int64_t unix_ms;
    mz_status status = mz_snapshot_leaf(snapshot, index, &leaf, why);
    if (status != MZ_OK)
        return status;
    mz_buf_put(&shown->leaf, leaf);
    if (shown->leaf.failed)
        return mz_refuse(why, MZ_NO_MEMORY);
    status = mz_leaf_split(mz_buf_view(&shown->leaf), &unix_ms, &jws, why);
    return status == MZ_OK ? mz_entry_decode(jws, &shown->entry, why) : status;
}

/* One digest: wanted, or counted. `first` keeps why one may not be had. */
static mz_status look_at_digest(mz_changes *changes, mz_view text, mz_shown *shown,
                                mz_reason *first, mz_reason *why)
{
    mz_hash digest;
    size_t size = 0;
    mz_reason may_not = {0};
    if (!mz_base64url_decode(text, digest.bytes, sizeof(digest.bytes), &size))
        return mz_refuse_corrupt(why, "a digest of the log is malformed");
    mz_status status = mz_reader_digest(changes, &shown->reading, digest.bytes, &may_not);
    shown->erased_count += status == MZ_SEALED_ERASED ? 1 : 0;
    shown->restricted_count += status == MZ_SEALED_RESTRICTED ? 1 : 0;
    if (status != MZ_OK && first->status == MZ_OK)
        *first = may_not;
    if (status == MZ_SEALED_ERASED || status == MZ_SEALED_RESTRICTED)
        return MZ_OK;
    if (status == MZ_OK)
        shown->wanted[shown->wanted_count++] = digest;
    else
        *why = may_not;
    return status;
}

mz_status mz_shown_open(mz_snapshot *snapshot, mz_changes *changes, mz_actor_no reader,
                        uint64_t index, int64_t now_unix_ms, mz_shown *shown, mz_reason *why)
{
    mz_reason first = {0};
    const int64_t last_ms = mz_snapshot_last_unix_ms(snapshot);
    memset(shown, 0, sizeof(*shown));
    mz_buf_init(&shown->leaf, MZ_LEAF_SIZE_MAX);
    mz_status status = read_entry(snapshot, index, shown, why);
    if (status == MZ_OK)
        status =
            mz_reader_admit(changes, reader, &shown->entry, index,
                            now_unix_ms > last_ms ? now_unix_ms : last_ms, &shown->reading, why);
    if (status != MZ_OK)
        return status;
    const json_t *digests = mz_body_list(&shown->entry, "_sd");
    shown->digest_count = json_array_size(digests);
    for (size_t i = 0; i < shown->digest_count && status == MZ_OK; i++)
        status = look_at_digest(changes, mz_view_of(json_string_value(json_array_get(digests, i))),
                                shown, &first, why);
    if (status == MZ_OK && shown->wanted_count == 0 && first.status != MZ_OK) {
        *why = first;
        return first.status;
    }
    return status;
}

/* One value, if it is there and within reach. */
static mz_status fetch_one(mz_shown *shown, mz_sealed *sealed, const mz_hash *digest,
                           mz_reason *why)
{
    mz_shown_field *field = &shown->fields[shown->count];
    mz_status status = MZ_NOT_FOUND;
    field->digest = *digest;
    mz_buf_init(&field->text, MZ_DISCLOSURE_SIZE_MAX);
    if (sealed != NULL)
        status = mz_sealed_get(sealed, digest, &field->text, why);
    if (status == MZ_OK)
        status = mz_disclosure_decode(mz_buf_view(&field->text), shown->count + 1,
                                      &field->disclosure, why);
    if (status == MZ_OK && mz_reader_shows(&shown->reading, field->disclosure.name)) {
        shown->count++;
        return MZ_OK;
    }
    shown->absent_count += status == MZ_NOT_FOUND ? 1 : 0;
    if (status == MZ_OK)
        mz_disclosure_clear(&field->disclosure);
    mz_buf_clear(&field->text);
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static int compare_names(const void *left, const void *right)
{
    const mz_shown_field *a = left, *b = right;
    return strcmp(a->disclosure.name, b->disclosure.name);
}

mz_status mz_shown_fetch(mz_shown *shown, const char *path, const char *origin, mz_reason *why)
{
    mz_sealed *sealed = NULL;
    mz_status status = mz_sealed_open(path, origin, MZ_SEALED_READ, &sealed, why);
    if (status == MZ_NOT_FOUND)
        status = MZ_OK;
    for (size_t i = 0; i < shown->wanted_count && status == MZ_OK; i++)
        status = fetch_one(shown, sealed, &shown->wanted[i], why);
    mz_sealed_close(sealed);
    qsort(shown->fields, shown->count, sizeof(shown->fields[0]), compare_names);
    return status;
}

const mz_field *mz_shown_field_row(const mz_shown *shown, const char *name)
{
    bool in_clear;
    return mz_disclosure_field(shown->entry.row->fields, shown->entry.body, name, &in_clear);
}

json_t *mz_shown_json(const mz_shown *shown)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < shown->count; i++) {
        const mz_disclosure *one = &shown->fields[i].disclosure;
        const mz_field *field = mz_shown_field_row(shown, one->name);
        json_array_append_new(fields, json_pack("{s:s, s:s, s:s, s:O}", "name", one->name, "zh",
                                                field == NULL ? one->name : field->zh, "en",
                                                field == NULL ? one->name : field->en, "value",
                                                one->value));
    }
    return json_pack("{s:s, s:I, s:s, s:o, s:I, s:I, s:I}", "code", "ok", "index",
                     (json_int_t)shown->reading.index, "event", shown->entry.row->name, "fields",
                     fields, "restricted", (json_int_t)shown->restricted_count, "erased",
                     (json_int_t)shown->erased_count, "absent", (json_int_t)shown->absent_count);
}
