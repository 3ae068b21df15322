#!/usr/bin/env bash
# Masthead measured beside calcurse, tig, aerc and nano in one run: peers.sh [options of peers.py]
# Fetches their Debian packages into target/peers (no root, nothing installed into the system); what cannot be
# had is said and left out. Builds a release of Masthead unless MASTHEAD names a program.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}
scratch=$PWD/target/peers
mkdir -p "$scratch/root"

fetch() { # PACKAGE: unpacks it and what it needs beyond this system
  local options=(-o "Dir::Cache=$scratch/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User= -qq)
  mkdir -p "$scratch/cache/archives/partial"
  apt-get "${options[@]}" install --download-only -y --no-install-recommends "$1" >/dev/null || return
  for package in "$scratch"/cache/archives/*.deb; do dpkg -x "$package" "$scratch/root"; done
  rm -rf "$scratch/cache"
}
for peer in calcurse tig aerc nano; do
  if ! command -v "$peer" >/dev/null && [ ! -e "$scratch/root/usr/bin/$peer" ] && [ ! -e "$scratch/root/bin/$peer" ]; then
    fetch "$peer" || echo "peers: $peer could not be had" >&2
  fi
done

if [ -z "${MASTHEAD:-}" ]; then
  "$cargo" build --release --quiet
  MASTHEAD=$PWD/target/release/masthead
fi
libraries=$scratch/root/usr/lib/$(uname -m)-linux-gnu:$scratch/root/lib/$(uname -m)-linux-gnu
MASTHEAD=$MASTHEAD PEERS_ROOT=$scratch/root PEERS_LIBRARIES=$libraries exec python3 benches/peers.py "$@"
