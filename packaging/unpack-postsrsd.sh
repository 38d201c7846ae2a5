#!/usr/bin/env bash
# Unpacks postsrsd 2 below a directory, without installing it: Debian 12 and 13 have version 1 alone, so it comes from
# Debian testing, with the C library that it was built for.
#
#   packaging/unpack-postsrsd.sh DIRECTORY
#
# Leaves DIRECTORY/usr/sbin/postsrsd, and the loader and the libraries that run it.
set -euo pipefail

die() { printf 'unpack-postsrsd: %s\n' "$*" >&2; exit 1; }
[ $# -eq 1 ] || die "usage: packaging/unpack-postsrsd.sh DIRECTORY"
target="$1"
if [ -x "$target/usr/sbin/postsrsd" ]; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Where apt gets this machine's Debian from.
mirror() {
    # shellcheck disable=SC2016 # apt fills in the names
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" && !found { print $4; found = 1 }
             END { if (!found) print "http://deb.debian.org/debian" }'
}

# Lists, cache and sources of its own: what this machine's apt knows and installs stays as it is.
prepare_apt() {
    mkdir -p "$work"/{lists,cache}/partial "$work/cache/archives/partial" "$work/none"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s testing main\n' "$(mirror)" >"$work/sources.list"
    options=(-o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o Dir::Etc::sourcelist="$work/sources.list"
        -o Dir::Etc::sourceparts="$work/none" -o Dir::Etc::preferencesparts="$work/none" -o APT::Sandbox::User=root
        -o Acquire::Languages=none -o Acquire::Retries=0 -o Acquire::http::Timeout=20)
}

fetch() {
    (cd "$work" && apt-get -qq "${options[@]}" update && apt-get -qq "${options[@]}" download postsrsd libconfuse2 libc6) \
        >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "cannot fetch postsrsd from Debian testing"; }
}

prepare_apt
fetch
version="$(dpkg-deb -f "$work"/postsrsd_*.deb Version)"
if dpkg --compare-versions "$version" lt 2; then die "Debian testing has postsrsd $version"; fi
mkdir "$work/root"
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -r "$work/root" "$target"
