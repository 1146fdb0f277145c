/* head_text.h — the head of a request taken apart as libmicrohttpd 0.9.75 does: generously. Lines
 * end at a line feed, a value at a NUL, and a line that begins with a blank goes on. For trying the
 * judge without a socket. */
#ifndef MZ_TESTS_HEAD_TEXT_H
#define MZ_TESTS_HEAD_TEXT_H

#include "http/strict.h"

/* False when there is no head in it. The views borrow `text`. */
bool mz_head_text(mz_view text, mz_http_head *head);

#endif
