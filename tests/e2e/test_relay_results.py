"""A relay that checks for itself: the results of its paraphd stay at the primary, and nobody else's do."""

from harness.client import Refused, send_one
from harness.messages import message
from harness.paraphd import Paraphd
from harness.secondary import ADDRESS, NAME, Secondary
from harness.site import AUTHSERV_ID, SiteTest

CLIENT, FORGER = "192.0.2.10", "203.0.113.9"  # what the SPF record of pass.test allows, and what it does not
SPELLINGS = ("Authentication-Results: {}; dmarc=pass header.from=pass.test",
             "authentication-results:\r\n\t\"{}\" 1;\r\n\tdmarc=pass header.from=pass.test",
             "Authentication-Results : (a comment) {} ;dmarc=pass header.from=pass.test")


class SameName(SiteTest):
    """Both write under one authserv-id, as the guide says."""

    relay_id = AUTHSERV_ID

    @classmethod
    def setUpClass(cls):
        cls.change_settings = staticmethod(lambda site, settings: settings.update(
            roles={"peers": [ADDRESS], "keep_peer_results": True}, strip_authserv_ids=[cls.relay_id]))
        super().setUpClass()
        folder = cls.site.folder / "relay"
        folder.mkdir()
        settings = {**cls.site.settings(), "authserv_id": cls.relay_id, "strip_authserv_ids": [AUTHSERV_ID]}
        cls.relay_daemon = Paraphd(folder, settings)
        cls.addClassCleanup(cls.relay_daemon.stop)
        cls.relay_daemon.start()
        cls.secondary = Secondary(cls.site.folder / "secondary", cls.site.postfix.port,
                                  {"smtpd_milters": cls.relay_daemon.socket})
        cls.addClassCleanup(cls.secondary.stop)
        cls.secondary.start()

    def forged(self) -> list[str]:
        return [spelling.format(name) for name in {self.relay_id, AUTHSERV_ID} for spelling in SPELLINGS]

    def through_relay(self, text: bytes, address: str):
        recipient = self.new_recipient()
        send_one(self.secondary.port, text, address=address, sender="ann@pass.test", recipient=recipient, helo="mx.pass.test")
        return self.read(recipient)

    def assert_only_of_relay(self, delivered, **expected: str):
        fields = delivered.all("authentication-results")
        self.assertEqual(1, len(fields), fields)
        self.assertTrue(fields[0].startswith(f"{self.relay_id};"), fields)
        for method, result in expected.items():
            self.assertIn(f"{method}={result}", fields[0])
        self.assertIn(f"mode=keep why=\"peer {ADDRESS}\"", self.site.paraphd.line_of(delivered.queue_id()))

    def test_what_the_relay_found_arrives(self):
        delivered = self.through_relay(message(), CLIENT)
        self.assert_only_of_relay(delivered, spf="pass", dmarc="pass")
        self.assertEqual(["received", "authentication-results", "received"], delivered.names()[:3])
        self.assert_only_of_relay(self.through_relay(message(), FORGER), spf="fail", dmarc="fail")

    def test_forged_results_do_not_get_through_the_relay(self):
        for field in self.forged():
            with self.subTest(field):
                self.assert_only_of_relay(self.through_relay(message(fields=(field,)), FORGER), dmarc="fail")
        self.assert_only_of_relay(self.through_relay(message(fields=tuple(self.forged())), FORGER), dmarc="fail")

    def test_nor_straight_to_the_primary(self):
        for field in self.forged():
            with self.subTest(field):
                delivered = self.receive(message(fields=(field,)), address=FORGER, helo=NAME)
                self.check(delivered, spf="fail", dmarc="fail")
                self.assertEqual(1, len(delivered.all("authentication-results")))

    def test_nor_while_the_daemon_of_the_relay_is_away(self):
        self.relay_daemon.stop()
        try:
            with self.assertRaises(Refused) as caught:
                self.through_relay(message(fields=tuple(self.forged())), FORGER)
            self.assertEqual(4, caught.exception.code // 100)
        finally:
            self.relay_daemon.start()
        self.assert_only_of_relay(self.through_relay(message(), CLIENT), spf="pass")


class OtherName(SameName):
    """Each has a name of its own, and removes that of the other from what strangers bring."""

    relay_id = NAME
