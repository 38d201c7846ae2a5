"""The commands of the guides, typed as root in their order on a host with the package, Postfix, and the old programs.

Run by `tests/packages/run --trial guides` in a booted system."""

import mailbox
import re
import smtplib
import time
from pathlib import Path

import trial
from trial import check, run, wait_for

CONFIG = Path("/etc/paraph/paraph.yaml")
OUTSIDE = "198.51.100.7"
MESSAGE = "From: Ann <ann@example.org>\r\nTo: bob@localhost\r\nSubject: hello\r\nDate: Mon, 02 Mar 2026 10:11:12 +0000\r\n" \
          "Message-ID: <guide.1@example.org>\r\n\r\nHello.\r\n"
RELAYS = "relays:\n  hosts: [{addresses: [198.51.100.7]}]\n"


class Host:
    def __init__(self):
        self.blocks = trial.Blocks("guides")
        self.server = trial.NameServer()
        self.play = self.blocks.play

    def set_up(self) -> None:
        trial.have_addresses(OUTSIDE)
        self.server.add("mx.example.org A 127.0.0.1", "example.org MX 0 mx.example.org.")
        self.server.add_txt("_dmarc.example.org", "v=DMARC1; p=reject")
        self.server.add_txt("example.org", "v=spf1 ip4:192.0.2.1 -all")
        run("useradd --create-home bob; hostname mx.example.org; echo '127.0.0.1 mx.example.org localhost' >/etc/hosts")
        run("postconf -e myhostname=mx.example.org mydestination=localhost,localhost.localdomain,mx.example.org inet_interfaces=all "
            "inet_protocols=ipv4 smtpd_peername_lookup=no maillog_file=/var/log/postfix.log; systemctl restart postfix")
        Path("/srv/message.eml").write_text(MESSAGE, newline="")

    def configure(self, text: str) -> None:
        CONFIG.write_text(text)
        # So many restarts look like a failure to systemd.
        run("paraph check-config --quiet || true; systemctl reset-failed paraphd; systemctl restart paraphd")

    def yaml(self, page: str, first: str) -> str:
        """A block of paraph.yaml, which e2e.guides gives to check-config and nobody has to play."""
        return next(text for text in trial.guide.blocks((trial.guide.GUIDES / page).read_text()) if text.startswith(first))

    def publish(self, domain: str, selector: str, file: str = "") -> None:
        shown = run(f"paraph key show {file or f'/etc/paraph/keys/{selector}.{domain}.pem'}")
        self.server.add_txt(f"{selector}._domainkey.{domain}", trial.record_of(shown))

    def mail(self, source: str = "127.0.0.1"):
        """A message by SMTP, as it is delivered to bob."""
        box = Path("/var/mail/bob")
        before = len(mailbox.mbox(box)) if box.exists() else 0
        with smtplib.SMTP("127.0.0.1", 25, local_hostname="mx.sender.example", source_address=(source, 0), timeout=60) as client:
            client.sendmail("ann@example.org", ["bob@localhost"], MESSAGE)
        wait_for("the message", lambda: box.exists() and len(mailbox.mbox(box)) > before)
        return list(mailbox.mbox(box))[-1]


def old_key(domain: str) -> None:
    """Of opendkim, with the selector mail."""
    run(f"cd /etc; mkdir -p opendkim/keys/{domain}; openssl genrsa -out opendkim/keys/{domain}/mail.private 2048 2>/dev/null; "
        "chown -R opendkim: opendkim/keys; chmod -R go-rwx opendkim/keys")


def packages(host: Host) -> None:
    page = "packages.md"
    check("paraphd runs as soon as it is installed", "active" in run("systemctl is-active paraphd"))
    host.play(page, "sudo postconf -e")
    check("mail from outside has results", "dmarc=fail" in (host.mail(OUTSIDE)["Authentication-Results"] or ""))
    Path("/etc/paraph/second.yaml").write_text(host.yaml(page, "listen:"))
    run("chgrp paraph /etc/paraph/second.yaml")
    host.play(page, "sudo systemctl enable --now paraphd@second")
    run("paraph probe --socket inet:127.0.0.1:8892 message.eml; systemctl reload paraphd@second; systemctl disable --now paraphd@second")
    run("paraph key generate --domain example.org --selector s1 --out-dir /root/keys")
    drop_in = "/etc/systemd/system/paraphd.service.d/override.conf"
    CONFIG.write_text(host.yaml(page, "domains:"))
    for first, script in (("[Service]", ""), ("[Service]", "sudo systemd-creds encrypt")):
        if script:
            host.play(page, script)
            Path(drop_in).unlink()
        host.blocks.write(page, first, drop_in)
        run("systemctl daemon-reload; systemctl reset-failed paraphd; systemctl restart paraphd")
        check("a credential signs", "s=s1" in (host.mail()["DKIM-Signature"] or ""), CONFIG.read_text())
    Path(drop_in).unlink()
    run("systemctl daemon-reload")


def getting_started(host: Host) -> None:
    page = "getting-started.md"
    host.configure("")
    host.play(page, "paraph probe", ("some-message.eml", "message.eml"))
    host.play(page, "sudo paraph key generate")
    host.publish("example.org", "s2026")
    host.play(page, "sudo paraph key check")
    CONFIG.write_text(host.yaml(page, "authserv_id:"))
    host.play(page, "paraph check-config")
    signed = host.mail()
    check("mail is signed", "s=s2026" in (signed["DKIM-Signature"] or ""), signed)


def hosting(host: Host) -> None:
    page = "hosting.md"
    host.configure(host.yaml(page, "# /etc/paraph/paraph.yaml\nauthserv_id"))
    host.play(page, "sudo install -d")
    host.publish("shop.example", "s2026")
    host.play(page, "sudo paraph key check")
    check("the customer is signed for", "shop.example" in run("paraph sign --why ann@shop.example"))
    host.blocks.write(page, "# /etc/paraph/senders", "/etc/paraph/senders")
    trial.append(str(CONFIG), host.yaml(page, "# /etc/paraph/paraph.yaml\nsenders"))
    run("paraph check-config --quiet && paraph reload")
    for kind in ("service", "timer"):
        host.blocks.write(page, f"# /etc/systemd/system/paraph-key-check.{kind}", f"/etc/systemd/system/paraph-key-check.{kind}",
                          ("/usr/local/bin/paraph", "/usr/bin/paraph"))
    host.play(page, "sudo systemctl daemon-reload")
    run("systemctl start paraph-key-check.service")
    Path("/etc/paraph/probe.eml").write_text(MESSAGE, newline="")
    host.play(page, "paraph probe")
    run("rm /etc/paraph/senders")


def keys(host: Host) -> None:
    page = "keys.md"
    host.configure("")
    run("rm /etc/paraph/keys/s2026.example.org.*")
    host.play(page, "sudo paraph key generate --domain example.org --selector s2026 --type rsa")
    check("the record is shown", "v=DKIM1" in host.play(page, "sudo paraph key show"))
    host.publish("example.org", "s2026")
    host.play(page, "sudo paraph key check")
    host.blocks.write(page, "# LOGIN or NETWORK", "/etc/paraph/senders")
    host.configure(host.yaml("getting-started.md", "authserv_id:") + "senders: {table: senders, mismatch: reject}\n")
    # The command's exit status is that of the daemon's answer: boss is none of ann's names.
    said = run(host.blocks.take(page, "paraph sign --why"), succeeds=False)
    check("keys.md: paraph sign --why", "ann" in said, said)
    host.play(page, "sudo paraph key generate --domain example.org --selector e2026 --type ed25519")
    old_key("old.example")
    host.play(page, "sudo paraph key import")
    for first, name in (("main ", "KeyTable"), ("*@example.org ", "SigningTable")):
        host.blocks.write(page, first, f"/etc/paraph/{name}")
    host.configure("signing: {key_table: /etc/paraph/KeyTable, signing_table: 'refile:/etc/paraph/SigningTable'}\n")
    said = run("paraph sign --why ann@example.org")
    check("a row chooses the key", "key main signs" in said, said)


def analysis(host: Host) -> None:
    """Commands that look at something."""
    host.configure(host.yaml("getting-started.md", "authserv_id:") + "policy: {dmarc: strict, dry_run: true}\n")
    host.server.add_txt("s1._domainkey.example.org", "v=DKIM1; p=")
    host.mail(OUTSIDE)
    host.play("dmarc.md", "paraph dmarc")
    host.play("policy.md", "systemctl kill")
    trial.await_log("[TOTALS]")
    host.configure(host.yaml("getting-started.md", "authserv_id:") + RELAYS)  # [COUNTERS] of the daemon that ends
    for page, first in (("policy.md", "journalctl -u paraphd --since -7d | grep would=reject"), ("policy.md", "journalctl -u paraphd -o cat"),
                        ("spf-policy.md", "journalctl")):
        check(f"{page} finds what would be refused", "would" in host.play(page, first))
    # Verdicts are exit statuses here.
    for page, first in (("policy.md", "paraph verify"), ("relays.md", "paraph verify"), ("troubleshooting.md", "paraph verify")):
        said = run(host.blocks.take(page, first), succeeds=False)
        check(f"{page}: {first}", "dmarc" in said.lower() and "usage" not in said.lower(), said)
    check("dig shows a record", "v=DKIM1" in host.play("troubleshooting.md", "dig"))
    host.configure("domains: {example.org: {keys: [{selector: gone, file: keys/gone.pem}]}}\n")
    check("log-lines.md finds the key that is not there", "gone.pem" in host.play("log-lines.md", "journalctl"))


def postfix(host: Host) -> None:
    page = "postfix.md"
    host.play(page, "sudo install -d")
    CONFIG.write_text(host.yaml("getting-started.md", "authserv_id:") + host.yaml(page, "# paraph.yaml\nlisten:\n  socket: unix:"))
    host.blocks.write(page, "# systemctl edit paraphd", "/etc/systemd/system/paraphd.service.d/override.conf")
    run("postconf -e 'smtpd_milters = unix:paraph/paraph.sock'; systemctl daemon-reload; systemctl reset-failed paraphd; systemctl restart paraphd; postfix reload; sleep 1")
    check("mail is signed over the socket in the chroot", "s=s2026" in (host.mail()["DKIM-Signature"] or ""))
    host.blocks.write(page, "/^Authentication-Results", "/etc/postfix/strip_results")
    run("postconf -e 'header_checks = pcre:/etc/postfix/strip_results'; postfix reload")
    check("the pattern matches", "IGNORE" in run("postmap -q 'Authentication-Results: mx.example.org; dkim=pass' pcre:/etc/postfix/strip_results"))
    run("rm /etc/systemd/system/paraphd.service.d/override.conf; systemctl daemon-reload; postconf -# header_checks; "
        "postconf -e 'smtpd_milters = inet:127.0.0.1:8891'; postfix reload; sleep 1")


def rotation(host: Host) -> None:
    page = "rotation.md"
    run("rm -rf /etc/paraph/keys/*; install -m 600 /dev/null /etc/paraph/tsig.key")
    Path("/etc/paraph/tsig.key").write_text(host.server.tsig_key)
    run("paraph key generate --domain example.org --selector s2026 --out-dir /etc/paraph/keys")
    host.publish("example.org", "s2026")
    settings = host.yaml(page, "rotation:\n  publish: nsupdate").replace("192.0.2.53", "127.0.0.1")
    host.configure(settings)
    check("the first key is announced", "example.org" in host.play(page, "sudo paraph check-config"))
    host.play(page, "sudo systemctl daemon-reload")
    run("systemctl start paraph-rotate.service")
    check("the run is in the journal", "example.org" in host.play(page, "journalctl -u paraph-rotate.service"))
    host.play(page, "sudo paraph key rotate example.org --new-key")
    new = re.search(r"/(s\d+)\.example\.org|\b(s\d{8}\S*)", run("ls /var/lib/paraph/rotation; paraph key list"))
    check("a new key waits for its time", new, run("paraph key list; ls /var/lib/paraph/rotation"))
    run("systemctl disable --now paraph-rotate.timer; rm -rf /var/lib/paraph/rotation; paraph key generate --domain example.org --selector s2025 "
        "--out-dir /etc/paraph/keys")
    host.publish("example.org", "s2025")
    keys_of_two_years = "".join(f"      - {{selector: s{year}, file: keys/s{year}.example.org.pem, state: {state}}}\n"
                                for year, state in ((2025, "retired"), (2026, "active")))
    host.configure(settings[:settings.index("domains:")] + "domains:\n  example.org:\n    keys:\n" + keys_of_two_years)
    host.play(page, "sudo paraph key publish")


def several_hosts(host: Host) -> None:
    page = "several-hosts.md"
    run("rm -rf /var/lib/paraph/rotation; systemctl restart postgresql; sleep 2")
    script = host.blocks.take(page, "createuser")
    run(f"setpriv --reuid=postgres --regid=postgres --init-groups sh -e -c '{script}'", text="secret\nsecret\n")
    host.play(page, "sudo paraph key store new-key")
    run("install -m 600 /dev/null /etc/paraph/store.password; echo secret >/etc/paraph/store.password")
    store = host.yaml(page, "rotation:").replace("host=db.example.org dbname=paraph sslmode=verify-full", "host=127.0.0.1 dbname=paraph")
    host.configure(store + "  publish: nsupdate\n  server: [127.0.0.1]\n  tsig_key: /etc/paraph/tsig.key\ndomains: {example.org: {rotate: true}}\n")
    host.play(page, "sudo paraph key store init")
    host.play(page, "sudo systemctl enable --now paraph-rotate.timer")
    check("the host is known", "mx.example.org" in host.play(page, "paraph key store status"))
    said = run(host.blocks.take(page, "sudo paraph key store forget"), succeeds=False)
    check("several-hosts.md: sudo paraph key store forget", "mx3.example.org" in said, said)
    host.play(page, "sudo paraph key store restore")
    run("paraph key store new-key /etc/paraph/store.key.new")
    host.play(page, "sudo paraph key store rekey")
    run("mv /etc/paraph/store.key.new /etc/paraph/store.key; paraph key store status; systemctl disable --now paraph-rotate.timer paraph-sync.timer")


def others(host: Host) -> None:
    """Keys of programs that are not installed, and of lists."""
    page = "migration-others.md"
    run("rm -rf /etc/paraph/keys/*; mkdir -p /var/lib/rspamd/dkim /etc/dkimpy-milter; cd /var/lib/rspamd/dkim; "
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out example.org.dkim.key 2>/dev/null; "
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out /etc/dkimpy-milter/example.key 2>/dev/null; "
        "head -c 32 /dev/urandom | base64 >example.org.ed.key; chmod 600 /etc/dkimpy-milter/example.key")
    host.play(page, "sudo install -d")
    host.play(page, "sudo install -o root -g paraph -m 640 /dev/null")
    check("both keys are keys", run("paraph key show /etc/paraph/keys/dkim.example.org.pem; paraph key show /etc/paraph/keys/ed.example.org.pem"))
    host.play(page, "sudo paraph key import")
    host.play("mailing-lists.md", "sudo paraph key generate")


def reports(host: Host) -> None:
    page = "reports.md"
    run("paraph key generate --domain reports.example.org --selector s2026 --out-dir /etc/paraph/keys")
    host.publish("reports.example.org", "s2026")
    host.server.add_txt("_dmarc.reports.example.org", "v=DMARC1; p=reject")
    CONFIG.write_text(host.yaml(page, "reports:"))
    host.play(page, "sudo paraph check-config")
    # The list of who gets none is made with the first count, and what is counted is written when the daemon ends.
    host.server.add_txt("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:dmarc@example.org")
    host.mail(OUTSIDE)
    run("systemctl restart paraphd")
    check("a message is counted", "counted: 1 " in run("paraph report status"))
    host.play(page, "paraph report suppress")
    check("nobody is left out any more but by the other two", "example.net" in run("paraph report suppress list"))


def switch(host: Host) -> None:
    """With the real units of the three."""
    run("rm -rf /etc/paraph; systemd-tmpfiles --create paraph.conf; systemctl disable --now paraphd")
    old_key("example.org")
    Path("/etc/opendkim/KeyTable").write_text("mail._domainkey.example.org example.org:mail:/etc/opendkim/keys/example.org/mail.private\n")
    Path("/etc/opendkim/SigningTable").write_text("*@example.org mail._domainkey.example.org\n")
    Path("/etc/opendkim.conf").write_text(
        "Syslog yes\nUMask 007\nUserID opendkim\nPidFile /run/opendkim/opendkim.pid\nSocket inet:8891@localhost\n"
        "Canonicalization relaxed/simple\nMode sv\nOversignHeaders From\nKeyTable refile:/etc/opendkim/KeyTable\n"
        "SigningTable refile:/etc/opendkim/SigningTable\n")
    Path("/etc/opendmarc.conf").write_text("AuthservID mx.example.org\nTrustedAuthservIDs mx.example.org\nPidFile /run/opendmarc/opendmarc.pid\n"
                                           "Socket inet:8893@localhost\nSPFSelfValidate true\nSyslog true\nUserID opendmarc\n")
    run("postconf -e 'smtpd_milters = inet:localhost:8891, inet:localhost:8893' 'non_smtpd_milters = inet:localhost:8891' "
        "'smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, check_policy_service unix:private/policyd-spf'; "
        "printf 'policyd-spf unix - n n - 0 spawn\\n  user=policyd-spf argv=/usr/bin/policyd-spf\\n' >>/etc/postfix/master.cf; "
        "systemctl enable opendkim opendmarc; systemctl restart opendkim opendmarc; postfix reload; sleep 1")
    before = run("cat /etc/postfix/main.cf /etc/postfix/master.cf; systemctl is-enabled opendkim opendmarc")
    check("opendkim signs", "s=mail" in (host.mail()["DKIM-Signature"] or ""))
    host.play("getting-started.md", "sudo paraph import")
    host.play("migration.md", "sudo paraph import")
    host.play("migration.md", "sudo paraph import --compare")
    host.play("compare.md", "sudo paraph import --compare")
    host.play("switch.md", "sudo paraph import")
    check("there and back: all is as it was", before == run("cat /etc/postfix/main.cf /etc/postfix/master.cf; systemctl is-enabled opendkim opendmarc"))
    begin = time.monotonic()
    host.play("migration.md", "sudo paraph import --apply")
    print(f"the switch took {time.monotonic() - begin:.1f} s", flush=True)
    check("paraphd runs and the others do not", run("systemctl is-active opendkim opendmarc paraphd", succeeds=False).split()
          == ["inactive", "inactive", "active"])
    signed = host.mail()
    check("mail is signed with the same key and form", re.search(r"c=relaxed/simple;.* s=mail;", re.sub(r"\s+", " ", signed["DKIM-Signature"])), signed)
    host.play("switch.md", "sudo paraph import --undo")
    check("the old ones sign again", "s=mail" in (host.mail()["DKIM-Signature"] or ""))
    host.play("migration.md", "sudo paraph import --out /etc/paraph")
    host.play("compare.md", "sudo paraph import --compare 500 --config")


def trial_of_guides() -> None:
    host = Host()
    host.set_up()
    for part in (packages, getting_started, hosting, keys, analysis, postfix, rotation, several_hosts, others, reports, switch):
        part(host)
    check("every block was played", not host.blocks.left(), host.blocks.left())


if __name__ == "__main__":
    raise SystemExit(trial.main(trial_of_guides))
