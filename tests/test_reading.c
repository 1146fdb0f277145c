/* Who may read what is sealed: each role and each kind of entry both ways, as a proposal goes its
 * way; and the token by which a reader says who is asking. */
#include "vectors.h"

#include "core/auth.h"
#include "core/reading.h"
#include "story.h"

/* --- entries of a small history --- */

/* Appends a word to what was read, or not. */
typedef struct reading_world {
    story s;
    uint64_t genesis, payee, stranger, filing, objection, answer, opinion;
} reading_world;

static uint64_t registration_of(mz_fixture *fixture, const char *id)
{
    uint64_t ref = 0;
    mz_party party;
    assert_int_equal(mz_name_find(fixture->changes, MZ_NAME_PARTY, 0, mz_view_of(id), &ref, NULL),
                     MZ_OK);
    assert_int_equal(mz_party_load(fixture->changes, ref, &party, NULL), MZ_OK);
    assert_int_not_equal(party.registration, 0);
    return party.registration;
}

static uint64_t labelled(reading_world *w, const char *label)
{
    for (size_t i = 0; i < w->s.label_count; i++)
        if (strcmp(w->s.labels[i].name, label) == 0)
            return mz_fixture_index(w->s.fixture, w->s.labels[i].jti);
    fail_msg("no label %s", label);
    return 0;
}

static const story_step FILED[] = {
    DO("", "party", "acme"),
    DO("", "party", "other"),
    DO("", "gives", "general 1000"),
    AS("filing", "stew-a", "files", "p activity general:1000 >acme:1000"),
    AS("objection", "mem-b", "objects", "p"),
    AS("answer", "mem-a", "answers", "objection"),
    AS("opinion", "sup-a", "opines", "p"),
    {MZ_OK, NULL, NULL, NULL, NULL}
};

static void make(reading_world *w)
{
    *w = (reading_world){
        .s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "reading"}
    };
    story_run(&w->s, FILED);
    w->payee = registration_of(w->s.fixture, "acme");
    w->stranger = registration_of(w->s.fixture, "other");
    w->filing = labelled(w, "filing");
    w->objection = labelled(w, "objection");
    w->answer = labelled(w, "answer");
    w->opinion = labelled(w, "opinion");
}

static void then(reading_world *w, const char *who, const char *verb, const char *text)
{
    const story_step step = {MZ_OK, NULL, who, verb, text};
    story_step_run(&w->s, &step);
}

static mz_actor_no actor_no(mz_fixture *fixture, const char *id)
{
    uint64_t no = 0;
    assert_int_equal(mz_name_find(fixture->changes, MZ_NAME_ACTOR, 0, mz_view_of(id), &no, NULL),
                     MZ_OK);
    return (mz_actor_no)no;
}

/* As the log has it, as far as reading looks: event, and what the body cites. */
static void decode(const char *event, const char *fund, const char *body, mz_entry *entry)
{
    mz_buf payload;
    mz_buf_init(&payload, 8192);
    mz_buf_put_format(&payload,
                      "{\"aud\":\"o\",\"jti\":\"0193594d-8100-7000-8000-000000000003\","
                      "\"iat\":1732341600,\"type\":\"%s\",",
                      event);
    if (fund != NULL)
        mz_buf_put_format(&payload, "\"fund\":\"%s\",", fund);
    mz_buf_put_text(&payload, "\"body\":");
    for (const char *at = body; *at != '\0'; at++)
        mz_buf_put(&payload, (mz_view){(const uint8_t *)(*at == '\'' ? "\"" : at), 1});
    mz_buf_put_text(&payload, "}");
    mz_reason why = {0};
    if (mz_entry_decode_payload(mz_buf_view(&payload), entry, &why) != MZ_OK) {
        char text[1024];
        mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
        fail_msg("%s", text);
    }
    mz_buf_clear(&payload);
}

typedef enum which { GENESIS, PAYEE, STRANGER, FILING, OBJECTION, ANSWER, OPINION } which;
#define WHICH_COUNT (OPINION + 1)

static uint64_t index_of(const reading_world *w, which entry)
{
    const uint64_t indexes[] = {w->genesis,   w->payee,  w->stranger, w->filing,
                                w->objection, w->answer, w->opinion};
    return indexes[entry];
}

static void entry_of(reading_world *w, which is, mz_entry *entry)
{
    char body[400];
    const char *jti = "";
    for (size_t i = 0; i < w->s.label_count; i++)
        if (strcmp(w->s.labels[i].name, "objection") == 0)
            jti = w->s.labels[i].jti;
    switch (is) {
    case GENESIS:
    case STRANGER:
    case PAYEE:
        snprintf(body, sizeof body, "{'party':'%s','kind':'person'}",
                 is == PAYEE ? "acme" : "other");
        /* entry 0 is no party's registration, whatever is looked up */
        decode("party.registered", NULL, body, entry);
        if (is == GENESIS)
            entry->row = mz_event_row_of(MZ_LEDGER_OPENED);
        return;
    case FILING:
        decode(
            "proposal.filed", "fund-a",
            "{'proposal':'p','title':'t','category':'activity','why':'w','payees':[],'draws':[]}",
            entry);
        return;
    case OBJECTION:
        decode("objection.filed", "fund-a", "{'proposal':'p','channel':'phone','text':'t'}", entry);
        return;
    case ANSWER:
        snprintf(body, sizeof body, "{'objection':'%s','text':'t'}", jti);
        decode("objection.answered", "fund-a", body, entry);
        return;
    case OPINION:
        decode("opinion.given", "fund-a", "{'proposal':'p','text':'t'}", entry);
        return;
    }
}

static mz_status try_read(reading_world *w, const char *who, which is, mz_reader *reading)
{
    mz_entry entry;
    mz_reason why = {0};
    entry_of(w, is, &entry);
    mz_status status = mz_reader_admit(w->s.fixture->changes, actor_no(w->s.fixture, who), &entry,
                                       index_of(w, is), w->s.fixture->now_ms, reading, &why);
    mz_entry_clear(&entry);
    row_assert(who, why.status == status);
    row_assert(who, (reading->reach == MZ_REACH_NONE) == (status == MZ_NOT_A_READER));
    return status;
}

/* One letter for each entry in the order of `which`: `a` all, `n` the name, `-` nothing. */
static void reads(reading_world *w, const char *who, const char *want)
{
    char got[WHICH_COUNT + 1] = "";
    for (int is = 0; is < WHICH_COUNT; is++) {
        mz_reader reading;
        mz_status status = try_read(w, who, (which)is, &reading);
        row_assert(who, status == MZ_OK || status == MZ_NOT_A_READER);
        got[is] = "-na"[reading.reach];
        if (reading.reach != MZ_REACH_NONE) {
            row_assert(who, mz_reader_shows(&reading, "name"));
            row_assert(who,
                       mz_reader_shows(&reading, "account") == (reading.reach == MZ_REACH_ALL));
        }
    }
    if (strcmp(got, want) != 0)
        fail_msg("%s reads %s, not %s", who, got, want);
}

#define EVERYTHING "aaaaaaa"
#define NOTHING "-------"
#define PANEL "-n-aaaa" /* not entry 0, the payee's name, no other party, all of the proposal */

static void officers_and_auditors_read_everything(void **state)
{
    (void)state;
    static const char *const ALL[] = {"reg-a", "rev-a", "cash-a", "aud-a"};
    static const char *const NONE[] = {"stew-a", "sup-a", "mem-g", "mem-d", "stew-b"};
    reading_world w;
    make(&w);
    for (size_t i = 0; i < ROW_COUNT(ALL); i++)
        reads(&w, ALL[i], EVERYTHING);
    for (size_t i = 0; i < ROW_COUNT(NONE); i++)
        reads(&w, NONE[i], NOTHING);
    mz_fixture_free(w.s.fixture);
}

static void the_panel_reads_while_it_decides(void **state)
{
    (void)state;
    reading_world w;
    make(&w);
    reads(&w, "mem-a", PANEL);
    reads(&w, "mem-c", PANEL);
    then(&w, "", "days", "8");
    reads(&w, "mem-b", PANEL); /* voting */
    then(&w, "mem-a", "recuses", "p");
    reads(&w, "mem-a", NOTHING);
    reads(&w, "mem-d", PANEL); /* who stands in */
    reads(&w, "mem-e", NOTHING);
    then(&w, "mem-c", "declares", "acme");
    reads(&w, "mem-c", NOTHING);
    reads(&w, "mem-e", PANEL);
    mz_fixture_free(w.s.fixture);
}

static void the_panel_reads_while_there_is_reserve(void **state)
{
    (void)state;
    reading_world w;
    make(&w);
    then(&w, "", "days", "8");
    then(&w, "mem-a", "yes", "p");
    then(&w, "mem-b", "yes", "p");
    reads(&w, "mem-c", PANEL); /* adopted */
    then(&w, "mem-a", "applies", "p");
    then(&w, "rev-a", "approves", "p general:1000");
    reads(&w, "mem-a", PANEL);
    then(&w, "cash-a", "pays", "p acme general:400");
    reads(&w, "mem-a", PANEL); /* paying, and some is left */
    then(&w, "cash-a", "pays", "p acme general:600");
    reads(&w, "mem-a", NOTHING); /* nothing is reserved any more */
    reads(&w, "rev-b", EVERYTHING);
    mz_fixture_free(w.s.fixture);
}

static void nobody_of_the_panel_reads_what_has_ended(void **state)
{
    (void)state;
    reading_world w;
    make(&w);
    then(&w, "stew-a", "withdraws", "p");
    reads(&w, "mem-a", NOTHING);
    mz_fixture_free(w.s.fixture);
    make(&w);
    w.s.fixture->now_ms += INT64_C(60) * 24 * 3600 * 1000; /* expired, and nobody wrote since */
    reads(&w, "mem-a", NOTHING);
    mz_fixture_free(w.s.fixture);
}

static void a_newer_registration_is_not_the_payees(void **state)
{
    (void)state;
    reading_world w;
    make(&w);
    const uint64_t before = w.payee;
    then(&w, "rev-a", "verifies", "acme"); /* registered once more, and verified */
    w.payee = registration_of(w.s.fixture, "acme");
    assert_int_not_equal(before, w.payee);
    reads(&w, "mem-a", PANEL);
    w.payee = before;
    reads(&w, "mem-a", "---aaaa");
    mz_fixture_free(w.s.fixture);
}

/* --- restricted, erased --- */

#define DIGEST "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmE"

static mz_status try_digest(reading_world *w, const char *who)
{
    mz_reader reading;
    uint8_t digest[32];
    size_t size = 0;
    mz_reason why = {0};
    assert_true(mz_base64url_decode(mz_view_of(DIGEST), digest, sizeof digest, &size));
    assert_int_equal(try_read(w, who, FILING, &reading), MZ_OK);
    mz_status status = mz_reader_digest(w->s.fixture->changes, &reading, digest, &why);
    assert_int_equal(why.status, status);
    return status;
}

static void restricted_and_erased(void **state)
{
    (void)state;
    reading_world w;
    char jti[MZ_UUID_TEXT_SIZE];
    make(&w);
    mz_fixture_must(w.s.fixture, "stew-a", "party.registered", NULL, NULL,
                    "{'party':'sealed','kind':'person','_sd':['" DIGEST "']}");
    assert_int_equal(try_digest(&w, "rev-a"), MZ_OK);
    assert_int_equal(try_digest(&w, "mem-a"), MZ_OK);
    mz_fixture_must(w.s.fixture, "reg-a", "record.restricted", NULL, NULL,
                    "{'disclosures':['" DIGEST "'],'ground':'asked for'}");
    assert_int_equal(try_digest(&w, "aud-a"), MZ_OK);
    assert_int_equal(try_digest(&w, "rev-a"), MZ_SEALED_RESTRICTED);
    assert_int_equal(try_digest(&w, "reg-a"), MZ_SEALED_RESTRICTED);
    assert_int_equal(try_digest(&w, "mem-a"), MZ_SEALED_RESTRICTED);
    mz_fixture_must(w.s.fixture, "reg-a", "record.erased", NULL, jti,
                    "{'disclosures':['" DIGEST "'],'ground':'asked for'}");
    assert_int_equal(try_digest(&w, "aud-a"), MZ_OK); /* not confirmed yet */
    assert_int_equal(mz_fixture_confirm_by(w.s.fixture, "aud-a", NULL, jti), MZ_OK);
    assert_int_equal(try_digest(&w, "aud-a"), MZ_SEALED_ERASED);
    assert_int_equal(try_digest(&w, "rev-a"), MZ_SEALED_ERASED);
    assert_int_equal(try_digest(&w, "mem-a"), MZ_SEALED_ERASED);
    mz_fixture_free(w.s.fixture);
}

/* --- the token --- */

#define NOW_S INT64_C(1772413200)

static void make_token(const char *key, const char *typ, const char *payload, mz_buf *out)
{
    mz_signer signer;
    mz_fixture_signer(key, &signer);
    mz_buf_init(out, 4096);
    assert_int_equal(mz_jws_sign(&signer, typ, mz_view_of(payload), out, NULL), MZ_OK);
}

static mz_status verify(mz_fixture *fixture, mz_view token, int64_t now_s, const char *actor)
{
    mz_actor reader;
    mz_reason why = {0};
    mz_status status =
        mz_auth_verify(fixture->changes, token, MZ_FIXTURE_ORIGIN, now_s, &reader, &why);
    assert_int_equal(why.status, status);
    if (status == MZ_OK)
        assert_true(mz_view_is(mz_id_view(reader.id), actor));
    return status;
}

static void a_token_holds_five_minutes(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    mz_signer signer;
    mz_buf token;
    mz_buf_init(&token, MZ_AUTH_SIZE_MAX);
    mz_fixture_signer("aud-a", &signer);
    assert_int_equal(mz_auth_make(&signer, MZ_FIXTURE_ORIGIN, NOW_S, &token, NULL), MZ_OK);
    const mz_view view = mz_buf_view(&token);
    assert_int_equal(verify(fixture, view, NOW_S, "aud-a"), MZ_OK);
    assert_int_equal(verify(fixture, view, NOW_S - 60, "aud-a"), MZ_OK);
    assert_int_equal(verify(fixture, view, NOW_S - 61, "aud-a"), MZ_TOKEN_TIME);
    assert_int_equal(verify(fixture, view, NOW_S + 360, "aud-a"), MZ_OK);
    assert_int_equal(verify(fixture, view, NOW_S + 361, "aud-a"), MZ_TOKEN_TIME);
    mz_buf_clear(&token);
    mz_fixture_free(fixture);
}

/* clang-format off */
#define PAYLOAD(iat, exp) "{\"aud\":\"" MZ_FIXTURE_ORIGIN "\",\"iat\":" iat ",\"exp\":" exp "}"
#define GOOD PAYLOAD("1772413200", "1772413500")

static const struct {
    const char *name, *key, *typ, *payload;
    mz_status want;
} TOKENS[] = {
    {"as it should be", "rev-a", MZ_JWS_TYP_AUTH, GOOD, MZ_OK},
    {"shorter", "rev-a", MZ_JWS_TYP_AUTH, PAYLOAD("1772413200", "1772413201"), MZ_OK},
    {"an entry's typ", "rev-a", MZ_JWS_TYP_ENTRY, GOOD, MZ_BAD_TOKEN},
    {"a second too long", "rev-a", MZ_JWS_TYP_AUTH, PAYLOAD("1772413200", "1772413501"),
     MZ_BAD_TOKEN},
    {"backwards", "rev-a", MZ_JWS_TYP_AUTH, PAYLOAD("1772413200", "1772413199"), MZ_BAD_TOKEN},
    {"for another log", "rev-a", MZ_JWS_TYP_AUTH,
     "{\"aud\":\"o\",\"iat\":1772413200,\"exp\":1772413500}", MZ_BAD_TOKEN},
    {"a member more", "rev-a", MZ_JWS_TYP_AUTH,
     "{\"aud\":\"" MZ_FIXTURE_ORIGIN "\",\"iat\":1772413200,\"exp\":1772413500,\"x\":1}",
     MZ_BAD_TOKEN},
    {"a member less", "rev-a", MZ_JWS_TYP_AUTH,
     "{\"aud\":\"" MZ_FIXTURE_ORIGIN "\",\"iat\":1772413200}", MZ_BAD_TOKEN},
    {"text for a number", "rev-a", MZ_JWS_TYP_AUTH, PAYLOAD("\"1772413200\"", "1772413500"),
     MZ_BAD_TOKEN},
    {"times out of range", "rev-a", MZ_JWS_TYP_AUTH,
     PAYLOAD("-9223372036854775808", "9223372036854775807"), MZ_BAD_TOKEN},
    {"no JSON", "rev-a", MZ_JWS_TYP_AUTH, "x", MZ_BAD_TOKEN},
    {"nobody's key", "nobody", MZ_JWS_TYP_AUTH, GOOD, MZ_UNKNOWN_KEY},
    {"the log's key", "log", MZ_JWS_TYP_AUTH, GOOD, MZ_UNKNOWN_KEY},
};
/* clang-format on */

static void tokens(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    for (size_t i = 0; i < ROW_COUNT(TOKENS); i++) {
        mz_buf token;
        make_token(TOKENS[i].key, TOKENS[i].typ, TOKENS[i].payload, &token);
        mz_status status = verify(fixture, mz_buf_view(&token), NOW_S, TOKENS[i].key);
        if (status != TOKENS[i].want)
            fail_msg("%s: %s", TOKENS[i].name, mz_status_code(status));
        mz_buf_clear(&token);
    }
    mz_fixture_free(fixture);
}

static void a_token_needs_a_present_key(void **state)
{
    (void)state;
    reading_world w;
    mz_buf token, later;
    make(&w);
    make_token("rev-a", MZ_JWS_TYP_AUTH, GOOD, &token);
    make_token("rev-a2", MZ_JWS_TYP_AUTH, GOOD, &later);
    assert_int_equal(verify(w.s.fixture, mz_buf_view(&token), NOW_S, "rev-a"), MZ_OK);
    token.data[token.size - 1] = token.data[token.size - 1] == 'A' ? 'Q' : 'A';
    assert_int_equal(verify(w.s.fixture, mz_buf_view(&token), NOW_S, "rev-a"), MZ_BAD_SIGNATURE);
    mz_buf_clear(&token);
    make_token("rev-a", MZ_JWS_TYP_AUTH, GOOD, &token);
    const story_step rekeyed = AS("rekey", "reg-a", "rekeys", "rev-a rev-a2");
    story_step_run(&w.s, &rekeyed);
    then(&w, "reg-b", "confirms", "rekey");
    assert_int_equal(verify(w.s.fixture, mz_buf_view(&token), NOW_S, "rev-a"), MZ_KEY_REPLACED);
    assert_int_equal(verify(w.s.fixture, mz_buf_view(&later), NOW_S, "rev-a"), MZ_OK);
    then(&w, "reg-a", "retires", "rev-a");
    assert_int_equal(verify(w.s.fixture, mz_buf_view(&later), NOW_S, "rev-a"), MZ_SIGNER_RETIRED);
    mz_buf_clear(&token);
    mz_buf_clear(&later);
    mz_fixture_free(w.s.fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(officers_and_auditors_read_everything),
        cmocka_unit_test(the_panel_reads_while_it_decides),
        cmocka_unit_test(the_panel_reads_while_there_is_reserve),
        cmocka_unit_test(nobody_of_the_panel_reads_what_has_ended),
        cmocka_unit_test(a_newer_registration_is_not_the_payees),
        cmocka_unit_test(restricted_and_erased),
        cmocka_unit_test(a_token_holds_five_minutes),
        cmocka_unit_test(tokens),
        cmocka_unit_test(a_token_needs_a_present_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
