/* act.h — one entry being judged: what every rule function is handed. Internal to the rules.
 *
 * A rule function checks, then folds. For a † event it is called twice: when written, with
 * `takes_effect` false, and it returns after its checks; and when confirmed, with `takes_effect`
 * true, the entry being the one that was confirmed, the moment that of the confirmation. */
#ifndef MZ_CORE_ACT_H
#define MZ_CORE_ACT_H

#include "core/date.h"
#include "core/money.h"
#include "core/rules.h"

typedef struct mz_act {
    mz_changes *changes;
    const mz_entry *entry;
    uint64_t index; /* of the entry whose body it is: the ref of what it makes */
    uint64_t
        moment_index;   /* of the entry that makes it happen: differs from index on confirmation */
    int64_t now_ms;     /* log time of the moment, or the deadline's moment while settling */
    mz_hash leaf_hash;  /* of the entry being written */
    mz_hash thumbprint; /* of the key that signed it */
    mz_actor signer;    /* whoever signed the body */
    mz_fund fund;       /* the entry's fund, settled; ref 0: none. Stored again after the rule. */
    uint64_t effect_count; /* of the ledger, when the entry came */
    bool takes_effect;
    mz_reason *why;
} mz_act;

typedef mz_status mz_rule(mz_act *act);

/* One rule per event, found by number; rules.c holds the table. */
mz_rule mz_rule_ledger_opened, mz_rule_ledger_amended, mz_rule_rules_adopted,
    mz_rule_actor_enrolled, mz_rule_actor_rekeyed, mz_rule_actor_assigned,
    mz_rule_actor_retired; /* rules_registry.c */
mz_rule mz_rule_fund_opened, mz_rule_fund_amended, mz_rule_fund_closing, mz_rule_fund_closed,
    mz_rule_committee_seated, mz_rule_purpose_defined; /* rules_fund.c */
mz_rule mz_rule_purpose_changed;                       /* rules_income.c */
mz_rule mz_rule_party_registered, mz_rule_party_verified, mz_rule_conflict_declared,
    mz_rule_conflict_ended, mz_rule_source_registered, mz_rule_source_ended,
    mz_rule_session_held;                           /* rules_party.c */
mz_rule mz_rule_need_listed, mz_rule_need_endorsed; /* rules_need.c */
mz_rule mz_rule_goods_received, mz_rule_goods_issued, mz_rule_goods_sold, mz_rule_goods_written_off,
    mz_rule_goods_confirmed; /* rules_goods.c */
mz_rule mz_rule_income_recorded, mz_rule_income_confirmed,
    mz_rule_income_declined;    /* rules_income.c */
mz_rule mz_rule_entry_reversed; /* rules_reversal.c */
mz_rule mz_rule_proposal_filed, mz_rule_proposal_withdrawn, mz_rule_objection_filed,
    mz_rule_objection_answered, mz_rule_opinion_given, mz_rule_application_sent,
    mz_rule_application_approved, mz_rule_application_returned, mz_rule_application_refused,
    mz_rule_project_completed, mz_rule_project_rated;     /* rules_proposal.c */
mz_rule mz_rule_vote_cast, mz_rule_member_recused;        /* rules_vote.c */
mz_rule mz_rule_payout_made, mz_rule_payout_returned;     /* rules_payment.c */
mz_rule mz_rule_statement_published;                      /* rules_statement.c */
mz_rule mz_rule_balance_reconciled;                       /* rules_reconciliation.c */
mz_rule mz_rule_audit_reported, mz_rule_finding_answered; /* rules_audit.c */
mz_rule mz_rule_record_restricted, mz_rule_record_erased; /* rules_record.c */
/* What every entry leaves besides its own rule: the digests of its sealed fields, each of which the
 * log names once (MZ_DIGEST_TAKEN), and its evidence. rules_record.c */
mz_status mz_act_index_papers(mz_act *act);
/* Whether a conflict.declared takes effect at once: its signer is the actor. rules_party.c */
bool mz_conflict_declared_at_once(const mz_act *act);
/* The subject of a † entry, who may not confirm it: an actor no, 0 for none. rules_registry.c */
mz_status mz_rule_subject(mz_act *act, mz_actor_no *subject);

/* MZ_NOT_FOUND with its reason; and the same where `status` is a bare MZ_NOT_FOUND, else `status`.
 */
mz_status mz_act_not_found(mz_act *act, const char *kind, mz_view id);
mz_status mz_act_found(mz_act *act, mz_status status, const char *kind, mz_view id);

/* Naming things from the body. Each refuses with MZ_NOT_FOUND, MZ_OTHER_FUND or MZ_NOT_IN_EFFECT.
 */
mz_status mz_act_actor(mz_act *act, mz_view id, mz_actor *actor); /* enrolled, retired or not */
mz_status mz_act_actor_in_effect(mz_act *act, mz_view id, mz_actor *actor); /* not retired */
mz_status mz_act_party(mz_act *act, mz_view id, mz_party *party);           /* registered */
mz_status mz_act_purpose(mz_act *act, mz_view id,
                         mz_purpose *purpose); /* of act's fund; general too */
mz_status mz_act_proposal(mz_act *act, mz_view id, mz_proposal *proposal); /* of act's fund */
mz_status mz_act_source(mz_act *act, mz_source *source); /* body member `source`, of act's fund */
mz_status mz_act_need(mz_act *act, mz_view id, mz_need *need); /* of act's fund, standing */
mz_status mz_act_session(mz_act *act, mz_session *session);    /* member `session`, of act's fund */
/* That the signer is a member or a supervisor of the latest seating of act's fund, term over or
 * not: MZ_NOT_SEATED. `chair_no` may be NULL. */
mz_status mz_act_seated(mz_act *act, mz_role role, mz_actor_no *chair_no);
/* An entry cited by jti in body member `name`, which must be of `event`: its index. `kind` is the
 * term for refusals. The caller loads its record and checks the fund with mz_act_own_fund. */
mz_status mz_act_cited(mz_act *act, const char *name, mz_event event, const char *kind,
                       uint64_t *index);
mz_status mz_act_own_fund(mz_act *act, mz_ref fund, const char *kind, const char *name);
/* A day that the body gives in member `name`: MZ_DATE_RANGE when it is after the moment's. */
mz_status mz_act_past_day(mz_act *act, const char *name, int32_t *day);
/* Refuses with MZ_FUND_WINDING_UP / MZ_FUND_ENDED unless the fund's stage is at most `latest`. */
mz_status mz_act_fund_stage(mz_act *act, mz_fund_stage latest);
/* Appends an effect of an entry of no fund, for the funds to catch up with. */
mz_status mz_act_effect(mz_act *act, mz_effect_kind kind, mz_actor_no actor_no, mz_ref party,
                        int64_t since_ms, const mz_hash *thumbprint);

#endif
