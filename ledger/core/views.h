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
 *  "free_fen","buckets","committee","proposals","sources","unconfirmed","statement"}, and a summary
 * of the newest 1,000 of each ("more" when there are others):
 *  "needs": {"listed_count","endorsed_count","paid_count","reversed_count"},
 *  "goods": {"item_count","in_stock_count","waiting_count"},
 *  "ratings": {"completed_count","rated_count","raters":[{"rater","counts"}]}, the latest rating of
 *  each project by each rater added up;
 *  "reconciliation" of its account: {"month","difference_fen","index","missing_count"}. */
mz_status mz_fund_view(mz_changes *changes, mz_view fund, int64_t now_ms, json_t **out,
                       mz_reason *why) MZ_MUST_USE;

/* The proposals of a fund, newest first, filed before entry `before` (MZ_NEVER: from the newest):
 * {"proposals": [...], "next": index}; each row has its public "step". */
mz_status mz_proposals_view(mz_changes *changes, mz_view fund, uint64_t before, int64_t now_ms,
                            json_t **out, mz_reason *why) MZ_MUST_USE;

/* One proposal with its filing, money, panel until it is decided, ballots, recusals, objections,
 * payouts, "issues" and "write_offs" of goods (as in an item's "moves"); once decided, `history`
 * too: applications, approvals, returns, completion, the oldest first. Then
 *  "ratings": [{"rater","latest","counts":[{"grade","count"}],"index","at_ms","actor"}], newest
 *  first, "latest" true for the one of each rater that counts;
 *  "results" once completed: {"paid_fen","people_served","per_person_fen"};
 *  "seeded" when something came back: {"confirmed_fen","paid_fen","per_yuan": "1.25"};
 *  "step" (MZ_STEPS) and "steps": [{"step","state","at_ms","index"}], the six of them; "state" is
 *  done, now, ahead, or skipped: not done, and not to be. A done step has the moment and the entry
 *  that did it, where one entry did. */
mz_status mz_proposal_view(mz_changes *changes, mz_view proposal, int64_t now_ms, json_t **out,
                           mz_reason *why) MZ_MUST_USE;

/* One entry: {"index","at_ms","leaf_hash","jti","iat","event","fund","actor","role","kid","body",
 * "sealed","confirmation","reversed_by"}. "sealed" has a row for each digest of the body's `_sd`:
 * {"digest","state" (open, restricted, erased),"restricted_by","erased_by"}; never a value. */
mz_status mz_entry_view(mz_changes *changes, uint64_t index, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* Entries of a fund, newest first, of one event (MZ_EVENT_NONE is not allowed) before `before`. */
mz_status mz_fund_entries_view(mz_changes *changes, mz_view fund, mz_event event, uint64_t before,
                               json_t **out, mz_reason *why) MZ_MUST_USE;

/* Entries of a fund of whatever event, newest first, before `before`: {"entries","next"}. */
mz_status mz_fund_history_view(mz_changes *changes, mz_view fund, uint64_t before, json_t **out,
                               mz_reason *why) MZ_MUST_USE;
/* What each fund owes the public: {"funds": [{"fund","state","published_to","next_from","due_on",
 * "overdue"}]}. */
mz_status mz_statements_due_view(mz_changes *changes, int64_t now_ms, json_t **out,
                                 mz_reason *why) MZ_MUST_USE;

/* With "confirmed_fen" so far, and "sessions", newest first. */
mz_status mz_source_view(mz_changes *changes, mz_view source, json_t **out,
                         mz_reason *why) MZ_MUST_USE;
mz_status mz_party_view(mz_changes *changes, mz_view party, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* What neighbours lack. A need: {"need","kind","item","count","channel","index","at_ms","actor",
 * "state" (listed, endorsed: by two, paid, reversed),"endorsement_count","proposal_count",
 * "payout_count","reversed_by"}. One of them also has
 * "fund","note","endorsed_by":[{"actor","index",
 * "at_ms"}],"proposals":[{"proposal","index","state","step"}] that name it,"payouts". */
mz_status mz_need_view(mz_changes *changes, mz_view need, int64_t now_ms, json_t **out,
                       mz_reason *why) MZ_MUST_USE;
/* Those of a fund, newest first, listed before entry `before`: {"fund","needs","next"}. */
mz_status mz_needs_view(mz_changes *changes, mz_view fund, uint64_t before, int64_t now_ms,
                        json_t **out, mz_reason *why) MZ_MUST_USE;

/* The goods of a fund: {"fund","items","next","waiting","more_waiting"}. An item, the newest first,
 * before the entry that first received it: {"item","unit","index","stock","waiting_count"} and
 * "received","issued","sold","written_off", each {"quantity","unvalued_quantity","value_fen"}.
 * "waiting" has the movements to be confirmed. */
mz_status mz_goods_view(mz_changes *changes, mz_view fund, uint64_t before, int64_t now_ms,
                        json_t **out, mz_reason *why) MZ_MUST_USE;
/* One item of a fund and its "moves" before entry `before`, newest first: {"event","item","unit",
 * "quantity","value_fen" (null: not valued),"index","at_ms","actor","basis","reason",
 * "recipient_count","proposal","party","income","session","confirmed_by","reversed_by","until_ms"};
 * "until_ms" while it waits to be confirmed. Recipients are in no view. */
mz_status mz_item_view(mz_changes *changes, mz_view fund, mz_view item, uint64_t before,
                       int64_t now_ms, json_t **out, mz_reason *why) MZ_MUST_USE;

/* The reconciliations of a bank account, months newest first, before the month of `before_day`
 * (MZ_NO_DAY: from the newest), each by its last one: {"account","months":[{"month",
 * "bank_balance_fen","outside_fen","balance_fen","difference_fen","differences","balances","index",
 * "at_ms","actor","evidence","note"}],"next": "YYYY-MM", "missing": ["YYYY-MM"]}. Missing are
 * months that are over, had a fund of the account at their end, and were never reconciled. */
mz_status mz_reconciliations_view(mz_changes *changes, mz_view account, int32_t before_day,
                                  int64_t now_ms, json_t **out, mz_reason *why) MZ_MUST_USE;
/* What a person says of the bank. */
typedef struct mz_bank_figures {
    bool known;          /* the bank's balance */
    int64_t balance_fen; /* when known */
    int64_t outside_fen;
    const json_t *differences; /* [{"amount_fen","reason"}]; NULL: none */
} mz_bank_figures;
/* The body of a reconciliation as the log's figures and the person's give it, without
 * "bank_balance_fen" when that is not known. MZ_MONTH_OPEN while the month is not over;
 * MZ_RECONCILIATION_DIFFERS when the bank's balance is not explained. */
mz_status mz_reconciliation_draft(mz_changes *changes, mz_view account, mz_view month,
                                  const mz_bank_figures *bank, int64_t now_ms, json_t **out,
                                  mz_reason *why) MZ_MUST_USE;

/* What auditors reported, newest first, before entry `before`:
 * {"reports":[{"index","at_ms","actor",
 * "size","root","opinion","findings":[{"finding","text","answers":[{"index","at_ms","actor",
 * "text"}]}]}],"next"}. */
mz_status mz_reports_view(mz_changes *changes, uint64_t before, json_t **out,
                          mz_reason *why) MZ_MUST_USE;

/* What waits for a person: {"actor","role","todo":[{"do","fund","about","title","index","until_ms",
 * "amount_fen"}]}, the soonest deadline first; without one last. `do` is the event that would
 * settle it. Goods and wishes have "item" and "quantity", goods "unit"; a wish to be paid
 * the "proposal" that may pay it; an account its oldest "month" and in "quantity" how many months
 * wait; a finding its number in "finding". */
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
