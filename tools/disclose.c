/* disclose.c — the sealed fields of an entry, shown to who may read them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "core/reading.h"
#include "core/receipt.h"
#include "edge/clock.h"
#include "ledger.h"
#include "log/sealed.h"
#include "print_parts.h"

static const mz_option OPTIONS[] = {
    {"key",                    "FILE", false, "查阅人的密钥文件", "the reader's key file"},
    {"passphrase-file",                   "FILE", false, "口令文件；否则取 MINGZHANG_PASSPHRASE 或在终端询问",
     "passphrase; else MINGZHANG_PASSPHRASE, else asked"},
    MZ_OPTION_SEALED,
    {"receipt", "FILE", false, "另写本人的收据，内含这些字段（限慈善总会人员）：只交给本人",
     "write the person's own receipt with these fields (officers only): hand it to that person "
     "alone"},
    {0       },
};

/* What of an entry is to be shown. */
typedef struct mz_shown {
    mz_entry entry;
    mz_buf leaf;
    mz_reader reading;
    size_t digest_count, restricted_count, erased_count, absent_count;
    size_t count;
    struct mz_shown_field {
        mz_buf text;
        mz_disclosure disclosure;
    } fields[MZ_DISCLOSURES_MAX];
} mz_shown;

static void shown_clear(mz_shown *shown)
{
    for (size_t i = 0; i < shown->count; i++) {
        mz_disclosure_clear(&shown->fields[i].disclosure);
        mz_buf_clear(&shown->fields[i].text);
    }
    mz_entry_clear(&shown->entry);
    mz_buf_clear(&shown->leaf);
}

static mz_status read_entry(mz_snapshot *snapshot, uint64_t index, mz_shown *shown, mz_reason *why)
{
    mz_view leaf, jws;
    int64_t unix_ms;
    mz_status status = mz_snapshot_leaf(snapshot, index, &leaf, why);
    if (status != MZ_OK)
        return status;
    mz_buf_put(&shown->leaf, leaf);
    if (shown->leaf.failed)
        return mz_refuse(why, MZ_NO_MEMORY);
    status = mz_leaf_split(mz_buf_view(&shown->leaf), &unix_ms, &jws, why);
    return status == MZ_OK ? mz_entry_decode(jws, &shown->entry, why) : status;
}

static mz_status admit(const mz_signer *signer, mz_log *log, mz_snapshot *snapshot, uint64_t index,
                       mz_shown *shown, mz_reason *why)
{
    mz_actor reader;
    const int64_t now_ms = mz_clock_now_unix_ms();
    const int64_t last_ms = mz_snapshot_last_unix_ms(snapshot);
    mz_status status = mz_cli_reader(signer, log, snapshot, &reader, why);
    if (status == MZ_OK)
        status = mz_reader_admit(mz_snapshot_changes(snapshot), reader.no, &shown->entry, index,
                                 now_ms > last_ms ? now_ms : last_ms, &shown->reading, why);
    return status;
}

/* One digest: its disclosure, if it may be shown and is there. `first` keeps why one may not. */
static mz_status read_digest(mz_snapshot *snapshot, mz_sealed *sealed, mz_view digest_text,
                             mz_shown *shown, mz_reason *first, mz_reason *why)
{
    mz_hash digest;
    size_t size = 0;
    mz_buf *text = &shown->fields[shown->count].text;
    mz_disclosure *disclosure = &shown->fields[shown->count].disclosure;
    if (!mz_base64url_decode(digest_text, digest.bytes, sizeof(digest.bytes), &size))
        return mz_refuse_corrupt(why, "a digest of the log is malformed");
    mz_reason may_not = {0};
    mz_status status =
        mz_reader_digest(mz_snapshot_changes(snapshot), &shown->reading, digest.bytes, &may_not);
    shown->erased_count += status == MZ_SEALED_ERASED ? 1 : 0;
    shown->restricted_count += status == MZ_SEALED_RESTRICTED ? 1 : 0;
    if (status != MZ_OK && first->status == MZ_OK)
        *first = may_not;
    if (status == MZ_SEALED_ERASED || status == MZ_SEALED_RESTRICTED)
        return MZ_OK;
    mz_buf_init(text, MZ_DISCLOSURE_SIZE_MAX);
    if (status == MZ_OK)
        status = sealed == NULL ? MZ_NOT_FOUND : mz_sealed_get(sealed, &digest, text, why);
    else
        *why = may_not;
    if (status == MZ_OK)
        status = mz_disclosure_decode(mz_buf_view(text), shown->count + 1, disclosure, why);
    if (status == MZ_OK && mz_reader_shows(&shown->reading, disclosure->name)) {
        shown->count++;
        return MZ_OK;
    }
    shown->absent_count += status == MZ_NOT_FOUND ? 1 : 0;
    if (status == MZ_OK)
        mz_disclosure_clear(disclosure);
    mz_buf_clear(text);
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static int compare_names(const void *left, const void *right)
{
    const struct mz_shown_field *a = left, *b = right;
    return strcmp(a->disclosure.name, b->disclosure.name);
}

/* All of them. When none may be shown, the reason is the answer. */
static mz_status read_digests(mz_log *log, mz_snapshot *snapshot, mz_shown *shown, mz_reason *why)
{
    mz_sealed *sealed = NULL;
    mz_reason first = {0};
    const json_t *digests = mz_body_list(&shown->entry, "_sd");
    shown->digest_count = json_array_size(digests);
    mz_status status =
        mz_sealed_open(mz_log_sealed(log), mz_log_origin(log), MZ_SEALED_READ, &sealed, why);
    if (status == MZ_NOT_FOUND)
        status = MZ_OK;
    for (size_t i = 0; i < shown->digest_count && status == MZ_OK; i++)
        status =
            read_digest(snapshot, sealed, mz_view_of(json_string_value(json_array_get(digests, i))),
                        shown, &first, why);
    mz_sealed_close(sealed);
    qsort(shown->fields, shown->count, sizeof(shown->fields[0]), compare_names);
    if (status == MZ_OK && shown->count == 0 && first.status != MZ_OK) {
        *why = first;
        return first.status;
    }
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

static const mz_field *field_of(const mz_shown *shown, const char *name)
{
    bool in_clear;
    return mz_disclosure_field(shown->entry.row->fields, shown->entry.body, name, &in_clear);
}

static json_t *shown_json(const mz_shown *shown, const char *receipt)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < shown->count; i++) {
        const mz_disclosure *one = &shown->fields[i].disclosure;
        const mz_field *field = field_of(shown, one->name);
        json_array_append_new(fields, json_pack("{s:s, s:s, s:s, s:O}", "name", one->name, "zh",
                                                field == NULL ? one->name : field->zh, "en",
                                                field == NULL ? one->name : field->en, "value",
                                                one->value));
    }
    json_t *out =
        json_pack("{s:s, s:I, s:s, s:o, s:I, s:I, s:I}", "code", "ok", "index",
                  (json_int_t)shown->reading.index, "event", shown->entry.row->name, "fields",
                  fields, "restricted", (json_int_t)shown->restricted_count, "erased",
                  (json_int_t)shown->erased_count, "absent", (json_int_t)shown->absent_count);
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
        mz_part_label(cli, one->name, field_of(shown, one->name), &label);
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
    mz_buf_init(&shown.leaf, MZ_LEAF_SIZE_MAX);
    mz_status status = mz_cli_open_sealed(args, args->at[0], &log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK)
        status = read_entry(snapshot, index, &shown, &why);
    if (status == MZ_OK)
        status = admit(signer, log, snapshot, index, &shown, &why);
    if (status == MZ_OK)
        status = read_digests(log, snapshot, &shown, &why);
    if (status == MZ_OK && receipt != NULL)
        status = write_receipt(snapshot, index, &shown, receipt, &why);
    mz_exit code = MZ_EXIT_DONE;
    if (status != MZ_OK)
        code = mz_cli_refuse(cli, &why);
    else if (cli->json)
        code = mz_cli_json(cli, shown_json(&shown, receipt));
    else
        print_shown(cli, &shown);
    if (status == MZ_OK && receipt != NULL && !cli->json)
        printf(
            mz_say(cli, "收据已写入 %s，内含以上字段：只交给本人。\n",
                   "The receipt is in %s, with the fields above: hand it to that person alone.\n"),
            receipt);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    shown_clear(&shown);
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
    if (!mz_args_count(cli, &args, argv[0], 2, 2) || mz_cli_refuses_url(cli, argv[0], args.at[0]))
        return MZ_EXIT_USAGE;
    if (!mz_args_number(args.at[1], &index))
        return mz_cli_usage(cli, argv[0], "%s 不是第几笔。", "%s is not an entry's number.",
                            args.at[1]);
    if (!mz_args_has(&args, "key"))
        return mz_cli_usage(cli, argv[0], "缺少 --key FILE。", "--key FILE is missing.");
    mz_status status = mz_cli_signer(cli, &args, &signer, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_exit code = disclose(cli, &args, &signer, index);
    mz_signer_wipe(&signer);
    return code;
}
