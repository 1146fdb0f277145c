/* notes_people.c — who: names in clear, names for the report, and what became of sealed papers. */
#include "notes.h"

static mz_status look_at_name(mz_note_work *n, const json_t *object)
{
    if (json_object_get(object, "name") == NULL || mz_body_has(n->entry, "evidence"))
        return MZ_OK;
    return mz_note_find(n, MZ_F_NAME_IN_CLEAR, 0);
}

static mz_status keep_name(mz_note_work *n, mz_ref fund, mz_view name)
{
    const mz_key_bytes key = mz_note_key_u64(MZ_N_NAME, fund);
    return mz_note_put(n, &key, name.data, name.size);
}

mz_status mz_note_opened(mz_note_work *n)
{
    size_t i;
    json_t *registrar;
    const json_t *charity = json_object_get(n->entry->body, "charity");
    mz_status status = keep_name(n, 0, mz_json_text(charity, "name"));
    json_array_foreach(json_object_get(n->entry->body, "registrars"), i, registrar)
    {
        if (status == MZ_OK)
            status = look_at_name(n, registrar);
    }
    return status;
}

mz_status mz_note_fund_opened(mz_note_work *n)
{
    return keep_name(n, n->stamp->index, mz_body_text(n->entry, "name"));
}

mz_status mz_note_enrolled(mz_note_work *n)
{
    return look_at_name(n, n->entry->body);
}

mz_status mz_note_party(mz_note_work *n)
{
    if (mz_body_value(n->entry, "kind", MZ_PARTY_KINDS) != MZ_PARTY_PERSON)
        return MZ_OK;
    return look_at_name(n, n->entry->body);
}

mz_status mz_note_restricted(mz_note_work *n)
{
    const mz_status status = mz_note_text(n, "ground");
    return status == MZ_OK ? mz_note_find(n, MZ_F_RESTRICTED, 0) : status;
}

/* It takes effect when it is confirmed, and is spoken of then. */
mz_status mz_note_erased(mz_note_work *n)
{
    return mz_note_text(n, "ground");
}

mz_status mz_note_registry(mz_note_work *n)
{
    uint64_t index = 0;
    mz_event event;
    const mz_status status = mz_note_cited(n, "target", &index, &event);
    if (status != MZ_OK || event != MZ_RECORD_ERASED)
        return status;
    return mz_note_finding(n->changes, MZ_F_ERASED, index, n->stamp->index, n->why);
}
