#!/usr/bin/env bash
# Unpacks Debian's Mailman 3 and the Python packages that it needs below a directory, without installing them: some fifty packages
# that nothing else here wants, with a service and a user.
#
#   packaging/unpack-mailman.sh DIRECTORY
#
# Leaves DIRECTORY/usr/lib/python3/dist-packages, which is a PYTHONPATH for /usr/bin/python3.
set -euo pipefail

die() { printf 'unpack-mailman: %s\n' "$*" >&2; exit 1; }
[ $# -eq 1 ] || die "usage: packaging/unpack-mailman.sh DIRECTORY"
target="$1"
if [ -d "$target/usr/lib/python3/dist-packages/mailman" ]; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# What an installation would add to this machine, of Python.
wanted() {
    apt-get -s -o Debug::NoLocking=1 install --no-install-recommends mailman3 |
        awk '$1 == "Inst" && $2 ~ /^(mailman3|python3-.*)$/ { print $2 }'
}

wanted >"$work/packages" 2>"$work/apt.log" || { cat "$work/apt.log" >&2; die "apt does not know mailman3: apt-get update?"; }
grep -qx mailman3 "$work/packages" || die "apt would not install mailman3; is it installed?"
(cd "$work" && xargs apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=0 -o Acquire::http::Timeout=20 download <packages) \
    >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "cannot fetch Mailman"; }
mkdir "$work/root"
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -r "$work/root" "$target"
