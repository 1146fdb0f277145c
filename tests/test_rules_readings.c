/* The rule book read sentence by sentence: what its words, marks and silences mean where rules and
 * model might share a misreading. As stories on the charity of ledger_fixture.h. A proposal filed
 * on the first day, 2026-03-02, is consulted until the end of 03-09; the supervisor is awaited
 * until the end of 03-16; voting is over at the end of 04-08. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

/* clang-format off */
#define OPENS "2026-03-17 00:00:00"
#define MONEY DO("", "party", "acme"), DO("", "gives", "general 1000")
#define FILED MONEY, DO("stew-a", "files", "p activity general:1000 >acme:1000")
#define ADOPT(p) DO("mem-a", "yes", p), DO("mem-b", "yes", p), SEE("is", p " adopted")
#define ADOPTED FILED, AT(OPENS), ADOPT("p")
#define APPROVED ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000")
#define CLOSES DO("reg-a", "fund.closing", "{'reason':'x'}")
#define RESIDUAL "{'residual_to':{'fund':'fund-b','purpose':'general'}}"
#define CLOSED CLOSES, AS("closed", "reg-a", "fund.closed", RESIDUAL), DO("reg-b", "confirms", "closed")
#define UNDO(target) "{'target':'@" target "@','reason':'x'}"
#define UNDO_SHOWN(target) "{'target':'@" target "@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"
#define ENROL(actor, key) "{'actor':'" actor "','role':'auditor',@key " key " " actor "@}"
#define SEAT(members) "{'members':[" members "],'chair':'mem-a','alternates':[],'supervisors':[],'term_ends':'2029-03-01'}"
#define THREE "'mem-a','mem-b','mem-c'"
#define PAY(ref, more) "{'proposal':'p','party':'acme','booked_on':'2026-03-02','bank_ref':'" ref "','draws':[{'purpose':'general'," more "}"
#define BACK(payout, ref, fen) "{'payout':'@" payout "@','amount_fen':" fen ",'booked_on':'2026-03-02','bank_ref':'" ref "'}"

#define TWO_ITEMS(a, b) "{'proposal':'g','title':'t','category':'goods','why':'w','payees':[],'draws':[],'goods':[{'item':'" a "','quantity':1},{'item':'" b "','quantity':2}]}"

/* ---- marks ---- */

static const story_case MARK_CASES[] = {
    {"fund.closing bears no dagger: it acts at once", MZ_FIXTURE_SEATED,
     {AS("c", "reg-a", "fund.closing", "{'reason':'x'}"),
      NO(MZ_FUND_WINDING_UP, "stew-a", "files", "p resolution"),
      NO(MZ_NOT_CONFIRMABLE, "reg-b", "confirms", "c"),
      NO(MZ_FUND_WINDING_UP, "reg-b", "fund.closing", "{'reason':'x'}")}},
    {"fund.closed bears one: nothing moves before", MZ_FIXTURE_SEATED,
     {DO("", "gives", "general 5"), CLOSES, AS("d", "reg-a", "fund.closed", RESIDUAL),
      SEE("balance", "general 5"), NO(MZ_CONFIRM_SELF, "reg-a", "confirms", "d"),
      DO("aud-a", "confirms", "d"), SEE("balance", "general 0")}},
    {"two wait for one identifier: the first that is confirmed takes it", MZ_FIXTURE_SEATED,
     {AS("a", "reg-a", "actor.enrolled", ENROL("n", "n1")),
      AS("b", "reg-b", "actor.enrolled", ENROL("n", "n2")), DO("reg-a", "confirms", "b"),
      NO(MZ_ID_TAKEN, "reg-b", "confirms", "a"), NO(MZ_UNKNOWN_KEY, "n1", "rules.adopted", "{'rules':1}"),
      NO(MZ_WRONG_ROLE, "n2", "rules.adopted", "{'rules':1}")}},
    {"two wait for one key, too", MZ_FIXTURE_SEATED,
     {AS("a", "reg-a", "actor.enrolled", ENROL("n", "same")),
      AS("b", "reg-b", "actor.enrolled", ENROL("o", "same")), DO("reg-a", "confirms", "b"),
      NO(MZ_KEY_TAKEN, "reg-b", "confirms", "a")}},
    {"two seatings wait: epochs are numbered as they are confirmed", MZ_FIXTURE_FUNDS,
     {AS("a", "reg-a", "committee.seated", SEAT(THREE)),
      AS("b", "reg-a", "committee.seated", SEAT("'mem-a','mem-f','mem-g'")),
      DO("stew-a", "files", "p resolution"), AT("2026-03-10 00:00:00"), DO("reg-b", "confirms", "b"),
      SEE("panel", "p mem-a mem-f mem-g"), DO("reg-b", "confirms", "a"),
      SEE("panel", "p mem-a mem-b mem-c"), NO(MZ_OTHER_EPOCH, "mem-a", "yes", "p epoch=1"),
      DO("mem-a", "yes", "p epoch=2")}},
    {"confirmed on the thirtieth day until 24:00, then void", MZ_FIXTURE_SEATED,
     {AS("a", "reg-a", "actor.enrolled", ENROL("n", "n1")),
      AS("b", "reg-a", "actor.enrolled", ENROL("o", "n2")), AT("2026-04-02 00:00:00-1"),
      DO("reg-b", "confirms", "a"), AT("2026-04-02 00:00:00"),
      NO(MZ_CONFIRM_LATE, "reg-b", "confirms", "b"),
      AS("c", "reg-a", "actor.enrolled", ENROL("o", "n2")), DO("reg-b", "confirms", "c")}},
    {"the subject of a new key does not confirm it", MZ_FIXTURE_SEATED,
     {AS("k", "reg-a", "rekeys", "aud-a aud-a2"), NO(MZ_CONFIRM_SELF, "aud-a", "confirms", "k"),
      DO("reg-b", "confirms", "k"), NO(MZ_ALREADY_CONFIRMED, "reg-b", "confirms", "k")}},
    {"a retirement needs nobody's confirmation", MZ_FIXTURE_SEATED,
     {AS("r", "reg-a", "retires", "mem-g"), NO(MZ_NOT_CONFIRMABLE, "reg-b", "confirms", "r"),
      NO(MZ_SIGNER_RETIRED, "mem-g", "conflict.declared", "{'actor':'mem-g','party':'x','relation':'x'}")}},
};

/* ---- consultation ---- */

static const story_case CONSULTED_CASES[] = {
    {"objections: every member of the registry, seated or not", MZ_FIXTURE_SEATED,
     {FILED, AS("o", "mem-f", "objects", "p"), SEE("is", "p consulting"), AT(OPENS),
      SEE("is", "p consulting"), NO(MZ_NOT_SEATED, "mem-f", "answers", "o"),
      DO("mem-b", "answers", "o")}},
    {"objections: where no committee is seated yet", MZ_FIXTURE_FUNDS,
     {FILED, DO("mem-a", "objects", "p"), NO(MZ_NOT_SEATED, "sup-a", "objects", "p"),
      AT("2026-03-10 00:00:00"), SEE("is", "p consulting")}},
    {"an unanswered objection of the time before the seating holds it", MZ_FIXTURE_FUNDS,
     {FILED, AS("o", "mem-a", "objects", "p"), DO("", "seats", "mem-a,mem-b,mem-c///2029-03-01"),
      AT("2026-03-12 10:00:00"), SEE("is", "p consulting"), DO("mem-a", "answers", "o"),
      SEE("is", "p voting")}},
    {"at its expiry a proposal that could open that moment is expired", MZ_FIXTURE_SEATED,
     {FILED, AS("o", "stew-a", "objects", "p"), AT("2026-04-01 10:00:00"),
      DO("mem-a", "answers", "o"), AT("2026-04-09 00:00:00-1"), SEE("is", "p consulting"),
      AT("2026-04-09 00:00:00"), SEE("is", "p expired")}},
    {"a lapse is of its moment, though noticed years later", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2027-01-01 00:00:00"), SEE("is", "p lapsed"), SEE("reserved", "general 0")}},
};

/* ---- conflicts ---- */

static const story_case CONFLICT_CASES[] = {
    {"a payee that turns out to be the same as one's own party", MZ_FIXTURE_SEATED,
     {FILED, DO("", "party", "mine"), DO("rev-a", "verifies", "mine actor=mem-a"), AT(OPENS),
      SEE("panel", "p mem-a mem-b mem-c"), DO("mem-a", "yes", "p"),
      DO("rev-a", "verifies", "acme same=mine"), SEE("panel", "p mem-b mem-c mem-d"),
      SEE("tally", "p 0 0 2"), NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "p")}},
    {"a payee that becomes the signer's own bars payment", MZ_FIXTURE_SEATED,
     {APPROVED, DO("rev-a", "verifies", "acme actor=cash-a"),
      NO(MZ_CONFLICT_OF_INTEREST, "cash-a", "pays", "p acme general:1"),
      DO("cash-b", "pays", "p acme general:1")}},
    {"a payee that becomes the reviewer's own bars the decision", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-b", "verifies", "acme actor=rev-a"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "approves", "p general:1"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "returns", "p"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "refuses", "p"), DO("rev-b", "returns", "p")}},
    {"nor may a supervisor opine, but object; nor may the filer file, but withdraw", MZ_FIXTURE_SEATED,
     {FILED, DO("sup-a", "declares", "acme"), NO(MZ_CONFLICT_OF_INTEREST, "sup-a", "opines", "p"),
      AS("o", "sup-a", "objects", "p"), DO("mem-a", "declares", "acme"),
      DO("mem-a", "answers", "o"), DO("stew-a", "declares", "acme"),
      NO(MZ_CONFLICT_OF_INTEREST, "stew-a", "files", "q activity general:1 >acme:1"),
      DO("stew-a", "withdraws", "p")}},
    {"what has ended is free for later filings only", MZ_FIXTURE_SEATED,
     {MONEY, AS("d", "mem-a", "declares", "acme"),
      DO("stew-a", "files", "p activity general:1 >acme:1"),
      AS("e", "mem-a", "conflict.ended", "{'declaration':'@d@','reason':'x'}"),
      DO("stew-a", "files", "q activity general:1 >acme:1"), DO("reg-a", "confirms", "e"),
      DO("stew-a", "files", "r activity general:1 >acme:1"), AT(OPENS),
      SEE("panel", "p mem-b mem-c mem-d"), SEE("panel", "q mem-b mem-c mem-d"),
      SEE("panel", "r mem-a mem-b mem-c")}},
    {"one's own party is for ever", MZ_FIXTURE_SEATED,
     {MONEY, DO("rev-a", "verifies", "acme actor=mem-a"), AS("d", "mem-a", "declares", "acme"),
      AS("e", "mem-a", "conflict.ended", "{'declaration':'@d@','reason':'x'}"),
      DO("reg-a", "confirms", "e"), DO("stew-a", "files", "r activity general:1 >acme:1"),
      AT(OPENS), SEE("panel", "r mem-b mem-c mem-d")}},
};

/* ---- keys ---- */

static const story_case KEY_CASES[] = {
    {"compromised since just that ballot", MZ_FIXTURE_SEATED,
     {FILED, AT("2026-03-18 12:00:00"), DO("mem-a", "yes", "p"), DO("mem-b", "no", "p"),
      AS("k", "reg-a", "rekeys", "mem-a mem-a2 2026-03-18 12:00:00"), DO("reg-b", "confirms", "k"),
      SEE("tally", "p 0 1 2")}},
    {"a ballot between a new key and its confirmation is void, too", MZ_FIXTURE_SEATED,
     {FILED, AT("2026-03-18 12:00:00"), AS("k", "reg-a", "rekeys", "mem-a mem-a2 2026-03-18 12:00:00"),
      AT("2026-03-19 12:00:00"), DO("mem-a", "yes", "p"), SEE("tally", "p 1 0 2"),
      DO("reg-b", "confirms", "k"), SEE("tally", "p 0 0 2")}},
    {"an approval undone: fresh days to review, from the confirmation", MZ_FIXTURE_SEATED,
     {APPROVED, AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-17 00:00:00"),
      AT("2026-03-25 10:00:00"), DO("reg-b", "confirms", "k"), SEE("is", "p applied"),
      SEE("due", "p 2026-05-24"), SEE("reserved", "general 1000")}},
    {"an approval whose payout was reversed has nothing paid", MZ_FIXTURE_SEATED,
     {APPROVED, AS("out", "cash-a", "pays", "p acme general:10"),
      DO("rev-b", "entry.reversed", UNDO_SHOWN("out")), SEE("is", "p approved"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-17 00:00:00"), DO("reg-b", "confirms", "k"),
      SEE("is", "p applied")}},
};

/* ---- money ---- */

#define AGREED "'agreement':{'service_type':'x','hours':'x','operation':'x','liability':'x'},"
#define SOURCE(id, kind) "{'source':'" id "','kind':'" kind "'," AGREED "'gratuitous':false,'signed_on':'2026-01-01','ends_on':'2026-02-20'," MZ_FIXTURE_EVIDENCE "}"
#define SESSION(id, number, day) "{'source':'" id "','number':" number ",'date':'" day "','place':'x','stalls':1,'firms':1,'visits':1}"
#define INCOME(kind, more) "{'kind':'" kind "','amount_fen':100,'received_on':'2026-03-02','purpose':'general'" more "}"
#define CONFIRM(income, ref, more) "{'income':'@" income "@','amount_fen':100,'purpose':'general','booked_on':'2026-03-02','bank_ref':'" ref "'" more "}"

static const story_case MONEY_CASES[] = {
    {"a filing lists an item of goods once", MZ_FIXTURE_SEATED,
     {NO(MZ_REPEATED_ITEM, "stew-a", "proposal.filed", TWO_ITEMS("quilt", "quilt")),
      DO("stew-a", "proposal.filed", TWO_ITEMS("quilt", "rice"))}},
    {"a session that is cited is of the source that is cited", MZ_FIXTURE_SEATED,
     {DO("stew-a", "source.registered", SOURCE("fair", "market")),
      DO("stew-a", "source.registered", SOURCE("lin", "partner")),
      AS("s", "stew-a", "session.held", SESSION("fair", "1", "2026-02-01")),
      NO(MZ_BAD_VALUE, "stew-a", "income.recorded", INCOME("partner_share", ",'source':'lin','session':'@s@'")),
      NO(MZ_BAD_VALUE, "stew-a", "income.recorded", INCOME("partner_share", ",'source':'lin','session':'@s@','earned_to':'2026-02-01'")),
      NO(MZ_BAD_VALUE, "stew-a", "income.recorded", INCOME("donation", ",'source':'lin','session':'@s@'")),
      NO(MZ_MISSING_MEMBER, "stew-a", "income.recorded", INCOME("donation", ",'session':'@s@'")),
      DO("stew-a", "income.recorded", INCOME("donation", ",'source':'fair','session':'@s@'")),
      DO("stew-a", "income.recorded", INCOME("market", ",'source':'fair','session':'@s@'")),
      DO("stew-a", "income.recorded", INCOME("partner_share", ",'source':'lin','earned_to':'2026-02-20'")),
      NO(MZ_OUTSIDE_AGREEMENT, "stew-a", "income.recorded", INCOME("partner_share", ",'source':'lin','earned_to':'2026-02-21'"))}},
    {"a bank line is one account's, whichever fund: parts need its total", MZ_FIXTURE_SEATED,
     {AS("a", "stew-a", "income.recorded", INCOME("donation", "")),
      AS("b", "stew-b", "income.recorded", "fund-b|" INCOME("donation", "")),
      DO("cash-a", "income.confirmed", CONFIRM("a", "line", ",'bank_total_fen':200,'receipt_no':'r1'")),
      NO(MZ_BANK_REF_TAKEN, "cash-a", "income.confirmed", "fund-b|" CONFIRM("b", "line", ",'receipt_no':'r2'")),
      NO(MZ_BANK_REF_TAKEN, "cash-a", "income.confirmed", "fund-b|" CONFIRM("b", "line", ",'bank_total_fen':300,'receipt_no':'r2'")),
      DO("cash-a", "income.confirmed", "fund-b|" CONFIRM("b", "line", ",'bank_total_fen':200,'receipt_no':'r2'"))}},
    {"a bank line is of one direction, and free again when all of it is reversed", MZ_FIXTURE_SEATED,
     {APPROVED, AS("out", "cash-a", "payout.made", PAY("line", "'amount_fen':100}],'bank_total_fen':200")),
      AS("a", "stew-a", "income.recorded", INCOME("donation", "")),
      NO(MZ_BANK_REF_TAKEN, "cash-a", "income.confirmed", CONFIRM("a", "line", ",'bank_total_fen':200,'receipt_no':'r9'")),
      DO("rev-a", "entry.reversed", UNDO_SHOWN("out")),
      DO("cash-a", "income.confirmed", CONFIRM("a", "line", ",'receipt_no':'r9'"))}},
    {"a receipt number is void for ever, a bank line is not", MZ_FIXTURE_SEATED,
     {AS("a", "stew-a", "income.recorded", INCOME("donation", "")),
      AS("c", "cash-a", "income.confirmed", CONFIRM("a", "line", ",'receipt_no':'r9'")),
      DO("cash-a", "entry.reversed", UNDO("c")),
      NO(MZ_RECEIPT_TAKEN, "cash-a", "income.confirmed", CONFIRM("a", "line", ",'receipt_no':'r9'")),
      AS("d", "cash-a", "income.confirmed", CONFIRM("a", "line", ",'receipt_no':'r10'")),
      NO(MZ_ALREADY_REVERSED, "cash-a", "entry.reversed", UNDO("c")),
      DO("cash-a", "entry.reversed", UNDO("d")), DO("stew-a", "entry.reversed", UNDO("a"))}},
};

#define FUND_C DO("reg-a", "fund.opened", "fund-c|{'name':'x','community':'x','agreement_no':'x','account':'bank-a','profile':{}}")
#define MOVE(from, income, fen, to) "{'purpose':'" from "','lots':[{'income':'@" income "@','amount_fen':" fen "}],'to':'" to "','ground':'x'," MZ_FIXTURE_EVIDENCE "}"
#define GIFT(label, ref, fen) AS(label, "stew-a", "income.recorded", "{'kind':'donation','amount_fen':" fen ",'received_on':'2026-03-02','purpose':'general'}"), \
    AS(label "+", "cash-a", "income.confirmed", "{'income':'@" label "@','amount_fen':" fen ",'purpose':'general','booked_on':'2026-03-02','bank_ref':'" ref "','receipt_waived':'x'}")
#define PAID(p) DO("mem-a", "applies", p), DO("rev-a", "approves", p " general:300")
#define MOST "1000000000000000"

static const story_case WAY_CASES[] = {
    {"an income that fed two payouts, one of them completed, is replaced in log order", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), GIFT("a", "in-a", "600"),
      DO("stew-a", "files", "p activity general:300 >acme:300"),
      DO("stew-a", "files", "q activity general:300 >acme:300"), AT(OPENS), ADOPT("p"), ADOPT("q"),
      PAID("p"), PAID("q"), AS("x", "cash-a", "pays", "p acme general:300"),
      DO("stew-a", "completes", "p"), AS("y", "cash-a", "pays", "q acme general:200"),
      NO(MZ_BALANCE_SHORT, "cash-a", "entry.reversed", UNDO("a+")),
      GIFT("b", "in-b", "599"), NO(MZ_BALANCE_SHORT, "cash-a", "entry.reversed", UNDO("a+")),
      GIFT("c", "in-c", "1"), DO("cash-a", "entry.reversed", UNDO("a+")),
      SEE("balance", "general 100"), SEE("reserved", "general 100"), SEE("is", "p completed"),
      SEE("is", "q paying"),
      /* 300 and 200 of b are used: 99 of it are free, and what p gives back is of b's first 300 */
      DO("cash-a", "payout.returned", BACK("x", "back", "10")), SEE("balance", "general 110"),
      NO(MZ_BALANCE_SHORT, "cash-a", "entry.reversed", UNDO("b+")),
      DO("stew-a", "entry.reversed", UNDO("a"))}},
    {"a return comes after completion, and after the fund is closed, and after its heir is", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), GIFT("a", "in-a", "300"),
      DO("stew-a", "files", "p activity general:300 >acme:300"), AT(OPENS), ADOPT("p"), PAID("p"),
      AS("x", "cash-a", "pays", "p acme general:300"), DO("stew-a", "completes", "p"), FUND_C,
      DO("reg-a", "purpose.defined", "fund-c|{'purpose':'roofs','text':'x','categories':['repair']}"),
      CLOSED, DO("reg-a", "fund.closing", "fund-b|{'reason':'x'}"),
      AS("b", "reg-a", "fund.closed", "fund-b|{'residual_to':{'fund':'fund-c','purpose':'general'}}"),
      DO("reg-b", "confirms", "b"), DO("cash-a", "payout.returned", BACK("x", "back", "10")),
      SEE("balance", "general 0"),
      NO(MZ_BALANCE_SHORT, "rev-a", "purpose.changed", "fund-c|" MOVE("general", "a", "11", "roofs")),
      DO("rev-a", "purpose.changed", "fund-c|" MOVE("general", "a", "10", "roofs")),
      NO(MZ_FUND_ENDED, "cash-a", "entry.reversed", UNDO("a+")),
      NO(MZ_RETURN_OVER, "cash-a", "payout.returned", BACK("x", "back2", "291"))}},
    {"the limit of a balance, of one purpose or over all", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), GIFT("a", "in-a", MOST),
      AS("b", "stew-a", "income.recorded", "{'kind':'donation','amount_fen':1,'received_on':'2026-03-02','purpose':'elders'}"),
      NO(MZ_BALANCE_LIMIT, "cash-a", "income.confirmed", "{'income':'@b@','amount_fen':1,'purpose':'elders','booked_on':'2026-03-02','bank_ref':'in-b','receipt_waived':'x'}"),
      DO("stew-a", "files", "p activity general:" MOST " >acme:" MOST), AT(OPENS), ADOPT("p"),
      SEE("reserved", "general " MOST), DO("mem-a", "applies", "p"),
      DO("rev-a", "approves", "p general:" MOST), AS("x", "cash-a", "pays", "p acme general:" MOST),
      DO("cash-a", "income.confirmed", "{'income':'@b@','amount_fen':1,'purpose':'elders','booked_on':'2026-03-02','bank_ref':'in-b','receipt_waived':'x'}"),
      NO(MZ_BALANCE_LIMIT, "cash-a", "payout.returned", BACK("x", "back", MOST)),
      DO("cash-a", "payout.returned", BACK("x", "back", "999999999999999"))}},
    {"residual money keeps the order in which it had queued, whatever its purpose", MZ_FIXTURE_SEATED,
     {DO("", "gives", "general 5"), DO("", "gives", "elders 7"), DO("", "gives", "general 11"),
      CLOSED, SEE("balance", "general 0"), SEE("balance", "elders 0")}},
    {"a chain of replacements", MZ_FIXTURE_SEATED,
     {GIFT("a", "in-a", "5"), DO("cash-a", "entry.reversed", UNDO("a+")),
      NO(MZ_WRONG_STATE, "stew-a", "income.recorded", INCOME("donation", ",'replaces':'@a@'")),
      DO("stew-a", "entry.reversed", UNDO("a")),
      AS("b", "stew-a", "income.recorded", INCOME("donation", ",'replaces':'@a@'")),
      DO("stew-a", "entry.reversed", UNDO("b")),
      AS("c", "stew-a", "income.recorded", INCOME("donation", ",'replaces':'@b@'")),
      NO(MZ_ALREADY_REPLACED, "stew-a", "income.recorded", INCOME("donation", ",'replaces':'@b@'")),
      DO("stew-a", "files", "p resolution"), DO("stew-a", "files", "q resolution replaces=p"),
      SEE("is", "p withdrawn"), NO(MZ_ALREADY_REPLACED, "stew-a", "files", "r resolution replaces=p"),
      DO("stew-a", "files", "r resolution replaces=q"), SEE("is", "q withdrawn"), SEE("open", "1")}},
};

#define FEES(p) DO("stew-a", "files", p " fees general:1 >charity:1")
static const story_case YEAR_CASES[] = {
    {"a fees envelope is of the year of its filing, by the day of UTC+8", MZ_FIXTURE_SEATED,
     {DO("", "party", "charity " MZ_FIXTURE_CHARITY_CODE), DO("", "gives", "general 10"),
      AT("2027-01-01 00:00:00-1"), FEES("p"), FEES("q"), AT("2027-01-01 00:00:00"),
      FEES("r"), AT("2027-01-16 00:00:00"), ADOPT("p"), ADOPT("r"),
      DO("mem-a", "yes", "q"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "q"),
      DO("mem-a", "applies", "p"), DO("rev-a", "refuses", "p"), DO("mem-b", "yes", "q"), SEE("is", "q adopted")}},
};
/* clang-format on */

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 100

int main(void)
{
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(MARK_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(CONSULTED_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(CONFLICT_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(KEY_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(MONEY_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(WAY_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(YEAR_CASES));
    return _cmocka_run_group_tests("readings", tests, count, NULL, NULL);
}
