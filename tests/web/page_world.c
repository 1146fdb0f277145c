#include "page_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"

#define BODY_MAX 8192
#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'#照片.png#','visibility':'public'},"              \
    "{'sha256':'00000000000000000000000000000000000000000000000000000000000000e2',"                \
    "'size':1,'media_type':'image/png','name':'" PAGE_WORLD_PERSON ".png',"                        \
    "'visibility':'sealed'}]"
#define DIGEST "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define DIGEST_2 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

const char *const PAGE_WORLD_PATHS[] = {
    "/",
    "/f/fund-a",
    "/f/fund-b",
    "/f/fund-a/2026-03",
    "/f/fund-a/2026-04",
    "/f/fund-a/2026-05",
    "/f/fund-b/2026-04",
    "/p/fair",
    "/p/fix",
    "/p/talk",
    "/p/vote",
    "/p/bad",
    "/e/0",
    "/e/3",
    "/e/18",
    "/e/19",
    "/e/22",
    "/e/24",
    "/e/27",
    "/e/28",
    "/e/30",
    "/e/33",
    "/r/R-1",
    "/r/R-2",
    "/r/R-9",
    "/r?number=%20R-1%20",
    "/missing",
    "/f/nowhere",
    NULL,
};

/* JSON of what a hand that means harm would write: 98 characters, as long as a title may be. */
static const char HOSTILE[] =
    "\\u003c/title\\u003e\\u003c/style\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e"
    "\\u0022\\u0027\\u003e\\u003cimg src=x onerror=alert(2)\\u003e&amp;&lt;"
    "WWWWWWWWWWWWWWWWWW";

/* The same for what may have 64 bytes: bank references, receipt numbers. */
static const char HOSTILE_TOKEN[] = "\\u0022\\u003e\\u003ci\\u003e&/../?\\u0023%2e";

/* `#words#` and `^tokens^` stay what they are, or become something worse. */
static void put_words(const char *body, bool hostile, mz_buf *out)
{
    for (bool inside = false; *body != '\0'; inside = !inside) {
        const size_t size = strcspn(body, "#^");
        if (inside && hostile)
            mz_buf_put_text(out, body[size] == '#' ? HOSTILE : HOSTILE_TOKEN);
        else
            mz_buf_put(out, (mz_view){(const uint8_t *)body, size});
        body += size + (body[size] == '\0' ? 0 : 1);
    }
    assert_false(out->failed);
}

static bool is_hostile; /* of the world being written */

static uint64_t put(views_world *w, const char *who, const char *event, const char *fund,
                    const char *body)
{
    mz_buf words;
    mz_buf_init(&words, BODY_MAX);
    put_words(body, is_hostile, &words);
    const uint64_t index = views_write(w, who, event, fund, (const char *)words.data);
    mz_buf_clear(&words);
    return index;
}

static void fund_put(views_world *w, const char *who, const char *event, const char *body)
{
    put(w, who, event, "fund-a", body);
}

/* ---- the ledger ---- */

static void put_genesis(views_world *w)
{
    mz_buf body, words, genesis;
    mz_reason why = {0};
    mz_log_options options = {.dir = w->dir, .signers = &w->signer, .signer_count = 1};
    mz_buf_init(&body, BODY_MAX);
    mz_buf_init(&words, BODY_MAX);
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_buf_put_text(&body, "{'charity':{'name':'#某市慈善总会#','credit_code':"
                           "'53370300MJD000001X'},'log_key':");
    mz_sample_put_log_key(&body, "log");
    mz_buf_put_text(&body, ",'registrars':[{'actor':'reg-a','name':'" PAGE_WORLD_PERSON "',");
    mz_sample_put_key(&body, "reg-a", "reg-a");
    mz_buf_put_text(&body, "},{'actor':'reg-b',");
    mz_sample_put_key(&body, "reg-b", "reg-b");
    mz_buf_put_text(&body, "}],'witnesses':[],'quorum':0,'rules':1}");
    put_words((const char *)body.data, is_hostile, &words);
    mz_sample_sign("reg-a", 0, w->now_ms, "ledger.opened", NULL, (const char *)words.data,
                   &genesis);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&genesis), w->now_ms, &w->log, &why),
                     MZ_OK);
    mz_buf_clear(&genesis);
    mz_buf_clear(&words);
    mz_buf_clear(&body);
    w->count = 1;
}

static views_world *open_world(void)
{
    views_world *w = calloc(1, sizeof *w);
    const char *parent = getenv("TMPDIR");
    assert_non_null(w);
    snprintf(w->root, sizeof w->root, "%s/mz-pages-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(w->root));
    snprintf(w->dir, sizeof w->dir, "%s/ledger", w->root);
    mz_sample_signer("log", &w->signer);
    w->now_ms = MZ_SAMPLE_START_MS;
    put_genesis(w);
    return w;
}

/* ---- the story ---- */

static void people(views_world *w)
{
    static const char *const MEMBERS[] = {"mem-a", "mem-b", "mem-c"};
    views_enrol(w, "aud-a", "auditor", ",'name':'" PAGE_WORLD_PERSON "'");
    put(w, "reg-a", "fund.opened", "fund-a", /* entry 3 */
        "{'name':'#闻韶社区基金#','community':'#闻韶社区#','agreement_no':'1','account':'bank-a',"
        "'profile':{}}");
    views_enrol(w, "stew-a", "steward", ",'funds':['fund-a']");
    for (size_t i = 0; i < 3; i++)
        views_enrol(w, MEMBERS[i], "member", "");
    views_enrol(w, "sup-a", "supervisor", "");
    views_enrol(w, "rev-a", "reviewer", "");
    views_enrol(w, "cash-a", "cashier", "");
    put(w, "reg-a", "committee.seated", "fund-a", /* entry 18 */
        "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
        "'supervisors':['sup-a'],'term_ends':'2029-03-01'}");
    put(w, "reg-b", "registry.confirmed", "fund-a", "{'target':'@@'}");
    put(w, "reg-a", "purpose.defined", "fund-a",
        "{'purpose':'elders','text':'#助老#','categories':['activity','visit','meals','care']}");
}

static void parties_and_sources(views_world *w)
{
    put(w, "stew-a", "party.registered", NULL, /* 21 */
        "{'party':'shop','kind':'organisation','name':'#惠民超市有限公司#',"
        "'credit_code':'91370300MA3C000022'}");
    put(w, "rev-a", "party.verified", NULL, "{'registration':'@@'}");
    put(w, "stew-a", "party.registered", NULL,
        "{'party':'lifa','kind':'person','name':'" PAGE_WORLD_PERSON "'}");
    put(w, "rev-a", "party.verified", NULL, "{'registration':'@@'}");
    fund_put(w, "stew-a", "source.registered", /* 25 */
             "{'source':'fair-1','kind':'market','party':'shop','agreement':{'service_type':"
             "'#便民服务#','hours':'#每周六#','operation':'#自营#','liability':'#自负#'},"
             "'gratuitous':false,'signed_on':'2026-01-01'," EVIDENCE "}");
    fund_put(w, "stew-a", "session.held",
             "{'source':'fair-1','number':1,'date':'2026-03-02','place':'#广场#','stalls':30,"
             "'firms':5,'visits':800}");
}

static void gifts(views_world *w)
{
    fund_put(w, "stew-a", "income.recorded", /* 27 */
             "{'kind':'donation','amount_fen':2000000,'received_on':'2026-03-02',"
             "'purpose':'general','party':'shop','note':'#感谢#'}");
    fund_put(w, "cash-a", "income.confirmed", /* 28 */
             "{'income':'@@','amount_fen':2000000,'purpose':'general','booked_on':'2026-03-02',"
             "'bank_ref':'^B1^','receipt_no':'R-1'}");
    fund_put(w, "stew-a", "income.recorded",
             "{'kind':'donation','amount_fen':500000,'received_on':'2026-03-02',"
             "'purpose':'elders','party':'lifa'}");
    fund_put(w, "cash-a", "income.confirmed", /* 30: reversed below */
             "{'income':'@@','amount_fen':500000,'purpose':'elders','booked_on':'2026-03-02',"
             "'bank_ref':'B2','receipt_no':'R-2'}");
    fund_put(w, "cash-a", "entry.reversed", "{'target':'@@','reason':'#票据号写错#'}");
    fund_put(w, "cash-a", "income.confirmed",
             "{'income':'@29@','amount_fen':500000,'purpose':'elders','booked_on':'2026-03-02',"
             "'bank_ref':'B2','receipt_no':'^R-3^'}");
    fund_put(w, "stew-a", "income.recorded", /* 33 */
             "{'kind':'market','amount_fen':123456,'received_on':'2026-03-02','purpose':"
             "'general','source':'fair-1','session':'@26@'}");
    fund_put(w, "cash-a", "income.confirmed",
             "{'income':'@@','amount_fen':123456,'purpose':'general','booked_on':'2026-03-02',"
             "'bank_ref':'B3','receipt_waived':'#市集收入#'}");
    fund_put(w, "stew-a", "income.recorded",
             "{'kind':'interest','amount_fen':7,'received_on':'2026-03-02','purpose':'general'}");
    fund_put(w, "stew-a", "need.listed",
             "{'need':'roof','kind':'repair','item':'roof','count':1,'channel':'grid',"
             "'note':'#漏水#'}");
    fund_put(w, "stew-a", "goods.received",
             "{'item':'rice','unit':'#袋#','quantity':20,'value_fen':100000,'basis':'#市价#',"
             "'party':'shop'}");
    fund_put(w, "mem-a", "goods.confirmed", "{'target':'@@'}");
}

static void file(views_world *w, const char *id, const char *title, const char *payee,
                 const char *more)
{
    char body[1024];
    snprintf(
        body, sizeof body,
        "{'proposal':'%s','title':'#%s#','category':'repair','why':'#屋顶漏雨，老人家里进水。#',"
        "'payees':[{'party':'%s','cap_fen':300000}],'draws':[{'purpose':'general',"
        "'amount_fen':300000}]%s}",
        id, title, payee, more);
    fund_put(w, "stew-a", "proposal.filed", body);
    snprintf(body, sizeof body, "{'proposal':'%s','text':'#可行#'}", id);
    fund_put(w, "sup-a", "opinion.given", body);
}

static void projects(views_world *w)
{
    file(w, "fix", "修屋顶", "shop", ",'need':'roof','planned_end':'2026-06-30'");
    file(w, "fair", "集市棚架", "lifa", ",'goods':[{'item':'rice','quantity':5}]");
    file(w, "bad", "买烟花", "shop", "");
    views_days_later(w, 10); /* 2026-03-12 */
    views_vote(w, "mem-a", "fix", "approve");
    views_vote(w, "mem-b", "fix", "approve");
    views_vote(w, "mem-a", "fair", "approve");
    views_vote(w, "mem-b", "fair", "approve");
    views_vote(w, "mem-a", "bad", "reject");
    views_vote(w, "mem-b", "bad", "reject");
    fund_put(w, "mem-a", "application.sent", "{'proposal':'fix'}");
    fund_put(w, "rev-a", "application.approved",
             "{'proposal':'fix','draws':[{'purpose':'general','amount_fen':300000}]}");
    fund_put(w, "cash-a", "payout.made",
             "{'proposal':'fix','party':'shop','draws':[{'purpose':'general','amount_fen':280000"
             "}],'booked_on':'2026-03-12','bank_ref':'B5'}");
    fund_put(w, "cash-a", "payout.returned",
             "{'payout':'@@','amount_fen':20000,'booked_on':'2026-03-12','bank_ref':'B6'}");
    fund_put(w, "stew-a", "project.completed",
             "{'proposal':'fix','summary':'#修好了，不再漏。#','people_served':37}");
    fund_put(w, "stew-a", "project.rated",
             "{'proposal':'fix','rater':'residents','counts':[{'grade':'very_satisfied','count':"
             "25},{'grade':'neutral','count':2}]," EVIDENCE "}");
    fund_put(w, "mem-a", "application.sent", "{'proposal':'fair'}");
    fund_put(w, "rev-a", "application.approved",
             "{'proposal':'fair','draws':[{'purpose':'general','amount_fen':250000}]}");
    fund_put(w, "cash-a", "payout.made",
             "{'proposal':'fair','party':'lifa','draws':[{'purpose':'general','amount_fen':100000"
             "}],'booked_on':'2026-03-12','bank_ref':'B7','recipient_count':2,'_sd':['" DIGEST
             "']}");
    fund_put(w, "stew-a", "goods.issued",
             "{'item':'rice','quantity':5,'value_fen':null,'proposal':'fair','recipient_count':5,"
             "'_sd':['" DIGEST_2 "']}");
}

static void later(views_world *w)
{
    views_days_later(w, 29); /* 2026-04-10 */
    put(w, "reg-a", "fund.opened", "fund-b",
        "{'name':'#辛东社区基金#','community':'#辛东社区#','agreement_no':'2','account':'bank-a',"
        "'profile':{'statement_days':1}}");
    put(w, "rev-a", "balance.reconciled", NULL,
        "{'account':'bank-a','month':'2026-03','bank_balance_fen':2273456,'outside_fen':10000,"
        "'differences':[],'balances':[{'fund':'fund-a','balance_fen':2263456}]," EVIDENCE "}");
    fund_put(w, "mem-a", "statement.published",
             "{'from':'2026-03-02','to':'2026-03-31','opening_fen':0,'income':[{'kind':'donation',"
             "'amount_fen':3000000},{'kind':'market','amount_fen':123456}],'spending':[{"
             "'category':'repair','amount_fen':380000}],'returned_fen':20000,'corrections_fen':"
             "-500000,'moved_fen':0,'closing_fen':2263456,'reserved_fen':150000}");
    fund_put(w, "stew-a", "proposal.filed",
             "{'proposal':'vote','title':'#重阳节敬老活动#','category':'activity','why':'#敬老#',"
             "'payees':[{'party':'shop','cap_fen':88800}],'draws':[{'purpose':'elders',"
             "'amount_fen':88800}]}");
    fund_put(w, "sup-a", "opinion.given", "{'proposal':'vote','text':'#可行#'}");
    views_days_later(w, 24); /* 2026-05-04 */
    fund_put(w, "stew-a", "proposal.filed",
             "{'proposal':'talk','title':'#换路灯#','category':'repair','why':'#太暗#','payees':[{"
             "'party':'shop','cap_fen':5000}],'draws':[{'purpose':'general','amount_fen':5000}]}");
    fund_put(w, "mem-b", "objection.filed",
             "{'proposal':'talk','channel':'meeting','text':'#先修旧的。#'}");
    fund_put(w, "mem-a", "objection.answered", "{'objection':'@@','text':'#旧的修不好。#'}");
    views_vote(w, "mem-a", "vote", "approve");
    put(w, "reg-a", "record.restricted", NULL,
        "{'disclosures':['" DIGEST "'],'ground':'#本人要求#'}");
    w->now_ms += 60000;
}

views_world *page_world_new(bool hostile)
{
    is_hostile = hostile;
    views_world *w = open_world();
    people(w);
    parties_and_sources(w);
    gifts(w);
    projects(w);
    later(w);
    return w;
}
