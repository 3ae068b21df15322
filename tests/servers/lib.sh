# Shared by the scripts that install and start real servers for the tests; sourced, never run.
# Owns the cache folder, the lock and the marker that tells a finished install from an interrupted one.
set -euo pipefail
# Without it a failed step inside $(...) would be taken for a finished install.
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/masthead-testservers

say() { printf '%s\n' "$*" >&2; }

# installed NAME FILE...: runs the function `install_here` in an empty folder named after NAME and what
# the FILEs (the pins) say, unless a finished install is there; prints the folder.
installed() {
  local name=$1
  shift
  local hash folder
  hash=$(cat "$@" | sha256sum | cut -c1-16)
  folder=$cache/$name-$hash
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -e "$folder/.complete" ]; then
      say "installing $name into $folder"
      rm -rf "$folder"
      mkdir -p "$folder"
      (cd "$folder" && install_here) >&2
      touch "$folder/.complete"
    fi
  ) 9>"$cache/$name.lock"
  printf '%s\n' "$folder"
}

# ready PID LOG COMMAND...: waits up to 90 seconds for COMMAND to succeed while PID lives.
ready() {
  local pid=$1 log=$2
  shift 2
  for _ in $(seq 1 450); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    if ! kill -0 "$pid" 2>/dev/null; then
      say "the server ended before it was ready; its log:"
      tail -n 20 "$log" >&2
      return 1
    fi
    sleep 0.2
  done
  kill "$pid" 2>/dev/null || true
  say "the server was not ready after 90 seconds; its log:"
  tail -n 20 "$log" >&2
  return 1
}
