#!/usr/bin/env bash
# Builds a static binary for x86-64 Linux with musl, and tries it in a root directory that has nothing else.
# usage: deploy/static.sh [FEATURES]      as deploy/static.sh postgres,otel
# Needs: rustup target add x86_64-unknown-linux-musl, and musl-gcc (Debian: musl-tools). The trial needs to be root, or unshare.
set -euo pipefail
cd "$(dirname "$0")/.."

target=x86_64-unknown-linux-musl
if ! command -v musl-gcc >/dev/null; then
    echo "musl-gcc is missing: apt-get install musl-tools" >&2
    exit 1
fi
if ! rustup target list --installed | grep -qx "$target"; then
    echo "the target is missing: rustup target add $target" >&2
    exit 1
fi

# SQLite and ring are C, compiled for musl too.
export CC_x86_64_unknown_linux_musl=musl-gcc
cargo build --locked --profile dist --package switchboard-cli --target "$target" ${1:+--features "$1"}
binary=${CARGO_TARGET_DIR:-target}/$target/dist/switchboard

if ldd "$binary" 2>&1 | grep -q '=>'; then
    echo "$binary needs shared libraries:" >&2
    ldd "$binary" >&2
    exit 1
fi
deploy/try-alone.sh "$binary"
echo "$binary"
