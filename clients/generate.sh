#!/usr/bin/env bash
# Makes clients/openapi.json from the program, and the generated parts of the clients from that.
#
#     clients/generate.sh             writes them
#     clients/generate.sh --check     fails if they differ from what is there
#
# Needs Java 11 or newer, python3 with venv, Node 20 or newer with npm, and the package indexes of Python and npm. The
# generators are installed below target/. SWITCHBOARD names the program; by default cargo builds it.
set -euo pipefail
cd "$(dirname "$0")/.."

generator=openapi-generator-cli==7.26.0
tools=$PWD/target/client-generators
into=$PWD/clients
check=false
if [ "${1:-}" = --check ]; then
    check=true
    into=$(mktemp -d)
    trap 'rm -rf "$into"' EXIT
fi
python=python/src/switchboard_client/generated
typescript=typescript/src/generated

missing() {
    echo "the generators could not be installed: $1" >&2
    exit 69
}
[ -x "$tools/bin/python" ] || python3 -m venv "$tools" || missing "python3 -m venv"
if ! "$tools/bin/python" -m pip freeze | grep --quiet --line-regexp --fixed-strings "$generator"; then
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$generator" || missing "$generator"
fi
# The version of the other generator is in package-lock.json.
mkdir -p "$tools/npm"
if ! cmp --silent clients/typescript/package-lock.json "$tools/npm/package-lock.json"; then
    cp clients/typescript/package.json clients/typescript/package-lock.json "$tools/npm"
    npm ci --prefix "$tools/npm" --silent --no-audit --no-fund || { rm "$tools/npm/package-lock.json"; missing openapi-typescript; }
fi

if [ -n "${SWITCHBOARD:-}" ]; then
    "$SWITCHBOARD" openapi
else
    cargo run --quiet -p switchboard-cli -- openapi
fi | python3 -m json.tool --no-ensure-ascii --indent 2 >"$into/openapi.json"

made=$(mktemp -d)
trap 'rm -rf "$made"; if $check; then rm -rf "$into"; fi' EXIT
"$tools/bin/openapi-generator-cli" generate --generator-name python --input-spec "$into/openapi.json" --output "$made" \
    --additional-properties packageName=switchboard_client.generated \
    --global-property apis,models,supportingFiles,apiDocs=false,modelDocs=false,apiTests=false,modelTests=false \
    >"$made/log" 2>&1 || { cat "$made/log" >&2; exit 1; }
rm -rf "${into:?}/$python"
mkdir -p "$into/$python" "$into/$typescript"
cp -R "$made/switchboard_client/generated/." "$into/$python"
# A blank line or a space at the end of a line is of no use to anybody.
find "$into/$python" -name '*.py' -exec sed -i -e 's/[[:space:]]*$//' {} +

"$tools/npm/node_modules/.bin/openapi-typescript" "$into/openapi.json" --output "$into/$typescript/schema.ts" \
    --root-types --root-types-no-schema-prefix --default-non-nullable false >"$made/log" 2>&1 || { cat "$made/log" >&2; exit 1; }

if $check; then
    for path in openapi.json "$python" "$typescript"; do
        diff --recursive --brief --exclude __pycache__ "clients/$path" "$into/$path" || {
            echo "clients/$path is not what clients/generate.sh makes: run it" >&2
            exit 1
        }
    done
fi
