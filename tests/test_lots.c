/* test_lots.c — every fen has a way: random histories against a model that keeps every single fen
 * in an array, then the limits, the size of what is stored, bank lines and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/booking.h"
#include "core/trace.h"
#include "kv/memory.h"

enum { FUND_A = 1, FUND_B = 2, FUND_C = 3, PURPOSE_P = 11, PURPOSE_Q = 12 };

/* ---- a store with three funds ---- */

typedef struct bench {
    mz_kv *kv;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_reason why;
    mz_act act; /* of fund A, unless a test changes it */
} bench;

static void put_fund(bench *b, mz_ref ref, const char *id)
{
    mz_fund fund = {.ref = ref, .stage = MZ_FUND_OPEN, .closed_index = MZ_NEVER};
    mz_id_set(fund.id, mz_view_of(id));
    mz_id_set(fund.account, mz_view_of("bank-a"));
    assert_int_equal(mz_fund_store(b->changes, &fund, &b->why), MZ_OK);
}

static void put_purpose(bench *b, mz_ref ref, const char *id)
{
    mz_purpose purpose = {.ref = ref, .fund = FUND_A};
    mz_id_set(purpose.id, mz_view_of(id));
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, ref);
    assert_int_equal(mz_state_store(b->changes, &key, &purpose, sizeof purpose, &b->why), MZ_OK);
}

static void bench_open(bench *b)
{
    memset(b, 0, sizeof *b);
    b->kv = mz_memory_new();
    assert_non_null(b->kv);
    assert_int_equal(mz_kv_begin_write(b->kv, &b->txn, &b->why), MZ_OK);
    b->changes = mz_changes_new(b->txn);
    assert_non_null(b->changes);
    put_fund(b, FUND_A, "fund-a");
    put_fund(b, FUND_B, "fund-b");
    put_fund(b, FUND_C, "fund-c");
    put_purpose(b, PURPOSE_P, "pears");
    put_purpose(b, PURPOSE_Q, "quinces");
    b->act = (mz_act){.changes = b->changes, .index = 100, .moment_index = 100, .why = &b->why};
    assert_true(mz_time_parse(mz_view_of("2026-03-02 09:00:00"), &b->act.now_ms));
    assert_int_equal(mz_fund_load(b->changes, FUND_A, &b->act.fund, &b->why), MZ_OK);
}

static void bench_close(bench *b)
{
    mz_changes_free(b->changes);
    mz_kv_abort(b->txn);
    mz_kv_close(b->kv);
}

static void must(bench *b, mz_status status)
{
    char text[400];
    if (status == MZ_OK)
        return;
    mz_reason_text(&b->why, MZ_ENGLISH, text, sizeof text);
    fail_msg("%s: %s", mz_status_code(status), text);
}

static uint64_t next_entry(bench *b)
{
    b->act.index++;
    b->act.moment_index = b->act.index;
    return b->act.index;
}

static mz_income append(bench *b, mz_ref fund, mz_ref purpose, int64_t amount_fen)
{
    mz_income income = {.ref = next_entry(b),
                        .fund = fund,
                        .purpose = purpose,
                        .amount_fen = amount_fen,
                        .kind = MZ_INCOME_DONATION,
                        .stage = MZ_INCOME_CONFIRMED_STAGE};
    const mz_confirmation confirmation = {
        .ref = income.ref, .income = income.ref, .reversed_index = MZ_NEVER};
    must(b, mz_lots_append(&b->act, &income));
    income.confirmation = income.last_confirmation = income.ref;
    mz_confirmation stored = confirmation;
    stored.position = income.position;
    must(b, mz_confirmation_store(b->changes, &stored, mz_view_of("r"), &b->why));
    must(b, mz_income_store(b->changes, &income, &b->why));
    return income;
}

static mz_payout pay(bench *b, mz_ref purpose, int64_t amount_fen)
{
    mz_payout payout = {
        .head = {.ref = next_entry(b),
                 .fund = b->act.fund.ref,
                 .amount_fen = amount_fen,
                 .reversed_index = MZ_NEVER,
                 .draw_count = 1}
    };
    payout.draws[0] = (mz_payout_draw){.purpose = purpose, .amount_fen = amount_fen};
    must(b, mz_lots_take(&b->act, &payout.head, purpose, amount_fen, MZ_LINE_SPENDING));
    must(b, mz_payout_store(b->changes, &payout, &b->why));
    return payout;
}

/* ---- the model: one record per fen ---- */

enum { PLACE_COUNT = 4, FENS_MAX = 6000, INCOMES_MAX = 600, PAYOUTS_MAX = 600, USES_MAX = 900 };
static const struct {
    mz_ref fund, purpose;
} PLACES[PLACE_COUNT] = {
    {FUND_A, MZ_GENERAL},
    {FUND_A, PURPOSE_P },
    {FUND_A, PURPOSE_Q },
    {FUND_B, MZ_GENERAL}
};

typedef enum fen_state { FEN_FREE, FEN_USED, FEN_GONE, FEN_REVERSED, FEN_MOVED } fen_state;
typedef struct fen {
    fen_state state;
    int income;
    int payout;        /* of a used or gone one */
    uint64_t since;    /* when it queued here */
    uint64_t reversal; /* of a gone or reversed one */
    int moved_place, moved_at;
} fen;
typedef struct model_use {
    int place, at;
    mz_payout_part_state state;
    uint64_t since, reversal;
} model_use;
typedef struct model_payout {
    mz_ref ref;
    model_use uses[USES_MAX]; /* in order of use, whatever became of them */
    int use_count;
    int64_t amount, returned;
    bool reversed;
} model_payout;
typedef struct model_income {
    mz_income record;
    bool confirmed;
    int starts[40]; /* of each of its confirmations */
    int start_count;
} model_income;
typedef struct model {
    fen fens[PLACE_COUNT][FENS_MAX];
    int count[PLACE_COUNT];
    int64_t reserved[PLACE_COUNT];
    model_income incomes[INCOMES_MAX];
    int income_count;
    model_payout payouts[PAYOUTS_MAX];
    int payout_count;
    int64_t income_sum, spent, returned, corrections, moved; /* of fund A */
} model;

static int64_t model_free(const model *m, int place)
{
    int64_t sum = 0;
    for (int i = 0; i < m->count[place]; i++)
        sum += m->fens[place][i].state == FEN_FREE;
    return sum;
}

static int64_t unreserved(const model *m, int place)
{
    return model_free(m, place) - m->reserved[place];
}

static void model_queue(model *m, int place, int income, uint64_t since)
{
    assert_true(m->count[place] < FENS_MAX);
    m->fens[place][m->count[place]++] = (fen){.state = FEN_FREE, .income = income, .since = since};
}

static void model_take(model *m, int place, int payout, int64_t amount, uint64_t since)
{
    model_payout *p = &m->payouts[payout];
    for (int i = 0; amount > 0; i++) {
        assert_true(i < m->count[place]);
        if (m->fens[place][i].state != FEN_FREE)
            continue;
        m->fens[place][i].state = FEN_USED;
        m->fens[place][i].payout = payout;
        assert_true(p->use_count < USES_MAX);
        p->uses[p->use_count++] =
            (model_use){.place = place, .at = i, .state = MZ_PAYOUT_PART_STANDS, .since = since};
        amount--;
    }
}

static void model_give_back(model *m, int payout, int64_t amount)
{
    model_payout *p = &m->payouts[payout];
    for (int i = p->use_count; i-- > 0 && amount > 0;) {
        if (p->uses[i].state != MZ_PAYOUT_PART_STANDS)
            continue;
        p->uses[i].state = MZ_PAYOUT_PART_RETURNED;
        m->fens[p->uses[i].place][p->uses[i].at].state = FEN_FREE;
        amount--;
    }
    assert_int_equal(amount, 0);
}

static void model_move(model *m, int from, int at, int to, uint64_t since)
{
    fen *f = &m->fens[from][at];
    f->state = FEN_MOVED;
    f->moved_place = to;
    f->moved_at = m->count[to];
    model_queue(m, to, f->income, since);
}

/* ---- comparing traces: both sides as runs ---- */

typedef struct run {
    int state;
    uint64_t who, fund, purpose, since, reversal;
    int64_t amount;
} run;
typedef struct runs {
    run items[2000];
    int count;
} runs;

static void add_run(runs *list, run r)
{
    run *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
    if (last != NULL && last->state == r.state && last->who == r.who && last->fund == r.fund &&
        last->purpose == r.purpose && last->since == r.since && last->reversal == r.reversal) {
        last->amount += r.amount;
        return;
    }
    assert_true(list->count < 2000);
    list->items[list->count++] = r;
}

static mz_status add_income_part(const mz_income_part *part, void *context, mz_reason *why)
{
    (void)why;
    add_run(context, (run){.state = (int)part->state,
                           .who = part->payout,
                           .fund = part->fund,
                           .purpose = part->purpose,
                           .reversal = part->index,
                           .amount = part->amount_fen});
    return MZ_OK;
}

static mz_status add_payout_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    (void)why;
    add_run(context, (run){.state = (int)part->state,
                           .who = part->income,
                           .purpose = part->purpose,
                           .since = part->since_index,
                           .reversal = part->index,
                           .amount = part->amount_fen});
    return MZ_OK;
}

static void assert_runs_equal(const runs *is, const runs *want, const char *what, int number)
{
    bool same = is->count == want->count;
    for (int i = 0; same && i < is->count; i++) {
        const run *a = &is->items[i], *b = &want->items[i];
        same = a->state == b->state && a->who == b->who && a->fund == b->fund &&
               a->purpose == b->purpose && a->since == b->since && a->reversal == b->reversal &&
               a->amount == b->amount;
    }
    if (!same) {
        for (int side = 0; side < 2; side++) {
            const runs *list = side == 0 ? is : want;
            for (int i = 0; i < list->count; i++)
                print_message("  %s state %d who %d fund %d purpose %d since %d reversal %d: %d\n",
                              side == 0 ? "is  " : "want", list->items[i].state,
                              (int)list->items[i].who, (int)list->items[i].fund,
                              (int)list->items[i].purpose, (int)list->items[i].since,
                              (int)list->items[i].reversal, (int)list->items[i].amount);
        }
        fail_msg("the trace of %s %d differs", what, number);
    }
}

/* The model's words for one fen, wherever it moved. */
static void add_model_fen(const model *m, int place, int at, runs *want)
{
    const fen *f = &m->fens[place][at];
    while (f->state == FEN_MOVED) {
        place = f->moved_place;
        f = &m->fens[place][f->moved_at];
    }
    run r = {.fund = PLACES[place].fund, .purpose = PLACES[place].purpose, .amount = 1};
    switch (f->state) {
    case FEN_FREE:
        r.state = MZ_PART_FREE;
        break;
    case FEN_USED:
        r.state = MZ_PART_USED;
        break;
    case FEN_GONE:
        r.state = MZ_PART_GONE;
        break;
    case FEN_REVERSED:
    case FEN_MOVED:
        r.state = MZ_PART_REVERSED;
        break;
    }
    if (f->state == FEN_USED || f->state == FEN_GONE)
        r.who = m->payouts[f->payout].ref;
    if (f->state == FEN_GONE || f->state == FEN_REVERSED)
        r.reversal = f->reversal;
    add_run(want, r);
}

static int place_of(mz_ref fund, mz_ref purpose)
{
    for (int i = 0; i < PLACE_COUNT; i++) {
        if (PLACES[i].fund == fund && PLACES[i].purpose == purpose)
            return i;
    }
    return -1;
}

static void check_income(bench *b, const model *m, int number)
{
    static runs is, want;
    const model_income *income = &m->incomes[number];
    const int place = place_of(income->record.fund, income->record.purpose);
    is.count = want.count = 0;
    for (int i = 0; i < income->start_count; i++) {
        for (int64_t j = 0; j < income->record.amount_fen; j++)
            add_model_fen(m, place, income->starts[i] + (int)j, &want);
    }
    must(b, mz_trace_income(b->changes, income->record.ref, add_income_part, &is, &b->why));
    assert_runs_equal(&is, &want, "income", number);
}

static void check_payout(bench *b, const model *m, int number)
{
    static runs is, want;
    const model_payout *payout = &m->payouts[number];
    is.count = want.count = 0;
    for (int i = 0; i < payout->use_count; i++) {
        const model_use *use = &payout->uses[i];
        const int income = m->fens[use->place][use->at].income;
        add_run(&want, (run){.state = (int)use->state,
                             .who = m->incomes[income].record.ref,
                             .purpose = PLACES[use->place].purpose,
                             .since = use->since,
                             .reversal = use->reversal,
                             .amount = 1});
    }
    must(b, mz_trace_payout(b->changes, payout->ref, add_payout_part, &is, &b->why));
    assert_runs_equal(&is, &want, "payout", number);
}

static mz_status add_origin(mz_ref income, int64_t amount_fen, void *context, mz_reason *why)
{
    (void)why;
    add_run(context, (run){.who = income, .amount = amount_fen});
    return MZ_OK;
}

/* In which order the money of a bucket queued. */
static void check_queue(bench *b, const model *m, int place)
{
    static runs is, want;
    is.count = want.count = 0;
    for (int i = 0; i < m->count[place]; i++)
        add_run(&want, (run){.who = m->incomes[m->fens[place][i].income].record.ref, .amount = 1});
    must(b, mz_lots_origin(b->changes, PLACES[place].fund, PLACES[place].purpose, 0,
                           m->count[place], add_origin, &is, &b->why));
    assert_runs_equal(&is, &want, "queue", place);
}

static void check_all(bench *b, const model *m, bool traces)
{
    int64_t balance_a = 0, reserved_a = 0;
    mz_period period;
    for (int i = 0; i < PLACE_COUNT; i++) {
        mz_bucket bucket;
        must(b, mz_lots_check(b->changes, PLACES[i].fund, PLACES[i].purpose, &b->why));
        must(b, mz_bucket_load(b->changes, PLACES[i].fund, PLACES[i].purpose, &bucket, &b->why));
        assert_int_equal(bucket.balance_fen, model_free(m, i));
        assert_int_equal(bucket.reserved_fen, m->reserved[i]);
        if (PLACES[i].fund == FUND_A) {
            balance_a += model_free(m, i);
            reserved_a += m->reserved[i];
        }
    }
    assert_int_equal(b->act.fund.balance_fen, balance_a);
    assert_int_equal(b->act.fund.reserved_fen, reserved_a);
    const int32_t day = mz_day_of_ms(b->act.now_ms);
    must(b, mz_period_read(b->changes, FUND_A, day - 5, day, &period, &b->why));
    assert_int_equal(period.closing_fen, balance_a);
    assert_int_equal(period.reserved_fen, reserved_a);
    assert_int_equal(period.income_fen[MZ_INCOME_DONATION], m->income_sum);
    assert_int_equal(period.spending_fen[0], m->spent);
    assert_int_equal(period.returned_fen, m->returned);
    assert_int_equal(period.corrections_fen, m->corrections);
    assert_int_equal(period.moved_fen, m->moved);
    for (int i = 0; traces && i < PLACE_COUNT; i++)
        check_queue(b, m, i);
    for (int i = 0; traces && i < m->income_count; i++)
        check_income(b, m, i);
    for (int i = 0; traces && i < m->payout_count; i++)
        check_payout(b, m, i);
}

/* ---- random histories ---- */

typedef struct dice {
    uint64_t state;
} dice;
static int roll(dice *d, int below)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (int)(d->state % (uint64_t)below);
}

/* What the two sides say: either both do it, or ours refuses with `want` and nothing changed. */
static bool agreed(bench *b, mz_mark mark, const mz_fund *before, mz_status is, mz_status want)
{
    if (is != want) {
        must(b, is);
        fail_msg("accepted, but the model refuses with %s", mz_status_code(want));
    }
    if (is != MZ_OK) {
        assert_int_equal(b->why.status, is);
        mz_changes_rollback(b->changes, mark);
        b->act.fund = *before;
        memset(&b->why, 0, sizeof b->why);
    }
    return is == MZ_OK;
}

static void step_confirm(bench *b, model *m, dice *d)
{
    const bool anew = m->income_count > 0 && roll(d, 3) == 0;
    int number = anew ? roll(d, m->income_count) : m->income_count;
    model_income *income = &m->incomes[number];
    const uint64_t entry = next_entry(b);
    if (anew && (income->confirmed || income->start_count == 40))
        return;
    if (!anew) {
        *income = (model_income){
            .record = {.ref = entry,
                       .fund = FUND_A,
                       .purpose = PLACES[roll(d, 3)].purpose,
                       .amount_fen = roll(d, 8) == 0 ? 20 + roll(d, 60) : 1 + roll(d, 9)}
        };
        m->income_count++;
    }
    mz_income *record = &income->record;
    const int place = place_of(record->fund, record->purpose);
    must(b, mz_lots_append(&b->act, record));
    assert_int_equal(record->position, m->count[place]);
    income->confirmed = true;
    income->starts[income->start_count++] = m->count[place];
    mz_confirmation confirmation = {.ref = entry,
                                    .income = record->ref,
                                    .previous = record->last_confirmation,
                                    .position = record->position,
                                    .reversed_index = MZ_NEVER};
    record->confirmation = record->last_confirmation = entry;
    must(b, mz_confirmation_store(b->changes, &confirmation, mz_view_of("ref"), &b->why));
    must(b, mz_income_store(b->changes, record, &b->why));
    m->income_sum += record->amount_fen;
    for (int64_t i = 0; i < record->amount_fen; i++)
        model_queue(m, place, number, entry);
}

static void step_pay(bench *b, model *m, dice *d)
{
    mz_payout payout = {
        .head = {.ref = next_entry(b), .fund = FUND_A, .reversed_index = MZ_NEVER}
    };
    mz_status is = MZ_OK, want = MZ_OK;
    const mz_mark mark = mz_changes_mark(b->changes);
    const mz_fund before = b->act.fund;
    const int first = roll(d, 3), draws = 1 + roll(d, 3);
    int64_t amounts[3] = {0};
    for (int i = 0; i < draws; i++) {
        const int place = (first + i) % 3;
        const int64_t left = unreserved(m, place);
        amounts[place] = 1 + roll(d, left > 0 && roll(d, 4) > 0 ? (int)left : 25);
        if (amounts[place] > left && want == MZ_OK)
            want = MZ_BALANCE_SHORT;
    }
    for (int i = 0; i < draws && is == MZ_OK; i++) {
        const int place = (first + i) % 3;
        payout.draws[payout.head.draw_count++] =
            (mz_payout_draw){.purpose = PLACES[place].purpose, .amount_fen = amounts[place]};
        payout.head.amount_fen += amounts[place];
        is = mz_lots_take(&b->act, &payout.head, PLACES[place].purpose, amounts[place],
                          MZ_LINE_SPENDING);
    }
    if (is == MZ_OK)
        is = mz_payout_store(b->changes, &payout, &b->why);
    if (!agreed(b, mark, &before, is, want))
        return;
    assert_true(m->payout_count < PAYOUTS_MAX);
    model_payout *p = &m->payouts[m->payout_count];
    *p = (model_payout){.ref = payout.head.ref, .amount = payout.head.amount_fen};
    for (int i = 0; i < draws; i++)
        model_take(m, (first + i) % 3, m->payout_count, amounts[(first + i) % 3], p->ref);
    m->payout_count++;
    m->spent += p->amount;
}

static mz_payout load_payout(bench *b, const model_payout *p)
{
    mz_payout payout;
    must(b, mz_payout_load(b->changes, p->ref, &payout, &b->why));
    return payout;
}

/* A return, a reversal of a payout, or of what came back of one. */
static void step_back(bench *b, model *m, dice *d, bool closed)
{
    if (m->payout_count == 0)
        return;
    const int number = roll(d, m->payout_count);
    model_payout *p = &m->payouts[number];
    const int64_t left = p->amount - p->returned;
    (void)next_entry(b);
    if (p->reversed || left == 0)
        return;
    const bool reversal = p->returned == 0 && roll(d, 4) == 0;
    const int64_t amount = reversal ? left : 1 + roll(d, (int)left);
    mz_payout payout = load_payout(b, p);
    mz_payout_draw parts[3] = {{0}};
    for (uint32_t i = 0; i < payout.head.draw_count; i++)
        parts[i].purpose = payout.draws[i].purpose;
    must(b, mz_lots_give_back(&b->act, &payout.head, amount,
                              reversal ? MZ_LINE_REVERSED_PAYOUTS : MZ_LINE_RETURNED, parts,
                              payout.head.draw_count));
    model_give_back(m, number, amount);
    if (reversal) {
        p->reversed = true;
        m->corrections += amount;
    } else {
        p->returned += amount;
        m->returned += amount;
    }
    if (closed) /* what comes back after closing moves on */
        return;
    if (reversal || roll(d, 3) > 0)
        return;
    /* The return was a mistake. */
    (void)next_entry(b);
    const mz_mark mark = mz_changes_mark(b->changes);
    const mz_fund before = b->act.fund;
    mz_status is = MZ_OK, want = MZ_OK;
    for (uint32_t i = 0; i < payout.head.draw_count; i++) {
        if (parts[i].amount_fen == 0)
            continue;
        if (parts[i].amount_fen > unreserved(m, place_of(FUND_A, parts[i].purpose)))
            want = MZ_BALANCE_SHORT;
        if (is == MZ_OK)
            is = mz_lots_take(&b->act, &payout.head, parts[i].purpose, parts[i].amount_fen,
                              MZ_LINE_REVERSED_RETURNS);
    }
    if (is == MZ_OK)
        is = mz_payout_store(b->changes, &payout, &b->why);
    if (!agreed(b, mark, &before, is, want))
        return;
    for (uint32_t i = 0; i < payout.head.draw_count; i++)
        model_take(m, place_of(FUND_A, parts[i].purpose), number, parts[i].amount_fen,
                   b->act.moment_index);
    p->returned -= amount;
    m->corrections -= amount;
}

static void model_reverse(model *m, int number, int place, int start, uint64_t entry)
{
    static int64_t lost[PAYOUTS_MAX];
    memset(lost, 0, sizeof lost);
    for (int64_t i = 0; i < m->incomes[number].record.amount_fen; i++) {
        fen *f = &m->fens[place][start + (int)i];
        f->reversal = entry;
        if (f->state == FEN_FREE) {
            f->state = FEN_REVERSED;
            continue;
        }
        f->state = FEN_GONE;
        lost[f->payout]++;
        model_payout *p = &m->payouts[f->payout];
        for (int j = 0; j < p->use_count; j++) {
            model_use *use = &p->uses[j];
            if (use->place == place && use->at == start + (int)i &&
                use->state == MZ_PAYOUT_PART_STANDS) {
                use->state = MZ_PAYOUT_PART_REPLACED;
                use->reversal = entry;
            }
        }
    }
    for (int i = 0; i < m->payout_count; i++) /* in log order */
        model_take(m, place, i, lost[i], entry);
}

static void step_reverse_income(bench *b, model *m, dice *d)
{
    if (m->income_count == 0)
        return;
    const int number = roll(d, m->income_count);
    model_income *income = &m->incomes[number];
    const uint64_t entry = next_entry(b);
    if (!income->confirmed)
        return;
    const int place = place_of(income->record.fund, income->record.purpose);
    const int start = income->starts[income->start_count - 1];
    mz_status want = income->record.amount_fen > unreserved(m, place) ? MZ_BALANCE_SHORT : MZ_OK;
    for (int64_t i = 0; i < income->record.amount_fen; i++) {
        if (m->fens[place][start + (int)i].state == FEN_MOVED)
            want = MZ_DEPENDED_ON;
    }
    const mz_mark mark = mz_changes_mark(b->changes);
    const mz_fund before = b->act.fund;
    if (!agreed(b, mark, &before, mz_lots_reverse(&b->act, &income->record), want))
        return;
    income->confirmed = false;
    income->record.confirmation = 0;
    must(b, mz_income_store(b->changes, &income->record, &b->why));
    model_reverse(m, number, place, start, entry);
    m->corrections -= income->record.amount_fen;
}

static void step_move(bench *b, model *m, dice *d)
{
    if (m->income_count == 0)
        return;
    const int number = roll(d, m->income_count);
    const int from = roll(d, 3);
    const int to = (from + 1 + roll(d, 2)) % 3;
    const uint64_t entry = next_entry(b);
    int64_t here = 0;
    if (!m->incomes[number].confirmed)
        return;
    for (int i = 0; i < m->count[from]; i++)
        here += m->fens[from][i].income == number && m->fens[from][i].state == FEN_FREE;
    int64_t amount = 1 + roll(d, here > 0 ? (int)here : 3);
    if (amount > unreserved(m, from))
        return; /* the rule's to refuse, before it comes here */
    const mz_mark mark = mz_changes_mark(b->changes);
    const mz_fund before = b->act.fund;
    const mz_status is = mz_lots_move(&b->act, &m->incomes[number].record, PLACES[from].purpose,
                                      PLACES[to].purpose, amount);
    if (!agreed(b, mark, &before, is, amount > here ? MZ_BALANCE_SHORT : MZ_OK))
        return;
    for (int i = 0; amount > 0; i++) {
        if (m->fens[from][i].income != number || m->fens[from][i].state != FEN_FREE)
            continue;
        model_move(m, from, i, to, entry);
        amount--;
    }
}

static void step_reserve(bench *b, model *m, dice *d)
{
    const int place = roll(d, 3);
    const int64_t delta = roll(d, 2) == 0 && m->reserved[place] > 0
                              ? -1 - roll(d, (int)m->reserved[place])
                              : 1 + roll(d, 12);
    const mz_mark mark = mz_changes_mark(b->changes);
    const mz_fund before = b->act.fund;
    (void)next_entry(b);
    const mz_status is = mz_bucket_reserve(&b->act, PLACES[place].purpose, delta);
    if (agreed(b, mark, &before, is, delta > unreserved(m, place) ? MZ_BALANCE_SHORT : MZ_OK))
        m->reserved[place] += delta;
}

/* Everything free in fund A goes to fund B, the oldest of its three queues first. */
static void step_residual(bench *b, model *m)
{
    int next[3] = {0};
    const uint64_t entry = next_entry(b);
    must(b, mz_lots_move_residual(&b->act, FUND_B, MZ_GENERAL));
    for (;;) {
        int first = -1;
        for (int i = 0; i < 3; i++) {
            while (next[i] < m->count[i] && m->fens[i][next[i]].state != FEN_FREE)
                next[i]++;
            if (next[i] < m->count[i] &&
                (first < 0 || m->fens[i][next[i]].since < m->fens[first][next[first]].since))
                first = i;
        }
        if (first < 0)
            break;
        model_move(m, first, next[first], 3, entry);
        m->moved--;
    }
}

static void step(bench *b, model *m, dice *d)
{
    switch (roll(d, 12)) {
    case 0:
    case 1:
    case 2:
    case 3:
        step_confirm(b, m, d);
        break;
    case 4:
    case 5:
        step_pay(b, m, d);
        break;
    case 6:
    case 7:
        step_back(b, m, d, false);
        break;
    case 8:
    case 9:
        step_reverse_income(b, m, d);
        break;
    case 10:
        step_move(b, m, d);
        break;
    default:
        step_reserve(b, m, d);
        break;
    }
}

static void random_history(uint64_t seed, int steps)
{
    bench b;
    model *m = calloc(1, sizeof *m);
    dice d = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    assert_non_null(m);
    bench_open(&b);
    for (int i = 0; i < steps; i++) {
        step(&b, m, &d);
        check_all(&b, m, i % 8 == 0);
        if (i % 50 == 49) { /* what is flushed reads the same */
            must(&b, mz_changes_flush(b.changes, &b.why));
            b.act.now_ms += MZ_DAY_MS / 50;
        }
    }
    check_all(&b, m, true);
    for (int i = 0; i < 3; i++) {
        must(&b, mz_bucket_reserve(&b.act, PLACES[i].purpose, -m->reserved[i]));
        m->reserved[i] = 0;
    }
    step_residual(&b, m);
    check_all(&b, m, true);
    for (int i = 0; i < 20; i++) {
        step_back(&b, m, &d, true);
        step_residual(&b, m);
        check_all(&b, m, true);
    }
    bench_close(&b);
    free(m);
}

static void test_random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++)
        random_history(seed, 220);
}

/* ---- what is stored, and limits ---- */

static size_t count_rows(bench *b, mz_kind kind)
{
    const mz_key_bytes prefix = mz_key_of(kind);
    mz_key_bytes key = prefix;
    mz_view value;
    size_t count = 0;
    while (mz_state_next(b->changes, &prefix, &key, &value, &b->why) == MZ_OK)
        count++;
    return count;
}

static void test_one_payout_of_many_gifts_is_one_piece(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    for (int i = 0; i < 100000; i++)
        (void)append(&b, FUND_A, MZ_GENERAL, 100);
    const mz_payout payout = pay(&b, MZ_GENERAL, 9999950);
    assert_int_equal(payout.head.piece_count, 1);
    assert_int_equal(count_rows(&b, MZ_KIND_USE), 1);
    assert_int_equal(count_rows(&b, MZ_KIND_FREE), 0);
    mz_payout_draw part = {.purpose = MZ_GENERAL};
    (void)next_entry(&b);
    must(&b, mz_lots_give_back(&b.act, &payout.head, 5000000, MZ_LINE_RETURNED, &part, 1));
    assert_int_equal(part.amount_fen, 5000000);
    assert_int_equal(count_rows(&b, MZ_KIND_FREE), 0); /* it joined the tail */
    must(&b, mz_lots_check(b.changes, FUND_A, MZ_GENERAL, &b.why));
    /* A closing fund's 50,000 gifts move as one stretch. */
    must(&b, mz_lots_move_residual(&b.act, FUND_B, MZ_GENERAL));
    assert_int_equal(count_rows(&b, MZ_KIND_MOVE), 1);
    must(&b, mz_lots_check(b.changes, FUND_B, MZ_GENERAL, &b.why));
    bench_close(&b);
}

static void test_sums_stay_within_the_limit(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    (void)append(&b, FUND_A, MZ_GENERAL, MZ_AMOUNT_MAX - 1);
    (void)append(&b, FUND_A, MZ_GENERAL, 1);
    mz_income over = {.ref = next_entry(&b), .fund = FUND_A, .amount_fen = 1};
    assert_int_equal(mz_lots_append(&b.act, &over), MZ_BALANCE_LIMIT);
    assert_int_equal(b.why.status, MZ_BALANCE_LIMIT);
    memset(&b.why, 0, sizeof b.why);
    over.purpose = PURPOSE_P; /* each bucket may, the fund may not */
    assert_int_equal(mz_lots_append(&b.act, &over), MZ_BALANCE_LIMIT);
    bench_close(&b);
}

static void test_residual_follows_closed_funds(void **state)
{
    bench b;
    mz_fund second;
    (void)state;
    bench_open(&b);
    must(&b, mz_fund_load(b.changes, FUND_B, &second, &b.why));
    second.stage = MZ_FUND_IS_CLOSED;
    second.residual_fund = FUND_C;
    must(&b, mz_fund_store(b.changes, &second, &b.why));
    (void)append(&b, FUND_A, PURPOSE_P, 70);
    must(&b, mz_lots_move_residual(&b.act, FUND_B, MZ_GENERAL));
    mz_fund third;
    must(&b, mz_fund_load(b.changes, FUND_B, &second, &b.why));
    must(&b, mz_fund_load(b.changes, FUND_C, &third, &b.why));
    assert_int_equal(b.act.fund.balance_fen, 0);
    assert_int_equal(second.balance_fen, 0);
    assert_int_equal(third.balance_fen, 70);
    mz_period period;
    const int32_t day = mz_day_of_ms(b.act.now_ms);
    must(&b, mz_period_read(b.changes, FUND_C, day, day, &period, &b.why));
    assert_int_equal(period.moved_fen, 70);
    must(&b, mz_period_read(b.changes, FUND_B, day, day, &period, &b.why));
    assert_int_equal(period.moved_fen, 0);
    bench_close(&b);
}

/* Money of a closed fund, spent by its heir, named again when it changes its purpose there. */
static void test_inherited_money_can_move_again(void **state)
{
    bench b;
    static runs is;
    (void)state;
    bench_open(&b);
    const mz_income first = append(&b, FUND_A, PURPOSE_P, 40);
    (void)append(&b, FUND_A, MZ_GENERAL, 60);
    must(&b, mz_lots_move_residual(&b.act, FUND_B, MZ_GENERAL));
    must(&b, mz_fund_store(b.changes, &b.act.fund, &b.why));
    must(&b, mz_fund_load(b.changes, FUND_B, &b.act.fund, &b.why));
    const mz_payout payout = pay(&b, MZ_GENERAL, 30);
    (void)next_entry(&b);
    assert_int_equal(mz_lots_move(&b.act, &first, MZ_GENERAL, PURPOSE_Q, 11), MZ_BALANCE_SHORT);
    memset(&b.why, 0, sizeof b.why);
    must(&b, mz_lots_move(&b.act, &first, MZ_GENERAL, PURPOSE_Q, 10));
    must(&b, mz_trace_income(b.changes, first.ref, add_income_part, &is, &b.why));
    assert_int_equal(is.count, 2);
    assert_int_equal(is.items[0].who, payout.head.ref);
    assert_int_equal(is.items[0].amount, 30);
    assert_int_equal(is.items[1].state, MZ_PART_FREE);
    assert_int_equal(is.items[1].purpose, PURPOSE_Q);
    assert_int_equal(is.items[1].amount, 10);
    must(&b, mz_lots_check(b.changes, FUND_B, MZ_GENERAL, &b.why));
    must(&b, mz_lots_check(b.changes, FUND_B, PURPOSE_Q, &b.why));
    bench_close(&b);
}

/* ---- damage ---- */

static void bend_use(bench *b)
{
    mz_use use;
    const mz_key_bytes key = mz_span_key(MZ_KIND_USE, FUND_A, MZ_GENERAL, 0);
    must(b, mz_state_load(b->changes, &key, &use, sizeof use, &b->why));
    use.length_fen--;
    must(b, mz_state_store(b->changes, &key, &use, sizeof use, &b->why));
}

static void stretch_use(bench *b)
{
    mz_use use;
    const mz_key_bytes key = mz_span_key(MZ_KIND_USE, FUND_A, MZ_GENERAL, 0);
    must(b, mz_state_load(b->changes, &key, &use, sizeof use, &b->why));
    use.length_fen += 5;
    must(b, mz_state_store(b->changes, &key, &use, sizeof use, &b->why));
}

static void drop_hole(bench *b)
{
    const mz_key_bytes key = mz_span_key(MZ_KIND_FREE, FUND_A, MZ_GENERAL, 20);
    must(b, mz_state_erase(b->changes, &key, &b->why));
}

static void drop_lot(bench *b)
{
    const mz_key_bytes key = mz_span_key(MZ_KIND_LOT, FUND_A, MZ_GENERAL, 0);
    must(b, mz_state_erase(b->changes, &key, &b->why));
}

static void other_piece(bench *b)
{
    mz_use use;
    const mz_key_bytes key = mz_span_key(MZ_KIND_USE, FUND_A, MZ_GENERAL, 0);
    must(b, mz_state_load(b->changes, &key, &use, sizeof use, &b->why));
    use.piece = 7;
    must(b, mz_state_store(b->changes, &key, &use, sizeof use, &b->why));
}

static void unreserve(bench *b)
{
    mz_bucket bucket;
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, FUND_A, MZ_GENERAL);
    must(b, mz_bucket_load(b->changes, FUND_A, MZ_GENERAL, &bucket, &b->why));
    bucket.confirmed_fen++;
    must(b, mz_state_store(b->changes, &key, &bucket, sizeof bucket, &b->why));
}

static const struct damage {
    const char *name;
    void (*make)(bench *b);
} DAMAGES[] = {
    {"lots: a use that is too short is found",       bend_use   },
    {"lots: a use that is too long is found",        stretch_use},
    {"lots: a lost hole is found",                   drop_hole  },
    {"lots: a lost lot is found",                    drop_lot   },
    {"lots: a use of another piece is found",        other_piece},
    {"lots: a bucket that does not add up is found", unreserve  },
};

static void test_damage_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DAMAGES / sizeof DAMAGES[0]; i++) {
        bench b;
        bench_open(&b);
        (void)append(&b, FUND_A, MZ_GENERAL, 30);
        (void)append(&b, FUND_A, MZ_GENERAL, 30);
        (void)pay(&b, MZ_GENERAL, 20);
        const mz_payout second = pay(&b, MZ_GENERAL, 10);
        (void)pay(&b, MZ_GENERAL, 10);
        mz_payout_draw part = {.purpose = MZ_GENERAL};
        must(&b, mz_lots_give_back(&b.act, &second.head, 10, MZ_LINE_RETURNED, &part, 1));
        must(&b, mz_lots_check(b.changes, FUND_A, MZ_GENERAL, &b.why));
        DAMAGES[i].make(&b);
        if (mz_lots_check(b.changes, FUND_A, MZ_GENERAL, &b.why) != MZ_CORRUPT)
            fail_msg("%s: not found", DAMAGES[i].name);
        bench_close(&b);
    }
}

/* The check after every change, on figures alone. */
static void test_figures_are_checked_at_every_change(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    (void)append(&b, FUND_A, MZ_GENERAL, 30);
    unreserve(&b);
    mz_income next = {.ref = next_entry(&b), .fund = FUND_A, .amount_fen = 5};
    assert_int_equal(mz_lots_append(&b.act, &next), MZ_CORRUPT);
    bench_close(&b);
}

/* ---- bank lines ---- */

static const struct bank_case {
    const char *name;
    uint32_t direction;
    int64_t amount_fen, total_fen;
    mz_status want;
} BANK_CASES[] = {
    {"bank: a second part fills the line",     MZ_BANK_IN,  40, 100, MZ_OK            },
    {"bank: one fen over the line is refused", MZ_BANK_IN,  41, 100, MZ_BANK_LINE_OVER},
    {"bank: another total is refused",         MZ_BANK_IN,  40, 101, MZ_BANK_REF_TAKEN},
    {"bank: no total is refused",              MZ_BANK_IN,  40, 0,   MZ_BANK_REF_TAKEN},
    {"bank: the other direction is refused",   MZ_BANK_OUT, 40, 100, MZ_BANK_REF_TAKEN},
};

static void test_bank_lines(void **state)
{
    const mz_view ref = {(const uint8_t *)"B-1", 3};
    const mz_view alone = {(const uint8_t *)"B-2", 3};
    (void)state;
    for (size_t i = 0; i < sizeof BANK_CASES / sizeof BANK_CASES[0]; i++) {
        const struct bank_case *c = &BANK_CASES[i];
        bench b;
        bench_open(&b);
        must(&b, mz_bank_line_use(&b.act, ref, MZ_BANK_IN, 60, 100));
        const mz_status is =
            mz_bank_line_use(&b.act, ref, c->direction, c->amount_fen, c->total_fen);
        if (is != c->want)
            fail_msg("%s: %s", c->name, mz_status_code(is));
        bench_close(&b);
    }
    bench b;
    bench_open(&b);
    assert_int_equal(mz_bank_line_use(&b.act, ref, MZ_BANK_IN, 101, 100), MZ_BANK_LINE_OVER);
    memset(&b.why, 0, sizeof b.why);
    must(&b, mz_bank_line_use(&b.act, alone, MZ_BANK_IN, 60, 0));
    assert_int_equal(mz_bank_line_use(&b.act, alone, MZ_BANK_IN, 1, 0), MZ_BANK_REF_TAKEN);
    memset(&b.why, 0, sizeof b.why);
    must(&b, mz_bank_line_free(&b.act, alone, 60)); /* freed, it is anyone's */
    must(&b, mz_bank_line_use(&b.act, alone, MZ_BANK_OUT, 7, 7));
    mz_id_set(b.act.fund.account, mz_view_of("bank-b")); /* another account counts for itself */
    must(&b, mz_bank_line_use(&b.act, alone, MZ_BANK_IN, 1, 0));
    bench_close(&b);
}

/* ---- totals by day ---- */

static void test_periods_join(void **state)
{
    bench b;
    mz_period whole, first, second;
    (void)state;
    bench_open(&b);
    const int32_t day = mz_day_of_ms(b.act.now_ms);
    (void)append(&b, FUND_A, MZ_GENERAL, 100);
    must(&b, mz_bucket_reserve(&b.act, MZ_GENERAL, 30));
    b.act.now_ms = mz_day_end_ms(day) - 1; /* the last moment of the day */
    (void)append(&b, FUND_A, PURPOSE_P, 10);
    b.act.now_ms++; /* the first of the next: what happens at 24:00 belongs to it */
    must(&b, mz_bucket_reserve(&b.act, MZ_GENERAL, -30));
    (void)pay(&b, MZ_GENERAL, 25);
    b.act.now_ms = mz_day_start_ms(day + 9);
    (void)append(&b, FUND_A, MZ_GENERAL, 1);

    must(&b, mz_period_read(b.changes, FUND_A, day, day, &first, &b.why));
    assert_int_equal(first.opening_fen, 0);
    assert_int_equal(first.income_fen[MZ_INCOME_DONATION], 110);
    assert_int_equal(first.closing_fen, 110);
    assert_int_equal(first.reserved_fen, 30);
    must(&b, mz_period_read(b.changes, FUND_A, day + 1, day + 8, &second, &b.why));
    assert_int_equal(second.opening_fen, first.closing_fen);
    assert_int_equal(second.income_fen[MZ_INCOME_DONATION], 0);
    assert_int_equal(second.spending_fen[0], 25);
    assert_int_equal(second.closing_fen, 85);
    assert_int_equal(second.reserved_fen, 0);
    must(&b, mz_period_read(b.changes, FUND_A, day - 3, day + 9, &whole, &b.why));
    assert_int_equal(whole.closing_fen, 86);
    assert_int_equal(whole.income_fen[MZ_INCOME_DONATION], 111);
    must(&b, mz_period_read(b.changes, FUND_B, day - 3, day + 9, &whole, &b.why));
    assert_int_equal(whole.closing_fen, 0);
    bench_close(&b);
}

/* A published closing is the next opening, without the days before. */
static void test_an_opening_comes_from_the_statement(void **state)
{
    bench b;
    mz_period period;
    (void)state;
    bench_open(&b);
    const int32_t day = mz_day_of_ms(b.act.now_ms);
    (void)append(&b, FUND_A, MZ_GENERAL, 100);
    const mz_statement statement = {.index = 5, .closing_fen = 1000, .to_day = day};
    mz_key_bytes key = mz_key_u64(MZ_KIND_STATEMENT, FUND_A);
    mz_key_add_u32(&key, (uint32_t)day);
    must(&b, mz_state_store(b.changes, &key, &statement, sizeof statement, &b.why));
    must(&b, mz_period_read(b.changes, FUND_A, day + 1, day + 5, &period, &b.why));
    assert_int_equal(period.opening_fen, 1000);
    must(&b, mz_period_read(b.changes, FUND_A, day, day + 5, &period, &b.why));
    assert_int_equal(period.opening_fen, 0); /* it is of a later day */
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_histories),
        cmocka_unit_test(test_one_payout_of_many_gifts_is_one_piece),
        cmocka_unit_test(test_sums_stay_within_the_limit),
        cmocka_unit_test(test_residual_follows_closed_funds),
        cmocka_unit_test(test_inherited_money_can_move_again),
        cmocka_unit_test(test_damage_is_found),
        cmocka_unit_test(test_figures_are_checked_at_every_change),
        cmocka_unit_test(test_bank_lines),
        cmocka_unit_test(test_periods_join),
        cmocka_unit_test(test_an_opening_comes_from_the_statement),
    };
    return cmocka_run_group_tests_name("lots", tests, NULL, NULL);
}
