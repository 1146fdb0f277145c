/* text.h — which text may enter the book. What a person reads on a page must be what was signed: so
 * no control characters, no characters that reorder or hide others, no blanks at the ends, valid
 * UTF-8 (RFC 3629: no surrogates, no overlong forms). Letters of every script are welcome. */
#ifndef MZ_CORE_TEXT_H
#define MZ_CORE_TEXT_H

#include "core/bytes.h"

#define MZ_ID_SIZE_MAX 40

bool mz_utf8_valid(mz_view text);
/* Code points of valid UTF-8; of other bytes, the number of bytes that do not continue a character.
 */
size_t mz_utf8_count(mz_view text);
/* The largest size not above `size_max` that ends with a whole character. */
size_t mz_utf8_cut(mz_view text, size_t size_max);

/* The size of the first character and its code point; 0 when `text` does not begin with one. */
size_t mz_utf8_first(mz_view text, uint32_t *point);
/* Whether the code point may stand in the book at all, at an end or not: see mz_text_check. */
bool mz_point_acceptable(uint32_t point);

/* MZ_OK for 1..points_max code points (bytes, for the second) of acceptable text. Else MZ_BAD_TEXT
 * {path, cause} or MZ_TOO_LONG {path, size, limit}. Refused: C0, DEL, C1, U+2028, U+2029,
 * bidirectional controls (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069), U+FEFF, noncharacters,
 * blanks at either end (all of Unicode White_Space, so U+3000 too, and U+200B). `path` names the
 * member for the reason. */
mz_status mz_text_check(mz_view text, size_t points_max, const char *path,
                        mz_reason *why) MZ_MUST_USE;
mz_status mz_text_check_bytes(mz_view text, size_t size_max, const char *path,
                              mz_reason *why) MZ_MUST_USE;

/* [a-z0-9][a-z0-9-]{0,39} */
bool mz_id_valid(mz_view text);
/* 1..size_max bytes of visible ASCII, 0x21..0x7e. */
bool mz_ascii_token(mz_view text, size_t size_max);

#endif
