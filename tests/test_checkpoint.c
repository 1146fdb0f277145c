/* Checkpoints: what we write byte for byte, and every line that is not acceptable. */
#include "golden.h"

#include "core/checkpoint.h"

#define ORIGIN "fund.example.org/zibo"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static mz_hasher *hasher;
static mz_signer signer;
static mz_vkey log_key;

static int set_up(void **state)
{
    (void)state;
    uint8_t seed[MZ_SEED_SIZE];
    memset(seed, 'l', sizeof seed);
    mz_signer_from_seed(&signer, seed);
    hasher = mz_hasher_new();
    return hasher == NULL || mz_vkey_make(hasher, mz_view_of(ORIGIN), MZ_VKEY_ED25519,
                                          signer.public_key, &log_key, NULL) != MZ_OK
               ? -1
               : 0;
}

static int tear_down(void **state)
{
    (void)state;
    mz_hasher_free(hasher);
    return 0;
}

static void golden(void **state)
{
    (void)state;
    mz_buf note;
    mz_checkpoint opened;
    mz_checkpoint checkpoint = {.origin = ORIGIN, .size = 20852163};
    memset(checkpoint.root.bytes, 0xa5, MZ_HASH_SIZE);
    mz_buf_init(&note, MZ_CHECKPOINT_SIZE_MAX);
    assert_int_equal(mz_checkpoint_sign(hasher, &checkpoint, &signer, &note, NULL), MZ_OK);
    golden_check("checkpoint/checkpoint", mz_buf_view(&note));
    assert_int_equal(mz_checkpoint_open(mz_buf_view(&note), &log_key, &opened, NULL), MZ_OK);
    assert_string_equal(opened.origin, ORIGIN);
    assert_int_equal(opened.size, 20852163);
    assert_true(mz_hash_equal(&opened.root, &checkpoint.root));
    mz_buf_clear(&note);
}

/* The longest checkpoint fits into MZ_CHECKPOINT_SIZE_MAX. */
static void longest(void **state)
{
    (void)state;
    mz_buf note;
    mz_checkpoint checkpoint = {.size = MZ_MERKLE_SIZE_MAX};
    memset(checkpoint.origin, 'o', MZ_ORIGIN_SIZE_MAX);
    mz_buf_init(&note, MZ_CHECKPOINT_SIZE_MAX);
    assert_int_equal(mz_checkpoint_sign(hasher, &checkpoint, &signer, &note, NULL), MZ_OK);
    mz_buf_clear(&note);
    mz_buf_init(&note, 8);
    assert_int_equal(mz_checkpoint_sign(hasher, &checkpoint, &signer, &note, NULL), MZ_NO_MEMORY);
    mz_buf_clear(&note);
}

static const struct {
    const char *name;
    const char *text;
    mz_status want;
} TEXTS[] = {
    {"good",                     ORIGIN "\n7\n" ROOT "\n",                                     MZ_OK            },
    {"empty tree",               ORIGIN "\n0\n" ROOT "\n",                                     MZ_OK            },
    {"largest tree",             ORIGIN "\n9223372036854775807\n" ROOT "\n",                   MZ_OK            },
    {"larger still",             ORIGIN "\n9223372036854775808\n" ROOT "\n",                   MZ_BAD_CHECKPOINT},
    {"far larger",               ORIGIN "\n99999999999999999999\n" ROOT "\n",                  MZ_BAD_CHECKPOINT},
    {"leading zero",             ORIGIN "\n07\n" ROOT "\n",                                    MZ_BAD_CHECKPOINT},
    {"plus sign",                ORIGIN "\n+7\n" ROOT "\n",                                    MZ_BAD_CHECKPOINT},
    {"minus sign",               ORIGIN "\n-7\n" ROOT "\n",                                    MZ_BAD_CHECKPOINT},
    {"hexadecimal",              ORIGIN "\n0x7\n" ROOT "\n",                                   MZ_BAD_CHECKPOINT},
    {"blank before the size",    ORIGIN "\n 7\n" ROOT "\n",                                    MZ_BAD_CHECKPOINT},
    {"no size",                  ORIGIN "\n\n" ROOT "\n",                                      MZ_BAD_CHECKPOINT},
    {"extension line",           ORIGIN "\n7\n" ROOT "\nmore\n",                               MZ_BAD_CHECKPOINT},
    {"empty extension line",     ORIGIN "\n7\n" ROOT "\n\n",                                   MZ_BAD_CHECKPOINT},
    {"two lines",                ORIGIN "\n7\n",                                               MZ_BAD_CHECKPOINT},
    {"no newline after root",    ORIGIN "\n7\n" ROOT,                                          MZ_BAD_CHECKPOINT},
    {"empty",                    "",                                                           MZ_BAD_CHECKPOINT},
    {"no origin",                "\n7\n" ROOT "\n",                                            MZ_BAD_CHECKPOINT},
    {"blank in the origin",      "a b\n7\n" ROOT "\n",                                         MZ_BAD_CHECKPOINT},
    {"plus in the origin",       "a+b\n7\n" ROOT "\n",                                         MZ_BAD_CHECKPOINT},
    {"origin is not ASCII",      "\xe6\xb7\x84\n7\n" ROOT "\n",                                MZ_BAD_CHECKPOINT},
    {"root of 31 bytes",         ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
     MZ_BAD_CHECKPOINT                                                                                          },
    {"root without its padding", ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
     MZ_BAD_CHECKPOINT                                                                                          },
    {"root with spare bits",     ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
     MZ_BAD_CHECKPOINT                                                                                          },
    {"root in base64url",        ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
     MZ_BAD_CHECKPOINT                                                                                          },
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        mz_checkpoint checkpoint;
        mz_reason why = {0};
        mz_status got = mz_checkpoint_parse_text(mz_view_of(TEXTS[i].text), &checkpoint, &why);
        if (got != TEXTS[i].want || why.status != TEXTS[i].want)
            fail_msg("%s: %d", TEXTS[i].name, (int)got);
        reason_check(&why);
        if (got != MZ_OK)
            continue;
        mz_buf again;
        mz_buf_init(&again, MZ_CHECKPOINT_SIZE_MAX);
        mz_checkpoint_put_text(&again, &checkpoint);
        assert_true(mz_view_is(mz_buf_view(&again), TEXTS[i].text));
        mz_buf_clear(&again);
    }
}

static void origins(void **state)
{
    (void)state;
    char text[MZ_ORIGIN_SIZE_MAX + 1];
    memset(text, 'a', sizeof text);
    assert_true(mz_origin_valid((mz_view){(uint8_t *)text, MZ_ORIGIN_SIZE_MAX}));
    assert_false(mz_origin_valid((mz_view){(uint8_t *)text, MZ_ORIGIN_SIZE_MAX + 1}));
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t one = (uint8_t)byte;
        bool want = byte > ' ' && byte < 0x7f && byte != '+';
        assert_int_equal(mz_origin_valid((mz_view){&one, 1}), want);
    }
}

/* Whose signature, and of which origin. */
static void signers(void **state)
{
    (void)state;
    mz_signer other;
    uint8_t seed[MZ_SEED_SIZE] = {9};
    mz_signer_from_seed(&other, seed);
    const mz_view text = mz_view_of(ORIGIN "\n7\n" ROOT "\n");
    const struct {
        const char *name;
        const char *key_name;
        const mz_signer *by;
        bool timed;
        mz_status want;
    } CASES[] = {
        {"the log",                       ORIGIN,             &signer, false, MZ_OK      },
        {"another key, the same name",    ORIGIN,             &other,  false, MZ_BAD_NOTE},
        {"the log's key, another name",   "fund.example.org", &signer, false, MZ_BAD_NOTE},
        {"only a cosignature by the key", ORIGIN,             &signer, true,  MZ_BAD_NOTE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_buf note;
        mz_checkpoint checkpoint;
        mz_buf_init(&note, 4096);
        mz_view name = mz_view_of(CASES[i].key_name);
        if (CASES[i].timed) {
            mz_buf_put(&note, text);
            mz_buf_put_text(&note, "\n");
            assert_int_equal(mz_note_cosign(hasher, text, name, CASES[i].by, 1, &note, NULL),
                             MZ_OK);
        } else {
            assert_int_equal(mz_note_sign(hasher, text, name, CASES[i].by, &note, NULL), MZ_OK);
        }
        mz_status got = mz_checkpoint_open(mz_buf_view(&note), &log_key, &checkpoint, NULL);
        if (got != CASES[i].want)
            fail_msg("%s: %d", CASES[i].name, (int)got);
        mz_buf_clear(&note);
    }
    /* A well-signed note of our key about another log. */
    mz_buf note;
    mz_checkpoint checkpoint;
    mz_buf_init(&note, 4096);
    assert_int_equal(mz_note_sign(hasher, mz_view_of("other.example\n7\n" ROOT "\n"),
                                  mz_view_of(ORIGIN), &signer, &note, NULL),
                     MZ_OK);
    assert_int_equal(mz_checkpoint_open(mz_buf_view(&note), &log_key, &checkpoint, NULL),
                     MZ_BAD_CHECKPOINT);
    mz_buf_clear(&note);
    mz_checkpoint bad = {.origin = "a b"};
    assert_int_equal(mz_checkpoint_sign(hasher, &bad, &signer, &note, NULL), MZ_BAD_CHECKPOINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),  cmocka_unit_test(longest), cmocka_unit_test(texts),
        cmocka_unit_test(origins), cmocka_unit_test(signers),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, set_up, tear_down);
}
