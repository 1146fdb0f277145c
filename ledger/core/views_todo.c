#include <stdio.h>
#include <string.h>

#include "core/totals.h"
#include "core/trace.h"
#include "core/views_make.h"

/* ---- what waits for a person ---- */

typedef struct mz_waiting {
    mz_making *making;
    mz_actor actor;
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    json_t *rows;
} mz_waiting;

/* One thing to do. The caller adds what else it knows. */
static json_t *wait_for(mz_waiting *waiting, const char *event, const mz_fund *fund,
                        int64_t until_ms)
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
        if (pending.confirmed != 0 || pending.until_ms <= making->now_ms ||
            pending.signer_no == waiting->actor.no || pending.subject_no == waiting->actor.no)
            continue;
        const mz_event_row *event = mz_event_row_of((mz_event)pending.event);
        json_t *row = wait_for(waiting, "registry.confirmed", NULL, pending.until_ms);
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
        json_t *row = wait_for(waiting, "party.verified", NULL, MZ_NO_TIME);
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
        json_t *row = wait_for(waiting, "income.confirmed", fund, mz_day_end_ms(day + 30));
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
        json_t *row = wait_for(waiting, "objection.answered", fund, end_of(head->expiry_day));
        return about_proposal(waiting, row, proposal);
    }
    if (head->stage == MZ_ADOPTED && seating->chair == waiting->actor.no) {
        json_t *row = wait_for(waiting, "application.sent", fund, end_of(head->due_day));
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
    return about_proposal(waiting, wait_for(waiting, "vote.cast", fund, end_of(head->expiry_day)),
                          proposal);
}

/* The seat that the person has in the committee in force. */
typedef enum seat { SEAT_NONE, SEAT_MEMBER, SEAT_ALTERNATE, SEAT_SUPERVISOR } seat;

static mz_status seat_of(mz_waiting *waiting, const mz_fund *fund, mz_seating *seating, seat *found)
{
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    *found = SEAT_NONE;
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
            *found = i < alternates    ? SEAT_MEMBER
                     : i < supervisors ? SEAT_ALTERNATE
                                       : SEAT_SUPERVISOR;
    return MZ_OK;
}

static mz_status officer_waits(mz_waiting *waiting, const mz_fund *fund,
                               const mz_proposal *proposal)
{
    static const struct {
        uint32_t role, stage;
        const char *event;
    } WAITS[] = {
        {MZ_REVIEWER, MZ_APPLIED,  "application.approved"},
        {MZ_CASHIER,  MZ_APPROVED, "payout.made"         },
        {MZ_CASHIER,  MZ_PAYING,   "payout.made"         },
        {MZ_STEWARD,  MZ_PAYING,   "project.completed"   },
    };
    for (size_t i = 0; i < sizeof(WAITS) / sizeof(WAITS[0]); i++) {
        if (WAITS[i].role != waiting->actor.role || WAITS[i].stage != proposal->head.stage)
            continue;
        int64_t reserved_fen = 0;
        for (uint32_t k = 0; k < proposal->head.draw_count; k++)
            reserved_fen += proposal->draws[k].reserved_fen;
        if (waiting->actor.role == MZ_CASHIER && (reserved_fen == 0 || proposal->head.late != 0))
            continue;
        json_t *row =
            wait_for(waiting, WAITS[i].event, fund, end_of(mz_proposal_last_day(&proposal->head)));
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
        waiting, wait_for(waiting, "opinion.given", fund, end_of(proposal->head.consult_day)),
        proposal);
}

typedef struct fund_waits {
    mz_waiting *waiting;
    const mz_fund *fund;
    mz_seating seating;
    seat seat;
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
    if (of->seat == SEAT_MEMBER || of->seat == SEAT_ALTERNATE)
        return member_waits(of->waiting, of->fund, &proposal, &of->seating);
    if (of->seat == SEAT_SUPERVISOR)
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
    json_t *row = wait_for(waiting, "statement.published", fund, mz_day_end_ms(due_day));
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
    if (status != MZ_OK || (committee && of.seat == SEAT_NONE))
        return status;
    if (waiting->actor.role == MZ_CASHIER)
        status = incomes_wait(waiting, &fund);
    if (of.seat == SEAT_MEMBER)
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
    if (waiting.actor.role == MZ_REGISTRAR || waiting.actor.role == MZ_AUDITOR)
        status = pending_waits(&waiting);
    else
        for (size_t i = 0; i < count && status == MZ_OK; i++)
            status = fund_waits_for(&waiting, refs[i]);
    if (status == MZ_OK && waiting.actor.role == MZ_REVIEWER)
        status = registrations_wait(&waiting);
    sort_rows(&making, waiting.rows);
    return mz_making_end(&making, status, made, out);
}

/* ---- the next statement ---- */

static void put_lines(mz_making *making, json_t *out, const char *name, const char *member,
                      const char *const *words, const int64_t *amounts_fen, size_t count)
{
    json_t *lines = json_array();
    mz_put(making, out, name, lines);
    for (size_t i = 0; i < count; i++) {
        if (amounts_fen[i] == 0)
            continue;
        json_t *line = json_object();
        mz_add(making, lines, line);
        mz_put(making, line, member, json_string(words[i]));
        mz_put(making, line, "amount_fen", json_integer(amounts_fen[i]));
    }
}

mz_status mz_statement_view(mz_changes *changes, mz_view id, int32_t to_day, int64_t now_ms,
                            json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    mz_period period;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status == MZ_OK && now_ms < mz_day_end_ms(to_day))
        status = mz_refuse(why, MZ_PERIOD_OPEN, mz_day("date", to_day));
    if (status == MZ_OK && to_day <= fund.statement_to_day)
        status = mz_refuse(why, MZ_PERIOD_GAP, mz_day("want", fund.statement_to_day + 1),
                           mz_day("date", to_day));
    if (status == MZ_OK)
        status = mz_period_read(changes, fund.ref, fund.statement_to_day + 1, to_day, &period, why);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_put_day(&making, made, "from", period.from_day);
    mz_put_day(&making, made, "to", period.to_day);
    mz_put(&making, made, "opening_fen", json_integer(period.opening_fen));
    put_lines(&making, made, "income", "kind", MZ_INCOME_KINDS, period.income_fen,
              MZ_INCOME_KIND_COUNT);
    put_lines(&making, made, "spending", "category", MZ_CATEGORIES, period.spending_fen,
              MZ_CATEGORY_COUNT);
    mz_put(&making, made, "returned_fen", json_integer(period.returned_fen));
    mz_put(&making, made, "corrections_fen", json_integer(period.corrections_fen));
    mz_put(&making, made, "moved_fen", json_integer(period.moved_fen));
    mz_put(&making, made, "closing_fen", json_integer(period.closing_fen));
    mz_put(&making, made, "reserved_fen", json_integer(period.reserved_fen));
    return mz_making_end(&making, status, made, out);
}

/* ---- the way of every fen ---- */

typedef struct tracing {
    mz_making *making;
    json_t *rows;
    bool more;
} tracing;

static json_t *part_row(tracing *of, const char *state, int64_t amount_fen)
{
    of->more = json_array_size(of->rows) >= MZ_TRACE_PARTS_MAX;
    if (of->more)
        return NULL;
    json_t *row = json_object();
    mz_add(of->making, of->rows, row);
    mz_put(of->making, row, "state", json_string(state));
    mz_put(of->making, row, "amount_fen", json_integer(amount_fen));
    return row;
}

static void put_index(mz_making *making, json_t *row, const char *name, uint64_t index)
{
    if (index != 0)
        mz_put(making, row, name, json_integer((json_int_t)index));
}

static mz_status income_part(const mz_income_part *part, void *context, mz_reason *why)
{
    static const char *const STATES[] = {"", "free", "used", "was_used", "reversed"};
    tracing *of = context;
    mz_fund fund;
    json_t *row = part_row(of, STATES[part->state], part->amount_fen);
    if (row == NULL)
        return MZ_OK;
    put_index(of->making, row, "payout", part->payout);
    put_index(of->making, row, "reversal", part->index);
    mz_status status = mz_fund_load(of->making->changes, part->fund, &fund, why);
    if (status != MZ_OK)
        return status;
    mz_put_view(of->making, row, "fund", mz_id_view(fund.id));
    return mz_put_purpose(of->making, row, "purpose", part->purpose);
}

static mz_status payout_part(const mz_payout_part *part, void *context, mz_reason *why)
{
    static const char *const STATES[] = {"", "stands", "replaced", "returned"};
    tracing *of = context;
    (void)why;
    json_t *row = part_row(of, STATES[part->state], part->amount_fen);
    if (row == NULL)
        return MZ_OK;
    put_index(of->making, row, "income", part->income);
    put_index(of->making, row, "reversal", part->index);
    return mz_put_purpose(of->making, row, "purpose", part->purpose);
}

/* The income or payout that an entry is, or speaks of. */
static mz_status traced_ref(mz_making *making, uint64_t index, mz_event *event, mz_ref *ref)
{
    mz_buf text;
    mz_entry entry = {0};
    int64_t unix_ms;
    uint8_t jti[16];
    mz_status status = mz_entry_read(making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return status;
    *event = entry.row->event;
    *ref = index;
    bool confirms = *event == MZ_INCOME_CONFIRMED && mz_body_jti(&entry, "income", jti);
    bool returns = *event == MZ_PAYOUT_RETURNED && mz_body_jti(&entry, "payout", jti);
    if (confirms || returns)
        status = mz_jti_find(making->changes, jti, ref, event, making->why);
    else if (*event != MZ_INCOME_RECORDED && *event != MZ_PAYOUT_MADE)
        status = MZ_NOT_FOUND;
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_trace_view(mz_changes *changes, uint64_t index, int64_t now_ms, json_t **out,
                        mz_reason *why)
{
    static const char *const INCOME[] = {"amount_fen", "kind", NULL};
    static const char *const PAYOUT[] = {"proposal", "party", "draws", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_event event = MZ_EVENT_NONE;
    mz_ref ref = 0;
    json_t *made = json_object();
    tracing of = {.making = &making, .rows = json_array()};
    mz_status status = traced_ref(&making, index, &event, &ref);
    bool income = event == MZ_INCOME_RECORDED;
    mz_put(&making, made, "index", json_integer((json_int_t)ref));
    mz_put(&making, made, "event", json_string(income ? "income.recorded" : "payout.made"));
    mz_put(&making, made, "parts", of.rows);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, ref, income ? INCOME : PAYOUT);
    if (status == MZ_OK)
        status = income ? mz_trace_income(changes, ref, income_part, &of, why)
                        : mz_trace_payout(changes, ref, payout_part, &of, why);
    mz_put(&making, made, "more", json_boolean(of.more));
    if (status == MZ_NOT_FOUND) {
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
        status = mz_refuse(why, MZ_NOT_FOUND, mz_words("id", number),
                           mz_words("kind", MZ_BOTH("收入或拨付", "income or payout")));
    }
    return mz_making_end(&making, status, made, out);
}
