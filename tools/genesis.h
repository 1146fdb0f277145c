/* genesis.h — what entry 0 is made of: shared by init and seed. init.c */
#ifndef MZ_TOOLS_GENESIS_H
#define MZ_TOOLS_GENESIS_H

#include "cli.h"
#include "core/checkpoint.h"
#include "core/key.h"

#define MZ_PROOF_TEXT_SIZE 88 /* 86 characters and a NUL */

/* A new key. On MZ_OK the caller wipes it. */
mz_status mz_signer_new(mz_signer *signer, mz_reason *why) MZ_MUST_USE;
mz_status mz_proof_text(const mz_signer *signer, const char *origin, const char *actor,
                        char proof[MZ_PROOF_TEXT_SIZE], mz_reason *why) MZ_MUST_USE;
mz_status mz_vkey_text(const mz_cli *cli, const mz_signer *signer, const char *origin,
                       char text[MZ_VKEY_TEXT_MAX], mz_reason *why) MZ_MUST_USE;

/* A row of `registrars`. `name` may be NULL. New reference. */
mz_status mz_registrar_json(const char *actor, const char *name, const mz_signer *signer,
                            const char *origin, json_t **out, mz_reason *why) MZ_MUST_USE;
/* The body of ledger.opened. Borrows the parts. New reference. MZ_BAD_VALUE for an origin that is
 * none. */
mz_status mz_genesis_body(const mz_cli *cli, const mz_signer *log_key, const char *origin,
                          json_t *charity, json_t *registrars, json_t *witnesses, int64_t quorum,
                          json_t **body, mz_reason *why) MZ_MUST_USE;

#endif
