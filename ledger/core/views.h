/* views.h — what people and programs ask of the ledger, as JSON: one answer for the command line
 * and the HTTP service. Pure functions over a change set on a snapshot. A view is as of a moment:
 * the fund is settled to `now_ms` first (in the change set, which is never flushed), so two views
 * of one change set go forward in time only.
 *
 * Members: money `_fen`, integers; dates `YYYY-MM-DD`; moments `_ms`, unix milliseconds; words as
 * in the catalogue; what is not there is left out. Every function gives a new reference in `*out`
 * on MZ_OK, and nothing otherwise: MZ_NOT_FOUND {kind, id}; MZ_IO, MZ_CORRUPT, MZ_NO_MEMORY. */
#ifndef MZ_CORE_VIEWS_H
#define MZ_CORE_VIEWS_H

#include "core/rules.h"

#define MZ_VIEW_ROWS_MAX 100 /* rows of a list in one answer; `next` says where to go on */

/* {"origin","rules","charity","log_key","actors","funds"}: one row for each person and fund. */
mz_status mz_ledger_view(mz_changes *changes, int64_t now_ms, json_t **out,
                         mz_reason *why) MZ_MUST_USE;

/* {"fund","name","community","account","state","opened","profile","balance_fen","reserved_fen",
 *  "free_fen","buckets","committee","proposals","sources","unconfirmed","statement"}. */
mz_status mz_fund_view(mz_changes *changes, mz_view fund, int64_t now_ms, json_t **out,
                       mz_reason *why) MZ_MUST_USE;

/* The proposals of a fund, newest first, filed before entry `before` (MZ_NEVER: from the newest):
 * {"proposals": [...], "next": index}. */
mz_status mz_proposals_view(mz_changes *changes, mz_view fund, uint64_t before, int64_t now_ms,
                            json_t **out, mz_reason *why) MZ_MUST_USE;

/* One proposal with its filing, money, panel until it is decided, ballots, recusals, objections and
 * payouts; once decided, `steps` too: applications, approvals, returns, completion, the oldest
 * first. */
mz_status mz_proposal_view(mz_changes *changes, mz_view proposal, int64_t now_ms, json_t **out,
                           mz_reason *why) MZ_MUST_USE;

/* One entry: {"index","at_ms","leaf_hash","jti","iat","event","fund","actor","role","kid","body",
 * "confirmation","reversed_by"}. */
mz_status mz_entry_view(mz_changes *changes, uint64_t index, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* Entries of a fund, newest first, of one event (MZ_EVENT_NONE is not allowed) before `before`. */
mz_status mz_fund_entries_view(mz_changes *changes, mz_view fund, mz_event event, uint64_t before,
                               json_t **out, mz_reason *why) MZ_MUST_USE;

mz_status mz_source_view(mz_changes *changes, mz_view source, json_t **out,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_party_view(mz_changes *changes, mz_view party, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* What waits for a person: {"actor","role","todo":[{"do","fund","about","title","index","until_ms",
 * "amount_fen"}]}, the soonest deadline first; without one last. `do` is the event that would
 * settle it. */
mz_status mz_todo_view(mz_changes *changes, mz_view actor, int64_t now_ms, json_t **out,
                       mz_reason *why) MZ_MUST_USE;

/* The way of every fen of an income or a payout, or of the income or payout that an
 * income.confirmed or payout.returned entry speaks of:
 * {"index","event","fund","amount_fen","parts":[{"state", "amount_fen","payout" or
 * "income","fund","purpose","reversal"}]}; at most MZ_TRACE_PARTS_MAX parts, then "more" is true.
 * MZ_NOT_FOUND for other entries. */
#define MZ_TRACE_PARTS_MAX 10000
mz_status mz_trace_view(mz_changes *changes, uint64_t index, int64_t now_ms, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* The body of the next statement of a fund, to `to_day`, as the log's figures give it. The period
 * begins the day after the last one's end. MZ_PERIOD_OPEN when `to_day` is not over at `now_ms`. */
mz_status mz_statement_view(mz_changes *changes, mz_view fund, int32_t to_day, int64_t now_ms,
                            json_t **out, mz_reason *why) MZ_MUST_USE;

/* Adds to a vote.cast body what the log knows and the body lacks: filing_sha256, epoch, and
 * supersedes when a ballot of `actor` stands. `body` is changed. */
mz_status mz_ballot_complete(mz_changes *changes, mz_view actor, json_t *body, int64_t now_ms,
                             mz_reason *why) MZ_MUST_USE;

#endif
