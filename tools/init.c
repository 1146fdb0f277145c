/* init.c — a new ledger: the log's key, entry 0, the pin. */
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "attach.h"
#include "commands.h"
#include "edge/clock.h"
#include "edge/keyfile.h"
#include "genesis.h"
#include "ledger.h"
#include "log/files.h"
#include "seal.h"

/* ---- genesis.h ---- */

mz_status mz_signer_new(mz_signer *signer, mz_reason *why)
{
    uint8_t seed[MZ_SEED_SIZE];
    mz_status status = mz_random(seed, sizeof(seed), why);
    if (status == MZ_OK)
        mz_signer_from_seed(signer, seed);
    sodium_memzero(seed, sizeof(seed));
    return status;
}

mz_status mz_proof_text(const mz_signer *signer, const char *origin, const char *actor,
                        char proof[MZ_PROOF_TEXT_SIZE], mz_reason *why)
{
    uint8_t bytes[MZ_SIGNATURE_SIZE];
    mz_buf text;
    mz_buf_init(&text, MZ_PROOF_TEXT_SIZE);
    if (!mz_signer_prove(signer, origin, actor, bytes))
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_buf_put_base64url(&text, (mz_view){bytes, sizeof(bytes)});
    snprintf(proof, MZ_PROOF_TEXT_SIZE, "%s", text.data == NULL ? "" : (const char *)text.data);
    mz_buf_clear(&text);
    return MZ_OK;
}

mz_status mz_vkey_text(const mz_cli *cli, const mz_signer *signer, const char *origin,
                       char text[MZ_VKEY_TEXT_MAX], mz_reason *why)
{
    mz_vkey vkey;
    mz_buf out;
    mz_buf_init(&out, MZ_VKEY_TEXT_MAX);
    mz_status status = mz_vkey_make(cli->hasher, mz_view_of(origin), MZ_VKEY_ED25519,
                                    signer->public_key, &vkey, why);
    if (status != MZ_OK)
        return status;
    mz_vkey_put(&out, &vkey);
    snprintf(text, MZ_VKEY_TEXT_MAX, "%s", out.data == NULL ? "" : (const char *)out.data);
    mz_buf_clear(&out);
    return MZ_OK;
}

mz_status mz_registrar_json(const char *actor, const char *name, const mz_signer *signer,
                            const char *origin, json_t **out, mz_reason *why)
{
    char key[44], proof[MZ_PROOF_TEXT_SIZE];
    mz_base64url_32(signer->public_key, key);
    mz_status status = mz_proof_text(signer, origin, actor, proof, why);
    if (status != MZ_OK)
        return status;
    *out = name == NULL ? json_pack("{s:s, s:s, s:s}", "actor", actor, "key", key, "proof", proof)
                        : json_pack("{s:s, s:s, s:s, s:s}", "actor", actor, "name", name, "key",
                                    key, "proof", proof);
    return *out == NULL ? mz_refuse(why, MZ_BAD_TEXT, mz_words("path", "registrars"),
                                    mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")))
                        : MZ_OK;
}

mz_status mz_genesis_body(const mz_cli *cli, const mz_signer *log_key, const char *origin,
                          json_t *charity, json_t *registrars, json_t *witnesses, int64_t quorum,
                          json_t **body, mz_reason *why)
{
    char vkey[MZ_VKEY_TEXT_MAX], proof[MZ_PROOF_TEXT_SIZE];
    if (!mz_origin_valid(mz_view_of(origin)))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "origin"),
                         mz_words("want", MZ_BOTH("1 至 100 个 ASCII 字符，无空格和加号",
                                                  "1 to 100 ASCII characters, no space, no plus")));
    mz_status status = mz_vkey_text(cli, log_key, origin, vkey, why);
    if (status == MZ_OK)
        status = mz_proof_text(log_key, origin, "-", proof, why);
    if (status != MZ_OK)
        return status;
    *body = json_pack("{s:O, s:{s:s, s:s}, s:O, s:O, s:I, s:i}", "charity", charity, "log_key",
                      "vkey", vkey, "proof", proof, "registrars", registrars, "witnesses",
                      witnesses, "quorum", (json_int_t)quorum, "rules", MZ_RULES_VERSION);
    return *body == NULL ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* ---- init ---- */

static const mz_option OPTIONS[] = {
    {"origin",                                                             "NAME", false, "账本名称，如 example.org/zibo",
     "the log's name, as example.org/zibo"},
    {"charity",                                                               "NAME", false, "慈善总会名称", "the charity's name"},
    {"credit-code",                                "CODE", false, "慈善总会统一社会信用代码", "the charity's credit code"},
    {"registrar",                                                            "ID=KEYFILE | ID,KEY,PROOF", true,
     "登记员，正好两位；第一个给出密钥文件的签第 0 笔", "a registrar, exactly two; the first with a key file signs entry 0"},
    {"name",                                                               "ID=NAME", true, "登记员姓名，密封保存", "a registrar's name; it is sealed"},
    {"clear",                                                "name", false, "姓名写成明文：须有本人同意，并附凭证",
     "names in clear: only with consent, shown by evidence"},
    {"witness",                                                        "VKEY[,URL]", true, "见证人", "a witness"},
    {"quorum",                                                               "N", false, "至少几位见证人，默认 0", "how many witnesses must cosign; 0"},
    {"evidence",                                         "FILE", true, "凭证", "evidence"},
    {"visibility",                                                          "public|sealed", false, "--evidence 的公开程度，默认 sealed",
     "of --evidence; sealed when absent"},
    MZ_OPTIONS_WRITE,
    {"passphrase-file",                                                                "FILE", false, "口令文件；否则取 MINGZHANG_PASSPHRASE 或在终端询问",
     "passphrase; else MINGZHANG_PASSPHRASE, else asked"},
    {0},
};

static const char *name_of(const mz_args *args, const char *actor)
{
    size_t size = strlen(actor);
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].name, "name") == 0 &&
            strncmp(args->given[i].value, actor, size) == 0 && args->given[i].value[size] == '=')
            return args->given[i].value + size + 1;
    return NULL;
}

/* One --registrar. Fills `signer` when it is a key file and none was before. */
static mz_status add_registrar(const mz_cli *cli, const mz_args *args, const char *given,
                               const char *origin, json_t *registrars, mz_signer *signer,
                               bool *has_signer, mz_reason *why)
{
    char text[MZ_LOG_PATH_MAX];
    json_t *row = NULL;
    mz_status status = MZ_OK;
    snprintf(text, sizeof(text), "%s", given);
    char *split = strpbrk(text, "=,");
    if (split == NULL)
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--registrar"),
                         mz_words("want", "ID=KEYFILE, ID,KEY,PROOF"));
    bool is_file = *split == '=';
    *split = '\0';
    if (is_file) {
        mz_signer own;
        mz_args with_key = {.given_count = 1};
        const char *passphrase = mz_args_value(args, "passphrase-file");
        with_key.given[0].name = "key";
        with_key.given[0].value = split + 1;
        if (passphrase != NULL) {
            with_key.given[1].name = "passphrase-file";
            with_key.given[with_key.given_count++].value = passphrase;
        }
        status = mz_cli_signer(cli, &with_key, &own, why);
        if (status != MZ_OK)
            return status;
        status = mz_registrar_json(text, name_of(args, text), &own, origin, &row, why);
        if (!*has_signer)
            *signer = own;
        *has_signer = true;
        mz_signer_wipe(&own);
    } else {
        char *comma = strchr(split + 1, ',');
        if (comma != NULL)
            *comma = '\0';
        row = json_pack("{s:s, s:s, s:s}", "actor", text, "key", split + 1, "proof",
                        comma == NULL ? "" : comma + 1);
        if (row != NULL && name_of(args, text) != NULL)
            json_object_set_new(row, "name", json_string(name_of(args, text)));
    }
    if (status == MZ_OK && json_array_append_new(registrars, row) != 0)
        status = mz_refuse(why, MZ_NO_MEMORY);
    return status;
}

static json_t *witnesses_of(const mz_args *args)
{
    json_t *list = json_array();
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].name, "witness") != 0)
            continue;
        const char *value = args->given[i].value, *comma = strchr(value, ',');
        json_t *row = json_object();
        json_object_set_new(
            row, "vkey",
            json_stringn(value, comma == NULL ? strlen(value) : (size_t)(comma - value)));
        if (comma != NULL)
            json_object_set_new(row, "url", json_string(comma + 1));
        json_array_append_new(list, row);
    }
    return list;
}

/* The log's key: the file of --log-key if it exists, else made there. `*made` tells which. */
static mz_status log_key_of(const mz_cli *cli, const mz_args *args, const char *path,
                            mz_signer *log_key, bool *made, mz_reason *why)
{
    mz_buf passphrase;
    const char *file = mz_args_value(args, "log-passphrase-file");
    if (file == NULL)
        file = mz_args_value(args, "passphrase-file");
    bool exists = access(path, F_OK) == 0;
    if (exists && !mz_args_has(args, "log-key"))
        return mz_refuse(why, MZ_EXISTS, mz_words("path", path));
    mz_status status = mz_passphrase_get(cli, file, path, !exists, &passphrase, why);
    if (status != MZ_OK)
        return status;
    if (exists)
        status = mz_keyfile_read(path, mz_buf_view(&passphrase), log_key, why);
    else
        status = mz_signer_new(log_key, why);
    if (status == MZ_OK && !exists)
        status = mz_keyfile_write(path, log_key, mz_buf_view(&passphrase), 0, why);
    *made = status == MZ_OK && !exists;
    mz_passphrase_wipe(&passphrase);
    return status;
}

static mz_exit tell(const mz_cli *cli, const mz_log *log, const char *key_path)
{
    char pin[MZ_LOG_PATH_MAX];
    if (!mz_log_pin_path(mz_log_dir(log), mz_log_origin(log), pin, sizeof(pin)))
        return MZ_EXIT_TROUBLE;
    if (cli->json)
        return mz_cli_json(cli, json_pack("{s:s, s:s, s:s, s:s, s:s}", "origin", mz_log_origin(log),
                                          "dir", mz_log_dir(log), "pin", pin, "log_key", key_path,
                                          "second_place", mz_log_second_place(log)));
    printf(
        mz_say(cli,
               "账本 %s 已建立：%s\n信任文件（pin，请发给所有验证人）：%s\n账本密钥（请另行保管）："
               "%s\n总账印章的第二处（最好在另一块盘上）：%s\n",
               "The ledger %s is created: %s\nPin, to be given to all who verify: %s\nThe log's "
               "key, to be kept apart: %s\nSecond place of the checkpoint, best on another "
               "disk: %s\n"),
        mz_log_origin(log), mz_log_dir(log), pin, key_path, mz_log_second_place(log));
    return MZ_EXIT_DONE;
}

/* The files of --evidence, into the body. */
static mz_status attach(const mz_args *args, mz_attachments *attached, json_t *body, mz_reason *why)
{
    mz_status status = MZ_OK;
    json_t *list = json_array(), *document = NULL;
    for (size_t i = 0; i < args->given_count && status == MZ_OK; i++) {
        if (strcmp(args->given[i].name, "evidence") != 0)
            continue;
        status = mz_attach_file(attached, args->given[i].value, mz_args_value(args, "visibility"),
                                &document, why);
        if (status == MZ_OK && json_array_append_new(list, document) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK && json_array_size(list) > 0 &&
        json_object_set(body, "evidence", list) != 0)
        status = mz_refuse(why, MZ_NO_MEMORY);
    json_decref(list);
    return status;
}

/* Entry 0 and what it brings along. */
static mz_status create_log(const mz_log_options *options, mz_view jws, mz_attachments *attached,
                            mz_log **log, mz_reason *why)
{
    mz_status status = mz_attachments_keep(attached, why);
    if (status == MZ_OK)
        status = mz_log_create(options, jws, mz_clock_now_unix_ms(), log, why);
    mz_attachments_settle(attached, NULL, status);
    return status;
}

static mz_status create(const mz_cli *cli, const mz_args *args, const mz_signer *log_key,
                        mz_attachments *attached, mz_log **log, mz_reason *why)
{
    const char *origin = mz_args_value(args, "origin");
    uint64_t quorum = 0;
    bool has_signer = false;
    mz_signer signer;
    json_t *registrars = json_array(), *witnesses = witnesses_of(args), *body = NULL;
    json_t *charity = json_pack("{s:s, s:s}", "name", mz_args_value(args, "charity"), "credit_code",
                                mz_args_value(args, "credit-code"));
    mz_buf text, disclosures;
    mz_buf_init(&text, MZ_SUBMISSION_SIZE_MAX);
    mz_buf_init(&disclosures, MZ_SUBMISSION_SIZE_MAX);
    memset(&signer, 0, sizeof(signer));
    mz_status status = charity == NULL
                           ? mz_refuse(why, MZ_BAD_TEXT, mz_words("path", "charity"),
                                       mz_words("cause", MZ_BOTH("不是 UTF-8", "not UTF-8")))
                           : MZ_OK;
    for (size_t i = 0; i < args->given_count && status == MZ_OK; i++)
        if (strcmp(args->given[i].name, "registrar") == 0)
            status = add_registrar(cli, args, args->given[i].value, origin, registrars, &signer,
                                   &has_signer, why);
    if (status == MZ_OK && mz_args_has(args, "quorum") &&
        !mz_args_number(mz_args_value(args, "quorum"), &quorum))
        status =
            mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--quorum"), mz_words("want", "0.."));
    if (status == MZ_OK && !has_signer)
        status = mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--registrar"),
                           mz_words("want", MZ_BOTH("至少一位登记员给出密钥文件 ID=KEYFILE",
                                                    "one registrar's key file, ID=KEYFILE")));
    if (status == MZ_OK)
        status = mz_genesis_body(cli, log_key, origin, charity, registrars, witnesses,
                                 (int64_t)quorum, &body, why);
    if (status == MZ_OK)
        status = attach(args, attached, body, why);
    if (status == MZ_OK)
        status =
            mz_body_seal(cli, mz_event_row_of(MZ_LEDGER_OPENED), args, body, &disclosures, why);
    if (status == MZ_OK)
        status = mz_entry_sign(&signer, origin, mz_clock_now_unix_ms(), NULL, "ledger.opened", NULL,
                               body, &text, why);
    mz_buf_put(&text, mz_buf_view(&disclosures));
    mz_log_options options = {.dir = args->at[0],
                              .signers = log_key,
                              .signer_count = 1,
                              .second_place = mz_args_value(args, "second-place"),
                              .sealed = mz_args_value(args, "sealed")};
    if (status == MZ_OK)
        status = create_log(&options, mz_buf_view(&text), attached, log, why);
    mz_signer_wipe(&signer);
    mz_buf_clear(&text);
    mz_buf_clear(&disclosures);
    json_decref(body);
    json_decref(charity);
    json_decref(registrars);
    json_decref(witnesses);
    return status;
}

mz_exit mz_run_init(mz_cli *cli, int argc, char **argv)
{
    static const char *const NEEDED[] = {"origin", "charity", "credit-code", "registrar"};
    mz_args args;
    mz_reason why = {0};
    mz_signer log_key;
    mz_log *log = NULL;
    char path[MZ_LOG_PATH_MAX];
    bool made = false;
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("init"), OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 1, 1) || mz_cli_refuses_url(cli, argv[0], args.at[0]))
        return MZ_EXIT_USAGE;
    for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++)
        if (!mz_args_has(&args, NEEDED[i]))
            return mz_cli_usage(cli, "init", "缺少 --%s。", "--%s is missing.", NEEDED[i]);
    const char *given = mz_args_value(&args, "log-key");
    if (given != NULL)
        snprintf(path, sizeof(path), "%s", given);
    else if (!mz_path_beside(args.at[0], ".log-key.pem", path, MZ_LOG_PATH_MAX))
        return mz_cli_usage(cli, "init", "路径太长。", "The path is too long.");
    mz_status status = MZ_OK;
    if (access(args.at[0], F_OK) == 0)
        status = mz_refuse(&why, MZ_EXISTS, mz_words("path", args.at[0]));
    if (status == MZ_OK)
        status = log_key_of(cli, &args, path, &log_key, &made, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_attachments attached = {.cli = cli, .dir = args.at[0]};
    status = create(cli, &args, &log_key, &attached, &log, &why);
    mz_signer_wipe(&log_key);
    if (status != MZ_OK && made)
        unlink(path); /* a key that no ledger names */
    mz_exit code = status == MZ_OK ? tell(cli, log, path) : mz_cli_refuse(cli, &why);
    if (status == MZ_OK && !cli->json)
        mz_attachments_tell(&attached);
    mz_attachments_clear(&attached);
    mz_log_close(log);
    return code;
}
