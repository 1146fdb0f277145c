#include "core/witness.h"

#include <assert.h>
#include <string.h>

#include "core/text.h"

static mz_status bad(mz_reason *why, const char *cause)
{
    return mz_refuse(why, MZ_BAD_CHECKPOINT, mz_words("cause", cause));
}

/* --- the request --- */

void mz_witness_request_put(mz_buf *out, const mz_witness_request *request)
{
    mz_buf_put_format(out, "old %llu\n", (unsigned long long)request->old_size);
    for (size_t i = 0; i < request->proof.count; i++) {
        mz_buf_put_base64(out, (mz_view){request->proof.hashes[i].bytes, MZ_HASH_SIZE});
        mz_buf_put_text(out, "\n");
    }
    mz_buf_put_text(out, "\n");
    mz_buf_put(out, request->note);
}

static bool parse_old(mz_view line, uint64_t *old_size)
{
    static const char MARK[] = "old ";
    const size_t size = sizeof MARK - 1;
    return line.size > size && memcmp(line.data, MARK, size) == 0 &&
           mz_decimal_parse((mz_view){line.data + size, line.size - size}, MZ_MERKLE_SIZE_MAX,
                            old_size);
}

mz_status mz_witness_request_parse(mz_view body, mz_witness_request *request, mz_reason *why)
{
    mz_view rest = body;
    mz_view line = {0};
    mz_witness_request parsed = {0};
    if (body.size > MZ_WITNESS_REQUEST_SIZE_MAX)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", "add-checkpoint"),
                         mz_count("size", (int64_t)body.size),
                         mz_count("limit", MZ_WITNESS_REQUEST_SIZE_MAX));
    if (!mz_line_take(&rest, &line) || !parse_old(line, &parsed.old_size))
        return bad(why, MZ_BOTH("第一行不是 old 和笔数", "the first line is not old and a size"));
    for (;;) {
        size_t size = 0;
        if (!mz_line_take(&rest, &line))
            return bad(why, MZ_BOTH("证明之后没有空行", "no empty line after the proof"));
        if (line.size == 0)
            break;
        if (parsed.proof.count == MZ_WITNESS_PROOF_MAX)
            return bad(why, MZ_BOTH("证明超过 63 行", "the proof has more than 63 lines"));
        if (!mz_base64_decode(line, parsed.proof.hashes[parsed.proof.count].bytes, MZ_HASH_SIZE,
                              &size) ||
            size != MZ_HASH_SIZE)
            return bad(why, MZ_BOTH("证明的一行不是哈希", "a line of the proof is not a hash"));
        parsed.proof.count++;
    }
    parsed.note = rest;
    *request = parsed;
    return MZ_OK;
}

/* --- lines of a note --- */

static bool same_key(const mz_note_signature *signature, const mz_vkey *key)
{
    return signature->id == key->id && mz_view_is(signature->name, key->name);
}

/* The line that the signature stands in: from the one's beginning to the newline after it. */
static mz_view line_of(const mz_note *note, const mz_note_signature *signature, mz_view lines)
{
    const size_t mark_size = (size_t)(signature->name.data - note->signature_lines.data);
    size_t from = mark_size;
    while (from > 0 && note->signature_lines.data[from - 1] != '\n')
        from--;
    const size_t to =
        (size_t)(signature->base64.data - note->signature_lines.data) + signature->base64.size + 1;
    return (mz_view){lines.data + from, to - from};
}

/* --- the witness's side --- */

unsigned mz_witness_code(mz_witness_verdict verdict)
{
    return (unsigned)verdict % 1000;
}

mz_status mz_witness_claim(const mz_witness_request *request, mz_checkpoint *claimed, mz_view *text,
                           mz_reason *why)
{
    mz_note note;
    mz_status status = mz_note_parse(request->note, &note, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_foreign(note.text, claimed, why);
    if (status == MZ_OK && request->old_size > claimed->size)
        status = bad(why, MZ_BOTH("old 大于总账印章的笔数", "old is above the checkpoint's size"));
    if (status == MZ_OK)
        *text = note.text;
    return status;
}

static bool is_log_key(const mz_vkey *key, const mz_checkpoint *claimed)
{
    return key->type == MZ_VKEY_ED25519 && strcmp(key->name, claimed->origin) == 0;
}

/* A known key with a wrong line does not spoil the line of another. */
static mz_witness_verdict judge_signature(const mz_witness_request *request,
                                          const mz_checkpoint *claimed, const mz_vkey *keys,
                                          size_t key_count)
{
    mz_note note;
    mz_witness_verdict verdict = MZ_WITNESS_NOT_WATCHED;
    if (mz_note_parse(request->note, &note, NULL) != MZ_OK)
        return MZ_WITNESS_MALFORMED;
    for (size_t i = 0; i < key_count; i++) {
        mz_note_seal seal;
        if (!is_log_key(&keys[i], claimed))
            continue;
        verdict = MZ_WITNESS_NOT_SIGNED;
        if (mz_note_verify(&note, &keys[i], 1, &seal, NULL) == MZ_OK)
            return MZ_WITNESS_COSIGN;
    }
    return verdict;
}

void mz_witness_put_verified(mz_buf *out, const mz_witness_request *request,
                             const mz_checkpoint *claimed, const mz_vkey *keys, size_t key_count)
{
    mz_note note;
    if (mz_note_parse(request->note, &note, NULL) != MZ_OK)
        return;
    mz_buf_put(out, note.text);
    mz_buf_put_text(out, "\n");
    for (size_t k = 0; k < key_count; k++) {
        mz_note_seal seal;
        size_t first = 0;
        if (!is_log_key(&keys[k], claimed) ||
            mz_note_verify(&note, &keys[k], 1, &seal, NULL) != MZ_OK)
            continue;
        while (!same_key(&note.signatures[first], &keys[k]))
            first++;
        /* of several lines of one key the first is the one that was verified */
        mz_buf_put(out, line_of(&note, &note.signatures[first], note.signature_lines));
    }
}

/* What is consistent with nothing: a tree of no leaves has one root only. */
static bool begins(mz_hasher *hasher, const mz_witness_request *request,
                   const mz_checkpoint *claimed)
{
    const mz_hash empty = mz_merkle_empty_root(hasher);
    return request->proof.count == 0 &&
           (claimed->size > 0 || mz_hash_equal(&claimed->root, &empty));
}

mz_witness_verdict mz_witness_judge(mz_hasher *hasher, const mz_witness_request *request,
                                    const mz_checkpoint *claimed, const mz_vkey *keys,
                                    size_t key_count, const mz_witness_record *known)
{
    const mz_merkle_proof *proof = &request->proof;
    const mz_witness_verdict verdict = judge_signature(request, claimed, keys, key_count);
    if (verdict != MZ_WITNESS_COSIGN)
        return verdict;
    if (request->old_size > claimed->size)
        return MZ_WITNESS_MALFORMED;
    if (request->old_size != known->size)
        return MZ_WITNESS_OTHER_SIZE;
    if (known->size == 0)
        return begins(hasher, request, claimed) ? MZ_WITNESS_COSIGN : MZ_WITNESS_NOT_PROVED;
    if (known->size == claimed->size && !mz_hash_equal(&known->root, &claimed->root))
        return MZ_WITNESS_OTHER_ROOT;
    return mz_merkle_verify_consistency(hasher, known->size, claimed->size, &known->root,
                                        &claimed->root, proof->hashes, proof->count)
               ? MZ_WITNESS_COSIGN
               : MZ_WITNESS_NOT_PROVED;
}

/* --- the log's side --- */

mz_status mz_cosignature_find(mz_view text, mz_view lines, const mz_vkey *witness,
                              mz_cosignature *cosignature, mz_reason *why)
{
    mz_note note;
    mz_note_seal seal;
    mz_buf joined;
    assert(witness->type == MZ_VKEY_COSIGNATURE);
    note.text = (mz_view){0};
    note.signature_count = 0;
    *cosignature = (mz_cosignature){0};
    mz_buf_init(&joined, MZ_NOTE_SIZE_MAX);
    mz_buf_put(&joined, text);
    mz_buf_put_text(&joined, "\n");
    mz_buf_put(&joined, lines);
    mz_status status = joined.failed ? mz_refuse(why, MZ_TOO_LARGE, mz_words("path", witness->name),
                                                 mz_count("size", (int64_t)lines.size),
                                                 mz_count("limit", MZ_NOTE_SIZE_MAX))
                                     : mz_note_parse(mz_buf_view(&joined), &note, why);
    /* Else an empty line within would make part of the lines the text. */
    if (status == MZ_OK && note.text.size != text.size)
        status = mz_refuse(why, MZ_BAD_NOTE,
                           mz_words("cause", MZ_BOTH("签名行之间有空行",
                                                     "an empty line among the signature lines")));
    if (status == MZ_OK)
        status = mz_note_verify(&note, witness, 1, &seal, why);
    for (size_t i = 0; status == MZ_OK && i < note.signature_count; i++) {
        if (same_key(&note.signatures[i], witness)) {
            *cosignature =
                (mz_cosignature){seal.unix_s, line_of(&note, &note.signatures[i], lines)};
            break;
        }
    }
    mz_buf_clear(&joined);
    return status;
}

bool mz_witness_size_parse(mz_view body, uint64_t *size)
{
    mz_view rest = body;
    mz_view line = {0};
    return mz_line_take(&rest, &line) && rest.size == 0 &&
           mz_decimal_parse(line, MZ_MERKLE_SIZE_MAX, size);
}

static mz_status refuse_code(const mz_witness_answer *answer, const mz_vkey *witness,
                             mz_reason *why)
{
    mz_buf cause;
    mz_buf_init(&cause, MZ_REASON_WORDS_MAX * 2);
    mz_buf_put_format(&cause, "%.80s: HTTP %u ", witness->name, answer->code);
    mz_view said = mz_buf_view(&answer->body);
    said.size = said.size > 60 ? mz_utf8_cut(said, 60) : said.size;
    mz_buf_put(&cause, said);
    const mz_status status = mz_refuse(why, MZ_IO, mz_words_view("cause", mz_buf_view(&cause)));
    mz_buf_clear(&cause);
    return status;
}

/* A 409: what the witness says it knows, or, without a size, that it knows another root. */
static mz_witness_step follow_conflict(const mz_witness_answer *answer, uint64_t size,
                                       uint64_t asked_old_size, uint64_t *old_size)
{
    uint64_t known = 0;
    if (strcmp(answer->media_type, MZ_WITNESS_SIZE_TYPE) != 0 ||
        !mz_witness_size_parse(mz_buf_view(&answer->body), &known))
        return asked_old_size == size ? MZ_STEP_FORKED : MZ_STEP_LATER;
    *old_size = known;
    if (known > size)
        return MZ_STEP_AHEAD;
    if (known != asked_old_size)
        return MZ_STEP_AGAIN;
    return known == size ? MZ_STEP_FORKED : MZ_STEP_LATER;
}

mz_witness_step mz_witness_follow(const mz_witness_answer *answer, mz_view text, uint64_t size,
                                  uint64_t asked_old_size, const mz_vkey *witness,
                                  mz_cosignature *cosignature, uint64_t *old_size, mz_reason *why)
{
    mz_witness_step step = MZ_STEP_LATER;
    if (answer->code == MZ_WITNESS_COSIGN)
        return mz_cosignature_find(text, mz_buf_view(&answer->body), witness, cosignature, why) ==
                       MZ_OK
                   ? MZ_STEP_DONE
                   : MZ_STEP_LATER;
    if (answer->code == MZ_WITNESS_OTHER_SIZE)
        step = follow_conflict(answer, size, asked_old_size, old_size);
    else if (answer->code == MZ_WITNESS_NOT_PROVED)
        step = MZ_STEP_FORKED;
    if (step != MZ_STEP_AGAIN)
        (void)refuse_code(answer, witness, why);
    return step;
}
