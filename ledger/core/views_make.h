/* views_make.h — what the views are made with. Internal to views.c and views_*.c. */
#ifndef MZ_CORE_VIEWS_MAKE_H
#define MZ_CORE_VIEWS_MAKE_H

#include "core/date.h"
#include "core/panel.h"
#include "core/views.h"

#define MZ_FUNDS_LISTED_MAX 1000
#define MZ_AS_OF_NOW (MZ_NEVER - 1) /* after every entry there is */
#define MZ_COUNTED_ROWS_MAX 1000    /* what a summary or a todo looks at, from the newest */

/* A view being made. `failed` remembers that memory ran out, so that only the end looks. */
typedef struct mz_making {
    mz_changes *changes;
    int64_t now_ms;
    mz_reason *why;
    bool failed;
} mz_making;

/* All end `value`, which may be NULL (no memory). MZ_NO_DAY and MZ_NO_TIME are left out. */
void mz_put(mz_making *making, json_t *object, const char *name, json_t *value);
void mz_put_view(mz_making *making, json_t *object, const char *name, mz_view text);
void mz_put_day(mz_making *making, json_t *object, const char *name, int32_t day);
void mz_put_ms(mz_making *making, json_t *object, const char *name, int64_t unix_ms);
void mz_put_copy(mz_making *making, json_t *object, const char *name, const json_t *from,
                 const char *from_name);
void mz_put_index(mz_making *making, json_t *object, const char *name,
                  uint64_t index); /* not 0, not MZ_NEVER */
void mz_put_count(mz_making *making, json_t *object, const char *name, uint64_t count);
void mz_put_next(mz_making *making, json_t *object, uint64_t next); /* not MZ_NEVER */
void mz_add(mz_making *making, json_t *array, json_t *value);
/* A new member, borrowed: an empty list or object, or NULL without memory. */
json_t *mz_put_list(mz_making *making, json_t *object, const char *name);
json_t *mz_put_object(mz_making *making, json_t *object, const char *name);
json_t *mz_add_object(mz_making *making, json_t *array);

/* Identifiers of things; none is left out. */
mz_status mz_put_actor(mz_making *making, json_t *object, const char *name, mz_actor_no no);
mz_status mz_put_party(mz_making *making, json_t *object, const char *name, mz_ref ref);
mz_status mz_put_purpose(mz_making *making, json_t *object, const char *name, mz_ref ref);
mz_status mz_put_fund(mz_making *making, json_t *object, const char *name, mz_ref ref);

/* An entry of the log, decoded. On MZ_OK the caller clears both `text` and `entry`. */
mz_status mz_entry_read(mz_making *making, uint64_t index, mz_buf *text, mz_entry *entry,
                        int64_t *unix_ms);
/* Copies members of an entry's body. */
mz_status mz_put_body(mz_making *making, json_t *object, uint64_t index, const char *const *names);
/* The same, after `index`, `at_ms` and `actor` of the entry. */
mz_status mz_put_told(mz_making *making, json_t *object, uint64_t index, const char *const *names);
/* Whoever held the key that signed it. */
mz_status mz_signer_find(mz_making *making, const mz_entry *entry, mz_actor *actor);
mz_status mz_put_entry(mz_making *making, uint64_t index, json_t *out);

/* Hands `made` to `*out`, or ends it. */
mz_status mz_making_end(mz_making *making, mz_status status, json_t *made, json_t **out);

/* Looks up an identifier; the refusal names `word` in both languages. */
mz_status mz_named(mz_making *making, mz_name_kind kind, const char *word, mz_view id,
                   uint64_t *ref);
/* A fund as of now. */
mz_status mz_fund_settled(mz_making *making, mz_view id, mz_fund *fund);
mz_status mz_fund_refs(mz_making *making, mz_ref *refs, size_t refs_max, size_t *count);
const char *mz_fund_stage_word(uint32_t stage);

/* Calls `row` for the rows of MZ_TABLE_STATE whose keys are `prefix` and a be64 index, newest
 * first, before entry `before`, until it clears `go_on`; at most `rows_max`. `*next` is where to go
 * on, MZ_NEVER at the end. */
typedef mz_status mz_each_row(mz_making *making, void *context, uint64_t index, bool *go_on);
mz_status mz_rows_back(mz_making *making, const mz_key_bytes *prefix, uint64_t before,
                       size_t rows_max, mz_each_row *row, void *context, uint64_t *next);
/* The same for the fund's entries of one event. */
mz_status mz_fund_rows(mz_making *making, mz_ref fund, mz_event event, uint64_t before,
                       size_t rows_max, mz_each_row *row, void *context, uint64_t *next);
/* All entries of one event that name a proposal or a need, newest first. */
mz_status mz_about_rows(mz_making *making, mz_ref ref, mz_event event, mz_each_row *row,
                        void *context) MZ_MUST_USE;

/* Parts of a fund's view: the row of a list, its purposes, the seating in force, what is published.
 */
mz_status mz_put_fund_row(mz_making *making, const mz_fund *fund, json_t *row);
mz_status mz_put_buckets(mz_making *making, const mz_fund *fund, json_t *out);
mz_status mz_put_committee(mz_making *making, const mz_fund *fund, json_t *out);
void mz_put_statement_state(mz_making *making, const mz_fund *fund, json_t *out);
/* The row of a proposal in a list. */
mz_status mz_put_proposal_head(mz_making *making, const mz_proposal *proposal, json_t *row);

mz_status mz_put_unconfirmed(mz_making *making, const mz_fund *fund, json_t *out, const char *name);
mz_status mz_put_proposals(mz_making *making, const mz_fund *fund, uint64_t before, json_t *out);

/* A summary of each for the fund's view. */
mz_status mz_put_need_summary(mz_making *making, const mz_fund *fund, json_t *out);
mz_status mz_put_goods_summary(mz_making *making, const mz_fund *fund, json_t *out);
mz_status mz_put_rating_summary(mz_making *making, const mz_fund *fund, json_t *out);
mz_status mz_put_account_summary(mz_making *making, const mz_fund *fund, json_t *out);

/* Needs and goods, as lists and todo have them. */
const char *mz_need_state(const mz_need *need); /* listed, endorsed, paid, reversed */
mz_status mz_put_goods(mz_making *making, const mz_goods *goods, json_t *row);
mz_status mz_goods_waiting(mz_making *making, mz_ref fund, size_t rows_max, mz_each_row *row,
                           void *context, uint64_t *next);
int64_t mz_goods_until_ms(const mz_goods *goods);

/* A moment of the log, and the entry that made it. */
typedef struct mz_moment {
    uint64_t index; /* MZ_NEVER: none, or not known */
    int64_t at_ms;  /* MZ_NO_TIME */
} mz_moment;
/* What a proposal's view has found of the road. */
typedef struct mz_road {
    mz_moment decided, completed, rated;
    int64_t people_served;
} mz_road;
mz_status mz_put_ratings(mz_making *making, const mz_proposal *proposal, json_t *out,
                         mz_moment *rated);
void mz_put_results(mz_making *making, const mz_proposal *proposal, const mz_road *road,
                    json_t *out);
mz_status mz_put_steps(mz_making *making, const mz_proposal *proposal, const mz_road *road,
                       json_t *out);
/* Completed, and nobody has said what came of it; of a resolution and of fees nobody is asked. */
bool mz_proposal_unrated(const mz_proposal_head *head);
/* `step` of a proposal. */
void mz_put_step(mz_making *making, const mz_proposal_head *head, json_t *row);

/* Months of a bank account that are over and at whose end a fund was in it, but which nobody has
 * reconciled. */
typedef struct mz_missing_months {
    int32_t first_day; /* of the oldest; MZ_NO_DAY: none is missing */
    size_t count;
} mz_missing_months;
/* Appends each, "YYYY-MM", the oldest first, to `months`, which may be NULL. */
mz_status mz_missing_months_find(mz_making *making, mz_view account, json_t *months,
                                 mz_missing_months *missing);
#define MZ_MONTH_TEXT_SIZE 8                                    /* YYYY-MM and a NUL */
void mz_month_text(int32_t day, char text[MZ_MONTH_TEXT_SIZE]); /* of the month that holds it */

mz_status mz_finding_answered(mz_making *making, mz_ref report, uint32_t finding, bool *answered);

int32_t mz_proposal_last_day(const mz_proposal_head *head);
mz_status mz_proposal_settled(mz_making *making, mz_view id, mz_proposal *proposal);

#endif
