#include "core/json.h"
#include "core/jws.h"
#include "vectors.h"

/* RFC 8037 appendix A.4: header {"alg":"EdDSA"}, the seed of A.1. */
static const char SEED_HEX[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char RFC8037_JWS[] =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
    "09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

typedef struct bench {
    mz_signer signer;
    mz_buf header, payload, text;
} bench;

static int bench_make(void **state)
{
    static bench made;
    uint8_t seed[32];
    size_t size = 0;
    if (!mz_hex_decode(mz_view_of(SEED_HEX), seed, 32, &size))
        return -1;
    mz_signer_from_seed(&made.signer, seed);
    mz_buf_init(&made.header, 1000);
    mz_buf_init(&made.payload, MZ_JWS_PAYLOAD_MAX);
    mz_buf_init(&made.text, 100000);
    *state = &made;
    return 0;
}

static int bench_end(void **state)
{
    bench *made = *state;
    mz_signer_wipe(&made->signer);
    mz_buf_clear(&made->header);
    mz_buf_clear(&made->payload);
    mz_buf_clear(&made->text);
    return 0;
}

/* Writes header, payload and a right signature over them, so that only the header can be the
 * reason. */
static mz_view signed_text(bench *b, mz_view header, mz_view payload)
{
    uint8_t signature[MZ_SIGNATURE_SIZE];
    mz_buf_reset(&b->text);
    mz_buf_put_base64url(&b->text, header);
    mz_buf_put_text(&b->text, ".");
    mz_buf_put_base64url(&b->text, payload);
    mz_signer_sign(&b->signer, mz_buf_view(&b->text), signature);
    mz_buf_put_text(&b->text, ".");
    mz_buf_put_base64url(&b->text, (mz_view){signature, sizeof(signature)});
    return mz_buf_view(&b->text);
}

static void signs_and_reads(void **state)
{
    bench *b = *state;
    mz_reason why = {0};
    mz_buf_reset(&b->text);
    mz_buf_put_text(&b->text, "before ");
    assert_int_equal(mz_jws_sign(&b->signer, MZ_JWS_TYP_ENTRY, VIEW("{\"a\":1}"), &b->text, &why),
                     MZ_OK);
    mz_view text = {b->text.data + 7, b->text.size - 7};
    mz_jws jws;
    assert_int_equal(mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, &why), MZ_OK);
    assert_true(mz_hash_equal(&jws.kid, &b->signer.thumbprint));
    assert_true(mz_view_is(jws.payload, "{\"a\":1}"));
    assert_true(mz_jws_verify(&jws, b->signer.public_key));
    assert_int_equal(jws.signing_input.size + 1 + 86, text.size);
    /* The header is that of the format's description, letter for letter. */
    assert_int_equal(mz_jws_split(text, &jws, &b->header, &b->payload, &why), MZ_OK);
    assert_true(
        mz_view_is(mz_buf_view(&b->header),
                   "{\"alg\":\"Ed25519\",\"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\","
                   "\"typ\":\"mz-entry+sd-jwt\"}"));
    assert_true(mz_jws_verify(&jws, b->signer.public_key));
    assert_int_equal(mz_jws_parse(text, MZ_JWS_TYP_AUTH, &jws, &b->payload, &why), MZ_BAD_HEADER);
    /* Another key, another text. */
    uint8_t key[32];
    memcpy(key, b->signer.public_key, 32);
    key[5] ^= 1;
    assert_int_equal(mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL), MZ_OK);
    assert_false(mz_jws_verify(&jws, key));
}

static void every_changed_byte_is_noticed(void **state)
{
    bench *b = *state;
    mz_buf_reset(&b->text);
    assert_int_equal(
        mz_jws_sign(&b->signer, MZ_JWS_TYP_AUTH, VIEW("{\"aud\":\"x\"}"), &b->text, NULL), MZ_OK);
    for (size_t i = 0; i < b->text.size; i++) {
        uint8_t kept = b->text.data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            b->text.data[i] = (uint8_t)(kept ^ 1u << bit);
            mz_jws jws;
            mz_status status =
                mz_jws_parse(mz_buf_view(&b->text), MZ_JWS_TYP_AUTH, &jws, &b->payload, NULL);
            bool accepted = status == MZ_OK && mz_hash_equal(&jws.kid, &b->signer.thumbprint) &&
                            mz_jws_verify(&jws, b->signer.public_key);
            if (accepted)
                fail_msg("bit %u of byte %zu may change", bit, i);
        }
        b->text.data[i] = kept;
    }
    for (size_t size = 0; size < b->text.size; size++) {
        mz_jws jws;
        mz_view cut = {b->text.data, size};
        assert_int_not_equal(mz_jws_parse(cut, MZ_JWS_TYP_AUTH, &jws, &b->payload, NULL), MZ_OK);
    }
}

#define KID "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define TYP "\"typ\":\"mz-entry+sd-jwt\""

static const struct header_row {
    const char *name;
    mz_view header;
    mz_status want;
} HEADERS[] = {
    {"the prescribed one",       BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\"," TYP "}"),                     MZ_OK        },
    {"a blank",                  BYTES("{\"alg\":\"Ed25519\", \"kid\":\"" KID "\"," TYP "}"),                    MZ_BAD_HEADER},
    {"another order",            BYTES("{\"kid\":\"" KID "\",\"alg\":\"Ed25519\"," TYP "}"),                     MZ_BAD_HEADER},
    {"alg EdDSA",                BYTES("{\"alg\":\"EdDSA\",\"kid\":\"" KID "\"," TYP "}"),                       MZ_BAD_HEADER},
    {"alg in small letters",     BYTES("{\"alg\":\"ed25519\",\"kid\":\"" KID "\"," TYP "}"),
     MZ_BAD_HEADER                                                                                                            },
    {"alg none",                 BYTES("{\"alg\":\"none\",\"kid\":\"" KID "\"," TYP "}"),                        MZ_BAD_HEADER},
    {"no kid",                   BYTES("{\"alg\":\"Ed25519\"," TYP "}"),                                         MZ_BAD_HEADER},
    {"no typ",                   BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\"}"),                             MZ_BAD_HEADER},
    {"another typ",              BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\",\"typ\":\"mz-entry+sd-jwx\"}"),
     MZ_BAD_HEADER                                                                                                            },
    {"a typ for authentication",
     BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\",\"typ\":\"mz-auth\"}"),                                     MZ_BAD_HEADER},
    {"crit",                     BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\"," TYP ",\"crit\":[\"exp\"]}"),
     MZ_BAD_HEADER                                                                                                            },
    {"a jwk",                    BYTES("{\"alg\":\"Ed25519\",\"jwk\":{},\"kid\":\"" KID "\"," TYP "}"),          MZ_BAD_HEADER},
    {"a kid of 42 characters",
     BYTES("{\"alg\":\"Ed25519\",\"kid\":\"PrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"," TYP "}"),
     MZ_BAD_HEADER                                                                                                            },
    {"a kid with spare bits",
     BYTES("{\"alg\":\"Ed25519\",\"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l\"," TYP "}"),
     MZ_BAD_HEADER                                                                                                            },
    {"a kid in base64",
     BYTES("{\"alg\":\"Ed25519\",\"kid\":\"kPrK/qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"," TYP "}"),
     MZ_BAD_HEADER                                                                                                            },
    {"a newline after",          BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\"," TYP "}\n"),
     MZ_BAD_HEADER                                                                                                            },
    {"empty",                    BYTES(""),                                                                      MZ_BAD_HEADER},
    {"not JSON, of that size",   BYTES("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\"," TYP "]"),
     MZ_BAD_HEADER                                                                                                            },
};

static void headers_are_compared(void **state)
{
    bench *b = *state;
    for (size_t i = 0; i < ROW_COUNT(HEADERS); i++) {
        mz_view text = signed_text(b, HEADERS[i].header, VIEW("{}"));
        mz_reason why = {0};
        mz_jws jws;
        row_assert(HEADERS[i].name, mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, &why) ==
                                        HEADERS[i].want);
        row_assert(HEADERS[i].name, why.status == HEADERS[i].want);
        row_assert(HEADERS[i].name,
                   mz_jws_split(text, &jws, &b->header, &b->payload, NULL) == MZ_OK);
        row_assert(HEADERS[i].name, mz_jws_verify(&jws, b->signer.public_key));
    }
    mz_buf_reset(&b->header);
    for (int i = 0; i < 900; i++)
        mz_buf_put_text(&b->header, " ");
    mz_view text = signed_text(b, mz_buf_view(&b->header), VIEW("{}"));
    mz_jws jws;
    assert_int_equal(mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL), MZ_BAD_HEADER);
}

/* One good text, and what is done to it. */
static const struct form_row {
    const char *name;
    const char *before;
    const char *after;
    size_t cut; /* characters taken off the end */
    mz_status want;
} FORMS[] = {
    {"as it is",              "",  "",   0,  MZ_OK        },
    {"a newline at the end",  "",  "\n", 0,  MZ_BAD_JWS   },
    {"padding",               "",  "==", 0,  MZ_BAD_JWS   },
    {"padding for a letter",  "",  "=",  1,  MZ_BAD_BASE64},
    {"a fourth part",         "",  ".",  0,  MZ_BAD_JWS   },
    {"a disclosure",          "",  "~",  0,  MZ_BAD_JWS   },
    {"a blank before",        " ", "",   0,  MZ_BAD_BASE64},
    {"a dot before",          ".", "",   0,  MZ_BAD_JWS   },
    {"63 bytes of signature", "",  "",   2,  MZ_BAD_JWS   },
    {"spare bits",            "",  "h",  1,  MZ_BAD_BASE64},
    {"no signature",          "",  "",   86, MZ_BAD_JWS   },
    {"no third part",         "",  "",   87, MZ_BAD_JWS   },
    {"the standard alphabet", "",  "/A", 2,  MZ_BAD_BASE64},
};

static void forms_are_strict(void **state)
{
    bench *b = *state;
    for (size_t i = 0; i < ROW_COUNT(FORMS); i++) {
        mz_buf text;
        mz_buf_init(&text, 10000);
        mz_buf_put_text(&text, FORMS[i].before);
        assert_int_equal(mz_jws_sign(&b->signer, MZ_JWS_TYP_ENTRY, VIEW("{\"a\":1}"), &text, NULL),
                         MZ_OK);
        text.size -= FORMS[i].cut;
        mz_buf_put_text(&text, FORMS[i].after);
        mz_reason why = {0};
        mz_jws jws;
        mz_status status =
            mz_jws_parse(mz_buf_view(&text), MZ_JWS_TYP_ENTRY, &jws, &b->payload, &why);
        /* A blank before makes the header a size that it cannot have. */
        if (strcmp(FORMS[i].name, "a blank before") == 0)
            row_assert(FORMS[i].name, status == MZ_BAD_BASE64 || status == MZ_BAD_HEADER);
        else
            row_assert(FORMS[i].name, status == FORMS[i].want);
        row_assert(FORMS[i].name, why.status == status);
        mz_buf_clear(&text);
    }
}

static void payloads_have_a_limit(void **state)
{
    bench *b = *state;
    static uint8_t bytes[MZ_JWS_PAYLOAD_MAX + 1];
    memset(bytes, 'x', sizeof(bytes));
    mz_jws jws;
    mz_buf_reset(&b->text);
    assert_int_equal(
        mz_jws_sign(&b->signer, MZ_JWS_TYP_ENTRY, (mz_view){bytes, sizeof(bytes)}, &b->text, NULL),
        MZ_TOO_LARGE);
    mz_buf_reset(&b->text);
    assert_int_equal(mz_jws_sign(&b->signer, MZ_JWS_TYP_ENTRY, (mz_view){bytes, MZ_JWS_PAYLOAD_MAX},
                                 &b->text, NULL),
                     MZ_OK);
    assert_true(b->text.size <= MZ_JWS_SIZE_MAX);
    assert_int_equal(mz_jws_parse(mz_buf_view(&b->text), MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL),
                     MZ_OK);
    assert_int_equal(jws.payload.size, MZ_JWS_PAYLOAD_MAX);
    assert_true(mz_jws_verify(&jws, b->signer.public_key));
    mz_view text = signed_text(b, HEADERS[0].header, (mz_view){bytes, sizeof(bytes)});
    assert_int_equal(mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL), MZ_TOO_LARGE);
    mz_buf_reset(&b->text);
    while (b->text.size <= MZ_JWS_SIZE_MAX)
        mz_buf_put_text(&b->text, "A");
    assert_int_equal(mz_jws_parse(mz_buf_view(&b->text), MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL),
                     MZ_TOO_LARGE);
    mz_buf small;
    mz_buf_init(&small, 100);
    assert_int_equal(mz_jws_sign(&b->signer, MZ_JWS_TYP_ENTRY, VIEW("{}"), &small, NULL),
                     MZ_TOO_LARGE);
    mz_buf_clear(&small);
}

/* RFC 8037's own text verifies below the comparison of headers, and is refused above it. */
static void rfc8037(void **state)
{
    bench *b = *state;
    mz_jws jws;
    assert_int_equal(mz_jws_split(VIEW(RFC8037_JWS), &jws, &b->header, &b->payload, NULL), MZ_OK);
    assert_true(mz_view_is(mz_buf_view(&b->header), "{\"alg\":\"EdDSA\"}"));
    assert_true(mz_view_is(jws.payload, "Example of Ed25519 signing"));
    assert_true(mz_jws_verify(&jws, b->signer.public_key));
    assert_int_equal(mz_jws_parse(VIEW(RFC8037_JWS), MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL),
                     MZ_BAD_HEADER);
}

static void shared_jws_vectors(void **state)
{
    bench *b = *state;
    json_t *vectors = vectors_load("jws-ed25519.json");
    mz_jws jws;
    static const char *const good[] = {"jws_eddsa", "jws_ed25519"};
    for (size_t i = 0; i < 2; i++) {
        mz_view text = vectors_view(vectors, good[i]);
        row_assert(good[i], mz_jws_split(text, &jws, &b->header, &b->payload, NULL) == MZ_OK);
        row_assert(good[i], mz_jws_verify(&jws, b->signer.public_key));
        row_assert(good[i], mz_view_equal(jws.payload, vectors_view(vectors, "payload")));
        row_assert(good[i], mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &b->payload, NULL) != MZ_OK);
    }
    const json_t *refuse = json_object_get(vectors, "refuse");
    assert_int_equal(json_array_size(refuse), 12);
    for (size_t i = 0; i < json_array_size(refuse); i++) {
        const json_t *row = json_array_get(refuse, i);
        row_assert((const char *)vectors_view(row, "why").data,
                   mz_jws_parse(vectors_view(row, "jws"), MZ_JWS_TYP_ENTRY, &jws, &b->payload,
                                NULL) != MZ_OK);
    }
    /* Signature and encoding faults are found without a look at the header too: rows 0, 1, 6 to 11.
     */
    static const size_t below[] = {0, 1, 6, 7, 8, 9, 10, 11};
    for (size_t i = 0; i < ROW_COUNT(below); i++) {
        const json_t *row = json_array_get(refuse, below[i]);
        mz_status status =
            mz_jws_split(vectors_view(row, "jws"), &jws, &b->header, &b->payload, NULL);
        row_assert((const char *)vectors_view(row, "why").data,
                   status != MZ_OK || !mz_jws_verify(&jws, b->signer.public_key));
    }
    json_decref(vectors);
}

/* A disclosure's digest is the base64url of the SHA-256 of its base64url text (RFC 9901 4.2.3). */
static bool digest_is(mz_hasher *hasher, mz_view disclosure, mz_view digest)
{
    mz_hash hash = mz_hash_parts(hasher, &disclosure, 1);
    char text[44];
    mz_base64url_32(hash.bytes, text);
    return mz_view_is(digest, text);
}

static void shared_sdjwt_vectors(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("sdjwt-rfc9901.json");
    mz_hasher *hasher = mz_hasher_new();
    const json_t *rows = json_object_get(vectors, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        mz_view disclosure = vectors_view(row, "disclosure");
        row_assert((const char *)disclosure.data,
                   digest_is(hasher, disclosure, vectors_view(row, "digest")));
        uint8_t bytes[512];
        size_t size = 0;
        assert_true(mz_base64url_decode(disclosure, bytes, sizeof(bytes), &size));
        json_t *contents = NULL;
        assert_int_equal(mz_json_parse_any((mz_view){bytes, size}, &contents, NULL), MZ_OK);
        assert_true(json_equal(contents, json_object_get(row, "contents")));
        json_decref(contents);
    }
    const json_t *wrong = json_object_get(vectors, "wrong");
    for (size_t i = 0; i < json_array_size(wrong); i++) {
        const json_t *row = json_array_get(wrong, i);
        row_assert(
            (const char *)vectors_view(row, "why").data,
            !digest_is(hasher, vectors_view(row, "disclosure"), vectors_view(row, "wrong_digest")));
    }
    assert_int_equal(json_array_size(rows) + json_array_size(wrong), 13);
    mz_hasher_free(hasher);
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_reads),       cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(headers_are_compared),  cmocka_unit_test(forms_are_strict),
        cmocka_unit_test(payloads_have_a_limit), cmocka_unit_test(rfc8037),
        cmocka_unit_test(shared_jws_vectors),    cmocka_unit_test(shared_sdjwt_vectors),
    };
    return cmocka_run_group_tests(tests, bench_make, bench_end);
}
