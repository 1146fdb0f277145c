#!/usr/bin/env bash
# Facts about the code itself, which no compiler holds.
#   tests/tidy.sh [BUILD_FOLDER]       default build/dev, built without sanitizers
# Prints a line for each fact, "ok - ", "FAILED - " or "skipped - ", and fails when one does.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build/dev}
failures=0

# fact NAME FINDINGS: holds when there are no findings.
fact() {
    if [ -z "$2" ]; then
        echo "ok - $1"
    else
        echo "FAILED - $1"
        printf '%s\n' "$2" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

tracked() { # the repository's text files below these folders; also outside a git clone
    find "$@" -type f ! -path './build/*' ! -path './.git/*' ! -path '*/node_modules/*' ! -path '*/corpus/*' ! -path '*/vectors/*' |
        sort
}

# --- the core is pure -------------------------------------------------------------------------
# All that mz_core may ask of others. Whoever adds a name answers for it: no clock, file, socket,
# environment, thread, lock, locale or randomness.
memory="malloc calloc realloc free memchr memcmp memcpy memmove memset strchr strrchr strcmp strlen
        strnlen strncmp strstr qsort bsearch snprintf vsnprintf"
compiler="__assert_fail __stack_chk_fail _GLOBAL_OFFSET_TABLE_"
libsodium="crypto_sign_detached crypto_sign_verify_detached crypto_sign_seed_keypair
           crypto_core_ed25519_is_valid_point crypto_hash_sha256 sodium_memzero"
libcrypto="EVP_MD_fetch EVP_MD_free EVP_MD_CTX_new EVP_MD_CTX_free EVP_DigestInit_ex2
           EVP_DigestUpdate EVP_DigestFinal_ex"
core=$build/ledger/libmz_core.a
if [ ! -f "$core" ]; then
    echo "tidy.sh: $core is not built" >&2
    exit 2
fi
defined=$(nm --defined-only "$core" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u)
asked=$(nm -u "$core" | awk '$1 == "U" { print $2 }' | sed -E 's/^__(.*)_chk$/\1/' | sort -u)
outside=$(comm -23 <(printf '%s\n' "$asked") <(printf '%s\n' "$defined"))
json=$(printf '%s\n' "$outside" | grep '^json_' | grep -Ex 'json_(load_file|loadf|loadfd|dump_file|dumpf|dumpfd|load_callback|object_seed)')
fact "core asks only for memory, strings, formatting, jansson, digests and signatures" "$(
    printf '%s\n' "$outside" | grep -v '^json_' |
        grep -vxF -f <(printf '%s\n' $memory $compiler $libsodium $libcrypto)
    printf '%s' "$json")"
fact "core has no variable that outlives a call" "$(
    size -A "$core" | awk '/\(ex / { object = $1 }
        $1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0 { print object, $1, $2, "bytes" }')"

# --- arrows point down ------------------------------------------------------------------------
fact "core includes nothing of edge/, kv/, remote/, log/, tools/, audit/, api/" \
    "$(grep -nE '#include "(edge|kv|remote|log|tools|audit|api|http)/|#include <(time|unistd|pthread|stdatomic|fcntl|locale|sys/.*|lmdb)\.?h?>' ledger/core/*.[ch])"
fact "kv includes nothing of edge/, remote/, log/" "$(grep -nE '#include "(edge|remote|log|tools|audit)/' ledger/kv/*.[ch])"
fact "LMDB is known to ledger/kv alone" \
    "$(grep -nE '#include <lmdb\.h>' $(tracked ledger tools audit api | grep '\.[ch]$' | grep -v '^ledger/kv/'))"
# The service stands on log; HTTP itself on core and edge, and knows nothing of ledgers.
fact "api reaches a store through log/ alone" \
    "$(grep -nE '#include "(kv|tools|audit)/' $(tracked api | grep '\.[ch]$'))"
fact "HTTP knows nothing of ledgers" \
    "$(grep -nE '#include "(kv|log|tools|audit|pages)/|#include "core/(entry|event|rules|state|views|kv|changes)' ledger/http/*.[ch])"
fact "libmicrohttpd is known to ledger/http alone" \
    "$(grep -nE '#include <microhttpd\.h>' $(tracked ledger tools audit api | grep '\.[ch]$' | grep -v '^ledger/http/'))"
# The audit stands on core, kv and edge: it never sees the writer's own tables.
fact "audit includes nothing of log/" "$(grep -nE '#include "(log|tools)/' audit/*.[ch])"
fact "edge knows nothing of ledgers" "$(grep -nE '#include "(kv|remote|log|tools|audit)/' ledger/edge/*.[ch])"
fact "remote knows nothing of a ledger's folder" "$(grep -nE '#include "(log|tools|audit)/' ledger/remote/*.[ch])"
fact "log asks no server itself: it is handed the way" "$(grep -nE '#include "remote/' ledger/log/*.[ch])"
fact "libcurl is known to remote/http_client.c alone" \
    "$(grep -nE '#include <curl/' $(tracked ledger tools audit | grep '\.[ch]$' | grep -vx 'ledger/remote/http_client\.c'))"
fact "no text of jansson's is left to free(): JSON has memory of its own" \
    "$(grep -nE 'json_dumps' $(tracked ledger tools audit api | grep '\.c$'))"
fact "no LMDB flag weakens a ledger" \
    "$(grep -nE 'MDB_(NOMETASYNC|MAPASYNC|NOLOCK|DUPSORT|DUPFIXED)' $(tracked ledger audit tools | grep '\.[ch]$')
       grep -nE 'MDB_(NOSYNC|WRITEMAP)' ledger/*/*.[ch] audit/*.[ch] | grep -v 'MDB_WRITEMAP | MDB_NOSYNC')"

# The public pages are pure as the core is, and leave through the one writer that escapes; their
# content security policy allows no script, no style attribute and no style element.
fact "pages include core only" "$(
    grep -nE '#include "' api/pages/*.[ch] | grep -vE '#include "(core|pages)/'
    grep -nE '#include <(time|unistd|pthread|fcntl|locale|sys/.*)\.h>' api/pages/*.[ch])"
fact "no style attribute, no script in pages" "$(
    grep -nE '(open|element|format)[a-z_]*\([^)]*"(style|script|iframe|img|object|embed)"' api/pages/*.c
    grep -nE 'attribute\([^)]*"(style|on[a-z]+)"|mz_html_style' api/pages/*.c
    grep -nE '(^|[^-])(url\(|@import|expression)' api/pages/style.css)"
fact "pages write bytes through core/html.h and core/csv.h alone" \
    "$(grep -nE 'mz_buf_put|printf\(std' api/pages/*.c | grep -vE '^api/pages/files.c:')"

# --- every part is there, and in use ----------------------------------------------------------
fact "every source file is built" "$(
    for file in $(tracked ledger tools audit api tests | grep '\.c$'); do
        list=$(dirname "$file")
        while [ ! -f "$list/CMakeLists.txt" ]; do list=$(dirname "$list"); done
        name=${file#"$list"/}
        grep -qE "(^|[ (])$name([ )]|\$)" "$list/CMakeLists.txt" ||
            grep -qE "\((mz_)?[a-z]+ ?${name%.c}[ )]|mz_fuzz\(${name%.c} " "$list/CMakeLists.txt" ||
            echo "$file is not in $list/CMakeLists.txt"
    done)"
fact "every header of ledger/ is in a file set" "$(
    for file in ledger/*/*.h; do
        grep -q "${file#ledger/}" ledger/CMakeLists.txt || echo "$file"
    done)"
installed=$(sed -n '/mz_library(mz_/,/)/p' ledger/CMakeLists.txt | tr -s ' ()\n' '\n' |
    awk '/^PUBLIC$/ { on = 1 } /^INTERNAL$|^mz_library$/ { on = 0 } on && /\.h$/')
fact "an installed header includes installed ones only" "$(
    for file in $installed; do
        grep -oE '#include "[^"]*' "ledger/$file" | sed 's/.*"//' |
            grep -vxF -f <(printf '%s\n' "$installed") | sed "s|^|$file includes |"
    done)"
fact "nothing is left to be written" \
    "$(grep -nE '(//|/\*|#|\*|<!--).*(T[O]DO|F[I]XME)|_un[w]ritten' \
        $(tracked ledger tools audit api tests docs cmake seeds CMakeLists.txt README.md README.zh.md) |
        grep -v MZ_TODO)"
fact "no function is longer than 70 lines" "$(
    for file in $(tracked ledger tools audit api | grep "\.c$"); do
        awk -v file="$file" '
            /readability-function-size/ { excused = 1 }
            /^\{$/ { start = NR; name = last; next }
            /^\}/ && start {
                if (NR - start - 1 > 70 && !excused) print file ":" start ": " NR - start - 1 " lines: " name
                start = 0; excused = 0
            }
            !start && /^[a-zA-Z_].*\(/ { last = $0 }' "$file"
    done)"
statuses=$(sed -nE 's/^ *X\((MZ_[A-Z0-9_]+), *([0-9]+),.*/\1/p' ledger/core/status.h | grep -vx MZ_OK)
raised=$(cat $(tracked ledger tools audit api | grep '\.c$' | grep -vE 'core/status\.c|api/problem\.c') |
    grep -oE 'MZ_[A-Z0-9_]+' | sort -u)
fact "every refusal is raised somewhere" \
    "$(comm -23 <(printf '%s\n' "$statuses" | sort) <(printf '%s\n' "$raised"))"
# In C by name; in scripts as "code", in end-to-end files as a line `code N unchanged`.
tested=$({
    cat $(tracked tests | grep '\.[ch]$') | grep -oE 'MZ_[A-Z0-9_]+'
    cat $(tracked tests seeds | grep -E '\.(jsonl|in|c|txt)$') |
        grep -oE '"[a-z0-9_]+"|^[a-z0-9_]+ [0-9]' | sed -E 's/ [0-9]$//' | tr -d '"' |
        sed 's/^/MZ_/' | tr 'a-z' 'A-Z'
} | sort -u)
fact "every refusal is in a test" \
    "$(comm -23 <(printf '%s\n' "$statuses" | sort) <(printf '%s\n' "$tested"))"

# --- documents say what is so -----------------------------------------------------------------
program=$build/bin/mingzhang
if [ -x "$program" ]; then
    fact "docs/rules.md holds the catalogue as the program prints it" "$(
        diff <(sed -n '/<!-- catalogue:begin -->/,/<!-- catalogue:end -->/p' docs/rules.md | sed '1d;$d') \
             <("$program" schema --markdown) | head -20)"
else
    echo "skipped - docs/rules.md holds the catalogue as the program prints it: mingzhang is not built"
fi
fact "docs/rules.md and the man page list every finding of an audit" "$(
    sed -nE 's/^ *X\(MZ_F_[A-Z_]+, [0-9]+, MZ_A_[A-Z]+, [01], "([a-z0-9_]+)".*/\1/p' audit/assertions.h |
        while read -r code; do
            grep -qF "\`$code\`" docs/rules.md || echo "$code is not in docs/rules.md"
            grep -qF "$code" audit/mingzhang-audit.1 || echo "$code is not in the man page"
        done)"
fact "the tour in README.md names files that are there" "$(
    for readme in README.md README.zh.md; do
        grep '^|' "$readme" | grep -o '`[^`]*`' | tr -d '`' | grep -E '/' | while read -r path; do
            compgen -G "$path" >/dev/null || echo "$readme: $path"
        done
    done)"
fact "nothing names a folder of one machine" \
    "$(grep -nE '(^|[^a-zA-Z0-9_.})])/(work|home|root|Users)/[a-z]' $(tracked . | grep -vE '^\./(LICENSE|tests/tidy\.sh)') /dev/null)"

exit $((failures > 0))
