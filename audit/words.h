/* words.h — reading a report's JSON for people: what text.c and page.c share. A member that is not
 * there reads as "" or 0. All borrow from the report. */
#ifndef MZ_AUDIT_WORDS_H
#define MZ_AUDIT_WORDS_H

#include <jansson.h>

#include "assertions.h"

/* A report, and the language it is told in. */
typedef struct mz_told {
    const json_t *report;
    mz_language language;
} mz_told;

const char *mz_say(const mz_told *told, const char *zh, const char *en)
    __attribute__((format_arg(2), format_arg(3)));
const char *mz_told_text(const json_t *object, const char *name);
long long mz_told_number(const json_t *object, const char *name);
/* The member in the report's language, of an object with zh and en. */
const char *mz_told_word(const mz_told *told, const json_t *object);
/* A verdict's code in words. */
const char *mz_told_verdict(const mz_told *told, const char *code);
/* An event, a fund's state, ... in words. */
const char *mz_told_term(const mz_told *told, const char *word);
/* A bucket's purpose: its identifier, or the word for `general`. */
const char *mz_told_purpose(const mz_told *told, const json_t *bucket);

/* An amount as ¥1,234.50; -¥1,234.50. */
#define MZ_YUAN_TEXT_SIZE 48
void mz_yuan_text(int64_t amount_fen, char text[MZ_YUAN_TEXT_SIZE]);
void mz_told_yuan(const json_t *object, const char *name, char text[MZ_YUAN_TEXT_SIZE]);

/* What is known of an entry besides event, day, fund and amount, as `proposal meals-1; signed by
 * cash-a`, at most `size - 1` bytes; "" for nothing. */
#define MZ_ABOUT_SIZE 6144 /* a reason has at most 1000 characters, an identifier 40 */
void mz_told_about(const mz_told *told, const json_t *entry, char *text, size_t size);

/* The figures that are counted over the whole log, in the order in which they are shown. */
typedef struct mz_count_row {
    const char *name, *zh, *en;
} mz_count_row;
const mz_count_row *mz_count_rows(size_t *count);

#endif
