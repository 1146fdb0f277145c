#include "core/receipt.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/jws.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"
#define HASH_BASE64_SIZE 44

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_RECEIPT, mz_words("cause", cause));
}

/* --- the extra data: leaf, tilde, disclosures each with a tilde --- */

static mz_status check_parts(const mz_receipt *receipt, mz_reason *why)
{
    if (receipt->leaf.size == 0 || receipt->leaf.size > MZ_RECEIPT_LEAF_MAX)
        return bad(why, MZ_BOTH("叶子的长度不对", "the leaf's size is wrong"));
    if (receipt->disclosure_count > MZ_RECEIPT_DISCLOSURES_MAX)
        return bad(why, MZ_BOTH("披露项超过 64 个", "there are more than 64 disclosures"));
    for (size_t i = 0; i < receipt->leaf.size; i++) {
        if (receipt->leaf.data[i] < ' ' || receipt->leaf.data[i] >= '~')
            return bad(why,
                       MZ_BOTH("叶子中有不许可的字符", "a character in the leaf is not allowed"));
    }
    for (size_t d = 0; d < receipt->disclosure_count; d++) {
        if (!mz_disclosure_spelled(receipt->disclosures[d]))
            return bad(why, MZ_BOTH("披露项中有不许可的字符",
                                    "a character in a disclosure is not allowed"));
    }
    return MZ_OK;
}

static mz_status parse_extra(mz_view extra, mz_receipt *receipt, mz_reason *why)
{
    const char *cause = mz_disclosures_split(extra, &receipt->leaf, receipt->disclosures,
                                             &receipt->disclosure_count);
    if (cause == NULL && receipt->leaf.size == extra.size)
        cause = MZ_BOTH("叶子之后没有波浪号", "there is no tilde after the leaf");
    return cause == NULL ? check_parts(receipt, why) : bad(why, cause);
}

/* --- the text --- */

mz_status mz_receipt_put(mz_buf *out, const mz_receipt *receipt, mz_reason *why)
{
    mz_status status = check_parts(receipt, why);
    if (status != MZ_OK)
        return status;
    mz_buf text;
    mz_buf extra;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    mz_buf_init(&extra, MZ_RECEIPT_SIZE_MAX);
    mz_buf_put(&extra, receipt->leaf);
    mz_buf_put_text(&extra, "~");
    for (size_t i = 0; i < receipt->disclosure_count; i++) {
        mz_buf_put(&extra, receipt->disclosures[i]);
        mz_buf_put_text(&extra, "~");
    }
    mz_buf_put_text(&text, FIRST_LINE "\nextra ");
    mz_buf_put_base64(&text, mz_buf_view(&extra));
    mz_buf_put_format(&text, "\nindex %llu\n", (unsigned long long)receipt->index);
    for (size_t i = 0; i < receipt->proof.count; i++) {
        mz_buf_put_base64(&text, (mz_view){receipt->proof.hashes[i].bytes, MZ_HASH_SIZE});
        mz_buf_put_text(&text, "\n");
    }
    mz_buf_put_text(&text, "\n");
    mz_buf_put(&text, receipt->checkpoint_note);
    if (text.failed || extra.failed) {
        status = mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("收据", "receipt")),
                           mz_count("size", MZ_RECEIPT_SIZE_MAX + 1),
                           mz_count("limit", MZ_RECEIPT_SIZE_MAX));
    } else {
        mz_buf_put(out, mz_buf_view(&text));
        if (out->failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&extra);
    mz_buf_clear(&text);
    return status;
}

/* Takes the word and the space at the beginning of a line off it. */
static bool take_word(mz_view *line, const char *word)
{
    size_t size = strlen(word);
    if (line->size <= size || memcmp(line->data, word, size) != 0 || line->data[size] != ' ')
        return false;
    *line = (mz_view){line->data + size + 1, line->size - size - 1};
    return true;
}

static mz_status parse_proof(mz_view *rest, mz_receipt *receipt, mz_reason *why)
{
    for (mz_view line; mz_line_take(rest, &line);) {
        size_t size = 0;
        if (line.size == 0)
            return MZ_OK;
        if (receipt->proof.count == MZ_MERKLE_PROOF_MAX)
            return bad(why, MZ_BOTH("哈希超过 64 个", "there are more than 64 hashes"));
        mz_hash *hash = &receipt->proof.hashes[receipt->proof.count];
        if (line.size != HASH_BASE64_SIZE ||
            !mz_base64_decode(line, hash->bytes, MZ_HASH_SIZE, &size) || size != MZ_HASH_SIZE)
            return bad(why, MZ_BOTH("证明中的哈希不对", "a hash of the proof is malformed"));
        receipt->proof.count++;
    }
    return bad(why,
               MZ_BOTH("总账印章之前没有空行", "there is no empty line before the checkpoint"));
}

static mz_status parse_text(mz_view text, mz_receipt *receipt, mz_reason *why)
{
    mz_view rest = text;
    mz_view line;
    size_t size = 0;
    if (!mz_line_take(&rest, &line) || !mz_view_is(line, FIRST_LINE))
        return bad(why, MZ_BOTH("首行不是 " FIRST_LINE, "the first line is not " FIRST_LINE));
    if (!mz_line_take(&rest, &line) || !take_word(&line, "extra"))
        return bad(why, MZ_BOTH("没有 extra 行", "there is no extra line"));
    size_t extra_max = line.size / 4 * 3;
    receipt->extra = malloc(extra_max + 1);
    if (receipt->extra == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (!mz_base64_decode(line, receipt->extra, extra_max, &size))
        return bad(why, MZ_BOTH("extra 行的 base64 不对", "the base64 of the extra line is wrong"));
    mz_status status = parse_extra((mz_view){receipt->extra, size}, receipt, why);
    if (status != MZ_OK)
        return status;
    if (!mz_line_take(&rest, &line) || !take_word(&line, "index") ||
        !mz_decimal_parse(line, MZ_MERKLE_SIZE_MAX, &receipt->index))
        return bad(why, MZ_BOTH("index 行不对", "the index line is wrong"));
    status = parse_proof(&rest, receipt, why);
    receipt->checkpoint_note = rest;
    return status;
}

mz_status mz_receipt_parse(mz_view text, mz_receipt *receipt, mz_reason *why)
{
    *receipt = (mz_receipt){0};
    if (text.size > MZ_RECEIPT_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("收据", "receipt")),
                         mz_count("size", (int64_t)text.size),
                         mz_count("limit", MZ_RECEIPT_SIZE_MAX));
    mz_status status = parse_text(text, receipt, why);
    if (status != MZ_OK)
        mz_receipt_clear(receipt);
    return status;
}

void mz_receipt_clear(mz_receipt *receipt)
{
    free(receipt->extra);
    *receipt = (mz_receipt){0};
}

/* --- truth --- */

/* The leaf has its form: a time, a space, a JWS with a strict JSON object; and the disclosures fit.
 */
static mz_status check_leaf(mz_hasher *hasher, const mz_receipt *receipt, mz_reason *why)
{
    mz_jws jws;
    mz_buf payload;
    uint64_t unix_ms = 0;
    json_t *object = NULL;
    mz_view leaf = receipt->leaf;
    const uint8_t *space = memchr(leaf.data, ' ', leaf.size);
    size_t time_size = space == NULL ? 0 : (size_t)(space - leaf.data);
    if (!mz_decimal_parse((mz_view){leaf.data, time_size}, INT64_MAX, &unix_ms))
        return bad(why, MZ_BOTH("叶子不以时间开头", "the leaf does not begin with a time"));
    mz_buf_init(&payload, MZ_JWS_PAYLOAD_MAX);
    mz_view text = {leaf.data + time_size + 1, leaf.size - time_size - 1};
    mz_status status = mz_jws_parse(text, MZ_JWS_TYP_ENTRY, &jws, &payload, why);
    if (status == MZ_OK)
        status = mz_json_parse(mz_buf_view(&payload), &object, why);
    if (status == MZ_OK) {
        const json_t *body = json_object_get(object, "body");
        mz_hash hashes[MZ_DISCLOSURES_MAX];
        size_t number = 0;
        const char *cause =
            mz_disclosures_fault(hasher, json_object_get(body, "_sd"), receipt->disclosures,
                                 receipt->disclosure_count, hashes, &number);
        if (cause != NULL)
            status = bad(why, cause);
    }
    json_decref(object);
    mz_buf_clear(&payload);
    return status;
}

static mz_status wrong(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_INCLUSION, mz_words("cause", cause));
}

mz_status mz_receipt_verify(mz_hasher *hasher, const mz_receipt *receipt, const mz_policy *policy,
                            mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_checkpoint opened;
    mz_status status =
        mz_policy_open_checkpoint(policy, receipt->checkpoint_note, &opened, NULL, why);
    if (status != MZ_OK)
        return status;
    mz_hash leaf_hash = mz_merkle_leaf_hash(hasher, receipt->leaf);
    if (receipt->index >= opened.size)
        return wrong(why, MZ_BOTH("序号不小于总账印章的笔数",
                                  "the index is not below the checkpoint's size"));
    if (!mz_merkle_verify_inclusion(hasher, receipt->index, opened.size, &leaf_hash,
                                    receipt->proof.hashes, receipt->proof.count, &opened.root))
        return wrong(why, MZ_BOTH("哈希推不到根", "the hashes do not lead to the root"));
    if (receipt->index == 0 && policy->has_genesis && !mz_hash_equal(&leaf_hash, &policy->genesis))
        return wrong(why, MZ_BOTH("第 0 笔不是信任文件所记的那一笔",
                                  "entry 0 is not the genesis of the pin"));
    status = check_leaf(hasher, receipt, why);
    if (status == MZ_OK && checkpoint != NULL)
        *checkpoint = opened;
    return status;
}
