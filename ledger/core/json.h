/* json.h — strict JSON (RFC 8259) for payloads: one object, nothing after it, no member twice,
 * integers only, no NUL in strings, at most MZ_JSON_SIZE_MAX bytes and MZ_JSON_DEPTH_MAX levels.
 * The values are jansson's; json_decref ends them. */
#ifndef MZ_CORE_JSON_H
#define MZ_CORE_JSON_H

#include <jansson.h>

#include "core/bytes.h"

#define MZ_JSON_SIZE_MAX 65535
#define MZ_JSON_DEPTH_MAX 8 /* objects and arrays inside each other, the outermost counted */

/* On MZ_OK the caller owns `*out`; untouched otherwise. MZ_TOO_LARGE; MZ_BAD_JSON {cause, line,
 * column}; MZ_WRONG_TYPE {path, want} for a number with a fraction or an exponent. */
mz_status mz_json_parse(mz_view text, json_t **out, mz_reason *why) MZ_MUST_USE;
/* The same for our own settings and replies of other programs, where the top may be an array. */
mz_status mz_json_parse_any(mz_view text, json_t **out, mz_reason *why) MZ_MUST_USE;

/* Appends the value without blanks, members in the order of insertion, UTF-8 unescaped.
 * MZ_TOO_LARGE when `out` has no room for it or there is no memory; `out` is then failed. */
mz_status mz_json_print(const json_t *value, mz_buf *out) MZ_MUST_USE;

/* Appends the text, which is UTF-8, as the string that mz_json_print would write: for answers that
 * are made so often that their tree costs more than what is in them. */
void mz_json_put_string(mz_buf *out, mz_view text);

/* A refusal for programs: {"code","status","figures","zh","en"}; new, NULL without memory. */
json_t *mz_reason_json(const mz_reason *why);

#endif
