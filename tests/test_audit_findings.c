/* test_audit_findings.c — what there is to look at in a log that keeps every rule: the money, its
 * payees, the people and their keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "audit_place.h"
#include "log_fixture.h"

/* Where in the log of `suspicious` there is something to look at. */
typedef struct marks {
    size_t person, far, filings[4], payouts[2], reversal, late, suspect;
} marks;

static void rekey(world *w, int64_t since_ms)
{
    mz_buf key;
    mz_buf_init(&key, 1024);
    mz_sample_put_key(&key, "stew-a-2", "stew-a");
    world_confirm(w,
                  world_add(w, "reg-a", "actor.rekeyed", NULL,
                            "{'actor':'stew-a',%s,'reason':'丢失','compromised_since':%lld}",
                            (const char *)key.data, (long long)since_ms),
                  NULL);
    mz_buf_clear(&key);
}

/* Every rule is kept, and much is odd. */
static world *suspicious(marks *m)
{
    world *w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    charity_party(w, "cleaner");
    charity_gift(w, 1000000, ",'party':'canteen'", "1");
    m->person = world_add(w, "stew-a", "party.registered", NULL,
                          "{'party':'zhang','kind':'person','name':'张三'}");
    m->far = world_add(w, "stew-a", "income.recorded", "fund-a",
                       "{'kind':'other','amount_fen':500,'received_on':'2026-01-02',"
                       "'purpose':'general'}");
    m->filings[0] = charity_file(w, "m-1", "canteen", 10000);
    m->filings[1] = charity_file(w, "m-2", "canteen", 10000);
    m->filings[2] = charity_file(w, "m-3", "canteen", 10000);
    m->filings[3] = charity_file(w, "m-4", "cleaner", 10000);
    world_days(w, 3);
    charity_adopt(w, "m-1", m->filings[0]);
    charity_adopt(w, "m-2", m->filings[1]);
    charity_adopt(w, "m-3", m->filings[2]);
    charity_adopt(w, "m-4", m->filings[3]);
    charity_approve(w, "m-1", 10000);
    charity_approve(w, "m-2", 10000);
    charity_approve(w, "m-4", 10000);
    m->payouts[0] = charity_pay(w, "m-1", "canteen", 10000, "1", EVIDENCE("01"));
    m->payouts[1] = charity_pay(w, "m-2", "canteen", 9500, "2", EVIDENCE("01"));
    const size_t undone = charity_pay(w, "m-4", "cleaner", 10000, "3", EVIDENCE("04"));
    m->reversal =
        world_add(w, "rev-a", "entry.reversed", "fund-a",
                  "{'target':'%s','reason':'未出账'," EVIDENCE("05") "}", w->leaves[undone].jti);
    world_days(w, 1);
    world_add(w, "mem-c", "conflict.declared", NULL,
              "{'actor':'mem-c','party':'canteen','relation':'亲属'}");
    w->behind_ms = INT64_C(73) * 3600 * 1000;
    m->late = world_add(w, "reg-a", "party.registered", NULL,
                        "{'party':'q','kind':'collective','name':'邻里'}");
    w->behind_ms = 0;
    const int64_t since_ms = w->now_ms;
    m->suspect = world_add(w, "stew-a", "party.registered", NULL,
                           "{'party':'r','kind':'collective','name':'邻里'}");
    world_days(w, 1);
    rekey(w, since_ms);
    return w;
}

static void test_findings(void **state)
{
    place *p = *state;
    marks m;
    world *w = p->w = suspicious(&m);
    place_publish(p);
    p->options.as_of_ms = w->now_ms + INT64_C(20) * 30 * 24 * 3600 * 1000;
    place_must_prove(p);
    const place_want WANT[] = {
        {"cut_off",         "day_far_from_entry",    m.far       },
        {"related_parties", "payee_is_donor",        m.payouts[0]},
        {"related_parties", "payee_is_donor",        m.payouts[1]},
        {"related_parties", "conflict_after_payout", m.payouts[0]},
        {"duplicates",      "same_evidence",         m.payouts[1]},
        {"splitting",       "many_filings",          m.filings[2]},
        {"splitting",       "near_caps",             m.payouts[1]},
        {"payouts",         "not_completed",         m.filings[0]},
        {"payouts",         "not_decided",           m.filings[2]},
        {"disclosure",      "statement_overdue",     13          },
        {"corrections",     "reversal",              m.reversal  },
        {"privacy",         "name_in_clear",         m.person    },
        {"unconfirmed",     "unconfirmed",           m.far       },
        {"dormancy",        "dormant",               13          },
        {"keys",            "compromised_key",       m.suspect   },
        {"lateness",        "late_entry",            m.late      },
    };
    place_must_find(p, WANT, sizeof WANT / sizeof WANT[0]);
    for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++)
        place_verdict_is(p, WANT[i].assertion, "finding");
    assert_int_equal(place_found(p, "splitting", "many_filings", -1), 1);
    assert_int_equal(place_found(p, "keys", "compromised_key", -1), 1);
    assert_int_equal(place_found(p, "duplicates", "same_evidence", -1), 1);
    assert_int_equal(place_found(p, "related_parties", "payee_is_donor", -1), 2);
    const json_t *first =
        json_array_get(json_object_get(place_assertion(p, "duplicates"), "entries"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "other")), m.payouts[0]);
}

static void test_state_with_findings(void **state)
{
    place *p = *state;
    marks m;
    p->w = suspicious(&m);
    place_audit_in_parts(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_findings),
        PLACE_TEST(test_state_with_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
