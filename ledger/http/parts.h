/* parts.h — what the files of the server share. */
#ifndef MZ_HTTP_PARTS_H
#define MZ_HTTP_PARTS_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/hash.h"
#include "http/server.h"

/* An answer as the library sends it, and the one that says that it has not changed. Both can be
 * sent to many at once. */
#define MZ_ETAG_SIZE 32
typedef struct mz_answer {
    struct MHD_Response *full, *unchanged; /* `unchanged` NULL: it has no tag */
    char etag[MZ_ETAG_SIZE];               /* with its quotes; "" when it has none */
    unsigned code;
    uint64_t size;
} mz_answer;

/* What makes answers: the packer and the hasher live as long as the server. */
typedef struct mz_answers mz_answers;
mz_answers *mz_answers_new(bool tls); /* NULL without memory */
void mz_answers_free(mz_answers *answers);
/* Bytes of answers that clients have not fetched yet. */
uint64_t mz_answers_size(const mz_answers *answers);
/* Makes the answer of a response and takes its body. False without memory. The caller ends it with
 * mz_answer_clear; the library holds on to what it still sends. */
bool mz_answer_make(mz_answers *answers, const mz_request *request, mz_response *response,
                    bool close, mz_answer *answer);
void mz_answer_clear(mz_answer *answer);
/* Which of the two a request gets. */
struct MHD_Response *mz_answer_for(const mz_answer *answer, const mz_request *request,
                                   unsigned *code);
bool mz_request_accepts_gzip(const mz_request *request);

/* Answers that are kept for who asks the same again: some seconds, and while the version is the
 * same. */
typedef struct mz_kept mz_kept;
mz_kept *mz_kept_new(void);
void mz_kept_free(mz_kept *kept);
/* NULL when there is none. Borrowed until the next call. `label` as it was put. */
const mz_answer *mz_kept_find(mz_kept *kept, const mz_request *request, uint64_t version,
                              int64_t now_ms, const char **label);
/* Keeps it, if it is worth it: takes `answer`, which is then empty. */
bool mz_kept_put(mz_kept *kept, const mz_request *request, uint64_t version, int64_t now_ms,
                 const char *label, mz_answer *answer);

/* A connection, from its beginning to its end. */
typedef struct mz_link {
    struct mz_link *next, *before;
    mz_exchange *exchange; /* the request that it is busy with; NULL between two */
    int fd;
    _Atomic int64_t cut_at_ms; /* when it is cut off; MZ_NO_DEADLINE while it waits for us */
} mz_link;
#define MZ_NO_DEADLINE INT64_MAX

/* The client's address as text. */
void mz_link_address(const mz_link *link, char *text, size_t text_size);

struct mz_exchange {
    mz_http_server *server;
    struct MHD_Connection *connection;
    mz_link *link;
    mz_request request;
    mz_response response;
    const char *target_at; /* in the library's buffer, to see what lies around it */
    char target[MZ_HTTP_TARGET_SIZE_MAX + 2]; /* one more than may be, to see that it is */
    mz_buf body;
    uint64_t counted;  /* of the body, in the server's bodies_size */
    uint64_t gathered; /* bytes of the body that came */
    bool judged, refused, answered;
    bool close;      /* the connection ends with this answer */
    bool wants_rest; /* the handler has asked to be called again */
    int64_t started_ms, answered_ms;
    unsigned code;
    uint64_t size;
    const char *label;
    void *state;
    void (*state_free)(void *state);
};

struct mz_http_server {
    mz_http_app app;
    struct MHD_Daemon *daemon; /* has a thread of its own, on which all but the sweeper runs */
    char address[128];
    char spool_dir[4096];
    mz_answers *answers;
    mz_kept *kept;
    uint64_t bodies_size; /* announced by requests under way */
    _Atomic bool quiescing;
    pthread_t sweeper;
    bool has_sweeper, has_mutex;
    pthread_mutex_t mutex; /* guards the following */
    pthread_cond_t wake;   /* the server ends, or its last exchange has ended */
    bool ending;
    uint64_t exchanges; /* under way */
    mz_link *links;
    /* figures */
    _Atomic uint64_t connections_now, connections, by_class[6], answered_bytes, kept_hits, cut_off;
};

/* How much time a step with that many bytes has: from now on. */
void mz_link_hurry(mz_link *link, int64_t seconds, uint64_t size);
void mz_server_count(mz_http_server *server, bool begins);

/* exchange.c: what the library calls. */
void *mz_exchange_begin(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result mz_exchange_step(void *server, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **context);
void mz_exchange_end(void *server, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode how);

#endif
