#include "core/event.h"

#include <assert.h>
#include <string.h>

#include "core/money.h"

const char *const MZ_PROFILE_NAMES[] = {"min_seats",      "consult_days",  "vote_days",
                                        "apply_days",     "review_days",   "pay_days",
                                        "statement_days", "goods_cap_fen", NULL};
const char *const MZ_CATEGORIES[] = {"activity", "repair", "visit",      "meals", "care", "wishes",
                                     "fees",     "goods",  "resolution", "other", NULL};
const char *const MZ_INCOME_KINDS[] = {"donation", "partner_share", "market",   "micro_enterprise",
                                       "produce",  "operation",     "interest", "other",
                                       "fiscal",   "wages",         NULL};
const char *const MZ_SOURCE_KINDS[] = {
    "partner", "market", "micro_enterprise", "produce", "operation", "other", NULL};
const char *const MZ_PARTY_KINDS[] = {"person", "organisation", "collective", NULL};
const char *const MZ_OBJECTION_CHANNELS[] = {"meeting", "notice_board", "phone", "online",
                                             "visit",   "other",        NULL};
const char *const MZ_CHOICES[] = {"approve", "reject", NULL};
const char *const MZ_NEED_KINDS[] = {"activity", "repair", "visit", "meals", "care",
                                     "wishes",   "goods",  "other", NULL};
const char *const MZ_NEED_CHANNELS[] = {"visit", "survey", "grid", "wish_box",
                                        "phone", "other",  NULL};
const char *const MZ_RATERS[] = {"residents", "street", "exchange", NULL};
const char *const MZ_GRADES[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied", NULL};
const char *const MZ_VISIBILITIES[] = {"public", "sealed", NULL};

#define MZ_ROLE_JSON(name, number, json, zh, en) json,
const char *const MZ_ROLE_NAMES[] = {MZ_ROLE_MAP(MZ_ROLE_JSON) NULL};

#define MZ_STEP_CODE(name, code, zh, en) code,
const char *const MZ_STEPS[] = {MZ_STEP_MAP(MZ_STEP_CODE) NULL};

/* One row of a body. The catalogue below reads as the rule book does. */
#define FIELD(name, type, flags, zh, en)                                                           \
    {                                                                                              \
        name, type, flags, 0, 0, NULL, NULL, zh, en                                                \
    }
#define NUMBER(name, flags, low, high, zh, en)                                                     \
    {                                                                                              \
        name, MZ_TYPE_INTEGER, flags, low, high, NULL, NULL, zh, en                                \
    }
#define FEN(name, flags, zh, en) NUMBER(name, flags, 1, MZ_AMOUNT_MAX, zh, en)
#define TOTAL(name, flags, zh, en) NUMBER(name, flags, 0, MZ_AMOUNT_MAX, zh, en)
#define DIFFERENCE(name, flags, zh, en) NUMBER(name, flags, -MZ_AMOUNT_MAX, MZ_AMOUNT_MAX, zh, en)
#define ENUM(name, flags, values, zh, en)                                                          \
    {                                                                                              \
        name, MZ_TYPE_ENUM, flags, 0, 0, values, NULL, zh, en                                      \
    }
#define OBJECT(name, flags, fields, zh, en)                                                        \
    {                                                                                              \
        name, MZ_TYPE_OBJECT, flags, 0, 0, NULL, fields, zh, en                                    \
    }
#define OBJECTS(name, flags, low, high, fields, zh, en)                                            \
    {                                                                                              \
        name, MZ_TYPE_OBJECTS, flags, low, high, NULL, fields, zh, en                              \
    }
#define IDS(name, flags, low, high, zh, en)                                                        \
    {                                                                                              \
        name, MZ_TYPE_IDS, flags, low, high, NULL, NULL, zh, en                                    \
    }
#define ENUMS(name, flags, low, high, values, zh, en)                                              \
    {                                                                                              \
        name, MZ_TYPE_ENUMS, flags, low, high, values, NULL, zh, en                                \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, MZ_TYPE_TEXT, 0, 0, 0, NULL, NULL, NULL, NULL                                        \
    }
#define NULLABLE_FEN(name, zh, en) NUMBER(name, MZ_FIELD_NULLABLE, 1, MZ_AMOUNT_MAX, zh, en)
#define OPT MZ_FIELD_OPTIONAL
#define COUNT_MAX 1000000000

/* clang-format off */
static const mz_field EVIDENCE[] = {
    FIELD("sha256", MZ_TYPE_HEX, 0, "文件的 SHA-256", "SHA-256 of the file"),
    NUMBER("size", 0, 0, INT64_C(1) << 40, "文件字节数", "the file's bytes"),
    FIELD("media_type", MZ_TYPE_MEDIA_TYPE, 0, "媒体类型", "media type"),
    FIELD("name", MZ_TYPE_TITLE, 0, "文件名", "file name"),
    ENUM("visibility", OPT, MZ_VISIBILITIES, "公开或密封，默认密封", "public or sealed; sealed when absent"),
    END};
#define COMMON \
    FIELD("note", MZ_TYPE_TEXT, OPT, "备注", "a note"), \
    OBJECTS("evidence", OPT, 1, MZ_LIST_ITEMS_MAX, EVIDENCE, "凭证", "evidence"), \
    {"_sd", MZ_TYPE_DIGESTS, OPT, 1, MZ_LIST_ITEMS_MAX, NULL, NULL, "密封字段的摘要", "digests of sealed fields"}, \
    END

static const mz_field CHARITY[] = {
    FIELD("name", MZ_TYPE_TITLE, 0, "慈善总会名称", "the charity's name"),
    FIELD("credit_code", MZ_TYPE_CREDIT_CODE, 0, "统一社会信用代码", "credit code"), END};
static const mz_field LOG_KEY[] = {
    FIELD("vkey", MZ_TYPE_VKEY, 0, "账本公钥", "the log's verifier key"),
    FIELD("proof", MZ_TYPE_SIGNATURE, 0, "持有证明", "proof of possession"), END};
static const mz_field REGISTRAR[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员编号", "identifier"),
    FIELD("name", MZ_TYPE_TITLE, MZ_FIELD_SEALABLE, "姓名", "name"),
    FIELD("key", MZ_TYPE_KEY, 0, "公钥", "public key"),
    FIELD("proof", MZ_TYPE_SIGNATURE, 0, "持有证明", "proof of possession"), END};
static const mz_field WITNESS[] = {
    FIELD("vkey", MZ_TYPE_VKEY, 0, "见证人公钥", "the witness's verifier key"),
    FIELD("url", MZ_TYPE_URL, OPT, "见证人地址", "the witness's address"), END};
static const mz_field CONTINUES[] = {
    FIELD("origin", MZ_TYPE_ORIGIN, 0, "前一账本", "the earlier log"),
    NUMBER("size", 0, 1, INT64_MAX, "前一账本笔数", "its entries"),
    FIELD("root", MZ_TYPE_HEX, 0, "前一账本的根", "its root"), END};
static const mz_field LEDGER_OPENED[] = {
    OBJECT("charity", 0, CHARITY, "慈善总会", "the charity"),
    OBJECT("log_key", 0, LOG_KEY, "账本密钥", "the log's key"),
    OBJECTS("registrars", 0, 2, 2, REGISTRAR, "两位登记员", "two registrars"),
    OBJECTS("witnesses", 0, 0, MZ_LIST_ITEMS_MAX, WITNESS, "见证人", "witnesses"),
    NUMBER("quorum", 0, 0, MZ_LIST_ITEMS_MAX, "至少几位见证人", "how many of them"),
    NUMBER("rules", 0, 1, 1000, "规则版本", "version of the rules"),
    OBJECT("continues", OPT, CONTINUES, "接续的账本", "the log that this one continues"), COMMON};
static const mz_field LEDGER_AMENDED[] = {
    OBJECT("log_key", OPT, LOG_KEY, "新账本密钥", "the log's new key"),
    OBJECTS("witnesses", OPT, 0, MZ_LIST_ITEMS_MAX, WITNESS, "见证人", "witnesses"),
    NUMBER("quorum", OPT, 0, MZ_LIST_ITEMS_MAX, "至少几位见证人", "how many of them"), COMMON};
static const mz_field RULES_ADOPTED[] = {
    NUMBER("rules", 0, 1, 1000, "规则版本", "version of the rules"), COMMON};
static const mz_field ACTOR_ENROLLED[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员编号", "identifier"),
    FIELD("name", MZ_TYPE_TITLE, MZ_FIELD_SEALABLE, "姓名", "name"),
    ENUM("role", 0, MZ_ROLE_NAMES, "职务", "role"),
    IDS("funds", OPT, 0, MZ_LIST_ITEMS_MAX, "负责的基金（社区工作者）", "funds of a steward"),
    FIELD("key", MZ_TYPE_KEY, 0, "公钥", "public key"),
    FIELD("proof", MZ_TYPE_SIGNATURE, 0, "持有证明", "proof of possession"), COMMON};
static const mz_field ACTOR_REKEYED[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员编号", "identifier"),
    FIELD("key", MZ_TYPE_KEY, 0, "新公钥", "new public key"),
    FIELD("proof", MZ_TYPE_SIGNATURE, 0, "持有证明", "proof of possession"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"),
    NUMBER("compromised_since", OPT, 0, INT64_MAX, "旧密钥自何时起泄露（毫秒）", "old key compromised since (log time, ms)"), COMMON};
static const mz_field ACTOR_ASSIGNED[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员编号", "identifier"),
    IDS("funds", 0, 0, MZ_LIST_ITEMS_MAX, "负责的全部基金", "the whole new list of funds"), COMMON};
static const mz_field ACTOR_RETIRED[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员编号", "identifier"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field REGISTRY_CONFIRMED[] = {
    FIELD("target", MZ_TYPE_JTI, 0, "被确认的一笔", "the entry confirmed"), COMMON};

static const mz_field PROFILE[] = {
    NUMBER("min_seats", OPT, 3, 63, "最少席位（单数），默认 3", "least seats, odd; 3"),
    NUMBER("consult_days", OPT, 1, 366, "征询天数，默认 7", "days of consultation; 7"),
    NUMBER("vote_days", OPT, 1, 366, "表决天数，默认 30", "days to vote; 30"),
    NUMBER("apply_days", OPT, 1, 366, "申请天数，默认 30", "days to apply; 30"),
    NUMBER("review_days", OPT, 1, 366, "审核天数，默认 60", "days to review; 60"),
    NUMBER("pay_days", OPT, 1, 366, "拨付天数，默认 180", "days to pay; 180"),
    NUMBER("statement_days", OPT, 1, 366, "公示间隔天数，默认 92", "days between statements; 92"),
    TOTAL("goods_cap_fen", OPT, "物资免议限额，默认 0", "goods up to this need no proposal; 0"), END};
static const mz_field FUND_OPENED[] = {
    FIELD("name", MZ_TYPE_TITLE, 0, "基金名称", "the fund's name"),
    FIELD("community", MZ_TYPE_TITLE, 0, "社区", "the community"),
    FIELD("agreement_no", MZ_TYPE_TITLE, 0, "协议编号", "number of the agreement"),
    FIELD("account", MZ_TYPE_ID, 0, "慈善总会账户", "the charity's account that holds it"),
    OBJECT("profile", 0, PROFILE, "参数", "profile"), COMMON};
static const mz_field FUND_AMENDED[] = {
    OBJECT("profile", 0, PROFILE, "变更的参数", "what changes"),
    FIELD("proposal", MZ_TYPE_ID, 0, "依据的决议", "the resolution"), COMMON};
static const mz_field FUND_CLOSING[] = {
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field RESIDUAL[] = {
    FIELD("fund", MZ_TYPE_ID, 0, "接收基金", "fund"),
    FIELD("purpose", MZ_TYPE_ID, 0, "接收专款", "purpose"), END};
static const mz_field FUND_CLOSED[] = {
    OBJECT("residual_to", 0, RESIDUAL, "余额去向", "where the rest goes"), COMMON};
static const mz_field COMMITTEE_SEATED[] = {
    IDS("members", 0, 1, MZ_LIST_ITEMS_MAX, "委员（单数）", "members, an odd number"),
    FIELD("chair", MZ_TYPE_ID, 0, "主任", "chair, one of the members"),
    IDS("alternates", 0, 0, MZ_LIST_ITEMS_MAX, "候补，按顺序", "alternates in order"),
    IDS("supervisors", 0, 0, MZ_LIST_ITEMS_MAX, "监督员", "supervisors"),
    FIELD("term_ends", MZ_TYPE_DATE, 0, "任期最后一日", "last day of the term"), COMMON};
static const mz_field PURPOSE_DEFINED[] = {
    FIELD("purpose", MZ_TYPE_ID, 0, "专款编号", "identifier"),
    FIELD("text", MZ_TYPE_TEXT, 0, "用途", "what it is for"),
    ENUMS("categories", 0, 1, MZ_CATEGORY_COUNT, MZ_CATEGORIES, "许可的类别", "categories it pays for"), COMMON};
static const mz_field MOVED_LOT[] = {
    FIELD("income", MZ_TYPE_JTI, 0, "收入", "the income"),
    FEN("amount_fen", 0, "金额", "amount"), END};
static const mz_field PURPOSE_CHANGED[] = {
    FIELD("purpose", MZ_TYPE_ID, 0, "原专款", "from this purpose"),
    OBJECTS("lots", 0, 1, MZ_LIST_ITEMS_MAX, MOVED_LOT, "移动的收入", "what moves"),
    FIELD("to", MZ_TYPE_ID, 0, "新专款", "to this purpose"),
    FIELD("ground", MZ_TYPE_TEXT, 0, "依据", "ground"), COMMON};

static const mz_field PARTY_REGISTERED[] = {
    FIELD("party", MZ_TYPE_ID, 0, "往来方编号", "identifier"),
    ENUM("kind", 0, MZ_PARTY_KINDS, "类别", "kind"),
    FIELD("name", MZ_TYPE_TITLE, MZ_FIELD_SEALABLE, "名称", "name"),
    FIELD("credit_code", MZ_TYPE_CREDIT_CODE, OPT, "统一社会信用代码（机构）", "credit code of an organisation"),
    FIELD("contact", MZ_TYPE_TEXT, OPT | MZ_FIELD_SEALED, "联系方式（密封）", "contact, sealed"),
    FIELD("account", MZ_TYPE_TEXT, OPT | MZ_FIELD_SEALED, "收款账户（密封）", "account, sealed"), COMMON};
static const mz_field PARTY_VERIFIED[] = {
    FIELD("registration", MZ_TYPE_JTI, 0, "核实的登记", "the registration"),
    FIELD("same_as", MZ_TYPE_ID, OPT, "与此方为同一主体", "the same as this party"),
    FIELD("actor", MZ_TYPE_ID, OPT, "即此人员本人", "this actor's own"), COMMON};
static const mz_field CONFLICT_DECLARED[] = {
    FIELD("actor", MZ_TYPE_ID, 0, "人员", "the actor"),
    FIELD("party", MZ_TYPE_ID, 0, "往来方", "the party"),
    FIELD("relation", MZ_TYPE_TEXT, 0, "关系", "relation"), COMMON};
static const mz_field CONFLICT_ENDED[] = {
    FIELD("declaration", MZ_TYPE_JTI, 0, "原申报", "the declaration"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field AGREEMENT[] = {
    FIELD("service_type", MZ_TYPE_TEXT, OPT, "服务种类", "type of service"),
    FIELD("hours", MZ_TYPE_TEXT, OPT, "服务时间", "hours"),
    FIELD("operation", MZ_TYPE_TEXT, OPT, "运营方式", "operation"),
    FIELD("liability", MZ_TYPE_TEXT, OPT, "责任", "liability"),
    FIELD("share", MZ_TYPE_TEXT, OPT, "反哺比例", "share given back"), END};
static const mz_field SOURCE_REGISTERED[] = {
    FIELD("source", MZ_TYPE_ID, 0, "来源编号", "identifier"),
    ENUM("kind", 0, MZ_SOURCE_KINDS, "类别", "kind"),
    FIELD("party", MZ_TYPE_ID, OPT, "往来方", "party"),
    OBJECT("agreement", OPT, AGREEMENT, "协议（四个明确）", "agreement: service_type, hours, operation, liability"),
    FIELD("gratuitous", MZ_TYPE_BOOLEAN, 0, "是否无偿", "whether it gives without return"),
    FIELD("signed_on", MZ_TYPE_DATE, 0, "签订日", "signed on"),
    FIELD("ends_on", MZ_TYPE_DATE, OPT, "到期日", "ends on"), COMMON};
static const mz_field SOURCE_ENDED[] = {
    FIELD("source", MZ_TYPE_ID, 0, "来源", "the source"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field SESSION_HELD[] = {
    FIELD("source", MZ_TYPE_ID, 0, "市集", "the market"),
    NUMBER("number", 0, 1, COUNT_MAX, "第几场", "number of the session"),
    FIELD("date", MZ_TYPE_DATE, 0, "日期", "date"),
    FIELD("place", MZ_TYPE_TITLE, 0, "地点", "place"),
    NUMBER("stalls", 0, 0, COUNT_MAX, "摊位数", "stalls"),
    NUMBER("firms", 0, 0, COUNT_MAX, "商户数", "firms"),
    NUMBER("visits", 0, 0, COUNT_MAX, "人次", "visits"), COMMON};

static const mz_field NEED_LISTED[] = {
    FIELD("need", MZ_TYPE_ID, 0, "需求编号", "identifier"),
    ENUM("kind", 0, MZ_NEED_KINDS, "类别", "kind"),
    FIELD("item", MZ_TYPE_ID, 0, "需要什么", "what is needed"),
    NUMBER("count", 0, 1, COUNT_MAX, "数量", "how many"),
    ENUM("channel", 0, MZ_NEED_CHANNELS, "收集渠道", "how it was heard of"), COMMON};
static const mz_field NEED_ENDORSED[] = {
    FIELD("need", MZ_TYPE_ID, 0, "需求", "the need"), COMMON};

static const mz_field INCOME_RECORDED[] = {
    ENUM("kind", 0, MZ_INCOME_KINDS, "类别", "kind"),
    FEN("amount_fen", 0, "金额", "amount"),
    FIELD("received_on", MZ_TYPE_DATE, 0, "收到日期", "received on"),
    FIELD("purpose", MZ_TYPE_ID, 0, "专款（general 为非限定）", "purpose, or general"),
    FIELD("earned_to", MZ_TYPE_DATE, OPT, "所属期末", "earned up to"),
    FIELD("party", MZ_TYPE_ID, OPT, "往来方", "party"),
    FIELD("source", MZ_TYPE_ID, OPT, "来源", "source"),
    FIELD("session", MZ_TYPE_JTI, OPT, "市集场次", "market session"),
    FIELD("seeded_by", MZ_TYPE_ID, OPT, "由哪件提案扶持", "the proposal that brought it up"),
    FIELD("replaces", MZ_TYPE_JTI, OPT, "替换的收入", "the income that it replaces"), COMMON};
static const mz_field INCOME_CONFIRMED[] = {
    FIELD("income", MZ_TYPE_JTI, 0, "收入", "the income"),
    FEN("amount_fen", 0, "金额（重复）", "amount, repeated"),
    FIELD("purpose", MZ_TYPE_ID, 0, "专款（重复）", "purpose, repeated"),
    FIELD("booked_on", MZ_TYPE_DATE, 0, "银行入账日", "booked on"),
    FIELD("bank_ref", MZ_TYPE_TOKEN, 0, "银行流水号", "bank reference"),
    FEN("bank_total_fen", OPT, "该流水总额", "total of the bank line"),
    FIELD("receipt_no", MZ_TYPE_TOKEN, OPT, "票据号", "receipt number"),
    FIELD("receipt_waived", MZ_TYPE_TEXT, OPT, "免票说明", "why there is no receipt"), COMMON};
static const mz_field INCOME_DECLINED[] = {
    FIELD("income", MZ_TYPE_JTI, 0, "收入", "the income"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field ENTRY_REVERSED[] = {
    FIELD("target", MZ_TYPE_JTI, 0, "被冲销的一笔", "the entry reversed"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};

static const mz_field GOODS_RECEIVED[] = {
    FIELD("item", MZ_TYPE_ID, 0, "物资编号", "item"),
    FIELD("unit", MZ_TYPE_TITLE, 0, "单位", "unit"),
    NUMBER("quantity", 0, 1, COUNT_MAX, "数量", "quantity"),
    NULLABLE_FEN("value_fen", "总价值，未估值填 null", "value of all of it; null: not valued"),
    FIELD("basis", MZ_TYPE_TEXT, 0, "估值依据", "basis of the value"),
    FIELD("party", MZ_TYPE_ID, OPT, "捐赠方", "the giver"),
    FIELD("session", MZ_TYPE_JTI, OPT, "市集场次", "market session"), COMMON};
#define GOODS_OUT \
    FIELD("item", MZ_TYPE_ID, 0, "物资编号", "item"), \
    NUMBER("quantity", 0, 1, COUNT_MAX, "数量", "quantity"), \
    NULLABLE_FEN("value_fen", "总价值，未估值填 null", "value of all of it; null: not valued")
static const mz_field GOODS_ISSUED[] = {
    GOODS_OUT,
    FIELD("proposal", MZ_TYPE_ID, OPT, "提案", "the proposal"),
    FIELD("recipients", MZ_TYPE_TEXT, OPT | MZ_FIELD_SEALED, "受益人（密封）", "recipients, sealed"),
    NUMBER("recipient_count", 0, 0, COUNT_MAX, "受益人数", "how many recipients"), COMMON};
static const mz_field GOODS_SOLD[] = {
    GOODS_OUT,
    FIELD("income", MZ_TYPE_JTI, 0, "所得收入", "the income that it brought"), COMMON};
static const mz_field GOODS_WRITTEN_OFF[] = {
    GOODS_OUT,
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"),
    FIELD("proposal", MZ_TYPE_ID, OPT, "提案", "the proposal"), COMMON};
static const mz_field GOODS_CONFIRMED[] = {
    FIELD("target", MZ_TYPE_JTI, 0, "被确认的一笔", "the entry confirmed"), COMMON};

static const mz_field PAYEE[] = {
    FIELD("party", MZ_TYPE_ID, 0, "收款方", "party"),
    FEN("cap_fen", 0, "限额", "cap"), END};
static const mz_field DRAW[] = {
    FIELD("purpose", MZ_TYPE_ID, 0, "专款", "purpose"),
    FEN("amount_fen", 0, "金额", "amount"), END};
static const mz_field GOODS[] = {
    FIELD("item", MZ_TYPE_ID, 0, "物资", "item"),
    NUMBER("quantity", 0, 1, COUNT_MAX, "数量", "quantity"), END};
static const mz_field PROPOSAL_FILED[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案编号", "identifier"),
    FIELD("title", MZ_TYPE_TITLE, 0, "标题", "title"),
    ENUM("category", 0, MZ_CATEGORIES, "类别", "category"),
    FIELD("why", MZ_TYPE_TEXT, 0, "理由", "why"),
    FIELD("need", MZ_TYPE_ID, OPT, "需求", "need"),
    OBJECTS("payees", 0, 0, 20, PAYEE, "收款方与限额", "payees and caps"),
    OBJECTS("draws", 0, 0, MZ_LIST_ITEMS_MAX, DRAW, "用款来源", "draws"),
    OBJECTS("goods", OPT, 1, MZ_LIST_ITEMS_MAX, GOODS, "物资", "goods"),
    FEN("item_cap_fen", OPT, "每件心愿限额", "cap for each wish"),
    FIELD("planned_end", MZ_TYPE_DATE, OPT, "计划完成日", "planned end"),
    FIELD("replaces", MZ_TYPE_ID, OPT, "替换的提案", "the proposal that it replaces"), COMMON};
static const mz_field PROPOSAL_REASON[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), COMMON};
static const mz_field OBJECTION_FILED[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    ENUM("channel", 0, MZ_OBJECTION_CHANNELS, "渠道", "channel"),
    FIELD("text", MZ_TYPE_TEXT, 0, "异议", "the objection"), COMMON};
static const mz_field OBJECTION_ANSWERED[] = {
    FIELD("objection", MZ_TYPE_JTI, 0, "异议", "the objection"),
    FIELD("text", MZ_TYPE_TEXT, 0, "答复", "the answer"), COMMON};
static const mz_field OPINION_GIVEN[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    FIELD("text", MZ_TYPE_TEXT, 0, "意见", "the opinion"), COMMON};
static const mz_field VOTE_CAST[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    FIELD("filing_sha256", MZ_TYPE_HEX, 0, "提案的叶子哈希", "leaf hash of the filing"),
    NUMBER("epoch", 0, 1, UINT32_MAX, "届", "epoch"),
    FIELD("supersedes", MZ_TYPE_JTI, OPT, "替换的前一张票", "the standing ballot"),
    ENUM("choice", 0, MZ_CHOICES, "同意或不同意", "approve or reject"),
    FIELD("reason", MZ_TYPE_TEXT, OPT, "理由", "reason"), COMMON};
static const mz_field PROPOSAL_ONLY[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"), COMMON};
static const mz_field APPLICATION_APPROVED[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    OBJECTS("draws", 0, 0, MZ_LIST_ITEMS_MAX, DRAW, "核准的用款", "draws approved"), COMMON};
static const mz_field PAYOUT_MADE[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    FIELD("party", MZ_TYPE_ID, 0, "收款方", "payee"),
    OBJECTS("draws", 0, 1, MZ_LIST_ITEMS_MAX, DRAW, "用款", "draws"),
    FIELD("booked_on", MZ_TYPE_DATE, 0, "银行付款日", "booked on"),
    FIELD("bank_ref", MZ_TYPE_TOKEN, 0, "银行流水号", "bank reference"),
    FEN("bank_total_fen", OPT, "该流水总额", "total of the bank line"),
    FIELD("need", MZ_TYPE_ID, OPT, "心愿", "the wish"),
    FIELD("recipients", MZ_TYPE_TEXT, OPT | MZ_FIELD_SEALED, "受益人（密封）", "recipients, sealed"),
    NUMBER("recipient_count", OPT, 0, COUNT_MAX, "受益人数", "how many recipients"), COMMON};
static const mz_field PAYOUT_RETURNED[] = {
    FIELD("payout", MZ_TYPE_JTI, 0, "拨付", "the payout"),
    FEN("amount_fen", 0, "金额", "amount"),
    FIELD("booked_on", MZ_TYPE_DATE, 0, "银行入账日", "booked on"),
    FIELD("bank_ref", MZ_TYPE_TOKEN, 0, "银行流水号", "bank reference"),
    FEN("bank_total_fen", OPT, "该流水总额", "total of the bank line"), COMMON};
static const mz_field PROJECT_COMPLETED[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    FIELD("summary", MZ_TYPE_TEXT, 0, "结果", "what came of it"),
    NUMBER("people_served", 0, 0, COUNT_MAX, "受益人次", "people served"), COMMON};

static const mz_field GRADE[] = {
    ENUM("grade", 0, MZ_GRADES, "等级", "grade"),
    NUMBER("count", 0, 1, COUNT_MAX, "人数", "how many gave it"), END};
static const mz_field PROJECT_RATED[] = {
    FIELD("proposal", MZ_TYPE_ID, 0, "提案", "the proposal"),
    ENUM("rater", 0, MZ_RATERS, "评议方", "who rated"),
    OBJECTS("counts", 0, 1, MZ_GRADE_COUNT, GRADE, "各等级人数", "counts per grade"), COMMON};

/* A statement speaks only of the fund's own money: the two kinds that never are stay out. */
static const char *const STATED_KINDS[] = {"donation", "partner_share", "market", "micro_enterprise",
                                           "produce", "operation", "interest", "other", NULL};
static const mz_field INCOME_LINE[] = {
    ENUM("kind", 0, STATED_KINDS, "类别", "kind"), FEN("amount_fen", 0, "金额", "amount"), END};
static const mz_field SPENDING_LINE[] = {
    ENUM("category", 0, MZ_CATEGORIES, "类别", "category"), FEN("amount_fen", 0, "金额", "amount"), END};
static const mz_field STATEMENT_PUBLISHED[] = {
    FIELD("from", MZ_TYPE_DATE, 0, "自", "first day"),
    FIELD("to", MZ_TYPE_DATE, 0, "至", "last day"),
    TOTAL("opening_fen", 0, "期初余额", "opening balance"),
    OBJECTS("income", 0, 0, MZ_INCOME_KIND_COUNT, INCOME_LINE, "收入", "income by kind"),
    OBJECTS("spending", 0, 0, MZ_CATEGORY_COUNT, SPENDING_LINE, "支出", "spending by category"),
    TOTAL("returned_fen", 0, "拨付退回", "returned"),
    DIFFERENCE("corrections_fen", 0, "更正", "corrections"),
    DIFFERENCE("moved_fen", 0, "基金间划转", "moved between funds"),
    TOTAL("closing_fen", 0, "期末余额", "closing balance"),
    TOTAL("reserved_fen", 0, "期末已定未付", "reserved at the end"), COMMON};

static const mz_field BANK_DIFFERENCE[] = {
    DIFFERENCE("amount_fen", 0, "金额", "amount"),
    FIELD("reason", MZ_TYPE_TEXT, 0, "原因", "reason"), END};
static const mz_field FUND_BALANCE[] = {
    FIELD("fund", MZ_TYPE_ID, 0, "基金", "fund"),
    TOTAL("balance_fen", 0, "月末余额", "balance at the month's end"), END};
static const mz_field BALANCE_RECONCILED[] = {
    FIELD("account", MZ_TYPE_ID, 0, "银行账户", "the bank account"),
    FIELD("month", MZ_TYPE_MONTH, 0, "月份", "month"),
    DIFFERENCE("bank_balance_fen", 0, "银行月末余额", "the bank's balance at the month's end"),
    DIFFERENCE("outside_fen", 0, "不属于基金的款", "money of the account that is no fund's"),
    OBJECTS("differences", 0, 0, MZ_LIST_ITEMS_MAX, BANK_DIFFERENCE, "差额", "differences"),
    OBJECTS("balances", 0, 1, MZ_ACCOUNT_FUNDS_MAX, FUND_BALANCE, "各基金余额", "balances by fund"), COMMON};
static const mz_field AUDIT_REPORTED[] = {
    NUMBER("size", 0, 1, INT64_MAX, "审计到第几笔", "entries audited"),
    FIELD("root", MZ_TYPE_HEX, 0, "该处的根", "the root of so many"),
    FIELD("opinion", MZ_TYPE_TEXT, 0, "审计意见", "opinion"),
    {"findings", MZ_TYPE_TEXTS, 0, 0, MZ_LIST_ITEMS_MAX, NULL, NULL, "审计发现", "findings"}, COMMON};
static const mz_field FINDING_ANSWERED[] = {
    FIELD("report", MZ_TYPE_JTI, 0, "审计报告", "the report"),
    NUMBER("finding", 0, 0, MZ_LIST_ITEMS_MAX - 1, "第几项发现（从 0 起）", "which finding, from 0"),
    FIELD("text", MZ_TYPE_TEXT, 0, "答复", "the answer"), COMMON};
static const mz_field RECORD[] = {
    {"disclosures", MZ_TYPE_DIGESTS, 0, 1, MZ_LIST_ITEMS_MAX, NULL, NULL, "密封字段的摘要", "digests of the sealed fields"},
    FIELD("ground", MZ_TYPE_TEXT, 0, "法律依据", "legal ground"), COMMON};

#define BODY_OF_MZ_LEDGER_OPENED LEDGER_OPENED
#define BODY_OF_MZ_LEDGER_AMENDED LEDGER_AMENDED
#define BODY_OF_MZ_RULES_ADOPTED RULES_ADOPTED
#define BODY_OF_MZ_ACTOR_ENROLLED ACTOR_ENROLLED
#define BODY_OF_MZ_ACTOR_REKEYED ACTOR_REKEYED
#define BODY_OF_MZ_ACTOR_ASSIGNED ACTOR_ASSIGNED
#define BODY_OF_MZ_ACTOR_RETIRED ACTOR_RETIRED
#define BODY_OF_MZ_REGISTRY_CONFIRMED REGISTRY_CONFIRMED
#define BODY_OF_MZ_FUND_OPENED FUND_OPENED
#define BODY_OF_MZ_FUND_AMENDED FUND_AMENDED
#define BODY_OF_MZ_FUND_CLOSING FUND_CLOSING
#define BODY_OF_MZ_FUND_CLOSED FUND_CLOSED
#define BODY_OF_MZ_COMMITTEE_SEATED COMMITTEE_SEATED
#define BODY_OF_MZ_PURPOSE_DEFINED PURPOSE_DEFINED
#define BODY_OF_MZ_PURPOSE_CHANGED PURPOSE_CHANGED
#define BODY_OF_MZ_PARTY_REGISTERED PARTY_REGISTERED
#define BODY_OF_MZ_PARTY_VERIFIED PARTY_VERIFIED
#define BODY_OF_MZ_CONFLICT_DECLARED CONFLICT_DECLARED
#define BODY_OF_MZ_CONFLICT_ENDED CONFLICT_ENDED
#define BODY_OF_MZ_SOURCE_REGISTERED SOURCE_REGISTERED
#define BODY_OF_MZ_SOURCE_ENDED SOURCE_ENDED
#define BODY_OF_MZ_SESSION_HELD SESSION_HELD
#define BODY_OF_MZ_NEED_LISTED NEED_LISTED
#define BODY_OF_MZ_NEED_ENDORSED NEED_ENDORSED
#define BODY_OF_MZ_INCOME_RECORDED INCOME_RECORDED
#define BODY_OF_MZ_INCOME_CONFIRMED INCOME_CONFIRMED
#define BODY_OF_MZ_INCOME_DECLINED INCOME_DECLINED
#define BODY_OF_MZ_ENTRY_REVERSED ENTRY_REVERSED
#define BODY_OF_MZ_GOODS_RECEIVED GOODS_RECEIVED
#define BODY_OF_MZ_GOODS_ISSUED GOODS_ISSUED
#define BODY_OF_MZ_GOODS_SOLD GOODS_SOLD
#define BODY_OF_MZ_GOODS_WRITTEN_OFF GOODS_WRITTEN_OFF
#define BODY_OF_MZ_GOODS_CONFIRMED GOODS_CONFIRMED
#define BODY_OF_MZ_PROPOSAL_FILED PROPOSAL_FILED
#define BODY_OF_MZ_PROPOSAL_WITHDRAWN PROPOSAL_REASON
#define BODY_OF_MZ_OBJECTION_FILED OBJECTION_FILED
#define BODY_OF_MZ_OBJECTION_ANSWERED OBJECTION_ANSWERED
#define BODY_OF_MZ_OPINION_GIVEN OPINION_GIVEN
#define BODY_OF_MZ_VOTE_CAST VOTE_CAST
#define BODY_OF_MZ_MEMBER_RECUSED PROPOSAL_REASON
#define BODY_OF_MZ_APPLICATION_SENT PROPOSAL_ONLY
#define BODY_OF_MZ_APPLICATION_APPROVED APPLICATION_APPROVED
#define BODY_OF_MZ_APPLICATION_RETURNED PROPOSAL_REASON
#define BODY_OF_MZ_APPLICATION_REFUSED PROPOSAL_REASON
#define BODY_OF_MZ_PAYOUT_MADE PAYOUT_MADE
#define BODY_OF_MZ_PAYOUT_RETURNED PAYOUT_RETURNED
#define BODY_OF_MZ_PROJECT_COMPLETED PROJECT_COMPLETED
#define BODY_OF_MZ_PROJECT_RATED PROJECT_RATED
#define BODY_OF_MZ_STATEMENT_PUBLISHED STATEMENT_PUBLISHED
#define BODY_OF_MZ_BALANCE_RECONCILED BALANCE_RECONCILED
#define BODY_OF_MZ_AUDIT_REPORTED AUDIT_REPORTED
#define BODY_OF_MZ_FINDING_ANSWERED FINDING_ANSWERED
#define BODY_OF_MZ_RECORD_RESTRICTED RECORD
#define BODY_OF_MZ_RECORD_ERASED RECORD
#define ROW(event, number, name, roles, fund, confirm, evidence, zh, en) \
    {event, name, roles, fund, confirm, evidence, BODY_OF_##event, zh, en},
static const mz_event_row ROWS[] = {MZ_EVENT_MAP(ROW)};
/* clang-format on */

#define ROW_COUNT (sizeof ROWS / sizeof ROWS[0])

const mz_event_row *mz_event_rows(size_t *count)
{
    *count = ROW_COUNT;
    return ROWS;
}

const mz_event_row *mz_event_row_of(mz_event event)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (ROWS[i].event == event)
            return &ROWS[i];
    }
    return NULL;
}

const mz_event_row *mz_event_row_named(mz_view name)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (mz_view_is(name, ROWS[i].name))
            return &ROWS[i];
    }
    return NULL;
}

const char *mz_role_name(mz_role role)
{
    assert(role >= MZ_REGISTRAR && role <= MZ_AUDITOR);
    return MZ_ROLE_NAMES[role - 1];
}

const char *mz_role_text(mz_role role, mz_language language)
{
    switch (role) {
#define ROLE_TEXT(name, number, json, zh, en)                                                      \
    case name:                                                                                     \
        return language == MZ_CHINESE ? zh : en;
        MZ_ROLE_MAP(ROLE_TEXT)
#undef ROLE_TEXT
    case MZ_ROLE_NONE:
        break;
    }
    return "";
}

const char *mz_step_text(mz_step step, mz_language language)
{
#define MZ_STEP_TEXTS(name, code, zh, en) {zh, en},
    static const char *const TEXTS[][2] = {MZ_STEP_MAP(MZ_STEP_TEXTS)};
#undef MZ_STEP_TEXTS
    assert(step < MZ_STEP_COUNT);
    return TEXTS[step][language == MZ_CHINESE ? 0 : 1];
}

/* clang-format off */
static const struct { const char *word, *zh, *en; } WORDS[] = {
    {"activity", "活动", "activity"}, {"repair", "维修", "repair"}, {"visit", "走访慰问", "visit"},
    {"meals", "助餐", "meals"}, {"care", "照护", "care"}, {"wishes", "微心愿", "wishes"},
    {"fees", "管理费用", "fees"}, {"goods", "物资", "goods"}, {"resolution", "决议", "resolution"},
    {"other", "其他", "other"},
    {"donation", "捐赠", "donation"}, {"partner_share", "合作方反哺", "partner share"},
    {"market", "睦邻集市", "market"}, {"micro_enterprise", "社区微业", "micro-enterprise"},
    {"produce", "农产品", "produce"}, {"operation", "社区运营", "operation"},
    {"interest", "利息", "interest"}, {"fiscal", "财政资金", "fiscal money"}, {"wages", "工资", "wages"},
    {"partner", "合作方", "partner"},
    {"person", "个人", "person"}, {"organisation", "机构", "organisation"}, {"collective", "集体", "collective"},
    {"approve", "同意", "approve"}, {"reject", "不同意", "reject"},
    {"consulting", "征询中", "consulting"}, {"voting", "表决中", "voting"}, {"adopted", "已通过", "adopted"},
    {"applied", "已申请", "applied"}, {"approved", "已核准", "approved"}, {"paying", "拨付中", "paying"},
    {"completed", "已完成", "completed"}, {"rejected", "未通过", "rejected"},
    {"withdrawn", "已撤回", "withdrawn"}, {"expired", "已过期", "expired"},
    {"refused", "被拒绝", "refused"}, {"lapsed", "已失效", "lapsed"},
    {"recorded", "待入账", "recorded"}, {"confirmed", "已入账", "confirmed"},
    {"declined", "不予入账", "declined"}, {"reversed", "已冲销", "reversed"},
    {"open", "运行中", "open"}, {"closing", "清结中", "closing"}, {"closed", "已关闭", "closed"},
    {"general", "非限定", "general"}, {"actor", "人员", "actor"}, {"fund", "基金", "fund"},
    {"party", "往来方", "party"}, {"purpose", "专款", "purpose"}, {"source", "来源", "source"},
    {"proposal", "提案", "proposal"}, {"need", "需求", "need"}, {"item", "物资", "item"},
    {"account", "账户", "account"}, {"income", "收入", "income"}, {"payout", "拨付", "payout"},
    {"session", "市集场次", "session"}, {"objection", "异议", "objection"},
    {"registration", "登记", "registration"}, {"declaration", "申报", "declaration"},
    {"seat", "席位", "seat"}, {"entry", "条目", "entry"}, {"receipt", "票据", "receipt"},
    {"meeting", "会议", "meeting"}, {"notice_board", "公告栏", "notice board"},
    {"phone", "电话", "phone"}, {"online", "线上", "online"}, {"alternate", "候补", "alternate"},
    {"public", "公开", "public"}, {"sealed", "密封", "sealed"},
    {"survey", "问卷", "survey"}, {"grid", "网格", "grid"}, {"wish_box", "心愿箱", "wish box"},
    {"residents", "居民", "residents"}, {"street", "街道办", "street office"}, {"exchange", "互评团队", "exchange team"},
    {"very_satisfied", "非常满意", "very satisfied"}, {"satisfied", "满意", "satisfied"},
    {"neutral", "一般", "neutral"}, {"dissatisfied", "不满意", "dissatisfied"},
    {"disclosure", "密封字段", "disclosure"}, {"report", "审计报告", "report"}, {"finding", "审计发现", "finding"},
    {"listed", "已登记", "listed"}, {"endorsed", "已附议", "endorsed"}, {"paid", "已支付", "paid"},
    {"unconfirmed", "待确认", "unconfirmed"}, {"restricted", "已限制查阅", "restricted"}, {"erased", "已删除", "erased"},
    {"standing", "有效", "standing"}, {"voided", "不计", "voided"},
    {"issued", "已开票", "issued"}, {"waived", "免开票", "waived"}, {"valued", "已估值", "valued"}, {"unvalued", "未估值", "unvalued"}, {"yes", "是", "yes"}, {"no", "否", "no"},
};
/* clang-format on */

const char *mz_word_text(const char *word, mz_language language)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(WORDS[i].word, word) == 0)
            return language == MZ_CHINESE ? WORDS[i].zh : WORDS[i].en;
    }
    for (mz_step step = MZ_STEP_NEED; step < MZ_STEP_COUNT; step++) {
        if (strcmp(MZ_STEPS[step], word) == 0)
            return mz_step_text(step, language);
    }
    for (int role = MZ_REGISTRAR; role <= MZ_AUDITOR; role++) {
        if (strcmp(MZ_ROLE_NAMES[role - 1], word) == 0)
            return mz_role_text((mz_role)role, language);
    }
    const mz_event_row *row = mz_event_row_named(mz_view_of(word));
    return row != NULL && language == MZ_CHINESE ? row->zh : word;
}
