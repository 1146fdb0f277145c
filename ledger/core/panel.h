/* panel.h — who votes on a proposal, and what their ballots come to. The rule book, section 4.
 * Internal to the rules and the views. */
#ifndef MZ_CORE_PANEL_H
#define MZ_CORE_PANEL_H

#include "core/act.h"

typedef struct mz_panel {
    mz_actor_no people[MZ_LIST_ITEMS_MAX];
    size_t count, seats;
    size_t approvals, rejections; /* of the panel's standing ballots */
    size_t needed;                /* approvals that adopt: max(2, count / 2 + 1) */
    bool is_short;                /* count <= seats / 2: too few to decide */
} mz_panel;

/* Why voting is suspended at a moment: NULL when it is not. A literal. */
mz_status mz_voting_suspended(mz_changes *changes, const mz_fund *fund, int64_t now_ms,
                              uint64_t as_of, const char **cause, mz_reason *why) MZ_MUST_USE;

/* The panel of `epoch` (not 0) for the proposal, as of entry `as_of`, and the ballots of that
 * epoch. */
mz_status mz_panel_read(mz_changes *changes, const mz_proposal *proposal, uint32_t epoch,
                        uint64_t as_of, mz_panel *panel, mz_reason *why) MZ_MUST_USE;

/* What `actor_no` did in the proposal; all zero when nothing. */
mz_status mz_voter_load(mz_changes *changes, mz_ref proposal, mz_actor_no actor_no, mz_voter *voter,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_voter_store(mz_changes *changes, mz_ref proposal, mz_actor_no actor_no,
                         const mz_voter *voter, mz_reason *why) MZ_MUST_USE;

/* Whether the actor is barred by a conflict with any payee, as of entry `as_of`. */
mz_status mz_proposal_bars(mz_changes *changes, const mz_proposal *proposal, mz_actor_no actor_no,
                           uint64_t as_of, bool *bars, mz_party *party, mz_reason *why) MZ_MUST_USE;

/* Refuses with MZ_CONFLICT_OF_INTEREST when `actor` conflicts with a payee of the proposal. */
mz_status mz_proposal_no_conflict(mz_act *act, const mz_proposal *proposal, mz_actor_no actor_no);

#endif
