#include "accounts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/json.h"
#include "core/text.h"

static const char *const ROOT_KEYS[MZ_ROOT_COUNT] = {"assets", "liabilities", "equity", "income",
                                                     "expenses"};
#define FORMAT "mingzhang-accounts-1"

/* clang-format off */
static const mz_accounts DEFAULTS = {
    {"资产", "负债", "净资产", "收入", "费用"},
    {
        {"bank", MZ_ROOT_ASSETS, "1002", "银行存款", "Cash at bank", "资产:1002-银行存款"},
        {"net.restricted", MZ_ROOT_EQUITY, "3102", "限定性净资产", "Restricted net assets", "净资产:3102-限定性净资产"},
        {"net.unrestricted", MZ_ROOT_EQUITY, "3101", "非限定性净资产", "Unrestricted net assets", "净资产:3101-非限定性净资产"},
        {"carried", MZ_ROOT_EQUITY, "", "收支结转", "Carried to net assets", "净资产:X-收支结转"},
        {"income.donation.restricted", MZ_ROOT_INCOME, "410102", "捐赠收入—限定性", "Donations, restricted", "收入:4101-捐赠收入:410102-限定性"},
        {"income.donation.unrestricted", MZ_ROOT_INCOME, "410101", "捐赠收入—非限定性", "Donations, unrestricted", "收入:4101-捐赠收入:410101-非限定性"},
        {"income.partner_share.restricted", MZ_ROOT_INCOME, "430102", "提供服务收入—限定性—合作方反哺", "Services, restricted, partner share", "收入:4301-提供服务收入:430102-限定性:01-合作方反哺"},
        {"income.partner_share.unrestricted", MZ_ROOT_INCOME, "430101", "提供服务收入—非限定性—合作方反哺", "Services, unrestricted, partner share", "收入:4301-提供服务收入:430101-非限定性:01-合作方反哺"},
        {"income.market.restricted", MZ_ROOT_INCOME, "450102", "商品销售收入—限定性—睦邻集市", "Sales of goods, restricted, market", "收入:4501-商品销售收入:450102-限定性:01-睦邻集市"},
        {"income.market.unrestricted", MZ_ROOT_INCOME, "450101", "商品销售收入—非限定性—睦邻集市", "Sales of goods, unrestricted, market", "收入:4501-商品销售收入:450101-非限定性:01-睦邻集市"},
        {"income.micro_enterprise.restricted", MZ_ROOT_INCOME, "430102", "提供服务收入—限定性—社区微业", "Services, restricted, micro-enterprise", "收入:4301-提供服务收入:430102-限定性:02-社区微业"},
        {"income.micro_enterprise.unrestricted", MZ_ROOT_INCOME, "430101", "提供服务收入—非限定性—社区微业", "Services, unrestricted, micro-enterprise", "收入:4301-提供服务收入:430101-非限定性:02-社区微业"},
        {"income.produce.restricted", MZ_ROOT_INCOME, "450102", "商品销售收入—限定性—农产品", "Sales of goods, restricted, produce", "收入:4501-商品销售收入:450102-限定性:02-农产品"},
        {"income.produce.unrestricted", MZ_ROOT_INCOME, "450101", "商品销售收入—非限定性—农产品", "Sales of goods, unrestricted, produce", "收入:4501-商品销售收入:450101-非限定性:02-农产品"},
        {"income.operation.restricted", MZ_ROOT_INCOME, "430102", "提供服务收入—限定性—社区运营", "Services, restricted, operation", "收入:4301-提供服务收入:430102-限定性:03-社区运营"},
        {"income.operation.unrestricted", MZ_ROOT_INCOME, "430101", "提供服务收入—非限定性—社区运营", "Services, unrestricted, operation", "收入:4301-提供服务收入:430101-非限定性:03-社区运营"},
        {"income.interest.restricted", MZ_ROOT_INCOME, "490102", "其他收入—限定性—利息", "Other income, restricted, interest", "收入:4901-其他收入:490102-限定性:01-利息"},
        {"income.interest.unrestricted", MZ_ROOT_INCOME, "490101", "其他收入—非限定性—利息", "Other income, unrestricted, interest", "收入:4901-其他收入:490101-非限定性:01-利息"},
        {"income.other.restricted", MZ_ROOT_INCOME, "490102", "其他收入—限定性—其他", "Other income, restricted, other", "收入:4901-其他收入:490102-限定性:02-其他"},
        {"income.other.unrestricted", MZ_ROOT_INCOME, "490101", "其他收入—非限定性—其他", "Other income, unrestricted, other", "收入:4901-其他收入:490101-非限定性:02-其他"},
        {"expense.activity", MZ_ROOT_EXPENSES, "5101", "业务活动成本—活动", "Cost of activities, activity", "费用:5101-业务活动成本:01-活动"},
        {"expense.repair", MZ_ROOT_EXPENSES, "5101", "业务活动成本—维修", "Cost of activities, repair", "费用:5101-业务活动成本:02-维修"},
        {"expense.visit", MZ_ROOT_EXPENSES, "5101", "业务活动成本—走访慰问", "Cost of activities, visit", "费用:5101-业务活动成本:03-走访慰问"},
        {"expense.meals", MZ_ROOT_EXPENSES, "5101", "业务活动成本—助餐", "Cost of activities, meals", "费用:5101-业务活动成本:04-助餐"},
        {"expense.care", MZ_ROOT_EXPENSES, "5101", "业务活动成本—照护", "Cost of activities, care", "费用:5101-业务活动成本:05-照护"},
        {"expense.wishes", MZ_ROOT_EXPENSES, "5101", "业务活动成本—微心愿", "Cost of activities, wishes", "费用:5101-业务活动成本:06-微心愿"},
        {"expense.fees", MZ_ROOT_EXPENSES, "5301", "管理费用", "Administration", "费用:5301-管理费用"},
        {"expense.goods", MZ_ROOT_EXPENSES, "5101", "业务活动成本—物资", "Cost of activities, goods", "费用:5101-业务活动成本:07-物资"},
        {NULL, MZ_ROOT_EXPENSES, "", "", "", ""}, /* resolution */
        {"expense.other", MZ_ROOT_EXPENSES, "5101", "业务活动成本—其他", "Cost of activities, other", "费用:5101-业务活动成本:99-其他"},
    },
};
/* clang-format on */

void mz_accounts_default(mz_accounts *accounts)
{
    *accounts = DEFAULTS;
}

/* ---- paths ---- */

/* Whether a component is one that beancount and hledger both take: an ASCII capital or digit first,
 * which beancount asks for below the root, then ASCII letters, digits, hyphens, and Chinese. A root
 * begins with a capital or with Chinese. */
static bool component_valid(mz_view text, bool is_root)
{
    bool first = true;
    while (text.size > 0) {
        uint32_t point;
        const size_t size = mz_utf8_first(text, &point);
        const bool han =
            (point >= 0x3400 && point <= 0x4dbf) || (point >= 0x4e00 && point <= 0x9fff);
        const bool digit = point >= '0' && point <= '9';
        const bool small = point >= 'a' && point <= 'z';
        const bool capital = point >= 'A' && point <= 'Z';
        const bool fine = first ? capital || (is_root ? han : digit)
                                : capital || small || digit || han || point == '-';
        if (size == 0 || !fine)
            return false;
        text.data += size;
        text.size -= size;
        first = false;
    }
    return !first;
}

/* The first component of `path`, and what follows its colon. */
static mz_view next_component(mz_view *path)
{
    const uint8_t *colon = memchr(path->data, ':', path->size);
    mz_view component = {path->data, colon == NULL ? path->size : (size_t)(colon - path->data)};
    const size_t used = component.size + (colon == NULL ? 0 : 1);
    path->data += used;
    path->size -= used;
    return component;
}

/* Below its root, by at least one component; a root alone has none. */
static bool path_valid(mz_view path, const char *root)
{
    const mz_view first = next_component(&path);
    if (!mz_view_is(first, root) || path.size == 0 || path.data[path.size - 1] == ':')
        return false;
    while (path.size > 0)
        if (!component_valid(next_component(&path), false))
            return false;
    return true;
}

/* Whether one path is the other, or lies in it. */
static bool paths_touch(const char *left, const char *right)
{
    const size_t a = strlen(left), b = strlen(right), shorter = a < b ? a : b;
    const char *longer = a < b ? right : left;
    return strncmp(left, right, shorter) == 0 &&
           (longer[shorter] == '\0' || longer[shorter] == ':');
}

/* ---- reading ---- */

static mz_status refuse_value(mz_reason *why, const char *path, const char *want)
{
    return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", path), mz_words("want", want));
}

/* The text member `name` of `object`, which `path` names with it. Empty only where `optional`. */
static mz_status read_text(const json_t *object, const char *name, const char *path, bool optional,
                           char *out, size_t size_max, mz_reason *why)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        return mz_refuse(why, MZ_MISSING_MEMBER, mz_words("path", path));
    if (!json_is_string(value))
        return mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", path),
                         mz_words("want", MZ_BOTH("文字", "text")));
    const mz_view text = mz_view_of(json_string_value(value));
    if (text.size == 0 && optional) {
        out[0] = '\0';
        return MZ_OK;
    }
    const mz_status status = mz_text_check_bytes(text, size_max, path, why);
    if (status != MZ_OK)
        return status;
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return MZ_OK;
}

/* Members of `object` that are not among `names`, which end with NULL. */
static mz_status check_members(const json_t *object, const char *path, const char *const *names,
                               mz_reason *why)
{
    const char *name;
    json_t *value;
    if (object == NULL)
        return mz_refuse(why, MZ_MISSING_MEMBER, mz_words("path", path));
    if (!json_is_object(object))
        return mz_refuse(why, MZ_WRONG_TYPE, mz_words("path", path),
                         mz_words("want", MZ_BOTH("对象", "an object")));
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        size_t i = 0;
        char whole[2 * MZ_ACCOUNT_PATH_MAX];
        while (names[i] != NULL && strcmp(names[i], name) != 0)
            i++;
        if (names[i] == NULL) {
            snprintf(whole, sizeof whole, "%s%s%s", path, path[0] == '\0' ? "" : ".", name);
            return mz_refuse(why, MZ_UNKNOWN_MEMBER, mz_words("path", whole));
        }
    }
    return MZ_OK;
}

static mz_status read_roots(const json_t *object, mz_accounts *accounts, mz_reason *why)
{
    static const char *const NAMES[] = {"assets", "liabilities", "equity",
                                        "income", "expenses",    NULL};
    mz_status status = check_members(object, "roots", NAMES, why);
    for (size_t i = 0; status == MZ_OK && i < MZ_ROOT_COUNT; i++) {
        char path[64];
        snprintf(path, sizeof path, "roots.%s", ROOT_KEYS[i]);
        status = read_text(object, ROOT_KEYS[i], path, false, accounts->roots[i],
                           MZ_ACCOUNT_PATH_MAX, why);
        if (status == MZ_OK && !component_valid(mz_view_of(accounts->roots[i]), true))
            return refuse_value(
                why, path,
                MZ_BOTH("一个名称，汉字或大写字母开头", "one name, Chinese or a capital first"));
        for (size_t j = 0; status == MZ_OK && j < i; j++)
            if (strcmp(accounts->roots[i], accounts->roots[j]) == 0)
                return mz_refuse(why, MZ_REPEATED_ITEM, mz_words("path", path));
    }
    return status;
}

static mz_status read_row(const json_t *object, mz_accounts *accounts, mz_account *row,
                          mz_reason *why)
{
    static const char *const NAMES[] = {"code", "name_zh", "name_en", "account", NULL};
    const struct {
        char *out;
        size_t size_max;
    } FIELDS[] = {
        {row->code, MZ_ACCOUNT_CODE_MAX },
        {row->zh,   MZ_ACCOUNT_NAME_SIZE},
        {row->en,   MZ_ACCOUNT_NAME_SIZE},
        {row->path, MZ_ACCOUNT_PATH_MAX },
    };
    char path[100];
    snprintf(path, sizeof path, "accounts.%s", row->key);
    mz_status status = check_members(object, path, NAMES, why);
    for (size_t i = 0; status == MZ_OK && NAMES[i] != NULL; i++) {
        snprintf(path, sizeof path, "accounts.%s.%s", row->key, NAMES[i]);
        status = read_text(object, NAMES[i], path, i == 0, FIELDS[i].out, FIELDS[i].size_max, why);
    }
    if (status == MZ_OK && row->code[0] != '\0' && !component_valid(mz_view_of(row->code), false)) {
        snprintf(path, sizeof path, "accounts.%s.code", row->key);
        return refuse_value(why, path, MZ_BOTH("科目编号（数字）或空", "a code, or empty"));
    }
    if (status == MZ_OK && !path_valid(mz_view_of(row->path), accounts->roots[row->root]))
        return refuse_value(
            why, path,
            MZ_BOTH("其 roots 之下的路径，每级以数字或大写字母开头",
                    "a path below its root, each part with a digit or capital first"));
    return status;
}

/* Bank and net assets are held against our own balances, so each has its accounts to itself. */
static mz_status check_apart(const mz_accounts *accounts, mz_reason *why)
{
    for (size_t i = 0; i < MZ_ACCOUNT_INCOME; i++) {
        char path[100];
        for (size_t j = 0; j < i; j++) {
            if (!paths_touch(accounts->rows[i].path, accounts->rows[j].path))
                continue;
            snprintf(path, sizeof path, "accounts.%s.account", accounts->rows[i].key);
            return refuse_value(
                why, path,
                MZ_BOTH("独立的科目，与银行存款、净资产、结转互不包含",
                        "apart from bank, net assets and carried: none in another"));
        }
    }
    return MZ_OK;
}

static mz_status read_accounts(const json_t *object, mz_accounts *accounts, mz_reason *why)
{
    const char *names[MZ_ACCOUNT_COUNT + 1];
    size_t count = 0;
    for (size_t i = 0; i < MZ_ACCOUNT_COUNT; i++)
        if (DEFAULTS.rows[i].key != NULL)
            names[count++] = DEFAULTS.rows[i].key;
    names[count] = NULL;
    mz_status status = check_members(object, "accounts", names, why);
    for (size_t i = 0; status == MZ_OK && i < MZ_ACCOUNT_COUNT; i++) {
        mz_account *row = &accounts->rows[i];
        if (row->key != NULL)
            status = read_row(json_object_get(object, row->key), accounts, row, why);
    }
    return status == MZ_OK ? check_apart(accounts, why) : status;
}

static mz_status read_all(const json_t *root, mz_accounts *accounts, mz_reason *why)
{
    static const char *const NAMES[] = {"format", "about", "roots", "accounts", NULL};
    char format[sizeof FORMAT + 1];
    *accounts = DEFAULTS; /* keys and roots of the rows; all else is read */
    mz_status status = check_members(root, "", NAMES, why);
    if (status == MZ_OK)
        status = read_text(root, "format", "format", false, format, sizeof format - 1, why);
    if (status == MZ_OK && strcmp(format, FORMAT) != 0)
        return refuse_value(why, "format", MZ_BOTH(FORMAT, FORMAT));
    if (status == MZ_OK)
        status = read_roots(json_object_get(root, "roots"), accounts, why);
    return status == MZ_OK ? read_accounts(json_object_get(root, "accounts"), accounts, why)
                           : status;
}

mz_status mz_accounts_read(const char *path, mz_accounts *accounts, mz_reason *why)
{
    mz_buf text;
    json_t *root = NULL;
    mz_reason cause = {0};
    mz_status status = mz_cli_read_file(path, MZ_JSON_SIZE_MAX, &text, why);
    if (status != MZ_OK)
        return status;
    status = mz_json_parse(mz_buf_view(&text), &root, &cause);
    if (status != MZ_OK) /* its own words are for entries that were signed */
        status = refuse_value(why, path,
                              MZ_BOTH("严格的 JSON 对象，格式见 docs/accounts.md",
                                      "a strict JSON object; see docs/accounts.md"));
    else
        status = read_all(root, accounts, why);
    json_decref(root);
    mz_buf_clear(&text);
    return status;
}

/* ---- postings ---- */

size_t mz_account_role(const mz_posting *posting)
{
    switch (posting->role) {
    case MZ_POST_BANK:
        return MZ_ACCOUNT_BANK;
    case MZ_POST_NET:
        return posting->purpose == MZ_GENERAL ? MZ_ACCOUNT_NET_UNRESTRICTED
                                              : MZ_ACCOUNT_NET_RESTRICTED;
    case MZ_POST_CARRIED:
        return MZ_ACCOUNT_CARRIED;
    case MZ_POST_INCOME:
        assert(posting->detail < MZ_INCOME_KIND_COUNT);
        return MZ_ACCOUNT_INCOME + 2 * posting->detail + (posting->purpose == MZ_GENERAL ? 1 : 0);
    case MZ_POST_EXPENSE:
        break;
    }
    assert(posting->role == MZ_POST_EXPENSE && posting->detail < MZ_CATEGORY_COUNT);
    return MZ_ACCOUNT_EXPENSE + posting->detail;
}

bool mz_account_repeated(const mz_accounts *accounts, size_t role)
{
    for (size_t i = 0; i < role; i++)
        if (accounts->rows[i].key != NULL &&
            strcmp(accounts->rows[i].path, accounts->rows[role].path) == 0)
            return true;
    return false;
}

void mz_account_full(const char *path, const char *const ids[3], char full[MZ_ACCOUNT_FULL_SIZE])
{
    size_t size = (size_t)snprintf(full, MZ_ACCOUNT_FULL_SIZE, "%s", path);
    for (size_t i = 0; i < 3; i++) {
        if (ids[i] == NULL || ids[i][0] == '\0')
            continue;
        size += (size_t)snprintf(full + size, MZ_ACCOUNT_FULL_SIZE - size, ":%s", ids[i]);
        assert(size < MZ_ACCOUNT_FULL_SIZE);
        char *first = full + size - strlen(ids[i]);
        if (*first >= 'a' && *first <= 'z')
            *first = (char)(*first - 'a' + 'A');
    }
}
