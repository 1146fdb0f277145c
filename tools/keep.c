/* keep.c — keeping a ledger safe: check and backup. */
#include <string.h>

#include "commands.h"
#include "ledger.h"
#include "log/backup.h"
#include "log/check.h"
#include "ticking.h"

static const mz_option NONE[] = {{0}};

/* ---- check ---- */

static void show_progress(void *context, mz_check_stage stage, uint64_t done, uint64_t count)
{
    mz_progress *progress = context;
    progress->zh = stage == MZ_CHECK_REPLAYING ? "重放各笔" : "逐行比较";
    progress->en = stage == MZ_CHECK_REPLAYING ? "replaying entries" : "comparing rows";
    mz_progress_step(progress, done, count);
}

mz_exit mz_run_check(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_progress progress;
    mz_check_result result = {0};
    char root[65], key[2 * MZ_KV_KEY_MAX + 1];
    if (!mz_args_parse(cli, NONE, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("check"), NONE);
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
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    if (cli->json)
        return mz_cli_json(cli, json_pack("{s:s, s:I, s:s, s:I}", "code", "ok", "size",
                                          (json_int_t)result.size, "root", root, "rows",
                                          (json_int_t)result.row_count));
    printf(mz_say(cli, "一切相符：%llu 笔，%llu 行，根 %s\n",
                  "All is as it must be: %llu entries, %llu rows, root %s\n"),
           (unsigned long long)result.size, (unsigned long long)result.row_count, root);
    return MZ_EXIT_DONE;
}

/* ---- backup ---- */

static mz_exit back_up(const mz_cli *cli, const char *topic, const char *dir, const char *to)
{
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_backup_result result = {0};
    char root[65];
    mz_ticking ticking;
    if (mz_cli_refuses_url(cli, topic, dir))
        return MZ_EXIT_USAGE;
    mz_status status = mz_cli_open_read(dir, &log, &why);
    mz_ticking_begin(&ticking, cli, "正在复制，已用秒数", "copying, seconds so far:");
    if (status == MZ_OK)
        status = mz_backup(log, to, &result, &why);
    mz_ticking_end(&ticking);
    mz_log_close(log);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_hex_32(result.root.bytes, root);
    if (cli->json)
        return mz_cli_json(cli, json_pack("{s:s, s:s, s:I, s:s}", "code", "ok", "path", to, "size",
                                          (json_int_t)result.size, "root", root));
    printf(mz_say(cli, "已写好 %s：%llu 笔，根 %s\n", "Written %s: %llu entries, root %s\n"), to,
           (unsigned long long)result.size, root);
    return MZ_EXIT_DONE;
}

mz_exit mz_run_backup(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, NONE, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("backup"), NONE);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    return back_up(cli, argv[0], args.at[0], args.at[1]);
}
