/* entry.h — one signed event, decoded: a compact JWS (RFC 7515) that doubles as the issuer-signed
 * part of an SD-JWT (RFC 9901), with typ mz-entry+sd-jwt and alg Ed25519 (RFC 9864).
 * docs/format.md, section "Entry". Decoding is pure and needs no key; the signature is checked
 * separately. */
#ifndef MZ_CORE_ENTRY_H
#define MZ_CORE_ENTRY_H

#include "core/event.h"
#include "core/hash.h"
#include "core/jws.h"

#define MZ_ENTRY_TYP "mz-entry+sd-jwt"
#define MZ_LEAF_SIZE_MAX 65535
#define MZ_PAYLOAD_SIZE_MAX 47999
#define MZ_ORIGIN_SIZE_MAX 100
#define MZ_ID_SIZE_MAX 40

typedef struct mz_entry {
    const mz_event_row *row;
    mz_jws jws; /* borrows the text that was decoded */
    uint8_t jti[16];
    int64_t iat_unix_s;
    char origin[MZ_ORIGIN_SIZE_MAX + 1]; /* the payload's aud */
    char fund[MZ_ID_SIZE_MAX + 1];       /* empty when the payload has none */
    json_t *payload;                     /* owned */
    json_t *body;                        /* borrowed from payload */
} mz_entry;

/* Decodes and checks everything that needs no history: encoding, header, JSON, schema, jti against
 * iat. On MZ_OK the caller ends with mz_entry_clear; on a refusal `entry` holds nothing. `jws` is
 * borrowed until then. */
mz_status mz_entry_decode(mz_view jws, mz_entry *entry, mz_reason *why) MZ_MUST_USE;
/* The same for a payload that is not signed yet, and for a body kept until its confirmation: no
 * signature, kid all zero. */
mz_status mz_entry_decode_payload(mz_view payload, mz_entry *entry, mz_reason *why) MZ_MUST_USE;
void mz_entry_clear(mz_entry *entry);

/* Whether the signature is `key`'s, which the caller has found by the entry's kid (mz_rules_key):
 * kid is inside what is signed, so it needs no second look. MZ_BAD_SIGNATURE. */
mz_status mz_entry_verify(const mz_entry *entry, const uint8_t key[32], mz_reason *why) MZ_MUST_USE;

/* The body's members, once decoded. A missing optional member gives an empty view, `fallback`,
 * NULL, or false. They borrow from the entry. */
bool mz_body_has(const mz_entry *entry, const char *name);
mz_view mz_body_text(const mz_entry *entry, const char *name);
int64_t mz_body_integer(const mz_entry *entry, const char *name, int64_t fallback);
bool mz_body_boolean(const mz_entry *entry, const char *name);
/* NULL counts as empty in jansson. */
const json_t *mz_body_list(const mz_entry *entry, const char *name);
/* The position in `values`; -1 when it is missing. */
int mz_body_value(const mz_entry *entry, const char *name, const char *const *values);
bool mz_body_day(const mz_entry *entry, const char *name, int32_t *day);
bool mz_body_jti(const mz_entry *entry, const char *name, uint8_t jti[16]);
bool mz_body_bytes_32(const mz_entry *entry, const char *name, uint8_t bytes[32]); /* KEY */
/* The same of a list item or nested object. */
mz_view mz_json_text(const json_t *object, const char *name);
int64_t mz_json_integer(const json_t *object, const char *name, int64_t fallback);

/* A leaf of the tree: ASCII `<log time in unix ms> <jws>`. Canonical decimal, no leading zero. */
#define MZ_LEAF_PREFIX_MAX 21
/* Writes the prefix with its space and a NUL; returns its size without the NUL. */
size_t mz_leaf_prefix(int64_t unix_ms, char prefix[MZ_LEAF_PREFIX_MAX + 1]);
/* MZ_CORRUPT when it is not a leaf. `jws` borrows from `leaf`. */
mz_status mz_leaf_split(mz_view leaf, int64_t *unix_ms, mz_view *jws, mz_reason *why) MZ_MUST_USE;

#endif
