/* Pins: golden files, every line that is refused, quorums, and what a policy lets through. */
#include "golden.h"

#include "core/policy.h"

#define ORIGIN "fund.example.org/zibo"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define CHECKPOINT ORIGIN "\n7\n" ROOT "\n"
#define WITNESSES 5

static mz_hasher *hasher;
static mz_signer log_signer;
static mz_signer later_signer;
static mz_signer witness_signers[WITNESSES];
static char log_vkey[MZ_VKEY_TEXT_MAX];
static char later_vkey[MZ_VKEY_TEXT_MAX];
static char renamed_vkey[MZ_VKEY_TEXT_MAX]; /* the log's key under another name */
static char witness_vkeys[WITNESSES][MZ_VKEY_TEXT_MAX];

static void make_key(char name_byte, const char *name, mz_vkey_type type, mz_signer *signer,
                     char *text)
{
    mz_vkey key;
    mz_buf buf;
    uint8_t seed[MZ_SEED_SIZE];
    memset(seed, name_byte, sizeof seed);
    mz_signer_from_seed(signer, seed);
    mz_buf_init(&buf, MZ_VKEY_TEXT_MAX);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(name), type, signer->public_key, &key, NULL),
                     MZ_OK);
    mz_vkey_put(&buf, &key);
    assert_true(buf.size < MZ_VKEY_TEXT_MAX);
    memcpy(text, buf.data, buf.size + 1);
    mz_buf_clear(&buf);
}

static int set_up(void **state)
{
    (void)state;
    mz_signer same;
    hasher = mz_hasher_new();
    if (hasher == NULL)
        return -1;
    make_key('l', ORIGIN, MZ_VKEY_ED25519, &log_signer, log_vkey);
    make_key('l', "other.example", MZ_VKEY_ED25519, &same, renamed_vkey);
    make_key('n', ORIGIN, MZ_VKEY_ED25519, &later_signer, later_vkey);
    for (size_t i = 0; i < WITNESSES; i++) {
        char name[32];
        snprintf(name, sizeof name, "witness%zu.example.net", i);
        make_key((char)('0' + i), name, MZ_VKEY_COSIGNATURE, &witness_signers[i], witness_vkeys[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mz_hasher_free(hasher);
    return 0;
}

/* Puts keys in place: $L the log, $N its later key, $R the log's key renamed, $0 to $4 witnesses.
 */
static void expand(const char *pattern, mz_buf *out)
{
    mz_buf_init(out, MZ_POLICY_SIZE_MAX + 4096);
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at != '$') {
            mz_buf_put(out, (mz_view){(const uint8_t *)at, 1});
            continue;
        }
        at++;
        mz_buf_put_text(out, *at == 'L'   ? log_vkey
                             : *at == 'N' ? later_vkey
                             : *at == 'R' ? renamed_vkey
                                          : witness_vkeys[*at - '0']);
    }
}

static mz_status parse(const char *pattern, mz_policy **policy, mz_reason *why)
{
    mz_buf text;
    expand(pattern, &text);
    mz_status status = mz_policy_parse(hasher, mz_buf_view(&text), policy, why);
    mz_buf_clear(&text);
    return status;
}

/* --- golden files --- */

static void pin_of_a_new_log(void **state)
{
    (void)state;
    mz_buf pin;
    mz_vkey key;
    mz_hash genesis;
    mz_policy *policy = NULL;
    memset(genesis.bytes, 0x5a, sizeof genesis.bytes);
    mz_buf_init(&pin, MZ_POLICY_SIZE_MAX);
    assert_int_equal(mz_vkey_parse(hasher, mz_view_of(log_vkey), &key, NULL), MZ_OK);
    mz_pin_put(&pin, &key, &genesis);
    golden_check("pin/new.pin", mz_buf_view(&pin));
    assert_int_equal(mz_pin_parse(hasher, mz_buf_view(&pin), &policy, NULL), MZ_OK);
    assert_string_equal(mz_policy_origin(policy), ORIGIN);
    assert_true(policy->has_genesis && mz_hash_equal(&policy->genesis, &genesis));
    assert_int_equal(policy->quorum.kind, MZ_POLICY_NONE);
    mz_policy_free(policy);
    mz_buf_clear(&pin);
}

#define GENESIS "# genesis 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"

#define FULL                                                                                       \
    "# the charity's log\n"                                                                        \
    "\tlog $L https://fund.example.org/zibo/ \n" GENESIS "log $N\n\n"                              \
    "witness w0 $0 https://witness0.example.net/\n"                                                \
    "witness w1 $1\n"                                                                              \
    "witness w2 $2\n"                                                                              \
    "group near 2 w0 w1 w2\n"                                                                      \
    "witness 见证三 $3\n"                                                                       \
    "  witness w4\t$4\n"                                                                           \
    "group far any 见证三 w4\n"                                                                 \
    "group both all near far\n"                                                                    \
    "quorum both\n"                                                                                \
    "# end"                                                                                        \
    "\n"

/* Printing is a normal form: what it prints, prints the same again. */
static void pin_with_witnesses(void **state)
{
    (void)state;
    mz_policy *policy = NULL;
    mz_policy *again = NULL;
    mz_buf first;
    mz_buf second;
    mz_buf_init(&first, MZ_POLICY_SIZE_MAX);
    mz_buf_init(&second, MZ_POLICY_SIZE_MAX);
    assert_int_equal(parse(FULL, &policy, NULL), MZ_OK);
    mz_policy_put(&first, policy);
    golden_check("pin/witnessed.pin", mz_buf_view(&first));
    assert_int_equal(mz_pin_parse(hasher, mz_buf_view(&first), &again, NULL), MZ_OK);
    mz_policy_put(&second, again);
    assert_true(mz_view_equal(mz_buf_view(&first), mz_buf_view(&second)));
    mz_buf_clear(&first);
    mz_buf_clear(&second);
    mz_policy_free(policy);
    mz_policy_free(again);
}

/* --- lines --- */

static const struct {
    const char *name;
    const char *text;
    mz_status policy;
    mz_status pin; /* when the policy is well formed */
} TEXTS[] = {
    {"log and genesis",                       "log $L\n" GENESIS "quorum none\n",                          MZ_OK,         MZ_OK        },
    {"witness required",                      "log $L\n" GENESIS "witness a $0\nquorum a\n",               MZ_OK,         MZ_OK        },
    {"group after the quorum",                "witness a $0\nquorum a\ngroup g any a\n",                   MZ_OK,         MZ_BAD_POLICY},
    {"no log",                                GENESIS "quorum none\n",                                     MZ_OK,         MZ_BAD_POLICY},
    {"no genesis",                            "log $L\nquorum none\n",                                     MZ_OK,         MZ_BAD_POLICY},
    {"two keys of one log",                   "log $L\nlog $N\n" GENESIS "quorum none\n",                  MZ_OK,         MZ_OK        },
    {"two logs with one key",                 "log $L\nlog $R\nquorum none\n",                             MZ_BAD_POLICY, MZ_OK        },
    {"two origins",                           "log $N\nlog $R\n" GENESIS "quorum none\n",                  MZ_OK,         MZ_BAD_POLICY},
    {"another comment on genesis",            "# genesis block\nquorum none\n",                            MZ_BAD_POLICY, MZ_OK        },
    {"genesis word glued",                    "#genesis block\nquorum none\n",                             MZ_OK,         MZ_BAD_POLICY},
    {"two geneses",                           "log $L\n" GENESIS GENESIS "quorum none\n",                  MZ_BAD_POLICY, MZ_OK        },
    {"genesis in upper case",
     "# genesis 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\nquorum none\n",          MZ_BAD_POLICY, MZ_OK        },
    {"genesis too short",                     "# genesis 0123\nquorum none\n",                             MZ_BAD_POLICY, MZ_OK        },
    {"no quorum",                             "log $L\n",                                                  MZ_BAD_POLICY, MZ_OK        },
    {"two quorums",                           "quorum none\nquorum none\n",                                MZ_BAD_POLICY, MZ_OK        },
    {"quorum not defined",                    "quorum w\n",                                                MZ_BAD_POLICY, MZ_OK        },
    {"quorum defined later",                  "quorum a\nwitness a $0\n",                                  MZ_BAD_POLICY, MZ_OK        },
    {"quorum without a name",                 "quorum\n",                                                  MZ_BAD_POLICY, MZ_OK        },
    {"quorum of two names",                   "quorum none none\n",                                        MZ_BAD_POLICY, MZ_OK        },
    {"unknown line",                          "trust me\nquorum none\n",                                   MZ_BAD_POLICY, MZ_OK        },
    {"word in upper case",                    "Quorum none\n",                                             MZ_BAD_POLICY, MZ_OK        },
    {"last line cut",                         "quorum none",                                               MZ_BAD_POLICY, MZ_OK        },
    {"empty",                                 "",                                                          MZ_BAD_POLICY, MZ_OK        },
    {"carriage return",                       "quorum none\r\n",                                           MZ_BAD_POLICY, MZ_OK        },
    {"delete character",                      "quorum none \x7f\n",                                        MZ_BAD_POLICY, MZ_OK        },
    {"bytes that are not UTF-8 in a comment", "# \xff\xfe\nquorum none\n",                                 MZ_OK,         MZ_BAD_POLICY},
    {"control character in a comment",        "# \x01\nquorum none\n",                                     MZ_BAD_POLICY, MZ_OK        },
    {"log without a key",                     "log\nquorum none\n",                                        MZ_BAD_POLICY, MZ_OK        },
    {"log with too much",                     "log $L a b\nquorum none\n",                                 MZ_BAD_POLICY, MZ_OK        },
    {"log with a cosigner's key",             "log $0\nquorum none\n",                                     MZ_BAD_POLICY, MZ_OK        },
    {"witness with a log's key",              "witness a $L\nquorum none\n",                               MZ_BAD_POLICY, MZ_OK        },
    {"witness without a key",                 "witness a\nquorum none\n",                                  MZ_BAD_POLICY, MZ_OK        },
    {"witness with too much",                 "witness a $0 u v\nquorum none\n",                           MZ_BAD_POLICY, MZ_OK        },
    {"witness named none",                    "witness none $0\nquorum none\n",                            MZ_BAD_POLICY, MZ_OK        },
    {"two witnesses of one name",             "witness a $0\nwitness a $1\nquorum none\n",                 MZ_BAD_POLICY,
     MZ_OK                                                                                                                             },
    {"two witnesses with one key",            "witness a $0\nwitness b $0\nquorum none\n",                 MZ_BAD_POLICY,
     MZ_OK                                                                                                                             },
    {"group named like a witness",            "witness a $0\ngroup a any a\nquorum none\n",                MZ_BAD_POLICY,
     MZ_OK                                                                                                                             },
    {"group named none",                      "witness a $0\ngroup none any a\nquorum none\n",             MZ_BAD_POLICY, MZ_OK        },
    {"group without members",                 "group g any\nquorum none\n",                                MZ_BAD_POLICY, MZ_OK        },
    {"group of itself",                       "group g any g\nquorum none\n",                              MZ_BAD_POLICY, MZ_OK        },
    {"group of none",                         "group g any none\nquorum none\n",                           MZ_BAD_POLICY, MZ_OK        },
    {"threshold of 0",                        "witness a $0\ngroup g 0 a\nquorum none\n",                  MZ_BAD_POLICY, MZ_OK        },
    {"threshold of all",                      "witness a $0\ngroup g 1 a\nquorum g\n",                     MZ_OK,         MZ_BAD_POLICY},
    {"threshold above all",                   "witness a $0\ngroup g 2 a\nquorum none\n",                  MZ_BAD_POLICY, MZ_OK        },
    {"threshold with a zero",                 "witness a $0\ngroup g 01 a\nquorum none\n",                 MZ_BAD_POLICY, MZ_OK        },
    {"threshold by another word",             "witness a $0\ngroup g most a\nquorum none\n",               MZ_BAD_POLICY,
     MZ_OK                                                                                                                             },
    {"member twice in a group",               "witness a $0\ngroup g any a a\nquorum none\n",              MZ_BAD_POLICY,
     MZ_OK                                                                                                                             },
    {"member of two groups",                  "witness a $0\ngroup g any a\ngroup h any a\nquorum none\n",
     MZ_BAD_POLICY,                                                                                                       MZ_OK        },
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        mz_buf text;
        mz_policy *policy = NULL;
        mz_policy *pin = NULL;
        mz_reason why = {0};
        expand(TEXTS[i].text, &text);
        mz_status got = mz_policy_parse(hasher, mz_buf_view(&text), &policy, &why);
        if (got != TEXTS[i].policy || why.status != TEXTS[i].policy)
            fail_msg("%s: %d", TEXTS[i].name, (int)got);
        reason_check(&why);
        mz_status as_pin = mz_pin_parse(hasher, mz_buf_view(&text), &pin, NULL);
        if (as_pin != (got == MZ_OK ? TEXTS[i].pin : got))
            fail_msg("%s, as a pin: %d", TEXTS[i].name, (int)as_pin);
        assert_true((policy != NULL) == (got == MZ_OK));
        assert_true((pin != NULL) == (as_pin == MZ_OK));
        mz_policy_free(policy);
        mz_policy_free(pin);
        mz_buf_clear(&text);
    }
}

static mz_status parse_many(const char *kind, size_t count)
{
    mz_buf text;
    mz_policy *policy = NULL;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        char vkey[MZ_VKEY_TEXT_MAX];
        mz_signer signer;
        bool is_log = strcmp(kind, "log") == 0;
        snprintf(name, sizeof name, "n%zu", i);
        make_key((char)(i + 1), name, is_log ? MZ_VKEY_ED25519 : MZ_VKEY_COSIGNATURE, &signer,
                 vkey);
        mz_buf_put_format(&text, "%s %s%s%s\n", kind, is_log ? "" : name, is_log ? "" : " ", vkey);
    }
    mz_buf_put_text(&text, "quorum none\n");
    mz_status status = mz_policy_parse(hasher, mz_buf_view(&text), &policy, NULL);
    mz_policy_free(policy);
    mz_buf_clear(&text);
    return status;
}

static mz_status parse_groups(size_t count)
{
    mz_buf text;
    mz_policy *policy = NULL;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_buf_put_format(&text, "witness w %s\n", witness_vkeys[0]);
    for (size_t i = 0; i < count; i++)
        mz_buf_put_format(&text, i == 0 ? "group g%zu any w\n" : "group g%zu any g%zu\n", i, i - 1);
    mz_buf_put_format(&text, "quorum g%zu\n", count - 1);
    mz_status status = mz_policy_parse(hasher, mz_buf_view(&text), &policy, NULL);
    mz_policy_free(policy);
    mz_buf_clear(&text);
    return status;
}

static mz_status parse_long(size_t name_size, size_t url_size, size_t size)
{
    mz_buf text;
    mz_policy *policy = NULL;
    mz_buf_init(&text, 1 << 20);
    mz_buf_put_text(&text, "witness ");
    for (size_t i = 0; i < name_size; i++)
        mz_buf_put_text(&text, "n");
    mz_buf_put_format(&text, " %s ", witness_vkeys[0]);
    for (size_t i = 0; i < url_size; i++)
        mz_buf_put_text(&text, "u");
    mz_buf_put_text(&text, "\nquorum none\n#");
    while (text.size + 1 < size)
        mz_buf_put_text(&text, "#");
    mz_buf_put_text(&text, "\n");
    mz_status status = mz_policy_parse(hasher, mz_buf_view(&text), &policy, NULL);
    mz_policy_free(policy);
    mz_buf_clear(&text);
    return status;
}

static void limits(void **state)
{
    (void)state;
    assert_int_equal(parse_many("log", MZ_POLICY_LOGS_MAX), MZ_OK);
    assert_int_equal(parse_many("log", MZ_POLICY_LOGS_MAX + 1), MZ_BAD_POLICY);
    assert_int_equal(parse_many("witness", MZ_POLICY_WITNESSES_MAX), MZ_OK);
    assert_int_equal(parse_many("witness", MZ_POLICY_WITNESSES_MAX + 1), MZ_BAD_POLICY);
    assert_int_equal(parse_groups(MZ_POLICY_GROUPS_MAX), MZ_OK);
    assert_int_equal(parse_groups(MZ_POLICY_GROUPS_MAX + 1), MZ_BAD_POLICY);
    assert_int_equal(parse_long(MZ_POLICY_NAME_MAX, MZ_POLICY_URL_MAX, 0), MZ_OK);
    assert_int_equal(parse_long(MZ_POLICY_NAME_MAX + 1, 0, 0), MZ_BAD_POLICY);
    assert_int_equal(parse_long(1, MZ_POLICY_URL_MAX + 1, 0), MZ_BAD_POLICY);
    assert_int_equal(parse_long(1, 0, MZ_POLICY_SIZE_MAX), MZ_OK);
    assert_int_equal(parse_long(1, 0, MZ_POLICY_SIZE_MAX + 1), MZ_TOO_LARGE);
}

/* --- quorums --- */

static void quorums(void **state)
{
    (void)state;
    mz_policy *policy = NULL;
    assert_int_equal(parse(FULL, &policy, NULL), MZ_OK);
    for (unsigned set = 0; set < 1u << WITNESSES; set++) {
        bool witnessed[MZ_POLICY_WITNESSES_MAX] = {false};
        for (unsigned i = 0; i < WITNESSES; i++)
            witnessed[i] = (set >> i & 1) != 0;
        bool near = witnessed[0] + witnessed[1] + witnessed[2] >= 2;
        bool far = witnessed[3] || witnessed[4];
        assert_int_equal(mz_policy_quorum_met(policy, witnessed), near && far);
    }
    mz_policy_free(policy);
}

/* --- checkpoints under a policy --- */

struct signing {
    const char *name;
    const char *policy;
    const char *text;
    const char *log_signature; /* L, N or none */
    const char *cosigners;
    mz_status want;
};

static const struct signing SIGNINGS[] = {
    {"signed",                              "log $L\nquorum none\n",            CHECKPOINT,                     "L", "",    MZ_OK            },
    {"signed by the later key",             "log $L\nlog $N\nquorum none\n",    CHECKPOINT,                     "N", "",    MZ_OK            },
    {"later key is not in the pin",         "log $L\nquorum none\n",            CHECKPOINT,                     "N", "",    MZ_BAD_NOTE      },
    {"by the log's key under another name", "log $R\nquorum none\n",            CHECKPOINT,                     "L", "",
     MZ_BAD_CHECKPOINT                                                                                                                       },
    {"of another origin",                   "log $L\nquorum none\n",            "other.example\n7\n" ROOT "\n", "L", "",
     MZ_BAD_CHECKPOINT                                                                                                                       },
    {"no checkpoint",                       "log $L\nquorum none\n",            "hello\n",                      "L", "",    MZ_BAD_CHECKPOINT},
    {"cosigned only",                       "log $L\nwitness a $0\nquorum a\n", CHECKPOINT,                     "",  "0",   MZ_BAD_CHECKPOINT},
    {"cosignature wanting",                 "log $L\nwitness a $0\nquorum a\n", CHECKPOINT,                     "L", "",
     MZ_BAD_CHECKPOINT                                                                                                                       },
    {"cosigned by another",                 "log $L\nwitness a $0\nquorum a\n", CHECKPOINT,                     "L", "1",
     MZ_BAD_CHECKPOINT                                                                                                                       },
    {"cosigned",                            "log $L\nwitness a $0\nquorum a\n", CHECKPOINT,                     "L", "10",  MZ_OK            },
    {"one near, one far",                   FULL,                               CHECKPOINT,                     "L", "03",  MZ_BAD_CHECKPOINT},
    {"two near, one far",                   FULL,                               CHECKPOINT,                     "L", "023", MZ_OK            },
};

static void signings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SIGNINGS / sizeof SIGNINGS[0]; i++) {
        const struct signing *c = &SIGNINGS[i];
        mz_buf note;
        mz_policy *policy = NULL;
        mz_checkpoint checkpoint = {.size = 0};
        mz_reason why = {0};
        mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
        assert_int_equal(parse(c->policy, &policy, NULL), MZ_OK);
        bool later = strcmp(c->log_signature, "N") == 0;
        if (c->log_signature[0] != '\0') {
            assert_int_equal(mz_note_sign(hasher, mz_view_of(c->text), mz_view_of(ORIGIN),
                                          later ? &later_signer : &log_signer, &note, NULL),
                             MZ_OK);
        } else {
            mz_buf_put_format(&note, "%s\n", c->text);
        }
        for (const char *at = c->cosigners; *at != '\0'; at++) {
            char name[32];
            snprintf(name, sizeof name, "witness%c.example.net", *at);
            assert_int_equal(mz_note_cosign(hasher, mz_view_of(c->text), mz_view_of(name),
                                            &witness_signers[*at - '0'], 1732341600, &note, NULL),
                             MZ_OK);
        }
        size_t log_index = 99;
        mz_status got =
            mz_policy_open_checkpoint(policy, mz_buf_view(&note), &checkpoint, &log_index, &why);
        if (got != c->want || why.status != c->want)
            fail_msg("%s: %d", c->name, (int)got);
        reason_check(&why);
        if (got == MZ_OK) {
            assert_int_equal(checkpoint.size, 7);
            assert_int_equal(log_index, later ? 1 : 0);
        }
        mz_policy_free(policy);
        mz_buf_clear(&note);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pin_of_a_new_log),
        cmocka_unit_test(pin_with_witnesses),
        cmocka_unit_test(texts),
        cmocka_unit_test(limits),
        cmocka_unit_test(quorums),
        cmocka_unit_test(signings),
    };
    return cmocka_run_group_tests_name("policy", tests, set_up, tear_down);
}
