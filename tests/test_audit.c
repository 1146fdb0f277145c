/* test_audit.c — what an audit proves and what it does not let pass: one honest log, and the same
 * log after each thing that somebody could do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "audit_world.h"
#include "core/date.h"
#include "log/bundle.h"
#include "log/files.h"
#include "log_fixture.h"

#define PATH_SIZE 160

typedef struct place {
    char root[80];
    char dir[PATH_SIZE], pin[PATH_SIZE], state[PATH_SIZE], other[PATH_SIZE];
    world *w;
    mz_audit_options options;
    mz_audit_result result;
    mz_reason why;
} place;

static int set_up(void **state)
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

static int tear_down(void **state)
{
    place *p = *state;
    mz_audit_result_clear(&p->result);
    if (p->w != NULL)
        world_free(p->w);
    mz_folder_remove(p->root);
    free(p);
    return 0;
}

static void audit(place *p)
{
    mz_audit_result_clear(&p->result);
    p->why = (mz_reason){0};
    const mz_status status = mz_audit_run(&p->options, &p->result, &p->why);
    if (status != MZ_OK)
        fail_msg("the audit could not be done: %s", mz_status_code(status));
    assert_int_equal(p->result.proved, json_object_get(p->result.report, "failure") == NULL);
}

static const char *failure_code(const place *p)
{
    const json_t *failure = json_object_get(p->result.report, "failure");
    const char *code = json_string_value(json_object_get(failure, "code"));
    return code != NULL ? code : "";
}

static void must_prove(place *p)
{
    audit(p);
    if (!p->result.proved) {
        char *text = json_dumps(json_object_get(p->result.report, "failure"), 0);
        fail_msg("not proved: %s", text);
    }
}

/* With the code and the place; `index` -1 for any. */
static void must_fail(place *p, const char *code, long long index)
{
    audit(p);
    const json_t *failure = json_object_get(p->result.report, "failure");
    assert_string_equal(failure_code(p), code);
    if (index >= 0)
        assert_int_equal(json_integer_value(json_object_get(failure, "index")), index);
}

static const json_t *assertion(const place *p, const char *code)
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

static void verdict_is(const place *p, const char *code, const char *verdict)
{
    assert_string_equal(json_string_value(json_object_get(assertion(p, code), "verdict")), verdict);
}

/* How often an assertion lists this finding; -1 in `index`: anywhere. */
static size_t found(const place *p, const char *code, const char *finding, long long index)
{
    size_t i, count = 0;
    json_t *row;
    json_array_foreach(json_object_get(assertion(p, code), "entries"), i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "code")), finding) == 0 &&
            (index < 0 || json_integer_value(json_object_get(row, "index")) == index))
            count++;
    }
    return count;
}

/* The report without what is of the run. */
static json_t *of_log(const place *p)
{
    json_t *copy = json_deep_copy(p->result.report);
    assert_non_null(copy);
    json_object_del(copy, "run");
    return copy;
}

/* --- an honest charity --- */

#define SHOP_CODE "53370300MJD0000019"
#define EVIDENCE(byte)                                                                             \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000" byte   \
    "','size':1,'media_type':'image/png','name':'e.png'}]"

static void people(world *w)
{
    world_enrol(w, "aud-a", "auditor", "");
    world_enrol(w, "rev-a", "reviewer", "");
    world_enrol(w, "cash-a", "cashier", "");
    world_enrol(w, "mem-a", "member", "");
    world_enrol(w, "mem-b", "member", "");
    world_enrol(w, "mem-c", "member", "");
    world_add(w, "reg-a", "fund.opened", "fund-a",
              "{'name':'甲社区基金','community':'甲','agreement_no':'1','account':'bank-a',"
              "'profile':{'consult_days':1,'statement_days':30}}");
    world_enrol(w, "stew-a", "steward", ",'funds':['fund-a']");
    world_confirm(w,
                  world_add(w, "reg-a", "committee.seated", "fund-a",
                            "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
                            "'supervisors':[],'term_ends':'2029-03-01'}"),
                  "fund-a");
}

static void party(world *w, const char *id)
{
    const size_t at = world_add(w, "stew-a", "party.registered", NULL,
                                "{'party':'%s','kind':'collective','name':'社区食堂'}", id);
    world_add(w, "rev-a", "party.verified", NULL, "{'registration':'%s'}", w->leaves[at].jti);
}

/* The index of the income.recorded. */
static size_t gift(world *w, int64_t amount_fen, const char *more, const char *ref)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    const size_t at = world_add(w, "stew-a", "income.recorded", "fund-a",
                                "{'kind':'donation','amount_fen':%lld,'received_on':'%s',"
                                "'purpose':'general'%s}",
                                (long long)amount_fen, day, more);
    if (ref != NULL)
        world_add(w, "cash-a", "income.confirmed", "fund-a",
                  "{'income':'%s','amount_fen':%lld,'purpose':'general','booked_on':'%s',"
                  "'bank_ref':'in-%s','receipt_no':'r-%s'}",
                  w->leaves[at].jti, (long long)amount_fen, day, ref, ref);
    return at;
}

/* Filed; the index. */
static size_t file(world *w, const char *id, const char *payee, int64_t amount_fen)
{
    return world_add(w, "stew-a", "proposal.filed", "fund-a",
                     "{'proposal':'%s','title':'助餐','category':'meals','why':'老人',"
                     "'payees':[{'party':'%s','cap_fen':%lld}],"
                     "'draws':[{'purpose':'general','amount_fen':%lld}]}",
                     id, payee, (long long)amount_fen, (long long)amount_fen);
}

static void adopt(world *w, const char *id, size_t filing)
{
    char hash[65];
    world_leaf_hash(w, filing, hash);
    for (int i = 0; i < 2; i++)
        world_add(w, i == 0 ? "mem-a" : "mem-b", "vote.cast", "fund-a",
                  "{'proposal':'%s','filing_sha256':'%s','epoch':1,'choice':'approve'}", id, hash);
    world_add(w, "mem-a", "application.sent", "fund-a", "{'proposal':'%s'}", id);
}

static size_t pay(world *w, const char *id, const char *payee, int64_t amount_fen, const char *ref,
                  const char *evidence)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), day);
    return world_add(w, "cash-a", "payout.made", "fund-a",
                     "{'proposal':'%s','party':'%s','draws':[{'purpose':'general','amount_fen':"
                     "%lld}],'booked_on':'%s','bank_ref':'out-%s',%s}",
                     id, payee, (long long)amount_fen, day, ref, evidence);
}

static size_t approve(world *w, const char *id, int64_t amount_fen)
{
    return world_add(w, "rev-a", "application.approved", "fund-a",
                     "{'proposal':'%s','draws':[{'purpose':'general','amount_fen':%lld}]}", id,
                     (long long)amount_fen);
}

/* A charity that receives 1000.00 and spends 300.00, with nothing to find. */
static world *honest(void)
{
    world *w = world_new();
    people(w);
    party(w, "canteen");
    gift(w, 100000, "", "1");
    const size_t filing = file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    adopt(w, "meals-1", filing);
    approve(w, "meals-1", 30000);
    pay(w, "meals-1", "canteen", 30000, "1", EVIDENCE("01"));
    world_add(w, "stew-a", "project.completed", "fund-a",
              "{'proposal':'meals-1','summary':'开饭了','people_served':30," EVIDENCE("02") "}");
    return w;
}

static void publish(place *p)
{
    world_write(p->w, p->dir);
    world_write_pin(p->w, p->pin, "log");
}

static void given_honest(place *p)
{
    p->w = honest();
    publish(p);
}

static void test_honest(void **state)
{
    place *p = *state;
    given_honest(p);
    must_prove(p);
    const mz_hash root = world_root(p->w, p->w->count);
    assert_true(mz_hash_equal(&p->result.root, &root));
    assert_int_equal(p->result.size, p->w->count);
    verdict_is(p, "integrity", "proved");
    verdict_is(p, "accuracy", "proved");
    verdict_is(p, "existence", "needs_people");
    verdict_is(p, "related_parties", "proved");
    const json_t *fund = json_array_get(json_object_get(p->result.report, "funds"), 0);
    assert_int_equal(json_integer_value(json_object_get(fund, "balance_fen")), 70000);
    assert_int_equal(json_integer_value(json_object_get(fund, "reserved_fen")), 0);
    const json_t *lines = json_object_get(p->result.report, "bank_lines");
    assert_int_equal(json_array_size(lines), 2);
    const json_t *line = json_array_get(lines, 1);
    assert_string_equal(json_string_value(json_object_get(line, "account")), "bank-a");
    assert_string_equal(json_string_value(json_object_get(line, "bank_ref")), "out-1");
    assert_int_equal(json_integer_value(json_object_get(line, "amount_fen")), 30000);
}

static void test_bundle(void **state)
{
    place *p = *state;
    p->w = honest();
    world_write_pin(p->w, p->pin, "log");
    world_write(p->w, p->other);
    p->options.path = p->other;
    must_prove(p);
    json_t *ledger = of_log(p);
    world_write_bundle(p->w, p->dir);
    p->options.path = p->dir;
    must_prove(p);
    json_t *bundle = of_log(p);
    assert_true(json_equal(ledger, bundle));
    json_decref(ledger);
    json_decref(bundle);
}

/* What `mingzhang export` writes, from a ledger that the log itself wrote. */
static void test_real_log(void **state)
{
    place *p = *state;
    mz_signer signer;
    mz_log *log = NULL;
    mz_buf text;
    mz_bundle_result exported;
    char pin[PATH_SIZE + 64], manifest[PATH_SIZE + 64];
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = p->dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &text);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&text), MZ_SAMPLE_START_MS, &log, &p->why),
                     MZ_OK);
    for (uint64_t i = 1; i < 40; i++) {
        mz_submission one;
        mz_sample_party(i, MZ_SAMPLE_START_MS, &text);
        mz_submission_init(&one, mz_buf_view(&text));
        assert_int_equal(mz_log_append(log, &one, 1, MZ_SAMPLE_START_MS, &p->why), MZ_OK);
        mz_submission_clear(&one);
    }
    mz_buf_clear(&text);
    assert_int_equal(mz_bundle_export(log, p->other, &exported, &p->why), MZ_OK);
    mz_log_close(log);
    assert_true(mz_log_pin_path(p->dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin));
    p->options.pin_file = pin;
    must_prove(p);
    assert_int_equal(p->result.size, 40);
    json_t *ledger = of_log(p);
    (void)snprintf(manifest, sizeof manifest, "%s/manifest.json", p->other);
    world_write_file(manifest, mz_view_of("not what it was\n")); /* it proves nothing either way */
    p->options.path = p->other;
    must_prove(p);
    json_t *bundle = of_log(p);
    assert_true(json_equal(ledger, bundle));
    json_decref(ledger);
    json_decref(bundle);
}

/* --- what somebody could do to a ledger's files --- */

typedef struct tampering {
    const char *name;
    void (*tamper)(place *p);
    const char *code;
    long long index;
} tampering;

static void flip(place *p, mz_table table, uint64_t key, size_t at)
{
    mz_buf value;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    world_get(p->dir, table, key, &value);
    assert_true(at < value.size);
    value.data[at] ^= 1;
    const mz_view changed = mz_buf_view(&value);
    world_put(p->dir, table, key, &changed);
    mz_buf_clear(&value);
}

static void flip_signature(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, p->w->leaves[5].size - 40);
}

static void flip_payload(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, p->w->leaves[5].size - 200);
}

static void flip_time(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 5, 12); /* the last digit: a millisecond */
}

static void flip_genesis(place *p)
{
    flip(p, MZ_TABLE_ENTRIES, 0, 100);
}

static void swap(place *p)
{
    /* Two enrolments, confirmed later: each is as good in the other's place. */
    const mz_view left = {p->w->leaves[1].data, p->w->leaves[1].size};
    const mz_view right = {p->w->leaves[3].data, p->w->leaves[3].size};
    world_put(p->dir, MZ_TABLE_ENTRIES, 1, &right);
    world_put(p->dir, MZ_TABLE_ENTRIES, 3, &left);
}

static void drop(place *p)
{
    world_put(p->dir, MZ_TABLE_ENTRIES, 7, NULL);
}

static void cut_last(place *p)
{
    world_put(p->dir, MZ_TABLE_ENTRIES, p->w->count - 1, NULL);
}

static void drop_last_note(place *p)
{
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, p->w->count, NULL);
}

static void flip_note(place *p)
{
    flip(p, MZ_TABLE_CHECKPOINTS, 6, strlen(MZ_SAMPLE_ORIGIN) + 5);
}

static void forge_note(place *p)
{
    const mz_hash root = world_root(p->w, 6);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(p->w, 6, "somebody", &root, &note);
    const mz_view forged = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 6, &forged);
    mz_buf_clear(&note);
}

/* By the log's own key: two roots for one size. */
static void fork_note(place *p)
{
    const mz_hash root = world_root(p->w, 5);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(p->w, 6, "log", &root, &note);
    const mz_view forged = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 6, &forged);
    mz_buf_clear(&note);
}

static void move_note(place *p)
{
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_get(p->dir, MZ_TABLE_CHECKPOINTS, 6, &note);
    const mz_view moved = mz_buf_view(&note);
    world_put(p->dir, MZ_TABLE_CHECKPOINTS, 7, &moved);
    mz_buf_clear(&note);
}

static const tampering TAMPERINGS[] = {
    {"a signature's bit is turned",               flip_signature, "entry_signature",      5 },
    {"a payload's bit is turned",                 flip_payload,   NULL,                   5 },
    {"a log time is moved by a millisecond",      flip_time,      NULL,                   -1},
    {"a bit of entry 0 is turned",                flip_genesis,   "genesis",              0 },
    {"two entries change places",                 swap,           NULL,                   -1},
    {"an entry is dropped",                       drop,           "entry_missing",        7 },
    {"the last entry is cut off",                 cut_last,       "entry_missing",        -1},
    {"the last checkpoint is dropped",            drop_last_note, "no_checkpoint",        -1},
    {"a checkpoint's bit is turned",              flip_note,      "checkpoint_signature", 6 },
    {"a checkpoint is another key's",             forge_note,     "checkpoint_signature", 6 },
    {"a checkpoint by the log has another root",  fork_note,      "checkpoint_root",      6 },
    {"a checkpoint is published as another size", move_note,      "checkpoint_root",      7 },
};

static void test_tampering(void **state)
{
    place *p = *state;
    given_honest(p);
    must_prove(p);
    for (size_t i = 0; i < sizeof TAMPERINGS / sizeof TAMPERINGS[0]; i++) {
        const tampering *t = &TAMPERINGS[i];
        (void)snprintf(p->dir, sizeof p->dir, "%s/tampered-%zu", p->root, i);
        world_write(p->w, p->dir);
        t->tamper(p);
        audit(p);
        if (p->result.proved)
            fail_msg("%s: not noticed", t->name);
        const char *code = failure_code(p);
        const long long index = json_integer_value(
            json_object_get(json_object_get(p->result.report, "failure"), "index"));
        if ((t->code != NULL && strcmp(code, t->code) != 0) || (t->index >= 0 && index != t->index))
            fail_msg("%s: found as %s at %lld", t->name, code, index);
    }
}

/* Every byte of a leaf and of a checkpoint matters. */
static void test_every_byte(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 5);
    publish(p);
    mz_buf value;
    mz_buf_init(&value, MZ_KV_VALUE_MAX);
    for (int round = 0; round < 2; round++) {
        const mz_table table = round == 0 ? MZ_TABLE_ENTRIES : MZ_TABLE_CHECKPOINTS;
        const uint64_t key = round == 0 ? 2 : 3;
        world_get(p->dir, table, key, &value);
        const mz_view whole = mz_buf_view(&value);
        for (size_t at = 0; at < whole.size; at += 7) {
            flip(p, table, key, at);
            audit(p);
            if (p->result.proved)
                fail_msg("%s: byte %zu", mz_table_name(table), at);
            world_put(p->dir, table, key, &whole);
        }
    }
    mz_buf_clear(&value);
    must_prove(p);
}

/* --- what the holder of the log's key could do --- */

static void must_break(place *p, const char *code, size_t index, const char *reason)
{
    publish(p);
    must_fail(p, code, (long long)index);
    const json_t *why = json_object_get(json_object_get(p->result.report, "failure"), "reason");
    if (reason != NULL)
        assert_string_equal(json_string_value(json_object_get(why, "code")), reason);
}

static void test_payout_without_approval(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    people(w);
    party(w, "canteen");
    gift(w, 100000, "", "1");
    const size_t filing = file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    adopt(w, "meals-1", filing);
    const size_t at = pay(w, "meals-1", "canteen", 30000, "1", EVIDENCE("01"));
    must_break(p, "rule", at, "wrong_stage");
    verdict_is(p, "authorisation", "failed");
    verdict_is(p, "accuracy", "unproved");
}

static void test_too_few_votes(void **state)
{
    place *p = *state;
    char hash[65];
    world *w = p->w = world_new();
    people(w);
    party(w, "canteen");
    gift(w, 100000, "", "1");
    const size_t filing = file(w, "meals-1", "canteen", 30000);
    world_days(w, 3);
    world_leaf_hash(w, filing, hash);
    world_add(w, "mem-a", "vote.cast", "fund-a",
              "{'proposal':'meals-1','filing_sha256':'%s','epoch':1,'choice':'approve'}", hash);
    const size_t at = world_add(w, "mem-a", "application.sent", "fund-a", "{'proposal':'meals-1'}");
    must_break(p, "rule", at, "wrong_stage");
}

static void test_payout_after_completion(void **state)
{
    place *p = *state;
    p->w = honest();
    const size_t at = pay(p->w, "meals-1", "canteen", 1, "9", EVIDENCE("03"));
    must_break(p, "rule", at, NULL);
}

static void test_time_backwards(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 3);
    p->w->now_ms -= 1;
    world_parties(p->w, 1);
    must_break(p, "time_backwards", 4, NULL);
}

static void test_jti_twice(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 2);
    p->w->number--;
    world_add(p->w, "reg-a", "party.registered", NULL,
              "{'party':'q','kind':'collective','name':'邻里'}");
    must_break(p, "rule", 3, "jti_conflict");
    verdict_is(p, "integrity", "failed");
}

static void test_unknown_signer(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 2);
    world_add(p->w, "nobody", "party.registered", NULL,
              "{'party':'q','kind':'collective','name':'邻里'}");
    must_break(p, "entry_signature", 3, "unknown_key");
}

/* A whole log of its own under the true log's key: good in itself, but not the one that is trusted.
 */
static void test_other_genesis(void **state)
{
    place *p = *state;
    p->w = honest();
    world *forged = world_new_at(1);
    world_parties(forged, 20);
    world_write(forged, p->dir);
    world_write_pin(forged, p->pin, "log");
    must_prove(p); /* with its own pin */
    world_write_pin(p->w, p->pin, "log");
    must_fail(p, "genesis", 0);
    world_free(forged);
}

static void test_other_pins(void **state)
{
    place *p = *state;
    given_honest(p);
    world_write_pin(p->w, p->pin, "somebody");
    must_fail(p, "pin_key", -1);
    world_write_file(p->pin, mz_view_of("not a pin\n"));
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_BAD_POLICY);
}

static size_t amend(world *w)
{
    mz_buf key;
    mz_buf_init(&key, 1024);
    mz_sample_put_log_key(&key, "log-2");
    const size_t at =
        world_add(w, "reg-a", "ledger.amended", NULL, "{'log_key':%s}", (const char *)key.data);
    mz_buf_clear(&key);
    return world_confirm(w, at, NULL);
}

/* The old key signs the checkpoint that holds the confirmation, the new one from the next on. */
static void test_log_key_replaced(void **state)
{
    place *p = *state;
    world *w = p->w = world_new();
    world_parties(w, 4);
    const size_t confirmed = amend(w);
    world_parties(w, 10);
    w->rotated = (confirmed / w->every + 1) * w->every;
    publish(p);
    must_prove(p);
    world_write_pin(w, p->pin, "log-2"); /* a pin renewed since */
    must_prove(p);
    world_write_pin(w, p->pin, "log-3");
    must_fail(p, "pin_key", -1);
    world_write_pin(w, p->pin, "log");
    (void)snprintf(p->dir, sizeof p->dir, "%s/early", p->root);
    w->rotated -= w->every; /* the new key a checkpoint too early */
    world_write(w, p->dir);
    const size_t wrong = w->rotated + w->every;
    must_fail(p, "checkpoint_signature", (long long)wrong);
    (void)snprintf(p->dir, sizeof p->dir, "%s/late", p->root);
    w->rotated += 2 * w->every; /* or too late */
    world_write(w, p->dir);
    must_fail(p, "checkpoint_signature", (long long)w->rotated);
}

/* --- older checkpoints and receipts --- */

static void write_since(place *p, const world *w, size_t size, const char *key)
{
    const mz_hash root = world_root(w, size);
    mz_buf note;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(w, size, key, &root, &note);
    world_write_file(p->other, mz_buf_view(&note));
    mz_buf_clear(&note);
}

static void test_since(void **state)
{
    place *p = *state;
    const char *files[1] = {p->other};
    given_honest(p);
    world *other = world_new();
    world_parties(other, 60);
    p->options.since = files;
    p->options.since_count = 1;
    write_since(p, p->w, 7, "log"); /* kept by somebody; never published */
    must_prove(p);
    write_since(p, p->w, p->w->count, "log");
    must_prove(p);
    write_since(p, p->w, 7, "somebody");
    must_fail(p, "since_signature", 7);
    write_since(p, other, 7, "log");
    must_fail(p, "since_root", 7);
    verdict_is(p, "completeness", "failed");
    verdict_is(p, "accuracy", "proved"); /* the log itself was replayed */
    write_since(p, other, 61, "log");
    must_fail(p, "since_beyond", 61);
    p->options.state_dir = p->state; /* below what an earlier audit saw */
    p->options.since_count = 0;
    must_prove(p);
    p->options.since_count = 1;
    write_since(p, p->w, 7, "log");
    must_prove(p);
    write_since(p, other, 7, "log");
    must_fail(p, "since_root", 7);
    world_free(other);
}

static void test_receipts(void **state)
{
    place *p = *state;
    mz_signer signer;
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_buf text, receipt;
    char pin[PATH_SIZE + 64];
    bool proved = false;
    json_t *report = NULL;
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = p->dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_buf_init(&receipt, 600000);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &text);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&text), MZ_SAMPLE_START_MS, &log, &p->why),
                     MZ_OK);
    for (uint64_t i = 1; i < 6; i++) {
        mz_submission one;
        mz_sample_party(i, MZ_SAMPLE_START_MS, &text);
        mz_submission_init(&one, mz_buf_view(&text));
        assert_int_equal(mz_log_append(log, &one, 1, MZ_SAMPLE_START_MS, &p->why), MZ_OK);
        mz_submission_clear(&one);
    }
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_receipt(snapshot, 3, &receipt, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    assert_true(mz_log_pin_path(p->dir, MZ_SAMPLE_ORIGIN, pin, sizeof pin));
    for (size_t at = 0; at <= receipt.size; at += 5) {
        const bool whole = at == 0;
        if (!whole)
            receipt.data[at - 1] ^= 1;
        world_write_file(p->other, mz_buf_view(&receipt));
        assert_int_equal(mz_audit_receipt(p->other, pin, &proved, &report, &p->why), MZ_OK);
        if (proved != whole)
            fail_msg("a receipt with byte %zu altered", at);
        json_decref(report);
        if (!whole)
            receipt.data[at - 1] ^= 1;
    }
    const char *files[1] = {p->other};
    world_write_file(p->other, mz_buf_view(&receipt));
    p->options.pin_file = pin;
    p->options.since = files;
    p->options.since_count = 1;
    must_prove(p);
    world_write_file(p->other, mz_view_of("nothing\n"));
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_BAD_NOTE);
    mz_buf_clear(&text);
    mz_buf_clear(&receipt);
}

/* --- what there is to look at --- */

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
    people(w);
    party(w, "canteen");
    party(w, "cleaner");
    gift(w, 1000000, ",'party':'canteen'", "1");
    m->person = world_add(w, "stew-a", "party.registered", NULL,
                          "{'party':'zhang','kind':'person','name':'张三'}");
    m->far = world_add(w, "stew-a", "income.recorded", "fund-a",
                       "{'kind':'other','amount_fen':500,'received_on':'2026-01-02',"
                       "'purpose':'general'}");
    m->filings[0] = file(w, "m-1", "canteen", 10000);
    m->filings[1] = file(w, "m-2", "canteen", 10000);
    m->filings[2] = file(w, "m-3", "canteen", 10000);
    m->filings[3] = file(w, "m-4", "cleaner", 10000);
    world_days(w, 3);
    adopt(w, "m-1", m->filings[0]);
    adopt(w, "m-2", m->filings[1]);
    adopt(w, "m-3", m->filings[2]);
    adopt(w, "m-4", m->filings[3]);
    approve(w, "m-1", 10000);
    approve(w, "m-2", 10000);
    approve(w, "m-4", 10000);
    m->payouts[0] = pay(w, "m-1", "canteen", 10000, "1", EVIDENCE("01"));
    m->payouts[1] = pay(w, "m-2", "canteen", 9500, "2", EVIDENCE("01"));
    const size_t undone = pay(w, "m-4", "cleaner", 10000, "3", EVIDENCE("04"));
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
    publish(p);
    p->options.as_of_ms = w->now_ms + INT64_C(20) * 30 * 24 * 3600 * 1000;
    must_prove(p);
    const struct {
        const char *assertion, *finding;
        size_t index;
    } WANT[] = {
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
    for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
        verdict_is(p, WANT[i].assertion, "finding");
        if (found(p, WANT[i].assertion, WANT[i].finding, (long long)WANT[i].index) != 1)
            fail_msg("%s at %zu is not found", WANT[i].finding, WANT[i].index);
    }
    assert_int_equal(found(p, "splitting", "many_filings", -1), 1);
    assert_int_equal(found(p, "keys", "compromised_key", -1), 1);
    assert_int_equal(found(p, "duplicates", "same_evidence", -1), 1);
    assert_int_equal(found(p, "related_parties", "payee_is_donor", -1), 2);
    const json_t *first = json_array_get(json_object_get(assertion(p, "duplicates"), "entries"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "other")), m.payouts[0]);
}

/* --- one audit after another --- */

/* Audits with a state at each of some sizes, and compares the last with an audit of the whole. */
static void audit_in_parts(place *p)
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
        must_prove(p);
        assert_int_equal(p->result.size, w->count);
        assert_int_equal(p->result.resumed_from, before);
    }
    must_prove(p); /* nothing new */
    json_t *parts = of_log(p);
    p->options.state_dir = NULL;
    must_prove(p);
    json_t *at_once = of_log(p);
    json_object_del(json_object_get(parts, "counts"),
                    "checkpoints"); /* other ones were published */
    json_object_del(json_object_get(at_once, "counts"), "checkpoints");
    if (!json_equal(parts, at_once))
        fail_msg("%s\n%s", json_dumps(parts, 0), json_dumps(at_once, 0));
    json_decref(parts);
    json_decref(at_once);
}

static void test_state(void **state)
{
    place *p = *state;
    p->w = honest();
    audit_in_parts(p);
}

static void test_state_with_findings(void **state)
{
    place *p = *state;
    marks m;
    p->w = suspicious(&m);
    audit_in_parts(p);
}

static void test_state_of_another_past(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_parties(p->w, 30);
    publish(p);
    p->options.state_dir = p->state;
    must_prove(p);
    world *other = world_new(); /* the same log until entry 10, then another past */
    world_parties(other, 9);
    other->now_ms += 1;
    world_parties(other, 40);
    (void)snprintf(p->dir, sizeof p->dir, "%s/rewritten", p->root);
    world_write(other, p->dir);
    must_fail(p, "not_an_extension", 31);
    verdict_is(p, "completeness", "failed");
    other->every = 100; /* no checkpoint at 31 to compare with */
    (void)snprintf(p->dir, sizeof p->dir, "%s/hidden", p->root);
    world_write(other, p->dir);
    must_fail(p, "not_an_extension", 31);
    p->w->count = 20; /* an old copy */
    (void)snprintf(p->dir, sizeof p->dir, "%s/old", p->root);
    world_write(p->w, p->dir);
    must_fail(p, "not_an_extension", 20);
    p->w->count = 31;
    world_free(other);
    other = world_new_at(5);
    world_write_pin(other, p->pin, "log");
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
    world_free(other);
}

/* Batches, their order, and keys that are enrolled while others are checked. */
static void test_pipeline(void **state)
{
    place *p = *state;
    static const unsigned THREADS[] = {1, 2, 4, 7};
    json_t *first = NULL;
    p->w = world_new();
    p->w->every = 7;
    for (int i = 0; i < 12; i++) {
        char actor[32];
        (void)snprintf(actor, sizeof actor, "reg-%d", i);
        world_enrol(p->w, actor, "registrar", "");
        world_parties(p->w, 251);
        world_add(p->w, actor, "party.registered", NULL,
                  "{'party':'of-%d','kind':'collective','name':'邻里'}", i);
    }
    publish(p);
    p->options.as_of_ms = p->w->now_ms;
    for (size_t i = 0; i < sizeof THREADS / sizeof THREADS[0]; i++) {
        p->options.threads = THREADS[i];
        must_prove(p);
        assert_int_equal(p->result.size, p->w->count);
        json_t *report = of_log(p);
        if (first == NULL)
            first = json_incref(report);
        assert_true(json_equal(first, report));
        json_decref(report);
    }
    json_decref(first);
    flip(p, MZ_TABLE_ENTRIES, 2500, p->w->leaves[2500].size - 40);
    must_fail(p, "entry_signature", 2500);
}

static void test_not_a_log(void **state)
{
    place *p = *state;
    p->w = world_new();
    world_write_pin(p->w, p->pin, "log");
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
    p->options.path = p->root;
    p->why = (mz_reason){0};
    assert_int_equal(mz_audit_run(&p->options, &p->result, &p->why), MZ_NOT_A_LEDGER);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_honest),
        TEST(test_bundle),
        TEST(test_real_log),
        TEST(test_tampering),
        TEST(test_every_byte),
        TEST(test_payout_without_approval),
        TEST(test_too_few_votes),
        TEST(test_payout_after_completion),
        TEST(test_time_backwards),
        TEST(test_jti_twice),
        TEST(test_unknown_signer),
        TEST(test_other_genesis),
        TEST(test_other_pins),
        TEST(test_log_key_replaced),
        TEST(test_since),
        TEST(test_receipts),
        TEST(test_findings),
        TEST(test_state),
        TEST(test_state_with_findings),
        TEST(test_state_of_another_past),
        TEST(test_pipeline),
        TEST(test_not_a_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
