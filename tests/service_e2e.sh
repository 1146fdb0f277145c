#!/usr/bin/env bash
# The service as its operator has it: the program itself, its options, signals, log, TLS, the nginx
# in front, the systemd unit, and what it says of itself.
#   tests/service_e2e.sh BIN_FOLDER
# Prints a line for each fact, "ok - ", "FAILED - " or "skipped - ", and fails when one does.
set -u
bin=$(cd "${1:?usage: service_e2e.sh BIN_FOLDER}" && pwd)
cd "$(dirname "$0")/.." || exit 2
place=$(mktemp -d) || exit 3
server='' nginx='' failures=0
export MINGZHANG_PASSPHRASE=sample-passphrase LC_ALL=C.UTF-8
clean_up() {
    [ -n "$server" ] && kill -KILL "$server" 2>/dev/null
    [ -n "$nginx" ] && kill -TERM "$nginx" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$place"
}
trap clean_up EXIT

ok() { echo "ok - $1"; }
failed() {
    echo "FAILED - $1"
    failures=$((failures + 1))
    [ -f "$place/log" ] && tail -n 5 "$place/log" | sed 's/^/    /'
}
skipped() { echo "skipped - $1"; }
# fact NAME COMMAND...: holds when the command succeeds.
fact() {
    local name=$1
    shift
    if "$@" >"$place/said" 2>&1; then
        ok "$name"
    else
        tail -n 5 "$place/said" | sed 's/^/    /'
        failed "$name"
    fi
}
has() { printf '%s' "$1" | grep -qF -- "$2"; }
exits_with() {
    local want=$1
    shift
    "$@" </dev/null
    [ $? -eq "$want" ]
}

# start [OPTIONS...]: sets $server and $url once it is ready; its address is the first line it prints.
start() {
    : >"$place/out"
    "$bin/mingzhangd" --ledger "$place/ledger" --listen 127.0.0.1:0 --log-requests "$@" \
        >"$place/out" 2>>"$place/log" &
    server=$!
    url=''
    until [ -n "$url" ]; do
        url=$(head -n 1 "$place/out")
        kill -0 "$server" 2>/dev/null || { server=''; return 1; }
        sleep 0.02
    done
}
stop() {
    kill -"${1:-TERM}" "$server"
    wait "$server"
    local code=$?
    server=''
    return $code
}
get() { curl -sS --max-time 20 "$@"; }
code_of() { curl -sS --max-time 20 -o "$place/body" -w '%{http_code}' "$@"; }

# --- a ledger ---------------------------------------------------------------------------------
if ! "$bin/mingzhang" seed "$place/ledger" seeds/zibo.jsonl >"$place/said" 2>&1; then
    cat "$place/said"
    echo "FAILED - the sample ledger is made"
    exit 1
fi

# --- before it serves -------------------------------------------------------------------------
fact "help, in Chinese" bash -c "'$bin/mingzhangd' --help --lang zh | grep -q '账本文件夹'"
fact "help, in English" bash -c "'$bin/mingzhangd' --help --lang en | grep -q 'second place of the checkpoint'"
fact "no ledger is a usage error" exits_with 2 "$bin/mingzhangd"
fact "an unknown option is a usage error" exits_with 2 "$bin/mingzhangd" --ledger x --colour red
fact "a number out of range is a usage error" exits_with 2 "$bin/mingzhangd" --ledger x --connections 0
fact "a certificate without its key is a usage error" exits_with 2 "$bin/mingzhangd" --ledger x --tls-cert y
fact "a folder that is no ledger is trouble" exits_with 3 "$bin/mingzhangd" --ledger "$place/none"
fact "an address that is none is trouble" exits_with 3 "$bin/mingzhangd" --ledger "$place/ledger" --listen nowhere
fact "a wrong passphrase is trouble" env MINGZHANG_PASSPHRASE=wrong bash -c "'$bin/mingzhangd' --ledger '$place/ledger'; [ \$? -eq 3 ]"
fact "the full check, once" bash -c "'$bin/mingzhangd' --ledger '$place/ledger' --check | grep -q '\"code\":\"ok\"'"

# --- serving ----------------------------------------------------------------------------------
start || { failed "it starts"; exit 1; }
ok "it starts and prints its address"
fact "a second one is refused" exits_with 3 "$bin/mingzhangd" --ledger "$place/ledger" --listen 127.0.0.1:0
fact "it is well" test "$(code_of "$url/healthz")" = 200
fact "the funds" bash -c "curl -sS '$url/v1/funds' | grep -q '\"origin\"'"
get "$url/openapi.json" >"$place/openapi.json"
if [ -x tests/openapi/node_modules/.bin/validate-api ]; then
    fact "openapi.json is OpenAPI 3.1" tests/openapi/node_modules/.bin/validate-api "$place/openapi.json"
else
    skipped "openapi.json is OpenAPI 3.1: npm ci --prefix tests/openapi was not run"
fi
cat >"$place/openapi.py" <<'PY'
"""What the validator does not look at: templates that differ by more than names, refusals, 201."""
import json, re, sys

paths = json.load(open(sys.argv[1], encoding="utf-8"))["paths"]
templates = [re.sub(r"{[^}]*}", "{}", path) for path in paths]
assert len(templates) == len(set(templates)), sorted(templates)
for path, item in paths.items():
    for operation in item.values():
        want = "text/html" if re.match("/([fper](/|$)|$)", path) else "application/problem+json"
        assert list(operation["responses"]["default"]["content"]) == [want], path
assert "201" in paths["/v1/entries"]["post"]["responses"]
assert "201" in paths["/v1/evidence/{sha256}"]["put"]["responses"]
assert "201" not in paths["/v1/evidence/{sha256}"]["get"]["responses"]
PY
fact "its paths differ, and it tells 201 and pages' refusals" python3 "$place/openapi.py" "$place/openapi.json"
fact "every route of openapi.json answers as it says" bash -c "
    grep -o '\"/[^\"]*\":{\"get\"' '$place/openapi.json' | cut -d'\"' -f2 | sed 's/{index}/0/; s/{[a-z0-9_]*}/0/g' |
    while read -r path; do
        code=\$(curl -sS -o /dev/null -w '%{http_code}' '$url'\"\$path\")
        case \$code in 200 | 401 | 404) ;; *) echo \"\$path: \$code\"; exit 1 ;; esac
    done"
fact "the catalogue is the command line's" bash -c "
    diff <(curl -sS '$url/v1/schema') <('$bin/mingzhang' schema --json)"
fact "what it shows is what the command line shows" bash -c "
    fund=\$(curl -sS '$url/v1/funds' | grep -o '\"fund\":\"[^\"]*' | tail -n 1 | cut -d'\"' -f4)
    diff <(curl -sS \"$url/v1/funds/\$fund\" | grep -o '\"balance_fen\":[0-9]*' | head -n 1) \
         <('$bin/mingzhang' show fund '$place/ledger' \"\$fund\" --json | grep -o '\"balance_fen\":[0-9]*' | head -n 1)"
cat >"$place/files.py" <<'PY'
"""Each page that the funds' pages lead to, and the file beside each of its tables."""
import re, sys, urllib.request

def ask(path, media):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=20) as answer:
        assert answer.headers.get_content_type() == media, path
        return answer.read().decode(), answer.headers.get("Content-Disposition", "")

seen, todo, names = set(), ["/"], set()
while todo:
    page = ask(todo.pop(), "text/html")[0]
    for path in set(re.findall(r'href="(/[fpr]/[^"?#]*)"', page)) - seen:
        seen.add(path)
        if not path.endswith(".csv"):
            todo.append(path)
            continue
        table, said = ask(path, "text/csv")
        assert table.startswith("\ufeff") and table.endswith("\r\n"), path
        names.add(re.fullmatch(r'attachment; filename="([a-z0-9_-]+)\.csv"', said).group(1))
assert any(name.endswith("-purposes") for name in names), names
assert any(name.endswith("-draws") for name in names), names
PY
fact "a file beside each table" python3 "$place/files.py" "$url"
cat >"$place/pages.py" <<'PY'
"""All entries of each fund, page by page, are those that the log has of it: each once, newest first."""
import json, sys, urllib.request

def ask(path):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=20) as answer:
        return json.load(answer)

size = ask("/healthz")["size"]
of_fund = {}
for index in range(size):
    entry = ask(f"/v1/entries/{index}")
    of_fund.setdefault(entry.get("fund"), []).append(index)
    assert entry["index"] == index
pages = 0
for fund in (row["fund"] for row in ask("/v1/funds")["funds"]):
    found, cursor = [], ""
    while cursor is not None:
        page = ask(f"/v1/funds/{fund}/entries" + (f"?cursor={cursor}" if cursor else ""))
        found += [entry["index"] for entry in page["entries"]]
        cursor = page.get("next")
        pages += 1
    assert found == sorted(of_fund[fund], reverse=True), fund
    one = ask(f"/v1/funds/{fund}/entries?event=income.recorded")["entries"]
    assert all(entry["event"] == "income.recorded" for entry in one)
assert pages > len(of_fund), "no fund has a second page"
due = ask("/v1/statements")["funds"]
assert {row["fund"] for row in due} == {fund for fund in of_fund if fund}
for row in due:
    published = ask(f"/v1/statements?fund={row['fund']}")["entries"]
    assert ("published_to" in row) == (len(published) > 0)
    if published:
        assert row["published_to"] == published[0]["body"]["to"]
PY
fact "a fund's entries, page by page, are all of them" python3 "$place/pages.py" "$url"
get "$url/v1/entries/0/receipt" >"$place/receipt.tlog-proof"
fact "a receipt verifies without the service" bash -c "
    '$bin/mingzhang-audit' receipt '$place/receipt.tlog-proof' --pin '$place'/ledger/*.pin"
index=$(get "$url/v1/funds" | wc -c)
fact "HEAD and GET say the same length" bash -c "
    [ \"\$(curl -sSI '$url/v1/funds' | tr -d '\r' | sed -n 's/^Content-Length: //p')\" = '$index' ]"
get "$url/v1/receipts/SECRET-NAME?lang=zh" >/dev/null
get "$url/v1/actors/secret-person/todo" >/dev/null
fact "the log names routes, not people or addresses" bash -c "
    grep -q '\"route\":\"/v1/receipts/{receipt_no}\"' '$place/log' &&
    ! grep -qiE 'secret|\"address\"' '$place/log'"
fact "every line of the log is JSON" python3 -c "
import json, sys
lines = open('$place/log').read().splitlines()
assert all('at' in json.loads(line) for line in lines if line.startswith('{')) and len(lines) > 5"
fact "SIGTERM ends it well" stop TERM
start && fact "SIGINT too" stop INT

# --- killed -----------------------------------------------------------------------------------
start
kill -KILL "$server"
wait "$server" 2>/dev/null
server=''
fact "it starts again after kill -9" start
fact "and is well" test "$(code_of "$url/healthz")" = 200
stop TERM

# --- TLS --------------------------------------------------------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$place/key.pem" -out "$place/cert.pem" 2>/dev/null
start --tls-cert "$place/cert.pem" --tls-key "$place/key.pem"
fact "it serves HTTPS" bash -c "curl -sS --cacert '$place/cert.pem' '$url/healthz' | grep -q '\"ok\":true'"
fact "and says so for a year" bash -c "
    curl -sSI --cacert '$place/cert.pem' '$url/healthz' | grep -q 'Strict-Transport-Security: max-age=31536000'"
fact "nothing below TLS 1.2" bash -c "! curl -sS --cacert '$place/cert.pem' --tls-max 1.1 '$url/healthz'"
fact "plain HTTP is not answered there" bash -c "! curl -sS --max-time 5 'http://${url#https://}/healthz'"
stop TERM
printf 'no certificate\n' >"$place/bad.pem"
fact "a bad certificate is trouble" exits_with 3 "$bin/mingzhangd" --ledger "$place/ledger" \
    --listen 127.0.0.1:0 --tls-cert "$place/bad.pem" --tls-key "$place/key.pem"

# --- nginx in front ---------------------------------------------------------------------------
if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then
    start
    front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir "$place/nginx"
    chmod 755 "$place" "$place/nginx"
    {
        echo "daemon off; master_process off; pid $place/nginx/pid; error_log $place/nginx/error.log;"
        echo "events { worker_connections 256; }"
        echo "http {"
        for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $place/nginx/$kind;"; done
        sed -e "s/127.0.0.1:8080/${url#http://}/" -e "s/listen 80;/listen 127.0.0.1:0;/" -e "/listen 127.0.0.1:0;/d" \
            -e "s/listen 443 ssl http2;/listen 127.0.0.1:$front ssl http2;/" \
            -e "s#/etc/ssl/fund.example.org.pem#$place/cert.pem#" \
            -e "s#/etc/ssl/private/fund.example.org.key#$place/key.pem#" \
            -e "s#/var/log/nginx/mingzhang.error.log#$place/nginx/error.log#" api/deploy/nginx.conf |
            awk '/^server \{/ { held = $0; next }
                 held && /server_name/ && !seen++ { skip = 1 }
                 held { if (!skip) print held; held = "" }
                 !skip { print }
                 skip && /^\}/ { skip = 0 }'
        echo "}"
    } >"$place/nginx/nginx.conf"
    PATH=$PATH:/usr/sbin
    fact "nginx takes the configuration" nginx -t -e "$place/nginx/error.log" -c "$place/nginx/nginx.conf"
    nginx -e "$place/nginx/error.log" -c "$place/nginx/nginx.conf" &
    nginx=$!
    proxied=https://localhost:$front
    for _ in $(seq 200); do
        curl -sS --cacert "$place/cert.pem" "$proxied/healthz" >/dev/null 2>&1 && break
        kill -0 $nginx 2>/dev/null || break
        sleep 0.05
    done
    fact "nginx hands on" bash -c "curl -sS --cacert '$place/cert.pem' '$proxied/v1/funds' | grep -q '\"origin\"'"
    fact "and refusals stay ours" bash -c "
        curl -sSi --cacert '$place/cert.pem' '$proxied/nowhere' >'$place/body'
        grep -qi 'content-type: application/problem+json' '$place/body' &&
        grep -qi 'strict-transport-security: max-age' '$place/body' &&
        grep -qi \"content-security-policy: default-src 'none'\" '$place/body'"
    fact "an odd path is not read twice" bash -c "
        [ \"\$(curl -sS --path-as-is --cacert '$place/cert.pem' -o /dev/null -w '%{http_code}' '$proxied/v1//funds')\" = 400 ]"
    fact "a body too large ends at nginx or at us" bash -c "
        head -c 600000 /dev/zero | curl -sS --cacert '$place/cert.pem' -H 'Content-Type: text/plain' --data-binary @- \
            -o /dev/null -w '%{http_code}' '$proxied/v1/entries' | grep -q 413"
    kill -TERM $nginx
    wait $nginx 2>/dev/null
    nginx=''
    stop TERM
else
    skipped "nginx in front: nginx is not installed"
fi

# --- systemd ----------------------------------------------------------------------------------
if command -v systemd-analyze >/dev/null; then
    sed "s#/usr/bin/mingzhangd#$bin/mingzhangd#" api/deploy/mingzhangd.service >"$place/mingzhangd.service"
    fact "the unit is well-formed" bash -c "
        systemd-analyze verify --man=no '$place/mingzhangd.service' 2>&1 | grep . && exit 1 || exit 0"
    fact "the unit gives away little" bash -c "
        systemd-analyze security --offline=true --threshold=20 '$place/mingzhangd.service'"
else
    skipped "the systemd unit: systemd-analyze is not here"
fi
[ "$failures" -eq 0 ]
