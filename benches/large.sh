#!/usr/bin/env bash
# What the commands cost over a large ledger: the time, and the most memory that the process had.
#
#     benches/large.sh [DIRECTORY]
#
# Builds the command line (or measures SWITCHBOARD_BINARY) and makes the ledger first, if they are not there: see `large.rs`. It needs Linux
# and GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(realpath -m "${1:-target/large}")
binary=${SWITCHBOARD_BINARY:-target/release/switchboard}
features=postgres,keyring,otel
[ -x "$binary" ] || cargo build --release -p switchboard-cli --features "$features"
[ -e "$directory/ledger.db" ] || SWITCHBOARD_LARGE_DIR=$directory cargo bench -p switchboard-benches --bench large
binary=$(realpath "$binary")
cd "$directory"
# Nothing is sent: nothing listens where the providers would be.
export SWITCHBOARD_LARGE_KEY=kc_test_0123456789abcdef0123456789abcdef SWITCHBOARD_CONFIG=$directory/switchboard.toml
SWITCHBOARD_LARGE_SECRET=$(printf '0%.0s' {1..64})
export SWITCHBOARD_LARGE_SECRET

measure() {
    local name=$1 out=$2
    shift 2
    /usr/bin/time -f '%e %U %S %M' -o "$directory/time" "$@" >"$out" 2>"$directory/errors" || true
    tail -n 1 "$directory/time" | {
        read -r seconds user system kilobytes
        printf '%-28s %8.2f s  %8.2f s of CPU  %6d MiB\n' "$name" "$seconds" "$(awk "BEGIN { print $user + $system }")" $((kilobytes / 1024))
    }
}

if [ "${WHAT:-all}" != start ]; then
    for name in first second; do
        measure "calls list, $name" list.txt "$binary" calls list
    done
    measure "calls list --outcome failed" list.txt "$binary" calls list --outcome failed
    measure 'calls export' export.csv "$binary" calls export
    measure 'quality' quality.txt "$binary" quality
    measure 'experiments report' report.txt "$binary" experiments report reminders
    measure 'backtest, the same policy' same.txt "$binary" backtest --policy switchboard.toml
    measure 'backtest, another policy' other.txt "$binary" backtest --policy other.toml
    measure 'ledger check' check.txt "$binary" ledger check
fi

# Until it is ready: /readyz answers 200.
began=$(date +%s%N)
"$binary" serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:18099 >serve.txt 2>&1 &
server=$!
until curl --silent --fail --output /dev/null http://127.0.0.1:18099/readyz; do
    kill -0 "$server" 2>/dev/null || { cat serve.txt >&2; exit 1; }
    read -rt 0.02 <> <(:) || true
done
printf '%-28s %8.2f s\n' 'serve, until it is ready' "$(awk -v from="$began" -v to="$(date +%s%N)" 'BEGIN { print (to - from) / 1e9 }')"
read -rt 30 <> <(:) || true
printf '%-28s            %6d MiB\n' 'serve, half a minute later' "$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")"
kill "$server"
wait "$server" || true
