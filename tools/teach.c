#include "teach.h"

#include <stdlib.h>
#include <string.h>

#include "core/uuid.h"
#include "core/views.h"
#include "edge/clock.h"

/* What the sentence about an entry is filled in from, besides its body and index. */
typedef enum mz_subject { NOTHING, THE_NEED, THE_ITEM, THE_PROPOSAL } mz_subject;

/* Texts may name members of the subject's view, or of the body, in braces. */
typedef struct mz_lesson {
    mz_event event;
    mz_subject subject;
    const char *help_zh, *help_en; /* NULL: none */
    const char *example;           /* after `mingzhang EVENT DIR --key FILE`; NULL: none */
    const char *next_zh, *next_en; /* NULL: none */
} mz_lesson;

/* clang-format off */
#define CONFIRM_ZH "须由监督员或在席委员在 30 天内确认：goods.confirmed --target '#{index}'。"
#define CONFIRM_EN "A supervisor or seated member is to confirm it within 30 days: goods.confirmed --target '#{index}'."
#define DECIDED_ZH "价值超过免议限额或未估值的，须写明已核准的提案（--proposal）。"
#define DECIDED_EN "Above the fund's cap, or not valued, it cites an approved proposal (--proposal)."
static const mz_lesson LESSONS[] = {
    {MZ_SESSION_HELD, NOTHING, NULL, NULL, "--fund wen --source fair --number 1 --date 2026-01-10 --place 广场 --stalls 30 --firms 5 --visits 800",
     "这一场的收入和物资写明它：income.recorded、goods.received 加 --session '#{index}'。",
     "Incomes and goods of this session name it: income.recorded and goods.received with --session '#{index}'."},
    {MZ_NEED_LISTED, THE_NEED,
     "点事：居民缺什么。微心愿（--kind wishes）经两位委员附议，从微心愿提案中支付；其他需求由提案写明（proposal.filed --need）。",
     "点事: what neighbours lack. A wish (--kind wishes) is endorsed by two members and paid from a wishes proposal; other needs are named by proposals (proposal.filed --need).",
     "--fund wen --need lamp-1 --kind wishes --item lamp --count 1 --channel wish_box",
     "委员附议：need.endorsed --need {need}。提案写明它：proposal.filed --need {need}。",
     "Members endorse it: need.endorsed --need {need}. A proposal names it: proposal.filed --need {need}."},
    {MZ_NEED_ENDORSED, THE_NEED, NULL, NULL, "--fund wen --need lamp-1",
     "需求 {need} 已有 {endorsement_count} 位委员附议；微心愿要两位，然后由出纳支付。",
     "The need {need} is endorsed by {endorsement_count}; a wish takes two, then the cashier pays it."},
    {MZ_GOODS_RECEIVED, THE_ITEM,
     "按物资编号和单位计数，与钱分开；确认之后才计入库存。不知道值多少，填 --value-fen null，不要填 0。",
     "Goods are counted per item and unit, apart from money, and are in stock once confirmed. Where the value is not known, --value-fen null, never 0.",
     "--fund wen --item rice --unit 袋 --quantity 20 --value 1000 --basis 市价",
     CONFIRM_ZH "确认后计入库存。", CONFIRM_EN " Then it is in stock."},
    {MZ_GOODS_ISSUED, THE_ITEM,
     "立即从库存扣除，事后确认。" DECIDED_ZH "受益人姓名不写在这里，只写人数。",
     "Deducted from the stock at once, confirmed afterwards. " DECIDED_EN " Names of recipients do not go here, only how many.",
     "--fund wen --item rice --quantity 5 --value-fen null --proposal rice-1 --recipient-count 5",
     CONFIRM_ZH, CONFIRM_EN},
    {MZ_GOODS_SOLD, THE_ITEM,
     "先登记所得收入（income.recorded），这里写明是哪一笔。没有估值的物资填 --value-fen null：卖得的钱在收入里，不在这里。",
     "First record what it brought (income.recorded), then name that entry here. Goods that were not valued: --value-fen null; the money is in the income, not here.",
     "--fund wen --item toys --quantity 3 --value-fen null --income '#12'",
     CONFIRM_ZH, CONFIRM_EN},
    {MZ_GOODS_WRITTEN_OFF, THE_ITEM,
     "过期、损坏、遗失。" DECIDED_ZH,
     "Out of date, broken, lost. " DECIDED_EN,
     "--fund wen --item rice --quantity 1 --value 50 --reason 受潮",
     CONFIRM_ZH, CONFIRM_EN},
    {MZ_GOODS_CONFIRMED, THE_ITEM,
     "确认您亲眼见过这批物资收到或发出。签名人须是现届监督员或在席委员。",
     "That you have seen these goods come in or go out. Signed by a supervisor or member of the seating in force.",
     "--fund wen --target '#12'",
     "物资 {item} 现有库存 {stock} {unit}。", "{item}: {stock} {unit} in stock."},
    {MZ_PROJECT_RATED, THE_PROPOSAL,
     "评事：完成的项目由居民、街道办、互评团队评议，附汇总表等凭证。可以再评，每方以最新一次为准。",
     "评事: a completed project is rated by residents, the street office or exchange teams, with the tally as evidence. It may be rated again; the latest of each rater counts.",
     "--fund wen --proposal rice-1 --rater residents --counts grade=very_satisfied,count=18 --counts grade=satisfied,count=4 --evidence tally.pdf",
     "查看：mingzhang show proposal DIR {proposal}", "To see it: mingzhang show proposal DIR {proposal}"},
    {MZ_BALANCE_RECONCILED, NOTHING,
     "月末对账：银行余额 = 各基金余额 + 不属于基金的款 + 差额。用 mingzhang reconcile 草拟，附银行对账单。",
     "The month's end: bank balance = balances of the funds + what is no fund's + differences. Draw it up with mingzhang reconcile, attach the bank's statement.",
     "--body \"$(mingzhang reconcile DIR --account acct-1 --month 2026-01 --bank-balance 1234.56)\" --evidence bank.pdf",
     "查看：mingzhang show reconciliation DIR {account}", "To see it: mingzhang show reconciliation DIR {account}"},
    {MZ_AUDIT_REPORTED, NOTHING,
     "--size 是审计到第几笔为止；不给 --root 时，由账本按 --size 填上。每个 --findings 是一项发现，从 0 数起。",
     "--size is how many entries were audited; without --root the ledger fills in the root of so many. Each --findings is one finding, counted from 0.",
     "--size 120 --opinion 账实相符 --findings 第40笔缺少发票",
     "总会答复每项发现：finding.answered --report '#{index}' --finding N --text ...（N 从 0 数起）。",
     "The charity answers each finding: finding.answered --report '#{index}' --finding N --text ... (N from 0)."},
    {MZ_FINDING_ANSWERED, NOTHING,
     "审计员之外的任何在任人员都可以答复。", "Anyone in office but an auditor may answer.",
     "--report '#130' --finding 0 --text 发票已补", "查看：mingzhang show reports DIR", "To see it: mingzhang show reports DIR"},
    {MZ_RECORD_RESTRICTED, NOTHING,
     "立即生效：列出的密封字段从此只有审计员可以查阅。摘要（digest）见 mingzhang show entry。",
     "At once: from now on only auditors may read the sealed fields listed. mingzhang show entry tells the digests.",
     "--disclosures DIGEST,DIGEST --ground 本人要求", NULL, NULL},
    {MZ_RECORD_ERASED, NOTHING,
     "审计员确认之后，列出的密封字段的内容真正删除，不能恢复；账本、合计与根不变。",
     "Once an auditor confirms, what the sealed fields listed say is really removed, for good; log, sums and root stay.",
     "--disclosures DIGEST --ground 本人要求", NULL, NULL},
};

/* What comes next by a proposal's state; with " goods" of one that asks for no money. */
static const struct {
    const char *state, *zh, *en;
} STAGES[] = {
    {"consulting", "提案 {proposal}：征询至 {last_day}，然后委员表决（vote.cast）。",
     "{proposal}: consultation to {last_day}, then members vote (vote.cast)."},
    {"voting", "提案 {proposal}：表决至 {last_day}，同意 {approvals}，需要 {needed}。",
     "{proposal}: voting to {last_day}, approvals: {approvals} of {needed} needed."},
    {"adopted", "提案 {proposal} 已通过：主任在 {last_day} 前提出申请（application.sent）。",
     "{proposal} is adopted: the chair applies by {last_day} (application.sent)."},
    {"applied", "提案 {proposal} 已申请：审核员在 {last_day} 前核准、退回或拒绝（application.approved）。",
     "{proposal} is applied for: a reviewer approves, returns or refuses it by {last_day} (application.approved)."},
    {"approved", "提案 {proposal} 已核准：出纳在 {last_day} 前拨付（payout.made）。",
     "{proposal} is approved: the cashier pays by {last_day} (payout.made)."},
    {"approved goods", "提案 {proposal} 已核准：社区工作者在 {last_day} 前发放物资（goods.issued --proposal {proposal}）。",
     "{proposal} is approved: a steward issues the goods by {last_day} (goods.issued --proposal {proposal})."},
    {"paying", "提案 {proposal}：付完以后，社区工作者登记完成（project.completed）。",
     "{proposal}: when all is paid, a steward completes it (project.completed)."},
    {"paying goods", "提案 {proposal}：发完以后，社区工作者登记完成（project.completed）。",
     "{proposal}: when all is issued, a steward completes it (project.completed)."},
    {"completed", "提案 {proposal} 已完成：请居民评议，附凭证登记（project.rated）。",
     "{proposal} is completed: have it rated, with evidence (project.rated)."},
};
/* clang-format on */

static const mz_lesson *lesson_of(mz_event event)
{
    for (size_t i = 0; i < sizeof(LESSONS) / sizeof(LESSONS[0]); i++)
        if (LESSONS[i].event == event)
            return &LESSONS[i];
    return NULL;
}

void mz_teach_event(const mz_cli *cli, const mz_event_row *row)
{
    const mz_lesson *lesson = lesson_of(row->event);
    if (lesson == NULL)
        return;
    if (lesson->help_zh != NULL)
        printf("\n%s\n", mz_say(cli, lesson->help_zh, lesson->help_en));
    if (lesson->example != NULL)
        printf("\n%s\n  mingzhang %s DIR --key FILE %s\n", mz_say(cli, "例如：", "For example:"),
               row->name, lesson->example);
}

/* Prints a text with its `{name}`s filled in from an object's members. */
static void print_filled(const char *text, const json_t *facts)
{
    while (*text != '\0') {
        const char *open = strchr(text, '{'), *close = open == NULL ? NULL : strchr(open, '}');
        char name[40];
        if (close == NULL || (size_t)(close - open) > sizeof(name)) {
            fputs(text, stdout);
            break;
        }
        snprintf(name, sizeof(name), "%.*s", (int)(close - open - 1), open + 1);
        const json_t *value = json_object_get(facts, name);
        printf("%.*s", (int)(open - text), text);
        if (json_is_integer(value))
            printf("%lld", (long long)json_integer_value(value));
        else if (json_is_string(value))
            fputs(json_string_value(value), stdout);
        text = close + 1;
    }
    putchar('\n');
}

/* ---- what an entry was about ---- */

typedef struct aftermath {
    mz_snapshot *snapshot;
    mz_changes *changes;
    int64_t now_ms;
    json_t *facts; /* the body, the index, then what the subject's view adds */
} aftermath;

static const char *fact(const aftermath *of, const char *name)
{
    const char *text = json_string_value(json_object_get(of->facts, name));
    return text == NULL ? "" : text;
}

/* A confirmation of goods is about what it confirms: that body's members too. */
static void add_target(aftermath *of)
{
    uint8_t jti[16];
    uint64_t index;
    json_t *entry = NULL;
    if (!mz_uuid_parse(mz_view_of(fact(of, "target")), jti) ||
        mz_snapshot_find(of->snapshot, jti, &index, NULL) != MZ_OK ||
        mz_entry_view(of->changes, index, &entry, NULL) != MZ_OK)
        return;
    json_object_update_missing(of->facts, json_object_get(entry, "body"));
    json_decref(entry);
}

static void add_view(aftermath *of, const char *fund, mz_subject subject)
{
    json_t *view = NULL;
    mz_status status = MZ_NOT_FOUND;
    if (subject == THE_NEED)
        status = mz_need_view(of->changes, mz_view_of(fact(of, "need")), of->now_ms, &view, NULL);
    else if (subject == THE_ITEM)
        status = mz_item_view(of->changes, mz_view_of(fund), mz_view_of(fact(of, "item")), MZ_NEVER,
                              of->now_ms, &view, NULL);
    else if (subject == THE_PROPOSAL)
        status = mz_proposal_view(of->changes, mz_view_of(fact(of, "proposal")), of->now_ms, &view,
                                  NULL);
    if (status != MZ_OK)
        return;
    uint64_t index = (uint64_t)json_integer_value(json_object_get(of->facts, "index"));
    json_object_update(of->facts, view);
    json_object_update(of->facts, json_object_get(view, "panel"));
    json_object_set_new(of->facts, "index", json_integer((json_int_t)index)); /* the entry's own */
    json_decref(view);
}

static void print_stage(const mz_cli *cli, const aftermath *of)
{
    char state[40];
    bool money = json_array_size(json_object_get(of->facts, "draws")) > 0;
    bool goods = !money && json_object_get(of->facts, "goods") != NULL;
    snprintf(state, sizeof(state), "%s%s", fact(of, "state"),
             goods && (strcmp(fact(of, "state"), "approved") == 0 ||
                       strcmp(fact(of, "state"), "paying") == 0)
                 ? " goods"
                 : "");
    if (strcmp(state, "completed") == 0 &&
        (json_array_size(json_object_get(of->facts, "ratings")) > 0 ||
         strcmp(fact(of, "category"), "resolution") == 0))
        return;
    for (size_t i = 0; i < sizeof(STAGES) / sizeof(STAGES[0]); i++)
        if (strcmp(STAGES[i].state, state) == 0)
            print_filled(mz_say(cli, STAGES[i].zh, STAGES[i].en), of->facts);
}

/* A movement of goods under a proposal waits for its confirmation first. */
static bool tells_stage(mz_event event)
{
    return event != MZ_GOODS_ISSUED && event != MZ_GOODS_WRITTEN_OFF;
}

void mz_teach_next(const mz_cli *cli, mz_log *log, const mz_submission *submission)
{
    const mz_entry *entry = &submission->entry;
    const mz_event event = entry->row->event;
    const mz_lesson *lesson = lesson_of(event);
    aftermath of = {.facts = json_deep_copy(entry->body)};
    if (of.facts == NULL || mz_snapshot_open(log, &of.snapshot, NULL) != MZ_OK) {
        json_decref(of.facts);
        return;
    }
    int64_t last_ms = mz_snapshot_last_unix_ms(of.snapshot);
    of.changes = mz_snapshot_changes(of.snapshot);
    of.now_ms = mz_clock_now_unix_ms();
    of.now_ms = of.now_ms > last_ms ? of.now_ms : last_ms;
    json_object_set_new(of.facts, "index", json_integer((json_int_t)submission->index));
    if (event == MZ_GOODS_CONFIRMED)
        add_target(&of);
    if (lesson != NULL && lesson->subject != THE_PROPOSAL)
        add_view(&of, entry->fund, lesson->subject);
    if (lesson != NULL && lesson->next_zh != NULL)
        print_filled(mz_say(cli, lesson->next_zh, lesson->next_en), of.facts);
    if (tells_stage(event) && fact(&of, "proposal")[0] != '\0') {
        add_view(&of, entry->fund, THE_PROPOSAL);
        print_stage(cli, &of);
    }
    json_decref(of.facts);
    mz_snapshot_close(of.snapshot);
}
