"""What docs/guide/postfix.md says of Postfix: what it hides from a milter, and who writes its bounces."""

from harness.client import Client, Refused
from harness.keys import KeyFile
from harness.messages import message
from harness.site import AUTHSERV_ID, SiteTest

# A first line that begins with a blank and holds a field behind a lone CR.
HIDDEN = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=bank.test".encode()
SMUGGLED = b" \r" + HIDDEN + b"\r\n" + message()


def offer_bdat(client: Client, recipient: str, text: bytes) -> None:
    client.pretend("203.0.113.9")
    client.envelope("x@nowhere.test", [recipient])
    client.chunk(text)


class ChunkingTest(SiteTest):
    def deliver(self, text: bytes) -> bytes:
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            offer_bdat(client, recipient, text)
        return self.read(recipient).raw


class AsBuiltIn(ChunkingTest):
    def test_first_line_joins_received_and_hides_nothing(self):
        raw = self.deliver(SMUGGLED)
        received = raw[raw.index(b"Received:"):raw.index(b"\r\nFrom:")]
        self.assertIn(HIDDEN, received)
        self.assertNotIn(b"\r" + HIDDEN, raw)


class WithStrayCarriageReturns(ChunkingTest):
    postfix_settings = {"cleanup_replace_stray_cr_lf": "no"}

    def test_no_milter_sees_what_some_readers_show(self):
        """The reason for the advice. Once this fails Postfix has closed the hole, and the guide can say so."""
        self.assertIn(b"\r" + HIDDEN, self.deliver(SMUGGLED))


class WithoutChunking(ChunkingTest):
    postfix_settings = {"cleanup_replace_stray_cr_lf": "no", "smtpd_discard_ehlo_keywords": "chunking"}

    def test_bdat_is_refused(self):
        with self.assertRaises(Refused), Client(self.site.postfix.port) as client:
            offer_bdat(client, self.new_recipient(), SMUGGLED)

    def test_data_ends_the_header_before_such_a_line(self):
        head = self.receive(SMUGGLED, address="203.0.113.9").raw.partition(b"\r\n\r\n")[0]
        self.assertNotIn(HIDDEN, head)


class Bounces(SiteTest):
    postfix_settings = {"internal_mail_filter_classes": "bounce", "myorigin": "origin.test"}

    @classmethod
    def prepare(cls, site):
        site.origin_key = KeyFile(site.folder, site.zone, "origin.test", "origin")

    @staticmethod
    def change_settings(site, settings):
        settings["domains"]["origin.test"] = {"keys": [site.origin_key.entry()]}

    def test_are_from_myorigin_and_signed_with_its_key(self):
        sender = self.new_recipient()
        self.site.postfix.submit_locally(sender, "nobody@elsewhere.test", message().replace(b"\r\n", b"\n"))
        bounce = self.read(sender)
        self.assertIn("MAILER-DAEMON@origin.test", bounce.all("from")[0])
        self.assertRegex(bounce.all("dkim-signature")[0], r"\bd=origin\.test;")
