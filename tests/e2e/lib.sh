# What the end-to-end files share. Sourced by run.sh.

# A day so many days ago, in UTC+8: `day 3`.
day() {
    TZ=Etc/GMT-8 date -d "$1 days ago" +%F
}

# Fills `{-N}` in a script with the day N days ago, `{+N}` with the day in N days.
with_days() {
    local text n
    text=$(cat "$1")
    for n in $(grep -o '{[-+][0-9]*}' "$1" | tr -d '{}' | sort -u); do
        text=${text//"{$n}"/$(day "$((-n))")}
    done
    printf '%s\n' "$text"
}

# The ledger that most files begin with: `small DIR`; keys in DIR.keys/.
small() {
    with_days "$here/small.jsonl.in" >"$1.jsonl" && mingzhang seed "$1" "$1.jsonl" --json >/dev/null
}

# One with a market, a wishes envelope and a proposal for goods: `market DIR`.
market() {
    with_days "$here/market.jsonl.in" >"$1.jsonl" && mingzhang seed "$1" "$1.jsonl" --json >/dev/null
}

# The key file of an actor of `led`.
key() {
    printf 'led.keys/%s.pem' "$1"
}

# The verb of an event on `led`, signed by an actor: `as wang party.registered --party p ...`.
as() {
    local actor=$1 event=$2
    shift 2
    mingzhang "$event" led --key "$(key "$actor")" "$@"
}

# What a person sees of a refused command: exit code, status code, and that the ledger did not change.
refused() {
    local before after code output
    before=$(mingzhang show checkpoint "${LEDGER:-led}" 2>&1 && cat "${LEDGER:-led}.checkpoint" 2>&1)
    output=$("$@" --json 2>/dev/null)
    code=$?
    after=$(mingzhang show checkpoint "${LEDGER:-led}" 2>&1 && cat "${LEDGER:-led}.checkpoint" 2>&1)
    output=$(printf '%s' "$output" | grep -o '"code":"[a-z0-9_]*"' | head -1 | cut -d'"' -f4)
    [ "$before" = "$after" ] && after=unchanged || after=CHANGED
    echo "${output:-no code} $code $after"
}

b64() { # base64url without padding, of standard input
    basenc --base64url -w0 | tr -d '='
}

# The service on a folder, at $url: `serve led`; and its end.
serve() {
    rm -f "$1.url"
    mingzhangd --ledger "$1" --listen 127.0.0.1:0 >"$1.url" 2>"$1.service" &
    service=$!
    until [ -s "$1.url" ]; do
        kill -0 "$service" 2>/dev/null || { cat "$1.service"; return 1; }
        sleep 0.05
    done
    url=$(head -1 "$1.url")
}

unserve() {
    kill "$service" && wait "$service"
}

free_port() { # of loopback, free just now
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
