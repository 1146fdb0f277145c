/* fund_projects.c — a fund's proposals: what is under discussion, and what came of the others. */
#include <stdio.h>
#include <string.h>

#include "pages/web.h"

/* ---- under discussion, or on the way ---- */

static void put_ballots(mz_web *w, const json_t *panel)
{
    mz_web_fact(w, mz_web_say(w, "票数", "Ballots"));
    mz_web_format(w, "span", NULL,
                  mz_web_say(w, "同意 %lld，不同意 %lld；需 %lld 票同意（应到 %lld 人）",
                             "%lld for, %lld against; %lld needed, of %lld who vote"),
                  (long long)mz_web_number_of(panel, "approvals"),
                  (long long)mz_web_number_of(panel, "rejections"),
                  (long long)mz_web_number_of(panel, "needed"),
                  (long long)mz_web_number_of(panel, "count"));
    if (mz_web_true(panel, "short"))
        mz_web_element(w, "span", "tag warn", mz_web_say(w, "表决人不足", "too few who may vote"));
    if (mz_web_true(panel, "suspended"))
        mz_web_element(w, "span", "tag warn", mz_web_say(w, "表决暂停", "voting suspended"));
    mz_web_fact_end(w);
}

/* What its last day is the last day for. */
static const char *last_day_term(const mz_web *w, const char *state)
{
    static const struct {
        const char *state, *zh, *en;
    } TERMS[] = {
        {"consulting", "征询截止", "Consultation closes" },
        {"voting",     "表决截止", "Voting closes"       },
        {"adopted",    "申请截止", "To be applied for by"},
        {"applied",    "核准截止", "To be decided by"    },
        {"approved",   "支付截止", "To be paid by"       },
        {"paying",     "支付截止", "To be paid by"       },
    };
    for (size_t i = 0; i < sizeof TERMS / sizeof TERMS[0]; i++) {
        if (strcmp(TERMS[i].state, state) == 0)
            return mz_web_say(w, TERMS[i].zh, TERMS[i].en);
    }
    return "";
}

static void put_open(mz_web *w, const json_t *row)
{
    const char *state = mz_web_text_of(row, "state");
    const json_t *panel = json_object_get(row, "panel");
    mz_web_open(w, "li", NULL);
    mz_web_open(w, "article", NULL);
    mz_web_open(w, "h3", NULL);
    mz_web_proposal_link(w, mz_web_text_of(row, "proposal"), mz_web_text_of(row, "title"));
    mz_web_close(w, "h3");
    mz_web_steps(w, row);
    mz_web_facts(w, "facts");
    mz_web_fact_text(w, mz_web_say(w, "现状", "State"), mz_web_word(w, state));
    mz_web_fact_yuan(w, mz_web_say(w, "金额", "Amount"), mz_web_number_of(row, "amount_fen"));
    if (panel != NULL)
        put_ballots(w, panel);
    if (mz_web_has(row, "last_day")) {
        mz_web_fact(w, last_day_term(w, state));
        mz_web_day(w, mz_web_text_of(row, "last_day"));
        mz_web_put(w, mz_web_say(w, " 24:00", ", 24:00"));
        mz_web_fact_end(w);
    }
    mz_web_facts_end(w);
    mz_web_close(w, "article");
    mz_web_close(w, "li");
}

void mz_web_open_projects(mz_web *w, const json_t *view)
{
    size_t i;
    json_t *row;
    const json_t *rows = json_object_get(view, "open");
    mz_web_section(w, "open", mz_web_say(w, "正在商议和办理", "Under discussion and on the way"));
    if (json_array_size(rows) == 0) {
        mz_web_element(w, "p", NULL, mz_web_say(w, "目前没有在议的提案。", "No proposal is open."));
    } else {
        mz_web_open(w, "ul", "cards");
        json_array_foreach(rows, i, row) put_open(w, row);
        mz_web_close(w, "ul");
    }
    mz_web_close(w, "section");
}

/* ---- what neighbours lack ---- */

void mz_web_needs(mz_web *w, const json_t *view)
{
    char path[MZ_WEB_PATH_SIZE];
    const json_t *needs = json_object_get(view, "needs");
    mz_web_section(w, "needs", mz_web_say(w, "居民的需求", "What neighbours lack"));
    mz_web_format(w, "p", NULL,
                  mz_web_say(w,
                             "登记了 %lld 件还没有附议，%lld 件有两名委员附议，%lld 件已经支付。",
                             "%lld are listed, %lld endorsed by two of the committee, %lld paid."),
                  (long long)mz_web_number_of(needs, "listed_count"),
                  (long long)mz_web_number_of(needs, "endorsed_count"),
                  (long long)mz_web_number_of(needs, "paid_count"));
    if (mz_web_true(needs, "more"))
        mz_web_element(w, "p", "quiet",
                       mz_web_say(w, "只数了最近的 1000 件；全部见文件。",
                                  "The newest 1,000 are counted; the file has all."));
    (void)snprintf(path, sizeof path, "/f/%s/needs.csv", mz_web_text_of(view, "fund"));
    mz_web_open(w, "p", "csv");
    mz_web_link(w, path, mz_web_say(w, "下载表格：needs.csv", "As a file: needs.csv"));
    mz_web_close(w, "p");
    mz_web_close(w, "section");
}

/* ---- paid, done, ended ---- */

void mz_web_grades(mz_web *w, const json_t *counts)
{
    size_t i;
    json_t *count;
    json_array_foreach(counts, i, count)
    {
        char number[32];
        (void)snprintf(number, sizeof number, " %lld", (long long)mz_web_number_of(count, "count"));
        if (i > 0)
            mz_web_put(w, mz_web_say(w, "，", ", "));
        mz_web_put(w, mz_web_word(w, mz_web_text_of(count, "grade")));
        mz_web_put(w, number);
    }
}

/* The latest of each rater. */
static void put_ratings(mz_web *w, const json_t *ratings)
{
    size_t i;
    json_t *rating;
    bool first = true;
    json_array_foreach(ratings, i, rating)
    {
        if (!mz_web_true(rating, "latest"))
            continue;
        if (!first)
            mz_web_put(w, mz_web_say(w, "；", "; "));
        first = false;
        mz_web_put(w, mz_web_word(w, mz_web_text_of(rating, "rater")));
        mz_web_put(w, mz_web_say(w, "：", ": "));
        mz_web_grades(w, json_object_get(rating, "counts"));
    }
    if (first)
        mz_web_put(w, "–");
}

static void put_past(mz_web *w, mz_web_table *table, const json_t *row)
{
    mz_web_row(w, table, NULL);
    mz_web_cell(w, table);
    mz_web_proposal_link(w, mz_web_text_of(row, "proposal"), mz_web_text_of(row, "title"));
    mz_web_cell_end(w, table);
    mz_web_cell_text(w, table, mz_web_word(w, mz_web_text_of(row, "state")));
    mz_web_cell_yuan(w, table, mz_web_number_of(row, "amount_fen"));
    mz_web_cell_yuan(w, table, mz_web_number_of(row, "paid_fen"));
    mz_web_cell(w, table);
    put_ratings(w, json_object_get(row, "ratings"));
    mz_web_cell_end(w, table);
    mz_web_row_end(w, table);
}

void mz_web_past_projects(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"项目", "Project", false},
        {"结果", "Outcome", false},
        {"计划", "Planned", true },
        {"实付", "Paid",    true },
        {"评议", "Ratings", false},
        {NULL,     NULL,      false},
    };
    size_t i;
    json_t *row;
    char path[MZ_WEB_PATH_SIZE];
    const char *fund = mz_web_text_of(view, "fund");
    const json_t *rows = json_object_get(view, "past");
    mz_web_section(w, "projects", mz_web_say(w, "办过的事", "What was done"));
    if (json_array_size(rows) == 0) {
        mz_web_element(w, "p", NULL, mz_web_say(w, "还没有。", "Nothing yet."));
    } else {
        mz_web_table table = mz_web_table_begin(
            w, "projects-table", NULL,
            mz_web_say(w, "计划与实付、评议", "Planned against paid, and what people said"),
            COLUMNS);
        json_array_foreach(rows, i, row) put_past(w, &table, row);
        mz_web_table_end(w, &table, fund, "proposals");
    }
    if (mz_web_has(view, "next")) {
        (void)snprintf(path, sizeof path, "/f/%s?until=%lld#projects", fund,
                       (long long)mz_web_number_of(view, "next"));
        mz_web_open(w, "p", "next");
        mz_web_link(w, path, mz_web_say(w, "更早的项目", "Earlier projects"));
        mz_web_close(w, "p");
    }
    mz_web_close(w, "section");
}
