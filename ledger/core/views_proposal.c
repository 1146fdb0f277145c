#include <string.h>

#include "core/act.h"
#include "core/uuid.h"
#include "core/views_make.h"

/* ---- one proposal ---- */

static const char *due_word(const mz_proposal_head *head)
{
    static const struct {
        uint32_t stage;
        const char *word;
    } WORDS[] = {
        {MZ_CONSULTING, "consultation ends"},
        {MZ_VOTING,     "voting ends"      },
        {MZ_ADOPTED,    "to be applied for"},
        {MZ_APPLIED,    "to be decided"    },
        {MZ_APPROVED,   "to be paid"       },
        {MZ_PAYING,     "to be paid"       },
    };
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        if (WORDS[i].stage == head->stage)
            return WORDS[i].word;
    return NULL;
}

/* The last day for what the stage waits for; MZ_NO_DAY when it waits for nothing more. */
int32_t mz_proposal_last_day(const mz_proposal_head *head)
{
    if (head->stage == MZ_CONSULTING)
        return head->consult_day;
    if (head->stage == MZ_VOTING)
        return head->expiry_day;
    if (head->stage >= MZ_ADOPTED && head->stage <= MZ_PAYING && head->due_day != 0)
        return head->due_day;
    return MZ_NO_DAY;
}

static int64_t filed_fen(const mz_proposal *proposal)
{
    int64_t total_fen = 0;
    for (uint32_t i = 0; i < proposal->head.draw_count; i++)
        total_fen += proposal->draws[i].filed_fen; /* filing has checked the sum */
    return total_fen;
}

mz_status mz_put_proposal_head(mz_making *making, const mz_proposal *proposal, json_t *row)
{
    static const char *const NAMES[] = {"title", NULL};
    const mz_proposal_head *head = &proposal->head;
    mz_put_view(making, row, "proposal", mz_id_view(head->id));
    mz_put(making, row, "index", json_integer((json_int_t)head->ref));
    mz_put(making, row, "state", json_string(mz_stage_name((mz_stage)head->stage)));
    mz_put_step(making, head, row);
    mz_put(making, row, "category", json_string(MZ_CATEGORIES[head->category]));
    mz_put(making, row, "amount_fen", json_integer(filed_fen(proposal)));
    mz_put(making, row, "paid_fen", json_integer(head->paid_fen));
    mz_put_ms(making, row, "filed_ms", head->filed_ms);
    mz_put_ms(making, row, "state_ms", head->stage_ms);
    mz_put_day(making, row, "last_day", mz_proposal_last_day(head));
    if (mz_proposal_last_day(head) != MZ_NO_DAY)
        mz_put(making, row, "last_day_for", json_string(due_word(head)));
    return mz_put_body(making, row, head->ref, NAMES);
}

static mz_status proposal_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_proposal proposal;
    (void)go_on;
    json_t *row = json_object();
    mz_add(making, context, row);
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    return status == MZ_OK ? mz_put_proposal_head(making, &proposal, row) : status;
}

mz_status mz_put_proposals(mz_making *making, const mz_fund *fund, uint64_t before, json_t *out)
{
    json_t *rows = json_array();
    uint64_t next = MZ_NEVER;
    mz_put(making, out, "proposals", rows);
    mz_status status = mz_fund_rows(making, fund->ref, MZ_PROPOSAL_FILED, before, MZ_VIEW_ROWS_MAX,
                                    proposal_row, rows, &next);
    mz_put_next(making, out, next);
    return status;
}

mz_status mz_proposals_view(mz_changes *changes, mz_view id, uint64_t before, int64_t now_ms,
                            json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_fund fund;
    json_t *made = json_object();
    mz_status status = mz_fund_settled(&making, id, &fund);
    if (status == MZ_OK)
        status = mz_put_proposals(&making, &fund, before, made);
    return mz_making_end(&making, status, made, out);
}

static mz_status put_money(mz_making *making, const mz_proposal *proposal, json_t *out)
{
    mz_status status = MZ_OK;
    json_t *draws = json_array(), *payees = json_array();
    mz_put(making, out, "draws", draws);
    mz_put(making, out, "payees", payees);
    for (uint32_t i = 0; i < proposal->head.draw_count && status == MZ_OK; i++) {
        const mz_draw *draw = &proposal->draws[i];
        json_t *row = json_object();
        mz_add(making, draws, row);
        status = mz_put_purpose(making, row, "purpose", draw->purpose);
        mz_put(making, row, "filed_fen", json_integer(draw->filed_fen));
        mz_put(making, row, "approved_fen", json_integer(draw->approved_fen));
        mz_put(making, row, "reserved_fen", json_integer(draw->reserved_fen));
        mz_put(making, row, "paid_fen", json_integer(draw->paid_fen));
    }
    for (uint32_t i = 0; i < proposal->head.payee_count && status == MZ_OK; i++) {
        const mz_payee *payee = &proposal->payees[i];
        json_t *row = json_object();
        mz_add(making, payees, row);
        status = mz_put_party(making, row, "party", payee->party);
        mz_put(making, row, "cap_fen", json_integer(payee->cap_fen));
        mz_put(making, row, "paid_fen", json_integer(payee->paid_fen));
    }
    return status;
}

static void put_filed_goods(mz_making *making, const mz_proposal *proposal, json_t *out)
{
    if (proposal->head.goods_count == 0)
        return;
    json_t *goods = mz_put_list(making, out, "goods");
    for (uint32_t i = 0; i < proposal->head.goods_count; i++) {
        const mz_good *good = &proposal->goods[i];
        json_t *row = mz_add_object(making, goods);
        mz_put_view(making, row, "item", mz_id_view(good->item));
        mz_put(making, row, "quantity", json_integer(good->quantity));
        mz_put(making, row, "used_quantity", json_integer(good->used));
    }
}

static mz_status put_panel(mz_making *making, const mz_fund *fund, const mz_proposal *proposal,
                           json_t *out)
{
    mz_panel panel;
    const char *cause = NULL;
    if (fund->epoch == 0)
        return MZ_OK;
    mz_status status =
        mz_panel_read(making->changes, proposal, fund->epoch, MZ_AS_OF_NOW, &panel, making->why);
    if (status == MZ_OK)
        status = mz_voting_suspended(making->changes, fund, making->now_ms, MZ_AS_OF_NOW, &cause,
                                     making->why);
    if (status != MZ_OK)
        return status;
    json_t *object = json_object(), *people = json_array();
    mz_put(making, out, "panel", object);
    mz_put(making, object, "epoch", json_integer(fund->epoch));
    mz_put(making, object, "seats", json_integer((json_int_t)panel.seats));
    mz_put(making, object, "needed", json_integer((json_int_t)panel.needed));
    mz_put(making, object, "approvals", json_integer((json_int_t)panel.approvals));
    mz_put(making, object, "rejections", json_integer((json_int_t)panel.rejections));
    mz_put(making, object, "suspended", json_boolean(cause != NULL));
    mz_put(making, object, "short", json_boolean(panel.is_short));
    mz_put(making, object, "people", people);
    for (size_t i = 0; i < panel.count && status == MZ_OK; i++) {
        mz_voter voter;
        json_t *row = json_object();
        mz_add(making, people, row);
        status = mz_put_actor(making, row, "actor", panel.people[i]);
        if (status == MZ_OK)
            status = mz_voter_load(making->changes, proposal->head.ref, panel.people[i], &voter,
                                   making->why);
        if (status != MZ_OK || voter.ballot == 0 || voter.epoch != fund->epoch)
            continue;
        mz_put(making, row, "choice", json_string(MZ_CHOICES[voter.choice]));
        mz_put(making, row, "ballot", json_integer((json_int_t)voter.ballot));
    }
    return status;
}

static mz_status put_ballot(mz_making *making, mz_actor_no no, const mz_voter *voter, json_t *list)
{
    json_t *row = json_object();
    mz_add(making, list, row);
    mz_status status = mz_put_actor(making, row, "actor", no);
    mz_put(making, row, "choice", json_string(MZ_CHOICES[voter->choice]));
    mz_put(making, row, "epoch", json_integer(voter->epoch));
    mz_put(making, row, "ballot", json_integer((json_int_t)voter->ballot));
    mz_put_ms(making, row, "at_ms", voter->ballot_ms);
    return status;
}

/* What each person did: who recused themselves, and every standing ballot, of earlier epochs too.
 * `last`: of the epoch that adopted it, the last ballot, which was the deciding one. */
static mz_status put_voters(mz_making *making, const mz_proposal *proposal, json_t *out,
                            mz_moment *last)
{
    json_t *recused = json_array(), *ballots = json_array();
    mz_put(making, out, "recused", recused);
    mz_put(making, out, "ballots", ballots);
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_VOTER, proposal->head.ref), key = prefix;
    mz_view value;
    for (;;) {
        mz_voter voter;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        if (value.size != sizeof(voter))
            return mz_refuse(making->why, MZ_CORRUPT, mz_words("cause", "voter"));
        memcpy(&voter, value.data, sizeof(voter));
        mz_actor_no no = mz_be32_get(key.bytes + key.size - 4);
        if (voter.ballot != 0)
            status = put_ballot(making, no, &voter, ballots);
        if (voter.ballot != 0 && voter.epoch == proposal->head.epoch &&
            (last->index == MZ_NEVER || voter.ballot > last->index))
            *last = (mz_moment){.index = voter.ballot, .at_ms = voter.ballot_ms};
        if (status == MZ_OK && voter.recused != 0) {
            json_t *row = json_object();
            mz_add(making, recused, row);
            status = mz_put_actor(making, row, "actor", no);
        }
        if (status != MZ_OK)
            return status;
    }
}

/* What went out under the proposal. */
static mz_status move_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_goods goods;
    (void)go_on;
    mz_status status = mz_goods_load(making->changes, index, &goods, making->why);
    return status == MZ_OK ? mz_put_goods(making, &goods, mz_add_object(making, context)) : status;
}

static mz_status payout_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    mz_payout payout;
    (void)go_on;
    mz_status status = mz_payout_load(making->changes, index, &payout, making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, context);
    mz_put(making, row, "index", json_integer((json_int_t)index));
    mz_put_ms(making, row, "at_ms", payout.head.made_ms);
    mz_put(making, row, "amount_fen", json_integer(payout.head.amount_fen));
    mz_put(making, row, "returned_fen", json_integer(payout.head.returned_fen));
    mz_put_day(making, row, "booked_on", payout.head.booked_day);
    mz_put(making, row, "reversed", json_boolean(payout.head.reversed_index != MZ_NEVER));
    return mz_put_party(making, row, "party", payout.head.party);
}

static mz_status objection_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"channel", "text", NULL};
    mz_objection objection;
    mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, index);
    (void)go_on;
    mz_status status =
        mz_state_load(making->changes, &key, &objection, sizeof(objection), making->why);
    if (status != MZ_OK)
        return status;
    json_t *row = mz_add_object(making, context);
    mz_put(making, row, "index", json_integer((json_int_t)index));
    mz_put(making, row, "answered", json_boolean(objection.answered_index != MZ_NEVER));
    if (objection.answered_index != MZ_NEVER)
        mz_put(making, row, "answer", json_integer((json_int_t)objection.answered_index));
    return mz_put_body(making, row, index, NAMES);
}

typedef struct past {
    json_t *rows;
    mz_road *road; /* what the history tells of it */
} past;

/* One thing that happened after the vote. */
static mz_status past_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const HEAD[] = {"index", "event", "at_ms", "actor", NULL};
    static const char *const BODY[] = {"draws", "reason", "summary", "people_served", NULL};
    past *of = context;
    json_t *entry = json_object();
    (void)go_on;
    mz_status status = mz_put_entry(making, index, entry);
    const json_t *body = json_object_get(entry, "body");
    if (status == MZ_OK) {
        json_t *row = mz_add_object(making, of->rows);
        for (const char *const *name = HEAD; *name != NULL; name++)
            mz_put_copy(making, row, *name, entry, *name);
        for (const char *const *name = BODY; *name != NULL; name++)
            mz_put_copy(making, row, *name, body, *name);
        if (mz_view_is(mz_json_text(entry, "event"), "project.completed")) {
            of->road->completed =
                (mz_moment){.index = index, .at_ms = mz_json_integer(entry, "at_ms", MZ_NO_TIME)};
            of->road->people_served = mz_json_integer(body, "people_served", 0);
        }
    }
    json_decref(entry);
    return status;
}

/* What happened after the vote, the oldest first. */
static mz_status put_history(mz_making *making, const mz_proposal *proposal, json_t *out,
                             mz_road *road)
{
    static const mz_event EVENTS[] = {MZ_APPLICATION_SENT,     MZ_APPLICATION_APPROVED,
                                      MZ_APPLICATION_RETURNED, MZ_APPLICATION_REFUSED,
                                      MZ_PROJECT_COMPLETED,    MZ_PROPOSAL_WITHDRAWN};
    past of = {.rows = json_array(), .road = road};
    json_t *rows = mz_put_list(making, out, "history");
    mz_status status = MZ_OK;
    for (size_t i = 0; i < sizeof(EVENTS) / sizeof(EVENTS[0]) && status == MZ_OK; i++)
        status = mz_about_rows(making, proposal->head.ref, EVENTS[i], past_row, &of);
    size_t i;
    json_t *row;
    json_array_foreach(of.rows, i, row)
    {
        size_t at = 0;
        while (at < json_array_size(rows) &&
               json_integer_value(json_object_get(json_array_get(rows, at), "index")) <
                   json_integer_value(json_object_get(row, "index")))
            at++;
        if (json_array_insert(rows, at, row) != 0)
            making->failed = true;
    }
    json_decref(of.rows);
    return status;
}

static mz_status put_chronicle(mz_making *making, const mz_proposal *proposal, json_t *out)
{
    static const struct {
        const char *name;
        mz_event event;
        mz_each_row *row;
    } LISTS[] = {
        {"payouts",    MZ_PAYOUT_MADE,       payout_row   },
        {"objections", MZ_OBJECTION_FILED,   objection_row},
        {"issues",     MZ_GOODS_ISSUED,      move_row     },
        {"write_offs", MZ_GOODS_WRITTEN_OFF, move_row     },
    };
    mz_status status = MZ_OK;
    for (size_t i = 0; i < sizeof(LISTS) / sizeof(LISTS[0]) && status == MZ_OK; i++)
        status = mz_about_rows(making, proposal->head.ref, LISTS[i].event, LISTS[i].row,
                               mz_put_list(making, out, LISTS[i].name));
    return status;
}

mz_status mz_proposal_settled(mz_making *making, mz_view id, mz_proposal *proposal)
{
    uint64_t ref;
    mz_status status = mz_named(making, MZ_NAME_PROPOSAL, MZ_BOTH("提案", "proposal"), id, &ref);
    if (status == MZ_OK)
        status = mz_proposal_load(making->changes, ref, proposal, making->why);
    if (status == MZ_OK)
        status = mz_rules_settle(making->changes, proposal->head.fund, making->now_ms, making->why);
    if (status == MZ_OK)
        status = mz_proposal_load(making->changes, ref, proposal, making->why);
    return status;
}

/* Who decided, what happened since, what was said of it, and how far it is on its road. */
static mz_status put_course(mz_making *making, const mz_fund *fund, const mz_proposal *proposal,
                            json_t *out)
{
    const mz_moment none = {.index = MZ_NEVER, .at_ms = MZ_NO_TIME};
    const mz_proposal_head *head = &proposal->head;
    mz_road road = {.decided = none, .completed = none, .rated = none};
    mz_status status = MZ_OK;
    if (head->stage <= MZ_VOTING)
        status = put_panel(making, fund, proposal, out);
    if (status == MZ_OK)
        status = put_voters(making, proposal, out, &road.decided);
    if (head->stage == MZ_REJECTED) /* by whatever took the last hope: not always a ballot */
        road.decided = (mz_moment){.index = MZ_NEVER, .at_ms = head->stage_ms};
    if (status == MZ_OK)
        status = put_chronicle(making, proposal, out);
    if (status == MZ_OK && head->stage > MZ_VOTING)
        status = put_history(making, proposal, out, &road);
    if (status == MZ_OK)
        status = mz_put_ratings(making, proposal, out, &road.rated);
    mz_put_results(making, proposal, &road, out);
    return status == MZ_OK ? mz_put_steps(making, proposal, &road, out) : status;
}

mz_status mz_proposal_view(mz_changes *changes, mz_view id, int64_t now_ms, json_t **out,
                           mz_reason *why)
{
    static const char *const NAMES[] = {"why", "need", "planned_end", "item_cap_fen", "note", NULL};
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_proposal proposal;
    mz_fund fund;
    char hex[65];
    json_t *made = json_object();
    mz_status status = mz_proposal_settled(&making, id, &proposal);
    if (status == MZ_OK)
        status = mz_fund_load(changes, proposal.head.fund, &fund, why);
    if (status == MZ_OK)
        status = mz_put_proposal_head(&making, &proposal, made);
    if (status == MZ_OK)
        status = mz_put_body(&making, made, proposal.head.ref, NAMES);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    mz_hex_32(proposal.head.filing_hash, hex);
    mz_put_view(&making, made, "fund", mz_id_view(fund.id));
    mz_put(&making, made, "filing_sha256", json_string(hex));
    status = mz_put_actor(&making, made, "filed_by", proposal.head.filer_no);
    mz_put_day(&making, made, "consult_to", proposal.head.consult_day);
    mz_put_day(&making, made, "vote_to", proposal.head.expiry_day);
    mz_put(&making, made, "open_objections", json_integer(proposal.head.open_objection_count));
    mz_put(&making, made, "times_returned", json_integer(proposal.head.return_count));
    mz_put(&making, made, "late", json_boolean(proposal.head.late != 0));
    put_filed_goods(&making, &proposal, made);
    if (status == MZ_OK)
        status = put_money(&making, &proposal, made);
    if (status == MZ_OK)
        status = put_course(&making, &fund, &proposal, made);
    return mz_making_end(&making, status, made, out);
}

/* ---- completing a ballot ---- */

mz_status mz_ballot_complete(mz_changes *changes, mz_view actor_id, json_t *body, int64_t now_ms,
                             mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_proposal proposal;
    mz_fund fund;
    mz_voter voter;
    uint64_t actor;
    mz_status status = mz_proposal_settled(&making, mz_json_text(body, "proposal"), &proposal);
    if (status == MZ_OK)
        status = mz_fund_load(changes, proposal.head.fund, &fund, why);
    if (status == MZ_OK)
        status = mz_named(&making, MZ_NAME_ACTOR, MZ_BOTH("人员", "actor"), actor_id, &actor);
    if (status == MZ_OK)
        status = mz_voter_load(changes, proposal.head.ref, (mz_actor_no)actor, &voter, why);
    if (status != MZ_OK)
        return status;
    if (json_object_get(body, "filing_sha256") == NULL) {
        char hex[65];
        mz_hex_32(proposal.head.filing_hash, hex);
        mz_put(&making, body, "filing_sha256", json_string(hex));
    }
    if (json_object_get(body, "epoch") == NULL && fund.epoch != 0)
        mz_put(&making, body, "epoch", json_integer(fund.epoch));
    if (json_object_get(body, "supersedes") == NULL && voter.ballot != 0 &&
        voter.epoch == fund.epoch) {
        mz_buf text;
        mz_entry entry = {0};
        int64_t unix_ms;
        status = mz_entry_read(&making, voter.ballot, &text, &entry, &unix_ms);
        if (status != MZ_OK)
            return status;
        char jti[MZ_UUID_TEXT_SIZE];
        mz_uuid_text(entry.jti, jti);
        mz_put(&making, body, "supersedes", json_string(jti));
        mz_entry_clear(&entry);
        mz_buf_clear(&text);
    }
    return making.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}
