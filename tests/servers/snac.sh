#!/usr/bin/env bash
# A small real fediverse server on loopback (Debian snac2, from backports): snac.sh PORT FOLDER
# Unpacks it when it is missing (no root, nothing installed into the system), starts it in the background
# and prints KEY=VALUE lines; end it by its pid.
. "$(dirname "$0")/lib.sh"
port=$1 folder=$2
release=2.75-2~bpo12+1

install_here() {
  local mirror options
  mirror=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources)
  mkdir -p lists/partial cache/archives/partial
  for suite in bookworm bookworm-backports; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >sources.list
  options=(-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User= -qq)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" install --download-only -y --no-install-recommends "snac2=$release"
  mkdir root
  for package in cache/archives/*.deb; do dpkg -x "$package" root; done
  rm -rf lists cache
  test -x root/usr/bin/snac
}
pins=$(mktemp)
echo "$release" >"$pins"
home=$(installed snac "$pins")
rm -f "$pins"

export LD_LIBRARY_PATH=$home/root/usr/lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
snac=$home/root/usr/bin/snac
mkdir -p "$folder"
data=$folder/snac
# Address, port, host, prefix, mail.
printf '127.0.0.1\n%s\nlocalhost:%s\n\n\n' "$port" "$port" | "$snac" init "$data" >"$folder/snac.log" 2>&1
# A server that asks itself about its own posts must not wait for its own few threads.
sed -i 's/"protocol": "https"/"protocol": "http", "num_threads": 16/' "$data/server.json"
account() { # NAME: adds it and prints its password
  printf '\n' | "$snac" adduser "$data" "$1" 2>&1 | tee -a "$folder/snac.log" | sed -n 's/.*password is[: ]*//Ip' | tail -n 1
}
password=$(account alice)
# Of an account only the newest posts can be read, so a suite that makes hundreds spreads them over several accounts.
crowd=5
[ -z "${MASTHEAD_FULL:-}" ] || crowd=69
others=$(for number in $(seq 1 "$crowd"); do
  printf 'crowd%s:%s,' "$number" "$(account "crowd$number")"
done)
"$snac" httpd "$data" >>"$folder/snac.log" 2>&1 9>&- &
pid=$!
ready "$pid" "$folder/snac.log" curl -fsS "http://127.0.0.1:$port/api/v1/instance"
cat <<LINES
MASTHEAD_SNAC_PID=$pid
MASTHEAD_SNAC_URL=http://localhost:$port
MASTHEAD_SNAC_USER=alice
MASTHEAD_SNAC_PASSWORD=$password
MASTHEAD_SNAC_OTHERS=${others%,}
LINES
