#!/usr/bin/env bash
# Compares `masthead count --jsonl` with the reference libraries of X and Bluesky on 10,000 random texts.
# Usage: tests/oracle/run.sh <path to the masthead binary> [<facets, one JSON line per text>]
# The second file is what `cargo test --test oracle_facets` writes; see compare.mjs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
binary=${1:?"usage: run.sh <path to the masthead binary> [<facets file>]"}
key=$(sha256sum "$here/package.json" | cut -c1-16)
home=${XDG_CACHE_HOME:-$HOME/.cache}/masthead-testservers/oracle-$key

if [ ! -e "$home/installed" ]; then
    mkdir -p "$home"
    cp "$here/package.json" "$home/"
    (cd "$home" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error)
    touch "$home/installed"
fi
# Node looks for packages beside the script that asks for them.
cp "$here"/*.mjs "$home/"
exec node "$home/compare.mjs" "$binary" "${@:2}"
