#include "remote/witness_http.h"

#include <string.h>

#define PATH "add-checkpoint"

static mz_status open_client(void *context, void **connection, mz_reason *why)
{
    mz_http_client *client = NULL;
    const mz_status status = mz_http_client_new(context, &client, why);
    *connection = client;
    return status;
}

static mz_status post(void *connection, const char *url, mz_view body, mz_witness_answer *answer,
                      mz_reason *why)
{
    mz_http_reply reply = {0};
    mz_buf address;
    mz_buf_init(&address, MZ_HTTP_CLIENT_URL_MAX);
    mz_buf_put_text(&address, url);
    if (url[0] != '\0' && url[strlen(url) - 1] != '/')
        mz_buf_put_text(&address, "/");
    mz_buf_put_text(&address, PATH);
    mz_status status = address.failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
    if (status == MZ_OK) {
        const mz_http_call call = {.method = MZ_CALL_POST,
                                   .url = (const char *)address.data,
                                   .media_type = "text/plain; charset=utf-8",
                                   .body = body};
        status = mz_http_client_call(connection, &call, &reply, &answer->body, why);
    }
    answer->code = reply.code;
    answer->media_type[0] = '\0';
    if (status == MZ_OK && strlen(reply.media_type) < sizeof answer->media_type)
        memcpy(answer->media_type, reply.media_type, strlen(reply.media_type) + 1);
    mz_buf_clear(&address);
    return status;
}

static void stop(void *connection)
{
    mz_http_client_stop(connection);
}

static void close_client(void *connection)
{
    mz_http_client_free(connection);
}

mz_witness_transport mz_witness_over_http(const mz_http_client_options *options)
{
    return (mz_witness_transport){(void *)(uintptr_t)options, open_client, post, stop,
                                  close_client};
}
