/* web_charts.c — pictures of figures, as inline SVG without styles of its own: shares, balances
 * over months, the steps of a proposal. Each stands beside the table or the words that say the
 * same. */
#include <stdio.h>
#include <string.h>

#include "core/event.h"
#include "core/views_public.h"
#include "pages/web.h"

#define COLUMN_WIDTH 24 /* of a month, in the picture's units; the picture is stretched to fit */
#define COLUMN_GAP 4
#define PICTURE_HEIGHT 100

static void put_number(mz_web *w, const char *name, int64_t number)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    mz_html_attribute(&w->html, name, text);
}

static void put_bar(mz_web *w, const char *class_name, int64_t x, int64_t y, int64_t width,
                    int64_t height)
{
    mz_web_open(w, "rect", class_name);
    put_number(w, "x", x);
    put_number(w, "y", y);
    put_number(w, "width", width);
    put_number(w, "height", height);
    mz_web_close(w, "rect");
}

/* The picture takes the width that it is given; `preserveaspectratio` is how HTML spells it. */
static void open_picture(mz_web *w, const char *class_name, int64_t width, int64_t height)
{
    char box[64];
    (void)snprintf(box, sizeof box, "0 0 %lld %lld", (long long)width, (long long)height);
    mz_web_open(w, "svg", class_name);
    mz_html_attribute(&w->html, "viewbox", box);
    mz_html_attribute(&w->html, "preserveaspectratio", "none");
}

/* In thousandths, rounded; amounts are at most 10^15. */
static int64_t share_of(int64_t part_fen, int64_t whole_fen)
{
    return whole_fen <= 0 || part_fen <= 0 ? 0 : (part_fen * 1000 + whole_fen / 2) / whole_fen;
}

void mz_web_cell_share(mz_web *w, mz_web_table *table, int64_t part_fen, int64_t whole_fen)
{
    char text[32];
    const int64_t share = share_of(part_fen, whole_fen);
    mz_web_cell(w, table);
    mz_web_open(w, "span", "share");
    open_picture(w, "share-bar", 1000, 10);
    mz_html_attribute(&w->html, "aria-hidden", "true"); /* the number beside it says it */
    put_bar(w, "ground", 0, 0, 1000, 10);
    put_bar(w, "bar", 0, 0, share, 10);
    mz_web_close(w, "svg");
    (void)snprintf(text, sizeof text, "%lld.%lld%%", (long long)(share / 10),
                   (long long)(share % 10));
    mz_web_element(w, "span", "percent", text);
    mz_web_close(w, "span");
    mz_web_cell_end(w, table);
}

/* ---- balances ---- */

static int64_t largest(const json_t *months)
{
    size_t i;
    json_t *row;
    int64_t most_fen = 0;
    json_array_foreach(months, i, row)
    {
        const int64_t balance_fen = mz_web_number_of(row, "balance_fen");
        if (balance_fen > most_fen)
            most_fen = balance_fen;
    }
    return most_fen;
}

static void put_description(mz_web *w, const json_t *months, int64_t most_fen)
{
    char most[MZ_WEB_YUAN_SIZE], last[MZ_WEB_YUAN_SIZE];
    const json_t *now = json_array_get(months, json_array_size(months) - 1);
    mz_web_yuan_text(most_fen, most);
    mz_web_yuan_text(mz_web_number_of(now, "balance_fen"), last);
    mz_web_open(w, "title", NULL);
    mz_html_text(&w->html, mz_web_say(w, "每月末余额", "Balance at each month's end"));
    mz_web_close(w, "title");
    mz_web_format(w, "desc", NULL,
                  mz_web_say(w, "柱状图，%s 至 %s：最高 %s，现在 %s。逐月数字见下表。",
                             "Columns, %s to %s: at most %s, now %s. The table below has the "
                             "figures month by month."),
                  mz_web_text_of(json_array_get(months, 0), "month"), mz_web_text_of(now, "month"),
                  most, last);
}

void mz_web_balances(mz_web *w, const json_t *months)
{
    size_t i;
    json_t *row;
    const int64_t most_fen = largest(months);
    const int64_t width = MZ_PUBLIC_MONTHS * COLUMN_WIDTH; /* so that a young fund's are no wider */
    char most[MZ_WEB_YUAN_SIZE];
    if (json_array_size(months) < 2 || most_fen == 0)
        return;
    mz_web_open(w, "figure", "balances");
    open_picture(w, "columns", width, PICTURE_HEIGHT);
    mz_html_attribute(&w->html, "role", "img");
    put_description(w, months, most_fen);
    json_array_foreach(months, i, row)
    {
        const int64_t share = share_of(mz_web_number_of(row, "balance_fen"), most_fen);
        const int64_t height = share * PICTURE_HEIGHT / 1000;
        put_bar(w, i + 1 == json_array_size(months) ? "bar now" : "bar",
                (int64_t)i * COLUMN_WIDTH + COLUMN_GAP / 2, PICTURE_HEIGHT - height,
                COLUMN_WIDTH - COLUMN_GAP, height);
    }
    put_bar(w, "ground", 0, PICTURE_HEIGHT - 1, width, 1);
    mz_web_close(w, "svg");
    mz_web_yuan_text(most_fen, most);
    mz_web_open(w, "figcaption", NULL);
    mz_web_month(w, mz_web_text_of(json_array_get(months, 0), "month"));
    mz_web_put(w, mz_web_say(w, " 至 ", " to "));
    mz_web_month(w, mz_web_text_of(json_array_get(months, json_array_size(months) - 1), "month"));
    mz_web_put(w,
               mz_web_say(w, "，每月末的余额；最高 ", ", balance at each month's end; at most "));
    mz_web_put(w, most);
    mz_web_put(w, mz_web_say(w, "，最后一栏是现在。", ", the last column is now."));
    mz_web_close(w, "figcaption");
    mz_web_close(w, "figure");
}

/* ---- steps ---- */

/* What a step's state is called, for who cannot see its colour. */
static const char *state_word(const mz_web *w, const char *state)
{
    if (strcmp(state, "done") == 0)
        return mz_web_say(w, "已办", "done");
    if (strcmp(state, "now") == 0)
        return mz_web_say(w, "进行中", "now");
    if (strcmp(state, "skipped") == 0)
        return mz_web_say(w, "未经此步", "not taken");
    return mz_web_say(w, "未到", "ahead");
}

/* Of an open proposal, from its row in a list: a need came first or it did not, the steps before
 * the present one are done. */
static const char *implied_state(const json_t *row, mz_step step)
{
    mz_step current = MZ_STEP_NEED;
    while (current + 1 < MZ_STEP_COUNT &&
           strcmp(MZ_STEPS[current], mz_web_text_of(row, "step")) != 0)
        current++;
    if (step == MZ_STEP_NEED && !mz_web_true(row, "has_need"))
        return "skipped";
    return step < current ? "done" : step == current ? "now" : "ahead";
}

static const char *step_state(const json_t *proposal, mz_step step)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(proposal, "steps"), i, row)
    {
        if (strcmp(mz_web_text_of(row, "step"), MZ_STEPS[step]) == 0)
            return mz_web_text_of(row, "state");
    }
    return implied_state(proposal, step);
}

void mz_web_steps(mz_web *w, const json_t *proposal)
{
    mz_web_open(w, "ol", "steps");
    mz_html_attribute(&w->html, "aria-label", mz_web_say(w, "六步", "Six steps"));
    for (mz_step step = MZ_STEP_NEED; step < MZ_STEP_COUNT; step++) {
        const char *state = step_state(proposal, step);
        mz_web_open(w, "li", state);
        if (strcmp(state, "now") == 0)
            mz_html_attribute(&w->html, "aria-current", "step");
        mz_web_put(w, mz_step_text(step, w->language));
        mz_web_open(w, "span", "state");
        mz_web_put(w, mz_web_say(w, "（", " ("));
        mz_web_put(w, state_word(w, state));
        mz_web_put(w, mz_web_say(w, "）", ")"));
        mz_web_close(w, "span");
        mz_web_close(w, "li");
    }
    mz_web_close(w, "ol");
}
