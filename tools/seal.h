/* seal.h — sealed fields on their way out: what a person gives in clear becomes a digest in the
 * body and a disclosure beside it. */
#ifndef MZ_TOOLS_SEAL_H
#define MZ_TOOLS_SEAL_H

#include "args.h"
#include "core/disclosure.h"

/* Room for an entry with all its disclosures. */
#define MZ_SUBMISSION_SIZE_MAX                                                                     \
    (MZ_JWS_SIZE_MAX + 1 + MZ_DISCLOSURES_MAX * (MZ_DISCLOSURE_SIZE_MAX + 1))

/* Whether an event has fields that may be sealed: then its verb takes --clear and --seal. */
bool mz_event_seals(const mz_field *fields);

/* Moves out of `body` whatever must be sealed, and what may be unless it is to stay in clear: a
 * field named by --clear, or the name of an organisation or collective; --seal names what to seal
 * all the same. A name is that of the member, or its path. `args` may be NULL. `out`, initialised
 * by the caller, receives `~<disclosure>~...`, or nothing. Refuses a value that the field's type
 * refuses.
 */
mz_status mz_body_seal(const mz_cli *cli, const mz_event_row *row, const mz_args *args,
                       json_t *body, mz_buf *out, mz_reason *why) MZ_MUST_USE;

/* One value by its path: adds the digest to `body`, the disclosure to `out`. */
mz_status mz_body_seal_value(const mz_cli *cli, json_t *body, const char *path, const json_t *value,
                             mz_buf *out, mz_reason *why) MZ_MUST_USE;

#endif
