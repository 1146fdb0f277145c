/* Needs, wishes and goods: each rule kept and broken, as stories on the charity of
 * ledger_fixture.h. A proposal filed on the first day, 2026-03-02, is voting from 2026-03-17. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

/* clang-format off */
#define OPENS "2026-03-17 00:00:00"
#define ADOPT(p) DO("mem-a", "yes", p), DO("mem-b", "yes", p), SEE("is", p " adopted")
#define UNDO(target) "{'target':'@" target "@','reason':'x'}"
#define CONFIRM(target) "{'target':'@" target "@'}"
#define RECEIVE(item, quantity, value, more) "{'item':'" item "','unit':'bag','quantity':" quantity ",'value_fen':" value ",'basis':'x'" more "}"
#define ISSUE(item, quantity, value, more) "{'item':'" item "','quantity':" quantity ",'value_fen':" value ",'recipient_count':1" more "}"
#define SELL(item, quantity, income) "{'item':'" item "','quantity':" quantity ",'value_fen':null,'income':'@" income "@'}"
#define WRITE_OFF(item, quantity, value, more) "{'item':'" item "','quantity':" quantity ",'value_fen':" value ",'reason':'x'" more "}"
#define UNDER(p) ",'proposal':'" p "'"
#define STOCK(item, quantity) AS("in", "stew-a", "goods.received", RECEIVE(item, quantity, "100", "")), DO("sup-a", "goods.confirmed", CONFIRM("in"))
#define GOODS(p, item, quantity) DO("stew-a", "proposal.filed", "{'proposal':'" p "','title':'t','category':'goods','why':'w','payees':[],'draws':[],'goods':[{'item':'" item "','quantity':" quantity "}]}")
#define GOODS_APPROVED(p, item, quantity) GOODS(p, item, quantity), AT(OPENS), ADOPT(p), DO("mem-a", "applies", p), DO("rev-a", "approves", p), SEE("is", p " approved")
#define NEED(id) "{'need':'" id "','kind':'wishes','item':'lamp','count':1,'channel':'wish_box'}"
#define FOR(id) "{'need':'" id "'}"
#define ENDORSED(id) DO("stew-a", "need.listed", NEED(id)), DO("mem-a", "need.endorsed", FOR(id)), DO("mem-b", "need.endorsed", FOR(id))
#define WISHES_APPROVED(more) DO("", "party", "shop"), DO("", "gives", "general 1000"), DO("stew-a", "files", "w wishes general:500 end=2026-12-31" more), \
    AT(OPENS), ADOPT("w"), DO("mem-a", "applies", "w"), DO("rev-a", "approves", "w general:500")
#define GRANT(need, fen, ref) "{'proposal':'w','party':'shop','need':'" need "','booked_on':'2026-03-17','bank_ref':'" ref "','draws':[{'purpose':'general','amount_fen':" fen "}]}"
#define BACK(payout, fen, ref) "{'payout':'@" payout "@','amount_fen':" fen ",'booked_on':'2026-03-17','bank_ref':'" ref "'}"
#define UNDO_SHOWN(target) "{'target':'@" target "@','reason':'x'," MZ_FIXTURE_EVIDENCE "}"
#define MARKET "{'source':'fair','kind':'market','agreement':{'service_type':'x','hours':'x','operation':'x','liability':'x'},'gratuitous':false,'signed_on':'2026-01-01'," MZ_FIXTURE_EVIDENCE "}"
#define SESSION "{'source':'fair','number':1,'date':'2026-03-02','place':'x','stalls':1,'firms':1,'visits':1}"
#define INCOME "{'kind':'donation','amount_fen':100,'received_on':'2026-03-02','purpose':'general'}"

static const story_case NEED_CASES[] = {
    {"need: an identifier serves once, even when the need was reversed", MZ_FIXTURE_SEATED,
     {AS("n", "stew-a", "need.listed", NEED("n")), NO(MZ_ID_TAKEN, "stew-a", "need.listed", NEED("n")),
      NO(MZ_ID_TAKEN, "stew-b", "need.listed", "fund-b|" NEED("n")),
      DO("stew-a", "entry.reversed", UNDO("n")), NO(MZ_ID_TAKEN, "stew-a", "need.listed", NEED("n"))}},
    {"need: who endorses is seated, once, and not for another fund", MZ_FIXTURE_SEATED,
     {DO("stew-a", "need.listed", NEED("n")), NO(MZ_NOT_FOUND, "mem-a", "need.endorsed", FOR("m")),
      NO(MZ_NOT_SEATED, "mem-f", "need.endorsed", FOR("n")), NO(MZ_NOT_SEATED, "mem-d", "need.endorsed", FOR("n")),
      DO("mem-c", "need.endorsed", FOR("n")), NO(MZ_ALREADY_DONE, "mem-c", "need.endorsed", FOR("n")),
      NO(MZ_OTHER_FUND, "mem-a", "need.endorsed", "fund-b|" FOR("n"))}},
    {"need: a reversed one is neither endorsed nor named", MZ_FIXTURE_SEATED,
     {AS("n", "stew-a", "need.listed", NEED("n")), DO("mem-a", "need.endorsed", FOR("n")),
      NO(MZ_WRONG_ROLE, "cash-a", "entry.reversed", UNDO("n")), DO("stew-a", "entry.reversed", UNDO("n")),
      NO(MZ_ALREADY_REVERSED, "stew-a", "entry.reversed", UNDO("n")),
      NO(MZ_NOT_IN_EFFECT, "mem-b", "need.endorsed", FOR("n")),
      NO(MZ_NOT_IN_EFFECT, "stew-a", "proposal.filed", "{'proposal':'p','title':'t','category':'resolution','why':'w','need':'n','payees':[],'draws':[]}")}},
    {"need: a proposal that names it holds it, until it ends with nothing paid", MZ_FIXTURE_SEATED,
     {AS("n", "stew-a", "need.listed", NEED("n")),
      NO(MZ_NOT_FOUND, "stew-a", "proposal.filed", "{'proposal':'p','title':'t','category':'resolution','why':'w','need':'m','payees':[],'draws':[]}"),
      DO("stew-a", "proposal.filed", "{'proposal':'p','title':'t','category':'resolution','why':'w','need':'n','payees':[],'draws':[]}"),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("n")), DO("stew-a", "withdraws", "p"),
      DO("stew-a", "entry.reversed", UNDO("n"))}},
    {"need: a completed proposal holds it for good", MZ_FIXTURE_SEATED,
     {AS("n", "stew-a", "need.listed", NEED("n")),
      DO("stew-a", "proposal.filed", "{'proposal':'p','title':'t','category':'resolution','why':'w','need':'n','payees':[],'draws':[]}"),
      AT(OPENS), DO("mem-a", "yes", "p"), DO("mem-b", "yes", "p"), SEE("is", "p completed"),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("n"))}},
    {"need: other funds' needs are not named", MZ_FIXTURE_SEATED,
     {DO("stew-b", "need.listed", "fund-b|" NEED("n")),
      NO(MZ_OTHER_FUND, "stew-a", "proposal.filed", "{'proposal':'p','title':'t','category':'resolution','why':'w','need':'n','payees':[],'draws':[]}")}},
    {"need: endorsements stay", MZ_FIXTURE_SEATED,
     {DO("stew-a", "need.listed", NEED("n")), AS("e", "mem-a", "need.endorsed", FOR("n")),
      NO(MZ_NOT_REVERSIBLE, "stew-a", "entry.reversed", UNDO("e"))}},
};

static const story_case WISH_CASES[] = {
    {"wish: named, endorsed by two, paid once, within the cap of each", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(" item=100"), ENDORSED("n"), DO("stew-a", "need.listed", NEED("m")),
      NO(MZ_NEED_REQUIRED, "cash-a", "payout.made", "{'proposal':'w','party':'shop','booked_on':'2026-03-17','bank_ref':'x','draws':[{'purpose':'general','amount_fen':5}]}"),
      NO(MZ_NOT_FOUND, "cash-a", "payout.made", GRANT("o", "100", "x")),
      NO(MZ_NOT_ENDORSED, "cash-a", "payout.made", GRANT("m", "100", "x")),
      DO("mem-c", "need.endorsed", FOR("m")), NO(MZ_NOT_ENDORSED, "cash-a", "payout.made", GRANT("m", "100", "x")),
      NO(MZ_OVER_CAP, "cash-a", "payout.made", GRANT("n", "101", "x")),
      DO("cash-a", "payout.made", GRANT("n", "100", "x")), SEE("is", "w paying"),
      NO(MZ_ALREADY_DONE, "cash-a", "payout.made", GRANT("n", "1", "y")),
      DO("mem-b", "need.endorsed", FOR("m")), DO("cash-a", "payout.made", GRANT("m", "100", "y")),
      SEE("balance", "general 800"), SEE("reserved", "general 300")}},
    {"wish: the payee is verified", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(""), ENDORSED("n"), DO("stew-a", "party.registered", "{'party':'new','kind':'person'}"),
      NO(MZ_NOT_VERIFIED, "cash-a", "payout.made", "{'proposal':'w','party':'new','need':'n','booked_on':'2026-03-17','bank_ref':'x','draws':[{'purpose':'general','amount_fen':5}]}")}},
    {"wish: a conflict with the payee bars who endorsed and who pays", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(""), ENDORSED("n"), DO("cash-a", "declares", "shop"),
      NO(MZ_CONFLICT_OF_INTEREST, "cash-a", "payout.made", GRANT("n", "5", "x")),
      DO("mem-a", "declares", "shop"), NO(MZ_NOT_ENDORSED, "cash-b", "payout.made", GRANT("n", "5", "x")),
      DO("mem-c", "need.endorsed", FOR("n")), DO("cash-b", "payout.made", GRANT("n", "5", "x"))}},
    {"wish: of another fund", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(""), DO("stew-b", "need.listed", "fund-b|" NEED("n")), NO(MZ_OTHER_FUND, "cash-a", "payout.made", GRANT("n", "5", "x"))}},
    {"wish: what came back wholly may be paid again; part of it does not", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(""), ENDORSED("n"), AS("p", "cash-a", "payout.made", GRANT("n", "100", "x")),
      DO("cash-a", "payout.returned", BACK("p", "40", "b")), NO(MZ_ALREADY_DONE, "cash-a", "payout.made", GRANT("n", "100", "y")),
      AS("r", "cash-a", "payout.returned", BACK("p", "60", "c")), DO("cash-a", "payout.made", GRANT("n", "100", "y")),
      DO("cash-a", "entry.reversed", UNDO("r")), NO(MZ_ALREADY_DONE, "cash-a", "payout.made", GRANT("n", "100", "z"))}},
    {"wish: a reversed payout frees it; while it stands the need stays", MZ_FIXTURE_SEATED,
     {WISHES_APPROVED(""), AS("n", "stew-a", "need.listed", NEED("n")), DO("mem-a", "need.endorsed", FOR("n")),
      DO("mem-b", "need.endorsed", FOR("n")), AS("p", "cash-a", "payout.made", GRANT("n", "100", "x")),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("n")), DO("rev-a", "entry.reversed", UNDO_SHOWN("p")),
      SEE("is", "w approved"), AS("q", "cash-a", "payout.made", GRANT("n", "100", "x")),
      DO("rev-a", "entry.reversed", UNDO_SHOWN("q")), DO("stew-a", "entry.reversed", UNDO("n")),
      NO(MZ_NOT_IN_EFFECT, "cash-a", "payout.made", GRANT("n", "5", "y"))}},
};

static const story_case GOODS_CASES[] = {
    {"goods: stock counts once confirmed, by somebody of the committee, once", MZ_FIXTURE_SEATED,
     {AS("in", "stew-a", "goods.received", RECEIVE("rice", "5", "100", "")), GOODS_APPROVED("g", "rice", "9"),
      NO(MZ_STOCK_SHORT, "stew-a", "goods.issued", ISSUE("rice", "1", "1", UNDER("g"))),
      NO(MZ_NOT_SEATED, "mem-f", "goods.confirmed", CONFIRM("in")), NO(MZ_NOT_SEATED, "sup-b", "goods.confirmed", CONFIRM("in")),
      NO(MZ_WRONG_ROLE, "stew-a", "goods.confirmed", CONFIRM("in")),
      DO("mem-c", "goods.confirmed", CONFIRM("in")), NO(MZ_ALREADY_CONFIRMED, "sup-a", "goods.confirmed", CONFIRM("in")),
      DO("stew-a", "goods.issued", ISSUE("rice", "5", "1", UNDER("g"))),
      NO(MZ_STOCK_SHORT, "stew-a", "goods.issued", ISSUE("rice", "1", "1", UNDER("g")))}},
    {"goods: what is confirmed is goods of this fund", MZ_FIXTURE_SEATED,
     {AS("n", "stew-a", "need.listed", NEED("n")), AS("b", "stew-b", "goods.received", "fund-b|" RECEIVE("rice", "5", "null", "")),
      NO(MZ_NOT_FOUND, "sup-a", "goods.confirmed", CONFIRM("n")), NO(MZ_OTHER_FUND, "sup-a", "goods.confirmed", CONFIRM("b"))}},
    {"goods: an item has one unit while a receipt of it stands", MZ_FIXTURE_SEATED,
     {AS("a", "stew-a", "goods.received", RECEIVE("rice", "5", "null", "")),
      NO(MZ_UNIT_DIFFERS, "stew-a", "goods.received", "{'item':'rice','unit':'kg','quantity':1,'value_fen':null,'basis':'x'}"),
      DO("stew-b", "goods.received", "fund-b|{'item':'rice','unit':'kg','quantity':1,'value_fen':null,'basis':'x'}"),
      AS("b", "stew-a", "goods.received", RECEIVE("rice", "5", "null", "")), DO("stew-a", "entry.reversed", UNDO("a")),
      NO(MZ_UNIT_DIFFERS, "stew-a", "goods.received", "{'item':'rice','unit':'kg','quantity':1,'value_fen':null,'basis':'x'}"),
      DO("stew-a", "entry.reversed", UNDO("b")),
      DO("stew-a", "goods.received", "{'item':'rice','unit':'kg','quantity':1,'value_fen':null,'basis':'x'}")}},
    {"goods: an item that never came in does not go out", MZ_FIXTURE_SEATED,
     {NO(MZ_NOT_FOUND, "stew-a", "goods.written_off", WRITE_OFF("rice", "1", "1", ""))}},
    {"goods: given by a party that is known, at a session that was held", MZ_FIXTURE_SEATED,
     {NO(MZ_NOT_FOUND, "stew-a", "goods.received", RECEIVE("rice", "5", "null", ",'party':'who'")), DO("", "party", "giver"),
      DO("stew-a", "source.registered", MARKET), AS("s", "stew-a", "session.held", SESSION),
      AS("in", "stew-a", "goods.received", RECEIVE("rice", "5", "null", ",'party':'giver','session':'@s@'")),
      NO(MZ_NOT_FOUND, "stew-a", "goods.received", RECEIVE("rice", "5", "null", ",'session':'@in@'")),
      NO(MZ_OTHER_FUND, "stew-b", "goods.received", "fund-b|" RECEIVE("rice", "5", "null", ",'session':'@s@'")),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("s")), DO("stew-a", "entry.reversed", UNDO("in")),
      DO("stew-a", "entry.reversed", UNDO("s")),
      NO(MZ_NOT_IN_EFFECT, "stew-a", "goods.received", RECEIVE("rice", "5", "null", ",'session':'@s@'"))}},
    {"goods: values of one kind of movement sum to 10^15 at most", MZ_FIXTURE_SEATED,
     {AS("a", "stew-a", "goods.received", RECEIVE("gold", "1", "1000000000000000", "")), DO("sup-a", "goods.confirmed", CONFIRM("a")),
      AS("b", "stew-a", "goods.received", RECEIVE("gold", "1", "1", "")), NO(MZ_BALANCE_LIMIT, "sup-a", "goods.confirmed", CONFIRM("b")),
      AS("c", "stew-a", "goods.received", RECEIVE("gold", "1", "null", "")), DO("sup-a", "goods.confirmed", CONFIRM("c"))}},
};

static const story_case DECIDED_CASES[] = {
    {"goods: above the cap, or unvalued, the committee decides", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), DO("stew-a", "files", "r resolution"), AT(OPENS), DO("mem-a", "yes", "r"), DO("mem-b", "yes", "r"),
      NO(MZ_GOODS_UNDECIDED, "stew-a", "goods.issued", ISSUE("rice", "1", "1", "")),
      DO("reg-a", "fund.amended", "{'profile':{'goods_cap_fen':50},'proposal':'r'}"),
      DO("stew-a", "goods.issued", ISSUE("rice", "1", "50", "")), NO(MZ_GOODS_UNDECIDED, "stew-a", "goods.issued", ISSUE("rice", "1", "51", "")),
      NO(MZ_GOODS_UNDECIDED, "stew-a", "goods.issued", ISSUE("rice", "1", "null", "")),
      DO("stew-a", "goods.written_off", WRITE_OFF("rice", "1", "50", "")),
      NO(MZ_GOODS_UNDECIDED, "stew-a", "goods.written_off", WRITE_OFF("rice", "1", "null", ""))}},
    {"goods: issues and write-offs share what the filing lists", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), STOCK("oil", "9"), GOODS("h", "rice", "9"), GOODS_APPROVED("g", "rice", "3"),
      NO(MZ_NOT_FOUND, "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("none"))),
      NO(MZ_WRONG_STAGE, "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("h"))),
      NO(MZ_OVER_GOODS, "stew-a", "goods.issued", ISSUE("oil", "1", "null", UNDER("g"))),
      NO(MZ_OVER_GOODS, "stew-a", "goods.issued", ISSUE("rice", "4", "null", UNDER("g"))),
      AS("i", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))),
      DO("stew-a", "goods.written_off", WRITE_OFF("rice", "1", "null", UNDER("g"))),
      NO(MZ_OVER_GOODS, "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("g"))),
      DO("stew-a", "entry.reversed", UNDO("i")), DO("stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g")))}},
    {"goods: the first confirmed issue begins the paying, its reversal ends it", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), GOODS_APPROVED("g", "rice", "9"), AS("i", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))),
      SEE("is", "g approved"), NO(MZ_WRONG_STAGE, "stew-a", "completes", "g"), DO("sup-a", "goods.confirmed", CONFIRM("i")),
      SEE("is", "g paying"), AS("j", "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("g"))),
      DO("stew-a", "entry.reversed", UNDO("i")), SEE("is", "g approved"), NO(MZ_ALREADY_REVERSED, "sup-a", "goods.confirmed", CONFIRM("i")),
      DO("mem-a", "goods.confirmed", CONFIRM("j")), SEE("is", "g paying"), DO("stew-a", "completes", "g"), SEE("is", "g completed"),
      DO("stew-a", "entry.reversed", UNDO("j")), SEE("is", "g completed"),
      NO(MZ_WRONG_STAGE, "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("g")))}},
    {"goods: approved anew after an issue was confirmed, it is paying", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), GOODS_APPROVED("g", "rice", "9"), AS("i", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))),
      AS("k", "reg-a", "rekeys", "rev-a rev-a2 2026-03-17 00:00:00"), DO("reg-b", "confirms", "k"), SEE("is", "g applied"),
      DO("sup-a", "goods.confirmed", CONFIRM("i")), SEE("is", "g applied"), DO("rev-b", "approves", "g"), SEE("is", "g paying"),
      DO("stew-a", "entry.reversed", UNDO("i")), SEE("is", "g approved")}},
    {"goods: a confirmed write-off alone is nothing paid", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), GOODS_APPROVED("g", "rice", "9"), AS("w", "stew-a", "goods.written_off", WRITE_OFF("rice", "2", "null", UNDER("g"))),
      DO("sup-a", "goods.confirmed", CONFIRM("w")), SEE("is", "g approved"), AT("2026-09-14 00:00:00"), SEE("is", "g lapsed")}},
    {"goods: an issue after the days to pay, and its reversal", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), GOODS_APPROVED("g", "rice", "9"), AS("i", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))),
      DO("sup-a", "goods.confirmed", CONFIRM("i")), AT("2026-09-14 00:00:00"), SEE("is", "g paying"),
      AS("j", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))), DO("stew-a", "entry.reversed", UNDO("i")), SEE("is", "g lapsed")}},
    {"goods: a confirmed issue brought something up", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), GOODS_APPROVED("g", "rice", "9"),
      NO(MZ_NOTHING_PAID, "stew-a", "income.recorded", "{'kind':'donation','amount_fen':100,'received_on':'2026-03-02','purpose':'general','seeded_by':'g'}"),
      AS("i", "stew-a", "goods.issued", ISSUE("rice", "2", "null", UNDER("g"))), DO("sup-a", "goods.confirmed", CONFIRM("i")),
      DO("stew-a", "income.recorded", "{'kind':'donation','amount_fen':100,'received_on':'2026-03-02','purpose':'general','seeded_by':'g'}")}},
};

static const story_case SALE_CASES[] = {
    {"goods: a sale names an income of the fund that stands", MZ_FIXTURE_SEATED,
     {STOCK("rice", "9"), AS("a", "stew-a", "income.recorded", INCOME), AS("b", "stew-b", "income.recorded", "fund-b|" INCOME),
      NO(MZ_NOT_FOUND, "stew-a", "goods.sold", SELL("rice", "1", "in")), NO(MZ_OTHER_FUND, "stew-a", "goods.sold", SELL("rice", "1", "b")),
      NO(MZ_STOCK_SHORT, "stew-a", "goods.sold", SELL("rice", "10", "a")), AS("s", "stew-a", "goods.sold", SELL("rice", "9", "a")),
      NO(MZ_STOCK_SHORT, "stew-a", "goods.sold", SELL("rice", "1", "a")), DO("stew-a", "entry.reversed", UNDO("s")),
      DO("stew-a", "entry.reversed", UNDO("a")), NO(MZ_NOT_IN_EFFECT, "stew-a", "goods.sold", SELL("rice", "1", "a"))}},
};

static const story_case REVERSAL_CASES[] = {
    {"goods: a receipt is reversed while its goods are there", MZ_FIXTURE_SEATED,
     {STOCK("rice", "5"), GOODS_APPROVED("g", "rice", "9"), AS("i", "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("g"))),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("in")), AS("more", "stew-a", "goods.received", RECEIVE("rice", "1", "null", "")),
      NO(MZ_DEPENDED_ON, "stew-a", "entry.reversed", UNDO("in")), DO("sup-a", "goods.confirmed", CONFIRM("more")),
      DO("stew-a", "entry.reversed", UNDO("in")), NO(MZ_STOCK_SHORT, "stew-a", "goods.issued", ISSUE("rice", "1", "null", UNDER("g"))),
      NO(MZ_WRONG_ROLE, "cash-a", "entry.reversed", UNDO("i")), NO(MZ_OTHER_FUND, "stew-b", "entry.reversed", "fund-b|" UNDO("i")),
      DO("stew-a", "entry.reversed", UNDO("i")), DO("stew-a", "entry.reversed", UNDO("more")),
      NO(MZ_ALREADY_REVERSED, "stew-a", "entry.reversed", UNDO("more"))}},
    {"goods: a confirmation stays", MZ_FIXTURE_SEATED,
     {AS("in", "stew-a", "goods.received", RECEIVE("rice", "5", "null", "")), AS("c", "sup-a", "goods.confirmed", CONFIRM("in")),
      NO(MZ_NOT_REVERSIBLE, "stew-a", "entry.reversed", UNDO("c"))}},
    {"closing: not over goods in stock or waiting; goods go on while it lasts", MZ_FIXTURE_SEATED,
     {AS("in", "stew-a", "goods.received", RECEIVE("rice", "5", "100", "")), AS("a", "stew-a", "income.recorded", INCOME), DO("reg-a", "fund.closing", "{'reason':'x'}"),
      NO(MZ_FUND_BUSY, "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"), DO("stew-a", "goods.received", RECEIVE("oil", "1", "null", "")),
      DO("sup-a", "goods.confirmed", CONFIRM("in")), AS("s", "stew-a", "goods.sold", SELL("rice", "5", "a")), DO("stew-a", "entry.reversed", UNDO("a")),
      NO(MZ_FUND_BUSY, "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}")}},
    {"closing: an empty store closes, and takes nothing more", MZ_FIXTURE_SEATED,
     {AS("in", "stew-a", "goods.received", RECEIVE("rice", "5", "100", "")), DO("reg-a", "fund.closing", "{'reason':'x'}"), DO("stew-a", "entry.reversed", UNDO("in")),
      AS("c", "reg-a", "fund.closed", "{'residual_to':{'fund':'fund-b','purpose':'general'}}"), DO("reg-b", "confirms", "c"),
      NO(MZ_FUND_ENDED, "stew-a", "goods.received", RECEIVE("rice", "5", "100", "")), NO(MZ_FUND_ENDED, "stew-a", "need.listed", NEED("n"))}},
};
/* clang-format on */

#define CASES(table) table, sizeof(table) / sizeof(table)[0]
#define TESTS_MAX 100

int main(void)
{
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    count = story_tests_add(tests, TESTS_MAX, count, CASES(NEED_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(WISH_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(GOODS_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(DECIDED_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(SALE_CASES));
    count = story_tests_add(tests, TESTS_MAX, count, CASES(REVERSAL_CASES));
    return _cmocka_run_group_tests("rules of needs and goods", tests, count, NULL, NULL);
}
