/* Disclosures: the values of RFC 9901, each way to be malformed, and what an entry lets be sealed.
 */
#include "vectors.h"

#include "core/disclosure.h"

static mz_hasher *hasher;

static int set_up(void **state)
{
    (void)state;
    hasher = mz_hasher_new();
    return hasher != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mz_hasher_free(hasher);
    return 0;
}

static void digest_text(mz_view disclosure, char text[44])
{
    mz_hash hash = mz_disclosure_digest(hasher, disclosure);
    mz_base64url_32(hash.bytes, text);
}

/* --- one --- */

/* Three parts are an object member's disclosure, as ours are; two are an array element's, which our
 * profile does not have. Other spellings of one claim decode alike and differ in their digest. */
static void follows_rfc9901(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("sdjwt-rfc9901.json");
    const json_t *rows = json_object_get(vectors, "rows");
    size_t members = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *contents = json_object_get(row, "contents");
        mz_view text = vectors_view(row, "disclosure");
        const char *name = (const char *)text.data;
        char digest[44];
        mz_disclosure decoded;
        mz_reason why = {0};
        digest_text(text, digest);
        row_assert(name, mz_view_is(vectors_view(row, "digest"), digest));
        bool member = json_array_size(contents) == 3;
        mz_status status = mz_disclosure_decode(text, 1, &decoded, &why);
        row_assert(name, status == (member ? MZ_OK : MZ_BAD_DISCLOSURE));
        row_assert(name, why.status == status);
        if (member)
            row_assert(name, json_equal(decoded.parts, contents));
        mz_disclosure_clear(&decoded);
        members += member ? 1 : 0;
    }
    assert_true(members >= 8);
    json_decref(vectors);
}

static void is_made_and_read_again(void **state)
{
    (void)state;
    static const uint8_t SALT[MZ_DISCLOSURE_SALT_SIZE] = {1, 2, 3, 0xff};
    mz_buf text;
    mz_disclosure decoded;
    json_t *value = json_string("张秀英");
    mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX);
    assert_int_equal(mz_disclosure_make(SALT, "registrars/0/name", value, &text, NULL), MZ_OK);
    assert_int_equal(mz_disclosure_decode(mz_buf_view(&text), 1, &decoded, NULL), MZ_OK);
    assert_string_equal(decoded.name, "registrars/0/name");
    assert_true(json_equal(decoded.value, value));
    const char *salt = json_string_value(json_array_get(decoded.parts, 0));
    uint8_t bytes[MZ_DISCLOSURE_SALT_SIZE];
    size_t size = 0;
    assert_true(mz_base64url_decode(mz_view_of(salt), bytes, sizeof bytes, &size));
    assert_int_equal(size, sizeof SALT);
    assert_memory_equal(bytes, SALT, size);
    mz_disclosure_clear(&decoded);
    json_decref(value);
    mz_buf_clear(&text);
}

/* 1,000 characters of the costliest kind fit. */
static void the_longest_value_fits(void **state)
{
    (void)state;
    static const uint8_t SALT[MZ_DISCLOSURE_SALT_SIZE] = {7};
    mz_buf value;
    mz_buf text;
    mz_buf_init(&value, 4 * MZ_TEXT_POINTS_MAX);
    for (size_t i = 0; i < MZ_TEXT_POINTS_MAX; i++)
        mz_buf_put_text(&value, "\xf0\xa0\xae\xb7");
    json_t *string = json_stringn((const char *)value.data, value.size);
    mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX);
    assert_int_equal(mz_disclosure_make(SALT, "contact", string, &text, NULL), MZ_OK);
    json_decref(string);
    string = json_array();
    for (size_t i = 0; i < 6; i++)
        json_array_append_new(string, json_stringn((const char *)value.data, value.size));
    mz_buf_reset(&text);
    assert_int_equal(mz_disclosure_make(SALT, "contact", string, &text, NULL), MZ_TOO_LARGE);
    json_decref(string);
    mz_buf_clear(&value);
    mz_buf_clear(&text);
}

#define SECRET "canary-99900001234"

/* As the disclosure's JSON; NULL: the text is given as it is. */
static const struct {
    const char *name, *json, *text;
    mz_status want;
} FORMS[] = {
    {"three parts",            "[\"s\",\"name\",\"" SECRET "\"]",                                NULL,                MZ_OK            },
    {"blanks and any salt",    " [ \"\xe7\x9b\x90\" , \"name\" , {\"a\":[1]} ] ",                NULL,                MZ_OK            },
    {"nothing",                NULL,                                                             "",                  MZ_BAD_DISCLOSURE},
    {"padding",                NULL,                                                             "WyJzIiwibiIsMV0=",  MZ_BAD_DISCLOSURE},
    {"spare bits",             NULL,                                                             "WyJzIiwibiIsMTBd1", MZ_BAD_DISCLOSURE},
    {"standard base64",        NULL,                                                             "WyJz+/==",          MZ_BAD_DISCLOSURE},
    {"no JSON",                "[\"s\",\"name\",\"" SECRET,                                      NULL,                MZ_BAD_DISCLOSURE},
    {"something after",        "[\"s\",\"name\",\"" SECRET "\"] x",                              NULL,                MZ_BAD_DISCLOSURE},
    {"an object",              "{\"s\":\"" SECRET "\"}",                                         NULL,                MZ_BAD_DISCLOSURE},
    {"two parts",              "[\"s\",\"" SECRET "\"]",                                         NULL,                MZ_BAD_DISCLOSURE},
    {"four parts",             "[\"s\",\"name\",\"" SECRET "\",1]",                              NULL,                MZ_BAD_DISCLOSURE},
    {"a salt of no text",      "[1,\"name\",\"" SECRET "\"]",                                    NULL,                MZ_BAD_DISCLOSURE},
    {"an empty salt",          "[\"\",\"name\",\"" SECRET "\"]",                                 NULL,                MZ_BAD_DISCLOSURE},
    {"a name of no text",      "[\"s\",1,\"" SECRET "\"]",                                       NULL,                MZ_BAD_DISCLOSURE},
    {"an empty name",          "[\"s\",\"\",\"" SECRET "\"]",                                    NULL,                MZ_BAD_DISCLOSURE},
    {"a name too long",
     "[\"s\",\"1234567890123456789012345678901234567890123456789012345678901\",\"" SECRET "\"]",
     NULL,                                                                                                            MZ_BAD_DISCLOSURE},
    {"a fraction",             "[\"s\",\"name\",1.5]",                                           NULL,                MZ_BAD_DISCLOSURE},
    {"a member twice",         "[\"s\",\"name\",{\"a\":1,\"a\":\"" SECRET "\"}]",                NULL,                MZ_BAD_DISCLOSURE},
    {"bytes that are no text", "[\"s\",\"name\",\"\xff" SECRET "\"]",                            NULL,                MZ_BAD_DISCLOSURE},
    {"nested too deep",        "[\"s\",\"name\",[[[[[[[[\"" SECRET "\"]]]]]]]]]",                NULL,                MZ_BAD_DISCLOSURE},
};

/* What a person and a program see of a refusal. */
static void assert_silent(const char *row_name, const mz_reason *why)
{
    char text[1024];
    for (int language = MZ_CHINESE; language <= MZ_ENGLISH; language++) {
        mz_reason_text(why, (mz_language)language, text, sizeof text);
        row_assert(row_name, strstr(text, SECRET) == NULL);
        row_assert(row_name, strstr(text, "canary") == NULL);
    }
}

static void forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(FORMS); i++) {
        mz_buf text;
        mz_disclosure decoded;
        mz_reason why = {0};
        mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX);
        if (FORMS[i].json != NULL)
            mz_buf_put_base64url(&text, mz_view_of(FORMS[i].json));
        else
            mz_buf_put_text(&text, FORMS[i].text);
        mz_status status = mz_disclosure_decode(mz_buf_view(&text), 3, &decoded, &why);
        row_assert(FORMS[i].name, status == FORMS[i].want);
        row_assert(FORMS[i].name, why.status == status);
        row_assert(FORMS[i].name, status == MZ_OK || why.figures[0].number == 3);
        row_assert(FORMS[i].name, (decoded.parts != NULL) == (status == MZ_OK));
        assert_silent(FORMS[i].name, &why);
        mz_disclosure_clear(&decoded);
        mz_buf_clear(&text);
    }
}

static void too_long_is_refused_unread(void **state)
{
    (void)state;
    mz_disclosure decoded;
    mz_buf text;
    mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX + 4);
    uint8_t *letters = mz_buf_extend(&text, MZ_DISCLOSURE_SIZE_MAX + 4);
    memset(letters, 'A', MZ_DISCLOSURE_SIZE_MAX + 4);
    assert_int_equal(mz_disclosure_decode(mz_buf_view(&text), 1, &decoded, NULL),
                     MZ_BAD_DISCLOSURE);
    mz_buf_clear(&text);
}

/* --- together with an entry --- */

static const struct {
    const char *name, *text, *first;
    size_t count;
    bool fault;
} SPLITS[] = {
    {"an entry alone",       "a.b.c",        "a.b.c", 0, false},
    {"with its tilde",       "a.b.c~",       "a.b.c", 0, false},
    {"with two",             "a.b.c~d~e-_~", "a.b.c", 2, false},
    {"no tilde at the end",  "a.b.c~d~e",    "a.b.c", 1, true },
    {"an empty one",         "a.b.c~~",      "a.b.c", 0, true },
    {"a key binding's dots", "a.b.c~d.e~",   "a.b.c", 0, true },
    {"nothing",              "",             "",      0, false},
};

static void splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(SPLITS); i++) {
        mz_view first, texts[MZ_DISCLOSURES_MAX];
        size_t count = 0;
        const char *cause = mz_disclosures_split(mz_view_of(SPLITS[i].text), &first, texts, &count);
        row_assert(SPLITS[i].name, (cause != NULL) == SPLITS[i].fault);
        row_assert(SPLITS[i].name, mz_view_is(first, SPLITS[i].first));
        row_assert(SPLITS[i].name, count == SPLITS[i].count);
    }
    mz_buf many;
    mz_buf_init(&many, 1024);
    mz_buf_put_text(&many, "x~");
    for (size_t i = 0; i < MZ_DISCLOSURES_MAX; i++)
        mz_buf_put_text(&many, "d~");
    mz_view first, texts[MZ_DISCLOSURES_MAX];
    size_t count = 0;
    assert_null(mz_disclosures_split(mz_buf_view(&many), &first, texts, &count));
    assert_int_equal(count, MZ_DISCLOSURES_MAX);
    mz_buf_put_text(&many, "d~");
    assert_non_null(mz_disclosures_split(mz_buf_view(&many), &first, texts, &count));
    mz_buf_clear(&many);
}

/* An entry of an event with a body, in which `%s` stands for the digests of the rows' disclosures.
 */
#define PARTY "party.registered", "{\"party\":\"p\",\"kind\":\"person\",\"_sd\":[%s]}"
#define GENESIS                                                                                    \
    "ledger.opened",                                                                               \
        "{\"charity\":{\"name\":\"c\",\"credit_code\":\"53370300MJD000001X\"},\"log_key\":{"       \
        "\"vkey\":"                                                                                \
        "\"v\",\"proof\":\"" SIGNATURE "\"},\"registrars\":[{\"actor\":\"a\",\"key\":\"" KEY       \
        "\",\"proof\":\"" SIGNATURE "\"},{\"actor\":\"b\",\"name\":\"open\",\"key\":\"" KEY        \
        "\",\"proof\":\"" SIGNATURE "\"}],\"witnesses\":[],\"quorum\":0,\"rules\":1,\"_sd\":[%s]}"
#define KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SIGNATURE                                                                                  \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
    const char *name, *event, *body;
    const char *disclosed[2]; /* JSON */
    size_t named;             /* so many of them are in _sd */
    mz_status want;
} CHECKS[] = {
    {"a sealable field",     PARTY,   {"[\"s\",\"name\",\"" SECRET "\"]"},                                    1, MZ_OK            },
    {"two sealed ones",
     PARTY,                           {"[\"s\",\"account\",\"" SECRET "\"]", "[\"s\",\"contact\",\"x\"]"},
     2,                                                                                                          MZ_OK            },
    {"withheld",             PARTY,   {"[\"s\",\"name\",\"" SECRET "\"]", "[\"t\",\"contact\",\"x\"]"},       2, MZ_OK            },
    {"not named",            PARTY,   {"[\"s\",\"name\",\"" SECRET "\"]"},                                    0, MZ_BAD_DISCLOSURE},
    {"one of two not named",
     PARTY,                           {"[\"s\",\"name\",\"a\"]", "[\"s\",\"contact\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"twice the same",
     PARTY,                           {"[\"s\",\"name\",\"" SECRET "\"]", "[\"s\",\"name\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"one field twice",
     PARTY,                           {"[\"s\",\"name\",\"" SECRET "\"]", "[\"t\",\"name\",\"" SECRET "\"]"},
     2,                                                                                                          MZ_BAD_DISCLOSURE},
    {"not to be sealed",     PARTY,   {"[\"s\",\"kind\",\"" SECRET "\"]"},                                    1, MZ_BAD_DISCLOSURE},
    {"no such field",        PARTY,   {"[\"s\",\"" SECRET "\",\"name\"]"},                                    1, MZ_BAD_DISCLOSURE},
    {"digests themselves",   PARTY,   {"[\"s\",\"_sd\",\"" SECRET "\"]"},                                     1, MZ_BAD_DISCLOSURE},
    {"another event's",      PARTY,   {"[\"s\",\"recipients\",\"" SECRET "\"]"},                              1, MZ_BAD_DISCLOSURE},
    {"a number for a text",  PARTY,   {"[\"s\",\"contact\",99900001234]"},                                    1, MZ_WRONG_TYPE    },
    {"a text with control",  PARTY,   {"[\"s\",\"contact\",\"" SECRET "\\u0007\"]"},                          1, MZ_BAD_TEXT      },
    {"malformed, named",     PARTY,   {"[\"s\",\"contact\",\"" SECRET "\""},                                  1, MZ_BAD_DISCLOSURE},
    {"of a list's item",     GENESIS, {"[\"s\",\"registrars/0/name\",\"" SECRET "\"]"},                       1, MZ_OK            },
    {"in clear as well",
     GENESIS,                         {"[\"s\",\"registrars/1/name\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"no such item",
     GENESIS,                         {"[\"s\",\"registrars/2/name\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"not canonical",
     GENESIS,                         {"[\"s\",\"registrars/00/name\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"an item itself",       GENESIS, {"[\"s\",\"registrars/0\",\"" SECRET "\"]"},                            1, MZ_BAD_DISCLOSURE},
    {"the list itself",      GENESIS, {"[\"s\",\"registrars\",\"" SECRET "\"]"},                              1, MZ_BAD_DISCLOSURE},
    {"a slash too many",
     GENESIS,                         {"[\"s\",\"registrars/0/name/\",\"" SECRET "\"]"},
     1,                                                                                                          MZ_BAD_DISCLOSURE},
    {"a slash before",       GENESIS, {"[\"s\",\"/name\",\"" SECRET "\"]"},                                   1, MZ_BAD_DISCLOSURE},
    {"of an object",         GENESIS, {"[\"s\",\"charity/name\",\"" SECRET "\"]"},                            1, MZ_BAD_DISCLOSURE},
};

static void decode_entry(const char *event, const char *body, const char *digests, mz_entry *entry)
{
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_buf_put_format(&payload,
                      "{\"aud\":\"o\",\"jti\":\"0193594d-8100-7000-8000-000000000003\","
                      "\"iat\":1732341600,\"type\":\"%s\",\"body\":",
                      event);
    const char *hole = strstr(body, "%s");
    mz_buf_put(&payload, (mz_view){(const uint8_t *)body, (size_t)(hole - body)});
    mz_buf_put_text(&payload, digests);
    mz_buf_put_format(&payload, "%s}", hole + 2);
    mz_reason why = {0};
    char text[1024] = "";
    mz_status status = mz_entry_decode_payload(mz_buf_view(&payload), entry, &why);
    mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
    if (status != MZ_OK)
        fail_msg("%s: %s", text, (const char *)payload.data);
    mz_buf_clear(&payload);
}

/* "a","b": the digests in order, for `_sd`, with one that nobody has. */
static void put_digests(const mz_view *texts, size_t count, char out[256])
{
    char digests[3][44] = {"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmE"};
    for (size_t i = 0; i < count; i++)
        digest_text(texts[i], digests[i + 1]);
    for (size_t i = 1; i <= count; i++) {
        for (size_t k = i; k > 0 && strcmp(digests[k - 1], digests[k]) > 0; k--) {
            char swap[44];
            memcpy(swap, digests[k], 44);
            memcpy(digests[k], digests[k - 1], 44);
            memcpy(digests[k - 1], swap, 44);
        }
    }
    out[0] = '\0';
    for (size_t i = 0; i <= count; i++)
        snprintf(out + strlen(out), 256 - strlen(out), "%s\"%s\"", i == 0 ? "" : ",", digests[i]);
}

static void checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(CHECKS); i++) {
        mz_buf texts[2];
        mz_view views[2];
        char digests[256];
        mz_entry entry;
        mz_hash hashes[2];
        mz_reason why = {0};
        size_t count = CHECKS[i].disclosed[1] == NULL ? 1 : 2;
        for (size_t k = 0; k < 2; k++) {
            mz_buf_init(&texts[k], MZ_DISCLOSURE_SIZE_MAX);
            if (k < count)
                mz_buf_put_base64url(&texts[k], mz_view_of(CHECKS[i].disclosed[k]));
            views[k] = mz_buf_view(&texts[k]);
        }
        put_digests(views, CHECKS[i].named, digests);
        decode_entry(CHECKS[i].event, CHECKS[i].body, digests, &entry);
        if (strcmp(CHECKS[i].name, "withheld") == 0)
            count = 1;
        mz_status status = mz_disclosures_check(hasher, &entry, views, count, hashes, &why);
        if (status != CHECKS[i].want)
            fail_msg("%s: %s", CHECKS[i].name, mz_status_code(status));
        row_assert(CHECKS[i].name, why.status == status);
        assert_silent(CHECKS[i].name, &why);
        mz_entry_clear(&entry);
        mz_buf_clear(&texts[0]);
        mz_buf_clear(&texts[1]);
    }
}

/* --- the catalogue --- */

/* Names that mean somebody's own matter, wherever they stand. */
static bool is_personal(const char *name)
{
    static const char *const NAMES[] = {"contact", "account",   "recipients",  "phone",
                                        "address", "id_number", "bank_account"};
    for (size_t i = 0; i < ROW_COUNT(NAMES); i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return false;
}

/* An `account` of these is the charity's own bank account, by an identifier. */
static bool is_charity_account(const char *event, const mz_field *field)
{
    return strcmp(field->name, "account") == 0 && field->type == MZ_TYPE_ID &&
           (strcmp(event, "fund.opened") == 0 || strcmp(event, "balance.reconciled") == 0);
}

static void check_fields(const char *event, const mz_field *fields, const char *name_of,
                         size_t *sealed, size_t *sealable)
{
    for (; fields->name != NULL; fields++) {
        if (is_personal(fields->name) && !is_charity_account(event, fields) &&
            (fields->flags & MZ_FIELD_SEALED) == 0)
            fail_msg("%s: %s%s could be written in clear", event, name_of, fields->name);
        if ((fields->flags & MZ_FIELD_SEALED) != 0)
            (*sealed)++;
        if ((fields->flags & MZ_FIELD_SEALABLE) != 0)
            (*sealable)++;
        if (fields->fields != NULL)
            check_fields(event, fields->fields, fields->name, sealed, sealable);
    }
}

/* What a `**` field says when it is given, whatever the value; and that `*` and `**` may be absent.
 */
static void check_row(const mz_event_row *row)
{
    for (const mz_field *field = row->fields; field->name != NULL; field++) {
        mz_reason why = {0};
        const mz_field alone[] = {
            *field, {NULL, MZ_TYPE_TEXT, 0, 0, 0, NULL, NULL, NULL, NULL}
        };
        if ((field->flags & (MZ_FIELD_SEALED | MZ_FIELD_SEALABLE)) == 0)
            continue;
        json_t *body = json_object();
        row_assert(row->name, mz_schema_check(body, alone, "body", &why) == MZ_OK);
        json_object_set_new(body, field->name, json_string(SECRET));
        mz_status status = mz_schema_check(body, alone, "body", &why);
        bool sealed = (field->flags & MZ_FIELD_SEALED) != 0;
        row_assert(row->name, status == (sealed ? MZ_SEALED_IN_CLEAR : MZ_OK));
        assert_silent(row->name, &why);
        json_decref(body);
    }
}

static void personal_data_is_always_sealed(void **state)
{
    (void)state;
    size_t count = 0, sealed = 0, sealable = 0;
    const mz_event_row *rows = mz_event_rows(&count);
    for (size_t i = 0; i < count; i++) {
        check_fields(rows[i].name, rows[i].fields, "", &sealed, &sealable);
        check_row(&rows[i]);
    }
    assert_true(sealed >= 3 && sealable >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_rfc9901),
        cmocka_unit_test(is_made_and_read_again),
        cmocka_unit_test(the_longest_value_fits),
        cmocka_unit_test(forms),
        cmocka_unit_test(too_long_is_refused_unread),
        cmocka_unit_test(splits),
        cmocka_unit_test(checks),
        cmocka_unit_test(personal_data_is_always_sealed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
