"""Sendmail as Debian installs it, set by the lines of docs/guide/sendmail.md in their order, with paraph from its package: mail both
ways, tables, a policy, bounces, and what Sendmail makes of signed mail afterwards.

Run by `tests/packages/run --trial sendmail` in a booted system."""

import mailbox
import re
import smtplib
import time
from pathlib import Path

import trial
from harness import messages
from harness.keys import Signer, verdicts
from harness.sink import Sink
from trial import check, run, wait_for

PAGE = "sendmail.md"
HOST, OURS = "mx.ours.example", "ours.example"
GOOD, BAD = "198.51.100.5", "203.0.113.6"  # who may send for pass.example, and who may not
MC, CONFIG = Path("/etc/mail/sendmail.mc"), Path("/etc/paraph/paraph.yaml")


def message(author: str, recipient: str = "Bob <b@far.example>", **more) -> bytes:
    """To somebody whose domain is in the DNS: Sendmail looks up whom a header names."""
    return messages.message(author, recipient=recipient, **more)


class Records:
    """As harness.dns.Zone, in the name server."""

    def __init__(self, server: trial.NameServer):
        self._server, self._texts = server, {}

    def add_txt(self, name: str, text: str) -> None:
        self._texts[name] = text
        self._server.add_txt(name, text)

    def dnsfunc(self, name, timeout: float = 5):  # noqa: ARG002 (dkimpy passes it)
        text = self._texts.get(name.decode().rstrip("."))
        return None if text is None else text.encode()


class Sendmail:
    """Its sendmail.mc, made as the guide says."""

    def __init__(self, blocks: trial.Blocks):
        self._blocks = blocks

    def put(self, lines: str, instead: str = "") -> None:
        """Before the mailers; in place of lines that begin like `instead`."""
        text = MC.read_text()
        if instead:
            text = re.sub(rf"^{re.escape(instead)}.*\n", "", text, flags=re.MULTILINE)
        MC.write_text(text.replace("MAILER_DEFINITIONS\n", lines + "MAILER_DEFINITIONS\n"))

    def take_out(self, lines: str) -> None:
        MC.write_text(MC.read_text().replace(lines, ""))

    def make(self) -> None:
        """The commands of the guide, without playing them for the list."""
        run("make -C /etc/mail && systemctl restart sendmail")
        self.await_ready()

    @staticmethod
    def await_ready() -> None:
        wait_for("Sendmail", lambda: "LISTEN" in run("ss -ltn 'sport = :25'"))


class Site:
    def __init__(self):
        self.blocks = trial.Blocks("sendmail")
        self.server = trial.NameServer()
        self.records = Records(self.server)
        self.mta = Sendmail(self.blocks)
        self.sink, self.plain_sink = Sink(("8BITMIME", "SMTPUTF8")), Sink(())
        self._numbers = 0

    def user(self) -> str:
        """A new one for each message: a mailbox that is locked is waited for."""
        self._numbers += 1
        run(f"useradd --create-home u{self._numbers}")
        return f"u{self._numbers}"

    def set_up(self) -> None:
        trial.have_addresses(GOOD, BAD)
        self.server.add(f"{HOST} A 127.0.0.1", "mx.far.example A 127.0.0.1", "far.example MX 0 mx.far.example.", f"mx.sender.example A {GOOD}",
                        "real.far.example A 127.0.0.1", "alias.far.example CNAME real.far.example.", "pass.example MX 0 mx.sender.example.",
                        f"{OURS} MX 0 {HOST}.", "plain.example MX 0 mx.far.example.")
        run(f"hostname {HOST}; printf '127.0.0.1 {HOST} localhost\\n' >/etc/hosts; echo {OURS} >>/etc/mail/local-host-names")
        self.records.add_txt("pass.example", f"v=spf1 ip4:{GOOD} -all")
        self.records.add_txt("_dmarc.pass.example", "v=DMARC1; p=reject")
        self.signer = Signer(Path("/tmp"), self.records, "pass.example", "sel", "ed25519")
        shown = run(f"paraph key generate --domain {OURS} --selector s1 --out-dir /etc/paraph/keys >/dev/null; "
                    f"paraph key show /etc/paraph/keys/s1.{OURS}.pem --domain {OURS} --selector s1")
        self.records.add_txt(f"s1._domainkey.{OURS}", trial.record_of(shown))
        CONFIG.write_text(f"authserv_id: {HOST}\ndomains:\n  {OURS}:\n    keys:\n      - {{selector: s1, file: keys/s1.{OURS}.pem}}\n")
        run("systemctl restart paraphd")
        # Of the trial alone: it has no time for Debian's pauses, and the next mail server has a port of its own.
        trial.append("/etc/mail/access", "".join(f"{what}:{address} 0\n" for address in (GOOD, BAD)
                                                 for what in ("GreetPause", "ClientRate", "ClientConn")))
        self.mta.put(f"define(`SMTP_MAILER_ARGS', `TCP $h {self.plain_sink.port}')dnl\n"
                     f"define(`ESMTP_MAILER_ARGS', `TCP $h {self.sink.port}')dnl\ndefine(`confDONT_PROBE_INTERFACES', `true')dnl\n"
                     "FEATURE(`mailertable')dnl\n")
        run("echo 'plain.example smtp:mx.far.example' >/etc/mail/mailertable; makemap hash /etc/mail/mailertable </etc/mail/mailertable")

    def settings(self, text: str) -> None:
        CONFIG.write_text(CONFIG.read_text() + text)
        run("paraph check-config --quiet && systemctl restart paraphd")

    def send(self, text: bytes, sender: str, recipient: str, source: str = "127.0.0.1", port: int = 25, login: bool = False,
             options: tuple[str, ...] = ()) -> str:
        """The reply where it is a refusal."""
        with smtplib.SMTP("127.0.0.1", port, local_hostname="mx.sender.example", source_address=(source, 0), timeout=120) as client:
            if login:
                client.login("ann", "secret")
            try:
                client.sendmail(sender, [recipient], text, mail_options=options)
            except smtplib.SMTPResponseException as refused:
                return f"{refused.smtp_code} {refused.smtp_error.decode()}"
            except smtplib.SMTPRecipientsRefused as refused:
                code, words = refused.recipients[recipient]
                return f"{code} {words.decode()}"
        return ""

    def arrived(self, user: str):
        """The message in a user's mailbox."""
        path = Path(f"/var/mail/{user}")
        return next(iter(wait_for("the message", lambda: path.exists() and list(mailbox.mbox(path)))))

    def receive(self, author: str, source: str = GOOD, sender: str = "bounce@pass.example", sign: bool = False):
        user = self.user()
        text = message(author, recipient=f"{user}@{OURS}")
        refused = self.send(self.signer.sign(text) if sign else text, sender, f"{user}@{OURS}", source)
        check(f"mail from {source} is taken", not refused, refused)
        return self.arrived(user)

    def sent(self, text: bytes, local_part: str, domain: str = "far.example", **more) -> bytes:
        """Text that goes out, as it arrives at the next server."""
        recipient = f"{local_part}@{domain}"
        refused = self.send(text, f"ann@{OURS}", recipient, **more)
        check(f"{local_part}: mail for elsewhere is taken", not refused, refused)
        return (self.sink if domain == "far.example" else self.plain_sink).read(recipient)

    def sent_plain(self, text: bytes, local_part: str) -> bytes:
        """To a server without extensions."""
        return self.sent(text, local_part, "plain.example")

    def check_holds(self, sentence: str, whole: bytes, holds: bool = True) -> None:
        check(sentence, verdicts(whole, self.records) == [holds], whole.decode(errors="replace"))


def results_of(delivered) -> str:
    return " ".join(delivered.get_all("Authentication-Results", []))


def check_coming_in(site: Site) -> None:
    found = results_of(site.receive("ann@pass.example", sign=True))
    for word in (f"{HOST};", "spf=pass", "dkim=pass", "dmarc=pass"):
        check(f"incoming mail has {word}", word in found, found)
    found = results_of(site.receive("ann@pass.example", BAD))
    check("mail from a wrong address fails", "spf=fail" in found and "dmarc=fail" in found, found)
    found = results_of(site.receive("ann@pass.example", sender=""))
    check("a bounce from elsewhere is checked by HELO", "smtp.helo=mx.sender.example" in found, found)
    with smtplib.SMTP("127.0.0.1", 25, local_hostname="mx.sender.example", source_address=(GOOD, 0), timeout=60) as client:
        users = [site.user() for _ in range(4)]
        for number, user in enumerate(users):
            text = message("ann@pass.example")
            client.sendmail("x@pass.example", [f"{user}@{OURS}"], text if number % 2 else site.signer.sign(text))
    found = [results_of(site.arrived(user)) for user in users]
    check("messages of a session do not mix", all(("dkim=none" if number % 2 else "dkim=pass") in text
                                                  for number, text in enumerate(found)), *found)


def check_going_out(site: Site) -> None:
    text = message(f"Ann <ann@{OURS}>", subject="out")
    site.check_holds("mail of an internal host is signed, and the signature holds at the next server", site.sent(text, "smtp"))
    run(f"sendmail -i -f ann@{OURS} command@far.example", text=text.decode().replace("\r\n", "\n"))
    site.check_holds("so is that of sendmail(1)", site.sink.read("command@far.example"))
    run(f"sendmail -i -f ann@{OURS} bare@far.example", text=f"From: ann@{OURS}\n\nNo Date.\n")
    site.check_holds("so is that without Date, Message-ID and To", site.sink.read("bare@far.example"))
    refused = site.send(text, f"ann@{OURS}", "relay@far.example", BAD)
    check("nobody else may send through us", refused.startswith("550"), refused)
    refused = site.send(text, f"ann@{OURS}", "x@far.example", port=587)
    check("submission asks for a login", refused.startswith("530"), refused)
    site.check_holds("who has logged in is signed for", site.sent(text, "login", port=587, login=True, source=BAD))
    trial.await_log("authenticated as ann")


def check_bounce(site: Site) -> None:
    """Sendmail writes it itself, and no filter sees it."""
    trial.append("/etc/mail/aliases", 'gone: "|/bin/false"\n')
    run("newaliases")
    check("mail for a broken alias is taken", not site.send(message("who@far.example"), "who@far.example", f"gone@{OURS}"))
    bounce = site.sink.read("who@far.example")
    check("the bounce is not signed, as the guide says", b"MAILER-DAEMON" in bounce and b"DKIM-Signature" not in bounce, bounce.decode())


def check_slow_dns(site: Site) -> None:
    site.settings("dns: {timeout: 5s, message_budget: 14s}\n")
    begin = time.monotonic()
    refused = site.send(message(f"ann@{trial.SLOW}"), "x@pass.example", f"{site.user()}@{OURS}", GOOD)
    seconds = time.monotonic() - begin
    check("a name server that keeps silent holds a message up for ten seconds and more", seconds > 10, seconds)
    check("and Sendmail waits for the filter", not refused, refused)
    trial.await_log("dmarc=temperror dmarc.from=slow.test")
    said = run("journalctl -t sm-mta --no-pager | grep -i milter | grep -v insert || true")
    check("Sendmail has nothing against it", not said, said)


def check_tables(site: Site) -> None:
    run("paraph key generate --domain second.example --selector s2 --out-dir /etc/paraph/keys")
    shown = run("paraph key show /etc/paraph/keys/s2.second.example.pem --domain second.example --selector s2")
    site.records.add_txt("s2._domainkey.second.example", trial.record_of(shown))
    site.server.add(f"second.example MX 0 {HOST}.")
    Path("/etc/paraph/KeyTable").write_text("two second.example:s2:/etc/paraph/keys/s2.second.example.pem\n")
    Path("/etc/paraph/SigningTable").write_text("*@second.example two\n")
    site.settings("signing: {key_table: /etc/paraph/KeyTable, signing_table: 'refile:/etc/paraph/SigningTable'}\n")
    site.check_holds("a row of a table signs", site.sent(message("Ann <ann@second.example>"), "table"))


def check_policy(site: Site) -> None:
    site.records.add_txt("hard.example", "v=spf1 -all")
    site.server.add(f"hard.example MX 0 {HOST}.")
    site.settings("policy: {dmarc: strict, spf_fail: quarantine}\n")
    refused = site.send(message("ann@pass.example"), "x@pass.example", f"{site.user()}@{OURS}", BAD)
    check("a forged message is refused", refused.startswith("550 5.7.1 rejected by DMARC policy for pass.example"), refused)
    check("quarantine takes a message", not site.send(message("x@hard.example"), "x@hard.example", f"{site.user()}@{OURS}", BAD))
    check("and holds it in the queue", "QUARANTINE: spf-fail" in run("mailq -qQ"), run("mailq -qQ"))


def check_rewriting(site: Site) -> None:
    """What Sendmail writes anew behind the filter, and what keeps it from that."""
    alias = message(f"Ann <ann@{OURS}>", recipient="Bob <b@alias.far.example>")
    site.check_holds("a recipient's domain that is an alias is written anew", site.sent(alias, "alias"), False)
    host = message(f"Ann <ann@{HOST}>")
    eight_bit = message(f"Ann <ann@{OURS}>", body="Gr\u00fc\u00dfe\r\n",
                        fields=("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"))
    site.check_holds("8-bit text arrives where it is taken", site.sent(eight_bit, "eight"))
    site.check_holds("and is recoded where it is not", site.sent_plain(eight_bit, "eight"), False)
    site.mta.put(site.blocks.take(PAGE, "FEATURE(`nocanonify')"))
    site.mta.put(site.blocks.take(PAGE, "MODIFY_MAILER_FLAGS("))
    site.mta.make()
    site.check_holds("with nocanonify it is not", site.sent(alias, "canonical"))
    site.check_holds("with the flag 8 it is sent as it is", site.sent_plain(eight_bit, "flag"))
    masquerade = f"MASQUERADE_AS(`{OURS}')dnl\nFEATURE(`masquerade_envelope')dnl\n"
    site.mta.put(masquerade)
    site.mta.make()
    found = site.sent(host, "masquerade")
    check("masquerading in sendmail.mc is behind the filter", b"DKIM-Signature" not in found and f"ann@{OURS}".encode() in found, found)
    site.mta.take_out(masquerade)
    submit = Path("/etc/mail/submit.mc")
    submit.write_text(submit.read_text().replace("FEATURE(`msp'", site.blocks.take(PAGE, "MASQUERADE_AS(").replace("example.org", OURS) + "FEATURE(`msp'"))
    site.mta.make()
    run("sendmail -i submitted@far.example", text=f"From: Ann <ann@{HOST}>\nTo: b@far.example\n\nHello.\n")
    found = site.sink.read("submitted@far.example")
    site.check_holds("masquerading in submit.mc is before it", found)
    check("and masks the host", f"From: Ann <ann@{OURS}>".encode() in found, found)


def check_utf8(site: Site) -> None:
    with smtplib.SMTP("127.0.0.1", 25, timeout=60) as client:
        client.ehlo(HOST)
        offered = client.has_extn("smtputf8")
    if not offered:
        trial.told("this Sendmail has no SMTPUTF8")
        return
    text = message(f"Ann <ann@{OURS}>", subject="Gr\u00fc\u00dfe")
    site.check_holds("SMTPUTF8 holds", site.sent(text, "utf8", options=("SMTPUTF8", "BODY=8BITMIME")))


def check_unix_socket(site: Site) -> None:
    old = next(line for line in MC.read_text().splitlines(keepends=True) if line.startswith("INPUT_MAIL_FILTER("))
    site.mta.put(site.blocks.take(PAGE, "INPUT_MAIL_FILTER(`paraph', `S=local:"), old.strip())
    site.settings(next(text for text in trial.guide.blocks((trial.guide.GUIDES / PAGE).read_text()) if text.startswith("# paraph.yaml")))
    site.mta.make()
    site.check_holds("mail is signed over a unix socket", site.sent(message(f"Ann <ann@{OURS}>"), "unix"))
    run("systemctl stop paraphd")
    refused = site.send(message(f"Ann <ann@{OURS}>"), f"ann@{OURS}", "away@far.example")
    check("without the daemon mail waits", refused.startswith("4"), refused)


def set_up_login(site: Site) -> None:
    """Passwords in a file. Debian's package makes the lines for sendmail.mc where sasl2-bin is installed."""
    Path("/etc/sasl2").mkdir(exist_ok=True)
    Path("/etc/sasl2/Sendmail.conf").write_text("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n")
    run(f"make -C /etc/mail >/dev/null; printf secret | saslpasswd2 -p -c -u {HOST} ann; chown smmta:smmsp /etc/sasldb2 2>/dev/null || true; chmod 640 /etc/sasldb2")
    site.mta.put("include(`/etc/mail/sasl/sasl.m4')dnl\n")


def play_guide(site: Site) -> None:
    """The first commands, and a daemon's name for submission."""
    site.mta.put(site.blocks.take(PAGE, "INPUT_MAIL_FILTER(`paraph', `S=inet:"))
    site.mta.put(site.blocks.take(PAGE, "DAEMON_OPTIONS("), "DAEMON_OPTIONS(")
    site.blocks.play(PAGE, "sudo make -C /etc/mail")
    site.mta.await_ready()


def trial_of_sendmail() -> None:
    site = Site()
    site.set_up()
    set_up_login(site)
    play_guide(site)
    print(run("grep -E '^O (Daemon|Input)|^X' /etc/mail/sendmail.cf"), flush=True)
    for part in (check_coming_in, check_going_out, check_bounce, check_utf8, check_slow_dns, check_tables, check_policy, check_rewriting,
                 check_unix_socket):
        part(site)
    check("every block of the guide was played", not site.blocks.left(), site.blocks.left())


if __name__ == "__main__":
    raise SystemExit(trial.main(trial_of_sendmail))
