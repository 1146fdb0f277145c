/* key.c — key files: new, show, proof. */
#include <string.h>

#include <sodium.h>

#include "commands.h"
#include "edge/clock.h"
#include "edge/keyfile.h"
#include "genesis.h"
#include "ledger.h"

static const mz_option OPTIONS[] = {
    {"origin",                                      "NAME", false, "账本名称，用于持有证明",
     "the log's name, for the proof of possession"},
    {"actor",                                        "ID", false, "人员编号，用于持有证明；账本自己的密钥为 -",
     "the actor, for the proof; - for the log's key"},
    {"rounds", "N", false, "口令派生轮数，默认 600000", "rounds of key derivation; 600000"},
    {"passphrase-file",                                       "FILE", false, "口令文件；否则取 MINGZHANG_PASSPHRASE 或在终端询问",
     "passphrase; else MINGZHANG_PASSPHRASE, else asked"},
    {0                                       },
};

/* Public key, thumbprint, and the proof where origin and actor are given; of a log's key (`-`) the
 * verifier key too, for ledger.amended. */
static mz_exit print_key(const mz_cli *cli, const mz_args *args, const mz_signer *signer)
{
    const char *origin = mz_args_value(args, "origin"), *actor = mz_args_value(args, "actor");
    char key[44], kid[44], proof_text[MZ_BASE64URL_SIZE(MZ_SIGNATURE_SIZE) + 1] = "";
    char vkey[MZ_VKEY_TEXT_MAX] = "";
    mz_reason why = {0};
    if (origin != NULL && actor != NULL && strcmp(actor, "-") == 0 &&
        mz_vkey_text(cli, signer, origin, vkey, &why) != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_base64url_32(signer->public_key, key);
    mz_base64url_32(signer->thumbprint.bytes, kid);
    if (origin != NULL && actor != NULL) {
        uint8_t proof[MZ_SIGNATURE_SIZE];
        mz_buf text;
        mz_buf_init(&text, 128);
        if (!mz_signer_prove(signer, origin, actor, proof))
            return MZ_EXIT_TROUBLE;
        mz_buf_put_base64url(&text, (mz_view){proof, sizeof(proof)});
        snprintf(proof_text, sizeof(proof_text), "%s", text.data == NULL ? "" : (char *)text.data);
        mz_buf_clear(&text);
    }
    if (cli->json) {
        json_t *out = json_pack("{s:s, s:s}", "kid", kid, "key", key);
        if (proof_text[0] != '\0')
            json_object_set_new(out, "proof", json_string(proof_text));
        if (vkey[0] != '\0')
            json_object_set_new(out, "vkey", json_string(vkey));
        return mz_cli_json(cli, out);
    }
    printf("kid   %s\nkey   %s\n", kid, key);
    if (proof_text[0] != '\0')
        printf("proof %s\n", proof_text);
    if (vkey[0] != '\0')
        printf("vkey  %s\n", vkey);
    return MZ_EXIT_DONE;
}

static mz_exit key_new(const mz_cli *cli, const mz_args *args, const char *path)
{
    mz_reason why = {0};
    mz_signer signer;
    mz_buf passphrase;
    uint8_t seed[MZ_SEED_SIZE];
    uint64_t rounds = 0;
    const char *given = mz_args_value(args, "rounds");
    if (given != NULL && (!mz_args_number(given, &rounds) || rounds < MZ_KEYFILE_ROUNDS_MIN ||
                          rounds > MZ_KEYFILE_ROUNDS_MAX))
        return mz_cli_usage(cli, "key", "--rounds 应在 %d 至 %d 之间。",
                            "--rounds must be between %d and %d.", MZ_KEYFILE_ROUNDS_MIN,
                            MZ_KEYFILE_ROUNDS_MAX);
    mz_status status = mz_passphrase_get(cli, mz_args_value(args, "passphrase-file"), path, true,
                                         &passphrase, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    status = mz_random(seed, sizeof(seed), &why);
    if (status == MZ_OK) {
        mz_signer_from_seed(&signer, seed);
        status = mz_keyfile_write(path, &signer, mz_buf_view(&passphrase), (unsigned)rounds, &why);
    }
    sodium_memzero(seed, sizeof(seed));
    mz_passphrase_wipe(&passphrase);
    mz_exit code = status == MZ_OK ? print_key(cli, args, &signer) : mz_cli_refuse(cli, &why);
    if (status == MZ_OK)
        mz_signer_wipe(&signer);
    return code;
}

/* Without a passphrase only the thumbprint is known, so the key itself is opened. */
static mz_exit key_show(const mz_cli *cli, const mz_args *args, const char *path)
{
    mz_reason why = {0};
    mz_signer signer;
    mz_args with_key = *args;
    with_key.given[with_key.given_count].name = "key";
    with_key.given[with_key.given_count++].value = path;
    mz_status status = mz_cli_signer(cli, &with_key, &signer, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_exit code = print_key(cli, args, &signer);
    mz_signer_wipe(&signer);
    return code;
}

mz_exit mz_run_key(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("key"), OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    bool has_both = mz_args_has(&args, "origin") && mz_args_has(&args, "actor");
    if (strcmp(args.at[0], "new") == 0)
        return key_new(cli, &args, args.at[1]);
    if (strcmp(args.at[0], "show") == 0)
        return key_show(cli, &args, args.at[1]);
    if (strcmp(args.at[0], "proof") == 0 && has_both)
        return key_show(cli, &args, args.at[1]);
    if (strcmp(args.at[0], "proof") == 0)
        return mz_cli_usage(cli, "key", "出具证明需要 --origin 和 --actor。",
                            "A proof needs --origin and --actor.");
    return mz_cli_usage(cli, "key", "应为 key new、key show 或 key proof，而不是 %s。",
                        "It is key new, key show or key proof, not %s.", args.at[0]);
}
