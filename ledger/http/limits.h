/* limits.h — how much of anything the server takes from outside, in one place. What is above is
 * refused with 4xx, or 503 where another try may help, and the connection is closed. */
#ifndef MZ_HTTP_LIMITS_H
#define MZ_HTTP_LIMITS_H

/* A request's head. */
#define MZ_HTTP_TARGET_SIZE_MAX 2048      /* path and query as sent */
#define MZ_HTTP_SEGMENTS_MAX 12           /* of a path */
#define MZ_HTTP_QUERY_MAX 8               /* members of a query */
#define MZ_HTTP_HEADERS_MAX 64            /* fields */
#define MZ_HTTP_HEADER_SIZE_MAX 4096      /* name and value of one; a token has 1,024 */
#define MZ_HTTP_HEAD_SIZE_MAX (16 * 1024) /* all of them with the request line */
#define MZ_HTTP_CONNECTION_MEMORY                                                                  \
    (32 * 1024) /* the library's, of one connection: above the head's */

/* Bodies: each route says its own limit, never more than this. */
#define MZ_HTTP_BODY_SIZE_MAX (32 * 1024 * 1024)
#define MZ_HTTP_BODIES_SIZE_MAX (48 * 1024 * 1024) /* of all requests together */

/* Answers. */
#define MZ_HTTP_ANSWER_SIZE_MAX (20 * 1024 * 1024)  /* one: 256 entries of the largest kind */
#define MZ_HTTP_ANSWERS_SIZE_MAX (48 * 1024 * 1024) /* that clients have not fetched yet */
#define MZ_HTTP_GZIP_SIZE_MIN 512                   /* below, packing is not worth it */
#define MZ_HTTP_GZIP_SIZE_MAX (1024 * 1024)         /* above, it would hold up the others */
#define MZ_RESPONSE_HEADERS_MAX 6
#define MZ_RESPONSE_HEADER_SIZE_MAX 256

/* Connections and time. */
#define MZ_HTTP_CONNECTIONS_MAX 1024
#define MZ_HTTP_CONNECTIONS_PER_ADDRESS 256
#define MZ_HTTP_IDLE_SECONDS 30      /* nothing comes, nothing goes */
#define MZ_HTTP_REQUEST_SECONDS 30   /* from the first byte of a head to the last of the body */
#define MZ_HTTP_EXCHANGE_SECONDS 300 /* to the last byte of the answer */

#endif
