/* export.c — mingzhang export FORMAT DIR OUT: the table of formats and what they have in common. */
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "edge/clock.h"
#include "ledger.h"
#include "log/bundle.h"
#include "log/files.h"
#include "table.h"
#include "ticking.h"

#define SNAPSHOT_MS 5000

/* clang-format off */
static const mz_export_format FORMATS[] = {
    {"bundle", mz_export_bundle, MZ_EXPORT_PATH, NULL,
     "供审计的文件包（一个文件夹）：全部公开内容", "a folder for auditors: all that was published"},
    {"hledger", mz_export_hledger, MZ_EXPORT_STREAM, MZ_EXPORT_ACCOUNTS_OPTION,
     "hledger 日记账，含余额核对", "a journal for hledger, with our balances to check"},
    {"beancount", mz_export_beancount, MZ_EXPORT_STREAM, MZ_EXPORT_ACCOUNTS_OPTION,
     "beancount 日记账，含余额核对", "a journal for beancount, with our balances to check"},
    {"csv", mz_export_csv, MZ_EXPORT_PATH, MZ_EXPORT_TABLE_OPTIONS,
     "表格（一个文件夹，每表一个 CSV 文件），电子表格程序可直接打开", "a folder of tables that spreadsheet programs open"},
    {"xlsx", mz_export_xlsx, MZ_EXPORT_PATH, MZ_EXPORT_TABLE_OPTIONS,
     "工作簿，每表一页，可筛选", "a workbook, one sheet for each table, with filters"},
    {"jsonl", mz_export_jsonl, MZ_EXPORT_STREAM, MZ_EXPORT_FUND_OPTION,
     "每笔一行 JSON", "one line of JSON for each entry"},
    {"grants", mz_export_grants, MZ_EXPORT_STREAM, MZ_EXPORT_TABLE_OPTIONS,
     "资助清单，360Giving 数据标准的 JSON", "grants as JSON of the 360Giving Data Standard"},
};
/* clang-format on */
#define FORMAT_COUNT (sizeof FORMATS / sizeof FORMATS[0])

mz_status mz_export_bundle(mz_export_job *job, mz_reason *why)
{
    mz_bundle_result result = {0};
    mz_ticking ticking;
    mz_ticking_begin(&ticking, job->cli, "正在复制，已用秒数", "copying, seconds so far:");
    mz_status status = mz_bundle_export(job->log, job->path, &result, why);
    mz_ticking_end(&ticking);
    job->size = result.size;
    job->root = result.root;
    return status;
}

mz_status mz_export_renew(mz_export_job *job, mz_reason *why)
{
    if (job->snapshot != NULL && mz_clock_steady_ms() - job->renewed_ms < SNAPSHOT_MS)
        return MZ_OK;
    mz_snapshot_close(job->snapshot);
    job->snapshot = NULL;
    job->renewed_ms = mz_clock_steady_ms();
    return mz_snapshot_open(job->log, &job->snapshot, why);
}

/* ---- OUT: whole, or not at all ---- */

/* The name under which OUT is written until it is whole. */
static mz_status unborn_path(const char *to, char *path, size_t path_size, mz_reason *why)
{
    char suffix[64];
    if (mz_path_exists(to))
        return mz_file_failed(why, to, EEXIST);
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    if (!mz_path_beside(to, suffix, path, path_size))
        return mz_file_failed(why, to, ENAMETOOLONG);
    mz_folder_remove(path); /* left by a process of our number that was killed */
    return MZ_OK;
}

static mz_status run_to_path(mz_export_job *job, const mz_export_format *format, const char *path,
                             mz_reason *why)
{
    job->path = path;
    return format->run(job, why);
}

static mz_status run_to_stream(mz_export_job *job, const mz_export_format *format, FILE *out,
                               const char *path, mz_reason *why)
{
    errno = 0;
    job->out = out;
    mz_status status = format->run(job, why);
    if (status == MZ_OK && (fflush(out) != 0 || ferror(out)))
        status = mz_file_failed(why, path, errno == 0 ? EIO : errno);
    return status;
}

static mz_status run_to_file(mz_export_job *job, const mz_export_format *format, const char *path,
                             mz_reason *why)
{
    FILE *out = fopen(path, "wbxe");
    if (out == NULL)
        return mz_file_failed(why, path, errno);
    mz_status status = run_to_stream(job, format, out, path, why);
    if (status == MZ_OK && fsync(fileno(out)) != 0)
        status = mz_file_failed(why, path, errno);
    if (fclose(out) != 0 && status == MZ_OK)
        status = mz_file_failed(why, path, errno);
    return status;
}

static mz_status run_and_publish(mz_export_job *job, const mz_export_format *format, const char *to,
                                 mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    if (format->shape == MZ_EXPORT_STREAM && strcmp(to, "-") == 0)
        return run_to_stream(job, format, stdout, to, why);
    mz_status status = unborn_path(to, path, sizeof path, why);
    if (status != MZ_OK)
        return status;
    status = format->shape == MZ_EXPORT_STREAM ? run_to_file(job, format, path, why)
                                               : run_to_path(job, format, path, why);
    if (status == MZ_OK)
        status = mz_folder_publish(path, to, why);
    if (status != MZ_OK)
        mz_folder_remove(path);
    return status;
}

/* ---- the command ---- */

static mz_exit tell(const mz_cli *cli, const mz_export_job *job, const mz_export_format *format,
                    const char *to)
{
    char root[65];
    mz_hex_32(job->root.bytes, root);
    bool to_stdout = strcmp(to, "-") == 0; /* which is the export's own */
    if (cli->json && !to_stdout)
        return mz_cli_json(cli, json_pack("{s:s, s:s, s:s, s:I, s:s}", "code", "ok", "format",
                                          format->name, "path", to, "size", (json_int_t)job->size,
                                          "root", root));
    fprintf(to_stdout ? stderr : stdout,
            mz_say(cli, "已写好 %s：%llu 笔，根 %s\n", "Written %s: %llu entries, root %s\n"), to,
            (unsigned long long)job->size, root);
    return MZ_EXIT_DONE;
}

static mz_exit export_one(mz_cli *cli, const mz_args *args, const mz_export_format *format)
{
    mz_reason why = {0};
    const char *to = args->at[2];
    mz_export_job job = {.cli = cli, .args = args};
    if (mz_cli_refuses_url(cli, "export", args->at[1]))
        return MZ_EXIT_USAGE;
    if (format->shape != MZ_EXPORT_STREAM && strcmp(to, "-") == 0)
        return mz_cli_usage(cli, "export", "%s 不能写到标准输出，请给出文件夹或文件名。",
                            "%s cannot go to standard output; name a folder or file.",
                            format->name);
    mz_status status = mz_cli_open_read(args->at[1], &job.log, &why);
    if (status == MZ_OK)
        status = mz_export_renew(&job, &why);
    if (status == MZ_OK) {
        job.size = mz_snapshot_size(job.snapshot);
        job.root = mz_snapshot_root(job.snapshot);
        mz_progress_begin(&job.progress, cli, "导出各笔", "exporting entries");
        status = run_and_publish(&job, format, to, &why);
        mz_progress_end(&job.progress);
    }
    mz_snapshot_close(job.snapshot);
    mz_log_close(job.log);
    return status == MZ_OK ? tell(cli, &job, format, to) : mz_cli_refuse(cli, &why);
}

#define OPTIONS_MAX 32

static const mz_option *option_of(const mz_option *options, const char *name)
{
    for (; options != NULL && options->name != NULL; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

/* Those of all formats, each once: the format is known only when they have been read. */
static void gather_options(mz_option options[OPTIONS_MAX + 1])
{
    size_t count = 0;
    memset(options, 0, (OPTIONS_MAX + 1) * sizeof *options); /* ends wherever it is looked at */
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        const mz_option *option = FORMATS[i].options;
        for (; option != NULL && option->name != NULL && count < OPTIONS_MAX; option++)
            if (option_of(options, option->name) == NULL)
                options[count++] = *option;
    }
}

static void print_help(const mz_cli *cli, const mz_option *options)
{
    mz_args_help(cli, mz_command_named("export"), options);
    printf("\n%s\n", mz_say(cli, "格式 FORMAT：", "Formats:"));
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        printf("  ");
        mz_text_pad(stdout, FORMATS[i].name, 12);
        printf("%s", mz_say(cli, FORMATS[i].zh, FORMATS[i].en));
        const mz_option *option = FORMATS[i].options;
        for (; option != NULL && option->name != NULL; option++)
            printf(" [--%s%s%s]", option->name, option->value == NULL ? "" : " ",
                   option->value == NULL ? "" : option->value);
        putchar('\n');
    }
    puts(mz_say(
        cli, "\nOUT 是新的文件或文件夹，不覆盖已有的；只有一个文本文件的格式可用 - 写到标准输出。",
        "\nOUT is a new file or folder and replaces nothing; formats of one text file "
        "take - for standard output."));
}

static mz_exit unknown_format(const mz_cli *cli, const char *given)
{
    const char *names[FORMAT_COUNT];
    char list[512] = "";
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        names[i] = FORMATS[i].name;
        size_t size = strlen(list);
        snprintf(list + size, sizeof list - size, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *near = mz_nearest(given, names, FORMAT_COUNT);
    if (near != NULL)
        return mz_cli_usage(cli, "export", "没有格式 %s；是不是 %s？",
                            "There is no format %s; did you mean %s?", given, near);
    return mz_cli_usage(cli, "export", "没有格式 %s；有：%s。",
                        "There is no format %s; there are: %s.", given, list);
}

static const mz_export_format *format_named(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(FORMATS[i].name, name) == 0)
            return &FORMATS[i];
    return NULL;
}

mz_exit mz_run_export(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_option options[OPTIONS_MAX + 1];
    gather_options(options);
    if (!mz_args_parse(cli, options, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        print_help(cli, options);
        return MZ_EXIT_DONE;
    }
    const mz_export_format *format = args.count == 0 ? NULL : format_named(args.at[0]);
    if (args.count > 0 && format == NULL)
        return unknown_format(cli, args.at[0]);
    if (!mz_args_count(cli, &args, argv[0], 3, 3) || format == NULL)
        return MZ_EXIT_USAGE;
    for (size_t i = 0; i < args.given_count; i++)
        if (option_of(options, args.given[i].name) != NULL &&
            option_of(format->options, args.given[i].name) == NULL)
            return mz_cli_usage(cli, "export", "格式 %s 没有选项 --%s。",
                                "The format %s has no option --%s.", format->name,
                                args.given[i].name);
    return export_one(cli, &args, format);
}
