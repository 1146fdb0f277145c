#include "remote/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 10000
#define TOTAL_MS 60000
#define USER_AGENT "mingzhang"

struct mz_http_client {
    CURL *easy;
    int64_t connect_ms, total_ms;
    char *ca_file;
    atomic_bool stopped;
    char error[CURL_ERROR_SIZE];
};

mz_status mz_http_client_new(const mz_http_client_options *options, mz_http_client **client,
                             mz_reason *why)
{
    static const mz_http_client_options DEFAULTS = {0};
    const mz_http_client_options *given = options != NULL ? options : &DEFAULTS;
    /* Counted, and safe from several threads since libcurl 7.84. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return mz_refuse(why, MZ_IO, mz_words("cause", "libcurl"));
    mz_http_client *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->connect_ms = given->connect_ms > 0 ? given->connect_ms : CONNECT_MS;
        made->total_ms = given->total_ms > 0 ? given->total_ms : TOTAL_MS;
        made->ca_file = given->ca_file != NULL ? strdup(given->ca_file) : NULL;
        made->easy = curl_easy_init();
        atomic_init(&made->stopped, false);
        if (made->easy != NULL && (given->ca_file == NULL || made->ca_file != NULL)) {
            *client = made;
            return MZ_OK;
        }
        curl_easy_cleanup(made->easy);
        free(made->ca_file);
        free(made);
    }
    curl_global_cleanup();
    return mz_refuse(why, MZ_NO_MEMORY);
}

void mz_http_client_free(mz_http_client *client)
{
    if (client == NULL)
        return;
    curl_easy_cleanup(client->easy);
    free(client->ca_file);
    free(client);
    curl_global_cleanup();
}

void mz_http_client_stop(mz_http_client *client)
{
    atomic_store(&client->stopped, true);
}

bool mz_http_client_stopped(const mz_http_client *client)
{
    return atomic_load(&client->stopped);
}

/* --- what may be called --- */

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    const bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return there;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           strncmp(host, "127.", 4) == 0;
}

/* Whether the URL is of the form that we call, and whether its host is this machine. */
static bool judge_url(const char *text, bool *loopback)
{
    char *scheme = NULL, *host = NULL;
    CURLU *url = curl_url();
    bool good = url != NULL && strlen(text) <= MZ_HTTP_CLIENT_URL_MAX &&
                curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                !has_part(url, CURLUPART_FRAGMENT) && !has_part(url, CURLUPART_USER);
    *loopback = good && is_loopback(host);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return good;
}

static mz_status judge_call(const mz_http_call *call, bool *loopback, mz_reason *why)
{
    assert(call->field_count <= MZ_HTTP_CLIENT_FIELDS_MAX);
    if (!judge_url(call->url, loopback))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", call->url),
                         mz_words("want", MZ_BOTH("http:// 或 https:// 开头、不含用户名的网址",
                                                  "an http:// or https:// URL without a user")));
    for (size_t i = 0; i < call->field_count; i++) {
        if (strpbrk(call->fields[i], "\r\n") != NULL)
            return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", call->fields[i]),
                             mz_words("want", MZ_BOTH("单行的文字", "one line of text")));
    }
    return MZ_OK;
}

/* --- the call --- */

static size_t receive(char *data, size_t unit, size_t count, void *context)
{
    mz_buf *body = context;
    (void)unit; /* libcurl: always 1 */
    mz_buf_put(body, (mz_view){(const uint8_t *)data, count});
    return body->failed ? 0 : count;
}

static int look_whether_stopped(void *context, curl_off_t total, curl_off_t done, curl_off_t up_all,
                                curl_off_t up)
{
    const mz_http_client *client = context;
    (void)total, (void)done, (void)up_all, (void)up;
    return atomic_load(&client->stopped) ? 1 : 0;
}

static bool append(struct curl_slist **list, const char *field)
{
    struct curl_slist *longer = curl_slist_append(*list, field);
    if (longer == NULL)
        return false;
    *list = longer;
    return true;
}

static bool make_fields(const mz_http_call *call, struct curl_slist **list)
{
    char type[MZ_HTTP_CLIENT_MEDIA_TYPE_MAX + 20];
    bool good = true;
    if (call->media_type != NULL) {
        const int size = snprintf(type, sizeof type, "Content-Type: %s", call->media_type);
        assert(size > 0 && (size_t)size < sizeof type);
        good = append(list, type);
    } else if (call->method != MZ_CALL_GET) {
        good = append(list, "Content-Type:"); /* or libcurl would call it a form */
    }
    for (size_t i = 0; good && i < call->field_count; i++)
        good = append(list, call->fields[i]);
    return good;
}

/* The options of every call. A value that libcurl refuses would be our own mistake, or no memory.
 */
static bool set_limits(mz_http_client *client, bool loopback)
{
    CURL *easy = client->easy;
    curl_easy_reset(easy); /* keeps the connections */
    client->error[0] = '\0';
    bool good = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->error) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)client->total_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_whether_stopped) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_XFERINFODATA, client) == CURLE_OK;
    if (loopback) /* a proxy of the environment would ask its own machine */
        good &= curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
    if (client->ca_file != NULL)
        good &= curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file) == CURLE_OK;
    return good;
}

static bool set_call(CURL *easy, const mz_http_call *call, struct curl_slist *fields, mz_buf *body)
{
    bool good = curl_easy_setopt(easy, CURLOPT_URL, call->url) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEDATA, body) == CURLE_OK;
    if (call->method == MZ_CALL_GET)
        return good;
    good &= curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size) ==
            CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                             call->body.size > 0 ? (const char *)call->body.data : "") == CURLE_OK;
    if (call->method == MZ_CALL_PUT)
        good &= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT") == CURLE_OK;
    return good;
}

static void take_field(CURL *easy, const char *name, char *out, size_t out_size)
{
    struct curl_header *field = NULL;
    out[0] = '\0';
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &field) == CURLHE_OK &&
        strlen(field->value) < out_size)
        memcpy(out, field->value, strlen(field->value) + 1);
}

static void take_reply(CURL *easy, mz_http_reply *reply)
{
    char wait[16];
    long code = 0;
    *reply = (mz_http_reply){.retry_after_s = -1};
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    reply->code = (unsigned)code;
    take_field(easy, "Content-Type", reply->media_type, sizeof reply->media_type);
    take_field(easy, "ETag", reply->etag, sizeof reply->etag);
    take_field(easy, "Retry-After", wait, sizeof wait);
    if (wait[0] != '\0' && strlen(wait) <= 9 && wait[strspn(wait, "0123456789")] == '\0')
        reply->retry_after_s = strtol(wait, NULL, 10);
}

static mz_status failed(const mz_http_client *client, const char *url, CURLcode code,
                        const mz_buf *body, mz_reason *why)
{
    char cause[MZ_REASON_WORDS_MAX];
    if (code == CURLE_WRITE_ERROR && body->failed)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", url),
                         mz_count("size", (int64_t)body->size),
                         mz_count("limit", (int64_t)body->size_max));
    if (code == CURLE_OUT_OF_MEMORY)
        return mz_refuse(why, MZ_NO_MEMORY);
    snprintf(cause, sizeof cause, "%.70s: %.80s", url,
             client->error[0] != '\0' ? client->error : curl_easy_strerror(code));
    return mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

mz_status mz_http_client_call(mz_http_client *client, const mz_http_call *call,
                              mz_http_reply *reply, mz_buf *body, mz_reason *why)
{
    struct curl_slist *fields = NULL;
    bool loopback = false;
    mz_buf_reset(body);
    mz_status status = judge_call(call, &loopback, why);
    if (status != MZ_OK)
        return status;
    if (!make_fields(call, &fields) || !set_limits(client, loopback) ||
        !set_call(client->easy, call, fields, body)) {
        status = mz_refuse(why, MZ_NO_MEMORY);
    } else {
        const CURLcode code = curl_easy_perform(client->easy);
        if (code == CURLE_OK)
            take_reply(client->easy, reply);
        else
            status = failed(client, call->url, code, body, why);
    }
    curl_slist_free_all(fields);
    return status;
}
