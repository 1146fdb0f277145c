/* page_dump.c — a public page of a ledger to standard output, so that it can be looked at and
 * tested without a server.
 *
 *   page_dump LEDGER PATH [NOW_MS]     PATH as a browser sends it: "/f/wenshao?lang=en"
 *   page_dump --code LEDGER PATH [NOW_MS]   the HTTP code in a line before it
 *   page_dump --world plain|hostile    makes the tests' ledger; prints its folder and its moment
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log/log.h"
#include "page_asked.h"
#include "page_world.h"

static int make_world(const char *kind)
{
    views_world *w = page_world_new(strcmp(kind, "hostile") == 0);
    printf("%s\n%lld\n", w->dir, (long long)w->now_ms);
    mz_log_close(w->log);
    free(w);
    return 0;
}

static int64_t now_ms(const char *text)
{
    return text == NULL ? (int64_t)time(NULL) * 1000 : strtoll(text, NULL, 10);
}

static int dump(const char *dir, const char *path, int64_t at_ms, bool with_code)
{
    mz_log *log = NULL;
    mz_buf out;
    mz_reason why = {0};
    char sentence[512];
    const mz_log_options options = {.dir = dir, .read_only = true};
    if (mz_log_open(&options, &log, &why) != MZ_OK) {
        mz_reason_text(&why, MZ_ENGLISH, sentence, sizeof sentence);
        fprintf(stderr, "page_dump: %s\n", sentence);
        return 3;
    }
    mz_buf_init(&out, PAGE_SIZE_MAX);
    const unsigned code = page_ask(log, path, at_ms, &out);
    if (with_code)
        printf("%u\n", code);
    fwrite(out.data, 1, out.size, stdout);
    mz_buf_clear(&out);
    mz_log_close(log);
    return code < 500 ? 0 : 1;
}

int main(int argc, char **argv)
{
    const bool with_code = argc > 1 && strcmp(argv[1], "--code") == 0;
    if (argc == 3 && strcmp(argv[1], "--world") == 0)
        return make_world(argv[2]);
    argv += with_code ? 1 : 0;
    argc -= with_code ? 1 : 0;
    if (argc < 3) {
        fprintf(stderr,
                "page_dump [--code] LEDGER PATH [NOW_MS] | page_dump --world plain|hostile\n");
        return 2;
    }
    return dump(argv[1], argv[2], now_ms(argc > 3 ? argv[3] : NULL), with_code);
}
