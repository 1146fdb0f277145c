/* rules_fund.c — a fund's life: opened, amended by a resolution, closing, closed; who sits on its
 * committee, and the purposes that money may be given for. */
#include <assert.h>
#include <string.h>

#include "core/act.h"
#include "core/booking.h"
#include "core/settle.h"

#define OFFICERS_MIN 3 /* registrars and auditors together, before a fund is opened */
#define SEATS_MIN 3

/* ---- profile ---- */

enum { PROFILE_COUNT = 8 };
/* In the order of MZ_PROFILE_NAMES, which is that of the struct. */
static const int64_t PROFILE_DEFAULTS[PROFILE_COUNT] = {SEATS_MIN, 7, 30, 30, 60, 180, 92, 0};
_Static_assert(sizeof(mz_profile) == sizeof PROFILE_DEFAULTS, "a default for every member");

/* Members of the body's profile over those in `profile`. */
static mz_status read_profile(mz_act *act, mz_profile *profile)
{
    int64_t values[PROFILE_COUNT];
    memcpy(values, profile, sizeof values);
    const json_t *object = json_object_get(act->entry->body, "profile");
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        values[i] = mz_json_integer(object, MZ_PROFILE_NAMES[i], values[i]);
    memcpy(profile, values, sizeof values);
    if (profile->min_seats < SEATS_MIN || profile->min_seats % 2 == 0)
        return mz_refuse(act->why, MZ_BAD_PROFILE, mz_words("path", "body.profile.min_seats"),
                         mz_words("want", MZ_BOTH("为不少于 3 的单数", "an odd number from 3")));
    return MZ_OK;
}

/* ---- opening, amending ---- */

static mz_status check_fund_id_free(mz_act *act, mz_view id)
{
    uint64_t taken = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_FUND, 0, id, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "fund"), mz_words_view("id", id));
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

mz_status mz_rule_fund_opened(mz_act *act)
{
    mz_view id = mz_view_of(act->entry->fund);
    mz_ledger ledger;
    mz_fund fund = {.ref = act->index,
                    .opened_ms = act->now_ms,
                    .closed_index = MZ_NEVER,
                    .closed_ms = MZ_NO_TIME,
                    .last_movement_ms = MZ_NO_TIME,
                    .next_due_ms = MZ_NO_TIME,
                    .stage = MZ_FUND_OPEN,
                    .statement_to_day = mz_day_of_ms(act->now_ms) - 1};
    memcpy(&fund.profile, PROFILE_DEFAULTS, sizeof fund.profile);
    mz_status status = check_fund_id_free(act, id);
    if (status == MZ_OK)
        status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status != MZ_OK)
        return status;
    if (ledger.officer_count < OFFICERS_MIN)
        return mz_refuse(act->why, MZ_TOO_FEW_OFFICERS, mz_count("count", ledger.officer_count),
                         mz_count("want", OFFICERS_MIN));
    status = read_profile(act, &fund.profile);
    if (status != MZ_OK)
        return status;
    mz_id_set(fund.id, id);
    mz_id_set(fund.account, mz_body_text(act->entry, "account"));
    fund.effects_seen = ledger.effect_count; /* what was before concerns nothing of this fund */
    ledger.open_fund_count++;
    act->fund = fund; /* rules.c stores it */
    status = mz_ledger_store(act->changes, &ledger, act->why);
    if (status == MZ_OK)
        status = mz_name_take(act->changes, MZ_NAME_FUND, 0, id, fund.ref, act->why);
    mz_key_bytes listed = mz_key_account(MZ_KIND_FUND_OF_ACCOUNT, mz_id_view(fund.account));
    mz_key_add_u64(&listed, fund.ref);
    if (status == MZ_OK)
        status = mz_state_mark(act->changes, &listed, act->why);
    return status;
}

static mz_status refuse_resolution(mz_act *act, mz_view id)
{
    return mz_refuse(act->why, MZ_NOT_A_RESOLUTION, mz_words_view("id", id));
}

mz_status mz_rule_fund_amended(mz_act *act)
{
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status != MZ_OK)
        return status;
    mz_view id = mz_body_text(act->entry, "proposal");
    mz_proposal proposal;
    status = mz_act_proposal(act, id, &proposal);
    if (status != MZ_OK)
        return status;
    if (json_object_size(json_object_get(act->entry->body, "profile")) == 0)
        return mz_refuse(
            act->why, MZ_BAD_PROFILE, mz_words("path", "body.profile"),
            mz_words("want", MZ_BOTH("至少改动一项", "changed in one member at least")));
    status = read_profile(act, &act->fund.profile);
    if (status != MZ_OK)
        return status;
    if (proposal.head.category != MZ_CATEGORY_RESOLUTION || proposal.head.stage != MZ_COMPLETED)
        return refuse_resolution(act, id);
    uint64_t used = 0;
    status = mz_name_find(act->changes, MZ_NAME_RESOLUTION, 0, id, &used, act->why);
    if (status == MZ_OK)
        return refuse_resolution(act, id);
    if (status == MZ_NOT_FOUND)
        status = mz_name_take(act->changes, MZ_NAME_RESOLUTION, 0, id, act->index, act->why);
    return status;
}

/* ---- closing ---- */

mz_status mz_rule_fund_closing(mz_act *act)
{
    mz_status status = mz_act_fund_stage(act, MZ_FUND_OPEN);
    if (status == MZ_OK)
        act->fund.stage = MZ_FUND_IS_CLOSING;
    return status;
}

/* Nothing may be left to decide, to pay, to finish, to confirm or to hand out. */
static mz_status check_fund_idle(mz_act *act)
{
    const struct {
        uint32_t count;
        const char *cause;
    } LEFT[] = {
        {act->fund.open_count,
         MZ_BOTH("未决或仍有预留的提案",                  "proposals undecided or holding reserve")   },
        {act->fund.unfinished_count,  MZ_BOTH("未办结的提案", "unfinished proposals")                     },
        {act->fund.unconfirmed_count, MZ_BOTH("未确认的收入", "unconfirmed incomes")                      },
        {act->fund.stocked_count,
         MZ_BOTH("在库或待确认的物资",                     "goods in stock or waiting to be confirmed")},
    };
    for (size_t i = 0; i < sizeof LEFT / sizeof LEFT[0]; i++)
        if (LEFT[i].count > 0)
            return mz_refuse(act->why, MZ_FUND_BUSY, mz_words("fund", act->entry->fund),
                             mz_words("cause", LEFT[i].cause), mz_count("count", LEFT[i].count));
    return MZ_OK;
}

/* Where the rest goes: another fund that is open and not closing, and a purpose of it. */
static mz_status read_residual(mz_act *act, mz_ref *fund, mz_ref *purpose)
{
    const json_t *to = json_object_get(act->entry->body, "residual_to");
    mz_view fund_id = mz_json_text(to, "fund");
    mz_view purpose_id = mz_json_text(to, "purpose");
    mz_figure id = mz_words_view("id", fund_id);
    mz_status status = mz_name_find(act->changes, MZ_NAME_FUND, 0, fund_id, fund, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(act->why, status, mz_term("kind", "fund"), id);
    if (status != MZ_OK)
        return status;
    if (*fund == act->fund.ref)
        return mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.residual_to.fund"),
                         mz_words("want", MZ_BOTH("另一个基金", "another fund")));
    *purpose = MZ_GENERAL;
    if (!mz_view_is(purpose_id, "general"))
        status = mz_name_find(act->changes, MZ_NAME_PURPOSE, *fund, purpose_id, purpose, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(act->why, status, mz_term("kind", "purpose"),
                         mz_words_view("id", purpose_id));
    mz_fund target;
    if (status == MZ_OK)
        status = mz_fund_load(act->changes, *fund, &target, act->why);
    if (status != MZ_OK || target.stage == MZ_FUND_OPEN)
        return status;
    return mz_refuse(act->why,
                     target.stage == MZ_FUND_IS_CLOSED ? MZ_FUND_ENDED : MZ_FUND_WINDING_UP,
                     mz_words_view("fund", fund_id), mz_term("event", act->entry->row->name));
}

mz_status mz_rule_fund_closed(mz_act *act)
{
    mz_ref to_fund = 0, to_purpose = 0;
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = read_residual(act, &to_fund, &to_purpose);
    if (status != MZ_OK)
        return status;
    if (act->fund.stage != MZ_FUND_IS_CLOSING)
        return mz_refuse(act->why, MZ_WRONG_STATE, mz_term("kind", "fund"),
                         mz_words("id", act->entry->fund), mz_term("state", "open"),
                         mz_term("want", "closing"));
    status = check_fund_idle(act);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    assert(act->fund.reserved_fen == 0);
    status = mz_lots_move_residual(act, to_fund, to_purpose);
    if (status != MZ_OK)
        return status;
    act->fund.stage = MZ_FUND_IS_CLOSED;
    act->fund.closed_index = act->moment_index;
    act->fund.closed_ms = act->now_ms;
    act->fund.residual_fund = to_fund;
    act->fund.residual_purpose = to_purpose;
    mz_ledger ledger;
    status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status != MZ_OK)
        return status;
    assert(ledger.open_fund_count > 0);
    ledger.open_fund_count--;
    status = mz_ledger_store(act->changes, &ledger, act->why);
    return status;
}

/* ---- committee ---- */

typedef struct seating_draft {
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    size_t people_count;
    mz_seating seating;
} seating_draft;

/* Appends the people of one list of the body. */
static mz_status read_people(mz_act *act, const char *name, mz_role role, seating_draft *draft,
                             uint16_t *count)
{
    const json_t *list = mz_body_list(act->entry, name);
    *count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        mz_view id = mz_view_of(json_string_value(json_array_get(list, i)));
        mz_actor actor;
        mz_status status = mz_act_actor(act, id, &actor);
        if (status != MZ_OK)
            return status;
        for (size_t j = 0; j < draft->people_count; j++)
            if (draft->people[j] == actor.no)
                return mz_refuse(act->why, MZ_REPEATED_MEMBER, mz_words_view("actor", id));
        if (actor.role != role || actor.retired_index != MZ_NEVER)
            return mz_refuse(act->why, MZ_NOT_ELIGIBLE, mz_words_view("actor", id),
                             mz_term("want", mz_role_name(role)));
        assert(draft->people_count < MZ_SEATING_PEOPLE_MAX);
        draft->people[draft->people_count++] = actor.no;
        (*count)++;
    }
    return MZ_OK;
}

static mz_status check_seat_count(mz_act *act)
{
    int64_t count = (int64_t)json_array_size(mz_body_list(act->entry, "members"));
    if (count % 2 == 0)
        return mz_refuse(act->why, MZ_EVEN_COMMITTEE, mz_count("count", count));
    if (count < act->fund.profile.min_seats)
        return mz_refuse(act->why, MZ_TOO_FEW_SEATS, mz_count("count", count),
                         mz_count("want", act->fund.profile.min_seats));
    return MZ_OK;
}

static mz_status read_chair(mz_act *act, seating_draft *draft)
{
    mz_view id = mz_body_text(act->entry, "chair");
    mz_actor chair;
    mz_status status = mz_act_actor(act, id, &chair);
    if (status != MZ_OK)
        return status;
    draft->seating.chair = chair.no;
    for (size_t i = 0; i < draft->seating.member_count; i++)
        if (draft->people[i] == chair.no)
            return MZ_OK;
    return mz_refuse(act->why, MZ_CHAIR_NOT_MEMBER, mz_words_view("actor", id));
}

static mz_status read_seating(mz_act *act, seating_draft *draft)
{
    mz_seating *seating = &draft->seating;
    mz_status status = check_seat_count(act);
    if (status == MZ_OK)
        status = read_people(act, "members", MZ_MEMBER, draft, &seating->member_count);
    if (status == MZ_OK)
        status = read_people(act, "alternates", MZ_MEMBER, draft, &seating->alternate_count);
    if (status == MZ_OK)
        status = read_people(act, "supervisors", MZ_SUPERVISOR, draft, &seating->supervisor_count);
    if (status == MZ_OK)
        status = read_chair(act, draft);
    if (status != MZ_OK)
        return status;
    if (!mz_body_day(act->entry, "term_ends", &seating->term_ends_day) ||
        seating->term_ends_day < mz_day_of_ms(act->now_ms))
        return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", "body.term_ends"),
                         mz_day("date", seating->term_ends_day),
                         mz_words("want", MZ_BOTH("不早于今天", "not before today")));
    return MZ_OK;
}

mz_status mz_rule_committee_seated(mz_act *act)
{
    seating_draft draft;
    memset(&draft, 0, sizeof draft);
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = read_seating(act, &draft);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    draft.seating.index = act->moment_index;
    draft.seating.confirmed_ms = act->now_ms;
    draft.seating.epoch = act->fund.epoch + 1;
    mz_key_bytes key = mz_key_u64(MZ_KIND_SEATING, act->fund.ref);
    mz_key_add_u32(&key, draft.seating.epoch);
    status =
        mz_state_store_tail(act->changes, &key, &draft.seating, sizeof draft.seating, draft.people,
                            draft.people_count * sizeof draft.people[0], act->why);
    if (status != MZ_OK)
        return status;
    act->fund.epoch = draft.seating.epoch;
    return status == MZ_OK ? mz_proposals_reseated(act) : status;
}

/* ---- purposes ---- */

mz_status mz_rule_purpose_defined(mz_act *act)
{
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status != MZ_OK)
        return status;
    mz_view id = mz_body_text(act->entry, "purpose");
    uint64_t taken = 0;
    status = mz_view_is(id, "general")
                 ? MZ_OK
                 : mz_name_find(act->changes, MZ_NAME_PURPOSE, act->fund.ref, id, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "purpose"),
                         mz_words_view("id", id));
    if (status != MZ_NOT_FOUND)
        return status;
    mz_purpose purpose = {.ref = act->index, .fund = act->fund.ref};
    mz_id_set(purpose.id, id);
    const json_t *categories = mz_body_list(act->entry, "categories");
    for (size_t i = 0; i < json_array_size(categories); i++) {
        const char *word = json_string_value(json_array_get(categories, i));
        int category = mz_value_index(MZ_CATEGORIES, mz_view_of(word));
        assert(category >= 0);
        purpose.categories |= 1u << category;
    }
    mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, purpose.ref);
    status = mz_state_store(act->changes, &key, &purpose, sizeof purpose, act->why);
    if (status == MZ_OK)
        status =
            mz_name_take(act->changes, MZ_NAME_PURPOSE, act->fund.ref, id, purpose.ref, act->why);
    return status;
}
