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
    uint64_t index;       /* of the entry whose body it is: the ref of what it makes */
    uint64_t moment_index; /* of the entry that makes it happen: differs from index on confirmation */
    int64_t now_ms;       /* log time of the moment, or the deadline's moment while settling */
    mz_hash leaf_hash;    /* of the entry being written */
    mz_hash thumbprint;   /* of the key that signed it */
    mz_actor signer;      /* whoever signed the body */
    mz_fund fund;         /* the entry's fund, settled; ref 0: none. Stored again after the rule. */
    uint64_t effect_count; /* of the ledger, when the entry came */
    bool takes_effect;
    mz_reason *why;
} mz_act;

typedef mz_status mz_rule(mz_act *act);

/* One rule per event, found by number; rules.c holds the table. */
mz_rule mz_rule_ledger_opened, mz_rule_ledger_amended, mz_rule_rules_adopted, mz_rule_actor_enrolled,
    mz_rule_actor_rekeyed, mz_rule_actor_assigned, mz_rule_actor_retired; /* rules_registry.c */
mz_rule mz_rule_fund_opened, mz_rule_fund_amended, mz_rule_fund_closing, mz_rule_fund_closed,
    mz_rule_committee_seated, mz_rule_purpose_defined; /* rules_fund.c */
mz_rule mz_rule_purpose_changed;                       /* rules_income.c */
mz_rule mz_rule_party_registered, mz_rule_party_verified, mz_rule_conflict_declared,
    mz_rule_conflict_ended, mz_rule_source_registered, mz_rule_source_ended,
    mz_rule_session_held; /* rules_party.c */
mz_rule mz_rule_income_recorded, mz_rule_income_confirmed, mz_rule_income_declined; /* rules_income.c */
mz_rule mz_rule_entry_reversed;                                                     /* rules_reversal.c */
mz_rule mz_rule_proposal_filed, mz_rule_proposal_withdrawn, mz_rule_objection_filed,
    mz_rule_objection_answered, mz_rule_opinion_given, mz_rule_application_sent,
    mz_rule_application_approved, mz_rule_application_returned, mz_rule_application_refused,
    mz_rule_project_completed;                         /* rules_proposal.c */
mz_rule mz_rule_vote_cast, mz_rule_member_recused;     /* rules_vote.c */
mz_rule mz_rule_payout_made, mz_rule_payout_returned;  /* rules_payment.c */
mz_rule mz_rule_statement_published;                   /* rules_statement.c */
/* Whether a conflict.declared takes effect at once: its signer is the actor. rules_party.c */
bool mz_conflict_declared_at_once(const mz_act *act);
/* The subject of a † entry, who may not confirm it: an actor no, 0 for none. rules_registry.c */
mz_status mz_rule_subject(mz_act *act, mz_actor_no *subject);

/* Naming things from the body. Each refuses with MZ_NOT_FOUND, MZ_OTHER_FUND or MZ_NOT_IN_EFFECT. */
mz_status mz_act_actor(mz_act *act, mz_view id, mz_actor *actor);          /* enrolled, retired or not */
mz_status mz_act_actor_in_effect(mz_act *act, mz_view id, mz_actor *actor); /* not retired */
mz_status mz_act_party(mz_act *act, mz_view id, mz_party *party);          /* registered */
mz_status mz_act_purpose(mz_act *act, mz_view id, mz_purpose *purpose);    /* of act's fund; general too */
mz_status mz_act_proposal(mz_act *act, mz_view id, mz_proposal *proposal); /* of act's fund */
/* An entry cited by jti in body member `name`, which must be of `event`: its index. `kind` is the word
 * for refusals. The caller loads its record and checks the fund with mz_act_own_fund. */
mz_status mz_act_cited(mz_act *act, const char *name, mz_event event, const char *kind, uint64_t *index);
mz_status mz_act_own_fund(mz_act *act, mz_ref fund, const char *kind, const char *name);
/* Refuses with MZ_FUND_WINDING_UP / MZ_FUND_ENDED unless the fund's stage is at most `latest`. */
mz_status mz_act_fund_stage(mz_act *act, mz_fund_stage latest);
/* Appends an effect of an entry of no fund, for the funds to catch up with. */
mz_status mz_act_effect(mz_act *act, mz_effect_kind kind, mz_actor_no actor_no, mz_ref party,
                        int64_t since_ms, const mz_hash *thumbprint);

/* party.h's questions, answered by rules_party.c. */
/* Whether `actor` is barred where `party` is a payee, as of entry `as_of` (inclusive), for a proposal
 * filed at `filed_index` (an ended conflict still bars proposals filed before its end; pass as_of for
 * "now"): a declared conflict with the party or one of its same_as group, or its own party. */
mz_status mz_conflict_bars(mz_changes *changes, mz_actor_no actor_no, mz_ref party, uint64_t filed_index,
                           uint64_t as_of, bool *bars, mz_reason *why) MZ_MUST_USE;
mz_status mz_same_party(mz_changes *changes, mz_ref left, mz_ref right, uint64_t as_of, bool *same,
                        mz_reason *why) MZ_MUST_USE;

/* proposals: settle.c and rules_vote.c. */
/* Refuses with MZ_CONFLICT_OF_INTEREST when `actor` conflicts with a payee of the proposal. */
mz_status mz_proposal_no_conflict(mz_act *act, const mz_proposal *proposal, mz_actor_no actor_no);
/* Enters a stage at act->now_ms: due row, the fund's counts and lists; stores the proposal. An end
 * releases what is reserved. */
mz_status mz_proposal_enter(mz_act *act, mz_proposal *proposal, mz_stage stage);
/* Recomputes the due row after a change that is not a change of stage; stores the proposal. */
mz_status mz_proposal_reschedule(mz_act *act, mz_proposal *proposal);
/* Sets the reserve of draw `i` to `reserved_fen` in proposal, bucket and fund. */
mz_status mz_proposal_reserve(mz_act *act, mz_proposal *proposal, size_t i, int64_t reserved_fen);
/* Called when a seating of act's fund has taken effect: ballots, expiry, supervisors awaited. */
mz_status mz_proposals_reseated(mz_act *act);
/* True when payouts are still possible at act->now_ms. */
bool mz_proposal_payable(const mz_proposal *proposal, int64_t now_ms);

/* lots.c: every fen has a way. All take their moment from act and keep buckets, fund and day totals
 * (totals.h) in step, checking the invariants of mz_bucket. */
mz_status mz_bucket_load(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_bucket *bucket,
                         mz_reason *why) MZ_MUST_USE; /* zero when there is none yet */
/* Changes what is reserved of a bucket by `delta_fen`: MZ_BALANCE_SHORT when it would pass the
 * balance. Also the fund's total and the day's. */
mz_status mz_bucket_reserve(mz_act *act, mz_ref purpose, int64_t delta_fen);

#endif
