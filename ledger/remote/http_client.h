/* http_client.h — one HTTP request to somebody else's server, with limits on everything: 向外请求。
 * Built on libcurl, which nothing else of the project knows. A client keeps its connections alive
 * from one call to the next; it serves one thread at a time. */
#ifndef MZ_REMOTE_HTTP_CLIENT_H
#define MZ_REMOTE_HTTP_CLIENT_H

#include "core/bytes.h"

#define MZ_HTTP_CLIENT_URL_MAX 2000
#define MZ_HTTP_CLIENT_MEDIA_TYPE_MAX 100
#define MZ_HTTP_CLIENT_ETAG_MAX 100
#define MZ_HTTP_CLIENT_FIELDS_MAX 8 /* header fields of the caller's own */

typedef struct mz_http_client mz_http_client;

typedef struct mz_http_client_options {
    int64_t connect_ms;  /* until there is a connection; 0: 10 seconds */
    int64_t total_ms;    /* until the answer's last byte; 0: 60 seconds */
    const char *ca_file; /* certificates trusted for https; NULL: the system's */
} mz_http_client_options;

/* The caller owns `*client` on MZ_OK. `options` may be NULL. MZ_NO_MEMORY; MZ_IO. */
mz_status mz_http_client_new(const mz_http_client_options *options, mz_http_client **client,
                             mz_reason *why) MZ_MUST_USE;
void mz_http_client_free(mz_http_client *client); /* NULL is fine */
/* From any thread: the call that is under way, and every later one, ends with MZ_IO within about a
 * second. */
void mz_http_client_stop(mz_http_client *client);
bool mz_http_client_stopped(const mz_http_client *client);

typedef enum mz_http_call_method { MZ_CALL_GET, MZ_CALL_POST, MZ_CALL_PUT } mz_http_call_method;

/* Borrowed for the call. */
typedef struct mz_http_call {
    mz_http_call_method method;
    const char *url;        /* http or https, no user or password in it, no fragment */
    const char *media_type; /* of `body`; NULL when there is none */
    mz_view body;           /* of POST and PUT */
    size_t field_count;
    const char *fields[MZ_HTTP_CLIENT_FIELDS_MAX]; /* "Name: value", without a line's end */
} mz_http_call;

/* A value without pointers; what is longer than its room is left empty. */
typedef struct mz_http_reply {
    unsigned code;                                      /* 200 ... */
    char media_type[MZ_HTTP_CLIENT_MEDIA_TYPE_MAX + 1]; /* as sent, parameters included */
    char etag[MZ_HTTP_CLIENT_ETAG_MAX + 1];
    int64_t retry_after_s; /* -1: not said, or not in seconds */
} mz_http_reply;

/* Sends the request and waits for the whole answer. MZ_OK whatever code the server answers; no
 * redirect is followed. `body` is the caller's, replaced, and its size_max is the limit of the
 * answer. MZ_BAD_VALUE {path, want}: not a URL to be called, or a header field with a line's end;
 * MZ_TOO_LARGE: the answer is above the limit; MZ_IO {cause}: no answer, or not a whole one, within
 * the time; MZ_NO_MEMORY. */
mz_status mz_http_client_call(mz_http_client *client, const mz_http_call *call,
                              mz_http_reply *reply, mz_buf *body, mz_reason *why) MZ_MUST_USE;

#endif
