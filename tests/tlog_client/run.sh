#!/usr/bin/env bash
# An existing client of transparency logs reads and verifies a running log.
#   tests/tlog_client/run.sh SERVER BIN_FOLDER
# SERVER is the test program serve_log, which serves logs of several sizes as tiles; in BIN_FOLDER are
# mingzhang and mingzhangd, which serve a sample.
set -u
here=$(cd "$(dirname "$0")" && pwd)
server=${1:?usage: run.sh SERVER BIN_FOLDER}
bin=${2:?usage: run.sh SERVER BIN_FOLDER}
library=/usr/share/gocode
if ! command -v go >/dev/null || [ ! -d "$library/src/golang.org/x/mod/sumdb/tlog" ]; then
    echo "FAILED - tests/packages lists golang-go and golang-golang-x-mod-dev" >&2
    exit 1
fi
work=$(mktemp -d)
exec 3>/dev/null
trap 'exec 3>&-; wait; rm -rf "$work"' EXIT
failures=0
# Offline: Debian's own copies alone.
(cd "$here" && GO111MODULE=off GOPATH=$library GOCACHE=$work/cache GOTOOLCHAIN=local GOPROXY=off \
    go build -o "$work/client" main.go) || exit 1

# serve SIZE: a log of so many entries; $url, $pin, $old (a checkpoint of half of them). It ends
# when its standard input does.
serve() {
    mkdir "$work/$1"
    mkfifo "$work/$1/in"
    "$server" "$1" "$work/$1" "${2:-honest}" <"$work/$1/in" >"$work/$1/out" &
    exec 3>"$work/$1/in"
    until [ -s "$work/$1/out" ]; do
        kill -0 $! 2>/dev/null || { echo "FAILED - the server of $1 did not start"; exit 1; }
        sleep 0.05
    done
    url=$(head -1 "$work/$1/out") pin=$work/$1/pin old=$work/$1/old
}

end() {
    exec 3>&-
    wait
}

for size in 1 2 255 256 257 600 1500; do
    serve "$size"
    if told=$("$work/client" "$url" "$pin" "$old" 2>&1) && [[ "$told" == *"verified $size entries"* ]]; then
        echo "ok - $size entries: ${told//$'\n'/, }"
    else
        echo "FAILED - $size entries: $told"
        failures=$((failures + 1))
    fi
    end
done

# The real service, with the sample of a year.
export MINGZHANG_PASSPHRASE=test
"$bin/mingzhang" seed "$work/led" "$here/../../seeds/zibo.jsonl" --json >/dev/null || exit 1
"$bin/mingzhangd" --ledger "$work/led" --listen 127.0.0.1:0 >"$work/url" 2>"$work/log" &
service=$!
until [ -s "$work/url" ]; do
    kill -0 $service 2>/dev/null || { cat "$work/log"; exit 1; }
    sleep 0.05
done
if told=$("$work/client" "$(head -1 "$work/url")" "$work"/led/*.pin "$work/led.checkpoint" 2>&1); then
    echo "ok - mingzhangd: ${told//$'\n'/, }"
else
    echo "FAILED - mingzhangd: $told"
    failures=$((failures + 1))
fi
kill $service
wait

# It is a judge: what is not the log's, it does not pass.
size=600
for lie in alter swap tile; do
    size=$((size + 1))
    serve "$size" "$lie"
    if told=$("$work/client" "$url" "$pin" 2>&1); then
        echo "FAILED - $lie: passed, $told"
        failures=$((failures + 1))
    elif [[ "$told" == *"is not the tree's"* || "$told" == *"invalid transparency proof"* || "$told" == *"inconsistent"* ]]; then
        echo "ok - $lie is noticed: $told"
    else
        echo "FAILED - $lie: $told"
        failures=$((failures + 1))
    fi
    end
done
exit $((failures > 0))
