#!/bin/sh
# run_suite.sh PROGRAM SUITE.yml: runs PROGRAM on the suite, unpacking SUITE.yml.gz where only that exists.
set -eu

program=$1
suite=$2

if [ ! -f "$suite" ] && [ -f "$suite.gz" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    gzip -dc "$suite.gz" > "$folder/${suite##*/}"
    suite=$folder/${suite##*/}
fi
"$program" "$suite"
