/* rules_need.c — 点事: what neighbours lack, as the steward heard it, and who of the committee
 * stands by it. A wish is paid only when two of them do (rules_payment.c). */
#include "core/act.h"

mz_status mz_rule_need_listed(mz_act *act)
{
    const mz_view id = mz_body_text(act->entry, "need");
    mz_ref taken = 0;
    mz_need need = {.ref = act->index,
                    .fund = act->fund.ref,
                    .reversed_index = MZ_NEVER,
                    .count = mz_body_integer(act->entry, "count", 0),
                    .kind = (uint32_t)mz_body_value(act->entry, "kind", MZ_NEED_KINDS),
                    .channel = (uint32_t)mz_body_value(act->entry, "channel", MZ_NEED_CHANNELS)};
    mz_id_set(need.id, id);
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_name_find(act->changes, MZ_NAME_NEED, 0, id, &taken, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ID_TAKEN, mz_term("kind", "need"), mz_words_view("id", id));
    if (status != MZ_NOT_FOUND)
        return status;
    status = mz_name_take(act->changes, MZ_NAME_NEED, 0, id, need.ref, act->why);
    return status == MZ_OK ? mz_need_store(act->changes, &need, act->why) : status;
}

mz_status mz_rule_need_endorsed(mz_act *act)
{
    const mz_view id = mz_body_text(act->entry, "need");
    mz_need need;
    uint8_t index[8];
    mz_status status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    if (status == MZ_OK)
        status = mz_act_need(act, id, &need);
    if (status == MZ_OK)
        status = mz_act_seated(act, MZ_MEMBER, NULL);
    if (status != MZ_OK)
        return status;
    mz_key_bytes key = mz_key_u64(MZ_KIND_ENDORSEMENT, need.ref);
    mz_key_add_u32(&key, act->signer.no);
    status = mz_state_load(act->changes, &key, index, sizeof index, act->why);
    if (status == MZ_OK)
        return mz_refuse(act->why, MZ_ALREADY_DONE, mz_term("kind", "need"),
                         mz_words_view("id", id));
    if (status != MZ_NOT_FOUND)
        return status;
    mz_be64_put(index, act->index);
    need.endorsement_count++;
    status = mz_state_store(act->changes, &key, index, sizeof index, act->why);
    return status == MZ_OK ? mz_need_store(act->changes, &need, act->why) : status;
}
