"""Who is a peer, an internal host or a user of ours, and for whom mail is signed: as a real Postfix tells of it."""

from harness import keys
from harness.client import Client, send_one
from harness.messages import message
from harness.site import AUTHSERV_ID, SiteTest

ALICE = "Alice <alice@ours.test>"
FORGED = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=ours.test"
SIGNED = [True, True]


class Hosts(SiteTest):
    """Lists of hosts by address and by name."""

    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"internal_hosts": ["127.0.0.1", ".inner.test", "!guest.inner.test", "10.0.0.0/8",
                                                "!10.9.0.0/16"],
                             "peers": ["peer.inner.test", "203.0.113.0/24"]}

    def receive_from(self, address: str, name: str = "[UNAVAILABLE]"):
        recipient = self.new_recipient()
        send_one(self.site.postfix.port, message(ALICE, fields=(FORGED,)), address=address, name=name,
                 sender="alice@ours.test", recipient=recipient)
        return self.read(recipient)

    def test_confirmed_name_is_internal(self):
        for address, name in (("198.51.100.1", "mail.inner.test"), ("10.1.2.3", "[UNAVAILABLE]")):
            with self.subTest(name):
                self.assertEqual(SIGNED, keys.verdicts(self.receive_from(address, name).raw, self.site.zone))

    def test_others_are_checked(self):
        for address, name in (("198.51.100.1", "[UNAVAILABLE]"), ("198.51.100.1", "[TEMPUNAVAIL]"),
                              ("198.51.100.1", "guest.inner.test"), ("198.51.100.1", "inner.test"),
                              ("10.9.1.1", "[UNAVAILABLE]")):
            with self.subTest((address, name)):
                delivered = self.receive_from(address, name)
                self.assertEqual([], delivered.all("dkim-signature"))
                self.check(delivered, spf="fail", dmarc="fail")

    def test_reverse_name_alone_is_nobody(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.hello("harness.test")
            client.command("XCLIENT ADDR=198.51.100.1 NAME=[UNAVAILABLE] REVERSE_NAME=mail.inner.test", 220)
            client.hello("mail.inner.test")
            client.send("alice@ours.test", [recipient], message(ALICE))
        self.check(self.read(recipient), spf="fail", dmarc="fail")

    def test_peers_are_left_alone_but_for_forged_results(self):
        for address, name in (("203.0.113.9", "[UNAVAILABLE]"), ("198.51.100.1", "peer.inner.test")):
            with self.subTest(name):
                delivered = self.receive_from(address, name)
                self.assertEqual([], delivered.all("dkim-signature"))
                self.assertEqual([], delivered.all("authentication-results"))
                self.assertIn("mode=keep why=\"peer ", self.site.paraphd.line_of(delivered.queue_id()))

    def test_user_of_a_peer_is_left_alone_too(self):
        self.assertEqual([], self.submit(message(ALICE), address="203.0.113.9").all("dkim-signature"))


class Macros(SiteTest):
    """A macro that Postfix sends only when it is asked for."""

    postfix_settings = {"milter_macro_defaults": "{site_own}=yes {site_other}=no"}
    macros = ["{site_missing}", "{site_own}=true|yes"]
    expected = SIGNED

    @classmethod
    def setUpClass(cls):
        cls.change_settings = staticmethod(lambda site, settings: settings.update(
            roles={"originating_macros": cls.macros, "reinjection_daemons": ["REINJECTION"]}))
        super().setUpClass()

    def test_macro_decides(self):
        delivered = self.receive(message(ALICE), sender="alice@ours.test")
        self.assertEqual(self.expected, keys.verdicts(delivered.raw, self.site.zone))

    def test_macro_does_not_count_where_a_filter_hands_back(self):
        recipient = self.new_recipient()
        send_one(self.site.postfix.reinjection, message(ALICE), address="198.51.100.1", sender="alice@ours.test",
                 recipient=recipient)
        self.assertEqual([], self.read(recipient).all("dkim-signature"))


class OtherMacros(Macros):
    macros = ["{site_missing}", "{site_other}=yes"]
    expected = []


class Recipients(SiteTest):
    """Mail to some goes unsigned, and who logged in is told."""

    @staticmethod
    def change_settings(site, settings):
        settings["signing"] = {"unsigned_recipients": ["*@second.test"]}
        settings["roles"] = {"report_authentication": True, "exempt_domains": ["pass.test"]}

    def send_to(self, *recipients: str):
        with Client(self.site.postfix.submission) as client:
            client.pretend("198.51.100.7")
            client.login("alice@ours.test", "wonderland")
            client.send("alice@ours.test", recipients, message(ALICE, fields=(FORGED,)))
        return [self.read(recipient) for recipient in recipients]

    def test_one_recipient_is_enough(self):
        ours = self.new_recipient()
        for delivered in self.send_to(ours, ours.replace("@rcpt.test", "@second.test")):
            self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("unsigned=\"mail to ", self.site.paraphd.line_of(delivered.queue_id()))

    def test_others_get_a_signature(self):
        delivered, = self.send_to(self.new_recipient())
        self.assertEqual(SIGNED, keys.verdicts(delivered.raw, self.site.zone))

    def test_login_is_told_of_users_alone(self):
        delivered, = self.send_to(self.new_recipient())
        self.assertEqual(["mx.ours.test; auth=pass (plain) smtp.auth=alice@ours.test"],
                         [" ".join(text.split()) for text in delivered.all("authentication-results")])
        inside = self.receive(message(ALICE), address="127.0.0.1", sender="alice@ours.test")
        self.assertEqual([], inside.all("authentication-results"))

    def test_exempt_domain_is_neither_checked_nor_believed(self):
        delivered = self.receive(message(fields=(FORGED,)), address="198.51.100.1")
        self.assertEqual([], delivered.all("authentication-results"))
        self.assertIn("exempt domain pass.test", self.site.paraphd.line_of(delivered.queue_id()))
        self.check(self.receive(message("ann@soft.test"), address="198.51.100.1", sender="ann@soft.test"),
                   spf="softfail", dmarc="fail")


class ModeVerify(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["mode"] = "verify"

    def test_all_mail_is_checked_and_none_is_signed(self):
        for name, delivered in (("user", self.submit(message(ALICE))),
                                ("internal", self.receive(message(ALICE), address="127.0.0.1"))):
            with self.subTest(name):
                self.assertEqual([], delivered.all("dkim-signature"))
                self.assertNotIn("spf", self.check(delivered, dkim="none", dmarc="fail"))
        self.check(self.receive(message()), spf="pass", dmarc="pass")


class ModeSign(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["mode"] = "sign"

    def test_own_mail_is_signed_and_no_other_touched(self):
        self.assertEqual(SIGNED, keys.verdicts(self.submit(message(ALICE)).raw, self.site.zone))
        delivered = self.receive(message(ALICE, fields=(FORGED,)))
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertEqual(1, len(delivered.all("authentication-results")))
