"""opendkim, opendmarc and policyd-spf behind Postfix as the usual guides have them, on a machine of the test's own."""

import mailbox
import shutil
import tempfile
import unittest
from email.message import Message
from pathlib import Path

from . import machine, programs
from .dns import Zone
from .keys import KeyFile

DOMAIN = "wired.example"
SELECTOR = "mail"
SENDER = "192.0.2.25"  # of the message from outside

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

MAIN_CF = f"""# the main.cf of {DOMAIN}
compatibility_level = 3.6
myhostname = mx.{DOMAIN}
mydomain = {DOMAIN}
mydestination = $myhostname, $mydomain
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps = inline:{{postmaster=bob}}
alias_database =
mailbox_size_limit = 0
smtp_host_lookup = native
maillog_file = /var/log/postfix.log

# DKIM, DMARC; and a filter that is none of ours
milter_default_action = accept
milter_protocol = 6
smtpd_milters = inet:localhost:8891,
   inet:localhost:8893
   {{ inet:127.0.0.1:9, default_action=accept }}
non_smtpd_milters = inet:localhost:8891

policyd-spf_time_limit = 3600
smtpd_recipient_restrictions =
   permit_mynetworks,
   reject_unauth_destination,
   # SPF
   check_policy_service unix:private/policyd-spf,
   permit
"""

MASTER_CF = """
# a service with milters of its own
127.0.0.1:2587 inet n - n - - smtpd
  -o syslog_name=postfix/other
  -o smtpd_milters=inet:localhost:8891
policyd-spf  unix  -       n       n       -       0       spawn
    user=policyd-spf argv=/usr/bin/policyd-spf
"""

OPENDKIM = f"""Syslog yes
UMask 007
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Socket inet:8891@localhost
Canonicalization relaxed/simple
Mode sv
OversignHeaders From
AuthservID mx.{DOMAIN}
KeyTable refile:/etc/opendkim/KeyTable
SigningTable refile:/etc/opendkim/SigningTable
ExternalIgnoreList refile:/etc/opendkim/TrustedHosts
InternalHosts refile:/etc/opendkim/TrustedHosts
"""

OPENDMARC = f"""AuthservID mx.{DOMAIN}
TrustedAuthservIDs mx.{DOMAIN}
PidFile /run/opendmarc/opendmarc.pid
RejectFailures false
Socket inet:8893@localhost
SPFSelfValidate true
Syslog true
UMask 0002
UserID opendmarc
IgnoreHosts /etc/opendmarc/ignore.hosts
"""

POLICYD = """debugLevel = 1
TestOnly = 1
HELO_reject = Fail
Mail_From_reject = Fail
PermError_reject = False
TempError_Defer = False
skip_addresses = 127.0.0.0/8,::ffff:127.0.0.0/104,::1
"""

# Sends a message each way, and moves what arrived to where it is looked at. 0x8916 is SIOCSIFADDR.
FLOW = f"""
import fcntl, smtplib, socket, struct, subprocess, sys, time
from pathlib import Path
box, into = Path("/var/mail/ann"), Path(sys.argv[1])
ours, theirs = "ann@{DOMAIN}", "bob@sender.example"
address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton("{SENDER}"))
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8916, address)
def message(sender, subject):
    return (f"From: <{{sender}}>\\r\\nTo: <ann@{DOMAIN}>\\r\\nSubject: {{subject}}\\r\\n"
            f"Date: Thu, 01 Jan 2026 00:00:00 +0000\\r\\nMessage-ID: <{{subject}}@x.example>\\r\\n\\r\\nHello.\\r\\n")
def send(sender, subject, source, port=25):
    with smtplib.SMTP("127.0.0.1", port, local_hostname="mx.sender.example", source_address=(source, 0), timeout=60) as smtp:
        smtp.sendmail(sender, [ours], message(sender, subject))
send(ours, "by-smtp", "127.0.0.1")
send(ours, "by-service", "127.0.0.1", 2587)
send(theirs, "from-outside", "{SENDER}")
subprocess.run(["sendmail", "-i", "-f", ours, ours], input=message(ours, "by-command").replace("\\r", "").encode(), check=True)
for _ in range(300):
    if box.exists() and box.read_bytes().count(b"\\nSubject: ") == 4:
        break
    time.sleep(0.1)
into.write_bytes(box.read_bytes() if box.exists() else b"")
box.unlink(missing_ok=True)
"""

# /var/lib is made anew, with Postfix's part of it. paraphd runs for this test's programs alone.
SET_UP = """
mkdir /tmp/lib-of-postfix; cp -a /var/lib/postfix/. /tmp/lib-of-postfix
mount -t tmpfs -o mode=755 none /var/lib
cp -a /tmp/lib-of-postfix /var/lib/postfix; rm -r /tmp/lib-of-postfix
id paraph >/dev/null 2>&1 || useradd --system --user-group --no-create-home paraph
id ann >/dev/null 2>&1 || useradd --no-create-home ann
id bob >/dev/null 2>&1 || useradd --no-create-home bob
install -m 755 {paraphd} /usr/local/sbin/paraphd
install -m 755 {paraph} /usr/local/bin/paraph
rm -rf /etc/paraph /etc/opendkim /etc/opendkim.conf.d
{test_dns} --port 53 --lifetime 600 {folder}/zone >/var/log/dns 2>&1 &
rm -f /etc/resolv.conf; echo 'nameserver 127.0.0.1' >/etc/resolv.conf
echo '127.0.0.1 localhost mx.{domain}' >/etc/hosts
mkdir -p /etc/opendkim/keys/{domain} /etc/opendmarc
cp {folder}/{selector}.{domain}.pem /etc/opendkim/keys/{domain}/{selector}.private
echo '{selector}._domainkey.{domain} {domain}:{selector}:/etc/opendkim/keys/{domain}/{selector}.private' >/etc/opendkim/KeyTable
echo '*@{domain} {selector}._domainkey.{domain}' >/etc/opendkim/SigningTable
printf '127.0.0.1\\nlocalhost\\n' | tee /etc/opendkim/TrustedHosts >/etc/opendmarc/ignore.hosts
chown -R opendkim:opendkim /etc/opendkim; chmod -R go-rwx /etc/opendkim/keys
cp {folder}/opendkim.conf {folder}/opendmarc.conf /etc/
cp {folder}/policyd-spf.conf /etc/postfix-policyd-spf-python/policyd-spf.conf
cat /usr/share/postfix/master.cf.dist {folder}/more-of-master.cf >/etc/postfix/master.cf
cp {folder}/main.cf /etc/postfix/main.cf
newaliases 2>/dev/null || true
service opendkim start; service opendmarc start; service postfix start 2>&1
flow() {{ python3 {folder}/flow.py {folder}/$1.mbox; }}
same() {{ cmp /etc/postfix/main.cf {folder}/main.cf && cmp /etc/postfix/master.cf {folder}/master.cf && echo "$1: same files"; }}
units() {{
    for unit in opendkim opendmarc; do
        if pidof $unit >/dev/null; then printf '%s, ' "$unit runs"; fi
        if ls /etc/rc2.d/S*$unit >/dev/null 2>&1; then printf '%s, ' "$unit is enabled"; fi
    done >/tmp/units
    if pidof paraphd >/dev/null; then printf 'paraphd runs, ' >>/tmp/units; fi
    echo "$1: $(sed 's/, $//' /tmp/units)"
}}
cp /etc/postfix/master.cf {folder}/master.cf
set +e
"""

# The commands of systemd, played by the scripts in /etc/init.d; opendmarc does not start with the system.
SYSTEMD = r"""
mkdir -p /run/systemd/system
echo 'opendkim enabled active' >/tmp/units.opendkim
echo 'opendmarc disabled active' >/tmp/units.opendmarc
echo 'paraphd disabled inactive' >/tmp/units.paraphd
cat >/usr/local/bin/systemctl <<'END_OF_COMMAND'
#!/bin/bash
command="$1"; shift; [ "$1" = --quiet ] && shift
[ "$command" = daemon-reload ] && exit
read -r name enabled active <"/tmp/units.$1" || exit 1
serve() {
    if [ "$name" != paraphd ]; then SYSTEMCTL_SKIP_REDIRECT=1 _SYSTEMCTL_SKIP_REDIRECT=1 "/etc/init.d/$name" "$1"; return; fi
    if [ "$1" = stop ]; then kill "$(pidof paraphd)"; while pidof paraphd >/dev/null; do sleep 0.1; done; return; fi
    install -d -o paraph /run/paraph
    setsid setpriv --reuid paraph --regid paraph --clear-groups /usr/local/sbin/paraphd --log stderr >/dev/null 2>>/tmp/log &
    sleep 0.5
}
case "$command" in
    is-enabled) echo "$enabled" ;;
    is-active) echo "$active" ;;
    enable) enabled=enabled ;;
    disable) enabled=disabled ;;
    start) serve start; active=active ;;
    stop) serve stop; active=inactive; while [ "$name" != paraphd ] && pidof "$name" >/dev/null; do sleep 0.1; done ;;
esac
echo "$name $enabled $active" >"/tmp/units.$name"
END_OF_COMMAND
printf '#!/bin/sh\ncat /tmp/log\n' >/usr/local/bin/journalctl
chmod 755 /usr/local/bin/*
"""


def are_installed() -> bool:
    return all(shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("opendkim", "opendmarc", "policyd-spf"))


@unittest.skipUnless(machine.can_be_made(), "namespaces and mounts are not allowed here")
@unittest.skipUnless(are_installed(), "opendkim, opendmarc and policyd-spf are not installed")
class OldProgramsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.folder.chmod(0o755)
        self.zone = Zone((f"mx.sender.example 300 A {SENDER}",))
        self.zone.add_txt("sender.example", f"v=spf1 ip4:{SENDER} -all")
        self.zone.add_txt("mx.sender.example", f"v=spf1 ip4:{SENDER} -all")
        self.zone.add_txt("_dmarc.sender.example", "v=DMARC1; p=reject")
        KeyFile(self.folder, self.zone, DOMAIN, SELECTOR)
        for name, text in (("main.cf", MAIN_CF), ("more-of-master.cf", MASTER_CF), ("opendkim.conf", OPENDKIM),
                           ("opendmarc.conf", OPENDMARC), ("policyd-spf.conf", POLICYD), ("flow.py", FLOW),
                           ("zone", "\n".join(self.zone.lines) + "\n")):
            (self.folder / name).write_text(text)

    def on_machine(self, script: str) -> str:
        set_up = SET_UP.format(folder=self.folder, domain=DOMAIN, selector=SELECTOR, paraphd=programs.paraphd,
                               paraph=programs.paraph, test_dns=programs.test_dns)
        done = machine.run_in(self.folder, f"{set_up}\nexec 2>&1\n{script}\ntail -n 100 /var/log/postfix.log",
                              MAIL_CONFIG="/etc/postfix", PATH=PATH)
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def mail(self, name: str) -> dict[str, Message]:
        """What was delivered to ann, by subject."""
        return {message["Subject"]: message for message in mailbox.mbox(self.folder / f"{name}.mbox")}
