/* proposal.c — `/p/{proposal}`: one proposal, from why it was made to what came of it. */
#include <stdio.h>
#include <string.h>

#include "core/views_public.h"
#include "pages/web.h"

/* ---- what is asked ---- */

static void put_facts(mz_web *w, const json_t *view)
{
    mz_web_facts(w, "facts");
    mz_web_fact_text(w, mz_web_say(w, "现状", "State"),
                     mz_web_word(w, mz_web_text_of(view, "state")));
    mz_web_fact_yuan(w, mz_web_say(w, "提案金额", "Amount asked"),
                     mz_web_number_of(view, "amount_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "已支付", "Paid so far"), mz_web_number_of(view, "paid_fen"));
    mz_web_fact_text(w, mz_web_say(w, "类别", "Category"),
                     mz_web_word(w, mz_web_text_of(view, "category")));
    if (mz_web_has(view, "last_day")) {
        mz_web_fact(w, mz_web_say(w, "这一步截止", "This step closes"));
        mz_web_day(w, mz_web_text_of(view, "last_day"));
        mz_web_put(w, mz_web_say(w, " 24:00", ", 24:00"));
        mz_web_fact_end(w);
    }
    mz_web_fact(w, mz_web_say(w, "提出", "Filed"));
    mz_web_moment(w, mz_web_number_of(view, "filed_ms"));
    mz_web_put(w, mz_web_say(w, "，", ", "));
    mz_web_actor(w, "steward", mz_web_text_of(view, "filed_by"));
    mz_web_put(w, mz_web_say(w, "，", ", "));
    mz_web_entry_link(w, mz_web_number_of(view, "index"));
    mz_web_fact_end(w);
    if (mz_web_has(view, "planned_end"))
        mz_web_fact_day(w, mz_web_say(w, "计划完成", "Planned end"),
                        mz_web_text_of(view, "planned_end"));
    if (mz_web_has(view, "need"))
        mz_web_fact_text(w, mz_web_say(w, "为了需求", "For the need"),
                         mz_web_text_of(view, "need"));
    mz_web_facts_end(w);
}

static void put_why(mz_web *w, const json_t *view)
{
    mz_web_section(w, "why", mz_web_say(w, "为什么提", "Why"));
    mz_web_element(w, "p", "words", mz_web_text_of(view, "why"));
    mz_web_close(w, "section");
}

/* ---- money ---- */

static void put_draws(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"用哪笔钱", "Purpose",  false},
        {"提案",       "Asked",    true },
        {"核准",       "Approved", true },
        {"已付",       "Paid",     true },
        {NULL,           NULL,       false},
    };
    size_t i;
    json_t *row;
    const json_t *draws = json_object_get(view, "draws");
    mz_web_table table = mz_web_table_begin(
        w, "draws", "draws", mz_web_say(w, "用哪些钱", "Out of which money"), COLUMNS);
    json_array_foreach(draws, i, row)
    {
        mz_web_row(w, &table, NULL);
        mz_web_cell_text(w, &table, mz_web_word(w, mz_web_text_of(row, "purpose")));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "filed_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "approved_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "paid_fen"));
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "draws");
}

static void put_payees(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"收款方", "Payee", false},
        {"限额",    "Cap",   true },
        {"已付",    "Paid",  true },
        {NULL,        NULL,    false},
    };
    size_t i;
    json_t *row;
    const json_t *payees = json_object_get(view, "payees");
    if (json_array_size(payees) == 0)
        return;
    mz_web_table table =
        mz_web_table_begin(w, "payees", "payees", mz_web_say(w, "付给谁", "To whom"), COLUMNS);
    json_array_foreach(payees, i, row)
    {
        mz_web_row(w, &table, NULL);
        mz_web_cell(w, &table);
        mz_web_party(w, row);
        mz_web_cell_end(w, &table);
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "cap_fen"));
        mz_web_cell_yuan(w, &table, mz_web_number_of(row, "paid_fen"));
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "payees");
}

static void put_payout(mz_web *w, mz_web_table *table, const json_t *row)
{
    mz_web_row(w, table, NULL);
    mz_web_cell(w, table);
    mz_web_entry_link(w, mz_web_number_of(row, "index"));
    mz_web_cell_end(w, table);
    mz_web_cell_day(w, table, mz_web_text_of(row, "booked_on"));
    mz_web_cell(w, table);
    mz_web_party(w, row);
    if (mz_web_true(row, "reversed"))
        mz_web_element(w, "span", "tag warn", mz_web_word(w, "reversed"));
    mz_web_cell_end(w, table);
    mz_web_cell_yuan(w, table, mz_web_number_of(row, "amount_fen"));
    mz_web_cell_yuan(w, table, mz_web_number_of(row, "returned_fen"));
    mz_web_row_end(w, table);
}

static void put_money(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"拨付",       "Payout",   false},
        {"银行日期", "Booked",   false},
        {"付给",       "To",       false},
        {"金额",       "Amount",   true },
        {"退回",       "Returned", true },
        {NULL,           NULL,       false},
    };
    size_t i;
    json_t *row;
    const json_t *payouts = json_object_get(view, "payouts");
    if (json_array_size(json_object_get(view, "draws")) == 0)
        return;
    mz_web_section(w, "money", mz_web_say(w, "钱", "Money"));
    put_draws(w, view);
    put_payees(w, view);
    if (json_array_size(payouts) > 0) {
        mz_web_table table = mz_web_table_begin(w, "payouts", "payouts",
                                                mz_web_say(w, "已拨付", "What was paid"), COLUMNS);
        json_array_foreach(payouts, i, row) put_payout(w, &table, row);
        mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "spending");
    }
    mz_web_close(w, "section");
}

static void put_goods(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"物资",    "Item",        false},
        {"计划",    "Planned",     true },
        {"已发放", "Handed over", true },
        {NULL,        NULL,          false},
    };
    size_t i;
    json_t *row;
    const json_t *goods = json_object_get(view, "goods");
    if (json_array_size(goods) == 0)
        return;
    mz_web_section(w, "goods", mz_web_say(w, "物资", "Goods"));
    mz_web_table table =
        mz_web_table_begin(w, "goods-table", "goods",
                           mz_web_say(w, "计划与发放", "Planned, and handed over"), COLUMNS);
    json_array_foreach(goods, i, row)
    {
        mz_web_row(w, &table, NULL);
        mz_web_cell_text(w, &table, mz_web_text_of(row, "item"));
        mz_web_cell_count(w, &table, mz_web_number_of(row, "quantity"));
        mz_web_cell_count(w, &table, mz_web_number_of(row, "used_quantity"));
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "goods");
    mz_web_close(w, "section");
}

/* ---- who decides ---- */

static void put_panel(mz_web *w, const json_t *panel)
{
    if (panel == NULL)
        return;
    mz_web_format(w, "p", NULL,
                  mz_web_say(w, "同意 %lld，不同意 %lld；需要 %lld 票同意才通过。",
                             "%lld for, %lld against; %lld approvals adopt it."),
                  (long long)mz_web_number_of(panel, "approvals"),
                  (long long)mz_web_number_of(panel, "rejections"),
                  (long long)mz_web_number_of(panel, "needed"));
    if (mz_web_true(panel, "short"))
        mz_web_element(w, "p", "warning",
                       mz_web_say(w, "能表决的人不足半数，等待换届。",
                                  "Too few may vote: it waits for a new committee."));
    if (mz_web_true(panel, "suspended"))
        mz_web_element(w, "p", "warning", mz_web_say(w, "表决暂停。", "Voting is suspended."));
}

static void put_ballots(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"委员",    "Member", false},
        {"票",       "Ballot", false},
        {"届",       "Epoch",  true },
        {"何时",    "When",   false},
        {"哪一笔", "Entry",  false},
        {NULL,        NULL,     false},
    };
    size_t i;
    json_t *row;
    mz_web_table table = mz_web_table_begin(w, "ballots", "ballots",
                                            mz_web_say(w, "每个人的票", "Who voted how"), COLUMNS);
    json_array_foreach(json_object_get(view, "ballots"), i, row)
    {
        mz_web_row(w, &table, NULL);
        mz_web_cell(w, &table);
        mz_web_actor(w, NULL, mz_web_text_of(row, "actor"));
        mz_web_cell_end(w, &table);
        mz_web_cell_text(w, &table, mz_web_word(w, mz_web_text_of(row, "choice")));
        mz_web_cell_count(w, &table, mz_web_number_of(row, "epoch"));
        mz_web_cell(w, &table);
        mz_web_moment(w, mz_web_number_of(row, "at_ms"));
        mz_web_cell_end(w, &table);
        mz_web_cell(w, &table);
        mz_web_entry_link(w, mz_web_number_of(row, "ballot"));
        mz_web_cell_end(w, &table);
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "ballots");
}

static void put_decision(mz_web *w, const json_t *view)
{
    size_t i;
    json_t *row;
    const json_t *recused = json_object_get(view, "recused");
    mz_web_section(w, "decision", mz_web_say(w, "商议与表决", "Consultation and vote"));
    mz_web_facts(w, "facts");
    mz_web_fact_day(w, mz_web_say(w, "征询至", "Consultation until"),
                    mz_web_text_of(view, "consult_to"));
    mz_web_fact_day(w, mz_web_say(w, "表决至", "Vote until"), mz_web_text_of(view, "vote_to"));
    if (json_array_size(recused) > 0) {
        mz_web_fact(w, mz_web_say(w, "回避", "Recused"));
        json_array_foreach(recused, i, row)
        {
            if (i > 0)
                mz_web_put(w, mz_web_say(w, "、", ", "));
            mz_web_actor(w, NULL, mz_web_text_of(row, "actor"));
        }
        mz_web_fact_end(w);
    }
    mz_web_facts_end(w);
    put_panel(w, json_object_get(view, "panel"));
    if (json_array_size(json_object_get(view, "ballots")) > 0)
        put_ballots(w, view);
    mz_web_close(w, "section");
}

static void put_objections(mz_web *w, const json_t *view)
{
    size_t i;
    json_t *row;
    const json_t *rows = json_object_get(view, "objections");
    if (json_array_size(rows) == 0)
        return;
    mz_web_section(w, "objections", mz_web_say(w, "异议", "Objections"));
    mz_web_open(w, "ul", "cards");
    json_array_foreach(rows, i, row)
    {
        mz_web_open(w, "li", NULL);
        mz_web_element(w, "p", "words", mz_web_text_of(row, "text"));
        mz_web_open(w, "p", "quiet");
        mz_web_put(w, mz_web_word(w, mz_web_text_of(row, "channel")));
        mz_web_put(w, mz_web_say(w, "，", ", "));
        mz_web_entry_link(w, mz_web_number_of(row, "index"));
        mz_web_put(w, mz_web_say(w, "；", "; "));
        if (mz_web_true(row, "answered")) {
            mz_web_put(w, mz_web_say(w, "已答复，见", "answered by "));
            mz_web_entry_link(w, mz_web_number_of(row, "answer"));
        } else {
            mz_web_put(w, mz_web_say(w, "尚未答复", "not answered yet"));
        }
        mz_web_close(w, "p");
        mz_web_close(w, "li");
    }
    mz_web_close(w, "ul");
    mz_web_close(w, "section");
}

/* ---- what came of it ---- */

static void put_history(mz_web *w, const json_t *view)
{
    size_t i;
    json_t *row;
    const json_t *rows = json_object_get(view, "history");
    if (json_array_size(rows) == 0)
        return;
    mz_web_section(w, "history", mz_web_say(w, "表决之后", "After the vote"));
    mz_web_open(w, "ol", "timeline");
    json_array_foreach(rows, i, row)
    {
        mz_web_open(w, "li", NULL);
        mz_web_moment(w, mz_web_number_of(row, "at_ms"));
        mz_web_put(w, " ");
        mz_web_element(w, "strong", NULL, mz_web_event(w, mz_web_text_of(row, "event")));
        mz_web_put(w, mz_web_say(w, "，", ", "));
        mz_web_actor(w, NULL, mz_web_text_of(row, "actor"));
        mz_web_put(w, mz_web_say(w, "，", ", "));
        mz_web_entry_link(w, mz_web_number_of(row, "index"));
        if (mz_web_has(row, "reason"))
            mz_web_element(w, "p", "words", mz_web_text_of(row, "reason"));
        if (mz_web_has(row, "summary"))
            mz_web_element(w, "p", "words", mz_web_text_of(row, "summary"));
        mz_web_close(w, "li");
    }
    mz_web_close(w, "ol");
    mz_web_close(w, "section");
}

static void put_rating(mz_web *w, mz_web_table *table, const json_t *rating)
{
    mz_web_row(w, table, NULL);
    mz_web_cell_text(w, table, mz_web_word(w, mz_web_text_of(rating, "rater")));
    mz_web_cell(w, table);
    mz_web_grades(w, json_object_get(rating, "counts"));
    if (!mz_web_true(rating, "latest"))
        mz_web_element(w, "span", "tag", mz_web_say(w, "已有新的", "since renewed"));
    mz_web_cell_end(w, table);
    mz_web_cell(w, table);
    mz_web_entry_link(w, mz_web_number_of(rating, "index"));
    mz_web_cell_end(w, table);
    mz_web_row_end(w, table);
}

static void put_results(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"评议方", "Rater",  false},
        {"评价",    "Rating", false},
        {"哪一笔", "Entry",  false},
        {NULL,        NULL,     false},
    };
    size_t i;
    json_t *rating;
    const json_t *results = json_object_get(view, "results");
    const json_t *seeded = json_object_get(view, "seeded");
    const json_t *ratings = json_object_get(view, "ratings");
    if (results == NULL && seeded == NULL && json_array_size(ratings) == 0)
        return;
    mz_web_section(w, "results", mz_web_say(w, "结果与评议", "Results and ratings"));
    mz_web_facts(w, "figures");
    mz_web_fact_yuan(w, mz_web_say(w, "计划", "Planned"), mz_web_number_of(view, "amount_fen"));
    mz_web_fact_yuan(w, mz_web_say(w, "实付", "Paid"), mz_web_number_of(view, "paid_fen"));
    if (mz_web_number_of(results, "people_served") > 0) {
        mz_web_fact(w, mz_web_say(w, "受益人次", "People served"));
        mz_web_format(w, "span", NULL, "%lld",
                      (long long)mz_web_number_of(results, "people_served"));
        mz_web_fact_end(w);
    }
    if (mz_web_has(results, "per_person_fen"))
        mz_web_fact_yuan(w, mz_web_say(w, "人均", "For each"),
                         mz_web_number_of(results, "per_person_fen"));
    if (seeded != NULL)
        mz_web_fact_yuan(w, mz_web_say(w, "反哺入账", "Came back"),
                         mz_web_number_of(seeded, "confirmed_fen"));
    mz_web_facts_end(w);
    if (json_array_size(ratings) > 0) {
        mz_web_table table =
            mz_web_table_begin(w, "ratings", "ratings", mz_web_say(w, "评议", "Ratings"), COLUMNS);
        json_array_foreach(ratings, i, rating) put_rating(w, &table, rating);
        mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "ratings");
    }
    mz_web_close(w, "section");
}

/* ---- the page ---- */

static mz_status write_proposal(const mz_page_asked *asked, const json_t *origin,
                                const json_t *called, const json_t *view, mz_buf *out,
                                mz_reason *why)
{
    mz_web w;
    char path[MZ_WEB_PATH_SIZE], json[MZ_WEB_PATH_SIZE];
    const char *fund = mz_web_text_of(view, "fund");
    (void)snprintf(path, sizeof path, "/p/%s", mz_web_text_of(view, "proposal"));
    (void)snprintf(json, sizeof json, "/v1/proposals/%s", mz_web_text_of(view, "proposal"));
    const mz_web_frame frame = {.title = mz_web_text_of(view, "title"),
                                .path = path,
                                .json = json,
                                .fund = fund,
                                .fund_name = mz_web_text_of(called, "name"),
                                .origin = origin};
    mz_web_begin(&w, asked, &frame, out);
    mz_web_open(&w, "header", "page");
    mz_web_element(&w, "h1", NULL, mz_web_text_of(view, "title"));
    mz_web_close(&w, "header");
    mz_web_steps(&w, view);
    if (mz_web_true(view, "late"))
        mz_web_element(&w, "p", "warning",
                       mz_web_say(&w, "支付期限已过，项目还没有报完成。",
                                  "The days to pay are over and it was not reported complete."));
    put_facts(&w, view);
    put_why(&w, view);
    put_results(&w, view);
    put_money(&w, view);
    put_goods(&w, view);
    put_decision(&w, view);
    put_objections(&w, view);
    put_history(&w, view);
    return mz_web_end(&w, &frame, why);
}

/* Adds what may be said of the parties. */
static mz_status name_parties(const mz_page_asked *asked, const json_t *rows, mz_reason *why)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        json_t *party = NULL;
        const mz_status status = mz_party_public_view(
            asked->changes, mz_view_of(mz_web_text_of(row, "party")), &party, why);
        if (status != MZ_OK)
            return status;
        const bool failed = party == NULL || json_object_update(row, party) != 0;
        json_decref(party);
        if (failed)
            return mz_refuse(why, MZ_NO_MEMORY);
    }
    return MZ_OK;
}

mz_status mz_page_proposal(const mz_page_asked *asked, mz_view proposal, mz_buf *out,
                           mz_reason *why)
{
    json_t *origin = NULL, *called = NULL, *view = NULL;
    mz_status status = mz_origin_view(asked->changes, &origin, why);
    if (status == MZ_OK)
        status = mz_proposal_view(asked->changes, proposal, asked->now_ms, &view, why);
    if (status == MZ_OK)
        status = mz_fund_called_view(asked->changes, mz_view_of(mz_web_text_of(view, "fund")),
                                     &called, why);
    if (status == MZ_OK)
        status = name_parties(asked, json_object_get(view, "payees"), why);
    if (status == MZ_OK)
        status = name_parties(asked, json_object_get(view, "payouts"), why);
    if (status == MZ_OK)
        status = write_proposal(asked, origin, called, view, out, why);
    json_decref(called);
    json_decref(view);
    json_decref(origin);
    return status;
}
