#!/usr/bin/env bash
# Builds the Debian packages, in a folder of its own, from a source tarball: nothing is written among the sources.
#
#   packaging/build-deb.sh [--tarball FILE] [--into DIRECTORY]     packages and their source go to build/deb
#
# Without a tarball one is made of the sources as they are. DEB_BUILD_OPTIONS holds, noopt and parallel=2 for example, and
# so do the other variables of dpkg-buildpackage(1). PARAPH_BUILT names a build tree that is packed in place of a new build:
# for trials, since it has not Debian's flags.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
into="$root/build/deb"
tarball=''

die() { printf 'build-deb: %s\n' "$*" >&2; exit 1; }
usage() { die "usage: packaging/build-deb.sh [--tarball FILE] [--into DIRECTORY]"; }

while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case "$1" in
        --tarball) tarball="$(realpath -- "$2")" ;;
        --into) into="$(realpath -m -- "$2")" ;;
        *) usage ;;
    esac
    shift 2
done

version="$(sed -n '1s/^paraph (\(.*\)-[^-]*) .*/\1/p' "$root/packaging/debian/changelog")"
[ -n "$version" ] || die "packaging/debian/changelog does not begin with a version"
work="$into/work" # always the same path, for the sake of ccache
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
[ -n "$tarball" ] || tarball="$("$root/packaging/make-tarball.sh" --into "$work")"
original="$work/paraph_$version.orig.tar.gz"
[ "$tarball" -ef "$original" ] || cp "$tarball" "$original"
tar -C "$work" -xzf "$original"
tree="$work/paraph-$version"
[ -d "$tree" ] || die "$tarball has no folder paraph-$version"
cp -r "$tree/packaging/debian" "$tree/debian"
(cd "$tree" && dpkg-buildpackage --no-sign)
find "$work" -maxdepth 1 -type f -name 'paraph*_*' -exec mv -t "$into" {} +
ls "$into"
