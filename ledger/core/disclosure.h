/* disclosure.h — a sealed field outside its entry (RFC 9901): 披露项. The entry holds the digest,
 * in
 * `_sd` of its body; the disclosure holds the value.
 *
 *     disclosure = base64url of the UTF-8 of ["<salt>", "<name>", <value>]
 *     digest     = base64url of SHA-256 over the ASCII of the disclosure
 *     together   = <jws>~<disclosure>~...<disclosure>~
 *
 * `name` is a member of the body, or a path to one in it: `name`, `registrars/0/name`. A refusal
 * never repeats what a disclosure says, nor its name: it tells which one of them, and what is wrong
 * with it, because refusals go to terminals, logs and other programs. */
#ifndef MZ_CORE_DISCLOSURE_H
#define MZ_CORE_DISCLOSURE_H

#include "core/entry.h"

#define MZ_DISCLOSURES_MAX 64          /* of one entry */
#define MZ_DISCLOSURE_SIZE_MAX 16384   /* characters of base64url */
#define MZ_DISCLOSURE_SALT_SIZE 16     /* bytes, of those that we make */
#define MZ_DISCLOSURE_NAME_SIZE_MAX 60 /* bytes of a path */

/* A decoded one. Ends with mz_disclosure_clear. */
typedef struct mz_disclosure {
    json_t *parts;    /* owned: salt, name, value */
    const char *name; /* borrowed from parts */
    const json_t *value;
} mz_disclosure;

/* Appends the disclosure's text. The salt is new and random for each: the digest of a short value
 * could be guessed. MZ_TOO_LARGE. */
mz_status mz_disclosure_make(const uint8_t salt[MZ_DISCLOSURE_SALT_SIZE], const char *name,
                             const json_t *value, mz_buf *out, mz_reason *why) MZ_MUST_USE;
mz_hash mz_disclosure_digest(mz_hasher *hasher, mz_view text);

/* Reads the form: canonical base64url, strict JSON, exactly three parts, the first two strings. Any
 * salt that is not empty will do, since RFC 9901 leaves it to who makes it. `number`, from 1, is
 * for the reason. MZ_BAD_DISCLOSURE {number, cause}, MZ_NO_MEMORY; then `out` is empty. */
mz_status mz_disclosure_decode(mz_view text, size_t number, mz_disclosure *out,
                               mz_reason *why) MZ_MUST_USE;
void mz_disclosure_clear(mz_disclosure *disclosure); /* an empty one is fine */

/* Whether it is made of the characters of base64url and not empty: what may stand between tildes.
 */
bool mz_disclosure_spelled(mz_view text);
/* Splits `<first>~<disclosure>~...`, or `<first>` alone, without looking inside the parts. NULL
 * when it has that form; else what is wrong, a literal in both languages (MZ_BOTH). All borrow
 * `text`. */
const char *mz_disclosures_split(mz_view text, mz_view *first, mz_view texts[MZ_DISCLOSURES_MAX],
                                 size_t *count);

/* Whether the digest of each is in `digests`, an `_sd` or NULL, and none comes twice: what can be
 * said without the catalogue. NULL when it is so; else what is wrong, and with which one, from 1.
 * `hashes` receives `count` digests. */
const char *mz_disclosures_fault(mz_hasher *hasher, const json_t *digests, const mz_view *texts,
                                 size_t count, mz_hash *hashes, size_t *number);

/* All that can be said of an entry's disclosures: the above, and that each names a field which the
 * catalogue lets this event seal, once, which is not in clear as well, with a value of its type.
 * Digests without a disclosure are fine: withheld, erased, or there to hide how many there are.
 * MZ_BAD_DISCLOSURE {number, cause}; for a value what its type refuses (schema.h), with the field's
 * path. */
mz_status mz_disclosures_check(mz_hasher *hasher, const mz_entry *entry, const mz_view *texts,
                               size_t count, mz_hash *hashes, mz_reason *why) MZ_MUST_USE;

/* The field of a body that a path names: NULL when there is none, or one that must not be sealed.
 * A list's item is looked for in `body`; `in_clear` tells whether the body has the member too. */
const mz_field *mz_disclosure_field(const mz_field *fields, const json_t *body, const char *name,
                                    bool *in_clear);

#endif
