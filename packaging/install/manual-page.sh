#!/bin/sh
# Makes a manual page of its Markdown: packaging/install/manual-page.sh LOWDOWN VERSION SOURCE PAGE
#
# The first line of a source, "# name(8): what it is", becomes the title and the section NAME; each heading goes up a level.
set -eu
lowdown="$1" version="$2" source="$3" page="$4"
name="$(basename "$page")"
{
    printf 'title: %s\nsection: %s\nsource: paraph %s\nshiftheadinglevelby: -1\n\n' "${name%.*}" "${name##*.}" "$version"
    sed '1s/^# \([^(]*\)([0-9]): \(.*\)/## NAME\n\n\1 - \2/' "$source"
} | "$lowdown" -s -tman --out-no-smarty -o "$page.new" -
mv "$page.new" "$page"
