/* test_audit_goods.c — what an audit says of goods: waited for, sold, written off, not valued. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit_place.h"

/* The index of a goods.received of 10 bags; `value` in fen or null. */
static size_t receive(world *w, const char *item, const char *value, const char *more)
{
    return world_add(w, w->steward, "goods.received", w->fund,
                     "{'item':'%s','unit':'袋','quantity':10,'value_fen':%s,'basis':'市价'%s}",
                     item, value, more);
}

static size_t confirm(world *w, size_t index)
{
    return world_add(w, "mem-a", "goods.confirmed", w->fund, "{'target':'%s'}",
                     w->leaves[index].jti);
}

static size_t sell(world *w, const char *item, size_t income)
{
    return world_add(w, w->steward, "goods.sold", w->fund,
                     "{'item':'%s','quantity':1,'value_fen':100,'income':'%s'}", item,
                     w->leaves[income].jti);
}

static size_t decline(world *w, size_t income)
{
    return world_add(w, "cash-a", "income.declined", w->fund, "{'income':'%s','reason':'没到账'}",
                     w->leaves[income].jti);
}

typedef struct marks {
    size_t soap, tea, oil, write_off, paid, declined, waiting, reversed_sale, undone, late_income;
} marks;

static world *shop(marks *m)
{
    world *w = world_new();
    charity_people(w);
    confirm(w, receive(w, "rice", "10000", ""));
    m->oil = receive(w, "oil", "null", "");
    confirm(w, m->oil);
    m->tea = receive(w, "tea", "5000", "");
    m->soap = receive(w, "soap", "100", "");
    m->undone = receive(w, "soap", "100", "");
    charity_reverse(w, w->steward, m->undone, "");
    m->paid = sell(w, "rice", charity_gift(w, 100, "", "1"));
    confirm(w, m->paid);
    const size_t refused = charity_gift(w, 100, "", NULL);
    m->declined = sell(w, "rice", refused);
    confirm(w, m->declined);
    m->reversed_sale = sell(w, "rice", refused);
    decline(w, refused);
    charity_reverse(w, w->steward, m->reversed_sale, "");
    m->late_income = charity_gift(w, 100, "", NULL);
    m->waiting = sell(w, "rice", m->late_income);
    confirm(w, m->waiting);
    m->write_off = world_add(w, w->steward, "goods.written_off", w->fund,
                             "{'item':'rice','quantity':2,'value_fen':200,'reason':'受潮'}");
    confirm(w, m->write_off);
    const size_t undone = world_add(w, w->steward, "goods.written_off", w->fund,
                                    "{'item':'rice','quantity':1,'value_fen':100,'reason':'虫蛀'}");
    charity_reverse(w, w->steward, undone, "");
    world_days(w, 31);
    confirm(w, m->tea);
    return w;
}

static void test_goods(void **state)
{
    place *p = *state;
    marks m;
    p->w = shop(&m);
    place_audit_after(p, 1);
    const place_want want[] = {
        {"goods", "goods_unconfirmed",    m.soap     },
        {"goods", "goods_confirmed_late", m.tea      },
        {"goods", "sale_without_money",   m.declined },
        {"goods", "sale_without_money",   m.waiting  },
        {"goods", "written_off",          m.write_off},
        {"goods", "unvalued",             m.oil      },
    };
    place_must_find(p, want, sizeof want / sizeof want[0]);
    place_verdict_is(p, "goods", "finding");
    assert_int_equal(place_found(p, "goods", "goods_unconfirmed", -1), 1);
    assert_int_equal(place_found(p, "goods", "goods_confirmed_late", -1), 1);
    assert_int_equal(place_found(p, "goods", "sale_without_money", -1), 2);
    assert_int_equal(place_found(p, "goods", "written_off", -1), 1);
    assert_int_equal(place_found(p, "goods", "unvalued", -1), 1);
    assert_string_equal(json_string_value(place_member(p, "goods", "written_off", "reason")),
                        "受潮");
    assert_string_equal(json_string_value(place_member(p, "goods", "written_off", "item")), "rice");
    assert_int_equal(json_integer_value(json_object_get(place_assertion(p, "goods"), "count")), 4);
}

/* The same before 30 days are over, and after what was missing has come. */
static void test_in_time(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    const size_t rice = receive(w, "rice", "10000", "");
    const size_t gift = charity_gift(w, 100, "", NULL);
    confirm(w, rice);
    const size_t soap = receive(w, "soap", "100", "");
    const size_t sale = sell(w, "rice", gift);
    confirm(w, sale);
    place_audit_after(p, 30);
    place_verdict_is(p, "goods", "needs_people");
    place_audit_after(p, 31);
    place_verdict_is(p, "goods", "finding");
    const place_want want[] = {
        {"goods", "goods_unconfirmed",  soap},
        {"goods", "sale_without_money", sale},
    };
    place_must_find(p, want, 2);
    world_days(w, 1);
    confirm(w, soap);
    charity_reverse(w, w->steward, sale, "");
    place_audit_after(p, 60);
    place_verdict_is(p, "goods", "needs_people");
}

/* What only informs does not change a verdict. */
static void test_informs(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    const size_t oil = receive(w, "oil", "null", "");
    confirm(w, oil);
    place_audit_after(p, 1);
    place_verdict_is(p, "goods", "needs_people");
    assert_int_equal(place_found(p, "goods", "unvalued", (long long)oil), 1);
    const json_t *row = place_assertion(p, "goods");
    assert_int_equal(json_integer_value(json_object_get(row, "count")), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "information_count")), 1);
}

/* What should be on the shelf, for whoever counts. */
static void test_items(void **state)
{
    place *p = *state;
    marks m;
    p->w = shop(&m);
    place_audit_after(p, 1);
    const json_t *goods = json_object_get(p->result.report, "goods");
    assert_int_equal(json_array_size(goods), 4);
    static const struct {
        const char *member;
        long long rice, oil;
    } WANT[] = {
        {"received",    10, 10},
        {"issued",      0,  0 },
        {"sold",        3,  0 },
        {"written_off", 2,  0 },
        {"stock",       5,  10},
        {"unvalued",    0,  10},
    };
    const json_t *rice = json_array_get(goods, 0), *oil = json_array_get(goods, 1);
    assert_string_equal(json_string_value(json_object_get(rice, "item")), "rice");
    assert_string_equal(json_string_value(json_object_get(rice, "unit")), "袋");
    for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
        assert_int_equal(json_integer_value(json_object_get(rice, WANT[i].member)), WANT[i].rice);
        assert_int_equal(json_integer_value(json_object_get(oil, WANT[i].member)), WANT[i].oil);
    }
}

/* Who gave goods and is paid, in this fund or another. */
static void test_giver_paid(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    charity_party(w, "cleaner");
    const size_t rice = receive(w, "rice", "100", ",'party':'canteen'");
    charity_reverse(w, w->steward, receive(w, "rice", "100", ",'party':'cleaner'"), "");
    charity_fund(w, "fund-b", "stew-b", "bank-a");
    charity_gift(w, 100000, "", "1");
    const size_t paid = charity_project(w, "m-1", "canteen", 1000, "1", EVIDENCE("01"));
    charity_project(w, "m-2", "cleaner", 1000, "2", EVIDENCE("02"));
    place_audit_after(p, 1);
    const place_want want[] = {
        {"related_parties", "payee_gave_goods", paid}
    };
    place_must_find(p, want, 1);
    assert_int_equal(place_found(p, "related_parties", "payee_gave_goods", -1), 1);
    assert_int_equal(
        json_integer_value(place_member(p, "related_parties", "payee_gave_goods", "other")), rice);
}

static void test_parts(void **state)
{
    place *p = *state;
    marks m;
    p->w = shop(&m);
    place_audit_in_parts(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_goods), PLACE_TEST(test_in_time),    PLACE_TEST(test_informs),
        PLACE_TEST(test_items), PLACE_TEST(test_giver_paid), PLACE_TEST(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
