#include "core/state.h"

#include <assert.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little-endian images");

/* No padding: what is stored is only what was meant. Each sum is over the members in order. */
_Static_assert(sizeof(mz_ledger_witness) == 8 * 2 + 32 + 4 * 4, "mz_ledger_witness has padding");
_Static_assert(sizeof(mz_actor) == 40 + 32 + 8 * 3 + 4 * 4, "mz_actor has padding");
_Static_assert(sizeof(mz_actor_key) == 32 + 8 * 3 + 4 * 2, "mz_actor_key has padding");
_Static_assert(sizeof(mz_pending) == 8 + 4 * 4 + 8, "mz_pending has padding");
_Static_assert(sizeof(mz_effect) == 8 * 4 + 32 + 4 * 2, "mz_effect has padding");
_Static_assert(sizeof(mz_seating) == 8 * 2 + 4 * 3 + 2 * 4 + 4, "mz_seating has padding");
_Static_assert(sizeof(mz_purpose) == 40 + 8 * 2 + 4 * 2, "mz_purpose has padding");
_Static_assert(sizeof(mz_party) == 40 + 24 + 8 * 4 + 4 * 2, "mz_party has padding");
_Static_assert(sizeof(mz_registration) == 24 + 8 + 4 * 2, "mz_registration has padding");
_Static_assert(sizeof(mz_conflict) == 8 * 4 + 4 * 2, "mz_conflict has padding");
_Static_assert(sizeof(mz_bucket) == 8 * 12, "mz_bucket has padding");
_Static_assert(sizeof(mz_lot) == 8 * 7, "mz_lot has padding");
_Static_assert(sizeof(mz_free) == 8, "mz_free has padding");
_Static_assert(sizeof(mz_move) == 8 * 5, "mz_move has padding");
_Static_assert(sizeof(mz_gone) == 8 * 3 + 4 * 2, "mz_gone has padding");
_Static_assert(sizeof(mz_piece) == 8 * 6, "mz_piece has padding");
_Static_assert(sizeof(mz_bank_line) == 8 * 2 + 4 * 2, "mz_bank_line has padding");
_Static_assert(sizeof(mz_use) == 8 * 2 + 4 * 2, "mz_use has padding");
_Static_assert(sizeof(mz_voter) == 32 + 8 * 2 + 4 * 4, "mz_voter has padding");
_Static_assert(sizeof(mz_objection) == 8 * 3, "mz_objection has padding");
_Static_assert(sizeof(mz_need) == 40 + 8 * 4 + 4 * 6, "mz_need has padding");
_Static_assert(sizeof(mz_rating) == 8 * 2 + 4 * 2 + 8 * MZ_GRADE_COUNT, "mz_rating has padding");
_Static_assert(sizeof(mz_item) == 40 + 8 * 3 + 24 * MZ_GOODS_MOVE_COUNT + 4 * 2,
               "mz_item has padding");
_Static_assert(sizeof(mz_goods) == 8 * 12 + 4 * 2, "mz_goods has padding");
_Static_assert(sizeof(mz_reconciliation) == 8 * 5 + 4 * 2, "mz_reconciliation has padding");
_Static_assert(sizeof(mz_audit_report) == 8 * 2 + 32 + 4 * 2, "mz_audit_report has padding");
_Static_assert(sizeof(mz_digest) == 8 * 3, "mz_digest has padding");
_Static_assert(sizeof(mz_evidence) == 8 * 2 + 4 * 2, "mz_evidence has padding");
_Static_assert(sizeof(mz_good) == 40 + 8 * 2, "mz_good has padding");

const char *mz_name_kind_text(mz_name_kind kind)
{
    switch (kind) {
    case MZ_NAME_ACTOR:
        return "actor";
    case MZ_NAME_FUND:
        return "fund";
    case MZ_NAME_PARTY:
        return "party";
    case MZ_NAME_PURPOSE:
        return "purpose";
    case MZ_NAME_SOURCE:
        return "source";
    case MZ_NAME_PROPOSAL:
    case MZ_NAME_RESOLUTION:
        return "proposal";
    case MZ_NAME_NEED:
        return "need";
    case MZ_NAME_ITEM:
        return "item";
    case MZ_NAME_ACCOUNT:
        return "account";
    case MZ_NAME_CREDIT_CODE:
        return "credit_code";
    case MZ_NAME_RECEIPT:
        return "receipt";
    case MZ_NAME_ENVELOPE:
        return "fees envelope";
    case MZ_NAME_SESSION:
        return "session";
    }
    return "";
}

const char *mz_stage_name(mz_stage stage)
{
    switch (stage) {
    case MZ_STAGE_NONE:
        return "none";
    case MZ_CONSULTING:
        return "consulting";
    case MZ_VOTING:
        return "voting";
    case MZ_ADOPTED:
        return "adopted";
    case MZ_APPLIED:
        return "applied";
    case MZ_APPROVED:
        return "approved";
    case MZ_PAYING:
        return "paying";
    case MZ_COMPLETED:
        return "completed";
    case MZ_REJECTED:
        return "rejected";
    case MZ_WITHDRAWN:
        return "withdrawn";
    case MZ_EXPIRED:
        return "expired";
    case MZ_REFUSED:
        return "refused";
    case MZ_LAPSED:
        return "lapsed";
    }
    return "";
}

mz_step mz_stage_step(mz_stage stage)
{
    switch (stage) {
    case MZ_CONSULTING:
    case MZ_WITHDRAWN:
        return MZ_STEP_CONSULTATION;
    case MZ_VOTING:
    case MZ_REJECTED:
    case MZ_EXPIRED:
        return MZ_STEP_DECISION;
    case MZ_ADOPTED:
    case MZ_APPLIED:
    case MZ_APPROVED:
    case MZ_PAYING:
    case MZ_REFUSED:
    case MZ_LAPSED:
        return MZ_STEP_WORK;
    case MZ_COMPLETED:
        return MZ_STEP_RATING;
    case MZ_STAGE_NONE:
        break;
    }
    return MZ_STEP_PROPOSAL;
}

mz_step mz_proposal_step(const mz_proposal_head *head)
{
    return mz_stage_step((mz_stage)(head->ended_from != 0 ? head->ended_from : head->stage));
}

mz_key_bytes mz_key_of(mz_kind kind)
{
    mz_key_bytes key;
    key.bytes[0] = (uint8_t)kind;
    key.size = 1;
    return key;
}

void mz_key_add_u8(mz_key_bytes *key, uint8_t value)
{
    assert(key->size < sizeof key->bytes);
    key->bytes[key->size++] = value;
}

void mz_key_add_u32(mz_key_bytes *key, uint32_t value)
{
    assert(key->size + 4 <= sizeof key->bytes);
    mz_be32_put(key->bytes + key->size, value);
    key->size += 4;
}

void mz_key_add_u64(mz_key_bytes *key, uint64_t value)
{
    assert(key->size + 8 <= sizeof key->bytes);
    mz_be64_put(key->bytes + key->size, value);
    key->size += 8;
}

void mz_key_add_text(mz_key_bytes *key, mz_view text)
{
    assert(key->size + text.size <= sizeof key->bytes);
    if (text.size > 0)
        memcpy(key->bytes + key->size, text.data, text.size);
    key->size += text.size;
}

mz_view mz_key_view(const mz_key_bytes *key)
{
    return (mz_view){key->bytes, key->size};
}

mz_key_bytes mz_key_u32(mz_kind kind, uint32_t a)
{
    mz_key_bytes key = mz_key_of(kind);
    mz_key_add_u32(&key, a);
    return key;
}

mz_key_bytes mz_key_u64(mz_kind kind, uint64_t a)
{
    mz_key_bytes key = mz_key_of(kind);
    mz_key_add_u64(&key, a);
    return key;
}

mz_key_bytes mz_key_account(mz_kind kind, mz_view account)
{
    mz_key_bytes key = mz_key_of(kind);
    mz_key_add_text(&key, account);
    mz_key_add_u8(&key, 0x00);
    return key;
}

mz_key_bytes mz_key_u64_u64(mz_kind kind, uint64_t a, uint64_t b)
{
    mz_key_bytes key = mz_key_u64(kind, a);
    mz_key_add_u64(&key, b);
    return key;
}

static mz_status refuse_size(mz_reason *why)
{
    return mz_refuse_corrupt(why, "a record of the state has a wrong size");
}

mz_status mz_state_load(mz_changes *changes, const mz_key_bytes *key, void *record, size_t size,
                        mz_reason *why)
{
    mz_view value;
    const mz_status status = mz_changes_get(changes, MZ_TABLE_STATE, mz_key_view(key), &value, why);
    if (status != MZ_OK)
        return status;
    if (value.size != size)
        return refuse_size(why);
    memcpy(record, value.data, size);
    return MZ_OK;
}

mz_status mz_state_load_tail(mz_changes *changes, const mz_key_bytes *key, void *record,
                             size_t size, void *tail, size_t item_size, size_t tail_max,
                             size_t *tail_count, mz_reason *why)
{
    mz_view value;
    const mz_status status = mz_changes_get(changes, MZ_TABLE_STATE, mz_key_view(key), &value, why);
    if (status != MZ_OK)
        return status;
    if (value.size < size || (value.size - size) % item_size != 0 ||
        (value.size - size) / item_size > tail_max)
        return refuse_size(why);
    memcpy(record, value.data, size);
    *tail_count = (value.size - size) / item_size;
    if (value.size > size)
        memcpy(tail, value.data + size, value.size - size);
    return MZ_OK;
}

mz_status mz_state_store(mz_changes *changes, const mz_key_bytes *key, const void *record,
                         size_t size, mz_reason *why)
{
    return mz_changes_put(changes, MZ_TABLE_STATE, mz_key_view(key), (mz_view){record, size}, why);
}

mz_status mz_state_store_tail(mz_changes *changes, const mz_key_bytes *key, const void *record,
                              size_t size, const void *tail, size_t tail_size, mz_reason *why)
{
    uint8_t bytes[16384];
    if (tail_size == 0)
        return mz_state_store(changes, key, record, size, why);
    if (size + tail_size > MZ_KV_VALUE_MAX)
        return refuse_size(why);
    if (size + tail_size <= sizeof bytes) {
        memcpy(bytes, record, size);
        memcpy(bytes + size, tail, tail_size);
        return mz_changes_put(changes, MZ_TABLE_STATE, mz_key_view(key),
                              (mz_view){bytes, size + tail_size}, why);
    }
    mz_buf buf;
    mz_buf_init(&buf, MZ_KV_VALUE_MAX);
    mz_buf_put(&buf, (mz_view){record, size});
    mz_buf_put(&buf, (mz_view){tail, tail_size});
    const mz_status status = buf.failed ? mz_refuse(why, MZ_NO_MEMORY)
                                        : mz_changes_put(changes, MZ_TABLE_STATE, mz_key_view(key),
                                                         mz_buf_view(&buf), why);
    mz_buf_clear(&buf);
    return status;
}

mz_status mz_state_erase(mz_changes *changes, const mz_key_bytes *key, mz_reason *why)
{
    return mz_changes_erase(changes, MZ_TABLE_STATE, mz_key_view(key), why);
}

mz_status mz_state_mark(mz_changes *changes, const mz_key_bytes *key, mz_reason *why)
{
    return mz_changes_put(changes, MZ_TABLE_STATE, mz_key_view(key),
                          (mz_view){(const uint8_t *)"", 0}, why);
}

static mz_key_bytes name_key(mz_name_kind kind, mz_ref scope, mz_view text)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_NAME);
    mz_key_add_u8(&key, (uint8_t)kind);
    mz_key_add_u64(&key, scope);
    mz_key_add_text(&key, text);
    return key;
}

mz_status mz_name_find(mz_changes *changes, mz_name_kind kind, mz_ref scope, mz_view text,
                       uint64_t *ref, mz_reason *why)
{
    uint8_t bytes[8];
    const mz_key_bytes key = name_key(kind, scope, text);
    const mz_status status = mz_state_load(changes, &key, bytes, sizeof bytes, why);
    if (status == MZ_OK)
        *ref = mz_be64_get(bytes);
    return status;
}

mz_status mz_name_take(mz_changes *changes, mz_name_kind kind, mz_ref scope, mz_view text,
                       uint64_t ref, mz_reason *why)
{
    uint8_t bytes[8];
    mz_be64_put(bytes, ref);
    const mz_key_bytes key = name_key(kind, scope, text);
    return mz_state_store(changes, &key, bytes, sizeof bytes, why);
}

mz_view mz_id_view(const char id[40])
{
    return (mz_view){(const uint8_t *)id, strnlen(id, MZ_ID_SIZE_MAX)};
}

void mz_id_set(char id[40], mz_view text)
{
    assert(text.size <= MZ_ID_SIZE_MAX);
    memset(id, 0, MZ_ID_SIZE_MAX);
    memcpy(id, text.data, text.size);
}

mz_status mz_jti_find(mz_changes *changes, const uint8_t jti[16], uint64_t *index, mz_event *event,
                      mz_reason *why)
{
    mz_view value;
    const mz_status status = mz_changes_get(changes, MZ_TABLE_JTI, (mz_view){jti, 16}, &value, why);
    if (status != MZ_OK)
        return status;
    if (value.size != 10)
        return refuse_size(why);
    *index = mz_be64_get(value.data);
    *event = (mz_event)((value.data[8] << 8) | value.data[9]);
    return MZ_OK;
}

mz_status mz_ledger_load(mz_changes *changes, mz_ledger *ledger, mz_reason *why)
{
    const mz_key_bytes key = mz_key_of(MZ_KIND_LEDGER);
    return mz_state_load(changes, &key, ledger, sizeof *ledger, why);
}

mz_status mz_ledger_store(mz_changes *changes, const mz_ledger *ledger, mz_reason *why)
{
    const mz_key_bytes key = mz_key_of(MZ_KIND_LEDGER);
    return mz_state_store(changes, &key, ledger, sizeof *ledger, why);
}

mz_status mz_actor_load_funds(mz_changes *changes, mz_actor_no no, mz_actor *actor,
                              mz_ref funds[MZ_LIST_ITEMS_MAX], mz_reason *why)
{
    const mz_key_bytes key = mz_key_u32(MZ_KIND_ACTOR, no);
    size_t count = 0;
    const mz_status status = mz_state_load_tail(changes, &key, actor, sizeof *actor, funds,
                                                sizeof funds[0], MZ_LIST_ITEMS_MAX, &count, why);
    return status == MZ_OK && count != actor->fund_count ? refuse_size(why) : status;
}

mz_status mz_witness_load(mz_changes *changes, uint32_t number, mz_ledger_witness *witness,
                          char text[MZ_WITNESS_TEXT_MAX], mz_reason *why)
{
    const mz_key_bytes key = mz_key_u32(MZ_KIND_WITNESS, number);
    size_t size = 0;
    const mz_status status = mz_state_load_tail(changes, &key, witness, sizeof *witness, text, 1,
                                                MZ_WITNESS_TEXT_MAX, &size, why);
    if (status == MZ_OK && (uint64_t)witness->name_size + witness->url_size != size)
        return mz_refuse_corrupt(why, "a witness in the state");
    return status;
}

mz_status mz_witness_store(mz_changes *changes, uint32_t number, const mz_ledger_witness *witness,
                           const char *text, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u32(MZ_KIND_WITNESS, number);
    return mz_state_store_tail(changes, &key, witness, sizeof *witness, text,
                               witness->name_size + witness->url_size, why);
}

mz_status mz_actor_load(mz_changes *changes, mz_actor_no no, mz_actor *actor, mz_reason *why)
{
    mz_ref funds[MZ_LIST_ITEMS_MAX];
    return mz_actor_load_funds(changes, no, actor, funds, why);
}

mz_status mz_fund_load(mz_changes *changes, mz_ref ref, mz_fund *fund, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_FUND, ref);
    return mz_state_load(changes, &key, fund, sizeof *fund, why);
}

mz_status mz_fund_store(mz_changes *changes, const mz_fund *fund, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_FUND, fund->ref);
    return mz_state_store(changes, &key, fund, sizeof *fund, why);
}

bool mz_fund_in_account(const mz_fund *fund, mz_view account, int64_t moment_ms)
{
    return mz_view_equal(mz_id_view(fund->account), account) && fund->opened_ms < moment_ms &&
           fund->closed_ms >= moment_ms;
}

mz_status mz_proposal_load(mz_changes *changes, mz_ref ref, mz_proposal *proposal, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PROPOSAL, ref);
    mz_view value;
    const mz_status status =
        mz_changes_get(changes, MZ_TABLE_STATE, mz_key_view(&key), &value, why);
    if (status != MZ_OK)
        return status;
    if (value.size < sizeof proposal->head)
        return refuse_size(why);
    memcpy(&proposal->head, value.data, sizeof proposal->head);
    const size_t draws_size = proposal->head.draw_count * sizeof proposal->draws[0];
    const size_t payees_size = proposal->head.payee_count * sizeof proposal->payees[0];
    const size_t goods_size = proposal->head.goods_count * sizeof proposal->goods[0];
    if (proposal->head.draw_count > MZ_DRAWS_MAX || proposal->head.payee_count > MZ_PAYEES_MAX ||
        proposal->head.goods_count > MZ_GOODS_MAX ||
        value.size != sizeof proposal->head + draws_size + payees_size + goods_size)
        return refuse_size(why);
    const uint8_t *tail = value.data + sizeof proposal->head;
    memcpy(proposal->draws, tail, draws_size);
    memcpy(proposal->payees, tail + draws_size, payees_size);
    memcpy(proposal->goods, tail + draws_size + payees_size, goods_size);
    return MZ_OK;
}

mz_status mz_proposal_store(mz_changes *changes, const mz_proposal *proposal, mz_reason *why)
{
    uint8_t tail[sizeof proposal->draws + sizeof proposal->payees + sizeof proposal->goods];
    const size_t draws_size = proposal->head.draw_count * sizeof proposal->draws[0];
    const size_t payees_size = proposal->head.payee_count * sizeof proposal->payees[0];
    memcpy(tail, proposal->draws, draws_size);
    memcpy(tail + draws_size, proposal->payees, payees_size);
    const size_t goods_size = proposal->head.goods_count * sizeof proposal->goods[0];
    memcpy(tail + draws_size + payees_size, proposal->goods, goods_size);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PROPOSAL, proposal->head.ref);
    return mz_state_store_tail(changes, &key, &proposal->head, sizeof proposal->head, tail,
                               draws_size + payees_size + goods_size, why);
}

mz_status mz_payout_load(mz_changes *changes, mz_ref ref, mz_payout *payout, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PAYOUT, ref);
    size_t count = 0;
    const mz_status status =
        mz_state_load_tail(changes, &key, &payout->head, sizeof payout->head, payout->draws,
                           sizeof payout->draws[0], MZ_DRAWS_MAX, &count, why);
    return status == MZ_OK && count != payout->head.draw_count ? refuse_size(why) : status;
}

mz_status mz_payout_store(mz_changes *changes, const mz_payout *payout, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PAYOUT, payout->head.ref);
    return mz_state_store_tail(changes, &key, &payout->head, sizeof payout->head, payout->draws,
                               payout->head.draw_count * sizeof payout->draws[0], why);
}

mz_status mz_seating_load(mz_changes *changes, mz_ref fund, uint32_t epoch, mz_seating *seating,
                          mz_actor_no people[MZ_SEATING_PEOPLE_MAX], mz_reason *why)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_SEATING, fund);
    mz_key_add_u32(&key, epoch);
    size_t count = 0;
    const mz_status status =
        mz_state_load_tail(changes, &key, seating, sizeof *seating, people, sizeof people[0],
                           MZ_SEATING_PEOPLE_MAX, &count, why);
    if (status != MZ_OK)
        return status;
    const size_t want =
        (size_t)seating->member_count + seating->alternate_count + seating->supervisor_count;
    return count == want ? MZ_OK : refuse_size(why);
}

mz_status mz_party_load(mz_changes *changes, mz_ref ref, mz_party *party, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_PARTY, ref);
    return mz_state_load(changes, &key, party, sizeof *party, why);
}

mz_status mz_source_load(mz_changes *changes, mz_ref ref, mz_source *source, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, ref);
    return mz_state_load(changes, &key, source, sizeof *source, why);
}

mz_status mz_need_load(mz_changes *changes, mz_ref ref, mz_need *need, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_NEED, ref);
    return mz_state_load(changes, &key, need, sizeof *need, why);
}

mz_status mz_need_store(mz_changes *changes, const mz_need *need, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_NEED, need->ref);
    return mz_state_store(changes, &key, need, sizeof *need, why);
}

mz_status mz_item_load(mz_changes *changes, mz_ref ref, mz_item *item,
                       uint8_t unit[MZ_UNIT_SIZE_MAX], size_t *unit_size, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_ITEM, ref);
    return mz_state_load_tail(changes, &key, item, sizeof *item, unit, 1, MZ_UNIT_SIZE_MAX,
                              unit_size, why);
}

mz_status mz_item_store(mz_changes *changes, const mz_item *item, mz_view unit, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_ITEM, item->ref);
    return mz_state_store_tail(changes, &key, item, sizeof *item, unit.data, unit.size, why);
}

mz_status mz_goods_load(mz_changes *changes, mz_ref ref, mz_goods *goods, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_GOODS, ref);
    return mz_state_load(changes, &key, goods, sizeof *goods, why);
}

mz_status mz_goods_store(mz_changes *changes, const mz_goods *goods, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_GOODS, goods->ref);
    return mz_state_store(changes, &key, goods, sizeof *goods, why);
}

static mz_key_bytes digest_key(const uint8_t digest[32])
{
    mz_key_bytes key = mz_key_of(MZ_KIND_DIGEST);
    mz_key_add_text(&key, (mz_view){digest, 32});
    return key;
}

mz_status mz_digest_load(mz_changes *changes, const uint8_t digest[32], mz_digest *record,
                         mz_reason *why)
{
    const mz_key_bytes key = digest_key(digest);
    return mz_state_load(changes, &key, record, sizeof *record, why);
}

mz_status mz_digest_store(mz_changes *changes, const uint8_t digest[32], const mz_digest *record,
                          mz_reason *why)
{
    const mz_key_bytes key = digest_key(digest);
    return mz_state_store(changes, &key, record, sizeof *record, why);
}

mz_status mz_purpose_name(mz_changes *changes, mz_ref purpose, char name[MZ_ID_SIZE_MAX + 1],
                          mz_reason *why)
{
    mz_view id = mz_view_of("general");
    mz_purpose record;
    if (purpose != MZ_GENERAL) {
        const mz_key_bytes key = mz_key_u64(MZ_KIND_PURPOSE, purpose);
        const mz_status status = mz_state_load(changes, &key, &record, sizeof record, why);
        if (status == MZ_NOT_FOUND)
            return mz_refuse_corrupt(why, "a bucket's purpose is not there");
        if (status != MZ_OK)
            return status;
        id = mz_id_view(record.id);
    }
    memcpy(name, id.data, id.size);
    name[id.size] = '\0';
    return MZ_OK;
}

mz_status mz_bucket_load(mz_changes *changes, mz_ref fund, mz_ref purpose, mz_bucket *bucket,
                         mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_BUCKET, fund, purpose);
    const mz_status status = mz_state_load(changes, &key, bucket, sizeof *bucket, why);
    if (status != MZ_NOT_FOUND)
        return status;
    *bucket = (mz_bucket){0};
    return MZ_OK;
}

mz_status mz_piece_load(mz_changes *changes, mz_ref payout, uint32_t number, mz_piece *piece,
                        mz_reason *why)
{
    mz_key_bytes key = mz_key_u64(MZ_KIND_PIECE, payout);
    mz_key_add_u32(&key, number);
    return mz_state_load(changes, &key, piece, sizeof *piece, why);
}

mz_status mz_income_load(mz_changes *changes, mz_ref ref, mz_income *income, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_INCOME, ref);
    return mz_state_load(changes, &key, income, sizeof *income, why);
}

mz_status mz_income_store(mz_changes *changes, const mz_income *income, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_INCOME, income->ref);
    return mz_state_store(changes, &key, income, sizeof *income, why);
}

mz_status mz_confirmation_load(mz_changes *changes, mz_ref ref, mz_confirmation *confirmation,
                               uint8_t bank_ref[MZ_TOKEN_BYTES_MAX], size_t *bank_ref_size,
                               mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_CONFIRMATION, ref);
    return mz_state_load_tail(changes, &key, confirmation, sizeof *confirmation, bank_ref, 1,
                              MZ_TOKEN_BYTES_MAX, bank_ref_size, why);
}

mz_status mz_confirmation_store(mz_changes *changes, const mz_confirmation *confirmation,
                                mz_view bank_ref, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_CONFIRMATION, confirmation->ref);
    return mz_state_store_tail(changes, &key, confirmation, sizeof *confirmation, bank_ref.data,
                               bank_ref.size, why);
}

mz_status mz_return_load(mz_changes *changes, mz_ref ref, mz_return *record, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_RETURN, ref);
    size_t count = 0;
    const mz_status status =
        mz_state_load_tail(changes, &key, &record->head, sizeof record->head, record->draws,
                           sizeof record->draws[0], MZ_DRAWS_MAX, &count, why);
    return status == MZ_OK && count != record->head.draw_count ? refuse_size(why) : status;
}

mz_status mz_return_store(mz_changes *changes, const mz_return *record, mz_reason *why)
{
    const mz_key_bytes key = mz_key_u64(MZ_KIND_RETURN, record->head.ref);
    return mz_state_store_tail(changes, &key, &record->head, sizeof record->head, record->draws,
                               record->head.draw_count * sizeof record->draws[0], why);
}

mz_status mz_state_next(mz_changes *changes, const mz_key_bytes *prefix, mz_key_bytes *key,
                        mz_view *value, mz_reason *why)
{
    mz_key_bytes from = *key;
    if (from.size > prefix->size) {
        assert(from.size < sizeof from.bytes);
        from.bytes[from.size++] = 0x00; /* the successor of the row found before */
    }
    mz_view found;
    const mz_status status = mz_changes_seek(changes, MZ_TABLE_STATE, mz_key_view(prefix),
                                             mz_key_view(&from), &found, value, why);
    if (status != MZ_OK)
        return status;
    assert(found.size <= sizeof key->bytes);
    memcpy(key->bytes, found.data, found.size);
    key->size = found.size;
    return MZ_OK;
}
