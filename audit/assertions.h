/* assertions.h — the auditor's list: what is asserted, what can be found against it, and how an
 * audit can fail. One table each; report, text and man page follow from them. */
#ifndef MZ_AUDIT_ASSERTIONS_H
#define MZ_AUDIT_ASSERTIONS_H

#include <stdbool.h>

#include "core/status.h"

typedef enum mz_verdict {
    MZ_PROVED,
    MZ_FAILED,
    MZ_FINDING,      /* proved in form, and something for the auditor to look at */
    MZ_NEEDS_PEOPLE, /* as far as the log goes nothing was found; the rest is for people */
    MZ_UNPROVED      /* the replay stopped before it could be judged */
} mz_verdict;
const char *mz_verdict_code(mz_verdict verdict);
const char *mz_verdict_text(mz_verdict verdict, mz_language language);

/* clang-format off */
/* Name, code; title, what is proved, what people must be asked whatever is found ("" when nothing is
 * left to ask), each zh and en. */
#define MZ_ASSERTION_MAP(X) \
    X(MZ_A_INTEGRITY, "integrity", "完整无改动", "integrity", \
      "每一笔的签名、格式、时间次序和编号都合格，所有笔的哈希树根与每一枚总账印章一致，第 0 笔就是信任文件所指的那一笔。", \
      "Every entry's signature, form, order in time and number is good, the tree over all entries has the root of every checkpoint, and entry 0 is the pin's.", \
      "", "") \
    X(MZ_A_COMPLETENESS, "completeness", "没有缺漏", "completeness", \
      "序号从 0 起连续，最后一笔在总账印章之内；给出的旧印章和收据都是现在这本账的开头。", \
      "Indexes run from 0 without a gap, the last entry is under a checkpoint, and every older checkpoint or receipt given is the beginning of this log.", \
      "问捐赠人、商户和居民要他们手里的收据，用 --since 核对；没有登记的事，账本看不见。", \
      "Ask donors, shops and residents for the receipts they hold and check them with --since. What was never recorded no log can show.") \
    X(MZ_A_EXISTENCE, "existence", "收入真实", "existence", \
      "每一笔入账的收入都有银行流水号，并有票据号或免票说明；同一流水的各笔合计不超过该流水。", \
      "Every confirmed income has a bank reference, and a receipt number or the reason for none; the parts of one bank line never exceed it.", \
      "用 --json 列出银行流水号和金额（bank_lines），与银行对账单逐笔核对。", \
      "List the bank references and amounts with --json (bank_lines) and compare them with the bank's own statements, line by line.") \
    X(MZ_A_CUTOFF, "cut_off", "归期正确", "cut-off", \
      "检验：收到日、记账日与登记日相差不超过 30 天，且不落在已经公示的期间。", \
      "Test: received_on and booked_on lie within 30 days of the day of entry, and not in a period already published.", \
      "", "") \
    X(MZ_A_ACCURACY, "accuracy", "金额准确", "accuracy", \
      "每一个专款：入账 − 冲销 + 转入 − 转出 − 拨付 + 退回 = 余额 ≥ 预留 ≥ 0；每一分钱的区间合计等于余额；每笔拨付追到的收入合计等于其净额；每份公示与账本逐项相等。", \
      "Per purpose: confirmed − reversed + moved in − moved out − paid + returned = balance ≥ reserved ≥ 0; the fen still unused sum to the balance; what each payout is traced to sums to its net amount; every statement equals the log in every figure.", \
      "", "") \
    X(MZ_A_CLASSIFICATION, "classification", "归类正确", "classification", \
      "收入种类与来源相符，支出归入提案的类别；财政资金和工资从未入账。", \
      "Income kinds fit their sources, spending falls under its proposal's category; budgets and wages were never booked.", \
      "抽看凭证：买的东西是否真属于所写的类别。", "Look at a sample of the documents: is what was bought really of the category stated?") \
    X(MZ_A_AUTHORISATION, "authorisation", "经过授权", "authorisation", \
      "每一笔由有此职责、当时在任的人签名；每笔拨付之前都有单数委员会的足数赞成票和慈善总会的核准。", \
      "Each entry is signed by a person then in office for it; before every payout stand enough approvals of an odd committee and the charity's approval.", \
      "", "") \
    X(MZ_A_SEGREGATION, "segregation", "职责分开", "segregation", \
      "一人一职：提案、表决、核准、付款用的是不同的钥匙；登记事项由另一人确认。", \
      "One role for life: proposing, voting, approving and paying are different keys; registrations are confirmed by another person.", \
      "问每位本人是否亲自保管钥匙；一人持两把钥匙，账本看不出来。", \
      "Ask each person whether they keep their own key. One person with two keys is invisible to a log.") \
    X(MZ_A_RESTRICTED, "restricted_use", "专款专用", "restricted use", \
      "专款只付许可的类别，从不补足非限定资金；资金从不移入用途更宽的专款。", \
      "A restricted purpose paid only for its categories and never topped up general; no money moved to a wider purpose.", \
      "", "") \
    X(MZ_A_RELATED, "related_parties", "关联往来", "related parties", \
      "检验：收款方（含已查明的同一方）同时是捐赠方或来源的往来方；利益关联在付款之后才生效。", \
      "Test: a payee, or a party found to be the same, is also a donor or a source's party; a conflict of interest took effect after a payout.", \
      "", "") \
    X(MZ_A_DUPLICATES, "duplicates", "没有重复", "duplicates", \
      "检验：同一凭证（SHA-256 相同）附在两笔未冲销的拨付上。银行流水号、票据号从不重复。", \
      "Test: one document (the same SHA-256) attached to two standing payouts. Bank references and receipt numbers never repeat.", \
      "", "") \
    X(MZ_A_SPLITTING, "splitting", "没有拆分", "splitting", \
      "检验一：同一基金 30 天（24 小时 × 30）内有三件及以上提案写明同一收款方；检验二：30 天内同一收款方在两件及以上提案下得到的拨付各达其限额的 95 %。", \
      "Test 1: three or more proposals of one fund within 30 days (30 × 24 hours) name the same payee. Test 2: within 30 days the same payee was paid 95 % or more of its cap under two or more proposals.", \
      "", "") \
    X(MZ_A_GOODS, "goods", "物资相符", "goods", \
      "这一版账本还没有物资事项，无可检验。", "This version's log has no goods events; nothing to test.", \
      "盘点实物，与领用登记核对。", "Count the goods and compare with the hand-over records.") \
    X(MZ_A_AGREEMENTS, "agreements", "协议有效", "agreements", \
      "每个来源都附协议，四个明确齐全；合作类收入都在协议期内。", \
      "Every source has its agreement attached with service, hours, operation and liability; income from it lies within the term.", \
      "看协议原件，核对分成比例与实际到账。", "See the agreements themselves and compare the agreed share with what came in.") \
    X(MZ_A_PAYOUTS, "payouts", "拨付办结", "payouts", \
      "拨付不超过核准、不超过限额，付给已核实的收款方。检验：拨付期满而未办结的提案；慈善总会逾期未审而失效的申请。", \
      "Payouts stay within approval and caps and go to verified payees. Test: proposals whose days to pay are over and that are not completed; applications that lapsed because the charity did not decide.", \
      "", "") \
    X(MZ_A_DISCLOSURE, "disclosure", "按期公示", "disclosure on time", \
      "公示期首尾相接。检验：公示晚于上期截止后规定的天数，或至今逾期。", \
      "Periods join without a gap. Test: a statement later than the days allowed after the last one's end, or overdue by now.", \
      "", "") \
    X(MZ_A_CORRECTIONS, "corrections", "更正留痕", "corrections", \
      "冲销不删一字，原笔与冲销都在。所有冲销都列在这里。", "A reversal deletes nothing: both entries stand. All of them are listed here.", \
      "", "") \
    X(MZ_A_PRIVACY, "privacy", "个人信息", "privacy", \
      "账号、电话、受助人没有明文字段。检验：自然人姓名明文登记而没有同意凭证。", \
      "There is no field for accounts, telephones or recipients in clear. Test: a person's name in clear without evidence of consent.", \
      "抽看文字字段里有没有写进个人信息。", "Look at a sample of free text: was personal data typed into it?") \
    X(MZ_A_UNCONFIRMED, "unconfirmed", "收入及时确认", "unconfirmed income", \
      "检验：登记 30 天后仍未确认、退回或冲销的收入。", "Test: income neither confirmed, declined nor reversed 30 days after it was recorded.", \
      "", "") \
    X(MZ_A_DORMANCY, "dormancy", "没有沉睡", "dormancy and closing", \
      "检验：12 个月没有资金变动的基金；宣布清结而未关闭的基金。", "Test: a fund without movement of money for 12 months; a fund that is closing and not closed.", \
      "", "") \
    X(MZ_A_KEYS, "keys", "钥匙", "keys", \
      "离任后和换钥匙后，旧钥匙从未被接受。检验：钥匙被宣布失窃之时及以后，用它签名的各笔。", \
      "No key was accepted after retirement or replacement. Test: entries signed with a key at or after the time since when it is declared compromised.", \
      "", "") \
    X(MZ_A_LATENESS, "lateness", "及时上账", "late entries", \
      "检验：账本时间比签名时间晚 72 小时以上。", "Test: log time more than 72 hours after the time of signing.", \
      "", "") \
    X(MZ_A_COSIGNATURES, "cosignatures", "见证", "cosignatures", \
      "信任文件要求见证时，最后一枚总账印章达到所需见证数。逐笔比对见证时间要等见证服务启用。", \
      "Where the pin asks for witnesses, the last checkpoint has enough of them. Entries later than their cosignature can be told once witnesses serve this log.", \
      "问见证人各自看到的最后一枚印章。", "Ask the witnesses for the last checkpoint that each has seen.") \
    X(MZ_A_RECONCILIATION, "reconciliation", "银行对账", "reconciliation", \
      "这一版账本还没有对账事项，无可检验。", "This version's log has no reconciliation events; nothing to test.", \
      "用银行对账单核对每个账户的月末余额。", "Compare each account's month-end balance with the bank statement.")

/* Name, its number (stored in an audit's state: stays), assertion, whether it only informs, code, zh,
 * en; what to ask people, zh and en. */
#define MZ_FINDING_MAP(X) \
    X(MZ_F_RECEIVED_FAR, 1, MZ_A_CUTOFF, 0, "day_far_from_entry", "日期与登记日相差 30 天以上", "its day is more than 30 days from the day of entry", \
      "问经手人为何迟登或早登，看银行回单上的日期。", \
      "Ask who entered it why so late or so early, and see the date on the bank's slip.") \
    X(MZ_F_RECEIVED_PUBLISHED, 2, MZ_A_CUTOFF, 0, "day_in_published_period", "日期落在已公示的期间", "its day falls in a period already published", \
      "问为何跨期：公示之前知不知道这笔钱。", \
      "Ask why it came after its period was published: was this money known before?") \
    X(MZ_F_DONOR_PAID, 3, MZ_A_RELATED, 0, "payee_is_donor", "收款方也是捐赠方", "the payee is also a donor", \
      "问价格是否公道，捐赠时有没有说好；看比价和当时的提案。", \
      "Ask whether the price was fair and whether the gift came with a promise; see the quotations and the filing.") \
    X(MZ_F_SOURCE_PAID, 4, MZ_A_RELATED, 0, "payee_is_source", "收款方也是来源的往来方", "the payee is also a source's party", \
      "问为何由合作方承办，价格与别家比过没有。", \
      "Ask why a partner got the work and whether others were asked for their price.") \
    X(MZ_F_CONFLICT_LATE, 5, MZ_A_RELATED, 0, "conflict_after_payout", "付款之后才生效的利益关联", "a conflict of interest took effect after this payout", \
      "问本人当时是否已知情，表决和付款时有没有人提起。", \
      "Ask the person whether it was known at the time, and whether anybody raised it before the vote or the payout.") \
    X(MZ_F_SAME_EVIDENCE, 6, MZ_A_DUPLICATES, 0, "same_evidence", "凭证与另一笔拨付相同", "its document is that of another payout", \
      "取两笔的凭证原件，看是不是付了两次；分属两个基金的，问各担多少。", \
      "See the original under both payouts: was it paid twice? If two funds paid, ask which part is whose.") \
    X(MZ_F_MANY_FILINGS, 7, MZ_A_SPLITTING, 0, "many_filings", "30 天内第三件或更多写明同一收款方的提案", "the third or later proposal within 30 days to name this payee", \
      "问这几件提案为何不是一件。", \
      "Ask why these were not one proposal.") \
    X(MZ_F_NEAR_CAPS, 8, MZ_A_SPLITTING, 0, "near_caps", "30 天内同一收款方在多件提案下付到限额的 95 %", "within 30 days this payee was paid 95 % of its cap under several proposals", \
      "问这几件提案为何不是一件，限额是谁定的。", \
      "Ask why these were not one proposal, and who set the caps.") \
    X(MZ_F_NOT_COMPLETED, 9, MZ_A_PAYOUTS, 0, "not_completed", "拨付期已满，项目未办结", "its days to pay are over and it is not completed", \
      "问项目做完没有，看成果和票据；做完了请补登完成。", \
      "Ask whether the work was done, see it and its papers; if so, have the completion recorded.") \
    X(MZ_F_NOT_DECIDED, 10, MZ_A_PAYOUTS, 0, "not_decided", "慈善总会逾期未审，申请失效", "the charity did not decide in time; it lapsed", \
      "问慈善总会的审核员为何逾期未审。", \
      "Ask the charity's reviewer why it was not decided in time.") \
    X(MZ_F_STATEMENT_LATE, 11, MZ_A_DISCLOSURE, 0, "statement_late", "公示逾期", "published late", \
      "问委员会为何晚公示。", \
      "Ask the committee why it was late.") \
    X(MZ_F_STATEMENT_OVERDUE, 12, MZ_A_DISCLOSURE, 0, "statement_overdue", "至今没有公示，已逾期", "no statement by now: overdue", \
      "问委员会为何至今没有公示，请其补上。", \
      "Ask the committee why there is none yet, and have it published.") \
    X(MZ_F_REVERSAL, 13, MZ_A_CORRECTIONS, 0, "reversal", "冲销", "a reversal", \
      "看这一笔的冲销理由和凭证，与原笔对照。", \
      "Read the reason and the evidence of the reversal beside the entry that it undoes.") \
    X(MZ_F_NAME_IN_CLEAR, 14, MZ_A_PRIVACY, 0, "name_in_clear", "姓名明文，没有同意凭证", "a person's name in clear without evidence of consent", \
      "问本人是否同意公开姓名；没有同意的，请登记员补上同意书或更正。", \
      "Ask the person whether they agreed to be named; if not, have consent attached or the registration replaced.") \
    X(MZ_F_UNCONFIRMED, 15, MZ_A_UNCONFIRMED, 0, "unconfirmed", "30 天未确认", "not confirmed after 30 days", \
      "问出纳钱是否到账：到了请确认，没到请退回。", \
      "Ask the cashier whether the money arrived: then confirm it, else decline it.") \
    X(MZ_F_DORMANT, 16, MZ_A_DORMANCY, 0, "dormant", "12 个月没有资金变动", "no movement of money for 12 months", \
      "问基金是否还有人管，要不要清结。", \
      "Ask who looks after the fund and whether it should be closed.") \
    X(MZ_F_CLOSING, 17, MZ_A_DORMANCY, 0, "closing", "正在清结，尚未关闭", "closing, and not closed yet", \
      "问还差哪一步没有办完。", \
      "Ask which step is still missing.") \
    X(MZ_F_COMPROMISED, 18, MZ_A_KEYS, 0, "compromised_key", "用已宣布失窃的钥匙签名", "signed with a key declared compromised since then", \
      "请签名人当面认领这一笔；不认的，按伪造处理。", \
      "Have the signer own this entry in person; what is not owned is to be treated as forged.") \
    X(MZ_F_LATE_ENTRY, 19, MZ_A_LATENESS, 0, "late_entry", "签名 72 小时之后才上账", "entered more than 72 hours after it was signed", \
      "问为何迟交：是断网，还是压着不报。", \
      "Ask why: was the network down, or was it withheld?")

/* How an audit fails: name, assertion, code, zh, en. */
#define MZ_FAILURE_MAP(X) \
    X(MZ_X_GENESIS, MZ_A_INTEGRITY, "genesis", "第 0 笔不是信任文件所指的那一笔：这是另一本账。", "Entry 0 is not the one that the pin names: this is another log.") \
    X(MZ_X_ORIGIN, MZ_A_INTEGRITY, "origin", "账本名与信任文件不同。", "The log's origin is not the pin's.") \
    X(MZ_X_PIN_KEY, MZ_A_INTEGRITY, "pin_key", "信任文件的日志密钥既不是第 0 笔的，也不是现在有效的。", "The pin's log key is neither that of entry 0 nor the one in force at the end.") \
    X(MZ_X_LEAF, MZ_A_INTEGRITY, "entry_form", "这一笔不合格式。", "This entry is not well formed.") \
    X(MZ_X_SIGNATURE, MZ_A_INTEGRITY, "entry_signature", "这一笔的签名不成立。", "This entry's signature is not good.") \
    X(MZ_X_TIME, MZ_A_INTEGRITY, "time_backwards", "这一笔的账本时间早于前一笔。", "This entry's log time is before that of the one before it.") \
    X(MZ_X_RULE, MZ_A_AUTHORISATION, "rule", "这一笔违反规则，本不该写入。", "This entry breaks a rule and should never have been written.") \
    X(MZ_X_NOTE, MZ_A_INTEGRITY, "checkpoint_signature", "这枚总账印章不是当时有效的日志密钥所签。", "This checkpoint is not signed by the log key then in force.") \
    X(MZ_X_ROOT, MZ_A_INTEGRITY, "checkpoint_root", "这枚总账印章的根与各笔算出的根不同：有笔被改动、调换或删去，或印章是伪造的。", "This checkpoint's root is not that of the entries: entries were altered, reordered or dropped, or the checkpoint is forged.") \
    X(MZ_X_NO_NOTE, MZ_A_COMPLETENESS, "no_checkpoint", "没有能覆盖最后一笔的总账印章。", "No checkpoint covers the last entry.") \
    X(MZ_X_MISSING, MZ_A_COMPLETENESS, "entry_missing", "缺少这一笔。", "This entry is missing.") \
    X(MZ_X_EXTRA, MZ_A_COMPLETENESS, "uncovered", "在最后一枚总账印章之外还有内容。", "There is more than the last checkpoint covers.") \
    X(MZ_X_STATE, MZ_A_COMPLETENESS, "not_an_extension", "账本不再是上次审计过的那本的延续。", "The log no longer extends what was audited before.") \
    X(MZ_X_SINCE_SHORT, MZ_A_COMPLETENESS, "since_beyond", "旧印章的笔数多于账本：账本被截短过。", "An older checkpoint has more entries than the log: the log was cut off.") \
    X(MZ_X_SINCE_ROOT, MZ_A_COMPLETENESS, "since_root", "账本在旧印章的笔数上有另一个根：历史被改写过。", "At the size of an older checkpoint the log has another root: history was rewritten.") \
    X(MZ_X_SINCE_KEY, MZ_A_COMPLETENESS, "since_signature", "给出的旧印章不是本账本的密钥所签。", "The older checkpoint given is not signed by a key of this log.") \
    X(MZ_X_SINCE_ENTRY, MZ_A_COMPLETENESS, "since_entry", "给出的收据与其印章不符。", "The receipt given does not lead to its checkpoint.") \
    X(MZ_X_QUORUM, MZ_A_COSIGNATURES, "quorum", "最后一枚总账印章没有信任文件要求的见证。", "The last checkpoint lacks the witnesses that the pin asks for.") \
    X(MZ_X_BALANCE, MZ_A_ACCURACY, "balance", "专款的余额与各笔合计不等。", "A purpose's balance is not what its entries sum to.") \
    X(MZ_X_TRACE, MZ_A_ACCURACY, "trace", "拨付追到的收入合计不等于其净额。", "What a payout is traced to does not sum to its net amount.")
/* clang-format on */

typedef enum mz_assertion {
#define MZ_ASSERTION_ENUM(name, ...) name,
    MZ_ASSERTION_MAP(MZ_ASSERTION_ENUM)
#undef MZ_ASSERTION_ENUM
        MZ_ASSERTION_COUNT
} mz_assertion;

typedef enum mz_finding {
#define MZ_FINDING_ENUM(name, number, ...) name = number,
    MZ_FINDING_MAP(MZ_FINDING_ENUM)
#undef MZ_FINDING_ENUM
        MZ_FINDING_END
} mz_finding;

typedef enum mz_failure {
    MZ_X_NONE,
#define MZ_FAILURE_ENUM(name, ...) name,
    MZ_FAILURE_MAP(MZ_FAILURE_ENUM)
#undef MZ_FAILURE_ENUM
        MZ_FAILURE_COUNT
} mz_failure;

typedef struct mz_assertion_row {
    const char *code;
    const char *title_zh, *title_en, *proves_zh, *proves_en;
    const char *ask_zh, *ask_en; /* "": nothing for people when nothing is found */
} mz_assertion_row;
const mz_assertion_row *mz_assertion_row_of(mz_assertion assertion);

typedef struct mz_finding_row {
    mz_assertion assertion;
    bool informs; /* to be known; not against anybody, so the verdict does not change */
    const char *code, *zh, *en, *ask_zh, *ask_en;
} mz_finding_row;
const mz_finding_row *mz_finding_row_of(mz_finding finding);

typedef struct mz_failure_row {
    mz_assertion assertion;
    const char *code, *zh, *en;
} mz_failure_row;
const mz_failure_row *mz_failure_row_of(mz_failure failure);

/* The assertion that an entry refused with `status` speaks against. */
mz_assertion mz_assertion_against(mz_status status);

/* What no log can close, said openly. `count` rows. */
typedef struct mz_open_row {
    const char *code, *zh, *en;
} mz_open_row;
const mz_open_row *mz_open_rows(size_t *count);

#endif
