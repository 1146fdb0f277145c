/* notes.h — what the files that write notes share: an entry that the rules have just applied, and
 * short ways to write rows about it. Internal to audit/. */
#ifndef MZ_AUDIT_NOTES_H
#define MZ_AUDIT_NOTES_H

#include "parts.h"

#define MZ_FAR_DAYS 30 /* between what an entry tells of and its own day */

typedef struct mz_note_work {
    mz_audit *audit;
    mz_changes *changes;
    const mz_entry *entry;
    const mz_stamp *stamp;
    mz_reason *why;
} mz_note_work;
typedef mz_status mz_note_function(mz_note_work *n);

/* --- rows --- */

mz_status mz_note_put(mz_note_work *n, const mz_key_bytes *key, const void *value,
                      size_t size) MZ_MUST_USE;
mz_status mz_note_put_u64(mz_note_work *n, const mz_key_bytes *key, uint64_t number) MZ_MUST_USE;
/* Puts the number unless there is one. */
mz_status mz_note_put_first(mz_note_work *n, const mz_key_bytes *key, uint64_t number) MZ_MUST_USE;
/* An empty row. */
mz_status mz_note_mark(mz_note_work *n, mz_note_kind kind, uint64_t a) MZ_MUST_USE;
mz_status mz_note_mark_pair(mz_note_work *n, mz_note_kind kind, uint64_t a, uint64_t b) MZ_MUST_USE;
/* None is fine. */
mz_status mz_note_unmark(mz_note_work *n, mz_note_kind kind, uint64_t a) MZ_MUST_USE;
/* A finding at this entry. */
mz_status mz_note_find(mz_note_work *n, mz_finding finding, uint64_t other) MZ_MUST_USE;
/* What people may want to read with a finding at this entry: the member's text. */
mz_status mz_note_text(mz_note_work *n, const char *member) MZ_MUST_USE;

/* --- what the entry cites; it is there, since the rules have applied the entry --- */

mz_status mz_note_cited(mz_note_work *n, const char *member, uint64_t *index,
                        mz_event *event) MZ_MUST_USE;
mz_status mz_note_named(mz_note_work *n, mz_name_kind kind, mz_view id, uint64_t *ref) MZ_MUST_USE;
mz_status mz_note_fund(mz_note_work *n, mz_fund *fund) MZ_MUST_USE;
/* Whether a day of the body is far from the entry's own, or in a period published before. */
mz_status mz_note_day(mz_note_work *n, const char *member) MZ_MUST_USE;
/* The line of the bank that the entry stands on, where others may share it. */
mz_status mz_note_bank_line(mz_note_work *n) MZ_MUST_USE;
/* What the parts of a payout sum to. MZ_CORRUPT with audit->failure set when it is not its net. */
mz_status mz_note_trace(mz_note_work *n, mz_ref payout) MZ_MUST_USE;

/* --- by event --- */

/* notes_people.c: who, and their names and papers. */
mz_note_function mz_note_opened, mz_note_enrolled, mz_note_fund_opened, mz_note_party,
    mz_note_restricted, mz_note_erased, mz_note_registry;
/* notes_income.c */
mz_note_function mz_note_source, mz_note_income, mz_note_income_confirmed, mz_note_declined;
/* notes_spending.c */
mz_note_function mz_note_filed, mz_note_payout, mz_note_returned, mz_note_completed, mz_note_rated,
    mz_note_statement;
/* notes_goods.c */
mz_note_function mz_note_goods, mz_note_goods_confirmed;
/* notes_accounts.c: what auditors and reviewers enter. */
mz_note_function mz_note_reconciled, mz_note_reported;
/* notes_reversal.c */
mz_note_function mz_note_reversed;

#endif
