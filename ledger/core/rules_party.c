/* rules_party.c — whom the fund deals with: parties, who is the same as whom or an actor's own,
 * conflicts of interest, sources of income and their market sessions.
 *
 * Parties found to be the same form a group. Its leader joins the other group's leader and keeps
 * the entry since when; nothing is rewritten, so the group of any earlier moment is found by
 * following only what was joined until then. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/act.h"
#include "core/conflict.h"

/* ---- parties ---- */

static mz_status store_party(mz_act *act, const mz_party *party)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_PARTY, party->ref);
    return mz_state_store(act->changes, &key, party, sizeof *party, act->why);
}

/* Organisations have a credit code, others none; it belongs to one party for ever, from its first
 * registration on: `party` 0 for a new one. */
static mz_status check_credit_code(mz_act *act, int kind, mz_view code, mz_ref party)
{
    if ((kind == MZ_PARTY_ORGANISATION) != (code.size > 0))
        return mz_refuse(act->why, MZ_CREDIT_CODE_REQUIRED);
    if (code.size == 0)
        return MZ_OK;
    mz_ref owner = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_CREDIT_CODE, 0, code, &owner, act->why);
    if (status == MZ_NOT_FOUND || (status == MZ_OK && owner == party))
        return MZ_OK;
    mz_party other;
    if (status == MZ_OK)
        status = mz_party_load(act->changes, owner, &other, act->why);
    return status == MZ_OK ? mz_refuse(act->why, MZ_CREDIT_CODE_TAKEN, mz_words_view("code", code),
                                       mz_words_view("party", mz_id_view(other.id)))
                           : status;
}

/* A party's first registration: it exists, alone in its group, not verified yet. */
static mz_status make_party(mz_act *act, mz_view id, uint32_t kind, const char credit_code[24])
{
    mz_party party = {
        .ref = act->index, .group = act->index, .group_index = act->moment_index, .kind = kind};
    mz_id_set(party.id, id);
    memcpy(party.credit_code, credit_code, sizeof party.credit_code);
    mz_key_bytes group = mz_key_u64_u64(MZ_KIND_PARTY_GROUP, party.ref, party.ref);
    mz_status status = store_party(act, &party);
    if (status == MZ_OK)
        status = mz_state_mark(act->changes, &group, act->why);
    return status == MZ_OK ? mz_name_take(act->changes, MZ_NAME_PARTY, 0, id, party.ref, act->why)
                           : status;
}

mz_status mz_rule_party_registered(mz_act *act)
{
    mz_view id = mz_body_text(act->entry, "party");
    mz_view code = mz_body_text(act->entry, "credit_code");
    int kind = mz_body_value(act->entry, "kind", MZ_PARTY_KINDS);
    assert(kind >= 0 && code.size < sizeof((mz_party *)NULL)->credit_code);
    mz_ref party = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_PARTY, 0, id, &party, act->why);
    if (status != MZ_OK && status != MZ_NOT_FOUND)
        return status;
    bool known = status == MZ_OK;
    status = check_credit_code(act, kind, code, known ? party : 0);
    if (status != MZ_OK)
        return status;
    mz_registration registration = {.party = known ? party : act->index, .kind = (uint32_t)kind};
    if (code.size > 0)
        memcpy(registration.credit_code, code.data, code.size);
    mz_key_bytes key = mz_key_u64(MZ_KIND_REGISTRATION, act->index);
    status = mz_state_store(act->changes, &key, &registration, sizeof registration, act->why);
    if (status == MZ_OK && !known)
        status = make_party(act, id, registration.kind, registration.credit_code);
    if (status == MZ_OK && code.size > 0)
        status =
            mz_name_take(act->changes, MZ_NAME_CREDIT_CODE, 0, code, registration.party, act->why);
    return status;
}

/* ---- groups ---- */

static mz_status read_group(mz_act *act, mz_ref leader, mz_ref members[MZ_PARTY_GROUP_MAX],
                            size_t *count)
{
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_PARTY_GROUP, leader);
    mz_key_bytes key = prefix;
    *count = 0;
    for (;;) {
        mz_ref member = 0;
        mz_status status = mz_party_group_next(act->changes, &prefix, &key, &member, act->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status != MZ_OK)
            return status;
        assert(*count < MZ_PARTY_GROUP_MAX);
        members[(*count)++] = member;
    }
}

/* Two parties turn out to be one. The smaller group joins the larger, so chains stay short. */
static mz_status join_groups(mz_act *act, mz_ref left, mz_ref right)
{
    mz_ref members[2][MZ_PARTY_GROUP_MAX];
    size_t counts[2] = {0, 0};
    mz_ref leaders[2] = {0, 0};
    mz_status status = mz_party_leader(act->changes, left, MZ_NEVER - 1, &leaders[0], act->why);
    if (status == MZ_OK)
        status = mz_party_leader(act->changes, right, MZ_NEVER - 1, &leaders[1], act->why);
    if (status != MZ_OK || leaders[0] == leaders[1])
        return status;
    for (size_t i = 0; status == MZ_OK && i < 2; i++)
        status = read_group(act, leaders[i], members[i], &counts[i]);
    if (status != MZ_OK)
        return status;
    if (counts[0] + counts[1] > MZ_PARTY_GROUP_MAX)
        return mz_refuse(act->why, MZ_TOO_MANY, mz_words("path", "body.same_as"),
                         mz_count("count", (int64_t)(counts[0] + counts[1])), mz_count("low", 1),
                         mz_count("limit", MZ_PARTY_GROUP_MAX));
    size_t joining = counts[0] <= counts[1] ? 0 : 1;
    mz_ref leader = leaders[1 - joining];
    mz_party party;
    status = mz_party_load(act->changes, leaders[joining], &party, act->why);
    if (status != MZ_OK)
        return status;
    party.group = leader;
    party.group_index = act->moment_index;
    status = store_party(act, &party);
    for (size_t i = 0; status == MZ_OK && i < counts[joining]; i++) {
        mz_key_bytes key = mz_key_u64_u64(MZ_KIND_PARTY_GROUP, leader, members[joining][i]);
        status = mz_state_mark(act->changes, &key, act->why);
    }
    return status;
}

/* ---- verification ---- */

/* What ties an actor to a party: a declaration, or for ever that it is the actor's own. */
static mz_status tie(mz_act *act, mz_actor_no actor_no, mz_ref party)
{
    mz_conflict conflict = {.ref = act->index,
                            .party = party,
                            .since_index = act->moment_index,
                            .ended_index = MZ_NEVER,
                            .actor_no = actor_no};
    mz_key_bytes key = mz_key_u64(MZ_KIND_CONFLICT, conflict.ref);
    mz_key_bytes of = mz_key_u32(MZ_KIND_CONFLICT_OF, actor_no);
    mz_key_add_u64(&of, party);
    mz_key_add_u64(&of, conflict.ref);
    mz_status status = mz_state_store(act->changes, &key, &conflict, sizeof conflict, act->why);
    if (status == MZ_OK)
        status = mz_state_mark(act->changes, &of, act->why);
    mz_actor actor;
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    if (status == MZ_OK)
        status = mz_actor_load_funds(act->changes, actor_no, &actor, funds, act->why);
    if (status != MZ_OK)
        return status;
    actor.tie_count++;
    mz_key_bytes row = mz_key_u32(MZ_KIND_ACTOR, actor_no);
    return mz_state_store_tail(act->changes, &row, &actor, sizeof actor, funds,
                               actor.fund_count * sizeof funds[0], act->why);
}

static mz_status give_to_actor(mz_act *act, mz_party *party)
{
    mz_actor actor;
    mz_status status = mz_act_actor_in_effect(act, mz_body_text(act->entry, "actor"), &actor);
    if (status != MZ_OK)
        return status;
    party->actor_no = actor.no;
    return tie(act, actor.no, party->ref);
}

static mz_status name_same(mz_act *act, mz_ref party)
{
    mz_party other;
    mz_status status = mz_act_party(act, mz_body_text(act->entry, "same_as"), &other);
    if (status != MZ_OK)
        return status;
    if (other.ref == party)
        return mz_refuse(act->why, MZ_BAD_VALUE, mz_words("path", "body.same_as"),
                         mz_words("want", MZ_BOTH("另一个往来方", "another party")));
    return join_groups(act, party, other.ref);
}

static mz_status cited_registration(mz_act *act, mz_ref *ref, mz_registration *registration)
{
    mz_status status = mz_act_cited(act, "registration", MZ_PARTY_REGISTERED, "registration", ref);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_key_u64(MZ_KIND_REGISTRATION, *ref);
    status = mz_state_load(act->changes, &key, registration, sizeof *registration, act->why);
    if (status == MZ_OK && registration->verified != 0)
        return mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "registration"),
                         mz_words_view("id", mz_body_text(act->entry, "registration")));
    return status;
}

mz_status mz_rule_party_verified(mz_act *act)
{
    mz_ref ref = 0;
    mz_registration registration;
    mz_party party;
    bool has_actor = mz_body_has(act->entry, "actor");
    bool has_same = mz_body_has(act->entry, "same_as");
    mz_status status = cited_registration(act, &ref, &registration);
    if (status == MZ_OK)
        status = mz_party_load(act->changes, registration.party, &party, act->why);
    if (status == MZ_OK && has_actor)
        status = give_to_actor(act, &party);
    if (status != MZ_OK)
        return status;
    party.registration = ref;
    party.kind = registration.kind;
    memcpy(party.credit_code, registration.credit_code, sizeof party.credit_code);
    registration.verified = 1;
    mz_key_bytes key = mz_key_u64(MZ_KIND_REGISTRATION, ref);
    status = store_party(act, &party);
    if (status == MZ_OK)
        status = mz_state_store(act->changes, &key, &registration, sizeof registration, act->why);
    if (status == MZ_OK && has_same)
        status = name_same(act, party.ref);
    if (status == MZ_OK && (has_actor || has_same))
        status = mz_act_effect(act, MZ_EFFECT_PARTY, party.actor_no, party.ref, 0, NULL);
    return status;
}

/* ---- conflicts of interest ---- */

bool mz_conflict_declared_at_once(const mz_act *act)
{
    return mz_view_equal(mz_id_view(act->signer.id), mz_body_text(act->entry, "actor"));
}

/* Speaking of somebody else is for supervisors and registrars. */
static mz_status check_speaker(mz_act *act, bool of_oneself)
{
    mz_role role = (mz_role)act->signer.role;
    if (of_oneself || role == MZ_SUPERVISOR || role == MZ_REGISTRAR)
        return MZ_OK;
    return mz_refuse(act->why, MZ_WRONG_ROLE, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_term("role", mz_role_name(role)), mz_term("event", act->entry->row->name),
                     mz_words("want", MZ_BOTH("本人、监督员或登记员",
                                              "the person, a supervisor or a registrar")));
}

mz_status mz_rule_conflict_declared(mz_act *act)
{
    mz_actor actor;
    mz_party party;
    mz_status status = check_speaker(act, mz_conflict_declared_at_once(act));
    if (status == MZ_OK)
        status = mz_act_actor_in_effect(act, mz_body_text(act->entry, "actor"), &actor);
    if (status == MZ_OK)
        status = mz_act_party(act, mz_body_text(act->entry, "party"), &party);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    status = tie(act, actor.no, party.ref);
    return status == MZ_OK ? mz_act_effect(act, MZ_EFFECT_CONFLICT, actor.no, party.ref, 0, NULL)
                           : status;
}

mz_status mz_rule_conflict_ended(mz_act *act)
{
    uint64_t index = 0;
    mz_conflict conflict;
    const char *kind = "declaration";
    mz_status status = mz_act_cited(act, "declaration", MZ_CONFLICT_DECLARED, kind, &index);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_key_u64(MZ_KIND_CONFLICT, index);
    status = mz_state_load(act->changes, &key, &conflict, sizeof conflict, act->why);
    if (status == MZ_NOT_FOUND || (status == MZ_OK && conflict.ended_index != MZ_NEVER))
        return mz_refuse(act->why, MZ_NOT_IN_EFFECT, mz_term("kind", kind),
                         mz_words_view("id", mz_body_text(act->entry, "declaration")));
    if (status == MZ_OK)
        status = check_speaker(act, act->signer.no == conflict.actor_no);
    if (status != MZ_OK || !act->takes_effect)
        return status;
    conflict.ended_index = act->moment_index;
    return mz_state_store(act->changes, &key, &conflict, sizeof conflict, act->why);
}

/* ---- sources and sessions ---- */

/* The four that must be clear: service, hours, operation, liability (四个明确). */
static mz_status check_agreement(mz_act *act, int kind)
{
    static const char *const CLEAR[] = {"service_type", "hours", "operation", "liability"};
    const json_t *agreement = json_object_get(act->entry->body, "agreement");
    if (agreement == NULL)
        return kind == MZ_SOURCE_OTHER ? MZ_OK
                                       : mz_refuse(act->why, MZ_AGREEMENT_INCOMPLETE,
                                                   mz_words("path", "body.agreement"));
    for (size_t i = 0; i < sizeof CLEAR / sizeof CLEAR[0]; i++) {
        char path[48];
        (void)snprintf(path, sizeof path, "body.agreement.%s", CLEAR[i]);
        if (json_object_get(agreement, CLEAR[i]) == NULL)
            return mz_refuse(act->why, MZ_AGREEMENT_INCOMPLETE, mz_words("path", path));
    }
    return MZ_OK;
}

static mz_status store_source(mz_act *act, const mz_source *source)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, source->ref);
    return mz_state_store(act->changes, &key, source, sizeof *source, act->why);
}

static mz_status read_term(mz_act *act, mz_source *source)
{
    source->ends_day = MZ_NO_DAY;
    bool signed_read = mz_body_day(act->entry, "signed_on", &source->signed_day);
    assert(signed_read);
    if (!mz_body_day(act->entry, "ends_on", &source->ends_day) ||
        source->ends_day >= source->signed_day)
        return MZ_OK;
    return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", "body.ends_on"),
                     mz_day("date", source->ends_day),
                     mz_words("want", MZ_BOTH("不早于签订日", "not before the day of signing")));
}

mz_status mz_rule_source_registered(mz_act *act)
{
    mz_view id = mz_body_text(act->entry, "source");
    int kind = mz_body_value(act->entry, "kind", MZ_SOURCE_KINDS);
    assert(kind >= 0);
    mz_source source = {.ref = act->index,
                        .fund = act->fund.ref,
                        .kind = (uint32_t)kind,
                        .gratuitous = mz_body_boolean(act->entry, "gratuitous") ? 1 : 0,
                        .ended_index = MZ_NEVER};
    mz_id_set(source.id, id);
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    mz_party party;
    if (status == MZ_OK && mz_body_has(act->entry, "party")) {
        status = mz_act_party(act, mz_body_text(act->entry, "party"), &party);
        if (status == MZ_OK)
            source.party = party.ref;
    }
    if (status != MZ_OK)
        return status;
    uint64_t taken = 0;
    status = mz_name_find(act->changes, MZ_NAME_SOURCE, 0, id, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "source"), mz_words_view("id", id));
    if (status != MZ_NOT_FOUND)
        return status;
    status = read_term(act, &source);
    if (status == MZ_OK)
        status = check_agreement(act, kind);
    if (status == MZ_OK)
        status = mz_name_take(act->changes, MZ_NAME_SOURCE, 0, id, source.ref, act->why);
    return status == MZ_OK ? store_source(act, &source) : status;
}

mz_status mz_rule_source_ended(mz_act *act)
{
    mz_source source = {0};
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_source(act, &source);
    if (status != MZ_OK)
        return status;
    if (source.ended_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "source"),
                         mz_words_view("id", mz_id_view(source.id)));
    int32_t today = mz_day_of_ms(act->now_ms);
    source.ended_index = act->index;
    if (source.ends_day > today)
        source.ends_day = today;
    return store_source(act, &source);
}

static mz_status read_session_day(mz_act *act, const mz_source *source, int32_t *day)
{
    const mz_status status = mz_act_past_day(act, "date", day);
    if (status != MZ_OK)
        return status;
    if (source->kind != MZ_SOURCE_MARKET) {
        return mz_refuse(act->why, MZ_SOURCE_KIND, mz_words_view("source", mz_id_view(source->id)),
                         mz_term("state", MZ_SOURCE_KINDS[source->kind]),
                         mz_term("kind", "market"));
    }
    if (*day < source->signed_day || *day > source->ends_day)
        return mz_refuse(act->why, MZ_OUTSIDE_AGREEMENT, mz_day("date", *day),
                         mz_day("from", source->signed_day), mz_day("until", source->ends_day));
    return MZ_OK;
}

/* A number stands once per market; a reversed session gives it back. */
static mz_status check_session_number(mz_act *act, const mz_source *source, mz_view number)
{
    mz_ref ref = 0;
    mz_status status =
        mz_name_find(act->changes, MZ_NAME_SESSION, source->ref, number, &ref, act->why);
    if (status == MZ_NOT_FOUND)
        return MZ_OK;
    mz_session session;
    mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, ref);
    if (status == MZ_OK)
        status = mz_state_load(act->changes, &key, &session, sizeof session, act->why);
    if (status != MZ_OK)
        return status;
    return session.reversed != 0 ? MZ_OK
                                 : mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "session"),
                                             mz_words_view("id", number));
}

mz_status mz_rule_session_held(mz_act *act)
{
    mz_source source = {0};
    int32_t day = 0;
    char number[24];
    (void)snprintf(number, sizeof number, "%lld",
                   (long long)mz_body_integer(act->entry, "number", 0));
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_source(act, &source);
    if (status == MZ_OK)
        status = check_session_number(act, &source, mz_view_of(number));
    if (status == MZ_OK)
        status = read_session_day(act, &source, &day);
    if (status != MZ_OK)
        return status;
    mz_session session = {
        .ref = act->index, .fund = act->fund.ref, .source = source.ref, .day = day};
    mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, session.ref);
    status = mz_state_store(act->changes, &key, &session, sizeof session, act->why);
    if (status == MZ_OK)
        status = mz_name_take(act->changes, MZ_NAME_SESSION, source.ref, mz_view_of(number),
                              session.ref, act->why);
    return status;
}
