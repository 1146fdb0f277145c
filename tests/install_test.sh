#!/usr/bin/env bash
# Builds a small C program against the installed headers and libraries, as somebody else would.
#   tests/install_test.sh BUILD_FOLDER
set -euo pipefail
build=$(cd "${1:?usage: install_test.sh BUILD_FOLDER}" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$build" --prefix "$place/first" --component dev >/dev/null
mv "$place/first" "$place/moved" # an installed tree may be moved
PKG_CONFIG_PATH=$(dirname "$(find "$place/moved" -name mingzhang.pc)")
export PKG_CONFIG_PATH
cat >"$place/use.c" <<'C'
#include <stdio.h>
#include <string.h>

#include <core/status.h>
#include <kv/memory.h>
#include <log/log.h>

/* Asks something of each layer: a sentence of core, a store of kv, a folder that is no ledger. */
int main(void)
{
    mz_reason why = {0};
    char text[400];
    mz_kv *kv = mz_memory_new();
    if (kv == NULL)
        return 1;
    mz_kv_close(kv);
    mz_log_options options = {.dir = "/nonexistent"};
    mz_log *log = NULL;
    mz_status status = mz_log_open(&options, &log, &why);
    mz_log_close(log);
    mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
    puts(text);
    return status != MZ_OK && strlen(text) > 0 ? 0 : 1;
}
C
flags=$(pkg-config --cflags --libs mingzhang)
# shellcheck disable=SC2086  # words on purpose
"${CC:-cc}" -std=c17 -Wall -Wextra -Wpedantic -Werror -o "$place/use" "$place/use.c" $flags
"$place/use"
[ -f "$place/moved/include/mingzhang/log/log.h" ]
[ -z "$(find "$place/moved" -name parts.h)" ] # what is internal stays at home
echo "ok - an installed tree, moved, serves a program of somebody else"
