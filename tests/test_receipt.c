/* Receipts: golden files, every bit flipped, and each way to lie with a well-formed file. */
#include "golden.h"

#include "core/jws.h"
#include "core/receipt.h"

#define ORIGIN "fund.example.org/zibo"
#define LEAVES 11
#define SEALED 7 /* the leaf that names two disclosures */

static mz_hasher *hasher;
static mz_signer log_signer;
static mz_signer person;
static mz_buf leaves[LEAVES];
static mz_hash nodes[2 * LEAVES];
static mz_merkle_frontier frontier;
static mz_policy *pin;
static char disclosures[3][128];

static void make_disclosures(void)
{
    static const char *const PLAIN[3] = {
        "[\"_26bc4LT-ac6q2KI6cBW5es\",\"bank_account\",\"6222 0000 0000 0001\"]",
        "[\"eluV5Og3gSNII8EYnsxA_A\",\"name\",\"张秀英\"]",
        "[\"6Ij7tM-a5iVPGboS5tmvVA\",\"name\",\"somebody else\"]",
    };
    for (size_t i = 0; i < 3; i++) {
        mz_buf text;
        mz_buf_init(&text, sizeof disclosures[i] - 1);
        mz_buf_put_base64url(&text, mz_view_of(PLAIN[i]));
        assert_false(text.failed);
        memcpy(disclosures[i], text.data, text.size + 1);
        mz_buf_clear(&text);
    }
}

static void digest_of(const char *disclosure, char text[44])
{
    mz_view view = mz_view_of(disclosure);
    mz_hash hash = mz_hash_parts(hasher, &view, 1);
    mz_base64url_32(hash.bytes, text);
}

static void make_leaf(size_t index, mz_buf *leaf)
{
    mz_buf payload;
    char body[256] = "{}";
    if (index == SEALED) {
        char digests[2][44];
        digest_of(disclosures[0], digests[0]);
        digest_of(disclosures[1], digests[1]);
        bool in_order = strcmp(digests[0], digests[1]) < 0;
        snprintf(body, sizeof body, "{\"_sd\":[\"%s\",\"%s\"]}", digests[in_order ? 0 : 1],
                 digests[in_order ? 1 : 0]);
    }
    mz_buf_init(&payload, 1024);
    mz_buf_put_format(&payload,
                      "{\"aud\":\"" ORIGIN "\",\"jti\":\"0193594d-8100-7000-8000-%012zx\","
                      "\"iat\":1732341600,\"type\":\"example\",\"body\":%s}",
                      index, body);
    mz_buf_init(leaf, MZ_RECEIPT_LEAF_MAX);
    mz_buf_put_format(leaf, "%llu ", 1732341600000ull + index);
    assert_int_equal(mz_jws_sign(&person, MZ_JWS_TYP_ENTRY, mz_buf_view(&payload), leaf, NULL),
                     MZ_OK);
    mz_buf_clear(&payload);
}

static void make_pin(const mz_hash *genesis, mz_policy **made)
{
    mz_buf text;
    mz_vkey key;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(ORIGIN), MZ_VKEY_ED25519,
                                  log_signer.public_key, &key, NULL),
                     MZ_OK);
    mz_pin_put(&text, &key, genesis);
    assert_int_equal(mz_pin_parse(hasher, mz_buf_view(&text), made, NULL), MZ_OK);
    mz_buf_clear(&text);
}

static int set_up(void **state)
{
    (void)state;
    uint8_t seed[MZ_SEED_SIZE];
    size_t stored = 0;
    hasher = mz_hasher_new();
    if (hasher == NULL)
        return -1;
    memset(seed, 'l', sizeof seed);
    mz_signer_from_seed(&log_signer, seed);
    memset(seed, 'p', sizeof seed);
    mz_signer_from_seed(&person, seed);
    make_disclosures();
    for (size_t i = 0; i < LEAVES; i++) {
        mz_hash completed[MZ_MERKLE_LEVELS + 1];
        size_t count = 0;
        make_leaf(i, &leaves[i]);
        mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, mz_buf_view(&leaves[i]));
        mz_merkle_frontier_append(&frontier, hasher, &leaf_hash, completed, &count);
        for (size_t k = 0; k < count; k++)
            nodes[stored++] = completed[k];
    }
    make_pin(&nodes[0], &pin);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEAVES; i++)
        mz_buf_clear(&leaves[i]);
    mz_policy_free(pin);
    mz_hasher_free(hasher);
    return 0;
}

static mz_status read_node(void *context, uint64_t position, mz_hash *out, mz_reason *why)
{
    (void)context;
    (void)why;
    *out = nodes[position];
    return MZ_OK;
}

static const mz_merkle_reader READER = {.read = read_node};

/* The checkpoint of `size` leaves, signed. */
static void make_checkpoint(uint64_t size, mz_buf *note)
{
    mz_checkpoint checkpoint = {.origin = ORIGIN, .size = size};
    mz_buf_init(note, MZ_CHECKPOINT_SIZE_MAX);
    assert_int_equal(mz_merkle_root(hasher, &READER, size, &checkpoint.root, NULL), MZ_OK);
    assert_int_equal(mz_checkpoint_sign(hasher, &checkpoint, &log_signer, note, NULL), MZ_OK);
}

/* An honest receipt's parts; `note` keeps the checkpoint. */
static mz_receipt honest(uint64_t index, uint64_t size, mz_buf *note)
{
    mz_receipt receipt = {.leaf = mz_buf_view(&leaves[index]), .index = index};
    make_checkpoint(size, note);
    receipt.checkpoint_note = mz_buf_view(note);
    assert_int_equal(mz_merkle_inclusion(hasher, &READER, index, size, &receipt.proof, NULL),
                     MZ_OK);
    return receipt;
}

static void put(const mz_receipt *receipt, mz_buf *text)
{
    mz_buf_init(text, MZ_RECEIPT_SIZE_MAX);
    assert_int_equal(mz_receipt_put(text, receipt, NULL), MZ_OK);
}

static mz_status judge(mz_view text, const mz_policy *policy, mz_checkpoint *checkpoint,
                       mz_reason *why)
{
    mz_receipt receipt;
    mz_status status = mz_receipt_parse(text, &receipt, why);
    if (status == MZ_OK)
        status = mz_receipt_verify(hasher, &receipt, policy, checkpoint, why);
    mz_receipt_clear(&receipt);
    return status;
}

/* --- what is true --- */

static void golden(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        uint64_t index;
        uint64_t size;
        size_t disclosure_count;
    } CASES[] = {
        {"receipt/genesis.tlog-proof",   0,      1,      0},
        {"receipt/plain.tlog-proof",     3,      LEAVES, 0},
        {"receipt/disclosed.tlog-proof", SEALED, LEAVES, 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_buf note;
        mz_buf text;
        mz_receipt parsed;
        mz_checkpoint checkpoint;
        mz_receipt receipt = honest(CASES[i].index, CASES[i].size, &note);
        for (size_t d = 0; d < CASES[i].disclosure_count; d++)
            receipt.disclosures[receipt.disclosure_count++] = mz_view_of(disclosures[d]);
        put(&receipt, &text);
        golden_check(CASES[i].file, mz_buf_view(&text));
        assert_int_equal(mz_receipt_parse(mz_buf_view(&text), &parsed, NULL), MZ_OK);
        assert_int_equal(mz_receipt_verify(hasher, &parsed, pin, &checkpoint, NULL), MZ_OK);
        assert_true(mz_view_equal(parsed.leaf, receipt.leaf));
        assert_int_equal(parsed.index, CASES[i].index);
        assert_int_equal(parsed.disclosure_count, CASES[i].disclosure_count);
        assert_int_equal(checkpoint.size, CASES[i].size);
        assert_string_equal(checkpoint.origin, ORIGIN);
        mz_receipt_clear(&parsed);
        mz_buf_clear(&text);
        mz_buf_clear(&note);
    }
    mz_buf pin_text;
    mz_buf_init(&pin_text, MZ_POLICY_SIZE_MAX);
    mz_policy_put(&pin_text, pin);
    golden_check("receipt/pin", mz_buf_view(&pin_text));
    mz_buf_clear(&pin_text);
}

static void all_indexes_of_all_sizes(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES; size++) {
        for (uint64_t index = 0; index < size; index++) {
            mz_buf note;
            mz_buf text;
            mz_receipt receipt = honest(index, size, &note);
            put(&receipt, &text);
            assert_int_equal(judge(mz_buf_view(&text), pin, NULL, NULL), MZ_OK);
            mz_buf_clear(&text);
            mz_buf_clear(&note);
        }
    }
}

/* The examples of docs/format.md are these files. */
static void the_document(void **state)
{
    (void)state;
    static const char *const FILES[] = {"vectors/receipt/plain.tlog-proof", "vectors/receipt/pin"};
    mz_buf document;
    mz_buf_init(&document, GOLDEN_FILE_MAX);
    assert_true(golden_read(MZ_TEST_SOURCE_DIR "/../docs/format.md", &document));
    for (size_t i = 0; i < 2; i++) {
        mz_buf file;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", MZ_TEST_SOURCE_DIR, FILES[i]);
        mz_buf_init(&file, GOLDEN_FILE_MAX);
        assert_true(golden_read(path, &file));
        mz_view rest = mz_buf_view(&file);
        for (mz_view line; mz_line_take(&rest, &line);) {
            bool is_extra = line.size > 6 && memcmp(line.data, "extra ", 6) == 0; /* shortened */
            if (!is_extra && memmem(document.data, document.size, line.data, line.size) == NULL)
                fail_msg("%s: %.*s", FILES[i], (int)line.size, (const char *)line.data);
        }
        mz_buf_clear(&file);
    }
    char hash[65];
    mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, mz_buf_view(&leaves[3]));
    mz_hex_32(leaf_hash.bytes, hash);
    assert_non_null(strstr((const char *)document.data, hash));
    assert_non_null(strstr((const char *)document.data, disclosures[1]));
    mz_buf_clear(&document);
}

/* --- what is not --- */

static void every_bit(void **state)
{
    (void)state;
    mz_buf note;
    mz_buf text;
    mz_receipt receipt = honest(SEALED, LEAVES, &note);
    receipt.disclosures[receipt.disclosure_count++] = mz_view_of(disclosures[1]);
    put(&receipt, &text);
    for (size_t i = 0; i < text.size * 8; i++) {
        mz_reason why = {0};
        text.data[i / 8] ^= (uint8_t)(1 << i % 8);
        if (judge(mz_buf_view(&text), pin, NULL, &why) == MZ_OK || why.status == MZ_OK)
            fail_msg("bit %zu changed unnoticed", i);
        text.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t size = 0; size < text.size; size++)
        assert_int_not_equal(judge((mz_view){text.data, size}, pin, NULL, NULL), MZ_OK);
    assert_int_equal(judge(mz_buf_view(&text), pin, NULL, NULL), MZ_OK);
    mz_buf_clear(&text);
    mz_buf_clear(&note);
}

/* Base case: entry 7 of 11 without disclosures. Each row changes the parts before they are written.
 */
static void keep(mz_receipt *receipt)
{
    (void)receipt;
}
static void other_index(mz_receipt *receipt)
{
    receipt->index = 6;
}
static void index_of_the_size(mz_receipt *receipt)
{
    receipt->index = LEAVES;
}
static void huge_index(mz_receipt *receipt)
{
    receipt->index = MZ_MERKLE_SIZE_MAX;
}
static void other_leaf(mz_receipt *receipt)
{
    receipt->leaf = mz_buf_view(&leaves[6]);
}
static void hash_missing(mz_receipt *receipt)
{
    receipt->proof.count--;
}
static void hash_too_many(mz_receipt *receipt)
{
    receipt->proof.hashes[receipt->proof.count++] = nodes[0];
}
static void hashes_swapped(mz_receipt *receipt)
{
    mz_hash first = receipt->proof.hashes[0];
    receipt->proof.hashes[0] = receipt->proof.hashes[1];
    receipt->proof.hashes[1] = first;
}
static void disclosed(mz_receipt *receipt)
{
    receipt->disclosures[receipt->disclosure_count++] = mz_view_of(disclosures[0]);
}
static void disclosed_both(mz_receipt *receipt)
{
    disclosed(receipt);
    receipt->disclosures[receipt->disclosure_count++] = mz_view_of(disclosures[1]);
}
static void disclosed_twice(mz_receipt *receipt)
{
    disclosed(receipt);
    disclosed(receipt);
}
static void disclosed_foreign(mz_receipt *receipt)
{
    receipt->disclosures[receipt->disclosure_count++] = mz_view_of(disclosures[2]);
}
static mz_buf older_note;
static void older_checkpoint(mz_receipt *receipt)
{
    receipt->checkpoint_note = mz_buf_view(&older_note);
}
static void no_checkpoint(mz_receipt *receipt)
{
    receipt->checkpoint_note = mz_view_of("");
}
static void unsigned_checkpoint(mz_receipt *receipt)
{
    receipt->checkpoint_note.size = 80;
}

static const struct {
    const char *name;
    void (*change)(mz_receipt *receipt);
    mz_status want;
} LIES[] = {
    {"nothing changed",              keep,                MZ_OK           },
    {"one disclosure",               disclosed,           MZ_OK           },
    {"both disclosures",             disclosed_both,      MZ_OK           },
    {"another index",                other_index,         MZ_BAD_INCLUSION},
    {"index is the size",            index_of_the_size,   MZ_BAD_INCLUSION},
    {"index past everything",        huge_index,          MZ_BAD_INCLUSION},
    {"another leaf",                 other_leaf,          MZ_BAD_INCLUSION},
    {"a hash is missing",            hash_missing,        MZ_BAD_INCLUSION},
    {"a hash too many",              hash_too_many,       MZ_BAD_INCLUSION},
    {"hashes in another order",      hashes_swapped,      MZ_BAD_INCLUSION},
    {"an older checkpoint",          older_checkpoint,    MZ_BAD_INCLUSION},
    {"no checkpoint",                no_checkpoint,       MZ_BAD_NOTE     },
    {"checkpoint without signature", unsigned_checkpoint, MZ_BAD_NOTE     },
    {"a disclosure twice",           disclosed_twice,     MZ_BAD_RECEIPT  },
    {"a disclosure not named",       disclosed_foreign,   MZ_BAD_RECEIPT  },
};

static void lies(void **state)
{
    (void)state;
    make_checkpoint(LEAVES - 1, &older_note);
    for (size_t i = 0; i < sizeof LIES / sizeof LIES[0]; i++) {
        mz_buf note;
        mz_buf text;
        mz_reason why = {0};
        mz_receipt receipt = honest(SEALED, LEAVES, &note);
        LIES[i].change(&receipt);
        put(&receipt, &text);
        mz_status got = judge(mz_buf_view(&text), pin, NULL, &why);
        if (got != LIES[i].want || why.status != LIES[i].want)
            fail_msg("%s: %d", LIES[i].name, (int)got);
        reason_check(&why);
        mz_buf_clear(&text);
        mz_buf_clear(&note);
    }
    mz_buf_clear(&older_note);
}

/* A whole forged log under the true key has another first entry. */
static void other_genesis(void **state)
{
    (void)state;
    mz_policy *other = NULL;
    make_pin(&nodes[1], &other);
    for (uint64_t index = 0; index < 2; index++) {
        mz_buf note;
        mz_buf text;
        mz_receipt receipt = honest(index, LEAVES, &note);
        put(&receipt, &text);
        assert_int_equal(judge(mz_buf_view(&text), other, NULL, NULL),
                         index == 0 ? MZ_BAD_INCLUSION : MZ_OK);
        mz_buf_clear(&text);
        mz_buf_clear(&note);
    }
    mz_policy_free(other);
}

/* Included in a tree, and still no entry. */
static void leaves_that_are_none(void **state)
{
    (void)state;
    char unsigned_jws[256];
    snprintf(unsigned_jws, sizeof unsigned_jws, "%.*s", 60, (const char *)leaves[1].data);
    static const char *const NONE[] = {
        "x", " ", "1732341600000", "01 a.b.c", "1732341600000 ", "1732341600000 a.b.c", "-1 a.b.c"};
    for (size_t i = 0; i <= sizeof NONE / sizeof NONE[0]; i++) {
        mz_buf note;
        mz_buf text;
        const char *leaf = i < sizeof NONE / sizeof NONE[0] ? NONE[i] : unsigned_jws;
        mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, mz_view_of(leaf));
        mz_policy *policy = NULL;
        mz_checkpoint checkpoint = {.origin = ORIGIN, .size = 1, .root = leaf_hash};
        make_pin(&leaf_hash, &policy);
        mz_buf_init(&note, MZ_CHECKPOINT_SIZE_MAX);
        assert_int_equal(mz_checkpoint_sign(hasher, &checkpoint, &log_signer, &note, NULL), MZ_OK);
        mz_receipt receipt = {.leaf = mz_view_of(leaf), .checkpoint_note = mz_buf_view(&note)};
        put(&receipt, &text);
        if (judge(mz_buf_view(&text), policy, NULL, NULL) == MZ_OK)
            fail_msg("leaf: %s", leaf);
        mz_policy_free(policy);
        mz_buf_clear(&text);
        mz_buf_clear(&note);
    }
}

/* --- form --- */

#define H "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=\n"
#define FIRST "c2sp.org/tlog-proof@v1\n"
#define EXTRA "extra MSBhfg==\n" /* "1 a~" */

static const struct {
    const char *name;
    const char *text;
    mz_status want;
} FORMS[] = {
    {"least",                            FIRST EXTRA "index 0\n\n",                        MZ_OK         },
    {"one hash",                         FIRST EXTRA "index 0\n" H "\nnote",               MZ_OK         },
    {"empty",                            "",                                               MZ_BAD_RECEIPT},
    {"another version",                  "c2sp.org/tlog-proof@v2\n" EXTRA "index 0\n\n",   MZ_BAD_RECEIPT},
    {"carriage return",                  "c2sp.org/tlog-proof@v1\r\n" EXTRA "index 0\n\n", MZ_BAD_RECEIPT},
    {"no extra line",                    FIRST "index 0\n\n",                              MZ_BAD_RECEIPT},
    {"extra line twice",                 FIRST EXTRA EXTRA "index 0\n\n",                  MZ_BAD_RECEIPT},
    {"empty extra data",                 FIRST "extra \nindex 0\n\n",                      MZ_BAD_RECEIPT},
    {"two blanks",                       FIRST "extra  MSBhfg==\nindex 0\n\n",             MZ_BAD_RECEIPT},
    {"extra data without padding",       FIRST "extra MSBhfg\nindex 0\n\n",                MZ_BAD_RECEIPT},
    {"extra data with spare bits",       FIRST "extra MSBhfh==\nindex 0\n\n",              MZ_BAD_RECEIPT},
    {"no tilde",                         FIRST "extra MSBh\nindex 0\n\n",                  MZ_BAD_RECEIPT},
    {"nothing before the tilde",         FIRST "extra fg==\nindex 0\n\n",                  MZ_BAD_RECEIPT},
    {"empty disclosure",                 FIRST "extra MSBhfn4=\nindex 0\n\n",              MZ_BAD_RECEIPT},
    {"no tilde at the end",              FIRST "extra MSBhfmI=\nindex 0\n\n",              MZ_BAD_RECEIPT},
    {"a disclosure",                     FIRST "extra MSBhfmJi\nindex 0\n\n",              MZ_BAD_RECEIPT},
    {"a disclosure, closed",             FIRST "extra MSBhfmJifg==\nindex 0\n\n",          MZ_OK         },
    {"a disclosure with an equals sign", FIRST "extra MSBhfmI9fg==\nindex 0\n\n",          MZ_BAD_RECEIPT},
    {"newline in the leaf",              FIRST "extra MQphfg==\nindex 0\n\n",              MZ_BAD_RECEIPT},
    {"no index",                         FIRST EXTRA "\n",                                 MZ_BAD_RECEIPT},
    {"index with a leading zero",        FIRST EXTRA "index 00\n\n",                       MZ_BAD_RECEIPT},
    {"negative index",                   FIRST EXTRA "index -1\n\n",                       MZ_BAD_RECEIPT},
    {"index past int64",                 FIRST EXTRA "index 9223372036854775808\n\n",      MZ_BAD_RECEIPT},
    {"no empty line",                    FIRST EXTRA "index 0\n" H,                        MZ_BAD_RECEIPT},
    {"short hash",                       FIRST EXTRA "index 0\nlqKW\n\n",                  MZ_BAD_RECEIPT},
    {"hash with spare bits",
     FIRST EXTRA "index 0\nlqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8d=\n\n",              MZ_BAD_RECEIPT},
};

static void forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        mz_receipt receipt;
        mz_reason why = {0};
        mz_status got = mz_receipt_parse(mz_view_of(FORMS[i].text), &receipt, &why);
        if (got != FORMS[i].want || why.status != FORMS[i].want)
            fail_msg("%s: %d", FORMS[i].name, (int)got);
        reason_check(&why);
        mz_receipt_clear(&receipt);
    }
}

static mz_status parse_hashes(size_t count)
{
    mz_buf text;
    mz_receipt receipt;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    mz_buf_put_text(&text, FIRST EXTRA "index 0\n");
    for (size_t i = 0; i < count; i++)
        mz_buf_put_text(&text, H);
    mz_buf_put_text(&text, "\n");
    mz_status status = mz_receipt_parse(mz_buf_view(&text), &receipt, NULL);
    mz_receipt_clear(&receipt);
    mz_buf_clear(&text);
    return status;
}

static mz_status put_filled(size_t leaf_size, size_t disclosure_count, size_t disclosure_size)
{
    mz_buf text;
    mz_buf leaf;
    mz_buf_init(&leaf, 1 << 20);
    mz_buf_init(&text, 1 << 20);
    while (leaf.size < leaf_size || leaf.size < disclosure_size)
        mz_buf_put_text(&leaf, "a");
    mz_receipt receipt = {
        .leaf = {leaf.data, leaf_size},
          .disclosure_count = disclosure_count
    };
    for (size_t i = 0; i < disclosure_count && i < MZ_RECEIPT_DISCLOSURES_MAX; i++)
        receipt.disclosures[i] = (mz_view){leaf.data, disclosure_size};
    mz_status status = mz_receipt_put(&text, &receipt, NULL);
    mz_receipt parsed;
    if (status == MZ_OK) {
        assert_int_equal(mz_receipt_parse(mz_buf_view(&text), &parsed, NULL), MZ_OK);
        assert_int_equal(parsed.disclosure_count, disclosure_count);
        mz_receipt_clear(&parsed);
    }
    mz_buf_clear(&text);
    mz_buf_clear(&leaf);
    return status;
}

static void limits(void **state)
{
    (void)state;
    assert_int_equal(parse_hashes(MZ_MERKLE_PROOF_MAX), MZ_OK);
    assert_int_equal(parse_hashes(MZ_MERKLE_PROOF_MAX + 1), MZ_BAD_RECEIPT);
    assert_int_equal(put_filled(MZ_RECEIPT_LEAF_MAX, 0, 0), MZ_OK);
    assert_int_equal(put_filled(MZ_RECEIPT_LEAF_MAX + 1, 0, 0), MZ_BAD_RECEIPT);
    assert_int_equal(put_filled(0, 0, 0), MZ_BAD_RECEIPT);
    assert_int_equal(put_filled(9, MZ_RECEIPT_DISCLOSURES_MAX, 100), MZ_OK);
    assert_int_equal(put_filled(9, MZ_RECEIPT_DISCLOSURES_MAX + 1, 100), MZ_BAD_RECEIPT);
    assert_int_equal(put_filled(9, 1, 0), MZ_BAD_RECEIPT);
    assert_int_equal(put_filled(9, 1, 393000), MZ_OK);
    assert_int_equal(put_filled(9, 1, 393300), MZ_TOO_LARGE);
    mz_receipt receipt;
    mz_buf large;
    mz_buf_init(&large, MZ_RECEIPT_SIZE_MAX + 1);
    mz_buf_put_text(&large, FIRST EXTRA "index 0\n\n");
    while (large.size < MZ_RECEIPT_SIZE_MAX)
        mz_buf_put_text(&large, "n");
    assert_int_equal(mz_receipt_parse(mz_buf_view(&large), &receipt, NULL), MZ_OK);
    mz_receipt_clear(&receipt);
    mz_buf_put_text(&large, "n");
    assert_int_equal(mz_receipt_parse(mz_buf_view(&large), &receipt, NULL), MZ_TOO_LARGE);
    mz_buf_clear(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(all_indexes_of_all_sizes),
        cmocka_unit_test(the_document),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(lies),
        cmocka_unit_test(other_genesis),
        cmocka_unit_test(leaves_that_are_none),
        cmocka_unit_test(forms),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("receipt", tests, set_up, tear_down);
}
