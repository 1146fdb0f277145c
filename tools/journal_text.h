/* journal_text.h — the two languages in which a journal is written: hledger's and beancount's. Both
 * are told the same things in the same order by export_journal.c; here is only how they spell them.
 */
#ifndef MZ_TOOLS_JOURNAL_TEXT_H
#define MZ_TOOLS_JOURNAL_TEXT_H

#include <stdio.h>

#include "accounts.h"
#include "core/date.h"

#define MZ_COMMODITY "CNY"

/* What a transaction says of itself besides its postings. Texts borrow; NULL: none. */
typedef struct mz_heading {
    int32_t day;
    uint64_t index;
    const char *payee, *words;
    const char *jti, *event, *fund, *proposal, *source;
    const char *booked_on, *bank_ref, *receipt_no;
    uint64_t about; /* 0: none */
} mz_heading;

/* Errors stay in the stream, where its owner looks. `zh`: comments in Chinese. */
typedef struct mz_journal_text {
    void (*begin)(FILE *out, const mz_accounts *accounts, bool zh, const char *origin, int32_t day);
    /* An account that may be posted to from `day` on; `name` is for people, `row` NULL: a sum of
     * others, which is only asserted. */
    void (*account)(FILE *out, const mz_account *row, bool zh, const char *full, const char *name,
                    int32_t day);
    void (*payee)(FILE *out, const char *id);
    void (*heading)(FILE *out, const mz_heading *heading);
    void (*posting)(FILE *out, const char *full, int64_t amount_fen, mz_posting_step step,
                    const char *purpose);
    /* Balances at the end of heading->day: first a heading, then each account's. `in_all`: with the
     * accounts below it. */
    void (*balances)(FILE *out, const mz_heading *heading);
    void (*balance)(FILE *out, const char *full, int64_t balance_fen, bool in_all, int32_t day);
    void (*remark)(FILE *out, const char *text);
} mz_journal_text;

extern const mz_journal_text MZ_HLEDGER_TEXT, MZ_BEANCOUNT_TEXT;

#endif
