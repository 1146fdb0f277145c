/* status.h — why something was refused: a stable number for programs, figures for people.
 *
 * A refusal is one statement where the rule is: a status and its figures. The edges choose the
 * language and write the sentence. The list below is published: numbers and codes stay for ever,
 * and its order is the order in which an entry is tried. Each text says what happened, with
 * figures, and then what the person can do next; `{name}` stands for the figure of that name. The
 * word after the number is its mz_status_class. */
#ifndef MZ_CORE_STATUS_H
#define MZ_CORE_STATUS_H

#include <stddef.h>
#include <stdint.h>

#define MZ_MUST_USE __attribute__((warn_unused_result))

/* clang-format off */
#define MZ_STATUS_MAP(X) \
    X(MZ_OK, 0, DONE, "完成。", "Done.") \
    /* 100: the form of what was sent */ \
    X(MZ_BAD_JWS, 100, REFUSED, "这不是一笔紧凑格式的 JWS：{cause}。请用 mingzhang sign 重新签名。", \
      "This is not a compact JWS: {cause}. Sign it again with mingzhang sign.") \
    X(MZ_BAD_BASE64, 101, REFUSED, "{path} 不是规范的 base64url 编码。请原样发送签名程序给出的文本。", \
      "{path} is not canonical base64url. Send the text exactly as the signing program gave it.") \
    X(MZ_BAD_HEADER, 102, REFUSED, "签名头与规定的不一致：应为 alg Ed25519、kid、typ mz-entry+sd-jwt，次序固定。请用 mingzhang sign 重新签名。", \
      "The protected header is not the prescribed one (alg Ed25519, kid, typ mz-entry+sd-jwt, in this order). Sign again with mingzhang sign.") \
    X(MZ_TOO_LARGE, 103, REFUSED, "{path} 有 {size} 字节，上限 {limit}。请缩短，或把附件作为凭证上传。", \
      "{path} has {size} bytes; the limit is {limit}. Shorten it, or attach long matter as evidence.") \
    X(MZ_BAD_JSON, 104, REFUSED, "内容不是严格的 JSON：{cause}。请改正后重新签名。", \
      "The payload is not strict JSON: {cause}. Correct it and sign again.") \
    X(MZ_UNKNOWN_EVENT, 105, REFUSED, "没有 {event} 这种事项。请用 mingzhang --help 查看可以登记的事项。", \
      "There is no event {event}. See mingzhang --help for the events.") \
    X(MZ_UNKNOWN_MEMBER, 110, REFUSED, "{path} 不是规定的字段。请删去。", "{path} is not a known member. Remove it.") \
    X(MZ_MISSING_MEMBER, 111, REFUSED, "缺少字段 {path}。请补上。", "{path} is missing. Add it.") \
    X(MZ_WRONG_TYPE, 112, REFUSED, "{path} 的类型不对，应为{want}。请改正。", \
      "{path} has the wrong type; it must be {want}. Correct it.") \
    X(MZ_BAD_VALUE, 113, REFUSED, "{path} 的值不合规定，应为{want}。请改正。", \
      "{path} has a value that is not allowed; it must be {want}. Correct it.") \
    X(MZ_TOO_LONG, 114, REFUSED, "{path} 过长：{size}，上限 {limit}。请缩短。", "{path} is too long: {size}, the limit is {limit}. Shorten it.") \
    X(MZ_BAD_TEXT, 115, REFUSED, "{path} 的文字不合规定：{cause}。请改正。", "The text of {path} is not acceptable: {cause}. Correct it.") \
    X(MZ_BAD_AMOUNT, 116, REFUSED, "{path} 的金额超出范围：以分计的整数，{low} 至 {limit}。请改正。", \
      "{path} is out of range: a whole number of fen from {low} to {limit}. Correct it.") \
    X(MZ_TOO_MANY, 117, REFUSED, "{path} 有 {count} 项，允许 {low} 至 {limit} 项。请增减。", \
      "{path} has {count} items; {low} to {limit} are allowed. Add or drop some.") \
    X(MZ_REPEATED_ITEM, 118, REFUSED, "{path} 重复了。每一项只能出现一次。", "{path} is repeated. Each may appear once.") \
    X(MZ_SEALED_IN_CLEAR, 119, REFUSED, "{path} 必须密封，不得明文写入。请作为披露项提交。", \
      "{path} is always sealed and must not be written in clear. Submit it as a disclosure.") \
    X(MZ_BAD_DIGEST, 120, REFUSED, "_sd 不合规定：{cause}。摘要须为 1 至 64 个、互不相同、按序排列。", \
      "_sd is not acceptable: {cause}. It holds 1 to 64 distinct digests in order.") \
    X(MZ_FUND_MISSING, 121, REFUSED, "“{event}”必须写明基金（fund）。请补上。", \
      "{event} needs the member fund. Add it.") \
    X(MZ_FUND_UNEXPECTED, 122, REFUSED, "“{event}”不属于任何基金，不得带 fund。请删去。", "{event} belongs to no fund; remove the member fund.") \
    X(MZ_BAD_JTI, 123, REFUSED, "编号 jti 不是 UUIDv7，或其时间与 iat 相差超过 24 小时。请用 mingzhang sign 重新签名。", \
      "jti is not a UUIDv7, or its time is more than 24 hours from iat. Sign again with mingzhang sign.") \
    X(MZ_BAD_DISCLOSURE, 124, REFUSED, "第 {number} 个披露项不合规定：{cause}。请用 mingzhang sign 重新制作。", \
      "Disclosure {number} is not acceptable: {cause}. Make it again with mingzhang sign.") \
    X(MZ_BAD_TOKEN, 126, REFUSED, "查阅凭据不合规定：{cause}。请用本人现用的密钥重新出具。", \
      "The reader's token is not acceptable: {cause}. Make it again with your own present key.") \
    X(MZ_TOKEN_TIME, 127, REFUSED, "查阅凭据只在 {from} 至 {until} 之间有效，现在是 {clock}。请校准时钟，重新出具。", \
      "The reader's token holds from {from} to {until}; it is {clock} now. Set your clock and make it again.") \
    X(MZ_NOT_A_READER, 130, REFUSED, "第 {index} 笔的密封内容不对{actor}（{role}）开放：只有登记员、审核员、出纳、审计员，以及未了提案的表决人可以查阅。请向慈善总会询问。", \
      "The sealed fields of entry {index} are not open to {actor} ({role}): registrars, reviewers, cashiers, auditors and the panel of an open proposal read them. Ask the charity.") \
    X(MZ_SEALED_RESTRICTED, 131, REFUSED, "第 {index} 笔的密封内容已限制查阅，只有审计员可以查看。请向审计员询问。", \
      "The sealed fields of entry {index} are restricted; only auditors read them. Ask an auditor.") \
    X(MZ_SEALED_ERASED, 132, REFUSED, "第 {index} 笔的密封内容已经删除，任何人都不能再查看。账本上只留下摘要；如有需要，请向本人询问。", \
      "The sealed fields of entry {index} have been erased; nobody can read them any more. The log keeps their digests; ask the person concerned.") \
    /* 200: who signed, and when */ \
    X(MZ_FOREIGN_ORIGIN, 200, REFUSED, "这一笔写给账本 {origin}，而这里是 {want}。请核对后重新签名。", \
      "This entry is for the log {origin}; this is {want}. Check the address and sign again.") \
    X(MZ_UNKNOWN_KEY, 201, REFUSED, "没有登记过密钥 {kid}。请登记员先登记并由另一位登记员确认。", \
      "The key {kid} is not enrolled. A registrar enrols it and another confirms.") \
    X(MZ_BAD_SIGNATURE, 202, REFUSED, "签名与内容不符。内容可能被改动过；请重新签名。", \
      "The signature does not fit the content, which may have been altered. Sign again.") \
    X(MZ_JTI_CONFLICT, 203, REFUSED, "编号 {jti} 已经用于第 {index} 笔，内容不同。请用新编号重新签名。", \
      "jti {jti} is already entry {index} with other content. Sign again with a new jti.") \
    X(MZ_KEY_REPLACED, 204, REFUSED, "{actor} 的这把密钥已被更换。请用新密钥重新签名。", \
      "This key of {actor} has been replaced. Sign again with the new key.") \
    X(MZ_SIGNER_RETIRED, 205, REFUSED, "{actor} 已离任，其签名不再有效。请由在任的人办理。", \
      "{actor} has retired and can sign no more. Somebody in office must act.") \
    X(MZ_IAT_AHEAD, 206, REFUSED, "签名时间 {iat} 超前账本时间 5 分钟以上。请校准时钟后重新签名。", \
      "The signing time {iat} is more than 5 minutes ahead of log time. Set your clock and sign again.") \
    X(MZ_IAT_BEHIND, 207, REFUSED, "签名时间 {iat} 已超过 30 天。请重新签名。", "The signing time {iat} is more than 30 days ago. Sign again.") \
    X(MZ_NOT_OPENED, 208, REFUSED, "账本尚未开立：第一笔必须是 ledger.opened。请先用 mingzhang init 开立。", \
      "The log is not opened: the first entry must be ledger.opened. Open it with mingzhang init.") \
    X(MZ_ALREADY_OPENED, 209, REFUSED, "账本已经开立；ledger.opened 只能是第 0 笔。无需再次开立。", \
      "The log is already opened; ledger.opened can only be entry 0. There is nothing to open.") \
    X(MZ_WRONG_ROLE, 210, REFUSED, "{actor} 的职务是{role}，“{event}”应由{want}办理。请交由相应人员。", \
      "{actor} has the role {role}; {event} is for: {want}. Ask a person of that role.") \
    X(MZ_NOT_YOUR_FUND, 211, REFUSED, "{actor} 不负责基金 {fund}。请由该基金的社区工作者办理，或请登记员调整分工。", \
      "{actor} is not a steward of {fund}. Ask its steward, or a registrar to assign the fund.") \
    /* 220: what an entry names */ \
    X(MZ_NOT_FOUND, 220, REFUSED, "找不到{kind} {id}。请核对编号。", "There is no {kind} {id}. Check the identifier.") \
    X(MZ_NOT_IN_EFFECT, 221, REFUSED, "{kind} {id} 尚未生效或已失效。请先完成确认，或改用有效的。", \
      "{kind} {id} is not in effect. Have it confirmed first, or name one that is.") \
    X(MZ_OTHER_FUND, 222, REFUSED, "{kind} {id} 属于另一个基金。只能引用本基金的。", "{kind} {id} belongs to another fund. Cite one of this fund.") \
    X(MZ_ID_TAKEN, 223, REFUSED, "{kind}编号 {id} 已被使用。请另选。", "The identifier {id} is taken by another {kind}. Choose another.") \
    X(MZ_KEY_TAKEN, 224, REFUSED, "这把公钥已经登记过。每把钥匙一生只属于一人；请生成新钥匙。", \
      "This public key was enrolled before. A key serves one actor, once ever; make a new one.") \
    X(MZ_WEAK_KEY, 225, REFUSED, "{path} 不是合格的 Ed25519 公钥（曲线上的大阶点）。请用 mingzhang key new 生成。", \
      "{path} is not an acceptable Ed25519 public key (a valid point of large order). Make one with mingzhang key new.") \
    X(MZ_BAD_PROOF, 226, REFUSED, "{path} 没有证明持有私钥。请本人用该私钥重新出具证明。", \
      "{path} does not prove possession of the key. Its owner must make the proof again.") \
    X(MZ_EVIDENCE_REQUIRED, 227, REFUSED, "“{event}”必须附凭证（evidence）。请附上文件后重新登记。", \
      "{event} needs evidence. Attach the document and record it again.") \
    X(MZ_DATE_RANGE, 228, REFUSED, "{path} 的日期 {date} 不合规定，须{want}。请改正。", \
      "The date {date} of {path} is not acceptable; it must be {want}. Correct it.") \
    X(MZ_ALREADY_DONE, 229, REFUSED, "{kind} {id} 已经办理过，不能重复，无需再办。", \
      "{kind} {id} was done before and cannot be done again; nothing more is needed.") \
    X(MZ_WRONG_STATE, 230, REFUSED, "{kind} {id} 现为“{state}”，须为“{want}”才能办理。请核对编号，或先办理前一步。", \
      "{kind} {id} is {state}; it must be {want} for this. Check the identifier, or do the step before.") \
    X(MZ_DIGEST_TAKEN, 231, REFUSED, "摘要 {digest} 已由第 {index} 笔写明。请重新密封（用新的盐）后再登记。", \
      "The digest {digest} is named by entry {index} already. Seal the field anew, with a new salt, and record it again.") \
    /* 240: registry */ \
    X(MZ_NOT_CONFIRMABLE, 240, REFUSED, "第 {index} 笔不需要确认。请核对编号；即时生效的事项无需再办。", \
      "Entry {index} needs no confirmation. Check the identifier; what acts at once needs nothing more.") \
    X(MZ_CONFIRM_SELF, 241, REFUSED, "{actor} 是签名人或当事人，不能自己确认。请另一位登记员或审计员确认。", \
      "{actor} signed it or is its subject and cannot confirm it. Ask another registrar or an auditor.") \
    X(MZ_CONFIRM_LATE, 242, REFUSED, "确认期限 {until} 已过，原登记作废。请重新登记。", \
      "The time to confirm ended at {until}; the entry is void. Record it again.") \
    X(MZ_ALREADY_CONFIRMED, 243, REFUSED, "第 {index} 笔已经确认过。无需再次确认。", \
      "Entry {index} was confirmed before. Nothing more is needed.") \
    X(MZ_TOO_FEW_OFFICERS, 244, REFUSED, "在任登记员和审计员共 {count} 人，至少需要 {want} 人。请先登记并确认更多人员。", \
      "{count} registrars and auditors are in effect; {want} are needed. Enrol and confirm more first.") \
    X(MZ_WRONG_RULES, 245, REFUSED, "不支持第 {version} 版规则。请先更新本程序，或改正版本。", \
      "Rules version {version} is not known here. Update this program first, or correct the version.") \
    /* 260: funds and committees */ \
    X(MZ_BAD_PROFILE, 260, REFUSED, "基金参数 {path} 不合规定，须{want}。请改正。", \
      "The profile member {path} is not acceptable; it must be {want}. Correct it.") \
    X(MZ_EVEN_COMMITTEE, 261, REFUSED, "委员会席位为 {count}，必须为单数。请增减一席。", "The committee has {count} seats; the number must be odd. Add or drop one.") \
    X(MZ_TOO_FEW_SEATS, 262, REFUSED, "委员会只有 {count} 席，至少 {want} 席。请增补。", "The committee has {count} seats; at least {want} are needed. Add members.") \
    X(MZ_REPEATED_MEMBER, 263, REFUSED, "{actor} 出现了不止一次。委员、候补与监督员须各不相同。请改正名单。", \
      "{actor} appears more than once. Members, alternates and supervisors must all be different. Correct the lists.") \
    X(MZ_NOT_ELIGIBLE, 264, REFUSED, "{actor} 不是在任的{want}，不能就任。请另选他人，或先登记并确认。", \
      "{actor} is not a {want} in effect and cannot be seated. Choose another, or have the person enrolled and confirmed first.") \
    X(MZ_CHAIR_NOT_MEMBER, 265, REFUSED, "主任 {actor} 不在委员之列。请从委员中指定。", \
      "The chair {actor} is not one of the members. Name one of them.") \
    X(MZ_FUND_WINDING_UP, 266, REFUSED, "基金 {fund} 正在清结，不再办理“{event}”。请改在另一个基金办理。", \
      "The fund {fund} is closing and takes no {event}. Use another fund.") \
    X(MZ_FUND_ENDED, 267, REFUSED, "基金 {fund} 已经关闭，不再办理“{event}”。关闭后只办理退回款、拨付的冲销和公示；其余请改在另一个基金办理。", \
      "The fund {fund} is closed and takes no {event}; only returned payouts, reversals of payouts and statements go on. Use another fund.") \
    X(MZ_FUND_BUSY, 268, REFUSED, "基金 {fund} 还有未了事项：{cause}（{count}）。请先办结。", \
      "The fund {fund} has unfinished business: {cause} ({count}). Finish it first.") \
    X(MZ_NOT_A_RESOLUTION, 269, REFUSED, "{id} 不是已完成的决议，或已经用过。请先由委员会通过一件新的决议。", \
      "{id} is not a completed resolution, or was used before. Have the committee adopt a new one first.") \
    X(MZ_CATEGORY_NOT_ALLOWED, 270, REFUSED, "专款 {purpose} 不得用于“{category}”。请改用许可的专款或非限定资金（general）。", \
      "The purpose {purpose} does not pay for {category}. Draw on one that does, or on general.") \
    X(MZ_WIDER_PURPOSE, 271, REFUSED, "资金不得移入用途更宽的专款 {purpose}。请选用途相同或更窄的专款。", \
      "Money cannot move to {purpose}, whose categories are wider. Choose a purpose that is as narrow or narrower.") \
    /* 280: parties, sources, conflicts */ \
    X(MZ_CREDIT_CODE_REQUIRED, 280, REFUSED, "机构必须填写统一社会信用代码，其他类别不填。请改正。", \
      "Organisations need a credit_code; other kinds have none. Correct it.") \
    X(MZ_CREDIT_CODE_TAKEN, 281, REFUSED, "统一社会信用代码 {code} 已属于 {party}。请核对代码，或改用该往来方。", \
      "The credit code {code} already belongs to {party}. Check the code, or use that party.") \
    X(MZ_NOT_VERIFIED, 282, REFUSED, "{party} 尚未核实。请慈善总会审核员先核实。", "{party} is not verified. Ask the charity's reviewer to verify it first.") \
    X(MZ_AGREEMENT_INCOMPLETE, 283, REFUSED, "协议缺少 {path}：服务种类、时间、运营、责任四项都要明确。请补齐。", \
      "The agreement lacks {path}: service, hours, operation and liability must all be stated. Add it.") \
    X(MZ_SOURCE_REQUIRED, 284, REFUSED, "{kind}收入必须写明来源（source）。请补上。", \
      "Income of kind {kind} must name its source. Add it.") \
    X(MZ_SOURCE_KIND, 285, REFUSED, "来源 {source} 的类别是“{state}”，不能作为“{kind}”的来源。请改用相应类别的来源。", \
      "The source {source} is of kind {state} and cannot serve for {kind}. Name a source of the right kind.") \
    X(MZ_SESSION_REQUIRED, 286, REFUSED, "市集收入必须写明该市集的场次（session）。请先登记场次，再引用它。", \
      "Market income must cite a session of that market. Record the session first and cite it.") \
    X(MZ_OUTSIDE_AGREEMENT, 287, REFUSED, "日期 {date} 不在协议期 {from} 至 {until} 之内。请核对日期，或先登记新协议。", \
      "The date {date} is outside the agreement's term, {from} to {until}. Check the date, or register the new agreement first.") \
    X(MZ_NOTHING_PAID, 288, REFUSED, "提案 {id} 尚无支付，不能作为扶持来源。请核对提案，或删去 seeded_by。", \
      "Nothing has been paid under proposal {id}, so it brought nothing up. Check the proposal, or drop seeded_by.") \
    X(MZ_CONFLICT_OF_INTEREST, 289, REFUSED, "{actor} 与收款方 {party} 有利益关联，应当回避。请由他人办理。", \
      "{actor} has a conflict of interest with the payee {party}. Another person must act.") \
    /* 300: income and the bank */ \
    X(MZ_NOT_FUND_MONEY, 300, REFUSED, "{kind}不是基金的钱，不能入账：财政预算与工资另有账户。请勿登记。", \
      "{kind} is not the fund's money and is never booked here: budgets and wages have accounts of their own. Do not record it.") \
    X(MZ_FIGURE_DIFFERS, 301, REFUSED, "{path} 为 {is}，应为 {want}。请核对后重新登记。", "{path} is {is}, but must be {want}. Check and record again.") \
    X(MZ_RECEIPT_TAKEN, 302, REFUSED, "票据号 {receipt} 已经用过，冲销后也作废。请另开一张，用新的号码。", \
      "The receipt number {receipt} has been used; it stays void even when reversed. Issue another with a new number.") \
    X(MZ_RECEIPT_CHOICE, 303, REFUSED, "票据号（receipt_no）与免票说明（receipt_waived）须填一项，且只填一项。", \
      "Give either receipt_no or receipt_waived, not both and not neither.") \
    X(MZ_NO_DONATION_RECEIPT, 304, REFUSED, "来源 {source} 不是无偿的，不得开捐赠票据。请填写免票说明。", \
      "The source {source} is not gratuitous and gets no donation receipt. Give receipt_waived instead.") \
    X(MZ_BANK_REF_TAKEN, 305, REFUSED, "银行流水号 {bank_ref} 已经用过。同一流水分笔时，各笔须写明相同的 bank_total_fen 且方向一致。", \
      "The bank reference {bank_ref} has been used. Parts of one bank line must be of one direction and state the same bank_total_fen.") \
    X(MZ_BANK_LINE_OVER, 306, REFUSED, "银行流水 {bank_ref} 总额 {total} 元，已记 {used} 元，本笔 {asked} 元超出。请核对金额和流水号。", \
      "Bank line {bank_ref} is {total} yuan, {used} are recorded, and {asked} more would exceed it. Check the amount and the reference.") \
    X(MZ_BALANCE_SHORT, 307, REFUSED, "专款 {purpose} 可用 {left} 元，需要 {asked} 元。请减少金额，或等待入账。", \
      "{purpose} has {left} yuan free; {asked} are needed. Lower the amount, or wait for income.") \
    X(MZ_BALANCE_LIMIT, 308, REFUSED, "合计将超过上限 {limit} 分。请减少金额。", \
      "The total would exceed the limit of {limit} fen. Lower the amount.") \
    X(MZ_ALREADY_REPLACED, 309, REFUSED, "{kind} {id} 已经被替换过，每件只能替换一次。请替换最近的那一件。", \
      "{kind} {id} was replaced before; each is replaced once. Replace the latest instead.") \
    /* 320: proposals and ballots */ \
    X(MZ_TOO_MANY_PROPOSALS, 320, REFUSED, "基金 {fund} 已有 {count} 件未了提案，上限 {limit}。请先办结一些。", \
      "The fund {fund} has {count} open proposals; the limit is {limit}. Finish some first.") \
    X(MZ_BAD_DRAWS, 321, REFUSED, "用款来源 {path} 不合规定：{want}。请改正。", \
      "The draws are not acceptable at {path}: {want}. Correct them.") \
    X(MZ_BAD_PAYEES, 322, REFUSED, "收款方 {path} 不合规定：{want}。请改正。", \
      "The payees are not acceptable at {path}: {want}. Correct them.") \
    X(MZ_WRONG_STAGE, 323, REFUSED, "提案 {id} 现处于“{state}”，此事须在“{want}”时办理。请先查看提案的进度。", \
      "Proposal {id} is {state}; this is done while it is {want}. See how the proposal stands.") \
    X(MZ_TOO_EARLY, 324, REFUSED, "提案 {id} 要到 {until} 之后才能由其他委员代办。在此之前请主任办理。", \
      "For proposal {id} other members may act only after {until}. Until then ask the chair.") \
    X(MZ_TOO_LATE, 325, REFUSED, "{kind} {id} 的期限 {until} 已过。如仍需要，请另行提出。", \
      "The time for {kind} {id} ended at {until}. If it is still needed, file it anew.") \
    X(MZ_NOT_SEATED, 326, REFUSED, "{actor} 不是本届委员会的{want}。请由在席的人办理。", \
      "{actor} is not a {want} of the committee now seated. Ask somebody who is.") \
    X(MZ_VOTING_SUSPENDED, 327, REFUSED, "表决暂停：{cause}。请登记员换届或补选后再投。", \
      "Voting is suspended: {cause}. A registrar must seat the committee anew first.") \
    X(MZ_OTHER_FILING, 328, REFUSED, "这张票针对的不是提案 {id} 的这一版。请重新查看后再投。", \
      "This ballot is for another filing than that of {id}. Read the proposal again and vote anew.") \
    X(MZ_OTHER_EPOCH, 329, REFUSED, "这张票属于第 {is} 届，现为第 {want} 届。请重新投票。", \
      "This ballot is of epoch {is}; the committee is in epoch {want}. Vote anew.") \
    X(MZ_ALREADY_RECUSED, 330, REFUSED, "{actor} 已回避提案 {id}，回避不能撤回。请由他人办理。", \
      "{actor} has recused from proposal {id}, which is not undone. Others must act.") \
    X(MZ_NOT_IN_PANEL, 331, REFUSED, "{actor} 不在提案 {id} 的表决人之列，不能投票。候补只在有委员回避时按次序递补。", \
      "{actor} is not on the panel for proposal {id} and has no vote. Alternates step in, in order, for members who are out.") \
    X(MZ_PANEL_SHORT, 332, REFUSED, "表决人只剩 {count} 人（共 {seats} 席），不足以表决。请登记员换届。", \
      "The panel has {count} of {seats} seats left, too few to decide. A registrar must seat the committee anew.") \
    X(MZ_OTHER_BALLOT, 333, REFUSED, "这张票没有正确写明所替换的前一张票（应为：{want}）。请重新投票。", \
      "This ballot does not rightly name the standing ballot that it replaces (which is: {want}). Vote anew.") \
    X(MZ_NO_COVER, 334, REFUSED, "通过本案需要专款 {purpose} {asked} 元，可用只有 {left} 元。请另行提案减少金额，或等待入账后再投。", \
      "Adoption needs {asked} yuan of {purpose}; {left} are free. File a smaller proposal, or vote again after income.") \
    X(MZ_ENVELOPE_TAKEN, 335, REFUSED, "{year} 年已有一件费用预算通过，每年只能一件。请待那一件未付即终止，或等下一年。", \
      "A fees envelope for {year} is already adopted; there is one a year. Wait until that one ends unpaid, or for the next year.") \
    X(MZ_RETURNED_TWICE, 336, REFUSED, "申请已退回两次，不能再退。请核准或拒绝。", "The application was returned twice. Approve or refuse it.") \
    /* 340: payment */ \
    X(MZ_NOT_A_PAYEE, 340, REFUSED, "{party} 不是提案 {id} 的收款方。更换收款方须另行提案。", \
      "{party} is not a payee of proposal {id}. A changed payee needs a new filing.") \
    X(MZ_OVER_BUDGET, 341, REFUSED, "专款 {purpose} 要用 {asked} 元，额度只剩 {left} 元。请减少金额，或另行提案。", \
      "{asked} yuan of {purpose} asked; {left} yuan may still be used. Lower it, or file a new proposal.") \
    X(MZ_OVER_CAP, 342, REFUSED, "支付给 {party} {asked} 元，限额只剩 {left} 元。请减少金额，或另行提案。", \
      "{asked} yuan to {party} asked; {left} yuan of the cap is left. Lower it, or file a new proposal.") \
    X(MZ_RETURN_OVER, 343, REFUSED, "退回 {asked} 元，超过尚未退回的 {left} 元。请核对金额和原拨付。", \
      "{asked} yuan returned; only {left} yuan of that payout are not returned yet. Check the amount and the payout.") \
    X(MZ_NEED_REQUIRED, 344, REFUSED, "微心愿支付必须写明心愿（need）。请补上。", \
      "A wishes payout must name its need. Add it.") \
    X(MZ_NOT_ENDORSED, 345, REFUSED, "心愿 {id} 只有 {count} 位无利益关联的委员附议，需要 {want} 位。请再请委员附议。", \
      "The need {id} is endorsed by {count} members without conflict; {want} are needed. Ask more members to endorse it.") \
    /* 350: goods */ \
    X(MZ_UNIT_DIFFERS, 350, REFUSED, "物资 {item} 以“{want}”计，而不是“{is}”。请改用原来的单位，或另立物资编号。", \
      "The item {item} is counted in {want}, not in {is}. Use that unit, or another item.") \
    X(MZ_STOCK_SHORT, 351, REFUSED, "物资 {item} 库存 {left}，需要 {asked}。请先登记并确认收到的物资，或减少数量。", \
      "{left} of {item} are in stock; {asked} are needed. Record and confirm what came in, or lower the quantity.") \
    X(MZ_GOODS_UNDECIDED, 352, REFUSED, "物资 {item} 价值超过免议限额 {limit} 元，或未估值：发放和核销须写明已核准的提案（proposal）。请先提案。", \
      "{item} is worth more than {limit} yuan, or not valued: issues and write-offs then cite an approved proposal. File one first.") \
    X(MZ_OVER_GOODS, 353, REFUSED, "提案 {id} 的物资 {item} 只剩 {left}，本笔要 {asked}。请减少数量，或另行提案。", \
      "{left} of {item} are left under proposal {id}; {asked} are asked. Lower the quantity, or file a new proposal.") \
    /* 360: reversal */ \
    X(MZ_NOT_REVERSIBLE, 360, REFUSED, "“{event}”不能冲销。只有收入、入账、拨付、退回、场次、需求和物资可以；请另作一笔来更正。", \
      "{event} cannot be reversed; only incomes, their confirmations, payouts, returns, sessions, needs and goods can. Correct it by a new entry.") \
    X(MZ_ALREADY_REVERSED, 361, REFUSED, "第 {index} 笔已经冲销过。无需再次冲销。", \
      "Entry {index} was reversed before. Nothing more is needed.") \
    X(MZ_DEPENDED_ON, 362, REFUSED, "第 {index} 笔不能冲销：{cause}。", \
      "Entry {index} cannot be reversed: {cause}.") \
    /* 380: statements */ \
    X(MZ_PERIOD_GAP, 380, REFUSED, "公示期应从 {want} 开始，而不是 {date}。请改正起始日，各期首尾相接。", \
      "The period must start on {want}, not on {date}. Correct it: periods join without a gap.") \
    X(MZ_PERIOD_OPEN, 381, REFUSED, "公示期截止日 {date} 尚未过完。请等这一天过完再公示。", \
      "The period's last day {date} is not over. Publish once that day is over.") \
    X(MZ_STATEMENT_DIFFERS, 382, REFUSED, "{path} 写的是 {is} 元，账本为 {want} 元。请用 mingzhang 重新生成公示。", \
      "{path} says {is} yuan; the log says {want} yuan. Draw up the statement again.") \
    /* 390: accounts, audits, sealed records */ \
    X(MZ_MONTH_OPEN, 390, REFUSED, "{month} 还没有过完。请等这个月过完再对账。", \
      "The month {month} is not over. Reconcile once it is.") \
    X(MZ_RECONCILIATION_DIFFERS, 391, REFUSED, "{path} 写的是 {is} 元，应为 {want} 元。请核对后重新对账。", \
      "{path} says {is} yuan; it must be {want} yuan. Check and reconcile again.") \
    X(MZ_OTHER_ACCOUNT, 392, REFUSED, "{month} 月末，基金 {fund} 不在账户 {account} 中。请只列这个账户当时的基金。", \
      "At the end of {month} the fund {fund} was not in account {account}. List the funds of this account only.") \
    X(MZ_FUND_LEFT_OUT, 393, REFUSED, "账户 {account} 的基金 {fund} 没有列出。请列出这个账户的每个基金。", \
      "The fund {fund} of account {account} is left out. List every fund of the account.") \
    X(MZ_BEYOND_LOG, 394, REFUSED, "报告写的是 {size} 笔，账本此前只有 {count} 笔。请核对后重新报告。", \
      "The report is about {size} entries; the log had {count} before it. Check and report again.") \
    X(MZ_NO_SUCH_FINDING, 395, REFUSED, "报告没有第 {is} 项发现：共 {count} 项，从 0 数起。请改正。", \
      "The report has no finding {is}: it has {count}, counted from 0. Correct it.") \
    /* 460: documents that entries name */ \
    X(MZ_NOT_A_DOCUMENT, 460, REFUSED, "{path} 不是普通文件。请给出文件本身的路径，不要给文件夹、链接或管道。", \
      "{path} is not a regular file. Name the file itself, no folder, link or pipe.") \
    X(MZ_DOCUMENT_TOO_LARGE, 461, REFUSED, "{path} 有 {size} 字节，一份凭证最多 {limit} 字节。请压缩、降低扫描分辨率，或分成几份附上。", \
      "{path} has {size} bytes; a document may have {limit}. Compress it, scan it coarser, or attach it in parts.") \
    X(MZ_DOCUMENT_CHANGED, 462, REFUSED, "附上期间 {path} 被改动过，什么也没有写入。请等文件保存好再登记。", \
      "{path} was altered while it was being attached; nothing was written. Record again once it is saved.") \
    X(MZ_DOCUMENT_UNKNOWN, 463, REFUSED, "没有哪一笔登记过凭证 {id}。请核对是不是原来那份文件；新的凭证请在登记时用 --evidence 附上。", \
      "No entry names the document {id}. Check that it is the very file; a new one is attached with --evidence when recording.") \
    X(MZ_DOCUMENT_MISSING, 464, REFUSED, "凭证 {id} 的文件不在。请向登记人索取原件，用 mingzhang evidence add 放入。", \
      "The bytes of document {id} are not here. Get the file from whoever recorded it and put it in with mingzhang evidence add.") \
    X(MZ_DOCUMENT_SEALED, 465, REFUSED, "凭证 {id} 是密封的，{cause}。请由有权查阅的人用 --key 取出。", \
      "The document {id} is sealed: {cause}. Somebody who may read it must take it out with --key.") \
    /* 900: trouble, not a refusal by a rule */ \
    X(MZ_CLOCK, 900, TROUBLE, "时钟 {clock} 比最后一笔晚 24 小时以上，这一批已拒绝。请核对时钟；确实无误时用 --accept-clock 放行一次。", \
      "The clock {clock} is more than 24 hours past the last entry and every signature; the batch is refused. Check the clock, then pass --accept-clock once.") \
    X(MZ_BUSY, 901, TROUBLE, "账本正忙：{cause}。请稍后再试。", "The ledger is busy: {cause}. Try again shortly.") \
    X(MZ_FULL, 902, TROUBLE, "磁盘或账本空间已满，什么也没有写入。请腾出空间后重试。", "The disk or the ledger's space is full; nothing was written. Make room and try again.") \
    X(MZ_IO, 903, TROUBLE, "账本读写失败：{cause}。请检查磁盘、权限与网络后重试。", \
      "The ledger could not be read or written: {cause}. Check disk, permissions and network, then try again.") \
    X(MZ_CORRUPT, 904, UNPROVED, "账本数据损坏：{cause}。请停止使用，用 mingzhang check 查明位置，并从备份恢复。", \
      "The ledger's data are damaged: {cause}. Stop, locate it with mingzhang check, and restore from a backup.") \
    X(MZ_OUTCOME_UNKNOWN, 905, TROUBLE, "提交结果不明，写入已停止。重新打开后再次发送同一笔即可，不会重复。", \
      "The outcome of the commit is unknown and writing has stopped. Reopen and send the same entries again; none will double.") \
    X(MZ_BEHIND, 906, UNPROVED, "第二处的总账印章是 {want} 笔，而账本只有 {count} 笔：这像是旧副本。请恢复较新的副本。", \
      "The second place holds a checkpoint of {want} entries, the ledger only {count}: this looks like an old copy. Restore a newer one.") \
    X(MZ_FORKED, 907, UNPROVED, "同一笔数 {count} 有两个不同的根：账本与 {path} 分叉。请保留两者并通知审计。", \
      "Two roots for {count} entries: the ledger and {path} have forked. Keep both and tell the auditors.") \
    X(MZ_NO_SECOND_PLACE, 908, TROUBLE, "第二处 {path} 没有总账印章。请找回，或用 --accept-checkpoint FILE 说明以哪份为准。", \
      "The second place {path} holds no checkpoint. Find it, or say which to accept with --accept-checkpoint FILE.") \
    X(MZ_NO_MEMORY, 909, TROUBLE, "内存不足。请关闭其他程序后重试。", \
      "There is not enough memory. Close other programs and try again.") \
    X(MZ_NOT_A_LEDGER, 910, TROUBLE, "{path} 不是账本：{cause}。请核对路径，或用 mingzhang init 新建。", \
      "{path} is not a ledger: {cause}. Check the path, or create one with mingzhang init.") \
    X(MZ_EXISTS, 911, TROUBLE, "{path} 已经存在，不会覆盖。请另选路径。", \
      "{path} exists already and is not overwritten. Choose another path.") \
    X(MZ_WRONG_PASSPHRASE, 912, TROUBLE, "口令不对，或密钥文件 {path} 已损坏。请重新输入，或用备份的密钥文件。", \
      "The passphrase is wrong, or the key file {path} is damaged. Try again, or use a backup of the key file.") \
    X(MZ_BAD_KEY_FILE, 913, TROUBLE, "密钥文件 {path} 不合规定：{cause}。请用备份的文件，或用 mingzhang key new 另作一把。", \
      "The key file {path} is not acceptable: {cause}. Use a backup, or make a new key with mingzhang key new.") \
    X(MZ_BAD_NOTE, 914, UNPROVED, "签名便笺不合规定：{cause}。请重新取得原文。", \
      "The signed note is not acceptable: {cause}. Obtain the original again.") \
    X(MZ_BAD_CHECKPOINT, 915, UNPROVED, "总账印章不合规定：{cause}。请重新取得原文；仍不对时通知审计。", \
      "The checkpoint is not acceptable: {cause}. Obtain it again; if it is still wrong, tell the auditors.") \
    X(MZ_BAD_POLICY, 916, UNPROVED, "信任文件（pin）不合规定：{cause}。请向慈善总会重新索取。", \
      "The pin is not acceptable: {cause}. Obtain it again from the charity.") \
    X(MZ_BAD_RECEIPT, 917, UNPROVED, "收据不合规定：{cause}。请重新索取收据。", \
      "The receipt is not acceptable: {cause}. Ask for the receipt again.") \
    X(MZ_BAD_INCLUSION, 918, UNPROVED, "收据的证明与总账印章不符：{cause}。请重新索取收据；仍不对时通知审计。", \
      "The proof does not lead to the checkpoint: {cause}. Ask for the receipt again; if it is still wrong, tell the auditors.") \
    X(MZ_WRONG_LOG_KEY, 919, TROUBLE, "日志密钥与账本登记的不符。请用 --log-key 指定正确的文件。", \
      "The log's key is not the one that the ledger records. Name the right file with --log-key.") \
    X(MZ_CONFLICT, 920, TROUBLE, "另一个程序同时写入了账本，本次什么也没有写入。请重试。", \
      "Another program wrote to the ledger at the same time; nothing was written. Try again.") \
    X(MZ_ERASURE_WAITS, 930, TROUBLE, "密封库 {path} 中应当删去的内容还没有删去：{cause}。请排除故障；下一次写入时会自动补做。", \
      "What has to go from the sealed store {path} is still there: {cause}. Remove the cause; the next write does it.") \
    X(MZ_OTHER_SEALED, 931, TROUBLE, "密封库 {path} 不属于这个账本：{cause}。请用 --sealed 指定正确的文件夹。", \
      "The sealed store {path} is not this ledger's: {cause}. Name the right folder with --sealed.") \
    X(MZ_DOCUMENT_DAMAGED, 940, UNPROVED, "凭证 {id} 的文件已损坏，与散列不符。请找出原件，用 mingzhang evidence add 重新放入。", \
      "The bytes of document {id} are damaged: they do not fit its hash. Find the original and put it in again with mingzhang evidence add.") \
    /* 950: what a service is asked, before it is about the ledger */ \
    X(MZ_BAD_REQUEST, 950, TROUBLE, "请求不合规定：{cause}。请改正后重新发送。", \
      "The request is not acceptable: {cause}. Correct it and send it again.") \
    X(MZ_LENGTH_REQUIRED, 951, TROUBLE, "请求没有写明长度（Content-Length）。请写明后重新发送；不接受分块传送。", \
      "The request does not state its length (Content-Length). State it and send again; chunks are not taken.") \
    X(MZ_TARGET_TOO_LONG, 952, TROUBLE, "网址有 {size} 字节，上限 {limit}。请缩短。", "The address has {size} bytes; the limit is {limit}. Shorten it.") \
    X(MZ_HEAD_TOO_LARGE, 953, TROUBLE, "请求头过大：{cause}，上限 {limit}。请减少后重新发送。", \
      "The head of the request is too large: {cause}; the limit is {limit}. Send less of it.") \
    X(MZ_BAD_EXPECTATION, 954, TROUBLE, "不支持 Expect: {is}。请去掉，或用 100-continue。", \
      "Expect: {is} is not known here. Leave it out, or use 100-continue.") \
    X(MZ_HTTP_VERSION, 955, TROUBLE, "不支持 {is}。请用 HTTP/1.1。", "{is} is not spoken here. Use HTTP/1.1.") \
    X(MZ_NO_SUCH_PAGE, 956, TROUBLE, "这里没有 {path}。请核对网址；可查询的列在 /openapi.json。", \
      "There is no {path} here. Check the address; /openapi.json lists what can be asked.") \
    X(MZ_WRONG_METHOD, 957, TROUBLE, "此处不接受 {method}，只接受 {want}。请改用其中之一。", \
      "{method} is not taken here, only {want}. Use one of them.") \
    X(MZ_WRONG_MEDIA, 958, TROUBLE, "内容类型 {is} 不接受，须为 {want}。请改正 Content-Type。", \
      "The content type {is} is not taken; it must be {want}. Correct Content-Type.") \
    X(MZ_TOKEN_NEEDED, 959, TROUBLE, "这里的内容是密封的。请附上用本人密钥签出的查阅凭据：Authorization: mz-auth 凭据。", \
      "This is sealed. Send a token signed by your own key: Authorization: mz-auth TOKEN.")
/* clang-format on */

typedef enum mz_status {
#define MZ_STATUS_ENUM(name, number, class, zh, en) name = number,
    MZ_STATUS_MAP(MZ_STATUS_ENUM)
#undef MZ_STATUS_ENUM
} mz_status;

/* Where a status leaves the one who asked; each program makes its exit code of it. */
typedef enum mz_status_class {
    MZ_CLASS_DONE,
    MZ_CLASS_REFUSED,  /* what was asked breaks a rule; asked otherwise, it can succeed */
    MZ_CLASS_UNPROVED, /* the ledger, or a proof that was given, is not what it claims to be */
    MZ_CLASS_TROUBLE   /* it could not be tried, or whether it was done is not known */
} mz_status_class;

typedef enum mz_language { MZ_CHINESE, MZ_ENGLISH } mz_language;

/* What a figure is, and so how it is printed: money as yuan with two decimals, times as local time
 * in UTC+8, days as YYYY-MM-DD, words as they are, terms of the catalogue in the reader's language.
 */
typedef enum mz_figure_kind {
    MZ_FIGURE_NONE,
    MZ_FIGURE_FEN,
    MZ_FIGURE_COUNT,
    MZ_FIGURE_TIME,
    MZ_FIGURE_DAY,
    MZ_FIGURE_WORDS,
    MZ_FIGURE_TERM
} mz_figure_kind;

/* `name` and `words` are borrowed for the call of mz_refuse, which copies the words. */
typedef struct mz_figure {
    const char *name;
    mz_figure_kind kind;
    int64_t number;
    const char *words;
    size_t words_size;
} mz_figure;

mz_figure mz_fen(const char *name, int64_t amount_fen);
mz_figure mz_count(const char *name, int64_t count);
mz_figure mz_time(const char *name, int64_t unix_ms);
mz_figure mz_day(const char *name, int64_t day); /* days since 1970-01-01, UTC+8 */
mz_figure mz_words(const char *name, const char *words);
mz_figure mz_words_sized(const char *name, const char *words, size_t size);
/* Words of the catalogue as JSON has them, one or several between " | ": "voting", "member |
 * auditor". People read them as mz_word_text (event.h) gives them, programs unchanged. */
mz_figure mz_term(const char *name, const char *terms);

/* Words of the rules in both languages, for mz_words: mz_words("state", MZ_BOTH("表决中",
 * "voting")). The edge that prints the figure takes the half of its language. */
#define MZ_BOTH(zh, en) zh "\x1f" en

#define MZ_REASON_FIGURES_MAX 5
#define MZ_REASON_WORDS_MAX 160 /* longer words are cut at a character's end */

/* A refusal, in the caller's memory, without pointers of its own except to names, which are string
 * literals of the rules. Zero-initialised means: nothing refused. */
typedef struct mz_reason {
    mz_status status;
    size_t figure_count;
    struct {
        const char *name;
        mz_figure_kind kind;
        int64_t number;
        char words[MZ_REASON_WORDS_MAX];
    } figures[MZ_REASON_FIGURES_MAX];
} mz_reason;

/* Keeps the status and its figures in `why` unless a reason is there already: the first cause
 * stays. Returns `status`, so that a rule can say `return mz_refuse(...)`. `why` may be NULL. In
 * words, bytes that are no UTF-8, and characters that text.h would refuse, become `?`: they reach
 * terminals. */
mz_status mz_reason_set(mz_reason *why, mz_status status, ...);
#define MZ_FIGURE_END ((mz_figure){.kind = MZ_FIGURE_NONE})
#define mz_refuse(why, ...) mz_reason_set((why), __VA_ARGS__, MZ_FIGURE_END)
/* MZ_CORRUPT, with what is wrong. */
#define mz_refuse_corrupt(why, cause) mz_refuse((why), MZ_CORRUPT, mz_words("cause", (cause)))

/* One figure as a person reads it: the text that stands for its `{name}`. */
void mz_reason_figure_text(const mz_reason *why, size_t figure_index, mz_language language,
                           char *text, size_t text_size);
/* The sentence for a person, at most `text_size` bytes with its NUL, cut at a character's end. */
void mz_reason_text(const mz_reason *why, mz_language language, char *text, size_t text_size);
/* The stable code of a status in snake case: MZ_OVER_BUDGET is "over_budget". A literal. */
const char *mz_status_code(mz_status status);
/* MZ_CLASS_TROUBLE for a number that no status has. */
mz_status_class mz_status_class_of(mz_status status);
/* The template of a status. A literal. */
const char *mz_status_template(mz_status status, mz_language language);
/* Every status in order of its rule; NULL-terminated use is by count. For documents and tests. */
size_t mz_status_list(const mz_status **list);

#endif
