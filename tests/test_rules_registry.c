/* The rules of people, funds, committees, parties and sources, each in both directions. A case is
 * a few steps on the charity of ledger_fixture.h, each with the answer that it must get; refused
 * steps leave no trace (the fixture compares), so a case may try several.
 *
 * In bodies @name args@ stands for what only the test can work out:
 *     @1@              the jti of this case's first step, and so on
 *     @key NAME FOR@   members key and proof of the key NAME for actor FOR; @pub NAME@ and
 *                      @proof NAME FOR@ are its halves
 *     @vkey NAME LOG@  member vkey of a log key with that origin; @wkey NAME@ of a witness */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/act.h"
#include "core/conflict.h"
#include "core/note.h"
#include "ledger_fixture.h"

#define STEPS_MAX 10

/* An entry; or of these names: "confirm" (body: number of the step), "days" (body: how many). */
typedef struct step {
    const char *key, *event, *fund, *body;
    mz_status want;
} step;

typedef struct rule_case {
    const char *name;
    mz_fixture_until until;
    step steps[STEPS_MAX];
} rule_case;

#define LOG MZ_FIXTURE_ORIGIN
#define WEAK_KEY "'key':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
#define CODE_1 "91370303MA0000001M"
#define CODE_2 "91370303MA0000002Q"
#define NO_JTI "01900000-0000-7000-8000-00000000ffff"

#define OPEN(log_key, first, second, rest)                                                         \
    "{'charity':{'name':'慈善总会','credit_code':'" MZ_FIXTURE_CHARITY_CODE                        \
    "'},'log_key':{" log_key "},'registrars':[{'actor':" first "},{'actor':" second "}]," rest "}"
#define LOG_KEY "@vkey log " LOG "@,@proof log -@"
#define REG_A "'reg-a',@key reg-a reg-a@"
#define REG_B "'reg-b',@key reg-b reg-b@"
#define REST "'witnesses':[],'quorum':0,'rules':1"

/* clang-format off */
#define SEAT(members, chair, alternates, supervisors, ends)                                        \
    "{'members':[" members "],'chair':'" chair "','alternates':[" alternates                       \
    "],'supervisors':[" supervisors "],'term_ends':'" ends "'}"
#define RESIDUAL(fund, purpose) "{'residual_to':{'fund':'" fund "','purpose':'" purpose "'}}"
#define THREE "'mem-a','mem-b','mem-c'"

static const rule_case LEDGER_CASES[] = {
    {"ledger.opened: two registrars",
     MZ_FIXTURE_EMPTY,
     {{"reg-b", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, REG_B, REST), MZ_OK},
      {"reg-a", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, REG_B, REST), MZ_ALREADY_OPENED}}},
    {"ledger.opened: nothing comes before it",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "actor.retired", NULL, "{'actor':'reg-b','reason':'x'}", MZ_NOT_OPENED}}},
    {"ledger.opened: signed by one of its registrars",
     MZ_FIXTURE_EMPTY,
     {{"reg-c", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, REG_B, REST), MZ_UNKNOWN_KEY},
      {"log", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, REG_B, REST), MZ_UNKNOWN_KEY}}},
    {"ledger.opened: rules of version 1",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[],'quorum':0,'rules':2"), MZ_WRONG_RULES}}},
    {"ledger.opened: a quorum of its witnesses",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[{@wkey w1@}],'quorum':2,'rules':1"), MZ_BAD_VALUE},
      {"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[{@wkey w1@},{@wkey w1@}],'quorum':2,'rules':1"),
       MZ_REPEATED_ITEM},
      {"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[{@vkey w1 w1@}],'quorum':0,'rules':1"),
       MZ_BAD_VALUE},
      {"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[{'vkey':'w1+00+AA'}],'quorum':0,'rules':1"),
       MZ_BAD_VALUE},
      {"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, REG_B, "'witnesses':[{@wkey w1@},{@wkey w2@}],'quorum':2,'rules':1"),
       MZ_OK}}},
    {"ledger.opened: the log key bears the log's name",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "ledger.opened", NULL,
       OPEN("@vkey log fund.example.org/other@,@proof log -@", REG_A, REG_B, REST), MZ_BAD_VALUE},
      {"reg-a", "ledger.opened", NULL, OPEN("@wkey log@,@proof log -@", REG_A, REG_B, REST),
       MZ_BAD_VALUE}}},
    {"ledger.opened: every key is proved by its owner",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "ledger.opened", NULL,
       OPEN("@vkey log " LOG "@,@proof log log@", REG_A, REG_B, REST), MZ_BAD_PROOF},
      {"reg-a", "ledger.opened", NULL,
       OPEN("@vkey log " LOG "@,@proof other -@", REG_A, REG_B, REST), MZ_BAD_PROOF},
      {"reg-a", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, "'reg-b',@key reg-b reg-a@", REST),
       MZ_BAD_PROOF},
      {"reg-a", "ledger.opened", NULL,
       OPEN(LOG_KEY, REG_A, "'reg-b'," WEAK_KEY ",@proof reg-b reg-b@", REST), MZ_WEAK_KEY}}},
    {"ledger.opened: two people, three keys",
     MZ_FIXTURE_EMPTY,
     {{"reg-a", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, "'reg-a',@key reg-b reg-a@", REST),
       MZ_ID_TAKEN},
      {"reg-a", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, "'reg-b',@key reg-a reg-b@", REST),
       MZ_KEY_TAKEN},
      {"reg-a", "ledger.opened", NULL, OPEN(LOG_KEY, REG_A, "'reg-b',@key log reg-b@", REST),
       MZ_KEY_TAKEN}}},
    {"ledger.amended: says something",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "ledger.amended", NULL, "{'note':'x'}", MZ_MISSING_MEMBER}}},
    {"ledger.amended: a quorum of the witnesses in force",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "ledger.amended", NULL, "{'quorum':1}", MZ_BAD_VALUE},
      {"reg-a", "ledger.amended", NULL, "{'witnesses':[{@wkey w1@},{@wkey w2@}],'quorum':2}",
       MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'quorum':1}", MZ_BAD_VALUE},
      {NULL, "confirm", NULL, "2", MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'quorum':3}", MZ_BAD_VALUE},
      {"reg-a", "ledger.amended", NULL, "{'witnesses':[{@wkey w3@}]}", MZ_BAD_VALUE},
      {"reg-a", "ledger.amended", NULL, "{'quorum':1}", MZ_OK},
      {NULL, "confirm", NULL, "7", MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'witnesses':[{@wkey w3@}]}", MZ_OK}}},
    {"ledger.amended: judged again when confirmed",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "ledger.amended", NULL, "{'witnesses':[{@wkey w1@}],'quorum':1}", MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'quorum':1}", MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'witnesses':[],'quorum':0}", MZ_OK},
      {NULL, "confirm", NULL, "4", MZ_OK},
      {NULL, "confirm", NULL, "3", MZ_BAD_VALUE}}},
    {"ledger.amended: a log key serves once",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "ledger.amended", NULL, "{'log_key':{@vkey log-2 " LOG "@,@proof log-2 -@}}",
       MZ_OK},
      {"reg-a", "ledger.amended", NULL, "{'log_key':{@vkey log-2 " LOG "@,@proof log-2 -@}}",
       MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {NULL, "confirm", NULL, "2", MZ_KEY_TAKEN},
      {"reg-a", "ledger.amended", NULL, "{'log_key':{@vkey log " LOG "@,@proof log -@}}",
       MZ_KEY_TAKEN},
      {"reg-a", "ledger.amended", NULL, "{'log_key':{@vkey reg-b " LOG "@,@proof reg-b -@}}",
       MZ_KEY_TAKEN},
      {"reg-a", "ledger.amended", NULL, "{'log_key':{@vkey log-3 " LOG "@,@proof log-2 -@}}",
       MZ_BAD_PROOF},
      {"reg-a", "actor.enrolled", NULL, "{'actor':'x','role':'member',@key log x@}", MZ_KEY_TAKEN},
      {"log", "ledger.amended", NULL, "{'quorum':0}", MZ_UNKNOWN_KEY}}},
    {"rules.adopted: versions that are known",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "rules.adopted", NULL, "{'rules':2}", MZ_WRONG_RULES},
      {"reg-a", "rules.adopted", NULL, "{'rules':1}", MZ_OK},
      {NULL, "confirm", NULL, "2", MZ_OK}}},
    {"ledger.amended, rules.adopted: registrars only",
     MZ_FIXTURE_PEOPLE,
     {{"aud-a", "ledger.amended", NULL, "{'quorum':0}", MZ_WRONG_ROLE},
      {"rev-a", "rules.adopted", NULL, "{'rules':1}", MZ_WRONG_ROLE}}},
};

#define ENROL(actor, role, key, more) "{'actor':'" actor "','role':'" role "'," key more "}"
#define RETIRE(actor) "{'actor':'" actor "','reason':'x'}"
#define REKEY(actor, key, more) "{'actor':'" actor "','reason':'x'," key more "}"

static const rule_case ACTOR_CASES[] = {
    {"actor.enrolled: in effect from the confirmation",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "registrar", "@key n n@", ""), MZ_OK},
      {"n", "rules.adopted", NULL, "{'rules':1}", MZ_UNKNOWN_KEY},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {"n", "rules.adopted", NULL, "{'rules':1}", MZ_OK}}},
    {"actor.enrolled: identifier and key are new",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.enrolled", NULL, ENROL("mem-a", "member", "@key n mem-a@", ""), MZ_ID_TAKEN},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key mem-a n@", ""), MZ_KEY_TAKEN},
      {"reg-a", "actor.enrolled", NULL, ENROL("reg-a", "auditor", "@key n reg-a@", ""),
       MZ_ID_TAKEN}}},
    {"actor.enrolled: both are taken when confirmed",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ""), MZ_OK},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n2 n@", ""), MZ_OK},
      {"reg-a", "actor.enrolled", NULL, ENROL("m", "member", "@key n m@", ""), MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {NULL, "confirm", NULL, "2", MZ_ID_TAKEN},
      {NULL, "confirm", NULL, "3", MZ_KEY_TAKEN}}},
    {"actor.enrolled: the key is proved, and fit for use",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n m@", ""), MZ_BAD_PROOF},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@pub n@,@proof m n@", ""),
       MZ_BAD_PROOF},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", WEAK_KEY ",@proof n n@", ""),
       MZ_WEAK_KEY},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ",'name':'王'"), MZ_OK}}},
    {"actor.enrolled: funds are a steward's, and exist",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "steward", "@key n n@", ""), MZ_MISSING_MEMBER},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ",'funds':[]"),
       MZ_UNKNOWN_MEMBER},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "steward", "@key n n@", ",'funds':['none']"),
       MZ_NOT_FOUND},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "steward", "@key n n@", ",'funds':[]"), MZ_OK},
      {NULL, "confirm", NULL, "4", MZ_OK},
      {"n", "purpose.defined", "fund-a", "{'purpose':'p','text':'x','categories':['other']}",
       MZ_WRONG_ROLE},
      {"n", "income.recorded", "fund-a",
       "{'kind':'donation','amount_fen':1,'received_on':'2026-03-02','purpose':'general'}",
       MZ_NOT_YOUR_FUND}}},
    {"registry.confirmed: by another registrar or an auditor",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ""), MZ_OK},
      {"reg-a", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_CONFIRM_SELF},
      {"rev-a", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_WRONG_ROLE},
      {"aud-a", "registry.confirmed", NULL, "{'target':'" NO_JTI "'}", MZ_NOT_FOUND},
      {"aud-a", "registry.confirmed", "fund-a", "{'target':'@1@'}", MZ_NOT_FOUND},
      {"aud-a", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_OK},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_ALREADY_CONFIRMED},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@6@'}", MZ_NOT_CONFIRMABLE}}},
    {"registry.confirmed: on the thirtieth day",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ""), MZ_OK},
      {NULL, "days", NULL, "30", MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_OK}}},
    {"registry.confirmed: not on the day after",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "actor.enrolled", NULL, ENROL("n", "member", "@key n n@", ""), MZ_OK},
      {NULL, "days", NULL, "31", MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_CONFIRM_LATE}}},
    {"registry.confirmed: carries the fund of its target",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2029-01-01"), MZ_OK},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_FUND_MISSING},
      {"reg-b", "registry.confirmed", "fund-b", "{'target':'@1@'}", MZ_OTHER_FUND},
      {"reg-b", "registry.confirmed", "fund-a", "{'target':'@1@'}", MZ_OK}}},
    {"actor.rekeyed: old key until the confirmation, new key from it on",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.rekeyed", NULL, REKEY("rev-a", "@key rev-a/2 rev-a@", ""), MZ_OK},
      {"rev-a", "rules.adopted", NULL, "{'rules':1}", MZ_WRONG_ROLE},
      {"rev-a/2", "rules.adopted", NULL, "{'rules':1}", MZ_UNKNOWN_KEY},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {"rev-a", "rules.adopted", NULL, "{'rules':1}", MZ_KEY_REPLACED},
      {"rev-a/2", "rules.adopted", NULL, "{'rules':1}", MZ_WRONG_ROLE},
      {"reg-a", "actor.rekeyed", NULL, REKEY("rev-a", "@key rev-a rev-a@", ""), MZ_KEY_TAKEN},
      {"reg-a", "actor.rekeyed", NULL, REKEY("rev-b", "@key rev-a rev-b@", ""), MZ_KEY_TAKEN}}},
    {"actor.rekeyed: somebody in effect, with a proved key",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.rekeyed", NULL, REKEY("none", "@key n none@", ""), MZ_NOT_FOUND},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", "@key n mem-b@", ""), MZ_BAD_PROOF},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", WEAK_KEY ",@proof n mem-a@", ""),
       MZ_WEAK_KEY},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", "@key n mem-a@", ""), MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_OK},
      {NULL, "confirm", NULL, "4", MZ_NOT_IN_EFFECT},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", "@key n mem-a@", ""), MZ_NOT_IN_EFFECT}}},
    {"actor.rekeyed: the key is free when confirmed",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", "@key n mem-a@", ""), MZ_OK},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-b", "@key n mem-b@", ""), MZ_OK},
      {NULL, "confirm", NULL, "2", MZ_OK},
      {NULL, "confirm", NULL, "1", MZ_KEY_TAKEN}}},
    {"actor.rekeyed: compromised up to now",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.rekeyed", NULL,
       REKEY("mem-a", "@key n mem-a@", ",'compromised_since':1772413200001"), MZ_DATE_RANGE},
      {"reg-a", "actor.rekeyed", NULL, REKEY("mem-a", "@key n mem-a@", ",'compromised_since':-1"),
       MZ_BAD_VALUE},
      {"reg-a", "actor.rekeyed", NULL,
       REKEY("mem-a", "@key n mem-a@", ",'compromised_since':1772413200000"), MZ_OK}}},
    {"actor.rekeyed: its subject does not confirm it",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.rekeyed", NULL, REKEY("reg-b", "@key n reg-b@", ""), MZ_OK},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_CONFIRM_SELF},
      {"aud-a", "registry.confirmed", NULL, "{'target':'@1@'}", MZ_OK},
      {"reg-b", "rules.adopted", NULL, "{'rules':1}", MZ_KEY_REPLACED}}},
    {"actor.assigned: the whole new list",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "actor.assigned", NULL, "{'actor':'stew-a','funds':['fund-b']}", MZ_OK},
      {"stew-a", "source.ended", "fund-b", "{'source':'s','reason':'x'}", MZ_NOT_YOUR_FUND},
      {"stew-a", "source.ended", "fund-a", "{'source':'s','reason':'x'}", MZ_NOT_FOUND},
      {NULL, "confirm", NULL, "1", MZ_OK},
      {"stew-a", "source.ended", "fund-b", "{'source':'s','reason':'x'}", MZ_NOT_FOUND},
      {"stew-a", "source.ended", "fund-a", "{'source':'s','reason':'x'}", MZ_NOT_YOUR_FUND}}},
    {"actor.assigned: a steward in effect, funds that exist",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "actor.assigned", NULL, "{'actor':'mem-a','funds':[]}", MZ_BAD_VALUE},
      {"reg-a", "actor.assigned", NULL, "{'actor':'none','funds':[]}", MZ_NOT_FOUND},
      {"reg-a", "actor.assigned", NULL, "{'actor':'stew-a','funds':['none']}", MZ_NOT_FOUND},
      {"reg-a", "actor.assigned", NULL, "{'actor':'stew-a','funds':['fund-a','fund-a']}",
       MZ_REPEATED_ITEM},
      {"reg-a", "actor.assigned", NULL, "{'actor':'stew-a','funds':[]}", MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("stew-a"), MZ_OK},
      {NULL, "confirm", NULL, "5", MZ_NOT_IN_EFFECT}}},
    {"actor.retired: at once, once",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.retired", NULL, RETIRE("none"), MZ_NOT_FOUND},
      {"rev-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_WRONG_ROLE},
      {"reg-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_OK},
      {"mem-a", "conflict.declared", NULL, "{'actor':'mem-a','party':'p','relation':'x'}",
       MZ_SIGNER_RETIRED},
      {"reg-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_NOT_IN_EFFECT},
      {"reg-a", "actor.enrolled", NULL, ENROL("mem-a", "member", "@key n mem-a@", ""),
       MZ_ID_TAKEN}}},
    {"actor.retired: three officers while a fund is open",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "actor.retired", NULL, RETIRE("aud-a"), MZ_TOO_FEW_OFFICERS},
      {"reg-a", "actor.retired", NULL, RETIRE("reg-b"), MZ_TOO_FEW_OFFICERS},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "auditor", "@key n n@", ""), MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("aud-a"), MZ_TOO_FEW_OFFICERS},
      {NULL, "confirm", NULL, "3", MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("reg-a"), MZ_OK},
      {"reg-b", "actor.retired", NULL, RETIRE("n"), MZ_TOO_FEW_OFFICERS},
      {"reg-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_SIGNER_RETIRED},
      {"reg-b", "actor.retired", NULL, RETIRE("mem-a"), MZ_OK}}},
    {"actor.retired: fewer will do without a fund",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "actor.retired", NULL, RETIRE("aud-a"), MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("reg-b"), MZ_OK},
      {"reg-a", "fund.opened", "fund-x",
       "{'name':'x','community':'x','agreement_no':'1','account':'b','profile':{}}",
       MZ_TOO_FEW_OFFICERS}}},
};

#define FUND(profile)                                                                              \
    "{'name':'x','community':'x','agreement_no':'1','account':'bank-a','profile':{" profile "}}"

static const rule_case FUND_CASES[] = {
    {"fund.opened: three officers",
     MZ_FIXTURE_OPENED,
     {{"reg-a", "fund.opened", "fund-x", FUND(""), MZ_TOO_FEW_OFFICERS},
      {"reg-a", "actor.enrolled", NULL, ENROL("n", "auditor", "@key n n@", ""), MZ_OK},
      {"reg-a", "fund.opened", "fund-x", FUND(""), MZ_TOO_FEW_OFFICERS},
      {NULL, "confirm", NULL, "2", MZ_OK},
      {"reg-a", "fund.opened", "fund-x", FUND(""), MZ_OK},
      {"reg-a", "fund.opened", "fund-x", FUND(""), MZ_ID_TAKEN}}},
    {"fund.opened: by a registrar, with an odd number of seats",
     MZ_FIXTURE_PEOPLE,
     {{"rev-a", "fund.opened", "fund-x", FUND(""), MZ_WRONG_ROLE},
      {"reg-a", "fund.opened", NULL, FUND(""), MZ_FUND_MISSING},
      {"reg-a", "fund.opened", "fund-x", FUND("'min_seats':4"), MZ_BAD_PROFILE},
      {"reg-a", "fund.opened", "fund-x", FUND("'min_seats':1"), MZ_BAD_VALUE},
      {"reg-a", "fund.opened", "fund-x", FUND("'vote_days':0"), MZ_BAD_VALUE},
      {"reg-a", "fund.opened", "fund-x", FUND("'vote_days':367"), MZ_BAD_VALUE},
      {"reg-a", "fund.opened", "fund-x", FUND("'min_seats':5,'vote_days':1"), MZ_OK}}},
    {"fund.amended: cites a proposal of the fund",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "fund.amended", "fund-a", "{'profile':{'vote_days':9},'proposal':'none'}",
       MZ_NOT_FOUND}}},
    {"fund.closing: once, and at once",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-a", "1", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_FUND_WINDING_UP},
      {"reg-a", "purpose.defined", "fund-a", "{'purpose':'p','text':'x','categories':['other']}",
       MZ_OK}}},
    {"fund.closed: of a closing fund, into another that is open",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_WRONG_STATE},
      {"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {"reg-a", "fund.closed", "fund-b", RESIDUAL("fund-a", "general"), MZ_FUND_WINDING_UP},
      {NULL, "confirm", "fund-a", "2", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("none", "general"), MZ_NOT_FOUND},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-a", "elders"), MZ_BAD_VALUE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "elders"), MZ_NOT_FOUND},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_OK},
      {NULL, "confirm", "fund-a", "8", MZ_OK},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_FUND_ENDED}}},
    {"fund.closed: then takes nothing more",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-a", "1", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_OK},
      {NULL, "confirm", "fund-a", "3", MZ_OK},
      {"reg-a", "purpose.defined", "fund-a", "{'purpose':'p','text':'x','categories':['other']}",
       MZ_FUND_ENDED},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2029-01-01"),
       MZ_FUND_ENDED},
      {"stew-a", "source.ended", "fund-a", "{'source':'s','reason':'x'}", MZ_FUND_ENDED},
      {"reg-a", "actor.assigned", NULL, "{'actor':'stew-b','funds':['fund-a']}", MZ_FUND_ENDED},
      {"reg-a", "fund.opened", "fund-a", FUND(""), MZ_ID_TAKEN}}},
    {"fund.closed: the target is open when confirmed, too",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-a", "1", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_OK},
      {"reg-a", "fund.closing", "fund-b", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-b", "4", MZ_NOT_CONFIRMABLE},
      {NULL, "confirm", "fund-a", "3", MZ_FUND_WINDING_UP},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_FUND_WINDING_UP}}},
    {"fund.closed: no income waits",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "income.recorded", "fund-a",
       "{'kind':'donation','amount_fen':1,'received_on':'2026-03-02','purpose':'general'}", MZ_OK},
      {"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-a", "2", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_FUND_BUSY},
      {"cash-a", "income.declined", "fund-a", "{'income':'@1@','reason':'x'}", MZ_OK},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_OK},
      {"stew-a", "income.recorded", "fund-a",
       "{'kind':'donation','amount_fen':1,'received_on':'2026-03-02','purpose':'general'}", MZ_OK},
      {NULL, "confirm", "fund-a", "6", MZ_FUND_BUSY}}},
    {"fund.closed: no proposal is undecided",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "proposal.filed", "fund-a",
       "{'proposal':'r','title':'x','category':'resolution','why':'x','payees':[],'draws':[]}",
       MZ_OK},
      {"reg-a", "fund.closing", "fund-a", "{'reason':'x'}", MZ_OK},
      {NULL, "confirm", "fund-a", "2", MZ_NOT_CONFIRMABLE},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_FUND_BUSY},
      {"stew-a", "proposal.withdrawn", "fund-a", "{'proposal':'r','reason':'x'}", MZ_OK},
      {"reg-a", "fund.closed", "fund-a", RESIDUAL("fund-b", "general"), MZ_OK}}},
    {"committee.seated: odd, and enough",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a",
       SEAT("'mem-a','mem-b','mem-c','mem-d'", "mem-a", "", "", "2029-01-01"), MZ_EVEN_COMMITTEE},
      {"reg-a", "committee.seated", "fund-a", SEAT("'mem-a'", "mem-a", "", "", "2029-01-01"),
       MZ_TOO_FEW_SEATS},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2029-01-01"), MZ_OK},
      {"reg-a", "fund.opened", "fund-x", FUND("'min_seats':5"), MZ_OK},
      {"reg-a", "committee.seated", "fund-x", SEAT(THREE, "mem-a", "", "", "2029-01-01"),
       MZ_TOO_FEW_SEATS},
      {"reg-a", "committee.seated", "fund-x",
       SEAT(THREE ",'mem-d','mem-e'", "mem-e", "", "", "2029-01-01"), MZ_OK}}},
    {"committee.seated: all different",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a",
       SEAT("'mem-a','mem-b','mem-a'", "mem-a", "", "", "2029-01-01"), MZ_REPEATED_ITEM},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "'mem-c'", "", "2029-01-01"),
       MZ_REPEATED_MEMBER},
      {"reg-a", "committee.seated", "fund-a",
       SEAT(THREE, "mem-a", "'mem-d'", "'mem-d'", "2029-01-01"), MZ_REPEATED_MEMBER}}},
    {"committee.seated: in their roles, in effect",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a",
       SEAT("'mem-a','mem-b','sup-a'", "mem-a", "", "", "2029-01-01"), MZ_NOT_ELIGIBLE},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "'stew-a'", "", "2029-01-01"),
       MZ_NOT_ELIGIBLE},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "'mem-d'", "2029-01-01"),
       MZ_NOT_ELIGIBLE},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "'none'", "2029-01-01"),
       MZ_NOT_FOUND},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "'sup-b'", "2029-01-01"),
       MZ_OK},
      {"reg-a", "actor.retired", NULL, RETIRE("sup-b"), MZ_OK},
      {NULL, "confirm", "fund-a", "5", MZ_NOT_ELIGIBLE},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "'sup-b'", "2029-01-01"),
       MZ_NOT_ELIGIBLE}}},
    {"committee.seated: chaired by one of the members",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-d", "'mem-d'", "", "2029-01-01"),
       MZ_CHAIR_NOT_MEMBER},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "none", "", "", "2029-01-01"),
       MZ_NOT_FOUND},
      {"mem-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2029-01-01"),
       MZ_WRONG_ROLE}}},
    {"committee.seated: a term that is not over, when confirmed neither",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2026-03-01"),
       MZ_DATE_RANGE},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2026-03-02"), MZ_OK},
      {"reg-a", "committee.seated", "fund-a", SEAT(THREE, "mem-a", "", "", "2026-03-02"), MZ_OK},
      {NULL, "confirm", "fund-a", "2", MZ_OK},
      {NULL, "days", NULL, "1", MZ_OK},
      {NULL, "confirm", "fund-a", "3", MZ_DATE_RANGE}}},
    {"purpose.defined: unique in its fund, and never general",
     MZ_FIXTURE_FUNDS,
     {{"reg-a", "purpose.defined", "fund-a",
       "{'purpose':'general','text':'x','categories':['other']}", MZ_ID_TAKEN},
      {"reg-a", "purpose.defined", "fund-a",
       "{'purpose':'elders','text':'x','categories':['other']}", MZ_ID_TAKEN},
      {"reg-a", "purpose.defined", "fund-b",
       "{'purpose':'elders','text':'x','categories':['other']}", MZ_OK},
      {"reg-a", "purpose.defined", "fund-a", "{'purpose':'p','text':'x','categories':['wine']}",
       MZ_BAD_VALUE},
      {"reg-a", "purpose.defined", "fund-a", "{'purpose':'p','text':'x','categories':[]}",
       MZ_TOO_MANY},
      {"reg-a", "purpose.defined", "none", "{'purpose':'p','text':'x','categories':['other']}",
       MZ_NOT_FOUND}}},
};

#define PARTY(party, kind, more) "{'party':'" party "','kind':'" kind "'" more "}"
#define CODE(code) ",'credit_code':'" code "'"
#define TIE(actor, party) "{'actor':'" actor "','party':'" party "','relation':'x'}"

static const rule_case PARTY_CASES[] = {
    {"party.registered: organisations have a credit code, others none",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("o", "organisation", ""), MZ_CREDIT_CODE_REQUIRED},
      {"reg-a", "party.registered", NULL, PARTY("o", "organisation", CODE(CODE_1)), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("p", "person", CODE(CODE_2)),
       MZ_CREDIT_CODE_REQUIRED},
      {"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("c", "collective", ""), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("d", "collective", CODE(CODE_2)),
       MZ_CREDIT_CODE_REQUIRED}}},
    {"party.registered: a code is one party's for ever",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("o", "organisation", CODE(CODE_1)), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("q", "organisation", CODE(CODE_1)),
       MZ_CREDIT_CODE_TAKEN},
      {"reg-a", "party.registered", NULL, PARTY("o", "organisation", CODE(CODE_1)), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("o", "organisation", CODE(CODE_2)), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("q", "organisation", CODE(CODE_2)),
       MZ_CREDIT_CODE_TAKEN},
      {"rev-a", "party.verified", NULL, "{'registration':'@4@'}", MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("q", "organisation", CODE(CODE_1)),
       MZ_CREDIT_CODE_TAKEN}}},
    {"party.registered: by stewards and registrars",
     MZ_FIXTURE_FUNDS,
     {{"stew-b", "party.registered", NULL, PARTY("p", "person", ",'name':'王'"), MZ_OK},
      {"mem-a", "party.registered", NULL, PARTY("q", "person", ""), MZ_WRONG_ROLE},
      {"reg-a", "party.registered", "fund-a", PARTY("q", "person", ""), MZ_FUND_UNEXPECTED},
      {"reg-a", "party.registered", NULL, PARTY("q", "person", ",'contact':'1'"),
       MZ_SEALED_IN_CLEAR}}},
    {"party.verified: a registration, once, by a reviewer",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"reg-a", "party.verified", NULL, "{'registration':'@1@'}", MZ_WRONG_ROLE},
      {"rev-a", "party.verified", NULL, "{'registration':'" NO_JTI "'}", MZ_NOT_FOUND},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@'}", MZ_OK},
      {"rev-b", "party.verified", NULL, "{'registration':'@1@'}", MZ_ALREADY_DONE},
      {"rev-a", "party.verified", NULL, "{'registration':'@4@'}", MZ_NOT_FOUND},
      {"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"rev-a", "party.verified", NULL, "{'registration':'@7@'}", MZ_OK}}},
    {"party.verified: the same as another that exists",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"reg-a", "party.registered", NULL, PARTY("q", "person", ""), MZ_OK},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','same_as':'none'}", MZ_NOT_FOUND},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','same_as':'p'}", MZ_BAD_VALUE},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','same_as':'q'}", MZ_OK},
      {"rev-a", "party.verified", NULL, "{'registration':'@2@','same_as':'p'}", MZ_OK}}},
    {"party.verified: the party of somebody in effect",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','actor':'none'}", MZ_NOT_FOUND},
      {"reg-a", "actor.retired", NULL, RETIRE("mem-a"), MZ_OK},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','actor':'mem-a'}", MZ_NOT_IN_EFFECT},
      {"rev-a", "party.verified", NULL, "{'registration':'@1@','actor':'mem-b'}", MZ_OK}}},
    {"conflict.declared: one's own at once",
     MZ_FIXTURE_PEOPLE,
     {{"mem-a", "conflict.declared", NULL, TIE("mem-a", "p"), MZ_NOT_FOUND},
      {"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"mem-a", "conflict.declared", NULL, TIE("mem-a", "p"), MZ_OK},
      {"reg-a", "registry.confirmed", NULL, "{'target':'@3@'}", MZ_NOT_CONFIRMABLE},
      {"mem-a", "conflict.declared", NULL, TIE("mem-b", "p"), MZ_WRONG_ROLE},
      {"rev-a", "conflict.declared", NULL, TIE("mem-b", "p"), MZ_WRONG_ROLE},
      {"aud-a", "conflict.declared", NULL, TIE("mem-b", "p"), MZ_WRONG_ROLE}}},
    {"conflict.declared: another's by a supervisor or registrar, when confirmed",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"sup-b", "conflict.declared", NULL, TIE("none", "p"), MZ_NOT_FOUND},
      {"sup-b", "conflict.declared", NULL, TIE("mem-b", "p"), MZ_OK},
      {"reg-a", "registry.confirmed", NULL, "{'target':'@3@'}", MZ_OK},
      {"reg-a", "conflict.declared", NULL, TIE("reg-b", "p"), MZ_OK},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@5@'}", MZ_CONFIRM_SELF},
      {"reg-a", "registry.confirmed", NULL, "{'target':'@5@'}", MZ_CONFIRM_SELF},
      {"reg-b", "actor.retired", NULL, RETIRE("reg-b"), MZ_OK},
      {"aud-a", "registry.confirmed", NULL, "{'target':'@5@'}", MZ_NOT_IN_EFFECT},
      {"sup-a", "conflict.declared", NULL, TIE("reg-b", "p"), MZ_NOT_IN_EFFECT}}},
    {"conflict.ended: a declaration in effect, once",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"mem-a", "conflict.declared", NULL, TIE("mem-a", "p"), MZ_OK},
      {"mem-a", "conflict.ended", NULL, "{'declaration':'@1@','reason':'x'}", MZ_NOT_FOUND},
      {"mem-b", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_WRONG_ROLE},
      {"mem-a", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_OK},
      {"sup-a", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_OK},
      {NULL, "confirm", NULL, "5", MZ_OK},
      {NULL, "confirm", NULL, "6", MZ_NOT_IN_EFFECT},
      {"reg-a", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_NOT_IN_EFFECT}}},
    {"conflict.ended: not before the declaration is confirmed, nor by its subject",
     MZ_FIXTURE_PEOPLE,
     {{"reg-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"sup-a", "conflict.declared", NULL, TIE("reg-b", "p"), MZ_OK},
      {"sup-a", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_NOT_IN_EFFECT},
      {"aud-a", "registry.confirmed", NULL, "{'target':'@2@'}", MZ_OK},
      {"reg-a", "conflict.ended", NULL, "{'declaration':'@2@','reason':'x'}", MZ_OK},
      {"reg-b", "registry.confirmed", NULL, "{'target':'@5@'}", MZ_CONFIRM_SELF},
      {"aud-a", "registry.confirmed", NULL, "{'target':'@5@'}", MZ_OK}}},
};

#define FOUR "'service_type':'x','hours':'x','operation':'x','liability':'x'"
#define SOURCE(source, kind, more)                                                                 \
    "{'source':'" source "','kind':'" kind                                                         \
    "','gratuitous':false,'signed_on':'2026-01-10'," MZ_FIXTURE_EVIDENCE more "}"
#define SESSION(source, number, date)                                                              \
    "{'source':'" source "','number':" number ",'date':'" date                                     \
    "','place':'x','stalls':1,'firms':1,'visits':1}"

static const rule_case SOURCE_CASES[] = {
    {"source.registered: with an agreement that is clear in four points",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("s", "partner", ""),
       MZ_AGREEMENT_INCOMPLETE},
      {"stew-a", "source.registered", "fund-a",
       SOURCE("s", "partner", ",'agreement':{'service_type':'x','hours':'x','operation':'x'}"),
       MZ_AGREEMENT_INCOMPLETE},
      {"stew-a", "source.registered", "fund-a",
       SOURCE("s", "partner", ",'agreement':{'hours':'x','operation':'x','liability':'x'}"),
       MZ_AGREEMENT_INCOMPLETE},
      {"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ",'agreement':{'hours':'x'}"),
       MZ_AGREEMENT_INCOMPLETE},
      {"stew-a", "source.registered", "fund-a", SOURCE("s", "partner", ",'agreement':{" FOUR "}"),
       MZ_OK},
      {"stew-a", "source.registered", "fund-a", SOURCE("t", "other", ""), MZ_OK}}},
    {"source.registered: new, of this fund's steward, with evidence",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ""), MZ_OK},
      {"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ""), MZ_ID_TAKEN},
      {"stew-b", "source.registered", "fund-b", SOURCE("s", "other", ""), MZ_ID_TAKEN},
      {"stew-b", "source.registered", "fund-a", SOURCE("t", "other", ""), MZ_NOT_YOUR_FUND},
      {"stew-a", "source.registered", "fund-a",
       "{'source':'t','kind':'other','gratuitous':true,'signed_on':'2026-01-10'}",
       MZ_EVIDENCE_REQUIRED}}},
    {"source.registered: a party that exists, a term that can be",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ",'party':'p'"), MZ_NOT_FOUND},
      {"stew-a", "party.registered", NULL, PARTY("p", "person", ""), MZ_OK},
      {"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ",'party':'p'"), MZ_OK},
      {"stew-a", "source.registered", "fund-a", SOURCE("t", "other", ",'ends_on':'2026-01-09'"),
       MZ_DATE_RANGE},
      {"stew-a", "source.registered", "fund-a", SOURCE("t", "other", ",'ends_on':'2026-01-10'"),
       MZ_OK}}},
    {"source.ended: a source of this fund, once",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ""), MZ_OK},
      {"stew-b", "source.ended", "fund-b", "{'source':'s','reason':'x'}", MZ_OTHER_FUND},
      {"stew-a", "source.ended", "fund-a", "{'source':'t','reason':'x'}", MZ_NOT_FOUND},
      {"stew-a", "source.ended", "fund-a", "{'source':'s','reason':'x'}", MZ_OK},
      {"stew-a", "source.ended", "fund-a", "{'source':'s','reason':'x'}", MZ_ALREADY_DONE}}},
    {"session.held: of a market of this fund",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("s", "other", ""), MZ_OK},
      {"stew-a", "source.registered", "fund-a", SOURCE("m", "market", ",'agreement':{" FOUR "}"),
       MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("s", "1", "2026-03-02"), MZ_SOURCE_KIND},
      {"stew-a", "session.held", "fund-a", SESSION("none", "1", "2026-03-02"), MZ_NOT_FOUND},
      {"stew-b", "session.held", "fund-b", SESSION("m", "1", "2026-03-02"), MZ_OTHER_FUND},
      {"stew-a", "session.held", "fund-a", SESSION("m", "0", "2026-03-02"), MZ_BAD_VALUE},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-02"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-01"), MZ_ID_TAKEN},
      {"stew-a", "session.held", "fund-a", SESSION("m", "2", "2026-03-01"), MZ_OK}}},
    {"session.held: a number is free again after a reversal",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a", SOURCE("m", "market", ",'agreement':{" FOUR "}"),
       MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-02"), MZ_OK},
      {"stew-a", "entry.reversed", "fund-a", "{'target':'@2@','reason':'x'}", MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-01"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-01"), MZ_ID_TAKEN}}},
    {"session.held: within the agreement, and not to come",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a",
       SOURCE("m", "market", ",'ends_on':'2026-03-04','agreement':{" FOUR "}"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-01-09"), MZ_OUTSIDE_AGREEMENT},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-01-10"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "2", "2026-03-03"), MZ_DATE_RANGE},
      {NULL, "days", NULL, "3", MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "2", "2026-03-04"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "3", "2026-03-05"), MZ_OUTSIDE_AGREEMENT}}},
    {"source.ended: its day is the last",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a",
       SOURCE("m", "market", ",'ends_on':'2026-09-01','agreement':{" FOUR "}"), MZ_OK},
      {"stew-a", "source.ended", "fund-a", "{'source':'m','reason':'x'}", MZ_OK},
      {NULL, "days", NULL, "1", MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-03-02"), MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "2", "2026-03-03"), MZ_OUTSIDE_AGREEMENT}}},
    {"source.ended: an earlier end stays",
     MZ_FIXTURE_FUNDS,
     {{"stew-a", "source.registered", "fund-a",
       SOURCE("m", "market", ",'ends_on':'2026-02-01','agreement':{" FOUR "}"), MZ_OK},
      {"stew-a", "source.ended", "fund-a", "{'source':'m','reason':'x'}", MZ_OK},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-02-02"), MZ_OUTSIDE_AGREEMENT},
      {"stew-a", "session.held", "fund-a", SESSION("m", "1", "2026-02-01"), MZ_OK}}},
};
/* clang-format on */

/* ---- running the cases ---- */

typedef struct jtis {
    char of[STEPS_MAX][MZ_UUID_TEXT_SIZE];
} jtis;

static void put_member(mz_buf *out, const char *name, const uint8_t *bytes, size_t size)
{
    mz_buf_put_format(out, "'%s':'", name);
    mz_buf_put_base64url(out, (mz_view){bytes, size});
    mz_buf_put_text(out, "'");
}

static void put_vkey(mz_buf *out, const mz_signer *signer, const char *name, mz_vkey_type type)
{
    mz_hasher *hasher = mz_hasher_new();
    mz_vkey vkey;
    mz_reason why = {0};
    assert_non_null(hasher);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(name), type, signer->public_key, &vkey, &why),
                     MZ_OK);
    mz_hasher_free(hasher);
    mz_buf_put_text(out, "'vkey':'");
    mz_vkey_put(out, &vkey);
    mz_buf_put_text(out, "'");
}

/* One placeholder, without its marks. */
static void put_word(mz_buf *out, const char *word, const jtis *jti)
{
    char verb[16] = "", name[64] = "", rest[128] = "";
    if (word[0] >= '1' && word[0] <= '9') {
        mz_buf_put_text(out, jti->of[atoi(word) - 1]);
        return;
    }
    assert_true(sscanf(word, "%15s %63s %127s", verb, name, rest) >= 2);
    mz_signer signer;
    mz_fixture_signer(name, &signer);
    uint8_t proof[MZ_SIGNATURE_SIZE];
    if (strcmp(verb, "key") == 0 || strcmp(verb, "pub") == 0)
        put_member(out, "key", signer.public_key, sizeof signer.public_key);
    if (strcmp(verb, "key") == 0)
        mz_buf_put_text(out, ",");
    if (strcmp(verb, "key") == 0 || strcmp(verb, "proof") == 0) {
        assert_true(mz_signer_prove(&signer, MZ_FIXTURE_ORIGIN, rest, proof));
        put_member(out, "proof", proof, sizeof proof);
    }
    if (strcmp(verb, "vkey") == 0)
        put_vkey(out, &signer, rest, MZ_VKEY_ED25519);
    if (strcmp(verb, "wkey") == 0)
        put_vkey(out, &signer, name, MZ_VKEY_COSIGNATURE);
}

static void expand(const char *body, const jtis *jti, mz_buf *out)
{
    for (const char *at = body; *at != '\0';) {
        const char *mark = strchr(at, '@');
        size_t size = mark == NULL ? strlen(at) : (size_t)(mark - at);
        mz_buf_put(out, (mz_view){(const uint8_t *)at, size});
        if (mark == NULL)
            break;
        const char *end = strchr(mark + 1, '@');
        char word[200];
        assert_non_null(end);
        (void)snprintf(word, sizeof word, "%.*s", (int)(end - mark - 1), mark + 1);
        put_word(out, word, jti);
        at = end + 1;
    }
    assert_false(out->failed);
}

static mz_status run_step(mz_fixture *fixture, const step *s, jtis *jti, size_t number)
{
    if (strcmp(s->event, "days") == 0) {
        mz_fixture_days_later(fixture, atoi(s->body));
        return MZ_OK;
    }
    if (strcmp(s->event, "confirm") == 0)
        return mz_fixture_confirm_by(fixture, "reg-b", s->fund, jti->of[atoi(s->body) - 1]);
    mz_buf body;
    mz_buf_init(&body, 8000);
    expand(s->body, jti, &body);
    mz_status status = mz_fixture_write(fixture, s->key, s->event, s->fund, (const char *)body.data,
                                        jti->of[number]);
    mz_buf_clear(&body);
    return status;
}

static void run_case(void **state)
{
    const rule_case *c = *state;
    mz_fixture *fixture = mz_fixture_new(c->until);
    jtis jti;
    memset(&jti, 0, sizeof jti);
    for (size_t i = 0; i < STEPS_MAX && c->steps[i].event != NULL; i++) {
        const step *s = &c->steps[i];
        mz_status is = run_step(fixture, s, &jti, i);
        if (is != s->want) {
            char text[600];
            mz_reason_text(&fixture->why, MZ_ENGLISH, text, sizeof text);
            fail_msg("step %zu, %s: is %s (%s), want %s", i + 1, s->event, mz_status_code(is), text,
                     mz_status_code(s->want));
        }
    }
    mz_fixture_free(fixture);
}

/* ---- what is remembered ---- */

static mz_ref party_ref(mz_fixture *fixture, const char *id)
{
    uint64_t ref = 0;
    mz_reason why = {0};
    assert_int_equal(mz_name_find(fixture->changes, MZ_NAME_PARTY, 0, mz_view_of(id), &ref, &why),
                     MZ_OK);
    return ref;
}

static void load_ledger(mz_fixture *fixture, mz_ledger *ledger)
{
    mz_reason why = {0};
    assert_int_equal(mz_ledger_load(fixture->changes, ledger, &why), MZ_OK);
}

static void last_effect(mz_fixture *fixture, mz_effect *effect)
{
    mz_ledger ledger;
    mz_reason why = {0};
    load_ledger(fixture, &ledger);
    mz_key_bytes key = mz_key_u64(MZ_KIND_EFFECT, ledger.effect_count);
    assert_int_equal(mz_state_load(fixture->changes, &key, effect, sizeof *effect, &why), MZ_OK);
}

static void test_opening(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_OPENED);
    mz_ledger ledger;
    mz_actor actor;
    load_ledger(fixture, &ledger);
    assert_string_equal(ledger.origin, MZ_FIXTURE_ORIGIN);
    assert_string_equal(ledger.credit_code, MZ_FIXTURE_CHARITY_CODE);
    assert_int_equal(ledger.rules_version, 1);
    assert_int_equal(ledger.actor_count, 2);
    assert_int_equal(ledger.officer_count, 2);
    assert_int_equal(ledger.open_fund_count, 0);
    mz_fixture_actor(fixture, "reg-a", &actor);
    assert_int_equal(actor.no, 1);
    mz_fixture_actor(fixture, "reg-b", &actor);
    assert_int_equal(actor.no, 2);
    assert_int_equal(actor.role, MZ_REGISTRAR);
    assert_int_equal(actor.enrolled_index, 0);
    assert_true(actor.retired_index == MZ_NEVER);
    mz_fixture_free(fixture);
}

/* The new key signs the next checkpoint from the confirmation on, not from the entry. */
static void test_log_key(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_OPENED);
    mz_signer old, new;
    uint8_t key[32];
    char text[MZ_FIXTURE_VKEY_TEXT_SIZE], jti[MZ_UUID_TEXT_SIZE];
    mz_reason why = {0};
    mz_fixture_signer("log", &old);
    mz_fixture_signer("log-2", &new);
    mz_fixture_log_key_text("log-2", MZ_FIXTURE_ORIGIN, text);
    mz_fixture_must(fixture, "reg-a", "ledger.amended", NULL, jti, "{'log_key':%s}", text);
    assert_int_equal(mz_rules_log_key(fixture->changes, key, &why), MZ_OK);
    assert_memory_equal(key, old.public_key, sizeof key);
    mz_fixture_confirm(fixture, NULL, jti);
    assert_int_equal(mz_rules_log_key(fixture->changes, key, &why), MZ_OK);
    assert_memory_equal(key, new.public_key, sizeof key);
    mz_fixture_free(fixture);
}

/* Entry 0 brings the keys that it is verified with; no other entry does. */
static void test_keys_of_entry_0(void **state)
{
    (void)state;
    char head[200], log_key[MZ_FIXTURE_VKEY_TEXT_SIZE], text[4000];
    char key_a[MZ_FIXTURE_KEY_TEXT_SIZE], key_b[MZ_FIXTURE_KEY_TEXT_SIZE];
    mz_signer log, registrar, stranger;
    mz_entry entry;
    mz_reason why = {0};
    uint8_t key[32];
    mz_fixture_signer("log", &log);
    mz_fixture_signer("reg-b", &registrar);
    mz_fixture_signer("reg-c", &stranger);
    mz_fixture_log_key_text("log", MZ_FIXTURE_ORIGIN, log_key);
    mz_fixture_key_text("reg-a", "reg-a", key_a);
    mz_fixture_key_text("reg-b", "reg-b", key_b);
    (void)snprintf(head, sizeof head, "{'aud':'%s','jti':'%s','iat':1700000000", MZ_FIXTURE_ORIGIN,
                   "018bcfe5-6800-7000-8000-000000000001");
    (void)snprintf(text, sizeof text,
                   "%s,'type':'ledger.opened','body':{'charity':{'name':'x','credit_code':'%s'},"
                   "'log_key':%s,'registrars':[{'actor':'reg-a',%s},{'actor':'reg-b',%s}],"
                   "'witnesses':[],'quorum':0,'rules':1}}",
                   head, MZ_FIXTURE_CHARITY_CODE, log_key, key_a, key_b);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    assert_int_equal(mz_entry_decode_payload(mz_view_of(text), &entry, &why), MZ_OK);
    assert_int_equal(mz_rules_genesis_log_key(&entry, key, &why), MZ_OK);
    assert_memory_equal(key, log.public_key, 32);
    entry.jws.kid = registrar.thumbprint;
    assert_int_equal(mz_rules_genesis_key(&entry, key, &why), MZ_OK);
    assert_memory_equal(key, registrar.public_key, 32);
    entry.jws.kid = stranger.thumbprint;
    assert_int_equal(mz_rules_genesis_key(&entry, key, &why), MZ_UNKNOWN_KEY);
    mz_entry_clear(&entry);
    (void)snprintf(text, sizeof text, "%s,'type':'rules.adopted','body':{'rules':1}}", head);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    why = (mz_reason){0};
    assert_int_equal(mz_entry_decode_payload(mz_view_of(text), &entry, &why), MZ_OK);
    assert_int_equal(mz_rules_genesis_log_key(&entry, key, NULL), MZ_NOT_OPENED);
    assert_int_equal(mz_rules_genesis_key(&entry, key, NULL), MZ_NOT_OPENED);
    mz_entry_clear(&entry);
}

static void test_no_log_key_before_entry_0(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_EMPTY);
    uint8_t key[32];
    mz_reason why = {0};
    assert_int_equal(mz_rules_log_key(fixture->changes, key, &why), MZ_NOT_OPENED);
    assert_int_equal(why.status, MZ_NOT_OPENED);
    mz_fixture_free(fixture);
}

static void load_key(mz_fixture *fixture, const mz_signer *signer, mz_actor_key *row)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_reason why = {0};
    mz_key_add_text(&key, (mz_view){signer->thumbprint.bytes, 32});
    assert_int_equal(mz_state_load(fixture->changes, &key, row, sizeof *row, &why), MZ_OK);
}

static void test_rekey_remembers_the_old_key(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    mz_signer old, new;
    mz_actor actor;
    mz_actor_key row;
    mz_effect effect;
    uint8_t public_key[32];
    mz_reason why = {0};
    char text[MZ_FIXTURE_KEY_TEXT_SIZE];
    mz_fixture_signer("mem-a", &old);
    mz_fixture_signer("mem-a/2", &new);
    mz_fixture_key_text("mem-a/2", "mem-a", text);
    mz_fixture_days_later(fixture, 1);
    int64_t since_ms = fixture->now_ms - 5;
    mz_fixture_registered(fixture, "actor.rekeyed", NULL, NULL,
                          "{'actor':'mem-a','reason':'x','compromised_since':%lld,%s}",
                          (long long)since_ms, text);
    uint64_t confirmed = fixture->entry_count - 1;
    mz_fixture_actor(fixture, "mem-a", &actor);
    assert_memory_equal(actor.key_thumbprint, new.thumbprint.bytes, 32);
    load_key(fixture, &old, &row);
    assert_int_equal(row.replaced_index, confirmed);
    assert_int_equal(row.compromised_since_ms, since_ms);
    assert_int_equal(row.actor_no, actor.no);
    load_key(fixture, &new, &row);
    assert_int_equal(row.since_index, confirmed);
    assert_true(row.replaced_index == MZ_NEVER);
    assert_true(row.compromised_since_ms == MZ_NO_TIME);
    last_effect(fixture, &effect);
    assert_int_equal(effect.kind, MZ_EFFECT_COMPROMISE);
    assert_int_equal(effect.index, confirmed);
    assert_int_equal(effect.actor_no, actor.no);
    assert_int_equal(effect.since_ms, since_ms);
    assert_memory_equal(effect.thumbprint, old.thumbprint.bytes, 32);
    assert_int_equal(mz_rules_key(fixture->changes, &old.thumbprint, public_key, &why), MZ_OK);
    assert_memory_equal(public_key, old.public_key, 32);
    mz_fixture_free(fixture);
}

static void test_retirement_is_counted_and_told(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    mz_ledger before, after;
    mz_actor actor;
    mz_effect effect;
    load_ledger(fixture, &before);
    assert_int_equal(before.officer_count, 3);
    mz_fixture_must(fixture, "reg-a", "actor.retired", NULL, NULL, RETIRE("mem-a"));
    load_ledger(fixture, &after);
    assert_int_equal(after.officer_count, 3);
    assert_int_equal(after.effect_count, before.effect_count + 1);
    mz_fixture_must(fixture, "reg-a", "actor.retired", NULL, NULL, RETIRE("aud-a"));
    load_ledger(fixture, &after);
    assert_int_equal(after.officer_count, 2);
    mz_fixture_actor(fixture, "aud-a", &actor);
    assert_int_equal(actor.retired_index, fixture->entry_count - 1);
    last_effect(fixture, &effect);
    assert_int_equal(effect.kind, MZ_EFFECT_RETIRED);
    assert_int_equal(effect.actor_no, actor.no);
    mz_fixture_free(fixture);
}

static void test_fund_begins_with_defaults(void **state)
{
    (void)state;
    static const mz_profile DEFAULTS = {3, 7, 30, 30, 60, 180, 92, 0};
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_FUNDS);
    mz_fund fund;
    mz_ledger ledger;
    int32_t day = 0;
    mz_fixture_fund(fixture, "fund-a", &fund);
    assert_memory_equal(&fund.profile, &DEFAULTS, sizeof DEFAULTS);
    assert_true(mz_day_parse(mz_view_of(MZ_FIXTURE_DAY), &day));
    assert_int_equal(fund.statement_to_day, day - 1);
    assert_int_equal(fund.stage, MZ_FUND_OPEN);
    assert_int_equal(fund.epoch, 0);
    assert_memory_equal(fund.account, "bank-a", 7);
    mz_fixture_must(fixture, "reg-a", "fund.opened", "fund-x", NULL,
                    FUND("'min_seats':5,'consult_days':1,'vote_days':2,'apply_days':3,"
                         "'review_days':4,'pay_days':5,'statement_days':6,'goods_cap_fen':7"));
    static const mz_profile STATED = {5, 1, 2, 3, 4, 5, 6, 7};
    mz_fixture_fund(fixture, "fund-x", &fund);
    assert_memory_equal(&fund.profile, &STATED, sizeof STATED);
    load_ledger(fixture, &ledger);
    assert_int_equal(ledger.open_fund_count, 3);
    mz_fixture_free(fixture);
}

static void test_closing_moves_on(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_FUNDS);
    mz_fund fund, target;
    mz_ledger ledger;
    char income[MZ_UUID_TEXT_SIZE];
    mz_fixture_must(fixture, "stew-a", "income.recorded", "fund-a", income,
                    "{'kind':'donation','amount_fen':700,'received_on':'2026-03-02',"
                    "'purpose':'elders'}");
    mz_fixture_must(fixture, "cash-a", "income.confirmed", "fund-a", NULL,
                    "{'income':'%s','amount_fen':700,'purpose':'elders','booked_on':'2026-03-02',"
                    "'bank_ref':'b1','receipt_no':'r1'}",
                    income);
    mz_fixture_must(fixture, "reg-a", "fund.closing", "fund-a", NULL, "{'reason':'x'}");
    mz_fixture_fund(fixture, "fund-a", &fund);
    assert_int_equal(fund.stage, MZ_FUND_IS_CLOSING);
    mz_fixture_registered(fixture, "fund.closed", "fund-a", NULL, RESIDUAL("fund-b", "general"));
    mz_fixture_fund(fixture, "fund-a", &fund);
    mz_fixture_fund(fixture, "fund-b", &target);
    assert_int_equal(fund.stage, MZ_FUND_IS_CLOSED);
    assert_int_equal(fund.closed_index, fixture->entry_count - 1);
    assert_int_equal(fund.residual_fund, target.ref);
    assert_int_equal(fund.residual_purpose, MZ_GENERAL);
    assert_int_equal(fund.balance_fen, 0);
    assert_int_equal(target.balance_fen, 700);
    load_ledger(fixture, &ledger);
    assert_int_equal(ledger.open_fund_count, 1);
    mz_fixture_free(fixture);
}

static mz_actor_no actor_no(mz_fixture *fixture, const char *id)
{
    mz_actor actor;
    mz_fixture_actor(fixture, id, &actor);
    return actor.no;
}

static void test_seatings_count_up(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_SEATED);
    mz_fund fund;
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    mz_reason why = {0};
    mz_fixture_fund(fixture, "fund-a", &fund);
    assert_int_equal(fund.epoch, 1);
    mz_fixture_registered(fixture, "committee.seated", "fund-a", NULL,
                          SEAT("'mem-e','mem-b','mem-c','mem-d','mem-g'", "mem-b", "'mem-a'",
                               "'sup-b','sup-a'", "2028-01-01"));
    mz_fixture_fund(fixture, "fund-a", &fund);
    assert_int_equal(fund.epoch, 2);
    assert_int_equal(mz_seating_load(fixture->changes, fund.ref, 2, &seating, people, &why), MZ_OK);
    assert_int_equal(seating.index, fixture->entry_count - 1);
    assert_int_equal(seating.member_count, 5);
    assert_int_equal(seating.alternate_count, 1);
    assert_int_equal(seating.supervisor_count, 2);
    assert_int_equal(seating.chair, actor_no(fixture, "mem-b"));
    assert_int_equal(people[0], actor_no(fixture, "mem-e"));
    assert_int_equal(people[5], actor_no(fixture, "mem-a"));
    assert_int_equal(people[6], actor_no(fixture, "sup-b"));
    assert_int_equal(mz_seating_load(fixture->changes, fund.ref, 1, &seating, people, &why), MZ_OK);
    assert_int_equal(seating.member_count, 3);
    mz_fixture_free(fixture);
}

/* ---- who is barred, as of when ---- */

static bool bars(mz_fixture *fixture, const char *actor, const char *party, uint64_t filed_index,
                 uint64_t as_of)
{
    bool answer = false;
    mz_reason why = {0};
    assert_int_equal(mz_conflict_bars(fixture->changes, actor_no(fixture, actor),
                                      party_ref(fixture, party), filed_index, as_of, &answer, &why),
                     MZ_OK);
    return answer;
}

static bool same(mz_fixture *fixture, const char *left, const char *right, uint64_t as_of)
{
    bool answer = false;
    mz_reason why = {0};
    assert_int_equal(mz_same_party(fixture->changes, party_ref(fixture, left),
                                   party_ref(fixture, right), as_of, &answer, &why),
                     MZ_OK);
    return answer;
}

static uint64_t register_party(mz_fixture *fixture, const char *party, char jti[MZ_UUID_TEXT_SIZE])
{
    mz_fixture_must(fixture, "reg-a", "party.registered", NULL, jti,
                    "{'party':'%s','kind':'person'}", party);
    return fixture->entry_count - 1;
}

/* Says that `party` is `same_as`: the index of that entry. */
static uint64_t say_same(mz_fixture *fixture, const char *party, const char *same_as)
{
    char jti[MZ_UUID_TEXT_SIZE];
    (void)register_party(fixture, party, jti);
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL,
                    "{'registration':'%s','same_as':'%s'}", jti, same_as);
    return fixture->entry_count - 1;
}

static void test_conflict_holds_from_its_entry(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char jti[MZ_UUID_TEXT_SIZE], own[MZ_UUID_TEXT_SIZE];
    mz_effect effect;
    (void)register_party(fixture, "p", jti);
    (void)register_party(fixture, "q", jti);
    mz_fixture_must(fixture, "mem-a", "conflict.declared", NULL, own, TIE("mem-a", "p"));
    uint64_t since = fixture->entry_count - 1;
    last_effect(fixture, &effect);
    assert_int_equal(effect.kind, MZ_EFFECT_CONFLICT);
    assert_int_equal(effect.index, since);
    assert_int_equal(effect.party, party_ref(fixture, "p"));
    assert_false(bars(fixture, "mem-a", "p", since - 1, since - 1));
    assert_true(bars(fixture, "mem-a", "p", since - 1, since));
    assert_true(bars(fixture, "mem-a", "p", since + 9, since + 9));
    assert_false(bars(fixture, "mem-b", "p", since, since));
    assert_false(bars(fixture, "mem-a", "q", since, since));
    mz_fixture_registered(fixture, "conflict.ended", NULL, NULL,
                          "{'declaration':'%s','reason':'x'}", own);
    uint64_t ended = fixture->entry_count - 1;
    assert_true(bars(fixture, "mem-a", "p", ended - 1, ended + 5));
    assert_false(bars(fixture, "mem-a", "p", ended + 1, ended + 5));
    assert_true(bars(fixture, "mem-a", "p", ended - 1, ended - 1));
    mz_fixture_free(fixture);
}

static void test_conflict_for_another_holds_from_its_confirmation(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char jti[MZ_UUID_TEXT_SIZE];
    (void)register_party(fixture, "p", jti);
    mz_fixture_must(fixture, "sup-a", "conflict.declared", NULL, jti, TIE("mem-a", "p"));
    uint64_t written = fixture->entry_count - 1;
    assert_false(bars(fixture, "mem-a", "p", written, written));
    mz_fixture_confirm(fixture, NULL, jti);
    assert_false(bars(fixture, "mem-a", "p", written, written));
    assert_true(bars(fixture, "mem-a", "p", written, written + 1));
    mz_fixture_free(fixture);
}

static void test_own_party(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char jti[MZ_UUID_TEXT_SIZE];
    mz_effect effect;
    mz_actor actor;
    (void)register_party(fixture, "p", jti);
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL,
                    "{'registration':'%s','actor':'mem-a'}", jti);
    uint64_t found = fixture->entry_count - 1;
    assert_false(bars(fixture, "mem-a", "p", 1, found - 1));
    assert_true(bars(fixture, "mem-a", "p", 1, found));
    assert_false(bars(fixture, "mem-b", "p", 1, found));
    last_effect(fixture, &effect);
    assert_int_equal(effect.kind, MZ_EFFECT_PARTY);
    assert_int_equal(effect.party, party_ref(fixture, "p"));
    mz_fixture_actor(fixture, "mem-a", &actor);
    assert_int_equal(actor.tie_count, 1);
    uint64_t joined = say_same(fixture, "q", "p");
    assert_false(bars(fixture, "mem-a", "q", 1, joined - 1));
    assert_true(bars(fixture, "mem-a", "q", 1, joined));
    mz_fixture_free(fixture);
}

/* Whatever joined later, the answer as of an earlier entry is that of that entry. */
static void test_groups_remember_when(void **state)
{
    (void)state;
    static const char *const PARTIES[] = {"a", "b", "c", "d", "e", "f"};
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char jti[MZ_UUID_TEXT_SIZE];
    for (size_t i = 0; i < 6; i++)
        (void)register_party(fixture, PARTIES[i], jti);
    mz_fixture_must(fixture, "mem-a", "conflict.declared", NULL, NULL, TIE("mem-a", "f"));
    uint64_t ab = say_same(fixture, "a", "b");
    uint64_t cd = say_same(fixture, "d", "c");
    uint64_t ac = say_same(fixture, "b", "d");
    uint64_t ef = say_same(fixture, "e", "f");
    uint64_t all = say_same(fixture, "e", "a");
    const struct {
        const char *left, *right;
        uint64_t since;
    } SINCE[] = {
        {"a", "b", ab },
        {"c", "d", cd },
        {"a", "c", ac },
        {"a", "d", ac },
        {"b", "c", ac },
        {"e", "f", ef },
        {"a", "f", all},
        {"d", "e", all},
        {"f", "c", all},
    };
    for (size_t i = 0; i < sizeof SINCE / sizeof SINCE[0]; i++) {
        assert_false(same(fixture, SINCE[i].left, SINCE[i].right, SINCE[i].since - 1));
        assert_true(same(fixture, SINCE[i].left, SINCE[i].right, SINCE[i].since));
        assert_true(same(fixture, SINCE[i].right, SINCE[i].left, all + 1));
    }
    for (size_t i = 0; i < 4; i++) { /* the conflict with f reaches a to d when they are joined */
        assert_false(bars(fixture, "mem-a", PARTIES[i], 1, all - 1));
        assert_true(bars(fixture, "mem-a", PARTIES[i], 1, all));
    }
    assert_true(bars(fixture, "mem-a", "e", 1, ef));
    assert_false(bars(fixture, "mem-a", "e", 1, ef - 1));
    mz_fixture_free(fixture);
}

static void test_groups_are_bounded(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char jti[MZ_UUID_TEXT_SIZE], id[16];
    (void)register_party(fixture, "p0", jti);
    for (int i = 1; i < 64; i++) {
        (void)snprintf(id, sizeof id, "p%d", i);
        (void)say_same(fixture, id, "p0");
    }
    assert_true(same(fixture, "p1", "p63", fixture->entry_count));
    (void)register_party(fixture, "one-more", jti);
    mz_fixture_refuses(fixture, MZ_TOO_MANY, "rev-a", "party.verified", NULL,
                       "{'registration':'%s','same_as':'p7'}", jti);
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL, "{'registration':'%s'}", jti);
    mz_fixture_free(fixture);
}

static void test_registration_takes_effect_when_verified(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_PEOPLE);
    char first[MZ_UUID_TEXT_SIZE], second[MZ_UUID_TEXT_SIZE];
    mz_party party;
    mz_reason why = {0};
    mz_fixture_must(fixture, "reg-a", "party.registered", NULL, first,
                    PARTY("p", "collective", ""));
    mz_ref ref = party_ref(fixture, "p");
    assert_int_equal(mz_party_load(fixture->changes, ref, &party, &why), MZ_OK);
    assert_int_equal(party.registration, 0);
    assert_int_equal(party.kind, MZ_PARTY_COLLECTIVE);
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL, "{'registration':'%s'}", first);
    mz_fixture_must(fixture, "reg-a", "party.registered", NULL, second,
                    PARTY("p", "organisation", CODE(CODE_1)));
    assert_int_equal(mz_party_load(fixture->changes, ref, &party, &why), MZ_OK);
    assert_int_equal(party.registration, ref);
    assert_int_equal(party.kind, MZ_PARTY_COLLECTIVE);
    assert_string_equal(party.credit_code, "");
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL, "{'registration':'%s'}",
                    second);
    assert_int_equal(mz_party_load(fixture->changes, ref, &party, &why), MZ_OK);
    assert_int_equal(party.registration, mz_fixture_index(fixture, second));
    assert_int_equal(party.kind, MZ_PARTY_ORGANISATION);
    assert_string_equal(party.credit_code, CODE_1);
    mz_fixture_free(fixture);
}

/* ---- amending by a resolution ---- */

static void vote(mz_fixture *fixture, const char *member, const char *proposal)
{
    mz_proposal record;
    char hash[65];
    mz_fixture_proposal(fixture, proposal, &record);
    mz_hex_32(record.head.filing_hash, hash);
    mz_fixture_must(fixture, member, "vote.cast", "fund-a", NULL,
                    "{'proposal':'%s','filing_sha256':'%s','epoch':1,'choice':'approve'}", proposal,
                    hash);
}

static void test_amended_by_a_resolution(void **state)
{
    (void)state;
    mz_fixture *fixture = mz_fixture_new(MZ_FIXTURE_SEATED);
    mz_fund fund;
    mz_fixture_must(fixture, "stew-a", "proposal.filed", "fund-a", NULL,
                    "{'proposal':'r','title':'x','category':'resolution','why':'x','payees':[],"
                    "'draws':[]}");
    const char *amend = "{'profile':{'vote_days':9},'proposal':'r'}";
    mz_fixture_refuses(fixture, MZ_NOT_A_RESOLUTION, "reg-a", "fund.amended", "fund-a", "%s",
                       amend);
    mz_fixture_days_later(fixture, 16); /* consulted, and the supervisor silent for 7 days */
    vote(fixture, "mem-a", "r");
    mz_fixture_refuses(fixture, MZ_NOT_A_RESOLUTION, "reg-a", "fund.amended", "fund-a", "%s",
                       amend);
    vote(fixture, "mem-b", "r");
    assert_string_equal(mz_fixture_stage(fixture, "r"), "completed");
    mz_fixture_refuses(fixture, MZ_OTHER_FUND, "reg-a", "fund.amended", "fund-b", "%s", amend);
    mz_fixture_refuses(fixture, MZ_WRONG_ROLE, "rev-a", "fund.amended", "fund-a", "%s", amend);
    mz_fixture_refuses(fixture, MZ_BAD_PROFILE, "reg-a", "fund.amended", "fund-a",
                       "{'profile':{},'proposal':'r'}");
    mz_fixture_refuses(fixture, MZ_BAD_PROFILE, "reg-a", "fund.amended", "fund-a",
                       "{'profile':{'min_seats':6},'proposal':'r'}");
    mz_fixture_must(fixture, "reg-a", "fund.amended", "fund-a", NULL, "%s", amend);
    mz_fixture_refuses(fixture, MZ_NOT_A_RESOLUTION, "reg-a", "fund.amended", "fund-a", "%s",
                       amend);
    mz_fixture_fund(fixture, "fund-a", &fund);
    assert_int_equal(fund.profile.vote_days, 9);
    assert_int_equal(fund.profile.consult_days, 7);
    mz_fixture_free(fixture);
}

/* ---- all of it ---- */

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 200

static size_t add_cases(struct CMUnitTest *tests, size_t count, const rule_case *cases,
                        size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        assert(count < TESTS_MAX);
        tests[count++] = (struct CMUnitTest){.name = cases[i].name,
                                             .test_func = run_case,
                                             .initial_state = (void *)(uintptr_t)&cases[i]};
    }
    return count;
}

int main(void)
{
    static const struct CMUnitTest OTHERS[] = {
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_log_key),
        cmocka_unit_test(test_keys_of_entry_0),
        cmocka_unit_test(test_no_log_key_before_entry_0),
        cmocka_unit_test(test_rekey_remembers_the_old_key),
        cmocka_unit_test(test_retirement_is_counted_and_told),
        cmocka_unit_test(test_fund_begins_with_defaults),
        cmocka_unit_test(test_closing_moves_on),
        cmocka_unit_test(test_seatings_count_up),
        cmocka_unit_test(test_conflict_holds_from_its_entry),
        cmocka_unit_test(test_conflict_for_another_holds_from_its_confirmation),
        cmocka_unit_test(test_own_party),
        cmocka_unit_test(test_groups_remember_when),
        cmocka_unit_test(test_groups_are_bounded),
        cmocka_unit_test(test_registration_takes_effect_when_verified),
        cmocka_unit_test(test_amended_by_a_resolution),
    };
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = add_cases(tests, count, CASES(LEDGER_CASES));
    count = add_cases(tests, count, CASES(ACTOR_CASES));
    count = add_cases(tests, count, CASES(FUND_CASES));
    count = add_cases(tests, count, CASES(PARTY_CASES));
    count = add_cases(tests, count, CASES(SOURCE_CASES));
    memcpy(tests + count, OTHERS, sizeof OTHERS);
    count += sizeof OTHERS / sizeof OTHERS[0];
    return _cmocka_run_group_tests("rules_registry", tests, count, NULL, NULL);
}
