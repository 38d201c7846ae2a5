"""What a policy makes of mail that fails, behind a real Postfix: refused, put off, held, marked, thrown away or only said so."""

import re
import signal

from harness.client import Client, Refused
from harness.keys import Signer
from harness.messages import message
from harness.process import eventually
from harness.site import SiteTest
from test_dispositions import Held

FORGER = "198.51.100.7"  # may send for nobody
LIST = ("List-Id: Tests <tests.list.test>", "List-Post: <mailto:tests@list.test>")
FORGED = message("Ann <ann@pass.test>")
FORGED_BY_LIST = message("Ann <ann@pass.test>", fields=LIST)

ZONE = (
    "plain.test 300 TXT \"v=spf1 -all exp=why.plain.test\"",
    "why.plain.test 300 TXT \"only from our own hosts\"",
    "percent.test 300 TXT \"v=spf1 -all exp=why.percent.test\"",
    "why.percent.test 300 TXT \"100%% forged, see %{i}\"",
    "bad.test 300 TXT \"v=spf1 ip4:10.0.0.0/64 -all\"",
    "quarantine.test 300 TXT \"v=spf1 -all\"",
    "_dmarc.quarantine.test 300 TXT \"v=DMARC1; p=quarantine\"",
    "9.5.0.10.in-addr.arpa 300 PTR elsewhere.test",
    "elsewhere.test 300 A 192.0.2.77",
)

# By name: the network of its clients, and what it sets. All else is the default's.
PROFILES = {
    "spf": ("10.0.1.0/24", {"spf_fail": "reject", "spf_permerror": "reject", "spf_temperror": "tempfail"}),
    "helo": ("10.0.2.0/24", {"helo_fail": "reject"}),
    "dkim": ("10.0.3.0/24", {"dkim_none": "reject", "dkim_fail": "reject", "dkim_no_key": "reject", "dkim_temperror": "tempfail"}),
    "author": ("10.0.4.0/24", {"dkim_none": "reject", "dkim_require_author_domain": True}),
    "iprev": ("10.0.5.0/24", {"iprev_fail": "reject"}),
    "several": ("10.0.6.0/24", {"spf_fail": "reject", "dkim_none": "reject"}),
    "strict": ("10.0.7.0/24", {"dmarc": "strict", "dmarc_quarantine": "quarantine", "dmarc_temperror": "tempfail"}),
    "dry": ("10.0.8.0/24", {"dmarc": "strict", "dry_run": True}),
    "discard": ("10.0.9.0/24", {"spf_fail": "discard"}),
    "words": ("10.0.10.0/24", {"dmarc": "strict", "replies": {"dmarc": "5.7.26 {sender} from {ip} fails {policy} of {domain} ({queue_id})"}}),
}


def policy() -> dict:
    profiles = {name: {"clients": [network], **more} for name, (network, more) in PROFILES.items()}
    profiles["daemon"] = {"daemon_names": ["REINJECTION"], "dmarc": "annotate"}
    profiles["recipients"] = {"recipient_domains": ["second.test"], "dmarc": "strict"}
    listed = {"name": "tests list", "type": "mailing_list", "for": ["dmarc"], "list_ids": ["tests.list.test"], "dkim_domains": ["list.test"]}
    return {"dmarc": "enforce", "profiles": profiles, "exceptions": [listed], "exception_files": ["exceptions.yaml"]}


class PolicyTest(SiteTest):
    # Not among the usual ones of Postfix.
    postfix_settings = {"milter_connect_macros": "j {daemon_name} {daemon_port} v _"}

    @classmethod
    def prepare(cls, site):
        site.zone.add(*ZONE)
        cls.list_signer = Signer(site.folder, site.zone, "list.test", "sel")
        cls.broken_signer = Signer(site.folder, site.zone, "broken.test", "sel")  # whose key cannot be asked for
        (site.folder / "exceptions.yaml").write_text("[]\n")

    @staticmethod
    def change_settings(site, settings):
        settings["policy"] = policy()
        settings["iprev"] = {"enabled": True}

    def send(self, text: bytes, address: str = FORGER, sender: str = "ann@plain.test", recipients: tuple = (), port: int = 0,
             helo: str = "client.test") -> None:
        with Client(port or self.site.postfix.port) as client:
            client.pretend(address, helo=helo)
            client.send(sender, recipients or [self.new_recipient()], text)

    def assert_refused(self, reply: str, text: bytes, *more, **envelope):
        """At the end of the message, with these words."""
        with self.assertRaises(Refused) as caught:
            self.send(text, *more, **envelope)
        self.assertRegex(str(caught.exception), rf"^DATA: {reply}$")

    def assert_logged(self, words: str):
        eventually(words, lambda: words in self.site.paraphd.log())


class Refusals(PolicyTest):
    CASES = (
        ("spf", "10.0.1.9", message("ann@plain.test"), "ann@plain.test",
         "550 5.7.23 SPF: 10.0.1.9 may not send mail for plain.test; plain.test explains: only from our own hosts"),
        ("spf, with a percent sign", "10.0.1.9", message("ann@plain.test"), "ann@percent.test",
         "550 5.7.23 SPF: .*; percent.test explains: 100% forged, see 10.0.1.9"),
        ("spf permerror", "10.0.1.9", message("ann@plain.test"), "ann@bad.test", "550 5.7.24 SPF: the record of bad.test .*"),
        ("spf temperror", "10.0.1.9", message("ann@plain.test"), "ann@broken.test", "451 4.7.24 SPF: the record of broken.test .*"),
        ("dkim none", "10.0.3.9", message("ann@plain.test"), "ann@plain.test", "550 5.7.20 message has no DKIM signature .*"),
        ("several", "10.0.6.9", message("ann@plain.test"), "ann@plain.test", "550 5.7.26 .*"),
        ("iprev", "10.0.5.9", message("ann@plain.test"), "ann@plain.test", "550 5.7.25 .*10.0.5.9.*"),
        ("dmarc", FORGER, FORGED, "ann@plain.test", "550 5.7.1 rejected by DMARC policy for pass.test"),
        ("dmarc temperror", "10.0.7.9", message("ann@broken.test"), "ann@plain.test", "451 4.7.1 DMARC policy of broken.test .*"),
        ("own words", "10.0.10.9", FORGED, "ann@plain.test",
         r"550 5.7.26 <ann@plain.test> from 10.0.10.9 fails reject of pass.test \(\w+\)"),
    )

    def test_each_ground_has_its_code_and_words(self):
        for name, address, text, sender, reply in self.CASES:
            with self.subTest(name):
                self.assert_refused(reply, text, address, sender)

    def test_helo(self):
        self.assert_refused("550 5.7.23 SPF: 10.0.2.9 may not say HELO as helo.pass.test", message("ann@plain.test"), "10.0.2.9",
                            "ann@plain.test", helo="helo.pass.test")

    def test_signatures(self):
        signed = self.site.other_signer.sign(message("ann@other.test"))
        self.assert_refused("550 5.7.20 no DKIM signature .*", signed.replace(b"Hello.", b"Hullo."), "10.0.3.9")
        self.assert_refused("550 5.7.22 no DKIM signature .*plain.test", self.site.other_signer.sign(message("ann@plain.test")), "10.0.4.9")
        self.assert_refused("451 4.7.20 the key .*", self.broken_signer.sign(message("ann@plain.test")), "10.0.3.9")
        for address in ("10.0.3.9", "10.0.4.9"):
            self.check(self.receive(signed, address, "ann@plain.test"), dkim="pass")

    def test_what_is_refused_is_in_the_log_and_nowhere_else(self):
        recipient = self.new_recipient()
        self.assert_refused("550 5.7.1 .*", FORGED, recipients=(recipient,))
        self.assert_logged("disposition=reject reason=dmarc-reject")
        self.receive(message())  # what is sent later arrives
        self.assertEqual([], self.site.mta.mailboxes.files(recipient))

    def test_mail_that_passes_is_delivered(self):
        delivered = self.check_marked(False, message(), "192.0.2.10", "ann@pass.test")
        self.check(delivered, spf="pass", dmarc="pass")

    def check_marked(self, marked: bool, *sent):
        delivered = self.receive(*sent)
        self.assertEqual(marked, "x-paraph-quarantine" in delivered.names(), delivered.names())
        return delivered

    def test_policy_of_reject_alone_is_no_reason_beside_a_sign_of_a_list(self):
        self.check(self.check_marked(True, FORGED_BY_LIST, FORGER, "tests-bounces@list.test"), dmarc="fail")
        self.assert_refused("550 5.7.1 .*", FORGED_BY_LIST, "10.0.7.9", "tests-bounces@list.test")

    def test_quarantine_is_marked_by_default_and_held_where_the_profile_says_so(self):
        text = message("ann@quarantine.test")
        self.check_marked(True, text, FORGER, "ann@plain.test")
        held, recipient = Held(self.site.postfix), self.new_recipient()
        self.send(text, "10.0.7.9", recipients=(recipient,))
        queue_id, = eventually("the message on hold", lambda: held.ids_for(recipient))
        self.assertIn("dmarc=fail", held.text(queue_id))
        held.release(queue_id)
        self.check(self.read(recipient), dmarc="fail")

    def test_discard(self):
        recipient = self.new_recipient()
        self.send(message("ann@plain.test"), "10.0.9.9", recipients=(recipient,))
        self.assert_logged("disposition=discard reason=spf-fail")
        self.receive(message())
        self.assertEqual([], self.site.mta.mailboxes.files(recipient))

    def test_dry_run_only_says_what_would_be_done(self):
        delivered = self.check_marked(False, FORGED, "10.0.8.9", "ann@plain.test")
        self.assertIn("would reject", " ".join(delivered.all("authentication-results")))
        self.assertIn("would=reject", self.site.paraphd.line_of(delivered.queue_id()))

    def test_postmaster_and_abuse_are_spared_unless_another_recipient_is_there(self):
        for name in ("postmaster", "Abuse"):
            recipient = f"{name}@rcpt.test"
            self.send(FORGED, recipients=(recipient,))
            delivered = self.read(recipient)
            self.assertIn("x-paraph-quarantine", delivered.names())
        self.assert_refused("550 5.7.1 .*", FORGED, recipients=("postmaster@rcpt.test", self.new_recipient()))


class Profiles(PolicyTest):
    def test_recipients_count_where_they_agree(self):
        mixed = self.new_recipient()
        self.assert_refused("550 5.7.1 .*", FORGED_BY_LIST, recipients=("one@second.test", "two@second.test"))
        self.send(FORGED_BY_LIST, recipients=("three@second.test", mixed))
        self.assertIn("x-paraph-quarantine", self.read(mixed).names())

    def test_service(self):
        recipient = self.new_recipient()
        self.assert_refused("550 5.7.1 .*", FORGED)
        self.send(FORGED, recipients=(recipient,), port=self.site.postfix.reinjection)
        self.check(self.read(recipient), dmarc="fail")

    def test_port(self):
        daemon = self.site.paraphd
        other = {**daemon.settings, "policy": {"dmarc": "annotate", "profiles": {
            "port": {"daemon_ports": [str(self.site.postfix.reinjection)], "dmarc": "strict"}}}}
        self.reload(lambda: daemon.write_config(other))
        try:
            self.receive(FORGED, FORGER, "ann@plain.test")
            self.assert_refused("550 5.7.1 .*", FORGED, port=self.site.postfix.reinjection)
        finally:
            self.reload(daemon.write_config)

    def reload(self, change):
        reloads = len(re.findall("reloaded", self.site.paraphd.log()))
        change()
        self.site.paraphd.tell(signal.SIGHUP)
        eventually("the reload", lambda: len(re.findall("reloaded", self.site.paraphd.log())) > reloads)

    def test_exception_for_a_list_needs_its_signature(self):
        sender = "tests-bounces@list.test"
        delivered = self.receive(self.list_signer.sign(FORGED_BY_LIST), "10.0.7.9", sender)
        self.assertIn("accepted by exception tests list", " ".join(delivered.all("authentication-results")))
        self.assertNotIn("x-paraph-quarantine", delivered.names())
        self.assertIn("tests list", self.site.paraphd.line_of(delivered.queue_id()))
        self.assert_refused("550 5.7.1 .*", FORGED_BY_LIST, "10.0.7.9", sender)
        self.assert_refused("550 5.7.1 .*", self.list_signer.sign(FORGED_BY_LIST).replace(b"Hello.", b"Hullo."), "10.0.7.9", sender)

    def test_exceptions_in_files_are_read_again(self):
        file = self.site.folder / "exceptions.yaml"
        self.assert_refused("550 5.7.1 .*", FORGED, "10.0.7.50")
        self.reload(lambda: file.write_text("- name: a forwarder\n  type: trusted_forwarder\n  clients: [10.0.7.50]\n"))
        delivered = self.receive(FORGED, "10.0.7.50", "ann@plain.test")
        self.assertIn("accepted by exception a forwarder", " ".join(delivered.all("authentication-results")))
        self.assert_refused("550 5.7.1 .*", FORGED, "10.0.7.51")
        self.reload(lambda: file.write_text("[]\n"))
        self.assert_refused("550 5.7.1 .*", FORGED, "10.0.7.50")
