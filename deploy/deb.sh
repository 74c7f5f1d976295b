#!/usr/bin/env bash
# Packs a binary as a Debian package, with the units of deploy/systemd, completions and manual pages.
# usage: deploy/deb.sh BINARY [OUTPUT-DIRECTORY]      needs dpkg-deb; the architecture is the one of this machine
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
binary=$(realpath "$1")
out=$(realpath "${2:-.}")
version=$("$binary" --version | awk '{print $2}')
architecture=$(dpkg --print-architecture)
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
chmod 0755 "$package"

install -D -m 0755 "$binary" "$package/usr/bin/switchboard"
for unit in switchboard.socket switchboard@.service; do
    install -D -m 0644 "$here/systemd/$unit" "$package/lib/systemd/system/$unit"
done
# The units are for a binary that was installed by hand.
sed -i 's,/usr/local/bin/switchboard,/usr/bin/switchboard,' "$package/lib/systemd/system/switchboard@.service"
install -D -m 0644 "$here/../switchboard.example.toml" "$package/usr/share/doc/switchboard/switchboard.example.toml"
for file in LICENSE-MIT LICENSE-APACHE NOTICE; do
    install -D -m 0644 "$here/../$file" "$package/usr/share/doc/switchboard/$file"
done
mkdir -p "$package/usr/share/man/man1" "$package/usr/share/bash-completion/completions" \
    "$package/usr/share/zsh/vendor-completions" "$package/usr/share/fish/vendor_completions.d"
"$binary" man --out "$package/usr/share/man/man1" >/dev/null
gzip -9n "$package"/usr/share/man/man1/*.1
"$binary" completions bash >"$package/usr/share/bash-completion/completions/switchboard"
"$binary" completions zsh >"$package/usr/share/zsh/vendor-completions/_switchboard"
"$binary" completions fish >"$package/usr/share/fish/vendor_completions.d/switchboard.fish"

mkdir "$package/DEBIAN"
# A binary that is not static needs the C library that it was linked with.
depends=$(ldd "$binary" 2>/dev/null | grep -q '=>' && echo "libc6 (>= $(ldd --version | awk 'NR == 1 {print $NF}')), libgcc-s1, " || true)
cat >"$package/DEBIAN/control" <<CONTROL
Package: switchboard
Version: $version
Architecture: $architecture
Maintainer: the Switchboard contributors <switchboard@localhost>
Section: comm
Priority: optional
Depends: ${depends}adduser
Installed-Size: $(du -sk "$package" | cut -f1)
Description: one API for phone calls made by voice agents
 Chooses the provider of each call, places it, follows it to its outcome, and
 fails over only with proof that no phone rang.
CONTROL
cat >"$package/DEBIAN/postinst" <<'POSTINST'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    if ! getent passwd switchboard >/dev/null; then
        adduser --system --group --no-create-home --home /var/lib/switchboard switchboard
    fi
    # The units read both; keys are readable by root alone.
    mkdir -p /etc/switchboard
    if [ ! -e /etc/switchboard/environment ]; then
        (umask 077 && touch /etc/switchboard/environment)
    fi
    if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
fi
POSTINST
cat >"$package/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl stop 'switchboard@*.service' switchboard.socket || true
fi
PRERM
chmod 0755 "$package/DEBIAN/postinst" "$package/DEBIAN/prerm"

dpkg-deb --root-owner-group --build "$package" "$out/switchboard_${version}_${architecture}.deb"
