"""Fields other than From that choose the key, behind a real Postfix: for lists and forwarders of ours, never for strangers."""

import re

from harness import keys
from harness.client import Refused, send_one
from harness.keys import KeyFile
from harness.messages import message
from harness.site import SiteTest

STRANGER, FORWARDER = "198.51.100.7", "203.0.113.77"
POST, ID = "List-Post: <mailto:tests@lists.test>", "List-Id: Tests <tests.lists.test>"
SENDER, RESENT = "Sender: Dev <dev@lists.test>", "Resent-From: Dev <dev@lists.test>"
AUTHOR = "Ann <ann@author.test>"


class KeyFields(SiteTest):
    """A list server at the port for mail that comes back, users who log in, and a forwarder known by its address."""

    postfix_settings = {"milter_connect_macros": "j {daemon_name} {daemon_port} v _"}

    @classmethod
    def prepare(cls, site):
        cls.list_key = KeyFile(site.folder, site.zone, "lists.test", "list", "ed25519")

    @classmethod
    def change_settings(cls, site, settings):
        settings["domains"]["lists.test"] = {"keys": [cls.list_key.entry()]}
        settings["roles"] = {"internal_hosts": ["127.0.0.0/8", FORWARDER]}
        settings["key_fields"] = [{"daemons": ["REINJECTION"], "fields": ["List-Post", "List-Id", "Resent-From", "From"]},
                                  {"clients": [FORWARDER], "fields": ["envelope", "From"]},
                                  {"daemons": ["ORIGINATING"], "fields": ["Sender", "From"]}]

    def signers(self, delivered) -> set:
        """The domains of the signatures, all of which are good."""
        found = [re.search(r"\bd=([^;\s]+)", field)[1] for field in delivered.all("dkim-signature")]
        self.assertEqual([True] * len(found), keys.verdicts(delivered.raw, self.site.zone))
        return set(found)

    def through(self, port: int, text: bytes, address: str, sender: str = "bounces@lists.test"):
        recipient = self.new_recipient()
        send_one(port, text, address=address, sender=sender, recipient=recipient)
        return self.read(recipient)

    def listed(self, *fields: str, author: str = AUTHOR) -> set:
        """As the list server hands it in."""
        return self.signers(self.through(self.site.postfix.reinjection, message(author, fields=fields), "127.0.0.1"))

    def test_a_list_signs_in_its_own_name(self):
        for fields in ((POST,), (ID,), (RESENT,), (POST, ID, RESENT)):
            with self.subTest(fields):
                self.assertEqual({"lists.test"}, self.listed(*fields))
        self.assertEqual({"lists.test"}, self.listed(RESENT, "Resent-From: x@ours.test"))  # the topmost
        self.assertEqual(set(), self.listed())
        self.assertEqual(set(), self.listed(SENDER))  # is not asked for here
        self.assertEqual({"ours.test"}, self.listed(author="alice@ours.test"))

    def test_a_field_in_two_ways_brings_no_signature(self):
        self.assertEqual(set(), self.listed(POST, "List-Post: <mailto:x@ours.test>"))
        self.assertEqual(set(), self.listed("List-Post: <mailto:a@lists.test>, <mailto:b@ours.test>"))

    def test_no_field_speaks_for_from(self):
        ours = "List-Post: <mailto:tests@ours.test>"
        self.assertEqual({"ours.test"}, self.listed(ours, author="alice@ours.test"))  # it is the key of From
        self.assertEqual(set(), self.listed(ours, author="boss@news.ours.test"))  # DMARC would take it for aligned
        self.assertEqual({"ours.test"}, self.listed(ours))

    def test_a_login_is_asked_for_sender(self):
        self.assertEqual({"lists.test"}, self.signers(self.submit(message(AUTHOR, fields=(SENDER,)))))
        self.assertEqual(set(), self.signers(self.submit(message(AUTHOR, fields=(POST, ID, RESENT)))))

    def test_a_forwarder_is_asked_for_the_envelope(self):
        port = self.site.postfix.port
        self.assertEqual({"lists.test"}, self.signers(self.through(port, message(AUTHOR), FORWARDER)))
        self.assertEqual(set(), self.signers(self.through(port, message(AUTHOR), FORWARDER, "x@author.test")))
        self.assertEqual({"ours.test"}, self.signers(self.through(port, message("alice@ours.test"), FORWARDER, "")))

    def test_a_stranger_never_gets_a_signature(self):
        fields = (POST, ID, SENDER, RESENT, "List-Post: <mailto:tests@ours.test>", "Sender: alice@ours.test",
                  "Resent-From: alice@ours.test", "List-Id: <x.ours.test>")
        mails = [(author, (field,), sender) for field in fields for author in (AUTHOR, "alice@ours.test")
                 for sender in ("bounces@lists.test", "alice@ours.test")]
        mails += [(author, fields[:4], sender) for author in (AUTHOR, "dev@lists.test") for sender in ("", "dev@lists.test")]
        for author, given, sender in mails:
            with self.subTest(author=author, fields=given, sender=sender):
                text = message(author, fields=given)
                for helo in ("client.test", "REINJECTION", "mx.ours.test"):
                    delivered = self.receive(text, address=STRANGER, sender=sender, helo=helo)
                    self.assertEqual([], delivered.all("dkim-signature"))


class WithSenders(KeyFields):
    """The same where a table says who may write what: a field is no way around it."""

    @classmethod
    def change_settings(cls, site, settings):
        super().change_settings(site, settings)
        table = site.folder / "senders"
        table.write_text("alice@ours.test alice@ours.test\nmallory@ours.test .lists.test\n127.0.0.0/8 *\n"
                         f"{FORWARDER} *\n")
        settings["senders"] = {"table": str(table), "mismatch": "reject"}

    def test_a_login_is_asked_for_sender(self):
        for author in (AUTHOR, "alice@ours.test"):
            with self.subTest(author), self.assertRaises(Refused) as refused:
                self.submit(message(author, fields=(SENDER,)))
            self.assertEqual(550, refused.exception.code)
        self.assertEqual({"ours.test"}, self.signers(self.submit(message("alice@ours.test"))))
