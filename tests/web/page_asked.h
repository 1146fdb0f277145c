/* page_asked.h — a page by its address, as the service would give it, without one. */
#ifndef MZ_TESTS_PAGE_ASKED_H
#define MZ_TESTS_PAGE_ASKED_H

#include "log/log.h"

#define PAGE_SIZE_MAX ((size_t)8 << 20)

/* Appends the page at `path` (with its query) as of a moment; its HTTP code. */
unsigned page_ask(mz_log *log, const char *path, int64_t now_ms, mz_buf *out);

#endif
