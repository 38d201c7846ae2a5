# Systems of a release of Debian, made with debootstrap: what tests/release/run and tests/packages/run share.
# To be sourced, with the variables told_by, release, system, log and mirror.

say() { printf '%s: %s\n' "$told_by" "$*" >&2; }
die() { say "$*"; exit 1; }
skip() { say "not run: $*"; exit 77; }

this_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

other_release() { if [ "$(this_release)" = bookworm ]; then echo trixie; else echo bookworm; fi; }

# Where apt gets this machine's Debian from. Without downloaded lists apt does not know an origin, only the names that
# its sources have.
mirror() {
    # shellcheck disable=SC2016 # apt fills in the names
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk -v release="$(this_release)" '
            $1 == "Debian" && $2 == "Debian" && $4 == "main" { print $5; found = 1; exit }
            NF == 3 && $1 == release && $2 == "main" && !named { named = $3 }
            END { if (!found && named) print named }'
}

# step NAME COMMAND ...: says how long it took; what the command prints is shown only when it fails.
step() {
    local name="$1" before=$SECONDS
    shift
    "$@" >"$log" 2>&1 || { tail -n 200 "$log" >&2; die "$name in $release failed"; }
    say "$name: $((SECONDS - before)) s"
}

# In the other system, with none of this machine's environment but its way to the network.
within() {
    local name proxies=()
    for name in http_proxy https_proxy ftp_proxy no_proxy; do
        if [ -n "${!name:-}" ]; then proxies+=("$name=${!name}"); fi
    done
    chroot "$system" env -i "${proxies[@]}" PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

# A folder that PARAPH_SYSTEMS names keeps what debootstrap made, for the next who wants one of this release.
make_system() {
    local kept="${PARAPH_SYSTEMS:-}/$release.tar"
    if [ -e "$system/made" ]; then return; fi
    if [ -n "${PARAPH_SYSTEMS:-}" ] && [ -e "$kept" ]; then
        tar -C "$system" -xpf "$kept"
        return
    fi
    debootstrap --variant=minbase --include=ca-certificates "$release" "$system" "$mirror" || return 1
    # Nothing in there has to outlive a power failure.
    echo force-unsafe-io >"$system/etc/dpkg/dpkg.cfg.d/unsafe-io"
    apt-config dump | grep -i '^Acquire::.*Proxy' >"$system/etc/apt/apt.conf.d/proxy" || true
    touch "$system/made"
    if [ -n "${PARAPH_SYSTEMS:-}" ]; then
        tar -C "$system" --one-file-system -cpf "$kept.new" . && mv "$kept.new" "$kept"
    fi
}

# The last one first: a mount may lie in another.
unmount_system() {
    awk -v below="$system/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | tac | while read -r place; do
        umount "$place" 2>/dev/null || umount --lazy "$place" || true
    done
}
