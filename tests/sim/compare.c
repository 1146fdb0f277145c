/* compare.c — what the rules and the model must agree on. */
#include "sim/sim.h"

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

/* Goods that a proposal lists, what was paid or given, what it brought up, what people said. */
static void compare_outcome(sim *s, size_t number, const model_proposal *p, const mz_proposal *real)
{
    const mz_proposal_head *head = &real->head;
    model_outcome want = model_outcome_of(s->m, number);
    if (head->need != p->need_index || head->item_cap_fen != p->item_cap_fen)
        fail(s, "proposal %s: need %llu cap %lld, the model says %llu and %lld", p->id,
             (unsigned long long)head->need, (long long)head->item_cap_fen,
             (unsigned long long)p->need_index, (long long)p->item_cap_fen);
    if ((int)head->standing_payout_count != want.payouts ||
        (int)head->standing_issue_count != want.issues || (int)head->rating_count != p->ratings ||
        head->seeded_fen != want.seeded_fen)
        fail(s,
             "proposal %s: %u payouts %u issues %u ratings seeded %lld, the model says %d %d %d "
             "and %lld",
             p->id, head->standing_payout_count, head->standing_issue_count, head->rating_count,
             (long long)head->seeded_fen, want.payouts, want.issues, p->ratings,
             (long long)want.seeded_fen);
    if (head->goods_count != p->goods_count)
        fail(s, "proposal %s lists %u goods, the model says %zu", p->id, head->goods_count,
             p->goods_count);
    for (size_t i = 0; i < p->goods_count; i++) {
        const mz_good *good = &real->goods[i];
        if (good->quantity != p->goods_filed[i] || good->used != p->goods_used[i])
            fail(s, "proposal %s, goods %s: %lld of %lld used, the model says %lld of %lld", p->id,
                 p->goods_item[i], (long long)good->used, (long long)good->quantity,
                 (long long)p->goods_used[i], (long long)p->goods_filed[i]);
    }
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
    compare_outcome(s, number, &p, &real);
}

static void compare_item(sim *s, size_t number)
{
    model_item item = model_item_at(s->m, number);
    uint64_t fund = model_fund_at(s->m, item.fund).index, ref;
    mz_reason why = {0};
    mz_item real;
    uint8_t unit[MZ_UNIT_SIZE_MAX];
    size_t unit_size;
    require_ok(s, mz_name_find(s->changes, MZ_NAME_ITEM, fund, mz_view_of(item.id), &ref, &why),
               &why, "item");
    require_ok(s, mz_item_load(s->changes, ref, &real, unit, &unit_size, &why), &why, "item");
    bool same = real.stock == item.stock && (real.receipt_count > 0) == (item.unit != NULL) &&
                (item.unit == NULL || mz_view_is((mz_view){unit, unit_size}, item.unit));
    for (int kind = 0; kind < MZ_GOODS_MOVE_COUNT; kind++)
        same = same && real.moved[kind].quantity == item.moved[kind].quantity &&
               real.moved[kind].unvalued_quantity == item.moved[kind].unvalued_quantity &&
               real.moved[kind].value_fen == item.moved[kind].value_fen;
    if (same)
        return;
    for (int kind = 0; kind < MZ_GOODS_MOVE_COUNT; kind++)
        printf("    moved %d: rules %lld (%lld unvalued) %lld    model %lld (%lld) %lld\n", kind,
               (long long)real.moved[kind].quantity, (long long)real.moved[kind].unvalued_quantity,
               (long long)real.moved[kind].value_fen, (long long)item.moved[kind].quantity,
               (long long)item.moved[kind].unvalued_quantity,
               (long long)item.moved[kind].value_fen);
    fail(s, "item %s of fund %zu: stock %lld in %.*s, the model says %lld in %s", item.id,
         item.fund, (long long)real.stock, (int)unit_size, (const char *)unit,
         (long long)item.stock, item.unit == NULL ? "nothing" : item.unit);
}

static void compare_need(sim *s, size_t number)
{
    model_need want = model_need_at(s->m, number);
    mz_reason why = {0};
    mz_need real;
    require_ok(s, mz_need_load(s->changes, want.index, &real, &why), &why, "need");
    if ((real.reversed_index != MZ_NEVER) != want.reversed ||
        (int)real.endorsement_count != want.endorsements ||
        (int)real.proposal_count != want.proposals || (int)real.payout_count != want.payouts ||
        (int)real.paid_count != want.paid)
        fail(s,
             "need %s: reversed %d, %u endorsements, %u proposals, %u payouts, %u paid; the model "
             "says %d, %d, %d, %d, %d",
             want.id, real.reversed_index != MZ_NEVER, real.endorsement_count, real.proposal_count,
             real.payout_count, real.paid_count, want.reversed, want.endorsements, want.proposals,
             want.payouts, want.paid);
}

static void compare_reconciliation(sim *s, size_t number)
{
    model_reconciliation want = model_reconciliation_at(s->m, number);
    mz_reason why = {0};
    mz_reconciliation real;
    mz_key_bytes key = mz_key_account(MZ_KIND_RECONCILIATION, mz_view_of(want.account));
    mz_key_add_u32(&key, (uint32_t)want.last_day);
    mz_key_add_u64(&key, want.index);
    require_ok(s, mz_state_load(s->changes, &key, &real, sizeof real, &why), &why,
               "reconciliation");
    if (real.index != want.index || real.bank_balance_fen != want.bank_balance_fen ||
        real.outside_fen != want.outside_fen || real.difference_fen != want.difference_fen ||
        real.balance_fen != want.balance_fen)
        fail(s, "reconciliation %llu: %lld %lld %lld %lld, the model says %lld %lld %lld %lld",
             (unsigned long long)want.index, (long long)real.bank_balance_fen,
             (long long)real.outside_fen, (long long)real.difference_fen,
             (long long)real.balance_fen, (long long)want.bank_balance_fen,
             (long long)want.outside_fen, (long long)want.difference_fen,
             (long long)want.balance_fen);
}

static void compare_digest(sim *s, size_t number)
{
    model_digest want = model_digest_at(s->m, number);
    mz_reason why = {0};
    mz_digest real;
    require_ok(s, mz_digest_load(s->changes, want.bytes, &real, &why), &why, "digest");
    if (real.entry != want.entry || real.restricted != want.restricted ||
        real.erased != want.erased)
        fail(s, "digest of entry %llu: %llu restricted %llu erased %llu, the model says %llu %llu",
             (unsigned long long)want.entry, (unsigned long long)real.entry,
             (unsigned long long)real.restricted, (unsigned long long)real.erased,
             (unsigned long long)want.restricted, (unsigned long long)want.erased);
}

/* Needs, goods, reconciliations and sealed records; of long lists the latest, and now and then all.
 */
static void compare_things(sim *s, bool all)
{
    size_t needs = model_need_count(s->m), digests = model_digest_count(s->m);
    size_t reconciliations = model_reconciliation_count(s->m);
    for (size_t i = 0; i < model_item_count(s->m); i++)
        compare_item(s, i);
    for (size_t i = all || needs < 12 ? 0 : needs - 12; i < needs; i++)
        compare_need(s, i);
    for (size_t i = all || digests < 12 ? 0 : digests - 12; i < digests; i++)
        compare_digest(s, i);
    for (size_t i = all || reconciliations < 4 ? 0 : reconciliations - 4; i < reconciliations; i++)
        compare_reconciliation(s, i);
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
void compare(sim *s, bool traces)
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
            real.balance_fen != want.balance_fen || real.reserved_fen != want.reserved_fen ||
            (int)real.stocked_count != want.stocked)
            fail(s,
                 "fund %s: stage %u epoch %u balance %lld reserved %lld stocked %u, the model says "
                 "%d %d %lld %lld %d",
                 want.id, real.stage, real.epoch, (long long)real.balance_fen,
                 (long long)real.reserved_fen, real.stocked_count, want.stage, want.epoch,
                 (long long)want.balance_fen, (long long)want.reserved_fen, want.stocked);
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
    compare_things(s, traces);
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
