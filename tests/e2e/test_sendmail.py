"""The daemon behind a real Sendmail, which hands messages to filters in its own way.

Sendmail has no XCLIENT: clients from outside are those on other addresses of the loopback network than 127.0.0.1."""

from pathlib import Path

from harness import keys, programs
from harness.client import Client, Refused
from harness.messages import awkward, message
from harness.sendmail import Sendmail
from harness.site import SiteTest, value_of

NEEDS_SENDMAIL = True
GOOD, BAD = "127.0.0.5", "127.0.0.6"  # what the SPF record of loop.test allows, and what not
ALICE = "Alice <alice@ours.test>"


class BehindSendmail(SiteTest):
    @classmethod
    def make_mta(cls, site):
        return Sendmail(site.folder / "sendmail", Path(programs.sendmail), site.paraphd.socket)

    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"internal_hosts": ["127.0.0.1/32"]}

    def send(self, text: bytes, source: str, sender: str, port: int):
        recipient = self.new_recipient()
        with Client(port, source=source) as client:
            client.hello("mx.loop.test")
            client.send(sender, [recipient], text)
        return self.read(recipient)

    def receive(self, message: bytes, address: str = GOOD, sender: str = "ann@loop.test", **_):
        return self.send(message, address, sender, self.site.mta.port)

    def submit(self, message: bytes, sender: str = "alice@ours.test", **_):
        return self.send(message, "127.0.0.9", sender, self.site.mta.submission)


class Verifying(BehindSendmail):
    def test_pass_and_fail(self):
        found = self.check(self.receive(message("ann@loop.test")), spf="pass", dkim="none", dmarc="pass")
        self.assertEqual("loop.test", value_of(found["spf"][0], "smtp", "mailfrom"))
        self.check(self.receive(message("ann@loop.test"), BAD), spf="fail", dmarc="fail")

    def test_signatures_over_awkward_white_space(self):
        fields = [b"from", b"to", b"subject", b"x-nothing", b"x-tab", b"x-wide", b"x-folded", b"message-id"]
        for canonicalization in ("simple/simple", "relaxed/relaxed"):
            with self.subTest(canonicalization):
                signed = self.site.signer.sign(awkward("Ann <ann@pass.test>"), canonicalization, fields=fields)
                self.check(self.receive(signed, BAD), dkim="pass", dmarc="pass")

    def test_broken_body(self):
        broken = self.site.signer.sign(message()).replace(b"Hello.", b"Hullo.")
        self.check(self.receive(broken), dkim="fail", dmarc="fail")

    def test_forged_results_are_removed_and_others_stay(self):
        foreign = "Authentication-Results: mx.elsewhere.test; dkim=pass header.d=list.test"
        forged = ("Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test",
                  "authentication-results:\r\n\t\"MX.ours.test\" 1;\r\n\tdkim=pass header.d=bank.test")
        delivered = self.receive(message("ann@loop.test", fields=(forged[0], foreign, forged[1])))
        self.check(delivered, spf="pass")
        self.assertNotIn(b"bank.test", delivered.raw)
        self.assertEqual([foreign.encode() + b"\r\n"], delivered.raw_fields("authentication-results")[1:])

    def test_null_sender(self):
        found = self.check(self.receive(message("postmaster@loop.test"), sender=""), spf="none")
        self.assertEqual("mx.loop.test", value_of(found["spf"][0], "smtp", "helo"))

    def test_messages_of_one_connection_do_not_mix(self):
        signed, plain = self.site.signer.sign(message()), message("ann@loop.test")
        recipients = [self.new_recipient() for _ in range(4)]
        with Client(self.site.mta.port, source=GOOD) as client:
            client.hello("mx.loop.test")
            for number, recipient in enumerate(recipients):
                client.send("ann@loop.test", [recipient], plain if number % 2 else signed)
        for number, recipient in enumerate(recipients):
            self.check(self.read(recipient), dkim="none" if number % 2 else "pass", dmarc="pass", spf="pass")

    def test_stopped_daemon_defers_mail(self):
        self.assertEqual(0, self.site.paraphd.stop())
        try:
            with self.assertRaises(Refused) as caught:
                self.receive(message("ann@loop.test"))
            self.assertEqual(4, caught.exception.code // 100)
        finally:
            self.site.paraphd.start()
        self.check(self.receive(message("ann@loop.test")), spf="pass")


class Signing(BehindSendmail):
    def assert_signed(self, delivered, count: int = 2):
        self.assertEqual([True] * count, keys.verdicts(delivered.raw, self.site.zone), delivered.raw.decode())

    def test_originating_daemon_is_signed(self):
        self.assert_signed(self.submit(message(ALICE)))

    def test_internal_host_is_signed(self):
        self.assert_signed(self.receive(message(ALICE), "127.0.0.1", "alice@ours.test"))

    def test_outsider_is_not_signed(self):
        delivered = self.receive(message(ALICE), GOOD, "alice@ours.test")
        self.check(delivered, spf="fail", dkim="none", dmarc="fail")
        self.assertEqual([], delivered.all("dkim-signature"))

    def test_fields_that_sendmail_adds_later_break_nothing(self):
        for name, text in (("bare", b"From: alice@ours.test\r\n\r\nx\r\n"),
                           ("eight bits", "From: alice@ours.test\r\n\r\ngr\u00fc\u00dfe\r\n".encode()),
                           ("resent", b"Resent-To: somebody@rcpt.test\r\nFrom: alice@ours.test\r\n\r\nx\r\n")):
            with self.subTest(name):
                delivered = self.submit(text)
                self.assertIn("date", " ".join(delivered.names()))
                self.assert_signed(delivered)

    def test_addresses_that_sendmail_writes_anew_break_it_and_are_warned_of(self):
        for to, whole in (("a@rcpt.test, b@rcpt.test", True), ("Bob <b@rcpt.test>", True), ("b@rcpt.test (Bob)", True),
                          ("friends: a@rcpt.test, b@rcpt.test;", True), ('"Dr. Bob" <b@rcpt.test>', True),
                          ("a@rcpt.test,b@rcpt.test", False), ("a@rcpt.test , b@rcpt.test", False),
                          ("Dr. Bob <b@rcpt.test>", False), ("Bob < b@rcpt.test >", False), ("b@rcpt.test(Bob)", False)):
            with self.subTest(to):
                warned = self.site.paraphd.log().count("fragile=address-layout")
                delivered = self.submit(message(ALICE, recipient=to))
                self.assertEqual([whole] * 2, keys.verdicts(delivered.raw, self.site.zone), delivered.raw_fields("to"))
                self.assertIs(whole, self.site.paraphd.log().count("fragile=address-layout") == warned)

    def test_large_message(self):
        line = "All work and no play makes a dull mail.  \t Trailing blanks:  \r\n"
        self.assert_signed(self.submit(message(ALICE, body=line * 20_000)))


class SimpleSigning(Signing):
    @staticmethod
    def change_settings(site, settings):
        BehindSendmail.change_settings(site, settings)
        settings["signing"] = {"header_canonicalization": "simple", "body_canonicalization": "simple"}

    def test_folded_subject(self):
        text = message(ALICE, subject=" two  blanks\r\n\tand a fold")
        self.assert_signed(self.submit(text))


class HostsByName(BehindSendmail):
    """Sendmail says of each client whether its name leads back to it."""

    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"internal_hosts": ["localhost"]}

    def test_confirmed_name_is_internal_and_no_other(self):
        inside = self.receive(message(ALICE), "127.0.0.1", "alice@ours.test")
        self.assertEqual([True, True], keys.verdicts(inside.raw, self.site.zone))
        self.assertIn("internal host localhost 127.0.0.1", self.site.paraphd.log())
        self.assertEqual([], self.receive(message(ALICE), BAD, "alice@ours.test").all("dkim-signature"))
