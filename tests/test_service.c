/* test_service.c — the service under many clients at once and in trouble: everyone is answered,
 * each entry is in once, slow clients hold up nobody, and what stops writing does not stop reading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auth.h"
#include "core/disclosure.h"
#include "core/json.h"
#include "edge/clock.h"
#include "service_fixture.h"

/* --- a commit whose outcome is not known, once; or one that waits --- */

static _Atomic bool commit_is_unknown;
static _Atomic bool commit_waits;

mz_status __real_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    while (commit_waits)
        usleep(1000);
    const mz_status status = __real_mz_kv_commit(txn, why);
    if (status != MZ_OK || !commit_is_unknown)
        return status;
    commit_is_unknown = false;
    return mz_refuse(why, MZ_OUTCOME_UNKNOWN);
}

static int set_up(void **state)
{
    mz_served *served = malloc(sizeof *served);
    assert_non_null(served);
    commit_is_unknown = commit_waits = false;
    mz_served_begin(served);
    *state = served;
    return 0;
}

static int tear_down(void **state)
{
    mz_served_end(*state);
    free(*state);
    return 0;
}

static bool body_has(const mz_got *got, const char *text)
{
    mz_view body = mz_got_body(got);
    return body.size > 0 && memmem(body.data, body.size, text, strlen(text)) != NULL;
}

static int64_t number_in(const mz_got *got, const char *name)
{
    json_t *value = NULL;
    assert_int_equal(mz_json_parse(mz_got_body(got), &value, NULL), MZ_OK);
    const int64_t number = json_integer_value(json_object_get(value, name));
    json_decref(value);
    return number;
}

/* Posts entry `number` and wants that code. */
static void post(mz_served *served, int fd, uint64_t number, unsigned code, mz_got *got)
{
    mz_buf entry;
    mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
    mz_served_entry(served, number, &entry);
    assert_true(
        mz_client_ask(fd, "POST", "/v1/entries", "application/jose", mz_buf_view(&entry), got));
    if (got->code != code)
        fail_msg("%u, not %u: %s", got->code, code, (const char *)got->text.data);
    mz_buf_clear(&entry);
}

static void get(int fd, const char *target, unsigned code, mz_got *got)
{
    assert_true(mz_client_ask(fd, "GET", target, NULL, (mz_view){0}, got));
    if (got->code != code)
        fail_msg("%s: %u, not %u: %s", target, got->code, code, (const char *)got->text.data);
}

static uint64_t size_of_log(const mz_served *served)
{
    mz_got got;
    int fd = mz_client_connect(served);
    get(fd, "/healthz", 200, &got);
    const int64_t size = number_in(&got, "size");
    mz_got_clear(&got);
    close(fd);
    return (uint64_t)size;
}

/* --- many at once --- */

#define CLIENTS 64
#define EACH 8

typedef struct client {
    pthread_t thread;
    mz_served *served;
    uint64_t first; /* of its entries' numbers */
    unsigned codes[EACH];
    int64_t indexes[EACH];
} client;

static void *run_client(void *context)
{
    client *mine = context;
    int fd = mz_client_connect(mine->served);
    for (size_t i = 0; i < EACH; i++) {
        mz_got got;
        mz_buf entry;
        mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
        mz_served_entry(mine->served, mine->first + i, &entry);
        if (mz_client_ask(fd, "POST", "/v1/entries", "text/plain", mz_buf_view(&entry), &got)) {
            mine->codes[i] = got.code;
            mine->indexes[i] = got.code < 300 ? number_in(&got, "index") : -1;
        }
        mz_got_clear(&got);
        mz_buf_clear(&entry);
    }
    close(fd);
    return NULL;
}

static void run_clients(mz_served *served, client *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        clients[i] = (client){.served = served, .first = 1000 + i * EACH};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, run_client, &clients[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(clients[i].thread, NULL);
}

static void many_at_once(void **state)
{
    static client clients[CLIENTS];
    static bool is_taken[1 + CLIENTS * EACH];
    mz_served *served = *state;
    memset(is_taken, 0, sizeof is_taken);
    run_clients(served, clients, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        for (size_t e = 0; e < EACH; e++) {
            assert_int_equal(clients[i].codes[e], 201);
            assert_in_range(clients[i].indexes[e], 1, CLIENTS * EACH);
            assert_false(is_taken[clients[i].indexes[e]]);
            is_taken[clients[i].indexes[e]] = true;
        }
    assert_int_equal(size_of_log(served), 1 + CLIENTS * EACH);
    run_clients(served, clients, 4); /* the same again: not one more */
    for (size_t i = 0; i < 4; i++)
        for (size_t e = 0; e < EACH; e++)
            assert_int_equal(clients[i].codes[e], 200);
    assert_int_equal(size_of_log(served), 1 + CLIENTS * EACH);
}

/* What was kept of an answer is not told once it is wrong. */
static void a_written_entry_is_read_at_once(void **state)
{
    mz_served *served = *state;
    mz_got got;
    int fd = mz_client_connect(served);
    for (uint64_t number = 1; number < 20; number++) {
        char target[64];
        snprintf(target, sizeof target, "/v1/entries/%d", (int)number);
        get(fd, target, 404, &got);
        mz_got_clear(&got);
        post(served, fd, number, 201, &got);
        assert_int_equal(number_in(&got, "index"), number);
        mz_got_clear(&got);
        get(fd, target, 200, &got);
        mz_got_clear(&got);
        get(fd, target, 200, &got); /* this one was kept */
        mz_got_clear(&got);
    }
    get(fd, "/metrics", 200, &got);
    assert_false(body_has(&got, "mingzhang_answers_kept_total 0\n"));
    mz_got_clear(&got);
    close(fd);
}

/* --- slow ones --- */

#define SLOW 500

static void slow_clients_hold_up_nobody(void **state)
{
    static int slow[SLOW];
    mz_served *served = *state;
    static const char HALF[] = "POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n";
    mz_got got;
    for (size_t i = 0; i < SLOW; i++) {
        slow[i] = mz_client_connect(served);
        mz_client_send(slow[i], (mz_view){(const uint8_t *)HALF, i % sizeof HALF});
    }
    const int64_t begun_ms = mz_clock_steady_ms();
    int fd = mz_client_connect(served);
    post(served, fd, 1, 201, &got);
    mz_got_clear(&got);
    get(fd, "/v1/funds", 200, &got);
    mz_got_clear(&got);
    assert_in_range(mz_clock_steady_ms() - begun_ms, 0, 5000);
    close(fd);
    for (size_t i = 0; i < SLOW; i++)
        close(slow[i]);
}

/* Beyond the limit of an address a connection is ended at once; others go on. */
static void an_address_has_its_limit(void **state)
{
    mz_served *served = *state;
    int fds[12];
    mz_got got;
    size_t answered = 0;
    mz_served_stop(served);
    served->http.per_address_max = 8;
    mz_served_start(served);
    for (size_t i = 0; i < 12; i++)
        fds[i] = mz_client_connect(served);
    for (size_t i = 0; i < 12; i++) {
        answered += mz_client_ask(fds[i], "GET", "/healthz", NULL, (mz_view){0}, &got) ? 1 : 0;
        mz_got_clear(&got);
    }
    assert_int_equal(answered, 8);
    for (size_t i = 0; i < 12; i++)
        close(fds[i]);
}

/* --- the end --- */

static void *stop_slowly(void *context)
{
    mz_served_stop(context);
    return NULL;
}

/* Who waits when the service is told to end gets an answer, and so does who asks too late. */
static void stopping_answers_everyone(void **state)
{
    mz_served *served = *state;
    int fds[CLIENTS], late = mz_client_connect(served);
    pthread_t stopper;
    mz_got got;
    get(late, "/healthz", 200, &got);
    mz_got_clear(&got);
    commit_waits = true;
    for (size_t i = 0; i < CLIENTS; i++) {
        mz_buf entry, request;
        mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
        mz_buf_init(&request, 2 * MZ_JWS_SIZE_MAX);
        mz_served_entry(served, 1 + i, &entry);
        mz_buf_put_format(&request,
                          "POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Type: "
                          "text/plain\r\nContent-Length: %zu\r\n\r\n",
                          entry.size);
        mz_buf_put(&request, mz_buf_view(&entry));
        fds[i] = mz_client_connect(served);
        mz_client_send(fds[i], mz_buf_view(&request));
        mz_buf_clear(&entry);
        mz_buf_clear(&request);
    }
    /* all of them wait before it is told to end */
    for (;;) {
        get(late, "/healthz", 200, &got);
        const bool all = number_in(&got, "waiting") == CLIENTS;
        mz_got_clear(&got);
        if (all)
            break;
    }
    assert_int_equal(pthread_create(&stopper, NULL, stop_slowly, served), 0);
    unsigned code = 200; /* the first answer that says that the connection ends */
    for (char value[256] = ""; strcmp(value, "close") != 0;) {
        get(late, "/healthz", 200, &got);
        if (!mz_got_header(&got, "Connection", value))
            value[0] = '\0';
        code = got.code;
        mz_got_clear(&got);
    }
    assert_int_equal(code, 200);
    commit_waits = false;
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_true(mz_client_read(fds[i], false, &got));
        assert_int_equal(got.code, 201);
        mz_got_clear(&got);
        close(fds[i]);
    }
    close(late);
    pthread_join(stopper, NULL);
    mz_served_start(served);
    assert_int_equal(size_of_log(served), 1 + CLIENTS);
}

static void a_second_one_is_refused(void **state)
{
    mz_served *served = *state;
    mz_service *second = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_service_open(&served->options, &second, &why), MZ_BUSY);
    assert_null(second);
    assert_int_equal(size_of_log(served), 1);
}

/* --- documents and sealed fields --- */

/* A token of a person's, as the value of Authorization. */
static void token_of(const mz_served *served, const char *who, int64_t age_s, char value[1100])
{
    mz_signer signer;
    mz_buf token;
    mz_buf_init(&token, MZ_AUTH_SIZE_MAX);
    mz_sample_signer(who, &signer);
    assert_int_equal(
        mz_auth_make(&signer, MZ_SAMPLE_ORIGIN, served->now_ms / 1000 - age_s, &token, NULL),
        MZ_OK);
    snprintf(value, 1100, "mz-auth %s", (const char *)token.data);
    mz_buf_clear(&token);
}

static void get_as(int fd, const char *target, const char *authorization, unsigned code,
                   mz_got *got)
{
    mz_buf text;
    mz_buf_init(&text, 4096);
    mz_buf_put_format(&text, "GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: %s\r\n\r\n", target,
                      authorization);
    mz_client_send(fd, mz_buf_view(&text));
    mz_buf_clear(&text);
    assert_true(mz_client_read(fd, false, got));
    if (got->code != code)
        fail_msg("%s: %u, not %u: %s", target, got->code, code, (const char *)got->text.data);
}

static const char PICTURE[] = "\x89PNG, or so it says";
#define PICTURE_SIZE (sizeof PICTURE - 1)

/* An entry that names the picture; `target` is where it is. */
static void name_picture(mz_served *served, int fd, uint64_t number, const char *visibility,
                         char target[100])
{
    char body[600], hex[65];
    mz_hasher *hasher = mz_hasher_new();
    const mz_view bytes = {(const uint8_t *)PICTURE, PICTURE_SIZE};
    const mz_hash hash = mz_hash_parts(hasher, &bytes, 1);
    mz_got got;
    mz_buf entry;
    mz_hasher_free(hasher);
    mz_hex_32(hash.bytes, hex);
    snprintf(target, 100, "/v1/evidence/%s", hex);
    snprintf(
        body, sizeof body,
        "{'party':'p-%d','kind':'collective','name':'某组','evidence':[{'sha256':'%s','size':%zu,"
        "'media_type':'image/png','name':'照片.png','visibility':'%s'}]}",
        (int)number, hex, PICTURE_SIZE, visibility);
    mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
    mz_sample_sign("reg-a", number, served->now_ms, "party.registered", NULL, body, &entry);
    assert_true(mz_client_ask(fd, "POST", "/v1/entries", "text/plain", mz_buf_view(&entry), &got));
    assert_int_equal(got.code, 201);
    mz_got_clear(&got);
    mz_buf_clear(&entry);
}

static void put(int fd, const char *target, const void *bytes, size_t size, unsigned code)
{
    mz_got got;
    assert_true(mz_client_ask(fd, "PUT", target, "image/png", (mz_view){bytes, size}, &got));
    if (got.code != code)
        fail_msg("%s: %u, not %u: %s", target, got.code, code, (const char *)got.text.data);
    mz_got_clear(&got);
}

static void documents_go_in_and_out(void **state)
{
    mz_served *served = *state;
    char target[100], value[256];
    mz_got got;
    int fd = mz_client_connect(served);
    name_picture(served, fd, 1, "public", target);
    get(fd, target, 404, &got); /* named, and not here yet */
    assert_true(body_has(&got, "\"code\":\"document_missing\""));
    mz_got_clear(&got);
    put(fd, target, "x", 1, 422);                                 /* another size */
    put(fd, target, "another of that size..", PICTURE_SIZE, 400); /* other bytes */
    put(fd, target, PICTURE, PICTURE_SIZE, 201);
    put(fd, target, PICTURE, PICTURE_SIZE, 200);
    get(fd, target, 200, &got);
    assert_true(
        mz_view_equal(mz_got_body(&got), (mz_view){(const uint8_t *)PICTURE, PICTURE_SIZE}));
    assert_true(mz_got_header(&got, "Content-Type", value));
    assert_string_equal(value, "image/png");
    assert_true(mz_got_header(&got, "Content-Disposition", value));
    assert_non_null(strstr(value, "attachment"));
    assert_true(mz_got_header(&got, "Cache-Control", value));
    assert_non_null(strstr(value, "immutable"));
    mz_got_clear(&got);
    close(fd);
}

static void a_sealed_document_needs_a_token(void **state)
{
    mz_served *served = *state;
    char target[100], value[256], token[1100];
    mz_got got;
    int fd = mz_client_connect(served);
    name_picture(served, fd, 1, "sealed", target);
    put(fd, target, PICTURE, PICTURE_SIZE, 201); /* whoever has the bytes may put them in */
    get(fd, target, 401, &got);
    assert_true(mz_got_header(&got, "WWW-Authenticate", value));
    assert_string_equal(value, "mz-auth");
    mz_got_clear(&got);
    get_as(fd, target, "Bearer x", 401, &got);
    mz_got_clear(&got);
    get_as(fd, target, "mz-auth x", 401, &got);
    assert_true(body_has(&got, "\"code\":\"bad_token\""));
    mz_got_clear(&got);
    token_of(served, "reg-a", 3600, token); /* an hour old */
    get_as(fd, target, token, 401, &got);
    assert_true(body_has(&got, "\"code\":\"token_time\""));
    mz_got_clear(&got);
    token_of(served, "nobody", 0, token);
    get_as(fd, target, token, 403, &got);
    mz_got_clear(&got);
    token_of(served, "reg-b", 0, token);
    get_as(fd, target, token, 200, &got);
    assert_true(
        mz_view_equal(mz_got_body(&got), (mz_view){(const uint8_t *)PICTURE, PICTURE_SIZE}));
    assert_true(mz_got_header(&got, "Cache-Control", value));
    assert_string_equal(value, "no-store");
    mz_got_clear(&got);
    close(fd);
}

static void sealed_fields_need_a_token(void **state)
{
    static const uint8_t salt[MZ_DISCLOSURE_SALT_SIZE] = "0123456789abcde";
    mz_served *served = *state;
    char body[300], digest_text[44], token[1100];
    mz_buf disclosure, entry;
    mz_hasher *hasher = mz_hasher_new();
    json_t *name = json_string("密封的名字");
    mz_got got;
    int fd = mz_client_connect(served);
    mz_buf_init(&disclosure, MZ_DISCLOSURE_SIZE_MAX);
    mz_buf_init(&entry, 2 * MZ_JWS_SIZE_MAX);
    assert_int_equal(mz_disclosure_make(salt, "name", name, &disclosure, NULL), MZ_OK);
    const mz_hash digest = mz_disclosure_digest(hasher, mz_buf_view(&disclosure));
    mz_base64url_32(digest.bytes, digest_text);
    snprintf(body, sizeof body, "{'party':'p-1','kind':'person','_sd':['%s']}", digest_text);
    mz_sample_sign("reg-a", 1, served->now_ms, "party.registered", NULL, body, &entry);
    mz_buf_put_text(&entry, "~");
    mz_buf_put(&entry, mz_buf_view(&disclosure));
    mz_buf_put_text(&entry, "~");
    assert_true(
        mz_client_ask(fd, "POST", "/v1/entries", "application/sd-jwt", mz_buf_view(&entry), &got));
    assert_int_equal(got.code, 201);
    assert_false(body_has(&got, "密封的名字"));
    mz_got_clear(&got);
    get(fd, "/v1/entries/1", 200, &got);
    assert_false(body_has(&got, "密封的名字"));
    mz_got_clear(&got);
    get(fd, "/v1/entries/1/disclosures", 401, &got);
    mz_got_clear(&got);
    token_of(served, "reg-b", 0, token);
    get_as(fd, "/v1/entries/1/disclosures", token, 200, &got);
    assert_true(body_has(&got, "密封的名字"));
    mz_got_clear(&got);
    get_as(fd, "/v1/entries/9/disclosures", token, 404, &got);
    mz_got_clear(&got);
    mz_hasher_free(hasher);
    json_decref(name);
    mz_buf_clear(&disclosure);
    mz_buf_clear(&entry);
    close(fd);
}

/* --- trouble --- */

static void an_unknown_outcome_is_503_and_then_sent_again(void **state)
{
    mz_served *served = *state;
    mz_got got;
    char value[256];
    int fd = mz_client_connect(served);
    commit_is_unknown = true;
    post(served, fd, 1, 503, &got);
    assert_true(body_has(&got, "\"code\":\"outcome_unknown\""));
    assert_true(mz_got_header(&got, "Retry-After", value));
    mz_got_clear(&got);
    mz_buf entry;
    mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
    mz_served_entry(served, 1, &entry);
    unsigned code = 503; /* while it is opened anew */
    while (code == 503) {
        assert_true(
            mz_client_ask(fd, "POST", "/v1/entries", "text/plain", mz_buf_view(&entry), &got));
        code = got.code;
        mz_got_clear(&got);
    }
    assert_int_equal(code, 200); /* it was in */
    mz_buf_clear(&entry);
    assert_int_equal(size_of_log(served), 2);
    get(fd, "/metrics", 200, &got);
    assert_true(body_has(&got, "mingzhang_reopened_total 1\n"));
    mz_got_clear(&got);
    close(fd);
}

static void a_full_disk_is_507_and_reading_goes_on(void **state)
{
    mz_served *served = *state;
    mz_got got;
    mz_served_stop(served);
    served->options.free_space_min = UINT64_MAX / 2;
    mz_served_start(served);
    int fd = mz_client_connect(served);
    post(served, fd, 1, 507, &got);
    assert_true(body_has(&got, "\"code\":\"full\""));
    mz_got_clear(&got);
    get(fd, "/v1/entries/0", 200, &got);
    mz_got_clear(&got);
    get(fd, "/healthz", 503, &got);
    assert_true(body_has(&got, "\"writing\":\"full\""));
    mz_got_clear(&got);
    close(fd);
}

/* The full check runs beside, in a process of its own, and what it found is told. */
static void the_check_runs_beside(void **state)
{
    mz_served *served = *state;
    mz_got got;
    mz_health health = {0};
    mz_served_stop(served);
    served->options.check_program = MZ_TEST_BIN_DIR "/mingzhangd";
    served->options.check_seconds = 1;
    mz_served_start(served);
    while (!health.checked.ever) {
        usleep(10000);
        mz_service_health(served->service, &health);
    }
    assert_int_equal(health.checked.status, MZ_OK);
    assert_int_equal(health.checked.size, 1);
    assert_true(mz_health_good(&health, mz_clock_now_unix_ms()));
    assert_false(mz_health_good(&health, mz_clock_now_unix_ms() + 4000 * 1000)); /* overdue */
    int fd = mz_client_connect(served);
    get(fd, "/healthz", 200, &got);
    assert_true(body_has(&got, "\"result\":\"ok\""));
    mz_got_clear(&got);
    get(fd, "/metrics", 200, &got);
    assert_true(body_has(&got, "mingzhang_check_status 0\n"));
    mz_got_clear(&got);
    close(fd);
    health.checked.status = MZ_CORRUPT;
    assert_false(mz_health_good(&health, mz_clock_now_unix_ms()));
    /* a program that is not there is a check that failed, and told */
    mz_served_stop(served);
    served->options.check_program = "/nonexistent/mingzhangd";
    mz_served_start(served);
    for (health.checked.ever = false; !health.checked.ever;) {
        usleep(10000);
        mz_service_health(served->service, &health);
    }
    assert_int_equal(health.checked.status, MZ_IO);
    fd = mz_client_connect(served);
    get(fd, "/healthz", 503, &got);
    mz_got_clear(&got);
    close(fd);
}

/* A refusal says what, with figures, in both languages; the neighbours' entries are in. */
static void a_refusal_explains_itself(void **state)
{
    mz_served *served = *state;
    mz_got got;
    mz_buf entry;
    int fd = mz_client_connect(served);
    mz_buf_init(&entry, MZ_JWS_SIZE_MAX);
    mz_sample_sign("reg-a", 1, served->now_ms, "registry.confirmed", NULL,
                   "{'target':'019cae5c-7380-7000-8000-000000000009'}", &entry);
    assert_true(mz_client_ask(fd, "POST", "/v1/entries", "text/plain", mz_buf_view(&entry), &got));
    assert_int_equal(got.code, 422);
    assert_true(body_has(&got, "\"code\":\"not_found\""));
    mz_got_clear(&got);
    mz_sample_sign("nobody", 2, served->now_ms, "party.registered", NULL,
                   "{'party':'p','kind':'collective','name':'某'}", &entry);
    assert_true(mz_client_ask(fd, "POST", "/v1/entries", "text/plain", mz_buf_view(&entry), &got));
    assert_int_equal(got.code, 403);
    assert_true(body_has(&got, "\"code\":\"unknown_key\""));
    assert_true(body_has(&got, "没有登记过密钥"));
    mz_got_clear(&got);
    mz_buf_clear(&entry);
    post(served, fd, 3, 201, &got);
    mz_got_clear(&got);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_written_entry_is_read_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slow_clients_hold_up_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_has_its_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopping_answers_everyone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_one_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(documents_go_in_and_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sealed_document_needs_a_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sealed_fields_need_a_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_outcome_is_503_and_then_sent_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_is_507_and_reading_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_check_runs_beside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_explains_itself, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
