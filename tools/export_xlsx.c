/* export_xlsx.c — the tables as one workbook, a sheet for each. Written row by row: libxlsxwriter
 * keeps one row in memory and the rest in temporary files, in TMPDIR. Money and dates are numbers
 * with a format, so that a spreadsheet adds and sorts them; texts are texts and never formulas. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include <xlsxwriter.h>

#include "core/date.h"
#include "core/text.h"
#include "export_tables.h"
#include "log/files.h"

#define SHEET_ROWS_MAX 1048576           /* of a sheet; what is more goes to another */
#define EXACT_FEN_MAX (INT64_C(1) << 53) /* beyond, a double does not hold every fen: as text */
#define EPOCH_SERIAL 25569               /* 1970-01-01 as a spreadsheet counts days */
#define UTC8_MS (INT64_C(8) * 3600 * 1000)
#define CELL_TEXT_MAX ((size_t)128 << 10)
#define ROOM_LEFT ((uint64_t)4 << 20) /* for the parts of a workbook that are not rows */

typedef struct book {
    mz_export_job *job;
    lxw_workbook *workbook;
    lxw_format *head, *money, *count, *day, *time;
    lxw_worksheet *worksheet; /* being written */
    const mz_sheet *sheet;
    lxw_row_t row;  /* next in it */
    unsigned parts; /* of the sheet, so far */
    mz_buf text;
} book;

static mz_status failed(const book *b, lxw_error error, mz_reason *why)
{
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return mz_refuse(why, MZ_NO_MEMORY);
    return mz_file_failed(why, b->job->path, errno == 0 ? EIO : errno);
}

/* ---- sheets ---- */

/* Columns that a text takes: Chinese characters take two. */
static double width_of(const char *text)
{
    double width = 0;
    mz_view left = mz_view_of(text);
    while (left.size > 0) {
        uint32_t point = 0;
        const size_t size = mz_utf8_first(left, &point);
        width += point >= 0x1100 ? 2 : 1;
        left.data += size;
        left.size -= size;
    }
    return width;
}

static const struct {
    mz_column_type type;
    double width; /* of what usually stands there */
} WIDTHS[] = {
    {MZ_COLUMN_TEXT,    28},
    {MZ_COLUMN_ID,      18},
    {MZ_COLUMN_PURPOSE, 16},
    {MZ_COLUMN_WORD,    14},
    {MZ_COLUMN_FEN,     16},
    {MZ_COLUMN_COUNT,   10},
    {MZ_COLUMN_ENTRY,   10},
    {MZ_COLUMN_DAY,     12},
    {MZ_COLUMN_TIME,    20},
};

static double column_width(const mz_column *column, const char *heading)
{
    const double heading_width = width_of(heading) + 3; /* and the button of the filter */
    for (size_t i = 0; i < sizeof WIDTHS / sizeof WIDTHS[0]; i++) {
        if (WIDTHS[i].type == column->type && WIDTHS[i].width > heading_width)
            return WIDTHS[i].width;
    }
    return heading_width;
}

/* Begins a sheet, or its next part when one is full. */
static mz_status begin_part(book *b, mz_reason *why)
{
    char name[64];
    const mz_cli *cli = b->job->cli;
    lxw_error error = LXW_NO_ERROR;
    b->parts++;
    snprintf(name, sizeof name, b->parts == 1 ? "%s" : "%s %u",
             mz_say(cli, b->sheet->zh, b->sheet->en), b->parts);
    b->worksheet = workbook_add_worksheet(b->workbook, name);
    b->row = 1;
    if (b->worksheet == NULL)
        return failed(b, LXW_NO_ERROR, why);
    for (lxw_col_t i = 0; b->sheet->columns[i].code != NULL && error == LXW_NO_ERROR; i++) {
        const mz_column *column = &b->sheet->columns[i];
        const char *heading = mz_say(cli, column->zh, column->en);
        error = worksheet_set_column(b->worksheet, i, i, column_width(column, heading), NULL);
        if (error == LXW_NO_ERROR)
            error = worksheet_write_string(b->worksheet, 0, i, heading, b->head);
    }
    worksheet_freeze_panes(b->worksheet, 1, 0);
    return error == LXW_NO_ERROR ? MZ_OK : failed(b, error, why);
}

static mz_status end_part(book *b, mz_reason *why)
{
    const lxw_col_t last = (lxw_col_t)(mz_sheet_column_count(b->sheet) - 1);
    const lxw_error error = worksheet_autofilter(b->worksheet, 0, 0, b->row - 1, last);
    return error == LXW_NO_ERROR ? MZ_OK : failed(b, error, why);
}

/* ---- cells ---- */

static lxw_error write_text(book *b, lxw_col_t at, const mz_cell *cell)
{
    const mz_column *column = &b->sheet->columns[at];
    mz_buf_reset(&b->text);
    mz_cell_put(&b->text, column, cell, b->job->cli->language);
    if (b->text.failed)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    return worksheet_write_string(b->worksheet, b->row, at, (const char *)b->text.data, NULL);
}

static lxw_error write_number(book *b, lxw_col_t at, double number, lxw_format *format)
{
    return worksheet_write_number(b->worksheet, b->row, at, number, format);
}

static lxw_error write_cell(book *b, lxw_col_t at, const mz_cell *cell)
{
    const mz_column_type type = b->sheet->columns[at].type;
    switch (type) {
    case MZ_COLUMN_TEXT:
    case MZ_COLUMN_ID:
    case MZ_COLUMN_PURPOSE:
    case MZ_COLUMN_WORD:
        return write_text(b, at, cell);
    case MZ_COLUMN_FEN:
        if (cell->number > EXACT_FEN_MAX || cell->number < -EXACT_FEN_MAX)
            return write_text(b, at, cell);
        return write_number(b, at, (double)cell->number / 100, b->money);
    case MZ_COLUMN_COUNT:
    case MZ_COLUMN_ENTRY:
        return write_number(b, at, (double)cell->number, b->count);
    case MZ_COLUMN_DAY:
        return write_number(b, at, (double)cell->number + EPOCH_SERIAL, b->day);
    case MZ_COLUMN_TIME:
        return write_number(b, at, (double)(cell->number + UTC8_MS) / MZ_DAY_MS + EPOCH_SERIAL,
                            b->time);
    }
    return LXW_NO_ERROR;
}

static mz_status write_row(void *context, const mz_sheet *sheet, const mz_cell *cells,
                           mz_reason *why)
{
    book *b = context;
    mz_status status = MZ_OK;
    lxw_error error = LXW_NO_ERROR;
    if (b->row == SHEET_ROWS_MAX) {
        status = end_part(b, why);
        if (status == MZ_OK)
            status = begin_part(b, why);
    }
    for (lxw_col_t i = 0; status == MZ_OK && sheet->columns[i].code != NULL; i++) {
        if (cells[i].present)
            error = write_cell(b, i, &cells[i]);
        if (error != LXW_NO_ERROR)
            status = failed(b, error, why);
    }
    b->row++;
    mz_export_row_done(b->job);
    return status;
}

static mz_status write_sheet(book *b, const mz_sheet *sheet, int64_t now_ms, mz_reason *why)
{
    b->sheet = sheet;
    b->parts = 0;
    mz_status status = begin_part(b, why);
    if (status == MZ_OK)
        status = mz_sheet_read(sheet, mz_snapshot_txn(b->job->snapshot), now_ms,
                               mz_export_fund(b->job), write_row, b, why);
    return status == MZ_OK ? end_part(b, why) : status;
}

/* ---- the workbook ---- */

static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

/* libxlsxwriter does not look whether its temporary files could be written: a full disk would give
 * a workbook that lacks rows. So we look at those with the rows, and whether there is room for the
 * largest once more, which is what finishing a workbook needs there. */
static mz_status check_temporary_files(const book *b, mz_reason *why)
{
    lxw_worksheet *worksheet;
    STAILQ_FOREACH(worksheet, b->workbook->worksheets, list_pointers)
    {
        FILE *file = worksheet->optimize_tmpfile;
        struct statvfs space;
        errno = 0;
        if (fflush(file) != 0 || ferror(file))
            return mz_file_failed(why, temporary_folder(), errno == 0 ? ENOSPC : errno);
        const off_t size = ftello(file);
        if (size >= 0 && fstatvfs(fileno(file), &space) == 0 &&
            (uint64_t)space.f_bavail * space.f_frsize < (uint64_t)size + ROOM_LEFT)
            return mz_file_failed(why, temporary_folder(), ENOSPC);
    }
    return MZ_OK;
}

static lxw_format *new_format(lxw_workbook *workbook, const char *number_format)
{
    lxw_format *format = workbook_add_format(workbook);
    if (format != NULL && number_format != NULL)
        format_set_num_format(format, number_format);
    return format;
}

/* Nothing in it depends on when or by whom it is made: the same log gives the same bytes. */
static mz_status begin_book(book *b, mz_reason *why)
{
    char folder[MZ_LOG_PATH_MAX];
    char title[256];
    snprintf(folder, sizeof folder, "%s", temporary_folder());
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = folder, .use_zip64 = LXW_TRUE};
    errno = 0;
    b->workbook = workbook_new_opt(b->job->path, &options);
    if (b->workbook == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    b->head = new_format(b->workbook, NULL);
    b->money = new_format(b->workbook, "#,##0.00");
    b->count = new_format(b->workbook, "0");
    b->day = new_format(b->workbook, "yyyy-mm-dd");
    b->time = new_format(b->workbook, "yyyy-mm-dd hh:mm:ss");
    if (b->head == NULL || b->money == NULL || b->count == NULL || b->day == NULL ||
        b->time == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    format_set_bold(b->head);
    snprintf(title, sizeof title, "%s", mz_log_origin(b->job->log));
    lxw_doc_properties properties = {.title = title,
                                     .created = mz_snapshot_last_unix_ms(b->job->snapshot) / 1000};
    const lxw_error error = workbook_set_properties(b->workbook, &properties);
    return error == LXW_NO_ERROR ? MZ_OK : failed(b, error, why);
}

/* Ends the workbook, which is written only when `status` is MZ_OK. */
static mz_status end_book(book *b, mz_status status, mz_reason *why)
{
    if (b->workbook == NULL)
        return status;
    if (status == MZ_OK)
        status = check_temporary_files(b, why);
    if (status != MZ_OK) {
        lxw_workbook_free(b->workbook);
        return status;
    }
    errno = 0;
    const lxw_error error = workbook_close(b->workbook); /* frees it, whatever it answers */
    return error == LXW_NO_ERROR ? mz_path_sync(b->job->path, why) : failed(b, error, why);
}

mz_status mz_export_xlsx(mz_export_job *job, mz_reason *why)
{
    size_t count;
    int64_t now_ms;
    book b = {.job = job};
    const mz_sheet *sheets = mz_sheets(&count);
    mz_buf_init(&b.text, CELL_TEXT_MAX);
    mz_status status = mz_export_moment(job, &now_ms, why);
    if (status == MZ_OK)
        status = begin_book(&b, why);
    for (size_t i = 0; i < count && status == MZ_OK; i++)
        status = write_sheet(&b, &sheets[i], now_ms, why);
    status = end_book(&b, status, why);
    mz_buf_clear(&b.text);
    return status;
}
