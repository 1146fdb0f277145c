/* fund_accounts.c — a fund's flows, goods, sources, statements and people. */
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "pages/web.h"

/* ---- flows ---- */

void mz_web_sums(mz_web *w, const json_t *figures)
{
    static const struct {
        const char *name, *zh, *en;
        bool always;
    } SUMS[] = {
        {"opening_fen",     "期初余额",                "Opening balance",       true },
        {"income_fen",      "收入",                      "Income",                true },
        {"spending_fen",    "支出",                      "Spending",              true },
        {"returned_fen",    "拨付退回",                "Payouts returned",      false},
        {"corrections_fen", "更正",                      "Corrections",           false},
        {"moved_fen",       "基金间划转",             "Moved between funds",   false},
        {"closing_fen",     "期末余额",                "Closing balance",       true },
        {"reserved_fen",    "其中已决定、未支付", "Of it decided, unpaid", false},
    };
    mz_web_facts(w, "sums");
    for (size_t i = 0; i < sizeof SUMS / sizeof SUMS[0]; i++) {
        if (SUMS[i].always || mz_web_number_of(figures, SUMS[i].name) != 0)
            mz_web_fact_yuan(w, mz_web_say(w, SUMS[i].zh, SUMS[i].en),
                             mz_web_number_of(figures, SUMS[i].name));
    }
    mz_web_facts_end(w);
}

typedef struct flow {
    const char *id, *lines, *member, *sum, *file, *sheet;
    const char *title_zh, *title_en, *none_zh, *none_en;
} flow;

static void put_flow(mz_web *w, const json_t *figures, const flow *of, const char *fund)
{
    static const mz_web_column COLUMNS[] = {
        {"类别", "Kind",   false},
        {"金额", "Amount", true },
        {"占比", "Share",  false},
        {NULL,     NULL,     false},
    };
    size_t i;
    json_t *line;
    const json_t *lines = json_object_get(figures, of->lines);
    const int64_t whole_fen = mz_web_number_of(figures, of->sum);
    if (json_array_size(lines) == 0) {
        mz_web_element(w, "h3", NULL, mz_web_say(w, of->title_zh, of->title_en));
        mz_web_element(w, "p", NULL, mz_web_say(w, of->none_zh, of->none_en));
        return;
    }
    mz_web_table table =
        mz_web_table_begin(w, of->id, of->file, mz_web_say(w, of->title_zh, of->title_en), COLUMNS);
    json_array_foreach(lines, i, line)
    {
        const int64_t amount_fen = mz_web_number_of(line, "amount_fen");
        mz_web_row(w, &table, NULL);
        mz_web_cell_text(w, &table, mz_web_word(w, mz_web_text_of(line, of->member)));
        mz_web_cell_yuan(w, &table, amount_fen);
        mz_web_cell_share(w, &table, amount_fen, whole_fen);
        mz_web_row_end(w, &table);
    }
    mz_web_table_end(w, &table, fund, of->sheet);
}

void mz_web_flows(mz_web *w, const json_t *figures, const char *fund)
{
    static const flow IN = {
        .id = "income",
        .lines = "income",
        .member = "kind",
        .sum = "income_fen",
        .file = "income-by-kind",
        .sheet = "income",
        .title_zh = "钱从哪里来",
        .title_en = "Where money came from",
        .none_zh = "这段时间没有收入。",
        .none_en = "Nothing came in.",
    };
    static const flow OUT = {
        .id = "spending",
        .lines = "spending",
        .member = "category",
        .sum = "spending_fen",
        .file = "spending-by-category",
        .sheet = "spending",
        .title_zh = "钱用到哪里去",
        .title_en = "Where money went",
        .none_zh = "这段时间没有支出。",
        .none_en = "Nothing was paid.",
    };
    put_flow(w, figures, &IN, fund);
    put_flow(w, figures, &OUT, fund);
}

/* ---- goods ---- */

static void put_quantity(mz_web *w, mz_web_table *table, const json_t *item, const char *move)
{
    const json_t *amount = json_object_get(item, move);
    mz_web_cell_count(w, table, mz_web_number_of(amount, "quantity"));
}

static void put_item(mz_web *w, mz_web_table *table, const json_t *item)
{
    char stock[64];
    (void)snprintf(stock, sizeof stock, "%lld ", (long long)mz_web_number_of(item, "stock"));
    mz_web_row(w, table, NULL);
    mz_web_cell(w, table);
    mz_web_element(w, "span", "id", mz_web_text_of(item, "item"));
    mz_web_cell_end(w, table);
    mz_web_cell(w, table);
    mz_web_put(w, stock);
    mz_web_put(w, mz_web_text_of(item, "unit"));
    mz_web_cell_end(w, table);
    put_quantity(w, table, item, "received");
    put_quantity(w, table, item, "issued");
    put_quantity(w, table, item, "sold");
    put_quantity(w, table, item, "written_off");
    mz_web_row_end(w, table);
}

void mz_web_goods(mz_web *w, const json_t *view, const json_t *goods)
{
    static const mz_web_column COLUMNS[] = {
        {"物资", "Item",        false},
        {"库存", "In stock",    true },
        {"收到", "Received",    true },
        {"发放", "Issued",      true },
        {"义卖", "Sold",        true },
        {"核销", "Written off", true },
        {NULL,     NULL,          false},
    };
    size_t i;
    json_t *item;
    const json_t *items = json_object_get(goods, "items");
    mz_web_section(w, "goods", mz_web_say(w, "物资", "Goods"));
    if (json_array_size(items) == 0) {
        mz_web_element(w, "p", NULL, mz_web_say(w, "没有登记过物资。", "No goods were recorded."));
    } else {
        mz_web_table table = mz_web_table_begin(
            w, "goods-table", NULL,
            mz_web_say(w, "收到、发放与库存", "What came in, went out, is left"), COLUMNS);
        json_array_foreach(items, i, item) put_item(w, &table, item);
        mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "stock");
    }
    if (mz_web_has(goods, "next"))
        mz_web_element(w, "p", "quiet",
                       mz_web_say(w, "以上是最近的 100 种；其余见文件。",
                                  "These are the newest 100; the file has all."));
    mz_web_close(w, "section");
}

/* ---- sources ---- */

static void put_source(mz_web *w, mz_web_table *table, const json_t *row)
{
    mz_web_row(w, table, NULL);
    mz_web_cell(w, table);
    if (mz_web_has(row, "party"))
        mz_web_party(w, row);
    else
        mz_web_element(w, "span", "id", mz_web_text_of(row, "source"));
    mz_web_cell_end(w, table);
    mz_web_cell_text(w, table, mz_web_word(w, mz_web_text_of(row, "kind")));
    mz_web_cell_text(w, table, mz_web_text_of(row, "service_type"));
    mz_web_cell(w, table);
    mz_web_day(w, mz_web_text_of(row, "signed_on"));
    mz_web_put(w, " – ");
    if (mz_web_has(row, "ends_on"))
        mz_web_day(w, mz_web_text_of(row, "ends_on"));
    if (mz_web_true(row, "ended"))
        mz_web_element(w, "span", "tag", mz_web_say(w, "已终止", "ended"));
    mz_web_cell_end(w, table);
    mz_web_cell_yuan(w, table, mz_web_number_of(row, "confirmed_fen"));
    mz_web_row_end(w, table);
}

void mz_web_sources(mz_web *w, const json_t *view)
{
    static const mz_web_column COLUMNS[] = {
        {"来源",       "Source",     false},
        {"类别",       "Kind",       false},
        {"服务内容", "Service",    false},
        {"协议期限", "Agreement",  false},
        {"累计入账", "Brought in", true },
        {NULL,           NULL,         false},
    };
    size_t i;
    json_t *row;
    const json_t *rows = json_object_get(view, "sources");
    mz_web_section(w, "sources", mz_web_say(w, "来源与协议", "Sources and their agreements"));
    if (json_array_size(rows) == 0) {
        mz_web_element(w, "p", NULL,
                       mz_web_say(w, "没有登记过来源。", "No source was registered."));
    } else {
        mz_web_table table = mz_web_table_begin(
            w, "sources-table", NULL,
            mz_web_say(w, "合作方、集市与微业", "Partners, markets, micro-enterprises"), COLUMNS);
        json_array_foreach(rows, i, row) put_source(w, &table, row);
        mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "sources");
    }
    if (mz_web_true(view, "more_sources"))
        mz_web_element(w, "p", "quiet",
                       mz_web_say(w, "以上是最近登记的；其余见文件。",
                                  "These are the newest; the file has all."));
    mz_web_close(w, "section");
}

/* ---- statements ---- */

/* The next one, and a plain warning when it is late. */
static void put_due(mz_web *w, const json_t *view, int64_t now_ms)
{
    int32_t due = 0;
    const json_t *statement = json_object_get(view, "statement");
    const bool known = mz_day_parse(mz_view_of(mz_web_text_of(statement, "due_on")), &due);
    if (!known || strcmp(mz_web_text_of(view, "state"), "closed") == 0)
        return;
    const bool late = now_ms >= mz_day_end_ms(due);
    mz_web_open(w, "p", late ? "warning" : NULL);
    if (late)
        mz_web_element(w, "strong", NULL,
                       mz_web_say(w, "公示已逾期。", "The statement is overdue. "));
    mz_web_put(w, mz_web_say(w, "从 ", "The account from "));
    mz_web_day(w, mz_web_text_of(statement, "next_from"));
    mz_web_put(w, late ? mz_web_say(w, " 起的账目，本应不迟于 ", " was due by ")
                       : mz_web_say(w, " 起的账目，应不迟于 ", " is due by "));
    mz_web_day(w, mz_web_text_of(statement, "due_on"));
    mz_web_put(w, mz_web_say(w, " 公示。", "."));
    mz_web_close(w, "p");
}

static void put_reconciliation(mz_web *w, const json_t *view)
{
    const json_t *bank = json_object_get(view, "reconciliation");
    const int64_t missing = mz_web_number_of(bank, "missing_count");
    if (mz_web_has(bank, "month")) {
        mz_web_open(w, "p", NULL);
        mz_web_put(w, mz_web_say(w, "与银行对账已到 ", "Reconciled to the bank up to "));
        mz_web_month(w, mz_web_text_of(bank, "month"));
        mz_web_put(w, mz_web_say(w, "，见", ": "));
        mz_web_entry_link(w, mz_web_number_of(bank, "index"));
        mz_web_put(w, mz_web_say(w, "。", "."));
        mz_web_close(w, "p");
    }
    if (missing > 0)
        mz_web_format(w, "p", "warning",
                      mz_web_say(w, "有 %lld 个月还没有与银行对账。",
                                 "%lld months are not reconciled to the bank."),
                      (long long)missing);
}

void mz_web_statements(mz_web *w, const json_t *view, int64_t now_ms)
{
    static const mz_web_column COLUMNS[] = {
        {"公示的期间", "Period",          false},
        {"期末余额",    "Closing balance", true },
        {"公示",          "Statement",       false},
        {NULL,              NULL,              false},
    };
    size_t i;
    json_t *row;
    const json_t *rows = json_object_get(view, "statements");
    mz_web_section(w, "statements", mz_web_say(w, "公示与对账", "Statements and the bank"));
    put_due(w, view, now_ms);
    put_reconciliation(w, view);
    if (json_array_size(rows) > 0) {
        mz_web_table table =
            mz_web_table_begin(w, "statements-table", NULL,
                               mz_web_say(w, "最近的公示", "The latest statements"), COLUMNS);
        json_array_foreach(rows, i, row)
        {
            mz_web_row(w, &table, NULL);
            mz_web_cell(w, &table);
            mz_web_day(w, mz_web_text_of(row, "from"));
            mz_web_put(w, " – ");
            mz_web_day(w, mz_web_text_of(row, "to"));
            mz_web_cell_end(w, &table);
            mz_web_cell_yuan(w, &table, mz_web_number_of(row, "closing_fen"));
            mz_web_cell(w, &table);
            mz_web_entry_link(w, mz_web_number_of(row, "index"));
            mz_web_cell_end(w, &table);
            mz_web_row_end(w, &table);
        }
        mz_web_table_end(w, &table, mz_web_text_of(view, "fund"), "statements");
    }
    mz_web_close(w, "section");
}

/* ---- people ---- */

static void put_seats(mz_web *w, const char *term, const json_t *people)
{
    size_t i;
    json_t *person;
    if (json_array_size(people) == 0)
        return;
    mz_web_fact(w, term);
    json_array_foreach(people, i, person)
    {
        if (i > 0)
            mz_web_put(w, mz_web_say(w, "、", ", "));
        mz_web_actor(w, NULL, mz_web_text_of(person, "actor"));
        if (!mz_web_true(person, "in_effect"))
            mz_web_put(w, mz_web_say(w, "（已离任）", " (retired)"));
    }
    mz_web_fact_end(w);
}

static void put_committee(mz_web *w, const json_t *committee)
{
    mz_web_element(w, "h3", NULL, mz_web_say(w, "管理委员会：决定用款", "The committee decides"));
    if (committee == NULL) {
        mz_web_element(w, "p", NULL,
                       mz_web_say(w, "委员会尚未就任。", "No committee is seated yet."));
        return;
    }
    if (mz_web_true(committee, "term_over"))
        mz_web_element(w, "p", "warning",
                       mz_web_say(w, "任期已满，表决暂停，等待换届。",
                                  "The term is over: voting is suspended until the next "
                                  "committee is seated."));
    mz_web_facts(w, "facts");
    mz_web_fact(w, mz_web_say(w, "主任", "Chair"));
    mz_web_actor(w, NULL, mz_web_text_of(committee, "chair"));
    mz_web_fact_end(w);
    put_seats(w, mz_web_say(w, "委员", "Members"), json_object_get(committee, "members"));
    put_seats(w, mz_web_say(w, "候补", "Alternates"), json_object_get(committee, "alternates"));
    put_seats(w, mz_web_say(w, "监督员", "Supervisors"), json_object_get(committee, "supervisors"));
    mz_web_fact_day(w, mz_web_say(w, "任期至", "Term ends"),
                    mz_web_text_of(committee, "term_ends"));
    mz_web_facts_end(w);
}

static void put_handlers(mz_web *w, const json_t *handled)
{
    size_t i;
    json_t *row;
    if (json_array_size(handled) == 0)
        return;
    mz_web_element(w, "h3", NULL, mz_web_say(w, "最近的经办人", "Who acted last"));
    mz_web_facts(w, "facts");
    json_array_foreach(handled, i, row)
    {
        mz_web_fact(w, mz_web_event(w, mz_web_text_of(row, "event")));
        mz_web_actor(w, mz_web_text_of(row, "role"), mz_web_text_of(row, "actor"));
        mz_web_put(w, mz_web_say(w, "，", ", "));
        mz_web_moment(w, mz_web_number_of(row, "at_ms"));
        mz_web_fact_end(w);
    }
    mz_web_facts_end(w);
}

void mz_web_people(mz_web *w, const json_t *view, const json_t *origin)
{
    const json_t *charity = json_object_get(origin, "charity");
    mz_web_section(w, "people", mz_web_say(w, "谁负责", "Who answers for it"));
    put_committee(w, json_object_get(view, "committee"));
    mz_web_element(w, "h3", NULL,
                   mz_web_say(w, "慈善总会：审核并支付", "The charity examines and pays"));
    mz_web_facts(w, "facts");
    mz_web_fact_text(w, mz_web_say(w, "名称", "Name"), mz_web_text_of(charity, "name"));
    mz_web_fact_text(w, mz_web_say(w, "统一社会信用代码", "Credit code"),
                     mz_web_text_of(charity, "credit_code"));
    mz_web_facts_end(w);
    put_handlers(w, json_object_get(view, "handled"));
    mz_web_element(w, "p", "quiet",
                   mz_web_say(w,
                              "这里只写职务和编号，不写个人姓名。编号与人员的对应由慈善总会登记。",
                              "Offices and identifiers are given here, never names of persons. "
                              "The charity keeps who is who."));
    mz_web_close(w, "section");
}
