/* disclose.c — the sealed fields of an entry, shown to who may read them. */
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "core/receipt.h"
#include "edge/clock.h"
#include "ledger.h"
#include "log/shown.h"
#include "print_parts.h"
#include "remote.h"

static const mz_option OPTIONS[] = {
    {"key",                    "FILE", false, "查阅人的密钥文件", "the reader's key file"},
    {"passphrase-file",                   "FILE", false, "口令文件；否则取 MINGZHANG_PASSPHRASE 或在终端询问",
     "passphrase; else MINGZHANG_PASSPHRASE, else asked"},
    MZ_OPTION_SEALED,
    {"receipt", "FILE", false, "另写本人的收据，内含这些字段（限慈善总会人员）：只交给本人",
     "write the person's own receipt with these fields (officers only): hand it to that person "
     "alone"},
    MZ_OPTIONS_URL,
    {0       },
};

static mz_status read_sealed(const mz_signer *signer, mz_log *log, mz_snapshot *snapshot,
                             uint64_t index, mz_shown *shown, mz_reason *why)
{
    mz_actor reader;
    mz_status status = mz_cli_reader(signer, log, snapshot, &reader, why);
    if (status == MZ_OK)
        status = mz_shown_open(snapshot, mz_snapshot_changes(snapshot), reader.no, index,
                               mz_clock_now_unix_ms(), shown, why);
    if (status == MZ_OK)
        status = mz_shown_fetch(shown, mz_log_sealed(log), mz_log_origin(log), why);
    return status;
}

/* ---- the person's own receipt ---- */

static mz_status write_receipt(mz_snapshot *snapshot, uint64_t index, const mz_shown *shown,
                               const char *path, mz_reason *why)
{
    mz_view texts[MZ_DISCLOSURES_MAX];
    mz_buf receipt;
    const mz_role role = (mz_role)shown->reading.reader.role;
    if (role != MZ_REGISTRAR && role != MZ_REVIEWER && role != MZ_CASHIER)
        return mz_refuse(
            why, MZ_WRONG_ROLE, mz_words_view("actor", mz_id_view(shown->reading.reader.id)),
            mz_term("role", mz_role_name(role)),
            mz_words("event", MZ_BOTH("出具含密封字段的收据", "a receipt with sealed fields")),
            mz_term("want", "registrar | reviewer | cashier"));
    for (size_t i = 0; i < shown->count; i++)
        texts[i] = mz_buf_view(&shown->fields[i].text);
    mz_buf_init(&receipt, MZ_RECEIPT_SIZE_MAX);
    mz_status status =
        mz_snapshot_receipt_disclosed(snapshot, index, texts, shown->count, &receipt, why);
    const mode_t before = umask(077); /* it is one person's */
    if (status == MZ_OK)
        status = mz_cli_create_file(path, mz_buf_view(&receipt), why);
    umask(before);
    mz_buf_clear(&receipt);
    return status;
}

/* ---- what is said ---- */

static json_t *json_of(const mz_shown *shown, const char *receipt)
{
    json_t *out = mz_shown_json(shown);
    if (out != NULL && receipt != NULL)
        json_object_set_new(out, "receipt", json_string(receipt));
    return out;
}

static void print_count(const mz_cli *cli, size_t count, const char *zh, const char *en)
{
    if (count > 0) {
        printf("%zu ", count);
        puts(mz_say(cli, zh, en));
    }
}

static void print_shown(const mz_cli *cli, const mz_shown *shown)
{
    printf(mz_say(cli, "第 %llu 笔  %s（%s）\n", "entry %llu  %s (%s)\n"),
           (unsigned long long)shown->reading.index, shown->entry.row->name,
           mz_part_event(cli, shown->entry.row->name));
    for (size_t i = 0; i < shown->count; i++) {
        const mz_disclosure *one = &shown->fields[i].disclosure;
        mz_buf label;
        mz_buf_init(&label, 1024);
        mz_part_label(cli, one->name, mz_shown_field_row(shown, one->name), &label);
        if (strchr(one->name, '/') != NULL)
            mz_buf_put_format(&label, " %s", one->name);
        printf("  ");
        mz_text_pad(stdout, (const char *)label.data, 20);
        printf(" %s\n", json_is_string(one->value) ? json_string_value(one->value) : "");
        mz_buf_clear(&label);
    }
    if (shown->digest_count == 0)
        puts(mz_say(cli, "这一笔没有密封字段。", "This entry has no sealed field."));
    print_count(cli, shown->restricted_count, "项已限制查阅，只有审计员可以查看。",
                "restricted: only auditors read them.");
    print_count(cli, shown->erased_count, "项已经删除，任何人都不能再查看。",
                "erased: nobody can read them any more.");
    print_count(
        cli, shown->absent_count, "项摘要在这里没有披露项（未提交，或只为掩盖数目）。",
        "digests without a disclosure here (withheld, or there to hide how many there are).");
}

static mz_exit disclose(const mz_cli *cli, const mz_args *args, const mz_signer *signer,
                        uint64_t index)
{
    static mz_shown shown; /* large; one subcommand runs in a process */
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    const char *receipt = mz_args_value(args, "receipt");
    mz_status status = mz_cli_open_sealed(args, args->at[0], &log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK)
        status = read_sealed(signer, log, snapshot, index, &shown, &why);
    if (status == MZ_OK && receipt != NULL)
        status = write_receipt(snapshot, index, &shown, receipt, &why);
    mz_exit code = MZ_EXIT_DONE;
    if (status != MZ_OK)
        code = mz_cli_refuse(cli, &why);
    else if (cli->json)
        code = mz_cli_json(cli, json_of(&shown, receipt));
    else
        print_shown(cli, &shown);
    if (status == MZ_OK && receipt != NULL && !cli->json)
        printf(
            mz_say(cli, "收据已写入 %s，内含以上字段：只交给本人。\n",
                   "The receipt is in %s, with the fields above: hand it to that person alone.\n"),
            receipt);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    mz_shown_clear(&shown);
    return code;
}

mz_exit mz_run_disclose(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_signer signer;
    uint64_t index;
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("disclose"), OPTIONS);
        puts(mz_say(
            cli,
            "\n登记员、审核员、出纳和审计员可以查阅全部；未了提案的表决人可以查阅该提案各笔的密封字"
            "段，"
            "和收款方的名称。限制查阅的只有审计员可以看，已删除的谁也不能看。",
            "\nRegistrars, reviewers, cashiers and auditors read everything; the panel of an "
            "open proposal reads what its entries seal, and its payees' names. What is "
            "restricted only auditors read, what is erased nobody."));
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    if (!mz_args_number(args.at[1], &index))
        return mz_cli_usage(cli, argv[0], "%s 不是第几笔。", "%s is not an entry's number.",
                            args.at[1]);
    if (!mz_args_has(&args, "key"))
        return mz_cli_usage(cli, argv[0], "缺少 --key FILE。", "--key FILE is missing.");
    mz_status status = mz_cli_signer(cli, &args, &signer, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_exit code = mz_cli_is_url(args.at[0]) ? mz_remote_disclose(cli, &args, &signer, index)
                                             : disclose(cli, &args, &signer, index);
    mz_signer_wipe(&signer);
    return code;
}
