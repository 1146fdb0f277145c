/* fuzz_add_checkpoint.c — any bytes as a request to a witness and as a witness's answer: nothing
 * crashes, what is accepted is written again byte for byte, and nothing is cosigned that the log's
 * key has not signed. */
#include <stdlib.h>
#include <string.h>

#include "core/witness.h"
#include "target.h"

static mz_hasher *hasher;

static void fuzz_request(mz_view input)
{
    mz_witness_request request;
    mz_checkpoint claimed;
    mz_view text;
    const mz_witness_record known = {.size = 1};
    const mz_vkey key = {.name = "example.org/log", .type = MZ_VKEY_ED25519, .id = 0x01020304};
    mz_buf again;
    if (mz_witness_request_parse(input, &request, NULL) != MZ_OK)
        return;
    assert(request.proof.count <= MZ_WITNESS_PROOF_MAX);
    mz_buf_init(&again, MZ_WITNESS_REQUEST_SIZE_MAX);
    mz_witness_request_put(&again, &request);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
    if (mz_witness_claim(&request, &claimed, &text, NULL) != MZ_OK)
        return;
    assert(request.old_size <= claimed.size && mz_origin_valid(mz_view_of(claimed.origin)));
    /* Nobody has this key. */
    const mz_witness_verdict verdict =
        mz_witness_judge(hasher, &request, &claimed, &key, 1, &known);
    assert(verdict == MZ_WITNESS_NOT_WATCHED || verdict == MZ_WITNESS_NOT_SIGNED);
    /* As if it were signed: the sizes and the proof alone. */
    const bool consistent =
        mz_merkle_verify_consistency(hasher, request.old_size, claimed.size, &claimed.root,
                                     &claimed.root, request.proof.hashes, request.proof.count);
    assert(!consistent || request.old_size > 0);
}

static void fuzz_answer(mz_view input)
{
    static const char TEXT[] = "example.org/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const mz_vkey witness = {.name = "w", .type = MZ_VKEY_COSIGNATURE, .id = 0x01020304};
    mz_witness_answer answer = {.code = input.size > 0 && input.data[0] % 2 == 1 ? 200 : 409};
    mz_cosignature cosignature;
    uint64_t old_size = 0;
    mz_buf_init(&answer.body, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_buf_put(&answer.body, input);
    strcpy(answer.media_type, MZ_WITNESS_SIZE_TYPE);
    const mz_witness_step step =
        mz_witness_follow(&answer, mz_view_of(TEXT), 1, 0, &witness, &cosignature, &old_size, NULL);
    assert(step != MZ_STEP_DONE);
    assert(step != MZ_STEP_AHEAD || old_size > 1);
    assert(step != MZ_STEP_AGAIN || old_size == 1);
    mz_buf_clear(&answer.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const mz_view input = {.data = data, .size = size};
    if (hasher == NULL)
        hasher = mz_hasher_new();
    if (hasher == NULL)
        abort();
    fuzz_request(input);
    fuzz_answer(input);
    return 0;
}
