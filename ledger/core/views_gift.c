/* views_gift.c — a gift by the number of its receipt, and what speaks of an entry. */
#include <stdio.h>

#include "core/trace.h"
#include "core/uuid.h"
#include "core/views_public.h"
#include "core/views_public_make.h"

/* ---- a gift ---- */

typedef struct gift_parts {
    mz_making *making;
    json_t *rows;
    mz_ref last; /* the payout of the last row: parts of one payout in a row are added up */
    int64_t free_fen, used_fen;
    bool more;
} gift_parts;

static mz_status put_payout(mz_making *making, mz_ref ref, json_t *row)
{
    static const char *const NAMES[] = {"title", NULL};
    mz_payout payout;
    mz_proposal proposal;
    mz_status status = mz_payout_load(making->changes, ref, &payout, making->why);
    if (status == MZ_OK)
        status = mz_proposal_load(making->changes, payout.head.proposal, &proposal, making->why);
    if (status != MZ_OK)
        return status;
    mz_put_count(making, row, "payout", ref);
    mz_put_ms(making, row, "at_ms", payout.head.made_ms);
    mz_put_view(making, row, "proposal", mz_id_view(proposal.head.id));
    status = mz_put_body(making, row, proposal.head.ref, NAMES);
    if (status == MZ_OK)
        status = mz_put_fund(making, row, "fund", payout.head.fund);
    return status == MZ_OK ? mz_put_party_public(making, payout.head.party, row) : status;
}

static mz_status gift_part(const mz_income_part *part, void *context, mz_reason *why)
{
    gift_parts *parts = context;
    (void)why;
    if (part->state == MZ_PART_FREE)
        parts->free_fen += part->amount_fen; /* parts of one income, which is an amount */
    if (part->state != MZ_PART_USED)
        return MZ_OK;
    parts->used_fen += part->amount_fen;
    const size_t count = json_array_size(parts->rows);
    if (count > 0 && parts->last == part->payout) {
        json_t *row = json_array_get(parts->rows, count - 1);
        const int64_t before_fen = json_integer_value(json_object_get(row, "amount_fen"));
        mz_put(parts->making, row, "amount_fen", json_integer(before_fen + part->amount_fen));
        return MZ_OK;
    }
    parts->more = parts->more || count == MZ_PUBLIC_PARTS_MAX;
    if (parts->more)
        return MZ_OK;
    parts->last = part->payout;
    json_t *row = mz_add_object(parts->making, parts->rows);
    mz_put(parts->making, row, "amount_fen", json_integer(part->amount_fen));
    return put_payout(parts->making, part->payout, row);
}

static mz_status put_income(mz_making *making, mz_ref ref, mz_income *income, json_t *out)
{
    static const char *const NAMES[] = {"name", NULL};
    json_t *body = json_object();
    mz_status status = mz_income_load(making->changes, ref, income, making->why);
    if (status == MZ_OK) {
        mz_put_count(making, out, "income", ref);
        mz_put(making, out, "kind", json_string(MZ_INCOME_KINDS[income->kind]));
        mz_put(making, out, "amount_fen", json_integer(income->amount_fen));
        mz_put_day(making, out, "received_on", income->received_day);
        status = mz_put_purpose(making, out, "purpose", income->purpose);
    }
    if (status == MZ_OK)
        status = mz_put_fund(making, out, "fund", income->fund);
    if (status == MZ_OK)
        status = mz_put_body(making, body, income->fund, NAMES);
    mz_put_copy(making, out, "fund_name", body, "name");
    json_decref(body);
    return status;
}

static mz_status put_parts(mz_making *making, mz_ref income, json_t *out)
{
    gift_parts parts = {.making = making, .rows = mz_put_list(making, out, "parts")};
    const mz_status status =
        mz_trace_income(making->changes, income, gift_part, &parts, making->why);
    mz_put(making, out, "free_fen", json_integer(parts.free_fen));
    mz_put(making, out, "used_fen", json_integer(parts.used_fen));
    mz_put(making, out, "more", json_boolean(parts.more));
    return status;
}

mz_status mz_gift_view(mz_changes *changes, mz_view receipt_no, int64_t now_ms, json_t **out,
                       mz_reason *why)
{
    mz_making making = {.changes = changes, .now_ms = now_ms, .why = why};
    mz_confirmation confirmation;
    mz_income income;
    uint8_t bank_ref[MZ_TOKEN_BYTES_MAX];
    size_t bank_ref_size = 0;
    uint64_t ref = 0;
    json_t *made = json_object();
    mz_status status =
        mz_named(&making, MZ_NAME_RECEIPT, MZ_BOTH("票据号", "receipt number"), receipt_no, &ref);
    if (status == MZ_OK)
        status = mz_confirmation_load(changes, ref, &confirmation, bank_ref, &bank_ref_size, why);
    if (status == MZ_OK)
        status = put_income(&making, confirmation.income, &income, made);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    const bool stands = confirmation.reversed_index == MZ_NEVER;
    mz_put_view(&making, made, "receipt_no", receipt_no);
    mz_put_count(&making, made, "confirmation", ref);
    mz_put(&making, made, "state", json_string(stands ? "confirmed" : "reversed"));
    mz_put_day(&making, made, "booked_on", confirmation.booked_day);
    mz_put_ms(&making, made, "confirmed_ms", confirmation.confirmed_ms);
    mz_put_index(&making, made, "reversed_by", confirmation.reversed_index);
    mz_put_index(&making, made, "replaced_by", income.replaced_by);
    if (stands)
        status = put_parts(&making, confirmation.income, made);
    return mz_making_end(&making, status, made, out);
}

/* ---- what speaks of an entry ---- */

static mz_status put_cited(mz_making *making, const mz_entry *entry, json_t *rows)
{
    for (const mz_field *field = entry->row->fields; field->name != NULL; field++) {
        uint8_t jti[16];
        uint64_t index;
        mz_event event;
        if (field->type != MZ_TYPE_JTI || !mz_body_jti(entry, field->name, jti))
            continue;
        const mz_status status = mz_jti_find(making->changes, jti, &index, &event, making->why);
        if (status != MZ_OK)
            return status;
        json_t *row = mz_add_object(making, rows);
        mz_put(making, row, "member", json_string(field->name));
        mz_put_count(making, row, "index", index);
        mz_put(making, row, "event", json_string(mz_event_row_of(event)->name));
    }
    return MZ_OK;
}

static void put_relation(mz_making *making, json_t *rows, const char *relation, uint64_t index)
{
    if (index == 0 || index == MZ_NEVER)
        return;
    json_t *row = mz_add_object(making, rows);
    mz_put(making, row, "relation", json_string(relation));
    mz_put_count(making, row, "index", index);
}

static mz_status put_reversal(mz_making *making, uint64_t index, json_t *rows)
{
    uint8_t number[8];
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REVERSED, index);
    const mz_status status =
        mz_state_load(making->changes, &key, number, sizeof number, making->why);
    if (status == MZ_OK)
        put_relation(making, rows, "reversed_by", mz_be64_get(number));
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status put_done(mz_making *making, mz_event event, uint64_t index, json_t *rows)
{
    mz_income income;
    mz_proposal proposal;
    mz_objection objection;
    mz_goods goods;
    const mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, index);
    mz_status status = put_reversal(making, index, rows);
    if (status == MZ_OK && event == MZ_INCOME_RECORDED) {
        status = mz_income_load(making->changes, index, &income, making->why);
        if (status == MZ_OK) {
            put_relation(making, rows, "confirmed_by", income.confirmation);
            put_relation(making, rows, "replaced_by", income.replaced_by);
        }
    } else if (status == MZ_OK && event == MZ_PROPOSAL_FILED) {
        status = mz_proposal_load(making->changes, index, &proposal, making->why);
        if (status == MZ_OK)
            put_relation(making, rows, "replaced_by", proposal.head.replaced_by);
    } else if (status == MZ_OK && event == MZ_OBJECTION_FILED) {
        status = mz_state_load(making->changes, &key, &objection, sizeof objection, making->why);
        if (status == MZ_OK)
            put_relation(making, rows, "answered_by", objection.answered_index);
    } else if (status == MZ_OK && event >= MZ_GOODS_RECEIVED && event <= MZ_GOODS_WRITTEN_OFF) {
        status = mz_goods_load(making->changes, index, &goods, making->why);
        if (status == MZ_OK)
            put_relation(making, rows, "confirmed_by", goods.confirmed_index);
    }
    return status;
}

mz_status mz_links_view(mz_changes *changes, uint64_t index, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    mz_buf text;
    mz_entry entry = {0};
    int64_t unix_ms;
    json_t *made = json_object();
    mz_status status = mz_entry_read(&making, index, &text, &entry, &unix_ms);
    if (status != MZ_OK)
        return mz_making_end(&making, status, made, out);
    status = put_cited(&making, &entry, mz_put_list(&making, made, "cites"));
    if (status == MZ_OK)
        status = put_done(&making, entry.row->event, index, mz_put_list(&making, made, "done"));
    if (status == MZ_OK)
        status = mz_put_about(&making, entry.row->event, index, entry.body, made);
    mz_entry_clear(&entry);
    mz_buf_clear(&text);
    return mz_making_end(&making, status, made, out);
}
