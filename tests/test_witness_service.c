/* test_witness_service.c — a witness with its state on a disk: every status, restarts, kills
 * between persisting and answering, and its door on loopback under many requests at once.
 * mz_kv_commit is wrapped to fail, or to be the last thing that a process does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/witness.h"
#include "audit/witness_http.h"
#include "core/kv.h"
#include "remote/http_client.h"
#include "small_log.h"

#define ORIGIN "example.org/log"
#define WITNESS "witness.example.net/w1"
#define NOW_S INT64_C(1772413200)

/* --- the wrapped commit --- */

typedef enum commit_kind { COMMIT, KILL_BEFORE, KILL_AFTER, SAY_FULL, SAY_UNKNOWN } commit_kind;
static commit_kind commit_does;
mz_status __real_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    if (commit_does == KILL_BEFORE)
        (void)raise(SIGKILL);
    if (commit_does == SAY_FULL || commit_does == SAY_UNKNOWN) {
        mz_kv_abort(txn);
        return mz_refuse(why, commit_does == SAY_FULL ? MZ_FULL : MZ_OUTCOME_UNKNOWN);
    }
    const mz_status status = __real_mz_kv_commit(txn, why);
    if (commit_does == KILL_AFTER)
        (void)raise(SIGKILL);
    return status;
}

/* --- a witness of its own for each test --- */

typedef struct world {
    char dir[64], state[80];
    small_log log, forked, stranger;
    mz_signer signer;
    mz_vkey vkey;
    mz_witness_service *service;
} world;

static void open_service(world *w)
{
    mz_vkey key;
    small_log_vkey(&w->log, &key);
    assert_int_equal(mz_witness_service_open(w->state, &w->signer, &w->service, NULL), MZ_OK);
    assert_int_equal(mz_witness_watch(w->service, &key, NULL), MZ_OK);
    assert_int_equal(mz_witness_watch(w->service, &key, NULL), MZ_OK); /* twice is once */
}

static void reopen_service(world *w)
{
    mz_witness_service_close(w->service);
    open_service(w);
}

static int set_up(void **state)
{
    uint8_t seed[MZ_SEED_SIZE];
    world *w = calloc(1, sizeof *w);
    strcpy(w->dir, "/tmp/mz-witness-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    (void)snprintf(w->state, sizeof w->state, "%s/state", w->dir);
    small_log_init(&w->log, ORIGIN, 'l', 1);
    small_log_init(&w->forked, ORIGIN, 'l', 2);
    small_log_init(&w->stranger, "example.org/another", 's', 1);
    memset(seed, 'w', sizeof seed);
    mz_signer_from_seed(&w->signer, seed);
    assert_int_equal(mz_witness_state_create(w->state, &w->signer, WITNESS, &w->vkey, NULL), MZ_OK);
    open_service(w);
    commit_does = COMMIT;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const NAMES[] = {"state/data.mdb", "state/lock.mdb", "state/witness.lock"};
    world *w = *state;
    char path[160];
    mz_witness_service_close(w->service);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", w->dir, NAMES[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(w->state), 0);
    assert_int_equal(rmdir(w->dir), 0); /* nothing else was left */
    small_log_clear(&w->log);
    small_log_clear(&w->forked);
    small_log_clear(&w->stranger);
    free(w);
    return 0;
}

/* Brings `size` of a log from `old`, and answers with the code; `said` may be NULL. */
static unsigned bring(world *w, const small_log *log, uint64_t old, uint64_t size, int64_t now_s,
                      mz_buf *said)
{
    mz_buf body;
    mz_witness_reply reply;
    mz_buf_init(&body, MZ_WITNESS_REQUEST_SIZE_MAX);
    small_log_request(log, old, size, &body);
    mz_witness_answer_request(w->service, "POST", mz_view_of("/add-checkpoint"), mz_buf_view(&body),
                              now_s, &reply);
    const unsigned code = reply.code;
    assert_int_equal(strcmp(reply.media_type, MZ_WITNESS_SIZE_TYPE) == 0,
                     code == 409 && reply.body.data[0] < 0x80);
    if (said != NULL) {
        mz_buf_reset(said);
        mz_buf_put(said, mz_buf_view(&reply.body));
    }
    mz_buf_clear(&reply.body);
    mz_buf_clear(&body);
    return code;
}

static void cosigns(world *w, const small_log *log, uint64_t size, const mz_buf *said,
                    uint64_t unix_s)
{
    mz_cosignature cosignature;
    mz_buf text;
    const mz_checkpoint checkpoint = small_log_checkpoint(log, size);
    mz_buf_init(&text, MZ_CHECKPOINT_SIZE_MAX);
    mz_checkpoint_put_text(&text, &checkpoint);
    assert_int_equal(
        mz_cosignature_find(mz_buf_view(&text), mz_buf_view(said), &w->vkey, &cosignature, NULL),
        MZ_OK);
    assert_int_equal(cosignature.unix_s, unix_s);
    assert_int_equal(cosignature.line.size, said->size); /* its line alone */
    mz_buf_clear(&text);
}

/* --- a life --- */

static void test_life(void **state)
{
    world *w = *state;
    mz_buf said;
    mz_buf_init(&said, MZ_WITNESS_ANSWER_SIZE_MAX);
    assert_int_equal(bring(w, &w->log, 3, 7, NOW_S, &said), 409);
    assert_true(mz_view_is(mz_buf_view(&said), "0\n"));
    assert_int_equal(bring(w, &w->log, 0, 7, NOW_S, &said), 200);
    cosigns(w, &w->log, 7, &said, NOW_S);
    reopen_service(w); /* nothing of it was in memory alone */
    assert_int_equal(bring(w, &w->log, 0, 7, NOW_S, &said), 409);
    assert_true(mz_view_is(mz_buf_view(&said), "7\n"));
    assert_int_equal(bring(w, &w->log, 7, 7, NOW_S + 1, &said), 200);
    cosigns(w, &w->log, 7, &said, NOW_S + 1);
    assert_int_equal(bring(w, &w->log, 7, 20, NOW_S - 50, &said), 200);
    cosigns(w, &w->log, 20, &said, NOW_S + 1); /* a clock that was set back */
    assert_int_equal(bring(w, &w->log, 7, 9, NOW_S + 2, &said), 409); /* never back */
    assert_true(mz_view_is(mz_buf_view(&said), "20\n"));
    assert_int_equal(bring(w, &w->forked, 20, 20, NOW_S + 2, &said), 409); /* no second root */
    assert_int_equal(bring(w, &w->forked, 20, 30, NOW_S + 2, &said), 422);
    assert_int_equal(bring(w, &w->stranger, 0, 7, NOW_S + 2, &said), 404);
    reopen_service(w);
    assert_int_equal(bring(w, &w->forked, 20, 20, NOW_S + 2, &said), 409);
    assert_int_equal(bring(w, &w->log, 20, 30, NOW_S + 3, &said), 200);
    cosigns(w, &w->log, 30, &said, NOW_S + 3);
    mz_buf_clear(&said);
}

static void test_another_key(void **state)
{
    world *w = *state;
    small_log other;
    small_log_init(&other, ORIGIN, 'o', 1);
    assert_int_equal(bring(w, &other, 0, 7, NOW_S, NULL), 403);
    small_log_clear(&other);
}

/* --- death --- */

static void die_while(world *w, commit_kind how)
{
    int status = 0;
    mz_witness_service_close(w->service);
    w->service = NULL;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        open_service(w);
        commit_does = how;
        (void)bring(w, &w->log, 7, 20, NOW_S, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    open_service(w);
}

static void test_killed(void **state)
{
    world *w = *state;
    mz_buf said;
    mz_buf_init(&said, MZ_WITNESS_ANSWER_SIZE_MAX);
    assert_int_equal(bring(w, &w->log, 0, 7, NOW_S, NULL), 200);
    die_while(w, KILL_BEFORE);
    assert_int_equal(bring(w, &w->log, 0, 20, NOW_S, &said), 409);
    assert_true(mz_view_is(mz_buf_view(&said), "7\n")); /* as if never asked */
    die_while(w, KILL_AFTER);
    /* It may have told somebody: from here on there is no way to another 20. */
    assert_int_equal(bring(w, &w->forked, 7, 20, NOW_S, &said), 409);
    assert_true(mz_view_is(mz_buf_view(&said), "20\n"));
    assert_int_equal(bring(w, &w->forked, 20, 20, NOW_S, NULL), 409);
    assert_int_equal(bring(w, &w->log, 20, 20, NOW_S, &said), 200);
    cosigns(w, &w->log, 20, &said, NOW_S);
    mz_buf_clear(&said);
}

static void test_trouble(void **state)
{
    world *w = *state;
    assert_int_equal(bring(w, &w->log, 0, 7, NOW_S, NULL), 200);
    commit_does = SAY_FULL;
    assert_int_equal(bring(w, &w->log, 7, 20, NOW_S, NULL), 507);
    commit_does = COMMIT;
    assert_false(mz_witness_service_stopped(w->service));
    assert_int_equal(bring(w, &w->log, 7, 9, NOW_S, NULL), 200);
    commit_does = SAY_UNKNOWN;
    assert_int_equal(bring(w, &w->log, 9, 20, NOW_S, NULL), 503);
    commit_does = COMMIT;
    assert_true(mz_witness_service_stopped(w->service));
    assert_int_equal(bring(w, &w->log, 9, 20, NOW_S, NULL), 503); /* until it is opened anew */
    reopen_service(w);
    assert_int_equal(bring(w, &w->log, 9, 20, NOW_S, NULL), 200);
}

/* --- the state --- */

static void test_state(void **state)
{
    world *w = *state;
    mz_witness_service *second = NULL;
    mz_signer other;
    mz_vkey vkey;
    mz_reason why = {0};
    uint8_t seed[MZ_SEED_SIZE] = {1};
    mz_signer_from_seed(&other, seed);
    assert_int_equal(mz_witness_service_open(w->state, &w->signer, &second, &why), MZ_BUSY);
    mz_witness_service_close(w->service);
    w->service = NULL;
    assert_int_equal(mz_witness_service_open(w->state, &other, &second, NULL), MZ_BAD_VALUE);
    assert_int_equal(mz_witness_service_open(w->dir, &w->signer, &second, NULL), MZ_BAD_VALUE);
    assert_int_equal(mz_witness_service_open("/nonexistent", &w->signer, &second, NULL),
                     MZ_BAD_VALUE);
    assert_int_equal(mz_witness_state_create(w->state, &w->signer, WITNESS, &vkey, NULL),
                     MZ_EXISTS);
    assert_int_equal(mz_witness_state_create("/tmp/mz-no-such/x", &w->signer, "a b", &vkey, NULL),
                     MZ_BAD_NOTE);
    assert_int_equal(mz_witness_state_vkey(w->state, &vkey, NULL), MZ_OK);
    assert_string_equal(vkey.name, WITNESS);
    char path[160];
    (void)snprintf(path, sizeof path, "%s/witness.lock", w->dir);
    assert_int_equal(unlink(path), 0); /* of the folder that is no state */
    open_service(w);
    small_log_vkey(&w->log, &vkey);
    vkey.type = MZ_VKEY_COSIGNATURE;
    assert_int_equal(mz_witness_watch(w->service, &vkey, NULL), MZ_BAD_NOTE);
    small_log_vkey(&w->log, &vkey);
    for (unsigned i = 1; i <= MZ_WITNESS_WATCHED_MAX; i++) {
        (void)snprintf(vkey.name, sizeof vkey.name, "example.org/%u", i);
        assert_int_equal(mz_witness_watch(w->service, &vkey, NULL),
                         i < MZ_WITNESS_WATCHED_MAX ? MZ_OK : MZ_TOO_MANY);
    }
}

/* --- routes --- */

#define ID "f2b49f9a0b91f5e0a9b0f2e0f4c6e1f5f0a9b0f2e0f4c6e1f5f0a9b0f2e0f4c6"

static const struct {
    const char *method, *path;
    unsigned code;
    const char *holds;
} ROUTES[] = {
    {"GET",    "/healthz",                200, "\"status\":\"ok\""                                    },
    {"HEAD",   "/healthz",                200, ""                                                     },
    {"GET",    "/metrics",                200, "mingzhang_witness_log_size{origin=\"" ORIGIN "\"} 7\n"},
    {"GET",    "/logs",                   200, "\"size\":7,"                                          },
    {"GET",    "/logs/" ID "/checkpoint", 404, "No checkpoint"                                        },
    {"GET",    "/logs//checkpoint",       404, ""                                                     },
    {"GET",    "/logs/checkpoint",        404, ""                                                     },
    {"GET",    "/add-checkpoint",         405, ""                                                     },
    {"PUT",    "/add-checkpoint",         405, ""                                                     },
    {"POST",   "/logs",                   405, ""                                                     },
    {"POST",   "/add-checkpoint/",        404, ""                                                     },
    {"POST",   "/",                       404, ""                                                     },
    {"POST",   "/add-checkpoint",         400, "old"                                                  },
    {"DELETE", "/healthz",                405, ""                                                     },
};

static void test_routes(void **state)
{
    world *w = *state;
    assert_int_equal(bring(w, &w->log, 0, 7, NOW_S, NULL), 200);
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++) {
        mz_witness_reply reply;
        mz_witness_answer_request(w->service, ROUTES[i].method, mz_view_of(ROUTES[i].path),
                                  (mz_view){0}, NOW_S, &reply);
        if (reply.code != ROUTES[i].code || reply.body.data == NULL ||
            strstr((const char *)reply.body.data, ROUTES[i].holds) == NULL)
            fail_msg("%s %s: %u %s", ROUTES[i].method, ROUTES[i].path, reply.code,
                     (const char *)reply.body.data);
        assert_int_equal(reply.allow != NULL, reply.code == 405);
        mz_buf_clear(&reply.body);
    }
}

/* A signature of nobody whom the witness knows. */
#define STRANGE_LINE "\xe2\x80\x94 strange.example AAAAAAAAAA==\n"

/* What monitors fetch: the log's signature and the witness's, over one text. */
static void test_checkpoint(void **state)
{
    world *w = *state;
    mz_witness_reply reply;
    mz_vkey keys[2] = {[1] = w->vkey};
    mz_note_seal seals[2];
    mz_note note;
    char path[100], hex[65];
    const mz_view origin = mz_view_of(ORIGIN);
    const mz_hash id = mz_hash_parts(w->log.hasher, &origin, 1);
    mz_hex_32(id.bytes, hex);
    (void)snprintf(path, sizeof path, "/logs/%s/checkpoint", hex);
    mz_witness_answer_request(w->service, "GET", mz_view_of(path), (mz_view){0}, NOW_S, &reply);
    assert_int_equal(reply.code, 404); /* nothing yet */
    mz_buf_clear(&reply.body);
    mz_buf body;
    mz_buf_init(&body, MZ_WITNESS_REQUEST_SIZE_MAX);
    small_log_request(&w->log, 0, 7, &body);
    mz_buf_put_text(&body, STRANGE_LINE);
    mz_buf_put_format(&body, "\xe2\x80\x94 %s AAAAAAAAAA==\n", ORIGIN);
    mz_witness_answer_request(w->service, "POST", mz_view_of("/add-checkpoint"), mz_buf_view(&body),
                              NOW_S, &reply);
    assert_int_equal(reply.code, 200);
    mz_buf_clear(&reply.body);
    mz_buf_clear(&body);
    mz_witness_answer_request(w->service, "GET", mz_view_of(path), (mz_view){0}, NOW_S, &reply);
    assert_int_equal(reply.code, 200);
    assert_null(
        memmem(reply.body.data, reply.body.size, "AAAAAAAAAA==", 12)); /* nobody verified them */
    small_log_vkey(&w->log, &keys[0]);
    assert_int_equal(mz_note_parse(mz_buf_view(&reply.body), &note, NULL), MZ_OK);
    assert_int_equal(mz_note_verify(&note, keys, 2, seals, NULL), MZ_OK);
    assert_true(seals[0].valid && seals[1].valid && seals[1].unix_s == NOW_S);
    mz_buf_clear(&reply.body);
}

/* --- the door --- */

static void never(void *context)
{
    (void)context;
    abort();
}

static mz_witness_http *open_door(world *w)
{
    mz_witness_http *http = NULL;
    assert_int_equal(mz_witness_http_start(w->service, "127.0.0.1:0", never, NULL, &http, NULL),
                     MZ_OK);
    return http;
}

/* clang-format off */
static const struct {
    const char *name, *request;
    unsigned code; /* 0: closed without an answer */
} RAW[] = {
    {"as it should be",        "GET /healthz HTTP/1.1\r\nHost: w\r\n\r\n",                                             200},
    {"no host",                "GET /healthz HTTP/1.1\r\n\r\n",                                                        400},
    {"two hosts",              "GET /healthz HTTP/1.1\r\nHost: w\r\nHost: v\r\n\r\n",                                  400},
    {"chunks",                 "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
    {"chunks beside a length", "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"two lengths",            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nold 0", 400},
    {"two other lengths",      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nold 0", 400},
    {"a length with a sign",   "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: +5\r\n\r\nold 0",           400},
    {"too large, before it is sent", "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n", 413},
    {"a malformed body",       "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 5\r\n\r\nold 0",            400},
    {"an escaped path",        "GET /%68ealthz HTTP/1.1\r\nHost: w\r\n\r\n",                                           404},
};
/* clang-format on */

static int dial(const mz_witness_http *http)
{
    const char *colon = strrchr(mz_witness_http_address(http), ':');
    const uint16_t port = (uint16_t)strtoul(colon + 1, NULL, 10);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    const struct timeval patience = {.tv_sec = 20};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void test_raw(void **state)
{
    world *w = *state;
    mz_witness_http *http = open_door(w);
    for (size_t i = 0; i < sizeof RAW / sizeof RAW[0]; i++) {
        char answer[2000] = "";
        unsigned code = 0;
        const int fd = dial(http);
        assert_true(send(fd, RAW[i].request, strlen(RAW[i].request), MSG_NOSIGNAL) > 0);
        assert_true(recv(fd, answer, sizeof answer - 1, 0) >= 0);
        close(fd);
        if (strncmp(answer, "HTTP/1.1 ", 9) == 0)
            code = (unsigned)strtoul(answer + 9, NULL, 10);
        if (code != RAW[i].code)
            fail_msg("%s: %s", RAW[i].name, answer);
        /* One length is refused by the library before anybody is asked. */
        if (strstr(answer, "X-Content-Type-Options: nosniff") == NULL &&
            strstr(answer, "<html>") == NULL)
            fail_msg("%s has no security headers: %s", RAW[i].name, answer);
    }
    mz_witness_http_stop(http);
}

static void test_listen(void **state)
{
    world *w = *state;
    static const char *const WRONG[] = {"", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1",
                                        "[x]:8090"};
    mz_witness_http *http = NULL;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_int_equal(mz_witness_http_start(w->service, WRONG[i], never, NULL, &http, NULL),
                         MZ_IO);
    http = open_door(w);
    mz_witness_http *second = NULL;
    assert_int_equal(mz_witness_http_start(w->service, mz_witness_http_address(http), never, NULL,
                                           &second, NULL),
                     MZ_IO);
    mz_witness_http_stop(http);
}

/* --- many at once --- */

#define CALLERS 6
#define CALLS 60

typedef struct caller {
    world *w;
    small_log log; /* its own: a hasher is for one thread */
    char url[64];
    unsigned cosigned[SMALL_LOG_LEAVES + 1]; /* by size */
    pthread_t thread;
} caller;

/* Brings one size after the other, as a log does, following what the witness says it knows. */
static void *call_on(void *context)
{
    caller *c = context;
    mz_http_client *client = NULL;
    mz_buf body, text;
    mz_witness_answer answer = {0};
    uint64_t old = 0, size = 1;
    if (mz_http_client_new(NULL, &client, NULL) != MZ_OK)
        abort();
    mz_buf_init(&body, MZ_WITNESS_REQUEST_SIZE_MAX);
    mz_buf_init(&text, MZ_CHECKPOINT_SIZE_MAX);
    mz_buf_init(&answer.body, MZ_WITNESS_ANSWER_SIZE_MAX);
    for (unsigned i = 0; i < CALLS && size <= SMALL_LOG_LEAVES; i++) {
        mz_cosignature cosignature;
        mz_http_reply reply;
        small_log_request(&c->log, old, size, &body);
        const mz_http_call call = {
            .method = MZ_CALL_POST, .url = c->url, .body = mz_buf_view(&body)};
        if (mz_http_client_call(client, &call, &reply, &answer.body, NULL) != MZ_OK)
            abort();
        answer.code = reply.code;
        (void)snprintf(answer.media_type, sizeof answer.media_type, "%.60s", reply.media_type);
        const mz_checkpoint checkpoint = small_log_checkpoint(&c->log, size);
        mz_buf_reset(&text);
        mz_checkpoint_put_text(&text, &checkpoint);
        switch (mz_witness_follow(&answer, mz_buf_view(&text), size, old, &c->w->vkey, &cosignature,
                                  &old, NULL)) {
        case MZ_STEP_DONE:
            c->cosigned[size]++;
            old = size++;
            break;
        case MZ_STEP_AGAIN:
            break;
        case MZ_STEP_AHEAD: /* another caller was faster */
            size = old;
            break;
        case MZ_STEP_LATER:
        case MZ_STEP_FORKED: /* the other branch won */
            i = CALLS;
            break;
        }
    }
    mz_buf_clear(&body);
    mz_buf_clear(&text);
    mz_buf_clear(&answer.body);
    mz_http_client_free(client);
    return NULL;
}

static void test_at_once(void **state)
{
    world *w = *state;
    caller callers[CALLERS] = {0};
    mz_witness_http *http = open_door(w);
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i].w = w;
        small_log_init(&callers[i].log, ORIGIN, 'l', i % 2 == 0 ? 1 : 2);
        (void)snprintf(callers[i].url, sizeof callers[i].url, "http://%s/add-checkpoint",
                       mz_witness_http_address(http));
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call_on, &callers[i]), 0);
    }
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
    mz_witness_http_stop(http);
    for (size_t i = 0; i < CALLERS; i++)
        small_log_clear(&callers[i].log);
    unsigned all = 0;
    for (uint64_t size = SMALL_LOG_FORK + 1; size <= SMALL_LOG_LEAVES; size++) {
        unsigned branch[2] = {0};
        for (size_t i = 0; i < CALLERS; i++)
            branch[i % 2] += callers[i].cosigned[size];
        assert_true(branch[0] == 0 || branch[1] == 0); /* never two roots of one size */
        all += branch[0] + branch[1];
    }
    assert_true(all > 0);
}

#define WITNESS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITNESS_TEST(test_life),       WITNESS_TEST(test_another_key), WITNESS_TEST(test_killed),
        WITNESS_TEST(test_trouble),    WITNESS_TEST(test_state),       WITNESS_TEST(test_routes),
        WITNESS_TEST(test_checkpoint), WITNESS_TEST(test_raw),         WITNESS_TEST(test_listen),
        WITNESS_TEST(test_at_once),
    };
    return cmocka_run_group_tests_name("witness service", TESTS, NULL, NULL);
}
