/* views_entry.c — one entry as people see it: who signed it, what it says, what became of it. */
#include <assert.h>
#include <string.h>

#include "core/act.h"
#include "core/merkle.h"
#include "core/uuid.h"
#include "core/views_make.h"

static mz_status put_signer(mz_making *making, const mz_entry *entry, json_t *out)
{
    char kid[44];
    mz_actor actor;
    mz_base64url_32(entry->jws.kid.bytes, kid);
    mz_put(making, out, "kid", json_string(kid));
    mz_status status = mz_signer_find(making, entry, &actor);
    if (status == MZ_OK) {
        mz_put_view(making, out, "actor", mz_id_view(actor.id));
        mz_put(making, out, "role", json_string(mz_role_name((mz_role)actor.role)));
    }
    return status;
}

static mz_status put_fate(mz_making *making, const mz_entry *entry, uint64_t index, json_t *out)
{
    mz_pending pending;
    uint8_t reversal[8];
    mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, index);
    mz_status status =
        mz_state_load(making->changes, &key, reversal, sizeof(reversal), making->why);
    if (status == MZ_OK)
        mz_put(making, out, "reversed_by", json_integer((json_int_t)mz_be64_get(reversal)));
    else if (status != MZ_NOT_FOUND)
        return status;
    if (entry->row->confirm == MZ_CONFIRM_NEVER)
        return MZ_OK;
    mz_view row;
    key = mz_key_u64(MZ_KIND_PENDING, index);
    status = mz_changes_get(making->changes, MZ_TABLE_STATE, mz_key_view(&key), &row, making->why);
    if (status == MZ_NOT_FOUND)
        return MZ_OK;
    if (status != MZ_OK || row.size < sizeof(pending))
        return status != MZ_OK ? status
                               : mz_refuse(making->why, MZ_CORRUPT, mz_words("cause", "pending"));
    memcpy(&pending, row.data, sizeof(pending));
    json_t *object = json_object();
    mz_put(making, out, "confirmation", object);
    mz_put(making, object, "confirmed", json_boolean(pending.confirmed != 0));
    mz_put_ms(making, object, "until_ms", pending.until_ms);
    return MZ_OK;
}

/* What may still be read of an entry's sealed fields: never what they say. */
static mz_status put_sealed(mz_making *making, const mz_entry *entry, json_t *out)
{
    size_t i;
    json_t *text;
    const json_t *digests = json_object_get(entry->body, "_sd");
    if (json_array_size(digests) == 0)
        return MZ_OK;
    json_t *rows = mz_put_list(making, out, "sealed");
    json_array_foreach(digests, i, text)
    {
        uint8_t digest[32];
        size_t size = 0;
        mz_digest record;
        const mz_view view = {(const uint8_t *)json_string_value(text), json_string_length(text)};
        if (!mz_base64url_decode(view, digest, sizeof(digest), &size) || size != sizeof(digest))
            return mz_refuse_corrupt(making->why, "a digest is no digest");
        mz_status status = mz_digest_load(making->changes, digest, &record, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = mz_add_object(making, rows);
        mz_put_view(making, row, "digest", view);
        mz_put(making, row, "state",
               json_string(record.erased != 0       ? "erased"
                           : record.restricted != 0 ? "restricted"
                                                    : "open"));
        mz_put_index(making, row, "restricted_by", record.restricted);
        mz_put_index(making, row, "erased_by", record.erased);
    }
    return MZ_OK;
}

mz_status mz_put_entry(mz_making *making, uint64_t index, json_t *out)
{
    mz_buf text;
    mz_entry entry = {0};
    int64_t unix_ms = 0;
    mz_status status = mz_entry_read(making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return status;
    assert(entry.row != NULL);
    char jti[MZ_UUID_TEXT_SIZE], hex[65];
    uint8_t position[8];
    mz_view node = {NULL, 0};
    mz_be64_put(position, mz_merkle_node_position(0, index));
    status =
        mz_changes_get(making->changes, MZ_TABLE_NODES, (mz_view){position, 8}, &node, making->why);
    if (status == MZ_OK && node.size == MZ_HASH_SIZE) {
        mz_hex_32(node.data, hex);
        mz_put(making, out, "leaf_hash", json_string(hex));
    }
    mz_uuid_text(entry.jti, jti);
    mz_put(making, out, "index", json_integer((json_int_t)index));
    mz_put(making, out, "at_ms", json_integer(unix_ms));
    mz_put(making, out, "jti", json_string(jti));
    mz_put(making, out, "iat", json_integer(entry.iat_unix_s));
    mz_put(making, out, "event", json_string(entry.row->name));
    if (entry.fund[0] != '\0')
        mz_put(making, out, "fund", json_string(entry.fund));
    if (status == MZ_OK)
        status = put_signer(making, &entry, out);
    mz_put(making, out, "body", json_deep_copy(entry.body));
    if (status == MZ_OK)
        status = put_sealed(making, &entry, out);
    if (status == MZ_OK)
        status = put_fate(making, &entry, index, out);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_entry_view(mz_changes *changes, uint64_t index, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    json_t *made = json_object();
    return mz_making_end(&making, mz_put_entry(&making, index, made), made, out);
}

static mz_status entry_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    json_t *row = json_object();
    (void)go_on;
    mz_add(making, context, row);
    return mz_put_entry(making, index, row);
}

mz_status mz_fund_entries_view(mz_changes *changes, mz_view id, mz_event event, uint64_t before,
                               json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    uint64_t ref, next = MZ_NEVER;
    json_t *made = json_object(), *entries = json_array();
    mz_put(&making, made, "entries", entries);
    mz_status status = mz_named(&making, MZ_NAME_FUND, MZ_BOTH("基金", "fund"), id, &ref);
    if (status == MZ_OK)
        status =
            mz_fund_rows(&making, ref, event, before, MZ_VIEW_ROWS_MAX, entry_row, entries, &next);
    mz_put_next(&making, made, next);
    return mz_making_end(&making, status, made, out);
}
