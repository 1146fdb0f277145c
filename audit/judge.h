/* judge.h — what the files that judge share. When the replay is over, first what can no longer
 * change is kept in the audit's store, so that the next audit need not look again; then the state
 * is looked at as of a moment, and nothing of that is stored. Internal to audit/. */
#ifndef MZ_AUDIT_JUDGE_H
#define MZ_AUDIT_JUDGE_H

#include "parts.h"

#define MZ_JUDGE_CHANGES_MAX (3u << 20) /* bytes kept before they are flushed */

typedef struct mz_judge_work {
    mz_audit *audit;
    mz_kv_txn *txn;
    mz_changes *changes;
    mz_judgement *judgement;
    mz_reason *why;
} mz_judge_work;

/* --- judge.c: for all of them --- */

/* The end of a walk is no trouble: MZ_NOT_FOUND becomes MZ_OK. */
mz_status mz_judge_walked(mz_status status);
/* Refuses: a row that others lead to is not there, or is not what it should be. */
mz_status mz_judge_damaged(mz_judge_work *j);
/* The last number of a row's key. */
uint64_t mz_judge_last_u64(const mz_key_bytes *key);
/* Lists a finding that holds at this moment. `other` 0: no other entry. */
void mz_judge_see(mz_judge_work *j, mz_finding finding, uint64_t index, uint64_t other);
/* The same with a detail, so that one entry may have several. */
void mz_judge_see_detail(mz_judge_work *j, mz_finding finding, uint64_t index, int64_t detail);
/* Calls `look` for every row of a kind whose key ends with a number, in order, with that number.
 * Rows may not be written meanwhile. */
typedef mz_status mz_judge_look(mz_judge_work *j, uint64_t index);
mz_status mz_judge_each(mz_judge_work *j, mz_note_kind kind, mz_judge_look *look) MZ_MUST_USE;
/* Whether the moment looked at is past the last moment of so many days after a day. */
bool mz_judge_overdue(const mz_judge_work *j, int32_t day, int days);
/* Flushes what was kept when it is much. */
mz_status mz_judge_flush(mz_judge_work *j);

/* judge_due.c: lists what somebody has still to do, where that is asked for and near enough. */
typedef struct mz_due {
    mz_event event; /* what would settle it */
    uint64_t index; /* of the entry that it is about */
    mz_ref fund;    /* 0: none */
    mz_view about;  /* empty: nothing more to say */
    int64_t until_ms;
} mz_due;
mz_status mz_judge_due(mz_judge_work *j, const mz_due *due) MZ_MUST_USE;
mz_status mz_judge_due_statement(mz_judge_work *j, const mz_fund *fund) MZ_MUST_USE;
mz_status mz_judge_due_proposal(mz_judge_work *j, const mz_proposal_head *head) MZ_MUST_USE;

/* --- kept --- */

/* judge_keys.c: what was signed with a key declared compromised, and conflicts that came late. */
mz_status mz_judge_keep_effects(mz_judge_work *j) MZ_MUST_USE;
/* judge_parties.c: payouts made before a conflict with their payee took effect. */
mz_status mz_judge_keep_conflict(mz_judge_work *j, const mz_effect *effect) MZ_MUST_USE;
/* judge_proposals.c: proposals that have ended. */
mz_status mz_judge_keep_ended(mz_judge_work *j) MZ_MUST_USE;
/* judge_audits.c: audit reports that name another root than the log had. */
mz_status mz_judge_keep_reports(mz_judge_work *j) MZ_MUST_USE;

/* --- seen now --- */

/* judge_funds.c: the figures of every fund, and whether somebody looks after it. */
mz_status mz_judge_funds(mz_judge_work *j) MZ_MUST_USE;
/* judge_proposals.c */
mz_status mz_judge_proposals(mz_judge_work *j) MZ_MUST_USE;
mz_status mz_judge_unconfirmed(mz_judge_work *j) MZ_MUST_USE;
mz_status mz_judge_ratings(mz_judge_work *j) MZ_MUST_USE;
/* judge_payouts.c: what was paid twice, or may have been. */
mz_status mz_judge_wishes(mz_judge_work *j) MZ_MUST_USE;
mz_status mz_judge_documents(mz_judge_work *j) MZ_MUST_USE;
/* judge_parties.c */
mz_status mz_judge_parties(mz_judge_work *j) MZ_MUST_USE;
mz_status mz_judge_sources(mz_judge_work *j) MZ_MUST_USE;
/* judge_goods.c */
mz_status mz_judge_goods(mz_judge_work *j) MZ_MUST_USE;
/* judge_accounts.c: months of bank accounts, reconciled or not. */
mz_status mz_judge_accounts(mz_judge_work *j) MZ_MUST_USE;
/* judge_audits.c: what was not answered, and what is later than a witness says it can be. */
mz_status mz_judge_audits(mz_judge_work *j) MZ_MUST_USE;
/* judge_due.c: what waits to be confirmed by another. */
mz_status mz_judge_pending(mz_judge_work *j) MZ_MUST_USE;
/* judge_bank.c: what was booked at the bank, for people to compare. */
mz_status mz_judge_bank(mz_judge_work *j) MZ_MUST_USE;
/* tell.c: whose log it is, and what is found, each with what is known of the entry. */
mz_status mz_judge_tell(mz_judge_work *j) MZ_MUST_USE;
/* The name of a fund, a new reference. */
mz_status mz_tell_name(mz_changes *changes, mz_ref fund, json_t **name, mz_reason *why) MZ_MUST_USE;
json_t *mz_tell_id(const char id[40]);

#endif
