#include "seed_values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/disclosure.h"
#include "core/uuid.h"
#include "genesis.h"

mz_status mz_seed_values_init(mz_seed_values *values, const mz_cli *cli, mz_reason *why)
{
    memset(values, 0, sizeof(*values));
    values->cli = cli;
    values->attached.cli = cli;
    values->refs = json_object();
    values->filings = json_object();
    values->ballots = json_object();
    values->digests = json_object();
    if (values->refs == NULL || values->filings == NULL || values->ballots == NULL ||
        values->digests == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    return MZ_OK;
}

void mz_seed_values_clear(mz_seed_values *values)
{
    for (size_t i = 0; i < values->key_count; i++)
        mz_signer_wipe(&values->keys[i].signer);
    for (size_t i = 0; i < values->log_key_count; i++)
        mz_signer_wipe(&values->log_keys[i]);
    free(values->keys);
    json_decref(values->refs);
    json_decref(values->filings);
    json_decref(values->ballots);
    json_decref(values->digests);
    mz_attachments_clear(&values->attached);
    memset(values, 0, sizeof(*values));
}

static mz_status unknown(const char *zh_en, const char *id, mz_reason *why)
{
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", zh_en), mz_words("id", id));
}

mz_status mz_seed_key_of(mz_seed_values *values, const char *name, mz_signer **signer,
                         mz_reason *why)
{
    for (size_t i = 0; i < values->key_count; i++) {
        if (strcmp(values->keys[i].name, name) == 0) {
            *signer = &values->keys[i].signer;
            return MZ_OK;
        }
    }
    bool plain = name[0] != '\0' && strchr(name, '/') == NULL && name[0] != '.';
    if (!plain || strlen(name) >= MZ_SEED_NAME_MAX)
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "actor"),
                         mz_words("want", "[a-z0-9][a-z0-9-]{0,39}[#N]"));
    mz_seed_key *keys = realloc(values->keys, (values->key_count + 1) * sizeof(*keys));
    if (keys == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    values->keys = keys;
    mz_seed_key *made = &keys[values->key_count];
    mz_status status = mz_signer_new(&made->signer, why);
    if (status != MZ_OK)
        return status;
    snprintf(made->name, sizeof(made->name), "%s", name);
    values->key_count++;
    *signer = &made->signer;
    return MZ_OK;
}

static mz_status name_keys_in_text(mz_seed_values *values, const char *text, mz_reason *why)
{
    mz_signer *signer = NULL;
    if (strncmp(text, "$key:", 5) == 0)
        return mz_seed_key_of(values, text + 5, &signer, why);
    if (strncmp(text, "$proof:", 7) == 0)
        return mz_seed_key_of(values, text + 7, &signer, why);
    bool second = strcmp(text, "$vkey#2") == 0 || strcmp(text, "$logproof#2") == 0;
    if (second && values->log_key_count < MZ_LOG_SIGNERS_MAX)
        return mz_signer_new(&values->log_keys[values->log_key_count++], why);
    return MZ_OK;
}

mz_status mz_seed_keys_named(mz_seed_values *values, const json_t *value, mz_reason *why)
{
    mz_status status = MZ_OK;
    if (json_is_string(value))
        return name_keys_in_text(values, json_string_value(value), why);
    for (size_t i = 0; i < json_array_size(value) && status == MZ_OK; i++)
        status = mz_seed_keys_named(values, json_array_get(value, i), why);
    if (!json_is_object(value))
        return status;
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        if (status == MZ_OK)
            status = mz_seed_keys_named(values, member, why);
    }
    return status;
}

/* "wang#2" is a second key of the actor "wang". */
static mz_status proof_of(mz_seed_values *values, const char *name, char proof[MZ_PROOF_TEXT_SIZE],
                          mz_reason *why)
{
    char actor[MZ_SEED_NAME_MAX];
    mz_signer *signer = NULL;
    mz_status status = mz_seed_key_of(values, name, &signer, why);
    if (status != MZ_OK)
        return status;
    snprintf(actor, sizeof(actor), "%.*s", (int)strcspn(name, "#"), name);
    return mz_proof_text(signer, values->origin, actor, proof, why);
}

static mz_status log_key_text(mz_seed_values *values, const char *text, json_t **out,
                              mz_reason *why)
{
    char filled[MZ_VKEY_TEXT_MAX];
    size_t number = strstr(text, "#2") != NULL ? 1 : 0;
    if (number >= values->log_key_count)
        return unknown(MZ_BOTH("账本密钥", "log key"), text, why);
    const mz_signer *signer = &values->log_keys[number];
    mz_status status = text[1] == 'v'
                           ? mz_vkey_text(values->cli, signer, values->origin, filled, why)
                           : mz_proof_text(signer, values->origin, "-", filled, why);
    if (status == MZ_OK)
        *out = json_string(filled);
    return status;
}

static mz_status look_up(const json_t *names, const char *word, const char *name, json_t **out,
                         mz_reason *why)
{
    json_t *found = json_object_get(names, name);
    if (found == NULL)
        return unknown(word, name, why);
    *out = json_incref(found);
    return MZ_OK;
}

static mz_status fill_text(mz_seed_values *values, const char *text, json_t **out, mz_reason *why)
{
    char filled[MZ_PROOF_TEXT_SIZE];
    mz_signer *signer = NULL;
    mz_status status = MZ_OK;
    if (text[0] != '$') {
        *out = json_string(text);
    } else if (strncmp(text, "$ref:", 5) == 0) {
        return look_up(values->refs, "$ref", text + 5, out, why);
    } else if (strncmp(text, "$filing:", 8) == 0) {
        return look_up(values->filings, "$filing", text + 8, out, why);
    } else if (strncmp(text, "$ballot:", 8) == 0) {
        return look_up(values->ballots, "$ballot", text + 8, out, why);
    } else if (strncmp(text, "$digest:", 8) == 0) {
        return look_up(values->digests, "$digest", text + 8, out, why);
    } else if (strncmp(text, "$key:", 5) == 0) {
        status = mz_seed_key_of(values, text + 5, &signer, why);
        if (status == MZ_OK)
            mz_base64url_32(signer->public_key, filled);
        *out = status == MZ_OK ? json_string(filled) : NULL;
    } else if (strncmp(text, "$proof:", 7) == 0) {
        status = proof_of(values, text + 7, filled, why);
        *out = status == MZ_OK ? json_string(filled) : NULL;
    } else if (strncmp(text, "$vkey", 5) == 0 || strncmp(text, "$logproof", 9) == 0) {
        return log_key_text(values, text, out, why);
    } else {
        return unknown("$", text, why);
    }
    return status == MZ_OK && *out == NULL ? mz_refuse(why, MZ_NO_MEMORY) : status;
}

/* A file below the script's folder. */
static mz_status attach_beside(mz_seed_values *values, const char *file, const char *visibility,
                               json_t **out, mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    const char *slash = strrchr(values->script, '/');
    int folder_size = slash == NULL ? 0 : (int)(slash - values->script + 1);
    bool below = file[0] != '/' && strncmp(file, "../", 3) != 0 && strstr(file, "/../") == NULL;
    int size = snprintf(path, sizeof(path), "%.*s%s", folder_size, values->script, file);
    if (!below || size < 0 || (size_t)size >= sizeof(path))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "$evidence_file"),
                         mz_words("want", MZ_BOTH("脚本所在文件夹之内的相对路径",
                                                  "a relative path below the script's folder")));
    return mz_attach_file(&values->attached, path, visibility, out, why);
}

/* {"$evidence": "TEXT"}: the document is that text. {"$evidence_file": "PATH"}: it is that file. */
static mz_status fill_evidence(mz_seed_values *values, const json_t *value, json_t **out,
                               mz_reason *why)
{
    static const char *const WORDS[] = {"name", "media_type", "visibility"};
    const char *text = json_string_value(json_object_get(value, "$evidence"));
    const char *file = json_string_value(json_object_get(value, "$evidence_file"));
    const char *name = json_string_value(json_object_get(value, "name"));
    const char *visibility = json_string_value(json_object_get(value, "visibility"));
    json_t *named = NULL;
    if (text == NULL)
        text = "";
    mz_status status = file != NULL
                           ? attach_beside(values, file, visibility, &named, why)
                           : mz_attach_text(&values->attached, text, name == NULL ? text : name,
                                            visibility, &named, why);
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]) && status == MZ_OK; i++) {
        json_t *given = json_object_get(value, WORDS[i]);
        if (given != NULL && json_object_set(named, WORDS[i], given) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK)
        *out = named;
    else
        json_decref(named);
    return status;
}

static mz_status fill_array(mz_seed_values *values, const json_t *value, json_t **out,
                            mz_reason *why)
{
    json_t *copy = json_array();
    mz_status status = copy == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    for (size_t i = 0; i < json_array_size(value) && status == MZ_OK; i++) {
        json_t *item = NULL;
        status = mz_seed_fill(values, json_array_get(value, i), &item, why);
        if (status == MZ_OK && json_array_append_new(copy, item) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK)
        *out = copy;
    else
        json_decref(copy);
    return status;
}

mz_status mz_seed_fill(mz_seed_values *values, const json_t *value, json_t **out, mz_reason *why)
{
    if (json_is_string(value))
        return fill_text(values, json_string_value(value), out, why);
    if (json_is_array(value))
        return fill_array(values, value, out, why);
    if (json_object_get(value, "$evidence") != NULL ||
        json_object_get(value, "$evidence_file") != NULL)
        return fill_evidence(values, value, out, why);
    json_t *copy = json_is_object(value) ? json_object() : json_deep_copy(value);
    mz_status status = copy == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        json_t *filled = NULL;
        if (status == MZ_OK)
            status = mz_seed_fill(values, member, &filled, why);
        if (status == MZ_OK && json_object_set_new(copy, name, filled) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK)
        *out = copy;
    else
        json_decref(copy);
    return status;
}

/* What the entry sealed, so that later lines can restrict or erase it. */
static mz_status remember_digests(mz_seed_values *values, const mz_submission *submission,
                                  const char *ref, mz_reason *why)
{
    const mz_view whole = {submission->jws.data, submission->jws.size + submission->sealed.size};
    mz_view jws, texts[MZ_DISCLOSURES_MAX];
    size_t count = 0;
    if (submission->sealed.size == 0)
        return MZ_OK;
    const char *fault = mz_disclosures_split(whole, &jws, texts, &count);
    assert(fault == NULL); /* the log has taken it */
    mz_status status = MZ_OK;
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        char name[2 * MZ_SEED_NAME_MAX + MZ_DISCLOSURE_NAME_SIZE_MAX + 2], digest[44];
        mz_disclosure one;
        status = mz_disclosure_decode(texts[i], i + 1, &one, why);
        if (status != MZ_OK)
            return status;
        snprintf(name, sizeof(name), "%s/%s", ref, one.name);
        mz_base64url_32(mz_disclosure_digest(values->cli->hasher, texts[i]).bytes, digest);
        if (json_object_set_new(values->digests, name, json_string(digest)) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
        mz_disclosure_clear(&one);
    }
    return status;
}

mz_status mz_seed_remember(mz_seed_values *values, const mz_submission *submission, const char *ref,
                           const char *actor, mz_reason *why)
{
    char jti[MZ_UUID_TEXT_SIZE], hex[65], name[MZ_ID_SIZE_MAX + MZ_SEED_NAME_MAX + 2];
    int failed = 0;
    mz_view proposal = mz_json_text(submission->entry.body, "proposal");
    mz_uuid_text(submission->entry.jti, jti);
    mz_hex_32(submission->leaf_hash.bytes, hex);
    if (ref != NULL)
        failed |= json_object_set_new(values->refs, ref, json_string(jti));
    snprintf(name, sizeof(name), "%.*s/%.*s", (int)proposal.size, (const char *)proposal.data,
             (int)strcspn(actor, "#"), actor);
    if (submission->entry.row->event == MZ_VOTE_CAST)
        failed |= json_object_set_new(values->ballots, name, json_string(jti));
    name[proposal.size] = '\0';
    if (submission->entry.row->event == MZ_PROPOSAL_FILED)
        failed |= json_object_set_new(values->filings, name, json_string(hex));
    if (failed != 0)
        return mz_refuse(why, MZ_NO_MEMORY);
    return ref == NULL ? MZ_OK : remember_digests(values, submission, ref, why);
}
