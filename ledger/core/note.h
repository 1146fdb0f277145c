/* note.h — a text with signature lines (C2SP signed-note v1.0.0), and the keys that verify it.
 *
 *     any text of whole lines
 *
 *     — example.org/log 5t2/NB...
 *
 * A signature line is an em dash, a space, the key's name, a space and standard base64 of the key's
 * id (4 bytes, big-endian) and the signature. Signatures of unknown keys are ignored; a wrong one
 * of a known key refuses the note. The text means nothing before mz_note_verify. */
#ifndef MZ_CORE_NOTE_H
#define MZ_CORE_NOTE_H

#include "core/hash.h"
#include "core/key.h"

#define MZ_NOTE_SIZE_MAX 65536
#define MZ_NOTE_SIGNATURES_MAX 100
#define MZ_NOTE_NAME_MAX 255 /* bytes of a key name; a line with a longer one is refused */

/* The first byte of a key's material. */
typedef enum mz_vkey_type {
    MZ_VKEY_ED25519 = 0x01,    /* Ed25519 over the text */
    MZ_VKEY_COSIGNATURE = 0x04 /* tlog-cosignature v1.0.1: with a time, by a witness */
} mz_vkey_type;

/* A verifier key: `<name>+<id: 8 lowercase hex digits>+<base64 of type || public key>`. A value. */
typedef struct mz_vkey {
    char name[MZ_NOTE_NAME_MAX + 1]; /* UTF-8, no Unicode space, no plus, not empty */
    mz_vkey_type type;
    uint32_t id; /* the first 4 bytes of SHA-256(name || LF || type || public key) */
    uint8_t public_key[32];
} mz_vkey;

/* "<name>+<8 hex>+<base64 of 33 bytes>" with its NUL. */
#define MZ_VKEY_TEXT_MAX (MZ_NOTE_NAME_MAX + 1 + 8 + 1 + 44 + 1)

/* MZ_BAD_NOTE when the name, the id, the type or the key is not acceptable. */
mz_status mz_vkey_parse(mz_hasher *hasher, mz_view text, mz_vkey *vkey, mz_reason *why) MZ_MUST_USE;
/* From its parts; computes the id. MZ_BAD_NOTE when the name is not acceptable. */
mz_status mz_vkey_make(mz_hasher *hasher, mz_view name, mz_vkey_type type,
                       const uint8_t public_key[32], mz_vkey *vkey, mz_reason *why) MZ_MUST_USE;
void mz_vkey_put(mz_buf *buf, const mz_vkey *vkey);
bool mz_note_name_valid(mz_view name);

typedef struct mz_note_signature {
    mz_view name;
    uint32_t id;
    mz_view base64; /* canonical standard base64 of id and signature, at least 5 bytes */
} mz_note_signature;

/* A parsed note. All views are borrowed from the bytes given to mz_note_parse. */
typedef struct mz_note {
    mz_view text; /* with its last newline, without the empty line */
    mz_view signature_lines;
    size_t signature_count; /* at least 1 */
    mz_note_signature signatures[MZ_NOTE_SIGNATURES_MAX];
} mz_note;

/* MZ_BAD_NOTE or MZ_TOO_LARGE when the bytes are not the form of a signed note. */
mz_status mz_note_parse(mz_view bytes, mz_note *note, mz_reason *why) MZ_MUST_USE;

/* What a key says of a note: nothing, or a valid signature; a cosignature also says when. */
typedef struct mz_note_seal {
    bool valid;
    uint64_t unix_s; /* of a cosignature; 0 for an Ed25519 signature */
} mz_note_seal;

/* Verifies every signature line that belongs to one of `keys`; of several lines by one key the
 * first counts. MZ_OK when at least one key's signature is valid; seals[i] tells of keys[i].
 * MZ_BAD_NOTE when none is, when a known key's signature is wrong, or when two of `keys` have one
 * name and id. */
mz_status mz_note_verify(const mz_note *note, const mz_vkey *keys, size_t key_count,
                         mz_note_seal *seals, mz_reason *why) MZ_MUST_USE;

/* Appends `text`, the empty line and one Ed25519 signature line (type 0x01) by `signer` as `name`.
 * `text` is UTF-8 that ends with a newline. MZ_BAD_NOTE when the name or the text is not
 * acceptable. */
mz_status mz_note_sign(mz_hasher *hasher, mz_view text, mz_view name, const mz_signer *signer,
                       mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* Appends one cosignature line (type 0x04) over `text` at `unix_s`, at most 2^63 - 1. */
mz_status mz_note_cosign(mz_hasher *hasher, mz_view text, mz_view name, const mz_signer *signer,
                         uint64_t unix_s, mz_buf *out, mz_reason *why) MZ_MUST_USE;

/* Two readers that the formats made of lines share. */
/* Takes the next line off `rest`, without its newline; false when no newline is left. */
bool mz_line_take(mz_view *rest, mz_view *line);
/* ASCII digits without a leading zero (but "0"), at most `value_max`. */
bool mz_decimal_parse(mz_view text, uint64_t value_max, uint64_t *value);

#endif
