#include "fork.h"

#include <string.h>

#define HEAD "mingzhang-fork-proof@v1"

mz_status mz_pin_open_checkpoint(const mz_policy *pin, mz_view note, mz_checkpoint *checkpoint,
                                 mz_reason *why)
{
    mz_reason first = {0};
    mz_status status = MZ_BAD_NOTE;
    for (size_t i = 0; i < pin->log_count; i++) {
        mz_reason reason = {0};
        status = mz_checkpoint_open(note, &pin->logs[i].key, checkpoint, &reason);
        if (status == MZ_OK)
            return MZ_OK;
        if (i == 0)
            first = reason;
    }
    if (why != NULL && why->status == MZ_OK)
        *why = first;
    return status;
}

static void put_note(mz_buf *out, const char *name, mz_view note)
{
    mz_buf_put_format(out, "%s %zu\n", name, note.size);
    mz_buf_put(out, note);
}

static void put_hash(mz_buf *out, const mz_hash *hash)
{
    mz_buf_put_base64(out, (mz_view){hash->bytes, sizeof hash->bytes});
    mz_buf_put_text(out, "\n");
}

mz_status mz_fork_put(mz_buf *out, const mz_fork *fork, mz_reason *why)
{
    mz_buf_put_text(out, HEAD "\n");
    put_note(out, "older", fork->older);
    put_note(out, "newer", fork->newer);
    if (!fork->same_size) {
        mz_buf_put_text(out, "root ");
        put_hash(out, &fork->root);
        for (size_t i = 0; i < fork->proof.count; i++)
            put_hash(out, &fork->proof.hashes[i]);
    }
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

static mz_status refuse(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_CHECKPOINT, mz_words("cause", cause));
}

static bool take(mz_view *line, const char *prefix)
{
    const size_t size = strlen(prefix);
    if (line->size < size || memcmp(line->data, prefix, size) != 0)
        return false;
    line->data += size;
    line->size -= size;
    return true;
}

static bool take_note(mz_view *rest, const char *name, mz_view *note)
{
    mz_view line;
    uint64_t size = 0;
    if (!mz_line_take(rest, &line) || !take(&line, name) || !take(&line, " ") ||
        !mz_decimal_parse(line, MZ_NOTE_SIZE_MAX, &size) || size == 0 || size > rest->size)
        return false;
    *note = (mz_view){rest->data, (size_t)size};
    rest->data += size;
    rest->size -= (size_t)size;
    return note->data[note->size - 1] == '\n';
}

static bool read_hash(mz_view text, mz_hash *hash)
{
    size_t size = 0;
    return mz_base64_decode(text, hash->bytes, sizeof hash->bytes, &size) &&
           size == sizeof hash->bytes;
}

mz_status mz_fork_parse(mz_view text, mz_fork *fork, mz_reason *why)
{
    static const char NOT_ONE[] = MZ_BOTH("不是分叉证明的格式", "not the form of a fork proof");
    mz_view line;
    *fork = (mz_fork){.same_size = true};
    if (!mz_line_take(&text, &line) || !mz_view_is(line, HEAD) ||
        !take_note(&text, "older", &fork->older) || !take_note(&text, "newer", &fork->newer))
        return refuse(why, NOT_ONE);
    if (text.size == 0)
        return MZ_OK;
    fork->same_size = false;
    if (!mz_line_take(&text, &line) || !take(&line, "root ") || !read_hash(line, &fork->root))
        return refuse(why, NOT_ONE);
    while (text.size > 0) {
        if (fork->proof.count == MZ_MERKLE_PROOF_MAX || !mz_line_take(&text, &line) ||
            !read_hash(line, &fork->proof.hashes[fork->proof.count++]))
            return refuse(why, NOT_ONE);
    }
    return MZ_OK;
}

mz_status mz_fork_verify(mz_hasher *hasher, const mz_fork *fork, const mz_policy *pin,
                         mz_checkpoint *older, mz_checkpoint *newer, mz_reason *why)
{
    mz_status status = mz_pin_open_checkpoint(pin, fork->older, older, why);
    if (status == MZ_OK)
        status = mz_pin_open_checkpoint(pin, fork->newer, newer, why);
    if (status != MZ_OK)
        return status;
    if (fork->same_size)
        return older->size == newer->size && !mz_hash_equal(&older->root, &newer->root)
                   ? MZ_OK
                   : refuse(why, MZ_BOTH("两枚印章的笔数不同，或根相同：不是分叉",
                                         "the two checkpoints are of two sizes, or of one root: "
                                         "no fork"));
    if (mz_hash_equal(&fork->root, &older->root))
        return refuse(why, MZ_BOTH("新印章是旧印章的延续：不是分叉",
                                   "the newer checkpoint extends the older: no fork"));
    if (older->size >= newer->size ||
        !mz_merkle_verify_consistency(hasher, older->size, newer->size, &fork->root, &newer->root,
                                      fork->proof.hashes, fork->proof.count))
        return refuse(why, MZ_BOTH("证明得不出新印章的根，什么也没有证明",
                                   "the proof does not lead to the newer root and proves nothing"));
    return MZ_OK;
}
