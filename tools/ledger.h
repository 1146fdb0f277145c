/* ledger.h — a ledger's folder as the subcommands open it: where its key lies, who is asked for the
 * passphrase, and one entry on its way in. */
#ifndef MZ_TOOLS_LEDGER_H
#define MZ_TOOLS_LEDGER_H

#include "args.h"
#include "core/json.h"
#include "core/policy.h"
#include "core/uuid.h"
#include "log/log.h"

/* clang-format off */
/* Options of everything that signs, and of everything that writes to a folder. */
#define MZ_OPTIONS_SIGN \
    {"key", "FILE", false, "签名人的密钥文件", "the signer's key file"}, \
    {"passphrase-file", "FILE", false, "口令文件；否则取 MINGZHANG_PASSPHRASE 或在终端询问", \
     "passphrase; else MINGZHANG_PASSPHRASE, else asked"}
#define MZ_OPTIONS_WRITE \
    {"log-key", "FILE", false, "账本的密钥文件，默认 DIR.log-key.pem", "the log's key file; DIR.log-key.pem"}, \
    {"log-passphrase-file", "FILE", false, "账本密钥的口令文件；否则取 MINGZHANG_LOG_PASSPHRASE，再同签名口令", \
     "its passphrase; else MINGZHANG_LOG_PASSPHRASE, else as for --key"}, \
    {"second-place", "FILE", false, "总账印章的第二处，默认 DIR.checkpoint", "second place of the checkpoint; DIR.checkpoint"}, \
    {"sealed", "DIR", false, "密封库的文件夹，默认 DIR.sealed", "folder of the sealed store; DIR.sealed"}, \
    {"accept-checkpoint", "FILE", false, "第二处丢失时以此总账印章为准", "accept this checkpoint for a lost second place"}, \
    {"accept-clock", NULL, false, "确认时钟无误，放行一次", "the clock is right: let this batch pass"}
/* clang-format on */

/* True, and a usage error printed, when `dir` is a URL: for what needs the folder itself. */
bool mz_cli_refuses_url(const mz_cli *cli, const char *topic, const char *dir);

mz_status mz_cli_open_read(const char *dir, mz_log **log, mz_reason *why) MZ_MUST_USE;
/* The same where --sealed may say where the sealed store is. */
#define MZ_OPTION_SEALED                                                                           \
    {                                                                                              \
        "sealed", "DIR", false, "密封库的文件夹，默认 DIR.sealed",                                 \
            "folder of the sealed store; DIR.sealed"                                               \
    }
mz_status mz_cli_open_sealed(const mz_args *args, const char *dir, mz_log **log,
                             mz_reason *why) MZ_MUST_USE;
/* Reads the log's key too. */
mz_status mz_cli_open_write(const mz_cli *cli, const mz_args *args, const char *dir, mz_log **log,
                            mz_reason *why) MZ_MUST_USE;
/* The signer of --key. On MZ_OK the caller wipes it. MZ_IO when --key is missing. */
mz_status mz_cli_signer(const mz_cli *cli, const mz_args *args, mz_signer *signer,
                        mz_reason *why) MZ_MUST_USE;

/* The identifier of whoever holds the key. MZ_UNKNOWN_KEY. */
mz_status mz_signer_actor(mz_changes *changes, const mz_signer *signer,
                          char actor[MZ_ID_SIZE_MAX + 1], mz_reason *why) MZ_MUST_USE;

/* Whoever holds the key, as a reader of sealed matter: by a token (core/auth.h) that is made and
 * verified here, by the same function that a service uses. */
mz_status mz_cli_reader(const mz_signer *signer, mz_log *log, mz_snapshot *snapshot,
                        mz_actor *reader, mz_reason *why) MZ_MUST_USE;

/* Appends {"aud","jti","iat","type","fund","body"} as text. `fund` may be NULL. */
mz_status mz_payload_put(mz_buf *out, const char *origin, const char *jti, int64_t iat_unix_s,
                         const char *event, const char *fund, const json_t *body,
                         mz_reason *why) MZ_MUST_USE;
/* The same, checked against the catalogue and signed: appends the JWS. `jti` NULL: a new one. */
mz_status mz_entry_sign(const mz_signer *signer, const char *origin, int64_t unix_ms,
                        const char *jti, const char *event, const char *fund, const json_t *body,
                        mz_buf *jws, mz_reason *why) MZ_MUST_USE;

#endif
