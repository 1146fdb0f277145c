/* rules_registry.c — the log itself and its people: who may sign, with which key, from when to
 * when.
 *
 * Keys are looked up by thumbprint in rows that are never erased, so a key serves one actor, or the
 * log, once ever. Identifiers and keys are taken when an entry takes effect: a † entry is judged
 * when it is written and once more when it is confirmed. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/act.h"
#include "core/note.h"

#define OFFICERS_MIN 3 /* registrars and auditors together, while a fund is open */
#define LOG_ACTOR "-"  /* stands for the log in a proof of possession */

static mz_key_bytes key_row(const mz_hash *thumbprint)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){thumbprint->bytes, sizeof thumbprint->bytes});
    return key;
}

static mz_status load_key(mz_changes *changes, const mz_hash *thumbprint, mz_actor_key *row,
                          mz_reason *why)
{
    mz_key_bytes key = key_row(thumbprint);
    return mz_state_load(changes, &key, row, sizeof *row, why);
}

static mz_status store_key(mz_act *act, const mz_hash *thumbprint, const mz_actor_key *row)
{
    mz_key_bytes key = key_row(thumbprint);
    return mz_state_store(act->changes, &key, row, sizeof *row, act->why);
}

/* Notes a key as in use from this moment on, by an actor, or by the log: 0. */
static mz_status take_key(mz_act *act, const uint8_t key[MZ_KEY_SIZE], mz_actor_no actor_no)
{
    mz_actor_key row = {.since_index = act->moment_index,
                        .replaced_index = MZ_NEVER,
                        .compromised_since_ms = MZ_NO_TIME,
                        .actor_no = actor_no};
    memcpy(row.key, key, sizeof row.key);
    mz_hash thumbprint = mz_key_thumbprint(key);
    return store_key(act, &thumbprint, &row);
}

/* A key's last moment: it is refused from the next entry on. */
static mz_status replace_key(mz_act *act, const mz_hash *thumbprint, int64_t compromised_since_ms)
{
    mz_actor_key row;
    mz_status status = load_key(act->changes, thumbprint, &row, act->why);
    if (status != MZ_OK)
        return status;
    row.replaced_index = act->moment_index;
    row.compromised_since_ms = compromised_since_ms;
    return store_key(act, thumbprint, &row);
}

/* Whether a new key may be taken by `actor`: fit for use, never used, and in its owner's hands. */
static mz_status check_new_key(mz_act *act, const char *actor, const uint8_t key[MZ_KEY_SIZE],
                               mz_view proof, const char *key_path, const char *proof_path)
{
    mz_hash thumbprint = mz_key_thumbprint(key);
    mz_actor_key row;
    mz_status status = load_key(act->changes, &thumbprint, &row, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_KEY_TAKEN);
    if (status != MZ_NOT_FOUND)
        return status;
    if (!mz_key_valid(key))
        return mz_refuse(act->why, MZ_WEAK_KEY, mz_words("path", key_path));
    uint8_t signature[MZ_SIGNATURE_SIZE];
    size_t size = 0;
    if (!mz_base64url_decode(proof, signature, sizeof signature, &size) ||
        size != sizeof signature || !mz_key_proof_verify(act->entry->origin, actor, key, signature))
        return mz_refuse(act->why, MZ_BAD_PROOF, mz_words("path", proof_path));
    return MZ_OK;
}

/* The same for members `key` and `proof` of the body. */
static mz_status check_body_key(mz_act *act, mz_view actor, uint8_t key[MZ_KEY_SIZE])
{
    char id[MZ_ID_SIZE_MAX + 1];
    (void)snprintf(id, sizeof id, "%.*s", (int)actor.size, (const char *)actor.data);
    if (!mz_body_bytes_32(act->entry, "key", key))
        return mz_refuse(act->why, MZ_WEAK_KEY, mz_words("path", "body.key"));
    return check_new_key(act, id, key, mz_body_text(act->entry, "proof"), "body.key", "body.proof");
}

/* ---- the log ---- */

/* The verifier key of the log or of a witness, as `type` demands. */
static mz_status read_vkey(mz_view text, mz_vkey_type type, const char *path, mz_vkey *vkey,
                           mz_reason *why)
{
    mz_hasher *hasher = mz_hasher_new();
    if (hasher == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_status status = mz_vkey_parse(hasher, text, vkey, NULL);
    mz_hasher_free(hasher);
    if (status == MZ_NO_MEMORY)
        return mz_refuse(why, status);
    if (status == MZ_OK && vkey->type == type)
        return MZ_OK;
    const char *want =
        type == MZ_VKEY_ED25519
            ? MZ_BOTH("日志的验证密钥（类型 0x01）", "a log's vkey (type 0x01)")
            : MZ_BOTH("见证人的验证密钥（类型 0x04）", "a witness's vkey (type 0x04)");
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", path), mz_words("want", want));
}

/* Member log_key of the body: the log's new key, which bears the log's name. */
static mz_status read_log_key(const mz_entry *entry, uint8_t key[MZ_KEY_SIZE], mz_reason *why)
{
    const json_t *log_key = json_object_get(entry->body, "log_key");
    mz_vkey vkey;
    mz_status status =
        read_vkey(mz_json_text(log_key, "vkey"), MZ_VKEY_ED25519, "body.log_key.vkey", &vkey, why);
    if (status != MZ_OK)
        return status;
    if (strcmp(vkey.name, entry->origin) != 0)
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "body.log_key.vkey"),
                         mz_words("want", entry->origin));
    memcpy(key, vkey.public_key, MZ_KEY_SIZE);
    return MZ_OK;
}

static mz_status check_log_key(mz_act *act, uint8_t key[MZ_KEY_SIZE])
{
    mz_status status = read_log_key(act->entry, key, act->why);
    if (status != MZ_OK)
        return status;
    const json_t *log_key = json_object_get(act->entry->body, "log_key");
    return check_new_key(act, LOG_ACTOR, key, mz_json_text(log_key, "proof"), "body.log_key.vkey",
                         "body.log_key.proof");
}

/* No witness counts twice towards the quorum. */
static mz_status check_witnesses(mz_act *act)
{
    const json_t *witnesses = mz_body_list(act->entry, "witnesses");
    uint8_t keys[MZ_LIST_ITEMS_MAX][MZ_KEY_SIZE];
    size_t count = json_array_size(witnesses);
    assert(count <= MZ_LIST_ITEMS_MAX);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(witnesses, i);
        char path[40];
        (void)snprintf(path, sizeof path, "body.witnesses[%zu].vkey", i);
        mz_vkey vkey;
        mz_status status =
            read_vkey(mz_json_text(item, "vkey"), MZ_VKEY_COSIGNATURE, path, &vkey, act->why);
        if (status != MZ_OK)
            return status;
        memcpy(keys[i], vkey.public_key, MZ_KEY_SIZE);
        for (size_t j = 0; j < i; j++)
            if (memcmp(keys[i], keys[j], MZ_KEY_SIZE) == 0)
                return mz_refuse(act->why, MZ_REPEATED_ITEM, mz_words("path", path));
    }
    return MZ_OK;
}

/* Witnesses and quorum as the body states them, or as they were. */
static mz_status read_quorum(mz_act *act, mz_ledger *ledger)
{
    mz_status status = check_witnesses(act);
    if (status != MZ_OK)
        return status;
    int64_t witness_count = ledger->witness_count;
    if (mz_body_has(act->entry, "witnesses"))
        witness_count = (int64_t)json_array_size(mz_body_list(act->entry, "witnesses"));
    int64_t quorum = mz_body_integer(act->entry, "quorum", ledger->quorum);
    if (quorum < 0 || quorum > witness_count) {
        char want[32];
        (void)snprintf(want, sizeof want, "0..%lld", (long long)witness_count);
        return mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.quorum"),
                         mz_words("want", want));
    }
    ledger->witness_count = (uint32_t)witness_count;
    ledger->quorum = (uint32_t)quorum;
    return MZ_OK;
}

/* Ends the witnesses in force; `*count` is how many there ever were. */
static mz_status end_witnesses(mz_act *act, uint32_t *count)
{
    mz_ledger_witness row;
    char text[MZ_WITNESS_TEXT_MAX];
    mz_status status = MZ_OK;
    for (*count = 0; status == MZ_OK; (*count)++) {
        status = mz_witness_load(act->changes, *count + 1, &row, text, act->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK && row.ended_index == MZ_NEVER) {
            row.ended_index = act->moment_index;
            status = mz_witness_store(act->changes, *count + 1, &row, text, act->why);
        }
    }
    return status;
}

static mz_status name_witness(mz_act *act, uint32_t number, const json_t *item)
{
    mz_vkey vkey;
    char text[MZ_WITNESS_TEXT_MAX];
    const mz_view url = mz_json_text(item, "url");
    mz_status status = read_vkey(mz_json_text(item, "vkey"), MZ_VKEY_COSIGNATURE, "body.witnesses",
                                 &vkey, act->why);
    if (status != MZ_OK)
        return status;
    mz_ledger_witness row = {.since_index = act->moment_index,
                             .ended_index = MZ_NEVER,
                             .key_id = vkey.id,
                             .name_size = (uint32_t)strlen(vkey.name),
                             .url_size = (uint32_t)url.size};
    assert(row.name_size + row.url_size <= sizeof text);
    memcpy(row.public_key, vkey.public_key, sizeof row.public_key);
    memcpy(text, vkey.name, row.name_size);
    if (url.size > 0)
        memcpy(text + row.name_size, url.data, url.size);
    return mz_witness_store(act->changes, number, &row, text, act->why);
}

/* The witnesses that the body names take the place of those before. */
static mz_status take_witnesses(mz_act *act)
{
    const json_t *witnesses = mz_body_list(act->entry, "witnesses");
    uint32_t count = 0;
    if (!mz_body_has(act->entry, "witnesses"))
        return MZ_OK;
    mz_status status = end_witnesses(act, &count);
    for (size_t i = 0; status == MZ_OK && i < json_array_size(witnesses); i++)
        status = name_witness(act, ++count, json_array_get(witnesses, i));
    return status;
}

static mz_status check_rules_version(mz_act *act)
{
    int64_t version = mz_body_integer(act->entry, "rules", 0);
    if (version != MZ_RULES_VERSION)
        return mz_refuse(act->why, MZ_WRONG_RULES, mz_count("version", version));
    return MZ_OK;
}

/* ---- people ---- */

static bool is_officer(uint32_t role)
{
    return role == MZ_REGISTRAR || role == MZ_AUDITOR;
}

static mz_status store_actor(mz_act *act, const mz_actor *actor, const mz_ref *funds)
{
    mz_key_bytes key = mz_key_u32(MZ_KIND_ACTOR, actor->no);
    return mz_state_store_tail(act->changes, &key, actor, sizeof *actor, funds,
                               actor->fund_count * sizeof *funds, act->why);
}

static mz_status check_id_free(mz_act *act, mz_view id)
{
    uint64_t taken = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_ACTOR, 0, id, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "actor"), mz_words_view("id", id));
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* Takes the next number, the identifier and the key. `ledger` is stored by the caller. */
static mz_status enrol(mz_act *act, mz_ledger *ledger, mz_view id, mz_role role,
                       const uint8_t key[MZ_KEY_SIZE], const mz_ref *funds, size_t fund_count)
{
    mz_actor actor = {.enrolled_index = act->moment_index,
                      .retired_index = MZ_NEVER,
                      .enrolled_ms = act->now_ms,
                      .no = ++ledger->actor_count,
                      .role = role,
                      .fund_count = (uint32_t)fund_count};
    mz_id_set(actor.id, id);
    mz_hash thumbprint = mz_key_thumbprint(key);
    memcpy(actor.key_thumbprint, thumbprint.bytes, sizeof actor.key_thumbprint);
    if (is_officer(role))
        ledger->officer_count++;
    mz_status status = take_key(act, key, actor.no);
    if (status == MZ_OK)
        status = mz_name_take(act->changes, MZ_NAME_ACTOR, 0, id, actor.no, act->why);
    return status == MZ_OK ? store_actor(act, &actor, funds) : status;
}

static mz_status open_registrar(mz_act *act, mz_ledger *ledger, size_t i)
{
    const json_t *item = json_array_get(mz_body_list(act->entry, "registrars"), i);
    char key_path[48], proof_path[48], id_text[MZ_ID_SIZE_MAX + 1];
    (void)snprintf(key_path, sizeof key_path, "body.registrars[%zu].key", i);
    (void)snprintf(proof_path, sizeof proof_path, "body.registrars[%zu].proof", i);
    mz_view id = mz_json_text(item, "actor");
    (void)snprintf(id_text, sizeof id_text, "%.*s", (int)id.size, (const char *)id.data);
    uint8_t key[MZ_KEY_SIZE];
    size_t size = 0;
    if (!mz_base64url_decode(mz_json_text(item, "key"), key, sizeof key, &size) ||
        size != sizeof key)
        return mz_refuse(act->why, MZ_WEAK_KEY, mz_words("path", key_path));
    mz_status status = check_id_free(act, id);
    if (status == MZ_OK)
        status =
            check_new_key(act, id_text, key, mz_json_text(item, "proof"), key_path, proof_path);
    return status == MZ_OK ? enrol(act, ledger, id, MZ_REGISTRAR, key, NULL, 0) : status;
}

mz_status mz_rule_ledger_opened(mz_act *act)
{
    mz_ledger ledger = {.rules_version = MZ_RULES_VERSION};
    uint8_t signer_key[MZ_KEY_SIZE];
    assert(act->index == 0);
    mz_status status = mz_rules_genesis_key(act->entry, signer_key, act->why);
    if (status == MZ_OK)
        status = check_rules_version(act);
    if (status == MZ_OK)
        status = read_quorum(act, &ledger);
    if (status == MZ_OK)
        status = check_log_key(act, ledger.log_key);
    if (status == MZ_OK)
        status = take_key(act, ledger.log_key, 0);
    if (status == MZ_OK)
        status = take_witnesses(act);
    size_t registrar_count = json_array_size(mz_body_list(act->entry, "registrars"));
    assert(registrar_count == 2);
    for (size_t i = 0; status == MZ_OK && i < registrar_count; i++)
        status = open_registrar(act, &ledger, i);
    if (status != MZ_OK)
        return status;
    (void)snprintf(ledger.origin, sizeof ledger.origin, "%s", act->entry->origin);
    mz_view code = mz_json_text(json_object_get(act->entry->body, "charity"), "credit_code");
    (void)snprintf(ledger.credit_code, sizeof ledger.credit_code, "%.*s", (int)code.size,
                   (const char *)code.data);
    return mz_ledger_store(act->changes, &ledger, act->why);
}

mz_status mz_rule_ledger_amended(mz_act *act)
{
    bool has_key = mz_body_has(act->entry, "log_key");
    if (!has_key && !mz_body_has(act->entry, "witnesses") && !mz_body_has(act->entry, "quorum"))
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.log_key"));
    mz_ledger ledger;
    mz_status status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status == MZ_OK)
        status = read_quorum(act, &ledger);
    uint8_t key[MZ_KEY_SIZE];
    if (status == MZ_OK && has_key)
        status = check_log_key(act, key);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    if (has_key) {
        mz_hash old = mz_key_thumbprint(ledger.log_key);
        status = replace_key(act, &old, MZ_NO_TIME);
        if (status == MZ_OK)
            status = take_key(act, key, 0);
        memcpy(ledger.log_key, key, sizeof ledger.log_key);
    }
    if (status == MZ_OK)
        status = take_witnesses(act);
    return status == MZ_OK ? mz_ledger_store(act->changes, &ledger, act->why) : status;
}

mz_status mz_rule_rules_adopted(mz_act *act)
{
    mz_status status = check_rules_version(act);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    mz_ledger ledger;
    status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status != MZ_OK)
        return status;
    ledger.rules_version = (uint32_t)mz_body_integer(act->entry, "rules", 0);
    return mz_ledger_store(act->changes, &ledger, act->why);
}

/* The funds that the body gives to a steward. */
static mz_status read_funds(mz_act *act, mz_ref funds[MZ_LIST_ITEMS_MAX], size_t *count)
{
    const json_t *list = mz_body_list(act->entry, "funds");
    *count = json_array_size(list);
    assert(*count <= MZ_LIST_ITEMS_MAX);
    for (size_t i = 0; i < *count; i++) {
        const char *id = json_string_value(json_array_get(list, i));
        mz_status status =
            mz_name_find(act->changes, MZ_NAME_FUND, 0, mz_view_of(id), &funds[i], act->why);
        if (status == MZ_NOT_FOUND)
            return mz_refuse(act->why, status, mz_term("kind", "fund"), mz_words("id", id));
        mz_fund fund;
        if (status == MZ_OK)
            status = mz_fund_load(act->changes, funds[i], &fund, act->why);
        if (status != MZ_OK)
            return status;
        if (fund.stage == MZ_FUND_IS_CLOSED)
            return mz_refuse(act->why, MZ_FUND_ENDED, mz_words("fund", id),
                             mz_term("event", act->entry->row->name));
    }
    return MZ_OK;
}

mz_status mz_rule_actor_enrolled(mz_act *act)
{
    mz_view id = mz_body_text(act->entry, "actor");
    mz_role role = (mz_role)(mz_body_value(act->entry, "role", MZ_ROLE_NAMES) + 1);
    bool has_funds = mz_body_has(act->entry, "funds");
    if (role == MZ_STEWARD && !has_funds)
        return mz_refuse(act->why, MZ_MISSING_MEMBER, mz_words("path", "body.funds"));
    if (role != MZ_STEWARD && has_funds)
        return mz_refuse(act->why, MZ_UNKNOWN_MEMBER, mz_words("path", "body.funds"));
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    size_t fund_count = 0;
    uint8_t key[MZ_KEY_SIZE];
    mz_status status = read_funds(act, funds, &fund_count);
    if (status == MZ_OK)
        status = check_id_free(act, id);
    if (status == MZ_OK)
        status = check_body_key(act, id, key);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    mz_ledger ledger;
    status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status == MZ_OK)
        status = enrol(act, &ledger, id, role, key, funds, fund_count);
    return status == MZ_OK ? mz_ledger_store(act->changes, &ledger, act->why) : status;
}

mz_status mz_rule_actor_rekeyed(mz_act *act)
{
    mz_actor actor;
    uint8_t key[MZ_KEY_SIZE];
    mz_view id = mz_body_text(act->entry, "actor");
    mz_status status = mz_act_actor_in_effect(act, id, &actor);
    if (status == MZ_OK)
        status = check_body_key(act, id, key);
    if (status != MZ_OK)
        return status;
    int64_t since_ms = mz_body_integer(act->entry, "compromised_since", MZ_NO_TIME);
    bool compromised = mz_body_has(act->entry, "compromised_since");
    if (compromised && (since_ms < 0 || since_ms > act->now_ms))
        return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", "body.compromised_since"),
                         mz_time("date", since_ms),
                         mz_words("want", MZ_BOTH("不晚于这一笔的账本时间",
                                                  "not after the log time of this entry")));
    if (!act->takes_effect)
        return MZ_OK;
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    mz_hash old;
    mz_hash thumbprint = mz_key_thumbprint(key);
    memcpy(old.bytes, actor.key_thumbprint, sizeof old.bytes);
    status = mz_actor_load_funds(act->changes, actor.no, &actor, funds, act->why);
    if (status == MZ_OK)
        status = replace_key(act, &old, since_ms);
    if (status == MZ_OK)
        status = take_key(act, key, actor.no);
    memcpy(actor.key_thumbprint, thumbprint.bytes, sizeof actor.key_thumbprint);
    if (status == MZ_OK)
        status = store_actor(act, &actor, funds);
    if (status == MZ_OK && compromised)
        status = mz_act_effect(act, MZ_EFFECT_COMPROMISE, actor.no, 0, since_ms, &old);
    return status;
}

mz_status mz_rule_actor_assigned(mz_act *act)
{
    mz_actor actor;
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    size_t fund_count = 0;
    mz_status status = mz_act_actor_in_effect(act, mz_body_text(act->entry, "actor"), &actor);
    if (status == MZ_OK && actor.role != MZ_STEWARD)
        status = mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.actor"),
                           mz_words("want", MZ_BOTH("社区工作者", "a steward")));
    if (status == MZ_OK)
        status = read_funds(act, funds, &fund_count);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    actor.fund_count = (uint32_t)fund_count;
    return store_actor(act, &actor, funds);
}

mz_status mz_rule_actor_retired(mz_act *act)
{
    mz_actor actor;
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    mz_ledger ledger;
    mz_status status = mz_act_actor_in_effect(act, mz_body_text(act->entry, "actor"), &actor);
    if (status == MZ_OK)
        status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status == MZ_OK)
        status = mz_actor_load_funds(act->changes, actor.no, &actor, funds, act->why);
    if (status != MZ_OK)
        return status;
    if (is_officer(actor.role)) {
        if (ledger.open_fund_count > 0 && ledger.officer_count <= OFFICERS_MIN)
            return mz_refuse(act->why, MZ_TOO_FEW_OFFICERS, mz_count("count", ledger.officer_count),
                             mz_count("want", OFFICERS_MIN + 1));
        assert(ledger.officer_count > 0);
        ledger.officer_count--;
    }
    actor.retired_index = act->moment_index;
    status = store_actor(act, &actor, funds);
    if (status == MZ_OK)
        status = mz_ledger_store(act->changes, &ledger, act->why);
    /* Last, since it counts itself in the ledger's record. */
    return status == MZ_OK ? mz_act_effect(act, MZ_EFFECT_RETIRED, actor.no, 0, 0, NULL) : status;
}

static mz_status conflict_subject(mz_act *act, mz_actor_no *subject)
{
    uint64_t index = 0;
    mz_conflict conflict;
    mz_status status =
        mz_act_cited(act, "declaration", MZ_CONFLICT_DECLARED, "declaration", &index);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_key_u64(MZ_KIND_CONFLICT, index);
    status = mz_state_load(act->changes, &key, &conflict, sizeof conflict, act->why);
    if (status == MZ_OK)
        *subject = conflict.actor_no;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

mz_status mz_rule_subject(mz_act *act, mz_actor_no *subject)
{
    *subject = 0;
    mz_event event = act->entry->row->event;
    if (event == MZ_CONFLICT_ENDED)
        return conflict_subject(act, subject);
    if (event != MZ_ACTOR_REKEYED && event != MZ_ACTOR_ASSIGNED && event != MZ_CONFLICT_DECLARED)
        return MZ_OK; /* whoever is enrolled is nobody yet; seats are never officers' */
    mz_actor actor;
    mz_status status = mz_act_actor(act, mz_body_text(act->entry, "actor"), &actor);
    if (status == MZ_OK)
        *subject = actor.no;
    return status;
}

/* ---- keys that entry 0 brings, and the log's ---- */

static mz_status refuse_kid(const mz_hash *kid, mz_reason *why)
{
    char text[44];
    mz_base64url_32(kid->bytes, text);
    return mz_refuse(why, MZ_UNKNOWN_KEY, mz_words("kid", text));
}

mz_status mz_rules_genesis_key(const mz_entry *entry, uint8_t key[32], mz_reason *why)
{
    if (entry->row->event != MZ_LEDGER_OPENED)
        return mz_refuse(why, MZ_NOT_OPENED);
    const json_t *registrars = mz_body_list(entry, "registrars");
    for (size_t i = 0; i < json_array_size(registrars); i++) {
        uint8_t candidate[MZ_KEY_SIZE];
        size_t size = 0;
        if (!mz_base64url_decode(mz_json_text(json_array_get(registrars, i), "key"), candidate,
                                 sizeof candidate, &size) ||
            size != sizeof candidate)
            continue;
        mz_hash thumbprint = mz_key_thumbprint(candidate);
        if (mz_hash_equal(&thumbprint, &entry->jws.kid)) {
            memcpy(key, candidate, sizeof candidate);
            return MZ_OK;
        }
    }
    return refuse_kid(&entry->jws.kid, why);
}

mz_status mz_rules_log_key(mz_changes *changes, uint8_t key[32], mz_reason *why)
{
    mz_ledger ledger;
    mz_status status = mz_ledger_load(changes, &ledger, why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(why, MZ_NOT_OPENED);
    if (status == MZ_OK)
        memcpy(key, ledger.log_key, sizeof ledger.log_key);
    return status;
}

mz_status mz_rules_genesis_log_key(const mz_entry *entry, uint8_t key[32], mz_reason *why)
{
    if (entry->row->event != MZ_LEDGER_OPENED)
        return mz_refuse(why, MZ_NOT_OPENED);
    return read_log_key(entry, key, why);
}
