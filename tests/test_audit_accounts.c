/* test_audit_accounts.c — bank lines, months of accounts, earlier audits, sealed records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit_place.h"
#include "core/date.h"

/* --- bank lines --- */

static size_t share(world *w, int64_t amount_fen, const char *receipt)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    const size_t gift = charity_gift(w, amount_fen, "", NULL);
    return world_add(w, "cash-a", "income.confirmed", w->fund,
                     "{'income':'%s','amount_fen':%lld,'purpose':'general','booked_on':'%s',"
                     "'bank_ref':'line','bank_total_fen':1000,'receipt_no':'%s'}",
                     w->leaves[gift].jti, (long long)amount_fen, day, receipt);
}

static void test_bank_line(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    share(w, 400, "a");
    const size_t second = share(w, 500, "b");
    place_audit_after(p, 1);
    const place_want want[] = {
        {"existence", "bank_line_short", second}
    };
    place_must_find(p, want, 1);
    place_verdict_is(p, "existence", "finding");
    const size_t third = share(w, 100, "c");
    place_audit_after(p, 1);
    place_verdict_is(p, "existence", "needs_people");
    charity_reverse(w, "cash-a", third, "");
    place_audit_after(p, 1);
    place_verdict_is(p, "existence", "finding");
    const json_t *account = json_array_get(json_object_get(p->result.report, "bank_accounts"), 0);
    assert_int_equal(json_integer_value(json_object_get(account, "in_fen")), 900);
    assert_int_equal(json_integer_value(json_object_get(account, "in_count")), 1);
    assert_int_equal(json_integer_value(json_object_get(account, "out_count")), 0);
}

/* --- months --- */

/* The log begins on 2026-03-02; fund-a has 1000.00. */
static size_t reconcile(world *w, const char *month, long long bank_fen, long long outside_fen,
                        const char *differences)
{
    return world_add(
        w, "rev-a", "balance.reconciled", NULL,
        "{'account':'bank-a','month':'%s','bank_balance_fen':%lld,'outside_fen':%lld,"
        "'differences':[%s],'balances':[{'fund':'fund-a','balance_fen':100000}]," EVIDENCE(
            "0a") "}",
        month, bank_fen, outside_fen, differences);
}

typedef struct months {
    size_t opened, clean, replaced, balanced, outside, short_of;
} months;

static world *year(months *m)
{
    world *w = world_new();
    charity_people(w);
    m->opened = 13;
    charity_gift(w, 100000, "", "1");
    world_days(w, 210); /* 2026-09-28 */
    m->clean = reconcile(w, "2026-03", 100000, 0, "");
    m->replaced = reconcile(w, "2026-04", 99000, 0, "{'amount_fen':-1000,'reason':'在途'}");
    reconcile(w, "2026-04", 100000, 0, "{'amount_fen':0,'reason':'已到'}");
    m->balanced = reconcile(w, "2026-05", 100000, 0,
                            "{'amount_fen':500,'reason':'甲'},{'amount_fen':-500,'reason':'乙'}");
    m->outside = reconcile(w, "2026-06", 100300, 300, "");
    m->short_of = reconcile(w, "2026-07", 99900, -100, "");
    return w;
}

static void test_months(void **state)
{
    place *p = *state;
    months m;
    p->w = year(&m);
    place_audit_after(p, 1); /* 2026-09-29 */
    const place_want want[] = {
        {"reconciliation", "month_not_reconciled", m.opened  },
        {"reconciliation", "difference",           m.balanced},
        {"reconciliation", "outside_money",        m.outside },
        {"reconciliation", "outside_below_zero",   m.short_of},
    };
    place_must_find(p, want, sizeof want / sizeof want[0]);
    assert_string_equal(
        json_string_value(place_member(p, "reconciliation", "month_not_reconciled", "month")),
        "2026-08");
    assert_string_equal(
        json_string_value(place_member(p, "reconciliation", "month_not_reconciled", "account")),
        "bank-a");
    assert_string_equal(json_string_value(place_member(p, "reconciliation", "difference", "month")),
                        "2026-05");
    assert_int_equal(
        json_integer_value(place_member(p, "reconciliation", "outside_below_zero", "amount_fen")),
        -100);
    assert_int_equal(
        json_integer_value(place_member(p, "reconciliation", "outside_money", "amount_fen")), 300);
    place_audit_after(p, 3); /* October: September is over */
    assert_int_equal(place_found(p, "reconciliation", "month_not_reconciled", -1), 2);
}

static void test_all_reconciled(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    charity_gift(w, 100000, "", "1");
    world_days(w, 35); /* 2026-04-06 */
    reconcile(w, "2026-03", 100000, 0, "");
    place_audit_after(p, 1);
    place_verdict_is(p, "reconciliation", "needs_people");
    place_audit_after(p, 25); /* 2026-05-01 */
    place_verdict_is(p, "reconciliation", "finding");
    assert_int_equal(place_found(p, "reconciliation", "month_not_reconciled", -1), 1);
}

/* An account whose last fund is closed is not asked for afterwards; another is, for itself. */
static void test_closed_account(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    charity_gift(w, 100000, "", "1");
    charity_fund(w, "fund-b", "stew-b", "bank-b");
    world_days(w, 40); /* 2026-04-11 */
    world_add(w, "reg-a", "fund.closing", "fund-b", "{'reason':'合并'}");
    world_confirm(w,
                  world_add(w, "reg-a", "fund.closed", "fund-b",
                            "{'residual_to':{'fund':'fund-a','purpose':'general'}}"),
                  "fund-b");
    reconcile(w, "2026-03", 100000, 0, "");
    place_audit_after(p, 60); /* 2026-06-10 */
    /* bank-a: April and May; bank-b: March only, when fund-b was there at the end */
    assert_int_equal(place_found(p, "reconciliation", "month_not_reconciled", -1), 3);
    assert_int_equal(place_found(p, "reconciliation", "month_not_reconciled", 13), 2);
}

/* --- earlier audits --- */

static size_t report(world *w, size_t size, const mz_hash *root, const char *findings)
{
    char hex[65];
    mz_hex_32(root->bytes, hex);
    return world_add(w, "aud-a", "audit.reported", NULL,
                     "{'size':%zu,'root':'%s','opinion':'无保留','findings':[%s]}", size, hex,
                     findings);
}

typedef struct audits {
    size_t good, bad, asked;
} audits;

static world *audited(audits *a)
{
    world *w = world_new();
    charity_people(w);
    mz_hash root = world_root(w, 7);
    report(w, 7, &root, "");
    root = world_root(w, w->count);
    a->good = report(w, w->count, &root, "");
    root = world_root(w, 8);
    a->bad = report(w, 9, &root, "");
    root = world_root(w, 5);
    a->asked = report(w, 5, &root, "'收据缺号','晚公示'");
    world_days(w, 1);
    world_add(w, "stew-a", "finding.answered", NULL,
              "{'report':'%s','finding':1,'text':'已补公示'}", w->leaves[a->asked].jti);
    return w;
}

static void test_earlier_audits(void **state)
{
    place *p = *state;
    audits a;
    world *w = p->w = audited(&a);
    place_audit_after(p, 59);
    const place_want other_root[] = {
        {"completeness", "report_of_another_root", a.bad}
    };
    place_must_find(p, other_root, 1);
    place_verdict_is(p, "completeness", "finding");
    assert_int_equal(place_found(p, "completeness", "report_of_another_root", -1), 1);
    assert_int_equal(place_found(p, "corrections", "finding_unanswered", -1), 0);
    place_audit_after(p, 60);
    const place_want unanswered[] = {
        {"corrections", "finding_unanswered", a.asked}
    };
    place_must_find(p, unanswered, 1);
    assert_int_equal(
        json_integer_value(place_member(p, "corrections", "finding_unanswered", "finding")), 0);
    world_add(w, "stew-a", "finding.answered", NULL,
              "{'report':'%s','finding':0,'text':'票据已补'}", w->leaves[a.asked].jti);
    place_audit_after(p, 90);
    assert_int_equal(place_found(p, "corrections", "finding_unanswered", -1), 0);
}

/* More reports than are compared at once. */
static void test_many_reports(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    for (size_t i = 0; i < 150; i++) {
        const mz_hash root = world_root(w, i % 11 == 3 ? 5 : 6 + i % 7);
        report(w, 6 + i % 7, &root, "");
    }
    place_audit_after(p, 1);
    assert_int_equal(place_found(p, "completeness", "report_of_another_root", -1), 14);
}

/* --- sealed records --- */

#define DIGEST_1 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define DIGEST_2 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

typedef struct records {
    size_t restricted, erased, confirmed, pending;
} records;

static world *sealed(records *r)
{
    world *w = world_new();
    charity_people(w);
    world_add(w, "stew-a", "party.registered", NULL,
              "{'party':'zhang','kind':'person','_sd':['" DIGEST_1 "','" DIGEST_2 "']}");
    r->restricted = world_add(w, "reg-a", "record.restricted", NULL,
                              "{'disclosures':['" DIGEST_1 "'],'ground':'本人申请限制'}");
    r->erased = world_add(w, "reg-a", "record.erased", NULL,
                          "{'disclosures':['" DIGEST_1 "'],'ground':'本人撤回同意'}");
    r->confirmed = world_add(w, "aud-a", "registry.confirmed", NULL, "{'target':'%s'}",
                             w->leaves[r->erased].jti);
    r->pending = world_add(w, "reg-a", "record.erased", NULL,
                           "{'disclosures':['" DIGEST_2 "'],'ground':'本人撤回同意'}");
    return w;
}

static void test_records(void **state)
{
    place *p = *state;
    records r;
    p->w = sealed(&r);
    place_audit_after(p, 1);
    const place_want want[] = {
        {"privacy", "record_restricted", r.restricted},
        {"privacy", "record_erased",     r.erased    },
    };
    place_must_find(p, want, 2);
    place_verdict_is(p, "privacy", "needs_people"); /* a sealed name needs no evidence */
    assert_int_equal(place_found(p, "privacy", "record_erased", -1), 1);
    assert_string_equal(json_string_value(place_member(p, "privacy", "record_erased", "ground")),
                        "本人撤回同意");
    const json_t *confirmation = place_member(p, "privacy", "record_erased", "other_entry");
    assert_int_equal(json_integer_value(json_object_get(confirmation, "index")), r.confirmed);
    assert_string_equal(json_string_value(json_object_get(confirmation, "actor")), "aud-a");
}

static void test_parts(void **state)
{
    place *p = *state;
    months m;
    p->w = year(&m);
    place_audit_in_parts(p);
}

static void test_audits_in_parts(void **state)
{
    place *p = *state;
    audits a;
    p->w = audited(&a);
    place_audit_in_parts(p);
}

static void test_records_in_parts(void **state)
{
    place *p = *state;
    records r;
    p->w = sealed(&r);
    place_audit_in_parts(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_bank_line),       PLACE_TEST(test_months),
        PLACE_TEST(test_all_reconciled),  PLACE_TEST(test_closed_account),
        PLACE_TEST(test_earlier_audits),  PLACE_TEST(test_many_reports),
        PLACE_TEST(test_records),         PLACE_TEST(test_parts),
        PLACE_TEST(test_audits_in_parts), PLACE_TEST(test_records_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
