/* request.h — one HTTP request as a handler sees it: judged, decoded, whole. Nothing here knows of
 * ledgers. All views are borrowed while the exchange lives. */
#ifndef MZ_HTTP_REQUEST_H
#define MZ_HTTP_REQUEST_H

#include "core/bytes.h"
#include "http/limits.h"

/* Methods are bits, so that a route can take several. */
typedef enum mz_method {
    MZ_METHOD_OTHER = 0,
    MZ_GET = 1,
    MZ_HEAD = 2,
    MZ_POST = 4,
    MZ_PUT = 8,
    MZ_OPTIONS = 16
} mz_method;

/* "GET"; "?" for one that is not known. A literal. */
const char *mz_method_name(mz_method method);

typedef struct mz_request {
    mz_method method;
    mz_view target; /* path and query as sent; begins with a slash */
    mz_view path;   /* without the query, as sent */
    /* What stands between the slashes, percent-decoded: valid UTF-8 without control characters,
     * never empty, "." or ".."; may hold a slash that was sent as %2F. "/" has none. */
    size_t segment_count;
    mz_view segments[MZ_HTTP_SEGMENTS_MAX];
    size_t query_count; /* no name twice; decoded like segments, plus is a blank */
    struct {
        mz_view name, value;
    } query[MZ_HTTP_QUERY_MAX];
    /* Header fields that matter, as sent; size 0 when there is none. */
    mz_view content_type, authorization, accept_language, if_none_match, accept_encoding;
    bool expects_continue;   /* it waits to be told before it sends its body */
    uint64_t content_length; /* of the body that was announced; 0 when none was */
    mz_view body;            /* all of it, when the handler runs */
    int body_file;    /* or here, when the application wanted a file: at its start; else -1 */
    size_t room_used; /* where decoded text lies */
    uint8_t room[MZ_HTTP_TARGET_SIZE_MAX];
} mz_request;

/* The value of a query member; `data` NULL when it is not there. */
mz_view mz_request_query(const mz_request *request, const char *name);
/* ?lang=zh|en, else what Accept-Language likes best, else Chinese. */
mz_language mz_request_language(const mz_request *request);

/* One request and its answer on its connection. The server's. */
typedef struct mz_exchange mz_exchange;

/* The answer comes later: the handler says so and returns, its response is not looked at. From any
 * thread mz_exchange_resume is then called exactly once, and the handler runs again on the
 * server's thread; after resume the exchange is not the caller's to touch. */
void mz_exchange_suspend(mz_exchange *exchange);
void mz_exchange_resume(mz_exchange *exchange);
/* The server that it is at. */
struct mz_http_server *mz_exchange_server(const mz_exchange *exchange);

#endif
