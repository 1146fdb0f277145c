#!/usr/bin/env bash
# Runs the installed programs by text files of commands and what they answer.
#
#   tests/e2e/run.sh BIN_FOLDER [FILE.txt ...]
#
# In a file, `$ ` begins a command, run by bash in a fresh folder of its own (the shell is one per
# file, so variables stay); the lines below it are what it prints, standard error included; `[N]` on
# a line of its own is its exit code, when that is not 0. `<*>` stands for any text within a line,
# a line `...` for any number of lines. A line that begins with `# ` after an empty line is a remark;
# empty lines between commands are for the reader. `skip TEXT` in a command's output counts as a skipped step.
set -u
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:?usage: run.sh BIN_FOLDER [FILE.txt ...]}
bin=$(cd "$bin" && pwd) || exit 2
shift
files=("$@")
[ ${#files[@]} -gt 0 ] || files=("$here"/*.txt)
mapfile -t files < <(realpath "${files[@]}")
export PATH="$bin:$PATH" LC_ALL=C.UTF-8 MINGZHANG_PASSPHRASE=e2e TZ=UTC
unset LANG LC_MESSAGES MINGZHANG_LOG_PASSPHRASE
steps=0 failures=0 skips=0

# Whether the lines of array $1 (expected) match those of array $2 (got), from positions $3 and $4.
lines_match() {
    local -n want_lines=$1 got_lines=$2
    local i=$3 k=$4 pattern
    while [ "$i" -lt ${#want_lines[@]} ]; do
        if [ "${want_lines[$i]}" = "..." ]; then
            for ((; k <= ${#got_lines[@]}; k++)); do
                lines_match "$1" "$2" $((i + 1)) "$k" && return 0
            done
            return 1
        fi
        [ "$k" -lt ${#got_lines[@]} ] || return 1
        pattern=${want_lines[$i]//\\/\\\\}
        pattern=${pattern//\[/\\[}
        pattern=${pattern//\?/\\?}
        pattern=${pattern//<\*>/$'\001'}
        pattern=${pattern//\*/\\*}
        pattern=${pattern//$'\001'/*}
        # shellcheck disable=SC2053  # a pattern on purpose
        [[ "${got_lines[$k]}" == $pattern ]] || return 1
        i=$((i + 1)) k=$((k + 1))
    done
    [ "$k" -eq ${#got_lines[@]} ]
}

finish_step() {
    [ -n "$command" ] || return 0
    local code got=() want_code=0 last
    eval "$command" >"$work/.output" 2>&1 </dev/null
    code=$?
    mapfile -t got <"$work/.output"
    # blank lines before the next command are for the reader
    while [ ${#want[@]} -gt 0 ] && [ -z "${want[-1]}" ]; do unset 'want[-1]'; done
    if [ ${#want[@]} -gt 0 ]; then
        last=${want[-1]}
        if [[ "$last" =~ ^\[([0-9]+)\]$ ]]; then
            want_code=${BASH_REMATCH[1]}
            unset 'want[-1]'
        fi
    fi
    steps=$((steps + 1))
    if [[ "${got[0]:-}" == "skip "* ]]; then
        skips=$((skips + 1))
        echo "skipped: $(basename "$file"):$line_of_command: ${got[0]#skip }"
    elif [ "$code" -ne "$want_code" ] || ! lines_match want got 0 0; then
        failures=$((failures + 1))
        echo "FAILED: $(basename "$file"):$line_of_command: $command"
        echo "  expected (exit $want_code):"
        printf '    %s\n' "${want[@]}"
        echo "  got (exit $code):"
        sed 's/^/    /' "$work/.output"
    fi
    command= want=()
}

for file in "${files[@]}"; do
    work=$(mktemp -d)
    chmod 755 "$work"
    cd "$work" || exit 2
    . "$here/lib.sh" # anew: a file may have put a function of its own in place of one
    command= want=() number=0 started=$steps previous= remark=false
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [[ "$line" == '$ '* ]]; then
            finish_step
            command=${line:2}
            line_of_command=$number
        elif [[ "$line" == '# '* ]] && { [ -z "$previous" ] || $remark; }; then
            remark=true
            previous=$line
            continue
        elif [ -n "$command" ]; then
            want+=("$line")
        fi
        remark=false previous=$line
    done <"$file"
    finish_step
    cd / && chmod -R u+w "$work" && rm -rf "$work"
    echo "$(basename "$file"): $((steps - started)) steps"
done
echo "e2e: $steps steps, $failures failed, $skips skipped"
[ "$failures" -eq 0 ]
