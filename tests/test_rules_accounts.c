/* Accountability: ratings, reconciliation to the bank, audit reports and their answers, sealed
 * records. Each rule kept and broken, as stories on the charity of ledger_fixture.h. */
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
#define ROOT "00000000000000000000000000000000000000000000000000000000000000e1"
#define RATE(p, rater, counts) "{'proposal':'" p "','rater':'" rater "','counts':[" counts "]," MZ_FIXTURE_EVIDENCE "}"
#define GRADE(grade, count) "{'grade':'" grade "','count':" count "}"
#define RECONCILE(account, month, bank, outside, differences, balances) "{'account':'" account "','month':'" month "','bank_balance_fen':" bank ",'outside_fen':" outside ",'differences':[" differences "],'balances':[" balances "]," MZ_FIXTURE_EVIDENCE "}"
#define HOLDS(fund, fen) "{'fund':'" fund "','balance_fen':" fen "}"
#define DIFFERS(fen) "{'amount_fen':" fen ",'reason':'x'}"
#define REPORT(size, findings) "{'size':" size ",'root':'" ROOT "','opinion':'x','findings':[" findings "]}"
#define ANSWER(report, finding) "{'report':'@" report "@','finding':" finding ",'text':'x'}"
#define D1 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define D2 "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
#define D3 "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCA"
#define SEALED(party, digests) "{'party':'" party "','kind':'person','_sd':[" digests "]}"
#define RECORD(digests) "{'disclosures':[" digests "],'ground':'x'}"
#define COMPLETED DO("", "party", "acme"), DO("", "gives", "general 1000"), DO("stew-a", "files", "p activity general:1000 >acme:1000"), AT(OPENS), \
    DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), DO("mem-a", "applies", "p"), DO("rev-a", "approves", "p general:1000"), DO("cash-a", "pays", "p acme general:1000")

static const story_case RATING_CASES[] = {
    {"rating: of a completed project, by grade, as often as it is asked", MZ_FIXTURE_SEATED,
     {COMPLETED, NO(MZ_WRONG_STAGE, "stew-a", "project.rated", RATE("p", "residents", GRADE("satisfied", "1"))), DO("stew-a", "completes", "p"),
      NO(MZ_NOT_FOUND, "stew-a", "project.rated", RATE("q", "residents", GRADE("satisfied", "1"))),
      NO(MZ_OTHER_FUND, "stew-b", "project.rated", "fund-b|" RATE("p", "residents", GRADE("satisfied", "1"))),
      NO(MZ_REPEATED_ITEM, "stew-a", "project.rated", RATE("p", "residents", GRADE("satisfied", "1") "," GRADE("satisfied", "2"))),
      NO(MZ_WRONG_ROLE, "mem-a", "project.rated", RATE("p", "residents", GRADE("satisfied", "1"))),
      NO(MZ_EVIDENCE_REQUIRED, "stew-a", "project.rated", "{'proposal':'p','rater':'street','counts':[" GRADE("satisfied", "1") "]}"),
      DO("stew-a", "project.rated", RATE("p", "residents", GRADE("very_satisfied", "40") "," GRADE("dissatisfied", "1"))),
      DO("stew-a", "project.rated", RATE("p", "street", GRADE("neutral", "1"))), DO("stew-a", "project.rated", RATE("p", "residents", GRADE("satisfied", "1")))}},
};

static const story_case BANK_CASES[] = {
    {"reconciliation: once the month is over, of an account that there is", MZ_FIXTURE_SEATED,
     {DO("", "gives", "general 700"), AT("2026-04-01 00:00:00-1"),
      NO(MZ_MONTH_OPEN, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-a", "700") "," HOLDS("fund-b", "0"))),
      AT("2026-04-01 00:00:00"),
      NO(MZ_OTHER_ACCOUNT, "rev-a", "balance.reconciled", RECONCILE("bank-x", "2026-03", "700", "0", "", HOLDS("fund-a", "700"))),
      NO(MZ_WRONG_ROLE, "cash-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-a", "700") "," HOLDS("fund-b", "0"))),
      NO(MZ_EVIDENCE_REQUIRED, "rev-a", "balance.reconciled", "{'account':'bank-a','month':'2026-03','bank_balance_fen':700,'outside_fen':0,'differences':[],'balances':[" HOLDS("fund-a", "700") "," HOLDS("fund-b", "0") "]}"),
      DO("rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-b", "0") "," HOLDS("fund-a", "700"))),
      DO("aud-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "650", "-100", DIFFERS("70") "," DIFFERS("-20"), HOLDS("fund-a", "700") "," HOLDS("fund-b", "0")))}},
    {"reconciliation: every fund of the account, each once, with its balance then", MZ_FIXTURE_SEATED,
     {DO("", "gives", "general 700"), AT("2026-04-02 00:00:00"), DO("", "gives", "general 50"),
      NO(MZ_FUND_LEFT_OUT, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-a", "700"))),
      NO(MZ_REPEATED_ITEM, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-a", "700") "," HOLDS("fund-a", "700"))),
      NO(MZ_NOT_FOUND, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "700", "0", "", HOLDS("fund-z", "700"))),
      NO(MZ_RECONCILIATION_DIFFERS, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "750", "0", "", HOLDS("fund-a", "750") "," HOLDS("fund-b", "0"))),
      NO(MZ_RECONCILIATION_DIFFERS, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "701", "0", "", HOLDS("fund-a", "700") "," HOLDS("fund-b", "0"))),
      NO(MZ_RECONCILIATION_DIFFERS, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "701", "0", DIFFERS("2"), HOLDS("fund-a", "700") "," HOLDS("fund-b", "0"))),
      DO("rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "701", "0", DIFFERS("1"), HOLDS("fund-a", "700") "," HOLDS("fund-b", "0")))}},
    {"reconciliation: a fund opened after the month, and one closed by its end, are not in it", MZ_FIXTURE_SEATED,
     {DO("reg-a", "fund.closing", "{'reason':'x'}"), AS("c", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"), DO("reg-b", "confirms", "c"),
      AT("2026-04-01 00:00:00"), DO("reg-a", "fund.opened", "fund-c|{'name':'C','community':'c','agreement_no':'3','account':'bank-a','profile':{}}"),
      NO(MZ_OTHER_ACCOUNT, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "0", "0", "", HOLDS("fund-b", "0") "," HOLDS("fund-c", "0"))),
      NO(MZ_OTHER_ACCOUNT, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "0", "0", "", HOLDS("fund-b", "0") "," HOLDS("fund-a", "0"))),
      DO("rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-03", "0", "0", "", HOLDS("fund-b", "0"))),
      NO(MZ_OTHER_ACCOUNT, "rev-a", "balance.reconciled", RECONCILE("bank-a", "2026-02", "0", "0", "", HOLDS("fund-b", "0")))}},
};

static const story_case AUDIT_CASES[] = {
    {"audit: a report is about what was there, and its findings are answered", MZ_FIXTURE_SEATED,
     {NO(MZ_WRONG_ROLE, "reg-a", "audit.reported", REPORT("1", "")), NO(MZ_BEYOND_LOG, "aud-a", "audit.reported", REPORT("1000", "")),
      AS("none", "aud-a", "audit.reported", REPORT("1", "")), AS("r", "aud-a", "audit.reported", REPORT("2", "'one','two'")),
      NO(MZ_NO_SUCH_FINDING, "rev-a", "finding.answered", ANSWER("none", "0")), NO(MZ_NO_SUCH_FINDING, "rev-a", "finding.answered", ANSWER("r", "2")),
      NO(MZ_WRONG_ROLE, "aud-a", "finding.answered", ANSWER("r", "0")), DO("cash-a", "finding.answered", ANSWER("r", "0")),
      AS("a", "stew-a", "finding.answered", ANSWER("r", "1")), DO("mem-a", "finding.answered", ANSWER("r", "1")),
      NO(MZ_NOT_FOUND, "rev-a", "finding.answered", ANSWER("a", "0")), NO(MZ_FUND_UNEXPECTED, "rev-a", "finding.answered", "fund-b|" ANSWER("r", "0"))}},
};

static const story_case RECORD_CASES[] = {
    {"record: a digest is named by one entry", MZ_FIXTURE_SEATED,
     {DO("stew-a", "party.registered", SEALED("a", "'" D1 "','" D2 "'")), NO(MZ_DIGEST_TAKEN, "stew-a", "party.registered", SEALED("b", "'" D2 "','" D3 "'")),
      DO("stew-a", "party.registered", SEALED("b", "'" D3 "'")), NO(MZ_DIGEST_TAKEN, "stew-a", "party.registered", SEALED("a", "'" D1 "'"))}},
    {"record: restricted at once and once", MZ_FIXTURE_SEATED,
     {DO("stew-a", "party.registered", SEALED("a", "'" D1 "','" D2 "'")), NO(MZ_NOT_FOUND, "reg-a", "record.restricted", RECORD("'" D1 "','" D3 "'")),
      NO(MZ_WRONG_ROLE, "aud-a", "record.restricted", RECORD("'" D1 "'")), DO("reg-a", "record.restricted", RECORD("'" D1 "'")),
      NO(MZ_ALREADY_DONE, "reg-a", "record.restricted", RECORD("'" D1 "','" D2 "'")), DO("reg-a", "record.restricted", RECORD("'" D2 "'"))}},
    {"record: erased once an auditor confirms", MZ_FIXTURE_SEATED,
     {DO("stew-a", "party.registered", SEALED("a", "'" D1 "','" D2 "'")), DO("reg-a", "record.restricted", RECORD("'" D1 "'")),
      NO(MZ_NOT_FOUND, "reg-a", "record.erased", RECORD("'" D3 "'")), AS("e", "reg-a", "record.erased", RECORD("'" D1 "','" D2 "'")),
      AS("f", "reg-a", "record.erased", RECORD("'" D2 "'")), NO(MZ_WRONG_ROLE, "reg-b", "confirms", "e"), DO("aud-a", "confirms", "e"),
      NO(MZ_ALREADY_DONE, "aud-a", "confirms", "f"), NO(MZ_ALREADY_DONE, "reg-a", "record.erased", RECORD("'" D2 "'")),
      NO(MZ_ALREADY_DONE, "reg-a", "record.restricted", RECORD("'" D2 "'")), NO(MZ_ALREADY_CONFIRMED, "aud-a", "confirms", "e")}},
    {"record: an erasure that nobody confirmed in time", MZ_FIXTURE_SEATED,
     {DO("stew-a", "party.registered", SEALED("a", "'" D1 "'")), AS("e", "reg-a", "record.erased", RECORD("'" D1 "'")), DAYS("31"), NO(MZ_CONFIRM_LATE, "aud-a", "confirms", "e")}},
};
/* clang-format on */

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 100

int main(void)
{
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(RATING_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(BANK_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(AUDIT_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(RECORD_CASES));
    return _cmocka_run_group_tests("rules of accountability", tests, count, NULL, NULL);
}
