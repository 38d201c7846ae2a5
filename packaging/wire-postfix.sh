#!/usr/bin/env bash
# Installs paraphd, starts it and puts it behind the Postfix of this machine. Run again, it changes only what is missing.
#
#   packaging/wire-postfix.sh PARAPHD PARAPH     (the two programs as built)
#
# Nothing in main.cf is changed before the daemon has answered at the address that Postfix will use. Afterwards a message
# is sent to postmaster through Postfix; when the daemon does not see it, or this ends before that is known, main.cf is put
# back.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

etc=/etc/paraph
sbin=/usr/local/sbin
bin=/usr/local/bin
unit=/etc/systemd/system/paraphd.service
wired="$etc/wired-as" # the address that main.cf was given
pid_file=/run/paraphd.pid
background_log=/var/log/paraphd.log

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
    if [ -n "$domain" ]; then
        make_key "$domain"
    else
        note "Postfix's mydomain is no domain of the Internet: mail is checked and not signed until you add a domain."
    fi
    # Last, and whole: where something fails before, the next run begins anew.
    print_configuration "$(postconf -hx myhostname)" "$domain" >"$etc/paraph.yaml.new"
    mv "$etc/paraph.yaml.new" "$etc/paraph.yaml"
    note "Wrote $etc/paraph.yaml."
}

# print_configuration ID DOMAIN
print_configuration() {
    echo "# See paraph.yaml(5). What is not set here has its default."
    echo "authserv_id: $1"
    [ -n "$2" ] || return 0
    cat <<YAML
domains:
  $2:
    keys:
      # active: true once the record is in the DNS, and then reload the daemon.
      - {selector: $(selector), file: keys/$(selector).$2.pem, active: false}
YAML
}

selector() { echo "paraph$(date -d "@$started" +%Y)"; }

# Not active before its record is in the DNS: mail with a signature that nobody can check helps nobody.
make_key() {
    local file
    file="$etc/keys/$(selector).$1.pem"
    if [ -e "$file" ]; then
        note "Kept the signing key $file. Its record:"
    else
        "$bin/paraph" key generate --domain "$1" --selector "$(selector)" --out-dir "$etc/keys" >/dev/null ||
            die "no signing key could be made; the reason stands above"
        note "Made a signing key for $1, $file. Publish this record:"
    fi
    "$bin/paraph" key show "$file" --selector "$(selector)" --domain "$1" | sed 's/^/    /'
    note "When it is there ('paraph key check $1' tells), say 'active: true' in $etc/paraph.yaml and reload the daemon."
}

setting() { "$bin/paraph" show-config "$1" --value -c "$etc/paraph.yaml"; }

# The services of Postfix that talk to milters from within a chroot. What is left open in master.cf is a chroot only
# under the oldest compatibility level.
chrooted_services() {
    local open=n
    case "$(postconf -hx compatibility_level)" in 0 | 0.*) open=y ;; esac
    postconf -M | awk -v open="$open" \
        '($8 == "smtpd" || $8 == "cleanup") && ($5 == "y" || ($5 == "-" && open == "y")) { print $1 "/" $2 }'
}

# milter_of SOCKET: listen.socket, in any of its spellings, as Postfix writes it.
milter_of() {
    case "$1" in
        inet:* | inet6:*) inet_milter "${1%%:*}" "${1#*:}" ;;
        unix:/* | local:/*) unix_milter "${1#*:}" ;;
        *) die "listen.socket is '$1': that is no address at which Postfix could find the daemon" ;;
    esac
}

# inet_milter inet|inet6 HOST:PORT|PORT@HOST|PORT. A daemon that listens on all addresses is spoken to over loopback.
inet_milter() {
    local host='' port="$2"
    case "$2" in
        *@*) port="${2%%@*}" host="${2#*@}" ;;
        *:*) port="${2##*:}" host="${2%:*}" ;;
    esac
    host="${host#[}"
    host="${host%]}"
    [[ $port =~ ^0*([1-9][0-9]{0,4})$ && ${BASH_REMATCH[1]} -le 65535 ]] || die "listen.socket: '$port' is no port"
    port="${BASH_REMATCH[1]}"
    case "$1/${host,,}" in
        inet/ | inet/0 | inet/0.0.0.0 | inet/localhost) host=127.0.0.1 ;;
        inet6/ | inet6/localhost | */:: | */::0 | */0:0:0:0:0:0:0:0) host=::1 ;;
    esac
    [[ $host =~ ^[A-Za-z0-9._:-]+$ ]] || die "listen.socket: Postfix cannot be told the host '$host'"
    case "$host" in
        *:*)
            case " $(postconf -hx inet_protocols | tr ',' ' ') " in
                *' all '* | *' ipv6 '*) ;;
                *) die "listen.socket has an IPv6 address, and Postfix does not use IPv6 (inet_protocols); use 127.0.0.1" ;;
            esac
            host="[$host]"
            ;;
    esac
    echo "inet:$host:$port"
}

# unix_milter PATH: below the queue directory by a relative path, which is found in the chroot and outside of it.
unix_milter() {
    local path queue chrooted
    path="$(realpath -m -- "$1")"
    queue="$(realpath -m -- "$(postconf -hx queue_directory)")"
    [[ $path =~ ^[A-Za-z0-9/._@+:=~-]+$ ]] ||
        die "listen.socket: Postfix cannot be told the path '$path'; choose one of letters and digits"
    case "$path" in
        "$queue"/*)
            echo "unix:${path#"$queue"/}"
            return
            ;;
    esac
    chrooted="$(chrooted_services)"
    [ -z "$chrooted" ] || die "$path does not exist for ${chrooted//$'\n'/, }, which run in a chroot at $queue
wire-postfix: (master.cf). Put the socket below it, for example listen.socket: unix:$queue/paraph/paraph.sock, as the
wire-postfix: section 'A unix socket, and the chroot' of docs/guide/postfix.md says, or use inet:127.0.0.1:8891"
    echo "unix:$path"
}

start_service() {
    local old
    stop_background
    if [ -e "$unit" ] && ! cmp -s "$here/systemd/paraphd.service" "$unit"; then
        old="$unit.old.$(date +%Y%m%d%H%M%S)"
        cp -p "$unit" "$old"
        note "Replaced $unit; the old one is $old. Changes of your own belong in systemctl edit paraphd."
    fi
    install -m 644 "$here/systemd/paraphd.service" "$unit"
    # Not enabled: nothing rotates yet (docs/guide/rotation.md), and no reports are sent (docs/guide/reports.md).
    install -m 644 "$here/systemd/paraph-rotate.service" "$here/systemd/paraph-rotate.timer" \
        "$here/systemd/paraph-sync.service" "$here/systemd/paraph-sync.timer" \
        "$here/systemd/paraph-report.service" "$here/systemd/paraph-report.timer" "${unit%/*}/"
    systemctl daemon-reload || die "systemctl daemon-reload fails"
    systemctl enable --quiet paraphd || die "systemctl enable paraphd fails"
    systemctl restart paraphd || die "it does not start; journalctl -u paraphd says why. A unix socket elsewhere than below
wire-postfix: /run/paraph needs ReadWritePaths= in the unit, as docs/guide/postfix.md has it"
    note "paraphd runs as a service (systemctl status paraphd)."
}

# Ends the daemon of an earlier run, which finishes the messages under way first.
stop_background() {
    local pid tries=0
    pid="$(cat "$pid_file" 2>/dev/null || true)"
    if [ -z "$pid" ] || [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != paraphd ]; then return; fi
    kill -TERM "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || die "the old paraphd, process $pid, does not end"
        sleep 0.1
    done
}

start_background() {
    stop_background
    : >"$background_log" # what an earlier daemon said there counts no more
    chown paraph:paraph "$background_log"
    setsid setpriv --reuid paraph --regid paraph --init-groups -- "$sbin/paraphd" --log stderr \
        </dev/null >"$background_log" 2>&1 &
    echo "$!" >"$pid_file"
    sleep 0.5
    check_daemon
    note "paraphd runs in the background; its pid is in $pid_file and its log is $background_log."
}

check_daemon() {
    if systemd_runs; then
        systemctl is-active --quiet paraphd || die "paraphd has ended; journalctl -u paraphd says why"
        return
    fi
    if kill -0 "$(cat "$pid_file")" 2>/dev/null; then return; fi
    cat "$background_log" >&2
    die "paraphd does not start; it says why above"
}

# The milter's address as `paraph probe` wants it.
probe_address() {
    case "$1" in
        inet:\[*) echo "inet6:${1#inet:}" ;;
        inet:* | unix:/*) echo "$1" ;;
        *) echo "unix:$(postconf -hx queue_directory)/${1#unix:}" ;;
    esac
}

# ask_daemon ADDRESS [COMMAND ...]: offers it a message, by a command that changes the user.
ask_daemon() {
    local address="$1"
    shift
    printf 'From: <postmaster@wiring.invalid>\nSubject: probe\n\nIs anybody there?\n' |
        "$@" "$bin/paraph" probe --socket "$address" --postfix-non-smtp --timeout 20 - 2>&1
}

# Speaks to the daemon as Postfix will: to a unix socket as Postfix's user, whom its permissions have to let in. For some
# seconds it may not be there yet.
probe_daemon() {
    local as=() owner=root told address tries=0
    address="$(probe_address "$1")"
    case "$1" in
        unix:*)
            owner="$(postconf -hx mail_owner)"
            as=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups --)
            ;;
    esac
    until told="$(ask_daemon "$address" "${as[@]}")"; do
        sleep 1
        check_daemon
        tries=$((tries + 1))
        case "$tries/$told" in
            */*': reply '* | */*': tempfail'*) break ;; # it answers, and says why it takes no mail
            ?/*'Connection refused'* | ?/*'No such file'*) ;;
            *) die "paraphd does not answer at $1 (asked as $owner): $told
wire-postfix: main.cf is as it was" ;;
        esac
    done
    check_daemon # or it is another program that answered
    case "$told" in
        *": accept"* | *": continue"*) note "paraphd answers at $1." ;;
        *) die "paraphd answers at $1, but not as it should: $told
wire-postfix: main.cf is as it was" ;;
    esac
}

main_cf() { echo "$(postconf -hx config_directory)/main.cf"; }

# set_parameter NAME VALUE: with postconf, only if it changes something, telling what it was.
set_parameter() {
    local before copy
    before="$(postconf -h "$1")"
    if [ "$before" = "$2" ]; then
        note "    $1 = $2     (as it was)"
        return
    fi
    if [ -z "$backup" ]; then
        copy="$(main_cf).before-paraph.$(date +%Y%m%d%H%M%S)"
        cp -p "$(main_cf)" "$copy"
        backup="$copy" # from here on it is put back
        note "The old main.cf is kept as $backup."
    fi
    postconf -e "$1 = $2"
    note "    $1 = $2     (was: ${before:-empty})"
}

# without_former LIST MILTER: without the address that an earlier run put in, when it is another now: nobody listens there.
without_former() {
    local former word kept=''
    former="$(cat "$wired" 2>/dev/null || true)"
    case "$1/$former" in
        */ | *'{'*/* | *"/$2") printf '%s\n' "$1"; return ;;
    esac
    while read -r word; do
        [ -z "$word" ] || [ "$word" = "$former" ] || kept="${kept:+$kept, }$word"
    done < <(tr ', \t' '\n\n\n' <<<"$1")
    printf '%s\n' "$kept"
}

# with_milter PARAMETER MILTER: its value with our socket in it, first: what other filters change must not be what is
# checked.
with_milter() {
    local present expanded
    present="$(without_former "$(postconf -h "$1")" "$2")"
    expanded="$(postconf -hx "$1" | tr ',{}' '   ')"
    case " $expanded " in
        *" $2 "*) echo "$present" ;;
        *) echo "$2${present:+, $present}" ;;
    esac
}

wire() {
    note "Postfix's main.cf:"
    set_parameter smtpd_milters "$(with_milter smtpd_milters "$1")"
    if [ -z "$(postconf -h non_smtpd_milters)" ]; then
        # shellcheck disable=SC2016 # Postfix expands it
        set_parameter non_smtpd_milters '$smtpd_milters'
    else
        set_parameter non_smtpd_milters "$(with_milter non_smtpd_milters "$1")"
    fi
    if [ "$(postconf -h milter_default_action)" != tempfail ]; then
        note "    milter_default_action = $(postconf -h milter_default_action)     (left as it is; tempfail is the safe value)"
    fi
    { postconf -P '*/*/smtpd_milters' 2>/dev/null || true; } |
        sed 's|^|    but master.cf has a value of its own: |' # which is often meant so
}

postfix_runs() { postfix status >/dev/null 2>&1; }

reload_postfix() { postfix reload >/dev/null 2>&1 || give_back "postfix reload fails; 'postfix check' says why"; }

# give_back WHY: main.cf as it was before this run. With a milter that does not work, mail would wait or pass unchecked.
give_back() {
    local old
    if [ -z "$backup" ]; then
        die "$1
wire-postfix: this run changed nothing in main.cf: take paraphd out of smtpd_milters and non_smtpd_milters, and reload
wire-postfix: Postfix, if mail has to flow before this is repaired"
    fi
    old="$backup"
    put_back || die "$1
wire-postfix: main.cf could not be put back: the old one is $old"
    die "$1
wire-postfix: main.cf is as it was before"
}

# No signal stops it halfway: neither this nor a command that it runs. Postfix finds the new file or the old one, never a
# part of it.
put_back() {
    local old="$backup" file
    trap '' INT TERM HUP
    backup= # or it would be tried again at exit
    file="$(main_cf)"
    cp -p "$old" "$file.paraph-new" || return 1
    mv -f "$file.paraph-new" "$file" || return 1
    if postfix_runs; then postfix reload >/dev/null 2>&1 || true; fi
}

# However this ends, by a ^C or by a command that fails: a main.cf that was not tried to the end does not stay.
at_exit() {
    local status=$? old="$backup"
    trap '' INT TERM HUP
    if [ -n "$old" ]; then
        if put_back; then
            printf 'wire-postfix: this ended before it was done; main.cf is as it was before\n' >&2
        else
            printf 'wire-postfix: main.cf could not be put back: the old one is %s\n' "$old" >&2
        fi
    fi
    exit "$status"
}

# HOST PORT of the first service that takes mail by SMTP.
smtp_service() {
    local service host
    service="$(postconf -M | awk '$2 == "inet" && ($8 == "smtpd" || $8 == "postscreen") && !found++ { print $1 }')"
    case "$service" in
        '') return 1 ;;
        *:*) host="${service%:*}" ;;
        *)
            host="$(postconf -hx inet_interfaces | tr ',' ' ' | awk '{ print $1 }')"
            case "$host" in all | loopback-only) host=127.0.0.1 ;; esac
            ;;
    esac
    host="${host#[}"
    echo "${host%]} ${service##*:}"
}

# smtp CODE [LINE]: says the line on descriptor 3 and waits for the reply, which must begin with the code.
smtp() {
    if [ -n "${2:-}" ]; then printf '%s\r\n' "$2" >&3 || return 1; fi
    while IFS= read -r -t 30 reply <&3; do
        reply="${reply%$'\r'}"
        case "$reply" in ???-*) ;; *) break ;; esac
    done
    case "$reply" in "$1"*) ;; *) return 1 ;; esac
}

# Sends a message to postmaster; `queue_id` has its name then, or `reply` what went wrong.
send_message() {
    local host port name message
    queue_id=
    reply="there is no SMTP service in master.cf"
    name="$(postconf -hx myhostname)"
    read -r host port < <(smtp_service) || return 1
    printf -v message '%s\r\n' "From: <postmaster@$name>" "To: <postmaster@$name>" "Date: $(LC_ALL=C date -R)" \
        'Subject: paraphd is wired' '' 'This message went through Postfix and paraphd.'
    reply="nobody listens on $host port $port"
    { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || return 1
    reply="4 (none: smtpd ends without a word)"
    if smtp 220 && smtp 250 "EHLO $name" && smtp 250 'MAIL FROM:<>' && smtp 250 'RCPT TO:<postmaster>' && smtp 354 DATA &&
        smtp 250 "$message." && [[ $reply =~ queued\ as\ ([0-9A-Za-z]+) ]]; then
        queue_id="${BASH_REMATCH[1]}"
    fi
    printf 'QUIT\r\n' >&3 2>/dev/null || true
    exec 3>&-
    [ -n "$queue_id" ]
}

daemon_log() {
    if systemd_runs; then
        journalctl --unit paraphd --since "@$started" --output cat --no-pager
    else
        cat "$background_log"
    fi
}

# The daemon has a line in its log about the message of this queue id.
in_daemon_log() {
    local tries=0
    # Reads all of the log: who writes into a pipe that nobody reads fails, and that would look like no line.
    until [ "$(daemon_log 2>/dev/null | grep -c "$1: .*mode=")" -gt 0 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || return 1
        sleep 0.1
    done
}

# Mail in fact goes through the daemon. The first try may meet an smtpd that is still of the old configuration.
verify_wiring() {
    local try
    if ! postfix_runs; then
        note "NOT VERIFIED: Postfix is not running. It will use this when it starts; run this again then."
        return
    fi
    reload_postfix
    case "$(setting log.level)" in
        info | debug) ;;
        *)
            note "NOT VERIFIED: with log.level: $(setting log.level) the daemon does not log messages. Send yourself one."
            return
            ;;
    esac
    for try in 1 2 3; do
        if send_message; then
            if in_daemon_log "$queue_id"; then
                note "Done: message $queue_id to postmaster went through Postfix and paraphd."
                return
            fi
        elif [[ $reply != 4* ]]; then
            note "NOT VERIFIED: Postfix took no message to try it with: $reply"
            note "Send yourself one, and look for its queue id in the daemon's log."
            return
        fi
        [ "$try" -eq 3 ] || sleep 1
    done
    if [ -n "$queue_id" ]; then
        give_back "Postfix took message $queue_id, and paraphd did not see it: look at the lines about smtpd_milters above"
    fi
    give_back "Postfix refuses mail now: $reply; its log says why"
}

main() {
    local milter
    [ $# -eq 2 ] || die "usage: packaging/wire-postfix.sh PARAPHD PARAPH"
    command -v postconf >/dev/null || die "there is no Postfix on this machine; install it first"
    umask 022 # what is written here is for the daemon's user too, whatever the umask of root
    started="$(date +%s)"
    trap at_exit EXIT
    trap 'exit 130' INT TERM HUP
    install_programs "$1" "$2"
    make_user
    write_configuration
    "$bin/paraph" check-config -c "$etc/paraph.yaml" || die "correct $etc/paraph.yaml and run this again"
    milter="$(milter_of "$(setting listen.socket)")"
    if systemd_runs; then start_service; else start_background; fi
    probe_daemon "$milter"
    wire "$milter"
    verify_wiring
    backup= # it stays
    printf '%s\n' "$milter" >"$wired"
    note "Mail for others that users submit is signed when its service has -o milter_macro_daemon_name=ORIGINATING, or"
    note "when they log in. To undo it, take both lines out of main.cf and reload Postfix before you stop paraphd."
}

backup=
queue_id=
reply=
started=0
# The tests take single functions.
if [ "${BASH_SOURCE[0]}" != "$0" ]; then return 0; fi
if [ "$(id -u)" -ne 0 ]; then
    exec sudo -- "${BASH_SOURCE[0]}" "$@"
fi
main "$@"
