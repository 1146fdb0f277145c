/* views_public.h — what residents, donors and journalists ask, beyond views.h: the funds of a
 * charity, one fund as it is disclosed, a month of it, a gift by its receipt number, what speaks of
 * an entry. The same shapes and promises as views.h; and each costs the same however long the log
 * is: lists have at most so many rows and say where to go on, a month is found by its time, sums
 * come from the totals of days.
 *
 * No sealed value and no name of a person is in any of these views: people are their identifiers
 * and roles; a party's name is given when it is an organisation's or a collective's, in clear. */
#ifndef MZ_CORE_VIEWS_PUBLIC_H
#define MZ_CORE_VIEWS_PUBLIC_H

#include "core/views.h"

#define MZ_PUBLIC_FUNDS_MAX 50      /* of the list of funds, in one answer */
#define MZ_PUBLIC_PROJECTS_MAX 50   /* proposals looked at for `past`, in one answer */
#define MZ_PUBLIC_MONTHS 12         /* balances of the months before */
#define MZ_PUBLIC_STATEMENTS_MAX 12 /* the newest */
#define MZ_PUBLIC_SOURCES_MAX 50    /* the newest */
#define MZ_PUBLIC_PARTS_MAX 100     /* payouts that a gift went into, in one answer */

/* {"size","last_ms","charity": {"name","credit_code"}}: the log as of this moment. */
mz_status mz_origin_view(mz_changes *changes, json_t **out, mz_reason *why) MZ_MUST_USE;

/* The funds in order of opening, those after entry `after` (0: from the first):
 * {"funds":[{"fund","name","community","state","balance_fen","reserved_fen","free_fen",
 * "statement"}],"next"}; `next` is the `after` to go on with. */
mz_status mz_funds_view(mz_changes *changes, uint64_t after, int64_t now_ms, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* One fund as it is disclosed: the row above, "opened_ms","account","buckets","committee","needs",
 * "goods","ratings","reconciliation" as in mz_fund_view, and
 *  "year": {"year","from","to","opening_fen","income":[{"kind","amount_fen"}],
 *    "spending":[{"category","amount_fen"}],"income_fen","spending_fen","returned_fen",
 *    "corrections_fen","moved_fen","closing_fen"}: this calendar year so far;
 *  "months": [{"month","income_fen","spending_fen","balance_fen"}]: the oldest first, the last one
 *    so far, none before the fund;
 *  "open": proposals from filing to approval, in order of filing, each with "has_need" and "panel":
 * {"needed", "approvals","rejections","count","short","suspended"} while it is decided; "past": the
 * others, newest first, filed before entry `before`, each with "ratings"; "next": the `before` to
 * go on with; "sources":
 * [{"source","kind","party","party_kind","party_name","service_type","signed_on","ends_on","ended",
 *    "gratuitous","confirmed_fen","index"}], "more_sources";
 *  "statements": [{"index","from","to","closing_fen"}], newest first;
 *  "handled": [{"role","actor"}]: who last recorded, examined and paid. */
mz_status mz_disclosure_view(mz_changes *changes, mz_view fund, uint64_t before, int64_t now_ms,
                             json_t **out, mz_reason *why) MZ_MUST_USE;

/* A calendar month ("YYYY-MM") of a fund: {"fund","name","month","from","to","open" (not over),
 * "previous","following" (months; left out before the fund and after today), the figures as in
 * "year" above, "entries","next"}. Entries are as in mz_entry_view, with "about" {"title",
 * "proposal","party","party_name","kind","item","quantity","unit","cites","cites_event"}, those
 * that an entry speaks of; in the order of the log, those after
 * entry `after` (0: from the first). MZ_BAD_VALUE for what is no month, MZ_NOT_FOUND for one before
 * the fund or not begun. */
mz_status mz_month_view(mz_changes *changes, mz_view fund, mz_view month, uint64_t after,
                        int64_t now_ms, json_t **out, mz_reason *why) MZ_MUST_USE;

/* The income that has this receipt number: {"receipt_no","state" (confirmed, reversed),"fund",
 * "fund_name","income" (index),"confirmation" (index),"kind","purpose","amount_fen","received_on",
 * "booked_on","confirmed_ms","reversed_by","free_fen","used_fen","parts":[{"amount_fen","payout"
 * (index),"at_ms","proposal","title","fund"}],"more"}. MZ_NOT_FOUND {kind, id}. */
mz_status mz_gift_view(mz_changes *changes, mz_view receipt_no, int64_t now_ms, json_t **out,
                       mz_reason *why) MZ_MUST_USE;

/* What an entry cites by jti, and what later entries did to it: {"cites":[{"member","index",
 * "event"}],"done":[{"relation","index"}],"about"}. Relations: reversed_by, confirmed_by,
 * replaced_by, answered_by. */
mz_status mz_links_view(mz_changes *changes, uint64_t index, json_t **out,
                        mz_reason *why) MZ_MUST_USE;

/* {"fund","name","community"}: what a fund is called. */
mz_status mz_fund_called_view(mz_changes *changes, mz_view fund, json_t **out,
                              mz_reason *why) MZ_MUST_USE;
/* {"party","party_kind","party_name" (not a person's, and not a sealed one)}. */
mz_status mz_party_public_view(mz_changes *changes, mz_view party, json_t **out,
                               mz_reason *why) MZ_MUST_USE;

/* The first entry whose log time is not before the moment; the size of the log when there is none.
 * O(log n). */
mz_status mz_index_at(mz_changes *changes, int64_t unix_ms, uint64_t *index,
                      mz_reason *why) MZ_MUST_USE;

#endif
