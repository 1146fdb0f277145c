#include "ledger.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "core/auth.h"
#include "edge/clock.h"
#include "edge/keyfile.h"
#include "log/files.h"
#include "remote.h"

bool mz_cli_refuses_url(const mz_cli *cli, const char *topic, const char *dir)
{
    if (!mz_cli_is_url(dir))
        return false;
    mz_cli_usage(
        cli, topic,
        "%s 是网址：这件事要在账本所在的机器上对账本文件夹做。从外面核对整本账请用 "
        "mingzhang-audit URL。",
        "%s is a URL: this is done where the ledger's folder is. To check a whole log from "
        "outside, use mingzhang-audit URL.",
        dir);
    return true;
}

mz_status mz_cli_open_read(const char *dir, mz_log **log, mz_reason *why)
{
    mz_log_options options = {.dir = dir, .read_only = true};
    return mz_log_open(&options, log, why);
}

mz_status mz_cli_open_sealed(const mz_args *args, const char *dir, mz_log **log, mz_reason *why)
{
    mz_log_options options = {
        .dir = dir, .read_only = true, .sealed = mz_args_value(args, "sealed")};
    return mz_log_open(&options, log, why);
}

/* The passphrase of the log's key: its own sources first, then those of the signer. */
static mz_status log_passphrase(const mz_cli *cli, const mz_args *args, const char *path,
                                mz_buf *out, mz_reason *why)
{
    const char *file = mz_args_value(args, "log-passphrase-file");
    const char *named = getenv("MINGZHANG_LOG_PASSPHRASE");
    if (file == NULL && named != NULL && named[0] != '\0') {
        mz_buf_init(out, MZ_PASSPHRASE_SIZE_MAX);
        mz_buf_put_text(out, named);
        return MZ_OK;
    }
    if (file == NULL)
        file = mz_args_value(args, "passphrase-file");
    return mz_passphrase_get(cli, file, path, false, out, why);
}

mz_status mz_cli_open_write(const mz_cli *cli, const mz_args *args, const char *dir, mz_log **log,
                            mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    mz_buf passphrase;
    mz_signer signer;
    const char *key = mz_args_value(args, "log-key");
    if (key == NULL && mz_path_beside(dir, ".log-key.pem", path, MZ_LOG_PATH_MAX))
        key = path;
    if (key == NULL)
        return mz_refuse(why, MZ_IO, mz_words("cause", dir));
    if (access(dir, F_OK) != 0) { /* say so before asking for a passphrase */
        mz_log *none = NULL;
        return mz_cli_open_read(dir, &none, why);
    }
    mz_status status = log_passphrase(cli, args, key, &passphrase, why);
    if (status != MZ_OK)
        return status;
    status = mz_keyfile_read(key, mz_buf_view(&passphrase), &signer, why);
    mz_passphrase_wipe(&passphrase);
    if (status != MZ_OK)
        return status;
    mz_log_options options = {
        .dir = dir,
        .signers = &signer,
        .signer_count = 1,
        .second_place = mz_args_value(args, "second-place"),
        .sealed = mz_args_value(args, "sealed"),
        .accept_checkpoint = mz_args_value(args, "accept-checkpoint"),
        .accept_clock = mz_args_has(args, "accept-clock"),
    };
    status = mz_log_open(&options, log, why);
    mz_signer_wipe(&signer);
    return status;
}

mz_status mz_cli_signer(const mz_cli *cli, const mz_args *args, mz_signer *signer, mz_reason *why)
{
    const char *path = mz_args_value(args, "key");
    mz_buf passphrase;
    if (path == NULL)
        return mz_refuse(why, MZ_IO,
                         mz_words("cause", MZ_BOTH("没有给出签名人的密钥文件：--key FILE",
                                                   "no key file of a signer: --key FILE")));
    if (access(path, R_OK) != 0) { /* the refusal of reading it, without asking first */
        static const uint8_t none[1] = {'-'};
        return mz_keyfile_read(path, (mz_view){none, 1}, signer, why);
    }
    mz_status status = mz_passphrase_get(cli, mz_args_value(args, "passphrase-file"), path, false,
                                         &passphrase, why);
    if (status != MZ_OK)
        return status;
    status = mz_keyfile_read(path, mz_buf_view(&passphrase), signer, why);
    mz_passphrase_wipe(&passphrase);
    return status;
}

mz_status mz_signer_actor(mz_changes *changes, const mz_signer *signer,
                          char actor[MZ_ID_SIZE_MAX + 1], mz_reason *why)
{
    mz_actor_key row;
    mz_actor found;
    mz_key_bytes key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key, (mz_view){signer->thumbprint.bytes, MZ_HASH_SIZE});
    mz_status status = mz_state_load(changes, &key, &row, sizeof(row), why);
    if (status == MZ_OK && row.actor_no != 0)
        status = mz_actor_load(changes, row.actor_no, &found, why);
    else if (status == MZ_OK)
        status = MZ_NOT_FOUND;
    if (status == MZ_NOT_FOUND) {
        char kid[44];
        mz_base64url_32(signer->thumbprint.bytes, kid);
        return mz_refuse(why, MZ_UNKNOWN_KEY, mz_words("kid", kid));
    }
    if (status != MZ_OK)
        return status;
    mz_view id = mz_id_view(found.id);
    memcpy(actor, id.data, id.size);
    actor[id.size] = '\0';
    return MZ_OK;
}

mz_status mz_cli_reader(const mz_signer *signer, mz_log *log, mz_snapshot *snapshot,
                        mz_actor *reader, mz_reason *why)
{
    mz_buf token;
    const int64_t now_s = mz_clock_now_unix_ms() / 1000;
    mz_buf_init(&token, MZ_AUTH_SIZE_MAX);
    mz_status status = mz_auth_make(signer, mz_log_origin(log), now_s, &token, why);
    if (status == MZ_OK)
        status = mz_auth_verify(mz_snapshot_changes(snapshot), mz_buf_view(&token),
                                mz_log_origin(log), now_s, reader, why);
    mz_buf_clear(&token);
    return status;
}

mz_status mz_payload_put(mz_buf *out, const char *origin, const char *jti, int64_t iat_unix_s,
                         const char *event, const char *fund, const json_t *body, mz_reason *why)
{
    json_t *payload = json_pack("{s:s, s:s, s:I, s:s}", "aud", origin, "jti", jti, "iat",
                                (json_int_t)iat_unix_s, "type", event);
    mz_status status = MZ_OK;
    if (payload == NULL)
        return mz_refuse(why, MZ_BAD_TEXT, mz_words("path", "payload"),
                         mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")));
    if (fund != NULL && json_object_set_new(payload, "fund", json_string(fund)) != 0)
        status = mz_refuse(why, MZ_BAD_TEXT, mz_words("path", "fund"),
                           mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")));
    if (status == MZ_OK && json_object_set_new(payload, "body", json_deep_copy(body)) != 0)
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = mz_json_print(payload, out);
    if (status == MZ_TOO_LARGE)
        status = mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "payload"),
                           mz_count("size", (int64_t)out->size_max + 1),
                           mz_count("limit", MZ_PAYLOAD_SIZE_MAX));
    json_decref(payload);
    return status;
}

mz_status mz_entry_sign(const mz_signer *signer, const char *origin, int64_t unix_ms,
                        const char *jti, const char *event, const char *fund, const json_t *body,
                        mz_buf *jws, mz_reason *why)
{
    char made[MZ_UUID_TEXT_SIZE];
    mz_buf payload;
    mz_entry entry;
    mz_buf_init(&payload, MZ_PAYLOAD_SIZE_MAX);
    mz_uuid7_new_text(unix_ms, made);
    mz_status status = mz_payload_put(&payload, origin, jti == NULL ? made : jti, unix_ms / 1000,
                                      event, fund, body, why);
    if (status == MZ_OK)
        status = mz_entry_decode_payload(mz_buf_view(&payload), &entry, why);
    if (status == MZ_OK) {
        mz_entry_clear(&entry);
        status = mz_jws_sign(signer, MZ_JWS_TYP_ENTRY, mz_buf_view(&payload), jws, why);
    }
    mz_buf_clear(&payload);
    return status;
}
