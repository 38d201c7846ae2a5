#!/usr/bin/env bash
# Installs paraphd, starts it and puts it behind the Postfix of this machine. Run again, it changes only what is missing.
#
#   packaging/wire-postfix.sh PARAPHD PARAPH     (the two programs as built)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

etc=/etc/paraph
sbin=/usr/local/sbin
bin=/usr/local/bin
unit=/etc/systemd/system/paraphd.service
pid_file=/run/paraphd.pid
default_port=8891

note() { printf '%s\n' "$*"; }
die() { printf 'wire-postfix: %s\n' "$*" >&2; exit 1; }

systemd_runs() { [ -d /run/systemd/system ]; }

install_programs() {
    install -D -m 755 "$1" "$sbin/paraphd.new"
    mv -f "$sbin/paraphd.new" "$sbin/paraphd" # a running daemon keeps its old file
    install -D -m 755 "$2" "$bin/paraph"
    note "Installed $sbin/paraphd and $bin/paraph."
}

make_user() {
    if id paraph >/dev/null 2>&1; then return; fi
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin paraph
    note "Made the system user paraph."
}

# A key for the domain in Postfix's own addresses, and a configuration that signs with it.
write_configuration() {
    local domain
    if [ -e "$etc/paraph.yaml" ]; then
        note "Kept $etc/paraph.yaml."
        return
    fi
    domain="$(postconf -hx mydomain)"
    case "$domain" in
        *.localdomain) domain= ;;
        *.*) ;;
        *) domain= ;;
    esac
    install -d -m 755 "$etc"
    {
        echo "# See paraph.yaml(5). What is not set here has its default."
        echo "authserv_id: $(postconf -hx myhostname)"
    } >"$etc/paraph.yaml"
    note "Wrote $etc/paraph.yaml."
    if [ -z "$domain" ]; then
        note "Postfix's mydomain is no domain of the Internet: mail is checked and not signed until you add a domain."
        return
    fi
    make_key "$domain"
}

# Not active before its record is in the DNS: mail with a signature that nobody can check helps nobody.
make_key() {
    local selector
    selector="paraph$(date +%Y)"
    install -d -m 700 "$etc/keys"
    note "Made a signing key for $1. Publish this record:"
    "$bin/paraph" key generate --domain "$1" --selector "$selector" --out-dir "$etc/keys" |
        sed -n '/_domainkey/s/^/    /p'
    chown -R paraph:paraph "$etc/keys"
    cat >>"$etc/paraph.yaml" <<YAML
domains:
  $1:
    keys:
      # active: true once the record is in the DNS, and then reload the daemon.
      - {selector: $selector, file: keys/$selector.$1.pem, active: false}
YAML
    note "When it is there, say 'active: true' in $etc/paraph.yaml and reload the daemon."
}

# inet:HOST:PORT from the configuration, as Postfix writes it too.
socket() {
    local told
    told="$(sed -n 's/^ *socket: *"\{0,1\}\([^" #]*\).*/\1/p' "$etc/paraph.yaml" | head -n 1)"
    echo "${told:-inet:127.0.0.1:$default_port}"
}

start_service() {
    install -m 644 "$here/systemd/paraphd.service" "$unit"
    systemctl daemon-reload
    systemctl enable --quiet paraphd
    systemctl restart paraphd || die "it does not start; see: journalctl -u paraphd"
    note "paraphd runs as a service (systemctl status paraphd)."
}

start_background() {
    local log=/var/log/paraphd.log tries=0
    if [ -s "$pid_file" ] && kill -TERM "$(cat "$pid_file")" 2>/dev/null; then sleep 1; fi
    touch "$log"
    chown paraph:paraph "$log"
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid setpriv --reuid paraph --regid paraph --init-groups -- "$sbin/paraphd" --log stderr \
        </dev/null >"$log" 2>&1 &
    echo "$!" >"$pid_file"
    until grep -q 'listening on' "$log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$(cat "$pid_file")" 2>/dev/null; then
            cat "$log" >&2
            die "paraphd does not start"
        fi
        sleep 0.1
    done
    note "paraphd runs in the background; its pid is in $pid_file and its log is $log."
}

# set_parameter NAME VALUE: with postconf, only if it changes something, telling what it was.
set_parameter() {
    local before
    before="$(postconf -h "$1")"
    if [ "$before" = "$2" ]; then
        note "    $1 = $2     (as it was)"
        return
    fi
    if [ -z "${backup:-}" ]; then
        backup="$(postconf -hx config_directory)/main.cf.before-paraph.$(date +%Y%m%d%H%M%S)"
        cp -p "$(postconf -hx config_directory)/main.cf" "$backup"
        note "The old main.cf is kept as $backup."
    fi
    postconf -e "$1 = $2"
    note "    $1 = $2     (was: ${before:-empty})"
}

# The value of smtpd_milters with our socket in it, first: what other filters change must not be what is checked.
with_milter() {
    local present
    present="$(postconf -h smtpd_milters)"
    case " ${present//,/ } " in
        *" $1 "*) echo "$present" ;;
        "  ") echo "$1" ;;
        *) echo "$1, $present" ;;
    esac
}

wire() {
    note "Postfix's main.cf:"
    set_parameter smtpd_milters "$(with_milter "$1")"
    # shellcheck disable=SC2016 # Postfix expands it
    set_parameter non_smtpd_milters '$smtpd_milters'
    if [ "$(postconf -h milter_default_action)" != tempfail ]; then
        note "    milter_default_action = $(postconf -h milter_default_action)     (left as it is; tempfail is the safe value)"
    fi
    if postfix status >/dev/null 2>&1; then
        postfix reload >/dev/null 2>&1
        note "Postfix has been told to reload."
    else
        note "Postfix is not running; it will use this when it starts."
    fi
}

if [ "$(id -u)" -ne 0 ]; then
    exec sudo -- "${BASH_SOURCE[0]}" "$@"
fi
[ $# -eq 2 ] || die "usage: packaging/wire-postfix.sh PARAPHD PARAPH"
command -v postconf >/dev/null || die "there is no Postfix on this machine; install it first"
install_programs "$1" "$2"
make_user
write_configuration
"$bin/paraph" check-config -c "$etc/paraph.yaml" || die "mend $etc/paraph.yaml and run this again"
if systemd_runs; then start_service; else start_background; fi
wire "$(socket)"
note "Done. Mail for others that users submit is signed when its service has -o milter_macro_daemon_name=ORIGINATING,"
note "or when they log in. To undo it, take both lines out of main.cf and reload Postfix before you stop paraphd."
