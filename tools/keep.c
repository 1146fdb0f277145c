/* keep.c — keeping a ledger safe: check, backup, export bundle. */
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "ledger.h"
#include "log/backup.h"
#include "log/bundle.h"
#include "log/check.h"

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

/* ---- backup and export ---- */

/* Opens `dir`, does `work` to `to`. The words are for people. */
typedef mz_status copy_work(mz_log *log, const char *to, uint64_t *size, mz_hash *root,
                            mz_reason *why);

static mz_status do_backup(mz_log *log, const char *to, uint64_t *size, mz_hash *root,
                           mz_reason *why)
{
    mz_backup_result result = {0};
    mz_status status = mz_backup(log, to, &result, why);
    *size = result.size;
    *root = result.root;
    return status;
}

static mz_status do_bundle(mz_log *log, const char *to, uint64_t *size, mz_hash *root,
                           mz_reason *why)
{
    mz_bundle_result result = {0};
    mz_status status = mz_bundle_export(log, to, &result, why);
    *size = result.size;
    *root = result.root;
    return status;
}

/* Tells on a terminal how long a copy has been going on: its work has no steps to count. */
typedef struct mz_ticking {
    mz_progress progress;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool started, done;
} mz_ticking;

static void *tick(void *context)
{
    mz_ticking *ticking = context;
    uint64_t ticks = 0;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    pthread_mutex_lock(&ticking->lock);
    while (!ticking->done) {
        at.tv_sec++;
        while (!ticking->done && pthread_cond_timedwait(&ticking->over, &ticking->lock, &at) == 0) {
        }
        if (!ticking->done)
            mz_progress_step(&ticking->progress, ++ticks, 0);
    }
    pthread_mutex_unlock(&ticking->lock);
    return NULL;
}

static void tick_begin(mz_ticking *ticking, const mz_cli *cli)
{
    pthread_condattr_t attributes;
    *ticking = (mz_ticking){.started = false};
    mz_progress_begin(&ticking->progress, cli, "正在复制，已用秒数", "copying, seconds so far:");
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&ticking->lock, NULL);
    pthread_cond_init(&ticking->over, &attributes);
    pthread_condattr_destroy(&attributes);
    ticking->started =
        isatty(STDERR_FILENO) && pthread_create(&ticking->thread, NULL, tick, ticking) == 0;
}

static void tick_end(mz_ticking *ticking)
{
    pthread_mutex_lock(&ticking->lock);
    ticking->done = true;
    pthread_cond_signal(&ticking->over);
    pthread_mutex_unlock(&ticking->lock);
    if (ticking->started)
        pthread_join(ticking->thread, NULL);
    mz_progress_end(&ticking->progress);
    pthread_cond_destroy(&ticking->over);
    pthread_mutex_destroy(&ticking->lock);
}

static mz_exit copy(const mz_cli *cli, const char *topic, const char *dir, const char *to,
                    copy_work *work)
{
    mz_reason why = {0};
    mz_log *log = NULL;
    uint64_t size = 0;
    mz_hash root = {0};
    char hex[65];
    mz_ticking ticking;
    if (mz_cli_refuses_url(cli, topic, dir))
        return MZ_EXIT_USAGE;
    mz_status status = mz_cli_open_read(dir, &log, &why);
    tick_begin(&ticking, cli);
    if (status == MZ_OK)
        status = work(log, to, &size, &root, &why);
    tick_end(&ticking);
    mz_log_close(log);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_hex_32(root.bytes, hex);
    if (cli->json)
        return mz_cli_json(cli, json_pack("{s:s, s:s, s:I, s:s}", "code", "ok", "path", to, "size",
                                          (json_int_t)size, "root", hex));
    printf(mz_say(cli, "已写好 %s：%llu 笔，根 %s\n", "Written %s: %llu entries, root %s\n"), to,
           (unsigned long long)size, hex);
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
    return copy(cli, argv[0], args.at[0], args.at[1], do_backup);
}

mz_exit mz_run_export(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, NONE, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("export"), NONE);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 3, 3))
        return MZ_EXIT_USAGE;
    if (strcmp(args.at[0], "bundle") != 0)
        return mz_cli_usage(cli, argv[0], "只能导出 bundle，不能导出 %s。",
                            "The format is bundle, not %s.", args.at[0]);
    return copy(cli, argv[0], args.at[1], args.at[2], do_bundle);
}
