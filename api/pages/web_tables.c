/* web_tables.c — tables on a page, and each as a file: the cells that make the one make the other.
 * While a file is asked for the page around it goes nowhere. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/csv.h"
#include "pages/web.h"

#define ROW_TEXT_MAX ((size_t)256 << 10) /* the texts of one row */

/* ---- as a file ---- */

static mz_sheet sheet_of(const mz_web_file *file)
{
    return (mz_sheet){.columns = file->columns};
}

void mz_web_file_init(mz_web_file *file, mz_view name)
{
    *file = (mz_web_file){.name = name};
    mz_buf_init(&file->text, ROW_TEXT_MAX);
}

mz_status mz_web_file_end(mz_web_file *file, mz_reason *why)
{
    mz_buf_clear(&file->text);
    if (file->name.size == 0 || file->found)
        return MZ_OK;
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("表", "table")),
                     mz_words_view("id", file->name));
}

static void file_begin(mz_web *w, const char *name, const mz_web_column *columns)
{
    mz_web_file *file = &w->file;
    size_t i = 0;
    if (name == NULL || file->name.size == 0 || !mz_view_is(file->name, name))
        return;
    for (; columns[i].zh != NULL; i++)
        file->columns[i] = (mz_column){.code = name, .zh = columns[i].zh, .en = columns[i].en};
    assert(i < MZ_SHEET_COLUMNS_MAX);
    file->columns[i] = (mz_column){.code = NULL};
    file->found = file->in_table = true;
    const mz_sheet sheet = sheet_of(file);
    mz_csv_put_head(w->out, &sheet, w->language);
}

static void file_cell(mz_web *w, size_t at)
{
    mz_web_file *file = &w->file;
    if (!file->in_table)
        return;
    file->in_cell = true;
    file->cell_at = file->text.size;
    file->columns[at].type = MZ_COLUMN_TEXT;
    file->cells[at] = (mz_cell){.present = false};
    file->cell = at;
}

static void file_cell_end(mz_web *w, size_t at)
{
    mz_web_file *file = &w->file;
    if (!file->in_cell)
        return;
    file->in_cell = false;
    file->cells[at].present = file->text.size > file->cell_at;
    file->cells[at].text.size = file->text.size - file->cell_at;
}

/* The texts of a row may move while it is filled; they lie one behind the other. */
static void file_row_end(mz_web *w, size_t cell_count)
{
    mz_web_file *file = &w->file;
    size_t text_at = 0;
    if (!file->in_table)
        return;
    for (size_t i = 0; i < cell_count; i++) {
        if (file->cells[i].present)
            file->cells[i].text.data = file->text.data + text_at;
        text_at += file->cells[i].text.size;
    }
    const mz_sheet sheet = sheet_of(file);
    mz_csv_put_row(w->out, &sheet, file->cells, w->language);
    w->out->failed = w->out->failed || file->text.failed;
}

/* What is alone in its cell keeps its type; what others join becomes text. */
static void file_put(mz_web *w, mz_column_type type, mz_cell cell)
{
    mz_web_file *file = &w->file;
    const mz_column column = {.type = type};
    if (!file->in_cell)
        return;
    const bool alone = file->text.size == file->cell_at;
    mz_cell_put(&file->text, &column, &cell, w->language);
    file->columns[file->cell].type = alone ? type : MZ_COLUMN_TEXT;
    file->cells[file->cell].number = cell.number;
}

void mz_web_file_text(mz_web *w, mz_view text)
{
    if (text.size > 0)
        file_put(w, MZ_COLUMN_TEXT, (mz_cell){.present = true, .text = text});
}

void mz_web_file_number(mz_web *w, mz_column_type type, int64_t number)
{
    file_put(w, type, (mz_cell){.present = true, .number = number});
}

void mz_web_file_apart(mz_web *w)
{
    const mz_buf *text = &w->file.text;
    if (w->file.in_cell && text->size > w->file.cell_at && text->data[text->size - 1] != ' ')
        mz_web_file_text(w, mz_view_of(" "));
}

/* ---- on the page ---- */

/* Roles are said, because a browser forgets that a table is one when its rows become blocks. */
static void open_role(mz_web *w, const char *element, const char *role, const char *class_name)
{
    mz_web_open(w, element, class_name);
    mz_html_attribute(&w->html, "role", role);
}

mz_web_table mz_web_table_begin(mz_web *w, const char *id, const char *file, const char *caption,
                                const mz_web_column *columns)
{
    open_role(w, "table", "table", NULL);
    mz_html_attribute(&w->html, "id", id);
    mz_web_element(w, "caption", NULL, caption);
    open_role(w, "thead", "rowgroup", NULL);
    open_role(w, "tr", "row", NULL);
    for (size_t i = 0; columns[i].zh != NULL; i++) {
        open_role(w, "th", "columnheader", columns[i].number ? "number" : NULL);
        mz_html_attribute(&w->html, "scope", "col");
        mz_html_text(&w->html, mz_web_say(w, columns[i].zh, columns[i].en));
        mz_web_close(w, "th");
    }
    mz_web_close(w, "tr");
    mz_web_close(w, "thead");
    open_role(w, "tbody", "rowgroup", NULL);
    file_begin(w, file, columns);
    return (mz_web_table){.columns = columns, .file = file};
}

/* A file beside the table: "下载表格：draws.csv". */
static void put_file_link(mz_web *w, const char *words, const char *folder, int folder_size,
                          const char *file)
{
    char path[MZ_WEB_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.*s/%s.csv", folder_size, folder, file);
    mz_web_open_link(w, NULL, path);
    mz_web_put(w, words);
    mz_web_put(w, file);
    mz_web_put(w, ".csv");
    mz_web_close(w, "a");
}

void mz_web_table_end(mz_web *w, mz_web_table *table, const char *fund, const char *sheet)
{
    char folder[MZ_WEB_PATH_SIZE];
    const char *first = mz_web_say(w, "下载表格：", "As a file: ");
    const char *further = mz_web_say(w, "整个基金：", "Of the whole fund: ");
    assert(table->file != NULL || sheet != NULL); /* each table has one */
    mz_web_close(w, "tbody");
    mz_web_close(w, "table");
    w->file.in_table = false;
    mz_web_open(w, "p", "csv");
    if (table->file != NULL)
        put_file_link(w, first, w->path, (int)strcspn(w->path, "?"), table->file);
    if (table->file != NULL && sheet != NULL)
        mz_web_put(w, mz_web_say(w, "　", " · "));
    if (sheet != NULL) {
        const int size = snprintf(folder, sizeof folder, "/f/%s", fund);
        put_file_link(w, table->file == NULL ? first : further, folder, size, sheet);
    }
    mz_web_close(w, "p");
}

void mz_web_row(mz_web *w, mz_web_table *table, const char *class_name)
{
    table->at = 0;
    open_role(w, "tr", "row", class_name);
    mz_buf_reset(&w->file.text);
}

void mz_web_row_end(mz_web *w, mz_web_table *table)
{
    assert(table->columns[table->at].zh == NULL);
    mz_web_close(w, "tr");
    file_row_end(w, table->at);
}

void mz_web_cell(mz_web *w, mz_web_table *table)
{
    const mz_web_column *column = &table->columns[table->at];
    const bool first = table->at == 0;
    assert(column->zh != NULL);
    open_role(w, first ? "th" : "td", first ? "rowheader" : "cell",
              column->number ? "number" : NULL);
    if (first)
        mz_html_attribute(&w->html, "scope", "row");
    mz_html_attribute(&w->html, "data-label", mz_web_say(w, column->zh, column->en));
    mz_web_open(w, "span", "value");
    file_cell(w, table->at);
}

void mz_web_cell_end(mz_web *w, mz_web_table *table)
{
    mz_web_close(w, "span");
    mz_web_close(w, table->at == 0 ? "th" : "td");
    file_cell_end(w, table->at);
    table->at++;
}

void mz_web_cell_text(mz_web *w, mz_web_table *table, const char *text)
{
    mz_web_cell(w, table);
    mz_web_put(w, text);
    mz_web_cell_end(w, table);
}

void mz_web_cell_yuan(mz_web *w, mz_web_table *table, int64_t amount_fen)
{
    mz_web_cell(w, table);
    mz_web_yuan(w, amount_fen);
    mz_web_cell_end(w, table);
}

void mz_web_cell_count(mz_web *w, mz_web_table *table, int64_t count)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)count);
    mz_web_cell(w, table);
    mz_html_text(&w->html, text);
    mz_web_file_number(w, MZ_COLUMN_COUNT, count);
    mz_web_cell_end(w, table);
}

void mz_web_cell_day(mz_web *w, mz_web_table *table, const char *day)
{
    mz_web_cell(w, table);
    mz_web_day(w, day);
    mz_web_cell_end(w, table);
}
