/* print_goods.c — needs and goods as people read them. */
#include <string.h>

#include "core/date.h"
#include "print.h"
#include "print_parts.h"

/* ---- needs ---- */

void mz_print_needs(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {mz_say(cli, "需求", "need"),
                                    mz_say(cli, "类别", "kind"),
                                    mz_say(cli, "需要", "item"),
                                    mz_say(cli, ">数量", ">count"),
                                    mz_say(cli, "渠道", "channel"),
                                    mz_say(cli, "状态", "state"),
                                    mz_say(cli, ">附议", ">endorsed"),
                                    mz_say(cli, "登记于", "listed"),
                                    NULL};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *need;
    json_array_foreach(json_object_get(view, "needs"), i, need)
    {
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(need, "need"));
        mz_grid_cell(grid, mz_part_word(cli, need, "kind"));
        mz_grid_cell(grid, mz_part_text(need, "item"));
        mz_part_cell_number(grid, need, "count");
        mz_grid_cell(grid, mz_part_word(cli, need, "channel"));
        mz_grid_cell(grid, mz_part_word(cli, need, "state"));
        mz_part_cell_number(grid, need, "endorsement_count");
        mz_part_cell_time(grid, need, "at_ms");
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    mz_part_next(cli, view);
}

static void print_endorsers(const mz_cli *cli, const json_t *view)
{
    const json_t *people = json_object_get(view, "endorsed_by");
    size_t i;
    json_t *person;
    printf("%s", mz_say(cli, "附议：", "endorsed by:"));
    json_array_foreach(people, i, person) printf(" %s (#%lld)", mz_part_text(person, "actor"),
                                                 (long long)mz_part_number(person, "index"));
    puts(json_array_size(people) == 0 ? mz_say(cli, " 尚无", " nobody yet") : "");
}

void mz_print_need(const mz_cli *cli, const json_t *view)
{
    char at[MZ_TIME_TEXT_SIZE], amount[MZ_YUAN_TEXT_SIZE];
    size_t i;
    json_t *row;
    mz_time_text(mz_part_number(view, "at_ms"), at);
    printf("%s  %s × %lld  [%s]\n", mz_part_text(view, "need"), mz_part_text(view, "item"),
           (long long)mz_part_number(view, "count"), mz_part_word(cli, view, "state"));
    printf(mz_say(cli, "基金 %s，类别 %s，渠道 %s；%s 登记（第 %lld 笔，%s）\n",
                  "fund %s, kind %s, heard by %s; listed by %s (entry %lld, %s)\n"),
           mz_part_text(view, "fund"), mz_part_word(cli, view, "kind"),
           mz_part_word(cli, view, "channel"), mz_part_text(view, "actor"),
           (long long)mz_part_number(view, "index"), at);
    if (json_object_get(view, "note") != NULL)
        printf("%s\n", mz_part_text(view, "note"));
    print_endorsers(cli, view);
    json_array_foreach(json_object_get(view, "proposals"), i, row) printf(
        mz_say(cli, "提案：%s（第 %lld 笔，%s，%s）\n", "proposal: %s (entry %lld, %s, %s)\n"),
        mz_part_text(row, "proposal"), (long long)mz_part_number(row, "index"),
        mz_part_step(cli, mz_part_text(row, "step")), mz_part_word(cli, row, "state"));
    json_array_foreach(json_object_get(view, "payouts"), i, row)
    {
        mz_part_yuan(mz_part_number(row, "amount_fen"), amount);
        printf(mz_say(cli, "拨付：%s，付给 %s（第 %lld 笔，提案 %s）%s\n",
                      "payout: %s to %s (entry %lld, proposal %s)%s\n"),
               amount, mz_part_text(row, "party"), (long long)mz_part_number(row, "index"),
               mz_part_text(row, "proposal"),
               json_is_true(json_object_get(row, "reversed"))
                   ? mz_say(cli, "，已冲销", ", reversed")
                   : "");
    }
}

/* ---- goods ---- */

/* ¥ of what is valued, and how many are not. */
static void cell_value(const mz_cli *cli, mz_grid *grid, int64_t value_fen, int64_t unvalued)
{
    char amount[MZ_YUAN_TEXT_SIZE];
    mz_part_yuan(value_fen, amount);
    if (unvalued == 0)
        mz_grid_cell(grid, amount);
    else if (value_fen == 0)
        mz_grid_cell_format(grid, mz_say(cli, "未估值 %lld", "%lld unvalued"), (long long)unvalued);
    else
        mz_grid_cell_format(grid, mz_say(cli, "%s，未估值 %lld", "%s, %lld unvalued"), amount,
                            (long long)unvalued);
}

void mz_print_moves(const mz_cli *cli, const char *heading, const json_t *moves)
{
    const char *const headings[] = {mz_say(cli, ">第几笔", ">entry"),
                                    mz_say(cli, "何时", "when"),
                                    mz_say(cli, "事项", "what"),
                                    mz_say(cli, "物资", "item"),
                                    mz_say(cli, ">数量", ">quantity"),
                                    mz_say(cli, ">价值", ">value"),
                                    mz_say(cli, "提案", "proposal"),
                                    mz_say(cli, ">人数", ">people"),
                                    mz_say(cli, "确认", "confirmed"),
                                    mz_say(cli, "冲销", "reversed"),
                                    NULL};
    size_t i;
    json_t *move;
    if (json_array_size(moves) == 0)
        return;
    mz_part_heading(heading);
    mz_grid *grid = mz_grid_new(headings);
    json_array_foreach(moves, i, move)
    {
        bool valued = json_is_integer(json_object_get(move, "value_fen"));
        mz_grid_row(grid);
        mz_part_cell_number(grid, move, "index");
        mz_part_cell_time(grid, move, "at_ms");
        mz_grid_cell(grid, mz_part_event(cli, mz_part_text(move, "event")));
        mz_grid_cell(grid, mz_part_text(move, "item"));
        mz_part_cell_number(grid, move, "quantity");
        cell_value(cli, grid, mz_part_number(move, "value_fen"),
                   valued ? 0 : mz_part_number(move, "quantity"));
        mz_grid_cell(grid, mz_part_text(move, "proposal"));
        mz_part_cell_number(grid, move, "recipient_count");
        mz_part_cell_index(grid, move, "confirmed_by");
        mz_part_cell_index(grid, move, "reversed_by");
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

/* An item's sums, a row for each kind of movement. */
static void print_sums(const mz_cli *cli, const json_t *item)
{
    static const struct {
        const char *name;
        mz_event event;
    } SUMS[] = {
        {"received",    MZ_GOODS_RECEIVED   },
        {"issued",      MZ_GOODS_ISSUED     },
        {"sold",        MZ_GOODS_SOLD       },
        {"written_off", MZ_GOODS_WRITTEN_OFF},
    };
    const char *const headings[] = {mz_say(cli, "合计", "sum"), mz_say(cli, ">数量", ">quantity"),
                                    mz_say(cli, ">价值", ">value"), NULL};
    mz_grid *grid = mz_grid_new(headings);
    for (size_t i = 0; i < sizeof(SUMS) / sizeof(SUMS[0]); i++) {
        const json_t *sum = json_object_get(item, SUMS[i].name);
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_event(cli, mz_event_row_of(SUMS[i].event)->name));
        mz_part_cell_number(grid, sum, "quantity");
        cell_value(cli, grid, mz_part_number(sum, "value_fen"),
                   mz_part_number(sum, "unvalued_quantity"));
    }
    mz_grid_print(grid, stdout, 2);
    mz_grid_free(grid);
}

void mz_print_goods(const mz_cli *cli, const json_t *view)
{
    const char *const headings[] = {
        mz_say(cli, "物资", "item"),          mz_say(cli, "单位", "unit"),
        mz_say(cli, ">库存", ">stock"),       mz_say(cli, ">收到", ">received"),
        mz_say(cli, ">发放", ">issued"),      mz_say(cli, ">义卖", ">sold"),
        mz_say(cli, ">核销", ">written off"), mz_say(cli, ">收到的价值", ">value received"),
        mz_say(cli, ">待确认", ">waiting"),   NULL};
    static const char *const SUMS[] = {"received", "issued", "sold", "written_off"};
    mz_grid *grid = mz_grid_new(headings);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(view, "items"), i, item)
    {
        const json_t *received = json_object_get(item, "received");
        mz_grid_row(grid);
        mz_grid_cell(grid, mz_part_text(item, "item"));
        mz_grid_cell(grid, mz_part_text(item, "unit"));
        mz_part_cell_number(grid, item, "stock");
        for (size_t k = 0; k < sizeof(SUMS) / sizeof(SUMS[0]); k++)
            mz_part_cell_number(grid, json_object_get(item, SUMS[k]), "quantity");
        cell_value(cli, grid, mz_part_number(received, "value_fen"),
                   mz_part_number(received, "unvalued_quantity"));
        mz_part_cell_number(grid, item, "waiting_count");
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    mz_part_next(cli, view);
    mz_print_moves(cli,
                   mz_say(cli, "待监督员或委员确认", "To be confirmed by a supervisor or member"),
                   json_object_get(view, "waiting"));
}

void mz_print_item(const mz_cli *cli, const json_t *view)
{
    printf(mz_say(cli, "%s  基金 %s，库存 %lld %s\n", "%s  fund %s, stock %lld %s\n"),
           mz_part_text(view, "item"), mz_part_text(view, "fund"),
           (long long)mz_part_number(view, "stock"), mz_part_text(view, "unit"));
    print_sums(cli, view);
    mz_print_moves(cli, mz_say(cli, "收发", "Movements"), json_object_get(view, "moves"));
    mz_part_next(cli, view);
}
