#include "routes.h"

#include "handlers.h"
#include "log/evidence.h"
#include "pages/pages.h"

/* A JWS of at most 65,535 bytes with its disclosures. */
#define ENTRY_SIZE_MAX (512 * 1024)

/* clang-format off */
const mz_param MZ_PARAMS[] = {
    {"fund", MZ_PARAM_ID, "基金编号。", "A fund's identifier."},
    {"id", MZ_PARAM_ID, "编号。", "An identifier."},
    {"item", MZ_PARAM_ID, "物资编号。", "An item's identifier."},
    {"account", MZ_PARAM_ID, "银行账户编号。", "A bank account's identifier."},
    {"before", MZ_PARAM_MONTH, "早于这个月的。", "Months before this one."},
    {"to", MZ_PARAM_DAY, "公示期的最后一日。", "The last day of the period."},
    {"actor", MZ_PARAM_ID, "人员编号。", "A person's identifier."},
    {"index", MZ_PARAM_NUMBER, "第几笔，从 0 数起。", "The number of an entry, from 0."},
    {"receipt_no", MZ_PARAM_TEXT, "捐赠票据号。", "The number of a donation receipt."},
    {"sha256", MZ_PARAM_SHA256, "文件的 SHA-256。", "The SHA-256 of a document."},
    {"month", MZ_PARAM_MONTH, "年月。", "A month."},
    {"rest", MZ_PARAM_REST, "路径的其余部分。", "The rest of the path."},
    {"event", MZ_PARAM_EVENT, "只列这种事项。", "Entries of this event only."},
    {"cursor", MZ_PARAM_CURSOR, "接着上一页：上一个回答中的 next。", "Goes on after a page: `next` of the answer before."},
    {"proposal", MZ_PARAM_ID, "提案编号。", "A proposal's identifier."},
    {"table", MZ_PARAM_TOKEN, "表的名称：income；基金的表也可以是一个月：2026-03。", "A table's name: income; a fund's may be a month, 2026-03."},
    {"after", MZ_PARAM_NUMBER, "接着上一页：这一笔之后。", "Goes on after a page: after this entry."},
    {"until", MZ_PARAM_NUMBER, "接着上一页：这一笔之前。", "Goes on after a page: before this entry."},
    {"from", MZ_PARAM_NUMBER, "接着上一个文件：从这一笔起。", "Goes on after a file: from this entry on."},
    {"number", MZ_PARAM_REST, "票据号，照人输入的样子。", "A receipt number as a person typed it."},
    {"v", MZ_PARAM_TOKEN, "样式表的版本。", "The version of the style sheet."},
    {"lang", MZ_PARAM_LANGUAGE, "语言。", "Language."},
};
const size_t MZ_PARAM_COUNT = sizeof(MZ_PARAMS) / sizeof(MZ_PARAMS[0]);

static const char *const ENTRY_TYPES[] = {"application/jose", "application/sd-jwt", "text/plain", NULL};
static const char *const BY_EVENT[] = {"event", "cursor", "lang", NULL};
static const char *const PAGED[] = {"cursor", "lang", NULL};
static const char *const BY_MONTH[] = {"before", "lang", NULL};
static const char *const BY_FUND[] = {"fund", "cursor", "lang", NULL};
static const char *const TO_DAY[] = {"to", "lang", NULL};
static const char *const PLAIN[] = {"lang", NULL};
static const char *const AFTER[] = {"after", "lang", NULL};
static const char *const UNTIL[] = {"until", "lang", NULL};
static const char *const FROM[] = {"from", "lang", NULL};
static const char *const BY_RECEIPT[] = {"number", "lang", NULL};
static const char *const BY_VERSION[] = {"v", NULL};

/* Most rows read the ledger as JSON that can change. */
#define VIEW(path, run, members, chinese, english) \
    {.methods = MZ_GET, .pattern = path, .handler = run, .query = members, .cache = MZ_CACHE_SHORT, \
     .answers = MZ_MEDIA_JSON, .zh = chinese, .en = english}
/* A page for people. */
#define PAGE(path, run, members, chinese, english) \
    {.methods = MZ_GET, .pattern = path, .handler = run, .query = members, .cache = MZ_CACHE_SHORT, \
     .answers = MZ_MEDIA_HTML, .zh = chinese, .en = english, .refuse = mz_refuse_with_page, .any_query = true}
/* A table of a page, as a file. */
#define FILE_OF(path, run, members, chinese, english) \
    {.methods = MZ_GET, .pattern = path, .handler = run, .query = members, .cache = MZ_CACHE_SHORT, \
     .answers = MZ_MEDIA_CSV, .zh = chinese, .en = english, .refuse = mz_refuse_with_page, .any_query = true}
/* About the service: needs no ledger. */
#define ABOUT(path, run, keep, type, chinese, english) \
    {.methods = MZ_GET, .pattern = path, .handler = run, .query = PLAIN, .cache = keep, \
     .answers = type, .zh = chinese, .en = english, .no_ledger = true}

const mz_route MZ_ROUTES[] = {
    {.methods = MZ_POST, .pattern = "/v1/entries", .handler = mz_handle_submit, .query = PLAIN, .cache = MZ_CACHE_NONE,
     .answers = MZ_MEDIA_JSON, .zh = "提交已签名的一笔；入账后回答。", .en = "Submits a signed entry; answers once it is in the log.",
     .created = "已入账 It is in the log.", .body_max = ENTRY_SIZE_MAX, .takes = ENTRY_TYPES},
    VIEW("/v1/funds", mz_handle_funds, PLAIN, "账本、人员与各基金。", "The ledger, its people and its funds."),
    VIEW("/v1/funds/{fund}", mz_handle_fund, PLAIN, "一个基金的余额、委员会、来源与提案。", "A fund: balance, committee, sources, proposals."),
    VIEW("/v1/funds/{fund}/entries", mz_handle_fund_entries, BY_EVENT, "一个基金的各笔，最近的在前。", "A fund's entries, newest first."),
    VIEW("/v1/funds/{fund}/proposals", mz_handle_fund_proposals, PAGED, "一个基金的提案，最近的在前。", "A fund's proposals, newest first."),
    VIEW("/v1/proposals/{id}", mz_handle_proposal, PLAIN, "一件提案的经过、表决与支付。", "A proposal: its steps, ballots and payouts."),
    VIEW("/v1/entries/{index}", mz_handle_entry, PLAIN, "一笔的内容，及其确认与冲销。", "An entry, its confirmation and reversal."),
    {.methods = MZ_GET, .pattern = "/v1/entries/{index}/receipt", .handler = mz_handle_entry_receipt, .query = PLAIN, .cache = MZ_CACHE_SHORT, .answers = MZ_MEDIA_TEXT,
     .zh = "一笔的收据（.tlog-proof），可离线验证。", .en = "The receipt of an entry (.tlog-proof), to be verified offline."},
    {.methods = MZ_GET, .pattern = "/v1/entries/{index}/disclosures", .handler = mz_handle_disclosures, .query = PLAIN, .cache = MZ_CACHE_NONE,
     .answers = MZ_MEDIA_JSON, .zh = "一笔的密封字段；须附查阅凭据。", .en = "The sealed fields of an entry; needs a token."},
    VIEW("/v1/receipts/{receipt_no}", mz_handle_receipt_no, PLAIN, "按票据号查一笔捐赠及其去向。", "A gift by its receipt number, and what it paid for."),
    VIEW("/v1/trace/{index}", mz_handle_trace, PLAIN, "一笔收入用在哪里，或一笔拨付是谁的钱。", "What an income paid for, or whose money a payout was."),
    VIEW("/v1/actors/{actor}/todo", mz_handle_todo, PLAIN, "什么事在等某人。", "What waits for a person."),
    {.methods = MZ_GET, .pattern = "/v1/evidence/{sha256}", .handler = mz_handle_evidence_get, .query = PLAIN, .cache = MZ_CACHE_NONE,
     .answers = MZ_MEDIA_BYTES, .zh = "一份凭证；密封的须附查阅凭据。", .en = "A document; a sealed one needs a token."},
    {.methods = MZ_PUT, .pattern = "/v1/evidence/{sha256}", .handler = mz_handle_evidence_put, .query = PLAIN, .cache = MZ_CACHE_NONE,
     .answers = MZ_MEDIA_JSON, .zh = "放入一份已有一笔写明散列的凭证。", .en = "Puts in a document whose hash an entry names.",
     .created = "已放入，原先没有 It was put in, and was not there before.",
     .before = mz_before_evidence_put, .body_as_file = true, .body_max = (size_t)MZ_EVIDENCE_SIZE_MAX},
    VIEW("/v1/statements", mz_handle_statements, BY_FUND, "各基金公示到哪一天；给出基金时列出其公示。", "How far each fund has published; with a fund, its statements."),
    VIEW("/v1/funds/{fund}/statement", mz_handle_statement_draft, TO_DAY, "下一期公示的草稿，数字照账本。", "The next statement's draft, with the log's figures."),
    VIEW("/v1/funds/{fund}/needs", mz_handle_needs, PAGED, "一个基金的需求，最近的在前。", "A fund's needs, newest first."),
    VIEW("/v1/funds/{fund}/goods", mz_handle_goods, PAGED, "一个基金的物资与库存。", "A fund's goods and what is in stock."),
    VIEW("/v1/funds/{fund}/goods/{item}", mz_handle_item, PAGED, "一种物资的收发，最近的在前。", "An item's movements, newest first."),
    VIEW("/v1/needs/{id}", mz_handle_need, PLAIN, "一项需求。", "A need."),
    VIEW("/v1/sources/{id}", mz_handle_source, PLAIN, "一个来源及其收入。", "A source and what it brought."),
    VIEW("/v1/parties/{id}", mz_handle_party, PLAIN, "一个往来方。", "A party."),
    VIEW("/v1/accounts/{account}/reconciliations", mz_handle_reconciliations, BY_MONTH, "一个银行账户的各月对账。", "The reconciliations of a bank account."),
    VIEW("/v1/reports", mz_handle_reports, PAGED, "审计报告与对发现的答复。", "Audit reports, and answers to their findings."),
    {.methods = MZ_GET, .pattern = "/checkpoint", .handler = mz_handle_checkpoint, .query = PLAIN, .cache = MZ_CACHE_SHORT,
     .answers = MZ_MEDIA_TEXT, .zh = "最新的总账印章（C2SP tlog-tiles）。", .en = "The latest checkpoint (C2SP tlog-tiles)."},
    {.methods = MZ_GET, .pattern = "/tile/{rest}", .handler = mz_handle_tile, .query = PLAIN, .cache = MZ_CACHE_IMMUTABLE,
     .answers = MZ_MEDIA_BYTES, .zh = "散列瓦片，或各笔的包（C2SP tlog-tiles）。", .en = "A tile of hashes, or a bundle of entries (C2SP tlog-tiles)."},
    ABOUT("/v1/schema", mz_handle_schema, MZ_CACHE_SHORT, MZ_MEDIA_JSON, "事项目录与拒绝代码。", "The catalogue of events and the list of refusals."),
    ABOUT("/openapi.json", mz_handle_openapi, MZ_CACHE_SHORT, MZ_MEDIA_JSON, "本接口的说明。", "This description."),
    ABOUT("/healthz", mz_handle_health, MZ_CACHE_NONE, MZ_MEDIA_JSON, "服务是否正常。", "Whether all is well."),
    ABOUT("/metrics", mz_handle_metrics, MZ_CACHE_NONE, MZ_MEDIA_TEXT, "运行数据（Prometheus）。", "Figures for Prometheus."),
    PAGE("/", mz_handle_page_home, AFTER, "网页：各基金。", "Page: the funds."),
    PAGE("/f/{fund}", mz_handle_page_fund, UNTIL, "网页：一个基金。", "Page: a fund."),
    PAGE("/f/{fund}/{month}", mz_handle_page_month, AFTER, "网页：一个基金一个月的每一笔，可打印张贴。", "Page: a fund's entries of a month, to be printed."),
    FILE_OF("/f/{fund}/{table}.csv", mz_handle_page_fund_table, FROM, "一个基金的一张表（CSV）。", "A table of a fund, as CSV."),
    FILE_OF("/f/{fund}/{month}/{table}.csv", mz_handle_page_month_table, PLAIN, "一个月网页上的一张表（CSV）。", "A table on a month's page, as CSV."),
    PAGE("/p/{proposal}", mz_handle_page_proposal, PLAIN, "网页：一件提案。", "Page: a proposal."),
    FILE_OF("/p/{proposal}/{table}.csv", mz_handle_page_proposal_table, PLAIN, "提案网页上的一张表（CSV）。", "A table on a proposal's page, as CSV."),
    PAGE("/e/{index}", mz_handle_page_entry, PLAIN, "网页：一笔。", "Page: an entry."),
    PAGE("/r/{receipt_no}", mz_handle_page_receipt, PLAIN, "网页：一笔捐赠及其去向。", "Page: a gift, and what it paid for."),
    FILE_OF("/r/{receipt_no}/{table}.csv", mz_handle_page_receipt_table, PLAIN, "捐赠网页上的一张表（CSV）。", "A table on a gift's page, as CSV."),
    PAGE("/r", mz_handle_page_receipt, BY_RECEIPT, "网页：按票据号查捐赠。", "Page: a gift by its receipt number."),
    {.methods = MZ_GET, .pattern = MZ_PAGE_STYLE, .handler = mz_handle_page_style, .query = BY_VERSION, .cache = MZ_CACHE_IMMUTABLE,
     .answers = "text/css", .zh = "网页的样式表。", .en = "The pages' style sheet.", .no_ledger = true, .any_query = true},
};
const size_t MZ_ROUTE_COUNT = sizeof(MZ_ROUTES) / sizeof(MZ_ROUTES[0]);
/* clang-format on */
