#include "core/views_make.h"

#include <stdio.h>
#include <string.h>

#include "core/act.h"

void mz_put(mz_making *making, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        making->failed = true;
}

void mz_put_view(mz_making *making, json_t *object, const char *name, mz_view text)
{
    mz_put(making, object, name, json_stringn((const char *)text.data, text.size));
}

void mz_put_day(mz_making *making, json_t *object, const char *name, int32_t day)
{
    char text[MZ_DAY_TEXT_SIZE];
    if (day == MZ_NO_DAY)
        return;
    mz_day_text(day, text);
    mz_put(making, object, name, json_string(text));
}

void mz_put_ms(mz_making *making, json_t *object, const char *name, int64_t unix_ms)
{
    if (unix_ms != MZ_NO_TIME)
        mz_put(making, object, name, json_integer(unix_ms));
}

void mz_put_copy(mz_making *making, json_t *object, const char *name, const json_t *from,
                 const char *from_name)
{
    json_t *value = json_object_get(from, from_name);
    if (value != NULL)
        mz_put(making, object, name, json_deep_copy(value));
}

void mz_put_index(mz_making *making, json_t *object, const char *name, uint64_t index)
{
    if (index != 0 && index != MZ_NEVER)
        mz_put(making, object, name, json_integer((json_int_t)index));
}

void mz_put_count(mz_making *making, json_t *object, const char *name, uint64_t count)
{
    mz_put(making, object, name, json_integer((json_int_t)count));
}

void mz_put_next(mz_making *making, json_t *object, uint64_t next)
{
    if (next != MZ_NEVER)
        mz_put(making, object, "next", json_integer((json_int_t)next));
}

void mz_add(mz_making *making, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        making->failed = true;
}

json_t *mz_put_list(mz_making *making, json_t *object, const char *name)
{
    json_t *list = json_array();
    mz_put(making, object, name, list);
    return list;
}

json_t *mz_put_object(mz_making *making, json_t *object, const char *name)
{
    json_t *member = json_object();
    mz_put(making, object, name, member);
    return member;
}

json_t *mz_add_object(mz_making *making, json_t *array)
{
    json_t *row = json_object();
    mz_add(making, array, row);
    return row;
}

mz_status mz_put_actor(mz_making *making, json_t *object, const char *name, mz_actor_no no)
{
    mz_actor actor;
    if (no == 0)
        return MZ_OK;
    mz_status status = mz_actor_load(making->changes, no, &actor, making->why);
    if (status == MZ_OK)
        mz_put_view(making, object, name, mz_id_view(actor.id));
    return status;
}

mz_status mz_put_party(mz_making *making, json_t *object, const char *name, mz_ref ref)
{
    mz_party party;
    if (ref == 0)
        return MZ_OK;
    mz_status status = mz_party_load(making->changes, ref, &party, making->why);
    if (status == MZ_OK)
        mz_put_view(making, object, name, mz_id_view(party.id));
    return status;
}

mz_status mz_put_purpose(mz_making *making, json_t *object, const char *name, mz_ref ref)
{
    if (ref == MZ_GENERAL) {
        mz_put(making, object, name, json_string("general"));
        return MZ_OK;
    }
    mz_purpose purpose;
    mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, ref);
    mz_status status = mz_state_load(making->changes, &key, &purpose, sizeof(purpose), making->why);
    if (status == MZ_OK)
        mz_put_view(making, object, name, mz_id_view(purpose.id));
    return status;
}

mz_status mz_put_fund(mz_making *making, json_t *object, const char *name, mz_ref ref)
{
    mz_fund fund;
    mz_status status = mz_fund_load(making->changes, ref, &fund, making->why);
    if (status == MZ_OK)
        mz_put_view(making, object, name, mz_id_view(fund.id));
    return status;
}

mz_status mz_entry_read(mz_making *making, uint64_t index, mz_buf *text, mz_entry *entry,
                        int64_t *unix_ms)
{
    uint8_t key[8];
    mz_view leaf, jws;
    mz_be64_put(key, index);
    mz_status status = mz_changes_get(making->changes, MZ_TABLE_ENTRIES,
                                      (mz_view){key, sizeof(key)}, &leaf, making->why);
    if (status == MZ_NOT_FOUND) {
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
        return mz_refuse(making->why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("第几笔", "entry")),
                         mz_words("id", number));
    }
    if (status != MZ_OK)
        return status;
    mz_buf_init(text, MZ_LEAF_SIZE_MAX);
    mz_buf_put(text, leaf);
    if (text->failed)
        return mz_refuse(making->why, MZ_NO_MEMORY);
    status = mz_leaf_split(mz_buf_view(text), unix_ms, &jws, making->why);
    if (status == MZ_OK)
        status = mz_entry_decode(jws, entry, making->why);
    if (status != MZ_OK)
        mz_buf_clear(text);
    return status;
}

mz_status mz_put_body(mz_making *making, json_t *object, uint64_t index, const char *const *names)
{
    mz_buf text;
    mz_entry entry = {0};
    int64_t unix_ms;
    mz_status status = mz_entry_read(making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return status;
    for (; *names != NULL; names++)
        mz_put_copy(making, object, *names, entry.body, *names);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return MZ_OK;
}

mz_status mz_signer_find(mz_making *making, const mz_entry *entry, mz_actor *actor)
{
    mz_actor_key key_row;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){entry->jws.kid.bytes, MZ_HASH_SIZE});
    mz_status status = mz_state_load(making->changes, &key, &key_row, sizeof(key_row), making->why);
    return status == MZ_OK ? mz_actor_load(making->changes, key_row.actor_no, actor, making->why)
                           : status;
}

mz_status mz_put_told(mz_making *making, json_t *object, uint64_t index, const char *const *names)
{
    mz_buf text;
    mz_entry entry = {0};
    mz_actor actor;
    int64_t unix_ms = 0;
    mz_status status = mz_entry_read(making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return status;
    mz_put_count(making, object, "index", index);
    mz_put_ms(making, object, "at_ms", unix_ms);
    status = mz_signer_find(making, &entry, &actor);
    if (status == MZ_OK)
        mz_put_view(making, object, "actor", mz_id_view(actor.id));
    for (; *names != NULL; names++)
        mz_put_copy(making, object, *names, entry.body, *names);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_making_end(mz_making *making, mz_status status, json_t *made, json_t **out)
{
    if (status == MZ_OK && (making->failed || made == NULL))
        status = mz_refuse(making->why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        *out = made;
    else
        json_decref(made);
    return status;
}

mz_status mz_named(mz_making *making, mz_name_kind kind, const char *word, mz_view id,
                   uint64_t *ref)
{
    mz_status status = mz_name_find(making->changes, kind, 0, id, ref, making->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(making->why, MZ_NOT_FOUND, mz_words("kind", word),
                         mz_words_sized("id", (const char *)id.data, id.size));
    return status;
}

mz_status mz_fund_settled(mz_making *making, mz_view id, mz_fund *fund)
{
    uint64_t ref;
    mz_status status = mz_named(making, MZ_NAME_FUND, MZ_BOTH("基金", "fund"), id, &ref);
    if (status == MZ_OK)
        status = mz_rules_settle(making->changes, ref, making->now_ms, making->why);
    if (status == MZ_OK)
        status = mz_fund_load(making->changes, ref, fund, making->why);
    return status;
}

const char *mz_fund_stage_word(uint32_t stage)
{
    return stage == MZ_FUND_IS_CLOSED ? "closed" : stage == MZ_FUND_IS_CLOSING ? "closing" : "open";
}

/* ---- rows, newest first ---- */

mz_status mz_rows_back(mz_making *making, const mz_key_bytes *prefix, uint64_t before,
                       size_t rows_max, mz_each_row *row, void *context, uint64_t *next)
{
    *next = MZ_NEVER;
    for (size_t count = 0; before > 0;) {
        mz_view found, value;
        mz_key_bytes at = *prefix;
        mz_key_add_u64(&at, before - 1);
        mz_status status =
            mz_changes_seek_back(making->changes, MZ_TABLE_STATE, mz_key_view(prefix),
                                 mz_key_view(&at), &found, &value, making->why);
        if (status == MZ_NOT_FOUND)
            break;
        if (status != MZ_OK)
            return status;
        uint64_t index = mz_be64_get(found.data + found.size - 8);
        if (count++ == rows_max) {
            *next = index + 1;
            break;
        }
        bool go_on = true;
        status = row(making, context, index, &go_on);
        if (status != MZ_OK)
            return status;
        if (!go_on)
            break;
        before = index;
    }
    return MZ_OK;
}

mz_status mz_fund_rows(mz_making *making, mz_ref fund, mz_event event, uint64_t before,
                       size_t rows_max, mz_each_row *row, void *context, uint64_t *next)
{
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_OF_FUND, fund);
    mz_key_add_u8(&prefix, (uint8_t)event);
    return mz_rows_back(making, &prefix, before, rows_max, row, context, next);
}

mz_status mz_about_rows(mz_making *making, mz_ref ref, mz_event event, mz_each_row *row,
                        void *context)
{
    uint64_t next;
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_ABOUT, ref);
    mz_key_add_u8(&prefix, (uint8_t)event);
    return mz_rows_back(making, &prefix, MZ_NEVER, SIZE_MAX, row, context, &next);
}
