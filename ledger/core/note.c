#include "core/note.h"

#include <assert.h>
#include <string.h>

#include "core/text.h"

#define ID_SIZE 4
#define TIME_SIZE 8
#define COSIGNATURE_SIZE (TIME_SIZE + MZ_SIGNATURE_SIZE)
#define VKEY_MATERIAL_SIZE (1 + MZ_KEY_SIZE)

static const char SIGNATURE_MARK[] = "\xe2\x80\x94 "; /* em dash, space */
#define SIGNATURE_MARK_SIZE (sizeof SIGNATURE_MARK - 1)

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_NOTE, mz_words("cause", cause));
}

static mz_view cut(mz_view view, size_t from, size_t to)
{
    assert(from <= to && to <= view.size);
    return (mz_view){.data = view.data + from, .size = to - from};
}

/* The place of the first `byte`, or view.size. */
static size_t find(mz_view view, uint8_t byte)
{
    const uint8_t *at = view.size == 0 ? NULL : memchr(view.data, byte, view.size);
    return at == NULL ? view.size : (size_t)(at - view.data);
}

bool mz_line_take(mz_view *rest, mz_view *line)
{
    size_t end = find(*rest, '\n');
    if (end == rest->size)
        return false;
    *line = cut(*rest, 0, end);
    *rest = cut(*rest, end + 1, rest->size);
    return true;
}

bool mz_decimal_parse(mz_view text, uint64_t value_max, uint64_t *value)
{
    uint64_t number = 0;
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (digit > value_max || number > (value_max - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

/* --- names and keys --- */

/* The size of the Unicode White_Space character at the beginning of valid UTF-8, 0 when none is. */
static size_t blank_size(const uint8_t *at, size_t left)
{
    if (at[0] == ' ' || (at[0] >= 0x09 && at[0] <= 0x0d))
        return 1;
    if (left >= 2 && at[0] == 0xc2 && (at[1] == 0x85 || at[1] == 0xa0))
        return 2; /* U+0085, U+00A0 */
    if (left < 3)
        return 0;
    uint32_t three = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    bool blank = three == 0xe19a80                           /* U+1680 */
                 || (three >= 0xe28080 && three <= 0xe2808a) /* U+2000 to U+200A */
                 || three == 0xe280a8 || three == 0xe280a9   /* U+2028, U+2029 */
                 || three == 0xe280af || three == 0xe2819f   /* U+202F, U+205F */
                 || three == 0xe38080;                       /* U+3000 */
    return blank ? 3 : 0;
}

bool mz_note_name_valid(mz_view name)
{
    if (name.size == 0 || name.size > MZ_NOTE_NAME_MAX || !mz_utf8_valid(name))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] < 0x20 || name.data[i] == '+' ||
            blank_size(name.data + i, name.size - i) != 0)
            return false;
    }
    return true;
}

mz_status mz_vkey_make(mz_hasher *hasher, mz_view name, mz_vkey_type type,
                       const uint8_t public_key[32], mz_vkey *vkey, mz_reason *why)
{
    if (!mz_note_name_valid(name))
        return bad(why, MZ_BOTH("密钥名称不合规定", "a key's name is not acceptable"));
    if (!mz_key_valid(public_key))
        return bad(why, MZ_BOTH("公钥不合格", "a public key is not acceptable"));
    const uint8_t type_byte = (uint8_t)type;
    const mz_view parts[] = {
        name, mz_view_of("\n"), {&type_byte, 1          },
          {public_key, MZ_KEY_SIZE}
    };
    mz_hash hash = mz_hash_parts(hasher, parts, 4);
    mz_vkey made = {.type = type, .id = mz_be32_get(hash.bytes)};
    memcpy(made.name, name.data, name.size);
    memcpy(made.public_key, public_key, MZ_KEY_SIZE);
    *vkey = made;
    return MZ_OK;
}

mz_status mz_vkey_parse(mz_hasher *hasher, mz_view text, mz_vkey *vkey, mz_reason *why)
{
    size_t first = find(text, '+');
    if (text.size > MZ_VKEY_TEXT_MAX || first == text.size)
        return bad(
            why, MZ_BOTH("不是验证密钥 名称+编号+密钥", "this is not a verifier key NAME+ID+KEY"));
    mz_view name = cut(text, 0, first);
    mz_view rest = cut(text, first + 1, text.size);
    size_t second = find(rest, '+');
    if (second != 2 * ID_SIZE || second == rest.size)
        return bad(why, MZ_BOTH("验证密钥的编号不对", "a verifier key's id is wrong"));
    uint8_t id[ID_SIZE];
    uint8_t material[VKEY_MATERIAL_SIZE];
    size_t id_size = 0;
    size_t material_size = 0;
    if (!mz_hex_decode(cut(rest, 0, second), id, sizeof id, &id_size) || id_size != sizeof id)
        return bad(why, MZ_BOTH("验证密钥的编号不对", "a verifier key's id is wrong"));
    if (!mz_base64_decode(cut(rest, second + 1, rest.size), material, sizeof material,
                          &material_size) ||
        material_size != sizeof material)
        return bad(why, MZ_BOTH("验证密钥的 base64 不对", "a verifier key's base64 is wrong"));
    if (material[0] != MZ_VKEY_ED25519 && material[0] != MZ_VKEY_COSIGNATURE)
        return bad(why,
                   MZ_BOTH("不支持这种验证密钥", "a verifier key of this type is not known here"));
    mz_vkey_type type = material[0] == MZ_VKEY_ED25519 ? MZ_VKEY_ED25519 : MZ_VKEY_COSIGNATURE;
    mz_vkey made = {0};
    mz_status status = mz_vkey_make(hasher, name, type, material + 1, &made, why);
    if (status != MZ_OK)
        return status;
    if (made.id != mz_be32_get(id))
        return bad(why, MZ_BOTH("验证密钥的编号不对", "a verifier key's id is wrong"));
    *vkey = made;
    return MZ_OK;
}

void mz_vkey_put(mz_buf *buf, const mz_vkey *vkey)
{
    uint8_t id[ID_SIZE];
    uint8_t material[VKEY_MATERIAL_SIZE] = {(uint8_t)vkey->type};
    mz_be32_put(id, vkey->id);
    memcpy(material + 1, vkey->public_key, MZ_KEY_SIZE);
    mz_buf_put_text(buf, vkey->name);
    mz_buf_put_text(buf, "+");
    mz_buf_put_hex(buf, (mz_view){id, sizeof id});
    mz_buf_put_text(buf, "+");
    mz_buf_put_base64(buf, (mz_view){material, sizeof material});
}

/* --- form --- */

/* Canonical standard base64 of any length, checked piece by piece. The first bytes go to `head`. */
static bool check_base64(mz_view text, uint8_t head[ID_SIZE], size_t *decoded_size)
{
    enum { PIECE = 1024 }; /* characters, whole groups of four */
    uint8_t bytes[PIECE / 4 * 3];
    *decoded_size = 0;
    for (size_t at = 0; at < text.size; at += PIECE) {
        bool is_last = text.size - at <= PIECE;
        size_t size = 0;
        if (!mz_base64_decode(cut(text, at, is_last ? text.size : at + PIECE), bytes, sizeof bytes,
                              &size) ||
            (!is_last && size != sizeof bytes))
            return false;
        if (at == 0 && size >= ID_SIZE)
            memcpy(head, bytes, ID_SIZE);
        *decoded_size += size;
    }
    return true;
}

/* `line` is without its newline. */
static mz_status parse_signature(mz_view line, mz_note_signature *out, mz_reason *why)
{
    if (line.size < SIGNATURE_MARK_SIZE ||
        memcmp(line.data, SIGNATURE_MARK, SIGNATURE_MARK_SIZE) != 0)
        return bad(why, MZ_BOTH("签名行不以破折号和空格开头",
                                "a signature line does not begin with an em dash and a space"));
    mz_view rest = cut(line, SIGNATURE_MARK_SIZE, line.size);
    size_t space = find(rest, ' ');
    if (space == rest.size)
        return bad(why, MZ_BOTH("签名行没有签名", "a signature line has no signature"));
    uint8_t id[ID_SIZE] = {0};
    size_t decoded_size = 0;
    mz_note_signature signature = {.name = cut(rest, 0, space),
                                   .base64 = cut(rest, space + 1, rest.size)};
    if (!mz_note_name_valid(signature.name))
        return bad(
            why, MZ_BOTH("签名行的名称不合规定", "the name in a signature line is not acceptable"));
    if (!check_base64(signature.base64, id, &decoded_size) || decoded_size < ID_SIZE + 1)
        return bad(why, MZ_BOTH("签名行的 base64 不对", "the base64 in a signature line is wrong"));
    signature.id = mz_be32_get(id);
    *out = signature;
    return MZ_OK;
}

static bool has_control(mz_view text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 && text.data[i] != '\n')
            return true;
    }
    return false;
}

/* The place after the last "\n\n", or 0. */
static size_t after_last_empty_line(mz_view bytes)
{
    for (size_t i = bytes.size; i >= 2; i--) {
        if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n')
            return i;
    }
    return 0;
}

mz_status mz_note_parse(mz_view bytes, mz_note *note, mz_reason *why)
{
    if (bytes.size > MZ_NOTE_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", MZ_BOTH("便笺", "note")),
                         mz_count("size", (int64_t)bytes.size),
                         mz_count("limit", MZ_NOTE_SIZE_MAX));
    if (!mz_utf8_valid(bytes))
        return bad(why, MZ_BOTH("不是有效的 UTF-8", "it is not UTF-8"));
    if (has_control(bytes))
        return bad(why, MZ_BOTH("有控制字符", "there is a control character"));
    size_t split = after_last_empty_line(bytes);
    if (split == 0)
        return bad(why,
                   MZ_BOTH("签名之前没有空行", "there is no empty line before the signatures"));
    if (split == bytes.size)
        return bad(why, MZ_BOTH("没有签名行", "there is no signature line"));
    if (bytes.data[bytes.size - 1] != '\n')
        return bad(why, MZ_BOTH("最后一行没有换行符", "the last line has no newline"));
    note->text = cut(bytes, 0, split - 1);
    note->signature_lines = cut(bytes, split, bytes.size);
    note->signature_count = 0;
    mz_view rest = note->signature_lines;
    for (mz_view line; mz_line_take(&rest, &line);) {
        if (note->signature_count == MZ_NOTE_SIGNATURES_MAX)
            return bad(why, MZ_BOTH("签名超过 100 个", "there are more than 100 signatures"));
        mz_status status = parse_signature(line, &note->signatures[note->signature_count], why);
        if (status != MZ_OK)
            return status;
        note->signature_count++;
    }
    return MZ_OK;
}

/* --- signatures --- */

/* What a cosigner signs: two lines, then the text. */
static void put_cosigned_message(mz_buf *message, uint64_t unix_s, mz_view text)
{
    mz_buf_init(message, text.size + 64);
    mz_buf_put_format(message, "cosignature/v1\ntime %llu\n", (unsigned long long)unix_s);
    mz_buf_put(message, text);
}

static mz_status verify_cosignature(const mz_vkey *key, mz_view text,
                                    const uint8_t signed_time[COSIGNATURE_SIZE], mz_note_seal *seal,
                                    mz_reason *why)
{
    uint64_t unix_s = mz_be64_get(signed_time);
    if (unix_s > INT64_MAX)
        return bad(why, MZ_BOTH("见证签名的时间超出范围", "a cosignature's time is out of range"));
    mz_buf message;
    put_cosigned_message(&message, unix_s, text);
    mz_status status = MZ_OK;
    if (message.failed)
        status = mz_refuse(why, MZ_NO_MEMORY);
    else if (!mz_key_verify(key->public_key, mz_buf_view(&message), signed_time + TIME_SIZE))
        status = bad(why, MZ_BOTH("已知密钥的签名不对", "a known key's signature is wrong"));
    else
        *seal = (mz_note_seal){.valid = true, .unix_s = unix_s};
    mz_buf_clear(&message);
    return status;
}

static mz_status verify_signature(const mz_vkey *key, mz_view text,
                                  const mz_note_signature *signature, mz_note_seal *seal,
                                  mz_reason *why)
{
    uint8_t bytes[ID_SIZE + COSIGNATURE_SIZE];
    size_t size = 0;
    bool timed = key->type == MZ_VKEY_COSIGNATURE;
    size_t want = ID_SIZE + (timed ? COSIGNATURE_SIZE : MZ_SIGNATURE_SIZE);
    if (!mz_base64_decode(signature->base64, bytes, sizeof bytes, &size) || size != want)
        return bad(why,
                   MZ_BOTH("已知密钥的签名长度不对", "a known key's signature has the wrong size"));
    if (timed)
        return verify_cosignature(key, text, bytes + ID_SIZE, seal, why);
    if (!mz_key_verify(key->public_key, text, bytes + ID_SIZE))
        return bad(why, MZ_BOTH("已知密钥的签名不对", "a known key's signature is wrong"));
    *seal = (mz_note_seal){.valid = true};
    return MZ_OK;
}

static bool belongs(const mz_note_signature *signature, const mz_vkey *key)
{
    return signature->id == key->id && mz_view_is(signature->name, key->name);
}

mz_status mz_note_verify(const mz_note *note, const mz_vkey *keys, size_t key_count,
                         mz_note_seal *seals, mz_reason *why)
{
    bool any = false;
    for (size_t k = 0; k < key_count; k++)
        seals[k] = (mz_note_seal){0};
    for (size_t s = 0; s < note->signature_count; s++) {
        const mz_note_signature *signature = &note->signatures[s];
        size_t known = key_count;
        for (size_t k = 0; k < key_count; k++) {
            if (!belongs(signature, &keys[k]))
                continue;
            if (known != key_count)
                return bad(why, MZ_BOTH("两把已知密钥的名称和编号相同",
                                        "two known keys have one name and id"));
            known = k;
        }
        if (known == key_count || seals[known].valid)
            continue;
        mz_status status =
            verify_signature(&keys[known], note->text, signature, &seals[known], why);
        if (status != MZ_OK)
            return status;
        any = true;
    }
    return any ? MZ_OK : bad(why, MZ_BOTH("没有已知密钥的签名", "no known key signed it"));
}

/* Appends the signature line `bytes` of `key`, whose first ID_SIZE bytes are filled here. */
static mz_status put_signature(mz_buf *out, const mz_vkey *key, uint8_t *bytes, size_t size,
                               mz_reason *why)
{
    mz_be32_put(bytes, key->id);
    mz_buf_put_text(out, SIGNATURE_MARK);
    mz_buf_put_text(out, key->name);
    mz_buf_put_text(out, " ");
    mz_buf_put_base64(out, (mz_view){bytes, size});
    mz_buf_put_text(out, "\n");
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

static bool text_valid(mz_view text)
{
    return text.size > 0 && text.data[text.size - 1] == '\n' && mz_utf8_valid(text) &&
           !has_control(text);
}

mz_status mz_note_sign(mz_hasher *hasher, mz_view text, mz_view name, const mz_signer *signer,
                       mz_buf *out, mz_reason *why)
{
    if (!text_valid(text))
        return bad(why,
                   MZ_BOTH("正文须为完整的 UTF-8 行，无控制字符",
                           "the text must be whole lines of UTF-8 without control characters"));
    mz_vkey key = {0};
    mz_status status = mz_vkey_make(hasher, name, MZ_VKEY_ED25519, signer->public_key, &key, why);
    if (status != MZ_OK)
        return status;
    uint8_t bytes[ID_SIZE + MZ_SIGNATURE_SIZE];
    mz_signer_sign(signer, text, bytes + ID_SIZE);
    mz_buf_put(out, text);
    mz_buf_put_text(out, "\n");
    return put_signature(out, &key, bytes, sizeof bytes, why);
}

mz_status mz_note_cosign(mz_hasher *hasher, mz_view text, mz_view name, const mz_signer *signer,
                         uint64_t unix_s, mz_buf *out, mz_reason *why)
{
    if (!text_valid(text))
        return bad(why,
                   MZ_BOTH("正文须为完整的 UTF-8 行，无控制字符",
                           "the text must be whole lines of UTF-8 without control characters"));
    if (unix_s > INT64_MAX)
        return bad(why, MZ_BOTH("见证签名的时间超出范围", "a cosignature's time is out of range"));
    mz_vkey key = {0};
    mz_status status =
        mz_vkey_make(hasher, name, MZ_VKEY_COSIGNATURE, signer->public_key, &key, why);
    if (status != MZ_OK)
        return status;
    uint8_t bytes[ID_SIZE + COSIGNATURE_SIZE];
    mz_buf message;
    put_cosigned_message(&message, unix_s, text);
    if (message.failed) {
        mz_buf_clear(&message);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_be64_put(bytes + ID_SIZE, unix_s);
    mz_signer_sign(signer, mz_buf_view(&message), bytes + ID_SIZE + TIME_SIZE);
    mz_buf_clear(&message);
    return put_signature(out, &key, bytes, sizeof bytes, why);
}
