#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/money.h"

struct mz_grid {
    size_t column_count;
    const char *headings[MZ_GRID_COLUMNS_MAX];
    bool right[MZ_GRID_COLUMNS_MAX];
    char **cells; /* row by row, column_count each; NULL is blank */
    size_t row_count, row_capacity;
    size_t next_column;
};

mz_grid *mz_grid_new(const char *const *headings)
{
    mz_grid *table = calloc(1, sizeof(*table));
    if (table == NULL)
        return NULL;
    while (headings[table->column_count] != NULL && table->column_count < MZ_GRID_COLUMNS_MAX) {
        const char *heading = headings[table->column_count];
        table->right[table->column_count] = heading[0] == '>';
        table->headings[table->column_count] = heading[0] == '>' ? heading + 1 : heading;
        table->column_count++;
    }
    return table;
}

void mz_grid_free(mz_grid *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->row_count * table->column_count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

void mz_grid_row(mz_grid *table)
{
    if (table == NULL)
        return;
    if (table->row_count == table->row_capacity) {
        size_t capacity = table->row_capacity == 0 ? 16 : table->row_capacity * 2;
        char **cells = realloc(table->cells, capacity * table->column_count * sizeof(char *));
        if (cells == NULL)
            return;
        table->cells = cells;
        table->row_capacity = capacity;
    }
    for (size_t i = 0; i < table->column_count; i++)
        table->cells[table->row_count * table->column_count + i] = NULL;
    table->row_count++;
    table->next_column = 0;
}

void mz_grid_cell(mz_grid *table, const char *text)
{
    if (table == NULL || table->row_count == 0 || table->next_column >= table->column_count)
        return;
    size_t at = (table->row_count - 1) * table->column_count + table->next_column++;
    table->cells[at] = text == NULL ? NULL : strdup(text);
}

void mz_grid_cell_format(mz_grid *table, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    mz_grid_cell(table, text);
}

void mz_grid_cell_fen(mz_grid *table, int64_t amount_fen)
{
    char yuan[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, yuan);
    bool negative = yuan[0] == '-';
    mz_grid_cell_format(table, "%s¥%s", negative ? "-" : "", yuan + (negative ? 1 : 0));
}

size_t mz_grid_rows(const mz_grid *table)
{
    return table == NULL ? 0 : table->row_count;
}

int mz_text_width(const char *text)
{
    mbstate_t state;
    memset(&state, 0, sizeof(state));
    int width = 0;
    for (size_t left = strlen(text); left > 0;) {
        wchar_t wide;
        size_t size = mbrtowc(&wide, text, left, &state);
        if (size == 0 || size > left) { /* not in the locale's encoding: a column a byte */
            memset(&state, 0, sizeof(state));
            size = 1;
            width++;
        } else {
            int columns = wcwidth(wide);
            width += columns > 0 ? columns : 0;
        }
        text += size;
        left -= size;
    }
    return width;
}

void mz_text_pad(FILE *out, const char *text, int width)
{
    int blanks = width - mz_text_width(text);
    fprintf(out, "%s%*s", text, blanks > 0 ? blanks : 0, "");
}

static const char *cell_at(const mz_grid *table, size_t row, size_t column)
{
    const char *text = table->cells[row * table->column_count + column];
    return text == NULL ? "" : text;
}

static void print_cell(const mz_grid *table, FILE *out, size_t column, const char *text, int width)
{
    bool last = column + 1 == table->column_count;
    if (table->right[column])
        fprintf(out, "%*s%s", width - mz_text_width(text), "", text);
    else if (last)
        fputs(text, out);
    else
        mz_text_pad(out, text, width);
    if (!last)
        fputs("  ", out);
}

void mz_grid_print(const mz_grid *table, FILE *out, int indent)
{
    if (table == NULL)
        return;
    int widths[MZ_GRID_COLUMNS_MAX];
    for (size_t column = 0; column < table->column_count; column++) {
        widths[column] = mz_text_width(table->headings[column]);
        for (size_t row = 0; row < table->row_count; row++) {
            int width = mz_text_width(cell_at(table, row, column));
            if (width > widths[column])
                widths[column] = width;
        }
    }
    fprintf(out, "%*s", indent, "");
    for (size_t column = 0; column < table->column_count; column++)
        print_cell(table, out, column, table->headings[column], widths[column]);
    fprintf(out, "\n%*s", indent, "");
    for (size_t column = 0; column < table->column_count; column++) {
        for (int i = 0; i < widths[column]; i++)
            fputc('-', out);
        fputs(column + 1 < table->column_count ? "  " : "", out);
    }
    fputc('\n', out);
    for (size_t row = 0; row < table->row_count; row++) {
        fprintf(out, "%*s", indent, "");
        for (size_t column = 0; column < table->column_count; column++)
            print_cell(table, out, column, cell_at(table, row, column), widths[column]);
        fputc('\n', out);
    }
}
