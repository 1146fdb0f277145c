#include "workload.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/date.h"
#include "core/entry.h"
#include "core/event.h"
#include "core/hash.h"
#include "core/merkle.h"
#include "core/note.h"
#include "core/uuid.h"

#define ORIGIN "bench.example.org/funds"
#define START_DAY 20089 /* 2025-01-01 */
#define YEAR_DAYS 365
#define PROPOSALS_PER_FUND 100
#define INCOMES_PER_FUND 560
#define MEMBERS_MAX 7
#define ALTERNATES 2
#define GIFT_FEN 600000
#define DRAW_FEN 1200000
#define HOUR_MS INT64_C(3600000)
#define NOTE "居民议事会已在社区公示栏与微信群同步告知，材料齐备，经办人与复核人均已签字确认。"

typedef struct person {
    char id[40];
    mz_signer signer;
} person;

/* One thing to be written at a moment; the calendar sorts them. */
typedef enum step {
    STEP_INCOME_RECORD,
    STEP_INCOME_CONFIRM,
    STEP_FILE,
    STEP_OPINE,
    STEP_VOTE,
    STEP_APPLY,
    STEP_APPROVE,
    STEP_PAY_FIRST,
    STEP_PAY_SECOND,
    STEP_COMPLETE
} step;
typedef struct event {
    int64_t unix_ms;
    uint32_t order;
    uint16_t fund;
    uint16_t number; /* of the proposal or income within its fund */
    uint8_t step;
    uint8_t voter;
} event;

typedef struct maker {
    mz_workload *out;
    person *people;
    size_t person_count;
    size_t count_max;
    size_t fund_count;
    int64_t now_ms;
    size_t signed_count;
    size_t capacity;
    uint64_t *offsets; /* where each JWS begins, until `bytes` stops growing */
    uint64_t *sizes;
    mz_hash *filings;  /* [fund * PROPOSALS_PER_FUND + number] */
    size_t *filing_at; /* the entry that filed it */
    char (*income_jti)[MZ_UUID_TEXT_SIZE];
    char last_jti[MZ_UUID_TEXT_SIZE];
    mz_hasher *hasher;
} maker;

static person *who(maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static person *who(maker *m, const char *format, ...)
{
    char id[40];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(id, sizeof id, format, arguments);
    va_end(arguments);
    for (size_t i = m->person_count; i-- > 0;) {
        if (strcmp(m->people[i].id, id) == 0)
            return &m->people[i];
    }
    person *made = &m->people[m->person_count++];
    uint8_t seed[32];
    crypto_hash_sha256(seed, (const uint8_t *)id, strlen(id));
    memcpy(made->id, id, sizeof id);
    mz_signer_from_seed(&made->signer, seed);
    return made;
}

static int members_of(size_t fund)
{
    return 3 + 2 * (int)(fund % 3);
}

static void put_key(mz_buf *body, const char *key_name, const person *owner, const char *actor)
{
    uint8_t proof[64];
    const bool proved = mz_signer_prove(&owner->signer, ORIGIN, actor, proof);
    assert(proved);
    mz_buf_put_format(body, "\"%s\":\"", key_name);
    mz_buf_put_base64url(body, (mz_view){owner->signer.public_key, 32});
    mz_buf_put_text(body, "\",\"proof\":\"");
    mz_buf_put_base64url(body, (mz_view){proof, 64});
    mz_buf_put_text(body, "\"");
}

/* A batch is closed at the time of its last entry; every filing in it gets its leaf hash then. */
static void close_batch(maker *m, size_t first, size_t end)
{
    m->out->batch_ms[m->out->batch_count++] = m->now_ms;
    for (size_t i = 0; i < m->fund_count * PROPOSALS_PER_FUND; i++) {
        const size_t at = m->filing_at[i];
        if (at < first || at >= end || at == 0)
            continue;
        char prefix[MZ_LEAF_PREFIX_MAX + 1];
        const size_t size = mz_leaf_prefix(m->now_ms, prefix);
        const mz_view parts[] = {
            {(const uint8_t *)prefix,             size        },
            {m->out->bytes.data + m->offsets[at], m->sizes[at]}
        };
        m->filings[i] = mz_merkle_leaf_hash_parts(m->hasher, parts, 2);
        m->filing_at[i] = 0;
    }
}

static bool write_entry(maker *m, const person *signer, const char *type, int fund,
                        const char *body)
{
    mz_workload *out = m->out;
    if (m->signed_count >= m->count_max)
        return false;
    uint8_t digest[32], jti[16];
    char text[64];
    (void)snprintf(text, sizeof text, "entry %zu", m->signed_count);
    crypto_hash_sha256(digest, (const uint8_t *)text, strlen(text));
    memcpy(jti, digest, sizeof jti);
    mz_uuid7_stamp(m->now_ms, jti);
    mz_be32_put(jti + 8, (uint32_t)m->signed_count | UINT32_C(0x80000000));
    mz_uuid_text(jti, m->last_jti);
    mz_buf payload;
    mz_buf_init(&payload, 48000);
    mz_buf_put_format(&payload,
                      "{\"aud\":\"" ORIGIN "\",\"jti\":\"%s\",\"iat\":%" PRId64 ",\"type\":\"%s\",",
                      m->last_jti, m->now_ms / 1000, type);
    if (fund >= 0)
        mz_buf_put_format(&payload, "\"fund\":\"fund-%d\",", fund);
    mz_buf_put_format(&payload, "\"body\":%s}", body);
    const size_t before = out->bytes.size;
    const mz_status status =
        mz_jws_sign(&signer->signer, MZ_ENTRY_TYP, mz_buf_view(&payload), &out->bytes, NULL);
    assert(status == MZ_OK);
    mz_buf_clear(&payload);
    m->offsets[m->signed_count] = before;
    m->sizes[m->signed_count] = out->bytes.size - before;
    out->keys[m->signed_count] = &signer->signer.public_key;
    m->signed_count++;
    if (m->signed_count == 1 || (m->signed_count - 1) % MZ_WORKLOAD_BATCH == 0)
        close_batch(m, m->signed_count == 1 ? 0 : m->signed_count - MZ_WORKLOAD_BATCH,
                    m->signed_count);
    return true;
}

static bool emit(maker *m, const person *signer, const char *type, int fund, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
static bool emit(maker *m, const person *signer, const char *type, int fund, const char *format,
                 ...)
{
    char body[4096];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    assert(size > 0 && (size_t)size < sizeof body);
    return write_entry(m, signer, type, fund, body);
}

static void confirm(maker *m, int fund)
{
    char target[MZ_UUID_TEXT_SIZE];
    memcpy(target, m->last_jti, sizeof target);
    (void)emit(m, who(m, "reg-b"), "registry.confirmed", fund, "{\"target\":\"%s\"}", target);
}

static void enrol(maker *m, const person *actor, const char *role, const char *more)
{
    mz_buf body;
    mz_buf_init(&body, 4096);
    mz_buf_put_format(&body, "{\"actor\":\"%s\",\"role\":\"%s\"%s,", actor->id, role, more);
    put_key(&body, "key", actor, actor->id);
    mz_buf_put_text(&body, "}");
    (void)emit(m, who(m, "reg-a"), "actor.enrolled", -1, "%.*s", (int)body.size,
               (const char *)body.data);
    mz_buf_clear(&body);
    confirm(m, -1);
}

static void open_log(maker *m)
{
    mz_vkey vkey;
    mz_buf body;
    uint8_t proof[64];
    const person *log = who(m, "log");
    m->out->log_signer = log->signer;
    mz_status status = mz_vkey_make(m->hasher, mz_view_of(ORIGIN), MZ_VKEY_ED25519,
                                    log->signer.public_key, &vkey, NULL);
    const bool proved = mz_signer_prove(&log->signer, ORIGIN, "-", proof);
    assert(status == MZ_OK && proved);
    mz_buf_init(&body, 8192);
    mz_buf_put_text(
        &body, "{\"charity\":{\"name\":\"示例慈善总会\",\"credit_code\":\"53370300MJD0000019\"},"
               "\"log_key\":{\"vkey\":\"");
    mz_vkey_put(&body, &vkey);
    mz_buf_put_text(&body, "\",\"proof\":\"");
    mz_buf_put_base64url(&body, (mz_view){proof, 64});
    mz_buf_put_text(&body, "\"},\"registrars\":[{\"actor\":\"reg-a\",");
    put_key(&body, "key", who(m, "reg-a"), "reg-a");
    mz_buf_put_text(&body, "},{\"actor\":\"reg-b\",");
    put_key(&body, "key", who(m, "reg-b"), "reg-b");
    mz_buf_put_text(&body, "}],\"witnesses\":[],\"quorum\":0,\"rules\":1}");
    (void)emit(m, who(m, "reg-a"), "ledger.opened", -1, "%.*s", (int)body.size,
               (const char *)body.data);
    mz_buf_clear(&body);
    enrol(m, who(m, "aud-a"), "auditor", "");
    enrol(m, who(m, "rev-a"), "reviewer", "");
    enrol(m, who(m, "cash-a"), "cashier", "");
    (void)emit(m, who(m, "reg-a"), "party.registered", -1,
               "{\"party\":\"donor\",\"kind\":\"collective\",\"name\":\"众多居民\"}");
}

static void seat(maker *m, int fund)
{
    char body[2048];
    int at = snprintf(body, sizeof body, "{\"members\":[");
    for (int i = 0; i < members_of((size_t)fund); i++)
        at += snprintf(body + at, sizeof body - (size_t)at, "%s\"f%d-m%d\"", i == 0 ? "" : ",",
                       fund, i);
    (void)snprintf(body + at, sizeof body - (size_t)at,
                   "],\"chair\":\"f%d-m0\",\"alternates\":[\"f%d-a0\",\"f%d-a1\"],\"supervisors\":["
                   "\"f%d-s0\"],"
                   "\"term_ends\":\"2028-12-31\"}",
                   fund, fund, fund, fund);
    (void)emit(m, who(m, "reg-a"), "committee.seated", fund, "%s", body);
    confirm(m, fund);
}

static void open_fund(maker *m, int fund)
{
    char funds[64];
    (void)emit(
        m, who(m, "reg-a"), "fund.opened", fund,
        "{\"name\":\"第%d社区发展基金\",\"community\":\"第%d社区\",\"agreement_no\":\"A-%d\","
        "\"account\":\"bank-a\",\"profile\":{}}",
        fund, fund, fund);
    (void)snprintf(funds, sizeof funds, ",\"funds\":[\"fund-%d\"]", fund);
    enrol(m, who(m, "f%d-stew", fund), "steward", funds);
    for (int i = 0; i < members_of((size_t)fund); i++)
        enrol(m, who(m, "f%d-m%d", fund, i), "member", "");
    for (int i = 0; i < ALTERNATES; i++)
        enrol(m, who(m, "f%d-a%d", fund, i), "member", "");
    enrol(m, who(m, "f%d-s0", fund), "supervisor", "");
    seat(m, fund);
    (void)emit(m, who(m, "reg-a"), "purpose.defined", fund,
               "{\"purpose\":\"elders\",\"text\":\"专用于高龄老人的助餐、走访与照护\","
               "\"categories\":[\"visit\",\"meals\",\"care\"]}");
    (void)emit(m, who(m, "f%d-stew", fund), "party.registered", -1,
               "{\"party\":\"shop-%d\",\"kind\":\"collective\",\"name\":\"第%d社区服务队\"}", fund,
               fund);
    char registration[MZ_UUID_TEXT_SIZE];
    memcpy(registration, m->last_jti, sizeof registration);
    (void)emit(m, who(m, "rev-a"), "party.verified", -1, "{\"registration\":\"%s\"}", registration);
}

static bool take_step(maker *m, const event *e)
{
    const int fund = e->fund, n = e->number;
    const size_t proposal = (size_t)fund * PROPOSALS_PER_FUND + (size_t)n;
    const size_t income = (size_t)fund * INCOMES_PER_FUND + (size_t)n;
    char day[MZ_DAY_TEXT_SIZE], hex[65];
    mz_day_text(mz_day_of_ms(m->now_ms), day);
    const char *purpose = n % 4 == 0 ? "elders" : "general";
    switch ((step)e->step) {
    case STEP_INCOME_RECORD:
        (void)emit(
            m, who(m, "f%d-stew", fund), "income.recorded", fund,
            "{\"kind\":\"donation\",\"amount_fen\":%d,\"received_on\":\"%s\",\"purpose\":\"%s\","
            "\"party\":\"donor\",\"note\":\"" NOTE "\"}",
            GIFT_FEN, day, purpose);
        memcpy(m->income_jti[income], m->last_jti, sizeof m->last_jti);
        return true;
    case STEP_INCOME_CONFIRM:
        return emit(m, who(m, "cash-a"), "income.confirmed", fund,
                    "{\"income\":\"%s\",\"amount_fen\":%d,\"purpose\":\"%s\",\"booked_on\":\"%s\","
                    "\"bank_ref\":\"%s-%05d-%05d\",\"receipt_no\":\"R-%03d-%05d\",\"note\":\"" NOTE
                    "\"}",
                    m->income_jti[income], GIFT_FEN, purpose, day, day, fund, n, fund, n);
    case STEP_FILE:
        m->filing_at[proposal] = m->signed_count;
        return emit(m, who(m, "f%d-stew", fund), "proposal.filed", fund,
                    "{\"proposal\":\"p-%d-%d\",\"title\":\"为高龄老人送餐\",\"category\":\"meals\","
                    "\"why\":\"" NOTE "\",\"payees\":[{\"party\":\"shop-%d\",\"cap_fen\":%d}],"
                    "\"draws\":[{\"purpose\":\"general\",\"amount_fen\":%d}]}",
                    fund, n, fund, DRAW_FEN, DRAW_FEN);
    case STEP_OPINE:
        return emit(m, who(m, "f%d-s0", fund), "opinion.given", fund,
                    "{\"proposal\":\"p-%d-%d\",\"text\":\"" NOTE NOTE "\"}", fund, n);
    case STEP_VOTE:
        mz_hex_32(m->filings[proposal].bytes, hex);
        return emit(
            m, who(m, "f%d-m%d", fund, e->voter), "vote.cast", fund,
            "{\"proposal\":\"p-%d-%d\",\"filing_sha256\":\"%s\",\"epoch\":1,\"choice\":\"%s\","
            "\"reason\":\"" NOTE "\"}",
            fund, n, hex,
            e->voter == 0 && n % 5 == 0 && members_of(e->fund) > 3 ? "reject" : "approve");
    case STEP_APPLY:
        return emit(m, who(m, "f%d-m0", fund), "application.sent", fund,
                    "{\"proposal\":\"p-%d-%d\",\"note\":\"" NOTE NOTE "\"}", fund, n);
    case STEP_APPROVE:
        return emit(
            m, who(m, "rev-a"), "application.approved", fund,
            "{\"proposal\":\"p-%d-%d\",\"draws\":[{\"purpose\":\"general\",\"amount_fen\":%d}],"
            "\"note\":\"" NOTE "\"}",
            fund, n, DRAW_FEN);
    case STEP_PAY_FIRST:
    case STEP_PAY_SECOND:
        return emit(
            m, who(m, "cash-a"), "payout.made", fund,
            "{\"proposal\":\"p-%d-%d\",\"party\":\"shop-%d\",\"draws\":[{\"purpose\":\"general\","
            "\"amount_fen\":%d}],\"booked_on\":\"%s\",\"bank_ref\":\"%s-%05d-%03d-%d\","
            "\"recipient_count\":12,\"note\":\"" NOTE "\"}",
            fund, n, fund, DRAW_FEN / 2, day, day, fund, n, e->step);
    case STEP_COMPLETE:
        return emit(m, who(m, "f%d-stew", fund), "project.completed", fund,
                    "{\"proposal\":\"p-%d-%d\",\"summary\":\"" NOTE NOTE "\",\"people_served\":36}",
                    fund, n);
    }
    return true;
}

static int by_time(const void *left, const void *right)
{
    const event *a = left, *b = right;
    if (a->unix_ms != b->unix_ms)
        return a->unix_ms < b->unix_ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void plan(event *events, size_t *count, step step, size_t fund, size_t number, int voter,
                 int day, int64_t ms)
{
    events[*count] = (event){.unix_ms = mz_day_start_ms(START_DAY + day) + ms,
                             .order = (uint32_t)*count,
                             .fund = (uint16_t)fund,
                             .number = (uint16_t)number,
                             .step = (uint8_t)step,
                             .voter = (uint8_t)voter};
    (*count)++;
}

/* Gifts over the year, more of them early; proposals from the second month on. */
static event *plan_year(size_t fund_count, size_t *count)
{
    event *events =
        calloc(fund_count * (INCOMES_PER_FUND * 2 + PROPOSALS_PER_FUND * 16), sizeof *events);
    assert(events != NULL);
    for (size_t fund = 0; fund < fund_count; fund++) {
        for (size_t i = 0; i < INCOMES_PER_FUND; i++) {
            const int day = (int)(i * i * (YEAR_DAYS - 10) / (INCOMES_PER_FUND * INCOMES_PER_FUND));
            const int64_t ms = 9 * HOUR_MS + (int64_t)(fund * 7919 + i * 104729) % (8 * HOUR_MS);
            plan(events, count, STEP_INCOME_RECORD, fund, i, 0, day, ms);
            plan(events, count, STEP_INCOME_CONFIRM, fund, i, 0, day, ms + HOUR_MS / 2);
        }
        for (size_t i = 0; i < PROPOSALS_PER_FUND; i++) {
            const int day = 40 + (int)(i * (YEAR_DAYS - 80) / PROPOSALS_PER_FUND);
            const int64_t ms = 9 * HOUR_MS + (int64_t)(fund * 6101 + i * 15485) % (8 * HOUR_MS);
            const int needed =
                members_of(fund) / 2 + 1 + (i % 5 == 0 && members_of(fund) > 3 ? 1 : 0);
            plan(events, count, STEP_FILE, fund, i, 0, day, ms);
            plan(events, count, STEP_OPINE, fund, i, 0, day + 2, ms);
            for (int voter = 0; voter < needed; voter++)
                plan(events, count, STEP_VOTE, fund, i, voter, day + 9, ms + voter * 1000);
            plan(events, count, STEP_APPLY, fund, i, 0, day + 11, ms);
            plan(events, count, STEP_APPROVE, fund, i, 0, day + 13, ms);
            plan(events, count, STEP_PAY_FIRST, fund, i, 0, day + 15, ms);
            plan(events, count, STEP_PAY_SECOND, fund, i, 0, day + 22, ms);
            plan(events, count, STEP_COMPLETE, fund, i, 0, day + 30, ms);
        }
    }
    qsort(events, *count, sizeof *events, by_time);
    return events;
}

static void *must_calloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    assert(memory != NULL);
    return memory;
}

void mz_workload_make(mz_workload *workload, size_t fund_count, size_t count_max)
{
    memset(workload, 0, sizeof *workload);
    mz_buf_init(&workload->bytes, SIZE_MAX / 2);
    size_t event_count = 0;
    event *events = plan_year(fund_count, &event_count);
    const size_t capacity = event_count + fund_count * 64 + 64;
    maker m = {.out = workload,
               .count_max = count_max < capacity ? count_max : capacity,
               .fund_count = fund_count,
               .now_ms = mz_day_start_ms(START_DAY) + 8 * HOUR_MS,
               .hasher = mz_hasher_new()};
    m.people = must_calloc(fund_count * 16 + 16, sizeof *m.people);
    m.offsets = must_calloc(capacity, sizeof *m.offsets);
    m.sizes = must_calloc(capacity, sizeof *m.sizes);
    m.filings = must_calloc(fund_count * PROPOSALS_PER_FUND, sizeof *m.filings);
    m.filing_at = must_calloc(fund_count * PROPOSALS_PER_FUND, sizeof *m.filing_at);
    m.income_jti = must_calloc(fund_count * INCOMES_PER_FUND, sizeof *m.income_jti);
    workload->keys = must_calloc(capacity, sizeof *workload->keys);
    workload->batch_ms = must_calloc(capacity / MZ_WORKLOAD_BATCH + 3, sizeof *workload->batch_ms);
    open_log(&m);
    for (size_t fund = 0; fund < fund_count; fund++)
        open_fund(&m, (int)fund);
    for (size_t i = 0; i < event_count && m.signed_count < m.count_max; i++) {
        m.now_ms = events[i].unix_ms;
        (void)take_step(&m, &events[i]);
    }
    if ((m.signed_count - 1) % MZ_WORKLOAD_BATCH != 0)
        close_batch(&m, m.signed_count - (m.signed_count - 1) % MZ_WORKLOAD_BATCH, m.signed_count);
    workload->count = m.signed_count;
    workload->people = m.people;
    workload->jws = must_calloc(m.signed_count, sizeof *workload->jws);
    for (size_t i = 0; i < m.signed_count; i++)
        workload->jws[i] = (mz_view){workload->bytes.data + m.offsets[i], m.sizes[i]};
    mz_hasher_free(m.hasher);
    free(m.offsets);
    free(m.sizes);
    free(m.filings);
    free(m.filing_at);
    free(m.income_jti);
    free(events);
}

void mz_workload_free(mz_workload *workload)
{
    free(workload->jws);
    free(workload->keys);
    free(workload->batch_ms);
    free(workload->people);
    mz_buf_clear(&workload->bytes);
}

size_t mz_workload_batch(const mz_workload *workload, size_t i, size_t *first)
{
    assert(i < workload->batch_count);
    *first = i == 0 ? 0 : 1 + (i - 1) * MZ_WORKLOAD_BATCH;
    if (i == 0)
        return 1;
    const size_t left = workload->count - *first;
    return left < MZ_WORKLOAD_BATCH ? left : MZ_WORKLOAD_BATCH;
}
