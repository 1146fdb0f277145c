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
      "序号从 0 起连续，最后一笔在总账印章之内；给出的旧印章和收据都是现在这本账的开头。检验：以往审计报告写明的根就是本账在那一笔数时的根。", \
      "Indexes run from 0 without a gap, the last entry is under a checkpoint, and every older checkpoint or receipt given is the beginning of this log. Test: the root that an earlier audit report names is this log's at that size.", \
      "问捐赠人、商户和居民要他们手里的收据，用 --since 核对；没有登记的事，账本看不见。", \
      "Ask donors, shops and residents for the receipts they hold and check them with --since. What was never recorded no log can show.") \
    X(MZ_A_EXISTENCE, "existence", "收入真实", "existence", \
      "每一笔入账的收入都有银行流水号，并有票据号或免票说明；同一流水的各笔合计不超过该流水。检验：同一流水的各笔合计少于该流水。", \
      "Every confirmed income has a bank reference, and a receipt number or the reason for none; the parts of one bank line never exceed it. Test: they sum to less than the line.", \
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
      "一个信用代码只属于一方。检验：收款方（含已查明的同一方）在任何一个基金里同时是捐款方、捐物方、来源的往来方，或属于某位任职人员，或就是慈善总会自己（年度费用除外）；利益关联在付款之后才生效。", \
      "A credit code belongs to one party. Test: a payee, or a party found to be the same, is in whatever fund also a donor, a giver of goods, a source's party, the party of a person in office, or the charity itself (its yearly fees apart); a conflict of interest took effect after a payout.", \
      "", "") \
    X(MZ_A_DUPLICATES, "duplicates", "没有重复", "duplicates", \
      "银行流水号、票据号从不重复。检验：同一凭证（SHA-256 相同）附在两笔未冲销也未全部退回的拨付上，同一基金或不同基金。", \
      "Bank references and receipt numbers never repeat. Test: one document (the same SHA-256) attached to two payouts that stand and did not wholly come back, of one fund or of two.", \
      "", "") \
    X(MZ_A_SPLITTING, "splitting", "没有拆分", "splitting", \
      "检验一：同一基金 30 天（24 小时 × 30）内有三件及以上提案写明同一收款方；检验二：30 天内同一收款方在两件及以上提案下得到的拨付各达其限额的 95 %。", \
      "Test 1: three or more proposals of one fund within 30 days (30 × 24 hours) name the same payee. Test 2: within 30 days the same payee was paid 95 % or more of its cap under two or more proposals.", \
      "", "") \
    X(MZ_A_GOODS, "goods", "物资相符", "goods", \
      "每种物资：收到 − 发放 − 义卖 − 核销 = 库存 ≥ 0，超过限额或未估值的发放、核销都在核准的提案之内。检验：30 天内未经委员会确认的各笔；义卖所得没有入账。", \
      "Per item: received − issued − sold − written off = stock ≥ 0; what is above the cap or not valued was issued or written off under an approved proposal. Test: entries not confirmed by the committee within 30 days; sales whose money did not come.", \
      "按“物资”表盘点实物，与领用登记核对。", "Count the goods by the table of items and compare with the hand-over records.") \
    X(MZ_A_AGREEMENTS, "agreements", "协议有效", "agreements", \
      "每个来源都附协议，四个明确齐全；合作类收入都在协议期内赚得。检验：协议期满 30 天以后还在登记它的收入。", \
      "Every source has its agreement attached with service, hours, operation and liability; income from it was earned within the term. Test: income recorded more than 30 days after the term.", \
      "看协议原件，核对分成比例与实际到账。", "See the agreements themselves and compare the agreed share with what came in.") \
    X(MZ_A_PAYOUTS, "payouts", "拨付办结", "payouts", \
      "拨付不超过核准、不超过限额，付给已核实的收款方。检验：拨付期满而未办结的提案；慈善总会逾期未审而失效的申请；付了两次的心愿。", \
      "Payouts stay within approval and caps and go to verified payees. Test: proposals whose days to pay are over and that are not completed; applications that lapsed because the charity did not decide; wishes paid twice.", \
      "", "") \
    X(MZ_A_DISCLOSURE, "disclosure", "按期公示", "disclosure on time", \
      "公示期首尾相接。检验：公示晚于上期截止后规定的天数，或至今逾期。", \
      "Periods join without a gap. Test: a statement later than the days allowed after the last one's end, or overdue by now.", \
      "", "") \
    X(MZ_A_CORRECTIONS, "corrections", "更正留痕", "corrections", \
      "冲销不删一字，原笔与冲销都在。所有冲销都列在这里。检验：审计报告的发现 60 天内没有答复。", \
      "A reversal deletes nothing: both entries stand. All of them are listed here. Test: a finding of an audit report not answered within 60 days.", \
      "", "") \
    X(MZ_A_PRIVACY, "privacy", "个人信息", "privacy", \
      "账号、电话、受助人没有明文字段。限制和删除的密封资料都列在这里，删除须审计员确认。检验：自然人姓名明文登记而没有同意凭证。", \
      "There is no field for accounts, telephones or recipients in clear. Sealed records that were restricted or erased are listed; an auditor confirmed each erasure. Test: a person's name in clear without evidence of consent.", \
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
      "信任文件要求见证时，有一枚总账印章达到所需见证数，且就是这本账的。检验：还没有足够见证的最后几笔；账本时间晚于见证时间的各笔。", \
      "Where the pin asks for witnesses, enough of them have cosigned a checkpoint, and it is this log's. Test: the last entries, which not enough of them have seen yet; entries whose log time is later than a witness saw them.", \
      "问见证人各自看到的最后一枚印章。", "Ask the witnesses for the last checkpoint that each has seen.") \
    X(MZ_A_RECONCILIATION, "reconciliation", "银行对账", "reconciliation", \
      "每份对账列全该账户的基金，各基金余额与账本相等，银行余额 = 基金余额 + 账外款 + 差额。检验：账户自第一个基金设立的月份起，过完的月份没有对账；差额不为零；账外款为负。", \
      "Every reconciliation lists all funds of the account with the log's balances, and the bank's balance = funds + outside money + differences. Test: a month that is over without reconciliation, from the one in which the account's first fund opened; differences that are not zero; outside money below zero.", \
      "向银行索取每个账户的对账单，核对月末余额和对账所附凭证。", "Have the bank's own statement of each account and compare the month-end balances and the evidence of the reconciliations.")

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
    X(MZ_F_SAME_EVIDENCE, 6, MZ_A_DUPLICATES, 0, "same_evidence", "凭证与本基金另一笔拨付相同", "its document is that of another payout of the fund", \
      "取两笔的凭证原件，看是不是付了两次。", \
      "See the original under both payouts: was it paid twice?") \
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
      "Ask why: was the network down, or was it withheld?") \
    X(MZ_F_BANK_LINE_SHORT, 20, MZ_A_EXISTENCE, 0, "bank_line_short", "同一银行流水的各笔合计少于该流水", "the parts of its bank line sum to less than the line", \
      "问出纳该流水余下的钱是谁的，为何没有登记；看银行回单。", \
      "Ask the cashier whose the rest of the line is and why it is not entered; see the bank's slip.") \
    X(MZ_F_OTHER_ROOT, 21, MZ_A_COMPLETENESS, 0, "report_of_another_root", "这份审计报告写的是另一个根", "this audit report names another root", \
      "问报告的审计员当时看的是哪本账：取其留存的印章和报告，用 --since 核对。", \
      "Ask the auditor which log was audited then: get the checkpoint and the report that were kept, and check them with --since.") \
    X(MZ_F_UNANSWERED, 22, MZ_A_CORRECTIONS, 0, "finding_unanswered", "这份审计报告的一项发现 60 天没有答复", "a finding of this audit report is not answered after 60 days", \
      "问该答复的人为何没有答复，事情后来怎样。", \
      "Ask whoever it concerns why there is no answer and what became of the matter.") \
    X(MZ_F_GIVER_PAID, 23, MZ_A_RELATED, 0, "payee_gave_goods", "收款方也捐过物资", "the payee also gave goods", \
      "问捐物与拿到这笔款之间有没有约定，价格是否公道。", \
      "Ask whether the goods and the payment were agreed together, and whether the price was fair.") \
    X(MZ_F_OFFICER_PAID, 24, MZ_A_RELATED, 0, "payee_of_officer", "收款方属于一位任职人员", "the payee belongs to a person in office", \
      "问本人有没有回避，谁提议、谁比的价。", \
      "Ask whether that person stood aside, who proposed the payee and who compared prices.") \
    X(MZ_F_CHARITY_PAID, 25, MZ_A_RELATED, 0, "payee_is_charity", "收款方是慈善总会自己，而不是年度费用", "the payee is the charity itself, outside its yearly fees", \
      "问慈善总会为何另外收款，委员会是否知情。", \
      "Ask the charity why it was paid besides its fees, and whether the committee knew.") \
    X(MZ_F_SAME_EVIDENCE_ACROSS, 26, MZ_A_DUPLICATES, 0, "same_evidence_across_funds", "凭证与另一基金的一笔拨付相同", "its document is that of another fund's payout", \
      "取凭证原件：两个基金各应担多少，有没有付了两次。", \
      "See the original: which part is each fund's, and was it paid twice?") \
    X(MZ_F_GOODS_UNCONFIRMED, 27, MZ_A_GOODS, 0, "goods_unconfirmed", "30 天未经委员会确认", "not confirmed by the committee after 30 days", \
      "问物资在哪里、谁经手；请委员或监督员当面点收后确认。", \
      "Ask where the goods are and who handled them; have a member or supervisor count and confirm.") \
    X(MZ_F_GOODS_LATE, 28, MZ_A_GOODS, 0, "goods_confirmed_late", "30 天以后才确认", "confirmed only after 30 days", \
      "问为何晚确认，当时有没有点过实物。", \
      "Ask why so late, and whether anybody counted the goods at the time.") \
    X(MZ_F_SALE_UNPAID, 29, MZ_A_GOODS, 0, "sale_without_money", "义卖所得没有入账", "the money of this sale is not confirmed", \
      "问义卖的钱在谁手里，何时存入银行。", \
      "Ask who has the money of the sale and when it goes to the bank.") \
    X(MZ_F_WRITTEN_OFF, 30, MZ_A_GOODS, 1, "written_off", "核销", "written off", \
      "看核销的理由和提案，问实物去了哪里。", \
      "Read the reason and the proposal, and ask what became of the goods.") \
    X(MZ_F_UNVALUED, 31, MZ_A_GOODS, 1, "unvalued", "有未估值的物资", "some of this item is not valued", \
      "问能否估值，按什么估。", \
      "Ask whether a value can be had, and on what basis.") \
    X(MZ_F_NOT_RECONCILED, 32, MZ_A_RECONCILIATION, 0, "month_not_reconciled", "这个月没有对账", "this month is not reconciled", \
      "问审核员为何没有对账；取该月银行对账单补做。", \
      "Ask the reviewer why; get the bank's statement of that month and have it done.") \
    X(MZ_F_DIFFERENCE, 33, MZ_A_RECONCILIATION, 0, "difference", "对账有差额", "the reconciliation has differences", \
      "逐项看差额的理由，问何时了结，下个月还在不在。", \
      "Read the reason of each difference; ask when it was settled and whether it is still there a month later.") \
    X(MZ_F_SHORTFALL, 34, MZ_A_RECONCILIATION, 0, "outside_below_zero", "账外款为负：基金的钱不都在这个账户里", "outside money is below zero: not all of the funds' money is in the account", \
      "问缺的钱在哪里，谁动用了。", \
      "Ask where the missing money is and who used it.") \
    X(MZ_F_OUTSIDE, 35, MZ_A_RECONCILIATION, 1, "outside_money", "账户里有不属于任何基金的款", "the account holds money that is no fund's", \
      "问这笔钱是谁的，会不会是没有登记的收入。", \
      "Ask whose it is: could it be income that was not recorded?") \
    X(MZ_F_WISH_TWICE, 36, MZ_A_PAYOUTS, 0, "wish_paid_twice", "这个心愿还有另一笔拨付", "another payout stands for the same wish", \
      "问收款方两笔是否都收到，多付的何时退回。", \
      "Ask the payee whether both arrived and when the second comes back.") \
    X(MZ_F_NOT_RATED, 37, MZ_A_PAYOUTS, 1, "not_rated", "办结 90 天仍没有评议", "completed for 90 days and rated by nobody", \
      "问居民对这个项目满不满意，并请登记评议。", \
      "Ask residents what they think of the project, and have a rating recorded.") \
    X(MZ_F_RESTRICTED, 38, MZ_A_PRIVACY, 1, "record_restricted", "限制查阅密封资料", "sealed records were restricted", \
      "看法律依据是否成立。", \
      "See whether the legal ground holds.") \
    X(MZ_F_ERASED, 39, MZ_A_PRIVACY, 1, "record_erased", "删除密封资料，已由审计员确认", "sealed records were erased, as an auditor confirmed", \
      "看法律依据是否成立，问删除前有没有人还需要它作证。", \
      "See whether the legal ground holds, and ask whether anybody still needed the records as proof.") \
    X(MZ_F_AFTER_AGREEMENT, 40, MZ_A_AGREEMENTS, 0, "after_agreement", "协议期满 30 天以后登记的收入", "recorded more than 30 days after its agreement was over", \
      "问钱是何时赚得的，有没有续签协议。", \
      "Ask when it was earned, and whether the agreement was renewed.") \
    X(MZ_F_AGREEMENT_OVER, 41, MZ_A_AGREEMENTS, 1, "agreement_over", "协议已期满，来源没有终止", "its agreement is over and the source has not been ended", \
      "问合作是否还在继续：在的话请续签登记，不在的话请终止。", \
      "Ask whether the work goes on: then have the new agreement registered, else have the source ended.") \
    X(MZ_F_AFTER_COSIGNATURE, 42, MZ_A_COSIGNATURES, 0, "after_cosignature", "这一笔及以后的账本时间晚于见证人看到它们的时间", "from this entry on log time is later than a witness saw them", \
      "问总账和见证人的时钟哪个不准，期限是否因此算错。", \
      "Ask whose clock is wrong, the log's or the witness's, and whether a deadline was reckoned by it.") \
    X(MZ_F_NOT_WITNESSED, 43, MZ_A_COSIGNATURES, 0, "not_witnessed", "这一笔及以后还没有足够的见证", "from this entry on not enough witnesses have seen the log yet", \
      "过后再审一次；仍没有时，问见证人最后见到多少笔。", \
      "Audit again later; if it stays so, ask the witnesses for the last size that each has seen.")

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
    X(MZ_X_STATE_SHORT, MZ_A_COMPLETENESS, "state_beyond", "账本的笔数少于上次审计过的：账本被截短过，或这是一份旧副本。", "The log has fewer entries than were audited before: it was cut off, or this is an old copy.") \
    X(MZ_X_HASHES, MZ_A_INTEGRITY, "server_hashes", "服务器给出的散列得不出它自己的总账印章：树被改动过，或印章属于另一棵树。", "The hashes that the server sends do not lead to its own checkpoint: its tree was altered, or the checkpoint is another tree's.") \
    X(MZ_X_FORM, MZ_A_INTEGRITY, "server_bundle", "服务器在此处给出的不是各笔。", "What the server sends at this place is not entries.") \
    X(MZ_X_ALTERED, MZ_A_INTEGRITY, "entry_altered", "服务器给出的这一笔不是总账印章所盖的那一笔：内容被改动过。", "The entry that the server sends is not the one under its checkpoint: it was altered.") \
    X(MZ_X_MOVED, MZ_A_INTEGRITY, "entry_moved", "服务器给出的各笔从这一笔起次序被调换。", "From this one on the entries that the server sends stand in another order.") \
    X(MZ_X_SINCE_SHORT, MZ_A_COMPLETENESS, "since_beyond", "旧印章的笔数多于账本：账本被截短过。", "An older checkpoint has more entries than the log: the log was cut off.") \
    X(MZ_X_SINCE_ROOT, MZ_A_COMPLETENESS, "since_root", "账本在旧印章的笔数上有另一个根：历史被改写过。", "At the size of an older checkpoint the log has another root: history was rewritten.") \
    X(MZ_X_SINCE_KEY, MZ_A_COMPLETENESS, "since_signature", "给出的旧印章不是本账本的密钥所签。", "The older checkpoint given is not signed by a key of this log.") \
    X(MZ_X_SINCE_ENTRY, MZ_A_COMPLETENESS, "since_entry", "给出的收据与其印章不符。", "The receipt given does not lead to its checkpoint.") \
    X(MZ_X_QUORUM, MZ_A_COSIGNATURES, "quorum", "没有一枚总账印章有信任文件要求的见证。", "No checkpoint has the witnesses that the pin asks for.") \
    X(MZ_X_WITNESSED, MZ_A_COSIGNATURES, "witnessed_root", "见证人在这个笔数上见证的是另一个根：账本分叉了，或被改写过。", "The witnesses cosigned another root at this size: the log has forked, or was rewritten.") \
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
