#!/usr/bin/env bash
# Unpacks Debian's Sendmail below a directory, without installing it: as a package it would drive Postfix out.
#
#   packaging/unpack-sendmail.sh DIRECTORY
#
# Leaves DIRECTORY/usr/libexec/sendmail/sendmail, the m4 files of sendmail-cf, and the libraries that are not installed.
set -euo pipefail

die() { printf 'unpack-sendmail: %s\n' "$*" >&2; exit 1; }
[ $# -eq 1 ] || die "usage: packaging/unpack-sendmail.sh DIRECTORY"
target="$1"
program="$target/usr/libexec/sendmail/sendmail"
if [ -x "$program" ]; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt fetches as a user of its own

fetch() { (cd "$work" && apt-get -qq download "$@" 2>>"$work/apt.log"); }

# The libraries that sendmail-bin depends on and that are not on this machine.
missing_libraries() {
    dpkg-deb -f "$work"/sendmail-bin_*.deb Depends | tr ',' '\n' | sed -e 's/(.*//' -e 's/|.*//' -e 's/ //g' |
        grep '^lib' | while read -r library; do
            [ "$(dpkg-query -W -f='${db:Status-Status}' "$library" 2>/dev/null)" = installed ] || echo "$library"
        done
}

if ! fetch sendmail-bin sendmail-cf; then
    if [ "$(id -u)" -eq 0 ]; then apt-get -qq update; fi
    fetch sendmail-bin sendmail-cf || { cat "$work/apt.log" >&2; die "cannot fetch sendmail-bin"; }
fi
libraries="$(missing_libraries)"
# shellcheck disable=SC2086 # one word a package
if [ -n "$libraries" ]; then fetch $libraries || die "cannot fetch ${libraries//$'\n'/ }"; fi

mkdir -p "$work/root"
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
# Not setgid: it runs as root in the tests, and the loader would ignore where its libraries are.
chmod 755 "$work/root/usr/libexec/sendmail/sendmail"
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -r "$work/root" "$target"
