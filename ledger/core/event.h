/* event.h — the catalogue: every event that may be written, who signs it, what its body holds. The
 * one place for each of these facts; rules, command line, documents and JSON Schema are derived. */
#ifndef MZ_CORE_EVENT_H
#define MZ_CORE_EVENT_H

#include "core/schema.h"

/* clang-format off */
/* One role for life. Number, JSON name, Chinese, English. Numbers are stored and stay. */
#define MZ_ROLE_MAP(X) \
    X(MZ_REGISTRAR, 1, "registrar", "登记员", "registrar") \
    X(MZ_REVIEWER, 2, "reviewer", "审核员", "reviewer") \
    X(MZ_CASHIER, 3, "cashier", "出纳", "cashier") \
    X(MZ_STEWARD, 4, "steward", "社区工作者", "steward") \
    X(MZ_MEMBER, 5, "member", "委员", "member") \
    X(MZ_SUPERVISOR, 6, "supervisor", "监督员", "supervisor") \
    X(MZ_AUDITOR, 7, "auditor", "审计员", "auditor")
/* clang-format on */

typedef enum mz_role {
    MZ_ROLE_NONE = 0,
#define MZ_ROLE_ENUM(name, number, json, zh, en) name = number,
    MZ_ROLE_MAP(MZ_ROLE_ENUM)
#undef MZ_ROLE_ENUM
} mz_role;

#define MZ_ROLE_BIT(role) (1u << (role))
const char *mz_role_name(mz_role role); /* JSON name */
const char *mz_role_text(mz_role role, mz_language language);

/* clang-format off */
/* Event, number (stored, stays), JSON name, roles that may sign, member fund, confirmation, evidence,
 * Chinese, English. */
#define MZ_REGISTRARS MZ_ROLE_BIT(MZ_REGISTRAR)
#define MZ_STEWARDS MZ_ROLE_BIT(MZ_STEWARD)
#define MZ_MEMBERS MZ_ROLE_BIT(MZ_MEMBER)
#define MZ_SUPERVISORS MZ_ROLE_BIT(MZ_SUPERVISOR)
#define MZ_REVIEWERS MZ_ROLE_BIT(MZ_REVIEWER)
#define MZ_CASHIERS MZ_ROLE_BIT(MZ_CASHIER)
#define MZ_AUDITORS MZ_ROLE_BIT(MZ_AUDITOR)
#define MZ_ANYONE 0xfeu
#define MZ_AUDITED (MZ_ANYONE & ~MZ_AUDITORS) /* who answers an auditor's findings */
#define MZ_EVENT_MAP(X) \
    X(MZ_LEDGER_OPENED, 1, "ledger.opened", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "开立账本", "open the log") \
    X(MZ_LEDGER_AMENDED, 2, "ledger.amended", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "变更账本密钥或见证人", "change the log's key or witnesses") \
    X(MZ_RULES_ADOPTED, 3, "rules.adopted", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "采用新规则", "adopt a version of the rules") \
    X(MZ_ACTOR_ENROLLED, 4, "actor.enrolled", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "登记人员", "enrol a person") \
    X(MZ_ACTOR_REKEYED, 5, "actor.rekeyed", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "更换密钥", "replace a person's key") \
    X(MZ_ACTOR_ASSIGNED, 6, "actor.assigned", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "调整负责的基金", "assign a steward's funds") \
    X(MZ_ACTOR_RETIRED, 7, "actor.retired", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "人员离任", "retire a person") \
    X(MZ_REGISTRY_CONFIRMED, 8, "registry.confirmed", MZ_REGISTRARS | MZ_AUDITORS, MZ_FUND_TARGET, MZ_CONFIRM_NEVER, 0, "确认登记", "confirm a registrar's entry") \
    X(MZ_FUND_OPENED, 10, "fund.opened", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "设立基金", "open a fund") \
    X(MZ_FUND_AMENDED, 11, "fund.amended", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "变更基金参数", "amend a fund's profile") \
    X(MZ_FUND_CLOSING, 12, "fund.closing", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "开始清结", "begin to close a fund") \
    X(MZ_FUND_CLOSED, 13, "fund.closed", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_ALWAYS, 0, "关闭基金", "close a fund") \
    X(MZ_COMMITTEE_SEATED, 14, "committee.seated", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_ALWAYS, 0, "委员会就任", "seat a committee") \
    X(MZ_PURPOSE_DEFINED, 15, "purpose.defined", MZ_REGISTRARS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "设立专款", "define a purpose") \
    X(MZ_PURPOSE_CHANGED, 16, "purpose.changed", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1, "变更用途", "move money to another purpose") \
    X(MZ_PARTY_REGISTERED, 20, "party.registered", MZ_STEWARDS | MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "登记往来方", "register a party") \
    X(MZ_PARTY_VERIFIED, 21, "party.verified", MZ_REVIEWERS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "核实往来方", "verify a party") \
    X(MZ_CONFLICT_DECLARED, 22, "conflict.declared", MZ_ANYONE, MZ_FUND_NONE, MZ_CONFIRM_FOR_OTHERS, 0, "申报利益关联", "declare a conflict of interest") \
    X(MZ_CONFLICT_ENDED, 23, "conflict.ended", MZ_ANYONE, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "解除利益关联", "end a conflict of interest") \
    X(MZ_SOURCE_REGISTERED, 24, "source.registered", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1, "登记来源", "register a source") \
    X(MZ_SOURCE_ENDED, 25, "source.ended", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "来源终止", "end a source") \
    X(MZ_SESSION_HELD, 26, "session.held", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "登记市集场次", "record a market session") \
    X(MZ_NEED_LISTED, 27, "need.listed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "登记需求", "list a need") \
    X(MZ_NEED_ENDORSED, 28, "need.endorsed", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "附议需求", "endorse a need") \
    X(MZ_INCOME_RECORDED, 30, "income.recorded", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "登记收入", "record income") \
    X(MZ_INCOME_CONFIRMED, 31, "income.confirmed", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "收入入账", "confirm income") \
    X(MZ_INCOME_DECLINED, 32, "income.declined", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "不予入账", "decline income") \
    X(MZ_ENTRY_REVERSED, 33, "entry.reversed", MZ_STEWARDS | MZ_CASHIERS | MZ_REVIEWERS, MZ_FUND_TARGET, MZ_CONFIRM_NEVER, 0, "冲销", "reverse an entry") \
    X(MZ_GOODS_RECEIVED, 34, "goods.received", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "收到物资", "receive goods") \
    X(MZ_GOODS_ISSUED, 35, "goods.issued", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "发放物资", "issue goods") \
    X(MZ_GOODS_SOLD, 36, "goods.sold", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "义卖物资", "sell goods") \
    X(MZ_GOODS_WRITTEN_OFF, 37, "goods.written_off", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "核销物资", "write goods off") \
    X(MZ_GOODS_CONFIRMED, 38, "goods.confirmed", MZ_SUPERVISORS | MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "确认物资", "confirm goods") \
    X(MZ_PROPOSAL_FILED, 40, "proposal.filed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "提出提案", "file a proposal") \
    X(MZ_PROPOSAL_WITHDRAWN, 41, "proposal.withdrawn", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "撤回提案", "withdraw a proposal") \
    X(MZ_OBJECTION_FILED, 42, "objection.filed", MZ_STEWARDS | MZ_MEMBERS | MZ_SUPERVISORS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "提出异议", "file an objection") \
    X(MZ_OBJECTION_ANSWERED, 43, "objection.answered", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "答复异议", "answer an objection") \
    X(MZ_OPINION_GIVEN, 44, "opinion.given", MZ_SUPERVISORS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "监督意见", "give a supervisor's opinion") \
    X(MZ_VOTE_CAST, 45, "vote.cast", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "表决", "cast a ballot") \
    X(MZ_MEMBER_RECUSED, 46, "member.recused", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "回避", "recuse oneself") \
    X(MZ_APPLICATION_SENT, 47, "application.sent", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "用资申请", "apply to the charity") \
    X(MZ_APPLICATION_APPROVED, 48, "application.approved", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "核准", "approve an application") \
    X(MZ_APPLICATION_RETURNED, 49, "application.returned", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "退回申请", "return an application") \
    X(MZ_APPLICATION_REFUSED, 50, "application.refused", MZ_REVIEWERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "拒绝申请", "refuse an application") \
    X(MZ_PAYOUT_MADE, 51, "payout.made", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "拨付", "pay out") \
    X(MZ_PAYOUT_RETURNED, 52, "payout.returned", MZ_CASHIERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "拨付退回", "record a returned payout") \
    X(MZ_PROJECT_COMPLETED, 53, "project.completed", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "项目完成", "complete a project") \
    X(MZ_PROJECT_RATED, 54, "project.rated", MZ_STEWARDS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 1, "项目评议", "rate a project") \
    X(MZ_STATEMENT_PUBLISHED, 60, "statement.published", MZ_MEMBERS, MZ_FUND_REQUIRED, MZ_CONFIRM_NEVER, 0, "公示", "publish a statement") \
    X(MZ_BALANCE_RECONCILED, 61, "balance.reconciled", MZ_REVIEWERS | MZ_AUDITORS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 1, "银行对账", "reconcile to the bank") \
    X(MZ_AUDIT_REPORTED, 62, "audit.reported", MZ_AUDITORS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "审计报告", "report an audit") \
    X(MZ_FINDING_ANSWERED, 63, "finding.answered", MZ_AUDITED, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "答复审计发现", "answer a finding") \
    X(MZ_RECORD_RESTRICTED, 64, "record.restricted", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_NEVER, 0, "限制查阅密封资料", "restrict sealed records") \
    X(MZ_RECORD_ERASED, 65, "record.erased", MZ_REGISTRARS, MZ_FUND_NONE, MZ_CONFIRM_ALWAYS, 0, "删除密封资料", "erase sealed records")
/* clang-format on */

typedef enum mz_event {
    MZ_EVENT_NONE = 0,
#define MZ_EVENT_ENUM(name, number, ...) name = number,
    MZ_EVENT_MAP(MZ_EVENT_ENUM)
#undef MZ_EVENT_ENUM
} mz_event;
#define MZ_EVENT_NUMBER_MAX 99 /* rules are tables by number */

/* clang-format off */
/* What the public sees of a proposal's road, in order: code, Chinese, English. 点事 is a need, 提事
 * the filing, 议事 consultation, 决策 the vote, 办事 payouts and work, 评事 the rating. */
#define MZ_STEP_MAP(X) \
    X(MZ_STEP_NEED, "need", "点事", "need") \
    X(MZ_STEP_PROPOSAL, "proposal", "提事", "proposal") \
    X(MZ_STEP_CONSULTATION, "consultation", "议事", "consultation") \
    X(MZ_STEP_DECISION, "decision", "决策", "decision") \
    X(MZ_STEP_WORK, "work", "办事", "work") \
    X(MZ_STEP_RATING, "rating", "评事", "rating")
/* clang-format on */
typedef enum mz_step {
#define MZ_STEP_ENUM(name, ...) name,
    MZ_STEP_MAP(MZ_STEP_ENUM)
#undef MZ_STEP_ENUM
} mz_step;
#define MZ_STEP_COUNT (MZ_STEP_RATING + 1)
extern const char *const MZ_STEPS[]; /* the codes, NULL-terminated */
const char *mz_step_text(mz_step step, mz_language language);

/* The payload's member `fund`: required, refused, or exactly the target's. */
typedef enum mz_fund_use { MZ_FUND_NONE, MZ_FUND_REQUIRED, MZ_FUND_TARGET } mz_fund_use;
/* The rule book's dagger: takes effect only when another registrar or an auditor confirms. */
typedef enum mz_confirm_use {
    MZ_CONFIRM_NEVER,
    MZ_CONFIRM_ALWAYS,
    MZ_CONFIRM_FOR_OTHERS
} mz_confirm_use;

typedef struct mz_event_row {
    mz_event event;
    const char *name;
    unsigned roles; /* MZ_ROLE_BITs */
    mz_fund_use fund;
    mz_confirm_use confirm;
    bool evidence_required;
    const mz_field *fields; /* the body, note, evidence and _sd too; ends with a row without name */
    const char *zh, *en;
} mz_event_row;

/* The rows in the catalogue's order. Static. */
const mz_event_row *mz_event_rows(size_t *count);
/* NULL when there is none. */
const mz_event_row *mz_event_row_of(mz_event event);
const mz_event_row *mz_event_row_named(mz_view name);
/* The catalogue with the JSON Schema of every body, and the refusals: {"$schema","events",
 * "statuses"}. A new reference, NULL without memory. */
json_t *mz_catalogue_json(void);

/* The words of the catalogue's enums, each NULL-terminated; positions are stored and stay. */
extern const char *const MZ_PROFILE_NAMES[]; /* as mz_profile in state.h, by position */
extern const char *const MZ_CATEGORIES[];    /* activity .. other */
extern const char *const MZ_INCOME_KINDS[];  /* donation .. other, then fiscal and wages */
extern const char *const MZ_SOURCE_KINDS[];  /* partner .. other */
extern const char *const MZ_PARTY_KINDS[];   /* person, organisation, collective */
extern const char *const MZ_OBJECTION_CHANNELS[];
extern const char *const MZ_CHOICES[];    /* approve, reject */
extern const char *const MZ_NEED_KINDS[]; /* the categories that can meet a need */
extern const char *const MZ_NEED_CHANNELS[];
extern const char *const MZ_RATERS[];       /* residents, street, exchange */
extern const char *const MZ_GRADES[];       /* very_satisfied .. dissatisfied */
extern const char *const MZ_VISIBILITIES[]; /* public, sealed */
extern const char *const MZ_ROLE_NAMES[];   /* position + 1 is the role's number */
enum {
    MZ_CATEGORY_ACTIVITY,
    MZ_CATEGORY_REPAIR,
    MZ_CATEGORY_VISIT,
    MZ_CATEGORY_MEALS,
    MZ_CATEGORY_CARE,
    MZ_CATEGORY_WISHES,
    MZ_CATEGORY_FEES,
    MZ_CATEGORY_GOODS,
    MZ_CATEGORY_RESOLUTION,
    MZ_CATEGORY_OTHER,
    MZ_CATEGORY_COUNT
};
enum {
    MZ_INCOME_DONATION,
    MZ_INCOME_PARTNER_SHARE,
    MZ_INCOME_MARKET,
    MZ_INCOME_MICRO_ENTERPRISE,
    MZ_INCOME_PRODUCE,
    MZ_INCOME_OPERATION,
    MZ_INCOME_INTEREST,
    MZ_INCOME_OTHER,
    MZ_INCOME_KIND_COUNT,
    MZ_INCOME_FISCAL = MZ_INCOME_KIND_COUNT,
    MZ_INCOME_WAGES
};
enum {
    MZ_SOURCE_PARTNER,
    MZ_SOURCE_MARKET,
    MZ_SOURCE_MICRO_ENTERPRISE,
    MZ_SOURCE_PRODUCE,
    MZ_SOURCE_OPERATION,
    MZ_SOURCE_OTHER
};
enum { MZ_PARTY_PERSON, MZ_PARTY_ORGANISATION, MZ_PARTY_COLLECTIVE };
enum { MZ_APPROVE, MZ_REJECT };
enum { MZ_PUBLIC, MZ_SEALED };
enum { MZ_GRADE_COUNT = 4 };
#define MZ_ACCOUNT_FUNDS_MAX 500 /* of one bank account: what one payload can list */
/* A word of the catalogue (a category, a kind, a role, a state ...) for people; the word itself
 * when there is no other, and for an event in English, whose name is the command. A literal, or
 * `word`. */
const char *mz_word_text(const char *word, mz_language language);

#endif
