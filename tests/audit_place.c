#include "audit_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/date.h"
#include "log/files.h"

int place_set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    const char *parent = getenv("TMPDIR");
    (void)snprintf(p->root, sizeof p->root, "%s/mz-audit-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(p->root));
    (void)snprintf(p->dir, sizeof p->dir, "%s/ledger", p->root);
    (void)snprintf(p->pin, sizeof p->pin, "%s/pin", p->root);
    (void)snprintf(p->state, sizeof p->state, "%s/state", p->root);
    (void)snprintf(p->other, sizeof p->other, "%s/other", p->root);
    p->options = (mz_audit_options){
        .path = p->dir, .pin_file = p->pin, .scratch_parent = p->root, .threads = 2};
    *state = p;
    return 0;
}

int place_tear_down(void **state)
{
    place *p = *state;
    mz_audit_result_clear(&p->result);
    if (p->w != NULL)
        world_free(p->w);
    mz_folder_remove(p->root);
    free(p);
    return 0;
}

void place_audit(place *p)
{
    mz_audit_result_clear(&p->result);
    p->why = (mz_reason){0};
    const mz_status status = mz_audit_run(&p->options, &p->result, &p->why);
    if (status != MZ_OK)
        fail_msg("the audit could not be done: %s", mz_status_code(status));
    assert_int_equal(p->result.proved, json_object_get(p->result.report, "failure") == NULL);
}

const char *place_failure_code(const place *p)
{
    const json_t *failure = json_object_get(p->result.report, "failure");
    const char *code = json_string_value(json_object_get(failure, "code"));
    return code != NULL ? code : "";
}

void place_must_prove(place *p)
{
    place_audit(p);
    if (!p->result.proved) {
        char *text = json_dumps(json_object_get(p->result.report, "failure"), 0);
        fail_msg("not proved: %s", text);
    }
}

/* With the code and the place; `index` -1 for any. */
void place_must_fail(place *p, const char *code, long long index)
{
    place_audit(p);
    const json_t *failure = json_object_get(p->result.report, "failure");
    assert_string_equal(place_failure_code(p), code);
    if (index >= 0)
        assert_int_equal(json_integer_value(json_object_get(failure, "index")), index);
}

const json_t *place_assertion(const place *p, const char *code)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(p->result.report, "assertions"), i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "code")), code) == 0)
            return row;
    }
    fail_msg("there is no assertion %s", code);
    return NULL;
}

void place_verdict_is(const place *p, const char *code, const char *verdict)
{
    assert_string_equal(json_string_value(json_object_get(place_assertion(p, code), "verdict")),
                        verdict);
}

static const json_t *found_entry(const place *p, const char *code, const char *finding,
                                 long long index, size_t *count)
{
    static const char *const LISTS[] = {"entries", "information"};
    const json_t *first = NULL;
    size_t i;
    json_t *row;
    *count = 0;
    for (size_t k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(place_assertion(p, code), LISTS[k]), i, row)
        {
            if (strcmp(json_string_value(json_object_get(row, "code")), finding) != 0 ||
                (index >= 0 && json_integer_value(json_object_get(row, "index")) != index))
                continue;
            first = *count == 0 ? row : first;
            (*count)++;
        }
    }
    return first;
}

size_t place_found(const place *p, const char *code, const char *finding, long long index)
{
    size_t count = 0;
    (void)found_entry(p, code, finding, index, &count);
    return count;
}

const json_t *place_member(const place *p, const char *code, const char *finding,
                           const char *member)
{
    size_t count = 0;
    const json_t *row = found_entry(p, code, finding, -1, &count);
    if (count != 1)
        fail_msg("%s: %zu of %s", code, count, finding);
    return json_object_get(row, member);
}

void place_audit_after(place *p, int days)
{
    (void)snprintf(p->dir, sizeof p->dir, "%s/published-%d", p->root, p->published++);
    place_publish(p);
    p->options.as_of_ms = p->w->now_ms + (int64_t)days * 24 * 3600 * 1000;
    place_must_prove(p);
}

static void must_ask(const place *p, const place_want *want)
{
    size_t i;
    json_t *kind;
    json_array_foreach(json_object_get(place_assertion(p, want->assertion), "kinds"), i, kind)
    {
        const json_t *ask = json_object_get(kind, "ask");
        if (strcmp(json_string_value(json_object_get(kind, "code")), want->finding) != 0)
            continue;
        assert_true(json_string_length(json_object_get(ask, "zh")) > 0);
        assert_true(json_string_length(json_object_get(ask, "en")) > 0);
        assert_true(json_integer_value(json_object_get(kind, "count")) > 0);
        return;
    }
    fail_msg("%s is not among the kinds of %s", want->finding, want->assertion);
}

void place_must_find(const place *p, const place_want *wants, size_t want_count)
{
    for (size_t i = 0; i < want_count; i++) {
        const place_want *want = &wants[i];
        if (place_found(p, want->assertion, want->finding, (long long)want->index) != 1)
            fail_msg("%s at %zu is not found", want->finding, want->index);
        must_ask(p, want);
    }
}

/* The report without what is of the run. */
json_t *place_of_log(const place *p)
{
    json_t *copy = json_deep_copy(p->result.report);
    assert_non_null(copy);
    json_object_del(copy, "run");
    return copy;
}

/* --- an honest charity --- */

void charity_people(world *w)
{
    world_enrol(w, "aud-a", "auditor", "");
    world_enrol(w, "rev-a", "reviewer", "");
    world_enrol(w, "cash-a", "cashier", "");
    world_enrol(w, "mem-a", "member", "");
    world_enrol(w, "mem-b", "member", "");
    world_enrol(w, "mem-c", "member", "");
    charity_fund(w, "fund-a", "stew-a", "bank-a");
}

void charity_fund(world *w, const char *fund, const char *steward, const char *account)
{
    char funds[64];
    w->fund = fund;
    w->steward = steward;
    (void)snprintf(funds, sizeof funds, ",'funds':['%s']", fund);
    world_add(w, "reg-a", "fund.opened", fund,
              "{'name':'甲社区基金','community':'甲','agreement_no':'1','account':'%s',"
              "'profile':{'consult_days':1,'statement_days':30,'goods_cap_fen':100000}}",
              account);
    world_enrol(w, steward, "steward", funds);
    world_confirm(w,
                  world_add(w, "reg-a", "committee.seated", fund,
                            "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
                            "'supervisors':[],'term_ends':'2029-03-01'}"),
                  fund);
}

void charity_party(world *w, const char *id)
{
    const size_t at = world_add(w, w->steward, "party.registered", NULL,
                                "{'party':'%s','kind':'collective','name':'社区食堂'}", id);
    world_add(w, "rev-a", "party.verified", NULL, "{'registration':'%s'}", w->leaves[at].jti);
}

/* The index of the income.recorded. */
size_t charity_gift(world *w, int64_t amount_fen, const char *more, const char *ref)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    const size_t at = world_add(w, w->steward, "income.recorded", w->fund,
                                "{'kind':'donation','amount_fen':%lld,'received_on':'%s',"
                                "'purpose':'general'%s}",
                                (long long)amount_fen, day, more);
    if (ref != NULL)
        world_add(w, "cash-a", "income.confirmed", w->fund,
                  "{'income':'%s','amount_fen':%lld,'purpose':'general','booked_on':'%s',"
                  "'bank_ref':'in-%s','receipt_no':'r-%s'}",
                  w->leaves[at].jti, (long long)amount_fen, day, ref, ref);
    return at;
}

/* Filed; the index. */
size_t charity_file(world *w, const char *id, const char *payee, int64_t amount_fen)
{
    return world_add(w, w->steward, "proposal.filed", w->fund,
                     "{'proposal':'%s','title':'助餐','category':'meals','why':'老人',"
                     "'payees':[{'party':'%s','cap_fen':%lld}],"
                     "'draws':[{'purpose':'general','amount_fen':%lld}]}",
                     id, payee, (long long)amount_fen, (long long)amount_fen);
}

void charity_adopt(world *w, const char *id, size_t filing)
{
    char hash[65];
    world_leaf_hash(w, filing, hash);
    for (int i = 0; i < 2; i++)
        world_add(w, i == 0 ? "mem-a" : "mem-b", "vote.cast", w->fund,
                  "{'proposal':'%s','filing_sha256':'%s','epoch':1,'choice':'approve'}", id, hash);
    world_add(w, "mem-a", "application.sent", w->fund, "{'proposal':'%s'}", id);
}

size_t charity_pay(world *w, const char *id, const char *payee, int64_t amount_fen, const char *ref,
                   const char *evidence)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    return world_add(w, "cash-a", "payout.made", w->fund,
                     "{'proposal':'%s','party':'%s','draws':[{'purpose':'general','amount_fen':"
                     "%lld}],'booked_on':'%s','bank_ref':'out-%s',%s}",
                     id, payee, (long long)amount_fen, day, ref, evidence);
}

size_t charity_approve(world *w, const char *id, int64_t amount_fen)
{
    return world_add(w, "rev-a", "application.approved", w->fund,
                     "{'proposal':'%s','draws':[{'purpose':'general','amount_fen':%lld}]}", id,
                     (long long)amount_fen);
}

size_t charity_project(world *w, const char *id, const char *payee, int64_t amount_fen,
                       const char *ref, const char *evidence)
{
    const size_t filing = charity_file(w, id, payee, amount_fen);
    world_days(w, 3);
    charity_adopt(w, id, filing);
    charity_approve(w, id, amount_fen);
    return charity_pay(w, id, payee, amount_fen, ref, evidence);
}

size_t charity_reverse(world *w, const char *who, size_t index, const char *more)
{
    return world_add(w, who, "entry.reversed", w->fund, "{'target':'%s','reason':'写错了'%s}",
                     w->leaves[index].jti, more);
}

/* A charity that receives 1000.00 and spends 300.00, with nothing to find. */
world *charity_honest(void)
{
    world *w = world_new();
    charity_people(w);
    charity_party(w, "canteen");
    charity_gift(w, 100000, "", "1");
    const size_t filing = charity_file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    charity_adopt(w, "meals-1", filing);
    charity_approve(w, "meals-1", 30000);
    charity_pay(w, "meals-1", "canteen", 30000, "1", EVIDENCE("01"));
    world_add(w, "stew-a", "project.completed", "fund-a",
              "{'proposal':'meals-1','summary':'开饭了','people_served':30," EVIDENCE("02") "}");
    return w;
}

void place_publish(place *p)
{
    world_write(p->w, p->dir);
    world_write_pin(p->w, p->pin, "log");
}

void place_given_honest(place *p)
{
    p->w = charity_honest();
    place_publish(p);
}

/* Audits with a state at each of some sizes, and compares the last with an audit of the whole. */
void place_audit_in_parts(place *p)
{
    world *w = p->w;
    const size_t whole = w->count;
    world_write_pin(w, p->pin, "log");
    p->options.as_of_ms = w->now_ms + INT64_C(400) * 24 * 3600 * 1000;
    const size_t parts_count = 7;
    p->options.state_dir = p->state;
    for (size_t i = 0; i < parts_count; i++) {
        const size_t before = (size_t)p->result.size;
        w->count = whole * (i + 1) / parts_count;
        (void)snprintf(p->dir, sizeof p->dir, "%s/part-%zu", p->root, i);
        w->every = i + 1; /* and the earlier ends need not be published later */
        world_write(w, p->dir);
        if (i > 0) {
            const mz_hash root = world_root(w, before);
            mz_buf note;
            mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
            world_note(w, before, "log", &root, &note);
            const mz_view kept = mz_buf_view(&note);
            world_put(p->dir, MZ_TABLE_CHECKPOINTS, before, &kept);
            mz_buf_clear(&note);
        }
        place_must_prove(p);
        assert_int_equal(p->result.size, w->count);
        assert_int_equal(p->result.resumed_from, before);
    }
    place_must_prove(p); /* nothing new */
    json_t *parts = place_of_log(p);
    p->options.state_dir = NULL;
    place_must_prove(p);
    json_t *at_once = place_of_log(p);
    json_object_del(json_object_get(parts, "counts"),
                    "checkpoints"); /* other ones were published */
    json_object_del(json_object_get(at_once, "counts"), "checkpoints");
    if (!json_equal(parts, at_once))
        fail_msg("%s\n%s", json_dumps(parts, 0), json_dumps(at_once, 0));
    json_decref(parts);
    json_decref(at_once);
}
