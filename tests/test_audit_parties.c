/* test_audit_parties.c — who is paid and what else they are, documents and wishes paid twice,
 * agreements that are over, projects that nobody rated, and witnesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit_place.h"
#include "core/date.h"
#include "core/policy.h"
#include "log_fixture.h"

/* --- related parties --- */

static void verify(world *w, size_t registration, const char *more)
{
    world_add(w, "rev-a", "party.verified", NULL, "{'registration':'%s'%s}",
              w->leaves[registration].jti, more);
}

static size_t organisation(world *w, const char *id, const char *code)
{
    const size_t at = world_add(w, "reg-a", "party.registered", NULL,
                                "{'party':'%s','kind':'organisation','name':'机构','credit_code':"
                                "'%s'}",
                                id, code);
    verify(w, at, "");
    return at;
}

typedef struct ties {
    size_t gift, source, registration, donor_paid, partner_paid, officer_paid, charity_paid;
} ties;

/* fund-a takes in, fund-b pays: to the same parties. */
static world *tied(ties *t)
{
    world *w = world_new();
    charity_people(w);
    charity_party(w, "donor");
    charity_party(w, "regretful");
    charity_party(w, "partner");
    organisation(w, "federation", "53370300MJD000001X");
    t->registration = world_add(w, "reg-a", "party.registered", NULL,
                                "{'party':'own','kind':'collective','name':'互助组'}");
    verify(w, t->registration, ",'actor':'mem-c'");
    t->gift = charity_gift(w, 5000, ",'party':'donor'", "1");
    const size_t regretted = charity_gift(w, 5000, ",'party':'regretful'", "2");
    charity_reverse(w, "cash-a", regretted + 1, "");
    charity_reverse(w, "stew-a", regretted, "");
    t->source = world_add(w, "stew-a", "source.registered", "fund-a",
                          "{'source':'cafe','kind':'partner','party':'partner','agreement':{"
                          "'service_type':'x','hours':'x','operation':'x','liability':'x'},"
                          "'gratuitous':false,'signed_on':'2026-01-01'," EVIDENCE("0b") "}");
    charity_fund(w, "fund-b", "stew-b", "bank-a");
    charity_gift(w, 100000, "", "3");
    t->donor_paid = charity_project(w, "p-1", "donor", 1000, "1", EVIDENCE("01"));
    charity_project(w, "p-2", "regretful", 1000, "2", EVIDENCE("02"));
    t->partner_paid = charity_project(w, "p-3", "partner", 1000, "3", EVIDENCE("03"));
    t->officer_paid = charity_project(w, "p-4", "own", 1000, "4", EVIDENCE("04"));
    t->charity_paid = charity_project(w, "p-5", "federation", 1000, "5", EVIDENCE("05"));
    return w;
}

static void test_ties(void **state)
{
    place *p = *state;
    ties t;
    p->w = tied(&t);
    place_audit_after(p, 1);
    const place_want want[] = {
        {"related_parties", "payee_is_donor",   t.donor_paid  },
        {"related_parties", "payee_is_source",  t.partner_paid},
        {"related_parties", "payee_of_officer", t.officer_paid},
        {"related_parties", "payee_is_charity", t.charity_paid},
    };
    place_must_find(p, want, sizeof want / sizeof want[0]);
    const json_t *row = place_assertion(p, "related_parties");
    assert_int_equal(json_integer_value(json_object_get(row, "count")), 4);
    const json_t *gift = place_member(p, "related_parties", "payee_is_donor", "other_entry");
    assert_int_equal(json_integer_value(json_object_get(gift, "index")), t.gift);
    assert_string_equal(json_string_value(json_object_get(gift, "fund")), "fund-a");
    assert_int_equal(json_integer_value(json_object_get(gift, "amount_fen")), 5000);
    assert_string_equal(
        json_string_value(place_member(p, "related_parties", "payee_is_donor", "fund")), "fund-b");
    assert_string_equal(
        json_string_value(place_member(p, "related_parties", "payee_is_donor", "party")), "donor");
    assert_int_equal(
        json_integer_value(place_member(p, "related_parties", "payee_is_source", "other")),
        t.source);
}

/* Its yearly fees the charity is paid by right. */
static void test_fees(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    char hash[65];
    charity_people(w);
    organisation(w, "federation", "53370300MJD000001X");
    charity_gift(w, 100000, "", "1");
    const size_t filing =
        world_add(w, "stew-a", "proposal.filed", "fund-a",
                  "{'proposal':'fees','title':'管理费','category':'fees','why':'年度',"
                  "'payees':[{'party':'federation','cap_fen':500}],"
                  "'draws':[{'purpose':'general','amount_fen':500}]}");
    world_days(w, 3);
    world_leaf_hash(w, filing, hash);
    charity_adopt(w, "fees", filing);
    charity_approve(w, "fees", 500);
    charity_pay(w, "fees", "federation", 500, "1", EVIDENCE("01"));
    place_audit_after(p, 1);
    place_verdict_is(p, "related_parties", "proved");
}

/* --- documents --- */

typedef struct papers {
    size_t payouts[5];
} papers;

static world *copied(papers *s)
{
    world *w = world_new();
    charity_people(w);
    charity_party(w, "one");
    charity_party(w, "two");
    charity_gift(w, 100000, "", "1");
    s->payouts[0] = charity_project(w, "p-1", "one", 1000, "1", EVIDENCE("01"));
    charity_reverse(w, "rev-a", s->payouts[0], "," EVIDENCE("0c"));
    s->payouts[1] = charity_project(w, "p-2", "one", 1000, "2", EVIDENCE("01"));
    s->payouts[2] = charity_project(w, "p-3", "two", 1000, "3", EVIDENCE("01"));
    s->payouts[3] = charity_project(w, "p-4", "two", 1000, "4", EVIDENCE("02"));
    charity_fund(w, "fund-b", "stew-b", "bank-a");
    charity_gift(w, 100000, "", "2");
    s->payouts[4] = charity_project(w, "p-5", "one", 1000, "5", EVIDENCE("02"));
    return w;
}

static void test_documents(void **state)
{
    place *p = *state;
    papers s;
    world *w = p->w = copied(&s);
    place_audit_after(p, 1);
    const place_want want[] = {
        {"duplicates", "same_evidence",              s.payouts[2]},
        {"duplicates", "same_evidence_across_funds", s.payouts[4]},
    };
    place_must_find(p, want, 2);
    assert_int_equal(place_found(p, "duplicates", "same_evidence", -1), 1);
    assert_int_equal(json_integer_value(place_member(p, "duplicates", "same_evidence", "other")),
                     s.payouts[1]);
    const json_t *other =
        place_member(p, "duplicates", "same_evidence_across_funds", "other_entry");
    assert_string_equal(json_string_value(json_object_get(other, "fund")), "fund-a");
    w->fund = "fund-a"; /* what is undone or came back was not paid twice */
    charity_reverse(w, "rev-a", s.payouts[1], "," EVIDENCE("0d"));
    world_add(w, "cash-a", "payout.returned", "fund-a",
              "{'payout':'%s','amount_fen':1000,'booked_on':'2026-03-17','bank_ref':'back'}",
              w->leaves[s.payouts[3]].jti);
    place_audit_after(p, 1);
    place_verdict_is(p, "duplicates", "proved");
}

/* --- wishes, ratings, agreements --- */

typedef struct wishes {
    size_t first, second;
} wishes;

static size_t grant(world *w, int number)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    return world_add(
        w, "cash-a", "payout.made", "fund-a",
        "{'proposal':'w','party':'shop','need':'lamp','booked_on':'%s','bank_ref':"
        "'wish-%d','draws':[{'purpose':'general','amount_fen':100}]," EVIDENCE("0%d") "}",
        day, number, number);
}

static world *wished(wishes *s, bool twice)
{
    world *w = world_new();
    charity_people(w);
    charity_party(w, "shop");
    charity_gift(w, 100000, "", "1");
    world_add(w, "stew-a", "need.listed", "fund-a",
              "{'need':'lamp','kind':'wishes','item':'lamp','count':1,'channel':'wish_box'}");
    world_add(w, "mem-a", "need.endorsed", "fund-a", "{'need':'lamp'}");
    world_add(w, "mem-b", "need.endorsed", "fund-a", "{'need':'lamp'}");
    const size_t filing =
        world_add(w, "stew-a", "proposal.filed", "fund-a",
                  "{'proposal':'w','title':'微心愿','category':'wishes','why':'x','payees':[],"
                  "'planned_end':'2026-12-31','draws':[{'purpose':'general','amount_fen':1000}]}");
    world_days(w, 3);
    charity_adopt(w, "w", filing);
    charity_approve(w, "w", 1000);
    s->first = grant(w, 1);
    const size_t back = world_add(w, "cash-a", "payout.returned", "fund-a",
                                  "{'payout':'%s','amount_fen':100,'booked_on':'2026-03-05',"
                                  "'bank_ref':'back'}",
                                  w->leaves[s->first].jti);
    s->second = grant(w, 2);
    if (twice)
        charity_reverse(w, "cash-a", back, "");
    return w;
}

static void test_wish_paid_twice(void **state)
{
    place *p = *state;
    wishes s;
    p->w = wished(&s, true);
    place_audit_after(p, 1);
    const place_want want[] = {
        {"payouts", "wish_paid_twice", s.second}
    };
    place_must_find(p, want, 1);
    assert_int_equal(json_integer_value(place_member(p, "payouts", "wish_paid_twice", "other")),
                     s.first);
    charity_reverse(p->w, "rev-a", s.second, "," EVIDENCE("0e"));
    place_audit_after(p, 1);
    place_verdict_is(p, "payouts", "proved");
}

static void test_wish_paid_once(void **state)
{
    place *p = *state;
    wishes s;
    p->w = wished(&s, false);
    place_audit_after(p, 1);
    place_verdict_is(p, "payouts", "proved");
}

static void test_ratings(void **state)
{
    place *p = *state;
    world *w = p->w = charity_honest();
    place_audit_after(p, 90);
    assert_int_equal(place_found(p, "payouts", "not_rated", -1), 0);
    place_audit_after(p, 91);
    assert_int_equal(place_found(p, "payouts", "not_rated", -1), 1);
    place_verdict_is(p, "payouts", "proved"); /* it only informs */
    assert_string_equal(json_string_value(place_member(p, "payouts", "not_rated", "proposal")),
                        "meals-1");
    world_add(w, "stew-a", "project.rated", "fund-a",
              "{'proposal':'meals-1','rater':'residents','counts':[{'grade':'satisfied',"
              "'count':12}]," EVIDENCE("0f") "}");
    place_audit_after(p, 91);
    assert_int_equal(place_found(p, "payouts", "not_rated", -1), 0);
}

static size_t earn(world *w, const char *earned_to)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    return world_add(w, "stew-a", "income.recorded", "fund-a",
                     "{'kind':'partner_share','amount_fen':100,'received_on':'%s','purpose':"
                     "'general','source':'cafe','earned_to':'%s'}",
                     day, earned_to);
}

static void test_agreements(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    const size_t source =
        world_add(w, "stew-a", "source.registered", "fund-a",
                  "{'source':'cafe','kind':'partner','agreement':{'service_type':'x','hours':'x',"
                  "'operation':'x','liability':'x'},'gratuitous':false,'signed_on':'2026-01-01',"
                  "'ends_on':'2026-03-31'," EVIDENCE("0b") "}");
    place_audit_after(p, 29); /* 2026-03-31: not over */
    assert_int_equal(place_found(p, "agreements", "agreement_over", -1), 0);
    world_days(w, 59); /* 2026-04-30: 30 days after */
    earn(w, "2026-03-31");
    place_audit_after(p, 1);
    assert_int_equal(place_found(p, "agreements", "agreement_over", (long long)source), 1);
    place_verdict_is(p, "agreements", "needs_people");
    world_days(w, 1);
    const size_t late = earn(w, "2026-03-31");
    place_audit_after(p, 1);
    const place_want want[] = {
        {"agreements", "after_agreement", late  },
        {"agreements", "agreement_over",  source},
    };
    place_must_find(p, want, 2);
    place_verdict_is(p, "agreements", "finding");
    assert_string_equal(
        json_string_value(place_member(p, "agreements", "agreement_over", "source")), "cafe");
    world_add(w, "stew-a", "source.ended", "fund-a", "{'source':'cafe','reason':'到期'}");
    place_audit_after(p, 1);
    assert_int_equal(place_found(p, "agreements", "agreement_over", -1), 0);
}

/* --- witnesses --- */

#define WITNESS "witness.example.net"

static void write_witnessed(place *p, int64_t unix_s)
{
    const world *w = p->w;
    mz_hasher *hasher = mz_hasher_new();
    mz_signer log, witness;
    mz_note note;
    mz_buf text;
    static mz_policy pin; /* large */
    assert_non_null(hasher);
    memset(&pin, 0, sizeof pin);
    mz_sample_signer("log", &log);
    mz_sample_signer("witness", &witness);
    pin.log_count = pin.witness_count = 1;
    pin.has_genesis = true;
    pin.genesis = world_root(w, 1);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                                  log.public_key, &pin.logs[0].key, NULL),
                     MZ_OK);
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(WITNESS), MZ_VKEY_COSIGNATURE,
                                  witness.public_key, &pin.witnesses[0].key, NULL),
                     MZ_OK);
    (void)snprintf(pin.witnesses[0].name, sizeof pin.witnesses[0].name, "w1");
    mz_buf_init(&text, MZ_NOTE_SIZE_MAX);
    mz_policy_put(&text, &pin);
    world_write_file(p->pin, mz_buf_view(&text));
    const mz_hash root = world_root(w, w->count);
    world_note(w, w->count, "log", &root, &text);
    assert_int_equal(mz_note_parse(mz_buf_view(&text), &note, NULL), MZ_OK);
    mz_buf signed_text;
    mz_buf_init(&signed_text, MZ_NOTE_SIZE_MAX);
    mz_buf_put(&signed_text, note.text);
    assert_int_equal(mz_note_cosign(hasher, mz_buf_view(&signed_text), mz_view_of(WITNESS),
                                    &witness, (uint64_t)unix_s, &text, NULL),
                     MZ_OK);
    const mz_view cosigned = mz_buf_view(&text);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, w->count, &cosigned);
    mz_buf_clear(&text);
    mz_buf_clear(&signed_text);
    mz_hasher_free(hasher);
}

static void test_cosignature(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    world_parties(w, 5);
    const int64_t seen_s = w->now_ms / 1000;
    world_days(w, 1);
    world_parties(w, 2);
    world_write(w, p->dir);
    write_witnessed(p, w->now_ms / 1000);
    place_must_prove(p);
    place_verdict_is(p, "cosignatures", "needs_people");
    write_witnessed(p, seen_s);
    place_must_prove(p);
    const place_want want[] = {
        {"cosignatures", "after_cosignature", 6}
    };
    place_must_find(p, want, 1);
    place_verdict_is(p, "cosignatures", "finding");
}

/* --- one audit after another --- */

static void test_ties_in_parts(void **state)
{
    place *p = *state;
    ties t;
    p->w = tied(&t);
    place_audit_in_parts(p);
}

static void test_documents_in_parts(void **state)
{
    place *p = *state;
    papers s;
    p->w = copied(&s);
    place_audit_in_parts(p);
}

static void test_wishes_in_parts(void **state)
{
    place *p = *state;
    wishes s;
    p->w = wished(&s, true);
    place_audit_in_parts(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_ties),
        PLACE_TEST(test_fees),
        PLACE_TEST(test_documents),
        PLACE_TEST(test_wish_paid_twice),
        PLACE_TEST(test_wish_paid_once),
        PLACE_TEST(test_ratings),
        PLACE_TEST(test_agreements),
        PLACE_TEST(test_cosignature),
        PLACE_TEST(test_ties_in_parts),
        PLACE_TEST(test_documents_in_parts),
        PLACE_TEST(test_wishes_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
