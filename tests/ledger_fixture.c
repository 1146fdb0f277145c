#include "ledger_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/act.h"
#include "core/lots.h"
#include "core/note.h"
#include "kv/memory.h"

#define BODY_SIZE_MAX 40000

/* ---- keys ---- */

void mz_fixture_signer(const char *name, mz_signer *signer)
{
    mz_hasher *hasher = mz_hasher_new();
    assert_non_null(hasher);
    mz_view text = mz_view_of(name);
    mz_hash seed = mz_hash_parts(hasher, &text, 1);
    mz_hasher_free(hasher);
    mz_signer_from_seed(signer, seed.bytes);
}

static void put_proof(mz_buf *out, const mz_signer *signer, const char *actor)
{
    uint8_t proof[MZ_SIGNATURE_SIZE];
    assert_true(mz_signer_prove(signer, MZ_FIXTURE_ORIGIN, actor, proof));
    mz_buf_put_text(out, "'proof':'");
    mz_buf_put_base64url(out, (mz_view){proof, sizeof proof});
    mz_buf_put_text(out, "'");
}

static void copy_out(mz_buf *buf, char *text, size_t text_size)
{
    assert_false(buf->failed);
    assert_true(buf->size < text_size);
    memcpy(text, buf->data, buf->size + 1);
    mz_buf_clear(buf);
}

void mz_fixture_key_text(const char *name, const char *actor, char text[MZ_FIXTURE_KEY_TEXT_SIZE])
{
    mz_signer signer;
    mz_fixture_signer(name, &signer);
    mz_buf buf;
    mz_buf_init(&buf, MZ_FIXTURE_KEY_TEXT_SIZE);
    mz_buf_put_text(&buf, "'key':'");
    mz_buf_put_base64url(&buf, (mz_view){signer.public_key, sizeof signer.public_key});
    mz_buf_put_text(&buf, "',");
    put_proof(&buf, &signer, actor);
    copy_out(&buf, text, MZ_FIXTURE_KEY_TEXT_SIZE);
}

static void put_vkey(mz_buf *out, const mz_signer *signer, const char *name, mz_vkey_type type)
{
    mz_hasher *hasher = mz_hasher_new();
    assert_non_null(hasher);
    mz_vkey vkey;
    mz_reason why = {0};
    assert_int_equal(mz_vkey_make(hasher, mz_view_of(name), type, signer->public_key, &vkey, &why),
                     MZ_OK);
    mz_hasher_free(hasher);
    mz_buf_put_text(out, "'vkey':'");
    mz_vkey_put(out, &vkey);
    mz_buf_put_text(out, "'");
}

void mz_fixture_log_key_text(const char *name, const char *origin,
                             char text[MZ_FIXTURE_VKEY_TEXT_SIZE])
{
    mz_signer signer;
    mz_fixture_signer(name, &signer);
    mz_buf buf;
    mz_buf_init(&buf, MZ_FIXTURE_VKEY_TEXT_SIZE);
    mz_buf_put_text(&buf, "{");
    put_vkey(&buf, &signer, origin, MZ_VKEY_ED25519);
    mz_buf_put_text(&buf, ",");
    put_proof(&buf, &signer, "-");
    mz_buf_put_text(&buf, "}");
    copy_out(&buf, text, MZ_FIXTURE_VKEY_TEXT_SIZE);
}

void mz_fixture_witness_text(const char *name, char text[MZ_FIXTURE_VKEY_TEXT_SIZE])
{
    mz_signer signer;
    mz_fixture_signer(name, &signer);
    mz_buf buf;
    mz_buf_init(&buf, MZ_FIXTURE_VKEY_TEXT_SIZE);
    mz_buf_put_text(&buf, "{");
    put_vkey(&buf, &signer, name, MZ_VKEY_COSIGNATURE);
    mz_buf_put_text(&buf, "}");
    copy_out(&buf, text, MZ_FIXTURE_VKEY_TEXT_SIZE);
}

/* ---- writing ---- */

mz_hash mz_fixture_digest(mz_fixture *fixture)
{
    mz_hash digest = {{0}};
    static const mz_table TABLES[] = {MZ_TABLE_STATE, MZ_TABLE_TOTALS, MZ_TABLE_JTI};
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        uint8_t key[MZ_KV_KEY_MAX + 1] = {0};
        mz_view from = {key, 0};
        mz_view found, value;
        mz_reason why = {0};
        while (mz_changes_seek(fixture->changes, TABLES[i], (mz_view){key, 0}, from, &found, &value,
                               &why) == MZ_OK) {
            uint8_t sizes[16];
            mz_be64_put(sizes, ((uint64_t)i << 32) | found.size);
            mz_be64_put(sizes + 8, value.size);
            mz_view parts[] = {
                {digest.bytes, sizeof digest.bytes},
                {sizes,        sizeof sizes       },
                found, value
            };
            digest = mz_hash_parts(fixture->hasher, parts, 4);
            memcpy(key, found.data, found.size);
            key[found.size] = 0;
            from = (mz_view){key, found.size + 1};
        }
        assert_int_equal(why.status, MZ_OK);
    }
    return digest;
}

/* A UUIDv7 that differs only by the time and a counter. */
static void next_jti(mz_fixture *fixture, char text[MZ_UUID_TEXT_SIZE])
{
    uint8_t uuid[MZ_UUID_SIZE] = {0};
    mz_be64_put(uuid + 8, ++fixture->jti_count);
    mz_uuid7_stamp(fixture->now_ms, uuid);
    mz_uuid_text(uuid, text);
}

static void put_payload(mz_fixture *fixture, const char *event, const char *fund, const char *body,
                        const char *jti, mz_buf *out)
{
    mz_buf_put_format(out, "{\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%lld,\"type\":\"%s\",",
                      MZ_FIXTURE_ORIGIN, jti, (long long)(fixture->now_ms / 1000), event);
    if (fund != NULL)
        mz_buf_put_format(out, "\"fund\":\"%s\",", fund);
    mz_buf_put_text(out, "\"body\":");
    mz_buf_put_text(out, body);
    mz_buf_put_text(out, "}");
    assert_false(out->failed);
    for (size_t i = 0; i < out->size; i++)
        if (out->data[i] == '\'')
            out->data[i] = '"';
}

static mz_status judge(mz_fixture *fixture, const char *key, mz_view payload, mz_stamp *stamp)
{
    mz_entry entry;
    mz_status status = mz_entry_decode_payload(payload, &entry, &fixture->why);
    if (status != MZ_OK)
        return status;
    mz_signer signer;
    mz_fixture_signer(key, &signer);
    entry.jws.kid = signer.thumbprint;
    mz_hash before = mz_fixture_digest(fixture);
    mz_mark mark = mz_changes_mark(fixture->changes);
    status = mz_rules_apply(fixture->changes, &entry, stamp, &fixture->why);
    if (status != MZ_OK) {
        mz_changes_rollback(fixture->changes, mark);
        mz_hash after = mz_fixture_digest(fixture);
        assert_memory_equal(before.bytes, after.bytes, sizeof before.bytes);
    }
    mz_entry_clear(&entry);
    return status;
}

mz_status mz_fixture_write(mz_fixture *fixture, const char *key, const char *event,
                           const char *fund, const char *body, char jti[MZ_UUID_TEXT_SIZE])
{
    char own_jti[MZ_UUID_TEXT_SIZE];
    next_jti(fixture, own_jti);
    memset(&fixture->why, 0, sizeof fixture->why);
    mz_buf payload;
    mz_buf_init(&payload, BODY_SIZE_MAX + 500);
    put_payload(fixture, event, fund, body, own_jti, &payload);
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    size_t prefix_size = mz_leaf_prefix(fixture->now_ms, prefix);
    mz_view parts[] = {
        {(const uint8_t *)"",     1          },
        {(const uint8_t *)prefix, prefix_size},
        mz_buf_view(&payload)
    };
    mz_stamp stamp = {.index = fixture->entry_count,
                      .unix_ms = fixture->now_ms,
                      .leaf_hash = mz_hash_parts(fixture->hasher, parts, 3)};
    mz_status status = judge(fixture, key, mz_buf_view(&payload), &stamp);
    mz_buf_clear(&payload);
    if (status != MZ_OK) {
        assert_int_equal(fixture->why.status, status); /* a refusal always explains itself */
        return status;
    }
    assert_int_equal(fixture->why.status, MZ_OK);
    fixture->entry_count++;
    fixture->leaf_hash = stamp.leaf_hash;
    memcpy(fixture->jti, own_jti, sizeof own_jti);
    if (jti != NULL)
        memcpy(jti, own_jti, sizeof own_jti);
    return MZ_OK;
}

__attribute__((format(printf, 1, 0))) static char *format_body(const char *format,
                                                               va_list arguments)
{
    char *body = malloc(BODY_SIZE_MAX);
    assert_non_null(body);
    int size = vsnprintf(body, BODY_SIZE_MAX, format, arguments);
    assert_true(size >= 0 && size < BODY_SIZE_MAX);
    return body;
}

/* Ends the test unless the answer is the one that was wanted. */
static void expect(mz_fixture *fixture, mz_status is, mz_status want, const char *event,
                   const char *body)
{
    if (is == want)
        return;
    char text[600];
    mz_reason_text(&fixture->why, MZ_ENGLISH, text, sizeof text);
    fail_msg("%s %s\n    is %s (%s)\n    want %s", event, body, mz_status_code(is), text,
             mz_status_code(want));
}

__attribute__((format(printf, 6, 0))) static void must(mz_fixture *fixture, const char *key,
                                                       const char *event, const char *fund,
                                                       char jti[MZ_UUID_TEXT_SIZE],
                                                       const char *format, va_list arguments)
{
    char *body = format_body(format, arguments);
    mz_status status = mz_fixture_write(fixture, key, event, fund, body, jti);
    expect(fixture, status, MZ_OK, event, body);
    free(body);
}

void mz_fixture_must(mz_fixture *fixture, const char *key, const char *event, const char *fund,
                     char jti[MZ_UUID_TEXT_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    must(fixture, key, event, fund, jti, format, arguments);
    va_end(arguments);
}

void mz_fixture_refuses(mz_fixture *fixture, mz_status want, const char *key, const char *event,
                        const char *fund, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *body = format_body(format, arguments);
    va_end(arguments);
    mz_status status = mz_fixture_write(fixture, key, event, fund, body, NULL);
    expect(fixture, status, want, event, body);
    free(body);
}

mz_status mz_fixture_confirm_by(mz_fixture *fixture, const char *key, const char *fund,
                                const char *jti)
{
    char body[80];
    (void)snprintf(body, sizeof body, "{'target':'%s'}", jti);
    return mz_fixture_write(fixture, key, "registry.confirmed", fund, body, NULL);
}

void mz_fixture_confirm(mz_fixture *fixture, const char *fund, const char *jti)
{
    char target[MZ_UUID_TEXT_SIZE];
    (void)snprintf(target, sizeof target, "%s", jti); /* `jti` may be fixture->jti */
    mz_status status = mz_fixture_confirm_by(fixture, "reg-b", fund, target);
    expect(fixture, status, MZ_OK, "registry.confirmed", target);
}

void mz_fixture_registered(mz_fixture *fixture, const char *event, const char *fund,
                           char jti[MZ_UUID_TEXT_SIZE], const char *format, ...)
{
    char own_jti[MZ_UUID_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    must(fixture, "reg-a", event, fund, own_jti, format, arguments);
    va_end(arguments);
    mz_fixture_confirm(fixture, fund, own_jti);
    if (jti != NULL)
        memcpy(jti, own_jti, sizeof own_jti);
}

void mz_fixture_party(mz_fixture *fixture, const char *party, const char *credit_code)
{
    char jti[MZ_UUID_TEXT_SIZE];
    if (credit_code == NULL)
        mz_fixture_must(fixture, "reg-a", "party.registered", NULL, jti,
                        "{'party':'%s','kind':'person'}", party);
    else
        mz_fixture_must(fixture, "reg-a", "party.registered", NULL, jti,
                        "{'party':'%s','kind':'organisation','credit_code':'%s'}", party,
                        credit_code);
    mz_fixture_must(fixture, "rev-a", "party.verified", NULL, NULL, "{'registration':'%s'}", jti);
}

/* ---- the clock ---- */

void mz_fixture_at(mz_fixture *fixture, int64_t unix_ms)
{
    assert_true(unix_ms >= fixture->now_ms);
    fixture->now_ms = unix_ms;
}

void mz_fixture_at_time(mz_fixture *fixture, const char *local_time)
{
    char text[20];
    int64_t unix_ms = 0;
    (void)snprintf(text, sizeof text, "%s", local_time);
    assert_true(mz_time_parse(mz_view_of(text), &unix_ms));
    mz_fixture_at(fixture, unix_ms);
}

void mz_fixture_days_later(mz_fixture *fixture, int days)
{
    mz_fixture_at(fixture, fixture->now_ms + (int64_t)days * MZ_DAY_MS);
}

/* ---- the charity ---- */

static void open_log(mz_fixture *fixture)
{
    char log_key[MZ_FIXTURE_VKEY_TEXT_SIZE];
    char key_a[MZ_FIXTURE_KEY_TEXT_SIZE], key_b[MZ_FIXTURE_KEY_TEXT_SIZE];
    mz_fixture_log_key_text("log", MZ_FIXTURE_ORIGIN, log_key);
    mz_fixture_key_text("reg-a", "reg-a", key_a);
    mz_fixture_key_text("reg-b", "reg-b", key_b);
    mz_fixture_must(fixture, "reg-a", "ledger.opened", NULL, NULL,
                    "{'charity':{'name':'慈善总会','credit_code':'%s'},'log_key':%s,"
                    "'registrars':[{'actor':'reg-a',%s},{'actor':'reg-b',%s}],'witnesses':[],"
                    "'quorum':0,'rules':1}",
                    MZ_FIXTURE_CHARITY_CODE, log_key, key_a, key_b);
}

static void enrol(mz_fixture *fixture, const char *actor, const char *role, const char *more)
{
    char key[MZ_FIXTURE_KEY_TEXT_SIZE];
    mz_fixture_key_text(actor, actor, key);
    mz_fixture_registered(fixture, "actor.enrolled", NULL, NULL, "{'actor':'%s','role':'%s',%s%s}",
                          actor, role, key, more);
}

static void enrol_people(mz_fixture *fixture)
{
    static const struct {
        const char *actor, *role;
    } PEOPLE[] = {
        {"aud-a",  "auditor"   },
        {"rev-a",  "reviewer"  },
        {"rev-b",  "reviewer"  },
        {"cash-a", "cashier"   },
        {"cash-b", "cashier"   },
        {"mem-a",  "member"    },
        {"mem-b",  "member"    },
        {"mem-c",  "member"    },
        {"mem-d",  "member"    },
        {"mem-e",  "member"    },
        {"mem-f",  "member"    },
        {"mem-g",  "member"    },
        {"sup-a",  "supervisor"},
        {"sup-b",  "supervisor"},
    };
    for (size_t i = 0; i < sizeof PEOPLE / sizeof PEOPLE[0]; i++)
        enrol(fixture, PEOPLE[i].actor, PEOPLE[i].role, "");
}

static void open_funds(mz_fixture *fixture)
{
    mz_fixture_must(fixture, "reg-a", "fund.opened", "fund-a", NULL,
                    "{'name':'甲社区基金','community':'甲','agreement_no':'1','account':'bank-a',"
                    "'profile':{}}");
    mz_fixture_must(fixture, "reg-a", "fund.opened", "fund-b", NULL,
                    "{'name':'乙社区基金','community':'乙','agreement_no':'2','account':'bank-a',"
                    "'profile':{}}");
    mz_fixture_must(fixture, "reg-a", "purpose.defined", "fund-a", NULL,
                    "{'purpose':'elders','text':'为老服务',"
                    "'categories':['activity','visit','meals','care','wishes']}");
    mz_fixture_must(fixture, "reg-a", "purpose.defined", "fund-a", NULL,
                    "{'purpose':'repairs','text':'维修','categories':['repair']}");
    enrol(fixture, "stew-a", "steward", ",'funds':['fund-a']");
    enrol(fixture, "stew-b", "steward", ",'funds':['fund-b']");
}

static void seat_committee(mz_fixture *fixture)
{
    mz_fixture_registered(fixture, "committee.seated", "fund-a", NULL,
                          "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a',"
                          "'alternates':['mem-d','mem-e'],'supervisors':['sup-a'],"
                          "'term_ends':'2029-03-01'}");
}

mz_fixture *mz_fixture_new(mz_fixture_until until)
{
    static void (*const STEPS[])(mz_fixture *) = {NULL, open_log, enrol_people, open_funds,
                                                  seat_committee};
    mz_fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->kv = mz_memory_new();
    fixture->hasher = mz_hasher_new();
    assert_non_null(fixture->kv);
    assert_non_null(fixture->hasher);
    assert_int_equal(mz_kv_begin_write(fixture->kv, &fixture->txn, &fixture->why), MZ_OK);
    fixture->changes = mz_changes_new(fixture->txn);
    assert_non_null(fixture->changes);
    mz_fixture_at_time(fixture, MZ_FIXTURE_DAY " 09:00:00");
    for (int step = 1; step <= (int)until; step++)
        STEPS[step](fixture);
    return fixture;
}

void mz_fixture_free(mz_fixture *fixture)
{
    if (fixture == NULL)
        return;
    mz_changes_free(fixture->changes);
    mz_kv_abort(fixture->txn);
    mz_kv_close(fixture->kv);
    mz_hasher_free(fixture->hasher);
    free(fixture);
}

/* ---- reading ---- */

static uint64_t find_name(mz_fixture *fixture, mz_name_kind kind, mz_ref scope, const char *id)
{
    uint64_t ref = 0;
    mz_reason why = {0};
    if (mz_name_find(fixture->changes, kind, scope, mz_view_of(id), &ref, &why) != MZ_OK)
        fail_msg("there is no %s %s", mz_name_kind_text(kind), id);
    return ref;
}

static void settle(mz_fixture *fixture, mz_ref fund)
{
    mz_reason why = {0};
    assert_int_equal(mz_rules_settle(fixture->changes, fund, fixture->now_ms, &why), MZ_OK);
}

void mz_fixture_fund(mz_fixture *fixture, const char *id, mz_fund *fund)
{
    mz_ref ref = find_name(fixture, MZ_NAME_FUND, 0, id);
    mz_reason why = {0};
    settle(fixture, ref);
    assert_int_equal(mz_fund_load(fixture->changes, ref, fund, &why), MZ_OK);
}

void mz_fixture_actor(mz_fixture *fixture, const char *id, mz_actor *actor)
{
    uint64_t no = find_name(fixture, MZ_NAME_ACTOR, 0, id);
    mz_reason why = {0};
    assert_int_equal(mz_actor_load(fixture->changes, (mz_actor_no)no, actor, &why), MZ_OK);
}

void mz_fixture_proposal(mz_fixture *fixture, const char *id, mz_proposal *proposal)
{
    mz_ref ref = find_name(fixture, MZ_NAME_PROPOSAL, 0, id);
    mz_reason why = {0};
    assert_int_equal(mz_proposal_load(fixture->changes, ref, proposal, &why), MZ_OK);
    settle(fixture, proposal->head.fund);
    assert_int_equal(mz_proposal_load(fixture->changes, ref, proposal, &why), MZ_OK);
}

const char *mz_fixture_stage(mz_fixture *fixture, const char *proposal)
{
    mz_proposal record;
    mz_fixture_proposal(fixture, proposal, &record);
    return mz_stage_name((mz_stage)record.head.stage);
}

void mz_fixture_bucket(mz_fixture *fixture, const char *fund, const char *purpose,
                       mz_bucket *bucket)
{
    mz_fund record;
    mz_fixture_fund(fixture, fund, &record);
    mz_ref ref = MZ_GENERAL;
    if (strcmp(purpose, "general") != 0)
        ref = find_name(fixture, MZ_NAME_PURPOSE, record.ref, purpose);
    mz_reason why = {0};
    assert_int_equal(mz_bucket_load(fixture->changes, record.ref, ref, bucket, &why), MZ_OK);
}

uint64_t mz_fixture_index(mz_fixture *fixture, const char *jti)
{
    uint8_t uuid[MZ_UUID_SIZE];
    uint64_t index = 0;
    mz_event event;
    mz_reason why = {0};
    assert_true(mz_uuid_parse(mz_view_of(jti), uuid));
    assert_int_equal(mz_jti_find(fixture->changes, uuid, &index, &event, &why), MZ_OK);
    return index;
}
