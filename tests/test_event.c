/* The catalogue, its bodies, and the decoding of entries: what needs no history to be refused. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/entry.h"
#include "core/uuid.h"
#include "ledger_fixture.h"

#define IAT "1772413200"
#define JTI "019cac0f-2680-7000-8000-000000000001" /* its time: that of IAT */
#define HEX_64 "00000000000000000000000000000000000000000000000000000000000000e1"
#define ENVELOPE_OF(aud, jti, iat) "'aud':'" aud "','jti':'" jti "','iat':" iat
#define ENVELOPE ENVELOPE_OF("fund.example.org/test", JTI, IAT)
#define PARTY(more)                                                                                \
    "{" ENVELOPE ",'type':'party.registered','body':{'party':'p','kind':'person'" more "}}"
#define RECORDED(amount, more)                                                                     \
    "{" ENVELOPE                                                                                   \
    ",'type':'income.recorded','fund':'f','body':{'kind':'donation','amount_fen':" amount          \
    ",'received_on':'2026-03-02','purpose':'general'" more "}}"
#define EVIDENCE_OF(sha256, size, media_type, name, more)                                          \
    ",'evidence':[{'sha256':'" sha256 "','size':" size ",'media_type':'" media_type                \
    "','name':'" name "'" more "}]"
#define EVIDENCE EVIDENCE_OF(HEX_64, "1", "image/png", "e.png", "")
#define D1 "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
#define D2 "'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA'"
#define RECEIVED(value)                                                                            \
    "{" ENVELOPE ",'type':'goods.received','fund':'f','body':{'item':'i','unit':'x','quantity':1," \
    "'basis':'x','value_fen':" value "}}"
#define REPORTED(findings)                                                                         \
    "{" ENVELOPE ",'type':'audit.reported','body':{'size':1,'root':'" HEX_64                       \
    "','opinion':'x','findings':[" findings "]}}"
#define TEN_IDS(a)                                                                                 \
    "'" a "0','" a "1','" a "2','" a "3','" a "4','" a "5','" a "6','" a "7','" a "8','" a "9'"
#define SIXTY_IDS                                                                                  \
    TEN_IDS("a")                                                                                   \
    "," TEN_IDS("b") "," TEN_IDS("c") "," TEN_IDS("d") "," TEN_IDS("e") "," TEN_IDS("f")
#define ASSIGNED(funds)                                                                            \
    "{" ENVELOPE ",'type':'actor.assigned','body':{'actor':'s','funds':[" funds "]}}"

typedef struct decode_case {
    const char *name;
    mz_status want;
    const char *path; /* the figure of that name; NULL: not looked at */
    const char *text; /* single quotes for double ones */
} decode_case;

/* clang-format off */
static const decode_case CASES[] = {
    {"a party", MZ_OK, NULL, PARTY("")},
    {"a donation", MZ_OK, NULL, RECORDED("1", "")},

    /* JSON */
    {"nothing", MZ_BAD_JSON, NULL, ""},
    {"not an object", MZ_BAD_JSON, NULL, "[1]"},
    {"cut short", MZ_BAD_JSON, NULL, "{" ENVELOPE},
    {"more after the end", MZ_BAD_JSON, NULL, PARTY("") "{}"},
    {"a repeated member of the payload", MZ_BAD_JSON, NULL,
     "{" ENVELOPE ",'jti':'" JTI "','type':'rules.adopted','body':{'rules':1}}"},
    {"a repeated member of the body", MZ_BAD_JSON, NULL, PARTY(",'party':'p'")},
    {"a repeated member, spelt otherwise", MZ_BAD_JSON, NULL, PARTY(",'part\\u0079':'q'")},
    {"a repeated member deep inside", MZ_BAD_JSON, NULL,
     PARTY(EVIDENCE_OF(HEX_64, "1", "image/png", "e.png", ",'size':2"))},
    {"nested too deep", MZ_BAD_JSON, NULL, PARTY(",'x':[[[[[[[[1]]]]]]]]")},
    {"broken UTF-8", MZ_BAD_JSON, NULL, PARTY(",'note':'\xc3\x28'")},
    {"UTF-8 of a surrogate", MZ_BAD_JSON, NULL, PARTY(",'note':'\xed\xa0\x80'")},
    {"UTF-8 too long for its character", MZ_BAD_JSON, NULL, PARTY(",'note':'\xc0\xaf'")},
    {"UTF-8 cut short", MZ_BAD_JSON, NULL, PARTY(",'note':'\xe5\xa4'")},
    {"half a surrogate pair", MZ_BAD_JSON, NULL, PARTY(",'note':'\\ud800'")},
    {"a byte order mark", MZ_BAD_JSON, NULL, "\xef\xbb\xbf" PARTY("")},
    {"a NUL in text", MZ_BAD_JSON, NULL, PARTY(",'note':'a\\u0000b'")},
    {"a NUL in a name", MZ_BAD_JSON, NULL, PARTY(",'no\\u0000te':'a'")},
    {"a number too large", MZ_BAD_JSON, NULL, RECORDED("99999999999999999999", "")},

    /* numbers */
    {"money as a float", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("1.5", "")},
    {"money as a whole float", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("1.0", "")},
    {"money with an exponent", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("1e3", "")},
    {"money as text", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("'1'", "")},
    {"money as null", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("null", "")},
    {"no money", MZ_BAD_AMOUNT, "body.amount_fen", RECORDED("0", "")},
    {"less than none", MZ_BAD_AMOUNT, "body.amount_fen", RECORDED("-1", "")},
    {"the limit", MZ_OK, NULL, RECORDED("1000000000000000", "")},
    {"over the limit", MZ_BAD_AMOUNT, "body.amount_fen", RECORDED("1000000000000001", "")},
    {"the largest integer", MZ_BAD_AMOUNT, "body.amount_fen", RECORDED("9223372036854775807", "")},
    {"a float where nothing is known", MZ_WRONG_TYPE, NULL, PARTY(",'x':0.5")},

    /* members */
    {"an unknown member", MZ_UNKNOWN_MEMBER, "body.x", PARTY(",'x':1")},
    {"an unknown member of the payload", MZ_UNKNOWN_MEMBER, "payload.exp",
     "{" ENVELOPE ",'exp':1,'type':'rules.adopted','body':{'rules':1}}"},
    {"a missing member", MZ_MISSING_MEMBER, "body.rules",
     "{" ENVELOPE ",'type':'rules.adopted','body':{}}"},
    {"no body", MZ_MISSING_MEMBER, "payload.body", "{" ENVELOPE ",'type':'rules.adopted'}"},
    {"a body that is a list", MZ_WRONG_TYPE, "payload.body",
     "{" ENVELOPE ",'type':'rules.adopted','body':[]}"},
    {"no aud", MZ_MISSING_MEMBER, "payload.aud", "{'jti':'" JTI "','iat':" IAT "}"},
    {"no such event", MZ_UNKNOWN_EVENT, "event", "{" ENVELOPE ",'type':'income.stolen','body':{}}"},
    {"an event of a later version", MZ_UNKNOWN_EVENT, "event",
     "{" ENVELOPE ",'type':'grant.promised','fund':'f','body':{}}"},

    /* an amount or null, and lists of texts */
    {"goods of a known value", MZ_OK, NULL, RECEIVED("100")},
    {"goods of no known value", MZ_OK, NULL, RECEIVED("null")},
    {"goods worth nothing", MZ_BAD_AMOUNT, "body.value_fen", RECEIVED("0")},
    {"goods worth a word", MZ_WRONG_TYPE, "body.value_fen", RECEIVED("'null'")},
    {"goods whose value is left out", MZ_MISSING_MEMBER, "body.value_fen",
     "{" ENVELOPE ",'type':'goods.received','fund':'f','body':{'item':'i','unit':'x','quantity':1,'basis':'x'}}"},
    {"an amount of money is never null", MZ_WRONG_TYPE, "body.amount_fen", RECORDED("null", "")},
    {"a report without findings", MZ_OK, NULL, REPORTED("")},
    {"findings may read the same", MZ_OK, NULL, REPORTED("'x','x'")},
    {"a finding that is no text", MZ_WRONG_TYPE, "body.findings[1]", REPORTED("'x',1")},
    {"an empty finding", MZ_BAD_TEXT, "body.findings[0]", REPORTED("''")},
    {"aud with a blank", MZ_BAD_VALUE, "payload.aud",
     "{" ENVELOPE_OF("fund example", JTI, IAT) ",'type':'rules.adopted','body':{'rules':1}}"},
    {"aud with a plus", MZ_BAD_VALUE, "payload.aud",
     "{" ENVELOPE_OF("a+b", JTI, IAT) ",'type':'rules.adopted','body':{'rules':1}}"},
    {"iat as text", MZ_WRONG_TYPE, "payload.iat",
     "{" ENVELOPE_OF("a", JTI, "'1'") ",'type':'rules.adopted','body':{'rules':1}}"},
    {"iat in milliseconds", MZ_BAD_VALUE, "payload.iat",
     "{" ENVELOPE_OF("a", JTI, "1772413200000") ",'type':'rules.adopted','body':{'rules':1}}"},
    {"iat before 1970", MZ_BAD_VALUE, "payload.iat",
     "{" ENVELOPE_OF("a", JTI, "-1") ",'type':'rules.adopted','body':{'rules':1}}"},
    {"jti in capitals", MZ_BAD_VALUE, "payload.jti",
     "{" ENVELOPE_OF("a", "019CAC0F-2680-7000-8000-000000000001", IAT)
     ",'type':'rules.adopted','body':{'rules':1}}"},
    {"jti of version 4", MZ_BAD_VALUE, "payload.jti",
     "{" ENVELOPE_OF("a", "019cac0f-2680-4000-8000-000000000001", IAT)
     ",'type':'rules.adopted','body':{'rules':1}}"},
    {"jti of another day", MZ_BAD_JTI, NULL,
     "{" ENVELOPE_OF("a", "01900000-0000-7000-8000-000000000001", IAT)
     ",'type':'rules.adopted','body':{'rules':1}}"},

    /* fund */
    {"a fund missing", MZ_FUND_MISSING, NULL,
     "{" ENVELOPE ",'type':'income.declined','body':{'income':'" JTI "','reason':'x'}}"},
    {"a fund unexpected", MZ_FUND_UNEXPECTED, NULL,
     "{" ENVELOPE ",'type':'rules.adopted','fund':'f','body':{'rules':1}}"},
    {"a fund that is no identifier", MZ_BAD_VALUE, "payload.fund",
     "{" ENVELOPE ",'type':'rules.adopted','fund':'F','body':{'rules':1}}"},
    {"a fund or not, as the target has it", MZ_OK, NULL,
     "{" ENVELOPE ",'type':'registry.confirmed','fund':'f','body':{'target':'" JTI "'}}"},
    {"and without", MZ_OK, NULL,
     "{" ENVELOPE ",'type':'registry.confirmed','body':{'target':'" JTI "'}}"},

    /* text */
    {"Chinese", MZ_OK, NULL, PARTY(",'note':'闻韶社区，“睦邻集市”第3场'")},
    {"no text", MZ_BAD_TEXT, "body.note", PARTY(",'note':''")},
    {"text as a number", MZ_WRONG_TYPE, "body.note", PARTY(",'note':7")},
    {"a line feed", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\nb'")},
    {"an escape character", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u001b[2J'")},
    {"a C1 control", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u0085b'")},
    {"DEL", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u007fb'")},
    {"right to left override", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u202eb'")},
    {"an isolate", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u2066b'")},
    {"a mark of direction", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u200fb'")},
    {"a line separator", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\u2028b'")},
    {"a blank at the end", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a '")},
    {"an ideographic blank in front", MZ_BAD_TEXT, "body.note", PARTY(",'note':'\\u3000a'")},
    {"a noncharacter", MZ_BAD_TEXT, "body.note", PARTY(",'note':'a\\uffffb'")},
    {"a control in a name", MZ_BAD_TEXT, "body.name", PARTY(",'name':'a\\u0007b'")},
    {"a control in a bank reference", MZ_BAD_TEXT, "body.bank_ref",
     "{" ENVELOPE ",'type':'payout.returned','fund':'f','body':{'payout':'" JTI "','amount_fen':1,"
     "'booked_on':'2026-03-02','bank_ref':'a\\tb'}}"},

    /* words with a form */
    {"an identifier of 40", MZ_OK, NULL, ASSIGNED("'a234567890123456789012345678901234567890'")},
    {"an identifier of 41", MZ_BAD_VALUE, "body.funds[0]",
     ASSIGNED("'a2345678901234567890123456789012345678901'")},
    {"an identifier with a capital", MZ_BAD_VALUE, "body.funds[0]", ASSIGNED("'A'")},
    {"an identifier that begins with a dash", MZ_BAD_VALUE, "body.funds[0]", ASSIGNED("'-a'")},
    {"an identifier with a dot", MZ_BAD_VALUE, "body.funds[0]", ASSIGNED("'a.b'")},
    {"an empty identifier", MZ_BAD_VALUE, "body.funds[0]", ASSIGNED("''")},
    {"a repeated item", MZ_REPEATED_ITEM, "body.funds[2]", ASSIGNED("'a','b','a'")},
    {"a list of 64", MZ_OK, NULL, ASSIGNED(SIXTY_IDS ",'x1','x2','x3','x4'")},
    {"a list of 65", MZ_TOO_MANY, "body.funds", ASSIGNED(SIXTY_IDS ",'x1','x2','x3','x4','x5'")},
    {"an empty list", MZ_OK, NULL, ASSIGNED("")},
    {"an unknown word", MZ_BAD_VALUE, "body.kind",
     "{" ENVELOPE ",'type':'party.registered','body':{'party':'p','kind':'robot'}}"},
    {"a date", MZ_BAD_VALUE, "body.received_on",
     "{" ENVELOPE ",'type':'income.recorded','fund':'f','body':{'kind':'donation','amount_fen':1,"
     "'received_on':'2026-02-29','purpose':'general'}}"},
    {"a date otherwise written", MZ_BAD_VALUE, "body.received_on",
     "{" ENVELOPE ",'type':'income.recorded','fund':'f','body':{'kind':'donation','amount_fen':1,"
     "'received_on':'2026-3-2','purpose':'general'}}"},
    {"kinds that are not the fund's are known", MZ_OK, NULL,
     "{" ENVELOPE ",'type':'income.recorded','fund':'f','body':{'kind':'wages','amount_fen':1,"
     "'received_on':'2026-03-02','purpose':'general'}}"},
    {"a jti that is none", MZ_BAD_VALUE, "body.target",
     "{" ENVELOPE ",'type':'registry.confirmed','body':{'target':'1'}}"},
    {"hex in capitals", MZ_BAD_VALUE, "body.evidence[0].sha256",
     PARTY(EVIDENCE_OF("00000000000000000000000000000000000000000000000000000000000000E1", "1",
                       "image/png", "e.png", ""))},
    {"a padded key", MZ_BAD_VALUE, "body.key",
     "{" ENVELOPE ",'type':'actor.enrolled','body':{'actor':'a','role':'member',"
     "'key':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=','proof':'x'}}"},
    {"a key with spare bits", MZ_BAD_VALUE, "body.key",
     "{" ENVELOPE ",'type':'actor.enrolled','body':{'actor':'a','role':'member',"
     "'key':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB','proof':'x'}}"},
    {"a key in the other alphabet", MZ_BAD_VALUE, "body.key",
     "{" ENVELOPE ",'type':'actor.enrolled','body':{'actor':'a','role':'member',"
     "'key':'+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA','proof':'x'}}"},
    {"a proof cut short", MZ_BAD_VALUE, "body.proof",
     "{" ENVELOPE ",'type':'actor.enrolled','body':{'actor':'a','role':'member',"
     "'key':" D1 ",'proof':'AAAA'}}"},
    {"a credit code", MZ_OK, NULL, PARTY(",'credit_code':'53370300MJD0000019'")},
    {"a credit code of 17", MZ_BAD_VALUE, "body.credit_code",
     PARTY(",'credit_code':'53370300MJD000001'")},
    {"a credit code with an I", MZ_BAD_VALUE, "body.credit_code",
     PARTY(",'credit_code':'53370300MJI0000019'")},
    {"a truth value as a number", MZ_WRONG_TYPE, "body.gratuitous",
     "{" ENVELOPE ",'type':'source.registered','fund':'f','body':{'source':'s','kind':'other',"
     "'gratuitous':1,'signed_on':'2026-03-02'" EVIDENCE "}}"},

    /* evidence */
    {"evidence", MZ_OK, NULL, PARTY(EVIDENCE)},
    {"evidence, public", MZ_OK, NULL,
     PARTY(EVIDENCE_OF(HEX_64, "0", "application/pdf", "凭证.pdf", ",'visibility':'public'"))},
    {"evidence, secret", MZ_BAD_VALUE, "body.evidence[0].visibility",
     PARTY(EVIDENCE_OF(HEX_64, "0", "application/pdf", "a", ",'visibility':'secret'"))},
    {"evidence of no type", MZ_BAD_VALUE, "body.evidence[0].media_type",
     PARTY(EVIDENCE_OF(HEX_64, "1", "png", "e.png", ""))},
    {"evidence of less than nothing", MZ_BAD_VALUE, "body.evidence[0].size",
     PARTY(EVIDENCE_OF(HEX_64, "-1", "image/png", "e.png", ""))},
    {"an empty list of evidence", MZ_TOO_MANY, "body.evidence", PARTY(",'evidence':[]")},
    {"evidence that is text", MZ_WRONG_TYPE, "body.evidence[0]", PARTY(",'evidence':['x']")},
    {"evidence required", MZ_EVIDENCE_REQUIRED, "event",
     "{" ENVELOPE ",'type':'source.registered','fund':'f','body':{'source':'s','kind':'other',"
     "'gratuitous':true,'signed_on':'2026-03-02'}}"},
    {"evidence given where required", MZ_OK, NULL,
     "{" ENVELOPE ",'type':'source.registered','fund':'f','body':{'source':'s','kind':'other',"
     "'gratuitous':true,'signed_on':'2026-03-02'" EVIDENCE "}}"},

    /* sealed */
    {"a digest", MZ_OK, NULL, PARTY(",'_sd':[" D1 "]")},
    {"two in order", MZ_OK, NULL, PARTY(",'_sd':[" D1 "," D2 "]")},
    {"two not in order", MZ_BAD_DIGEST, "cause", PARTY(",'_sd':[" D2 "," D1 "]")},
    {"one twice", MZ_BAD_DIGEST, "cause", PARTY(",'_sd':[" D1 "," D1 "]")},
    {"none", MZ_TOO_MANY, "body._sd", PARTY(",'_sd':[]")},
    {"a padded one", MZ_BAD_DIGEST, "cause",
     PARTY(",'_sd':['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']")},
    {"one with spare bits", MZ_BAD_DIGEST, "cause",
     PARTY(",'_sd':['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB']")},
    {"a number for a digest", MZ_BAD_DIGEST, "cause", PARTY(",'_sd':[1]")},
    {"an always sealed member in clear", MZ_SEALED_IN_CLEAR, "body.contact",
     PARTY(",'contact':'0533 1234567'")},
    {"whatever it holds", MZ_SEALED_IN_CLEAR, "body.account", PARTY(",'account':null")},
    {"recipients in clear", MZ_SEALED_IN_CLEAR, "body.recipients",
     "{" ENVELOPE ",'type':'payout.made','fund':'f','body':{'proposal':'p','party':'x','draws':"
     "[{'purpose':'general','amount_fen':1}],'booked_on':'2026-03-02','bank_ref':'b',"
     "'recipients':'x'}}"},
    {"a name sealed or in clear, nobody looks", MZ_OK, NULL, PARTY(",'name':'张三'")},
    {"_sd within a list", MZ_UNKNOWN_MEMBER, "body.evidence[0]._sd",
     PARTY(EVIDENCE_OF(HEX_64, "1", "image/png", "e.png", ",'_sd':[" D1 "]"))},

    /* precedence: known members in the catalogue's order, then missing, then unknown */
    {"what is known comes first", MZ_BAD_VALUE, "body.party",
     "{" ENVELOPE ",'type':'party.registered','body':{'x':1,'kind':'robot','party':'P'}}"},
    {"what is missing comes before what is unknown", MZ_MISSING_MEMBER, "body.kind",
     "{" ENVELOPE ",'type':'party.registered','body':{'kinds':'person','party':'p'}}"},
    {"the envelope comes before the body", MZ_BAD_VALUE, "payload.aud",
     "{" ENVELOPE_OF("a b", JTI, IAT) ",'type':'rules.adopted','body':{'x':1}}"},
};
/* clang-format on */

static char *quoted(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    return copy;
}

static const char *words_of(const mz_reason *why, const char *name)
{
    for (size_t i = 0; i < why->figure_count; i++) {
        if (strcmp(why->figures[i].name, name) == 0)
            return why->figures[i].words;
    }
    return NULL;
}

static void check_reason(const decode_case *c, const mz_reason *why)
{
    char text[1000];
    assert_int_equal(why->status, c->want);
    for (int language = MZ_CHINESE; language <= MZ_ENGLISH; language++) {
        mz_reason_text(why, (mz_language)language, text, sizeof text);
        assert_true(strlen(text) > 0);
        if (strstr(text, "{path}") != NULL || strstr(text, "{want}") != NULL ||
            strstr(text, "{cause}") != NULL || strchr(text, '\x1f') != NULL)
            fail_msg("%s: %s", c->name, text);
    }
    if (c->path == NULL)
        return;
    if (strchr(c->path, '.') == NULL) {
        assert_non_null(words_of(why, c->path));
        return;
    }
    const char *path = words_of(why, "path");
    if (path == NULL || strcmp(path, c->path) != 0)
        fail_msg("%s: names %s, want %s", c->name, path == NULL ? "nothing" : path, c->path);
}

static void test_payloads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const decode_case *c = &CASES[i];
        char *text = quoted(c->text);
        mz_entry entry, nothing;
        mz_reason why = {0};
        memset(&nothing, 0, sizeof nothing);
        mz_status is = mz_entry_decode_payload(mz_view_of(text), &entry, &why);
        if (is != c->want)
            fail_msg("%s: is %s, want %s", c->name, mz_status_code(is), mz_status_code(c->want));
        if (is == MZ_OK) {
            assert_int_equal(why.status, MZ_OK);
            mz_entry_clear(&entry);
        } else {
            check_reason(c, &why);
        }
        assert_memory_equal(&entry, &nothing, sizeof entry);
        free(text);
    }
}

/* ---- lengths ---- */

/* A party's member of `count` times `unit`. */
static mz_status with_text(const char *member, const char *unit, size_t count, mz_reason *why)
{
    mz_buf buf;
    mz_entry entry;
    mz_buf_init(&buf, 100000);
    char *head = quoted("{" ENVELOPE ",'type':'party.registered','body':{'party':'p','kind':"
                        "'person','");
    mz_buf_put_text(&buf, head);
    mz_buf_put_text(&buf, member);
    mz_buf_put_text(&buf, "\":\"");
    for (size_t i = 0; i < count; i++)
        mz_buf_put_text(&buf, unit);
    mz_buf_put_text(&buf, "\"}}");
    assert_false(buf.failed);
    mz_status status = mz_entry_decode_payload(mz_buf_view(&buf), &entry, why);
    mz_entry_clear(&entry);
    mz_buf_clear(&buf);
    free(head);
    return status;
}

static void test_lengths_in_code_points(void **state)
{
    (void)state;
    static const struct {
        const char *member, *unit;
        size_t limit;
    } ROWS[] = {
        {"note", "a",                1000},
        {"note", "字",              1000},
        {"note", "\xf0\x9f\x8f\xa0", 1000},
        {"name", "a",                100 },
        {"name", "字",              100 },
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        mz_reason why = {0};
        assert_int_equal(with_text(ROWS[i].member, ROWS[i].unit, ROWS[i].limit, &why), MZ_OK);
        assert_int_equal(with_text(ROWS[i].member, ROWS[i].unit, ROWS[i].limit + 1, &why),
                         MZ_TOO_LONG);
        assert_int_equal(why.status, MZ_TOO_LONG);
    }
}

static mz_status with_bank_ref(const char *unit, size_t count)
{
    mz_buf buf;
    mz_entry entry;
    mz_buf_init(&buf, 100000);
    char *head = quoted("{" ENVELOPE ",'type':'payout.returned','fund':'f','body':{'payout':'" JTI
                        "','amount_fen':1,'booked_on':'2026-03-02','bank_ref':'");
    mz_buf_put_text(&buf, head);
    for (size_t i = 0; i < count; i++)
        mz_buf_put_text(&buf, unit);
    mz_buf_put_text(&buf, "\"}}");
    mz_status status = mz_entry_decode_payload(mz_buf_view(&buf), &entry, NULL);
    mz_entry_clear(&entry);
    mz_buf_clear(&buf);
    free(head);
    return status;
}

static void test_lengths_in_bytes(void **state)
{
    (void)state;
    assert_int_equal(with_bank_ref("a", 64), MZ_OK);
    assert_int_equal(with_bank_ref("a", 65), MZ_TOO_LONG);
    assert_int_equal(with_bank_ref("流", 21), MZ_OK); /* 63 bytes */
    assert_int_equal(with_bank_ref("流", 22), MZ_TOO_LONG);
}

/* ---- signed text ---- */

/* Signs `payload` under this header as it stands. */
static void sign(const char *header, mz_view payload, mz_buf *out)
{
    mz_signer signer;
    uint8_t signature[MZ_SIGNATURE_SIZE];
    mz_fixture_signer("reg-a", &signer);
    mz_buf_init(out, 200000);
    mz_buf_put_base64url(out, mz_view_of(header));
    mz_buf_put_text(out, ".");
    mz_buf_put_base64url(out, payload);
    mz_signer_sign(&signer, mz_buf_view(out), signature);
    mz_buf_put_text(out, ".");
    mz_buf_put_base64url(out, (mz_view){signature, sizeof signature});
    assert_false(out->failed);
}

static void header_of(const char *format, char header[400])
{
    char kid[44];
    mz_signer signer;
    mz_fixture_signer("reg-a", &signer);
    mz_base64url_32(signer.thumbprint.bytes, kid);
    size_t size = 0;
    for (const char *at = format; *at != '\0'; at++) {
        if (*at == '@')
            size += (size_t)snprintf(header + size, 400 - size, "%s", kid);
        else
            header[size++] = *at == '\'' ? '"' : *at;
        assert_true(size < 399);
    }
    header[size] = '\0';
}

#define HEADER "{'alg':'Ed25519','kid':'@','typ':'mz-entry+sd-jwt'}"
static const struct {
    const char *name;
    mz_status want;
    const char *header;
} HEADERS[] = {
    {"ours",              MZ_OK,         HEADER                                                        },
    {"EdDSA",             MZ_BAD_HEADER, "{'alg':'EdDSA','kid':'@','typ':'mz-entry+sd-jwt'}"           },
    {"none",              MZ_BAD_HEADER, "{'alg':'none','kid':'@','typ':'mz-entry+sd-jwt'}"            },
    {"HS256",             MZ_BAD_HEADER, "{'alg':'HS256','kid':'@','typ':'mz-entry+sd-jwt'}"           },
    {"another typ",       MZ_BAD_HEADER, "{'alg':'Ed25519','kid':'@','typ':'JWT'}"                     },
    {"no kid",            MZ_BAD_HEADER, "{'alg':'Ed25519','typ':'mz-entry+sd-jwt'}"                   },
    {"a short kid",       MZ_BAD_HEADER, "{'alg':'Ed25519','kid':'AAAA','typ':'mz-entry+sd-jwt'}"      },
    {"another order",     MZ_BAD_HEADER, "{'kid':'@','alg':'Ed25519','typ':'mz-entry+sd-jwt'}"         },
    {"a blank",           MZ_BAD_HEADER, "{'alg':'Ed25519', 'kid':'@','typ':'mz-entry+sd-jwt'}"        },
    {"jwk besides",       MZ_BAD_HEADER, "{'alg':'Ed25519','jwk':{},'kid':'@','typ':'mz-entry+sd-jwt'}"},
    {"crit besides",      MZ_BAD_HEADER,
     "{'alg':'Ed25519','crit':['b64'],'kid':'@','typ':'mz-entry+sd-jwt'}"                              },
    {"crit at the end",   MZ_BAD_HEADER,
     "{'alg':'Ed25519','kid':'@','typ':'mz-entry+sd-jwt','crit':[]}"                                   },
    {"a repeated member", MZ_BAD_HEADER,
     "{'alg':'Ed25519','kid':'@','typ':'mz-entry+sd-jwt','alg':'none'}"                                },
    {"nothing",           MZ_BAD_HEADER, "{}"                                                          },
};

static void test_headers(void **state)
{
    (void)state;
    char *payload = quoted(PARTY(""));
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        char header[400];
        mz_buf text;
        mz_entry entry;
        mz_reason why = {0};
        header_of(HEADERS[i].header, header);
        sign(header, mz_view_of(payload), &text);
        mz_status is = mz_entry_decode(mz_buf_view(&text), &entry, &why);
        if (is != HEADERS[i].want)
            fail_msg("%s: is %s", HEADERS[i].name, mz_status_code(is));
        mz_entry_clear(&entry);
        mz_buf_clear(&text);
    }
    free(payload);
}

static void test_signed_entry(void **state)
{
    (void)state;
    char header[400];
    char *payload = quoted(RECORDED("7", ",'note':'闻'"));
    mz_buf text;
    mz_entry entry;
    mz_signer signer, other;
    mz_reason why = {0};
    int32_t day = 0, want = 0;
    mz_fixture_signer("reg-a", &signer);
    mz_fixture_signer("reg-b", &other);
    header_of(HEADER, header);
    sign(header, mz_view_of(payload), &text);
    assert_int_equal(mz_entry_decode(mz_buf_view(&text), &entry, &why), MZ_OK);
    assert_int_equal(entry.row->event, MZ_INCOME_RECORDED);
    assert_string_equal(entry.origin, "fund.example.org/test");
    assert_string_equal(entry.fund, "f");
    assert_int_equal(entry.iat_unix_s, 1772413200);
    assert_memory_equal(entry.jws.kid.bytes, signer.thumbprint.bytes, 32);
    assert_int_equal(mz_body_integer(&entry, "amount_fen", 0), 7);
    assert_int_equal(mz_body_integer(&entry, "earned", 5), 5);
    assert_true(mz_view_is(mz_body_text(&entry, "note"), "闻"));
    assert_null(mz_body_text(&entry, "party").data);
    assert_int_equal(mz_body_value(&entry, "kind", MZ_INCOME_KINDS), MZ_INCOME_DONATION);
    assert_int_equal(mz_body_value(&entry, "party", MZ_INCOME_KINDS), -1);
    assert_true(mz_body_day(&entry, "received_on", &day));
    assert_true(mz_day_parse(mz_view_of("2026-03-02"), &want));
    assert_int_equal(day, want);
    assert_false(mz_body_day(&entry, "earned_to", &day));
    assert_true(mz_body_has(&entry, "note"));
    assert_false(mz_body_has(&entry, "source"));
    assert_int_equal(mz_entry_verify(&entry, signer.public_key, &why), MZ_OK);
    assert_int_equal(mz_entry_verify(&entry, other.public_key, &why), MZ_BAD_SIGNATURE);
    mz_entry_clear(&entry);
    text.data[text.size - 1] ^= 1; /* the last letter holds spare bits */
    why = (mz_reason){0};
    mz_status is = mz_entry_decode(mz_buf_view(&text), &entry, &why);
    assert_int_equal(is, MZ_BAD_BASE64);
    text.data[text.size - 1] ^= 1;
    text.data[text.size - 2] = text.data[text.size - 2] == 'A' ? 'B' : 'A';
    why = (mz_reason){0};
    assert_int_equal(mz_entry_decode(mz_buf_view(&text), &entry, &why), MZ_OK);
    assert_int_equal(mz_entry_verify(&entry, signer.public_key, &why), MZ_BAD_SIGNATURE);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    free(payload);
}

/* Changes the good text by one cut or one insertion. */
static mz_status changed(const mz_buf *good, size_t at, const char *insert, size_t cut)
{
    mz_buf text;
    mz_entry entry;
    mz_buf_init(&text, 200000);
    mz_buf_put(&text, (mz_view){good->data, at});
    mz_buf_put_text(&text, insert);
    mz_buf_put(&text, (mz_view){good->data + at + cut, good->size - at - cut});
    mz_status status = mz_entry_decode(mz_buf_view(&text), &entry, NULL);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return status;
}

static void test_compact_form(void **state)
{
    (void)state;
    char header[400];
    char *payload = quoted(PARTY(""));
    mz_buf good;
    header_of(HEADER, header);
    sign(header, mz_view_of(payload), &good);
    const uint8_t *dot = memchr(good.data, '.', good.size);
    size_t first = (size_t)(dot - good.data);
    dot = memchr(dot + 1, '.', good.size - first - 1);
    size_t second = (size_t)(dot - good.data);
    assert_int_equal(changed(&good, 0, "", 0), MZ_OK);
    assert_int_equal(changed(&good, first, "=", 0), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, second, "=", 0), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, second, "==", 0), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, good.size, "==", 0), MZ_BAD_JWS);
    assert_int_equal(changed(&good, second - 2, "+", 1), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, second - 2, "/", 1), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, second - 2, " ", 1), MZ_BAD_BASE64);
    assert_int_equal(changed(&good, good.size, "\n", 0), MZ_BAD_JWS);
    assert_int_equal(changed(&good, good.size, ".", 0), MZ_BAD_JWS);
    assert_int_equal(changed(&good, second, "", good.size - second), MZ_BAD_JWS);
    assert_int_equal(changed(&good, good.size - 1, "", 1), MZ_BAD_JWS);
    assert_int_equal(changed(&good, good.size, "~", 0), MZ_BAD_JWS); /* no disclosures here */
    mz_buf_clear(&good);
    free(payload);
}

/* ---- leaves ---- */

/* A payload of exactly `size` bytes: valid JSON of an unknown event. */
static mz_status decode_of_size(size_t size)
{
    char header[400];
    char *head = quoted("{" ENVELOPE ",'type':'no.such','body':{'x':'");
    mz_buf payload, text;
    mz_entry entry;
    mz_buf_init(&payload, 200000);
    mz_buf_put_text(&payload, head);
    while (payload.size < size - 3)
        mz_buf_put_text(&payload, "a");
    mz_buf_put_text(&payload, "\"}}");
    assert_int_equal(payload.size, size);
    header_of(HEADER, header);
    sign(header, mz_buf_view(&payload), &text);
    mz_status status = mz_entry_decode(mz_buf_view(&text), &entry, NULL);
    mz_status plain = mz_entry_decode_payload(mz_buf_view(&payload), &entry, NULL);
    assert_int_equal(plain, status);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    mz_buf_clear(&payload);
    free(head);
    return status;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(decode_of_size(MZ_PAYLOAD_SIZE_MAX), MZ_UNKNOWN_EVENT); /* read at all */
    assert_int_equal(decode_of_size(MZ_PAYLOAD_SIZE_MAX + 1), MZ_TOO_LARGE);
    assert_int_equal(decode_of_size(60000), MZ_TOO_LARGE);
    /* The largest entry makes a leaf within the limit. */
    assert_true(MZ_LEAF_PREFIX_MAX + 200 + MZ_BASE64URL_SIZE(MZ_PAYLOAD_SIZE_MAX) + 1 + 86 <=
                MZ_LEAF_SIZE_MAX);
}

static const struct {
    const char *text;
    mz_status want;
    int64_t unix_ms;
} LEAVES[] = {
    {"1772413200000 a.b.c",             MZ_OK,      INT64_C(1772413200000)},
    {"0 x",                             MZ_OK,      0                     },
    {"9223372036854775807 x",           MZ_OK,      INT64_MAX             },
    {"9223372036854775808 x",           MZ_CORRUPT, 0                     },
    {"99999999999999999999999999999 x", MZ_CORRUPT, 0                     },
    {"01 x",                            MZ_CORRUPT, 0                     },
    {"00 x",                            MZ_CORRUPT, 0                     },
    {"-1 x",                            MZ_CORRUPT, 0                     },
    {"+1 x",                            MZ_CORRUPT, 0                     },
    {" x",                              MZ_CORRUPT, 0                     },
    {"1",                               MZ_CORRUPT, 0                     },
    {"1\tx",                            MZ_CORRUPT, 0                     },
    {"",                                MZ_CORRUPT, 0                     },
};

static void test_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LEAVES / sizeof LEAVES[0]; i++) {
        int64_t unix_ms = -1;
        mz_view jws = {NULL, 0};
        mz_reason why = {0};
        mz_status is = mz_leaf_split(mz_view_of(LEAVES[i].text), &unix_ms, &jws, &why);
        if (is != LEAVES[i].want)
            fail_msg("%s: is %s", LEAVES[i].text, mz_status_code(is));
        if (is != MZ_OK)
            continue;
        char prefix[MZ_LEAF_PREFIX_MAX + 1];
        assert_true(unix_ms == LEAVES[i].unix_ms);
        size_t size = mz_leaf_prefix(unix_ms, prefix);
        assert_memory_equal(prefix, LEAVES[i].text, size);
        assert_ptr_equal(jws.data, LEAVES[i].text + size);
    }
    uint8_t *large = malloc(MZ_LEAF_SIZE_MAX + 1);
    assert_non_null(large);
    memset(large, 'a', MZ_LEAF_SIZE_MAX + 1);
    memcpy(large, "1 ", 2);
    int64_t unix_ms;
    mz_view jws;
    assert_int_equal(mz_leaf_split((mz_view){large, MZ_LEAF_SIZE_MAX}, &unix_ms, &jws, NULL),
                     MZ_OK);
    assert_int_equal(mz_leaf_split((mz_view){large, MZ_LEAF_SIZE_MAX + 1}, &unix_ms, &jws, NULL),
                     MZ_CORRUPT);
    free(large);
}

/* ---- the catalogue ---- */

static void check_fields(const char *event, const mz_field *fields)
{
    for (; fields->name != NULL; fields++) {
        if (fields->zh == NULL || fields->zh[0] == '\0' || fields->en == NULL ||
            fields->en[0] == '\0')
            fail_msg("%s.%s says nothing", event, fields->name);
        if (fields->low > fields->high)
            fail_msg("%s.%s has no value", event, fields->name);
        const bool words = fields->type == MZ_TYPE_ENUM || fields->type == MZ_TYPE_ENUMS;
        const bool nested = fields->type == MZ_TYPE_OBJECT || fields->type == MZ_TYPE_OBJECTS;
        if (words != (fields->values != NULL) || nested != (fields->fields != NULL))
            fail_msg("%s.%s has the wrong parts", event, fields->name);
        for (const mz_field *other = fields + 1; other->name != NULL; other++)
            assert_string_not_equal(fields->name, other->name);
        if (nested)
            check_fields(event, fields->fields);
    }
}

static void test_catalogue(void **state)
{
    (void)state;
    size_t count = 0;
    const mz_event_row *rows = mz_event_rows(&count);
    assert_int_equal(count, 54);
    for (size_t i = 0; i < count; i++) {
        const mz_event_row *row = &rows[i];
        assert_true(row->event > MZ_EVENT_NONE && row->event <= MZ_EVENT_NUMBER_MAX);
        assert_true(i == 0 || rows[i - 1].event < row->event);
        assert_ptr_equal(mz_event_row_of(row->event), row);
        assert_ptr_equal(mz_event_row_named(mz_view_of(row->name)), row);
        assert_true(row->roles != 0 && (row->roles & ~MZ_ANYONE) == 0);
        assert_true(strlen(row->zh) > 0 && strlen(row->en) > 0);
        check_fields(row->name, row->fields);
    }
    assert_null(mz_event_row_of(MZ_EVENT_NONE));
    assert_null(mz_event_row_named(mz_view_of("vote.cast ")));
    assert_null(mz_event_row_named(mz_view_of("vote")));
}

/* What the rule book says of each event, once more and by hand: signer, fund, dagger, evidence. */
/* clang-format off */
static const struct {
    const char *name;
    unsigned roles;
    mz_fund_use fund;
    mz_confirm_use confirm;
    bool evidence;
} BOOK[] = {
    {"ledger.opened", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"ledger.amended", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"rules.adopted", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"actor.enrolled", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"actor.rekeyed", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"actor.assigned", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"actor.retired", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"registry.confirmed", MZ_REGISTRARS | MZ_AUDITORS, MZ_FUND_TARGET, MZ_CONFIRM_NEVER, 0},
    {"fund.opened", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"fund.amended", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"fund.closing", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"fund.closed", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_ALWAYS, 0},
    {"committee.seated", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_ALWAYS, 0},
    {"purpose.defined", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"purpose.changed", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1},
    {"party.registered", MZ_STEWARDS | MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"party.verified", MZ_REVIEWERS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"conflict.declared", MZ_ANYONE, MZ_FUND_NONE, MZ_CONFIRM_FOR_OTHERS, 0},
    {"conflict.ended", MZ_ANYONE, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
    {"source.registered", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1},
    {"source.ended", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"session.held", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"need.listed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"need.endorsed", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"income.recorded", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"income.confirmed", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"income.declined", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"entry.reversed", MZ_STEWARDS | MZ_CASHIERS | MZ_REVIEWERS, MZ_FUND_TARGET, MZ_CONFIRM_NEVER, 0},
    {"goods.received", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"goods.issued", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"goods.sold", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"goods.written_off", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"goods.confirmed", MZ_SUPERVISORS | MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"proposal.filed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"proposal.withdrawn", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"objection.filed", MZ_STEWARDS | MZ_MEMBERS | MZ_SUPERVISORS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"objection.answered", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"opinion.given", MZ_SUPERVISORS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"vote.cast", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"member.recused", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"application.sent", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"application.approved", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"application.returned", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"application.refused", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"payout.made", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"payout.returned", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"project.completed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"project.rated", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1},
    {"statement.published", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0},
    {"balance.reconciled", MZ_REVIEWERS | MZ_AUDITORS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 1},
    {"audit.reported", MZ_AUDITORS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"finding.answered", MZ_ANYONE & ~MZ_AUDITORS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"record.restricted", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0},
    {"record.erased", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0},
};
/* clang-format on */

static void test_catalogue_by_the_book(void **state)
{
    (void)state;
    size_t count = 0;
    const mz_event_row *rows = mz_event_rows(&count);
    assert_int_equal(count, sizeof BOOK / sizeof BOOK[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(rows[i].name, BOOK[i].name);
        if (rows[i].roles != BOOK[i].roles || rows[i].fund != BOOK[i].fund ||
            rows[i].confirm != BOOK[i].confirm || rows[i].evidence_required != BOOK[i].evidence)
            fail_msg("%s is not as in the book", BOOK[i].name);
    }
}

/* Every JSON Schema says type, members and limits, and leaves out what is never in clear. */
static void test_json_schema(void **state)
{
    (void)state;
    size_t count = 0;
    const mz_event_row *rows = mz_event_rows(&count);
    for (size_t i = 0; i < count; i++) {
        json_t *schema = mz_schema_json(rows[i].fields);
        assert_non_null(schema);
        assert_string_equal(json_string_value(json_object_get(schema, "type")), "object");
        assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
        const json_t *properties = json_object_get(schema, "properties");
        for (const mz_field *field = rows[i].fields; field->name != NULL; field++) {
            const json_t *property = json_object_get(properties, field->name);
            assert_true((property == NULL) == ((field->flags & MZ_FIELD_SEALED) != 0));
        }
        json_decref(schema);
    }
    json_t *schema = mz_schema_json(mz_event_row_of(MZ_PROPOSAL_FILED)->fields);
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *payees = json_object_get(properties, "payees");
    assert_int_equal(json_integer_value(json_object_get(payees, "maxItems")), 20);
    const json_t *cap =
        json_object_get(json_object_get(json_object_get(payees, "items"), "properties"), "cap_fen");
    assert_true(json_integer_value(json_object_get(cap, "minimum")) == 1);
    assert_true(json_integer_value(json_object_get(cap, "maximum")) == INT64_C(1000000000000000));
    const json_t *title = json_object_get(properties, "title");
    assert_int_equal(json_integer_value(json_object_get(title, "maxLength")), 100);
    json_decref(schema);
}

/* What a member must be is said in the reader's language. */
static void test_refusals_in_both_languages(void **state)
{
    (void)state;
    char *text = quoted(ASSIGNED("'A'"));
    char zh[1000], en[1000];
    mz_entry entry;
    mz_reason why = {0};
    mz_field field = mz_event_row_of(MZ_ACTOR_ASSIGNED)->fields[0];
    char type[100];
    assert_int_equal(mz_entry_decode_payload(mz_view_of(text), &entry, &why), MZ_BAD_VALUE);
    mz_reason_text(&why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(&why, MZ_ENGLISH, en, sizeof en);
    assert_non_null(strstr(zh, "编号 [a-z0-9]"));
    assert_null(strstr(zh, "identifier"));
    assert_non_null(strstr(en, "identifier [a-z0-9]"));
    mz_field_type_text(&field, MZ_ENGLISH, type, sizeof type);
    assert_string_equal(type, "identifier [a-z0-9][a-z0-9-]{0,39}");
    free(text);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(mz_role_name(MZ_REGISTRAR), "registrar");
    assert_string_equal(mz_role_name(MZ_AUDITOR), "auditor");
    assert_string_equal(mz_role_text(MZ_CASHIER, MZ_CHINESE), "出纳");
    assert_string_equal(mz_word_text("voting", MZ_CHINESE), "表决中");
    assert_string_equal(mz_word_text("member", MZ_CHINESE), "委员");
    assert_string_equal(mz_word_text("unheard", MZ_CHINESE), "unheard");
    static const char *const *const LISTS[] = {
        MZ_CATEGORIES,   MZ_INCOME_KINDS, MZ_PARTY_KINDS,   MZ_CHOICES, MZ_OBJECTION_CHANNELS,
        MZ_ROLE_NAMES,   MZ_NEED_KINDS,   MZ_NEED_CHANNELS, MZ_RATERS,  MZ_GRADES,
        MZ_VISIBILITIES, MZ_SOURCE_KINDS};
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        for (const char *const *word = LISTS[i]; *word != NULL; word++) {
            if (mz_word_text(*word, MZ_CHINESE) == *word)
                fail_msg("%s has no Chinese", *word);
        }
    }
    for (mz_stage stage = MZ_CONSULTING; stage <= MZ_LAPSED; stage++)
        assert_true(mz_word_text(mz_stage_name(stage), MZ_CHINESE) != mz_stage_name(stage));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_lengths_in_code_points),
        cmocka_unit_test(test_lengths_in_bytes),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_signed_entry),
        cmocka_unit_test(test_compact_form),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_catalogue),
        cmocka_unit_test(test_catalogue_by_the_book),
        cmocka_unit_test(test_json_schema),
        cmocka_unit_test(test_refusals_in_both_languages),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("event", TESTS, NULL, NULL);
}
