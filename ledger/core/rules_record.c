/* rules_record.c — the papers of an entry: sealed fields by their digests, documents by their
 * hashes; and which sealed fields may no longer be read, or are to be erased. No rule reads a
 * sealed value or looks whether it is there. */
#include <assert.h>
#include <string.h>

#include "core/act.h"

static void decode_digest(mz_view text, uint8_t digest[32])
{
    size_t size = 0;
    const bool decoded = mz_base64url_decode(text, digest, 32, &size);
    assert(decoded && size == 32); /* the schema's */
}

static mz_view text_at(const json_t *list, size_t i)
{
    const json_t *text = json_array_get(list, i);
    return (mz_view){(const uint8_t *)json_string_value(text), json_string_length(text)};
}

/* --- what every entry leaves --- */

/* A second entry with the same digest could only be a copy, made to read what it sealed. */
static mz_status index_digest(mz_act *act, mz_view text)
{
    uint8_t digest[32];
    mz_digest record;
    decode_digest(text, digest);
    const mz_status status = mz_digest_load(act->changes, digest, &record, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_DIGEST_TAKEN, mz_words_view("digest", text),
                         mz_count("index", (int64_t)record.entry));
    if (status != MZ_NOT_FOUND)
        return status;
    record = (mz_digest){.entry = act->index};
    return mz_digest_store(act->changes, digest, &record, act->why);
}

static mz_status index_document(mz_act *act, const json_t *document)
{
    const int visibility = mz_value_index(MZ_VISIBILITIES, mz_json_text(document, "visibility"));
    const mz_evidence evidence = {.fund = act->fund.ref,
                                  .size = mz_json_integer(document, "size", 0),
                                  .visibility = visibility < 0 ? MZ_SEALED : (uint32_t)visibility};
    uint8_t hash[32];
    size_t size = 0;
    const bool decoded = mz_hex_decode(mz_json_text(document, "sha256"), hash, sizeof hash, &size);
    assert(decoded && size == sizeof hash);
    mz_key_bytes key = mz_key_of(MZ_KIND_EVIDENCE);
    mz_key_add_text(&key, (mz_view){hash, sizeof hash});
    mz_key_add_u64(&key, act->index);
    return mz_state_store(act->changes, &key, &evidence, sizeof evidence, act->why);
}

mz_status mz_act_index_papers(mz_act *act)
{
    const json_t *digests = mz_body_list(act->entry, "_sd");
    const json_t *documents = mz_body_list(act->entry, "evidence");
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < json_array_size(digests); i++)
        status = index_digest(act, text_at(digests, i));
    for (size_t i = 0; status == MZ_OK && i < json_array_size(documents); i++)
        status = index_document(act, json_array_get(documents, i));
    return status;
}

/* --- record.restricted, record.erased --- */

/* The sealed fields that the body lists: named by the log, and not erased; `digests` 32 bytes each.
 */
static mz_status read_records(mz_act *act, bool restrict_them,
                              uint8_t digests[MZ_LIST_ITEMS_MAX * 32], mz_digest *records,
                              size_t *count)
{
    const json_t *list = mz_body_list(act->entry, "disclosures");
    *count = json_array_size(list);
    for (size_t i = 0; i < *count; i++) {
        const mz_view text = text_at(list, i);
        decode_digest(text, digests + 32 * i);
        const mz_status status =
            mz_digest_load(act->changes, digests + 32 * i, &records[i], act->why);
        if (status != MZ_OK)
            return mz_act_found(act, status, "disclosure", text);
        if (records[i].erased != 0 || (restrict_them && records[i].restricted != 0))
            return mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "disclosure"),
                             mz_words_view("id", text));
    }
    return MZ_OK;
}

mz_status mz_rule_record_restricted(mz_act *act)
{
    uint8_t digests[MZ_LIST_ITEMS_MAX * 32];
    mz_digest records[MZ_LIST_ITEMS_MAX];
    size_t count = 0;
    mz_status status = read_records(act, true, digests, records, &count);
    for (size_t i = 0; status == MZ_OK && i < count; i++) {
        records[i].restricted = act->index;
        status = mz_digest_store(act->changes, digests + 32 * i, &records[i], act->why);
    }
    return status;
}

mz_status mz_rule_record_erased(mz_act *act)
{
    uint8_t digests[MZ_LIST_ITEMS_MAX * 32];
    mz_digest records[MZ_LIST_ITEMS_MAX];
    size_t count = 0;
    mz_status status = read_records(act, false, digests, records, &count);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    for (size_t i = 0; status == MZ_OK && i < count; i++) {
        records[i].erased = act->moment_index;
        status = mz_digest_store(act->changes, digests + 32 * i, &records[i], act->why);
    }
    const mz_key_bytes key = mz_key_u64(MZ_KIND_ERASURE, act->moment_index);
    return status == MZ_OK ? mz_state_store(act->changes, &key, digests, 32 * count, act->why)
                           : status;
}
