#!/usr/bin/env bash
# Tries a static binary in an empty root directory: no libraries, no /etc, no time zones, no certificates, no user.
# usage: deploy/try-alone.sh BINARY      as root, or where users may have namespaces of their own
set -euo pipefail
binary=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp "$binary" "$root/switchboard"
mkdir "$root/tmp"

alone() {
    if [ "$(id -u)" = 0 ]; then
        env -i "$(command -v chroot)" "$root" /switchboard "$@"
    else
        env -i "$(command -v unshare)" --user --map-root-user --root="$root" /switchboard "$@"
    fi
}

alone version
# A plan needs the tables of numbers, rules and time zones, which are built in.
alone init --config /first.toml --provider kaicalls --country US
alone plan --config /first.toml --to '(212) 555-0123'
# Simulated providers over HTTP, a ledger, and 142 calls.
alone demo --json >/dev/null
echo "it runs alone"
