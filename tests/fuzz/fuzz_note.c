/* fuzz_note.c — any bytes as a note, a checkpoint's text, a verifier key and a pin: nothing
 * crashes, and whatever is accepted is written again byte for byte, or in a normal form that stays
 * as it is. */
#include <stdlib.h>

#include "core/policy.h"
#include "target.h"

static void fuzz_note(mz_view input)
{
    static mz_note note;
    mz_vkey key = {.name = "w", .type = MZ_VKEY_COSIGNATURE, .id = 0x01020304};
    mz_note_seal seal;
    mz_buf again;
    if (mz_note_parse(input, &note, NULL) != MZ_OK)
        return;
    assert(note.signature_count > 0);
    mz_buf_init(&again, MZ_NOTE_SIZE_MAX);
    mz_buf_put(&again, note.text);
    mz_buf_put_text(&again, "\n");
    mz_buf_put(&again, note.signature_lines);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
    assert(mz_note_verify(&note, &key, 1, &seal, NULL) != MZ_OK); /* nobody has this key */
}

static void fuzz_checkpoint(mz_view input)
{
    mz_checkpoint checkpoint;
    mz_buf again;
    if (mz_checkpoint_parse_text(input, &checkpoint, NULL) != MZ_OK)
        return;
    mz_buf_init(&again, MZ_CHECKPOINT_SIZE_MAX);
    mz_checkpoint_put_text(&again, &checkpoint);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
}

static void fuzz_vkey(mz_hasher *hasher, mz_view input)
{
    mz_vkey key;
    mz_buf again;
    if (mz_vkey_parse(hasher, input, &key, NULL) != MZ_OK)
        return;
    mz_buf_init(&again, MZ_VKEY_TEXT_MAX);
    mz_vkey_put(&again, &key);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
}

static void fuzz_policy(mz_hasher *hasher, mz_view input)
{
    mz_policy *first = NULL;
    mz_policy *second = NULL;
    mz_buf once;
    mz_buf twice;
    if (mz_policy_parse(hasher, input, &first, NULL) != MZ_OK)
        return;
    mz_buf_init(&once, 2 * MZ_POLICY_SIZE_MAX);
    mz_buf_init(&twice, 2 * MZ_POLICY_SIZE_MAX);
    mz_policy_put(&once, first);
    if (once.size <= MZ_POLICY_SIZE_MAX) {
        mz_status status = mz_policy_parse(hasher, mz_buf_view(&once), &second, NULL);
        assert(status == MZ_OK);
        mz_policy_put(&twice, second);
        assert(mz_view_equal(mz_buf_view(&once), mz_buf_view(&twice)));
    }
    mz_buf_clear(&once);
    mz_buf_clear(&twice);
    mz_policy_free(first);
    mz_policy_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mz_hasher *hasher;
    mz_view input = {.data = data, .size = size};
    if (hasher == NULL)
        hasher = mz_hasher_new();
    if (hasher == NULL)
        abort();
    fuzz_note(input);
    fuzz_checkpoint(input);
    fuzz_vkey(hasher, input);
    fuzz_policy(hasher, input);
    return 0;
}
