#include "remote.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auth.h"
#include "core/note.h"
#include "core/receipt.h"
#include "core/text.h"
#include "edge/clock.h"
#include "remote/patience.h"

#define ANSWER_SIZE_MAX (16u << 20)
#define TIMEOUT_S_MAX 3600

struct mz_remote {
    const mz_cli *cli;
    const char *url;
    mz_http_client *client;
    mz_policy *pin;
    char origin[MZ_ORIGIN_SIZE_MAX + 1]; /* "" until it is known */
    mz_status refused;                   /* by the service, with `problem` */
    json_t *problem;
};

bool mz_cli_is_url(const char *dir)
{
    return strncmp(dir, "http://", 7) == 0 || strncmp(dir, "https://", 8) == 0;
}

/* ---- opening ---- */

static mz_status read_pin(mz_remote *remote, const char *path, mz_reason *why)
{
    mz_buf text;
    mz_status status = mz_cli_read_file(path, MZ_POLICY_SIZE_MAX, &text, why);
    if (status != MZ_OK)
        return status;
    status = mz_pin_parse(remote->cli->hasher, mz_buf_view(&text), &remote->pin, why);
    mz_buf_clear(&text);
    if (status == MZ_OK)
        snprintf(remote->origin, sizeof(remote->origin), "%s", mz_policy_origin(remote->pin));
    return status;
}

mz_status mz_remote_open(const mz_cli *cli, const mz_args *args, const char *url,
                         mz_remote **remote, mz_reason *why)
{
    uint64_t timeout_s = 0;
    const char *timeout = mz_args_value(args, "timeout"), *pin = mz_args_value(args, "pin");
    mz_http_client_options options = {.ca_file = mz_args_value(args, "ca-file")};
    if (timeout != NULL &&
        (!mz_args_number(timeout, &timeout_s) || timeout_s == 0 || timeout_s > TIMEOUT_S_MAX))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "--timeout"),
                         mz_words("want", MZ_BOTH("1 至 3600 秒", "1 to 3600 seconds")));
    options.total_ms = (int64_t)timeout_s * 1000;
    mz_remote *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->cli = cli;
    made->url = url;
    mz_status status = mz_http_client_new(&options, &made->client, why);
    if (status == MZ_OK && pin != NULL)
        status = read_pin(made, pin, why);
    if (status == MZ_OK)
        *remote = made;
    else
        mz_remote_close(made);
    return status;
}

void mz_remote_close(mz_remote *remote)
{
    if (remote == NULL)
        return;
    mz_http_client_free(remote->client);
    mz_policy_free(remote->pin);
    json_decref(remote->problem);
    free(remote);
}

const mz_cli *mz_remote_cli(const mz_remote *remote)
{
    return remote->cli;
}

const mz_policy *mz_remote_pin(const mz_remote *remote)
{
    return remote->pin;
}

/* ---- what the service sends ---- */

/* The same text without what a terminal might obey, or that hides what is beside it. */
static json_t *clean_text(const json_t *value)
{
    mz_view rest = {(const uint8_t *)json_string_value(value), json_string_length(value)};
    mz_buf out;
    mz_buf_init(&out, rest.size + 1);
    while (rest.size > 0) {
        uint32_t point = 0;
        size_t size = mz_utf8_first(rest, &point);
        const bool keep = size > 0 && (point == '\n' || mz_point_acceptable(point));
        size = size == 0 ? 1 : size;
        mz_buf_put(&out, keep ? (mz_view){rest.data, size} : mz_view_of("?"));
        rest.data += size;
        rest.size -= size;
    }
    json_t *cleaned = out.failed ? NULL : json_stringn((const char *)out.data, out.size);
    mz_buf_clear(&out);
    return cleaned;
}

static bool is_clean(mz_view rest)
{
    while (rest.size > 0) {
        uint32_t point = 0;
        const size_t size = mz_utf8_first(rest, &point);
        if (size == 0 || (point != '\n' && !mz_point_acceptable(point)))
            return false;
        rest.data += size;
        rest.size -= size;
    }
    return true;
}

static mz_view text_of(const json_t *value)
{
    return (mz_view){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

/* NOLINTNEXTLINE(misc-no-recursion): the reader of JSON has bounded the depth */
static bool clean(json_t *value)
{
    const char *name;
    size_t i;
    json_t *item;
    void *next;
    bool fine = true;
    json_object_foreach_safe(value, next, name, item)
    {
        if (!is_clean(mz_view_of(name)))
            json_object_del(value, name); /* no view has such a member */
        else if (json_is_string(item) && !is_clean(text_of(item)))
            fine = fine && json_object_set_new(value, name, clean_text(item)) == 0;
        else
            fine = fine && clean(item);
    }
    json_array_foreach(value, i, item)
    {
        if (json_is_string(item) && !is_clean(text_of(item)))
            fine = fine && json_array_set_new(value, i, clean_text(item)) == 0;
        else
            fine = fine && clean(item);
    }
    return fine;
}

static mz_status read_json(const mz_buf *body, json_t **out, mz_reason *why)
{
    json_error_t error;
    json_t *value =
        json_loadb((const char *)body->data, body->size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(value)) {
        json_decref(value);
        return mz_refuse(why, MZ_BAD_JSON,
                         mz_words("cause", MZ_BOTH("网址的回答不是账本服务的回答",
                                                   "what the URL answers is not a ledger's "
                                                   "answer")));
    }
    if (!clean(value)) {
        json_decref(value);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    *out = value;
    return MZ_OK;
}

static mz_status status_of(const char *code, unsigned http_code)
{
    const mz_status *list;
    const size_t count = mz_status_list(&list);
    for (size_t i = 0; i < count; i++)
        if (list[i] != MZ_OK && code != NULL && strcmp(mz_status_code(list[i]), code) == 0)
            return list[i];
    return http_code >= 500 ? MZ_IO : MZ_BAD_VALUE; /* of a later version than this program */
}

/* An answer that is not 2xx. */
static mz_status take_problem(mz_remote *remote, const mz_http_reply *reply, const mz_buf *body,
                              const char *url, mz_reason *why)
{
    char cause[MZ_REASON_WORDS_MAX];
    json_t *problem = NULL;
    if (strncmp(reply->media_type, "application/problem+json", 24) == 0 &&
        read_json(body, &problem, NULL) == MZ_OK &&
        json_is_string(json_object_get(problem, "zh")) &&
        json_is_string(json_object_get(problem, "en"))) {
        json_decref(remote->problem);
        remote->problem = problem;
        remote->refused =
            status_of(json_string_value(json_object_get(problem, "code")), reply->code);
        return remote->refused;
    }
    json_decref(problem);
    snprintf(cause, sizeof(cause), "%.120s: HTTP %u", url, reply->code);
    return mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

/* Told of a wait that a person at a terminal would wonder about. */
static void say_waiting(void *context, const mz_reason *why, unsigned code, int64_t wait_ms)
{
    const mz_remote *remote = context;
    char text[1024] = "";
    if (!isatty(STDERR_FILENO))
        return;
    if (why->status != MZ_OK)
        mz_reason_text(why, remote->cli->language, text, sizeof(text));
    else
        snprintf(text, sizeof(text), "HTTP %u", code);
    fprintf(stderr,
            mz_say(remote->cli, "mingzhang: %s %lld 秒后再试。\n",
                   "mingzhang: %s Trying again in %lld s.\n"),
            text, (long long)(wait_ms + 999) / 1000);
}

/* ---- asking ---- */

static void put_escaped(mz_buf *out, const char *text)
{
    static const char PLAIN[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text != '\0'; text++) {
        if (strchr(PLAIN, *text) != NULL)
            mz_buf_put(out, (mz_view){(const uint8_t *)text, 1});
        else
            mz_buf_put_format(out, "%%%02X", (unsigned)(uint8_t)*text);
    }
}

static mz_status make_url(const mz_remote *remote, const char *pattern, const char *const *values,
                          mz_buf *url, mz_reason *why)
{
    size_t size = strlen(remote->url);
    while (size > 0 && remote->url[size - 1] == '/')
        size--;
    mz_buf_put(url, (mz_view){(const uint8_t *)remote->url, size});
    for (const char *at = pattern; *at != '\0'; at++) {
        if (at[0] == '{' && at[1] == '}') {
            put_escaped(url, *values++);
            at++;
        } else {
            mz_buf_put(url, (mz_view){(const uint8_t *)at, 1});
        }
    }
    if (!url->failed)
        return MZ_OK;
    return mz_refuse(why, MZ_TOO_LONG, mz_words("path", "URL"),
                     mz_count("size", (int64_t)strlen(remote->url)),
                     mz_count("limit", MZ_HTTP_CLIENT_URL_MAX));
}

static mz_status call(mz_remote *remote, mz_http_call *what, const char *pattern,
                      const char *const *values, mz_buf *body, mz_reason *why)
{
    mz_http_reply reply = {0};
    mz_buf url;
    const mz_patience patience = {.told = say_waiting, .context = remote};
    json_decref(remote->problem);
    remote->problem = NULL;
    mz_buf_init(&url, MZ_HTTP_CLIENT_URL_MAX);
    mz_status status = make_url(remote, pattern, values, &url, why);
    if (status == MZ_OK) {
        what->url = (const char *)url.data;
        status = mz_http_call_patiently(remote->client, what, &patience, &reply, body, why);
    }
    if (status == MZ_OK && reply.code / 100 != 2)
        status = take_problem(remote, &reply, body, what->url, why);
    mz_buf_clear(&url);
    return status;
}

static mz_status add_token(mz_remote *remote, const mz_signer *reader, mz_http_call *what,
                           mz_buf *field, mz_reason *why)
{
    const char *origin = NULL;
    mz_status status = mz_remote_origin(remote, &origin, why);
    if (status != MZ_OK)
        return status;
    mz_buf_put_text(field, "Authorization: mz-auth ");
    status = mz_auth_make(reader, origin, mz_clock_now_unix_ms() / 1000, field, why);
    what->fields[what->field_count++] = (const char *)field->data;
    return status;
}

mz_status mz_remote_bytes(mz_remote *remote, const mz_signer *reader, const char *pattern,
                          const char *const *values, mz_buf *out, mz_reason *why)
{
    mz_http_call what = {.method = MZ_CALL_GET};
    mz_buf field;
    mz_status status = MZ_OK;
    mz_buf_init(&field, MZ_AUTH_SIZE_MAX + 64);
    if (reader != NULL)
        status = add_token(remote, reader, &what, &field, why);
    if (status == MZ_OK)
        status = call(remote, &what, pattern, values, out, why);
    mz_buf_clear(&field);
    return status;
}

mz_status mz_remote_get_as(mz_remote *remote, const mz_signer *reader, const char *pattern,
                           const char *const *values, json_t **out, mz_reason *why)
{
    mz_buf body;
    mz_buf_init(&body, ANSWER_SIZE_MAX);
    mz_status status = mz_remote_bytes(remote, reader, pattern, values, &body, why);
    if (status == MZ_OK)
        status = read_json(&body, out, why);
    mz_buf_clear(&body);
    return status;
}

mz_status mz_remote_get(mz_remote *remote, const char *pattern, const char *const *values,
                        json_t **out, mz_reason *why)
{
    return mz_remote_get_as(remote, NULL, pattern, values, out, why);
}

mz_status mz_remote_send(mz_remote *remote, bool is_put, const char *pattern,
                         const char *const *values, const char *media_type, mz_view body,
                         json_t **out, mz_reason *why)
{
    mz_http_call what = {
        .method = is_put ? MZ_CALL_PUT : MZ_CALL_POST, .media_type = media_type, .body = body};
    mz_buf answer;
    mz_buf_init(&answer, ANSWER_SIZE_MAX);
    mz_status status = call(remote, &what, pattern, values, &answer, why);
    if (status == MZ_OK)
        status = read_json(&answer, out, why);
    mz_buf_clear(&answer);
    return status;
}

mz_status mz_remote_origin(mz_remote *remote, const char **origin, mz_reason *why)
{
    mz_buf text;
    mz_note note;
    mz_checkpoint checkpoint;
    *origin = remote->origin;
    if (remote->origin[0] != '\0')
        return MZ_OK;
    mz_buf_init(&text, MZ_NOTE_SIZE_MAX);
    mz_status status = mz_remote_bytes(remote, NULL, "/checkpoint", NULL, &text, why);
    if (status == MZ_OK)
        status = mz_note_parse(mz_buf_view(&text), &note, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(note.text, &checkpoint, why);
    if (status == MZ_OK)
        snprintf(remote->origin, sizeof(remote->origin), "%s", checkpoint.origin);
    mz_buf_clear(&text);
    return status;
}

/* ---- refusals ---- */

mz_status mz_remote_refused(const mz_remote *remote)
{
    return remote->problem == NULL ? MZ_OK : remote->refused;
}

mz_exit mz_remote_refuse(const mz_remote *remote, const mz_reason *why)
{
    if (remote->problem == NULL || why->status != MZ_OK)
        return mz_cli_refuse(remote->cli, why);
    const mz_cli *cli = remote->cli;
    const json_t *problem = remote->problem;
    const mz_exit code = mz_exit_code(remote->refused);
    const char *zh = json_string_value(json_object_get(problem, "zh"));
    const char *en = json_string_value(json_object_get(problem, "en"));
    const char *name = json_string_value(json_object_get(problem, "code"));
    const json_int_t number = json_integer_value(json_object_get(problem, "number"));
    if (cli->json) {
        (void)mz_cli_json(cli, json_pack("{s:s, s:I, s:O*, s:s, s:s}", "code",
                                         name == NULL ? "" : name, "status", number, "figures",
                                         json_object_get(problem, "figures"), "zh", zh, "en", en));
        return code;
    }
    fflush(stdout);
    fprintf(stderr, "mingzhang: %s [%s %lld]\n", cli->language == MZ_CHINESE ? zh : en,
            name == NULL ? "" : name, (long long)number);
    return code;
}

mz_status mz_remote_check_receipt(const mz_remote *remote, mz_view text, uint64_t index,
                                  mz_reason *why)
{
    mz_receipt receipt;
    mz_status status = mz_receipt_parse(text, &receipt, why);
    if (status != MZ_OK)
        return status;
    if (receipt.index != index)
        status = mz_refuse(
            why, MZ_BAD_RECEIPT,
            mz_words("cause", MZ_BOTH("这是另一笔的收据", "it is the receipt of another entry")));
    else if (remote->pin != NULL)
        status = mz_receipt_verify(remote->cli->hasher, &receipt, remote->pin, NULL, why);
    mz_receipt_clear(&receipt);
    return status;
}
