/* remote.h — a ledger at a URL, as the subcommands use it: the JSON views that the service shows,
 * and entries on their way in. What the service refuses is told in its words, with the same exit
 * codes as at home. */
#ifndef MZ_TOOLS_REMOTE_H
#define MZ_TOOLS_REMOTE_H

#include "args.h"
#include "core/entry.h"
#include "core/json.h"
#include "core/policy.h"

typedef struct mz_remote mz_remote;

/* clang-format off */
#define MZ_OPTIONS_URL \
    {"ca-file", "FILE", false, "网址为 https 时信任的证书；默认系统的", "certificates trusted for an https URL; else the system's"}, \
    {"timeout", "SECONDS", false, "网址的每个回答最多等几秒，默认 60", "seconds that one answer of a URL may take; 60"}
#define MZ_OPTION_PIN \
    {"pin", "FILE", false, "网址：用这份信任文件核对账本名称和收据", "of a URL: check the log's name and the receipt against this pin"}
/* clang-format on */

bool mz_cli_is_url(const char *dir);

/* Asks nothing yet. MZ_BAD_VALUE: --timeout is no number of seconds; MZ_BAD_POLICY and so on:
 * --pin. The caller owns `*remote` on MZ_OK. */
mz_status mz_remote_open(const mz_cli *cli, const mz_args *args, const char *url,
                         mz_remote **remote, mz_reason *why) MZ_MUST_USE;
void mz_remote_close(mz_remote *remote); /* NULL is fine */
const mz_cli *mz_remote_cli(const mz_remote *remote);
const mz_policy *mz_remote_pin(const mz_remote *remote); /* NULL when none was given */

/* The log's name: the pin's, else as the service says. Borrowed. */
mz_status mz_remote_origin(mz_remote *remote, const char **origin, mz_reason *why) MZ_MUST_USE;

/* Each `{}` of a pattern stands for the next value, escaped. The answer's text is cleaned of
 * whatever a terminal might obey. A refusal of the service is answered as its status, without a
 * reason: mz_remote_refuse has it. MZ_IO after several tries; MZ_BAD_JSON: no answer of a ledger.
 */
mz_status mz_remote_get(mz_remote *remote, const char *pattern, const char *const *values,
                        json_t **out, mz_reason *why) MZ_MUST_USE;
/* The same with a token of the reader's, made for this request. */
mz_status mz_remote_get_as(mz_remote *remote, const mz_signer *reader, const char *pattern,
                           const char *const *values, json_t **out, mz_reason *why) MZ_MUST_USE;
/* Bytes of at most out->size_max, as they are sent; `reader` may be NULL. */
mz_status mz_remote_bytes(mz_remote *remote, const mz_signer *reader, const char *pattern,
                          const char *const *values, mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* POST (`is_put` false) or PUT; safe to be sent twice. */
mz_status mz_remote_send(mz_remote *remote, bool is_put, const char *pattern,
                         const char *const *values, const char *media_type, mz_view body,
                         json_t **out, mz_reason *why) MZ_MUST_USE;

/* The status by which the service refused last, MZ_OK when it did not. */
mz_status mz_remote_refused(const mz_remote *remote);
/* Prints the refusal, of the service or our own, and returns its exit code. */
mz_exit mz_remote_refuse(const mz_remote *remote, const mz_reason *why);

/* A receipt of that entry, against the pin when there is one. MZ_BAD_RECEIPT, MZ_BAD_INCLUSION,
 * MZ_BAD_NOTE. */
mz_status mz_remote_check_receipt(const mz_remote *remote, mz_view receipt, uint64_t index,
                                  mz_reason *why) MZ_MUST_USE;

/* --- whole subcommands; `args` were read and counted --- */

/* remote_read.c. `name` as in `show`, or todo, trace; `id` "" when it needs none. */
typedef void mz_remote_print(const mz_cli *cli, const json_t *view);
mz_exit mz_remote_show(mz_cli *cli, const mz_args *args, const char *url, const char *name,
                       const char *id, mz_remote_print *print);
mz_exit mz_remote_statement(mz_cli *cli, const mz_args *args, const char *fund, const char *to);
mz_exit mz_remote_receipt(mz_cli *cli, const mz_args *args, uint64_t index);
mz_exit mz_remote_disclose(mz_cli *cli, const mz_args *args, const mz_signer *reader,
                           uint64_t index);
mz_exit mz_remote_evidence_get(mz_cli *cli, const mz_args *args);
/* remote_write.c */
mz_exit mz_remote_event(mz_cli *cli, const mz_event_row *row, const mz_args *args,
                        const mz_signer *signer);
mz_exit mz_remote_submit(mz_cli *cli, const mz_args *args, mz_view text);
mz_exit mz_remote_evidence_add(mz_cli *cli, const mz_args *args);

#endif
