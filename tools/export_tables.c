/* export_tables.c — formats made of the ledger's tables: csv, one file each, and what all of them
 * share. */
#include "export_tables.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/csv.h"
#include "core/date.h"
#include "edge/clock.h"
#include "log/files.h"

const mz_option MZ_EXPORT_TABLE_OPTIONS[] = {MZ_OPTION_FUND, MZ_OPTION_AT, {0}};

mz_view mz_export_fund(const mz_export_job *job)
{
    const char *fund = mz_args_value(job->args, "fund");
    return mz_view_of(fund == NULL ? "" : fund);
}

static mz_status bad_moment(mz_reason *why, const char *want)
{
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--at"), mz_words("want", want));
}

mz_status mz_export_moment(const mz_export_job *job, int64_t *now_ms, mz_reason *why)
{
    const int64_t last_ms = mz_snapshot_last_unix_ms(job->snapshot);
    const char *at = mz_args_value(job->args, "at");
    *now_ms = mz_clock_now_unix_ms();
    if (at != NULL && !mz_time_parse(mz_view_of(at), now_ms))
        return bad_moment(
            why, MZ_BOTH("2025-01-02T09:00:00 这样的时刻", "a moment such as 2025-01-02T09:00:00"));
    if (at != NULL && *now_ms < last_ms)
        return bad_moment(
            why, MZ_BOTH("不早于账本最后一笔的时刻", "not before the ledger's last entry"));
    if (*now_ms < last_ms)
        *now_ms = last_ms; /* the log's time does not run backwards */
    return MZ_OK;
}

void mz_export_row_done(mz_export_job *job)
{
    job->progress.zh = "导出各行";
    job->progress.en = "writing rows";
    mz_progress_step(&job->progress, ++job->rows, 0);
}

/* ---- csv ---- */

#define LINE_SIZE_MAX ((size_t)1 << 20) /* a row's texts are at most 256 KiB; quoting doubles */

typedef struct csv_file {
    mz_export_job *job;
    FILE *out;
    mz_buf line;
} csv_file;

/* What is not written is found when the file is ended. */
static mz_status write_line(csv_file *file, mz_reason *why)
{
    const mz_status status = file->line.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    if (status == MZ_OK)
        fwrite(file->line.data, 1, file->line.size, file->out);
    mz_buf_reset(&file->line);
    return status;
}

static mz_status write_row(void *context, const mz_sheet *sheet, const mz_cell *cells,
                           mz_reason *why)
{
    csv_file *file = context;
    mz_csv_put_row(&file->line, sheet, cells, file->job->cli->language);
    mz_export_row_done(file->job);
    return write_line(file, why);
}

static mz_status end_file(FILE *out, const char *path, mz_status status, mz_reason *why)
{
    errno = 0;
    const bool bad = fflush(out) != 0 || ferror(out) || fsync(fileno(out)) != 0;
    if (status == MZ_OK && bad)
        status = mz_file_failed(why, path, errno == 0 ? EIO : errno);
    if (fclose(out) != 0 && status == MZ_OK)
        status = mz_file_failed(why, path, errno);
    return status;
}

static mz_status write_sheet(mz_export_job *job, const mz_sheet *sheet, int64_t now_ms,
                             mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s.csv", job->path, sheet->code) >= sizeof path)
        return mz_file_failed(why, job->path, ENAMETOOLONG);
    csv_file file = {.job = job, .out = fopen(path, "wbxe")};
    if (file.out == NULL)
        return mz_file_failed(why, path, errno);
    mz_buf_init(&file.line, LINE_SIZE_MAX);
    mz_csv_put_head(&file.line, sheet, job->cli->language);
    mz_status status = write_line(&file, why);
    if (status == MZ_OK)
        status = mz_sheet_read(sheet, mz_snapshot_txn(job->snapshot), now_ms, mz_export_fund(job),
                               write_row, &file, why);
    mz_buf_clear(&file.line);
    return end_file(file.out, path, status, why);
}

mz_status mz_export_csv(mz_export_job *job, mz_reason *why)
{
    size_t count;
    int64_t now_ms;
    const mz_sheet *sheets = mz_sheets(&count);
    mz_status status = mz_export_moment(job, &now_ms, why);
    if (status == MZ_OK && mkdir(job->path, 0755) != 0)
        status = mz_file_failed(why, job->path, errno);
    for (size_t i = 0; i < count && status == MZ_OK; i++)
        status = write_sheet(job, &sheets[i], now_ms, why);
    return status == MZ_OK ? mz_path_sync(job->path, why) : status;
}
