/* The rules of voting, each in both directions, as stories on the charity of ledger_fixture.h. A
 * proposal filed on the first day, 2026-03-02, is consulted until the end of 03-09; the supervisor
 * is awaited until the end of 03-16; voting is over at the end of 04-08. */
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
#define FILED MONEY, DO("stew-a", "files", "p activity general:1000 >acme:1000")
#define VOTING FILED, AT(OPENS), SEE("is", "p voting")
#define RESOLUTION DO("stew-a", "files", "p resolution"), AT(OPENS), SEE("is", "p voting")
#define ADOPTED VOTING, DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p adopted")
#define NO_ALTERNATES DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01")
#define FIVE DO("", "seats", "mem-a,mem-b,mem-c,mem-d,mem-e//sup-a/2029-03-01")

/* clang-format off */
static const story_case PANEL_CASES[] = {
    {"a panel of three: two approvals adopt", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), SEE("is", "p voting"), SEE("tally", "p 1 0 2"),
      DO("mem-c", "yes", "p"), SEE("is", "p adopted"), SEE("reserved", "general 1000"),
      NO(MZ_WRONG_STAGE, "mem-b", "yes", "p"), SEE("due", "p 2026-04-16")}},
    {"ballots only while voting", MZ_FIXTURE_SEATED,
     {FILED, NO(MZ_WRONG_STAGE, "mem-a", "yes", "p"), AT(OPENS "-1"),
      NO(MZ_WRONG_STAGE, "mem-a", "yes", "p"), AT(OPENS), DO("mem-a", "yes", "p"),
      AT("2026-04-09 00:00:00-1"), DO("mem-b", "no", "p"), AT("2026-04-09 00:00:00"),
      NO(MZ_WRONG_STAGE, "mem-c", "yes", "p"), SEE("is", "p expired")}},
    {"ballots only by members, of this fund's committee", MZ_FIXTURE_SEATED,
     {VOTING, NO(MZ_WRONG_ROLE, "stew-a", "yes", "p"), NO(MZ_WRONG_ROLE, "sup-a", "yes", "p"),
      NO(MZ_WRONG_ROLE, "reg-a", "yes", "p"), NO(MZ_NOT_IN_PANEL, "mem-f", "yes", "p"),
      NO(MZ_NOT_IN_PANEL, "mem-d", "yes", "p")}},
    {"a ballot for a proposal of another fund", MZ_FIXTURE_SEATED,
     {VOTING,
      NO(MZ_OTHER_FUND, "mem-a", "vote.cast", "fund-b|{'proposal':'p','filing_sha256':"
         "'00000000000000000000000000000000000000000000000000000000000000e1','epoch':1,"
         "'choice':'approve'}"),
      NO(MZ_NOT_FOUND, "mem-a", "vote.cast", "{'proposal':'q','filing_sha256':"
         "'00000000000000000000000000000000000000000000000000000000000000e1','epoch':1,"
         "'choice':'approve'}")}},
    {"alternates step in, in order", MZ_FIXTURE_SEATED,
     {VOTING, SEE("panel", "p mem-a mem-b mem-c"), DO("mem-b", "recuses", "p"),
      SEE("panel", "p mem-a mem-c mem-d"), NO(MZ_NOT_IN_PANEL, "mem-e", "yes", "p"),
      DO("mem-d", "recuses", "p"), SEE("panel", "p mem-a mem-c mem-e"),
      NO(MZ_ALREADY_RECUSED, "mem-b", "yes", "p"), NO(MZ_ALREADY_RECUSED, "mem-d", "yes", "p"),
      DO("mem-e", "yes", "p"), DO("mem-c", "yes", "p"), SEE("is", "p adopted")}},
    {"an alternate who recuses beforehand is passed over", MZ_FIXTURE_SEATED,
     {FILED, DO("mem-d", "recuses", "p"), DO("mem-a", "recuses", "p"), AT(OPENS),
      SEE("panel", "p mem-b mem-c mem-e")}},
    {"a retired alternate is passed over", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "recuses", "p"), DO("mem-d", "yes", "p"), SEE("tally", "p 1 0 2"),
      DO("reg-a", "retires", "mem-d"), SEE("panel", "p mem-b mem-c mem-e"),
      SEE("tally", "p 0 0 2"), NO(MZ_SIGNER_RETIRED, "mem-d", "yes", "p over"),
      DO("mem-e", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p adopted")}},
    {"recusal voids the ballot and counts neither way", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("mem-a", "recuses", "p"), SEE("tally", "p 0 0 2"),
      SEE("is", "p voting"), DO("mem-d", "yes", "p"), SEE("is", "p voting"),
      DO("mem-b", "yes", "p"), SEE("is", "p adopted")}},
    {"recusal: once, undecided, by whoever has a seat", MZ_FIXTURE_SEATED,
     {FILED, DO("mem-a", "recuses", "p"), NO(MZ_ALREADY_RECUSED, "mem-a", "recuses", "p"),
      NO(MZ_NOT_SEATED, "mem-f", "recuses", "p"), NO(MZ_WRONG_ROLE, "sup-a", "recuses", "p"),
      NO(MZ_WRONG_ROLE, "stew-a", "recuses", "p"), AT(OPENS), DO("mem-d", "recuses", "p"),
      DO("mem-b", "yes", "p"), DO("mem-c", "yes", "p"),
      NO(MZ_WRONG_STAGE, "mem-e", "recuses", "p")}},
    {"recusal without a seating", MZ_FIXTURE_FUNDS,
     {FILED, NO(MZ_NOT_SEATED, "mem-a", "recuses", "p")}},
    {"recusal binds across epochs", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "recuses", "p"),
      DO("", "seats", "mem-a,mem-f,mem-g/mem-b/sup-a/2029-03-01"),
      SEE("panel", "p mem-f mem-g mem-b"), NO(MZ_ALREADY_RECUSED, "mem-a", "yes", "p"),
      NO(MZ_ALREADY_RECUSED, "mem-a", "recuses", "p")}},
    {"a panel that is short decides nothing", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-c", "no", "p"), SEE("is", "p voting"),
      DO("mem-a", "declares", "acme"), SEE("is", "p rejected")}},
    {"short: ballots are refused, until it expires", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "recuses", "p"), DO("mem-b", "recuses", "p"),
      SEE("is", "p voting"), NO(MZ_PANEL_SHORT, "mem-c", "yes", "p"),
      NO(MZ_PANEL_SHORT, "mem-c", "no", "p"), DO("mem-c", "recuses", "p"),
      SEE("is", "p voting"), AT("2026-04-09 00:00:00-1"), SEE("is", "p voting"),
      AT("2026-04-09 00:00:00"), SEE("is", "p expired")}},
    {"short: a new seating opens it again", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "recuses", "p"), DO("mem-b", "recuses", "p"),
      NO(MZ_PANEL_SHORT, "mem-c", "yes", "p"),
      DO("", "seats", "mem-d,mem-e,mem-c//sup-a/2029-03-01"), DO("mem-c", "yes", "p"),
      DO("mem-d", "yes", "p"), SEE("is", "p adopted")}},
    {"a ballot that stands when the panel falls short rejects nothing", MZ_FIXTURE_SEATED,
     {FIVE, VOTING, DO("mem-a", "no", "p"), DO("mem-b", "no", "p"), SEE("is", "p voting"),
      DO("mem-c", "recuses", "p"), SEE("is", "p rejected")}},
    {"two go at once: short is not rejected", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "yes", "p"), DO("", "party", "other"),
      /* both b and c turn out to be tied by one entry */
      DO("mem-b", "declares", "other"), DO("mem-c", "declares", "other"),
      SEE("is", "p voting"), DO("rev-a", "verifies", "acme same=other"),
      SEE("panel", "p mem-a"), SEE("is", "p voting"),
      NO(MZ_PANEL_SHORT, "mem-a", "yes", "p over")}},
};

static const story_case REJECTION_CASES[] = {
    {"two rejections of three", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "no", "p"), SEE("is", "p voting"), DO("mem-b", "no", "p"),
      SEE("is", "p rejected"), SEE("reserved", "general 0"), SEE("open", "0")}},
    {"a changed mind", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "no", "p"), DO("mem-a", "yes", "p over"), DO("mem-b", "no", "p"),
      SEE("is", "p voting"), SEE("tally", "p 1 1 2"), DO("mem-b", "yes", "p over"),
      SEE("is", "p adopted")}},
    {"a recusal makes it hopeless", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "no", "p"), DO("mem-b", "recuses", "p"),
      SEE("is", "p rejected")}},
    {"a recusal with an alternate to step in does not", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "no", "p"), DO("mem-b", "recuses", "p"), SEE("is", "p voting")}},
    {"a conflict makes it hopeless", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "no", "p"), DO("mem-b", "declares", "acme"),
      SEE("is", "p rejected")}},
    {"the retirement of an alternate makes it hopeless", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-b", "recuses", "p"), DO("mem-a", "yes", "p"), DO("mem-c", "no", "p"),
      DO("reg-a", "retires", "mem-d"), SEE("is", "p voting"), DO("reg-a", "retires", "mem-e"),
      SEE("panel", "p mem-a mem-c"), SEE("is", "p rejected")}},
    {"not while voting is suspended", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-b", "recuses", "p"), DO("mem-a", "no", "p"), DO("reg-a", "retires", "mem-c"),
      DO("reg-a", "retires", "mem-d"), DO("reg-a", "retires", "mem-e"), SEE("is", "p voting")}},
    {"the conflicted one's own rejection does not count", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-a", "no", "p"), DO("mem-a", "declares", "acme"),
      SEE("is", "p voting"), SEE("tally", "p 0 0 2"), DO("mem-b", "yes", "p"),
      DO("mem-c", "yes", "p"), SEE("is", "p adopted")}},
};

static const story_case SUSPENDED_CASES[] = {
    {"no seating", MZ_FIXTURE_FUNDS,
     {FILED, AT("2026-03-10 00:00:00-1"), SEE("is", "p consulting"), AT("2026-03-10 00:00:00"),
      SEE("is", "p voting"), NO(MZ_VOTING_SUSPENDED, "mem-a", "yes", "p"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), DO("mem-a", "yes", "p"),
      SEE("expires", "p 2026-04-09")}},
    {"a member retired", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("reg-a", "retires", "mem-c"),
      NO(MZ_VOTING_SUSPENDED, "mem-b", "yes", "p"), NO(MZ_VOTING_SUSPENDED, "mem-d", "yes", "p"),
      DO("", "seats", "mem-a,mem-b,mem-d//sup-a/2029-03-01"), SEE("tally", "p 0 0 2"),
      DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p adopted")}},
    {"an alternate retired: no", MZ_FIXTURE_SEATED,
     {VOTING, DO("reg-a", "retires", "mem-d"), DO("mem-a", "yes", "p")}},
    {"a supervisor retired: no, and silence still counts", MZ_FIXTURE_SEATED,
     {FILED, DO("reg-a", "retires", "sup-a"), AT(OPENS "-1"), SEE("is", "p consulting"), AT(OPENS),
      DO("mem-a", "yes", "p")}},
    {"the term is over at 24:00 of its last day", MZ_FIXTURE_FUNDS,
     {DO("", "seats", "mem-a,mem-b,mem-c///2026-03-20"), FILED, AT("2026-03-21 00:00:00-1"),
      DO("mem-a", "yes", "p"), AT("2026-03-21 00:00:00"),
      NO(MZ_VOTING_SUSPENDED, "mem-b", "yes", "p"), SEE("is", "p voting"),
      AT("2026-04-09 00:00:00"), SEE("is", "p expired")}},
    {"after its term a committee still does the rest", MZ_FIXTURE_FUNDS,
     {DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2026-03-20"), ADOPTED, AT("2026-03-21 00:00:00"),
      DO("mem-a", "applies", "p")}},
};

static const story_case BALLOT_CASES[] = {
    {"bound to this filing", MZ_FIXTURE_SEATED,
     {VOTING, NO(MZ_OTHER_FILING, "mem-a", "yes", "p other"), DO("mem-a", "yes", "p")}},
    {"bound to this epoch", MZ_FIXTURE_SEATED,
     {VOTING, NO(MZ_OTHER_EPOCH, "mem-a", "yes", "p epoch=2"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"),
      NO(MZ_OTHER_EPOCH, "mem-a", "yes", "p epoch=1"), DO("mem-a", "yes", "p epoch=2")}},
    {"names the ballot that it replaces", MZ_FIXTURE_SEATED,
     {VOTING, AS("first", "mem-a", "yes", "p"), NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p"),
      NO(MZ_OTHER_BALLOT, "mem-a", "no", "p"), AS("second", "mem-a", "no", "p over=first"),
      NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p over=first"), DO("mem-a", "yes", "p over=second")}},
    {"names no other person's", MZ_FIXTURE_SEATED,
     {VOTING, AS("a", "mem-a", "yes", "p"), AS("b", "mem-b", "no", "p"),
      NO(MZ_OTHER_BALLOT, "mem-a", "no", "p over=b"), NO(MZ_OTHER_BALLOT, "mem-c", "no", "p over=a"),
      DO("mem-a", "no", "p over=a")}},
    {"names no ballot on another proposal, and nothing else", MZ_FIXTURE_SEATED,
     {DO("stew-a", "files", "p resolution"), AS("q", "stew-a", "files", "q resolution"), AT(OPENS),
      AS("on-q", "mem-a", "yes", "q"), NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p over=on-q"),
      NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p over=q"), DO("mem-a", "yes", "p"),
      NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p over=on-q")}},
    {"names none where none stands", MZ_FIXTURE_SEATED,
     {VOTING, AS("a", "mem-a", "yes", "p"), DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"),
      NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p over=a"), DO("mem-a", "yes", "p")}},
    {"a voided one is gone, and the one before does not return", MZ_FIXTURE_SEATED,
     {VOTING, AS("first", "mem-a", "no", "p"), AT("2026-03-18 00:00:00"),
      AS("second", "mem-a", "yes", "p over=first"),
      AS("key", "reg-a", "rekeys", "mem-a mem-a2 2026-03-18 00:00:00"),
      DO("reg-b", "confirms", "key"), SEE("tally", "p 0 0 2"),
      NO(MZ_OTHER_BALLOT, "mem-a2", "yes", "p over=second"),
      NO(MZ_OTHER_BALLOT, "mem-a2", "yes", "p over=first"), DO("mem-a2", "yes", "p"),
      SEE("tally", "p 1 0 2")}},
    {"the same person twice is once", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("mem-a", "yes", "p over"), SEE("is", "p voting"),
      DO("mem-a", "no", "p over"), DO("mem-a", "no", "p over"), SEE("is", "p voting"),
      SEE("tally", "p 0 1 2"), DO("mem-b", "yes", "p"), DO("mem-b", "yes", "p over"),
      SEE("is", "p voting"), SEE("tally", "p 1 1 2")}},
    {"a vote after a voided one counts once", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "no", "p"), DO("mem-b", "yes", "p"),
      AS("key", "reg-a", "rekeys", "mem-a mem-a2 2026-03-17 00:00:00"),
      DO("reg-b", "confirms", "key"), SEE("tally", "p 1 0 2"), DO("mem-c", "no", "p"),
      SEE("is", "p voting"), DO("mem-a2", "no", "p"), SEE("is", "p rejected")}},
    {"any ballot counts, whatever its choice", MZ_FIXTURE_SEATED,
     {FIVE, VOTING, DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), SEE("tally", "p 2 0 3"),
      DO("mem-e", "recuses", "p"), SEE("tally", "p 2 0 3"), DO("mem-d", "recuses", "p"),
      SEE("tally", "p 2 0 2"), SEE("is", "p voting"), DO("mem-c", "no", "p"),
      SEE("is", "p adopted")}},
    {"a repeated choice triggers the count", MZ_FIXTURE_SEATED,
     {FIVE, VOTING, DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), DO("mem-e", "recuses", "p"),
      DO("mem-d", "recuses", "p"), SEE("is", "p voting"), DO("mem-a", "yes", "p over"),
      SEE("is", "p adopted")}},
};

static const story_case COVER_CASES[] = {
    {"no cover refuses the deciding ballot, later money lets it pass", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), DO("", "gives", "general 999"),
      DO("stew-a", "files", "p activity general:1000 >acme:1000"), AT(OPENS),
      DO("mem-a", "yes", "p"), NO(MZ_NO_COVER, "mem-b", "yes", "p"), SEE("tally", "p 1 0 2"),
      DO("mem-b", "no", "p"), DO("", "gives", "general 1"), DO("mem-b", "yes", "p over"),
      SEE("is", "p adopted"), SEE("reserved", "general 1000")}},
    {"each purpose covers its own draw", MZ_FIXTURE_SEATED,
     {DO("", "party", "acme"), DO("", "gives", "general 5000"), DO("", "gives", "elders 299"),
      DO("stew-a", "files", "p meals elders:300 general:100 >acme:400"), AT(OPENS),
      DO("mem-a", "yes", "p"), NO(MZ_NO_COVER, "mem-b", "yes", "p"),
      SEE("reserved", "general 0"), DO("", "gives", "elders 1"), DO("mem-b", "yes", "p"),
      SEE("reserved", "elders 300"), SEE("reserved", "general 100")}},
    {"what is reserved covers nothing else", MZ_FIXTURE_SEATED,
     {MONEY, DO("", "gives", "general 500"),
      DO("stew-a", "files", "p activity general:1000 >acme:1000"),
      DO("stew-a", "files", "q activity general:501 >acme:1000"),
      DO("stew-a", "files", "r activity general:500 >acme:1000"), AT(OPENS),
      DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), DO("mem-a", "yes", "q"),
      NO(MZ_NO_COVER, "mem-b", "yes", "q"), DO("mem-a", "yes", "r"), DO("mem-b", "yes", "r"),
      SEE("reserved", "general 1500"), SEE("is", "q voting")}},
    {"a resolution completes at once", MZ_FIXTURE_SEATED,
     {RESOLUTION, DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p completed"),
      SEE("open", "0"), NO(MZ_WRONG_STAGE, "mem-a", "applies", "p")}},
};

#define CHARITY DO("", "party", "charity " MZ_FIXTURE_CHARITY_CODE), DO("", "gives", "general 5000")
#define FEES(id) DO("stew-a", "files", id " fees general:100 >charity:100")
static const story_case FEES_CASES[] = {
    {"one envelope a year", MZ_FIXTURE_SEATED,
     {CHARITY, FEES("f1"), FEES("f2"), AT(OPENS), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      SEE("is", "f1 adopted"), DO("mem-a", "yes", "f2"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "f2"),
      SEE("is", "f2 voting"), DO("mem-b", "no", "f2"), DO("mem-c", "no", "f2"),
      SEE("is", "f2 rejected")}},
    {"another when the earlier one ended unpaid", MZ_FIXTURE_SEATED,
     {CHARITY, FEES("f1"), FEES("f2"), AT(OPENS), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      DO("mem-a", "yes", "f2"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "f2"),
      DO("mem-a", "applies", "f1"), DO("rev-a", "refuses", "f1"), DO("mem-b", "yes", "f2"),
      SEE("is", "f2 adopted")}},
    {"none when the earlier one ended paid", MZ_FIXTURE_SEATED,
     {CHARITY, FEES("f1"), FEES("f2"), AT(OPENS), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      DO("mem-a", "applies", "f1"), DO("rev-a", "approves", "f1 general:100"),
      DO("cash-a", "pays", "f1 charity general:1"), DO("rev-a", "refuses", "f1"),
      DO("mem-a", "yes", "f2"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "f2")}},
    {"none when the earlier one was completed, though its payout was reversed", MZ_FIXTURE_SEATED,
     {CHARITY, FEES("f1"), FEES("f2"), AT(OPENS), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      DO("mem-a", "applies", "f1"), DO("rev-a", "approves", "f1 general:100"),
      AS("out", "cash-a", "pays", "f1 charity general:1"), DO("stew-a", "completes", "f1"),
      DO("rev-a", "entry.reversed", "{'target':'@out@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      DO("mem-a", "yes", "f2"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "f2")}},
    {"the year is that of filing", MZ_FIXTURE_SEATED,
     {CHARITY, AT("2026-12-31 23:59:59"), FEES("f1"), AT("2027-01-01 00:00:00"), FEES("f2"),
      FEES("f3"), AT("2027-01-18 00:00:00"), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      DO("mem-a", "yes", "f2"), DO("mem-b", "yes", "f2"), SEE("is", "f2 adopted"),
      DO("mem-a", "yes", "f3"), NO(MZ_ENVELOPE_TAKEN, "mem-b", "yes", "f3")}},
    {"an envelope that went back to voting gives its year up", MZ_FIXTURE_SEATED,
     {CHARITY, FEES("f1"), FEES("f2"), AT(OPENS), DO("mem-a", "yes", "f1"), DO("mem-b", "yes", "f1"),
      DO("mem-a", "yes", "f2"), DO("mem-b", "declares", "charity"), SEE("is", "f1 voting"),
      SEE("tally", "f2 1 0 2"), DO("mem-c", "yes", "f2"), SEE("is", "f2 adopted"),
      NO(MZ_ENVELOPE_TAKEN, "mem-c", "yes", "f1")}},
};

static const story_case CONFLICT_CASES[] = {
    {"declared by the member: the ballot is void, the alternate votes", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("mem-a", "declares", "acme"),
      SEE("panel", "p mem-b mem-c mem-d"), SEE("tally", "p 0 0 2"),
      NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "p"), DO("mem-d", "yes", "p"),
      DO("mem-b", "yes", "p"), SEE("is", "p adopted")}},
    {"of another party: nothing", MZ_FIXTURE_SEATED,
     {VOTING, DO("", "party", "other"), DO("mem-a", "yes", "p"), DO("mem-a", "declares", "other"),
      SEE("tally", "p 1 0 2"), SEE("panel", "p mem-a mem-b mem-c")}},
    {"declared by a supervisor: from the confirmation", MZ_FIXTURE_SEATED,
     {VOTING, AS("c", "sup-a", "declares", "mem-a acme"), DO("mem-a", "yes", "p"),
      SEE("tally", "p 1 0 2"), NO(MZ_WRONG_ROLE, "cash-a", "declares", "mem-b acme"),
      DO("reg-a", "confirms", "c"), SEE("tally", "p 0 0 2"),
      NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "p")}},
    {"an actor's own party", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("rev-a", "verifies", "acme actor=mem-a"),
      SEE("panel", "p mem-b mem-c mem-d"), SEE("tally", "p 0 0 2")}},
    {"the same as a party in conflict", MZ_FIXTURE_SEATED,
     {VOTING, DO("", "party", "shell"), DO("mem-a", "declares", "shell"), DO("mem-a", "yes", "p"),
      DO("rev-a", "verifies", "shell same=acme"), SEE("panel", "p mem-b mem-c mem-d"),
      NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "p")}},
    {"ended: only for what is filed after its confirmation", MZ_FIXTURE_SEATED,
     {MONEY, AS("d", "mem-a", "declares", "acme"),
      DO("stew-a", "files", "p activity general:100 >acme:100"),
      AS("e", "mem-a", "conflict.ended", "{'declaration':'@d@','reason':'x'}"),
      DO("stew-a", "files", "q activity general:100 >acme:100"), DO("reg-a", "confirms", "e"),
      DO("stew-a", "files", "r activity general:100 >acme:100"), AT(OPENS),
      SEE("panel", "p mem-b mem-c mem-d"), SEE("panel", "q mem-b mem-c mem-d"),
      SEE("panel", "r mem-a mem-b mem-c"), NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "p"),
      NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "yes", "q"), DO("mem-a", "yes", "r")}},
    {"bars across epochs", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-f", "declares", "acme"),
      DO("", "seats", "mem-f,mem-b,mem-c/mem-g/sup-a/2029-03-01"),
      SEE("panel", "p mem-b mem-c mem-g")}},
    {"bars every role", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "declares", "acme"), DO("sup-a", "declares", "acme"),
      DO("rev-a", "declares", "acme"), DO("cash-a", "declares", "acme"),
      NO(MZ_CONFLICT_OF_INTEREST, "stew-a", "files", "p activity general:100 >acme:100"),
      DO("reg-a", "actor.assigned", "{'actor':'stew-b','funds':['fund-a','fund-b']}"),
      DO("", "party", "other"), SEE("open", "0")}},
};

/* The same for those who come after the ballots, on a proposal of a steward without a conflict. */
static const story_case BARRED_CASES[] = {
    {"opinion", MZ_FIXTURE_SEATED,
     {FILED, DO("sup-a", "declares", "acme"), NO(MZ_CONFLICT_OF_INTEREST, "sup-a", "opines", "p"),
      DO("sup-a", "objects", "p")}},
    {"application, and the chair's absence lets others at once", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-b", "yes", "p"), DO("mem-c", "yes", "p"), NO(MZ_TOO_EARLY, "mem-b", "applies", "p"),
      DO("mem-a", "declares", "acme"), SEE("is", "p adopted"),
      NO(MZ_CONFLICT_OF_INTEREST, "mem-a", "applies", "p"), DO("mem-b", "applies", "p")}},
    {"its decision", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "declares", "acme"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "approves", "p general:1"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "returns", "p"),
      NO(MZ_CONFLICT_OF_INTEREST, "rev-a", "refuses", "p"), DO("rev-b", "approves", "p general:1")}},
    {"payout, but neither return nor completion", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      DO("cash-a", "declares", "acme"), NO(MZ_CONFLICT_OF_INTEREST, "cash-a", "pays", "p acme general:1"),
      AS("out", "cash-b", "pays", "p acme general:10"),
      DO("cash-a", "payout.returned", "{'payout':'@out@','amount_fen':1,'booked_on':'2026-03-17',"
         "'bank_ref':'back'}"),
      DO("stew-a", "declares", "acme"), DO("stew-a", "completes", "p")}},
    {"withdrawal and objection stay open", MZ_FIXTURE_SEATED,
     {VOTING, DO("stew-a", "declares", "acme"), AS("o", "stew-a", "objects", "p"),
      DO("mem-a", "declares", "acme"), DO("mem-a", "answers", "o"),
      DO("stew-a", "withdraws", "p"), SEE("is", "p withdrawn")}},
};

static const story_case SEATING_CASES[] = {
    {"ballots are void, and voting gets its days once", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), SEE("expires", "p 2026-04-08"), AT("2026-04-01 12:00:00"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), SEE("tally", "p 0 0 2"),
      SEE("expires", "p 2026-05-01"), AT("2026-04-20 12:00:00"),
      DO("", "seats", "mem-a,mem-b,mem-d//sup-a/2029-03-01"), SEE("expires", "p 2026-05-01"),
      DO("mem-a", "yes", "p"), AT("2026-05-02 00:00:00"), SEE("is", "p expired")}},
    {"not while it is consulted", MZ_FIXTURE_SEATED,
     {FILED, AT("2026-03-05 12:00:00"), DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"),
      SEE("expires", "p 2026-04-08"), AT("2026-03-20 12:00:00"),
      DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), SEE("expires", "p 2026-04-19")}},
    {"nor by the seating that opens voting", MZ_FIXTURE_SEATED,
     {FILED, AT("2026-03-12 12:00:00"), SEE("is", "p consulting"),
      DO("", "seats", "mem-a,mem-b,mem-c///2029-03-01"), SEE("is", "p voting"),
      SEE("expires", "p 2026-04-08"), AT("2026-03-13 12:00:00"),
      DO("", "seats", "mem-a,mem-b,mem-c///2029-03-01"), SEE("expires", "p 2026-04-12")}},
    {"adopted stands", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("", "seats", "mem-d,mem-e,mem-f//sup-a/2029-03-01"), SEE("is", "p adopted"),
      SEE("reserved", "general 1000"), NO(MZ_NOT_SEATED, "mem-a", "applies", "p"),
      DO("mem-d", "applies", "p")}},
    {"an old epoch's approval is no start", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"),
      DO("mem-b", "yes", "p"), SEE("is", "p voting"), SEE("tally", "p 1 0 2"),
      DO("mem-a", "yes", "p"), SEE("is", "p adopted")}},
};
/* clang-format on */

/* clang-format off */
static const story_case FOUND_CASES[] = {
    {"after adoption: back to voting, the others' ballots stand", MZ_FIXTURE_SEATED,
     {ADOPTED, AT("2026-03-20 12:00:00"), DO("mem-b", "declares", "acme"), SEE("is", "p voting"),
      SEE("expires", "p 2026-04-19"), SEE("reserved", "general 0"), SEE("tally", "p 1 0 2"),
      SEE("panel", "p mem-a mem-c mem-d"), NO(MZ_OTHER_BALLOT, "mem-a", "yes", "p"),
      DO("mem-d", "yes", "p"), SEE("is", "p adopted"), SEE("reserved", "general 1000"),
      SEE("due", "p 2026-04-19")}},
    {"of one who had not voted: it stands", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-c", "declares", "acme"), SEE("is", "p adopted"),
      SEE("reserved", "general 1000")}},
    {"of one who had rejected: it stands", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-c", "no", "p"), DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"),
      DO("mem-c", "declares", "acme"), SEE("is", "p adopted")}},
    {"a short panel never suffices", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, ADOPTED, DO("mem-c", "declares", "acme"), SEE("is", "p adopted"),
      DO("mem-b", "declares", "acme"), SEE("is", "p voting"), SEE("reserved", "general 0"),
      NO(MZ_PANEL_SHORT, "mem-a", "yes", "p over")}},
    {"judged by the adopting epoch; ballots of an old one are void", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("", "seats", "mem-a,mem-b,mem-c//sup-a/2029-03-01"), SEE("is", "p adopted"),
      DO("mem-b", "declares", "acme"), SEE("is", "p voting"), SEE("tally", "p 0 0 2"),
      SEE("panel", "p mem-a mem-c"), DO("mem-a", "yes", "p"), DO("mem-c", "yes", "p"),
      SEE("is", "p adopted")}},
    {"of a member of a later seating only: it stands", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("", "seats", "mem-f,mem-b,mem-c//sup-a/2029-03-01"),
      DO("mem-f", "declares", "acme"), SEE("is", "p adopted")}},
    {"of a cashier: it stands, whatever else has changed since", MZ_FIXTURE_SEATED,
     {MONEY, DO("mem-c", "declares", "acme"),
      DO("stew-a", "files", "p activity general:1000 >acme:1000"), AT(OPENS),
      SEE("panel", "p mem-a mem-b mem-d"), DO("mem-d", "yes", "p"), DO("mem-b", "yes", "p"),
      SEE("is", "p adopted"), DO("reg-a", "retires", "mem-d"), SEE("is", "p adopted"),
      DO("cash-a", "declares", "acme"), SEE("is", "p adopted")}},
    {"from applied and from approved", MZ_FIXTURE_SEATED,
     {MONEY, DO("stew-a", "files", "p activity general:400 >acme:400"),
      DO("stew-a", "files", "q activity general:400 >acme:400"), AT(OPENS),
      DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), DO("mem-a", "yes", "q"),
      DO("mem-b", "yes", "q"), DO("mem-a", "applies", "p"), DO("mem-a", "applies", "q"),
      DO("rev-a", "approves", "q general:300"), SEE("reserved", "general 700"),
      DO("rev-a", "verifies", "acme actor=mem-b"), SEE("is", "p voting"), SEE("is", "q voting"),
      SEE("reserved", "general 0"), DO("mem-c", "yes", "q"), SEE("reserved", "general 400"),
      DO("mem-a", "applies", "q"), DO("rev-a", "approves", "q general:400")}},
    {"after a payout it is a finding", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      AS("out", "cash-a", "pays", "p acme general:10"), DO("mem-b", "declares", "acme"),
      SEE("is", "p paying"), SEE("reserved", "general 990")}},
    {"after a payout that was reversed it is not", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"),
      AS("out", "cash-a", "pays", "p acme general:10"),
      DO("rev-a", "entry.reversed", "{'target':'@out@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"),
      SEE("is", "p approved"), DO("mem-b", "declares", "acme"), SEE("is", "p voting"),
      SEE("reserved", "general 0")}},
    {"returns already made stay counted", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "returns", "p"), DO("mem-a", "applies", "p"),
      DO("rev-a", "returns", "p"), DO("mem-b", "declares", "acme"), SEE("is", "p voting"),
      DO("mem-c", "yes", "p"), DO("mem-a", "applies", "p"),
      NO(MZ_RETURNED_TWICE, "rev-a", "returns", "p")}},
    {"hopeless at once", MZ_FIXTURE_SEATED,
     {NO_ALTERNATES, VOTING, DO("mem-c", "no", "p"), DO("mem-a", "yes", "p"),
      DO("mem-b", "yes", "p"), DO("mem-b", "declares", "acme"), SEE("is", "p rejected"),
      SEE("reserved", "general 0")}},
    {"a completed resolution has no payee", MZ_FIXTURE_SEATED,
     {RESOLUTION, DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), DO("", "party", "acme"),
      DO("mem-b", "declares", "acme"), SEE("is", "p completed")}},
    {"declared again, nothing is found", MZ_FIXTURE_SEATED,
     {MONEY, DO("mem-c", "declares", "acme"),
      DO("stew-a", "files", "p activity general:1000 >acme:1000"), AT(OPENS),
      DO("mem-d", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p adopted"),
      DO("reg-a", "retires", "mem-d"), DO("mem-c", "declares", "acme"), SEE("is", "p adopted")}},
};

static const story_case COMPROMISE_CASES[] = {
    {"ballots since then are void", MZ_FIXTURE_SEATED,
     {VOTING, AT("2026-03-18 12:00:00"), DO("mem-a", "yes", "p"), AT("2026-03-19 12:00:00"),
      AS("k", "reg-a", "rekeys", "mem-a mem-a2 2026-03-18 12:00:00"), SEE("tally", "p 1 0 2"),
      DO("reg-b", "confirms", "k"), SEE("tally", "p 0 0 2"),
      NO(MZ_KEY_REPLACED, "mem-a", "yes", "p"), DO("mem-a2", "yes", "p"), DO("mem-b", "yes", "p"),
      SEE("is", "p adopted")}},
    {"earlier ones stand", MZ_FIXTURE_SEATED,
     {VOTING, AT("2026-03-18 12:00:00-1"), AS("a", "mem-a", "yes", "p"), AT("2026-03-19 12:00:00"),
      AS("k", "reg-a", "rekeys", "mem-a mem-a2 2026-03-18 12:00:00"), DO("reg-b", "confirms", "k"),
      SEE("tally", "p 1 0 2"), DO("mem-a2", "no", "p over=a"), SEE("tally", "p 0 1 2")}},
    {"a replaced key alone voids nothing", MZ_FIXTURE_SEATED,
     {VOTING, DO("mem-a", "yes", "p"), AS("k", "reg-a", "rekeys", "mem-a mem-a2"),
      DO("reg-b", "confirms", "k"), SEE("tally", "p 1 0 2")}},
    {"only that key's", MZ_FIXTURE_SEATED,
     {VOTING, AS("k", "reg-a", "rekeys", "mem-a mem-a2"), DO("reg-b", "confirms", "k"),
      DO("mem-a2", "yes", "p"), DO("mem-b", "no", "p"),
      AS("l", "reg-a", "rekeys", "mem-b mem-b2 2026-03-02 00:00:00"), DO("reg-b", "confirms", "l"),
      SEE("tally", "p 1 0 2")}},
    {"an adoption stands", MZ_FIXTURE_SEATED,
     {ADOPTED, AS("k", "reg-a", "rekeys", "mem-a mem-a2 2026-03-02 00:00:00"),
      DO("reg-b", "confirms", "k"), SEE("is", "p adopted")}},
    {"approvals go back to applied, the reserve bounds the next", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), AT("2026-03-18 12:00:00"),
      DO("rev-a", "approves", "p general:600"), AT("2026-03-20 12:00:00"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-18 12:00:00"), SEE("is", "p approved"),
      DO("reg-b", "confirms", "k"), SEE("is", "p applied"), SEE("due", "p 2026-05-19"),
      SEE("reserved", "general 600"), NO(MZ_OVER_BUDGET, "rev-b", "approves", "p general:601"),
      DO("rev-b", "approves", "p general:600"), SEE("is", "p approved")}},
    {"earlier approvals stand", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), AT("2026-03-18 12:00:00-1"),
      DO("rev-a", "approves", "p general:600"), AT("2026-03-20 12:00:00"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-18 12:00:00"), DO("reg-b", "confirms", "k"),
      SEE("is", "p approved")}},
    {"another reviewer's stand", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-b", "approves", "p general:600"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-02 00:00:00"), DO("reg-b", "confirms", "k"),
      SEE("is", "p approved")}},
    {"with something paid it is a finding", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:600"),
      DO("cash-a", "pays", "p acme general:1"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-02 00:00:00"), DO("reg-b", "confirms", "k"),
      SEE("is", "p paying")}},
    {"an undone approval may be returned, and comes back as small", MZ_FIXTURE_SEATED,
     {ADOPTED, DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:600"),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-02 00:00:00"), DO("reg-b", "confirms", "k"),
      DO("rev-b", "returns", "p"), SEE("is", "p adopted"), SEE("reserved", "general 600"),
      DO("mem-a", "applies", "p"), NO(MZ_OVER_BUDGET, "rev-b", "approves", "p general:601"),
      DO("rev-b", "approves", "p general:600")}},
};
/* clang-format on */

/* ---- the table of seats ---- */

static const struct {
    size_t seats, panel, needed; /* needed 0: the panel is short */
} ARITHMETIC[] = {
    {3, 3, 2},
    {3, 2, 2},
    {3, 1, 0},
    {3, 0, 0},
    {5, 5, 3},
    {5, 4, 3},
    {5, 3, 2},
    {5, 2, 0},
    {5, 1, 0},
    {5, 0, 0},
    {7, 7, 4},
    {7, 6, 4},
    {7, 5, 3},
    {7, 4, 3},
    {7, 3, 0},
    {7, 2, 0},
    {7, 1, 0},
    {7, 0, 0},
};
static const char *const MEMBERS[] = {"mem-a", "mem-b", "mem-c", "mem-d",
                                      "mem-e", "mem-f", "mem-g"};

/* A resolution before a committee of `seats`, of whom all but `panel` have recused. */
static mz_fixture *seat(size_t seats, size_t panel)
{
    char members[100] = "";
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_FUNDS), .name = "arithmetic"};
    for (size_t i = 0; i < seats; i++)
        (void)snprintf(members + strlen(members), sizeof members - strlen(members), "%s%s",
                       i == 0 ? "" : ",", MEMBERS[i]);
    (void)snprintf(members + strlen(members), sizeof members - strlen(members), "///2029-03-01");
    const story_step steps[] = {
        DO("", "seats", members),
        DO("stew-a", "files", "p resolution"),
        AT("2026-03-10 00:00:00"),
        SEE("is", "p voting"),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    story_run(&s, steps);
    for (size_t i = panel; i < seats; i++) {
        const story_step recuses = DO(MEMBERS[i], "recuses", "p");
        story_step_run(&s, &recuses);
    }
    return s.fixture;
}

static void step(mz_fixture *fixture, mz_status want, const char *who, const char *verb)
{
    story s = {.fixture = fixture, .name = "arithmetic"};
    const story_step one = {want, NULL, who, verb, "p"};
    story_step_run(&s, &one);
}

static void stage_is(mz_fixture *fixture, const char *stage)
{
    assert_string_equal(mz_fixture_stage(fixture, "p"), stage);
}

static void test_arithmetic(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof ARITHMETIC / sizeof ARITHMETIC[0]; row++) {
        const size_t panel = ARITHMETIC[row].panel, needed = ARITHMETIC[row].needed;
        mz_fixture *fixture = seat(ARITHMETIC[row].seats, panel);
        for (size_t i = 0; needed == 0 && i < panel; i++) {
            step(fixture, MZ_PANEL_SHORT, MEMBERS[i], "yes");
            step(fixture, MZ_PANEL_SHORT, MEMBERS[i], "no");
        }
        for (size_t i = 0; i < needed; i++) {
            stage_is(fixture, "voting");
            step(fixture, MZ_OK, MEMBERS[i], "yes");
        }
        stage_is(fixture, needed == 0 ? "voting" : "completed");
        mz_fixture_free(fixture);
        if (needed == 0)
            continue;
        fixture = seat(ARITHMETIC[row].seats, panel);
        for (size_t i = 0; i < panel - needed + 1; i++) {
            stage_is(fixture, "voting");
            step(fixture, MZ_OK, MEMBERS[i], "no");
        }
        stage_is(fixture, "rejected");
        mz_fixture_free(fixture);
    }
}

/* What the refusal says: which purpose, how much is asked, how much there is. */
static int64_t figure(const mz_reason *why, const char *name)
{
    for (size_t i = 0; i < why->figure_count; i++) {
        if (strcmp(why->figures[i].name, name) == 0)
            return why->figures[i].number;
    }
    fail_msg("no figure %s", name);
    return 0;
}

static void test_no_cover_says_what_is_missing(void **state)
{
    (void)state;
    static const story_step STEPS[] = {
        DO("", "party", "acme"),
        DO("", "gives", "general 700"),
        DO("stew-a", "files", "p activity general:1000 >acme:1000"),
        AT(OPENS),
        DO("mem-a", "yes", "p"),
        NO(MZ_NO_COVER, "mem-b", "yes", "p"),
        {MZ_OK, NULL, NULL, NULL, NULL}
    };
    story s = {.fixture = mz_fixture_new(MZ_FIXTURE_SEATED), .name = "cover"};
    story_run(&s, STEPS);
    assert_int_equal(figure(&s.fixture->why, "asked"), 1000);
    assert_int_equal(figure(&s.fixture->why, "left"), 700);
    mz_fixture_free(s.fixture);
}

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 200

int main(void)
{
    static const struct CMUnitTest OTHERS[] = {
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_no_cover_says_what_is_missing),
    };
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(PANEL_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(REJECTION_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(SUSPENDED_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(BALLOT_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(COVER_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(FEES_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(CONFLICT_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(BARRED_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(SEATING_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(FOUND_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(COMPROMISE_CASES));
    memcpy(tests + count, OTHERS, sizeof OTHERS);
    count += sizeof OTHERS / sizeof OTHERS[0];
    return _cmocka_run_group_tests("rules_vote", tests, count, NULL, NULL);
}
