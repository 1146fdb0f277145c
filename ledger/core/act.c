#include "core/act.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

mz_status mz_act_not_found(mz_act *act, const char *kind, mz_view id)
{
    return mz_refuse(act->why, MZ_NOT_FOUND, mz_term("kind", kind), mz_words_view("id", id));
}

/* Turns "no such row" into a refusal and passes everything else on. */
mz_status mz_act_found(mz_act *act, mz_status status, const char *kind, mz_view id)
{
    return status == MZ_NOT_FOUND ? mz_act_not_found(act, kind, id) : status;
}

mz_status mz_act_actor(mz_act *act, mz_view id, mz_actor *actor)
{
    uint64_t no = 0;
    const mz_status status = mz_name_find(act->changes, MZ_NAME_ACTOR, 0, id, &no, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "actor", id);
    return mz_actor_load(act->changes, (mz_actor_no)no, actor, act->why);
}

mz_status mz_act_actor_in_effect(mz_act *act, mz_view id, mz_actor *actor)
{
    const mz_status status = mz_act_actor(act, id, actor);
    if (status == MZ_OK && actor->retired_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_NOT_IN_EFFECT, mz_term("kind", "actor"),
                         mz_words_view("id", id));
    return status;
}

mz_status mz_act_party(mz_act *act, mz_view id, mz_party *party)
{
    uint64_t ref = 0;
    const mz_status status = mz_name_find(act->changes, MZ_NAME_PARTY, 0, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "party", id);
    return mz_party_load(act->changes, ref, party, act->why);
}

mz_status mz_act_purpose(mz_act *act, mz_view id, mz_purpose *purpose)
{
    if (mz_view_is(id, "general")) {
        memset(purpose, 0, sizeof *purpose);
        mz_id_set(purpose->id, id);
        purpose->fund = act->fund.ref;
        purpose->categories = (1u << MZ_CATEGORY_COUNT) - 1;
        return MZ_OK;
    }
    uint64_t ref = 0;
    const mz_status status =
        mz_name_find(act->changes, MZ_NAME_PURPOSE, act->fund.ref, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "purpose", id);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, ref);
    return mz_state_load(act->changes, &key, purpose, sizeof *purpose, act->why);
}

mz_status mz_act_proposal(mz_act *act, mz_view id, mz_proposal *proposal)
{
    uint64_t ref = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_PROPOSAL, 0, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "proposal", id);
    status = mz_proposal_load(act->changes, ref, proposal, act->why);
    if (status == MZ_OK && proposal->head.fund != act->fund.ref)
        return mz_refuse(act->why, MZ_OTHER_FUND, mz_term("kind", "proposal"),
                         mz_words_view("id", id));
    return status;
}

mz_status mz_act_source(mz_act *act, mz_source *source)
{
    const mz_view id = mz_body_text(act->entry, "source");
    mz_ref ref = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_SOURCE, 0, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "source", id);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, ref);
    status = mz_state_load(act->changes, &key, source, sizeof *source, act->why);
    return status == MZ_OK ? mz_act_own_fund(act, source->fund, "source", "source") : status;
}

mz_status mz_act_need(mz_act *act, mz_view id, mz_need *need)
{
    mz_ref ref = 0;
    mz_status status = mz_name_find(act->changes, MZ_NAME_NEED, 0, id, &ref, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, "need", id);
    status = mz_need_load(act->changes, ref, need, act->why);
    if (status == MZ_OK && need->fund != act->fund.ref)
        return mz_refuse(act->why, MZ_OTHER_FUND, mz_term("kind", "need"), mz_words_view("id", id));
    if (status == MZ_OK && need->reversed_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_NOT_IN_EFFECT, mz_term("kind", "need"),
                         mz_words_view("id", id));
    return status;
}

mz_status mz_act_session(mz_act *act, mz_session *session)
{
    const char *kind = "session";
    uint64_t index = 0;
    mz_status status = mz_act_cited(act, "session", MZ_SESSION_HELD, kind, &index);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SESSION, index);
    if (status == MZ_OK)
        status = mz_state_load(act->changes, &key, session, sizeof *session, act->why);
    if (status == MZ_OK)
        status = mz_act_own_fund(act, session->fund, kind, "session");
    if (status == MZ_OK && session->reversed != 0)
        return mz_refuse(act->why, MZ_NOT_IN_EFFECT, mz_term("kind", kind),
                         mz_words_view("id", mz_body_text(act->entry, "session")));
    return status;
}

mz_status mz_act_seated(mz_act *act, mz_role role, mz_actor_no *chair_no)
{
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    assert(role == MZ_MEMBER || role == MZ_SUPERVISOR);
    if (act->fund.epoch != 0) {
        const mz_status status = mz_seating_load(act->changes, act->fund.ref, act->fund.epoch,
                                                 &seating, people, act->why);
        if (status != MZ_OK)
            return status;
        const size_t members = seating.member_count;
        const size_t supervisors = members + seating.alternate_count;
        const size_t first = role == MZ_SUPERVISOR ? supervisors : 0;
        const size_t end = role == MZ_MEMBER ? members : supervisors + seating.supervisor_count;
        if (chair_no != NULL)
            *chair_no = seating.chair;
        for (size_t i = first; i < end; i++) {
            if (people[i] == act->signer.no)
                return MZ_OK;
        }
    }
    return mz_refuse(act->why, MZ_NOT_SEATED, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_term("want", mz_role_name(role)));
}

mz_status mz_act_cited(mz_act *act, const char *name, mz_event event, const char *kind,
                       uint64_t *index)
{
    uint8_t jti[16];
    mz_event found = MZ_EVENT_NONE;
    const mz_view text = mz_body_text(act->entry, name);
    const bool given = mz_body_jti(act->entry, name, jti);
    assert(given);
    const mz_status status = mz_jti_find(act->changes, jti, index, &found, act->why);
    if (status != MZ_OK)
        return mz_act_found(act, status, kind, text);
    return found == event ? MZ_OK : mz_act_not_found(act, kind, text);
}

mz_status mz_act_own_fund(mz_act *act, mz_ref fund, const char *kind, const char *name)
{
    if (fund == act->fund.ref)
        return MZ_OK;
    return mz_refuse(act->why, MZ_OTHER_FUND, mz_term("kind", kind),
                     mz_words_view("id", mz_body_text(act->entry, name)));
}

mz_status mz_act_past_day(mz_act *act, const char *name, int32_t *day)
{
    char path[MZ_REASON_WORDS_MAX];
    const bool given = mz_body_day(act->entry, name, day);
    assert(given);
    if (*day <= mz_day_of_ms(act->now_ms))
        return MZ_OK;
    (void)snprintf(path, sizeof path, "body.%s", name);
    return mz_refuse(act->why, MZ_DATE_RANGE, mz_words("path", path), mz_day("date", *day),
                     mz_words("want", MZ_BOTH("不晚于今天", "not after today")));
}

mz_status mz_act_fund_stage(mz_act *act, mz_fund_stage latest)
{
    if (act->fund.stage <= (uint32_t)latest)
        return MZ_OK;
    const mz_status status =
        act->fund.stage == MZ_FUND_IS_CLOSING ? MZ_FUND_WINDING_UP : MZ_FUND_ENDED;
    return mz_refuse(act->why, status, mz_words_view("fund", mz_id_view(act->fund.id)),
                     mz_term("event", act->entry->row->name));
}

mz_status mz_act_effect(mz_act *act, mz_effect_kind kind, mz_actor_no actor_no, mz_ref party,
                        int64_t since_ms, const mz_hash *thumbprint)
{
    mz_ledger ledger;
    mz_status status = mz_ledger_load(act->changes, &ledger, act->why);
    if (status != MZ_OK)
        return status;
    mz_effect effect = {.index = act->moment_index,
                        .unix_ms = act->now_ms,
                        .since_ms = since_ms,
                        .party = party,
                        .actor_no = actor_no,
                        .kind = kind};
    if (thumbprint != NULL)
        memcpy(effect.thumbprint, thumbprint->bytes, sizeof effect.thumbprint);
    ledger.effect_count++;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_EFFECT, ledger.effect_count);
    status = mz_state_store(act->changes, &key, &effect, sizeof effect, act->why);
    return status == MZ_OK ? mz_ledger_store(act->changes, &ledger, act->why) : status;
}
