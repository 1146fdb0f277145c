/* strict.h — which requests are taken at all. The library below parses generously: it accepts
 * Transfer-Encoding beside Content-Length, two lengths, two hosts or none. Two programs that read
 * one request differently are how requests are smuggled past a proxy, so whatever could be read in
 * two ways is refused here, before anything else is looked at. Pure. */
#ifndef MZ_HTTP_STRICT_H
#define MZ_HTTP_STRICT_H

#include "http/request.h"

typedef struct mz_http_field {
    mz_view name, value;
    mz_view colon_gap; /* between name and value: a colon and blanks */
    mz_view line_gap;  /* between value and next name, or the head's end: line ends */
} mz_http_field;

/* A head as the library gave it: borrowed. In the gaps between its parts it may have written NULs.
 */
typedef struct mz_http_head {
    mz_view method, version;
    mz_view target;                              /* as sent */
    size_t size;                                 /* of all of it, as sent */
    mz_view method_gap, target_gap, version_gap; /* what lies behind each */
    size_t field_count;
    bool more_fields; /* than there is room for */
    mz_http_field fields[MZ_HTTP_HEADERS_MAX];
} mz_http_head;

/* Fills `request` but for its body. MZ_HTTP_VERSION; MZ_TARGET_TOO_LONG; MZ_HEAD_TOO_LARGE;
 * MZ_BAD_EXPECTATION; MZ_LENGTH_REQUIRED; MZ_WRONG_MEDIA for an encoded body; MZ_BAD_REQUEST. The
 * views borrow `head` and `request->room`. */
mz_status mz_request_judge(const mz_http_head *head, mz_request *request,
                           mz_reason *why) MZ_MUST_USE;

/* The parts of it, for whoever has only a target. Sets target, path, segments, query.
 * MZ_BAD_REQUEST; MZ_TARGET_TOO_LONG. */
mz_status mz_target_decode(mz_view target, mz_request *request, mz_reason *why) MZ_MUST_USE;

#endif
