#include "log_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/keyfile.h"
#include "edge/passphrase.h"
#include "log/files.h"

#define PATH_SIZE 4096

mz_status mz_file_wanted(const char *path, mz_buf *out, mz_reason *why)
{
    mz_status status = mz_file_read(path, out, why);
    return status == MZ_NOT_FOUND ? mz_file_failed(why, path, ENOENT) : status;
}

static void cut_line_end(mz_buf *text)
{
    while (text->size > 0 &&
           (text->data[text->size - 1] == '\n' || text->data[text->size - 1] == '\r'))
        text->size--;
}

/* The file that holds the passphrase; false when none is named. */
static bool passphrase_path(const mz_options *options, char path[PATH_SIZE])
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    int size = 0;
    if (options->log_passphrase_file != NULL)
        size = snprintf(path, PATH_SIZE, "%s", options->log_passphrase_file);
    else if (credentials != NULL)
        size = snprintf(path, PATH_SIZE, "%s/log-passphrase", credentials);
    return size > 0 && size < PATH_SIZE;
}

static mz_status read_passphrase(const mz_options *options, const char *key_path, mz_buf *out,
                                 mz_reason *why)
{
    char path[PATH_SIZE];
    const char *named = getenv("MINGZHANG_LOG_PASSPHRASE");
    if (named == NULL || named[0] == '\0')
        named = getenv("MINGZHANG_PASSPHRASE");
    mz_status status = MZ_OK;
    mz_buf_init(out, MZ_PASSPHRASE_SIZE_MAX);
    if (options->log_passphrase_file == NULL && named != NULL && named[0] != '\0')
        mz_buf_put_text(out, named);
    else if (passphrase_path(options, path))
        status = mz_file_wanted(path, out, why);
    else
        status = mz_passphrase_ask(options->language, key_path, out, why);
    cut_line_end(out);
    if (status == MZ_OK && (out->failed || out->size == 0))
        status = mz_refuse(
            why, MZ_IO,
            mz_words("cause", MZ_BOTH("口令为空或过长", "the passphrase is empty or too long")));
    return status;
}

mz_status mz_log_key_read(const mz_options *options, mz_signer *signer, mz_reason *why)
{
    char path[PATH_SIZE];
    mz_buf passphrase;
    bool fits = options->log_key != NULL
                    ? mz_path_beside(options->log_key, "", path, sizeof(path))
                    : mz_path_beside(options->ledger, ".log-key.pem", path, sizeof(path));
    if (!fits)
        return mz_refuse(why, MZ_IO, mz_words("cause", strerror(ENAMETOOLONG)));
    if (access(path, R_OK) != 0) { /* say so before asking for a passphrase */
        static const uint8_t none[1] = {'-'};
        return mz_keyfile_read(path, (mz_view){none, 1}, signer, why);
    }
    mz_status status = read_passphrase(options, path, &passphrase, why);
    if (status == MZ_OK)
        status = mz_keyfile_read(path, mz_buf_view(&passphrase), signer, why);
    mz_passphrase_wipe(&passphrase);
    return status;
}
