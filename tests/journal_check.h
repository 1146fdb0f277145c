/* journal_check.h — adds up what the entries of a log post (core/journal.h) and holds it against
 * the buckets of the rules after each. Knows no test library, so that the simulation uses it too.
 */
#ifndef MZ_TESTS_JOURNAL_CHECK_H
#define MZ_TESTS_JOURNAL_CHECK_H

#include "core/journal.h"

typedef struct journal_check journal_check;

journal_check *journal_check_new(void);
void journal_check_free(journal_check *check);
/* Entries in order of index, each right after it was applied to what `changes` see. NULL when all
 * sums agree, else what does not; valid until the next call. */
const char *journal_check_entry(journal_check *check, mz_changes *changes, const mz_entry *entry,
                                uint64_t index);
/* All entries once more, in order, over the state after the last: each must post the same. Then
 * journal_check_end. */
const char *journal_check_again(journal_check *check, mz_changes *changes, const mz_entry *entry,
                                uint64_t index);
const char *journal_check_end(journal_check *check);
/* How many postings the last entry made. */
unsigned journal_check_posted(const journal_check *check);
/* How many entries posted something of that event; reversals apart. */
unsigned journal_check_count(const journal_check *check, mz_event event, bool reversal);

#endif
