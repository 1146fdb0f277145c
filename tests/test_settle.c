/* Time passing in a fund, and the road that every entry takes before its own rule: time of signing,
 * number, key, role, fund, confirmation. Stories on the charity of ledger_fixture.h. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/panel.h"
#include "story.h"

#define OPENS "2026-03-17 00:00:00"
#define MONEY DO("", "party", "acme"), DO("", "gives", "general 1000")
#define FILE_P DO("stew-a", "files", "p activity general:1000 >acme:1000")
#define ADOPT(id) DO("mem-a", "yes", id), DO("mem-b", "yes", id)
#define ADOPTED MONEY, FILE_P, AT(OPENS), ADOPT("p")
#define END                                                                                        \
    {                                                                                              \
        MZ_OK, NULL, NULL, NULL, NULL                                                              \
    }

/* ---- effects and deadlines at one moment ---- */

/* clang-format off */
static const story_case MOMENT_CASES[] = {
    {"a conflict at the moment of the lapse comes too late", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-04-17 00:00:00"), DO("mem-b", "declares", "acme"), SEE("is", "p lapsed")}},
    {"a conflict just before it is in time", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-04-17 00:00:00-1"), DO("mem-b", "declares", "acme"),
      AT("2026-05-17 00:00:00-1"), SEE("is", "p voting"), SEE("expires", "p 2026-05-16"),
      AT("2026-05-17 00:00:00"), SEE("is", "p expired")}},
    {"noticed a year later, all happened in its time", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-04-17 00:00:00-1"), DO("mem-b", "declares", "acme"),
      AT("2027-04-17 00:00:00"), SEE("is", "p expired"), SEE("expires", "p 2026-05-16")}},
    {"a conflict at the moment of expiry comes too late", MZ_FIXTURE_SEATED,
     {DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), MONEY, FILE_P, AT(OPENS),
      DO("mem-a", "no", "p"), AT("2026-04-09 00:00:00"), DO("mem-b", "declares", "acme"),
      SEE("is", "p expired")}},
    {"a conflict just before expiry rejects", MZ_FIXTURE_SEATED,
     {DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), MONEY, FILE_P, AT(OPENS),
      DO("mem-a", "no", "p"), AT("2026-04-09 00:00:00-1"), DO("mem-b", "declares", "acme"),
      AT("2026-06-01 00:00:00"), SEE("is", "p rejected")}},
    {"a member retires after the ballots: what came before stands", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT(OPENS), DO("mem-a", "no", "p"), DO("mem-b", "declares", "acme"),
      DO("mem-d", "declares", "acme"), DO("mem-e", "declares", "acme"),
      DO("reg-a", "retires", "mem-c"), SEE("is", "p rejected")}},
    {"a member retires first: suspended, nothing is rejected", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT(OPENS), DO("mem-a", "no", "p"), DO("reg-a", "retires", "mem-c"),
      DO("mem-b", "declares", "acme"), DO("mem-d", "declares", "acme"),
      DO("mem-e", "declares", "acme"), SEE("is", "p voting")}},
    {"the term is over: suspended from that moment, not before", MZ_FIXTURE_FUNDS,
     {DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2026-03-20"), MONEY, FILE_P,
      DO("stew-a", "files", "q activity general:1 >acme:1"), AT(OPENS), DO("mem-a", "no", "p"),
      DO("mem-a", "no", "q"), AT("2026-03-21 00:00:00-1"), DO("mem-b", "recuses", "p"),
      SEE("is", "p rejected"), AT("2026-03-21 00:00:00"), DO("mem-b", "declares", "acme"),
      AT("2026-04-01 00:00:00"), SEE("is", "q voting")}},
    {"compromise at the moment of the deadline comes too late", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-17 00:00:00"),
      AT("2026-03-20 00:00:00"), DO("reg-b", "confirms", "k"), SEE("is", "p applied"),
      SEE("due", "p 2026-05-19"), AT("2026-05-20 00:00:00"), SEE("is", "p lapsed")}},
    {"released money is there for the next entry of the same moment", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("stew-a", "files", "q activity general:1000 >acme:1000"), DAYS("15"),
      DO("mem-a", "yes", "q"), NO(MZ_NO_COVER, "mem-b", "yes", "q"),
      AT("2026-04-17 00:00:00-1"), NO(MZ_NO_COVER, "mem-b", "yes", "q"),
      AT("2026-04-17 00:00:00"), DO("mem-b", "yes", "q"), SEE("is", "p lapsed"),
      SEE("is", "q adopted")}},
    {"two effects of one moment, in the order of their entries", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-b", "declares", "acme"), DO("mem-a", "declares", "acme"),
      SEE("is", "p voting"), SEE("panel", "p mem-c mem-d mem-e"), SEE("tally", "p 0 0 2")}},
    {"what has lapsed, or was refused, is not found any more", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p activity general:10 >acme:10"),
      DO("stew-a", "files", "q activity general:10 >acme:10"),
      DO("stew-a", "files", "r activity general:10 >acme:10"), AT(OPENS), ADOPT("p"), ADOPT("q"),
      ADOPT("r"), DO("mem-a", "applies", "p"), DO("mem-a", "applies", "q"),
      DO("mem-a", "applies", "r"), DO("rev-a", "approves", "p general:10"),
      DO("rev-a", "approves", "r general:10"), DO("rev-a", "refuses", "q"),
      DO("rev-a", "refuses", "r"), AT("2026-09-14 00:00:00"), SEE("is", "p lapsed"),
      DO("mem-b", "declares", "acme"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-02 00:00:00"), DO("reg-b", "confirms", "k"),
      SEE("is", "p lapsed"), SEE("is", "q refused"), SEE("is", "r refused"), SEE("open", "0")}},
    {"what is paid or completed is not found any more", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      AS("out", "cash-a", "pays", "p acme general:10"), DO("stew-a", "completes", "p"),
      DO("rev-a", "entry.reversed", "{'target':'@out@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      DO("mem-b", "declares", "acme"), SEE("is", "p completed"), SEE("reserved", "general 0")}},
    {"another fund's proposals are its own", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("stew-b", "proposal.filed",
         "fund-b|{'proposal':'b','title':'x','category':'resolution','why':'x','payees':[],"
         "'draws':[]}"),
      DO("mem-b", "declares", "acme"), SEE("is", "b consulting"), SEE("is", "p voting"),
      AT("2026-05-01 00:00:00"), SEE("is", "b expired")}},
};

/* ---- confirmations ---- */

#define ENROL "{'actor':'n','role':'member',@key n n@}"
#define SEAT "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[]," \
    "'supervisors':[],'term_ends':'2029-03-01'}"
#define CONFIRM(target) "{'target':'@" target "@'}"
static const story_case CONFIRM_CASES[] = {
    {"by another registrar, or an auditor", MZ_FIXTURE_SEATED,
     {AS("e", "reg-a", "actor.enrolled", ENROL), NO(MZ_CONFIRM_SELF, "reg-a", "confirms", "e"),
      NO(MZ_WRONG_ROLE, "rev-a", "confirms", "e"), NO(MZ_WRONG_ROLE, "mem-a", "confirms", "e"),
      NO(MZ_WRONG_ROLE, "stew-a", "confirms", "e"), DO("aud-a", "confirms", "e")}},
    {"once", MZ_FIXTURE_SEATED,
     {AS("e", "reg-a", "actor.enrolled", ENROL), DO("reg-b", "confirms", "e"),
      NO(MZ_ALREADY_CONFIRMED, "reg-b", "confirms", "e"),
      NO(MZ_ALREADY_CONFIRMED, "aud-a", "confirms", "e")}},
    {"within thirty days", MZ_FIXTURE_SEATED,
     {AS("e", "reg-a", "actor.enrolled", ENROL),
      AS("f", "reg-a", "actor.enrolled", "{'actor':'m','role':'member',@key m m@}"),
      AT("2026-04-02 00:00:00-1"), DO("reg-b", "confirms", "e"), AT("2026-04-02 00:00:00"),
      NO(MZ_CONFIRM_LATE, "reg-b", "confirms", "f")}},
    {"not by the subject", MZ_FIXTURE_SEATED,
     {AS("k", "reg-a", "rekeys", "reg-b reg-b2"), NO(MZ_CONFIRM_SELF, "reg-b", "confirms", "k"),
      DO("aud-a", "confirms", "k"), NO(MZ_KEY_REPLACED, "reg-b", "retires", "mem-a"),
      DO("reg-b2", "retires", "mem-a")}},
    {"not by the subject of a conflict", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), AS("c", "sup-a", "declares", "reg-a acme"),
      NO(MZ_CONFIRM_SELF, "reg-a", "confirms", "c"), DO("reg-b", "confirms", "c")}},
    {"not by the subject of a conflict that ends", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), AS("c", "reg-b", "declares", "acme"),
      AS("e", "sup-a", "conflict.ended", "{'declaration':'@c@','reason':'x'}"),
      NO(MZ_CONFIRM_SELF, "reg-b", "confirms", "e"), DO("reg-a", "confirms", "e")}},
    {"not when the signer has retired since", MZ_FIXTURE_SEATED,
     {AS("r", "reg-a", "actor.enrolled", "{'actor':'reg-c','role':'registrar',@key reg-c reg-c@}"),
      DO("reg-b", "confirms", "r"), AS("e", "reg-c", "actor.enrolled", ENROL),
      DO("reg-a", "retires", "reg-c"), NO(MZ_SIGNER_RETIRED, "reg-b", "confirms", "e")}},
    {"a key replaced since does not matter", MZ_FIXTURE_SEATED,
     {AS("e", "reg-a", "actor.enrolled", ENROL), AS("k", "reg-a", "rekeys", "reg-a reg-a2"),
      DO("reg-b", "confirms", "k"), DO("reg-b", "confirms", "e"),
      NO(MZ_KEY_REPLACED, "reg-a", "retires", "mem-a"), DO("reg-a2", "retires", "mem-a")}},
    {"judged again: the role is gone", MZ_FIXTURE_SEATED,
     {AS("s", "reg-a", "committee.seated", SEAT), DO("reg-b", "retires", "mem-c"),
      NO(MZ_NOT_ELIGIBLE, "reg-b", "confirms", "s")}},
    {"refused once, it may be confirmed when it fits", MZ_FIXTURE_SEATED,
     {DO("stew-a", "files", "p resolution"), DO("reg-a", "fund.closing", "{'reason':'x'}"),
      NO(MZ_FUND_BUSY, "reg-a", "fund.closed",
         "{'residual_to':{'fund':'fund-b','purpose':'general'}}"),
      DO("stew-a", "withdraws", "p"),
      AS("d", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"),
      DO("reg-b", "confirms", "d")}},
    {"nothing happens before", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), AS("c", "sup-a", "declares", "stew-a acme"),
      DO("stew-a", "files", "p activity general:1 >acme:1"), DO("reg-b", "confirms", "c"),
      NO(MZ_CONFLICT_OF_INTEREST, "stew-a", "files", "q activity general:1 >acme:1")}},
    {"what needs none, and what is not there", MZ_FIXTURE_SEATED,
     {AS("p", "stew-a", "files", "p resolution"), NO(MZ_NOT_CONFIRMABLE, "reg-a", "confirms", "p"),
      DO("", "party", "acme"), AS("own", "mem-a", "declares", "acme"),
      NO(MZ_NOT_CONFIRMABLE, "reg-a", "confirms", "own"),
      NO(MZ_NOT_FOUND, "reg-a", "registry.confirmed",
         "{'target':'01900000-0000-7000-8000-00000000ffff'}")}},
    {"carries its target's fund", MZ_FIXTURE_SEATED,
     {AS("s", "reg-a", "committee.seated", SEAT), AS("e", "reg-a", "actor.enrolled", ENROL),
      NO(MZ_OTHER_FUND, "reg-b", "registry.confirmed", "fund-b|" CONFIRM("s")),
      NO(MZ_OTHER_FUND, "reg-b", "registry.confirmed", "fund-b|" CONFIRM("e")),
      NO(MZ_OTHER_FUND, "reg-b", "registry.confirmed", CONFIRM("e")),
      NO(MZ_FUND_MISSING, "reg-b", "registry.confirmed", "-|" CONFIRM("s")),
      DO("reg-b", "confirms", "s"), DO("reg-b", "confirms", "e")}},
    {"a supervisor's declaration for another waits, one's own does not", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), DO("stew-a", "declares", "acme"),
      NO(MZ_CONFLICT_OF_INTEREST, "stew-a", "files", "p activity general:1 >acme:1")}},
};

/* ---- who may sign, and for which fund ---- */

static const story_case ROAD_CASES[] = {
    {"unknown and retired signers, replaced keys", MZ_FIXTURE_SEATED,
     {NO(MZ_UNKNOWN_KEY, "stranger", "files", "p resolution"),
      NO(MZ_UNKNOWN_KEY, "log", "files", "p resolution"),
      AS("k", "reg-a", "rekeys", "stew-a stew-a2"), DO("stew-a", "files", "p resolution"),
      DO("reg-b", "confirms", "k"), NO(MZ_KEY_REPLACED, "stew-a", "files", "q resolution"),
      DO("stew-a2", "files", "q resolution"), DO("reg-a", "retires", "stew-a"),
      NO(MZ_SIGNER_RETIRED, "stew-a2", "files", "r resolution"),
      NO(MZ_KEY_REPLACED, "stew-a", "files", "r resolution")}},
    {"a steward acts for funds of his own", MZ_FIXTURE_SEATED,
     {NO(MZ_NOT_YOUR_FUND, "stew-b", "files", "p resolution"),
      AS("a", "reg-a", "actor.assigned", "{'actor':'stew-b','funds':['fund-a']}"),
      NO(MZ_NOT_YOUR_FUND, "stew-b", "files", "p resolution"), DO("reg-b", "confirms", "a"),
      DO("stew-b", "files", "p resolution"),
      NO(MZ_NOT_YOUR_FUND, "stew-b", "proposal.filed", "fund-b|{'proposal':'q','title':'x',"
         "'category':'resolution','why':'x','payees':[],'draws':[]}")}},
    {"first the key, then the role, then the fund, then the matter", MZ_FIXTURE_SEATED,
     {DO("reg-a", "retires", "mem-g"), NO(MZ_SIGNER_RETIRED, "mem-g", "files", "p activity"),
      NO(MZ_WRONG_ROLE, "mem-a", "files", "p activity nowhere:1 >nobody:1"),
      NO(MZ_NOT_YOUR_FUND, "stew-b", "files", "p activity nowhere:1 >nobody:1"),
      NO(MZ_NOT_FOUND, "stew-a", "files", "p activity nowhere:1 >nobody:1")}},
    {"a ballot: stage, suspension, binding, panel, replaced ballot", MZ_FIXTURE_SEATED,
     {DO("stew-a", "files", "p resolution"), NO(MZ_WRONG_STAGE, "mem-f", "yes", "p other epoch=9"),
      AT(OPENS), NO(MZ_OTHER_FILING, "mem-f", "yes", "p other epoch=9"),
      NO(MZ_OTHER_EPOCH, "mem-f", "yes", "p epoch=9"), NO(MZ_NOT_IN_PANEL, "mem-f", "yes", "p"),
      DO("reg-a", "retires", "mem-c"), NO(MZ_VOTING_SUSPENDED, "mem-f", "yes", "p other epoch=9")}},
    {"a closed fund takes nothing but what the rule book says", MZ_FIXTURE_SEATED,
     {DO("reg-a", "fund.closing", "{'reason':'x'}"),
      AS("s", "reg-a", "committee.seated", SEAT),
      AS("d", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"),
      DO("reg-b", "confirms", "d"), NO(MZ_FUND_ENDED, "stew-a", "files", "p resolution"),
      NO(MZ_FUND_ENDED, "reg-b", "confirms", "s"),
      NO(MZ_FUND_ENDED, "reg-a", "committee.seated", SEAT),
      NO(MZ_FUND_ENDED, "stew-a", "income.recorded", "{'kind':'donation','amount_fen':1,"
         "'received_on':'2026-03-02','purpose':'general'}")}},
    {"what comes back to a closed fund is taken, and nothing else", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"),
      AS("i", "stew-a", "income.recorded", "{'kind':'donation','amount_fen':1000,"
         "'received_on':'2026-03-02','purpose':'general'}"),
      AS("in", "cash-a", "income.confirmed", "{'income':'@i@','amount_fen':1000,"
         "'purpose':'general','booked_on':'2026-03-02','bank_ref':'b','receipt_no':'r'}"),
      FILE_P, AT(OPENS), ADOPT("p"), DO("mem-a", "applies", "p"),
      DO("rev-a", "approves", "p general:1000"), AS("one", "cash-a", "pays", "p acme general:10"),
      AS("two", "cash-a", "pays", "p acme general:20"), DO("stew-a", "completes", "p"),
      DO("reg-a", "fund.closing", "{'reason':'x'}"),
      AS("d", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"),
      DO("reg-b", "confirms", "d"), SEE("balance", "general 0"),
      NO(MZ_FUND_ENDED, "stew-a", "objects", "p"), NO(MZ_FUND_ENDED, "stew-a", "completes", "p"),
      NO(MZ_FUND_ENDED, "cash-a", "entry.reversed", "{'target':'@in@','reason':'x'}"),
      AS("back", "cash-a", "payout.returned", "{'payout':'@one@','amount_fen':5,"
         "'booked_on':'2026-03-17','bank_ref':'back'}"),
      NO(MZ_FUND_ENDED, "cash-a", "entry.reversed", "{'target':'@back@','reason':'x'}"),
      DO("rev-a", "entry.reversed", "{'target':'@two@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      SEE("balance", "general 0"), SEE("is", "p completed")}},
    {"no such fund", MZ_FIXTURE_PEOPLE,
     {NO(MZ_NOT_FOUND, "reg-a", "purpose.defined", "{'purpose':'x','text':'x','categories':['care']}")}},
    {"a reversal names its fund", MZ_FIXTURE_SEATED,
     {AS("p", "stew-a", "files", "p resolution"),
      NO(MZ_FUND_MISSING, "stew-a", "entry.reversed", "-|{'target':'@p@','reason':'x'}"),
      NO(MZ_NOT_REVERSIBLE, "stew-a", "entry.reversed", "{'target':'@p@','reason':'x'}")}},
};
/* clang-format on */

/* A wrong role is told which role it is and which ones it would take. */
static void test_wrong_role_names_the_right_ones(void **state)
{
    (void)state;
    static const story_step STEPS[] = {
        AS("e", "reg-a", "actor.enrolled", ENROL),
        NO(MZ_WRONG_ROLE, "mem-a", "confirms", "e"),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    char text[600];
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "role"};
    story_run(&s, STEPS);
    mz_reason_text(&s.fixture->why, MZ_ENGLISH, text, sizeof text);
    assert_non_null(strstr(text, "mem-a"));
    assert_non_null(strstr(text, "registrar"));
    assert_non_null(strstr(text, "auditor"));
    assert_null(strstr(text, "cashier"));
    mz_reason_text(&s.fixture->why, MZ_CHINESE, text, sizeof text);
    assert_non_null(strstr(text, "登记员"));
    assert_non_null(strstr(text, "审计员"));
    mz_fixture_free(s.fixture);
}

/* ---- lazily and eagerly ---- */

/* One long year: deadlines of every kind, and effects between them. */
/* clang-format off */
static const story_step YEAR[] = {
    DO("", "party", "acme"), DO("", "party", "shell"), DO("", "party", "far"),
    DO("", "party", "near"), DO("", "gives", "general 5000"),
    DO("stew-a", "files", "a activity general:100 >acme:100"),
    DO("stew-a", "files", "b activity general:200 >shell:200"),
    DO("stew-a", "files", "c activity general:300 >far:300"),
    DO("stew-a", "files", "d activity general:400 >acme:400"),
    DO("stew-a", "files", "e activity general:500 >far:500"),
    DO("stew-a", "objects", "d"), DO("stew-a", "files", "g activity general:50 >near:50"),
    DO("stew-a", "files", "h activity general:60 >near:60"),
    AT("2026-03-17 00:00:00"), ADOPT("a"), ADOPT("b"), ADOPT("c"), DO("mem-c", "no", "e"),
    ADOPT("g"), ADOPT("h"), DO("mem-a", "applies", "h"), DO("rev-b", "approves", "h general:60"),
    DO("cash-a", "pays", "h near general:20"),
    DO("mem-a", "applies", "b"), DO("mem-a", "applies", "c"),
    DO("rev-a", "approves", "c general:250"), AT("2026-03-19 10:00:00"),
    AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-17 00:00:00"),
    AT("2026-03-20 10:00:00"), DO("mem-b", "declares", "shell"), DO("reg-b", "confirms", "k"),
    AT("2026-03-25 10:00:00"), DO("rev-b", "verifies", "acme same=shell"),
    AT("2026-04-02 10:00:00"), DO("reg-a", "retires", "mem-d"),
    AT("2026-04-09 00:00:00"), DO("mem-a", "declares", "far"),
    AT("2026-04-17 00:00:00"), DO("mem-c", "declares", "acme"),
    AT("2026-05-20 00:00:00"), DO("reg-a", "retires", "mem-b"),
    AT("2026-07-01 00:00:00"), DO("stew-a", "files", "f activity general:700 >far:700"),
    AT("2026-12-31 00:00:00"), END,
};
/* clang-format on */

static void settle_at(mz_fixture *fixture, int64_t unix_ms)
{
    mz_fund fund;
    mz_reason why = {0};
    static const char *const FUNDS[] = {"fund-a", "fund-b"};
    for (size_t i = 0; i < 2; i++) {
        uint64_t ref = 0;
        assert_int_equal(
            mz_name_find(fixture->changes, MZ_NAME_FUND, 0, mz_view_of(FUNDS[i]), &ref, &why),
            MZ_OK);
        assert_int_equal(mz_rules_settle(fixture->changes, ref, unix_ms, &why), MZ_OK);
        assert_int_equal(mz_fund_load(fixture->changes, ref, &fund, &why), MZ_OK);
    }
}

/* The state after the year, the funds looked at every `pace_ms` or, at 0, only at the end. */
static mz_hash live(int64_t pace_ms, char stages[300])
{
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "a year"};
    for (const story_step *step = YEAR; step->verb != NULL; step++) {
        int64_t before = s.fixture->now_ms;
        story_step_run(&s, step);
        for (int64_t at = before; pace_ms > 0 && at < s.fixture->now_ms; at += pace_ms)
            settle_at(s.fixture, at);
        if (pace_ms > 0)
            settle_at(s.fixture, s.fixture->now_ms);
    }
    settle_at(s.fixture, s.fixture->now_ms);
    mz_hash digest = mz_fixture_digest(s.fixture);
    stages[0] = '\0';
    for (const char *id = "abcdefgh"; *id != '\0'; id++) {
        const char name[2] = {*id, '\0'};
        size_t size = strlen(stages);
        (void)snprintf(stages + size, 300 - size, "%s %s, ", name,
                       mz_fixture_stage(s.fixture, name));
    }
    mz_fixture_free(s.fixture);
    return digest;
}

static void test_when_nobody_looks(void **state)
{
    (void)state;
    static const int64_t PACES[] = {MZ_DAY_MS, MZ_DAY_MS / 3, 7 * MZ_DAY_MS + 1};
    char want[300], is[300];
    mz_hash never = live(0, want);
    assert_string_equal(
        want,
        "a expired, b expired, c expired, d expired, e expired, f expired, g lapsed, h paying, ");
    for (size_t i = 0; i < sizeof PACES / sizeof PACES[0]; i++) {
        mz_hash looked = live(PACES[i], is);
        assert_string_equal(is, want);
        assert_memory_equal(looked.bytes, never.bytes, sizeof never.bytes);
    }
}

/* Everything about the year's proposals that a person would notice. */
static void summarise(story *s, char *text, size_t text_size)
{
    size_t size = 0;
    mz_bucket bucket;
    for (const char *id = "abcdefgh"; *id != '\0'; id++) {
        const char name[2] = {*id, '\0'};
        mz_proposal p;
        mz_fixture_proposal(s->fixture, name, &p);
        size += (size_t)snprintf(text + size, text_size - size,
                                 "%s %u since %lld expiry %d due %d epoch %u reserved %lld\n", name,
                                 p.head.stage, (long long)p.head.stage_ms, p.head.expiry_day,
                                 p.head.due_day, p.head.epoch, (long long)p.draws[0].reserved_fen);
        assert_true(size < text_size);
    }
    mz_fixture_bucket(s->fixture, "fund-a", "general", &bucket);
    (void)snprintf(text + size, text_size - size, "%lld %lld", (long long)bucket.balance_fen,
                   (long long)bucket.reserved_fen);
}

/* The year again, with an entry of `fund` after every step and on every tenth day. */
static void live_touched(const char *fund, char *text, size_t text_size)
{
    char body[100];
    unsigned number = 0;
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "a year"};
    for (const story_step *step = YEAR; step->verb != NULL; step++) {
        mz_fixture *f = s.fixture;
        int64_t to_ms = f->now_ms;
        if (strcmp(step->verb, "at") == 0)
            assert_true(mz_time_parse(mz_view_of(step->text), &to_ms));
        while (to_ms - f->now_ms > 10 * MZ_DAY_MS) {
            mz_fixture_days_later(f, 10);
            (void)snprintf(body, sizeof body, "{'purpose':'t%u','text':'x','categories':['care']}",
                           number++);
            mz_fixture_must(f, "reg-a", "purpose.defined", fund, NULL, "%s", body);
        }
        story_step_run(&s, step);
        (void)snprintf(body, sizeof body, "{'purpose':'t%u','text':'x','categories':['care']}",
                       number++);
        mz_fixture_must(f, "reg-a", "purpose.defined", fund, NULL, "%s", body);
    }
    summarise(&s, text, text_size);
    mz_fixture_free(s.fixture);
}

/* Entries of the fund itself make it catch up at once, those of another let it sleep. */
static void test_when_the_fund_is_touched(void **state)
{
    (void)state;
    char awake[2000], asleep[2000];
    live_touched("fund-a", awake, sizeof awake);
    live_touched("fund-b", asleep, sizeof asleep);
    assert_string_equal(awake, asleep);
}

/* A lapse has its deadline's moment, whenever it is noticed. */
static void test_a_lapse_has_its_own_moment(void **state)
{
    (void)state;
    static const story_step STEPS[] = {ADOPTED, AT("2027-01-01 00:00:00"), END};
    mz_proposal proposal;
    int64_t ms = 0;
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "lapse"};
    story_run(&s, STEPS);
    mz_fixture_proposal(s.fixture, "p", &proposal);
    assert_true(mz_time_parse(mz_view_of("2026-04-17 00:00:00"), &ms));
    assert_int_equal(proposal.head.stage, MZ_LAPSED);
    assert_int_equal(proposal.head.stage_ms, ms);
    mz_fixture_free(s.fixture);
}

/* Voting that an entry opened begins at that entry, not when consultation was over. */
static void test_voting_opens_at_the_entry(void **state)
{
    (void)state;
    static const struct {
        const char *opinion, *begins;
    } ROWS[] = {
        {"2026-03-09 23:59:59", "2026-03-10 00:00:00"},
        {"2026-03-10 00:00:00", "2026-03-10 00:00:00"},
        {"2026-03-12 13:14:15", "2026-03-12 13:14:15"},
        {"2026-03-18 00:00:00", "2026-03-17 00:00:00"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const story_step steps[] = {MONEY,
                                    FILE_P,
                                    AT(ROWS[i].opinion),
                                    DO("sup-a", "opines", "p"),
                                    AT("2026-03-20 00:00:00"),
                                    END};
        mz_proposal proposal;
        int64_t ms = 0;
        story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "opens"};
        story_run(&s, steps);
        mz_fixture_proposal(s.fixture, "p", &proposal);
        assert_true(mz_time_parse(mz_view_of(ROWS[i].begins), &ms));
        assert_int_equal(proposal.head.stage, MZ_VOTING);
        assert_int_equal(proposal.head.stage_ms, ms);
        mz_fixture_free(s.fixture);
    }
}

/* A conflict takes the ballot itself away, not only its count. */
static void test_conflict_voids_the_ballot(void **state)
{
    (void)state;
    static const story_step STEPS[] = {MONEY,
                                       FILE_P,
                                       AT(OPENS),
                                       DO("mem-a", "yes", "p"),
                                       DO("mem-c", "no", "p"),
                                       DO("mem-a", "declares", "acme"),
                                       END};
    mz_proposal proposal;
    mz_actor actor;
    mz_voter voter;
    mz_reason why = {0};
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "void"};
    story_run(&s, STEPS);
    mz_fixture_proposal(s.fixture, "p", &proposal);
    mz_fixture_actor(s.fixture, "mem-a", &actor);
    assert_int_equal(mz_voter_load(s.fixture->changes, proposal.head.ref, actor.no, &voter, &why),
                     MZ_OK);
    assert_int_equal(voter.ballot, 0);
    mz_fixture_actor(s.fixture, "mem-c", &actor);
    assert_int_equal(mz_voter_load(s.fixture->changes, proposal.head.ref, actor.no, &voter, &why),
                     MZ_OK);
    assert_int_not_equal(voter.ballot, 0);
    mz_fixture_free(s.fixture);
}

/* A read of an earlier moment does not see what came after. */
static void test_reading_an_earlier_moment(void **state)
{
    (void)state;
    static const story_step STEPS[] = {ADOPTED, AT("2026-03-20 12:00:00"),
                                       DO("mem-b", "declares", "acme"), END};
    mz_proposal proposal;
    mz_reason why = {0};
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "earlier"};
    story_run(&s, STEPS);
    uint64_t ref = 0;
    assert_int_equal(
        mz_name_find(s.fixture->changes, MZ_NAME_PROPOSAL, 0, mz_view_of("p"), &ref, &why), MZ_OK);
    static const struct {
        int64_t later_ms;
        mz_stage stage;
    } ROWS[] = {
        {-1, MZ_ADOPTED},
        {0,  MZ_VOTING },
        {1,  MZ_VOTING },
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        mz_mark mark = mz_changes_mark(s.fixture->changes);
        settle_at(s.fixture, s.fixture->now_ms + ROWS[i].later_ms);
        assert_int_equal(mz_proposal_load(s.fixture->changes, ref, &proposal, &why), MZ_OK);
        assert_int_equal(proposal.head.stage, ROWS[i].stage);
        mz_changes_rollback(s.fixture->changes, mark);
    }
    mz_fixture_free(s.fixture);
}

/* ---- the envelope ---- */

typedef struct envelope {
    const char *origin;
    int64_t iat_unix_s, jti_unix_ms;
    uint64_t jti_number;
} envelope;

/* rules.adopted by reg-a, in this envelope, judged `late_ms` after the fixture's clock. */
static mz_status submit(mz_fixture *fixture, const char *who, const envelope *e, int64_t late_ms)
{
    char text[600], jti[MZ_UUID_TEXT_SIZE];
    uint8_t uuid[MZ_UUID_SIZE] = {0};
    mz_entry entry;
    mz_signer signer;
    mz_be64_put(uuid + 8, e->jti_number);
    mz_uuid7_stamp(e->jti_unix_ms, uuid);
    mz_uuid_text(uuid, jti);
    (void)snprintf(text, sizeof text,
                   "{\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%lld,\"type\":\"rules.adopted\","
                   "\"body\":{\"rules\":1}}",
                   e->origin, jti, (long long)e->iat_unix_s);
    memset(&fixture->why, 0, sizeof fixture->why);
    mz_status status = mz_entry_decode_payload(mz_view_of(text), &entry, &fixture->why);
    if (status != MZ_OK)
        return status;
    mz_fixture_signer(who, &signer);
    entry.jws.kid = signer.thumbprint;
    mz_stamp stamp = {.index = fixture->entry_count, .unix_ms = fixture->now_ms + late_ms};
    mz_mark mark = mz_changes_mark(fixture->changes);
    status = mz_rules_apply(fixture->changes, &entry, &stamp, &fixture->why);
    if (status == MZ_OK)
        fixture->entry_count++;
    else
        mz_changes_rollback(fixture->changes, mark);
    mz_entry_clear(&entry);
    return status;
}

static void test_signing_time(void **state)
{
    (void)state;
    static const int64_t DAYS_30_S = INT64_C(30) * 24 * 3600;
    static const struct {
        const char *name;
        int64_t ahead_s, late_ms;
        mz_status want;
    } ROWS[] = {
        {"now",                           0,              0,   MZ_OK        },
        {"five minutes ahead",            300,            0,   MZ_OK        },
        {"a second more",                 301,            0,   MZ_IAT_AHEAD },
        {"a second more, by a ms",        301,            999, MZ_IAT_AHEAD },
        {"thirty days behind",            -DAYS_30_S,     0,   MZ_OK        },
        {"a ms more",                     -DAYS_30_S,     1,   MZ_IAT_BEHIND},
        {"a second more behind",          -DAYS_30_S - 1, 0,   MZ_IAT_BEHIND},
        {"a second less, late by almost", 1 - DAYS_30_S,  999, MZ_OK        },
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_OPENED);
        mz_fixture_days_later(fixture, 60);
        int64_t iat_s = fixture->now_ms / 1000 + ROWS[i].ahead_s;
        const envelope e = {MZ_FIXTURE_ORIGIN, iat_s, iat_s * 1000, 900};
        mz_status is = submit(fixture, "reg-a", &e, ROWS[i].late_ms);
        if (is != ROWS[i].want)
            fail_msg("%s: is %s", ROWS[i].name, mz_status_code(is));
        mz_fixture_free(fixture);
    }
}

static void test_number_and_log(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    const int64_t now_s = fixture->now_ms / 1000, now_ms = fixture->now_ms;
    const envelope first = {MZ_FIXTURE_ORIGIN, now_s, now_ms, 900};
    const envelope other = {MZ_FIXTURE_ORIGIN, now_s, now_ms, 901};
    const envelope foreign = {"fund.example.org/other", now_s, now_ms, 900};
    assert_int_equal(submit(fixture, "reg-a", &first, 0), MZ_OK);
    assert_int_equal(submit(fixture, "reg-a", &first, 0), MZ_JTI_CONFLICT);
    /* Whoever signs, and before it is asked who. */
    assert_int_equal(submit(fixture, "reg-b", &first, 0), MZ_JTI_CONFLICT);
    assert_int_equal(submit(fixture, "stranger", &first, 0), MZ_JTI_CONFLICT);
    assert_int_equal(submit(fixture, "reg-b", &foreign, 0), MZ_FOREIGN_ORIGIN);
    assert_int_equal(submit(fixture, "stranger", &other, 0), MZ_UNKNOWN_KEY);
    assert_int_equal(submit(fixture, "rev-a", &other, 0), MZ_WRONG_ROLE);
    assert_int_equal(submit(fixture, "reg-b", &other, 0), MZ_OK);
    mz_fixture_free(fixture);
}

/* The time in the number is within a day of the signing time; judged without any history. */
static void test_time_in_the_number(void **state)
{
    (void)state;
    static const struct {
        int64_t ahead_ms;
        mz_status want;
    } ROWS[] = {
        {MZ_DAY_MS,      MZ_OK     },
        {MZ_DAY_MS + 1,  MZ_BAD_JTI},
        {-MZ_DAY_MS,     MZ_OK     },
        {-MZ_DAY_MS - 1, MZ_BAD_JTI},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_OPENED);
        const envelope e = {MZ_FIXTURE_ORIGIN, fixture->now_ms / 1000,
                            fixture->now_ms + ROWS[i].ahead_ms, 900};
        assert_int_equal(submit(fixture, "reg-a", &e, 0), ROWS[i].want);
        mz_fixture_free(fixture);
    }
}

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 100

int main(void)
{
    static const struct CMUnitTest OTHERS[] = {
        cmocka_unit_test(test_wrong_role_names_the_right_ones),
        cmocka_unit_test(test_when_nobody_looks),
        cmocka_unit_test(test_when_the_fund_is_touched),
        cmocka_unit_test(test_a_lapse_has_its_own_moment),
        cmocka_unit_test(test_voting_opens_at_the_entry),
        cmocka_unit_test(test_conflict_voids_the_ballot),
        cmocka_unit_test(test_reading_an_earlier_moment),
        cmocka_unit_test(test_signing_time),
        cmocka_unit_test(test_number_and_log),
        cmocka_unit_test(test_time_in_the_number),
    };
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(MOMENT_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(CONFIRM_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(ROAD_CASES));
    memcpy(tests + count, OTHERS, sizeof OTHERS);
    count += sizeof OTHERS / sizeof OTHERS[0];
    return _cmocka_run_group_tests("settle", tests, count, NULL, NULL);
}
