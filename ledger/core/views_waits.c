/* views_waits.c — what waits for a person besides proposals and registrations: goods, wishes,
 * ratings, bank accounts, an auditor's findings. */
#include "core/views_waits.h"

#include <string.h>

#include "core/date.h"

/* A walk over the rows of one fund, for one person. */
typedef struct fund_walk {
    mz_waiting *waiting;
    const mz_fund *fund;
    size_t added;              /* rows so far */
    uint32_t left;             /* unfinished proposals still to be met */
    mz_proposal_head envelope; /* of wishes, that may pay; ref 0: there is none */
} fund_walk;

/* ---- goods ---- */

static mz_status goods_wait(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const COPIED[] = {"index", "item", "unit", "quantity"};
    fund_walk *walk = context;
    mz_goods goods;
    (void)go_on;
    mz_status status = mz_goods_load(making->changes, index, &goods, making->why);
    if (status != MZ_OK)
        return status;
    json_t *told = json_object();
    json_t *row =
        mz_wait_for(walk->waiting, "goods.confirmed", walk->fund, mz_goods_until_ms(&goods));
    status = mz_put_goods(making, &goods, told);
    mz_put_copy(making, row, "about", told, "event");
    for (size_t i = 0; i < sizeof(COPIED) / sizeof(COPIED[0]); i++)
        mz_put_copy(making, row, COPIED[i], told, COPIED[i]);
    json_decref(told);
    return status;
}

/* ---- wishes ---- */

static mz_status put_wish(mz_making *making, json_t *row, const mz_need *need)
{
    static const char *const NAMES[] = {"item", NULL};
    mz_put_view(making, row, "about", mz_id_view(need->id));
    mz_put_count(making, row, "index", need->ref);
    mz_put(making, row, "quantity", json_integer(need->count));
    return mz_put_body(making, row, need->ref, NAMES);
}

static mz_status load_wish(mz_making *making, uint64_t index, mz_need *need, bool *open)
{
    mz_status status = mz_need_load(making->changes, index, need, making->why);
    *open = status == MZ_OK && need->reversed_index == MZ_NEVER && need->paid_count == 0 &&
            strcmp(MZ_NEED_KINDS[need->kind], "wishes") == 0;
    return status;
}

/* Only a wish needs members to stand by it, so only wishes wait: those that too few have endorsed,
 * and not this member. */
static mz_status endorsement_waits(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    fund_walk *walk = context;
    mz_need need;
    uint8_t endorsed[8];
    bool open;
    mz_status status = load_wish(making, index, &need, &open);
    if (status != MZ_OK || !open || need.endorsement_count >= MZ_NEED_ENDORSERS)
        return status;
    mz_key_bytes key = mz_key_u64(MZ_KIND_ENDORSEMENT, index);
    mz_key_add_u32(&key, walk->waiting->actor.no);
    status = mz_state_load(making->changes, &key, endorsed, sizeof(endorsed), making->why);
    if (status != MZ_NOT_FOUND)
        return status;
    *go_on = ++walk->added < MZ_VIEW_ROWS_MAX;
    return put_wish(making, mz_wait_for(walk->waiting, "need.endorsed", walk->fund, MZ_NO_TIME),
                    &need);
}

/* The wishes envelope that may still pay, and is over first. */
static mz_status find_envelope(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    fund_walk *walk = context;
    mz_proposal proposal;
    const mz_proposal_head *head = &proposal.head;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK || head->counted_unfinished == 0)
        return status;
    *go_on = --walk->left > 0;
    if (head->category != MZ_CATEGORY_WISHES || head->late != 0 ||
        (head->stage != MZ_APPROVED && head->stage != MZ_PAYING))
        return MZ_OK;
    int64_t reserved_fen = 0;
    for (uint32_t i = 0; i < head->draw_count; i++)
        reserved_fen += proposal.draws[i].reserved_fen;
    if (reserved_fen > 0 && (walk->envelope.ref == 0 || head->due_day < walk->envelope.due_day))
        walk->envelope = *head;
    return MZ_OK;
}

static mz_status wish_waits(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    fund_walk *walk = context;
    const mz_proposal_head *envelope = &walk->envelope;
    mz_need need;
    bool open;
    mz_status status = load_wish(making, index, &need, &open);
    if (status != MZ_OK || !open || need.endorsement_count < MZ_NEED_ENDORSERS)
        return status;
    *go_on = ++walk->added < MZ_VIEW_ROWS_MAX;
    json_t *row = mz_wait_for(walk->waiting, "payout.made", walk->fund,
                              mz_day_end_ms(mz_proposal_last_day(envelope)));
    mz_put_view(making, row, "proposal", mz_id_view(envelope->id));
    if (envelope->item_cap_fen > 0)
        mz_put(making, row, "amount_fen", json_integer(envelope->item_cap_fen));
    return put_wish(making, row, &need);
}

/* Of wishes that two members stand by, those not paid yet, while an envelope may pay them. */
static mz_status wishes_wait(mz_waiting *waiting, const mz_fund *fund)
{
    mz_making *making = waiting->making;
    fund_walk walk = {.waiting = waiting, .fund = fund, .left = fund->unfinished_count};
    uint64_t next;
    mz_status status = MZ_OK;
    if (walk.left > 0)
        status = mz_fund_rows(making, fund->ref, MZ_PROPOSAL_FILED, MZ_NEVER, SIZE_MAX,
                              find_envelope, &walk, &next);
    if (status != MZ_OK || walk.envelope.ref == 0)
        return status;
    return mz_fund_rows(making, fund->ref, MZ_NEED_LISTED, MZ_NEVER, MZ_COUNTED_ROWS_MAX,
                        wish_waits, &walk, &next);
}

/* ---- ratings ---- */

static mz_status rating_waits(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"title", NULL};
    fund_walk *walk = context;
    mz_proposal proposal;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK || !mz_proposal_unrated(&proposal.head))
        return status;
    *go_on = ++walk->added < MZ_VIEW_ROWS_MAX;
    json_t *row = mz_wait_for(walk->waiting, "project.rated", walk->fund, MZ_NO_TIME);
    mz_put_view(making, row, "about", mz_id_view(proposal.head.id));
    mz_put_count(making, row, "index", index);
    return mz_put_body(making, row, index, NAMES);
}

/* ---- one fund ---- */

mz_status mz_fund_waits(mz_waiting *waiting, const mz_fund *fund, mz_seat seat)
{
    mz_making *making = waiting->making;
    fund_walk walk = {.waiting = waiting, .fund = fund};
    uint64_t next;
    mz_status status = MZ_OK;
    if (fund->stage == MZ_FUND_IS_CLOSED)
        return MZ_OK;
    if (seat == MZ_SEAT_MEMBER || seat == MZ_SEAT_SUPERVISOR)
        status = mz_goods_waiting(making, fund->ref, MZ_VIEW_ROWS_MAX, goods_wait, &walk, &next);
    if (status == MZ_OK && seat == MZ_SEAT_MEMBER)
        status = mz_fund_rows(making, fund->ref, MZ_NEED_LISTED, MZ_NEVER, MZ_COUNTED_ROWS_MAX,
                              endorsement_waits, &walk, &next);
    if (status == MZ_OK && waiting->actor.role == MZ_CASHIER)
        status = wishes_wait(waiting, fund);
    if (status == MZ_OK && waiting->actor.role == MZ_STEWARD)
        status = mz_fund_rows(making, fund->ref, MZ_PROPOSAL_FILED, MZ_NEVER, MZ_COUNTED_ROWS_MAX,
                              rating_waits, &walk, &next);
    return status;
}

/* ---- the whole log ---- */

/* One row for each account that has months to reconcile, about the oldest of them. */
static mz_status accounts_wait(mz_waiting *waiting)
{
    mz_making *making = waiting->making;
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND_OF_ACCOUNT);
    mz_key_bytes key = prefix;
    for (;;) {
        mz_view value;
        mz_missing_months missing;
        char month[MZ_MONTH_TEXT_SIZE];
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        /* kind, account, 0x00, be64 fund: on to the next account by the greatest fund */
        const mz_view account = {key.bytes + 1, key.size - 10};
        memset(key.bytes + key.size - 8, 0xff, 8);
        status = mz_missing_months_find(making, account, NULL, &missing);
        if (status != MZ_OK)
            return status;
        if (missing.count == 0)
            continue;
        json_t *row = mz_wait_for(waiting, "balance.reconciled", NULL, MZ_NO_TIME);
        mz_month_text(missing.first_day, month);
        mz_put_view(making, row, "about", account);
        mz_put(making, row, "month", json_string(month));
        mz_put_count(making, row, "quantity", missing.count);
    }
}

static mz_status findings_wait(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"findings", NULL};
    mz_waiting *waiting = context;
    json_t *told = json_object(), *text;
    size_t i;
    (void)go_on;
    mz_status status = mz_put_body(making, told, index, NAMES);
    json_array_foreach(json_object_get(told, "findings"), i, text)
    {
        bool answered = true;
        if (status == MZ_OK)
            status = mz_finding_answered(making, index, (uint32_t)i, &answered);
        if (answered)
            continue;
        json_t *row = mz_wait_for(waiting, "finding.answered", NULL, MZ_NO_TIME);
        mz_put(making, row, "about", json_string("finding"));
        mz_put_count(making, row, "index", index);
        mz_put_count(making, row, "finding", i);
        mz_put(making, row, "title", json_copy(text));
    }
    json_decref(told);
    return status;
}

mz_status mz_ledger_waits(mz_waiting *waiting)
{
    const uint32_t role = waiting->actor.role;
    const mz_key_bytes reports = mz_key_of(MZ_KIND_REPORT);
    uint64_t next;
    mz_status status = MZ_OK;
    if (role == MZ_REVIEWER || role == MZ_AUDITOR)
        status = accounts_wait(waiting);
    /* anyone audited may answer; the charity's own officers are expected to */
    if (status == MZ_OK && (role == MZ_REGISTRAR || role == MZ_REVIEWER || role == MZ_CASHIER))
        status = mz_rows_back(waiting->making, &reports, MZ_NEVER, MZ_VIEW_ROWS_MAX, findings_wait,
                              waiting, &next);
    return status;
}
