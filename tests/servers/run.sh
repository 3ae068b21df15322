#!/usr/bin/env bash
# Starts the real servers of the tests on loopback, runs COMMAND with their addresses in its environment
# (MASTHEAD_PDS_*, MASTHEAD_MASTODON_*, MASTHEAD_SNAC_*) and ends them: run.sh COMMAND...
# A server that cannot be had is left out with a message; with MASTHEAD_SERVERS=required that is an error.
. "$(dirname "$0")/lib.sh"
if [ $# -eq 0 ]; then
  say "usage: run.sh COMMAND..."
  exit 2
fi

folder=$(mktemp -d)
pids=()
stop() {
  local status=$?
  trap - EXIT INT TERM
  if [ ${#pids[@]} -gt 0 ]; then
    kill "${pids[@]}" 2>/dev/null || true
    for pid in "${pids[@]}"; do
      for _ in $(seq 1 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
      kill -9 "$pid" 2>/dev/null || true
    done
  fi
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The first four ports in a row that nobody listens on.
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
base=${MASTHEAD_TEST_PORTS:-42580}
while taken "$base" || taken $((base + 1)) || taken $((base + 2)) || taken $((base + 3)); do
  base=$((base + 10))
done

start() {
  local name=$1
  shift
  if "$here/$name.sh" "$@" >"$folder/$name.env"; then
    local line
    while IFS= read -r line; do
      case $line in
        MASTHEAD_*_PID=*) pids+=("${line#*=}") ;;
        MASTHEAD_*=*) export "${line?}" ;;
      esac
    done <"$folder/$name.env"
  elif [ "${MASTHEAD_SERVERS:-}" = required ]; then
    say "$name could not be started, and MASTHEAD_SERVERS=required"
    exit 1
  else
    say "$name could not be started; its tests will be skipped"
  fi
}
start pds "$base" $((base + 1)) "$folder/pds"
start mastodon_mock $((base + 2)) "$folder/mastodon_mock"
start snac $((base + 3)) "$folder/snac"

status=0
"$@" || status=$?
exit "$status"
