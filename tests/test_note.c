/* Signed notes: the shared vectors, keys, limits, and cosignatures. */
#include "golden.h"

#include "core/note.h"

static mz_hasher *hasher;
static mz_signer alice;
static mz_signer bob;

static int set_up(void **state)
{
    (void)state;
    uint8_t seed[MZ_SEED_SIZE];
    memset(seed, 'a', sizeof seed);
    mz_signer_from_seed(&alice, seed);
    memset(seed, 'b', sizeof seed);
    mz_signer_from_seed(&bob, seed);
    hasher = mz_hasher_new();
    return hasher == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    mz_hasher_free(hasher);
    return 0;
}

static mz_status open_note(mz_view bytes, const mz_vkey *keys, size_t count, mz_note_seal *seals,
                           mz_reason *why)
{
    mz_note note;
    mz_status status = mz_note_parse(bytes, &note, why);
    return status == MZ_OK ? mz_note_verify(&note, keys, count, seals, why) : status;
}

static void shared_notes(void **state)
{
    (void)state;
    json_t *root = shared_vectors("signed-note.json", 0);
    const json_t *notes = json_object_get(root, "notes");
    size_t i = 0;
    const json_t *item = NULL;
    assert_int_equal(json_array_size(notes), 15);
    json_array_foreach(notes, i, item)
    {
        mz_vkey key;
        mz_note_seal seal;
        mz_reason why = {0};
        const char *vkey = json_string_value(json_object_get(item, "vkey"));
        mz_view note = mz_view_of(json_string_value(json_object_get(item, "note")));
        assert_int_equal(mz_vkey_parse(hasher, mz_view_of(vkey), &key, NULL), MZ_OK);
        bool valid = open_note(note, &key, 1, &seal, &why) == MZ_OK;
        if (valid != json_is_true(json_object_get(item, "valid")))
            fail_msg("%s", json_string_value(json_object_get(item, "name")));
        assert_true(valid ? seal.valid : why.status == MZ_BAD_NOTE);
        mz_buf again;
        mz_buf_init(&again, MZ_VKEY_TEXT_MAX);
        mz_vkey_put(&again, &key);
        assert_true(mz_view_is(mz_buf_view(&again), vkey));
        mz_buf_clear(&again);
    }
    json_decref(root);
}

/* --- keys --- */

static const struct {
    const char *name;
    const char *vkey;
    mz_status want;
} KEY_CASES[] = {
    {"as the specification has it",
     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",                                 MZ_OK      },
    {"another id",                  "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
     MZ_BAD_NOTE                                                                                                         },
    {"id in upper case",            "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
     MZ_BAD_NOTE                                                                                                         },
    {"short id",                    "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
     MZ_BAD_NOTE                                                                                                         },
    {"no name",                     "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",                 MZ_BAD_NOTE},
    {"no parts",                    "example.com/foo",                                                        MZ_BAD_NOTE},
    {"two parts",                   "example.com/foo+530d903a",                                               MZ_BAD_NOTE},
    {"four parts",                  "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k+",
     MZ_BAD_NOTE                                                                                                         },
    {"a key byte short",
     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",                                 MZ_BAD_NOTE},
    {"spare bits in base64",        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
     MZ_BAD_NOTE                                                                                                         },
    {"type ML-DSA-44",              "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
     MZ_BAD_NOTE                                                                                                         },
    {"newline at the end",
     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",                               MZ_BAD_NOTE},
    {"empty",                       "",                                                                       MZ_BAD_NOTE},
};

static void keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KEY_CASES / sizeof KEY_CASES[0]; i++) {
        mz_vkey key;
        mz_reason why = {0};
        mz_status got = mz_vkey_parse(hasher, mz_view_of(KEY_CASES[i].vkey), &key, &why);
        if (got != KEY_CASES[i].want || why.status != KEY_CASES[i].want)
            fail_msg("%s: %d", KEY_CASES[i].name, (int)got);
        reason_check(&why);
    }
    uint8_t weak[MZ_KEY_SIZE] = {1}; /* the identity */
    mz_vkey key;
    assert_int_equal(mz_vkey_make(hasher, mz_view_of("a"), MZ_VKEY_ED25519, weak, &key, NULL),
                     MZ_BAD_NOTE);
}

static const struct {
    const char *name;
    bool valid;
} NAMES[] = {
    {"example.org/log",       true },
    {"淄博市慈善总会", true },
    {"",                      false},
    {"a b",                   false},
    {"a+b",                   false},
    {"a\tb",                  false},
    {"a\x01",                 false},
    {"a\xc2\x85",             false},
    {"a\xc2\xa0",             false},
    {"a\xe1\x9a\x80",         false},
    {"\xe2\x80\x80z",         false},
    {"\xe2\x80\x8az",         false},
    {"\xe2\x80\x8bz",         true }, /* zero width space is not White_Space */
    {"\xe2\x80\xa8",          false},
    {"\xe2\x80\xaf",          false},
    {"\xe2\x81\x9f",          false},
    {"\xe3\x80\x80",          false},
    {"\xff",                  false},
    {"\xc2",                  false},
};

static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (mz_note_name_valid(mz_view_of(NAMES[i].name)) != NAMES[i].valid)
            fail_msg("name %zu: %s", i, NAMES[i].name);
    }
    char name[MZ_NOTE_NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    assert_true(mz_note_name_valid((mz_view){(uint8_t *)name, MZ_NOTE_NAME_MAX}));
    assert_false(mz_note_name_valid((mz_view){(uint8_t *)name, MZ_NOTE_NAME_MAX + 1}));
    assert_false(mz_note_name_valid((mz_view){(const uint8_t *)"a\0b", 3}));
}

/* --- what we sign, we open --- */

#define TEXT "fund.example.org/zibo\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define TIME_S 1732341600

/* A note by alice, cosigned by bob, and both keys. */
static void cosigned_note(mz_buf *note, mz_vkey found[2])
{
    mz_view text = mz_view_of(TEXT);
    mz_view log = mz_view_of("fund.example.org/zibo");
    mz_view witness = mz_view_of("见证.example.org");
    mz_buf_init(note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_note_sign(hasher, text, log, &alice, note, NULL), MZ_OK);
    assert_int_equal(mz_note_cosign(hasher, text, witness, &bob, TIME_S, note, NULL), MZ_OK);
    assert_int_equal(mz_vkey_make(hasher, log, MZ_VKEY_ED25519, alice.public_key, &found[0], NULL),
                     MZ_OK);
    assert_int_equal(
        mz_vkey_make(hasher, witness, MZ_VKEY_COSIGNATURE, bob.public_key, &found[1], NULL), MZ_OK);
}

static void cosignatures(void **state)
{
    (void)state;
    mz_buf note;
    mz_vkey known[2] = {0};
    mz_note_seal seals[2] = {0};
    cosigned_note(&note, known);
    golden_check("note/cosigned.note", mz_buf_view(&note));
    assert_int_equal(open_note(mz_buf_view(&note), known, 2, seals, NULL), MZ_OK);
    assert_true(seals[0].valid && seals[1].valid);
    assert_int_equal(seals[0].unix_s, 0);
    assert_int_equal(seals[1].unix_s, TIME_S);
    assert_int_equal(open_note(mz_buf_view(&note), &known[1], 1, seals, NULL), MZ_OK);
    mz_vkey collided[2] = {known[0], known[0]};
    assert_int_equal(open_note(mz_buf_view(&note), collided, 2, seals, NULL), MZ_BAD_NOTE);
    mz_buf_clear(&note);
}

/* Not one bit of text, key id or signature can change unnoticed. Names and base64 of unknown keys
 * are free, so that a changed id or name is seen by the signature that is then missing. */
static void every_bit(void **state)
{
    (void)state;
    mz_buf note;
    mz_vkey known[2] = {0};
    cosigned_note(&note, known);
    for (size_t i = 0; i < note.size * 8; i++) {
        mz_note_seal seals[2] = {{0}};
        note.data[i / 8] ^= (uint8_t)(1 << i % 8);
        mz_status status = open_note(mz_buf_view(&note), known, 2, seals, NULL);
        if (status == MZ_OK && seals[0].valid && seals[1].valid)
            fail_msg("bit %zu", i);
        note.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    mz_buf_clear(&note);
}

static void later_lines_of_one_key(void **state)
{
    (void)state;
    mz_buf note;
    mz_vkey known[2] = {0};
    mz_note_seal seals[2] = {0};
    cosigned_note(&note, known);
    mz_view witness = mz_view_of("见证.example.org");
    assert_int_equal(
        mz_note_cosign(hasher, mz_view_of(TEXT), witness, &bob, TIME_S + 9, &note, NULL), MZ_OK);
    assert_int_equal(open_note(mz_buf_view(&note), known, 2, seals, NULL), MZ_OK);
    assert_int_equal(seals[1].unix_s, TIME_S);
    mz_buf_clear(&note);
}

static void refused_when_signing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *signer;
        uint64_t unix_s;
        mz_status sign;
        mz_status cosign;
    } CASES[] = {
        {"good",                   "a\n",     "n",   0,                 MZ_OK,       MZ_OK      },
        {"no newline",             "a",       "n",   0,                 MZ_BAD_NOTE, MZ_BAD_NOTE},
        {"empty",                  "",        "n",   0,                 MZ_BAD_NOTE, MZ_BAD_NOTE},
        {"control character",      "a\tb\n",  "n",   0,                 MZ_BAD_NOTE, MZ_BAD_NOTE},
        {"not UTF-8",              "\xff\n",  "n",   0,                 MZ_BAD_NOTE, MZ_BAD_NOTE},
        {"name with a space",      "a\n",     "n n", 0,                 MZ_BAD_NOTE, MZ_BAD_NOTE},
        {"last time",              "a\n",     "n",   INT64_MAX,         MZ_OK,       MZ_OK      },
        {"time past the last one", "a\n",     "n",   UINT64_C(1) << 63, MZ_OK,       MZ_BAD_NOTE},
        {"empty lines",            "a\n\n\n", "n",   0,                 MZ_OK,       MZ_OK      },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_buf out;
        mz_buf_init(&out, 1024);
        mz_view text = mz_view_of(CASES[i].text);
        mz_view name = mz_view_of(CASES[i].signer);
        mz_status sign = mz_note_sign(hasher, text, name, &alice, &out, NULL);
        mz_status cosign = mz_note_cosign(hasher, text, name, &bob, CASES[i].unix_s, &out, NULL);
        if (sign != CASES[i].sign || cosign != CASES[i].cosign)
            fail_msg("%s: %d, %d", CASES[i].name, (int)sign, (int)cosign);
        mz_note note;
        if (sign == MZ_OK) {
            assert_int_equal(mz_note_parse(mz_buf_view(&out), &note, NULL), MZ_OK);
            assert_true(mz_view_is(note.text, CASES[i].text));
        }
        mz_buf_clear(&out);
    }
}

/* --- forms and limits --- */

#define UNKNOWN "\xe2\x80\x94 w AQIDBAA=\n"

static const struct {
    const char *name;
    const char *note;
    mz_status want;
} FORMS[] = {
    {"least signature",          "a\n\n" UNKNOWN,                              MZ_OK      },
    {"two lines",                "a\n\n" UNKNOWN UNKNOWN,                      MZ_OK      },
    {"text of an empty line",    "\n\n" UNKNOWN,                               MZ_OK      },
    {"empty",                    "",                                           MZ_BAD_NOTE},
    {"no signature line",        "a\n\n",                                      MZ_BAD_NOTE},
    {"id without a signature",   "a\n\n\xe2\x80\x94 w AQIDBA==\n",             MZ_BAD_NOTE},
    {"spare bits",               "a\n\n\xe2\x80\x94 w AQIDBAB=\n",             MZ_BAD_NOTE},
    {"base64url",                "a\n\n\xe2\x80\x94 w AQIDBA-_\n",             MZ_BAD_NOTE},
    {"no padding",               "a\n\n\xe2\x80\x94 w AQIDBAA\n",              MZ_BAD_NOTE},
    {"no signature",             "a\n\n\xe2\x80\x94 w\n",                      MZ_BAD_NOTE},
    {"empty signature",          "a\n\n\xe2\x80\x94 w \n",                     MZ_BAD_NOTE},
    {"space at the end",         "a\n\n\xe2\x80\x94 w AQIDBAA= \n",            MZ_BAD_NOTE},
    {"plus in a name",           "a\n\n\xe2\x80\x94 w+v AQIDBAA=\n",           MZ_BAD_NOTE},
    {"wide space in a name",     "a\n\n\xe2\x80\x94 w\xe3\x80\x80 AQIDBAA=\n", MZ_BAD_NOTE},
    {"en dash",                  "a\n\n\xe2\x80\x93 w AQIDBAA=\n",             MZ_BAD_NOTE},
    {"empty line at the end",    "a\n\n" UNKNOWN "\n",                         MZ_BAD_NOTE},
    {"broken UTF-8 in the text", "\xe4\xb8\n\n" UNKNOWN,                       MZ_BAD_NOTE},
    {"tab in the text",          "a\tb\n\n" UNKNOWN,                           MZ_BAD_NOTE},
};

static void forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        mz_note note;
        mz_reason why = {0};
        mz_status got = mz_note_parse(mz_view_of(FORMS[i].note), &note, &why);
        if (got != FORMS[i].want || why.status != FORMS[i].want)
            fail_msg("%s: %d", FORMS[i].name, (int)got);
        reason_check(&why);
    }
}

static mz_status parse_filled(size_t signatures, size_t size)
{
    mz_buf text;
    mz_note note;
    mz_buf_init(&text, 1 << 20);
    size_t tail = 1 + signatures * strlen(UNKNOWN); /* after the text's last newline */
    while (text.size + 1 + tail < size)
        mz_buf_put_text(&text, "x");
    mz_buf_put_text(&text, "\n\n");
    for (size_t i = 0; i < signatures; i++)
        mz_buf_put_text(&text, UNKNOWN);
    mz_status status = mz_note_parse(mz_buf_view(&text), &note, NULL);
    mz_buf_clear(&text);
    return status;
}

static void limits(void **state)
{
    (void)state;
    assert_int_equal(parse_filled(MZ_NOTE_SIGNATURES_MAX, 0), MZ_OK);
    assert_int_equal(parse_filled(MZ_NOTE_SIGNATURES_MAX + 1, 0), MZ_BAD_NOTE);
    assert_int_equal(parse_filled(1, MZ_NOTE_SIZE_MAX), MZ_OK);
    assert_int_equal(parse_filled(1, MZ_NOTE_SIZE_MAX + 1), MZ_TOO_LARGE);
}

/* A signature as long as post-quantum ones is checked piece by piece. */
static void long_signature(void **state)
{
    (void)state;
    for (size_t damage = 0; damage < 3; damage++) {
        mz_buf text;
        mz_note note;
        uint8_t bytes[4000];
        memset(bytes, 7, sizeof bytes);
        mz_buf_init(&text, MZ_NOTE_SIZE_MAX);
        mz_buf_put_text(&text, "a\n\n\xe2\x80\x94 w ");
        size_t start = text.size;
        mz_buf_put_base64(&text, (mz_view){bytes, sizeof bytes});
        mz_buf_put_text(&text, "\n");
        if (damage == 1)
            text.data[start + 1023] = '='; /* at the end of a piece */
        if (damage == 2)
            text.data[start + 2000] = '-';
        assert_int_equal(mz_note_parse(mz_buf_view(&text), &note, NULL),
                         damage == 0 ? MZ_OK : MZ_BAD_NOTE);
        mz_buf_clear(&text);
    }
}

static void decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max;
        bool valid;
        uint64_t value;
    } CASES[] = {
        {"0",                    9,          true,  0         },
        {"9",                    9,          true,  9         },
        {"10",                   9,          false, 0         },
        {"5",                    4,          false, 0         },
        {"00",                   9,          false, 0         },
        {"01",                   9,          false, 0         },
        {"",                     9,          false, 0         },
        {"-1",                   9,          false, 0         },
        {"+1",                   9,          false, 0         },
        {"1 ",                   9,          false, 0         },
        {"18446744073709551615", UINT64_MAX, true,  UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0         },
        {"99999999999999999999", UINT64_MAX, false, 0         },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        uint64_t value = 0;
        bool valid = mz_decimal_parse(mz_view_of(CASES[i].text), CASES[i].max, &value);
        if (valid != CASES[i].valid || (valid && value != CASES[i].value))
            fail_msg("%s", CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_notes),
        cmocka_unit_test(keys),
        cmocka_unit_test(names),
        cmocka_unit_test(cosignatures),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(later_lines_of_one_key),
        cmocka_unit_test(refused_when_signing),
        cmocka_unit_test(forms),
        cmocka_unit_test(limits),
        cmocka_unit_test(long_signature),
        cmocka_unit_test(decimals),
    };
    return cmocka_run_group_tests_name("note", tests, set_up, tear_down);
}
