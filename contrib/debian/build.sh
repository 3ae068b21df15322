#!/bin/sh
# Packs a release build as a Debian package, and tries it: contrib/debian/build.sh PROGRAM FOLDER
# Needs dpkg-deb (package dpkg). Writes FOLDER/masthead_VERSION_ARCH.deb; installs into a folder of its own only.
set -eu
program=$1 out=$2
here=$(cd "$(dirname "$0")/../.." && pwd)
version=$("$program" --version | cut -d' ' -f2)
arch=$(dpkg --print-architecture)
tree="$out/tree" root="$out/root"
rm -rf "$tree" "$root"
mkdir -p "$out"
doc="$tree/usr/share/doc/masthead"

install -Dm755 "$program" "$tree/usr/bin/masthead"
"$program" man --dir "$tree/usr/share/man/man1"
gzip -n9 "$tree"/usr/share/man/man1/*.1
mkdir -p "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/fish/vendor_completions.d"
"$program" completions bash >"$tree/usr/share/bash-completion/completions/masthead"
"$program" completions zsh >"$tree/usr/share/zsh/vendor-completions/_masthead"
"$program" completions fish >"$tree/usr/share/fish/vendor_completions.d/masthead.fish"
mkdir -p "$tree/usr/lib/systemd/user"
# Here the unit needs no copying, and the program is where packages put it.
sed -e 's|%h/.cargo/bin/masthead|/usr/bin/masthead|' -e '/^#   cp contrib/d' -e 's/systemd.service(5)/masthead-daemon(1)/' \
  "$here/contrib/systemd/masthead.service" >"$tree/usr/lib/systemd/user/masthead.service"
install -Dm644 -t "$doc" "$here/README.md" "$here/config.example.toml" "$here/THIRD-PARTY.md"
gzip -n9c "$here/CHANGELOG.md" >"$doc/changelog.gz"
{
  echo "Masthead is under the MIT licence or the Apache License 2.0, as you like. THIRD-PARTY.md has its crates and their licences."
  for licence in MIT APACHE; do printf '\n'; cat "$here/LICENSE-$licence"; done
} >"$doc/copyright"

# The newest version of the C library that a symbol of the program asks for.
libc=$(objdump -T "$tree/usr/bin/masthead" | grep -o 'GLIBC_[0-9.]*' | cut -d_ -f2 | sort -uV | tail -n1)
mkdir "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: masthead
Version: $version
Architecture: $arch
Maintainer: The Masthead contributors <masthead@localhost>
Section: net
Priority: optional
Installed-Size: $(du -ks "$tree/usr" | cut -f1)
Depends: libc6 (>= ${libc:?the program asks for no version of the C library}), libgcc-s1, ca-certificates
Description: full-screen terminal editorial calendar
 Plan posts to several networks on a month, write once, see what each network
 will count and show, and let it go out by itself on time. Works over SSH.
CONTROL
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -type f ! -path "$tree/usr/bin/*" -exec chmod 644 {} +
package="$out/masthead_${version}_$arch.deb"
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null

# Installed as dpkg does it, below a root of its own; its dependencies are those of the machine.
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/log"
: >"$root/var/lib/dpkg/status"
if [ "$(id -u)" = 0 ]; then
  dpkg --root="$root" --force-depends --install "$package" >"$out/install.log" 2>&1 || { cat "$out/install.log" >&2; exit 1; }
  dpkg --root="$root" --status masthead | grep -q '^Status: install ok installed'
else
  dpkg-deb --extract "$package" "$root"
fi
installed="$root/usr/bin/masthead"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
run() { env -i HOME="$home" PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
[ "$(run "$installed" --version)" = "masthead $version" ]
printf 'Hello' | run "$installed" count | grep -q '500'
mkdir -p "$home/.config/masthead"
printf 'timezone = "UTC"\n[channels.box]\nplatform = "sandbox"\n' >"$home/.config/masthead/config.toml"
id=$(echo "From the package" | run "$installed" add --channel box)
run "$installed" publish "$id" >/dev/null
run "$installed" show "$id" | grep -q published
gzip -dc "$root/usr/share/man/man1/masthead.1.gz" | grep -q 'FIRST STEPS'
run bash -n "$root/usr/share/bash-completion/completions/masthead"
grep -qx 'ExecStart=/usr/bin/masthead daemon' "$root/usr/lib/systemd/user/masthead.service"
echo "$package: $(du -k "$package" | cut -f1) KiB, $(dpkg-deb --contents "$package" | grep -vc '/$') files; installed and tried"
