/* model.h — a second, small reading of the rules, written from docs/rules.md alone, to hold the
 * real ones against. It is slow and plain on purpose: arrays, linear scans, every list recomputed
 * when it is asked for. It shares nothing with the rules but the decoded entry. Bodies are taken to
 * have the form that the catalogue prescribes; what they mean is judged here. */
#ifndef MZ_TESTS_MODEL_H
#define MZ_TESTS_MODEL_H

#include "core/entry.h"

#define MODEL_REASON_SIZE 160

typedef struct model model;

/* NULL without memory. The caller owns it. */
model *model_new(void);
void model_free(model *m); /* NULL is fine */

/* Where an entry stands. `kid` is the thumbprint of the key that signed it. */
typedef struct model_stamp {
    uint64_t index;
    int64_t unix_ms;
    mz_hash kid, leaf_hash;
} model_stamp;

/* Judges an entry and folds it in. False with a reason in words when it is refused; the model is
 * then as it was. Borrows all. */
bool model_apply(model *m, const mz_entry *entry, const model_stamp *stamp,
                 char reason[MODEL_REASON_SIZE]);

/* Closes what is due in every fund, for looking at the state of a moment. Time only goes forward.
 */
void model_settle(model *m, int64_t unix_ms);

/* What to look at. Positions count from 0 in order of taking effect. */
typedef struct model_fund {
    const char *id;
    uint64_t index; /* of fund.opened */
    int stage;      /* 1 open, 2 closing, 3 closed */
    int epoch;      /* 0: no seating */
    int64_t balance_fen, reserved_fen;
    int32_t next_statement_day; /* where the next statement begins */
    const char *account;
    int64_t opened_ms, closed_ms; /* closed_ms: INT64_MAX until then */
    int stocked;                  /* items in stock, and receipts that wait */
} model_fund;
size_t model_fund_count(const model *m);
model_fund model_fund_at(const model *m, size_t fund);

typedef struct model_bucket {
    size_t fund;
    const char *id;
    uint64_t index; /* of purpose.defined; 0 for general */
    unsigned categories;
    int64_t confirmed_fen, reversed_fen, moved_in_fen, moved_out_fen, paid_fen, returned_fen;
    int64_t balance_fen, reserved_fen, lots_fen;
} model_bucket;
size_t model_bucket_count(const model *m);
model_bucket model_bucket_at(const model *m, size_t bucket);

#define MODEL_DRAWS_MAX 8
#define MODEL_GOODS_MAX 4
typedef struct model_proposal {
    const char *id;
    size_t fund;
    uint64_t index; /* of the filing */
    const char *filing_sha256;
    int category;
    int stage; /* as mz_stage counts: 1 consulting .. 12 lapsed */
    int64_t stage_ms;
    int32_t expiry_day, due_day;
    bool late, open_objection;
    uint64_t need_index; /* 0: none */
    int ratings;
    int64_t item_cap_fen; /* 0: none */
    size_t goods_count;
    const char *goods_item[MODEL_GOODS_MAX];
    int64_t goods_filed[MODEL_GOODS_MAX], goods_used[MODEL_GOODS_MAX];
    size_t draw_count, payee_count, panel_count, approval_count;
    int needed;
    bool suspended, panel_short;
    const char *draw_purpose[MODEL_DRAWS_MAX];
    int64_t draw_filed_fen[MODEL_DRAWS_MAX], draw_reserved_fen[MODEL_DRAWS_MAX],
        draw_paid_fen[MODEL_DRAWS_MAX];
    const char *payee[MODEL_DRAWS_MAX];
    int64_t payee_cap_fen[MODEL_DRAWS_MAX], payee_paid_fen[MODEL_DRAWS_MAX];
} model_proposal;
size_t model_proposal_count(const model *m);
/* As of the moment that the model has been settled to. */
model_proposal model_proposal_at(const model *m, size_t proposal);
/* What was paid and given, and stands (issues once confirmed); what incomes it brought up. */
typedef struct model_outcome {
    int payouts, issues;
    int64_t seeded_fen;
} model_outcome;
model_outcome model_outcome_of(const model *m, size_t proposal);
/* Whether an actor is on the panel; the jti of the actor's standing ballot, or NULL. */
bool model_on_panel(const model *m, size_t proposal, const char *actor);
const char *model_ballot(const model *m, size_t proposal, const char *actor);

/* The jti of what waits in a fund, the oldest: an income recorded, a receipt of goods; or NULL. */
const char *model_waiting_income(const model *m, size_t fund);
const char *model_waiting_receipt(const model *m, size_t fund);

/* Goods of a fund, each in its own unit. */
typedef struct model_amount {
    int64_t quantity, unvalued_quantity, value_fen;
} model_amount;
typedef struct model_item {
    size_t fund;
    const char *id, *unit; /* unit NULL: no receipt stands */
    int64_t stock;
    model_amount moved[4]; /* received and confirmed, issued, sold, written off */
} model_item;
size_t model_item_count(const model *m);
model_item model_item_at(const model *m, size_t item);

typedef struct model_need {
    const char *id;
    size_t fund;
    uint64_t index;
    bool reversed;
    int endorsements, proposals, payouts, paid; /* proposals: that hold it; paid: net positive */
} model_need;
size_t model_need_count(const model *m);
model_need model_need_at(const model *m, size_t need);
/* Whether an actor endorsed it. */
bool model_endorsed(const model *m, size_t need, const char *actor);

typedef struct model_reconciliation {
    const char *account;
    int32_t last_day; /* of its month */
    uint64_t index;
    int64_t bank_balance_fen, outside_fen, difference_fen, balance_fen;
} model_reconciliation;
size_t model_reconciliation_count(const model *m);
model_reconciliation model_reconciliation_at(const model *m, size_t reconciliation);

/* A sealed field by its digest: the entry that names it, and which ones restricted and erased it;
 * 0 when none did. */
typedef struct model_digest {
    const uint8_t *bytes;
    uint64_t entry, restricted, erased;
} model_digest;
size_t model_digest_count(const model *m);
model_digest model_digest_at(const model *m, size_t digest);

/* Whose money a payout was: incomes by the index of their recording, in order of use, neighbours of
 * one income put together. Returns how many; at most `max` are written. */
typedef struct model_part {
    uint64_t income_index;
    int64_t amount_fen;
} model_part;
size_t model_payout_count(const model *m);
uint64_t model_payout_index(const model *m, size_t payout);
size_t model_trace(const model *m, size_t payout, model_part *parts, size_t max);

/* What became of an income: how much of it a payout used, and how much lies free in a bucket. */
size_t model_income_count(const model *m);
uint64_t model_income_index(const model *m, size_t income);
int64_t model_income_used(const model *m, size_t income, size_t payout);
int64_t model_income_free(const model *m, size_t income, size_t bucket);

/* The figures of a fund's period, as a statement of it must state them. */
typedef struct model_period {
    int64_t opening_fen, closing_fen, reserved_fen;
    int64_t income_fen[8], spending_fen[10]; /* by position in the catalogue */
    int64_t returned_fen, corrections_fen, moved_fen;
} model_period;
model_period model_period_of(const model *m, size_t fund, int32_t from_day, int32_t to_day);

/* The equations that must hold after every entry; false with a reason. */
bool model_check(const model *m, char reason[MODEL_REASON_SIZE]);

#endif
