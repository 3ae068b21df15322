#!/usr/bin/env bash
# A real Bluesky PDS on loopback: pds.sh PORT PLC_PORT FOLDER
# Installs it when it is missing, starts it in the background and prints KEY=VALUE lines; end it by its pid.
. "$(dirname "$0")/lib.sh"
port=$1 plc_port=$2 folder=$3

install_here() {
  cp "$here/pds/package.json" "$here/pds/package-lock.json" .
  npm ci --no-audit --no-fund --loglevel=error
}
home=$(installed pds "$here/pds/package.json" "$here/pds/package-lock.json")

mkdir -p "$folder"
# Imports resolve from the script's own folder.
cp "$here/pds-start.mjs" "$home/pds-start.mjs"
log=$folder/pds.log
(cd "$home" && exec node pds-start.mjs "$port" "$plc_port" "$folder/data") >"$log" 2>&1 9>&- &
pid=$!
ready "$pid" "$log" grep -q '^READY' "$log"
printf 'MASTHEAD_PDS_PID=%s\n' "$pid"
grep '^MASTHEAD_' "$log"
