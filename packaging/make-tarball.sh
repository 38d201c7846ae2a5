#!/usr/bin/env bash
# Makes the source tarball paraph-VERSION.tar.gz, which builds without git, and prints its path.
#
#   packaging/make-tarball.sh [--into DIRECTORY] [TAG]     into build/ by default
#
# With a tag, which is vVERSION, it is what git has under that name. Without one it is the sources as they are here, as
# git would take them where there is git.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
into="$root/build"

die() { printf 'make-tarball: %s\n' "$*" >&2; exit 1; }

# The version that CMake is told, of a CMakeLists.txt on standard input.
version_of() { sed -n 's/^project(paraph VERSION \([0-9.]*\) .*/\1/p'; }

# When the sources were changed last, as far as that is known.
source_date() {
    git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md"
}

# The same bytes from the same sources: no owner, no order, no time but one.
pack() {
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-$(source_date)}" --format=gnu \
        --transform="s,^\./,paraph-$version/," "$@" | gzip -n9
}

tree_files() {
    if git -C "$root" rev-parse --git-dir >/dev/null 2>&1; then
        git -C "$root" ls-files -z --cached --others --exclude-standard --deduplicate | sed -z 's,^,./,'
    else
        (cd "$root" && find . \( -path ./build -o -path ./.git -o -name __pycache__ \) -prune -o -type f -print0)
    fi
}

if [ "${1:-}" = --into ]; then
    into="${2:?--into needs a directory}"
    shift 2
fi
[ $# -le 1 ] || die "usage: packaging/make-tarball.sh [--into DIRECTORY] [TAG]"
mkdir -p "$into"
if [ $# -eq 1 ]; then
    version="$(git -C "$root" show "$1:CMakeLists.txt" | version_of)"
    [ "$1" = "v$version" ] || die "the tag $1 has version $version: it should be v$version"
    made="$into/paraph-$version.tar.gz"
    git -C "$root" archive --format=tar --prefix="paraph-$version/" "$1" | gzip -n9 >"$made"
else
    version="$(version_of <"$root/CMakeLists.txt")"
    made="$into/paraph-$version.tar.gz"
    tree_files | while IFS= read -r -d '' file; do
        if [ -e "$root/$file" ]; then printf '%s\0' "$file"; fi # git names what was deleted as well
    done | pack -C "$root" --no-recursion --null --files-from=- -cf - >"$made"
fi
echo "$made"
