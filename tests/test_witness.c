/* test_witness.c — what is said between a log and its witness, without a wire: bodies, decisions,
 * and what the log makes of any answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_log.h"

#define ORIGIN "example.org/log"
#define WITNESS "witness.example.net/w1"
#define NOW_S 1772413200

static small_log the_log, forked, stranger;
static mz_signer witness_signer;
static mz_vkey witness_key, other_witness_key;

static int set_up(void **state)
{
    uint8_t seed[MZ_SEED_SIZE];
    (void)state;
    small_log_init(&the_log, ORIGIN, 'l', 1);
    small_log_init(&forked, ORIGIN, 'l', 2);
    small_log_init(&stranger, ORIGIN, 's', 1);
    memset(seed, 'w', sizeof seed);
    mz_signer_from_seed(&witness_signer, seed);
    assert_int_equal(mz_vkey_make(the_log.hasher, mz_view_of(WITNESS), MZ_VKEY_COSIGNATURE,
                                  witness_signer.public_key, &witness_key, NULL),
                     MZ_OK);
    assert_int_equal(mz_vkey_make(the_log.hasher, mz_view_of("other.example.net"),
                                  MZ_VKEY_COSIGNATURE, the_log.signer.public_key,
                                  &other_witness_key, NULL),
                     MZ_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    small_log_clear(&the_log);
    small_log_clear(&forked);
    small_log_clear(&stranger);
    return 0;
}

/* --- requests --- */

#define HASH_1 "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
#define HASH_2 "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
#define NOTE                                                                                       \
    "example.com/behind-the-sofa\n20852163\n"                                                      \
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"                                             \
    "\xe2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe"    \
    "4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"

typedef struct form_case {
    const char *name, *head; /* before the note */
    mz_status want;
    uint64_t old_size;
    size_t proof_count;
} form_case;

static const form_case FORMS[] = {
    {"as the specification has it", "old 20852014\n" HASH_1 HASH_2 "\n",                                           MZ_OK,             20852014,  2},
    {"from nothing",                "old 0\n\n",                                                                   MZ_OK,             0,         0},
    {"the largest size",            "old 9223372036854775807\n\n",                                                 MZ_OK,             INT64_MAX, 0},
    {"a larger one",                "old 9223372036854775808\n\n",                                                 MZ_BAD_CHECKPOINT, 0,         0},
    {"a zero in front",             "old 07\n\n",                                                                  MZ_BAD_CHECKPOINT, 0,         0},
    {"a sign",                      "old +7\n\n",                                                                  MZ_BAD_CHECKPOINT, 0,         0},
    {"no number",                   "old \n\n",                                                                    MZ_BAD_CHECKPOINT, 0,         0},
    {"two blanks",                  "old  7\n\n",                                                                  MZ_BAD_CHECKPOINT, 0,         0},
    {"a blank at the end",          "old 7 \n\n",                                                                  MZ_BAD_CHECKPOINT, 0,         0},
    {"another word",                "Old 7\n\n",                                                                   MZ_BAD_CHECKPOINT, 0,         0},
    {"carriage returns",            "old 7\r\n\r\n",                                                               MZ_BAD_CHECKPOINT, 0,         0},
    {"no first line",               "\n",                                                                          MZ_BAD_CHECKPOINT, 0,         0},
    {"no empty line",               "old 7\n" HASH_1,                                                              MZ_BAD_CHECKPOINT, 0,         0},
    {"a hash that is too short",    "old 7\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkQ==\n\n",
     MZ_BAD_CHECKPOINT,                                                                                                               0,         0},
    {"a hash without its padding",  "old 7\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw\n\n",
     MZ_BAD_CHECKPOINT,                                                                                                               0,         0},
    {"a hash in hex",               "old 7\n0000000000000000000000000000000000000000000000000000000000000000\n\n",
     MZ_BAD_CHECKPOINT,                                                                                                               0,         0},
};

static void test_form(void **state)
{
    const form_case *c = *state;
    mz_witness_request request;
    mz_reason why = {0};
    mz_buf body, again;
    mz_buf_init(&body, MZ_WITNESS_REQUEST_SIZE_MAX);
    mz_buf_init(&again, MZ_WITNESS_REQUEST_SIZE_MAX);
    mz_buf_put_text(&body, c->head);
    mz_buf_put_text(&body, NOTE);
    assert_int_equal(mz_witness_request_parse(mz_buf_view(&body), &request, &why), c->want);
    assert_int_equal(why.status, c->want);
    if (c->want == MZ_OK) {
        assert_int_equal(request.old_size, c->old_size);
        assert_int_equal(request.proof.count, c->proof_count);
        assert_true(mz_view_is(request.note, NOTE));
        mz_witness_request_put(&again, &request);
        assert_true(mz_view_equal(mz_buf_view(&again), mz_buf_view(&body)));
    }
    mz_buf_clear(&body);
    mz_buf_clear(&again);
}

static void test_limits(void **state)
{
    (void)state;
    mz_witness_request request;
    mz_buf body;
    mz_buf_init(&body, 2 * MZ_WITNESS_REQUEST_SIZE_MAX);
    for (size_t count = 63; count <= 64; count++) {
        mz_buf_reset(&body);
        mz_buf_put_text(&body, "old 7\n");
        for (size_t i = 0; i < count; i++)
            mz_buf_put_text(&body, HASH_1);
        mz_buf_put_text(&body, "\n" NOTE);
        assert_int_equal(mz_witness_request_parse(mz_buf_view(&body), &request, NULL),
                         count == 63 ? MZ_OK : MZ_BAD_CHECKPOINT);
    }
    mz_buf_reset(&body);
    mz_buf_put_text(&body, "old 7\n\n");
    while (body.size < MZ_WITNESS_REQUEST_SIZE_MAX)
        mz_buf_put_text(&body, "x");
    assert_int_equal(mz_witness_request_parse(mz_buf_view(&body), &request, NULL), MZ_OK);
    mz_buf_put_text(&body, "x");
    assert_int_equal(mz_witness_request_parse(mz_buf_view(&body), &request, NULL), MZ_TOO_LARGE);
    mz_buf_clear(&body);
}

/* --- verdicts --- */

typedef enum change {
    AS_IS,
    NO_PROOF,
    CUT_PROOF,
    LONGER_PROOF,
    OTHER_PROOF,
    OLD_BEYOND,
    NOT_A_NOTE,
    NOT_A_CHECKPOINT
} change;

/* The witness knows `known` leaves of the log; the request brings `size` of `log`, from `old`. */
typedef struct verdict_case {
    const char *name;
    const small_log *log;
    uint64_t known, old, size;
    change what;
    mz_witness_verdict want;
} verdict_case;

static const verdict_case VERDICTS[] = {
    {"the first checkpoint",               &the_log,  0,  0,  7,  AS_IS,            MZ_WITNESS_COSIGN    },
    {"the next",                           &the_log,  7,  7,  20, AS_IS,            MZ_WITNESS_COSIGN    },
    {"the same again",                     &the_log,  7,  7,  7,  AS_IS,            MZ_WITNESS_COSIGN    },
    {"a power of two before",              &the_log,  8,  8,  9,  AS_IS,            MZ_WITNESS_COSIGN    },
    {"old is below what is known",         &the_log,  8,  7,  9,  AS_IS,            MZ_WITNESS_OTHER_SIZE},
    {"old is above what is known",         &the_log,  7,  8,  9,  AS_IS,            MZ_WITNESS_OTHER_SIZE},
    {"from nothing, though one is known",  &the_log,  7,  0,  9,  AS_IS,            MZ_WITNESS_OTHER_SIZE},
    {"going back",                         &the_log,  20, 7,  9,  AS_IS,            MZ_WITNESS_OTHER_SIZE},
    {"the same size from below",           &the_log,  9,  7,  9,  AS_IS,            MZ_WITNESS_OTHER_SIZE},
    {"old above the checkpoint",           &the_log,  9,  9,  7,  OLD_BEYOND,       MZ_WITNESS_MALFORMED },
    {"a fork at the same size",            &forked,   20, 20, 20, AS_IS,            MZ_WITNESS_OTHER_ROOT},
    {"a fork further on",                  &forked,   20, 20, 30, AS_IS,            MZ_WITNESS_NOT_PROVED},
    {"a fork after what is known",         &forked,   9,  9,  30, AS_IS,            MZ_WITNESS_COSIGN    },
    {"without its proof",                  &the_log,  7,  7,  20, NO_PROOF,         MZ_WITNESS_NOT_PROVED},
    {"with less proof",                    &the_log,  7,  7,  20, CUT_PROOF,        MZ_WITNESS_NOT_PROVED},
    {"with more proof",                    &the_log,  7,  7,  20, LONGER_PROOF,     MZ_WITNESS_NOT_PROVED},
    {"with another proof",                 &the_log,  7,  7,  20, OTHER_PROOF,      MZ_WITNESS_NOT_PROVED},
    {"a proof from nothing",               &the_log,  0,  0,  7,  LONGER_PROOF,     MZ_WITNESS_NOT_PROVED},
    {"a proof of the same",                &the_log,  7,  7,  7,  LONGER_PROOF,     MZ_WITNESS_NOT_PROVED},
    {"another's key",                      &stranger, 0,  0,  7,  AS_IS,            MZ_WITNESS_NOT_SIGNED},
    {"another's key is told before sizes", &stranger, 9,  7,  20, AS_IS,            MZ_WITNESS_NOT_SIGNED},
    {"no note",                            &the_log,  0,  0,  7,  NOT_A_NOTE,       MZ_WITNESS_MALFORMED },
    {"no checkpoint",                      &the_log,  0,  0,  7,  NOT_A_CHECKPOINT, MZ_WITNESS_MALFORMED },
};

static void change_proof(mz_merkle_proof *proof, change what)
{
    if (what == NO_PROOF)
        proof->count = 0;
    if (what == CUT_PROOF)
        proof->count--;
    if (what == LONGER_PROOF)
        proof->hashes[proof->count++] = (mz_hash){{1}};
    if (what == OTHER_PROOF)
        proof->hashes[0].bytes[31] ^= 1;
}

static void make_note(const verdict_case *c, mz_buf *note)
{
    if (c->what == NOT_A_NOTE)
        mz_buf_put_text(note, "a text without a signature\n");
    else if (c->what == NOT_A_CHECKPOINT)
        assert_int_equal(mz_note_sign(the_log.hasher, mz_view_of(ORIGIN "\nmany\n"),
                                      mz_view_of(ORIGIN), &the_log.signer, note, NULL),
                         MZ_OK);
    else
        small_log_note(c->log, c->size, note);
}

/* As a witness does it: what cannot be read is malformed. */
static mz_witness_verdict judge(const mz_witness_request *request, const mz_vkey *keys,
                                size_t key_count, const mz_witness_record *known)
{
    mz_checkpoint claimed;
    mz_view text;
    if (mz_witness_claim(request, &claimed, &text, NULL) != MZ_OK)
        return MZ_WITNESS_MALFORMED;
    return mz_witness_judge(the_log.hasher, request, &claimed, keys, key_count, known);
}

static void test_verdict(void **state)
{
    const verdict_case *c = *state;
    mz_witness_request request = {.old_size = c->old};
    mz_witness_record known = {.size = c->known};
    mz_vkey keys[2];
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    small_log_vkey(&the_log, &keys[1]);
    keys[0] = keys[1]; /* of another log */
    strcpy(keys[0].name, "example.org/another");
    if (c->known > 0)
        known.root = small_log_checkpoint(&the_log, c->known).root;
    make_note(c, &note);
    request.note = mz_buf_view(&note);
    if (c->old <= c->size)
        small_log_proof(c->log, c->old, c->size, &request.proof);
    change_proof(&request.proof, c->what);
    assert_int_equal(judge(&request, keys, 2, &known), c->want);
    mz_buf_clear(&note);
}

static void test_origins(void **state)
{
    (void)state;
    mz_witness_request request = {.old_size = 0};
    const mz_witness_record none = {0};
    mz_vkey keys[2];
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    small_log_note(&the_log, 7, &note);
    request.note = mz_buf_view(&note);
    small_log_vkey(&the_log, &keys[0]);
    assert_int_equal(judge(&request, keys, 0, &none), MZ_WITNESS_NOT_WATCHED);
    strcpy(keys[0].name, "example.org/another");
    assert_int_equal(judge(&request, keys, 1, &none), MZ_WITNESS_NOT_WATCHED);
    /* Of a log with two keys either is enough; a witness's key of the same name is none. */
    small_log_vkey(&stranger, &keys[0]);
    small_log_vkey(&the_log, &keys[1]);
    assert_int_equal(judge(&request, keys, 2, &none), MZ_WITNESS_COSIGN);
    keys[1].type = MZ_VKEY_COSIGNATURE;
    assert_int_equal(judge(&request, keys, 2, &none), MZ_WITNESS_NOT_SIGNED);
    mz_buf_clear(&note);
}

/* A tree of no leaves, and the lines that other logs add. */
static void test_foreign(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        mz_witness_verdict want;
    } CASES[] = {
        {"no leaves",         ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
         MZ_WITNESS_COSIGN    },
        {"no leaves, a root", ORIGIN "\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
         MZ_WITNESS_NOT_PROVED},
        {"extension lines",   ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\na b\nc\n",
         MZ_WITNESS_COSIGN    },
        {"an empty one",      ORIGIN "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nc\n",
         MZ_WITNESS_MALFORMED },
    };
    const mz_witness_record none = {0};
    mz_vkey key;
    small_log_vkey(&the_log, &key);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_witness_request request = {.old_size = 0};
        mz_buf note;
        mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
        assert_int_equal(mz_note_sign(the_log.hasher, mz_view_of(CASES[i].text), mz_view_of(ORIGIN),
                                      &the_log.signer, &note, NULL),
                         MZ_OK);
        request.note = mz_buf_view(&note);
        if (judge(&request, &key, 1, &none) != CASES[i].want)
            fail_msg("%s", CASES[i].name);
        mz_buf_clear(&note);
    }
}

/* --- answers --- */

/* What the log makes of an answer to its request for 20 leaves, asked from 7. */
typedef struct step_case {
    const char *name;
    unsigned code;
    const char *media_type, *body; /* NULL: the cosignature, as `lines` says */
    const char *lines;             /* o: another's line, w: the witness's, x: it, of another text */
    mz_witness_step want;
    uint64_t old_size;
} step_case;

static const step_case STEPS[] = {
    {"cosigned",                     200, "",                   NULL,     "w",  MZ_STEP_DONE,   0 },
    {"among others",                 200, "text/plain",         NULL,     "ow", MZ_STEP_DONE,   0 },
    {"before others",                200, "",                   NULL,     "wo", MZ_STEP_DONE,   0 },
    {"by another alone",             200, "",                   NULL,     "o",  MZ_STEP_LATER,  0 },
    {"of another checkpoint",        200, "",                   NULL,     "x",  MZ_STEP_LATER,  0 },
    {"nothing",                      200, "",                   "",       NULL, MZ_STEP_LATER,  0 },
    {"no line",                      200, "",                   "fine\n", NULL, MZ_STEP_LATER,  0 },
    {"it knows less",                409, MZ_WITNESS_SIZE_TYPE, "3\n",    NULL, MZ_STEP_AGAIN,  3 },
    {"it knows nothing",             409, MZ_WITNESS_SIZE_TYPE, "0\n",    NULL, MZ_STEP_AGAIN,  0 },
    {"it knows more than was asked", 409, MZ_WITNESS_SIZE_TYPE, "9\n",    NULL, MZ_STEP_AGAIN,  9 },
    {"it is there already",          409, MZ_WITNESS_SIZE_TYPE, "20\n",   NULL, MZ_STEP_AGAIN,  20},
    {"it knows more than we have",   409, MZ_WITNESS_SIZE_TYPE, "21\n",   NULL, MZ_STEP_AHEAD,  21},
    {"it knows what was asked",      409, MZ_WITNESS_SIZE_TYPE, "7\n",    NULL, MZ_STEP_LATER,  7 },
    {"a conflict without a size",    409, "text/plain",         "3\n",    NULL, MZ_STEP_LATER,  0 },
    {"a conflict of another form",   409, MZ_WITNESS_SIZE_TYPE, "3",      NULL, MZ_STEP_LATER,  0 },
    {"a conflict with two lines",    409, MZ_WITNESS_SIZE_TYPE, "3\n4\n", NULL, MZ_STEP_LATER,  0 },
    {"malformed",                    400, "",                   "",       NULL, MZ_STEP_LATER,  0 },
    {"not signed",                   403, "",                   "",       NULL, MZ_STEP_LATER,  0 },
    {"not watched",                  404, "",                   "",       NULL, MZ_STEP_LATER,  0 },
    {"not proved",                   422, "",                   "",       NULL, MZ_STEP_FORKED, 0 },
    {"trouble",                      500, "text/html",          "<h1>",   NULL, MZ_STEP_LATER,  0 },
    {"a redirect",                   302, "",                   "",       NULL, MZ_STEP_LATER,  0 },
};

static void put_lines(mz_buf *out, const char *lines, mz_view text)
{
    for (; *lines != '\0'; lines++) {
        const mz_view signed_text = *lines == 'x' ? mz_view_of("another\n") : text;
        const mz_view name = mz_view_of(*lines == 'o' ? "other.example.net" : WITNESS);
        const mz_signer *signer = *lines == 'o' ? &the_log.signer : &witness_signer;
        assert_int_equal(
            mz_note_cosign(the_log.hasher, signed_text, name, signer, NOW_S, out, NULL), MZ_OK);
    }
}

static void test_step(void **state)
{
    const step_case *c = *state;
    const mz_checkpoint checkpoint = small_log_checkpoint(&the_log, 20);
    mz_witness_answer answer = {.code = c->code};
    mz_cosignature cosignature;
    mz_reason why = {0};
    uint64_t old_size = 0;
    mz_buf text, line;
    mz_buf_init(&text, MZ_CHECKPOINT_SIZE_MAX);
    mz_buf_init(&line, 1024);
    mz_buf_init(&answer.body, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_checkpoint_put_text(&text, &checkpoint);
    (void)snprintf(answer.media_type, sizeof answer.media_type, "%s", c->media_type);
    if (c->body != NULL)
        mz_buf_put_text(&answer.body, c->body);
    else
        put_lines(&answer.body, c->lines, mz_buf_view(&text));
    const mz_witness_step step = mz_witness_follow(&answer, mz_buf_view(&text), 20, 7, &witness_key,
                                                   &cosignature, &old_size, &why);
    assert_int_equal(step, c->want);
    assert_int_equal(old_size, c->old_size);
    assert_int_equal(why.status == MZ_OK, step == MZ_STEP_DONE || step == MZ_STEP_AGAIN);
    if (step == MZ_STEP_DONE) {
        put_lines(&line, "w", mz_buf_view(&text));
        assert_true(mz_view_equal(cosignature.line, mz_buf_view(&line)));
        assert_int_equal(cosignature.unix_s, NOW_S);
    }
    mz_buf_clear(&text);
    mz_buf_clear(&line);
    mz_buf_clear(&answer.body);
}

/* Asked from our own size: whatever is not a cosignature or a smaller size is another root. */
static void test_same_size(void **state)
{
    static const struct {
        const char *media_type, *body;
        mz_witness_step want;
    } CASES[] = {
        {MZ_WITNESS_SIZE_TYPE, "20\n",           MZ_STEP_FORKED},
        {MZ_WITNESS_SIZE_TYPE, "19\n",           MZ_STEP_AGAIN },
        {MZ_WITNESS_SIZE_TYPE, "21\n",           MZ_STEP_AHEAD },
        {"text/plain",         "another root\n", MZ_STEP_FORKED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mz_witness_answer answer = {.code = 409};
        mz_cosignature cosignature;
        uint64_t old_size = 0;
        mz_buf_init(&answer.body, MZ_WITNESS_ANSWER_SIZE_MAX);
        mz_buf_put_text(&answer.body, CASES[i].body);
        (void)snprintf(answer.media_type, sizeof answer.media_type, "%s", CASES[i].media_type);
        assert_int_equal(mz_witness_follow(&answer, mz_view_of("x\n"), 20, 20, &witness_key,
                                           &cosignature, &old_size, NULL),
                         CASES[i].want);
        mz_buf_clear(&answer.body);
    }
}

/* Lines that would move the border between text and signatures, and both sides of the limit. */
static void test_lines(void **state)
{
    (void)state;
    const mz_view text = mz_view_of(ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    mz_cosignature cosignature;
    mz_buf lines;
    mz_buf_init(&lines, 2 * MZ_NOTE_SIZE_MAX);
    put_lines(&lines, "o", text);
    mz_buf_put_text(&lines, "\n");
    put_lines(&lines, "w", text);
    assert_int_equal(
        mz_cosignature_find(text, mz_buf_view(&lines), &witness_key, &cosignature, NULL),
        MZ_BAD_NOTE);
    mz_buf_reset(&lines);
    for (size_t i = 0; i < 99; i++)
        put_lines(&lines, "o", text);
    put_lines(&lines, "w", text);
    assert_int_equal(
        mz_cosignature_find(text, mz_buf_view(&lines), &witness_key, &cosignature, NULL), MZ_OK);
    put_lines(&lines, "o", text);
    assert_int_equal(
        mz_cosignature_find(text, mz_buf_view(&lines), &witness_key, &cosignature, NULL),
        MZ_BAD_NOTE);
    assert_int_equal(
        mz_cosignature_find(text, mz_buf_view(&lines), &other_witness_key, &cosignature, NULL),
        MZ_BAD_NOTE);
    while (lines.size <= MZ_NOTE_SIZE_MAX)
        mz_buf_put_text(&lines, "x");
    assert_int_equal(
        mz_cosignature_find(text, mz_buf_view(&lines), &witness_key, &cosignature, NULL),
        MZ_TOO_LARGE);
    mz_buf_clear(&lines);
}

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define ADD(table, function)                                                                       \
    for (size_t i = 0; i < ROWS(table); i++)                                                       \
        tests[count++] = (struct CMUnitTest){.name = (table)[i].name,                              \
                                             .test_func = (function),                              \
                                             .initial_state = (void *)(uintptr_t) & (table)[i]};

int main(void)
{
    struct CMUnitTest tests[ROWS(FORMS) + ROWS(VERDICTS) + ROWS(STEPS) + 5];
    size_t count = 0;
    ADD(FORMS, test_form)
    ADD(VERDICTS, test_verdict)
    ADD(STEPS, test_step)
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_limits);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_origins);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_foreign);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_lines);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_same_size);
    return cmocka_run_group_tests_name("witness", tests, set_up, tear_down);
}
