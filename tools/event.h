/* event.h — an event's body from the command line: one option for each field of the catalogue. */
#ifndef MZ_TOOLS_EVENT_H
#define MZ_TOOLS_EVENT_H

#include "args.h"
#include "attach.h"
#include "core/event.h"

/* Options of an event: its fields, in a table that mz_args_parse reads. A field `amount_fen` is
 * `--amount-fen 1234` or, in yuan, `--amount 12.34`. */
typedef struct mz_event_options {
    mz_option options[MZ_ARGS_MAX];
    char texts[MZ_ARGS_MAX][96]; /* names, then values, of the options made here */
    size_t count, text_count;
} mz_event_options;
void mz_event_options_make(const mz_event_row *row, const mz_option *others,
                           mz_event_options *made);

/* The body. --body first, then the fields given, which replace. Lists that must be there and may be
 * empty are empty. Files of --evidence are attached. Refuses with the catalogue's own words. New
 * reference on MZ_OK. */
mz_status mz_event_body(const mz_event_row *row, const mz_args *args, mz_attachments *attached,
                        json_t **body, mz_reason *why) MZ_MUST_USE;

/* The help of an event's verb: who signs, which fields with types and limits. */
void mz_event_help(const mz_cli *cli, const mz_event_row *row);

/* Roles as words in the language: "出纳、审核员". */
void mz_roles_text(unsigned roles, mz_language language, mz_buf *out);

#endif
