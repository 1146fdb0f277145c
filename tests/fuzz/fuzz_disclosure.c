/* fuzz_disclosure.c — any bytes as a disclosure, as an entry with disclosures, and as a reader's
 * token: nothing crashes, what is taken apart can be put together again, and only the one known
 * reader's tokens, while they hold, are good. */
#include <stdlib.h>
#include <string.h>

#include "core/auth.h"
#include "core/disclosure.h"
#include "kv/memory.h"
#include "target.h"

#define ORIGIN "fund.example.org/zibo"
#define NOW_S INT64_C(1732341600)

static mz_hasher *hasher;
static mz_changes *state;
static mz_signer signer;

/* One auditor, whose key is made from a seed of 32 times `p`. */
static void set_up(void)
{
    uint8_t seed[MZ_SEED_SIZE];
    mz_kv *kv = mz_memory_new();
    mz_kv_txn *txn = NULL;
    memset(seed, 'p', sizeof seed);
    mz_signer_from_seed(&signer, seed);
    hasher = mz_hasher_new();
    if (hasher == NULL || kv == NULL || mz_kv_begin_write(kv, &txn, NULL) != MZ_OK)
        abort();
    state = mz_changes_new(txn);
    mz_actor actor = {.no = 1, .role = MZ_AUDITOR, .retired_index = MZ_NEVER};
    mz_id_set(actor.id, mz_view_of("shen"));
    mz_actor_key key = {.actor_no = 1, .replaced_index = MZ_NEVER};
    memcpy(key.key, signer.public_key, sizeof key.key);
    const mz_key_bytes actor_key = mz_key_u32(MZ_KIND_ACTOR, 1);
    mz_key_bytes key_key = mz_key_of(MZ_KIND_KEY);
    mz_key_add_text(&key_key, (mz_view){signer.thumbprint.bytes, MZ_HASH_SIZE});
    if (state == NULL || mz_state_store(state, &actor_key, &actor, sizeof actor, NULL) != MZ_OK ||
        mz_state_store(state, &key_key, &key, sizeof key, NULL) != MZ_OK)
        abort();
}

/* Of a refusal every figure is ours, none is the input's. */
static void assert_ours(const mz_reason *why, mz_status status)
{
    assert(why->status == status);
    for (size_t i = 0; i < why->figure_count; i++)
        assert(strcmp(why->figures[i].name, "number") == 0 ||
               strcmp(why->figures[i].name, "cause") == 0);
}

static void as_disclosure(mz_view input)
{
    mz_disclosure decoded;
    mz_reason why = {0};
    const mz_status status = mz_disclosure_decode(input, 1, &decoded, &why);
    if (status != MZ_OK) {
        assert_ours(&why, status);
        return;
    }
    assert(json_array_size(decoded.parts) == 3 && decoded.name[0] != '\0');
    static const uint8_t SALT[MZ_DISCLOSURE_SALT_SIZE];
    mz_buf again;
    mz_disclosure once_more;
    mz_buf_init(&again, 2 * MZ_DISCLOSURE_SIZE_MAX);
    if (mz_disclosure_make(SALT, decoded.name, decoded.value, &again, NULL) == MZ_OK &&
        again.size <= MZ_DISCLOSURE_SIZE_MAX) {
        const mz_status made = mz_disclosure_decode(mz_buf_view(&again), 1, &once_more, NULL);
        assert(made == MZ_OK && json_equal(once_more.value, decoded.value));
        assert(strcmp(once_more.name, decoded.name) == 0);
        mz_disclosure_clear(&once_more);
    }
    mz_buf_clear(&again);
    mz_disclosure_clear(&decoded);
}

static void as_parts(mz_view input)
{
    mz_view first, texts[MZ_DISCLOSURES_MAX];
    mz_hash hashes[MZ_DISCLOSURES_MAX];
    size_t count = 0, number = 0;
    if (mz_disclosures_split(input, &first, texts, &count) != NULL)
        return;
    size_t size = first.size;
    for (size_t i = 0; i < count; i++) {
        assert(mz_disclosure_spelled(texts[i]));
        size += 1 + texts[i].size;
    }
    assert(size == input.size || size + 1 == input.size);
    assert(count == 0 || mz_disclosures_fault(hasher, NULL, texts, count, hashes, &number) != NULL);
}

static void as_token(mz_view input)
{
    mz_actor reader;
    mz_reason why = {0};
    const mz_status status = mz_auth_verify(state, input, ORIGIN, NOW_S, &reader, &why);
    assert(why.status == status);
    if (status == MZ_OK)
        assert(mz_view_is(mz_id_view(reader.id), "shen") && input.size <= MZ_AUTH_SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const mz_view input = {.data = data, .size = size};
    if (hasher == NULL)
        set_up();
    as_disclosure(input);
    as_parts(input);
    as_token(input);
    return 0;
}
