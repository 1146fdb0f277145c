#include "core/key.h"
#include "vectors.h"

/* RFC 8037 appendix A: the key of RFC 8032's first test, and its RFC 7638 thumbprint. */
static const char SEED_HEX[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char KEY_HEX[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
static const char THUMBPRINT[] = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
/* RFC 8032 section 7.1, test 1: the signature of nothing. */
static const char EMPTY_SIGNATURE_HEX[] =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
    "6bd25bf5f0595bbe24655141438e7a100b";

static void hex_get(const char *hex, uint8_t *bytes, size_t size)
{
    size_t got = 0;
    assert_true(mz_hex_decode(mz_view_of(hex), bytes, size, &got));
    assert_int_equal(got, size);
}

static void the_key_of_the_rfcs(void **state)
{
    (void)state;
    uint8_t seed[32], key[32], want[64], signature[64];
    hex_get(SEED_HEX, seed, 32);
    hex_get(KEY_HEX, key, 32);
    hex_get(EMPTY_SIGNATURE_HEX, want, 64);
    mz_signer signer;
    mz_signer_from_seed(&signer, seed);
    assert_memory_equal(signer.public_key, key, 32);
    assert_memory_equal(signer.secret, seed, 32);
    char text[44];
    mz_base64url_32(signer.thumbprint.bytes, text);
    assert_string_equal(text, THUMBPRINT);
    mz_hash thumbprint = mz_key_thumbprint(key);
    assert_true(mz_hash_equal(&thumbprint, &signer.thumbprint));
    mz_signer_sign(&signer, VIEW(""), signature);
    assert_memory_equal(signature, want, 64);
    assert_true(mz_key_verify(key, VIEW(""), signature));
    assert_false(mz_key_verify(key, VIEW("a"), signature));
    assert_true(mz_key_valid(key));
    mz_signer_wipe(&signer);
    static const mz_signer nothing = {0};
    assert_memory_equal(&signer, &nothing, sizeof(nothing));
}

static void proofs_name_log_actor_and_key(void **state)
{
    (void)state;
    uint8_t seed[32], proof[64];
    hex_get(SEED_HEX, seed, 32);
    mz_signer signer, other;
    mz_signer_from_seed(&signer, seed);
    seed[0] ^= 1;
    mz_signer_from_seed(&other, seed);
    mz_buf message;
    mz_buf_init(&message, 4096);
    mz_key_proof_message("log.example/fund", "zhang", signer.public_key, &message);
    assert_true(mz_view_is(mz_buf_view(&message), "mingzhang key v1\nlog.example/fund\nzhang\n"
                                                  "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n"));
    mz_buf_clear(&message);
    assert_true(mz_signer_prove(&signer, "log.example/fund", "zhang", proof));
    assert_true(mz_key_proof_verify("log.example/fund", "zhang", signer.public_key, proof));
    assert_false(mz_key_proof_verify("log.example/fund", "li", signer.public_key, proof));
    assert_false(mz_key_proof_verify("log.example/fund", "-", signer.public_key, proof));
    assert_false(mz_key_proof_verify("log.example", "zhang", signer.public_key, proof));
    assert_false(mz_key_proof_verify("log.example/fund", "zhang", other.public_key, proof));
    proof[63] ^= 1;
    assert_false(mz_key_proof_verify("log.example/fund", "zhang", signer.public_key, proof));
    char long_origin[5000];
    memset(long_origin, 'a', sizeof(long_origin) - 1);
    long_origin[sizeof(long_origin) - 1] = '\0';
    assert_false(mz_signer_prove(&signer, long_origin, "zhang", proof));
    mz_signer_wipe(&signer);
    mz_signer_wipe(&other);
}

/* Points that some verifiers take: small order, off the curve, not canonical, of mixed order. */
static const struct weak_row {
    const char *name;
    const char *hex;
} WEAK_KEYS[] = {
    {"zero: order 4",             "0000000000000000000000000000000000000000000000000000000000000000"},
    {"zero, sign set",            "0000000000000000000000000000000000000000000000000000000000000080"},
    {"one: the neutral element",
     "0100000000000000000000000000000000000000000000000000000000000000"                             },
    {"one, sign set",             "0100000000000000000000000000000000000000000000000000000000000080"},
    {"minus one: order 2",        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"order 8",                   "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"},
    {"order 8, the other",        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"},
    {"p: zero, not canonical",    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"p + 1: one, not canonical",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"                             },
    {"2^255 - 1",                 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"two: not on the curve",     "0200000000000000000000000000000000000000000000000000000000000000"},
};

static void weak_keys_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(WEAK_KEYS); i++) {
        uint8_t key[32];
        hex_get(WEAK_KEYS[i].hex, key, 32);
        row_assert(WEAK_KEYS[i].name, !mz_key_valid(key));
    }
}

static size_t wycheproof_group(const json_t *group)
{
    uint8_t key[32];
    const json_t *public_key = json_object_get(group, "publicKey");
    hex_get((const char *)vectors_view(public_key, "pk").data, key, 32);
    const json_t *tests = json_object_get(group, "tests");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        uint8_t message[4096], signature[256];
        size_t message_size = 0, signature_size = 0;
        assert_true(
            mz_hex_decode(vectors_view(test, "msg"), message, sizeof(message), &message_size));
        assert_true(mz_hex_decode(vectors_view(test, "sig"), signature, sizeof(signature),
                                  &signature_size));
        bool good = mz_key_valid(key) && signature_size == MZ_SIGNATURE_SIZE &&
                    mz_key_verify(key, (mz_view){message, message_size}, signature);
        bool want = mz_view_is(vectors_view(test, "result"), "valid");
        if (good != want)
            fail_msg("case %lld (%s): verdict %d",
                     json_integer_value(json_object_get(test, "tcId")),
                     (const char *)vectors_view(test, "comment").data, good);
    }
    return json_array_size(tests);
}

static void wycheproof(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("wycheproof-ed25519.json");
    const json_t *groups = json_object_get(vectors, "testGroups");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(groups); i++)
        count += wycheproof_group(json_array_get(groups, i));
    assert_int_equal(count, json_integer_value(json_object_get(vectors, "numberOfTests")));
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_the_rfcs),
        cmocka_unit_test(proofs_name_log_actor_and_key),
        cmocka_unit_test(weak_keys_are_refused),
        cmocka_unit_test(wycheproof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
