#include "core/rules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/act.h"
#include "core/json.h"
#include "core/settle.h"

#define IAT_AHEAD_S 300
#define IAT_BEHIND_S (INT64_C(30) * 24 * 3600)
#define CONFIRM_DAYS 30

static mz_rule rule_registry_confirmed;

/* The workflow: what each event checks and changes. A new event is a row here, a row of the
 * catalogue, and its function. */
static mz_rule *const RULES[MZ_EVENT_NUMBER_MAX + 1] = {
    [MZ_LEDGER_OPENED] = mz_rule_ledger_opened,
    [MZ_LEDGER_AMENDED] = mz_rule_ledger_amended,
    [MZ_RULES_ADOPTED] = mz_rule_rules_adopted,
    [MZ_ACTOR_ENROLLED] = mz_rule_actor_enrolled,
    [MZ_ACTOR_REKEYED] = mz_rule_actor_rekeyed,
    [MZ_ACTOR_ASSIGNED] = mz_rule_actor_assigned,
    [MZ_ACTOR_RETIRED] = mz_rule_actor_retired,
    [MZ_REGISTRY_CONFIRMED] = rule_registry_confirmed,
    [MZ_FUND_OPENED] = mz_rule_fund_opened,
    [MZ_FUND_AMENDED] = mz_rule_fund_amended,
    [MZ_FUND_CLOSING] = mz_rule_fund_closing,
    [MZ_FUND_CLOSED] = mz_rule_fund_closed,
    [MZ_COMMITTEE_SEATED] = mz_rule_committee_seated,
    [MZ_PURPOSE_DEFINED] = mz_rule_purpose_defined,
    [MZ_PURPOSE_CHANGED] = mz_rule_purpose_changed,
    [MZ_PARTY_REGISTERED] = mz_rule_party_registered,
    [MZ_PARTY_VERIFIED] = mz_rule_party_verified,
    [MZ_CONFLICT_DECLARED] = mz_rule_conflict_declared,
    [MZ_CONFLICT_ENDED] = mz_rule_conflict_ended,
    [MZ_SOURCE_REGISTERED] = mz_rule_source_registered,
    [MZ_SOURCE_ENDED] = mz_rule_source_ended,
    [MZ_SESSION_HELD] = mz_rule_session_held,
    [MZ_NEED_LISTED] = mz_rule_need_listed,
    [MZ_NEED_ENDORSED] = mz_rule_need_endorsed,
    [MZ_GOODS_RECEIVED] = mz_rule_goods_received,
    [MZ_GOODS_ISSUED] = mz_rule_goods_issued,
    [MZ_GOODS_SOLD] = mz_rule_goods_sold,
    [MZ_GOODS_WRITTEN_OFF] = mz_rule_goods_written_off,
    [MZ_GOODS_CONFIRMED] = mz_rule_goods_confirmed,
    [MZ_INCOME_RECORDED] = mz_rule_income_recorded,
    [MZ_INCOME_CONFIRMED] = mz_rule_income_confirmed,
    [MZ_INCOME_DECLINED] = mz_rule_income_declined,
    [MZ_ENTRY_REVERSED] = mz_rule_entry_reversed,
    [MZ_PROPOSAL_FILED] = mz_rule_proposal_filed,
    [MZ_PROPOSAL_WITHDRAWN] = mz_rule_proposal_withdrawn,
    [MZ_OBJECTION_FILED] = mz_rule_objection_filed,
    [MZ_OBJECTION_ANSWERED] = mz_rule_objection_answered,
    [MZ_OPINION_GIVEN] = mz_rule_opinion_given,
    [MZ_VOTE_CAST] = mz_rule_vote_cast,
    [MZ_MEMBER_RECUSED] = mz_rule_member_recused,
    [MZ_APPLICATION_SENT] = mz_rule_application_sent,
    [MZ_APPLICATION_APPROVED] = mz_rule_application_approved,
    [MZ_APPLICATION_RETURNED] = mz_rule_application_returned,
    [MZ_APPLICATION_REFUSED] = mz_rule_application_refused,
    [MZ_PAYOUT_MADE] = mz_rule_payout_made,
    [MZ_PAYOUT_RETURNED] = mz_rule_payout_returned,
    [MZ_PROJECT_COMPLETED] = mz_rule_project_completed,
    [MZ_PROJECT_RATED] = mz_rule_project_rated,
    [MZ_STATEMENT_PUBLISHED] = mz_rule_statement_published,
    [MZ_BALANCE_RECONCILED] = mz_rule_balance_reconciled,
    [MZ_AUDIT_REPORTED] = mz_rule_audit_reported,
    [MZ_FINDING_ANSWERED] = mz_rule_finding_answered,
    [MZ_RECORD_RESTRICTED] = mz_rule_record_restricted,
    [MZ_RECORD_ERASED] = mz_rule_record_erased,
};

/* --- who signs --- */

/* A key of an actor, replaced or not; the log's own signs no entry. */
static mz_status load_key(mz_changes *changes, const mz_hash *kid, mz_actor_key *record,
                          mz_reason *why)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){kid->bytes, sizeof kid->bytes});
    const mz_status status = mz_state_load(changes, &key, record, sizeof *record, why);
    if (status == MZ_NOT_FOUND || (status == MZ_OK && record->actor_no == 0)) {
        char text[44];
        mz_base64url_32(kid->bytes, text);
        return mz_refuse(why, MZ_UNKNOWN_KEY, mz_words("kid", text));
    }
    return status;
}

mz_status mz_rules_key(mz_changes *changes, const mz_hash *kid, uint8_t key[32], mz_reason *why)
{
    mz_actor_key record;
    const mz_status status = load_key(changes, kid, &record, why);
    if (status == MZ_OK)
        memcpy(key, record.key, sizeof record.key);
    return status;
}

static mz_status check_signer(mz_act *act, mz_ref funds[MZ_LIST_ITEMS_MAX])
{
    mz_actor_key record;
    mz_status status = load_key(act->changes, &act->thumbprint, &record, act->why);
    if (status == MZ_OK)
        status = mz_actor_load_funds(act->changes, record.actor_no, &act->signer, funds, act->why);
    if (status != MZ_OK)
        return status;
    const mz_view id = mz_id_view(act->signer.id);
    if (record.replaced_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_KEY_REPLACED, mz_words_view("actor", id));
    if (act->signer.retired_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_SIGNER_RETIRED, mz_words_view("actor", id));
    return MZ_OK;
}

static mz_status check_time(mz_act *act)
{
    const int64_t iat_ms = act->entry->iat_unix_s * 1000;
    if (iat_ms - act->now_ms > IAT_AHEAD_S * 1000)
        return mz_refuse(act->why, MZ_IAT_AHEAD, mz_time("iat", iat_ms));
    if (act->now_ms - iat_ms > IAT_BEHIND_S * 1000)
        return mz_refuse(act->why, MZ_IAT_BEHIND, mz_time("iat", iat_ms));
    return MZ_OK;
}

static mz_status check_unused_jti(mz_act *act)
{
    uint64_t index = 0;
    mz_event event;
    const mz_status status = mz_jti_find(act->changes, act->entry->jti, &index, &event, act->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? MZ_OK : status;
    return mz_refuse(act->why, MZ_JTI_CONFLICT,
                     mz_words_view("jti", mz_json_text(act->entry->payload, "jti")),
                     mz_count("index", (int64_t)index));
}

static mz_status check_role(mz_act *act)
{
    const mz_event_row *row = act->entry->row;
    if ((row->roles & MZ_ROLE_BIT(act->signer.role)) != 0)
        return MZ_OK;
    char want[120] = "";
    for (mz_role role = MZ_REGISTRAR; role <= MZ_AUDITOR; role++) {
        if ((row->roles & MZ_ROLE_BIT(role)) == 0)
            continue;
        const size_t used = strlen(want);
        (void)snprintf(want + used, sizeof want - used, "%s%s", used == 0 ? "" : " | ",
                       mz_role_name(role));
    }
    return mz_refuse(act->why, MZ_WRONG_ROLE, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_term("role", mz_role_name((mz_role)act->signer.role)),
                     mz_term("event", row->name), mz_term("want", want));
}

/* --- the fund --- */

static mz_status check_steward(mz_act *act, const mz_ref funds[MZ_LIST_ITEMS_MAX])
{
    if (act->signer.role != MZ_STEWARD)
        return MZ_OK;
    for (size_t i = 0; i < act->signer.fund_count; i++) {
        if (funds[i] == act->fund.ref)
            return MZ_OK;
    }
    return mz_refuse(act->why, MZ_NOT_YOUR_FUND, mz_words_view("actor", mz_id_view(act->signer.id)),
                     mz_words_view("fund", mz_id_view(act->fund.id)));
}

/* The fund of what is confirmed or reversed; 0 for a target of no fund or none at all, which its
 * rule refuses. */
static mz_status target_fund(mz_act *act, mz_ref *fund, mz_event *event)
{
    uint8_t jti[16];
    uint64_t index = 0;
    *fund = 0;
    *event = MZ_EVENT_NONE;
    const bool given = mz_body_jti(act->entry, "target", jti);
    assert(given);
    mz_status status = mz_jti_find(act->changes, jti, &index, event, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_act_not_found(act, "entry", mz_body_text(act->entry, "target"));
    if (status != MZ_OK || act->entry->row->event != MZ_REGISTRY_CONFIRMED)
        return status;
    mz_pending pending;
    mz_key_bytes key = mz_key_u64(MZ_KIND_PENDING, index);
    mz_view value;
    status = mz_changes_get(act->changes, MZ_TABLE_STATE, mz_key_view(&key), &value, act->why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(act->why, MZ_NOT_CONFIRMABLE, mz_count("index", (int64_t)index));
    if (status != MZ_OK)
        return status;
    assert(value.size >= sizeof pending);
    memcpy(&pending, value.data, sizeof pending);
    *fund = pending.fund;
    return MZ_OK;
}

/* After closing, a fund takes what the bank still sends back, its corrections, and its last
 * statement. */
static bool allowed_when_closed(mz_event event, mz_event target)
{
    return event == MZ_PAYOUT_RETURNED || event == MZ_STATEMENT_PUBLISHED ||
           (event == MZ_ENTRY_REVERSED && target == MZ_PAYOUT_MADE);
}

static mz_status find_fund(mz_act *act, mz_ref *ref)
{
    const mz_view id = mz_view_of(act->entry->fund);
    const mz_status status = mz_name_find(act->changes, MZ_NAME_FUND, 0, id, ref, act->why);
    return mz_act_found(act, status, "fund", id);
}

/* Finds the entry's fund, closes what is due in it, and checks that it may act at all. */
static mz_status enter_fund(mz_act *act, const mz_ref funds[MZ_LIST_ITEMS_MAX])
{
    const mz_event_row *row = act->entry->row;
    mz_ref ref = 0, target = 0;
    mz_event target_event = MZ_EVENT_NONE;
    mz_status status = MZ_OK;
    if (row->event == MZ_FUND_OPENED)
        return MZ_OK;
    if (act->entry->fund[0] != '\0')
        status = find_fund(act, &ref);
    if (status == MZ_OK && row->fund == MZ_FUND_TARGET)
        status = target_fund(act, &target, &target_event);
    if (status != MZ_OK)
        return status;
    const bool needs_fund = row->event == MZ_ENTRY_REVERSED || target != 0;
    if (row->fund == MZ_FUND_TARGET && needs_fund && ref == 0)
        return mz_refuse(act->why, MZ_FUND_MISSING, mz_term("event", row->name));
    if (row->event == MZ_REGISTRY_CONFIRMED && ref != target)
        return mz_refuse(act->why, MZ_OTHER_FUND, mz_term("kind", "entry"),
                         mz_words_view("id", mz_body_text(act->entry, "target")));
    if (ref == 0)
        return MZ_OK;
    status = mz_fund_load(act->changes, ref, &act->fund, act->why);
    if (status == MZ_OK)
        status = check_steward(act, funds);
    if (status == MZ_OK)
        status = mz_settle(act);
    if (status == MZ_OK && act->fund.stage == MZ_FUND_IS_CLOSED &&
        !allowed_when_closed(row->event, target_event))
        status = mz_act_fund_stage(act, MZ_FUND_IS_CLOSING);
    return status;
}

/* --- confirmation --- */

static bool needs_confirmation(const mz_act *act)
{
    const mz_confirm_use use = act->entry->row->confirm;
    return use == MZ_CONFIRM_ALWAYS ||
           (use == MZ_CONFIRM_FOR_OTHERS && !mz_conflict_declared_at_once(act));
}

/* Keeps an entry that waits: who may not confirm it, until when, and its payload. */
static mz_status store_pending(mz_act *act)
{
    mz_pending pending = {.until_ms = mz_day_end_ms(mz_day_of_ms(act->now_ms) + CONFIRM_DAYS),
                          .signer_no = act->signer.no,
                          .event = act->entry->row->event,
                          .fund = act->fund.ref};
    mz_status status = mz_rule_subject(act, &pending.subject_no);
    if (status != MZ_OK)
        return status;
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    status = mz_json_print(act->entry->payload, &payload);
    if (status == MZ_OK) {
        const mz_key_bytes key = mz_key_u64(MZ_KIND_PENDING, act->index);
        const mz_view text = mz_buf_view(&payload);
        status = mz_state_store_tail(act->changes, &key, &pending, sizeof pending, text.data,
                                     text.size, act->why);
    }
    mz_buf_clear(&payload);
    return status;
}

static mz_status check_confirmer(mz_act *act, const mz_pending *pending, uint64_t index)
{
    if (pending->confirmed != 0)
        return mz_refuse(act->why, MZ_ALREADY_CONFIRMED, mz_count("index", (int64_t)index));
    if (act->signer.no == pending->signer_no || act->signer.no == pending->subject_no)
        return mz_refuse(act->why, MZ_CONFIRM_SELF,
                         mz_words_view("actor", mz_id_view(act->signer.id)));
    if (pending->event == MZ_RECORD_ERASED && act->signer.role != MZ_AUDITOR)
        return mz_refuse(
            act->why, MZ_WRONG_ROLE, mz_words_view("actor", mz_id_view(act->signer.id)),
            mz_term("role", mz_role_name((mz_role)act->signer.role)),
            mz_term("event", mz_event_row_of(MZ_RECORD_ERASED)->name), mz_term("want", "auditor"));
    if (act->now_ms >= pending->until_ms)
        return mz_refuse(act->why, MZ_CONFIRM_LATE, mz_time("until", pending->until_ms));
    return MZ_OK;
}

/* Judges the entry again, now, and lets it take effect. */
static mz_status confirm(mz_act *act, const mz_entry *entry, const mz_pending *pending,
                         uint64_t index)
{
    mz_act inner = *act;
    inner.entry = entry;
    inner.index = index;
    inner.takes_effect = true;
    mz_status status = mz_actor_load(act->changes, pending->signer_no, &inner.signer, act->why);
    if (status == MZ_OK && inner.signer.retired_index != MZ_NEVER)
        return mz_refuse(act->why, MZ_SIGNER_RETIRED,
                         mz_words_view("actor", mz_id_view(inner.signer.id)));
    if (status == MZ_OK)
        status = RULES[entry->row->event](&inner);
    act->fund = inner.fund;
    return status;
}

static mz_status rule_registry_confirmed(mz_act *act)
{
    uint8_t jti[16];
    uint64_t index = 0;
    mz_event event;
    mz_pending pending;
    const bool given = mz_body_jti(act->entry, "target", jti);
    assert(given);
    mz_status status = mz_jti_find(act->changes, jti, &index, &event, act->why);
    assert(status != MZ_NOT_FOUND); /* enter_fund found it */
    if (status != MZ_OK)
        return status;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PENDING, index);
    mz_view value;
    status = mz_changes_get(act->changes, MZ_TABLE_STATE, mz_key_view(&key), &value, act->why);
    if (status != MZ_OK)
        return status;
    memcpy(&pending, value.data, sizeof pending);
    status = check_confirmer(act, &pending, index);
    if (status != MZ_OK)
        return status;
    mz_buf payload;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_buf_put(&payload, (mz_view){value.data + sizeof pending, value.size - sizeof pending});
    mz_entry target = {0};
    status = payload.failed ? mz_refuse(act->why, MZ_NO_MEMORY)
                            : mz_entry_decode_payload(mz_buf_view(&payload), &target, act->why);
    if (status == MZ_OK)
        status = confirm(act, &target, &pending, index);
    if (status == MZ_OK) {
        const mz_view text = mz_buf_view(&payload);
        pending.confirmed = 1;
        status = mz_state_store_tail(act->changes, &key, &pending, sizeof pending, text.data,
                                     text.size, act->why);
    }
    mz_entry_clear(&target);
    mz_buf_clear(&payload);
    return status;
}

/* --- the road --- */

static mz_status take_jti(mz_act *act)
{
    uint8_t value[10];
    mz_be64_put(value, act->index);
    value[8] = (uint8_t)(act->entry->row->event >> 8);
    value[9] = (uint8_t)(act->entry->row->event & 0xff);
    return mz_changes_put(act->changes, MZ_TABLE_JTI, (mz_view){act->entry->jti, 16},
                          (mz_view){value, sizeof value}, act->why);
}

static mz_status list_under(mz_act *act, mz_kind kind, mz_ref ref)
{
    mz_key_bytes key = mz_key_u64(kind, ref);
    mz_key_add_u8(&key, (uint8_t)act->entry->row->event);
    mz_key_add_u64(&key, act->index);
    return mz_state_mark(act->changes, &key, act->why);
}

/* Under its fund, and under the proposal and the need that its body names, which the rule found. */
static mz_status list_entry(mz_act *act)
{
    static const struct {
        const char *member;
        mz_name_kind kind;
    } NAMED[] = {
        {"proposal", MZ_NAME_PROPOSAL},
        {"need",     MZ_NAME_NEED    },
    };
    mz_status status = list_under(act, MZ_KIND_OF_FUND, act->fund.ref);
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0] && status == MZ_OK; i++) {
        const mz_view id = mz_json_text(act->entry->body, NAMED[i].member);
        mz_ref ref = 0;
        if (id.data == NULL)
            continue;
        status = mz_name_find(act->changes, NAMED[i].kind, 0, id, &ref, act->why);
        if (status == MZ_OK)
            status = list_under(act, MZ_KIND_ABOUT, ref);
    }
    return status;
}

static mz_status open_ledger(mz_act *act)
{
    if (act->entry->row->event != MZ_LEDGER_OPENED)
        return mz_refuse(act->why, MZ_NOT_OPENED);
    mz_status status = check_time(act);
    if (status == MZ_OK)
        status = mz_rule_ledger_opened(act);
    if (status == MZ_OK)
        status = mz_act_index_papers(act);
    return status == MZ_OK ? take_jti(act) : status;
}

static mz_status check_common(mz_act *act, const mz_ledger *ledger, mz_ref funds[MZ_LIST_ITEMS_MAX])
{
    if (strcmp(act->entry->origin, ledger->origin) != 0)
        return mz_refuse(act->why, MZ_FOREIGN_ORIGIN, mz_words("origin", act->entry->origin),
                         mz_words("want", ledger->origin));
    mz_status status = check_unused_jti(act);
    if (status == MZ_OK)
        status = check_signer(act, funds);
    if (status == MZ_OK)
        status = check_time(act);
    if (status == MZ_OK && act->entry->row->event == MZ_LEDGER_OPENED)
        status = mz_refuse(act->why, MZ_ALREADY_OPENED);
    if (status == MZ_OK)
        status = check_role(act);
    return status;
}

static mz_status judge(mz_changes *changes, const mz_entry *entry, const mz_stamp *stamp,
                       mz_reason *why)
{
    mz_ref funds[MZ_LIST_ITEMS_MAX] = {0};
    mz_ledger ledger;
    mz_act act = {.changes = changes,
                  .entry = entry,
                  .index = stamp->index,
                  .moment_index = stamp->index,
                  .now_ms = stamp->unix_ms,
                  .leaf_hash = stamp->leaf_hash,
                  .thumbprint = entry->jws.kid,
                  .takes_effect = true,
                  .why = why};
    if (stamp->index == 0)
        return open_ledger(&act);
    mz_status status = mz_ledger_load(changes, &ledger, why);
    if (status == MZ_NOT_FOUND)
        return mz_refuse(why, MZ_NOT_OPENED);
    act.effect_count = ledger.effect_count;
    if (status == MZ_OK)
        status = check_common(&act, &ledger, funds);
    if (status == MZ_OK)
        status = enter_fund(&act, funds);
    if (status != MZ_OK)
        return status;
    assert(RULES[entry->row->event] != NULL);
    act.takes_effect = !needs_confirmation(&act);
    status = RULES[entry->row->event](&act);
    if (status == MZ_OK && !act.takes_effect)
        status = store_pending(&act);
    if (status == MZ_OK)
        status = mz_act_index_papers(&act);
    if (status == MZ_OK && act.fund.ref != 0)
        status = list_entry(&act);
    if (status == MZ_OK && act.fund.ref != 0)
        status = mz_fund_store(changes, &act.fund, why);
    return status == MZ_OK ? take_jti(&act) : status;
}

/* A record that a rule counted on and did not find is not a refusal of the entry. */
static mz_status missing_is_corrupt(mz_status status, mz_reason *why)
{
    if (status != MZ_NOT_FOUND || (why != NULL && why->status != MZ_OK))
        return status;
    return mz_refuse_corrupt(why, "a record of the state is missing");
}

mz_status mz_rules_apply(mz_changes *changes, const mz_entry *entry, const mz_stamp *stamp,
                         mz_reason *why)
{
    mz_reason local = {.status = MZ_OK};
    mz_reason *reason = why != NULL ? why : &local;
    return missing_is_corrupt(judge(changes, entry, stamp, reason), reason);
}

mz_status mz_rules_settle(mz_changes *changes, mz_ref fund, int64_t unix_ms, mz_reason *why)
{
    mz_ledger ledger;
    mz_act act = {.changes = changes, .now_ms = unix_ms, .why = why};
    mz_status status = mz_ledger_load(changes, &ledger, why);
    if (status == MZ_OK)
        status = mz_fund_load(changes, fund, &act.fund, why);
    if (status != MZ_OK)
        return status;
    act.effect_count = ledger.effect_count;
    act.moment_index = MZ_NEVER - 1;
    status = mz_settle(&act);
    return status == MZ_OK ? mz_fund_store(changes, &act.fund, why) : status;
}
