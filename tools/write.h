/* write.h — what writing to a folder and writing to a service share. */
#ifndef MZ_TOOLS_WRITE_H
#define MZ_TOOLS_WRITE_H

#include "attach.h"
#include "ledger.h"

/* The view of an entry, a new reference: from the ledger, or from a service. */
typedef mz_status mz_entry_of(void *context, uint64_t index, json_t **entry, mz_reason *why);
/* `#12` in a field that cites an entry becomes that entry's jti. `object` is changed. */
mz_status mz_body_cite(const mz_field *fields, json_t *object, mz_entry_of *entry_of, void *context,
                       mz_reason *why) MZ_MUST_USE;

/* Seals what is to be sealed, signs, and appends `<jws>` or `<jws>~<disclosure>~...` to `out`, of
 * which the JWS is the first `*jws_size` bytes. `body` is changed. */
mz_status mz_body_sign(const mz_cli *cli, const mz_event_row *row, const mz_args *args,
                       const mz_signer *signer, const char *origin, int64_t unix_ms, json_t *body,
                       mz_buf *out, size_t *jws_size, mz_reason *why) MZ_MUST_USE;

/* Says what became of an entry. */
mz_exit mz_submission_tell(const mz_cli *cli, const mz_submission *submission,
                           const mz_attachments *attached);

#endif
