/* journal.h — an entry of the log as an accountant books it: for each one that moves money, one
 * balanced set of postings by fund and purpose. Whoever writes a journal for another program names
 * the accounts; here are only their roles.
 *
 * Debits are positive. Of what is posted up to any entry, per fund and purpose:
 *     sum of MZ_POST_BANK = the bucket's balance = - sum of MZ_POST_NET
 *     and per fund, income + expense + carried = 0
 * because what an income or a payout does to the net assets is carried to them at once, instead of
 * at the end of a year: so a journal is right on every day, and nothing need be remembered from one
 * entry to the next. Spending restricted money is spending unrestricted money that was released for
 * it: both steps are posted.
 *
 * Incomes not confirmed and reserves are no postings. */
#ifndef MZ_CORE_JOURNAL_H
#define MZ_CORE_JOURNAL_H

#include "core/state.h"

typedef enum mz_posting_role {
    MZ_POST_BANK = 1,    /* money of a purpose, in the fund's bank account */
    MZ_POST_NET = 2,     /* net assets of a purpose: unrestricted when it is MZ_GENERAL */
    MZ_POST_CARRIED = 3, /* against MZ_POST_NET: income and expense carried there so far */
    MZ_POST_INCOME = 4,  /* `detail` is the kind; restricted unless `purpose` is MZ_GENERAL */
    MZ_POST_EXPENSE = 5  /* `detail` is the category */
} mz_posting_role;

/* What part of the entry a posting tells. */
typedef enum mz_posting_step {
    MZ_STEP_BOOKED = 1,   /* the money itself: bank against income or expense */
    MZ_STEP_CARRIED = 2,  /* its effect on the net assets */
    MZ_STEP_RELEASED = 3, /* restricted net assets become unrestricted, to be spent */
    MZ_STEP_MOVED = 4     /* to another purpose or fund */
} mz_posting_step;
const char *mz_posting_step_name(mz_posting_step step); /* "booked", "carried" ... */

typedef struct mz_posting {
    mz_posting_role role;
    mz_posting_step step;
    mz_ref fund, purpose;
    uint32_t detail;
    int64_t amount_fen;
} mz_posting;

typedef struct mz_journal {
    mz_event event; /* what moved money; for a reversal, what was reversed */
    bool reversal;
    mz_ref about;    /* the income confirmed, the payout returned, the entry reversed or confirmed;
                        0: none */
    mz_ref fund;     /* of the entry */
    mz_ref party;    /* 0: none */
    mz_ref proposal; /* 0: none */
    mz_ref source;   /* 0: none */
    mz_posting *items; /* each step's are in a row and balance */
    size_t count, capacity;
} mz_journal;
void mz_journal_clear(mz_journal *journal);

/* What an entry of the log posts: `count` is 0 when it moves no money. `entry` stands at `index`;
 * `changes` see the state right after it, or any later one with the same answer, since what is read
 * stays as it was made. `journal` begins zeroed and can be used again; the caller clears it. */
mz_status mz_journal_read(mz_changes *changes, const mz_entry *entry, uint64_t index,
                          mz_journal *journal, mz_reason *why) MZ_MUST_USE;

#endif
