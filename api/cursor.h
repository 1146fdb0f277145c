/* cursor.h — where a list goes on, as text that clients hand back unread. */
#ifndef MZ_API_CURSOR_H
#define MZ_API_CURSOR_H

#include "core/bytes.h"

#define MZ_CURSOR_SIZE 12 /* characters: nine bytes as base64url */

/* The rows before `before`. */
void mz_cursor_write(uint64_t before, char text[MZ_CURSOR_SIZE + 1]);
bool mz_cursor_read(mz_view text, uint64_t *before) MZ_MUST_USE;

#endif
