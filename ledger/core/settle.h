/* settle.h — time passes in a fund: deadlines, and what entries of no fund did to its proposals,
 * merged by time. And the one place where a proposal changes its stage. Internal to the rules. */
#ifndef MZ_CORE_SETTLE_H
#define MZ_CORE_SETTLE_H

#include "core/act.h"

/* Brings act->fund up to act->now_ms. A lapse takes its deadline's moment, an effect its entry's.
 * act->fund is changed in memory; the caller stores it. */
mz_status mz_settle(mz_act *act) MZ_MUST_USE;

/* Enters a stage at act->now_ms: due row, the fund's counts and lists; stores the proposal. An end
 * releases what is reserved. */
mz_status mz_proposal_enter(mz_act *act, mz_proposal *proposal, mz_stage stage);
/* Recomputes the due row after a change that is not a change of stage; stores the proposal. */
mz_status mz_proposal_reschedule(mz_act *act, mz_proposal *proposal);
/* Where a proposal stands once a payout or an issue of it has been undone: approved again when
 * nothing stands any more, or lapsed when its days to pay are over. An end or a completion stays.
 */
mz_status mz_proposal_step_back(mz_act *act, mz_proposal *proposal);
/* Sets the reserve of draw `i` to `reserved_fen` in proposal, bucket and fund. */
mz_status mz_proposal_reserve(mz_act *act, mz_proposal *proposal, size_t i, int64_t reserved_fen);
/* Called when a seating of act's fund has taken effect: ballots, expiry, supervisors awaited. */
mz_status mz_proposals_reseated(mz_act *act);
/* Nothing paid: no unreversed payout, even if all came back, and no standing confirmed issue. */
bool mz_proposal_unpaid(const mz_proposal *proposal);
/* It has ended other than by completion, and nothing was paid. */
bool mz_proposal_ended_unpaid(const mz_proposal *proposal);
/* True when payouts are still possible at act->now_ms. */
bool mz_proposal_payable(const mz_proposal *proposal, int64_t now_ms);
/* Rejects a proposal in `voting` whose missing approvals can no longer come; as of
 * act->moment_index. */
mz_status mz_proposal_recheck(mz_act *act, mz_proposal *proposal) MZ_MUST_USE;

#endif
