/* print_todo.c — what waits for a person, and the way of every fen. */
#include <string.h>

#include "core/date.h"
#include "print.h"
#include "print_parts.h"

/* ---- todo ---- */

/* A period that ends at 24:00 is told by its last day. */
static void cell_until(mz_grid *grid, const json_t *row, const char *name)
{
    char text[MZ_DAY_TEXT_SIZE];
    if (json_object_get(row, name) == NULL) {
        mz_grid_cell(grid, NULL);
        return;
    }
    mz_day_text(mz_day_of_ms(mz_part_number(row, name) - 1), text);
    mz_grid_cell(grid, text);
}

/* What tells one thing to do from another like it: a title, a person, so many of an item, a month,
 * the number of a finding. */
static void cell_remark(const mz_cli *cli, mz_grid *grid, const json_t *row)
{
    if (json_object_get(row, "item") != NULL)
        mz_grid_cell_format(grid, "%s × %lld %s", mz_part_text(row, "item"),
                            (long long)mz_part_number(row, "quantity"), mz_part_text(row, "unit"));
    else if (json_object_get(row, "month") != NULL)
        mz_grid_cell_format(grid, mz_say(cli, "%s 起 %lld 个月", "%s and on, %lld in all"),
                            mz_part_text(row, "month"), (long long)mz_part_number(row, "quantity"));
    else if (json_object_get(row, "finding") != NULL)
        mz_grid_cell_format(grid, "--finding %lld: %s", (long long)mz_part_number(row, "finding"),
                            mz_part_text(row, "title"));
    else
        mz_grid_cell(grid,
                     mz_part_text(row, json_object_get(row, "title") == NULL ? "actor" : "title"));
}

void mz_print_todo(const mz_cli *cli, const json_t *view)
{
    const json_t *rows = json_object_get(view, "todo");
    const char *const headings[] = {mz_say(cli, "最迟", "by"),      mz_say(cli, "办理", "do"),
                                    mz_say(cli, "基金", "fund"),    mz_say(cli, "对象", "about"),
                                    mz_say(cli, "第几笔", "entry"), mz_say(cli, ">金额", ">amount"),
                                    mz_say(cli, "标题", "title"),   NULL};
    printf(mz_say(cli, "%s（%s）%s\n", "%s (%s)%s\n"), mz_part_text(view, "actor"),
           mz_part_word(cli, view, "role"),
           json_array_size(rows) == 0 ? mz_say(cli, "：没有待办", ": nothing waits") : "");
    if (json_array_size(rows) == 0)
        return;
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        mz_grid_row(grid);
        cell_until(grid, row, "until_ms");
        mz_grid_cell_format(grid, "%s %s", mz_part_event(cli, mz_part_text(row, "do")),
                            mz_part_text(row, "do"));
        mz_grid_cell(grid, mz_part_text(row, "fund"));
        const char *about = mz_part_text(row, "about");
        mz_grid_cell(grid, strchr(about, '.') != NULL ? mz_part_event(cli, about)
                                                      : mz_word_text(about, cli->language));
        mz_part_cell_index(grid, row, "index");
        mz_part_cell_fen(grid, row, "amount_fen");
        cell_remark(cli, grid, row);
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
}

/* ---- trace ---- */

static const char *part_text(const mz_cli *cli, const char *state)
{
    static const struct {
        const char *state, *zh, *en;
    } TEXTS[] = {
        {"free",     "未用",                      "not used yet"                   },
        {"used",     "用于拨付",                "paid out"                       },
        {"was_used", "曾用于拨付，后冲销", "was paid out, until reversed"   },
        {"reversed", "未用，已冲销",          "not used, reversed"             },
        {"stands",   "来自收入",                "from income"                    },
        {"replaced", "原来自收入，已替换", "was from income, since replaced"},
        {"returned", "已退回或冲销",          "returned or reversed"           },
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        if (strcmp(TEXTS[i].state, state) == 0)
            return mz_say(cli, TEXTS[i].zh, TEXTS[i].en);
    return state;
}

void mz_print_trace(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, ">金额", ">amount"), mz_say(cli, "去向或来历", "way"),
        mz_say(cli, "第几笔", "entry"),  mz_say(cli, "专款", "purpose"),
        mz_say(cli, "冲销", "reversal"), NULL};
    printf(mz_say(cli, "第 %lld 笔（%s）\n", "entry %lld (%s)\n"),
           (long long)mz_part_number(view, "index"),
           mz_part_event(cli, mz_part_text(view, "event")));
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(view, "parts"), i, part)
    {
        json_t *other = json_object_get(part, "payout");
        if (other == NULL)
            other = json_object_get(part, "income");
        mz_grid_row(grid);
        mz_part_cell_fen(grid, part, "amount_fen");
        mz_grid_cell(grid, part_text(cli, mz_part_text(part, "state")));
        if (other == NULL)
            mz_grid_cell(grid, NULL);
        else
            mz_grid_cell_format(grid, "#%lld", (long long)json_integer_value(other));
        mz_part_cell_purpose(cli, grid, part);
        mz_part_cell_index(grid, part, "reversal");
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    if (json_is_true(json_object_get(view, "more")))
        puts(mz_say(cli, "其余从略", "The rest is left out"));
}
