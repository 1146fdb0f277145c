#include "core/policy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX (MZ_POLICY_WITNESSES_MAX + MZ_POLICY_GROUPS_MAX + 3)

/* One policy being read, line by line. */
typedef struct reading {
    mz_hasher *hasher;
    mz_policy *policy;
    int64_t line_number;
    size_t item_count;
    mz_view items[ITEMS_MAX];
    bool has_quorum;
    bool witness_used[MZ_POLICY_WITNESSES_MAX]; /* already a member of some group */
    bool group_used[MZ_POLICY_GROUPS_MAX];
    mz_reason *why;
} reading;

/* `cause` is MZ_BOTH; each half gets the line's number. */
static mz_status bad(const reading *in, const char *cause)
{
    char words[MZ_REASON_WORDS_MAX];
    const char *separator = strchr(cause, '\x1f');
    assert(separator != NULL);
    snprintf(words, sizeof words, MZ_BOTH("第 %lld 行，%.*s", "line %lld: %s"),
             (long long)in->line_number, (int)(separator - cause), cause,
             (long long)in->line_number, separator + 1);
    return mz_refuse(in->why, MZ_BAD_POLICY, mz_words("cause", words),
                     mz_count("line", in->line_number));
}

/* --- items of a line --- */

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Splits the line at spaces and tabs. */
static mz_status split_line(reading *in, mz_view line)
{
    in->item_count = 0;
    for (size_t i = 0; i < line.size;) {
        uint8_t byte = line.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return bad(in, MZ_BOTH("有控制字符", "there is a control character"));
        if (is_blank(byte)) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < line.size && line.data[i] > ' ' && line.data[i] != 0x7f)
            i++;
        if (in->item_count < ITEMS_MAX)
            in->items[in->item_count] = (mz_view){line.data + start, i - start};
        in->item_count++;
    }
    return MZ_OK;
}

static bool copy_text(mz_view from, char *to, size_t size_max)
{
    if (from.size > size_max)
        return false;
    memcpy(to, from.data, from.size);
    to[from.size] = '\0';
    return true;
}

static mz_policy_member find_name(const mz_policy *policy, mz_view name)
{
    for (size_t i = 0; i < policy->witness_count; i++) {
        if (mz_view_is(name, policy->witnesses[i].name))
            return (mz_policy_member){MZ_POLICY_WITNESS, i};
    }
    for (size_t i = 0; i < policy->group_count; i++) {
        if (mz_view_is(name, policy->groups[i].name))
            return (mz_policy_member){MZ_POLICY_GROUP, i};
    }
    return (mz_policy_member){MZ_POLICY_NONE, 0};
}

static mz_status copy_new_name(const reading *in, mz_view name, char *to)
{
    if (mz_view_is(name, "none"))
        return bad(in, MZ_BOTH("名称 none 不能另作定义", "the name none cannot be defined"));
    if (find_name(in->policy, name).kind != MZ_POLICY_NONE)
        return bad(in, MZ_BOTH("名称重复定义", "a name is defined twice"));
    return copy_text(name, to, MZ_POLICY_NAME_MAX)
               ? MZ_OK
               : bad(in, MZ_BOTH("名称过长", "a name is too long"));
}

/* --- kinds of lines --- */

/* log <vkey> [<url>] */
static mz_status read_log(reading *in)
{
    mz_policy *policy = in->policy;
    if (in->item_count < 2 || in->item_count > 3)
        return bad(in, MZ_BOTH("应为 log 密钥 [网址]", "a log line is: log VKEY [URL]"));
    if (policy->log_count == MZ_POLICY_LOGS_MAX)
        return bad(in, MZ_BOTH("日志太多", "there are too many logs"));
    mz_policy_log *log = &policy->logs[policy->log_count];
    if (mz_vkey_parse(in->hasher, in->items[1], &log->key, NULL) != MZ_OK ||
        log->key.type != MZ_VKEY_ED25519)
        return bad(in, MZ_BOTH("日志的验证密钥不对", "a log's verifier key is wrong"));
    for (size_t i = 0; i < policy->log_count; i++) {
        if (memcmp(policy->logs[i].key.public_key, log->key.public_key, MZ_KEY_SIZE) == 0)
            return bad(in, MZ_BOTH("日志密钥重复", "a log's key appears twice"));
    }
    if (in->item_count == 3 && !copy_text(in->items[2], log->url, MZ_POLICY_URL_MAX))
        return bad(in, MZ_BOTH("网址过长", "a URL is too long"));
    policy->log_count++;
    return MZ_OK;
}

/* witness <name> <vkey> [<url>] */
static mz_status read_witness(reading *in)
{
    mz_policy *policy = in->policy;
    if (in->item_count < 3 || in->item_count > 4)
        return bad(in, MZ_BOTH("应为 witness 名称 密钥 [网址]",
                               "a witness line is: witness NAME VKEY [URL]"));
    if (policy->witness_count == MZ_POLICY_WITNESSES_MAX)
        return bad(in, MZ_BOTH("见证人太多", "there are too many witnesses"));
    mz_policy_witness *witness = &policy->witnesses[policy->witness_count];
    mz_status status = copy_new_name(in, in->items[1], witness->name);
    if (status != MZ_OK)
        return status;
    if (mz_vkey_parse(in->hasher, in->items[2], &witness->key, NULL) != MZ_OK ||
        witness->key.type != MZ_VKEY_COSIGNATURE)
        return bad(in, MZ_BOTH("见证人的验证密钥不对", "a witness's verifier key is wrong"));
    for (size_t i = 0; i < policy->witness_count; i++) {
        if (memcmp(policy->witnesses[i].key.public_key, witness->key.public_key, MZ_KEY_SIZE) == 0)
            return bad(in, MZ_BOTH("见证人密钥重复", "a witness's key appears twice"));
    }
    if (in->item_count == 4 && !copy_text(in->items[3], witness->url, MZ_POLICY_URL_MAX))
        return bad(in, MZ_BOTH("网址过长", "a URL is too long"));
    policy->witness_count++;
    return MZ_OK;
}

static mz_status read_member(reading *in, mz_view name, mz_policy_group *group)
{
    mz_policy_member member = find_name(in->policy, name);
    if (member.kind == MZ_POLICY_NONE)
        return bad(in, MZ_BOTH("名称在前面没有定义", "a name is not defined on an earlier line"));
    bool *used = member.kind == MZ_POLICY_WITNESS ? &in->witness_used[member.index]
                                                  : &in->group_used[member.index];
    if (*used)
        return bad(in, MZ_BOTH("名称不止一次列为成员", "a name is a member twice"));
    *used = true;
    group->members[group->member_count++] = member;
    return MZ_OK;
}

/* group <name> <k|any|all> <name>... */
static mz_status read_group(reading *in)
{
    mz_policy *policy = in->policy;
    if (in->item_count < 4)
        return bad(in, MZ_BOTH("应为 group 名称 数目/any/all 成员……",
                               "a group line is: group NAME K/any/all MEMBER..."));
    if (policy->group_count == MZ_POLICY_GROUPS_MAX || in->item_count > ITEMS_MAX)
        return bad(in, MZ_BOTH("组或成员太多", "there are too many groups or members"));
    mz_policy_group *group = &policy->groups[policy->group_count];
    mz_status status = copy_new_name(in, in->items[1], group->name);
    for (size_t i = 3; status == MZ_OK && i < in->item_count; i++)
        status = read_member(in, in->items[i], group);
    if (status != MZ_OK)
        return status;
    uint64_t threshold = 0;
    if (mz_view_is(in->items[2], "any"))
        threshold = 1;
    else if (mz_view_is(in->items[2], "all"))
        threshold = group->member_count;
    else if (!mz_decimal_parse(in->items[2], group->member_count, &threshold) || threshold == 0)
        return bad(in, MZ_BOTH("组的数目须为 any、all 或 1 至成员数",
                               "a group's threshold is any, all or 1 to its number of members"));
    group->threshold = (size_t)threshold;
    policy->group_count++;
    return MZ_OK;
}

/* quorum <name|none> */
static mz_status read_quorum(reading *in)
{
    if (in->item_count != 2)
        return bad(in, MZ_BOTH("应为 quorum 名称 或 quorum none",
                               "a quorum line is: quorum NAME or quorum none"));
    if (in->has_quorum)
        return bad(in, MZ_BOTH("quorum 不止一行", "there is more than one quorum line"));
    in->has_quorum = true;
    in->policy->quorum = find_name(in->policy, in->items[1]);
    if (in->policy->quorum.kind == MZ_POLICY_NONE && !mz_view_is(in->items[1], "none"))
        return bad(in, MZ_BOTH("quorum 的名称在前面没有定义",
                               "the quorum is not defined on an earlier line"));
    return MZ_OK;
}

/* # genesis <64 hex>; every other comment means nothing. */
static mz_status read_comment(reading *in)
{
    size_t size = 0;
    if (in->item_count < 2 || !mz_view_is(in->items[0], "#") ||
        !mz_view_is(in->items[1], "genesis"))
        return MZ_OK;
    if (in->policy->has_genesis)
        return bad(in, MZ_BOTH("genesis 不止一行", "there is more than one genesis line"));
    if (in->item_count != 3 ||
        !mz_hex_decode(in->items[2], in->policy->genesis.bytes, MZ_HASH_SIZE, &size) ||
        size != MZ_HASH_SIZE)
        return bad(in, MZ_BOTH("应为 # genesis 和 64 位小写十六进制",
                               "a genesis line is: # genesis and 64 lowercase hex digits"));
    in->policy->has_genesis = true;
    return MZ_OK;
}

static mz_status read_line(reading *in, mz_view line)
{
    static const struct {
        const char *word;
        mz_status (*read)(reading *in);
    } LINES[] = {
        {"log",     read_log    },
        {"witness", read_witness},
        {"group",   read_group  },
        {"quorum",  read_quorum }
    };
    in->line_number++;
    mz_status status = split_line(in, line);
    if (status != MZ_OK || in->item_count == 0)
        return status;
    if (in->items[0].data[0] == '#')
        return read_comment(in);
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        if (mz_view_is(in->items[0], LINES[i].word))
            return LINES[i].read(in);
    }
    return bad(in, MZ_BOTH("不是 log、witness、group、quorum 或注释",
                           "this is not log, witness, group, quorum or a comment"));
}

/* --- whole policies --- */

static mz_status read_policy(reading *in, mz_view text)
{
    mz_view rest = text;
    mz_status status = MZ_OK;
    for (mz_view line; status == MZ_OK && mz_line_take(&rest, &line);)
        status = read_line(in, line);
    if (status != MZ_OK)
        return status;
    if (rest.size != 0)
        return bad(in, MZ_BOTH("最后一行没有换行符", "the last line has no newline"));
    return in->has_quorum ? MZ_OK : bad(in, MZ_BOTH("没有 quorum 行", "there is no quorum line"));
}

mz_status mz_policy_parse(mz_hasher *hasher, mz_view text, mz_policy **policy, mz_reason *why)
{
    if (text.size > MZ_POLICY_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("信任文件", "pin")),
                         mz_count("size", (int64_t)text.size),
                         mz_count("limit", MZ_POLICY_SIZE_MAX));
    mz_policy *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    reading in = {.hasher = hasher, .policy = made, .why = why};
    mz_status status = read_policy(&in, text);
    if (status == MZ_OK)
        *policy = made;
    else
        free(made);
    return status;
}

static const char *pin_fault(const mz_policy *policy)
{
    assert(policy != NULL);
    if (policy->log_count == 0)
        return MZ_BOTH("没有 log 行", "there is no log line");
    if (!policy->has_genesis)
        return MZ_BOTH("没有 genesis 行", "there is no genesis line");
    if (!mz_origin_valid(mz_view_of(policy->logs[0].key.name)))
        return MZ_BOTH("账本名称不合规定", "the origin is not acceptable");
    for (size_t i = 1; i < policy->log_count; i++) {
        if (strcmp(policy->logs[i].key.name, policy->logs[0].key.name) != 0)
            return MZ_BOTH("各日志的账本名称不同", "the logs have different origins");
    }
    return NULL;
}

mz_status mz_pin_parse(mz_hasher *hasher, mz_view text, mz_policy **policy, mz_reason *why)
{
    mz_policy *made = NULL;
    mz_status status = mz_policy_parse(hasher, text, &made, why);
    if (status != MZ_OK)
        return status;
    const char *fault = pin_fault(made);
    if (fault != NULL) {
        mz_policy_free(made);
        return mz_refuse(why, MZ_BAD_POLICY, mz_words("cause", fault));
    }
    *policy = made;
    return MZ_OK;
}

void mz_policy_free(mz_policy *policy)
{
    free(policy);
}

const char *mz_policy_origin(const mz_policy *policy)
{
    return policy->logs[0].key.name;
}

/* --- printing --- */

static void put_url(mz_buf *out, const char *url)
{
    if (url[0] != '\0')
        mz_buf_put_format(out, " %s", url);
    mz_buf_put_text(out, "\n");
}

static void put_genesis(mz_buf *out, const mz_hash *genesis)
{
    mz_buf_put_text(out, "# genesis ");
    mz_buf_put_hex(out, (mz_view){genesis->bytes, MZ_HASH_SIZE});
    mz_buf_put_text(out, "\n");
}

static const char *member_name(const mz_policy *policy, mz_policy_member member)
{
    switch (member.kind) {
    case MZ_POLICY_WITNESS:
        return policy->witnesses[member.index].name;
    case MZ_POLICY_GROUP:
        return policy->groups[member.index].name;
    case MZ_POLICY_NONE:
        break;
    }
    return "none";
}

void mz_policy_put(mz_buf *out, const mz_policy *policy)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        mz_buf_put_text(out, "log ");
        mz_vkey_put(out, &policy->logs[i].key);
        put_url(out, policy->logs[i].url);
    }
    if (policy->has_genesis)
        put_genesis(out, &policy->genesis);
    for (size_t i = 0; i < policy->witness_count; i++) {
        mz_buf_put_format(out, "witness %s ", policy->witnesses[i].name);
        mz_vkey_put(out, &policy->witnesses[i].key);
        put_url(out, policy->witnesses[i].url);
    }
    for (size_t i = 0; i < policy->group_count; i++) {
        const mz_policy_group *group = &policy->groups[i];
        mz_buf_put_format(out, "group %s %zu", group->name, group->threshold);
        for (size_t m = 0; m < group->member_count; m++)
            mz_buf_put_format(out, " %s", member_name(policy, group->members[m]));
        mz_buf_put_text(out, "\n");
    }
    mz_buf_put_format(out, "quorum %s\n", member_name(policy, policy->quorum));
}

void mz_pin_put(mz_buf *out, const mz_vkey *log, const mz_hash *genesis)
{
    mz_buf_put_text(out, "log ");
    mz_vkey_put(out, log);
    mz_buf_put_text(out, "\n");
    put_genesis(out, genesis);
    mz_buf_put_text(out, "quorum none\n");
}

/* --- trust --- */

bool mz_policy_quorum_met(const mz_policy *policy, const bool *witnessed)
{
    bool group_met[MZ_POLICY_GROUPS_MAX] = {false};
    for (size_t i = 0; i < policy->group_count; i++) { /* members are earlier than their group */
        const mz_policy_group *group = &policy->groups[i];
        size_t count = 0;
        for (size_t m = 0; m < group->member_count; m++) {
            mz_policy_member member = group->members[m];
            bool met = member.kind == MZ_POLICY_WITNESS ? witnessed[member.index]
                                                        : group_met[member.index];
            count += met ? 1 : 0;
        }
        group_met[i] = count >= group->threshold;
    }
    switch (policy->quorum.kind) {
    case MZ_POLICY_WITNESS:
        return witnessed[policy->quorum.index];
    case MZ_POLICY_GROUP:
        return group_met[policy->quorum.index];
    case MZ_POLICY_NONE:
        break;
    }
    return true;
}

/* The keys that may speak in a checkpoint of `origin`: its logs, then all witnesses. */
typedef struct known_keys {
    size_t log_count;
    size_t log_indexes[MZ_POLICY_LOGS_MAX];
    size_t count;
    mz_vkey keys[MZ_POLICY_LOGS_MAX + MZ_POLICY_WITNESSES_MAX];
    mz_note_seal seals[MZ_POLICY_LOGS_MAX + MZ_POLICY_WITNESSES_MAX];
} known_keys;

static void gather_keys(const mz_policy *policy, const char *origin, known_keys *known)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        if (strcmp(policy->logs[i].key.name, origin) != 0)
            continue;
        known->log_indexes[known->log_count++] = i;
        known->keys[known->count++] = policy->logs[i].key;
    }
    for (size_t i = 0; i < policy->witness_count; i++)
        known->keys[known->count++] = policy->witnesses[i].key;
}

static mz_status judge(const mz_policy *policy, const mz_note *note, known_keys *known,
                       size_t *log_index, mz_reason *why)
{
    if (known->log_count == 0)
        return mz_refuse(
            why, MZ_BAD_CHECKPOINT,
            mz_words("cause", MZ_BOTH("账本名称不在信任文件中", "its origin is not in the pin")));
    mz_status status = mz_note_verify(note, known->keys, known->count, known->seals, why);
    if (status != MZ_OK)
        return status;
    size_t signed_by = 0;
    while (signed_by < known->log_count && !known->seals[signed_by].valid)
        signed_by++;
    if (signed_by == known->log_count)
        return mz_refuse(
            why, MZ_BAD_CHECKPOINT,
            mz_words("cause", MZ_BOTH("信任文件中的日志没有签名", "no log of the pin signed it")));
    bool witnessed[MZ_POLICY_WITNESSES_MAX] = {false};
    for (size_t i = 0; i < policy->witness_count; i++)
        witnessed[i] = known->seals[known->log_count + i].valid;
    if (!mz_policy_quorum_met(policy, witnessed))
        return mz_refuse(
            why, MZ_BAD_CHECKPOINT,
            mz_words("cause", MZ_BOTH("见证签名不足", "too few witnesses cosigned it")));
    if (log_index != NULL)
        *log_index = known->log_indexes[signed_by];
    return MZ_OK;
}

mz_status mz_policy_open_checkpoint(const mz_policy *policy, mz_view note,
                                    mz_checkpoint *checkpoint, size_t *log_index, mz_reason *why)
{
    mz_note parsed;
    mz_checkpoint opened;
    mz_status status = mz_note_parse(note, &parsed, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(parsed.text, &opened, why);
    if (status != MZ_OK)
        return status;
    known_keys *known = calloc(1, sizeof *known);
    if (known == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    gather_keys(policy, opened.origin, known);
    status = judge(policy, &parsed, known, log_index, why);
    free(known);
    if (status == MZ_OK)
        *checkpoint = opened;
    return status;
}
