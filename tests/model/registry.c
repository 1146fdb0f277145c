/* registry.c — the log, its keys and its people. */
#include "model/world.h"

bool decode_key(const char *encoded, uint8_t key[32])
{
    size_t size;
    return sodium_base642bin(key, 32, encoded, strlen(encoded), NULL, &size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == 32;
}

/* RFC 7638 over the key's JWK. */
static void thumbprint(const char *encoded, uint8_t kid[32])
{
    char jwk[128];
    int size =
        snprintf(jwk, sizeof jwk, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", encoded);
    crypto_hash_sha256(kid, (const unsigned char *)jwk, (unsigned long long)size);
}

static bool take_key(step *s, const char *who, const json_t *object, uint8_t kid[32])
{
    uint8_t key[32], proof[64];
    size_t size;
    const char *encoded = text_in(object, "key"), *shown = text_in(object, "proof");
    char message[512];
    REQUIRE(decode_key(encoded, key) && crypto_core_ed25519_is_valid_point(key), "bad key");
    int length = snprintf(message, sizeof message, "mingzhang key v1\n%s\n%s\n%s\n", s->w->origin,
                          who, encoded);
    REQUIRE(sodium_base642bin(proof, 64, shown, strlen(shown), NULL, &size, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
                size == 64 &&
                crypto_sign_verify_detached(proof, (const unsigned char *)message,
                                            (unsigned long long)length, key) == 0,
            "bad proof of possession");
    for (int i = 0; i < s->w->keys_count; i++)
        REQUIRE(memcmp(s->w->keys[i].key, key, 32) != 0, "key used before");
    memcpy(s->w->keys[ADD(keys)].key, key, 32);
    thumbprint(encoded, kid);
    return true;
}

static bool add_actor(step *s, const json_t *object, int role)
{
    const char *id = text_in(object, "actor");
    uint8_t kid[32];
    REQUIRE(find_actor(s->w, id) == NONE, "actor %s exists", id);
    if (!take_key(s, id, object, kid))
        return false;
    actor_row *a = &s->w->actors[ADD(actors)];
    snprintf(a->id, sizeof a->id, "%s", id);
    a->role = role;
    memcpy(a->kid, kid, 32);
    return true;
}

/* The log's key is used up too: name+hash+base64 of a type byte and 32 bytes. */
static bool take_log_key(step *s, const json_t *object)
{
    const char *vkey = text_in(object, "vkey");
    uint8_t bytes[33];
    size_t size;
    char url[64];
    /* The name of a vkey has no plus, the hash neither; the base64 may: count from the left. */
    const char *encoded = strchr(vkey, '+');
    encoded = encoded == NULL ? NULL : strchr(encoded + 1, '+');
    REQUIRE(encoded != NULL &&
                sodium_base642bin(bytes, sizeof bytes, encoded + 1, strlen(encoded + 1), NULL,
                                  &size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                size == 33,
            "bad vkey");
    sodium_bin2base64(url, sizeof url, bytes + 1, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    json_t *key = json_pack("{s:s, s:s}", "key", url, "proof", text_in(object, "proof"));
    uint8_t kid[32];
    bool taken = take_key(s, "-", key, kid);
    json_decref(key);
    return taken;
}

bool ledger_opened(step *s)
{
    const json_t *charity = json_object_get(s->body, "charity");
    snprintf(s->w->code, sizeof s->w->code, "%s", text_in(charity, "credit_code"));
    REQUIRE(number(s, "rules") == 1, "rules version");
    REQUIRE(number(s, "quorum") <= (int64_t)json_array_size(list(s, "witnesses")), "quorum");
    if (!take_log_key(s, json_object_get(s->body, "log_key")))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!add_actor(s, json_array_get(list(s, "registrars"), i), REGISTRAR))
            return false;
    }
    for (int i = 0; i < 2; i++) {
        if (memcmp(s->w->actors[i].kid, s->kid->bytes, 32) == 0)
            return true;
    }
    REFUSE("entry 0 is signed by one of its registrars");
}

bool ledger_amended(step *s)
{
    REQUIRE(has(s, "log_key") || has(s, "witnesses") || has(s, "quorum"), "nothing amended");
    return !has(s, "log_key") || take_log_key(s, json_object_get(s->body, "log_key"));
}

bool rules_adopted(step *s)
{
    REQUIRE(number(s, "rules") == 1, "rules version");
    return true;
}

static bool read_funds(step *s, bool funds[FUNDS])
{
    size_t i;
    const json_t *item;
    memset(funds, 0, FUNDS * sizeof *funds);
    json_array_foreach(list(s, "funds"), i, item)
    {
        int f = find_fund(s->w, json_string_value(item));
        REQUIRE(f != NONE && s->w->funds[f].stage != CLOSED, "a fund listed is not there");
        funds[f] = true;
    }
    return true;
}

bool actor_enrolled(step *s)
{
    int role = word(text(s, "role"), ROLES) + 1;
    bool funds[FUNDS];
    REQUIRE(has(s, "funds") == (role == STEWARD), "funds are a steward's");
    if (!read_funds(s, funds) || !add_actor(s, s->body, role))
        return false;
    memcpy(s->w->actors[s->w->actors_count - 1].funds, funds, sizeof funds);
    return true;
}

bool actor_assigned(step *s)
{
    int a = find_actor(s->w, text(s, "actor"));
    bool funds[FUNDS];
    REQUIRE(in_effect(s->w, a), "no such actor in effect");
    REQUIRE(s->w->actors[a].role == STEWARD, "not a steward");
    if (!read_funds(s, funds))
        return false;
    memcpy(s->w->actors[a].funds, funds, sizeof funds);
    return true;
}

static void compromised(step *s, const uint8_t kid[32], int64_t since)
{
    world *w = s->w;
    for (int i = 0; i < w->proposals_count; i++) {
        proposal_row *p = &w->proposals[i];
        bool touched = false;
        for (int b = 0; b < w->ballots_count; b++) {
            ballot_row *cast = &w->ballots[b];
            if (cast->stands && cast->proposal == i && memcmp(cast->kid, kid, 32) == 0 &&
                cast->ms >= since && undecided(p)) {
                cast->stands = false;
                touched = true;
            }
        }
        if (touched)
            reject_if_hopeless(s, i);
        if (p->stage == APPROVED && standing(w, i) == 0 && p->approved_ms >= since &&
            memcmp(p->approver_kid, kid, 32) == 0) {
            enter(s, i, APPLIED, s->ms);
            p->due_day = s->day + (int32_t)p->review_days;
        }
    }
}

bool actor_rekeyed(step *s)
{
    int a = find_actor(s->w, text(s, "actor"));
    uint8_t kid[32], old[32];
    REQUIRE(in_effect(s->w, a), "no such actor in effect");
    REQUIRE(number(s, "compromised_since") <= s->ms, "compromised in the future");
    if (!take_key(s, s->w->actors[a].id, s->body, kid))
        return false;
    memcpy(old, s->w->actors[a].kid, 32);
    memcpy(s->w->actors[a].kid, kid, 32);
    if (has(s, "compromised_since"))
        compromised(s, old, number(s, "compromised_since"));
    return true;
}

bool actor_retired(step *s)
{
    world *w = s->w;
    int a = find_actor(w, text(s, "actor"));
    REQUIRE(in_effect(w, a), "no such actor in effect");
    w->actors[a].retired = true;
    for (int f = 0; f < w->funds_count; f++)
        REQUIRE(w->funds[f].stage == CLOSED || officers(w) >= 3, "too few officers left");
    for (int i = 0; i < w->proposals_count; i++)
        reject_if_hopeless(s, i);
    return true;
}
