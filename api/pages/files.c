/* files.c — a fund's tables as CSV: those of core/sheets.h, the entries of a month, and those of
 * its page. */
#include <inttypes.h>
#include <string.h>

#include "core/csv.h"
#include "core/date.h"
#include "core/views_public.h"
#include "pages/web.h"

/* ---- the tables of the core ---- */

typedef struct csv_file {
    mz_buf *out;
    mz_language language;
} csv_file;

static mz_status put_row(void *context, const mz_sheet *sheet, const mz_cell *cells, mz_reason *why)
{
    const csv_file *file = context;
    mz_csv_put_row(file->out, sheet, cells, file->language);
    return file->out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* A file that is cut says so where the rows end. */
static void put_next(const csv_file *file, uint64_t next)
{
    mz_buf_put_format(file->out,
                      file->language == MZ_CHINESE
                          ? "未完，后面的行见 ?from=%" PRIu64 "\r\n"
                          : "to be continued: further rows at ?from=%" PRIu64 "\r\n",
                      next);
}

static mz_status put_sheet(const mz_page_asked *asked, const mz_sheet *sheet, mz_kv_txn *txn,
                           mz_view fund, uint64_t from, uint64_t *next, csv_file *file,
                           mz_reason *why)
{
    mz_sheet_part part = {.from_index = from, .rows_max = MZ_PAGE_CSV_ROWS_MAX};
    mz_csv_put_head(file->out, sheet, asked->language);
    const mz_status status =
        mz_sheet_read_part(sheet, txn, asked->now_ms, fund, &part, put_row, file, why);
    *next = part.next_index;
    return status;
}

/* ---- a month ---- */

enum { ENTRY, WRITTEN, EVENT, PROPOSAL, TITLE, PARTY, AMOUNT, ROLE, ACTOR, REVERSED };
static const mz_column MONTH_COLUMNS[] = {
    [ENTRY] = {"entry",       MZ_COLUMN_ENTRY, "第几笔",             "entry"      },
    [WRITTEN] = {"written_ms",  MZ_COLUMN_TIME,  "记账时间",          "written at" },
    [EVENT] = {"event",       MZ_COLUMN_WORD,  "事项",                "event"      },
    [PROPOSAL] = {"proposal",    MZ_COLUMN_ID,    "提案编号",          "proposal"   },
    [TITLE] = {"title",       MZ_COLUMN_TEXT,  "提案",                "title"      },
    [PARTY] = {"party",       MZ_COLUMN_ID,    "往来方",             "party"      },
    [AMOUNT] = {"amount_fen",  MZ_COLUMN_FEN,   "金额",                "amount"     },
    [ROLE] = {"role",        MZ_COLUMN_WORD,  "签名人职务",       "role"       },
    [ACTOR] = {"actor",       MZ_COLUMN_ID,    "签名人",             "signed by"  },
    [REVERSED] = {"reversed_by", MZ_COLUMN_ENTRY, "冲销（第几笔）", "reversed by"},
    {NULL,          MZ_COLUMN_TEXT,  NULL,                    NULL         },
};
static const mz_sheet MONTH = {"entries", "逐笔", "Entries", MONTH_COLUMNS, false, NULL};

static mz_cell cell_text(const char *text)
{
    return (mz_cell){.present = text[0] != '\0', .text = mz_view_of(text)};
}

static void put_entry(const csv_file *file, const json_t *entry)
{
    const json_t *about = json_object_get(entry, "about");
    int64_t amount_fen = 0;
    const bool amounts = mz_web_amount(entry, &amount_fen);
    /* clang-format off */
    const mz_cell cells[] = {
        [ENTRY] = {.present = true, .number = mz_web_number_of(entry, "index")},
        [WRITTEN] = {.present = true, .number = mz_web_number_of(entry, "at_ms")},
        [EVENT] = cell_text(mz_web_text_of(entry, "event")),
        [PROPOSAL] = cell_text(mz_web_text_of(about, "proposal")),
        [TITLE] = cell_text(mz_web_text_of(about, "title")),
        [PARTY] = cell_text(mz_web_text_of(about, "party")),
        [AMOUNT] = {.present = amounts, .number = amount_fen},
        [ROLE] = cell_text(mz_web_text_of(entry, "role")),
        [ACTOR] = cell_text(mz_web_text_of(entry, "actor")),
        [REVERSED] = {.present = mz_web_has(entry, "reversed_by"), .number = mz_web_number_of(entry, "reversed_by")},
    };
    /* clang-format on */
    mz_csv_put_row(file->out, &MONTH, cells, file->language);
}

static mz_status put_month(const mz_page_asked *asked, mz_view fund, mz_view month, uint64_t from,
                           uint64_t *next, const csv_file *file, mz_reason *why)
{
    size_t row_count = 0;
    uint64_t after = from == 0 ? 0 : from - 1;
    mz_csv_put_head(file->out, &MONTH, asked->language);
    for (;;) {
        size_t i;
        json_t *view = NULL, *entry;
        const mz_status status =
            mz_month_view(asked->changes, fund, month, after, asked->now_ms, &view, why);
        if (status != MZ_OK)
            return status;
        const json_t *entries = json_object_get(view, "entries");
        json_array_foreach(entries, i, entry) put_entry(file, entry);
        row_count += json_array_size(entries);
        const bool more = mz_web_has(view, "next");
        after = (uint64_t)mz_web_number_of(view, "next");
        json_decref(view);
        if (!more)
            return MZ_OK;
        if (row_count >= MZ_PAGE_CSV_ROWS_MAX) {
            *next = after + 1;
            return MZ_OK;
        }
    }
}

/* ---- all of them ---- */

mz_status mz_page_csv(const mz_page_asked *asked, mz_kv_txn *txn, mz_view fund, mz_view table,
                      uint64_t from, uint64_t *next, mz_buf *out, mz_reason *why)
{
    int32_t first, last;
    csv_file file = {.out = out, .language = asked->language};
    mz_page_asked of_page = *asked;
    of_page.table = table;
    const mz_sheet *sheet = mz_view_is(table, "grants") ? NULL : mz_sheet_named(table);
    mz_status status = MZ_OK;
    *next = 0;
    if (sheet != NULL)
        status = put_sheet(asked, sheet, txn, fund, from, next, &file, why);
    else if (mz_month_parse(table, &first, &last))
        status = put_month(asked, fund, table, from, next, &file, why);
    else
        status = mz_page_fund(&of_page, fund, MZ_NEVER, out, why);
    if (status == MZ_OK && *next != 0)
        put_next(&file, *next);
    return status == MZ_OK && out->failed ? mz_refuse(why, MZ_NO_MEMORY) : status;
}
