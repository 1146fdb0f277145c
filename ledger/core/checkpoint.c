#include "core/checkpoint.h"

#include <string.h>

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_CHECKPOINT, mz_words("cause", cause));
}

bool mz_origin_valid(mz_view origin)
{
    if (origin.size == 0 || origin.size > MZ_ORIGIN_SIZE_MAX)
        return false;
    for (size_t i = 0; i < origin.size; i++) {
        if (origin.data[i] <= ' ' || origin.data[i] > '~' || origin.data[i] == '+')
            return false;
    }
    return true;
}

void mz_checkpoint_put_text(mz_buf *out, const mz_checkpoint *checkpoint)
{
    mz_buf_put_format(out, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
    mz_buf_put_base64(out, (mz_view){checkpoint->root.bytes, MZ_HASH_SIZE});
    mz_buf_put_text(out, "\n");
}

mz_status mz_checkpoint_sign(mz_hasher *hasher, const mz_checkpoint *checkpoint,
                             const mz_signer *signer, mz_buf *out, mz_reason *why)
{
    if (!mz_origin_valid(mz_view_of(checkpoint->origin)))
        return bad(why, MZ_BOTH("账本名称不合规定", "the origin is not acceptable"));
    mz_buf text;
    mz_buf_init(&text, MZ_CHECKPOINT_SIZE_MAX);
    mz_checkpoint_put_text(&text, checkpoint);
    mz_status status = text.failed ? mz_refuse(why, MZ_NO_MEMORY)
                                   : mz_note_sign(hasher, mz_buf_view(&text),
                                                  mz_view_of(checkpoint->origin), signer, out, why);
    mz_buf_clear(&text);
    return status;
}

/* The three lines; what follows them is left in `extensions`. */
static mz_status parse(mz_view text, mz_checkpoint *checkpoint, mz_view *extensions, mz_reason *why)
{
    mz_view rest = text;
    mz_view origin = {0};
    mz_view size_line = {0};
    mz_view root_line = {0};
    mz_checkpoint parsed = {.size = 0};
    if (!mz_line_take(&rest, &origin) || !mz_line_take(&rest, &size_line) ||
        !mz_line_take(&rest, &root_line))
        return bad(why, MZ_BOTH("不足三行", "there are fewer than three lines"));
    if (!mz_origin_valid(origin))
        return bad(why, MZ_BOTH("账本名称不合规定", "the origin is not acceptable"));
    if (!mz_decimal_parse(size_line, MZ_MERKLE_SIZE_MAX, &parsed.size))
        return bad(why, MZ_BOTH("笔数不对", "the tree size is wrong"));
    size_t root_size = 0;
    if (!mz_base64_decode(root_line, parsed.root.bytes, MZ_HASH_SIZE, &root_size) ||
        root_size != MZ_HASH_SIZE)
        return bad(why, MZ_BOTH("根哈希不对", "the root hash is wrong"));
    memcpy(parsed.origin, origin.data, origin.size);
    *checkpoint = parsed;
    *extensions = rest;
    return MZ_OK;
}

mz_status mz_checkpoint_parse_text(mz_view text, mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_view extensions = {0};
    mz_checkpoint parsed;
    const mz_status status = parse(text, &parsed, &extensions, why);
    if (status != MZ_OK)
        return status;
    if (extensions.size != 0)
        return bad(why, MZ_BOTH("有扩展行", "there are extension lines"));
    *checkpoint = parsed;
    return MZ_OK;
}

mz_status mz_checkpoint_parse_foreign(mz_view text, mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_view rest = {0};
    mz_view line = {0};
    mz_checkpoint parsed;
    const mz_status status = parse(text, &parsed, &rest, why);
    if (status != MZ_OK)
        return status;
    while (mz_line_take(&rest, &line)) {
        if (line.size == 0)
            return bad(why, MZ_BOTH("有空的扩展行", "an extension line is empty"));
    }
    if (rest.size != 0)
        return bad(why, MZ_BOTH("最后一行没有换行符", "the last line has no newline"));
    *checkpoint = parsed;
    return MZ_OK;
}

mz_status mz_checkpoint_open(mz_view note, const mz_vkey *log, mz_checkpoint *checkpoint,
                             mz_reason *why)
{
    mz_note parsed;
    mz_note_seal seal;
    mz_checkpoint opened;
    mz_status status = mz_note_parse(note, &parsed, why);
    if (status == MZ_OK)
        status = mz_note_verify(&parsed, log, 1, &seal, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(parsed.text, &opened, why);
    if (status != MZ_OK)
        return status;
    if (log->type != MZ_VKEY_ED25519 || strcmp(log->name, opened.origin) != 0)
        return bad(why,
                   MZ_BOTH("账本名称与日志密钥的不同", "the origin is not that of the log's key"));
    *checkpoint = opened;
    return MZ_OK;
}
