/* views_todo.c — what waits for a person: proposals, incomes, statements, registrations. The rest
 * is in views_waits.c. */
#include <string.h>

#include "core/views_waits.h"

json_t *mz_wait_for(mz_waiting *waiting, const char *event, const mz_fund *fund, int64_t until_ms)
{
    json_t *row = json_object();
    mz_add(waiting->making, waiting->rows, row);
    mz_put(waiting->making, row, "do", json_string(event));
    if (fund != NULL)
        mz_put_view(waiting->making, row, "fund", mz_id_view(fund->id));
    mz_put_ms(waiting->making, row, "until_ms", until_ms);
    return row;
}

static mz_status about_proposal(mz_waiting *waiting, json_t *row, const mz_proposal *proposal)
{
    static const char *const NAMES[] = {"title", NULL};
    int64_t amount_fen = 0;
    mz_put_view(waiting->making, row, "about", mz_id_view(proposal->head.id));
    mz_put(waiting->making, row, "index", json_integer((json_int_t)proposal->head.ref));
    for (uint32_t i = 0; i < proposal->head.draw_count; i++)
        amount_fen += proposal->head.stage >= MZ_APPROVED && proposal->head.stage <= MZ_PAYING
                          ? proposal->draws[i].reserved_fen
                          : proposal->draws[i].filed_fen;
    mz_put(waiting->making, row, "amount_fen", json_integer(amount_fen));
    return mz_put_body(waiting->making, row, proposal->head.ref, NAMES);
}

static int64_t end_of(int32_t day)
{
    return day == MZ_NO_DAY ? MZ_NO_TIME : mz_day_end_ms(day);
}

/* As the rule of registry.confirmed has it. */
static bool may_confirm(const mz_waiting *waiting, const mz_pending *pending)
{
    return pending->confirmed == 0 && pending->until_ms > waiting->making->now_ms &&
           pending->signer_no != waiting->actor.no && pending->subject_no != waiting->actor.no &&
           (pending->event != MZ_RECORD_ERASED || waiting->actor.role == MZ_AUDITOR);
}

static mz_status pending_waits(mz_waiting *waiting)
{
    static const char *const NAMES[] = {"actor", NULL};
    mz_making *making = waiting->making;
    mz_key_bytes prefix = mz_key_of(MZ_KIND_PENDING), key = prefix;
    mz_view value;
    for (;;) {
        mz_pending pending;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        if (value.size < sizeof(pending))
            return mz_refuse(making->why, MZ_CORRUPT, mz_words("cause", "pending"));
        memcpy(&pending, value.data, sizeof(pending));
        uint64_t index = mz_be64_get(key.bytes + key.size - 8);
        if (!may_confirm(waiting, &pending))
            continue;
        const mz_event_row *event = mz_event_row_of((mz_event)pending.event);
        json_t *row = mz_wait_for(waiting, "registry.confirmed", NULL, pending.until_ms);
        mz_put(making, row, "index", json_integer((json_int_t)index));
        mz_put(making, row, "about", json_string(event == NULL ? "?" : event->name));
        status = mz_put_body(making, row, index, NAMES);
        if (status != MZ_OK)
            return status;
        if (pending.fund != 0) {
            mz_fund fund;
            status = mz_fund_load(making->changes, pending.fund, &fund, making->why);
            if (status != MZ_OK)
                return status;
            mz_put_view(making, row, "fund", mz_id_view(fund.id));
        }
    }
}

static mz_status registrations_wait(mz_waiting *waiting)
{
    mz_making *making = waiting->making;
    mz_key_bytes prefix = mz_key_of(MZ_KIND_REGISTRATION), key = prefix;
    mz_view value;
    for (;;) {
        mz_registration registration;
        mz_party party;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        if (value.size != sizeof(registration))
            return mz_refuse(making->why, MZ_CORRUPT, mz_words("cause", "registration"));
        memcpy(&registration, value.data, sizeof(registration));
        uint64_t index = mz_be64_get(key.bytes + key.size - 8);
        if (registration.verified != 0)
            continue;
        status = mz_party_load(making->changes, registration.party, &party, making->why);
        if (status != MZ_OK)
            return status;
        if (party.registration > index)
            continue; /* a later registration of the party has been verified */
        json_t *row = mz_wait_for(waiting, "party.verified", NULL, MZ_NO_TIME);
        mz_put_view(making, row, "about", mz_id_view(party.id));
        mz_put(making, row, "index", json_integer((json_int_t)index));
    }
}

static mz_status incomes_wait(mz_waiting *waiting, const mz_fund *fund)
{
    mz_making *making = waiting->making;
    json_t *holder = json_object();
    mz_status status = mz_put_unconfirmed(making, fund, holder, "rows");
    size_t i;
    json_t *income;
    json_array_foreach(json_object_get(holder, "rows"), i, income)
    {
        int32_t day = mz_day_of_ms(json_integer_value(json_object_get(income, "recorded_ms")));
        json_t *row = mz_wait_for(waiting, "income.confirmed", fund,
                                  mz_day_end_ms(day + MZ_UNCONFIRMED_DAYS));
        mz_put_copy(making, row, "index", income, "index");
        mz_put_copy(making, row, "about", income, "kind");
        mz_put_copy(making, row, "amount_fen", income, "amount_fen");
    }
    json_decref(holder);
    return status;
}

static mz_status member_waits(mz_waiting *waiting, const mz_fund *fund, const mz_proposal *proposal,
                              const mz_seating *seating)
{
    mz_making *making = waiting->making;
    const mz_proposal_head *head = &proposal->head;
    if (head->stage <= MZ_VOTING && head->open_objection_count > 0) {
        json_t *row = mz_wait_for(waiting, "objection.answered", fund, end_of(head->expiry_day));
        return about_proposal(waiting, row, proposal);
    }
    if (head->stage == MZ_ADOPTED && seating->chair == waiting->actor.no) {
        json_t *row = mz_wait_for(waiting, "application.sent", fund, end_of(head->due_day));
        return about_proposal(waiting, row, proposal);
    }
    if (head->stage != MZ_VOTING)
        return MZ_OK;
    mz_panel panel;
    mz_voter voter;
    const char *cause = NULL;
    bool mine = false;
    mz_status status =
        mz_panel_read(making->changes, proposal, fund->epoch, MZ_AS_OF_NOW, &panel, making->why);
    if (status == MZ_OK)
        status = mz_voting_suspended(making->changes, fund, making->now_ms, MZ_AS_OF_NOW, &cause,
                                     making->why);
    for (size_t i = 0; status == MZ_OK && i < panel.count; i++)
        mine = mine || panel.people[i] == waiting->actor.no;
    if (status != MZ_OK || !mine || cause != NULL || panel.is_short)
        return status;
    status = mz_voter_load(making->changes, head->ref, waiting->actor.no, &voter, making->why);
    if (status != MZ_OK || (voter.ballot != 0 && voter.epoch == fund->epoch))
        return status;
    return about_proposal(
        waiting, mz_wait_for(waiting, "vote.cast", fund, end_of(head->expiry_day)), proposal);
}

static mz_status seat_of(mz_waiting *waiting, const mz_fund *fund, mz_seating *seating,
                         mz_seat *found)
{
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    *found = MZ_SEAT_NONE;
    memset(seating, 0, sizeof(*seating));
    if (fund->epoch == 0)
        return MZ_OK;
    mz_status status = mz_seating_load(waiting->making->changes, fund->ref, fund->epoch, seating,
                                       people, waiting->making->why);
    if (status != MZ_OK)
        return status;
    uint32_t alternates = seating->member_count;
    uint32_t supervisors = alternates + seating->alternate_count;
    for (uint32_t i = 0; i < supervisors + seating->supervisor_count; i++)
        if (people[i] == waiting->actor.no)
            *found = i < alternates    ? MZ_SEAT_MEMBER
                     : i < supervisors ? MZ_SEAT_ALTERNATE
                                       : MZ_SEAT_SUPERVISOR;
    return MZ_OK;
}

/* Whether there is anything left of what an officer would do in a stage. */
static bool has_reserve(const mz_proposal *proposal)
{
    int64_t reserved_fen = 0;
    for (uint32_t i = 0; i < proposal->head.draw_count; i++)
        reserved_fen += proposal->draws[i].reserved_fen;
    return reserved_fen > 0 && proposal->head.late == 0;
}

static bool has_goods_left(const mz_proposal *proposal)
{
    for (uint32_t i = 0; i < proposal->head.goods_count; i++)
        if (proposal->goods[i].used < proposal->goods[i].quantity)
            return true;
    return false;
}

static bool always(const mz_proposal *proposal)
{
    (void)proposal;
    return true;
}

static mz_status officer_waits(mz_waiting *waiting, const mz_fund *fund,
                               const mz_proposal *proposal)
{
    static const struct {
        uint32_t role, stage;
        const char *event;
        bool (*waits)(const mz_proposal *proposal);
    } WAITS[] = {
        {MZ_REVIEWER, MZ_APPLIED,  "application.approved", always        },
        {MZ_CASHIER,  MZ_APPROVED, "payout.made",          has_reserve   },
        {MZ_CASHIER,  MZ_PAYING,   "payout.made",          has_reserve   },
        {MZ_STEWARD,  MZ_APPROVED, "goods.issued",         has_goods_left},
        {MZ_STEWARD,  MZ_PAYING,   "goods.issued",         has_goods_left},
        {MZ_STEWARD,  MZ_PAYING,   "project.completed",    always        },
    };
    for (size_t i = 0; i < sizeof(WAITS) / sizeof(WAITS[0]); i++) {
        if (WAITS[i].role != waiting->actor.role || WAITS[i].stage != proposal->head.stage ||
            !WAITS[i].waits(proposal))
            continue;
        json_t *row = mz_wait_for(waiting, WAITS[i].event, fund,
                                  end_of(mz_proposal_last_day(&proposal->head)));
        mz_status status = about_proposal(waiting, row, proposal);
        if (status != MZ_OK)
            return status;
    }
    return MZ_OK;
}

static mz_status supervisor_waits(mz_waiting *waiting, const mz_fund *fund,
                                  const mz_proposal *proposal)
{
    mz_voter voter;
    if (proposal->head.stage != MZ_CONSULTING)
        return MZ_OK;
    mz_status status = mz_voter_load(waiting->making->changes, proposal->head.ref,
                                     waiting->actor.no, &voter, waiting->making->why);
    if (status != MZ_OK || voter.opined != 0)
        return status;
    return about_proposal(
        waiting, mz_wait_for(waiting, "opinion.given", fund, end_of(proposal->head.consult_day)),
        proposal);
}

typedef struct fund_waits {
    mz_waiting *waiting;
    const mz_fund *fund;
    mz_seating seating;
    mz_seat seat;
    uint32_t left; /* proposals not yet ended or completed that are still to be met */
} fund_waits;

static mz_status proposal_waits(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    fund_waits *of = context;
    mz_proposal proposal;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK || proposal.head.counted_unfinished == 0)
        return status;
    *go_on = --of->left > 0;
    if (of->seat == MZ_SEAT_MEMBER || of->seat == MZ_SEAT_ALTERNATE)
        return member_waits(of->waiting, of->fund, &proposal, &of->seating);
    if (of->seat == MZ_SEAT_SUPERVISOR)
        return supervisor_waits(of->waiting, of->fund, &proposal);
    return officer_waits(of->waiting, of->fund, &proposal);
}

static bool is_mine(const mz_waiting *waiting, mz_ref fund)
{
    if (waiting->actor.role != MZ_STEWARD)
        return true;
    for (uint32_t i = 0; i < waiting->actor.fund_count; i++)
        if (waiting->funds[i] == fund)
            return true;
    return false;
}

static void statement_waits(mz_waiting *waiting, const mz_fund *fund)
{
    int32_t due_day = fund->statement_to_day + (int32_t)fund->profile.statement_days;
    bool has_period = fund->statement_to_day + 1 < mz_day_of_ms(waiting->making->now_ms);
    if (!has_period || fund->stage == MZ_FUND_IS_CLOSED ||
        mz_day_of_ms(waiting->making->now_ms) + 14 < due_day)
        return;
    json_t *row = mz_wait_for(waiting, "statement.published", fund, mz_day_end_ms(due_day));
    mz_put_day(waiting->making, row, "about", fund->statement_to_day + 1);
}

static mz_status fund_waits_for(mz_waiting *waiting, mz_ref ref)
{
    mz_making *making = waiting->making;
    mz_fund fund;
    uint64_t next;
    mz_status status = mz_rules_settle(making->changes, ref, making->now_ms, making->why);
    if (status == MZ_OK)
        status = mz_fund_load(making->changes, ref, &fund, making->why);
    if (status != MZ_OK || !is_mine(waiting, ref))
        return status;
    fund_waits of = {.waiting = waiting, .fund = &fund, .left = fund.unfinished_count};
    bool committee = waiting->actor.role == MZ_MEMBER || waiting->actor.role == MZ_SUPERVISOR;
    status = seat_of(waiting, &fund, &of.seating, &of.seat);
    if (status != MZ_OK || (committee && of.seat == MZ_SEAT_NONE))
        return status;
    if (waiting->actor.role == MZ_CASHIER)
        status = incomes_wait(waiting, &fund);
    if (status == MZ_OK)
        status = mz_fund_waits(waiting, &fund, of.seat);
    if (of.seat == MZ_SEAT_MEMBER)
        statement_waits(waiting, &fund);
    if (status == MZ_OK && of.left > 0)
        status = mz_fund_rows(making, ref, MZ_PROPOSAL_FILED, MZ_NEVER, SIZE_MAX, proposal_waits,
                              &of, &next);
    return status;
}

static int64_t row_until(const json_t *row)
{
    json_t *until = json_object_get(row, "until_ms");
    return until == NULL ? MZ_NO_TIME : json_integer_value(until);
}

/* The soonest first; rows of one moment keep their order. The lists are short. */
static void sort_rows(mz_making *making, json_t *rows)
{
    for (size_t i = 1; i < json_array_size(rows); i++) {
        size_t to = i;
        while (to > 0 &&
               row_until(json_array_get(rows, to - 1)) > row_until(json_array_get(rows, i)))
            to--;
        if (to == i)
            continue;
        json_t *row = json_incref(json_array_get(rows, i));
        if (json_array_remove(rows, i) != 0 || json_array_insert_new(rows, to, row) != 0)
            making->failed = true;
    }
}

mz_status mz_todo_view(mz_changes *changes, mz_view id, int64_t now_ms, json_t **out,
                       mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_waiting waiting = {.making = &making, .rows = json_array()};
    mz_ref refs[MZ_FUNDS_LISTED_MAX];
    size_t count = 0;
    uint64_t no;
    json_t *made = json_object();
    mz_put(&making, made, "todo", waiting.rows);
    mz_status status = mz_named(&making, MZ_NAME_ACTOR, MZ_BOTH("人员", "actor"), id, &no);
    if (status == MZ_OK)
        status = mz_actor_load_funds(changes, (mz_actor_no)no, &waiting.actor, waiting.funds, why);
    if (status == MZ_OK)
        status = mz_fund_refs(&making, refs, MZ_FUNDS_LISTED_MAX, &count);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_view(&making, made, "actor", mz_id_view(waiting.actor.id));
    mz_put(&making, made, "role", json_string(mz_role_name((mz_role)waiting.actor.role)));
    if (waiting.actor.retired_index != MZ_NEVER)
        return mz_making_end(&making, MZ_OK, made, out); /* nothing waits for who has left */
    bool registry = waiting.actor.role == MZ_REGISTRAR || waiting.actor.role == MZ_AUDITOR;
    if (registry)
        status = pending_waits(&waiting);
    else
        for (size_t i = 0; i < count && status == MZ_OK; i++)
            status = fund_waits_for(&waiting, refs[i]);
    if (status == MZ_OK && waiting.actor.role == MZ_REVIEWER)
        status = registrations_wait(&waiting);
    if (status == MZ_OK)
        status = mz_ledger_waits(&waiting);
    sort_rows(&making, waiting.rows);
    return mz_making_end(&making, status, made, out);
}
