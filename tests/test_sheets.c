/* test_sheets.c — the tables of a ledger: a small history in two funds with everything that a table
 * tells apart, against golden files, against the views, and against each other to the fen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/csv.h"
#include "core/date.h"
#include "core/money.h"
#include "core/uuid.h"
#include "core/views.h"
#include "golden.h"
#include "log/files.h"
#include "log_fixture.h"

#define ENTRIES_MAX 256
#define CSV_SIZE_MAX ((size_t)1 << 20)
#define DAY ((int64_t)MZ_DAY_MS)

typedef struct world {
    char root[64], dir[80];
    mz_signer signer;
    mz_log *log;
    uint64_t count;
    int64_t now_ms;
    char jti[ENTRIES_MAX][MZ_UUID_TEXT_SIZE];
} world;

static world *the_world;

/* ---- writing ---- */

static void submit(world *w, mz_buf *text)
{
    mz_submission submission;
    mz_reason why = {0};
    uint8_t jti[16];
    assert_true(w->count < ENTRIES_MAX);
    mz_sample_jti(w->count, w->now_ms, jti);
    mz_uuid_text(jti, w->jti[w->count]);
    mz_submission_init(&submission, mz_buf_view(text));
    assert_int_equal(mz_log_append(w->log, &submission, 1, w->now_ms, &why), MZ_OK);
    if (submission.status != MZ_OK) {
        char sentence[512];
        mz_reason_text(&submission.why, MZ_ENGLISH, sentence, sizeof sentence);
        fail_msg("entry %d: %s", (int)w->count, sentence);
    }
    w->count++;
    mz_submission_clear(&submission);
}

/* One entry; `@` in the body stands for the jti of entry `cited`. */
static uint64_t put(world *w, const char *who, const char *event, const char *fund,
                    const char *body, uint64_t cited)
{
    char made[2048];
    mz_buf text;
    const char *at = strchr(body, '@');
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    if (at == NULL)
        snprintf(made, sizeof made, "%s", body);
    else
        snprintf(made, sizeof made, "%.*s%s%s", (int)(at - body), body, w->jti[cited], at + 1);
    w->now_ms += 60000;
    mz_sample_sign(who, w->count, w->now_ms, event, fund, made, &text);
    submit(w, &text);
    mz_buf_clear(&text);
    return w->count - 1;
}

static void enrol(world *w, const char *actor, const char *role, const char *more)
{
    mz_buf enrolled, confirmed;
    mz_buf_init(&enrolled, MZ_JWS_SIZE_MAX);
    mz_buf_init(&confirmed, MZ_JWS_SIZE_MAX);
    w->now_ms += 60000;
    mz_sample_enrol(actor, role, more, w->count, w->now_ms, &enrolled, &confirmed);
    submit(w, &enrolled);
    submit(w, &confirmed);
    mz_buf_clear(&enrolled);
    mz_buf_clear(&confirmed);
}

static void vote(world *w, const char *who, const char *proposal, const char *choice)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *body = json_pack("{s:s, s:s}", "proposal", proposal, "choice", choice);
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    assert_int_equal(
        mz_ballot_complete(mz_snapshot_changes(snapshot), mz_view_of(who), body, w->now_ms, &why),
        MZ_OK);
    mz_snapshot_close(snapshot);
    char *text = json_dumps(body, JSON_COMPACT);
    put(w, who, "vote.cast", "fund-a", text, 0);
    free(text);
    json_decref(body);
}

static void people(world *w)
{
    static const char *const MEMBERS[] = {"mem-a", "mem-b", "mem-c"};
    enrol(w, "aud-a", "auditor", "");
    put(w, "reg-a", "fund.opened", "fund-a",
        "{'name':'闻韶社区基金','community':'闻韶社区','agreement_no':'1','account':'bank-a',"
        "'profile':{}}",
        0);
    put(w, "reg-a", "fund.opened", "fund-b",
        "{'name':'=辛东基金, \\'东\\'','community':'辛东','agreement_no':'2','account':'bank-a',"
        "'profile':{}}",
        0);
    put(w, "reg-a", "fund.opened", "fund-c",
        "{'name':'大世界','community':'大世界','agreement_no':'3','account':'bank-c',"
        "'profile':{}}",
        0);
    enrol(w, "stew-a", "steward", ",'funds':['fund-a','fund-b']");
    for (size_t i = 0; i < 3; i++)
        enrol(w, MEMBERS[i], "member", "");
    enrol(w, "alt-a", "member", "");
    enrol(w, "rev-a", "reviewer", "");
    enrol(w, "cash-a", "cashier", "");
    const uint64_t seated =
        put(w, "reg-a", "committee.seated", "fund-a",
            "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':['alt-a'],"
            "'supervisors':[],'term_ends':'2029-03-01'}",
            0);
    put(w, "reg-b", "registry.confirmed", "fund-a", "{'target':'@'}", seated);
}

static void party(world *w, const char *body)
{
    const uint64_t registered = put(w, "stew-a", "party.registered", NULL, body, 0);
    put(w, "rev-a", "party.verified", NULL, "{'registration':'@'}", registered);
}

static void things(world *w)
{
    party(w, "{'party':'lifa','kind':'person','name':'canary-name'}");
    party(w, "{'party':'builder','kind':'organisation','name':'canary-organisation',"
             "'credit_code':'9937030000000014XX'}");
    put(w, "reg-a", "purpose.defined", "fund-a",
        "{'purpose':'elders','text':'敬老','categories':['activity','care']}", 0);
    put(w, "stew-a", "source.registered", "fund-a",
        "{'source':'canteen','kind':'partner','party':'builder','agreement':{'service_type':"
        "'+助餐','hours':'每日','operation':'自营','liability':'合作方','share':'每月'},"
        "'gratuitous':false,'signed_on':'2026-03-01','evidence':[{'sha256':"
        "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','size':0,"
        "'media_type':'text/plain','name':'agreement.txt','visibility':'public'}]}",
        0);
}

/* Confirmed, unconfirmed, declined, reversed, and one whose confirmation was reversed. */
static void incomes(world *w)
{
    static const char DONATION[] = "{'kind':'donation','amount_fen':500000,'received_on':"
                                   "'2026-03-02','purpose':'general','party':'lifa'}";
    static const char CONFIRM[] = "{'income':'@','amount_fen':500000,'purpose':'general',"
                                  "'booked_on':'2026-03-02','bank_ref':'-B1','receipt_no':'R1'}";
    uint64_t income = put(w, "stew-a", "income.recorded", "fund-a", DONATION, 0);
    put(w, "cash-a", "income.confirmed", "fund-a", CONFIRM, income);
    income = put(w, "stew-a", "income.recorded", "fund-a",
                 "{'kind':'partner_share','amount_fen':12345,'received_on':'2026-03-02',"
                 "'purpose':'elders','source':'canteen','earned_to':'2026-03-01'}",
                 0);
    put(w, "cash-a", "income.confirmed", "fund-a",
        "{'income':'@','amount_fen':12345,'purpose':'elders','booked_on':'2026-03-02',"
        "'bank_ref':'B2','receipt_waived':'canary-reason'}",
        income);
    put(w, "stew-a", "income.recorded", "fund-a",
        "{'kind':'partner_share','amount_fen':7,'received_on':'2026-03-02','purpose':'general',"
        "'source':'canteen','earned_to':'2026-03-01','note':'canary-note'}",
        0);
    income =
        put(w, "stew-a", "income.recorded", "fund-a",
            "{'kind':'other','amount_fen':11,'received_on':'2026-03-02','purpose':'general'}", 0);
    put(w, "cash-a", "income.declined", "fund-a", "{'income':'@','reason':'canary-reason'}",
        income);
    income =
        put(w, "stew-a", "income.recorded", "fund-a",
            "{'kind':'other','amount_fen':13,'received_on':'2026-03-02','purpose':'general'}", 0);
    put(w, "stew-a", "entry.reversed", "fund-a", "{'target':'@','reason':'canary-reason'}", income);
    income = put(w, "stew-a", "income.recorded", "fund-a",
                 "{'kind':'interest','amount_fen':17,'received_on':'2026-03-02',"
                 "'purpose':'general'}",
                 0);
    income = put(w, "cash-a", "income.confirmed", "fund-a",
                 "{'income':'@','amount_fen':17,'purpose':'general','booked_on':'2026-03-02',"
                 "'bank_ref':'B3','receipt_no':'R3'}",
                 income);
    put(w, "cash-a", "entry.reversed", "fund-a", "{'target':'@','reason':'canary-reason'}", income);
}

/* p-1 is paid in three parts: one stands with a return, one return was reversed, one payout was
 * reversed. p-2 is voted on, with a replaced ballot and one voided by recusal. p-3 expires. */
static void proposals(world *w)
{
    put(w, "stew-a", "proposal.filed", "fund-a",
        "{'proposal':'p-1','title':'=HYPERLINK(\\'x\\'),重阳','category':'activity','why':"
        "'canary-reason','payees':[{'party':'lifa','cap_fen':300000},{'party':'builder',"
        "'cap_fen':200000}],'draws':[{'purpose':'elders','amount_fen':10000},{'purpose':"
        "'general','amount_fen':290000}],'goods':[{'item':'rice','quantity':6}]}",
        0);
    put(w, "stew-a", "proposal.filed", "fund-a",
        "{'proposal':'p-2','title':'修缮','category':'repair','why':'漏水','planned_end':"
        "'2026-06-30','payees':[{'party':'builder','cap_fen':100}],'draws':[{'purpose':"
        "'general','amount_fen':100}]}",
        0);
    w->now_ms += 9 * DAY;
    vote(w, "mem-a", "p-1", "reject");
    vote(w, "mem-a", "p-1", "approve");
    vote(w, "mem-b", "p-1", "approve");
    vote(w, "mem-a", "p-2", "reject");
    put(w, "mem-a", "member.recused", "fund-a", "{'proposal':'p-2','reason':'canary-reason'}", 0);
    vote(w, "alt-a", "p-2", "approve");
    put(w, "mem-a", "application.sent", "fund-a", "{'proposal':'p-1'}", 0);
    put(w, "rev-a", "application.approved", "fund-a",
        "{'proposal':'p-1','draws':[{'purpose':'elders','amount_fen':10000},{'purpose':'general',"
        "'amount_fen':190000}]}",
        0);
}

static void payments(world *w)
{
    uint64_t paid = put(w, "cash-a", "payout.made", "fund-a",
                        "{'proposal':'p-1','party':'lifa','draws':[{'purpose':'elders',"
                        "'amount_fen':10000},{'purpose':'general','amount_fen':100001}],"
                        "'booked_on':'2026-03-11','bank_ref':'B4'}",
                        0);
    put(w, "cash-a", "payout.returned", "fund-a",
        "{'payout':'@','amount_fen':101,'booked_on':'2026-03-11','bank_ref':'B5'}", paid);
    const uint64_t returned =
        put(w, "cash-a", "payout.returned", "fund-a",
            "{'payout':'@','amount_fen':50,'booked_on':'2026-03-11','bank_ref':'B6'}", paid);
    put(w, "cash-a", "entry.reversed", "fund-a", "{'target':'@','reason':'canary-reason'}",
        returned);
    paid = put(w, "cash-a", "payout.made", "fund-a",
               "{'proposal':'p-1','party':'builder','draws':[{'purpose':'general','amount_fen':"
               "999}],'booked_on':'2026-03-11','bank_ref':'B7'}",
               0);
    put(w, "rev-a", "entry.reversed", "fund-a",
        "{'target':'@','reason':'canary-reason','evidence':[{'sha256':"
        "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','size':0,"
        "'media_type':'text/plain','name':'bank.txt','visibility':'sealed'}]}",
        paid);
    put(w, "cash-a", "payout.made", "fund-a",
        "{'proposal':'p-1','party':'builder','draws':[{'purpose':'general','amount_fen':2000}],"
        "'booked_on':'2026-03-11','bank_ref':'B8'}",
        0);
}

#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',"    \
    "'size':0,'media_type':'text/plain','name':'x.txt','visibility':'public'}]}"

/* Received with and without a value, one unconfirmed; issued, sold, written off, taken back. */
static void goods(world *w)
{
    static const char CONFIRM[] = "{'target':'@'}";
    uint64_t index = put(w, "stew-a", "goods.received", "fund-a",
                         "{'item':'rice','unit':'-袋','quantity':10,'value_fen':45000,'basis':"
                         "'canary-reason','party':'builder'}",
                         0);
    put(w, "mem-b", "goods.confirmed", "fund-a", CONFIRM, index);
    index = put(w, "stew-a", "goods.received", "fund-a",
                "{'item':'rice','unit':'-袋','quantity':5,'value_fen':null,'basis':"
                "'canary-reason'}",
                0);
    put(w, "mem-b", "goods.confirmed", "fund-a", CONFIRM, index);
    put(w, "stew-a", "goods.received", "fund-a",
        "{'item':'quilt','unit':'床','quantity':3,'value_fen':null,'basis':'canary-reason'}", 0);
    index = put(w, "stew-a", "goods.issued", "fund-a",
                "{'item':'rice','quantity':4,'value_fen':18000,'proposal':'p-1',"
                "'recipient_count':4}",
                0);
    put(w, "mem-c", "goods.confirmed", "fund-a", CONFIRM, index);
    index = put(w, "stew-a", "goods.issued", "fund-a",
                "{'item':'rice','quantity':1,'value_fen':null,'proposal':'p-1',"
                "'recipient_count':1}",
                0);
    put(w, "stew-a", "entry.reversed", "fund-a", "{'target':'@','reason':'canary-reason'}", index);
    put(w, "stew-a", "goods.sold", "fund-a",
        "{'item':'rice','quantity':2,'value_fen':9000,'income':'@'}", 28);
    put(w, "stew-a", "goods.written_off", "fund-a",
        "{'item':'rice','quantity':1,'value_fen':null,'reason':'canary-reason','proposal':'p-1'}",
        0);
}

/* A project completed and rated; a wish listed, endorsed and paid; the account reconciled. */
static void account(world *w)
{
    put(w, "stew-a", "project.completed", "fund-a",
        "{'proposal':'p-1','summary':'canary-reason','people_served':40}", 0);
    put(w, "stew-a", "project.rated", "fund-a",
        "{'proposal':'p-1','rater':'residents','counts':[{'grade':'very_satisfied','count':30},"
        "{'grade':'dissatisfied','count':1}]," EVIDENCE,
        0);
    put(w, "stew-a", "need.listed", "fund-a",
        "{'need':'wish-1','kind':'wishes','item':'lamp','count':1,'channel':'wish_box'}", 0);
    put(w, "mem-b", "need.endorsed", "fund-a", "{'need':'wish-1'}", 0);
    put(w, "mem-c", "need.endorsed", "fund-a", "{'need':'wish-1'}", 0);
    put(w, "stew-a", "proposal.filed", "fund-a",
        "{'proposal':'p-4','title':'微心愿','category':'wishes','why':'圆梦','planned_end':"
        "'2026-12-31','item_cap_fen':1000,'payees':[],'draws':[{'purpose':'general',"
        "'amount_fen':5000}]}",
        0);
    w->now_ms += 9 * DAY;
    vote(w, "mem-b", "p-4", "approve");
    vote(w, "mem-c", "p-4", "approve");
    put(w, "mem-a", "application.sent", "fund-a", "{'proposal':'p-4'}", 0);
    put(w, "rev-a", "application.approved", "fund-a",
        "{'proposal':'p-4','draws':[{'purpose':'general','amount_fen':5000}]}", 0);
    put(w, "cash-a", "payout.made", "fund-a",
        "{'proposal':'p-4','party':'lifa','draws':[{'purpose':'general','amount_fen':800}],"
        "'booked_on':'2026-03-21','bank_ref':'B10','need':'wish-1'}",
        0);
    w->now_ms += 12 * DAY; /* into April */
    put(w, "rev-a", "balance.reconciled", NULL,
        "{'account':'bank-a','month':'2026-03','bank_balance_fen':401995,'outside_fen':2000,"
        "'differences':[{'amount_fen':-200,'reason':'canary-reason'},{'amount_fen':300,'reason':"
        "'canary-reason'}],'balances':[{'fund':'fund-a','balance_fen':399645},{'fund':'fund-b',"
        "'balance_fen':250}]," EVIDENCE,
        0);
}

static void publish(world *w)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *body = NULL;
    w->now_ms += DAY;
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    assert_int_equal(mz_statement_view(mz_snapshot_changes(snapshot), mz_view_of("fund-a"),
                                       mz_day_of_ms(w->now_ms) - 1, w->now_ms, &body, &why),
                     MZ_OK);
    mz_snapshot_close(snapshot);
    char *text = json_dumps(body, JSON_COMPACT);
    put(w, "mem-a", "statement.published", "fund-a", text, 0);
    free(text);
    json_decref(body);
    const uint64_t income = put(w, "stew-a", "income.recorded", "fund-b",
                                "{'kind':'donation','amount_fen':250,'received_on':'2026-03-12',"
                                "'purpose':'general'}",
                                0);
    put(w, "cash-a", "income.confirmed", "fund-b",
        "{'income':'@','amount_fen':250,'purpose':'general','booked_on':'2026-03-12',"
        "'bank_ref':'B9','receipt_no':'R9'}",
        income);
}

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    const char *parent = getenv("TMPDIR");
    snprintf(w->root, sizeof w->root, "%s/mz-sheets-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(w->root));
    snprintf(w->dir, sizeof w->dir, "%s/ledger", w->root);
    mz_sample_signer("log", &w->signer);
    mz_log_options options = {.dir = w->dir, .signers = &w->signer, .signer_count = 1};
    mz_buf genesis;
    mz_reason why = {0};
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    w->now_ms = MZ_SAMPLE_START_MS;
    mz_sample_genesis(w->now_ms, &genesis);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&genesis), w->now_ms, &w->log, &why),
                     MZ_OK);
    mz_buf_clear(&genesis);
    w->count = 1;
    people(w);
    things(w);
    incomes(w);
    proposals(w);
    payments(w);
    publish(w);
    goods(w);
    account(w);
    the_world = w;
    (void)state;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (the_world == NULL)
        return 0; /* the history could not be made */
    mz_log_close(the_world->log);
    mz_folder_remove(the_world->root);
    free(the_world);
    return 0;
}

/* ---- reading ---- */

typedef struct csv {
    mz_buf text;
    mz_language language;
    size_t rows;
} csv;

static mz_status add_row(void *context, const mz_sheet *sheet, const mz_cell *cells, mz_reason *why)
{
    csv *made = context;
    (void)why;
    mz_csv_put_row(&made->text, sheet, cells, made->language);
    made->rows++;
    return MZ_OK;
}

static mz_status read_csv(const char *code, const char *fund, mz_language language, csv *made)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    const mz_sheet *sheet = mz_sheet_named(mz_view_of(code));
    assert_non_null(sheet);
    *made = (csv){.language = language};
    mz_buf_init(&made->text, CSV_SIZE_MAX);
    mz_csv_put_head(&made->text, sheet, language);
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    const mz_status status =
        mz_sheet_read(sheet, mz_snapshot_txn(snapshot), the_world->now_ms + 30 * DAY,
                      mz_view_of(fund), add_row, made, &why);
    mz_snapshot_close(snapshot);
    assert_int_equal(why.status, status);
    assert_false(made->text.failed);
    return status;
}

/* Every table in both languages is as it was looked at once. */
static void check_golden(void **state)
{
    size_t count;
    char name[64];
    csv made;
    (void)state;
    const mz_sheet *sheets = mz_sheets(&count);
    for (size_t i = 0; i < count; i++) {
        for (int language = MZ_CHINESE; language <= MZ_ENGLISH; language++) {
            assert_int_equal(read_csv(sheets[i].code, "", (mz_language)language, &made), MZ_OK);
            snprintf(name, sizeof name, "sheets/%s.%s.csv", sheets[i].code,
                     language == MZ_CHINESE ? "zh" : "en");
            golden_check(name, mz_buf_view(&made.text));
            mz_buf_clear(&made.text);
        }
    }
}

/* No table holds a sealable name, a note or a reason. */
static void check_privacy(void **state)
{
    size_t count;
    csv made;
    (void)state;
    const mz_sheet *sheets = mz_sheets(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(read_csv(sheets[i].code, "", MZ_ENGLISH, &made), MZ_OK);
        assert_null(strstr((const char *)made.text.data, "canary"));
        mz_buf_clear(&made.text);
    }
}

static void check_fund(void **state)
{
    static const struct {
        const char *code, *fund;
        size_t rows;
    } CASES[] = {
        {"summary",        "",       3},
        {"summary",        "fund-b", 1},
        {"income",         "",       7},
        {"income",         "fund-a", 6},
        {"income",         "fund-b", 1},
        {"ballots",        "fund-b", 0},
        {"reconciliation", "",       1},
        {"reconciliation", "fund-b", 1},
        {"reconciliation", "fund-c", 0},
    };
    csv made;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(read_csv(CASES[i].code, CASES[i].fund, MZ_ENGLISH, &made), MZ_OK);
        assert_int_equal(made.rows, CASES[i].rows);
        mz_buf_clear(&made.text);
    }
    assert_int_equal(read_csv("income", "fund-z", MZ_ENGLISH, &made), MZ_NOT_FOUND);
    mz_buf_clear(&made.text);
}

/* ---- sums ---- */

typedef struct summing {
    const char *column, *where, *word; /* only rows with this word in column `where`; NULL: all */
    int64_t sum;
} summing;

static const mz_cell *cell_of(const mz_sheet *sheet, const mz_cell *cells, const char *code)
{
    size_t i = 0;
    while (strcmp(sheet->columns[i].code, code) != 0)
        i++;
    return &cells[i];
}

static mz_status add_cell(void *context, const mz_sheet *sheet, const mz_cell *cells,
                          mz_reason *why)
{
    summing *sum = context;
    (void)why;
    if (sum->where == NULL || mz_view_is(cell_of(sheet, cells, sum->where)->text, sum->word))
        sum->sum += cell_of(sheet, cells, sum->column)->number;
    return MZ_OK;
}

static int64_t sum_of(const char *code, const char *column, const char *where, const char *word)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    summing sum = {column, where, word, 0};
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    assert_int_equal(mz_sheet_read(mz_sheet_named(mz_view_of(code)), mz_snapshot_txn(snapshot),
                                   the_world->now_ms, mz_view_of("fund-a"), add_cell, &sum, &why),
                     MZ_OK);
    mz_snapshot_close(snapshot);
    return sum.sum;
}

/* The tables agree with the view of the fund and with each other. */
static void check_sums(void **state)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *view = NULL;
    (void)state;
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    assert_int_equal(mz_fund_view(mz_snapshot_changes(snapshot), mz_view_of("fund-a"),
                                  the_world->now_ms, &view, &why),
                     MZ_OK);
    mz_snapshot_close(snapshot);
    const int64_t balance = json_integer_value(json_object_get(view, "balance_fen"));
    json_decref(view);
    const int64_t income = sum_of("income", "amount_fen", "state", "confirmed");
    const int64_t spent = sum_of("spending", "amount_fen", NULL, NULL);
    assert_int_equal(balance, 500000 + 12345 - 110001 + 101 - 2000 - 800);
    assert_int_equal(income - spent, balance);
    assert_int_equal(sum_of("spending", "net_fen", NULL, NULL), spent);
    assert_int_equal(sum_of("proposals", "paid_fen", NULL, NULL), spent);
    assert_int_equal(sum_of("draws", "paid_fen", NULL, NULL), spent);
    assert_int_equal(sum_of("payees", "paid_fen", NULL, NULL), spent - 800); /* wishes: none */
    assert_int_equal(sum_of("grants", "disbursed_fen", NULL, NULL), spent);
    assert_int_equal(sum_of("summary", "balance_fen", NULL, NULL), balance);
    assert_int_equal(sum_of("summary", "income_fen", NULL, NULL) -
                         sum_of("summary", "spending_fen", NULL, NULL) +
                         sum_of("summary", "returned_fen", NULL, NULL) +
                         sum_of("summary", "corrections_fen", NULL, NULL) +
                         sum_of("summary", "moved_fen", NULL, NULL),
                     balance);
    assert_int_equal(sum_of("statements", "closing_fen", NULL, NULL), balance + 800);
    assert_int_equal(sum_of("reconciliation", "balance_fen", NULL, NULL), balance + 250);
    assert_int_equal(sum_of("sources", "confirmed_fen", NULL, NULL), 12345);
    assert_int_equal(sum_of("sources", "recorded_fen", NULL, NULL), 7);
    /* what is granted never adds up to more than was approved */
    assert_int_equal(sum_of("grants", "awarded_fen", "proposal", "p-1"),
                     sum_of("proposals", "approved_fen", "proposal", "p-1"));
    assert_int_equal(sum_of("grants", "awarded_fen", "proposal", "p-4"), 800);
    assert_int_equal(sum_of("stock", "stock", "item", "rice"), 10 + 5 - 4 - 2 - 1);
    assert_int_equal(sum_of("stock", "received_unvalued", NULL, NULL), 5);
    assert_int_equal(sum_of("goods", "value_fen", "event", "goods.received"), 45000);
}

/* An entry that was reversed says by which, in the views as in the tables. */
static void check_reversal(void **state)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *view = NULL;
    (void)state;
    const int64_t income = sum_of("income", "entry", "state", "reversed");
    const int64_t reversal = sum_of("income", "reversed_by", "state", "reversed");
    assert_int_equal(reversal, income + 1);
    assert_int_equal(mz_snapshot_open(the_world->log, &snapshot, &why), MZ_OK);
    assert_int_equal(mz_entry_view(mz_snapshot_changes(snapshot), (uint64_t)income, &view, &why),
                     MZ_OK);
    mz_snapshot_close(snapshot);
    assert_int_equal(json_integer_value(json_object_get(view, "reversed_by")), reversal);
    json_decref(view);
}

/* ---- what a cell becomes ---- */

static const mz_column ONE[] = {
    {"text", MZ_COLUMN_TEXT, "文", "text"},
    {NULL,   MZ_COLUMN_TEXT, NULL,  NULL  },
};
static const mz_column TWO[] = {
    {"amount_fen", MZ_COLUMN_FEN,     "元", "yuan"},
    {"purpose",    MZ_COLUMN_PURPOSE, "专", "to"  },
    {NULL,         MZ_COLUMN_TEXT,    NULL,  NULL  },
};
static const mz_sheet SHEETS[] = {
    {"one", "一", "one", ONE, false, NULL},
    {"two", "二", "two", TWO, false, NULL},
};

static const struct {
    const char *text, *want;
} TEXTS[] = {
    {"plain",           "plain"            },
    {"a,b",             "\"a,b\""          },
    {"a\"b",            "\"a\"\"b\""       },
    {"=1+1",            "'=1+1"            },
    {"=\"x\",1",        "\"'=\"\"x\"\",1\""},
    {"+86",             "'+86"             },
    {"-5",              "'-5"              },
    {"@SUM(A1)",        "'@SUM(A1)"        },
    {"＝1",            "'＝1"            },
    {"＠x",            "'＠x"            },
    {"\tx",             "'\tx"             },
    {"a=b",             "a=b"              },
    {"a\nb",            "\"a\nb\""         },
    {"敬老，助餐", "敬老，助餐"  },
};

static void check_cells(void **state)
{
    static const struct {
        int64_t fen;
        const char *want;
    } AMOUNTS[] = {
        {0,             "0.00,general\r\n"                 },
        {-5,            "-0.05,general\r\n"                },
        {123456,        "1234.56,general\r\n"              },
        {MZ_AMOUNT_MAX, "10000000000000.00,general\r\n"    },
        {INT64_MIN,     "-92233720368547758.08,general\r\n"},
    };
    mz_buf out;
    char want[128];
    (void)state;
    mz_buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        const mz_cell cell = {.present = true, .text = mz_view_of(TEXTS[i].text)};
        mz_buf_reset(&out);
        mz_csv_put_row(&out, &SHEETS[0], &cell, MZ_ENGLISH);
        snprintf(want, sizeof want, "%s\r\n", TEXTS[i].want);
        assert_string_equal((const char *)out.data, want);
    }
    for (size_t i = 0; i < sizeof AMOUNTS / sizeof AMOUNTS[0]; i++) {
        const mz_cell cells[] = {
            {.present = true, .number = AMOUNTS[i].fen     },
            {.present = true, .text = mz_view_of("general")},
        };
        mz_buf_reset(&out);
        mz_csv_put_row(&out, &SHEETS[1], cells, MZ_ENGLISH);
        assert_string_equal((const char *)out.data, AMOUNTS[i].want);
    }
    mz_buf_clear(&out);
}

/* Every heading and title is there in both languages and no two columns share one. */
static void check_headings(void **state)
{
    size_t count;
    (void)state;
    const mz_sheet *sheets = mz_sheets(&count);
    for (size_t i = 0; i < count; i++) {
        const mz_column *columns = sheets[i].columns;
        assert_ptr_equal(mz_sheet_named(mz_view_of(sheets[i].code)), &sheets[i]);
        assert_true(strlen(sheets[i].zh) > 0 && strlen(sheets[i].en) > 0);
        assert_true(strlen(sheets[i].en) <
                    28); /* a workbook's sheet has at most 31, with a number */
        for (size_t a = 0; a < mz_sheet_column_count(&sheets[i]); a++) {
            for (size_t b = 0; b < a; b++) {
                assert_string_not_equal(columns[a].code, columns[b].code);
                assert_string_not_equal(columns[a].zh, columns[b].zh);
                assert_string_not_equal(columns[a].en, columns[b].en);
            }
        }
    }
    assert_null(mz_sheet_named(mz_view_of("nothing")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_golden),   cmocka_unit_test(check_privacy),
        cmocka_unit_test(check_fund),     cmocka_unit_test(check_sums),
        cmocka_unit_test(check_reversal), cmocka_unit_test(check_cells),
        cmocka_unit_test(check_headings),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
