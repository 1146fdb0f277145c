/* The rules of income, purposes, payouts, returns, reversals and statements, each in both
 * directions. A case begins with a stage of one story and takes a few steps, each with the answer
 * that it must get; refused steps leave no trace (the fixture compares), so a case may try several.
 *
 *     SOURCES    parties cook (verified), smith (not); sources lin (partner, gratuitous), fair
 * (market), shop, field, cafe, misc; S: a session of fair; T: a source and session of fund-b MONEY
 * A: 10000 general, confirmed by a; B: 5000 elders, by b; W: 700 general, waiting APPROVED   p1,
 * meals: elders 4000, general 3000; cook up to 6000, smith up to 3000 PAID       P: to cook, elders
 * 4000, general 1000 RETURNED   R: 1500 of P
 *
 * In bodies @X@ is the jti of what the story calls X, and @1@ of the case's first step, and so on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/totals.h"
#include "core/trace.h"
#include "ledger_fixture.h"

#define STEPS_MAX 12
#define BODY_SIZE 1200
#define EVIDENCE MZ_FIXTURE_EVIDENCE

typedef enum story_until { SOURCES, MONEY, APPROVED, PAID, RETURNED } story_until;

typedef struct story {
    mz_fixture *fixture;
    char jtis[128][MZ_UUID_TEXT_SIZE]; /* by letter, and by '1' + step */
} story;

static char *named(story *s, char name)
{
    return s->jtis[(unsigned char)name];
}

static void register_source(story *s, const char *source, const char *kind, const char *gratuitous,
                            const char *ends)
{
    mz_fixture_must(s->fixture, "stew-a", "source.registered", "fund-a", NULL,
                    "{'source':'%s','kind':'%s','agreement':{'service_type':'a','hours':'b',"
                    "'operation':'c','liability':'d'},'gratuitous':%s,'signed_on':'2026-01-01'%s,"
                    "%s}",
                    source, kind, gratuitous, ends, EVIDENCE);
}

static void tell_sources(story *s)
{
    mz_fixture *f = s->fixture;
    mz_fixture_party(f, "cook", "91370303MA0000001M");
    mz_fixture_must(f, "stew-a", "party.registered", NULL, named(s, 'V'),
                    "{'party':'smith','kind':'person'}");
    register_source(s, "lin", "partner", "true", ",'ends_on':'2026-12-31'");
    register_source(s, "fair", "market", "false", "");
    register_source(s, "shop", "micro_enterprise", "true", "");
    register_source(s, "field", "produce", "true", "");
    register_source(s, "cafe", "operation", "true", "");
    register_source(s, "misc", "other", "true", "");
    mz_fixture_must(f, "stew-a", "session.held", "fund-a", named(s, 'S'),
                    "{'source':'fair','number':1,'date':'2026-03-01','place':'x','stalls':1,"
                    "'firms':1,'visits':1}");
    mz_fixture_must(f, "stew-b", "source.registered", "fund-b", NULL,
                    "{'source':'other-fair','kind':'market','agreement':{'service_type':'a',"
                    "'hours':'b','operation':'c','liability':'d'},'gratuitous':true,"
                    "'signed_on':'2026-01-01',%s}",
                    EVIDENCE);
    mz_fixture_must(f, "stew-b", "session.held", "fund-b", named(s, 'T'),
                    "{'source':'other-fair','number':1,'date':'2026-03-01','place':'x','stalls':1,"
                    "'firms':1,'visits':1}");
}

static void record(story *s, char name, const char *purpose, int64_t amount_fen)
{
    mz_fixture_must(s->fixture, "stew-a", "income.recorded", "fund-a", named(s, name),
                    "{'kind':'donation','amount_fen':%lld,'received_on':'2026-03-01',"
                    "'purpose':'%s'}",
                    (long long)amount_fen, purpose);
}

static void confirm_income(story *s, char name, char income, const char *purpose,
                           int64_t amount_fen)
{
    mz_fixture_must(s->fixture, "cash-a", "income.confirmed", "fund-a", named(s, name),
                    "{'income':'%s','amount_fen':%lld,'purpose':'%s','booked_on':'2026-03-02',"
                    "'bank_ref':'in-%c','receipt_no':'R-%c'}",
                    named(s, income), (long long)amount_fen, purpose, name, name);
}

static void tell_money(story *s)
{
    record(s, 'A', "general", 10000);
    confirm_income(s, 'a', 'A', "general", 10000);
    record(s, 'B', "elders", 5000);
    confirm_income(s, 'b', 'B', "elders", 5000);
    record(s, 'W', "general", 700);
}

/* Files, consults, votes, applies and approves in full: eight days. */
static void approve(story *s, const char *proposal, const char *filing, const char *draws)
{
    mz_fixture *f = s->fixture;
    char hash[65];
    mz_fixture_must(f, "stew-a", "proposal.filed", "fund-a", NULL,
                    "{'proposal':'%s','title':'x','why':'x',%s,'draws':%s}", proposal, filing,
                    draws);
    mz_hex_32(f->leaf_hash.bytes, hash);
    mz_fixture_must(f, "sup-a", "opinion.given", "fund-a", NULL, "{'proposal':'%s','text':'x'}",
                    proposal);
    mz_fixture_days_later(f, 8);
    for (int i = 0; i < 2; i++)
        mz_fixture_must(f, i == 0 ? "mem-a" : "mem-b", "vote.cast", "fund-a", NULL,
                        "{'proposal':'%s','filing_sha256':'%s','epoch':1,'choice':'approve'}",
                        proposal, hash);
    mz_fixture_must(f, "mem-a", "application.sent", "fund-a", NULL, "{'proposal':'%s'}", proposal);
    mz_fixture_must(f, "rev-a", "application.approved", "fund-a", NULL,
                    "{'proposal':'%s','draws':%s}", proposal, draws);
}

#define P1_DRAWS "[{'purpose':'elders','amount_fen':4000},{'purpose':'general','amount_fen':3000}]"

static void tell_approved(story *s)
{
    approve(s, "p1",
            "'category':'meals','payees':[{'party':'cook','cap_fen':6000},"
            "{'party':'smith','cap_fen':3000}]",
            P1_DRAWS);
}

static void tell_paid(story *s)
{
    mz_fixture_must(s->fixture, "cash-a", "payout.made", "fund-a", named(s, 'P'),
                    "{'proposal':'p1','party':'cook','draws':[{'purpose':'general',"
                    "'amount_fen':1000},{'purpose':'elders','amount_fen':4000}],"
                    "'booked_on':'2026-03-10','bank_ref':'out-P'}");
}

static void tell_returned(story *s)
{
    mz_fixture_must(s->fixture, "cash-a", "payout.returned", "fund-a", named(s, 'R'),
                    "{'payout':'%s','amount_fen':1500,'booked_on':'2026-03-10','bank_ref':'in-R'}",
                    named(s, 'P'));
}

static void tell(story *s, story_until until)
{
    static void (*const CHAPTERS[])(story *) = {tell_sources, tell_money, tell_approved, tell_paid,
                                                tell_returned};
    memset(s, 0, sizeof *s);
    s->fixture = mz_fixture_new(MZ_FIXTURE_SEATED);
    for (int i = 0; i <= (int)until; i++)
        CHAPTERS[i](s);
}

/* ---- steps ---- */

/* An entry; or of these names: "days" (body: how many), "stage" ("p1 paying"), "bucket" ("elders
 * BALANCE RESERVED"), "confirm" (body: the number of the step), which must hold. */
typedef struct step {
    const char *key, *event, *fund, *body;
    mz_status want;
} step;
typedef struct rule_case {
    const char *name;
    story_until until;
    step steps[STEPS_MAX];
} rule_case;

static void expand(story *s, const char *body, char out[BODY_SIZE])
{
    size_t size = 0;
    for (const char *at = body; *at != '\0'; at++) {
        if (*at == '@') {
            const size_t room = BODY_SIZE - size;
            const int written = snprintf(out + size, room, "%s", named(s, at[1]));
            assert_true(written == MZ_UUID_TEXT_SIZE - 1 && at[2] == '@');
            size += (size_t)written;
            at += 2;
        } else {
            out[size++] = *at;
        }
        assert_true(size + 1 < BODY_SIZE);
    }
    out[size] = '\0';
}

static void look_at_bucket(story *s, const char *body)
{
    char purpose[41];
    long long balance_fen = 0, reserved_fen = 0;
    mz_bucket bucket;
    assert_int_equal(sscanf(body, "%40s %lld %lld", purpose, &balance_fen, &reserved_fen), 3);
    mz_fixture_bucket(s->fixture, "fund-a", purpose, &bucket);
    assert_int_equal(bucket.balance_fen, balance_fen);
    assert_int_equal(bucket.reserved_fen, reserved_fen);
}

static bool look(story *s, const step *st)
{
    if (strcmp(st->event, "days") == 0) {
        mz_fixture_days_later(s->fixture, atoi(st->body));
    } else if (strcmp(st->event, "bucket") == 0) {
        look_at_bucket(s, st->body);
    } else if (strcmp(st->event, "stage") == 0) {
        char proposal[41], stage[41];
        assert_int_equal(sscanf(st->body, "%40s %40s", proposal, stage), 2);
        assert_string_equal(mz_fixture_stage(s->fixture, proposal), stage);
    } else if (strcmp(st->event, "confirm") == 0) {
        mz_fixture_confirm(s->fixture, st->fund, named(s, st->body[0]));
    } else {
        return false;
    }
    return true;
}

static mz_ref purpose_ref(mz_fixture *f, mz_ref fund, const char *id)
{
    uint64_t ref = 0;
    mz_reason why = {0};
    if (strcmp(id, "general") != 0)
        assert_int_equal(
            mz_name_find(f->changes, MZ_NAME_PURPOSE, fund, mz_view_of(id), &ref, &why), MZ_OK);
    return ref;
}

/* Every bucket of the story, whatever happened to it. */
static void check_buckets(mz_fixture *f)
{
    static const char *const IDS[] = {"general", "elders", "repairs"};
    mz_fund a, b;
    mz_reason why = {0};
    mz_fixture_fund(f, "fund-a", &a);
    mz_fixture_fund(f, "fund-b", &b);
    int64_t balance_fen = 0, reserved_fen = 0;
    for (size_t i = 0; i < 3; i++) {
        mz_bucket bucket;
        const mz_ref ref = purpose_ref(f, a.ref, IDS[i]);
        assert_int_equal(mz_lots_check(f->changes, a.ref, ref, &why), MZ_OK);
        assert_int_equal(mz_bucket_load(f->changes, a.ref, ref, &bucket, &why), MZ_OK);
        balance_fen += bucket.balance_fen;
        reserved_fen += bucket.reserved_fen;
    }
    assert_int_equal(a.balance_fen, balance_fen);
    assert_int_equal(a.reserved_fen, reserved_fen);
    assert_int_equal(mz_lots_check(f->changes, b.ref, MZ_GENERAL, &why), MZ_OK);
}

static void run_case(void **state)
{
    const rule_case *c = *state;
    story s;
    tell(&s, c->until);
    for (int i = 0; i < STEPS_MAX && c->steps[i].event != NULL; i++) {
        const step *st = &c->steps[i];
        char body[BODY_SIZE];
        if (look(&s, st))
            continue;
        expand(&s, st->body, body);
        const mz_status is = mz_fixture_write(s.fixture, st->key, st->event, st->fund, body,
                                              named(&s, (char)('1' + i)));
        if (is != st->want) {
            char text[600];
            mz_reason_text(&s.fixture->why, MZ_ENGLISH, text, sizeof text);
            fail_msg("step %d, %s: is %s (%s), want %s", i + 1, st->event, mz_status_code(is), text,
                     mz_status_code(st->want));
        }
        check_buckets(s.fixture);
    }
    mz_fixture_free(s.fixture);
}

#define RECORD(members) "{'amount_fen':300,'received_on':'2026-03-01'," members "}"
#define GIFT "'kind':'donation','purpose':'general'"
#define OF(kind, source) "'kind':'" kind "','purpose':'general','source':'" source "'"
#define IN_TERM ",'earned_to':'2026-02-28'"
#define RECORDED(members, want)                                                                    \
    {                                                                                              \
        "stew-a", "income.recorded", "fund-a", RECORD(members), want                               \
    }
#define UNKNOWN "01900000-0000-7000-8000-00000000ffff"

/* clang-format off */
static const rule_case RECORDED_CASES[] = {
    {"income.recorded: a donation, and its wrong turns", SOURCES, {
        RECORDED(GIFT, MZ_OK),
        RECORDED("'kind':'fiscal','purpose':'general'", MZ_NOT_FUND_MONEY),
        RECORDED("'kind':'wages','purpose':'general'", MZ_NOT_FUND_MONEY),
        RECORDED("'kind':'fiscal','purpose':'nowhere'", MZ_NOT_FUND_MONEY),
        RECORDED("'kind':'donation','purpose':'nowhere'", MZ_NOT_FOUND),
        RECORDED(GIFT ",'party':'nobody'", MZ_NOT_FOUND),
        RECORDED(GIFT ",'party':'smith'", MZ_OK),
        RECORDED(GIFT ",'source':'nothing'", MZ_NOT_FOUND),
        RECORDED(GIFT ",'source':'other-fair'", MZ_OTHER_FUND),
        RECORDED(GIFT ",'session':'@T@'", MZ_OTHER_FUND),
        {"mem-a", "income.recorded", "fund-a", RECORD(GIFT), MZ_WRONG_ROLE},
        {"stew-b", "income.recorded", "fund-a", RECORD(GIFT), MZ_NOT_YOUR_FUND}}},
    {"income.recorded: received today, not tomorrow", SOURCES, {
        {"stew-a", "income.recorded", "fund-a", "{'amount_fen':1,'received_on':'2026-03-02'," GIFT "}", MZ_OK},
        {"stew-a", "income.recorded", "fund-a", "{'amount_fen':1,'received_on':'2026-03-03'," GIFT "}", MZ_DATE_RANGE}}},
    {"income.recorded: a session is no jti of something else", SOURCES, {
        RECORDED(GIFT ",'session':'" UNKNOWN "'", MZ_NOT_FOUND),
        RECORDED(GIFT ",'session':'@V@'", MZ_NOT_FOUND)}},
    {"income.recorded: a partner's share", SOURCES, {
        RECORDED("'kind':'partner_share','purpose':'general'", MZ_SOURCE_REQUIRED),
        RECORDED(OF("partner_share", "shop") IN_TERM, MZ_SOURCE_KIND),
        RECORDED(OF("partner_share", "lin"), MZ_MISSING_MEMBER),
        RECORDED(OF("partner_share", "lin") IN_TERM, MZ_OK),
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2026-01-01'", MZ_OK),
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2025-12-31'", MZ_OUTSIDE_AGREEMENT),
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2026-12-31'", MZ_OK),
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2027-01-01'", MZ_OUTSIDE_AGREEMENT)}},
    {"income.recorded: a source that has ended owes what it earned", SOURCES, {
        {"stew-a", "source.ended", "fund-a", "{'source':'lin','reason':'x'}", MZ_OK},
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2026-03-02'", MZ_OK),
        RECORDED(OF("partner_share", "lin") ",'earned_to':'2026-03-03'", MZ_OUTSIDE_AGREEMENT)}},
    {"income.recorded: kinds and their sources", SOURCES, {
        RECORDED(OF("micro_enterprise", "shop") IN_TERM, MZ_OK),
        RECORDED(OF("micro_enterprise", "field") IN_TERM, MZ_SOURCE_KIND),
        RECORDED(OF("produce", "field") IN_TERM, MZ_OK),
        RECORDED(OF("produce", "cafe") IN_TERM, MZ_SOURCE_KIND),
        RECORDED(OF("operation", "cafe") IN_TERM, MZ_OK),
        RECORDED(OF("operation", "misc") IN_TERM, MZ_SOURCE_KIND),
        RECORDED(OF("other", "misc"), MZ_OK),
        RECORDED(OF("interest", "lin"), MZ_OK),
        RECORDED("'kind':'produce','purpose':'general'" IN_TERM, MZ_SOURCE_REQUIRED),
        RECORDED("'kind':'micro_enterprise','purpose':'general'" IN_TERM, MZ_SOURCE_REQUIRED),
        RECORDED("'kind':'operation','purpose':'general'" IN_TERM, MZ_SOURCE_REQUIRED)}},
    {"income.recorded: a market cites its session", SOURCES, {
        RECORDED("'kind':'market','purpose':'general','session':'@S@'", MZ_SOURCE_REQUIRED),
        RECORDED(OF("market", "lin") ",'session':'@S@'", MZ_SOURCE_KIND),
        RECORDED(OF("market", "fair") IN_TERM, MZ_SESSION_REQUIRED),
        RECORDED(OF("market", "fair") ",'session':'@S@'", MZ_OK),
        RECORDED(OF("market", "fair") ",'session':'@S@','earned_to':'2020-01-01'", MZ_OK)}},
    {"income.recorded: a reversed session is none", SOURCES, {
        {"stew-a", "entry.reversed", "fund-a", "{'target':'@S@','reason':'x'}", MZ_OK},
        RECORDED(OF("market", "fair") ",'session':'@S@'", MZ_NOT_IN_EFFECT)}},
    {"income.recorded: seeded by nothing paid", APPROVED, {
        RECORDED(GIFT ",'seeded_by':'p9'", MZ_NOT_FOUND),
        RECORDED(GIFT ",'seeded_by':'p1'", MZ_NOTHING_PAID)}},
    {"income.recorded: seeded by what was paid, even if all came back", PAID, {
        RECORDED(GIFT ",'seeded_by':'p1'", MZ_OK),
        {"cash-a", "payout.returned", "fund-a", "{'payout':'@P@','amount_fen':5000,'booked_on':'2026-03-10','bank_ref':'back'}", MZ_OK},
        RECORDED(GIFT ",'seeded_by':'p1'", MZ_OK)}},
    {"income.recorded: replaces what ended, once", MONEY, {
        RECORDED(GIFT ",'replaces':'@W@'", MZ_WRONG_STATE),
        RECORDED(GIFT ",'replaces':'@A@'", MZ_WRONG_STATE),
        RECORDED(GIFT ",'replaces':'@a@'", MZ_NOT_FOUND),
        {"cash-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_OK},
        RECORDED(GIFT ",'replaces':'@W@'", MZ_OK),
        RECORDED(GIFT ",'replaces':'@W@'", MZ_ALREADY_REPLACED),
        {"stew-a", "entry.reversed", "fund-a", "{'target':'@5@','reason':'x'}", MZ_OK},
        RECORDED(GIFT ",'replaces':'@W@'", MZ_ALREADY_REPLACED),
        RECORDED(GIFT ",'replaces':'@5@'", MZ_OK)}},
};

#define CONFIRM(income, more) "{'income':'" income "','purpose':'general','booked_on':'2026-03-02'," more "}"
#define WAIVED ",'receipt_waived':'none wanted'"
static const rule_case CONFIRMED_CASES[] = {
    {"income.confirmed: the cashier repeats the figures", MONEY, {
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':701,'bank_ref':'x'" WAIVED), MZ_FIGURE_DIFFERS},
        {"cash-a", "income.confirmed", "fund-a", "{'income':'@W@','amount_fen':700,'purpose':'elders','booked_on':'2026-03-02','bank_ref':'x'" WAIVED "}", MZ_FIGURE_DIFFERS},
        {"cash-a", "income.confirmed", "fund-a", "{'income':'@W@','amount_fen':700,'purpose':'general','booked_on':'2026-03-03','bank_ref':'x'" WAIVED "}", MZ_DATE_RANGE},
        {"stew-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_WRONG_ROLE},
        {"cash-a", "income.confirmed", "fund-b", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_OTHER_FUND},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM(UNKNOWN, "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_NOT_FOUND},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_OK},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'y'" WAIVED), MZ_WRONG_STATE},
        {"cash-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_WRONG_STATE},
        {NULL, "bucket", NULL, "general 10700 0", MZ_OK}}},
    {"income.confirmed: a receipt or the reason for none", MONEY, {
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'"), MZ_RECEIPT_CHOICE},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','receipt_no':'r'" WAIVED), MZ_RECEIPT_CHOICE},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','receipt_no':'R-a'"), MZ_RECEIPT_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','receipt_no':'r'"), MZ_OK}}},
    {"income.confirmed: no donation receipt for what is not given", SOURCES, {
        RECORDED(OF("market", "fair") ",'session':'@S@'", MZ_OK),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x','receipt_no':'r'"), MZ_NO_DONATION_RECEIPT},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x'" WAIVED), MZ_OK}}},
    {"income.confirmed: one bank line, many gifts", MONEY, {
        RECORDED(GIFT, MZ_OK),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'in-a'" WAIVED), MZ_BANK_REF_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':699" WAIVED), MZ_BANK_LINE_OVER},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':999" WAIVED), MZ_OK},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x','bank_total_fen':999" WAIVED), MZ_BANK_LINE_OVER},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x','bank_total_fen':1000" WAIVED), MZ_BANK_REF_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x'" WAIVED), MZ_BANK_REF_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'y'" WAIVED), MZ_OK}}},
    {"income.declined: once", MONEY, {
        {"stew-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_WRONG_ROLE},
        {"cash-a", "income.declined", "fund-a", "{'income':'@A@','reason':'x'}", MZ_WRONG_STATE},
        {"cash-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_OK},
        {"cash-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_WRONG_STATE},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_WRONG_STATE},
        {"stew-a", "entry.reversed", "fund-a", "{'target':'@W@','reason':'x'}", MZ_WRONG_STATE}}},
};

#define MOVE(from, lots, to) "{'purpose':'" from "','lots':[" lots "],'to':'" to "','ground':'x'," EVIDENCE "}"
#define LOT(income, amount) "{'income':'" income "','amount_fen':" amount "}"
static const rule_case MOVE_CASES[] = {
    {"purpose.changed: to no wider purpose", MONEY, {
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "2500"), "repairs"), MZ_OK},
        {NULL, "bucket", NULL, "general 7500 0", MZ_OK},
        {NULL, "bucket", NULL, "repairs 2500 0", MZ_OK},
        {"rev-a", "purpose.changed", "fund-a", MOVE("repairs", LOT("@A@", "1"), "general"), MZ_WIDER_PURPOSE},
        {"rev-a", "purpose.changed", "fund-a", MOVE("elders", LOT("@B@", "1"), "repairs"), MZ_WIDER_PURPOSE},
        {"rev-a", "purpose.changed", "fund-a", MOVE("elders", LOT("@B@", "1"), "elders"), MZ_BAD_VALUE},
        {"rev-a", "purpose.changed", "fund-a", MOVE("elders", LOT("@B@", "1"), "nowhere"), MZ_NOT_FOUND},
        {"stew-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "1"), "repairs"), MZ_WRONG_ROLE},
        {"rev-a", "purpose.changed", "fund-a", "{'purpose':'general','lots':[" LOT("@A@", "1") "],'to':'repairs','ground':'x'}", MZ_EVIDENCE_REQUIRED}}},
    {"purpose.changed: what lies there, unspent", MONEY, {
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "10001"), "repairs"), MZ_BALANCE_SHORT},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@B@", "1"), "repairs"), MZ_BALANCE_SHORT},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@W@", "1"), "repairs"), MZ_WRONG_STATE},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@a@", "1"), "repairs"), MZ_NOT_FOUND},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT(UNKNOWN, "1"), "repairs"), MZ_NOT_FOUND},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "1") "," LOT("@A@", "1"), "repairs"), MZ_REPEATED_ITEM},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "10000"), "repairs"), MZ_OK},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "1"), "repairs"), MZ_BALANCE_SHORT}}},
    {"purpose.changed: what is reserved stays", APPROVED, {
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "7001"), "repairs"), MZ_BALANCE_SHORT},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "7000"), "repairs"), MZ_OK},
        {NULL, "bucket", NULL, "general 3000 3000", MZ_OK}}},
};

#define PAY(party, draws, ref) "{'proposal':'p1','party':'" party "','draws':[" draws "],'booked_on':'2026-03-10','bank_ref':'" ref "'}"
#define D(purpose, amount) "{'purpose':'" purpose "','amount_fen':" amount "}"
#define PAYS(body, want) {"cash-a", "payout.made", "fund-a", body, want}
#define RETURN(payout, amount, ref) "{'payout':'" payout "','amount_fen':" amount ",'booked_on':'2026-03-10','bank_ref':'" ref "'}"
#define RETURNS(body, want) {"cash-a", "payout.returned", "fund-a", body, want}
static const rule_case PAYOUT_CASES[] = {
    {"payout.made: draws within the approval", APPROVED, {
        PAYS(PAY("cook", D("elders", "4001"), "x"), MZ_OVER_BUDGET),
        PAYS(PAY("cook", D("elders", "4000"), "x"), MZ_OK),
        {NULL, "stage", NULL, "p1 paying", MZ_OK},
        {NULL, "bucket", NULL, "elders 1000 0", MZ_OK},
        PAYS(PAY("cook", D("elders", "1"), "y"), MZ_OVER_BUDGET),
        PAYS(PAY("cook", D("general", "2000"), "y"), MZ_OK),
        PAYS(PAY("cook", D("general", "1"), "z"), MZ_OVER_CAP),
        {NULL, "bucket", NULL, "general 8000 1000", MZ_OK}}},
    {"payout.made: the payee's cap", APPROVED, {
        PAYS(PAY("cook", D("elders", "4000") "," D("general", "2001"), "x"), MZ_OVER_CAP),
        PAYS(PAY("cook", D("elders", "4000") "," D("general", "2000"), "x"), MZ_OK)}},
    {"payout.made: draws of the filing, each once", APPROVED, {
        PAYS(PAY("cook", D("repairs", "1"), "x"), MZ_BAD_DRAWS),
        PAYS(PAY("cook", D("nowhere", "1"), "x"), MZ_NOT_FOUND),
        PAYS(PAY("cook", D("elders", "1") "," D("elders", "1"), "x"), MZ_BAD_DRAWS)}},
    {"payout.made: to a payee, verified", APPROVED, {
        PAYS(PAY("smith", D("general", "1"), "x"), MZ_NOT_VERIFIED),
        PAYS(PAY("nobody", D("general", "1"), "x"), MZ_NOT_FOUND),
        {"stew-a", "party.registered", NULL, "{'party':'baker','kind':'person'}", MZ_OK},
        PAYS(PAY("baker", D("general", "1"), "x"), MZ_NOT_A_PAYEE),
        {"rev-a", "party.verified", NULL, "{'registration':'@V@'}", MZ_OK},
        PAYS(PAY("smith", D("general", "1"), "x"), MZ_OK)}},
    {"payout.made: by a cashier without conflict", APPROVED, {
        {"stew-a", "payout.made", "fund-a", PAY("cook", D("general", "1"), "x"), MZ_WRONG_ROLE},
        {"cash-a", "conflict.declared", NULL, "{'actor':'cash-a','party':'smith','relation':'x'}", MZ_OK},
        PAYS(PAY("cook", D("general", "1"), "x"), MZ_CONFLICT_OF_INTEREST),
        {"cash-b", "payout.made", "fund-a", PAY("cook", D("general", "1"), "x"), MZ_OK}}},
    {"payout.made: at the bank, not tomorrow", APPROVED, {
        PAYS("{'proposal':'p1','party':'cook','draws':[" D("general", "1") "],'booked_on':'2026-03-11','bank_ref':'x'}", MZ_DATE_RANGE),
        PAYS(PAY("cook", D("general", "1"), "in-a"), MZ_BANK_REF_TAKEN),
        PAYS(PAY("cook", D("general", "1"), "x"), MZ_OK),
        PAYS(PAY("cook", D("general", "1"), "x"), MZ_BANK_REF_TAKEN)}},
    {"payout.made: a need is for wishes only", APPROVED, {
        PAYS("{'proposal':'p1','party':'cook','draws':[" D("general", "1") "],'booked_on':'2026-03-10','bank_ref':'x','need':'n'}", MZ_UNKNOWN_MEMBER)}},
    {"payout.made: before approval", MONEY, {
        {"stew-a", "proposal.filed", "fund-a", "{'proposal':'p1','title':'x','category':'meals','why':'x','payees':[{'party':'cook','cap_fen':5}],'draws':[" D("elders", "5") "]}", MZ_OK},
        {NULL, "days", NULL, "8", MZ_OK},
        PAYS(PAY("cook", D("elders", "1"), "x"), MZ_WRONG_STAGE),
        PAYS("{'proposal':'p9','party':'cook','draws':[" D("elders", "1") "],'booked_on':'2026-03-10','bank_ref':'x'}", MZ_NOT_FOUND)}},
    {"payout.made: on the last day to pay", PAID, {
        {NULL, "days", NULL, "180", MZ_OK},
        PAYS(PAY("cook", D("general", "1"), "x"), MZ_OK),
        {NULL, "days", NULL, "1", MZ_OK},
        {NULL, "bucket", NULL, "general 8999 0", MZ_OK},
        PAYS(PAY("cook", D("general", "1"), "y"), MZ_TOO_LATE),
        {NULL, "stage", NULL, "p1 paying", MZ_OK}}},
    {"payout.made: nothing paid in time", APPROVED, {
        {NULL, "days", NULL, "181", MZ_OK},
        PAYS(PAY("cook", D("general", "1"), "y"), MZ_WRONG_STAGE),
        {NULL, "stage", NULL, "p1 lapsed", MZ_OK}}},
    {"payout.made: after completion", PAID, {
        {"stew-a", "project.completed", "fund-a", "{'proposal':'p1','summary':'x','people_served':1}", MZ_OK},
        PAYS(PAY("cook", D("general", "1"), "y"), MZ_WRONG_STAGE),
        {NULL, "bucket", NULL, "general 9000 0", MZ_OK}}},
};

static const rule_case RETURN_CASES[] = {
    {"payout.returned: restores the reserve, last used first", PAID, {
        RETURNS(RETURN("@P@", "1500", "x"), MZ_OK),
        {NULL, "bucket", NULL, "general 10000 3000", MZ_OK},
        {NULL, "bucket", NULL, "elders 1500 500", MZ_OK},
        PAYS(PAY("cook", D("elders", "500") "," D("general", "2001"), "y"), MZ_OVER_CAP),
        PAYS(PAY("cook", D("elders", "500") "," D("general", "2000"), "y"), MZ_OK),
        {NULL, "bucket", NULL, "elders 1000 0", MZ_OK}}},
    {"payout.returned: at most what is not returned yet", RETURNED, {
        RETURNS(RETURN("@P@", "3501", "x"), MZ_RETURN_OVER),
        RETURNS(RETURN("@P@", "3500", "x"), MZ_OK),
        RETURNS(RETURN("@P@", "1", "y"), MZ_RETURN_OVER),
        {NULL, "stage", NULL, "p1 paying", MZ_OK},
        {NULL, "bucket", NULL, "elders 5000 4000", MZ_OK}}},
    {"payout.returned: at the bank", PAID, {
        RETURNS(RETURN("@P@", "1", "in-a"), MZ_BANK_REF_TAKEN),
        RETURNS(RETURN("@P@", "1", "out-P"), MZ_BANK_REF_TAKEN),
        RETURNS("{'payout':'@P@','amount_fen':1,'booked_on':'2026-03-11','bank_ref':'x'}", MZ_DATE_RANGE),
        RETURNS(RETURN(UNKNOWN, "1", "x"), MZ_NOT_FOUND),
        RETURNS(RETURN("@A@", "1", "x"), MZ_NOT_FOUND),
        {"cash-a", "payout.returned", "fund-b", RETURN("@P@", "1", "x"), MZ_OTHER_FUND},
        {"rev-a", "payout.returned", "fund-a", RETURN("@P@", "1", "x"), MZ_WRONG_ROLE}}},
    {"payout.returned: gifts and returns share a line in", PAID, {
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':800" WAIVED), MZ_OK},
        RETURNS("{'payout':'@P@','amount_fen':101,'booked_on':'2026-03-10','bank_ref':'x','bank_total_fen':800}", MZ_BANK_LINE_OVER),
        RETURNS("{'payout':'@P@','amount_fen':100,'booked_on':'2026-03-10','bank_ref':'x','bank_total_fen':800}", MZ_OK),
        PAYS("{'proposal':'p1','party':'cook','draws':[" D("general", "1") "],'booked_on':'2026-03-10','bank_ref':'x','bank_total_fen':800}", MZ_BANK_REF_TAKEN)}},
    {"payout.returned: after completion it goes to the bucket", PAID, {
        {"stew-a", "project.completed", "fund-a", "{'proposal':'p1','summary':'x','people_served':1}", MZ_OK},
        RETURNS(RETURN("@P@", "1500", "x"), MZ_OK),
        {NULL, "bucket", NULL, "general 10000 0", MZ_OK},
        {NULL, "bucket", NULL, "elders 1500 0", MZ_OK}}},
    {"payout.returned: after the days to pay it goes to the bucket", PAID, {
        {NULL, "days", NULL, "181", MZ_OK},
        RETURNS(RETURN("@P@", "1500", "x"), MZ_OK),
        {NULL, "bucket", NULL, "general 10000 0", MZ_OK},
        {NULL, "stage", NULL, "p1 paying", MZ_OK}}},
    {"payout.returned: not of a reversed payout", PAID, {
        {"rev-a", "entry.reversed", "fund-a", "{'target':'@P@','reason':'x'," EVIDENCE "}", MZ_OK},
        RETURNS(RETURN("@P@", "1", "x"), MZ_ALREADY_REVERSED)}},
};

#define UNDO(key, target, want) {key, "entry.reversed", "fund-a", "{'target':'" target "','reason':'x'}", want}
#define UNDO_PROVED(target, want) {"rev-a", "entry.reversed", "fund-a", "{'target':'" target "','reason':'x'," EVIDENCE "}", want}
static const rule_case REVERSAL_CASES[] = {
    {"entry.reversed: a recorded income, by a steward, once", MONEY, {
        UNDO("cash-a", "@W@", MZ_WRONG_ROLE),
        UNDO("rev-a", "@W@", MZ_WRONG_ROLE),
        UNDO("mem-a", "@W@", MZ_WRONG_ROLE),
        {"stew-b", "entry.reversed", "fund-b", "{'target':'@W@','reason':'x'}", MZ_OTHER_FUND},
        {"stew-a", "entry.reversed", NULL, "{'target':'@W@','reason':'x'}", MZ_FUND_MISSING},
        UNDO("stew-a", "@W@", MZ_OK),
        UNDO("stew-a", "@W@", MZ_ALREADY_REVERSED),
        UNDO("stew-a", "@A@", MZ_DEPENDED_ON),
        UNDO("stew-a", UNKNOWN, MZ_NOT_FOUND),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x'" WAIVED), MZ_WRONG_STATE}}},
    {"entry.reversed: a confirmed income goes back to recorded", MONEY, {
        UNDO("stew-a", "@a@", MZ_WRONG_ROLE),
        UNDO("cash-a", "@a@", MZ_OK),
        {NULL, "bucket", NULL, "general 0 0", MZ_OK},
        UNDO("cash-a", "@a@", MZ_ALREADY_REVERSED),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@A@", "'amount_fen':10000,'bank_ref':'in-a','receipt_no':'R-a'"), MZ_RECEIPT_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@A@", "'amount_fen':10000,'bank_ref':'in-a','receipt_no':'R-2'"), MZ_OK},
        {NULL, "bucket", NULL, "general 10000 0", MZ_OK},
        UNDO("cash-a", "@6@", MZ_OK),
        UNDO("stew-a", "@A@", MZ_OK),
        RECORDED(GIFT ",'replaces':'@A@'", MZ_OK)}},
    {"entry.reversed: a part of a bank line makes room on it", MONEY, {
        RECORDED(GIFT, MZ_OK),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':1000" WAIVED), MZ_OK},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@1@", "'amount_fen':300,'bank_ref':'x','bank_total_fen':1000" WAIVED), MZ_OK},
        UNDO("cash-a", "@2@", MZ_OK),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':1001" WAIVED), MZ_BANK_REF_TAKEN},
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@W@", "'amount_fen':700,'bank_ref':'x','bank_total_fen':1000" WAIVED), MZ_OK}}},
    {"entry.reversed: an income whose money is set aside", APPROVED, {
        UNDO("cash-a", "@a@", MZ_BALANCE_SHORT),
        UNDO("cash-a", "@b@", MZ_BALANCE_SHORT)}},
    {"entry.reversed: an income of which a part moved", MONEY, {
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "1"), "repairs"), MZ_OK},
        UNDO("cash-a", "@a@", MZ_DEPENDED_ON)}},
    {"entry.reversed: an income that was spent, while others cover it", PAID, {
        {"stew-a", "income.recorded", "fund-a", "{'kind':'donation','amount_fen':3999,'received_on':'2026-03-01','purpose':'elders'}", MZ_OK},
        {"cash-a", "income.confirmed", "fund-a", "{'income':'@1@','amount_fen':3999,'purpose':'elders','booked_on':'2026-03-10','bank_ref':'x'" WAIVED "}", MZ_OK},
        UNDO("cash-a", "@b@", MZ_BALANCE_SHORT),
        {"stew-a", "income.recorded", "fund-a", "{'kind':'donation','amount_fen':1,'received_on':'2026-03-01','purpose':'elders'}", MZ_OK},
        {"cash-a", "income.confirmed", "fund-a", "{'income':'@4@','amount_fen':1,'purpose':'elders','booked_on':'2026-03-10','bank_ref':'y'" WAIVED "}", MZ_OK},
        UNDO("cash-a", "@b@", MZ_OK),
        {NULL, "bucket", NULL, "elders 0 0", MZ_OK},
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "bucket", NULL, "elders 4000 4000", MZ_OK}}},
    {"entry.reversed: a payout that never left the bank", PAID, {
        UNDO("rev-a", "@P@", MZ_EVIDENCE_REQUIRED),
        UNDO("cash-a", "@P@", MZ_WRONG_ROLE),
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "stage", NULL, "p1 approved", MZ_OK},
        {NULL, "bucket", NULL, "elders 5000 4000", MZ_OK},
        {NULL, "bucket", NULL, "general 10000 3000", MZ_OK},
        PAYS(PAY("cook", D("elders", "4000") "," D("general", "2000"), "out-P"), MZ_OK),
        UNDO_PROVED("@P@", MZ_ALREADY_REVERSED),
        RECORDED(GIFT ",'seeded_by':'p1'", MZ_OK)}},
    {"entry.reversed: one payout of two", PAID, {
        PAYS(PAY("cook", D("general", "10"), "x"), MZ_OK),
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "stage", NULL, "p1 paying", MZ_OK},
        UNDO_PROVED("@1@", MZ_OK),
        {NULL, "stage", NULL, "p1 approved", MZ_OK},
        RECORDED(GIFT ",'seeded_by':'p1'", MZ_NOTHING_PAID)}},
    {"entry.reversed: a payout of which something came back", RETURNED, {
        UNDO_PROVED("@P@", MZ_DEPENDED_ON),
        UNDO("cash-a", "@R@", MZ_OK),
        UNDO_PROVED("@P@", MZ_OK)}},
    {"entry.reversed: a payout after the days to pay", PAID, {
        {NULL, "days", NULL, "181", MZ_OK},
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "stage", NULL, "p1 lapsed", MZ_OK},
        {NULL, "bucket", NULL, "elders 5000 0", MZ_OK}}},
    {"entry.reversed: a payout after completion", PAID, {
        {"stew-a", "project.completed", "fund-a", "{'proposal':'p1','summary':'x','people_served':1}", MZ_OK},
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "stage", NULL, "p1 completed", MZ_OK},
        {NULL, "bucket", NULL, "elders 5000 0", MZ_OK}}},
    {"entry.reversed: a return, out of the reserve", RETURNED, {
        UNDO("rev-a", "@R@", MZ_WRONG_ROLE),
        UNDO("cash-a", "@R@", MZ_OK),
        {NULL, "bucket", NULL, "general 9000 2000", MZ_OK},
        {NULL, "bucket", NULL, "elders 1000 0", MZ_OK},
        UNDO("cash-a", "@R@", MZ_ALREADY_REVERSED),
        RETURNS(RETURN("@P@", "5000", "in-R"), MZ_OK)}},
    {"entry.reversed: a return whose reserve was paid out", RETURNED, {
        PAYS(PAY("cook", D("elders", "1"), "x"), MZ_OK),
        UNDO("cash-a", "@R@", MZ_BALANCE_SHORT),
        UNDO_PROVED("@1@", MZ_OK),
        UNDO("cash-a", "@R@", MZ_OK)}},
    {"entry.reversed: a return, out of the bucket", RETURNED, {
        {"stew-a", "project.completed", "fund-a", "{'proposal':'p1','summary':'x','people_served':1}", MZ_OK},
        {"rev-a", "purpose.changed", "fund-a", MOVE("general", LOT("@A@", "9001"), "repairs"), MZ_OK},
        UNDO("cash-a", "@R@", MZ_BALANCE_SHORT),
        RECORDED(GIFT, MZ_OK),
        {"cash-a", "income.confirmed", "fund-a", CONFIRM("@4@", "'amount_fen':300,'bank_ref':'x'" WAIVED), MZ_OK},
        UNDO("cash-a", "@R@", MZ_OK),
        {NULL, "bucket", NULL, "general 299 0", MZ_OK}}},
    {"entry.reversed: a session, while no income cites it", SOURCES, {
        RECORDED(OF("market", "fair") ",'session':'@S@'", MZ_OK),
        UNDO("cash-a", "@S@", MZ_WRONG_ROLE),
        UNDO("stew-a", "@S@", MZ_DEPENDED_ON),
        {"cash-a", "income.declined", "fund-a", "{'income':'@1@','reason':'x'}", MZ_OK},
        UNDO("stew-a", "@S@", MZ_OK),
        UNDO("stew-a", "@S@", MZ_ALREADY_REVERSED)}},
    {"entry.reversed: votes, seatings and filings never", PAID, {
        {"stew-a", "proposal.filed", "fund-a", "{'proposal':'p2','title':'x','category':'meals','why':'x','payees':[{'party':'cook','cap_fen':5}],'draws':[" D("elders", "5") "]}", MZ_OK},
        UNDO("stew-a", "@1@", MZ_NOT_REVERSIBLE),
        UNDO("stew-a", "@V@", MZ_NOT_REVERSIBLE)}},
};

#define STATEMENT(from, to, rest) "{'from':'" from "','to':'" to "'," rest "}"
#define FIGURES(opening, income, spending, returned, corrections, moved, closing, reserved) \
    "'opening_fen':" opening ",'income':[" income "],'spending':[" spending "],'returned_fen':" returned \
    ",'corrections_fen':" corrections ",'moved_fen':" moved ",'closing_fen':" closing ",'reserved_fen':" reserved
#define GIFTS "{'kind':'donation','amount_fen':15000}"
#define MEALS "{'category':'meals','amount_fen':5000}"
#define SAYS(body, want) {"mem-a", "statement.published", "fund-a", body, want}
static const rule_case STATEMENT_CASES[] = {
    {"statement.published: periods join, and are over", RETURNED, {
        SAYS(STATEMENT("2026-03-03", "2026-03-09", FIGURES("0", "", "", "0", "0", "0", "15000", "0")), MZ_PERIOD_GAP),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "0", "0", "11500", "3500")), MZ_PERIOD_OPEN),
        SAYS(STATEMENT("2026-03-02", "2026-03-01", FIGURES("0", "", "", "0", "0", "0", "0", "0")), MZ_DATE_RANGE),
        SAYS(STATEMENT("2026-03-02", "2026-03-09", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "0")), MZ_OK),
        {NULL, "days", NULL, "1", MZ_OK},
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("15000", "", MEALS, "1500", "0", "0", "11500", "3500")), MZ_PERIOD_GAP),
        SAYS(STATEMENT("2026-03-10", "2026-03-10", FIGURES("15000", "", MEALS, "1500", "0", "0", "11500", "3500")), MZ_OK),
        SAYS(STATEMENT("2026-03-11", "2026-03-10", FIGURES("0", "", "", "0", "0", "0", "0", "0")), MZ_DATE_RANGE)}},
    {"statement.published: by a seated member", MONEY, {
        {NULL, "days", NULL, "1", MZ_OK},
        {"mem-d", "statement.published", "fund-a", STATEMENT("2026-03-02", "2026-03-02", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "0")), MZ_NOT_SEATED},
        {"mem-g", "statement.published", "fund-a", STATEMENT("2026-03-02", "2026-03-02", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "0")), MZ_NOT_SEATED},
        {"stew-a", "statement.published", "fund-a", STATEMENT("2026-03-02", "2026-03-02", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "0")), MZ_WRONG_ROLE},
        {"mem-a", "statement.published", "fund-b", STATEMENT("2026-03-02", "2026-03-02", FIGURES("0", "", "", "0", "0", "0", "0", "0")), MZ_NOT_SEATED},
        {"mem-c", "statement.published", "fund-a", STATEMENT("2026-03-02", "2026-03-02", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "0")), MZ_OK}}},
    {"statement.published: every figure is the log's", RETURNED, {
        {NULL, "days", NULL, "1", MZ_OK},
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("1", GIFTS, MEALS, "1500", "0", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", "", MEALS, "1500", "0", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS ",{'kind':'other','amount_fen':1}", MEALS, "1500", "0", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, "{'category':'care','amount_fen':5000}", "1500", "0", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1499", "0", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "-1", "0", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "0", "1", "11500", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "0", "0", "11501", "3500")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "0", "0", "11500", "3499")), MZ_STATEMENT_DIFFERS),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS "," GIFTS, MEALS, "1500", "0", "0", "11500", "3500")), MZ_REPEATED_ITEM),
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "0", "0", "11500", "3500")), MZ_OK)}},
    {"statement.published: corrections", RETURNED, {
        UNDO("cash-a", "@R@", MZ_OK),
        UNDO_PROVED("@P@", MZ_OK),
        {NULL, "days", NULL, "1", MZ_OK},
        SAYS(STATEMENT("2026-03-02", "2026-03-10", FIGURES("0", GIFTS, MEALS, "1500", "3500", "0", "15000", "7000")), MZ_OK),
        {"cash-a", "application.refused", "fund-a", "{'proposal':'p1','reason':'x'}", MZ_WRONG_ROLE},
        {"rev-a", "application.refused", "fund-a", "{'proposal':'p1','reason':'x'}", MZ_OK},
        UNDO("cash-a", "@b@", MZ_OK),
        {NULL, "days", NULL, "1", MZ_OK},
        SAYS(STATEMENT("2026-03-11", "2026-03-11", FIGURES("15000", "", "", "0", "-5000", "0", "10000", "0")), MZ_OK)}},
    {"statement.published: a lapse belongs to the day after the last", APPROVED, {
        {NULL, "days", NULL, "200", MZ_OK},
        SAYS(STATEMENT("2026-03-02", "2026-09-06", FIGURES("0", GIFTS, "", "0", "0", "0", "15000", "7000")), MZ_OK),
        SAYS(STATEMENT("2026-09-07", "2026-09-07", FIGURES("15000", "", "", "0", "0", "0", "15000", "0")), MZ_OK)}},
};

static const rule_case CLOSING_CASES[] = {
    {"fund.closed: its money moves on, with what comes back later", RETURNED, {
        {"stew-a", "project.completed", "fund-a", "{'proposal':'p1','summary':'x','people_served':1}", MZ_OK},
        {"cash-a", "income.declined", "fund-a", "{'income':'@W@','reason':'x'}", MZ_OK},
        {"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
        {"reg-b", "fund.closing", "fund-a", "{'reason':'x'}", MZ_FUND_WINDING_UP},
        RECORDED(GIFT, MZ_OK),
        {"stew-a", "entry.reversed", "fund-a", "{'target':'@5@','reason':'x'}", MZ_OK},
        {"reg-a", "fund.closed", "fund-a", "{'residual_to':{'fund':'fund-b','purpose':'general'}}", MZ_OK},
        {NULL, "confirm", "fund-a", "7", MZ_OK},
        {NULL, "bucket", NULL, "general 0 0", MZ_OK},
        RETURNS(RETURN("@P@", "100", "late"), MZ_OK),
        {NULL, "bucket", NULL, "elders 0 0", MZ_OK},
        UNDO("cash-a", "@a@", MZ_FUND_ENDED)}},
};
/* clang-format on */

/* ---- stories told at length ---- */

static mz_ref index_of(story *s, char name)
{
    return mz_fixture_index(s->fixture, named(s, name));
}

typedef struct told {
    mz_payout_part payout_parts[20];
    mz_income_part income_parts[20];
    size_t count;
} told;

static mz_status keep_payout_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    told *t = context;
    (void)why;
    assert_true(t->count < 20);
    t->payout_parts[t->count++] = *part;
    return MZ_OK;
}

static mz_status keep_income_part(const mz_income_part *part, void *context, mz_reason *why)
{
    told *t = context;
    (void)why;
    assert_true(t->count < 20);
    t->income_parts[t->count++] = *part;
    return MZ_OK;
}

/* A payout uses its draws in the filing's order, whatever its own; what came back was used last. */
static void test_trace_of_a_payout(void **state)
{
    story s;
    told t = {.count = 0};
    mz_reason why = {0};
    (void)state;
    tell(&s, RETURNED);
    assert_int_equal(
        mz_trace_payout(s.fixture->changes, index_of(&s, 'P'), keep_payout_part, &t, &why), MZ_OK);
    static const struct {
        char income;
        int64_t amount_fen;
        mz_payout_part_state state;
    } WANT[] = {
        {'B', 3500, MZ_PAYOUT_PART_STANDS  },
        {'B', 500,  MZ_PAYOUT_PART_RETURNED},
        {'A', 1000, MZ_PAYOUT_PART_RETURNED}
    };
    assert_int_equal(t.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(t.payout_parts[i].income, index_of(&s, WANT[i].income));
        assert_int_equal(t.payout_parts[i].amount_fen, WANT[i].amount_fen);
        assert_int_equal(t.payout_parts[i].state, WANT[i].state);
    }
    mz_fixture_free(s.fixture);
}

/* The trace shows both: what a reversed income paid for, and whose money took its place. */
static void test_trace_of_a_reversed_income(void **state)
{
    story s;
    told t = {.count = 0};
    mz_reason why = {0};
    (void)state;
    tell(&s, PAID);
    record(&s, 'C', "elders", 4500);
    confirm_income(&s, 'c', 'C', "elders", 4500);
    mz_fixture_must(s.fixture, "cash-a", "entry.reversed", "fund-a", named(&s, 'X'),
                    "{'target':'%s','reason':'x'}", named(&s, 'b'));
    assert_int_equal(
        mz_trace_income(s.fixture->changes, index_of(&s, 'B'), keep_income_part, &t, &why), MZ_OK);
    assert_int_equal(t.count, 2);
    assert_int_equal(t.income_parts[0].state, MZ_PART_GONE);
    assert_int_equal(t.income_parts[0].amount_fen, 4000);
    assert_int_equal(t.income_parts[0].payout, index_of(&s, 'P'));
    assert_int_equal(t.income_parts[0].index, index_of(&s, 'X'));
    assert_int_equal(t.income_parts[1].state, MZ_PART_REVERSED);
    assert_int_equal(t.income_parts[1].amount_fen, 1000);
    t.count = 0;
    assert_int_equal(
        mz_trace_payout(s.fixture->changes, index_of(&s, 'P'), keep_payout_part, &t, &why), MZ_OK);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.payout_parts[0].state, MZ_PAYOUT_PART_REPLACED);
    assert_int_equal(t.payout_parts[0].income, index_of(&s, 'B'));
    assert_int_equal(t.payout_parts[2].state, MZ_PAYOUT_PART_STANDS);
    assert_int_equal(t.payout_parts[2].income, index_of(&s, 'C'));
    assert_int_equal(t.payout_parts[2].amount_fen, 4000);
    assert_int_equal(t.payout_parts[2].since_index, index_of(&s, 'X'));
    mz_fixture_free(s.fixture);
}

/* A fund that closed: its money, and what came back of a payout later, is the other fund's. */
static void test_residual_and_late_returns(void **state)
{
    story s;
    told t = {.count = 0};
    mz_reason why = {0};
    mz_fund a, b;
    mz_period period;
    (void)state;
    tell(&s, PAID);
    mz_fixture *f = s.fixture;
    mz_fixture_must(f, "stew-a", "project.completed", "fund-a", NULL,
                    "{'proposal':'p1','summary':'x','people_served':1}");
    mz_fixture_must(f, "stew-a", "entry.reversed", "fund-a", NULL, "{'target':'%s','reason':'x'}",
                    named(&s, 'W'));
    mz_fixture_must(f, "reg-a", "fund.closing", "fund-a", NULL, "{'reason':'x'}");
    mz_fixture_registered(f, "fund.closed", "fund-a", NULL,
                          "{'residual_to':{'fund':'fund-b','purpose':'general'}}");
    mz_fixture_fund(f, "fund-b", &b);
    assert_int_equal(b.balance_fen, 10000);
    mz_fixture_days_later(f, 1);
    mz_fixture_must(f, "cash-a", "payout.returned", "fund-a", named(&s, 'L'),
                    "{'payout':'%s','amount_fen':1200,'booked_on':'2026-03-10','bank_ref':'late'}",
                    named(&s, 'P'));
    mz_fixture_fund(f, "fund-a", &a);
    mz_fixture_fund(f, "fund-b", &b);
    assert_int_equal(a.balance_fen, 0);
    assert_int_equal(b.balance_fen, 11200);
    const int32_t today = mz_day_of_ms(f->now_ms);
    assert_int_equal(mz_period_read(f->changes, a.ref, today, today, &period, &why), MZ_OK);
    assert_int_equal(period.returned_fen, 1200);
    assert_int_equal(period.moved_fen, -1200);
    assert_int_equal(period.closing_fen, 0);
    assert_int_equal(mz_period_read(f->changes, b.ref, today, today, &period, &why), MZ_OK);
    assert_int_equal(period.opening_fen, 10000);
    assert_int_equal(period.moved_fen, 1200);
    assert_int_equal(mz_trace_income(f->changes, index_of(&s, 'B'), keep_income_part, &t, &why),
                     MZ_OK);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.income_parts[0].state, MZ_PART_USED);
    assert_int_equal(t.income_parts[0].amount_fen, 3800);
    assert_int_equal(t.income_parts[1].state, MZ_PART_FREE);
    assert_int_equal(t.income_parts[1].fund, b.ref);
    assert_int_equal(t.income_parts[1].amount_fen, 200);
    check_buckets(f);
    /* What only the bank can undo is undone even now, and goes the same way. */
    mz_fixture_refuses(f, MZ_FUND_ENDED, "cash-a", "entry.reversed", "fund-a",
                       "{'target':'%s','reason':'x'}", named(&s, 'L'));
    mz_fixture_free(s.fixture);
}

/* The last statement of a closed fund says where its money went. */
static void test_final_statement(void **state)
{
    story s;
    mz_fund b;
    (void)state;
    tell(&s, MONEY);
    mz_fixture *f = s.fixture;
    mz_fixture_must(f, "cash-a", "income.declined", "fund-a", NULL, "{'income':'%s','reason':'x'}",
                    named(&s, 'W'));
    mz_fixture_must(f, "reg-a", "fund.closing", "fund-a", NULL, "{'reason':'x'}");
    mz_fixture_registered(f, "fund.closed", "fund-a", NULL,
                          "{'residual_to':{'fund':'fund-b','purpose':'general'}}");
    mz_fixture_days_later(f, 1);
    mz_fixture_must(f, "mem-a", "statement.published", "fund-a", NULL,
                    STATEMENT("2026-03-02", "2026-03-02",
                              FIGURES("0", GIFTS, "", "0", "0", "-15000", "0", "0")));
    mz_fixture_fund(f, "fund-b", &b);
    assert_int_equal(b.balance_fen, 15000);
    /* A gift of the closed fund, named in a move within its heir. */
    mz_fixture_must(f, "reg-a", "purpose.defined", "fund-b", NULL,
                    "{'purpose':'roofs','text':'x','categories':['repair']}");
    mz_fixture_must(f, "rev-a", "purpose.changed", "fund-b", NULL,
                    MOVE("general", "{'income':'%s','amount_fen':5000}", "roofs"), named(&s, 'B'));
    mz_fixture_refuses(f, MZ_BALANCE_SHORT, "rev-a", "purpose.changed", "fund-b",
                       MOVE("general", "{'income':'%s','amount_fen':1}", "roofs"), named(&s, 'B'));
    mz_fixture_free(s.fixture);
}

/* A payout that never left the bank is undone even when its fund is closed; its money moves on. */
static void test_payout_reversed_after_closing(void **state)
{
    story s;
    mz_fund a, b;
    (void)state;
    tell(&s, PAID);
    mz_fixture *f = s.fixture;
    mz_fixture_must(f, "stew-a", "project.completed", "fund-a", NULL,
                    "{'proposal':'p1','summary':'x','people_served':1}");
    mz_fixture_must(f, "stew-a", "entry.reversed", "fund-a", NULL, "{'target':'%s','reason':'x'}",
                    named(&s, 'W'));
    mz_fixture_must(f, "reg-a", "fund.closing", "fund-a", NULL, "{'reason':'x'}");
    mz_fixture_registered(f, "fund.closed", "fund-a", NULL,
                          "{'residual_to':{'fund':'fund-b','purpose':'general'}}");
    mz_fixture_must(f, "rev-a", "entry.reversed", "fund-a", NULL, "{'target':'%s','reason':'x',%s}",
                    named(&s, 'P'), EVIDENCE);
    mz_fixture_fund(f, "fund-a", &a);
    mz_fixture_fund(f, "fund-b", &b);
    assert_int_equal(a.balance_fen, 0);
    assert_int_equal(b.balance_fen, 15000);
    assert_string_equal(mz_fixture_stage(f, "p1"), "completed");
    check_buckets(f);
    mz_fixture_free(f);
}

#define TABLE(list) .rows = (list), .count = sizeof(list) / sizeof((list)[0])
static const struct {
    const rule_case *rows;
    size_t count;
} TABLES[] = {{TABLE(RECORDED_CASES)},  {TABLE(CONFIRMED_CASES)}, {TABLE(MOVE_CASES)},
              {TABLE(PAYOUT_CASES)},    {TABLE(RETURN_CASES)},    {TABLE(REVERSAL_CASES)},
              {TABLE(STATEMENT_CASES)}, {TABLE(CLOSING_CASES)}};

int main(void)
{
    static struct CMUnitTest tests[128];
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(test_trace_of_a_payout),
        cmocka_unit_test(test_trace_of_a_reversed_income),
        cmocka_unit_test(test_residual_and_late_returns),
        cmocka_unit_test(test_final_statement),
        cmocka_unit_test(test_payout_reversed_after_closing),
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        for (size_t j = 0; j < TABLES[i].count; j++) {
            rule_case *row = malloc(sizeof *row); /* cmocka's states are not const */
            if (row == NULL || count + 8 > 128)
                abort();
            *row = TABLES[i].rows[j];
            tests[count++] =
                (struct CMUnitTest){.name = row->name, .test_func = run_case, .initial_state = row};
        }
    }
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++)
        tests[count++] = stories[i];
    const int failed = _cmocka_run_group_tests("rules of money", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        free(tests[i].initial_state);
    return failed;
}
