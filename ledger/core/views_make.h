/* views_make.h — what the views are made with. Internal to views.c, views_proposal.c, views_todo.c.
 */
#ifndef MZ_CORE_VIEWS_MAKE_H
#define MZ_CORE_VIEWS_MAKE_H

#include "core/date.h"
#include "core/panel.h"
#include "core/views.h"

#define MZ_FUNDS_LISTED_MAX 1000
#define MZ_AS_OF_NOW (MZ_NEVER - 1) /* after every entry there is */

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
void mz_add(mz_making *making, json_t *array, json_t *value);

/* Identifiers of things; none is left out. */
mz_status mz_put_actor(mz_making *making, json_t *object, const char *name, mz_actor_no no);
mz_status mz_put_party(mz_making *making, json_t *object, const char *name, mz_ref ref);
mz_status mz_put_purpose(mz_making *making, json_t *object, const char *name, mz_ref ref);

/* An entry of the log, decoded. On MZ_OK the caller clears both `text` and `entry`. */
mz_status mz_entry_read(mz_making *making, uint64_t index, mz_buf *text, mz_entry *entry,
                        int64_t *unix_ms);
/* Copies members of an entry's body. */
mz_status mz_put_body(mz_making *making, json_t *object, uint64_t index, const char *const *names);
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

/* Calls `row` for the fund's entries of one event, newest first, before entry `before`, until it
 * clears `go_on`. `*next` is where to go on, MZ_NEVER at the end. */
typedef mz_status mz_fund_row(mz_making *making, void *context, uint64_t index, bool *go_on);
mz_status mz_fund_rows(mz_making *making, mz_ref fund, mz_event event, uint64_t before,
                       size_t rows_max, mz_fund_row *row, void *context, uint64_t *next);

mz_status mz_put_unconfirmed(mz_making *making, const mz_fund *fund, json_t *out, const char *name);
mz_status mz_put_proposals(mz_making *making, const mz_fund *fund, uint64_t before, json_t *out);

int32_t mz_proposal_last_day(const mz_proposal_head *head);
mz_status mz_proposal_settled(mz_making *making, mz_view id, mz_proposal *proposal);

#endif
