/* test_views_goods.c — needs, goods, ratings, the six steps, bank accounts, audit reports and
 * sealed fields as people see them: one history, and a row for each answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/views.h"
#include "views_world.h"

#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'e.png','visibility':'public'}]"
#define DIGEST "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define DIGEST_2 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define DIGEST_3 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI"

/* Entries by what they are, so that rows need no counting. */
static struct {
    uint64_t lamp, rice_out;
} at;

static uint64_t fund_write(views_world *w, const char *who, const char *event, const char *body)
{
    return views_write(w, who, event, "fund-a", body);
}

static void people(views_world *w)
{
    views_enrol(w, "aud-a", "auditor", "");
    views_write(w, "reg-a", "fund.opened", "fund-a",
                "{'name':'甲','community':'甲社区','agreement_no':'1','account':'bank-a',"
                "'profile':{}}");
    views_enrol(w, "stew-a", "steward", ",'funds':['fund-a']");
    views_enrol(w, "mem-a", "member", "");
    views_enrol(w, "mem-b", "member", "");
    views_enrol(w, "mem-c", "member", "");
    views_enrol(w, "sup-a", "supervisor", "");
    views_enrol(w, "rev-a", "reviewer", "");
    views_enrol(w, "cash-a", "cashier", "");
    fund_write(w, "reg-a", "committee.seated",
               "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
               "'supervisors':['sup-a'],'term_ends':'2029-03-01'}");
    fund_write(w, "reg-b", "registry.confirmed", "{'target':'@@'}");
    views_write(w, "stew-a", "party.registered", NULL,
                "{'party':'shop','kind':'person','name':'李某'}");
    views_write(w, "rev-a", "party.verified", NULL, "{'registration':'@@'}");
}

static void gifts_and_needs(views_world *w)
{
    fund_write(w, "stew-a", "income.recorded",
               "{'kind':'donation','amount_fen':2000,'received_on':'2026-03-02',"
               "'purpose':'general'}");
    fund_write(w, "cash-a", "income.confirmed",
               "{'income':'@@','amount_fen':2000,'purpose':'general','booked_on':'2026-03-02',"
               "'bank_ref':'B1','receipt_no':'R1'}");
    fund_write(
        w, "stew-a", "source.registered",
        "{'source':'fair','kind':'market','agreement':{'service_type':'x','hours':'x',"
        "'operation':'x','liability':'x'},'gratuitous':false,'signed_on':'2026-01-01'," EVIDENCE
        "}");
    fund_write(w, "stew-a", "session.held",
               "{'source':'fair','number':1,'date':'2026-03-02','place':'广场','stalls':30,"
               "'firms':5,'visits':800}");
    fund_write(w, "stew-a", "goods.received",
               "{'item':'rice','unit':'袋','quantity':20,'value_fen':1000,"
               "'basis':'市价','party':'shop','session':'@@'}");
    fund_write(w, "mem-a", "goods.confirmed", "{'target':'@@'}");
    fund_write(w, "stew-a", "goods.received",
               "{'item':'toys','unit':'件','quantity':3,'value_fen':null,"
               "'basis':'旧物'}");
    at.lamp = fund_write(w, "stew-a", "need.listed",
                         "{'need':'lamp','kind':'wishes','item':'lamp','count':1,"
                         "'channel':'wish_box','note':'台灯'}");
    fund_write(w, "mem-a", "need.endorsed", "{'need':'lamp'}");
    fund_write(w, "mem-b", "need.endorsed", "{'need':'lamp'}");
    fund_write(w, "stew-a", "need.listed",
               "{'need':'coat','kind':'wishes','item':'coat','count':2,'channel':'visit'}");
    fund_write(w, "mem-a", "need.endorsed", "{'need':'coat'}");
    fund_write(w, "stew-a", "need.listed",
               "{'need':'roof','kind':'repair','item':'roof','count':1,'channel':'grid'}");
    fund_write(w, "stew-a", "need.listed",
               "{'need':'gone','kind':'wishes','item':'x','count':1,'channel':'phone'}");
    fund_write(w, "stew-a", "entry.reversed", "{'target':'@@','reason':'重复'}");
}

static void filings(views_world *w)
{
    static const char *const FILED[] = {
        "{'proposal':'w-1','title':'微心愿','category':'wishes','why':'w','payees':[],'draws':[{"
        "'purpose':'general','amount_fen':500}],'item_cap_fen':200,'planned_end':'2026-12-31'}",
        "{'proposal':'rice','title':'送米','category':'goods','why':'w','payees':[],'draws':[],"
        "'goods':[{'item':'rice','quantity':10}]}",
        "{'proposal':'fix','title':'修屋顶','category':'repair','why':'w','need':'roof',"
        "'payees':[{'party':'shop','cap_fen':300}],'draws':[{'purpose':'general','amount_fen':"
        "300}]}",
        "{'proposal':'rule','title':'章程','category':'resolution','why':'w','payees':[],"
        "'draws':[]}",
        "{'proposal':'bad','title':'不通过','category':'other','why':'w','payees':[],'draws':[],"
        "'goods':[{'item':'rice','quantity':1}]}",
    };
    static const char *const IDS[] = {"w-1", "rice", "fix", "rule", "bad"};
    char body[100];
    for (size_t i = 0; i < 5; i++)
        fund_write(w, "stew-a", "proposal.filed", FILED[i]);
    for (size_t i = 0; i < 5; i++) {
        snprintf(body, sizeof body, "{'proposal':'%s','text':'x'}", IDS[i]);
        fund_write(w, "sup-a", "opinion.given", body);
    }
    fund_write(w, "stew-a", "proposal.filed",
               "{'proposal':'back','title':'撤回','category':'resolution','why':'w','payees':[],"
               "'draws':[]}");
    fund_write(w, "stew-a", "proposal.withdrawn", "{'proposal':'back','reason':'x'}");
    views_days_later(w, 10); /* 2026-03-12 */
    for (size_t i = 0; i < 5; i++) {
        const char *choice = i == 4 ? "reject" : "approve";
        views_vote(w, "mem-a", IDS[i], choice);
        views_vote(w, "mem-b", IDS[i], choice);
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(body, sizeof body, "{'proposal':'%s'}", IDS[i]);
        fund_write(w, "mem-a", "application.sent", body);
    }
    fund_write(w, "rev-a", "application.approved",
               "{'proposal':'w-1','draws':[{'purpose':'general','amount_fen':500}]}");
    fund_write(w, "rev-a", "application.approved", "{'proposal':'rice','draws':[]}");
    fund_write(w, "rev-a", "application.approved",
               "{'proposal':'fix','draws':[{'purpose':'general','amount_fen':300}]}");
}

static void work(views_world *w)
{
    fund_write(w, "cash-a", "payout.made",
               "{'proposal':'w-1','party':'shop','need':'lamp','draws':[{'purpose':'general',"
               "'amount_fen':88}],'booked_on':'2026-03-12','bank_ref':'B2'}");
    at.rice_out = fund_write(w, "stew-a", "goods.issued",
                             "{'item':'rice','quantity':8,'value_fen':null,'proposal':'rice',"
                             "'recipient_count':8,'_sd':['" DIGEST "','" DIGEST_2 "']}");
    fund_write(w, "sup-a", "goods.confirmed", "{'target':'@@'}");
    fund_write(w, "stew-a", "goods.written_off",
               "{'item':'rice','quantity':1,'value_fen':50,'reason':'受潮','proposal':'rice'}");
    fund_write(w, "cash-a", "payout.made",
               "{'proposal':'fix','party':'shop','draws':[{'purpose':'general','amount_fen':300"
               "}],'booked_on':'2026-03-12','bank_ref':'B3'}");
    fund_write(w, "stew-a", "project.completed",
               "{'proposal':'fix','summary':'修好','people_served':7}");
    fund_write(
        w, "stew-a", "project.rated",
        "{'proposal':'fix','rater':'residents','counts':[{'grade':'neutral','count':2}]," EVIDENCE
        "}");
    fund_write(
        w, "stew-a", "project.rated",
        "{'proposal':'fix','rater':'street','counts':[{'grade':'satisfied','count':1}]," EVIDENCE
        "}");
    fund_write(w, "stew-a", "project.rated",
               "{'proposal':'fix','rater':'residents','counts':[{'grade':"
               "'very_satisfied','count':5},{'grade':'dissatisfied','count':1}]," EVIDENCE "}");
    fund_write(w, "stew-a", "income.recorded",
               "{'kind':'market','amount_fen':400,'received_on':'2026-03-12','purpose':'general',"
               "'source':'fair','earned_to':'2026-03-12','session':'@25@','seeded_by':'fix'}");
    fund_write(w, "cash-a", "income.confirmed",
               "{'income':'@@','amount_fen':400,'purpose':'general','booked_on':'2026-03-12',"
               "'bank_ref':'B4','receipt_waived':'集市'}");
}

static void month_end(views_world *w)
{
    views_days_later(w, 29); /* 2026-04-10 */
    views_write(w, "reg-a", "fund.opened", "fund-b",
                "{'name':'乙','community':'乙社区','agreement_no':'2','account':'bank-a',"
                "'profile':{}}");
    views_write(w, "rev-a", "balance.reconciled", NULL,
                "{'account':'bank-a','month':'2026-03','bank_balance_fen':2112,'outside_fen':100,"
                "'differences':[],'balances':[{'fund':'fund-a','balance_fen':2012}]," EVIDENCE "}");
    views_write(w, "rev-a", "balance.reconciled", NULL,
                "{'account':'bank-a','month':'2026-03','bank_balance_fen':2100,'outside_fen':100,"
                "'differences':[{'amount_fen':-12,'reason':'手续费'}],'balances':[{'fund':'fund-a',"
                "'balance_fen':2012}]," EVIDENCE "}");
    views_write(
        w, "aud-a", "audit.reported", NULL,
        "{'size':3,'root':'00000000000000000000000000000000000000000000000000000000000000aa',"
        "'opinion':'基本相符','findings':['缺发票','缺签字']}");
    views_write(w, "cash-a", "finding.answered", NULL, "{'report':'@@','finding':1,'text':'已补'}");
    views_write(w, "reg-a", "record.restricted", NULL,
                "{'disclosures':['" DIGEST "'],'ground':'本人要求'}");
    views_write(w, "reg-a", "record.erased", NULL,
                "{'disclosures':['" DIGEST_2 "'],'ground':'本人要求'}");
    views_write(w, "aud-a", "registry.confirmed", NULL, "{'target':'@@'}");
    views_write(w, "stew-a", "party.registered", NULL,
                "{'party':'sealed','kind':'person','_sd':['" DIGEST_3 "']}");
    views_write(w, "reg-a", "record.erased", NULL,
                "{'disclosures':['" DIGEST_3 "'],'ground':'本人要求'}");
}

static views_world *write_history(void)
{
    views_world *w = views_world_new();
    people(w);
    gifts_and_needs(w);
    filings(w);
    work(w);
    month_end(w);
    return w;
}

typedef enum asked {
    NEED,
    NEEDS,
    NEEDS_BEFORE_COAT,
    GOODS,
    ITEM,
    ITEM_BEFORE_OUT,
    PROPOSAL,
    FUND,
    SOURCE,
    ACCOUNT,
    ACCOUNT_BEFORE_MARCH,
    REPORTS,
    OUT_ENTRY,
    TODO,
    DRAFT_APRIL,
    DRAFT_APRIL_BANK,
    DRAFT_FEBRUARY
} asked;

static mz_status draft(mz_changes *changes, const char *account, const char *month, bool known,
                       int64_t now_ms, json_t **out, mz_reason *why)
{
    json_t *differences = json_pack("[{s:i, s:s}]", "amount_fen", -3, "reason", "在途");
    mz_bank_figures bank = {
        .known = known, .balance_fen = 2019, .outside_fen = 10, .differences = differences};
    mz_status status = mz_reconciliation_draft(changes, mz_view_of(account), mz_view_of(month),
                                               &bank, now_ms, out, why);
    json_decref(differences);
    return status;
}

static mz_status ask(mz_changes *changes, asked what, const char *text, int64_t now_ms,
                     json_t **out, mz_reason *why)
{
    const mz_view id = mz_view_of(text), fund = mz_view_of("fund-a");
    int32_t march, march_end;
    switch (what) {
    case NEED:
        return mz_need_view(changes, id, now_ms, out, why);
    case NEEDS:
        return mz_needs_view(changes, id, MZ_NEVER, now_ms, out, why);
    case NEEDS_BEFORE_COAT:
        return mz_needs_view(changes, id, at.lamp + 1, now_ms, out, why);
    case GOODS:
        return mz_goods_view(changes, id, MZ_NEVER, now_ms, out, why);
    case ITEM:
        return mz_item_view(changes, fund, id, MZ_NEVER, now_ms, out, why);
    case ITEM_BEFORE_OUT:
        return mz_item_view(changes, fund, id, at.rice_out, now_ms, out, why);
    case PROPOSAL:
        return mz_proposal_view(changes, id, now_ms, out, why);
    case FUND:
        return mz_fund_view(changes, id, now_ms, out, why);
    case SOURCE:
        return mz_source_view(changes, id, out, why);
    case ACCOUNT:
        return mz_reconciliations_view(changes, id, MZ_NO_DAY, now_ms, out, why);
    case ACCOUNT_BEFORE_MARCH:
        assert_true(mz_month_parse(mz_view_of("2026-03"), &march, &march_end));
        return mz_reconciliations_view(changes, id, march, now_ms, out, why);
    case REPORTS:
        return mz_reports_view(changes, MZ_NEVER, out, why);
    case OUT_ENTRY:
        return mz_entry_view(changes, at.rice_out, out, why);
    case TODO:
        return mz_todo_view(changes, id, now_ms, out, why);
    case DRAFT_APRIL:
        return draft(changes, text, "2026-04", false, now_ms, out, why);
    case DRAFT_APRIL_BANK:
        return draft(changes, text, "2026-04", true, now_ms, out, why);
    case DRAFT_FEBRUARY:
        return draft(changes, text, "2026-02", false, now_ms, out, why);
    }
    return MZ_IO;
}

/* `path` and `want` as views_expect has them. */
typedef struct view_case {
    const char *name;
    asked what;
    const char *id;
    int days; /* after the last entry, 2026-04-10 */
    const char *path, *want;
} view_case;

/* clang-format off */
static const view_case CASES[] = {
    {"need: paid once something stands", NEED, "lamp", 0, "state", "'paid'"},
    {"need: who endorsed it", NEED, "lamp", 0, "endorsed_by.1.actor", "'mem-b'"},
    {"need: what was paid", NEED, "lamp", 0, "payouts.0.amount_fen", "88"},
    {"need: out of which proposal", NEED, "lamp", 0, "payouts.0.proposal", "'w-1'"},
    {"need: its note", NEED, "lamp", 0, "note", "'台灯'"},
    {"need: which proposals name it", NEED, "roof", 0, "proposals.0.proposal", "'fix'"},
    {"need: and where they are", NEED, "roof", 0, "proposals.0.step", "'rating'"},
    {"need: one endorsement is not enough", NEED, "coat", 0, "state", "'listed'"},
    {"need: reversed", NEED, "gone", 0, "state", "'reversed'"},
    {"need: unknown", NEED, "nothing", 0, NULL, "not_found"},
    {"needs: newest first", NEEDS, "fund-a", 0, "needs.0.need", "'gone'"},
    {"needs: all of them", NEEDS, "fund-a", 0, "needs.#", "4"},
    {"needs: before an entry", NEEDS_BEFORE_COAT, "fund-a", 0, "needs.0.need", "'lamp'"},
    {"needs: only those before it", NEEDS_BEFORE_COAT, "fund-a", 0, "needs.#", "1"},
    {"needs: unknown fund", NEEDS, "fund-z", 0, NULL, "not_found"},
    {"needs: the form of a row", NEEDS, "fund-a", 0, "needs.3",
     "{'need':'lamp','kind':'wishes','index':29,'at_ms':1772414460000,'actor':'stew-a','item':'lamp','count':1,'channel':'wish_box','state':'paid','endorsement_count':2,'proposal_count':0,'payout_count':1}"},
    {"goods: newest item first", GOODS, "fund-a", 0, "items.0.item", "'toys'"},
    {"goods: not in stock before it is confirmed", GOODS, "fund-a", 0, "items.0.stock", "0"},
    {"goods: the form of a row", GOODS, "fund-a", 0, "items.1",
     "{'item':'rice','unit':'袋','index':26,'stock':11,'received':{'quantity':20,'unvalued_quantity':0,'value_fen':1000},'issued':{'quantity':8,'unvalued_quantity':8,'value_fen':0},'sold':{'quantity':0,'unvalued_quantity':0,'value_fen':0},'written_off':{'quantity':1,'unvalued_quantity':0,'value_fen':50},'waiting_count':0}"},
    {"goods: what waits, newest first", GOODS, "fund-a", 0, "waiting.0.event", "'goods.written_off'"},
    {"goods: and the receipt", GOODS, "fund-a", 0, "waiting.1.item", "'toys'"},
    {"goods: nothing else waits", GOODS, "fund-a", 0, "waiting.#", "2"},
    {"goods: a fund without any", GOODS, "fund-b", 0, "", "{'fund':'fund-b','items':[],'waiting':[]}"},
    {"item: movements newest first", ITEM, "rice", 0, "moves.0.event", "'goods.written_off'"},
    {"item: why it was written off", ITEM, "rice", 0, "moves.0.reason", "'受潮'"},
    {"item: by when it is to be confirmed", ITEM, "rice", 0, "moves.0.until_ms", "1775923200000"},
    {"item: the form of an issue; no recipients", ITEM, "rice", 0, "moves.1",
     "{'event':'goods.issued','item':'rice','unit':'袋','quantity':8,'value_fen':null,'index':66,'at_ms':1773280680000,'actor':'stew-a','recipient_count':8,'proposal':'rice','confirmed_by':67}"},
    {"item: who gave it, and at which market", ITEM, "rice", 0, "moves.2.party", "'shop'"},
    {"item: a page goes on", ITEM_BEFORE_OUT, "rice", 0, "moves.0.index", "26"},
    {"item: unknown", ITEM, "sugar", 0, NULL, "not_found"},
    {"proposal: goods used", PROPOSAL, "rice", 0, "goods.0", "{'item':'rice','quantity':10,'used_quantity':9}"},
    {"proposal: issues", PROPOSAL, "rice", 0, "issues.0.quantity", "8"},
    {"proposal: write-offs", PROPOSAL, "rice", 0, "write_offs.0.quantity", "1"},
    {"proposal: not another's goods", PROPOSAL, "w-1", 0, "issues.#", "0"},
    {"rating: newest first", PROPOSAL, "fix", 0, "ratings.0.counts", "[{'grade':'very_satisfied','count':5},{'grade':'dissatisfied','count':1}]"},
    {"rating: the latest of a rater counts", PROPOSAL, "fix", 0, "ratings.0.latest", "true"},
    {"rating: of each rater", PROPOSAL, "fix", 0, "ratings.1.latest", "true"},
    {"rating: the earlier one is shown", PROPOSAL, "fix", 0, "ratings.2.latest", "false"},
    {"rating: all of them", PROPOSAL, "fix", 0, "ratings.#", "3"},
    {"results: to the nearest fen", PROPOSAL, "fix", 0, "results", "{'paid_fen':300,'people_served':7,'per_person_fen':43}"},
    {"results: not before completion", PROPOSAL, "rice", 0, "results", "null"},
    {"seeded: per yuan in two digits", PROPOSAL, "fix", 0, "seeded", "{'confirmed_fen':400,'paid_fen':300,'per_yuan':'1.33'}"},
    {"seeded: nothing came back", PROPOSAL, "w-1", 0, "seeded", "null"},
    {"steps: from need to rating", PROPOSAL, "fix", 0, "steps",
     "[{'step':'need','state':'done','at_ms':1772414760000,'index':34},{'step':'proposal','state':'done','at_ms':1772415060000,'index':39},{'step':'consultation','state':'done'},{'step':'decision','state':'done','at_ms':1773279960000,'index':54},{'step':'work','state':'done','at_ms':1773280920000,'index':70},{'step':'rating','state':'done','at_ms':1773281100000,'index':73}]"},
    {"steps: work goes on", PROPOSAL, "rice", 0, "steps.4", "{'step':'work','state':'now'}"},
    {"steps: without a need", PROPOSAL, "rice", 0, "steps.0", "{'step':'need','state':'skipped'}"},
    {"steps: rating is ahead", PROPOSAL, "rice", 0, "steps.5", "{'step':'rating','state':'ahead'}"},
    {"steps: the current one", PROPOSAL, "rice", 0, "step", "'work'"},
    {"steps: a resolution has no work", PROPOSAL, "rule", 0, "steps.4.state", "'skipped'"},
    {"steps: nor a rating", PROPOSAL, "rule", 0, "steps.5.state", "'skipped'"},
    {"steps: a rejection is a decision", PROPOSAL, "bad", 0, "steps.3.state", "'done'"},
    {"steps: and the end", PROPOSAL, "bad", 0, "steps.4.state", "'skipped'"},
    {"steps: withdrawn while consulted", PROPOSAL, "back", 0, "steps.2", "{'step':'consultation','state':'skipped'}"},
    {"steps: never voted", PROPOSAL, "back", 0, "step", "'consultation'"},
    {"fund: steps in its list", FUND, "fund-a", 0, "proposals.0.step", "'consultation'"},
    {"fund: needs", FUND, "fund-a", 0, "needs", "{'listed_count':2,'endorsed_count':0,'paid_count':1,'reversed_count':1}"},
    {"fund: goods", FUND, "fund-a", 0, "goods", "{'item_count':2,'in_stock_count':1,'waiting_count':2}"},
    {"fund: ratings", FUND, "fund-a", 0, "ratings",
     "{'completed_count':2,'rated_count':1,'raters':[{'rater':'residents','counts':[{'grade':'very_satisfied','count':5},{'grade':'dissatisfied','count':1}]},{'rater':'street','counts':[{'grade':'satisfied','count':1}]}]}"},
    {"fund: its account, reconciled", FUND, "fund-b", 0, "reconciliation", "{'month':'2026-03','difference_fen':-12,'index':78,'missing_count':0}"},
    {"source: what it brought", SOURCE, "fair", 0, "confirmed_fen", "400"},
    {"source: its sessions", SOURCE, "fair", 0, "sessions.0",
     "{'reversed':false,'cited_count':2,'index':25,'at_ms':1772414220000,'actor':'stew-a','number':1,'date':'2026-03-02','place':'广场','stalls':30,'firms':5,'visits':800}"},
    {"account: the last reconciliation of a month counts", ACCOUNT, "bank-a", 0, "months.#", "1"},
    {"account: the form of a month", ACCOUNT, "bank-a", 0, "months.0.differences", "[{'amount_fen':-12,'reason':'手续费'}]"},
    {"account: sums", ACCOUNT, "bank-a", 0, "months.0.difference_fen", "-12"},
    {"account: by fund", ACCOUNT, "bank-a", 0, "months.0.balances", "[{'fund':'fund-a','balance_fen':2012}]"},
    {"account: who signed", ACCOUNT, "bank-a", 0, "months.0.actor", "'rev-a'"},
    {"account: nothing is missing", ACCOUNT, "bank-a", 0, "missing", "[]"},
    {"account: months that are over are", ACCOUNT, "bank-a", 60, "missing", "['2026-04','2026-05']"},
    {"account: before its first month", ACCOUNT_BEFORE_MARCH, "bank-a", 0, "months", "[]"},
    {"account: unknown", ACCOUNT, "bank-z", 0, NULL, "not_found"},
    {"draft: the funds that are there by then", DRAFT_APRIL, "bank-a", 30, "",
     "{'account':'bank-a','month':'2026-04','balances':[{'fund':'fund-a','balance_fen':2012},{'fund':'fund-b','balance_fen':0}],'outside_fen':10,'differences':[{'amount_fen':-3,'reason':'在途'}]}"},
    {"draft: with the bank's balance", DRAFT_APRIL_BANK, "bank-a", 30, "bank_balance_fen", "2019"},
    {"draft: not while the month goes on", DRAFT_APRIL, "bank-a", 0, NULL, "month_open"},
    {"draft: not before the first fund", DRAFT_FEBRUARY, "bank-a", 0, NULL, "not_found"},
    {"draft: unknown account", DRAFT_APRIL, "bank-z", 30, NULL, "not_found"},
    {"reports: findings by number", REPORTS, "", 0, "reports.0.findings.1.text", "'缺签字'"},
    {"reports: answers", REPORTS, "", 0, "reports.0.findings.1.answers.0.text", "'已补'"},
    {"reports: no answer yet", REPORTS, "", 0, "reports.0.findings.0.answers", "[]"},
    {"reports: how far it went", REPORTS, "", 0, "reports.0.size", "3"},
    {"entry: sealed fields by digest", OUT_ENTRY, "", 0, "sealed",
     "[{'digest':'" DIGEST "','state':'restricted','restricted_by':81},{'digest':'" DIGEST_2 "','state':'erased','erased_by':83}]"},
    {"todo: goods to confirm, members", TODO, "mem-c", 0, "todo.0.do", "'goods.confirmed'"},
    {"todo: the soonest deadline first", TODO, "mem-c", 0, "todo.0.about", "'goods.received'"},
    {"todo: supervisors too", TODO, "sup-a", 0, "todo.#", "2"},
    {"todo: goods are still confirmed late", TODO, "sup-a", 60, "todo.#", "2"},
    {"todo: wishes that lack a member", TODO, "mem-b", 0, "todo.2.about", "'coat'"},
    {"todo: not who endorsed it", TODO, "mem-a", 0, "todo.#", "2"},
    {"todo: the steward issues what is left", TODO, "stew-a", 0, "todo.0.do", "'goods.issued'"},
    {"todo: and nothing that is rated", TODO, "stew-a", 0, "todo.#", "3"},
    {"todo: the cashier answers findings", TODO, "cash-a", 0, "todo.1.do", "'finding.answered'"},
    {"todo: only those not answered", TODO, "cash-a", 0, "todo.#", "2"},
    {"todo: the reviewer's months", TODO, "rev-a", 60, "todo.1",
     "{'do':'balance.reconciled','about':'bank-a','month':'2026-04','quantity':2}"},
    {"todo: auditors confirm erasure", TODO, "aud-a", 0, "todo.0.about", "'record.erased'"},
    {"todo: registrars do not", TODO, "reg-b", 0, "todo.0.do", "'finding.answered'"},
};
/* clang-format on */

static void check_view(void **state)
{
    const view_case *c = *state;
    static views_world *w; /* one history for all rows, made by the first */
    if (w == NULL)
        w = write_history();
    if (c == NULL) {
        views_world_free(w);
        return;
    }
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *made = NULL;
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    mz_status status = ask(mz_snapshot_changes(snapshot), c->what, c->id,
                           w->now_ms + c->days * (int64_t)MZ_DAY_MS, &made, &why);
    mz_snapshot_close(snapshot);
    views_expect(status, &why, made, c->path, c->want);
}

/* A list longer than a page goes on where it says, without a gap. */
static void check_pages(void **state)
{
    (void)state;
    views_world *w = views_world_new();
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *made = NULL;
    char body[120];
    people(w);
    for (int i = 0; i <= MZ_VIEW_ROWS_MAX; i++) {
        snprintf(body, sizeof body,
                 "{'need':'n-%d','kind':'meals','item':'x','count':1,'channel':'grid'}", i);
        fund_write(w, "stew-a", "need.listed", body);
    }
    const uint64_t second = w->count - MZ_VIEW_ROWS_MAX; /* of the needs; the first is before it */
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    mz_changes *changes = mz_snapshot_changes(snapshot);
    assert_int_equal(mz_needs_view(changes, mz_view_of("fund-a"), MZ_NEVER, w->now_ms, &made, &why),
                     MZ_OK);
    assert_int_equal(json_array_size(json_object_get(made, "needs")), MZ_VIEW_ROWS_MAX);
    assert_int_equal(json_integer_value(json_object_get(made, "next")), second);
    json_decref(made);
    assert_int_equal(mz_needs_view(changes, mz_view_of("fund-a"), second, w->now_ms, &made, &why),
                     MZ_OK);
    assert_null(json_object_get(made, "next"));
    views_expect(MZ_OK, &why, made, "needs.0.need", "'n-0'");
    mz_snapshot_close(snapshot);
    views_world_free(w);
}

/* The six names, as the public knows them. */
static void check_names(void **state)
{
    (void)state;
    static const char *const ZH[] = {"点事", "提事", "议事", "决策", "办事", "评事"};
    for (mz_step step = MZ_STEP_NEED; step < MZ_STEP_COUNT; step++) {
        assert_string_equal(mz_step_text(step, MZ_CHINESE), ZH[step]);
        assert_string_equal(mz_step_text(step, MZ_ENGLISH), MZ_STEPS[step]);
    }
    assert_null(MZ_STEPS[MZ_STEP_COUNT]);
    for (mz_stage stage = MZ_CONSULTING; stage < MZ_LAPSED; stage++) /* never back, but by an end */
        if (stage < MZ_COMPLETED)
            assert_true(mz_stage_step(stage) <= mz_stage_step(stage + 1));
}

#define CASE_COUNT (sizeof CASES / sizeof CASES[0])

int main(void)
{
    struct CMUnitTest tests[CASE_COUNT + 3];
    for (size_t i = 0; i < CASE_COUNT; i++)
        tests[i] = (struct CMUnitTest){.name = CASES[i].name,
                                       .test_func = check_view,
                                       .initial_state = (void *)(uintptr_t)&CASES[i]};
    tests[CASE_COUNT] = (struct CMUnitTest){.name = "the six names", .test_func = check_names};
    tests[CASE_COUNT + 1] = (struct CMUnitTest){.name = "pages join", .test_func = check_pages};
    tests[CASE_COUNT + 2] =
        (struct CMUnitTest){.name = "the history is put away", .test_func = check_view};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
