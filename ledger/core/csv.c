#include "core/csv.h"

#include <string.h>

#include "core/text.h"

#define FIELD_MAX ((size_t)64 << 10)

bool mz_text_is_formula(mz_view text)
{
    static const uint32_t POINTS[] = {'=',  '+',    '-',    '@',    '\t',
                                      '\r', 0xff1d, 0xff0b, 0xff0d, 0xff20}; /* ＝ ＋ － ＠ */
    uint32_t point = 0;
    if (mz_utf8_first(text, &point) == 0)
        return false;
    for (size_t i = 0; i < sizeof POINTS / sizeof POINTS[0]; i++) {
        if (point == POINTS[i])
            return true;
    }
    return false;
}

static bool needs_quotes(mz_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr(",\"\r\n", text.data[i]) != NULL)
            return true;
    }
    return false;
}

static void put_field(mz_buf *out, mz_view text)
{
    if (!needs_quotes(text)) {
        mz_buf_put(out, text);
        return;
    }
    mz_buf_put_text(out, "\"");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            mz_buf_put_text(out, "\"");
        mz_buf_put(out, (mz_view){text.data + i, 1});
    }
    mz_buf_put_text(out, "\"");
}

void mz_csv_put_head(mz_buf *out, const mz_sheet *sheet, mz_language language)
{
    mz_buf_put_text(out, "\xef\xbb\xbf");
    for (const mz_column *column = sheet->columns; column->code != NULL; column++) {
        if (column != sheet->columns)
            mz_buf_put_text(out, ",");
        put_field(out, mz_view_of(language == MZ_CHINESE ? column->zh : column->en));
    }
    mz_buf_put_text(out, "\r\n");
}

void mz_csv_put_row(mz_buf *out, const mz_sheet *sheet, const mz_cell *cells, mz_language language)
{
    mz_buf field;
    mz_buf_init(&field, FIELD_MAX);
    for (size_t i = 0; sheet->columns[i].code != NULL; i++) {
        mz_buf_reset(&field);
        if (mz_column_is_text(&sheet->columns[i]) && mz_text_is_formula(cells[i].text))
            mz_buf_put_text(&field, "'");
        mz_cell_put(&field, &sheet->columns[i], &cells[i], language);
        if (i > 0)
            mz_buf_put_text(out, ",");
        put_field(out, mz_buf_view(&field));
        out->failed = out->failed || field.failed;
    }
    mz_buf_put_text(out, "\r\n");
    mz_buf_clear(&field);
}
