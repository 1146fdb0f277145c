/* serve_log.c — serves a log of so many entries as tiles until its standard input ends, for clients
 * that are programs: `serve_log SIZE FOLDER honest|alter|swap|tile`. Prints the URL; writes the pin
 * and a checkpoint of half of the entries, `old`, into the folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_log.h"

static fake_lie lie_of(const char *word)
{
    return strcmp(word, "alter") == 0  ? LIE_ALTER
           : strcmp(word, "swap") == 0 ? LIE_SWAP
           : strcmp(word, "tile") == 0 ? LIE_TILE
                                       : LIE_NONE;
}

int main(int argc, char **argv)
{
    char path[512];
    uint8_t rest[64];
    fake_log log;
    mz_buf note;
    if (argc != 4)
        return 2;
    const size_t size = strtoul(argv[1], NULL, 10);
    world *w = world_new();
    world_parties(w, size - 1);
    (void)snprintf(path, sizeof path, "%s/pin", argv[2]);
    world_write_pin(w, path, "log");
    const size_t half = (size + 1) / 2;
    const mz_hash root = world_root(w, half);
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    world_note(w, half, "log", &root, &note);
    (void)snprintf(path, sizeof path, "%s/old", argv[2]);
    world_write_file(path, mz_buf_view(&note));
    mz_buf_clear(&note);
    fake_log_start(&log, w);
    log.lie = lie_of(argv[3]);
    log.at = size / 3;
    printf("%s\n", fake_log_url(&log));
    (void)fflush(stdout);
    while (read(STDIN_FILENO, rest, sizeof rest) > 0)
        continue;
    fake_log_stop(&log);
    world_free(w);
    return 0;
}
