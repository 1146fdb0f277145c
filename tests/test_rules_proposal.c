/* The rules of proposals from filing to completion, each in both directions, as stories on the
 * charity of ledger_fixture.h. Filed on the first day, 2026-03-02, a proposal is consulted until
 * the end of 03-09, its supervisor awaited until the end of 03-16, and voting over at the end of
 * 04-08. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/act.h"
#include "story.h"

#define OPENS "2026-03-17 00:00:00"
#define MONEY                                                                                      \
    DO("", "party", "acme"), DO("", "gives", "general 1000"), DO("", "gives", "elders 500")
#define FILE_P DO("stew-a", "files", "p activity general:1000 >acme:1000")
#define CHARITY DO("", "party", "charity " MZ_FIXTURE_CHARITY_CODE)
#define ADOPT(id) DO("mem-a", "yes", id), DO("mem-b", "yes", id), SEE("is", id " adopted")
#define ADOPTED MONEY, FILE_P, AT(OPENS), ADOPT("p")
#define APPLIED ADOPTED, DO("mem-a", "applies", "p")
#define APPROVED APPLIED, DO("rev-a", "approves", "p general:1000")
#define PAYING APPROVED, DO("cash-a", "pays", "p acme general:400"), SEE("is", "p paying")
#define BODY(id, category, rest)                                                                   \
    "{'proposal':'" id "','title':'x','category':'" category "','why':'x'," rest "}"
#define NO_MONEY "'payees':[],'draws':[]"

/* clang-format off */
static const story_case FILING_CASES[] = {
    {"a filing is consulted first", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, SEE("is", "p consulting"), SEE("expires", "p 2026-04-08"), SEE("open", "1"),
      SEE("reserved", "general 0")}},
    {"by a steward of the fund", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_WRONG_ROLE, "mem-a", "files", "p activity general:1 >acme:1"),
      NO(MZ_WRONG_ROLE, "reg-a", "files", "p activity general:1 >acme:1"),
      NO(MZ_NOT_YOUR_FUND, "stew-b", "files", "p activity general:1 >acme:1")}},
    {"an identifier serves once in the log", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_ID_TAKEN, "stew-a", "files", "p activity general:1 >acme:1"),
      NO(MZ_ID_TAKEN, "stew-b", "proposal.filed", "fund-b|" BODY("p", "resolution", NO_MONEY)),
      DO("stew-a", "withdraws", "p"),
      NO(MZ_ID_TAKEN, "stew-a", "files", "p activity general:1 >acme:1")}},
    {"not while the fund closes, nor after", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("stew-a", "files", "q resolution"),
      DO("reg-a", "fund.closing", "{'reason':'x'}"),
      NO(MZ_FUND_WINDING_UP, "stew-a", "files", "r resolution"), DO("stew-a", "withdraws", "p"),
      DO("stew-a", "withdraws", "q"),
      AS("d", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"),
      DO("reg-b", "confirms", "d"), NO(MZ_FUND_ENDED, "stew-a", "files", "r resolution")}},
    {"while the fund closes the rest goes on", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("reg-a", "fund.closing", "{'reason':'x'}"),
      AT(OPENS), ADOPT("p"), DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      DO("cash-a", "pays", "p acme general:1"), DO("stew-a", "completes", "p")}},
    {"draws: purposes of this fund", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_NOT_FOUND, "stew-a", "files", "p activity nowhere:1 >acme:1"),
      DO("reg-a", "purpose.defined", "fund-b|{'purpose':'theirs','text':'x','categories':['activity']}"),
      NO(MZ_NOT_FOUND, "stew-a", "files", "p activity theirs:1 >acme:1")}},
    {"draws: each purpose once", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_DRAWS, "stew-a", "files", "p activity elders:1 elders:2 >acme:1"),
      NO(MZ_BAD_DRAWS, "stew-a", "files", "p activity general:1 general:2 >acme:1")}},
    {"draws: restricted before general", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_DRAWS, "stew-a", "files", "p activity general:1 elders:2 >acme:3"),
      DO("stew-a", "files", "p activity elders:2 general:1 >acme:3")}},
    {"draws: a restricted purpose pays its categories only", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_CATEGORY_NOT_ALLOWED, "stew-a", "files", "p repair elders:1 >acme:1"),
      NO(MZ_CATEGORY_NOT_ALLOWED, "stew-a", "files", "p repair repairs:1 elders:1 >acme:1"),
      NO(MZ_CATEGORY_NOT_ALLOWED, "stew-a", "files", "p other elders:1 general:9 >acme:1"),
      DO("stew-a", "files", "p repair repairs:1 general:1 >acme:1"),
      DO("stew-a", "files", "q visit elders:1 >acme:1")}},
    {"draws: the total has a limit", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BALANCE_LIMIT, "stew-a", "files",
                "p activity elders:1000000000000000 general:1 >acme:1"),
      DO("stew-a", "files", "p activity elders:999999999999999 general:1 >acme:1"),
      NO(MZ_BAD_AMOUNT, "stew-a", "files", "q activity general:0 >acme:1"),
      NO(MZ_BAD_AMOUNT, "stew-a", "files", "q activity general:1000000000000001 >acme:1"),
      NO(MZ_BAD_AMOUNT, "stew-a", "files", "q activity general:-1 >acme:1")}},
    {"payees: registered, each once, verified or not", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_NOT_FOUND, "stew-a", "files", "p activity general:1 >nobody:1"),
      NO(MZ_BAD_PAYEES, "stew-a", "files", "p activity general:1 >acme:1 >acme:2"),
      DO("stew-a", "party.registered", "{'party':'new','kind':'collective'}"),
      DO("stew-a", "files", "p activity general:1 >acme:1 >new:1")}},
    {"payees exactly when there are draws", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_PAYEES, "stew-a", "files", "p activity general:1"),
      NO(MZ_BAD_DRAWS, "stew-a", "files", "p activity >acme:1"),
      NO(MZ_BAD_PAYEES, "stew-a", "files", "p activity >acme:1 goods=3")}},
    {"draws or goods", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_DRAWS, "stew-a", "files", "p activity"),
      NO(MZ_BAD_DRAWS, "stew-a", "files", "p other"), DO("stew-a", "files", "p activity goods=3"),
      DO("stew-a", "files", "q activity general:1 >acme:1 goods=3")}},
    {"category goods has goods", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_MISSING_MEMBER, "stew-a", "files", "p goods general:1 >acme:1"),
      DO("stew-a", "files", "p goods goods=1"),
      DO("stew-a", "files", "q goods goods=1 general:1 >acme:1")}},
    {"a resolution spends nothing", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_DRAWS, "stew-a", "files", "p resolution general:1 >acme:1"),
      NO(MZ_BAD_DRAWS, "stew-a", "files", "p resolution general:1"),
      NO(MZ_BAD_PAYEES, "stew-a", "files", "p resolution >acme:1"),
      NO(MZ_BAD_PAYEES, "stew-a", "files", "p resolution goods=1"),
      DO("stew-a", "files", "p resolution")}},
    {"wishes name no payee", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_PAYEES, "stew-a", "files", "p wishes elders:1 >acme:1 end=2026-05-01"),
      DO("stew-a", "files", "p wishes elders:1 end=2026-05-01"),
      DO("stew-a", "files", "q wishes elders:1 end=2026-05-01 item=5"),
      NO(MZ_BAD_DRAWS, "stew-a", "files", "r wishes end=2026-05-01")}},
    {"wishes spend money", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_BAD_DRAWS, "stew-a", "files", "p wishes goods=3 end=2026-05-01"),
      DO("stew-a", "files", "p wishes elders:1 goods=3 end=2026-05-01")}},
    {"item_cap_fen is for wishes", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_UNKNOWN_MEMBER, "stew-a", "files", "p activity general:1 >acme:1 item=1")}},
    {"wishes need their last day, a year away at most", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_MISSING_MEMBER, "stew-a", "files", "p wishes elders:1"),
      NO(MZ_DATE_RANGE, "stew-a", "files", "p wishes elders:1 end=2027-03-03"),
      DO("stew-a", "files", "p wishes elders:1 end=2027-03-02"),
      DO("stew-a", "files", "q wishes elders:1 end=2026-03-02"),
      NO(MZ_DATE_RANGE, "stew-a", "files", "r wishes elders:1 end=2026-03-01")}},
    {"wishes of a leap day", MZ_FIXTURE_FUNDS,
     {MONEY, AT("2028-02-29 08:00:00"),
      NO(MZ_DATE_RANGE, "stew-a", "files", "p wishes elders:1 end=2029-03-01"),
      DO("stew-a", "files", "p wishes elders:1 end=2029-02-28")}},
    {"planned_end is not past, by the day of UTC+8", MZ_FIXTURE_SEATED,
     {MONEY, AT("2026-03-05 00:00:00"),
      NO(MZ_DATE_RANGE, "stew-a", "files", "p activity general:1 >acme:1 end=2026-03-04"),
      DO("stew-a", "files", "p activity general:1 >acme:1 end=2026-03-05"),
      DO("stew-a", "files", "q activity general:1 >acme:1 end=2036-01-01")}},
    {"fees go to the charity alone", MZ_FIXTURE_SEATED,
     {MONEY, CHARITY, NO(MZ_BAD_PAYEES, "stew-a", "files", "p fees general:1 >acme:1"),
      NO(MZ_BAD_PAYEES, "stew-a", "files", "p fees general:1 >charity:1 >acme:1"),
      NO(MZ_UNKNOWN_MEMBER, "stew-a", "files", "p fees goods=1"),
      NO(MZ_UNKNOWN_MEMBER, "stew-a", "files", "p fees general:1 >charity:1 goods=1"),
      DO("stew-a", "files", "p fees general:1 >charity:1")}},
    {"fees: verified at filing", MZ_FIXTURE_SEATED,
     {AS("r", "stew-a", "party.registered", "{'party':'charity','kind':'organisation',"
         "'credit_code':'" MZ_FIXTURE_CHARITY_CODE "'}"),
      NO(MZ_NOT_VERIFIED, "stew-a", "files", "p fees general:1 >charity:1"),
      DO("rev-a", "party.verified", "{'registration':'@r@'}"),
      DO("stew-a", "files", "p fees general:1 >charity:1")}},
    {"the filer is not in conflict", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "declares", "acme"), DO("", "party", "other"),
      NO(MZ_CONFLICT_OF_INTEREST, "stew-a", "files", "p activity general:1 >other:1 >acme:1"),
      DO("stew-a", "files", "p activity general:1 >other:1")}},
    {"needs come later", MZ_FIXTURE_SEATED,
     {NO(MZ_NOT_FOUND, "stew-a", "proposal.filed", BODY("p", "resolution", "'need':'n'," NO_MONEY))}},
    {"lists have their sizes", MZ_FIXTURE_SEATED,
     {MONEY, NO(MZ_TOO_MANY, "stew-a", "files", "p activity general:1 >a:1 >b:1 >c:1 >d:1 >e:1 "
                ">f:1 >g:1 >h:1 >i:1 >j:1 >k:1 >l:1 >m:1 >n:1 >o:1 >p:1 >q:1 >r:1 >s:1 >t:1 >u:1")}},
};

static const story_case REPLACE_CASES[] = {
    {"an undecided one is withdrawn by it", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("stew-a", "files", "q activity general:900 >acme:900 replaces=p"),
      SEE("is", "p withdrawn"), SEE("open", "1"), AT(OPENS),
      DO("stew-a", "files", "r activity general:800 >acme:900 replaces=q"),
      SEE("is", "q withdrawn"), SEE("is", "r consulting")}},
    {"each once", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("stew-a", "withdraws", "p"),
      DO("stew-a", "files", "q activity general:9 >acme:9 replaces=p"), SEE("is", "p withdrawn"),
      NO(MZ_ALREADY_REPLACED, "stew-a", "files", "r activity general:9 >acme:9 replaces=p")}},
    {"one that ended unpaid, however", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT("2026-04-09 00:00:00"),
      DO("stew-a", "files", "q activity general:9 >acme:9 replaces=p"), SEE("is", "p expired")}},
    {"not one that is adopted or paid", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_WRONG_STAGE, "stew-a", "files", "q activity general:9 >acme:9 replaces=p"),
      DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      NO(MZ_WRONG_STAGE, "stew-a", "files", "q activity general:9 >acme:9 replaces=p"),
      DO("cash-a", "pays", "p acme general:1"),
      NO(MZ_WRONG_STAGE, "stew-a", "files", "q activity general:9 >acme:9 replaces=p"),
      DO("rev-a", "refuses", "p"),
      NO(MZ_WRONG_STAGE, "stew-a", "files", "q activity general:9 >acme:9 replaces=p")}},
    {"nor a completed one", MZ_FIXTURE_SEATED,
     {DO("stew-a", "files", "p resolution"), AT(OPENS), DO("mem-a", "yes", "p"),
      DO("mem-b", "yes", "p"),
      NO(MZ_WRONG_STAGE, "stew-a", "proposal.filed",
         BODY("q", "resolution", "'replaces':'p'," NO_MONEY))}},
    {"of this fund, and not itself", MZ_FIXTURE_SEATED,
     {DO("stew-b", "proposal.filed", "fund-b|" BODY("b", "resolution", NO_MONEY)),
      NO(MZ_OTHER_FUND, "stew-a", "files", "q resolution replaces=b"),
      NO(MZ_NOT_FOUND, "stew-a", "files", "q resolution replaces=q")}},
    {"a refused filing withdraws nothing", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_NOT_FOUND, "stew-a", "files", "q activity none:9 >acme:9 replaces=p"),
      SEE("is", "p consulting")}},
};

static const story_case CONSULTING_CASES[] = {
    {"opinions end it with the last day of consultation", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("sup-a", "opines", "p"), AT("2026-03-10 00:00:00-1"),
      SEE("is", "p consulting"), AT("2026-03-10 00:00:00"), SEE("is", "p voting")}},
    {"a late opinion ends it at once", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT("2026-03-12 13:14:15"), SEE("is", "p consulting"),
      DO("sup-a", "opines", "p"), SEE("is", "p voting"), DO("mem-a", "yes", "p")}},
    {"silence of seven days ends it", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT("2026-03-17 00:00:00-1"), SEE("is", "p consulting"), AT(OPENS),
      SEE("is", "p voting")}},
    {"every supervisor is awaited", MZ_FIXTURE_FUNDS,
     {DO("", "seats", "mem-a,mem-b,mem-c//sup-a,sup-b/2029-03-01"), MONEY, FILE_P,
      DO("sup-a", "opines", "p"), AT("2026-03-17 00:00:00-1"), SEE("is", "p consulting"),
      DO("sup-b", "opines", "p"), SEE("is", "p voting")}},
    {"no supervisors, nobody awaited", MZ_FIXTURE_FUNDS,
     {DO("", "seats", "mem-a,mem-b,mem-c///2029-03-01"), MONEY, FILE_P,
      AT("2026-03-10 00:00:00-1"), SEE("is", "p consulting"), AT("2026-03-10 00:00:00"),
      SEE("is", "p voting")}},
    {"a new seating's supervisors are awaited", MZ_FIXTURE_FUNDS,
     {MONEY, FILE_P, AT("2026-03-09 12:00:00"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-b/2029-03-01"), AT("2026-03-17 00:00:00-1"),
      SEE("is", "p consulting"), NO(MZ_NOT_SEATED, "sup-a", "opines", "p"),
      AT("2026-03-17 00:00:00"), SEE("is", "p voting")}},
    {"an opinion given stays given to a new seating", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("sup-a", "opines", "p"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), AT("2026-03-10 00:00:00"),
      SEE("is", "p voting")}},
    {"an objection suspends it until its answer", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("sup-a", "opines", "p"), AS("o", "stew-a", "objects", "p"),
      AT("2026-03-20 15:00:00"), SEE("is", "p consulting"), DO("mem-a", "answers", "o"),
      SEE("is", "p voting")}},
    {"an early answer changes nothing", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "mem-a", "objects", "p"), DO("mem-a", "answers", "o"),
      AT("2026-03-17 00:00:00-1"), SEE("is", "p consulting"), AT(OPENS), SEE("is", "p voting")}},
    {"silence counts from the day of the last answer", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "mem-a", "objects", "p"), AS("o2", "sup-a", "objects", "p"),
      AT("2026-03-12 15:00:00"), DO("mem-b", "answers", "o"), AT("2026-03-15 23:59:59"),
      SEE("is", "p consulting"), DO("mem-b", "answers", "o2"), AT("2026-03-23 00:00:00-1"),
      SEE("is", "p consulting"), AT("2026-03-23 00:00:00"), SEE("is", "p voting")}},
    {"a new objection suspends the silence, its answer restarts it", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT("2026-03-16 23:00:00"), AS("o", "stew-a", "objects", "p"),
      AT("2026-03-18 12:00:00"), SEE("is", "p consulting"), DO("mem-a", "answers", "o"),
      AT("2026-03-26 00:00:00-1"), SEE("is", "p consulting"), AT("2026-03-26 00:00:00"),
      SEE("is", "p voting")}},
    {"an opinion while an objection is open waits for its answer", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "stew-a", "objects", "p"), AT("2026-03-12 12:00:00"),
      DO("sup-a", "opines", "p"), SEE("is", "p consulting"), DO("mem-a", "answers", "o"),
      SEE("is", "p voting")}},
    {"an unanswered objection lets it expire", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("stew-a", "objects", "p"), AT("2026-04-09 00:00:00-1"),
      SEE("is", "p consulting"), AT("2026-04-09 00:00:00"), SEE("is", "p expired"),
      SEE("open", "0")}},
    {"expiry precedes opening at one moment", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "stew-a", "objects", "p"), AT("2026-04-01 12:00:00"),
      DO("mem-a", "answers", "o"), AT("2026-04-09 00:00:00-1"), SEE("is", "p consulting"),
      AT("2026-04-09 00:00:00"), SEE("is", "p expired")}},
    {"opening the day before is in time", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "stew-a", "objects", "p"), AT("2026-03-31 23:59:59"),
      DO("mem-a", "answers", "o"), AT("2026-04-08 00:00:00"), SEE("is", "p voting"),
      SEE("expires", "p 2026-04-08")}},
    {"an objection during voting does not stop it", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT(OPENS), AS("o", "stew-a", "objects", "p"), SEE("is", "p voting"),
      ADOPT("p"), NO(MZ_WRONG_STAGE, "stew-a", "objects", "p"), DO("mem-c", "answers", "o"),
      SEE("is", "p adopted"), SEE("due", "p 2026-04-16")}},
    {"objections: by the fund's stewards and the committee", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_NOT_YOUR_FUND, "stew-b", "objects", "p"),
      NO(MZ_WRONG_ROLE, "rev-a", "objects", "p"), NO(MZ_NOT_SEATED, "sup-b", "objects", "p"),
      DO("mem-d", "objects", "p"), DO("sup-a", "objects", "p"), DO("stew-a", "objects", "p")}},
    {"answers: by a seated member, once each", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AS("o", "stew-a", "objects", "p"), NO(MZ_NOT_SEATED, "mem-d", "answers", "o"),
      NO(MZ_NOT_SEATED, "mem-f", "answers", "o"), NO(MZ_WRONG_ROLE, "sup-a", "answers", "o"),
      DO("mem-c", "answers", "o"), NO(MZ_ALREADY_DONE, "mem-b", "answers", "o")}},
    {"answers: of an objection of this fund", MZ_FIXTURE_SEATED,
     {AS("b", "stew-b", "proposal.filed", "fund-b|" BODY("b", "resolution", NO_MONEY)),
      AS("o", "stew-b", "objection.filed", "fund-b|{'proposal':'b','channel':'phone','text':'x'}"),
      NO(MZ_OTHER_FUND, "mem-a", "answers", "o"), NO(MZ_NOT_FOUND, "mem-a", "answers", "b")}},
    {"opinions: by a supervisor of the seating in force", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_NOT_SEATED, "sup-b", "opines", "p"),
      NO(MZ_WRONG_ROLE, "mem-a", "opines", "p"), DO("sup-a", "opines", "p")}},
    {"opinions: not on what is decided", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_WRONG_STAGE, "sup-a", "opines", "p")}},
    {"withdrawn while undecided only", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_NOT_YOUR_FUND, "stew-b", "withdraws", "p"),
      NO(MZ_WRONG_ROLE, "mem-a", "withdraws", "p"), DO("stew-a", "withdraws", "p"),
      SEE("is", "p withdrawn"), NO(MZ_WRONG_STAGE, "stew-a", "withdraws", "p"),
      DO("stew-a", "files", "q activity general:1000 >acme:1000"), AT(OPENS), ADOPT("q"),
      NO(MZ_WRONG_STAGE, "stew-a", "withdraws", "q")}},
    {"withdrawn while voting", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, AT(OPENS), DO("mem-a", "yes", "p"), DO("stew-a", "withdraws", "p"),
      NO(MZ_WRONG_STAGE, "mem-b", "yes", "p")}},
    {"no proposal, or another fund's", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_NOT_FOUND, "stew-a", "withdraws", "x"),
      NO(MZ_OTHER_FUND, "stew-b", "proposal.withdrawn", "fund-b|{'proposal':'p','reason':'x'}")}},
};
/* clang-format on */

/* clang-format off */
static const story_case APPLICATION_CASES[] = {
    {"the chair applies, others after seven days", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_TOO_EARLY, "mem-b", "applies", "p"), NO(MZ_NOT_SEATED, "mem-d", "applies", "p"),
      AT("2026-03-25 00:00:00-1"), NO(MZ_TOO_EARLY, "mem-b", "applies", "p"),
      AT("2026-03-25 00:00:00"), NO(MZ_NOT_SEATED, "mem-d", "applies", "p"),
      DO("mem-b", "applies", "p"), SEE("is", "p applied"), SEE("due", "p 2026-05-24"),
      NO(MZ_WRONG_STAGE, "mem-a", "applies", "p")}},
    {"not before adoption", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, NO(MZ_WRONG_STAGE, "mem-a", "applies", "p"), AT(OPENS),
      NO(MZ_WRONG_STAGE, "mem-a", "applies", "p"), NO(MZ_WRONG_ROLE, "stew-a", "applies", "p")}},
    {"the chair is recused", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("mem-a", "recuses", "p"), DO("mem-d", "recuses", "p"), AT(OPENS),
      DO("mem-b", "yes", "p"), DO("mem-c", "yes", "p"), NO(MZ_ALREADY_RECUSED, "mem-a", "applies", "p"),
      AT("2026-03-25 00:00:00"), NO(MZ_ALREADY_RECUSED, "mem-a", "applies", "p"),
      DO("mem-b", "applies", "p")}},
    {"the chair is recused: others at once", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("mem-a", "recuses", "p"), AT(OPENS), DO("mem-b", "yes", "p"),
      DO("mem-c", "yes", "p"), DO("mem-c", "applies", "p")}},
    {"the chair has retired: others at once", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_TOO_EARLY, "mem-b", "applies", "p"), DO("reg-a", "retires", "mem-a"),
      DO("mem-b", "applies", "p")}},
    {"another member who is recused may not", MZ_FIXTURE_SEATED,
     {MONEY, FILE_P, DO("mem-b", "recuses", "p"), AT(OPENS), DO("mem-a", "yes", "p"),
      DO("mem-c", "yes", "p"), AT("2026-03-25 00:00:00"),
      NO(MZ_ALREADY_RECUSED, "mem-b", "applies", "p"), DO("mem-c", "applies", "p")}},
    {"a return does not restart the chair's seven days", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-03-24 12:00:00"), DO("mem-a", "applies", "p"), DO("rev-a", "returns", "p"),
      NO(MZ_TOO_EARLY, "mem-b", "applies", "p"), AT("2026-03-25 00:00:00"),
      DO("mem-b", "applies", "p")}},
    {"adopted lapses after its days", MZ_FIXTURE_SEATED,
     {ADOPTED, SEE("due", "p 2026-04-16"), AT("2026-04-17 00:00:00-1"), SEE("is", "p adopted"),
      SEE("reserved", "general 1000"), AT("2026-04-17 00:00:00"), SEE("is", "p lapsed"),
      SEE("reserved", "general 0"), SEE("open", "0"), NO(MZ_WRONG_STAGE, "mem-a", "applies", "p")}},
    {"applied lapses after its days", MZ_FIXTURE_SEATED,
     {APPLIED, SEE("due", "p 2026-05-16"), AT("2026-05-17 00:00:00-1"), SEE("is", "p applied"),
      AT("2026-05-17 00:00:00"), NO(MZ_WRONG_STAGE, "rev-a", "approves", "p general:1"),
      SEE("is", "p lapsed"), SEE("reserved", "general 0")}},
    {"in time is in time", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-04-17 00:00:00-1"), DO("mem-a", "applies", "p"), SEE("due", "p 2026-06-15"),
      AT("2026-06-16 00:00:00-1"), DO("rev-a", "approves", "p general:1"), SEE("is", "p approved")}},
    {"returned twice at most, each with fresh days", MZ_FIXTURE_SEATED,
     {APPLIED, AT("2026-04-01 12:00:00"), DO("rev-a", "returns", "p"), SEE("is", "p adopted"),
      SEE("due", "p 2026-05-01"), SEE("reserved", "general 1000"),
      NO(MZ_WRONG_STAGE, "rev-a", "returns", "p"), AT("2026-05-01 12:00:00"),
      DO("mem-a", "applies", "p"), SEE("due", "p 2026-06-30"), DO("rev-b", "returns", "p"),
      SEE("due", "p 2026-05-31"), DO("mem-a", "applies", "p"),
      NO(MZ_RETURNED_TWICE, "rev-a", "returns", "p"), DO("rev-a", "approves", "p general:1000")}},
    {"decided by a reviewer", MZ_FIXTURE_SEATED,
     {APPLIED, NO(MZ_WRONG_ROLE, "cash-a", "approves", "p general:1"),
      NO(MZ_WRONG_ROLE, "mem-a", "returns", "p"), NO(MZ_WRONG_ROLE, "stew-a", "refuses", "p")}},
    {"refused in applied", MZ_FIXTURE_SEATED,
     {APPLIED, DO("rev-a", "refuses", "p"), SEE("is", "p refused"), SEE("reserved", "general 0"),
      NO(MZ_WRONG_STAGE, "rev-a", "refuses", "p")}},
    {"refused in approved and in paying", MZ_FIXTURE_SEATED,
     {APPROVED, DO("rev-b", "refuses", "p"), SEE("is", "p refused"), SEE("reserved", "general 0"),
      NO(MZ_WRONG_STAGE, "cash-a", "pays", "p acme general:1")}},
    {"refused in paying: the unpaid rest is released", MZ_FIXTURE_SEATED,
     {PAYING, SEE("reserved", "general 600"), DO("rev-a", "refuses", "p"), SEE("is", "p refused"),
      SEE("reserved", "general 0"), SEE("balance", "general 600"),
      NO(MZ_WRONG_STAGE, "cash-a", "pays", "p acme general:1")}},
    {"not refused before or after", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_WRONG_STAGE, "rev-a", "refuses", "p"), DO("mem-a", "applies", "p"),
      DO("rev-a", "approves", "p general:1000"), DO("cash-a", "pays", "p acme general:1"),
      DO("stew-a", "completes", "p"), NO(MZ_WRONG_STAGE, "rev-a", "refuses", "p")}},
};

#define TWO_DRAWS                                                                                  \
    MONEY, DO("stew-a", "files", "p activity elders:300 general:200 >acme:500"), AT(OPENS),        \
        ADOPT("p"), DO("mem-a", "applies", "p")
static const story_case APPROVAL_CASES[] = {
    {"an omitted draw is zero, the rest is released", MZ_FIXTURE_SEATED,
     {TWO_DRAWS, SEE("reserved", "elders 300"), DO("rev-a", "approves", "p general:150"),
      SEE("reserved", "elders 0"), SEE("reserved", "general 150"),
      NO(MZ_OVER_BUDGET, "cash-a", "pays", "p acme elders:1"),
      DO("cash-a", "pays", "p acme general:150")}},
    {"at least one draw remains", MZ_FIXTURE_SEATED,
     {TWO_DRAWS, NO(MZ_BAD_DRAWS, "rev-a", "approves", "p"), DO("rev-a", "approves", "p elders:1")}},
    {"not more than filed", MZ_FIXTURE_SEATED,
     {TWO_DRAWS, NO(MZ_OVER_BUDGET, "rev-a", "approves", "p elders:301"),
      NO(MZ_OVER_BUDGET, "rev-a", "approves", "p elders:300 general:201"),
      DO("rev-a", "approves", "p general:200 elders:300"), SEE("reserved", "elders 300")}},
    {"only purposes of the filing, each once", MZ_FIXTURE_SEATED,
     {TWO_DRAWS, NO(MZ_BAD_DRAWS, "rev-a", "approves", "p repairs:1"),
      NO(MZ_NOT_FOUND, "rev-a", "approves", "p nowhere:1"),
      NO(MZ_BAD_DRAWS, "rev-a", "approves", "p elders:1 elders:1"),
      NO(MZ_BAD_AMOUNT, "rev-a", "approves", "p elders:0")}},
    {"only what was applied for, once", MZ_FIXTURE_SEATED,
     {ADOPTED, NO(MZ_WRONG_STAGE, "rev-a", "approves", "p general:1"), DO("mem-a", "applies", "p"),
      DO("rev-a", "approves", "p general:1"), NO(MZ_WRONG_STAGE, "rev-a", "approves", "p general:1")}},
    {"goods only: no draws", MZ_FIXTURE_SEATED,
     {DO("stew-a", "files", "p goods goods=3"), AT(OPENS), ADOPT("p"), DO("mem-a", "applies", "p"),
      NO(MZ_BAD_DRAWS, "rev-a", "approves", "p general:1"), DO("rev-a", "approves", "p"),
      SEE("is", "p approved"), SEE("due", "p 2026-09-13"), AT("2026-09-14 00:00:00"),
      SEE("is", "p lapsed")}},
    {"days to pay from the approval", MZ_FIXTURE_SEATED,
     {APPROVED, SEE("due", "p 2026-09-13"), AT("2026-09-14 00:00:00-1"), SEE("is", "p approved"),
      AT("2026-09-14 00:00:00"), NO(MZ_WRONG_STAGE, "cash-a", "pays", "p acme general:1"),
      SEE("is", "p lapsed"), SEE("reserved", "general 0")}},
    {"days to pay from planned_end if that is later", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p activity general:10 >acme:10 end=2026-12-31"),
      DO("stew-a", "files", "q activity general:10 >acme:10 end=2026-03-10"), AT(OPENS), ADOPT("p"),
      ADOPT("q"), DO("mem-a", "applies", "p"), DO("mem-a", "applies", "q"),
      DO("rev-a", "approves", "p general:10"), DO("rev-a", "approves", "q general:10"),
      SEE("due", "p 2027-06-29"), SEE("due", "q 2026-09-13")}},
    {"wishes are paid by planned_end", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p wishes elders:10 end=2026-04-30"), AT(OPENS), ADOPT("p"),
      DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p elders:10"),
      SEE("due", "p 2026-04-30"), NO(MZ_NEED_REQUIRED, "cash-a", "pays", "p acme elders:1"),
      AT("2026-05-01 00:00:00-1"), SEE("is", "p approved"), AT("2026-05-01 00:00:00"),
      SEE("is", "p lapsed")}},
    {"an approval whose last day to pay is over", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p wishes elders:10 end=2026-03-20"), AT(OPENS), ADOPT("p"),
      DO("mem-a", "applies", "p"), AT("2026-03-21 00:00:00"),
      NO(MZ_TOO_LATE, "rev-a", "approves", "p elders:10"), DO("rev-a", "refuses", "p")}},
    {"on that very last day it is allowed", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p wishes elders:10 end=2026-03-20"), AT(OPENS), ADOPT("p"),
      DO("mem-a", "applies", "p"), AT("2026-03-21 00:00:00-1"),
      DO("rev-a", "approves", "p elders:10")}},
};

static const story_case PAYING_CASES[] = {
    {"the last day to pay over: the rest is released, completion stays possible", MZ_FIXTURE_SEATED,
     {PAYING, SEE("reserved", "general 600"), AT("2026-09-14 00:00:00-1"),
      DO("cash-a", "pays", "p acme general:100"), AT("2026-09-14 00:00:00"), SEE("is", "p paying"),
      SEE("reserved", "general 0"), SEE("open", "0"),
      NO(MZ_TOO_LATE, "cash-a", "pays", "p acme general:1"), DO("stew-a", "completes", "p"),
      SEE("is", "p completed")}},
    {"and so does refusal", MZ_FIXTURE_SEATED,
     {PAYING, AT("2026-09-14 00:00:00"), DO("rev-a", "refuses", "p"), SEE("is", "p refused")}},
    {"completed in paying only", MZ_FIXTURE_SEATED,
     {APPROVED, NO(MZ_WRONG_STAGE, "stew-a", "completes", "p"),
      DO("cash-a", "pays", "p acme general:1"), NO(MZ_WRONG_ROLE, "mem-a", "completes", "p"),
      NO(MZ_NOT_YOUR_FUND, "stew-b", "completes", "p"), DO("stew-a", "completes", "p"),
      SEE("reserved", "general 0"), NO(MZ_WRONG_STAGE, "stew-a", "completes", "p"),
      NO(MZ_WRONG_STAGE, "cash-a", "pays", "p acme general:1")}},
    {"every payout reversed in time: approved again, and it lapses", MZ_FIXTURE_SEATED,
     {APPROVED, AS("out", "cash-a", "pays", "p acme general:10"),
      DO("rev-a", "entry.reversed", "{'target':'@out@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      SEE("is", "p approved"), SEE("reserved", "general 1000"), AT("2026-09-14 00:00:00"),
      SEE("is", "p lapsed"), SEE("reserved", "general 0")}},
    {"every payout reversed too late: lapsed at once", MZ_FIXTURE_SEATED,
     {APPROVED, AS("out", "cash-a", "pays", "p acme general:10"), AT("2026-09-14 00:00:00"),
      SEE("is", "p paying"),
      DO("rev-a", "entry.reversed", "{'target':'@out@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      SEE("is", "p lapsed"), SEE("reserved", "general 0"), SEE("balance", "general 1000")}},
};

/* A fund's own days bind what is filed after them. */
static const story_case PROFILE_CASES[] = {
    {"days are those at filing", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "r resolution"), DO("stew-a", "files", "r2 resolution"),
      AT(OPENS), DO("mem-a", "yes", "r"), DO("mem-b", "yes", "r"),
      DO("stew-a", "files", "p activity general:10 >acme:10"),
      DO("reg-a", "fund.amended", "{'profile':{'consult_days':1,'vote_days':2,'apply_days':3,"
         "'review_days':4,'pay_days':5},'proposal':'r'}"),
      SEE("expires", "p 2026-04-23"), DO("stew-a", "files", "q activity general:10 >acme:10"),
      SEE("expires", "q 2026-03-20"), DO("sup-a", "opines", "q"), DO("sup-a", "opines", "p"),
      AT("2026-03-19 00:00:00"), ADOPT("q"), SEE("due", "q 2026-03-22"),
      DO("mem-a", "applies", "q"), SEE("due", "q 2026-03-23"),
      DO("rev-a", "approves", "q general:10"), SEE("due", "q 2026-03-24"),
      AT("2026-03-25 00:00:00"), ADOPT("p"), SEE("due", "p 2026-04-24"), SEE("is", "q lapsed")}},
};
/* clang-format on */

/* ---- at most 200 ---- */

static void file_resolution(mz_fixture *fixture, int number, mz_status want)
{
    char text[40];
    (void)snprintf(text, sizeof text, "p%d resolution", number);
    story s = {.fixture = fixture, .name = "200 proposals"};
    const story_step files = {want, NULL, "stew-a", "files", text};
    story_step_run(&s, &files);
}

static void test_two_hundred(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_SEATED);
    story s = {.fixture = fixture, .name = "200 proposals"};
    const story_step money[] = {
        MONEY,
        DO("stew-a", "files", "held activity general:1 >acme:1"),
        AT(OPENS),
        ADOPT("held"),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    story_run(&s, money);
    for (int i = 2; i <= 200; i++)
        file_resolution(fixture, i, MZ_OK);
    file_resolution(fixture, 201, MZ_TOO_MANY_PROPOSALS);
    const story_step replaces =
        NO(MZ_TOO_MANY_PROPOSALS, "stew-a", "files", "x resolution replaces=p2");
    story_step_run(&s, &replaces);
    const story_step withdraws = DO("stew-a", "withdraws", "p2");
    story_step_run(&s, &withdraws);
    file_resolution(fixture, 201, MZ_OK);
    file_resolution(fixture, 202, MZ_TOO_MANY_PROPOSALS);
    /* The reserve counts until it is gone: applied, approved, and paid in full. */
    const story_step spends[] = {
        DO("mem-a", "applies", "held"),
        NO(MZ_TOO_MANY_PROPOSALS, "stew-a", "files", "y resolution"),
        DO("rev-a", "approves", "held general:1"),
        NO(MZ_TOO_MANY_PROPOSALS, "stew-a", "files", "y resolution"),
        DO("cash-a", "pays", "held acme general:1"),
        DO("stew-a", "files", "y resolution"),
        NO(MZ_TOO_MANY_PROPOSALS, "stew-a", "files", "z resolution"),
        DO("stew-b", "proposal.filed", "fund-b|" BODY("z", "resolution", NO_MONEY)),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    story_run(&s, spends);
    mz_fixture_free(fixture);
}

/* What a filing keeps: the leaf hash that ballots are bound to, its people, its days. */
static void test_filing_is_remembered(void **state)
{
    (void)state;
    static const story_step STEPS[] = {
        MONEY,
        DO("stew-a", "files", "p activity elders:3 general:4 >acme:5 end=2026-06-01"),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    mz_proposal proposal;
    mz_actor steward;
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "filing"};
    story_run(&s, STEPS);
    mz_fixture_proposal(s.fixture, "p", &proposal);
    mz_fixture_actor(s.fixture, "stew-a", &steward);
    assert_memory_equal(proposal.head.filing_hash, s.fixture->leaf_hash.bytes, 32);
    assert_int_equal(proposal.head.filer_no, steward.no);
    assert_int_equal(proposal.head.ref, s.fixture->entry_count - 1);
    assert_int_equal(proposal.head.draw_count, 2);
    assert_int_equal(proposal.draws[0].filed_fen, 3);
    assert_int_equal(proposal.draws[1].filed_fen, 4);
    assert_int_equal(proposal.draws[1].purpose, MZ_GENERAL);
    assert_int_equal(proposal.head.payee_count, 1);
    assert_int_equal(proposal.payees[0].cap_fen, 5);
    mz_fixture_free(s.fixture);
}

/* How an end came about is told by the stage that it took. */
static void test_ended_from(void **state)
{
    (void)state;
    static const struct {
        story_step steps[24];
        mz_stage from;
    } ROWS[] = {
        {{ADOPTED, AT("2028-01-01 00:00:00"), SEE("is", "p lapsed")},               MZ_ADOPTED   },
        {{APPLIED, AT("2028-01-01 00:00:00"), SEE("is", "p lapsed")},               MZ_APPLIED   },
        {{APPROVED, AT("2028-01-01 00:00:00"), SEE("is", "p lapsed")},              MZ_APPROVED  },
        {{MONEY, FILE_P, DO("stew-a", "withdraws", "p"), SEE("is", "p withdrawn")}, MZ_CONSULTING},
        {{MONEY, FILE_P, DO("mem-a", "objects", "p"), AT("2028-01-01 00:00:00"),
          SEE("is", "p expired")},
         MZ_CONSULTING                                                                           },
        {{MONEY, FILE_P, AT("2028-01-01 00:00:00"), SEE("is", "p expired")},        MZ_VOTING    },
        {{APPLIED, DO("rev-a", "refuses", "p"), SEE("is", "p refused")},            MZ_APPLIED   },
        {{ADOPTED},                                                                 MZ_STAGE_NONE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        mz_proposal proposal;
        story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "ends"};
        story_run(&s, ROWS[i].steps);
        mz_fixture_proposal(s.fixture, "p", &proposal);
        assert_int_equal(proposal.head.ended_from, ROWS[i].from);
        mz_fixture_free(s.fixture);
    }
}

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 200

int main(void)
{
    static const struct CMUnitTest OTHERS[] = {
        cmocka_unit_test(test_two_hundred),
        cmocka_unit_test(test_filing_is_remembered),
        cmocka_unit_test(test_ended_from),
    };
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(FILING_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(REPLACE_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(CONSULTING_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(APPLICATION_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(APPROVAL_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(PAYING_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(PROFILE_CASES));
    memcpy(tests + count, OTHERS, sizeof OTHERS);
    count += sizeof OTHERS / sizeof OTHERS[0];
    return _cmocka_run_group_tests("rules_proposal", tests, count, NULL, NULL);
}
