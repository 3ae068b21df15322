#!/usr/bin/env bash
# A stateful Mastodon API on loopback (PyPI mastodon_mock): mastodon_mock.sh PORT FOLDER
# Installs it when it is missing, starts it in the background and prints KEY=VALUE lines; end it by its pid.
. "$(dirname "$0")/lib.sh"
port=$1 folder=$2

install_here() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check --requirement "$here/mastodon_mock.txt"
}
home=$(installed mastodon_mock "$here/mastodon_mock.txt")

mkdir -p "$folder"
log=$folder/mastodon_mock.log
"$home/venv/bin/mastodon_mock" serve --in-memory --host 127.0.0.1 --port "$port" >"$log" 2>&1 9>&- &
pid=$!
ready "$pid" "$log" curl -fsS "http://127.0.0.1:$port/api/v2/instance"
cat <<LINES
MASTHEAD_MASTODON_PID=$pid
MASTHEAD_MASTODON_URL=http://localhost:$port
MASTHEAD_MASTODON_USER=testuser
MASTHEAD_MASTODON_TOKEN=mock_token
LINES
