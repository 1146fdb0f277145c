/* keep.c — keeping a ledger safe: check and backup. */
#include <string.h>

#include "commands.h"
#include "ledger.h"
#include "log/backup.h"
#include "log/check.h"
#include "log/sealed.h"
#include "ticking.h"

static const mz_option CHECK_OPTIONS[] = {MZ_OPTION_SEALED, {0}};

/* ---- check ---- */

static void show_progress(void *context, mz_check_stage stage, uint64_t done, uint64_t count)
{
    mz_progress *progress = context;
    progress->zh = stage == MZ_CHECK_REPLAYING ? "重放各笔" : "逐行比较";
    progress->en = stage == MZ_CHECK_REPLAYING ? "replaying entries" : "comparing rows";
    mz_progress_step(progress, done, count);
}

/* The sealed store beside the folder, if there is one. */
static mz_status check_sealed(const mz_args *args, uint64_t *count, bool *is_there, mz_reason *why)
{
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    mz_sealed *sealed = NULL;
    mz_status status = mz_cli_open_sealed(args, args->at[0], &log, why);
    if (status == MZ_OK)
        status =
            mz_sealed_open(mz_log_sealed(log), mz_log_origin(log), MZ_SEALED_READ, &sealed, why);
    *is_there = status == MZ_OK;
    if (*is_there) /* after the store's opening: mz_sealed_check */
        status = mz_snapshot_open(log, &snapshot, why);
    if (*is_there && status == MZ_OK)
        status = mz_sealed_check(sealed, mz_snapshot_changes(snapshot), count, why);
    mz_snapshot_close(snapshot);
    mz_sealed_close(sealed);
    mz_log_close(log);
    return status == MZ_NOT_FOUND && !*is_there ? MZ_OK : status;
}

static mz_exit tell_check(const mz_cli *cli, const mz_check_result *result, const char *root,
                          bool has_sealed, uint64_t sealed_count)
{
    if (cli->json) {
        json_t *out =
            json_pack("{s:s, s:I, s:s, s:I}", "code", "ok", "size", (json_int_t)result->size,
                      "root", root, "rows", (json_int_t)result->row_count);
        if (has_sealed)
            json_object_set_new(out, "sealed", json_integer((json_int_t)sealed_count));
        return mz_cli_json(cli, out);
    }
    printf(mz_say(cli, "一切相符：%llu 笔，%llu 行，根 %s\n",
                  "All is as it must be: %llu entries, %llu rows, root %s\n"),
           (unsigned long long)result->size, (unsigned long long)result->row_count, root);
    if (has_sealed)
        printf(
            mz_say(cli, "密封库相符：%llu 个披露项\n", "The sealed store fits: %llu disclosures\n"),
            (unsigned long long)sealed_count);
    return MZ_EXIT_DONE;
}

mz_exit mz_run_check(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_progress progress;
    mz_check_result result = {0};
    char root[65], key[2 * MZ_KV_KEY_MAX + 1];
    if (!mz_args_parse(cli, CHECK_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("check"), CHECK_OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 1, 1) || mz_cli_refuses_url(cli, argv[0], args.at[0]))
        return MZ_EXIT_USAGE;
    mz_progress_begin(&progress, cli, "重放各笔", "replaying entries");
    mz_check_options options = {.progress = show_progress, .context = &progress};
    mz_status status = mz_check(args.at[0], &options, &result, &why);
    mz_progress_end(&progress);
    mz_hex_32(result.root.bytes, root);
    for (size_t i = 0; i < result.key_size && i < MZ_KV_KEY_MAX; i++)
        snprintf(key + 2 * i, 3, "%02x", (unsigned)result.key[i]);
    key[2 * result.key_size] = '\0';
    if (status != MZ_OK && cli->json && result.differs) {
        json_t *out = mz_reason_json(&why);
        json_object_set_new(out, "difference",
                            json_pack("{s:s, s:s, s:s}", "table", mz_table_name(result.table),
                                      "key", key, "what", result.what));
        mz_cli_json(cli, out);
        return mz_exit_code(status);
    }
    uint64_t sealed_count = 0;
    bool has_sealed = false;
    if (status == MZ_OK)
        status = check_sealed(&args, &sealed_count, &has_sealed, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    return tell_check(cli, &result, root, has_sealed, sealed_count);
}

/* ---- backup ---- */

static json_t *documents_json(const mz_backup_result *result)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "copied", (json_int_t)result->copied_count, "size",
                     (json_int_t)result->copied_size, "missing", (json_int_t)result->missing_count,
                     "damaged", (json_int_t)result->damaged_count);
}

static void tell_documents(const mz_cli *cli, const char *to, const mz_backup_result *result)
{
    if (result->copied_count > 0)
        printf(mz_say(cli, "凭证 %llu 份，%lld 字节，在 %s.evidence\n",
                      "%llu documents, %lld bytes, in %s.evidence\n"),
               (unsigned long long)result->copied_count, (long long)result->copied_size, to);
    fflush(stdout);
    if (result->missing_count + result->damaged_count > 0)
        fprintf(
            stderr,
            mz_say(cli,
                   "mingzhang: 有 %llu 份凭证的文件不在，%llu 份已损坏，都没有复制；用 mingzhang "
                   "evidence missing --check 查看。\n",
                   "mingzhang: the bytes of %llu documents are not here, those of %llu are "
                   "damaged; they were not copied. See mingzhang evidence missing --check.\n"),
            (unsigned long long)result->missing_count, (unsigned long long)result->damaged_count);
}

static mz_exit tell_backup(const mz_cli *cli, const char *to, const mz_backup_result *result)
{
    char root[65];
    mz_exit code = MZ_EXIT_DONE;
    mz_hex_32(result->root.bytes, root);
    if (cli->json) {
        code = mz_cli_json(cli, json_pack("{s:s, s:s, s:I, s:s, s:o}", "code", "ok", "path", to,
                                          "size", (json_int_t)result->size, "root", root,
                                          "evidence", documents_json(result)));
    } else {
        printf(mz_say(cli, "已写好 %s：%llu 笔，根 %s\n", "Written %s: %llu entries, root %s\n"),
               to, (unsigned long long)result->size, root);
        tell_documents(cli, to, result);
    }
    /* A timer that runs this every night must not keep it to itself. */
    return code == MZ_EXIT_DONE && result->damaged_count > 0 ? mz_exit_code(MZ_DOCUMENT_DAMAGED)
                                                             : code;
}

static mz_exit back_up(const mz_cli *cli, const mz_args *args, const char *topic)
{
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_backup_result result = {0};
    mz_ticking ticking;
    const char *dir = args->at[0], *to = args->at[1];
    if (mz_cli_refuses_url(cli, topic, dir))
        return MZ_EXIT_USAGE;
    mz_status status = mz_cli_open_sealed(args, dir, &log, &why);
    mz_ticking_begin(&ticking, cli, "正在复制，已用秒数", "copying, seconds so far:");
    if (status == MZ_OK)
        status = mz_backup(log, to, !mz_args_has(args, "public"), &result, &why);
    mz_ticking_end(&ticking);
    mz_log_close(log);
    return status == MZ_OK ? tell_backup(cli, to, &result) : mz_cli_refuse(cli, &why);
}

static const mz_option BACKUP_OPTIONS[] = {
    MZ_OPTION_SEALED,
    {"public", NULL, false, "只复制公开的：不含密封库，不含密封的凭证",
      "what is public alone: no sealed store, no sealed documents"},
    {0  },
};

mz_exit mz_run_backup(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, BACKUP_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("backup"), BACKUP_OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    return back_up(cli, &args, argv[0]);
}
