/* receipt.c — one receipt, offline. */
#include "core/receipt.h"

#include "parts.h"

/* What the disclosures say, once they fit the entry: text that the catalogue accepts. */
static json_t *disclosed_json(mz_hasher *hasher, const mz_receipt *receipt, const mz_entry *entry,
                              mz_reason *why)
{
    mz_hash digests[MZ_DISCLOSURES_MAX];
    if (mz_disclosures_check(hasher, entry, receipt->disclosures, receipt->disclosure_count,
                             digests, why) != MZ_OK)
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < receipt->disclosure_count; i++) {
        mz_disclosure one;
        if (mz_disclosure_decode(receipt->disclosures[i], i + 1, &one, why) == MZ_OK)
            json_array_append_new(list,
                                  json_pack("{s:s, s:O}", "name", one.name, "value", one.value));
        mz_disclosure_clear(&one);
    }
    return list;
}

static json_t *entry_json(mz_hasher *hasher, const mz_receipt *receipt,
                          const mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_view jws;
    mz_entry entry;
    int64_t unix_ms = 0;
    if (mz_leaf_split(receipt->leaf, &unix_ms, &jws, why) != MZ_OK ||
        mz_entry_decode(jws, &entry, why) != MZ_OK)
        return NULL;
    json_t *disclosed = disclosed_json(hasher, receipt, &entry, why);
    json_t *out =
        disclosed == NULL
            ? NULL
            : json_pack("{s:b, s:s, s:I, s:I, s:I, s:s, s:O, s:I, s:o}", "proved", 1, "origin",
                        checkpoint->origin, "size", (json_int_t)checkpoint->size, "index",
                        (json_int_t)receipt->index, "unix_ms", (json_int_t)unix_ms, "event",
                        entry.row->name, "body", entry.body, "disclosures",
                        (json_int_t)receipt->disclosure_count, "disclosed", disclosed);
    mz_entry_clear(&entry);
    return out;
}

static mz_status prove(mz_hasher *hasher, mz_view text, const mz_policy *pin, json_t **report,
                       mz_reason *why)
{
    mz_receipt receipt;
    mz_checkpoint checkpoint;
    mz_status status = mz_receipt_parse(text, &receipt, why);
    if (status != MZ_OK)
        return status;
    status = mz_receipt_verify(hasher, &receipt, pin, &checkpoint, why);
    if (status == MZ_OK) {
        *report = entry_json(hasher, &receipt, &checkpoint, why);
        if (*report == NULL)
            status = why->status != MZ_OK ? why->status : mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_receipt_clear(&receipt);
    return status;
}

mz_status mz_audit_receipt(const char *file, const char *pin_file, bool *proved, json_t **report,
                           mz_reason *why)
{
    mz_policy *pin = NULL;
    mz_reason reason = {0};
    mz_buf text;
    mz_hasher *hasher = mz_hasher_new();
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX + 16384);
    *proved = false;
    *report = NULL;
    mz_status status = hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY)
                                      : mz_audit_read_pin(pin_file, hasher, &pin, why);
    if (status == MZ_OK)
        status = mz_audit_read_file(file, MZ_RECEIPT_SIZE_MAX, &text, why);
    if (status == MZ_OK) {
        status = prove(hasher, mz_buf_view(&text), pin, report, &reason);
        *proved = status == MZ_OK;
        if (status != MZ_OK && status != MZ_NO_MEMORY) {
            *report = json_pack("{s:b, s:o}", "proved", 0, "reason", mz_report_reason(&reason));
            status = *report != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
        }
    }
    mz_buf_clear(&text);
    mz_policy_free(pin);
    mz_hasher_free(hasher);
    return status;
}
