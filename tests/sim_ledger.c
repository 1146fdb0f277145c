/* sim_ledger — random charities, judged twice: by the rules, and by the model that was written from
 * the rule book alone. A seed makes people, funds, committees, money and proposals, valid steps and
 * deliberately wrong ones, and jumps in time to, before and past every kind of deadline. After each
 * step the two must agree on what was accepted, on every balance, reserve, stage and trace; the
 * journal, added up, must give the balances; what was refused must have left no trace; and in the
 * end the accepted entries, replayed into an empty store, must give the same state to the last
 * byte.
 *
 *     sim_ledger [--seed N] [--steps N] [--long] [--verbose]
 *
 * Without a seed, several are run. On a disagreement the seed and the last steps are printed. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checkpoint.h"
#include "core/date.h"
#include "core/json.h"
#include "core/lots.h"
#include "core/panel.h"
#include "core/rules.h"
#include "core/totals.h"
#include "core/trace.h"
#include "core/uuid.h"
#include "core/views.h"
#include "journal_check.h"
#include "kv/memory.h"
#include "model.h"

#define ORIGIN "fund.example.org/sim"
#define CHARITY_CODE "53370300MJD0000019"
#define MINUTE_MS INT64_C(60000)
#define START_MS INT64_C(1767229200000) /* 2026-01-01 09:00 in UTC+8 */
#define BODY_MAX 8000

enum {
    PEOPLE = 110,
    KEYS = 400,
    FUNDS = 14,
    PARTIES = 60,
    SOURCES = 60,
    THINGS = 400,
    LOG_LINES = 60,
    SEATS = 9,
    ACCEPTED = 12000
};

typedef struct {
    char id[12];
    int role, key;
    bool in_effect, retired;
    unsigned funds;
} person;

/* A † entry that waits, and what the generator learns when it is confirmed. */
typedef struct {
    char jti[MZ_UUID_TEXT_SIZE], event[24];
    int fund, signer, subject, key;
    unsigned funds;
    int members[SEATS], member_count, alternates[SEATS], alternate_count, supervisors[SEATS],
        supervisor_count, chair;
    int32_t term_ends;
    bool done;
} waiting;

/* An entry of a fund that later ones cite. */
typedef struct {
    char jti[MZ_UUID_TEXT_SIZE], other[MZ_UUID_TEXT_SIZE], purpose[12];
    int fund, about, kind;
    int64_t amount;
    int64_t ms;
} thing;

typedef struct {
    thing rows[THINGS];
    int count;
} things;

typedef struct {
    char *payload;
    mz_hash kid;
    mz_stamp stamp;
} accepted;

typedef struct {
    uint64_t seed, state;
    bool verbose;
    int64_t now;
    uint64_t jti_count;
    mz_kv *kv;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_hasher *hasher;
    model *m;
    journal_check *journal;
    mz_hash digest;
    mz_signer signers[KEYS];
    int key_count;
    person people[PEOPLE];
    int people_count;
    struct {
        int member_count, members[SEATS], alternate_count, alternates[SEATS], supervisor_count,
            supervisors[SEATS], chair;
        int32_t term_ends;
        bool seated;
    } seats[FUNDS];
    waiting waits[THINGS];
    int wait_count;
    struct {
        char id[12], code[19];
        bool organisation, verified;
    } parties[PARTIES];
    int party_count;
    struct {
        char id[12];
        int fund, kind;
        int32_t signed_on;
    } sources[SOURCES];
    int source_count, fund_count, purpose_count, proposal_count, number;
    things incomes, confirmations, sessions, registrations, payouts, returns, objections, conflicts,
        filings;
    accepted log[ACCEPTED];
    int log_count;
    int focus; /* a proposal at whose deadline time has just stopped; -1: none */
    int tried, refused, refused_by_form;
    unsigned refusals[1000];
    char jti[MZ_UUID_TEXT_SIZE]; /* of the last submitted entry */
    char lines[LOG_LINES][BODY_MAX / 4];
    int line_count;
    char body[BODY_MAX];
} sim;

/* ---- chance ---- */

static uint64_t roll(sim *s)
{
    s->state ^= s->state >> 12;
    s->state ^= s->state << 25;
    s->state ^= s->state >> 27;
    return s->state * UINT64_C(2685821657736338717);
}

static int below(sim *s, int limit)
{
    return limit <= 0 ? 0 : (int)((roll(s) >> 11) % (uint64_t)limit);
}

static bool chance(sim *s, int percent)
{
    return below(s, 100) < percent;
}

static int64_t amount_below(sim *s, int64_t limit)
{
    return limit <= 1 ? 1 : 1 + (int64_t)((roll(s) >> 11) % (uint64_t)limit);
}

/* ---- telling ---- */

static void note_line(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note_line(sim *s, const char *format, ...)
{
    char *line = s->lines[s->line_count++ % LOG_LINES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof s->lines[0], format, args);
    va_end(args);
    if (s->verbose)
        printf("%s\n", line);
}

static void fail(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
static void fail(sim *s, const char *format, ...)
{
    va_list args;
    int first = s->line_count > LOG_LINES ? s->line_count - LOG_LINES : 0;
    for (int i = first; i < s->line_count && !s->verbose; i++)
        printf("%s\n", s->lines[i % LOG_LINES]);
    printf("DISAGREEMENT at seed %llu, entry %d: ", (unsigned long long)s->seed, s->log_count);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n  again: sim_ledger --seed %llu --steps %d --verbose\n", (unsigned long long)s->seed,
           s->tried);
    exit(1);
}

static void require_ok(sim *s, mz_status status, const mz_reason *why, const char *what)
{
    char text[400] = "";
    if (status == MZ_OK)
        return;
    mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fail(s, "%s: %s %s", what, mz_status_code(status), text);
}

/* ---- the state, whole ---- */

static mz_hash digest_of(sim *s, mz_changes *changes)
{
    static const mz_table TABLES[] = {MZ_TABLE_STATE, MZ_TABLE_TOTALS, MZ_TABLE_JTI};
    mz_hash digest = {{0}};
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        uint8_t key[MZ_KV_KEY_MAX + 1] = {0};
        size_t size = 0;
        mz_view found, value;
        mz_reason why = {0};
        while (mz_changes_seek(changes, TABLES[i], (mz_view){key, 0}, (mz_view){key, size}, &found,
                               &value, &why) == MZ_OK) {
            uint8_t sizes[16];
            mz_be64_put(sizes, ((uint64_t)i << 32) | found.size);
            mz_be64_put(sizes + 8, value.size);
            mz_view parts[] = {
                {digest.bytes, 32},
                {sizes,        16},
                found, value
            };
            digest = mz_hash_parts(s->hasher, parts, 4);
            memcpy(key, found.data, found.size);
            key[found.size] = 0;
            size = found.size + 1;
        }
        require_ok(s, why.status, &why, "reading the state");
    }
    return digest;
}

/* ---- comparing ---- */

static void compare_bucket(sim *s, const mz_fund *real, const model_bucket *b)
{
    mz_reason why = {0};
    mz_bucket bucket = {0};
    mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, real->ref, b->index);
    mz_status status = mz_state_load(s->changes, &key, &bucket, sizeof bucket, &why);
    if (status != MZ_NOT_FOUND)
        require_ok(s, status, &why, "bucket");
    if (bucket.balance_fen != b->balance_fen || bucket.reserved_fen != b->reserved_fen)
        fail(s, "bucket %.40s/%s: balance %lld reserved %lld, the model says %lld and %lld",
             real->id, b->id, (long long)bucket.balance_fen, (long long)bucket.reserved_fen,
             (long long)b->balance_fen, (long long)b->reserved_fen);
    if (bucket.confirmed_fen - bucket.reversed_fen + bucket.moved_in_fen - bucket.moved_out_fen -
            bucket.paid_fen + bucket.returned_fen !=
        bucket.balance_fen)
        fail(s, "bucket %.40s/%s: its equation does not hold", real->id, b->id);
}

static void compare_proposal(sim *s, size_t number)
{
    model_proposal p = model_proposal_at(s->m, number);
    mz_proposal real;
    mz_reason why = {0};
    require_ok(s, mz_proposal_load(s->changes, p.index, &real, &why), &why, "proposal");
    if ((int)real.head.stage != p.stage)
        fail(s, "proposal %s is %s, the model says %s", p.id,
             mz_stage_name((mz_stage)real.head.stage), mz_stage_name((mz_stage)p.stage));
    if (p.stage <= MZ_PAYING && real.head.stage_ms != p.stage_ms)
        fail(s, "proposal %s is %s since %lld, the model says %lld", p.id,
             mz_stage_name((mz_stage)p.stage), (long long)real.head.stage_ms,
             (long long)p.stage_ms);
    if (p.stage <= MZ_VOTING && real.head.expiry_day != p.expiry_day)
        fail(s, "proposal %s expires on %d, the model says %d", p.id, real.head.expiry_day,
             p.expiry_day);
    if (p.stage >= MZ_ADOPTED && p.stage <= MZ_PAYING &&
        (real.head.due_day != p.due_day || (real.head.late != 0) != p.late))
        fail(s, "proposal %s (%s) is due on %d late %d, the model says %d %d", p.id,
             mz_stage_name((mz_stage)p.stage), real.head.due_day, (int)real.head.late, p.due_day,
             p.late);
    for (size_t d = 0; d < p.draw_count; d++) {
        if (real.draws[d].reserved_fen != p.draw_reserved_fen[d] ||
            real.draws[d].paid_fen != p.draw_paid_fen[d])
            fail(s, "proposal %s draw %zu: reserved %lld paid %lld, the model says %lld and %lld",
                 p.id, d, (long long)real.draws[d].reserved_fen, (long long)real.draws[d].paid_fen,
                 (long long)p.draw_reserved_fen[d], (long long)p.draw_paid_fen[d]);
    }
    for (size_t i = 0; i < p.payee_count; i++) {
        if (real.payees[i].paid_fen != p.payee_paid_fen[i])
            fail(s, "proposal %s payee %zu: paid %lld, the model says %lld", p.id, i,
                 (long long)real.payees[i].paid_fen, (long long)p.payee_paid_fen[i]);
    }
}

enum { PARTS = 4000 };
typedef struct {
    model_part rows[PARTS];
    size_t count;
} parts_list;

static mz_status collect_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    parts_list *list = context;
    (void)why;
    if (part->state != MZ_PAYOUT_PART_STANDS || part->amount_fen == 0)
        return MZ_OK;
    if (list->count > 0 && list->rows[list->count - 1].income_index == part->income) {
        list->rows[list->count - 1].amount_fen += part->amount_fen;
        return MZ_OK;
    }
    assert(list->count < PARTS);
    list->rows[list->count++] = (model_part){part->income, part->amount_fen};
    return MZ_OK;
}

static void compare_traces(sim *s)
{
    static parts_list real, want;
    for (size_t i = 0; i < model_payout_count(s->m); i++) {
        mz_reason why = {0};
        real.count = 0;
        uint64_t index = model_payout_index(s->m, i);
        require_ok(s, mz_trace_payout(s->changes, index, collect_part, &real, &why), &why, "trace");
        want.count = model_trace(s->m, i, want.rows, PARTS);
        bool same = real.count == want.count;
        for (size_t k = 0; same && k < real.count; k++)
            same = real.rows[k].income_index == want.rows[k].income_index &&
                   real.rows[k].amount_fen == want.rows[k].amount_fen;
        if (same)
            continue;
        for (size_t k = 0; k < real.count || k < want.count; k++)
            printf("    rules %llu:%lld    model %llu:%lld\n",
                   k < real.count ? (unsigned long long)real.rows[k].income_index : 0,
                   k < real.count ? (long long)real.rows[k].amount_fen : 0,
                   k < want.count ? (unsigned long long)want.rows[k].income_index : 0,
                   k < want.count ? (long long)want.rows[k].amount_fen : 0);
        fail(s, "trace of payout %llu differs", (unsigned long long)index);
    }
}

/* What the rules say became of an income; sums by payout and by bucket are taken from it. */
typedef struct {
    mz_income_part rows[PARTS];
    size_t count;
} income_parts;

static mz_status collect_income_part(const mz_income_part *part, void *context, mz_reason *why)
{
    income_parts *list = context;
    (void)why;
    assert(list->count < PARTS);
    list->rows[list->count++] = *part;
    return MZ_OK;
}

static int64_t free_of(const income_parts *list, uint64_t fund, uint64_t purpose)
{
    int64_t sum = 0;
    for (size_t i = 0; i < list->count; i++) {
        const mz_income_part *part = &list->rows[i];
        if (part->state == MZ_PART_FREE && part->fund == fund && part->purpose == purpose)
            sum += part->amount_fen;
    }
    return sum;
}

static int64_t used_of(const income_parts *list, uint64_t payout)
{
    int64_t sum = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].state == MZ_PART_USED && list->rows[i].payout == payout)
            sum += list->rows[i].amount_fen;
    }
    return sum;
}

static void compare_income(sim *s, size_t number)
{
    static income_parts parts;
    mz_reason why = {0};
    uint64_t index = model_income_index(s->m, number);
    parts.count = 0;
    require_ok(s, mz_trace_income(s->changes, index, collect_income_part, &parts, &why), &why,
               "trace");
    for (size_t b = 0; b < model_bucket_count(s->m); b++) {
        model_bucket bucket = model_bucket_at(s->m, b);
        uint64_t fund = model_fund_at(s->m, bucket.fund).index;
        int64_t is = free_of(&parts, fund, bucket.index);
        int64_t want = model_income_free(s->m, number, b);
        if (is != want)
            fail(s, "income %llu has %lld free in %s, the model says %lld",
                 (unsigned long long)index, (long long)is, bucket.id, (long long)want);
    }
    for (size_t i = 0; i < model_payout_count(s->m); i++) {
        int64_t is = used_of(&parts, model_payout_index(s->m, i));
        int64_t want = model_income_used(s->m, number, i);
        if (is != want)
            fail(s, "income %llu gave %lld to payout %llu, the model says %lld",
                 (unsigned long long)index, (long long)is,
                 (unsigned long long)model_payout_index(s->m, i), (long long)want);
    }
}

static void compare_period(sim *s, size_t number)
{
    model_fund fund = model_fund_at(s->m, number);
    int32_t today = mz_day_of_ms(s->now), opened = fund.next_statement_day;
    int32_t to = opened + below(s, today - opened);
    if (to >= today)
        return;
    mz_reason why = {0};
    mz_period real;
    model_period want = model_period_of(s->m, number, opened, to);
    require_ok(s, mz_period_read(s->changes, fund.index, opened, to, &real, &why), &why, "period");
    bool same = real.opening_fen == want.opening_fen && real.closing_fen == want.closing_fen &&
                real.reserved_fen == want.reserved_fen && real.returned_fen == want.returned_fen &&
                real.corrections_fen == want.corrections_fen && real.moved_fen == want.moved_fen;
    for (int i = 0; i < MZ_INCOME_KIND_COUNT; i++)
        same = same && real.income_fen[i] == want.income_fen[i];
    for (int i = 0; i < MZ_CATEGORY_COUNT; i++)
        same = same && real.spending_fen[i] == want.spending_fen[i];
    if (!same)
        fail(s,
             "fund %s, %d to %d: opening %lld/%lld closing %lld/%lld reserved %lld/%lld returned "
             "%lld/%lld corrections %lld/%lld moved %lld/%lld (rules/model)",
             fund.id, opened, to, (long long)real.opening_fen, (long long)want.opening_fen,
             (long long)real.closing_fen, (long long)want.closing_fen, (long long)real.reserved_fen,
             (long long)want.reserved_fen, (long long)real.returned_fen,
             (long long)want.returned_fen, (long long)real.corrections_fen,
             (long long)want.corrections_fen, (long long)real.moved_fen, (long long)want.moved_fen);
}

/* Who votes on an undecided proposal, and how it stands. */
static void compare_panel(sim *s, size_t number)
{
    model_proposal p = model_proposal_at(s->m, number);
    mz_reason why = {0};
    mz_proposal proposal;
    mz_fund fund;
    mz_panel panel;
    const char *cause = NULL;
    if (p.stage > MZ_VOTING || model_fund_at(s->m, p.fund).epoch == 0)
        return;
    require_ok(s, mz_proposal_load(s->changes, p.index, &proposal, &why), &why, "proposal");
    require_ok(s, mz_fund_load(s->changes, proposal.head.fund, &fund, &why), &why, "fund");
    require_ok(s, mz_panel_read(s->changes, &proposal, fund.epoch, MZ_NEVER - 1, &panel, &why),
               &why, "panel");
    require_ok(s, mz_voting_suspended(s->changes, &fund, s->now, MZ_NEVER - 1, &cause, &why), &why,
               "panel");
    bool same = panel.count == p.panel_count && panel.approvals == p.approval_count &&
                (int)panel.needed == p.needed && panel.is_short == p.panel_short &&
                (cause != NULL) == p.suspended;
    for (size_t i = 0; i < panel.count; i++) {
        mz_actor actor;
        char id[sizeof actor.id + 1];
        require_ok(s, mz_actor_load(s->changes, panel.people[i], &actor, &why), &why, "actor");
        snprintf(id, sizeof id, "%.*s", (int)sizeof actor.id, actor.id);
        same = same && model_on_panel(s->m, number, id);
    }
    if (!same)
        fail(
            s,
            "panel of %s: %zu people, %zu approvals of %zu, short %d, suspended %d; the model says "
            "%zu, %zu of %d, %d, %d",
            p.id, panel.count, panel.approvals, panel.needed, panel.is_short, cause != NULL,
            p.panel_count, p.approval_count, p.needed, p.panel_short, p.suspended);
}

/* Everything that both can be asked about, at this moment. The rules' side is settled in the change
 * set and rolled back: looking changes nothing. */
static void compare(sim *s, bool traces)
{
    char reason[MODEL_REASON_SIZE];
    mz_mark mark = mz_changes_mark(s->changes);
    model_settle(s->m, s->now);
    if (!model_check(s->m, reason))
        fail(s, "the model is broken: %s", reason);
    for (size_t i = 0; i < model_fund_count(s->m); i++) {
        model_fund want = model_fund_at(s->m, i);
        mz_reason why = {0};
        mz_fund real;
        require_ok(s, mz_rules_settle(s->changes, want.index, s->now, &why), &why, "settling");
        require_ok(s, mz_fund_load(s->changes, want.index, &real, &why), &why, "fund");
        if ((int)real.stage != want.stage || (int)real.epoch != want.epoch ||
            real.balance_fen != want.balance_fen || real.reserved_fen != want.reserved_fen)
            fail(s,
                 "fund %s: stage %u epoch %u balance %lld reserved %lld, the model says %d %d %lld "
                 "%lld",
                 want.id, real.stage, real.epoch, (long long)real.balance_fen,
                 (long long)real.reserved_fen, want.stage, want.epoch, (long long)want.balance_fen,
                 (long long)want.reserved_fen);
        for (size_t b = 0; b < model_bucket_count(s->m); b++) {
            model_bucket bucket = model_bucket_at(s->m, b);
            if (bucket.fund == i)
                compare_bucket(s, &real, &bucket);
        }
        if (traces)
            compare_period(s, i);
    }
    for (size_t i = 0; i < model_proposal_count(s->m); i++)
        compare_proposal(s, i);
    if (traces)
        compare_traces(s);
    for (int i = 0; i < 6 && traces && model_proposal_count(s->m) > 0; i++) {
        int recent = (int)model_proposal_count(s->m) - 1 - below(s, 15);
        if (recent >= 0)
            compare_panel(s, (size_t)recent);
    }
    for (int i = 0; i < 12 && traces && model_income_count(s->m) > 0; i++)
        compare_income(s, (size_t)below(s, (int)model_income_count(s->m)));
    mz_changes_rollback(s->changes, mark);
}

/* ---- one step ---- */

static const char *time_text(int64_t ms)
{
    static char text[MZ_TIME_TEXT_SIZE];
    mz_time_text(ms, text);
    return text;
}

static void keep(sim *s, const mz_buf *payload, const mz_hash *kid, const mz_stamp *stamp)
{
    assert(s->log_count < ACCEPTED);
    accepted *a = &s->log[s->log_count++];
    a->payload = strdup((const char *)payload->data);
    assert(a->payload != NULL);
    a->kid = *kid;
    a->stamp = *stamp;
}

static mz_stamp stamp_of(sim *s, const mz_buf *payload)
{
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    mz_view parts[] = {
        {(const uint8_t *)"",    1      },
        { (const uint8_t *)prefix, mz_leaf_prefix(s->now, prefix)},
        mz_buf_view(payload)
    };
    return (mz_stamp){.index = (uint64_t)s->log_count,
                      .unix_ms = s->now,
                      .leaf_hash = mz_hash_parts(s->hasher, parts, 3)};
}

/* Both judge; they must agree; a refusal must leave no trace. */
static bool judge(sim *s, mz_entry *entry, const mz_stamp *stamp, const char *what)
{
    char said[MODEL_REASON_SIZE], text[400] = "";
    mz_reason why = {0};
    mz_mark mark = mz_changes_mark(s->changes);
    mz_status status = mz_rules_apply(s->changes, entry, stamp, &why);
    if (status != MZ_OK) {
        mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
        if (why.status != status)
            fail(s, "a refusal without its reason: %s", mz_status_code(status));
        mz_changes_rollback(s->changes, mark);
    }
    model_stamp at = {stamp->index, stamp->unix_ms, entry->jws.kid, stamp->leaf_hash};
    bool accepts = model_apply(s->m, entry, &at, said);
    note_line(s, "%4d %s %s -> %s%s%s", s->log_count, time_text(s->now), what,
              status == MZ_OK ? "accepted" : mz_status_code(status),
              accepts ? "" : " | model: ", said);
    if (accepts != (status == MZ_OK))
        fail(s, "the rules say %s (%s), the model %s (%s)", mz_status_code(status), text,
             accepts ? "accepts" : "refuses", said);
    if (status >= MZ_CLOCK)
        fail(s, "trouble: %s", text);
    if (status != MZ_OK)
        s->refusals[status]++;
    const char *wrong =
        accepts ? journal_check_entry(s->journal, s->changes, entry, stamp->index) : NULL;
    if (wrong != NULL)
        fail(s, "the journal: %s", wrong);
    return accepts;
}

static void after_step(sim *s, bool accepts)
{
    mz_reason why = {0};
    bool close = s->tried < 400 || s->tried % 8 == 0;
    if (accepts) {
        require_ok(s, mz_changes_flush(s->changes, &why), &why, "flush");
        if (close)
            s->digest = digest_of(s, s->changes);
        else
            memset(&s->digest, 0, sizeof s->digest);
    } else if (close) {
        static const mz_hash unknown;
        mz_hash now = digest_of(s, s->changes);
        if (!mz_hash_equal(&s->digest, &unknown) && !mz_hash_equal(&now, &s->digest))
            fail(s, "a refused entry left a trace");
        s->digest = now;
    }
    compare(s, s->tried % 8 == 0);
    if (s->tried % 200 == 0) { /* a new transaction now and then, as a log has */
        mz_changes_free(s->changes);
        require_ok(s, mz_kv_commit(s->txn, &why), &why, "commit");
        require_ok(s, mz_kv_begin_write(s->kv, &s->txn, &why), &why, "begin");
        s->changes = mz_changes_new(s->txn);
        assert(s->changes != NULL);
    }
}

static void next_jti(sim *s)
{
    uint8_t uuid[MZ_UUID_SIZE] = {0};
    mz_be64_put(uuid + 8, ++s->jti_count);
    mz_uuid7_stamp(s->now, uuid);
    mz_uuid_text(uuid, s->jti);
}

/* Submits s->body, in which single quotes stand for double ones. True when it was accepted; its jti
 * is in s->jti. */
static bool submit(sim *s, const char *event, int signer, const char *fund)
{
    char what[BODY_MAX];
    int64_t iat = s->now / 1000;
    if (chance(s, 1))
        iat += below(s, 2) == 0 ? 280 + below(s, 40) : -(30 * 86400 - 20 + below(s, 40));
    char last[MZ_UUID_TEXT_SIZE];
    memcpy(last, s->jti, sizeof last);
    next_jti(s);
    if (s->log_count > 0 && below(s, 300) == 0)
        memcpy(s->jti, last, sizeof last);
    mz_buf payload;
    mz_buf_init(&payload, 2 * BODY_MAX);
    mz_buf_put_format(&payload, "{'aud':'%s','jti':'%s','iat':%lld,'type':'%s',", ORIGIN, s->jti,
                      (long long)iat, event);
    if (fund != NULL && fund[0] != '\0')
        mz_buf_put_format(&payload, "'fund':'%s',", fund);
    mz_buf_put_format(&payload, "'body':%s}", s->body);
    assert(!payload.failed);
    for (size_t i = 0; i < payload.size; i++)
        payload.data[i] = payload.data[i] == '\'' ? '"' : payload.data[i];
    snprintf(what, sizeof what, "%s %s %s %s %.700s", s->people[signer].id, event,
             fund == NULL ? "" : fund, s->jti + 24, s->body);
    mz_entry entry;
    mz_reason why = {0};
    bool accepts = false;
    s->tried++;
    if (mz_entry_decode_payload(mz_buf_view(&payload), &entry, &why) != MZ_OK) {
        s->refused_by_form++;
        note_line(s, "%4d %s -> form: %s", s->log_count, what, mz_status_code(why.status));
    } else {
        entry.jws.kid = s->signers[s->people[signer].key].thumbprint;
        mz_stamp stamp = stamp_of(s, &payload);
        accepts = judge(s, &entry, &stamp, what);
        if (accepts)
            keep(s, &payload, &entry.jws.kid, &stamp);
        mz_entry_clear(&entry);
    }
    s->refused += !accepts;
    mz_buf_clear(&payload);
    after_step(s, accepts);
    return accepts;
}

static void write_body(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_body(sim *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(s->body, sizeof s->body, format, args);
    va_end(args);
    assert(size >= 0 && (size_t)size < sizeof s->body);
}

static void add_body(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_body(sim *s, const char *format, ...)
{
    va_list args;
    size_t used = strlen(s->body);
    va_start(args, format);
    int size = vsnprintf(s->body + used, sizeof s->body - used, format, args);
    va_end(args);
    assert(size >= 0 && (size_t)size < sizeof s->body - used);
}

/* ---- choosing ---- */

static int anybody(sim *s)
{
    return below(s, s->people_count);
}

/* Somebody of a role in effect; now and then anybody at all. */
static int signer_of(sim *s, mz_role role)
{
    if (chance(s, 2))
        return anybody(s);
    for (int tries = 0; tries < 200; tries++) {
        int who = anybody(s);
        const person *p = &s->people[who];
        if (p->role == (int)role && p->in_effect && (!p->retired || chance(s, 2)))
            return who;
    }
    return anybody(s);
}

static int steward_of(sim *s, int fund)
{
    for (int tries = 0; tries < 60; tries++) {
        int who = signer_of(s, MZ_STEWARD);
        if ((s->people[who].funds >> fund & 1u) || chance(s, 2))
            return who;
    }
    return signer_of(s, MZ_STEWARD);
}

static int any_fund(sim *s)
{
    /* The first funds are the busy ones. */
    int fund = below(s, s->fund_count);
    for (int i = 0; i < 12 && !chance(s, 4); i++) {
        fund = below(s, s->fund_count);
        if (chance(s, 50))
            fund = below(s, fund + 1);
        if (fund < (int)model_fund_count(s->m) && model_fund_at(s->m, (size_t)fund).stage != 3)
            break;
    }
    return fund;
}

static const char *fund_id(sim *s, int fund)
{
    return fund < (int)model_fund_count(s->m) ? model_fund_at(s->m, (size_t)fund).id : "nowhere";
}

/* The fund to write on an entry: its own, seldom another or none. */
static const char *fund_for(sim *s, int fund)
{
    if (below(s, 150) == 0)
        return NULL;
    return fund_id(s, chance(s, 1) ? any_fund(s) : fund);
}

static thing *pick(sim *s, things *list)
{
    if (list->count == 0)
        return NULL;
    int recent = list->count > 12 && chance(s, 70) ? list->count - 12 : 0;
    return &list->rows[recent + below(s, list->count - recent)];
}

/* One of a fund that has closed, when there is one. */
static thing *pick_closed(sim *s, things *list)
{
    for (int i = 0; i < 40 && list->count > 0; i++) {
        thing *t = &list->rows[below(s, list->count)];
        if (t->fund >= 0 && model_fund_at(s->m, (size_t)t->fund).stage == 3)
            return t;
    }
    return pick(s, list);
}

static thing *add_thing(sim *s, things *list, int fund)
{
    if (list->count == THINGS) { /* forget the oldest half */
        memmove(list->rows, list->rows + THINGS / 2, sizeof list->rows / 2);
        list->count = THINGS / 2;
    }
    thing *t = &list->rows[list->count++];
    memset(t, 0, sizeof *t);
    memcpy(t->jti, s->jti, sizeof t->jti);
    t->fund = fund;
    t->ms = s->now;
    return t;
}

static const char *day_text(int32_t day)
{
    static char texts[4][MZ_DAY_TEXT_SIZE];
    static int turn;
    char *text = texts[turn++ % 4];
    mz_day_text(day, text);
    return text;
}

static int32_t today(const sim *s)
{
    return mz_day_of_ms(s->now);
}

/* Of a bank line or a gift: now and then a day that has not come yet. */
static const char *booked_text(sim *s)
{
    return day_text(today(s) + (below(s, 100) == 0));
}

/* A purpose of a fund; NULL when there is none. */
static const char *any_purpose(sim *s, int fund, int64_t *free_fen)
{
    const char *found = NULL;
    int seen = 0;
    for (size_t i = 0; i < model_bucket_count(s->m); i++) {
        model_bucket b = model_bucket_at(s->m, i);
        if ((int)b.fund == fund && below(s, ++seen) == 0) {
            found = b.id;
            if (free_fen != NULL)
                *free_fen = b.balance_fen - b.reserved_fen;
        }
    }
    return found == NULL || below(s, 200) == 0 ? "nosuch" : found;
}

static int any_party(sim *s)
{
    return below(s, s->party_count);
}

/* ---- people ---- */

static int new_key(sim *s)
{
    uint8_t seed[32] = {0};
    assert(s->key_count < KEYS);
    mz_be64_put(seed, s->seed);
    mz_be64_put(seed + 8, (uint64_t)s->key_count + 1);
    mz_signer_from_seed(&s->signers[s->key_count], seed);
    return s->key_count++;
}

/* `'key':...,'proof':...` for a body that names `id`. */
static void add_key(sim *s, int key, const char *id)
{
    uint8_t proof[64];
    char text[100];
    mz_buf buf;
    bool proved = mz_signer_prove(&s->signers[key], ORIGIN, id, proof);
    assert(proved);
    (void)proved;
    if (below(s, 60) == 0)
        proof[below(s, 64)] ^= 1;
    mz_base64url_32(s->signers[key].public_key, text);
    mz_buf_init(&buf, 200);
    mz_buf_put_base64url(&buf, (mz_view){proof, 64});
    add_body(s, "'key':'%s','proof':'%s'", text, (const char *)buf.data);
    mz_buf_clear(&buf);
}

static waiting *add_wait(sim *s, const char *event, int fund, int signer, int subject)
{
    if (s->wait_count == THINGS) {
        memmove(s->waits, s->waits + THINGS / 2, sizeof s->waits / 2);
        s->wait_count = THINGS / 2;
    }
    waiting *w = &s->waits[s->wait_count++];
    memset(w, 0, sizeof *w);
    memcpy(w->jti, s->jti, sizeof w->jti);
    snprintf(w->event, sizeof w->event, "%s", event);
    w->fund = fund;
    w->signer = signer;
    w->subject = subject;
    return w;
}

/* What a confirmation means to the generator. */
static void learn(sim *s, waiting *w)
{
    w->done = true;
    person *p = w->subject >= 0 ? &s->people[w->subject] : NULL;
    if (strcmp(w->event, "actor.enrolled") == 0 && p != NULL)
        p->in_effect = true;
    else if (strcmp(w->event, "actor.rekeyed") == 0 && p != NULL)
        p->key = w->key;
    else if (strcmp(w->event, "actor.assigned") == 0 && p != NULL)
        p->funds = w->funds;
    else if (strcmp(w->event, "conflict.declared") == 0)
        memcpy(add_thing(s, &s->conflicts, -1)->jti, w->jti, sizeof w->jti);
    else if (strcmp(w->event, "committee.seated") == 0) {
        s->seats[w->fund].seated = true;
        s->seats[w->fund].chair = w->chair;
        s->seats[w->fund].term_ends = w->term_ends;
        s->seats[w->fund].member_count = w->member_count;
        s->seats[w->fund].alternate_count = w->alternate_count;
        s->seats[w->fund].supervisor_count = w->supervisor_count;
        memcpy(s->seats[w->fund].members, w->members, sizeof w->members);
        memcpy(s->seats[w->fund].alternates, w->alternates, sizeof w->alternates);
        memcpy(s->seats[w->fund].supervisors, w->supervisors, sizeof w->supervisors);
    }
}

static bool confirm(sim *s, waiting *w)
{
    int who = signer_of(s, chance(s, 30) ? MZ_AUDITOR : MZ_REGISTRAR);
    for (int i = 0; i < 20 && (who == w->signer || who == w->subject) && !chance(s, 5); i++)
        who = signer_of(s, chance(s, 30) ? MZ_AUDITOR : MZ_REGISTRAR);
    write_body(s, "{'target':'%s'}", w->jti);
    const char *fund = w->fund >= 0 ? fund_id(s, w->fund) : NULL;
    if (below(s, 100) == 0)
        fund = fund_id(s, any_fund(s));
    if (!submit(s, "registry.confirmed", who, fund))
        return false;
    learn(s, w);
    return true;
}

static void act_confirm(sim *s)
{
    if (s->wait_count == 0)
        return;
    waiting *w = &s->waits[below(s, s->wait_count)];
    for (int i = 0; i < 40 && w->done && !chance(s, 3); i++)
        w = &s->waits[below(s, s->wait_count)];
    confirm(s, w);
}

/* Most † entries are confirmed at once. */
static void often_confirm(sim *s, waiting *w, int percent)
{
    if (!chance(s, percent))
        return;
    s->now += below(s, 600) * MINUTE_MS;
    confirm(s, w);
}

static void enrol(sim *s, mz_role role, unsigned funds, bool surely)
{
    if (s->people_count == PEOPLE || s->key_count + 1 >= KEYS)
        return;
    int who = s->people_count++;
    person *p = &s->people[who];
    memset(p, 0, sizeof *p);
    snprintf(p->id, sizeof p->id, "p%d", who);
    p->role = (int)role;
    p->funds = funds;
    p->key = new_key(s);
    int key = !surely && below(s, 20) == 0 ? below(s, s->key_count) : p->key;
    const char *id = !surely && below(s, 20) == 0 ? s->people[anybody(s)].id : p->id;
    write_body(s, "{'actor':'%s','name':'人%d','role':'%s',", id, who, mz_role_name(role));
    if (role == MZ_STEWARD || (!surely && below(s, 40) == 0)) {
        add_body(s, "'funds':[");
        for (int f = 0, first = 1; f < FUNDS; f++) {
            if (funds >> f & 1u) {
                add_body(s, "%s'%s'", first ? "" : ",", fund_id(s, f));
                first = 0;
            }
        }
        add_body(s, "],");
    }
    add_key(s, key, id);
    add_body(s, "}");
    int signer = surely ? 0 : signer_of(s, MZ_REGISTRAR);
    bool plain = key == p->key && strcmp(id, p->id) == 0;
    if (submit(s, "actor.enrolled", signer, NULL))
        often_confirm(s, add_wait(s, "actor.enrolled", -1, signer, plain ? who : -1),
                      surely ? 100 : 85);
}

static unsigned some_funds(sim *s)
{
    unsigned funds = 0;
    for (int f = 0; f < s->fund_count; f++) {
        bool closed = model_fund_at(s->m, (size_t)f).stage == 3;
        funds |= chance(s, closed ? 2 : 75) ? 1u << f : 0;
    }
    return funds;
}

/* A role with too few people in effect to go on; MZ_ROLE_NONE when there is none. */
static mz_role scarce_role(const sim *s)
{
    static const int LEAST[] = {0, 3, 2, 2, 3, 12, 4, 1};
    static const mz_role FIRST[] = {MZ_REGISTRAR, MZ_STEWARD,    MZ_CASHIER, MZ_REVIEWER,
                                    MZ_MEMBER,    MZ_SUPERVISOR, MZ_AUDITOR};
    for (size_t k = 0; k < sizeof FIRST / sizeof FIRST[0]; k++) {
        int count = 0;
        for (int i = 0; i < s->people_count; i++)
            count += s->people[i].role == (int)FIRST[k] && s->people[i].in_effect &&
                     !s->people[i].retired;
        if (count < LEAST[FIRST[k]])
            return FIRST[k];
    }
    return MZ_ROLE_NONE;
}

static void act_enrol(sim *s)
{
    static const mz_role ROLES[] = {MZ_MEMBER,     MZ_MEMBER,  MZ_MEMBER,   MZ_MEMBER,
                                    MZ_SUPERVISOR, MZ_STEWARD, MZ_REVIEWER, MZ_CASHIER,
                                    MZ_REGISTRAR,  MZ_AUDITOR};
    mz_role role = scarce_role(s);
    if (role == MZ_ROLE_NONE && s->people_count > 80)
        return;
    if (role == MZ_ROLE_NONE)
        role = ROLES[below(s, 10)];
    enrol(s, role, role == MZ_STEWARD || chance(s, 3) ? some_funds(s) : 0, false);
}

static void act_rekey(sim *s)
{
    int who = anybody(s), signer = signer_of(s, MZ_REGISTRAR), fund = any_fund(s);
    if (s->key_count + 40 >= KEYS)
        return;
    if (chance(s, 45) && s->seats[fund].member_count > 0)
        who = s->seats[fund].members[below(s, s->seats[fund].member_count)];
    else if (chance(s, 60))
        who = signer_of(s, MZ_REVIEWER);
    int key = new_key(s);
    if (below(s, 20) == 0)
        key = below(s, s->key_count);
    write_body(s, "{'actor':'%s',", s->people[who].id);
    add_key(s, key, s->people[who].id);
    add_body(s, ",'reason':'r'");
    if (chance(s, 60))
        add_body(s, ",'compromised_since':%lld",
                 (long long)(s->now + MINUTE_MS - below(s, 60) * 1440 * MINUTE_MS / 2));
    add_body(s, "}");
    if (submit(s, "actor.rekeyed", signer, NULL)) {
        waiting *w = add_wait(s, "actor.rekeyed", -1, signer, who);
        w->key = key;
        often_confirm(s, w, 85);
    }
}

static void act_assign(sim *s)
{
    int who = signer_of(s, MZ_STEWARD), signer = signer_of(s, MZ_REGISTRAR);
    unsigned funds = some_funds(s);
    write_body(s, "{'actor':'%s','funds':[", s->people[who].id);
    for (int f = 0, first = 1; f < FUNDS; f++) {
        if (funds >> f & 1u) {
            add_body(s, "%s'%s'", first ? "" : ",", fund_id(s, f));
            first = 0;
        }
    }
    add_body(s, "]}");
    if (submit(s, "actor.assigned", signer, NULL)) {
        waiting *w = add_wait(s, "actor.assigned", -1, signer, who);
        w->funds = funds;
        often_confirm(s, w, 85);
    }
}

static void act_retire(sim *s)
{
    static const mz_role ROLES[] = {MZ_MEMBER,     MZ_MEMBER,    MZ_MEMBER,  MZ_SUPERVISOR,
                                    MZ_SUPERVISOR, MZ_REGISTRAR, MZ_STEWARD, MZ_REVIEWER};
    int who = signer_of(s, ROLES[below(s, 8)]);
    int fund = any_fund(s);
    if (chance(s, 50) && s->seats[fund].alternate_count > 0)
        who = s->seats[fund].alternates[below(s, s->seats[fund].alternate_count)];
    write_body(s, "{'actor':'%s','reason':'r'}", s->people[who].id);
    if (submit(s, "actor.retired", signer_of(s, MZ_REGISTRAR), NULL))
        s->people[who].retired = true;
}

static void act_ledger(sim *s)
{
    int signer = signer_of(s, MZ_REGISTRAR);
    const char *event = chance(s, 50) ? "ledger.amended" : "rules.adopted";
    if (event[0] == 'l')
        write_body(s, "{%s}", chance(s, 20) ? "" : "'witnesses':[],'quorum':0");
    else
        write_body(s, "{'rules':%d}", 1 + (below(s, 4) == 0));
    if (submit(s, event, signer, NULL))
        often_confirm(s, add_wait(s, event, -1, signer, -1), 80);
}

/* ---- funds ---- */

static void act_return(sim *s);
static void act_reverse(sim *s);

static void simple(sim *s, const char *event, int signer, const model_proposal *p,
                   const char *more);

static void add_profile(sim *s)
{
    static const char *const NAMES[] = {"consult_days", "vote_days", "apply_days", "review_days",
                                        "pay_days"};
    static const int MOST[] = {6, 20, 14, 14, 40};
    add_body(s, "'profile':{");
    for (int i = 0; i < 5; i++)
        add_body(s, "%s'%s':%d", i == 0 ? "" : ",", NAMES[i],
                 1 + below(s, i == 4 && chance(s, 50) ? 5 : MOST[i]));
    if (chance(s, 20))
        add_body(s, ",'min_seats':%d", 3 + below(s, 4));
    add_body(s, "}");
}

static void open_fund(sim *s)
{
    char id[12];
    if (s->fund_count == FUNDS)
        return;
    snprintf(id, sizeof id, "f%d", below(s, 15) == 0 ? 0 : s->fund_count);
    write_body(s, "{'name':'n','community':'c','agreement_no':'a','account':'bank%d',",
               below(s, 2));
    add_profile(s);
    add_body(s, "}");
    if (submit(s, "fund.opened", signer_of(s, MZ_REGISTRAR), id))
        s->fund_count++;
}

static void seat(sim *s, int fund);

static void act_fund(sim *s)
{
    int live = 0;
    for (size_t i = 0; i < model_fund_count(s->m); i++)
        live += model_fund_at(s->m, i).stage == 1;
    if (live >= 3 && !chance(s, 10))
        return;
    open_fund(s);
    for (int i = 0; i < 3; i++)
        act_assign(s);
    seat(s, s->fund_count - 1);
}

static void act_amend(sim *s)
{
    int fund = any_fund(s);
    const char *proposal = "nosuch";
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if ((int)p.fund == fund && p.category == MZ_CATEGORY_RESOLUTION &&
            (p.stage == MZ_COMPLETED || chance(s, 5)) && chance(s, 60))
            proposal = p.id;
    }
    if (strcmp(proposal, "nosuch") == 0 && !chance(s, 10))
        return;
    write_body(s, "{");
    add_profile(s);
    add_body(s, ",'proposal':'%s'}", proposal);
    submit(s, "fund.amended", signer_of(s, MZ_REGISTRAR), fund_for(s, fund));
}

/* A closing fund is wound up, one act at a time. */
static void wind_up(sim *s, int fund)
{
    int signer = signer_of(s, MZ_REGISTRAR), to = any_fund(s);
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if ((int)p.fund != fund || p.stage >= MZ_COMPLETED || p.stage == MZ_ADOPTED)
            continue;
        if (p.stage <= MZ_VOTING)
            simple(s, "proposal.withdrawn", steward_of(s, fund), &p, ",'reason':'r'");
        else if (p.stage == MZ_PAYING)
            simple(s, "project.completed", steward_of(s, fund), &p,
                   ",'summary':'s','people_served':1");
        else
            simple(s, "application.refused", signer_of(s, MZ_REVIEWER), &p, ",'reason':'r'");
        return;
    }
    for (int i = 0; i < s->incomes.count; i++) {
        thing *t = &s->incomes.rows[i];
        if (t->fund != fund || t->about == 2)
            continue;
        t->about = 2;
        write_body(s, "{'income':'%s','reason':'r'}", t->jti);
        if (!submit(s, "income.declined", signer_of(s, MZ_CASHIER), fund_for(s, fund)) &&
            chance(s, 10))
            t->about = 0; /* whoever signed may have been the wrong one */
        return;
    }
    for (int i = 0; i < s->incomes.count && chance(s, 60); i++)
        s->incomes.rows[i].about = chance(s, 60) ? 2 : 0;
    write_body(s, "{'residual_to':{'fund':'%s','purpose':'%s'}}", fund_id(s, to),
               any_purpose(s, to, NULL));
    if (!submit(s, "fund.closed", signer, fund_for(s, fund)))
        return;
    often_confirm(s, add_wait(s, "fund.closed", fund, signer, -1), 85);
    for (int i = 0; i < 3; i++) { /* what still comes back */
        act_return(s);
        act_reverse(s);
    }
}

static void act_close(sim *s)
{
    int fund = any_fund(s);
    int signer = signer_of(s, MZ_REGISTRAR);
    for (int f = 0; f < s->fund_count; f++) {
        if (model_fund_at(s->m, (size_t)f).stage == 2 && !chance(s, 10)) {
            wind_up(s, f);
            return;
        }
    }
    int live = 0;
    for (int f = 0; f < s->fund_count; f++)
        live += model_fund_at(s->m, (size_t)f).stage == 1;
    if (live < 3 || !chance(s, 3))
        return;
    write_body(s, "{'reason':'r'}");
    (void)submit(s, "fund.closing", signer, fund_for(s, fund));
}

static int seat_people(sim *s, const char *name, mz_role role, int count, int *people,
                       uint64_t *used)
{
    int seated = 0;
    add_body(s, "'%s':[", name);
    for (int tries = 0; seated < count && tries < 300; tries++) {
        int who = signer_of(s, role);
        if (who < 64 && (*used >> who & 1u) && below(s, 400) != 0)
            continue;
        if (who < 64)
            *used |= UINT64_C(1) << who;
        add_body(s, "%s'%s'", seated == 0 ? "" : ",", s->people[who].id);
        people[seated++] = who;
    }
    add_body(s, "],");
    return seated;
}

static void seat(sim *s, int fund)
{
    static const int SIZES[] = {3, 3, 3, 5, 5, 7, 4};
    waiting made = {0};
    uint64_t used = 0;
    int signer = signer_of(s, MZ_REGISTRAR);
    write_body(s, "{");
    made.member_count =
        seat_people(s, "members", MZ_MEMBER, SIZES[below(s, 7)], made.members, &used);
    made.alternate_count =
        seat_people(s, "alternates", MZ_MEMBER, below(s, 4), made.alternates, &used);
    made.supervisor_count =
        seat_people(s, "supervisors", MZ_SUPERVISOR, below(s, 3), made.supervisors, &used);
    if (made.member_count == 0)
        return;
    made.chair = below(s, 40) == 0 ? anybody(s) : made.members[below(s, made.member_count)];
    made.term_ends = today(s) + (chance(s, 25) ? 5 + below(s, 30) : 60 + below(s, 400));
    if (below(s, 20) == 0)
        made.term_ends = today(s) - 1 + below(s, 12);
    add_body(s, "'chair':'%s','term_ends':'%s'}", s->people[made.chair].id,
             day_text(made.term_ends));
    if (!submit(s, "committee.seated", signer, fund_for(s, fund)))
        return;
    waiting *w = add_wait(s, "committee.seated", fund, signer, -1);
    memcpy(made.jti, w->jti, sizeof made.jti);
    memcpy(made.event, w->event, sizeof made.event);
    made.fund = fund;
    made.signer = signer;
    made.subject = -1;
    *w = made;
    often_confirm(s, w, 85);
}

static void act_seat(sim *s)
{
    int fund = any_fund(s);
    if (!s->seats[fund].seated || chance(s, 6))
        seat(s, fund);
}

static void act_reseat_suspended(sim *s)
{
    for (size_t i = 0; i < model_proposal_count(s->m); i++) {
        model_proposal p = model_proposal_at(s->m, i);
        if (p.stage == MZ_VOTING && (p.suspended || p.panel_short) && chance(s, 10)) {
            seat(s, (int)p.fund);
            return;
        }
    }
}

static void act_purpose(sim *s)
{
    int fund = any_fund(s);
    if (s->purpose_count > 24 && !chance(s, 5))
        return;
    write_body(s, "{'purpose':'%s','text':'t','categories':[", below(s, 30) == 0 ? "general" : "u");
    if (s->body[13] == 'u')
        write_body(s, "{'purpose':'u%d','text':'t','categories':[",
                   below(s, 20) == 0 ? 0 : s->purpose_count++);
    for (int c = 0, first = 1; c < MZ_CATEGORY_COUNT; c++) {
        if (chance(s, 60) || (c == 9 && first)) {
            add_body(s, "%s'%s'", first ? "" : ",", MZ_CATEGORIES[c]);
            first = 0;
        }
    }
    add_body(s, "]}");
    submit(s, "purpose.defined", signer_of(s, MZ_REGISTRAR), fund_for(s, fund));
}

#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'e.png'}]"

static const char *evidence(sim *s, const char *before)
{
    static char text[300];
    snprintf(text, sizeof text, "%s%s", before, EVIDENCE);
    return below(s, 40) == 0 ? "" : text;
}

static void act_move(sim *s)
{
    thing *t = pick(s, &s->confirmations), *other = pick(s, &s->confirmations);
    if (t == NULL || other == NULL)
        return;
    const char *from = chance(s, 85) ? t->purpose : any_purpose(s, t->fund, NULL);
    write_body(s, "{'purpose':'%s','lots':[{'income':'%s','amount_fen':%lld}", from, t->other,
               (long long)amount_below(s, t->amount));
    if (other->fund == t->fund && (other != t || chance(s, 5)) && chance(s, 50))
        add_body(s, ",{'income':'%s','amount_fen':%lld}", other->other,
                 (long long)amount_below(s, other->amount));
    const char *to = any_purpose(s, t->fund, NULL);
    for (int i = 0; i < 8 && strcmp(to, from) == 0; i++)
        to = any_purpose(s, t->fund, NULL);
    add_body(s, "],'to':'%s','ground':'g'%s}", to, evidence(s, ","));
    submit(s, "purpose.changed", signer_of(s, MZ_REVIEWER), fund_for(s, t->fund));
}

/* ---- parties, conflicts, sources ---- */

static void verify(sim *s, const char *registration, int party)
{
    write_body(s, "{'registration':'%s'", registration);
    if (below(s, 14) == 0)
        add_body(s, ",'actor':'%s'", s->people[signer_of(s, MZ_MEMBER)].id);
    if (below(s, 14) == 0 && s->party_count > 0)
        add_body(s, ",'same_as':'%s'", s->parties[any_party(s)].id);
    add_body(s, "}");
    if (submit(s, "party.verified", signer_of(s, MZ_REVIEWER), NULL))
        s->parties[party].verified = true;
}

static void register_party(sim *s, const char *code, bool surely)
{
    bool again = !surely && s->party_count > 0 && chance(s, 15);
    if (!again && s->party_count == PARTIES)
        return;
    int number = again ? any_party(s) : s->party_count;
    bool organisation = again ? s->parties[number].organisation : code != NULL || chance(s, 50);
    char made[24];
    snprintf(made, sizeof made, "91370300MA%08u", (unsigned)number % 100000000u);
    snprintf(s->parties[number].id, sizeof s->parties[number].id, "y%d", number);
    if (code == NULL)
        code = again ? s->parties[number].code : made;
    if (!surely && below(s, 30) == 0 && s->party_count > 0)
        code = s->parties[any_party(s)].code;
    write_body(s, "{'party':'y%d','kind':'%s','name':'n'", number,
               organisation    ? "organisation"
               : chance(s, 80) ? "person"
                               : "collective");
    if (organisation != (below(s, 40) == 0) && code[0] != '\0')
        add_body(s, ",'credit_code':'%s'", code);
    add_body(s, "}");
    if (!submit(s, "party.registered", signer_of(s, chance(s, 50) ? MZ_STEWARD : MZ_REGISTRAR),
                NULL))
        return;
    char jti[MZ_UUID_TEXT_SIZE];
    memcpy(jti, s->jti, sizeof jti);
    add_thing(s, &s->registrations, -1)->about = number;
    s->parties[number].organisation = organisation;
    snprintf(s->parties[number].code, sizeof s->parties[number].code, "%.18s",
             organisation ? code : "");
    s->party_count += !again;
    if (surely || chance(s, 70))
        verify(s, jti, number);
}

static void act_party(sim *s)
{
    thing *t = pick(s, &s->registrations);
    if (t != NULL && chance(s, 40))
        verify(s, t->jti, t->about);
    else
        register_party(s, NULL, false);
}

static void act_conflict(sim *s)
{
    int fund = any_fund(s), who = anybody(s), signer;
    if (chance(s, 70) && s->seats[fund].member_count > 0)
        who = s->seats[fund].members[below(s, s->seats[fund].member_count)];
    if (s->party_count == 0)
        return;
    int party = any_party(s);
    for (size_t i = 0; i < model_proposal_count(s->m); i++) { /* where it matters */
        model_proposal p = model_proposal_at(s->m, i);
        if (p.stage < MZ_VOTING || p.stage > MZ_APPROVED || p.payee_count == 0 ||
            !chance(s, p.stage == MZ_VOTING ? 20 : 60))
            continue;
        party = (int)strtol(p.payee[0] + 1, NULL, 10);
        for (int k = 0; k < s->people_count; k++) { /* one who voted */
            if (model_ballot(s->m, i, s->people[k].id) != NULL && chance(s, 40))
                who = k;
        }
    }
    signer = chance(s, 60) ? who : signer_of(s, chance(s, 50) ? MZ_SUPERVISOR : MZ_REGISTRAR);
    write_body(s, "{'actor':'%s','party':'y%d','relation':'r'}", s->people[who].id, party);
    if (!submit(s, "conflict.declared", signer, NULL))
        return;
    if (signer == who)
        add_thing(s, &s->conflicts, -1);
    else
        often_confirm(s, add_wait(s, "conflict.declared", -1, signer, who), 85);
}

static void act_conflict_end(sim *s)
{
    thing *t = pick(s, &s->conflicts);
    int signer = chance(s, 50) ? signer_of(s, MZ_SUPERVISOR) : signer_of(s, MZ_REGISTRAR);
    if (t == NULL)
        return;
    write_body(s, "{'declaration':'%s','reason':'r'}", t->jti);
    if (submit(s, "conflict.ended", signer, NULL))
        often_confirm(s, add_wait(s, "conflict.ended", -1, signer, -1), 85);
}

static void register_source(sim *s, int fund, int kind)
{
    if (s->source_count == SOURCES)
        return;
    int number = s->source_count;
    int32_t signed_on = today(s) - below(s, 200);
    write_body(s, "{'source':'s%d','kind':'%s','gratuitous':%s,'signed_on':'%s'",
               below(s, 30) == 0 ? 0 : number, MZ_SOURCE_KINDS[kind],
               chance(s, 50) ? "true" : "false", day_text(signed_on));
    if (chance(s, 40))
        add_body(s, ",'ends_on':'%s'", day_text(today(s) - 20 + below(s, 300)));
    if (kind != 5 || chance(s, 30))
        add_body(s, ",'agreement':{'service_type':'a','hours':'b'%s,'liability':'d'}",
                 below(s, 25) == 0 ? "" : ",'operation':'c'");
    if (s->party_count > 0 && chance(s, 50))
        add_body(s, ",'party':'%s'", s->parties[any_party(s)].id);
    add_body(s, "%s}", evidence(s, ","));
    if (!submit(s, "source.registered", steward_of(s, fund), fund_for(s, fund)))
        return;
    snprintf(s->sources[number].id, sizeof s->sources[number].id, "s%d", number);
    s->sources[number].fund = fund;
    s->sources[number].kind = kind;
    s->sources[number].signed_on = signed_on;
    s->source_count++;
}

/* A source of a fund, of a kind unless `kind` is -1; -1 when there is none. */
static int any_source(sim *s, int fund, int kind)
{
    int found = -1, seen = 0;
    for (int i = 0; i < s->source_count; i++) {
        if (s->sources[i].fund == fund && (kind < 0 || s->sources[i].kind == kind) &&
            below(s, ++seen) == 0)
            found = i;
    }
    return found;
}

static void act_source(sim *s)
{
    int fund = any_fund(s);
    int old = any_source(s, fund, -1);
    if (old >= 0 && chance(s, 12)) {
        write_body(s, "{'source':'s%d','reason':'r'}", old);
        submit(s, "source.ended", steward_of(s, fund), fund_for(s, fund));
        return;
    }
    if (s->source_count < 12 || chance(s, 20))
        register_source(s, fund, below(s, 6));
}

static void act_session(sim *s)
{
    int fund = any_fund(s);
    int market = any_source(s, fund, chance(s, 95) ? MZ_SOURCE_MARKET : -1);
    if (market < 0)
        return;
    write_body(
        s, "{'source':'s%d','number':%d,'date':'%s','place':'p','stalls':1,'firms':2,'visits':3}",
        market, below(s, 20) == 0 ? s->number - below(s, 60) : ++s->number,
        day_text(today(s) + (below(s, 20) == 0) - below(s, 30)));
    if (submit(s, "session.held", steward_of(s, fund), fund_for(s, fund)))
        add_thing(s, &s->sessions, fund)->about = market;
}

/* ---- income ---- */

static void confirm_income(sim *s, const thing *t)
{
    char purpose[12];
    memcpy(purpose, t->purpose, sizeof purpose);
    int64_t amount = t->amount + (below(s, 60) == 0);
    int64_t total = 0;
    int ref = ++s->number;
    if (chance(s, 25)) { /* one bank line, many gifts */
        ref = below(s, 6);
        total = 3000;
    }
    write_body(
        s, "{'income':'%s','amount_fen':%lld,'purpose':'%s','booked_on':'%s','bank_ref':'B%d'",
        t->jti, (long long)amount, below(s, 60) == 0 ? "general" : purpose, booked_text(s), ref);
    if (total != 0)
        add_body(s, ",'bank_total_fen':%lld", (long long)total + (below(s, 20) == 0));
    bool waive = t->kind < 0 ? chance(s, 60) : chance(s, 20);
    if (!waive || below(s, 60) == 0)
        add_body(s, ",'receipt_no':'R%d'", below(s, 40) == 0 ? s->number / 2 : s->number);
    if (waive || below(s, 60) == 0)
        add_body(s, ",'receipt_waived':'w'");
    add_body(s, "}");
    thing recorded = *t;
    if (!submit(s, "income.confirmed", signer_of(s, MZ_CASHIER), fund_for(s, t->fund)))
        return;
    thing *c = add_thing(s, &s->confirmations, recorded.fund);
    memcpy(c->other, recorded.jti, sizeof c->other);
    memcpy(c->purpose, recorded.purpose, sizeof c->purpose);
    c->amount = recorded.amount;
}

static void add_income_source(sim *s, int fund, int kind)
{
    int from = any_source(s, fund, kind - 1 + (below(s, 40) == 0));
    thing *held = pick(s, &s->sessions);
    if (from < 0 && !chance(s, 3))
        return;
    if (kind == MZ_INCOME_MARKET || chance(s, 3)) {
        for (int i = 0; i < 20 && held != NULL && (held->fund != fund || chance(s, 2)); i++)
            held = pick(s, &s->sessions);
        if (held != NULL && below(s, 12) != 0)
            from = held->about;
        if (held != NULL && below(s, 40) != 0)
            add_body(s, ",'session':'%s'", held->jti);
    } else if (below(s, 30) != 0 && from >= 0) {
        add_body(s, ",'earned_to':'%s'", day_text(s->sources[from].signed_on + below(s, 200) - 4));
    }
    if (from >= 0)
        add_body(s, ",'source':'s%d'", from);
}

static void act_income(sim *s)
{
    int fund = any_fund(s);
    int kind = chance(s, 60) ? MZ_INCOME_DONATION : below(s, 8);
    if (below(s, 80) == 0)
        kind = 8 + below(s, 2);
    thing recorded = {0};
    recorded.amount = amount_below(s, 1500);
    if (s->seed % 5 == 0 && chance(s, 4)) /* near the greatest sum */
        recorded.amount = INT64_C(1000000000000000) - (chance(s, 50) ? below(s, 4000) : 0);
    recorded.kind = kind >= 1 && kind <= 5 ? -1 : 0;
    snprintf(recorded.purpose, sizeof recorded.purpose, "%s", any_purpose(s, fund, NULL));
    write_body(s, "{'kind':'%s','amount_fen':%lld,'received_on':'%s','purpose':'%s'",
               MZ_INCOME_KINDS[kind], (long long)recorded.amount, booked_text(s), recorded.purpose);
    if (kind >= 1 && kind <= 5)
        add_income_source(s, fund, kind);
    if (s->party_count > 0 && chance(s, 20))
        add_body(s, ",'party':'%s'", s->parties[any_party(s)].id);
    thing *old = pick(s, &s->incomes);
    if (old != NULL && chance(s, 6))
        add_body(s, ",'replaces':'%s'", old->jti);
    if (chance(s, 5) && model_proposal_count(s->m) > 0)
        add_body(s, ",'seeded_by':'%s'",
                 model_proposal_at(s->m, (size_t)below(s, (int)model_proposal_count(s->m))).id);
    add_body(s, "}");
    if (!submit(s, "income.recorded", steward_of(s, fund), fund_for(s, fund)))
        return;
    thing *t = add_thing(s, &s->incomes, fund);
    t->amount = recorded.amount;
    t->kind = recorded.kind;
    memcpy(t->purpose, recorded.purpose, sizeof t->purpose);
    s->now += below(s, 200) * MINUTE_MS;
    if (chance(s, 80))
        confirm_income(s, t);
}

static void act_old_income(sim *s)
{
    thing *t = pick(s, &s->incomes);
    if (t == NULL)
        return;
    if (chance(s, 70)) {
        confirm_income(s, t);
        return;
    }
    write_body(s, "{'income':'%s','reason':'r'}", t->jti);
    submit(s, "income.declined", signer_of(s, MZ_CASHIER), fund_for(s, t->fund));
}

/* ---- reversals ---- */

static void act_reverse(sim *s)
{
    struct {
        things *list;
        mz_role role;
        int weight;
    } kinds[] = {
        {&s->incomes,       MZ_STEWARD,  15},
        {&s->confirmations, MZ_CASHIER,  30},
        {&s->payouts,       MZ_REVIEWER, 20},
        {&s->returns,       MZ_CASHIER,  25},
        {&s->sessions,      MZ_STEWARD,  6 },
        {&s->filings,       MZ_STEWARD,  1 },
        {&s->objections,    MZ_REVIEWER, 1 },
        {&s->registrations, MZ_STEWARD,  1 }
    };
    int choice = below(s, 99), k = 0;
    while (choice >= kinds[k].weight)
        choice -= kinds[k++].weight;
    thing *t = chance(s, kinds[k].list == &s->payouts ? 60 : 12) ? pick_closed(s, kinds[k].list)
                                                                 : pick(s, kinds[k].list);
    if (t == NULL)
        return;
    int signer = kinds[k].role == MZ_STEWARD && t->fund >= 0 ? steward_of(s, t->fund)
                                                             : signer_of(s, kinds[k].role);
    write_body(s, "{'target':'%s','reason':'r'%s}", t->jti,
               kinds[k].role == MZ_REVIEWER || chance(s, 20) ? evidence(s, ",") : "");
    submit(s, "entry.reversed", signer, t->fund < 0 ? NULL : fund_for(s, t->fund));
}

/* ---- proposals ---- */

static void add_draws(sim *s, int fund, int category)
{
    const char *general = NULL;
    int count = 0;
    add_body(s, "'draws':[");
    for (size_t i = 0; i < model_bucket_count(s->m) && count < 4; i++) {
        model_bucket b = model_bucket_at(s->m, i);
        int64_t left = b.balance_fen - b.reserved_fen;
        if ((int)b.fund != fund || (left < 20 && !chance(s, 8)))
            continue;
        if (b.index == 0 && below(s, 20) != 0) {
            general = b.id;
            continue;
        }
        if (!(b.categories >> category & 1u) && below(s, 20) != 0)
            continue;
        if (!chance(s, 60))
            continue;
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",", b.id,
                 (long long)amount_below(s, left / 2 + 30));
    }
    if (general != NULL && (count == 0 || chance(s, 50)))
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count == 0 ? "" : ",", general,
                 (long long)amount_below(s, 600));
    add_body(s, "],");
}

static void add_payees(sim *s, int category)
{
    int count = category == MZ_CATEGORY_FEES ? 1 : 1 + below(s, 3);
    add_body(s, "'payees':[");
    for (int i = 0; i < count; i++) {
        int party = category == MZ_CATEGORY_FEES && below(s, 20) != 0 ? 0 : any_party(s);
        for (int t = 0; t < 10 && !s->parties[party].verified && !chance(s, 8); t++)
            party = any_party(s);
        add_body(s, "%s{'party':'y%d','cap_fen':%lld}", i == 0 ? "" : ",", party,
                 (long long)(200 + amount_below(s, 1500)));
    }
    add_body(s, "],");
}

static void act_file(sim *s)
{
    static const int CATEGORIES[] = {0, 0, 1, 1, 2, 3, 4, 9, 5, 6, 6, 7, 8, 8};
    int fund = any_fund(s), category = CATEGORIES[below(s, 14)];
    bool money = category != MZ_CATEGORY_RESOLUTION && category != MZ_CATEGORY_GOODS;
    bool odd = below(s, 30) == 0;
    if (s->party_count == 0 || s->proposal_count > 900)
        return;
    write_body(s, "{'proposal':'b%d','title':'t','category':'%s','why':'w',",
               below(s, 60) == 0 ? 0 : s->proposal_count, MZ_CATEGORIES[category]);
    if (money != odd)
        add_draws(s, fund, category);
    else
        add_body(s, "'draws':[],");
    if ((money && category != MZ_CATEGORY_WISHES) != (below(s, 30) == 0))
        add_payees(s, category);
    else
        add_body(s, "'payees':[],");
    if ((category == MZ_CATEGORY_GOODS) != (below(s, 40) == 0))
        add_body(s, "'goods':[{'item':'g','quantity':2},{'item':'%s','quantity':1}],",
                 below(s, 10) == 0 ? "g" : "h");
    if (category == MZ_CATEGORY_WISHES ? below(s, 20) != 0 : chance(s, 25))
        add_body(s, "'planned_end':'%s',",
                 day_text(today(s) + (category == MZ_CATEGORY_WISHES && chance(s, 20)
                                          ? 363 + below(s, 5)
                                          : below(s, 40) - (below(s, 10) == 0))));
    if (category == MZ_CATEGORY_WISHES || below(s, 60) == 0)
        add_body(s, "'item_cap_fen':100,");
    if (chance(s, 12) && model_proposal_count(s->m) > 0)
        add_body(s, "'replaces':'%s',",
                 model_proposal_at(s->m, (size_t)below(s, (int)model_proposal_count(s->m))).id);
    add_body(s, "'note':'n'}");
    if (submit(s, "proposal.filed", steward_of(s, fund), fund_for(s, fund))) {
        add_thing(s, &s->filings, fund);
        s->proposal_count++;
    }
}

static int seated_person(sim *s, int fund)
{
    if (s->seats[fund].member_count == 0)
        return signer_of(s, MZ_MEMBER);
    if (s->seats[fund].alternate_count > 0 && chance(s, 25))
        return s->seats[fund].alternates[below(s, s->seats[fund].alternate_count)];
    return s->seats[fund].members[below(s, s->seats[fund].member_count)];
}

static void vote(sim *s, size_t number, const model_proposal *p)
{
    int who = seated_person(s, (int)p->fund);
    for (int i = 0; i < 10 && !chance(s, 5); i++) { /* somebody who has not voted yet, mostly */
        if (model_on_panel(s->m, number, s->people[who].id) &&
            (model_ballot(s->m, number, s->people[who].id) == NULL || chance(s, 15)))
            break;
        who = seated_person(s, (int)p->fund);
    }
    const char *ballot = model_ballot(s->m, number, s->people[who].id);
    char leaf[65];
    snprintf(leaf, sizeof leaf, "%s", p->filing_sha256);
    if (below(s, 60) == 0)
        leaf[0] = leaf[0] == '0' ? '1' : '0';
    int epoch = model_fund_at(s->m, p->fund).epoch;
    write_body(s, "{'proposal':'%s','filing_sha256':'%s','epoch':%d,'choice':'%s'", p->id, leaf,
               epoch + (below(s, 60) == 0 || epoch == 0), chance(s, 72) ? "approve" : "reject");
    if ((ballot != NULL) != (below(s, 60) == 0))
        add_body(s, ",'supersedes':'%s'", ballot != NULL ? ballot : s->log_count > 0 ? s->jti : "");
    add_body(s, "}");
    submit(s, "vote.cast", who, fund_for(s, (int)p->fund));
}

static void simple(sim *s, const char *event, int signer, const model_proposal *p, const char *more)
{
    write_body(s, "{'proposal':'%s'%s}", p->id, more);
    submit(s, event, signer, fund_for(s, (int)p->fund));
}

static void act_objection(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund;
    int signer = chance(s, 40) ? steward_of(s, fund)
                               : signer_of(s, chance(s, 60) ? MZ_MEMBER : MZ_SUPERVISOR);
    write_body(s, "{'proposal':'%s','channel':'meeting','text':'t'}", p->id);
    if (submit(s, "objection.filed", signer, fund_for(s, fund)))
        add_thing(s, &s->objections, fund);
}

static void act_answer(sim *s)
{
    thing *t = pick(s, &s->objections);
    for (int i = 0; i < 30 && t != NULL && t->about == 1 && !chance(s, 2); i++)
        t = &s->objections.rows[below(s, s->objections.count)];
    if (t == NULL || (t->about == 1 && !chance(s, 5)))
        return;
    int who = chance(s, 95) && s->seats[t->fund].seated ? s->seats[t->fund].members[0]
                                                        : seated_person(s, t->fund);
    write_body(s, "{'objection':'%s','text':'t'}", t->jti);
    if (submit(s, "objection.answered", who, fund_for(s, t->fund)))
        t->about = 1;
}

static void act_opinion(sim *s, const model_proposal *p)
{
    int fund = (int)p->fund, who = signer_of(s, MZ_SUPERVISOR);
    if (s->seats[fund].supervisor_count > 0 && !chance(s, 10))
        who = s->seats[fund].supervisors[below(s, s->seats[fund].supervisor_count)];
    simple(s, "opinion.given", who, p, ",'text':'t'");
}

static void act_approve(sim *s, const model_proposal *p)
{
    int count = 0;
    write_body(s, "{'proposal':'%s','draws':[", p->id);
    for (size_t d = 0; d < p->draw_count; d++) {
        int64_t most = p->draw_reserved_fen[d];
        if (most == 0 || below(s, 8) == 0)
            continue;
        int64_t amount = chance(s, 60) ? most : amount_below(s, most);
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",",
                 p->draw_purpose[d], (long long)(amount + (below(s, 60) == 0)));
    }
    add_body(s, "]}");
    submit(s, "application.approved", signer_of(s, MZ_REVIEWER), fund_for(s, (int)p->fund));
}

static void act_pay(sim *s, const model_proposal *p)
{
    int64_t left = 0;
    int count = 0;
    size_t payee = p->payee_count == 0 ? 0 : (size_t)below(s, (int)p->payee_count);
    if (p->payee_count > 0)
        left = p->payee_cap_fen[payee] - p->payee_paid_fen[payee];
    write_body(s, "{'proposal':'%s','party':'%s','draws':[", p->id,
               p->payee_count == 0 || below(s, 40) == 0 ? s->parties[any_party(s)].id
                                                        : p->payee[payee]);
    for (size_t d = 0; d < p->draw_count; d++) {
        int64_t most = p->draw_reserved_fen[d] < left ? p->draw_reserved_fen[d] : left;
        if ((most <= 0 || chance(s, 20)) && below(s, 10) != 0)
            continue;
        int64_t amount = chance(s, 30) ? most : amount_below(s, most / 3);
        amount = amount < 1 ? 1 : amount + (below(s, 40) == 0);
        add_body(s, "%s{'purpose':'%s','amount_fen':%lld}", count++ == 0 ? "" : ",",
                 p->draw_purpose[d], (long long)amount);
        left -= amount;
    }
    bool shared = chance(s, 15);
    add_body(s, "],'booked_on':'%s','bank_ref':'%s%d'", booked_text(s), shared ? "O" : "P",
             shared ? below(s, 8) : ++s->number);
    if (shared)
        add_body(s, ",'bank_total_fen':2000");
    add_body(s, "}");
    if (count == 0)
        return;
    if (submit(s, "payout.made", signer_of(s, MZ_CASHIER), fund_for(s, (int)p->fund)))
        add_thing(s, &s->payouts, (int)p->fund)->about = (int)strtol(p->id + 1, NULL, 10);
}

static void act_return(sim *s)
{
    thing *t = chance(s, 50) ? pick_closed(s, &s->payouts) : pick(s, &s->payouts);
    if (t == NULL)
        return;
    bool shared = chance(s, 15);
    write_body(s, "{'payout':'%s','amount_fen':%lld,'booked_on':'%s','bank_ref':'%s%d'", t->jti,
               (long long)amount_below(s, chance(s, 50) ? 60 : 400), booked_text(s),
               shared ? "B" : "Q", shared ? below(s, 6) : ++s->number);
    if (shared)
        add_body(s, ",'bank_total_fen':3000");
    add_body(s, "}");
    int fund = t->fund;
    if (submit(s, "payout.returned", signer_of(s, MZ_CASHIER), fund_for(s, fund)))
        add_thing(s, &s->returns, fund);
}

/* A payout that never left the bank. */
static void act_unpay(sim *s, const model_proposal *p)
{
    int about = (int)strtol(p->id + 1, NULL, 10);
    for (int i = s->payouts.count - 1; i >= 0; i--) {
        if (s->payouts.rows[i].about != about || (!p->late && chance(s, 20)))
            continue;
        write_body(s, "{'target':'%s','reason':'r'%s}", s->payouts.rows[i].jti, evidence(s, ","));
        submit(s, "entry.reversed", signer_of(s, MZ_REVIEWER), fund_for(s, (int)p->fund));
        if (!p->late) /* when it is late, all of them: nothing then stands */
            return;
    }
}

/* The natural next act of a proposal at its stage; now and then one of another stage. */
static void advance(sim *s, size_t number)
{
    model_proposal p = model_proposal_at(s->m, number);
    int stage = chance(s, 3) ? 1 + below(s, 12) : p.stage, fund = (int)p.fund, dice = below(s, 100);
    bool chair = s->seats[fund].seated && chance(s, s->focus == (int)number ? 30 : 60);
    if (stage == MZ_CONSULTING && dice < 3)
        act_objection(s, &p);
    else if (stage == MZ_CONSULTING && dice < 40 && p.open_objection)
        act_answer(s);
    else if (stage == MZ_CONSULTING && dice < 10)
        act_opinion(s, &p);
    else if (stage <= MZ_VOTING && dice > 98)
        simple(s, "proposal.withdrawn", steward_of(s, fund), &p, ",'reason':'r'");
    else if (stage <= MZ_VOTING && dice > 96)
        simple(s, "member.recused", seated_person(s, fund), &p, ",'reason':'r'");
    else if (stage == MZ_VOTING && (p.suspended || p.panel_short) && dice < 60)
        seat(s, fund);
    else if (stage == MZ_VOTING && dice < 5)
        act_objection(s, &p);
    else if (stage == MZ_VOTING)
        vote(s, number, &p);
    else if (stage == MZ_ADOPTED)
        simple(s, "application.sent", chair ? s->seats[fund].chair : seated_person(s, fund), &p,
               "");
    else if (stage == MZ_APPLIED && dice < 12)
        simple(s, "application.returned", signer_of(s, MZ_REVIEWER), &p, ",'reason':'r'");
    else if (stage >= MZ_APPLIED && stage <= MZ_PAYING && (dice == 12 || dice == 13))
        simple(s, "application.refused", signer_of(s, MZ_REVIEWER), &p, ",'reason':'r'");
    else if (stage == MZ_APPLIED)
        act_approve(s, &p);
    else if (stage == MZ_PAYING && dice > (p.late ? 8 : 90))
        act_unpay(s, &p);
    else if (stage == MZ_PAYING && dice < (p.late ? 4 : 12))
        simple(s, "project.completed", steward_of(s, fund), &p, ",'summary':'s','people_served':1");
    else if (stage == MZ_PAYING && dice < 35)
        act_return(s);
    else if (stage == MZ_APPROVED || stage == MZ_PAYING)
        act_pay(s, &p);
}

static void act_advance(sim *s)
{
    int count = (int)model_proposal_count(s->m);
    if (count == 0)
        return;
    int number = chance(s, 90) ? s->focus : -1;
    int best = number < 0 ? 0 : MZ_LAPSED;
    for (int tries = 0; tries < 40; tries++) { /* the further on, the likelier */
        int other = chance(s, 60) && count > 20 ? count - 20 + below(s, 20) : below(s, count);
        int stage = model_proposal_at(s->m, (size_t)other).stage;
        if (stage >= MZ_COMPLETED && below(s, 400) != 0)
            continue;
        if (number < 0 || (stage > best && chance(s, 40))) {
            number = other;
            best = stage;
        }
    }
    if (number >= 0)
        advance(s, (size_t)number);
    s->focus = -1;
}

/* ---- statements ---- */

/* The body as the program draws it up for people. */
static void drawn_up(sim *s, const char *fund, int32_t to)
{
    mz_reason why = {0};
    json_t *view = NULL;
    mz_buf text;
    mz_mark mark = mz_changes_mark(s->changes);
    require_ok(s, mz_statement_view(s->changes, mz_view_of(fund), to, s->now, &view, &why), &why,
               "statement");
    mz_changes_rollback(s->changes, mark);
    mz_buf_init(&text, BODY_MAX - 1);
    require_ok(s, mz_json_print(view, &text), &why, "statement");
    write_body(s, "%s", (const char *)text.data);
    mz_buf_clear(&text);
    json_decref(view);
}

static void act_statement(sim *s)
{
    int fund = any_fund(s);
    model_fund f = model_fund_at(s->m, (size_t)fund);
    int32_t from = f.next_statement_day + (below(s, 30) == 0);
    int32_t to = today(s) - 1 + (below(s, 30) == 0) - (chance(s, 40) ? below(s, 10) : 0);
    if (to < from && !chance(s, 3))
        return;
    if (to < today(s) && to >= f.next_statement_day && chance(s, 25)) {
        drawn_up(s, f.id, to);
        submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
        return;
    }
    model_period p = model_period_of(s->m, (size_t)fund, from, to);
    int wrong = chance(s, 30) ? below(s, 8) : -1;
    write_body(s, "{'from':'%s','to':'%s','opening_fen':%lld,'income':[", day_text(from),
               day_text(to), (long long)p.opening_fen + (wrong == 0));
    for (int i = 0, first = 1; i < 8; i++) {
        if (p.income_fen[i] != 0) {
            add_body(s, "%s{'kind':'%s','amount_fen':%lld}", first ? "" : ",", MZ_INCOME_KINDS[i],
                     (long long)p.income_fen[i] + (first && wrong == 1));
            first = 0;
        }
    }
    add_body(s, "],'spending':[");
    for (int i = 0, first = 1; i < 10; i++) {
        if (p.spending_fen[i] != 0 && (wrong != 7 || !first)) {
            add_body(s, "%s{'category':'%s','amount_fen':%lld}", first ? "" : ",", MZ_CATEGORIES[i],
                     (long long)p.spending_fen[i]);
            first = 0;
        }
    }
    add_body(s,
             "],'returned_fen':%lld,'corrections_fen':%lld,'moved_fen':%lld,'closing_fen':%lld,"
             "'reserved_fen':%lld}",
             (long long)p.returned_fen + (wrong == 2), (long long)p.corrections_fen + (wrong == 3),
             (long long)p.moved_fen + (wrong == 4), (long long)p.closing_fen + (wrong == 5),
             (long long)p.reserved_fen + (wrong == 6));
    submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
}

/* ---- time ---- */

/* Just before, at, or just after the last moment of something. */
static void jump_to_deadline(sim *s)
{
    int count = (int)model_proposal_count(s->m);
    int fund = any_fund(s);
    int64_t term_ms = mz_day_end_ms(s->seats[fund].term_ends) - 1 + below(s, 3);
    if (term_ms > s->now && term_ms < s->now + 30 * (int64_t)MZ_DAY_MS && chance(s, 50)) {
        s->now = term_ms;
        for (int i = 0; i < count; i++) {
            model_proposal p = model_proposal_at(s->m, (size_t)i);
            if ((int)p.fund == fund && p.stage == MZ_VOTING)
                s->focus = i;
        }
        return;
    }
    for (int tries = 0; tries < 10 && count > 0; tries++) {
        int number = below(s, count);
        model_proposal p = model_proposal_at(s->m, (size_t)number);
        if (p.stage >= MZ_COMPLETED)
            continue;
        int32_t day = p.stage == MZ_CONSULTING ? today(s) + below(s, 3)
                      : p.stage == MZ_VOTING   ? p.expiry_day
                                               : p.due_day;
        if (p.stage == MZ_ADOPTED && chance(s, 80)) /* when others than the chair may apply */
            day = mz_day_of_ms(p.stage_ms) + 7;
        int64_t ms = mz_day_end_ms(day) - 1 + below(s, 3);
        if (ms > s->now && ms < s->now + 40 * (int64_t)MZ_DAY_MS) {
            s->now = ms;
            s->focus = number;
            return;
        }
    }
}

static void pass_time(sim *s)
{
    int dice = below(s, 1000);
    if (dice < 500)
        s->now += below(s, 90) * MINUTE_MS;
    else if (dice < 530)
        s->now += below(s, 2 * 1440) * MINUTE_MS;
    else if (dice < 555)
        jump_to_deadline(s);
    else if (dice < 556)
        s->now += below(s, 60 * 1440) * MINUTE_MS;
    else if (dice < 575) /* the end of today */
        s->now = mz_day_end_ms(today(s)) - 1 + below(s, 2);
}

/* ---- a life ---- */

/* Weights by mood: an ordinary year; much money moving; people coming, going and in conflict. */
static const struct {
    void (*act)(sim *s);
    int weights[3];
} ACTS[] = {
    {act_advance,          {420, 500, 420}},
    {act_file,             {45, 45, 45}   },
    {act_income,           {90, 140, 50}  },
    {act_old_income,       {30, 30, 15}   },
    {act_reverse,          {50, 150, 20}  },
    {act_return,           {10, 40, 5}    },
    {act_answer,           {8, 4, 8}      },
    {act_confirm,          {20, 10, 20}   },
    {act_enrol,            {10, 8, 20}    },
    {act_rekey,            {5, 2, 20}     },
    {act_assign,           {6, 3, 6}      },
    {act_retire,           {3, 1, 8}      },
    {act_ledger,           {3, 1, 3}      },
    {act_fund,             {10, 10, 10}   },
    {act_amend,            {8, 4, 4}      },
    {act_close,            {60, 60, 10}   },
    {act_seat,             {12, 8, 60}    },
    {act_purpose,          {8, 12, 8}     },
    {act_move,             {20, 40, 5}    },
    {act_party,            {14, 8, 20}    },
    {act_conflict,         {10, 4, 50}    },
    {act_source,           {12, 8, 6}     },
    {act_session,          {10, 8, 4}     },
    {act_statement,        {25, 25, 10}   },
    {act_conflict_end,     {6, 3, 15}     },
    {act_reseat_suspended, {10, 10, 10}   }
};
enum { ACT_COUNT = sizeof ACTS / sizeof ACTS[0] };

static void act(sim *s)
{
    int total = 0, i = 0, mood = (int)(s->seed % 3);
    for (int k = 0; k < ACT_COUNT; k++)
        total += ACTS[k].weights[mood];
    int choice = below(s, total);
    while (choice >= ACTS[i].weights[mood])
        choice -= ACTS[i++].weights[mood];
    ACTS[i].act(s);
}

static void open_log(sim *s)
{
    int log_key = new_key(s);
    mz_vkey vkey;
    mz_reason why = {0};
    mz_buf text;
    uint8_t proof[64];
    require_ok(s,
               mz_vkey_make(s->hasher, mz_view_of(ORIGIN), MZ_VKEY_ED25519,
                            s->signers[log_key].public_key, &vkey, &why),
               &why, "vkey");
    bool proved = mz_signer_prove(&s->signers[log_key], ORIGIN, "-", proof);
    assert(proved);
    (void)proved;
    mz_buf_init(&text, 1000);
    mz_vkey_put(&text, &vkey);
    write_body(s, "{'charity':{'name':'慈善总会','credit_code':'%s'},'log_key':{'vkey':'%s',",
               CHARITY_CODE, (const char *)text.data);
    mz_buf_reset(&text);
    mz_buf_put_base64url(&text, (mz_view){proof, 64});
    add_body(s, "'proof':'%s'},'witnesses':[],'quorum':0,'rules':1,'registrars':[",
             (const char *)text.data);
    mz_buf_clear(&text);
    for (int i = 0; i < 2; i++) {
        person *p = &s->people[s->people_count++];
        *p = (person){.role = MZ_REGISTRAR, .in_effect = true, .key = new_key(s)};
        snprintf(p->id, sizeof p->id, "p%d", i);
        add_body(s, "%s{'actor':'%s','name':'登记员',", i == 0 ? "" : ",", p->id);
        add_key(s, p->key, p->id);
        add_body(s, "}");
    }
    add_body(s, "]}");
}

static void set_up(sim *s)
{
    static const mz_role ROLES[] = {MZ_AUDITOR,    MZ_REGISTRAR,  MZ_REVIEWER,
                                    MZ_REVIEWER,   MZ_CASHIER,    MZ_CASHIER,
                                    MZ_SUPERVISOR, MZ_SUPERVISOR, MZ_SUPERVISOR};
    do {
        s->people_count = 0;
        open_log(s);
    } while (!submit(s, "ledger.opened", below(s, 2), NULL));
    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0]; i++)
        enrol(s, ROLES[i], 0, true);
    for (int i = 0; i < 14; i++)
        enrol(s, MZ_MEMBER, 0, true);
    for (int i = 0; i < 20 && s->fund_count < 3; i++)
        open_fund(s);
    for (int i = 0; i < 3; i++)
        enrol(s, MZ_STEWARD, (1u << s->fund_count) - 1, true);
    for (int i = 0; i < 8; i++)
        register_party(s, i == 0 ? CHARITY_CODE : NULL, true);
    for (int i = 0; i < 10; i++)
        register_source(s, any_fund(s), i % 6);
    for (int i = 0; i < 6; i++)
        act_purpose(s);
    for (int i = 0; i < 2; i++)
        seat(s, i);
}

/* The accepted entries again, into an empty store: the same state to the last byte. */
static void replay(sim *s)
{
    mz_reason why = {0};
    mz_kv *kv = mz_memory_new();
    mz_kv_txn *txn;
    assert(kv != NULL);
    require_ok(s, mz_kv_begin_write(kv, &txn, &why), &why, "begin");
    mz_changes *changes = mz_changes_new(txn);
    assert(changes != NULL);
    for (int i = 0; i < s->log_count; i++) {
        mz_entry entry;
        require_ok(s, mz_entry_decode_payload(mz_view_of(s->log[i].payload), &entry, &why), &why,
                   "replay");
        entry.jws.kid = s->log[i].kid;
        require_ok(s, mz_rules_apply(changes, &entry, &s->log[i].stamp, &why), &why, "replay");
        const char *wrong = journal_check_again(s->journal, s->changes, &entry, (uint64_t)i);
        if (wrong != NULL)
            fail(s, "the journal in hindsight: %s", wrong);
        mz_entry_clear(&entry);
    }
    if (journal_check_end(s->journal) != NULL)
        fail(s, "the journal: %s", journal_check_end(s->journal));
    mz_hash again = digest_of(s, changes), live = digest_of(s, s->changes);
    if (!mz_hash_equal(&again, &live))
        fail(s, "the replayed entries give another state");
    mz_changes_free(changes);
    mz_kv_abort(txn);
    mz_kv_close(kv);
}

/* What moves money, and how often it did. */
static const struct {
    mz_event event;
    bool reversal;
} POSTED[] = {
    {MZ_INCOME_CONFIRMED, false},
    {MZ_INCOME_CONFIRMED, true },
    {MZ_PAYOUT_MADE,      false},
    {MZ_PAYOUT_MADE,      true },
    {MZ_PAYOUT_RETURNED,  false},
    {MZ_PAYOUT_RETURNED,  true },
    {MZ_PURPOSE_CHANGED,  false},
    {MZ_FUND_CLOSED,      false},
};
enum { POSTED_COUNT = sizeof POSTED / sizeof POSTED[0] };

static void run(uint64_t seed, int steps, bool verbose, unsigned refusals[1000],
                unsigned posted[POSTED_COUNT])
{
    mz_reason why = {0};
    sim *s = calloc(1, sizeof *s);
    assert(s != NULL);
    s->seed = seed;
    s->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    s->verbose = verbose;
    s->focus = -1;
    s->now = START_MS + (int64_t)(seed % 4) * 250 * MZ_DAY_MS; /* over a 29 February, too */
    s->kv = mz_memory_new();
    s->hasher = mz_hasher_new();
    s->m = model_new();
    s->journal = journal_check_new();
    assert(s->kv != NULL && s->hasher != NULL && s->m != NULL);
    require_ok(s, mz_kv_begin_write(s->kv, &s->txn, &why), &why, "begin");
    s->changes = mz_changes_new(s->txn);
    assert(s->changes != NULL);
    set_up(s);
    while (s->tried < steps) {
        int before = s->tried;
        if (s->focus >= 0)
            act_advance(s);
        else if (scarce_role(s) != MZ_ROLE_NONE && chance(s, 20))
            act_enrol(s);
        else
            act(s);
        if (s->tried != before)
            pass_time(s);
    }
    compare(s, true);
    replay(s);
    printf("seed %llu: %d tried, %d accepted, %d refused (%d by form), %zu proposals, %zu payouts, "
           "to %s\n",
           (unsigned long long)seed, s->tried, s->log_count, s->refused, s->refused_by_form,
           model_proposal_count(s->m), model_payout_count(s->m), time_text(s->now));
    for (int i = 0; i < 1000; i++)
        refusals[i] += s->refusals[i];
    for (size_t i = 0; i < POSTED_COUNT; i++)
        posted[i] += journal_check_count(s->journal, POSTED[i].event, POSTED[i].reversal);
    for (int i = 0; i < s->log_count; i++)
        free(s->log[i].payload);
    mz_changes_free(s->changes);
    mz_kv_abort(s->txn);
    mz_kv_close(s->kv);
    mz_hasher_free(s->hasher);
    model_free(s->m);
    journal_check_free(s->journal);
    free(s);
}

int main(int argc, char **argv)
{
    uint64_t seed = 0;
    int steps = 2500, seeds = 12;
    bool verbose = false;
    static unsigned refusals[1000];
    unsigned posted[POSTED_COUNT] = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            steps = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--long") == 0) {
            seeds = 60;
            steps = 6000;
        } else if (strcmp(argv[i], "--verbose") == 0)
            verbose = true;
        else {
            fprintf(stderr, "usage: sim_ledger [--seed N] [--steps N] [--long] [--verbose]\n");
            return 2;
        }
    }
    if (seed != 0)
        run(seed, steps, verbose, refusals, posted);
    for (uint64_t i = 1; seed == 0 && i <= (uint64_t)seeds; i++)
        run(i, steps, verbose, refusals, posted);
    int kinds = 0;
    for (int i = 0; i < 1000; i++)
        kinds += refusals[i] != 0;
    printf("%d kinds of refusal were met\n", kinds);
    for (size_t i = 0; i < POSTED_COUNT; i++)
        printf("  %6u %s%s posted\n", posted[i], mz_event_row_of(POSTED[i].event)->name,
               POSTED[i].reversal ? " reversed:" : "");
    for (int i = 0; i < 1000 && verbose; i++) {
        if (refusals[i] != 0)
            printf("  %6u %s\n", refusals[i], mz_status_code((mz_status)i));
    }
    return 0;
}
