#!/usr/bin/env bash
# Installs the Debian packages that building paraph needs; with --tests also those that testing needs.
#
#   packaging/install-build-deps.sh [--tests | LIST ...]     a LIST is a name in packages/ without .txt
#
# Does nothing, quickly and without the network, when all of them are there. Asks apt never to remove a package (a
# second mail server, for instance) and never to start a service.
#
# A line of a list is a package. It may name several with bars between (new|old), of which one will do: releases of Debian
# give the same thing different names. A second word is a command that makes the package unnecessary, wherever it comes
# from.
set -euo pipefail

lists="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/packages"
policy=/usr/sbin/policy-rc.d
saved_policy="$policy.before-paraph"
policy_mark='# placed by paraph/packaging/install-build-deps.sh'

say() { printf 'install-build-deps: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The wanted packages: every line of the given lists but comments.
wanted() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

# One of the packages new|old is installed.
installed() {
    local package
    for package in ${1//|/ }; do
        if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then return 0; fi
    done
    return 1
}

# Of the lines on standard input, the packages of those that are not satisfied.
missing() {
    local packages command
    while read -r packages command; do
        if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
        installed "$packages" || echo "$packages"
    done
}

# The package of new|old that this release has; the last one where apt knows none, for its error to name it.
available() {
    local package
    for package in ${1//|/ }; do
        if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then break; fi
    done
    echo "$package"
}

# Runs a command as root: as it is, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# A policy-rc.d that says 101 makes apt leave services alone. One that bears our mark is left from a run that was
# killed, and is not worth saving.
forbid_services() {
    if exists "$policy" && ! grep -qsF "$policy_mark" "$policy"; then
        as_root mv -f "$policy" "$saved_policy"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

restore_services() {
    if exists "$saved_policy"; then
        as_root mv -f "$saved_policy" "$policy"
    else
        as_root rm -f "$policy"
    fi
}

# Postfix asks for its kind of setup when it is first installed: one that listens on loopback only.
preseed_postfix() {
    if exists /etc/postfix/main.cf; then return; fi
    printf 'postfix postfix/main_mailer_type select Local only\npostfix postfix/mailname string localhost.localdomain\n' |
        as_root debconf-set-selections
}

install_packages() {
    local line packages=()
    trap restore_services EXIT
    forbid_services
    case " $* " in *" postfix "*) preseed_postfix ;; esac
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 update ||
        say "apt-get update failed; trying with the package lists that are there"
    # Only now does apt know what this release has.
    for line in "$@"; do packages+=("$(available "$line")"); done
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install "${packages[@]}" >&2 ||
        die "apt-get could not install: ${packages[*]}"
}

usage() { die "usage: packaging/install-build-deps.sh [--tests | LIST ...], a LIST of: $(cd "$lists" && echo *)"; }

main() {
    local names=(build) files=() name packages
    case "${1:-}" in
        '') ;;
        --tests) names=(build test peers) ;;
        *) names=("$@") ;;
    esac
    for name in "${names[@]}"; do
        [ -f "$lists/$name.txt" ] || usage
        files+=("$lists/$name.txt")
    done
    command -v dpkg-query apt-get >/dev/null || die "needs Debian or a derivative; the packages are listed in $lists"
    packages="$(wanted "${files[@]}" | missing)"
    if [ -z "$packages" ]; then return; fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "not root and no sudo; as root run: apt-get install --no-install-recommends$(
            for name in $packages; do printf ' %s' "$(available "$name")"; done)"
    fi
    say "installing ${packages//$'\n'/ }"
    # shellcheck disable=SC2086 # one word a package
    install_packages $packages
}

main "$@"
