#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "edge/clock.h"
#include "edge/keyfile.h"
#include "edge/language.h"
#include "edge/passphrase.h"

const char *mz_say(const mz_cli *cli, const char *zh, const char *en)
{
    return cli->language == MZ_CHINESE ? zh : en;
}

mz_language mz_cli_language(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return strncmp(argv[i] + 7, "zh", 2) == 0 ? MZ_CHINESE : MZ_ENGLISH;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return strncmp(argv[i + 1], "zh", 2) == 0 ? MZ_CHINESE : MZ_ENGLISH;
    }
    return mz_language_of_environment();
}

mz_exit mz_cli_refuse(const mz_cli *cli, const mz_reason *why)
{
    mz_exit code = mz_exit_code(why->status);
    if (cli->json) {
        mz_cli_json(cli, mz_reason_json(why));
        return code;
    }
    char text[1024];
    mz_reason_text(why, cli->language, text, sizeof(text));
    fflush(stdout);
    fprintf(stderr, "mingzhang: %s [%s %d]\n", text, mz_status_code(why->status), (int)why->status);
    return code;
}

mz_exit mz_cli_usage(const mz_cli *cli, const char *topic, const char *zh, const char *en, ...)
{
    fflush(stdout);
    fputs("mingzhang: ", stderr);
    va_list arguments;
    va_start(arguments, en);
    vfprintf(stderr, mz_say(cli, zh, en), arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (topic == NULL)
        fprintf(stderr, mz_say(cli, "用法见：mingzhang --help\n", "See: mingzhang --help\n"));
    else
        fprintf(stderr, mz_say(cli, "用法见：mingzhang %s --help\n", "See: mingzhang %s --help\n"),
                topic);
    return MZ_EXIT_USAGE;
}

mz_exit mz_cli_json(const mz_cli *cli, json_t *value)
{
    if (value == NULL) {
        mz_reason why = {0};
        (void)mz_refuse(&why, MZ_NO_MEMORY);
        mz_cli plain = *cli;
        plain.json = false;
        return mz_cli_refuse(&plain, &why);
    }
    int failed = json_dumpf(
        value, stdout, JSON_ENCODE_ANY | (isatty(STDOUT_FILENO) ? JSON_INDENT(2) : JSON_COMPACT));
    json_decref(value);
    if (failed != 0 || fputc('\n', stdout) == EOF || fflush(stdout) != 0)
        return MZ_EXIT_TROUBLE;
    return MZ_EXIT_DONE;
}

void mz_progress_begin(mz_progress *progress, const mz_cli *cli, const char *zh, const char *en)
{
    *progress = (mz_progress){.cli = cli, .zh = zh, .en = en, .started_ms = mz_clock_steady_ms()};
}

void mz_progress_step(mz_progress *progress, uint64_t done, uint64_t total)
{
    int64_t now_ms = mz_clock_steady_ms();
    if (now_ms - progress->started_ms < 1000 || now_ms - progress->shown_ms < 200 ||
        !isatty(STDERR_FILENO))
        return;
    progress->shown_ms = now_ms;
    fflush(stdout);
    fprintf(stderr, "\r%s %llu", mz_say(progress->cli, progress->zh, progress->en),
            (unsigned long long)done);
    if (total > 0)
        fprintf(stderr, " / %llu", (unsigned long long)total);
    fputs("\033[K", stderr);
    fflush(stderr);
}

void mz_progress_end(mz_progress *progress)
{
    if (progress->shown_ms != 0)
        fputs("\r\033[K", stderr);
    progress->shown_ms = 0;
}

static mz_status refuse_errno(mz_reason *why, const char *path)
{
    char cause[200];
    snprintf(cause, sizeof(cause), "%s: %s", path, strerror(errno));
    return mz_refuse(why,
                     errno == ENOSPC   ? MZ_FULL
                     : errno == EEXIST ? MZ_EXISTS
                                       : MZ_IO,
                     mz_words("cause", cause), mz_words("path", path));
}

mz_status mz_cli_read_file(const char *path, size_t size_max, mz_buf *out, mz_reason *why)
{
    mz_status status = MZ_OK;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    mz_buf_init(out, size_max + 1);
    if (file == NULL)
        return refuse_errno(why, path);
    uint8_t block[16384];
    size_t size;
    while ((size = fread(block, 1, sizeof(block), file)) > 0 && !out->failed)
        mz_buf_put(out, (mz_view){block, size});
    if (ferror(file))
        status = refuse_errno(why, path);
    else if (out->failed || out->size > size_max)
        status = mz_refuse(why, MZ_TOO_LARGE, mz_words("path", path),
                           mz_count("size", (int64_t)size_max + 1),
                           mz_count("limit", (int64_t)size_max));
    if (file != stdin)
        fclose(file);
    if (status != MZ_OK)
        mz_buf_clear(out);
    return status;
}

mz_status mz_cli_create_file(const char *path, mz_view bytes, mz_reason *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return refuse_errno(why, path);
    mz_status status = MZ_OK;
    size_t done = 0;
    while (done < bytes.size && status == MZ_OK) {
        ssize_t written = write(fd, bytes.data + done, bytes.size - done);
        if (written < 0 && errno != EINTR)
            status = refuse_errno(why, path);
        done += written > 0 ? (size_t)written : 0;
    }
    if (status == MZ_OK && fsync(fd) != 0)
        status = refuse_errno(why, path);
    if (close(fd) != 0 && status == MZ_OK)
        status = refuse_errno(why, path);
    if (status != MZ_OK)
        unlink(path);
    return status;
}

mz_status mz_passphrase_get(const mz_cli *cli, const char *file, const char *subject, bool is_new,
                            mz_buf *out, mz_reason *why)
{
    mz_status status = MZ_OK;
    const char *named = getenv("MINGZHANG_PASSPHRASE");
    if (file != NULL) {
        status = mz_cli_read_file(file, MZ_PASSPHRASE_SIZE_MAX + 1, out, why);
        if (status != MZ_OK)
            return status;
        while (out->size > 0 &&
               (out->data[out->size - 1] == '\n' || out->data[out->size - 1] == '\r'))
            out->size--;
    } else {
        mz_buf_init(out, MZ_PASSPHRASE_SIZE_MAX);
        if (named != NULL)
            mz_buf_put_text(out, named);
        else
            status = is_new ? mz_passphrase_choose(cli->language, subject, out, why)
                            : mz_passphrase_ask(cli->language, subject, out, why);
    }
    if (status == MZ_OK && (out->failed || out->size == 0))
        status = mz_refuse(
            why, MZ_IO,
            mz_words("cause", MZ_BOTH("口令为空或过长", "the passphrase is empty or too long")));
    if (status != MZ_OK)
        mz_passphrase_wipe(out);
    return status;
}
